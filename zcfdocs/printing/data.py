"""scorecard.json as a file."""

from __future__ import annotations

import json

from zcfdocs.dossier import Dossier
from zcfdocs.printing.artifact import Artifact


def print_data(dossier: Dossier) -> Artifact:
    """The card in the order the specification gives it, Chinese left readable."""
    return Artifact("scorecard.json", (json.dumps(dossier.card, ensure_ascii=False, indent=1) + "\n").encode())
