"""A closed answer as plain data: what can be chosen, matched or calculated, what is right, and why.

The constructors in `kinds` fill it in, so that a learning platform can ask the same (see `clinxai_teach.lms`).
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias


class Option(NamedTuple):
    """One thing that can be chosen: its text, whether it is right, and the reason."""

    text: str
    right: bool
    reason: str


class Choose(NamedTuple):
    """The right `options` are chosen, by name. Where they are `complete`, their texts need not stand in the task."""

    options: Mapping[str, Option]
    complete: bool = False


class Match(NamedTuple):
    """Each case gets one of `labels` (letter to text). `cases`: the letters that are right, the reason."""

    labels: Mapping[str, str]
    cases: Mapping[str, tuple[tuple[str, ...], str]]


class Numbers(NamedTuple):
    """Named numbers, or one without a name (""): value, tolerance, and how it is found."""

    values: Mapping[str, tuple[float, float, str]]


Closed: TypeAlias = Choose | Match | Numbers
