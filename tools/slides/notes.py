"""What the presenter reads: minutes, what the lesson says of a picture, what teaching/ says of a section."""

import html
import re
from pathlib import Path

import teaching_pages
from cells import BuildError, source_cells
from slides.model import Cell, Slide
from slides.text import notes_html
from slides.true_numbers import check_numbers

# How long a slide takes in the room: our proposal, for a lecture of 45 minutes with the rest for questions.
MINUTES = {
    "opening": 2, "text": 2, "figure": 3, "after": 1, "vote": 2, "answer": 2, "heard": 2, "points": 1, "sources": 1
}  # fmt: skip
LECTURE = 45
GUIDE = re.compile(
    r"\*\*(Goes wrong in the room|Time|Skip|Bridges|Board)\.?\*\* (.*?)(?=\s*\*\*(?:Skip|Bridges)\b|\n\n|\Z)", re.DOTALL
)

QUOTE = re.compile(r"\{\{(.+?) \.\.\. (.+?)\}\}")
KERNEL = re.compile(r"If the sliders do not move,.*?Run All Cells\*\.")


def say_first(cells: list[Cell], at: int) -> str:
    """What the room must have heard before a slide: the cell's option `say`, with the lesson's words for its quotes."""
    if not (say := cells[at].say):
        return ""
    before = " ".join(cell.cell.source for cell in cells[: at + 1] if cell.cell.cell_type == "markdown")
    before = " ".join(re.sub(r"^> ", "", before, flags=re.MULTILINE).replace("*", "").split())

    def words(found: re.Match[str]) -> str:
        start, end = before.rfind(found[1]), found[2]
        if start < 0 or (stop := before.find(end, start)) < 0:
            raise BuildError(f"before it the lesson does not say {found[0]}")
        return before[start : stop + len(end)]

    own, _, against = say.partition("||")  # behind it: what speaks against things often heard, of any part
    check_numbers(QUOTE.sub("", own), cells[at], cells)
    check_numbers(re.sub(r"\{[^{}]+\}", "", against), None, cells)
    return QUOTE.sub(words, say)


def without_sliders(cells: list[Cell], at: int) -> list[tuple[str, str]]:
    """The pictures of an explorer that the lesson shows without sliders, in words: its slide may have none."""
    for other in cells[at + 1 :]:
        name = re.match(r"(\w+)\.filmstrip\(", other.cell.source)
        if other.cell.cell_type == "code" and name and re.search(rf"\b{name[1]}\b", cells[at].cell.source):
            alts = [output.get("metadata", {}).get("image/png", {}).get("alt", "") for output in other.cell.outputs]
            pictures = pictures_of(" ".join(alts))
            return [("Without sliders, say", "".join(f"<p>{html.escape(each)}</p>" for each in pictures))]
        if other.mark not in ("", "vote"):
            break
    return []


def pictures_of(alt: str) -> list[str]:
    """The sentences of each picture of an explorer without sliders, from the words of all of them."""
    rest, pictures = alt.strip(), []
    while (mark := f" {len(pictures) + 1}. ") in rest:
        done, rest = rest.split(mark, 1)
        pictures.append(done)
    return [*pictures[1:], rest]


def said(cells: list[Cell], at: int) -> list[tuple[str, str]]:
    """What the lesson says of a cell: its own text, or the first texts behind it, up to the next picture or part."""
    texts = [cells[at].cell.source] if cells[at].cell.cell_type == "markdown" and at else []
    for other in cells[at + 1 :] if cells[at].cell.cell_type == "code" else []:
        if other.cell.cell_type == "code":
            if texts or other.mark not in ("", "vote"):
                break
            continue
        if texts and other.mark:  # it has a slide of its own
            break
        texts.append(re.split(r"^## ", other.cell.source, maxsplit=1, flags=re.MULTILINE)[0])
        if other.part != cells[at].part:
            break
    text = KERNEL.sub("", "\n\n".join(texts).split("\n## Key points")[0])
    if len(texts) == 1 and cells[at].cell.cell_type == "markdown":
        closing = re.search(r"^(?:#+ |\*\*)Back to", text, re.MULTILINE) if "Back to" in cells[at].mark else None
        opens = text.find("## ") if not cells[at].mark.startswith("key points") else 0
        text = re.split(r"\n(?=## )", text[closing.start() if closing else max(opens, 0) :])[0]
    return [("What the lesson says", notes_html(text))] if text.strip() else []


def guide_of(lesson: Path) -> dict[str, str]:
    """The paragraphs of sections.md on this lesson, by their bold beginnings."""
    text = (lesson.parents[1] / "teaching" / "sources" / "sections.md").read_text(encoding="utf-8")
    text = text.replace("\n\n{{verdict}}", f" {teaching_pages.verdict().replace('**', '')}")
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        if (found := re.search(r"\{\{parts (\w+)\}\}", section)) and lesson.stem.startswith(f"{found[1]}_"):
            bold = GUIDE.findall(section)
            root = lesson.parents[1]
            guide = {name: with_slides(" ".join(words.split()), root, found[1]) for name, words in bold}
            return {name: slides_only(words) if name == "Skip" else words for name, words in guide.items()}
    return {}


def slides_only(skip: str) -> str:
    """Of the parts that one may skip those that have slides."""
    shown = re.findall(r"(\d+) \((slides? [\d, to]+)\)", skip)
    named = "; then ".join(f"{slides} (part {part})" for part, slides in shown)
    return f"{named[:1].upper()}{named[1:]}." if shown else "No slide: the parts that one may skip have none."


def with_slides(text: str, root: Path, short: str) -> str:
    """A text with the numbers of the parts that it names, and of their slides in the lesson's own deck."""

    def numbered(found: re.Match[str]) -> str:
        return part_with_slides(root, short, found[2]) if found[1] == short else found[0]

    return teaching_pages.with_part_numbers(teaching_pages.PART.sub(numbered, text), root)


def part_with_slides(root: Path, short: str, start: str) -> str:
    """The number of a part, and of its slides."""
    there = teaching_pages.slides_of(root, short).get(teaching_pages.heading(root, short, start), [])
    shown = f"slide{'s' * (len(there) > 1)} {teaching_pages.from_to(there)}" if there else "no slide"
    return f"{teaching_pages.part_number(root, short, start)} ({shown})"


def bridges_of(lesson: Path) -> list[str]:
    """What to say where other parts than those to skip are left out: the option `bridges` of a lesson's first cell."""
    given = source_cells(lesson)[0].metadata.get("bridges", "")
    bridges, root = [bridge.split(" = ", 1) for bridge in given.split(" | ") if bridge], lesson.parents[1]
    short = re.match(r"18(?:_\d(?![a-z]))+", lesson.stem)
    assert short is not None
    return [f'Without {part_with_slides(root, short[0], part)}: "{words}"' for part, words in bridges]


def with_minutes(slides: list[Slide]) -> None:
    """Give each slide its minutes, and say in the first how many the deck takes."""
    at = 0
    for slide in slides:
        takes = MINUTES[slide.kind]
        slide.notes.insert(0, ("Time", f"about {takes} minute{'s' * (takes > 1)}, from minute {at}"))
        at += takes
    if at > LECTURE:
        raise BuildError(f"its slides take {at} minutes; mark fewer cells, for {LECTURE}")
    slides[0].notes.insert(1, ("The whole deck", f"{at} of {LECTURE} minutes, by our rule; the rest is for questions."))
