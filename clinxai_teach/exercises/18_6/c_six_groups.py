# %% judge
import itertools
import re

from clinxai_teach.checklist import GROUPS
from clinxai_teach.checks.judging import Exercise, Mistake
from clinxai_teach.checks.reading import NotAnswered, WrongKind, came, is_stub

# %% [markdown]
# ## The six groups, with the book closed
#
# Write one short line for each of the six groups of questions, **in your own words** and in any order:
# `groups = ["...", "...", "...", "...", "...", "..."]`. Single words are enough. Do not scroll, and do not look at the card.

# %% answer points=2 minutes=6 difficulty="easy" coding="none"
groups = ...
### BEGIN SOLUTION
groups = ["right tool", "shown to work", "read the number", "knows its doubt", "explanation", "act and account"]
### END SOLUTION

# %% judge
# What a line may hold to count for a group; the beginning of a word is enough.
KEYWORDS = {
    "A": "right tool|right patient|intended|purpose|built for|made for|meant for|population|patients like|similar|label|"
    "tool$|who is it for|for whom|which patient|my patient|scope|target|suitab|fit\\b|fits\\b|indication|appropriate|use case",
    "B": "shown to|shown that|valid|test|proof|proven|proved|prove\\b|evidence|stud(?:y|ies)|trial|works?\\b|working|performance|accura|"
    "subgroup|external|shortcut",
    "C": "number|calibrat|percent|%|risk\\b|means?\\b|meaning|figure|odds|probabilit|threshold|alert|false alarm|score|read\\b|reading",
    "D": "knows?\\b|doubt|uncertain|unsure|sure\\b|unknown|depth|confiden|conformal|coverage|out of distribution|ood|limits",
    "E": "expla|heat ?map|map\\b|picture|image|colou?r|attribution|saliency|shap\\b|grad-?cam|interpretab|reason|why",
    "F": "act\\b|acting|do next|i do\\b|we do\\b|answers for|who is liable|log\\b|action|overrid|account|responsib|governance|liab|decision|decide|monitor|drift|stop|who is told|"
    "defer|owner|my part|my job",
}
CLUES = {
    "A": "Before any number: was it made for this case?",
    "B": "A promise is not enough. What has been done with it?",
    "C": "A figure is on the screen. What does it stand for?",
    "D": "Even a good tool meets a patient it cannot judge. Does it say so?",
    "E": "The display shows colours or bars as well. May they be believed?",
    "F": "The tool has spoken. Now it is your turn, and somebody must answer for it.",
}


def _groups_of(line):
    """Read a line: the groups that it may stand for."""
    if not isinstance(line, str):
        raise WrongKind(f"{came(line)} came, where a few words for each group are needed.")
    text = re.sub(r"^\s*[A-F1-6][.:)]?\s+", "", line).lower().replace("-", " ").replace("grad cam", "grad-cam")
    found = frozenset(group for group, words in KEYWORDS.items() if re.search(rf"(?:\b|(?=%))(?:{words})", text))
    return found if len(found) <= 2 else frozenset()  # a line with everything in it names nothing


class _Named(dict):
    """Which groups are named, and by which lines: `lines` has the group of each line, or "?"."""

    lines = ()


def _recalled(answer):
    """Read which groups are named. Each line stands for one group, the one that helps most; a repeated line for none."""
    if isinstance(answer, str):
        lines = [line for line in re.split(r"[\n;]", answer) if line.strip()]
        answer = lines if len(lines) > 1 else [line for line in answer.split(",") if line.strip()]
    elif isinstance(answer, dict):
        answer = list(answer.values())
    if not hasattr(answer, "__len__"):
        raise WrongKind(f"{came(answer)} came, where a list of six texts is needed.")
    if not 1 <= len(answer) <= len(GROUPS):
        raise WrongKind(f"{len(answer)} lines came. There are six groups: write one line for each.")
    lines = list(answer)
    still_open = [
        str(place)
        for place, line in enumerate(lines, 1)
        if is_stub(line) or (isinstance(line, str) and not line.strip())
    ]
    if len(still_open) == len(lines):
        raise NotAnswered
    if still_open:
        raise WrongKind(f"These lines are still empty: {', '.join(still_open)}.")
    possible = [_groups_of(line) if line not in lines[:place] else frozenset() for place, line in enumerate(lines)]
    best = ()
    for order in itertools.permutations(GROUPS, len(lines)):
        found = tuple(group if group in groups else "?" for group, groups in zip(order, possible, strict=True))
        best = min(best or found, found, key=lambda found: found.count("?"))
    named = _Named({group: group in best for group in GROUPS})
    named.lines = best
    return named


def _explain_groups(got, right):
    """Show above the clue which line stands for which group, so that nobody has to guess what was understood."""
    missing = [group for group in GROUPS if not got[group]]
    read = ", ".join(f"line {place}: {group}" for place, group in enumerate(got.lines, 1))
    return (
        f"{6 - len(missing)} of 6 groups are named ({read}; ? = not understood, use other words). A clue to one that is "
        f"missing: {CLUES[missing[0]]}"
    )


EXERCISE = Exercise(
    expects="a list of six short texts, one for each group of questions, in your own words",
    evaluate=_recalled,
    right=groups,
    also_right=(
        list(GROUPS.values()),
        ["intended use", "validation", "calibration", "uncertainty", "explanation", "override"],
        [
            "F: who is responsible",
            "E: why did it say so",
            "D: does it doubt",
            "C: the number",
            "B: tested",
            "A: right patient",
        ],
        ["the tool", "its proof", "its number", "its doubt", "its explanation", "your act"],
        ["indication", "studies", "the score", "limits", "heatmap", "governance"],
        ["does it fit my patient", "evidence", "percent", "uncertainty", "reasons", "who is liable"],
        "indication, validation, calibration, uncertainty, explanation, accountability",
        "Right tool\nShown to work\nRead the number\nKnows its limits\nHeatmap\nAct and account",
        dict(GROUPS),
    ),
    mistakes=(
        Mistake(
            "the five signals of 18.5",
            ["confidence", "uncertainty", "explanation quality", "patient similarity", "clinical context"],
            "These are the five signals about one patient (18.5). They cover three of the groups. What must be known "
            "about the tool before, and what happens after?",
        ),
        Mistake(
            "the sections of the chapter",
            ["interpretability", "feature attribution", "calibration", "uncertainty", "trust", "checklist"],
            "These are the sections of the chapter. The groups follow a decision: from whether this is the right tool "
            "to who answers for what was done.",
        ),
        Mistake(
            "only the numbers",
            ["AUC", "calibration", "uncertainty", "external validation"],
            "You named the parts with numbers. Three groups have hardly any: the purpose, the explanation, and what "
            "you do.",
        ),
        Mistake(
            "the four parts of a report",
            ["subgroup performance", "calibration with intervals", "known failures", "override procedure"],
            "These are parts of the report of 18.5: they serve three groups. The checklist also asks what the tool was "
            "made for, how sure it is, and what it shows.",
        ),
    ),
    hints=(
        "Go through a decision from the start: the tool is offered to you. What do you ask first, and what last?",
        "Two groups about the tool, two about its number, one about its picture, one about you.",
        "Single words are enough. Their first letters, in one possible wording: P, V, C, U, E, O.",
    ),
    worked="\n".join(f"{group}: {title}" for group, title in GROUPS.items()),
    why="Who knows the six groups can rebuild most of the questions without the card.",
    explain=_explain_groups,
)
