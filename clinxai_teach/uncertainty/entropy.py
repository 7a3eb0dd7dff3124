"""The two kinds of doubt as entropies: noise in the patients, and ignorance of the model."""

from typing import Any, NamedTuple

import numpy as np
from scipy.special import entr

from clinxai_teach._validate import probabilities


class EntropyDecomposition(NamedTuple):
    """Doubt in nats, one value per patient `(N,)`: `total` = `aleatoric` + `epistemic`. Arrays, or tensors."""

    total: Any
    aleatoric: Any
    epistemic: Any


def entropy_decomposition(samples: Any) -> EntropyDecomposition:
    """Split the doubt of each prediction in two, in nats.

    With p_t the probabilities that pass (or ensemble member) t gives, and H(p) = - sum over classes of p log p,

        total     = H( mean over t of p_t )        predictive entropy: all doubt about the label
        aleatoric = mean over t of H( p_t )        expected entropy: the doubt that each pass has by itself
        epistemic = total - aleatoric              mutual information: how much the passes disagree

    Total is at most log K: 0.693 for two classes. All passes at 50:50 is doubt without disagreement (0.693, 0.693, 0);
    half of them sure of one class and half sure of the other is nothing but disagreement (0.693, 0, 0.693).

    The names say what is meant, not what is guaranteed: the split is only as good as the spread of the passes. Monte
    Carlo dropout shows a part of the model's ignorance, and how large a part depends on the network.

    Parameters
    ----------
    samples : `(T, N, K)`
        Probabilities; each row sums to 1. From `mc_dropout_samples` or `ensemble_samples`. With one sample, epistemic
        is 0.

    Returns
    -------
    EntropyDecomposition
        Exact at probabilities 0 and 1; epistemic is never below 0. Float64 numpy, or, for a tensor, tensors of its
        dtype on its device.

    Raises TypeError or ValueError for another shape, NaN, values outside 0 to 1, or rows that do not sum to 1.

    Houlsby N. et al., Bayesian active learning for classification and preference learning, 2011, arXiv:1112.5745.
    Depeweg S. et al., Decomposition of uncertainty in Bayesian deep learning, ICML 2018, arXiv:1710.07283.

    Examples
    --------
    Two passes about two patients: both say 50:50 of the first, and they contradict each other about the second.

    >>> doubt = entropy_decomposition([[[0.5, 0.5], [1.0, 0.0]], [[0.5, 0.5], [0.0, 1.0]]])
    >>> doubt.aleatoric.round(3).tolist(), doubt.epistemic.round(3).tolist()
    ([0.693, 0.0], [0.0, 0.693])
    """
    p = probabilities("samples", samples, ndim=3)
    total = entr(p.mean(axis=0)).sum(axis=-1)
    aleatoric = entr(p).sum(axis=-1).mean(axis=0)
    epistemic = np.maximum(total - aleatoric, 0)  # rounding can leave -1e-17
    split = EntropyDecomposition(total, aleatoric, epistemic)
    return EntropyDecomposition(*map(samples.new_tensor, split)) if hasattr(samples, "new_tensor") else split
