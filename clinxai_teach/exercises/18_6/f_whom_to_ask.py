# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Which document, which person?
#
# Eight questions are open. For each, write the letter of the **first** address to which you take it.
#
# {{material}}

# %% answer points=2 minutes=5 difficulty="easy" coding="none"
address = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ..., 7: ..., 8: ...}
### BEGIN SOLUTION
address = {1: "C", 2: "V", 3: "L", 4: "D", 5: "O", 6: "Y", 7: "V", 8: "O"}
### END SOLUTION

# %% judge
ADDRESSES = {
    "C": "the model card or facts label of the vendor: purpose, label, when not to use it",
    "V": "the validation report of the vendor: who was studied, by group, with intervals",
    "D": "the vendor's developers: the method behind a number or a picture",
    "L": "your own team responsible for AI: a test on local patients",
    "O": "your hospital's owner of the tool: version, override, whom to call",
    "Y": "nobody but you, before you look at the output",
}
OPEN = {
    1: "Was the tool made for triage, or for the radiologist's worklist?",
    2: "How many of the patients in the test were over 80, and how many of them had the disease?",
    3: "When it says 20%, does it happen in 20 of 100 patients of **your** ward?",
    4: "Does the heatmap change when the weights of the network are replaced by random ones?",
    5: "Whom do you call at night to switch it off?",
    6: "What would you do for this patient without the tool?",
    7: "With which interval is the sensitivity of 85% for women given?",
    8: "Is the version on this computer the one that the committee approved?",
}
REASONS = {
    1: "What a tool is meant for stands on its model card.",
    2: "Numbers of patients and events, by group, stand in the validation report.",
    3: "Nobody else has your patients: this is a local test.",
    4: "That is a sanity check of the method; only those who have the network can make it.",
    5: "The override procedure is your hospital's, and has a named owner.",
    6: "No document knows it. You note it before you see the output.",
    7: "Intervals by group stand in the validation report.",
    8: "What is installed is known in your hospital, not at the vendor's.",
}

EXERCISE = match(
    address,
    ADDRESSES,
    items="questions",
    what="address",
    reasons=REASONS,
    expects='a dict with a letter for each question, such as {1: "C", 2: "C", ...}',
    material="\n".join(
        [*(f"- **{letter}** {text}" for letter, text in ADDRESSES.items()), ""]
        + [f"{number}. {text}" for number, text in OPEN.items()]
    ),
    also_right=(
        {str(number): letter.lower() for number, letter in address.items()},
        {number: ADDRESSES[letter] for number, letter in address.items()},
        pd.Series(address),
    ),
    mistakes=(
        Mistake(
            "the vendor for everything",
            {number: "V" if letter in "LO" else letter for number, letter in address.items()},
            "You ask the vendor what only your hospital knows: how the tool does on your ward, which version runs here, "
            "and who switches it off.",
        ),
        Mistake(
            "the team for everything",
            dict.fromkeys(address, "L"),
            "The team responsible for AI comes last, with what no document has answered. First read what exists.",
        ),
        Mistake(
            "the model card for everything about patients",
            {**address, 2: "C", 7: "C"},
            "A model card says whom the tool is for. How many of them were studied, and with which intervals, is in another "
            "document.",
        ),
        Mistake(
            "the sanity check made at home",
            {**address, 4: "L"},
            "To replace the weights somebody must have the network. Your team has only what it shows.",
        ),
    ),
    hints=(
        "Sort first: about the tool in general, about your hospital, about you.",
        "Numbers with intervals are in one document, the purpose in another.",
        "Two are about your hospital's own rules, one about its patients, one about you; the other four go to the vendor.",
    ),
    worked="\n".join(
        f"{number}: {letter}, {ADDRESSES[letter]}. {REASONS[number]}" for number, letter in address.items()
    ),
    why='"Not ready" has an address: a document and a person.',
)
