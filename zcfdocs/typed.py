"""A tree of texts → a typed noun, all mistakes at once; what could not be read is left as a marked hole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from zcfdocs.fields import HOLE, Noun
from zcfdocs.finding import Finding, Route, parents, suggest

ROUNDS = 8


N = TypeVar("N", bound=Noun)


@dataclass(frozen=True, slots=True)
class Typed(Generic[N]):
    """The noun, the findings, and the routes whose values are not to be trusted."""

    noun: N | None
    findings: tuple[Finding, ...]
    holes: frozenset[Route]


def read(model: type[N], data: Any) -> Typed[N]:
    """Validate, report, fill the holes and validate again until the noun stands."""
    findings: list[Finding] = []
    holes: set[Route] = set()
    for _ in range(ROUNDS):
        try:
            return Typed(model.model_validate(data), tuple(findings), frozenset(holes))
        except ValidationError as error:
            problems = error.errors(include_url=False)
        mended: set[Route] = set()
        for problem in problems:
            route = _written(data, tuple(problem["loc"]))
            if route in mended:
                continue
            mended.add(route)
            if problem["input"] is not HOLE and not any(above in holes for above in parents(route)):
                findings.extend(_finding(model, route, problem))
            if problem["type"] != "extra_forbidden":
                holes.add(route)
            _mend(model, data, route, problem["type"])
    return Typed(None, tuple(findings), frozenset(holes))


def _written(data: Any, route: Route) -> Route:
    """The route as far as the text goes: a short form such as `share: 0.6` stands for a mapping it does not have."""
    for length, step in enumerate(route):
        if not isinstance(data, (dict, list)):
            return route[:length]
        if isinstance(data, dict) and step not in data:
            return route[: length + 1]
        data = data[step]  # type: ignore[index]  # the step fits the container pydantic met it in
    return route


def unknown_blanks(model: type[BaseModel], routes: Iterable[Route]) -> Iterator[Finding]:
    """Keys that no noun has, though nothing stands behind them."""
    for route in routes:
        known = fields_at(model, route[:-1])
        if known and route[-1] not in known:
            yield _unknown(route, known)


def _unknown(route: Route, known: list[str]) -> Finding:
    return Finding("Z102", route, f"没有字段 {route[-1]}。{suggest(str(route[-1]), known)}", f"此处可写：{'、'.join(known)}")


def _mend(model: type[BaseModel], data: Any, route: Route, kind: str) -> None:
    """Take the unreadable value away where it may be absent; else leave a hole of the right shape."""
    parent = data
    for step in route[:-1]:
        parent = parent[step]
    if kind == "extra_forbidden":
        del parent[route[-1]]
    elif kind in ("model_type", "model_attributes_type", "dict_type"):
        parent[route[-1]] = {}
    elif kind in ("list_type", "tuple_type"):
        parent[route[-1]] = []
    elif kind != "missing" and isinstance(parent, dict) and _may_be_absent(model, route):
        del parent[route[-1]]
    else:
        parent[route[-1]] = HOLE


def _may_be_absent(model: type[BaseModel], route: Route) -> bool:
    parent = _model_at(model, route[:-1])
    fields = parent.model_fields.items() if parent else ()
    return any((field.alias or name) == route[-1] and not field.is_required() for name, field in fields)


def _finding(model: type[BaseModel], route: Route, problem: Any) -> list[Finding]:
    kind, context = problem["type"], problem.get("ctx", {})
    name = str(route[-1]) if route else ""
    if kind == "missing":
        title = title_of(model, route)
        return [Finding("Z101", route, f"缺少必填内容 {name}" + (f"（{title}）" if title else ""), f"请填写 {name}: …")]
    if kind == "extra_forbidden":
        return [_unknown(route, fields_at(model, route[:-1]))]
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        known = fields_at(model, route)
        return [
            Finding(
                "Z103", route, f"此处应为键值对，现为{_shown(problem['input'])}", f"如 {{{', '.join(f'{key}: …' for key in known[:3])}}}"
            )
        ]
    if kind in ("list_type", "tuple_type"):
        return [
            Finding("Z104", route, f"此处应为列表，现为{_shown(problem['input'])}", "每项前加“- ”另起一行，或写成 [甲, 乙]；没有时写 []")
        ]
    return [Finding(kind, route, context["message"], context.get("hint", ""))]


def _shown(value: Any) -> str:
    if value is None:
        return "空值"
    return f"“{value[:40]}”" if isinstance(value, str) else "列表" if isinstance(value, list) else "键值对"


def _inner(annotation: Any) -> Any:
    """The model or item type inside `X | None` and `tuple[X, ...]`."""
    while True:
        if get_origin(annotation) in (Union, UnionType):
            annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
        elif get_origin(annotation) is tuple:
            annotation = get_args(annotation)[0]
        else:
            return annotation


def _model_at(model: type[BaseModel], route: Route) -> type[BaseModel] | None:
    current: Any = model
    for step in route:
        if isinstance(step, int):
            continue
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            return None
        by_name = {field.alias or name: field for name, field in current.model_fields.items()}
        if step not in by_name:
            return None
        current = _inner(by_name[step].annotation)
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def fields_at(model: type[BaseModel], route: Route) -> list[str]:
    """The keys a mapping at this route may have."""
    found = _model_at(model, route)
    return [field.alias or name for name, field in found.model_fields.items()] if found else []


def title_of(model: type[BaseModel], route: Route) -> str:
    """The Chinese title of the field at this route, where the model gives one."""
    parent = _model_at(model, route[:-1])
    for name, field in parent.model_fields.items() if parent else ():
        if (field.alias or name) == route[-1]:
            return field.title or ""
    return ""
