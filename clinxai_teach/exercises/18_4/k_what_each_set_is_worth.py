# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## What is each set worth?
#
# A tool for suspected appendicitis shows sets. It promises 90%. In its local test there were 1,000 patients; 100 had appendicitis:
#
# | set | patients | of these, with appendicitis |
# |---|---|---|
# | {no appendicitis} | 560 | 6 |
# | {appendicitis} | 90 | 54 |
# | both | 350 | 40 |
#
# Give, to three decimals:
#
# - `all`: the coverage of all patients,
# - `ill`: the coverage among those with appendicitis,
# - `no`: of those who get {no appendicitis}, the share with appendicitis,
# - `yes`: of those who get {appendicitis}, the share with appendicitis.
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `worth = {"all": 0.5, "ill": 0.5, "no": 0.5, "yes": 0.5}`

# %% answer points=4 minutes=7 difficulty="medium" coding="calculator"
worth = {"all": ..., "ill": ..., "no": ..., "yes": ...}
### BEGIN SOLUTION
# a set misses 6 of the ill (first row) and 90 - 54 = 36 of the healthy (second row)
worth = {"all": 1 - (6 + 36) / 1000, "ill": 94 / 100, "no": 6 / 560, "yes": 54 / 90}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    worth,
    tolerance=0.0015,
    expects='a dict with four numbers, such as {"all": 0.5, "ill": 0.5, "no": 0.5, "yes": 0.5}',
    also_right=({"all": 0.958, "ill": 0.94, "no": 0.011, "yes": 0.6}, pd.Series(worth)),
    mistakes=(
        Mistake(
            "the promise taken for the chance",
            {**worth, "no": 0.1, "yes": 0.9},
            "no and yes: 90% is about all sets together. Count: of the 560, how many are ill?",
        ),
        Mistake(
            "a set with both labels counted as a miss",
            {**worth, "all": (554 + 54) / 1000, "ill": 54 / 100},
            "A set with both labels holds the truth, whatever it is. Count it as covered.",
        ),
        Mistake(
            "only the ill missed",
            {**worth, "all": 1 - 6 / 1000},
            "all: the set {appendicitis} misses, too: 36 of those 90 do not have it.",
        ),
        Mistake(
            "the share of the ill, not of the set",
            {**worth, "no": 6 / 100, "yes": 54 / 100},
            "no and yes: you divided by the 100 ill. Asked is the share among those who get the set.",
        ),
    ),
    hints=(
        "A set misses where it holds one label and the other one is true. There are two kinds of misses.",
        "Of the ill, only the six in the first row are not covered.",
        "For no and yes divide within one row of the table.",
    ),
    why="The coverage is 96%, more than promised. What a set is worth stands elsewhere: 1% ill after {no appendicitis}, 60% after {appendicitis}. Neither is 90%.",
)
