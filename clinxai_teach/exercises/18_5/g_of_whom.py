# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Which people is the report about?
#
# Six sheets, each with its intended use and one sentence about its test. Are the numbers about the people for whom the tool is
# meant? Give each sheet `"Y"`, `"N"` or `"U"`.
#
# {{material}}

# %% answer points=3 minutes=7 difficulty="easy" coding="none"
about = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ...}
### BEGIN SOLUTION
about = {1: "N", 2: "Y", 3: "U", 4: "N", 5: "Y", 6: "N"}
### END SOLUTION

# %% judge
LABELS = {"Y": "yes, about the intended people", "N": "no, about other people", "U": "it does not say"}
SHEETS = {
    1: "*Finds heart failure that nobody knows of, in general practice.* Tested on 3,000 patients of a heart failure clinic and "
    "3,000 healthy volunteers.",
    2: "*Sepsis in the next six hours, adults on general wards who do not yet have antibiotics.* Tested on all 8,120 such stays of "
    "one year; 410 others, with antibiotics on arrival, were left out.",
    3: "*Chest films of adults in the emergency department.* Tested on 12,000 films; sensitivity 94%, specificity 91%.",
    4: "*Acute kidney injury in the next two days, all adults.* Tested on 5,500 stays. Stays with fewer than five creatinine "
    "values were left out (61% of all).",
    5: "*Melanoma risk of a lesion that a general practitioner finds suspicious.* Tested on 2,300 consecutive lesions from 14 "
    "practices, each with its biopsy or one year of follow-up; nobody was left out.",
    6: "*Stroke on head CT, within the first hours.* Tested on 900 scans from the archive of the stroke unit, where the diagnosis had "
    "been confirmed by MRI, and 900 scans of trauma patients.",
}
SHEET_REASONS = {
    1: "Known heart failure and healthy volunteers: the difficult patients of a practice are in neither group.",
    2: "All such stays. The 410 left out are those whom the intended use leaves out, too.",
    3: "Whose films, from where, with which share of disease, and who was left out? Ask.",
    4: "61% are left out, and for a reason that goes with being less ill. The tool will see them on the ward.",
    5: "Consecutive, from where it will be used, the truth known for each, nobody left out.",
    6: "Confirmed strokes against trauma patients: the doubtful scan of the first hours is missing.",
}

EXERCISE = match(
    about,
    LABELS,
    items="sheets",
    what="answer",
    reasons=SHEET_REASONS,
    material="\n".join(
        [*(f"- **{letter}** {name}" for letter, name in LABELS.items()), ""]
        + [f"{number}. {sheet}" for number, sheet in SHEETS.items()]
    ),
    expects='a dict with an answer for each sheet, such as {1: "Y", 2: "N", ...}: Y yes, N no, U it does not say',
    also_right=({number: LABELS[letter] for number, letter in about.items()}, pd.Series(about)),
    mistakes=(
        Mistake(
            "every test counts",
            dict.fromkeys(SHEETS, "Y"),
            "Each sheet has a test. Compare the people of the test with those of the intended use.",
        ),
        Mistake(
            "leaving out is always wrong",
            {**about, 2: "N"},
            "Sheet 2 leaves people out, and its intended use leaves out the same people, with their number. That is "
            "right.",
        ),
        Mistake(
            "much data is enough",
            {**about, 3: "Y"},
            "Sheet 3: 12,000 films of whom? A large number does not say whose films they are.",
        ),
        Mistake(
            "left out without a second look",
            {**about, 4: "Y"},
            "Sheet 4: three of five stays are left out, and the tool is for all adults. Who has few creatinine values?",
        ),
    ),
    hints=(
        "Read the intended use first. Would each of its patients have been in the test?",
        "Look for sick people who are known already, for healthy volunteers, and for what was left out, and how many.",
        "Two are Y, three are N, one is U.",
    ),
    why="Sick people who are known already, compared with the healthy, make any tool look good. In the lesson this was the step "
    "from 0.97 to 0.26 in observed / expected.",
)
