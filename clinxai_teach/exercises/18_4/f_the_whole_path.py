# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## A deferral that looks safer
#
# A tool looks at 2,000 moles; 80 are melanomas. **Alone** it finds 64 and misses 16, a sensitivity of 0.80. **With deferral** it hands the
# 300 most doubtful moles to a dermatologist. Among the 1,700 that it keeps it finds 40 melanomas and misses 6; 34 melanomas are handed
# over. The dermatologist recognises 20 of these 34.
#
# Give, with a calculator:
#
# - `kept`: the sensitivity among those kept, which the vendor's leaflet prints,
# - `break_even`: the share of the 34 that the dermatologist must recognise, so that as many melanomas are found as by the tool alone,
# - `missed`: how many melanomas are missed in the whole path.

# %% answer points=3 minutes=6 coding="calculator"
path = {"kept": ..., "break_even": ..., "missed": ...}
### BEGIN SOLUTION
path = {"kept": 40 / 46, "break_even": (64 - 40) / 34, "missed": 6 + (34 - 20)}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    path,
    tolerance={"kept": 0.006, "break_even": 0.006, "missed": 0.01},
    expects='a dict with three numbers, such as {"kept": 0.5, "break_even": 0.5, "missed": 10}',
    also_right=({"kept": 0.87, "break_even": 0.71, "missed": 20}, pd.Series(path)),
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
    why="The sensitivity of the kept rises from 0.80 to 0.87, and the path misses 20 melanomas instead of 16: 20 of 34 is below the "
    "break-even of 71%. Judge the whole path.",
)
