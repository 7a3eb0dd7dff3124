# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## A Brier score of 0.05: good?
#
# In an emergency department, 4% of the patients with chest pain have a certain rare disease. Two vendors come with their tests,
# both made in this department, with the same patients:
#
# - vendor A: "Brier score **0.050**",
# - vendor B: "Brier score **0.036**".
#
# Give three numbers, with a calculator:
#
# - `reference`: the Brier score of somebody who tells every patient 4% (four decimals),
# - `scaled_a` and `scaled_b`: the scaled Brier scores of A and of B (two decimals).
#
# Which of them would you look at further?
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `brier = {"reference": 0.1, "scaled_a": 0.5, "scaled_b": 0.5}`

# %% answer points=3 minutes=6 difficulty="easy" coding="calculator"
brier = {"reference": ..., "scaled_a": ..., "scaled_b": ...}
### BEGIN SOLUTION
reference = 0.04 * (1 - 0.04)
brier = {"reference": reference, "scaled_a": 1 - 0.050 / reference, "scaled_b": 1 - 0.036 / reference}
### END SOLUTION


# %% judge
EXERCISE = numbers(
    brier,
    tolerance={"reference": 0.0003, "scaled_a": 0.01, "scaled_b": 0.01},
    expects='a dict with three numbers, such as {"reference": 0.1, "scaled_a": 0.5, "scaled_b": 0.5}',
    also_right=(
        {"reference": 0.0384, "scaled_a": -0.30, "scaled_b": 0.06},
        {"scaled_b": 0.0625, "reference": 0.0384, "scaled_a": -0.302},
        pd.Series(brier),
    ),
    mistakes=(
        Mistake(
            "the prevalence as reference",
            {"reference": 0.04, "scaled_a": 1 - 0.05 / 0.04, "scaled_b": 1 - 0.036 / 0.04},
            "0.04 is the prevalence. Who tells 4% to everybody is off by 0.96 for the ill and by 0.04 for the others: the "
            "mean of the squares is 0.04 x 0.96.",
        ),
        Mistake(
            "one minus forgotten",
            {**brier, "scaled_a": 0.05 / 0.0384, "scaled_b": 0.036 / 0.0384},
            "These are the ratios. The scaled score is 1 minus the ratio: 1 is perfect, 0 is no better than the prevalence.",
        ),
        Mistake(
            "negative taken for impossible",
            {**brier, "scaled_a": 0.0},
            "A scaled score may be negative. 0.050 is larger than the reference: A is worse than saying 4% to everybody.",
        ),
        Mistake(
            "sign turned over",
            {**brier, "scaled_a": 0.30, "scaled_b": -0.06},
            "The sign is turned over. A small Brier score is good: 1 - Brier / reference.",
        ),
    ),
    hints=(
        "Who says 4% to everybody: 4 of 100 are ill, each off by 0.96; 96 are not, each off by 0.04. Mean of the squares?",
        "It comes to 0.04 x (1 - 0.04) = 0.0384.",
        "scaled = 1 - Brier / 0.0384, once with 0.050 and once with 0.036.",
    ),
    why="A's 0.050 looks small and is worse than knowing nothing but the prevalence. B is a little better than that. For a "
    "rare disease a raw Brier score says nothing by itself.",
)
