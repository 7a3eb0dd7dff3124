"""Is this patient like those the model was trained on? One distance, its percentile, and a flag."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.covariance import LedoitWolf
from sklearn.model_selection import KFold

from clinxai_teach._types import BoolArray, FloatArray, IntArray
from clinxai_teach._validate import feature_table
from clinxai_teach.intervals import wilson_interval

FLAG_ABOVE = 99  # percentile of the training patients


class Similarity(NamedTuple):
    """How far patients are from the training patients, `(n,)` each.

    `distance` in standard deviations, 0 and more; `percentile` the share of the training patients, in percent, that are
    at most as far from the others.
    """

    distance: FloatArray
    percentile: FloatArray


class SimilarityCheck(NamedTuple):
    """What a detector says of new patients who belong to the intended population: each flag is a false one.

    `n_training` patients and `n_features` inputs it was fitted on; `n` new patients, of whom `flagged`; `rate` their
    share, with its 95% interval `low` to `high` (Wilson); `with_missing` patients with at least one missing input.
    """

    n_training: int
    n_features: int
    n: int
    flagged: int
    rate: float
    low: float
    high: float
    with_missing: int


class SimilarityDetector:
    """Tells how unlike the training patients a new patient is (Mahalanobis distance).

        distance = sqrt( (z - m)' S^-1 (z - m) )

    z are the patient's inputs, each divided by its standard deviation, m their mean and S their covariance among the
    training patients. Because of S, a patient can be far away although each input alone is ordinary: a high BMI with a
    small waist. S is estimated with Ledoit and Wolf's shrinkage, so that many inputs are no problem.

    - `fit(X)` learns from training patients `(n, d)`, at least 20, and returns self. X is an array or a DataFrame.
    - `score(X)` returns `Similarity(distance, percentile)`.
    - `flag(X)` is True above the 99th percentile. By construction about 1 in 100 patients of the same kind is flagged.

    The percentile compares with distances that the training patients would have as new patients: each tenth of them is
    measured with the S of the other nine tenths.

    A missing input (NaN) is replaced by the median. Alone that looks ordinary; beside an extreme value it can make an
    odd pair and raise a flag. With many medians a patient looks ordinary, so one is flagged too where more than half
    of the inputs are missing, unless this is common (more than 1 in 100) among the training patients. `n_missing(X)`
    counts them; show it beside the distance.

    It knows the inputs only. A patient can be flagged and the prediction right, and the other way round: the distance
    does not know what matters for the outcome, nor what the model was never told.

    Mahalanobis P. C., On the generalised distance in statistics, Proc Natl Inst Sci India 1936;2:49-55. Ledoit O. and
    Wolf M., A well-conditioned estimator for large-dimensional covariance matrices, J Multivar Anal 2004;88:365-411,
    doi:10.1016/S0047-259X(03)00096-4. For features of a network: Lee K. et al., NeurIPS 2018, arXiv:1807.03888.

    Examples
    --------
    Two inputs that go together, such as weight and waist. The second new patient has a high one and a low one.

    >>> first = np.linspace(-2, 2, 100)
    >>> detector = SimilarityDetector().fit(np.column_stack([first, first + 0.1 * np.cos(50 * first)]))
    >>> detector.flag([[1.5, 1.5], [1.5, -1.5]]).tolist()
    [False, True]
    >>> detector.n_missing([[1.5, np.nan]]).tolist()
    [1]
    """

    def fit(self, X: ArrayLike) -> Self:
        """Learn from the training patients and return self.

        Raises TypeError or ValueError for fewer than 20 patients, infinite values, or an input that is always missing.
        """
        table = feature_table("X", X)
        if len(table) < 20:
            raise ValueError(f"X must hold at least 20 training patients, but holds {len(table)}.")
        empty = np.isnan(table).all(axis=0)
        if empty.any():
            columns = ", ".join(map(str, np.flatnonzero(empty)))
            raise ValueError(f"X has no value at all in column(s) {columns}. Leave them out.")
        median = np.nanmedian(table, axis=0)
        spread = np.where(np.isnan(table), median, table).std(axis=0)
        if not spread.any():
            raise ValueError(
                "X is the same for every patient, so nothing can be unlike it. Pass the training patients."
            )
        self._names, self._median, self._scale = _names(X), median, np.where(spread > 0, spread, 1)
        standardised = self._standardise(table)
        reference = np.empty(len(table))
        for others, tenth in KFold(10, shuffle=True, random_state=0).split(standardised):
            reference[tenth] = _distance(LedoitWolf().fit(standardised[others]), standardised[tenth])
        self._reference = np.sort(reference)
        self._model = LedoitWolf().fit(standardised)
        self._most_missing = max(table.shape[1] / 2, float(np.quantile(_n_missing(table), FLAG_ABOVE / 100)))
        return self

    def score(self, X: ArrayLike) -> Similarity:
        """Return `Similarity(distance, percentile)` of patients `(n, d)`, in the columns' order of `fit`."""
        return self._score(self._checked(X))

    def flag(self, X: ArrayLike) -> BoolArray:
        """Return a boolean array `(n,)`: True for patients who are too unlike the training patients to rely on."""
        return self._flag(self._checked(X))

    def n_missing(self, X: ArrayLike) -> IntArray:
        """Return how many inputs of each patient are missing, int `(n,)`."""
        return _n_missing(self._checked(X))

    def check(self, X: ArrayLike) -> SimilarityCheck:
        """Return a `SimilarityCheck` of new patients of the intended population: how many are flagged all the same."""
        table = self._checked(X)
        flagged, n = int(self._flag(table).sum()), len(table)
        low, high = wilson_interval(flagged, n)
        with_missing = int(np.isnan(table).any(axis=1).sum())
        return SimilarityCheck(
            len(self._reference), len(self._median), n, flagged, flagged / n, float(low), float(high), with_missing
        )

    def _score(self, table: FloatArray) -> Similarity:
        distance = _distance(self._model, self._standardise(table))
        as_near = np.searchsorted(self._reference, distance, side="right")
        return Similarity(distance, 100 * as_near / len(self._reference))

    def _flag(self, table: FloatArray) -> BoolArray:
        flagged: BoolArray = (self._score(table).percentile > FLAG_ABOVE) | (_n_missing(table) > self._most_missing)
        return flagged

    def _checked(self, X: ArrayLike) -> FloatArray:
        if not hasattr(self, "_model"):
            raise ValueError("SimilarityDetector knows no training patients yet. Call fit(X) first.")
        table, names = feature_table("X", X), _names(X)
        if table.shape[1] != len(self._median):
            raise ValueError(f"X must have {len(self._median)} columns as in fit, but has {table.shape[1]}.")
        if names is not None and self._names is not None and names != self._names:
            raise ValueError(f"X must have the columns of fit in the same order: {', '.join(map(str, self._names))}.")
        return table

    def _standardise(self, table: FloatArray) -> FloatArray:
        return np.where(np.isnan(table), self._median, table) / self._scale


def _distance(model: LedoitWolf, standardised: FloatArray) -> FloatArray:
    """Return the Mahalanobis distance of each row: `mahalanobis` of scikit-learn is its square."""
    distance: FloatArray = np.sqrt(np.maximum(model.mahalanobis(standardised), 0))
    return distance


def _n_missing(table: FloatArray) -> IntArray:
    missing: IntArray = np.isnan(table).sum(axis=1)
    return missing


def _names(X: Any) -> list[Any] | None:
    return list(X.columns) if hasattr(X, "columns") else None
