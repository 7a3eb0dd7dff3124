# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Does the map add up?
#
# Six maps of one film by one network, whose classifier averages the last maps and adds the averages up with weights, as in the section. The
# logit of the film is **+6.2**. (All numbers are invented.) First write down what each map must add up to, if it must; then choose the verdict:
# its letter or its words, in quotation marks: `{1: "E", 2: "C", ...}`. A verdict may come twice.
#
# {{material}}

# %% answer points=3 minutes=6 difficulty="medium" coding="none"
sums = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ...}
### BEGIN SOLUTION
sums = {1: "A", 2: "B", 3: "C", 4: "A", 5: "D", 6: "E"}
### END SOLUTION

# %% judge
SUM_VERDICTS = {
    "A": "It adds up: the arithmetic is in order",
    "B": "It does not add up yet: take more steps",
    "C": "It does not add up, and more steps will not mend it: look for a mistake",
    "D": "This map need not add up to the logit",
    "E": "It adds up, but what is concluded does not follow",
}
SUM_MAPS = {
    1: "Integrated gradients, black baseline, 128 steps. The logit of the black image is -1.3. The map adds up to +7.5.",
    2: "Integrated gradients, white baseline, 4 steps. The logit of the white image is -9.8. The map adds up to +11.1; with 8 steps to +14.2.",
    3: "Integrated gradients, blurred baseline. The logit of the blurred film is +4.9. The map adds up to +6.2 with 64, with 128 and with 256 steps.",
    4: "Grad-CAM of the last layer before ReLU. Its cells add up to +6.5. The constant of the classifier is -0.3.",
    5: "Grad-CAM of the last layer after ReLU. Its cells add up to +8.9. The constant of the classifier is -0.3.",
    6: "Integrated gradients, grey baseline, 256 steps. The logit of the grey image is -2.8. The map adds up to +9.0. The report says: 'So grey is the right baseline.'",
}
SUM_REASONS = {
    1: "6.2 - (-1.3) = 7.5, and this is its sum.",
    2: "It must add up to 6.2 - (-9.8) = 16.0. The gap shrinks from 4.9 to 1.8 as the steps double.",
    3: "It must add up to 6.2 - 4.9 = 1.3. It stands still at the logit of the film: the baseline's own logit is still in it.",
    4: "6.5 - 0.3 = 6.2, the logit.",
    5: "ReLU set the cells against the class to zero. What is left may add up to more than the logit.",
    6: "6.2 - (-2.8) = 9.0. Every baseline adds up, if the steps are fine enough. So the sum cannot choose one.",
}

EXERCISE = match(
    sums,
    SUM_VERDICTS,
    items="maps",
    what="verdict",
    reasons=SUM_REASONS,
    material="\n".join(f"{case}. {text}" for case, text in SUM_MAPS.items())
    + "\n\n"
    + "\n".join(f"- **{letter}** {words}" for letter, words in SUM_VERDICTS.items()),
    expects='a dict with a verdict for each map, such as {1: "A", 2: "B", ...}',
    also_right=(
        {case: SUM_VERDICTS[letter] for case, letter in sums.items()},
        {str(case): letter.lower() for case, letter in sums.items()},
        pd.Series(sums),
    ),
    mistakes=(
        Mistake(
            "the baseline's logit forgotten",
            {**sums, 1: "C", 3: "A"},
            "1 and 3: a map of integrated gradients adds up to the logit of the film minus that of the baseline. Minus a negative number is plus.",
        ),
        Mistake(
            "more steps for a sum that stands still",
            {**sums, 3: "B"},
            "Map 3: its sum is the same with 64, 128 and 256 steps. What could more steps change?",
        ),
        Mistake(
            "a map after ReLU held to the sum",
            {**sums, 5: "C"},
            "Map 5: what did ReLU take away before the cells were added up?",
        ),
        Mistake(
            "a sum taken for the right baseline",
            {**sums, 6: "A"},
            "Map 6: the sum is in order. Look at the sentence behind it: with which baselines would the map not add up?",
        ),
    ),
    hints=(
        "Integrated gradients: the logit of the film minus the logit of the baseline. Grad-CAM before ReLU: all cells plus the constant give the logit.",
        "The sums must be 7.5, 16.0, 1.3 and 9.0 for maps 1, 2, 3 and 6. Which of these are met, and which come nearer with more steps?",
        "Two are in order. One need not add up. One adds up, and says too much.",
    ),
    why="A sum checks the arithmetic of a map. It finds steps that are too coarse and a baseline that was forgotten. It cannot say that the baseline is right, nor where the disease is.",
)
