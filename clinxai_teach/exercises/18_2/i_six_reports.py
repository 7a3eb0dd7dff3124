# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Six reports about heatmaps
#
# Six tools, six sentences from their reports. (All are invented.) What does each show? Write the verdict's letter or its words, in quotation
# marks: `{1: "E", 2: "C", ...}`. A verdict may come twice.
#
# {{material}}

# %% answer points=3 minutes=8 difficulty="medium" coding="none"
reports = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ...}
### BEGIN SOLUTION
reports = {1: "A", 2: "B", 3: "C", 4: "D", 5: "C", 6: "E"}
### END SOLUTION

# %% judge
REPORT_VERDICTS = {
    "A": "The maps find the place more often than chance",
    "B": "Nothing: the cases were chosen, and there is no comparison",
    "C": "No better than chance, or than a control that knows no model",
    "D": "An experiment: this thing changes the answers",
    "E": "The maps do not show what the model learned",
}
REPORTS = {
    1: "Wrist fractures. In 46 of 100 films the warmest point lies on the fracture outlined by a radiologist. The outlines cover 9% of a film. The edges of the film alone hit 11 of 100.",
    2: "Moles. The leaflet shows nine heatmaps. In all nine the warm colours lie on the mole.",
    3: "Lung nodules. On average 3.1% of the map's evidence lies on the nodule (95% interval 2.4 to 3.9%). The nodules cover 3.0% of the film.",
    4: "Skin tumours. 80 lesions were photographed with a ruler and again without. Called malignant: 31 of 80 with it, 12 without it, and 13 with a card of the same size in its place.",
    5: "Stroke. The warmest point lies on the clot in 40 of 60 scans. The brightest voxel of the scan, found without any model, lies there in 41 of 60.",
    6: "Tuberculosis. All weights of the network were replaced by random numbers. The rank correlation of the new maps with the old ones is 0.93.",
}
REPORTS_REASONS = {
    1: "46% against 9% by chance and 11% for the edges. It is a tendency, and no outline.",
    2: "Who chose the nine? A mole fills much of such a photograph: how often would any map lie on it?",
    3: "The interval holds 3.0%, which chance gives.",
    4: "One thing was changed, and a control of the same size did nothing. Only this says what the model uses.",
    5: "A rule that knows no model does as well. The clot is simply bright.",
    6: "The model is destroyed, and the maps stay. They show the film.",
}

EXERCISE = match(
    reports,
    REPORT_VERDICTS,
    items="reports",
    what="verdict",
    reasons=REPORTS_REASONS,
    material="\n".join(f"{case}. {text}" for case, text in REPORTS.items())
    + "\n\n"
    + "\n".join(f"- **{letter}** {words}" for letter, words in REPORT_VERDICTS.items()),
    expects='a dict with a verdict for each report, such as {1: "A", 2: "B", ...}',
    also_right=(
        {case: REPORT_VERDICTS[letter] for case, letter in reports.items()},
        {str(case): letter.lower() for case, letter in reports.items()},
        pd.Series(reports),
    ),
    mistakes=(
        Mistake(
            "chosen examples believed",
            {**reports, 2: "A"},
            "Report 2: nine chosen pictures without a chance level show that such maps exist, not how often.",
        ),
        Mistake(
            "the clot believed",
            {**reports, 5: "A"},
            "Report 5: 40 of 60 sounds good. Compare it with the control beside it, which knows no model.",
        ),
        Mistake(
            "an experiment taken for a map",
            {**reports, 4: "A"},
            "Report 4 has no heatmap at all. What was changed, what was kept, and what was the control?",
        ),
        Mistake(
            "a stable map taken for a good one",
            {**reports, 6: "A"},
            "Report 6: a map that stays when everything learned is destroyed cannot show what was learned.",
        ),
    ),
    hints=(
        "Look in each report for a number to compare with: the area, a control, the same patient without the thing.",
        "Two are no better than their comparison. One has no comparison.",
        "One report is about changing the picture, and one about destroying the model.",
    ),
    why="A number about heatmaps means something only beside chance and a control. And only a change of the picture shows what a model uses.",
)
