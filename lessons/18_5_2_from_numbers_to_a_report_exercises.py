# %% [markdown]
# # Exercises 18.5, part 2: from numbers to a report
#
# **Time:** about {{minutes 18.5-afhij}} minutes. {{Count 18.5-afhij}} exercises (the other letters are those of part 1). {{coding 18.5-afhij}}
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong, and how much of it is
# right so far. Two more calls help you:
#
# - `hint("18.5-f")` gives the next of three hints,
# - `solution("18.5-f")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_5_2_from_numbers_to_a_report.ipynb) first. Run the next cell before you start.

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from clinxai_teach.calibration import PlattScaling
from clinxai_teach.checks import check, hint, solution
from clinxai_teach.data import diabetes_split
from clinxai_teach.trust import trust_report

# %% exercises="fhij"

# %% [markdown]
# **The last exercise, for coders.** It uses the tool for "has diabetes, known or not", learned and tested on people with a known and with an unknown diabetes, and on people without.

# %%
split = diabetes_split()
X_train, X_calib, X_test = split.X_train, split.X_calib, split.X_test
y_train, y_calib, y_test = split.y_train, split.y_calib, split.y_test
model = HistGradientBoostingClassifier(random_state=0).fit(X_train, y_train)
platt = PlattScaling().fit(model.decision_function(X_calib), y_calib)
p_test = platt.predict_proba(model.decision_function(X_test))[:, 1]

# %% exercises="a"

# %% [markdown]
# ## For coders: the page and the file of a report, and the bet of the monitor
#
# With `r` times the promised odds, the monitor's stake is multiplied by `r**miss / (1 - p + r * p)`; the mean is 1 if a miss has the chance `p`.
# `CalibrationMonitor` bets in the same way on whether events come as often as predicted.

# %%
groups = split.audit["race_ethnicity"]
words = {"intended_use": "To practise.", "failure_modes": "Not looked for.", "override": "None."}
report = trust_report("Diabetes, known or not", y_test, p_test, groups=groups, **words)
page = report.to_html()  # one file with its figures, no network: write it with Path("report.html").write_text(page)
saved = report.to_json()  # for another program: type(report).from_json(saved) is this report again
r, p_miss = 6, 0.2
factors = {"miss": r / (1 - p_miss + r * p_miss), "hit": 1 / (1 - p_miss + r * p_miss)}
print({name: round(value, 3) for name, value in factors.items()})
print("on average:", round(p_miss * factors["miss"] + (1 - p_miss) * factors["hit"], 6))

# %% [markdown]
# ## To discuss, without a check
#
# - In 18.5-f, which group would you act on first: the one with risks too low, too high, or untested?
# - In 18.5-h, who in your hospital does each of the three duties today?
# - An alarm goes off on Friday evening. Who may switch the tool off, and what is used until Monday?
