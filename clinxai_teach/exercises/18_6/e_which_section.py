# %% judge
import re

import pandas as pd

from clinxai_teach.checklist import QUESTIONS
from clinxai_teach.checks.judging import Exercise, Mistake
from clinxai_teach.checks.reading import NotAnswered, WrongKind, came, is_stub, mapping

NUMBERS = tuple(question.number for question in QUESTIONS)


GROUP = {question.number: question.group for question in QUESTIONS}


def _sixteen(answer, read, what):
    """Return a dict with an entry for each of the 16 numbers, each passed through `read`."""
    if isinstance(answer, dict) and answer and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    given = {str(key): value for key, value in mapping(answer, read).items()}
    extra = [key for key in given if key not in map(str, NUMBERS)]
    if extra:
        raise WrongKind(f"There is no question {', '.join(extra)}. The keys are the numbers 1 to 16.")
    missing = [str(number) for number in NUMBERS if str(number) not in given]
    if missing:
        raise WrongKind(f"These questions have no {what} yet: {', '.join(missing)}.")
    return {number: given[str(number)] for number in NUMBERS}


# %% [markdown]
# ## Which section answers it?
#
# For each question, write the section in which you learned to make its evidence: `"18.1"` why interpretability matters,
# `"18.2"` feature attribution, `"18.3"` calibration, `"18.4"` uncertainty, `"18.5"` trust guidelines. The questions are printed
# above. Where two sections teach it, either counts.

# %% answer points=3 minutes=8
taught = {
    1: ...,
    2: ...,
    3: ...,
    4: ...,
    5: ...,
    6: ...,
    7: ...,
    8: ...,
    9: ...,
    10: ...,
    11: ...,
    12: ...,
    13: ...,
    14: ...,
    15: ...,
    16: ...,
}
### BEGIN SOLUTION
taught = {1: "18.5", 2: "18.5", 3: "18.1", 4: "18.1", 5: "18.5", 6: "18.1", 7: "18.3", 8: "18.3"}
taught |= {9: "18.4", 10: "18.4", 11: "18.4", 12: "18.2", 13: "18.2", 14: "18.5", 15: "18.5", 16: "18.5"}
### END SOLUTION

# %% judge
SECTIONS = ("18.1", "18.2", "18.3", "18.4", "18.5")
RIGHT_SECTIONS = {question.number: question.sections[0] for question in QUESTIONS}


def _section(value):
    match = re.fullmatch(r"\s*(?:section\s*)?(18\.[1-5])\s*", str(value).lower())
    if is_stub(value) or not match:
        raise WrongKind(f'{came(value)} came. Write one of the texts "18.1" to "18.5".')
    return match[1]


def _taught(answer):
    """Return the sections; where two teach a question, either counts as the first."""
    given = _sixteen(answer, _section, "section")
    return {
        question.number: question.sections[0] if given[question.number] in question.sections else given[question.number]
        for question in QUESTIONS
    }


def _explain_sections(got, right):
    """Name the questions that are wrong and the evidence that the first asks for."""
    wrong = [number for number in NUMBERS if got[number] != right[number]]
    evidence = QUESTIONS[wrong[0] - 1].evidence
    return f"not right yet: {', '.join(map(str, wrong))}. Question {wrong[0]} is answered by this: {evidence}"


EXERCISE = Exercise(
    expects='a dict with a section for each question, such as {1: "18.1", 2: "18.1", ...}',
    evaluate=_taught,
    right=RIGHT_SECTIONS,
    also_right=(
        {question.number: question.sections[-1] for question in QUESTIONS},
        {str(number): f"section {section}" for number, section in RIGHT_SECTIONS.items()},
        {number: float(section) for number, section in RIGHT_SECTIONS.items()},
        pd.Series(RIGHT_SECTIONS),
    ),
    mistakes=(
        Mistake(
            "all in 18.5",
            dict.fromkeys(NUMBERS, "18.5"),
            "18.5 binds the answers together, but it does not make them. Who measures what 20% means, or finds a "
            "shortcut?",
        ),
        Mistake(
            "one section for each group, in order",
            {number: dict(zip("ABCDEF", (*SECTIONS, "18.5"), strict=True))[GROUP[number]] for number in NUMBERS},
            "You gave the groups the sections in their order. The groups follow a decision, the sections follow the "
            "methods. Read the evidence of each question.",
        ),
        Mistake(
            "calibration and uncertainty exchanged",
            {
                n: {"18.3": "18.4", "18.4": "18.3"}.get(section, section) if n in (7, 8, 9, 10, 11) else section
                for n, section in RIGHT_SECTIONS.items()
            },
            "Calibration and uncertainty are exchanged. 18.3: does 20% happen in 20 of 100? 18.4: how sure is it "
            "about this one patient?",
        ),
        Mistake(
            "coverage taken for calibration",
            {**RIGHT_SECTIONS, 11: "18.3"},
            "Question 11 speaks of coverage and of a calibration set, and that is the language of conformal "
            "prediction, not of the calibration curve.",
        ),
    ),
    hints=(
        "Read the evidence that answers the question, not the question: print(QUESTIONS[6].evidence) shows that of 7.",
        "18.1 labels and shortcuts, 18.2 heatmaps and attributions, 18.3 what the number means, 18.4 doubt and sets, "
        "18.5 the report and the team.",
        "Some questions are answered in two sections. Either counts.",
    ),
    worked="\n".join(f"{question.number}: {' or '.join(question.sections)}" for question in QUESTIONS),
    why="A checklist that you cannot trace to a method is a ritual. Each question has a measurement behind it, and "
    "you have made it.",
    explain=_explain_sections,
)
