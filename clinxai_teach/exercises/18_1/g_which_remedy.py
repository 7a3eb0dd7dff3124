# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Seven worries, seven remedies
#
# Each worry needs a different answer. An explanation of one output, such as a heatmap on one film, answers none of them.
# Choose for each worry what to ask for. Each remedy is used once. Write the letter or the words, in quotation
# marks: `{1: "B", 2: "G", ...}`.
#
# {{material}}

# %% answer points=3 minutes=9 difficulty="medium" coding="none"
remedies = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ..., 7: ...}
### BEGIN SOLUTION
remedies = {1: "C", 2: "F", 3: "A", 4: "E", 5: "B", 6: "G", 7: "D"}
### END SOLUTION

# %% judge
REMEDIES = {
    "A": "A swap test with a comparison group",
    "B": "When and why was each column filled in?",
    "C": "Count how often it happens when the tool says so",
    "D": "The AUC of the hospital alone, and the AUC inside each hospital",
    "E": "The result in the group that has not been treated yet",
    "F": "A check whether such patients were in the training data",
    "G": "Heatmaps of many cases, scored against outlines, with chance beside them",
}
WORRIES = {
    1: 'The display says "risk of a fall 30%". The nurse wants to know if about 30 of 100 such patients will fall.',
    2: "A fracture tool was made with films of adults. Tonight it shows a number for a child of six.",
    3: "The new scanner prints a cross into the corner of each picture of the stroke unit. Staff fear that the stroke tool "
    "reads the cross.",
    4: "A tool finds broken wrists with an AUC of 0.94 in the archive. The surgeon fears that it has learned to see the "
    "plaster cast.",
    5: 'A sepsis model is nearly perfect in its test. Among its inputs are "antibiotic ordered" and "lactate measured: yes or '
    'no".',
    6: "Before a trial of a nodule tool, radiologists want to know if its evidence usually lies on the nodule. The nodules of "
    "500 films have been outlined by hand.",
    7: "A vendor reports an AUC of 0.93 for tuberculosis. The films come from three hospitals. In one of them nearly everyone "
    "has it, in the others nearly nobody.",
}
REMEDY_REASONS = {
    1: "This is calibration: among patients with an output near 30%, count those who fall (section 18.3).",
    2: "The tool may never have seen such a bone. No picture of its evidence says so (sections 18.4 and 18.5).",
    3: "The suspect is known and can be covered or added: change it, keep the rest, and compare.",
    4: "The cast comes after the diagnosis. The patients who need the tool have none: look at them alone.",
    5: "Both are filled in because somebody already suspects sepsis: leakage, by value or by emptiness.",
    6: "Here a heatmap is the right tool: as a tendency over many cases, with a score and with chance.",
    7: "To know the hospital may be enough. Inside one hospital this helps nobody.",
}

EXERCISE = match(
    remedies,
    REMEDIES,
    items="worries",
    what="remedy",
    reasons=REMEDY_REASONS,
    material="\n".join(f"{case}. {text}" for case, text in WORRIES.items())
    + "\n\n"
    + "\n".join(f"- **{letter}** {words}" for letter, words in REMEDIES.items()),
    expects='a dict with a remedy for each worry, such as {1: "A", 2: "B", ...}',
    also_right=(
        {case: REMEDIES[letter] for case, letter in remedies.items()},
        {str(case): letter.lower() for case, letter in remedies.items()},
        pd.Series(remedies),
    ),
    mistakes=(
        Mistake(
            "heatmaps for everything",
            dict.fromkeys(WORRIES, "G"),
            "A heatmap says where evidence lies. It does not say if a number is right, if a patient is familiar, or "
            "what happens without a clue.",
        ),
        Mistake(
            "calibration and familiarity exchanged",
            {**remedies, 1: "F", 2: "C"},
            "1 and 2 are exchanged. For 1 the number must be counted. For 2 no count helps while nobody like this child "
            "is in the data.",
        ),
        Mistake(
            "swap and strata exchanged",
            {**remedies, 3: "E", 4: "A"},
            "3 and 4 are exchanged. A printed cross can be covered or added. A cast cannot: look at the patients who "
            "have none.",
        ),
        Mistake(
            "site and leakage exchanged",
            {**remedies, 5: "D", 7: "B"},
            "5 and 7 are exchanged. In 5 the inputs follow from the suspicion. In 7 the place where a film was taken "
            "gives the answer away.",
        ),
    ),
    hints=(
        "Ask of each worry: is it about a number, a kind of patient, a clue in the picture, a column, or a place?",
        "A clue that can be added or taken away: swap it. A clue that comes with treatment: look at the untreated.",
        "1 is about calibration and 6 is the only one for which heatmaps are right. 5 is about columns, 7 about places.",
    ),
    why="An explanation is one remedy among several. Name the worry first; then it is plain what would answer it.",
)
