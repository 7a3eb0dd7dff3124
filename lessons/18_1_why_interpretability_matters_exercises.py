# %% [markdown]
# # Exercises 18.1 Why interpretability matters
#
# **Time:** about {{minutes 18.1}} minutes. {{Count 18.1}} exercises. {{coding 18.1}}
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.1-a")` gives the next of three hints,
# - `solution("18.1-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_1_why_interpretability_matters.ipynb) first. Run the next
# cell before you start.

# %%
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from clinxai_teach.checks import check, hint, solution
from clinxai_teach.data import age_group, load_nhanes_diabetes, make_radiographs
from clinxai_teach.models import load_cxr_model, predict_proba

data = load_nhanes_diabetes()

# %% exercises

# %% [markdown]
# ## To discuss, without a check
#
# - You found the flips of the shortcut model. Write two sentences to the head of radiology: what you did, what you found,
#   what should happen next.
# - In 18.1-c, `race_ethnicity` is not a leak. Why is it still no feature of this course's model?
