# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Why does the bar look like this?
#
# Six displays with SHAP bars. (All are invented.) What explains each? Write the letter or the words, in quotation
# marks: `{1: "E", 2: "C", ...}`. An explanation may come twice.
#
# {{material}}

# %% answer points=3 minutes=8 difficulty="medium" coding="none"
bars = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ...}
### BEGIN SOLUTION
bars = {1: "A", 2: "B", 3: "C", 4: "D", 5: "E", 6: "D"}
### END SOLUTION

# %% judge
BAR_REASONS = {
    "A": "Another background: compared with whom?",
    "B": "Another starting point: the same bar in other points",
    "C": "Features that say the same share the credit",
    "D": "Care speaks through the feature",
    "E": "Bookkeeping: true of every model",
}
BARS = {
    1: "A woman of 82 with an output of 22%. In hospital P her age has the bar +0.1, in hospital Q +1.4. The model is the same. P's display refers to its geriatric ward, Q's to all its adults.",
    2: "Two patients have the bar 'troponin +0.6'. One goes from 2% to 3.6%, the other from 45% to 60%.",
    3: "A model has systolic and mean arterial pressure, with mean |SHAP| 0.31 and 0.05. Trained again without the systolic one, the mean arterial pressure has 0.33.",
    4: "'Oxygen given' has the bar +0.9 in a model for death in hospital. A manager concludes that oxygen should be given less often.",
    5: "A vendor writes: 'For each of 10,000 patients the bars add up to the output, to 0.001. The explanations are therefore right.'",
    6: "'Seen by the diabetes nurse' has the bar -0.4 in a model for leg ulcers. In this hospital she sees those who come to all their appointments.",
}
BARS_REASONS = {
    1: "Beside the very old, 82 is nothing special; beside all adults it is.",
    2: "The odds of both are multiplied by 1.82. The points differ.",
    3: "Either pressure will do. While both are there, one takes nearly all of the credit.",
    4: "Oxygen goes to those who are very ill. The bar is about whom it is given to.",
    5: "Local accuracy holds for wrong models, too.",
    6: "Whom she sees differs from the others before she does anything. Whether she helps needs another study.",
}

EXERCISE = match(
    bars,
    BAR_REASONS,
    items="displays",
    what="explanation",
    reasons=BARS_REASONS,
    material="\n".join(f"{case}. {text}" for case, text in BARS.items())
    + "\n\n"
    + "\n".join(f"- **{letter}** {words}" for letter, words in BAR_REASONS.items()),
    expects='a dict with an explanation for each display, such as {1: "A", 2: "B", ...}',
    also_right=(
        {case: BAR_REASONS[letter] for case, letter in bars.items()},
        {str(case): letter.lower() for case, letter in bars.items()},
        pd.Series(bars),
    ),
    mistakes=(
        Mistake(
            "background and starting point exchanged",
            {**bars, 1: "B", 2: "A"},
            "1 and 2 are exchanged. In 1 the bar differs and the output is the same; in 2 the bar is the same.",
        ),
        Mistake(
            "adding up taken for right",
            {**bars, 5: "C"},
            "5: nothing is shared between features here. What does adding up prove?",
        ),
        Mistake(
            "the nurse protects",
            {**bars, 6: "C"},
            "6: no other feature takes a share here. Who are the patients whom she sees?",
        ),
        Mistake(
            "all are backgrounds",
            dict.fromkeys(BARS, "A"),
            "Only one of the six is about whom the patient is compared with.",
        ),
    ),
    hints=(
        "In which display is the bar the same and the points differ? In which is it the other way round?",
        "Two are about what was done for patients because of their state.",
        "One statement would be true of any model, however bad.",
    ),
    why="The same bar can come from the model, from the comparison, from a second feature, or from the care. The display tells none of it.",
)
