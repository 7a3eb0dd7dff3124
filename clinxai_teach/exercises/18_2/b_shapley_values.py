# %% judge
from itertools import combinations, permutations
from math import factorial

import numpy as np

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, Named, array

# %% [markdown]
# ## Shapley values by brute force
#
# Three doctors write one report. Who did how much? Shapley's answer: take all orders in which they could have joined, and
# average what each one added.
#
# Write `shapley_values(value, n_features)`. `value` is a function: it takes a Python set of feature numbers, such as `{0, 2}`
# or `set()`, and returns what the model predicts when just these are known. Return a list with one number per feature:
#
# $$\phi_i = \sum_{S \not\ni i} \frac{|S|!\,(n - |S| - 1)!}{n!} \left( v(S \cup \{i\}) - v(S) \right)$$


# %% answer points=3 minutes=14 difficulty="hard"
def shapley_values(value, n_features):
    ### BEGIN SOLUTION
    from itertools import combinations
    from math import factorial

    result = []
    for player in range(n_features):
        others = [other for other in range(n_features) if other != player]
        phi = 0.0
        for size in range(n_features):
            # how many of all orders have exactly these features before the player
            weight = factorial(size) * factorial(n_features - size - 1) / factorial(n_features)
            for subset in combinations(others, size):
                phi += weight * (value({*subset, player}) - value(set(subset)))
        result.append(phi)
    return result
    ### END SOLUTION


# %% [markdown]
# The course's helper does the same for a model and a background of patients. Here a small risk with an interaction. If yours
# is right, the two lines agree.

# %%
background = np.random.default_rng(0).normal(size=(40, 4))
patient = np.array([1.2, -0.5, 0.8, 0.1])


def risk(rows):
    return 1 / (1 + np.exp(-(rows[:, 0] + rows[:, 0] * rows[:, 2] - 0.5 * rows[:, 1])))


def known(features):
    """The mean prediction when just these features are the patient's and the rest come from the background."""
    rows = background.copy()
    rows[:, sorted(features)] = patient[sorted(features)]
    return risk(rows).mean()


mine = shapley_values(known, 4)
print("18.2-b is still open." if mine is None else f"yours:  {np.round(mine, 4)}")
print(f"helper: {np.round(attribution.exact_shapley(risk, patient, background).values, 4)}")

# %% [markdown]
# The last feature is not used by the model. What does it get, and why must it be so?


# %% judge
def _shapley_over_orders(value, n_features):
    """The same from its meaning: the mean gain of each player over all orders in which players can join."""
    gains = np.zeros(n_features)
    orders = list(permutations(range(n_features)))
    for order in orders:
        for place, player in enumerate(order):
            gains[player] += value(set(order[: place + 1])) - value(set(order[:place]))
    return gains / len(orders)


def _unweighted(value, n_features):
    result = []
    for player in range(n_features):
        others = [other for other in range(n_features) if other != player]
        subsets = [set(subset) for size in range(n_features) for subset in combinations(others, size)]
        result.append(np.mean([value(subset | {player}) - value(subset) for subset in subsets]))
    return result


def _one_order(value, n_features):
    return [value(set(range(k + 1))) - value(set(range(k))) for k in range(n_features)]


def _leave_one_out(value, n_features):
    everyone = set(range(n_features))
    return [value(everyone) - value(everyone - {player}) for player in range(n_features)]


def _alone(value, n_features):
    return [value({player}) - value(set()) for player in range(n_features)]


def _equal_shares(value, n_features):
    return [(value(set(range(n_features))) - value(set())) / n_features] * n_features


def _value_cases():
    risks = {  # a risk in percent, known for each set of three features: 0 = age, 1 = waist, 2 = HDL
        (): 20.0, (0,): 28.0, (1,): 30.0, (2,): 23.0, (0, 1): 34.0, (0, 2): 29.0, (1, 2): 36.0, (0, 1, 2): 41.0,
    }  # fmt: skip
    both = Named("the value is 10 if both are there, else 0", lambda s: 10.0 * ({0, 1} <= s))
    never = Named("the value is 7 if feature 0 is there; feature 1 changes nothing", lambda s: 7.0 * (0 in s))
    lowers = Named(
        "the value is 8 if feature 0 is there, and 3 less if feature 1 is", lambda s: 8.0 * (0 in s) - 3.0 * (1 in s)
    )
    table = Named("the risk in percent for each set of age, waist, HDL", lambda s: risks[tuple(sorted(s))])
    trio = Named(
        "the value is 12 if feature 0 and at least one other are there", lambda s: 12.0 * (0 in s and len(s) > 1)
    )
    return (
        Case("two features that need each other", {"value": both, "n_features": 2}),
        Case("a feature that is never used", {"value": never, "n_features": 2}),
        Case("a feature that lowers the value", {"value": lowers, "n_features": 2}),
        Case("three features of one patient", {"value": table, "n_features": 3}),
        Case("four features", {"value": trio, "n_features": 4}),
    )


EXERCISE = function_on_cases(
    shapley_values,
    _value_cases(),
    read=array,
    expects="a function shapley_values(value, n_features) that returns a list with one number per feature",
    also_right=(_shapley_over_orders, lambda *given: np.array(shapley_values(*given)).round(3)),
    mistakes=(
        Mistake(
            "one order only",
            _one_order,
            "This adds the features in one order only: 0, 1, 2, ... Another order gives other numbers. Average over "
            "all orders.",
        ),
        Mistake(
            "leave one out",
            _leave_one_out,
            "This only takes each feature away from the full set. Two features that need each other are then counted "
            "twice. Use all subsets.",
        ),
        Mistake(
            "each feature alone",
            _alone,
            "This only adds each feature to the empty set. A feature that works together with another gets nothing. "
            "Use all subsets.",
        ),
        Mistake(
            "subsets not weighted",
            _unweighted,
            "Every subset counts the same here. The weight must be s! (n - s - 1)! / n!, where s is the subset's size: "
            "the share of the orders in which just these come before.",
        ),
        Mistake(
            "absolute values",
            lambda *given: np.abs(shapley_values(*given)),
            "Do not take absolute values. A feature that lowers the value has a negative share, or the shares do not add "
            "up.",
        ),
        Mistake(
            "not divided by the number of orders",
            lambda value, n: np.array(shapley_values(value, n)) * factorial(n),
            "The gains are added over all orders, not averaged. Divide by the number of orders, n!.",
        ),
        Mistake(
            "shares of the total",
            lambda *given: np.array(shapley_values(*given)) / np.sum(shapley_values(*given)),
            "You divided by the sum, so that all shares add up to 1. They must add up to the value of all minus that of none.",
        ),
        Mistake(
            "equal shares",
            _equal_shares,
            "Everybody gets the same. A feature that changes nothing must get 0.",
        ),
    ),
    hints=(
        "A feature's gain depends on who is there already: value(subset with it) - value(subset without it).",
        "Go through all subsets of the other features: itertools.combinations(others, size) for size 0 to n - 1.",
        "Weigh each gain with factorial(size) * factorial(n - size - 1) / factorial(n), and add.",
    ),
    why="Each feature gets its mean gain over all orders of joining. So the values add up to f(x) minus the base "
    "value, and a feature that changes nothing gets 0.",
    tolerance=6e-4,
)
