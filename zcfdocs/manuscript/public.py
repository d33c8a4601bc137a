"""The public copy of a plan: its chapters, tables and charts for readers, with nothing to sign and no page codes."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from zcfdocs.dossier import Dossier
from zcfdocs.manuscript.compose import Heading, document, dump, leaves
from zcfdocs.manuscript.manuscript import Enclosure, Manuscript
from zcfdocs.manuscript.parts import parts
from zcfdocs.publication import DATA

NAME = "试点方案（公开版）"
WORD = "公开版"
COVER = '<div class="cover-line"><p><span class="cover-label">文件性质：</span><span class="cover-value">公开版，不作申报、签章用</span></p></div>\n'
COMMITMENT = Markup('<div class="commitment-title"><p>{}：</p></div>\n<div class="commitment-text"><p>{}</p></div>\n')
# Quieter than the red 草稿 of the style sheet, over which a document's own style goes.
RUNNING = '<style>@page {{ @top-center {{ content: "{}"; font: 12pt FandolHei; letter-spacing: 0; color: #555; }} }}</style>\n</head>'


def public_copy(dossier: Dossier) -> Manuscript:
    """Raises ValueError unless the dossier is a projection (`Dossier.for_public`).

    A stamped scan is matched by page codes to the version that was to be sealed: the public copy has none, so that it never passes for one.
    """
    if not dossier.public:
        raise ValueError("only a public projection has a public copy")
    catalogue, found = dossier.catalogue, parts(dossier)
    commitment = COMMITMENT.format(catalogue.commitment.title, catalogue.commitment.text)
    own = found | {"cover": found["cover"] + COVER, "commitment": commitment}
    title, opening = f"{catalogue.cover.title}（{WORD}）", Heading(1, "form", catalogue.form.title)
    draft = bool(dossier.card["findings"]["error"])
    made = document(NAME, title, "", dossier, own, opening, tuple(leaves(dossier, own)), draft)
    head = RUNNING.format(f"{WORD}　草稿" if draft else WORD)
    data = Enclosure(DATA, "application/json", "Data", "本方案的公开数据：核算与得分", dump(dossier.card))
    return replace(made, html=made.html.replace("</head>", head, 1), mark=None, enclosures=(data,))
