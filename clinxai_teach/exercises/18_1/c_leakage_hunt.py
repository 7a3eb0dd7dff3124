# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import choice

# %% [markdown]
# ## Leakage hunt
#
# Somebody wants to predict diabetes in NHANES with the columns below. The label is: HbA1c of 6.5% or more, **or** told by
# a doctor. Which columns **leak** the diagnosis, by their value or by where they are missing?
#
# Look at the table. Then write the set of the names that leak, copied exactly, each in quotation marks, in this form:
# `leaking = {"first_name", "second_name"}`. A gap of a few people says little: look at the counts.

# %% shared
LEAKAGE_COLUMNS = [  # mixed, so that the order tells nothing
    "age_years",
    "takes_insulin",
    "education",
    "told_prediabetes",
    "waist_cm",
    "hba1c_percent",
    "race_ethnicity",
    "income_ratio",
    "told_diabetes",
]

# %%
columns = data.X.join(data.audit)[LEAKAGE_COLUMNS]
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

# %% answer points=3 minutes=8 difficulty="medium" coding="none"
leaking = ...
### BEGIN SOLUTION
leaking = {
    "hba1c_percent",
    "told_diabetes",
    "takes_insulin",
    "told_prediabetes",
}
### END SOLUTION

# %% judge
# For each leaking column: a clue that does not name it, and the reason.
_LABEL = "The label is made from two facts. Search for both."
_TREATMENT = "What does a doctor start after the diagnosis?"
_ASKED = "Look at where values are missing: who was asked this question, and who was not?"
LEAKS = {
    "hba1c_percent": (_LABEL, "The label is made from it: 6.5% or more is diabetes."),
    "told_diabetes": (_LABEL, "The label is made from it: told by a doctor is diabetes."),
    "takes_insulin": (_TREATMENT, "Treatment follows the diagnosis."),
    "told_prediabetes": (
        _ASKED,
        "People who were told of diabetes were not asked. Where it is empty, 87% have diabetes; elsewhere 4%.",
    ),
}
HONEST = {
    "age_years": "A strong predictor can be honest: age needs no diagnosis and does not follow from it.",
    "waist_cm": "A strong predictor can be honest: a tape measures the waist, and nobody needs to know the diagnosis. "
    "Its gaps go a little with diabetes, but they do not follow from it.",
    "income_ratio": "It has missing values, but they do not follow the diagnosis: 20% have diabetes where it is "
    "missing, and 20% where it is not.",
    "race_ethnicity": "It does not follow from the diagnosis. To use it as a feature is a question of fairness, which "
    "is why it is an audit column. That is another question than leakage.",
    "education": "It does not follow from the diagnosis. To use it as a feature is a question of fairness, which is "
    "why it is an audit column. That is another question than leakage.",
}

EXERCISE = choice(
    leaking,
    LEAKAGE_COLUMNS,
    clues={name: clue for name, (clue, _) in LEAKS.items()},
    fine=HONEST,
    expects='the set of column names that leak the diagnosis, such as {"column_one", "column_two"}',
    also_right=(sorted(leaking), pd.Index(sorted(leaking)), np.array(list(LEAKS))),
    mistakes=(
        Mistake(
            "named treatment only",
            {"takes_insulin"},
            "Treatment follows the diagnosis, right. But leakage is more than treatment. What is the label made from? "
            "Which questions were asked only because of the diagnosis?",
        ),
        Mistake(
            "named the label's own parts only",
            {"hba1c_percent", "told_diabetes"},
            "The label is made from these two, right. Now search for what happens after the diagnosis: treatment, and "
            "questions asked only because of it.",
        ),
        Mistake(
            "accused strong predictors",
            leaking | {"age_years", "waist_cm"},
            "Age and waist predict well, but nobody needs the diagnosis to know them. A strong predictor is not a "
            "leak. Ask when and why a value was recorded.",
        ),
        Mistake(
            "accused race and ethnicity",
            leaking | {"race_ethnicity"},
            "race_ethnicity does not follow from the diagnosis, so it does not leak. Whether a model may use it is a "
            "question of fairness, and for that it is kept as an audit column.",
        ),
    ),
    hints=(
        "For each column ask: was this value known before the diagnosis, or does it follow from it?",
        "Four columns leak. Two make the label, one is treatment, and one is a question asked only of some people.",
        "For the last one, compare the share with diabetes where a column is missing and where it is filled in. "
        '"Missing" is information too.',
    ),
    worked="\n".join(f"{name}: {reason}" for name, (_, reason) in LEAKS.items())
    + "\n\nThese do not leak:\n"
    + "\n".join(f"{name}: {reason}" for name, reason in HONEST.items()),
    why="A column leaks when it is part of the label or follows from the diagnosis, by its value or by where it is "
    "missing. A new patient does not have it yet.",
)
