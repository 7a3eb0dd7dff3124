# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## Two trees: which importance can be trusted?
#
# The example is from Lundberg, Erion and Lee (2018). Two trees predict a severity from fever and cough. There are four kinds of
# patients, all equally frequent:
#
# {{material}}
#
# Tree A asks for *fever* first and then for *cough*. Tree B asks for *cough* first and then for *fever*. Tree B adds 10 for a
# cough, so it relies **more** on cough than tree A.
#
# Fill in six numbers:
#
# - `gain ... cough`: the **share of cough in the total gain**, in percent. The gain of a split is by how much it lowers the mean
#   squared distance of the outputs from their mean. Take it at the top of the tree (all four patients). After the
#   second split each patient has an output of its own, so nothing is left.
# - `SHAP ... fever` and `SHAP ... cough` for the patient with **fever and cough**: the mean gain over the two orders of joining,
#   where an unknown feature is averaged over the four patients.

# %% answer points=3 minutes=10 difficulty="medium" coding="calculator"
tree_answers = {
    "gain A cough": ...,
    "gain B cough": ...,
    "SHAP A fever": ...,
    "SHAP A cough": ...,
    "SHAP B fever": ...,
    "SHAP B cough": ...,
}
### BEGIN SOLUTION
tree_answers = {
    # A: the variance of (0, 0, 0, 80) is 1200. Split on fever: (0, 0) has 0, (0, 80) has 1600; their mean, 800,
    # is left for cough.
    "gain A cough": 100 * 800 / 1200,
    # B: the variance of (0, 10, 0, 90) is 1425. Split on cough: (0, 0) has 0, (10, 90) has 1600; 800 is left,
    # so cough has taken 625.
    "gain B cough": 100 * 625 / 1425,
    # A: the mean of all is 20, with fever 40, with cough 40, with both 80. The feature joins first, or second.
    "SHAP A fever": ((40 - 20) + (80 - 40)) / 2,
    "SHAP A cough": ((40 - 20) + (80 - 40)) / 2,
    # B: the mean of all is 25, with fever 45, with cough 50, with both 90.
    "SHAP B fever": ((45 - 25) + (90 - 50)) / 2,
    "SHAP B cough": ((50 - 25) + (90 - 45)) / 2,
}
### END SOLUTION

# %% [markdown]
# Tree B relies more on cough. What happens to the gain share of cough from A to B, and what to its SHAP value? Which of the two
# would you print in a report?

# %% judge
TREES = {  # patient: what tree A and tree B say; from Lundberg, Erion and Lee 2018 (arXiv:1802.03888)
    "no fever, no cough": (0, 0),
    "no fever, cough": (0, 10),
    "fever, no cough": (0, 0),
    "fever, cough": (80, 90),
}
GAIN = (
    "A split's gain is by how much it lowers the mean squared distance from the mean. Both gains of a tree make 100%."
)
SHAP = "The SHAP values of a tree add up to its prediction for fever and cough, minus its mean over the four patients."
GAIN_A, GAIN_B = tree_answers["gain A cough"], tree_answers["gain B cough"]

EXERCISE = numbers(
    tree_answers,
    tolerance=0.5,
    advice={name: SHAP if name.startswith("SHAP") else GAIN for name in tree_answers},
    material="| patient | tree A | tree B |\n|---|---|---|\n"
    + "\n".join(f"| {patient} | {a} | {b} |" for patient, (a, b) in TREES.items()),
    expects="a dict with six numbers: the gain shares of cough in percent, and four SHAP values",
    also_right=(
        {key: round(value, 1) for key, value in tree_answers.items()},
        {key: round(value) for key, value in tree_answers.items()},
        pd.Series(tree_answers),
    ),
    mistakes=(
        Mistake(
            "gain shares of fever",
            {**tree_answers, "gain A cough": 100 - GAIN_A, "gain B cough": 100 - GAIN_B},
            "Your gain shares are those of fever. Asked is cough.",
        ),
        Mistake(
            "gain as a fraction",
            {**tree_answers, "gain A cough": GAIN_A / 100, "gain B cough": GAIN_B / 100},
            "Give the gain shares in percent: 50, not 0.5.",
        ),
        Mistake(
            "one order: fever first",
            {**tree_answers, "SHAP A fever": 20, "SHAP A cough": 40, "SHAP B fever": 20, "SHAP B cough": 45},
            "This is one order only: fever joins first, then cough. The SHAP value is the mean over both orders.",
        ),
        Mistake(
            "one order: cough first",
            {**tree_answers, "SHAP A fever": 40, "SHAP A cough": 20, "SHAP B fever": 40, "SHAP B cough": 25},
            "This is one order only: cough joins first, then fever. The SHAP value is the mean over both orders.",
        ),
        Mistake(
            "no base value",
            {**tree_answers, "SHAP A fever": 40, "SHAP A cough": 40, "SHAP B fever": 42.5, "SHAP B cough": 47.5},
            "You shared out the whole prediction. SHAP shares out the prediction minus the mean prediction of all four "
            "patients.",
        ),
    ),
    hints=(
        "Tree A asks for fever first, tree B for cough. The first gain: mean squared distance before the split, minus "
        "the mean of the two halves after it.",
        "After the second split nothing is left, so the second gain is what the first one left over.",
        "SHAP of fever: half of (mean with fever - mean of all) plus half of (fever and cough - mean with cough).",
    ),
    why="Tree B relies more on cough than tree A, and its SHAP value rises from 30 to 35. The gain share falls from "
    "67% to 44%. Gain is not consistent; SHAP is.",
)
