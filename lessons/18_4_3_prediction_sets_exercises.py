# %% [markdown]
# # Exercises 18.4.3 Prediction sets
#
# **Time:** about {{minutes 18.4-cdegklm}} minutes. {{Count 18.4-cdegklm}} exercises. {{coding 18.4-cdegklm}}
#
# Where each goal of the section is asked without code: 1 in m (threshold, labels) and g, 2 in k, 3 in m (may_miss) and l, 4 in l, 5 in m (films) and l (tool 5).
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.4-k")` gives the next of three hints,
# - `solution("18.4-k")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_4_3_prediction_sets.ipynb) first. Run the next cell before you
# start.

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import math

import numpy as np
from scipy import stats
from scipy.special import expit
from sklearn.model_selection import train_test_split

from clinxai_teach.checks import check, hint, solution
from clinxai_teach.conformal import conformal_quantile
from clinxai_teach.data import diabetes_tool

# %% [markdown]
# The tool of the section among the adults whom it is for: `y` is 1 for a person with diabetes, `y_prob` (n, 2) what the tool, as sold,
# says.

# %%
tool = diabetes_tool()
for_whom = ~tool.told
y, p_ill = tool.y[for_whom], expit(tool.z[for_whom])
y_prob = np.column_stack([1 - p_ill, p_ill])

# %% exercises="klmgcde"

# %% [markdown]
# ## To discuss, without a check
#
# - Which alpha would you choose for a test that must rule a disease out, and which for one that must confirm it?
# - In 18.4-k, would you send a patient with {no appendicitis} home? What else would you want to know?
# - Sets with thresholds per class hold both labels more often. Who does the extra work, and is it worth it?
