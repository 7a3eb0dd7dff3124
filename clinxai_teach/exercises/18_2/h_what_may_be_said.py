# %% judge
import numpy as np

from clinxai_teach.checks.judging import Exercise, Mistake
from clinxai_teach.checks.reading import NotAnswered, WrongKind, chosen, is_stub, number

# %% [markdown]
# ## What may be said
#
# Ten sentences from reports. Write the set of the numbers of those that are **true**.

# %%
for number, statement in STATEMENTS.items():
    print(f"{number:2}. {statement}")

# %% answer points=2 minutes=5 coding="none"
true_statements = ...
### BEGIN SOLUTION
true_statements = {1, 4, 6, 8, 10}
### END SOLUTION

# %% judge
STATEMENTS = {
    1: "The SHAP values of a patient add up to the model's output minus the base value.",
    2: "A SHAP value near 0 means that the model does not need this feature.",
    3: "A warm heatmap on the lesion proves that the model reasons as a radiologist does.",
    4: "A Grad-CAM map cannot be finer than the maps of the layer it is made from.",
    5: "Total cholesterol has a protective SHAP value, so higher cholesterol protects from diabetes.",
    6: "If a map hardly changes when the model's weights are made random, it does not explain the model.",
    7: "A gradient of zero at the patient's values means that the feature does not matter.",
    8: "SHAP values in log-odds must not be read as changes of the probability.",
    9: "The patient should raise HDL, because low HDL has a high SHAP value in the risk model.",
    10: "Another baseline gives other integrated gradients, so a report must name the baseline.",
}
_TRUE = (1, 4, 6, 8, 10)
STATEMENT_REASONS = {
    1: "This is local accuracy. It is bookkeeping: true of every model, also of a wrong one.",
    2: "Two features that carry the same information share their credit. Waist takes nearly all of BMI's.",
    3: "It shows where the evidence lies, not how it is used. A shortcut model can have a map on the lesion, too.",
    4: "The layer's maps of 8 x 8 cells are only made larger for display.",
    5: "SHAP shows what the model uses, not what causes disease. Treated people have lower cholesterol: that is one "
    "possible reason.",
    6: "This is the sanity check: what does not depend on the weights cannot be about them.",
    7: "A saturated unit has gradient 0, and yet its value matters. That is why integrated gradients exist.",
    8: "0.7 log-odds can be 17 points of probability or almost none. It depends on where the patient stands.",
    9: "A model of who has diabetes is no model of what happens when HDL is changed.",
    10: "The baseline is the question: compared with what?",
}


def _statement_choice(answer):
    if isinstance(answer, dict):
        if answer and all(is_stub(value) for value in answer.values()):
            raise NotAnswered
        not_bool = [key for key, value in answer.items() if not isinstance(value, bool | np.bool_)]
        if not_bool:
            raise WrongKind(f"Statement {not_bool[0]} has no True or False yet.")
        answer = [key for key, true in answer.items() if true]
    return chosen(answer, tuple(map(str, STATEMENTS)))


def _explain_statements(got, right):
    """Say which statement to think about again, with a reason that does not need the others."""
    wrong = [int(key) for key in right if got[key] != right[key]]
    first = wrong[0]
    verdict = "is true" if first in _TRUE else "is not true"
    return (
        f"{len(wrong)} of {len(STATEMENTS)} are not right yet. Statement {first} {verdict}: {STATEMENT_REASONS[first]}"
    )


EXERCISE = Exercise(
    expects="the set of the numbers of all true statements, such as {1, 2}",
    evaluate=_statement_choice,
    right=set(_TRUE),
    also_right=(list(_TRUE), {str(k) for k in _TRUE}, {k: k in _TRUE for k in STATEMENTS}, np.array(_TRUE)),
    mistakes=(
        Mistake(
            "everything sounds right",
            set(STATEMENTS),
            "Five of them are not true. Look for the words proves, protects, should, does not matter.",
        ),
        Mistake(
            "causal readings accepted",
            {*_TRUE, 5, 9},
            "5 and 9 read an explanation as a cause. The model says who has diabetes, not what happens if a value is "
            "changed.",
        ),
        Mistake(
            "zero means unused",
            {*_TRUE, 2, 7},
            "2 and 7 read zero as unused. A saturated unit has gradient 0; two like features share their credit.",
        ),
        Mistake(
            "the false ones chosen",
            set(STATEMENTS) - set(_TRUE),
            "These are the statements that are not true. Asked are the true ones.",
        ),
    ),
    hints=(
        "Five are true.",
        "A sentence that says cause, proof or advice goes further than an attribution can.",
        "Local accuracy, the layer's resolution, the sanity check, units and baseline are matters of the method "
        "itself.",
    ),
    worked="\n".join(f"{k}: {'true' if k in _TRUE else 'not true'}. {STATEMENT_REASONS[k]}" for k in STATEMENTS),
    why="An attribution says what a model's output rests on, against a baseline. It is no proof, no cause and no "
    "advice.",
    explain=_explain_statements,
)
