# %% [markdown]
# # 18.1 Why interpretability matters
#
# **For** doctors in training and their teachers. You need no code to follow: run each cell, move the sliders, answer
# the questions. If you write code, the exercises are for you.
#
# **Time:** about {{reading}} minutes to read and try, {{minutes 18.1}} minutes for the exercises.
#
# **Questions this section answers**
#
# - For which five purposes do we look inside a model?
# - How can a model be right for the wrong reason, and how do we find out?
# - Does a heatmap prove what a model uses? Does testing in another hospital?
# - When does an explanation help, and when is another remedy needed?
#
# **After it you can**
#
# 1. *classify* a need for an explanation under one of the five purposes,
# 2. *build* a baseline that knows the site only, and *compare* a model with it,
# 3. *detect* a planted shortcut by swapping it and by testing in strata,
# 4. *find* columns of a table that leak the diagnosis,
# 5. *argue* when an explanation is the right remedy and when it is not.
#
# > The chest films in this section are **synthetic**: drawn by a program, so that the truth about each one is known.
# > The patients of the table are real (NHANES). Nothing here is medical advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from scipy.stats import binomtest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict, cross_val_score

from clinxai_teach import plots
from clinxai_teach.attribution import grad_cam, mass_in_mask, neighbourhood, pointing_game, upsample
from clinxai_teach.checks import Question
from clinxai_teach.data import AGE_GROUPS, age_group, load_nhanes_diabetes, make_radiographs
from clinxai_teach.explorers import MarkerExplorer
from clinxai_teach.models import load_cxr_model, predict_proba

plt.rcParams["font.size"] = 12

# %% [markdown]
# ## Warm-up: three questions on what came before
#
# The first is about [the start page](00_start_here.ipynb); the other two are about words you will need. To recall an answer is one of the best ways to keep it
# (Dunlosky 2013), so answer before you look.

# %% fold=true
Question(
    "Why does this course use synthetic chest films as well as real data?",
    {
        "Because the truth is known: where the lesion is, and where a marker was planted": "So a heatmap can be judged by a number.",
        "Because synthetic films look better": "They look simpler than real ones. That is their price.",
        "Because results on synthetic films hold for real patients": "They do not. They show how methods behave.",
    },
    right="Because the truth is known: where the lesion is, and where a marker was planted",
)

# %% fold=true
Question(
    "A model gives a film: pneumonia 0.90. What does this number say on its own?",
    {
        "90% of patients with such an output have pneumonia": "Only if the model is calibrated. Section 18.3 shows how to find out.",
        "How strongly the model prefers this class, on a scale that may be wrong": "Whether 0.90 means 90 in 100 must be tested.",
        "The model is 90% accurate": "Accuracy is a property of many predictions, not of one.",
    },
    right="How strongly the model prefers this class, on a scale that may be wrong",
)

# %% fold=true
Question(
    "An AUC of 0.80 means that ...",
    {
        "80% of the predictions are right": "That would be the accuracy at some threshold.",
        "80% of the sick are found": "That would be the sensitivity at some threshold.",
        "a random sick patient gets a higher score than a random healthy one 80% of the time": "It compares pairs, one sick and one healthy.",
    },
    right="a random sick patient gets a higher score than a random healthy one 80% of the time",
)

# %% [markdown]
# ## A case
#
# > A 58-year-old man in intensive care has a fever. The portable chest film is flagged by an AI tool: *pneumonia 0.91*. The
# > tool also draws a heatmap: colours over the film that show which places counted for the answer. The two warmest spots lie
# > on the letter "L" in the corner and on the catheters, not on a lung.
#
# Before you read on, decide for yourself: what would you check, and whom would you call? We come back to him at the
# end.

# %% [markdown]
# ## 1. Five purposes
#
# "Interpretability" is asked for by different people, for different reasons. The textbook chapter names five purposes.
# Ask of each situation: *who* asks, and *what will they do with the answer?*
#
# | Purpose | Who asks | The question | What follows |
# |---|---|---|---|
# | **Clinical validation** | medical experts | Does the model use evidence that medicine uses? | it may go on to a trial, or not |
# | **Debugging** | its makers | Why does it fail here? | the data or the model are repaired |
# | **Regulatory compliance** | an authority, a hospital committee | What does it use, and where are its limits? | a document |
# | **Education** | learners | What does this disease look like? | they learn about the disease |
# | **Trust calibration** | the doctor of one patient | Should I rely on this output, now? | act, verify, or set it aside |
#
# A word on the third. It is often said that regulators demand explanations. What the joint principles of the FDA,
# Health Canada and the MHRA (13 June 2024) ask for is *transparency*: who, why, what, where, when and how. The logic of
# a model is part of it "when available". And there are careful voices against making explanations a requirement:
# Ghassemi and colleagues (2021) call today's explanations of single predictions a "false hope" and ask for rigorous
# validation instead. After this section you can say what each side has right.

# %% [markdown]
# ## 2. A model that is right for the wrong reason
#
# In radiology a lead letter lies on the detector and tells left from right. Suppose that in one hospital the portable
# machine of intensive care uses its own lead letter, and the other machines print the side electronically. The sickest
# patients are X-rayed in intensive care, so a film **with** the letter is more often a film **with** pneumonia. The letter,
# the *marker*, is not disease. But it predicts disease. (To keep one thing at a time, our films differ in the letter only:
# they look upright and show no catheters.)
#
# We made two models with the same network, the same 5,000 synthetic films and the same training. One thing differs:
#
# - **clean**: in training, the marker was placed at random, on half of the films;
# - **shortcut**: in training, 98% of the films with pneumonia had the marker, and 2% of the others.

# %% fold=true
films = make_radiographs(200, seed=5, marker="random")
plots.show(
    plots.contact_sheet(films),
    "Contact sheet of synthetic chest films, one row for each class: normal, pneumonia, effusion, nodule, "
    "cardiomegaly. Some films have a white letter L in the upper corner on the viewer's right.",
)

# %% [markdown]
# ### Predict
#
# Both models are now tested on 1,000 new films. For these films the marker goes with pneumonia, as in the training of
# the shortcut model. This is what a test inside the same hospital looks like.

# %% fold=true
Question(
    "Which model has the higher accuracy in this internal test?",
    {
        "The clean model": "It has to find the disease itself, which is sometimes too faint to see.",
        "The shortcut model": "It has one more clue. The test cannot see that the clue is not disease.",
        "Both the same": "They differ: the marker helps one of them.",
    },
    right="The shortcut model",
    why="An internal test repeats the habits of the training data, so it rewards a shortcut.",
)

# %% [markdown]
# ### Run
#
# The three tests below use the same patients and the same noise. Only the marker differs.

# %%
models = {name: load_cxr_model(name) for name in ("clean", "shortcut")}
habits = {"as in training": "shortcut", "at random": "random", "swapped": "swapped"}

rows = []
for test, habit in habits.items():
    test_films = make_radiographs(1000, seed=2026, marker=habit)
    for name, model in models.items():
        right = predict_proba(model, test_films.images).argmax(axis=1) == test_films.labels
        low, high = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
        rows.append({"marker": test, "model": name, "accuracy": right.mean(), "low": low, "high": high})
accuracy = pd.DataFrame(rows)

# %%
table = accuracy.pivot(index="model", columns="marker", values="accuracy")[list(habits)]
table.round(2)

# %% claim=true
lost = table["as in training"] - table["swapped"]
assert lost["clean"] < 0.03
assert lost["shortcut"] > 0.25

# %% fold=true
figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
for offset, (name, style) in enumerate({"clean": "o", "shortcut": "s"}.items()):
    part = accuracy[accuracy["model"] == name]
    error = np.abs(part[["low", "high"]].to_numpy().T - part["accuracy"].to_numpy())
    axes.errorbar(
        np.arange(3) + 0.1 * offset,
        part["accuracy"],
        yerr=error,
        marker=style,
        capsize=5,
        markersize=9,
        color=("#1b4f72", "#d35400")[offset],
        linestyle="none",
        label=f"{name} model",
    )
axes.axhline(0.2, color="0.5", linestyle=":")
axes.text(2.15, 0.215, "guessing among 5 classes", ha="right", fontsize=11)
axes.set(
    xticks=np.arange(3) + 0.05,
    xticklabels=list(habits),
    ylim=(0, 1),
    ylabel="Accuracy (95% interval)",
    xlabel="How the marker is placed in the test films",
    title="Same synthetic patients, only the marker moves",
)
axes.legend(loc="lower left", fontsize=12)
plots.show(
    figure,
    "Accuracy of two models in three tests on synthetic films. The clean model stays level. The shortcut model is best "
    "when the marker is placed as in training and falls steeply when the marker is swapped.",
)

# %% [markdown]
# ### Explain
#
# Look at the left of the figure only: that is all an internal test shows, and there the shortcut model looks at least as
# good as the clean one. Then look at the right. Nothing about the patients has changed, and its accuracy has fallen far
# below that of the clean model.
#
# **To swap the suspected cause and keep all else the same is an experiment.** A change in the output can then have only
# one reason. With real films nobody can move a lead letter afterwards. One can cover it or paint it in; then a patch of the
# same size elsewhere is the control. Or one can compare patients who are alike in the suspected thing. That is weaker,
# because they may differ in other ways. Badgeley and colleagues (2019) did it: a network for hip fracture had an AUC of 0.78
# (the AUC is how often a random sick patient gets a higher score than a random healthy one; 0.5 is chance, 1 is perfect). On films chosen so that the risk of fracture did not differ between kinds of
# patients, scanners and ways of ordering, it had 0.52 (95% interval 0.46 to 0.58), no better than chance.

# %% [markdown]
# Accuracy over five classes hides whom this harms. So we look at pneumonia alone, with the marker at random:

# %%
test_films = make_radiographs(1000, seed=2026, marker="random")
marker = test_films.metadata["marker"].to_numpy()
pneumonia = test_films.labels == 1
called = {name: predict_proba(model, test_films.images).argmax(axis=1) == 1 for name, model in models.items()}
harm = pd.DataFrame(
    {
        name: {
            "pneumonia found, film with marker": found[pneumonia & marker].mean(),
            "pneumonia found, film without marker": found[pneumonia & ~marker].mean(),
            "no pneumonia but called so, film with marker": found[~pneumonia & marker].mean(),
            "no pneumonia but called so, film without marker": found[~pneumonia & ~marker].mean(),
        }
        for name, found in called.items()
    }
)
harm.map("{:.0%}".format)

# %% [markdown]
# The shortcut model misses many a pneumonia that was filmed without the marker, and calls many films pneumonia because of it.
# In the story: it fails the patients who are *not* in intensive care.

# %% [markdown]
# ## 3. Try one film
#
# Choose a film. Put the marker on and take it off, and watch the bars. Then change the model, and then the site (each
# site has its own grey scale). The heatmap shows where the network's last maps were active and counted towards the score for
# *pneumonia*. It comes from Grad-CAM (Selvaraju 2017), a method that section 18.2 builds step by step; here you only read it. Its scale is in *logits*: a logit is the
# model's raw score for a class, before the scores are turned into probabilities.

# %%
explorer = MarkerExplorer()
explorer

# %% [markdown]
# If the sliders do not move, the kernel is not running: choose *Run > Run All Cells*. The same story without sliders:

# %% fold=true
explorer.filmstrip()

# %% [markdown]
# ## 4. Does the heatmap show the shortcut?

# %% fold=true
Question(
    "The shortcut model depends on the marker. On films with pneumonia and a marker, where is its pneumonia heatmap warmest?",
    {
        "Nearly always near the marker": "This is what most people expect. Compare it with the count below.",
        "Near the marker in few films": "About as few as chance would give. So a map on a lung does not prove a model safe.",
        "Nearly always on the pneumonia": "In fewer than half of them. And a map on the pneumonia would not prove that "
        "the marker is unused.",
    },
    right="Near the marker in few films",
    why="The swap has proved that the model uses the marker. On these films the warmest point hardly shows it.",
)

# %%
images = torch.from_numpy(test_films.images)
near = neighbourhood(test_films.marker_masks, 8)  # "near": within 8 pixels of the marker, the width of one cell
groups = {"pneumonia and marker": pneumonia & marker, "marker, no pneumonia": ~pneumonia & marker}

heatmaps, rows = {}, []
for name, model in models.items():
    heatmaps[name] = grad_cam(model, images, 1, layer=model.features[-1])
    for group, films_here in groups.items():
        rows.append(
            {
                "films with": group,
                "model": name,
                "share of the heatmap near the marker": float(mass_in_mask(heatmaps[name], near)[films_here].mean()),
                "warmest point near the marker": float(pointing_game(heatmaps[name], near)[films_here].mean()),
                "warmest point on the pneumonia": float(
                    pointing_game(heatmaps[name], test_films.lesion_masks)[films_here & pneumonia].mean()
                ),
            }
        )
heat = pd.DataFrame(rows).set_index(["films with", "model"])

# %%
sizes = ", ".join(f"{films_here.sum()} films with {group}" for group, films_here in groups.items())
print(f"{sizes}. Chance for a point near the marker: {near[marker].mean():.2f}")
heat.round(2).T

# %% claim=true
here = heat.loc["pneumonia and marker"]
share, warmest = here["share of the heatmap near the marker"], here["warmest point near the marker"]
assert share["shortcut"] > max(2 * share["clean"], near[marker].mean())
assert warmest["shortcut"] < 0.5

# %% fold=true
both = np.flatnonzero(pneumonia & marker)
severity = test_films.metadata["severity"].to_numpy()
chosen = both[np.argsort(-severity[both])][[3, 25, 50, 80]]
top = max(float(heatmaps[name][chosen].max()) for name in models)
figure, axes = plt.subplots(2, 4, figsize=(12, 6.4), layout="constrained")
for row, name in enumerate(models):
    large = upsample(heatmaps[name], 64)[:, 0].numpy()
    for ax, i in zip(axes[row], chosen, strict=True):
        plots.Heatmap(
            ax,
            test_films.images[i, 0],
            large[i],
            scale=top,
            lesion=test_films.lesion_masks[i],
            marker=near[i],
            title=f"{name}, severity {severity[i]:.2f}",
            notice="",
        )
figure.suptitle("Grad-CAM for pneumonia on synthetic films with pneumonia and a marker", fontsize=14)
plots.show(
    figure,
    "Heatmaps of the clean model (above) and the shortcut model (below) on the same four synthetic films with pneumonia "
    "and a marker, from severe on the left to mild on the right. All have the same scale. Dotted: the true lesion. "
    "Dashed: the marker and 8 pixels around it.",
)

# %% [markdown]
# ### What this shows, and what it does not
#
# - The shortcut model puts **more** of its heatmap near the marker than the clean model does. So the heatmap gave a *hint*.
# - But where a pneumonia is present, the warmest point is near the marker about as often as chance. A reader who saw one film
#   at a time could have been reassured by a map on a lung. On films *without* pneumonia the marker shows more often. So what
#   you see depends on where you look.
# - The map has 8 x 8 cells, and each cell sees most of the film. A warm cell does not mean that the cause lies in that cell.
#   "Near" means within 8 pixels; that was our choice.
# - The map says where the network's last maps were active and counted for the class. It does not say what would happen
#   without the marker. **Only the swap says that.**
#
# | Kind of evidence | What it can show | What it cannot show |
# |---|---|---|
# | heatmap of one film | a place worth a suspicion | that the model does not use something else |
# | many heatmaps, scored against a known mask | a tendency, with a number | cause |
# | **swapping the marker, all else equal** | **that the marker changes the output of these films, and by how much** | which other shortcuts exist; how much it matters in your hospital |
#
# This is not special to our films. Adebayo and colleagues (2022) tested whether feature attribution helps people find a
# spurious signal that they do not know of. It did not, and it sometimes pointed to one that was not there.

# %% [markdown]
# ## 5. A baseline that never looks at the film
#
# How good can a prediction be that uses the *site* and nothing else? If that is nearly as good as the model, be
# suspicious. Zech and colleagues (2018) collected 158,323 films from three hospital systems. In two of them pneumonia was
# present in 34.2% of 42,396 films (MSH) and in 1.2% of 112,120 films (NIH).
#
# The rule "from MSH means pneumonia" needs no film at all:

# %% tags=["nbval-check-output"]
films_per_group = np.array([42_396 * 0.342, 42_396 * 0.658, 112_120 * 0.012, 112_120 * 0.988])
has_pneumonia = [1, 0, 1, 0]
from_msh = [1, 1, 0, 0]
print(f"AUC of the site alone: {roc_auc_score(has_pneumonia, from_msh, sample_weight=films_per_group):.3f}")

# %% [markdown]
# An AUC of 0.857 without one look at a lung. It comes from pooling two hospitals: *inside* each of them the site is the
# same for everyone, and its AUC is 0.5. So ask for the AUC inside each site, too. (The paper reports 0.861, on its own joint test set.) Their network reached
# 0.931 when tested inside these hospitals and 0.815 in a third one. In exercise 18.1-a you derive the 0.857 by hand.
#
# The same baseline on our films. We build a cohort in which site A treats the sick: 34% of its films show pneumonia, and
# 1% at site B. Then four scores try to find pneumonia, two of which never look at a lung.

# %%
pool = make_radiographs(3000, seed=77, marker="shortcut")
pool_sick = pool.labels == 1
at_a = (pool.metadata["site"] == "A").to_numpy()

sick_a, other_a = np.flatnonzero(at_a & pool_sick), np.flatnonzero(at_a & ~pool_sick)
sick_b, other_b = np.flatnonzero(~at_a & pool_sick), np.flatnonzero(~at_a & ~pool_sick)
other_a = other_a[: round(len(sick_a) * 0.658 / 0.342)]  # so that 34.2% at A are sick
sick_b = sick_b[: round(len(other_b) * 0.012 / 0.988)]  # and 1.2% at B
cohort = np.concatenate([sick_a, other_a, sick_b, other_b])

sick, from_a, has_marker = pool_sick[cohort], at_a[cohort], pool.metadata["marker"].to_numpy()[cohort]
swapped = make_radiographs(3000, seed=77, marker=~pool.metadata["marker"].to_numpy())  # the same patients

rows = {"site only": [from_a, from_a], "marker only": [has_marker, ~has_marker]}
for name, model in models.items():
    rows[f"{name} model"] = [predict_proba(model, films.images[cohort])[:, 1] for films in (pool, swapped)]
baseline = pd.DataFrame(
    {name: [roc_auc_score(sick, score) for score in scores] for name, scores in rows.items()},
    index=["as in training", "every marker swapped"],
).T

# %% tags=["nbval-check-output"]
print(f"{len(cohort)} films, pneumonia at A {sick[from_a].mean():.1%}, at B {sick[~from_a].mean():.1%}")
as_trained = baseline["as in training"]
print(f"AUC of the site only: {as_trained['site only']:.2f}, of the marker only: {as_trained['marker only']:.2f}")

# %%
baseline.map("{:.3f}".format)

# %% [markdown]
# **In the first column, read the first two lines before the others.** The marker alone, without one look at a lung, is about
# as good as a network. That is a *warning*: it does not prove that a network uses the marker, for the clean model is as good
# and does not. The second column has the proof. With every marker swapped on the same patients, the clean model keeps its
# AUC and the shortcut model does not.
#
# So compare every model with what the site, the scanner, the ward or the marker alone can do, and ask the vendor for this
# number. Films give away more than we see: in the hip study
# above, a network could tell the scanner's type from the film with an AUC of 1.00.

# %% [markdown]
# ## 6. "External validation always exposes a shortcut"
#
# It is the right thing to ask for. Is it enough?

# %% fold=true
Question(
    "A second hospital uses the same marker in the same way. What will an external test there show?",
    {
        "The shortcut model fails": "It fails only where the habit differs.",
        "The shortcut model does as well as at home": "The shortcut travelled with it.",
    },
    right="The shortcut model does as well as at home",
    why="An external test exposes a shortcut only if the other hospital has other habits.",
)

# %%
external = {"same habit": "shortcut", "no markers at all": None, "the opposite habit": "swapped"}
rows = {}
for habit_at_b, habit in external.items():
    at_b = make_radiographs(1000, seed=31, marker=habit, site="B")
    rows[habit_at_b] = {
        name: (predict_proba(model, at_b.images).argmax(axis=1) == at_b.labels).mean() for name, model in models.items()
    }

# %%
pd.DataFrame(rows).T.rename_axis("accuracy at hospital B, with ...").map("{:.2f}".format)

# %% [markdown]
# In the first line the external test passes and the shortcut is still there. DeGrave and colleagues (2021) came to this
# conclusion for models of COVID-19 on chest films: testing on external data is not sufficient, because the shortcut may
# exist there too. So ask *how* the external site differs: other machines, other wards, other habits?

# %% [markdown]
# ## 7. One number can hide a group
#
# A second way to look for trouble is to split the patients into *strata*: groups that differ in one thing, such as age. Here are real people: 5,018 adults from NHANES
# 2017-2018, of whom 994 have diabetes. The model, gradient boosting, adds up many small decision trees. It gets 13
# measurements (age, waist, blood pressure and so on) and no glucose.

# %%
data = load_nhanes_diabetes()
print(f"{len(data.X):,} adults, {data.y.sum()} with diabetes, {data.X.shape[1]} features:")
print(", ".join(data.X.columns))


# %%
def auc(X):
    """Mean AUC of a small gradient boosting model over five folds: always tested on patients it has not seen."""
    model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
    return cross_val_score(model, X, data.y, cv=5, scoring="roc_auc").mean()


honest = auc(data.X)
print(f"AUC with the 13 features: {honest:.2f}")

# %% [markdown]
# An AUC of 0.81 looks decent. (The figures here hold for these people, not for the USA: the survey's weights are not used.)
# Now the same predictions *within* three age groups, beside a "model" that knows the age and nothing else:

# %%
booster = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
y_prob = cross_val_predict(booster, data.X, data.y, cv=5, method="predict_proba")[:, 1]
age = data.X["age_years"]
groups = {"all": age >= 20} | {name: age_group(age) == name for name in AGE_GROUPS}
strata = pd.DataFrame.from_dict(
    {
        group: {
            "people": rows.sum(),
            "with diabetes": data.y[rows].sum(),
            "AUC of the model": round(roc_auc_score(data.y[rows], y_prob[rows]), 2),
            "AUC of age alone": round(roc_auc_score(data.y[rows], age[rows]), 2),
        }
        for group, rows in groups.items()
    },
    orient="index",
)

# %% tags=["nbval-check-output"]
print(strata[["people", "with diabetes"]].to_string())

# %%
strata

# %% [markdown]
# Part of the overall AUC is only age: age alone reaches a good part of it, by ranking the old above the young. Within the two
# older groups, where doctors need the model, its AUC is clearly lower. (In the youngest group only 55 people have diabetes, so
# that AUC is imprecise.) You write this analysis yourself in exercise 18.1-b. Oakden-Rayner and colleagues (2020) call the
# same trap in images *hidden stratification*: a subgroup that matters is missed while the overall number looks good.
#
# The clinical form of it: a tool for pneumothorax that has learned to see the **chest drain**. Its AUC is high, because
# many films with a pneumothorax in an archive were taken after treatment (Oakden-Rayner 2020). Which patients does it fail? Those without a
# drain: the ones nobody has treated yet. A test in the stratum "no drain" shows it at once. (It can also reassure: Seah
# and colleagues, 2021, found a commercial tool no worse in such strata.)

# %% [markdown]
# ## 8. Leakage: the answer is in the table
#
# A table has shortcuts too. The worst is **leakage**: a column that exists only *because* of the diagnosis. We add
# columns of the same survey and watch the AUC.

# %%
treatment = data.audit[["takes_diabetes_pills", "takes_insulin"]]
skipped = data.audit[["takes_diabetes_pills", "age_told_diabetes_years", "told_prediabetes"]]

leakage = pd.Series(
    {
        "13 features": honest,
        "13 features + two treatment columns": auc(data.X.join(treatment)),
        "only whether three questions were asked": auc(skipped.isna().astype(float)),
    },
    name="AUC",
)

# %% tags=["nbval-check-output"]
print(leakage.round(2).to_string())
takes_pills = data.audit["takes_diabetes_pills"] == 1
print(f"Of {takes_pills.sum()} people who take such pills, {data.y[takes_pills].sum()} have diabetes.")

# %% fold=true
figure, axes = plt.subplots(figsize=(9, 3), layout="constrained")
bars = axes.barh(leakage.index, leakage, color=["#1b4f72", "#d35400", "#d35400"], hatch=None)
for bar, hatch in zip(bars, ["", "//", "xx"], strict=True):
    bar.set_hatch(hatch)
    bar.set_edgecolor("white")
axes.bar_label(bars, fmt="%.2f", padding=4, fontsize=12)
axes.invert_yaxis()
axes.set(xlim=(0.5, 1.03), xlabel="AUC (0.5 is chance)", title="Diabetes in NHANES (hatched: with leakage)")
plots.show(
    figure,
    f"Bars of AUC for diabetes: 13 features {leakage.iloc[0]:.2f}, with two treatment columns {leakage.iloc[1]:.2f}, "
    f"only whether three questions were asked {leakage.iloc[2]:.2f}.",
)

# %% [markdown]
# The second bar is easy to see through: nearly everyone who takes pills for diabetes has diabetes. The third is worse. It uses **no answer
# at all**, only *whether a question was asked*. The survey asks "how old were you when you were told?" only of people who
# were told. An empty cell is information.
#
# No heatmap and no feature importance was needed to find this. Knowing how the data were made was. In exercise 18.1-c you
# hunt the leaking columns yourself.

# %% [markdown]
# ## 9. "With an explanation, a wrong model does no harm"
#
# If the doctor sees *why* the model says so, will she notice that it is wrong? This has been tested in a randomised
# study. Jabbour and colleagues (2023) showed 457 clinicians vignettes of patients with acute respiratory failure, with
# the predictions of a standard model and of a model with a planted systematic bias. Chance decided who also saw an
# explanation: a Grad-CAM heatmap on the chest film.

# %% fold=true
Question(
    "The biased model lowered the accuracy of the clinicians by 11.3 percentage points. What was the loss with the explanation?",
    {
        "Nearly nothing: they saw the error": "This was the hope.",
        "Half of it": "Less was won back than that.",
        "9.1 points: nearly as much": "The paper gives a difference of 2.3 points, which is not statistically significant.",
    },
    right="9.1 points: nearly as much",
    why="An explanation of a wrong model is still a message from a wrong model.",
)

# %% fold=true
change = pd.DataFrame(
    {"without explanation": [2.9, -11.3], "with explanation": [4.4, -9.1]}, index=["standard model", "biased model"]
)  # published figures, Jabbour 2023: percentage points against 73.0% without any model
figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
for offset, (name, hatch) in enumerate({"without explanation": "", "with explanation": "//"}.items()):
    bars = axes.bar(
        np.arange(2) + 0.35 * offset,
        change[name],
        width=0.33,
        label=name,
        hatch=hatch,
        color=("#1b4f72", "#7fb3d5")[offset],
        edgecolor="white",
    )
    axes.bar_label(bars, fmt="%+.1f", padding=3, fontsize=12)
axes.axhline(0, color="black", linewidth=1)
axes.set(
    xticks=np.arange(2) + 0.175,
    xticklabels=change.index,
    ylim=(-14, 8),
    ylabel="Change in accuracy\n(percentage points)",
    title="Clinicians with a model, against 73.0% without one (Jabbour 2023)",
)
axes.legend(loc="lower left", fontsize=12)
plots.show(
    figure,
    "Change of clinicians' diagnostic accuracy against 73.0% without a model. Standard model: plus 2.9 points, with "
    "explanation plus 4.4. Biased model: minus 11.3 points, with explanation minus 9.1.",
)

# %% [markdown]
# ## 10. When is an explanation the right remedy?
#
# | The worry | Does an explanation help? | What answers it |
# |---|---|---|
# | Does it use medical evidence? | yes, as a first look, if scored on many cases | section 18.2, and a swap test |
# | Does it use a shortcut we know of? | a little | swap or cover it; a baseline of the shortcut alone; strata |
# | Does it use a shortcut nobody thought of? | hardly (Adebayo 2022) | tests where habits differ; ask how the data were made |
# | Is "0.91" really 91 in 100? | no | calibration, section 18.3 |
# | Does it know this kind of patient? | no | uncertainty, sections 18.4 and 18.5 |
# | Will a wrong output do harm? | little (Jabbour 2023) | fewer wrong outputs; a way to override |
#
# **Back to the man in intensive care.** The heatmap on the "L" is a reason for suspicion, not a proof. For him: read the film
# without the tool, and treat him on his own signs. For the tool, a **swap test in your hospital** needs no code:
#
# 1. Ask whoever runs the tool to repeat this film with the letter covered, and with an equal patch elsewhere as a control.
# 2. Collect 20 or more films with the letter and without pneumonia. How many does the tool call pneumonia?
# 3. Do the same with films of pneumonia without the letter. How many does it miss?
# 4. Report the counts to the tool's owner and, if patients were affected, to the person responsible for device safety.
#
# What does *not* carry over from our synthetic films: the numbers. What does: the order of the evidence.

# %% [markdown]
# ## Discuss
#
# 1. An urgent order ("stat") predicts disease. It is not pathology, but it is true information. Is a model that uses it
#    wrong? For which purpose?
# 2. Who should see the result of a shortcut audit: the vendor, the hospital, the doctor, the patient?
# 3. From knee films a network can predict whether a person avoids refried beans (AUC 0.63) or beer (0.73). What
#    does this prove about knees, about films, and about networks? (Sci Rep 2024)
#
# ## Key points
#
# - Ask who wants the explanation and what they will do with it: there are five purposes.
# - An internal test repeats the habits of the training data. It rewards a shortcut.
# - To swap a suspected cause, with all else the same, is evidence. A heatmap is a hint, and it can miss what the swap
#   proves.
# - Compare every model with what the site alone, the marker alone, or age alone can do.
# - External validation exposes a shortcut only where the habits differ.
# - A column that follows from the diagnosis leaks, by its value or by where it is empty.
# - An explanation does not make a wrong model safe.
#
# ## Exercises
#
# {{Count 18.1}} exercises, with hints and solutions: [exercises/18_1_why_interpretability_matters.ipynb](../exercises/18_1_why_interpretability_matters.ipynb).
#
# ## References
#
# - Adebayo J. et al. Post hoc explanations may be ineffective for detecting unknown spurious correlation. ICLR 2022. arXiv:2212.04629
# - Badgeley M. A. et al. Deep learning predicts hip fracture using confounding patient and healthcare variables. npj Digit Med 2019;2:31. doi:10.1038/s41746-019-0105-1
# - DeGrave A. J. et al. AI for radiographic COVID-19 detection selects shortcuts over signal. Nat Mach Intell 2021;3:610-619. doi:10.1038/s42256-021-00338-7
# - Dunlosky J. et al. Improving students' learning with effective learning techniques. Psychol Sci Public Interest 2013. doi:10.1177/1529100612453266
# - FDA, Health Canada, MHRA. Transparency for machine learning-enabled medical devices: guiding principles. 13 June 2024.
# - Ghassemi M. et al. The false hope of current approaches to explainable artificial intelligence in health care. Lancet Digit Health 2021;3:e745-e750. doi:10.1016/S2589-7500(21)00208-9
# - Jabbour S. et al. Measuring the impact of AI in the diagnosis of hospitalized patients. JAMA 2023;330:2275-2284. doi:10.1001/jama.2023.22295
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Oakden-Rayner L. et al. Hidden stratification causes clinically meaningful failures in machine learning for medical imaging. ACM CHIL 2020. doi:10.1145/3368555.3384468
# - Seah J. et al. Do comprehensive deep learning algorithms suffer from hidden stratification? A retrospective study on pneumothorax detection in chest radiography. BMJ Open 2021;11:e053024. doi:10.1136/bmjopen-2021-053024
# - Selvaraju R. R. et al. Grad-CAM: visual explanations from deep networks via gradient-based localization. ICCV 2017. arXiv:1610.02391
# - The risk of shortcutting in deep learning algorithms for medical imaging research. Sci Rep 2024;14:29224. doi:10.1038/s41598-024-79838-6
# - Zech J. R. et al. Variable generalization performance of a deep learning model to detect pneumonia in chest radiographs. PLoS Med 2018;15:e1002683. doi:10.1371/journal.pmed.1002683
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
