# %% [markdown]
# # 18.5 Clinical trust guidelines
#
# **For** doctors in training and their teachers. You need no code to follow: run each cell, answer the questions, move the
# sliders. If you write code, read the open cells too.
#
# **Time:** about 80 minutes to read and try, {{minutes 18.5}} minutes for the exercises.
#
# **Questions this section answers**
#
# - Four people have the same risk. May I act on it in each of them?
# - Does a doctor with a tool decide better than a doctor, or than the tool?
# - What does a tool do to a working day: how many alerts, how many of them in vain?
# - What must a report say before a tool may advise on patients, and how is it read?
# - When do I override, and who will ever know whether I was right?
#
# **After it you can**
#
# 1. *integrate* five signals (confidence, doubt, explanation, similarity, context) into one written decision: act, verify
#    or do not use,
# 2. *compute* what a threshold costs per 100 patients,
# 3. *build* an indicator of "unlike the training patients", and *state* what it does not see,
# 4. *produce* a trust report for a model, and *name* the groups for which it is unsafe or unknown,
# 5. *audit* a log of overrides, and *draft* a procedure for them,
# 6. *map* each part of the report to the standard that asks for it.
#
# > The people of the table are real (NHANES). The chest films and the override log are **synthetic**. Nothing here is
# > medical or legal advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown
from scipy.stats import binomtest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from clinxai_teach import plots
from clinxai_teach.attribution import shap_explanation
from clinxai_teach.calibration import PlattScaling
from clinxai_teach.checks import Question
from clinxai_teach.conformal import SplitConformalClassifier
from clinxai_teach.data import AGE_GROUPS, age_group, diabetes_split, load_film_predictions, load_nhanes_diabetes
from clinxai_teach.explorers import PredictFirst, TeamExplorer
from clinxai_teach.trust import (
    SimilarityDetector,
    alert_burden,
    audit_override_log,
    fingerprint,
    make_override_log,
    miscalibrated_groups,
    simulate_team,
    subgroup_report,
    subgroup_text,
    trust_report,
)
from clinxai_teach.trust.parts import PARTS

plt.rcParams["font.size"] = 12

# %% [markdown]
# ## Warm-up: three questions on section 18.4

# %% fold=true
Question(
    "A tool gives prediction sets with 90% coverage. For whom does the 90% hold?",
    {
        "For each patient": "No method can promise that without further assumptions.",
        "On average over all patients like those it was calibrated on": "The sick, the old, or another hospital may get much less.",
        "For each group of patients": "Only if the sets were calibrated for each group by itself.",
    },
    right="On average over all patients like those it was calibrated on",
)

# %% fold=true
Question(
    "A tool hands its doubtful patients to a doctor. Its accuracy on the others rises. Is it safer?",
    {
        "Yes: it makes fewer errors": "Perhaps only because many of the ill were handed over.",
        "Look at the sensitivity among those kept": "In the diabetes example it fell, while the accuracy rose.",
        "No: deferral always harms": "With another threshold, or with the films, the sensitivity rose.",
    },
    right="Look at the sensitivity among those kept",
)

# %% fold=true
Question(
    "A film comes from a machine of another vendor. What did Monte Carlo dropout say?",
    {
        "Its doubt rose sharply": "One would have hoped so.",
        "Hardly anything: the network was sure, and mostly wrong": "Its passes agreed with each other. Keep this in mind for part 5.",
        "It refused to answer": "A network always answers.",
    },
    right="Hardly anything: the network was sure, and mostly wrong",
)

# %% [markdown]
# ## A case
#
# > The practice of section 18.3 has its diabetes tool. It is now recalibrated, and the rule of the house is: **at 20% or
# > more, a blood test (HbA1c).** It is Monday. Four people sit in the waiting room. For each of them the tool says about
# > **30%**.
# >
# > On Friday the hospital's committee will decide whether the tool may be used on the wards, too. It wants a report.
#
# The same number four times. Would you do the same four times? And what would you write for the committee?

# %% [markdown]
# ## 1. Five signals, four people
#
# The textbook names five things to weigh before one trusts an output. In our words:
#
# | signal | the question | where it was taught |
# |---|---|---|
# | **confidence** | How high is the number, and is it calibrated *here*? | 18.3 |
# | **doubt** | Does the model contradict itself? Does its prediction set hold both answers? | 18.4 |
# | **explanation** | Do the reasons of the model make medical sense? | 18.2 |
# | **similarity** | Is this patient like those it learned from? | this section |
# | **context** | What is at stake, and what do *I* know that the model does not? | this section |
#
# We take the model of section 18.3: the same people, the same split, Platt scaling from the calibration part.

# %%
data, split = load_nhanes_diabetes(), diabetes_split()
X_train, X_calib, X_test = split.X_train, split.X_calib, split.X_test
y_train, y_calib, y_test = split.y_train, split.y_calib, split.y_test


def fit_tool(X, y):
    """Return a function that gives each person's calibrated risk, learned from X and y."""
    model = HistGradientBoostingClassifier(random_state=0).fit(X, y)
    platt = PlattScaling().fit(model.decision_function(X_calib), y_calib)
    return model, lambda people: platt.predict_proba(model.decision_function(people))[:, 1]


model, risk_of = fit_tool(X_train, y_train)
y_true, y_prob = y_test.to_numpy(), risk_of(X_test)

# %% tags=["nbval-check-output"]
print(f"{len(y_true):,} test people, {y_true.sum()} with diabetes")
print(f"AUC {roc_auc_score(y_true, y_prob):.2f}")
print("people to whom the tool gives more than 90%:", (y_prob > 0.9).sum())

# %% [markdown]
# The last line matters. The textbook says that a probability above 90% deserves more weight. That is right, if it is
# calibrated. But this tool never says it. *Trust only above 90%* would mean to never use it. A calibrated 30% is good
# information, too.
#
# Now the signals, one by one.
#
# **Confidence.** Of the test people to whom the tool gives 25% to 35%, how many have diabetes? We count in each age group.

# %%
age = age_group(X_test["age_years"])
near_30 = (y_prob > 0.25) & (y_prob < 0.35)
rows = {}
for group in ["all", *AGE_GROUPS]:
    members = near_30 & ((age == group) | (group == "all"))
    low, high = binomtest(int(y_true[members].sum()), int(members.sum())).proportion_ci(method="wilson")
    rows[group] = {
        "told 25% to 35%": members.sum(),
        "have diabetes": y_true[members].sum(),
        "share": f"{y_true[members].mean():.0%} ({low:.0%} to {high:.0%})",
    }
confidence = pd.DataFrame(rows).T
confidence

# %% [markdown]
# Overall the 30% is about right. (Of the people under 40, hardly anyone is told 30%: the tool gives them low risks.)
#
# **Doubt.** Two measures. A prediction set, calibrated in each age group by itself, so that in each at most about 15% of the
# sets miss. And twenty **refits**: the same model trained again on twenty random draws of its training people. If the
# refits disagree about a person, the number depends on who happened to be in the training.


# %%
def table(p):
    return np.column_stack([1 - p, p])  # columns: no diabetes, diabetes


sets = SplitConformalClassifier(alpha=0.15)
sets.calibrate(y_calib, table(risk_of(X_calib)), groups=age_group(X_calib["age_years"]))
in_set = sets.predict_set(table(y_prob), groups=age)

rng = np.random.default_rng(0)
refits = []
for _ in range(20):
    drawn = rng.integers(0, len(X_train), len(X_train))  # as many people, some twice, some not at all
    refits.append(fit_tool(X_train.iloc[drawn], y_train.iloc[drawn])[1](X_test))
refits = np.array(refits)  # (20, 1506)

# %% [markdown]
# **Similarity.** The distance of a person from the training people, and its percentile: 50 means that half of the
# training people are as far out or farther. Part 5 shows how it is computed.

# %%
detector = SimilarityDetector().fit(X_train)
percentile = detector.score(X_test).percentile
flagged = detector.flag(X_test)

# %% [markdown]
# **Context.** The survey knows things about these people that the tool was never told: whether a doctor has told them
# that they have diabetes, and whether they take tablets for it.
#
# We let the code choose four real people with a risk near 30%: (A) ordinary in everything, and all refits say 20% or more;
# (B) one with both labels in the set, about whom the refits disagree whether it is 20%; (C) one who is flagged; (D) one
# like many others, but with a fact that the model lacks.

# %% fold=true
audit = split.audit
people = pd.DataFrame(
    {
        "risk": y_prob,
        "group": age,
        "low": refits.min(axis=0),
        "high": refits.max(axis=0),
        "sets": [" or ".join(np.array(["no diabetes", "diabetes"])[row]) or "empty" for row in in_set],
        "percentile": percentile,
        "flagged": flagged,
        "missing": X_test.isna().sum(axis="columns"),
        "told": audit["told_diabetes"],
        "tablets": audit["takes_diabetes_pills"] == 1,
    },
    index=X_test.index,
)
people["spread"] = people["high"] - people["low"]
near = people[(people["risk"] > 0.27) & (people["risk"] < 0.33)]
whole = near[(near["missing"] == 0) & ~near["flagged"]]
typical = whole[whole["percentile"].between(20, 80) & (whole["group"] == "40-59 years")]
chosen = {
    "A": typical[(typical["told"] == "no") & (typical["sets"] == "no diabetes")]["low"].idxmax(),
    "B": whole[(whole["told"] == "no") & (whole["sets"] == "no diabetes or diabetes")]["low"].idxmin(),
    "C": near[near["flagged"]]["percentile"].idxmax(),
    "D": typical[(typical["told"] == "yes") & typical["tablets"]]["spread"].idxmin(),
}
four, four_X = people.loc[list(chosen.values())], X_test.loc[list(chosen.values())]

NAMES = {
    "age_years": "age",
    "male": "sex",
    "bmi_kg_m2": "BMI",
    "waist_cm": "waist",
    "height_cm": "height",
    "systolic_bp_mmhg": "systolic pressure",
    "pulse_per_min": "pulse",
    "hdl_mg_dl": "HDL",
    "total_cholesterol_mg_dl": "cholesterol",
    "income_ratio": "income",
    "ever_smoker": "ever smoked",
    "vigorous_activity": "sport",
    "sleep_hours": "sleep",
}
reasons = shap_explanation(model, four_X).values  # (4 people, 13 measurements), log-odds


def top_reasons(k, n=3):
    """Return the n strongest contributions for person k: names and values."""
    order = np.argsort(-np.abs(reasons[k]))[:n]
    return [NAMES[four_X.columns[j]] for j in order], reasons[k, order]


panels = {}
for k, (letter, person, x) in enumerate(zip(chosen, four.itertuples(), four_X.itertuples(), strict=True)):
    names, values = top_reasons(k)
    panels[f"person {letter}"] = {
        "who": f"{'man' if x.male else 'woman'}, {x.age_years:.0f}, BMI {x.bmi_kg_m2:.0f}, waist {x.waist_cm:.0f} cm",
        "also measured": f"pressure {x.systolic_bp_mmhg:.0f} mmHg, pulse {x.pulse_per_min:.0f}",
        "the tool says": f"{person.risk:.0%}",
        "confidence: of such people, told 25% to 35%": f"{confidence.loc[person.group, 'share']} have it",
        "doubt: prediction set (85%)": "{" + person.sets + "}",
        "doubt: 20 refits say": f"{person.low:.0%} to {person.high:.0%}",
        "explanation: strongest reasons": ", ".join(f"{n} {v:+.1f}" for n, v in zip(names, values, strict=True)),
        "similarity: percentile": f"{person.percentile:.0f}{' FLAGGED' if person.flagged else ''}",
    }
pd.DataFrame(panels)

# %% fold=true
figure = plt.figure(figsize=(9.6, 6.2), layout="constrained")
above, below = figure.subfigures(2, 1, height_ratios=[1, 1.05])
ax = above.subplots()
plots.draw_refits(
    ax, [f"person {letter}" for letter in chosen], refits[:, X_test.index.get_indexer(four.index)].T, 0.3, 0.2
)
ax.set_title("The same 30% (dashed): how firm is it? Dotted: the rule, 20%", fontsize=12, loc="left")
most = 1.15 * np.abs(reasons).max()
for k, (letter, ax) in enumerate(zip(chosen, below.subplots(1, 4), strict=True)):
    plots.draw_reasons(ax, *top_reasons(k), f"person {letter}: reasons", most=most)
plots.show(
    figure,
    "Above: what 20 refits say about each of four people with a risk of 30%, and the rule of the house at 20%. "
    + "; ".join(f"{letter} {p.low:.0%} to {p.high:.0%}" for letter, p in zip(chosen, four.itertuples(), strict=True))
    + ". Below: the three strongest reasons of the model (SHAP, log-odds; filled: raises the risk, hatched: lowers it). "
    + "; ".join(
        f"{letter}: " + ", ".join(f"{n} {v:+.1f}" for n, v in zip(*top_reasons(k), strict=True))
        for k, letter in enumerate(chosen)
    ),
)

# %% [markdown]
# Four things to note before you decide:
#
# - **With one rule for all, a prediction set would be the same for all four**: it is a cut through the risk, and their
#   risk is the same. Here the sets differ because each age group has its own rule.
# - **Even for A the refits spread widely.** A risk learned from 2,458 people is less firm than it looks. But what counts
#   is the rule: all of A's refits lie above 20%, so they agree about the test. B's, C's and D's do not.
# - The explanations name plausible things for all four. That proves little (18.2). An *implausible* one is worth more: a
#   heatmap on a lead marker is a reason to stop.
# - The fifth signal is not in the table. It is not in the computer.

# %% [markdown]
# ## 2. Act, verify, or do not use
#
# Three possible decisions, for the house's next step (a blood test, HbA1c, at 20% or more):
#
# - **act on it**: the number is reason enough for the next step,
# - **verify first**: a second source must agree before the number counts,
# - **do not use it**: decide as if the tool did not exist.
#
# Decide for each person, then open the next.

# %% fold=true
Question(
    "Person A. All signals are good, and the next step is a blood test.",
    {
        "act on it": "Calibrated in this age group, one label, reasons that make sense, an ordinary patient, and little harm if wrong.",
        "verify first": "With what? The next step is itself a cheap and exact test.",
        "do not use it": "Nothing speaks against the number here.",
    },
    right="act on it",
)

# %% fold=true
Question(
    "Person B. The set holds both answers, and the refits lie on both sides of 20%.",
    {
        "act on it": "The blood test may well be right. But then because the model does NOT know, and not because of its 30%.",
        "verify first": "The tool says 'I do not know'. Get a second source before anybody writes 30% into the notes. Here it is at hand: the HbA1c.",
        "do not use it": "Its doubt is useful: it says whom to look at.",
    },
    right="verify first",
)

# %% fold=true
Question(
    "Person C is flagged as unlike the training people. Look at the pressure and the pulse in the table.",
    {
        "act on it": "Nobody has tested the model on such a person.",
        "verify first": "Defensible: measure again, and if the values are then usual, ask the tool again. As it stands, its number must not count.",
        "do not use it": "The number rests on measurements that need a doctor first: a wrong reading, a drug, or an emergency. Measure again, treat, and decide about the test without the tool.",
    },
    right="do not use it",
)

# %% fold=true
Question(
    "Person D. One label, an ordinary patient, calibrated in this age group. What would you ask?",
    {
        "Nothing: act on it, as for A": "One question would have changed everything.",
        "'Do you take any tablets?'": "The answer, in the real data: tablets for diabetes. It is long known. The tool was never told.",
    },
    right="'Do you take any tablets?'",
)

# %%
for letter, person in zip(chosen, four.itertuples(), strict=True):
    print(f"person {letter}: told by a doctor of diabetes: {person.told}; takes tablets for it: {person.tablets}")

# %% [markdown]
# For D the tool must **not be used**: its 30% is an answer to a question that nobody has. Neither the risk, nor the set, nor
# the refits, nor the explanation, nor the similarity could show it. (D's prediction set even names the wrong answer, if it is
# {no diabetes}: one of the misses that the 15% allow. D's reasons may have made you hesitate. They did not tell you why.) Only
# the fifth signal did, and it came from a person.
#
# **Now change the stakes.** The next step is no blood test but a drug with side effects, from today, without a test.

# %% fold=true
Question(
    "Person A again: all signals good. The next step is the drug.",
    {
        "act on it": "At 30%, about seven in ten such people would be treated for a disease that they do not have.",
        "verify first": "The same output, another decision: what follows from an error is part of the question.",
        "do not use it": "It may still point out whom to test.",
    },
    right="verify first",
)

# %% [markdown]
# Write the decision down, with the reason, also when you follow the tool. One line is enough: *"Tool 30%, both labels,
# refits far apart: HbA1c ordered because of the doubt, not because of the number."* The exercises have twelve more cases.

# %% [markdown]
# ## 3. Who is helped, who is harmed?
#
# "A doctor looks at every output, so it is safe." Is it? Five published studies:
#
# | study | who | what was found |
# |---|---|---|
# | Gaube 2021 | physicians with chest films and advice, labelled as from an AI or from a person; all of it was written by people | inaccurate advice lowered the accuracy, **whatever its label said** |
# | Jabbour 2023 | 457 clinicians with written cases; 73.0% accurate without help | a usual AI helped, a **systematically wrong** AI harmed; explanations did not repair it (figure) |
# | Agarwal 2023 | radiologists | AI advice does not help uniformly: they give it too little weight, and treat it as if it were independent of what they see; often it is better to give a case to the human *or* to the AI |
# | Yu 2024 | 140 radiologists, 324 cases | the effect differs from reader to reader; some are harmed; experience and earlier use of AI did not predict who is helped |
# | Rezazade Mehrizi 2023 | 92 radiologists, 2,760 decisions on mammograms | wrong suggestions misled; explanations had little effect on that |

# %% fold=true
Question(
    "In Jabbour's study half of the clinicians also saw explanations of the AI, drawn on the image. What did these do to the harm by the wrong AI?",
    {
        "They removed the harm": "One would hope so: 'they will see that its reasons are wrong.'",
        "They made no clear difference": "-11.3 points without, -9.1 with: the difference of 2.3 could be chance.",
        "They doubled the harm": "No. But they did not protect.",
    },
    right="They made no clear difference",
)

# %% fold=true
effects = {
    "usual AI": 2.9,
    "usual AI, with explanation": 4.4,
    "wrong AI": -11.3,
    "wrong AI, with explanation": -9.1,
}
figure, ax = plt.subplots(figsize=(9, 3.2), layout="constrained")
plots.draw_changes(
    ax, list(effects), list(effects.values()), xlabel="change of accuracy (percentage points), from 73.0%"
)
ax.set_title("457 clinicians with advice from an AI (Jabbour 2023)", fontsize=12, loc="left")
plots.show(
    figure,
    "Change of the clinicians' accuracy from 73.0% without help, in percentage points: "
    + "; ".join(f"{name} {change:+.1f}" for name, change in effects.items()),
)

# %% [markdown]
# A wrong tool takes away more than a good one gives. And a good one is not equally good for every reader.
#
# What follows for your own work, in one habit: **note your own assessment before you see the output.** Then ask of each
# change: *which new fact did the tool give me?* If there is none, it was the number alone that moved you.

# %% [markdown]
# ## 4. What it costs: alerts per 100 patients
#
# A threshold is not only a line in a figure. It is work. The practice tests at 20% or more; section 18.3 spoke of 10%.

# %%
y_alert = y_prob >= 0.20
per_100 = 100 / len(y_true)
print(f"alerts per 100: {y_alert.sum() * per_100:.0f}")
print(f"   of them false: {(y_alert & (y_true == 0)).sum() * per_100:.0f}")
print(f"people with diabetes and no alert, per 100: {(~y_alert & (y_true == 1)).sum() * per_100:.1f}")

# %% fold=true
Question(
    "The threshold goes down from 20% to 10%. What happens to alerts and missed cases?",
    {
        "Fewer missed, about as many alerts": "Every person between 10% and 20% now gets an alert.",
        "Fewer missed, many more alerts": "One is bought with the other. The question is the price.",
        "More missed, more alerts": "A lower threshold cannot miss more.",
    },
    right="Fewer missed, many more alerts",
)

# %%
burden = pd.DataFrame({f"at {t:.0%}": alert_burden(y_true, y_prob, threshold=t)._asdict() for t in (0.10, 0.20)}).T
burden["alerts per case found"] = 1 / burden["ppv"]
burden.drop(columns="ppv").round(1)

# %% claim=true
extra_alerts, fewer_missed = (burden.iloc[0] - burden.iloc[1])[["alerts", "true_alerts"]]
assert 20 < extra_alerts < 30
assert 3 < fewer_missed < 5

# %% [markdown]
# Is that too much? For a blood test perhaps not: one in five of these people *has* diabetes. For an alarm that wakes a
# doctor at night it would be unbearable. **The numbers hold for this prevalence.** On a ward where the disease is rare, the
# same sensitivity and specificity give mostly false alerts (exercise 18.5-d).

# %% [markdown]
# ## 5. Is this patient like those it learned from?
#
# The simplest check is the range of each value. But a person can be ordinary in each value and odd in the combination: a
# large BMI with a small waist. The **Mahalanobis distance** (1936) counts that:
#
# $$d(x) = \sqrt{(x - m)^\top S^{-1} (x - m)}$$
#
# with the mean $m$ of the training people and their covariance $S$, which says which values go together.

# %%
two = ["bmi_kg_m2", "waist_cm"]
known = X_train[two].dropna()
m, S = known.mean(), known.cov()
points = pd.DataFrame(
    {"BMI": [29, 45, 45], "waist": [99, 135, 85]}, index=["ordinary", "both large", "large BMI, small waist"]
)
x = points.to_numpy() - m.to_numpy()
points["distance"] = np.sqrt((x @ np.linalg.inv(S) * x).sum(axis=1)).round(1)
points

# %% [markdown]
# The third person has the BMI of the second and a quite usual waist. Together they are the farthest out by far.
#
# The helper does this with all 13 measurements and flags a person above the **99th percentile** of the training people. So
# about 1 in 100 ordinary people will be flagged. That is the price, and it must be known:

# %%
check_up = detector.check(X_test)
print(f"{check_up.flagged} of {check_up.n:,}: {check_up.rate:.1%} ({check_up.low:.1%} to {check_up.high:.1%})")

# %% claim=true
assert check_up.rate <= 0.02

# %% [markdown]
# Section 18.4 typed values in wrong units, and the ensemble did not notice the waist in inches. And now? In the last row we
# change one value only: everybody is said to be **8 years old**.

# %%
mistakes = {
    "cholesterol in mmol/L": {"hdl_mg_dl": 1 / 38.67, "total_cholesterol_mg_dl": 1 / 38.67},
    "height in inches": {"height_cm": 1 / 2.54},
    "waist in inches": {"waist_cm": 1 / 2.54},
}
strange = {
    name: X_test.assign(**{column: X_test[column] * factor for column, factor in factors.items()})
    for name, factors in mistakes.items()
}
strange["age set to 8"] = X_test.assign(age_years=8.0)

# %% fold=true
Question(
    "The tool was trained on adults from 20 to 80. How many of the people with age 8 are flagged?",
    {
        "All": "8 lies outside everything it has seen, but the distance adds up 13 measurements.",
        "Most": "8 is not even three standard deviations below the mean age of these adults.",
        "Few": "One odd value among twelve ordinary ones drowns.",
    },
    right="Few",
)

# %%
share = {name: detector.flag(X).mean() for name, X in strange.items()}
pd.Series({name: f"{value:.0%}" for name, value in share.items()}, name="flagged").to_frame()

# %% claim=true
assert min(share["waist in inches"], share["height in inches"]) > 0.9
assert share["age set to 8"] < 0.1

# %% [markdown]
# It catches the waist that no ensemble caught. It lets most of the "children" pass. So it does **not replace** the sentence in the
# intended use: *adults of 20 and over*. A fixed rule belongs beside it.
#
# ### And films?
#
# Pixel by pixel, any two films differ. So we measure the distance in what the *network* sees: the 144 numbers before its last
# layer. It learns what is usual from 600 films of the kind on which the network was trained. Then come the same four shifts as
# in 18.4, and usual films that neither has seen.

# %%
rows = {}
for cohort in ("test", "low_dose", "child", "portable", "other_vendor"):
    flagged = load_film_predictions(cohort).metadata["flagged"][:200]
    low, high = binomtest(int(flagged.sum()), 200).proportion_ci(method="wilson")
    rows["usual films" if cohort == "test" else cohort] = {"flagged": flagged.mean(), "low": low, "high": high}
film_flags = pd.DataFrame(rows).T

# %% fold=true
figure, ax = plt.subplots(figsize=(8.6, 3.2), layout="constrained")
places = np.arange(len(film_flags))
ax.barh(places, film_flags["flagged"], height=0.55, color="0.75", edgecolor="black")
errors = np.abs(film_flags[["low", "high"]].T - film_flags["flagged"]).to_numpy()
ax.errorbar(film_flags["flagged"], places, xerr=errors, fmt="none", color="black", capsize=5)
for place, row in zip(places, film_flags.itertuples(), strict=True):
    ax.text(row.high + 0.02, place, f"{row.flagged:.0%}", va="center")
ax.set(
    yticks=places,
    yticklabels=film_flags.index,
    xlim=(0, 1.12),
    xlabel="share flagged, of 200 synthetic films (95% interval)",
)
ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
ax.spines[["top", "right"]].set_visible(False)
ax.invert_yaxis()
plots.show(
    figure,
    "Share of 200 synthetic films flagged as unlike the training films, with 95% intervals: "
    + "; ".join(f"{name} {row.flagged:.0%} ({row.low:.0%} to {row.high:.0%})" for name, row in film_flags.iterrows()),
)

# %% claim=true
assert film_flags.loc["other_vendor", "flagged"] > 0.95
assert film_flags.loc["low_dose", "flagged"] < 0.5
assert film_flags.loc["usual films", "flagged"] <= 0.05

# %% [markdown]
# The other vendor, which did the most harm in 18.4 and left dropout unmoved, is the easiest to see here. The grainy low dose and
# the child often pass. Two indicators, two blind spots. **Ask a vendor: which inputs does your flag catch, which does it
# miss, and how often is it wrong on ordinary patients?**
#
# And a flag does not say that the prediction is wrong. It says that few or no such patients were in training.

# %% [markdown]
# ## 6. The report
#
# Before a tool may advise on patients, somebody must write down what is known. The textbook names four things to document:
# performance on subpopulations, calibration with intervals, failure modes and signs of unfamiliar input, and conditions of use
# with a procedure to override. The helper computes what can be computed, and refuses to invent what must be written:

# %% tags=["nbval-check-output"]
try:
    trust_report("Diabetes tool", y_true, y_prob, intended_use="Adults.")
except ValueError as refusal:
    for line in str(refusal).splitlines():
        print(line[:110])

# %% [markdown]
# So we write. (Read these texts as a member of the committee: is anything missing? The *hash* is a fingerprint: another model, another hash.)

# %%
written = {
    "intended_use": "Advises a doctor in general practice whether to order an HbA1c test for an adult aged 20 or over. "
    "A risk of 20% or more is an alert. Not for children, in pregnancy, for known diabetes, or to start a treatment.",
    "data": "NHANES 2017-2018, adults with a measured HbA1c. Label: HbA1c of 6.5% or more, or told by a doctor of having "
    "diabetes. It means diabetes on the day of the survey, not a future risk. No survey weights were used.",
    "dates": "Patients seen in 2017 and 2018. Model trained, and this report made, in this course.",
    "failure_modes": [
        "Known diabetes: the tool is not told of it (person D of the lesson).",
        "Treated people: drugs lower pressure and cholesterol, and with them what the tool sees.",
        "Values in wrong units: flagged mostly, not always. A wrong age alone is mostly not flagged.",
        "Missing values: filled by the model without a word.",
    ],
    "use_conditions": "By doctors who have read this report. All 13 measurements taken today, in the units of the form. "
    "Do not use where a person is flagged as unlike the training people.",
    "override": "The doctor notes an own assessment first, may always decide otherwise, and writes one line why. Decisions "
    "and reasons go into the log, which the practice audits each quarter. If the tool is down: test by the practice's "
    "former rule. Harm, or a doubtful flag, is told to the person named on the door of the lab.",
    "version": "1.0, of this course; scikit-learn gradient boosting with Platt scaling.",
    "model_hash": fingerprint(model),
}

# %%
groups = audit["race_ethnicity"].rename("race and ethnicity")
report = trust_report(
    "Diabetes tool", y_true, y_prob, groups=groups, threshold=0.20, similarity=detector.check(X_test), **written
)
print(report.to_markdown().split("\n## ")[0])

# %% [markdown]
# Read the third bullet of the summary. **It says "insufficient data" for every group.** 1,506 people were tested, 298 with
# diabetes, and in no group are there 100 of them. The overall numbers look fine. What does this report allow you to say
# about your Asian patients? Nothing.
#
# (The groups are what people said of themselves: a social category, and no input of the model. We ask about it because a model
# can serve groups unequally, not because it is a cause.)

# %% fold=true
Question(
    "What should the author of the report do?",
    {
        "Lower the limit of 100 events, so that all groups get a number": "The numbers would be as uncertain as before. They would only look better.",
        "Leave the small groups out": "Then nobody would ask.",
        "Test on more people": "It is the only way to know more. Where they cannot be found, 'insufficient data' is the result.",
    },
    right="Test on more people",
)

# %% [markdown]
# We have 5,018 people. So we judge each of them with a model that has *not* seen them: cut all people into five parts, train on
# four, predict the fifth, five times over. (The report is then about the *recipe*, five sister models, and not about one model
# to the last digit. That must be said in it.)

# %%
recipe = CalibratedClassifierCV(HistGradientBoostingClassifier(random_state=0), method="sigmoid", cv=5, ensemble=False)
fifths = StratifiedKFold(5, shuffle=True, random_state=14)
p_all = cross_val_predict(recipe, data.X, data.y, cv=fifths, method="predict_proba")[:, 1]
y_all, race = data.y.to_numpy(), data.audit["race_ethnicity"].rename("race and ethnicity")

# %%
written["data"] += (
    " Each person was judged by a model trained on the other four fifths: five sister models, one recipe."
)
report = trust_report(
    "Diabetes tool", y_all, p_all, groups=race, threshold=0.20, similarity=detector.check(X_test), **written
)

# %% [markdown]
# That was the one call. The whole report, as the committee gets it. (Its headings are made smaller here. Skim it now; we
# read it together below.)

# %% fold=true
Markdown(re.sub(r"^(#+) ", r"##\1 ", report.to_markdown(), flags=re.MULTILINE))

# %%
page = report.to_html()  # one file with its figures, no network: write it with Path("report.html").write_text(page)
saved = report.to_json()  # for another program: type(report).from_json(saved) is this report again

# %% claim=true
assert not re.search(r"<(link|script|img|iframe)\b", page)
assert type(report).from_json(saved) == report

# %% [markdown]
# ## 7. Read it: for whom is it unsafe?

# %%
by_race = report.subgroup_table()
subgroup_text(by_race)[["n", "events", "AUC", "sensitivity", "O/E"]]

# %% fold=true
figure, axes = plt.subplots(figsize=(9.2, 4), layout="constrained")
names = [
    f"{name} ({row.events:.0f} of {row.n:,.0f}){'*' if row.insufficient else ''}" for name, row in by_race.iterrows()
]
xlabel = "observed / expected (95% interval)\nright of 1: more diabetes than predicted"
marks = plots.draw_ratios(axes, names, by_race["oe"], by_race["oe_low"], by_race["oe_high"], xlabel=xlabel)
for bars, few in zip(marks, by_race["insufficient"], strict=True):
    if few:
        bars.lines[0].set_marker("none")  # no estimate that somebody might quote
axes.set_title("* fewer than 100 events: an interval, and no estimate", fontsize=12, loc="left")
plots.show(
    figure,
    "Observed over expected diabetes by group with 95% intervals; * marks insufficient data. "
    + " ".join(f"{name}: {row.oe_low:.2f} to {row.oe_high:.2f}." for name, row in by_race.iterrows()),
)

# %% fold=true
Question(
    "The report's test finds the probabilities wrong in one group only: Non-Hispanic White, O/E about 0.8. Is this the group for which the tool is most dangerous?",
    {
        "Yes: it is the only one that was found": "It was found because it is the largest. And what does O/E below 1 do to a person?",
        "No: look at what the error does, and at where it was too small to be seen": "0.8 means risks too high: needless blood tests. Above 1 means risks too low: missed people.",
    },
    right="No: look at what the error does, and at where it was too small to be seen",
)

# %%
tested = miscalibrated_groups(y_all, p_all, race)
tested[["n", "events", "expected", "oe", "p_adjusted", "miscalibrated"]].round(2)

# %% tags=["nbval-check-output"]
print("found wrong by the test:", ", ".join(tested.index[tested["miscalibrated"]]))
print("interval of O/E wholly above 1:", ", ".join(by_race.index[by_race["oe_low"] > 1]))
print("insufficient data:", ", ".join(by_race.index[by_race["insufficient"]]))

# %% [markdown]
# - **Non-Hispanic White**: risks too high, and surely so. The harm: needless tests.
# - **Non-Hispanic Asian**: risks too low; the interval of O/E lies above 1. The test, which is strict because it looks at six
#   groups, does not call it proven. Section 18.3 saw the same in 20 other splits, and there is a likely medical reason for it. The
#   harm: people with diabetes who get no test. *Not proven* does not mean *absent*.
# - **Two groups**: too few people to say. For them the tool is untested.
#
# Overall, O/E is about 1. The errors of the groups cancel.
#
# Part 5 of the report has another such line: its sets promise 90%. They keep it over all people, and hold the truth for
# only about **half of the people with diabetes** (section 18.4). Its {no diabetes} reassures many who are ill.
#
# Now the same people by age. Look at the sensitivity.

# %%
by_age = subgroup_report(y_all, p_all, age_group(data.X["age_years"]), threshold=0.20)
subgroup_text(by_age)[["n", "events", "AUC", "sensitivity", "O/E"]]

# %% fold=true
Question(
    "Under 40: 'insufficient data', and an interval of the sensitivity. What do you conclude?",
    {
        "Nothing: the data are insufficient": "There is no estimate. But there is an interval: look at its upper end.",
        "At this threshold it misses most of the young people with diabetes": "Even the best value that fits the data is far below the sensitivity of all. An interval can convict where an estimate may not be quoted.",
        "The sensitivity is in the middle of the interval": "That would be the bare number that the report refuses to print.",
    },
    right="At this threshold it misses most of the young people with diabetes",
)

# %% claim=true
young = by_age.loc["20-39 years"]
assert young["insufficient"]
assert young["sensitivity_high"] < 0.5
assert by_age.loc["overall", "sensitivity"] > 0.7

# %% [markdown]
# So for people **under 40 the tool is unsafe at 20%**: a missing alert means nothing there. (Look at O/E: it is *below* 1.
# The risks of the young are not too low. They are low because diabetes is rare at this age, and one threshold for all ages misses
# the few. Calibration is not sensitivity.) And from 40 on, the AUC within an age group is lower than overall: much of
# the overall AUC comes from telling the old from the young.
#
# A sentence for the report: *"Do not use the absence of an alert to rule out diabetes under 40."*

# %% [markdown]
# ## 8. An override log, audited
#
# > At 03:00 a doctor decides against the tool. She is right. Nobody writes it down.
#
# In a year somebody will ask: do our doctors follow the tool blindly? Here is a log of 300 patients (**synthetic**). The
# tool advised 1 (act) or 0; the clinician decided; the outcome was followed up.

# %%
log = make_override_log(300, seed=0)
log.head(6)

# %%
overridden = log["decision"] != log["advice"]
wrong_advice = log["advice"] != log["outcome"]
clinician_right = log["decision"] == log["outcome"]
print(f"overrides: {overridden.sum()} of {len(log)}, a rate of {overridden.mean():.0%}")
print(f"   of the overrides, right: {clinician_right[overridden].mean():.0%}")

# %% fold=true
Question(
    "One in ten pieces of advice is overridden, and most overrides are right. Is this team safe?",
    {
        "Yes: they think for themselves, and well": "You have looked at the overrides only. What about those that should have come, and did not?",
        "One cannot tell yet": "The missing number: of the WRONG advice, how much was followed?",
        "No: they override too often": "An override of wrong advice is what one wants.",
    },
    right="One cannot tell yet",
)

# %% tags=["nbval-check-output"]
followed = (~overridden)[wrong_advice]
low, high = binomtest(int(followed.sum()), len(followed)).proportion_ci(method="wilson")
print(
    f"wrong advice: {wrong_advice.sum()}, followed: {followed.sum()}, a share of {followed.mean():.2f} ({low:.2f} to {high:.2f})"
)

# %% claim=true
assert np.isclose(audit_override_log(log).agreement_when_wrong, followed.mean())

# %% [markdown]
# **Two of three wrong pieces of advice were followed.** *Automation bias* is at most this: some would have erred alone, too. Only a log that
# knows the outcome shows it. A low override rate can mean a good tool, or clinicians who no longer look.
#
# And the reasons?

# %%
night = ~log["hour"].between(7, 20)
pd.DataFrame(
    {
        "overrides": overridden.groupby(night).sum(),
        "with a reason written": (overridden & log["reason"].notna()).groupby(night).sum(),
    }
).rename(index={False: "by day", True: "by night (21 to 6 h)"})

# %% [markdown]
# By day nearly every override has a reason, by night few. A procedure that needs five clicks is not used at 03:00. So a procedure
# for overrides says: **who may** (everybody who sees the output), **how** (one click, one line, later by telephone if need be),
# **who is told**, **who reads the log and how often**, and **what works when the tool is down**.

# %% [markdown]
# ## 9. Who should decide? The team, simulated
#
# Four ways to work, with the model of this section:
#
# - **clinician alone**: a clinician reads every patient,
# - **model alone**: the threshold decides,
# - **always follow the model**: a clinician reads every patient, and does what the model says,
# - **defer the uncertain**: those nearest to the threshold go to the clinician, the model decides the others.
#
# All costs are in one unit: one false alarm = 1. The clinician's numbers are invented. Move them.

# %% fold=true
question = Question(
    "'Always follow the model' has a doctor in the loop for every patient. Compared with 'model alone', it ...",
    {
        "misses fewer": "The doctor does what the model says, so the decisions are the same.",
        "decides the same and costs more": "A human in the loop who never overrides adds only the reading.",
        "has fewer false alarms": "The same decisions give the same false alarms.",
    },
    right="decides the same and costs more",
)
team_explorer = TeamExplorer(y_true, y_prob)

# %%
PredictFirst(question, team_explorer)

# %% [markdown]
# If the sliders do not move, the kernel is not running: choose *Run > Run All Cells*. The same story without sliders:

# %% fold=true
team_explorer.filmstrip()

# %% tags=["nbval-check-output"]
settings = {
    "as it starts": {},
    "a clinician who finds 95%": {"clinician_sensitivity": 0.95},
    "reading costs 1": {"cost_reading": 1.0},
}
for name, change in settings.items():
    team = simulate_team(y_true, y_prob, threshold=0.2, **{"cost_missed": 9, **change})
    print(f"{name}: lowest cost: {team['cost_per_100'].idxmin()}")

# %% [markdown]
# Three settings, three winners. **"Doctor and AI together beat either" is no law.** It depends on how good the clinician is,
# what a reading costs, what a missed case costs, and how the work is divided. Look at the fourth picture of the strip, too: the
# model's own threshold matters as much as the team. Where a missed case weighs nine false alarms, the threshold that fits is
# 10%, not 20% (section 18.3).
#
# What the simulation leaves out, on purpose, and a real team does not: the clinician here is equally good on every patient, and
# is neither helped nor misled by the output. Part 3 showed that real readers are.

# %% [markdown]
# ## 10. Which document asks for what
#
# The report's parts against what the standards ask. The numbers are items of TRIPOD+AI (27 items for prediction studies) and
# articles of the EU AI Act; CHAI is the Coalition for Health AI. **Which part serves which item is our reading, not a legal
# opinion.**

# %% fold=true
lines = ["| part | TRIPOD+AI item | EU AI Act, Article | CHAI applied model card |", "|---|---|---|---|"]
lines += [f"| {part.title} | {part.tripod} | {part.ai_act} | {part.chai} |" for part in PARTS.values()]
Markdown("\n".join(lines))

# %% [markdown]
# | rule or standard | what it is about | as of |
# |---|---|---|
# | Good Machine Learning Practice: FDA, Health Canada, MHRA | ten principles; no. 3 representative data, 4 independent test data, 7 the human-AI team, 8 tests under clinically relevant conditions, 9 clear essential information, 10 monitoring in use | 27 October 2021 |
# | Transparency for machine-learning devices: the same three | who, why, what, where, when, how; builds on 7 and 9; explainability is one part of it, the model's logic is given "when available" | 13 June 2024 |
# | FDA draft guidance on AI-enabled device software | life cycle, performance in subgroups, uncertainty; an example of a model card | draft of 7 January 2025; still a draft when last checked, May 2026 |
# | FDA guidance on clinical decision support | among the criteria: the clinician can independently review the basis; analysis of images and signals stays a device | final, 6 January 2026 |
# | EU AI Act, Article 13 | instructions for use: purpose, accuracy, performance for specific groups, oversight | Regulation (EU) 2024/1689 |
# | EU AI Act, Article 14 | the overseer must be able to understand the limits, resist automation bias, disregard or override the output, and stop | an amendment, adopted by Parliament on 16 June and by the Council on 29 June 2026, moves the duties to 2 December 2027 (Annex III) and 2 August 2028 (within products such as medical devices); check its publication in the Official Journal |
# | US: ONC HTI-1 | 31 source attributes for predictive decision support in certified records | in force 8 February 2024, this criterion from 1 January 2025; a proposal of 29 December 2025 (HTI-5) would remove it, no final rule when last checked |
# | TRIPOD+AI | 27 items for reports of prediction models | BMJ, 2024 |
#
# Rules change. Check the dates before you rely on a line.
#
# A filled report is not compliance, and not safety. It makes it possible to ask.

# %% [markdown]
# ## Five misconceptions, and where you saw them fall
#
# | One hears | What you saw |
# |---|---|
# | "A human in the loop makes it safe." | Wrong advice took 11 points from clinicians (3); two of three wrong pieces of advice were followed (8). |
# | "AI and doctor together beat either alone." | Three settings, three winners (9); not uniform in trials (3). |
# | "The same risk means the same decision." | Four people with 30%, and three decisions (2). |
# | "The flag will catch the unusual patient." | The waist in inches yes, the age of 8 mostly no (5). |
# | "It is widely used, so it is valid here." | A sepsis model in wide use: AUC 0.63 in an external test, 0.76 to 0.83 by its vendor; its second version 0.82 to 0.92, with a PPV of 0.13 to 0.26, and large differences between sites (Wong 2021, 2026). |
#
# ## Back to the case
#
# Monday: A was tested because of the tool. B was tested because of its doubt. C's pressure was measured again, and the tool
# was forgotten. D was asked, and named tablets for diabetes. One number, four sentences in the notes.
#
# Friday: what does the committee get? *Calibrated overall, and wrong in groups: too high for the White group, probably too low
# for the Asian group, untested in two others. Under 40, no alert means nothing. At 20%, more than four alerts per ten
# people, nearly two in three of them false. Flags about 1 in 100 ordinary people, and misses a wrong age.* And this was measured in a survey,
# not on a ward. The honest verdict for the wards: **not yet. Test it there first, without showing it to anybody.**

# %% [markdown]
# ## Discuss
#
# 1. The clinician follows the tool and is wrong. She overrides it and is wrong. Is she accountable in the same way? And who
#    else is?
# 2. Should a clinician be *made* to commit before the output is shown? What does it cost on a busy day?
# 3. May a patient refuse that the tool be used? Must a patient be asked before it is *not* used?
# 4. Under 40 the tool misses most. A lower threshold for the young, a separate tool, or no tool? Who decides?
# 5. Write the five sentences of an override procedure for your own ward.
#
# ## Key points
#
# - Five signals: confidence, doubt, explanation, similarity, context. The last is yours alone.
# - Act, verify, do not use: the stakes decide, not the number. Write one line, also when you follow.
# - Advice helps and harms. A wrong tool takes more than a good one gives, and an explanation does not protect.
# - A threshold is work: count alerts, false alerts and missed cases per 100 of *your* patients.
# - A similarity flag has false flags and blind spots. Ask for both. It does not replace an intended use.
# - Read a report group by group: too low, too high, or unknown. "Insufficient data" is a result.
# - An override log without outcomes cannot show automation bias.
#
# ## Exercises
#
# {{Count 18.5}} exercises, with hints and solutions: [exercises/18_5_trust_guidelines.ipynb](../exercises/18_5_trust_guidelines.ipynb).
#
# ## References
#
# - Agarwal N. et al. NBER working paper 31422, 2023. (Radiologists with and without AI.)
# - Coalition for Health AI. Applied Model Card. github.com/coalition-for-health-ai/mc-schema
# - Collins G. S. et al. TRIPOD+AI statement. BMJ 2024;385:e078378. doi:10.1136/bmj-2023-078378
# - European Union. Regulation (EU) 2024/1689 (Artificial Intelligence Act), Articles 13 and 14.
# - FDA, Health Canada, MHRA. Good machine learning practice for medical device development: guiding principles. 2021.
# - FDA, Health Canada, MHRA. Transparency for machine learning-enabled medical devices: guiding principles. 2024.
# - Gaube S. et al. Do as AI say: susceptibility in deployment of clinical decision-aids. npj Digit Med 2021;4:31. doi:10.1038/s41746-021-00385-9
# - Jabbour S. et al. Measuring the impact of AI in the diagnosis of hospitalized patients. JAMA 2023;330(23):2275-2284. doi:10.1001/jama.2023.22295
# - Mahalanobis P. C. On the generalised distance in statistics. Proc Natl Inst Sci India 1936;2:49-55.
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Rezazade Mehrizi M. H. et al. Sci Rep 2023. PMC10247804. (92 radiologists, mammography, explanations.)
# - Wong A. et al. External validation of a widely implemented proprietary sepsis prediction model in hospitalized patients. JAMA Intern Med 2021;181:1065-1070. doi:10.1001/jamainternmed.2021.2626
# - Wong A. et al. JAMA Netw Open 2026. doi:10.1001/jamanetworkopen.2026.0181 (Version 2 of the sepsis model.)
# - Yu F. et al. Heterogeneity and predictors of the effects of AI assistance on radiologists. Nat Med 2024. doi:10.1038/s41591-024-02850-w
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
