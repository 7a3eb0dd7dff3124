"""Texts of a lesson as HTML, for a slide and for its notes."""

import html
import re
from collections.abc import Iterable


def text_html(text: str) -> str:
    """A short text with its bold, italic and code words."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    text = html.escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"(?<!\w)\*(.+?)\*(?!\w)", r"<em>\1</em>", text)
    return plain_math(re.sub(r"`(.+?)`", r"<code>\1</code>", text))


def plain_math(text: str) -> str:
    """A text with its short formulas in plain letters."""
    return re.sub(r"\$([^$\n]+)\$", lambda found: formula(found[1]), text)


def formula(text: str) -> str:
    letters = {r"\alpha": "α", r"\beta": "β", r"\lceil": "⌈", r"\rceil": "⌉", r"\sigma": "σ", r"\sqrt": "√"}
    for tex, letter in letters.items():
        text = text.replace(tex, letter)
    text = re.sub(r"\^(?:\{([^{}]+)\}|(\w))", lambda found: f"<sup>{found[1] or found[2]}</sup>", text)
    return re.sub(r"[\\{}]", "", text)


def notes_html(text: str) -> str:
    """A text of the lesson for the notes. Links lose their targets; headings become bold."""
    from markdown_it import MarkdownIt

    text = re.sub(r"\$\$.+?\$\$", "", text, flags=re.DOTALL)  # a long formula is no note
    text = re.sub(r"(?<!!)\[([^\]]+)\]\([^)]+\)", r"\1", text)
    found = MarkdownIt("commonmark").enable("table").render(plain_math(text))
    return re.sub(r"<h[1-6]>(.*?)</h[1-6]>", r"<p><b>\1</b></p>", found)


def listed(items: Iterable[str], after: str = "") -> str:
    """A list, and what stands below it."""
    lines = "".join(f"<li>{text_html(item)}</li>" for item in items)
    return f'<div class="body"><ul class="list">{lines}</ul>{after}</div>'


def first_sentence(text: str) -> str:
    """The first sentence of a point; a short one or a question, such as "Of whom?", with the next one."""
    sentences = re.split(r"(?<=[.?!*])(?<!\d\.)\s+(?=[A-Z*(])", text)
    return " ".join(sentences[:2]) if len(sentences[0].split()) < 4 or sentences[0].endswith("?") else sentences[0]
