# %% [markdown]
# # Exercises 18.2 Feature attribution
#
# **Time:** about {{minutes 18.2}} minutes. {{Count 18.2}} exercises. {{coding 18.2}}
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.2-a")` gives the next of three hints,
# - `solution("18.2-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_2_feature_attribution.ipynb) first. Run the next
# cell before you start.

# %%
import numpy as np
import pandas as pd
import torch

from clinxai_teach import attribution
from clinxai_teach.checks import check, hint, solution
from clinxai_teach.data import make_radiographs
from clinxai_teach.models import load_cxr_model

films = make_radiographs(60, seed=182)
images = torch.from_numpy(films.images)
model = load_cxr_model("clean")

# %% exercises

# %% [markdown]
# ## To discuss, without a check
#
# - Which baseline would you take for integrated gradients on a CT, where air is black? And for a blood value?
# - Should a display show a heatmap while it also says "this film is unlike the training films"?
# - Local accuracy is bookkeeping: the parts add up to the whole. Why is it not evidence that the model is right?
