# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## A deferral that looks safer
#
# A tool looks at 2,000 moles; 80 are melanomas. A mole that it calls is cut out. **With deferral** it hands the 300 most doubtful moles to a
# dermatologist, and decides on the other 1,700:
#
# | | melanomas: called, not called | harmless moles: called, not called |
# |---|---|---|
# | tool alone, 2,000 | 64, 16 | 480, 1,440 |
# | of the 1,700 it keeps | 40, 6 | 360, 1,294 |
# | handed over, 300 | 34 in all | 266 in all |
#
# Of those handed over, the dermatologist cuts out 20 of the 34 melanomas and 60 of the 266 harmless moles.
#
# Give, with a calculator:
#
# - `kept`: the sensitivity among those kept, which the vendor's leaflet prints,
# - `break_even`: the share of the 34 that must be recognised, so that as many melanomas are found as by the tool alone,
# - `may_cut`: how many of the 266 may then be cut out at most, so that no more harmless moles are cut out than by the tool alone,
# - `missed`: how many melanomas are missed in the whole path.
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `path = {"kept": 0.5, "break_even": 0.5, "may_cut": 50, "missed": 10}`

# %% answer points=4 minutes=7 difficulty="hard" coding="calculator"
path = {"kept": ..., "break_even": ..., "may_cut": ..., "missed": ...}
### BEGIN SOLUTION
path = {"kept": 40 / 46, "break_even": (64 - 40) / 34, "may_cut": 480 - 360, "missed": 6 + (34 - 20)}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    path,
    tolerance={"kept": 0.006, "break_even": 0.006, "may_cut": 0.01, "missed": 0.01},
    expects='a dict with four numbers, such as {"kept": 0.5, "break_even": 0.5, "may_cut": 50, "missed": 10}',
    also_right=({"kept": 0.87, "break_even": 0.71, "may_cut": 120, "missed": 20}, pd.Series(path)),
    mistakes=(
        Mistake(
            "the ill handed over counted as missed",
            {**path, "kept": 40 / 80},
            "kept: you divided by all 80. Those handed over count nowhere in this number; that is why it misleads. Divide by 40 + 6.",
        ),
        Mistake(
            "the dermatologist must equal the tool",
            {**path, "break_even": 0.80},
            "break_even: 0.80 is the tool's own sensitivity. The tool gave up 64 - 40 melanomas that it used to find; these must be found among the 34.",
        ),
        Mistake(
            "handed over counts as found",
            {**path, "missed": 6},
            "missed: 6 are missed among those kept. The dermatologist misses some of the 34, too.",
        ),
        Mistake(
            "all harmless moles handed over",
            {**path, "may_cut": 266},
            "may_cut: 266 are handed over. The tool alone cut out 480 harmless moles, and of those it keeps it still cuts out 360.",
        ),
        Mistake(
            "the doctor's share, not what is needed",
            {**path, "break_even": 20 / 34},
            "break_even: 20 of 34 is what the dermatologist does. Asked is what would be needed.",
        ),
    ),
    hints=(
        "Sensitivity among those kept: found among the kept, divided by all melanomas among the kept.",
        "Alone the tool finds 64, with deferral 40. The dermatologist must make up for the difference, among 34.",
        "Missed in the whole path: missed among the kept, plus those that the dermatologist does not recognise.",
    ),
    why="The kept look better (0.80 to 0.87); the path misses 20 melanomas instead of 16, and cuts out 60 harmless moles fewer: another "
    "trade, not simply a better one. Who cuts out all 300 finds all 34 without skill: so the break-even is a pair.",
)
