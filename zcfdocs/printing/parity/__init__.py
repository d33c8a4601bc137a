"""Whether PDF and Word say what the manuscript says, block by block and number by number.

Compared: paragraphs, headings, cells (blank ones too), captions, list items, notes, alternative texts of pictures, the titles and page
numbers of the contents. Not compared, because each medium makes them itself: markers of lists and notes, page numbers and page codes at
the foot (artifacts, outside the text), spaces and line ends, letters within a picture.
"""

from __future__ import annotations

from itertools import islice

from zcfdocs.errors import ZcfError
from zcfdocs.manuscript.manuscript import Manuscript
from zcfdocs.printing.parity.block import Block, Copy
from zcfdocs.printing.parity.comparison import Difference, differences, labels
from zcfdocs.printing.parity.html import read_html
from zcfdocs.printing.parity.pdf import read_pdf
from zcfdocs.printing.parity.word import read_word

__all__ = ["Block", "Copy", "Difference", "compare", "read_html", "read_pdf", "read_word", "require_parity"]
TOLD = 5


def require_parity(manuscript: Manuscript, pdf: bytes, word: bytes | None) -> None:
    """Raises ZcfError naming the first blocks and numbers that differ."""
    found = list(islice(compare(manuscript.html, pdf, word), TOLD))
    if found:
        raise ZcfError(
            f"{manuscript.name}的 PDF、Word 与原稿不一致：" + "；".join(map(str, found)),
            "没有输出这几份文件；这是程序的错误，请附上方案报告",
        )


def compare(html: str, pdf: bytes, word: bytes | None) -> list[Difference]:
    """Everything in which the copies depart from the HTML they were made from, and from each other."""
    truth, paper = read_html(html), read_pdf(pdf)
    found = list(differences(truth, paper))
    if word is not None:
        document = read_word(word)
        found += differences(truth, document)
        printed, shown = labels(truth, paper), labels(truth, document)
        found += [
            Difference("Word", f"目录“{title}”", printed.get(title), page) for title, page in shown.items() if printed.get(title) != page
        ]
    return found
