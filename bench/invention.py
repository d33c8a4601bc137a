"""One invented plan: its claims drawn after the first example plan, its prose from the words of `round.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from string import Template
from typing import Any

from bench.amounts import BASELINE, Amounts, Years, tidy
from bench.leaves import Data, read

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "plans/xiqing/jinhe-auto-parts/plan.md"
# What the example says of its own trade, said of any.
PLAINER = {
    "电泳涂装线": "生产线",
    "电泳线": "",
    "副车架产品": "主要产品",
    "再生铝": "再生原料",
    "recycled-aluminium": "recycled-material",
    "示例铝业": "示例材料",
}
EVALUATED = ("evaluation_requested", "district_assessed", "expert_review", "publicised", "confirmed", "failed")
KINDS = {"private": "民营", "state": "国有", "collective": "集体", "joint": "中外合资", "foreign": "外商独资"}
LINES = {
    "grid": ("grid_electricity", "MWh"),
    "solar": ("solar_self_use", "MWh"),
    "gas": ("natural_gas", "万m3"),
    "diesel": ("diesel", "t"),
    "heat": ("heat", "GJ"),
}
METRICS = {
    "energy": ("tce", 1000, "kgce"),
    "carbon": ("emissions", 1000, "kgCO2e"),
    "material": ("mass", 1000, "kg"),
    "water": ("water", 1, "m3"),
}
SHARES = {1: (1.0,), 2: (0.6, 0.4)}


@dataclass(frozen=True, slots=True)
class Firm:
    """Who applies, and how far it has come: `way` are the stages up to the present one."""

    name: str
    slug: str
    uscc: str
    district: Mapping[str, str]
    sub_area: str | None
    sector: Data
    industry: Mapping[str, str]
    way: tuple[str, ...]


@cache
def words() -> Data:
    return read((HERE / "round.yaml").read_text(encoding="utf-8"))


@cache
def example() -> Data:
    text = EXAMPLE.read_text(encoding="utf-8").split("\n---\n", 1)[0].removeprefix("---\n")
    for old, new in PLAINER.items():
        text = text.replace(old, new)
    return read(text)


class Invention:
    """One plan in the making; `chance` decides all that the firm leaves open."""

    def __init__(self, firm: Firm, chance: Random) -> None:
        self.firm, self.chance, self.sector = firm, chance, firm.sector
        self.good, self.target = chance.random(), chance.choice([2026, 2026, 2026, 2027])
        self.years = Years(chance, firm.sector, self.target, self.good)
        self.made = chance.sample(firm.sector["products"], chance.choice([1, 1, 1, 2]))
        discrete = "33" <= firm.industry["code"][1:3] <= "40"
        self.by_output = discrete and len(self.made) == 1 and chance.random() < 0.2
        self.evaluated, self.published = firm.way[-1] in EVALUATED, chance.random() < 0.5
        self.founded, self.ownership = chance.randint(1992, 2019), chance.choice(["private", "private", *KINDS])
        self.given = self._given()
        self.projects = self._projects()

    def _given(self) -> dict[str, str]:
        """What every sentence may name; what differs from sentence to sentence is drawn in `say`."""
        now, unit = self.years.of[BASELINE], self.sector["unit"]
        return {
            "name": self.firm.name, "district": self.firm.district["name"], "trade": self.sector["trade"], "kind": KINDS[self.ownership],
            "founded": str(self.founded), "land": f"{self.chance.uniform(1.2, 20):.1f}", "staff": str(self.chance.randint(60, 1800)),
            "products": "、".join(self.made), "product": self.made[0], "unit": unit, "basis": "万元" if self.by_output else unit,
            "output": tidy(now["output"]), "added": tidy(now["output"] * 0.26), "grid": tidy(now["grid"]), "solar": tidy(now["solar"]),
            "target": str(self.target), "hard": self.sector["hard"], "flow": "、".join(self.sector["steps"]),
            "department": self.chance.choice(words()["departments"]), "cause": self.chance.choice(words()["causes"]),
        }  # fmt: skip

    def say(self, text: str, **more: str) -> str:
        pick, number = self.chance.choice, self.chance.randint
        drawn = {"step": pick(self.sector["steps"]), "material": pick(self.sector["materials"]), "percent": str(number(3, 90))}
        drawn |= {"number": str(number(12, 260)), "few": str(number(2, 9)), "n": str(number(2, 40)), "mw": f"{number(3, 60) / 10:.1f}"}
        return Template(text).substitute(drawn | self.given | more)

    def front(self) -> Data:
        firm, model, number = self.firm, example(), self.chance.randint
        data: Data = {
            "format": model["format"],
            "catalogue": model["catalogue"],
            "stage": firm.way[-1],
            "as_of": f"2025-04-{number(22, 30)}",
        }
        data["factory"] = self._factory()
        data |= {key: [self._ours(item) for item in model[key]] for key in ("basic_requirements", "conditions")}
        data["conditions"][0]["basis"] = self.say("企业连续生产，2024年产值$output万元，$product市场竞争力较强")
        basis = "output_value" if self.by_output else "product"
        data |= {
            "diagnosis": model["diagnosis"],
            "accounting": model["accounting"] | {"target": str(self.target), "intensity_basis": basis},
        }
        if self.evaluated:
            data["evaluation"] = {"as_of": f"{self.target + 1}-02-{number(10, 28)}"}
        if self.chance.random() < 0.1:
            data["confidential"] = ["years.products.amount"]
        data |= {"years": list(self._years()), "benchmarks": list(self._benchmarks()), "projects": self.projects}
        data["indicators"] = list(self._answers())
        used = {*_cited(data), *(["publication"] if self.published else [])}
        data["evidence"] = [self._ours(item) for item in model["evidence"] if item["id"] in used]
        data["publish"] = self.chance.choice(["true", "false", "false"])
        if self.published:
            data["publication"] = {"url": f"https://example.com/{firm.slug}/", "date": "2025-04-21", "proof": "publication"}
        return data

    def _ours(self, item: Data) -> Data:
        """An entry of the example said of this firm."""
        told = {example()["factory"]["name"]: self.firm.name, "西青区": self.firm.district["name"]}
        found = dict(item)
        for key, value in item.items():
            for old, new in told.items() if isinstance(value, str) else ():
                found[key] = found[key].replace(old, new)
        return found

    def _factory(self) -> Data:
        firm, say, number = self.firm, self.say, self.chance.randint
        return {
            "name": firm.name, "address": say(f"天津市$district示例路{number(1, 299)}号"), "district": firm.district["key"],
            "industry": dict(firm.industry), "main_products": self.made, **({"sub_area": firm.sub_area} if firm.sub_area else {}),
            "chain": self.sector["chain"], "licence_type": "有限责任公司", "ownership": self.ownership, "uscc": firm.uscc,
            "legal_representative": f"示例{self.chance.choice('甲乙丙丁戊己庚辛')}", "registration_authority": say("天津市$district市场监督管理局"),
            "registered_capital": f"{number(5, 400) * 100}万元人民币", "founded": f"{self.founded}-{number(1, 12):02}-{number(1, 28):02}",
            "valid_until": "长期", "department": self.given["department"], "contact": f"示例{self.chance.choice('子丑寅卯辰巳午未')}",
            "phone": "022-00000000", "email": f"{firm.slug}@example.com", "profile": say(words()["profile"]),
        }  # fmt: skip

    def _years(self) -> Iterator[Data]:
        kinds = [(2022, "actual"), (2023, "actual"), (2024, "actual")]
        kinds += [(2025, "target")] * (self.chance.random() < 0.5) + [(self.target, "target")] + [(self.target, "result")] * self.evaluated
        for year, kind in kinds:
            near = self.chance.uniform(0.96, 1.05) if kind == "result" else 1
            yield self._year(year, kind, {key: value * near for key, value in self.years.of[year].items()})

    def _year(self, year: int, kind: str, of: Amounts) -> Data:
        amount = tidy(of["output"] / float(self.sector["price"]) / len(self.made))
        products = [{"name": name, "amount": amount, "unit": self.sector["unit"]} for name in self.made]
        if len(products) > 1:
            products = [product | {"share": str(share)} for product, share in zip(products, SHARES[len(products)], strict=True)]
        mass = zip(self.sector["materials"], (0.7, 0.2, 0.1), strict=True)
        return {
            "year": str(year), "kind": kind, "output_value": tidy(of["output"]), "added_value": tidy(of["output"] * 0.26),
            "energy": [{"carrier": carrier, "amount": tidy(of[key]), "unit": unit} for key, (carrier, unit) in LINES.items() if of[key] > 0.01],
            "fugitive": [{"gas": "R410A", "amount": f"{0.01 + of['output'] / 4e6:.3f}", "unit": "t"}], "products": products,
            "materials": [{"name": name, "amount": tidy(of["mass"] * part), "unit": "t"} for name, part in mass],
            "water": tidy(of["water"]), "offsets": list(self._offsets(year, kind, of)),
        }  # fmt: skip

    def _offsets(self, year: int, kind: str, of: Amounts) -> Iterator[Data]:
        green, carbon, run = round(of["green"]), round(of["credits"]), f"GEC-{year}-{self.firm.uscc[8:17]}-"
        certificates = {"certificates": [{"from": f"{run}000001", "to": f"{run}{green:06}"}], "evidence": ["green-power-2024"]}
        bought = {"project": "示例造林碳汇项目", "vintage": "2023", "evidence": ["ccer-2024"]}
        for method, name, amount, unit, proof in (
            ("3a", "green_power", green, "MWh", certificates),
            ("3b", "ccer", carbon, "tCO2e", bought),
        ):
            if amount:
                line = {"method": method, "kind": name, "amount": str(amount), "unit": unit, "retired": "true"}
                yield line if kind == "target" else line | proof

    def _benchmarks(self) -> Iterator[Data]:
        of, several = self.years.of[BASELINE], len(self.made) > 1
        for metric, (key, size, top) in METRICS.items():
            whole = self.by_output and metric in ("energy", "carbon")
            base = of["output"] if whole else of["output"] / float(self.sector["price"]) / len(self.made)
            proof = "bench-energy-carbon" if metric in ("energy", "carbon") else "bench-material-water"
            for name, share in zip(self.made, SHARES[len(self.made)], strict=True):
                value = of[key] * size * share / base * self.chance.uniform(0.8, 1.3)
                line = {
                    "metric": metric,
                    "value": tidy(value),
                    "unit": f"{top}/{'万元' if whole else self.sector['unit']}",
                    "kind": "industry",
                }
                line |= {"source": "示例：行业协会对标通报（同类产品先进值）"} | ({"product": name} if several else {})
                yield line | {"evidence": [proof]}

    def _projects(self) -> list[Data]:
        """Together they save less than the totals fall."""
        kinds = self.chance.sample(words()["projects"], self.chance.randint(3, 7))
        falls = {"energy": self.years.drop("tce"), "co2": self.years.drop("emissions"), "water": self.years.drop("water")}
        found = []
        for kind in kinds:
            saves = dict.fromkeys(falls, "0")
            for key in {"energy": ("energy", "co2")}.get(kind["saves"], (kind["saves"],)):
                saves[key] = tidy(max(0.5, falls[key] * self.chance.uniform(0.4, 0.95) / len(kinds)))
            name, content = self.say(f"{kind['name']}|{kind['content']}").split("|")
            start, end = self.chance.randint(5, 12), self.chance.randint(1, 10)
            found.append({
                "name": name, "area": kind["area"], "content": content, "start": f"2025-{start:02}", "end": f"2026-{end:02}",
                "investment": str(self.chance.randint(4, 160) * 10), "saves": saves, "supports": kind["supports"], "role": kind["role"],
                "status": self.chance.choice(["planned", "planned", "building"]), **({"method": kind["method"]} if "method" in kind else {}),
                "funding": self.chance.choice(words()["funding"]),
            })  # fmt: skip
        return found

    def _answers(self) -> Iterator[Data]:
        for row in example()["indicators"]:
            answer = {key: value for key, value in row.items() if key != "note"}
            if "items" in row:
                count = self.chance.randint(1, len(row["items"]))
                answer |= {"items": row["items"][:count], "target": str(count + 1), "evidence": row["evidence"][:count]}
            elif "now" in row and "evidence" in row:
                answer |= self._degree(float(row.get("of", "1")))
            if self.evaluated and "target" in answer:
                answer["result"] = answer["target"]
            if self.chance.random() < 0.25:
                answer["note"] = self.chance.choice(words()["notes"])
            if "evidence" in answer and self.chance.random() < 0.04:
                del answer["evidence"]
            yield answer

    def _degree(self, of: float) -> dict[str, str]:
        step = 1 if of > 1 else 0.1
        now = min(of, of * max(0, 0.45 + 0.6 * self.good + self.chance.uniform(-0.25, 0.2)))
        then = min(of, max(now, of * (0.75 + 0.3 * self.good)))
        return {"now": f"{round(now / step) * step:.4g}", "target": f"{round(then / step) * step:.4g}"}

    def body(self) -> str:
        """The chapters; each $word of the frame is a sentence drawn from those of its name."""
        drawn = {name: self._sentence(name) for name in words()["sentences"]}
        drawn["trend"] = drawn["trend_rising" if self.years.bump else "trend_falling"]
        steps, carriers = self.sector["steps"], ["外购电力", "自发自用光伏电力", "天然气", "外购热力"]
        drawn["steps"] = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
        drawn["carriers"] = "、".join(carriers[: self.chance.randint(3, 4)])
        drawn["systems"] = "\n".join(
            self.say(f"| {step} | {self.chance.choice(carriers)} | 分表$few块 | 约占本工序用能的$percent% |") for step in steps[:5]
        )
        drawn["projects"] = "\n".join(f"- {project['name']}：{project['content']}，{project['role']}；" for project in self.projects)
        total = str(sum(int(project["investment"]) for project in self.projects))
        return self.say(words()["body"], **{key: text.replace("@total", total) for key, text in drawn.items()})

    def _sentence(self, name: str) -> str:
        choices = words()["sentences"][name]
        if isinstance(choices, list):
            count = 2 if name.partition("_")[0] in ("task", "safe", "management", "performance") else 1
            return "".join(self.say(item) for item in self.chance.sample(choices, count))
        chosen = self.chance.sample(choices["of"], int(choices["some"]))
        return "\n".join(f"- {self.say(item)}" for item in chosen)


def _cited(value: Any) -> Iterator[str]:
    """Every piece of evidence a plan refers to."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(value, dict) and item is value.get("evidence") and isinstance(item, list):
            yield from item
        else:
            yield from _cited(item)
