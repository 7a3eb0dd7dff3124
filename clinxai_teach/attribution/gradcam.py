"""Grad-CAM: which regions of a convolutional layer raised the score of one class.

Selvaraju R. R. et al., Grad-CAM: visual explanations from deep networks via gradient-based localization, ICCV 2017,
arXiv:1610.02391.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from clinxai_teach._torch import check_inputs, eval_mode, target_scores


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
    target : int or integer tensor `(N,)`
        The class to explain. For a network with one logit, 1 is the logit and 0 its negative.
    layer : torch.nn.Module
        A convolutional layer of `model`, usually the last. If it runs several times, the last call counts.
    relu : bool
        False keeps negative values: evidence against the class.

    Returns
    -------
    tensor `(N, 1, h, w)`
        In units of the logit. Not scaled: a weak map stays weak, and no positive evidence gives all zeros. Same
        device and dtype as the layer's output.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, the layer is not part of the model or never runs, its output is not a
        stack of maps `(N, K, h, w)` (as in a transformer), or the score does not depend on it.

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
    if not any(layer is module for module in model.modules()):
        raise ValueError(
            f"layer must be one of the model's own modules, but got {type(layer).__name__}. Try model.features[-1]."
        )
    maps, gradient = _maps_and_gradient(model, inputs, target, layer)
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    cam = (weights * maps).sum(dim=1, keepdim=True)
    return F.relu(cam) if relu else cam


def _maps_and_gradient(
    model: nn.Module, inputs: torch.Tensor, target: int | torch.Tensor, layer: nn.Module
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the layer's maps and the gradient of the target's logit with respect to them, both detached."""
    caught: list[torch.Tensor] = []

    def catch(module: nn.Module, arguments: Any, output: Any) -> torch.Tensor:
        if not isinstance(output, torch.Tensor) or output.ndim != 4:
            kind = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output).__name__
            raise ValueError(
                f"layer {type(module).__name__} must return maps (N, K, h, w), but returned {kind}. "
                "Grad-CAM needs a convolutional layer; a transformer block has none."
            )
        _refuse_channels_last(output.shape, inputs.shape, module)
        # From here on the graph is recorded; everything before ran without one, which saves time and memory.
        torch.set_grad_enabled(True)
        maps = output.detach().clone().requires_grad_()
        caught[:] = [maps]
        return maps.clone()  # a later in-place ReLU then changes this copy, not the maps we keep

    hook = layer.register_forward_hook(catch)
    try:
        with torch.inference_mode(False), torch.no_grad(), eval_mode(model):
            # a clone, because the first layer may work in place
            scores = target_scores(model(inputs.detach().clone()), target, len(inputs))
            if not caught:
                raise ValueError(
                    f"layer {type(layer).__name__} did not run in this forward pass. Choose a layer that does."
                )
            if not scores.requires_grad:
                # The model ran the layer under a no_grad of its own, whose end switched recording off again.
                with torch.enable_grad():
                    scores = target_scores(model(inputs.detach().clone()), target, len(inputs))
            (maps,) = caught
            gradient = None
            if scores.requires_grad:
                (gradient,) = torch.autograd.grad(scores, maps, torch.ones_like(scores), allow_unused=True)
    finally:
        hook.remove()
    if gradient is None:
        raise ValueError(
            f"the score does not depend on layer {type(layer).__name__}. Choose a layer on the way to the output."
        )
    return maps.detach(), gradient


def _refuse_channels_last(maps: torch.Size, images: torch.Size, module: nn.Module) -> None:
    """Raise a ValueError for maps `(N, h, w, K)`, as in a Swin transformer.

    nn.LayerNorm and nn.Linear work on the last axis, so inside such a block they have its size. A block without them
    and without a convolution betrays itself by the shape: a square image has square maps.
    """
    parts = list(module.modules())
    sizes = {part.out_features for part in parts if isinstance(part, torch.nn.Linear)}
    sizes |= {part.normalized_shape[0] for part in parts if isinstance(part, torch.nn.LayerNorm)}
    convolves = any(isinstance(part, torch.nn.Conv2d) for part in parts)
    square = len(images) == 4 and images[2] == images[3] and maps[1] == maps[2] != maps[3]
    if (maps[3] in sizes and maps[1] not in sizes) or (square and not convolves):
        raise ValueError(
            f"layer {type(module).__name__} returns its channels last, {tuple(maps)}, but Grad-CAM needs (N, K, h, w). "
            "Choose a layer behind the model's Permute."
        )


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

    Examples
    --------
    >>> scale_for_display(torch.tensor([[[[-1.0, 2.0, 4.0]]], [[[-1.0, -2.0, 0.0]]]])).flatten(1).tolist()
    [[0.0, 0.5, 1.0], [0.0, 0.0, 0.0]]
    """
    peak = maps.amax(dim=(1, 2, 3), keepdim=True)
    return maps.clamp(min=0) / torch.where(peak > 0, peak, 1)


def upsample(maps: torch.Tensor, size: int | tuple[int, ...]) -> torch.Tensor:
    """Return maps `(N, 1, h, w)` resized to `size` (a number, or height and width) by bilinear interpolation.

    Examples
    --------
    >>> upsample(torch.tensor([[[[0.0, 1.0]]]]), (1, 4)).tolist()
    [[[[0.0, 0.25, 0.75, 1.0]]]]
    """
    if not isinstance(maps, torch.Tensor) or maps.ndim != 4:
        kind = tuple(maps.shape) if isinstance(maps, torch.Tensor) else type(maps).__name__
        raise ValueError(f"maps must be a tensor (N, 1, h, w), but got {kind}.")
    return F.interpolate(maps, size=size, mode="bilinear", align_corners=False)
