"""Measures of many resamples at once: every formula takes a table of how often each patient was drawn.

A resample of n patients, drawn with replacement, is a row of n counts that sum to n. Written with counts, a measure
of 1,000 resamples is one matrix product instead of 1,000 loops, and it is exactly the measure of the drawn patients.

Efron B. and Tibshirani R., An introduction to the bootstrap, Chapman & Hall 1993.
"""

import numpy as np
from scipy.special import expit

from clinxai_teach._types import FloatArray, IntArray

AT_ONCE = 250_000  # counts held together: few enough to stay in the processor's cache


def resample_counts(n: int, n_resamples: int, generator: np.random.Generator) -> FloatArray:
    """Return how often each of `n` patients is drawn in each resample, float64 `(n_resamples, n)`."""
    counts = np.empty((n_resamples, n))
    for row in counts:
        drawn = generator.integers(0, n, n)  # the same on every machine, so cast afterwards
        row[:] = np.bincount(drawn.astype(np.intp, copy=False), minlength=n)
    return counts


def resampled_measures(
    y: FloatArray,
    p: FloatArray,
    clipped: FloatArray,
    bin_of: IntArray,
    n_bins: int,
    *,
    n_resamples: int,
    generator: np.random.Generator,
) -> dict[str, FloatArray]:
    """Return the measures of each resample, a dict of arrays `(n_resamples,)`; "gaps" is `(n_resamples, n_bins)`.

    `clipped (n,)` are the probabilities for the slope, which must not be 0 or 1; `bin_of (n,)` is the bin of each
    patient for the ECE; "gaps" is what `ece_interval` needs.
    """
    size = max(1, AT_ONCE // len(y))
    parts = []
    for done in range(0, n_resamples, size):
        counts = resample_counts(len(y), min(size, n_resamples - done), generator)
        parts.append(
            {
                "auc": resampled_auc(y, p, counts),
                "oe": resampled_ratio(y, p, counts),
                "slope": resampled_slope(y, clipped, counts),
                "gaps": resampled_gaps(y, p, counts, bin_of, n_bins),
                "brier": counts @ (p - y) ** 2 / len(y),
            }
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def resampled_auc(y: FloatArray, p: FloatArray, counts: FloatArray) -> FloatArray:
    """Return the AUC of each resample; NaN where only one outcome was drawn.

    The AUC is the share of pairs, one patient with the event and one without, in which the event has the higher p;
    a tie counts one half. `left` and `right` say how many patients without the event have a lower p, and at most p.
    """
    event, without = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    without = without[np.argsort(p[without], kind="stable")]
    left = np.searchsorted(p[without], p[event], side="left")
    right = np.searchsorted(p[without], p[event], side="right")
    below = np.zeros((len(counts), len(without) + 1))
    np.cumsum(counts[:, without], axis=1, out=below[:, 1:])
    drawn = counts[:, event]
    pairs = drawn.sum(axis=1) * below[:, -1]
    won = (drawn * (below[:, left] + below[:, right])).sum(axis=1) / 2
    auc: FloatArray = np.divide(won, pairs, out=np.full(len(counts), np.nan), where=pairs > 0)
    return auc


def resampled_ratio(y: FloatArray, p: FloatArray, counts: FloatArray) -> FloatArray:
    """Return observed / expected events of each resample; NaN where none is expected."""
    observed, expected = counts @ y, counts @ p
    ratio: FloatArray = np.divide(observed, expected, out=np.full(len(counts), np.nan), where=expected > 0)
    return ratio


def resampled_gaps(y: FloatArray, p: FloatArray, counts: FloatArray, bin_of: IntArray, n_bins: int) -> FloatArray:
    """Return, for each resample and bin, the sum of p - y divided by the number of patients, `(B, n_bins)`."""
    gap = np.zeros((len(y), n_bins))
    gap[np.arange(len(y)), bin_of] = (p - y) / len(y)
    return counts @ gap


def resampled_slope(y: FloatArray, p: FloatArray, counts: FloatArray, *, max_steps: int = 50) -> FloatArray:
    """Return the calibration slope of each resample, as in `calibration_slope_intercept`.

    Newton's method for all resamples together. Those that have settled are left alone, and no step moves a weight by
    more than 2. NaN where a resample has no slope: one outcome only, p of exactly 0 or 1, the same p for all, or
    (almost) perfect separation.
    """
    slopes = np.full(len(counts), np.nan)
    if p.min() == 0 or p.max() == 1 or p.min() == p.max():
        return slopes
    logit = np.log(p) - np.log1p(-p)
    centre, scale = logit.mean(), logit.std()
    z = (logit - centre) / scale
    powers = np.stack([np.ones_like(z), z, z**2], axis=1)
    weights = np.tile([centre, scale], (len(counts), 1))  # intercept and slope for z; the start is a slope of 1
    active = np.arange(len(counts))
    for _ in range(max_steps):
        drawn = counts[active]
        risk = expit(weights[active] @ powers[:, :2].T)
        gradient = (drawn * (y - risk)) @ powers[:, :2]
        curvature = (drawn * risk * (1 - risk)) @ powers
        determinant = curvature[:, 0] * curvature[:, 2] - curvature[:, 1] ** 2
        solvable = determinant > 1e-12 * curvature[:, 0] * curvature[:, 2]
        active, (u0, u1), (v0, v1, v2) = active[solvable], gradient[solvable].T, curvature[solvable].T
        step = np.stack([v2 * u0 - v1 * u1, v0 * u1 - v1 * u0], axis=1) / determinant[solvable, None]
        weights[active] += np.clip(step, -2, 2)
        done = np.abs(step).max(axis=1, initial=0) < 1e-6  # Newton squares the error: the next step would be 1e-12
        slopes[active[done]] = weights[active[done], 1] / scale
        active = active[~done]
        if len(active) == 0:
            break
    return slopes
