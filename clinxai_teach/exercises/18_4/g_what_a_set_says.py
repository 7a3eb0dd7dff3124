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
        "90% of our 1,000 patients had the truth in their set. So of the 300 who got a set with one label, about 270 have that label.",
        "The 90% belong to all 1,000 together. A set with several labels is rarely wrong, so sets with one may be wrong more often.",
    ),
    2: (
        "A smaller alpha gives larger sets, or sets of the same size.",
        "A smaller alpha raises the threshold, so no label leaves the set.",
    ),
    3: (
        "An empty set counts as covered, since it names no wrong diagnosis.",
        "The truth is not in it. It counts as a miss, and the patient has no answer.",
    ),
    4: (
        "A hospital draws new calibration patients each year, from the same source. The coverage of its sets differs from year to year, and the promise is kept all the same.",
        "The promise is about the mean over many such draws. One draw can lie below it.",
    ),
    5: (
        "Coverage was 90% last year, so it is 90% now.",
        "Patients, machines and treatment change. Then the patients are no longer exchangeable, and the promise is "
        "off.",
    ),
    6: (
        "To promise 95% to each of four blood groups by itself, one needs at least 76 calibration patients.",
        "Each group needs 1/0.05 - 1 = 19, and 4 x 19 = 76. With fewer, all labels are in every set of some group.",
    ),
    7: (
        "At a referral clinic the ill are more ill and get higher risks than at home. With thresholds per class from home, the ill there are covered at least as often.",
        "The promise is off there, but the direction is known: a higher risk of the disease is a lower score, and stays in the set. For the healthy nothing is said.",
    ),
    8: (
        "A class has 15 calibration patients. At alpha 0.05 its threshold is the largest of their 15 scores.",
        "k = ceil(16 x 0.95) = 16 is more than 15. No threshold is high enough, and the label is in every set.",
    ),
    9: (
        "Sets cover 96% of all patients and 98% of the healthy; 10% are ill. So about 96% of the ill are covered.",
        "Of 1,000 patients 960 are covered, 882 of them healthy (98% of 900). That leaves 78 of the 100 ill: 78%.",
    ),
    10: (
        "{migraine, stroke} is a useful answer: it says which two a scan must tell apart.",
        "One label would have hidden the doubt.",
    ),
    11: (
        "A model that only guesses can have sets that keep 90%.",
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
            "read as a promise for one kind of set and each group",
            {*true_statements, 1, 9},
            "1 and 9 turn an average over all patients into a promise for one kind of set or one group. It is not.",
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
        "Think of a new scanner, of a class with few patients, and of who is left out where others are covered. Count in 1,000 patients.",
    ),
    why="The sentence to remember: over repeated draws of calibration and test patients from the same population, the "
    "set holds the true label at least 90% of the time.",
)
