# %% judge
import numpy as np

from clinxai_teach.checks.judging import Exercise, Mistake
from clinxai_teach.checks.reading import NotAnswered, chosen, is_stub, number

# %% [markdown]
# ## What may be said about a 90% set
#
# Twelve sentences from talks and reports. Write the set of the numbers of those that are **true**.

# %%
for number, statement in STATEMENTS.items():
    print(f"{number:2}. {statement}")

# %% answer points=3 minutes=8
true_statements = ...
### BEGIN SOLUTION
true_statements = {2, 4, 6, 8, 10, 11}
### END SOLUTION

# %% judge
STATEMENTS = {
    1: "A 90% prediction set contains this patient's true label with a probability of 90%.",
    2: "A smaller alpha gives larger sets, or sets of the same size.",
    3: "An empty set means that the patient is healthy.",
    4: "The guarantee holds on average over calibration sets and patients from the same population.",
    5: "Coverage was 90% last year, so it is 90% now.",
    6: "Class-conditional calibration needs enough patients in each class.",
    7: "Aleatoric doubt falls when the model is trained on more patients.",
    8: "A standard deviation of 0 over dropout passes can go with total doubt.",
    9: "If the coverage is 90% overall, it is 90% among patients with diabetes.",
    10: "A set with two labels can be a useful answer: it says what is not excluded.",
    11: "With a bad model the sets still keep their coverage, but they tend to be larger.",
    12: "A film from an unknown scanner always raises the mutual information of dropout passes.",
}
_TRUE = (2, 4, 6, 8, 10, 11)
STATEMENT_REASONS = {
    1: "The 90% belong to the method, over many patients and calibration sets. For one patient nothing follows alone.",
    2: "A smaller alpha raises the threshold, so no label leaves the set.",
    3: "It means that no label fits: the film is unlike those of each class. Look at it.",
    4: "This is the marginal guarantee. It needs exchangeability: the new patients come from where the calibration "
    "came from.",
    5: "Patients, machines and treatment change. Then the patients are no longer exchangeable, and the promise is off.",
    6: "With n patients in a class and alpha 0.1, fewer than 9 give an infinite threshold: all labels, always.",
    7: "That is epistemic doubt. Aleatoric doubt lies in the data: an ambiguous film stays ambiguous.",
    8: "All passes can say 50:50. They agree, and the doubt is total.",
    9: "The sick are few. They can be covered in 55% while the healthy make up for it with 98%.",
    10: "{benign, cancer} tells the pathologist to look again. One label would have hidden the doubt.",
    11: "The proof does not use the model. A bad model pays with size, not with coverage.",
    12: "Some shifts raise it, some do not. Dropout is one view of the model's doubt, no detector of the unknown.",
}


def _statement_choice(answer):
    if isinstance(answer, dict):
        if answer and all(is_stub(value) for value in answer.values()):
            raise NotAnswered
        answer = [key for key, true in answer.items() if true is True or true is np.True_]
    return chosen(answer, tuple(map(str, STATEMENTS)))


def _explain_statements(got, right):
    wrong = [int(key) for key in right if got[key] != right[key]]
    verdict = "is true" if wrong[0] in _TRUE else "is not true"
    reason = STATEMENT_REASONS[wrong[0]]
    return f"{len(wrong)} of {len(STATEMENTS)} are not right yet. Statement {wrong[0]} {verdict}: {reason}"


EXERCISE = Exercise(
    expects="the set of the numbers of all true statements, such as {1, 2}",
    evaluate=_statement_choice,
    right=set(_TRUE),
    also_right=(list(_TRUE), {str(k) for k in _TRUE}, {k: k in _TRUE for k in STATEMENTS}, np.array(_TRUE)),
    mistakes=(
        Mistake(
            "everything sounds right",
            set(STATEMENTS),
            "Six of them are not true. Ask of each: for whom does it hold, and when?",
        ),
        Mistake(
            "read as a promise for one patient and each group",
            {*_TRUE, 1, 9},
            "1 and 9 turn an average over many patients into a promise for one patient or one group. It is not.",
        ),
        Mistake(
            "the guarantee travels",
            {*_TRUE, 5},
            "5 forgets exchangeability: the promise is for patients like those of the calibration set.",
        ),
        Mistake(
            "dropout finds everything unknown",
            {*_TRUE, 12},
            "12 expects too much of dropout: some shifts raise the mutual information, some do not.",
        ),
        Mistake(
            "the false ones chosen",
            set(STATEMENTS) - set(_TRUE),
            "These are the statements that are not true. Asked are the true ones.",
        ),
    ),
    hints=(
        "Six are true.",
        "The promise is an average: over patients, and over calibration sets, from the same population.",
        "Think of an ambiguous film, a new scanner, a rare disease, and a class with eight patients.",
    ),
    worked="\n".join(f"{k}: {'true' if k in _TRUE else 'not true'}. {STATEMENT_REASONS[k]}" for k in STATEMENTS),
    why="The sentence to remember: over repeated draws of calibration and test patients from the same population, "
    "the set "
    "holds the true label at least 90% of the time.",
    explain=_explain_statements,
)
