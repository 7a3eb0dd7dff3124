"""Reading what a learner hands over: any answer becomes plain values, or a sentence that says why it cannot.

Plain values are a float, a text, a bool, or a dict of these. So two answers can be compared, whatever kind of number,
list or table they came in.
"""

import copy
import difflib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Number
from typing import Any

import numpy as np


class WrongKind(Exception):
    """An answer of the wrong kind. Its text is one sentence or two: what came, what to do."""


class NotAnswered(Exception):
    """There is no answer yet: the stub is untouched."""


def is_stub(answer: object) -> bool:
    """Say whether `answer` is what an untouched stub holds or returns."""
    return answer is None or answer is Ellipsis


def number(answer: Any, *, low: float = -math.inf, high: float = math.inf, allow_nan: bool = False) -> float:
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
        advice = " Give a share, not a percentage." if (low, high) == (0, 1) else ""
        limits = f"between {low:g} and {high:g}" if math.isfinite(high) else f"at least {low:g}"
        raise WrongKind(f"{short(value)} came, which is not {limits}.{advice}")
    return value


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


def entries(
    answer: Any, keys: Iterable[Any], read: Callable[[Any], Any], *, items: str = "names", what: str = "number"
) -> dict[Any, Any]:
    """Return a dict or Series with one value for each of `keys`, in their order; the text of a key counts as the key.

    `items` names the keys in a message ("cases"), `what` their values ("decision"). Raises NotAnswered where every
    value is a stub, and WrongKind where keys are unknown or still open, before any value is read.
    """
    given = {str(key): value for key, value in mapping(answer, lambda value: value).items()}
    still_open = {key for key, value in given.items() if is_stub(value) or (isinstance(value, str) and value == "")}
    if given and len(still_open) == len(given):
        raise NotAnswered
    names = {str(key): key for key in keys}
    if extra := [name for name in given if name not in names]:
        raise WrongKind(f"There is no {a_few(extra)} among the {items}. The keys are {_listed(list(names))}.")
    if missing := [name for name in names if name not in given or name in still_open]:
        raise WrongKind(f"These {items} have no {what} yet: {', '.join(missing)}.")
    return mapping({key: given[name] for name, key in names.items()}, read)


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
    """Return a set, list or array of names as `{name: chosen or not}`. Else raise WrongKind."""
    if isinstance(answer, str | bytes | dict) or not hasattr(answer, "__len__"):
        raise WrongKind(f'{came(answer)} came, where a set of names is needed, such as {{"{offered[0]}", "..."}}.')
    if len(answer) and all(is_stub(name) for name in answer):
        raise NotAnswered
    names = set()
    for name in answer:
        if is_stub(name):
            raise WrongKind("There is still an empty place (...) in your answer.")
        if str(name) not in offered:
            near = difflib.get_close_matches(str(name), offered, n=1)
            advice = f"Do you mean {near[0]!r}?" if near else "Copy the names exactly as they are offered."
            raise WrongKind(f"{short(name)} is not one of the names offered. {advice}")
        names.add(str(name))
    return {name: name in names for name in offered}


@dataclass(frozen=True)
class Case:
    """One set of inputs on which a learner's function is called, in the order of `arguments`."""

    label: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        inputs = ", ".join(f"{name} = {short(value)}" for name, value in self.arguments.items())
        return f"the case '{self.label}' ({inputs})"


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
    for case in cases:
        try:
            output = function(*copy.deepcopy(list(case.arguments.values())))
        except (Exception, SystemExit) as error:
            if isinstance(error, NotImplementedError) and not str(error) and not results:
                raise NotAnswered from None  # `raise NotImplementedError` is a stub, too
            raise WrongKind(f"Your function stopped with {_in_plain_words(error)} That was on {case}.") from None
        if not results and is_stub(output):
            raise NotAnswered
        try:
            results[str(case)] = read(output)
        except NotAnswered:
            if not results:
                raise
            raise WrongKind(f"On {case}: your function returns empty places.") from None
        except WrongKind as problem:
            raise WrongKind(f"On {case}: {problem}") from None
    return results


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


def a_few(keys: Sequence[Any]) -> str:
    """Return keys as a text on one line, no more than six of them."""
    text = ", ".join(" ".join(str(key).split())[:40] or repr(key) for key in keys[:6])
    return text if len(keys) <= 6 else f"{text} and {len(keys) - 6} more"


def short(value: Any) -> str:
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
