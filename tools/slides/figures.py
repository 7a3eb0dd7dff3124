"""What a marked cell shows, on a slide: its picture or its table, with one sentence and a question."""

import base64
import html
import io
import re

from nbformat import NotebookNode
from PIL import Image, ImageChops

from cells import BuildError
from slides.model import MOST_WORDS, Cell, Slide
from slides.room import BESIDE, WIDE
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
    shown, alt, ratio = shown_by(cell.cell, columns)
    if live:
        shown = f'<div class="live-cell"><div class="static">{shown}</div>{live}</div>'
    beside = "" if ratio > WIDE or live else " beside"
    notes = [("Ask", "What do you see? Of whom is it, and compared with what?")]
    if alt:
        notes.append(("The picture in words", html.escape(alt)))
    width = f' style="flex-basis: {min(BESIDE[0], round(BESIDE[1] * ratio))}px"' if beside else ""
    body = f'<div class="body{beside}"><figure{width}>{shown}</figure><div class="words">{text}</div></div>'
    return Slide("figure", title, body, notes)


def shown_by(cell: NotebookNode, columns: str) -> tuple[str, str, float]:
    """The first picture of a cell, else its first table: its HTML, its words, its width divided by its height."""
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            alt = output.metadata["image/png"]["alt"]
            drawn = cell.metadata.get("slide") or data["image/png"]  # for the slide, where the other is too small
            picture = trimmed(Image.open(io.BytesIO(base64.b64decode(drawn))).convert("RGB"))
            file = io.BytesIO()
            picture.save(file, "WEBP", lossless=True, quality=80, method=4)
            source = f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
            size = f'width="{picture.width}" height="{picture.height}"'
            return f'<img src="{source}" {size} alt="{html.escape(alt)}">', alt, picture.width / picture.height
    for output in cell.outputs:
        if table := TABLE.search(output.get("data", {}).get("text/html", "")):
            return table_html(table[0], listed_in(columns)), "", WIDE + 1
    raise BuildError("the cell shows neither a picture nor a table")


def listed_in(columns: str) -> list[str]:
    return [name.strip() for name in columns.split(";") if columns]


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
