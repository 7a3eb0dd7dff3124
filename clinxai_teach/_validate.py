"""Checks of arguments, shared by all helpers: each names the argument, what came, and what to do."""

import math
import numbers
import re
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinxai_teach._types import FloatArray, IntArray, LabelArray


def positive_int(name: str, value: Any, *, minimum: int = 1) -> int:
    """Return `value` as an int of at least `minimum`.

    Raises TypeError for anything that is not a whole number (True and 3.0 included), ValueError below `minimum`.

    Examples
    --------
    >>> positive_int("n_bins", np.int64(10))
    10
    >>> positive_int("n_bins", 10.5)
    Traceback (most recent call last):
        ...
    TypeError: n_bins must be a whole number, but got 10.5. Pass an int such as n_bins=1.
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
    try:
        if value in allowed:
            return value
    except (TypeError, ValueError, RuntimeError):
        pass  # an array or a table: whether it equals a name, nobody can say
    names = ", ".join(repr(option) for option in allowed)
    raise ValueError(f"{name} must be one of {names}, but got {value!r}.")


def finite_array(name: str, values: Any, *, ndim: int | tuple[int, ...] | None = None) -> FloatArray:
    """Return `values` as a float64 array without NaN or infinity.

    `ndim` is the number of dimensions asked for, or a tuple of those allowed. Raises TypeError where the values
    are not numbers and ValueError for an empty array, missing values, infinity, or another number of dimensions.
    """
    array = numbers_or_nan(name, values)
    allowed = (ndim,) if isinstance(ndim, int) else ndim
    if allowed is not None and array.ndim not in allowed:
        wanted, cure = " or ".join(str(number) for number in allowed), _shape_cure(name, array, allowed)
        raise ValueError(f"{name} must have {wanted} dimension(s), but its shape is {array.shape}.{cure}")
    if array.size == 0:
        raise ValueError(f"{name} is empty. Pass at least one value.")
    if isinstance(values, np.ndarray) and values.dtype.kind in "biu":  # whole numbers are finite
        return array
    finite = np.isfinite(array)
    if not finite.all():
        wrong = array.size - np.count_nonzero(finite)
        raise ValueError(
            f"{name} holds NaN or infinite values ({wrong} of {array.size}; a missing value counts as NaN). "
            "Remove or impute them first."
        )
    return array


def feature_table(name: str, values: Any) -> FloatArray:
    """Return `values` as a float64 table `(n, d)`, with NaN where a value is missing.

    Raises TypeError where the values are not numbers and ValueError for infinity, an empty table or one dimension.
    """
    array = numbers_or_nan(name, values)
    if array.ndim != 2 or array.size == 0:
        cure = f" A single patient is a table with one row: {name}[None], or {name}.iloc[[0]] of a DataFrame."
        raise ValueError(
            f"{name} must be a table with a row per patient and a column per measurement, but its shape is "
            f"{array.shape}.{cure if array.ndim == 1 else ''}"
        )
    if np.isinf(array).any():
        raise ValueError(f"{name} holds {np.isinf(array).sum()} infinite value(s). Make them NaN, or leave them out.")
    return array


def numbers_or_nan(name: str, values: Any) -> FloatArray:
    """Return `values` as a float64 array of any shape, with NaN where a value is missing; TypeError for no numbers."""
    return _floats(name, plain_array(name, values))


def plain_array(name: str, values: Any) -> NDArray[Any]:
    """Return `values` as a numpy array, whatever carries them: a list, a tensor, a pandas or polars table.

    A tensor leaves the GPU and its gradients behind. Raises ValueError for masked values, which numpy would take for
    good ones, and TypeError for rows of different lengths.
    """
    refuse_masked(name, values)
    try:
        return np.asarray(_without_gradients(values))
    except ValueError:
        raise TypeError(f"{name} must be one array, but its rows have different lengths.") from None


def refuse_masked(name: str, values: Any) -> None:
    """Raise a ValueError for a masked array in which something is masked: numpy would use what lies under the mask."""
    masked = _count_masked(values)
    if masked:
        raise ValueError(
            f"{name} has {masked} masked value(s), which are missing values. Leave them out, in all arguments alike, "
            "or fill them in with .filled(value)."
        )


def _count_masked(values: Any) -> int:
    if _holds_rows(values):
        return sum(map(_count_masked, values))
    return int(np.ma.getmaskarray(values).sum()) if isinstance(values, np.ma.MaskedArray) else 0


def _holds_rows(values: Any) -> bool:
    return isinstance(values, (list, tuple)) and len(values) > 0 and not isinstance(values[0], numbers.Real)


def is_missing(value: Any) -> bool:
    """Say whether a single value stands for a missing one: None, NaN, and NA and NaT of pandas."""
    if value is None or value is np.ma.masked:
        return True
    try:
        return bool(value != value)
    except TypeError:
        return True  # pandas' NA: nobody knows whether it equals itself
    except ValueError:
        return False  # an array


def binary_outcome(y_true: Any, y_prob: Any) -> tuple[FloatArray, FloatArray]:
    """Return labels as an array of 0.0 and 1.0 and probabilities as float64, both `(n,)`.

    Raises TypeError or ValueError for wrong shapes, labels other than 0 and 1, or probabilities outside 0 to 1.

    Examples
    --------
    >>> y, p = binary_outcome([True, False], [0.9, 0])
    >>> y.tolist(), p.tolist()
    ([1.0, 0.0], [0.9, 0.0])
    >>> binary_outcome([1, 0], [0.9, 12])
    Traceback (most recent call last):
        ...
    ValueError: y_prob must lie between 0 and 1, but holds 12. Pass probabilities, not logits (percent: divide by 100).
    """
    y = _labels_beside(y_true, y_prob)
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
    y = _labels_beside(y_true, p)
    _same_length(y, p)
    return y, p


def _labels_beside(y_true: Any, y_prob: Any) -> FloatArray:
    """Return y_true as 0.0 and 1.0; where y_prob holds labels and y_true probabilities, the ValueError says so."""
    try:
        return binary_labels("y_true", y_true)
    except ValueError:
        if not _are_swapped(y_true, y_prob):
            raise
        cause = "y_true must hold the labels 0 and 1 only, but holds other numbers between them, and y_prob holds only"
        raise ValueError(f"{cause} 0 and 1. Did you swap the two? The labels come first: y_true, y_prob.") from None


def _are_swapped(y_true: Any, y_prob: Any) -> bool:
    try:
        y, p = finite_array("y_true", y_true, ndim=1), finite_array("y_prob", y_prob, ndim=1)
    except (TypeError, ValueError):
        return False
    return bool(np.isin(p, (0, 1)).all() and (y >= 0).all() and (y <= 1).all())


def binary_labels(name: str, values: Any) -> FloatArray:
    """Return `values` as a float64 array `(n,)` of 0 and 1; ValueError for any other label."""
    y = finite_array(name, values, ndim=1)
    if np.count_nonzero(y == 0) + np.count_nonzero(y == 1) < len(y):
        wrong = y[(y != 0) & (y != 1)]
        raise ValueError(
            f"{name} must hold the labels 0 and 1 only, but holds {wrong[0]:g}. Say which label is the event, for "
            f"example ({name} == {y.max():g}).astype(int)."
        )
    return y


def probabilities(name: str, values: Any, *, ndim: int | tuple[int, ...]) -> FloatArray:
    """Return `values` as float64 probabilities; ValueError outside 0 to 1, or where the rows of a table miss sum 1.

    Numbers of 16 bits are allowed the rounding of their kind.
    """
    p = shares(name, values, ndim=ndim)
    if p.ndim > 1:
        _check_sums(name, p, max(1e-4, _rounding(values)))
    return p


def shares(name: str, values: Any, *, ndim: int | tuple[int, ...]) -> FloatArray:
    """Return `values` as float64 numbers from 0 to 1, which need not sum to 1; ValueError outside."""
    p = finite_array(name, values, ndim=ndim)
    rounding = _rounding(values)
    smallest, largest = p.min(), p.max()
    if smallest < 0 or largest > 1:
        nearest = np.clip(p, 0, 1)
        p = np.where(np.abs(p - nearest) <= max(1e-6, rounding), nearest, p)
        smallest, largest = p.min(), p.max()
    if smallest < 0 or largest > 1:
        worst = smallest if smallest < 0 else largest
        percent = " (percent: divide by 100)" if smallest >= 0 and largest <= 100 else ""
        raise ValueError(
            f"{name} must lie between 0 and 1, but holds {worst:g}. Pass probabilities, not logits{percent}."
        )
    return p


def class_labels(name: str, values: Any, n_rows: int, n_classes: int) -> IntArray:
    """Return `values` as int64 class labels `(n_rows,)` from 0 to `n_classes` - 1."""
    y = finite_array(name, values, ndim=1)
    if len(y) != n_rows:
        raise ValueError(f"{name} needs one label per row ({n_rows}), but got {len(y)}.")
    wrong = (y != np.round(y)) | (y < 0) | (y >= n_classes)
    if wrong.any():
        cure = f" If they count from 1, pass {name} - 1." if y.min() >= 1 and y.max() == n_classes else ""
        raise ValueError(f"{name} must hold whole numbers from 0 to {n_classes - 1}, but holds {y[wrong][0]:g}.{cure}")
    return y.astype(np.int64)


def number_between(name: str, value: Any, low: float, high: float = math.inf, *, strictly: bool = False) -> float:
    """Return `value` as a float from `low` to `high`, or `strictly` between them.

    Raises TypeError for anything that is not a number (True included), ValueError outside, for NaN and for infinity.

    Examples
    --------
    >>> number_between("threshold", 20, 0, 1)
    Traceback (most recent call last):
        ...
    ValueError: threshold must be a number from 0 to 1, but got 20. For 20% pass 0.2.
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
        raise ValueError(f"{name} must be a number {wanted}, but got {value}.{_percent_cure(number, low, high)}")
    return number


def _percent_cure(number: float, low: float, high: float) -> str:
    """Return how to write a share that came as a percentage, where it can be one."""
    return f" For {number:g}% pass {number / 100:g}." if (low, high) == (0, 1) and 1 < number < 100 else ""


def open_fraction(name: str, value: Any) -> float:
    """Return `value` as a float strictly between 0 and 1."""
    return number_between(name, value, 0, 1, strictly=True)


def missed_share(name: str, value: Any) -> float:
    """Return an alpha of prediction sets, the share they may miss, as a float strictly between 0 and 1.

    Who passes 50 to 99 means the coverage in percent, so the ValueError says which alpha that is.
    """
    percent = isinstance(value, numbers.Real) and 50 <= float(value) < 100
    if not percent:
        return open_fraction(name, value)
    raise ValueError(
        f"{name} must be a number strictly between 0 and 1, but got {value}. {name} is the share that may be missed: "
        f"for {float(value):g}% coverage pass {(100 - float(value)) / 100:g}."
    )


def group_labels(name: str, values: Any, n_rows: int) -> LabelArray:
    """Return one group label per patient as an object array `(n_rows,)`; ValueError for a missing label."""
    groups = plain_array(name, values)
    if groups.dtype.kind == "U" and isinstance(values, (list, tuple)):
        groups = np.array(values, dtype=object)  # numpy made texts of all that stands beside a text: "nan", "1"
    may_be_missing = groups.dtype.kind not in "biuU"
    groups = groups.astype(object)
    if groups.shape != (n_rows,):
        cure = _shape_cure(name, groups, (1,))
        raise ValueError(f"{name} needs one label per patient ({n_rows}), but its shape is {groups.shape}.{cure}")
    missing = sum(is_missing(value) for value in groups) if may_be_missing else 0
    if missing:
        raise ValueError(f'{name} has {missing} missing label(s). Leave them out, or name them, as "not recorded".')
    return groups


def random_generator(seed: Any) -> np.random.Generator:
    """Return a numpy generator from a whole number, a generator, or None (a new one each time)."""
    if seed is None or isinstance(seed, np.random.Generator):
        return np.random.default_rng(seed)
    return np.random.default_rng(positive_int("seed", seed, minimum=0))


def _same_length(y: FloatArray, p: FloatArray) -> None:
    if len(y) != len(p):
        raise ValueError(f"y_true and y_prob must have one value per patient each, but have {len(y)} and {len(p)}.")


def _check_sums(name: str, p: FloatArray, rounding: float) -> None:
    """Raise a ValueError unless each row of a table sums to 1."""
    if p.shape[-1] == 1:
        raise ValueError(
            f"{name} must have one column per class, but has only one, shape {p.shape}. If that is the probability p "
            f"of class 1: p = {name}.ravel(), and a table of it is np.column_stack([1 - p, p])."
        )
    sums = p @ np.ones(p.shape[-1])  # for short rows ten times as fast as p.sum(axis=-1)
    farthest = float(sums.ravel()[np.abs(sums - 1).argmax()])
    if abs(farthest - 1) <= rounding:
        return
    if abs(farthest - 1) < 0.05:
        cure = f"If they are rounded, divide each row by its sum: {name} / {name}.sum(-1, keepdims=True)."
    elif p.ndim == 2 and len(p) == 1:
        cure = f"If this row holds patients and not classes, pass {name}.ravel()."
    else:
        cure = f"Findings that do not exclude each other (multi-label) are judged one column at a time: {name}[:, k]."
    raise ValueError(f"each row of {name} must sum to 1, but one sums to {farthest:g}. {cure}")


def _rounding(values: Any) -> float:
    """Return by how much a row of probabilities may miss the sum 1 for numbers of 16 bits; 0 for longer ones."""
    if isinstance(values, (list, tuple)) and len(values) > 0:
        return _rounding(values[0])
    kind = f"{getattr(values, 'dtype', '')} {getattr(values, 'dtypes', '')}".lower()  # a table has one for each column
    return 2**-7 if "bfloat16" in kind else 2**-10 if "float16" in kind else 0.0


def _without_gradients(values: Any) -> Any:
    """Return a tensor as a numpy array; anything else as it is. This module does without importing torch."""
    if _holds_rows(values):
        return [_without_gradients(value) for value in values]
    if not (hasattr(values, "detach") and hasattr(values, "is_floating_point")):
        return values
    tensor = values.detach().cpu()
    return (tensor.double() if tensor.is_floating_point() else tensor).numpy()  # numpy has no bfloat16


def _floats(name: str, array: NDArray[Any]) -> FloatArray:
    """Return an array of numbers, or of texts that are numbers, as float64; TypeError for anything else."""
    if array.dtype.kind in "biuf":
        return array.astype(np.float64, copy=False)
    if array.dtype.kind in "cmM":  # numpy would drop the imaginary part, and count a date in days
        raise TypeError(f"{name} must hold real numbers only, but holds values of the kind {array.dtype}.")
    if array.dtype == object:
        missing = np.array([is_missing(value) for value in array.ravel()], dtype=bool).reshape(array.shape)
        array = np.where(missing, np.nan, array)
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        pass
    for value in array.ravel().tolist():
        if isinstance(value, str):
            raise TypeError(
                f"{name} must hold numbers only, but holds text such as {value!r}.{_text_cure(name, value)}"
            )
    kind = type(array.ravel()[0]).__name__
    raise TypeError(f"{name} must hold numbers only, but got {kind}. Pass an array or a list of numbers.")


def _text_cure(name: str, text: str) -> str:
    """Return how to make numbers of an argument that holds a text: a decimal comma, a percentage, or a label."""
    if re.fullmatch(r"\s*[-+]?\d+,\d+\s*", text):
        return " Write decimals with a point, as in 0.01; from a file: pd.read_csv(..., decimal=',')."
    if re.fullmatch(r"\s*[-+]?\d+([.,]\d+)?\s*%\s*", text):
        return " Write a percentage as a share, without %: 5% is 0.05."
    if name.endswith(("y_true", "labels")):
        return f" Turn labels into numbers first, for example ({name} == {text!r}).astype(int)."
    return " Replace each text by a number, or leave it out."


def _shape_cure(name: str, array: NDArray[Any], allowed: tuple[int, ...]) -> str:
    """Return a sentence that says how to give an array the dimensions that are allowed, where that is clear."""
    if array.ndim == 1 and 2 in allowed and name == "y_prob":
        return " For two classes and the probability p of class 1, pass np.column_stack([1 - p, p])."
    if array.ndim == 3 and allowed == (2,):
        return f" Of a table for each model, pass the column of one class: {name}[:, :, 1]."
    if array.ndim == 2 and allowed == (3,):
        return " Samples of one probability p for each patient become a table by np.stack([1 - p, p], axis=-1)."
    if allowed == (3,):
        return " They are passes, patients and classes."
    if 1 not in allowed:
        return ""
    if array.ndim == 0:
        return " Pass a list or an array, also for a single value."
    if array.ndim > 1 and array.size == max(array.shape):
        return f" Pass it in one dimension: {name}.ravel(), or np.ravel({name}) for a table."
    if (
        array.ndim == 2
        and array.dtype == np.float64
        and np.isin(array, (0, 1)).all()
        and (array.sum(axis=1) == 1).all()
    ):
        return f" It looks like one column per class: pass the class numbers, {name}.argmax(axis=1)."
    if array.ndim == 2:
        return f" Pass one of its columns, for example {name}[:, 1]."
    return ""
