"""The figures and points of a plan worked a second time, from the written rules alone: plain dicts and fractions, nothing of zcfdocs."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

F = Fraction
KWH = {"kWh": F(1, 1000), "MWh": F(1), "万kWh": F(10)}  # MWh
JOULE = {"kJ": F(1, 10**6), "MJ": F(1, 1000), "GJ": F(1)}  # GJ
AMOUNT = {"kg": ("t", F(1, 1000)), "t": ("t", F(1)), "m3": ("万m3", F(1, 10**4)), "万m3": ("万m3", F(1))}
ABOVE = {
    "kgce": F(1),
    "tce": F(1000),
    "kgCO2e": F(1),
    "tCO2e": F(1000),
    "kgCO2": F(1),
    "tCO2": F(1000),
    "g": F(1, 1000),
    "kg": F(1),
    "t": F(1000),
}
ABOVE |= {"m3": F(1), "万m3": F(10**4)}
# Where the rules can be read in two ways, the reading worked here.
READINGS = {
    "not_applicable_is_evidenced": True,  # a row that does not apply earns its points only with valid evidence
    "heat_factor_is_evidenced": False,  # a supplier's heat factor, 0 for green heat too, counts only with valid evidence
    "promised_ncv_is_evidenced": True,  # a measured heat value replaces the default in a target year too only with valid evidence
    "requirements_at_evaluation": True,  # the vetoes of the result are judged on the day of evaluation, like its rows
}
MONEY = {"元": F(1, 10**4), "万元": F(1), "亿元": F(10**4)}


def plain(text):
    """YAML with every leaf as text, `null` as None."""

    def clean(value):
        if isinstance(value, dict):
            return {key: clean(item) for key, item in value.items()}
        return [clean(item) for item in value] if isinstance(value, list) else None if value in ("null", "") else value

    return clean(YAML(typ="base").load(text))


def number(text):
    return F(text[:-1]) / 100 if text.endswith("%") else F(text)


def printed(value):
    """Exact decimals where finite, else 28 significant digits."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return format(Context(prec=28, rounding=ROUND_HALF_UP).divide(Decimal(value.numerator), Decimal(value.denominator)), "f")
    digits = format(Context(prec=10000).divide(Decimal(value.numerator), Decimal(value.denominator)), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


@cache
def book_of(root, name):
    return Book(root, name)


class Book:
    """A catalogue folder and its factor sets."""

    def __init__(self, root, name):
        read = lambda path: plain(path.read_text(encoding="utf-8"))  # noqa: E731
        self.data: dict[str, Any] = {}
        for path in sorted((root / name).glob("*.yaml")):
            self.data |= read(path)
        named, files = self.data["factors"], {found["id"]: found for path in (root / "factors").glob("*.yaml") for found in [read(path)]}
        self.carriers = {line["key"]: line for line in files[named["carriers"]]["carriers"]}
        self.energy, self.grid, self.heat = files[named["energy"]], files[named["grid"]], files[named["heat"]]
        self.fuels, self.gwp = {key: files[key] for key in named["fuels"]}, {key: files[key] for key in named["gwp"]}
        self.counts = {line["id"]: line["counts"] for line in self.data["offsets"]}
        self.readings = {key: reading["chosen"] for key, reading in self.data["readings"].items()}

    def warming(self, chosen, gas):
        """GWP100 of a gas, a mixture or another name of either."""
        table = self.gwp[chosen]
        gas = next((line["gas"] for line in table.get("aliases", ()) if line["name"] == gas), gas)
        for line in table.get("mixtures", ()):
            if line["gas"] == gas:
                return sum(number(part["share"]) * self.warming(chosen, part["gas"]) for part in line["parts"])
        return next(F(line["value"]) for line in table["values"] if line["gas"] == gas)

    def grid_factor(self, accounting, year, as_of):
        lines = [line for line in self.grid["values"] if line["area"] == accounting["grid_area"] and line["published"] <= as_of]
        seen = {int(line["year"]): F(line["value"]) for line in lines}
        if accounting.get("grid_factor", "fixed") == "fixed":
            return seen[max(seen)]
        return seen[year] if year in seen else seen[max((known for known in seen if known < year), default=min(seen))]

    def coal(self, carrier, base):
        """tce per t or per 万m3."""
        for line in self.energy["values"]:
            above, below = line["unit"].split("/")
            if line["carrier"] == carrier and AMOUNT[below][0] == base:
                return F(line["value"]) * ABOVE[above] / 1000 / AMOUNT[below][1]
        raise KeyError(carrier)


class Files:
    """The evidence of a plan: which of it holds on a day."""

    def __init__(self, plan, folder):
        self.items, self.folder = {item["id"]: item for item in plan.get("evidence") or []}, folder

    def valid(self, names, day):
        return any(self.holds(self.items[name], day) for name in names or [] if name in self.items)

    def holds(self, item, day):
        file = self.folder / item["file"]
        return file.is_file() and (item.get("issued") or day) <= day <= (item.get("expires") or day)


def heat_of(line, book):
    """GJ; steam by mass is its enthalpy less the feed water's."""
    if line["unit"] in JOULE:
        return F(line["amount"]) * JOULE[line["unit"]]
    above, below = line["enthalpy"]["unit"].split("/")
    per_tonne = F(line["enthalpy"]["value"]) * JOULE[above] / AMOUNT[below][1] - F(book.heat["feed_water"]["value"]) / 1000
    return F(line["amount"]) * AMOUNT[line["unit"]][1] * per_tonne


def heat_factor(line, role, book, holds):
    """tCO2/GJ: the supplier's (0 for green heat where none is given) with evidence, else the default."""
    given = line.get("factor") or ({"value": "0"} if role == "green_heat" else None)
    if given and (not READINGS["heat_factor_is_evidenced"] or holds([*(line.get("evidence") or []), *(given.get("evidence") or [])])):
        return F(given["value"])
    return F(book.heat["factor"]["value"])


def account(year, plan, book, files, used):
    """One year's figures; `used` holds the certificate numbers already counted."""
    rules = plan["accounting"]
    late = plan.get("evaluation") and year["kind"] != "target" and int(year["year"]) > int(rules["baseline"])
    day = plan["evaluation"]["as_of"] if late else plan["as_of"]
    promised = year["kind"] == "target"
    factor = book.grid_factor(rules, int(year["year"]), plan["as_of"])
    power, heat = F(book.energy["electricity"]["value"]), F(book.energy["heat"]["value"])
    tce = own = scope1 = biogenic = grid = renewable = generated = exported = sold = scope2 = F(0)
    for line in year["energy"]:
        carrier, amount = book.carriers[line["carrier"]], F(line["amount"])
        role, said = carrier["role"], line.get("attribute_retained")
        retained = said == "true" or (said is None and line.get("owner") != "third_party")
        if line["unit"] in KWH:
            mwh = amount * KWH[line["unit"]]
            grid += mwh if role == "grid" else 0
            generated += mwh if role in ("self_use", "cogeneration") else 0
            renewable += mwh if role == "self_use" and carrier["renewable"] == "true" and retained else 0
            own += mwh * power if role == "self_use" and carrier["renewable"] == "true" else 0
            exported += mwh if role == "exported" and said == "true" else 0
            sold += mwh if role == "electricity_sold" else 0
            tce += mwh * power * {"grid": 1, "self_use": 1, "electricity_sold": -1}.get(role, 0)
        elif role in ("heat", "green_heat", "heat_sold"):
            sign, gj = -1 if role == "heat_sold" else 1, heat_of(line, book)
            tce += sign * gj * heat
            scope2 += sign * gj * heat_factor(line, role, book, lambda names: promised or files.valid(names, day))
        else:
            base, size = AMOUNT[line["unit"]]
            sets = book.fuels[rules["fuel_factors"]]["values"]
            known = next(item for item in sets if item["carrier"] == line["carrier"] and item["ncv_unit"] == f"GJ/{base}")
            ncv, coal, measured = F(known["ncv"]), book.coal(line["carrier"], base), line.get("ncv")
            if measured and (files.valid(measured.get("evidence"), day) or (promised and not READINGS["promised_ncv_is_evidenced"])):
                above, below = measured["unit"].split("/")
                ncv = F(measured["value"]) * JOULE[above] / AMOUNT[below][1]
                coal = ncv * 10**6 / F(book.energy["kgce"]["value"]) / 1000
            tce += amount * size * coal
            co2 = amount * size * ncv * F(known["carbon"]) * F(known["oxidation"]) * F(44, 12)
            scope1, biogenic = (scope1, biogenic + co2) if known["biogenic"] == "true" else (scope1 + co2, biogenic)
    for line in year.get("fugitive") or []:
        scope1 += F(line["amount"]) * AMOUNT[line["unit"]][1] * book.warming(rules["gwp"], line["gas"])
    scope1 += sum(F(line["amount"]) for line in year.get("process") or [])
    scope2 += (grid - sold) * factor
    green, others = offset_lines(year, book, lambda names: files.valid(names, day), factor, used)
    market = rules.get("scope2") == "market"
    matched = min(green, grid) * factor
    scope2 -= matched if market else 0
    offsets = others + exported * factor + (0 if market else matched)
    emissions, electricity = scope1 + scope2, grid + generated
    return {
        "tce": tce,
        "without": tce - own,
        "scope1": scope1,
        "scope2": scope2,
        "emissions": emissions,
        "biogenic": biogenic,
        "renewable_share": min(F(1), (renewable + green) / electricity) if electricity else F(0),
        "offsets": offsets,
        "offset_ratio": min(F(1), offsets / emissions) if emissions > 0 else F(1),
        "products": {item["name"]: intensities(item, year, tce, emissions) for item in year["products"]},
    }


def offset_lines(year, book, holds, factor, used):
    """Green MWh, and the tCO2e of every other method, of the lines that count."""
    green = others = F(0)
    for line in year.get("offsets") or []:
        if year["kind"] != "target" and not (line.get("retired") == "true" and holds(line.get("evidence"))):
            continue
        amount = F(line["amount"]) * KWH.get(line["unit"], F(1))
        again = 0
        for run in line.get("certificates") or []:
            ((prefix, first),), ((_, last),) = (re.findall(r"^(.*?)(\d+)$", run[end]) for end in ("from", "to"))
            numbers = {(prefix, len(first), serial) for serial in range(int(first), int(last) + 1)}
            again += len(numbers & used)
            used |= numbers
        amount = max(F(0), amount - again)
        counts = book.counts[line["method"]]
        green += amount if counts == "grid_electricity" else 0
        others += amount if counts == "emissions" else amount * factor if counts == "displaced" else 0
    return green, others


def intensities(product, year, tce, emissions):
    """kgce and kgCO2e per unit of each basis, kg and m3 per unit of product; None where it cannot be told."""
    share = product.get("share") or "1"
    part = {key: F(share if isinstance(share, str) else share[key]) for key in ("energy", "emissions", "material", "water")}
    amount, lines = F(product["amount"]), year.get("materials") or []
    shared = sum(F(line["amount"]) * ABOVE[line["unit"]] for line in lines if not line.get("product"))
    named = sum(F(line["amount"]) * ABOVE[line["unit"]] for line in lines if line.get("product") == product["name"])
    result = {
        ("energy", "product"): tce * 1000 * part["energy"] / amount,
        ("carbon", "product"): emissions * 1000 * part["emissions"] / amount,
        ("material", "product"): (shared * part["material"] + named) / amount
        if any(line.get("product") in (None, product["name"]) for line in lines)
        else None,
        ("water", "product"): F(year["water"]) * part["water"] / amount if year.get("water") else None,
        ("unit", "product"): product["unit"],
    }
    for basis in ("output_value", "added_value"):
        value = F(year.get(basis) or 0)
        result["energy", basis] = tce * 1000 / value if value else None
        result["carbon", basis] = emissions * 1000 / value if value else None
    return result


class Phase:
    """One phase: its year, the day evidence is asked for (None: not asked), and the rules of the rows."""

    def __init__(self, name, year, day, plan, book, files, years, promise):
        self.name, self.year, self.day, self.plan, self.book, self.files, self.years = name, year, day, plan, book, files, years
        self.promise = promise
        self.answers = {answer["id"]: answer for answer in reversed(plan["indicators"])}

    def holds(self, names):
        return self.day is None or self.files.valid(names, self.day)

    def basis(self, metric):
        return self.plan["accounting"].get("intensity_basis", "product") if metric in ("energy", "carbon") else "product"

    def metric(self, figures, metric, product):
        """A product's intensity; of a value basis the whole factory's."""
        products = figures["products"]
        found = products.get(product, {}) if self.basis(metric) == "product" else next(iter(products.values()))
        return found.get((metric, self.basis(metric)))

    def attested(self, answer):
        said = next((answer[key] for key in dict.fromkeys((self.name, "now")) if answer.get(key) is not None), "0")
        return min(F(1), F(said) / F(answer.get("of") or 1))

    def per_item(self, row, answer):
        titles = {alias: title["name"] for title in self.book.data[row["rule"]["list"]] for alias in (title["name"], *title["aliases"])}
        step = F(row["rule"]["step"])
        if self.name != "now" and answer.get(self.name) is not None:
            owning = [item for item in answer.get("items") or [] if not isinstance(item, str) and item.get("evidence") is not None]
            single = {titles[item["name"]] for item in owning if item["name"] in titles}
            valid = {titles[item["name"]] for item in owning if item["name"] in titles and self.holds(item["evidence"])}
            number = F(answer[self.name])
            rest = max(F(0), number - len(single)) if self.holds(answer.get("evidence")) else F(0)
            return step * number, step * min(number, len(valid) + rest)
        claimed, counted = set(), set()
        for item in answer.get("items") or []:
            name, own = (item, None) if isinstance(item, str) else (item["name"], item.get("evidence"))
            if name in titles:
                claimed.add(titles[name])
                counted |= {titles[name]} if self.holds(answer.get("evidence") if own is None else own) else set()
        return step * len(claimed), step * len(counted)

    def share(self, row):
        rule, value = row["rule"], self.years[self.year][row["rule"]["of"]]
        floor = number(rule.get("at_least") or rule["above"])
        if value < floor or (value == floor and "above" in rule):
            return F(0)
        return value if self.book.readings["prorata"] == "proportional" else (value - floor) / (1 - floor)

    def declining(self, row):
        metric = row["rule"]["of"]
        before = sorted(key for key in self.years if key[1] == "actual" and key[0] < self.year[0])[-2:]
        if len(before) < 2:
            return F(0)
        for product in self.years[self.year]["products"]:
            values = [self.metric(self.years[key], metric, product) for key in (*before, self.year)]
            if None in values or not values[0] > values[1] > values[2]:
                return F(0)
        return F(1)

    def better_than(self, row):
        """The share of products that beat their benchmark, and of those whose benchmark is evidenced too."""
        rule, products = row["rule"], self.years[self.year]["products"]
        metric, beaten, counted = rule["of"], 0, 0
        if self.basis(metric) != "product":  # one figure for the whole factory
            products = {None: next(iter(products.values()))}
        for name, found in products.items():
            lines = [line for line in self.plan.get("benchmarks") or [] if line["metric"] == metric and line["kind"] in rule["kinds"]]
            lines = [line for line in lines if line.get("product") == name] or [line for line in lines if not line.get("product")]
            lines = sorted(lines, key=lambda line: rule["kinds"].index(line["kind"]))[:1]  # a standard comes before the industry's level
            value, winning = found[metric, self.basis(metric)], []
            for line in lines:
                above, below = line["unit"].split("/")
                below = (F(1) if below == found["unit", "product"] else None) if self.basis(metric) == "product" else MONEY.get(below)
                limit = below and F(line["value"]) * ABOVE[above] / below
                if value is not None and limit is not None and (value < limit or (value == limit and line["kind"] in rule["inclusive"])):
                    winning.append(line)
            beaten += bool(winning)
            counted += any(self.holds(line.get("evidence")) for line in winning)
        return F(beaten, len(products)), F(counted, len(products))

    def achieved(self, row):
        """Mean over the metrics of (baseline − result) ÷ (baseline − target); several products: first the mean over them.

        A promise whose result is missing is not kept; None where nothing was promised.
        """
        base, goal = (self.promise[int(self.plan["accounting"][at]), kind] for at, kind in (("baseline", "actual"), ("target", "target")))
        means, own = [], self.years[self.year]
        for metric in row["rule"]["of"]:
            parts = []
            for product in base["products"] if metric in ("energy", "carbon", "material", "water") else [None]:
                values = [self.metric(figures, metric, product) if product else figures[metric] for figures in (base, goal, own)]
                if None not in values[:2] and values[0] != values[1]:
                    kept = F(0) if values[2] is None else (values[0] - values[2]) / (values[0] - values[1])
                    parts.append(min(F(1), max(F(0), kept)))
            means += [sum(parts) / len(parts)] if parts else []
        return sum(means) / len(means) if means else None

    def row(self, row):
        """Claimed and counted points; None for both where the row is left out as not applicable."""
        rule, most, answer = row["rule"]["name"], F(row["points"]), self.answers.get(row["id"], {})
        if rule == "published":
            said = self.plan.get("publication")
            if self.day is not None and not (said and said["date"] <= self.day):
                return F(0), F(0)
            return most, most if self.day is None or self.holds([said.get("proof")]) else F(0)
        if rule in ("share", "declining"):
            return (most * getattr(self, rule)(row),) * 2
        if rule == "better_than":
            return tuple(most * part for part in self.better_than(row))
        holds = row["evidenced_by"] == "plan" or self.holds(answer.get("evidence"))
        if answer.get("not_applicable") == "true":
            proven = holds or not READINGS["not_applicable_is_evidenced"]
            left_out = self.book.readings["not_applicable"] == "renormalise"
            return (most, F(0)) if not proven else (None, None) if left_out else (most, most)
        if rule == "per_item":
            return tuple(min(most, points) for points in self.per_item(row, answer))
        reached = self.achieved(row) if rule == "achieved" and self.name == "result" else None
        claimed = most * (self.attested(answer) if reached is None else reached)
        return claimed, claimed if holds else F(0)

    def score(self):
        rows: dict[str, Any] = {}
        groups, total = {}, F(0)
        for group in self.book.data["groups"]:
            inside = [row for sub in group["subs"] for row in sub["rows"]]
            points = {row["id"]: self.row(row) for row in inside}
            left = sum(F(row["points"]) for row in inside if points[row["id"]][1] is not None)
            summed = sum(counted for _, counted in points.values() if counted is not None)
            groups[group["id"]] = summed * 100 / left if left else F(100)
            total += number(group["weight"]) * groups[group["id"]]
            rows |= points
        passed = total >= F(self.book.data["pass_line"])
        return {"rows": rows, "groups": groups, "total": total, "passed": passed, "eligible": passed and self.basic()}

    def basic(self):
        """The basic requirements are vetoes."""
        said, day = {line["id"]: line for line in self.plan["basic_requirements"]}, self.plan["as_of"]
        day = self.day if self.name == "result" and READINGS["requirements_at_evaluation"] else day
        for wanted in self.book.data["basic_requirements"]:
            line = said.get(wanted["id"], {"met": "not_met"})
            met = line["met"] == "met" and self.files.valid(line.get("evidence"), day)
            if not met and not (line["met"] == "not_applicable" and wanted["not_applicable"] == "true" and line.get("basis")):
                return False
        return True


def work(path: Path, root: Path, promise: Path | None = None):
    """`years` by (year, kind) and `phases` by name; `promise` is the plan as it was frozen."""
    plan = plain(path.read_text(encoding="utf-8").split("\n---\n")[0].removeprefix("---\n"))
    book, files = book_of(root, plan["catalogue"]), Files(plan, path.parent)
    used: set[tuple[str, int, int]] = set()

    def turn(year):
        """Retired numbers up to the baseline, then each promise for itself, then what was retired since."""
        return 1 if year["kind"] == "target" else 2 * (int(year["year"]) > int(plan["accounting"]["baseline"]))

    found = {}
    for year in sorted(plan["years"], key=turn):
        own = set(used) if year["kind"] == "target" else used
        found[int(year["year"]), year["kind"]] = account(year, plan, book, files, own)
    years = {(int(year["year"]), year["kind"]): found[int(year["year"]), year["kind"]] for year in plan["years"]}
    wanted = {"now": (int(plan["accounting"]["baseline"]), "actual"), "target": (int(plan["accounting"]["target"]), "target")}
    days: dict[str, str | None] = {"now": plan["as_of"], "target": None}
    if plan.get("evaluation") and (result := [key for key in years if key[1] == "result"]):
        wanted["result"], days["result"] = result[0], plan["evaluation"]["as_of"]
    promised = work(promise, root)["years"] if promise else years
    phases = {
        name: Phase(name, key, days[name], plan, book, files, years, promised).score() for name, key in wanted.items() if key in years
    }
    return {"years": years, "phases": phases}
