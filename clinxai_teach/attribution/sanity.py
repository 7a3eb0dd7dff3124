"""Model parameter randomization test: does an attribution change when the model's weights are made random?

Adebayo J. et al., Sanity checks for saliency maps, NeurIPS 2018, arXiv:1810.03292.
"""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.stats import rankdata
from torch import nn

from clinxai_teach._torch import (
    as_written,
    check_inputs,
    cuda_devices,
    errors_explained,
    one_at_a_time,
    refuse_scripted,
)
from clinxai_teach._types import FloatArray
from clinxai_teach._validate import positive_int


def randomization_test(
    model: nn.Module,
    attribute: Callable[[nn.Module, torch.Tensor, Any], Any],
    inputs: torch.Tensor,
    target: int | torch.Tensor,
    *,
    seed: int = 0,
) -> "pd.Series[float]":
    """Make the layers random one after the other, from the top down, and compare each attribution with the true one.

    This is the model parameter randomization test of Adebayo 2018, "cascading": a layer that was made random stays so.
    A method whose maps still look the same when nothing learned is left (correlation near 1) cannot show what the model
    has learned.

    Parameters
    ----------
    model : torch.nn.Module
        Left intact: the work is done on a copy, in evaluation mode.
    attribute : function
        `attribute(model, inputs, target)` returns one map per input, `(N, ...)`, as tensor or array. Look layers up
        on the model it is given: `lambda m, x, t: grad_cam(m, x, t, layer=m.features[-1])`.
    inputs : tensor `(N, ...)`
    target : int or integer tensor `(N,)`
    seed : int
        For the random weights. The global random state is not touched.

    Returns
    -------
    pandas Series, named "spearman", one value per layer, the top layer first
        The rank correlation with the intact model's map, of the values as they are given (take absolute values
        inside `attribute` if the sign should not count), averaged over the images. Its index is the layer's name. The
        intact model is not among them. An image whose map is constant has no ranks and is left out; nan if all are.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, a model without weights, or maps of another shape or with NaN.

    Examples
    --------
    A "map" that is the input itself never asks the model, so nothing changes when the model forgets everything.

    >>> model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2))
    >>> test = randomization_test(model, lambda model, x, target: x, torch.rand(5, 4), 1)
    >>> test.round(3).to_dict()
    {'2': 1.0, '0': 1.0}
    """
    check_inputs(model, inputs)
    refuse_scripted(model, "so its layers cannot be watched or made random")
    if not callable(attribute):
        raise TypeError(f"attribute must be a function of (model, inputs, target), but got {type(attribute).__name__}.")
    seed = positive_int("seed", seed, minimum=0)
    devices = cuda_devices(model)
    with one_at_a_time, torch.inference_mode(False), torch.random.fork_rng(devices=devices), as_written(model):
        working = copy.deepcopy(getattr(model, "_orig_mod", model)).eval()  # of a compiled model, what was compiled
        layers = _layers_as_they_run(working, inputs)
        if not layers:
            raise ValueError("model has no layers with weights, so there is nothing to make random.")
        intact = _ranks(attribute(working, inputs, target), len(inputs))
        for generator in (torch.default_generator, *(torch.cuda.default_generators[d.index] for d in devices)):
            generator.manual_seed(seed)
        correlations = {}
        for name, parts in reversed(layers.items()):
            for part in parts:
                _make_random(part)
            with torch.random.fork_rng(devices=devices):  # the attribution may draw random numbers of its own
                correlations[name] = _mean_correlation(intact, _ranks(attribute(working, inputs, target), len(inputs)))
    return pd.Series(correlations, name="spearman").rename_axis("layer")


def _layers_as_they_run(model: nn.Module, inputs: torch.Tensor) -> dict[str, list[nn.Module]]:
    """Return the layers that have weights of their own, by name, in the order of their (last) call.

    Each is a list: a child that is never called goes with its parent, which uses its weights directly, as in
    nn.MultiheadAttention. Layers that do not run, such as a head for training only, are left out.
    """
    called: dict[nn.Module, None] = {}

    def note(module: nn.Module, arguments: Any) -> None:
        called.pop(module, None)
        called[module] = None

    hooks = [module.register_forward_pre_hook(note) for module in model.modules()]
    try:
        with torch.no_grad(), errors_explained(model, inputs):
            model(inputs[:1].detach().clone())
    finally:
        for hook in hooks:
            hook.remove()
    names = {module: name for name, module in model.named_modules()}
    layers = {}
    for module in called:
        if _has_weights(module):
            uncalled = [child for child in module.children() if child not in called and _has_weights(child)]
            layers[names[module] or "(the model itself)"] = [module, *uncalled]
    return layers


def _has_weights(module: nn.Module) -> bool:
    return next(module.parameters(recurse=False), None) is not None


def _make_random(module: nn.Module) -> None:
    """Give a layer new weights, as before training. (BatchNorm then also forgets the averages it learned.)

    Weights for which the module has no such rule become normal random numbers of the same size.
    """
    reset = getattr(module, "reset_parameters", None) or getattr(module, "_reset_parameters", None)
    if callable(reset):
        reset()
        return
    with torch.no_grad():
        for weight in module.parameters(recurse=False):
            weight.normal_(std=float(weight.square().mean().sqrt()))


def _ranks(maps: Any, n: int) -> FloatArray:
    """Return the ranks of each map's values, centred, `(N, D)`; ties share their mean rank."""
    if isinstance(maps, tuple):
        raise TypeError("attribute must return one tensor or array, but returned a tuple. Take its part: .values")
    if isinstance(maps, torch.Tensor):
        maps = maps.detach().double().numpy(force=True)
    maps = np.asarray(maps, dtype=np.float64)
    if maps.ndim < 2 or len(maps) != n:
        raise ValueError(f"attribute must return one map per input ({n}), but returned the shape {maps.shape}.")
    if not np.isfinite(maps).all():
        raise ValueError("attribute returned NaN or infinite values.")
    ranks = np.asarray(rankdata(maps.reshape(n, -1), axis=1), dtype=np.float64)
    centred: FloatArray = ranks - ranks.mean(axis=1, keepdims=True)
    return centred


def _mean_correlation(one: FloatArray, other: FloatArray) -> float:
    """Return the mean correlation of the rows; a constant row has none and is left out."""
    size = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    varies = size > 0
    return float(((one * other).sum(axis=1)[varies] / size[varies]).mean()) if varies.any() else float("nan")
