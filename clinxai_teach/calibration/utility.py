"""What a threshold on the probability is worth to the patients."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._sorting import sort_marked
from clinxai_teach._types import FloatArray
from clinxai_teach._validate import binary_outcome, finite_array, open_fraction


def net_benefit(y_true: ArrayLike, y_prob: ArrayLike, thresholds: ArrayLike) -> FloatArray:
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

    Examples
    --------
    Of ten patients the model finds two of the three ill ones, and one healthy one: (2 - 1 x 0.2 / 0.8) / 10.

    >>> net_benefit([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], [0.9, 0.6, 0.1, 0.3] + [0.05] * 6, 0.2).tolist()
    [0.175]
    """
    y, p = binary_outcome(y_true, y_prob)
    t = np.atleast_1d(finite_array("thresholds", thresholds, ndim=(0, 1)))
    for end in (t.min(), t.max()):
        open_fraction("thresholds", end)
    ordered, event = sort_marked(p, y == 1)
    untreated = np.searchsorted(ordered, t, side="left")  # how many have p < t
    events_below = np.concatenate([[0], np.cumsum(event)])
    true_positives = events_below[-1] - events_below[untreated]
    false_positives = len(y) - untreated - true_positives
    benefit: FloatArray = (true_positives - false_positives * t / (1 - t)) / len(y)
    return benefit
