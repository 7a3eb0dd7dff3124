"""What a torch classifier says of films, and what it sees in them, as numpy arrays."""

from __future__ import annotations

import warnings

import torch
from numpy.typing import ArrayLike
from torch import nn

from clinxai_teach._torch import (
    check_inputs,
    class_probabilities,
    errors_explained,
    eval_mode,
    refuse_mixed_rows,
    refuse_probabilities,
    run,
    users_level,
)
from clinxai_teach._types import FloatArray
from clinxai_teach._validate import positive_int, refuse_masked
from clinxai_teach.models.network import ChestNet

MOST = 10  # above the numbers of any film that was scaled, by its range or by its spread


def predict_proba(model: nn.Module, images: ArrayLike | torch.Tensor, *, batch_size: int = 250) -> FloatArray:
    """Return the softmax probabilities, float64 `(n, K)`, of a network that returns logits.

    `images` is a tensor `(n, 1, H, W)`, or an array, which is taken in the model's precision. A network with one logit,
    `(n, 1)` or `(n,)`, gives two columns: 1 - p and p, its sigmoid. The model is read in evaluation mode, without
    gradients, and left as it was. Larger batches need more memory, and give the same probabilities. The course's own
    network learned from films between 0 and 1: where larger numbers come, such as 0 to 255, a warning says so.

    Raises TypeError or ValueError where the images are no batch of films for this model, and where the model returns
    something else: probabilities already, labels, NaN, more than logits, or rows that depend on each other.

    Examples
    --------
    Logits of 0 and log 4 are odds of 1 to 4.

    >>> model = torch.nn.Flatten()  # its output is its input
    >>> predict_proba(model, torch.tensor([[0.0, 3.0]]).log1p()).round(3).tolist()
    [[0.2, 0.8]]
    """
    films = _films(model, images)
    batches = torch.split(films, positive_int("batch_size", batch_size))
    with torch.inference_mode(False), torch.no_grad(), eval_mode(model):
        first, *others = (run(model, batch, name="images") for batch in batches)
        refuse_mixed_rows(model, batches[0], first, name="images")
        logits = torch.cat([first, *others])
        refuse_probabilities(model, films, logits)
    probabilities: FloatArray = class_probabilities(logits.double()).numpy(force=True)
    return probabilities


def _films(model: nn.Module, images: ArrayLike | torch.Tensor) -> torch.Tensor:
    """Return the images as a checked tensor."""
    refuse_masked("images", images)
    try:
        films = torch.as_tensor(images)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(
            f"images must be an array or a tensor with one row per film, but got {type(images).__name__}. For a "
            "DataLoader, call this batch by batch."
        ) from None
    if isinstance(model, nn.Module) and not isinstance(images, torch.Tensor) and films.is_floating_point():
        films = films.to(next((w.dtype for w in model.parameters() if w.is_floating_point()), films.dtype))
    check_inputs(model, films, name="images")
    if isinstance(model, ChestNet) and films.max() > MOST:
        warnings.warn(
            f"images hold numbers up to {float(films.max()):g}, but the course's films lie between 0 and 1. A network "
            "that learned from those answers nonsense. For 0 to 255, pass images / 255.",
            stacklevel=users_level(),
        )
    return films


def film_features(model: nn.Module, images: ArrayLike | torch.Tensor, *, batch_size: int = 250) -> FloatArray:
    """Return what a `ChestNet` sees in films, float64 `(n, 144)`: the mean of each map of its last convolution.

    `images` is an array or tensor `(n, 1, H, W)`. Pass the result to `SimilarityDetector`: it then measures distances
    in the network's own terms; pixel by pixel, any two films differ. The model is read in evaluation mode and left as
    it was.

    Raises TypeError or ValueError where the model is no such network or the images are no batch of films.

    Examples
    --------
    >>> from clinxai_teach.models import ChestNet
    >>> film_features(ChestNet(), torch.zeros(2, 1, 128, 128)).shape
    (2, 144)
    """
    films = _films(model, images)
    features = getattr(model, "features", None)
    if not isinstance(features, nn.Module):
        raise TypeError(f"model must have its convolutions in model.features, but {type(model).__name__} has not.")
    with torch.no_grad(), eval_mode(model):
        batches = torch.split(films, positive_int("batch_size", batch_size))
        with errors_explained(model, films, "images"):
            means = torch.cat([features(batch.clone()).mean(dim=(2, 3)) for batch in batches])
    seen: FloatArray = means.double().numpy(force=True)
    return seen
