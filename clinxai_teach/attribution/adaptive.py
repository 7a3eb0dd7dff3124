"""Where to take the gradient along the path, so that few places are enough: more of them where the gradient jumps."""

import numpy as np

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach.attribution.path import Path

FIRST_STEPS = 5  # equal steps to begin with


def nodes_until_complete(
    path: Path, tolerance: FloatArray, max_steps: int
) -> tuple[IntArray, FloatArray, FloatArray, int, float]:
    """Find places along the path of each row at which the trapezoid rule is complete to within `tolerance`.

    The true integral of the slope over a piece of the path is known: it is the difference of the scores at its ends,
    F(b) - F(a). So each piece knows its own error. The pieces with the largest errors are halved, again and again,
    until a row's errors add up to no more than its tolerance. A network of ReLUs has a gradient that jumps
    at a few places: there the pieces become small, and elsewhere a few large ones do.

    Only slopes and scores are kept, not gradients: they are computed once more with the final weights. So the number of
    gradient evaluations is twice the number of places, and the memory does not grow with it.

    Parameters
    ----------
    path : Path
    tolerance : `(N,)`
        In units of the score.
    max_steps : int
        The largest number of places for one row.

    Returns
    -------
    rows, alphas, weights : `(M,)` each
        The row, the place and the weight of each gradient to take.
    n_steps : int
        The number of places of the row that needed most.
    worst : float
        By how much the worst row is off beyond its tolerance; 0 if all are complete.
    """
    n = len(tolerance)
    first = np.linspace(0, 1, min(FIRST_STEPS, max_steps))
    slopes, scores = path.slopes_and_scores(np.repeat(np.arange(n), len(first)), np.tile(first, n))
    table = [np.stack(row) for row in zip([first] * n, slopes.reshape(n, -1), scores.reshape(n, -1), strict=True)]
    while True:
        errors = [piece_errors(*row) for row in table]
        beyond = np.array([abs(error.sum()) for error in errors]) - tolerance
        halves = {row: halfway(table[row][0], errors[row]) for row in np.flatnonzero(beyond > 0)}
        halves = {row: new for row, new in halves.items() if table[row].shape[1] + len(new) <= max_steps}
        if not halves:
            break
        sizes = [len(new) for new in halves.values()]
        alphas = np.concatenate(list(halves.values()))
        added = np.stack([alphas, *path.slopes_and_scores(np.repeat(list(halves), sizes), alphas)])
        for row, new in zip(halves, np.split(added, np.cumsum(sizes)[:-1], axis=1), strict=True):
            both = np.concatenate([table[row], new], axis=1)
            table[row] = both[:, both[0].argsort()]
    places = [row[0] for row in table]
    sizes = [len(row) for row in places]
    weights = np.concatenate([trapezoid_weights(row) for row in places])
    worst = max(float(beyond.max()), 0.0)
    return np.repeat(np.arange(n), sizes), np.concatenate(places), weights, max(sizes), worst


def piece_errors(places: FloatArray, slopes: FloatArray, scores: FloatArray) -> FloatArray:
    """Return the error of the trapezoid rule on each piece between two places."""
    return np.diff(places) * (slopes[1:] + slopes[:-1]) / 2 - np.diff(scores)


def halfway(places: FloatArray, errors: FloatArray) -> FloatArray:
    """Return the middles of the pieces whose error is at least three quarters of the largest."""
    worst = np.flatnonzero(np.abs(errors) >= 0.75 * np.abs(errors).max())
    return (places[worst] + places[worst + 1]) / 2


def trapezoid_weights(places: FloatArray) -> FloatArray:
    """Return the weight of each place: half of the two pieces that it ends."""
    return np.diff(places, prepend=places[0]) / 2 + np.diff(places, append=places[-1]) / 2
