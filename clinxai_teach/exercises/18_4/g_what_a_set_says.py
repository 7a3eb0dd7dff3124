# %% judge

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import true_or_not

# %% [markdown]
# ## What may be said about a 90% set
#
# Twelve sentences from talks and reports. Write the set of the numbers of those that are **true**.
#
# {{material}}

# %% answer points=3 minutes=6 coding="none"
true_statements = ...
### BEGIN SOLUTION
true_statements = {2, 4, 6, 8, 10, 11}
### END SOLUTION

# %% judge
STATEMENTS = {
    1: (
        "A 90% prediction set contains this patient's true label with a probability of 90%.",
        "The 90% belong to the method, over many patients and calibration sets. For one patient nothing follows alone.",
    ),
    2: (
        "A smaller alpha gives larger sets, or sets of the same size.",
        "A smaller alpha raises the threshold, so no label leaves the set.",
    ),
    3: (
        "An empty set means that the patient is healthy.",
        "It means that no label fits: the film is unlike those of each class. Look at it.",
    ),
    4: (
        "The guarantee holds on average over calibration sets and patients from the same population.",
        "This is the marginal guarantee. It needs exchangeability: the new patients come from where the calibration "
        "came from.",
    ),
    5: (
        "Coverage was 90% last year, so it is 90% now.",
        "Patients, machines and treatment change. Then the patients are no longer exchangeable, and the promise is "
        "off.",
    ),
    6: (
        "Class-conditional calibration needs enough patients in each class.",
        "With n patients in a class and alpha 0.1, fewer than 9 give an infinite threshold: all labels, always.",
    ),
    7: (
        "Aleatoric doubt falls when the model is trained on more patients.",
        "That is epistemic doubt. Aleatoric doubt lies in the data: an ambiguous film stays ambiguous.",
    ),
    8: (
        "A standard deviation of 0 over dropout passes can go with total doubt.",
        "All passes can say 50:50. They agree, and the doubt is total.",
    ),
    9: (
        "If the coverage is 90% overall, it is 90% among patients with diabetes.",
        "The sick are few. They can be covered in 55% while the healthy make up for it with 98%.",
    ),
    10: (
        "A set with two labels can be a useful answer: it says what is not excluded.",
        "{benign, cancer} tells the pathologist to look again. One label would have hidden the doubt.",
    ),
    11: (
        "With a bad model the sets still keep their coverage, but they tend to be larger.",
        "The proof does not use the model. A bad model pays with size, not with coverage.",
    ),
    12: (
        "A film from an unknown scanner always raises the mutual information of dropout passes.",
        "Some shifts raise it, some do not. Dropout is one view of the model's doubt, no detector of the unknown.",
    ),
}

EXERCISE = true_or_not(
    true_statements,
    STATEMENTS,
    mistakes=(
        Mistake(
            "everything sounds right",
            set(STATEMENTS),
            "Six of them are not true. Ask of each: for whom does it hold, and when?",
        ),
        Mistake(
            "read as a promise for one patient and each group",
            {*true_statements, 1, 9},
            "1 and 9 turn an average over many patients into a promise for one patient or one group. It is not.",
        ),
        Mistake(
            "the guarantee travels",
            {*true_statements, 5},
            "5 forgets exchangeability: the promise is for patients like those of the calibration set.",
        ),
        Mistake(
            "dropout finds everything unknown",
            {*true_statements, 12},
            "12 expects too much of dropout: some shifts raise the mutual information, some do not.",
        ),
    ),
    hints=(
        "Six are true.",
        "The promise is an average: over patients, and over calibration sets, from the same population.",
        "Think of an ambiguous film, a new scanner, a rare disease, and a class with eight patients.",
    ),
    why="The sentence to remember: over repeated draws of calibration and test patients from the same population, the "
    "set holds the true label at least 90% of the time.",
)
