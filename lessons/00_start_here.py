# %% [markdown]
# # Start here
#
# **ClinXAI Teach** is a course on two questions about clinical AI:
#
# - *Why did the model say so?* (interpretability)
# - *How sure can it be?* (uncertainty)
#
# **For** doctors in training, their teachers, and leaders of workshops. **Time for this page:** about {{reading}} minutes.
#
# **After this page you can** run a notebook, check that your computer is ready, put a marker on a film and read what a model
# says, answer an exercise, and find your way.
#
# > This is teaching material. Nothing here is medical advice, and no model here may be used on a patient.

# %% [markdown]
# ## How to run a notebook
#
# This page is a *notebook*: text and code in boxes called *cells*. To run a cell, click on it and press **Shift + Enter**.
# To run them all, choose **Run > Run All Cells** in the menu. Do that now. It takes less than a minute. One cell near the end
# shows a message about a wrong answer, on a red ground. It is there on purpose: nothing is broken. At the end, scroll back up.
#
# **Installed the light way, without torch?** Then *Your first experiment* shows a picture that does not move, and one line that says why. All
# other cells run. Go on with 18.3: of the sections, 18.3, 18.4.3, 18.5 and 18.6 run.
#
# - A grey bar with three dots instead of code means that the code is folded. Click on it if you want to read it. You never
#   have to.
# - The program that computes behind a notebook is called its *kernel*. If something looks broken, choose **Kernel > Restart
#   Kernel and Run All Cells**. What you typed into cells stays. Numbers are computed again; what you chose in questions is lost. The
#   form of 18.6 keeps its answers.
# - Everything runs on this computer. Nothing is sent anywhere, and no internet connection is needed.
#
# **You cannot install anything?** Then read. Each notebook is stored with its pictures, tables and answers, so the web page
# from which the course is downloaded shows it in any browser: open the folder `notebooks` there. Only the sliders do not move; the
# strip of pictures below each one tells the same story. Your
# teacher can also make the course's website, on which they move and the exercises without code are checked (`make site`).

# %% [markdown]
# **Were you here before?** The next cell says which exercises are right and where to go on. It says nothing at your first visit. The
# record, like the answers in the form of 18.6, is a file on this computer; `clinxai progress` in a terminal shows or deletes both. (`clinxai` means `.venv/bin/clinxai`, on
# Windows `.venv\Scripts\clinxai`, in the folder of the course.)

# %% tags=["output-not-saved"]
from clinxai_teach.resume import where_to_resume

where_to_resume()

# %% [markdown]
# ## Is this computer ready?
#
# The next cell, the *doctor*, checks the installation and says in plain words what to do about each problem. Its report is
# about *your* computer, so it appears only when you run the cell. (In a terminal, `clinxai doctor` gives the same report.)

# %% tags=["output-not-saved"]
from clinxai_teach.doctor import show_report

show_report()

# %% [markdown]
# ## Three ways to use the course
#
# | You are | Start with | Then |
# |---|---|---|
# | a **trainee**, alone | this page, then 18.1 | read, predict, run, look; do the exercises with `hint` and `solution` |
# | a **teacher** | `teaching/guide.md` | exercises are for learning; the tasks for marks are in `teaching/assessment/` |
# | a **workshop leader** with 90 minutes | `teaching/guide.md`, *One workshop on Monday* | print it; no laptop in the room; for 18.1 nobody opens the lesson before |
#
# There are two tracks in each section. **Readers** move sliders and answer questions; no code is needed. **Coders** also
# write the short functions of the exercises. A part headed "For coders" may be
# skipped by all others.

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

# %% fold=true tags=["nbval-check-output"]
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
# table. (And it can read real chest films of children, the collection PneumoniaMNIST, if you have the file.) Three of the people (1 means yes, 0 no):

# %%
from clinxai_teach.data import load_nhanes_diabetes

data = load_nhanes_diabetes()
data.X.head(3).round(1)

# %% [markdown]
# ## Your first experiment
#
# Below is a synthetic film, a heatmap, and five probabilities.
#
# - A *model* here is a neural network: a program that learned from example films to name the finding. The *bars* are its
#   answer, a probability for each of the five classes.
# - A *marker* is the lead letter "L" that lies on the detector and tells left from right. It is no sign of disease.
# - A *heatmap* is a picture over the film. Its bright colours show which places spoke for one class, here pneumonia. (The method is called
#   Grad-CAM. It gives each place points for
#   or against, in units called *logits*; the picture shows only the points for. "Brightest" is the top of the colour scale, one for all
#   maps of one film; "here" is the top of this map; a solid line marks half of the scale. Where "here" is small, the map is almost empty.)
#
# There are two models. **Predict first:** the marker is put on a healthy chest. Should the bars move? Then try it:
#
# 1. Choose the **clean** model. Tick the **marker** on and off.
# 2. Choose the **shortcut** model and do the same.
#
# Use the mouse. On the keyboard, Tab moves on, the arrow keys move a slider or choose the next of several answers, and Space ticks a box.

# %%
from clinxai_teach.explorers import MarkerExplorer, StillPicture

try:
    explorer = MarkerExplorer()
except ModuleNotFoundError as missing:  # the light way has no torch
    explorer = StillPicture(missing)
explorer

# %% [markdown]
# The clean model hardly moves: a letter is no disease. The shortcut model changes its answer because of the letter. That is the
# story of section 18.1: a model can be right for the wrong reason. How large a move is too large, and how many films you need
# to say so, is there as well.
#
# Every slider in the course is followed by a strip of pictures that tells the same story, for print and for readers who cannot
# move it:

# %% fold=true
explorer.filmstrip()

# %% claim=true
first = {key[1:]: answer.probabilities for key, answer in explorer.results.answers.items() if key[0] == 1}
moves = {name: abs(first[True, "A", name] - first[False, "A", name]).max() for name in ("clean", "shortcut")}
assert moves["clean"] < 0.03
assert moves["shortcut"] > 0.5

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
        "Places there spoke for pneumonia in this model's answer": "That is what the map says. Section 18.1 shows what it does not say.",
        "The patient has pneumonia": "The map says something about the model, not about the patient.",
    },
    right="Places there spoke for pneumonia in this model's answer",
)

# %% [markdown]
# *Exercises* are in the folder `exercises`. You write an answer and call `check`. If it is wrong, it tells you what is wrong
# with *this* answer. Here is the question of exercise 18.1-a, in short: *42,396 films come from hospital MSH, 34.2% of them with pneumonia;
# 112,120 from hospital NIH, 1.2% with pneumonia. How good a test for pneumonia is "the film comes from MSH"? Give its AUC* (a number from
# 0.5, chance, to 1, perfect; 18.1 explains it). The next cell has a typical mistake in it, 0.931, the number of a model instead, so it shows a message on a red ground: this is the one that
# was announced above. You need not solve it now. Change the number to 0.5, run the cell again, and see that it speaks in another way.

# %% tags=["raises-exception"]
from clinxai_teach.checks import check, hint, solution

check("18.1-a", 0.931)

# %% [markdown]
# ## The sections
#
# | Section | You learn to | Minutes (a quick reader's; with English as a second language, up to twice as many) | Exercises |
# |---|---|---|---|
# | [18.1 Why interpretability matters](18_1_why_interpretability_matters.ipynb) | find a shortcut and prove it; judge what a heatmap is worth as evidence | {{reading 18_1_why_interpretability_matters}} | [open](../exercises/18_1_why_interpretability_matters.ipynb) |
# | [18.2.1-2 Gradients and Grad-CAM](18_2_1_gradients_and_grad_cam.ipynb) | say what a heatmap shows and what it does not; score and test it | {{reading 18_2_1_gradients_and_grad_cam}} | [open](../exercises/18_2_1_gradients_and_grad_cam.ipynb) |
# | [18.2.3 SHAP](18_2_3_shap.ipynb) | read the bars of one patient's risk; say when a readable model will do | {{reading 18_2_3_shap}} | [open](../exercises/18_2_3_shap.ipynb) |
# | [18.3.1-2 Reading probabilities](18_3_1_reading_probabilities.ipynb) | say what "14%" means for your patients, and of whom it was computed | {{reading 18_3_1_reading_probabilities}} | [open](../exercises/18_3_1_reading_probabilities.ipynb) |
# | [18.3.3 Repairing probabilities](18_3_3_repairing_probabilities.ipynb) | choose a repair, and say what it is worth where a clinic acts | {{reading 18_3_3_repairing_probabilities}} | [open](../exercises/18_3_3_repairing_probabilities.ipynb) |
# | [18.4.1-2 Doubt and deferral](18_4_1_doubt_and_deferral.ipynb) | tell two kinds of doubt apart; judge a deferral by the ill missed in the whole path | {{reading 18_4_1_doubt_and_deferral}} | [open](../exercises/18_4_1_doubt_and_deferral.ipynb) |
# | [18.4.3 Prediction sets](18_4_3_prediction_sets.ipynb) | make sets with a promise, and say to whom it is kept | {{reading 18_4_3_prediction_sets}} | [open](../exercises/18_4_3_prediction_sets.ipynb) |
# | [18.5 Trust, part 1: from signals to a decision](18_5_1_from_signals_to_a_decision.ipynb) | act, verify or do not use: decide for one patient, and audit overrides | {{reading 18_5_1_from_signals_to_a_decision}} | [open](../exercises/18_5_1_from_signals_to_a_decision.ipynb) |
# | [18.5 Trust, part 2: from numbers to a report](18_5_2_from_numbers_to_a_report.ipynb) | read a report about the people a tool is for; watch it after go-live | {{reading 18_5_2_from_numbers_to_a_report}} | [open](../exercises/18_5_2_from_numbers_to_a_report.ipynb) |
# | [18.6 The clinician's checklist](18_6_clinicians_checklist.ipynb) | judge a tool in 16 questions | 90 | [open](../exercises/18_6_clinicians_checklist.ipynb) |
# | [Appendix for coders](appendix_listings.ipynb) | the chapter's listings today, hooks, error messages (optional) | | |
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
