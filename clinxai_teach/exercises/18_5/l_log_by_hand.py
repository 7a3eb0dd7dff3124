# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## The log, by hand
#
# A log of 200 patients (invented), of a tool that advises from a risk of 50%. The outcome of each was followed up. *Wrong* advice: the outcome was another one.
#
# | advice of the tool | the doctor followed it | the doctor decided otherwise |
# |---|---|---|
# | right (160 patients) | 152 | 8 |
# | wrong (40 patients) | 28 | 12 |
#
# In the next year there are again 160 pieces of right and 40 of wrong advice. Only 10 are overridden: 9 wrong ones and 1 right one. Give four
# numbers, in percent:
#
# 1. of all advice in the first year, how much was overridden,
# 2. of these overrides, how many were right,
# 3. of the **wrong** advice, how much was followed, in the first year,
# 4. the same in the second year.

# %% answer points=4 minutes=6 difficulty="easy" coding="calculator"
audit = {"overridden": ..., "overrides right": ..., "wrong advice followed": ..., "a year later": ...}
### BEGIN SOLUTION
audit = {
    "overridden": 100 * (8 + 12) / 200,
    "overrides right": 100 * 12 / (8 + 12),  # an override of wrong advice is right
    "wrong advice followed": 100 * 28 / 40,
    "a year later": 100 * (40 - 9) / 40,
}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    audit,
    tolerance=0.6,
    expects="a dict with four numbers in percent: overridden, overrides right, wrong advice followed, and the same a year later",
    also_right=({key: round(value) for key, value in audit.items()}, pd.Series(audit)),
    mistakes=(
        Mistake(
            "wrong advice among the followed",
            {**audit, "wrong advice followed": 100 * 28 / 180},
            "Number 3: this is how much of the FOLLOWED advice was wrong. Asked is, of the 40 wrong pieces of advice, how "
            "many were followed.",
        ),
        Mistake(
            "overrides of wrong advice",
            {**audit, "wrong advice followed": 30.0},
            "Number 3: this is the share of the wrong advice that was overridden. Asked is the other share.",
        ),
        Mistake(
            "right overrides among all patients",
            {**audit, "overrides right": 6.0},
            "Number 2: you divided by all patients. Divide by the overrides.",
        ),
        Mistake(
            "a year later: the overrides got better",
            {**audit, "a year later": 10.0},
            "Number 4: this is about the 10 overrides. Of 40 wrong pieces of advice 9 were overridden; how many were not?",
        ),
    ),
    hints=(
        "Each share has its own people below the line: all advice, the overrides, or the wrong advice.",
        "Number 3 stays in the second row of the table.",
        "Number 4: 40 wrong, 9 of them overridden, so 31 followed.",
    ),
    why="Fewer overrides, more of them right: it looks better. But 31 of 40 wrong pieces of advice were followed, before 28 (which may be "
    "chance). Only outcomes show it. How many of them the doctors would have got wrong without the tool, no log says.",
)
