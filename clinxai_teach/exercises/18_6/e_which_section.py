# %% judge
import pandas as pd

from clinxai_teach.checklist import QUESTIONS
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Which section answers it?
#
# For each question, write the section in which you learned to make its evidence: `"18.1"` why interpretability matters,
# `"18.2"` feature attribution, `"18.3"` calibration, `"18.4"` uncertainty, `"18.5"` trust guidelines. The questions are printed
# above. Where two sections teach it, either counts.

# %% answer points=3 minutes=6 difficulty="easy" coding="none"
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


def _either_counts(given):
    """Return the sections; where two teach a question, either counts as the first."""
    taught_in = {question.number: question.sections for question in QUESTIONS}
    return {n: taught_in[n][0] if section in taught_in[n] else section for n, section in given.items()}


EXERCISE = match(
    taught,
    {section: f"section {section}" for section in SECTIONS},
    items="questions",
    what="section",
    reasons={question.number: f"This answers it: {question.evidence}" for question in QUESTIONS},
    accept=_either_counts,
    expects='a dict with a section for each question, such as {1: "18.1", 2: "18.1", ...}',
    also_right=(
        {question.number: question.sections[-1] for question in QUESTIONS},
        {str(number): f"section {section}" for number, section in taught.items()},
        {number: float(section) for number, section in taught.items()},
        pd.Series(taught),
    ),
    mistakes=(
        Mistake(
            "all in 18.5",
            dict.fromkeys(taught, "18.5"),
            "18.5 binds the answers together, but it does not make them. Who measures what 20% means, or finds a "
            "shortcut?",
        ),
        Mistake(
            "one section for each group, in order",
            {q.number: dict(zip("ABCDEF", (*SECTIONS, "18.5"), strict=True))[q.group] for q in QUESTIONS},
            "You gave the groups the sections in their order. The groups follow a decision, the sections follow the "
            "methods. Read the evidence of each question.",
        ),
        Mistake(
            "calibration and uncertainty exchanged",
            {
                n: {"18.3": "18.4", "18.4": "18.3"}.get(section, section) if n in (7, 8, 9, 10, 11) else section
                for n, section in taught.items()
            },
            "Calibration and uncertainty are exchanged. 18.3: does 20% happen in 20 of 100? 18.4: how sure is it about "
            "this one patient?",
        ),
        Mistake(
            "coverage taken for calibration",
            {**taught, 11: "18.3"},
            "Question 11 speaks of coverage and of a calibration set, and that is the language of conformal "
            "prediction, not of the calibration curve.",
        ),
    ),
    hints=(
        "Read the evidence that answers the question, not the question: both stand in 18.6-a.",
        "18.1 labels and shortcuts, 18.2 heatmaps and attributions, 18.3 what the number means, 18.4 doubt and sets, "
        "18.5 the report and the team.",
        "Some questions are answered in two sections. Either counts.",
    ),
    worked="\n".join(f"{question.number}: {' or '.join(question.sections)}" for question in QUESTIONS),
    why="A checklist that you cannot trace to a method is a ritual. Each question has a measurement behind it, and you "
    "have made it.",
)
