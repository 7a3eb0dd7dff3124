# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## Whose duty is it?
#
# A hospital in the EU buys a high-risk tool that reads films (a medical device that a notified body assessed). Eight sentences.
# Whose duty is each under the EU AI Act, once it applies: `"P"`, `"H"` or `"N"`?
#
# {{material}}

# %% answer points=4 minutes=8 difficulty="medium" coding="none"
duty = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ..., 7: ..., 8: ...}
### BEGIN SOLUTION
duty = {1: "P", 2: "H", 3: "H", 4: "P", 5: "N", 6: "H", 7: "P", 8: "N"}
### END SOLUTION

# %% judge
LABELS = {"P": "the provider", "H": "the hospital, as deployer", "N": "no duty of this Act"}
DUTIES = {
    1: "Write instructions for use that state the accuracy, and the performance in groups for which the tool is meant.",
    2: "Give the oversight to people who have the competence, the training and the authority for it.",
    3: "Keep the logs that lie in the hospital's own systems for at least six months.",
    4: "Design the tool so that a person can disregard an output and stop the tool.",
    5: "Show a heatmap beside each output.",
    6: "Suspend the use and tell the provider and the authority, where there is reason to see a risk.",
    7: "State who the provider is, and how to reach him.",
    8: "Publish the tool's weights.",
}
DUTY_REASONS = {
    1: "Article 13: the instructions for use come from the provider.",
    2: "Article 26(2): the deployer assigns the oversight.",
    3: "Article 26(6). The provider has the same duty for the logs under the provider's control: Article 19.",
    4: "Article 14: oversight must be possible by design.",
    5: "Article 13 asks what can explain an output, where applicable. It prescribes no heatmap.",
    6: "Article 26(5): the deployer monitors, informs and suspends.",
    7: "Article 13(3)(a).",
    8: "Nothing in these articles asks for it.",
}

EXERCISE = match(
    duty,
    LABELS,
    items="sentences",
    what="answer",
    reasons=DUTY_REASONS,
    material="\n".join(
        [*(f"- **{letter}** {name}" for letter, name in LABELS.items()), ""]
        + [f"{number}. {sentence}" for number, sentence in DUTIES.items()]
    ),
    expects='a dict with an answer for each sentence, such as {1: "P", 2: "H", ...}: P provider, H hospital, N no duty',
    also_right=({number: LABELS[letter] for number, letter in duty.items()}, pd.Series(duty)),
    mistakes=(
        Mistake(
            "all the provider's",
            dict.fromkeys(DUTIES, "P"),
            "The hospital has duties of its own: Article 26. What happens with the tool on the ward is in its hands.",
        ),
        Mistake(
            "logs are the provider's",
            {**duty, 3: "P"},
            "Sentence 3: these logs lie in the hospital's own systems. The provider keeps those under the provider's control (Article 19).",
        ),
        Mistake(
            "explanations prescribed",
            {**duty, 5: "P"},
            "Sentence 5: the Act asks for information that helps to interpret an output. It names no method.",
        ),
        Mistake(
            "designed by the hospital",
            {**duty, 4: "H"},
            "Sentence 4: who can build a stop button into the product?",
        ),
    ),
    hints=(
        "Ask who could do it: who builds the tool, or who uses it on patients?",
        "Articles 13 and 14 bind the provider, Article 26 the hospital that uses the tool (the deployer).",
        "Three each are P and H, and two are N.",
    ),
    why="A hospital that buys a tool does not buy itself free: oversight by trained people, monitoring, logs and the "
    "suspension of use are its own. Rules change: look at the date of the table.",
)
