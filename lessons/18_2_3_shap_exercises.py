# %% [markdown]
# # Exercises 18.2.3 SHAP
#
# **Time:** about {{minutes 18.2-hklmeb}} minutes. {{Count 18.2-hklmeb}} exercises. {{coding 18.2-hklmeb}}
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.2-h")` gives the next of three hints,
# - `solution("18.2-h")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_2_3_shap.ipynb) first. Run the next cell before you start.

# %%
import numpy as np

from clinxai_teach import attribution
from clinxai_teach.checks import check, hint, solution

# %% exercises="hklmeb"

# %% [markdown]
# ## To discuss, without a check
#
# - In 18.2-k, which of the six displays could be made honest by one more line of text? Write the line.
# - In 18.2-m, what would the readable model have to lose before you took the other one?
