"""Word and Excel evidence becomes PDF once, by hand and beside the original; a build never converts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from zcfdocs.binding import look
from zcfdocs.binding.glancing import plain
from zcfdocs.binding.looking import OFFICE
from zcfdocs.editing.office import program, to_pdf
from zcfdocs.errors import ZcfError
from zcfdocs.reading import read_plan
from zcfdocs.store import write_whole

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Conversion:
    """A Word or Excel file of a plan and the PDF it becomes, both named as in the plan, which names it on these lines."""

    plan: str
    lines: tuple[int, ...]
    folder: Path
    file: str
    pdf: str

    @property
    def target(self) -> Path:
        return self.folder / self.pdf

    @property
    def is_done(self) -> bool:
        return self.target.exists() or self.target.is_symlink()

    @property
    def mend(self) -> str:
        lines = "、".join(map(str, self.lines))
        return f"{self.plan} 第 {lines} 行的 file 改为 {self.pdf}，连同 PDF 一并提交"


def conversions(path: Path, shown: str) -> list[Conversion]:
    """What is to be converted in a plan, each file once, in the order of its list."""
    reading = read_plan(path, shown)
    if reading.plan is None:
        raise ZcfError(f"读不出 {shown}", hint=f"先用 zcfdocs check {shown} 查看并改正")
    items = reading.plan.evidence
    taken = {item.file for item in items}
    lines: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        fact = reading.evidence.facts.get(item.id)
        if fact and fact.path == item.file and fact.state == "ok" and PurePosixPath(item.file).suffix.lower() in OFFICE:
            lines.setdefault(item.file, []).append(reading.source.line_of(("evidence", index, "file")))
    found = []
    for file, where in lines.items():
        short = str(PurePosixPath(file).with_suffix(".pdf"))
        pdf = short if short not in taken else f"{file}.pdf"  # another item's, or made of a file of the same name
        taken.add(pdf)
        found.append(Conversion(shown, tuple(where), path.parent, file, pdf))
    return found


def convert_evidence(plans: Iterable[tuple[Path, str]], tell: Tell) -> tuple[list[Path], int]:
    """Write what is missing and say what is then to be done: the PDFs written, and how many files could not be converted."""
    wanted = [item for path, shown in plans for item in conversions(path, shown)]
    for item in wanted:
        if item.is_done:
            tell(f"已有 {item.pdf}，不再转换 {item.file}（要重新转换，先移走它）：看过没有走样，把 {item.mend}")
    missing = [item for item in wanted if not item.is_done]
    written = _converted(missing, tell) if missing else []
    if not wanted:
        tell("没有需要转换的佐证")
    return written, len(missing) - len(written)


def _converted(missing: Sequence[Conversion], tell: Tell) -> list[Path]:
    office, written = program(), []
    with tempfile.TemporaryDirectory(prefix="zcf-office-") as name:
        room = Path(name)
        for number, item in enumerate(missing, 1):
            pages = _convert(item, office, room)
            place = f"[{number}/{len(missing)}] {item.file}"
            if pages:
                written.append(item.target)
                tell(f"{place} 已转成 {item.pdf}，{pages} 页：看过没有走样，把 {item.mend}")
            else:
                tell(f"{place} 不能转换：LibreOffice 打不开、要密码或超过时限\n  办法：用原软件打开，另存为 PDF，放入 evidence/")
    return written


def _convert(item: Conversion, office: str, room: Path) -> int:
    """Pages of the PDF that was written; 0 where there is none, or none that can be bound."""
    source, trial = room / f"source{PurePosixPath(item.file).suffix.lower()}", room / "trial.pdf"
    with plain(item.folder / item.file) as file:
        source.write_bytes(file.read())
    made = to_pdf(office, source, room)
    if made is None:
        return 0
    trial.write_bytes(made)
    (room / "out" / "source.pdf").unlink()
    pages = look(trial).pages
    if pages:
        write_whole(item.target, made)
    return pages


def tell_wanted(plans: Iterable[tuple[Path, str]], tell: Tell) -> list[Conversion]:
    """What `convert_evidence` would do, and what it leaves to people; nothing is written."""
    wanted = [item for path, shown in plans for item in conversions(path, shown)]
    for item in wanted:
        tell(f"{item.file} 已有 {item.pdf}：把 {item.mend}" if item.is_done else f"{item.file} 应转成 {item.pdf}（{item.plan}）")
    if not wanted:
        tell("没有需要转换的佐证")
    return wanted
