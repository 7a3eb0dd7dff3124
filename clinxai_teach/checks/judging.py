"""What an exercise is, and how an answer is judged.

`Exercise.evaluate` reduces any answer to plain values (see `reading`). `judge` compares these with those of the right
answer, then with those of each named mistake, so that every mistake gets its own hint.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clinxai_teach.checks.reading import NotAnswered, WrongKind, a_few, is_stub, short


class CheckFailed(AssertionError):
    """A wrong answer: one line says what is wrong, one line says what to do next. No traceback.

    `share` is the part of the answer that is right, from 0 to 1, for a teacher who gives partial credit.
    """

    def __init__(self, what: str, next_step: str, share: float = 0.0) -> None:
        super().__init__(what, next_step)
        self.share = share

    def __str__(self) -> str:
        return "\n".join(self.args)

    def _render_traceback_(self) -> list[str]:
        # IPython calls this, where it exists, instead of printing a traceback.
        return list(self.args)


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
    `mistakes` are proven in the tests. `explain(got, right)`, optional, writes the message when no mistake fits;
    without it the first difference is named. `tolerance` of a dict of numbers may be a dict. `material` is what the
    exercise asks about (statements, lines, cases), as Markdown. The bank fills in `id`, `title` and `worked`.
    """

    expects: str
    evaluate: Callable[[Any], Any]
    right: Any
    also_right: tuple[Any, ...]
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, ...]
    why: str
    tolerance: float | Mapping[Any, float] = 0.0
    explain: Callable[[Any, Any], str] | None = None
    material: str = ""
    marked_by_teacher: bool = False
    worked: str = ""
    id: str = ""
    title: str = ""


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
    done, parts = (0, 1) if isinstance(got, WrongKind) else parts_right(got, right, exercise.tolerance)
    so_far = f"Right so far: {done} of {parts}. " if parts > 1 else ""
    return CheckFailed(
        f"{exercise.id}: {what}",
        f'{so_far}Change your answer and check again. For help: hint("{exercise.id}")',
        done / max(parts, 1),
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
    for mistake in exercise.mistakes:
        if same(got, evaluate(exercise, mistake.answer), exercise.tolerance):
            return mistake.hint
    if isinstance(got, WrongKind):
        return f"{got} This exercise asks for {exercise.expects}."
    if exercise.explain is not None:
        return exercise.explain(got, right)
    return _first_difference(got, right, exercise.tolerance)


def same(one: Any, other: Any, tolerance: float | Mapping[Any, float]) -> bool:
    """Say whether two evaluated answers are equal: numbers within `tolerance`, nan equal to nan."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key], at(tolerance, key)) for key in one)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= at(tolerance, None) or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and str(one) == str(other)


def parts_right(got: Any, right: Any, tolerance: float | Mapping[Any, float]) -> tuple[int, int]:
    """Return how many parts of an evaluated answer are right, and of how many; a single value is one part.

    Examples
    --------
    >>> parts_right({1: "yes", 2: "no"}, {1: "yes", 2: "yes"}, 0.0)
    (1, 2)
    """
    if not isinstance(right, dict):
        return int(same(got, right, tolerance)), 1
    return sum(key in got and same(got[key], right[key], at(tolerance, key)) for key in right), len(right)


def at(tolerance: float | Mapping[Any, float], key: object) -> float:
    """Return the tolerance that belongs to one entry of a dict."""
    return tolerance.get(key, 0.0) if isinstance(tolerance, Mapping) else tolerance


def _first_difference(got: Any, right: Any, tolerance: float | Mapping[Any, float], place: str = "") -> str:
    """Return a sentence on the first place where the evaluated answers differ."""
    if isinstance(right, dict):
        missing = a_few([short(key) for key in right if key not in got])
        extra = a_few([short(key) for key in got if key not in right])
        if missing:
            return f"{place}your answer has no entry {missing}."
        if extra:
            return f"{place}your answer has an entry that does not belong there: {extra}."
        key = next(key for key in right if not same(got[key], right[key], at(tolerance, key)))
        words = f"On {key}: " if not place else f"{place}at the key {short(key)}, "
        return _first_difference(got[key], right[key], at(tolerance, key), words)
    if place:
        return f"{place}your function gives {short(got)}, but the right value is {short(right)}."
    # A single number: say the direction only, or the message would be the answer.
    return f"{short(got)} is too {'low' if got < right else 'high'}."
