"""From a built notebook to a page of the website: MyST Markdown, with outputs as HTML and pictures as files."""

import base64
import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from PIL import Image

from clinxai_teach.lms.items import Item
from website.hooks import mark_of
from website.wording import NOT_ON_A_PAGE, heading_of, on_a_page

ANSI = re.compile(r"\x1b\[[0-9;]*m")
LINK = re.compile(r"(\]\()([^)#\s]*?)(\.ipynb)?(#[^)\s]*)?\)")
RUN_AGAIN = 'class="clinxai-run-again"'  # its advice is for a notebook
RUN_THIS = "run this cell again"
REPORT = re.compile(r"#+ Trust report")
TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
EXERCISE = re.compile(r"## (18\.\d-[a-z]) ")


@dataclass
class Page:
    """A notebook on its way to a page.

    `marks` holds, by cell, what the page's script makes live there; `items`, by name, what its script needs for each
    exercise without code; `solved` is the notebook that holds the outputs of these.
    """

    notebook: NotebookNode
    name: str
    pictures: Path
    marks: dict[str, list[str]] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    solved: NotebookNode | None = None
    count: int = 0
    reported: bool = False

    def markdown(self) -> str:
        """Return the page's text."""
        return "\n\n".join(part for cell in self.cells() for part in self.cell(cell)) + "\n"

    def cells(self) -> Iterator[NotebookNode]:
        """Yield the cells that a page shows. An exercise without code has the outputs that its task is about."""
        outputs = {cell.id: cell.get("outputs", []) for cell in self.solved.cells} if self.solved else {}
        skipped, exercise = False, ""
        for cell in self.notebook.cells:
            if heading := heading_of(cell.source) if cell.cell_type == "markdown" else "":
                skipped = heading in NOT_ON_A_PAGE.get(self.name, ())
                found = EXERCISE.match(cell.source)
                exercise = found[1] if found else ""
            if cell.cell_type == "code" and (exercise in self.items or not exercise):
                cell.outputs = outputs.get(cell.id, cell.outputs)
            if not skipped:
                yield cell

    def cell(self, cell: NotebookNode) -> Iterator[str]:
        if name := exercise_of(cell):
            yield from self.exercise(name, cell)
            return
        if cell.cell_type == "markdown":
            yield LINK.sub(link, on_a_page(cell.source, self.name, exercise=self.solved is not None))
            return
        live = self.marks.get(cell.id)
        yield from code(cell, folded=bool(live) or self.solved is not None)
        static = "\n".join(self.output(output) for output in cell.outputs)
        if live:
            yield raw(f'<div class="live-cell"><div class="static">{static}</div>{"".join(live)}</div>')
        elif static.strip():
            yield raw(f'<div class="output">{static}</div>')

    def exercise(self, name: str, cell: NotebookNode) -> Iterator[str]:
        """Return the form of a closed exercise in place of its code; of another one, where it is done."""
        if cell.metadata.nbgrader.locked:
            return  # the form checks by itself
        if name in self.items:
            yield raw(f'<div class="live-cell">{mark_of("exercise", self.items[name])}</div>')
            return
        yield f"*This exercise is done in its notebook:* `exercises/{self.name}.ipynb`."
        if cell.cell_type == "code":
            yield from code(cell, folded=True)

    def output(self, output: NotebookNode) -> str:
        """Return an output as HTML."""
        if output.output_type == "stream":
            if RUN_THIS in output.text:
                return ""
            return f'<pre tabindex="0">{html.escape(output.text)}</pre>'
        if output.output_type == "error":
            return f'<pre tabindex="0">{html.escape(ANSI.sub("", chr(10).join(output.traceback)))}</pre>'
        data = output.data
        if "image/png" in data:
            return self.picture(data["image/png"], output.metadata["image/png"]["alt"])
        if "text/markdown" in data:
            shown = markdown_html(re.sub(r"(\]\([^)#]*)\.ipynb", r"\1.html", data["text/markdown"]))
            shown = TABLE.sub(wide, shown)
            return shown + self.report_link() if REPORT.match(data["text/markdown"]) else shown
        if (
            "text/html" in data and "onclick" not in data["text/html"]
        ):  # the policy forbids what scikit-learn's picture runs
            found = data["text/html"]
            if RUN_AGAIN in found:
                return ""
            found = re.sub(r'(href="[^"]*)\.ipynb', r"\1.html", found)
            return TABLE.sub(wide, found)
        return f'<pre tabindex="0">{html.escape(data.get("text/plain", ""))}</pre>'

    def report_link(self) -> str:
        """Return the link to the page of the first trust report; nothing for a later one."""
        first, self.reported = not self.reported, True
        return '<p><a href="../report.html">This report as a page of its own</a></p>' if first else ""

    def picture(self, png: str, alt: str) -> str:
        """Write a picture, as it is but in a smaller format, and return the element that shows it."""
        picture = Image.open(io.BytesIO(base64.b64decode(png)))
        self.count += 1
        name = f"{self.name}-{self.count}.webp"
        self.pictures.mkdir(parents=True, exist_ok=True)
        picture.save(self.pictures / name, "WEBP", lossless=True, quality=80, method=4)
        size = f'width="{picture.width}" height="{picture.height}"'
        return f'<img src="../pictures/{name}" {size} loading="lazy" alt="{html.escape(alt)}">'


def wide(table: re.Match[str]) -> str:
    """Return a table in a box that scrolls to the side and can be reached by a key."""
    return f'<div class="wide" tabindex="0">{table[0]}</div>'


def link(found: re.Match[str]) -> str:
    """Return a link as the website needs it: to the page of a notebook, and to a heading as the website names it."""
    start, place, notebook, heading = found.groups(default="")
    if place.startswith("http"):
        return found[0]
    return f"{start}{place}{'.md' if notebook else ''}{re.sub(r'[^a-z0-9#_-]', '', heading.lower())})"


def exercise_of(cell: NotebookNode) -> str:
    """Return the name of the exercise to which a cell of its answer or its check belongs: "18.3-a"; else ""."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return re.sub(r"-(answer|check)$", "", name).replace("_", ".")


def exercise_data(items: list[Item], hints: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what the page's script needs to ask and to judge: one part for each item of an exercise."""
    parts = []
    for item in items:
        form = {"kind": type(item.form).__name__.lower(), **item.form._asdict()}
        parts.append({"name": item.title.rpartition(": ")[2] if len(items) > 1 else "", **form})
    return {"name": re.sub(r"(?<=-[a-z])-\d+$", "", items[0].id), "parts": parts, "why": items[0].why, "hints": hints}


def text_data(name: str, model: str, hints: tuple[str, ...], why: str) -> dict[str, Any]:
    """Return what the page's script needs for a text in the learner's own words, which a model answer stands beside."""
    return {"name": name, "parts": [{"name": "", "kind": "text", "model": model}], "why": why, "hints": hints}


def code(cell: NotebookNode, folded: bool) -> Iterator[str]:
    """Return a cell's code: folded where the notebook folds it, and where it only shows what is live on the page."""
    block = fence(cell.source, "python")
    if folded or "hide-input" in cell.metadata.get("tags", []):
        yield f'<details class="code"><summary>Code</summary>\n\n{block}\n\n</details>'
    else:
        yield block


def fence(text: str, kind: str) -> str:
    """Return a text between fences longer than any that it holds."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    ticks = "`" * (longest + 1)
    return f"{ticks}{kind}\n{text}\n{ticks}"


def raw(text: str) -> str:
    """Return HTML that goes into the page as it is."""
    return fence(text, "{raw} html")


def markdown_html(text: str) -> str:
    """Return an output in Markdown as HTML. Its headings become bold: an output is no part of the order."""
    from markdown_it import MarkdownIt

    found = MarkdownIt("commonmark").enable("table").render(text)
    return re.sub(r"<h[1-6]>(.*?)</h[1-6]>", r"<p><b>\1</b></p>", found)
