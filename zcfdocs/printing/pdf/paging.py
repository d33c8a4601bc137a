"""How a layout was parted into pages, told in the numbers of blocks that `pagination.numbered` gave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import weasyprint
from weasyprint.formatting_structure.boxes import LineBox, TableRowBox

from zcfdocs.printing.pagination import NUMBER

Box = Any  # the library publishes no types
PIXEL = 0.75  # points


def starts_and_heights(document: weasyprint.Document) -> tuple[frozenset[int], dict[int, float]]:
    """The blocks that begin a page, none where one begins amid a block; and the heights of rows in points."""
    starts: set[int] = set()
    seen: set[int] = set()
    heights: dict[int, float] = {}
    for page in document.pages:
        root = next(child for child in page._page_box.children if child.element_tag == "html")
        first = next(_firsts(root, seen), None)
        if first is not None:
            starts.add(first)
        boxes = [(box, number) for box in root.descendants() if (number := _number(box)) is not None]
        seen.update(number for _, number in boxes)
        heights.update({number: box.height * PIXEL for box, number in boxes if isinstance(box, TableRowBox)})
    return frozenset(starts), heights


def _firsts(box: Box, seen: set[int]) -> Iterator[int | None]:
    """In the page's order: blocks that are new on it, None for a line of one that is not. Repeated head rows are passed over."""
    number = _number(box)
    if number is not None and number not in seen:
        yield number
    elif isinstance(box, LineBox):
        yield None
    elif not (getattr(box, "is_header", False) and any(_number(row) in seen for row in box.children)):
        for child in getattr(box, "children", ()):
            yield from _firsts(child, seen)


def _number(box: Box) -> int | None:
    found = None if box.element is None else box.element.get(NUMBER)
    return None if found is None else int(found)
