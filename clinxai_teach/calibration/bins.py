"""The one rule that puts patients into bins. Every curve and score of this package uses it.

A bin is closed on the right, as in scikit-learn's `calibration_curve`: a patient belongs to it when
lower edge < p <= upper edge. The first bin also holds its own lower edge, so p = 0 is counted.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach._validate import labelled_probabilities, one_of, positive_int

FEW = 32  # edges that are quicker compared one by one than searched
CHUNK = 1 << 16  # so many patients at once stay in the processor's cache


def assign_bins(p: FloatArray, n_bins: int, strategy: str) -> tuple[FloatArray, IntArray]:
    """Return the edges of the bins `(k + 1,)` and the number of each patient's bin `(n,)`, counted from 0.

    - "uniform": `n_bins` bins of equal width from 0 to 1.
    - "quantile": bins that hold about the same number of patients each; the edges are quantiles of p. Patients with
      the same p always share a bin, so many ties leave fewer bins. A first bin such as [0, 0] holds the patients
      with exactly that p.

    Raises ValueError for another strategy, TypeError or ValueError unless `n_bins` is a whole number of at least 1.

    Examples
    --------
    >>> edges, bin_of = assign_bins(np.array([0.0, 0.5, 0.51, 0.9]), n_bins=2, strategy="uniform")
    >>> edges.tolist(), bin_of.tolist()
    ([0.0, 0.5, 1.0], [0, 0, 1, 1])
    """
    edges = bin_edges(p, n_bins, strategy)
    bin_of = np.empty(len(p), dtype=np.intp)
    for some in _chunks(len(p)):
        bin_of[some] = _below(edges[1:-1], p[some])
    return edges, bin_of


def bin_edges(p: FloatArray, n_bins: int, strategy: str) -> FloatArray:
    """Return the edges `(k + 1,)` of the bins that `assign_bins` describes.

    Examples
    --------
    >>> bin_edges(np.array([0.1, 0.2, 0.2, 0.8]), n_bins=2, strategy="quantile").tolist()
    [0.1, 0.2, 0.8]
    """
    one_of("strategy", strategy, ("uniform", "quantile"))
    edges = np.linspace(0, 1, positive_int("n_bins", n_bins) + 1)
    if strategy == "quantile":
        quantiles = np.percentile(p, edges * 100)
        inner = np.unique(quantiles[1:-1])  # each tie counts once
        inner = inner[inner < quantiles[-1]]  # no patient lies above the maximum
        edges = np.concatenate([quantiles[:1], inner, quantiles[-1:]])
    return edges


def bin_sums(event: FloatArray, p: FloatArray, edges: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Return how many patients each bin holds, how many events, and the sum of their p, `(k,)` each.

    Examples
    --------
    >>> count, events, total = bin_sums(np.array([0.0, 1, 1]), np.array([0.25, 0.5, 0.75]), np.array([0, 0.5, 1]))
    >>> count.tolist(), events.tolist(), total.tolist()
    ([2, 1], [1, 1], [0.75, 0.75])
    """
    k = len(edges) - 1
    with_and_without, total = np.zeros(2 * k, dtype=np.int64), np.zeros(k)
    for some in _chunks(len(p)):
        bin_of = _below(edges[1:-1], p[some])
        with_and_without += np.bincount(2 * bin_of + (event[some] == 1), minlength=2 * k)
        total += np.bincount(bin_of, weights=p[some], minlength=k)
    without, events = with_and_without.reshape(k, 2).T
    return without + events, events, total


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, n, CHUNK))


def _below(edges: FloatArray, p: FloatArray) -> NDArray[np.integer[Any]]:
    """Return how many edges lie below each p."""
    if len(edges) > FEW:
        return np.searchsorted(edges, p)
    below = np.zeros(len(p), dtype=np.uint8)
    for edge in edges:
        below += p > edge
    return below


def events_and_probabilities(y_true: ArrayLike, y_prob: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return what was predicted, as 0 or 1, and the probability given to it, both `(n,)`.

    Probabilities `(n,)` are those of class 1, and the event is the label itself. For class probabilities `(n, K)` the
    prediction is the most probable class (the first of several): the event is that it is right.

    Examples
    --------
    >>> event, p = events_and_probabilities([2, 0], [[0.1, 0.2, 0.7], [0.3, 0.6, 0.1]])
    >>> event.tolist(), p.tolist()
    ([1.0, 0.0], [0.7, 0.6])
    """
    y, p = labelled_probabilities(y_true, y_prob)
    if p.ndim == 1:
        return y.astype(np.float64, copy=False), p
    return (p.argmax(axis=1) == y).astype(np.float64), p.max(axis=1)
