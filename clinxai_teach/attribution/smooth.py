"""SmoothGrad: the mean saliency of noisy copies, because a single gradient jumps from pixel to pixel.

Smilkov D., Thorat N., Kim B., Viégas F., Wattenberg M., SmoothGrad: removing noise by adding noise, 2017,
arXiv:1706.03825.
"""

import torch
from torch import nn

from clinxai_teach._torch import check_inputs
from clinxai_teach._validate import number_between, positive_int
from clinxai_teach.attribution.gradients import saliency


def smooth_grad(
    model: nn.Module,
    inputs: torch.Tensor,
    target: int | torch.Tensor,
    *,
    n_samples: int = 50,
    noise: float = 0.1,
    absolute: bool = True,
    seed: int = 0,
) -> torch.Tensor:
    """Return the mean of `saliency` over copies of the inputs with normal noise added.

    Parameters
    ----------
    model, inputs, target, absolute
        As in `saliency`; with `absolute` the sizes are averaged, else the signed gradients.
    n_samples : int
        Noisy copies of each input. Each costs one forward and one backward pass.
    noise : float
        Standard deviation of the noise, as a share of each input's own range (largest minus smallest value). 0 gives
        `saliency` itself.
    seed : int
        The same seed gives the same map, on every device.

    Returns
    -------
    tensor of the shape, dtype and device of `inputs`

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, or the score does not depend on the inputs.

    Examples
    --------
    A ReLU has a gradient of 0 or 1. Just below its kink about half of the noisy copies lie above it.

    >>> model = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Linear(2, 1, bias=False))
    >>> model[1].weight.data = torch.ones(1, 2)
    >>> x = torch.tensor([[-0.001, 1.0]])
    >>> saliency(model, x, 1).tolist()
    [[0.0, 1.0]]
    >>> [round(value, 1) for value in smooth_grad(model, x, 1, n_samples=1000)[0].tolist()]
    [0.5, 1.0]
    """
    check_inputs(model, inputs)
    n_samples = positive_int("n_samples", n_samples)
    share = number_between("noise", noise, 0)
    generator = torch.Generator().manual_seed(positive_int("seed", seed, minimum=0))
    inputs = inputs.detach()
    rows = inputs.flatten(1)
    spread = share * (rows.amax(dim=1) - rows.amin(dim=1)).reshape(-1, *[1] * (inputs.ndim - 1))
    total = torch.zeros_like(inputs)
    for _ in range(n_samples):
        drawn = torch.randn(inputs.shape, generator=generator).to(inputs)  # drawn on the CPU: the same on every device
        total += saliency(model, inputs + spread * drawn, target, absolute=absolute)
    return total / n_samples
