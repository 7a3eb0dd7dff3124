"""The logistic curve, and fitting one through outcomes."""

import numpy as np

from clinxai_teach._types import FloatArray


def sigmoid(z: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-z)), written so that no exponential overflows and small values keep all their digits.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, np.log(3)])).round(3).tolist()
    [0.0, 0.5, 0.75]
    """
    p: FloatArray = np.exp(-np.logaddexp(0, -z))
    return p


def fit_intercept(z: FloatArray, target: FloatArray) -> float:
    """Return the a for which the probabilities sigmoid(z + a) sum up to the number of events.

    Examples
    --------
    >>> round(fit_intercept(np.zeros(4), np.array([0.0, 0, 0, 1])), 6)  # one of four: -log 3
    -1.098612
    """
    from scipy.optimize import brentq  # here, because importing it takes longer than all of this module

    middle = np.log(target.mean() / (1 - target.mean()))  # the answer if z were 0 for everyone
    low, high = middle - z.max() - 1, middle - z.min() + 1
    return float(brentq(lambda a: (sigmoid(z + a) - target).sum(), low, high, xtol=1e-13))


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
    centre, scale = z.mean(), z.std()  # the same fit for z in any unit
    columns = np.stack([(z - centre) / scale, np.ones(len(z))])

    def loss(weights: FloatArray) -> float:
        score = weights @ columns
        return float((np.logaddexp(0, score) - target * score).sum())

    weights = np.array([0.0, np.log(target.mean() / (1 - target.mean()))])
    for _ in range(100):
        p = sigmoid(weights @ columns)
        gradient = columns @ (p - target)
        curvature = (columns * p * (1 - p)) @ columns.T
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:
            break
        if np.abs(step).max() <= 1e-12 * (1 + np.abs(weights).max()):
            a, b = weights - step
            return float(a / scale), float(b - a * centre / scale)
        now = loss(weights)
        while loss(weights - step) > now + 1e-12 * abs(now):
            step = step / 2
        weights = weights - step
    raise ValueError("the logistic fit does not settle: the score separates the outcomes (almost) perfectly.")
