"""Scores for a heatmap where the truth is known: does it point at the lesion, and how much of it lies there?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike

from clinxai_teach._types import BoolArray, FloatArray
from clinxai_teach._validate import positive_int
from clinxai_teach.attribution.maps import as_tensor, resize


def pointing_game(maps: ArrayLike | torch.Tensor, masks: ArrayLike | torch.Tensor) -> FloatArray | torch.Tensor:
    """Return, for each image, 1.0 if the highest point of its map lies in its mask and 0.0 if not.

    `maps` is `(N, 1, h, w)` or `(N, h, w)` and `masks` `(N, H, W)` or `(N, 1, H, W)`; for signals `(N, 1, l)` and
    `(N, L)`, for volumes one axis more. A smaller map is resized to the mask first. A map without positive values
    points nowhere: 0.0. An empty mask gives NaN, because there is nothing to hit. To allow a tolerance, pass
    `neighbourhood(masks, radius)`. Returns `(N,)`: a tensor for tensor maps, otherwise float64 numpy.

    Zhang J. et al., Top-down neural attention by excitation backprop, IJCV 2018, arXiv:1608.00507.

    Examples
    --------
    Two maps of one row of pixels; the lesion is the last pixel.

    >>> maps, masks = [[[1.0, 0.0, 3.0]], [[4.0, 0.0, 3.0]]], [[[0, 0, 1]], [[0, 0, 1]]]
    >>> pointing_game(maps, masks).tolist()
    [1.0, 0.0]
    """
    evidence, inside, wrap = _prepare(maps, masks)
    peak = evidence.argmax(dim=1, keepdim=True)
    hit = inside.gather(1, peak)[:, 0] & (evidence.amax(dim=1) > 0)
    value = torch.where(inside.any(dim=1), hit.to(evidence.dtype), torch.nan)
    return wrap(value)


def mass_in_mask(maps: ArrayLike | torch.Tensor, masks: ArrayLike | torch.Tensor) -> FloatArray | torch.Tensor:
    """Return, for each image, the share of its map's positive evidence that lies in its mask, from 0 to 1.

    The literature calls it "relevance mass accuracy".

    Shapes and result as in `pointing_game`. A map without positive values has no share anywhere: 0.0. Chance is the
    share of the picture that the mask covers: `masks.mean((1, 2))` for films.

    Arras L., Osman A., Samek W., CLEVR-XAI: a benchmark dataset for the ground truth evaluation of neural network
    explanations, Inf Fusion 2022;81:14-40, doi:10.1016/j.inffus.2021.11.008.

    Examples
    --------
    >>> mass_in_mask([[[1.0, -5.0, 3.0]]], [[[0, 0, 1]]]).tolist()  # 3 of the 4 positive units
    [0.75]
    """
    evidence, inside, wrap = _prepare(maps, masks)
    total = evidence.sum(dim=1)
    share = (evidence * inside).sum(dim=1) / torch.where(total > 0, total, 1)
    return wrap(share)


def neighbourhood(masks: ArrayLike | torch.Tensor, radius: int) -> BoolArray | torch.Tensor:
    """Return masks `(N, H, W)` grown by `radius` pixels in every direction (a square), as bool numpy or tensor.

    Masks of volumes `(N, D, H, W)` grow by a cube, those of signals `(N, 1, L)` along the signal.

    Examples
    --------
    >>> neighbourhood([[[0, 0, 0, 1]]], 2).tolist()
    [[[False, True, True, True]]]
    """
    radius = positive_int("radius", radius, minimum=0)
    inside = as_tensor("masks", masks)
    if inside.ndim not in (3, 4, 5):
        raise ValueError(
            "masks must have the shape (N, H, W), (N, D, H, W) for volumes or (N, 1, L) for signals, but has "
            f"{tuple(inside.shape)}."
        )
    grown = (inside != 0).float()
    for axis in range(1, grown.ndim):  # a square is a row of rows
        rows = grown.movedim(axis, -1)
        flat = F.max_pool1d(rows.reshape(-1, 1, rows.shape[-1]), 2 * radius + 1, stride=1, padding=radius)
        grown = flat.reshape(rows.shape).movedim(-1, axis)
    return grown > 0 if isinstance(masks, torch.Tensor) else (grown > 0).numpy()


def _prepare(
    maps: ArrayLike | torch.Tensor, masks: ArrayLike | torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, Callable[[torch.Tensor], FloatArray | torch.Tensor]]:
    """Return flat positive evidence and masks, `(N, number of pixels)` each, and the function that shapes the result.

    Sums are taken in float32 at least: a map of half precision would lose its small values in them.
    """
    evidence, inside = as_tensor("maps", maps), as_tensor("masks", masks)
    given = evidence.dtype
    axes = _axes_of_a_map(evidence.shape, inside.shape)
    if len(evidence) != len(inside):
        raise ValueError(f"maps and masks must be of the same images, but there are {len(evidence)} and {len(inside)}.")
    evidence = evidence.to(torch.promote_types(given, torch.float32) if given.is_floating_point else torch.float64)
    if not evidence.isfinite().all():
        raise ValueError("maps holds NaN or infinite values.")
    if inside.is_floating_point() and inside.isnan().any():
        raise ValueError("masks holds NaN. A mask says of each pixel whether it belongs: pass True or False, 1 or 0.")
    inside_values = inside[inside != 0]
    if inside.is_floating_point() and (inside_values != inside_values[:1]).any():
        raise ValueError(
            f"masks holds several numbers, such as {inside_values.max():g} and {inside_values.min():g}, but a mask "
            "says of each pixel whether it belongs. Did you swap the two? maps come first. Else pass masks > a limit."
        )
    evidence = evidence.reshape(len(evidence), 1, *evidence.shape[-axes:])
    if any(of_map > of_mask for of_map, of_mask in zip(evidence.shape[2:], inside.shape[-axes:], strict=True)):
        raise ValueError(
            f"maps are larger than their masks: {tuple(evidence.shape[2:])} and {tuple(inside.shape[-axes:])}. Pass "
            "the masks of these images; a smaller map is resized to its mask, a larger one is not."
        )
    if evidence.shape[2:] != inside.shape[-axes:]:
        evidence = resize(evidence, tuple(inside.shape[-axes:]))

    def wrap(value: torch.Tensor) -> FloatArray | torch.Tensor:
        if isinstance(maps, torch.Tensor):
            return value.to(given) if given.is_floating_point else value
        return value.numpy().astype(np.float64)

    inside = inside.to(evidence.device)
    return evidence.clamp(min=0).flatten(1), (inside != 0).flatten(1), wrap


def _axes_of_a_map(maps: torch.Size, masks: torch.Size) -> int:
    """Return how many axes one map has: 1 for signals, 2 for films, 3 for volumes.

    Both shapes may have a channel axis of size 1 or not, so that (N, a, b) can be two things; they agree on one.
    A signal's map needs its channel axis: without it, it would look like one film without the axis of the examples.
    """
    of_maps = {len(maps) - 1} | ({len(maps) - 2} if maps[1:2] == (1,) else set())
    of_masks = {len(masks) - 1} | ({len(masks) - 2} if masks[1:2] == (1,) else set())
    common = {axes for axes in of_maps & of_masks if 1 <= axes <= 3 and len(maps) >= 3}
    if not common:
        raise ValueError(
            "maps must have the shape (N, 1, h, w) or (N, h, w), and masks must have the shape (N, H, W) or "
            "(N, 1, H, W); signals (N, 1, l) and (N, L), volumes one axis more. They have "
            f"{tuple(maps)} and {tuple(masks)}."
        )
    return min(common)
