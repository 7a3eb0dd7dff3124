"""What a notebook says that is not true on a page: a page has no cells to run and no kernel. What it says instead.

Each rule is a pattern and its replacement; a space in a pattern stands for any white space. `left_over` finds what the
rules have missed, and a test asks it about every page.
"""

import re

LESSON = (
    (r"run each cell, ", ""),
    (r"If the (?:sliders|form) do(?:es)? not (?:move|react)[^:.]*?(?:: )?choose \*Run > Run All Cells\*\.(?: |$)", ""),
    (r"\*\*Do not lose your answers\.\*\*.*?it shows the answers again\.", ""),
    (r"the next cell, and", "the next output, and"),
    (
        r"When all questions have an answer, run the next cell \(again\)\. It shows where",
        "When all questions have an answer, open ours below, and see where",
    ),
    (
        r"put your counts behind `yours` in the cell under (\*[^*]+\*), and run it\.",
        r"the notebook of this page computes it from your counts, under \1.",
    ),
)
START = (
    (r"run a notebook, check that your computer is ready, put", "put"),
    (r"the doctor above on each laptop", "this website on each laptop"),
    (r"do the exercises with `hint` and `solution`", "do the exercises, with their hints and solutions"),
    (
        r"are in the folder `exercises`\. You write an answer and call `check`\.",
        "have pages of their own. You answer in a form, and let it check your answer.",
    ),
    (
        r"The next cell has a typical mistake in it, (.*?), so it shows.*?in another way\.",
        r"This is what a notebook says to a typical mistake, \1:",
    ),
)
# Sections that only a notebook needs. They end at the next heading of the same level.
NOT_ON_A_PAGE = {"00_start_here": ("How to run a notebook", "Is this computer ready?")}
NEEDS_NO_CELL = (
    "An exercise without code has a form on this page. *Check my answer* says *why* an answer is wrong, *Hint* gives "
    "the next of three hints, and *Show the answer* gives the right one with its reason. An exercise with code is done "
    "in its notebook.\n\nNothing is sent anywhere."
)
EXERCISE = (
    (r"Each exercise has a cell for your answer .*?\n\nNothing is sent anywhere\.", NEEDS_NO_CELL),
    (r" Run the next cell before you start\.", ""),
    (r"\n---\n\n---\n", "\n---\n"),  # two sheets, one after the other
    (r": its letter or its words, in quotation marks: `[^`]+`\.", "."),
    (r"Replace (?:each|the) `\.\.\.`,? so that the line looks like this, with your own [\w ,]+:\s*`[^`]+`", ""),
    (r"Write the (?:verdict's )?letter or (?:the|its) (?:name|words), in quotation marks: `[^`]+`\.", ""),
    (r"Write the set of the numbers of (those|the statements) that are", r"Tick \1 that are"),
    (r"write the set of the names that leak,.*?`\.", "tick the names that leak."),
    (r"Write the set of (?:their numbers|letters)(?:, such as `[^`]+`)?\.", "Tick them."),
    (r": a list of the letters, for example `order = [^`]+`\.", "."),
    (r"For each, write the letter of the", "For each, choose the"),
    (r"For each question, write the section", "For each question, choose the section"),
    (r", as a text such as `\"7\"`, or", ", or"),
    (r": `groups = [^`]+`\.", "."),
    (
        r"by (?:this list|the list above) and the model answer: `solution\(\"[^\"]+\"\)`\.",
        "by the list and the model answer.",
    ),
)
LEFT = re.compile(
    r"Run All|Shift \+|[Rr]un (?:each|the next|this) cell|next cell|quotation marks|[Ww]rite the set|"
    r"Replace (?:each|the) `|`(?:hint|solution|check)\(|kernel is not running|line looks like this"
)


def on_a_page(text: str, name: str, exercise: bool) -> str:
    """Return a text cell of the notebook `name` as its page says it."""
    rules = EXERCISE if exercise else LESSON + (START if name in NOT_ON_A_PAGE else ())
    for pattern, new in rules:
        text = re.sub(pattern.replace(" ", r"\s+"), new, text, flags=re.DOTALL)
    return text


def heading_of(text: str) -> str:
    """Return the heading of the second level with which a text cell begins, or ""."""
    found = re.match(r"## (.+)", text)
    return found[1].strip() if found else ""


def left_over(text: str) -> list[str]:
    """Return what a page must not say."""
    return LEFT.findall(text)
