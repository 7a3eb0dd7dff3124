# %% judge
import difflib

import pandas as pd

from clinxai_teach.checks.judging import Exercise, Mistake
from clinxai_teach.checks.reading import NotAnswered, WrongKind, is_stub, mapping, number, short

INSUFFICIENT = "insufficient data"


MIN_EVENTS = 100

# %% [markdown]
# ## Act, verify, or do not use
#
# Twelve patients. The display shows a risk of 0.30 in each. Decide for each case: `"A"`, `"V"` or `"N"`.

# %%
for letter, meaning in LABELS.items():
    print(f"{letter}: {meaning}")
print()
for number, case in CASES.items():
    print(f"{number:2}. {case}")

# %% [markdown]
# An expert key is a judgement: 10 of 12 are enough. But *acting* on a tool that must not be used is never passed over.

# %% answer points=3 minutes=8
decisions = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ..., 7: ..., 8: ..., 9: ..., 10: ..., 11: ..., 12: ...}
### BEGIN SOLUTION
decisions = {1: "A", 2: "V", 3: "N", 4: "V", 5: "N", 6: "V", 7: "V", 8: "A", 9: "N", 10: "N", 11: "V", 12: "V"}
### END SOLUTION

# %% [markdown]
# Where you and the key differ: discuss it with a colleague. Which fact would change your mind? And how many of the real test
# people come near case 9, with about half of the inputs missing?

# %%
missing = X_test.isna().sum(axis="columns")
print("people by number of missing inputs (of 13):", missing.value_counts().sort_index().to_dict())

# %% judge
LABELS = {"A": "act on it", "V": "verify first", "N": "do not use it"}
# Each case: what the display shows (risk 0.30 in all), and what else is known.
CASES = {
    1: "Calibrated here, tight interval, plausible explanation, patient like many in training, routine decision.",
    2: "As 1, but the next step is an operation that cannot be undone.",
    3: "The patient is flagged as unlike all training patients: a 9-year-old, and the tool was built for adults.",
    4: "The prediction set holds both labels, sick and not sick.",
    5: "All signals good, but the patient takes a steroid that raises the blood value, and the tool does not know "
    "the drug.",
    6: "All signals good. The heatmap lies on a lead marker in the corner of the film.",
    7: "Calibrated at the vendor's hospital. Nobody has tested it here.",
    8: "All signals good, low-risk decision (a repeat blood test), group well represented.",
    9: "Five of nine inputs are missing and were filled with averages.",
    10: "The film is a lateral view. The intended use says: frontal views only.",
    11: "Dropout spread is high: the passes disagree about this patient.",
    12: "All signals good, but the report shows O/E 1.6 (interval 1.3 to 1.9) for the patient's own group.",
}
RIGHT_CASES = {1: "A", 2: "V", 3: "N", 4: "V", 5: "N", 6: "V", 7: "V", 8: "A", 9: "N", 10: "N", 11: "V", 12: "V"}
CASE_REASONS = {
    1: "Nothing speaks against it, and the decision is routine.",
    2: "The same signals, but an error cannot be undone: high stakes ask for a second source.",
    3: "Outside the intended use, and unlike the training patients: the number has no meaning for this child.",
    4: "A set with both labels says: I do not know. Use another test.",
    5: "You know a fact that changes the input's meaning and that the model lacks. Its number is for another patient.",
    6: "A reason for suspicion, not a proof. Look at the film yourself, without the tool.",
    7: "Without a local test you do not know what 0.30 means here. Verify by your own way, and ask for a local test.",
    8: "Good signals, and little harm if wrong.",
    9: "Most of the input is invented. The output is about an average patient.",
    10: "Outside the intended use. Nobody knows what the tool does with this view.",
    11: "The model has seen too little of this. Ask for a second reading.",
    12: "For this group the tool says too little: 0.30 may mean 0.48. Verify, and correct for it knowingly.",
}
DANGER = "acting on a tool that must not be used"


def _decisions(answer):
    """Return the decisions; those that agree with the key well enough count as the key."""
    if isinstance(answer, dict) and answer and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    given = {str(case): letter for case, letter in mapping(answer, _letter).items()}
    unknown = [case for case in given if case not in map(str, CASES)]
    if unknown:
        raise WrongKind(f"There is no case {', '.join(unknown)}. The keys are the numbers 1 to {len(CASES)}.")
    missing = [str(case) for case in CASES if str(case) not in given]
    if missing:
        raise WrongKind(f"These cases have no decision yet: {', '.join(missing)}.")
    decisions = {case: given[str(case)] for case in CASES}
    agree = sum(decisions[case] == RIGHT_CASES[case] for case in CASES)
    return RIGHT_CASES if agree >= 10 and not _dangerous(decisions) else decisions


def _dangerous(decisions):
    """Return the cases in which the tool must not be used and the answer acts on it."""
    return [case for case in CASES if decisions[case] == "A" and RIGHT_CASES[case] == "N"]


def _letter(value):
    if is_stub(value):
        raise WrongKind("There is no decision yet.")
    for letter, name in LABELS.items():
        if isinstance(value, str) and value.strip().lower() in (letter.lower(), name):
            return letter
    near = difflib.get_close_matches(str(value).strip().lower(), LABELS.values(), n=1)
    advice = f"Do you mean {near[0]!r}?" if near else "Use A, V or N."
    raise WrongKind(f"{short(value)} is not one of the three decisions. {advice}")


def _explain_decisions(got, right):
    """First a dangerous case, then the first that differs, with its reason."""
    wrong = _dangerous(got) or [case for case in CASES if got[case] != right[case]]
    kind = f"{DANGER}: case {wrong[0]}" if _dangerous(got) else f"fewer than 10 of 12 agree. About case {wrong[0]}"
    return f"{kind}. {CASE_REASONS[wrong[0]]}"


EXERCISE = Exercise(
    expects='a dict with a decision for each case, such as {1: "A", 2: "V", ...}: A act on it, V verify first, '
    "N do not use it",
    evaluate=_decisions,
    right=RIGHT_CASES,
    also_right=(
        {case: LABELS[letter] for case, letter in RIGHT_CASES.items()},
        {**RIGHT_CASES, 7: "N", 12: "A"},  # two differ, none is dangerous
        pd.Series(RIGHT_CASES),
    ),
    mistakes=(
        Mistake(
            "always act",
            dict.fromkeys(CASES, "A"),
            "The tool's own number does not say whether it may be used. Look in each case for a signal that speaks "
            "against it.",
        ),
        Mistake(
            "always verify",
            dict.fromkeys(CASES, "V"),
            "Verify everything, and the tool only adds work. Two cases may be acted on, and in four the tool must "
            "not be used.",
        ),
        Mistake(
            "never use",
            dict.fromkeys(CASES, "N"),
            "Then no tool helps anybody. Some doubts can be settled by a second look: those are 'verify first'.",
        ),
        Mistake(
            "stakes ignored",
            {**RIGHT_CASES, 2: "A", 6: "A", 12: "A"},
            "You looked at the model's signals only. High stakes, a strange heatmap and a group with wrong risks "
            "also count.",
        ),
    ),
    hints=(
        "Is it within the intended use, with real inputs, on a patient like those in training? If not: N.",
        "Is there a doubt that a second look, another test or a local correction can settle? Then V.",
        "Two cases are A, four are N, six are V.",
    ),
    worked="\n".join(f"{case}: {LABELS[RIGHT_CASES[case]]}. {CASE_REASONS[case]}" for case in CASES),
    why="The expert key is a judgement: 10 of 12 are enough, but nobody may act on a tool outside its use. Write "
    "down why, also "
    "when you follow the tool.",
    explain=_explain_decisions,
)
