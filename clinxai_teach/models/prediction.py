"""Probabilities of a torch classifier as a numpy array."""

import torch

from clinxai_teach._torch import eval_mode
from clinxai_teach._validate import positive_int


def predict_proba(model, images, *, batch_size=250):
    """Return softmax probabilities, float64 `(n, K)`, of a network that returns logits.

    `images` is an array or tensor `(n, 1, H, W)`. The model is read in evaluation mode, without gradients, and left
    as it was. Larger batches need more memory, and give the same probabilities.
    """
    batches = torch.as_tensor(images).split(positive_int("batch_size", batch_size))
    with torch.no_grad(), eval_mode(model):
        logits = torch.cat([model(batch.clone()) for batch in batches])  # the first layer may work in place
    return logits.double().softmax(dim=1).numpy(force=True)
