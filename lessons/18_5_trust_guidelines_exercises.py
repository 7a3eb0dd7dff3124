# %% [markdown]
# # Exercises 18.5 Clinical trust guidelines
#
# **Time:** about 60 minutes. Six exercises; 18.5-c and 18.5-f need no code, and 18.5-d needs a calculator only.
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.5-a")` gives the next of three hints,
# - `solution("18.5-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_5_trust_guidelines.ipynb) first. Run the next cell before you
# start.

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from clinxai_teach.calibration import PlattScaling
from clinxai_teach.checks import check, hint, solution
from clinxai_teach.checks.section_18_5 import CASES, FINDINGS, GROUPS, LABELS
from clinxai_teach.data import diabetes_split
from clinxai_teach.trust import SimilarityDetector, alert_burden, make_override_log

# %% [markdown]
# The diabetes tool of the section, on the same split.

# %%
split = diabetes_split()
X_train, X_calib, X_test = split.X_train, split.X_calib, split.X_test
y_train, y_calib, y_test = split.y_train, split.y_calib, split.y_test
model = HistGradientBoostingClassifier(random_state=0).fit(X_train, y_train)
platt = PlattScaling().fit(model.decision_function(X_calib), y_calib)
p_test = platt.predict_proba(model.decision_function(X_test))[:, 1]

# %% [markdown]
# ## 18.5-a A number for each group, or none
#
# Write `oe_by_group(y_true, y_prob, group)`. All three inputs are numpy arrays of the same length. Return a dict: for each
# group its **observed / expected** number of events, or the text `"insufficient data"` where the group has **fewer than 100
# events**.


# %% exercise="18.5-a" part="answer"
def oe_by_group(y_true, y_prob, group):
    ### BEGIN SOLUTION
    result = {}
    for name in np.unique(group):
        rows = group == name
        events = y_true[rows].sum()
        if events < 100:
            result[name] = "insufficient data"  # no bare number from so few events
        else:
            result[name] = events / y_prob[rows].sum()
    return result
    ### END SOLUTION


# %% exercise="18.5-a" part="check" points=3
check("18.5-a", oe_by_group)

# %% [markdown]
# On the test people, by sex and then by what they said of their race and ethnicity:

# %%
sex = np.where(X_test["male"] == 1, "men", "women")
race = split.audit["race_ethnicity"].to_numpy(dtype=str)
for group in (sex, race):
    found = oe_by_group(y_test.to_numpy(), p_test, group)
    if found is None:
        print("18.5-a is still open.")
        break
    print(
        pd.Series(found, name="O/E").map(lambda value: value if isinstance(value, str) else f"{value:.2f}").to_string()
    )
    print()

# %% [markdown]
# Men and women can be judged. Of the six groups below, none can: each has fewer than 100 people with diabetes. That is a
# result. (And a bare ratio is not enough where it exists: the report gives its interval.)

# %% [markdown]
# ## 18.5-b Unlike the training patients
#
# Write `flag_unusual(train, new)`. Both are tables: a row per patient, a column per measurement, no missing values. Return
# `True` or `False` for each new patient. Here we take a simpler distance than the section, without the covariance:
#
# 1. standardise each measurement with the mean and the standard deviation **of the training patients**,
# 2. the distance of a patient is the square root of the sum of the squares,
# 3. flag a new patient whose distance is **above the 99% quantile** of the training patients' distances (`np.quantile`).


# %% exercise="18.5-b" part="answer"
def flag_unusual(train, new):
    ### BEGIN SOLUTION
    mean, spread = train.mean(axis=0), train.std(axis=0)

    def distance(patients):
        return np.sqrt((((patients - mean) / spread) ** 2).sum(axis=1))

    limit = np.quantile(distance(train), 0.99)  # 99 in 100 training patients are nearer
    return distance(new) > limit
    ### END SOLUTION


# %% exercise="18.5-b" part="check" points=3
check("18.5-b", flag_unusual)

# %% [markdown]
# On real people: the usual test people, and the same with the waist in inches. Beside it the helper, which knows that waist and
# BMI go together. Where do the two differ?

# %%
whole_train, whole_test = X_train.dropna(), X_test.dropna()
inches = whole_test.assign(waist_cm=whole_test["waist_cm"] / 2.54)
mine = {
    name: flag_unusual(whole_train.to_numpy(), X.to_numpy())
    for name, X in {"usual": whole_test, "waist in inches": inches}.items()
}
if mine["usual"] is None:
    print("18.5-b is still open.")
else:
    helper = SimilarityDetector().fit(whole_train)
    for name, X in {"usual": whole_test, "waist in inches": inches}.items():
        print(f"{name}: flagged by yours {np.mean(mine[name]):.0%}, by the helper {helper.flag(X).mean():.0%}")

# %% [markdown]
# The helper sees the odd *combination*: a large BMI with a tiny waist. Yours sees only how odd each value is by itself.

# %% [markdown]
# ## 18.5-c Act, verify, or do not use
#
# Twelve patients. The display shows a risk of 0.30 in each. Decide for each case: `"A"`, `"V"` or `"N"`.

# %%
for letter, meaning in LABELS.items():
    print(f"{letter}: {meaning}")
print()
for number, case in CASES.items():
    print(f"{number:2}. {case}")

# %% [markdown]
# An expert key is a judgement: 10 of 12 are enough. But *acting* on a tool that must not be used is never passed over.

# %% exercise="18.5-c" part="answer"
decisions = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ..., 7: ..., 8: ..., 9: ..., 10: ..., 11: ..., 12: ...}
### BEGIN SOLUTION
decisions = {1: "A", 2: "V", 3: "N", 4: "V", 5: "N", 6: "V", 7: "V", 8: "A", 9: "N", 10: "N", 11: "V", 12: "V"}
### END SOLUTION

# %% exercise="18.5-c" part="check" points=3
check("18.5-c", decisions)

# %% [markdown]
# Where you and the key differ: discuss it with a colleague. Which fact would change your mind? And how many of the real test
# people come near case 9, with about half of the inputs missing?

# %%
missing = X_test.isna().sum(axis="columns")
print("people by number of missing inputs (of 13):", missing.value_counts().sort_index().to_dict())

# %% [markdown]
# ## 18.5-d What a good tool does to a ward
#
# A tool for a ward: sensitivity 80%, specificity 90%. On this ward **4 of 100** patients have the disease. Compute four
# numbers, to one decimal.

# %% exercise="18.5-d" part="answer"
burden = {
    "alerts per 100": ...,
    "false alarms per 100": ...,
    "missed per 1,000": ...,
    "alerts per sick patient found": ...,
}
### BEGIN SOLUTION
sensitivity, specificity, prevalence = 0.80, 0.90, 0.04
true_alerts = sensitivity * prevalence
false_alerts = (1 - specificity) * (1 - prevalence)
burden = {
    "alerts per 100": 100 * (true_alerts + false_alerts),
    "false alarms per 100": 100 * false_alerts,
    "missed per 1,000": 1000 * (1 - sensitivity) * prevalence,
    "alerts per sick patient found": (true_alerts + false_alerts) / true_alerts,
}
### END SOLUTION

# %% exercise="18.5-d" part="check" points=2
check("18.5-d", burden)

# %% [markdown]
# The diabetes tool on its test people, where one in five has diabetes: more alerts, and fewer of them in vain.

# %%
for threshold in (0.1, 0.2, 0.3):
    found = alert_burden(y_test, p_test, threshold=threshold)
    print(
        f"at {threshold:.0%}: {found.alerts:.0f} alerts per 100, {1 / found.ppv:.1f} alerts per person found, {found.missed:.1f} missed"
    )

# %% [markdown]
# ## 18.5-e What the override log tells
#
# Write `audit_log(log)`. `log` is a DataFrame with the columns `advice`, `decision` and `outcome`, each 0 or 1. Return a dict
# with three shares between 0 and 1:
#
# - `"override rate"`: of all patients, how many decisions differ from the advice,
# - `"override PPV"`: of the overrides, how many were right (the decision equals the outcome),
# - `"agreement when wrong"`: of the wrong advice, how much was followed.


# %% exercise="18.5-e" part="answer"
def audit_log(log):
    ### BEGIN SOLUTION
    overridden = log["decision"] != log["advice"]
    advice_wrong = log["advice"] != log["outcome"]
    clinician_right = log["decision"] == log["outcome"]
    return {
        "override rate": overridden.mean(),
        "override PPV": clinician_right[overridden].mean(),
        "agreement when wrong": (~overridden)[advice_wrong].mean(),
    }
    ### END SOLUTION


# %% exercise="18.5-e" part="check" points=3
check("18.5-e", audit_log)

# %% [markdown]
# Two years of a (synthetic) ward. In the second year only every second override still happens. What does the management see
# first, and what is hidden?

# %%
log = make_override_log(2000, seed=1)
if audit_log(log) is None:
    print("18.5-e is still open.")
else:
    second = log.copy()
    given_up = (second["decision"] != second["advice"]) & (np.arange(len(second)) % 2 == 0)
    second.loc[given_up, "decision"] = second.loc[given_up, "advice"]
    print(pd.DataFrame({"first year": audit_log(log), "second year": audit_log(second)}).round(2).to_string())

# %% [markdown]
# "Fewer overrides: the staff has come to trust the tool." The last line says what was lost: more of the wrong advice is followed.

# %% [markdown]
# ## 18.5-f For which group is it unsafe?
#
# A page from the report of an invented tool (threshold 20%, 95% intervals in brackets). Give each group a finding: `"S"`, `"L"`,
# `"H"` or `"U"`.

# %%
for letter, meaning in FINDINGS.items():
    print(f"{letter}: {meaning}")
print()
print(pd.DataFrame(GROUPS).T.to_string())

# %% exercise="18.5-f" part="answer"
findings = {"women": ..., "men": ..., "under 40": ..., "80 and over": ..., "site North": ..., "site South": ...}
### BEGIN SOLUTION
findings = {"women": "S", "men": "S", "under 40": "U", "80 and over": "L", "site North": "H", "site South": "S"}
### END SOLUTION

# %% exercise="18.5-f" part="check" points=3
check("18.5-f", findings)

# %% [markdown]
# ## To discuss, without a check
#
# - In 18.5-c, case 12: the tool says 0.30, and in this patient's group O/E is 1.6. Would you tell the patient 30% or 48%?
# - In 18.5-f, which group would you act on first: the one with risks too low, too high, or unknown?
# - Who on your ward would read an override log, and what would the staff fear?
