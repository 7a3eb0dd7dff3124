# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Which model, or which question?
#
# Five situations. (All are invented; intervals are 95%.) What should the hospital do next? Each answer is used once. Write the letter or the
# words, in quotation marks: `{1: "E", 2: "C", ...}`.
#
# {{material}}

# %% answer points=3 minutes=7 difficulty="hard" coding="none"
next_steps = {1: ..., 2: ..., 3: ..., 4: ..., 5: ...}
### BEGIN SOLUTION
next_steps = {1: "A", 2: "B", 3: "C", 4: "D", 5: "E"}
### END SOLUTION

# %% judge
STEPS = {
    "A": "Take the readable model",
    "B": "Take the complex model; explain it, and test it",
    "C": "Collect more cases: the difference cannot be seen yet",
    "D": "Ask for a trial, or a causal design: no explanation answers this",
    "E": "Ask for the missing control",
}
SITUATIONS = {
    1: "Readmission after heart failure. Boosted model AUC 0.74, additive model 0.74, difference -0.008 to +0.007, among 12,000 patients whom the tool is for.",
    2: "Eye photographs. A deep network has an AUC of 0.95, a model of six measurements that a doctor can name 0.82. The difference is 0.11 to 0.15.",
    3: "A rare drug reaction, 14 events. Boosted model AUC 0.81, logistic regression 0.77, difference -0.09 to +0.17.",
    4: "Urate has a large bar in a model for kidney failure. The clinic asks if lowering it would save kidneys.",
    5: "Without CRP the AUC of an infection model stays at 0.80. 'So inflammation does not matter to the ranking,' says the report. The model also has ferritin and leukocytes.",
}
SITUATIONS_REASONS = {
    1: "Nothing of importance is lost, and what can be read can be checked before use.",
    2: "Here readability would cost much. So the price of the complex model is to be tested: maps against chance, swaps, groups.",
    3: "14 events cannot tell. The interval holds a large advantage of either.",
    4: "The bar is about who has kidney failure. What happens when urate is lowered is another question.",
    5: "The others may do the work of CRP. Leave out all three: what is the AUC then?",
}

EXERCISE = match(
    next_steps,
    STEPS,
    items="situations",
    what="answer",
    reasons=SITUATIONS_REASONS,
    material="\n".join(f"{case}. {text}" for case, text in SITUATIONS.items())
    + "\n\n"
    + "\n".join(f"- **{letter}** {words}" for letter, words in STEPS.items()),
    expects='a dict with an answer for each situation, such as {1: "A", 2: "B", ...}',
    also_right=(
        {case: STEPS[letter] for case, letter in next_steps.items()},
        {str(case): letter.lower() for case, letter in next_steps.items()},
        pd.Series(next_steps),
    ),
    mistakes=(
        Mistake(
            "the higher AUC taken",
            {**next_steps, 3: "B", 2: "C"},
            "3: 0.81 is higher than 0.77, but look at the interval with 14 events. In 2 the interval is far from 0.",
        ),
        Mistake(
            "urate lowered",
            {**next_steps, 4: "E", 5: "D"},
            "4 asks what happens if a value is changed; 5 asks what a model can do without some features. They are exchanged.",
        ),
        Mistake(
            "readable at any price",
            {**next_steps, 1: "B", 2: "A"},
            "1 and 2 are exchanged. Where does the readable model lose nothing, and where much?",
        ),
        Mistake(
            "always the complex model",
            dict.fromkeys(SITUATIONS, "B"),
            "That is right where the advantage is large and shown. In the others, read the interval or the question again.",
        ),
    ),
    hints=(
        "Read the intervals of 1, 2 and 3: near 0 and narrow, far from 0, or very wide?",
        "4 asks about a change in the patient. 5 concludes from leaving out one of three that say much the same.",
        "In 1 nothing is lost by taking what can be read.",
    ),
    why="First ask what the difference is worth and how sure it is. A readable model that loses nothing leaves nothing to explain.",
)
