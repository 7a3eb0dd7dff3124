# %% judge

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import true_or_not

# %% [markdown]
# ## What may be said about a 90% set
#
# Twelve sentences from talks and reports. Write the set of the numbers of those that are **true**.
#
# {{material}}
#
# Replace the `...` so that the line looks like this, with your own numbers:
# `true_statements = {3, 5, 9}`

# %% answer points=3 minutes=6 difficulty="easy" coding="none"
true_statements = ...
### BEGIN SOLUTION
true_statements = {2, 4, 6, 7, 10, 11}
### END SOLUTION

# %% judge
STATEMENTS = {
    1: (
        "The tool has shown {no disease}. So the chance that this patient has none is 90%.",
        "The 90% belong to all sets together, over many patients. Of those who get this one set, more or fewer may be ill.",
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
        "Sets with thresholds per class go from a ward to a screening, where fewer are ill and nothing else differs. Then more of those who get {disease} are healthy, "
        "and no promise is broken.",
        "Each class keeps its coverage in any mix. What one set is worth is not promised, and falls with the share of ill.",
    ),
    8: (
        "Eight ill calibration patients are enough to promise 90% to the ill with sets that sometimes leave out the disease.",
        "With alpha 0.1 a class needs at least nine. With eight, its label is in every set.",
    ),
    9: (
        "If the coverage is 90% overall, it is 90% among patients with diabetes.",
        "The ill are few. Among adults not told, 11% of the ill were covered and 94% of the healthy: together 90%.",
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
        "20 films from the new scanner, not one missed: so there at most 5% are missed.",
        "The exact 95% interval of the misses goes from 0% to 17%. None of 20 is what 10% would often look like, too.",
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
            "a few films show that all is well",
            {*true_statements, 12},
            "12 takes 'no miss seen' for 'hardly any misses'. What does an interval from 20 films hold?",
        ),
    ),
    hints=(
        "Six are true.",
        "The promise is an average: over patients, and over calibration sets, from the same population.",
        "Think of a change of mix, a new scanner, a rare disease, and a class with eight patients.",
    ),
    why="The sentence to remember: over repeated draws of calibration and test patients from the same population, the "
    "set holds the true label at least 90% of the time.",
)
