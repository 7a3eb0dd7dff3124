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
# The alarm goes off when the money reaches **100**. A new scanner comes. Give four numbers, to two decimals:
#
# 1. the money after the first five patients: hold, miss, hold, miss, miss,
# 2. by what the money is multiplied, on average, per patient, if on the new scanner **30%** of the sets miss,
# 3. the smallest number of misses **in a row**, from money 1, that sets the alarm off,
# 4. the chance that this alarm *ever* goes off while the promise holds: at most how much?

# %% answer points=4 minutes=8 difficulty="medium" coding="calculator"
alarm = {"after five": ..., "on average": ..., "misses in a row": ..., "chance at most": ...}
### BEGIN SOLUTION
miss, hold = 3 / 1.2, 1 / 1.2
alarm = {
    "after five": hold * miss * hold * miss * miss,
    "on average": 0.3 * miss + 0.7 * hold,  # a third is won per patient: the promise is broken
    "misses in a row": 6,  # 2.5, 6.25, 15.6, 39.1, 97.7, 244
    "chance at most": 1 / 100,
}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    alarm,
    tolerance={"after five": 0.06, "on average": 0.01, "misses in a row": 0.01, "chance at most": 0.001},
    expects="a dict with four numbers: the money after five patients, its average factor, how many misses in a row set the "
    "alarm off, and the largest chance of a false alarm",
    also_right=({key: round(value, 2) for key, value in alarm.items()}, pd.Series(alarm)),
    mistakes=(
        Mistake(
            "added instead of multiplied",
            {**alarm, "after five": 9.17},
            "You added the factors. Money that is put on again and again is multiplied.",
        ),
        Mistake(
            "the average while the promise holds",
            {**alarm, "on average": 1.0},
            "This is the average while the promise holds (10% miss). Asked is the new scanner, where 30% miss.",
        ),
        Mistake(
            "the average without its weights",
            {**alarm, "on average": 1.67},
            "A miss is rarer than a hit. Weigh the two factors with their chances, 0.3 and 0.7.",
        ),
        Mistake(
            "one miss too few",
            {**alarm, "misses in a row": 5},
            "Five misses give 97.7. That is below 100.",
        ),
        Mistake(
            "the alarm of the lesson",
            {**alarm, "chance at most": 0.05},
            "That was the alarm at 20. This one goes off at 100.",
        ),
        Mistake(
            "chance per look",
            {**alarm, "chance at most": 1.0},
            "It would be 1 for an ordinary interval, looked at for ever. A bet is made so that looking often costs "
            "nothing.",
        ),
    ),
    hints=(
        "Multiply: 0.833 for a set that holds the truth, 2.5 for one that misses.",
        "On average: 0.3 x 2.5 + 0.7 x 0.833. For question 3, multiply 2.5 until you pass 100.",
        "Question 4: money that does not grow on average reaches 100 with a chance of at most 1 in 100.",
    ),
    why="While the promise holds, no bet wins on average; when it is broken, the money grows, here by a third per patient. So much money "
    "is evidence against the promise, and one may look after every patient (Ville's inequality).",
)
