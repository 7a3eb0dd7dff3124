# %% [markdown] slide="Prediction sets | A tool shows a set of diagnoses and promises 90% coverage. | What is promised, and to whom?" bridges="A set instead = A set lists what is still possible; it covers a patient if the truth is in it. | Turn alpha = Alpha is the share that may be missed; who is missed, it does not say. | When the share = With another share of ill, only one threshold per class keeps the promise. | What the promise does = Other people or another machine break the promise, and the display may look as sure."
# # 18.4.3 Prediction sets
#
# **For** doctors in training and their teachers. You need no code: run each cell, answer the questions, move the sliders.
# What a cell shows is explained in the text around it; the code may be passed over. What stands under "(optional)" may be skipped.
#
# **Time:** about {{reading}} minutes, and {{minutes 18.4-cdegklm}} for the exercises. Read
# [18.4.1-2](18_4_1_doubt_and_deferral.ipynb) first, or at least [18.3.1-2](18_3_1_reading_probabilities.ipynb).
#
# **Questions this section answers**
#
# - A tool shows a set of diagnoses and promises "90% coverage". What exactly is promised, and to whom?
# - Is the promise kept among the ill? And when the patients change?
# - How many patients does one need, to make such a promise and to check it?
#
# **After it you can**
#
# 1. *build* prediction sets in three steps and *state* their promise in one correct sentence,
# 2. *measure* what a set is worth among those who get it, and what the ill get,
# 3. *repair* the promise for the ill, or *set* the goal "miss at most a tenth of the ill",
# 4. *predict* what happens when the share of ill changes, and when the patients themselves change,
# 5. *say* how many cases show a broken promise.
#
# > The people of the table are real (NHANES 2017-2018). The practice, its tool and the vendor are invented. The chest films are **synthetic**: drawn by a program, so that the
# > truth about each one is known. Nothing here is medical advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import binom
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import train_test_split

from clinxai_teach import plots
from clinxai_teach.checks import Question
from clinxai_teach.conformal import (
    SplitConformalClassifier,
    conformal_calibrate,
    conformal_predict,
    conformal_quantile,
    conformal_risk_threshold,
    coverage,
    coverage_by_group,
    coverage_law,
    label_shift_weights,
    quantile_intervals,
    residual_intervals,
    set_summary,
)
from clinxai_teach.data import age_group, diabetes_split, diabetes_tool, load_film_predictions
from clinxai_teach.explorers import AlphaExplorer, PredictFirst
from clinxai_teach.intervals import clopper_pearson

plt.rcParams["font.size"] = 12


def share(hits, n):
    """Return a share with its exact 95% interval, as a text."""
    low, high = clopper_pearson(int(hits), int(n))
    return f"{hits / n:.1%} ({low:.1%} to {high:.1%})"


# %% [markdown]
# ## Warm-up: two questions on what came before

# %% fold=true
Question(
    "A tool hands over its most doubtful patients. Its sensitivity among those it keeps rises. Is the path safer?",
    {
        "Yes": "The ill who were handed over count nowhere in this number.",
        "No": "It may be. This number cannot tell.",
        "This number cannot tell": "Count the ill in the whole path: found, missed, handed over, and what the doctor does with the last.",
    },
    right="This number cannot tell",
)

# %% fold=true
Question(
    "Among 4,214 adults not told that they have diabetes, 190 have it. A rule says 'no diabetes' to everybody. How often is it right?",
    {
        "In 95.5%": "4,024 of 4,214. It finds none of the ill. Keep this number in mind for part 5.",
        "In 50%": "It would be, if half of the people were ill.",
        "Never for the ill, so in 0%": "For the ill never. But they are few.",
    },
    right="In 95.5%",
)

# %% [markdown] slide="The case goes on | For a woman of 46 the tool now shows {no diabetes}, and below: 90% coverage, guaranteed. Her doctor: so it is at least 90% sure. | Is it?"
# ## The case goes on
#
# > The vendor of the practice's diabetes tool has read about prediction sets. The new display shows no percentage any more. It shows
# > **{no diabetes}**, **{diabetes}**, or both, and below: *"90% coverage, guaranteed."* For the woman of 46 it shows {no diabetes}.
# > "So it is at least 90% sure," says her doctor.
#
# ## 1. A set instead of a number
#
# A **prediction set** is a list of the diagnoses that are not excluded. With it comes a promise: *the true diagnosis is in the set in at
# least 90% of cases* (or 95%). This share is the **coverage**. Where the model is sure, the set has one label. Where it is not, it has several,
# or none (part 3).
#
# **Conformal prediction** makes such sets out of *any* model that gives probabilities, in three steps. It needs some hundred
# **calibration patients**: with known truth, and not used in training. ("Calibration" has another sense here than in 18.3. These
# patients set a threshold; no probability is repaired.)
#
# The three steps, for the course's film model with its five findings. We accept 5% misses: $\alpha = 0.05$.
#
# 1. **Score**: how badly does the true finding fit? For each calibration film, 1 minus the probability that the model gave to what was true.
# 2. **Threshold**: the k-th smallest of the n scores, with $k = \lceil (n + 1)(1 - \alpha) \rceil$.
# 3. **Set**: for a new film, every finding whose score (1 minus its probability) is not above the threshold.

# %% fold=true
calibration, new = load_film_predictions("calibration"), load_film_predictions("test")
n, alpha = len(calibration.labels), 0.05

# 1. Score: how badly does the true finding fit? One number for each calibration film.
scores = 1 - calibration.probabilities[np.arange(n), calibration.labels]
# 2. Threshold: the k-th smallest score, with k = ceil((n + 1)(1 - alpha)).
k = math.ceil((n + 1) * (1 - alpha))
threshold = np.sort(scores)[k - 1]
# 3. Set: for a new film, every finding that fits no worse than that.
sets = 1 - new.probabilities <= threshold

# %% fold=true tags=["nbval-check-output"]
print(f"k = {k} of n = {n} calibration films")

# %% fold=true
covered = sets[np.arange(len(new.labels)), new.labels]
summary = set_summary(sets)
print(f"threshold {threshold:.2f}: a finding stays in the set if the model gives it at least {1 - threshold:.0%}")
print(f"covered: {share(covered.sum(), len(covered))} of {len(covered):,} new synthetic films; promised 95%")
print(f"sets with one finding {summary.single:.0%}, with several {summary.several:.0%}, empty {summary.empty:.0%}")

# %% claim=true
assert np.isclose(conformal_calibrate(calibration.labels, calibration.probabilities, alpha), threshold)
assert (conformal_predict(new.probabilities, threshold) == sets).all()
assert round(float(covered.mean()), 3) == 0.935
assert round(float((new.probabilities.argmax(axis=1) == new.labels).mean()), 2) == 0.87
from scipy.stats import betabinom

both_kinds = betabinom(1500, k, n + 1 - k).ppf([0.025, 0.975]) / 1500
assert [round(100 * float(end), 1) for end in both_kinds] == [93.1, 96.6]

# %% [markdown]
# **Why k, and why n + 1?** Line up the scores of the n calibration films and of one new film. If all come from the same source, in random
# order, the new one is equally likely to stand at any of the n + 1 places. So the chance that it stands at place k or before is
# k/(n + 1). We choose the first k for which this is at least $1 - \alpha$. Nothing else is used: not that the model is good, not that
# its probabilities are right. A bad model gets large sets, and keeps the promise.
#
# **Promised 95%, found 93.5%, and the whole interval lies below. Broken?** That is not shown. This interval counts the luck of the 1,500 new films only. Which 1,000 films set the threshold was luck, too (part 4).
# With both kinds of luck, 95 of 100 such draws from the same source find 93.1% to 96.6%.
#
# The property "same source, any order equally likely" is called **exchangeability**. All that can go wrong depends on this word.
#
# ## 2. What the promise says
#
# > 1. Take many hospitals, each with its own calibration patients and new patients, all from **the same source**.
# > 2. Over **all of them together**, the set contains the truth in at least 90% of cases.
# > 3. The promise says **nothing more**: nothing on this patient, on the ill, on a subgroup, or on another hospital.
#
# The first two lines are the guarantee. It is called **marginal**: on average over everybody. The third line is what is left out when somebody
# says "90% guaranteed".

# %% fold=true slide="vote" say="A prediction set {{is a list of the diagnoses ... not excluded}}. It covers a patient if the truth is in it. The promise: of patients from the same source, at least 90 of 100 are covered. | Calibration patients have a known truth and set the threshold. {{Take many hospitals ... same source}}. {{Over all of them together ... 90% of cases}}."
Question(
    "The display shows {no diabetes} with '90% coverage'. What is the chance that she has diabetes?",
    {
        "10%": "The tempting misreading: it takes the promise for a statement about her.",
        "At most 10%": "The promise is about all sets together, not about those that show this label.",
        "The promise does not say": "It is about the procedure over many patients. One kind of set can miss more often than another.",
    },
    right="The promise does not say",
)

# %% [markdown]
# **A published example.** Olsson and colleagues (2022) made sets for prostate biopsies: {benign}, {cancer}, or both, with a promise of 99.9%.
#
# | | model alone: wrong | with sets: wrong | flagged: both labels | promised: at most |
# |---|---|---|---|---|
# | 794 usual biopsies | 14 (1.8%) | 1 (0.1%) | 175 (22%) | 0.1% |
# | 179 biopsies of atypical tissue | 44 (25%) | 3 (1.7%) | 143 (80%) | 0.1% |
#
# The first row **fits** the promise: 1 of 794 is 0.13%, with an exact 95% interval from 0.003% to 0.70%. It also fits one seven times as bad; to check 0.1% takes many
# thousands. A part of the success is built in: a set with both labels cannot be wrong, so the price is the 22%
# that a pathologist must look at again. But that is the useful output: *this one needs a second look*.
#
# In the second row the promise was **broken**: 1.7% (95% 0.3% to 4.8%) is about seventeen times 0.1%. Atypical tissue is not from the
# same source as the calibration biopsies. What saved most patients was the large sets, not the guarantee. On another scanner, too, the sets were
# not valid.

# %% claim=true
of_olsson = [round(float(end), 3) for end in clopper_pearson(3, 179)]
assert (round(3 / 179, 3), *of_olsson) == (0.017, 0.003, 0.048)
assert [f"{100 * float(end):.3f}" for end in clopper_pearson(1, 794)] == ["0.003", "0.700"]
assert [round(part, 3) for part in (14 / 794, 1 / 794, 175 / 794, 44 / 179, 143 / 179)] == [
    0.018,
    0.001,
    0.22,
    0.246,
    0.799,
]

# %% [markdown]
# ## 3. Turn alpha yourself
#
# The practice's tool, as sold, among the adults not told: half of them (2,107) set the threshold, the other half are judged. Under **Data** are the films, too (500 calibrate, 1,000 are judged).

# %% fold=true slide="vote | Turn alpha | The tested half of 4,214 adults whom no doctor has told that they have diabetes. Promised 0.90: of all 2,107, 0.91 are covered; of those with diabetes 0.15 (0.08 to 0.23). | Who pays when the promise is kept on average? | Alpha (misses accepted); A threshold for" say="Alpha: the share that may be missed, here 0.1. One threshold for all: how badly a diagnosis may fit and still be in the set. | Of the adults not told, {{half of them (2,107) ... are judged}}."
PredictFirst(
    Question(
        "You promise 90% to adults whom no doctor has told that they have diabetes; 4.5% of them are ill. One threshold for all. How many of the ill are covered?",
        {
            "About 90%": "The promise is about everyone together. The many healthy can fill it alone.",
            "About 60%": "Lower than 90%, yes. The picture shows how much lower.",
            "Fewer than 25%": "If nearly all healthy people are covered, the promise is kept. The ill are not needed for it.",
        },
        right="Fewer than 25%",
    ),
    alpha_explorer := AlphaExplorer(),
)

# %% [markdown]
# **Left, above:** how badly the truth fitted in the calibration patients (the height is on a scale in which each step is ten times the last), and the
# threshold. **Left, below:** how many labels the sets hold. **Right:** the coverage of each kind of people, with its interval; a filled square lies
# below the promise with its *whole* interval. With one threshold per class, the lower is that of the healthy, the higher that of the ill. The score of this section is called *lac*; the others (aps, raps) are for part 9. Try:
#
# 1. alpha 0.1: who is covered? Then choose a threshold for *each class*. What is the price?
# 2. a threshold for *each group* (age): does that mend the row *with diabetes*?
# 3. films, alpha from 0.05 to 0.3: what happens to the sets when you promise *less* than the model can do alone?
#
# If the sliders do not move, choose *Run > Run All Cells*. The same without sliders:

# %% fold=true slide="after 3 | Other data, another alpha: the promise is only 0.70 | Alpha 0.3, 1,000 synthetic films with five findings: 0.730 are covered, as promised. To come down to that, 23.4% of the sets are empty. | What does an empty set say about a patient?"
alpha_explorer.filmstrip()

# %% [markdown]
# **An empty set is no answer.** Alpha 0.3 for the films promises less than the model can do: alone it is right in 87%. To come
# down to 70%, the threshold leaves some sets empty. A display that shows "fewer than two labels:
# confident" would count these as sure. Report empty sets apart, hand the patient to a doctor, and never read "empty" as "healthy".
#
# ## 4. How many calibration patients stand behind a promise?
#
# "Over many hospitals" (line 1): but your hospital draws *once*. How far can the coverage of one calibration set be from 90%? The theory has an exact
# answer (Vovk 2012). Among hospitals with n calibration patients each, the coverage of all later patients follows the law Beta(k, n + 1 - k), whatever
# the model and the disease (as long as no two scores are equal):

# %% fold=true slide="How many patients stand behind it? | By the theory, hospitals that promise 90% cover 0.784 to 0.982 with 20 calibration patients, and 0.884 to 0.915 with 1,000 (nine in ten hospitals). | How many patients had your vendor?" say=" | Ask the vendor for the number. With 20 patients your hospital may draw 0.784, with 1,000 hardly less than 0.884."
law = {size: coverage_law(size, 0.1) for size in (20, 50, 100, 500, 1000)}
law_table = pd.DataFrame(
    {
        "coverage of nine in ten hospitals": {
            f"{s:,}": f"{d.ppf(0.05):.3f} to {d.ppf(0.95):.3f}" for s, d in law.items()
        },
        "hospitals that cover less than 0.85": {f"{s:,}": f"{d.cdf(0.85):.1%}" for s, d in law.items()},
    }
).rename_axis("calibration patients")
law_table

# %% [markdown]
# With 100 calibration patients, nine in ten hospitals get a coverage between 0.848 and 0.945. With 1,000, between 0.884 and 0.915. So **ask how many calibration
# patients stand behind a "90%"**, and, when the ill have their own threshold (part 5), how many *ill*.
#
# **And the least number?** If k is larger than n, no threshold is high enough. Then *every label is in every set*, always: true, and useless. For alpha
# 0.1 one needs at least 9 patients, for 0.05 at least 19, for 0.001 (Olsson's) at least 999: n must be at least $1/\alpha - 1$.

# %% fold=true
Question(
    "A vendor promises 98% among patients with a rare disease and has 45 of them for calibration. What do the sets look like?",
    {
        "Smaller than with more patients": "With fewer patients one must be more careful, not less.",
        "All labels, in every set": "k = ceil(46 x 0.98) = 46 is more than 45. One needs at least 1/0.02 - 1 = 49.",
        "As usual, with a wider interval": "With 45 patients even the largest score is not high enough for 98%.",
    },
    right="All labels, in every set",
)

# %% claim=true
assert law_table.loc["100"].tolist()[0] == "0.848 to 0.945"
assert law_table.loc["1,000"].tolist()[0] == "0.884 to 0.915"
assert [
    conformal_quantile(np.arange(float(m)), a) for m, a in ((8, 0.1), (18, 0.05), (998, 0.001), (48, 0.02), (45, 0.02))
] == [math.inf] * 5
assert all(
    np.isfinite(conformal_quantile(np.arange(float(m)), a)) for m, a in ((9, 0.1), (19, 0.05), (999, 0.001), (49, 0.02))
)

# %% [markdown]
# ## 5. 90% for whom?
#
# Now the practice's tool, as sold (its sets need no repaired probabilities), among the 4,214 adults **whom it is for**: those not told that they have
# diabetes, of whom 190 have it. Each person is judged by a sister tool that has not seen her (18.3). We deal the people into two halves. Each half
# sets the thresholds for the other, so all 4,214 can be counted. One threshold for all, $\alpha = 0.1$:

# %% fold=true
tool = diabetes_tool()
for_whom = ~tool.told
y, X = tool.y[for_whom], tool.X[for_whom]
p_ill = expit(tool.z[for_whom])
p = np.column_stack([1 - p_ill, p_ill])


def sets_of_all(groups=None, alpha=0.1, seed=0):
    """Return the set of each adult not told; each half of them sets the thresholds for the other."""
    first, second = train_test_split(np.arange(len(y)), test_size=0.5, stratify=y, random_state=seed)
    sets = np.zeros((len(y), 2), dtype=bool)
    for calib, judged in ((first, second), (second, first)):
        fitted = SplitConformalClassifier(alpha).calibrate(y[calib], p[calib], groups)
        sets[judged] = fitted.predict_set(p[judged], groups)
    return sets


one_for_all = sets_of_all()


# %% fold=true
def who_gets_what(sets):
    """Return, for each kind of set, how many get it and how many of these are ill."""
    kinds = {
        "{no diabetes}": sets[:, 0] & ~sets[:, 1],
        "{diabetes}": sets[:, 1] & ~sets[:, 0],
        "both": sets.all(axis=1),
        "empty": ~sets.any(axis=1),
    }
    rows = {
        kind: {
            "people": who.sum(),
            "ill": y[who].sum(),
            "of these, ill (95%)": share(y[who].sum(), who.sum()) if who.any() else "",
            "of the 190 ill, get it": f"{y[who].sum() / y.sum():.0%}",
        }
        for kind, who in kinds.items()
    }
    return pd.DataFrame(rows).T


print(f"coverage of all: {share((one_for_all[np.arange(len(y)), y]).sum(), len(y))}; promised 90%")
print(f"coverage of the ill: {share(one_for_all[y == 1, 1].sum(), y.sum())}")
worth_one = who_gets_what(one_for_all)
worth_one

# %% [markdown]
# The coverage is what was promised. And look what it is worth:
#
# - **Of the ill, one in ten is covered.** 161 of the 190 get the set {no diabetes}. With 4.5% ill,
#   one can keep a promise of 90% without ever covering an ill person.
# - **{no diabetes} is worth nearly nothing.** Of those who get it, 4.1% are ill (95% 3.5 to 4.8%); before anybody asked the tool, 4.5% were. (Of the 279 who do not get it, 10%.)
#   The doctor's "90% sure" is a misreading, and so is "10% ill".
# - **{diabetes}**: 87% of those who get it do *not* have it. A set with one label is not a diagnosis.
# - A set was never shown with both labels: 126 people got an **empty** one. The thresholds of the two halves are 0.475 and 0.448, so a label needs 52.5% or 55.2% to stay in.
#   Who is told about 50% gets neither: the tool's doubt shows as nothing.
#
# **The repair is one word: "class".** Each class gets its own threshold, from its own calibration patients. (In the literature: class-conditional, or
# Mondrian.) In the open, it is three lines:

# %%
calibrated = SplitConformalClassifier(0.1)
calibrated.calibrate(y, p, "class")  # one threshold from the ill, one from the healthy
example = calibrated.predict_set([[0.98, 0.02], [0.86, 0.14], [0.50, 0.50]], "class")

# %% fold=true
for risk, (no, yes) in zip((2, 14, 50), example, strict=True):
    labels = [name for name, kept in (("no diabetes", no), ("diabetes", yes)) if kept]
    print(f"told {risk}%: {{{', '.join(labels)}}}")
per_class = sets_of_all("class")
print(f"coverage of all: {share(per_class[np.arange(len(y)), y].sum(), len(y))}")
worth_class = who_gets_what(per_class)
worth_class

# %% fold=true slide="90% for whom? | All 4,214 now, each half tested by the other. One threshold: 0.90 of all are covered, of the 190 with diabetes 0.11 (0.07 to 0.16). One per class: 0.90 and 0.90 (0.85 to 0.94). | What is the price?" say="Alpha: the share that may be missed, here 0.1. A threshold: how badly a diagnosis may fit and still be in the set; it is learned from patients with a known truth. One for all, or one per class: one learned from the ill, another from the healthy. | About half of the people get both labels. And the young ill are still missed: of those under 40, 10 of 20 are covered."
age = age_group(X["age_years"])
disease = np.where(y == 1, "with diabetes", "no diabetes")
short_age = pd.Series(age).replace({"20-39 years": "20-39", "40-59 years": "40-59", "60 and over": "60+"}).to_numpy(str)
kind_of_people = np.char.add(np.where(y == 1, "ill, ", "healthy, "), short_age)
figure = plt.figure(figsize=(9.6, 4.6))
descriptions = []
for place, (how, these) in enumerate({"one threshold": one_for_all, "one per class": per_class}.items()):
    axes = figure.add_axes((0.225 + 0.5 * place, 0.17, 0.185, 0.7))
    parts = pd.concat([coverage_by_group(y, these, by) for by in (np.full(len(y), "all"), disease, kind_of_people)])
    plots.Coverage(axes, len(parts)).move(
        [f"{name} ({count:,})" for name, count in parts["n"].items()],
        *(parts[column].to_numpy() for column in ("coverage", "ci_low", "ci_high")),
        0.9,
        f"{how}: {set_summary(these).several:.0%} get both",
    )
    descriptions.append(
        f"{how}, {set_summary(these).several:.0%} get both labels: "
        + ", ".join(
            f"{name} {part['coverage']:.2f} ({part['ci_low']:.2f} to {part['ci_high']:.2f})"
            for name, part in parts.iterrows()
        )
    )
plots.show(
    figure,
    "Coverage among 4,214 adults not told, promised 0.90 (dashed). "
    + "; ".join(descriptions)
    + ". A filled square lies below the promise with its whole interval.",
)

# %% [markdown]
# Now 90% of the ill are covered, and 90% of the healthy. **{no diabetes}** means something: of those who get it, 1.1% are ill, a quarter of the 4.5% before.
# **The price** is that half of the people get both labels. The doubt was there all the time; now it shows. ({diabetes} still means
# 12.5%: a reason for a test, not a diagnosis.)
#
# The ages have *not* been mended: look at the lower six rows, and ask at each age for the ill *and* the healthy.
#
# - **The young ill are missed.** Of the ill under 40, 10 of 20 are covered: 50% (95% 27 to 73%). The other ten get {no diabetes}. From 40 to 59 it is 69 of 75, from 60 on 92 of 95. So "90% of the ill" is an average of a half and nearly all.
# - **The old healthy are alarmed.** Of the healthy of 60 and over 78% are covered (75 to 80%); the others get {diabetes}. That is why only 79% of *all* people of that age are covered.
#
# A coverage by age alone would have said: "young 99%, old 79%", and hidden who is missed. Class thresholds repair the classes, not the ages. One can calibrate by age instead, and the classes break again (try it in the
# explorer). You must choose what to promise; more groups need more calibration patients. To promise 90% to *every* patient, for any data, cannot be done in a useful way (Foygel Barber 2021).
#
# **How sure is the 90% of the ill?** Their threshold rests on the *ill* of the calibration half: 95 people, not 2,107. By the law of part 4, nine in ten hospitals with 95 ill get between 0.85 and 0.95. A hospital draws
# once. So we deal 100 times, calibrate on one half and count in the other half *alone*. The table shows the mean (lowest to highest of 100, so wider than the law's range).

# %% fold=true
rows = {}
for how, groups in {"one threshold": None, "one per class": "class"}.items():
    runs = []
    for seed in range(100):
        calib, judged = train_test_split(np.arange(len(y)), test_size=0.5, stratify=y, random_state=seed)
        these = SplitConformalClassifier(0.1).calibrate(y[calib], p[calib], groups).predict_set(p[judged], groups)
        truth, several = y[judged], set_summary(these).several
        runs.append([coverage(truth, these), these[truth == 1, 1].mean(), these[truth == 0, 0].mean(), several])
    mean, least, most = (f(runs, axis=0) for f in (np.mean, np.min, np.max))
    rows[how] = [f"{m:.2f} ({a:.2f} to {b:.2f})" for m, a, b in zip(mean, least, most, strict=True)]
one_half = pd.DataFrame(rows, index=["all", "the ill", "the healthy", "get both labels"]).T
one_half

# %% claim=true
assert worth_one["people"].tolist() == [3935, 153, 0, 126]
assert worth_one["ill"].tolist() == [161, 20, 0, 9]
assert round(161 / 3935, 3) == 0.041
assert [round(100 * float(end), 1) for end in clopper_pearson(161, 3935)] == [3.5, 4.8]
assert (4214 - 3935, round((190 - 161) / (4214 - 3935), 2)) == (279, 0.10)
of_halves = [
    conformal_calibrate(y[half], p[half], 0.1)
    for half in train_test_split(np.arange(len(y)), test_size=0.5, stratify=y, random_state=0)
]
assert sorted(round(float(t), 3) for t in of_halves) == [0.448, 0.475]
in_set = per_class[np.arange(len(y)), y]
who_is = [(in_set[(age == a) & (y == d)].sum(), ((age == a) & (y == d)).sum()) for d in (1, 0) for a in np.unique(age)]
assert who_is == [(10, 20), (69, 75), (92, 95), (1435, 1440), (1198, 1296), (999, 1288)]
assert [round(100 * float(end)) for end in (*clopper_pearson(10, 20), *clopper_pearson(999, 1288))] == [27, 73, 75, 80]
assert round(float(in_set[age == "20-39 years"].mean()), 2) == 0.99
assert [round(float(end), 2) for end in coverage_law(95, 0.1).ppf([0.05, 0.95])] == [0.85, 0.95]
assert one_half["the ill"].tolist() == ["0.10 (0.04 to 0.17)", "0.91 (0.79 to 0.98)"]
assert round(1 - 20 / 153, 2) == 0.87
assert round(coverage(y, one_for_all), 3) == 0.900
assert worth_class["people"].tolist()[:3] == [1708, 448, 2058]
assert [round(19 / 1708, 3), round(56 / 448, 3)] == [0.011, 0.125]
assert worth_class["ill"].tolist()[:3] == [19, 56, 115]
assert (
    round(per_class[age == "60 and over"][np.arange((age == "60 and over").sum()), y[age == "60 and over"]].mean(), 2)
    == 0.79
)
assert example.tolist() == [[True, False], [True, True], [False, True]]

# %% [markdown]
# ## 6. "Miss at most a tenth of the ill"
#
# Perhaps this is what you wanted to promise all along. It needs no sets: only a cut-off on the risk, learned from ill calibration patients. For
# each possible cut-off count the ill below it. Take the highest one at which (missed + 1)/(ill + 1) is at most 10%; the "+ 1" is the new patient,
# counted as missed to be careful. (This is **conformal risk control**, Angelopoulos 2024. The loss may be another one from 0 to 1,
# such as the share of a lesion that a contour leaves out, if it can only fall when more is called.)


# %% fold=true
def in_halves(seed=0):
    """Return the people dealt into two halves."""
    return train_test_split(np.arange(len(y)), test_size=0.5, stratify=y, random_state=seed)


first, second = in_halves()


def call_back(alpha, seed=0):
    """Return who is called back for a test, so that at most a share alpha of the ill is missed on average."""
    called, halves = np.zeros(len(y), dtype=bool), in_halves(seed)
    for calib, judged in (halves, halves[::-1]):
        ill = 1 - p_ill[calib][y[calib] == 1]  # small = sure of the disease
        cut_offs = np.unique(ill)
        missed = ill[:, None] > cut_offs  # who of the ill is missed at which cut-off
        called[judged] = 1 - p_ill[judged] <= conformal_risk_threshold(missed, cut_offs, alpha)
    return called


# %% fold=true
rows = {}
for goal in (0.05, 0.10, 0.20):
    called = call_back(goal)
    halves = [(in_halves(seed)[1], call_back(goal, seed)) for seed in range(20)]
    lost = [(~called_then & (y == 1))[half].sum() / y[half].sum() for half, called_then in halves]
    rows[f"at most {goal:.0%}"] = {
        "ill missed, of 190 (95%)": share(y[~called].sum(), y.sum()),
        "in one half, 20 dealings": f"{min(lost):.0%} to {max(lost):.0%}",
        "called back, of 4,214": f"{called.sum():,} ({called.mean():.0%})",
        "of these, ill": f"{y[called].mean():.1%}",
        "of the others, ill": f"{y[~called].mean():.1%}",
    }
goals = pd.DataFrame(rows).T
goals

# %% [markdown]
# The goals are kept **on average over calibrations**, as promised; one clinic with 95 ill to calibrate on may miss more (second column: a half alone, in 20 dealings). And here the weakness of the *tool* shows, in a form that a clinic can discuss: to miss at most 10% of the ill, it must call back
# 59% of everybody, and at most 5% needs 72%. Calling back people by chance would need 90% and 95%. (At 10% the cut-off *is* the class
# threshold of the ill in part 5: called back are the 448 + 2,058 = 2,506 whose set holds diabetes.)
#
# ## 7. When the share of ill changes
#
# The tool moves: to a screening at a fair (5% ill), to a clinic to which doctors send whom they suspect (20%), to a diabetes ward (50%). Suppose that the
# ill are like our ill and the healthy like our healthy; only the **mix** differs. This is called **label shift**. We can make it from our 4,214
# people: each counts with a weight, so that the ill make up 5%, 20% or 50%.

# %% fold=true slide="vote" say="One threshold per class: one is learned from the ill, another from the healthy."
Question(
    "Calibrated where 4.5% are ill, used where 20% are ill. Which sets still keep their 90%?",
    {
        "Those with one threshold per class": "90% of the ill and 90% of the healthy: in any mix, this makes 90%, if both are like those that set the thresholds.",
        "Those with one threshold for all": "They kept the promise by the many healthy. Now these are fewer.",
        "Both": "One of them relied on the mix.",
        "None": "One of them does not depend on the mix at all.",
    },
    right="Those with one threshold per class",
)


# %% fold=true
def known_mix(prevalence, alpha=0.1):
    """Return the sets when the new share of ill is known: calibration patients count by weight."""
    sets = np.zeros((len(y), 2), dtype=bool)
    for calib, judged in ((first, second), (second, first)):
        weights = label_shift_weights(y[calib], prevalence)
        scores = 1 - p[calib][np.arange(len(calib)), y[calib]]
        for label in (0, 1):  # a new patient's weight is that of the class that is asked about
            new_weight = weights[y[calib] == label][0]
            allowed = conformal_quantile(scores, alpha, weights=weights, new_weight=new_weight)
            sets[judged, label] = 1 - p[judged, label] <= allowed
    return sets


rows = {}
for prevalence in (0.05, 0.20, 0.50):
    there = label_shift_weights(y, prevalence)
    kinds = {"one threshold": one_for_all, "one, with weights": known_mix(prevalence), "one per class": per_class}
    for how, these in kinds.items():
        only_no = these[:, 0] & ~these[:, 1]
        rows[f"{prevalence:.0%} ill", how] = {
            "covered": (there * these[np.arange(len(y)), y]).mean(),
            "of the ill": these[y == 1, 1].mean(),
            "both labels": (there * these.all(axis=1)).mean(),
            "{no diabetes}: ill": (there * y * only_no).sum() / (there * only_no).sum(),
        }
mixes = pd.DataFrame(rows).T
mixes.round(2)

# %% [markdown]
# - **One threshold**: 0.90 at 5%, 0.77 at 20%, 0.52 at 50%. By hand, at 20%: 0.20 x 0.11 + 0.80 x 0.94 = 0.77.
# - **One per class** holds at every mix.
# - If the new mix is *known*, the calibration patients can be **weighted** (Podkopaev 2021), and one threshold holds again. At 5% this
#   means again: hardly any ill person is covered.
# - But look at the last column. What {no diabetes} is **worth** changes with the mix, also where the coverage holds: 1% ill, 6%, 19%. Coverage is
#   not predictive value. (18.3: the same sensitivity, another PPV.)
#
# All this holds only as long as the ill are *like our ill*. At a diabetes ward they would be more ill. That is no label shift any more.

# %% claim=true
assert mixes["covered"].xs("one threshold", level=1).round(2).tolist() == [0.90, 0.77, 0.52]
assert mixes["covered"].xs("one per class", level=1).between(0.88, 0.92).all()
assert mixes["covered"].xs("one, with weights", level=1).between(0.88, 0.92).all()
assert mixes["{no diabetes}: ill"].xs("one per class", level=1).round(2).tolist() == [0.01, 0.06, 0.19]
assert (call_back(0.1) == per_class[:, 1]).all()
assert 448 + 2058 == call_back(0.1).sum() == 2506
assert round(0.20 * 0.11 + 0.80 * 0.94, 2) == round(mixes.loc[("20% ill", "one threshold"), "covered"], 2)
assert (int(y[~call_back(0.1)].sum()), round(call_back(0.1).mean(), 2), round(call_back(0.05).mean(), 2)) == (
    19,
    0.59,
    0.72,
)

# %% [markdown]
# ## 8. What the promise does not survive
#
# **Age.** Calibrate on people under 60 only, and use the sets at 60 and over. The class thresholds have just survived every mix. Do they survive this?

# %% fold=true
old = age == "60 and over"
rows = {}
for how, groups in {"one threshold": None, "one per class": "class"}.items():
    from_young = SplitConformalClassifier(0.1).calibrate(y[~old], p[~old], groups)
    these, truth = from_young.predict_set(p[old], groups), y[old]
    hit = these[np.arange(len(truth)), truth]
    rows[how] = {
        "covered (95%)": share(hit.sum(), len(truth)),
        "of the ill": share(hit[truth == 1].sum(), (truth == 1).sum()),
        "of the healthy": share(hit[truth == 0].sum(), (truth == 0).sum()),
    }
aged = pd.DataFrame(rows).T
aged

# %% [markdown]
# No. The healthy of 60 and over are not like the healthy under 60: the tool gives them higher risks. With class thresholds, half of them get a
# set without the truth. **A promise goes with its source.** Weights for the mix or for age do not help here: they need calibration people of that age, and there are none.
#
# **Machines.** The same with films: the threshold of part 1, promised 95%, on films taken in four other ways.

# %% fold=true slide="Another machine, another promise | Promised 95%, synthetic films. From the machine as calibrated 93.5% (92.2% to 94.7%) are covered; of another vendor's 400 films 24.2% (20.1% to 28.8%). | Does the display look any less sure?" say="Films with five findings: a set lists those that are still possible. Covered: the truth is in it. | No: of the other vendor's films, more sets than at home hold one finding only. They look sure, and of these 78% are wrong."
rows = {}
ways = {
    "as calibrated": "test",
    "portable": "portable",
    "low dose": "low_dose",
    "another vendor": "other_vendor",
    "children": "child",
}
for way, shift in ways.items():
    films = load_film_predictions(shift)
    these = conformal_predict(films.probabilities, threshold)
    hit = these[np.arange(len(films.labels)), films.labels]
    rows[way] = {
        "films": f"{len(hit):,}",
        "covered (95%)": share(hit.sum(), len(hit)),
        "sets with one finding": f"{set_summary(these).single:.0%}",
        "of these, wrong (95%)": share((~hit & (single := these.sum(axis=1) == 1)).sum(), single.sum()),
    }
abroad = pd.DataFrame(rows).T
abroad

# %% claim=true
the_vendors = load_film_predictions("other_vendor")
assert coverage(the_vendors.labels, conformal_predict(the_vendors.probabilities, threshold)) < 0.8
assert (
    set_summary(conformal_predict(the_vendors.probabilities, threshold)).single
    > set_summary(conformal_predict(load_film_predictions("test").probabilities, threshold)).single
)
assert coverage(the_vendors.labels, conformal_predict(the_vendors.probabilities, threshold)) < 0.25
of_home, of_vendor = (
    float(abroad.loc[row, "of these, wrong (95%)"].split("%")[0]) for row in ("as calibrated", "another vendor")
)
assert of_vendor > 3 * of_home
assert of_vendor == 77.5
shares_of_shifts = abroad["covered (95%)"].str.split("%").str[0].astype(float)
assert shares_of_shifts.drop("as calibrated").max() == shares_of_shifts["children"] < 86
assert abroad.loc["children", "sets with one finding"] < abroad.loc["as calibrated", "sets with one finding"]

# %% [markdown]
# All four lie below 95% with their whole interval. On the children's films (85%) fewer sets than at home have one finding, as on portable and low-dose films: some doubt shows. Yet of the single findings there, 45% (portable), 38% (low dose) and 11% (children) are wrong. On another vendor's three of four sets miss the truth, and yet nine of ten have one
# finding, more than at home: they *look* sure, and of these 78% are wrong (last column). A set of one finding is no sign that the promise holds.
#
# **What can a few dozen films show?** Coverage can be measured: take films with known truth from the new machine, and see whether the exact 95% interval lies
# below the promise. Say that 0.90 was promised. How often does such a test see a fall?


# %% fold=true
def power(n, true_coverage, promise=0.9):
    """Return how often the exact 95% interval from n films lies below the promise."""
    broken = [hits for hits in range(n + 1) if clopper_pearson(hits, n)[1] < promise]
    return binom(n, true_coverage).pmf(broken).sum()


seen = pd.DataFrame(
    {f"falls to {true:.2f}": {n: power(n, true) for n in (24, 49, 100, 200, 400)} for true in (0.50, 0.75, 0.80, 0.85)}
).rename_axis("films")
seen.map("{:.0%}".format)

# %% [markdown]
# A collapse to 0.50 shows with two dozen films. A fall to 0.80, which means twice as many misses as promised, shows with 49 films in only about half of the
# cases, and a fall to 0.85 needs several hundred. So **"we tested 30 films and saw no break" excludes a collapse, and hardly anything else.** Say before the test which fall you want to
# see. Test again after each change of machine. And the more films, the more the luck of the calibration counts: with 1,000 calibration films and *nothing* changed, 1,500 new films look like a break in about one test in ten.
# So compare with the coverage at home, too.

# %% claim=true
assert seen.loc[24, "falls to 0.50"] > 0.98
assert 0.45 < seen.loc[49, "falls to 0.80"] < 0.6
from scipy.stats import betabinom

for promised, first_k in ((0.9, 901), (0.95, 951)):
    looks_broken = [hits for hits in range(1501) if clopper_pearson(hits, 1500)[1] < promised]
    assert 0.09 < betabinom(1500, first_k, 1001 - first_k).pmf(looks_broken).sum() < 0.11
assert seen.loc[200, "falls to 0.85"] < 0.6 < 0.8 < seen.loc[400, "falls to 0.85"]

# %% [markdown]
# ## 9. Which score? A box for readers of papers (optional)
#
# The promise holds for any score that is fixed before calibration. This section used one: **LAC** (Sadinle 2019), 1 minus the probability of the label. Papers use
# others. Sort the labels of one patient from the most to the least likely:
#
# | score | counts, for one label | sets |
# |---|---|---|
# | **LAC** | 1 - its probability | smallest on average; can be empty |
# | **APS** (Romano 2020), ours | the probabilities of all labels **above** it | never empty: the top label counts 0 |
# | **APS, randomized** | the same, and a random part of its own | hits the promise exactly, by a coin toss; can be empty where the model is *sure* |
# | **RAPS** (Angelopoulos 2021) | as APS, and a price for each further label | shorter where there are a hundred labels |
#
# The well-known notebook of Angelopoulos and Bates calls APS what counts the label's **own** probability in full. That keeps the promise, too. But with
# a confident model a label is then left out *because* it is very likely: the clearest patients get empty sets. So the same name and
# the same promise can show opposite displays. **Ask which score was used, and what an empty set means.**
#
# ## Back to the case
#
# What did the woman's set mean, and what became of her?

# %% fold=true tags=["nbval-check-output"]
her = np.flatnonzero(X.index == 586)[0]
names = np.array(["no diabetes", "diabetes"])
for how, these in {"one threshold": one_for_all, "one per class": per_class}.items():
    print(f"{how}: {{{', '.join(names[these[her]])}}}")
called = call_back(0.10)
print(f"'miss at most a tenth of the ill': {'called back' if called[her] else 'not called back'}")
print(f"Her HbA1c: {tool.audit['hba1c_percent'][for_whom].iloc[her]}%. (Diabetes: 6.5% or more.)")

# %% [markdown] slide="key points | without: Score, k-th; A goal that; Small alpha | Back to the case | {no diabetes} said next to nothing about her: of those who get it 4.1% are ill (3.5% to 4.8%), of all 4.5%. With a threshold per class her set shows both labels: test her. Her HbA1c: no diabetes." say=" || A 90% set = {Answer 1}: the promise is about many patients, not about this one. | {no = {Answer 1}: it is not about those who get this set, either. | Coverage in all = {90% for whom}: 0.90 of all are covered, and 0.11 of those with diabetes. | An empty set = {Other data}: the sets were emptied to come down to 0.70; they are no answers."
# The vendor's set, {no diabetes}, said next to nothing about her: of those who get it, 4.1% are ill instead of 4.5%. The set with class thresholds shows both labels: *this
# tool cannot exclude diabetes in her*. By the goal "miss at most a tenth", she is called back for the blood test. She was tested, as everybody in the survey, and
# **does not have diabetes**. The vendor's set was right about her, as it is about 94% of the healthy; it also says {no diabetes} to 161 of the 190 who have it.
#
# | Question to the maker | What you hope to hear |
# |---|---|
# | "90% coverage": over whom, calibrated on how many, when? | people like ours, this year; with thresholds per class some hundreds of *ill* |
# | And among the ill? Among the ill of my subgroup? | a table with intervals; thresholds per class |
# | Of those who get each set, how many are ill? | a table, at our share of ill |
# | What does it show for an empty set, and by which score? | "no answer", never "normal" |
# | How was it tested on our machine? | enough films to see the fall that matters |
#
# What does *not* carry over: our numbers. We did not use the survey's weights, and 190 ill people are few.
#
# ## Three questions to take away
#
# Answer first, then open.
#
# **1.** Sets with one threshold per class were calibrated in a hospital where 20% have the disease. They go to a practice where 5% have it. Does the promise hold? Is
# {disease} worth the same?
#
# <details><summary>A model answer</summary>
# If the ill there are like the ill here and the healthy like the healthy, the coverage of each class holds, and so the total. With one threshold for all it need not: that promise
# depends on the mix. What {disease} is worth falls in any case: among fewer ill people, more of those who get it are healthy. Often the ill in a practice are also less ill,
# and then nothing holds: calibrate there.
# </details>
#
# **2.** You want to miss at most 5% of the patients with a stroke. There are 30 stroke patients for calibration. What do you do?
#
# <details><summary>A model answer</summary>
# Use a cut-off learned from the stroke patients alone, by (missed + 1)/(ill + 1) at most 5%. With 30 of them even nobody missed gives 1/31 = 3.2%, so the cut-off is the
# lowest risk among them: allowed, but it depends on one patient. With 18 or fewer it could not be done at all (1/19 is more than 5%). Say how many people are called back for it.
# </details>
#
# **3.** A colleague has tried the sets on 36 films from the new scanner: 31 covered, promised 90%. "No break." What do you answer?
#
# <details><summary>A model answer</summary>
# 31 of 36 is 86%, with an exact interval of about 71% to 95%. So a <em>collapse</em>, to 50% or 60%, is excluded: that much was shown. A fall to 80%, twice as many misses, is not: it would be seen with 36 films in fewer than half of
# all such tests. "No break" says more than the 36 films do. Decide which fall matters, and take 100 to 400 films.
# </details>
#
# ## Discuss
#
# 1. Half of the people get both labels. Who does the extra work, and is it worth it? Who would have paid if the doubt had stayed hidden?
# 2. Choose alpha for a test that must *rule out* a disease, and for one that must *confirm* it. Who is harmed by a large set, who by a miss?
# 3. By age, or by class? You cannot promise both with 190 ill people. Who should choose?
#
# ## Key points
#
# - Score, k-th smallest with k = ⌈(n + 1)(1 − α)⌉, set. The promise holds with any model, on average, for patients from the same source.
# - The promise can be kept without covering the ill, or without the *young* ill. Ask for the coverage of the ill in each group, and for what each set is worth.
# - One threshold per class mends it for the ill, in any mix, not for the young among them. The price is more sets with both labels.
# - A goal that can be set is "miss at most x% of the ill". It is kept on average; its price is who is called back.
# - A promise need not survive other people or another machine. A few dozen cases show only a collapse.
# - An empty set is no answer.
#
# ## Exercises
#
# {{Count 18.4-cdegklm}} exercises, with hints and solutions:
# [exercises/18_4_3_prediction_sets.ipynb](../exercises/18_4_3_prediction_sets.ipynb). {{coding 18.4-cdegklm}}
#
# For coders: the chapter's line for the threshold, and what became of it, is in [the appendix](appendix_listings.ipynb).

# %% claim=true
assert tuple(round(float(end), 2) for end in clopper_pearson(31, 36)) == (0.71, 0.95)
assert clopper_pearson(31, 36)[0] > 0.70
assert 0.35 < power(36, 0.80) < 0.5

# %% [markdown]
# ## An interval for a number (optional)
#
# The same idea works for a number: HbA1c, in percent, from the same 13 measurements, among the adults not told. The score is the absolute error; the interval is the
# prediction plus and minus the k-th smallest error, of one width for all. **Conformalized quantile regression** (CQR, Romano 2019) lets the model predict a low and a
# high value itself, and moves both ends until the promise holds. Then the width can differ from person to person.

# %% fold=true
people = diabetes_split(people="not told")
every = tool.audit["hba1c_percent"]
settings = {"max_depth": 3, "learning_rate": 0.05, "max_iter": 150, "random_state": 0}
target, truth_calib = every[people.X_train.index], every[people.X_calib.index]
truth = every[people.X_test.index].to_numpy()
middle = HistGradientBoostingRegressor(**settings).fit(people.X_train, target)
ends = [
    HistGradientBoostingRegressor(loss="quantile", quantile=q, **settings).fit(people.X_train, target)
    for q in (0.05, 0.95)
]
intervals = {
    "one width": residual_intervals(truth_calib, middle.predict(people.X_calib), middle.predict(people.X_test)),
    "CQR": quantile_intervals(
        truth_calib, *(end.predict(part) for part in (people.X_calib, people.X_test) for end in ends)
    ),
}
rows = {}
for name, interval in intervals.items():
    inside, width = (interval.low <= truth) & (truth <= interval.high), interval.high - interval.low
    ill = truth >= 6.5
    crosses = (interval.low < 6.5) & (interval.high >= 6.5)
    rows[name] = {
        "covered (95%)": share(inside.sum(), len(inside)),
        "of those with 6.5% or more": share(inside[ill].sum(), ill.sum()),
        "mean width": f"{width.mean():.1f}",
        "interval holds 6.5%": f"{crosses.mean():.0%}",
    }
pd.DataFrame(rows).T

# %% [markdown]
# The promise is kept overall, and of those with 6.5% or more most are not covered: nothing was promised for them (part 2). And an interval is useful only where a decision falls: of a person whose interval is 5.1 to 7.3, one knows nothing
# about the limit of 6.5%. She needs the blood test. Where the whole interval lies below, one may wait, as far as the promise holds for such people.

# %% claim=true
for one in intervals.values():
    held = (one.low <= truth) & (truth <= one.high)
    assert 0.86 < held.mean() < 0.94
    assert held[truth >= 6.5].mean() < 0.5

# %% [markdown]
# ## References
#
# - Angelopoulos A. N., Bates S. A gentle introduction to conformal prediction and distribution-free uncertainty quantification. Found Trends Mach Learn 2023;16(4). doi:10.1561/2200000101, arXiv:2107.07511
# - Angelopoulos A. N. et al. Uncertainty sets for image classifiers using conformal prediction. ICLR 2021. arXiv:2009.14193
# - Angelopoulos A. N. et al. Conformal risk control. ICLR 2024. arXiv:2208.02814
# - Foygel Barber R. et al. The limits of distribution-free conditional predictive inference. Information and Inference 2021. arXiv:1903.04684
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (This course follows it.)
# - Olsson H. et al. Estimating diagnostic uncertainty in artificial intelligence assisted pathology using conformal prediction. Nat Commun 2022;13:7761. doi:10.1038/s41467-022-34945-8
# - Podkopaev A., Ramdas A. Distribution-free uncertainty quantification for classification under label shift. UAI 2021. arXiv:2103.03323
# - Romano Y. et al. Conformalized quantile regression. NeurIPS 2019. arXiv:1905.03222
# - Romano Y. et al. Classification with valid and adaptive coverage. NeurIPS 2020. arXiv:2006.02544
# - Sadinle M. et al. Least ambiguous set-valued classifiers with bounded error levels. JASA 2019. arXiv:1609.00451
# - Vovk V. Conditional validity of inductive conformal predictors. ACML 2012. arXiv:1209.2673
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
