"""Integrated gradients: the mean gradient on the way from a baseline to the input, times the distance.

Sundararajan M., Taly A., Yan Q., Axiomatic attribution for deep networks, ICML 2017, arXiv:1703.01365.
"""

import warnings
from typing import NamedTuple

import numpy as np
import torch

from clinxai_teach._torch import baseline_like, check_inputs, eval_mode, target_scores
from clinxai_teach._validate import one_of, positive_int
from clinxai_teach.attribution.gradients import score_gradient

FIRST_STEPS = 4  # where the search for enough steps begins
METHODS = ("gausslegendre", "midpoint", "left", "right", "trapezoid")


class IntegratedGradients(NamedTuple):
    """`values`, one attribution per input value; `convergence_delta (N,)`; `n_steps`, the steps that were used."""

    values: torch.Tensor
    convergence_delta: torch.Tensor
    n_steps: int


def integrated_gradients(
    model,
    inputs,
    target,
    *,
    baseline=None,
    n_steps=64,
    method="gausslegendre",
    batch_size=None,
    tolerance=None,
    max_steps=1024,
):
    """Attribute F(x) - F(x') to the values of the input: by how much each one moved the score away from the baseline.

        IG_i = (x_i - x'_i)  *  integral over alpha from 0 to 1 of  dF(x' + alpha (x - x')) / dx_i

    Completeness: the attributions of a row add up to F(x) - F(x'). What is missing because the integral is a sum of
    finitely many steps is returned as `convergence_delta`.

    Parameters
    ----------
    model : torch.nn.Module
        Returns logits; F is the target's logit. Read in evaluation mode and left exactly as it was.
    inputs : tensor `(N, ...)`
    target : int or integer tensor `(N,)`
        For a network with one logit, 1 is the logit and 0 its negative.
    baseline : None, number or tensor
        "Compared with what?" None is zeros; a number fills the input; a tensor has one row or one per example. Another
        baseline gives other attributions, so a report must name it.
    n_steps : int
        Steps, each one evaluation of the gradient per example.
    method : str
        "gausslegendre" (for smooth networks the most exact), "midpoint", "left", "right" or "trapezoid".
    batch_size : int or None
        Examples times steps that are computed at once: memory, not the result, depends on it. None: as many as there
        are examples.
    tolerance : float or None
        Adds steps (4, 8, 16, ...) until |delta| <= tolerance * |F(x) - F(x')| in every row; `n_steps` is then not
        used. Rows whose score hardly differs from the baseline's are measured against the largest difference.
    max_steps : int
        Where `tolerance` stops, with a warning.

    Returns
    -------
    IntegratedGradients
        `values` of the shape, dtype and device of `inputs`, in logits; `convergence_delta` = sum of values -
        (F(x) - F(x')); `n_steps`.

    Raises
    ------
    TypeError, ValueError
        For bad arguments; the message names them.
    """
    check_inputs(model, inputs)
    one_of("method", method, METHODS)
    batch_size = len(inputs) if batch_size is None else positive_int("batch_size", batch_size)
    n_steps = positive_int("n_steps", n_steps, minimum=2 if method == "trapezoid" else 1)
    max_steps = positive_int("max_steps", max_steps, minimum=FIRST_STEPS)
    if tolerance is not None and (isinstance(tolerance, bool) or not isinstance(tolerance, (int, float))):
        raise TypeError(f"tolerance must be None or a number such as 0.01, but got {tolerance!r}.")
    if tolerance is not None and not tolerance > 0:
        raise ValueError(f"tolerance must be above 0, but got {tolerance}. 0.01 asks for an error of at most 1%.")

    with torch.inference_mode(False), torch.no_grad():
        inputs = inputs.detach().clone()
        start = baseline_like(baseline, inputs)
        with eval_mode(model):
            difference = target_scores(model(inputs.clone()), target) - target_scores(model(start.clone()), target)
        problem = (model, inputs, start, target, difference, method, batch_size)
        if tolerance is None:
            return _attribute(*problem, n_steps)
        return _until_complete(*problem, tolerance, max_steps)


def _until_complete(model, inputs, start, target, difference, method, batch_size, tolerance, max_steps):
    """Double the number of steps until the error of every row is small enough."""
    # A row whose score hardly differs from the baseline's has no relative error of its own.
    scale = torch.maximum(difference.abs(), 0.01 * difference.abs().max()).clamp(min=torch.finfo(inputs.dtype).tiny)
    n_steps = FIRST_STEPS
    while True:
        result = _attribute(model, inputs, start, target, difference, method, batch_size, n_steps)
        worst = float((result.convergence_delta.abs() / scale).max())
        if worst <= tolerance:
            return result
        if 2 * n_steps > max_steps:
            warnings.warn(
                f"integrated gradients did not reach tolerance={tolerance:g} within max_steps={max_steps}: with "
                f"{n_steps} steps the worst row is off by {worst:.2g} of its difference. Raise max_steps.",
                stacklevel=3,
            )
            return result
        n_steps *= 2


def _attribute(model, inputs, start, target, difference, method, batch_size, n_steps):
    """Add up the weighted gradients, `batch_size` points of the path at a time."""
    alphas, weights = nodes_and_weights(n_steps, method, inputs)
    n, step = len(inputs), inputs - start
    targets = torch.as_tensor(target, device=inputs.device).expand(n)
    total = torch.zeros_like(inputs)
    points = torch.arange(n * n_steps, device=inputs.device)
    for chunk in points.split(batch_size):
        row, node = chunk % n, chunk // n
        along = (-1,) + (1,) * (inputs.ndim - 1)
        at = start[row] + alphas[node].reshape(along) * step[row]
        gradient, _ = score_gradient(model, at, targets[row])
        total.index_add_(0, row, weights[node].reshape(along) * gradient)
    values = step * total
    return IntegratedGradients(values, values.flatten(1).sum(dim=1) - difference, n_steps)


def nodes_and_weights(n_steps, method, like):
    """Return the places alpha in [0, 1] and their weights, which add up to 1, in the dtype and device of `like`."""
    k = np.arange(n_steps)
    weights = np.full(n_steps, 1 / n_steps)
    if method == "gausslegendre":
        places, weights = np.polynomial.legendre.leggauss(n_steps)
        places, weights = (places + 1) / 2, weights / 2  # from [-1, 1] to [0, 1]
    elif method == "trapezoid":
        places = k / (n_steps - 1)
        weights = np.full(n_steps, 1 / (n_steps - 1))
        weights[[0, -1]] /= 2
    else:
        places = (k + {"left": 0.0, "midpoint": 0.5, "right": 1.0}[method]) / n_steps
    return like.new_tensor(places), like.new_tensor(weights)
