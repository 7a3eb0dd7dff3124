# %% [markdown]
# # Exercises 18.3.1-2 Reading probabilities
#
# **Time:** about {{minutes 18.3-bhijk}} minutes. {{Count 18.3-bhijk}} exercises. {{coding 18.3-bhijk}}
#
# Where each goal of the section is asked without code: 1 in h (a diagram as a table) and k, 2 in h and i, 3 in k, 4 in j, 5 in k (report 4).
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.3-h")` gives the next of three hints,
# - `solution("18.3-h")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_3_1_reading_probabilities.ipynb) first. Run the next cell
# before you start.

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import numpy as np
import pandas as pd
from scipy.special import expit

from clinxai_teach.calibration import brier_decomposition, brier_score
from clinxai_teach.checks import check, hint, solution
from clinxai_teach.data import diabetes_tool

# %% [markdown]
# The tool of the section, among the adults whom it is for: `p` is what it says, `y` is 1 for a person with diabetes.

# %%
tool = diabetes_tool()
for_whom = ~tool.told
y, p = tool.y[for_whom], expit(tool.z[for_whom])

# %% exercises="hijkb"

# %% [markdown]
# ## To discuss, without a check
#
# - In 18.3-j the vendor's numbers are true. Who should have noticed, and at which moment: the vendor, the buyer, the
#   regulator, the doctor?
# - Which of the five reports in 18.3-k would you want to see from a tool that you use today? Who could give it to you?
