# %% judge
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Does the promise hold?
#
# Five tools with prediction sets. What about the promise? Each answer is used once.
#
# 1. One threshold for all, alpha 0.05. Calibrated last month and used in the same clinic, where 3% have the disease.
# 2. One threshold per class, alpha 0.1. Calibrated in a clinic with 12% ill. A letter to the town then brings three times as many healthy people,
#    like those who came before, and no more ill.
# 3. One threshold per class, alpha 0.01. Calibrated with 60 ill and 900 healthy patients of the same clinic.
# 4. One threshold per class, alpha 0.1. Calibrated last year and used in the same laboratory, with 20% ill then and now. Since last week a new
#    reagent gives all values a fifth higher.
# 5. Alpha 0.1, photographs of moles. Tested on 40 patients with dark skin: 34 were covered (95% interval 70% to 94%).
#
# Answers:
#
# - **A** it holds for each class
# - **B** it holds overall, and may hold for none of the ill
# - **C** it holds for the ill because their label is in every set
# - **D** there is no reason why it should hold
# - **E** a collapse is excluded, a smaller fall is not
#
# Replace each `...`, so that the line looks like this, with your own letters, in quotation marks:
# `promise = {1: "E", 2: "D", 3: "B", 4: "A", 5: "C"}`

# %% answer points=3 minutes=7 difficulty="medium" coding="none"
promise = {1: ..., 2: ..., 3: ..., 4: ..., 5: ...}
### BEGIN SOLUTION
promise = {1: "B", 2: "A", 3: "C", 4: "D", 5: "E"}
### END SOLUTION

# %% judge
LABELS = {
    "A": "it holds for each class",
    "B": "it holds overall, and may hold for none of the ill",
    "C": "it holds for the ill because their label is in every set",
    "D": "there is no reason why it should hold",
    "E": "a collapse is excluded, a smaller fall is not",
}
REASONS = {
    1: "3% ill and 5% misses allowed: the promise can be kept by the healthy alone.",
    2: "Only the mix has changed. 90% of the ill and 90% of the healthy make 90% in any mix.",
    3: "Alpha 0.01 needs at least 99 patients of a class. With 60, the threshold of the ill is infinite: their label is always there.",
    4: "The share of ill is the same, the values are not: everybody's risk moves. Class thresholds mend the mix only.",
    5: "The interval holds 90%, and it holds 75% and 80%. A fall to 50% or 60% lies outside: that much was shown.",
}
EXERCISE = match(
    promise,
    LABELS,
    items="tools",
    what="answer",
    reasons=REASONS,
    expects='a dict from tool to answer, such as {1: "A", 2: "B", 3: "C", 4: "D", 5: "E"}',
    also_right=({"1": "b", "2": "a", "3": "c", "4": "d", "5": "e"},),
    mistakes=(
        Mistake(
            "a change of mix breaks every promise",
            {**promise, 2: "D", 4: "A"},
            "2 and 4 are exchanged. In 2 only the share of ill is another; in 4 the share is the same, and the values of all are not.",
        ),
        Mistake(
            "same clinic, so good for the ill",
            {**promise, 1: "A", 2: "B"},
            "1 and 2 are exchanged. One threshold for all promises nothing to the ill, also at home.",
        ),
        Mistake(
            "few patients, wide interval",
            {**promise, 3: "E", 5: "C"},
            "3 and 5 are exchanged. 3 is about calibration (k is larger than n), 5 about a test.",
        ),
    ),
    hints=(
        "First ask: are the new patients from the same source as the calibration patients?",
        "Then: one threshold for all, or one per class? And is n at least 1/alpha - 1 in each class?",
        "A test with 40 patients: look at its interval.",
    ),
    why="Four questions: same source? per class? enough calibration patients? enough test patients?",
)
