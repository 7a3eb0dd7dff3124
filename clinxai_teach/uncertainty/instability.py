"""How much a patient's risk hangs on who happened to be in the training data."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import open_fraction, shares


class PredictionInstability(NamedTuple):
    """For each patient, over the refits: `mean`, and `low` to `high`, between which 95% of them lie, `(N,)` each.

    `flip_share`: the share of the refits that decide against the majority of them; None without a threshold.
    """

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    flip_share: FloatArray | None


def prediction_instability(probabilities: ArrayLike, *, threshold: float | None = None) -> PredictionInstability:
    """Say how far apart the risks lie that models of the same kind, each fitted to other patients, give one patient.

    A model is one draw of many: fitted again to a bootstrap sample of its training data, it gives the same patient
    another risk. Where that changes the decision, the decision was chance. It is the instability of the *fit*, not the
    chance of being ill, and not whether the risks are right.

    Parameters
    ----------
    probabilities : `(n_models, N)`
        The risk that each refit gives each patient, for example `ensemble_samples(models, X)[:, :, 1]`. The paper
        advises 200 refits and more: of few, `low` and `high` are hardly more than the smallest and the largest.
    threshold : float or None
        A patient is called positive at this probability or above.

    Returns
    -------
    PredictionInstability
        `flip_share` is at most 0.5.

    Raises TypeError or ValueError for another shape, or values outside 0 to 1.

    Riley R. D., Collins G. S., Stability of clinical prediction models developed using statistical or machine learning
    methods, Biometrical Journal 2023;65:2200302, doi:10.1002/bimj.202200302.

    Examples
    --------
    Four refits give the first patient 10% to 40%, so one of four is above 30%; all agree about the second.

    >>> result = prediction_instability([[0.1, 0.9], [0.2, 0.9], [0.25, 0.9], [0.4, 0.9]], threshold=0.3)
    >>> result.mean.round(4).tolist(), result.flip_share.tolist()
    ([0.2375, 0.9], [0.25, 0.0])
    """
    p = shares("probabilities", probabilities, ndim=2)
    low, high = np.quantile(p, [0.025, 0.975], axis=0)
    flips = None
    if threshold is not None:
        called = (p >= open_fraction("threshold", threshold)).mean(axis=0)
        flips = np.minimum(called, 1 - called)
    return PredictionInstability(p.mean(axis=0), low, high, flips)
