"""Gains of a class from the concept test: `python gains.py class.csv`; key.md says what the file holds."""

import csv
import json
import math
import sys
from pathlib import Path
from statistics import mean, stdev
from typing import NamedTuple

from scipy.stats import t

from clinxai_teach.intervals import clopper_pearson

ITEMS = json.loads((Path(__file__).parent / "items.json").read_text(encoding="utf-8"))["items"]
Right = list[bool]


class Gain(NamedTuple):
    """A mean gain in items with its 95% interval over persons."""

    people: int
    before: float
    after: float
    gain: float
    low: float
    high: float


def marked(form: str, answers: list[str]) -> Right:
    """Which items are right; an empty answer is wrong, an answer that is no option is an error."""
    if form not in ("A", "B"):
        raise ValueError(f"form is A or B, found {form!r}")
    for item, answer in zip(ITEMS, answers, strict=True):
        if answer and answer not in item[form]["options"]:
            raise ValueError(f"item {item['number']} has no option {answer!r}; write a, b, c or leave it empty")
    return [answer == item[form]["key"] for item, answer in zip(ITEMS, answers, strict=True)]


def read_class(path: str | Path) -> dict[str, dict[str, Right]]:
    """Each person's marked answers before and after."""
    people: dict[str, dict[str, Right]] = {}
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            when = (row.get("when") or "").strip().lower()
            if when not in ("before", "after"):
                raise ValueError(f"line {line}: when is before or after, found {row.get('when')!r}")
            person = (row.get("person") or "").strip()
            if not person:
                raise ValueError(f"line {line}: person is empty; write a name or a number")
            if when in people.setdefault(person, {}):
                raise ValueError(f"line {line}: {person} has two rows for {when}; keep one")
            missing = [f"q{item['number']}" for item in ITEMS if row.get(f"q{item['number']}") is None]
            if missing:
                raise ValueError(
                    f"line {line}: no column or value for {', '.join(missing)}; leave unanswered ones empty"
                )
            answers = [row[f"q{item['number']}"].strip().lower() for item in ITEMS]
            try:
                people[person][when] = marked((row.get("form") or "").strip().upper(), answers)
            except ValueError as error:
                raise ValueError(f"line {line}: {error}") from error
    return people


def pairs(people: dict[str, dict[str, Right]]) -> list[tuple[Right, Right]]:
    """Those who have both occasions."""
    return [(both["before"], both["after"]) for both in people.values() if len(both) == 2]


def mean_gain(paired: list[tuple[Right, Right]]) -> Gain:
    """The mean gain with Student's interval: mean plus or minus t(n - 1) times s / sqrt(n)."""
    if len(paired) < 2:
        raise ValueError(f"an interval needs at least 2 persons with both occasions, found {len(paired)}")
    gains = [sum(after) - sum(before) for before, after in paired]
    half = float(t.ppf(0.975, len(gains) - 1)) * stdev(gains) / math.sqrt(len(gains))
    before, after = mean(sum(one) for one, _ in paired), mean(sum(two) for _, two in paired)
    return Gain(len(gains), before, after, mean(gains), mean(gains) - half, mean(gains) + half)


def item_changes(paired: list[tuple[Right, Right]]) -> list[tuple[int, int, float, float]]:
    """For each item: to right, to wrong, and the exact 95% interval of the share to right among all who changed."""
    changes = []
    for number in range(len(ITEMS)):
        gained = sum(after[number] and not before[number] for before, after in paired)
        lost = sum(before[number] and not after[number] for before, after in paired)
        changes.append((gained, lost, *(clopper_pearson(gained, gained + lost) if gained + lost else (0.0, 1.0))))
    return changes


def report(people: dict[str, dict[str, Right]]) -> str:
    """The gains as text."""
    paired = pairs(people)
    g = mean_gain(paired)
    lines = [
        f"{g.people} persons with both occasions, {len(people) - g.people} with one only (left out).",
        f"Before {g.before:.1f}, after {g.after:.1f} of {len(ITEMS)}. "
        f"Mean gain {g.gain:.1f} (95% interval {g.low:.1f} to {g.high:.1f}).",
        "item  section  to right  to wrong  share to right among those who changed (exact 95% interval)",
    ]
    for item, (gained, lost, low, high) in zip(ITEMS, item_changes(paired), strict=True):
        share = f"{gained / (gained + lost):.2f} ({low:.2f} to {high:.2f})" if gained + lost else "nobody changed"
        lines.append(f"{item['number']:4}  {item['section']:7}  {gained:8}  {lost:8}  {share}")
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python gains.py class.csv")
    try:
        print(report(read_class(sys.argv[1])))
    except (OSError, ValueError) as error:
        sys.exit(str(error))
