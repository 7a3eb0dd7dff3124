"""The slides that every deck has: what to take home, what one often hears, the sources."""

import math
import re
from itertools import pairwise
from pathlib import Path

from cells import BuildError
from slides.model import Cell, Slide
from slides.text import first_sentence, listed, text_html

MOST_WORDS = 60  # of a slide of points


def point_slides(source: str, unshown: list[str] | None = None) -> list[Slide]:
    """The first sentences of the key points but for those that begin so, on as many slides as their words need."""
    found = re.search(r"^## Key points.*?\n(.*?)(?=^#|\Z)", source, re.MULTILINE | re.DOTALL)
    if not found:
        raise BuildError('the cell has no heading "Key points"')
    points = [" ".join(point.split()) for point in re.split(r"^- ", found[1], flags=re.MULTILINE)[1:]]
    of_lesson = [point for point in points if point.replace("*", "").startswith(tuple(unshown or []))]
    points = [point for point in points if point not in of_lesson]
    count = math.ceil(sum(len(first_sentence(point).split()) for point in points) / MOST_WORDS)
    cuts = [round(n * len(points) / count) for n in range(count + 1)]
    pages = [points[low:high] for low, high in pairwise(cuts)]
    found_slides = [
        Slide(
            "points",
            "To take home" + (f" ({number} of {len(pages)})" if len(pages) > 1 else ""),
            listed(map(first_sentence, page)),
            [("In full", "".join(f"<p>{text_html(point)}</p>" for point in page))],
        )
        for number, page in enumerate(pages, 1)
    ]
    if of_lesson:
        told = "".join(f"<p>{text_html(first_sentence(point))}</p>" for point in of_lesson)
        found_slides[-1].notes.append(("Only in the lesson", told))
    return found_slides


def heard_slide(beliefs: list[str], cells: list[Cell], spoken: list[str]) -> Slide:
    """What is often heard in the room, with what the lesson answers in the notes.

    `spoken`: what speaks against it, by how it begins: "High AUC = slide 8: O/E 0.28."
    """
    against = []
    for begins, _, words in (each.partition(" = ") for each in spoken):
        if not (which := [belief for belief in beliefs if belief.startswith(begins)]):
            raise BuildError(f"nothing often heard begins with {begins!r}")
        against.append((which[0], words))
    if against and (left := [belief for belief in beliefs if belief not in dict(against)]):
        raise BuildError(f"nothing is said against {left}")
    answers = [
        f"“{belief}” {text_html(seen)}"
        for cell in cells
        if cell.cell.cell_type == "markdown"
        for belief, seen in re.findall(r'^\| "(.+?)" \| (.+?) \|$', cell.cell.source, re.MULTILINE)
    ]
    ask = '<p class="ask">Which picture of today speaks against each?</p>'
    body = listed((f"“{belief}”" for belief in beliefs), ask)
    notes = [("What to do", "One at a time: who has heard it? Which picture or number of today speaks against it?")]
    if against:
        lines = (f"<p>“{text_html(belief)}” {text_html(words)}</p>" for belief, words in against)
        notes.append(("The answer", "".join(lines)))
    if answers:
        notes.append(("What the lesson shows", "<br>".join(answers)))
    return Slide("heard", "What one often hears", body, notes)


def sources_slide(lesson: Path, cells: list[Cell]) -> Slide:
    """Of whom the data are, the licence, and where to read on."""
    quote = " ".join(line.lstrip("> ") for line in cells[0].cell.source.split("\n") if line.startswith(">"))
    name = lesson.stem
    lines = [
        quote,
        "Text and figures: ClinXAI Teach, CC BY 4.0. It follows McBeth, The Clinical AI Field Guide, chapter 18.",
        f"To read on, with all sources: the notebook {name} in the folder notebooks.",
    ]
    notes = [("Sources", f"Every number is explained in notebooks/{name}.ipynb; its references stand at its end.")]
    return Slide("sources", "Sources and licence", listed(lines), notes)
