"""The way from a baseline to an input: the gradients along it, and their sum."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import nn

from clinxai_teach._torch import eval_mode
from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach.attribution.gradients import gradient_of, run_with_graph


class IntegratedGradients(NamedTuple):
    """`values`, one attribution per input value; `convergence_delta (N,)`; `n_steps`, the steps that were used."""

    values: torch.Tensor
    convergence_delta: torch.Tensor
    n_steps: int


class Path(NamedTuple):
    """The straight way from each row's baseline (alpha = 0) to its input (alpha = 1)."""

    model: nn.Module
    inputs: torch.Tensor
    start: torch.Tensor
    classes: torch.Tensor
    batch_size: int

    def gradients(
        self, rows: IntArray, alphas: FloatArray
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield (row numbers, gradients, scores) at the places `alphas` of the rows `rows`, a batch at a time."""
        places = [torch.split(torch.from_numpy(v).to(self.inputs.device), self.batch_size) for v in (rows, alphas)]
        for row, alpha in zip(*places, strict=True):
            at = self.start[row] + self._per_row(alpha) * (self.inputs - self.start)[row]
            with eval_mode(self.model):
                leaf, logits = run_with_graph(self.model, at)
                gradient, score = gradient_of(logits, self.classes[row], leaf)
            yield row, gradient, score

    def integrate(
        self, rows: IntArray, alphas: FloatArray, weights: FloatArray, difference: torch.Tensor, n_steps: int
    ) -> IntegratedGradients:
        """Return the IntegratedGradients of these places. Only a batch of gradients is ever held in memory."""
        total, done = torch.zeros_like(self.inputs), 0
        for row, gradient, _ in self.gradients(rows, alphas):
            weight = torch.from_numpy(weights[done : done + len(row)]).to(self.inputs.device)
            total.index_add_(0, row, self._per_row(weight) * gradient)
            done += len(row)
        values = (self.inputs - self.start) * total
        return IntegratedGradients(values, values.flatten(1).sum(dim=1) - difference, n_steps)

    def slopes_and_scores(self, rows: IntArray, alphas: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how fast the score changes along the path, dF / d alpha, and the score itself, float64 numpy."""
        slopes, scores = [], []
        for row, gradient, score in self.gradients(rows, alphas):
            slopes.append((gradient * (self.inputs - self.start)[row]).double().flatten(1).sum(dim=1))
            scores.append(score.double())
        return torch.cat(slopes).cpu().numpy(), torch.cat(scores).cpu().numpy()

    def _per_row(self, values: torch.Tensor) -> torch.Tensor:
        return values.to(self.inputs.dtype).reshape(-1, *[1] * (self.inputs.ndim - 1))
