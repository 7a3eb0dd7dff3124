"""Integrated gradients: the mean gradient on the way from a baseline to the input, times the distance.

Sundararajan M., Taly A., Yan Q., Axiomatic attribution for deep networks, ICML 2017, arXiv:1703.01365.
"""

import warnings

import numpy as np
import torch
from torch import nn

from clinxai_teach._torch import baseline_like, check_answer, check_inputs, eval_mode, pick, run
from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach._validate import number_between, one_of, positive_int
from clinxai_teach.attribution.adaptive import nodes_until_complete
from clinxai_teach.attribution.path import IntegratedGradients, Path

# Below this tolerance a fixed rule of 64 steps is tried first: for a smooth network it is exact enough at once.
SMALL = 1e-3
METHODS = ("gausslegendre", "midpoint", "left", "right", "trapezoid")


def integrated_gradients(
    model: nn.Module,
    inputs: torch.Tensor,
    target: int | torch.Tensor,
    *,
    baseline: float | torch.Tensor | None = None,
    n_steps: int = 64,
    method: str = "gausslegendre",
    batch_size: int | None = None,
    tolerance: float | None = None,
    max_steps: int = 1024,
) -> IntegratedGradients:
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
        Adds steps until |delta| <= tolerance * |F(x) - F(x')| in every row; `n_steps` is then not used. They are added
        where the gradient jumps (see `nodes_until_complete`), which takes far fewer than equal steps. What the rounding
        of the dtype hides counts as met, so a row that equals its baseline is complete at once. A sum that is right
        to 1% does not make each value right to 1%: for that take more steps.
    max_steps : int
        Where `tolerance` stops, with a warning.

    Returns
    -------
    IntegratedGradients
        `values` of the shape, dtype and device of `inputs`, in logits; `convergence_delta` = sum of values -
        (F(x) - F(x')); `n_steps`, with `tolerance` those of the row that needed most.

    Raises
    ------
    TypeError, ValueError
        For bad arguments; the message names them.

    Examples
    --------
    A risk of 2 for the first finding, and 3 for both together. Without findings it is 0.

    >>> class Risk(torch.nn.Module):
    ...     def forward(self, x):
    ...         return 2 * x[:, 0] + x[:, 0] * x[:, 1]
    >>> result = integrated_gradients(Risk(), torch.tensor([[1.0, 1.0]]), 1)
    >>> [round(value, 3) for value in result.values[0].tolist()]  # the product is shared
    [2.5, 0.5]
    """
    check_inputs(model, inputs)
    one_of("method", method, METHODS)
    batch_size = len(inputs) if batch_size is None else positive_int("batch_size", batch_size)
    n_steps = positive_int("n_steps", n_steps, minimum=2 if method == "trapezoid" else 1)
    max_steps = positive_int("max_steps", max_steps, minimum=2)
    if tolerance is not None:
        tolerance = number_between("tolerance", tolerance, 0, strictly=True)

    with torch.inference_mode(False), torch.no_grad():
        inputs = inputs.detach().clone()
        start = baseline_like(baseline, inputs)
        with eval_mode(model):
            logits = run(model, inputs)
            classes = check_answer(model, inputs, logits, target)
            score, baseline_score = pick(logits, classes), pick(run(model, start, name="baseline"), classes)
        difference = score - baseline_score
        if not difference.isfinite().all():
            raise ValueError("model returned NaN or infinity for inputs or for the baseline. Choose another baseline.")
        path = Path(model, inputs, start, classes, batch_size)
        if tolerance is None or tolerance < SMALL:
            n_fixed = n_steps if tolerance is None else min(64, max_steps)
            rows, alphas, weights = equal_for_all(len(inputs), n_fixed, method)
            result = path.integrate(rows, alphas, weights, difference, n_fixed)
            if tolerance is None or (result.convergence_delta.abs() <= tolerance * difference.abs()).all():
                return result
        rounding = 8 * torch.finfo(inputs.dtype).eps * (score.abs() + baseline_score.abs())
        limit = tolerance * difference.abs() + rounding
        rows, alphas, weights, n_used, worst = nodes_until_complete(path, limit.double().cpu().numpy(), max_steps)
        if worst > 0:
            warnings.warn(
                f"integrated gradients did not reach tolerance={tolerance:g} within max_steps={max_steps}: the worst "
                f"row misses it by {worst:.2g}, in units of the score. Raise max_steps or tolerance.",
                stacklevel=2,
            )
        return path.integrate(rows, alphas, weights, difference, n_used)


def equal_for_all(n_rows: int, n_steps: int, method: str) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return rows, places and weights of a rule with the same places for every row."""
    alphas, weights = nodes_and_weights(n_steps, method)
    return np.tile(np.arange(n_rows), n_steps), np.repeat(alphas, n_rows), np.repeat(weights, n_rows)


def nodes_and_weights(n_steps: int, method: str) -> tuple[FloatArray, FloatArray]:
    """Return the places alpha in [0, 1] and their weights, which add up to 1, as float64 numpy."""
    k = np.arange(n_steps)
    weights = np.full(n_steps, 1 / n_steps)
    if method == "gausslegendre":
        places, weights = np.polynomial.legendre.leggauss(n_steps)
        return (places + 1) / 2, weights / 2  # from [-1, 1] to [0, 1]
    if method == "trapezoid":
        weights = np.full(n_steps, 1 / (n_steps - 1))
        weights[[0, -1]] /= 2
        return k / (n_steps - 1), weights
    return (k + {"left": 0.0, "midpoint": 0.5, "right": 1.0}[method]) / n_steps, weights
