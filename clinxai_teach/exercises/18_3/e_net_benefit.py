# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case

# %% [markdown]
# ## Net benefit at one threshold (for coders)
#
# Write `net_benefit_at(y_true, y_prob, threshold)`. Whoever has a probability **at or above** the threshold is treated.
#
# $$\text{net benefit} = \frac{\text{true positives}}{N} - \frac{\text{false positives}}{N}\cdot\frac{t}{1-t}$$


# %% answer points=3 minutes=8 difficulty="medium"
def net_benefit_at(y_true, y_prob, threshold):
    ### BEGIN SOLUTION
    treated = y_prob >= threshold
    true_positives = np.sum(treated & (y_true == 1))
    false_positives = np.sum(treated & (y_true == 0))
    return (true_positives - false_positives * threshold / (1 - threshold)) / len(y_true)
    ### END SOLUTION


# %% [markdown]
# On the tool, among the adults not told. True positives per 1,000 people:

# %%
if net_benefit_at(y, p_platt, 0.1) is None:
    print("18.3-e is still open.")
else:
    rows = {}
    for t in (0.02, 0.03, 0.20):
        ways = {"test all": np.ones(len(y)), "as sold": p_raw, "after Platt": p_platt}
        rows[f"threshold {t:.0%}"] = {name: 1000 * net_benefit_at(y, said, t) for name, said in ways.items()}
    print(pd.DataFrame(rows).T.round(1).to_string())


# %% judge
def _net_benefit_from_shares(y_true, y_prob, threshold):
    treated = np.asarray(y_prob) >= threshold
    found = np.mean(treated * y_true)  # a share of all patients
    return found - (np.mean(treated) - found) * threshold / (1 - threshold)


def _net_benefit_in_a_loop(y_true, y_prob, threshold):
    total = 0.0
    for y, p in zip(y_true, y_prob, strict=True):
        if p >= threshold:
            total += 1 if y else -threshold / (1 - threshold)
    return total / len(y_true)


def _net_benefit(treats=np.greater_equal, weight=lambda t: t / (1 - t), divide=lambda y, treated: len(y)):
    """Return a function like `net_benefit_at` with one step changed."""

    def changed(y_true, y_prob, threshold):
        treated = treats(y_prob, threshold)
        true, false = np.sum(treated & (y_true == 1)), np.sum(treated & (y_true == 0))
        return (true - false * weight(threshold)) / max(1, divide(y_true, treated))

    return changed


def _net_benefit_cases():
    """Three small awkward cases, then 300 patients."""
    rng = np.random.default_rng(1835)
    p = rng.beta(1, 4, size=300).round(2)
    return (
        Case(
            "one of them exactly at the threshold",
            {"y_true": np.array([1, 0, 1, 0, 0]), "y_prob": np.array([0.2, 0.2, 0.7, 0.1, 0.4]), "threshold": 0.2},
        ),
        Case(
            "nobody reaches the threshold",
            {"y_true": np.array([0, 1, 0]), "y_prob": np.array([0.1, 0.3, 0.2]), "threshold": 0.5},
        ),
        Case(
            "more harm than benefit",
            {"y_true": np.array([0, 0, 1, 0]), "y_prob": np.array([0.9, 0.8, 0.3, 0.85]), "threshold": 0.6},
        ),
        Case("300 patients", {"y_true": rng.binomial(1, p), "y_prob": p, "threshold": 0.1}),
    )


EXERCISE = function_on_cases(
    net_benefit_at,
    _net_benefit_cases(),
    expects="a function net_benefit_at(y_true, y_prob, threshold) that returns one number",
    also_right=(_net_benefit_from_shares, _net_benefit_in_a_loop),
    mistakes=(
        Mistake(
            "threshold not included",
            _net_benefit(treats=np.greater),
            "Patients exactly at the threshold are left out. The clinic acts at the threshold or above: use >=.",
        ),
        Mistake(
            "weight t instead of t / (1 - t)",
            _net_benefit(weight=lambda t: t),
            "You weigh a false positive with t. The weight is the odds, t / (1 - t): at 10%, nine false ones for "
            "one true.",
        ),
        Mistake(
            "weight turned over",
            _net_benefit(weight=lambda t: (1 - t) / t),
            "The weight is turned over. At a low threshold a false positive is cheap: t / (1 - t) is 1/9 at 10%, "
            "not 9.",
        ),
        Mistake(
            "false positives free",
            _net_benefit(weight=lambda t: 0),
            "False positives cost nothing here, so treating everybody would always be best. Subtract them, weighted.",
        ),
        Mistake(
            "divided by the treated",
            _net_benefit(divide=lambda y, treated: treated.sum()),
            "You divided by the number of treated patients. Net benefit is per patient of the whole clinic: "
            "len(y_true).",
        ),
        Mistake(
            "not divided",
            _net_benefit(divide=lambda y, treated: 1),
            "This is a count. Divide by the number of patients, len(y_true).",
        ),
        Mistake(
            "divided by the sick",
            _net_benefit(divide=lambda y, treated: y.sum()),
            "You divided by the number of sick patients. Net benefit is per patient of the whole clinic: len(y_true).",
        ),
    ),
    hints=(
        "treated = y_prob >= threshold. True positives: treated and sick. False positives: treated and not sick.",
        "A false positive weighs threshold / (1 - threshold) of a true positive.",
        "(true positives - weight x false positives) / number of all patients. It may be below 0.",
    ),
    why="The threshold says what a false positive costs: at 10%, nine of them as much as one found is worth. So "
    "calibration decides whom a threshold catches.",
    tolerance=1e-9,
)
