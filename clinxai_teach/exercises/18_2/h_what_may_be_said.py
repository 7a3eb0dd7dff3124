# %% judge

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import true_or_not

# %% [markdown]
# ## What may be said
#
# Ten sentences from reports. Write the set of the numbers of those that are **true**.
#
# {{material}}

# %% answer points=2 minutes=5 coding="none"
true_statements = ...
### BEGIN SOLUTION
true_statements = {1, 4, 6, 8, 10}
### END SOLUTION

# %% judge
STATEMENTS = {
    1: (
        "The SHAP values of a patient add up to the model's output minus the base value.",
        "This is local accuracy. It is bookkeeping: true of every model, also of a wrong one.",
    ),
    2: (
        "A SHAP value near 0 means that the model does not need this feature.",
        "Two features that carry the same information share their credit. Waist takes most of what BMI would get alone.",
    ),
    3: (
        "A warm heatmap on the lesion proves that the model reasons as a radiologist does.",
        "It shows where the evidence lies, not how it is used. A shortcut model can have a map on the lesion, too.",
    ),
    4: (
        "A Grad-CAM map cannot be finer than the maps of the layer it is made from.",
        "The layer's maps of 16 x 16 cells are only made larger for display.",
    ),
    5: (
        "Total cholesterol has a protective SHAP value, so higher cholesterol protects from diabetes.",
        "SHAP shows what the model uses, not what causes disease. Treated people have lower cholesterol: that is "
        "one possible reason.",
    ),
    6: (
        "If a map hardly changes when the model's weights are made random, it does not explain the model.",
        "This is the sanity check: what does not depend on the weights cannot be about them.",
    ),
    7: (
        "A gradient of zero at the patient's values means that the feature does not matter.",
        "A saturated unit has gradient 0, and yet its value matters. That is why integrated gradients exist.",
    ),
    8: (
        "SHAP values in log-odds must not be read as changes of the probability.",
        "0.7 log-odds can be 17 points of probability or almost none. It depends on where the patient stands.",
    ),
    9: (
        "The patient should raise HDL, because low HDL has a high SHAP value in the risk model.",
        "A model of who has diabetes is no model of what happens when HDL is changed.",
    ),
    10: (
        "Another baseline gives other integrated gradients, so a report must name the baseline.",
        "The baseline is the question: compared with what?",
    ),
}

EXERCISE = true_or_not(
    true_statements,
    STATEMENTS,
    mistakes=(
        Mistake(
            "everything sounds right",
            set(STATEMENTS),
            "Five of them are not true. Look for the words proves, protects, should, does not matter.",
        ),
        Mistake(
            "causal readings accepted",
            {*true_statements, 5, 9},
            "5 and 9 read an explanation as a cause. The model says who has diabetes, not what happens if a value is "
            "changed.",
        ),
        Mistake(
            "zero means unused",
            {*true_statements, 2, 7},
            "2 and 7 read zero as unused. A saturated unit has gradient 0; two like features share their credit.",
        ),
    ),
    hints=(
        "Five are true.",
        "A sentence that says cause, proof or advice goes further than an attribution can.",
        "Local accuracy, the layer's resolution, the sanity check, units and baseline are matters of the method "
        "itself.",
    ),
    why="An attribution says what a model's output rests on, against a baseline. It is no proof, no cause and no "
    "advice.",
)
