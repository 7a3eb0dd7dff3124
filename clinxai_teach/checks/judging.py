"""What an exercise is, and how an answer is judged.

`Exercise.evaluate` reduces any answer to plain values (see `reading`). `judge` compares these with those of the right
answer, then with those of each named mistake, so that every mistake gets its own hint.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clinxai_teach._lazy import SaidPlainly
from clinxai_teach.checks.closed import Closed
from clinxai_teach.checks.reading import NotAnswered, WrongKind, is_stub, short

PERCENTAGE = "is a percentage. Give a share, not a percentage."
NOT_HERE = "Not in this edition: your teacher discusses it in the room, or marks it if you hand it in."


class CheckFailed(SaidPlainly, AssertionError):
    """A wrong answer: one line says what is wrong, one line says what to do next. No traceback.

    `share` is the part of the answer that is right, from 0 to 1, for a teacher who gives partial credit.
    """

    def __init__(self, what: str, next_step: str, share: float = 0.0) -> None:
        super().__init__(what, next_step)
        self.share = share

    def __str__(self) -> str:
        return "\n".join(self.args)


class NotAttempted(CheckFailed):
    """The untouched stub. It must raise too: nbgrader gives full marks to a cell in which nothing raises."""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners really give, and the hint that belongs to it (one line)."""

    name: str
    answer: Any
    hint: str


@dataclass(frozen=True)
class Exercise:
    """One exercise. An author makes it with one of the constructors in `kinds`.

    `expects` completes "This exercise asks for ...". `evaluate(answer)` returns plain values: a float, a
    text, a bool or a dict of these; it raises WrongKind for an answer that it cannot read. `also_right` and
    `mistakes` are proven in the tests. `explain(got, right)` writes the message when no mistake and no common slip
    fits. `tolerance` of a dict of numbers may be a dict. `material` is what the exercise asks about (statements,
    lines, cases), as Markdown; `closed` is a closed answer as plain data. The bank fills in `id`, `title` and `worked`.
    """

    expects: str
    evaluate: Callable[[Any], Any]
    right: Any
    also_right: tuple[Any, ...]
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, ...]
    why: str
    explain: Callable[[Any, Any], str]
    tolerance: float | Mapping[Any, float] = 0.0
    material: str = ""
    closed: Closed | None = None
    marked_by_teacher: bool = False
    worked: str = ""
    id: str = ""
    title: str = ""

    @cached_property
    def known(self) -> list[tuple[str, Any]]:
        """The hint of each mistake with its plain values: computed at the first wrong answer, not at each."""
        return [(mistake.hint, evaluate(self, mistake.answer)) for mistake in self.mistakes]


def judge(exercise: Exercise, answer: object) -> CheckFailed | None:
    """Return None for a right answer, else the CheckFailed to raise."""
    try:
        got = evaluate(exercise, answer)
    except NotAnswered:
        return NotAttempted(
            f"{exercise.id}: not attempted. This exercise asks for {exercise.expects}.",
            "Write your answer (a function needs a return), run its cell, and check again. "
            f'For a first step: hint("{exercise.id}")',
        )
    right = exercise.evaluate(exercise.right)
    if same(got, right, exercise.tolerance):
        return None
    what = _message(exercise, got, right)
    readable = got.readable if isinstance(got, WrongKind) else got
    done, extra, of = parts_right(readable, right, exercise.tolerance)
    so_far = f"Right so far: {done} of {of}{f', and {extra} too many' if extra else ''}. "
    if of == 1 or isinstance(got, WrongKind):  # of what is still open no count, or each entry could be tried by itself
        so_far = ""
    return CheckFailed(
        f"{exercise.id}: {what}",
        f'{so_far}Change your answer and check again. For help: hint("{exercise.id}")',
        min(max(done - extra, 0), of - 1) / of,  # never the whole, while something is wrong
    )


def evaluate(exercise: Exercise, answer: object) -> Any:
    """Return the plain values of an answer, or the WrongKind that says why there are none."""
    if is_stub(answer):
        raise NotAnswered
    try:
        return exercise.evaluate(answer)
    except NotAnswered:
        raise
    except WrongKind as problem:
        return problem
    except Exception as error:
        # A learner may hand over anything at all. A strange object must not end in a traceback.
        return WrongKind(f"A {type(answer).__name__} came that cannot be read ({type(error).__name__}).")


def _message(exercise: Exercise, got: Any, right: Any) -> str:
    """Return the one line that says what is wrong."""
    for hint, mistaken in exercise.known:
        if same(got, mistaken, exercise.tolerance):
            return hint
    if isinstance(got, WrongKind):
        return f"{got} This exercise asks for {exercise.expects}."
    for hint, mistaken in exercise.known:
        if _holds_mistake(got, mistaken, right, exercise.tolerance):
            return hint
    return slip(got, right, exercise.tolerance) or exercise.explain(got, right)


def _holds_mistake(got: Any, mistaken: Any, right: Any, tolerance: float | Mapping[Any, float]) -> bool:
    """Say whether named numbers hold a whole mistake, beside other wrong ones."""
    if isinstance(mistaken, WrongKind):
        return False
    got, mistaken, right = (by_name(value, right) for value in (got, mistaken, right))
    if not isinstance(right, dict) or not all(isinstance(leaf, float) for _, leaf in leaves(right)):
        return False
    wrong = [name for name in right if not same(mistaken[name], right[name], at(tolerance, name))]
    return all(same(got[name], mistaken[name], at(tolerance, name)) for name in wrong)


def by_name(value: Any, right: Any) -> Any:
    """Return what a function gives as `{name: {case: number}}`, if it gives the same names on each case.

    Named numbers stay as they are; of what has no names, nothing is returned.
    """
    if not isinstance(right, dict) or not isinstance(value, dict):
        return None
    rows = list(right.values())
    if all(isinstance(row, float) for row in rows):
        return value
    names = list(rows[0]) if all(isinstance(row, dict) and row.keys() == rows[0].keys() for row in rows) else []
    if not all(isinstance(name, str) and name[0].isalpha() for name in names):
        return None
    return {name: {case: row[name] for case, row in value.items() if name in row} for name in names} or None


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """Return the single values of an evaluated answer, each with the keys that lead to it."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    return [(path, value)]


def slip(got: Any, right: Any, tolerance: float | Mapping[Any, float]) -> str | None:
    """Return what to say where all wrong numbers become right by one common step (another unit, a sign), else None."""
    mine, wanted = dict(leaves(got)), dict(leaves(right))
    if mine.keys() != wanted.keys():
        return None
    wrong = [path for path in wanted if not same(mine[path], wanted[path], at(tolerance, path[0] if path else None))]
    if not all(isinstance(mine[path], float) and isinstance(wanted[path], float) for path in wrong):
        return None
    pairs = [(mine[path], wanted[path]) for path in wrong]
    named = list(zip(pairs, wrong, strict=True))
    unit = "Look at the unit that is asked."
    start = f"On {', at the key '.join(map(str, wrong[0]))}: " if wrong[0] else ""
    is_array = len(wrong[0]) == 2 and isinstance(wrong[0][1], str) and wrong[0][1][:1].isdigit()
    shares = not is_array and all(0 <= value <= 1 for _, value in pairs)
    if not is_array and all(is_percentage(*pair, at(tolerance, path[0] if path else None)) for pair, path in named):
        return f"{start}{short(pairs[0][0])} {PERCENTAGE}"
    for words, plus, factor in (
        (f"is 100 times too large. Is it a percentage? {unit}", 0, 0.01),
        (f"is 100 times too small. {unit}", 0, 100),
        (f"is 10 times too large. {unit}", 0, 0.1),
        (f"is 10 times too small. {unit}", 0, 10),
        ("has the wrong sign.", 0, -1),
        ("is the share of the others: with the right share it adds up to 1.", 1 if shares else math.nan, -1),
    ):
        off = [(abs(x - y), abs(plus + factor * x - y), abs(y)) for x, y in pairs]  # before the step, after it
        if all(before > 5 * after and after <= 0.02 * size for before, after, size in off):
            return f"{start}{short(pairs[0][0])} {words}"
    if all(any(x == round(y, n) for n in range(7)) and abs(x - y) <= 0.05 * abs(y) for x, y in pairs):
        return f"{start}{short(pairs[0][0])} is right, but rounded too much. Keep more decimals."
    return None


def is_percentage(got: float, right: float, tolerance: float) -> bool:
    """Say whether a number is a share, right but given in percent, perhaps a rounded one."""
    return (
        abs(right) <= 1
        and 5 * abs(got / 100 - right) < abs(got - right)
        and same(got / 100, right, max(tolerance, 0.02 * abs(right)))
    )


def same(one: Any, other: Any, tolerance: float | Mapping[Any, float]) -> bool:
    """Say whether two evaluated answers are equal: numbers within `tolerance`, nan equal to nan."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key], at(tolerance, key)) for key in one)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= at(tolerance, None) or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and str(one) == str(other)


def parts_right(got: Any, right: Any, tolerance: float | Mapping[Any, float]) -> tuple[int, int, int]:
    """Return how many parts of an evaluated answer are right, how many are too many, and of how many parts.

    A single value is one part, a dict has a part for each entry, a function one for each case or each name in what it
    returns. Of what is chosen or not, the chosen ones are the parts: or nothing chosen would be half right.

    Examples
    --------
    >>> parts_right({1: "yes", 2: "no"}, {1: "yes", 2: "yes"}, 0.0)
    (1, 0, 2)
    >>> parts_right({"A": True, "B": True, "C": False}, {"A": True, "B": False, "C": True}, 0.0)
    (1, 1, 2)
    """
    if not isinstance(right, dict):
        return int(same(got, right, tolerance)), 0, 1
    got = got if isinstance(got, dict) else {}
    if all(isinstance(value, bool) for value in right.values()):
        chosen = [key for key in right if got.get(key)]
        hits = sum(right[key] for key in chosen)
        return hits, len(chosen) - hits, sum(right.values())
    if by_name(right, right):
        got, right = by_name(got, right) or {}, by_name(right, right)
    return sum(key in got and same(got[key], right[key], at(tolerance, key)) for key in right), 0, len(right)


def at(tolerance: float | Mapping[Any, float], key: object) -> float:
    """Return the tolerance that belongs to one entry of a dict."""
    return tolerance.get(key, 0.0) if isinstance(tolerance, Mapping) else tolerance
