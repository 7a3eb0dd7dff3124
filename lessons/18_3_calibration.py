# %% [markdown]
# # 18.3 Calibration
#
# **For** doctors in training and their teachers. You need no code to follow: run each cell, answer the questions, move the
# sliders. If you write code, the short cells in the open are the formulas.
#
# **Time:** about 75 minutes to read and try, {{minutes 18.3}} minutes for the exercises.
#
# **Questions this section answers**
#
# - When a model says 80%, how often is it right? And when it says 6%?
# - How do we see that a model is wrong about its own certainty, and how sure can *we* be of that?
# - Which repair mends what, and what does none of them mend?
# - Does "calibrated" hold for my patient? Does it matter for what I do?
#
# **After it you can**
#
# 1. *draw* a reliability diagram with counts and intervals,
# 2. *compute* O/E, calibration intercept and slope, the Brier score and its parts, and *judge* an ECE against chance,
# 3. *place* a result in the hierarchy mean, weak, moderate, strong,
# 4. *apply* Platt and temperature scaling on a calibration set, and *state* what each can repair,
# 5. *translate* miscalibration into net benefit at the threshold where a clinic acts.
#
# > The patients of the table are real people (NHANES). The chest films are **synthetic**. Nothing here is medical advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from scipy.special import expit, logit, softmax
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import roc_auc_score

from clinxai_teach import plots
from clinxai_teach.calibration import (
    PlattScaling,
    TemperatureScaling,
    brier_decomposition,
    brier_score,
    calibration_null_band,
    calibration_slope_intercept,
    corp_decomposition,
    expected_calibration_error,
    net_benefit,
    observed_expected_ratio,
    reliability_curve,
)
from clinxai_teach.checks import Question
from clinxai_teach.data import diabetes_split, make_radiographs
from clinxai_teach.explorers import PredictFirst, TemperatureCohort, TemperatureExplorer
from clinxai_teach.models import load_cxr_model

plt.rcParams["font.size"] = 12

# %% [markdown]
# ## Warm-up: three questions on what came before

# %% fold=true
Question(
    "A network gives one finding a logit (raw score) of 0, and there are only two classes. Which probability is that?",
    {
        "0": "A probability of 0 needs a logit of minus infinity.",
        "0.5": "The logistic curve turns 0 into one half; positive logits lie above it, negative ones below.",
        "It depends on the patients": "Not for the model's own statement. Whether the statement is true depends on the patients.",
    },
    right="0.5",
)

# %% fold=true
Question(
    "The SHAP values of one patient add up to ...",
    {
        "the model's output for this patient minus its average output": "This is true of every model, also of one whose probabilities are wrong.",
        "the true risk of this patient": "They explain the model's output, not the patient.",
        "the importance of the features for the disease": "They are about the model.",
    },
    right="the model's output for this patient minus its average output",
    why="So an explanation says nothing about whether 80% means 80 in 100. That is the question of this section.",
)

# %% fold=true
Question(
    "Every probability of a model is divided by two. What happens to its AUC?",
    {
        "It is halved": "The AUC compares pairs of patients, and each pair keeps its order.",
        "It stays the same": "The order of the patients is all that the AUC sees.",
        "It falls to 0.5": "That would be a model without any order.",
    },
    right="It stays the same",
    why="So the AUC cannot tell whether the probabilities are right.",
)

# %% [markdown]
# ## A case
#
# > A practice buys a tool that estimates, from 13 measurements and no blood sugar, the probability that an adult has diabetes
# > today. The rule of the house: at **10% or more**, a blood test (HbA1c). The vendor's leaflet gives one number: "AUC 0.79".
# >
# > A 46-year-old woman comes for her back pain. She describes herself as Asian American. The tool says **6%**. So no test.
#
# What would you want to know about this 6% before you let it decide? We come back to her at the end.

# %% [markdown]
# ## 1. What does "80%" mean?
#
# We build such a tool with 5,018 adults of NHANES 2017-2018, of whom 994 have diabetes. The model is gradient boosting,
# as scikit-learn makes it when you change nothing. The people are split into three parts, each with the same share of
# diabetes:
#
# | part | share | what it is for |
# |---|---|---|
# | **training** | 49% | the model learns from it |
# | **calibration** | 21% | repairs are learned from it (from section 6 on) |
# | **test** | 30% | everything is judged on it, nothing is learned from it |

# %%
split = diabetes_split()
X_train, X_calib, X_test = split.X_train, split.X_calib, split.X_test
y_train, y_calib, y_test = split.y_train, split.y_calib, split.y_test

base_model = HistGradientBoostingClassifier(random_state=0).fit(X_train, y_train)
y_true = y_test.to_numpy()
y_prob = base_model.predict_proba(X_test)[:, 1]

# %% tags=["nbval-check-output"]
print("people in training, calibration, test:", len(y_train), len(y_calib), len(y_test))
print(f"diabetes in the test part: {y_true.sum()} of {len(y_true)} ({y_true.mean():.1%})")

# %%
print(f"AUC on the test part: {roc_auc_score(y_true, y_prob):.2f}")

# %% [markdown]
# (`diabetes_split` deals the people with `random_state=14`: one split of many. Of 30 that we tried, it is the one whose
# numbers lie nearest the average of all. In small groups it can still be extreme (section 9). Section 6 shows 20 splits.)
#
# The leaflet's AUC is right. Now the other question. We take the people to whom the model gives **about 80%**.

# %% fold=true
Question(
    "The model has an AUC of 0.79. Of the people to whom it gives 70% to 90%, how many have diabetes?",
    {
        "About 80 in 100": "That is what the number promises. Nothing in the AUC makes sure of it.",
        "About 40 in 100": "The model is overconfident: it speaks of 80% and is right in less than half.",
        "79 in 100, the AUC": "The AUC is the share of pairs in the right order. It is not a share of patients.",
    },
    right="About 40 in 100",
)

# %%
for low, high in [(0.70, 0.90), (0.05, 0.10)]:
    group = (y_prob > low) & (y_prob <= high)
    said, sick = y_prob[group].mean(), y_true[group]
    print(f"The model says {low:.0%} to {high:.0%} to {group.sum()} people, {said:.0%} on average.")
    print(f"   {sick.sum()} of them have diabetes: {sick.mean():.0%}.")

# %% [markdown]
# Too high at the top, and at the bottom far too low. The second line matters more to the practice: it is where the
# woman with her 6% is, and it holds many more people.
#
# A model is **calibrated** if, among the patients to whom it gives a probability p, the share p has the disease. This is a
# statement about a *group* of patients. No single patient has 6% of a diabetes.

# %% [markdown]
# ## 2. The reliability diagram
#
# The same count for all probabilities at once. We cut the line from 0 to 1 into ten bins and take three numbers in each:
# how many people, the mean of what the model said, the share of what happened. By hand:

# %%
edges = np.linspace(0, 1, 11)
bin_of = np.digitize(y_prob, edges[1:-1], right=True)  # a bin is closed on the right: (0.1, 0.2] and so on

count = np.bincount(bin_of)
mean_predicted = np.bincount(bin_of, weights=y_prob) / count
observed_share = np.bincount(bin_of, weights=y_true) / count

# %%
pd.DataFrame(
    {
        "people": count,
        "model says (mean)": mean_predicted.round(2),
        "have diabetes": np.bincount(bin_of, weights=y_true).astype(int),
        "observed share": observed_share.round(2),
    },
    index=[f"{edge:.1f} to {edge + 0.1:.1f}" for edge in edges[:-1]],
)

# %%
figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
axes.plot([0, 1], [0, 1], linestyle="dashed", color="0.5")  # where "said" equals "happened"
axes.plot(mean_predicted, observed_share, marker="o")
axes.set(xlabel="the model says (mean of the bin)", ylabel="share with diabetes", title="Reliability diagram, by hand")
plots.show(
    figure,
    "Reliability diagram of the diabetes model, ten bins. Below a prediction of 0.5 the dots lie above the diagonal: more "
    "diabetes than predicted. Above 0.5 they lie below it: less than predicted.",
)

# %% [markdown]
# Dots on the dashed line would be perfect. Here the line of dots is **too flat**: where the model says little there is more
# disease, where it says much there is less. Such a model is *overconfident*: its probabilities are too extreme.
#
# The textbook's snippet draws this figure with scikit-learn. The call still works today, and gives the same numbers:

# %% tags=["nbval-check-output"]
fraction_pos, mean_pred = calibration_curve(y_true, y_prob, n_bins=10, strategy="uniform")
print(f"{len(fraction_pos)} bins")

# %% claim=true
assert np.allclose(fraction_pos, observed_share)
assert np.allclose(mean_pred, mean_predicted)

# %% [markdown]
# Two things are missing in it: how many people stand behind each dot, and how far chance alone may have carried it.
# (And scikit-learn leaves empty bins out without a word.) The course's helper also returns the counts, and an
# **interval** for each share (Wilson 1927): shares within it are compatible with what was seen.

# %%
curve = reliability_curve(y_true, y_prob, n_bins=10)

figure, (above, below) = plt.subplots(2, 1, figsize=(6, 7), sharex=True, height_ratios=[3, 1], layout="constrained")
plots.Reliability(above, curve, f"Diabetes model, {len(y_true):,} test people")
plots.Counts(below, curve, unit="people")
plots.show(
    figure,
    "The same reliability diagram with 95% Wilson intervals, and below it the number of people in each bin: "
    + ", ".join(map(str, curve.count))
    + ". The intervals of the upper bins, with few people, are wide.",
)

# %% [markdown]
# Read it from below: *where are the people?* More than half of them are in the first bin, and its short interval does
# not touch the diagonal. That is the strongest evidence in the figure. The dot furthest to the right is a handful of
# people, and its interval covers half of the picture: it says nearly nothing. Van Calster and colleagues (2016) suggest
# at least 200 people with the event and 200 without for such a curve.

# %% [markdown]
# ## 3. One number for the distance: ECE, and why it is never zero
#
# The **expected calibration error** is the mean distance of the dots from the diagonal, each weighted by its number of
# people:
#
# $$\text{ECE} = \sum_k \frac{n_k}{N}\, \bigl|\, \bar p_k - \bar y_k \,\bigr|$$
#
# with $n_k$ people in bin $k$, the mean prediction $\bar p_k$ and the observed share $\bar y_k$. It is easy to compute from
# what we have:

# %%
ece = (count / count.sum() * np.abs(mean_predicted - observed_share)).sum()
print(f"ECE by hand: {ece:.3f}, with the helper: {expected_calibration_error(y_true, y_prob, n_bins=10):.3f}")

# %% [markdown]
# Is 0.074 much? We need something to compare it with. So we make a **perfect model**: we keep the predictions, and draw
# a new outcome for each person by chance, so that the disease happens with *exactly* the predicted probability. For
# these 1,506 invented outcomes the predictions are perfectly calibrated.

# %% fold=true
Question(
    "What is the ECE of the perfect model?",
    {
        "Exactly 0": "Throw a coin 20 times: you seldom get exactly 10 heads. The same happens in every bin.",
        "Above 0": "Chance moves every dot a little off the diagonal, and a distance is never negative.",
        "Above or below 0, it depends on chance": "A distance is never negative, so errors up and down do not cancel.",
    },
    right="Above 0",
)

# %%
rng = np.random.default_rng(0)
perfect = rng.random(len(y_prob)) < y_prob  # True with probability y_prob

rows = {}
for strategy in ("uniform", "quantile"):
    for n_bins in (5, 10, 20, 50):
        options = {"n_bins": n_bins, "strategy": strategy}
        low, high = calibration_null_band(y_prob, **options)
        rows[f"{n_bins} bins, {strategy}"] = {
            "ECE of our model": expected_calibration_error(y_true, y_prob, **options),
            "ECE of the perfect model": expected_calibration_error(perfect, y_prob, **options),
            "by chance, from": low,
            "to": high,
        }
pd.DataFrame(rows).T.round(3)

# %% [markdown]
# (*uniform*: bins of equal width. *quantile*: bins with about equally many people.)
#
# - **The ECE of a perfect model is not 0**, and it grows with the number of bins: fewer people in each, more chance.
# - **The ECE is no property of the model alone.** It depends on the bins, and on how many people were tested. An ECE
#   without its number of bins and people cannot be read.
# - The last two columns are the **null band**: we repeated the draw 1,000 times and took the range of the middle 95%.
#   An ECE *above* the band is more than chance explains. Ours is far above it, whatever the bins.
#
# The band also answers "how many patients does a test need?":

# %%
sizes = {}
for n in (100, 300, 1000, len(y_prob)):
    some = rng.choice(len(y_prob), n, replace=False)
    low, high = calibration_null_band(y_prob[some])
    sizes[f"{n:,} people"] = {"a perfect model's ECE, from": low, "to": high}
pd.DataFrame(sizes).T.round(3)

# %% [markdown]
# With 100 people, an ECE of 0.07 is no news: a perfect model has it by chance. With 1,500 it is an alarm.
#
# There is also a **debiased** ECE (Kumar 2019), which subtracts an estimate of what chance adds. It removes much of it, not
# all: for the perfect model it is still not 0. We show both, and we trust the band more.

# %%
for name, outcome in {"our model": y_true, "perfect model": perfect}.items():
    plain = expected_calibration_error(outcome, y_prob)
    debiased = expected_calibration_error(outcome, y_prob, debiased=True)
    print(f"{name}: ECE {plain:.3f}, debiased {debiased:.3f}")

# %% [markdown]
# ## 4. The Brier score and its parts
#
# The **Brier score** is the mean squared distance between what was said and what happened:
#
# $$\text{Brier} = \frac{1}{N}\sum_{i=1}^N (p_i - y_i)^2$$

# %% tags=["nbval-check-output"]
print(f"our model: {np.mean((y_prob - y_true) ** 2):.3f}, with the helper: {brier_score(y_true, y_prob):.3f}")
print(f"always saying the average of {y_true.mean():.1%}: {np.mean((y_true.mean() - y_true) ** 2):.3f}")

# %% [markdown]
# Lower is better. But a low Brier score can have two reasons: the probabilities are right (calibration), or the sick
# and the healthy are well separated (discrimination). Murphy (1973) took it apart. With $\bar y$ the overall share:
#
# $$\text{Brier} = \underbrace{\sum_k \tfrac{n_k}{N} (\bar p_k - \bar y_k)^2}_{\text{reliability}}
# - \underbrace{\sum_k \tfrac{n_k}{N} (\bar y_k - \bar y)^2}_{\text{resolution}}
# + \underbrace{\bar y (1 - \bar y)}_{\text{uncertainty}}$$
#
# - **reliability**: the distance of the dots from the diagonal. 0 is best. (Many call this part "calibration".)
# - **resolution**: how far the bins differ from each other in what happened. Large is good: the model sorts.
# - **uncertainty**: the spread of the outcomes. It belongs to the patients; no model can change it.
#
# The textbook names the parts "calibration, refinement and uncertainty". These come from *two* ways to cut. One has
# three parts, those above. The other has two: calibration (= reliability) and **refinement = uncertainty -
# resolution**, what is left of the Brier score when calibration is perfect. If you add up calibration, refinement *and*
# uncertainty, you count the uncertainty twice.
#
# And one thing is left out in most texts: the three terms are exact only if all people of a bin got the same
# probability. If not, two small terms **within the bins** remain (Stephenson 2008): the predictions of a bin differ
# from each other (variance), and some of this is right (covariance). With these two, the sum is exact:

# %%
parts = brier_decomposition(y_true, y_prob, n_bins=10)
three_terms = parts.reliability - parts.resolution + parts.uncertainty
print(f"Murphy's three terms {three_terms:.4f}, the Brier score {brier_score(y_true, y_prob):.4f}")

# %% claim=true
all_terms = three_terms + parts.within_bin_variance - parts.within_bin_covariance
assert abs(all_terms - brier_score(y_true, y_prob)) < 1e-12

# %% fold=true
figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
plots.BrierParts(axes, parts, "Brier score of the diabetes model and its parts", highest=0.18)
plots.show(
    figure,
    f"Two stacked bars. Above: uncertainty {parts.uncertainty:.4f} = refinement {parts.refinement:.4f} + resolution "
    f"{parts.resolution:.4f}. Below: Brier score {parts.score:.4f} = refinement {parts.refinement:.4f} + reliability "
    f"{parts.reliability:.4f}, within bins {parts.within_bin_variance - parts.within_bin_covariance:.4f}.",
)

# %% [markdown]
# The upper bar is what a model gets from the patients. The striped piece is what its sorting takes away; grey is what
# is left. The lower bar is the Brier score: the grey piece again, and the crossed piece for wrong probabilities.
# (Black: the two terms within bins, here below zero together, so they take a little away.) **A recalibration can remove
# the crossed piece. It does not sort better, so it cannot truly shrink the grey one.** (The number moves a little,
# because people change bins. Section 6 shows it without bins.)
#
# So do not read a Brier score as calibration. A model can have the lower (better) Brier score and the worse
# calibration. You find an example in exercise 18.3-b.

# %% [markdown]
# ## 5. Three numbers without bins: O/E, intercept, slope
#
# Bins are a choice. These three need none.
#
# - **O/E**, observed / expected: the number of people with the disease divided by the sum of the predictions. 1 is
#   right *on average*. Above 1: more disease than predicted.
# - **Calibration intercept** (calibration-in-the-large): the same on the scale of the logits. 0 is right, above 0 the
#   predictions are too low on average.
# - **Calibration slope**: fit $P(y=1) = \sigma(a + b \cdot z)$ to the test patients, where $\sigma$ is the logistic
#   curve and $z$ the logit of the prediction. The slope is $b$. 1 is right. Below 1: the predictions are too extreme.

# %%
slope, intercept = calibration_slope_intercept(y_true, y_prob)
print(f"observed {y_true.sum()}, expected {y_prob.sum():.0f}, O/E {observed_expected_ratio(y_true, y_prob):.2f}")
print(f"intercept {intercept:.2f}, slope {slope:.2f}")

# %% [markdown]
# The slope of about a half is what the flat line of dots was. It is typical of a flexible model that has learned its
# training patients too well.
#
# Van Calster and colleagues (2016) put these in an order, a **hierarchy**. Each level asks for more than the one before:
#
# | level | is right if | what shows it | our model |
# |---|---|---|---|
# | **mean** | the average risk is the observed rate | O/E = 1, intercept 0 | no, 18% more disease than predicted |
# | **weak** | no general over- or underconfidence, too | slope = 1 | no, far too extreme |
# | **moderate** | among those with a predicted risk p, the share p has the disease, for every p | the curve lies on the diagonal | no |
# | **strong** | the same for every combination of features | nothing can show it | - |
#
# Strong calibration is a utopia: there are more combinations of features than patients. Moderate calibration is what a
# clinic can ask for. Then a decision by the predicted risk does not harm on average. For a test in a new hospital they
# advise to report the curve, the intercept and the slope, and not the Hosmer-Lemeshow test (Van Calster 2019).

# %% [markdown]
# ## 6. Repair: Platt and temperature
#
# A repair learns from patients whom the model has **not** been trained on: the calibration part. On its training
# patients a flexible model looks nearly perfect, so there is nothing to learn from them (exercise 18.3-c). Both classic
# repairs change the *logit* $z$:
#
# $$\text{Platt:}\quad p_{\text{calibrated}} = \sigma(a \cdot z + b) \qquad\qquad
# \text{temperature:}\quad p_{\text{calibrated}} = \sigma(z / T)$$

# %%
z_calib = base_model.decision_function(X_calib)  # the logits; y_prob is sigma(z)
z_test = base_model.decision_function(X_test)

platt = PlattScaling().fit(z_calib, y_calib)
temperature = TemperatureScaling().fit(z_calib, y_calib)

# %%
print(f"Platt: a = {platt.a_:.2f}, b = {platt.b_:.2f}")
print(f"temperature: T = {temperature.temperature_:.2f}, so 1/T = {1 / temperature.temperature_:.2f}")

# %% fold=true
Question(
    "Platt scaling learned a = 0.47 and b = -0.37. What will happen to the AUC on the test people?",
    {
        "It rises": "Many hope for it. But the order of the people stays as it is.",
        "It stays exactly the same": "a z + b with a > 0 moves all people, and nobody overtakes anybody.",
        "It falls a little": "It would, if the order of some people changed.",
    },
    right="It stays exactly the same",
)

# %%
repaired = {
    "as trained": y_prob,
    "temperature": temperature.predict_proba(z_test)[:, 1],
    "Platt": platt.predict_proba(z_test)[:, 1],
}


def judge(y, p):
    """Return what this section knows about probabilities p, by name."""
    slope, intercept = calibration_slope_intercept(y, p)
    return {
        "AUC": roc_auc_score(y, p),
        "O/E": observed_expected_ratio(y, p),
        "intercept": intercept,
        "slope": slope,
        "ECE": expected_calibration_error(y, p),
        "chance up to": calibration_null_band(p).high,
        "Brier": brier_score(y, p),
    }


table = pd.DataFrame({name: judge(y_true, p) for name, p in repaired.items()}).T
table.round(3)

# %% tags=["nbval-check-output"]
print(table[["O/E", "slope"]].round(1).to_string())

# %% claim=true
assert np.ptp(table["AUC"]) < 1e-9

# %% fold=true
figure, grid = plt.subplots(
    2, 3, figsize=(11, 6.4), sharex=True, sharey="row", height_ratios=[3, 1], layout="constrained"
)
for (name, p), above, below in zip(repaired.items(), grid[0], grid[1], strict=True):
    plots.Reliability(above, reliability_curve(y_true, p), f"{name}, ECE {expected_calibration_error(y_true, p):.3f}")
    plots.Counts(below, reliability_curve(y_true, p), unit="people")
    above.set_xlabel("")
    if above is not grid[0, 0]:
        above.set_ylabel("")
        below.set_ylabel("")
plots.show(
    figure,
    "Reliability diagrams of the test people, side by side. "
    + " ".join(
        f"{name}: O/E {row['O/E']:.2f}, slope {row['slope']:.2f}, ECE {row['ECE']:.3f} (chance up to {row['chance up to']:.3f})."
        for name, row in table.iterrows()
    ),
)

# %% [markdown]
# ### What each repair can do
#
# | | as trained | temperature | Platt |
# |---|---|---|---|
# | numbers it learns | - | one: $T$ | two: $a$ and $b$ |
# | predictions too extreme (slope) | - | mends | mends |
# | wrong on average (intercept, O/E) | - | **cannot** | mends |
# | order of the people (AUC) | - | unchanged | unchanged, if $a > 0$ |
#
# Look at the O/E of the temperature. Before, it was above 1; now it is below 1: the predictions have become too *high*
# on average. Why? Temperature pulls every probability towards **one half**. But only one person in five has diabetes.
# Platt's $b$ pulls them back.
#
# The textbook presents temperature scaling as Platt scaling with $b = 0$. For two classes that is right, with $a = 1/T
# > 0$. Still the numbers differ here (0.47 and 0.58): when $b$ is free, another $a$ fits best. For more classes Platt
# does not apply, and temperature does; that is its home (section 7).
#
# One more thing to see: is the *discrimination* part of the Brier score really untouched? With bins one cannot tell,
# because other people fall into each bin. A cut without bins (CORP, Dimitriadis 2021) can: it compares with the best
# curve that never falls.

# %%
pd.DataFrame(
    {
        name: {"miscalibration": c.miscalibration, "discrimination": c.discrimination, "uncertainty": c.uncertainty}
        for name, c in ((name, corp_decomposition(y_true, p)) for name, p in repaired.items())
    }
).T.round(4)

# %% [markdown]
# Only the first column has moved. The whole gain is calibration.
#
# ### Where are we in the hierarchy?
#
# The numbers of the repaired model come from 1,506 people. With others they would be a little different, so they need
# intervals, too. The **bootstrap** gives them: draw 1,506 people from the test part *with replacement* (some twice,
# some not at all), compute again, repeat, and take the middle 95%.

# %%
rng = np.random.default_rng(0)
resampled = []
for _ in range(300):
    i = rng.integers(0, len(y_true), len(y_true))
    p = repaired["Platt"][i]
    resampled.append([observed_expected_ratio(y_true[i], p), *calibration_slope_intercept(y_true[i], p)])

low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
pd.DataFrame({"Platt": table.loc["Platt", ["O/E", "slope", "intercept"]], "from": low, "to": high}).round(2)

# %% [markdown]
# *Mean*: yes, as far as this test can see. *Weak*: the interval of the slope holds 1, so nothing speaks against it.
# *Moderate*: the ECE lies within the band of chance, and the dots lie near the diagonal where the people are. *Strong*:
# nobody can show that.
#
# ### Is this split special?
#
# We repeat everything 20 times, each time with other people in training, calibration and test. The shares stay 49%, 21%
# and 30%.

# %%
rows, by_group = [], []
for seed in range(20):
    other = diabetes_split(random_state=seed)
    model = HistGradientBoostingClassifier(random_state=0).fit(other.X_train, other.y_train)
    z_c, z_t = model.decision_function(other.X_calib), model.decision_function(other.X_test)
    after = {
        "as trained": expit(z_t),
        "temperature": TemperatureScaling().fit(z_c, other.y_calib).predict_proba(z_t)[:, 1],
        "Platt": PlattScaling().fit(z_c, other.y_calib).predict_proba(z_t)[:, 1],
    }
    rows += [{"repair": name, **judge(other.y_test, p)} for name, p in after.items()]
    group = other.audit["race_ethnicity"]  # for section 9
    both = pd.DataFrame({"observed": other.y_test, "expected": after["Platt"]}).groupby(group).sum()
    by_group.append(both["observed"] / both["expected"])

splits = pd.DataFrame(rows).groupby("repair", sort=False)[["AUC", "O/E", "slope", "ECE", "Brier"]]
splits.agg(lambda values: f"{values.mean():.3f} ({values.min():.3f} to {values.max():.3f})")

# %% [markdown]
# Mean (lowest to highest) of 20 splits. The story is the same in each: the model as trained is overconfident, Platt
# brings slope and O/E near 1 *on average*. But look at the range: with about 200 people with diabetes to learn from,
# the repaired slope itself is uncertain. (It is always the same 5,018 people, dealt anew. So 20 splits show that the
# story does not hang on one deal. They are not 20 studies.)

# %% [markdown]
# ## 7. Move the temperature
#
# Many classes: a film can show one of five things, and the network gives five logits. Temperature divides all of them:
#
# $$p_{\text{calibrated}} = \text{softmax}(z / T)$$
#
# $T > 1$ softens confident predictions, $T < 1$ sharpens them. The course's clean film model, on synthetic films that
# it has never seen:

# %%
film_model = load_cxr_model("clean")


def logits_of(model, films):
    """Return the logits, one row per film."""
    with torch.no_grad():
        return torch.cat([model(batch) for batch in torch.from_numpy(films.images).split(50)]).double().numpy()


calib_films = make_radiographs(600, seed=503, marker="random")
test_films = make_radiographs(600, seed=511, marker="random")
z_film_calib, z_film_test = logits_of(film_model, calib_films), logits_of(film_model, test_films)

film_temperature = TemperatureScaling().fit(z_film_calib, calib_films.labels)

# %% tags=["nbval-check-output"]
T = film_temperature.temperature_
print(f"fitted T = {T:.1f}")

# %% claim=true
assert np.allclose(film_temperature.predict_proba(z_film_test), softmax(z_film_test / T, axis=1))

# %% [markdown]
# How was this T found? By the **negative log-likelihood** (NLL): the mean of $-\log p$ of the class that was true. It
# is 0 for a model that is always sure and right, and it punishes a confident error hard. (Its unit is called *nat*,
# because the logarithm is the natural one.) The T with the lowest NLL *on the calibration patients* wins.
#
# With five classes the diagram asks one question: when the most probable class gets p, how often is it right? ("top
# label".)

# %%
diabetes = TemperatureCohort("adults", "diabetes", z_calib, y_calib.to_numpy(), z_test, y_true)
films = TemperatureCohort(
    "synthetic films", "top class is right", z_film_calib, calib_films.labels, z_film_test, test_films.labels
)
explorer = TemperatureExplorer({"diabetes (2 classes)": diabetes, "films (5 classes)": films})

PredictFirst(
    Question(
        "Both models are overconfident: where they say much, it happens less often. Which T repairs this?",
        {
            "T below 1": "That makes all probabilities more extreme. The slider shows it.",
            "T = 1": "That changes nothing.",
            "T above 1": "It pulls all probabilities together, towards one half, or one fifth for five classes.",
        },
        right="T above 1",
    ),
    explorer,
)

# %% [markdown]
# How to read it. **Left:** the diagram of section 2 with its counts, on the test patients. **Right, above:** the NLL
# for each T; the dot is where you are. **Right, middle:** the ECE (dot) and what chance would give a perfect model
# (grey). **Right, below:** the Brier score and its parts, as in section 4.
#
# Try this:
#
# 1. Move T down to 0.25 and up to 4. Watch the dots, and where the people go (the grey bars).
# 2. Find the lowest point of the solid curve with the slider. Then press **Fit T**. The fit does what you did.
# 3. Is the ECE of the diabetes model within the grey band then? Is that of the films?
# 4. At T = 4, what does the diabetes model say to people who hardly ever have diabetes?
#
# If the sliders do not move, the kernel is not running: choose *Run > Run All Cells*. The same story without sliders:

# %% fold=true
explorer.filmstrip()

# %% [markdown]
# The slider's lowest NLL *is* the fitted T, for both models. Here is the same search without a slider:

# %% tags=["nbval-check-output"]
grid = np.geomspace(0.25, 4, 2001)
nll = [
    -np.log(softmax(z_film_calib / t, axis=1)[np.arange(len(z_film_calib)), calib_films.labels]).mean() for t in grid
]
nll_binary = [-np.log(np.where(y_calib == 1, expit(z_calib / t), expit(-z_calib / t))).mean() for t in grid]
for name, values, fitted in (("films", nll, film_temperature), ("diabetes", nll_binary, temperature)):
    lowest = grid[np.argmin(values)]
    print(f"{name}: lowest NLL at T = {lowest:.1f}, fitted T = {fitted.temperature_:.1f}")

# %% claim=true
assert abs(grid[np.argmin(nll)] / film_temperature.temperature_ - 1) < 0.002
assert abs(grid[np.argmin(nll_binary)] / temperature.temperature_ - 1) < 0.002

# %% [markdown]
# (To 4: it says about 15% to nearly 300 people of whom about one has diabetes, as the third picture shows. Now it is
# too timid.)
#
# For the films one T is enough: their ECE falls well into the band of chance. For the diabetes model it falls just
# inside. Is all well, then? No: its O/E was 0.88, the average risk is wrong. The ECE does not tell in which direction
# the dots are off, and a small error of all dots in *one* direction hides in it. **An ECE within the band is no proof
# of calibration**; look at O/E and slope, too.
#
# ### Does a T travel?
#
# The **shortcut** model of section 18.1 learned that a marker means pneumonia. We fit its T at home, where that is
# true, and look at films on which the marker is placed at random.

# %%
shortcut_model = load_cxr_model("shortcut")
at_home = make_radiographs(500, seed=505, marker="shortcut")
fit_at_home = TemperatureScaling().fit(logits_of(shortcut_model, at_home), at_home.labels)

rows = {}
for place, habit in {"at home": "shortcut", "marker at random": "random"}.items():
    new_films = make_radiographs(500, seed=506, marker=habit)
    z_new = logits_of(shortcut_model, new_films)
    for name, p in {"as trained": softmax(z_new, axis=1), "T from home": fit_at_home.predict_proba(z_new)}.items():
        rows[f"{place}, {name}"] = {
            "it says (mean of the top class)": p.max(axis=1).mean(),
            "it is right": (p.argmax(axis=1) == new_films.labels).mean(),
            "ECE": expected_calibration_error(new_films.labels, p),
            "chance up to": calibration_null_band(p).high,
        }
travel = pd.DataFrame(rows).T

# %% tags=["nbval-check-output"]
print(f"T fitted at home: {fit_at_home.temperature_:.1f}")

# %% claim=true
beyond_chance = travel["ECE"] > travel["chance up to"]
assert beyond_chance["marker at random, T from home"]

# %%
travel.round(3)

# %% [markdown]
# At home the repaired model is honest. Elsewhere it is almost as confident, and wrong much more often. **Calibration
# belongs to a model *and* a population.** A certificate from another hospital is no certificate for yours.

# %% [markdown]
# ## 8. The textbook's snippet, today
#
# scikit-learn has Platt scaling built in. The textbook passes a model that is already trained with `cv='prefit'`. What
# happens with that today?

# %%
try:
    CalibratedClassifierCV(base_model, method="sigmoid", cv="prefit").fit(X_calib, y_calib)
except Exception as error:
    print(f"{type(error).__name__}: {str(error).splitlines()[0]}")

# %% [markdown]
# The option was removed in scikit-learn 1.8. Its purpose is now written in the open: the model is *frozen*, so that it
# is not trained again.

# %%
calibrated_model = CalibratedClassifierCV(FrozenEstimator(base_model), method="sigmoid")
calibrated_model.fit(X_calib, y_calib)
probs = calibrated_model.predict_proba(X_test)[:, 1]

# %% tags=["nbval-check-output"]
sk = calibrated_model.calibrated_classifiers_[0].calibrators[0]
print(f"scikit-learn: a_ = {sk.a_:.2f}, b_ = {sk.b_:.2f}; ours: a_ = {platt.a_:.2f}, b_ = {platt.b_:.2f}")
print("has the model a decision_function?", hasattr(base_model, "decision_function"))
print("has a random forest one?", hasattr(RandomForestClassifier(), "decision_function"))

# %% claim=true
assert np.allclose(probs, repaired["Platt"], atol=1e-4)
assert np.allclose(probs, expit(-(sk.a_ * z_test + sk.b_)), atol=1e-6)

# %% [markdown]
# Same fit, other sign: scikit-learn writes $\sigma(-(A f + B))$, where $f$ is the model's score. Two things to know
# before you use it:
#
# - **Which score does it fit?** It takes `decision_function` if the model has one; for our model that is the logit. A
#   random forest has none, so the curve is fitted on the *probability* itself. That is another repair than the
#   textbook's formula with $z$.
# - **Which "temperature" does it report?** `method="temperature"` gives the same probabilities as ours and calls its
#   number `beta_`:

# %% tags=["nbval-check-output"]
other = {}
for method in ("temperature", "isotonic"):
    frozen = FrozenEstimator(base_model)
    other[method] = CalibratedClassifierCV(frozen, method=method).fit(X_calib, y_calib.to_numpy())
beta = other["temperature"].calibrated_classifiers_[0].calibrators[0].beta_
print(f"beta_ = {beta:.2f}, and 1 / (2 T) = {1 / (2 * temperature.temperature_):.2f}")

# %%
steps = other["isotonic"].predict_proba(X_test)[:, 1]
print(f"isotonic: {len(np.unique(steps))} different probabilities for {len(steps)} people")
print(f"   exactly 0 or 1 for {np.isin(steps, [0, 1]).sum()} of them")
print(f"AUC {roc_auc_score(y_true, steps):.3f}, ECE {expected_calibration_error(y_true, steps):.3f}")

# %% [markdown]
# **Isotonic** regression is a third repair: any staircase that never falls. It bends where Platt cannot, but it needs
# many patients, gives ties (so the AUC changes), and may say exactly 0 or 1, which nobody can know of a patient. With a
# small calibration set, Platt is the safer one.

# %% [markdown]
# ## 9. "It is calibrated, so it is right for my patient"

# %% fold=true
Question(
    "After Platt scaling the overall O/E of the test people is 1.01. What do you know about people of one group, say of one ethnic background?",
    {
        "Their O/E is near 1, too": "An average of 1 may hide a group above 1 and another below 1.",
        "Nothing yet: it must be looked at": "The overall number is dominated by the largest groups.",
        "Their O/E is 1 if the group is not a feature of the model": "To leave a column out does not make the model right for the groups.",
    },
    right="Nothing yet: it must be looked at",
)

# %% [markdown]
# The table has a column of self-reported race and Hispanic origin. It is **no feature** of the model; we keep it for
# *audit*. It is a social category, not biology. A group in it differs from the next one in income, food, work, care,
# discrimination, and in ancestry.
#
# For each group we compute O/E after Platt. Groups are small, so each needs an interval. The bootstrap again, 2,000
# times, with the people of the group.

# %%
race = split.audit["race_ethnicity"].to_numpy()
p_platt = repaired["Platt"]


def oe_with_interval(rows, n_resamples=2000, seed=0):
    """Return O/E of these people and its 95% bootstrap interval."""
    drawn = np.random.default_rng(seed).choice(rows, (n_resamples, len(rows)))  # each row: one resample of people
    ratios = y_true[drawn].sum(axis=1) / p_platt[drawn].sum(axis=1)
    return observed_expected_ratio(y_true[rows], p_platt[rows]), *np.quantile(ratios, [0.025, 0.975])


groups = {"all": np.arange(len(y_true))} | {name: np.flatnonzero(race == name) for name in pd.unique(np.sort(race))}
audit = pd.DataFrame(
    {
        name: {
            "people": len(rows),
            "with diabetes": y_true[rows].sum(),
            "AUC": roc_auc_score(y_true[rows], p_platt[rows]),
        }
        | dict(zip(["O/E", "low", "high"], oe_with_interval(rows), strict=True))
        for name, rows in groups.items()
    }
).T
audit.round(2)

# %% fold=true
figure, axes = plt.subplots(figsize=(9, 4), layout="constrained")
names = [f"{name} ({row['with diabetes']:.0f} of {row['people']:.0f})" for name, row in audit.iterrows()]
plots.draw_ratios(
    axes,
    names,
    audit["O/E"],
    audit["low"],
    audit["high"],
    xlabel="observed / expected after Platt (95% interval)\nright of 1: more diabetes than predicted",
)
axes.set_title("Right on average (first row), not in every group", fontsize=12)
plots.show(
    figure,
    "Observed over expected after Platt, by group, with 95% bootstrap intervals. "
    + " ".join(f"{name}: {row['O/E']:.2f} ({row['low']:.2f} to {row['high']:.2f})." for name, row in audit.iterrows()),
)

# %% [markdown]
# A filled square: the interval leaves out 1. The repaired model predicts **too little** for the Non-Hispanic Asian
# group: about a third more of them have diabetes than it expects. The overall 1.01 hides this. Its AUC in this group is
# high: to rank people well and to give them the right risk are two things.
#
# For the smallest group, the interval is so wide that it holds "half of what was predicted" and "a fifth more". *Not
# shown to be wrong* is not *shown to be right*. And one filled square out of six could be luck, if one looks at many
# groups. So: do the other splits show the same?

# %%
by_split = pd.DataFrame(by_group)
pd.DataFrame(
    {
        "mean O/E": by_split.mean(),
        "lowest": by_split.min(),
        "highest": by_split.max(),
        "above 1 in splits": (by_split > 1).sum(),
    }
).round(2)

# %% [markdown]
# (The same people, dealt anew: see section 6.) The Asian group is above 1 in nearly all splits, and the Non-Hispanic
# White group below 1 in all, though its interval above held 1. The smallest group is the warning: this split put it
# below 1, most others above. So few people cannot tell.
#
# For the Asian group it makes medical sense: in people of Asian descent, diabetes occurs at a lower body mass index. A
# screening from a BMI of 25 on misses 36% of the diabetes in Asian Americans of 45 and over, from 23 on about 15%
# (Araneta 2015). A likely reason, then: the model has learned what a waist or a BMI means mostly from others.
#
# What to do with it is not a question of arithmetic: recalibrate per group? collect more data? report it and let the
# doctor decide? If the label is race: whose decision is it, and which harm does each choice do? (Discuss, below.)

# %% [markdown]
# ## 10. Does it matter? Net benefit where a clinic acts
#
# The practice acts at 10%. Whoever tests at a risk of 10% accepts **nine** people tested without need for one found. A
# threshold is a statement of values: at threshold $t$, one unnecessary test weighs $t/(1-t)$ of one person found, here
# 1/9. Net benefit (Vickers and Elkin 2006) uses this weight:
#
# $$\text{net benefit}(t) = \frac{\text{true positives}}{N} - \frac{\text{false positives}}{N}\cdot\frac{t}{1-t}$$

# %% fold=true
Question(
    "The threshold is 10%. The model as trained and after Platt rank people in the same order. Can their net benefit at 10% differ?",
    {
        "No: the AUC is the same": "The threshold cuts the order at another place, because the probabilities differ.",
        "Yes: other people are above 10%": "Miscalibration moves people over the threshold, or keeps them below it.",
        "Only if the threshold changes": "The threshold stays. The probabilities move.",
    },
    right="Yes: other people are above 10%",
)

# %%
t = 0.10
decisions = {"test everybody": np.ones(len(y_true)), **{k: repaired[k] for k in ("as trained", "Platt")}}
rows = {}
for name, p in decisions.items():
    treated = p >= t
    true_positives, false_positives = (treated & (y_true == 1)).sum(), (treated & (y_true == 0)).sum()
    rows[name] = {
        "tested": treated.sum(),
        "found": true_positives,
        "missed": y_true.sum() - true_positives,
        "net benefit per 1,000": 1000 * (true_positives - false_positives * t / (1 - t)) / len(y_true),
    }
at_ten = pd.DataFrame(rows).T
at_ten.round(0).astype(int)

# %% tags=["nbval-check-output"]
by_hand = at_ten.loc[["as trained", "Platt"], "net benefit per 1,000"]
at_five = 1000 * net_benefit(y_true, y_prob, 0.05)[0], 1000 * net_benefit(y_true, np.ones(len(y_true)), 0.05)[0]
print(f"at 5%, as trained: {at_five[0]:.0f}, test everybody: {at_five[1]:.0f}")
print(
    f"lost to miscalibration at 10%: {by_hand['Platt'] - by_hand['as trained']:.0f} net true positives per 1,000 people"
)

# %% claim=true
helper = [1000 * net_benefit(y_true, repaired[name], t)[0] for name in by_hand.index]
assert np.allclose(by_hand, helper)

# %% fold=true
thresholds = np.linspace(0.02, 0.5, 97)
curves = {
    "Platt": net_benefit(y_true, repaired["Platt"], thresholds),
    "as trained": net_benefit(y_true, repaired["as trained"], thresholds),
    "test everybody": net_benefit(y_true, np.ones(len(y_true)), thresholds),
}
figure, axes = plt.subplots(figsize=(8.5, 4.6), layout="constrained")
plots.draw_net_benefit(axes, thresholds, curves, mark=0.10)
axes.set_ylim(-20, 200)
axes.text(0.104, 185, "the clinic acts at 10%", fontsize=12)
axes.text(0.3, -14, "line at 0: test nobody", fontsize=12)
axes.set_title("Decision curve of the diabetes model, before and after Platt", fontsize=12)
plots.show(
    figure,
    "Net benefit against the threshold for Platt, the model as trained, and testing everybody. At 10%: "
    + ", ".join(f"{name} {row['net benefit per 1,000']:.0f}" for name, row in at_ten.iterrows())
    + " true positives per 1,000 people.",
)

# %% [markdown]
# Same model, same AUC, same order of people. But at 10% the uncalibrated probabilities give away a good part of what
# the model is worth over testing everybody, because they tell many people with diabetes that their risk is below 10%.
# (After Platt more people are tested, too. The formula has already charged for them: nine needless tests cost as much
# as one person found is worth.) At 5%, the model as trained is worth no more than testing everybody, with an AUC of
# 0.79. From 30% on the two curves are about equal here. **Miscalibration harms where a decision is made.** So ask:
# where does *my* clinic act, and is the model right *there*?
#
# How sure is the difference at 10%? The bootstrap, with the same people for both:

# %%
drawn = np.random.default_rng(0).choice(len(y_true), (1000, len(y_true)))
differences = [
    1000 * (net_benefit(y_true[i], repaired["Platt"][i], t) - net_benefit(y_true[i], repaired["as trained"][i], t))[0]
    for i in drawn
]
low, high = np.quantile(differences, [0.025, 0.975])
print(f"Platt minus as trained at 10%: 95% interval {low:.0f} to {high:.0f} true positives per 1,000 people")

# %% [markdown]
# ## 11. A sepsis alert: "is it wrong 88% of the time?"
#
# > A nurse hears that the hospital's sepsis alert has a PPV of 12%. "So is it wrong 88% of the time?"
#
# (PPV, positive predictive value: of the alerts, the share with the disease.) Wong and colleagues (2021) tested a
# widely used sepsis model on 38,455 hospital stays, of which 2,552 had sepsis. Its AUC was 0.63; the developer had
# reported 0.76 to 0.83. At the threshold in use its sensitivity was 33% and its specificity 83%. From these, all the
# rest follows:

# %% tags=["nbval-check-output"]
sensitivity, specificity, prevalence = 0.33, 0.83, 2552 / 38455
true_alerts = sensitivity * prevalence
false_alerts = (1 - specificity) * (1 - prevalence)
missed = (1 - sensitivity) * prevalence
silent = specificity * (1 - prevalence)
print(
    f"of 1,000 stays: {1000 * true_alerts:.0f} alerts with sepsis, {1000 * false_alerts:.0f} without, {1000 * missed:.0f} missed"
)
print(
    f"PPV {true_alerts / (true_alerts + false_alerts):.1%}, NPV {silent / (silent + missed):.1%}, alerts on {true_alerts + false_alerts:.1%} of stays"
)

# %% [markdown]
# What to answer the nurse:
#
# - Of 100 alerts, 12 are patients with sepsis and 88 are not. In this sense, yes.
# - It does not follow that a *probability* is wrong. If the screen said "12%" with each alert, it would be right on
#   average. A rare disease, a low threshold and a weak ranking all lower the PPV.
# - Whether 12 in 100 is worth a look is a question of the threshold: seven looks in vain for one patient. For a look,
#   perhaps yes. For an antibiotic, perhaps not.
# - The worse news is the other one: two of three patients with sepsis got **no** alert.
#
# The PPV is no property of the tool either. The same sensitivity and specificity on a ward where sepsis is rarer:

# %% tags=["nbval-check-output"]
for rate in (0.02, prevalence, 0.20):
    ppv = sensitivity * rate / (sensitivity * rate + (1 - specificity) * (1 - rate))
    print(f"sepsis in {rate:.0%} of the stays: PPV {ppv:.0%}")

# %% [markdown]
# To be fair: version 2 of the model, tested in four health systems on 227,091 encounters, had an AUC of 0.82 to 0.92
# and a PPV of 0.13 to 0.26, with large differences between sites (Wong 2026). "Widely used", then as now, did not say
# how it does *here*.

# %% [markdown]
# ## Five misconceptions, and where you saw them fall
#
# | One hears | What you saw |
# |---|---|
# | "The AUC is high, so the probabilities are right." | AUC 0.79, and of those told about 80%, about 40% were sick (1). |
# | "Recalibration makes the model discriminate better." | AUC the same to nine decimals; the discrimination part of CORP did not move (6). |
# | "Calibrated overall means calibrated for my patient." | O/E 1.01 overall, about 1.3 in one group (9). |
# | "Temperature scaling is Platt scaling." | It has no intercept: O/E went from 1.18 to 0.88 and missed 1 (6). |
# | "The ECE is a property of the model." | It moved with the bins and with the number of people, and a perfect model's is above 0 (3). And a wrong average hid in it (7). |
#
# ## Back to the case
#
# The woman with the 6%. What would the repaired model say, and what happened to people like her?

# %%
z_her = logit(0.06)
print(
    f"as trained 6%, after Platt {platt.predict_proba([z_her])[0, 1]:.0%}, with temperature {temperature.predict_proba([z_her])[0, 1]:.0%}"
)
near = (y_prob > 0.03) & (y_prob <= 0.09)
print(f"Of the {near.sum()} test people with 3% to 9% as trained, {y_true[near].mean():.0%} have diabetes.")
asian = race == "Non-Hispanic Asian"
print(
    f"In her group, the repaired model expects {p_platt[asian].sum():.0f} of {asian.sum()} people to have diabetes. It was {y_true[asian].sum()}."
)

# %% [markdown]
# After the repair she is above 10%, and would be tested. And in her group even the repaired number is rather too low.
# Nothing about her has changed, and the ranking of the patients has not, either. The number is right for all together,
# not yet for her group.
#
# What would you ask the vendor? *The reliability diagram with counts, on patients like mine. The slope and the O/E,
# with intervals. The O/E in my patients' groups. And at which threshold you mean it to be used.*
#
# What does *not* carry over: our numbers. NHANES has people who know of their diabetes and are treated, and people who
# do not; we did not use the survey's weights; the label is "has diabetes today", not a future risk.

# %% [markdown]
# ## Discuss
#
# 1. The repaired model is too low for one ethnic group and too high for another. Recalibrate for each group, or report
#    the difference? Whose decision is it, and which harm does each choice do?
# 2. Strong calibration is called a utopia. Is moderate calibration enough for your next patient?
# 3. A clinic starts counselling at a predicted risk of 10%. The tool says 30% too much in group A, and too little in
#    group B. Who is counselled without need, who is forgotten, and who would notice?
# 4. A calibrated model is updated with new patients. What must be done again?
#
# ## Key points
#
# - Calibrated: of the patients told p, the share p has it. It is a statement about groups, and the AUC says nothing
#   about it.
# - Read a reliability diagram from its counts and intervals. An ECE needs its number of bins, its number of patients,
#   and its null band.
# - The Brier score mixes calibration and discrimination; take it apart. Refinement is uncertainty minus resolution.
# - Slope: too extreme? Intercept, O/E: wrong on average? Report both, with intervals.
# - Platt repairs both with two numbers; temperature has one and no intercept. Neither changes the AUC. Both need their
#   own patients.
# - Calibration belongs to a model and a population. Overall is not in each group, and at home is not elsewhere.
# - Miscalibration harms at the threshold where you act: net benefit measures it.
#
# ## Exercises
#
# {{Count 18.3}} exercises, with hints and solutions: [exercises/18_3_calibration.ipynb](../exercises/18_3_calibration.ipynb).
#
# ## References
#
# - Araneta M. R. et al. Optimum BMI cut points to screen Asian Americans for type 2 diabetes. Diabetes Care 2015;38:814-820. doi:10.2337/dc14-2071
# - Brier G. W. Verification of forecasts expressed in terms of probability. Mon Weather Rev 1950;78:1-3.
# - Dimitriadis T., Gneiting T., Jordan A. I. Stable reliability diagrams for probabilistic classifiers. PNAS 2021;118:e2016191118. doi:10.1073/pnas.2016191118
# - Guo C. et al. On calibration of modern neural networks. ICML 2017. arXiv:1706.04599
# - Kumar A., Liang P., Ma T. Verified uncertainty calibration. NeurIPS 2019. arXiv:1909.10155
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Murphy A. H. A new vector partition of the probability score. J Appl Meteorol 1973;12:595-600.
# - Platt J. C. Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods. In:
#   Advances in Large Margin Classifiers, 1999.
# - Stephenson D. B. et al. Two extra components in the Brier score decomposition. Weather Forecast 2008;23:752-757. doi:10.1175/2007WAF2006116.1
# - Van Calster B. et al. A calibration hierarchy for risk models was defined: from utopia to empirical data. J Clin Epidemiol 2016;74:167-176. doi:10.1016/j.jclinepi.2015.12.005
# - Van Calster B. et al. Calibration: the Achilles heel of predictive analytics. BMC Med 2019;17:230. doi:10.1186/s12916-019-1466-7
# - Vickers A. J., Elkin E. B. Decision curve analysis: a novel method for evaluating prediction models. Med Decis Making 2006;26:565-574. doi:10.1177/0272989X06295361
# - Wilson E. B. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc 1927;22:209-212.
# - Wong A. et al. External validation of a widely implemented proprietary sepsis prediction model in hospitalized patients. JAMA Intern Med 2021;181:1065-1070. doi:10.1001/jamainternmed.2021.2626
# - Wong A. et al. JAMA Netw Open 2026. doi:10.1001/jamanetworkopen.2026.0181 (Version 2 of the sepsis model.)
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
