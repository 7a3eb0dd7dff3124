# %% [markdown]
# # Exercises 18.3.3 Repairing probabilities
#
# **Time:** about {{minutes 18.3-acdefglmn}} minutes. {{Count 18.3-acdefglmn}} exercises. {{coding 18.3-acdefglmn}}
#
# Where each goal of the section is asked without code: 1 in l, 2 in m (by hand) and g (statement 12), 3 in n, 4 in g (statements 6 and 11), 5 in a.
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.3-l")` gives the next of three hints,
# - `solution("18.3-l")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_3_3_repairing_probabilities.ipynb) first. Run the next cell
# before you start.

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from clinxai_teach.calibration import (
    PlattScaling,
    calibration_slope_intercept,
    expected_calibration_error,
    observed_expected_ratio,
)
from clinxai_teach.checks import check, hint, solution
from clinxai_teach.data import diabetes_split, diabetes_tool

# %% [markdown]
# The tool of the section among the adults whom it is for, as sold (`p_raw`) and after Platt, five parts put together
# (`p_platt`). `y` is 1 for a person with diabetes.

# %%
tool = diabetes_tool()
for_whom = ~tool.told
after = np.empty(len(tool.y))
for k in range(5):
    kept, judged = for_whom & (tool.part == (k + 1) % 5), tool.part == k
    after[judged] = PlattScaling().fit(tool.z_calib[kept], tool.y[kept]).predict_proba(tool.z[judged])[:, 1]
y, p_raw, p_platt = tool.y[for_whom], expit(tool.z[for_whom]), after[for_whom]

# %% exercises="lmnagdcef"

# %% [markdown]
# ## To discuss, without a check
#
# - The interval in 18.3-f leaves out 1. Before you report it: how many groups did somebody look at?
# - In 18.3-n, who should set the threshold: the emergency department, the radiologists, the patients?
