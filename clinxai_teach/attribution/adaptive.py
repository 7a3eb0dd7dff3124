"""Where to take the gradient along the path, so that few places are enough: more of them where the gradient jumps."""

import numpy as np
import torch

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach.attribution.path import IntegratedGradients, Path

FIRST_STEPS = 5  # equal steps to begin with
MOST_PARTS = 4  # of one piece in one round
# Where the first piece is cut: a network with LayerNorm may do all its changing in a millionth of the way from black.
NEAR_BASELINE = np.array([1 / 2, 1 / 16, 1 / 256])
AT_ONCE = 8  # so many places in one pass cost little more than one


def nodes_until_complete(
    path: Path, tolerance: FloatArray, ends: FloatArray, max_steps: int
) -> tuple[IntArray, FloatArray, FloatArray, int, float]:
    """Find places along the path of each row at which the trapezoid rule is complete to within `tolerance`.

    The true integral of the slope over a piece of the path is known: it is the difference of the scores at its ends,
    F(b) - F(a). So each piece knows its own error. The pieces with the largest errors are cut, again and again, until
    a row's errors add up to no more than its tolerance; several cuts are computed in one pass. A network of ReLUs has a
    gradient that jumps at a few places: there the pieces become small, and elsewhere a few large ones do.

    The very ends are not used: at a black baseline all ReLUs of a network stand on their kink. The first piece, from 0
    on, takes the slope of the first place, and the last piece that of the last place.

    Parameters
    ----------
    path : Path
    tolerance : `(N,)`
        In units of the score.
    ends : `(2, N)`
        The scores at the baseline and at the input.
    max_steps : int
        The largest number of places for one row.

    Returns
    -------
    rows, alphas, weights : `(M,)` each
        The row, the place and the weight of each gradient, in the order in which the path was asked for them.
    n_steps : int
        The number of places of the row that needed most.
    worst : float
        By how much the worst row is off beyond its tolerance; 0 if all are complete.
    """
    n = len(tolerance)
    steps = min(FIRST_STEPS, max_steps)
    rows, alphas = np.repeat(np.arange(n), steps), np.tile((np.arange(steps) + 0.5) / steps, n)
    slopes, scores = path.slopes_and_scores(rows, alphas)
    while True:
        tables = [_sorted_by_place(rows == row, alphas, slopes, scores) for row in range(n)]
        errors = [piece_errors(*table[1:], ends[:, row]) for row, table in enumerate(tables)]
        beyond = np.array([abs(error.sum()) for error in errors]) - tolerance
        open_rows = [row for row in np.flatnonzero(beyond > 0) if len(tables[row][0]) < max_steps]
        if not open_rows:
            break
        sizes = [len(tables[row][0]) for row in open_rows]
        new = [
            cuts(tables[row][1], errors[row], tolerance[row], min(max(size, AT_ONCE), max_steps - size))
            for row, size in zip(open_rows, sizes, strict=True)
        ]
        new_rows, new_alphas = np.repeat(open_rows, [len(one) for one in new]), np.concatenate(new)
        new_slopes, new_scores = path.slopes_and_scores(new_rows, new_alphas)
        rows, alphas = np.append(rows, new_rows), np.append(alphas, new_alphas)
        slopes, scores = np.append(slopes, new_slopes), np.append(scores, new_scores)
    weights = np.empty(len(alphas))
    for order, places, _, _ in tables:
        weights[order] = open_weights(places)
    return rows, alphas, weights, max(len(table[0]) for table in tables), max(float(beyond.max()), 0.0)


def _sorted_by_place(
    chosen: IntArray, alphas: FloatArray, slopes: FloatArray, scores: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Return the numbers of one row's places, from its baseline to its input, with what is known there."""
    order = np.flatnonzero(chosen)
    order = order[alphas[order].argsort()]
    return order, alphas[order], slopes[order], scores[order]


def piece_errors(places: FloatArray, slopes: FloatArray, scores: FloatArray, ends: FloatArray) -> FloatArray:
    """Return the error of each piece: trapezoids between two places, and the slope of the nearest at both ends."""
    slopes = np.concatenate([slopes[:1], slopes, slopes[-1:]])
    places = np.concatenate([[0.0], places, [1.0]])
    scores = np.concatenate([ends[:1], scores, ends[1:]])
    errors: FloatArray = np.diff(places) * (slopes[1:] + slopes[:-1]) / 2 - np.diff(scores)
    return errors


def cuts(places: FloatArray, errors: FloatArray, tolerance: float, most: int) -> FloatArray:
    """Return new places that cut the pieces with the largest errors, some into many parts, `most` at the most.

    Where the gradient jumps, c equal parts have an error of about a c-th. So the piece with the largest share gets one
    more cut, again and again, until what is expected to remain is within the tolerance. No piece gets more than three:
    where the jump lies, the next round knows better.
    """
    sizes, parts = np.abs(errors), np.ones(len(errors), dtype=int)
    while parts.sum() - len(parts) < most and ((sizes / parts).sum() > tolerance or parts.max() == 1):
        shares = np.where(parts < MOST_PARTS, sizes / parts, -1.0)
        if shares.max() < sizes.max() / 10:
            break  # the others are small beside the worst
        parts[np.argmax(shares)] += 1
    first = NEAR_BASELINE[: parts[0] - 1] * places[0]
    others = zip(places, [*places[1:], 1.0], parts[1:], strict=True)
    return np.concatenate([first, *(np.linspace(a, b, c + 1)[1:-1] for a, b, c in others)])


def trapezoid_weights(places: FloatArray) -> FloatArray:
    """Return the weight of each place: half of the two pieces that it ends."""
    return np.diff(places, prepend=places[0]) / 2 + np.diff(places, append=places[-1]) / 2


def open_weights(places: FloatArray) -> FloatArray:
    """Return the weights of places without the very ends: the first and the last also stand for what is there."""
    weights = trapezoid_weights(places)
    weights[0] += places[0]
    weights[-1] += 1 - places[-1]
    return weights


def until_the_map_settles(
    path: Path, map_tolerance: float, limit: FloatArray, max_steps: int
) -> tuple[IntegratedGradients, float]:
    """Double the equal steps of each row until its map with n steps and with n / 2 are the same to `map_tolerance`.

    The share is the sum of |differences| over the sum of |values|. Two rules can agree by chance: so the change before
    must have been at most twice as large. Or both can miss a narrow jump; but then the sum shows it, which is known: so
    it must be right to the same share, and to `limit`. The places k / n nest: twice as many keep the old ones, and only
    running sums are held in memory.

    Returns the IntegratedGradients, and by how much the worst row misses its share: 0 if none does.
    """
    rows = torch.arange(len(path.inputs), device=path.inputs.device)
    allowed = torch.from_numpy(limit).to(rows.device)
    total, mean = (torch.zeros_like(path.inputs, dtype=path.exact) for _ in range(2))
    missed, changes = (torch.full((len(rows),), torch.inf, dtype=torch.float64, device=rows.device) for _ in range(2))
    steps, places = 2, np.array([0.5])
    while len(rows) and steps <= max_steps + 1:
        first, last = _add_gradients(path, rows, places, total)
        before = mean[rows]
        # Each place stands for one step; the first and the last also for the half step to the very end.
        mean[rows] = (total[rows] + (first + last) / 2) / steps
        distance = (path.inputs - path.start)[rows]
        size = (mean[rows] * distance).double().abs().flatten(1).sum(dim=1)
        change = ((mean[rows] - before) * distance).double().abs().flatten(1).sum(dim=1)
        delta = ((mean[rows] * distance).double().flatten(1).sum(dim=1) - path.difference[rows]).abs()
        rounding = 8 * torch.finfo(path.inputs.dtype).eps * size
        share = torch.maximum(torch.maximum(change, changes[rows] / 2), delta) - map_tolerance * size - rounding
        changes[rows] = change
        missed[rows] = torch.maximum(share, delta - allowed[rows]).clamp(min=0) / size.clamp(min=1e-300)
        rows = rows[missed[rows] > 0]
        steps, places = 2 * steps, (np.arange(steps) + 0.5) / steps
    return path.result(mean, steps // 2 - 1), float(missed.max())


def _add_gradients(
    path: Path, rows: torch.Tensor, places: FloatArray, total: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Add the gradients of the rows at these places to `total`; return those at the first and at the last place."""
    first, last = (torch.zeros_like(total[rows]) for _ in range(2))
    numbers = rows.cpu().numpy()
    order = {int(row): position for position, row in enumerate(numbers)}
    done = 0
    for row, gradient, _ in path.gradients(np.tile(numbers, len(places)), np.repeat(places, len(numbers))):
        total.index_add_(0, row, gradient.to(path.exact))
        for position, one in enumerate(gradient, start=done):
            if position < len(numbers):
                first[order[int(row[position - done])]] = one
            if position >= len(numbers) * (len(places) - 1):
                last[order[int(row[position - done])]] = one
        done += len(row)
    return first, last
