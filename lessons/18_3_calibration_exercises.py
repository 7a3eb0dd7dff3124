# %% [markdown]
# # Exercises 18.3 Calibration
#
# **Time:** about {{minutes 18.3}} minutes. {{Count 18.3}} exercises. {{coding 18.3}}
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.3-a")` gives the next of three hints,
# - `solution("18.3-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_3_calibration.ipynb) first. Run the next cell before you
# start.

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from clinxai_teach.calibration import (
    PlattScaling,
    brier_decomposition,
    brier_score,
    calibration_null_band,
    calibration_slope_intercept,
    expected_calibration_error,
    observed_expected_ratio,
)
from clinxai_teach.checks import check, hint, solution
from clinxai_teach.data import diabetes_split

# %% [markdown]
# The diabetes model of the section, on the same split. `z_...` are logits, `y_...` is 1 for a person with diabetes.

# %%
split = diabetes_split()
X_train, X_calib, X_test = split.X_train, split.X_calib, split.X_test
model = HistGradientBoostingClassifier(random_state=0).fit(X_train, split.y_train)

z_train, z_calib, z_test = (model.decision_function(X) for X in (X_train, X_calib, X_test))
y_train, y_calib, y_test = (y.to_numpy() for y in (split.y_train, split.y_calib, split.y_test))
p_raw = model.predict_proba(X_test)[:, 1]

# %% exercises

# %% [markdown]
# ## To discuss, without a check
#
# - The interval in 18.3-f leaves out 1 by a little, and six groups were looked at. What would you report, and what would you
#   do next?
# - In 18.3-e, at which threshold would your own clinic act, and who should decide that?
