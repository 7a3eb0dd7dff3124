"""Gains of a class from the concept test: `python gains.py class.csv`, or the notebook class_gains.ipynb.

key.md says what the file holds.
"""

import csv
import json
import math
import random
import sys
import zlib
from pathlib import Path
from statistics import mean, stdev
from typing import NamedTuple

from scipy.stats import t

from clinxai_teach.intervals import clopper_pearson

ITEMS = json.loads((Path(__file__).parent / "items.json").read_text(encoding="utf-8"))["items"]
MARK = f"{zlib.crc32(json.dumps(ITEMS).encode()):08x}"[:4]  # as on the printed forms
SECTIONS = sorted({item["section"] for item in ITEMS})
HEAD = ["person", "when", "form", *(f"q{item['number']}" for item in ITEMS)]
Right = list[bool]
CLEARLY = 6  # so many more right by the key of the other form: is the form right?
UNEVEN = 0.1  # of the class: by so much more may begin with one form than with the other before a sentence says it


class Sitting(NamedTuple):
    """One person's answers on one occasion: the form, which items are right, how many were left empty.

    `other`: how many would be right by the key of the other form.
    """

    form: str
    right: Right
    empty: int
    other: int


People = dict[str, dict[str, Sitting]]


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
        raise ValueError(f"form is A or B, as on the paper, found {form!r}")
    for item, answer in zip(ITEMS, answers, strict=True):
        if answer and answer not in item[form]["options"]:
            raise ValueError(f"item {item['number']} has no option {answer!r}; write a, b, c or leave it empty")
    return [answer == item[form]["key"] for item, answer in zip(ITEMS, answers, strict=True)]


def read_class(path: str | Path) -> People:
    """Each person's marked answers before and after; a row without any answer is an occasion that was not taken."""
    people: People = {}
    seen = set()
    lines = text_of(path).splitlines()
    begin = 2 if lines and lines[0].startswith("sep=") else 1
    first = lines[begin - 1].lower() if len(lines) >= begin else ""
    # Where a comma stands in numbers, a spreadsheet puts semicolons between the columns.
    between = max(",;\t", key=first.count)
    names = [name.strip(' "') for name in first.split(between)]
    if first and not {"person", "when"} <= set(names):
        raise ValueError(f"line {begin}: the heading is missing; write {','.join(HEAD[:4])},...,{HEAD[-1]}")
    for line, row in enumerate(csv.DictReader(lines[begin:], names, delimiter=between), begin + 1):
        if not any(row.values()):
            continue  # a spreadsheet may leave empty rows behind the last person
        when = (row.get("when") or "").strip().lower()
        if when not in ("before", "after"):
            raise ValueError(f"line {line}: when is before or after, found {row.get('when')!r}")
        person = (row.get("person") or "").strip()
        if not person:
            raise ValueError(f"line {line}: person is empty; write a name or a number")
        if (person, when) in seen:
            raise ValueError(
                f"line {line}: {person} has two rows for {when}; keep one, or give one of two people a letter"
            )
        seen.add((person, when))
        missing = [f"q{item['number']}" for item in ITEMS if row.get(f"q{item['number']}") is None]
        if missing:
            raise ValueError(f"line {line}: no column or value for {', '.join(missing)}; leave unanswered ones empty")
        answers = [row[f"q{item['number']}"].strip().lower() for item in ITEMS]
        taken = people.setdefault(person, {})
        if not any(answers):
            continue
        form = (row.get("form") or "").strip().upper()
        try:
            right = marked(form, answers)
            other = sum(
                item["BA"["AB".index(form)]]["key"] == answer for item, answer in zip(ITEMS, answers, strict=True)
            )
            taken[when] = Sitting(form, right, answers.count(""), other)
        except ValueError as error:
            raise ValueError(f"line {line}: {error}") from error
    return people


def text_of(path: str | Path) -> str:
    """The text of a file, as a spreadsheet saves it: UTF-8, or else the old Windows alphabet."""
    saved = Path(path).read_bytes()
    if saved.startswith(b"PK"):
        raise ValueError(f"{path} is a workbook, not a CSV; in your spreadsheet choose Save As, then CSV")
    if saved[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return saved.decode("utf-16")
    try:
        return saved.decode("utf-8-sig")
    except UnicodeDecodeError:
        return saved.decode("cp1252", errors="replace")


def both_forms(people: People) -> list[tuple[Sitting, Sitting]]:
    """Those who answered before and after, and not the same form."""
    both = [(one["before"], one["after"]) for one in people.values() if len(one) == 2]
    return [(before, after) for before, after in both if before.form != after.form]


def pairs(people: People) -> list[tuple[Right, Right]]:
    """What those had right, before and after."""
    return [(before.right, after.right) for before, after in both_forms(people)]


def mean_gain(paired: list[tuple[Right, Right]]) -> Gain:
    """The mean gain with Student's interval: mean plus or minus t(n - 1) times s / sqrt(n)."""
    if len(paired) < 2:
        raise ValueError(f"an interval needs at least 2 persons with answers before and after, found {len(paired)}")
    gains = [sum(after) - sum(before) for before, after in paired]
    half = float(t.ppf(0.975, len(gains) - 1)) * stdev(gains) / math.sqrt(len(gains))
    before, after = mean(sum(one) for one, _ in paired), mean(sum(two) for _, two in paired)
    return Gain(len(gains), before, after, mean(gains), mean(gains) - half, mean(gains) + half)


def section_gains(paired: list[tuple[Right, Right]]) -> dict[str, Gain]:
    """The mean gain in the items of each section, with its interval."""
    return {
        section: mean_gain([(of_section(before, section), of_section(after, section)) for before, after in paired])
        for section in SECTIONS
    }


def of_section(right: Right, section: str) -> Right:
    return [one for one, item in zip(right, ITEMS, strict=True) if item["section"] == section]


def still_wrong(paired: list[tuple[Right, Right]]) -> list[tuple[dict, int, float, float]]:
    """Each item, how many persons miss it afterwards, the exact 95% interval of their share; most missed first."""
    missed = [(item, sum(not after[n] for _, after in paired)) for n, item in enumerate(ITEMS)]
    missed.sort(key=lambda found: -found[1])
    return [(item, wrong, *clopper_pearson(wrong, len(paired))) for item, wrong in missed]


def item_changes(paired: list[tuple[Right, Right]]) -> list[tuple[int, int, float, float]]:
    """For each item: to right, to wrong, and the exact 95% interval of the share to right among all who changed."""
    changes = []
    for number in range(len(ITEMS)):
        gained = sum(after[number] and not before[number] for before, after in paired)
        lost = sum(before[number] and not after[number] for before, after in paired)
        changes.append((gained, lost, *(clopper_pearson(gained, gained + lost) if gained + lost else (0.0, 1.0))))
    return changes


def halves(paired: list[tuple[Sitting, Sitting]]) -> tuple[list[int], list[int]]:
    """The gains of those who began with form A, and of those who began with form B."""
    began: dict[str, list[int]] = {"A": [], "B": []}
    for before, after in paired:
        began[before.form].append(sum(after.right) - sum(before.right))
    return began["A"], began["B"]


def even_gain(a: list[int], b: list[int]) -> tuple[float, float, float]:
    """The mean of the two halves' mean gains with Welch's 95% interval: a harder form cancels out, however many."""
    parts = [stdev(half) ** 2 / (4 * len(half)) for half in (a, b)]
    gain, error = (mean(a) + mean(b)) / 2, math.sqrt(sum(parts))
    if not error:
        return gain, gain, gain
    freedom = sum(parts) ** 2 / sum(part**2 / (len(half) - 1) for part, half in zip(parts, (a, b), strict=True))
    spread = float(t.ppf(0.975, freedom)) * error
    return gain, gain - spread, gain + spread


def forms_said(paired: list[tuple[Sitting, Sitting]]) -> str:
    """How many began with which form, and the gain without that difference where the halves are uneven."""
    a, b = halves(paired)
    gained = [f" (gain {signed(mean(half))})" if half else "" for half in (a, b)]
    said = f"{len(a)} began with form A{gained[0]}, {len(b)} with form B{gained[1]}."
    if abs(len(a) - len(b)) <= max(1, UNEVEN * len(paired)):
        return said
    if min(len(a), len(b)) < 2:
        return f"{said} Nearly all had the same order: a harder or easier form cannot be told from a gain."
    gain, low, high = even_gain(a, b)
    return (
        f"{said} These are uneven, so a harder form would look like a gain or a loss; take the mean of the two halves: "
        f"{signed(gain)} ({signed(low)} to {signed(high)})."
    )


def who_counts(people: People) -> str:
    """Who is in the gain and who is left out, with their means where one may ask whether they differ."""
    paired = both_forms(people)
    once = [next(iter(one.values())) for one in people.values() if len(one) == 1]
    twice = [name for name, one in people.items() if len(one) == 2 and one["before"].form == one["after"].form]
    said = f"{len(paired)} person{'s' * (len(paired) != 1)} answered before and after; {len(once)} only once (left out"
    if early := [sum(one["before"].right) for one in people.values() if list(one) == ["before"]]:
        said += f"; {len(early)} of them before: {mean(early):.1f} right"
        if paired:
            said += f", the others {mean(sum(before.right) for before, _ in paired):.1f}"
    said += ")."
    if none := sum(not one for one in people.values()):
        said += f" {none} {'has' if none == 1 else 'have'} no answer at all."
    if twice:
        said += f" Left out, because they had the same form twice: {', '.join(twice)}."
    return said


def counts(people: People) -> list[str]:
    """Who counts, how many were right, the gain, the forms and what was left empty, in sentences."""
    paired = both_forms(people)
    try:
        g = mean_gain(pairs(people))
    except ValueError as error:
        raise ValueError(f"{error}. {who_counts(people).removesuffix('.')}") from error
    empty = [mean(one.empty for one in when) for when in zip(*paired, strict=True)]
    return [
        who_counts(people),
        f"Right of {len(ITEMS)}, mean: {g.before:.1f} before, {g.after:.1f} after. "
        f"Left empty, mean: {empty[0]:.1f} before, {empty[1]:.1f} after.",
        f"Mean gain {signed(g.gain)} items, 95% interval {signed(g.low)} to {signed(g.high)}. {verdict(g)}",
        forms_said(paired),
        *doubts(people),
    ]


def doubts(people: People) -> list[str]:
    """What looks like a wrong form letter, or prints of another version: it would pass as a gain or a loss."""
    said = []
    for when in ("before", "after"):
        there = [one[when] for one in people.values() if when in one]
        if there and mean(sum(one.right) for one in there) < (
            guessed := mean(len(ITEMS) - one.empty for one in there) / 3
        ):
            said.append(
                f"Look again: {when} the course fewer are right than by guessing ({guessed:.1f}). Is the column form "
                f"right, and do the printed forms say “items {MARK}”?"
            )
        fits = [
            name for name, one in people.items() if when in one and one[when].other >= sum(one[when].right) + CLEARLY
        ]
        if fits:
            said.append(f"Look again: {when} the course the answers of {', '.join(fits)} fit the other form better.")
    return said


def report(people: People) -> str:
    """The gains as text, with the changes of each item."""
    paired = pairs(people)
    lines = [
        *counts(people),
        "item  section  to right  to wrong  share to right among those who changed (exact 95% interval)",
    ]
    for item, (gained, lost, low, high) in zip(ITEMS, item_changes(paired), strict=True):
        share = f"{gained / (gained + lost):.2f} ({low:.2f} to {high:.2f})" if gained + lost else "nobody changed"
        lines.append(f"{item['number']:4}  {item['section']:7}  {gained:8}  {lost:8}  {share}")
    return "\n".join(lines)


def summary(path: str | Path) -> str:
    """All that a file says about a class, in plain words; or in one sentence what is wrong with the file."""
    try:
        people = read_class(path)
        said, paired = counts(people), pairs(people)
    except FileNotFoundError:
        return f"There is no file {str(path)!r} beside this notebook. Put it there, or mend the name."
    except (OSError, ValueError) as error:
        return f"The file cannot be used yet: {error}. Mend it, save it, and run this cell again."
    lines = [*said, "", "section  items  before  after  gain (95% interval)"]
    for section, g in section_gains(paired).items():
        count = sum(item["section"] == section for item in ITEMS)
        lines.append(
            f"{section:7}  {count:5}  {g.before:6.1f}  {g.after:5.1f}  {signed(g.gain)} "
            f"({signed(g.low)} to {signed(g.high)})"
        )
    lines += ["", "Most missed after the course (share of persons, exact 95% interval):"]
    lines += [
        f"item {item['number']:2} ({item['section']})  {wrong:3} of {len(paired)}, {low:.0%} to {high:.0%}  "
        f"{item['misconception']}"
        for item, wrong, low, high in still_wrong(paired)[:6]
    ]
    return "\n".join(lines)


def signed(number: float) -> str:
    """A number with its sign, near 0 with two decimals; 0 has none."""
    if abs(number) >= 0.05:
        return f"{number:+.1f}"
    return f"{number:+.2f}" if abs(number) >= 0.005 else "0.0"


def verdict(gain: Gain) -> str:
    """What the interval of a mean gain says."""
    if gain.low > 0:
        return "The whole interval is above 0: more answers were right afterwards."
    if gain.high < 0:
        return "The whole interval is below 0: fewer answers were right afterwards."
    return "The interval holds 0: with so few persons, no gain is shown, and none is ruled out."


def empty_table(path: str | Path, people: int) -> None:
    """Write a file to fill in: two rows for each person, before and after; the form is typed from the paper."""
    empty = [""] * (1 + len(ITEMS))
    write_rows(path, [[number, when, *empty] for number in range(1, people + 1) for when in ("before", "after")])


def made_up_class(path: str | Path, people: int = 30, seed: int = 0) -> None:
    """Write a file of persons who do not exist. Each knows an item with 45% before and 65% after; else they guess."""
    chance, rows = random.Random(seed), []
    for number in range(1, people + 1):
        forms = ("A", "B") if number % 2 else ("B", "A")
        for when, form, knows in zip(("before", "after"), forms, (0.45, 0.65), strict=True):
            answers = [item[form]["key"] if chance.random() < knows else chance.choice("abc") for item in ITEMS]
            rows.append([number, when, form, *answers])
    write_rows(path, rows)


def write_rows(path: str | Path, rows: list[list]) -> None:
    """Write a file, but never over another one."""
    with Path(path).open("x", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEAD, *rows])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python gains.py class.csv")
    try:
        print(report(read_class(sys.argv[1])))
    except (OSError, ValueError) as error:
        sys.exit(str(error))
