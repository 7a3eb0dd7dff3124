# %% judge
import pandas as pd

from clinxai_teach.checklist import QUESTIONS
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match
from clinxai_teach.vendor_sheets import HEART_PENCIL

# %% [markdown]
# ## What is left out
#
# Here is the sheet of an invented tool; the section does not speak of it. Take 15 minutes; 5 more are for the check. If
# English is not your first language, plan 30 in all. Answer each of the 16 questions *from the sheet*,
# for the version that was tested. Write `"yes"` if it gives the evidence and you are satisfied, `"no"` if it gives evidence of a fault, `"unknown"` if it gives no
# evidence, or only what proves nothing. At 11, 12 and 13 there is a fourth answer, `"not applicable"`: nothing is promised, or nothing is shown.
#
# {{material}}
#
# Six questions are about one patient (2, 9, 10, 12, 13, 14). Answer them for the tool: does the sheet say that the doctor will be
# *shown* this, or *asked* for it, for each patient? (For 2: is there a table of the people tested, and a flag?) You have no screen here: at 11 to 13 take
# the sheet's word for what it shows; at work, look. A fault of the test counts once, at 4; at 8 ask only whether the numbers, the threshold and the price
# are there. The check counts how many of your 16 answers fit.

# %% answer points=4 minutes=20 difficulty="hard" coding="none"
sheet = {
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
sheet = dict.fromkeys(range(1, 17), "yes")
sheet[4] = "unknown"  # three hospitals: when, and did they help to build it? No test here
sheet[5] = "unknown"  # AUCs with intervals, but no sensitivity and no O/E
sheet[7] = "unknown"  # calibrated and measured in the same patients
sheet[11] = "not applicable"  # no coverage is promised
sheet[12] = "unknown"  # "found plausible": no test in which the ECG or the model changes
sheet[16] = "no"  # 2.0 was tested, 2.3 is delivered
### END SOLUTION

# %% judge
PLANTED = HEART_PENCIL.unknown
FOUND = {number: HEART_PENCIL.decoys.get(number) or HEART_PENCIL.answered[number][1] for number in sheet}


def _one_word(given):
    """Return the answers with one word for "I don't know"."""
    return {number: "unknown" if word == "?" else word for number, word in given.items()}


def _first_problem(got):
    """Return what to look at first. No number of a gap is named."""
    if missed := [number for number in sorted(PLANTED) if got[number] not in ("unknown", "no")]:
        quoted = HEART_PENCIL.decoys[missed[0]].split('"')[1]
        return f'{len(missed)} of {len(PLANTED)} gaps are not found yet. One hides behind "{quoted}".'
    if silent := [number for number in PLANTED if got[number] == "no"]:
        return f"{len(silent)} of the gaps you found, but you called them no. What proves nothing is unknown."
    if got[16] != "no":
        return "Read the paragraph on the version beside that on the test. Something is known there, and it is a fault."
    if got[11] != "not applicable":
        return "One question asks about a promise. Does this sheet make it?"
    wrong = next(number for number in sheet if got[number] != "yes" and number not in {*PLANTED, 11, 16})
    word = {"no": "a fault", "not applicable": "that it does not apply"}.get(got[wrong], "nothing")
    return f"You see {word} where the sheet answers. Look again at: {FOUND[wrong]}"


def _explain_sheet(got, right):
    """Say how many answers fit; then one thing to look at."""
    return f"{sum(got[number] == right[number] for number in right)} of 16 fit. {_first_problem(got)}"


LISTED = "\n".join(f"{q.number}. **{q.question}** Evidence: {q.evidence}" for q in QUESTIONS)

EXERCISE = match(
    sheet,
    {"yes": "yes", "no": "no", "unknown": "unknown", "not applicable": "n/a", "?": "I don't know"},
    items="questions",
    what="answer",
    reasons=FOUND,
    accept=_one_word,
    explain=_explain_sheet,
    material=f"{HEART_PENCIL.between_rules()}\n\nThe sixteen questions:\n\n{LISTED}",
    expects='a dict with "yes", "no", "unknown" or "not applicable" for each question, such as {1: "yes", ...}',
    also_right=(
        {str(number): word.upper() for number, word in sheet.items()},
        {number: "I don't know" if word == "unknown" else word for number, word in sheet.items()},
        {**sheet, 11: "n/a"},
        pd.Series(sheet),
    ),
    mistakes=(
        Mistake(
            "everything yes",
            dict.fromkeys(sheet, "yes"),
            "You believed the whole sheet. It has many real numbers. Ask of each: does it answer this question, or only "
            "stand where the answer should stand?",
        ),
        Mistake(
            "everything unknown",
            dict.fromkeys(sheet, "unknown"),
            "The sheet does answer most of the questions. Somebody who doubts everything finds the gaps no better than "
            "somebody who believes everything.",
        ),
        Mistake(
            "everything answered is a fault",
            {number: "no" if word == "yes" else word for number, word in sheet.items()},
            "You found the gaps, and called all that the sheet does show a fault. A no needs evidence that speaks against "
            "the tool.",
        ),
        Mistake(
            "silence taken for no",
            {number: "no" if number in PLANTED else word for number, word in sheet.items()},
            "You found the right places. But a sheet that is silent is no evidence of a fault: the answer is unknown "
            "until somebody shows you the document.",
        ),
        Mistake(
            "AUCs taken for a subgroup table",
            {**sheet, 5: "yes"},
            "You accepted the AUCs by group. A group can have a good AUC and still be missed at the threshold. What else "
            "does the question ask for?",
        ),
        Mistake(
            "calibration measured where it was made",
            {**sheet, 7: "yes"},
            "O/E is 1.00 because it was set to 1.00 in these very patients. A test needs patients who were not used.",
        ),
        Mistake(
            "a plausible map accepted",
            {**sheet, 12: "yes"},
            "Three cardiologists liked the map in correct cases. Would it look the same with another model, or another "
            "ECG? Nobody tried.",
        ),
        Mistake(
            "the version overlooked",
            {**sheet, 16: "yes"},
            "A log and a count are there. But look which version was tested, and which one you receive.",
        ),
        Mistake(
            "the version taken for a gap",
            {**sheet, 16: "unknown"},
            "You saw that something is wrong with the version. But the sheet does say it: one version was tested, another "
            "is delivered. A fault that is known is a no.",
        ),
        Mistake(
            "no promise taken for a yes",
            {**sheet, 11: "yes"},
            "The sheet promises no coverage, so there is nothing to which you could say yes. There is a fourth answer for "
            "this.",
        ),
    ),
    hints=(
        "Take one question at a time, and read its evidence. Write yes only if the sheet has as much of it as answers the "
        "question itself.",
        "A number is no answer by itself. Ask of each: of whom, measured when, and on patients who were not used before?",
        "Four questions have no answer, and each hides behind a real number. One more answer is a no; to find it, compare "
        "two paragraphs.",
    ),
    why="Each omission stands behind a real number. The checklist finds it, because it says which number it wants.",
)
