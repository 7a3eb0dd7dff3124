"""Numbers of the workshop on 18.3, counted from the two tables on its own page.

    {{amber 1 oe}}    tool Amber by table 1: the vendor's test, all adults
    {{amber 2 oe}}    by table 2: only those who were not known to have the disease

The words are those of `counted`: plan, script and key so say the same.
"""

import re

import numpy as np

from cells import BuildError
from clinxai_teach.intervals import poisson_interval, wilson_interval

PLACEHOLDER = re.compile(r"\{\{amber ([12]) (\w+)\}\}")
TABLE = re.compile(r"^\*\*Table ([12])\. .*?\n\n((?:\|.*\n)+)", re.MULTILINE)
ROW = re.compile(r"^\| (\d+)% \| (\d+) \| (\d+) \|$", re.MULTILINE)
FROM = 30  # Amber raises an alert from this percentage on


def fill_in(text: str) -> str:
    """The page with its counts; any other page as it is."""
    if not PLACEHOLDER.search(text):
        return text
    tables = {
        number: [(int(said), int(n), int(ill)) for said, n, ill in ROW.findall(rows)]
        for number, rows in TABLE.findall(text)
    }
    if set(tables) != {"1", "2"}:
        raise BuildError("{{amber}} counts from table 1 and table 2 of its page; one of them is missing")
    left = [
        (said, people - known, ill - known)
        for (said, people, ill), (_, _, known) in zip(tables["1"], tables["2"], strict=True)
    ]
    found = {"1": counted(tables["1"]), "2": counted(left)}

    def put(asked: re.Match[str]) -> str:
        if asked[2] not in found[asked[1]]:
            raise BuildError(f"{asked[0]}: there is no such count; there are {', '.join(found[asked[1]])}")
        return found[asked[1]][asked[2]]

    return PLACEHOLDER.sub(put, text)


def counted(rows: list[tuple[int, int, int]]) -> dict[str, str]:
    """What a pair counts by hand, from what was said (in percent), people and ill of each row."""
    each = [said * people / 100 for said, people, _ in rows]
    expected, ill = sum(each), sum(row[2] for row in rows)
    alerts, right = (sum(row[column] for row in rows if row[0] >= FROM) for column in (1, 2))
    return {
        "people": ", ".join(str(row[1]) for row in rows),
        "ills": ", ".join(str(row[2]) for row in rows),
        "ill": str(ill),
        "dots": ", ".join(f"{row[2]} of {row[1]}" for row in rows),
        "per100": "{}, {} and {}".format(*(f"{100 * row[2] / row[1]:.0f}" for row in rows)),
        "lastdot": f"{rows[-1][2]} of {rows[-1][1]}",
        "lastrange": between(rows[-1][2], rows[-1][1]).replace("%", ""),
        "last": f"{100 * rows[-1][2] / rows[-1][1]:.0f}",
        "sum": " + ".join(f"{number:.0f}" for number in each),
        "expected": f"{expected:.0f}",
        "oe": f"{ill / expected:.2f}",
        "oerange": "{:.2f} to {:.2f}".format(*(float(end) / expected for end in poisson_interval(np.array(ill)))),
        "alerts": str(alerts),
        "right": str(right),
        "ppv": f"{right / alerts:.0%}",
        "ppvrange": between(right, alerts),
        "sensitivity": f"{right / ill:.0%}",
        "sensitivityrange": between(right, ill),
    }


def between(events: int, of: int) -> str:
    """The 95% interval of a share, in words."""
    low, high = wilson_interval(events, of)
    return f"{low:.0%} to {high:.0%}"
