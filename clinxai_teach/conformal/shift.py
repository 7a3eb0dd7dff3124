"""Weights for calibration patients who come from a place with another mix of classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import class_labels, finite_array, shares


def label_shift_weights(y_true: ArrayLike, new_prevalence: ArrayLike) -> FloatArray:
    """Return one weight per calibration patient for a place where the mix of classes is another one, but known.

        weight of a patient = share of its class there / share of its class in `y_true`

    They are right where only the mix differs, so that the ill look the same in both places and the healthy too (label
    shift). Pass them to `conformal_quantile`. A new patient's weight is that of its class, which nobody knows yet: so
    ask for each class by itself whether it belongs to the set.

    Parameters
    ----------
    y_true : `(n,)`
        Class numbers of the calibration patients.
    new_prevalence : float, or `(K,)`
        The share of class 1 there, for the labels 0 and 1, or the share of each class, which sum to 1.

    Returns
    -------
    array `(n,)`
        Their mean is 1.

    Raises TypeError or ValueError for shares that are none, and for a class that occurs there but not in `y_true`.

    Podkopaev A., Ramdas A., Distribution-free uncertainty quantification for classification under label shift, UAI
    2021, arXiv:2103.03323.

    Examples
    --------
    Half of the calibration patients are ill, but only one in ten of the new ones. A class belongs to the set where its
    score is at most the threshold for its weight.

    >>> y, scores = [0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4]
    >>> weights = label_shift_weights(y, 0.1)
    >>> weights.round(3).tolist()
    [1.8, 1.8, 0.2, 0.2]
    """
    there = np.atleast_1d(shares("new_prevalence", new_prevalence, ndim=(0, 1)))
    if len(there) == 1:
        there = np.array([1 - there[0], there[0]])
    if abs(there.sum() - 1) > 1e-6:
        raise ValueError(
            f"new_prevalence must sum to 1 over the classes, but sums to {there.sum():g}. Pass the share of each class "
            "(or of class 1 alone, for two classes)."
        )
    labels = finite_array("y_true", y_true, ndim=1)
    y = class_labels("y_true", labels, len(labels), len(there))
    here = np.bincount(y.astype(np.intp, copy=False), minlength=len(there)) / len(y)
    absent = np.flatnonzero((here == 0) & (there > 0))
    if len(absent):
        raise ValueError(
            f"y_true has no patient of class {absent[0]}, which new_prevalence says there are. Nothing is known of its "
            "scores: calibrate with patients of all classes."
        )
    weights: FloatArray = (there / np.where(here > 0, here, 1))[y]
    return weights
