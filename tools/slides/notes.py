"""What the presenter reads: minutes, what the lesson says of a picture, what teaching/ says of a section."""

import re
from pathlib import Path

import teaching_pages
from cells import BuildError
from slides.model import Cell, Slide
from slides.text import notes_html

# How long a slide takes in the room: our proposal, for a lecture of 45 minutes with the rest for questions.
MINUTES = {"opening": 2, "text": 2, "figure": 3, "vote": 2, "answer": 2, "heard": 2, "points": 1, "sources": 1}
LECTURE = 45
GUIDE = re.compile(
    r"\*\*(Goes wrong in the room|Time|Skip|Bridges|Board)\.?\*\* (.*?)(?=\s*\*\*(?:Skip|Bridges)\b|\n\n|\Z)", re.DOTALL
)


def said(cells: list[Cell], at: int) -> list[tuple[str, str]]:
    """What the lesson says of a cell: its own text, or the first texts behind it, up to the next picture or part."""
    texts = [cells[at].cell.source] if cells[at].cell.cell_type == "markdown" and at else []
    for other in cells[at + 1 :] if cells[at].cell.cell_type == "code" else []:
        if other.cell.cell_type == "code":
            if texts or other.mark not in ("", "vote"):
                break
            continue
        texts.append(re.split(r"^## ", other.cell.source, maxsplit=1, flags=re.MULTILINE)[0])
        if other.part != cells[at].part:
            break
    text = "\n\n".join(texts).split("\n## Key points")[0]
    if len(texts) == 1 and cells[at].cell.cell_type == "markdown":
        text = re.split(r"\n(?=## )", text)[0]
    return [("What the lesson says", notes_html(text))] if text.strip() else []


def guide_of(lesson: Path) -> dict[str, str]:
    """The paragraphs of sections.md on this lesson, by their bold beginnings."""
    text = (lesson.parents[1] / "teaching" / "sources" / "sections.md").read_text(encoding="utf-8")
    text = text.replace("\n\n{{verdict}}", f" {teaching_pages.verdict().replace('**', '')}")
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        if (found := re.search(r"\{\{parts (\w+)\}\}", section)) and lesson.stem.startswith(f"{found[1]}_"):
            bold = GUIDE.findall(section)
            root = lesson.parents[1]
            return {name: teaching_pages.with_part_numbers(" ".join(words.split()), root) for name, words in bold}
    return {}


def with_minutes(slides: list[Slide]) -> None:
    """Give each slide its minutes, and say in the first how many the deck takes."""
    at = 0
    for slide in slides:
        slide.notes.insert(0, ("Time", f"about {MINUTES[slide.kind]} minutes, from minute {at}"))
        at += MINUTES[slide.kind]
    if at > LECTURE:
        raise BuildError(f"its slides take {at} minutes; mark fewer cells, for {LECTURE}")
    slides[0].notes.insert(1, ("The whole deck", f"{at} of {LECTURE} minutes, by our rule; the rest is for questions."))
