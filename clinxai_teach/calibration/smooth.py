"""The calibration curve without bins, and how far it strays from the diagonal."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import binary_outcome, number_between, open_fraction, positive_int, random_generator
from clinxai_teach.calibration.bins import assign_bins

POINTS = 100  # of the grid on which the curve is drawn
CELLS = 1000  # more probabilities than that are gathered in so many cells of equal mass, which moves no curve visibly


class SmoothCalibrationCurve(NamedTuple):
    """A smooth calibration curve: `prob_true` with its band `ci_low` to `ci_high` at the probabilities `prob_pred`.

    Over the patients, the distance of the curve from the diagonal: `ici` mean, `e50` median, `e90` the distance that
    90% do not exceed, `emax` the largest.
    """

    prob_pred: FloatArray
    prob_true: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    ici: float
    e50: float
    e90: float
    emax: float


def smooth_calibration_curve(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    *,
    span: float = 0.75,
    confidence: float = 0.95,
    n_bootstrap: int = 200,
    seed: int | np.random.Generator | None = 0,
) -> SmoothCalibrationCurve:
    """Compare predicted probabilities with what happened, without bins (loess).

    At each probability x a straight line is fitted to the outcomes of the nearest patients, the nearer the more they
    count; its value at x is the observed share there. A patient at distance d has the weight (1 - (d / h)^3)^3, where h
    is the distance of the farthest of the nearest ones.

    Like every line it can leave 0 to 1 a little where there are few patients. Where the band holds the diagonal, chance
    explains the distance; but, as with the ECE, ici, e50, e90 and emax are never 0 on real data.

    Parameters
    ----------
    y_true : labels `(n,)`
    y_prob : probabilities `(n,)`
    span : float
        The share of the patients who are "nearest", above 0 and at most 1: more gives a smoother curve.
    confidence : float
        Level of the band, at each point by itself: the middle of what the resamples give.
    n_bootstrap : int
        Resamples of the patients for the band. The distances h stay those of all patients.
    seed : int, numpy generator or None

    Returns
    -------
    SmoothCalibrationCurve
        `prob_pred` runs in equal steps from the smallest to the largest of `y_prob`.

    Raises TypeError or ValueError for bad arguments, and where all probabilities are the same.

    Austin P. C., Steyerberg E. W., The Integrated Calibration Index (ICI) and related metrics for quantifying the
    calibration of logistic regression models, Stat Med 2019;38:4051-4065, doi:10.1002/sim.8281. The smoother: Cleveland
    W. S., Robust locally weighted regression and smoothing scatterplots, J Am Stat Assoc 1979;74:829-836,
    doi:10.1080/01621459.1979.10481038 (without his robust weights, which are wrong for outcomes of 0 and 1).

    Examples
    --------
    At each of five predicted risks 100 patients, with 10 points more events than predicted: the line is 0.1 too high.

    >>> p = np.repeat([0.1, 0.3, 0.5, 0.7, 0.9], 100)
    >>> y = np.concatenate([np.arange(100) < 100 * risk for risk in (0.2, 0.4, 0.6, 0.8, 1.0)])
    >>> curve = smooth_calibration_curve(y, p)
    >>> round(curve.ici, 3), round(curve.emax, 3), curve.prob_true[[0, -1]].round(3).tolist()
    (0.1, 0.1, [0.2, 1.0])
    """
    y, p = binary_outcome(y_true, y_prob)
    if number_between("span", span, 0, 1) == 0:
        raise ValueError("span must be above 0: it is the share of the patients who are near. Try the usual 0.75.")
    tail = (1 - open_fraction("confidence", confidence)) / 2
    n_bootstrap, rng = positive_int("n_bootstrap", n_bootstrap), random_generator(seed)
    nearest = max(2, int(span * len(p) + 1e-9))
    ordered = np.sort(p)
    if ordered[0] == ordered[-1]:
        raise ValueError("y_prob is the same for every patient, so there is no curve. Compare it with y_true.mean().")

    cells = _gather(y, p)
    grid = np.linspace(ordered[0], ordered[-1], POINTS)
    fit_grid = _Lines(grid, cells.prob, _reach(grid, ordered, nearest))
    curve = fit_grid(cells.size[:, None], cells.events[:, None])[:, 0]
    count, events = _resample(cells, n_bootstrap, rng)
    low, high = np.nanquantile(fit_grid(count, events), [tail, 1 - tail], axis=1)

    at = np.unique(np.concatenate([ordered[[0, -1]], cells.prob]))
    fit_patients = _Lines(at, cells.prob, _reach(at, ordered, nearest))
    smooth = fit_patients(cells.size[:, None], cells.events[:, None])[:, 0]
    distance = np.abs(np.interp(p, at, smooth) - p)
    e50, e90 = np.quantile(distance, [0.5, 0.9])
    return SmoothCalibrationCurve(
        grid, curve, low, high, float(distance.mean()), float(e50), float(e90), float(distance.max())
    )


class _Cells(NamedTuple):
    """Patients with (nearly) the same probability, counted together."""

    prob: FloatArray
    size: FloatArray
    events: FloatArray


def _gather(y: FloatArray, p: FloatArray) -> _Cells:
    """Count patients and events at each probability, or in CELLS cells of equal mass where there are more."""
    values, cell = np.unique(p, return_inverse=True)
    if len(values) > CELLS:
        cell = assign_bins(p, CELLS, "quantile")[1]
    count = np.bincount(cell).astype(np.float64)
    kept = count > 0
    probabilities, events = (np.bincount(cell, weights=summed)[kept] for summed in (p, y))
    return _Cells(probabilities / count[kept], count[kept], events.astype(np.float64))


def _reach(at: FloatArray, ordered: FloatArray, nearest: int) -> FloatArray:
    """Return, for each point, the distance of the farthest of its nearest patients; they are one run of `ordered`."""
    first, last = ordered[: len(ordered) - nearest + 1], ordered[nearest - 1 :]
    start = np.searchsorted(first + last, 2 * at)  # from here on the last of the run is the farther one
    both = np.stack([np.maximum(start - 1, 0), np.minimum(start, len(first) - 1)])
    distance: FloatArray = np.maximum(at - first[both], last[both] - at).min(axis=0)
    return distance


class _Lines:
    """Straight lines, one for each point of `at`, through whatever counts and events the cells have.

    The weights depend on the probabilities alone. So all resamples together are five products of matrices.
    """

    def __init__(self, at: FloatArray, prob: FloatArray, reach: FloatArray) -> None:
        away = prob - at[:, None]
        relative = np.abs(away) / np.where(reach > 0, reach, 1)[:, None]
        weight = np.where(reach[:, None] > 0, np.clip(1 - relative**3, 0, None) ** 3, away == 0)
        weight = np.where(weight.any(axis=1, keepdims=True), weight, relative < 1 + 1e-9)
        self.moments = weight, weight * away, weight * away**2

    def __call__(self, count: FloatArray, events: FloatArray) -> FloatArray:
        """Return the value of each line at its point, `(points, resamples)`; NaN where it has no patient."""
        flat, slanted, squared = self.moments
        s0, s1, s2 = flat @ count, slanted @ count, squared @ count
        t0, t1 = flat @ events, slanted @ events
        spread = s0 * s2 - s1**2
        line = spread > 1e-9 * s0 * s2  # else all its patients have one probability: their share
        with np.errstate(divide="ignore", invalid="ignore"):
            value: FloatArray = np.where(line, (s2 * t0 - s1 * t1) / spread, t0 / s0)
        return value


def _resample(cells: _Cells, n_bootstrap: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw n patients with replacement, many times; return counts and events `(cells, n_bootstrap)`."""
    kinds = np.concatenate([cells.events, cells.size - cells.events])
    n = int(cells.size.sum())
    drawn = rng.multinomial(n, kinds / n, size=n_bootstrap).T.astype(np.float64)
    events, others = np.split(drawn, 2)
    return events + others, events
