# %% judge
import re

import pandas as pd

from clinxai_teach.checklist import QUESTIONS
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match
from clinxai_teach.vendor_sheets import CHESTGUARD

# %% [markdown]
# ## What the sheet leaves out
#
# Here is the sheet of an invented tool. Answer each of the 16 questions *from the sheet*: `"yes"` if it gives the evidence
# and you are satisfied, `"no"` if it gives evidence of a fault, `"unknown"` if it does not say.
#
# {{material}}
#
# Some questions are about one patient. Answer them for the tool: does the sheet say that the doctor will be *shown* this for
# each patient?

# %% answer points=4 minutes=12 coding="none"
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
sheet[2] = "unknown"  # "diverse and representative": no table
sheet[5] = "unknown"  # "works for every patient": one overall number
sheet[7] = "unknown"  # an AUC says nothing about calibration
sheet[11] = "unknown"  # "95% confidence" of what, over whom?
sheet[16] = "unknown"  # "learns continuously": which version was tested?
### END SOLUTION

# %% judge
PLANTED = CHESTGUARD.unknown
FOUND = {number: CHESTGUARD.decoys.get(number) or CHESTGUARD.answered[number][1] for number in sheet}


def _what_counts(given):
    """Return what is judged, the set of unknown: where the sheet answers, yes and no are the same."""
    given = {number: "unknown" if word == "?" else word for number, word in given.items()}
    return {number: "yes" if word == "no" and number not in PLANTED else word for number, word in given.items()}


def _explain_sheet(got, right):
    """Say how many omissions were found; then quote one sentence of the sheet. No number is named."""
    missed = [number for number in PLANTED if got[number] != "unknown"]
    too_many = [number for number in sheet if number not in PLANTED and got[number] == "unknown"]
    found = f"you found {len(PLANTED) - len(missed)} of {len(PLANTED)} planted omissions"
    if missed:
        quoted = CHESTGUARD.decoys[min(missed)].split(",")[0].split(":")[0].strip('"')
        return f'{found}. One more hides behind the words "{quoted}". Which question do they seem to answer?'
    evidence = CHESTGUARD.answered[too_many[0]][1]
    return f"{found}, but you marked {len(too_many)} unknown that the sheet answers. Look again at: {evidence}"


PLAIN = re.sub(r"^#+ (.+)$", r"**\1**", CHESTGUARD.to_markdown(), flags=re.MULTILINE)  # no headings of their own
QUOTED = "\n".join(f"> {line}".rstrip() for line in PLAIN.splitlines())
LISTED = "\n".join(f"{q.number}. **{q.question}** Evidence: {q.evidence}" for q in QUESTIONS)

EXERCISE = match(
    sheet,
    {"yes": "yes", "no": "no", "unknown": "unknown", "?": "I don't know"},
    items="questions",
    what="answer",
    reasons=FOUND,
    accept=_what_counts,
    explain=_explain_sheet,
    material=f"{QUOTED}\n\nThe sixteen questions:\n\n{LISTED}",
    expects='a dict with "yes", "no" or "unknown" for each question, such as {1: "yes", 2: "yes", ...}',
    also_right=(
        {str(number): word.upper() for number, word in sheet.items()},
        {number: "I don't know" if word == "unknown" else word for number, word in sheet.items()},
        {**sheet, 8: "no"},
        pd.Series(sheet),
    ),
    mistakes=(
        Mistake(
            "everything yes",
            dict.fromkeys(sheet, "yes"),
            "You believed the whole sheet. For each yes, underline the sentence with a number, a date, a name or a "
            "procedure. Some sentences have none.",
        ),
        Mistake(
            "everything unknown",
            dict.fromkeys(sheet, "unknown"),
            "The sheet does answer most of the questions. Somebody who doubts everything finds the gaps no better than "
            "somebody who believes everything.",
        ),
        Mistake(
            "silence taken for no",
            {number: "no" if number in PLANTED else "yes" for number in sheet},
            "You found the right places. But a sheet that is silent is no evidence of a fault: the answer is unknown "
            "until somebody shows you the document.",
        ),
        Mistake(
            "adjectives taken for evidence",
            {**sheet, **dict.fromkeys((2, 5), "yes")},
            "Words such as representative, diverse or every patient are adjectives. Where is the table with the "
            "groups, their sizes and their events?",
        ),
        Mistake(
            "discrimination taken for calibration",
            {**sheet, 7: "yes"},
            "An AUC says who is ranked above whom. It does not say whether 20% happens in 20 of 100.",
        ),
        Mistake(
            "95% confidence accepted",
            {**sheet, 11: "yes"},
            'You accepted "95% confidence". Of what, over which patients, and measured on whom? Without that it is a '
            "word.",
        ),
        Mistake(
            "learning taken for monitoring",
            {**sheet, 16: "yes"},
            "A tool that learns every day is another tool every day. Which version was tested, and who watches it?",
        ),
        Mistake(
            "own homework taken for the sheet's gap",
            {**sheet, 13: "unknown", 14: "unknown"},
            "You found every omission and marked two too many: the sheet says how its display is worded, and what the "
            "doctor does before the score.",
        ),
    ),
    hints=(
        "Take one question at a time. Write yes only if you can put your finger on a number, a date, a name or a "
        "procedure in the sheet.",
        "Search for adjectives: they stand where evidence should be. Search also for a percentage without a noun.",
        "Five questions have no answer in the sheet, and each has a sentence that sounds like one. Four of the five "
        "are in groups A to D.",
    ),
    why="Each omission stands behind a sentence that sounds like an answer. The checklist finds it, because it asks "
    "for the evidence and not for the claim.",
)
