# %% [markdown]
# # 18.1 Why interpretability matters
#
# **For** doctors in training and their teachers. You need no code to follow: run each cell, move the sliders, answer
# the questions. If you write code, the exercises are for you.
#
# **Time:** about 60 minutes to read and try, 45 minutes for the exercises.
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
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from scipy.stats import binomtest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_score

from clinxai_teach import plots
from clinxai_teach.attribution import grad_cam, mass_in_mask, neighbourhood, pointing_game, upsample
from clinxai_teach.checks import Question
from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.explorers import MarkerExplorer
from clinxai_teach.models import load_cxr_model, predict_proba

plt.rcParams["font.size"] = 12

# %% [markdown]
# ## Warm-up: three questions on what came before
#
# They are about [the start page](00_start_here.ipynb). To recall an answer is one of the best ways to keep it
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
# > A 58-year-old man in intensive care has a fever. The portable chest film is flagged by an AI tool: *pneumonia
# > 0.91*. The tool also draws a heatmap. The warmest spot lies on the letter "L" in the corner of the film and on the
# > lines, not on a lung.
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
# machine of the intensive care unit uses such a marker and the others do not. The sickest patients are filmed there,
# so a film **with** a marker is more often a film **with** pneumonia. The marker is not disease. But it predicts disease.
#
# We made two models with the same network, the same 5,000 synthetic films and the same training. One thing differs:
#
# - **clean**: in training, the marker was placed by the toss of a coin;
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

# %%
# NBVAL_CHECK_OUTPUT
lost = table["as in training"] - table["swapped"]
print("The clean model loses less than 3 points:", bool(lost["clean"] < 0.03))
print("The shortcut model loses more than 25 points:", bool(lost["shortcut"] > 0.25))

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
        linestyle=("-", "--")[offset],
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
# Look at the left of the figure only: that is all an internal test shows, and there the shortcut model *wins*. Then look
# at the right. Nothing about the patients has changed, and its accuracy is gone.
#
# **To swap the suspected cause and keep all else the same is an experiment.** A change in the output can then have only
# one reason. With real films nobody can move a lead letter afterwards, but one can cover it, paint it into films without
# it, or compare patients who are alike in the suspected thing. Badgeley and colleagues (2019) did the last: a network
# for hip fracture had an AUC of 0.78. On films chosen so that the risk of fracture did not differ between kinds of
# patients, scanners and ways of ordering, it had 0.52 (95% interval 0.46 to 0.58), no better than chance.

# %% [markdown]
# ## 3. One film under your hands
#
# Choose a film. Put the marker on and take it off, and watch the bars. Then change the model, and then the site (each
# site has its own grey scale). The heatmap shows which regions raised the model's score for *pneumonia*. It comes from
# Grad-CAM, a method that section 18.2 builds step by step; here you only read it. Its scale is in *logits*: a logit is the
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
    "The shortcut model depends on the marker. Where will its pneumonia heatmap be warmest, on films that have a marker?",
    {
        "Nearly always on the marker": "This is what most people expect. Compare it with the count below.",
        "On the marker in some films only": "So a heatmap on a lung does not clear a model.",
        "Nearly always on the pneumonia": "Then the swap could not do so much harm.",
    },
    right="On the marker in some films only",
    why="The swap has proved that the model uses the marker. The heatmap shows it in some films and misses it in others.",
)

# %%
test_films = make_radiographs(1000, seed=2026, marker="shortcut")
marked = (test_films.labels == 1) & test_films.metadata["marker"].to_numpy()  # pneumonia, with a marker
images = torch.from_numpy(test_films.images[marked])
surroundings = neighbourhood(test_films.marker_masks[marked], 8)  # the marker and one cell of the heatmap around it

heatmaps, rows = {}, []
for name, model in models.items():
    heatmaps[name] = grad_cam(model, images, 1, layer=model.features[-1])
    rows.append(
        {
            "model": name,
            "share of the heatmap near the marker": float(mass_in_mask(heatmaps[name], surroundings).mean()),
            "warmest point near the marker": float(pointing_game(heatmaps[name], surroundings).mean()),
            "warmest point on the pneumonia": float(
                pointing_game(heatmaps[name], test_films.lesion_masks[marked]).mean()
            ),
        }
    )
heat = pd.DataFrame(rows).set_index("model")

# %%
print(
    f"{marked.sum()} films with pneumonia and a marker. Chance for a point near the marker: {surroundings.mean():.2f}"
)
heat.round(2).T

# %%
# NBVAL_CHECK_OUTPUT
share, warmest = heat["share of the heatmap near the marker"], heat["warmest point near the marker"]
more = share["shortcut"] > max(2 * share["clean"], surroundings.mean())
print("More than chance, and more than 2 times the clean model's share, lies near the marker:", bool(more))
print(f"But in most of the {marked.sum()} films the warmest point lies elsewhere:", bool(warmest["shortcut"] < 0.5))

# %% fold=true
severity = test_films.metadata["severity"].to_numpy()[marked]
chosen = np.argsort(-severity)[[3, 30, 60, 90]]
figure, axes = plt.subplots(2, 4, figsize=(12, 6.4), layout="constrained")
for row, name in enumerate(models):
    large = upsample(heatmaps[name], 64)[:, 0].numpy()
    for ax, i in zip(axes[row], chosen, strict=True):
        plots.draw_heatmap(
            ax,
            test_films.images[marked][i, 0],
            large[i],
            lesion=test_films.lesion_masks[marked][i],
            marker=test_films.marker_masks[marked][i],
            title=f"{name}, severity {severity[i]:.2f}",
            notice="",
        )
figure.suptitle("Grad-CAM for pneumonia on synthetic films with pneumonia and a marker", fontsize=14)
plots.show(
    figure,
    "Heatmaps of the clean model (above) and the shortcut model (below) on the same four synthetic films with pneumonia "
    "and a marker. The clean model's maps lie on the lesion. Some of the shortcut model's maps are warm near the marker "
    "and some are not.",
)

# %% [markdown]
# ### What this shows, and what it does not
#
# - The shortcut model puts **more** of its heatmap near the marker than the clean model does. So the heatmap gave a *hint*.
# - But on most films the warmest point lies elsewhere. A reader who saw one film at a time could have been calmed by a map
#   on a lung.
# - The map was made at 8 x 8 cells. It says where the network's last maps were active and counted for the class. It does
#   not say what would happen without the marker. **Only the swap says that.**
#
# | Kind of evidence | What it can show | What it cannot show |
# |---|---|---|
# | heatmap of one film | a place worth a suspicion | that the model does not use something else |
# | many heatmaps, scored against a known mask | a tendency, with a number | cause |
# | **swapping the marker, all else equal** | **that the marker causes the output** | which other shortcuts exist |
#
# This is not special to our films. Adebayo and colleagues (2022) tested whether feature attribution helps people find a
# spurious signal that they do not know of. It did not, and it sometimes pointed to one that was not there.

# %% [markdown]
# ## 5. A baseline that never looks at the film
#
# How good can a prediction be that uses the *site* and nothing else? If that is nearly as good as the model, be
# suspicious. We measure it by the **AUC**: how often a random sick patient gets a higher score than a random healthy one
# (0.5 is chance, 1 is perfect). Zech and colleagues (2018) collected 158,323 films from three hospital systems. In two of them pneumonia was
# present in 34.2% of 42,396 films (MSH) and in 1.2% of 112,120 films (NIH).
#
# The rule "from MSH means pneumonia" needs no film at all:

# %%
# NBVAL_CHECK_OUTPUT
films_per_group = np.array([42_396 * 0.342, 42_396 * 0.658, 112_120 * 0.012, 112_120 * 0.988])
has_pneumonia = [1, 0, 1, 0]
from_msh = [1, 1, 0, 0]
print(f"AUC of the site alone: {roc_auc_score(has_pneumonia, from_msh, sample_weight=films_per_group):.3f}")

# %% [markdown]
# An AUC of 0.857 without one look at a lung. (The paper reports 0.861, on its own joint test set.) Their network reached
# 0.931 when tested inside these hospitals and 0.815 in a third one. In exercise 18.1-a you derive the 0.857 by hand.
#
# The same baseline on our films. We build a cohort in which site A treats the sick: 34% of its films show pneumonia, and
# 1% at site B. Then we ask three "models" to find pneumonia.

# %%
pool = make_radiographs(3000, seed=77, marker="shortcut")
pneumonia = pool.labels == 1
at_a = (pool.metadata["site"] == "A").to_numpy()

sick_a, other_a = np.flatnonzero(at_a & pneumonia), np.flatnonzero(at_a & ~pneumonia)
sick_b, other_b = np.flatnonzero(~at_a & pneumonia), np.flatnonzero(~at_a & ~pneumonia)
other_a = other_a[: round(len(sick_a) * 0.658 / 0.342)]  # so that 34.2% at A are sick
sick_b = sick_b[: round(len(other_b) * 0.012 / 0.988)]  # and 1.2% at B
cohort = np.concatenate([sick_a, other_a, sick_b, other_b])

scores = {
    "site only": at_a[cohort],
    "marker only": pool.metadata["marker"].to_numpy()[cohort],
    "shortcut model": predict_proba(models["shortcut"], pool.images[cohort])[:, 1],
    "clean model": predict_proba(models["clean"], pool.images[cohort])[:, 1],
}
baseline = pd.Series({name: roc_auc_score(pneumonia[cohort], score) for name, score in scores.items()}, name="AUC")

# %%
# NBVAL_CHECK_OUTPUT
sick, from_a = pneumonia[cohort], at_a[cohort]
print(f"{len(cohort)} films, pneumonia at A {sick[from_a].mean():.1%}, at B {sick[~from_a].mean():.1%}")
print(f"AUC of the site only: {baseline['site only']:.2f}, of the marker only: {baseline['marker only']:.2f}")

# %%
baseline.round(2).to_frame()

# %% [markdown]
# **Read the first two lines before you admire the others.** The marker alone, without any film, is about as good as a
# network. A model should be compared with what the site, the scanner,
# the ward or the marker alone can do. Ask the vendor for this number. Films give away more than we see: in the hip study
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
external = {
    "same habit": {"A": "shortcut", "B": "shortcut"},
    "no markers at all": {"A": "shortcut", "B": None},
    "the opposite habit": {"A": "shortcut", "B": "swapped"},
}
rows = {}
for habit_at_b, habit in external.items():
    at_b = make_radiographs(1000, seed=31, marker=habit, site="B")
    rows[habit_at_b] = {
        name: (predict_proba(model, at_b.images).argmax(1) == at_b.labels).mean() for name, model in models.items()
    }

# %%
pd.DataFrame(rows).T.rename_axis("accuracy at hospital B, with ...").round(2)

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
# An AUC of 0.81 looks decent. In exercise 18.1-b you compute it *within* age groups and find that part of the 0.81 is
# only age: the model ranks the old above the young, which a birth certificate does as well. Oakden-Rayner and colleagues
# (2020) call the same trap in images *hidden stratification*: a subgroup that matters is missed while the overall number
# looks good.
#
# The clinical form of it: a tool for pneumothorax that has learned to see the **chest drain**. Its AUC is high, because
# most films with a pneumothorax in the archive were taken after treatment. Which patients does it fail? Those without a
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

# %%
# NBVAL_CHECK_OUTPUT
print(leakage.round(2).to_string())

# %% fold=true
figure, axes = plt.subplots(figsize=(8, 2.8), layout="constrained")
bars = axes.barh(leakage.index, leakage, color=["#1b4f72", "#d35400", "#d35400"], hatch=None)
for bar, hatch in zip(bars, ["", "//", "xx"], strict=True):
    bar.set_hatch(hatch)
    bar.set_edgecolor("white")
axes.bar_label(bars, fmt="%.2f", padding=4, fontsize=12)
axes.axvline(0.5, color="0.4", linestyle=":")
axes.invert_yaxis()
axes.set(xlim=(0.4, 1.05), xlabel="AUC (0.5 = chance)", title="Diabetes in NHANES: two of these three cheat")
plots.show(
    figure,
    f"Bars of AUC for diabetes: 13 features {leakage.iloc[0]:.2f}, with two treatment columns {leakage.iloc[1]:.2f}, "
    f"only whether three questions were asked {leakage.iloc[2]:.2f}.",
)

# %% [markdown]
# The second bar is easy to see through: who takes pills for diabetes has diabetes. The third is worse. It uses **no answer
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
    "The biased model lowered the accuracy of the clinicians by 11.3 percentage points. What did it cost with the explanation?",
    {
        "Nearly nothing: they saw the error": "This was the hope.",
        "Half of it": "Less was won back than that.",
        "9.1 points: nearly as much": "The difference of 2.3 points could be chance (not statistically significant).",
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
    title="Clinicians with a model's help, against 73.0% alone (Jabbour 2023)",
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
# **Back to the man in intensive care.** The heatmap on the "L" is a reason for suspicion, not a proof. Check: is the marker
# used on portable films only? What does the tool say about films of this machine without pneumonia? Read the film
# without the tool, treat the patient on his own signs, and report the film to whoever is responsible for the tool.

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
# Five exercises, with hints and solutions: [exercises/18_1_why_interpretability_matters.ipynb](../exercises/18_1_why_interpretability_matters.ipynb).
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
