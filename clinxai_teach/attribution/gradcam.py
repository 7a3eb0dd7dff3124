"""Grad-CAM: which regions of a convolutional layer raised the score of one class.

Selvaraju R. R. et al., Grad-CAM: visual explanations from deep networks via gradient-based localization, ICCV 2017,
arXiv:1610.02391.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from clinxai_teach._torch import check_answer, check_inputs, eval_mode, pick, refuse_scripted, run
from clinxai_teach.attribution.maps import check_heatmaps, check_maps, resize


def grad_cam(
    model: nn.Module, inputs: torch.Tensor, target: int | torch.Tensor, *, layer: nn.Module, relu: bool = True
) -> torch.Tensor:
    """Return the raw Grad-CAM map of each input, at the layer's own resolution.

    With A^k the k-th feature map of `layer` and y^c the logit of class c (before the softmax),

        alpha_k = mean over the map of dy^c / dA^k          (how much map k matters)
        map     = ReLU( sum over k of alpha_k A^k )         (where the maps that matter are active)

    Parameters
    ----------
    model : torch.nn.Module
        Any convolutional network. It is read in evaluation mode and left exactly as it was.
    inputs : tensor `(N, ...)`
        Films `(N, C, H, W)`, signals `(N, C, L)` or volumes `(N, C, D, H, W)`.
    target : int or integer tensor `(N,)`
        The class to explain. For a network with one logit, 1 is the logit and 0 its negative.
    layer : torch.nn.Module
        A convolutional layer of `model`, usually the last, that returns maps `(N, K, h, w)`, `(N, K, l)` or
        `(N, K, d, h, w)`. If it runs several times, the last call counts.
    relu : bool
        False keeps negative values: evidence against the class.

    Returns
    -------
    tensor `(N, 1, h, w)`, `(N, 1, l)` or `(N, 1, d, h, w)`
        In units of the logit. Not scaled: a weak map stays weak, and no positive evidence gives all zeros. Same
        device and dtype as the layer's output.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, the layer is not part of the model or never runs, its output is not a
        stack of maps with the channels second (as in a transformer), or the score does not depend on it.

    Examples
    --------
    One layer that doubles the image, then a mean over its 4 pixels: each map value counts a quarter.

    >>> model = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 1), torch.nn.AvgPool2d(2), torch.nn.Flatten())
    >>> model[0].weight.data.fill_(2), model[0].bias.data.fill_(0)
    (tensor([[[[2.]]]]), tensor([0.]))
    >>> grad_cam(model, torch.tensor([[[[0.0, 1.0], [0.0, 4.0]]]]), 1, layer=model[0]).tolist()
    [[[[0.0, 0.5], [0.0, 2.0]]]]
    """
    check_inputs(model, inputs)
    refuse_scripted(model, "so the output of one layer cannot be caught")
    if not any(layer is module for module in model.modules()):
        raise ValueError(
            f"layer must be one of the model's own modules, but got {type(layer).__name__}. Try model.features[-1]."
        )
    maps, gradient = _maps_and_gradient(model, inputs, target, layer)
    weights = gradient.mean(dim=tuple(range(2, maps.ndim)), keepdim=True)
    cam = (weights * maps).sum(dim=1, keepdim=True)
    return F.relu(cam) if relu else cam


def _maps_and_gradient(
    model: nn.Module, inputs: torch.Tensor, target: int | torch.Tensor, layer: nn.Module
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the layer's maps and the gradient of the target's logit with respect to them, both detached."""
    with torch.inference_mode(False), torch.no_grad(), eval_mode(model):
        with _caught(layer) as caught:
            logits = run(model, inputs)
            if not caught:
                raise ValueError(
                    f"layer {type(layer).__name__} did not run in this forward pass. Choose a layer that does."
                )
            check_maps(caught[0], inputs, layer, model)
            if not logits.requires_grad:
                # The model ran the layer under a no_grad of its own, whose end switched recording off again.
                with torch.enable_grad():
                    logits = run(model, inputs)
        maps: torch.Tensor = caught[0]
        with torch.enable_grad():
            score = pick(logits, check_answer(model, inputs, logits, target)).sum()
        if not score.requires_grad:
            raise ValueError(
                "model's output has no gradient. Does its forward run under inference_mode or no_grad, detach or "
                "round, or is its last layer quantised?"
            )
        (gradient,) = torch.autograd.grad(score, maps, allow_unused=True)
    if gradient is None:
        raise ValueError(
            f"the score does not depend on layer {type(layer).__name__}. Choose a layer on the way to the output."
        )
    return maps.detach(), gradient


@contextmanager
def _caught(layer: nn.Module) -> Iterator[list[Any]]:
    """Inside this context, a forward pass leaves the layer's output in the list, and records its graph from there on.

    Everything before the layer runs without a graph, which saves time and memory.
    """
    caught: list[Any] = []
    here = threading.get_ident()

    def catch(module: nn.Module, arguments: Any, output: Any) -> torch.Tensor | None:
        if threading.get_ident() != here:
            return None  # another thread uses the model at this moment
        if not isinstance(output, torch.Tensor) or not output.is_floating_point():
            caught[:] = [output]  # no maps: `check_maps` will say so
            return None
        torch.set_grad_enabled(True)
        maps = output.detach().clone().requires_grad_()
        caught[:] = [maps]
        copied: torch.Tensor = maps.clone()
        return copied  # a later in-place ReLU then changes this copy, not the maps we keep

    hook = layer.register_forward_hook(catch)
    try:
        yield caught
    finally:
        hook.remove()


class GradCAM:
    """Grad-CAM with the interface of the textbook chapter: `GradCAM(model, layer).generate(image, target_class)`.

    Nothing is attached to the model between two calls.

    Examples
    --------
    >>> model = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 1), torch.nn.AvgPool2d(2), torch.nn.Flatten())
    >>> model[0].weight.data.fill_(2), model[0].bias.data.fill_(0)
    (tensor([[[[2.]]]]), tensor([0.]))
    >>> GradCAM(model, model[0]).generate(torch.tensor([[[[0.0, 1.0], [0.0, 4.0]]]]), 1).tolist()
    [[[[0.0, 0.25], [0.0, 1.0]]]]
    """

    def __init__(self, model: nn.Module, target_layer: nn.Module) -> None:
        self.model = model
        self.target_layer = target_layer

    def generate(self, input_image: torch.Tensor, target_class: int | torch.Tensor) -> torch.Tensor:
        """Return a map for display `(N, 1, h, w)` in [0, 1]: each raw map divided by its own maximum.

        A map without positive evidence stays all zeros. The division hides how strong the evidence is, so a display
        should say the scale; `grad_cam` returns the raw map.
        """
        cam = grad_cam(self.model, input_image, target_class, layer=self.target_layer)
        return scale_for_display(cam)


def scale_for_display(maps: torch.Tensor) -> torch.Tensor:
    """Divide each map `(N, 1, h, w)` by its own maximum. A map without positive values becomes all zeros.

    Maps of signals `(N, 1, l)` and volumes `(N, 1, d, h, w)` too.

    Examples
    --------
    >>> scale_for_display(torch.tensor([[[[-1.0, 2.0, 4.0]]], [[[-1.0, -2.0, 0.0]]]])).flatten(1).tolist()
    [[0.0, 0.5, 1.0], [0.0, 0.0, 0.0]]
    """
    check_heatmaps(maps)
    peak = maps.amax(dim=tuple(range(1, maps.ndim)), keepdim=True)
    return maps.clamp(min=0) / torch.where(peak > 0, peak, 1)


def upsample(maps: torch.Tensor, size: int | tuple[int, ...]) -> torch.Tensor:
    """Return maps resized to `size` by linear interpolation: bilinear for films, trilinear for volumes.

    `maps` is `(N, 1, h, w)`, `(N, 1, l)` or `(N, 1, d, h, w)`; `size` is a number, or one for each axis of a map.

    Examples
    --------
    >>> upsample(torch.tensor([[[[0.0, 1.0]]]]), (1, 4)).tolist()
    [[[[0.0, 0.25, 0.75, 1.0]]]]
    """
    check_heatmaps(maps)
    return resize(maps, size)
