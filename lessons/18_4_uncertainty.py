# %% [markdown]
# # 18.4 Uncertainty
#
# **For** doctors in training and their teachers. You need no code to follow: run each cell, move the sliders, answer
# the questions. If you write code, read the open cells too: they are the formulas.
#
# **Time:** about 100 minutes in two sittings, {{minutes 18.4}} minutes for the exercises. The first sitting ends after part 9.
#
# **Questions this section answers**
#
# - A model is in doubt. Is it the patient who is unclear, or does the model know too little?
# - What does Monte Carlo dropout measure, and what does it miss?
# - Is a tool safer when it hands its doubtful patients to a doctor?
# - What exactly is promised by "90% coverage", and to whom?
#
# **After it you can**
#
# 1. *distinguish* aleatoric from epistemic doubt with the "more data" test,
# 2. *run* Monte Carlo dropout without its traps, and *split* the doubt in two,
# 3. *design* a rule for deferral and *judge* it by sensitivity, not by accuracy,
# 4. *build* prediction sets in three steps and *state* their guarantee in one correct sentence,
# 5. *measure* the coverage of a group or a class, and *repair* it,
# 6. *predict* what happens to the guarantee when the patients change.
#
# > The chest films in this section are **synthetic**: drawn by a program, so that the truth about each one is known.
# > The people of the table are real (NHANES). Nothing here is medical advice.

# %% fold=true
import copy
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from scipy.stats import binomtest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from clinxai_teach import plots
from clinxai_teach.checks import Question
from clinxai_teach.conformal import (
    SplitConformalClassifier,
    conformal_calibrate,
    conformal_predict,
    conformal_quantile,
    coverage,
    coverage_by_group,
    coverage_law,
    quantile_intervals,
    residual_intervals,
    set_summary,
)
from clinxai_teach.data import age_group, diabetes_split, load_nhanes_diabetes, make_radiographs
from clinxai_teach.explorers import AlphaExplorer, DeferralExplorer, DropoutExplorer, PredictFirst
from clinxai_teach.models import load_cxr_model, predict_proba
from clinxai_teach.uncertainty import (
    deferral_curve,
    ensemble_samples,
    entropy_decomposition,
    fit_ensemble,
    mc_dropout_predict,
    mc_dropout_samples,
    risk_coverage_curve,
)

plt.rcParams["font.size"] = 12

# %% [markdown]
# ## Warm-up: three questions on section 18.3
#
# To recall an answer is one of the best ways to keep it (Dunlosky 2013), so answer before you look.

# %% fold=true
Question(
    "100 patients were told: risk 20%. Later 38 of them have the disease. What is wrong with the model?",
    {
        "It is not calibrated at 20%": "There, 20% should have meant about 20 in 100.",
        "It does not discriminate": "That would be about the order of patients, who is above whom. It may still be good.",
        "Nothing: a risk is not a certainty": "Chance alone hardly turns 20 expected patients into 38.",
    },
    right="It is not calibrated at 20%",
)

# %% fold=true
Question(
    "A temperature T = 2 is put on the logits of a two-class model. What stays the same?",
    {
        "The predicted probabilities": "They move towards 50%: T > 1 makes the model less sure.",
        "The Brier score": "It usually changes: that is why one fits T.",
        "The order of the patients, and so the AUC": "Dividing all logits by one number reorders nobody.",
    },
    right="The order of the patients, and so the AUC",
)

# %% fold=true
Question(
    "A model is perfectly calibrated. What does 0.50 mean for one patient?",
    {
        "The model knows nothing about this patient": "It may have learned everything that can be learned about such patients.",
        "Of many patients with this output, half have the disease": "Whether more could be known about them is another question: that of this section.",
        "The model has never seen such a patient": "Perhaps, perhaps not. The number alone cannot tell.",
    },
    right="Of many patients with this output, half have the disease",
)

# %% [markdown]
# ## A case
#
# > A girl of 7 has fallen on her hand. Her wrist film goes to a fracture tool that was trained on films of adults. It
# > answers: *no fracture, 0.96*. The display shows a green tick and the words "high confidence".
#
# Decide for yourself before you read on: is the tool sure? Would it help to train it on ten times as many adults? What
# would you want the display to say? We come back to her at the end.

# %% [markdown]
# ## 1. Two kinds of doubt, and a test that tells them apart
#
# Doubt has two sources (Kendall and Gal 2017):
#
# - **Aleatoric** doubt (from Latin *alea*, the dice) is in the patient. The findings are faint; two people with the
#   same measurements have different diagnoses. With these measurements no model could be sure.
# - **Epistemic** doubt (from Greek *episteme*, knowledge) is in the model. It has seen too few patients, or none like
#   this one.
#
# The test: **imagine ten times as many training patients. Does the doubt shrink?** Epistemic doubt does. Aleatoric
# doubt does not.
#
# How can a program see the difference? Ask several models for a second opinion. We train five small neural networks on
# the same table: 13 measurements of an adult (age, waist, blood pressure and so on; no glucose), and the question
# *diabetes or not?* They differ by chance only: each starts from other random numbers and sees its own random draw of
# the patients. Such a group of models is called an **ensemble** (Lakshminarayanan 2017).
#
# - If each of the five says "50:50", they agree that the patient is unclear: *each one's own doubt* is large.
# - If one says 5% and another 95%, each is sure and they contradict each other: *their disagreement* is large. (The unit of both, the *nat*, comes in section 2.)

# %% fold=true
Question(
    "The five networks are trained on 350 people, then on 3,500. What happens to the two numbers, on average over new people?",
    {
        "Both shrink": "Their disagreement does. Why would a person with unclear measurements become clear?",
        "Their disagreement shrinks, each one's own doubt does not": "More data removes ignorance, not the overlap of sick and healthy.",
        "Each one's own doubt shrinks, their disagreement does not": "It is the other way round.",
    },
    right="Their disagreement shrinks, each one's own doubt does not",
)

# %%
data, split = load_nhanes_diabetes(), diabetes_split()
X_fit, X_test, y_fit, y_test = split.X_rest, split.X_test, split.y_rest, split.y_test

rows = []
for n in (100, 350, 1000, 3500):
    for draw in range(2):  # two draws of n people, to see how much depends on chance
        X, _, y, _ = train_test_split(X_fit, y_fit, train_size=n, stratify=y_fit, random_state=draw)
        five_networks = fit_ensemble(X, y, n_models=5, seed=draw)
        opinions = ensemble_samples(five_networks, X_test)  # (5 models, 1506 people, 2 classes)
        doubt = entropy_decomposition(opinions)
        rows.append({"people": n, "own doubt": doubt.aleatoric.mean(), "disagreement": doubt.epistemic.mean()})
more_data = pd.DataFrame(rows)

# %% tags=["nbval-check-output"]
mean = more_data.groupby("people").mean()
print(mean.loc[[350, 3500]].round(1).to_string())

# %% claim=true
assert mean.loc[3500, "disagreement"] < mean.loc[350, "disagreement"] / 2
assert mean.loc[3500, "own doubt"] > mean.loc[350, "own doubt"] / 2

# %% fold=true
figure, axes = plt.subplots(1, 2, figsize=(9.6, 3.6), layout="constrained")
for ax, column, marker, end, title in (
    (axes[0], "own doubt", "o", 0.7, "each one's own doubt"),
    (axes[1], "disagreement", "s", 0.05, "disagreement between the five"),
):
    ax.plot(more_data["people"], more_data[column], marker, color="0.55", markersize=8)
    ax.plot(mean.index, mean[column], color="#1b4f72", linewidth=2)
    ax.set(xscale="log", ylim=(0, end), xlabel="people to train on", title=title, ylabel="nats")
    ax.set_xticks(mean.index, [f"{n:,}" for n in mean.index])
    ax.minorticks_off()
plots.show(
    figure,
    "Average over 1,506 new people, two draws of training people each (grey). Each network's own doubt: "
    + ", ".join(f"{value:.2f} with {n:,} people" for n, value in mean["own doubt"].items())
    + ". Disagreement: "
    + ", ".join(f"{value:.3f}" for value in mean["disagreement"])
    + " nats. (The two axes differ.)",
)

# %% [markdown]
# With more people the disagreement melts away. Each network's own doubt stays: it even grows, because networks that saw
# few people are too sure of themselves. (Look at the two axes: the disagreement is the smaller number by far. Most of
# the doubt about diabetes from a tape measure and a blood pressure cuff is aleatoric. Another *kind* of data, such as a
# glucose, would reduce it. More of the same will not.)
#
# For the clinic: **aleatoric doubt asks for another test. Epistemic doubt asks for another model, or for a doctor.**

# %% [markdown]
# ## 2. A number for each kind
#
# Doubt has a unit. The **entropy** of probabilities $p$ is
#
# $$H(p) = -\sum_c p_c \log p_c$$
#
# It is 0 when one class has probability 1, and largest when all classes are equally likely. Its unit is the **nat**. A
# fair coin has $\log 2 = 0.69$ nats; five equal classes have $\log 5 = 1.61$.
#
# Now let $p_t$ be the answer of opinion $t$. The doubt splits into two parts:
#
# $$\underbrace{H\Big(\tfrac1T \sum_t p_t\Big)}_{\text{total}} \;=\; \underbrace{\tfrac1T \sum_t H(p_t)}_{\text{expected entropy: own doubt}} \;+\; \underbrace{I}_{\text{mutual information: disagreement}}$$
#
# The first part is read as aleatoric, the second as epistemic. (The usual abbreviation of mutual information is MI. We
# write it out: for a doctor, MI is something else.) In code it is three lines. `opinions` still holds the answers of
# the last five networks of section 1:


# %%
def entropy(p):
    """The doubt of probabilities p, in nats; a probability of 0 counts as 0."""
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)


total = entropy(opinions.mean(axis=0))  # of the mean opinion
expected = entropy(opinions).mean(axis=0)  # the mean of each opinion's own
mutual_information = total - expected  # what is left: they disagree

# %%
doubt = entropy_decomposition(opinions)  # the course's helper; add ?? to its name to read it

# %% claim=true
assert np.allclose([total, expected], [doubt.total, doubt.aleatoric], atol=1e-9)
assert np.abs(doubt.total - doubt.aleatoric - doubt.epistemic).max() < 1e-6

# %% [markdown]
# Four made-up patients, each judged by four opinions, show what the parts mean. `std` is the standard deviation of the
# four probabilities: the measure of doubt in the textbook chapter.

# %%
made_up = {
    "all sure of the disease": [1.0, 1.0, 1.0, 1.0],
    "all say 50:50": [0.5, 0.5, 0.5, 0.5],
    "half sure of it, half sure of the opposite": [1.0, 1.0, 0.0, 0.0],
    "between 0.3 and 0.7": [0.3, 0.4, 0.6, 0.7],
}
p = np.array(list(made_up.values())).T  # (4 opinions, 4 patients)
doubt = entropy_decomposition(np.stack([1 - p, p], axis=-1))
table = pd.DataFrame(
    {
        "std": p.std(axis=0),
        "total": doubt.total,
        "expected entropy": doubt.aleatoric,
        "mutual information": doubt.epistemic,
    },
    index=list(made_up),
)

# %% tags=["nbval-check-output"]
print(table.abs().round(2).to_string())

# %% [markdown]
# Look at the second row: **the std is 0 and the doubt is as large as it can be.** All opinions agree, and what they
# agree on is that nobody knows. A display that shows the std alone would call this patient certain.

# %% [markdown]
# ## 3. Films about which nothing can be known
#
# The second row is not only theory. We ask a model a question that no film can answer: we toss a coin for each of 500
# films and let a network learn to say heads or tails. Its lower layers are those of the course's film model; only its
# last layer is trained for the coin.

# %% fold=true
model = load_cxr_model("clean")


def train_for_a_coin():
    """Return a network that has learned to guess coin tosses from films."""
    films = make_radiographs(500, seed=7, marker="random")
    coin = torch.from_numpy(np.random.default_rng(0).integers(0, 2, len(films.labels)))
    torch.manual_seed(0)
    head = torch.nn.Sequential(torch.nn.Dropout(0.3), torch.nn.Linear(144, 2))
    optimizer = torch.optim.Adam(head.parameters(), lr=0.01, weight_decay=0.1)
    below = torch.nn.Sequential(model.features, *model.classifier[:2])
    with torch.no_grad():
        features = torch.cat([below(batch) for batch in torch.from_numpy(films.images).split(50)])
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(head(features), coin).backward()
        optimizer.step()
    return torch.nn.Sequential(below, head).eval()


new_films = make_radiographs(200, seed=99)
images = torch.from_numpy(new_films.images)
coin_model = train_for_a_coin()

# %% fold=true
Question(
    "200 new films pass this network many times, each time with a slightly different network (section 4 says how). What do you expect?",
    {
        "Large std: it does not know the answer": "The passes would have to contradict each other. They all know equally well that it is a coin.",
        "Small std and small total doubt": "A small std, yes. But each pass says about 50:50.",
        "Small std, and total doubt close to log 2 = 0.69 nats": "The passes agree, and each is in doubt.",
    },
    right="Small std, and total doubt close to log 2 = 0.69 nats",
)

# %% fold=true
rows = {}
for name, network in {"finding (5 classes)": model, "coin toss (2 classes)": coin_model}.items():
    passes = mc_dropout_samples(network, images, n_samples=100, seed=0).double().numpy()
    doubt, most = entropy_decomposition(passes), math.log(passes.shape[-1])
    rows[name] = {
        "mean std": passes.std(axis=0).max(axis=1).mean(),
        "mean total doubt, share of the largest": (doubt.total / most).mean(),
        "mean mutual information (nats)": doubt.epistemic.mean(),
    }
coin = pd.DataFrame(rows)
coin.T.round(3)

# %% claim=true
assert coin.iloc[1, 1] > 0.97
assert coin.iloc[0, 1] < 0.05

# %% [markdown]
# The std of the coin tosser is about the same as that of the model for findings, which knows most of its answers. By
# their std you could not tell the two apart. By their total doubt you can.
#
# **Ask for both numbers.** A small spread says only that the passes agree.

# %% [markdown]
# ## 4. Monte Carlo dropout
#
# To train five networks costs five times as much. Gal and Ghahramani (2016) found a way to get many opinions out of one
# network. *Dropout* is a habit of training: in each step a random part of the network's units is switched off, so that
# the network does not lean on a few of them. After training, dropout is off. **Monte Carlo dropout leaves it on**: each
# pass through the network is then a slightly different network, with its own opinion.
#
# The idea in the open, for one film:

# %%
test_films = make_radiographs(1000, seed=2026, marker="random")
film = torch.from_numpy(test_films.images[[0]])  # one film, shape (1, 1, 64, 64)

network = copy.deepcopy(model).eval()  # everything as it is for a patient ...
for layer in network.modules():
    if isinstance(layer, torch.nn.Dropout):
        layer.train()  # ... but dropout on
torch.manual_seed(0)
with torch.no_grad():
    passes = torch.stack([network(film).softmax(dim=1) for _ in range(30)])  # (30 passes, 1 film, 5 classes)
mean, std = passes.mean(dim=0), passes.std(dim=0, correction=0)

# %% [markdown]
# The course's helpers do the same, faster: what lies before the first dropout is the same in each pass, so they compute
# it once. `mc_dropout_predict` has the name and the results of the textbook chapter; `mc_dropout_samples` gives all
# passes.

# %%
samples = mc_dropout_samples(model, film, n_samples=30, seed=0)
prediction = mc_dropout_predict(model, film, 30, seed=0)

# %% claim=true
assert torch.allclose(samples, passes, atol=1e-6)
assert torch.allclose(prediction.mean, mean, atol=1e-6)
assert torch.allclose(prediction.std, std, atol=1e-6)

# %% [markdown]
# ### How many passes?

# %% fold=true
question = Question(
    "You raise the number of passes from 5 to 200. What happens to the std of the passes?",
    {
        "It shrinks towards 0: more samples, less uncertainty": "That is the standard error of the *mean*. The spread of the passes is a property of the network and the film.",
        "It settles at a value": "The mean becomes exact, the spread stays: it is what you wanted to measure.",
        "It grows": "It jumps about with few passes, then settles.",
    },
    right="It settles at a value",
)
dropout_explorer = DropoutExplorer()

# %%
PredictFirst(question, dropout_explorer)

# %% [markdown]
# The shaded bands show how well the *mean* is known: they close as $1/\sqrt{n}$. The std behind each class name
# settles. If the sliders do not move, the kernel is not running: choose *Run > Run All Cells*. The same story without
# sliders:

# %% fold=true
dropout_explorer.filmstrip()

# %% [markdown]
# Try film 1 with the shift *other_vendor*: a plain effusion, a sure and wrong answer, and no doubt of either kind. Keep
# it in mind for section 7.
#
# The law of the band, measured: we take the mean of n passes again and again, and see how much *it* jumps about.

# %% fold=true
many = mc_dropout_samples(
    model, torch.from_numpy(dropout_explorer.images["none"][[2]][:, None]), n_samples=6400, seed=1
)
p_normal = many[:, 0, 0].double().numpy()  # 6,400 passes of film 3: the probability of "normal"
law = pd.DataFrame(
    {
        "jumps of the mean of n passes": {n: p_normal.reshape(-1, n).mean(axis=1).std() for n in (4, 16, 64)},
        "std / sqrt(n)": {n: p_normal.std() / math.sqrt(n) for n in (4, 16, 64)},
    }
).rename_axis("n")
law.round(3)

# %% claim=true
assert (law.iloc[:, 0] / law.iloc[:, 1] - 1).abs().max() < 0.2

# %% [markdown]
# Four times the passes, half the error. With 30 passes, the chapter's choice, the mean is known to about a fifth of the
# std ($1/\sqrt{30} = 0.18$). That is enough to sort films; for a figure to be reported, take 200.

# %% [markdown]
# ## 5. The trap: `model.train()` does more than you asked for
#
# The chapter switches dropout on with one line:
#
# ```python
# model.train()  # Enable dropout
# ```
#
# It does enable dropout. But it puts *every* layer into training mode, and this network, like most networks for images,
# has layers called **BatchNorm**. In training mode a BatchNorm layer rescales by the mean and the spread of *the films
# that are in the computer at this moment*, and overwrites the values that it learned. Two things follow:
#
# 1. a patient's result depends on **who else is in the batch**,
# 2. after the call **the model is another one**.
#
# We try it on copies. One film with pneumonia, alone and then together with other films:


# %%
def with_model_train(network, x, n_samples=30):
    """Monte Carlo dropout with the chapter's line; returns the mean of the passes."""
    network.train()  # Enable dropout
    torch.manual_seed(0)
    with torch.no_grad():
        return torch.stack([network(x).softmax(dim=1) for _ in range(n_samples)]).mean(dim=0)


# %% fold=true
patient = images[[int(np.flatnonzero(new_films.labels == 1)[0])]]
companions = {
    "alone": images[:0],
    "with 15 normal films": images[new_films.labels == 0][:15],
    "with 15 other films of pneumonia": images[new_films.labels == 1][-15:],
}
before = predict_proba(model, new_films.images).argmax(axis=1) == new_films.labels
rows = {}
for company, others in companions.items():
    damaged = copy.deepcopy(model)
    batch = torch.cat([patient, others])
    chapter = with_model_train(damaged, batch)[0, 1].item()
    helper = mc_dropout_predict(model, batch, 30, seed=0).mean[0, 1].item()
    changed = sum(not torch.equal(a, b) for a, b in zip(damaged.buffers(), model.buffers(), strict=True))
    after = predict_proba(damaged, new_films.images).argmax(axis=1) == new_films.labels
    rows[company] = {
        "P(pneumonia), model.train()": chapter,
        "P(pneumonia), dropout only": helper,
        "stored BatchNorm values overwritten": f"{changed} of {len(list(model.buffers()))}",
        "accuracy on 200 films before": before.mean(),
        "accuracy afterwards": after.mean(),
    }
trap = pd.DataFrame(rows).T
trap.map(lambda value: value if isinstance(value, str) else f"{value:.2f}")

# %% claim=true
assert np.ptp(trap.iloc[1:, 0].astype(float)) > 0.2
assert np.ptp(trap.iloc[:, 1].astype(float)) < 0.05
assert damaged.training
assert not model.training

# %% [markdown]
# The same film is a certain pneumonia among healthy chests, and an open question alone or among other pneumonias:
# BatchNorm compares each film with its neighbours, and what all of them have does not stand out. Nobody sees an error
# message. The number looks like a probability, the std like a doubt, and from now on the model makes more
# errors (last column). (The second column does not move: with dropout only, the company does not matter.)
#
# | The chapter's line | What works today | Why |
# |---|---|---|
# | `model.train()  # Enable dropout` | `mc_dropout_predict(model, x)`, or: `eval()` for all, `train()` for the dropout layers only | BatchNorm stays as it was; the modes are put back, also after an error |
# | `predictions.std(dim=0)` | std with `correction=0`, and the entropy split beside it | with one pass the chapter's std is NaN ("not a number"); a std hides agreement on 50:50 |

# %% [markdown]
# ## 6. No dropout, no spread
#
# Many networks have no dropout at all; torchvision's ResNet-18 is one. What does the recipe say of them?

# %%
without = copy.deepcopy(model)
without.classifier[2] = torch.nn.Identity()  # the dropout layer, taken out
with torch.no_grad():
    passes = torch.stack([without(images[:50]).softmax(dim=1) for _ in range(3)])
wrong = passes[0].argmax(dim=1).numpy() != new_films.labels[:50]

# %% tags=["nbval-check-output"]
print("largest std over 50 films:", passes.std(dim=0).max().item())
try:
    mc_dropout_samples(without, images)
except ValueError as error:
    print(error)

# %% claim=true
assert wrong.any()

# %% [markdown]
# The std is 0 for every film, right or wrong, because all passes are the same pass. It was never measured, and it looks
# like certainty. So the helper refuses and says what to do. **A doubt of exactly zero is a reason to ask how it was
# computed.**

# %% [markdown]
# ## 7. Does it notice a film from elsewhere?
#
# The chapter says that epistemic doubt flags inputs that are unlike the training data. Does ours? The same 500 patients
# are filmed in four other ways: lying in bed (*portable*), with an eighth of the dose (*low_dose*), on a machine of
# *another vendor*, and as a *child* of 1 to 10 years. The model has never seen any of them.

# %% fold=true
SHIFTS = ("none", "portable", "low_dose", "other_vendor", "child")
shifted = {
    shift: make_radiographs(500, seed=2026, marker="random", shift=None if shift == "none" else shift)
    for shift in SHIFTS
}
shown = int(np.flatnonzero((test_films.labels == 2) & (test_films.metadata["severity"] > 0.6))[0])
figure, axes = plt.subplots(1, 5, figsize=(9.6, 2.6), layout="constrained")
for ax, (shift, films) in zip(axes, shifted.items(), strict=True):
    plots.Film(ax, films.images[shown, 0], shift, notice="synthetic film")
plots.show(
    figure,
    "One synthetic patient with an effusion, filmed in five ways: as in training, portable (large heart, shallow breath, "
    "haze), low dose (grainy), another vendor (dark, sharp edges), and as a child (small, broad chest).",
)

# %% fold=true
Question(
    "On films of the other vendor the accuracy falls by more than half. What does the average probability of the model's top class do?",
    {
        "It falls clearly": "One would hope so.",
        "It stays about the same, or rises": "A model can be sure and wrong. It has no way to know that the grey scale is new.",
    },
    right="It stays about the same, or rises",
)

# %% fold=true
rows, disagreement = [], {}
for shift, films in shifted.items():
    passes = mc_dropout_samples(model, torch.from_numpy(films.images), n_samples=50, seed=0).double().numpy()
    p, doubt = passes.mean(axis=0), entropy_decomposition(passes)
    disagreement[shift] = doubt.epistemic
    rows.append(
        {
            "shift": shift,
            "accuracy": (p.argmax(axis=1) == films.labels).mean(),
            "mean top probability": p.max(axis=1).mean(),
            "total doubt": doubt.total.mean(),
            "mutual information": doubt.epistemic.mean(),
            "its median": np.median(doubt.epistemic),
        }
    )
shift_table = pd.DataFrame(rows).set_index("shift")


# %% [markdown]
# Can the mutual information *sort* the films: unfamiliar above familiar? That is the AUC again: how often a film with
# the shift has more of it than a film without. 0.5 is chance, 1 is perfect; below 0.5, the unfamiliar film has *less* doubt.


# %% fold=true
def auc_with_interval(low_group, high_group, *, n_resamples=200, seed=0):
    """AUC of the second group above the first, with a 95% bootstrap interval."""
    rng = np.random.default_rng(seed)

    def auc(a, b):
        return roc_auc_score(np.r_[np.zeros(len(a)), np.ones(len(b))], np.r_[a, b])

    draws = [
        auc(rng.choice(low_group, len(low_group)), rng.choice(high_group, len(high_group))) for _ in range(n_resamples)
    ]
    return auc(low_group, high_group), *np.quantile(draws, [0.025, 0.975])


noticed = pd.DataFrame(
    {shift: auc_with_interval(disagreement["none"], disagreement[shift]) for shift in SHIFTS[1:]},
    index=["AUC", "low", "high"],
).T

# %% fold=true
shift_table.join(noticed["AUC"]).map(lambda value: "" if np.isnan(value) else f"{value:.3f}")

# %% tags=["nbval-check-output"]
print("AUC above 0.7 for:", ", ".join(noticed.index[noticed["AUC"] > 0.7]))
print("AUC below 0.65 for:", ", ".join(noticed.index[noticed["AUC"] < 0.65]))

# %% claim=true
assert shift_table.loc["other_vendor", "accuracy"] < 0.5
sure = shift_table["mean top probability"]
assert sure["other_vendor"] > sure["none"] - 0.01

# %% fold=true
figure, axes = plt.subplots(1, 2, figsize=(9.6, 3.6), layout="constrained")
places = np.arange(len(SHIFTS))
axes[0].hlines(places, shift_table["accuracy"], shift_table["mean top probability"], color="0.6", linewidth=2)
axes[0].plot(shift_table["accuracy"], places, "o", color="#1b4f72", markersize=10, label="accuracy")
axes[0].plot(
    shift_table["mean top probability"],
    places,
    "s",
    markerfacecolor="white",
    color="#e67e22",
    markeredgewidth=2,
    markersize=10,
    label="mean top probability",
)
axes[0].set(yticks=places, yticklabels=SHIFTS, xlim=(0, 1), title="How sure, and how right")
axes[0].legend(fontsize=12, loc="upper center", bbox_to_anchor=(0.4, -0.1), ncols=2, frameon=False, columnspacing=1)
axes[1].errorbar(
    noticed["AUC"],
    places[1:],
    xerr=np.abs(noticed[["low", "high"]].T - noticed["AUC"]).to_numpy(),
    fmt="o",
    color="#1b4f72",
    capsize=5,
    markersize=9,
)
axes[1].axvline(0.5, color="0.5", linestyle=":")
axes[1].set(
    yticks=places[1:],
    yticklabels=SHIFTS[1:],
    xlim=(0.4, 1),
    xlabel="AUC (95% interval); dotted: chance",
    title="Does mutual information notice?",
)
for ax in axes:
    ax.set_ylim(len(SHIFTS) - 0.5, -0.7)
plots.show(
    figure,
    "Left: for each kind of synthetic film, accuracy and the mean probability of the top class: "
    + "; ".join(f"{s} {row['accuracy']:.2f} and {row['mean top probability']:.2f}" for s, row in shift_table.iterrows())
    + ". Right: AUC of mutual information for a shifted film against a usual one: "
    + ", ".join(f"{s} {row['AUC']:.2f} ({row['low']:.2f} to {row['high']:.2f})" for s, row in noticed.iterrows()),
)

# %% [markdown]
# Be honest with what you see:
#
# - The mutual information **rises** for the child and the portable film. Even there, about one pair in four is sorted
#   the wrong way round.
# - It **hardly notices** the low dose, and the other vendor, which does the most harm of all. There the *total* doubt
#   is even lower than on usual films: the model is sure of its wrong answers.
# - Do not be misled by the mean. For the other vendor the *mean* mutual information is some four times the usual one,
#   and yet the AUC is near chance: a few films have very much of it, while the film in the middle (the median) has no
#   more than usual. An alarm is judged film by film.
#
# Why? In this network dropout sits before the last layer only. It can shake what the layers below hand up; it cannot
# see that they are blind. Another network, another place for dropout, another answer. Leibig and colleagues (2017)
# found something similar for photographs of the retina: dropout's doubt was useful to pick patients for a second look,
# but whether it noticed unfamiliar images depended on the task. Ovadia and colleagues (2019) compared many methods on
# shifted data: calibration that was made at home (section 18.3) falls short abroad; some methods that average over
# several models, ensembles among them, did surprisingly well.

# %% [markdown]
# And pictures that are no films at all? Surely a network sees that noise is not a chest.

# %% fold=true
usual = torch.from_numpy(test_films.images[:200])
no_films = {
    "noise": torch.rand(usual.shape, generator=torch.Generator().manual_seed(0)),
    "turned by 90 degrees": usual.rot90(dims=(2, 3)),
    "upside down": usual.flip(2),
    "black and white swapped": 1 - usual,
}
rows = {}
for name, pictures in no_films.items():
    passes = mc_dropout_samples(model, pictures, n_samples=50, seed=0).double().numpy()
    p = passes.mean(axis=0)
    unsure = entropy_decomposition(passes).epistemic
    rows[name] = {
        "most often called": test_films.class_names[np.bincount(p.argmax(axis=1)).argmax()],
        "mean top probability": f"{p.max(axis=1).mean():.3f}",
        "mutual information": f"{unsure.mean():.3f}",
        "AUC": f"{auc_with_interval(disagreement['none'], unsure, n_resamples=2)[0]:.2f}",
    }
strange = pd.DataFrame(rows).T
strange

# %% tags=["nbval-check-output"]
print(
    "Noise: mean top probability",
    strange.loc["noise", "mean top probability"][:4],
    "called",
    strange.loc["noise", "most often called"],
)
print("AUC above 0.8 for:", ", ".join(strange.index[strange["AUC"].astype(float) > 0.8]))

# %% [markdown]
# Pure noise gets a diagnosis with probability 1, and no doubt of either kind. *Softmax*, the step that turns the network's scores into probabilities, must share
# out 100% among the five findings. "None of these" is not on offer.
#
# > *"Monte Carlo dropout finds everything unfamiliar."* It does not. Test it with inputs that you know are unfamiliar.

# %% [markdown]
# ## 8. Against an ensemble, and against a wrong unit
#
# Back to the table, and to an everyday kind of mistake: **a wrong unit**. A new laboratory reports cholesterol in
# mmol/L where the model expects mg/dL. Or someone types a waist or a height in inches instead of centimetres. Nobody
# has a waist of 39 cm. Does a model notice?
#
# We compare two ways to get opinions: Monte Carlo dropout in one small network, and an ensemble of five, both trained
# on the 3,512 people of section 1. (Deep ensembles as published differ in their starting numbers only. Our five also see
# different draws of the people: on a small table, networks that see the same people agree too much.)


# %% fold=true
def train_with_dropout(X, y):
    """Return the preparation of the table and a small network with dropout, trained on it."""
    prepare = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()).fit(X)
    z, y = torch.from_numpy(prepare.transform(X)).float(), torch.tensor(y.to_numpy())
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Linear(13, 32), torch.nn.ReLU(), torch.nn.Dropout(0.3), torch.nn.Linear(32, 2)
    )
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01)
    for _ in range(300):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(z), y).backward()
        optimizer.step()
    return prepare, network.eval()


prepare, small_network = train_with_dropout(X_fit, y_fit)
ensemble = fit_ensemble(X_fit, y_fit, n_models=5, seed=0)


def by_dropout(X):
    z = torch.from_numpy(prepare.transform(X)).float()
    return mc_dropout_samples(small_network, z, n_samples=100, seed=0).double().numpy()


def by_ensemble(X):
    return ensemble_samples(ensemble, X)


# %% fold=true
mistakes = {
    "cholesterol in mmol/L": {"hdl_mg_dl": 1 / 38.67, "total_cholesterol_mg_dl": 1 / 38.67},
    "height in inches": {"height_cm": 1 / 2.54},
    "waist in inches": {"waist_cm": 1 / 2.54},
}
rows = {}
for mistake, factors in mistakes.items():
    X_wrong = X_test.assign(**{column: X_test[column] * factor for column, factor in factors.items()})
    rows[mistake] = {}
    for name, opinions_of in {"dropout": by_dropout, "ensemble": by_ensemble}.items():
        usual, odd = (entropy_decomposition(opinions_of(X)).epistemic for X in (X_test, X_wrong))
        rows[mistake][f"AUC, {name}"] = roc_auc_score(np.r_[np.zeros(len(usual)), np.ones(len(odd))], np.r_[usual, odd])
    rows[mistake]["mean P(diabetes) before"] = by_ensemble(X_test).mean(axis=0)[:, 1].mean()
    rows[mistake]["after"] = by_ensemble(X_wrong).mean(axis=0)[:, 1].mean()
units = pd.DataFrame(rows).T
units.round(2)

# %% tags=["nbval-check-output"]
both = units[["AUC, dropout", "AUC, ensemble"]]
print("Both notice (AUC above 0.75):", ", ".join(units.index[(both > 0.75).all(axis=1)]))
print("Neither notices (AUC below 0.65):", ", ".join(units.index[(both < 0.65).all(axis=1)]))

# %% [markdown]
# Both notice the cholesterol and the height. **Neither notices the waist**: a very small waist looks very healthy, all
# opinions agree on "no diabetes", and the mean risk falls (the last two columns). The mistake leads to a place where
# the models agree, far from every patient they have seen.
#
# So the ensemble is a good second opinion, and no alarm for every mistake. One line would have caught all three: *is
# each value in its usual range?* Section 18.5 checks the combination of values. Disagreement between models does not replace it.

# %% [markdown]
# ## 9. "If it hands over the doubtful patients, the tool is safer"
#
# An obvious use of doubt: let the model answer where it is sure, and **defer** the others, hand them to a doctor. Kompa
# and colleagues (2021) ask that medical models be able to say "I don't know". Let us see what that does.
#
# The ensemble says diabetes when its mean probability is 0.5 or more. The most doubtful 20% are deferred: those whose
# probability is *nearest to 0.5*.

# %% fold=true
question = Question(
    "20% of the people, those nearest to 0.5, are handed over. What happens to accuracy and sensitivity among those kept?",
    {
        "Both rise": "The accuracy does. But who are the people near 0.5?",
        "Accuracy rises, sensitivity falls": "In this table few people are above 0.5. Near 0.5 are those whom the model suspects: the ill.",
        "Accuracy falls, sensitivity rises": "To drop the doubtful makes the rest easier, so the accuracy rises.",
    },
    right="Accuracy rises, sensitivity falls",
)
deferral_explorer = DeferralExplorer()

# %%
PredictFirst(question, deferral_explorer)

# %% [markdown]
# If the sliders do not move, choose *Run > Run All Cells*. The same story without sliders:

# %% fold=true
deferral_explorer.filmstrip()

# %%
p = by_ensemble(X_test).mean(axis=0)[:, 1]
y = y_test.to_numpy()
near_half = -np.abs(p - 0.5)  # higher = nearer to 0.5 = more doubt
kept = deferral_curve(y, p, near_half, fractions=[0, 0.1, 0.2, 0.3])
pd.DataFrame(kept._asdict()).set_index("fraction").round(2)

# %% claim=true
assert kept.accuracy[2] > kept.accuracy[0] + 0.02
assert kept.sensitivity[2] < kept.sensitivity[0] - 0.05

# %% [markdown]
# **The accuracy looks better because many of the ill are handed over.** What remains are the easy negatives, and the
# ill people whom the model calls healthy. Nobody looks at those again. Look also at *who* is handed over: many of the
# people over 60, hardly anyone under 40.
#
# This is no law of nature. Choose *diabetes, threshold 0.2* in the explorer: now more people are called ill, and when those
# near the threshold are handed over, the sensitivity among those kept **rises**. Hand over by *disagreement* instead,
# and it **falls**. For the pneumonia films it rises either way: most pneumonias are far above the threshold. So no general
# rule holds. **Report, for each rule of deferral: how many of the ill are found, how many missed, how many handed over,
# and in which group.**
#
# Which measure of doubt sorts best? A **risk-coverage curve** shows the error rate (the risk) of the patients kept,
# when more and more of the doubtful are handed over. Its mean, the AURC, sums it up: lower is better.

# %% fold=true
errors = ((p >= 0.5) != y).astype(float)
measures = {
    "by chance": np.random.default_rng(0).random(len(y)),
    "disagreement (mutual information)": entropy_decomposition(by_ensemble(X_test)).epistemic,
    "nearness to 0.5": near_half,
}
curves = {name: risk_coverage_curve(errors, doubt) for name, doubt in measures.items()}
figure, ax = plt.subplots(figsize=(8.6, 3.6), layout="constrained")
for (name, curve), style, colour in zip(curves.items(), (":", "--", "-"), ("0.4", "#e67e22", "#1b4f72"), strict=True):
    shown = curve.coverage > 0.05  # the first few patients jump about
    ax.plot(
        curve.coverage[shown],
        curve.risk[shown],
        style,
        color=colour,
        linewidth=2.5,
        label=f"{name}: AURC {curve.aurc:.3f}",
    )
ax.set(
    xlim=(1, 0),
    ylim=(0, 0.36),
    xlabel="coverage: share of people kept (right: almost all handed over)",
    ylabel="error rate of those kept",
    title="Diabetes, ensemble, threshold 0.5, 1,506 people",
)
ax.legend(fontsize=12, frameon=False, loc="upper left")
plots.show(
    figure,
    f"Risk-coverage curves. All start at an error rate of {errors.mean():.2f} with everyone kept. Mean risk (AURC): "
    + ", ".join(f"{name} {curve.aurc:.3f}" for name, curve in curves.items()),
)

# %% claim=true
aurc = {name: curve.aurc for name, curve in curves.items()}
assert aurc["nearness to 0.5"] < aurc["disagreement (mutual information)"] < aurc["by chance"]

# %% [markdown]
# Here most errors are aleatoric, so the plain distance to 0.5 finds them best. Disagreement answers another question:
# does the model know such patients? But remember: this curve counts *errors*, and an error that misses an ill person
# weighs as much as a false alarm.
#
# Deferral can work when the whole path is measured. In Leibig's study (2017), a screening for diabetic retinopathy
# reached the sensitivity of 85% and the specificity of 80% that the British NHS asks for, when the most doubtful, up to 20% of all,
# were referred. CoDoC (Dvijotham 2023) *learns* from past cases when the model and when the doctor is better:
# in a retrospective study of breast screening it gave 25% fewer false positives at the same rate of missed cancers,
# with 66% less reading for the doctors; for tuberculosis, 5 to 15% fewer false positives for three of five products.
#
# **End of the first sitting.** Get up, and come back for the guarantee.

# %% [markdown]
# ## 10. A set instead of a number
#
# > A needle biopsy of a prostate. Instead of "cancer, 0.93" the tool returns a **set** of diagnoses: {benign, cancer}.
#
# What is a set good for? With a set comes a promise: *the true diagnosis is in the set at least 90% of the time* (or
# 99.9%). This share is the **coverage**, another thing than in section 9. When the model is sure, the set has one label. When it is not, it has several. **Conformal prediction** makes
# such sets out of *any* model that gives probabilities, in three steps. It needs a few hundred **calibration
# patients**: with known truth, and not used in training. ("Calibration" has another sense here than in section 18.3:
# these patients set one threshold; no probability is changed.) (Angelopoulos and Bates 2023 is a gentle introduction.)
#
# Here are the three steps, for the film model, five classes, and $\alpha = 0.1$, the share of misses that we accept.

# %%
calibration_films = make_radiographs(500, seed=183, marker="random")
y_calib, y_films = calibration_films.labels, test_films.labels
p_calib, p_films = (predict_proba(model, films.images) for films in (calibration_films, test_films))
n, alpha = len(y_calib), 0.1

# %%
# 1. Score: how badly does the true class fit? One number for each calibration film.
scores = 1 - p_calib[np.arange(n), y_calib]
# 2. Threshold: the k-th smallest score, with k = ceil((n + 1)(1 - alpha)).
k = math.ceil((n + 1) * (1 - alpha))
q_hat = np.sort(scores)[k - 1]
# 3. Set: for a new film, every class that fits no worse than that.
sets = 1 - p_films <= q_hat

# %% tags=["nbval-check-output"]
print(f"k = {k} of n = {n}")
covered = sets[np.arange(len(y_films)), y_films]

# %% claim=true
assert 0.87 < covered.mean() < 0.94

# %% fold=true
low, high = binomtest(int(covered.sum()), len(covered)).proportion_ci(method="exact")
print(f"threshold {q_hat:.3f}; covered {covered.mean():.3f} (95% interval {low:.3f} to {high:.3f})")
print(f"sets with one class {(sets.sum(axis=1) == 1).mean():.0%}, with two {(sets.sum(axis=1) == 2).mean():.0%}")

# %% [markdown]
# **Why k, and why n + 1?** Line up the scores of the n calibration films and of one new film. If all come from the same
# source, in random order, the new one is equally likely to stand at any of the n + 1 places. So the chance that it
# stands at place k or before is k/(n + 1). We choose the first k for which this is at least 1 − α. Nothing else is
# used: not that the model is good, not that it is calibrated. A bad model gets large sets, and keeps the promise.
#
# The property "same source, any order equally likely" is called **exchangeability**. Keep this word: all that can go
# wrong hangs on it.
#
# The helpers have the chapter's names:

# %% tags=["nbval-check-output"]
threshold = conformal_calibrate(y_calib, p_calib, alpha=0.1)
print(f"threshold {threshold:.2f}")

# %% claim=true
assert np.isclose(threshold, q_hat)
assert (conformal_predict(p_films, threshold) == sets).all()
assert coverage(y_films, sets) == covered.mean()

# %% fold=true
severity = test_films.metadata["severity"].to_numpy()
size = sets.sum(axis=1)
wanted = [
    (y_films == 1) & (size == 1) & covered,
    (y_films == 4) & (size == 1) & covered,
    (y_films == 1) & (size == 2) & covered,
    (y_films == 3) & ~covered,
]
chosen = [int(np.flatnonzero(films)[0]) for films in wanted]
figure, axes = plt.subplots(1, 4, figsize=(9.6, 3.4), layout="constrained")
descriptions = []
for ax, i in zip(axes, chosen, strict=True):
    labels = [test_films.class_names[c] for c in np.flatnonzero(sets[i])]
    plots.Film(
        ax,
        test_films.images[i, 0],
        "{" + ",\n".join(labels) + "}",
        notice=f"truth: {test_films.class_names[y_films[i]]}\nseverity {severity[i]:.2f}, synthetic",
    )
    descriptions.append(f"set of {' and '.join(labels)}, truth {test_films.class_names[y_films[i]]}")
plots.show(
    figure,
    "Four synthetic films with their prediction sets at alpha 0.1, the last one a miss: " + "; ".join(descriptions),
)

# %% [markdown]
# **Back to the biopsy.** Olsson and colleagues (2022) did this for prostate cancer, with sets at 99.9%. Of 794 biopsies
# the model alone got 14 wrong. With sets, 1 was wrong, and 175 (22%) had both labels, {benign, cancer}. Was that a
# failure? A set with both labels says: *this one is for the pathologist, with another stain*. On atypical tissue, 143
# of 179 (80%) were flagged like this, and the errors fell from 44 to 3. The large set is the useful output. Do sets
# help people? In a randomised study, outside medicine, they were right more often with conformal sets than with sets of
# a fixed size and the same coverage (Cresswell 2024).

# %% [markdown]
# ## 11. What the promise says
#
# Learn this sentence by heart. Each part of it carries weight:
#
# > **Over repeated draws of calibration and test patients from the same exchangeable population, the set contains the
# > true label at least 90% of the time; it says nothing on its own about this patient, this subgroup or another
# > hospital.**

# %% fold=true
Question(
    "The tool shows {no diabetes} for your patient, with 90% coverage. What is the chance that she has diabetes?",
    {
        "10%": "This is the misreading that nearly everyone makes first. Section 14 measures how far off it can be.",
        "At most 10%": "The promise is about the share of *all* sets that miss, not about those with one label.",
        "The promise does not say": "It is about the procedure over many patients. Sets with one label can miss more often, or less.",
    },
    right="The promise does not say",
)

# %% [markdown]
# Now turn $\alpha$ yourself. Watch the threshold move through the scores, the sets shrink, and each group's coverage on
# its own.

# %%
alpha_explorer = AlphaExplorer()
alpha_explorer

# %% [markdown]
# If the sliders do not move, choose *Run > Run All Cells*. The same story without sliders:

# %% fold=true
alpha_explorer.filmstrip()

# %% [markdown]
# ### Three scores
#
# The guarantee holds for any score that is fixed before calibration. The score decides how the sets look. Sort the
# classes of one film from the most to the least likely:
#
# | Score | of the class at place r | The sets |
# |---|---|---|
# | **LAC**, least ambiguous classifier (Sadinle 2019; the chapter's) | 1 − p of that class | keep every class that is likely enough; smallest on average |
# | **APS**, adaptive prediction sets (Romano 2020) | the probability of all classes above it, added up | always keep the top class, then add until the sum is large enough |
# | **RAPS**, regularized APS (Angelopoulos 2021) | as APS, plus a small price (0.01) for each place after the first | as APS, without very long sets |

# %%
rows = {}
for level in (0.02, 0.1, 0.2):
    for score in ("lac", "aps", "raps"):
        these = SplitConformalClassifier(level, score=score).calibrate(y_calib, p_calib).predict_set(p_films)
        rows[level, score.upper()] = {"coverage": coverage(y_films, these), **set_summary(these)._asdict()}
three_scores = pd.DataFrame(rows).T.rename_axis(["alpha", "score"])
three_scores.round(3)

# %% claim=true
promised = 1 - three_scores.index.get_level_values("alpha")
assert (three_scores["coverage"] > promised - 0.03).all()

# %% [markdown]
# All keep their promise. With five classes RAPS does nearly the same as APS; its price matters where there are a
# hundred classes. Look at alpha 0.2: LAC leaves some sets **empty**; APS never does, and so covers more than it promised.
# (The model alone is right more often than 80%, and a set that holds its top class cannot do worse.)
#
# ### An empty set is no answer
#
# A display that shows "size below 2: confident" would count the empty sets as sure. What are they? We also look at the
# *randomized* version of APS, which many programs use: it hits the promise exactly, by tossing a coin about the last
# class of each set. Then even the top class can be tossed away.

# %% fold=true
rows = {}
for name, options in {
    "LAC": {"score": "lac"},
    "APS, randomized": {"score": "aps", "randomized": True, "seed": 0},
}.items():
    summed = SplitConformalClassifier(0.2, **options).calibrate(y_calib, p_calib).predict_set(p_films).sum(axis=1)
    for kind, members in {"empty": summed == 0, "not empty": summed > 0}.items():
        rows[name, kind] = {
            "films": f"{members.sum()}",
            "mean top probability": f"{p_films.max(axis=1)[members].mean():.2f}",
            "mean severity of the finding": f"{severity[members].mean():.2f}",
            "top class is right": f"{(p_films.argmax(axis=1) == y_films)[members].mean():.0%}",
        }
empty = pd.DataFrame(rows).T
empty

# %% tags=["nbval-check-output"]
top = empty["mean top probability"].astype(float)
print(f"Mean top probability of the empty sets: LAC {top['LAC', 'empty']:.1f}, randomized APS {top.iloc[2]:.1f}")

# %% claim=true
assert top["LAC", "empty"] < top["LAC", "not empty"] - 0.2
assert top["APS, randomized", "empty"] > top["APS, randomized", "not empty"]

# %% [markdown]
# With LAC, an empty set means: *no class fits well enough*. These are the faint films. With randomized APS it is the
# reverse: the model was sure, and a coin took its answer away. The same display, opposite meanings. So report empty
# sets apart, ask which score was used, and never read "empty" as "healthy".

# %% [markdown]
# ## 12. The chapter's line for the threshold
#
# The chapter computes the threshold with
#
# ```python
# q = np.quantile(scores, np.ceil((n+1)*(1-alpha))/n)
# ```
#
# It is close. Two things differ from "the k-th smallest score":

# %% tags=["nbval-check-output"]
for n_small in (8, 9, 20, 100):
    example = np.arange(1.0, n_small + 1)  # scores 1, 2, ... n: the k-th smallest is k
    exact = conformal_quantile(example, 0.1)
    try:
        chapter = f"{np.quantile(example, np.ceil((n_small + 1) * 0.9) / n_small):.2f}"
    except ValueError as error:
        chapter = f"ValueError: {error}"
    print(f"n = {n_small:3}: k-th smallest = {exact:5.1f} | np.quantile: {chapter}")

# %% [markdown]
# - **It fails** for n = 8. There k = 9 is larger than n: eight patients are too few to promise 90%. The honest
#   threshold is infinity: *every label is in every set*. The helper returns that; `np.quantile` stops with an error
#   that does not say why.
# - **It interpolates.** By default `np.quantile` takes a point *between* two scores, here a little above the k-th. That
#   errs on the safe side, by little. But "exact" is then no longer true, and other software errs on the unsafe side:
#   without the n + 1, twenty calibration patients at alpha 0.1 give a coverage of 0.86 instead of 0.90 (18/21).
#
# And two details, for coders. A computer rounds: (249 + 1)(1 − 0.172) is 207, but it gets 207.00000000000003, and k becomes
# 208. The helper computes k exactly. And the chapter keeps a class when `p >= 1 - threshold`. On paper this is the same as
# `1 - p <= threshold`; in the computer it can lose the very patient who set the threshold. The helper uses the second form.

# %% [markdown]
# ## 13. What one calibration set can promise
#
# "Over repeated draws of calibration patients": but your hospital draws *once*. How far can the coverage of one
# calibration set be from 90%? The theory has an exact answer (Vovk 2012): the coverage of a calibration set, among all
# future patients, is a random number with the law Beta(k, n + 1 − k). Let us not believe it but try it: 2,000
# hospitals, each with its own n calibration patients from NHANES. **Change
# `n_calibration` below and run its cell again**: 20, 50, 500.

# %%
booster = HistGradientBoostingClassifier(random_state=0)  # a diabetes model of all 5,018 adults
# Each person is judged by a model that has not seen them.
p_all = cross_val_predict(booster, data.X, data.y, cv=5, method="predict_proba")
all_scores = 1 - p_all[np.arange(len(p_all)), data.y]


def hospital_coverages(n_calibration, n_hospitals=2000):
    """Return the coverage of each hospital: its own calibration patients set the threshold, all others are its future."""
    rng = np.random.default_rng(184)
    coverages = []
    for _ in range(n_hospitals):
        order = rng.permutation(len(all_scores))
        calibration, future = order[:n_calibration], order[n_calibration:]
        coverages.append((all_scores[future] <= conformal_quantile(all_scores[calibration], 0.1)).mean())
    return np.array(coverages)


# %% fold=true
def show_hospitals(coverages, n_calibration):
    """Draw the coverages of the hospitals beside the law."""
    law, grid = coverage_law(n_calibration, 0.1), np.linspace(0.6, 1, 800)
    figure, ax = plt.subplots(figsize=(8.6, 3.6), layout="constrained")
    ax.hist(coverages, np.linspace(0.6, 1, 81), density=True, color="0.75", edgecolor="white", label="2,000 hospitals")
    ax.plot(grid, law.pdf(grid), color="#1b4f72", linewidth=2.5, label=f"Beta law, n = {n_calibration}")
    ax.axvline(0.9, color="black", linestyle="dashed", label="promised: 0.90")
    ax.set(
        xlabel="coverage of one hospital's sets among its future patients", ylabel="density", xlim=(0.7, 1), yticks=()
    )
    ax.legend(fontsize=12, frameon=False, loc="upper left")
    plots.show(
        figure,
        f"Histogram of the coverage of 2,000 calibration sets of {n_calibration} people, with the Beta law. Mean "
        f"{coverages.mean():.3f}, middle 90%: {np.quantile(coverages, 0.05):.3f} to {np.quantile(coverages, 0.95):.3f} (law: "
        f"{law.ppf(0.05):.3f} to {law.ppf(0.95):.3f}); {(coverages < 0.85).mean():.1%} of the hospitals are below 0.85.",
    )


# %%
n_calibration = 100  # <- change me
coverages = hospital_coverages(n_calibration)
show_hospitals(coverages, n_calibration)

# %% claim=true
beta_law = coverage_law(n_calibration, 0.1)
assert abs(coverages.mean() - beta_law.mean()) < 0.005
assert abs((coverages < 0.85).mean() - beta_law.cdf(0.85)) < 0.03

# %% tags=["nbval-check-output"]
laws = {f"n = {n}": coverage_law(n, 0.1) for n in (20, 50, 100, 500, 1000)}
print(
    pd.DataFrame(
        {
            name: {
                "mean": law.mean(),
                "5% of hospitals below": law.ppf(0.05),
                "5% above": law.ppf(0.95),
                "chance of less than 0.85": law.cdf(0.85),
            }
            for name, law in laws.items()
        }
    )
    .T.round(3)
    .to_string()
)

# %% [markdown]
# With 100 calibration patients, nine in ten hospitals get a coverage between 0.85 and 0.95. With 1,000, between 0.88
# and 0.92. So **ask how many calibration patients stand behind a "90%".** The law does not depend on the model, nor on
# the disease.

# %% [markdown]
# ## 14. 90% for whom?
#
# The promise is an average over all patients. Averages hide groups (section 18.1). We take a diabetes model (gradient
# boosting) of all 5,018 adults, also those who were told: 1,054 people for calibration and 1,506 to test.

# %%
X_train, X_calib, y_train, y_calib_d = split.X_train, split.X_calib, split.y_train, split.y_calib
booster.fit(X_train, y_train)
p_calib_d, p_test = booster.predict_proba(X_calib), booster.predict_proba(X_test)
disease = np.where(y_test == 1, "with diabetes", "no diabetes")

one_for_all = SplitConformalClassifier(0.1).calibrate(y_calib_d, p_calib_d).predict_set(p_test)
print(f"coverage overall: {coverage(y_test, one_for_all):.3f}")

# %% fold=true
Question(
    "Overall 90% of the sets hold the truth, and 80% of the people have no diabetes. What is the coverage among those who have it?",
    {
        "About 0.90": "The promise is about everyone together. The many healthy can fill it alone.",
        "About 0.75": "Lower than 0.90, yes. Measure it below.",
        "About 0.55": "The healthy are covered nearly always, and pay for the sick who are not.",
    },
    right="About 0.55",
)

# %% tags=["nbval-check-output"]
by_disease = coverage_by_group(y_test, one_for_all, disease)
print(by_disease["n"].to_string())

# %% claim=true
assert by_disease.loc["with diabetes", "coverage"] < 0.7
assert by_disease.loc["no diabetes", "coverage"] > 0.95

# %%
by_disease.round(3)

# %% [markdown]
# One split may be luck. The same with ten splits of the people:

# %% fold=true
rows = []
for seed in range(10):
    other = diabetes_split(random_state=seed)
    fitted = HistGradientBoostingClassifier(random_state=0).fit(other.X_train, other.y_train)
    p_c, p_t = fitted.predict_proba(other.X_calib), fitted.predict_proba(other.X_test)
    for how, groups in {"one threshold": None, "one for each class": "class"}.items():
        these = SplitConformalClassifier(0.1).calibrate(other.y_calib, p_c, groups).predict_set(p_t, groups)
        parts = coverage_by_group(other.y_test, these, other.y_test)["coverage"]
        rows.append(
            {
                "threshold": how,
                "overall": coverage(other.y_test, these),
                "no diabetes": parts[0],
                "with diabetes": parts[1],
                "two-label sets": set_summary(these).several,
            }
        )
splits = pd.DataFrame(rows)
splits.groupby("threshold", sort=False).mean().round(3)

# %% tags=["nbval-check-output"]
means = splits.groupby("threshold").mean()
print(means.round(1).to_string())

# %% claim=true
assert 0.50 <= means.loc["one threshold", "with diabetes"] <= 0.60
assert means.loc["one for each class", ["no diabetes", "with diabetes"]].between(0.86, 0.94).all()

# %% [markdown]
# **0.90 overall, and about 0.55 among people with diabetes.** Nearly every second sick person gets a set without the
# sick label. Nothing is wrong with the mathematics: it never promised anything about them.
#
# **The repair**: give *each class its own threshold*, from its own calibration patients. (The literature calls it
# class-conditional, or Mondrian, conformal prediction.) Now both classes are near 0.90. **The price**: more sets with
# both labels, nearly twice as many. The doubt was always there. Now it shows.

# %% fold=true
per_class = SplitConformalClassifier(0.1).calibrate(y_calib_d, p_calib_d, "class").predict_set(p_test, "class")
age = X_test["age_years"].to_numpy()
figure = plt.figure(figsize=(9.6, 3.9))
descriptions = []
for place, (how, these) in enumerate({"one for all": one_for_all, "one per class": per_class}.items()):
    ax = figure.add_axes((0.185 + 0.5 * place, 0.17, 0.24, 0.7))
    parts = pd.concat(
        [coverage_by_group(y_test, these, by) for by in (np.full(len(y_test), "all"), disease, age_group(age))]
    )
    plots.Coverage(ax, len(parts), lowest=0.4).move(
        [f"{name} ({n:,})" for name, n in parts["n"].items()],
        parts["coverage"].to_numpy(),
        parts["ci_low"].to_numpy(),
        parts["ci_high"].to_numpy(),
        0.9,
        f"{how}: {set_summary(these).several:.0%} two-label sets",
    )
    descriptions.append(f"{how}: " + ", ".join(f"{name} {value:.2f}" for name, value in parts["coverage"].items()))
plots.show(
    figure,
    "Coverage at alpha 0.1 (dashed: 0.90), with one threshold for all and one per class. "
    + "; ".join(descriptions)
    + ". Filled squares lie below 0.90 with their whole interval.",
)

# %% [markdown]
# Look at the last rows. The class thresholds have repaired the classes, not the age groups. In the same way one can
# calibrate **for each age group** (*group-conditional*). Choose *each group* in the explorer above with the diabetes
# data and see what that does to the classes. You must choose what to promise. More groups need more calibration
# patients: with 20 sick people in a group, the law of section 13 is wide. And to promise 90% to *every* patient, for
# any data, is impossible in a useful way: Foygel Barber and colleagues (2021) proved it.
#
# And the question of section 11? Here is the answer for these people:

# %% fold=true
only_healthy = one_for_all[:, 0] & ~one_for_all[:, 1]
old = only_healthy & (age >= 60)
print(
    f"Of {only_healthy.sum():,} people with the set {{no diabetes}}, {y[only_healthy].mean():.1%} have diabetes; "
    f"aged 60 and over, {y[old].mean():.1%} of {old.sum():,}."
)
print(f"Of {y.sum()} people with diabetes, {(only_healthy & (y == 1)).sum() / y.sum():.0%} got this set.")

# %% [markdown]
# The first number is not far from 10%, by accident: it depends on how common the disease is. Among the older people
# with the very same set it is about twice as large. And the last number is the one that a patient with diabetes would
# ask for.

# %% [markdown]
# ## 15. The guarantee does not travel
#
# The chapter says of the guarantee that it holds "regardless of the model or data distribution", and adds a condition
# in brackets. The short form is what people remember. To be true it needs three more words: **marginal, given
# exchangeability**. *Marginal* was section 14: on average over everyone. Now the other two. We train and calibrate on
# people **under 60**, and use the sets on people of **60 and over**.

# %% fold=true
Question(
    "Calibrated for 0.90 under 60 years. What coverage do you expect at 60 and over?",
    {
        "0.90: the guarantee is distribution-free": "For any distribution, but the *same* one for calibration and use.",
        "Lower": "The older are not exchangeable with the younger: more of them have the disease.",
        "Higher": "It could be; here the older are the harder ones.",
    },
    right="Lower",
)

# %%
is_old = data.X["age_years"] >= 60
X_young, y_young = data.X[~is_old], data.y[~is_old]
fit_X, calib_X, fit_y, calib_y = train_test_split(X_young, y_young, test_size=0.3, stratify=y_young, random_state=14)
young_model = HistGradientBoostingClassifier(random_state=0).fit(fit_X, fit_y)
young_sets = SplitConformalClassifier(0.1).calibrate(calib_y, young_model.predict_proba(calib_X))
p_old = young_model.predict_proba(data.X[is_old])
at_60 = coverage_by_group(data.y[is_old], young_sets.predict_set(p_old), np.full(is_old.sum(), "60 and over"))
at_60.assign(observed_to_expected=data.y[is_old].mean() / p_old[:, 1].mean()).round(3)

# %% claim=true
assert at_60["ci_high"].iloc[0] < 0.80

# %% [markdown]
# The promise was 0.90 and about one set in four misses. (The last column is the ratio of section 18.3: there is far
# more diabetes than the model expects.) The same with the films. Thresholds from the usual films, used under each
# shift:

# %% fold=true
rows = {}
for shift, films in shifted.items():
    these = conformal_predict(predict_proba(model, films.images[:300]), threshold)
    row = coverage_by_group(films.labels[:300], these, np.full(len(these), shift)).iloc[0]
    rows[shift] = {**row[["coverage", "ci_low", "ci_high"]], "sets with one class": set_summary(these).single}
abroad = pd.DataFrame(rows).T
abroad.round(2)

# %% claim=true
assert (abroad["ci_high"][1:] < 0.9).all()
assert abroad.loc["other_vendor", "coverage"] < 0.5
assert abroad.loc["other_vendor", "sets with one class"] > 0.8

# %% [markdown]
# On the other vendor's films fewer than half of the sets hold the truth, and most of them look sure. **A set is a
# promise about patients like those it was calibrated on.** Olsson's sets, too, were not valid on another scanner. But
# coverage can be *measured*: a few dozen films with known truth from the new machine are enough to see such a break (in
# Olsson's study, 49 for the new scanner). Calibrate again at each site, after each change of machine, and watch the
# coverage. When patients change slowly, one can give recent calibration patients more weight (Barber 2023). This
# softens the loss, and does not abolish it.

# %% [markdown]
# ## 16. An interval for a number
#
# The same idea works for a number: HbA1c, in percent, from the same 13 measurements. The score is the absolute error;
# the interval is the prediction plus and minus the k-th smallest error. Its width is the same for everyone. **Conformalized
# quantile regression** (CQR, Romano 2019) lets the model itself predict a low and a high value (its 5% and 95%
# quantiles), and moves both ends by one number until the promise holds. Then the width can differ from patient to
# patient.

# %%
hba1c = data.audit["hba1c_percent"]
settings = {"max_depth": 3, "learning_rate": 0.05, "max_iter": 150, "random_state": 0}
middle = HistGradientBoostingRegressor(**settings).fit(X_train, hba1c[X_train.index])
low_end, high_end = (
    HistGradientBoostingRegressor(loss="quantile", quantile=q, **settings).fit(X_train, hba1c[X_train.index])
    for q in (0.05, 0.95)
)
truth_calib, truth = hba1c[X_calib.index], hba1c[X_test.index].to_numpy()
intervals = {
    "split conformal": residual_intervals(truth_calib, middle.predict(X_calib), middle.predict(X_test), alpha=0.1),
    "CQR": quantile_intervals(
        truth_calib,
        low_end.predict(X_calib),
        high_end.predict(X_calib),
        low_end.predict(X_test),
        high_end.predict(X_test),
        alpha=0.1,
    ),
}

# %% fold=true
rows = {}
for name, interval in intervals.items():
    inside, width = (interval.low <= truth) & (truth <= interval.high), interval.high - interval.low
    rows[name] = {
        "coverage": inside.mean(),
        "with diabetes": inside[y == 1].mean(),
        "no diabetes": inside[y == 0].mean(),
        "mean width, under 40 (HbA1c %)": width[age < 40].mean(),
        "mean width, 60 and over": width[age >= 60].mean(),
    }
width_table = pd.DataFrame(rows).T
width_table.round(2)

# %% claim=true
assert width_table["coverage"].between(0.86, 0.93).all()
assert width_table.iloc[1, 3] < width_table.iloc[0, 3] - 0.5
assert width_table.iloc[1, 4] > width_table.iloc[0, 4]
assert (width_table["with diabetes"] < 0.85).all()

# %% [markdown]
# CQR spends the width where the doubt is. But look at the column *with diabetes*: the promise is marginal here as well.
# The repair is the same, calibration by group; and the warning of section 15 holds word for word.

# %% [markdown]
# ## Back to the girl with the wrist film
#
# - *Is the tool sure?* Its 0.96 and its green tick say that its output layer is. A growing wrist is unlike any film it
#   was trained on, and section 7 has shown that neither the probability nor dropout's spread need notice.
# - *Ten times as many adults?* They would reduce its doubt about adults. Her doubt is epistemic, and of a kind that
#   only films of children reduce. The "more data" test means more data *like this patient*.
# - *A prediction set at 90%?* Calibrated on adults, it promises nothing about her.
# - *What should the display say?* "Trained on patients of 18 and over; this patient is 7: no answer." The best flag
#   here is not statistics at all: it is the date of birth. Read the film as if there were no tool.
#
# | Question to the maker of a tool | What you hope to hear |
# |---|---|
# | What kind of doubt does the display show? | both parts, with the method named |
# | Which unfamiliar inputs was it tested with, and with which result? | a list, with an AUC for each, and what it missed |
# | When cases are deferred: what happens to the ill? | found, missed, handed over, by group; who reads them, and how fast |
# | "90% coverage": over whom, calibrated on how many, how recently? | our patients, a number above some hundreds, this year |
# | And among the sick? In my subgroup? | a table with intervals |
# | What does it show for an empty set? | "no answer", never "normal" |

# %% [markdown]
# ## Discuss
#
# 1. Choose alpha for a test that must *rule out* a disease, and for one that must *confirm* it. Who is harmed by a
#    large set, who by a miss?
# 2. What should the display show for an empty set? And for a set with all labels?
# 3. The class-conditional sets have both labels for more than 40% of the people. Who does the extra work, and is it
#    worth it?
# 4. A vendor writes: "Our model is Bayesian and knows when it does not know." Which three tests of this section do you
#    ask for?
#
# ## Key points
#
# - Aleatoric doubt is in the patient and stays with more data. Epistemic doubt is in the model and shrinks.
# - Total entropy = expected entropy + mutual information. A std of 0 can be full doubt (all say 50:50), or no
#   measurement (no dropout).
# - Monte Carlo dropout: dropout on, everything else off. `model.train()` lets the neighbours in the batch change a
#   patient's result, and damages the model.
# - It notices some unfamiliar films and is sure of others. So does an ensemble.
# - Deferral raises the accuracy of what is kept. It can lower the sensitivity. Count the ill: found, missed, handed
#   over.
# - Conformal sets: score, k-th smallest with k = ⌈(n + 1)(1 − α)⌉, set. They keep their promise with any model, on
#   average, for exchangeable patients.
# - The promise is not about this patient, the sick, a subgroup, or another hospital. Measure those. Repair with
#   thresholds by class or group; the price is larger sets.
# - An empty set is no answer.
#
# ## Exercises
#
# {{Count 18.4}} exercises, with hints and solutions: [exercises/18_4_uncertainty.ipynb](../exercises/18_4_uncertainty.ipynb).
#
# ## References
#
# - Angelopoulos A. N., Bates S. A gentle introduction to conformal prediction and distribution-free uncertainty quantification. Found Trends Mach Learn 2023;16(4). doi:10.1561/2200000101, arXiv:2107.07511
# - Angelopoulos A. N. et al. Uncertainty sets for image classifiers using conformal prediction. ICLR 2021. arXiv:2009.14193
# - Barber R. F. et al. Conformal prediction beyond exchangeability. Ann Stat 2023. arXiv:2202.13415
# - Cresswell J. C. et al. Conformal prediction sets improve human decision making. ICML 2024. arXiv:2401.13744
# - Dunlosky J. et al. Improving students' learning with effective learning techniques. Psychol Sci Public Interest 2013. doi:10.1177/1529100612453266
# - Dvijotham K. et al. Enhancing the reliability and accuracy of AI-enabled diagnosis via complementarity-driven deferral to clinicians. Nat Med 2023;29:1814-1820. doi:10.1038/s41591-023-02437-x
# - Foygel Barber R. et al. The limits of distribution-free conditional predictive inference. Information and Inference 2021. arXiv:1903.04684
# - Gal Y., Ghahramani Z. Dropout as a Bayesian approximation. ICML 2016. arXiv:1506.02142
# - Kendall A., Gal Y. What uncertainties do we need in Bayesian deep learning for computer vision? NeurIPS 2017. arXiv:1703.04977
# - Kompa B. et al. Second opinion needed: communicating uncertainty in medical machine learning. npj Digit Med 2021;4:4. doi:10.1038/s41746-020-00367-3
# - Lakshminarayanan B. et al. Simple and scalable predictive uncertainty estimation using deep ensembles. NeurIPS 2017. arXiv:1612.01474
# - Leibig C. et al. Leveraging uncertainty information from deep neural networks for disease detection. Sci Rep 2017;7:17816. doi:10.1038/s41598-017-17876-z
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Olsson H. et al. Estimating diagnostic uncertainty in artificial intelligence assisted pathology using conformal prediction. Nat Commun 2022;13:7761. doi:10.1038/s41467-022-34945-8
# - Ovadia Y. et al. Can you trust your model's uncertainty? Evaluating predictive uncertainty under dataset shift. NeurIPS 2019. arXiv:1906.02530
# - Romano Y. et al. Conformalized quantile regression. NeurIPS 2019. arXiv:1905.03222
# - Romano Y. et al. Classification with valid and adaptive coverage. NeurIPS 2020. arXiv:2006.02544
# - Sadinle M. et al. Least ambiguous set-valued classifiers with bounded error levels. JASA 2019. arXiv:1609.00451
# - Vovk V. Conditional validity of inductive conformal predictors. ACML 2012. arXiv:1209.2673
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
