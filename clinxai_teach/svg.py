"""The two figures of a trust report as SVG, which is text like the rest of its page: no other file, no matplotlib.

They lie below `trust`, beside `markup`, because a report that computes must be able to write itself down without the
plots above it. They know plain numbers only. Black, grey and shapes, so that they read in grey print. Every text is 16
units high at a width of 720.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from clinxai_teach.markup import html_text

WIDTH = 720
STYLE = 'font-family="system-ui, sans-serif" font-size="16"'


def reliability_svg(curve: Mapping[str, Any], words: str) -> str:
    """Draw a reliability diagram: a dot per bin with its interval, the number of patients, and the dashed diagonal.

    `curve` is a dict of equally long lists: `prob_pred`, `prob_true`, `count`, `ci_low`, `ci_high`.
    """
    left, top, size = 90, 20, 420

    def x(p: float) -> float:
        return left + size * p

    def y(p: float) -> float:
        return top + size * (1 - p)

    parts = [line(x(0), y(0), x(1), y(1), dashed=True, colour="#666")]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts += [line(x(tick), y(0), x(tick), y(0) + 6), text(x(tick), y(0) + 24, f"{tick:g}", "middle")]
        parts += [line(x(0) - 6, y(tick), x(0), y(tick)), text(x(0) - 10, y(tick) + 5, f"{tick:g}", "end")]
    parts += [line(x(0), y(0), x(1), y(0)), line(x(0), y(0), x(0), y(1))]
    columns = (curve[name] for name in ("prob_pred", "prob_true", "count", "ci_low", "ci_high"))
    for predicted, observed, count, low, high in zip(*columns, strict=True):
        parts.append(line(x(predicted), y(low), x(predicted), y(high), width=2))
        parts.append(f'<circle cx="{x(predicted):.1f}" cy="{y(observed):.1f}" r="5"/>')
        parts.append(text(x(predicted), y(0) + 48, f"{count}", "middle", rotated=True))
    parts += [
        text(x(1) + 12, y(1) + 16, "dashed: perfect"),
        text(x(1) + 12, y(0) + 24, "predicted probability"),
        text(x(1) + 12, y(0) + 60, "patients in the bin"),
        text(24, y(0.5), "observed share", "middle", rotated=True, centred=True),
    ]
    return svg(parts, top + size + 100, "Reliability diagram", words, "reliability")


def ratio_svg(rows: Sequence[Mapping[str, Any]], words: str) -> str:
    """Draw observed / expected events of each group with its interval; the dashed line at 1 means right on average.

    `rows` are dicts with `group`, `oe`, `oe_low`, `oe_high` and `insufficient`. A group with too few events has no dot
    and a dashed interval. What reaches beyond 0.25 or 4 ends in an arrowhead.
    """
    left, right, top, step = 240, WIDTH - 165, 20, 40
    low_end, high_end = 0.25, 4.0
    bottom = top + step * len(rows)

    def x(ratio: float) -> float:
        share = math.log(min(max(ratio, low_end), high_end) / low_end) / math.log(high_end / low_end)
        return left + (right - left) * share

    parts = [line(x(1), top, x(1), bottom, dashed=True, colour="#666"), line(left, bottom, right, bottom)]
    for tick in (0.25, 0.5, 1, 2, 4):
        parts += [line(x(tick), bottom, x(tick), bottom + 6), text(x(tick), bottom + 24, f"{tick:g}", "middle")]
    parts.append(text((left + right) / 2, bottom + 52, "observed / expected events, 95% interval", "middle"))
    for place, row in enumerate(rows):
        height = top + step * (place + 0.5)
        parts.append(text(left - 12, height + 5, shortened(row["group"]), "end"))
        if row["oe_low"] is None or row["oe_high"] is None:
            parts.append(text(right + 16, height + 5, "not estimable"))
            continue
        parts.append(line(x(row["oe_low"]), height, x(row["oe_high"]), height, width=2, dashed=row["insufficient"]))
        if row["oe_low"] < low_end:
            parts.append(arrowhead(left, height, -1))
        if row["oe_high"] > high_end:
            parts.append(arrowhead(right, height, 1))
        if row["insufficient"]:
            parts.append(text(right + 16, height + 5, "no estimate"))
        else:
            parts.append(f'<circle cx="{x(row["oe"]):.1f}" cy="{height:.1f}" r="6"/>')
    return svg(parts, bottom + 70, "Observed / expected events by group", words, "ratios")


def svg(parts: Sequence[str], height: float, title: str, words: str, name: str) -> str:
    """Return a drawing with a title and a description that a screen reader reads instead of it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" role="img" '
        f'aria-labelledby="{name}-title {name}-words" {STYLE}>\n<title id="{name}-title">{html_text(title)}</title>\n'
        f'<desc id="{name}-words">{html_text(words)}</desc>\n' + "\n".join(parts) + "\n</svg>"
    )


def line(
    x1: float, y1: float, x2: float, y2: float, *, width: int = 1, dashed: bool = False, colour: str = "#111"
) -> str:
    """Return a straight line."""
    dashes = ' stroke-dasharray="6 5"' if dashed else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{dashes}/>'


def text(x: float, y: float, words: str, anchor: str = "start", *, rotated: bool = False, centred: bool = False) -> str:
    """Place words at (x, y); rotated, they run upwards and end there, or lie around it if `centred`."""
    if rotated:
        anchor, place = "middle" if centred else "end", f"translate({x + 5:.1f} {y - 14:.1f}) rotate(-90)"
        return f'<text transform="{place}" text-anchor="{anchor}">{html_text(words)}</text>'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html_text(words)}</text>'


def arrowhead(x: float, y: float, direction: int) -> str:
    """Return a triangle with its tip at (x, y), pointing to the right (1) or the left (-1)."""
    return f'<path d="M {x:.1f} {y:.1f} l {-10 * direction} -6 v 12 z"/>'


def shortened(label: str, most: int = 26) -> str:
    """Return a label that fits beside the drawing; the table has it in full.

    Examples
    --------
    >>> shortened("Emergency department, night shift", most=20)
    'Emergency departmen…'
    """
    return label if len(label) <= most else label[: most - 1] + "…"
