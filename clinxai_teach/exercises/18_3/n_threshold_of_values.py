# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## A threshold of 3%
#
# An emergency department sends patients with a headache to a CT from a risk of bleeding of **3%** on. Of 1,000 patients, 20 have a
# bleeding. Three ways:
#
# - CT for all: 1,000 scans, 20 bleedings found,
# - with the tool: 300 scans, 18 found,
# - with the tool after a repair: 220 scans, 17 found.
#
# Give, to one decimal, with a calculator:
#
# - `scans_for_one`: how many needless scans the threshold of 3% accepts for one bleeding found,
# - `all`, `tool` and `repaired`: the net benefit of each way, in true positives per 1,000 patients.
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `headache = {"scans_for_one": 9, "all": 1.0, "tool": 1.0, "repaired": 1.0}`

# %% answer points=4 minutes=8 difficulty="hard" coding="calculator"
headache = {"scans_for_one": ..., "all": ..., "tool": ..., "repaired": ...}
### BEGIN SOLUTION
weight = 0.03 / 0.97  # what one needless scan costs, in bleedings found
headache = {
    "scans_for_one": 0.97 / 0.03,
    "all": 20 - 980 * weight,
    "tool": 18 - 282 * weight,
    "repaired": 17 - 203 * weight,
}
### END SOLUTION


# %% judge
EXERCISE = numbers(
    headache,
    tolerance={"scans_for_one": 0.4, "all": 0.15, "tool": 0.15, "repaired": 0.15},
    expects='a dict with four numbers, such as {"scans_for_one": 9, "all": 1.0, "tool": 1.0, "repaired": 1.0}',
    also_right=(
        {"scans_for_one": 32.3, "all": -10.3, "tool": 9.3, "repaired": 10.7},
        {"scans_for_one": 32, "all": -10.309, "tool": 9.278, "repaired": 10.722},
        pd.Series(headache),
    ),
    mistakes=(
        Mistake(
            "found scans counted as needless",
            {**headache, "all": 20 - 1000 * 3 / 97, "tool": 18 - 300 * 3 / 97, "repaired": 17 - 220 * 3 / 97},
            "You charged for every scan. A scan that finds a bleeding is not needless: 300 - 18 = 282 are.",
        ),
        Mistake(
            "scans not charged",
            {**headache, "all": 20, "tool": 18, "repaired": 17},
            "The needless scans cost nothing here, so all would always be best. Each costs 3/97 of a bleeding found.",
        ),
        Mistake(
            "weight turned over",
            {**headache, "scans_for_one": 3 / 97},
            "This is what one needless scan costs, in bleedings found. Asked is the other way round: 97/3.",
        ),
        Mistake(
            "the percentage read as a ratio",
            {**headache, "scans_for_one": 3},
            "3% means: 3 of 100 scanned have a bleeding. So 97 needless scans come with 3 found.",
        ),
    ),
    hints=(
        "At a risk of exactly 3%, of 100 scanned 3 have a bleeding and 97 do not.",
        "So one needless scan costs 3/97 = 0.031 of a bleeding found.",
        "With the tool: 18 - 282 x 0.031. For all: 20 - 980 x 0.031.",
    ),
    why="At 3%, scanning all is worse than scanning nobody (0). The repair misses one bleeding more and saves 80 scans; at this "
    "threshold that is worth a little. Who sets the threshold decides it.",
)
