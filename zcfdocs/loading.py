"""A catalogue folder and its factor sets → a rulebook, with findings for whatever in them does not hold."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from zcfdocs.catalogue import Catalogue, Classification, Rulebook
from zcfdocs.errors import ZcfError
from zcfdocs.factors import KINDS, Carriers, EnergySet, FactorSet, FuelSet, GridSet, GwpSet, HeatSet
from zcfdocs.fields import Noun
from zcfdocs.finding import Finding, Route, Severity, define, suggest
from zcfdocs.scoring import RULES
from zcfdocs.tree import Node, parse
from zcfdocs.typed import read

MAX_FILE = 4 * 1024 * 1024
E = Severity.ERROR
WHY = "目录即评分的依据，本身须先自洽。"
define(
    "Z901", E, "指标分值或权重之和不对", why="附件1-3：每组 100 分，权重合计 100%。", wrong="weight: 30%（合计 110%）", right="weight: 20%"
)
define(
    "Z902", E, "规则名称或参数不存在", why=WHY, wrong="rule: {name: shares}", right="rule: {name: share, of: offset_ratio, at_least: 60%}"
)
define("Z903", E, "标识重复", why=WHY, wrong="两行 id 都是 1.1.1", right="每行各有 id")
define("Z904", E, "引用了不存在的条目", why=WHY, wrong="inherits: 9.9.9", right="inherits: 5.2.1")
define("Z905", E, "目录或因子文件缺失、不可读或过大", why=WHY, wrong="factors/ 中没有所指的文件", right="补上文件或改正名称")
define("Z906", E, "正文缺失", why="每行的要求与佐证材料须照录通知原文。", wrong="evidence 为空又未写 inherits", right="inherits: 5.2.1")

N = TypeVar("N", bound=Noun)


@dataclass(slots=True)
class _File:
    """One parsed data file and the name findings give it."""

    name: str
    text: bytes
    root: Node | None


@dataclass(slots=True)
class Shelf:
    """The folder `indicators/`: loads catalogues on demand and keeps what went wrong."""

    root: Path
    findings: list[Finding] = field(default_factory=list)
    _loaded: dict[str, Rulebook | None] = field(default_factory=dict)

    def names(self) -> list[str]:
        return sorted(path.parent.name for path in self.root.glob("*/catalogue.yaml"))

    def get(self, name: str) -> Rulebook | None:
        """The rulebook, or None where there is none or it has errors (see `findings`)."""
        if name not in self._loaded:
            self._loaded[name] = self._load(name) if name in self.names() else None
        return self._loaded[name]

    def _load(self, name: str) -> Rulebook | None:
        loader = _Loader(self.root)
        try:
            return loader.rulebook(name)
        finally:
            self.findings += loader.findings


def load(root: Path, name: str) -> Rulebook:
    """One catalogue that must hold; ZcfError where it does not."""
    shelf = Shelf(root)
    rulebook = shelf.get(name)
    if rulebook is None:
        raise ZcfError(
            f"目录 {name} 不能使用" + "".join(f"\n{finding}" for finding in shelf.findings), hint=f"现有目录：{'、'.join(shelf.names())}"
        )
    return rulebook


class _Loader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.findings: list[Finding] = []
        self.files: list[_File] = []

    def rulebook(self, name: str) -> Rulebook | None:
        parts = [file for path in sorted((self.root / name).glob("*.yaml")) if (file := self.open(path)) is not None]
        catalogue = self.merged(Catalogue, parts)
        if catalogue is None or self.findings:
            return None
        names = catalogue.factors
        carriers = self.factors(names.carriers, Carriers)
        energy = self.factors(names.energy, EnergySet)
        grid = self.factors(names.grid, GridSet)
        heat = self.factors(names.heat, HeatSet)
        fuels = {key: self.factors(key, FuelSet) for key in names.fuels}
        gwp = {key: self.factors(key, GwpSet) for key in names.gwp}
        classification = self.classification(catalogue.classification)
        parameters = self.judge(catalogue, parts)
        if self.findings or not (carriers and energy and grid and heat and classification):
            return None
        whole_fuels = {key: value for key, value in fuels.items() if value}
        whole_gwp = {key: value for key, value in gwp.items() if value}
        files = sorted((file.name, file.text) for file in self.files)
        return Rulebook(
            catalogue,
            carriers,
            energy,
            grid,
            heat,
            whole_fuels,
            whole_gwp,
            classification,
            parameters,
            _digest(files),
            tuple(file for file, _ in files),
        )

    def open(self, path: Path) -> _File | None:
        name = path.relative_to(self.root).as_posix()
        try:
            text = _content(path)
            decoded = text.decode("utf-8").replace("\r\n", "\n").removeprefix("\ufeff")
        except (OSError, UnicodeDecodeError) as error:
            self.findings.append(Finding("Z905", (), f"{name} 不能读取：{error}", path=self.shown(name), line=1, column=1))
            return None
        root, findings = parse(decoded)
        self.findings += [replace(finding, path=self.shown(name)) for finding in findings]
        file = _File(name, text, root)
        self.files.append(file)
        return file

    def shown(self, name: str) -> str:
        return f"{self.root.name}/{name}"

    def merged(self, model: type[N], parts: list[_File]) -> N | None:
        """All files of a folder as one noun; a top-level key stands in one file only."""
        data: dict[str, Any] = {}
        for file in parts:
            for key, node in (file.root.value if file.root and isinstance(file.root.value, dict) else {}).items():
                if key in data:
                    self.report(parts, Finding("Z903", (key,), f"顶层键 {key} 在几个文件里都有"))
                data[key] = node.data
        typed = read(model, data)
        for finding in typed.findings:
            self.report(parts, finding)
        return typed.noun

    def report(self, parts: Iterable[_File], finding: Finding) -> None:
        """Place the finding in the file that holds its top-level key."""
        route = finding.route
        holder = next((file for file in parts if file.root and route and file.root.child(route[0])), next(iter(parts), None))
        if holder is None or holder.root is None:
            self.findings.append(replace(finding, path=self.root.name, line=1, column=1))
            return
        line, column = holder.root.key_place(route) if finding.code == "Z102" else holder.root.place(route)
        self.findings.append(finding.at(self.shown(holder.name), line, column))

    def factors(self, key: str, kind: type[N]) -> N | None:
        for path in sorted((self.root / "factors").glob("*.yaml")):
            if path.stem.lower() == key.lower() or path.stem.lower() == f"gwp-{key.lower()}":
                file = self.open(path)
                return self.merged(kind, [file]) if file and file.root and self.is_kind(file, kind) else None
        self.findings.append(Finding("Z905", ("factors",), f"没有因子集 {key}", path=f"{self.root.name}/factors", line=1, column=1))
        return None

    def is_kind(self, file: _File, kind: type[Noun]) -> bool:
        named = file.root.child("kind") if file.root else None
        known: type[FactorSet] | None = KINDS.get(str(named.value)) if named else None
        if known is not kind:
            self.report([file], Finding("Z902", ("kind",), f"{file.name} 不是所要的因子种类", f"可取：{'、'.join(KINDS)}"))
        return known is kind

    def classification(self, key: str) -> Classification | None:
        file = self.open(self.root / "classification" / f"{key}.yaml")
        return self.merged(Classification, [file]) if file else None

    def judge(self, catalogue: Catalogue, parts: list[_File]) -> dict[str, Any]:
        parameters: dict[str, Any] = {}
        for route, row in _rows(catalogue):
            name = row.rule.get("name")
            if name not in RULES:
                self.report(
                    parts,
                    Finding("Z902", (*route, "rule", "name"), f"没有规则 {name}。{suggest(str(name), RULES)}", f"可用：{'、'.join(RULES)}"),
                )
                continue
            typed = read(RULES[name][0], dict(row.rule))
            for finding in typed.findings:
                self.report(parts, replace(finding, route=(*route, "rule", *finding.route)))
            parameters[row.id] = typed.noun
        for finding in consistency(catalogue):
            self.report(parts, finding)
        return parameters


def _rows(catalogue: Catalogue) -> Iterator[tuple[Route, Any]]:
    for first, group in enumerate(catalogue.groups):
        for second, sub in enumerate(group.subs):
            for third, row in enumerate(sub.rows):
                yield ("groups", first, "subs", second, "rows", third), row


def _content(path: Path) -> bytes:
    if path.is_symlink() or path.stat().st_size > MAX_FILE:
        raise OSError("不是普通文件或超过 4 MiB")
    return path.read_bytes()


def consistency(catalogue: Catalogue) -> Iterator[Finding]:
    """What the field types cannot say: sums, identities and references inside a catalogue."""
    yield from _sums(catalogue)
    yield from _identities(catalogue)
    yield from _references(catalogue)


def _sums(catalogue: Catalogue) -> Iterator[Finding]:
    weights = sum((group.weight for group in catalogue.groups), Fraction(0))
    if weights != 1:
        yield Finding("Z901", ("groups",), f"各组权重合计 {weights * 100}%，应为 100%")
    for index, group in enumerate(catalogue.groups):
        if group.points != 100:
            yield Finding("Z901", ("groups", index), f"{group.label} 的分值合计 {group.points}，应为 100")


def _identities(catalogue: Catalogue) -> Iterator[Finding]:
    for key, times in Counter(row.id for row in catalogue.rows()).items():
        if times > 1:
            yield Finding("Z903", ("groups",), f"指标 {key} 出现 {times} 次")
    for field_name in ("districts", "stages", "offset_kinds", "ownership", "project_areas"):
        for key, times in Counter(item.key for item in getattr(catalogue, field_name)).items():
            if times > 1:
                yield Finding("Z903", (field_name,), f"{key} 出现 {times} 次")


def _references(catalogue: Catalogue) -> Iterator[Finding]:
    listed = [row.id for row in catalogue.rows()]
    for route, row in _rows(catalogue):
        if row.inherits is not None and row.inherits not in listed:
            yield Finding("Z904", (*route, "inherits"), f"没有指标 {row.inherits}")
        if not row.evidence and not row.inherits:
            yield Finding("Z906", route, f"指标 {row.id} 没有佐证材料的原文", "填写 evidence，或用 inherits 指明与哪一行合并")
    stages = {stage.key for stage in catalogue.stages}
    for index, step in enumerate(catalogue.transitions):
        for side, key in (("from", step.start), ("to", step.to)):
            if key not in stages:
                yield Finding("Z904", ("transitions", index, side), f"没有阶段 {key}。{suggest(key, stages)}")
    groups = {group.id for group in catalogue.offset_groups}
    for index, method in enumerate(catalogue.offsets):
        if method.group not in groups:
            yield Finding("Z904", ("offsets", index, "group"), f"没有抵消方式分组 {method.group}")
    for name, reading in catalogue.readings.items():
        if reading.chosen not in {option.key for option in reading.options}:
            yield Finding("Z904", ("readings", name, "chosen"), f"口径 {name} 没有选项 {reading.chosen}")


def _digest(files: list[tuple[str, bytes]]) -> str:
    """sha256 over `path NUL sha256 LF` of every file read, sorted by path (spec 3)."""
    whole = hashlib.sha256()
    for name, text in files:
        whole.update(f"{name}\0{hashlib.sha256(text).hexdigest()}\n".encode())
    return f"sha256:{whole.hexdigest()}"
