"""The command that prints the shapes of what other commands write: schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer

from zcfdocs.cli.frame import app, cannot, print_json
from zcfdocs.errors import ZcfError
from zcfdocs.finding import suggest
from zcfdocs.speech import ChineseCommand

# Where each shape is written down; imported when it is asked for.
SCHEMAS: Mapping[str, tuple[str, str, str]] = {
    "review": ("zcfdocs.reviewing.model", "schema", "评审报告（zcf-review/1）"),
    "history": ("zcfdocs.reviewing.record.chronicle", "schema", "版本记录（zcf-history/1）"),
    "ledger": ("zcfdocs.reviewing.record.ledger", "schema", "辖区台账（zcf-ledger/1）"),
    "scorecard": ("zcfdocs.site.schemas", "scorecard", "得分卡（zcf-scorecard/1）"),
    "plans": ("zcfdocs.site.schemas", "plans", "公开数据（zcf-plans/1）"),
}


@app.command(cls=ChineseCommand, help="打印一种数据格式的 JSON Schema；不写名称则列出全部")
@cannot
def schema(name: Annotated[str | None, typer.Argument(metavar="[名称]", show_default=False)] = None) -> None:
    if name is None:
        print("\n".join(f"{key}\t{title}" for key, (_, _, title) in SCHEMAS.items()))
        return
    if name not in SCHEMAS:
        raise ZcfError(f"没有格式 {name}。{suggest(name, SCHEMAS)}", hint=f"可用：{'、'.join(SCHEMAS)}")
    module, function, _ = SCHEMAS[name]
    made: Callable[[], dict[str, Any]] = getattr(import_module(module), function)
    print_json(made())
