"""Puts the data that lies at the top of the repository inside the installed package; an editable install reads it where it lies."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("docs", "indicators", "theme", "mkdocs.yml")


class CarryData(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_data["force_include"] |= {name: f"zcfdocs/data/{name}" for name in DATA}
