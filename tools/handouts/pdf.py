"""From a page to a tagged PDF: Chromium prints, and says what does not fit; links lead to the files beside it."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from cells import BuildError
from handouts import LEAST, WIDTH
from handouts.page import PAPER
from lab_in_chromium import CHROMIUM, what_is_missing
from make_card import is_current, signature

logging.getLogger("pypdf").setLevel(logging.ERROR)  # Chromium counts its objects in a way that pypdf mentions

# What stands beyond the margin, and letters that are too small; the small figures of a formula are meant.
LOOK = """([least]) => {
  const wide = [], small = [], range = document.createRange();
  const beyond = box => box.right > window.innerWidth + 1;
  for (const e of document.body.querySelectorAll("*")) {
    const box = e.getBoundingClientRect();
    if (beyond(box) || e.tagName == "IMG" && box.height > 990)
      wide.push(`${e.tagName} ${Math.round(box.right)}x${Math.round(box.height)}: ${e.textContent.slice(0, 60)}`);
  }
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, text = walk.currentNode.data.trim().slice(0, 60);
    range.selectNodeContents(walk.currentNode);
    if (text && [...range.getClientRects()].some(beyond)) wide.push(`${e.tagName}: ${text}`);
    if (text && !e.closest("math") && parseFloat(getComputedStyle(e).fontSize) < least - 0.01)
      small.push(`${e.tagName}: ${text}`);
  }
  return {wide: wide.slice(0, 5), small: small.slice(0, 5)};
}"""


OWN_SHEET = "<!--own sheet-->"  # stands before a part that must not be on the back of another
EMPTY = '<div class="empty"><p>This side is empty, so that everything here can be printed on both sides.</p></div>'

PART = re.compile(rf"({OWN_SHEET})?(?:<div[^>]*>)?\s*<h2\b")


class Printer:
    """Chromium for many pages; use it in a `with` block."""

    def __enter__(self) -> "Printer":
        if missing := what_is_missing():
            raise BuildError(f"handouts are printed by Chromium, but {missing}")
        from playwright.sync_api import sync_playwright

        self.playwright = sync_playwright().start()
        self.chromium = self.playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        width = round(WIDTH / 25.4 * 96)
        self.tab = self.chromium.new_page(viewport={"width": width, "height": 1000})
        self.tab.emulate_media(media="print")
        return self

    def __exit__(self, *error: object) -> None:
        self.chromium.close()
        self.playwright.stop()

    def to_file(self, page: str, path: Path) -> None:
        """Print a page; a BuildError where something is wider than the paper, or smaller than can be read."""
        self.tab.set_content(page)
        found = self.tab.evaluate(LOOK, [LEAST / 72 * 96])
        if found["wide"] or found["small"]:
            raise BuildError(f"{path.name}: too wide for the paper: {found['wide']}; too small: {found['small']}")
        pdf = self.pdf()
        filled = page
        if "data-page-of" in page:  # a list of contents, which only the printed pages can fill in
            filled = with_pages(filled, pages_of(PdfReader(io.BytesIO(pdf))))
        if OWN_SHEET in page:
            filled = with_empty_backs(filled, [at for _, at in parts_of(PdfReader(io.BytesIO(pdf)))])
        if filled != page:
            self.tab.set_content(filled)
            pdf = self.pdf()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(finished(pdf) + signature(page))

    def pdf(self) -> bytes:
        return bytes(self.tab.pdf(prefer_css_page_size=True, tagged=True, outline=True, print_background=True))


def pages_of(reader: PdfReader) -> dict[str, int]:
    """Return the number of pages of a print ("pages"), and where its parts begin, by exercise or heading."""
    found = {"pages": len(reader.pages)}
    for name, page in parts_of(reader):
        found.setdefault(name, page)
    return found


def parts_of(reader: PdfReader) -> Iterator[tuple[str, int]]:
    """Yield each part of a print, by exercise or heading, with the page on which it begins."""
    for item in outline(reader.outline, depth=0):
        name = re.sub(r"^(18\.\d-[a-z]) .*|[:(].*", r"\1", str(item.title)).strip()
        yield name, int(reader.get_destination_page_number(item) or 0) + 1


def outline(items: list[Any], depth: int) -> Iterator[Any]:
    """Yield the headings of the second level."""
    for item in items:
        if isinstance(item, list):
            yield from outline(item, depth + 1)
        elif depth == 1:
            yield item


def with_empty_backs(page: str, pages: list[int]) -> str:
    """Return a page on which each part with the mark OWN_SHEET, if it begins a page, begins on the front of a sheet.

    `pages` are those of all parts, in their order, as they were printed without an empty page.
    """
    heads = len(PART.findall(page))
    if heads != len(pages):
        raise BuildError(f"a print has {heads} parts and {len(pages)} places in its list of contents")
    left, before, added = list(pages), 1, 0

    def with_mark(found: re.Match[str]) -> str:
        nonlocal before, added
        number, last = left.pop(0), before
        before = number
        if not found[1] or number == last or (number + added) % 2:
            return found[0]
        added += 1
        return EMPTY + found[0]

    return PART.sub(with_mark, page)


def with_pages(page: str, pages: dict[str, int]) -> str:
    """Return a page with the numbers of its list of contents."""
    return re.sub(r'(<i data-page-of="([^"]+)">)00', lambda found: found[1] + str(pages[found[2]]), page)


def finished(pdf: bytes) -> bytes:
    """Return a PDF without its dates, and with links to files beside it."""
    writer = PdfWriter(clone_from=io.BytesIO(re.sub(rb"D:\d{14}", b"D:20260101000000", pdf)))
    for page in writer.pages:
        for link in links(page):
            address = link["/A"].get("/URI", "") if "/A" in link else ""
            if address.startswith(PAPER):
                link[NameObject("/A")] = DictionaryObject(
                    {
                        NameObject("/S"): NameObject("/GoToR"),
                        NameObject("/F"): TextStringObject(unquote(address.removeprefix(PAPER))),
                        NameObject("/D"): ArrayObject([NumberObject(0), NameObject("/Fit")]),
                    }
                )
    writer.compress_identical_objects()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def links(page: Any) -> Iterator[Any]:
    """Yield the links of a page."""
    for found in page.get("/Annots", []):
        annotation = found.get_object()
        if annotation.get("/Subtype") == "/Link":
            yield annotation


# ---- what a PDF holds ----------------------------------------------------------------------------


def tags(reader: PdfReader) -> Iterator[tuple[str, Any]]:
    """Yield the kind and the object of each element of a PDF's structure, in reading order."""
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop()
        if "/S" in element:
            yield str(element["/S"])[1:], element
        children = element.get("/K", [])
        children = children if isinstance(children, list) else [children]
        found = (child.get_object() for child in reversed(children))
        waiting += [child for child in found if isinstance(child, dict)]


__all__ = ["Printer", "finished", "is_current", "links", "pages_of", "tags"]
