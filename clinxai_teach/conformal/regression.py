"""Prediction intervals for a number, such as HbA1c: the same quantile, other scores."""

from typing import NamedTuple

import numpy as np

from clinxai_teach._validate import finite_array
from clinxai_teach.conformal.quantile import conformal_quantile


class Intervals(NamedTuple):
    """The `low` and `high` end of each patient's interval, `(n,)` each, in the unit of the target."""

    low: np.ndarray
    high: np.ndarray


def residual_intervals(y_true, y_pred, new_pred, *, alpha=0.1):
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
    """
    y, predicted = _calibration(y_true=y_true, y_pred=y_pred)
    new = finite_array("new_pred", new_pred, ndim=1)
    width = conformal_quantile(np.abs(y - predicted), alpha)
    return Intervals(new - width, new + width)


def quantile_intervals(y_true, low_pred, high_pred, new_low, new_high, *, alpha=0.1):
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
    """
    y, low, high = _calibration(y_true=y_true, low_pred=low_pred, high_pred=high_pred)
    new_low, new_high = _calibration(new_low=new_low, new_high=new_high)
    outwards = conformal_quantile(np.maximum(low - y, y - high), alpha)
    return Intervals(new_low - outwards, new_high + outwards)


def _calibration(**columns):
    """Return the columns as float64 arrays `(n,)`; ValueError where their lengths differ."""
    arrays = [finite_array(name, values, ndim=1) for name, values in columns.items()]
    if len({len(array) for array in arrays}) > 1:
        lengths = " and ".join(str(len(array)) for array in arrays)
        raise ValueError(f"{', '.join(columns)} need one value per patient each, but have {lengths}.")
    return arrays
