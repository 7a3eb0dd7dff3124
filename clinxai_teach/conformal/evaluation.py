"""What prediction sets are worth: how often they hold the truth, how large they are, and for whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clinxai_teach._types import BoolArray
from clinxai_teach._validate import class_labels, group_labels, is_missing, plain_array
from clinxai_teach.intervals import clopper_pearson


class SetSummary(NamedTuple):
    """The shares of `empty` sets, sets of one class (`single`) and of more (`several`), and the `average_size`."""

    empty: float
    single: float
    several: float
    average_size: float


def coverage(y_true: ArrayLike, sets: ArrayLike) -> float:
    """Return the share of patients whose true class is in their set.

    `y_true (n,)` are class numbers; `sets (n, K)` is the boolean table of `predict_set` or `conformal_predict`.

    Examples
    --------
    >>> coverage([0, 1, 1, 0], [[True, False], [True, True], [True, False], [True, False]])
    0.75
    """
    return float(_covered(y_true, boolean_sets(sets)).mean())


def average_set_size(sets: ArrayLike) -> float:
    """Return the mean number of classes in a set. It hides empty sets: see `set_summary`.

    Examples
    --------
    >>> average_set_size([[True, False], [True, True], [False, False], [True, False]])
    1.0
    """
    return float(boolean_sets(sets).sum(axis=1).mean())


def set_summary(sets: ArrayLike) -> SetSummary:
    """Return the shares of empty sets, of single classes and of larger sets, and the average size.

    An empty set and a set of one class are both small, but an empty set is no answer: hand the patient to a doctor.

    Examples
    --------
    >>> set_summary([[True, False], [True, True], [False, False], [True, False]])
    SetSummary(empty=0.25, single=0.5, several=0.25, average_size=1.0)
    """
    size = boolean_sets(sets).sum(axis=1)
    return SetSummary(*(float(part.mean()) for part in (size == 0, size == 1, size > 1, size)))


def coverage_by_group(
    y_true: ArrayLike, sets: ArrayLike, groups: ArrayLike, *, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the coverage in each group as a DataFrame, a row for each.

    Parameters
    ----------
    y_true : `(n,)`
        Class numbers.
    sets : `(n, K)`
        Boolean.
    groups : `(n,)`
        One label per patient. Pass `y_true` for the coverage among the patients who truly have each class.
    confidence : float
        Of the interval: Clopper and Pearson's, exact, for what this calibration would cover in many such patients.

    Returns
    -------
    DataFrame
        The index is the group; `n`, `coverage`, `ci_low`, `ci_high`, `average_size`.

    Clopper C. J., Pearson E. S., Biometrika 1934, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    Five women of whom all are covered, and one man of two: exact intervals from so few are wide.

    >>> sets = [[True, False]] * 5 + [[True, True], [False, True]]
    >>> table = coverage_by_group([0] * 7, sets, ["women"] * 5 + ["men"] * 2)
    >>> table.loc["women", ["coverage", "ci_low", "ci_high"]].round(3).tolist()  # 0.025 ** (1 / 5) is 0.478
    [1.0, 0.478, 1.0]
    """
    table = boolean_sets(sets)
    covered, size = _covered(y_true, table), table.sum(axis=1)
    rows = {}
    for group, members in pd.Series(range(len(covered))).groupby(group_labels("groups", groups, len(covered))):
        hits, n = int(covered[members].sum()), len(members)
        rows[group] = [n, hits / n, *clopper_pearson(hits, n, confidence), size[members].mean()]
    columns = ["n", "coverage", "ci_low", "ci_high", "average_size"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype({"n": int}).rename_axis("group")


def _covered(y_true: ArrayLike, table: BoolArray) -> BoolArray:
    return table[np.arange(len(table)), class_labels("y_true", y_true, *table.shape)]


def boolean_sets(sets: ArrayLike) -> BoolArray:
    """Return sets as a boolean array `(n, K)`.

    Raises TypeError for anything else, such as probabilities, and ValueError for missing values.
    """
    cure = "Take it from predict_set or conformal_predict."
    try:
        table = plain_array("sets", sets)
    except TypeError:
        raise TypeError(
            f"sets must be a boolean table with a row per patient and a column per class, but its rows have different "
            f"lengths. {cure}"
        ) from None
    missing = sum(map(is_missing, table.ravel())) if table.dtype == object else 0
    if missing:
        raise ValueError(f"sets has {missing} missing value(s). Leave these patients out, in all arguments alike.")
    if table.dtype == object and all(isinstance(value, (bool, np.bool_)) for value in table.ravel()):
        table = table.astype(bool)  # pandas' nullable booleans, none of them missing
    if table.dtype != bool or table.ndim != 2 or table.size == 0:
        if table.ndim == 3 and table.shape[2] == 1:
            cure = "Its last axis holds one confidence level: pass sets[:, :, 0]."
        elif table.ndim == 2 and table.size > 0 and np.isin(table, (0, 1)).all():
            cure = "Pass sets.astype(bool)."
        raise TypeError(
            f"sets must be a boolean table with a row per patient and a column per class, but got {table.dtype} of "
            f"shape {table.shape}. {cure}"
        )
    return table
