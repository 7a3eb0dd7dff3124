# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## The known cases in the test
#
# A tool finds chronic kidney disease from a routine record. A vendor tested it on 10,000 adults. Of these, 1,200 have the
# disease, and 900 of the 1,200 have had the diagnosis for years. The tool flags 2,000 adults. 1,000 of the flagged have the
# disease, and 800 of these 1,000 were known. The predictions of the 10,000 add up to 1,200 expected cases, those of the 900 known
# ones to 540.
#
# Your clinic wants it for adults **not known** to have the disease. Take the known cases out and give, with a calculator, to
# two decimals:
#
# - `ppv`: of the flagged who are not known, the share with the disease,
# - `sensitivity`: of the ill who are not known, the share that is flagged,
# - `o_to_e`: observed / expected among all who are not known.
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `unknown = {"ppv": 0.5, "sensitivity": 0.5, "o_to_e": 1.0}`

# %% answer points=4 minutes=8 difficulty="medium" coding="calculator"
unknown = {"ppv": ..., "sensitivity": ..., "o_to_e": ...}
### BEGIN SOLUTION
flagged = 2000 - 800
ill = 1200 - 900
found = 1000 - 800
unknown = {"ppv": found / flagged, "sensitivity": found / ill, "o_to_e": ill / (1200 - 540)}
### END SOLUTION


# %% judge
EXERCISE = numbers(
    unknown,
    low=0,
    tolerance=0.006,
    expects='a dict with three numbers, such as {"ppv": 0.5, "sensitivity": 0.5, "o_to_e": 1.0}',
    also_right=(
        {"ppv": 0.17, "sensitivity": 0.67, "o_to_e": 0.45},
        {"o_to_e": 300 / 660, "ppv": 1 / 6, "sensitivity": 2 / 3},
        pd.Series(unknown),
    ),
    mistakes=(
        Mistake(
            "the vendor's numbers",
            {"ppv": 0.5, "sensitivity": 1000 / 1200, "o_to_e": 1.0},
            "These are the vendor's numbers, with the known cases. Take the 900 out of the ill and the 800 out of the "
            "flagged first.",
        ),
        Mistake(
            "known cases left among the flagged",
            {**unknown, "ppv": 200 / 2000},
            "The 800 known cases are still among the flagged. They do not come for this test: 2,000 - 800 are left.",
        ),
        Mistake(
            "known cases left among the ill",
            {**unknown, "sensitivity": 200 / 1200},
            "The 900 known cases are still among the ill. 300 ill people are not known.",
        ),
        Mistake(
            "expected number of all",
            {**unknown, "o_to_e": 300 / 1200},
            "The expected number still holds what was predicted for the known cases. Take their 540 out.",
        ),
        Mistake(
            "expected / observed",
            {**unknown, "o_to_e": 660 / 300},
            "This is expected / observed. O/E has the observed number on top.",
        ),
    ),
    hints=(
        "Not known and ill: 1,200 - 900 = 300. Not known and flagged: 2,000 - 800 = 1,200.",
        "Not known, ill and flagged: 1,000 - 800 = 200. This number is on top in the first two shares.",
        "Expected among those not known: 1,200 - 540 = 660. Observed: 300.",
    ),
    why="The leaflet's PPV of 50%, sensitivity of 83% and O/E of 1.0 are true and of no use here. For your patients it is 17%, "
    "67% and 0.45: the tool says more than twice too much.",
)
