# %% [markdown]
# # Exercises 18.1 Why interpretability matters
#
# **Time:** about 45 minutes. Five exercises; 18.1-c and 18.1-e need no code.
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.1-a")` gives the next of three hints,
# - `solution("18.1-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_1_why_interpretability_matters.ipynb) first. Run the next
# cell before you start.

# %%
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from clinxai_teach.checks import check, hint, solution
from clinxai_teach.checks.section_18_1 import CASES, LEAKAGE_COLUMNS, PURPOSES
from clinxai_teach.data import age_group, load_nhanes_diabetes, make_radiographs
from clinxai_teach.models import load_cxr_model, predict_proba

# %% [markdown]
# ## 18.1-a The hospital is a great pneumonia test
#
# Zech and colleagues (2018) had films from two sites:
#
# | Site | Films | With pneumonia |
# |---|---|---|
# | MSH | 42,396 | 34.2% |
# | NIH | 112,120 | 1.2% |
#
# Take the rule "the film comes from MSH" as a test for pneumonia. **Compute its AUC by hand**, from its sensitivity and its
# false positive rate, without scikit-learn. (The paper gives 0.861. That is on its own joint test set; from the totals above
# you get a slightly different number.)
#
# *Needed:* a yes/no test gives a ROC curve with one corner, and the area under it is
# $(1 + \text{sensitivity} - \text{false positive rate}) / 2$.

# %% exercise="18.1-a" part="answer"
site_auc = ...
### BEGIN SOLUTION
msh_sick, nih_sick = 42_396 * 0.342, 112_120 * 0.012
msh_other, nih_other = 42_396 * 0.658, 112_120 * 0.988
sensitivity = msh_sick / (msh_sick + nih_sick)
false_positive_rate = msh_other / (msh_other + nih_other)
site_auc = (1 + sensitivity - false_positive_rate) / 2
### END SOLUTION

# %% exercise="18.1-a" part="check" points=2
check("18.1-a", site_auc)

# %% [markdown]
# ## 18.1-b An AUC in each stratum
#
# Write `stratified_auc(y_true, y_prob, stratum)`. The three inputs are numpy arrays of the same length: the label (0 or 1),
# the predicted probability, and the stratum of each patient (numbers or texts, in any order).
#
# Return a dict from each stratum to its AUC. A stratum in which all patients have the same label has no AUC: keep it in
# the dict, with the value `np.nan`. The function `roc_auc_score(y_true, y_prob)` is imported above.


# %% exercise="18.1-b" part="answer"
def stratified_auc(y_true, y_prob, stratum):
    ### BEGIN SOLUTION
    result = {}
    for value in np.unique(stratum):
        rows = stratum == value
        one_class = len(np.unique(y_true[rows])) < 2
        result[value] = np.nan if one_class else roc_auc_score(y_true[rows], y_prob[rows])
    return result
    ### END SOLUTION


# %% exercise="18.1-b" part="check" points=3
check("18.1-b", stratified_auc)

# %% [markdown]
# Now use it on the real patients of NHANES. Predict first: will the AUC *within* the age groups be higher or lower than
# the overall one? (If the exercise is still open, this cell says so.)

# %%
data = load_nhanes_diabetes()
booster = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
y_prob = cross_val_predict(booster, data.X, data.y, cv=5, method="predict_proba")[:, 1]

by_age = stratified_auc(data.y.to_numpy(), y_prob, age_group(data.X["age_years"]))
if by_age is None:
    print("18.1-b is still open.")
else:
    print(f"overall {roc_auc_score(data.y, y_prob):.2f}")
    print("within ", {str(group): round(float(auc), 2) for group, auc in by_age.items()})

# %% [markdown]
# The overall AUC is higher than that of the two older groups, because it also counts pairs of a young healthy and an old
# sick patient, and age alone gets these right. A doctor who compares patients of one age needs the AUC within the group.

# %% [markdown]
# ## 18.1-c Leakage hunt
#
# Somebody wants to predict diabetes in NHANES with the columns below. The label is: HbA1c of 6.5% or more, **or** told by
# a doctor. Which columns **leak** the diagnosis, by their value or by where they are missing?
#
# Look at the table. Then write the set of the names that leak, copied exactly, in this form:
# `leaking = {"first_name", "second_name"}`. A gap of a few people says little: look at the counts.

# %%
columns = data.X.join(data.audit)[list(LEAKAGE_COLUMNS)]
sick = data.y.to_numpy() == 1


def count_sick(rows):
    """How many of these people have diabetes, as text."""
    return f"{sick[rows].sum():,} of {rows.sum():,}"


pd.DataFrame(
    {
        "example values": [", ".join(map(str, columns[c].dropna().unique()[:3])) for c in columns],
        "missing": columns.isna().mean().map("{:.0%}".format).to_numpy(),
        "diabetes where missing": [count_sick(columns[c].isna().to_numpy()) for c in columns],
        "diabetes where filled in": [count_sick(columns[c].notna().to_numpy()) for c in columns],
    },
    index=columns.columns,
)

# %% exercise="18.1-c" part="answer"
leaking = ...
### BEGIN SOLUTION
leaking = {
    "hba1c_percent",
    "told_diabetes",
    "takes_diabetes_pills",
    "takes_insulin",
    "age_told_diabetes_years",
    "told_prediabetes",
}
### END SOLUTION

# %% exercise="18.1-c" part="check" points=3
check("18.1-c", leaking)

# %% [markdown]
# ## 18.1-d Swap the marker, count the flips
#
# Write `flip_rate(before, after)`. Both inputs are numpy arrays with one row per film and one column per class, filled with
# probabilities. Return the share of films (0 to 1) whose **predicted class**, the one with the highest probability, changes.


# %% exercise="18.1-d" part="answer"
def flip_rate(before, after):
    ### BEGIN SOLUTION
    return (before.argmax(axis=1) != after.argmax(axis=1)).mean()
    ### END SOLUTION


# %% exercise="18.1-d" part="check" points=2
check("18.1-d", flip_rate)

# %% [markdown]
# Now the real experiment, on 200 synthetic films. In the second set each film has a marker exactly where the first had
# none. Patients and noise are the same.

# %%
films = make_radiographs(200, seed=99, marker="shortcut")
swapped = make_radiographs(200, seed=99, marker=~films.metadata["marker"].to_numpy())
for name in ("clean", "shortcut"):
    model = load_cxr_model(name)
    rate = flip_rate(predict_proba(model, films.images), predict_proba(model, swapped.images))
    print("18.1-d is still open." if rate is None else f"{name:8} model: {rate:.0%} of the films change their class")

# %% [markdown]
# A marker is not disease. What would you ask for in the report of a tool before you use it: its accuracy, or this number?

# %% [markdown]
# ## 18.1-e Eight cases, five purposes
#
# For each case, choose the purpose it serves best. Write the letter or the name.

# %%
for letter, purpose in PURPOSES.items():
    print(f"{letter}  {purpose}")
for number, text in CASES.items():
    print(f"\n{number}. {text}")

# %% exercise="18.1-e" part="answer"
purposes = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ..., 7: ..., 8: ...}
### BEGIN SOLUTION
purposes = {1: "A", 2: "B", 3: "C", 4: "D", 5: "E", 6: "B", 7: "A", 8: "E"}
### END SOLUTION

# %% exercise="18.1-e" part="check" points=2
check("18.1-e", purposes)

# %% [markdown]
# ## To discuss, without a check
#
# - You found the flips of the shortcut model. Write two sentences to the head of radiology: what you did, what you found,
#   what should happen next.
# - In 18.1-c, `race_ethnicity` is not a leak. Why is it still no feature of this course's model?
