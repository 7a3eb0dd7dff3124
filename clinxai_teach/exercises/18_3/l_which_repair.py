# %% judge
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Which repair?
#
# Five tools, each tested on its own people, who are the right ones (in brackets: 95% intervals). What do you do? Each answer is
# used once.
#
# 1. 45 ill. Calibration intercept -0.4 (-0.7 to -0.1), slope 1.00 (0.6 to 1.4).
# 2. 220 ill. O/E 0.98 (0.86 to 1.11), slope 0.55 (0.47 to 0.63).
# 3. 600 ill. AUC 0.61 here, 0.83 where the tool was made; a laboratory has changed its method.
# 4. 3 ill. O/E 2.0 (0.4 to 5.8).
# 5. A network says which of six kinds of skin lesion a picture shows. It is right in 80% and claims 93% on average.
#
# Answers:
#
# - **A** shift all logits by one number (intercept only)
# - **B** logistic recalibration (Platt): intercept and slope
# - **C** one temperature for all logits
# - **D** refit the model with local patients
# - **E** repair nothing yet: collect more patients
#
# Replace each `...`, so that the line looks like this, with your own letters, in quotation marks:
# `repairs = {1: "C", 2: "E", 3: "A", 4: "B", 5: "D"}`

# %% answer points=3 minutes=6 difficulty="medium" coding="none"
repairs = {1: ..., 2: ..., 3: ..., 4: ..., 5: ...}
### BEGIN SOLUTION
repairs = {1: "A", 2: "B", 3: "D", 4: "E", 5: "C"}
### END SOLUTION

# %% judge
LABELS = {
    "A": "shift all logits by one number (intercept only)",
    "B": "logistic recalibration (Platt): intercept and slope",
    "C": "one temperature for all logits",
    "D": "refit the model with local patients",
    "E": "repair nothing yet: collect more patients",
}
REASONS = {
    1: "The average is wrong; the slope is not shown to be. One number mends the average, and 45 ill are enough for one number.",
    2: "The average is right, the slope is not. Platt has a number for it, and 220 ill are enough for two numbers.",
    3: "The order of the patients is lost, and no recalibration brings it back. 600 ill are enough to learn again. (First ask the laboratory: if new values can be translated into old ones, do that.)",
    4: "Three ill: even one number would be learned from chance.",
    5: "Six classes, all too sure in the same way. Platt is for two classes; one temperature softens all of them.",
}
EXERCISE = match(
    repairs,
    LABELS,
    items="tools",
    what="answer",
    reasons=REASONS,
    expects='a dict from tool to answer, such as {1: "A", 2: "B", 3: "C", 4: "D", 5: "E"}',
    also_right=({"1": "a", "2": "b", "3": "d", "4": "e", "5": "c"},),
    mistakes=(
        Mistake(
            "Platt where one number will do",
            {**repairs, 1: "B", 2: "A"},
            "1 and 2 are exchanged. Where the slope is 1 there is nothing to learn about it; where it is 0.55, one shift "
            "for all does not mend it.",
        ),
        Mistake(
            "recalibration against a lost order",
            {**repairs, 2: "D", 3: "B"},
            "2 and 3 are exchanged. An AUC that has fallen is no matter of calibration: the order itself must be learned "
            "again.",
        ),
        Mistake(
            "three ill are enough",
            {**repairs, 1: "E", 4: "A"},
            "Three ill people are too few for any repair; 45 are enough for one number.",
        ),
    ),
    hints=(
        "What is wrong: the average, the slope, or the order of the patients?",
        "How many numbers does the repair learn, and from how many ill?",
        "Temperature is at home where there are more than two classes.",
    ),
    why="Find the fault first, then take the smallest repair that mends it, if there are ill people enough to learn it from.",
)
