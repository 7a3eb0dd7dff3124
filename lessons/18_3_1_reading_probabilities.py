# %% [markdown] slide="Reading probabilities | A tool says 14%. | How many of 100 such people are ill? And for whom is that so?" bridges="The reliability = On the diagonal, what was said is what happened; below it, too much was said. | Other people = Right here is not right in each group, elsewhere, or next year."
# # 18.3.1-2 Reading probabilities
#
# **For** doctors in training and their teachers. You need no code: run each cell, answer the questions, look at the
# figures. Open lines of code, and what stands under a heading "For coders", may be skipped.
#
# **Time:** about {{reading}} minutes, and {{minutes 18.3-bhijk}} for the exercises. The repairs follow in
# [18.3.3](18_3_3_repairing_probabilities.ipynb).
#
# **Questions this section answers**
#
# - When a tool says 14%, how many of 100 such people are ill?
# - How do we see that a tool is wrong about its own certainty, and how sure can *we* be of that?
# - A tool is "well calibrated". For whom?
#
# **After it you can**
#
# 1. *read* a reliability diagram with its counts, its intervals and a smooth curve,
# 2. *compute* O/E, a Brier score and a scaled Brier score, and *judge* an ECE against chance,
# 3. *place* a result in the hierarchy mean, weak, moderate, strong, with calibration intercept and slope,
# 4. *find* the people in a test whom the tool is not meant for, and *say* what they do to its numbers,
# 5. *say* how many ill people a test needs.
#
# > The people of the table are real (NHANES 2017-2018). **The practice, the tool with its leaflet, and the woman's visit are invented**: we made the tool from this table. Nothing here
# > is medical advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

from clinxai_teach import plots
from clinxai_teach.calibration import (
    PlattScaling,
    brier_decomposition,
    brier_score,
    calibration_null_band,
    calibration_slope_intercept,
    corp_decomposition,
    expected_calibration_error,
    observed_expected_ratio,
    reliability_curve,
    scaled_brier_score,
    smooth_calibration_curve,
)
from clinxai_teach.checks import Question
from clinxai_teach.data import diabetes_tool

plt.rcParams["font.size"] = 12


def interval(measure, y, p, n_resamples=300):
    """Return the 95% bootstrap interval of measure(y, p): the same people, drawn again with replacement."""
    drawn = np.random.default_rng(0).integers(0, len(y), (n_resamples, len(y)))
    return np.quantile([measure(y[rows], p[rows]) for rows in drawn], [0.025, 0.975])


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

# %% [markdown] slide="A case | A survey's real participant, her visit invented: a woman of 46, Asian American, no known diabetes. A bought tool says that she has it: 14%. The house tests the blood from 10% on. | What would you ask about this 14%?"
# ## A case
#
# > A practice buys a tool. From 13 simple measurements (age, waist, blood pressure and so on, no blood sugar) it gives
# > the probability that an adult has diabetes today. It is meant for adults who are **not known to have diabetes**. The
# > rule of the house: at **10% or more**, a blood test (HbA1c).
# >
# > The leaflet says: *"Tested on 5,018 adults whom the tool had never seen. AUC 0.80. Observed / expected 1.01. Well
# > calibrated."* In small print: *"Diabetes: told of it by a doctor, or an HbA1c of 6.5% or more today."*
# >
# > A woman of 46 comes for her back pain. She describes herself as Asian American. Her body mass index is 21.9. No doctor
# > has ever told her that she has diabetes. The tool says **14%**. So: a blood test.
#
# (In 2021 the US Preventive Services Task Force advised to test adults of 35 to 70 with overweight, tool or no tool. For Asian
# Americans it named a body mass index of 23 as a possible limit. She is below. The practice wants to know whom *else* to test.)
#
# What would you want to know about this 14% before you let it decide?

# %% [markdown]
# ## 1. What does "14%" mean?
#
# We have the people of the leaflet: 5,018 adults of NHANES, a survey in the United States, all with a measured HbA1c. We
# ask only about the people **whom the tool is for**:

# %%
tool = diabetes_tool()  # for each person: what a tool says that has never seen this person
for_whom = ~tool.told  # no doctor has told them that they have diabetes

y = tool.y[for_whom]  # 1: has diabetes (HbA1c of 6.5% or more), 0: has not
p = expit(tool.z[for_whom])  # what the tool says

# %% tags=["nbval-check-output"]
print(f"{len(tool.y):,} adults. {tool.told.sum()} were told of their diabetes by a doctor: the tool is not for them.")
print(f"{len(y):,} are left, and {y.sum()} of them ({y.mean():.1%}) have an HbA1c of 6.5% or more.")

# %% [markdown]
# So "ill" has two meanings here. Among those not told it is today's blood test alone. Of the 804 told, *all* count as ill in
# the leaflet; 249 of them have an HbA1c below 6.5% today, and 182 of these 249 take tablets or insulin. (Who was told
# "borderline" is among those not told. One HbA1c without a second test is no clinical diagnosis; here it is the label.)
#
# Even "not told" is not yet quite "for whom": 72 of the 4,214, 33 of them ill, take tablets for diabetes or insulin, so they are
# treated already. Here and in 18.4 they stay in; section 18.5 takes them out. That would not make the tool look better: without
# them its risks add up to 667 ill people, and there are 157.
#
# How can all of them test the tool? The people are divided into five parts. There are five sister tools. Each learns from
# three parts and is tested on a fourth; the fifth is kept for the repair (18.3.3). So each person is judged by a sister that has
# never seen her, and all are counted together. Still, **190 ill people are few**: every number below needs an interval.
# (Ours are rather too narrow: they leave out that the survey drew people in clusters, and that other sisters would have learned
# something else.)

# %% claim=true
low_hba1c = tool.told & (tool.audit["hba1c_percent"] < 6.5).to_numpy()
treated = (tool.audit[["takes_diabetes_pills", "takes_insulin"]] == 1).any(axis=1).to_numpy()
assert (low_hba1c.sum(), (low_hba1c & treated).sum(), tool.y[tool.told].sum()) == (249, 182, 804)
untreated = for_whom & ~treated
assert ((for_whom & treated).sum(), tool.y[for_whom & treated].sum()) == (72, 33)
assert (round(expit(tool.z[untreated]).sum()), tool.y[untreated].sum()) == (667, 157)
assert np.array_equal(tool.y[for_whom] == 1, (tool.audit["hba1c_percent"] >= 6.5).to_numpy()[for_whom])

# %% fold=true slide="vote" say="We test the tool on 4,214 real adults (US survey NHANES 2017-2018) whom no doctor has told of diabetes: the people it is for. | AUC: of pairs of one ill and one healthy person, the share in which the ill one gets the higher number. The leaflet: 'Tested on 5,018 adults whom the tool had never seen. AUC 0.80. Observed / expected 1.01. Well calibrated.' Observed / expected 1: right on average."
Question(
    "To about 900 of the 4,214 adults not told of diabetes the tool says 10% to 20%, and 15% on average. How many of the 900 have it?",
    {
        "15 in 100": "That is what the number promises, and what the leaflet says it keeps.",
        "5 in 100": "46 of 906 (95% 4 to 7 in 100). Among the people whom the tool is for, it says three times too much.",
        "80 in 100, the AUC": "The AUC is the share of pairs in the right order. It is not a share of people.",
    },
    right="5 in 100",
)

# %%
for low, high in [(0.1, 0.2), (0.5, 1.0)]:
    group = (p > low) & (p <= high)
    said, ill = p[group].mean(), y[group]
    print(f"The tool says {low:.0%} to {high:.0%} to {group.sum()} people, {said:.0%} on average.")
    print(f"   {ill.sum()} of them have diabetes: {ill.mean():.0%}.")

# %% claim=true
from clinxai_teach.intervals import wilson_interval

tens = (p > 0.1) & (p <= 0.2)
assert (int(y[tens].sum()), int(tens.sum())) == (46, 906)
assert [round(100 * float(end)) for end in wilson_interval(46, 906)] == [4, 7]
assert 850 < ((p > 0.1) & (p <= 0.2)).sum() < 950
assert 0.04 < y[(p > 0.1) & (p <= 0.2)].mean() < 0.06
assert p[tool.X.index[for_whom] == 586].round(2) == [0.14]

# %% [markdown]
# A tool is **calibrated** if, among the people to whom it gives a probability p, the share p has the disease. This is a
# statement about a *group*. One person has diabetes or has not.
#
# So the tool is not calibrated here. Is the leaflet wrong, then? Section 6 answers this.

# %% [markdown]
# ## 2. The reliability diagram
#
# The same count for all probabilities at once. Cut the line from 0 to 1 into ten pieces (**bins**). In each take three
# numbers: how many people, the mean of what the tool said, the share of what happened.

# %%
bin_of = np.digitize(p, np.linspace(0.1, 0.9, 9), right=True)  # a bin is closed on the right: (0.1, 0.2] and so on

people = np.bincount(bin_of)
said = np.bincount(bin_of, weights=p) / people
happened = np.bincount(bin_of, weights=y) / people

# %% fold=true
pd.DataFrame(
    {
        "people": people,
        "ill": np.bincount(bin_of, weights=y).astype(int),
        "the tool says (mean)": said.round(2),
        "observed share": happened.round(2),
    },
    index=[f"{10 * k} to {10 * k + 10}%" for k in range(len(people))],
)

# %% fold=true slide="Told too much | 4,214 adults not told of diabetes; 190 have it. All dots lie below the dashed line: the tool says more than what was observed. Upright lines: 95% intervals. | Which dot would you trust least?" say="A dot: people who were told about the same. Across: what was said. Up: the share who are ill. | The one furthest right: 7 people. Its interval covers half of the picture."
curve = reliability_curve(y, p)
figure, (above, below) = plt.subplots(2, 1, figsize=(6, 7), sharex=True, height_ratios=[3, 1], layout="constrained")
plots.Reliability(above, curve, f"{len(y):,} adults not told, {y.sum()} ill")
above.set_xlabel("")
plots.Counts(below, curve, unit="people")
plots.show(
    figure,
    "Reliability diagram of the tool among adults not known to have diabetes, with 95% Wilson intervals. All dots lie "
    "below the diagonal: "
    + ", ".join(f"said {a:.2f} observed {b:.2f} ({n} people)" for a, b, n in zip(said, happened, people, strict=True))
    + ". The intervals of the upper bins, with few people, are wide.",
)

# %% [markdown]
# **How to read it**
#
# - On the dashed line, what was said is what happened. Below it, the tool says **too much**; above it, too little.
# - *Where are the people?* Nearly half of them are in the first bin. The dot furthest to the right is seven people; its
#   interval (Wilson 1927) covers half of the picture and says nearly nothing.
# - The shape: all dots below the line, as here, mean too high **on average**. Dots that start above the line and end below it
#   mean **too extreme** (*overconfident*): low risks are too low and high ones too high. Start below and end above: *too
#   timid*. Where all dots lie on one side, the risks may still lie **too far apart**: see the slope in section 5.
#
# ### Without bins: the smooth curve
#
# Bins are a choice. A **smooth curve** needs none: at each probability it looks at the people nearby, and draws the share
# of ill among them. This is what papers print. With it comes a **band**: at each probability, a 95% interval of the share
# of ill among people like these. (It is a bootstrap: draw 4,214 people from these, some twice and some not at all;
# draw the curve; repeat; keep the middle 95%. The method is called *loess*. "Nearby" are here the nearest 75% of the people,
# and the nearer ones weigh more; with another share the curve bends a little more or less.)

# %%
smooth = smooth_calibration_curve(y, p)

# %% fold=true
figure, axes = plt.subplots(figsize=(6, 6), layout="constrained")
plots.Reliability(axes, curve, "dots: bins, dotted: smooth curve with its band")
plots.draw_smooth(axes, smooth, look=2, name="smooth curve")
axes.set(xlabel="predicted probability")
axes.axvline(0.14, ymax=0.62, color="black", linewidth=1)
axes.text(0.15, 0.6, "her 14%", fontsize=12)
plots.show(
    figure,
    "The same diagram with the smooth calibration curve, dotted. A thin upright line marks the woman's 14%; there the curve is at 0.05. It rises from 0 to about 0.15 where the tool says 0.7, far below "
    "the diagonal. Its band leaves the diagonal out everywhere but near 0; it is narrow on the left and widens to the right.",
)

# %% tags=["nbval-check-output"]
print(f"distance of the curve from the diagonal: ICI {smooth.ici:.2f}, E50 {smooth.e50:.2f}, E90 {smooth.e90:.2f}")

# %% [markdown]
# Three numbers go with the curve (Austin and Steyerberg 2019):
#
# - **ICI**, the mean distance from the diagonal over all people: 12 points.
# - **E50**: half of the people were told a number at most 8 points from the curve.
# - **E90**: for nine of ten, at most 31 points. So one person in ten was told a number *more* than 31 points from the share of
#   ill among people told the same. A mean hides that.

# %% claim=true
assert abs(smooth.ici - 0.12) < 0.006
assert abs(smooth.e50 - 0.08) < 0.006
assert abs(smooth.e90 - 0.31) < 0.006
assert 0.45 < people[0] / people.sum() < 0.5
assert people[-1] == 7

# %% [markdown]
# ## 3. The ECE, and why it is never zero
#
# Papers on machine learning often give one number instead, the **expected calibration error**: the mean distance of the
# *dots* from the diagonal, each weighted by its number of people,
#
# $$\text{ECE} = \sum_k \frac{n_k}{N}\, \bigl|\, \bar p_k - \bar y_k \,\bigr|$$
#
# with $n_k$ people in bin $k$, the mean prediction $\bar p_k$ and the observed share $\bar y_k$.

# %%
ece = (people / people.sum() * np.abs(said - happened)).sum()
print(f"ECE of the tool, 10 bins: {ece:.3f}")

# %% claim=true
assert np.isclose(ece, expected_calibration_error(y, p))

# %% [markdown]
# Is 0.119 much? To compare, we make a **perfect tool**: we keep what it says, and draw a new
# outcome for each person by chance, so that the disease happens with *exactly* the predicted probability.

# %% fold=true slide="vote" say="ECE, {{expected calibration error: the mean ... number of people}}. The perfect tool: {{we keep what it says ... predicted probability}}."
Question(
    "What is the ECE of the perfect tool?",
    {
        "Above 0": "Chance moves every dot a little off the diagonal.",
        "Exactly 0": "Throw a coin 20 times: you seldom get exactly 10 heads. The same happens in every bin.",
        "Above or below 0, it depends on chance": "A distance is never negative, so errors up and down do not cancel.",
    },
    right="Above 0",
    why="4,214 people, 10 bins: 0.005 to 0.018 (95% of 1,000 perfect tools); our tool 0.119.",
)

# %% fold=true
rows = {}
for n in (100, 300, len(y)):
    some = np.random.default_rng(0).choice(len(y), n, replace=False)
    for n_bins in (10, 50):
        low, high = calibration_null_band(p[some], n_bins=n_bins)
        rows[f"{n:,} people, {n_bins} bins"] = {
            "ECE of the tool": expected_calibration_error(y[some], p[some], n_bins=n_bins),
            "ECE of the perfect tool, from": low,
            "to": high,
        }
bands = pd.DataFrame(rows).T
bands.round(3)

# %% [markdown]
# The last two columns are the **null band**: the range of the middle 95% of 1,000 perfect tools.
#
# - **A perfect tool has an ECE above 0**, and the more so the fewer the people and the more the bins. With 100 people a
#   perfect tool may well have an ECE of 0.07. An ECE without its number of bins and of people cannot be read.
# - Above the band: more than chance explains. With 300 and more people our tool is above it. With the 100 drawn here the
#   bins decide: 0.130 is above the band of 10 bins, 0.147 within that of 50.
# - Within the band: *not shown to be wrong*, which is not *shown to be right*. A small error of all dots in one direction
#   can hide in it.

# %% claim=true
chance = bands["to"]
assert bands["ECE of the perfect tool, from"].min() > 0
assert chance["100 people, 10 bins"] > 0.07
assert bands.loc["4,214 people, 10 bins"].round(3).tolist() == [0.119, 0.005, 0.018]
large = bands.index.str.startswith(("300", "4,214"))
assert (bands["ECE of the tool"] > chance)[large].all()
assert (bands["ECE of the tool"] > chance)[:2].tolist() == [True, False]

# %% [markdown]
# ## 4. The Brier score: when is 0.07 bad?
#
# The **Brier score** is the mean squared distance between what was said and what happened (0 is best):
#
# $$\text{Brier} = \frac{1}{N}\sum_{i=1}^N (p_i - y_i)^2$$
#
# $p_i$ is what the tool says to person $i$; $y_i$ is 1 for an ill person and 0 for others.

# %%
brier = np.mean((p - y) ** 2)
know_nothing = np.mean((y.mean() - y) ** 2)  # say the same to everybody: the share of ill people

# %% tags=["nbval-check-output"]
print(f"the tool: {brier:.3f}, saying {y.mean():.1%} to everybody: {know_nothing:.3f}")
print(f"scaled: 1 - {brier:.3f} / {know_nothing:.3f} = {1 - brier / know_nothing:.2f}")

# %% claim=true
assert np.isclose(scaled_brier_score(y, p), 1 - brier / know_nothing)
assert np.isclose(brier, brier_score(y, p))

# %% [markdown]
# 0.07 looks small. But for a rare disease every Brier score is small. Someone who knows nothing and tells everybody the
# prevalence $\bar y$ gets $\bar y (1 - \bar y)$: 0.16 where 20% are ill, 0.01 where 1% are. So divide by it:
#
# $$\text{scaled Brier} = 1 - \frac{\text{Brier}}{\bar y (1 - \bar y)}$$
#
# 1 is perfect, 0 is as good as knowing the prevalence only. **Below 0 is worse than that**: our tool, with its small 0.07,
# does worse than a sentence that knows nobody.
#
# ### Two words: miscalibration and discrimination
#
# How can a tool with an AUC well above 0.5 be worse than nothing? Because a Brier score mixes two things:
#
# - **discrimination**: are the ill told more than the healthy? (What the AUC sees.)
# - **miscalibration**: are the probabilities wrong?
#
# They can be taken apart. Look for the best staircase that never falls, from the lowest to the highest prediction: it
# keeps the order of the people and repairs the probabilities as well as these people allow:

# %% fold=true
steps = np.argsort(p)
stairs = isotonic_regression(y[steps].astype(float)).x
figure, axes = plt.subplots(figsize=(6, 4.6), layout="constrained")
plots.draw_perfect(axes)
axes.step(p[steps], stairs, where="post", color="black", linewidth=2)
axes.set(xlabel="predicted probability", ylabel="best repaired probability")
axes.set_title("The best staircase that never falls, fitted on these people", fontsize=12)
plots.show(
    figure,
    f"A staircase of {len(np.unique(stairs))} steps, far below the dashed diagonal. "
    + " ".join(
        f"At a prediction of {q:.2f} it is at {stairs[np.searchsorted(p[steps], q)]:.2f}."
        for q in (0.05, 0.2, 0.5, 0.75)
    )
    + f" The longest step, from 0.40 to 0.66, is flat at 0.12. It ends at {stairs[-1]:.2f}, for the last {(stairs == stairs[-1]).sum()} people.",
)

# %%
parts = corp_decomposition(y, p)

# %% fold=true tags=["nbval-check-output"]
print(f"Brier {brier:.4f} = uncertainty {parts.uncertainty:.4f} (the prevalence alone)")
print(f"   - discrimination {parts.discrimination:.4f} (what the order of the people is worth)")
print(f"   + miscalibration {parts.miscalibration:.4f} (what wrong probabilities cost)")
learned = np.empty(len(y))  # the staircase of four of the five parts of people, judged on the fifth
for k in range(5):
    out = tool.part[for_whom] == k
    learned[out] = IsotonicRegression(out_of_bounds="clip").fit(p[~out], y[~out]).predict(p[out])
low, high = interval(scaled_brier_score, y, learned)
print("scaled Brier score of the tool repaired by a staircase")
print(f"   learned from these people: {parts.discrimination / parts.uncertainty:.2f}")
print(f"   learned from others: {scaled_brier_score(y, learned):.3f} (95% {low:.3f} to {high:.3f})")

# %% claim=true
assert np.isclose(parts.score, brier)
assert parts.miscalibration > 10 * parts.discrimination
assert round(parts.discrimination / parts.uncertainty, 2) == 0.04
assert [round(score, 3) for score in (scaled_brier_score(y, learned), low, high)] == [0.025, 0.011, 0.037]

# %% [markdown]
# (This cut is called CORP; Dimitriadis 2021.) Wrong probabilities cost many times what the order of the people is worth. So how good can
# a repair make this tool? Instead of -0.66 its scaled Brier score would be 0.04; but the staircase is judged on the people from whom
# it learned, and this flatters. Learned from others it is 0.025 (0.011 to 0.037): a little better than the prevalence. **A repair that
# keeps the order of the people can take away miscalibration. It can never add discrimination.**

# %% [markdown]
# ## 5. Three numbers without bins: O/E, intercept, slope
#
# - **O/E**, observed / expected: the number of ill people divided by the sum of the predictions. 1 is right *on average*.
#   Below 1: the tool says too much.
#
# For the other two, take the logit $z = \ln \frac{p}{1 - p}$ of each prediction and fit a logistic curve $\sigma$ to what
# happened:
#
# $$P(y = 1) = \sigma(\alpha + \beta z)$$
#
# | | which fit | right | what it tells |
# |---|---|---|---|
# | **calibration slope** | $\beta$, with $\alpha$ free | 1 | below 1: the risks lie too far apart (with a right average: too extreme). Above 1: too close together (too timid) |
# | **calibration intercept** | $\alpha$, with $\beta$ **fixed at 1** | 0 | below 0: too high on average. Above 0: too low |
#
# The intercept answers the question of O/E on another scale: O/E compares counts, $e^{\text{intercept}}$ multiplies odds. (The $\alpha$ of the *first* fit is another number. Papers do
# not always say which one they print.)

# %%
slope, intercept = calibration_slope_intercept(y, p)

# %% fold=true slide="Numbers without bins | Of the 4,214 not told 190 are ill, and the tool expected 690: O/E 0.28 (95% 0.24 to 0.31), slope 0.65 (0.55 to 0.75). | Which values would be right?" say="O/E, {{observed / expected: the number ... sum of the predictions}}: 1 is right, below 1 the tool says too much. Slope: 1 is right, below 1 the risks lie too far apart. Calibration intercept: 0 is right, below 0 the tool says too much. | O/E 1, slope 1, intercept 0. The AUC says nothing on this."
measures = {
    "O/E": observed_expected_ratio,
    "calibration intercept": lambda y, p: calibration_slope_intercept(y, p).intercept,
    "calibration slope": lambda y, p: calibration_slope_intercept(y, p).slope,
    "AUC": roc_auc_score,
}
here = pd.DataFrame(
    {name: [measure(y, p), *interval(measure, y, p)] for name, measure in measures.items()},
    index=["among those not told", "95% from", "to"],
).T
here.round(2)

# %% tags=["nbval-check-output"]
print(f"{y.sum()} ill, {p.sum():.0f} expected")

# %% [markdown]
# The tool expects 690 ill people and there are 190. In odds: $e^{-1.64} = 0.19$, so with the slope left alone everybody's odds
# must be multiplied by 0.19. A 14% (odds 0.16) becomes odds of 0.03, that is 3%: a first guess, because the slope is left wrong. The slope is below 1, too: the risks also lie too far apart. Two common causes of a slope below 1 are a model that learned chance
# from its training people (*overfitting*), and other people than those (Van Calster 2019). Here the first is a small part:
# among the leaflet's mix of people, from which it learned, the slope is 0.92 (section 6).
#
# Van Calster and colleagues (2016) put such results in an order. Each level asks for more than the one before:
#
# | level | is right if | what shows it | the tool, here |
# |---|---|---|---|
# | **mean** | the average risk is the observed rate | O/E = 1, intercept 0 | no |
# | **weak** | that, and the risks lie neither too far apart nor too close | and slope = 1 | no |
# | **moderate** | of those with a predicted risk p the share p is ill, for every p | a narrow band around the smooth curve holds the diagonal | no |
# | **strong** | the same for every combination of features | nothing can show it | - |
#
# Strong calibration is a utopia: there are more combinations than people. Moderate calibration is what a clinic can ask
# for: then acting by the predicted risk is, on average, no worse than treating all or nobody, if the threshold fits the
# patients' values.

# %% claim=true
assert y.sum() == 190
assert round(p.sum()) == 690
assert here.loc["O/E", "to"] < 0.35
assert round(np.exp(intercept), 2) == 0.19
assert round(expit(np.log(0.14 / 0.86) + intercept), 2) == 0.03
assert here.loc["calibration slope", "to"] < 0.8
assert here.loc["AUC", "95% from"] > 0.65

# %% [markdown]
# ## 6. Calibrated for whom?

# %% fold=true slide="vote" say="Observed / expected: the number of ill people divided by the sum of the predictions. 1 is right on average; below 1 the tool says too much."
Question(
    "The leaflet says: observed / expected 1.01, on 5,018 adults whom the tool had never seen. You found 0.28. Who is wrong?",
    {
        "The leaflet": "Its number can be checked, and it is right. It answers another question than yours.",
        "We": "Your number is right, too, for the people whom you asked about.",
        "Nobody: the people are not the same": "804 of the leaflet's people had already been told of their diabetes.",
    },
    right="Nobody: the people are not the same",
)

# %% fold=true
p_all, y_all = expit(tool.z), tool.y
rows = {}
for name, who in {"all (the leaflet)": tool.told | True, "told by a doctor": tool.told, "not told": for_whom}.items():
    both = len(set(y_all[who])) == 2
    rows[name] = {
        "people": who.sum(),
        "ill": y_all[who].sum(),
        "expected": p_all[who].sum().round(),
        "O/E": observed_expected_ratio(y_all[who], p_all[who]),
        "slope": calibration_slope_intercept(y_all[who], p_all[who]).slope if both else np.nan,
        "AUC": roc_auc_score(y_all[who], p_all[who]) if both else np.nan,
        "scaled Brier": scaled_brier_score(y_all[who], p_all[who]) if both else np.nan,
    }
whom = pd.DataFrame(rows).T.astype({"people": int, "ill": int, "expected": int})
shown = whom.round(2).astype(object).where(whom.notna(), "-")
for name, who in {"all (the leaflet)": tool.told | True, "not told": for_whom}.items():
    for measure in ("O/E", "slope"):
        kind = {"O/E": "O/E", "slope": "calibration slope"}[measure]
        low, high = interval(measures[kind], y_all[who], p_all[who])
        shown.loc[name, measure] = f"{whom.loc[name, measure]:.2f} ({low:.2f} to {high:.2f})"
shown.rename(columns={"O/E": "O/E (95%)", "slope": "slope (95%)"})

# %% claim=true
assert abs(whom.loc["all (the leaflet)", "O/E"] - 1.01) < 0.005
assert abs(whom.loc["all (the leaflet)", "AUC"] - 0.80) < 0.005
assert abs(whom.loc["not told", "O/E"] - 0.275) < 0.005
assert whom.loc["told by a doctor", "ill"] == 804
assert whom.loc["told by a doctor", "expected"] == 296
everybody = expected_calibration_error(y_all, p_all)
assert everybody < calibration_null_band(p_all).high

# %% fold=true slide="The same tool, twice | Left, all 5,018 adults of the leaflet: near the line. Right, the 4,214 not told: far below it. Upright lines and grey bands: 95% intervals. | Who was added on the left?" say="The leaflet counts as ill: {{told of it ... 6.5% or more today}}. | 804 adults who already knew. All of them count as ill, and the tool expects 296."
figure, pair = plt.subplots(1, 2, figsize=(10, 5), layout="constrained", sharey=True)
for axes, (name, who) in zip(
    pair, {"all 5,018 (leaflet)": tool.told | True, "4,214 not told": for_whom}.items(), strict=True
):
    plots.Reliability(axes, reliability_curve(y_all[who], p_all[who]), name)
    plots.draw_smooth(axes, smooth_calibration_curve(y_all[who], p_all[who]), look=2)
    axes.set_xlabel("predicted probability")
pair[1].set_ylabel("")
pair[0].text(0, 0.85, "dotted: smooth curve", color="0.35", fontsize=12)
plots.show(
    figure,
    "The same tool twice, dots with their intervals and a dotted smooth curve with its band. Left, all 5,018 adults of the leaflet: "
    "all lies near the diagonal, a little above it at 25% and a little below it from 55% on. Right, the 4,214 adults who were "
    "not told of a diabetes: all lies far below the diagonal; at a prediction of 75% the curve is at about 15%.",
)

# %% [markdown]
# **The same tool, the same numbers on the screen, the same 4,214 people in both pictures.** The left picture is nearly as
# good as one sees. Only the 804 people who already knew have been added. All of them count as ill, and the tool expects 296:
# 508 too few. For the others it expects 690, and 190 are: 500 too many. **The two errors cancel out.** The tool gives an
# honest answer to the question "does this adult have diabetes, known or not?" The practice asks another one: "does this
# adult have a diabetes that nobody knows of?" Most people with diabetes (804 of 994) have already been found. They do not come
# for this test.
#
# The report would have said: "O/E 1.01, slope 0.92, ECE 0.014 (by chance 0.006 to 0.017), ICI 0.01. Well
# calibrated; a little too low near 25%, too high above 55%." Every word is true, and useless for the woman with the back pain.
# Even the AUC is lower among the people it is for. (And an O/E near 1 came easily: the sisters learned from the same survey,
# with the same share of ill.)
#
# **How could one have noticed?** Four looks, none of them needs code:
#
# 1. *Who is in the test set?* Compare with the intended use, word by word. "Adults" is not "adults not known to have it".
# 2. *What counts as ill?* If the label holds people who were found long ago, the tool is rewarded for finding them again.
# 3. *How many are ill?* 994 of the leaflet's 5,018: 20 in 100. Does your practice find 20 new cases in 100 adults? Among those not told it is 4.5 in 100 here
#    (people of this survey, unweighted; some groups were drawn more often, so the country's share is another).
# 4. *Count at home.* Test the next 200 people not told, whatever the tool says. It says 16.4% on average, so it expects 33 ill.
#    About 9 are. If the tool were right, so few would come less than once in a million times.
#
# This trap is common (*spectrum*): a tool for lung embolism tested with patients whose clot was on yesterday's CT; a sepsis
# alert tested on hours after the antibiotic was given. **Calibration belongs to a tool *and* a group of people.** So every number needs the words "of whom".

# %% [markdown] slide="Back to her 14% | Of 100 adults not told of diabetes to whom the tool says 14%, about 5 are ill (95% 4 to 6). A rule of 10% would not test them. | Does that hold for Asian Americans, too?" say=" | These numbers cannot say. Section 18.3.3 looks at the groups."
# ### Back to her 14%
#
# Three readings of a 14% among the people whom the tool is for: 3% by the intercept alone, 4% by both numbers of the logistic fit above (its own $\alpha$, not the intercept), and **5%** by the
# smooth curve (band 4 to 6%). The curve counts most: it assumes least. So of 100 such people about 5
# are ill, and a rule that says 10% would not test them. Whether 10% is a good limit, whether the 5% holds for her *group*, and what
# became of her: 18.3.3.

# %% claim=true
expected_in_200, ill_in_200 = 200 * p.mean(), 200 * y.mean()
assert round(expected_in_200) == 33
assert round(ill_in_200) == 9
assert (np.random.default_rng(0).binomial(200, p.mean(), 1_000_000) > 9).all()
assert round(100 * p.mean()) == 16
assert (804 - round(p_all[tool.told].sum()), round(p.sum()) - 190) == (508, 500)
leaflet_band = calibration_null_band(p_all)
assert round(expected_calibration_error(y_all, p_all), 3) == 0.014
assert (round(leaflet_band.low, 3), round(leaflet_band.high, 3)) == (0.006, 0.017)
both_numbers = PlattScaling().fit(tool.z[for_whom], y)
her_logit = np.log(0.14 / 0.86)
assert round(float(both_numbers.predict_proba(np.array([her_logit]))[0, 1]), 2) == 0.04
at_14 = [float(np.interp(0.14, smooth.prob_pred, line)) for line in (smooth.prob_true, smooth.ci_low, smooth.ci_high)]
assert [round(value, 2) for value in at_14] == [0.05, 0.04, 0.06]
assert abs(whom.loc["all (the leaflet)", "slope"] - 0.92) < 0.005
leaflet = shown.loc["all (the leaflet)"]
assert (leaflet["O/E"], leaflet["slope"]) == ("1.01 (0.95 to 1.06)", "0.92 (0.86 to 1.00)")
mixed = smooth_calibration_curve(y_all, p_all)
assert round(mixed.ici, 2) == 0.01
too_low = mixed.prob_pred[mixed.ci_low > mixed.prob_pred]
assert ((too_low > 0.15) & (too_low < 0.3)).any(), (too_low.min(), too_low.max())
off_the_line = mixed.prob_pred[(mixed.ci_high < mixed.prob_pred) & (mixed.prob_pred > 0.3)]
assert 0.5 < off_the_line.min() < 0.58

# %% [markdown]
# ## 7. Other people: groups, sites, years
#
# - **Groups.** Right on average does not mean right in each group (18.3.3).
# - **Sites and years.** Give O/E and slope *for each site* and *for each year*, with intervals; a mean over sites hides
#   the bad one. In US veterans' hospitals, models for kidney injury built in 2003 kept their AUC over nine years, while
#   they said too much, and more so over time (Davis 2017). "There is no such thing as a
#   validated prediction model" (Van Calster 2023): there is only "validated for these people, then".
# - **Time to an event.** Many models say "within ten years". Their calibration is read *at a fixed time*: what was predicted
#   for year 5 against what was observed by year 5. For people who left the study before, one cannot say; the observed share
#   comes from a Kaplan-Meier estimate. Where people die of other things first (*competing risks*), counting the dead as "left
#   the study" makes it too high. Smooth curves and ICI exist for both (Austin 2020, 2022).

# %% [markdown]
# ## 8. How many people does a test need?
#
# Suppose the tool were *perfect*. How far from 1 would O/E and slope still come out, by chance alone? We play it: 1,000
# times for each size, with people like ours (4.5% are ill) and what a repaired tool
# would say to them.

# %% fold=true slide="Count the ill, not the people | People like ours, 4.5% ill; a perfect tool, tested 1,000 times for each size. With about 10 ill, 95% of its O/E lie between 0.47 and 1.69. | How many ill does your report have? | adults to test; O/E of a perfect tool (95%)" say=" | Ask the room. Ten can show a gross error, never that a tool is right."
perfect = PlattScaling().fit(tool.z[for_whom], y).predict_proba(tool.z[for_whom])[:, 1]
sizes = {}
for ill in (10, 25, 50, 100, 200, 500):
    rng, n, found = np.random.default_rng(0), round(ill / perfect.mean()), []
    for _ in range(1000):
        q = perfect[rng.integers(0, len(perfect), n)]
        happens = (rng.random(n) < q).astype(int)
        if happens.sum() > 1:
            found.append([observed_expected_ratio(happens, q), calibration_slope_intercept(happens, q).slope])
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    sizes[ill] = {
        "adults to test": f"{n:,}",
        "O/E of a perfect tool (95%)": f"{low[0]:.2f} to {high[0]:.2f}",
        "slope of a perfect tool (95%)": f"{low[1]:.2f} to {high[1]:.2f}",
    }
pd.DataFrame(sizes).T.rename_axis("ill people, about")

# %% [markdown]
# **Ill people count, not people** (where most are ill, the healthy). With ten, an O/E of 0.6 or 1.6 shows
# nothing. Ten can show a gross error (the 9 of 33 in section 6: O/E 0.27), never that a tool is right. With 200, O/E is known to about a seventh
# and the slope to about a fifth. Van Calster and colleagues (2016) suggest at least 200 ill and 200 others for a curve.
# How many a tool needs depends on how wide its predictions are spread; one can compute it beforehand (Riley 2021; in their
# example with 1.8% ill, 9,835 people with 177 ill).
#
# **What to ask for in a report.** A review of 32 performance measures (Van Calster 2025) recommends as essential: the AUC,
# a **smooth calibration curve**, **net benefit** with a decision curve (18.3.3), and the spread of the predictions among
# ill and healthy. Each measure was asked two things. Do the true probabilities score best? Are the costs of errors left
# out, or weighed properly? 17 of the 32 measures passed both; the F1 score neither.

# %% claim=true
assert abs(roc_auc_score(y, p) - 0.74) < 0.005

# %% [markdown] slide="key points | without: A Brier score; Brier 0.07; 80% means" say=" || High AUC = {Numbers}: AUC 0.74, and 190 ill where 690 were expected. | Validated on = {The same tool}: right for the 5,018 of the leaflet, O/E 0.28 among the 4,214 whom the tool is for. | ECE should = {Answer 2}: chance gives a perfect tool 0.005 to 0.018."
# ## Three questions to take away
#
# Answer first, then open.
#
# **1.** Hospital A reports a Brier score of 0.09 (10% of its patients are ill), hospital B one of 0.16 (30% are ill).
# Where is the tool better?
#
# <details><summary>A model answer</summary>
# Not to be read from the Brier scores, because the prevalences differ. Scaled: A has 1 - 0.09 / (0.1 x 0.9) = 0, no better
# than knowing the prevalence. B has 1 - 0.16 / (0.3 x 0.7) = 0.24. So B, on this measure. Why A is so low one cannot see
# from the number: wrong probabilities, poor sorting, or both. Ask for the smooth curve and the AUC.
# </details>
#
# **2.** A tool has an O/E of 1.00 and a slope of 0.5, both with narrow intervals. Whom does it harm?
#
# <details><summary>A model answer</summary>
# Right on average, and too extreme: the high risks are too high and the low ones too low. People with low predictions are
# wrongly reassured, people with high predictions are treated too much. Somewhere in between it is about right. O/E alone
# would have missed it.
# </details>
#
# **3.** A vendor tested a tool with 12 ill people: "O/E 1.4 (95% 0.8 to 2.4): no significant miscalibration." What do you
# answer?
#
# <details><summary>A model answer</summary>
# Nothing was shown, in either direction: a fifth fewer ill than predicted, and more than twice as many, are both compatible
# with it. Twelve ill people cannot answer the question. Before asking for more, ask who they were: are they people whom the tool is for?
# </details>
#
# ## Key points
#
# - Calibrated: of the people told p, the share p is ill. It is a statement about a group. A good AUC does not promise it (here
#   0.74; of those told 15%, 5% were ill).
# - **Of whom?** The same tool had an O/E of 1.01 in the leaflet's 5,018 and of 0.28 in those it is meant for.
# - Read a diagram from its counts, intervals and smooth curve. An ECE needs its bins, its people and its null band.
# - A Brier score needs the prevalence: scale it. A small one (0.07) can be worse than telling everybody the prevalence.
# - O/E and intercept: wrong on average? Slope: too far apart? All with intervals, whose width depends on the number of *ill*.
#
# ## Exercises
#
# {{Count 18.3-bhijk}} exercises, with hints and solutions:
# [exercises/18_3_1_reading_probabilities.ipynb](../exercises/18_3_1_reading_probabilities.ipynb). {{coding 18.3-bhijk}}
#
# Next: [18.3.3 Repairing probabilities](18_3_3_repairing_probabilities.ipynb).

# %% [markdown]
# ## The Brier score in Murphy's parts (optional)
#
# Older texts cut the Brier score with bins (Murphy 1973), and the names vary. With $\bar y$ the overall share:
#
# $$\text{Brier} = \underbrace{\sum_k \tfrac{n_k}{N} (\bar p_k - \bar y_k)^2}_{\text{reliability}}
# - \underbrace{\sum_k \tfrac{n_k}{N} (\bar y_k - \bar y)^2}_{\text{resolution}}
# + \underbrace{\bar y (1 - \bar y)}_{\text{uncertainty}}$$
#
# **Reliability** is miscalibration by bins (0 is best), **resolution** is discrimination by bins (large is good),
# **uncertainty** belongs to the people. Another cut has two parts: calibration (= reliability) and **refinement =
# uncertainty - resolution**. Who adds up calibration, refinement *and* uncertainty counts the uncertainty twice. The three
# terms are exact only if all people of a bin are told the same. If not, two small terms *within the bins* remain
# (Stephenson 2008):

# %% fold=true
murphy = brier_decomposition(y, p)
three_terms = murphy.reliability - murphy.resolution + murphy.uncertainty
print(f"three terms {three_terms:.4f}, Brier score {brier:.4f}")
print(f"within bins: variance {murphy.within_bin_variance:.4f}, covariance {murphy.within_bin_covariance:.4f}")

# %% claim=true
whole = three_terms + murphy.within_bin_variance - murphy.within_bin_covariance
assert abs(whole - brier) < 1e-12

# %% [markdown]
# ## For coders: the diagram with scikit-learn, and a corrected ECE
#
# `calibration_curve` of scikit-learn gives the same dots, without counts and intervals, and leaves empty bins out without a
# word. The ECE can be corrected for chance (Kumar 2019): that removes a part of what chance adds.

# %% fold=true
from sklearn.calibration import calibration_curve

fraction_of_positives, mean_predicted = calibration_curve(y, p, n_bins=10, strategy="uniform")
print(f"{len(mean_predicted)} bins; same dots: {np.allclose(fraction_of_positives, happened)}")
by_chance = (np.random.default_rng(0).random(len(p)) < p).astype(int)
for name, outcome in {"the tool": y, "a perfect tool": by_chance}.items():
    plain, debiased = (expected_calibration_error(outcome, p, debiased=debiased) for debiased in (False, True))
    print(f"{name}: ECE {plain:.3f}, corrected {debiased:.3f}")

# %% [markdown]
# ## References
#
# - Austin P. C., Steyerberg E. W. The Integrated Calibration Index (ICI) and related metrics. Stat Med 2019;38:4051-4065. doi:10.1002/sim.8281
# - Austin P. C., Harrell F. E., van Klaveren D. Graphical calibration curves and the integrated calibration index (ICI) for survival models. Stat Med 2020;39:2714-2742. doi:10.1002/sim.8570 (2022, for competing risks: Diagn Progn Res 2022, doi:10.1186/s41512-021-00114-6)
# - Brier G. W. Verification of forecasts expressed in terms of probability. Mon Weather Rev 1950;78:1-3.
# - Davis S. E. et al. Calibration drift in regression and machine learning models for acute kidney injury. J Am Med Inform Assoc 2017;24:1052-1061. doi:10.1093/jamia/ocx030
# - Dimitriadis T., Gneiting T., Jordan A. I. Stable reliability diagrams for probabilistic classifiers. PNAS 2021;118:e2016191118. doi:10.1073/pnas.2016191118
# - Kumar A., Liang P., Ma T. Verified uncertainty calibration. NeurIPS 2019. arXiv:1909.10155
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (This course follows it.)
# - Murphy A. H. A new vector partition of the probability score. J Appl Meteorol 1973;12:595-600.
# - Riley R. D. et al. Minimum sample size for external validation of a clinical prediction model with a binary outcome. Stat Med 2021. doi:10.1002/sim.9025
# - Stephenson D. B. et al. Two extra components in the Brier score decomposition. Weather Forecast 2008;23:752-757. doi:10.1175/2007WAF2006116.1
# - Van Calster B. et al. A calibration hierarchy for risk models was defined. J Clin Epidemiol 2016;74:167-176. doi:10.1016/j.jclinepi.2015.12.005
# - Van Calster B. et al. Calibration: the Achilles heel of predictive analytics. BMC Med 2019;17:230. doi:10.1186/s12916-019-1466-7
# - Van Calster B. et al. There is no such thing as a validated prediction model. BMC Med 2023;21:70. doi:10.1186/s12916-023-02779-w
# - Van Calster B. et al. Evaluation of performance measures in predictive artificial intelligence models to support medical decisions: overview and guidance. Lancet Digit Health 2025;7:100916. doi:10.1016/j.landig.2025.100916
# - Wilson E. B. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc 1927;22:209-212.
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
# - US Preventive Services Task Force. Screening for prediabetes and type 2 diabetes. JAMA 2021;326:736-743. doi:10.1001/jama.2021.12531
