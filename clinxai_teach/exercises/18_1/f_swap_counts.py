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
# The films with the letter and those without it are different films, from different wards. The wards may differ in more than
# the letter. Only hospital 1 also did a *true swap*: the same films once more, with the letter covered.
#
# Choose the verdict for each. Write the letter or the words, in quotation marks: `{1: "C", 2: "A", ...}`.
#
# {{material}}

# %% answer points=3 minutes=9 difficulty="medium" coding="none"
verdicts = {1: ..., 2: ..., 3: ..., 4: ..., 5: ..., 6: ...}
### BEGIN SOLUTION
verdicts = {1: "A", 2: "D", 3: "C", 4: "B", 5: "E", 6: "D"}
### END SOLUTION

# %% judge
VERDICTS = {
    "A": "Shown by the true swap: the letter itself moves the tool",
    "B": "No difference that matters, and few false alarms",
    "C": "Bad with the letter and without: look for another cause",
    "D": "These films cannot tell",
    "E": "A difference that matters between the wards: a suspicion, so cover the letter next",
}
LIMIT = 0.05  # the difference that would matter, fixed beforehand
TRUE_SWAPS = {  # the same films once more
    1: "The same 40 films with the letter covered: 4 called pneumonia, so 14 films change (35% of 40, 95% interval 22% to "
    "50%). With an equal patch covered elsewhere: 17, so 1 film changes.",
}
COUNTS = {  # called pneumonia, of how many: with the letter, then without it; None where nobody looked
    1: ("without pneumonia", (18, 40), (3, 40)),
    2: ("without pneumonia", (0, 25), None),
    3: ("without pneumonia", (368, 1000), (371, 1000)),
    4: ("without pneumonia", (13, 600), (11, 600)),
    5: ("with pneumonia", (47, 50), (29, 50)),
    6: ("without pneumonia", (6, 30), (2, 30)),
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
    1: "The wards differ by far more than 5 points. And on the same films the alarms go when the letter is covered, and stay "
    "when an equal patch is. So the letter is the cause.",
    2: "Without films that have no letter there is nothing to compare. And 0 of 25 is compatible with 13%.",
    3: "The interval lies within 5 points, so the letter does not matter. But more than a third are false alarms.",
    4: "The whole interval lies within 5 points, and false alarms are rare. This is what a clean result looks like.",
    5: "The whole interval is above 5 points: without the letter the tool misses many more. But pneumonia in intensive care "
    "may be more severe and easier to see. Only the same films with the letter covered can tell.",
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
    + "\n".join(f"{case}. {_report(*counts)} {TRUE_SWAPS.get(case, '')}".rstrip() for case, counts in COUNTS.items()),
    expects='a dict with a verdict for each hospital, such as {1: "A", 2: "A", ...}',
    also_right=(
        {case: VERDICTS[letter] for case, letter in verdicts.items()},
        {str(case): letter.lower() for case, letter in verdicts.items()},
        pd.Series(verdicts),
    ),
    mistakes=(
        Mistake(
            "a comparison of wards taken for proof",
            {**verdicts, 5: "A"},
            "Hospital 5: the difference is large, but these are different patients. In intensive care pneumonia may be more "
            "severe and easier to see. Nobody has covered the letter yet.",
        ),
        Mistake(
            "no false alarm taken for a clean result",
            {**verdicts, 2: "B"},
            "Hospital 2: no false alarm in 25 films is compatible with 13%, and nobody looked at films without the "
            "letter. That is not yet a clean result.",
        ),
        Mistake(
            "a difference without 0 in mind",
            {**verdicts, 6: "A"},
            "Hospital 6: 20% against 7% looks large, but the interval holds 0. With 30 films in each group chance can "
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
            "Hospitals 2 and 6 have 25 and 30 films a group. So few find a large move, and rule out very little. Look at "
            "the intervals.",
        ),
    ),
    hints=(
        "First ask of each: is there a comparison group? If not, the films cannot tell.",
        "Then read the interval. Is all of it above 5 points? Does all of it lie between -5 and +5? Or neither: then the films "
        "cannot tell. Was the letter covered on the same films?",
        "Two are D. Each of the other verdicts is used once. A needs a true swap.",
    ),
    why="One group tells how often a tool is wrong. A difference between wards is a suspicion, and its interval tells if the "
    "films can show it. Only a true swap, on the same films and with a control, tells what the letter does.",
)
