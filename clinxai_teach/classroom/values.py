"""Values on their way between the cage and the judge, as JSON: numbers, texts, lists, sets, dicts, small arrays.

Nothing else passes, and nothing is ever pickled: who reads a pickle runs its code. What is too large or of another kind
becomes an `Unreadable`, which no judge can read. Both sides use this module; only the outer side can rely on it.
"""

import json
import math
from collections.abc import Sequence, Set, ValuesView
from dataclasses import dataclass
from numbers import Number
from typing import Any

MOST_ENTRIES = 20_000
DEEPEST = 12


@dataclass(frozen=True, repr=False)
class Unreadable:
    """A value that did not pass. Its text says why."""

    why: str

    def __repr__(self) -> str:
        return self.why


def pack(value: Any) -> Any:
    """Return a value as plain JSON, with a tag where JSON has no such kind."""
    left = [MOST_ENTRIES]

    def one(value: Any, depth: int) -> Any:
        left[0] -= 1
        if left[0] < 0 or depth > DEEPEST:
            return {"other": "too large" if left[0] < 0 else "too deep"}
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value if kind is not str or len(value) <= MOST_ENTRIES else {"other": "text that is too long"}
        if kind is int:
            return value if abs(value) < 1 << 63 else {"other": "int that is too large"}
        if kind is float:
            return value if math.isfinite(value) else {"float": str(value)}
        if value is Ellipsis:
            return {"stub": 0}
        if kind.__name__ == "DataFrame":
            value = value.to_numpy()
        if isinstance(value, Sequence | Set | ValuesView) and not isinstance(value, str | bytes | bytearray):
            tag = "tuple" if isinstance(value, tuple) else "set" if isinstance(value, Set) else "list"
            return {tag: [one(inner, depth + 1) for inner in list(value)[: MOST_ENTRIES + 1]]}
        if isinstance(value, dict) or kind.__name__ == "Series":
            pairs = list(value.items())[: MOST_ENTRIES + 1]
            tag = "dict" if isinstance(value, dict) else "series"
            return {tag: [[one(key, depth + 1), one(inner, depth + 1)] for key, inner in pairs]}
        if hasattr(value, "detach"):  # a tensor
            value = value.detach().cpu().numpy()
        if hasattr(value, "dtype") and hasattr(value, "tolist"):  # numpy's numbers and arrays, pandas' Index
            if getattr(value, "size", 1) > MOST_ENTRIES:
                return {"other": f"{kind.__name__} that is too large"}
            if getattr(value, "ndim", 0) == 0:
                return one(value.item(), depth + 1)
            return {"array": [one(inner, depth + 1) for inner in value.ravel().tolist()], "shape": list(value.shape)}
        if isinstance(value, Number) and not isinstance(value, complex):  # a fraction, a decimal, a class of their own
            return one(float(value), depth + 1)  # type: ignore[arg-type]  # every real number has a float
        return {"function" if callable(value) else "other": kind.__name__[:60]}

    try:
        return one(value, 0)
    except (Exception, SystemExit) as error:  # an object that misbehaves when it is looked at
        return {"other": f"{type(value).__name__[:60]} that cannot be read ({type(error).__name__})"}


def unpack(plain: Any) -> Any:
    """Return what `pack` packed. Whatever else comes is an `Unreadable`: the other side is not to be believed."""
    import numpy as np

    left = [MOST_ENTRIES + 1]

    def one(plain: Any, depth: int) -> Any:
        left[0] -= 1
        if left[0] < 0 or depth > DEEPEST + 1:
            raise ValueError("too large")
        if plain is None or isinstance(plain, bool | int | float):
            return plain
        if isinstance(plain, str):
            return clean(plain[:MOST_ENTRIES])
        if not isinstance(plain, dict) or not plain:
            raise ValueError("no such kind")
        (tag, inside), *rest = plain.items()
        if tag == "stub":
            return Ellipsis
        if tag == "float":
            return float({"inf": "inf", "-inf": "-inf"}.get(inside, "nan"))
        if tag in ("function", "other"):
            return Unreadable(f"a {clean(str(inside)[:80])}")
        if not isinstance(inside, list):
            raise ValueError("no such kind")
        if tag in ("list", "tuple", "set"):
            values = [one(inner, depth + 1) for inner in inside]
            return {"list": list, "tuple": tuple, "set": set}[tag](values)
        if tag in ("dict", "series"):
            pairs = [(one(key, depth + 1), one(inner, depth + 1)) for key, inner in inside]
            if tag == "dict":
                return dict(pairs)
            import pandas as pd

            return pd.Series([value for _, value in pairs], index=[key for key, _ in pairs])
        if tag == "array":
            shape = [int(length) for length in rest[0][1]]
            if len(shape) > DEEPEST or not all(0 <= length <= MOST_ENTRIES for length in shape):
                raise ValueError("too large")
            values = [one(inner, depth + 1) for inner in inside]
            if not all(value is None or isinstance(value, bool | int | float | str) for value in values):
                raise ValueError("an array of other things")
            return np.array(values).reshape(shape)
        raise ValueError("no such kind")

    try:
        return one(plain, 0)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        return Unreadable(f"a value that cannot be read ({error})"[:120])


def clean(text: str) -> str:
    """Return a text that can be written as UTF-8: without halves of character pairs."""
    return text.encode("utf-8", "replace").decode("utf-8")


def line(message: Any) -> bytes:
    """Return a message as one line."""
    return json.dumps(message).encode("ascii") + b"\n"
