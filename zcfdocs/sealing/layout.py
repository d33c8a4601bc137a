"""Where each thing lies in a package: what a bureau finds on the stick, and what `verify` looks for."""

from __future__ import annotations

COPIES_AT = "申报材料"  # PDF, Word, workbook, evidence volume, scorecard
SOURCE_AT = "方案原件"  # plan.md and evidence/, as they lie in the repository
FACTORIES_AT = "企业申报包"  # in a district's package
LETTERS_AT = "推荐材料"
PROVENANCE = "provenance.json"
SCAN = "盖章扫描件.pdf"
CHECKLIST = "报送清单.pdf"
DRAFT = "-草稿"
