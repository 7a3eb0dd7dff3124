"""Scores for a heatmap where the truth is known: does it point at the lesion, and how much of it lies there?"""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike

from clinxai_teach._types import BoolArray, FloatArray
from clinxai_teach._validate import positive_int
from clinxai_teach.attribution.gradcam import upsample


def pointing_game(maps: ArrayLike | torch.Tensor, masks: ArrayLike | torch.Tensor) -> FloatArray | torch.Tensor:
    """Return, for each image, 1.0 if the highest point of its map lies in its mask and 0.0 if not.

    `maps` is `(N, 1, h, w)` or `(N, h, w)` and `masks` `(N, H, W)` or `(N, 1, H, W)`; a smaller map is resized to the
    mask first. A map without positive values points nowhere: 0.0. An empty mask gives NaN, because there is nothing
    to hit. To allow a tolerance, pass `neighbourhood(masks, radius)`. Returns `(N,)`: a tensor for tensor maps,
    otherwise float64 numpy.

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
    share of the picture that the mask covers: `masks.mean((1, 2))`.

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

    Examples
    --------
    >>> neighbourhood([[[0, 0, 0, 1]]], 2).tolist()
    [[[False, True, True, True]]]
    """
    radius = positive_int("radius", radius, minimum=0)
    grown = F.max_pool2d(torch.as_tensor(masks).float()[:, None], 2 * radius + 1, stride=1, padding=radius)[:, 0] > 0
    return grown if isinstance(masks, torch.Tensor) else grown.numpy()


def _prepare(
    maps: ArrayLike | torch.Tensor, masks: ArrayLike | torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, Callable[[torch.Tensor], FloatArray | torch.Tensor]]:
    """Return flat positive evidence and masks, `(N, H * W)` each, and the function that shapes the result."""
    as_tensor = isinstance(maps, torch.Tensor)
    evidence = torch.as_tensor(maps).detach()
    inside = torch.as_tensor(masks, device=evidence.device)
    for name, array in (("maps", evidence), ("masks", inside)):
        if array.ndim not in (3, 4) or (array.ndim == 4 and array.shape[1] != 1):
            raise ValueError(f"{name} must have the shape (N, h, w) or (N, 1, h, w), but has {tuple(array.shape)}.")
    if len(evidence) != len(inside):
        raise ValueError(f"maps and masks must be of the same images, but there are {len(evidence)} and {len(inside)}.")
    evidence = (evidence if evidence.is_floating_point() else evidence.double()).reshape(-1, 1, *evidence.shape[-2:])
    if not evidence.isfinite().all():
        raise ValueError("maps holds NaN or infinite values.")
    if evidence.shape[-2:] != inside.shape[-2:]:
        evidence = upsample(evidence, tuple(inside.shape[-2:]))

    def wrap(value: torch.Tensor) -> FloatArray | torch.Tensor:
        return value if as_tensor else value.numpy().astype(np.float64)

    return evidence.clamp(min=0).flatten(1), (inside != 0).flatten(1), wrap
