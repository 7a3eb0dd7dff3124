# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Eight cases, five purposes
#
# For each case, choose the purpose it serves best. Write the letter or the name, in quotation marks: `{1: "B", 2: "E", ...}`.
#
# {{material}}

# %% answer points=2 minutes=7 difficulty="easy" coding="none"
purposes = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ..., 7: ..., 8: ...}
### BEGIN SOLUTION
purposes = {1: "A", 2: "B", 3: "C", 4: "D", 5: "E", 6: "B", 7: "A", 8: "E"}
### END SOLUTION

# %% judge
PURPOSES = {
    "A": "Clinical validation",
    "B": "Debugging",
    "C": "Regulatory compliance",
    "D": "Education",
    "E": "Trust calibration",
}
CASES = {
    1: "Before a fracture tool is used, three radiologists study the heatmaps of 100 correct results. They ask one "
    "question: does the tool look at the bone, as they would?",
    2: "A tool that tells the age of bones is right in one clinic and wrong by two years in another. The team that made "
    "it computes which pixels move its answer. It is the edge of the second clinic's table, so they cut it off and train again.",
    3: "A company wants to sell a sepsis score. In the papers for the authority, one chapter lists each input, how much "
    "it can add to the score, and the patients in whom it was never tested.",
    4: "A tool marks small bleedings on photographs of the retina. First-year residents first read the photographs "
    "alone, then compare with the marks, and so train their own eyes.",
    5: "At 02:00 a physician sees an embolism score of 0.55 for her patient. The display adds that the score is very "
    "uncertain for patients like this one. She orders the scan that she had planned, as if there were no score.",
    6: "A sepsis score gives many false alarms on Mondays. The engineers look which input raises it: the laboratory's "
    "values of the weekend, which arrive late. They correct the time stamps.",
    7: "A team of cardiologists reads the ten strongest features of a heart failure model. They confirm that each is a "
    "known sign of the disease. Only then may the pilot study begin.",
    8: "On the ward each risk is shown with its range. A narrow range may be used on the round. A wide range goes to a "
    "senior doctor, who decides without the tool.",
}
PURPOSE_REASONS = {
    1: "Experts ask whether the model uses the evidence that medicine uses.",
    2: "The model fails, and its makers search for the cause in order to repair it.",
    3: "The reader is an authority, and the product is a document.",
    4: "The people who gain are learners, and what they learn about is the disease.",
    5: "One doctor decides about one patient: rely on this output, or not?",
    6: "Something in the data goes wrong, and its makers search for it in order to repair it.",
    7: "Experts ask whether the model uses the evidence that medicine uses.",
    8: "Doctors decide case by case when to use the output and when to question it.",
}
CONFUSIONS = {  # a tempting wrong choice gets its own reason
    1: {
        "B": "Nothing has failed here, and nothing is repaired. Experts judge whether the evidence is medical.",
        "E": "No patient is waiting: the tool is not in use yet. They judge the model, not one output.",
    },
    2: {"A": "Clinicians did not judge the evidence. The makers search for the cause of a failure and repair it."},
    3: {"A": "Nobody tests here whether the evidence is medical. The description is written for an authority."},
    4: {
        "A": "Nobody judges the tool here. The residents learn about the disease.",
        "E": "Nobody decides here whether to rely on the tool. The residents learn about the disease.",
    },
    5: {
        "A": "She does not judge the model as a whole. She decides whether to rely on it for this one patient.",
        "B": "She repairs nothing. She decides whether to rely on the output for this one patient.",
    },
    6: {
        "A": "The work does not end with a judgement of the evidence. The makers find a fault in the data and repair "
        "it.",
    },
    7: {
        "B": "Nothing has failed here. Experts check that the model uses what medicine knows.",
        "C": "No authority is involved. Experts check that the model uses what medicine knows.",
        "E": "No single patient is decided on. Experts check the model as a whole, before its use.",
    },
    8: {
        "A": "The rule does not judge the model's evidence. It says, case by case, when to use the output.",
        "C": "No authority is involved. The rule says, case by case, when to use the output.",
    },
}


def _explain_purposes(got, right):
    """Name the wrong cases, and give the reason for the first: the one for this choice, if there is one."""
    wrong = [case for case in CASES if got[case] != right[case]]
    first = wrong[0]
    reason = CONFUSIONS[first].get(got[first], PURPOSE_REASONS[first])
    names = "cases" if len(wrong) > 1 else "case"
    return f"not right yet: {names} {', '.join(map(str, wrong))}. About case {first}: {reason}"


def _exchanged(one, other):
    """Return the right purposes with two of them exchanged."""
    return {case: {one: other, other: one}.get(letter, letter) for case, letter in purposes.items()}


EXERCISE = match(
    purposes,
    PURPOSES,
    items="cases",
    what="purpose",
    reasons=PURPOSE_REASONS,
    explain=_explain_purposes,
    material="\n".join(f"- **{letter}** {purpose}" for letter, purpose in PURPOSES.items())
    + "\n\n"
    + "\n".join(f"{case}. {text}" for case, text in CASES.items()),
    expects='a dict with a purpose for each case, such as {1: "Education", 2: "Education", ...}, or with the letters A '
    "to E",
    also_right=(
        {case: PURPOSES[letter] for case, letter in purposes.items()},
        {case: f" {PURPOSES[letter].upper()} " for case, letter in purposes.items()},
        {str(case): letter.lower() for case, letter in purposes.items()},
        pd.Series(purposes),
    ),
    mistakes=(
        Mistake(
            "clinical validation everywhere",
            dict.fromkeys(CASES, "A"),
            "Not every look at an explanation is clinical validation. Ask of each case: who asks, and what do they do "
            "with the answer?",
        ),
        Mistake(
            "validation and debugging exchanged",
            _exchanged("A", "B"),
            "Clinical validation and debugging are exchanged. Validation: experts ask if the evidence is medical. "
            "Debugging: makers search for the cause of a failure, to repair it.",
        ),
        Mistake(
            "validation and trust calibration exchanged",
            _exchanged("A", "E"),
            "Clinical validation and trust calibration are exchanged. Validation judges the model before its use. "
            "Trust calibration decides, patient by patient, when to rely on it.",
        ),
    ),
    hints=(
        "Ask of each case: who asks, the makers, the experts, an authority, a learner, or the doctor of one patient?",
        "Then ask what follows: an approval, a repair, a document, a lesson, or the choice to rely on one output?",
        "Two cases are clinical validation, two are debugging, two are trust calibration. The other two purposes have "
        "one case each.",
    ),
    why="The purpose follows from who asks, and from what they do with the answer. (Only the purpose was asked. As a "
    "method, a look at correct results without a swap test is weak evidence.)",
)
