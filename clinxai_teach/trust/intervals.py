"""95% intervals from resamples. Simulations in the tests show what they cover: at least 93 of 100."""

import math
from statistics import NormalDist

import numpy as np
from scipy.special import expit, logit

from clinxai_teach.calibration.curves import wilson_interval

Z = NormalDist().inv_cdf(0.975)
UNKNOWN = (math.nan, math.nan)


def normal_interval(estimate, draws, to_scale, from_scale):
    """Return estimate ± 1.96 bootstrap standard errors, computed on another scale and carried back.

    The standard error is the spread of the measure over the resamples `draws`. On a scale without ends (the logit for
    an AUC, the log for a ratio) a measure is closer to normal, so this covers better than the percentiles of the draws
    do in small groups, and it never leaves the possible range. NaN where more than 1 in 20 resamples has no value.
    """
    centre = to_scale(estimate)
    values = to_scale(draws)
    values = values[np.isfinite(values)]
    if not np.isfinite(centre) or len(values) < 0.95 * len(draws):
        return UNKNOWN
    half = Z * values.std(ddof=1)
    return float(from_scale(centre - half)), float(from_scale(centre + half))


def share_interval(estimate, draws, *, n, smallest):
    """Return the interval of a measure between 0 and 1, on the logit scale.

    Resampling cannot say how far from 1 the truth may be when the estimate is exactly 1 (or 0), as all resamples give
    the same: then it is Wilson's interval for `n` of `n` cases. Resamples at the ends are moved inwards by `smallest`.
    """
    if estimate in (0, 1):
        return tuple(float(end) for end in wilson_interval(estimate * n, n))
    return normal_interval(estimate, np.clip(draws, smallest, 1 - smallest), logit, expit)


def ratio_interval(estimate, draws, *, expected):
    """Return the interval of observed / expected events, on the log scale; exact (Poisson) where none was observed."""
    if math.isnan(estimate):
        return UNKNOWN
    if estimate == 0:
        return 0.0, float(-np.log(0.025) / expected)
    return normal_interval(estimate, np.maximum(draws, 0.5 / expected), np.log, np.exp)


def slope_interval(estimate, draws):
    """Return the interval of a slope, on its own scale."""
    return normal_interval(estimate, draws, np.asarray, np.asarray)


def ece_interval(gaps, resampled_gaps):
    """Return the interval of the ECE: the true values for which an ECE like this one would be no surprise.

    `gaps (K,)` is, for each bin, the sum of p - y divided by the number of all patients, so that the ECE is the sum of
    |gaps|; `resampled_gaps (B, K)` the same for each resample.

    Why not the percentiles of the resampled ECE: each bin strays by chance, and |.| turns every stray into error. The
    resampled ECE is therefore too high. For a perfectly calibrated model the percentiles never hold the truth, 0.

    Instead each candidate for the true ECE is tried: the observed gaps, all shrunk or stretched by one factor to have
    that sum, plus the chance error of each resample (resampled - observed gaps). A candidate stays in the interval if
    the observed ECE lies within the middle 95% of what it gives. The lower end is 0 exactly when the observed ECE is
    no larger than chance alone explains. The upper end is at least the observed ECE.
    """
    observed = np.abs(gaps).sum()
    chance = resampled_gaps - gaps
    direction = gaps / observed if observed > 0 else np.full(len(gaps), 1 / len(gaps))
    # No candidate beyond this can stay: it exceeds the observed ECE by more than chance ever takes away.
    limit = observed + np.quantile(np.abs(chance).sum(axis=1), 0.975)
    candidates = np.linspace(0, limit, 51)
    given = np.abs(candidates[:, None, None] * direction + chance).sum(axis=2)  # a row of ECEs for each candidate
    lowest, highest = np.maximum.accumulate(np.quantile(given, [0.025, 0.975], axis=1), axis=1)
    low = 0.0 if highest[0] >= observed else np.interp(observed, highest, candidates)
    high = np.interp(observed, lowest, candidates)
    return float(min(low, observed)), float(min(max(high, observed), 1))
