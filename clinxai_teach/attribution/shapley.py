"""Shapley values by enumeration: exact, for a few features."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach.attribution.tables import mixed, with_patient

MAX_FEATURES = 12
ROWS_AT_ONCE = 100_000  # so many patients are predicted in one call: bounded memory, few calls


class ShapleyValues(NamedTuple):
    """`values (d,)`, one per feature, and `base_value`, the mean prediction of the background."""

    values: FloatArray
    base_value: float


def exact_shapley(predict: Callable[[Any], ArrayLike], x: ArrayLike, background: ArrayLike) -> ShapleyValues:
    """Return the Shapley values of one patient's prediction: each feature's fair share of f(x) - base value.

    v(S) is the mean prediction over the background when the features in S are the patient's and the rest stay the
    background's ("interventional"). Feature i gets its mean gain over all orders in which the features can join; of
    the d! orders, |S|! (d - |S| - 1)! have just the set S before i:

        phi_i = sum over sets S without i of  |S|! (d - |S| - 1)! / d!  *  ( v(S and i) - v(S) )

    Parameters
    ----------
    predict : function
        Takes a table `(n, d)` and returns `(n,)`, such as `lambda X: model.predict_proba(X)[:, 1]`.
    x : `(d,)`
        The patient: an array, a row of a DataFrame, or a DataFrame of one row. At most 12 features, because all 2^d
        sets are evaluated.
    background : `(m, d)`
        The patients to compare with. If it is a pandas or polars DataFrame, `predict` gets such tables, and each column
        keeps its kind: codes stay integers, categories and texts stay what they are.

    Returns
    -------
    ShapleyValues
        `values (d,)` add up to predict(x) - `base_value` (local accuracy), in the unit of `predict`.

    Raises
    ------
    TypeError, ValueError
        For more than 12 features, shapes that do not fit, or a `predict` that does not return one number per row.

    Shapley L. S., A value for n-person games, 1953; Lundberg S. M., Lee S.-I., A unified approach to interpreting
    model predictions, NeurIPS 2017, arXiv:1705.07874.

    Examples
    --------
    The alarm needs both findings, so each of them gets half. The other patient has none.

    >>> both = exact_shapley(lambda X: X[:, 0] * X[:, 1], [1, 1], [[0, 0]])
    >>> both.values.tolist(), both.base_value
    ([0.5, 0.5], 0.0)
    """
    if not callable(predict):
        regressor = hasattr(predict, "predict") and not hasattr(predict, "predict_proba")
        cure = "model.predict" if regressor else "lambda X: model.predict_proba(X)[:, 1]"
        raise TypeError(f"predict must be a function of a table, but got {type(predict).__name__}. Try {cure}.")
    table = with_patient(background, x)
    m, d = len(table) - 1, table.shape[1]  # row m of the table is the patient
    if d > MAX_FEATURES:
        raise ValueError(
            f"x has {d} features, but all 2^d sets are evaluated, so at most {MAX_FEATURES} are possible. Use "
            "shap_explanation for tree and linear models, or shap's sampling explainers."
        )
    # Set number s holds feature i where bit i of s is 1, so adding i to a set adds 2^i to its number.
    member = np.arange(2**d)[:, None] >> np.arange(d) & 1 == 1
    v = np.concatenate([
        _predicted(predict, mixed(table, np.where(some[:, None], m, np.arange(m)[:, None]).reshape(-1, d)))
        .reshape(-1, m).mean(axis=1)
        for some in np.array_split(member, np.clip(2**d * m // ROWS_AT_ONCE, 1, 2**d))
    ])  # fmt: skip
    size = member.sum(axis=1)
    share = np.array([factorial(k) * factorial(d - k - 1) / factorial(d) for k in range(d)])
    values = np.empty(d)
    for i in range(d):
        without = np.flatnonzero(~member[:, i])
        values[i] = (share[size[without]] * (v[without + 2**i] - v[without])).sum()
    return ShapleyValues(values, float(v[0]))


def _predicted(predict: Callable[[Any], ArrayLike], table: Any) -> FloatArray:
    """Return the prediction of each row, or raise what is wrong with it."""
    output = np.asarray(predict(table), dtype=np.float64)
    if output.shape != (len(table),):
        raise ValueError(
            f"predict must return one number per row ({len(table)},), but returned {output.shape}. For a classifier "
            "take one column: lambda X: model.predict_proba(X)[:, 1]."
        )
    if not np.isfinite(output).all():
        raise ValueError("predict returned NaN or infinite values.")
    return output
