# %% [markdown]
# # Exercises 18.6 The clinician's checklist
#
# **Time:** about 40 minutes. Five exercises; only 18.6-d needs code.
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.6-a")` gives the next of three hints,
# - `solution("18.6-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_6_clinicians_checklist.ipynb) first. Run the next cell before
# you start. **Do 18.6-c first if you want to do it with the book closed:** the next exercise shows the questions.

# %%
from clinxai_teach.checklist import QUESTIONS, Checklist
from clinxai_teach.checks import check, hint, solution
from clinxai_teach.checks.section_18_6 import ACTIONS
from clinxai_teach.vendor_sheets import CHESTGUARD

# %% [markdown]
# ## 18.6-c The six groups, with the book closed
#
# Write one short line for each of the six groups of questions, **in your own words** and in any order:
# `groups = ["...", "...", "...", "...", "...", "..."]`. Single words are enough. Do not scroll, and do not look at the card.

# %% exercise="18.6-c" part="answer"
groups = ...
### BEGIN SOLUTION
groups = ["right tool", "shown to work", "read the number", "knows its doubt", "explanation", "act and account"]
### END SOLUTION

# %% exercise="18.6-c" part="check" points=2
check("18.6-c", groups)

# %% [markdown]
# ## 18.6-a What the sheet leaves out
#
# Here is the sheet of an invented tool. Answer each of the 16 questions *from the sheet*: `"yes"` if it gives the evidence
# and you are satisfied, `"no"` if it gives evidence of a fault, `"unknown"` if it does not say.

# %%
CHESTGUARD

# %%
for question in QUESTIONS:
    print(f"{question.number:2}. {question.question}\n    Evidence: {question.evidence}")

# %% [markdown]
# Some questions are about one patient. Answer them for the tool: does the sheet say that the doctor will be *shown* this for
# each patient?

# %% exercise="18.6-a" part="answer"
sheet = {
    1: ...,
    2: ...,
    3: ...,
    4: ...,
    5: ...,
    6: ...,
    7: ...,
    8: ...,
    9: ...,
    10: ...,
    11: ...,
    12: ...,
    13: ...,
    14: ...,
    15: ...,
    16: ...,
}
### BEGIN SOLUTION
sheet = dict.fromkeys(range(1, 17), "yes")
sheet[2] = "unknown"  # "diverse and representative": no table
sheet[5] = "unknown"  # "works for every patient": one overall number
sheet[7] = "unknown"  # an AUC says nothing about calibration
sheet[11] = "unknown"  # "95% confidence" of what, over whom?
sheet[16] = "unknown"  # "learns continuously": which version was tested?
### END SOLUTION

# %% exercise="18.6-a" part="check" points=4
check("18.6-a", sheet)

# %% [markdown]
# ## 18.6-b Five actions after "not ready"
#
# Your verdict is *do not act on the output alone*. Put the five actions in order: a list of the letters, for example
# `order = ["A", "B", "C", "D", "E"]`.

# %%
for letter, action in ACTIONS.items():
    print(f"{letter}  {action}")

# %% exercise="18.6-b" part="answer"
order = ...
### BEGIN SOLUTION
order = ["C", "E", "A", "D", "B"]
### END SOLUTION

# %% exercise="18.6-b" part="check" points=2
check("18.6-b", order)

# %% [markdown]
# ## 18.6-d The verdict as a rule
#
# Write `verdict(answers)`. `answers` is a dict from the number of a question (1 to 16) to `"yes"`, `"no"` or `"unknown"`.
# A question that nobody has answered is **not in the dict**. Groups A to D are the questions 1 to 11, E and F are 12 to 16.
# Return the text of the first rule that fits:
#
# 1. a no in A to D: `"do not use"`
# 2. an unknown in A to D: `"do not act on the output alone"`
# 3. a question (1 to 16) without an answer: `"not finished"`
# 4. a no or an unknown in E or F: `"use with care"`
# 5. otherwise: `"ready to use"`


# %% exercise="18.6-d" part="answer"
def verdict(answers):
    ### BEGIN SOLUTION
    core = [answers.get(number) for number in range(1, 12)]
    rest = [answers.get(number) for number in range(12, 17)]
    if "no" in core:
        return "do not use"
    if "unknown" in core:
        return "do not act on the output alone"
    if None in core + rest:
        return "not finished"
    if "no" in rest or "unknown" in rest:
        return "use with care"
    return "ready to use"
    ### END SOLUTION


# %% exercise="18.6-d" part="check" points=3
check("18.6-d", verdict)

# %% [markdown]
# Now try your rule on your own answers to 18.6-a:

# %%
if ... in sheet.values() or verdict({}) is None:
    print("18.6-a or 18.6-d is still open.")
else:
    print("ChestGuard:", verdict(sheet))

# %% [markdown]
# ## 18.6-e Which section answers it?
#
# For each question, write the section in which you learned to make its evidence: `"18.1"` why interpretability matters,
# `"18.2"` feature attribution, `"18.3"` calibration, `"18.4"` uncertainty, `"18.5"` trust guidelines. The questions are printed
# above. Where two sections teach it, either counts.

# %% exercise="18.6-e" part="answer"
taught = {
    1: ...,
    2: ...,
    3: ...,
    4: ...,
    5: ...,
    6: ...,
    7: ...,
    8: ...,
    9: ...,
    10: ...,
    11: ...,
    12: ...,
    13: ...,
    14: ...,
    15: ...,
    16: ...,
}
### BEGIN SOLUTION
taught = {1: "18.5", 2: "18.5", 3: "18.1", 4: "18.1", 5: "18.5", 6: "18.1", 7: "18.3", 8: "18.3"}
taught |= {9: "18.4", 10: "18.4", 11: "18.4", 12: "18.2", 13: "18.2", 14: "18.5", 15: "18.5", 16: "18.5"}
### END SOLUTION

# %% exercise="18.6-e" part="check" points=3
check("18.6-e", taught)

# %% [markdown]
# **Discuss:** which three of the sixteen would you keep if you had one minute? Compare with a colleague. There is no key.
