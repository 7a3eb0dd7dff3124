"""Sorting patients by a number while each keeps its outcome, several times as fast as np.argsort."""

import numpy as np

from clinxai_teach._types import BoolArray, FloatArray


def sort_marked(values: FloatArray, marks: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Return finite values in rising order, and beside each its mark.

    The bits of a float of at least 0, read as a whole number, rise with it, and the first of them is always 0. So there
    is room for the mark: at the other end, and one plain sort carries both.

    Examples
    --------
    >>> values, marks = sort_marked(np.array([0.5, -1.0, 0.25]), np.array([True, False, False]))
    >>> values.tolist(), marks.tolist()
    ([-1.0, 0.25, 0.5], [False, False, True])
    """
    if values.max(initial=0) <= 0:
        mirrored, mirrored_marks = _sort_marked(-values, marks)
        return -mirrored[::-1], mirrored_marks[::-1]
    if values.min() < 0:
        below = values < 0
        parts = sort_marked(values[below], marks[below]), _sort_marked(values[~below], marks[~below])
        ordered, ordered_marks = (np.concatenate(part) for part in zip(*parts, strict=True))
        return ordered, ordered_marks
    return _sort_marked(values, marks)


def _sort_marked(values: FloatArray, marks: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Return the same for values of at least 0."""
    keys = values.view(np.uint64) << np.uint64(1)
    keys |= marks
    keys.sort()
    marks = (keys.astype(np.uint8) & 1).view(bool)
    keys >>= np.uint64(1)
    return keys.view(np.float64), marks


def ends_of_ties(ordered: FloatArray) -> BoolArray:
    """Return, for values in rising order, True at the last of each run of equal ones.

    Examples
    --------
    >>> ends_of_ties(np.array([1.0, 1.0, 2.0])).tolist()
    [False, True, True]
    """
    return np.append(ordered[1:] != ordered[:-1], True)
