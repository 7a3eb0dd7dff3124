"""The logistic curve, and fitting one through outcomes.

A step of a fit is one pass through all patients. Of many patients, every tenth is fitted first: that ends so near that
two or three passes through all of them give full precision.
"""

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from clinxai_teach._types import FloatArray

MANY, EVERY = 20_000, 10
CHUNK = 1 << 15  # a pass takes so many patients at once: they stay in the processor's cache
SETTLED = 1e-9  # in logits; near the solution each step squares the error, so what is left is rounding


def sigmoid(z: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-z)), written so that no exponential overflows and small values keep all their digits.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, np.log(3)])).round(3).tolist()
    [0.0, 0.5, 0.75]
    """
    small = np.exp(-np.abs(z))
    p: FloatArray = np.where(z >= 0, 1.0, small) / (1 + small)
    return p


def fit_intercept(z: FloatArray, target: FloatArray) -> float:
    """Return the a for which the probabilities sigmoid(z + a) sum up to the number of events.

    Examples
    --------
    >>> round(fit_intercept(np.zeros(4), np.array([0.0, 0, 0, 1])), 6)  # one of four: -log 3
    -1.098612
    """
    from scipy.optimize import brentq  # here, because importing it takes longer than all of this module

    def excess(a: float) -> float:
        """Return how many more events are expected than were observed."""
        return float(_derivatives(z, target, 0, 1, np.array([1, a]))[0][1])

    if 0 < target[::EVERY].mean() < 1 and len(z) > MANY:
        a = fit_intercept(z[::EVERY].copy(), target[::EVERY].copy())
        for _ in range(4):
            gradient, curvature = _derivatives(z, target, 0, 1, np.array([1, a]))
            step = gradient[1] / curvature[1, 1]
            a -= step
            if abs(step) <= SETTLED:
                return float(a)
    middle = np.log(target.mean() / (1 - target.mean()))  # the answer if z were 0 for everyone
    return float(brentq(excess, middle - z.max() - 1, middle - z.min() + 1, xtol=1e-13))


def fit_logistic(z: FloatArray, target: FloatArray) -> tuple[float, float]:
    """Return the a and b for which sigmoid(a z + b) fits `target` best (maximum likelihood, no penalty).

    `z` `(n,)` must not be constant; `target` `(n,)` holds numbers from 0 to 1, of which not all are 0 nor all 1.
    Newton's method, with each step halved until it improves the likelihood (Lin H.-T., Lin C.-J., Weng R. C., A note
    on Platt's probabilistic outputs for support vector machines, Machine Learning 2007;68:267-276).

    Raises ValueError where the search does not settle, because z separates the targets (almost) perfectly.

    Examples
    --------
    One of four has the event at z = 0 and three of four at z = 1, so the log-odds rise from -log 3 to log 3.

    >>> z, y = np.repeat([0.0, 1.0], 4), np.array([0.0, 0, 0, 1, 0, 1, 1, 1])
    >>> a, b = fit_logistic(z, y)
    >>> round(a, 6), round(b, 6)  # 2 log 3 and -log 3
    (2.197225, -1.098612)
    """
    some, events = (z[::EVERY].copy(), target[::EVERY].copy()) if len(z) > MANY else (z, target)
    if some.min() == some.max() or events.min() == events.max():
        some, events = z, target
    centre, scale = some.mean(), some.std()  # the same fit for z in any unit
    weights = np.array([0.0, np.log(events.mean() / (1 - events.mean()))])
    if len(some) < len(z):
        with suppress(ValueError):  # a tenth of the patients may be separated by chance
            weights = _newton(some, events, centre, scale, weights)
    weights = _newton(z, target, centre, scale, weights)
    a, b = weights[0] / scale, weights[1] - weights[0] * centre / scale
    return float(a), float(b)


def _newton(z: FloatArray, target: FloatArray, centre: float, scale: float, weights: FloatArray) -> FloatArray:
    """Return the weights that fit best, in the unit (z - centre) / scale, from those given."""
    farthest = max(z.max() - centre, centre - z.min()) / scale
    for _ in range(100):
        gradient, curvature = _derivatives(z, target, centre, scale, weights)
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:
            break
        moved = np.abs(step) @ [farthest, 1]  # how far the step moves a logit at most
        if moved <= SETTLED:
            return weights - step
        if moved > 0.5:  # a smaller step always improves
            now = _loss(z, target, centre, scale, weights)
            while _loss(z, target, centre, scale, weights - step) > now + 1e-12 * abs(now):
                step = step / 2
        weights = weights - step
    raise ValueError("the logistic fit does not settle: the score separates the outcomes (almost) perfectly.")


def _derivatives(
    z: FloatArray, target: FloatArray, centre: float, scale: float, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the slope `(2,)` and the curvature `(2, 2)` of the negative log-likelihood."""
    gradient, curvature = np.zeros(2), np.zeros((2, 2))
    for x, score, y in _chunks(z, target, centre, scale, weights):
        with np.errstate(over="ignore"):  # exp of a large number is infinity, and p is 0
            p = 1 / (1 + np.exp(-score))
        residual, spread = p - y, p * (1 - p)
        weighted = spread * x
        gradient += residual @ x, residual.sum()
        curvature += [[weighted @ x, weighted.sum()], [weighted.sum(), spread.sum()]]
    return gradient, curvature


def _loss(z: FloatArray, target: FloatArray, centre: float, scale: float, weights: FloatArray) -> float:
    """Return the negative log-likelihood."""
    return float(
        sum(
            (np.maximum(score, 0) + np.log1p(np.exp(-np.abs(score))) - y * score).sum()
            for _, score, y in _chunks(z, target, centre, scale, weights)
        )
    )


def _chunks(
    z: FloatArray, target: FloatArray, centre: float, scale: float, weights: FloatArray
) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
    """Yield (z - centre) / scale, its logit and the target, of some patients after the other."""
    slope, intercept = weights
    for start in range(0, len(z), CHUNK):
        x = (z[start : start + CHUNK] - centre) / scale
        yield x, slope * x + intercept, target[start : start + CHUNK]
