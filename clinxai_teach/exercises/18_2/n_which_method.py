# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Seven questions, seven methods
#
# Each question needs another method. Each method is used once. Write the letter or the words, in quotation marks: `{1: "E", ...}`.
#
# {{material}}

# %% answer points=3 minutes=8 difficulty="medium" coding="none"
methods = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ..., 7: ...}
### BEGIN SOLUTION
methods = {1: "D", 2: "A", 3: "G", 4: "B", 5: "E", 6: "C", 7: "F"}
### END SOLUTION

# %% judge
METHODS = {
    "A": "The gradient",
    "B": "Integrated gradients, with a named baseline",
    "C": "Grad-CAM of a named layer",
    "D": "Occlusion",
    "E": "A swap, with a comparison group and an interval",
    "F": "The test with random weights",
    "G": "A concept bottleneck",
}
METHOD_QUESTIONS = {
    1: "A cardiologist lays a square over the pacemaker on the film: by how many logits does the score for heart failure fall?",
    2: "The detector adds a trace of noise. At which pixels would the score react most?",
    3: "The model says 'heart enlarged: 0.8'. The radiologist measures, and it is not. What does the model answer when this one line is corrected?",
    4: "This film has 14 logits more than its blurred copy. How do these 14 divide among the pixels, so that the parts add up?",
    5: "Since the new scanner prints a cross into the corner there seem to be more alarms. Does the cross cause them, and how many?",
    6: "Which cells of the last maps, 16 x 16 in this network, added to the score of this class?",
    7: "The maps of a new method look like fine drawings of the ribs on every film. Do they depend on the model at all?",
}
METHOD_QUESTIONS_REASONS = {
    1: "Covering a window and measuring the fall is occlusion.",
    2: "A small change is what a derivative speaks of.",
    3: "Only a model that goes through named findings has such a line to correct.",
    4: "The parts add up to the difference from a baseline: integrated gradients.",
    5: "A cause needs a change, or at least a comparison, with its interval.",
    6: "A weighted sum of the maps of one layer, cell by cell.",
    7: "Destroy what was learned, and see if the maps notice.",
}

EXERCISE = match(
    methods,
    METHODS,
    items="questions",
    what="method",
    reasons=METHOD_QUESTIONS_REASONS,
    material="\n".join(f"{case}. {text}" for case, text in METHOD_QUESTIONS.items())
    + "\n\n"
    + "\n".join(f"- **{letter}** {words}" for letter, words in METHODS.items()),
    expects='a dict with a method for each question, such as {1: "A", 2: "B", ...}',
    also_right=(
        {case: METHODS[letter] for case, letter in methods.items()},
        {str(case): letter.lower() for case, letter in methods.items()},
        pd.Series(methods),
    ),
    mistakes=(
        Mistake(
            "occlusion and swap exchanged",
            {**methods, 1: "E", 5: "D"},
            "1 and 5 are exchanged. 5 asks about many patients and a cause, 1 about one square of one film.",
        ),
        Mistake(
            "gradient and integrated gradients exchanged",
            {**methods, 2: "B", 4: "A"},
            "2 and 4 are exchanged. Which of the two adds up to a difference between two films?",
        ),
        Mistake(
            "Grad-CAM and occlusion exchanged",
            {**methods, 1: "C", 6: "D"},
            "1 and 6 are exchanged. Which method changes the film, and which looks into a layer?",
        ),
        Mistake(
            "Grad-CAM for everything",
            dict.fromkeys(METHOD_QUESTIONS, "C"),
            "Grad-CAM answers one of the seven: which cells of a layer added to a score.",
        ),
    ),
    hints=(
        "Ask of each: does it speak of a small change, of a large one, of a sum, of a layer, of a cause, or of the method itself?",
        "1 changes one film, 5 compares groups of films. 2 is about a trace of noise.",
        "3 needs a model that is built differently. 7 tests a method, not a patient.",
    ),
    why="There is no best heatmap. There are questions, and each of these methods answers one.",
)
