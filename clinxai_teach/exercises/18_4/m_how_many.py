# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## Build a set by hand, and say how many patients it takes
#
# Nine calibration patients have these scores (1 minus the probability of what they had), sorted:
#
# 0.05, 0.08, 0.11, 0.15, 0.22, 0.30, 0.41, 0.58, 0.74
#
# - `threshold`: the promise is 80% ($\alpha = 0.2$). Which of the nine scores is the threshold?
# - `labels`: a new patient gets appendicitis 0.47, gastroenteritis 0.44, kidney stone 0.09. How many labels are in the set?
# - `smallest_n`: a vendor wants to promise 96%. How many calibration patients are needed at least, so that not every set holds all labels?
# - `may_miss`: "miss at most 5% of the patients with sepsis". There are 79 of them for calibration. How many of the 79 may lie below the cut-off?
#
# A clinic checks a promise of **95%** on its new machine. The table says how often such a test sees a fall (interval wholly below 95%):
#
# | films | falls to 0.80 | falls to 0.85 | falls to 0.90 |
# |---|---|---|---|
# | 50 | 90% | 64% | 23% |
# | 100 | 99% | 90% | 42% |
# | 200 | 100% | 100% | 79% |
# | 400 | 100% | 100% | 96% |
#
# - `films`: twice as many misses as promised are what the clinic cares about. It wants to see that in at least nine of ten tests. How many
#   films, of the four sizes?
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `how_many = {"threshold": 0.11, "labels": 1, "smallest_n": 10, "may_miss": 1, "films": 50}`

# %% answer points=5 minutes=9 difficulty="hard" coding="calculator"
how_many = {"threshold": ..., "labels": ..., "smallest_n": ..., "may_miss": ..., "films": ...}
### BEGIN SOLUTION
# k = ceil(10 x 0.8) = 8, the eighth score; labels of at least 1 - 0.58 = 0.42; 1/0.04 - 1; (3 + 1)/80 = 5%; a fall to 0.90
how_many = {"threshold": 0.58, "labels": 2, "smallest_n": 24, "may_miss": 3, "films": 400}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    how_many,
    tolerance={"threshold": 0.006, "labels": 0.01, "smallest_n": 0.01, "may_miss": 0.01, "films": 0.01},
    advice={
        "threshold": "k = ceil((9 + 1) x 0.8). Count to this place in the list.",
        "labels": "A label is in the set if 1 minus its probability is at most the threshold.",
        "smallest_n": "k = ceil((n + 1) x 0.96) must not be larger than n: n is at least 1/alpha - 1.",
        "may_miss": "(missed + 1) / (79 + 1) must be at most 0.05.",
        "films": "Promised are 5% misses; twice as many is a coverage of 0.90. Read that column.",
    },
    expects='a dict with five numbers, such as {"threshold": 0.11, "labels": 1, "smallest_n": 10, "may_miss": 1, "films": 50}',
    also_right=(
        {"threshold": 0.58, "labels": 2.0, "smallest_n": 24.0, "may_miss": 3.0, "films": 400.0},
        pd.Series(how_many),
    ),
    mistakes=(
        Mistake(
            "the new patient forgotten",
            {**how_many, "smallest_n": 25},
            "smallest_n: the new patient counts, too: ceil((n + 1)(1 - alpha)) must not be larger than n, and n is at least 1/alpha - 1.",
        ),
        Mistake(
            "5% of 79",
            {**how_many, "may_miss": 4},
            "may_miss: 4 would be (4 + 1)/80 = 6.25%. The new patient is counted as missed.",
        ),
        Mistake(
            "the likeliest label only",
            {**how_many, "labels": 1},
            "labels: gastroenteritis with 0.44 has a score of 0.56, and that is no more than the threshold. It stays in.",
        ),
        Mistake(
            "the promise taken for the threshold",
            {**how_many, "threshold": 0.8, "labels": 2},
            "threshold: 0.8 is the promise. The threshold is one of the nine scores: the one at place k.",
        ),
        Mistake(
            "another fall",
            {**how_many, "films": 100},
            "films: 100 see a fall to 0.85, which is three times as many misses. Twice as many is 0.90.",
        ),
    ),
    hints=(
        "For threshold: k = ceil((n + 1)(1 - alpha)), with n = 9. For smallest_n: 1/alpha - 1.",
        "For labels: which probabilities are at least 1 minus the threshold? For may_miss: (missed + 1)/80 is at most 4/80.",
        "For films: 5% misses are promised, twice as many are 10%.",
    ),
    why="Three steps make a set: score, threshold, set. The promise needs patients, more for a stricter one; and so does the test of it: "
    "a fall that doubles the misses shows with hundreds of films only.",
)
