# %% judge

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import true_or_not

# %% [markdown]
# ## What may be said
#
# Ten sentences from reports. Write the set of the numbers of those that are **true**.
#
# {{material}}

# %% answer points=2 minutes=5 difficulty="easy" coding="none"
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
        "Bars that add up exactly to the model's output prove that the output is right for this patient.",
        "They add up for every output, also for one that is three times too high.",
    ),
    4: (
        "Two displays of the same patient and the same model can name different main reasons, and both be computed correctly.",
        "They may compare him with other people. Ask for the background.",
    ),
    5: (
        "Total cholesterol has a protective SHAP value, so higher cholesterol protects from diabetes.",
        "SHAP shows what the model uses, not what causes disease. Treated people have lower cholesterol: that is "
        "one possible reason.",
    ),
    6: (
        "A creatinine of 200 can have the largest bar in a school doctor's display, and none worth a look in a dialysis unit's.",
        "Each display compares with its own people. Among people on dialysis such a value is nothing special.",
    ),
    7: (
        "If shuffling a column costs the model no AUC, the column has nothing to do with the disease.",
        "The model may get the same from a second column that it likes better.",
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
        "Another background gives other SHAP values, so a report must name the background.",
        "The background is the question: compared with whom?",
    ),
}

EXERCISE = true_or_not(
    true_statements,
    STATEMENTS,
    mistakes=(
        Mistake(
            "everything sounds right",
            set(STATEMENTS),
            "Five of them are not true. Look for the words prove, protects, should, nothing to do, does not need.",
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
            "2 and 7 read a small number as unused. Two like features share their credit, and either can be shuffled at little cost.",
        ),
    ),
    hints=(
        "Five are true.",
        "A sentence that says cause, proof or advice goes further than an attribution can.",
        "That bars add up, their unit, and the people compared with are matters of the method itself.",
    ),
    why="An attribution says what a model's output rests on, compared with some people. It is no proof, no cause and no "
    "advice.",
)
