"""What a marked cell shows, on a slide: its picture or its table, with one sentence and a question."""

import base64
import html
import io
import json
import re
import textwrap

from nbformat import NotebookNode
from PIL import Image, ImageChops

from cells import BuildError
from slides.model import MOST_WORDS, Cell, Slide
from slides.notes import pictures_of
from slides.room import BESIDE, DPI, SHARP, WIDE
from slides.text import notes_html, text_html

TABLE = re.compile(r"<table.*?</table>", re.DOTALL)


def made(kind: str, words: list[str], cell: Cell, live: str) -> Slide:
    """A slide of a title, one sentence and a question, with what the cell shows."""
    if len(words) not in (2, 3, 4):
        raise BuildError('a slide is "Title | One sentence. | A question?"; the question may be left out')
    title, sentence, ask, columns = [*words, "", ""][:4]
    if (count := len(f"{sentence} {ask}".split())) > MOST_WORDS:
        raise BuildError(f"it has {count} words; say it in {MOST_WORDS}")
    text = f"<p>{text_html(sentence)}</p>" + (f'<p class="ask">{text_html(ask)}</p>' if ask else "")
    if kind == "text" and columns and (table := TABLE.search(notes_html(cell.cell.source))):
        text = f'<figure>{table_html(table[0], listed_in(columns))}</figure><div class="words">{text}</div>'
        return Slide("figure", title, f'<div class="body">{text}</div>')
    if kind in ("text", "opening"):
        return Slide(kind, title, f'<div class="body"><div class="words">{text}</div></div>')
    shown, alt, ratio = shown_by(cell.cell, "" if live else columns)
    if live:
        mark = with_controls(live, listed_in(columns))
        shown = f'<div class="live-cell"><div class="static">{shown}</div>{mark}</div>'
    notes = [("Ask", "What do you see? Of whom is it, and compared with what?")]
    if alt:
        notes.append(("The picture in words", html.escape(alt)))
    return Slide("figure", title, figure_body(shown, ratio, text), notes)


def after(words: list[str], cell: Cell) -> Slide:
    """A slide of one of the pictures that an explorer has without sliders: what the slide before asked for."""
    if len(words) not in (3, 4):
        raise BuildError('it is "after 2 | Title | One sentence. | A question?"; the question may be left out')
    number, (title, sentence, ask) = int(words[0].removeprefix("after ")), [*words[1:], ""][:3]
    if (count := len(f"{sentence} {ask}".split())) > MOST_WORDS:
        raise BuildError(f"it has {count} words; say it in {MOST_WORDS}")
    output = next((each for each in cell.cell.outputs if "image/png" in each.get("data", {})), None)
    pictures = pictures_of(output.metadata["image/png"]["alt"]) if output else []
    if not 1 <= number <= len(pictures):
        raise BuildError(f"the cell has {len(pictures)} pictures of an explorer without sliders")
    drawn = cell.cell.metadata.get("slide")
    strip = frame_of(output.data["image/png"], number, pictures) if not drawn else None
    shown, ratio = image(strip or opened(drawn[number - 1]), pictures[number - 1], SHARP if drawn else 1)
    text = f"<p>{text_html(sentence)}</p>" + (f'<p class="ask">{text_html(ask)}</p>' if ask else "")
    notes = [("The picture in words", html.escape(pictures[number - 1]))]
    return Slide("after", title, figure_body(shown, ratio, text), notes)


def frame_of(filmstrip: str, number: int, sentences: list[str]) -> Image.Image:
    """One picture of a filmstrip, without its caption: see `Explorer.filmstrip_figure`."""
    whole = opened(filmstrip)
    width = round(10.5 * whole.width / DPI)
    lines = max(len(textwrap.wrap(f"{n}. {text}", width)) for n, text in enumerate(sentences, 1))
    high = whole.height / len(sentences)
    top = round((number - 1) * high + (0.15 + 0.2 * lines) * DPI)
    return whole.crop((0, top, whole.width, round(number * high)))


def with_controls(live: str, names: list[str]) -> str:
    """The mark of an explorer that shows only the controls of these names; all of them without names."""
    if not names:
        return live
    data = re.search(r'data-live="([^"]*)"', live)
    assert data is not None
    kept = json.dumps({**json.loads(html.unescape(data[1])), "only": names})
    return live.replace(data[0], f'data-live="{html.escape(kept)}"')


def figure_body(shown: str, ratio: float, text: str) -> str:
    """A figure with its words: below it, or beside one that is not wide."""
    beside = "" if ratio > WIDE else " beside"
    width = f' style="flex-basis: {min(BESIDE[0], round(BESIDE[1] * ratio))}px"' if beside else ""
    return f'<div class="body{beside}"><figure{width}>{shown}</figure><div class="words">{text}</div></div>'


def shown_by(cell: NotebookNode, columns: str) -> tuple[str, str, float]:
    """The first picture of a cell, else its first table: its HTML, its words, its width divided by its height."""
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            alt = output.metadata["image/png"]["alt"]
            drawn = cell.metadata.get("slide")  # for the slide
            shown, ratio = image(opened(drawn[0] if drawn else data["image/png"]), alt, SHARP if drawn else 1)
            return shown, alt, ratio
    for output in cell.outputs:
        if table := TABLE.search(output.get("data", {}).get("text/html", "")):
            return table_html(table[0], listed_in(columns)), "", WIDE + 1
    raise BuildError("the cell shows neither a picture nor a table")


def opened(picture: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")


def image(picture: Image.Image, alt: str, sharp: int) -> tuple[str, float]:
    """A picture as HTML, in the size of the notebook's pixels, and its width divided by its height."""
    picture, file = trimmed(picture), io.BytesIO()
    picture.save(file, "WEBP", lossless=True, quality=80, method=4)
    source = f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
    size = f'width="{round(picture.width / sharp)}" height="{round(picture.height / sharp)}"'
    return f'<img src="{source}" {size} alt="{html.escape(alt)}">', picture.width / picture.height


def listed_in(columns: str) -> list[str]:
    return [name.strip() for name in columns.split(";") if columns]


def trimmed(picture: Image.Image) -> Image.Image:
    """A picture without its white margins: the rest can be shown larger."""
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    return picture.crop(box) if box else picture


def table_html(table: str, columns: list[str]) -> str:
    """A table of pandas without its styles, as large as the slide allows; of `columns` only, where they name some.

    A name among them that begins a row keeps this row, and drops those that are not named.
    """
    rows = [
        [
            re.sub(r"^\d{4,}$", lambda found: f"{int(found[0]):,}", re.sub(r"\s+", " ", cell).strip())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]
    if len({len(row) for row in rows}) > 1 or "colspan" in table:
        raise BuildError("its table has cells that span others; mark another cell")
    if not any(rows[1][1:]):  # the name of the rows stands in a line of its own
        rows[0][0] = rows.pop(1)[0]
    starts = {row[0] for row in rows[1:]} & set(columns)
    if missing := set(columns) - set(rows[0]) - starts:
        raise BuildError(f"its table has no column {min(missing)!r}, but {rows[0]}")
    rows[1:] = [row for row in rows[1:] if not starts or row[0] in starts]
    kept = [n for n, name in enumerate(rows[0]) if not n or not set(columns) - starts or name in columns]
    rows = [[row[n] for n in kept] for row in rows]
    letters = sum(max(len(row[n]) for row in rows) for n in range(len(kept)))
    size = max(24, min(34, 1800 // (letters + 3 * len(kept)), 330 // len(rows)))
    head = "".join(f'<th scope="col">{cell}</th>' if cell else "<td></td>" for cell in rows[0])
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows[1:]
    )
    return f'<table style="font-size: {size}px"><tr>{head}</tr>{body}</table>'
