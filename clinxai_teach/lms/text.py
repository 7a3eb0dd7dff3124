"""Texts for a learning platform: Markdown and HTML become the small XHTML that all four formats allow."""

import html
import re
from typing import NamedTuple
from xml.etree import ElementTree

from clinxai_teach.markup import html_text

# What the XHTML of QTI 2.1 has, too. Other elements lose their tags and keep their text, but these go altogether.
ELEMENTS = {
    *("p", "pre", "blockquote", "hr", "h3", "h4", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
    *("b", "i", "em", "strong", "code", "sub", "sup", "br", "img", "a"),
}
GONE = ("style", "script", "details")
ATTRIBUTES = {
    "img": ("src", "alt"),
    "a": ("href",),
    "th": ("scope", "colspan", "rowspan"),
    "td": ("colspan", "rowspan"),
}


class Picture(NamedTuple):
    """A picture of an item: the file's `name`, the same in words, and its bytes."""

    name: str
    alt: str
    png: bytes


def plain(text: str) -> str:
    """Return a text in which no character has a meaning to XML."""
    return html_text(text)


def from_markdown(text: str) -> str:
    """Return Markdown as XHTML. Links into the course keep their words only; `$x$` becomes `\\(x\\)`."""
    from nbconvert.filters import markdown2html

    page = markdown2html(text) if text else ""
    page = re.sub(r"\$\$([^$]+)\$\$", r"\\[\1\\]", page)
    return cleaned(re.sub(r"(?<![\\$])\$([^$\n]+)\$(?!\$)", r"\\(\1\\)", page))


def cleaned(text: str) -> str:
    """Return HTML as well-formed XHTML with the elements above only.

    Examples
    --------
    >>> cleaned('<div><style>p {}</style><p class="x">a &nbsp;<br>b')
    '<p>a \\xa0<br />b</p>'
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    for element in soup.find_all(True):
        if element.name in GONE:
            element.extract()
        elif element.name in ("h1", "h2"):
            element.name = "h3"
        elif element.name in ("h5", "h6"):
            element.name = "h4"
    for element in soup.find_all(True):
        kept = {name: str(element[name]) for name in ATTRIBUTES.get(element.name, ()) if element.has_attr(name)}
        if element.name not in ELEMENTS or (element.name == "a" and not kept.get("href", "").startswith("http")):
            element.unwrap()
        else:
            element.attrs = {**kept}
    tree = ElementTree.fromstring(f"<div>{soup.decode(formatter='minimal')}</div>")
    inner = (tree.text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return (inner + "".join(ElementTree.tostring(child, "unicode") for child in tree)).strip()


def with_sources(body: str, sources: dict[str, str]) -> str:
    """Return a body with the `src` of its pictures exchanged, by the picture's name."""
    for name, source in sources.items():
        body = body.replace(f'src="{plain(name)}"', f'src="{plain(source)}"')
    return body


def explained(why: str, reasons: list[tuple[str, str]] | None = None) -> str:
    """Return the reason of the whole as XHTML, and below it those of the parts."""
    rows = "".join(f"<li><b>{plain(case)}</b>: {plain(reason)}</li>" for case, reason in reasons or ())
    return (f"<p>{plain(why)}</p>" if why else "") + (f"<ul>{rows}</ul>" if rows else "")


def share(points: float) -> str:
    """Return a percentage as the platforms list it: 100, 33.33333, 12.5."""
    return f"{points:.5f}".rstrip("0").rstrip(".")


def text_of(xhtml: str) -> str:
    """Return XHTML without its tags, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", xhtml)).split())
