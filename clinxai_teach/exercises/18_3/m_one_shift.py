# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## One shift for all
#
# A tool for a complication after surgery, tested in your hospital: calibration **intercept -0.4, slope 1.0**. Repair it with the
# intercept only: add -0.4 to every logit. A patient is told 20% and another 50%.
#
# Give, to two decimals (the logit of p is ln(p / (1 - p)), and p = 1 / (1 + e^-z)):
#
# - `from_20` and `from_50`: what the two are told after the repair,
# - `auc_change`: by how much the AUC changes.
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `shifted = {"from_20": 0.2, "from_50": 0.5, "auc_change": 0.1}`

# %% answer points=3 minutes=7 difficulty="easy" coding="calculator"
shifted = {"from_20": ..., "from_50": ..., "auc_change": ...}
### BEGIN SOLUTION
# 20%: ln(0.2 / 0.8) = -1.386, minus 0.4 = -1.786, and 1 / (1 + e^1.786) = 0.144. 50%: 0 - 0.4 gives 0.401.
shifted = {"from_20": 0.1435, "from_50": 0.4013, "auc_change": 0.0}
### END SOLUTION


# %% judge
EXERCISE = numbers(
    shifted,
    tolerance=0.006,
    expects='a dict with three numbers, such as {"from_20": 0.2, "from_50": 0.5, "auc_change": 0.1}',
    also_right=({"from_20": 0.14, "from_50": 0.40, "auc_change": 0}, pd.Series(shifted)),
    mistakes=(
        Mistake(
            "shifted upwards",
            {"from_20": 0.2717, "from_50": 0.5987, "auc_change": 0.0},
            "You added 0.4. An intercept below 0 says that the risks are too high: add -0.4.",
        ),
        Mistake(
            "multiplied by e^-0.4",
            {"from_20": 0.2 * 0.6703, "from_50": 0.5 * 0.6703, "auc_change": 0.0},
            "You multiplied the probability by e^-0.4. The shift multiplies the odds p / (1 - p), not the probability.",
        ),
        Mistake(
            "probability minus 0.4",
            {"from_20": 0.0, "from_50": 0.1, "auc_change": 0.0},
            "0.4 was taken from the probability. It is a shift of the logit: first ln(p / (1 - p)), then -0.4, then back.",
        ),
        Mistake(
            "the AUC expected to rise",
            {**shifted, "auc_change": 0.05},
            "The two probabilities are right. Is anybody overtaken when all logits move by the same step?",
        ),
    ),
    hints=(
        "Odds are easier: 20% are odds of 0.25, 50% are odds of 1. A shift of -0.4 multiplies the odds by e^-0.4 = 0.67.",
        "0.25 x 0.67 = 0.168, and 0.168 / 1.168 is the new probability. The same with odds of 1.",
        "All move by the same step, so the order stays.",
    ),
    why="One number, learned from few ill people, moves everybody's odds by the same factor. The slope was right, so nothing "
    "more is needed. The AUC cannot change.",
)
