# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## Reading a table of bins
#
# A hospital tests a tool for delirium after surgery, among the patients whom it is for. Everybody in a line was told about the
# same.
#
# | patients | the tool said | had delirium |
# |---|---|---|
# | 400 | 5% | 32 |
# | 150 | 20% | 33 |
# | 50 | 60% | 20 |
#
# Give two numbers to two decimals, with a calculator:
#
# - `o_to_e`: observed / expected of all patients together,
# - `ece`: the expected calibration error of these three bins (a share, not a percentage).
#
# Then look at them side by side: what does each of the two hide? And is the ECE more than chance explains? (With these patients a
# perfect tool gets an ECE of 0.005 to 0.033.)
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `delirium = {"o_to_e": 1.2, "ece": 0.1}`

# %% answer points=3 minutes=8 difficulty="medium" coding="calculator"
delirium = {"o_to_e": ..., "ece": ...}
### BEGIN SOLUTION
observed = 32 + 33 + 20  # 85
expected = 400 * 0.05 + 150 * 0.20 + 50 * 0.60  # 20 + 30 + 30 = 80
# distances: 8% - 5% = 0.03, 22% - 20% = 0.02, 40% - 60% = 0.20, each weighted by its share of the 600 patients
delirium = {
    "o_to_e": observed / expected,
    "ece": (400 * 0.03 + 150 * 0.02 + 50 * 0.20) / 600,
}
### END SOLUTION


# %% judge
EXERCISE = numbers(
    delirium,
    low=0,
    tolerance=0.006,
    expects='a dict with two numbers, such as {"o_to_e": 1.2, "ece": 0.1}',
    also_right=({"o_to_e": 1.06, "ece": 0.04}, {"ece": 0.0417, "o_to_e": 1.0625}, pd.Series(delirium)),
    mistakes=(
        Mistake(
            "expected / observed",
            {**delirium, "o_to_e": 80 / 85},
            "This is expected / observed. O/E has the observed number on top: 85 patients with delirium.",
        ),
        Mistake(
            "bins not weighted",
            {**delirium, "ece": (0.03 + 0.02 + 0.20) / 3},
            "Here every bin counts the same. Weigh each distance by its share of the 600 patients.",
        ),
        Mistake(
            "distances with their signs",
            {**delirium, "ece": abs(400 * 0.03 + 150 * 0.02 - 50 * 0.20) / 600},
            "Errors up and down cancelled out here. A distance is never negative: add the three of them.",
        ),
        Mistake(
            "mean of the three ratios",
            {**delirium, "o_to_e": (32 / 20 + 33 / 30 + 20 / 30) / 3},
            "This is the mean of the bins' ratios. O/E is one ratio: all observed divided by all expected.",
        ),
        Mistake(
            "ECE in per cent",
            {**delirium, "ece": 4.17},
            "Give the ECE as a share: 4 points of a hundred are 0.04.",
        ),
    ),
    hints=(
        "Expected in the first line: 400 x 5% = 20. Add up the three lines.",
        "The observed shares are 32/400 = 8%, 33/150 = 22% and 20/50 = 40%. How far is each from what was said?",
        "ECE: (400 x 0.03 + 150 x 0.02 + 50 x 0.20) / 600. O/E: 85 / 80.",
    ),
    why="O/E is near 1, as too low and too high cancel out. The ECE sees a distance, not its direction: low risks are too "
    "low and high ones too high. The tool is too extreme. And 0.04 lies above what chance gives a perfect tool (0.005 to 0.033).",
)
