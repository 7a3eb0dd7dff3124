"""Occlusion: cover a window of the input, and see how far the score falls. It needs no gradient.

Zeiler M. D., Fergus R., Visualizing and understanding convolutional networks, ECCV 2014, arXiv:1311.2901.
"""

from collections.abc import Iterator
from itertools import product

import torch
from torch import nn

from clinxai_teach._torch import baseline_like, check_answer, check_inputs, eval_mode, pick, run
from clinxai_teach._validate import positive_int


def occlusion(
    model: nn.Module,
    inputs: torch.Tensor,
    target: int | torch.Tensor,
    *,
    window: int | tuple[int, ...],
    stride: int | tuple[int, ...] | None = None,
    baseline: float | torch.Tensor = 0.0,
) -> torch.Tensor:
    """Return by how much the target's logit falls when a window of the input is covered.

    Parameters
    ----------
    model : torch.nn.Module
        Returns logits. It is read in evaluation mode and left exactly as it was.
    inputs : tensor `(N, K, ...)`
        Signals `(N, K, l)`, films `(N, K, h, w)` or volumes `(N, K, d, h, w)`. All channels are covered together.
    target : int or integer tensor `(N,)`
        The class to explain. For a network with one logit, 1 is the logit and 0 its negative.
    window : int or tuple
        Size of the window along each axis.
    stride : int or tuple, optional
        Step from window to window; None takes the window's size, so that windows lie side by side. The last window of
        an axis ends at its edge. One forward pass for each place.
    baseline : number or tensor
        What covers the window; 0 is black.

    Returns
    -------
    tensor `(N, 1, ...)`, dtype and device of `inputs`
        For each value the mean fall over the windows that cover it, in logits. Above 0 it speaks for the class.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, a window does not fit into the input, or a stride leaves values uncovered.

    Examples
    --------
    A model that adds up four values loses what the window covers.

    >>> model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 1, bias=False))
    >>> model[1].weight.data = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
    >>> occlusion(model, torch.ones(1, 1, 4), 1, window=2).tolist()
    [[[3.0, 3.0, 7.0, 7.0]]]
    >>> occlusion(model, torch.ones(1, 1, 4), 1, window=2, stride=1).tolist()
    [[[3.0, 4.0, 6.0, 7.0]]]
    """
    check_inputs(model, inputs)
    if inputs.ndim < 3:
        raise ValueError(f"inputs needs axes behind the channels, (N, K, ...), but its shape is {tuple(inputs.shape)}.")
    sizes = tuple(inputs.shape[2:])
    windows = _per_axis("window", window, sizes)
    steps = windows if stride is None else _per_axis("stride", stride, sizes)
    for axis, (size, covered, step) in enumerate(zip(sizes, windows, steps, strict=True)):
        if covered > size or step > covered:
            raise ValueError(
                f"window must fit into the input and stride must not be larger than window, but along axis {axis + 2} "
                f"the size is {size}, window {covered} and stride {step}."
            )
    with torch.inference_mode(False), torch.no_grad(), eval_mode(model):
        inputs = inputs.detach().clone()
        cover = baseline_like(baseline, inputs).expand_as(inputs)
        logits = run(model, inputs)
        classes = check_answer(model, inputs, logits, target)
        intact = pick(logits, classes)
        fall = inputs.new_zeros(len(inputs), 1, *sizes)
        times = inputs.new_zeros(1, 1, *sizes)
        for place in _places(sizes, windows, steps):
            covered_inputs = inputs.clone()
            covered_inputs[place] = cover[place]
            difference = intact - pick(run(model, covered_inputs), classes)
            fall[place] += difference.reshape(-1, *[1] * (inputs.ndim - 1)).to(fall)
            times[place] += 1
        return fall / times


def _per_axis(name: str, value: int | tuple[int, ...], sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Return a whole number for each axis, from one number or from a tuple."""
    given = tuple(value) if isinstance(value, tuple | list) else (value,) * len(sizes)
    if len(given) != len(sizes):
        raise ValueError(f"{name} needs a number, or one for each of the {len(sizes)} axes, but got {value!r}.")
    return tuple(positive_int(name, number) for number in given)


def _places(sizes: tuple[int, ...], windows: tuple[int, ...], steps: tuple[int, ...]) -> Iterator[tuple[slice, ...]]:
    """Yield the places of the windows, as slices of all axes."""
    starts = [
        sorted({*range(0, size - covered + 1, step), size - covered})
        for size, covered, step in zip(sizes, windows, steps, strict=True)
    ]
    for corner in product(*starts):
        yield (slice(None), slice(None), *(slice(a, a + covered) for a, covered in zip(corner, windows, strict=True)))
