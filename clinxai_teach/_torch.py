"""What every torch helper does with a model: read it without changing it, and pick the score to explain."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn


@contextmanager
def eval_mode(model: nn.Module) -> Iterator[nn.Module]:
    """Put the model in evaluation mode; at the end give every module its own mode back, also after an error.

    The random state comes back too: some models draw random numbers even in evaluation mode.

    Examples
    --------
    >>> model = nn.Sequential(nn.Dropout(), nn.Dropout().eval())
    >>> with eval_mode(model):
    ...     during = [part.training for part in model]
    >>> during, [part.training for part in model]
    ([False, False], [True, False])
    """
    modes = [(module, module.training) for module in model.modules()]
    with torch.random.fork_rng(devices=cuda_devices(model)):
        try:
            model.eval()
            yield model
        finally:
            for module, training in modes:
                module.training = training


def cuda_devices(model: nn.Module) -> list[torch.device]:
    """Return the CUDA devices on which the model has weights, as a list without repeats."""
    return list({parameter.device for parameter in model.parameters() if parameter.is_cuda})


def check_inputs(model: nn.Module, inputs: torch.Tensor) -> None:
    """Raise unless `model` is a torch module and `inputs` a batch of finite floating-point numbers."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, but got {type(model).__name__}.")
    if not isinstance(inputs, torch.Tensor) or not inputs.is_floating_point():
        kind = f"a tensor of {inputs.dtype}" if isinstance(inputs, torch.Tensor) else type(inputs).__name__
        raise TypeError(f"inputs must be a floating-point tensor with one row per example, but got {kind}.")
    if inputs.ndim < 2 or len(inputs) == 0:
        raise ValueError(
            f"inputs needs at least one example along its first axis, but its shape is {tuple(inputs.shape)}."
        )
    if not inputs.isfinite().all():
        raise ValueError("inputs holds NaN or infinite values. Remove or impute them first.")


def target_scores(logits: Any, target: int | torch.Tensor, n_rows: int) -> torch.Tensor:
    """Return the logit of each row's target `(N,)`, for a batch of `n_rows`.

    `logits` is `(N, K)`, or `(N,)` or `(N, 1)` for a network with one logit: then target 1 is the logit and target 0
    its negative. `target` is an int, or an integer tensor `(N,)` with one class per row. Raises TypeError for other
    kinds of target and ValueError for a class that the network does not have.

    Examples
    --------
    >>> logits = torch.tensor([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    >>> target_scores(logits, torch.tensor([2, 0]), n_rows=2).tolist()
    [2.0, 3.0]
    >>> target_scores(logits[:, 1], 0, n_rows=2).tolist()  # one logit: class 0 has its negative
    [-1.0, -4.0]
    """
    if not isinstance(logits, torch.Tensor) or logits.ndim not in (1, 2):
        shape = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise ValueError(f"model must return logits of shape (N, K) or (N,), but returned {shape}.")
    if logits.ndim == 1 or logits.shape[1] == 1:
        logits = torch.stack([-logits.reshape(-1), logits.reshape(-1)], dim=1)
    if len(logits) != n_rows:
        raise ValueError(f"model must return one row of logits per input, but returned {len(logits)} for {n_rows}.")
    n_classes = logits.shape[1]
    try:
        classes = torch.as_tensor(target, device=logits.device)
    except (TypeError, ValueError, RuntimeError):
        classes = None
    if classes is None or classes.is_floating_point() or classes.is_complex() or classes.dtype == torch.bool:
        raise TypeError(f"target must be an int or a tensor of ints, but got {target!r}.")
    if classes.ndim > 1 or (classes.ndim == 1 and len(classes) != n_rows):
        raise ValueError(f"target needs one class, or one per row ({n_rows}), but its shape is {tuple(classes.shape)}.")
    if ((classes < 0) | (classes >= n_classes)).any():
        raise ValueError(f"target must lie between 0 and {n_classes - 1} for this network, but got {target!r}.")
    chosen: torch.Tensor = logits.gather(1, classes.long().expand(n_rows)[:, None])[:, 0]
    return chosen


def baseline_like(baseline: float | torch.Tensor | None, inputs: torch.Tensor) -> torch.Tensor:
    """Return the baseline as a tensor of the shape of `inputs`: None means zeros, a number fills it.

    A tensor may have one row for all, or one per example. Raises TypeError where it does not hold numbers, ValueError
    for NaN, infinity or a shape that does not fit.

    Examples
    --------
    >>> baseline_like(0.5, torch.zeros(2, 3)).tolist()
    [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]
    """
    try:
        start = torch.as_tensor(0.0 if baseline is None else baseline, dtype=inputs.dtype, device=inputs.device)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"baseline must be None, a number or a tensor, but got {type(baseline).__name__}.") from None
    if not start.isfinite().all():
        raise ValueError("baseline holds NaN or infinite values.")
    try:
        return start.detach().expand(inputs.shape).clone()
    except RuntimeError:
        raise ValueError(
            "baseline must be a number, or a tensor with one row or one per example, but its shape is "
            f"{tuple(start.shape)} and that of inputs is {tuple(inputs.shape)}."
        ) from None
