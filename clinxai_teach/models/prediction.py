"""What a torch classifier says of films, and what it sees in them, as numpy arrays."""

import torch
from numpy.typing import ArrayLike
from torch import nn

from clinxai_teach._torch import check_inputs, eval_mode
from clinxai_teach._types import FloatArray
from clinxai_teach._validate import positive_int


def predict_proba(model: nn.Module, images: ArrayLike | torch.Tensor, *, batch_size: int = 250) -> FloatArray:
    """Return softmax probabilities, float64 `(n, K)`, of a network that returns logits.

    `images` is an array or tensor `(n, 1, H, W)`. The model is read in evaluation mode, without gradients, and left
    as it was. Larger batches need more memory, and give the same probabilities.

    Examples
    --------
    Logits of 0 and log 4 are odds of 1 to 4.

    >>> model = torch.nn.Flatten()  # its output is its input
    >>> predict_proba(model, torch.tensor([[0.0, 3.0]]).log1p()).round(3).tolist()
    [[0.2, 0.8]]
    """
    batches = torch.split(torch.as_tensor(images), positive_int("batch_size", batch_size))
    with torch.no_grad(), eval_mode(model):
        logits = torch.cat([model(batch.clone()) for batch in batches])  # the first layer may work in place
    probabilities: FloatArray = logits.double().softmax(dim=1).numpy(force=True)
    return probabilities


def film_features(model: nn.Module, images: ArrayLike | torch.Tensor, *, batch_size: int = 250) -> FloatArray:
    """Return what a `ChestNet` sees in films, float64 `(n, 144)`: the mean of each map of its last convolution.

    `images` is an array or tensor `(n, 1, H, W)`. Pass the result to `SimilarityDetector`: it then measures distances
    in the network's own terms; pixel by pixel, any two films differ. The model is read in evaluation mode and left as
    it was.

    Raises TypeError or ValueError where the model is no such network or the images are no batch of films.

    Examples
    --------
    >>> from clinxai_teach.models import ChestNet
    >>> film_features(ChestNet(), torch.zeros(2, 1, 64, 64)).shape
    (2, 144)
    """
    films = torch.as_tensor(images)
    check_inputs(model, films)
    convolutions = getattr(model, "features", None)
    if not isinstance(convolutions, nn.Module):
        raise TypeError(f"model must have its convolutions in model.features, but {type(model).__name__} has not.")
    with torch.no_grad(), eval_mode(model):
        batches = torch.split(films, positive_int("batch_size", batch_size))
        means = torch.cat([convolutions(batch).mean(dim=(2, 3)) for batch in batches])
    features: FloatArray = means.double().numpy(force=True)
    return features
