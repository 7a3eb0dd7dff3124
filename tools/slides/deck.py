"""From a lesson's marked cells to its slides."""

import re
from collections.abc import Sequence
from pathlib import Path

import nbformat

from build import is_frame, read_lesson
from cells import BuildError, source_cells
from slides.figures import after, made
from slides.frames import heard_slide, point_slides, sources_slide
from slides.model import Cell, Slide
from slides.notes import bridges_of, guide_of, said, say_first, with_minutes, without_sliders
from slides.text import text_html
from slides.true_numbers import check_numbers
from slides.votes import question_of, vote_slides

FROM_GUIDE = {"Time": "Where the time goes", "Skip": "What to skip", "Bridges": "Bridges", "Board": "Board"}
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def lessons(root: Path, names: Sequence[str] = ()) -> list[Path]:
    """The lessons that have marked cells, by the beginnings of their names; all of them without names."""
    found = [
        path
        for path in sorted((root / "lessons").glob("*.py"))
        if not is_frame(path) and " slide=" in path.read_text(encoding="utf-8")
    ]
    for name in names:
        if not any(path.stem.startswith(name) for path in found):
            raise BuildError(f"no lesson with slides begins with {name!r}; there are: {[path.stem for path in found]}")
    return [path for path in found if not names or path.stem.startswith(tuple(names))]


def marked(lesson: Path) -> list[Cell]:
    """The cells of the built notebook, with their marks from the lesson."""
    built = nbformat.v4.reads((lesson.parents[1] / "notebooks" / f"{lesson.stem}.ipynb").read_text(encoding="utf-8"))
    there = {cell.id: cell for cell in built.cells}
    cells, part = [], 0
    for source, cell in zip(source_cells(lesson), read_lesson(lesson).cells, strict=True):
        mark = source.metadata.get("slide", "")
        if mark and cell.id not in there:
            raise BuildError(
                f"{lesson.name}: the notebook has no cell {cell.id}; first run python tools/build.py build"
            )
        if cell.id in there:
            part += cell.cell_type == "markdown" and bool(HEADING.search(cell.source))
            cells.append(Cell(there[cell.id], mark, part, source.metadata.get("say", "")))
    return cells


def slides_of_parts(lesson: Path) -> dict[str, list[int]]:
    """The numbers of the slides that each part of a lesson has before its key points, by the part's heading."""
    number, heading, found = 0, "", {}
    for cell in marked(lesson):
        heads = HEADING.findall(cell.cell.source) if cell.cell.cell_type == "markdown" else []
        heading = heads[0] if heads else heading
        words = cell.mark.split(" | ")
        count = 2 + (len(words) > 1) if words[0] == "vote" else len(cell.mark.split(" || ")) * bool(cell.mark)
        if words[0] == "key points":
            count = int(bool(closing(words)))
        found.setdefault(heading, []).extend(range(number + 1, number + count + 1))
        number += count
        if words[0] == "key points":
            break
        heading = heads[-1] if heads else heading
    return {heading: numbers for heading, numbers in found.items() if numbers}


def left_out(words: list[str]) -> list[str]:
    """How the points and the things often heard begin that a deck does not show."""
    named = words[1].removeprefix("without: ") if words[1:] and words[1].startswith("without: ") else ""
    return [start.strip() for start in named.split(";") if start.strip()]


def closing(words: list[str]) -> list[str]:
    """What the mark of the key points says of a slide that closes the case before them."""
    return words[2:] if left_out(words) else words[1:]


def with_slide_numbers(text: str, slides: list[Slide]) -> str:
    """A text with "slide 8" for "{Three numbers}": the first slide whose title begins so."""

    def numbered(found: re.Match[str]) -> str:
        numbers = [number for number, slide in enumerate(slides, 1) if slide.title.startswith(found[1])]
        if not numbers:
            raise BuildError(f"no slide's title begins with {found[1]!r}")
        return f"slide {numbers[0]}"

    return re.sub(r"\{([^{}]+)\}", numbered, text)


def deck(lesson: Path, live: dict[str, str] | None = None, drawn: dict[str, list[str]] | None = None) -> list[Slide]:
    """The slides of a lesson.

    By cell id, `live` holds the mark that the website's script fills with sliders, `drawn` pictures in place of the
    notebook's.
    """
    cells, slides = marked(lesson), []
    for cell in cells:
        cell.cell.metadata["slide"] = (drawn or {}).get(cell.cell.id, [])
    votes, unshown, against = 0, [], ""
    for at, cell in enumerate(cells):
        if not cell.mark:
            continue
        where = f"{lesson.name}, slide {cell.mark[:40]!r}"
        words = [word.strip() for word in cell.mark.split(" | ")]
        try:
            first = say_first(cells, at)
            if words[0].startswith("after "):
                answers = [text_html(answer.strip()) for answer in first.split("||")]
                for number, each in enumerate(cell.mark.split(" || ")):
                    words = [word.strip() for word in each.split(" | ")]
                    check_numbers(" ".join(words[1:]), cell, cells)
                    slides.append(after(words, cell))
                    slides[-1].notes += [("The answer", answer) for answer in answers[number : number + 1] if answer]
                slides[-1].notes += said(cells, at)
                continue
            points = words[0] == "key points"
            if points:
                first, _, against = (part.strip() for part in first.partition("||"))
                unshown, words = left_out(words), closing(words)
            if words[:1] == ["vote"]:
                votes += 1
                first, _, then = first.partition("||")
                first = first.rstrip()
                slides += vote_slides(question_of(cell.cell.source), votes, first)
                if first:
                    slides[-2].notes.insert(0, ("Say first", text_html(first.replace(" | ", " "))))
                first, words = f" | {then.strip()}" if then else "", words[1:]
            if words:
                kind = "text" if cell.cell.cell_type == "markdown" else "figure"
                slide = made(kind if slides else "opening", words, cell, (live or {}).get(cell.cell.id, ""))
                check_numbers(" ".join(words), cell, cells)
                before, _, then = first.partition(" | ")
                slide.notes[:0] = [("Say first", text_html(before))] if before.strip() else []
                slide.notes += [("The answer", text_html(then))] if then else []
                slide.notes += said(cells, at) + without_sliders(cells, at)
                slides.append(slide)
            if points:
                slides += point_slides(cell.cell.source, unshown)
        except BuildError as error:
            raise BuildError(f"{where}: {error}") from error
    guide = guide_of(lesson)
    guide["Bridges"] = " ".join([guide.get("Bridges", ""), *bridges_of(lesson)]).strip()
    slides[0].notes += [(named, text_html(guide[what])) for what, named in FROM_GUIDE.items() if what in guide]
    if "slider" in guide.get("Time", "") and not live:
        slides[0].notes.append(("Sliders", "This deck has none: open the notebook beside it, or ask at the pictures."))
    beliefs = re.findall(r'"([^"]+)"', guide.get("Goes wrong in the room", ""))
    heard = [belief for belief in beliefs if not belief.startswith(tuple(unshown))]
    points = next((n for n, slide in enumerate(slides) if slide.kind == "points"), len(slides))
    if heard:
        spoken = [each.strip() for each in with_slide_numbers(against, slides).split(" | ") if each.strip()]
        slides.insert(points, heard_slide(heard, cells, spoken))
    told = "".join(text for slide in slides for what, text in slide.notes if what == "Only in the lesson")
    for start in unshown:
        if not any(each.startswith(start) for each in [*beliefs, *re.findall("<p>(?:<strong>)?(.*?)</p>", told)]):
            raise BuildError(f"{lesson.name}: no point and nothing often heard begins with {start!r}")
    slides.append(sources_slide(lesson, cells))
    with_minutes(slides)
    return slides
