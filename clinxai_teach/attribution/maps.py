"""Maps of any number of axes: what a layer returns, which axis holds its channels, and how a heatmap is resized."""

from typing import Any

import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike
from torch import nn

from clinxai_teach._validate import plain_array

MODES = {3: "linear", 4: "bilinear", 5: "trilinear"}  # by the number of axes: signals, films, volumes
CONVOLUTIONS = {
    3: (nn.Conv1d, nn.ConvTranspose1d),
    4: (nn.Conv2d, nn.ConvTranspose2d),
    5: (nn.Conv3d, nn.ConvTranspose3d),
}
SHAPES = "(N, K, h, w), (N, K, l) or (N, K, d, h, w)"


def as_tensor(name: str, values: ArrayLike | torch.Tensor) -> torch.Tensor:
    """Return an array of numbers as a tensor, or raise what is wrong with it."""
    try:
        return torch.as_tensor(values if isinstance(values, torch.Tensor) else plain_array(name, values)).detach()
    except (TypeError, RuntimeError):
        raise TypeError(f"{name} must hold numbers only, but got {type(values).__name__}.") from None


def check_heatmaps(maps: torch.Tensor) -> None:
    """Raise unless `maps` is a tensor of heatmaps with one channel."""
    film_without_channel = isinstance(maps, torch.Tensor) and maps.ndim == 3 and maps.shape[1] != 1
    if not isinstance(maps, torch.Tensor) or maps.ndim not in MODES or film_without_channel:
        kind = tuple(maps.shape) if isinstance(maps, torch.Tensor) else type(maps).__name__
        raise ValueError(
            f"maps must be a tensor (N, 1, h, w), (N, 1, l) or (N, 1, d, h, w), but got {kind}. torch.as_tensor(maps) "
            "makes a tensor of an array, and maps[:, None] a channel axis."
        )


def resize(maps: torch.Tensor, size: int | tuple[int, ...]) -> torch.Tensor:
    """Return checked maps resized by linear interpolation."""
    axes = maps.ndim - 2
    size = (size,) * axes if isinstance(size, int) else tuple(size)
    if len(size) != axes or min(size) < 1:
        raise ValueError(f"size must be a number, or one for each of the {axes} axes of a map, but got {size}.")
    return F.interpolate(maps, size=size, mode=MODES[maps.ndim], align_corners=False)


def check_maps(output: Any, inputs: torch.Tensor, layer: nn.Module, model: nn.Module) -> None:
    """Raise a ValueError unless a layer's output is a stack of maps with one row per input and the channels second."""
    kind = type(layer).__name__
    if not isinstance(output, torch.Tensor) or output.ndim not in MODES or _are_tokens(output, inputs, model):
        came = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output).__name__
        raise ValueError(
            f"layer {kind} must return maps {SHAPES}, but returned {came}. Grad-CAM needs a convolutional layer; a "
            "transformer block has none."
        )
    if not output.is_floating_point():
        raise ValueError(
            f"layer {kind} returned {output.dtype}, which has no gradient. Use the model as it was trained."
        )
    if len(output) != len(inputs):
        raise ValueError(f"layer {kind} returned {len(output)} rows for {len(inputs)} inputs. Choose another layer.")
    if _channels_last(output.shape, inputs.shape, layer, model):
        raise ValueError(
            f"layer {kind} returns its channels last, {tuple(output.shape)}, but Grad-CAM needs {SHAPES}. "
            "Choose a layer behind the model's Permute."
        )


def _are_tokens(output: torch.Tensor, inputs: torch.Tensor, model: nn.Module) -> bool:
    """Say whether an output with fewer axes than the inputs is a list of tokens, as in a vision transformer."""
    fewer = output.ndim < inputs.ndim
    return fewer and not any(isinstance(module, CONVOLUTIONS[output.ndim]) for module in model.modules())


def _channels_last(maps: torch.Size, inputs: torch.Size, layer: nn.Module, model: nn.Module) -> bool:
    """Say whether maps are `(N, h, w, K)`, as inside a Swin transformer.

    nn.Linear and nn.LayerNorm work on the last axis, convolutions and BatchNorm on the second. So the sizes of such
    parts in the layer, or in the smallest part of the model around it that has any, tell which axis holds the channels.
    Where they do not, the proportions do: the height and width of maps are those of the film.
    """
    if type(layer) in (nn.Linear, nn.LayerNorm):
        return True
    scope = next(part for part in (*_around(layer, model), model) if any(_sizes(part)) or part is model)
    second, last = _sizes(scope)
    if maps[-1] in last and maps[1] not in second | last:
        return True
    if maps[1] == maps[-1] and not second:  # as many channels as columns: LayerNorm says where they are
        return any(type(part) is nn.LayerNorm and part.normalized_shape[-1] == maps[-1] for part in scope.modules())
    return maps[1] not in second and _same_shape(maps[1:-1], inputs) and not _same_shape(maps[2:], inputs)


def _around(layer: nn.Module, model: nn.Module) -> list[nn.Module]:
    """Return the layer and the parts of the model that hold it, from the smallest to the model itself."""
    parts = dict(model.named_modules())
    (path, *_) = (name for name, part in parts.items() if part is layer)
    names = path.split(".") if path else []
    return [parts[".".join(names[:depth])] for depth in range(len(names), -1, -1)]


def _sizes(scope: nn.Module) -> tuple[set[int], set[int]]:
    """Return the numbers of channels of the parts that work on the second axis, and of those that work on the last."""
    second: set[int] = set()
    last: set[int] = set()
    for part in scope.modules():
        if any(isinstance(part, kinds) for kinds in CONVOLUTIONS.values()):
            second.add(int(part.out_channels))  # type: ignore[arg-type]  # torch types attributes loosely
        elif isinstance(part, nn.modules.batchnorm._NormBase):
            second.add(part.num_features)
        elif isinstance(part, nn.GroupNorm):
            second.add(part.num_channels)
        elif isinstance(part, nn.Linear):
            last |= {part.in_features, part.out_features}
        elif isinstance(part, nn.LayerNorm | nn.RMSNorm):
            last.add(part.normalized_shape[-1])
    return second, last


def _same_shape(axes: torch.Size, inputs: torch.Size) -> bool:
    """Say whether axes of a map have the proportions of the inputs, but for rounding: some stride fits them all."""
    if len(axes) != len(inputs) - 2:
        return False
    low = max(size / (axis + 1) for size, axis in zip(inputs[2:], axes, strict=True))
    high = min(size / max(axis - 1, 1e-9) for size, axis in zip(inputs[2:], axes, strict=True))
    return low <= high
