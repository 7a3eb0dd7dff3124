"""Prediction sets: from a probability for each class to a set of classes with a guarantee."""

from __future__ import annotations

import copy
import math
import numbers
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._types import BoolArray, FloatArray
from clinxai_teach._validate import class_labels, group_labels, missed_share, one_of, probabilities, random_generator
from clinxai_teach.conformal.quantile import quantile_of_checked

SCORES = ("lac", "aps", "raps")
# RAPS adds LAMBDA for each place after the first K_REG. The paper tunes both on held-out patients to shrink the sets;
# the guarantee holds for any values that were fixed before calibration.
LAMBDA = 0.01
K_REG = 1
FEW_CLASSES = 20
ROUNDING = 1e-6  # by which a score of 32 bits may leave 0 to 1


def conformal_calibrate(y_true: ArrayLike, y_prob: ArrayLike, alpha: float = 0.1) -> float:
    """Return the threshold for the scores 1 - p, so that sets hold the true class with chance at least 1 - alpha.

    The interface of the textbook chapter, for the score LAC. `y_true (n,)` are class numbers and `y_prob (n, K)`
    probabilities of patients that took no part in training the model. Infinity where n is too small: see
    `conformal_quantile`.

    Sadinle M. et al., Least ambiguous set-valued classifiers with bounded error levels, JASA 2019, arXiv:1609.00451.

    Examples
    --------
    Four patients of class 1, whose scores 1 - p are 0.1, 0.2, 0.3 and 0.4. At alpha = 0.4 the third is enough.

    >>> p = np.array([0.9, 0.8, 0.7, 0.6])
    >>> round(conformal_calibrate([1, 1, 1, 1], np.column_stack([1 - p, p]), alpha=0.4), 6)
    0.3
    """
    p = probabilities("y_prob", y_prob, ndim=2)
    y = class_labels("y_true", y_true, *p.shape)
    scores = 1 - p[np.arange(len(y)), y]
    return quantile_of_checked(scores, alpha)


def conformal_predict(y_prob: ArrayLike, threshold: float) -> BoolArray:
    """Return a boolean table `(n, K)`: True where the class belongs to the patient's set.

    A class belongs to it when 1 - p <= threshold. Written like this, and not as p >= 1 - threshold, the comparison
    rounds exactly as in `conformal_calibrate`. Raises TypeError for a threshold that is no number, ValueError for one
    that is no score: outside 0 to 1, and not infinity.

    Examples
    --------
    >>> conformal_predict([[0.9, 0.1], [0.5, 0.5]], threshold=0.6).tolist()  # what has at least 40%
    [[True, False], [True, True]]
    """
    p = probabilities("y_prob", y_prob, ndim=2)
    if not isinstance(threshold, numbers.Real) or math.isnan(threshold):
        raise TypeError(f"threshold must be a number, but got {threshold!r}. Take it from conformal_calibrate.")
    if not -ROUNDING <= threshold <= 1 + ROUNDING and threshold != math.inf:
        raise ValueError(
            f"threshold must be a score, from 0 to 1, or infinity, but got {threshold}. It is no percentage and no "
            "coverage: take it from conformal_calibrate."
        )
    return (1 - p) <= float(threshold)


class SplitConformalClassifier:
    """Prediction sets that hold the true class with chance at least 1 - alpha.

    A set holds each class whose score is at most the threshold q_hat. With the classes of a patient sorted from the
    most to the least likely, p_1 >= p_2 >= ..., the score of the class at place r is

        "lac"    1 - p_r
        "aps"    p_1 + ... + p_(r-1)          the probability of all classes above it
        "raps"   the same + LAMBDA max(0, r - K_REG)

    lac keeps all classes that are likely enough: the smallest sets on average, where the probabilities are right. aps
    adds classes from the top until their sum is above q_hat: larger sets for unclear patients. raps puts a price on
    each further class, so that the largest sets shrink.

    Calibration and prediction use the same rule; only then the guarantee holds. A set of lac can be empty: no class
    fits well enough, which is never a confident answer. aps and raps keep the most likely class, unless randomized.

    Other programs with the name APS add more, and their sets differ. Romano's score also counts a random part of the
    class itself, u p_r: that is `randomized=True`. The notebook of Angelopoulos and Bates counts it whole, p_r. That
    keeps the promise too, but with a confident model a class is then left out because it is too likely: the clearest
    patients get empty sets, and the others nearly all classes. Not counting it gives the smallest set whose
    probability is above q_hat. tests/conformal/test_peers.py proves both.

    Parameters
    ----------
    alpha : float
        The share of misses that is accepted.
    score : "lac", "aps" or "raps"
    randomized : bool
        For aps and raps: add u p_r to the score, with u uniform on (0, 1), one for each patient. The coverage then
        comes close to 1 - alpha also for a model that is right more often than that, at the price of a coin toss in
        each set, which can leave it empty. It changes nothing for lac.
    seed : int, generator or None
        For the u of calibration and of prediction. An object uses the same u in each call of `predict_set`, by row.

    Attributes after `calibrate`
    ----------------------------
    q_hat_ : float, or a dict from group or class to float
        The threshold. Infinity where a group is too small: all its sets then hold all classes.
    scores_ : `(n,)`
        The score of the true class of each calibration patient.

    Romano Y. et al., Classification with valid and adaptive coverage, NeurIPS 2020, arXiv:2006.02544 (aps).
    Angelopoulos A. N. et al., Uncertainty sets for image classifiers using conformal prediction, ICLR 2021,
    arXiv:2009.14193 (raps).

    Examples
    --------
    Nine patients of class 0, who were given 10% to 90%. With alpha = 0.2 one in ten may have less than the 20% that
    the second worst of them got.

    >>> p = np.linspace(0.1, 0.9, 9)
    >>> classifier = SplitConformalClassifier(alpha=0.2).calibrate(np.zeros(9), np.column_stack([p, 1 - p]))
    >>> round(classifier.q_hat_, 6), classifier.predict_set([[0.85, 0.15], [0.6, 0.4]]).tolist()
    (0.8, [[True, False], [True, True]])
    """

    def __init__(
        self,
        alpha: float = 0.1,
        *,
        score: str = "lac",
        randomized: bool = False,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        self.alpha = missed_share("alpha", alpha)
        self.score = one_of("score", score, SCORES)
        self.randomized = randomized
        self.seed = seed

    def calibrate(self, y_true: ArrayLike, y_prob: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Find the threshold from calibration patients that took no part in training. Returns self.

        Parameters
        ----------
        y_true : `(n,)`
            Class numbers from 0 to K - 1.
        y_prob : `(n, K)`
            The model's probabilities.
        groups : None, `(n,)` or "class"
            One label per patient: a threshold for each group, so that the guarantee holds within each. "class": a
            threshold for each class, so that it holds among the patients who truly have it. More groups mean fewer
            patients for each threshold, and often larger sets.

        Raises TypeError or ValueError for unequal lengths, labels that are no class, or a missing group label.
        """
        p = probabilities("y_prob", y_prob, ndim=2)
        y = class_labels("y_true", y_true, *p.shape)
        for_calibration, for_prediction = random_generator(self.seed).spawn(2)
        scores = self._scores(p, for_calibration)[np.arange(len(y)), y]
        by_class = _is_class(groups)
        self.q_hat_: float | dict[Any, float]
        if groups is None:
            self.q_hat_ = self._quantile(scores)
        else:
            members = y if by_class else group_labels("groups", groups, len(y))
            names = range(p.shape[1]) if by_class else dict.fromkeys(members)
            self.q_hat_ = {name: self._quantile(scores[members == name]) for name in names}
        self.scores_ = scores
        self._by_class, self._n_classes, self._for_prediction = by_class, p.shape[1], for_prediction
        return self

    def predict_set(self, y_prob: ArrayLike, groups: ArrayLike | None = None) -> BoolArray:
        """Return a boolean table `(n, K)`: True where the class belongs to the patient's set.

        `groups` must be of the same kind as in `calibrate`: None, one label per patient, or "class". Raises ValueError
        if it is not, if a group was not seen there, or before `calibrate`.
        """
        if not hasattr(self, "q_hat_"):
            raise ValueError("SplitConformalClassifier has no threshold yet. Call calibrate(y_true, y_prob) first.")
        p = probabilities("y_prob", y_prob, ndim=2)
        if p.shape[1] != self._n_classes:
            raise ValueError(f"y_prob must have {self._n_classes} columns as in calibrate, but has {p.shape[1]}.")
        # A copy of the generator, so that the same patients get the same sets in each call.
        return self._scores(p, copy.deepcopy(self._for_prediction)) <= self._thresholds(groups, len(p))

    def _scores(self, p: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Return the score of each class of each patient, `(n, K)`."""
        if self.score == "lac":
            return 1 - p
        scores = _sum_above(p, p)
        if self.randomized:
            scores += generator.random((len(p), 1)) * p
        if self.score == "raps":
            place = 1 + _sum_above(p, np.ones_like(p))
            scores += LAMBDA * np.maximum(0, place - K_REG)
        return scores

    def _quantile(self, scores: FloatArray) -> float:
        return quantile_of_checked(scores, self.alpha) if len(scores) else math.inf

    def _thresholds(self, groups: ArrayLike | None, n_rows: int) -> float | FloatArray:
        """Return thresholds that compare with scores `(n, K)`: one number, one per class, or one per patient."""
        q_hat = self.q_hat_
        calibrated = "class" if self._by_class else "a label per patient" if isinstance(q_hat, dict) else "None"
        given = "class" if _is_class(groups) else "None" if groups is None else "a label per patient"
        if given != calibrated:
            raise ValueError(
                f"groups was {calibrated} in calibrate and is {given} in predict_set. Pass the same kind to both."
            )
        if not isinstance(q_hat, dict):
            return q_hat
        if self._by_class:
            return np.array(list(q_hat.values()))
        members = group_labels("groups", groups, n_rows)
        unseen = sorted({str(group) for group in members if group not in q_hat})
        if unseen:
            raise ValueError(
                f"groups has label(s) that were not there in calibrate: {', '.join(unseen)}. Nothing is known of their "
                "coverage: calibrate with patients of these groups too."
            )
        return np.array([q_hat[group] for group in members])[:, None]


def _sum_above(p: FloatArray, worth: FloatArray) -> FloatArray:
    """Return, for each class of each patient, the sum of `worth` over the classes above it, `(n, K)`.

    A class lies above another one if it is more likely, or as likely and the first of them.
    """
    return _sum_by_pairs(p, worth) if p.shape[1] <= FEW_CLASSES else _sum_by_sorting(p, worth)


def _sum_by_pairs(p: FloatArray, worth: FloatArray) -> FloatArray:
    """Compare each pair of classes once, for many patients: for few classes much faster than to sort each patient's."""
    total = np.empty_like(p)
    for start in range(0, len(p), 4096):  # so many patients stay in the processor's cache
        some = slice(start, start + 4096)
        part, value, above = p[some].T.copy(), worth[some].T.copy(), np.zeros(p[some].T.shape)
        for one in range(len(part)):
            for other in range(one + 1, len(part)):
                first = (part[one] >= part[other]).astype(np.float64)  # 1 or 0
                above[other] += first * value[one]
                above[one] += (1 - first) * value[other]
        total[some] = above.T
    return total


def _sum_by_sorting(p: FloatArray, worth: FloatArray) -> FloatArray:
    """Sort the classes of each patient."""
    order = np.argsort(-p, axis=1, kind="stable")
    sums = np.take_along_axis(worth, order, axis=1).cumsum(axis=1)
    total = np.zeros_like(p)
    np.put_along_axis(total, order[:, 1:], sums[:, :-1], axis=1)
    return total


def _is_class(groups: ArrayLike | None) -> bool:
    if isinstance(groups, str) and groups != "class":
        raise ValueError(f'groups must be None, "class" or one label per patient, but got {groups!r}.')
    return isinstance(groups, str)
