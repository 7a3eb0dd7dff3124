# %% judge
import pandas as pd

from clinxai_teach.checklist import ANSWERS, QUESTIONS
from clinxai_teach.checks.judging import Exercise, Mistake
from clinxai_teach.checks.reading import NotAnswered, WrongKind, came, is_stub, mapping
from clinxai_teach.vendor_sheets import CHESTGUARD

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
# ## What the sheet leaves out
#
# Here is the sheet of an invented tool. Answer each of the 16 questions *from the sheet*: `"yes"` if it gives the evidence
# and you are satisfied, `"no"` if it gives evidence of a fault, `"unknown"` if it does not say.

# %%
CHESTGUARD

# %%
for question in QUESTIONS:
    print(f"{question.number:2}. {question.question}\n    Evidence: {question.evidence}")

# %% [markdown]
# Some questions are about one patient. Answer them for the tool: does the sheet say that the doctor will be *shown* this for
# each patient?

# %% answer points=4 minutes=8
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
RIGHT_SHEET = {number: "unknown" if number in PLANTED else "yes" for number in NUMBERS}


def _answer(value):
    word = str(value).strip().lower().replace("i don't know", "unknown").replace("?", "unknown")
    if is_stub(value) or not isinstance(value, str) or word not in ANSWERS:
        raise WrongKind(f'{came(value)} came. Write "yes", "no" or "unknown".')
    return word


def _judged(answer):
    """Return what counts: the unknown set. Where the sheet answers, "yes" and "no" are the same."""
    given = _sixteen(answer, _answer, "answer")
    return {number: "yes" if word == "no" and number not in PLANTED else word for number, word in given.items()}


def _explain_sheet(got, right):
    """Say how many omissions were found; then quote one sentence of the sheet. No number is named."""
    missed = [number for number in PLANTED if got[number] != "unknown"]
    too_many = [number for number in NUMBERS if number not in PLANTED and got[number] == "unknown"]
    found = f"you found {len(PLANTED) - len(missed)} of {len(PLANTED)} planted omissions"
    if missed:
        quoted = CHESTGUARD.decoys[min(missed)].split(",")[0].split(":")[0].strip('"')
        return f'{found}. One more hides behind the words "{quoted}". Which question do they seem to answer?'
    evidence = CHESTGUARD.answered[too_many[0]][1]
    return f"{found}, but you marked {len(too_many)} unknown that the sheet answers. Look again at: {evidence}"


EXERCISE = Exercise(
    expects='a dict with "yes", "no" or "unknown" for each question, such as {1: "yes", 2: "yes", ...}',
    evaluate=_judged,
    right=RIGHT_SHEET,
    also_right=(
        {str(number): word.upper() for number, word in RIGHT_SHEET.items()},
        {number: "I don't know" if word == "unknown" else word for number, word in RIGHT_SHEET.items()},
        {**RIGHT_SHEET, 8: "no"},
        pd.Series(RIGHT_SHEET),
    ),
    mistakes=(
        Mistake(
            "everything yes",
            dict.fromkeys(NUMBERS, "yes"),
            "You believed the whole sheet. For each yes, underline the sentence with a number, a date, a name or a "
            "procedure. Some sentences have none.",
        ),
        Mistake(
            "everything unknown",
            dict.fromkeys(NUMBERS, "unknown"),
            "The sheet does answer most of the questions. Somebody who doubts everything finds the gaps no better "
            "than somebody who believes everything.",
        ),
        Mistake(
            "silence taken for no",
            {number: "no" if number in PLANTED else "yes" for number in NUMBERS},
            "You found the right places. But a sheet that is silent is no evidence of a fault: the answer is unknown "
            "until somebody shows you the document.",
        ),
        Mistake(
            "adjectives taken for evidence",
            {**RIGHT_SHEET, **dict.fromkeys((2, 5), "yes")},
            "Words such as representative, diverse or every patient are adjectives. Where is the table with the "
            "groups, their sizes and their events?",
        ),
        Mistake(
            "discrimination taken for calibration",
            {**RIGHT_SHEET, 7: "yes"},
            "An AUC says who is ranked above whom. It does not say whether 20% happens in 20 of 100.",
        ),
        Mistake(
            "95% confidence accepted",
            {**RIGHT_SHEET, 11: "yes"},
            'You accepted "95% confidence". Of what, over which patients, and measured on whom? Without that it is a '
            "word.",
        ),
        Mistake(
            "learning taken for monitoring",
            {**RIGHT_SHEET, 16: "yes"},
            "A tool that learns every day is another tool every day. Which version was tested, and who watches it?",
        ),
        Mistake(
            "own homework taken for the sheet's gap",
            {**RIGHT_SHEET, 13: "unknown", 14: "unknown"},
            "You found every omission and marked two too many: the sheet says how its display is worded, and what the"
            " doctor does before the score.",
        ),
    ),
    hints=(
        "Take one question at a time. Write yes only if you can put your finger on a number, a date, a name or a "
        "procedure in the sheet.",
        "Search for adjectives: they stand where evidence should be. Search also for a percentage without a noun.",
        "Five questions have no answer in the sheet, and each has a sentence that sounds like one. Four of the five "
        "are in groups A to D.",
    ),
    worked="\n".join(
        f"{number}: unknown. {CHESTGUARD.decoys[number]}"
        if number in PLANTED
        else f"{number}: yes. {CHESTGUARD.answered[number][1]}"
        for number in NUMBERS
    ),
    why="Each omission stands behind a sentence that sounds like an answer. The checklist finds it, because it asks "
    "for the evidence and not for the claim.",
    explain=_explain_sheet,
)
