# %% judge
import math

import numpy as np

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, number

# %% [markdown]
# ## Miss at most a share of the ill
#
# `p_ill` holds what the tool said to the *ill* calibration patients. Whoever has a risk of at least the cut-off is called back. Write
# `cut_off(p_ill, alpha)`: the **highest** of these risks at which
#
# $$\frac{\text{missed} + 1}{\text{ill} + 1} \le \alpha$$
#
# where *missed* counts the ill calibration patients below the cut-off. Return 0.0, which calls everybody, if even with nobody missed the
# left side is too large. All risks are different.


# %% answer points=3 minutes=12 difficulty="hard"
def cut_off(p_ill, alpha):
    ### BEGIN SOLUTION
    allowed = math.floor(round(alpha * (len(p_ill) + 1), 9)) - 1  # how many of the ill may be missed
    if allowed < 0:
        return 0.0  # too few ill patients for this promise: call everybody
    return np.sort(p_ill)[allowed]  # exactly this many lie below it
    ### END SOLUTION


# %% [markdown]
# Is the goal kept? 1,000 times: deal the adults not told into two halves, learn the cut-off from the ill of one, and count in the other.

# %%
rng, missed = np.random.default_rng(184), []
for _ in range(1000):
    order = rng.permutation(len(y))
    learn, judged = order[: len(y) // 2], order[len(y) // 2 :]
    found = cut_off(y_prob[learn, 1][y[learn] == 1], 0.1)
    if found is None:
        print("18.4-c is still open.")
        break
    missed.append((y_prob[judged, 1][y[judged] == 1] < found).mean())
else:
    print(f"missed on average: {np.mean(missed):.3f} of the ill (goal: at most 0.100)")
    print(f"in the middle 90% of the halves: {np.quantile(missed, 0.05):.2f} to {np.quantile(missed, 0.95):.2f}")

# %% [markdown]
# The goal is an average. One clinic, with one calibration, can miss a good deal more.


# %% judge
def _by_trying(p_ill, alpha):
    kept = [c for c in p_ill if (np.sum(np.asarray(p_ill) < c) + 1) / (len(p_ill) + 1) <= alpha + 1e-12]
    return max(kept, default=0.0)


def _cut_offs(allowed):
    """Return a variant that allows another number of missed patients."""

    def variant(p_ill, alpha):
        place = allowed(len(p_ill), alpha)
        return 0.0 if place < 0 else np.sort(p_ill)[min(place, len(p_ill) - 1)]

    return variant


def _whole(x):
    return math.floor(round(x, 9))


def _ill_cases():
    rng = np.random.default_rng(1847)

    def case(label, p_ill, alpha):
        return Case(label, {"p_ill": np.array(p_ill, dtype=float), "alpha": alpha})

    nine = [0.31, 0.08, 0.52, 0.77, 0.19, 0.66, 0.24, 0.91, 0.43]
    return (
        case("nine ill patients, alpha 0.2: one may be missed", nine, 0.2),
        case("nine ill patients, alpha 0.1: nobody may be missed", nine, 0.1),
        case("eight ill patients are too few for alpha 0.1", nine[:8], 0.1),
        case("57 ill patients, alpha 0.15", rng.beta(2, 5, 57).round(4), 0.15),
    )


EXERCISE = function_on_cases(
    cut_off,
    _ill_cases(),
    read=number,
    expects="a function cut_off(p_ill, alpha) that returns a risk",
    also_right=(_by_trying,),
    mistakes=(
        Mistake(
            "the new patient left out",
            _cut_offs(lambda n, a: _whole(a * n)),
            "One too many is missed. Without the '+ 1' the promise is too tight: the new patient is counted as missed, too.",
        ),
        Mistake(
            "one too careful",
            _cut_offs(lambda n, a: _whole(a * (n + 1)) - 2),
            "Your cut-off is lower than it needs to be. If m may be missed, np.sort(p_ill)[m] is the cut-off, for Python counts from 0.",
        ),
        Mistake(
            "too few patients not noticed",
            _cut_offs(lambda n, a: max(_whole(a * (n + 1)) - 1, 0)),
            "With eight patients and alpha 0.1 even 'nobody missed' gives 1/9, which is above 0.1. Then everybody must be called: 0.0.",
        ),
        Mistake(
            "the wrong end",
            lambda p, a: 0.0 if a * (len(p) + 1) < 1 - 1e-9 else np.sort(p)[::-1][_whole(a * (len(p) + 1)) - 1],
            "This misses nearly everybody. The ill with the LOWEST risks are the ones that may be missed.",
        ),
        Mistake(
            "a quantile of the risks",
            lambda p, a: np.quantile(p, a),
            "np.quantile lies between two patients and knows no '+ 1'. Count how many may be missed, and take a patient's own risk.",
        ),
    ),
    hints=(
        "How many may be missed? The largest m with (m + 1) / (n + 1) <= alpha.",
        "m = floor(alpha * (n + 1)) - 1. If it is below 0, return 0.0. Use round(..., 9) before floor.",
        "Sort the risks. np.sort(p_ill)[m] has exactly m of the ill below it.",
    ),
    why="The new ill patient is equally likely to stand at any of the n + 1 places among the ill. So on average at most (m + 1)/(n + 1) of them lie "
    "below the cut-off.",
    tolerance=1e-9,
)
