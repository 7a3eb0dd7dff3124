# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## What a flag sees
#
# A flag like that of the section: the distance of a patient from the training patients, over 13 measurements together; above the 99th
# percentile of the training patients it flags. The tool is for adults who do not know of diabetes. Give each patient
# `"F"`, `"M"`, `"R"` or `"S"`.
#
# {{material}}

# %% answer points=3 minutes=6 difficulty="easy" coding="none"
seen = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ...}
### BEGIN SOLUTION
seen = {1: "F", 2: "R", 3: "S", 4: "M", 5: "F", 6: "R"}
### END SOLUTION

# %% judge
LABELS = {
    "F": "the flag sees it, as a rule",
    "R": "the flag mostly misses it: a fixed rule on this input is needed beside it",
    "S": "the flag cannot see it: only somebody who asks can",
    "M": "no fault: an ordinary patient, flagged as one in a hundred is",
}
FLAG_CASES = {
    1: "A BMI of 98 beside a waist of 29: the two were exchanged.",
    2: "An age of 12 beside the values of an adult: the year of birth was typed wrongly.",
    3: "A man with ordinary values who takes tablets for diabetes.",
    4: "A healthy runner; all values are right; the distance lies at the percentile 99.3.",
    5: "A height of 1.7 beside a waist of 95: the height was typed in metres.",
    6: "An age of 19, where the tool is for adults of 20 and over.",
}
FLAG_REASONS = {
    1: "An odd combination, huge BMI and tiny waist. Of the test people of the section 99% are flagged so.",
    2: "One odd value drowns among twelve ordinary ones: of the test people of the section about 1 in 65 is flagged at this age.",
    3: "No input holds the tablets. The question to the patient is the only way.",
    4: "Above the 99th percentile lies 1 in 100 ordinary people: that is the price of the flag.",
    5: "Height and waist do not fit together: 99% are flagged.",
    6: "19 is hardly unusual for a distance. A limit on the age stops it, and costs one line.",
}

EXERCISE = match(
    seen,
    LABELS,
    items="patients",
    what="answer",
    reasons=FLAG_REASONS,
    material="\n".join(
        [*(f"- **{letter}** {name}" for letter, name in LABELS.items()), ""]
        + [f"{number}. {case}" for number, case in FLAG_CASES.items()]
    ),
    expects='a dict with an answer for each patient, such as {1: "F", 2: "R", ...}',
    also_right=({number: LABELS[letter] for number, letter in seen.items()}, pd.Series(seen)),
    mistakes=(
        Mistake(
            "the flag sees all",
            dict.fromkeys(FLAG_CASES, "F"),
            "A flag of distance sees what is odd in its inputs, taken together. What is not an input it cannot see.",
        ),
        Mistake(
            "a wrong age is far away",
            {**seen, 2: "F"},
            "Patient 2: think of the people whose age was set to 8 in the section. How many were flagged?",
        ),
        Mistake(
            "a flag is a fault",
            {**seen, 4: "F"},
            "Patient 4: nothing is wrong with this patient. What does '99th percentile' promise about ordinary people?",
        ),
        Mistake(
            "a rule for what is not there",
            {**seen, 3: "R"},
            "Patient 3: on which of the 13 inputs would you put the rule? The tablets are none of them.",
        ),
    ),
    hints=(
        "First: is the fault in the inputs at all?",
        "A distance adds up 13 measurements. Odd combinations are far; one odd value may not be.",
        "Two each are F and R.",
    ),
    why="A flag, a fixed rule and a question to the patient see different things. None replaces the intended use.",
)
