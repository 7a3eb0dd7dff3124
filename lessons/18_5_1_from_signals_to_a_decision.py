# %% [markdown] slide="From signals to a decision | Four people have the same risk. | May you act on it in each of them?"
# # 18.5 Clinical trust guidelines, part 1: from signals to a decision
#
# **For** doctors in training and their teachers. You need no code: run each cell, answer the questions, move the sliders.
# What only coders need stands at the end.
#
# **Time:** about {{reading}} minutes to read and try, {{minutes 18.5-bcdegklm}} minutes for the exercises. Here "part 5" means
# heading 5.
#
# **Questions this part answers**
#
# - A tool says 8%. Of whom was this number computed, and is my patient one of them?
# - Four people have the same risk. May I act on it in each of them?
# - Does a doctor with a tool decide better than a doctor alone?
# - What does a threshold do to a working day?
# - When do I override, and who will ever know whether I was right?
#
# **After it you can**
#
# 1. *check* whether a tool's numbers are about the people of its intended use,
# 2. *integrate* five signals (confidence, doubt, explanation, similarity, context) by a rule into one written decision: act,
#    verify or do not use,
# 3. *compute* what a threshold costs per 100 patients,
# 4. *read* a flag for "unlike the training patients", and *state* what it does not see,
# 5. *audit* a log of overrides.
#
# > The people of the table are real (NHANES 2017-2018). The chest films and the override log are **synthetic**. Nothing here
# > is medical or legal advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from clinxai_teach import plots
from clinxai_teach.attribution import shap_explanation
from clinxai_teach.calibration import PlattScaling
from clinxai_teach.checks import Question
from clinxai_teach.data import diabetes_split, load_film_predictions, load_nhanes_diabetes
from clinxai_teach.explorers import PredictFirst, TeamExplorer
from clinxai_teach.trust import (
    SimilarityDetector,
    alert_burden,
    audit_override_log,
    make_override_log,
    simulate_team,
    subgroup_report,
)

plt.rcParams["font.size"] = 12


def share(events, n):
    """Return a share as a text, with its 95% interval (Wilson)."""
    low, high = binomtest(int(events), int(n)).proportion_ci(method="wilson")
    return f"{events / n:.1%} ({low:.1%} to {high:.1%})"


# %% [markdown]
# ## Warm-up: a question on section 18.4

# %% fold=true
Question(
    "A film comes from a machine of another vendor. What did Monte Carlo dropout say?",
    {
        "Its doubt rose sharply": "One would have hoped so.",
        "It hardly warned, though many outputs were wrong": "Its passes agreed with each other. Part 5 tries another warning.",
        "It refused to answer": "A network always answers.",
    },
    right="It hardly warned, though many outputs were wrong",
)

# %% [markdown] slide="A case | Invented leaflet: for adults whom no doctor has told that they have diabetes; AUC 0.78, calibrated. Four people: the bought tool says 6% to 39%; mended, 7% to 9%. | Would you do the same four times?"
# ## A case
#
# > A practice buys the diabetes tool of section 18.3. Its leaflet says: *for adults whom no doctor has told that they have
# > diabetes*. And: *AUC 0.78, calibrated.* It is Monday. Four people sit in the waiting room. Its outputs for them run from 6% to
# > 39%. Part 1 mends the tool; the mended one says 7% to 9% for all four. Would you do the same four times?

# %% [markdown]
# ## 1. Of whom is this number?
#
# Before any signal about a patient comes a question about the tool: **were its numbers computed among the people for whom it
# is meant?**
#
# The leaflet's numbers come from all 5,018 people of 20 and over in the survey whose HbA1c was measured (247 more, 5% of 5,265, have
# none and are left out). Each counts once, though the survey drew some groups more often. The label is "has diabetes": a blood value, *or told by a
# doctor*. Each person was judged by a model that had not seen them (five models, each trained on four fifths).

# %% fold=true
everybody = load_nhanes_diabetes()
told = (everybody.audit["told_diabetes"] == "yes").to_numpy()
recipe = CalibratedClassifierCV(HistGradientBoostingClassifier(random_state=0), method="sigmoid", cv=5, ensemble=False)
fifths = StratifiedKFold(5, shuffle=True, random_state=14)
y_all = everybody.y.to_numpy()
p_all = cross_val_predict(recipe, everybody.X, y_all, cv=fifths, method="predict_proba")[:, 1]

# %% fold=true tags=["nbval-check-output"]
answers = everybody.audit["told_diabetes"]
print(f"{len(y_all):,} people, {y_all.sum()} with diabetes; of these, already told by a doctor: {told.sum()}")
print(
    f"not told: {(~told).sum():,}, {y_all[~told].sum()} with diabetes (told 'borderline': {(answers == 'borderline').sum()}, no answer: {answers.isna().sum()})"
)

# %% [markdown]
# **Four of five "cases" know their diabetes.** They are outside the intended use. What remains if we compute the same numbers
# of the same predictions among the people *inside* it? (*Observed / expected*: the people who have it, divided by the sum of their
# risks. 1 is right; 0.5 means that the risks are twice too high.)

# %% fold=true slide="vote"
Question(
    "Among the people whom no doctor has told of diabetes: of 100 to whom the tool gives about 30%, how many have it?",
    {
        "About 30": "That was so among all. But four of five cases have just left.",
        "About 15": "Fewer than that.",
        "About 7": "The model learned a risk of having diabetes, known or not. Among those not told, 30% means about 7%.",
    },
    right="About 7",
)

# %% fold=true slide="Of whom is this number? | One model, left all 5,018, right the 4,214 not told: observed / expected falls from 0.97 to 0.26, right alerts from 35.9% to 8.2%. | What did the AUC show of it?"
rows = {}
for name, people in {"all, as the leaflet": np.full(len(y_all), True), "inside the intended use": ~told}.items():
    y, p = y_all[people], p_all[people]
    whole = subgroup_report(y, p, np.full(len(y), "x"), threshold=0.20).loc["overall"]
    burden, near_30 = alert_burden(y, p, threshold=0.20), (p > 0.25) & (p < 0.35)
    rows[name] = {
        "people (with diabetes)": f"{len(y):,} ({y.sum()})",
        "AUC": f"{whole.auc:.2f} ({whole.auc_low:.2f} to {whole.auc_high:.2f})",
        "observed / expected": f"{whole.oe:.2f} ({whole.oe_low:.2f} to {whole.oe_high:.2f})",
        "found at 20% (sensitivity)": f"{whole.sensitivity:.2f} ({whole.sensitivity_low:.2f} to {whole.sensitivity_high:.2f})",
        "alerts that are right (PPV)": share(y[p >= 0.20].sum(), (p >= 0.20).sum()),
        "alerts per case found": f"{1 / burden.ppv:.1f}",
        "given 25% to 35%: have it": share(y[near_30].sum(), near_30.sum()),
    }
fall = pd.DataFrame(rows)
fall

# %% claim=true
inside_row, all_row = rows["inside the intended use"], rows["all, as the leaflet"]
assert (all_row["AUC"][:4], inside_row["AUC"][:4]) == ("0.78", "0.73")
assert (all_row["observed / expected"][:4], inside_row["observed / expected"][:4]) == ("0.97", "0.26")
assert all_row["alerts that are right (PPV)"].startswith("35.9%")
assert inside_row["alerts that are right (PPV)"].startswith("8.2%")
assert (all_row["alerts per case found"], inside_row["alerts per case found"]) == ("2.8", "12.2")
assert inside_row["given 25% to 35%: have it"].startswith("6.5%")

# %% [markdown]
# Only *of whom* has changed. The AUC falls a little.
# The risks are about **four times too high**, and an alert that was right in one of three is right in one of twelve.
#
# So the first question to any report: **is it about the people of the intended use? Who was left out, and how many?** It decides
# what "8%" means in your room.
#
# One honest way out: learn and calibrate among the right people. We take a model trained, calibrated and tested only on people who did not say
# that a doctor had told them of diabetes: 4,214, of whom 190 have it. (*Ill* means here one HbA1c of 6.5% or
# more; a diagnosis needs a second result.)

# %% fold=true
split = diabetes_split(people="not told")
X_train, X_calib, X_test = split.X_train, split.X_calib, split.X_test
y_train, y_calib, y_test = split.y_train, split.y_calib, split.y_test.to_numpy()


def fit_tool(X, y, X_calib, y_calib):
    """Return a model learned from X and y, and a function that gives each person's calibrated risk."""
    model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0).fit(X, y)
    platt = PlattScaling().fit(model.decision_function(X_calib), y_calib)
    return model, lambda people: platt.predict_proba(model.decision_function(people))[:, 1]


model, risk_of = fit_tool(X_train, y_train, X_calib, y_calib)
p_test = risk_of(X_test)
test = subgroup_report(y_test, p_test, np.full(len(y_test), "x")).loc["overall"]

# %% fold=true tags=["nbval-check-output"]
print(f"{len(y_test):,} test people, {y_test.sum()} with diabetes that no doctor had called diabetes")
print(f"AUC {test.auc:.2f} ({test.auc_low:.2f} to {test.auc_high:.2f})")
print(f"observed / expected {test.oe:.2f} ({test.oe_low:.2f} to {test.oe_high:.2f})")
print(f"the highest risk that it gives to anybody: {p_test.max():.0%}")

# %% claim=true
assert test.oe_low < 1 < test.oe_high
assert f"{p_test.max():.0%}" == "17%"

# %% [markdown]
# **From here on "the tool" is this mended one, also in the practice.**
#
# This tool never says 90%; a calibrated 8% is good information, too.
#
# **Now ask "of whom?" once more.** No doctor had told the 57 of *diabetes*. But 32 of them had been told of *borderline diabetes* or
# *prediabetes* (of all 190, 103). And 13 of these 32 (33 of the 103) **take tablets for diabetes or insulin**: they are treated already, so
# nobody needs a tool to find them. The tool knows neither. Here are the same test people in three parts. (The practice has drawn its line at
# 6%, as if one missed case weighed about 16 needless tests: from there on the tool gives an alert. *Told something*: of one of the two;
# no answer counts as *told nothing*.)


# %% fold=true slide="Of whom, once more | With an alert (6% or more): told something, on no tablets or insulin, 14 of 66 have diabetes; told nothing, 14 of 233; on tablets or insulin, 7 of 8. | Who asks the question in your clinic?"
def had_hint(audit):
    """Return who was told of borderline diabetes or prediabetes, but not of diabetes."""
    return ((audit["told_diabetes"] == "borderline") | (audit["told_prediabetes"] == 1)).to_numpy()


def is_treated(audit):
    """Return who takes tablets for diabetes, or insulin."""
    return ((audit["takes_diabetes_pills"] == 1) | (audit["takes_insulin"] == 1)).to_numpy()


hint, treated, alert = had_hint(split.audit), is_treated(split.audit), p_test >= 0.06
ANSWERS = {
    "told something, no tablets or insulin": hint & ~treated,
    "told nothing": ~hint & ~treated,
    "on tablets or insulin": treated,
}
TOLD, NOTHING, _ = ANSWERS
parts = subgroup_report(y_test, p_test, np.select(list(ANSWERS.values()), list(ANSWERS), ""))


def ill_of(those):
    """Return how many of `those` test people have diabetes, as a text."""
    return f"{y_test[those].sum()} of {those.sum()}: {share(y_test[those].sum(), those.sum())}"


def oe_of(row):
    """Return observed / expected of a row of a report as a text, with its 95% interval."""
    return f"{row.oe:.2f} ({row.oe_low:.2f} to {row.oe_high:.2f})"


pd.DataFrame(
    {
        answer: {
            "people (with diabetes)": f"{who.sum():,} ({y_test[who].sum()})",
            "observed / expected": oe_of(parts.loc[answer]),
            "the tool says less than 6%: have it": ill_of(who & ~alert),
            "the tool says 6% or more: have it": ill_of(who & alert),
        }
        for answer, who in ANSWERS.items()
    }
)

# %% fold=true
# The same four shares among the people who were not tested, each judged by a model that had not seen them.
X_rest, y_rest, p_rest = split.X_rest, split.y_rest.to_numpy(), np.zeros(len(split.y_rest))
for seen, unseen in fifths.split(X_rest, y_rest):
    shallow = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
    sister = CalibratedClassifierCV(shallow, method="sigmoid", cv=5, ensemble=False)
    p_rest[unseen] = sister.fit(X_rest.iloc[seen], y_rest[seen]).predict_proba(X_rest.iloc[unseen])[:, 1]
rest = everybody.audit.loc[X_rest.index]
told_rest, free = had_hint(rest), ~is_treated(rest)
untreated = subgroup_report(y_test[~treated], p_test[~treated], hint[~treated].astype(str)).loc["overall"]
others = subgroup_report(y_rest[free], p_rest[free], np.where(told_rest[free], TOLD, NOTHING))
print("on no tablets or insulin, observed / expected:")
print(
    f"the {(~treated).sum():,} test people {oe_of(untreated)}, the other {free.sum():,} {oe_of(others.loc['overall'])}"
)
print(f"the other {free.sum():,}, by answer, observed / expected, and who has it:")
for name, asked in ((TOLD, told_rest), (NOTHING, ~told_rest)):
    shares = [
        share(y_rest[who].sum(), who.sum()) for who in (asked & free & (p_rest < 0.06), asked & free & (p_rest >= 0.06))
    ]
    print(f"{name}: {oe_of(others.loc[name])}; less than 6%, {shares[0]}; 6% or more, {shares[1]}")

# %% claim=true
counts = [
    [(int(y_test[q & r].sum()), int((q & r).sum())) for r in (~alert, alert)] for q in ANSWERS.values()
]  # ill and all: less than 6%, and 6% or more
assert counts == [[(5, 116), (14, 66)], [(11, 830), (14, 233)], [(6, 12), (7, 8)]]
cells = [cell for row in counts[:2] for cell in row]
for (ill, everyone), side in zip(
    cells, ("both", "above", "below", "both"), strict=True
):  # of 6%: where the interval lies
    for fewer_ill, fewer in ((0, 0), (1, 1), (0, 1)):  # also without any one person
        ci_of = binomtest(ill - fewer_ill, everyone - fewer).proportion_ci(method="wilson")
        assert side == ("above" if ci_of.low > 0.06 else "below" if ci_of.high < 0.06 else "both")
assert [share(*cell) for cell in cells] == [
    "4.3% (1.9% to 9.7%)",
    "21.2% (13.1% to 32.5%)",
    "1.3% (0.7% to 2.4%)",
    "6.0% (3.6% to 9.8%)",
]
assert (test.oe.round(2), hint[treated].all()) == (1.04, True)
assert [oe_of(parts.loc[a]) for a in (TOLD, NOTHING)] == ["1.97 (1.29 to 3.02)", "0.57 (0.38 to 0.85)"]
assert [oe_of(row)[:4] for row in (others.loc[TOLD], others.loc[NOTHING])] == ["1.99", "0.58"]
assert [oe_of(row) for row in (untreated, others.loc["overall"])] == ["0.82 (0.61 to 1.10)", "0.85 (0.71 to 1.03)"]
unsaid = had_hint(everybody.audit) & ~told
cared = is_treated(everybody.audit) & ~told
assert (unsaid.sum(), y_all[unsaid].sum(), y_all[unsaid & cared].sum(), y_test[treated].sum()) == (692, 103, 33, 13)
assert ((~treated).sum(), y_test[~treated].sum()) == (1245, 44)
assert [is_treated(everybody.audit.loc[X.index]).sum() for X in (X_train, X_calib)] == [37, 15]
four_cells = [q & r & free for q in (told_rest, ~told_rest) for r in (p_rest < 0.06, p_rest >= 0.06)]
assert [share(y_rest[cell].sum(), cell.sum()) for cell in four_cells] == [
    "7.1% (4.5% to 11.0%)",
    "17.7% (12.9% to 23.9%)",
    "1.5% (1.0% to 2.2%)",
    "5.6% (4.0% to 7.8%)",
]

# %% [markdown]
# Right on average (1.04) only because 13 treated ill people hide the rest: without the treated it is 0.82 (0.61 to 1.10), among the other people 0.85 (0.71 to
# 1.03). The tool gives half of the true risk to those told something (1.97; the others, printed below the table, 1.99) and nearly twice too much to
# those told nothing (0.57; 0.58): hardly chance. So the leaflet must say which of
# them are meant, and a better tool would have the answer as an input. Until then, **somebody has to ask.** From here on we count
# the 1,245 test people on no tablets or insulin, 44 of them ill. (37 treated people are still in the tool's training, 15 in its calibration.)

# %% [markdown]
# ## 2. Five signals, four people
#
# The textbook names five things to weigh before one trusts an output. In our words:
#
# | signal | the question | where it was taught |
# |---|---|---|
# | **confidence** | How high is the number, and does it hold for people like this one? | 18.3, and part 1 |
# | **doubt** | Does the model contradict itself? | 18.4 |
# | **explanation** | Do the reasons of the model make medical sense? | 18.2 |
# | **similarity** | Is this patient like those it learned from? | part 5 |
# | **context** | What is at stake, and what do *I* know that the model does not? | this part |
#
# **Doubt** is shown by a hundred **refits**: the same recipe, each time trained on a new random draw of its training people and calibrated on
# a new draw of its calibration people (885, of whom 40 are ill). If the refits disagree about a person, the number depends on who happened to be drawn. (The recipe
# stays the same, so the true doubt is larger still.) **Similarity** is a percentile:
# 50 means that half of the training people are as unusual or more; above 99 a person is flagged. The **reasons** are SHAP values (18.2,
# against the model's own training people) in log-odds of the risk that is shown: the repair shrinks the model's own values to about a third (slope 0.36). Plus raises the risk:
# +0.33 multiplies the odds by 1.4. **Confidence** counts who has diabetes among the test people to whom the tool gives 6% to 10%; it is
# the same for A, B and C. They were picked by a rule, to show four situations, and are not typical. All have a risk of 7% to 9% and no missing
# value. A: told something; of these the one with most refits at 6% or more. B: told nothing; the refits nearest to half and half. C: the most unusual. D: told of diabetes, on tablets.

# %% fold=true
rng = np.random.default_rng(0)
refit_risks = []  # functions: what each refit says of people
for _ in range(100):
    drawn = rng.integers(0, len(X_train), len(X_train))  # as many people, some twice, some not at all
    again = rng.integers(0, len(X_calib), len(X_calib))
    refit_risks.append(fit_tool(X_train.iloc[drawn], y_train.iloc[drawn], X_calib.iloc[again], y_calib.iloc[again])[1])
detector = SimilarityDetector().fit(X_train)


def signals(X, audit, y):
    """Return one row for each person: the signals, and what the survey knows of them."""
    refits = np.array([refit(X) for refit in refit_risks])
    return pd.DataFrame(
        {
            "risk": risk_of(X),
            "low": np.quantile(refits, 0.025, axis=0),
            "high": np.quantile(refits, 0.975, axis=0),
            "firm": (refits >= 0.06).sum(axis=0),
            "percentile": detector.score(X).percentile,
            "flagged": detector.flag(X),
            "missing": X.isna().sum(axis="columns"),
            "told": audit["told_diabetes"] == "yes",
            "hint": had_hint(audit),
            "treated": is_treated(audit),
            "tablets": audit["takes_diabetes_pills"] == 1,
            "hba1c": audit["hba1c_percent"],
            "has it": np.asarray(y) == 1,
        },
        index=X.index,
    )


people = signals(X_test, split.audit, y_test)
known = signals(everybody.X[told], everybody.audit[told], everybody.y[told])
near = people[people["risk"].between(0.07, 0.09) & (people["missing"] == 0) & ~people["treated"]]
known = known[known["risk"].between(0.07, 0.09) & (known["missing"] == 0) & ~known["flagged"] & known["tablets"]]
usual = near[~near["flagged"] & near["percentile"].between(5, 95)]
chosen = {
    "A": usual["firm"][usual["hint"]].idxmax(),
    "B": (usual["firm"] - 50).abs()[~usual["hint"]].idxmin(),
    "C": near[near["flagged"]]["percentile"].idxmax(),
    "D": known["firm"].idxmax(),
}
four = pd.concat([people, known]).loc[list(chosen.values())]
four_X = everybody.X.loc[list(chosen.values())]
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
slope = PlattScaling().fit(model.decision_function(X_calib), y_calib).a_  # of the repair
reasons = slope * shap_explanation(model, four_X).values  # (4 people, 13 measurements), log-odds of the shown risk
UNTESTED = "nobody of this kind was tested"
near_8 = (p_test > 0.06) & (p_test < 0.10) & ~treated
panels = {}
for letter, (_, person), x, values in zip(chosen, four.iterrows(), four_X.itertuples(), reasons, strict=True):
    top = np.argsort(-np.abs(values))[:3]
    panels[f"person {letter}"] = {
        "who": f"{'man' if x.male else 'woman'}, {x.age_years:.0f}",
        "measured": f"BMI {x.bmi_kg_m2:.0f}, waist {x.waist_cm:.0f} cm, pressure {x.systolic_bp_mmhg:.0f}, pulse {x.pulse_per_min:.0f}",
        "the tool says": f"{person.risk:.1%}",
        "confidence: of all given 6% to 10%, have it": UNTESTED if person.told else ill_of(near_8),
        "doubt: 95 of 100 refits lie within": f"{person.low:.1%} to {person.high:.1%}",
        "doubt: refits that say 6% or more": f"{person.firm} of 100",
        "explanation: strongest reasons": ", ".join(f"{NAMES[four_X.columns[j]]} {values[j]:+.2f}" for j in top),
        "similarity: percentile": f"{person.percentile:.0f}{' FLAGGED' if person.flagged else ''}",
    }
pd.DataFrame(panels)

# %% fold=true slide="Four people, a hundred refits | The tool says 7% to 9% to each. The refits of B lie on both sides of the line at 6%. | For whom does the draw decide?"
figure, ax = plt.subplots(figsize=(9.2, 3.6), layout="constrained")
names = [f"person {letter}\n({p.firm} of 100)" for letter, p in zip(chosen, four.itertuples(), strict=True)]
plots.draw_refits(
    ax, names, [[refit(four_X)[k] for refit in refit_risks] for k in range(4)], four["risk"], 0.06, most=0.25
)
ax.set_title(
    "About the same risk: how firm is it? Dotted: 6%; in brackets: refits at 6% or more", fontsize=12, loc="left"
)
plots.show(
    figure,
    "What 100 refits say about each of four people, what the tool says, and the line of the practice at 6%. "
    + "; ".join(
        f"{letter}: tool {p.risk:.1%}, 95 of 100 refits within {p.low:.1%} to {p.high:.1%}, {p.firm} of 100 at 6% or more"
        for letter, p in zip(chosen, four.itertuples(), strict=True)
    ),
)

# %% claim=true
assert four["firm"].tolist() == [93, 48, 68, 94]
assert four["risk"].round(3).tolist() == [0.086, 0.072, 0.075, 0.088]
assert four["hint"].tolist() == [True, False, True, False]
assert four["told"].tolist() == four["treated"].tolist() == [False, False, False, True]
assert four["flagged"].tolist() == [False, False, True, False]
assert four_X.loc[chosen["C"], ["bmi_kg_m2", "pulse_per_min"]].round().tolist() == [68, 112]
assert (near_8.sum(), y_test[near_8].sum()) == (252, 20)
bought = pd.Series(p_all, index=everybody.X.index)[four.index]
assert bought.round(2).tolist() == [0.37, 0.06, 0.39, 0.37]
assert (round(slope, 2), round(np.exp(reasons[0].max()), 1)) == (0.36, 1.4)
assert (everybody.audit["hba1c_percent"][~told] >= 6.5).equals(everybody.y[~told] == 1)

# %% [markdown]
# **Even for A the refits spread.** A risk learned from 2,064 people, 93 of them with diabetes, is less firm than it looks. The
# reasons sound plausible, which proves little (18.2); an *implausible* one is worth more. Four signals are in the table. The fifth is
# not in the computer.

# %% fold=true
Question(
    "Which question do you ask all four, before you decide?",
    {
        "None: the table holds what is known": "It holds what the tool knows: 13 measurements.",
        "To which group do you count yourself?": "It is no cause, and no step here will hang on it: see part 3.",
        "What have doctors told you about your sugar, and do you take tablets, insulin or another injection for it or for your weight?": "One question, alike for all. The survey asked about tablets and insulin only. The answers are in the next table.",
    },
    right="What have doctors told you about your sugar, and do you take tablets, insulin or another injection for it or for your weight?",
)

# %% fold=true
answer_of = [
    "told of diabetes; takes tablets" if person.told else TOLD if person.hint else NOTHING
    for person in four.itertuples()
]
pd.DataFrame(
    {
        f"person {letter}": {
            "context: the answer": answer,
            "of all with this answer and 6% or more, have it": ill_of(ANSWERS[answer] & alert)
            if answer in ANSWERS
            else UNTESTED,
        }
        for letter, answer in zip(chosen, answer_of, strict=True)
    }
)

# %% [markdown]
# ## 3. Act, verify, or do not use
#
# This rule is invented; what matters is that it is *written before* anybody sees a patient. **From the
# top, the first row that fits decides.** Who departs from it writes why.
#
# | what you find | decision | what you do next, who, how soon | which result changes what |
# |---|---|---|---|
# | outside the intended use, or on tablets, insulin or another injection that lowers sugar; or flagged; or an implausible reason; or you know a fact that makes the number meaningless | **do not use it** | you decide on what you see, today, as if there were no output | nothing waits for the tool |
# | 6% or more, *and* told something, *and* 80 or more of 100 refits say 6% or more, *and* the step can be undone and harms little | **act on it** | the nurse books a fasting morning within two weeks: HbA1c and glucose from one sample, and an hour with the doctor | both at their limits (HbA1c 6.5% or 48 mmol/mol, fasting glucose 7.0 mmol/L or 126 mg/dL) or above: diabetes; one of them: that one again; again at its limit: diabetes; if not, both again in 3 to 6 months; neither: at 5.7% to 6.4% (39 to 47 mmol/mol) advice on weight and exercise; HbA1c in a year |
# | 6% or more, *or* told something | **verify first** | you order one tube of blood for an HbA1c, at any hour, within two weeks | 6.5% (48 mmol/mol) or more: the fasting morning, within one week; there HbA1c or fasting glucose at its limit: diabetes (two abnormal results); neither: both again in 3 to 6 months. 5.7% to 6.4% (39 to 47 mmol/mol): advice on weight and exercise, again in a year; less: if told something, again in a year; if not, nothing more than without the tool |
# | less than 6%, and told nothing | no alert | nothing more than without the tool | - |
#
# Thirst, or loss of weight: blood glucose (and ketones) now, whatever the tool says. **HbA1c misleads** in pregnancy, in anaemia, after bleeding or
# transfusion, with a haemoglobin variant, on dialysis: there glucose decides. (The limits of the blood values are those of the American Diabetes Association; for steps and times the guideline
# of your own practice decides.
# A tool that one buys seldom shows refits. Then ask the vendor how firm the number of one patient is, or leave this condition out.)
#
# **Does the next step measure what the tool predicts?** The label is an HbA1c of 6.5% or more, so both steps measure the HbA1c: *act* is the complete
# visit at once, *verify* the cheap tube before it. Another test finds partly *other* people.
#
# The rows follow the shares of part 1. *An alert, and told something*: 21.2%, the interval lies above 6%. *One of the two*: 6.0% or 4.3%, both
# sides of 6%, so a second source decides. *Neither*: 1.3%.
#
# **And the refits?** Firm does not mean more often right. Of all 299 alerts, 86 are firm (80 or more refits at 6% or more): 8 of them have it (9.3%, 4.8% to
# 17.3%). Of the other 213 it is 20 (9.4%, 6.2% to 14.1%): no difference seen. Nor among
# those told something: firm (the *act* row) 4 of 22 (18%, 7% to 39%), not firm (they go to *verify*) 10 of 44 (23%, 13% to 37%). So the *act* row
# rests on the answer, not on the refits; 22 people carry it. The
# condition only asks: would this person have an alert if other people had been drawn? If not, the cheap tube
# comes first.

# %% claim=true
firm, alerted = (people["firm"] >= 80).to_numpy(), alert & ~treated
by_firm = [alerted & firm, alerted & ~firm]
assert [(y_test[w].sum(), w.sum()) for w in by_firm] == [(8, 86), (20, 213)]
assert [share(8, 86), share(20, 213)] == ["9.3% (4.8% to 17.3%)", "9.4% (6.2% to 14.1%)"]
told_by_firm = [w & hint for w in by_firm]
assert [(y_test[w].sum(), w.sum()) for w in told_by_firm] == [(4, 22), (10, 44)]
assert [share(4, 22), share(10, 44)] == ["18.2% (7.3% to 38.5%)", "22.7% (12.8% to 37.0%)"]

# %% fold=true
Question(
    "Person A. Which decision does the rule give?",
    {
        "act on it": "6% or more, told something, no tablets, 93 of 100 refits, and a test harms little. Without the number it would be the tube that is due each year after such an answer.",
        "verify first": "Good medicine, too, and many practices take the tube first. But this practice has said beforehand: here one visit answers both questions.",
        "do not use it": "Nothing in the first row fits.",
    },
    right="act on it",
    defensible="verify first",
)

# %% fold=true slide="vote"
Question(
    "Person B. Which decision does the rule give?",
    {
        "act on it": "A fasting morning, because the training happened to hold some people and not others; and nobody has told B anything.",
        "verify first": "One tube of blood. If it is raised, the fasting morning: because of the blood, not because of the 7%.",
        "do not use it": "Its doubt is useful: it says whom to look at twice.",
    },
    right="verify first",
)

# %% fold=true
Question(
    "Person C is flagged. Look at what was measured. Which decision does the rule give?",
    {
        "act on it": "Hardly anybody like her was in the training. The first row comes before the second.",
        "verify first": "Defensible where the values may be typed wrongly: measure again. If they are right, the flag stays.",
        "do not use it": "A BMI of 68, a pulse of 112 and the answer 'prediabetes' ask for a blood test and a doctor by themselves, today. No number is needed.",
    },
    right="do not use it",
    defensible="verify first",
)

# %% fold=true
Question(
    "Another woman has all that the computer shows of A: 8.6%, 93 of 100 refits, good reasons, an ordinary patient. No doctor has told her anything. And now?",
    {
        "act on it, as for A": "Firm is not right: all refits learned from the same people, and none of them knows the answer.",
        "verify first": "Of all with 6% or more, about 6% (4% to 10%) of those who answer like her have it, and about 21% (13% to 33%) of those who answer like A. What she said decides, and anybody can ask it.",
        "do not use it": "She is whom the tool is meant for, and 6% is still a reason to look.",
    },
    right="verify first",
)

# %% [markdown]
# **And D?** *Do not use*: D knows already what the tool looks for. No computed signal could show it. The same holds for somebody who says
# "only prediabetes" and takes metformin: treated is treated.
#
# **And the group?** The groups are what people said of themselves: a social category, no cause, and no input of the model. Of the
# test people given 6% to 10%, 5 of 22 Asian people have diabetes (23%, 10% to 43%), 7 of 64 Black people (11%, 5% to 21%) and 3 of 94
# White people (3%, 1% to 9%).

# %% fold=true slide="vote"
Question(
    "A colleague proposes: verify first for White patients, act for all others. What do you answer?",
    {
        "Yes: use what we know": "We know it from 94, 64 and 22 people, and looked for it afterwards.",
        "No: there is nothing to see": "5 of 22 is at the edge of chance (its lower limit is 8% or 10%, as one computes it), picked from six groups. Look into it, and into the 3 of 94.",
        "No: the step stays alike for all, and the tool is looked into": "It may be the tool, the label (HbA1c differs between groups at the same sugar, 18.3) or chance. Its owner finds out which, on more people.",
    },
    right="No: the step stays alike for all, and the tool is looked into",
)

# %% claim=true
group = split.audit["race_ethnicity"].astype(str).to_numpy()
in_group = {name: near_8 & (group == f"Non-Hispanic {name}") for name in ("Asian", "Black", "White")}
assert [(y_test[who].sum(), who.sum()) for who in in_group.values()] == [(5, 22), (7, 64), (3, 94)]
assert [share(5, 22), share(7, 64), share(3, 94)] == [
    "22.7% (10.1% to 43.4%)",
    "10.9% (5.4% to 20.9%)",
    "3.2% (1.1% to 9.0%)",
]
assert [f"{binomtest(5, 22).proportion_ci(method=m).low:.0%}" for m in ("exact", "wilson")] == ["8%", "10%"]
group_rest = rest["race_ethnicity"].astype(str).to_numpy()
near_rest = free & (p_rest > 0.06) & (p_rest < 0.10)
elsewhere = [near_rest & (group_rest == f"Non-Hispanic {name}") for name in in_group]
assert [(y_rest[who].sum(), who.sum()) for who in elsewhere] == [(6, 48), (16, 139), (4, 200)]
assert [share(6, 48), share(16, 139), share(4, 200)] == [
    "12.5% (5.9% to 24.7%)",
    "11.5% (7.2% to 17.9%)",
    "2.0% (0.8% to 5.0%)",
]

# %% [markdown]
# **A step for one person must not hang on so few.** Among the other people (part 1) it is 6 of 48 Asian (12%, 6% to 25%), 16 of 139 Black (12%, 7%
# to 18%) and 4 of 200 White people (2%, 1% to 5%): here the high share in Asian people shrank; the low one in White people came again, and deserves the owner's work. What
# the practice does instead:
#
# - *Alike for all*: the same question, the same line, the same tube. If the owner confirms on more people (the second notebook has 4,214) that a group's risks are wrong, *act*
#   becomes *verify* for everybody until the tool is mended. Here nothing is confirmed yet. (Who does not want to wait verifies A, too.)
# - *Monitored* each quarter, by group and with intervals: the alerts that were right, and who came to the test.
# - *The missed*: of those given less than 6% and told nothing, one in twenty, drawn by chance, is offered the tube. This finds few (of our 830: about 42
#   tubes, half an ill person). It is added up over years, for all together; by group it needs many practices.
#
# **Heat on a marker.** A chest film: the signals are good, but the heatmap lies on the side marker. Decide **as if you had not seen the output**, and tell the
# tool's owner (question 6 of the checklist, 18.6). No second look at the *same* map can settle the suspicion.
#
# Write the decision down with its reason, also when you follow the tool. One line is enough: *"Tool 7%, 48 of 100 refits above the line, told
# nothing: HbA1c first."*

# %% [markdown]
# ## 4. Who is helped, who is harmed?
#
# "A doctor looks at every output, so it is safe." Is it? Six published studies, all with prepared cases:
#
# | study | who | what was found |
# |---|---|---|
# | Gaube 2021 | 138 radiologists and 127 other physicians; 8 chest films each, with advice labelled as from an AI or a person | fewer right with wrong than with right advice, **whatever its label said** |
# | Jabbour 2023 | 457 clinicians; vignettes with a chest film | a usual AI helped, a **systematically wrong** one harmed (figure). Explanations beside the wrong one: 2.3 points better, **-2.7 to 7.2**: no clear difference |
# | Dratsch 2023 | 27 radiologists, 50 mammograms | correct where the advice was right, and where it was wrong: inexperienced 79.7%, **19.8%**; moderately experienced 81.3%, **24.8%**; very experienced 82.3%, **45.5%** |
# | Yu 2024 | 140 radiologists, 324 cases | the effect differs from reader to reader, some are harmed; here **experience did not predict who** |
# | Agarwal 2023 | radiologists, 60 chest films each | advice does not help uniformly; often it is better to give a case to the human *or* to the AI |
# | Rezazade Mehrizi 2023 | 92 radiologists, 15 mammography examinations, 2,760 decisions | wrong suggestions misled; explanations had little effect on that |
#
# In Gaube 2021 and Dratsch nobody read without advice: they compare
# wrong with right advice, not the tool with no tool (Jabbour, Yu and Agarwal do). Of Rezazade Mehrizi we cite only the abstract. **No study
# found a group of readers that was safe.** Explanations can help with *correct* advice (Gaube 2023).

# %% fold=true slide="Who is helped, who is harmed? | Clinicians in a published trial, 73.0% right alone. A usual AI: +2.9 points; a wrong one: -11.3 (-15.5 to -7.2), with an explanation -9.1. | Did the explanation rescue them?"
effects = {  # percentage points, with the 95% intervals of the paper's abstract
    "usual AI": (2.9, (0.5, 5.2)),
    "usual AI, with explanation": (4.4, (2.0, 6.9)),
    "wrong AI": (-11.3, (-15.5, -7.2)),
    "wrong AI, with explanation": (-9.1, (-13.2, -4.9)),
}
figure, ax = plt.subplots(figsize=(9, 3.2), layout="constrained")
plots.draw_changes(
    ax,
    list(effects),
    [change for change, _ in effects.values()],
    intervals=[interval for _, interval in effects.values()],
    xlabel="change of accuracy (points), from 73.0% (95% interval 68.3 to 77.8)",
)
ax.set_title("457 clinicians (Jabbour 2023), with 95% intervals", fontsize=12, loc="left")
plots.show(
    figure,
    "Change of the clinicians' accuracy from 73.0% without help, in percentage points, with 95% intervals: "
    + "; ".join(f"{name} {change:+.1f} ({low} to {high})" for name, (change, (low, high)) in effects.items()),
)

# %% [markdown]
# One habit follows: **note your own assessment before you see the output.** Then ask of each
# change: *which new fact did the tool give me?* If there is none, the number alone moved you.

# %% [markdown]
# ## 5. Is this patient like those it learned from?
#
# A person can be ordinary in each value and odd in the combination: a
# large BMI with a small waist. The **Mahalanobis distance** (1936) counts that: how far is a person from the mean of the
# training people, measured by which values usually go together?
#
# A BMI of 45 with a waist of 135 cm lies 2.2 from the mean. With a waist of 85 cm, which many people have, it lies 6.8 from it. The helper
# does this with all 13 measurements and flags a person above the **99th percentile** of the training people. (A missing value is filled with the median, so it looks ordinary.) Here the test people have one thing typed wrongly; in the last row everybody is said to be **8
# years old**. How many of these "children" will it flag?

# %% fold=true
mistakes = {
    "nothing changed": {},
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
flags = {name: detector.flag(X).sum() for name, X in strange.items()}
pd.Series({name: share(n, len(X_test)) for name, n in flags.items()}, name=f"flagged, of {len(X_test):,}").to_frame()

# %% claim=true
assert flags["nothing changed"] / len(X_test) < 0.025
assert min(flags["waist in inches"], flags["height in inches"]) / len(X_test) > 0.9
assert flags["age set to 8"] / len(X_test) < 0.1
ages = X_train["age_years"]
assert round((ages.mean() - 8) / ages.std(), 1) == 2.3

# %% [markdown]
# It catches the waist in inches. It lets most of the "children" pass: 8 is only 2.3 standard deviations below
# these adults' mean age, and one odd value among twelve ordinary ones drowns. So it does **not replace** the sentence *adults of 20 and
# over*: a fixed rule belongs beside it.
#
# **And films?** The distance is measured in what the *network* sees, the numbers before
# its last layer. It learns from 600 usual films; then come other usual films, and the four shifts of 18.4.

# %% fold=true slide="What the flag sees, and misses | Synthetic films flagged as unusual: other vendor 100.0%, portable 68.0%, child 18.0%; usual films 0.9% (0.5% to 1.5%). | Which of these would hurt you most?"
rows = {}
for cohort in ("test", "low_dose", "child", "portable", "other_vendor"):
    flagged = load_film_predictions(cohort).metadata["flagged"]
    low, high = binomtest(int(flagged.sum()), len(flagged)).proportion_ci(method="wilson")
    rows[{"test": "usual films"}.get(cohort, cohort.replace("_", " "))] = (flagged.mean(), low, high, len(flagged))
film_flags = pd.DataFrame(rows, index=["flagged", "low", "high", "n"]).T
figure, ax = plt.subplots(figsize=(8.6, 3.4), layout="constrained")
plots.draw_share_bars(
    ax,
    [f"{name} ({row.n:,.0f})" for name, row in film_flags.iterrows()],
    film_flags["flagged"],
    film_flags["low"],
    film_flags["high"],
    xlabel="share flagged, synthetic films (95% interval)",
)
plots.show(
    figure,
    "Share of synthetic films flagged as unlike the usual films, with 95% intervals: "
    + "; ".join(f"{name} {row.flagged:.1%} ({row.low:.1%} to {row.high:.1%})" for name, row in film_flags.iterrows()),
)

# %% claim=true
assert film_flags.loc["usual films", "flagged"] < 0.05
assert film_flags["flagged"].drop("usual films").idxmax() == "other vendor"
assert film_flags["flagged"].drop("usual films").min() < 0.5 * film_flags.loc["other vendor", "flagged"]

# %% [markdown]
# Of low dose and portable nearly a third passes, and of these unflagged films the network is wrong in 46% (37% to 55%) and
# 60% (52% to 68%). Most of the children's films pass: 18% are flagged (15% to 22%), though it is wrong in 26% of all of them (22% to 31%). In usual films it is wrong in
# 13% (11% to 15%). **No flag does not mean safe.** **Ask a vendor: which inputs does your flag catch, which does
# it miss, and how often is it wrong on ordinary patients?** And a flag says that few or no such patients were in
# training, not that the prediction is wrong.

# %% [markdown]
# ## 6. What it costs: alerts per 100 patients
#
# A threshold is work. Here for the mended tool, among the 1,245 test people not told of diabetes, on no tablets
# or insulin; and for its simplest rival, the question to the patient (test whoever was told something). Columns 1 to 4
# count of 100 people; the last row has only the 1,063 told nothing:

# %% fold=true
picks = {f"the tool at {t:.0%}": (p_test >= t, ~treated) for t in (0.04, 0.06, 0.08)} | {
    "the question only": (hint, ~treated),
    "the question, or the tool at 6%": (hint | alert, ~treated),
    "the tool at 6%, told nothing": (alert, ANSWERS[NOTHING]),
}
burden = {}
for name, (picked, who) in picks.items():
    of_100 = alert_burden(y_test[who], picked[who].astype(float), threshold=0.5)
    burden[name] = {
        "of 100 people: tested": f"{of_100.alerts:.1f}",
        "rightly": f"{of_100.true_alerts:.1f}",
        "needlessly": f"{of_100.false_alerts:.1f}",
        "ill, not tested": f"{of_100.missed:.1f}",
    }
    burden[name]["of the tested, ill"] = share(y_test[who & picked].sum(), (who & picked).sum())
    burden[name]["of the ill, missed"] = share(y_test[who & ~picked].sum(), y_test[who].sum())
pd.DataFrame(burden).T

# %% claim=true
found = [(int(y_test[picked & who].sum()), int((picked & who).sum())) for picked, who in picks.values()]
assert found == [(40, 597), (28, 299), (10, 120), (19, 182), (33, 415), (14, 233)]
unusual = people["flagged"].to_numpy()
tested = ~treated & ~unusual & (hint | alert)
assert (y_test[tested].sum(), tested.sum(), (unusual & ~treated & (hint | alert)).sum()) == (32, 409, 6)
assert (tested & hint & alert & firm).sum() == 22
assert [share(16, 44), share(11, 44), share(11, 25)] == [
    "36.4% (23.8% to 51.1%)",
    "25.0% (14.6% to 39.4%)",
    "44.0% (26.7% to 62.9%)",
]
highest = np.argsort(-np.where(treated, -1, p_test), kind="stable")[:182]
assert y_test[highest].sum() == 15
either = free & (told_rest | (p_rest >= 0.06))
assert [(y_rest[w].sum(), w.sum()) for w in (free, told_rest & free, either)] == [(113, 2897), (51, 439), (85, 1044)]
assert share(113 - 85, 113) == "24.8% (17.7% to 33.5%)"


def lead(y, told_so, p):
    """Return how many more ill people the question finds than as many of the highest risks."""
    return y[told_so].sum() - y[np.argsort(-p, kind="stable")[: told_so.sum()]].sum()


for outcome, by_question, risks, first, least, most in (
    (y_test[~treated], hint[~treated], p_test[~treated], 4, -4, 13),
    (y_rest[free], told_rest[free], p_rest[free], 13, -1, 25),
):
    assert lead(outcome, by_question, risks) == first
    redrawn = np.random.default_rng(0).integers(0, len(outcome), (1000, len(outcome)))
    ends = [lead(outcome[k], by_question[k], risks[k]) for k in redrawn]
    assert np.abs(np.quantile(ends, (0.025, 0.975)) - [least, most]).max() <= 1
assert f"{film_flags.loc['usual films', 'flagged']:.1%}" == "0.9%"
assert [round(100 * film_flags.loc["child", column]) for column in ("flagged", "low", "high")] == [18, 15, 22]
assert film_flags.loc[["low dose", "portable"], "flagged"].between(2 / 3, 0.75).all()
film_errors = {}
for kind in ("child", "test"):
    films = load_film_predictions(kind)
    film_errors[kind] = ((films.probabilities.argmax(axis=1) != films.labels).sum(), len(films.labels))
assert share(*film_errors["child"]) == "26.2% (22.2% to 30.8%)"
assert share(*film_errors["test"]) == "13.0% (11.4% to 14.8%)"
for kind, told_so in (("low_dose", "45.8% (37.2% to 54.7%)"), ("portable", "60.2% (51.5% to 68.2%)")):
    films = load_film_predictions(kind)
    passed = ~films.metadata["flagged"].to_numpy(dtype=bool)
    errors = films.probabilities.argmax(axis=1) != films.labels
    assert share(errors[passed].sum(), passed.sum()) == told_so

# %% [markdown]
# **The question costs no tool**: 182 tubes find 19 of the 44 ill; among the tool's 182 highest risks are 15. The tool at 6% finds 28 with
# 299 tubes, both together 33 with 415. (The rule of part 3 tests 409, 32 ill: 6 flagged people leave, one of them C; 22 get the dearer fasting morning.) So beside the question the tool adds 14 ill people and 233 tubes: is that worth its price? **The
# numbers hold for this share of sick people (3.5 in 100), and only 44 are sick: look at the intervals.** At 6% the
# tool alone misses 16 of the 44 (36%, 24% to 51%): no alert does not mean no diabetes. The question brings 5 of them to a tube; the other
# 11 stay missed, of the 25 whom no doctor has told anything (44%, 27% to 63%), for whom one buys such a tool.
#
# **The rule was written after these 1,245 were seen.** Among the other 2,897 (113 ill) the question finds 51 with 439 tubes, the tool's 439
# highest risks 38; both together 85 with 1,044 (25% missed, 18% to 33%). The question's lead, 4 here (95% interval -4 to 13)
# and 13 there (-1 to 25), may be chance.

# %% [markdown]
# ## 7. An override log, audited
#
# > At 03:00 a doctor decides against the tool. She is right. Nobody writes it down.
#
# Do doctors follow the tool blindly? Here is a log of 300 patients (**synthetic**). The
# tool advised 1 (act) or 0; the clinician decided; the outcome was followed up. *Wrong* advice means here: the outcome was another one,
# as one knows afterwards. Even a perfect risk gives some.

# %% fold=true
log = make_override_log(300, seed=0)
overridden = log["decision"] != log["advice"]
wrong_advice = log["advice"] != log["outcome"]
clinician_right = log["decision"] == log["outcome"]
right = share(clinician_right[overridden].sum(), overridden.sum())
print(f"overrides: {overridden.sum()} of {len(log)}; right among them: {right}")

# %% fold=true slide="vote"
Question(
    "One in ten pieces of advice is overridden, and 19 of 31 overrides are right. Is this team safe?",
    {
        "Yes: they think for themselves, and well": "You have looked at the overrides only. What about those that should have come, and did not?",
        "One cannot tell yet": "The missing number: of the WRONG advice, how much was followed?",
        "No: they override too often": "An override of wrong advice is what one wants.",
    },
    right="One cannot tell yet",
)

# %% fold=true tags=["nbval-check-output"]
followed = (~overridden)[wrong_advice]
print(f"wrong advice: {wrong_advice.sum()}, of it followed: {share(followed.sum(), len(followed))}")
right_advice = overridden[~wrong_advice]
print(f"right advice: {len(right_advice)}, of it overridden: {share(right_advice.sum(), len(right_advice))}")

# %% claim=true
assert np.isclose(audit_override_log(log).agreement_when_wrong, followed.mean())
assert share(followed.sum(), len(followed)) == "65.5% (52.3% to 76.6%)"
assert (clinician_right[overridden].sum(), overridden.sum()) == (19, 31)
night, written = ~log["hour"].between(7, 20), overridden & log["reason"].notna()
assert [(written & when).sum() for when in (~night, night)] == [16, 3]
assert [(overridden & when).sum() for when in (~night, night)] == [16, 15]

# %% [markdown]
# **About two of three wrong pieces of advice were followed (52% to 77%). Is this automation bias? The log cannot say**, not even with outcomes. Automation
# bias is what the tool *adds*: some of these patients the same doctors would have judged wrongly alone, too. One needs what a log does
# not have, the same kind of patient *without* the output:
#
# - **with and without**: chance decides for which patients (or weeks) the output is shown; compare the errors,
# - **cases with wrong advice**: prepared, their truth known, each read by some with the advice and by others without,
# - **a blinded second reading**: a colleague decides on a chance sample of the real patients without seeing advice or decision.
#
# The first is an experiment on patients: before it, ask the ethics committee, data protection and the tool's owner, and settle
# consent. The third uses real records: ask, too. Start with the second; it harms no patient.
#
# The log shows *where* wrong advice was followed, and which patients to look after. It needs the outcome of *all* patients, or the ill whom tool and
# doctor both passed over are missing.
#
# And the reasons? By day all 16 overrides have one, by night (21 to 6 h) 3 of 15; the log was made that way. A procedure of five clicks is not
# used at 03:00. It says: **who may**, **how** (one click, one line), **who is told**, **who reads the log and how often**, and **what works when the tool is down** (18.6).

# %% [markdown]
# ## 8. Who should decide? The team, simulated (optional)
#
# Four ways to work with the mended tool and all its 1,265 test people (the 20 treated, too): **clinician alone**; **model alone** (6% or more decides); **always follow the
# model** (a clinician sees every patient, and does what the model says); **defer the uncertain** (the fifth of the patients nearest to 6% goes to the clinician). All costs are in one unit: one needless
# test = 1. Who tests from 6% on says that one missed case weighs about 16 of them (94 to 6, section 18.3). The clinician is invented: finds 80% of the ill, and
# sends no test to 85% of the healthy; seeing one patient costs 0.2. Change it.

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
team_explorer = TeamExplorer(y_test, p_test)

# %% fold=true
PredictFirst(question, team_explorer)

# %% fold=true
settings = {
    "as it starts": {},
    "a clinician who finds 95%": {"clinician_sensitivity": 0.95},
    "who finds 95%, and reading costs 1": {"clinician_sensitivity": 0.95, "cost_reading": 1.0},
}
costs = pd.DataFrame(
    {
        name: simulate_team(y_test, p_test, threshold=0.06, **{"cost_missed": 16, **change})["cost_per_100"]
        for name, change in settings.items()
    }
).T
costs = costs.round(1)
costs

# %% claim=true
assert costs.drop(columns="always follow the model").to_numpy().tolist() == [
    [48.7, 49.3, 45.7],
    [37.9, 49.3, 41.9],
    [117.9, 49.3, 57.9],
]
redrawn = np.random.default_rng(0).integers(0, len(y_test), (1000, len(y_test)))
for (setting, minus), (least, most) in {
    ("as it starts", "clinician alone"): (-10.6, 6.5),
    ("as it starts", "model alone"): (-8.8, 1.4),
    ("a clinician who finds 95%", "clinician alone"): (-4.9, 14.8),
    ("who finds 95%, and reading costs 1", "model alone"): (2.8, 13.9),
}.items():
    chosen_costs = {"threshold": 0.06, "cost_missed": 16, **settings[setting]}
    cost_of = (simulate_team(y_test[k], p_test[k], **chosen_costs)["cost_per_100"] for k in redrawn)
    ends = np.quantile([cost["defer the uncertain"] - cost[minus] for cost in cost_of], (0.025, 0.975))
    assert np.abs(ends - [least, most]).max() < 1

# %% [markdown]
# At the start the first, second and fourth way cost nearly the same; 57 ill people cannot tell them apart (defer minus clinician alone -3.0, 95% interval -11 to 7; defer minus
# model alone -3.6, -9 to 1). Nor can they tell defer from clinician alone in the second row (4.0, -5 to 15). In the third, model alone is clearly the cheapest (defer minus model alone 8.6, 3 to 14). What is cheapest depends on how good the clinician is, what a reading costs, what a missed case costs, and how the work is divided.
# **"Doctor and AI together beat either" is no law.** (Its clinician is equally good on every
# patient, and neither helped nor misled by the output. Real readers are: part 4.)

# %% [markdown]
# ## Back to the case
#
# The survey measured the HbA1c of all four.

# %% fold=true
done = {
    "A": "act: a fasting morning, within two weeks",
    "B": "verify: one tube, within two weeks",
    "C": "do not use: tested today on what was seen",
    "D": "do not use: outside the intended use",
}
pd.DataFrame(
    {
        f"person {letter}": {
            "what you did": done[letter],
            "HbA1c, percent": f"{person.hba1c:.1f}",
            "HbA1c 6.5% or more": "known before" if person.told else "yes" if person["has it"] else "no",
        }
        for letter, (_, person) in zip(chosen, four.iterrows(), strict=True)
    }
)

# %% [markdown] slide="key points"
# A good decision and a good outcome are not the same thing. Of those like A (told something, untreated, alert, firm) 4 of 22 (18%, 7% to 39%) have an HbA1c of 6.5% or more: most
# tests find nothing, and the decision was right all the same.
#
# ## Four misconceptions, and where you saw them fall
#
# | One hears | What you saw |
# |---|---|
# | "It was validated on 5,000 people." | On which? Inside the intended use the risks were four times too high (1). |
# | "The same risk means the same decision." | Four people with 7% to 9%, and three decisions (3). Of those with an alert, 21% have it if told something before, 6% if not (1). |
# | "A human in the loop makes it safe." | In one study a tool made wrong on purpose took 11 points (7 to 16) from 457 clinicians (4). |
# | "The flag will catch the unusual patient." | The waist in inches yes, the age of 8 mostly no (5). |
#
# ## Three questions to take with you
#
# **1.** A vendor's lung tool is "for patients without known cancer". Its AUC of 0.94 comes from 2,000 patients of an oncology
# clinic. What do you ask, and what do you expect?
#
# <details><summary>Model answer</summary>
# How many of the 2,000 had known cancer, and what are AUC, observed / expected and PPV without them? Known cancer is easier to
# recognise and makes it frequent. I expect a lower AUC, risks that are too high, and a much lower PPV among the people for whom the
# tool is meant.
# </details>
#
# **2.** A tool for another disease gives 8%. All signals are as for person A, but the next step is a biopsy. What do you write into the notes?
#
# <details><summary>Model answer</summary>
# "Tool 8%, 93 of 100 refits, no tablets, plausible, ordinary patient, the history fits. A biopsy can harm and cannot be undone, so the rule's second
# row does not fit: imaging within two weeks (verify). If it is normal, no biopsy." The signals are the same; the stakes change the decision.
# </details>
#
# **3.** A log with all outcomes: of 80 wrong pieces of advice 52 were followed. A manager says: "automation bias is 65%." What do you answer,
# and what do you propose?
#
# <details><summary>Model answer</summary>
# 65% (54% to 75%) is how much wrong advice was followed. Without the tool the doctors would have erred in some of the 52, too: the
# bias is the difference, and it may be much smaller. I propose, once the ethics committee has agreed, a month in which chance decides for whom the output is shown, or a
# second reader who decides on a sample without it. The 52 patients are looked after now.
# </details>
#
# ## Key points
#
# - First: of whom are the tool's numbers? Who was left out, and is my patient inside the intended use?
# - Five signals: confidence, doubt, explanation, similarity, context. The last is not in the computer: ask everybody the same question.
# - The rule comes before the patient: act, verify or do not use, with who, how soon, and which result changes what. Write one line.
# - No step for one person hangs on a group with few data. It stays alike for all; the owner tests the tool by group and mends it.
# - In these six studies, chosen by us, no group of readers was found safe from wrong advice. Note your own assessment first.
# - A similarity flag has false flags and blind spots. It does not replace an intended use.
# - A threshold is work: count alerts, false alerts and missed cases per 100 of *your* patients.
# - A log shows where wrong advice was followed. Automation bias needs the same kind of case without the output.
#
# ## Exercises
#
# {{Count 18.5-bcdegklm}} exercises: [exercises/18_5_1_from_signals_to_a_decision.ipynb](../exercises/18_5_1_from_signals_to_a_decision.ipynb).
# {{coding 18.5-bcdegklm}} Then go on with [part 2](18_5_2_from_numbers_to_a_report.ipynb).
#
# ## Discuss (optional)
#
# 1. The clinician follows the tool and is wrong. She overrides it and is wrong. Is she accountable in the same way?
# 2. Should a clinician be *made* to commit before the output is shown? What does it cost on a busy day?
# 3. May a patient refuse that the tool be used? Must a patient be asked before it is *not* used?
#
# ## For coders: the distance in three lines
#
# $$d(x) = \sqrt{(x - m)^\top S^{-1} (x - m)}$$
#
# with the mean $m$ and the covariance $S$ of the training people. `SimilarityDetector` shrinks $S$ (Ledoit and Wolf) and judges each
# training person by the others; press `??` on it.

# %%
two = X_train[["bmi_kg_m2", "waist_cm"]].dropna()
m, S = two.mean().to_numpy(), two.cov().to_numpy()
x = np.array([45, 85]) - m  # a large BMI, a small waist
print("distance:", round(float(np.sqrt(x @ np.linalg.inv(S) @ x)), 1))

# %% claim=true
both_large = np.array([45, 135]) - m
assert round(float(np.sqrt(x @ np.linalg.inv(S) @ x)), 1) == 6.8
assert round(float(np.sqrt(both_large @ np.linalg.inv(S) @ both_large)), 1) == 2.2

# %% [markdown]
# ## References
#
# - American Diabetes Association. Standards of Care in Diabetes: diagnosis and classification. Diabetes Care, a new edition each January.
# - Agarwal N. et al. Combining human expertise with artificial intelligence: experimental evidence from radiology. NBER working paper 31422, 2023.
# - Dratsch T. et al. Automation bias in mammography: the impact of artificial intelligence BI-RADS suggestions on reader performance. Radiology 2023;307(4):e222176. doi:10.1148/radiol.222176
# - Gaube S. et al. Do as AI say: susceptibility in deployment of clinical decision-aids. npj Digit Med 2021;4:31. doi:10.1038/s41746-021-00385-9
# - Gaube S. et al. Non-task expert physicians benefit from correct explainable AI advice when reviewing X-rays. Sci Rep 2023;13:1383. doi:10.1038/s41598-023-28633-w
# - Jabbour S. et al. Measuring the impact of AI in the diagnosis of hospitalized patients. JAMA 2023;330(23):2275-2284. doi:10.1001/jama.2023.22295
# - Mahalanobis P. C. On the generalised distance in statistics. Proc Natl Inst Sci India 1936;2:49-55.
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Rezazade Mehrizi M. H. et al. The impact of AI suggestions on radiologists' decisions: a pilot study of explainability and attitudinal priming interventions in mammography examination. Sci Rep 2023;13:9230. doi:10.1038/s41598-023-36435-3
# - Yu F. et al. Heterogeneity and predictors of the effects of AI assistance on radiologists. Nat Med 2024. doi:10.1038/s41591-024-02850-w
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
