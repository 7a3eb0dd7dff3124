# %% judge
import math

import numpy as np

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, number

# %% [markdown]
# ## The conformal threshold
#
# You have the scores of n calibration patients: for each, 1 minus the probability of the true class. Write
# `conformal_threshold(scores, alpha)`:
#
# - $k = \lceil (n + 1)(1 - \alpha) \rceil$,
# - return the k-th smallest score,
# - return `math.inf` if k is larger than n: too few patients for this alpha.
#
# Careful: for the computer $(9 + 1)(1 - 0.1)$ may be a little more than 9. Use `round(..., 9)` before you round up.


# %% answer points=3 minutes=12
def conformal_threshold(scores, alpha):
    ### BEGIN SOLUTION
    n = len(scores)
    k = math.ceil(round((n + 1) * (1 - alpha), 9))  # round: 150 * (1 - 0.18) must count as 123, not a little more
    if k > n:
        return math.inf  # too few patients: every label stays in the set
    return np.sort(scores)[k - 1]
    ### END SOLUTION


# %% [markdown]
# Is the promise kept? 2,000 times: draw 50 new calibration patients and 500 test patients of NHANES, and count. The mean
# coverage should be close to $k/(n+1) = 46/51$.

# %%
scores = 1 - y_prob[np.arange(len(y)), y]
rng = np.random.default_rng(184)
covered = []
for _ in range(2000):
    drawn = rng.permutation(len(y))[:550]
    threshold = conformal_threshold(scores[drawn[:50]], 0.1)
    if threshold is None:
        print("18.4-c is still open.")
        break
    covered.append((scores[drawn[50:]] <= threshold).mean())
else:
    print(f"mean coverage {np.mean(covered):.3f}, promised {46 / 51:.3f}")
    print(f"calibration sets with less than 0.85: {np.mean(np.array(covered) < 0.85):.0%}")


# %% judge
def _by_partition(scores, alpha):
    n = len(scores)
    k = int(np.ceil(np.round((n + 1) * (1 - alpha), 9)))
    return np.inf if k > n else np.partition(scores, k - 1)[k - 1]


def _threshold_with(level=lambda n, a: math.ceil(round((n + 1) * (1 - a), 9)) / n, method="inverted_cdf"):
    """Return a variant by np.quantile, perhaps with another level or method, and infinity above level 1."""

    def variant(scores, alpha):
        q = level(len(scores), alpha)
        return np.inf if q > 1 else np.quantile(scores, q, method=method)

    return variant


def _largest_if_too_few(scores, alpha):
    threshold = conformal_threshold(scores, alpha)
    return max(scores) if math.isinf(threshold) else threshold


def _rounding_trap(scores, alpha):
    k = math.ceil((len(scores) + 1) * (1 - alpha) + 1e-9)
    return np.sort(scores)[k - 1] if k <= len(scores) else math.inf


def _score_cases():
    rng = np.random.default_rng(1843)
    many = 1 - rng.beta(4, 1.5, size=57).round(3)

    def case(label, scores, alpha):
        return Case(label, {"scores": np.array(scores, dtype=float), "alpha": alpha})

    return (
        case("19 patients", rng.permutation(np.arange(1, 20)) / 20, 0.1),
        case("9 patients", [0.2, 0.9, 0.1, 0.4, 0.35, 0.8, 0.05, 0.6, 0.7], 0.1),
        case("8 patients are too few for alpha 0.1", [0.2, 0.9, 0.1, 0.4, 0.35, 0.8, 0.05, 0.6], 0.1),
        case("57 patients, alpha 0.25", many, 0.25),
        case("equal scores", [0.3, 0.3, 0.3, 0.7, 0.7, 0.1, 0.1, 0.9, 0.5, 0.5, 0.5, 0.2], 0.2),
    )


def _threshold(value):
    """Read a threshold: a number, or infinity as a word."""
    return "infinity" if np.ndim(value) == 0 and value == np.inf else number(value)


EXERCISE = function_on_cases(
    conformal_threshold,
    _score_cases(),
    read=_threshold,
    expects="a function conformal_threshold(scores, alpha) that returns the k-th smallest score, or infinity",
    also_right=(_by_partition, _threshold_with(), lambda s, a: np.float64(conformal_threshold(s, a))),
    mistakes=(
        Mistake(
            "no correction for the new patient",
            lambda s, a: np.quantile(s, 1 - a),
            "This is the plain quantile of the n scores. The new patient counts too: k = ceil((n + 1)(1 - alpha)).",
        ),
        Mistake(
            "linear interpolation",
            _threshold_with(method="linear"),
            "np.quantile interpolates between two scores. The proof needs a score itself: the k-th smallest.",
        ),
        Mistake(
            "the listing, without a guard",
            lambda s, a: np.quantile(s, np.ceil((len(s) + 1) * (1 - a)) / len(s)),
            "This is the chapter's call. It interpolates, and it stops with an error when there are too few patients. "
            "Take the k-th smallest score; infinity if k > n.",
        ),
        Mistake(
            "one too many",
            _threshold_with(method="higher"),
            'This is the (k + 1)-th smallest score. np.quantile with method="higher" gives it, and so does '
            "np.sort(scores)[k], because Python counts from 0. Take [k - 1].",
        ),
        Mistake(
            "rounded down",
            _threshold_with(level=lambda n, a: max(math.floor(round((n + 1) * (1 - a), 9)), 1) / n),
            "k was rounded down. Rounded down, the coverage can be too low: use ceil.",
        ),
        Mistake(
            "the largest score when k > n",
            _largest_if_too_few,
            "With too few patients no score is large enough. Return infinity (math.inf): then every label stays in the "
            "set.",
        ),
        Mistake(
            "alpha instead of 1 - alpha",
            lambda s, a: conformal_threshold(s, 1 - a),
            "You took the lower end. The threshold must be above about 1 - alpha of the scores.",
        ),
        Mistake(
            "rounding trap",
            _rounding_trap,
            "When (n + 1)(1 - alpha) is a whole number, k is this number. Yours is one more: a rounding error before "
            "ceil.",
        ),
    ),
    hints=(
        "k = math.ceil((n + 1) * (1 - alpha)), where n is the number of scores.",
        "The k-th smallest score is np.sort(scores)[k - 1].",
        "If k is larger than n, return math.inf. Round (n + 1) * (1 - alpha) to 9 digits before ceil.",
    ),
    why="The new patient is equally likely to take each of the n + 1 ranks among the scores. So at least k / (n + 1) "
    "of new patients have a score up to the k-th smallest.",
    tolerance=1e-9,
)
