"""The exercise engine: check an answer, climb a ladder of hints, read a worked solution.

One mechanism serves every exercise. `Exercise.evaluate` reduces any answer to plain values: a number, or a
dict of them; for a function, what it returns on fixed cases. `check` compares these values with those of the
right answer, then with those of each named mistake, so that every mistake gets its own hint.
"""

import contextlib
import copy
import difflib
import importlib
import inspect
import io
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Number
from pathlib import Path

import numpy as np

# --- what a learner sees ----------------------------------------------------------------------------------


class CheckFailed(AssertionError):
    """A wrong answer: one line says what is wrong, one line says what to do next. No traceback."""

    def __init__(self, what, next_step):
        super().__init__(what, next_step)

    def __str__(self):
        return "\n".join(self.args)

    def _render_traceback_(self):
        # IPython calls this, where it exists, instead of printing a traceback.
        return list(self.args)


class NotAttempted(CheckFailed):
    """The untouched stub. It must raise too: nbgrader gives full marks to a cell in which nothing raises."""


def check(exercise_id, answer):
    """Check an answer, for example `check("18.1-a", 0.5)`; a right one prints one line and returns None.

    Raises CheckFailed with the hint for this mistake when the answer is wrong, NotAttempted for the untouched
    stub, and ValueError for an unknown id. A function gets copies of the inputs; its warnings are silenced.
    """
    exercise = find(exercise_id)
    # nbgrader gives no marks to a cell that writes to stderr, so a mere warning must not get there.
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        failure = _judge(exercise, answer)
    if failure is not None:
        raise failure
    print(f"{exercise.id}: right. {exercise.why}")


_hints_given = {}  # exercise id -> number of hints printed; forgotten when the kernel stops


def hint(exercise_id):
    """Print the next hint of an exercise. The last one says how to see the solution."""
    exercise = find(exercise_id)
    total = len(exercise.hints)
    step = min(_hints_given.get(exercise.id, 0) + 1, total)
    _hints_given[exercise.id] = step
    print(f"{exercise.id}, hint {step} of {total}: {exercise.hints[step - 1]}")
    if step == total:
        print(f'This was the last hint. To read a worked answer: solution("{exercise.id}")')


def solution(exercise_id):
    """Print the worked solution of an exercise, with its reason."""
    exercise = find(exercise_id)
    worked = exercise.worked if isinstance(exercise.worked, str) else inspect.getsource(exercise.worked)
    print(f"{exercise.id}: {exercise.title}\n\n{worked.strip()}\n\nWhy: {exercise.why}")


# --- what an author of exercises writes -------------------------------------------------------------------


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners really give, and the hint that belongs to it (one line)."""

    name: str
    answer: object
    hint: str


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    `expects` completes "This exercise asks for ...". `evaluate(answer)` returns plain values: a float, a
    text, a bool or a dict of these; it raises WrongKind for an answer that it cannot read. `also_right` and
    `mistakes` are proven in the tests. `worked` is a text, or a function whose source is shown.
    `explain(got, right)`, optional, writes the message when no mistake fits; without it the first difference
    is named.
    """

    id: str
    title: str
    expects: str
    evaluate: Callable
    right: object
    also_right: tuple
    mistakes: tuple
    hints: tuple
    worked: object
    why: str
    tolerance: float = 0.0
    explain: Callable | None = None


@dataclass(frozen=True)
class Case:
    """One set of inputs on which a learner's function is called, in the order of `arguments`."""

    label: str
    arguments: dict

    def __str__(self):
        inputs = ", ".join(f"{name} = {short(value)}" for name, value in self.arguments.items())
        return f"the case '{self.label}' ({inputs})"


class WrongKind(Exception):
    """An answer of the wrong kind. Its text is one sentence or two: what came, what to do."""


class NotAnswered(Exception):
    """There is no answer yet: the stub is untouched."""


def number(answer, *, low=-math.inf, high=math.inf, allow_nan=False):
    """Return a number of Python, numpy, pandas or torch (also a 0-d array) as a float, or raise WrongKind."""
    try:
        if isinstance(answer, str | bytes | bool | np.bool_) or getattr(answer, "ndim", 0) != 0:
            raise TypeError
        value = float(answer)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise WrongKind(f"{came(answer)} came, where one number is needed.") from None
    if math.isnan(value) and allow_nan:
        return value
    if not math.isfinite(value):
        raise WrongKind(f"{short(value)} came. Look for a division by zero or an empty group in your code.")
    if not low <= value <= high:
        raise WrongKind(f"{short(value)} came, which is not between {low} and {high}. Give a share, not a percentage.")
    return value


def mapping(answer, read):
    """Return a dict or a pandas Series as a dict, each value passed through `read`. Else raise WrongKind."""
    if type(answer).__name__ == "Series":
        answer = answer.to_dict()
    if not isinstance(answer, dict):
        raise WrongKind(f"{came(answer)} came, where a dict is needed.")
    values = {}
    for key, value in answer.items():
        try:
            values[key] = read(value)
        except WrongKind as problem:
            raise WrongKind(f"At the key {short(key)}: {problem}") from None
    return values


def array(answer, *, ndim=1):
    """Return a list, array, tensor or Series with `ndim` axes as `{place: number}`, or raise WrongKind.

    Axes of length 1 may be left out or added, as long as the values and their order stay the same.
    """
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().numpy()
    try:
        if isinstance(answer, str | bytes | dict):
            raise TypeError
        values = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        raise WrongKind(f"{came(answer)} came, where {_axes(ndim)} of numbers is needed.") from None
    if values.ndim != ndim:
        values = values.squeeze()
    if values.ndim < ndim and values.size == 1:
        values = values.reshape((1,) * ndim)
    if values.ndim != ndim or values.size == 0:
        raise WrongKind(f"{came(answer)} came, where {_axes(ndim)} of numbers is needed.")
    if not np.isfinite(values).all():
        raise WrongKind("NaN or infinity came. Look for a division by zero or an empty group in your code.")
    return {", ".join(str(k + 1) for k in place): float(value) for place, value in np.ndenumerate(values)}


def _axes(ndim):
    return {1: "a list or array", 2: "a table (rows and columns)"}.get(ndim, f"an array with {ndim} axes")


def choice_of(answer, offered):
    """Return a set, list or array of names as `{name: chosen or not}`. Else raise WrongKind."""
    if isinstance(answer, str | bytes | dict) or not hasattr(answer, "__len__"):
        raise WrongKind(f'{came(answer)} came, where a set of names is needed, such as {{"{offered[0]}", "..."}}.')
    chosen = set()
    for name in answer:
        if str(name) not in offered:
            near = difflib.get_close_matches(str(name), offered, n=1)
            advice = f"Do you mean {near[0]!r}?" if near else "Copy the names exactly as they are offered."
            raise WrongKind(f"{short(name)} is not one of the names offered. {advice}")
        chosen.add(str(name))
    return {name: name in chosen for name in offered}


def outputs(function, cases, read):
    """Return what `function` gives back on each case, passed through `read`, as `{case as text: value}`.

    Give several cases, some of them awkward, so that a constant cannot pass; small ones first, because a
    learner can follow these by hand. The function gets copies of the inputs.
    """
    if not callable(function):
        raise WrongKind(f"{came(function)} came. Give the name of your function alone, without brackets after it.")
    results = {}
    for case in cases:
        try:
            output = function(*copy.deepcopy(list(case.arguments.values())))
        except NotImplementedError:
            raise NotAnswered from None
        except (Exception, SystemExit) as error:
            raise WrongKind(f"Your function stopped with {_in_plain_words(error)} That was on {case}.") from None
        if not results and is_stub(output):
            raise NotAnswered
        try:
            results[str(case)] = read(output)
        except WrongKind as problem:
            raise WrongKind(f"On {case}: {problem}") from None
    return results


def is_stub(answer):
    """Say whether `answer` is what an untouched stub holds or returns."""
    return answer is None or answer is Ellipsis


# --- judging an answer ------------------------------------------------------------------------------------


def find(exercise_id):
    """Return the Exercise with this id, loading its section only. Raises ValueError that lists near ids."""
    if not isinstance(exercise_id, str):
        raise ValueError(
            f'exercise_id must be a text such as "18.1-a", but this came: {came(exercise_id)}. '
            'The id comes first: check("18.1-a", answer).'
        )
    wanted = exercise_id.strip().lower()
    nearest = difflib.get_close_matches(wanted.partition("-")[0], section_numbers(), n=1, cutoff=0)[0]
    exercises = load_section(nearest)
    if wanted not in exercises:
        raise ValueError(f"exercise_id {short(exercise_id)} does not exist. Use one of: {', '.join(exercises)}.")
    return exercises[wanted]


def section_numbers():
    """Return the sections that have exercises, for example ["18.1", "18.2"]."""
    files = sorted(Path(__file__).parent.glob("section_*.py"))
    return [file.stem.removeprefix("section_").replace("_", ".") for file in files]


def load_section(number):
    """Return `{id: Exercise}` of one section."""
    return importlib.import_module(f"{__package__}.section_{number.replace('.', '_')}").EXERCISES


def _judge(exercise, answer):
    """Return None for a right answer, else the CheckFailed to raise."""
    try:
        got = _evaluate(exercise, answer)
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
    return CheckFailed(f"{exercise.id}: {what}", f'Change your answer and check again. For help: hint("{exercise.id}")')


def _evaluate(exercise, answer):
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


def _message(exercise, got, right):
    """Return the one line that says what is wrong."""
    for mistake in exercise.mistakes:
        if same(got, _evaluate(exercise, mistake.answer), exercise.tolerance):
            return mistake.hint
    if isinstance(got, WrongKind):
        return f"{got} This exercise asks for {exercise.expects}."
    if exercise.explain is not None:
        return exercise.explain(got, right)
    return _first_difference(got, right, exercise.tolerance)


def same(one, other, tolerance):
    """Say whether two evaluated answers are equal: numbers within `tolerance`, nan equal to nan."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key], tolerance) for key in one)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= tolerance or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and str(one) == str(other)


def _first_difference(got, right, tolerance, place=""):
    """Return a sentence on the first place where the evaluated answers differ."""
    if isinstance(right, dict):
        missing = ", ".join(short(key) for key in right if key not in got)
        extra = ", ".join(short(key) for key in got if key not in right)
        if missing:
            return f"{place}your answer has no entry {missing}."
        if extra:
            return f"{place}your answer has an entry that does not belong there: {extra}."
        key = next(key for key in right if not same(got[key], right[key], tolerance))
        words = f"On {key}: " if not place else f"{place}at the key {short(key)}, "
        return _first_difference(got[key], right[key], tolerance, words)
    if place:
        return f"{place}your function gives {short(got)}, but the right value is {short(right)}."
    # A single number: say the direction only, or the message would be the answer.
    return f"{short(got)} is too {'low' if got < right else 'high'}."


def _in_plain_words(error):
    """Return an exception as a sentence: its name, what such an error means, and its own text."""
    meaning = next((words for kind, words in _MEANINGS.items() if isinstance(error, kind)), "an error")
    text = " ".join(str(error).split())
    return f"{type(error).__name__}, {meaning}" + (f": {text[:150].rstrip('.')}." if text else ".")


_MEANINGS = {
    ZeroDivisionError: "a division by zero",
    KeyError: "a key that does not exist",
    IndexError: "a position that does not exist",
    NameError: "a name that is not defined",
    AttributeError: "an attribute or method that does not exist",
    ImportError: "a module that cannot be loaded",
    TypeError: "a wrong kind of value or a wrong number of arguments",
    ValueError: "a value that cannot be used here",
}


def came(value):
    """Say in a few plain words what a value is, for a message."""
    if value is None:
        return "Nothing (None)"
    if isinstance(value, str):
        return f"The text {short(value)}"
    if isinstance(value, Number | np.generic):
        return f"The value {short(value)}"
    if callable(value):
        return "A function or class"
    if getattr(value, "ndim", 0):
        return f"A {type(value).__name__} of shape {tuple(value.shape)}"
    if hasattr(value, "__len__"):
        return f"A {type(value).__name__} of length {len(value)}"
    return f"A {type(value).__name__}"


def short(value):
    """Return a value as a short text on one line."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, np.ndarray):
        text = repr(value.tolist()) if value.size <= 12 else f"an array of shape {value.shape}"
    else:
        text = repr(value)
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:87] + "..."
