"""Monte Carlo dropout: keep dropout on at prediction time, predict many times, and look at the spread.

Gal Y., Ghahramani Z., Dropout as a Bayesian approximation: representing model uncertainty in deep learning, ICML 2016,
arXiv:1506.02142.
"""

from typing import NamedTuple

import torch
from torch import nn
from torch.nn.modules.dropout import _DropoutNd  # nn.Dropout and its kin: 1d, 2d, 3d, Alpha, FeatureAlpha

from clinxai_teach._torch import (
    check_inputs,
    class_probabilities,
    eval_mode,
    refuse_mixed_rows,
    refuse_mixing,
    refuse_probabilities,
    refuse_scripted,
    run,
    uses_batch_statistics,
)
from clinxai_teach._validate import positive_int
from clinxai_teach.uncertainty._passes import (
    OwnRandomState,
    TrunkOnce,
    no_fast_path,
    refuse_hidden_dropout,
    refuse_idle_dropout,
    refuse_other_dropout,
    switched_on,
)


class DropoutPrediction(NamedTuple):
    """`mean` and `std` of the probabilities over the passes, each `(N, K)`."""

    mean: torch.Tensor
    std: torch.Tensor


def mc_dropout_predict(
    model: nn.Module, inputs: torch.Tensor, n_samples: int = 30, *, seed: int | None = None
) -> DropoutPrediction:
    """Return `(mean, std)` of the probabilities over `n_samples` passes with dropout on, each `(N, K)`.

    The interface of the textbook chapter. The standard deviation divides by n_samples (ddof 0), so one pass gives 0.
    Arguments, requirements and errors are those of `mc_dropout_samples`.

    A small std is not the same as certainty: if every pass says 50:50, std is 0 and the doubt is total.
    `entropy_decomposition` of the samples shows both kinds of doubt.

    Examples
    --------
    One input of 1 that dropout sets to 0 or doubles: the logits are (0, 0) or (0, 2 log 3), so p is 0.5 or 0.9.

    >>> last = nn.Linear(1, 2, bias=False)
    >>> last.weight.data = torch.tensor([[0.0], [1.0986]])  # log 3
    >>> mean, std = mc_dropout_predict(nn.Sequential(nn.Dropout(0.5), last), torch.ones(1, 1), n_samples=1000, seed=0)
    >>> round(float(mean[0, 1]), 1), round(float(std[0, 1]), 1)
    (0.7, 0.2)
    """
    samples = mc_dropout_samples(model, inputs, n_samples=n_samples, seed=seed)
    return DropoutPrediction(samples.mean(dim=0), samples.std(dim=0, correction=0))


def mc_dropout_samples(
    model: nn.Module, inputs: torch.Tensor, *, n_samples: int = 30, seed: int | None = None
) -> torch.Tensor:
    """Return the probabilities of `n_samples` passes with dropout on: `(n_samples, N, K)`.

    Only the dropout layers are switched on. Everything else stays in evaluation mode: `model.train()` would also make
    BatchNorm use the statistics of this batch, and overwrite those it learned.

    The part of the network before the first dropout gives the same in every pass, so it runs once. The result is
    that of the plain loop, bit for bit: `torch.manual_seed(seed)`, then `model(inputs)` n_samples times.

    Parameters
    ----------
    model : torch.nn.Module
        Returns logits `(N, K)`, or `(N, 1)` or `(N,)` for one logit, which gives K = 2. The softmax is taken here, so
        a network that ends in a softmax must lose it first. Left exactly as it was.
    inputs : tensor `(N, ...)`
    n_samples : int
        Number of passes. The error of the mean shrinks with its square root.
    seed : int or None
        The same seed gives the same samples. None: new ones each time. torch's random state is left as it was.

    Returns
    -------
    tensor `(n_samples, N, K)`
        On the device and in the dtype of the network's output.

    Raises
    ------
    TypeError, ValueError
        For a wrong argument; for a network that returns probabilities, or whose rows influence each other; if a dropout
        layer with p > 0 does not run, or there is none; if the network drops out in a way that cannot be switched on
        from outside: by calling F.dropout, torch.dropout or F.scaled_dot_product_attention itself, or inside
        nn.MultiheadAttention, nn.LSTM, nn.GRU or nn.RNN.

    Examples
    --------
    One input of 1 that dropout sets to 0 or doubles: the logits are (0, 0) or (0, 2 log 3), so p is 0.5 or 0.9.

    >>> last = nn.Linear(1, 2, bias=False)
    >>> last.weight.data = torch.tensor([[0.0], [1.0986]])  # log 3
    >>> samples = mc_dropout_samples(nn.Sequential(nn.Dropout(0.5), last), torch.ones(1, 1), n_samples=50, seed=0)
    >>> samples.shape, sorted({round(float(p), 3) for p in samples[:, 0, 1]})
    (torch.Size([50, 1, 2]), [0.5, 0.9])
    """
    check_inputs(model, inputs)
    n_samples = positive_int("n_samples", n_samples)
    # A generator of its own makes the fresh seed, so that the global one does not move.
    seed = torch.Generator().seed() if seed is None else positive_int("seed", seed, minimum=0)
    refuse_scripted(model, "in which dropout cannot be switched on alone")
    refuse_hidden_dropout(model)
    if len(inputs) > 1:
        refuse_mixing(uses_batch_statistics(model))
    dropouts: dict[str, nn.Module] = {
        name: module for name, module in model.named_modules() if isinstance(module, _DropoutNd) and module.p > 0
    }
    with torch.inference_mode(False), torch.no_grad(), eval_mode(model), no_fast_path():
        with switched_on(dropouts.values()):
            refuse_other_dropout(model, inputs[-1:])
        refuse_mixed_rows(model, inputs[-2:])
        with switched_on(dropouts.values()):
            logits, samples = _passes(model, inputs, dropouts, n_samples, seed)
        refuse_probabilities(model, inputs, logits)
    return torch.stack(samples)


def _passes(
    model: nn.Module, inputs: torch.Tensor, dropouts: dict[str, nn.Module], n_samples: int, seed: int
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Return the logits of one full pass, and the probabilities of each of `n_samples` passes."""
    with OwnRandomState(model, inputs) as random, TrunkOnce(model, dropouts.values(), random) as trunk:
        given = inputs.clone()

        def one_pass() -> torch.Tensor:
            nonlocal given
            if given._version > 0:  # a layer worked in place on this copy
                given = inputs.clone()
            return class_probabilities(model(given))

        def all_passes() -> list[torch.Tensor]:
            random.restart(seed)
            return [trunk.replay(one_pass) for _ in range(n_samples)]

        random.restart(seed)
        logits = run(model, inputs)
        refuse_idle_dropout(dropouts, trunk.started)
        samples = all_passes()
        # The check: with the same random numbers, a shortened pass must equal a full one. If not, run full ones.
        if not torch.equal(samples[0], class_probabilities(logits)):
            trunk.forget()
            samples = all_passes()
    return logits, samples
