# %% [markdown]
# # Exercises 18.4 Uncertainty
#
# **Time:** about {{minutes 18.4}} minutes. {{Count 18.4}} exercises. {{coding 18.4}}
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.4-a")` gives the next of three hints,
# - `solution("18.4-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_4_uncertainty.ipynb) first. Run the next cell before you
# start.

# %%
import math

import numpy as np
import pandas as pd
import torch
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_predict, train_test_split

from clinxai_teach.checks import check, hint, solution
from clinxai_teach.conformal import conformal_quantile
from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.models import load_cxr_model
from clinxai_teach.uncertainty import mc_dropout_samples

data = load_nhanes_diabetes()
booster = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
y = data.y.to_numpy()
y_prob = cross_val_predict(booster, data.X, y, cv=5, method="predict_proba")

# %% exercises

# %% [markdown]
# ## To discuss, without a check
#
# - Which alpha would you choose for a test that must rule a disease out, and which for one that must confirm it?
# - What should the display show when the set is empty?
# - Class-conditional sets hold two labels more often. Who does the extra work, and is it worth it?
