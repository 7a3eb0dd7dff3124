"""Integrated gradients: the mean gradient on the way from a baseline to the input, times the distance.

Sundararajan M., Taly A., Yan Q., Axiomatic attribution for deep networks, ICML 2017, arXiv:1703.01365.
"""

import warnings

import numpy as np
import torch
from torch import nn

from clinxai_teach._torch import (
    baseline_like,
    check_answer,
    check_inputs,
    eval_mode,
    mixes_rows,
    pick,
    refuse_mixing,
    run,
)
from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach._validate import number_between, one_of, positive_int
from clinxai_teach.attribution.adaptive import AT_ONCE, nodes_until_complete, until_the_map_settles
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
    map_tolerance: float | None = None,
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
        are examples; with a tolerance at least 8, because 8 cost little more than 1.
    tolerance : float or None
        Adds steps until |delta| <= tolerance * |F(x) - F(x')| in every row; `n_steps` is then not used. They are added
        where the gradient jumps (see `nodes_until_complete`), which takes far fewer than equal steps. What the rounding
        of the dtype hides counts as met, so a row that equals its baseline is complete at once. A sum that is right
        to 1% does not make each value right to 1%: for that there is `map_tolerance`.
    map_tolerance : float or None
        Doubles the steps until the map itself stands still: the values with all steps and with every second one differ
        by at most this share of the map, sum of |difference| <= map_tolerance * sum of |values|, in every row. More
        costly than `tolerance`; use it where single values are shown or compared.
    max_steps : int
        Where a tolerance stops, with a warning.

    Returns
    -------
    IntegratedGradients
        `values` of the shape, dtype and device of `inputs`, in logits; `convergence_delta` = sum of values -
        (F(x) - F(x')); `n_steps`, with a tolerance those of the row that needed most.

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
    if batch_size is not None:
        batch_size = positive_int("batch_size", batch_size)
    n_steps = positive_int("n_steps", n_steps, minimum=2 if method == "trapezoid" else 1)
    max_steps = positive_int("max_steps", max_steps, minimum=2)
    wanted = {
        name: number_between(name, value, 0, strictly=True)
        for name, value in (("tolerance", tolerance), ("map_tolerance", map_tolerance))
        if value is not None
    }
    with torch.inference_mode(False), torch.no_grad(), eval_mode(model):
        inputs = inputs.detach().clone()
        start = baseline_like(baseline, inputs)
        classes, ends, batch_size = _first_look(model, inputs, start, target, batch_size, len(wanted) > 0)
        path = Path(model, inputs, start, classes, ends[1] - ends[0], batch_size)
        if not wanted or max(wanted.values()) < SMALL:
            n_fixed = min(64, max_steps) if wanted else n_steps
            result = path.integrate(*equal_for_all(len(inputs), n_fixed, method), n_fixed)
            if not wanted or ("map_tolerance" not in wanted and _complete(result, path, wanted["tolerance"])):
                return result
        limit = _limit(path, ends, wanted.get("tolerance", np.inf))
        if "map_tolerance" in wanted:
            result, missed = until_the_map_settles(path, wanted["map_tolerance"], limit, max_steps)
        else:
            rows, alphas, weights, n_used, missed = nodes_until_complete(path, limit, _numpy(ends), max_steps)
            result = path.integrate(rows, alphas, weights, n_used)
    if missed > 0:
        asked = ", ".join(f"{name}={value:g}" for name, value in wanted.items())
        unit = "in shares of the map" if "map_tolerance" in wanted else "in units of the score"
        warnings.warn(
            f"integrated gradients did not reach {asked} within max_steps={max_steps}: the worst row misses it by "
            f"{missed:.2g}, {unit}. Raise max_steps or the tolerance.",
            stacklevel=2,
        )
    return result


def _first_look(
    model: nn.Module,
    inputs: torch.Tensor,
    start: torch.Tensor,
    target: int | torch.Tensor,
    batch_size: int | None,
    searches: bool,
) -> tuple[torch.Tensor, torch.Tensor, int]:
    """Return the classes `(N,)`, the scores at baseline and input `(2, N)`, and how many rows to compute at once."""
    both = torch.cat([inputs, start])
    try:
        logits = run(model, both)
    except ValueError:  # say which of the two the model does not take
        run(model, inputs)
        run(model, start, name="baseline")
        raise
    mixed = mixes_rows(model, both, logits)
    if mixed is not None:
        refuse_mixing(mixed if len(inputs) > 1 else None)
        logits, batch_size = torch.cat([run(model, inputs), run(model, start, name="baseline")]), 1
    classes = check_answer(model, inputs, logits[: len(inputs)], target)
    ends = torch.stack([pick(logits[len(inputs) :], classes), pick(logits[: len(inputs)], classes)])
    if not ends.isfinite().all():
        raise ValueError("model returned NaN or infinity for inputs or for the baseline. Choose another baseline.")
    at_once = max(len(inputs), AT_ONCE) if searches else len(inputs)
    return classes, ends, batch_size or at_once


def _complete(result: IntegratedGradients, path: Path, tolerance: float) -> bool:
    return bool((result.convergence_delta.abs() <= tolerance * path.difference.abs()).all())


def _limit(path: Path, ends: torch.Tensor, tolerance: float) -> FloatArray:
    """Return by how much each row may miss its sum: a share of the difference, and what rounding hides."""
    rounding = 8 * torch.finfo(path.inputs.dtype).eps * ends.abs().sum(dim=0)
    return _numpy(tolerance * path.difference.abs() + rounding)


def _numpy(values: torch.Tensor) -> FloatArray:
    array: FloatArray = values.double().cpu().numpy()
    return array


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
