"""The reliability diagram, and how far it strays by chance alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach._validate import open_fraction, positive_int, probabilities, random_generator
from clinxai_teach.calibration.bins import bin_edges, bin_sums, events_and_probabilities
from clinxai_teach.intervals import wilson_interval

LARGE = 1000  # from this variance on, the number of a bin's events is as good as normal


@dataclass(frozen=True, eq=False)
class ReliabilityCurve:
    """A reliability diagram as numbers; one value per bin that holds patients.

    `prob_true` observed share of events; `prob_pred` mean predicted probability; `count` patients; `ci_low` and
    `ci_high` the Wilson interval of `prob_true`; `edges` the edges of all bins, empty bins too.
    """

    prob_true: FloatArray
    prob_pred: FloatArray
    count: IntArray
    edges: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray


def reliability_curve(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    *,
    n_bins: int = 10,
    strategy: str = "uniform",
    confidence: float = 0.95,
) -> ReliabilityCurve:
    """Compare predicted probabilities with what happened, bin by bin.

    Parameters
    ----------
    y_true : labels `(n,)`
    y_prob : probabilities
        `(n,)`: of class 1. `(n, K)`: of K classes; the curve then asks how often the most probable class is right
        ("top label").
    n_bins : int
        How many bins to ask for.
    strategy : "uniform" or "quantile"
        Bins of equal width from 0 to 1, or with about the same number of patients each (fewer where p has ties).
    confidence : float
        Level of the interval around each observed share.

    Returns
    -------
    ReliabilityCurve
        `prob_true, prob_pred, count, edges, ci_low, ci_high`. Bins without patients are left out, except in `edges`:
        `n_bins` + 1 numbers for "uniform", the distinct quantiles for "quantile". The first two fields equal
        scikit-learn's `calibration_curve`: a bin is closed on the right, and the first one includes its left edge.

    Raises TypeError or ValueError for bad arguments.

    Wilson E. B., Probable inference, the law of succession, and statistical inference, J Am Stat Assoc 1927;22:209-212.

    Examples
    --------
    Four patients with a predicted risk around 0.3, of whom one had the event, and two around 0.9, who both had it.

    >>> curve = reliability_curve([0, 0, 1, 0, 1, 1], [0.2, 0.3, 0.3, 0.4, 0.8, 1.0], n_bins=2)
    >>> curve.prob_pred.round(3).tolist(), curve.prob_true.tolist(), curve.count.tolist()
    ([0.3, 0.9], [0.25, 1.0], [4, 2])
    """
    event, p = events_and_probabilities(y_true, y_prob)
    edges = bin_edges(p, n_bins, strategy)
    count, events, total = bin_sums(event, p, edges)
    kept = count > 0
    count, events, total = count[kept], events[kept], total[kept]
    return ReliabilityCurve(events / count, total / count, count, edges, *wilson_interval(events, count, confidence))


class NullBand(NamedTuple):
    """The range of the ECE of a perfectly calibrated model: `low` and `high`."""

    low: float
    high: float


def calibration_null_band(
    y_prob: ArrayLike,
    *,
    n_bins: int = 10,
    strategy: str = "uniform",
    confidence: float = 0.95,
    n_simulations: int = 1000,
    seed: int | np.random.Generator | None = 0,
) -> NullBand:
    """Return the range in which the ECE of a perfectly calibrated model with these probabilities would lie.

    The literature calls it a consistency band, and for the bins of a reliability diagram consistency bars.

    Even a perfect model has ECE > 0, because each bin holds few patients. Here every outcome is drawn anew with
    exactly the predicted probability, `n_simulations` times, and the plug-in ECE is computed each time. An ECE above
    `high` is more than chance explains at this sample size. One below `low` is suspiciously good: were these patients
    used to fit the model? Where the number of a bin's events has a variance of 1,000 and more, it is drawn at once,
    from the normal distribution; that moves the band by less than a thousandth of its width.

    Parameters
    ----------
    y_prob : probabilities `(n,)`, or `(n, K)` for the top-label ECE
    n_bins, strategy : as in `expected_calibration_error`
    confidence : float
        Share of the simulated values between `low` and `high`; the rest lies half below, half above.
    n_simulations : int
    seed : int, numpy generator or None

    Returns
    -------
    NullBand
        `low, high`. It depends on the predictions only, not on what happened, nor on the order of the patients.

    Bröcker J. and Smith L. A., Increasing the reliability of reliability diagrams, Weather and Forecasting
    2007;22:651-661, doi:10.1175/WAF993.1 (there for each bin).

    Examples
    --------
    Of 100 patients told 50%, the share with the event strays by 0 to 11 points from 50% by chance alone.

    >>> band = calibration_null_band(np.full(100, 0.5))
    >>> round(band.low, 2), round(band.high, 2)
    (0.0, 0.11)
    """
    p = probabilities("y_prob", y_prob, ndim=(1, 2))
    p = np.sort(p if p.ndim == 1 else p.max(axis=1))
    tail = (1 - open_fraction("confidence", confidence)) / 2
    n_simulations = positive_int("n_simulations", n_simulations)
    # p is sorted, so each bin is one run of patients.
    starts = np.unique(np.append(0, np.searchsorted(p, bin_edges(p, n_bins, strategy)[1:-1], side="right")))
    starts = starts[starts < len(p)]
    events = _events_by_chance(p, starts, n_simulations, random_generator(seed))
    errors = np.abs(events - np.add.reduceat(p, starts)).sum(axis=1) / len(p)
    low, high = np.quantile(errors, [tail, 1 - tail])
    return NullBand(float(low), float(high))


def _events_by_chance(p: FloatArray, starts: IntArray, n_simulations: int, rng: np.random.Generator) -> FloatArray:
    """Return how many events the bins of sorted `p` get by chance, `(n_simulations, k)`; each starts at `starts`."""
    mean, variance = np.add.reduceat(p, starts), np.add.reduceat(p - p**2, starts)
    large = variance >= LARGE
    events = np.empty((n_simulations, len(starts)))
    shape = n_simulations, np.count_nonzero(large)
    events[:, large] = np.rint(rng.normal(mean[large], np.sqrt(variance[large]), shape))
    if large.all():
        return events
    size = np.diff(starts, append=len(p))
    few, first = p[np.repeat(~large, size)], np.cumsum(size[~large]) - size[~large]
    at_once = max(1, 500_000 // len(few))  # so many simulations fit in a few megabytes
    for done in range(0, n_simulations, at_once):
        outcomes = rng.random((min(at_once, n_simulations - done), len(few))) < few
        events[done : done + at_once, ~large] = np.add.reduceat(outcomes, first, axis=1, dtype=np.int64)
    return events
