# %% [markdown]
# # Exercises 18.4.1-2 Doubt and deferral
#
# **Time:** about {{minutes 18.4-abfhij}} minutes. {{Count 18.4-abfhij}} exercises. {{coding 18.4-abfhij}}
#
# Where each goal of the section is asked without code: 1 in h, 2 in h (item 4), 3 in i, 4 in j, 5 in f.
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.4-h")` gives the next of three hints,
# - `solution("18.4-h")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_4_1_doubt_and_deferral.ipynb) first. Run the next cell before you
# start.

# %%
import numpy as np
import torch

from clinxai_teach.checks import check, hint, solution
from clinxai_teach.data import make_radiographs
from clinxai_teach.models import load_cxr_model
from clinxai_teach.uncertainty import mc_dropout_samples

# %% exercises="hjifab"

# %% [markdown]
# ## To discuss, without a check
#
# - In 18.4-f, what would you ask the dermatologist before you buy the tool?
# - In 18.4-j, would you tell the patient? How?
