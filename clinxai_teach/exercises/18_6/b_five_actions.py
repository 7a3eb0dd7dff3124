# %% judge
import re

import numpy as np

from clinxai_teach.checklist import QUESTIONS
from clinxai_teach.checks.judging import Exercise, Mistake
from clinxai_teach.checks.reading import NotAnswered, WrongKind, came, is_stub, mapping, short

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
# ## Five actions after "not ready"
#
# Your verdict is *do not act on the output alone*. Put the five actions in order: a list of the letters, for example
# `order = ["A", "B", "C", "D", "E"]`.

# %%
for letter, action in ACTIONS.items():
    print(f"{letter}  {action}")

# %% answer points=2 minutes=8
order = ...
### BEGIN SOLUTION
order = ["C", "E", "A", "D", "B"]
### END SOLUTION

# %% judge
ACTIONS = {
    "A": "With this list, ask the tool's owner and the vendor for the model card and the validation report.",
    "B": "Fill in the checklist again with the new evidence. Record the decision, its owner and the date of review.",
    "C": "Take the next decision about today's patient by your usual way, without the output.",
    "D": "Take to the team responsible for AI what no document answered, so that they test it on local patients.",
    "E": "Write down which questions are open, for which version of the tool and for which decision.",
}
RIGHT_ORDER = tuple("CEADB")


def _order(answer):
    """Return the letters by their place; a list, a tuple or a text of letters."""
    if isinstance(answer, str):
        answer = re.findall(r"[A-Za-z]", answer)
    if isinstance(answer, dict) or not hasattr(answer, "__len__"):
        raise WrongKind(f'{came(answer)} came, where a list of letters is needed, such as ["A", "B", ...].')
    letters = list(answer)
    if letters and all(is_stub(letter) for letter in letters):
        raise NotAnswered
    letters = [str(letter).strip().upper() for letter in letters]
    if sorted(letters) != sorted(ACTIONS):
        raise WrongKind(f"{short(letters)} came. Use each of the letters A to E once.")
    return {place: letter for place, letter in enumerate(letters, 1)}


def _explain_order(got, right):
    """Name the first place that is wrong, and what that action needs before it."""
    needs = {
        "A": "To ask for documents you need to know what is open.",
        "B": "To decide again you need new evidence.",
        "C": "The patient of today does not wait for a document.",
        "D": "A local test is work for weeks. First see what the documents answer.",
        "E": "The list is what you take to others, but first comes the patient.",
    }
    place = next(place for place in right if got[place] != right[place])
    return f"not right yet at place {place}: action {got[place]} comes too early. {needs[got[place]]}"


EXERCISE = Exercise(
    expects='a list with the letters A to E in the order of the actions, such as ["A", "B", "C", "D", "E"]',
    evaluate=_order,
    right=list(RIGHT_ORDER),
    also_right=(RIGHT_ORDER, "".join(RIGHT_ORDER), "c, e, a, d, b", np.array(RIGHT_ORDER)),
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
    worked="\n".join(f"{place}. {letter}: {ACTIONS[letter]}" for place, letter in enumerate(RIGHT_ORDER, 1)),
    why="First the patient, then the list, then the documents that exist, then the test that does not exist yet, then"
    " a decision with a name and a date.",
    explain=_explain_order,
)
