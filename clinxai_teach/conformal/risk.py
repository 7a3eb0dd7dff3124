"""A threshold that holds an average loss below a goal, such as the share of the ill who are missed."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._validate import finite_array, number_between
from clinxai_teach.conformal.quantile import exact_alpha


def conformal_risk_threshold(losses: ArrayLike, thresholds: ArrayLike, alpha: float, *, bound: float = 1.0) -> float:
    """Return the smallest threshold whose expected loss for a new patient is at most alpha (conformal risk control).

    It is the first threshold with (n x mean loss + bound) / (n + 1) <= alpha: the new patient is counted with the worst
    possible loss. `conformal_quantile` is the case in which the loss is 1 for a set that misses the truth.

    The promise is an average, over calibration patients and the new one, drawn from the same exchangeable population.
    To miss at most 5% of the *ill*, pass the losses of the ill calibration patients only.

    Parameters
    ----------
    losses : `(n, m)`
        The loss of each calibration patient at each threshold, at most `bound`. It must never rise along a row: a
        higher threshold must be more careful.
    thresholds : `(m,)`
        Rising. Where a lower cut-off on p is the careful one, use thresholds for 1 - p.
    alpha : float
        The average loss that is accepted, between 0 and `bound`.
    bound : float
        The largest possible loss.

    Returns
    -------
    float
        One of `thresholds`; infinity where none is careful enough.

    Raises TypeError or ValueError for losses that rise or exceed `bound`, thresholds that do not rise, or unequal
    lengths.

    Angelopoulos A. N., Bates S., Fisch A., Lei L., Schuster T., Conformal risk control, ICLR 2024, arXiv:2208.02814.

    Examples
    --------
    Nine ill patients, who were given these probabilities. Whoever has 1 - p <= threshold is called back. With alpha =
    0.2 one of nine may be missed, because (1 + 1) / (9 + 1) = 0.2: all from 30% on are called.

    >>> p = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9])
    >>> thresholds = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    >>> missed = 1 - p[:, None] > thresholds
    >>> conformal_risk_threshold(missed, thresholds, alpha=0.2)
    0.7
    """
    table, at = finite_array("losses", losses, ndim=2), finite_array("thresholds", thresholds, ndim=1)
    bound = number_between("bound", bound, 0, strictly=True)
    goal = number_between("alpha", alpha, 0, bound, strictly=True)
    if table.shape[1] != len(at):
        raise ValueError(f"losses needs one column per threshold ({len(at)}), but its shape is {table.shape}.")
    if not (np.diff(at) > 0).all():
        raise ValueError("thresholds must rise. Where a lower cut-off is the careful one, pass thresholds for 1 - p.")
    if table.max() > bound:
        raise ValueError(f"losses must be at most bound = {bound:g}, but one is {table.max():g}. Pass a larger bound.")
    if (np.diff(table, axis=1) > 0).any():
        raise ValueError(
            "losses must not rise from one threshold to the next, but some do: a higher one must be more careful. "
            "Is their order that of thresholds?"
        )
    allowed = exact_alpha(goal) * (len(table) + 1) - exact_alpha(bound)
    controlled = (exact_alpha(total) <= allowed for total in table.sum(axis=0))
    return next((float(threshold) for threshold, enough in zip(at, controlled, strict=True) if enough), math.inf)
