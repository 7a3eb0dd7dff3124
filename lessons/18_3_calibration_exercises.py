# %% [markdown]
# # Exercises 18.3 Calibration
#
# **Time:** about 60 minutes. Seven exercises; 18.3-d and 18.3-g need no code, and 18.3-a needs a calculator only.
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.3-a")` gives the next of three hints,
# - `solution("18.3-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_3_calibration.ipynb) first. Run the next cell before you
# start.

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from clinxai_teach.calibration import (
    PlattScaling,
    brier_decomposition,
    brier_score,
    calibration_null_band,
    calibration_slope_intercept,
    expected_calibration_error,
    observed_expected_ratio,
)
from clinxai_teach.checks import check, hint, solution
from clinxai_teach.checks.section_18_3 import LISTING, STATEMENTS, TWELVE
from clinxai_teach.data import diabetes_split

# %% [markdown]
# The diabetes model of the section, on the same split. `z_...` are logits, `y_...` is 1 for a person with diabetes.

# %%
split = diabetes_split()
X_train, X_calib, X_test = split.X_train, split.X_calib, split.X_test
model = HistGradientBoostingClassifier(random_state=0).fit(X_train, split.y_train)

z_train, z_calib, z_test = (model.decision_function(X) for X in (X_train, X_calib, X_test))
y_train, y_calib, y_test = (y.to_numpy() for y in (split.y_train, split.y_calib, split.y_test))
p_raw = model.predict_proba(X_test)[:, 1]

# %% [markdown]
# ## 18.3-a The sepsis alert, from four published numbers
#
# Wong and colleagues (2021): 38,455 hospital stays, 2,552 of them with sepsis. The alert had a sensitivity of 33% and a
# specificity of 83%.
#
# Compute three shares between 0 and 1, to three decimals:
#
# - `ppv`: of the alerts, the share with sepsis,
# - `npv`: of the stays without an alert, the share without sepsis,
# - `alert_rate`: of all stays, the share with an alert.

# %% exercise="18.3-a" part="answer"
sepsis = {"ppv": ..., "npv": ..., "alert_rate": ...}
### BEGIN SOLUTION
sensitivity, specificity, prevalence = 0.33, 0.83, 2552 / 38455
true_alerts = sensitivity * prevalence
false_alerts = (1 - specificity) * (1 - prevalence)
missed = (1 - sensitivity) * prevalence
rightly_silent = specificity * (1 - prevalence)
sepsis = {
    "ppv": true_alerts / (true_alerts + false_alerts),
    "npv": rightly_silent / (rightly_silent + missed),
    "alert_rate": true_alerts + false_alerts,
}
### END SOLUTION

# %% exercise="18.3-a" part="check" points=2
check("18.3-a", sepsis)

# %% [markdown]
# ## 18.3-b Murphy's three terms
#
# Write `murphy(y_true, y_prob)`. Both inputs are numpy arrays of the same length. Here all people with the *same
# probability* form a group (so no bins are needed). Return a dict with three numbers:
#
# - `"reliability"`: the squared distance between each group's probability and its observed rate, weighted by the group's
#   share of the people,
# - `"resolution"`: the squared distance between each group's observed rate and the overall rate, weighted in the same way,
# - `"uncertainty"`: overall rate x (1 - overall rate).


# %% exercise="18.3-b" part="answer"
def murphy(y_true, y_prob):
    ### BEGIN SOLUTION
    overall = y_true.mean()
    reliability = resolution = 0.0
    for p in np.unique(y_prob):
        group = y_prob == p
        weight, rate = group.mean(), y_true[group].mean()
        reliability += weight * (p - rate) ** 2
        resolution += weight * (rate - overall) ** 2
    return {"reliability": reliability, "resolution": resolution, "uncertainty": overall * (1 - overall)}
    ### END SOLUTION


# %% exercise="18.3-b" part="check" points=3
check("18.3-b", murphy)

# %% [markdown]
# Now use it on twelve patients and two models, A and B. Which one has the lower (better) Brier score? Which one is
# better calibrated? Predict, then run.

# %%
if murphy(TWELVE["outcome"], TWELVE["A"]) is None:
    print("18.3-b is still open.")
else:
    rows = {}
    for name in ("A", "B"):
        outcome, p = TWELVE["outcome"], TWELVE[name]
        parts = murphy(outcome, p)
        rows[f"model {name}"] = {
            "Brier score": brier_score(outcome, p),
            **parts,
            "refinement": parts["uncertainty"] - parts["resolution"],
            "rel. - res. + unc.": parts["reliability"] - parts["resolution"] + parts["uncertainty"],
            "reliability + refinement": parts["reliability"] + parts["uncertainty"] - parts["resolution"],
        }
    print(pd.DataFrame(rows).round(4).to_string())

# %% [markdown]
# Model B has the lower Brier score and the worse calibration: it sorts so much better that this outweighs it. Both sums,
# with three terms and with two, give the Brier score exactly, because each group has one probability. If not, the terms
# within the bins are missing:

# %%
parts = brier_decomposition(y_test, p_raw, n_bins=10)
print(f"diabetes model, 10 bins: three terms {parts.reliability - parts.resolution + parts.uncertainty:.4f}")
print(f"Brier score:                         {brier_score(y_test, p_raw):.4f}")
print(f"the difference, within bins:        {parts.within_bin_variance - parts.within_bin_covariance:+.4f}")

# %% [markdown]
# ## 18.3-c Repair on the right patients
#
# Write `recalibrate(z_train, y_train, z_calib, y_calib, z_test)`. It gets the logits and labels of the training part, those
# of the calibration part, and the logits of the test part. Fit **Platt scaling** on the right people and return the
# repaired probability of disease of each *test* person, one number per person.
#
# `PlattScaling` is imported above: `.fit(logits, labels)`, then `.predict_proba(logits)` with two columns.


# %% exercise="18.3-c" part="answer"
def recalibrate(z_train, y_train, z_calib, y_calib, z_test):
    ### BEGIN SOLUTION
    platt = PlattScaling().fit(z_calib, y_calib)
    return platt.predict_proba(z_test)[:, 1]
    ### END SOLUTION


# %% exercise="18.3-c" part="check" points=3
check("18.3-c", recalibrate)

# %% [markdown]
# On the diabetes model, beside the repair that learns from the wrong people:

# %%
p_repaired = recalibrate(z_train, y_train, z_calib, y_calib, z_test)
if p_repaired is None:
    print("18.3-c is still open.")
else:
    wrong = PlattScaling().fit(z_train, y_train).predict_proba(z_test)[:, 1]
    rows = {}
    for name, p in {"as trained": p_raw, "your repair": p_repaired, "learned from the training people": wrong}.items():
        rows[name] = {
            "AUC": roc_auc_score(y_test, p),
            "slope": calibration_slope_intercept(y_test, p).slope,
            "O/E": observed_expected_ratio(y_test, p),
            "ECE, 10 bins": expected_calibration_error(y_test, p),
            "chance up to": calibration_null_band(p).high,
        }
    print(pd.DataFrame(rows).T.round(3).to_string())

# %% [markdown]
# The last line is worse than no repair at all. On its training people this model separates the sick and the healthy nearly
# perfectly, so Platt scaling learned to make everything *more* extreme.

# %% [markdown]
# ## 18.3-d Three wrong lines
#
# A colleague sends you her program. It runs without an error message. **Three lines are wrong**: in what they do, or in what
# they conclude. Write the set of their numbers, such as `{1, 2}`.

# %%
for number, line in LISTING.items():
    print(f"{number:2}  {line}")

# %% exercise="18.3-d" part="answer"
wrong_lines = ...
### BEGIN SOLUTION
wrong_lines = {3, 4, 10}
### END SOLUTION

# %% exercise="18.3-d" part="check" points=3
check("18.3-d", wrong_lines)

# %% [markdown]
# ## 18.3-e Net benefit at one threshold
#
# Write `net_benefit_at(y_true, y_prob, threshold)`. Whoever has a probability **at or above** the threshold is treated.
#
# $$\text{net benefit} = \frac{\text{true positives}}{N} - \frac{\text{false positives}}{N}\cdot\frac{t}{1-t}$$


# %% exercise="18.3-e" part="answer"
def net_benefit_at(y_true, y_prob, threshold):
    ### BEGIN SOLUTION
    treated = y_prob >= threshold
    true_positives = np.sum(treated & (y_true == 1))
    false_positives = np.sum(treated & (y_true == 0))
    return (true_positives - false_positives * threshold / (1 - threshold)) / len(y_true)
    ### END SOLUTION


# %% exercise="18.3-e" part="check" points=3
check("18.3-e", net_benefit_at)

# %% [markdown]
# On the diabetes model. How much is it worth over testing everybody, and how much does miscalibration cost? (True positives
# per 1,000 people.)

# %%
p_platt = PlattScaling().fit(z_calib, y_calib).predict_proba(z_test)[:, 1]
if net_benefit_at(y_test, p_platt, 0.1) is None:
    print("18.3-e is still open.")
else:
    rows = {}
    for t in (0.05, 0.10, 0.20):
        everybody, raw, platt = (1000 * net_benefit_at(y_test, p, t) for p in (np.ones(len(y_test)), p_raw, p_platt))
        rows[f"threshold {t:.0%}"] = {"Platt minus everybody": platt - everybody, "as trained minus Platt": raw - platt}
    print(pd.DataFrame(rows).T.round(1).to_string())

# %% [markdown]
# ## 18.3-f O/E of one group, with its interval
#
# `y_group` and `p_group` are the outcomes and the repaired probabilities of the Non-Hispanic Asian people in the test part.
# Their O/E is above 1. Could that be chance?
#
# **Compute a 95% bootstrap interval of O/E with 5,000 resamples**: draw as many people as there are, with replacement; divide
# the observed by the expected number; repeat; take the quantiles 0.025 and 0.975. Then say whether 1 lies inside:
# `one_inside` is `True` or `False`.
#
# (The group is self-reported, a social category, and no feature of the model.)

# %%
group = (split.audit["race_ethnicity"] == "Non-Hispanic Asian").to_numpy()
y_group, p_group = y_test[group], p_platt[group]
print(f"{len(y_group)} people, {y_group.sum()} with diabetes, {p_group.sum():.1f} expected")
print(f"O/E {observed_expected_ratio(y_group, p_group):.2f}")

# %% exercise="18.3-f" part="answer"
interval = {"low": ..., "high": ..., "one_inside": ...}
### BEGIN SOLUTION
rng = np.random.default_rng(0)
drawn = rng.integers(0, len(y_group), (5000, len(y_group)))
ratios = y_group[drawn].sum(axis=1) / p_group[drawn].sum(axis=1)
low, high = np.quantile(ratios, [0.025, 0.975])
interval = {"low": low, "high": high, "one_inside": bool(low <= 1 <= high)}
### END SOLUTION

# %% exercise="18.3-f" part="check" points=3
check("18.3-f", interval)

# %% [markdown]
# ## 18.3-g True or not
#
# Twelve sentences from reports and sales talks. Write the set of the numbers of those that are **true**.

# %%
for number, statement in STATEMENTS.items():
    print(f"{number:2}. {statement}")

# %% exercise="18.3-g" part="answer"
true_statements = ...
### BEGIN SOLUTION
true_statements = {1, 4, 7, 8, 11, 12}
### END SOLUTION

# %% exercise="18.3-g" part="check" points=3
check("18.3-g", true_statements)

# %% [markdown]
# ## To discuss, without a check
#
# - The interval in 18.3-f leaves out 1 by a little, and six groups were looked at. What would you report, and what would you
#   do next?
# - In 18.3-e, at which threshold would your own clinic act, and who should decide that?
