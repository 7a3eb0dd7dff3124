# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## The alarm, by hand
#
# A tool promises 90% coverage: at most 10% of its sets miss. Your monitor puts **all its money, 1, on one bet** (the lesson's
# monitor spreads it over many): "misses have three times the promised odds". Per patient the money is multiplied by
#
# - 3 / (0.9 + 0.3) = **2.5** if the set misses the truth,
# - 1 / (0.9 + 0.3) = **0.833** if it holds it.
#
# The alarm goes off when the money reaches 1 / 0.05 = 20. A new scanner comes. Give four numbers, to two decimals:
#
# 1. the money after the first five patients: hold, miss, hold, miss, miss,
# 2. what the money is, on average, after **one** patient, if the promise holds exactly (a miss has the chance 0.1),
# 3. the smallest number of misses **in a row**, from money 1, that sets the alarm off,
# 4. the chance that the alarm *ever* goes off while the promise holds is at most ...

# %% answer points=4 minutes=8 coding="calculator"
alarm = {"after five": ..., "on average": ..., "misses in a row": ..., "chance at most": ...}
### BEGIN SOLUTION
miss, hold = 3 / 1.2, 1 / 1.2
alarm = {
    "after five": hold * miss * hold * miss * miss,
    "on average": 0.1 * miss + 0.9 * hold,  # neither won nor lost
    "misses in a row": 4,  # 2.5, 6.25, 15.6, 39.1
    "chance at most": 1 / 20,
}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    alarm,
    tolerance={"after five": 0.06, "on average": 0.002, "misses in a row": 0.01, "chance at most": 0.001},
    expects="a dict with four numbers: the money after five patients, its average after one, how many misses in a row set the "
    "alarm off, and the largest chance of a false alarm",
    also_right=({key: round(value, 2) for key, value in alarm.items()}, pd.Series(alarm)),
    mistakes=(
        Mistake(
            "added instead of multiplied",
            {**alarm, "after five": 9.17},
            "You added the factors. Money that is put on again and again is multiplied.",
        ),
        Mistake(
            "the average without its weights",
            {**alarm, "on average": 1.67},
            "On average: a miss is rare. Weigh the two factors with their chances, 0.1 and 0.9.",
        ),
        Mistake(
            "one miss too few",
            {**alarm, "misses in a row": 3},
            "Three misses give 2.5 x 2.5 x 2.5 = 15.6. That is below 20.",
        ),
        Mistake(
            "chance per look",
            {**alarm, "chance at most": 1.0},
            "It would be 1 for an ordinary interval, looked at for ever. The bet was made so that it is 1 / 20, "
            "however often one "
            "looks.",
        ),
    ),
    hints=(
        "Multiply: 0.833 for a set that holds the truth, 2.5 for one that misses.",
        "On average: 0.1 x 2.5 + 0.9 x 0.833. For question 3, multiply 2.5 until you pass 20.",
        "Question 4 is the rule behind the alarm: money that does not grow on average reaches 20 with a chance of at "
        "most 1 in 20.",
    ),
    why="While the promise holds, no bet wins on average. So money that has become 20 is evidence against the promise, and one may "
    "look after every patient (Ville's inequality).",
)
