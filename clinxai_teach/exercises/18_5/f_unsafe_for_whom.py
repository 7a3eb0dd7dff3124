# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match

# %% [markdown]
# ## What may be said of each group?
#
# A page from the report of an invented tool (threshold 20%, 95% intervals in brackets). Give each group a finding: `"S"`, `"L"`,
# `"H"` or `"U"`. Judge by O/E only, with the rule of part 3.
#
# {{material}}

# %% answer points=3 minutes=8 difficulty="medium" coding="none"
findings = {
    "women": ...,
    "men": ...,
    "under 40": ...,
    "80 and over": ...,
    "site North": ...,
    "site South": ...,
    "site East": ...,
}
### BEGIN SOLUTION
findings = {
    "women": "S",
    "men": "S",
    "under 40": "U",
    "80 and over": "L",
    "site North": "H",
    "site South": "S",
    "site East": "L",
}
### END SOLUTION

# %% judge
FINDINGS = {
    "S": "no error of the risks shown",
    "L": "risks too low",
    "H": "risks too high",
    "U": "risks untested: the interval holds 1, with too few events",
}
# A report of an invented tool: threshold 20%, 95% intervals.
GROUPS = {
    "women": {"n": 2100, "events": 420, "enough data?": "yes", "AUC": "0.81", "O/E": "1.02 (0.94 to 1.10)"},
    "men": {"n": 1900, "events": 410, "enough data?": "yes", "AUC": "0.70", "O/E": "0.99 (0.91 to 1.07)"},
    "under 40": {
        "n": 900,
        "events": 31,
        "enough data?": "insufficient data",
        "AUC": "(0.70 to 0.88)",
        "O/E": "(0.62 to 1.35)",
    },
    "80 and over": {"n": 500, "events": 190, "enough data?": "yes", "AUC": "0.86", "O/E": "1.41 (1.24 to 1.60)"},
    "site North": {"n": 1200, "events": 150, "enough data?": "yes", "AUC": "0.79", "O/E": "0.71 (0.61 to 0.82)"},
    "site South": {"n": 260, "events": 104, "enough data?": "yes", "AUC": "0.77", "O/E": "1.13 (0.96 to 1.33)"},
    "site East": {
        "n": 210,
        "events": 44,
        "enough data?": "insufficient data",
        "AUC": "(0.66 to 0.83)",
        "O/E": "(1.30 to 2.10)",
    },
}
FINDING_REASONS = {
    "women": "The interval holds 1 and is narrow.",
    "men": "The AUC is lower, so the model sorts men less well. But no error of its risks is shown: O/E holds 1.",
    "under 40": "31 events. The interval holds both 'a third fewer' and 'a third more ill than predicted': risks untested.",
    "80 and over": "O/E is above 1 with its whole interval: more disease than predicted. The high AUC does not help.",
    "site North": "O/E is below 1 with its whole interval: less disease than predicted, so needless tests.",
    "site East": "No estimate, but the whole interval lies above 1: risks too low. An interval can speak against a tool where no "
    "number "
    "may be quoted.",
    "site South": "The interval holds 1: no error is shown. That is not 'right': up to 1.33, a third more ill than predicted is still possible. 100 events "
    "are a convention, not a cliff.",
}

EXERCISE = match(
    findings,
    FINDINGS,
    items="groups",
    what="finding",
    reasons=FINDING_REASONS,
    material="\n".join(
        [*(f"- **{letter}** {name}" for letter, name in FINDINGS.items()), ""]
        + ["| group | n | events | enough data? | AUC | O/E |", "|---|---|---|---|---|---|"]
        + [f"| {group} | {' | '.join(map(str, row.values()))} |" for group, row in GROUPS.items()]
    ),
    expects='a dict with a finding for each group, such as {"women": "S", ...}: S no error shown, L risks too low, H '
    "risks too high, U risks untested",
    also_right=(
        {group: FINDINGS[letter] for group, letter in findings.items()},
        {group: letter.lower() for group, letter in reversed(findings.items())},
        pd.Series(findings),
    ),
    mistakes=(
        Mistake(
            "judged by the AUC",
            {**findings, "men": "L", "80 and over": "S"},
            "You went by the AUC. It says how well people are sorted. Whether a risk is too low or too high, O/E says.",
        ),
        Mistake(
            "O/E read the wrong way round",
            {**findings, "80 and over": "H", "site North": "L"},
            "O/E is observed / expected. Above 1, more disease happened than was predicted: the risks are too LOW.",
        ),
        Mistake(
            "insufficient data taken as safe",
            {**findings, "under 40": "S"},
            "Under 40: 'insufficient data' is not 'safe'. With 31 events, an error of a third in either direction "
            "would not show.",
        ),
        Mistake(
            "insufficient data always untested",
            {**findings, "site East": "U"},
            "Site East: there is no estimate, but there is an interval, and all of it lies above 1. It speaks against the tool.",
        ),
        Mistake(
            "interval ignored",
            {**findings, "site South": "L"},
            "Site South: 1.13, but the interval holds 1. That is compatible with no error. Say so, and watch it.",
        ),
        Mistake(
            "small is untested",
            {**findings, "site South": "U"},
            "Site South: few patients, but 104 events. What counts is events, and from 100 on the report gives a "
            "number.",
        ),
    ),
    hints=(
        "Look at O/E and its interval only. Does the interval hold 1?",
        "All above 1: risks too low (L). All below 1: risks too high (H). Holds 1: no error shown (S).",
        "'Insufficient data' takes the estimate away, not the interval. If it holds 1: risks untested (U). If "
        "not, it speaks against the tool.",
    ),
    why="Too low is unsafe in one way (the ill are missed), too high in another (needless tests). O/E judges the risks "
    "only: a group without a shown error may still break a limit that was set on the ill without an alert.",
)
