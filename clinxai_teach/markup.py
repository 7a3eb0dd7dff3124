"""A document as blocks, and the two ways to write it: Markdown and one HTML page. All text is escaped here.

What a person typed into a report is shown as typed: it never becomes a tag, a heading or a cell of a table.
"""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias


class Heading(NamedTuple):
    """A title of `level` 1, 2 or 3."""

    level: int
    text: str


class Paragraph(NamedTuple):
    """A `text`; its line breaks stay."""

    text: str


class Bullets(NamedTuple):
    """A list of texts."""

    items: Sequence[str]


class Table(NamedTuple):
    """`caption`, the `header` and the `rows` of a table; the first column names the row."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


class Figure(NamedTuple):
    """A drawing as `svg` (HTML only) and the same in `words`."""

    words: str
    svg: str


Block: TypeAlias = Heading | Paragraph | Bullets | Table | Figure


# ---- Markdown ------------------------------------------------------------------------------------


def as_markdown(blocks: Iterable[Block]) -> str:
    """Return the blocks as Markdown (GitHub's kind). A figure becomes its words.

    Examples
    --------
    >>> print(as_markdown([Heading(2, "Doses"), Table("Two drugs", ["Drug", "mg"], [["A", "5"], ["B|C", "10"]])]))
    ## Doses
    <BLANKLINE>
    *Two drugs*
    <BLANKLINE>
    | Drug | mg |
    |---|---|
    | A | 5 |
    | B\\|C | 10 |
    <BLANKLINE>
    """
    return "\n\n".join(_MARKDOWN[type(block)](block) for block in blocks) + "\n"


def markdown_text(text: str) -> str:
    """Return a text in one line in which no character has a meaning to Markdown or HTML.

    Examples
    --------
    >>> print(markdown_text("p < 0.05 * 2"))
    p &lt; 0.05 \\* 2
    """
    text = html.escape(" ".join(clean(text).split()), quote=False)
    text = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", text)
    text = re.sub(r"^([#+=-])", r"\\\1", text)  # else a heading, a list or a rule
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", text)  # else a numbered list


def _markdown_lines(text: str) -> str:
    """Return a text of several lines; each of them is a line of its own in the result."""
    lines = [markdown_text(line) for line in clean(text).splitlines() if line.strip()]
    return "  \n".join(lines)


def _markdown_table(table: Table) -> str:
    def row(cells: Sequence[str]) -> str:
        return f"| {' | '.join(markdown_text(cell) for cell in cells)} |"

    ruler = "|" + "---|" * len(table.header)
    return "\n".join([f"*{markdown_text(table.caption)}*", "", row(table.header), ruler, *map(row, table.rows)])


_MARKDOWN: dict[type, Callable[[Any], str]] = {
    Heading: lambda block: f"{'#' * block.level} {markdown_text(block.text)}",
    Paragraph: lambda block: _markdown_lines(block.text),
    Bullets: lambda block: "\n".join(f"- {markdown_text(item)}" for item in block.items),
    Table: _markdown_table,
    Figure: lambda block: markdown_text(f"Figure in words: {block.words}"),
}

# ---- HTML ----------------------------------------------------------------------------------------

STYLE = """
body {
  color: #111; background: #fff; font: 1rem/1.5 system-ui, sans-serif;
  margin: 0 auto; max-width: 62rem; padding: 1rem;
}
h1, h2 { line-height: 1.2; }
h2 { border-top: 1px solid #767676; margin-top: 2rem; padding-top: 1rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 3px solid #1b4f72; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { font-weight: bold; text-align: left; }
th, td {
  border: 1px solid #767676; padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; overflow-wrap: break-word;
}
thead th { background: #eee; }
figure { margin: 1rem 0; }
svg { height: auto; max-width: 100%; }
@media print {
  body { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  table { font-size: 0.75rem; }
  thead { display: table-header-group; }
  tr, figure { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""


def as_html(title: str, blocks: Iterable[Block]) -> str:
    """Return the blocks as one HTML page that needs nothing else: no script, no file, no network.

    Examples
    --------
    >>> page = as_html("Doses", [Paragraph("5 < 10")])
    >>> "<title>Doses</title>" in page, "<p>5 &lt; 10</p>" in page, "<script" in page
    (True, True, False)
    """
    body = "\n".join(_HTML[type(block)](block) for block in blocks)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{html_text(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def html_text(text: str) -> str:
    """Return a text in which no character has a meaning to HTML.

    Examples
    --------
    >>> html_text('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    return html.escape(clean(text))


def clean(text: object) -> str:
    """Return a text without what no page may hold: control characters and halves of a character."""
    forbidden = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
    return re.sub(forbidden, "\N{REPLACEMENT CHARACTER}", str(text))


def _html_table(table: Table) -> str:
    head = "".join(f'<th scope="col">{html_text(cell)}</th>' for cell in table.header)
    rows = "\n".join(
        f'<tr><th scope="row">{html_text(first)}</th>'
        + "".join(f"<td>{html_text(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in table.rows
    )
    # A wide table scrolls in its own frame, which a keyboard can reach.
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{html_text(table.caption)}">\n<table>\n'
        f"<caption>{html_text(table.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n"
        "</table>\n</div>"
    )


_HTML: dict[type, Callable[[Any], str]] = {
    Heading: lambda block: f"<h{block.level}>{html_text(block.text)}</h{block.level}>",
    Paragraph: lambda block: (
        "<p>" + "<br>\n".join(html_text(line) for line in clean(block.text).splitlines() if line.strip()) + "</p>"
    ),
    Bullets: lambda block: "<ul>\n" + "\n".join(f"<li>{html_text(item)}</li>" for item in block.items) + "\n</ul>",
    Table: _html_table,
    Figure: lambda block: f"<figure>\n{block.svg}\n<figcaption>{html_text(block.words)}</figcaption>\n</figure>",
}
