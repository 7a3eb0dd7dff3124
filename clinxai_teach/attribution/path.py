"""The way from a baseline to an input: the gradients along it, and their sum."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import nn

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach.attribution.gradients import gradient_of, run_with_graph

KEEP_BYTES = 2**28  # so much of the gradients is kept for the final sum; beyond, they are computed once more


class IntegratedGradients(NamedTuple):
    """`values`, one attribution per input value; `convergence_delta (N,)`; `n_steps`, the steps that were used."""

    values: torch.Tensor
    convergence_delta: torch.Tensor
    n_steps: int


class Path:
    """The straight way from each row's baseline (alpha = 0) to its input (alpha = 1). The model is in eval mode."""

    def __init__(
        self,
        model: nn.Module,
        inputs: torch.Tensor,
        start: torch.Tensor,
        classes: torch.Tensor,
        difference: torch.Tensor,
        batch_size: int,
    ) -> None:
        self.model, self.inputs, self.start, self.classes = model, inputs, start, classes
        self.difference, self.batch_size = difference, batch_size
        self.kept: list[torch.Tensor] | None = []  # the gradients so far, in order; None when they became too large
        self.exact = torch.promote_types(inputs.dtype, torch.float32)  # sums of half precision would lose digits

    def gradients(
        self, rows: IntArray, alphas: FloatArray
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield (row numbers, gradients, scores) at the places `alphas` of the rows `rows`, a batch at a time."""
        places = [torch.split(torch.from_numpy(v).to(self.inputs.device), self.batch_size) for v in (rows, alphas)]
        for row, alpha in zip(*places, strict=True):
            at = self.start[row] + self._per_row(alpha) * (self.inputs - self.start)[row]
            leaf, logits = run_with_graph(self.model, at)
            gradient, score = gradient_of(logits, self.classes[row], leaf)
            yield row, gradient, score

    def slopes_and_scores(self, rows: IntArray, alphas: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how fast the score changes along the path, dF / d alpha, and the score itself, float64 numpy.

        The gradients are kept while they are few, so that `integrate` need not compute them again.
        """
        slopes, scores = [], []
        for row, gradient, score in self.gradients(rows, alphas):
            slopes.append((gradient * (self.inputs - self.start)[row]).double().flatten(1).sum(dim=1))
            scores.append(score.double())
            if self.kept is not None:
                self.kept.append(gradient)
                size = sum(one.numel() * one.element_size() for one in self.kept)
                self.kept = self.kept if size <= KEEP_BYTES else None
        return torch.cat(slopes).cpu().numpy(), torch.cat(scores).cpu().numpy()

    def integrate(self, rows: IntArray, alphas: FloatArray, weights: FloatArray, n_steps: int) -> IntegratedGradients:
        """Return the IntegratedGradients of these places, in the order in which they were met if they were kept."""
        total, done = torch.zeros_like(self.inputs, dtype=self.exact), 0
        row_numbers = torch.from_numpy(rows).to(self.inputs.device)
        for gradient in self.kept or (one for _, one, _ in self.gradients(rows, alphas)):
            upto = done + len(gradient)
            weight = torch.from_numpy(weights[done:upto]).to(self.inputs.device, self.exact)
            total.index_add_(0, row_numbers[done:upto], self._per_row(weight, self.exact) * gradient)
            done = upto
        return self.result(total, n_steps)

    def result(self, total: torch.Tensor, n_steps: int) -> IntegratedGradients:
        """Return the IntegratedGradients of the mean gradient `total` along the path."""
        values = (self.inputs - self.start) * total
        delta = values.flatten(1).sum(dim=1) - self.difference
        return IntegratedGradients(values.to(self.inputs.dtype), delta.to(self.inputs.dtype), n_steps)

    def _per_row(self, values: torch.Tensor, dtype: torch.dtype | None = None) -> torch.Tensor:
        return values.to(dtype or self.inputs.dtype).reshape(-1, *[1] * (self.inputs.ndim - 1))
