# %% judge
import numpy as np

from clinxai_teach.checks import kinds
from clinxai_teach.checks.judging import Mistake

# %% [markdown]
# ## Five actions when a tool is not ready to use
#
# Your verdict is *no weight yet*. Put the five actions in order: a list of the letters, for example
# `order = ["A", "B", "C", "D", "E"]`.
#
# {{material}}

# %% answer points=2 minutes=4 difficulty="easy" coding="none"
order = ...
### BEGIN SOLUTION
order = ["C", "E", "A", "D", "B"]
### END SOLUTION

# %% judge
ACTIONS = {
    "A": "With this list, ask the tool's owner and the vendor for the model card and the validation report.",
    "B": "Fill in the checklist again with the new evidence. Record the decision, its owner and the date of review.",
    "C": "Take the next decision about today's patient by your usual way, as if you had not seen the output.",
    "D": "Take to the team responsible for AI what no document answered, so that they test it on local patients.",
    "E": "Write down which questions are open, for which version of the tool and for which decision.",
}
NEEDS = {
    "A": "To ask for documents you need to know what is open.",
    "B": "To decide again you need new evidence.",
    "C": "The patient of today does not wait for a document.",
    "D": "A local test is work for weeks. First see what the documents answer.",
    "E": "The list is what you take to others, but first comes the patient.",
}

EXERCISE = kinds.order(
    order,
    ACTIONS,
    needs=NEEDS,
    expects='a list with the letters A to E in the order of the actions, such as ["A", "B", "C", "D", "E"]',
    also_right=(tuple(order), "".join(order), "c, e, a, d, b", np.array(order)),
    mistakes=(
        Mistake(
            "documents before the patient",
            list("EADBC"),
            "The order of the paperwork is right, but the patient comes last. Today's decision cannot wait for a "
            "document.",
        ),
        Mistake(
            "asked without a list",
            list("CAEDB"),
            "You asked for documents before you wrote down what is open. A question in general gets an answer in "
            "general.",
        ),
        Mistake(
            "local test before the documents",
            list("CEDAB"),
            "A local test costs weeks of work. The document may already answer the question: ask for it first.",
        ),
        Mistake(
            "decided before the evidence",
            list("CEBAD"),
            "Nothing new is known yet, so the second checklist would be the first one again. Collect the evidence "
            "first.",
        ),
        Mistake(
            "as printed",
            list("ABCDE"),
            "This is the order in which they are printed. Ask of each action: what must be there before I can do it?",
        ),
    ),
    hints=(
        "Which action protects somebody today? It comes first.",
        "Which action can only be done when all others are done? It comes last.",
        "Of the three in the middle: one makes a list, one sends it, and one deals with what did not come back.",
    ),
    why="First the patient, then the list, then the documents that exist, then the test that does not exist yet, then "
    "a decision with a name and a date.",
)
