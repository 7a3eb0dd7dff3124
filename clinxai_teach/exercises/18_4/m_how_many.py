# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## How many, and what for?
#
# Four short questions, each with one number:
#
# - `smallest_n`: a vendor wants to promise 96% ($\alpha = 0.04$). How many calibration patients are needed at least, so that not every set holds
#   all labels?
# - `rank`: another one has 65 calibration patients and promises 85%. Which place in the sorted scores is the threshold (k)?
# - `may_miss`: "miss at most 5% of the patients with sepsis". There are 79 of them for calibration. How many of the 79 may lie below the cut-off?
# - `decided`: intervals for HbA1c, each plus or minus 1.1: 5.2, 6.2, 7.9 and 5.3. The limit for diabetes is 6.5. For how many of the four does the
#   whole interval lie on one side?

# %% answer points=4 minutes=7 coding="calculator"
how_many = {"smallest_n": ..., "rank": ..., "may_miss": ..., "decided": ...}
### BEGIN SOLUTION
# 1/0.04 - 1; ceil(66 x 0.85 = 56.1); (3 + 1)/80 = 5%; 4.1-6.3, 5.1-7.3, 6.8-9.0, 4.2-6.4
how_many = {"smallest_n": 24, "rank": 57, "may_miss": 3, "decided": 3}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    how_many,
    tolerance=0.01,
    advice={
        "smallest_n": "k = ceil((n + 1) x 0.96) must not be larger than n: n is at least 1/alpha - 1.",
        "rank": "k = ceil((65 + 1) x 0.85). Round up.",
        "may_miss": "(missed + 1) / (79 + 1) must be at most 0.05.",
        "decided": "Write the four intervals down. Which of them holds 6.5?",
    },
    expects='a dict with four whole numbers, such as {"smallest_n": 10, "rank": 10, "may_miss": 1, "decided": 1}',
    also_right=({"smallest_n": 24.0, "rank": 57.0, "may_miss": 3.0, "decided": 3.0}, pd.Series(how_many)),
    mistakes=(
        Mistake(
            "the new patient forgotten",
            {**how_many, "smallest_n": 25, "rank": 56},
            "rank and smallest_n: the new patient counts, too: ceil((n + 1)(1 - alpha)), and n is at least 1/alpha - 1.",
        ),
        Mistake(
            "5% of 79",
            {**how_many, "may_miss": 4},
            "may_miss: 4 would be (4 + 1)/80 = 6.25%. The new patient is counted as missed.",
        ),
        Mistake(
            "the middle instead of the interval",
            {**how_many, "decided": 4},
            "decided: 6.2 lies below 6.5, but its interval, 5.1 to 7.3, holds the limit.",
        ),
    ),
    hints=(
        "For smallest_n: 1/alpha - 1.",
        "For rank: 66 x 0.85 = 56.1, and round up. For may_miss: (missed + 1)/80 is at most 4/80.",
        "For decided: 5.2 - 1.1 to 5.2 + 1.1 is 4.1 to 6.3, and so on.",
    ),
    why="The promise needs patients, more for a stricter one. And an interval helps where it leaves one decision: three of these four.",
)
