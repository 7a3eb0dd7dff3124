# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## A bar in points
#
# A display for bleeding after surgery shows two patients the bar *"anticoagulant +0.7 log-odds"*. Without this bar, the first would be at **10%** and the
# second at **60%**. Give, with a calculator, to one decimal (the factor to two):
#
# - `factor`: by what the odds of both are multiplied,
# - `points_at_10` and `points_at_60`: by how many points the risk of each rises.
#
# The odds of a probability p are p / (1 - p), and e = 2.718.

# %% answer points=3 minutes=7 difficulty="easy" coding="calculator"
bar_in_points = {"factor": ..., "points_at_10": ..., "points_at_60": ...}
### BEGIN SOLUTION
# e^0.7 = 2.01. 10%: odds 0.111 x 2.01 = 0.224, which is 18.3%. 60%: odds 1.5 x 2.01 = 3.02, which is 75.1%.
bar_in_points = {"factor": 2.0138, "points_at_10": 8.28, "points_at_60": 15.13}
### END SOLUTION


# %% judge
EXERCISE = numbers(
    bar_in_points,
    tolerance={"factor": 0.015, "points_at_10": 0.2, "points_at_60": 0.2},
    expects='a dict with three numbers, such as {"factor": 1.5, "points_at_10": 3.0, "points_at_60": 4.0}',
    also_right=(
        {"factor": 2.01, "points_at_10": 8.3, "points_at_60": 15.1},
        {"points_at_60": 15.1, "points_at_10": 8.2, "factor": 2.0138},
        pd.Series(bar_in_points),
    ),
    mistakes=(
        Mistake(
            "the probability multiplied",
            {"factor": 2.0138, "points_at_10": 10.1, "points_at_60": 60.8},
            "You multiplied the probability. The odds are multiplied: 60% would become more than 100%.",
        ),
        Mistake(
            "0.7 read as 70 points of a hundred",
            {"factor": 2.0138, "points_at_10": 70.0, "points_at_60": 70.0},
            "0.7 is a step of the log-odds, not 70 points.",
        ),
        Mistake(
            "the new risks, not the rise",
            {"factor": 2.0138, "points_at_10": 18.3, "points_at_60": 75.1},
            "These are the risks with the bar. Asked is by how many points they rise.",
        ),
        Mistake(
            "0.7 as the factor",
            {"factor": 0.7, "points_at_10": -2.8, "points_at_60": -8.8},
            "The bar is added to the log-odds, so the odds are multiplied by e^0.7, which is above 1.",
        ),
    ),
    hints=(
        "Adding 0.7 to the log-odds multiplies the odds by e^0.7.",
        "10% are odds of 10 / 90 = 0.111; 60% are odds of 60 / 40 = 1.5. Multiply both, and go back: odds / (1 + odds).",
        "The factor is 2.01. 0.111 x 2.01 = 0.224, and 0.224 / 1.224 = 18.3%.",
    ),
    why="One bar, one factor of the odds, and two different rises. In points it is largest near 50%; whether it matters depends on where you act.",
)
