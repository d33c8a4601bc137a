"""What a page says of its data to machines: schema.org in JSON-LD."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from zcfdocs.scorecard import Json
from zcfdocs.site.addresses import address_of, page_of, permanent
from zcfdocs.site.markup import in_script
from zcfdocs.site.round import Round
from zcfdocs.site.tables import TOTALS

TITLE = "“零碳”工厂试点方案公开数据"
DOWNLOADS = {
    "data.json": ("公开数据", "application/json"),
    "rows.csv": ("指标得分", "text/csv"),
    "years.csv": ("各年数值", "text/csv"),
    "public.pdf": ("公开版方案", "application/pdf"),
}
WHOLE = {
    "plans.json": ("全部方案", "application/json"),
    "plans.csv": ("方案总表", "text/csv"),
    "rows.csv": ("指标得分表", "text/csv"),
    "datapackage.json": ("数据包说明", "application/json"),
}


def script(data: Json) -> str:
    """A data block for the page."""
    return Markup(f'<script type="application/ld+json">{in_script(data)}</script>')  # noqa: S704  # escaped there


def dataset(facts: Json, address: str, downloads: Sequence[str] = tuple(DOWNLOADS)) -> Json:
    """A living plan's page as a Dataset; `downloads` are the files beside it, addresses without `address` relative to the page.

    The factory publishes its plan: who runs the site is not said. No licence is claimed.
    """
    factory = {"@type": "Organization", "name": facts["name"], "identifier": _identifier("统一社会信用代码", facts["uscc"])}
    root = "../../../"
    years = sorted(score["year"] for score in facts["scores"].values())
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{facts['name']}{TITLE}",
        "description": f"{facts['name']}（{facts['district']['name']}，{facts['industry']['name']}）按《{facts['catalogue']['title']}》"
        "编制的“零碳”工厂试点方案：能耗、碳排放、措施和各项指标得分。",
        "inLanguage": "zh-CN",
        "url": address_of(address, page_of(facts["key"]), root),
        "sameAs": address_of(address, permanent(facts["id"]), root),
        "identifier": [_identifier("统一社会信用代码", facts["uscc"]), _identifier("方案摘要", facts["digest"])],
        **({"version": str(facts["versions"][-1]["number"])} if facts["versions"] else {}),
        "dateModified": facts["changed"],
        **({"temporalCoverage": f"{years[0]}/{years[-1]}"} if years else {}),
        "spatialCoverage": facts["district"]["name"],
        "keywords": ["零碳工厂", facts["industry"]["name"], facts["stage"]["name"]],
        "isAccessibleForFree": True,
        "creator": factory,
        "publisher": factory,
        "includedInDataCatalog": {"@type": "DataCatalog", "name": TITLE, "url": address_of(address, "data/index.html", root)},
        "distribution": [_download(address, f"plans/{facts['key']}/{name}", root, *DOWNLOADS[name]) for name in downloads],
        "variableMeasured": list(_measured(facts)),
    }


def catalog(round_: Round) -> Json:
    """The data page as a DataCatalog of one Dataset, that of all plans."""
    root = "../"
    changed = max((plan["changed"] for plan in round_.plans), default="")
    return {
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "name": TITLE,
        "description": "“零碳”工厂试点方案的公开数据：企业、阶段、得分、能耗、碳排放和承诺的节约量。",
        "inLanguage": "zh-CN",
        "url": address_of(round_.address, "data/index.html", root),
        **({"dateModified": changed} if changed else {}),
        "isAccessibleForFree": True,
        "dataset": {
            "@type": "Dataset",
            "name": f"{TITLE}（全部方案）",
            "description": f"{len(round_.living)} 份公开的“零碳”工厂试点方案的得分、能耗、碳排放和承诺的节约量，每次发布时重新生成。",
            "url": address_of(round_.address, "data/index.html", root),
            "isBasedOn": [
                {"@type": "CreativeWork", "name": title} for title in sorted({book.catalogue.notice.title for book in round_.books})
            ],
            "isAccessibleForFree": True,
            "distribution": [_download(round_.address, f"data/{name}", root, *said) for name, said in WHOLE.items()],
        },
    }


def _identifier(name: str, value: str) -> Json:
    return {"@type": "PropertyValue", "propertyID": name, "value": value}


def _download(address: str, path: str, root: str, title: str, kind: str) -> Json:
    return {"@type": "DataDownload", "name": title, "encodingFormat": kind, "contentUrl": address_of(address, path, root)}


def _measured(facts: Json) -> Iterator[Json]:
    """Scores and totals as they stand in the facts, to the last digit."""
    for phase, score in facts["scores"].items():
        yield _value(f"{score['label']}总分（{score['year']} 年）", score["total"], "分")
        for name, (title, unit, _) in TOTALS.items():
            found = facts["totals"].get(phase, {}).get(name)
            if found is not None:
                yield _value(f"{score['label']}{title}（{score['year']} 年）", found, unit or "1")


def _value(name: str, value: str, unit: str) -> Json:
    return {"@type": "PropertyValue", "name": name, "value": value, "unitText": unit}
