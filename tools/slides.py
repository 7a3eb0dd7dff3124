"""Slides of each lesson, from its marked cells: `python tools/slides.py [18_3_1 ...]`, once the notebooks are built.

A cell of lessons/*.py goes on slides by its option `slide`:

    slide="Title | One sentence. | A question?"    code: the figure or the table that it shows; text: large type
    slide="Title | Sentence. | Question? | a; b"   of its table only the columns a and b
    slide="vote"                                   the cell's Question: a slide to vote, then one with the reasons
    slide="vote | Title | Sentence. | Question?"   both, for a cell that asks first and then shows its sliders
    slide="key points"                             the first sentence of each point of its list "Key points"

Figures, tables, votes and points are those of the built notebook, so they cannot drift. Each number of a sentence must
stand in the same part of the lesson; one of three digits or more, anywhere in it. What leaders say in the room comes
from teaching/sources/guide.md.

A deck is one HTML file with reveal.js inside, and a PDF. Neither needs a kernel or a network. Where `make site` has
run, the sliders of the website stand on the slides; they then need the folders beside the deck.
"""

import ast
import base64
import html
import io
import json
import math
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, files
from itertools import pairwise
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import nbformat
from nbformat import NotebookNode
from PIL import Image, ImageChops

from build import is_frame, read_lesson
from cells import BuildError, source_cells
from lab_in_chromium import CHROMIUM, what_is_missing
from website.build import state_of

ROOT = Path(__file__).resolve().parents[1]
OUT = Path("build") / "teaching" / "slides"
LIVE = Path("build") / "site" / "extra" / "live"  # where tools/website/build.py keeps what it has drawn
CSS = Path(__file__).with_suffix(".css")
MOST_WORDS = 40
# How long a slide takes in the room: our proposal, for a lecture of 45 minutes with the rest for questions.
MINUTES = {"opening": 2, "text": 2, "figure": 3, "vote": 2, "answer": 2, "heard": 2, "points": 1, "sources": 1}
LECTURE = 45
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
WIDE = 1.8  # a figure wider than this stands above its sentence, another one beside it


@dataclass
class Slide:
    """One slide. `body` is HTML; `notes` are headings and paragraphs (HTML) for the presenter."""

    kind: str
    title: str
    body: str
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Cell:
    """A cell of the built notebook with its mark and the number of its part (from one `##` to the next)."""

    cell: NotebookNode
    mark: str
    part: int


# ---- from a lesson to its slides -----------------------------------------------------------------


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
            cells.append(Cell(there[cell.id], mark, part))
    return cells


def deck(lesson: Path, live: dict[str, str] | None = None) -> list[Slide]:
    """The slides of a lesson. `live` holds, by cell id, the mark that the website's script fills with sliders."""
    cells, slides = marked(lesson), []
    votes = 0
    for at, cell in enumerate(cells):
        if not cell.mark:
            continue
        where = f"{lesson.name}, slide {cell.mark[:40]!r}"
        words = [word.strip() for word in cell.mark.split(" | ")]
        try:
            if words[0] == "key points":
                slides += point_slides(cell.cell.source)
                continue
            if words[0] == "vote":
                votes += 1
                slides += vote_slides(question_of(cell.cell.source), votes)
                words = words[1:]
            if words:
                kind = "text" if cell.cell.cell_type == "markdown" else "figure"
                slide = made(kind if slides else "opening", words, cell, (live or {}).get(cell.cell.id, ""))
                check_numbers(" ".join(words), cell, cells)
                slide.notes += said(cells, at)
                slides.append(slide)
        except BuildError as error:
            raise BuildError(f"{where}: {error}") from error
    guide = guide_of(lesson)
    slides[0].notes += [(what, guide[what]) for what in ("Time", "Bridges", "Board") if what in guide]
    beliefs = re.findall(r'"([^"]+)"', guide.get("Goes wrong in the room", ""))
    points = next((n for n, slide in enumerate(slides) if slide.kind == "points"), len(slides))
    if beliefs:
        slides.insert(points, heard_slide(beliefs, cells))
    slides.append(sources_slide(lesson, cells))
    with_minutes(slides)
    return slides


def made(kind: str, words: list[str], cell: Cell, live: str) -> Slide:
    """A slide of a title, one sentence and a question, with what the cell shows."""
    if len(words) not in (2, 3, 4):
        raise BuildError('a slide is "Title | One sentence. | A question?"; the question may be left out')
    title, sentence, ask, columns = [*words, "", ""][:4]
    if (count := len(f"{sentence} {ask}".split())) > MOST_WORDS:
        raise BuildError(f"it has {count} words; say it in {MOST_WORDS}")
    text = f"<p>{text_html(sentence)}</p>" + (f'<p class="ask">{text_html(ask)}</p>' if ask else "")
    if kind in ("text", "opening"):
        return Slide(kind, title, f'<div class="body"><div class="words">{text}</div></div>')
    shown, alt, ratio = shown_by(cell.cell, columns)
    if live:
        shown = f'<div class="live-cell"><div class="static">{shown}</div>{live}</div>'
    beside = "" if ratio > WIDE or live else " beside"
    notes = [("Ask", "What do you see? Of whom is it, and compared with what?")]
    if alt:
        notes.append(("The picture in words", html.escape(alt)))
    body = f'<div class="body{beside}"><figure>{shown}</figure><div class="words">{text}</div></div>'
    return Slide("figure", title, body, notes)


def shown_by(cell: NotebookNode, columns: str) -> tuple[str, str, float]:
    """The first picture of a cell, else its first table: its HTML, its words, its width divided by its height."""
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            alt = output.metadata["image/png"]["alt"]
            picture = trimmed(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB"))
            file = io.BytesIO()
            picture.save(file, "WEBP", lossless=True, quality=80, method=4)
            source = f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
            size = f'width="{picture.width}" height="{picture.height}"'
            return f'<img src="{source}" {size} alt="{html.escape(alt)}">', alt, picture.width / picture.height
    for output in cell.outputs:
        if table := re.search(r"<table.*?</table>", output.get("data", {}).get("text/html", ""), re.DOTALL):
            return table_html(table[0], [name.strip() for name in columns.split(";") if columns]), "", WIDE + 1
    raise BuildError("the cell shows neither a picture nor a table")


def trimmed(picture: Image.Image) -> Image.Image:
    """A picture without its white margins: the rest can be shown larger."""
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    return picture.crop(box) if box else picture


def table_html(table: str, columns: list[str]) -> str:
    """A table of pandas without its styles, as large as the slide allows; with `columns`, of these columns only."""
    rows = [
        [re.sub(r"\s+", " ", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]
    if len({len(row) for row in rows}) > 1 or "colspan" in table:
        raise BuildError("its table has cells that span others; mark another cell")
    if not any(rows[1][1:]):  # the name of the rows stands in a line of its own
        rows[0][0] = rows.pop(1)[0]
    if missing := set(columns) - set(rows[0]):
        raise BuildError(f"its table has no column {min(missing)!r}, but {rows[0]}")
    kept = [n for n, name in enumerate(rows[0]) if not n or not columns or name in columns]
    rows = [[row[n] for n in kept] for row in rows]
    letters = sum(max(len(row[n]) for row in rows) for n in range(len(kept)))
    size = max(24, min(34, 1800 // (letters + 3 * len(kept)), 330 // len(rows)))
    head = "".join(f'<th scope="col">{cell}</th>' if cell else "<td></td>" for cell in rows[0])
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows[1:]
    )
    return f'<table style="font-size: {size}px"><tr>{head}</tr>{body}</table>'


def check_numbers(text: str, cell: Cell, cells: list[Cell]) -> None:
    """Raise for a number that the lesson does not hold: in the cell's part, or a long one anywhere."""
    here = {n for other in cells if other.part == cell.part for n in numbers(everything(other.cell))}
    anywhere = {n for other in cells for n in numbers(everything(other.cell)) if len(n) > 2}
    if strange := [n for n in numbers(text) if n not in here | anywhere]:
        raise BuildError(f"{', '.join(strange)} stands nowhere in this part of the lesson; has a number changed?")


def numbers(text: str) -> list[str]:
    """The numbers of a text, without the commas of thousands."""
    return [number.replace(",", "") for number in NUMBER.findall(text)]


def everything(cell: NotebookNode) -> str:
    """All that a reader of the notebook sees of a cell."""
    text = [cell.source]
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        text += [output.get("text", ""), re.sub(r"<[^>]+>", " ", data.get("text/html", "")), data.get("text/plain", "")]
        text += [output.get("metadata", {}).get("image/png", {}).get("alt", "")]
    return " ".join(text)


# ---- votes ---------------------------------------------------------------------------------------


def question_of(source: str) -> dict[str, Any]:
    """The prompt, the options with their feedback, the right one and the reason of the Question in a cell."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Question":
            try:
                given = [ast.literal_eval(argument) for argument in node.args]
                named = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
            except ValueError as error:
                raise BuildError("its Question is not written out; mark another one") from error
            return {"why": "", "defensible": "", **dict(zip(("prompt", "options"), given, strict=False)), **named}
    raise BuildError("the cell has no Question to vote on")


def vote_slides(asked: dict[str, Any], number: int) -> list[Slide]:
    """A slide with the options, and one with the answer: the reason, and what each wrong option mistakes."""
    letters = dict(zip(asked["options"], ascii_uppercase, strict=False))
    options = "".join(f"<li><b>{letter}</b><div>{text_html(text)}</div></li>" for text, letter in letters.items())
    vote = (
        f'<div class="body"><p class="prompt">{text_html(asked["prompt"])}</p><ol class="options">{options}</ol></div>'
    )
    right = letters[asked["right"]]
    lines, wrong = [], []
    long = len(" ".join([*asked["options"], *asked["options"].values(), asked["why"]]).split()) > 75
    for text, reason in asked["options"].items():
        letter = letters[text]
        if text == asked["right"]:
            why = f" {text_html(asked['why'])}" if asked["why"] else ""
            verdict = f"<strong>✓ {text_html(text)}</strong><br>{text_html(reason)}{why}"
            lines.append(f'<li class="right"><b>{letter}</b><div>{verdict}</div></li>')
            continue
        verdict = "Defensible: " if text == asked["defensible"] else ""
        chosen = "" if long else f"<strong>{text_html(text.rstrip('.'))}.</strong> "
        lines.append(f"<li><b>{letter}</b><div>{chosen}{verdict}{text_html(reason)}</div></li>")
        wrong.append(f"{letter}, “{text_html(text)}” {verdict}{text_html(reason)}")
    notes = [
        (
            "What to do",
            "Read the question aloud. Everybody writes a letter; then hands or cards. Note the counts.",
        ),
        ("The answer, on the next slide", f"{right}: {text_html(asked['right'])}"),
    ]
    return [
        Slide("vote", f"Vote {number}", vote, notes),
        Slide(
            "answer",
            f"Answer {number}: {right}",
            f'<div class="body"><ol class="options">{"".join(lines)}</ol></div>',
            [("The usual wrong beliefs", "<br>".join(wrong)), ("Ask", "Who changed sides, and by which argument?")],
        ),
    ]


# ---- slides that every deck has ------------------------------------------------------------------


def point_slides(source: str) -> list[Slide]:
    """The first sentences of the key points, on as many slides as their words need."""
    found = re.search(r"^## Key points.*?\n(.*?)(?=^#|\Z)", source, re.MULTILINE | re.DOTALL)
    if not found:
        raise BuildError('the cell has no heading "Key points"')
    points = [" ".join(point.split()) for point in re.split(r"^- ", found[1], flags=re.MULTILINE)[1:]]
    count = math.ceil(sum(len(first_sentence(point).split()) for point in points) / MOST_WORDS)
    cuts = [round(n * len(points) / count) for n in range(count + 1)]
    pages = [points[low:high] for low, high in pairwise(cuts)]
    return [
        Slide(
            "points",
            "To take home" + (f" ({number} of {len(pages)})" if len(pages) > 1 else ""),
            listed(map(first_sentence, page)),
            [("In full", "".join(f"<p>{text_html(point)}</p>" for point in page))],
        )
        for number, page in enumerate(pages, 1)
    ]


def first_sentence(text: str) -> str:
    """The first sentence of a point; a short one, such as "Of whom?", with the next one."""
    sentences = re.split(r"(?<=[.?!*])(?<!\d\.)\s+(?=[A-Z*(])", text)
    return " ".join(sentences[:2]) if len(sentences[0].split()) < 4 else sentences[0]


def heard_slide(beliefs: list[str], cells: list[Cell]) -> Slide:
    """What is often heard in the room, with what the lesson answers in the notes."""
    answers = [
        f"“{belief}” {text_html(seen)}"
        for cell in cells
        if cell.cell.cell_type == "markdown"
        for belief, seen in re.findall(r'^\| "(.+?)" \| (.+?) \|$', cell.cell.source, re.MULTILINE)
    ]
    ask = '<p class="ask">Which picture of today speaks against each?</p>'
    body = listed((f"“{belief}”" for belief in beliefs), ask)
    notes = [("What to do", "One at a time: who has heard it? Which picture or number of today speaks against it?")]
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
        f"To read on, with all sources: {name}.",
    ]
    notes = [("Sources", f"Every number is explained in notebooks/{name}.ipynb; its references stand at its end.")]
    return Slide("sources", "Sources and licence", listed(lines), notes)


def listed(items: Iterable[str], after: str = "") -> str:
    """A list, and what stands below it."""
    lines = "".join(f"<li>{text_html(item)}</li>" for item in items)
    return f'<div class="body"><ul class="list">{lines}</ul>{after}</div>'


def said(cells: list[Cell], at: int) -> list[tuple[str, str]]:
    """What the lesson says of a cell: its own text, or the texts behind it up to the next code or part."""
    texts = [cells[at].cell.source] if cells[at].cell.cell_type == "markdown" and at else []
    for other in cells[at + 1 :] if cells[at].cell.cell_type == "code" else []:
        if other.cell.cell_type == "code" or other.part != cells[at].part:
            break
        texts.append(other.cell.source)
    text = "\n\n".join(texts).split("\n## Key points")[0]
    if len(texts) == 1 and cells[at].cell.cell_type == "markdown":
        text = re.split(r"\n(?=## )", text)[0]
    return [("What the lesson says", notes_html(text))] if text.strip() else []


def guide_of(lesson: Path) -> dict[str, str]:
    """The paragraphs of the guide's section on this lesson, by their bold beginnings."""
    text = (lesson.parents[1] / "teaching" / "sources" / "guide.md").read_text(encoding="utf-8")
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        if (found := re.search(r"\{\{parts (\w+)\}\}", section)) and lesson.stem.startswith(f"{found[1]}_"):
            bold = re.findall(r"^\*\*([A-Z][^*.]+)\.\*\* (.*?)(?=\n\n|^\*\*|\Z)", section, re.MULTILINE | re.DOTALL)
            return {name: " ".join(words.split()) for name, words in bold}
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


# ---- texts as HTML -------------------------------------------------------------------------------


def text_html(text: str) -> str:
    """A short text with its bold, italic and code words."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    text = html.escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"(?<!\w)\*(.+?)\*(?!\w)", r"<em>\1</em>", text)
    text = re.sub(r"`(.+?)`", r"<code>\1</code>", text)
    return re.sub(r"\$(.+?)\$", lambda found: plain_math(found[1]), text)


def plain_math(text: str) -> str:
    """A short formula in plain letters."""
    for tex, letter in {r"\alpha": "α", r"\beta": "β", r"\lceil": "⌈", r"\rceil": "⌉", r"\sigma": "σ"}.items():
        text = text.replace(tex, letter)
    return re.sub(r"[\\{}]", "", text)


def notes_html(text: str) -> str:
    """A text of the lesson for the notes. Links lose their targets; headings become bold."""
    from markdown_it import MarkdownIt

    text = re.sub(r"(?<!!)\[([^\]]+)\]\([^)]+\)", r"\1", text)
    found = MarkdownIt("commonmark").enable("table").render(text)
    return re.sub(r"<h[1-6]>(.*?)</h[1-6]>", r"<p><b>\1</b></p>", found)


# ---- one file ------------------------------------------------------------------------------------


def reveal(name: str) -> str:
    """A file of reveal.js, from the package that carries it."""
    try:
        there = files("sphinx-revealjs") or []
    except PackageNotFoundError:
        raise BuildError("reveal.js is missing; run: pip install -c constraints.txt -e '.[slides]'") from None
    found = [path for path in there if path.as_posix().endswith(f"/revealjs/{name}")]
    if len(found) != 1:
        raise BuildError(f"sphinx-revealjs does not hold {name}; install the version that constraints.txt names")
    return Path(str(found[0].locate())).read_text(encoding="utf-8")


def page(lesson: Path, slides: list[Slide], live: bool = False) -> str:
    """The deck as one HTML file."""
    number = number_of(lesson)
    title = f"{number} {text_html(slides[0].title)}"
    foot = f"ClinXAI Teach {number} · CC BY 4.0 · not medical advice"
    if "synthetic" in marked(lesson)[0].cell.source:
        foot += " · chest films: synthetic"
    slides = [replace(slides[0], title=title), *slides[1:]]
    sections = "\n".join(section(slide, n, len(slides), foot) for n, slide in enumerate(slides, 1))
    code = (reveal(name).replace("</script", r"<\/script") for name in ("dist/reveal.js", "plugin/notes/notes.js"))
    scripts = "\n".join(f"<script>{text}</script>" for text in code)
    start = (
        "Reveal.initialize({width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 4, hash: true, "
        "center: false, display: 'flex', transition: 'none', backgroundTransition: 'none', controlsTutorial: false, "
        "progress: false, pdfMaxPagesPerSlide: 1, plugins: [RevealNotes]});"
    )
    if live:  # not on paper
        start += (
            "if (!/print-pdf/.test(location.search)) document.head.append(Object.assign("
            "document.createElement('script'), {src: '_static/live.js'}));"
        )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: slides</title>
<style>{reveal("dist/reveal.css")}</style>
<style>{CSS.read_text(encoding="utf-8")}</style>
</head>
<body>
<div class="reveal"><div class="slides">
{sections}
</div></div>
{scripts}
<script>{start}</script>
</body>
</html>
"""


def number_of(lesson: Path) -> str:
    """The number of a lesson: "18.2.1-2" of its heading, or "18.5.1" of its name where that says more."""
    name = ".".join(re.findall(r"(?<![a-z])\d+(?![a-z])", lesson.stem))
    heading = re.match(r"# (\d[\d.-]*)", marked(lesson)[0].cell.source)
    return heading[1] if heading and not name.startswith(f"{heading[1]}.") else name


def section(slide: Slide, number: int, total: int, foot: str) -> str:
    """One slide as HTML, with its footer and its notes."""
    notes = "".join(f"<p><b>{what}.</b></p><div>{text}</div>" for what, text in slide.notes)
    level = "h1" if slide.kind == "opening" else "h2"
    kind = f"{slide.kind} list-slide" if slide.kind in ("points", "heard", "sources") else slide.kind
    return (
        f'<section class="{kind}"><{level}>{text_html(slide.title)}</{level}>{slide.body}'
        f"<footer><span>{foot}</span><span>{number} / {total}</span></footer>"
        f'<aside class="notes">{notes}</aside></section>'
    )


# ---- the sliders of the website ------------------------------------------------------------------


def live_marks(root: Path, stem: str) -> dict[str, str]:
    """The explorers that `make site` has drawn for a lesson as it is, by cell id: each as a mark for the script."""
    kept = root / LIVE / f"{stem}.json"
    if not kept.exists():
        return {}
    drawn, found = json.loads(kept.read_text(encoding="utf-8")), {}
    if drawn["key"] != state_of(nbformat.read(root / "notebooks" / f"{stem}.ipynb", as_version=4)):
        return {}
    for cell, marks in drawn["marks"].items():
        for mark in marks:
            if 'data-kind="explorer"' in mark and (root / LIVE / key_of(mark) / "states.js").exists():
                found[cell] = mark.replace("&quot;wait&quot;: true", "&quot;wait&quot;: false")
    return found


def key_of(mark: str) -> str:
    """The name of an explorer's folder."""
    data = re.search(r'data-live="([^"]*)"', mark)
    return str(json.loads(html.unescape(data[1]))["key"]) if data else ""


# ---- all decks -----------------------------------------------------------------------------------


def build(root: Path = ROOT, names: Sequence[str] = (), out: Path | None = None) -> Iterator[tuple[Path, int]]:
    """Write the decks as HTML, and yield each file with its number of slides."""
    out = out or root / OUT
    out.mkdir(parents=True, exist_ok=True)
    for lesson in lessons(root, names):
        marks = live_marks(root, lesson.stem)
        slides = deck(lesson, marks)
        used = {cell: mark for cell, mark in marks.items() if any(mark in slide.body for slide in slides)}
        for mark in used.values():
            shutil.copytree(root / LIVE / key_of(mark), out / "live" / key_of(mark), dirs_exist_ok=True)
        if used:
            (out / "_static").mkdir(exist_ok=True)
            shutil.copy(root / "tools" / "website" / "static" / "live.js", out / "_static")
        path = out / f"{lesson.stem}.html"
        path.write_text(page(lesson, slides, live=bool(used)), encoding="utf-8", newline="\n")
        yield path, len(slides)


def print_pdf(paths: Sequence[Path]) -> Iterator[Path]:
    """Print decks with Chromium, one slide a page, and yield the PDFs."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        for path in paths:
            tab = chromium.new_page(viewport={"width": 1280, "height": 720})
            tab.set_default_timeout(300_000)  # a busy computer may print, too
            tab.goto(f"{path.resolve().as_uri()}?print-pdf")
            tab.wait_for_selector(".pdf-page")
            pdf = path.with_suffix(".pdf")
            tab.pdf(path=pdf, prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
            tab.close()
            yield pdf
        chromium.close()


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
