"""Whole plans made from a seed: every option of the format, and figures brought to stand exactly on a line of the rules."""

import json
import random
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from tests import independent

PDF = b"%PDF-1.4\n%fake\n"
DAYS = ["2024-04-12", "2024-04-13", "2024-12-25", "2024-12-26", "2025-04-30", "2025-12-30", "2025-12-31", "2026-01-15"]
TITLES = [
    "绿色工厂",
    "国家绿色工厂",
    "高新技术企业",
    "国家高新技术企业",
    "专精特新小巨人",
    "单项冠军产品",
    "智能制造示范工厂",
    "自封的称号",
]
GASES = ["R410A", "R410a", "R32", "HFC-125", "R134a", "SF6", "NF3", "六氟化硫", "R407C", "R507", "CH4", "N2O", "CO2"]
POWER, MASS, VOLUME, HEAT = ["kWh", "MWh", "万kWh"], ["t", "kg"], ["万m3", "m3"], ["GJ", "MJ"]
SIZES: dict[str, int | str] = {"kWh": 1000, "MWh": 1, "万kWh": "0.1", "t": 1, "kg": 1000, "万m3": 1, "m3": 10000, "GJ": 1, "MJ": 1000}
NCV = {"t": [("GJ/t", 1), ("MJ/kg", 1), ("kJ/kg", 1000), ("MJ/t", 1000)], "万m3": [("GJ/万m3", 10), ("MJ/m3", 1), ("kJ/m3", 1000)]}
FUELS = {"natural_gas": VOLUME, "biogas": VOLUME, "hydrogen": VOLUME + MASS} | dict.fromkeys(
    [
        "lng",
        "lpg",
        "petrol",
        "diesel",
        "kerosene",
        "fuel_oil",
        "raw_coal",
        "anthracite",
        "bituminous",
        "lignite",
        "coke",
        "biomass",
        "methanol",
    ],
    MASS,
)
OFFSETS = [("1a", "ccus"), ("2a", "verified_reduction"), ("2b", "forest_sink"), ("2b", "other_sink"), ("2c", "outside_solar")]
OFFSETS += [("2c", "outside_wind"), ("3b", "ccer"), ("3c", "carbon_inclusion"), ("3d", "allowance"), ("3e", "international_credit")]
FACTORY = {
    "name": "天津示例零部件有限公司", "address": "天津市西青区示例路1号", "district": "xiqing", "industry": {"code": "C3670", "name": "汽车零部件及配件制造"},
    "main_products": ["甲"], "ownership": "private", "uscc": "91120111MA0EXAMP1P", "legal_representative": "张三", "department": "安全环保部",
    "registration_authority": "天津市西青区市场监督管理局", "registered_capital": "5000万元人民币", "founded": "2008-05-20", "valid_until": "长期",
    "contact": "李四", "phone": "022-00000000", "email": "zcf@example.com", "profile": "示例",
}  # fmt: skip


def text(value):
    """A plain decimal."""
    with localcontext() as context:
        context.prec = 60
        digits = format(Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else Decimal(str(value)), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def ends(value):
    """Whether a fraction is a decimal that a plan may write."""
    found = text(value)
    return len(found) <= 40 and Fraction(found) == value


class Maker:
    def __init__(self, seed, rows, root):
        self.random, self.root, self.rows = random.Random(seed), root, rows  # noqa: S311
        self.as_of = self.pick(DAYS)
        self.baseline = int(self.as_of[:4]) - 1
        self.target = self.baseline + self.pick([1, 2, 2, 3])
        self.late = self.shifted(self.as_of, 500) if self.chance(0.4) else None
        self.basis = self.pick(["product", "product", "output_value", "added_value"])
        self.names = [("甲", "套"), ("乙", "台"), ("丙", "t")][: self.pick([1, 1, 2, 3])]
        self.fuels = self.random.sample(list(FUELS), self.pick([0, 1, 2, 4]))
        self.serial = 0
        self.strong = self.chance(0.4)

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, part):
        return self.random.random() < part

    def number(self, low, high, places=2):
        return text(Decimal(self.random.randint(low * 10**places, high * 10**places)).scaleb(-places))

    def shifted(self, day, days):
        return str(date.fromisoformat(day) + timedelta(days=days))

    def sized(self, amount, units):
        unit = self.pick(units)
        return {"amount": text(Decimal(amount) * Decimal(SIZES[unit])), "unit": unit}

    def evidence(self):
        """Every way evidence holds or fails, by the name that says so."""
        late, near = self.late or self.shifted(self.as_of, 500), self.shifted
        days = {
            "good": (near(self.as_of, -90), near(late, 90)), "open": (None, None), "firstday": (self.as_of, None), "lastday": (None, self.as_of),
            "expired": (None, near(self.as_of, -1)), "early": (near(self.as_of, 1), None), "latefirst": (late, None), "later": (near(late, 1), None),
            "lapsed": (None, near(late, -1)), "missing": (None, None),
        }  # fmt: skip
        return [
            {"id": key, "title": key, "file": f"evidence/{key}.pdf", "issued": first, "expires": last}
            for key, (first, last) in days.items()
        ]

    def proof(self, good=0.8):
        if self.chance(0.97 if self.strong else good):
            return self.random.sample(["good", "open", "expired"], 3)
        return self.random.sample(
            ["firstday", "lastday", "expired", "early", "latefirst", "later", "lapsed", "missing", "nobody"], self.pick([0, 1, 1, 2])
        )

    def energy(self):
        lines: list[dict[str, Any]] = []
        for carrier, most, often in [
            ("grid_electricity", 12000, 0.9), ("grid_electricity", 900, 0.2), ("solar_self_use", 2500, 0.6), ("wind_self_use", 900, 0.2),
            ("biomass_self_use", 500, 0.15), ("chp_self_use", 1500, 0.2), ("electricity_sold", 600, 0.2), ("solar_exported", 700, 0.5),
            ("wind_exported", 300, 0.2),
        ]:  # fmt: skip
            if self.chance(often):
                line = {"carrier": carrier, **self.sized(self.number(1, most), POWER)}
                if carrier in ("solar_self_use", "wind_self_use", "solar_exported", "wind_exported", "biomass_self_use"):
                    line |= self.pick([{}, {"owner": "self"}, {"attribute_retained": True}, {"attribute_retained": False}])
                    if self.chance(0.2):
                        line |= {"owner": "third_party", "attribute_retained": self.chance(0.5)}
                lines.append(line | ({"meter": f"{len(lines)}号表"} if self.chance(0.2) else {}))
        for carrier, often in [("heat", 0.6), ("steam", 0.4), ("steam", 0.2), ("green_heat", 0.3), ("heat_sold", 0.2)]:
            if self.chance(often):
                line = {"carrier": carrier, **self.sized(self.number(1, 4000), HEAT + (MASS if carrier == "steam" else []))}
                if line["unit"] in MASS:
                    line["enthalpy"] = self.pick([{"value": "2776", "unit": "kJ/kg"}, {"value": "2.7634", "unit": "GJ/t"}])
                if carrier != "heat_sold" and self.chance(0.4):
                    line["factor"] = {"value": self.number(0, 1, 3), "unit": "tCO2/GJ", "source": "供热单位", "evidence": self.proof(0.5)}
                if self.chance(0.3):
                    line["evidence"] = self.proof(0.5)
                lines.append(line)
        for carrier in self.fuels:
            line = {"carrier": carrier, **self.sized(text(Decimal(self.number(1, 30)) * 3), FUELS[carrier])}
            if self.chance(0.3):
                unit, scale = self.pick(NCV["t" if line["unit"] in MASS else "万m3"])
                line["ncv"] = {"value": text(Decimal(self.number(15, 45)) * scale), "unit": unit, "evidence": self.proof(0.5)}
            lines.append(line)
        return lines

    def offsets(self, kind):
        lines: list[dict[str, Any]] = []
        for method, name in [("3a", "green_power"), ("3a", "green_certificate")][: self.pick([0, 1, 2, 2])] * self.pick([1, 1, 2]):
            amount = self.pick([self.number(1, 900, 0), self.number(1, 4000, 0), self.number(1, 30000, 0)])
            line = {"method": method, "kind": name, **self.sized(amount, POWER)}
            if self.chance(0.6):
                begin = self.serial = max(1, self.serial - self.pick([0, 0, 0, 40, 500]))
                runs = self.pick([1, 1, 2])
                line["certificates"] = []
                for _ in range(runs):
                    count = max(1, min(int(amount), 3000) // runs)
                    line["certificates"].append({"from": f"GEC-{begin:08}", "to": f"GEC-{begin + count - 1:08}"})
                    begin += count - self.pick([0, 0, 7])
                self.serial = max(self.serial, begin + 1)
            lines.append(line)
        for method, name in self.random.sample(OFFSETS, self.pick([0, 1, 2, 4])):
            units = POWER if method == "2c" else ["tCO2e"]
            amount = self.number(1, 3000)
            lines.append(
                {"method": method, "kind": name} | (self.sized(amount, units) if method == "2c" else {"amount": amount, "unit": "tCO2e"})
            )
        for line in lines:
            line |= {"retired": self.chance(0.85), "evidence": self.proof()}
            if kind == "target" and self.chance(0.5):
                del line["retired"], line["evidence"]
        return lines

    def products(self):
        names = self.names if self.chance(0.9) else self.names[: max(1, len(self.names) - 1)]
        made = [
            {"name": name, "amount": self.pick(["1000", "12500", "200000", self.number(1, 9000)]), "unit": unit} for name, unit in names
        ]
        parts = {1: [["1"]], 2: [["0.25", "0.75"], ["0", "1"], ["0.6", "0.4"]], 3: [["0.2", "0.3", "0.5"], ["0.125", "0.5", "0.375"]]}[
            len(made)
        ]
        if len(made) == 1:
            return [made[0] | self.pick([{}, {"share": "1"}])]
        if self.chance(0.5):
            return [item | {"share": part} for item, part in zip(made, self.pick(parts), strict=True)]
        four = {key: self.pick(parts) for key in ("energy", "emissions", "material", "water")}
        return [item | {"share": {key: shares[at] for key, shares in four.items()}} for at, item in enumerate(made)]

    def year(self, number, kind):
        named = [{"product": name} for name, _ in self.names]
        return {
            "year": number, "kind": kind,
            **({"output_value": self.pick(["0", "20000", self.number(100, 90000)])} if self.chance(0.9) else {}),
            **({"added_value": self.pick(["8000", self.number(100, 30000)])} if self.chance(0.9) else {}),
            "energy": self.energy() if self.chance(0.97) else [{"carrier": "solar_self_use", "amount": "500", "unit": "MWh"}],
            "fugitive": [{"gas": self.pick(GASES), **self.sized(self.number(0, 1, 3), MASS)} for _ in range(self.pick([0, 0, 1, 2]))],
            "process": [{"source": "焊接", "amount": self.number(0, 90), "unit": "tCO2e"} for _ in range(self.pick([0, 0, 1]))],
            "products": self.products(),
            "materials": [
                {"name": f"料{at}", **self.sized(self.number(10, 9000), MASS)} | self.pick([{}, {}, *named]) for at in range(self.pick([0, 1, 1, 2, 3]))
            ],
            **({"water": self.number(0, 90000)} if self.chance(0.9) else {}),
            "offsets": self.offsets(kind),
        }  # fmt: skip

    def years(self):
        """Actual years up to the baseline (too few for a young factory), targets, at evaluation the later years and the result; often falling."""
        span = self.pick([3, 3, 3, 3, 2, 1, 4, 6])
        found = [self.year(self.baseline - back, "actual") for back in reversed(range(span))]
        found += [self.year(number, "target") for number in {self.target, self.pick([self.baseline + 1, self.target])}]
        if self.late:
            found += [self.year(number, "actual") for number in range(self.baseline + 1, self.baseline + self.pick([1, 2]))]
            found.append(self.year(self.pick([self.target, self.target, self.target + 1]), "result"))
        if self.chance(0.6):
            first = found[0]
            for step, later in enumerate(found[1:], 1):
                for key in ("energy", "fugitive", "process", "products", "materials", "water", "output_value", "added_value"):
                    later.pop(key, None)
                    if key in first:
                        later[key] = json.loads(json.dumps(first[key]))
                part = Decimal(1 - step * Decimal("0.05") * self.pick([0, 1, 1, 1, 1, 1, 1, 1]))
                for line in [*later["energy"], *later["materials"]]:
                    line["amount"] = text(Decimal(line["amount"]) * part)
                if "water" in later:
                    later["water"] = text(Decimal(later["water"]) * part)
        if self.chance(0.1):
            self.random.shuffle(found)
        return found

    def benchmarks(self):
        kinds, tops = (
            {"energy": ["standard", "industry"], "water": ["quota", "industry"]},
            {"energy": ["kgce", "tce"], "carbon": ["kgCO2e", "tCO2e"]},
        )
        tops |= {"material": ["kg", "t"], "water": ["m3"]}
        found = []
        for metric, above in tops.items():
            by_value = metric in ("energy", "carbon") and self.basis != "product"
            for name, unit in [(None, "万元")] if by_value else self.pick([[], self.names, self.names, [(None, self.names[0][1])]]):
                made = {
                    "metric": metric,
                    "value": self.number(1, 900),
                    "unit": f"{self.pick(above)}/{unit}",
                    "kind": self.pick(kinds.get(metric, ["industry"])),
                }
                found.append(
                    made | {"source": "某标准", "evidence": self.proof()} | ({"product": name} if name and len(self.names) > 1 else {})
                )
        return found

    def indicators(self):
        found = []
        for row, rule, may_be_left_out in self.rows:
            if rule not in ("attested", "per_item", "achieved") or self.chance(0.04):
                continue
            answer = {"id": row, "evidence": self.proof(0.9)}
            if may_be_left_out and self.chance(0.3):
                found.append(answer | {"not_applicable": True, "note": "不涉及"})
                continue
            of = self.pick([1, 1, 3, 4, 80])
            if rule == "per_item":
                items = self.random.sample(TITLES, self.pick([0, 2, 4, 6]))
                answer["items"] = [{"name": name, "evidence": self.proof(0.5)} if self.chance(0.4) else name for name in items]
            else:
                answer |= {"now": text(of) if self.strong and self.chance(0.9) else self.pick([text(of), text(of), self.number(0, of)])} | (
                    {"of": text(of)} if of > 1 else {}
                )
            for key in ("target", "result"):
                if self.chance(0.7) and (key == "target" or self.late):
                    answer[key] = (
                        text(self.random.randint(0, 6)) if rule == "per_item" else text(of) if self.strong else self.number(0, of, 1)
                    )
            found.append(answer)
        return found

    def plan(self):
        area, gwp = self.pick(["tianjin", "north-china", "china"]), self.pick(["AR4", "AR5", "AR6"])
        requirements = [
            {
                "id": str(at),
                "met": "met",
                "basis": "齐全",
                "evidence": ["lapsed"] if self.chance(0.1 if self.late else 0) else self.proof(0.95),
            }
            for at in (1, 2, 3)
        ]
        requirements.append(
            {"id": "4"}
            | self.pick([{"met": "not_applicable", "basis": "无"}, {"met": "met", "evidence": self.proof()}, {"met": "not_applicable"}])
        )
        publication = {
            "url": "https://example.com/plan/",
            "date": self.shifted(self.as_of, self.pick([-9, 0, 1])),
            "proof": self.pick(["good", "early", "missing"]),
        }
        return {
            "format": "zcf-plan/1", "catalogue": "tianjin-2025", "stage": "draft", "as_of": self.as_of, "factory": FACTORY,
            "basic_requirements": requirements if self.chance(0.95) else requirements[1:],
            "accounting": {
                "grid_factor": self.pick(["fixed", "by_year"]), "grid_area": area, "fuel_factors": self.pick(["ndrc-other-industry", "provincial-inventory"]),
                "gwp": gwp, "scope2": self.pick(["location", "location", "market"]), "intensity_basis": self.basis, "baseline": str(self.baseline),
                "target": str(self.target),
            },
            **({"evaluation": {"as_of": self.late}} if self.late else {}),
            "years": self.years(), "benchmarks": self.benchmarks(), "indicators": self.indicators(), "evidence": self.evidence(),
            **({"publication": publication} if self.chance(0.5) else {}),
        }  # fmt: skip

    def sharpened(self, plan, worked):
        """Put figures on a line of the rules: a benchmark met exactly, a ratio of 0.6 or 1, a share of 0.5, a green amount equal to the grid's."""
        nudge = Fraction(self.pick([0, 0, 0, 1, -1]), 10**6)
        if self.chance(0.4) and self.at_the_line(plan, worked["phases"]["now"], nudge):
            return plan
        wanted = self.pick(["now", "target", "result"])
        year = next(
            (item for item in plan["years"] if item["kind"] == {"now": "actual"}.get(wanted, wanted) and item["year"] >= self.baseline),
            None,
        )
        if year is None:
            return plan
        figures = worked["years"][int(year["year"]), year["kind"]]
        for line in plan["benchmarks"]:
            found = figures["products"].get(line.get("product") or year["products"][0]["name"], {})
            value = found.get((line["metric"], self.basis if line["metric"] in ("energy", "carbon") else "product"))
            scale = independent.ABOVE[line["unit"].split("/")[0]]
            if value and ends(value / scale) and value / scale + nudge > 0:
                line["value"] = text(value / scale + nudge)
        proven = {"retired": True, "evidence": ["good"]}
        if self.chance(0.5):
            missing = figures["emissions"] * self.pick([Fraction(6, 10), Fraction(1)]) - figures["offsets"] + nudge
            if missing > 0 and ends(missing):
                year["offsets"].append({"method": "3b", "kind": "ccer", "amount": text(missing), "unit": "tCO2e"} | proven)
        else:
            wanted_share = self.pick([Fraction(1, 2), Fraction(1, 2), Fraction(1)]) - figures["renewable_share"]
            power = sum(Fraction(line["amount"]) * independent.KWH[line["unit"]] for line in year["energy"] if line["carrier"] in ELECTRIC)
            if wanted_share > 0 and power and ends(wanted_share * power + nudge) and wanted_share * power + nudge > 0:
                year["offsets"].append(
                    {"method": "3a", "kind": "green_power", "amount": text(wanted_share * power + nudge), "unit": "MWh"} | proven
                )
        return plan

    def at_the_line(self, plan, phase, nudge):
        """Let row 4.1.1 bring the total to 80 exactly."""
        answer = next((item for item in plan["indicators"] if item["id"] == "4.1.1"), None)
        degree = (phase["rows"]["4.1.1"][1] + (80 - phase["total"] + nudge) / Fraction(4, 10)) / 30
        if answer is None or not 0 <= degree <= 1 or degree.denominator >= 10**40:
            return False
        answer |= {"now": str(degree.numerator), "of": str(degree.denominator), "target": "0", "result": "0", "evidence": ["good"]}
        return True


ELECTRIC = ("grid_electricity", "solar_self_use", "wind_self_use", "biomass_self_use", "chp_self_use")


def write(plan, folder):
    """plan.md and its evidence; front-matter in the flow style, which is YAML too."""
    (folder / "evidence").mkdir(parents=True, exist_ok=True)
    for item in plan["evidence"]:
        if item["id"] != "missing":
            (folder / item["file"]).write_bytes(PDF)
    (folder / "plan.md").write_text(f"---\n{json.dumps(plan, ensure_ascii=False, indent=0)}\n---\n# 一、工作基础\n", encoding="utf-8")
    return folder / "plan.md"


def generate(seed, folder, root):
    """The plan of a seed, written under `folder`."""
    rows = [
        (row["id"], row["rule"]["name"], row["not_applicable"] == "true")
        for group in independent.book_of(root, "tianjin-2025").data["groups"]
        for sub in group["subs"]
        for row in sub["rows"]
    ]
    maker = Maker(seed, rows, root)
    plan = maker.plan()
    path = write(plan, folder)
    return write(maker.sharpened(plan, independent.work(path, root)), folder) if maker.chance(0.6) else path
