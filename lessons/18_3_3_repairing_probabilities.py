# %% [markdown] slide="Repairing probabilities | A tool is wrong about risk. | Which repair mends what, and how many ill people does it need?"
# # 18.3.3 Repairing probabilities
#
# **For** doctors in training and their teachers. You need no code: run each cell, answer the questions, move the sliders.
# What stands under a heading "For coders" may be skipped.
#
# **Time:** about {{reading}} minutes, and {{minutes 18.3-acdefglmn}} for the exercises. Read
# [18.3.1-2](18_3_1_reading_probabilities.ipynb) first.
#
# **Questions this section answers**
#
# - A tool is wrong about risk. Which repair mends what, and how many ill people does it need?
# - Does the repair matter for what I do?
# - Is the repaired tool right for my patient's group?
#
# **After it you can**
#
# 1. *choose* the smallest repair that mends a fault: intercept only, logistic recalibration (Platt), temperature, refit,
# 2. *apply* a repair to people from whom it was not learned,
# 3. *translate* miscalibration into net benefit at the threshold where a clinic acts,
# 4. *look* at groups after a repair, with intervals,
# 5. *compute* what an alert is worth from sensitivity, specificity and prevalence.
#
# > The people of the table are real (NHANES 2017-2018). The practice, the tool and its leaflet are invented. The chest films are **synthetic**. Nothing here is medical advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.special import expit, softmax
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from clinxai_teach import plots
from clinxai_teach.calibration import (
    InterceptRecalibration,
    PlattScaling,
    TemperatureScaling,
    calibration_null_band,
    calibration_slope_intercept,
    expected_calibration_error,
    net_benefit,
    observed_expected_ratio,
    scaled_brier_score,
    smooth_calibration_curve,
)
from clinxai_teach.checks import Question
from clinxai_teach.data import diabetes_tool, load_film_predictions
from clinxai_teach.explorers import PredictFirst, TemperatureExplorer
from clinxai_teach.intervals import wilson_interval

plt.rcParams["font.size"] = 12


def interval(measure, y, *ps, n_resamples=300):
    """Return the 95% bootstrap interval of measure(y, p, ...): the same people, drawn again with replacement."""
    drawn = np.random.default_rng(0).integers(0, len(y), (n_resamples, len(y)))
    return np.quantile([measure(y[rows], *(p[rows] for p in ps)) for rows in drawn], [0.025, 0.975])


# %% [markdown]
# ## Warm-up: three questions on what came before

# %% fold=true
Question(
    "A tool has O/E 1.0 and a calibration slope of 0.5. What is wrong?",
    {
        "Nothing: it is right on average": "Right on average it is. But too low for low risks and too high for high ones can cancel out.",
        "It is too extreme": "High risks are too high and low risks too low; on average this cancels out.",
        "It is too timid": "Then the slope would be above 1.",
    },
    right="It is too extreme",
)

# %% fold=true
Question(
    "In a report, 804 of the 994 ill people had been told of their disease before. The tool is meant to find unknown disease. The report's O/E is ...",
    {
        "a good guess for your patients": "It holds for a mixture of people that will never sit in your waiting room.",
        "right for other people than yours": "Among those who did not know, the tool said more than three times too much.",
        "wrong": "It was computed correctly, of the wrong people.",
    },
    right="right for other people than yours",
)

# %% fold=true
Question(
    "What decides how wide the interval of an O/E is?",
    {
        "The number of people": "Only a little: a thousand healthy people hardly tell how often the disease happens.",
        "The number of ill people": "With 10 of them the interval is useless, with 200 it is about a seventh to each side.",
        "The AUC": "The AUC is about order, O/E about the average.",
    },
    right="The number of ill people",
)

# %% [markdown] slide="The case goes on | 4,214 real adults not told of diabetes: the tool expects 690 ill, and 190 are. A woman of 46, Asian American, was told 14%. An invented practice has some 840 blood tests, about 38 ill. | Can these repair it?" say="Not told: no doctor has told them that they have diabetes."
# ## The case goes on
#
# > The practice has bought a tool for adults **not known to have diabetes**. Its leaflet was honest about other people. Among
# > those it is for, it expects 690 ill of 4,214, and 190 are. A woman of 46, Asian American, body mass index 21.9, was told
# > **14%**. The rule of the house: at **10% or more**, a blood test (HbA1c).
# >
# > The practice has the blood tests of some 840 of its patients, made whatever the tool said; about 38 of them were ill. Can
# > these repair the tool?
#
# ## 1. A ladder of repairs
#
# All repairs change the logit $z$ of what the tool says, with the same formula as the slope and the intercept of 18.3.1-2:
#
# $$p_{\text{repaired}} = \sigma(\alpha + \beta z)$$
#
# | step | what it learns | its names |
# |---|---|---|
# | **intercept only** | $\alpha$; $\beta$ stays 1 | recalibration in the large |
# | **logistic recalibration** | $\alpha$ and $\beta$ | **Platt scaling** |
# | **refit** | a new model from the same measurements | model revision |
#
# Beside the ladder stands **temperature scaling**: $\sigma(z / T)$. It is the formula with $\alpha = 0$ and $\beta = 1/T$. It has
# a home of its own, where there are more than two classes (section 6).
#
# Two rules for all of them. A repair is learned from people **whom the tool has not been trained on** (on its training
# people a flexible model looks nearly perfect; exercise 18.3-c). And it is judged on **other people again**. So for each of
# our five parts of people, the repair is learned from another part: some 840 people, 38 of them ill. Think of five practices:
# each learns, and its neighbour is judged.

# %%
tool = diabetes_tool()
for_whom = ~tool.told
y = tool.y[for_whom]


def repair(method, tool=tool, learners=for_whom):
    """Return what the repaired tool says to each adult not told, learned each time from another part of them."""
    p = np.empty(len(tool.y))
    for k in range(5):
        judged = tool.part == k
        learn = learners & (tool.part == (k + 1) % 5)
        fitted = method().fit(tool.z_calib[learn], tool.y[learn])
        p[judged] = fitted.predict_proba(tool.z[judged])[:, 1]
    return p[for_whom]


# %% fold=true
def refit():
    """Return the same for a new model: logistic regression on the 13 measurements, learned from the same few people."""
    p = np.empty(len(tool.y))
    for k in range(5):
        learn = for_whom & (tool.part == (k + 1) % 5)
        model = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()).fit(tool.X[learn], tool.y[learn])
        p[tool.part == k] = model.predict_proba(tool.X[tool.part == k])[:, 1]
    return p[for_whom]


METHODS = {"temperature": TemperatureScaling, "intercept only": InterceptRecalibration, "Platt": PlattScaling}
repaired = {
    "as sold": expit(tool.z[for_whom]),
    **{name: repair(method) for name, method in METHODS.items()},
    "refit": refit(),
}

# %% claim=true
learners_of = [for_whom & (tool.part == k) for k in range(5)]
assert all((int(part.sum()), int(tool.y[part].sum())) in ((843, 38), (842, 38)) for part in learners_of)

# %% fold=true slide="vote" say="Logit: the risk on another scale. Platt: new logit = alpha + beta x old logit; both are learned from some 840 people, about 38 ill. AUC: how well ill and healthy are put in order."
Question(
    "To the 4,214 adults not told the tool says too much at every level, on average more than three times. What will Platt do to its AUC?",
    {
        "It rises": "Many hope for it. But the order of the people stays as it is.",
        "It stays the same": "alpha + beta z with beta > 0 moves all people, and nobody overtakes anybody.",
        "It falls by a lot": "It would, if many people changed places.",
    },
    right="It stays the same",
    why="4,214 adults not told of diabetes: AUC 0.74 as sold, 0.74 after Platt.",
)

# %% fold=true
oe = observed_expected_ratio


def slope(y, p):
    """Return the calibration slope."""
    return calibration_slope_intercept(y, p).slope


rows = {}
for name, p in repaired.items():
    low, high = interval(oe, y, p), interval(slope, y, p)
    rows[name] = {
        "AUC": f"{roc_auc_score(y, p):.2f}",
        "O/E (95%)": f"{oe(y, p):.2f} ({low[0]:.2f} to {low[1]:.2f})",
        "slope (95%)": f"{slope(y, p):.2f} ({high[0]:.2f} to {high[1]:.2f})",
        "ICI": f"{smooth_calibration_curve(y, p).ici:.3f}",
        "scaled Brier": f"{scaled_brier_score(y, p):.3f}",
    }
pd.DataFrame(rows).T


# %% claim=true
class Plain(PlattScaling):
    def fit(self, logits, y_true):
        plain = LogisticRegression(C=np.inf).fit(logits[:, None], y_true)
        self.a_, self.b_, self._n_columns = plain.coef_[0, 0], plain.intercept_[0], 1
        return self


assert [round(float(slope(y, p)), 2) for p in (repaired["Platt"], repair(Plain))] == [0.93, 0.90]
sold_to = repaired["as sold"]
levels = [
    (sold_to >= low) & (sold_to < high) for low, high in ((0, 0.02), (0.02, 0.05), (0.05, 0.1), (0.1, 0.3), (0.3, 1))
]
assert all(oe(y[level], sold_to[level]) < 0.5 for level in levels)
assert oe(y, sold_to) < 1 / 3
assert [round(roc_auc_score(y, repaired[name]), 2) for name in ("as sold", "Platt")] == [0.74, 0.74]
assert all(abs(oe(y, repaired[name]) - 1) < 0.04 for name in ("intercept only", "Platt", "refit"))
assert abs(oe(y, repaired["temperature"]) - 0.43) < 0.01
assert round(float(slope(y, repaired["refit"])), 2) == 0.63
assert slope(y, repaired["temperature"]) < slope(y, repaired["as sold"]) - 0.1
assert abs(slope(y, repaired["Platt"]) - 1) < 0.1
assert scaled_brier_score(y, repaired["Platt"]) > 0 > scaled_brier_score(y, repaired["as sold"])

# %% fold=true slide="As sold, and after Platt | 4,214 adults not told; bands: 95% intervals. Observed / expected: as sold 0.28 (0.24 to 0.31), temperature 0.43 (0.37 to 0.48), Platt 1.00 (0.87 to 1.13), on the diagonal up to about 12%. | What can temperature not mend?" say="Temperature divides the logit by one number T. Intercept only: Platt with beta 1. Refit: a new model from the same measurements. | The average: it has no number for it. It lowers the average by drawing the risks further apart: slope 0.38, as sold 0.65."
figure, pair = plt.subplots(1, 2, figsize=(10, 5), layout="constrained")
for axes, names, highest in zip(
    pair, (("as sold", "temperature"), ("intercept only", "Platt")), (0.8, 0.4), strict=True
):
    plots.draw_perfect(axes, highest)
    for look, name in zip((0, 2), names, strict=True):  # solid and dotted: the diagonal is dashed
        plots.draw_smooth(axes, smooth_calibration_curve(y, repaired[name]), name=name, look=look)
    axes.collections[-1].set(facecolor="none", hatch="///", alpha=0.45)  # the band of the dotted curve
    axes.set(xlabel="predicted probability", ylabel="observed share: diabetes")
pair[1].set_ylabel("")
pair[1].set_title("another scale: up to 0.4", fontsize=12)
plots.show(
    figure,
    "Smooth calibration curves with their bands, striped for the dotted ones, among the adults not told. Left, up to 0.8: as sold the curve lies below the "
    "diagonal from the start; after temperature it follows the diagonal up to about 0.05; from 0.2 on both are far below it. "
    "Right, up to 0.4: after the intercept-only repair the curve lies a little above the diagonal between 0.02 and 0.08 and "
    "below it from 0.1 on; after Platt it follows the diagonal up to about 0.12, then lies lower, and the upper edge of its "
    "wide band runs along the diagonal.",
)

# %% [markdown]
# **What each repair can do**
#
# | | temperature | intercept only | Platt | refit |
# |---|---|---|---|---|
# | wrong on average (O/E, intercept) | **only at the price of the slope** | mends | mends | mends |
# | risks too far apart (slope) | mends, but only where the average needs no shift | cannot | mends | can, with enough ill; not here |
# | poor order of the people (AUC) | cannot | cannot | cannot | can |
# | numbers to learn here | 1 | 1 | 2 | 14 |
#
# - **Intercept only** brought O/E to about 1 and left the slope where it was.
# - **Platt** mended both. Its curve follows the diagonal up to about 12%; above that there are few people.
# - **Temperature** had no number for the average. It pushed *all* probabilities away from one half, because most of them lie below
#   it. That lowers the average (from more than three times too much to more than twice), and it draws risks that lay too far apart
#   **further** apart. The wrong tool for this fault.
# - The **refit**: 14 numbers learned from 38 ill put the risks too far apart themselves (slope 0.63). Only a refit can change the
#   AUC. Here no gain is shown: 0.72 instead of 0.74 (difference -0.02, 95% -0.05 to 0.02).
#
# ### How good is the repair in *one* practice?
#
# **The O/E of 1.00 looks better than it is.** We divided the people so that each part has 38 ill. So the practice that learns has the
# same share of ill as the one that is judged, and O/E near 1 is built in. Real practices differ. So we divide again, by chance
# alone:

# %% fold=true
dealt = diabetes_tool(equal_parts=False)
p_dealt, practice = repair(PlattScaling, dealt), dealt.part[for_whom]
rows = {}
for k in range(5):
    judged = practice == k
    low, high = interval(oe, y[judged], p_dealt[judged])
    rows[f"practice {k + 1}"] = {
        "ill to learn from": y[practice == (k + 1) % 5].sum(),
        "ill where it is judged": y[judged].sum(),
        "O/E after Platt (95%)": f"{oe(y[judged], p_dealt[judged]):.2f} ({low:.2f} to {high:.2f})",
        "slope": f"{slope(y[judged], p_dealt[judged]):.2f}",
    }
pd.DataFrame(rows).T

# %% [markdown]
# All five together again have an O/E of 1.00. But in one practice 34% more people are ill than the repaired tool expects, and in
# another 30% fewer. In 100 such practices (20 divisions, at the end of this page) the middle 95% of O/E was **0.7 to 1.5**, and of
# the slope 0.5 to 1.7. This is what one practice with about 38 ill may see after a repair: far better than the 0.28 as sold, and far
# from 1.00. Two things are in it, and the practice cannot tell them apart: chance among the few ill from whom the repair was
# learned, and chance among the few on whom it is judged. The intervals of the first table leave the first of the two out.

# %% claim=true
ratios = [oe(y[practice == k], p_dealt[practice == k]) for k in range(5)]
assert (round(max(ratios), 2), round(min(ratios), 2)) == (1.34, 0.70)
assert round(oe(y, p_dealt), 2) == 1.00
resampled = np.random.default_rng(0).integers(0, len(y), (1000, len(y)))
lost = [roc_auc_score(y[i], repaired["refit"][i]) - roc_auc_score(y[i], repaired["as sold"][i]) for i in resampled]
assert [round(float(end), 2) for end in np.quantile(lost, [0.025, 0.975])] == [-0.05, 0.02]

# %% [markdown]
# ### From whom was it learned?
#
# The rule of the house tests from 10% on. Nearly half of the people from whom we learned were told less: **by the rule, nobody would
# have tested them.** We could learn from them only because the survey tested everybody. What does a practice learn that has only
# the tests which its rule ordered?

# %%
ordered = expit(tool.z_calib) >= 0.10  # the rule: a blood test from 10% on
narrow = repair(PlattScaling, learners=for_whom & ordered)
low_risk = repaired["as sold"] < 0.10

# %% fold=true tags=["nbval-check-output"]
print(
    f"{low_risk.sum():,} adults were told less than 10% by the tool as sold. {y[low_risk].sum()} of them have diabetes."
)
print(f"   expected by Platt learned from all: {repaired['Platt'][low_risk].sum():.0f}")
print(f"   expected by Platt learned from those whom the rule tests: {narrow[low_risk].sum():.0f}")

# %% [markdown]
# The second repair has seen nobody below 10%; there its curve is a guess. It expects nearly twice as many ill as there are, and the
# practice cannot notice, because it has no test there. In life it may be worse: who is tested because a doctor is worried is more
# often ill than others with the same number. So before a repair, test some people *below* the threshold, too, drawn by lot; and say
# from whom a repair was learned.

# %% claim=true
assert 0.45 < 1 - ordered[for_whom].mean() < 0.5
assert 1.7 < narrow[low_risk].sum() / y[low_risk].sum() < 2
assert abs(repaired["Platt"][low_risk].sum() - y[low_risk].sum()) < 5

# %% [markdown]
# Where is the tool in the hierarchy of 18.3.1-2 now? *Mean*: right for the five practices together; one practice may see 0.7 to
# 1.5. *Weak*: the slope of all, 0.93 (0.79 to 1.09), is not shown to be wrong. *Moderate*: the curve follows the diagonal up to 12%.
# Above, it lies lower, and its wide band just reaches the diagonal: nothing is shown.

# %% [markdown]
# ## 2. Does it matter? Net benefit where a clinic acts
#
# The practice acts at 10%. Who tests at a risk of 10% accepts **nine** people tested without need for one found. A threshold is a
# statement of values: at threshold $t$, one needless test weighs $t/(1-t)$ of one person found, here 1/9. Net benefit (Vickers and
# Elkin 2006) uses this weight:
#
# $$\text{net benefit}(t) = \frac{\text{true positives}}{N} - \frac{\text{false positives}}{N}\cdot\frac{t}{1-t}$$

# %% fold=true slide="vote" say="Who tests from a risk of 10% accepts nine needless tests for one person found. Net benefit at 10%: people found, minus needless tests / 9, per person."
Question(
    "Two versions of a tool rank people in the same order. The threshold is 10%. Can their net benefit at 10% differ?",
    {
        "Yes: other people are above 10%": "Miscalibration moves people over the threshold, or keeps them below it.",
        "No: the AUC is the same": "The threshold cuts the order at another place, because the probabilities differ.",
        "Only if the threshold changes": "The threshold stays. The probabilities move.",
    },
    right="Yes: other people are above 10%",
)

# %%
choices = {"test everybody": np.ones(len(y)), **repaired}
rows = {}
for t in (0.10, 0.05):
    for name, p in choices.items():
        rows[f"at {t:.0%}", name] = {
            "tested": (p >= t).sum(),
            "ill found": y[p >= t].sum(),
            "ill missed": y[p < t].sum(),
            "net benefit per 1,000": 1000 * net_benefit(y, p, t)[0],
        }

# %% fold=true
decisions = pd.DataFrame(rows).T
for key in rows:
    low, high = interval(lambda y, p, t=float(key[0][3:-1]) / 100: 1000 * net_benefit(y, p, t)[0], y, choices[key[1]])
    decisions.loc[key, "95%"] = f"{low + 0:.1f} to {high:.1f}"
decisions = decisions.astype({name: int for name in ("tested", "ill found", "ill missed")})
decisions["net benefit per 1,000"] = decisions["net benefit per 1,000"].map("{:.1f}".format)
decisions

# %% claim=true
value = decisions["net benefit per 1,000"].astype(float)
tested, found = decisions["tested"], decisions["ill found"]
assert (tested["at 10%", "as sold"], found["at 10%", "as sold"]) == (2246, 165)
assert round(1000 * (165 - 2081 / 9) / 4214, 1) == value["at 10%", "as sold"] == -15.7
assert value["at 10%", "temperature"] < 0 < value["at 10%", "Platt"]
assert abs(value["at 5%", "temperature"] - value["at 5%", "Platt"]) < 1.5
assert value["at 5%", "as sold"] < value["at 5%", "Platt"] - 3
missed_by = decisions["ill missed"]
assert [missed_by["at 10%", "Platt"], missed_by["at 10%", "as sold"], missed_by["at 5%", "Platt"]] == [142, 25, 61]
saved = (tested - found)["at 10%", "as sold"] - (tested - found)["at 10%", "Platt"]
assert (saved, round(saved / 117)) == (1724, 15)
platt_against = {name: (y, repaired["Platt"], repaired[name]) for name in ("temperature", "as sold")}


def ahead_at(t):
    """Return a measure: by how much p is worth more than q at t, per 1,000 people."""
    return lambda y, p, q: 1000 * (net_benefit(y, p, t) - net_benefit(y, q, t))[0]


for acting, claimed in ((0.05, [-0.6, -2.7, 1.1]), (0.10, [4.8, 0.8, 8.9])):
    three = platt_against["temperature"]
    shown_ends = [ahead_at(acting)(*three), *interval(ahead_at(acting), *three, n_resamples=1000)]
    assert [round(float(end), 1) for end in shown_ends] == claimed
gained = [
    ahead_at(0.10)(*platt_against["as sold"]),
    *interval(ahead_at(0.10), *platt_against["as sold"], n_resamples=1000),
]
assert (round(float(gained[0]), 1), round(gained[1]), round(gained[2])) == (17.7, 13, 23)
acts_at = np.linspace(0.01, 0.2, 77)
best_without = np.maximum(net_benefit(y, np.ones(len(y)), acts_at), 0)
helps = net_benefit(y, repaired["Platt"], acts_at) - best_without
assert 0.04 < acts_at[np.argmax(helps)] < 0.06
sold = smooth_calibration_curve(y, repaired["as sold"])
assert abs(np.interp(0.1, sold.prob_pred, sold.prob_true) - 0.03) < 0.006

# %% fold=true slide="Is it worth acting on? | At 10%, 4,214 adults not told: as sold -15.7 per 1,000, worse than testing nobody (0). After Platt 2.0 (95% -1 to 5): 17.7 more (13 to 23). | Where does Platt beat testing everybody and testing nobody?" say=" | Around 5%: better there than testing everybody or nobody. At 10% perhaps no more than testing nobody."
thresholds = np.linspace(0.01, 0.2, 77)
curves = {name: net_benefit(y, repaired[name], thresholds) for name in ("Platt", "as sold", "temperature")}
curves["test everybody"] = net_benefit(y, np.ones(len(y)), thresholds)
figure, axes = plt.subplots(figsize=(8.5, 4.8), layout="constrained")
plots.draw_net_benefit(axes, thresholds, curves, mark=0.10)
axes.set_ylim(-35, 40)
axes.text(0.102, 34, "the clinic acts at 10%", fontsize=12)
axes.text(0.2, 3, "line at 0: test nobody", fontsize=12, ha="right")
axes.set_xticks([0.01, 0.05, 0.10, 0.15, 0.20], ["1%", "5%", "10%", "15%", "20%"])
axes.set_title("Decision curve, 4,214 adults not told", fontsize=12)
plots.show(
    figure,
    "Net benefit against the threshold. Testing everybody falls below 0 at about 4.5%. The tool as sold falls below 0 near 7% and "
    "is at -16 per 1,000 at 10%. Temperature follows Platt up to about 7% and is below 0 at 10%. Platt is clearly above "
    "0 up to about 8%, and near 0 from 10% on.",
)

# %% [markdown]
# The line "as sold at 10%" by hand: of 2,246 tested, 165 are ill and 2,081 are not. (165 - 2,081 x 1/9) / 4,214 = -0.0157, that is
# **-15.7 per 1,000**.
#
# - **As sold, at 10%, the tool is worse than testing nobody** (0). It finds 165 of the 190 ill, and sends more than half of all adults
#   to a test at a price that the practice itself called too high. (In truth, its "10%" is a risk of about 3%. Perhaps 3% would be a
#   good threshold. But then somebody should choose it, and not a faulty scale.)
# - **After Platt, at 10%**, the tool is worth 2.0 (-1 to +5): 17.7 more than as sold (95% 13 to 23, the same people for both), and perhaps no more
#   than testing nobody. Few people have a risk above 10%. The intercept alone does no worse (3.0): the slope matters little here.
# - **The price of that repair:** it misses **142 of the 190** ill; as sold the tool missed **25**. So 117 more are missed, and 1,724
#   needless tests are saved: about 15 for each. The practice said that nine are worth one. By its own values this is the better trade.
#   Who finds 142 missed too many does not act at 10%: at 5% the same repaired tool misses 61.
# - **At 5%** the repaired tool is clearly better than testing everybody or nobody. Around there it helps most: further down one may as
#   well test everybody, further up nobody.
# - **After temperature the tool still has an O/E of 0.43. At 5% it is not shown to be worse than Platt** (Platt minus temperature -0.6,
#   95% -2.7 to 1.1); at 10% it is (4.8, 0.8 to 8.9). Wrong probabilities harm **where a decision is made**; elsewhere they may not. So
#   ask: where does *my* clinic act, and is the tool right *there*?

# %% [markdown]
# ## 3. How many ill people does a repair need?
#
# To answer this we need to know the truth. So we make one: a logistic model of the 13 measurements gives each of the 4,214 people
# a *true* risk; outcomes are drawn from it. The tool stays as sold. A practice collects blood tests until it has about 5, 10, 20,
# ... ill patients, and repairs. How far is what it then says from each person's true risk (left)? And what is acting on it at 5%
# worth, in net benefit (right)? 60 practices for each number (a few less with 5 ill: fewer than two of them had fallen into the repair).

# %% fold=true slide="How many ill does a repair need? | Means of 60 made-up practices each, the refit at its best. With 10 ill the intercept alone is worth 1.7 per 1,000 more than Platt (95% 1.0 to 2.4). | Which repair would you take with 10 ill, which with 40?" say=" | With 10 the intercept alone. With 40 the refit is ahead here, but it is shown at its best: with 38 real ill it did not help. Count on more."
z = tool.z[for_whom]
A = StandardScaler().fit_transform(SimpleImputer().fit_transform(tool.X[for_whom]))
truth = LogisticRegression().fit(A, y).predict_proba(A)[:, 1]


def true_net_benefit(p, t=0.05):
    """Return what acting at t on p is worth by the true risks, per 1,000 people."""
    return 1000 * np.mean((p >= t) * (truth - (1 - truth) * t / (1 - t)))


ILL = (5, 10, 20, 40, 80, 160)
rows = []
for ill in ILL:
    rng, n = np.random.default_rng(0), round(ill / truth.mean())
    for number in range(60):
        i = rng.integers(0, len(y), n)
        happens = (rng.random(n) < truth[i]).astype(int)
        if happens.sum() < 2:
            continue
        said = {name: METHODS[name]().fit(z[i], happens).predict_proba(z)[:, 1] for name in ("intercept only", "Platt")}
        said["refit"] = LogisticRegression().fit(A[i], happens).predict_proba(A)[:, 1]
        for name, p in said.items():
            off, worth = 100 * np.abs(p - truth).mean(), true_net_benefit(p)
            rows.append({"ill": ill, "number": number, "repair": name, "off by": off, "net benefit": worth})
practices = pd.DataFrame(rows)
simulated = practices.drop(columns="number").groupby(["repair", "ill"], sort=False).mean().unstack("repair")
off = simulated["off by"]
figure, pair = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
plots.draw_lines(pair[0], ILL, off, xlabel="ill people to learn from", ylabel="off by, in points (mean)")
plots.draw_lines(
    pair[1], ILL, simulated["net benefit"], xlabel="ill people to learn from", ylabel="net benefit at 5%\n(per 1,000)"
)
as_sold = 100 * np.abs(expit(z) - truth).mean()
plots.show(
    figure,
    "Two charts, over the ill people to learn from, means of 60 practices. Left, the error in points: all three lines fall. "
    + " ".join(
        f"With about {ill} ill: intercept only {row['intercept only']:.1f}, Platt {row['Platt']:.1f}, refit {row['refit']:.1f}."
        for ill, row in off.iterrows()
    )
    + " Right, net benefit at 5%, per 1,000: all three lines rise. "
    + " ".join(
        f"With about {ill} ill: {row['intercept only']:.1f}, {row['Platt']:.1f}, {row['refit']:.1f}."
        for ill, row in simulated["net benefit"].iterrows()
    ),
)

# %% [markdown]
# As sold, the tool is off by 12 points on average, and its net benefit at 5% is 7.9 (by the made truth).
#
# - From about **five ill people** the intercept alone takes most of the error away, *on average*.
# - **Platt** is as near to the truth, but with 5 or 10 ill its second number moves people over the threshold by chance, and on average it
#   is worth less (right; with ten ill by 1.7 per 1,000, 95% 1.0 to 2.4). From about **40** on the two are equal here.
# - The **refit** is the worst with few and the best with many: here from about **40** ill on. It is shown at its best, because
#   the made truth has its own form. With 38 real ill it did not help (section 1): count on more.
# - **One practice is not the average.** With ten ill, nine practices of ten came to a net benefit of 10 to 14 (intercept only), 4 to 14
#   (Platt) and 4 to 15 (refit). Platt did **more harm than no repair** in 18% of the practices, the refit in 25%, the intercept alone
#   in 2%. But in half of them Platt or the refit was the best.
#
# So, as a rule: **the smallest repair that mends the fault.** Steyerberg (2004) found the same with real patients, and there are tests
# that choose the step (Vergouwe 2017).

# %% claim=true
nb = simulated["net benefit"]
ten = practices[practices["ill"] == 10].pivot(index="number", columns="repair", values="net benefit")[list(off)]
nine_of_ten = ten.quantile([0.05, 0.95]).round().T
assert nine_of_ten.loc[["intercept only", "Platt", "refit"]].to_numpy().tolist() == [[10, 14], [4, 14], [4, 15]]
assert round(as_sold) == 12
assert round(true_net_benefit(expit(z)), 1) == 7.9
harmed = (ten < true_net_benefit(expit(z))).mean()
assert harmed[["intercept only", "Platt", "refit"]].round(2).tolist() == [0.02, 0.18, 0.25]
assert off.loc[5, "intercept only"] < 4
behind = ten["intercept only"] - ten["Platt"]
margin = 1.96 * behind.std() / np.sqrt(len(behind))
assert [round(float(end), 1) for end in (behind.mean() - margin, behind.mean(), behind.mean() + margin)] == [
    1.0,
    1.7,
    2.4,
]
assert (ten.idxmax(axis=1) == "intercept only").mean() == 0.5
assert (ten[["Platt", "refit"]].quantile(0.05) < 4.5).all()
assert ten["intercept only"].quantile(0.05) > 9
assert (nb.loc[[5, 10]].idxmax(axis=1) == "intercept only").all()
assert nb.loc[5, "Platt"] < nb.loc[5, "intercept only"] - 1
assert abs(nb.loc[40, "Platt"] - nb.loc[40, "intercept only"]) < 0.5
assert off.loc[5].idxmax() == "refit"
assert (nb.loc[[40, 80, 160]].idxmax(axis=1) == "refit").all()

# %% [markdown]
# ## 4. "It is calibrated, so it is right for my patient"

# %% fold=true
Question(
    "After Platt the O/E of all adults not told is 1.00. What do you know about one group, say of one ethnic background?",
    {
        "Their O/E is near 1, too": "An average of 1 may hide a group above 1 and another below 1.",
        "Nothing yet: it must be looked at": "The overall number is dominated by the largest groups.",
        "Their O/E is 1 if the group is not a feature of the model": "To leave a column out does not make the model right for the groups.",
    },
    right="Nothing yet: it must be looked at",
)

# %% [markdown]
# The table has a column of self-reported race and Hispanic origin. It is **no feature** of the tool; we keep it for *audit*. It is a
# social category, not biology. A group in it differs from the next one in income, food, work, care, discrimination, and in ancestry.
# The groups have 10 to 60 ill people, so look at the intervals first.

# %% fold=true slide="Right on average, wrong in groups | Observed / expected after Platt (95%): all 4,214 not told 1.00 (0.87 to 1.14), Non-Hispanic Asian 1.82 (1.27 to 2.41), White 0.44 (0.30 to 0.60). | Who is told too little?" say=" | The Non-Hispanic Asian group. Other groups, too, may be: their intervals hold 1, which does not show that the tool is right for them."
race = tool.audit["race_ethnicity"].to_numpy()[for_whom]
groups = {"all not told": y == y} | {name: race == name for name in np.unique(race)}
rows = {}
for name, who in groups.items():
    p = repaired["Platt"][who]
    low, high = interval(oe, y[who], p, n_resamples=2000)
    rows[name] = {"people": who.sum(), "ill": y[who].sum(), "AUC": roc_auc_score(y[who], p)}
    rows[name] |= {"O/E": oe(y[who], p), "low": low, "high": high}
audit = pd.DataFrame(rows).T
figure, axes = plt.subplots(figsize=(9, 4.2), layout="constrained")
plots.draw_ratios(
    axes,
    [f"{name} ({row['ill']:.0f} ill of {row['people']:,.0f})" for name, row in audit.iterrows()],
    audit["O/E"],
    audit["low"],
    audit["high"],
    xlabel="observed / expected after Platt (95% interval)\nright of 1: more diabetes than predicted",
)
axes.set_title("Right on average (first row), not in every group", fontsize=12)
plots.show(
    figure,
    "Observed over expected after Platt among adults not told, with 95% bootstrap intervals. "
    + " ".join(
        f"{name}: {row['O/E']:.2f} ({row['low']:.2f} to {row['high']:.2f}), {row['ill']:.0f} ill."
        for name, row in audit.iterrows()
    ),
)

# %% [markdown]
# A filled square: the interval leaves out 1. The repaired tool says **too little** for the Non-Hispanic Asian group, nearly by half,
# and more than twice **too much** for the Non-Hispanic White group. The overall 1.00 hides both. In the Asian group it
# ranks people well (AUC 0.81, 95% 0.74 to 0.88): to rank people well and to give them the right risk are two things.
#
# - For the smallest group, ten ill people leave open anything from half to twice. *Not shown to be wrong* is not *shown to be right*.
# - One filled square out of six could be luck. These two are too far from 1 for that, and other divisions show them, too (of the same ill people).
#
# **Why?** Look first at who is left. The tool is for those not told, and who had been told differs:

# %% fold=true
everybody, whole = tool.audit["race_ethnicity"].to_numpy(), expit(tool.z)
rows = {}
for name in np.unique(everybody):
    of_group = everybody == name
    ill = of_group & (tool.y == 1)
    low, high = wilson_interval(int(tool.told[ill].sum()), int(ill.sum()))
    rows[name] = {"ill": ill.sum(), "of these, told (95%)": f"{tool.told[ill].mean():.0%} ({low:.0%} to {high:.0%})"}
    for column, who in {"all": of_group, "not told": of_group & for_whom}.items():
        low, high = interval(oe, tool.y[who], whole[who], n_resamples=2000)
        rows[name][f"O/E as sold, {column}"] = f"{oe(tool.y[who], whole[who]):.2f} ({low:.2f} to {high:.2f})"
who_was_told = pd.DataFrame(rows).T
who_was_told

# %% claim=true
assert who_was_told.loc["Non-Hispanic White"].tolist()[1:] == [
    "90% (86% to 93%)",
    "0.81 (0.74 to 0.89)",
    "0.12 (0.08 to 0.16)",
]
assert who_was_told.loc["Non-Hispanic Asian"].tolist()[1:] == [
    "74% (66% to 81%)",
    "1.42 (1.24 to 1.61)",
    "0.52 (0.36 to 0.68)",
]
luck = np.random.default_rng(0)
for base, stated in ((tool.told | True, [1.5, 1.7, 2.0]), (for_whom, [2.8, 4.3, 7.1])):
    two_groups = [np.flatnonzero((everybody == f"Non-Hispanic {name}") & base) for name in ("Asian", "White")]
    pairs_of_ratios = [
        [oe(tool.y[i], whole[i]) for i in (luck.choice(part, len(part)) for part in two_groups)] for _ in range(2000)
    ]
    outer = np.quantile([a / b for a, b in pairs_of_ratios], [0.025, 0.975])
    middle = oe(tool.y[two_groups[0]], whole[two_groups[0]]) / oe(tool.y[two_groups[1]], whole[two_groups[1]])
    assert [round(float(x), 1) for x in (outer[0], middle, outer[1])] == stated

# %% [markdown]
# Of the ill White adults 90% had been told, of the ill Asian adults 74%. So fewer ill are left among the White adults. Compare the
# Asian O/E with the White one, both as sold: among *all* adults it is 1.7 times as high (95% 1.5 to 2.0), among those *not told* 4.3
# times (2.8 to 7.1). The larger part of the gap is who had been found before. The table shows who, not why.
#
# **What is left of the gap** (1.7 times) may have other causes. From this table alone nobody can tell these two apart:
#
# - In people of Asian descent, diabetes occurs at a lower body mass index: among Asian Americans of 45 and over *without a diagnosis*, a
#   screening from a BMI of 25 on misses 36% of the diabetes, from 23 on about 15% (Araneta 2015). The tool has learned what a BMI means
#   mostly from others.
# - The **label**: HbA1c differs between groups at the same blood sugar (in people with type 1 diabetes it was 0.4 points higher in
#   black than in white persons; Bergenstal 2017). Then some of the difference is in the ruler.
#
# What to do is no question of arithmetic. Recalibrate per group (with 30 ill)? Collect more? Report it and let the doctor decide?
# (Discuss, below.)

# %% claim=true
lowest, white = audit.loc["Non-Hispanic Asian"], audit.loc["Non-Hispanic White"]
assert 1.7 < lowest["O/E"] < 2
assert lowest["low"] > 1.2
assert white["high"] < 0.8
ranks = interval(
    roc_auc_score, y[race == "Non-Hispanic Asian"], repaired["Platt"][race == "Non-Hispanic Asian"], n_resamples=2000
)
assert [round(float(x), 2) for x in (ranks[0], lowest["AUC"], ranks[1])] == [0.74, 0.81, 0.88]
assert (audit["ill"].iloc[1:].min(), audit["ill"].iloc[1:].max()) == (10, 60)
for other_seed in range(3):
    other_p = repair(PlattScaling, diabetes_tool(equal_parts=False, random_state=other_seed))
    assert oe(y[race == "Non-Hispanic Asian"], other_p[race == "Non-Hispanic Asian"]) > 1.5
    assert oe(y[race == "Non-Hispanic White"], other_p[race == "Non-Hispanic White"]) < 0.6

# %% [markdown]
# ## 5. A sepsis alert: "is it wrong 88% of the time?"
#
# > A nurse hears that the hospital's sepsis alert has a PPV of 12%. "So is it wrong 88% of the time?"
#
# (PPV, positive predictive value: of the alerts, the share with the disease.) Wong and colleagues (2021) tested a widely used sepsis
# model on 38,455 hospital stays, of which 2,552 had sepsis. Its AUC was 0.63 (95% 0.62 to 0.64); the developer had reported 0.76 to 0.83. At the threshold
# in use, sensitivity was 33% and specificity 83%. From these, all the rest follows:

# %% tags=["nbval-check-output"]
sensitivity, specificity, prevalence = 0.33, 0.83, 2552 / 38455
true_alerts, false_alerts = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
missed = (1 - sensitivity) * prevalence
print(f"of 1,000 stays: {1000 * true_alerts:.0f} alerts with sepsis, {1000 * false_alerts:.0f} without")
print(f"PPV {true_alerts / (true_alerts + false_alerts):.0%}; {1000 * missed:.0f} patients with sepsis get no alert")

# %% [markdown]
# What to answer the nurse:
#
# - Of 100 alerts, 12 are patients with sepsis and 88 are not. In this sense, yes.
# - It does not follow that a *probability* is wrong. If the screen said "12%" with each alert, it would be right on average.
# - Whether 12 in 100 is worth a look is a question of the threshold: seven looks in vain for one patient. For a look, perhaps yes. For
#   an antibiotic, perhaps not.
# - The worse news is the other one: two of three patients with sepsis got **no** alert.
#
# The PPV is no property of the tool either. With the same sensitivity and specificity, on a ward where sepsis is in 2% of the stays, it
# is 4%; where it is in 20%, 33%.
#
# **Version 2** of the model was tested on 227,091 hospital stays in four health systems, after each had fitted it to its own patients (Wong
# 2026): AUC 0.82 to 0.92. At the score that gives a sensitivity of 60% in each, the PPV was 13% to 26%. Do not put these beside the 12% as
# "better": the sensitivity is another one, and so is the share of ill. Like for like is both versions on the same stays. The study has that,
# too: version 1 did worse in all four.

# %% claim=true
for rate, expected_ppv in ((0.02, 0.04), (0.20, 0.33)):
    one = sensitivity * rate
    assert round(one / (one + (1 - specificity) * (1 - rate)), 2) == expected_ppv

# %% [markdown]
# ## 6. Temperature at home: many classes
#
# A film can show one of five things, and the network gives five logits. Temperature divides all of them:
#
# $$p_{\text{repaired}} = \text{softmax}(z / T)$$
#
# $T > 1$ softens confident predictions, $T < 1$ sharpens them. T is chosen so that the **negative log-likelihood** (NLL) is lowest on the
# calibration patients: the mean of $-\log p$ of what was true. It punishes a confident error hard. (Its unit is the *nat*, because the
# logarithm is the natural one.) With five classes the diagram asks one question: when the most probable class gets p, how often is it
# right?
#
# Move it yourself, first for the tool, then for the course's film network, on synthetic films that it has never seen.

# %% fold=true slide="vote | Turn the temperature | The tool as sold, T = 1.00, 4,214 adults not told. Look at the left and at the diamond: ECE 0.119; grey: chance gives a perfect model 0.005 to 0.018. | How far down can T bring it? | Temperature T; Fit T" say="Temperature divides the logit by one number T. T = 1 changes nothing. | ECE: the mean distance of the dots from the diagonal; grey: what chance gives a perfect model. NLL: punishes a confident error hard; it is counted in nats. In both, lower is better. The lowest bar is the Brier score; crossed, reliability: what wrong probabilities cost. Leave the other names out. || To 0.067, at T = 0.57: the next slide."
explorer = TemperatureExplorer()

PredictFirst(
    Question(
        "To the 4,214 adults not told the tool says too much at every level, on average more than three times. Which T repairs it?",
        {
            "T above 1": "That pulls all probabilities towards one half. For a rare disease they become even higher.",
            "T below 1": "That lowers the average, but not enough, and draws risks that lie too far apart further apart.",
            "None": "Temperature has no number for the average. It moves it only by stretching, and the slope pays.",
        },
        right="None",
    ),
    explorer,
)

# %% [markdown]
# **Left:** the diagram with its counts. **Right, above:** the NLL for each T; the dot is where you are. **Middle:** the ECE (diamond) and what
# chance would give a perfect model (grey). **Below:** the Brier score; crossed is what wrong probabilities cost. (The names of its parts are in
# the optional part of 18.3.1-2.) Try this:
#
# 1. The tool: find the lowest point of the solid curve, then press **Fit T**. Is the ECE within the grey band? Which dots are still off?
# 2. The films: the same. What is different?
# 3. The films at T = 4: now the model is *too timid*. What shape have the dots?
#
# If the sliders do not move, the kernel is not running: choose *Run > Run All Cells*. The same without sliders:

# %% fold=true slide="after 2 | The best T for the tool | The same 4,214 adults, T = 0.57: ECE 0.067; chance gives a perfect model 0.005 to 0.014. | Which dots are still off? || after 4 | The best T for films | The film network, 1,500 synthetic films, five classes, T = 1.41: ECE 0.026, before 0.060; chance gives up to 0.022. | Why does one T mend more here?" say="All but the first: they lie below the line. || The network was too sure in much the same way everywhere; one number mends that."
explorer.filmstrip()

# %% [markdown]
# <details><summary>What you should have seen</summary>
#
# 1. The ECE falls from 0.119 to 0.067 and stays far above chance. All dots but the first are still below the line.
# 2. One T brings the ECE from 0.060 to 0.026, and most dots to the line; what is left is little more than chance (up to 0.022). The network was
#    too sure in much the same way everywhere; one number mends that (Guo 2017).
# 3. All dots lie *above* the line: it is right more often than it says. In 18.3.1-2 too timid meant "below, then above". But here only the
#    most probable class is asked, which with five classes never gets less than 20%: the lower half is missing.
#
# </details>

# %% claim=true
calib_films, test_films = load_film_predictions("calibration"), load_film_predictions("test")
softened = TemperatureScaling().fit(calib_films.logits, calib_films.labels)
film_versions = [test_films.probabilities, softened.predict_proba(test_films.logits)]
film_ece = [expected_calibration_error(test_films.labels, films) for films in film_versions]
film_chance = [calibration_null_band(films).high for films in film_versions]
assert round(float(film_ece[0]), 3) == 0.060
assert "ECE 0.026, above what chance gives a perfect model (0.007 to 0.022)" in explorer.words(
    explorer.telling_states()[3]
)
assert film_ece[0] > film_chance[0]
assert "ECE 0.067, above" in explorer.words(explorer.telling_states()[1])
assert round(float(film_chance[1]), 3) == 0.022
assert np.allclose(
    softened.predict_proba(test_films.logits), softmax(test_films.logits / softened.temperature_, axis=1)
)

# %% [markdown]
# ### Does a T travel?
#
# The **shortcut** network of 18.1 learned that a marker means pneumonia. We fit its T at home, where that is true, and look at the same
# patients with the marker placed at random. (*chance up to*: the upper end of the null band.)

# %% fold=true
home = load_film_predictions("home_calibration", model="shortcut")
T_home = TemperatureScaling().fit(home.logits, home.labels)
rows = {}
for place, cohort in {"at home": "home", "marker at random": "away"}.items():
    new = load_film_predictions(cohort, model="shortcut")
    p = T_home.predict_proba(new.logits)
    rows[f"{place}, T from home"] = {
        "it says (mean of the top class)": p.max(axis=1).mean(),
        "it is right": (p.argmax(axis=1) == new.labels).mean(),
        "ECE": expected_calibration_error(new.labels, p),
        "chance up to": calibration_null_band(p).high,
    }
travel = pd.DataFrame(rows).T
travel.round(3)

# %% [markdown]
# At home the repaired network says 93% and is right in 92% (500 films; the ECE is just above chance). Elsewhere it is almost as sure, and wrong much more often. **Calibration belongs
# to a model *and* a population**, and so does a repair.

# %% claim=true
assert travel["chance up to"].iloc[0] < travel["ECE"].iloc[0] < 1.1 * travel["chance up to"].iloc[0]
assert travel.iloc[0, :2].round(2).tolist() == [0.93, 0.92]
assert travel["ECE"].iloc[1] > 2 * travel["chance up to"].iloc[1]
assert travel["it is right"].iloc[1] < travel["it is right"].iloc[0] - 0.1

# %% [markdown]
# ## Back to the case
#
# The woman with the 14%. What does the repaired tool tell her, what happened to people like her, and what happened to her?

# %% fold=true tags=["nbval-check-output"]
her = np.flatnonzero(tool.X.index[for_whom] == 586)[0]
asian = race == "Non-Hispanic Asian"
near = (repaired["as sold"] > 0.10) & (repaired["as sold"] <= 0.20)
print(f"as sold {repaired['as sold'][her]:.0%}, after Platt {repaired['Platt'][her]:.0%}")
print(
    f"{near.sum()} adults not told were told 10% to 20%. {y[near].sum()} of them have diabetes: {y[near].mean():.0%}."
)
print(
    f"{(near & asian).sum()} of them are Asian American. {y[near & asian].sum()} have diabetes: {y[near & asian].mean():.0%}."
)
print(f"Her HbA1c is {tool.audit['hba1c_percent'][for_whom].iloc[her]}%. (Diabetes: 6.5% or more.)")

# %% [markdown] slide="Back to the case | Repaired: 3% for her (20 other divisions: 2% to 6%), not 14%. Of 906 adults not told who got 10% to 20%, 5% are ill (95% 4 to 7). She was tested: no diabetes. | What does this prove?" say="Other divisions: the repair learned from other people of the survey. | Her result proves nothing: no diabetes fits 14% as well as 3%. Only people counted together can tell the two apart: the 906."
# As sold she was told 14%, and the rule sent her to a test. After the repair she is told 3%, and the rule of 10% does not.
# (18.3.1-2 read 4% and 5% from all 190 ill. One repair from 38 ill is uncertain by that much: by 20 other divisions, at the end of
# this page, she would be told 2% to 6%.)
#
# - Is the 3% too low for her? Of the 143 Asian Americans who had been told about what she was told, the repaired tool expects 5.9 ill
#   (4%), and 10 are: 7%, 95% 4 to 12%. **These ten alone do not show that the repaired number is too low**: 4% lies at the edge of the
#   interval, not outside. What speaks for too low is her whole group, where 37 are ill and 20 were expected (O/E 1.8, section 4). How
#   much too low at *her* level, ten ill people cannot say.
# - So a threshold of 5%, around which the tool helps most, is possible for her, and so is one of 10%. The number alone does not decide; what she wants to know,
#   and what a blood test costs her, does.
#
# She was tested, as everybody in the survey, and **she does not have diabetes**. That proves nothing about the tool: a person without
# diabetes fits a 14% as well as a 3%. Only people counted together can tell the two apart. The 14% was too high for the 906 (5%, 95% 4 to
# 7%) and for the 143.
#
# What does *not* carry over: our numbers. We did not use the survey's weights, and the label is "has diabetes today", not a future risk.

# %% claim=true
ends = wilson_interval(10, 143)
assert (int((near & asian).sum()), int(y[near & asian].sum())) == (143, 10)
assert [round(100 * float(end)) for end in ends] == [4, 12]
assert round(float(repaired["Platt"][near & asian].sum()), 1) == 5.9
assert ends[0] < repaired["Platt"][near & asian].mean() < ends[0] + 0.005
assert (y[asian].sum(), round(repaired["Platt"][asian].sum())) == (37, 20)
assert [round(100 * float(end)) for end in wilson_interval(46, 906)] == [4, 7]

# %% [markdown] slide="key points | without: A repair needs its own people; After a repair from" say=" || Recalibration improves = {Answer 1}: AUC 0.74 before and after Platt. | Temperature is = {As sold}: O/E 0.43 with temperature, 1.00 with Platt. | More parameters = {How many ill}: with 10 ill the intercept alone is worth 1.7 per 1,000 more than Platt. | A wrong = {Answer 2}: it harms where it moves people over the threshold; the others are treated as before. | Calibrated means = {Right on average}: O/E 1.00 in all, 1.82 in the Non-Hispanic Asian group."
# ## Three questions to take away
#
# Answer first, then open.
#
# **1.** A model for kidney injury comes from a heart centre, where 20% have it, to a district hospital, where 6% do. There are 15 patients
# with kidney injury so far. O/E 0.35, slope 0.9 (0.4 to 1.5). Which repair?
#
# <details><summary>A model answer</summary>
# Intercept only. The average is clearly wrong, and one number can be learned from 15 ill people. The slope is not shown to be wrong; with 15 ill,
# a second number would be learned from chance. Judge the repair on later patients, and climb the ladder when there are more.
# </details>
#
# **2.** A two-class model for a disease that 2% have has a slope of 0.5 and an O/E of 1.0. To mend the slope, somebody divides all logits by T = 2.
# What will happen to O/E?
#
# <details><summary>A model answer</summary>
# T = 2 halves all logits, so it pulls every probability towards one half. Nearly all lie far below it, so the average rises, by far: O/E falls
# well below 1. The slope becomes right and the average wrong. Platt has a number for each.
# </details>
#
# **3.** At a threshold of 2%, how many needless tests does a clinic accept for one person found? A tool has a higher net benefit than testing
# all at 2%, but not at 1%. Is it useful?
#
# <details><summary>A model answer</summary>
# 98/2 = 49. Whether it is useful depends on where the clinic acts. For one that acts at 2%, yes, if the net benefit is also above 0: it must beat testing nobody, too. For one that acts at 1%, because the test is cheap
# or the disease grave, testing all is at least as good. The model does not decide this; the values of patients and clinic do.
# </details>
#
# ## Discuss
#
# 1. The repaired tool says too little for one ethnic group and too much for another. Recalibrate for each group, or report the difference? Whose
#    decision is it, and which harm does each choice do?
# 2. A clinic starts counselling at a predicted risk of 10%. The tool says 30% too much in group A, and too little in group B. Who is counselled
#    without need, who is forgotten, and who would notice?
# 3. A repaired model is updated with new patients. What must be done again?
#
# ## Key points
#
# - Find the fault, then take the smallest repair that mends it: intercept only, Platt, refit. With about ten ill, one number had the
#   highest net benefit on average.
# - A repair needs its own people, of the right kind, also some whom the rule would not test, and is judged on others. It does not make
#   the tool sort better: only a refit can.
# - After a repair from about 38 ill, one practice may see an O/E of 0.7 to 1.5: look again, with later patients.
# - Temperature is not Platt: it has no intercept (here O/E 0.43 and 1.00). It is at home where there are many classes.
# - Miscalibration harms at the threshold where you act: net benefit measures it. A threshold states what a needless test weighs.
# - Right on average (1.00) is not right in each group (1.8 in one, 0.4 in another), nor elsewhere, nor next year.
#
# ## Exercises
#
# {{Count 18.3-acdefglmn}} exercises, with hints and solutions:
# [exercises/18_3_3_repairing_probabilities.ipynb](../exercises/18_3_3_repairing_probabilities.ipynb). {{coding 18.3-acdefglmn}}

# %% [markdown]
# ## Is this division special? (optional)
#
# We divide the people anew, 20 times and by chance alone: other sisters, other repairs, and 100 other practices.

# %% fold=true
rows, one_practice, told_her = [], [], []
for seed in range(20):
    again = diabetes_tool(equal_parts=False, random_state=seed)
    said = {"as sold": expit(again.z[for_whom])} | {name: repair(method, again) for name, method in METHODS.items()}
    told_her.append(said["Platt"][her])
    for k in range(5):
        judged = again.part[for_whom] == k
        one_practice.append([oe(y[judged], said["Platt"][judged]), slope(y[judged], said["Platt"][judged])])
    for name, p in said.items():
        rows.append(
            {
                "repair": name,
                "O/E": oe(y, p),
                "slope": slope(y, p),
                "net benefit at 5%": 1000 * net_benefit(y, p, 0.05)[0],
                "at 10%": 1000 * net_benefit(y, p, 0.10)[0],
            }
        )
divisions = pd.DataFrame(rows).groupby("repair", sort=False)
mean, low, high = divisions.mean(), divisions.min(), divisions.max()
mean.round(2).astype(str) + " (" + low.round(2).astype(str) + " to " + high.round(2).astype(str) + ")"

# %% [markdown]
# All practices of a division together: mean (lowest to highest) of 20 divisions. The order by slope is the same in each; by net benefit the tool as sold is last in each, and the first place changes. The
# division of this page is a little worse for the tool as sold than all 20 by its slope: compare it with theirs. The 100 practices one by one,
# after Platt: the middle 95% of O/E is 0.69 to 1.50, of the slope 0.52 to 1.74. But they are always the same 190 ill people: 20
# divisions are not 20 studies.

# %% claim=true
ends = np.quantile(one_practice, [0.025, 0.975], axis=0)
assert ends.round(2).T.tolist() == [[0.69, 1.50], [0.52, 1.74]]
assert [round(100 * end) for end in (min(told_her), max(told_her))] == [2, 6]
assert high.loc["as sold", "O/E"] < 0.3
assert high.loc["temperature", "O/E"] < 0.5
assert low.loc["Platt", "O/E"] > 0.9
assert high.loc["Platt", "O/E"] < 1.1
assert high.loc["as sold", "at 10%"] < 0

# %% [markdown]
# ## For coders: Platt, isotonic and temperature in scikit-learn
#
# scikit-learn repairs a trained model with `CalibratedClassifierCV`. The older option `cv='prefit'` was removed in version 1.8; one now *freezes* the
# model. Four things to know:
#
# - **Same fit, other sign.** It writes $\sigma(-(A f + B))$, where $f$ is the model's score: our $\beta$ is its $-A$, our $\alpha$ its $-B$.
# - **Which score?** `decision_function` if the model has one (here the logit). A random forest has none, so the curve is fitted on the *probability*:
#   another repair than the formula with $z$.
# - **Whose targets?** Platt's paper and scikit-learn fit to targets that are not quite 1 and 0: a little milder with few ill. A plain
#   logistic fit gives a slope of 0.90 in the first table, Platt 0.93.
# - `method="temperature"` reports `beta_` = 1 / (2T) for two classes, because it puts the logits $-z$ and $+z$ into a softmax: their distance is $2z$.
#
# **Isotonic** regression fits any staircase that never falls. It bends where Platt cannot, needs many patients, gives ties (so the AUC changes), and may
# say exactly 0 or 1, which nobody can know of a patient.

# %% fold=true
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator

from clinxai_teach.data import diabetes_split

own = diabetes_split(people="not told")
model = HistGradientBoostingClassifier(random_state=0).fit(own.X_train, own.y_train)
z_learn, y_learn = model.decision_function(own.X_calib), own.y_calib.to_numpy()
fits = {
    method: CalibratedClassifierCV(FrozenEstimator(model), method=method).fit(own.X_calib, y_learn)
    for method in ("sigmoid", "temperature", "isotonic")
}
inner = {method: fit.calibrated_classifiers_[0].calibrators[0] for method, fit in fits.items()}
platt, heat = PlattScaling().fit(z_learn, y_learn), TemperatureScaling().fit(z_learn, y_learn)
print(
    f"Platt: scikit-learn A = {inner['sigmoid'].a_:.2f}, B = {inner['sigmoid'].b_:.2f}; ours {platt.a_:.2f}, {platt.b_:.2f}"
)
print(f"temperature: beta_ = {inner['temperature'].beta_:.2f}, 1 / (2T) = {1 / (2 * heat.temperature_):.2f}")
steps = fits["isotonic"].predict_proba(own.X_test)[:, 1]
print(
    f"isotonic: {len(np.unique(steps))} different probabilities for {len(steps)} people, exactly 0 for {(steps == 0).sum()}"
)

# %% claim=true
mine = platt.predict_proba(model.decision_function(own.X_test))[:, 1]
assert np.allclose(fits["sigmoid"].predict_proba(own.X_test)[:, 1], mine, atol=1e-4)
assert abs(inner["temperature"].beta_ * 2 * heat.temperature_ - 1) < 0.01

# %% [markdown]
# ## References
#
# - Araneta M. R. et al. Optimum BMI cut points to screen Asian Americans for type 2 diabetes. Diabetes Care 2015;38:814-820. doi:10.2337/dc14-2071
# - Bergenstal R. M. et al. Racial differences in the relationship of glucose concentrations and hemoglobin A1c levels. Ann Intern Med 2017;167:95-102. doi:10.7326/M16-2596
# - Guo C. et al. On calibration of modern neural networks. ICML 2017. arXiv:1706.04599
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (This course follows it.)
# - Platt J. C. Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods. In: Advances in Large Margin Classifiers, 1999.
# - Steyerberg E. W. et al. Validation and updating of predictive logistic regression models: a study on sample size and shrinkage. Stat Med 2004;23:2567-2586. doi:10.1002/sim.1844
# - Vergouwe Y. et al. A closed testing procedure to select an appropriate method for updating prediction models. Stat Med 2017;36:4529-4539. doi:10.1002/sim.7179
# - Vickers A. J., Elkin E. B. Decision curve analysis: a novel method for evaluating prediction models. Med Decis Making 2006;26:565-574. doi:10.1177/0272989X06295361
# - Wong A. et al. External validation of a widely implemented proprietary sepsis prediction model in hospitalized patients. JAMA Intern Med 2021;181:1065-1070. doi:10.1001/jamainternmed.2021.2626
# - Wong A. et al. Multicenter prospective validation of an updated proprietary sepsis prediction model. JAMA Netw Open 2026. doi:10.1001/jamanetworkopen.2026.0181
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
