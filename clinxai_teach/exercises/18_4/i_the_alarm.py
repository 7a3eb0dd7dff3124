# %% judge
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import numbers

# %% [markdown]
# ## An alarm for foreign films
#
# A department takes **2,000 films a day**. **0.5%** of them are foreign to the tool: children, another machine, a film that is upside down.
# The tool has an alarm with an AUC of 0.83. As it is set, it rings for **60%** of the foreign films and for **4%** of the usual ones.
#
# Give, with a calculator:
#
# - `right_alarms`: alarms a day for a foreign film,
# - `false_alarms`: alarms a day for a usual film,
# - `ppv`: of the alarms, the share that is right,
# - `ppv_best`: the same, if a better alarm rang for *every* foreign film, and for 4% of the usual ones as before,
# - `unnoticed`: foreign films a day without an alarm (as it is set now).
#
# Replace each `...`, so that the line looks like this, with your own numbers:
# `alarm = {"right_alarms": 5, "false_alarms": 20, "ppv": 0.2, "ppv_best": 0.3, "unnoticed": 5}`

# %% answer points=4 minutes=6 difficulty="easy" coding="calculator"
alarm = {"right_alarms": ..., "false_alarms": ..., "ppv": ..., "ppv_best": ..., "unnoticed": ...}
### BEGIN SOLUTION
# 10 of 2,000 films are foreign, 1,990 are usual
alarm = {
    "right_alarms": 0.6 * 10,
    "false_alarms": 0.04 * 1990,
    "ppv": 6 / (6 + 79.6),
    "ppv_best": 10 / (10 + 79.6),
    "unnoticed": 4,
}
### END SOLUTION

# %% judge
EXERCISE = numbers(
    alarm,
    tolerance={"right_alarms": 0.05, "false_alarms": 0.7, "ppv": 0.003, "ppv_best": 0.003, "unnoticed": 0.05},
    expects='a dict with five numbers, such as {"right_alarms": 5, "false_alarms": 20, "ppv": 0.2, "ppv_best": 0.3, "unnoticed": 5}',
    also_right=(
        {"right_alarms": 6, "false_alarms": 80, "ppv": 0.07, "ppv_best": 0.11, "unnoticed": 4},
        pd.Series(alarm),
    ),
    mistakes=(
        Mistake(
            "the alarm's sensitivity as its PPV",
            {**alarm, "ppv": 0.6},
            "ppv: 60% of the foreign films ring. Asked is the other way round: of those that ring, how many are foreign?",
        ),
        Mistake(
            "the AUC as the PPV",
            {**alarm, "ppv": 0.83},
            "ppv: the AUC compares one foreign film with one usual film. In the department there are 199 usual ones for each foreign one.",
        ),
        Mistake(
            "0.5% read as 5%",
            {"right_alarms": 60, "false_alarms": 76, "ppv": 60 / 136, "ppv_best": 100 / 176, "unnoticed": 40},
            "You took 5% for foreign. 0.5% of 2,000 are 10 films.",
        ),
        Mistake(
            "false alarms among the foreign",
            {**alarm, "false_alarms": 0.4, "ppv": 6 / 6.4},
            "false_alarms: the 4% are of the usual films, and there are 1,990 of them.",
        ),
        Mistake(
            "a perfect sensitivity taken for a perfect alarm",
            {**alarm, "ppv_best": 1.0},
            "ppv_best: all 10 foreign films ring, and the 79.6 usual ones still do. What share of the alarms are the 10?",
        ),
    ),
    hints=(
        "Count in films: 0.5% of 2,000 are 10 foreign films, the other 1,990 are usual.",
        "60% of the 10 ring rightly, 4% of the 1,990 are false alarms.",
        "PPV = right alarms / all alarms. Unnoticed = foreign films that do not ring.",
    ),
    why="An AUC of 0.83 sounds good, and 93 of 100 alarms are false, as foreign films are rare. An alarm that misses none would still have "
    "89: what must fall is the 4%. A rule on age and machine costs nothing.",
)
