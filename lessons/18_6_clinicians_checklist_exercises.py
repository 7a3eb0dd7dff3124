# %% [markdown]
# # Exercises 18.6 The clinician's checklist
#
# **Time:** about {{minutes 18.6}} minutes, more if English is not your first language. {{Count 18.6}} exercises. {{coding 18.6}}
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.6-a")` gives the next of three hints,
# - `solution("18.6-a")` shows the worked answer and the reason.
#
# Replace only the three dots. Put each word or letter in quotation marks; keep commas and numbers.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_6_clinicians_checklist.ipynb) first. Run the next cell before
# you start. **Do 18.6-c first if you want to do it with the book closed:** the next exercise shows the questions.

# %%
from clinxai_teach.checks import check, hint, solution

# %% exercises="c"

# %% exercises

# %% [markdown]
# **Discuss:** which three of the sixteen would you keep if you had one minute? Compare with a colleague. There is no key.
