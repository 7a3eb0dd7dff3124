# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import match
from clinxai_teach.intervals import difference_interval

# %% [markdown]
# ## Six counts from hospitals
#
# Six hospitals counted how often a pneumonia tool says "pneumonia" on films with and without a lead letter. All wrote down
# beforehand that a difference of **5 points or more** would matter to them. (The hospitals and their counts are invented. The
# first is that of the man in intensive care.)
#
# Choose the verdict for each. Write the letter or the words.
#
# {{material}}

# %% answer points=3 minutes=9 coding="none"
verdicts = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ...}
### BEGIN SOLUTION
verdicts = {1: "A", 2: "D", 3: "C", 4: "B", 5: "A", 6: "D"}
### END SOLUTION

# %% judge
VERDICTS = {
    "A": "The tool goes by the letter",
    "B": "No difference that matters",
    "C": "Bad with the letter and without: look for another cause",
    "D": "These films cannot tell",
}
LIMIT = 0.05  # the difference that would matter, fixed beforehand
COUNTS = {  # called pneumonia, of how many: with the letter, then without it; None where nobody looked
    1: ("without pneumonia", (18, 40), (3, 40)),
    2: ("without pneumonia", (0, 20), None),
    3: ("without pneumonia", (368, 1000), (371, 1000)),
    4: ("without pneumonia", (13, 600), (11, 600)),
    5: ("with pneumonia", (47, 50), (29, 50)),
    6: ("without pneumonia", (4, 20), (1, 20)),
}


def _report(people, letter, plain):
    """One hospital's counts as a sentence, with the difference and its interval where there is one."""
    with_letter = f"{letter[0]} of {letter[1]:,} films {people} that have the letter ({letter[0] / letter[1]:.0%})"
    if plain is None:
        return f"Called pneumonia: {with_letter}. Films without the letter were not looked at."
    low, high = difference_interval(*letter, *plain)
    points = 100 * (letter[0] / letter[1] - plain[0] / plain[1])
    return (
        f"Called pneumonia: {with_letter}, and {plain[0]} of {plain[1]:,} that do not ({plain[0] / plain[1]:.0%}). "
        f"Difference {points:+.1f} points (95% interval {100 * low:+.1f} to {100 * high:+.1f})."
    )


VERDICT_REASONS = {
    1: "The interval leaves out 0 and begins far above 5 points. The false alarms go with the letter.",
    2: "Without films that have no letter there is nothing to compare. And 0 of 20 is compatible with 16%.",
    3: "The interval lies within 5 points, so the letter does not matter. But more than a third are false alarms.",
    4: "The whole interval lies within 5 points, and false alarms are rare. This is what a clean result looks like.",
    5: "Among films with pneumonia, a higher share is better. Without the letter the tool misses many more.",
    6: "The interval reaches from below 0 to far above 5 points. Nothing is shown, and nothing is ruled out.",
}


def _explain_verdicts(got, right):
    """Name the wrong hospitals, and give the reason for the first."""
    wrong = [case for case in COUNTS if got[case] != right[case]]
    names = "hospitals" if len(wrong) > 1 else "hospital"
    return f"not right yet: {names} {', '.join(map(str, wrong))}. About {wrong[0]}: {VERDICT_REASONS[wrong[0]]}"


EXERCISE = match(
    verdicts,
    VERDICTS,
    items="hospitals",
    what="verdict",
    reasons=VERDICT_REASONS,
    explain=_explain_verdicts,
    material="\n".join(f"- **{letter}** {words}" for letter, words in VERDICTS.items())
    + "\n\n"
    + "\n".join(f"{case}. {_report(*counts)}" for case, counts in COUNTS.items()),
    expects='a dict with a verdict for each hospital, such as {1: "A", 2: "A", ...}',
    also_right=(
        {case: VERDICTS[letter] for case, letter in verdicts.items()},
        {str(case): letter.lower() for case, letter in verdicts.items()},
        pd.Series(verdicts),
    ),
    mistakes=(
        Mistake(
            "no false alarm taken for a clean result",
            {**verdicts, 2: "B"},
            "Hospital 2: no false alarm in 20 films is compatible with 16%, and nobody looked at films without the "
            "letter. That is not yet a clean result.",
        ),
        Mistake(
            "a difference without 0 in mind",
            {**verdicts, 6: "A"},
            "Hospital 6: 20% against 5% looks large, but the interval holds 0. With 20 films in each group chance can "
            "do this.",
        ),
        Mistake(
            "many false alarms taken for a shortcut",
            {**verdicts, 3: "A"},
            "Hospital 3: the false alarms are many with the letter and without it. What causes them, it is not the "
            "letter.",
        ),
        Mistake(
            "no false alarm and a difference too wide",
            {**verdicts, 2: "B", 6: "A"},
            "Hospitals 2 and 6 have 20 films a group. Twenty films find a large move, and rule out very little. Look at "
            "the intervals.",
        ),
    ),
    hints=(
        "First ask of each: is there a comparison group? If not, the films cannot tell.",
        "Then read the interval. Does it leave out 0 and pass 5 points? Does it lie between -5 and +5? Or neither?",
        "Two are A and two are D. In one of the other two the tool is often wrong, with the letter and without it.",
    ),
    why="One group tells how often a tool is wrong. The difference tells what the letter does. The interval tells if "
    "these films can show it.",
)
