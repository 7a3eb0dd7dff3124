# %% judge
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match
from clinxai_teach.vendor_sheets import FEVER_LANTERN, KIDNEY_BELL

# %% [markdown]
# ## Two files of your own hospital
#
# Here are the files of two invented tools. Your hospital has tested both. The questions per patient are to be answered for
# the tool, as in 18.6-a. Judge both, in about twenty minutes each, and answer four questions:
#
# 1. The verdict on KidneyBell: `"ready to use"`, `"use with care"`, `"not finished"`, `"do not act on the output alone"`
#    (no weight yet) or `"do not use"`.
# 2. The number of the question that decides it, as a text such as `"7"`, or `"none"` if nothing stops.
# 3. The verdict on FeverLantern.
# 4. The number of the question that decides it, or `"none"`.
#
# {{material}}

# %% answer points=4 minutes=40 difficulty="hard" coding="none"
verdicts = {1: ..., 2: ..., 3: ..., 4: ...}
### BEGIN SOLUTION
verdicts = {1: "ready to use", 2: "none", 3: "do not use", 4: "11"}
### END SOLUTION

# %% judge
DECISIONS = ("ready to use", "use with care", "not finished", "do not act on the output alone", "do not use")
REASONS = {
    1: "Go through the 16 questions and put your finger on each answer. A good tool exists, and this checklist can say so.",
    2: "Is there a question without an answer in the file? A promise that is not made needs none.",
    3: "One table of this file holds a fault that is known. Which decision does the first rule give?",
    4: "Read each table to its last row, and ask of whom each number is.",
}

EXERCISE = match(
    verdicts,
    {
        **{decision: decision for decision in DECISIONS},
        "none": "no question",
        **{str(n): f"question {n}" for n in range(1, 17)},
    },
    items="answers",
    what="answer",
    reasons=REASONS,
    expects='a dict with four texts, such as {1: "use with care", 2: "none", 3: "not finished", 4: "16"}',
    material=f"{KIDNEY_BELL.between_rules()}\n\n{FEVER_LANTERN.between_rules()}",
    also_right=(
        {**verdicts, 4: 11},
        {**verdicts, 2: "no question", 4: "question 11"},
        {str(number): text.upper() for number, text in verdicts.items()},
    ),
    mistakes=(
        Mistake(
            "both are ready",
            {1: "ready to use", 2: "none", 3: "ready to use", 4: "none"},
            "KidneyBell is right. In FeverLantern's file one row says something else than all others. Which patients is "
            "the tool for?",
        ),
        Mistake(
            "never ready",
            {1: "do not act on the output alone", 2: "11", 3: "do not use", 4: "11"},
            "FeverLantern is right. KidneyBell promises no coverage, so question 11 is not applicable, and that stops "
            "nothing.",
        ),
        Mistake(
            "not applicable taken for not finished",
            {1: "not finished", 2: "11", 3: "do not use", 4: "11"},
            "FeverLantern is right. Not applicable, with its reason, is an answer: KidneyBell's checklist is complete.",
        ),
        Mistake(
            "the fault taken for an open question",
            {**verdicts, 3: "do not act on the output alone"},
            "You found the question. But the file does not leave it open: it shows the fault, with an interval. What is "
            "known weighs more than what is open.",
        ),
        Mistake(
            "a fault that asks for care",
            {**verdicts, 3: "use with care"},
            "You found the question, and it is in A to D, where a known fault stops. Care cannot help: nobody sees which "
            "patient is outside.",
        ),
        Mistake(
            "the doubt about one patient",
            {**verdicts, 4: "9"},
            "The sets do say how sure the tool is about this patient. The fault is in whether what they promise holds, and "
            "for whom.",
        ),
    ),
    hints=(
        "Make the checklist for each file: 16 answers, with a few words as evidence. Only then read the rule.",
        "In one file every answer is yes or not applicable. In the other one answer is no.",
        "An average over all patients can be kept while those who are ill pay for those who are well.",
    ),
    worked="\n".join(
        f"{sheet.title}: {sheet.checklist().verdict()}\n"
        + "\n".join(f"  {number} {answer}: {evidence}" for number, (answer, evidence) in sheet.answered.items())
        for sheet in (KIDNEY_BELL, FEVER_LANTERN)
    ),
    why="A checklist that can only say no is not used for long. KidneyBell passes; FeverLantern keeps its promise over all "
    'patients and breaks it for those with bacteraemia. At least 41 of 100 of them get an alert and the set "no bacteraemia".',
)
