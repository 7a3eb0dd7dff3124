"""Deletion curve: remove what an attribution calls most important, and watch the model's answer fall.

Petsiuk V., Das A., Saenko K., RISE: randomized input sampling for explanation of black-box models, BMVC 2018,
arXiv:1806.07421.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from numpy.typing import ArrayLike
from torch import nn

from clinxai_teach._torch import (
    baseline_like,
    check_inputs,
    class_probabilities,
    eval_mode,
    refuse_mixing,
    refuse_probabilities,
    run,
    target_classes,
    uses_batch_statistics,
)
from clinxai_teach._validate import positive_int
from clinxai_teach.attribution.maps import as_tensor


class DeletionCurve(NamedTuple):
    """`fraction_removed (n_steps + 1,)` from 0 to 1; `score (N, n_steps + 1)`, the target's probability; `auc (N,)`."""

    fraction_removed: torch.Tensor
    score: torch.Tensor
    auc: torch.Tensor


def deletion_curve(
    model: nn.Module,
    inputs: torch.Tensor,
    target: int | torch.Tensor,
    attributions: ArrayLike | torch.Tensor,
    *,
    n_steps: int = 20,
    baseline: float | torch.Tensor = 0.0,
) -> DeletionCurve:
    """Return the target's probability as more and more of the input is replaced by the baseline, the best first.

    Parameters
    ----------
    model : torch.nn.Module
        Returns logits. Read in evaluation mode and left exactly as it was.
    inputs : tensor `(N, ...)`
    target : int or integer tensor `(N,)`
    attributions : tensor or array
        Of the shape of `inputs`, or for images `(N, 1, H, W)`: then all channels of a pixel go together. (For signals
        `(N, 1, L)`, for volumes `(N, 1, D, H, W)`.)
    n_steps : int
        Steps from nothing removed to everything removed.
    baseline : number or tensor
        What "removed" means: the value that is put there.

    Returns
    -------
    DeletionCurve
        `auc` is the area under the curve, by the trapezoid rule, from 0 to 1: the lower, the earlier the answer falls.
        Compare it with a random order: any removal lowers the answer sooner or later, also because the changed film
        is unlike every film the model knows.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, attributions of another shape, or NaN in them.

    Examples
    --------
    Three findings with log-odds of 1, 2 and 3. The one called most important is removed first.

    >>> model = torch.nn.Linear(3, 1, bias=False)
    >>> model.weight.data = torch.tensor([[1.0, 2.0, 3.0]])
    >>> curve = deletion_curve(model, torch.ones(1, 3), 1, [[1, 2, 3]], n_steps=3)
    >>> [round(float(score.logit()), 3) for score in curve.score[0]]
    [6.0, 3.0, 1.0, 0.0]
    """
    check_inputs(model, inputs)
    n_steps = positive_int("n_steps", n_steps)
    with torch.inference_mode(False), torch.no_grad(), eval_mode(model):
        inputs = inputs.detach().clone()
        start = baseline_like(baseline, inputs)
        logits = run(model, inputs)
        refuse_probabilities(model, inputs, logits)
        refuse_mixing(uses_batch_statistics(model) if len(inputs) > 1 else None)
        classes = target_classes(logits, target)
        place = _places(attributions, inputs)
        n_values = place[0].numel()
        removed = [round(step / n_steps * n_values) for step in range(n_steps + 1)]
        scores = [_probability(logits, classes)]  # nothing removed yet
        scores += [_probability(run(model, torch.where(place < k, start, inputs)), classes) for k in removed[1:]]
        score = torch.stack(scores, dim=1)
        fraction = score.new_tensor(removed) / n_values  # what was removed, also where n_steps does not divide n_values
        return DeletionCurve(fraction, score, torch.trapezoid(score, fraction, dim=1))


def _places(attributions: ArrayLike | torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
    """Return the place of each value in the order of removal, 0 for the most important; equal ones keep their order."""
    values = as_tensor("attributions", attributions).to(inputs.device)
    per_pixel = inputs.ndim > 2 and values.shape == (len(inputs), 1, *inputs.shape[2:])
    if values.shape != inputs.shape and not per_pixel:
        raise ValueError(
            f"attributions must have the shape of inputs, {tuple(inputs.shape)}, or (N, 1, ...), but have "
            f"{tuple(values.shape)}. Resize a heatmap with upsample(maps, inputs.shape[2:]) first."
        )
    if values.isnan().any():
        raise ValueError("attributions hold NaN.")
    order = values.flatten(1).argsort(dim=1, descending=True, stable=True)
    return order.argsort(dim=1).reshape(values.shape)


def _probability(logits: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Return the probability of each row's class `(N,)`."""
    chosen: torch.Tensor = class_probabilities(logits).gather(1, classes[:, None])[:, 0]
    return chosen
