# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## Twelve refits, one patient
#
# A hospital fits its model for a complication twelve times, each time to patients drawn again from the same records. All twelve have an AUC of
# 0.79 to 0.81. One patient gets these risks, in percent:
#
# 2, 3, 3, 4, 4, 5, 6, 6, 7, 8, 9, 12
#
# A stay on the monitoring ward is offered at **5% or more**. Give:
#
# - `offered`: by how many of the twelve models she is offered the stay,
# - `flip`: the share of the models that decide against the majority,
# - `flip_at_10`: the same, if the stay were offered at 10% or more,
# - `auc_range`: how far apart the twelve AUCs are.
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `twelve = {"offered": 6, "flip": 0.5, "flip_at_10": 0.5, "auc_range": 0.1}`

# %% answer points=4 minutes=5 difficulty="easy" coding="calculator"
twelve = {"offered": ..., "flip": ..., "flip_at_10": ..., "auc_range": ...}
### BEGIN SOLUTION
twelve = {"offered": 7, "flip": 5 / 12, "flip_at_10": 1 / 12, "auc_range": 0.02}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    twelve,
    tolerance={"offered": 0.01, "flip": 0.006, "flip_at_10": 0.006, "auc_range": 0.001},
    expects='a dict with four numbers, such as {"offered": 6, "flip": 0.5, "flip_at_10": 0.5, "auc_range": 0.1}',
    also_right=({"offered": 7, "flip": 0.42, "flip_at_10": 0.08, "auc_range": 0.02}, pd.Series(twelve)),
    mistakes=(
        Mistake(
            "5% itself left out",
            {**twelve, "offered": 6, "flip": 0.5},
            "The stay is offered at 5% OR MORE, so the model that says 5% counts, too.",
        ),
        Mistake(
            "the majority counted as flips",
            {**twelve, "flip": 7 / 12},
            "flip: 7 of 12 are the majority. Asked are those that decide against it.",
        ),
        Mistake(
            "a stable AUC taken for a stable patient",
            {**twelve, "flip": 0.02, "flip_at_10": 0.02},
            "You gave the spread of the AUC. It says how well all patients are ordered, and next to nothing on this one. Count the models.",
        ),
    ),
    hints=(
        "Count the numbers in the list that are 5 or more.",
        "The minority divided by 12.",
        "At 10% only one model, the one that says 12, offers the stay.",
    ),
    why="The AUC moves by 0.02, and her stay is nearly a coin toss: 5 of 12 models send her home. Which of the twelve is in use was chance.",
)
