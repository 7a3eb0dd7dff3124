# %% [markdown]
# # Exercises 18.5, part 1: from signals to a decision
#
# **Time:** about {{minutes 18.5-bcdegklm}} minutes. {{Count 18.5-bcdegklm}} exercises. {{coding 18.5-bcdegklm}}
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong, and how much of it is
# right so far. Two more calls help you:
#
# - `hint("18.5-g")` gives the next of three hints,
# - `solution("18.5-g")` shows the worked answer and the reason.
#
# Where letters are asked, put each in quotation marks in place of its three dots: `{1: "X", 2: "Y"}`.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_5_1_from_signals_to_a_decision.ipynb) first. Run the next cell before you start.

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from clinxai_teach.calibration import PlattScaling
from clinxai_teach.checks import check, hint, solution
from clinxai_teach.data import diabetes_split
from clinxai_teach.trust import SimilarityDetector, alert_burden, make_override_log

# %% [markdown]
# The tool for "has diabetes, known or not", learned and tested on people of both kinds. The exercises that use it say so.

# %%
split = diabetes_split()
X_train, X_calib, X_test = split.X_train, split.X_calib, split.X_test
y_train, y_calib, y_test = split.y_train, split.y_calib, split.y_test
model = HistGradientBoostingClassifier(random_state=0).fit(X_train, y_train)
platt = PlattScaling().fit(model.decision_function(X_calib), y_calib)
p_test = platt.predict_proba(model.decision_function(X_test))[:, 1]

# %% exercises="gckldmbe"

# %% [markdown]
# ## To discuss, without a check
#
# - In 18.5-c, case 12: the tool says 0.30 to a patient of that group, whose O/E is 1.6. Would you tell the patient 30% or 48%?
# - In 18.5-g, which of the sheets could your own hospital have written?
# - Who on your ward would read an override log, and what would the staff fear?
