"""Vanilla gradients: how the score of a class would change if a pixel or a feature changed a little.

Simonyan K., Vedaldi A., Zisserman A., Deep inside convolutional networks: visualising image classification models and
saliency maps, ICLR workshop 2014, arXiv:1312.6034.
"""

import torch
from torch import nn

from clinxai_teach._torch import check_answer, check_inputs, eval_mode, pick, run


def saliency(
    model: nn.Module, inputs: torch.Tensor, target: int | torch.Tensor, *, absolute: bool = True
) -> torch.Tensor:
    """Return the gradient of the target's logit with respect to each input: |dy/dx|, in logits per unit of input.

    Parameters
    ----------
    model : torch.nn.Module
        Returns logits. It is read in evaluation mode and left exactly as it was.
    inputs : tensor `(N, ...)`
    target : int or integer tensor `(N,)`
        The class to explain. For a network with one logit, 1 is the logit and 0 its negative.
    absolute : bool
        False keeps the sign: a positive value means that a higher input raises the score.

    Returns
    -------
    tensor of the shape, dtype and device of `inputs`
        A large value means that a small change there changes the score much. It does not say how much the score
        rests on that input: where a unit is saturated, the gradient is 0 and yet the input matters.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, or the score does not depend on the inputs.

    Examples
    --------
    A network without a hidden layer has the same gradient everywhere: the weights of the class.

    >>> model = torch.nn.Linear(3, 2)
    >>> model.weight.data = torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])
    >>> saliency(model, torch.rand(1, 3), 0, absolute=False).tolist()
    [[1.0, -2.0, 0.5]]
    """
    check_inputs(model, inputs)
    with torch.inference_mode(False), eval_mode(model):
        leaf, logits = run_with_graph(model, inputs)
        gradient, _ = gradient_of(logits, check_answer(model, inputs, logits, target), leaf)
    return gradient.abs() if absolute else gradient


def run_with_graph(model: nn.Module, inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a copy of the inputs and the model's logits for it, with the graph that leads from one to the other."""
    leaf = inputs.detach().clone().requires_grad_()
    with torch.enable_grad():
        return leaf, run(model, leaf)


def gradient_of(logits: torch.Tensor, classes: torch.Tensor, leaf: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the gradient of each row's score with respect to its own input, and the scores `(N,)`, both detached.

    Rows do not influence each other (`check_answer` has seen to it), so one backward pass of the sum serves all.
    """
    with torch.enable_grad():
        scores = pick(logits, classes)
        gradient = torch.autograd.grad(scores.sum(), leaf, allow_unused=True)[0] if scores.requires_grad else None
    if gradient is None:
        raise ValueError(
            "the score does not depend on inputs in a way that has a gradient. Does the model detach or round them, or "
            "run under no_grad or inference_mode?"
        )
    return gradient, scores.detach()
