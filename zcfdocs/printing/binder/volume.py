"""The volume put together: front pages, then each divider before its sheets, with bookmarks, page labels and metadata."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, String

from zcfdocs.printing.binder.front import Entry, IndexGroup, IndexLine, shortened
from zcfdocs.printing.binder.leaves import add_layers, save
from zcfdocs.printing.binder.stamps import add_stamps

LONGEST_MARK = 40
AT_ONCE = 60  # parts kept open: systems allow a process a few hundred open files
FRONT_MARKS = (("编制说明", "about"), ("一、按评价指标索引", "index-rows"), ("二、按基本要求和申报条件索引", "index-requirements"), ("三、材料清单", "list"))  # fmt: skip
LISTED, UNBOUND = "/Listed", "/Unbound"  # in the document information, so that a build need not open the evidence to tell


@dataclass(frozen=True, slots=True)
class Count:
    """How many items a volume lists, and how many of them are not bound."""

    listed: int
    unbound: int


def count_of(path: Path) -> Count | None:
    """As a volume says of itself; None where it is none."""
    try:
        with pikepdf.open(path, access_mode=pikepdf.AccessMode.stream) as volume:
            return Count(int(str(volume.docinfo[LISTED])), int(str(volume.docinfo[UNBOUND])))
    except (pikepdf.PikepdfError, OSError, KeyError, ValueError):
        return None


def gathered(parts: Sequence[Path], room: Path) -> list[Path]:
    """The same pages in the same order in fewer files, so few that all can be open together."""
    if len(parts) <= AT_ONCE:
        return list(parts)
    fewer = []
    for start in range(0, len(parts), AT_ONCE):
        path = room / f"{parts[start].stem}-.pdf"
        with ExitStack() as stack:
            whole = pikepdf.new()
            for part in parts[start : start + AT_ONCE]:
                source = _opened(part, stack)
                whole.pages.extend(source.pages)
                _take_layers(source, whole)
            save(whole, path)
        fewer.append(path)
    return gathered(fewer, room)


def _opened(part: Path, stack: ExitStack) -> pikepdf.Pdf:
    return stack.enter_context(pikepdf.open(part, access_mode=pikepdf.AccessMode.stream))


def _take_layers(source: pikepdf.Pdf, whole: pikepdf.Pdf) -> None:
    if "/OCProperties" in source.Root:
        layers: Any = source.Root.OCProperties
        add_layers(whole, [whole.copy_foreign(item) for item in layers.OCGs], [whole.copy_foreign(item) for item in layers.D.OFF])


def assemble(
    printed: bytes,
    stamps: tuple[Mapping[str, Any], Sequence[Any]],
    entries: Sequence[Entry],
    groups: Sequence[IndexGroup],
    parts: Sequence[Path],
    target: Path,
) -> None:
    """Write the volume; the parts hold the sheets of all bound items one after the other."""
    with ExitStack() as stack:
        volume = stack.enter_context(pikepdf.open(io.BytesIO(printed)))
        anchors = _anchors(volume)
        bound = [entry for entry in entries if entry.has_divider]
        lead = len(volume.pages) - len(bound)
        glyphs = {name: volume.copy_foreign(form) for name, form in stamps[0].items()}
        sheets = _sheets([_opened(part, stack) for part in parts], volume)
        dividers = list(volume.pages)[lead:]
        del volume.pages[lead:]
        for entry, divider, strip in zip(bound, dividers, stamps[1], strict=True):
            volume.pages.append(divider)
            title = volume.copy_foreign(strip)
            for _ in range(entry.pages):
                page = next(sheets)
                volume.pages.append(page)
                add_stamps(volume.pages[-1], glyphs, title)
        _describe(volume, lead, Count(len(entries), sum(not entry.is_bound for entry in entries)))
        _bookmarks(volume, entries, groups, anchors)
        save(volume, target)


def _sheets(parts: Sequence[pikepdf.Pdf], volume: pikepdf.Pdf) -> Iterator[pikepdf.Page]:
    for part in parts:
        yield from part.pages
        _take_layers(part, volume)


def _anchors(volume: pikepdf.Pdf) -> dict[str, Any]:
    """The page each named place of the front stands on."""
    names: Any = volume.Root.Names.Dests.Names
    return {str(name): place[0] for name, place in zip(names[::2], names[1::2], strict=True)}


def _describe(volume: pikepdf.Pdf, lead: int, count: Count) -> None:
    """Roman numbers before the evidence, then from 1; foreign pages are neither tagged nor PDF/A, so nothing claims that they were."""
    labels = [0, Dictionary(S=Name.r)]
    if lead < len(volume.pages):
        labels += [lead, Dictionary(S=Name.D, P=String("佐证 "), St=1)]
    volume.Root.PageLabels = Dictionary(Nums=Array(labels))
    volume.Root.PageMode = Name.UseOutlines
    volume.docinfo[LISTED], volume.docinfo[UNBOUND] = String(str(count.listed)), String(str(count.unbound))
    volume.Root.MarkInfo = Dictionary(Marked=False)
    with volume.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as record:
        for key in ("pdfaid:part", "pdfaid:conformance"):
            if key in record:
                del record[key]


def _bookmarks(volume: pikepdf.Pdf, entries: Sequence[Entry], groups: Sequence[IndexGroup], anchors: Mapping[str, Any]) -> None:
    """The front, the rows and requirements with what proves them, and every item in the order of the list."""
    numbers = {page.objgen: index for index, page in enumerate(volume.pages)}
    where = {anchor: numbers[page.objgen] for anchor, page in anchors.items() if page.objgen in numbers}
    with volume.open_outline() as outline:
        outline.root.clear()
        outline.root += [OutlineItem(title, where[anchor]) for title, anchor in FRONT_MARKS if anchor in where]
        found = OutlineItem("四、按条目查找", where["index-rows"])
        found.is_closed = True
        found.children += [item for group in groups if (item := _group(group, where)) is not None]
        items = OutlineItem("五、佐证材料", where["list"])
        items.children += [OutlineItem(f"{entry.number} {_short(entry)}", where[entry.key]) for entry in entries if entry.has_divider]
        outline.root += [found, items]


def _group(group: IndexGroup, where: Mapping[str, int]) -> OutlineItem | None:
    lines = [item for line in group.lines if (item := _line(line, where)) is not None]
    if not lines:
        return None
    found = OutlineItem(shortened(group.title, LONGEST_MARK), lines[0].destination)
    found.is_closed = True
    found.children += lines
    return found


def _line(line: IndexLine, where: Mapping[str, int]) -> OutlineItem | None:
    bound = [entry for entry in line.entries if entry.is_bound]
    if not bound:
        return None
    found = OutlineItem(shortened(f"{line.label} {line.title}", LONGEST_MARK), where[bound[0].key])
    found.is_closed = True
    found.children += [OutlineItem(_short(entry), where[entry.key]) for entry in bound]
    return found


def _short(entry: Entry) -> str:
    return shortened(entry.item.title, LONGEST_MARK)
