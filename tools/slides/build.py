"""Write and print the decks: `make slides`, or `python tools/slides/build.py [18_3_1 ...]`. See slides/__init__.py."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cells import BuildError
from lab_in_chromium import CHROMIUM, what_is_missing
from slides.deck import deck, lessons
from slides.live import LIVE, key_of, live_marks
from slides.page import notes_page, page
from slides.redrawn import redrawn

ROOT = Path(__file__).resolve().parents[2]
OUT = Path("build") / "teaching" / "slides"


def build(root: Path = ROOT, names: Sequence[str] = (), out: Path | None = None) -> Iterator[tuple[Path, int]]:
    """Write the decks as HTML, and yield each file with its number of slides."""
    out = out or root / OUT
    out.mkdir(parents=True, exist_ok=True)
    for lesson in lessons(root, names):
        marks = live_marks(root, lesson.stem)
        slides = deck(lesson, marks, redrawn(root, lesson))
        used = {cell: mark for cell, mark in marks.items() if any(mark in slide.body for slide in slides)}
        for mark in used.values():
            shutil.copytree(root / LIVE / key_of(mark), out / "live" / key_of(mark), dirs_exist_ok=True)
        if used:
            (out / "_static").mkdir(exist_ok=True)
            shutil.copy(root / "tools" / "website" / "static" / "live.js", out / "_static")
        path = out / f"{lesson.stem}.html"
        path.write_text(page(lesson, slides, live=bool(used)), encoding="utf-8", newline="\n")
        notes_path(path).write_text(notes_page(lesson, slides), encoding="utf-8", newline="\n")
        yield path, len(slides)


def print_pdf(paths: Sequence[Path]) -> Iterator[Path]:
    """Print decks with Chromium, one slide a page, and their notes; yield the PDFs."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        for path in paths:
            tab = chromium.new_page(viewport={"width": 1280, "height": 720})
            tab.set_default_timeout(300_000)  # a busy computer may print, too
            for page_path, ready in ((path, ".pdf-page"), (notes_path(path), "h1")):
                tab.goto(page_path.resolve().as_uri() + ("?print-pdf" if page_path == path else ""))
                tab.wait_for_selector(ready)
                pdf = page_path.with_suffix(".pdf")
                tab.pdf(path=pdf, prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
                yield pdf
            tab.close()
        chromium.close()


def notes_path(deck_path: Path) -> Path:
    return deck_path.with_name(f"{deck_path.stem}_notes.html")


def main() -> int:
    """Write all decks; without Chromium, only their HTML."""
    made = dict(build(names=sys.argv[1:]))
    for path, count in made.items():
        print(f"{path.relative_to(ROOT)}: {count} slides, {path.stat().st_size / 1e6:.1f} MB")
    if missing := what_is_missing():
        print(f"no PDF: {missing}", file=sys.stderr)
        return 1
    for pdf in print_pdf(list(made)):
        print(f"{pdf.relative_to(ROOT)}: {pdf.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as error:
        sys.exit(str(error))
