"""Reading what a learner hands over: any answer becomes plain values, or a sentence that says why it cannot.

Plain values are a float, a text, a bool, or a dict of these. So two answers can be compared, whatever kind of number,
list or table they came in.
"""

import copy
import difflib
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Number
from types import CodeType
from typing import Any

import numpy as np


class WrongKind(Exception):
    """An answer of the wrong kind. Its text is one sentence or two: what came, what to do.

    `readable` holds those parts of the answer that could be read, for partial credit.
    """

    def __init__(self, text: str, readable: dict[Any, Any] | None = None) -> None:
        super().__init__(text)
        self.readable = readable


class OutOfRange(float):
    """A number outside its limits, which are in `limits` as words: wrong, but one can still say how."""

    limits: str


class NotAnswered(Exception):
    """There is no answer yet: the stub is untouched."""


def is_stub(answer: object) -> bool:
    """Say whether `answer` is what an untouched stub holds or returns."""
    return answer is None or answer is Ellipsis


def is_stub_function(answer: object) -> bool:
    """Say whether `answer` is a function of Python whose body does nothing."""
    code = getattr(answer, "__code__", None)
    return code is not None and not _does_something(code)


def number(answer: Any, *, low: float = -math.inf, high: float = math.inf, allow_nan: bool = False) -> float:
    """Return a number of Python, numpy, pandas or torch (also a 0-d array) as a float, or raise WrongKind.

    One that is not from `low` to `high` comes back as OutOfRange.
    """
    try:
        if isinstance(answer, str | bytes | bool | np.bool_) or getattr(answer, "ndim", 0) != 0:
            raise TypeError
        value = float(answer)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        advice = ""
        if isinstance(answer, tuple) and len(answer) == 2 and all(type(part) is int for part in answer):
            advice = f" A decimal number has a point: {answer[0]}.{answer[1]}."
        elif isinstance(answer, str):
            advice = _how_to_write(answer)
        raise WrongKind(f"{came(answer)} came, where one number is needed.{advice}") from None
    if math.isnan(value) and allow_nan:
        return value
    if not math.isfinite(value):
        raise WrongKind(f"{short(value)} came. Look for a division by zero or an empty group in your code.")
    if not low <= value <= high:
        value = OutOfRange(value)
        value.limits = f"between {low:g} and {high:g}" if math.isfinite(high) else f"at least {low:g}"
    return value


def _how_to_write(text: str) -> str:
    """Return how to write the number that a text holds: with a point, without %, alone."""
    found = re.findall(r"[-+]?\d*[.,]?\d+\s*%?", text)
    if len(found) != 1:
        return " Write it without quotation marks." if not found else " Write one number, without quotation marks."
    plain = found[0].rstrip("% ").replace(",", ".")
    if "%" in text:
        return f" Write it without quotation marks and without %: {plain}% is {short(float(plain) / 100)}."
    if plain == text.strip():
        return " Write it without quotation marks."
    return f" Write it without quotation marks, the number alone, with a point: {plain}."


def truth(answer: Any) -> bool:
    """Return True, False, 1 or 0 (also numpy's) as a bool, or raise WrongKind."""
    if isinstance(answer, bool | np.bool_) or (isinstance(answer, Number | np.generic) and answer in (0, 1)):
        return bool(answer)
    raise WrongKind(f"{came(answer)} came, where True or False is needed.")


def mapping(answer: Any, read: Callable[[Any], Any]) -> dict[Any, Any]:
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


def plain_name(value: Any) -> str:
    """Return a key or a name as a text; 3.0 is the number 3."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def entries(
    answer: Any, keys: Iterable[Any], read: Callable[[Any], Any], *, items: str = "names", what: str = "number"
) -> dict[Any, Any]:
    """Return a dict or Series with one value for each of `keys`, in their order; the text of a key counts as the key.

    Where the keys are 1, 2, 3, ... a full list will do. `items` names the keys in a message ("cases"), `what` their
    values ("decision"). Raises NotAnswered where every value is a stub, and WrongKind where keys are unknown or open.
    """
    names = {str(key): key for key in keys}
    numbered = list(names) == [str(place) for place in range(1, len(names) + 1)]
    if numbered and isinstance(answer, list | tuple | np.ndarray) and len(answer) == len(names):
        answer = dict(zip(names, answer, strict=True))
    spelled = {name.lower(): name for name in names}
    given = {
        spelled.get(plain_name(key).strip().lower(), plain_name(key)): value
        for key, value in mapping(answer, lambda value: value).items()
    }
    still_open = {key for key, value in given.items() if is_stub(value) or (isinstance(value, str) and value == "")}
    if given and len(still_open) == len(given):
        raise NotAnswered
    readable, problems = {}, []
    for name, key in names.items():
        if name in given and name not in still_open:
            try:
                readable[key] = read(given[name])
            except WrongKind as problem:
                problems.append(f"At the key {short(key)}: {problem}")
    if extra := [name for name in given if name not in names]:
        raise WrongKind(f"There is no {a_few(extra)} among the {items}. The keys are {_listed(list(names))}.", readable)
    if missing := [name for name in names if name not in given or name in still_open]:
        raise WrongKind(f"These {items} have no {what} yet: {', '.join(missing)}.", readable)
    if problems:
        raise WrongKind(problems[0], readable)
    return readable


def _listed(names: list[str]) -> str:
    """Return keys as a text: numbers by the first and the last, others one by one."""
    numbered = len(names) > 2 and all(name.isdigit() for name in names)
    return f"the numbers {names[0]} to {names[-1]}" if numbered else ", ".join(names)


def array(answer: Any, *, ndim: int = 1) -> dict[str, float]:
    """Return a list, array, tensor or Series with `ndim` axes as `{place: number}`, or raise WrongKind.

    Axes of length 1 may be left out or added, as long as the values and their order stay the same.
    """
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().numpy()
    if isinstance(answer, dict) and list(answer) == list(range(len(answer))):
        answer = list(answer.values())
    wanted = {1: "a list or array", 2: "a table (rows and columns)"}.get(ndim, f"an array with {ndim} axes")
    try:
        if isinstance(answer, str | bytes | dict):
            raise TypeError
        values = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        raise WrongKind(f"{came(answer)} came, where {wanted} of numbers is needed.") from None
    if values.ndim != ndim:
        values = values.squeeze()
    if values.ndim < ndim and values.size == 1:
        values = values.reshape((1,) * ndim)
    if values.ndim != ndim or values.size == 0:
        raise WrongKind(f"{came(answer)} came, where {wanted} of numbers is needed.")
    if not np.isfinite(values).all():
        raise WrongKind("NaN or infinity came. Look for a division by zero or an empty group in your code.")
    return {", ".join(str(k + 1) for k in place): float(value) for place, value in np.ndenumerate(values)}


def chosen(answer: Any, offered: Sequence[str]) -> dict[str, bool]:
    """Return names as `{name: chosen or not}`: a set, list or array, a text with commas, or True and False by name."""
    if type(answer).__name__ == "Series" and all(isinstance(value, bool | np.bool_) for value in answer):
        answer = answer.to_dict()
    if isinstance(answer, str):
        answer = [name.strip(" {}[]()'\"") for name in re.split(r"[,;\n]|\band\b", answer) if name.strip()]
    elif isinstance(answer, dict) and answer:
        answer = [name for name, value in mapping(answer, truth).items() if value]
    if isinstance(answer, bytes | dict) or not hasattr(answer, "__len__") or len(answer) > 1000:
        raise WrongKind(f'{came(answer)} came, where a set of names is needed, such as {{"{offered[0]}", "..."}}.')
    if len(answer) and all(is_stub(name) for name in answer):
        raise NotAnswered
    known = {name.lower(): name for name in offered}
    names, problems = set(), []
    for value in answer:
        name = plain_name(value).strip()
        if is_stub(value):
            problems.append("There is still an empty place (...) in your answer.")
        elif name.lower() not in known:
            near = [known[k] for k in known if name.lower() in k] or difflib.get_close_matches(name[:60], offered, n=1)
            advice = f"Do you mean {near[0]!r}?" if near else f"Use names from these: {a_few(offered)}."
            problems.append(f"{short(value)} is not one of the names offered. {advice}")
        else:
            names.add(known[name.lower()])
    found = {name: name in names for name in offered}
    if problems:
        raise WrongKind(problems[0], found)
    return found


@dataclass(frozen=True)
class Case:
    """One set of inputs on which a learner's function is called, in the order of `arguments`."""

    label: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        inputs = ", ".join(f"{name} = {short(value)}" for name, value in self.arguments.items())
        return f"the case '{self.label}' ({inputs})"

    @property
    def small(self) -> bool:
        """Whether a learner sees all inputs in a message, and can follow them by hand."""
        plain = Number, str, list, tuple, set, dict, np.ndarray, Named
        values = self.arguments.values()
        tables = "DataFrame", "Series"
        return all(
            (isinstance(value, plain) or type(value).__name__ in tables) and np.size(value) <= 24 for value in values
        )


@dataclass(frozen=True)
class Named:
    """A function among the inputs of a case, with a name that a learner can read in a message."""

    name: str
    function: Callable[..., Any]

    def __call__(self, *given: Any) -> Any:
        return self.function(*given)

    def __repr__(self) -> str:
        return self.name


def outputs(function: Any, cases: Iterable[Case], read: Callable[[Any], Any]) -> dict[str, Any]:
    """Return what `function` gives back on each case, passed through `read`, as `{case as text: value}`.

    Give several cases, some of them awkward, so that a constant cannot pass; small ones first, because a learner can
    follow these by hand. The function gets copies of the inputs.
    """
    if not callable(function):
        raise WrongKind(f"{came(function)} came. Give the name of your function alone, without brackets after it.")
    results: dict[str, Any] = {}
    problems: list[str] = []
    for case in cases:
        try:
            results[str(case)] = _output(function, case, read, may_be_stub=not results and not problems)
        except WrongKind as problem:
            problems.append(str(problem))
    if problems:
        raise WrongKind(problems[0], results)
    return results


def _output(function: Callable[..., Any], case: Case, read: Callable[[Any], Any], *, may_be_stub: bool) -> Any:
    """Return what `function` gives back on one case, passed through `read`."""
    try:
        output = function(*copy.deepcopy(list(case.arguments.values())))
    except (Exception, SystemExit) as error:
        if isinstance(error, NotImplementedError) and not str(error) and may_be_stub:
            raise NotAnswered from None  # `raise NotImplementedError` is a stub, too
        raise WrongKind(f"Your function stopped with {_in_plain_words(error)} That was on {case}.") from None
    if is_stub(output):
        code = getattr(function, "__code__", None)
        if may_be_stub and not _does_something(code):
            raise NotAnswered
        prints = code is not None and "print" in code.co_names
        advice = (
            "It prints its result: write return in place of print." if prints else "End it with return and the result."
        )
        raise WrongKind(f"On {case}: {came(output)} came from your function. {advice}")
    try:
        return read(output)
    except NotAnswered:
        if may_be_stub:
            raise
        raise WrongKind(f"On {case}: your function returns empty places.") from None
    except WrongKind as problem:
        raise WrongKind(f"On {case}: {problem}") from None


def _does_something(code: CodeType | None) -> bool:
    """Say whether a function uses a name or has a variable of its own; an untouched stub does not."""
    if code is None:
        return False
    given = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    return bool(code.co_names) or code.co_nlocals > given


def _in_plain_words(error: BaseException) -> str:
    """Return an exception as a sentence: its name, what such an error means, and its own text."""
    meaning = next((words for kind, words in _MEANINGS.items() if isinstance(error, kind)), "an error")
    text = " ".join(str(error).split())
    return f"{type(error).__name__}, {meaning}" + (f": {text[:150].rstrip('.')}." if text else ".")


_MEANINGS: dict[type[BaseException], str] = {
    ZeroDivisionError: "a division by zero",
    KeyError: "a key that does not exist",
    IndexError: "a position that does not exist",
    NameError: "a name that is not defined",
    AttributeError: "an attribute or method that does not exist",
    ImportError: "a module that cannot be loaded",
    TypeError: "a wrong kind of value or a wrong number of arguments",
    ValueError: "a value that cannot be used here",
}


def came(value: Any) -> str:
    """Say in a few plain words what a value is, for a message."""
    if value is None:
        return "Nothing (None)"
    if value is Ellipsis:
        return "An open place (...)"
    if isinstance(value, str):
        return f"The text {short(value)}"
    if isinstance(value, Number | np.generic):
        return f"The value {short(value)}"
    if callable(value):
        return "A function or class"
    kind = type(value).__name__.replace("ndarray", "array")
    words = f"{'An' if kind[:1].lower() in 'aeiou' else 'A'} {kind}"
    if getattr(value, "ndim", 0):
        return f"{words} of shape {tuple(value.shape)}"
    return f"{words} of length {len(value)}" if hasattr(value, "__len__") else words


def a_few(keys: Sequence[Any]) -> str:
    """Return keys as a text on one line, no more than six of them."""
    text = ", ".join(" ".join(str(key).split())[:40] or repr(key) for key in keys[:6])
    return text if len(keys) <= 6 else f"{text} and {len(keys) - 6} more"


def short(value: Any) -> str:
    """Return a value as a short text on one line."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value + 0.0:.4g}"  # + 0.0 makes -0 a plain 0
    if isinstance(value, np.ndarray):
        text = repr(value.tolist()) if value.size <= 12 else f"an array of shape {value.shape}"
    else:
        text = repr(value)
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:87] + "..."
