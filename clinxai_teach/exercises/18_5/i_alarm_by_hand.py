# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## The alarm, by hand
#
# A tool promises: of patients with a nodule, at most 10% of its sets miss. Your monitor watches these patients, and puts **all its
# money, 1, on one bet** (the lesson's monitor spreads it over many): "misses have three times the promised odds". Per patient the money is multiplied by
#
# - 3 / (0.9 + 0.3) = **2.5** if the set misses the truth,
# - 1 / (0.9 + 0.3) = **0.833** if it holds it.
#
# The alarm goes off when the money reaches **100**. A new scanner comes. Give four numbers, to two decimals, and two steps:
#
# 1. the money after the first five patients: hold, miss, hold, miss, miss,
# 2. by what the money is multiplied, on average, per patient, if on the new scanner **30%** of the sets miss,
# 3. the smallest number of misses **in a row**, from money 1, that sets the alarm off,
# 4. the chance that this alarm *ever* goes off while the promise holds: at most how much?
# 5. Friday, 18:00: the money has passed 100. Which of these steps, by its number, is the **first**?
# 6. And which is the **second**?
#
# {{material}}

# %% answer points=6 minutes=10 difficulty="medium" coding="calculator"
alarm = {
    "after five": ...,
    "on average": ...,
    "misses in a row": ...,
    "chance at most": ...,
    "first step": ...,
    "second step": ...,
}
### BEGIN SOLUTION
miss, hold = 3 / 1.2, 1 / 1.2
alarm = {
    "after five": hold * miss * hold * miss * miss,
    "on average": 0.3 * miss + 0.7 * hold,  # a third is won per patient: the promise is broken
    "misses in a row": 6,  # 2.5, 6.25, 15.6, 39.1, 97.7, 244
    "chance at most": 1 / 100,
    "first step": 3,  # until the cause is known, nobody is advised by it
    "second step": 6,  # films that were read with its help since the change may hold a missed disease
}
### END SOLUTION

# %% judge
STEPS = {
    1: "Wait for the films of the weekend: more data decide.",
    2: "Recalibrate on the films since the new scanner, and go on.",
    3: "Take the output off the screens, use the agreed way without it, and tell the tool's owner.",
    4: "Raise the line of the alarm to 1,000: false alarms cost trust.",
    5: "Set the money back to 1, and see whether it rings again.",
    6: "Have the films since the new scanner read again.",
}
NOT_NOW = {
    1: "Step 1: the line was set so that nobody has to argue on this day. Patients come at the weekend, too.",
    2: "Step 2: nobody knows the cause yet. Recalibrated, a tool that no longer sees the disease is still blind. Mend it once "
    "the cause is found, and test it silently, with permission, before it goes on.",
    4: "Step 4: a line that is moved when it is passed has no known rate of false alarms. It would ring at 100 with a chance of at "
    "most 1 in 100, if all were well.",
    5: "Step 5: this throws the evidence away. A new monitor starts with a mended tool.",
}

EXERCISE = numbers(
    alarm,
    tolerance={
        "after five": 0.06,
        "on average": 0.01,
        "misses in a row": 0.01,
        "chance at most": 0.001,
        "first step": 0,
        "second step": 0,
    },
    material="\n".join(f"- Step {number}: {step}" for number, step in STEPS.items()),
    expects="a dict with six numbers: the money after five patients, its average factor, how many misses in a row set the "
    "alarm off, the largest chance of a false alarm, and the numbers of the first and the second step",
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
        Mistake(
            "looks back before the output is off",
            {**alarm, "first step": 6},
            "Step 6 is needed, but while the films are read again the tool still advises on new ones.",
        ),
        Mistake(
            "the two steps turned round",
            {**alarm, "first step": 6, "second step": 3},
            "Both steps are right, in the other order: while films are read again, nobody new may be advised by the tool.",
        ),
        *(Mistake(f"first, step {step}", {**alarm, "first step": step}, reason) for step, reason in NOT_NOW.items()),
        *(
            Mistake(f"second, step {step}", {**alarm, "second step": step}, f"The output is off. {reason}")
            for step, reason in NOT_NOW.items()
        ),
    ),
    hints=(
        "Multiply: 0.833 for a set that holds the truth, 2.5 for one that misses.",
        "On average: 0.3 x 2.5 + 0.7 x 0.833. For question 3, multiply 2.5 until you pass 100.",
        "Question 4: money that does not grow on average reaches 100 with a chance of at most 1 in 100. Steps: who could be harmed "
        "tonight, and who may have been harmed already?",
    ),
    why="While the promise holds, no bet wins on average; when it is broken, the money grows. So much money is evidence, however often one "
    "looks (Ville). Then: stop, tell, look back, find the cause, mend, run silently again (with permission).",
)
