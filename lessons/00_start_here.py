# %% [markdown]
# # Start here
#
# **ClinXAI Teach** is a course on two questions about clinical AI:
#
# - *Why did the model say so?* (interpretability)
# - *How sure can it be?* (uncertainty)
#
# **For** doctors in training, their teachers, and leaders of workshops. **Time for this page:** about 15 minutes.
#
# **After this page you can** run a notebook, check that your computer is ready, move a slider, answer an exercise, and find
# your way.
#
# > This is teaching material. Nothing here is medical advice, and no model here may be used on a patient.

# %% [markdown]
# ## How to run a notebook
#
# This page is a *notebook*: text and code in boxes called *cells*. To run a cell, click on it and press **Shift + Enter**.
# To run them all, choose **Run > Run All Cells** in the menu. Do that now. It takes less than a minute.
#
# - A grey bar with three dots instead of code means that the code is folded. Click on it if you want to read it. You never
#   have to.
# - If something looks broken, choose **Kernel > Restart Kernel and Run All Cells**. Nothing is lost but the numbers you
#   computed.
# - Everything runs on this computer. Nothing is sent anywhere, and no internet connection is needed.
# - The program that computes behind a notebook is called its *kernel*. One notebook, one kernel.

# %% [markdown]
# ## Is this computer ready?
#
# The next cell checks the installation and says in plain words what to do about each problem. Its report is about *your*
# computer, so it appears only when you run the cell. The same report comes from the command line: `clinxai doctor`.

# %% tags=["output-not-saved"]
from clinxai_teach.doctor import show_report

show_report()

# %% [markdown]
# ## Three ways to use the course
#
# | You are | Start with | Then |
# |---|---|---|
# | a **trainee**, alone | this page, then 18.1 | read, predict, run, look; do the exercises with `hint` and `solution` |
# | a **teacher** | the lesson, then `solutions/` | hand out `exercises/`; they can be graded with nbgrader |
# | a **workshop leader** with 90 minutes | the doctor above on each laptop | sections 1 to 4 and 8 of 18.1, with the slider on the projector |
#
# There are two tracks in each section. **Readers** move sliders and answer questions; no code is needed. **Coders** also
# write the short functions of the exercises.

# %% [markdown]
# ## The films, and why they are synthetic
#
# A heatmap on a real chest film is hard to judge: nobody knows for certain what the model *should* have looked at. So the
# films of this course are made by a program. It draws a chest (lungs, heart, ribs, spine, diaphragm), sends X-rays through
# it, and adds the noise of the detector. We know where each lesion is, how severe it is, and where a marker was planted.
# Every picture of them says *synthetic*.

# %% fold=true
from clinxai_teach import plots
from clinxai_teach.data import make_radiographs

films = make_radiographs(200, seed=5, marker="random", size=128)
plots.show(
    plots.contact_sheet(films),
    "Contact sheet of synthetic chest films, one row for each class: normal, pneumonia, effusion, nodule, "
    "cardiomegaly. Severity rises from left to right; faint findings are hard to see.",
)

# %% tags=["nbval-check-output"]
print("classes:", ", ".join(films.class_names))
print(
    "films:",
    len(films.labels),
    "| with a lesion:",
    int(films.lesion_masks.any((1, 2)).sum()),
    "| with a marker:",
    films.metadata["marker"].sum(),
)

# %% [markdown]
# The *severity* in the title of each film goes from 0 (nothing to see) to 1 (plain). A film with a finding of low severity
# often looks like a normal film, to you and to a model. This doubt is built in on purpose: sections 18.3 and 18.4 are about it.
#
# The course also uses **real people**: 5,018 adults of the American survey NHANES 2017-2018, for everything that is a
# table. And it can read real chest films of children (PneumoniaMNIST) if you have the file:

# %%
from clinxai_teach.data import load_nhanes_diabetes

data = load_nhanes_diabetes()
data.X.head(3).round(1)

# %% [markdown]
# ## Your first slider
#
# Below is one film, a model's five probabilities for it, and a heatmap. A *model* here is a neural network: a program that
# learned from example films to name the finding. A *heatmap* is a picture over the film; bright colours show which places
# counted for the answer. (Grad-CAM is the method that draws it. Its unit, the *logit*, is a raw score before it becomes a
# probability.) The course has two models. Try this:
#
# 1. Choose the **clean** model. Put the **marker** (the white "L") on the film and take it off. Do the bars move?
# 2. Choose the **shortcut** model and do the same.
#
# Use the mouse, or the Tab and arrow keys.

# %%
from clinxai_teach.explorers import MarkerExplorer

explorer = MarkerExplorer()
explorer

# %% [markdown]
# What you saw is the story of section 18.1: a model can be right for the wrong reason. Every slider in the course is
# followed by a strip of pictures that tells the same story, for print and for readers who cannot move it:

# %% fold=true
explorer.filmstrip()

# %% [markdown]
# ## How questions and exercises work
#
# In the sections you will meet *questions* like this one. Choose, then lock in your answer. To commit before you see the
# result helps you to understand it (Crouch and colleagues, 2004).

# %% fold=true
from clinxai_teach.checks import Question

Question(
    "A heatmap is warm on the lung with the pneumonia. What do you know?",
    {
        "The model uses the pneumonia, and nothing else": "A heatmap cannot rule out that something else is used as well.",
        "The model's last maps were active there and counted for the class": "That is what the map says. Section 18.1 shows what it does not say.",
        "The patient has pneumonia": "The map says something about the model, not about the patient.",
    },
    right="The model's last maps were active there and counted for the class",
)

# %% [markdown]
# *Exercises* are in the folder `exercises`. You write an answer and call `check`. If it is wrong, it tells you what is wrong
# with *this* answer. Change the number in the next cell to see how it speaks. (0.931 is a typical mistake. The cell is
# allowed to fail.)

# %% tags=["raises-exception"]
from clinxai_teach.checks import check, hint, solution

check("18.1-a", 0.931)

# %% [markdown]
# ## The sections
#
# | Section | You learn to | Exercises |
# |---|---|---|
# | [18.1 Why interpretability matters](18_1_why_interpretability_matters.ipynb) | find a shortcut and prove it; judge what a heatmap is worth as evidence | [open](../exercises/18_1_why_interpretability_matters.ipynb) |
# | [18.2 Feature attribution](18_2_feature_attribution.ipynb) | build gradients, integrated gradients, Grad-CAM and SHAP, and test them | [open](../exercises/18_2_feature_attribution.ipynb) |
# | [18.3 Calibration](18_3_calibration.ipynb) | say what "80%" means for your patients, and repair it | [open](../exercises/18_3_calibration.ipynb) |
# | [18.4 Uncertainty](18_4_uncertainty.ipynb) | tell two kinds of doubt apart; make prediction sets with a guarantee | [open](../exercises/18_4_uncertainty.ipynb) |
# | [18.5 Trust guidelines](18_5_trust_guidelines.ipynb) | write a report that a committee can read | [open](../exercises/18_5_trust_guidelines.ipynb) |
# | [18.6 The clinician's checklist](18_6_clinicians_checklist.ipynb) | judge a tool in 16 questions | [open](../exercises/18_6_clinicians_checklist.ipynb) |
#
# The order and the terms are those of chapter 18 of *The Clinical AI Field Guide* (R. McBeth, University of Pennsylvania).
# The text and the code of this course are its own.
#
# **Next:** [18.1 Why interpretability matters](18_1_why_interpretability_matters.ipynb).
#
# ## References
#
# - Crouch C. H. et al. Classroom demonstrations: learning tools or entertainment? Am J Phys 2004;72:835-838. doi:10.1119/1.1707018
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `data.source`.
