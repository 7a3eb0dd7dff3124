"""Deletion curve: remove what an attribution calls most important, and watch the model's answer fall.

Petsiuk V., Das A., Saenko K., RISE: randomized input sampling for explanation of black-box models, BMVC 2018,
arXiv:1806.07421.
"""

from typing import NamedTuple

import torch

from clinxai_teach._torch import baseline_like, check_inputs, eval_mode, target_scores
from clinxai_teach._validate import positive_int


class DeletionCurve(NamedTuple):
    """`fraction_removed (n_steps + 1,)` from 0 to 1; `score (N, n_steps + 1)`, the target's probability; `auc (N,)`."""

    fraction_removed: torch.Tensor
    score: torch.Tensor
    auc: torch.Tensor


def deletion_curve(model, inputs, target, attributions, *, n_steps=20, baseline=0.0):
    """Return the target's probability as more and more of the input is replaced by the baseline, the best first.

    Parameters
    ----------
    model : torch.nn.Module
        Returns logits. Read in evaluation mode and left exactly as it was.
    inputs : tensor `(N, ...)`
    target : int or integer tensor `(N,)`
    attributions : tensor or array
        Of the shape of `inputs`, or for images `(N, 1, H, W)`: then all channels of a pixel go together.
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
    """
    check_inputs(model, inputs)
    n_steps = positive_int("n_steps", n_steps)
    with torch.inference_mode(False), torch.no_grad(), eval_mode(model):
        inputs = inputs.detach().clone()
        start = baseline_like(baseline, inputs)
        place = _places(attributions, inputs)
        n_values = place[0].numel()
        removed = [round(step / n_steps * n_values) for step in range(n_steps + 1)]
        scores = [_probability(model(torch.where(place < k, start, inputs)), target, len(inputs)) for k in removed]
        score = torch.stack(scores, dim=1)
        fraction = score.new_tensor(removed) / n_values  # what was removed, also where n_steps does not divide n_values
        return DeletionCurve(fraction, score, torch.trapezoid(score, fraction, dim=1))


def _places(attributions, inputs):
    """Return the place of each value in the order of removal, 0 for the most important; equal ones keep their order."""
    attributions = torch.as_tensor(attributions, device=inputs.device).detach()
    per_pixel = inputs.ndim == 4 and attributions.shape == (len(inputs), 1, *inputs.shape[2:])
    if attributions.shape != inputs.shape and not per_pixel:
        raise ValueError(
            f"attributions must have the shape of inputs, {tuple(inputs.shape)}, or (N, 1, H, W), but have "
            f"{tuple(attributions.shape)}. Resize a heatmap with upsample(maps, inputs.shape[-2:]) first."
        )
    if attributions.isnan().any():
        raise ValueError("attributions hold NaN.")
    order = attributions.flatten(1).argsort(dim=1, descending=True, stable=True)
    return order.argsort(dim=1).reshape(attributions.shape)


def _probability(logits, target, n_rows):
    """Return the probability of each row's target `(N,)`: softmax, or the sigmoid of one logit."""
    chosen = target_scores(logits, target, n_rows)
    if logits.ndim == 1 or logits.shape[1] == 1:
        return chosen.sigmoid()  # the logit of class 1, or its negative for class 0
    return (chosen - logits.logsumexp(dim=1)).exp()
