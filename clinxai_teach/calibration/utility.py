"""What a threshold on the probability is worth to the patients."""

import numpy as np

from clinxai_teach._validate import binary_outcome, finite_array


def net_benefit(y_true, y_prob, thresholds):
    """Return the net benefit of treating every patient whose probability is at least the threshold.

        net benefit = true positives / n  -  false positives / n * t / (1 - t)

    A clinic that acts at a risk of t accepts (1 - t) / t treated patients without the disease for one with it; t = 0.1
    accepts nine. The unit is true positives per patient: 0.02 is worth 20 more true positives among 1,000 patients,
    with no more false ones.

    Parameters
    ----------
    y_true : labels `(n,)`
    y_prob : probabilities `(n,)`
    thresholds : number or numbers
        Strictly between 0 and 1.

    Returns
    -------
    array `(m,)`
        One value per threshold, also for a single number. "Treat all" is `net_benefit(y_true, np.ones(n), t)`, which
        is rate - (1 - rate) t / (1 - t); "treat none" is 0.

    Raises TypeError or ValueError for bad arguments.

    Vickers A. J. and Elkin E. B., Decision curve analysis, Medical Decision Making 2006;26:565-574,
    doi:10.1177/0272989X06295361.
    """
    y, p = binary_outcome(y_true, y_prob)
    t = np.atleast_1d(finite_array("thresholds", thresholds, ndim=(0, 1)))
    if t.min() <= 0 or t.max() >= 1:
        wrong = t.min() if t.min() <= 0 else t.max()
        raise ValueError(f"thresholds must lie strictly between 0 and 1, but hold {wrong:g}.")
    order = np.argsort(p)
    untreated = np.searchsorted(p[order], t, side="left")  # how many have p < t
    events_below = np.concatenate([[0], np.cumsum(y[order])])
    true_positives = events_below[-1] - events_below[untreated]
    false_positives = len(y) - untreated - true_positives
    return (true_positives - false_positives * t / (1 - t)) / len(y)
