# %% [markdown]
# # Exercises 18.2.1-2 Gradients and Grad-CAM
#
# **Time:** about {{minutes 18.2-ijnoacdfg}} minutes. {{Count 18.2-ijnoacdfg}} exercises. {{coding 18.2-ijnoacdfg}}
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.2-i")` gives the next of three hints,
# - `solution("18.2-i")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_2_1_gradients_and_grad_cam.ipynb) first. Run the next
# cell before you start.

# %%
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the network is small: several threads would only wait for each other

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

# %% exercises="ijnoacdfg"

# %% [markdown]
# ## To discuss, without a check
#
# - Which baseline would you take for integrated gradients on a CT, where air is black?
# - Should a display show a heatmap while it also says "this film is unlike the training films"?
# - In 18.2-i, what would you ask the maker of the tool in report 2?
