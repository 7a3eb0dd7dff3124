"""Is the average risk right, and are the predictions too extreme? Three numbers without bins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import binary_outcome
from clinxai_teach.calibration.logistic import EVERY, fit_intercept, fit_logistic


class CalibrationSlopeIntercept(NamedTuple):
    """`slope`: 1 is right. `intercept`, calibration in the large: 0 is right."""

    slope: float
    intercept: float


def calibration_slope_intercept(y_true: ArrayLike, y_prob: ArrayLike) -> CalibrationSlopeIntercept:
    """Return the calibration slope and intercept of probabilities `(n,)`, by logistic regression without penalty.

    - slope: the b of  P(y = 1) = sigmoid(a + b logit(p)). Below 1 the predictions are too extreme (overfitting):
      high risks too high, low risks too low. Above 1 they are too timid.
    - intercept: the a of  P(y = 1) = sigmoid(a + logit(p)), that is with the slope fixed at 1: calibration in the
      large. Below 0 the risks are too high on average, above 0 too low.

    Returns `slope, intercept`.

    Raises ValueError where they do not exist: p of exactly 0 or 1 (its logit is infinite; how you clip it decides the
    slope, so clip it yourself and say how), one outcome only, the same p for everyone, or p that separates the
    outcomes perfectly (an infinite slope). Few patients lead there: collect more, or report "not estimable".

    Van Calster B. et al., Calibration: the Achilles heel of predictive analytics, BMC Medicine 2019;17:230,
    doi:10.1186/s12916-019-1466-7.

    Examples
    --------
    The model says 10% and 90%, but it happens to 1 of 4 and 3 of 4: the log-odds should be half as far from 0.

    >>> y, p = [0, 0, 0, 1, 0, 1, 1, 1], [0.1] * 4 + [0.9] * 4
    >>> slope, intercept = calibration_slope_intercept(y, p)
    >>> round(slope, 6), round(intercept, 6)  # the slope is log 3 / log 9
    (0.5, 0.0)
    """
    return slope_intercept_of_checked(*binary_outcome(y_true, y_prob))


def slope_intercept_of_checked(y: FloatArray, p: FloatArray) -> CalibrationSlopeIntercept:
    """Return the same for outcomes and probabilities that are checked already."""
    if p.min() == 0 or p.max() == 1:
        certain = np.count_nonzero((p == 0) | (p == 1))
        raise ValueError(
            f"y_prob holds 0 or 1 exactly for {certain} patient(s), whose logit is infinite. "
            "Clip first, for example np.clip(y_prob, 0.001, 0.999), and report that you did."
        )
    if y.min() == y.max():
        raise ValueError(f"y_true holds only the label {y[0]:g}. Slope and intercept need patients of both kinds.")
    z = np.log(p)
    z -= np.log1p(-p)
    if z.min() == z.max():
        raise ValueError("y_prob is the same for every patient, so there is no slope. Compare it with y_true.mean().")
    if _separated(z[::EVERY], y[::EVERY]) and _separated(z, y):
        raise ValueError("y_prob separates the two outcomes perfectly, so the slope is infinite. Use more patients.")
    slope, _ = fit_logistic(z, y)
    return CalibrationSlopeIntercept(slope, fit_intercept(z, y))


def _separated(z: FloatArray, y: FloatArray) -> bool:
    """Say whether all with the event lie on one side of all without, or there are only patients of one kind."""
    with_event, without = z[y == 1], z[y == 0]
    if len(with_event) == 0 or len(without) == 0:
        return True
    return bool(with_event.min() >= without.max() or without.min() >= with_event.max())


def observed_expected_ratio(y_true: ArrayLike, y_prob: ArrayLike) -> float:
    """Return O/E: the number of events divided by the sum of the probabilities `(n,)`.

    1 is right on average; 1.3 means 30% more events than predicted. A float, 0 without events. Raises ValueError
    where all probabilities are 0, TypeError or ValueError for other bad arguments.

    Examples
    --------
    >>> observed_expected_ratio([1, 0, 1, 0], [0.5, 0.25, 0.5, 0.25])  # 2 events, 1.5 expected
    1.3333333333333333
    """
    y, p = binary_outcome(y_true, y_prob)
    if p.sum() == 0:
        raise ValueError("y_prob is 0 for every patient, so no event is expected and O/E does not exist.")
    return float(y.sum() / p.sum())
