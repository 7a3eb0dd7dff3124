# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Act, verify, or do not use
#
# Twelve patients. Each has another tool. The display shows a risk of 0.30 in each. Decide for each case by the rule of this house (another house,
# and another rule, than in part 3 of the lesson); from the top, the first row that fits decides:
#
# 1. outside the intended use, or unlike the training patients, or an input or a reason that makes the number meaningless: `"N"` (decide as if you had not seen the output),
# 2. inside, but one doubt is left (about the number in this patient; or about the tool, then for everybody; or the step can harm or not be undone): `"V"` (one cheap second source first, and that one decides),
# 3. neither: `"A"` (take the next step on the number's word).
#
# {{material}}
#
# An expert key is a judgement: 10 of 12 are enough. But *acting* on a tool that must not be used is never passed over. The check
# says how many agree so far.

# %% answer points=3 minutes=10 difficulty="medium" coding="none"
decisions = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ..., 7: ..., 8: ..., 9: ..., 10: ..., 11: ..., 12: ...}
### BEGIN SOLUTION
decisions = {1: "A", 2: "V", 3: "N", 4: "V", 5: "N", 6: "N", 7: "V", 8: "A", 9: "N", 10: "N", 11: "V", 12: "V"}
### END SOLUTION

# %% [markdown]
# Where you and the key differ: discuss it with a colleague. Which fact would change your mind?

# %% judge
LABELS = {"A": "act on it", "V": "verify first", "N": "do not use it"}
# Each case: what the display shows (risk 0.30 in all), and what else is known.
CASES = {
    1: "Calibrated here, tight interval, plausible explanation, patient like many in training, routine decision.",
    2: "As 1, but the next step is an operation that cannot be undone.",
    3: "A 9-year-old; the tool was built for adults. The flag for unusual patients is silent.",
    4: "The prediction set holds both labels, sick and not sick.",
    5: "All signals good, but the patient takes a steroid that raises the blood value, and the tool does not know the "
    "drug.",
    6: "All signals good. Strong heat lies on a lead marker that no search has cleared.",
    7: "Calibrated at the vendor's hospital. Nobody has tested it here.",
    8: "All signals good, low-risk decision (a repeat blood test), group well represented.",
    9: "Five of nine inputs are missing and were filled with averages.",
    10: "The film is a lateral view. The intended use says: frontal views only.",
    11: "Dropout spread is high: the passes disagree about this patient.",
    12: "All signals good, but the report shows O/E 1.6 (1.3 to 1.9) in one group. The patient may or may not be of it.",
}
CASE_REASONS = {
    1: "Nothing speaks against it, and the decision is routine.",
    2: "The same signals, but an error cannot be undone: high stakes ask for a second source.",
    3: "Outside the intended use: the number has no meaning for this child. A silent flag does not change that.",
    4: "A set with both labels says: I do not know. Use another test.",
    5: "You know a fact that changes the input's meaning and that the model lacks. Its number is for another patient.",
    6: "Such heat is a suspicion, no proof, and has one answer: decide as if you had not seen the output, and tell the tool's owner. The same map cannot settle it.",
    7: "Without a local test you do not know what 0.30 means here. Verify by your own way, and ask for a local test.",
    8: "Good signals, and little harm if wrong.",
    9: "Most of the input is invented. The output is about an average patient.",
    10: "Outside the intended use. Nobody knows what the tool does with this view.",
    11: "The model has seen too little of this. Ask for a second reading.",
    12: "In one group the tool says too little: 0.30 may mean 0.48. The rule does not ask who is of it: as in part 3, verify for everybody until it "
    "is mended, not for this group only.",
}


def _good_enough(given):
    """Return the key if 10 of 12 agree with it and nothing is dangerous, else what was given."""
    agree = sum(given[case] == decisions[case] for case in CASES)
    return decisions if agree >= 10 and not _dangerous(given) else given


def _dangerous(given):
    """Return the cases in which the tool must not be used and the answer acts on it."""
    return [case for case in CASES if given[case] == "A" and decisions[case] == "N"]


def _explain_decisions(got, right):
    """First a dangerous case, then the first that differs, with its reason."""
    if dangerous := _dangerous(got):
        return f"acting on a tool that must not be used: case {dangerous[0]}. {CASE_REASONS[dangerous[0]]}"
    wrong = next(case for case in CASES if got[case] != right[case])
    return f"fewer than 10 of 12 agree. About case {wrong}. {CASE_REASONS[wrong]}"


EXERCISE = match(
    decisions,
    LABELS,
    items="cases",
    what="decision",
    reasons=CASE_REASONS,
    accept=_good_enough,
    explain=_explain_decisions,
    material="\n".join(
        [*(f"- **{letter}** {name}" for letter, name in LABELS.items()), ""]
        + [f"{number}. {case}" for number, case in CASES.items()]
    ),
    expects='a dict with a decision for each case, such as {1: "A", 2: "V", ...}: A act on it, V verify first, N do '
    "not use it",
    also_right=(
        {case: LABELS[letter] for case, letter in decisions.items()},
        {**decisions, 7: "N", 12: "A"},  # two differ, none is dangerous
        pd.Series(decisions),
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
            "Verify everything, and the tool only adds work. Two cases may be acted on, and in five the tool must not "
            "be used.",
        ),
        Mistake(
            "never use",
            dict.fromkeys(CASES, "N"),
            "Then no tool helps anybody. Some doubts can be settled by a second look: those are 'verify first'.",
        ),
        Mistake(
            "stakes ignored",
            {**decisions, 2: "A", 7: "A", 12: "A"},
            "You looked at the model's signals only. High stakes, a missing local test and a group with wrong risks "
            "also count.",
        ),
    ),
    hints=(
        "Row 1 first: is it within the intended use, with real inputs, on a patient like those in training?",
        "Then row 2: can a second look, another test or a local correction settle the doubt?",
        "Two cases are A, and five each are N and V.",
    ),
    why="The expert key is a judgement: 10 of 12 are enough, but nobody may act on a tool outside its use. Write down "
    "why, also when you follow the tool.",
)
