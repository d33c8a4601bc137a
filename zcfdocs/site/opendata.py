"""The site's open data: all plans as JSON and CSV, their schemas, the data package that describes them, and the page that explains them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from zcfdocs.scorecard import Json
from zcfdocs.site import schemas
from zcfdocs.site.addresses import address_of
from zcfdocs.site.linked import TITLE, catalog, script
from zcfdocs.site.page import page
from zcfdocs.site.round import Round
from zcfdocs.site.tables import TABLES, Table

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
ABOUT = "“零碳”工厂试点方案的公开数据：企业、阶段、得分、能耗、碳排放和承诺的节约量。"
TERMS = (
    "数据由程序按公开的口径从各申报企业的方案算出，方案内容由申报企业负责。本站没有为这些数据另行声明许可，"
    "使用时请遵守有关法律法规和通知的规定，并注明来源、数据摘要和取得日期。"
)
JSON_FILES = {
    "plans.json": ("全部方案", "每份公开的方案的得分、能耗、碳排放、承诺的节约量和各版的变化；撤回的只留企业名称。"),
    "plans.schema.json": ("plans.json 的结构", "JSON Schema（2020-12），列出每个字段的意思和单位。"),
    "scorecard.schema.json": ("单份方案数据的结构", "JSON Schema（2020-12），用于各方案页旁的 data.json。"),
}
SCHEMAS = {"plans.schema.json": schemas.plans, "scorecard.schema.json": schemas.scorecard}


def files(round_: Round) -> dict[str, bytes]:
    """Path below docs_dir → content. Made of the facts alone; neither clock nor builder is in it."""
    made = {
        "plans.json": plans(round_),
        **{name: _json(schema()) for name, schema in SCHEMAS.items()},
        **{f"{table.name}.csv": table.printed(round_) for table in TABLES},
    }
    return {f"data/{name}": content for name, content in {**made, "datapackage.json": _json(package(round_, made))}.items()}


def plans(round_: Round) -> bytes:
    """zcf-plans/1, a plan on each line so that two states differ by lines."""
    head = {"format": "zcf-plans/1", "preview": round_.preview, "generated_from": source(round_)}
    told = (_compact(_told(plan)) for plan in sorted(round_.plans, key=_key))
    return (_compact(head)[:-1] + ',"plans":[\n' + ",\n".join(told) + "\n]}\n").encode()


def source(round_: Round) -> Json:
    """What the data are made from; `digest` is over `key NUL digest LF` of every living plan, by key."""
    lines = "".join(f"{plan['key']}\0{plan['digest']}\n" for plan in sorted(round_.living, key=_key))
    books = [{"id": name, "digest": digest} for name, digest in sorted({book.id: book.digest for book in round_.books}.items())]
    return {"catalogues": books, "digest": _digest(lines.encode())}


def _told(plan: Json) -> Json:
    """A withdrawn plan says no more than its tombstone does."""
    return {name: plan[name] for name in ("key", "id", "uscc", "name", "withdrawn")} if plan["withdrawn"] else plan


def package(round_: Round, made: Mapping[str, bytes]) -> Json:
    """Data Package 2.0 over the files beside it, by name; no licence is claimed, so none is named."""
    tables = [_resource(f"{table.name}.csv", table.title, table.about, made) | _schema(table) for table in TABLES]
    whole = _resource("plans.json", *JSON_FILES["plans.json"], made) | {"jsonSchema": "plans.schema.json"}
    home = {"homepage": address_of(round_.address, "data/index.html")} if round_.address else {}
    return {
        "$schema": PROFILE,
        "name": "zcf-plans",
        "title": f"{TITLE}（预览）" if round_.preview else TITLE,
        "description": f"{ABOUT}{TERMS}",
        **home,
        "sources": [{"title": title} for title in _notices(round_)],
        "generated_from": source(round_),
        "resources": [*tables, whole],
        # Not resources: readers of packages take a file of that name for a Table Schema.
        "schemas": [{"path": name, "title": JSON_FILES[name][0], **_measured(made[name])} for name in SCHEMAS],
    }


def _notices(round_: Round) -> Iterator[str]:
    for notice in dict.fromkeys((book.catalogue.notice.issuer, book.catalogue.notice.title) for book in round_.books):
        yield "{}《{}》".format(*notice)


def _resource(name: str, title: str, about: str, made: Mapping[str, bytes]) -> Json:
    kind = name.rpartition(".")[2]
    return {
        "name": name.rpartition(".")[0] if kind == "csv" else name.replace(".", "-"),
        "path": name,
        "title": title,
        "description": about,
        "format": kind,
        "mediatype": "text/csv" if kind == "csv" else "application/json",
        "encoding": "utf-8",
        **_measured(made[name]),
    }


def _measured(content: bytes) -> Json:
    return {"bytes": len(content), "hash": _digest(content)}


def _schema(table: Table) -> Json:
    """Table Schema; the first column of every table names a plan of the first table."""
    fields = [
        {
            "name": column.name,
            "type": column.kind,
            "description": column.about,
            **({"unit": column.unit} if column.unit else {}),
        }
        for column in table.columns
    ]
    schema: Json = {"fields": fields, "primaryKey": list(table.key), "missingValues": [""]}
    if table is not TABLES[0]:
        first = table.columns[0].name
        schema["foreignKeys"] = [{"fields": [first], "reference": {"resource": TABLES[0].name, "fields": [first]}}]
    return {"type": "table", "schema": schema, "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True}}


def pages(round_: Round, staged: Mapping[str, bytes]) -> dict[str, str]:
    """The page that explains what `files` made."""
    made = {path.removeprefix("data/"): content for path, content in staged.items()}
    said = {f"{table.name}.csv": (table.title, table.about) for table in TABLES}
    said |= {**JSON_FILES, "datapackage.json": ("数据包说明", "Data Package 2.0：各文件的列、单位、大小和 SHA-256。")}
    values: dict[str, Any] = {
        "files": [
            {"name": name, "title": title, "about": about, "size": _size(len(made[name])), "digest": hashlib.sha256(made[name]).hexdigest()}
            for name, (title, about) in said.items()
        ],
        "tables": [{"name": table.name, "title": table.title, "about": table.about, "columns": list(_columns(table))} for table in TABLES],
        "counts": {"living": len(round_.living), "withdrawn": len(round_.withdrawn)},
        "digest": source(round_)["digest"],
        "notices": list(_notices(round_)),
        "terms": TERMS,
        "linked": script(catalog(round_)),
        "address": address_of(round_.address, "data/index.html") if round_.address else "",
    }
    return {"data/index.md": page("data.html", "开放数据", round_.preview, values, description=ABOUT)}


def _columns(table: Table) -> Iterator[Json]:
    """The columns that mean the same, of one phase each, in one line."""
    for (about, unit), columns in groupby(table.columns, key=lambda column: (column.about, column.unit)):
        yield {"names": [column.name for column in columns], "unit": unit, "about": about}


def _size(count: int) -> str:
    return f"{count} 字节" if count < 1024 else f"{count / 1024:.1f} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"


def _key(plan: Json) -> str:
    return str(plan["key"])


def _compact(data: Json) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _json(data: Json) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
