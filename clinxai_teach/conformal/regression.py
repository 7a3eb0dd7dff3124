"""Prediction intervals for a number, such as HbA1c: the same quantile, other scores."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import finite_array
from clinxai_teach.conformal.quantile import quantile_of_checked


class Intervals(NamedTuple):
    """The `low` and `high` end of each patient's interval, `(n,)` each, in the unit of the target."""

    low: FloatArray
    high: FloatArray


def residual_intervals(y_true: ArrayLike, y_pred: ArrayLike, new_pred: ArrayLike, *, alpha: float = 0.1) -> Intervals:
    """Return intervals of one width for all: the prediction, plus and minus the quantile of the absolute errors.

    Parameters
    ----------
    y_true, y_pred : `(n,)`
        Truth and prediction of calibration patients that took no part in training.
    new_pred : `(m,)`
        Predictions for the patients who need an interval.
    alpha : float
        The share of misses that is accepted.

    Returns
    -------
    Intervals
        They hold the truth with chance at least 1 - alpha, over draws of calibration and new patients from the same
        exchangeable population. Infinite where n is too small: see `conformal_quantile`.

    Raises TypeError or ValueError for unequal lengths, NaN, or an alpha outside (0, 1).

    Lei J. et al., Distribution-free predictive inference for regression, JASA 2018, arXiv:1604.04173.

    Examples
    --------
    The errors of four patients are 0.1, 0.2, 0.3 and 0.4. With alpha = 0.2 the 4th smallest is the half width.

    >>> interval = residual_intervals([5.1, 5.8, 6.3, 5.6], [5, 6, 6, 6], [7], alpha=0.2)
    >>> interval.low.round(3).tolist(), interval.high.round(3).tolist()
    ([6.6], [7.4])
    """
    y, predicted = _calibration(y_true=y_true, y_pred=y_pred)
    new = finite_array("new_pred", new_pred, ndim=1)
    width = quantile_of_checked(np.abs(y - predicted), alpha)
    return Intervals(new - width, new + width)


def quantile_intervals(
    y_true: ArrayLike,
    low_pred: ArrayLike,
    high_pred: ArrayLike,
    new_low: ArrayLike,
    new_high: ArrayLike,
    *,
    alpha: float = 0.1,
) -> Intervals:
    """Return intervals from a model that predicts two quantiles (conformalized quantile regression, CQR).

    The model's own interval, such as its 5% and 95% quantiles, is as wide as this patient's doubt; calibration moves
    both ends outwards by one number until the promise holds, or inwards where the model was too careful. Moved
    inwards, a narrow interval can become empty: `low` above `high`.

    Parameters
    ----------
    y_true, low_pred, high_pred : `(n,)`
        Truth and the two predicted quantiles of calibration patients.
    new_low, new_high : `(m,)`
        The two predicted quantiles for the patients who need an interval.
    alpha : float
        The share of misses that is accepted.

    Returns
    -------
    Intervals
        Guarantee and errors as in `residual_intervals`.

    Romano Y., Patterson E., Candès E. J., Conformalized quantile regression, NeurIPS 2019, arXiv:1905.03222.

    Examples
    --------
    The truth lies inside by 1, inside by 1, outside by 0.25 and outside by 0.5: both ends move outwards by 0.5.

    >>> interval = quantile_intervals([6, 7, 4.75, 8.5], [5, 5, 5, 5], [8, 8, 8, 8], [4, 6], [7, 7], alpha=0.2)
    >>> interval.low.tolist(), interval.high.tolist()
    ([3.5, 5.5], [7.5, 7.5])
    """
    y, low, high = _calibration(y_true=y_true, low_pred=low_pred, high_pred=high_pred)
    new_low, new_high = _calibration(new_low=new_low, new_high=new_high)
    outwards = quantile_of_checked(np.maximum(low - y, y - high), alpha)
    return Intervals(new_low - outwards, new_high + outwards)


def _calibration(**columns: ArrayLike) -> list[FloatArray]:
    """Return the columns as float64 arrays `(n,)`; ValueError where their lengths differ."""
    arrays = [finite_array(name, values, ndim=1) for name, values in columns.items()]
    if len({len(array) for array in arrays}) > 1:
        lengths = " and ".join(str(len(array)) for array in arrays)
        raise ValueError(f"{', '.join(columns)} need one value per patient each, but have {lengths}.")
    return arrays
