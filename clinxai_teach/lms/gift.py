"""GIFT, Moodle's text format: one file; a picture stands in the text itself, as a data address."""

import base64
import re
from collections.abc import Iterable

from clinxai_teach.lms.items import Choices, Item, Pairs
from clinxai_teach.lms.text import explained, plain, share, with_sources


def write(items: Iterable[Item]) -> bytes:
    """Return the items as a GIFT file in UTF-8, a category for each section."""
    blocks, section = [], ""
    for item in items:
        if item.section != section:
            section = item.section
            blocks.append(f"$CATEGORY: $course$/top/ClinXAI Teach/{section}")
        blocks.append(_question(item))
    return ("\n\n".join(blocks) + "\n").encode()


def escaped(text: str) -> str:
    """Return a text in one line in which no character has a meaning to GIFT.

    Examples
    --------
    >>> print(escaped("a = {b}: 50% ~ #1"))
    a \\= \\{b\\}\\: 50% \\~ \\#1
    """
    text = re.sub(r"([\\~=#{}:])", r"\\\1", text.replace("\r\n", "\n"))
    return text.replace("\n", r"\n")


def _question(item: Item) -> str:
    form = item.form
    sources = {
        picture.name: f"data:image/png;base64,{base64.b64encode(picture.png).decode()}" for picture in item.pictures
    }
    lines = [f"::{escaped(item.title)}::[html]{escaped(with_sources(item.body, sources))}{{"]
    reasons = None
    if isinstance(form, Choices):
        part = 100 / sum(option.right for option in form.options)
        for option in form.options:
            mark = "=" if option.right else "~"
            if not form.single:
                mark = f"~%{share(part if option.right else -part)}%"
            lines.append(f"{mark}[html]{escaped(plain(option.text))}#[html]{escaped(plain(option.reason))}")
    elif isinstance(form, Pairs):
        reasons = [(case, why) for case, _, why in form.cases]
        lines += [f"=[html]{escaped(plain(case))} -> {_label(labels[0])}" for case, labels, _ in form.cases]
        used = {labels[0] for _, labels, _ in form.cases}
        lines += [f"= -> {_label(label)}" for label in form.labels if label not in used]
    else:
        lines[0] += "#"
        lines.append(f"={form.value:.10g}:{form.tolerance:.10g}#")
        lines += [f"=%0%{value:.10g}:{form.tolerance:.10g}#[html]{escaped(plain(why))}" for value, why in form.wrong]
    if general := explained(item.why, reasons):
        lines.append(f"####[html]{escaped(general)}")
    return "\n".join([*lines, "}"])


def _label(label: str) -> str:
    return escaped(label.replace("->", "-\N{GREATER-THAN SIGN}"))
