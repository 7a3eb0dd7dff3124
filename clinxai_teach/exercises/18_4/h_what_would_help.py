# %% judge
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## What would help?
#
# Five doubts, or things that look like one. What helps? Each answer is used once.
#
# 1. Five refits of a model give a patient 3%, 4%, 3%, 60% and 55%. The hospital has trained on 400 of its 9,000 records; the others hold more patients like her.
# 2. Fever and a cough in the first hour: a virus or bacteria? Ten models, each trained on 300,000 such visits, all give this man 48% to 52%.
# 3. A model learns delirium from a hospital's notes of 80,000 patients. All refits say about 10% there. A study team, who looked every day, found it in 20%.
# 4. A network reads ECGs. Beside its probability stands the spread of its passes: exactly 0 for each of last week's 500 patients, also for the 70 who were told 40% to 60%.
# 5. A sepsis model was trained without pregnant women. For a woman in labour it says 3%, and all refits agree.
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
    2: "All agree, and from very many patients, that fever and cough do not tell: aleatoric doubt. A blood test or a film may.",
    3: "Half of the cases were never written down, so the model learned 10%, and its refits agree on it. More notes of the same kind teach the same, only more exactly.",
    4: "Passes that never differ, for any patient, were one pass: perhaps the network has no dropout, or it was off. The 70 show that doubt was there.",
    5: "All refits learned without pregnant women, so their agreement says nothing about her. More of the same records have none of them either.",
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
            "1 and 2 are exchanged. Where the refits contradict each other, patients are missing; where all agree on 50%, a test is.",
        ),
        Mistake(
            "more data against wrong labels",
            {**helps, 1: "C", 3: "B"},
            "In 3 more notes leave out as many cases. In 1 the labels are not the question.",
        ),
        Mistake(
            "agreement taken for knowledge",
            {**helps, 4: "E", 5: "D"},
            "4 and 5 are exchanged. In 5 we know why they agree: none has seen a pregnant woman. In 4 the number itself is odd.",
        ),
    ),
    hints=(
        "Do the refits contradict each other, or do they agree that it is unclear?",
        "Imagine ten times as many training patients, with labels of the same quality. In which of 1 to 3 does the doubt shrink?",
        "Two of the five are no doubt about the patient: one was not measured, one is not asked for.",
    ),
    why="Aleatoric: another test. Epistemic: patients like this one to learn from, or no answer. Wrong labels can look like a sure answer, and "
    "neither helps.",
)
