# %% judge
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## What would help?
#
# Five doubts, or things that look like one. What helps? Each answer is used once.
#
# 1. Five refits of a model give a patient 3%, 4%, 3%, 60% and 55%. The hospital has trained on 400 of its 9,000 records; the others hold more patients like her.
# 2. A shadow on a film is so faint that five radiologists and five refits all say "50:50".
# 3. The diagnoses to learn from are billing codes. In 200 charts that were read again, 16 codes are wrong, in no pattern. All refits say about 92% for the clearest cases.
# 4. A display shows the spread of 200 dropout passes. It is exactly 0, to the last digit, for each of 50 films, also for the six that it reads wrongly.
# 5. A film of a child of 4 goes to a tool for adults. It says "no fracture, 0.96", and all refits agree.
#
# Answers:
#
# - **A** another kind of test for this patient
# - **B** train on more of the same records
# - **C** correct the labels; more of the same data will not help
# - **D** ask how this number was computed
# - **E** do not ask this tool at all
#
# Replace each `...`, so that the line looks like this, with your own letters, in quotation marks:
# `helps = {1: "E", 2: "D", 3: "B", 4: "A", 5: "C"}`

# %% answer points=3 minutes=6 difficulty="easy" coding="none"
helps = {1: ..., 2: ..., 3: ..., 4: ..., 5: ...}
### BEGIN SOLUTION
helps = {1: "B", 2: "A", 3: "C", 4: "D", 5: "E"}
### END SOLUTION

# %% judge
LABELS = {
    "A": "another kind of test for this patient",
    "B": "train on more of the same records",
    "C": "correct the labels; more of the same data will not help",
    "D": "ask how this number was computed",
    "E": "do not ask this tool at all",
}
REASONS = {
    1: "The refits contradict each other: epistemic doubt. They have seen too few patients like this one, and the records hold more of them.",
    2: "All agree that nobody can know from this film: aleatoric doubt. Another projection or a CT may tell.",
    3: "16 of 200 labels are wrong, 8%. A model that learns from them learns '92% sure'. More data with the same errors teaches the same, only more exactly.",
    4: "Two hundred passes that never differ in any digit, for any film, were one pass: perhaps dropout was off. (A rounded 0.000 for one film can be measured, and wrong.)",
    5: "All refits learned from adults only, so their agreement says nothing about a child. More records of adults do not help; the date of birth is the better alarm.",
}
EXERCISE = match(
    helps,
    LABELS,
    items="doubts",
    what="answer",
    reasons=REASONS,
    expects='a dict from number to answer, such as {1: "A", 2: "B", 3: "C", 4: "D", 5: "E"}',
    also_right=({"1": "b", "2": "a", "3": "c", "4": "d", "5": "e"},),
    mistakes=(
        Mistake(
            "the two kinds exchanged",
            {**helps, 1: "A", 2: "B"},
            "1 and 2 are exchanged. Where the refits contradict each other, patients are missing; where all say 50:50, a test is.",
        ),
        Mistake(
            "more data against wrong labels",
            {**helps, 1: "C", 3: "B"},
            "In 3 more data brings more wrong labels of the same kind. In 1 the labels are not the question.",
        ),
        Mistake(
            "agreement taken for knowledge",
            {**helps, 4: "E", 5: "D"},
            "4 and 5 are exchanged. In 5 we know why they agree: all have seen adults only. In 4 the number itself is odd.",
        ),
    ),
    hints=(
        "Do the refits contradict each other, or do they agree that it is unclear?",
        "Imagine ten times as many training patients, with labels of the same quality. In which of 1 to 3 does the doubt shrink?",
        "Two of the five are no doubt about the patient: one was not measured, one is not asked for.",
    ),
    why="Aleatoric: another test. Epistemic: other patients to learn from, or no answer. Wrong labels look aleatoric to the model, and "
    "neither helps.",
)
