# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Exercise, Mistake
from clinxai_teach.checks.reading import entries, number, short, truth

# %% [markdown]
# ## O/E of one group, with its interval (for coders)
#
# `y_group` and `p_group` are the outcomes and the repaired probabilities of the people who have ever smoked, among the adults
# not told. Their O/E is below 1. Could that be chance?
#
# **Compute a 95% bootstrap interval of O/E with 5,000 resamples**: draw as many people as there are, with replacement; divide
# the observed by the expected number; repeat; take the quantiles 0.025 and 0.975. Then say whether 1 lies inside:
# `one_inside` is `True` or `False`.

# %%
group = (tool.X["ever_smoker"] == 1).to_numpy()[for_whom]
y_group, p_group = y[group], p_platt[group]
print(f"{len(y_group)} people, {y_group.sum()} with diabetes, {p_group.sum():.1f} expected")
print(f"O/E {observed_expected_ratio(y_group, p_group):.2f}")

# %% answer points=3 minutes=10 difficulty="hard" needs="notebook"
interval = {"low": ..., "high": ..., "one_inside": ...}
### BEGIN SOLUTION
rng = np.random.default_rng(0)
drawn = rng.integers(0, len(y_group), (5000, len(y_group)))  # each row: as many people, with replacement
ratios = y_group[drawn].sum(axis=1) / p_group[drawn].sum(axis=1)  # a person brings outcome and prediction along
low, high = np.quantile(ratios, [0.025, 0.975])
interval = {"low": low, "high": high, "one_inside": bool(low <= 1 <= high)}
### END SOLUTION


# %% judge
# What the solution gives, mean of 60 seeds. tests/checks/test_section_18_3.py computes it again.
OE_INTERVAL = {"low": 0.523, "high": 0.867, "one_inside": False}
TOLERANCE = 0.02


def _interval(answer):
    given = entries(answer, OE_INTERVAL, lambda value: value, what="value")
    ends = {end: number(given[end], low=0) for end in ("low", "high")}
    return {**ends, "one_inside": truth(given["one_inside"])}


def _explain_interval(got, right):
    if got["one_inside"] != (got["low"] <= 1 <= got["high"]):
        return "your interval and your statement do not agree: 1 is inside if low <= 1 <= high."
    if got["low"] > got["high"]:
        return "low lies above high. Take the quantiles 0.025 and 0.975 in this order."
    end = "low" if abs(got["low"] - right["low"]) > TOLERANCE else "high"
    side = "low" if got[end] < right[end] else "high"
    return f"the end {end} = {short(got[end])} is too {side}. With 5,000 resamples chance moves it by about 0.01 only."


EXERCISE = Exercise(
    expects='a dict such as {"low": 0.9, "high": 1.2, "one_inside": True}',
    evaluate=_interval,
    right=OE_INTERVAL,
    also_right=(
        {"low": 0.52, "high": 0.87, "one_inside": False},
        {"one_inside": np.False_, "high": np.float64(0.86), "low": np.float32(0.53)},
        pd.Series({"low": 0.523, "high": 0.867, "one_inside": False}),
    ),
    mistakes=(
        Mistake(
            "right interval, wrong statement",
            {**OE_INTERVAL, "one_inside": True},
            "The interval is right, the statement is not: both ends lie below 1, so 1 is not inside.",
        ),
        Mistake(
            "a 90% interval",
            {"low": 0.550, "high": 0.835, "one_inside": False},
            "This is a 90% interval. For 95%, cut 2.5% at each end: the quantiles 0.025 and 0.975.",
        ),
        Mistake(
            "expected / observed",
            {"low": 1.155, "high": 1.916, "one_inside": False},
            "This is E/O, expected divided by observed. O/E has the observed number on top.",
        ),
        Mistake(
            "all people instead of the group",
            {"low": 0.867, "high": 1.142, "one_inside": True},
            "This is the interval of all adults not told. Asked is the group: y_group and p_group.",
        ),
        Mistake(
            "probabilities before the repair",
            {"low": 0.142, "high": 0.236, "one_inside": False},
            "This is the interval before Platt scaling. Use p_group, the repaired probabilities.",
        ),
        Mistake(
            "interval of the observed rate",
            {"low": 0.026, "high": 0.043, "one_inside": False},
            "This is the interval of the observed rate. Divide, in each resample, by the sum of the predictions.",
        ),
    ),
    hints=(
        "rows = rng.integers(0, n, n) draws n people with replacement. Compute y_group[rows].sum() / "
        "p_group[rows].sum().",
        "Do this 5,000 times and collect the ratios. np.quantile(ratios, [0.025, 0.975]) gives the two ends.",
        "1 is inside if low <= 1 <= high. Write what you find, also if you expected something else.",
    ),
    why="59 people had diabetes where 86 were expected. The interval leaves out 1. But this group was picked from many: look "
    "at other people, before a rule is made of it.",
    tolerance=TOLERANCE,
    explain=_explain_interval,
)
