# %% [markdown]
# # Exercises 18.5 Clinical trust guidelines
#
# **Time:** about {{minutes 18.5}} minutes. {{Count 18.5}} exercises. {{coding 18.5}}
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.5-a")` gives the next of three hints,
# - `solution("18.5-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_5_trust_guidelines.ipynb) first. Run the next cell before you
# start.

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
# The diabetes tool of the section, on the same split.

# %%
split = diabetes_split()
X_train, X_calib, X_test = split.X_train, split.X_calib, split.X_test
y_train, y_calib, y_test = split.y_train, split.y_calib, split.y_test
model = HistGradientBoostingClassifier(random_state=0).fit(X_train, y_train)
platt = PlattScaling().fit(model.decision_function(X_calib), y_calib)
p_test = platt.predict_proba(model.decision_function(X_test))[:, 1]

# %% exercises

# %% [markdown]
# ## To discuss, without a check
#
# - In 18.5-c, case 12: the tool says 0.30, and in this patient's group O/E is 1.6. Would you tell the patient 30% or 48%?
# - In 18.5-f, which group would you act on first: the one with risks too low, too high, or unknown?
# - Who on your ward would read an override log, and what would the staff fear?
