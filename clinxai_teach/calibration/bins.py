"""The one rule that puts patients into bins. Every curve and score of this package uses it.

A bin is closed on the right, as in scikit-learn's `calibration_curve`: a patient belongs to it when
lower edge < p <= upper edge. The first bin also holds its own lower edge, so p = 0 is counted.
"""

import numpy as np

from clinxai_teach._validate import binary_outcome, class_labels, finite_array, one_of, positive_int, probabilities


def assign_bins(p, n_bins, strategy):
    """Return the edges of the bins `(k + 1,)` and the number of each patient's bin `(n,)`, counted from 0.

    - "uniform": `n_bins` bins of equal width from 0 to 1.
    - "quantile": bins that hold about the same number of patients each; the edges are quantiles of p. Patients with
      the same p always share a bin, so many ties leave fewer bins. A first bin such as [0, 0] holds the patients
      with exactly that p.

    Raises ValueError for another strategy, TypeError or ValueError unless `n_bins` is a whole number of at least 1.
    """
    one_of("strategy", strategy, ("uniform", "quantile"))
    edges = np.linspace(0, 1, positive_int("n_bins", n_bins) + 1)
    if strategy == "quantile":
        quantiles = np.percentile(p, edges * 100)
        inner = np.unique(quantiles[1:-1])  # each tie counts once
        inner = inner[inner < quantiles[-1]]  # no patient lies above the maximum
        edges = np.concatenate([quantiles[:1], inner, quantiles[-1:]])
    return edges, np.searchsorted(edges[1:-1], p)


def events_and_probabilities(y_true, y_prob):
    """Return what was predicted, as 0 or 1, and the probability given to it, both `(n,)`.

    Probabilities `(n,)` are those of class 1, and the event is the label itself. For class probabilities `(n, K)` the
    prediction is the most probable class (the first of several): the event is that it is right.
    """
    p = finite_array("y_prob", y_prob, ndim=(1, 2))
    if p.ndim == 1:
        return binary_outcome(y_true, p)
    p = probabilities("y_prob", p, ndim=2)
    y = class_labels("y_true", y_true, *p.shape)
    return (p.argmax(axis=1) == y).astype(np.float64), p.max(axis=1)
