"""Checks of arguments, shared by all helpers: each names the argument, what came, and what to do."""

import math
import numbers
from collections.abc import Collection
from typing import Any

import numpy as np

from clinxai_teach._types import FloatArray, IntArray, LabelArray


def positive_int(name: str, value: Any, *, minimum: int = 1) -> int:
    """Return `value` as an int of at least `minimum`.

    Raises TypeError for anything that is not a whole number (True and 3.0 included), ValueError below `minimum`.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(
            f"{name} must be a whole number, but got {value!r}. Pass an int such as {name}={max(minimum, 1)}."
        )
    if value < minimum:
        raise ValueError(f"{name} must be at least {minimum}, but got {value}.")
    return int(value)


def one_of(name: str, value: Any, allowed: Collection[Any]) -> Any:
    """Return `value` if it is one of `allowed`; otherwise raise a ValueError that lists them."""
    if value not in allowed:
        names = ", ".join(repr(option) for option in allowed)
        raise ValueError(f"{name} must be one of {names}, but got {value!r}.")
    return value


def finite_array(name: str, values: Any, *, ndim: int | tuple[int, ...] | None = None) -> FloatArray:
    """Return `values` as a float64 array without NaN or infinity.

    `ndim` is the number of dimensions asked for, or a tuple of those allowed. Raises TypeError where the values
    are not numbers and ValueError for an empty array, NaN, infinity, or another number of dimensions.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must hold numbers only, but got {type(values).__name__}: {error}.") from None
    allowed = (ndim,) if isinstance(ndim, int) else ndim
    if allowed is not None and array.ndim not in allowed:
        wanted = " or ".join(str(number) for number in allowed)
        raise ValueError(f"{name} must have {wanted} dimension(s), but its shape is {array.shape}.")
    if array.size == 0:
        raise ValueError(f"{name} is empty. Pass at least one value.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinite values. Remove or impute them first.")
    return array


def binary_outcome(y_true: Any, y_prob: Any) -> tuple[FloatArray, FloatArray]:
    """Return labels as an array of 0.0 and 1.0 and probabilities as float64, both `(n,)`.

    Raises TypeError or ValueError for wrong shapes, labels other than 0 and 1, or probabilities outside 0 to 1.
    """
    y = binary_labels("y_true", y_true)
    p = probabilities("y_prob", y_prob, ndim=1)
    _same_length(y, p)
    return y, p


def labelled_probabilities(y_true: Any, y_prob: Any) -> tuple[FloatArray | IntArray, FloatArray]:
    """Return labels and probabilities: 0.0 and 1.0 for probabilities `(n,)`, class numbers for a table `(n, K)`.

    Raises TypeError or ValueError as `binary_outcome` and `class_labels` do.
    """
    p = probabilities("y_prob", y_prob, ndim=(1, 2))
    if p.ndim == 2:
        return class_labels("y_true", y_true, *p.shape), p
    y = binary_labels("y_true", y_true)
    _same_length(y, p)
    return y, p


def binary_labels(name: str, values: Any) -> FloatArray:
    """Return `values` as a float64 array `(n,)` of 0 and 1; ValueError for any other label."""
    y = finite_array(name, values, ndim=1)
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"{name} must hold the labels 0 and 1 only, but holds {y[~np.isin(y, (0, 1))][0]:g}.")
    return y


def probabilities(name: str, values: Any, *, ndim: int | tuple[int, ...]) -> FloatArray:
    """Return `values` as float64 probabilities; ValueError outside 0 to 1, or where the rows of a table miss sum 1."""
    p = finite_array(name, values, ndim=ndim)
    if p.min() < 0 or p.max() > 1:
        p = np.where(np.abs(p - np.clip(p, 0, 1)) < 1e-6, np.clip(p, 0, 1), p)  # float32 rounding
    if p.min() < 0 or p.max() > 1:
        worst = p.min() if p.min() < 0 else p.max()
        raise ValueError(f"{name} must lie between 0 and 1, but holds {worst:g}. Pass probabilities, not logits.")
    if p.ndim > 1 and not np.allclose(p.sum(axis=-1), 1, rtol=0, atol=1e-4):
        raise ValueError(f"each row of {name} must sum to 1, but one sums to {_farthest_from_one(p.sum(axis=-1)):g}.")
    return p


def class_labels(name: str, values: Any, n_rows: int, n_classes: int) -> IntArray:
    """Return `values` as int64 class labels `(n_rows,)` from 0 to `n_classes` - 1."""
    y = finite_array(name, values, ndim=1)
    if len(y) != n_rows:
        raise ValueError(f"{name} needs one label per row ({n_rows}), but got {len(y)}.")
    wrong = (y != np.round(y)) | (y < 0) | (y >= n_classes)
    if wrong.any():
        raise ValueError(f"{name} must hold whole numbers from 0 to {n_classes - 1}, but holds {y[wrong][0]:g}.")
    return y.astype(np.int64)


def number_between(name: str, value: Any, low: float, high: float = math.inf, *, strictly: bool = False) -> float:
    """Return `value` as a float from `low` to `high`, or `strictly` between them.

    Raises TypeError for anything that is not a number (True included), ValueError outside, for NaN and for infinity.
    """
    if math.isinf(high):
        wanted = f"above {low}" if strictly else f"of at least {low}"
    else:
        wanted = f"strictly between {low} and {high}" if strictly else f"from {low} to {high}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number {wanted}, but got {value!r}.")
    number = float(value)
    inside = low < number < high if strictly else low <= number <= high
    if not inside or math.isinf(number):
        raise ValueError(f"{name} must be a number {wanted}, but got {value}.")
    return number


def open_fraction(name: str, value: Any) -> float:
    """Return `value` as a float strictly between 0 and 1."""
    return number_between(name, value, 0, 1, strictly=True)


def group_labels(name: str, values: Any, n_rows: int) -> LabelArray:
    """Return one group label per patient as an object array `(n_rows,)`; ValueError for a missing label."""
    groups = np.asarray(values, dtype=object)
    if groups.shape != (n_rows,):
        raise ValueError(f"{name} needs one label per patient ({n_rows}), but its shape is {groups.shape}.")
    missing = np.array([value is None or value != value for value in groups], dtype=bool)
    if missing.any():
        raise ValueError(f'{name} has {missing.sum()} missing label(s). Name them, for example "not recorded".')
    return groups


def random_generator(seed: Any) -> np.random.Generator:
    """Return a numpy generator from a whole number, a generator, or None (a new one each time)."""
    if seed is None or isinstance(seed, np.random.Generator):
        return np.random.default_rng(seed)
    return np.random.default_rng(positive_int("seed", seed, minimum=0))


def _same_length(y: FloatArray, p: FloatArray) -> None:
    if len(y) != len(p):
        raise ValueError(f"y_true and y_prob must have one value per patient each, but have {len(y)} and {len(p)}.")


def _farthest_from_one(sums: FloatArray) -> float:
    return float(sums.ravel()[np.abs(sums - 1).argmax()])
