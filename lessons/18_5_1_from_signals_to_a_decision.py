# %% [markdown] slide="From signals to a decision | Four people have the same risk. | May you act on it in each of them?" bridges="Which people = Among those not told, its risks were about four times too high; so it was mended for them. | Who is helped = No group of readers was found safe from wrong advice: note your own assessment first. | An override = Of the wrong advice, how much was followed? Only a log can show it."
# # 18.5 Clinical trust guidelines, part 1: from signals to a decision
#
# **For** doctors in training and their teachers. You need no code: run each cell, answer the questions.
#
# **Time:** about {{reading}} minutes; with English as a second language up to twice as long. The exercises: {{minutes 18.5-bcdegklm}} minutes.
#
# **Questions this part answers**
#
# - A tool says 9%. Which people is this number about, and is my patient one of them?
# - Four people have the same risk. May I act on it in each of them?
# - What does an alert cost, and is there a simpler way?
# - When do I override, and who will ever know whether I was right?
#
# **After it you can**
#
# 1. *check* whether a tool's numbers are about the people of its intended use,
# 2. *integrate* five signals (confidence, doubt, explanation, similarity, context) by a rule into one written decision: act,
#    verify or do not use,
# 3. *count* what a threshold asks for and misses per 100 patients,
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
from clinxai_teach.data import diabetes_split, load_nhanes_diabetes
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
pd.set_option("display.max_colwidth", None)  # no cell of a table is cut


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

# %% [markdown] slide="A case | Invented leaflet: for adults of 20 and over whom no doctor has told that they have diabetes; AUC 0.78, calibrated. Four people: the mended tool says 9% to 11% to each. | Would you do the same four times?"
# ## A case
#
# > A practice buys a diabetes tool like that of section 18.3 (another model, so slightly other numbers). Its leaflet says: *for adults of 20 and over whom no doctor has told that
# > they have diabetes*. And: *AUC 0.78, calibrated.* Four people sit in the waiting room. Part 1 mends the tool; then it says
# > 9% to 11% for all four. Would you do the same four times?

# %% [markdown]
# ## 1. Which people is this number about?
#
# **Were the tool's numbers computed among the people for whom it is meant?**
#
# **Step 1: the people of the leaflet.** All 5,018 adults of the survey with a measured HbA1c (247 without one are left out).
# The label is "has diabetes": by a blood value, *or told by a doctor*. Each person was judged by a model that had not seen them.

# %% fold=true
everybody = load_nhanes_diabetes()
told = (everybody.audit["told_diabetes"] == "yes").to_numpy()
recipe = CalibratedClassifierCV(HistGradientBoostingClassifier(random_state=0), method="sigmoid", cv=5, ensemble=False)
fifths = StratifiedKFold(5, shuffle=True, random_state=14)
y_all = everybody.y.to_numpy()
p_all = cross_val_predict(recipe, everybody.X, y_all, cv=fifths, method="predict_proba")[:, 1]

# %% fold=true tags=["nbval-check-output"]
print(f"{len(y_all):,} people, {y_all.sum()} with diabetes; of these, already told by a doctor: {told.sum()}")
print(f"not told: {(~told).sum():,}, {y_all[~told].sum()} with diabetes")

# %% [markdown]
# **Four of five "cases" know their diabetes.** They are outside the intended use.
#
# **Step 2: those not told.** The same predictions, counted only among the people *inside* the intended use. (*Observed / expected*: the
# people who have it, divided by the sum of their risks. 1 is right; 0.5 means that the risks are twice too high.)

# %% fold=true slide="vote" say="The leaflet counted 5,018 adults. {{Four of five ... know their diabetes}}. They are outside the intended use. Now count only those not told."
Question(
    "Among the people whom no doctor has told of diabetes: of 100 to whom the tool gives about 30%, how many have it?",
    {
        "About 30": "That was so among all. But four of five cases have just left.",
        "About 15": "If half of the cases had left, it would be 15 of 85, about 18 in 100. Four of five have.",
        "About 7": "The model learned a risk of having diabetes, known or not. Among those not told, 30% means about 7%.",
    },
    right="About 7",
)

# %% fold=true slide="Which people is this number about? | One model (95% intervals): counted in all 5,018, and in the 4,214 not told. Observed / expected falls from 0.97 to 0.26, the alerts that are right from 35.9% to 8.2%. | What did the AUC show of it?" say="Observed / expected: {{the people who have it, divided ... twice too high}}. | Little: it fell from 0.78 to 0.73. The AUC asks who is above whom, not whether 30% means 30%."
rows = {}
for name, people in {"all, as the leaflet": np.full(len(y_all), True), "inside the intended use": ~told}.items():
    y, p = y_all[people], p_all[people]
    whole = subgroup_report(y, p, np.full(len(y), "x"), threshold=0.20).loc["overall"]
    burden, near_30 = alert_burden(y, p, threshold=0.20), (p > 0.25) & (p < 0.35)
    rows[name] = {
        "people (with diabetes)": f"{len(y):,} ({y.sum()})",
        "AUC (95% interval)": f"{whole.auc:.2f} ({whole.auc_low:.2f} to {whole.auc_high:.2f})",
        "observed / expected (95% interval)": f"{whole.oe:.2f} ({whole.oe_low:.2f} to {whole.oe_high:.2f})",
        "alerts (20% or more) that are right (PPV)": share(y[p >= 0.20].sum(), (p >= 0.20).sum()),
        "alerts per case found": f"{1 / burden.ppv:.1f}",
        "given 25% to 35%: have it": share(y[near_30].sum(), near_30.sum()),
    }
fall = pd.DataFrame(rows)
fall

# %% claim=true
inside_row, all_row = rows["inside the intended use"], rows["all, as the leaflet"]
PPV = "alerts (20% or more) that are right (PPV)"
assert (all_row["AUC (95% interval)"][:4], inside_row["AUC (95% interval)"][:4]) == ("0.78", "0.73")
assert (all_row["observed / expected (95% interval)"][:4], inside_row["observed / expected (95% interval)"][:4]) == (
    "0.97",
    "0.26",
)
assert all_row[PPV].startswith("35.9%")
assert inside_row[PPV].startswith("8.2%")
assert (all_row["alerts per case found"], inside_row["alerts per case found"]) == ("2.8", "12.2")
assert inside_row["given 25% to 35%: have it"].startswith("6.5%")
assert (30 - 15, 100 - 15, round(100 * 15 / 85)) == (15, 85, 18)  # if half of the 30 had left

# %% [markdown]
# Only the people who are counted have changed. The risks are about **four times too high**, and an alert that was right in one of three is right in
# one of twelve. The AUC cannot show this. So ask any report: **is it about the people of the intended use? Who was left out, and how many?**
#
# **Step 3: those not treated either.** 72 of the 4,214 say that they take tablets for diabetes, or insulin; 33 of the 190 ill are among them. The tool is not for them; their follow-up is. This leaves **4,142 adults, 157 of them ill**. (*Ill* means here one HbA1c of 6.5% or more; a diagnosis needs a second result.)
#
# The **mended tool** is trained, calibrated and tested only among these 4,142.

# %% fold=true
split = diabetes_split(people="untreated")
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
print(f"{len(y_test):,} test people, {y_test.sum()} with diabetes")
print(f"AUC {test.auc:.2f} ({test.auc_low:.2f} to {test.auc_high:.2f})")
print(f"observed / expected {test.oe:.2f} ({test.oe_low:.2f} to {test.oe_high:.2f})")
print(f"the highest risk that it gives to anybody: {p_test.max():.0%}")

# %% claim=true
assert test.oe_low < 1 < test.oe_high
assert (f"{test.oe:.2f}", f"{test.auc:.2f}") == ("0.94", "0.72")
assert f"{p_test.max():.0%}" == "26%"
assert (len(y_test), y_test.sum()) == (1243, 47)
cared = ~told & (everybody.audit[["takes_diabetes_pills", "takes_insulin"]] == 1).any(axis="columns").to_numpy()
assert (cared.sum(), y_all[cared].sum(), (~told).sum(), y_all[~told].sum()) == (72, 33, 4214, 190)
assert (len(X_train) + len(X_calib) + len(X_test), y_train.sum() + y_calib.sum() + y_test.sum()) == (4142, 157)

# %% [markdown]
# **From here on "the tool" is this mended one.**
#
# **Now ask everybody one question: what have doctors told you about your sugar?** Some had heard of *borderline diabetes* or *prediabetes*: **told something**. All others:
# **told nothing**.
#
# For this practice one missed case counts like about 16 needless tests: so its line is 6%. (At a risk of 6%, of 100 tested 94 are not ill and 6
# are: 94/6 is about 16.) From there on the tool gives an **alert**.


# %% fold=true slide="What have doctors told you about your sugar? | 1,243 adults on whom the mended tool is tested (95% intervals). With an alert (6% or more), of those told something ('borderline') 11 of 66 are ill; of those told nothing 10 of 194. | Who asks this in your clinic?" say="The tool was mended: {{trained, calibrated and ... these 4,142}}, not told and not treated. An alert: 6% or more, as this practice counts one missed case like about 16 needless tests. {{Some had heard ... told nothing}}. | Name one person: the answer is no input of the tool, so somebody has to ask."
def had_hint(audit):
    """Return who was told of borderline diabetes or prediabetes, but not of diabetes."""
    return ((audit["told_diabetes"] == "borderline") | (audit["told_prediabetes"] == 1)).to_numpy()


hint, alert = had_hint(split.audit), p_test >= 0.06
TOLD, NOTHING = "told something", "told nothing"
by_answer = subgroup_report(y_test, p_test, np.where(hint, TOLD, NOTHING))
rows, cells = {}, {}
for answer, who in ((TOLD, hint), (NOTHING, ~hint)):
    cells[answer] = [(int(y_test[who & side].sum()), int((who & side).sum())) for side in (~alert, alert)]
    row = by_answer.loc[answer]
    rows[answer] = {
        "people (ill)": f"{who.sum():,} ({y_test[who].sum()})",
        "observed / expected": f"{row.oe:.2f} ({row.oe_low:.2f} to {row.oe_high:.2f})",
        **{
            f"{side}: ill": f"{ill} of {n:,}: {share(ill, n)}"
            for side, (ill, n) in zip(("no alert", "alert"), cells[answer], strict=True)
        },
    }
pd.DataFrame(rows).T

# %% claim=true
assert cells == {TOLD: [(13, 124), (11, 66)], NOTHING: [(13, 859), (10, 194)]}
assert [row["observed / expected"] for row in rows.values()] == ["2.40 (1.63 to 3.55)", "0.57 (0.37 to 0.87)"]
assert [share(*cell) for row in cells.values() for cell in row] == [
    *("10.5% (6.2% to 17.1%)", "16.7% (9.6% to 27.4%)", "1.5% (0.9% to 2.6%)", "5.2% (2.8% to 9.2%)"),
]

# %% [markdown]
# The tool is right on average only. It says too little to those told something, and too much to those told nothing. With the same alert, 17% of
# the first are ill, and 5% of the others. The answer is no input of the tool: **somebody has to ask.**

# %% [markdown] slide="Five signals | Four people to whom the tool gives nearly the same risk were picked because their signals differ. | Which signal is not in the computer? | the question" say=" | Context: somebody has to ask."
# ## 2. Five signals, four people
#
# Weigh five things before you trust an output:
#
# | signal | the question | how it is shown here |
# |---|---|---|
# | **confidence** (18.3) | How high is the number, and does it hold for people like this one? | how many are ill, of the test people given 6% to 12% |
# | **doubt** (18.4) | Does the model contradict itself? | a hundred **refits**: the same recipe, each time with a new random draw of its people |
# | **explanation** (18.2) | Do the reasons of the model make medical sense? | SHAP values, in log-odds: starting from a usual risk of 2.8%, +0.47 multiplies the odds by 1.6 |
# | **similarity** | Is this patient like those it learned from? | a percentile: at 50, half of the training people are as unusual or more; above 99, flagged |
# | **context** | What is at stake, and what do *I* know that the model does not? | you ask |
#
# The four people were picked because their signals differ.

# %% fold=true
rng = np.random.default_rng(0)
refits = []  # each a model, and a function: what it says of people
for _ in range(100):
    drawn = rng.integers(0, len(X_train), len(X_train))  # as many people, some twice, some not at all
    again = rng.integers(0, len(X_calib), len(X_calib))
    refits.append(fit_tool(X_train.iloc[drawn], y_train.iloc[drawn], X_calib.iloc[again], y_calib.iloc[again]))
detector = SimilarityDetector().fit(X_train)


def signals(X, audit, y):
    """Return one row for each person: the signals, and what the survey knows of them."""
    said = np.array([refit(X) for _, refit in refits])
    return pd.DataFrame(
        {
            "risk": risk_of(X),
            "low": np.quantile(said, 0.025, axis=0),
            "high": np.quantile(said, 0.975, axis=0),
            "firm": (said >= 0.06).sum(axis=0),
            "percentile": detector.score(X).percentile,
            "flagged": detector.flag(X),
            "missing": X.isna().sum(axis="columns"),
            "told": audit["told_diabetes"] == "yes",
            "hint": had_hint(audit),
            "tablets": audit["takes_diabetes_pills"] == 1,
            "hba1c": audit["hba1c_percent"],
            "has it": np.asarray(y) == 1,
        },
        index=X.index,
    )


people = signals(X_test, split.audit, y_test)
known = signals(everybody.X[told], everybody.audit[told], everybody.y[told])
near, known = (table[table["risk"].between(0.07, 0.11)] for table in (people, known))
known = known[(known["missing"] == 0) & ~known["flagged"] & known["tablets"]]
usual = near[(near["missing"] == 0) & ~near["flagged"] & near["percentile"].between(5, 95)]
untold = usual[~usual["hint"]]
chosen = {
    "A": usual["firm"][usual["hint"]].idxmax(),
    "B": ((untold["firm"] - 50).abs() + (untold["percentile"] - 50).abs() / 1000).idxmin(),
    "C": near["percentile"].idxmax(),
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
    "systolic_bp_mmhg": "pressure",
    "pulse_per_min": "pulse",
    "hdl_mg_dl": "HDL",
    "total_cholesterol_mg_dl": "cholesterol",
    "income_ratio": "income",
    "ever_smoker": "ever smoked",
    "vigorous_activity": "sport",
    "sleep_hours": "sleep",
}
usual_value = X_train.median()
slope = PlattScaling().fit(model.decision_function(X_calib), y_calib).a_  # of the repair
explained = shap_explanation(model, four_X)
reasons = slope * explained.values  # (4 people, 13 measurements), log-odds of the shown risk
UNTESTED = "nobody of this kind was tested"
given = (p_test > 0.06) & (p_test < 0.12)
of_given = f"{y_test[given].sum()} of {given.sum()}: {share(y_test[given].sum(), given.sum())}"
panels = {}
for letter, (_, person), x, values in zip(chosen, four.iterrows(), four_X.itertuples(), reasons, strict=True):
    top = np.argsort(-np.abs(values))[:3]
    missing = four_X.columns[four_X.loc[person.name].isna()]
    panels[f"person {letter}"] = {
        "who": f"{'man' if x.male else 'woman'}, {x.age_years:.0f}",
        "measured": f"BMI {x.bmi_kg_m2:.0f}, {'' if np.isnan(x.waist_cm) else f'waist {x.waist_cm:.0f} cm, '}pressure {x.systolic_bp_mmhg:.0f}",
        "not measured (in brackets: put in by the flag)": ", ".join(
            f"{NAMES[c]} ({usual_value[c]:.0f})" for c in missing
        )
        or "-",
        "the tool says": f"{person.risk:.1%}",
        "confidence: of all given 6% to 12%, ill (before you ask)": UNTESTED if person.told else of_given,
        "doubt: refits that say 6% or more": f"{person.firm} of 100",
        "explanation: strongest reasons (fats in mg/dL)": ", ".join(
            f"{NAMES[four_X.columns[j]]} {four_X.loc[person.name].iloc[j]:.0f} ({values[j]:+.2f})" for j in top
        ),
        "similarity: percentile": f"{person.percentile:.1f} FLAGGED" if person.flagged else f"{person.percentile:.0f}",
    }
pd.DataFrame(panels)

# %% fold=true slide="Four people, a hundred refits | The tool says 9.4% to 11.0% to each. At or above the line of 6% lie 84 of the 100 refits of A, 94 of D, and 49 of B. | For whom does the draw decide?" say="The tool was mended: {{trained, calibrated and ... these 4,142}}, not told and not treated. An alert: 6% or more. A refit: {{the same recipe, each time ... its people}}. Flagged: more unusual than 99 of 100 of those it learned from. | For B: 49 refits give the alert, 51 do not. A and D get it in most."
figure, ax = plt.subplots(figsize=(9.2, 3.6), layout="constrained")
names = [f"person {letter}\n({p.firm} of 100)" for letter, p in zip(chosen, four.itertuples(), strict=True)]
of_refits = np.array([refit(four_X) for _, refit in refits]).T  # a row for each person
plots.draw_refits(ax, names, of_refits, four["risk"], 0.06, most=0.4)
ax.set_title(
    "How firm? Dotted: 6%; in brackets: refits at 6% or more. One refit of B lies outside, at 53%",
    fontsize=11,
    loc="left",
)
plots.show(
    figure,
    "What 100 refits say about each of four people, what the tool says, and the line of the practice at 6%. "
    + "; ".join(
        f"{letter}: tool {p.risk:.1%}, about 95 of 100 refits within {p.low:.1%} to {p.high:.1%}, the highest {max(said):.0%}, {p.firm} of 100 at 6% or more"
        for letter, p, said in zip(chosen, four.itertuples(), of_refits, strict=True)
    ),
)

# %% claim=true
assert four["firm"].tolist() == [84, 49, 75, 94]
assert four["risk"].round(3).tolist() == [0.110, 0.094, 0.103, 0.110]
assert four["hint"].tolist() == [True, False, False, False]
assert round(four_X.loc[chosen["A"], "systolic_bp_mmhg"]) == 172
assert everybody.audit.loc[four.index, "told_diabetes"].tolist() == ["borderline", "no", "no", "yes"]
assert everybody.audit.loc[chosen["D"], ["takes_diabetes_pills", "takes_insulin"]].tolist() == [1, 1]
assert everybody.audit.loc[chosen["A"], ["takes_diabetes_pills", "takes_insulin"]].tolist() == [0, 0]
assert four["told"].tolist() == [False, False, False, True]
assert people["flagged"][near.index].sum() == 1
assert four["flagged"].tolist() == [False, False, True, False]
assert four_X.loc[chosen["C"], ["bmi_kg_m2", "age_years"]].round().tolist() == [51, 55]
measured_now = pd.concat([four_X.loc[[chosen["C"]]]] * 51, ignore_index=True).assign(waist_cm=np.arange(100.0, 151))
assert not detector.flag(measured_now).any()  # C is flagged for the waist that was filled in, and for nothing else
assert (risk_of(measured_now) >= 0.06).all()
assert f"{four['percentile'].iloc[2]:.1f}, {X_train['waist_cm'].median():.0f}" == "99.1, 98"
assert y_train.sum() == 77
assert [round(100 * risk) for risk in of_refits[of_refits > 0.4]] == [53]
assert (of_refits[1] > 0.4).sum() == 1
asked = everybody.audit["takes_diabetes_pills"].notna().to_numpy()
assert not asked[~told & ~had_hint(everybody.audit)].any()
assert (given.sum(), y_test[given].sum()) == (202, 15)
assert (round(reasons[0].max(), 2), round(np.exp(reasons[0].max()), 1)) == (0.47, 1.6)
start = PlattScaling().fit(model.decision_function(X_calib), y_calib).predict_proba(explained.base_values)[:, 1]
assert {f"{risk:.1%}" for risk in start} == {"2.8%"}
log_odds = np.log(start / (1 - start)) + reasons.sum(axis=1)  # from there the reasons lead to what the tool says
assert np.allclose(1 / (1 + np.exp(-log_odds)), four["risk"])
cholesterol = four_X.loc[chosen["B"], "total_cholesterol_mg_dl"]
assert (round(cholesterol), round(cholesterol / 38.67, 1)) == (291, 7.5)  # mg/dL, mmol/L
assert (everybody.audit["hba1c_percent"][~told] >= 6.5).equals(everybody.y[~told] == 1)

# %% [markdown]
# **Even for A the refits spread**: the tool learned from 77 ill people only. The count of refits says what hangs on who was drawn. It
# is no probability of being ill. The reasons of A, B and C sound plausible, which proves little (18.2).

# %% [markdown]
# **Which question do you ask all four, before you decide?** Ours: *"What have doctors told you about your sugar, and do you
# take any tablet or injection that lowers sugar, for whatever reason (weight, heart, kidney), or cortisone?"*
#
# A was told "borderline"; B and C were told nothing; D has diabetes, and takes tablets and insulin. (We assume that A, B and C take none: not all was asked.)
#
# The table's 15 of 202 mixes both answers: read part 1's counts (alert: 17% if told something, 5% if told nothing).

# %% [markdown] slide="The rule (invented) | Alert: 6% or more. A was told 'borderline', B and C nothing. C is flagged. D has diabetes. | Which row fits each first? | what you find; decision" say=" | D (diabetes known) and C (flagged): row 1, do not use it. A: row 2, act on it. B: row 3, verify first; but this is the next vote."
# ## 3. Act, verify, or do not use
#
# This rule is invented. What matters is that it is *written before* anybody sees a patient. **From the
# top, the first row that fits decides.**
#
# | what you find | decision | what you do next, who, how soon | which result changes what |
# |---|---|---|---|
# | outside the intended use (under 20, diabetes known, a sugar-lowering drug, or cortisone); or flagged; or an implausible reason; or a fact that makes the number meaningless | **do not use it** | you decide today on what you see, as if there were no output | a missing input, once measured: from the top again |
# | alert, *and* told something, *and* more than 50 of the 100 refits give it, *and* the step harms little | **act on it** | the nurse books a fasting morning within two weeks: HbA1c, glucose, and an hour with the doctor | two results raised: diabetes<br>only one: that test once more, unless repeated already<br>neither: as "not raised" below |
# | alert, *or* told something | **verify first** | you order one HbA1c, no fasting, within two weeks (one of the last three months counts) | raised: the fasting morning within one week; this HbA1c counts as a result<br>not raised: no diabetes by this test; from 5.7% (39 mmol/mol), or a fasting glucose from 5.6 mmol/L (100 mg/dL), advice, and a test again within a year |
# | no alert, and told nothing | nothing by the tool | what your guideline asks | - |
#
# *Raised*: HbA1c 6.5% (48 mmol/mol), fasting glucose 7.0 mmol/L (126 mg/dL), or more (American Diabetes Association). For steps and
# times, and where HbA1c misleads (pregnancy, anaemia), **your own guideline decides**. Thirst or loss of weight: glucose and ketones now, whatever the tool says.
#
# (A bought tool seldom shows refits: then leave this condition out.)

# %% claim=true
in_act = alert & hint & (people["firm"] > 50).to_numpy()
assert (y_test[in_act].sum(), in_act.sum(), share(10, 43)) == (10, 43, "23.3% (13.2% to 37.7%)")
by_doubt = alert & hint & ~in_act
assert (y_test[by_doubt].sum(), by_doubt.sum()) == (1, 23)
doubt_elsewhere = [  # in 40 other random splits, counted by a test: ill and all in "act", ill and all whom doubt moves to "verify"
    (10, 41, 1, 16),
    (5, 34, 3, 17),
    (11, 34, 1, 18),
    (10, 29, 4, 26),
    (5, 24, 5, 20),
    (8, 42, 3, 12),
    (6, 46, 0, 14),
    (4, 10, 6, 21),
    (5, 24, 6, 27),
    (5, 33, 3, 22),
    (8, 35, 2, 16),
    (2, 24, 1, 11),
    (7, 33, 2, 15),
    (6, 23, 1, 12),
    (9, 39, 1, 11),
    (8, 38, 3, 20),
    (6, 30, 4, 28),
    (8, 34, 3, 16),
    (10, 31, 0, 11),
    (9, 38, 4, 22),
    (7, 25, 4, 13),
    (6, 28, 3, 20),
    (6, 37, 1, 16),
    (6, 21, 4, 29),
    (5, 18, 1, 22),
    (9, 35, 0, 6),
    (8, 38, 4, 19),
    (8, 43, 2, 10),
    (8, 48, 0, 11),
    (9, 44, 2, 10),
    (6, 26, 0, 12),
    (5, 24, 3, 20),
    (9, 31, 2, 17),
    (7, 37, 2, 21),
    (9, 28, 2, 17),
    (10, 40, 0, 13),
    (10, 36, 5, 22),
    (6, 46, 3, 16),
    (8, 34, 2, 14),
    (7, 37, 4, 18),
]
ill_act, act, ill_moved, moved = np.sum(doubt_elsewhere, axis=0)
assert (len(doubt_elsewhere), f"{ill_moved / moved:.0%}", f"{ill_act / act:.0%}") == (40, "14%", "22%")

# %% fold=true
Question(
    "Person A. Which decision does the rule give?",
    {
        "act on it": "An alert, told something, 84 of 100 refits, and a test harms little. (172 mmHg is a finding of its own: measure it again today. A tool for one disease sees no other.)",
        "verify first": "Good medicine, but the row above fits first.",
        "do not use it": "Nothing in the first row fits.",
    },
    right="act on it",
)

# %% fold=true slide="vote" say="B: told nothing; 49 of 100 refits give the alert; not flagged."
Question(
    "Person B. Which decision does the rule give?",
    {
        "act on it": "Told nothing, and only 49 refits.",
        "verify first": "One HbA1c. If it is raised, the fasting morning: because of the blood, not because of the 9%.",
        "do not use it": "Nothing in the first row fits.",
    },
    right="verify first",
)

# %% fold=true
Question(
    "Person C is flagged. Look at what was measured, and what was not. Which decision does the rule give now, before anybody measures her waist?",
    {
        "act on it": "The first row comes before the others.",
        "verify first": "Soon. The flag put a waist of 98 cm beside a BMI of 51. Once it is measured (from 100 to 150 cm the flag goes), the rule as written gives one HbA1c.",
        "do not use it": "You decide on what you see: a BMI of 51 asks for a blood test in any case. Now measure the waist, and read the rule again from the top.",
    },
    right="do not use it",
)

# %% fold=true
Question(
    "Another woman has all that the computer shows of A: 11%, 84 of 100 refits, good reasons, an ordinary patient. No doctor has told her anything. And now?",
    {
        "act on it, as for A": "Firm does not mean right: all refits learned from the same people, and none of them knows the answer.",
        "verify first": "By the rule as written. Part 6 asks whether her alert is worth a test.",
        "do not use it": "She is whom the tool is meant for.",
    },
    right="verify first",
)

# %% [markdown]
# **And D?** *Do not use*: D knows already what the tool looks for. Somebody who says "only prediabetes" and takes metformin is outside the
# tool, too, but does **not** know: HbA1c now, without the tool. A raised one is repeated; metformin lowers it, so one that is not raised excludes nothing.
#
# **Which signal decided?** Context in A and D, the flag in C; in B context and doubt, either alone. (B's cholesterol of 291 mg/dL, 7.5 mmol/L, is a finding of its own.) Doubt moves 23 of the 66 with an alert who were told something from
# *act* to *verify*. Of such people 14 of 100 are ill, of those in *act* 22 (40 other random splits): **a weak signal**.
#
# If the risks are wrong in a group **that the rule does not ask about** (part 2 of 18.5), *act* becomes *verify* for everybody until the tool is
# mended.
#
# **Strong heat on a marker.** A chest film: the signals are good, but the heatmap lies on the side marker: a suspicion, no proof (18.2). Decide **as if you had not seen the output**.
# Telephone now whoever may switch the tool off, and write to its owner. Weaker heat there, or a marker cleared by a search (18.6): note it, tell the owner by day.
#
# Write the decision down with its reason, also when you follow the tool: *"Tool 9%, 49 of 100 refits, plausible, ordinary patient, told nothing: HbA1c first."*

# %% [markdown]
# ## 4. Who is helped, who is harmed?
#
# "A doctor looks at every output, so it is safe." Four studies with prepared cases:
#
# | study | who | what was found |
# |---|---|---|
# | Jabbour 2023 | 457 clinicians; written cases of acute respiratory failure, with a chest film | a usual AI helped, a **systematically wrong** one harmed (figure) |
# | Dratsch 2023 | 27 radiologists, 50 mammograms | correct with right and with wrong advice: inexperienced 79.7%, **19.8%**; very experienced 82.3%, **45.5%** |
# | Gaube 2021 | 138 radiologists, 127 other physicians; 8 chest films each | fewer right with wrong than with right advice, **whether it was said to come from an AI or a person** |
# | Yu 2024 | 140 radiologists, 324 cases | some are helped, some harmed; **experience did not predict who** |
#
# Dratsch and Gaube compare wrong with right advice, not the tool with no tool. **In none of the four was a group of readers found safe.**

# %% fold=true slide="Who is helped, who is harmed? | 457 clinicians, written cases of acute respiratory failure: alone 73.0% right. A wrong AI: -11.3 points (-15.5 to -7.2), with an explanation -9.1 (-13.2 to -4.9). | Did the explanation rescue them?" say=" | Not shown: beside the wrong AI it was 2.3 points better, with an interval that holds 0 (-2.7 to 7.2)."
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
# **Did the explanation rescue them? Not shown.** Beside the wrong AI it was 2.3 points better, with an interval that holds 0 (-2.7 to 7.2).
#
# **Note your own assessment first** (our advice: none of the four shows that it helps).

# %% [markdown]
# ## 5. Is this patient like those it learned from?
#
# A person can be ordinary in each value and odd in the combination: a large BMI with a small waist. The **Mahalanobis distance** counts that: how
# far is a person from the mean of the training people, by which values usually go together? The flag takes all 13 measurements, and goes up above the
# **99th percentile** of the training people. A missing value is filled with the median, so look for missing values first.
#
# One thing is typed wrongly for all test people; in the last row all are **8 years old**. How many of these "children" will it flag?

# %% fold=true
mistakes = {
    "nothing changed": {},
    "height in inches": {"height_cm": 1 / 2.54},
    "waist in inches": {"waist_cm": 1 / 2.54},
}
strange = {
    name: X_test.assign(**{column: X_test[column] * factor for column, factor in factors.items()})
    for name, factors in mistakes.items()
}
strange["age set to 8"] = X_test.assign(age_years=8.0)

# %% fold=true slide="What the flag sees, and misses | 1,243 test people as they are: 0.2% flagged (0.0% to 0.6%). With the waist typed in inches 95.3%. With every age set to 8 years, only 2.2% (1.5% to 3.1%). | Which of these would hurt you most?" say="The tool is for adults of 20 and over. A flag beside it asks: {{how far is a person ... usually go together}}? It goes up above the 99th percentile of the training people. | The age of 8: the tool is not for children, and the flag lets nearly all of them pass."
flags = {name: detector.flag(X).sum() for name, X in strange.items()}
pd.Series(
    {name: share(n, len(X_test)) for name, n in flags.items()}, name=f"flagged, of {len(X_test):,} (95% interval)"
).to_frame()

# %% claim=true
assert min(flags["waist in inches"], flags["height in inches"]) / len(X_test) > 0.9
assert flags["age set to 8"] / len(X_test) < 0.1
assert flags["nothing changed"] == 2
deals = []  # of 40 other random splits: how many ordinary people are flagged, and the weight at which the order of part 6 turns
for seed in [*range(14), *range(15, 41)]:  # the lesson has 14
    dealt = diabetes_split(people="untreated", random_state=seed)
    has_it = dealt.y_test.to_numpy() == 1
    rings = fit_tool(dealt.X_train, dealt.y_train, dealt.X_calib, dealt.y_calib)[1](dealt.X_test) >= 0.06
    asked_first = had_hint(dealt.audit)

    def turns(first, second, sick=has_it):
        """Return the weight from which the first way costs less: needless tests more, for each ill person tested more."""
        extra = first.astype(int) - second
        return extra[~sick].sum() / extra[sick].sum()

    flagged_of_all = SimilarityDetector().fit(dealt.X_train).flag(dealt.X_test).mean()
    both_ways, of_35 = asked_first | rings, (dealt.X_test["age_years"] >= 35).to_numpy()
    cheapest = max(turns(of_35, way) for way in (rings, asked_first, both_ways))
    deals.append((flagged_of_all, turns(both_ways, asked_first), cheapest))
flagged_usually, beside_turns, of_35_turns = np.array(deals).T
assert 0.009 < flagged_usually.mean() < 0.011
from clinxai_teach.data import load_film_predictions

films = {kind: load_film_predictions(kind) for kind in ("other_vendor", "child")}
film_flags = {kind: share(film.metadata["flagged"].sum(), len(film.labels)) for kind, film in films.items()}
assert film_flags == {"other_vendor": "100.0% (99.0% to 100.0%)", "child": "18.0% (14.5% to 22.1%)"}
assert [len(film.labels) for film in films.values()] == [400, 400]

# %% [markdown]
# By construction, the flag goes up for about 1% of ordinary people (by chance, here only 2 of 1,243).
#
# It lets nearly all "children" pass: one odd value among twelve ordinary ones drowns. So it does **not replace** the
# sentence *adults of 20 and over*: a fixed rule belongs beside it.
#
# **And films?** Such a flag catches all 400 synthetic films of another vendor, but only 18.0% of 400 of children (14.5% to 22.1%). **No flag does not mean safe.**
#
# **Ask a vendor: which inputs does your flag catch, which does it miss, and how often is it wrong on ordinary patients?**

# %% [markdown]
# ## 6. What it costs: alerts per 100 patients
#
# A tool has simple rivals: the question to the patient (test whoever was told something), or a guideline, such as a test of
# everybody from 35. Numbers are per 100 of the 1,243 test people. *Needlessly*: with an HbA1c under 6.5%. *Cost* = needless tests + 16 x ill people not tested
# (asking and measuring not counted).

# %% fold=true
NOBODY, TOOL, ASK, BOTH = "test nobody", "the tool at 6%", "the question only", "the question, or the tool at 6%"
picks = {
    NOBODY: p_test > 1,
    "everybody from 35": (X_test["age_years"] >= 35).to_numpy(),
    TOOL: alert,
    ASK: hint,
    BOTH: hint | alert,
}
each_cost = {way: np.where(picked, y_test == 0, 16 * y_test) for way, picked in picks.items()}  # in needless tests
pd.DataFrame(
    {
        way: {
            "tested": f"{100 * picked.mean():.1f}",
            "needlessly": f"{100 * (picked & (y_test == 0)).mean():.1f}",
            "ill, not tested": f"{100 * (~picked & (y_test == 1)).mean():.1f}",
            "cost": f"{100 * each_cost[way].mean():.1f}",
        }
        for way, picked in picks.items()
    }
).T

# %% claim=true
found = [(int(y_test[picked].sum()), int(picked.sum())) for picked in picks.values()]
assert found == [(0, 0), (45, 932), (21, 260), (24, 190), (34, 384)]
assert [f"{100 * cost.mean():.1f}" for cost in each_cost.values()] == ["60.5", "73.9", "52.7", "43.0", "44.9"]


def less(first, second):
    """Return what the first way costs less than the second, per 100 people, as a text with its 95% interval."""
    cost, other = (np.where(picks[way], y_test == 0, 16 * y_test) for way in (first, second))
    spared = 100 * (other - cost)
    anew = np.random.default_rng(0).integers(0, len(spared), (1000, len(spared)))
    low, high = np.quantile([spared[k].mean() for k in anew], (0.025, 0.975))
    return f"{spared.mean():.1f} ({low:.0f} to {high:.0f})"


pairs = {"7.8 (-3 to 20)": (TOOL, NOBODY), "17.5 (6 to 30)": (ASK, NOBODY), "9.7 (-2 to 22)": (ASK, TOOL)}
pairs["-1.9 (-9 to 7)"] = (BOTH, ASK)
EVERYBODY_35 = "everybody from 35"
assert [less(*pair) for pair in pairs.values()] == list(pairs)
raised = (people["hba1c"] >= 5.7).to_numpy()
needless = {way: picks[way] & (y_test == 0) for way in (ASK, TOOL, EVERYBODY_35)}
assert [(int(raised[who].sum()), int(who.sum())) for who in needless.values()] == [(96, 166), (125, 239), (386, 887)]
assert share(386, 887) == "43.5% (40.3% to 46.8%)"
of_100 = alert_burden(y_test, alert.astype(float), threshold=0.5)  # the helper counts the same
assert np.isclose(of_100.false_alerts + 16 * of_100.missed, 100 * each_cost[TOOL].mean())
assert [y_test[~picks[way]].sum() for way in (TOOL, ASK, BOTH)] == [26, 23, 13]
assert [share(missed, y_test.sum()) for missed in (26, 23, 13)] == [
    *("55.3% (41.2% to 68.6%)", "48.9% (35.3% to 62.8%)", "27.7% (16.9% to 41.8%)"),
]
assert round(turns(picks[BOTH], picks[ASK], y_test == 1), 1) == 18.4
assert round(max(turns(picks[EVERYBODY_35], picks[way], y_test == 1) for way in (TOOL, ASK, BOTH))) == 49
ranges = [f"{each.min():.0f} to {each.max():.0f}" for each in (beside_turns, of_35_turns)]
assert ranges == ["11 to 48", "28 to 72"]
from itertools import product

for changed, odd, warns, hinted, sure in product(
    (False, True), repeat=5
):  # the rule before and after part 6: all cases
    to_verify, by_guideline = (hinted, not hinted) if changed else (warns or hinted, not warns and not hinted)
    acts = warns and hinted and sure
    assert to_verify + by_guideline == 1  # so some row fits each person: one of the last two always does
    assert to_verify or not acts  # without its row, those of "act" would be verified
    decides = [odd, acts and not odd, to_verify and not (odd or acts), by_guideline and not (odd or acts)]
    assert sum(decides) == 1
assert (alert & ~hint).sum() == 194  # these had a row before part 6, and have another one after it

# %% [markdown]
# **Asking needs no tool** (but it finds only those who were tested before). Against testing nobody the question saves 17.5 (95% interval 6 to 30), the tool at 6% saves 7.8 (-3 to 20). Between the two there is **no clear
# difference**: the question saves 9.7 more (-2 to 22). The tool *beside* the question costs 1.9 more (-7 to 9): **not shown to pay**.
#
# **What this practice may keep,** with its weight of 16: the first two rows of its rule (part 3). The last two now read:
#
# | what you find | decision | what you do next, who, how soon | which result changes what |
# |---|---|---|---|
# | told something | **verify first** | as before | as before |
# | told nothing, alert or not | nothing by the tool | as before | - |
#
# **The tool then chooses only *which* test comes first, for those told something: not counted, so not shown to pay. *Verify* all needs no tool.** For the others, count locally: with an alert 5.2% are ill, under the practice's own 6%, but 2.8% to 9.2% allows both.
#
# **These costs do not overrule a guideline.** 16 is the weight of one practice, counted on 47 ill people and one visit. If your guideline tests everybody from
# 35, follow it: it counts what we do not, such as an HbA1c from 5.7% (44% of these *needless* tests, 40% to 47%; with the question 58%).
#
# **And your weight?** The tool beside the question costs less than the question alone from about 18 (40
# other random splits: 11 to 48). A test of everybody from 35 is the cheapest way from about 49 (28 to 72).
#
# **Neither "no alert" nor "told nothing" means no diabetes.** Of the 47 ill the tool at 6% misses 26 (55%, 41% to 69%), the question 23 (49%, 35% to
# 63%), both together 13 (28%, 17% to 42%).

# %% [markdown]
# ## 7. An override log, audited
#
# A log of 300 patients (**synthetic**): advice (act or not), decision, and the diagnosis, followed up for all. *Wrong* advice: the diagnosis was another one.
# (This tool advises from 50%. **Do not audit a line of 6% in this way**: 239 of 260 alerts are "wrong", as the line allows. Count as in part 6.)

# %% fold=true
log = make_override_log(300, seed=0)
overridden = log["decision"] != log["advice"]
wrong_advice = log["advice"] != log["outcome"]
clinician_right = log["decision"] == log["outcome"]
right = share(clinician_right[overridden].sum(), overridden.sum())
print(f"overrides: {overridden.sum()} of {len(log)}; right among them: {right}")

# %% fold=true slide="vote" say="A log of 300 synthetic patients. Override: the clinician decides against the advice. Wrong advice: {{the diagnosis ... was another one}}."
Question(
    "31 of 300 pieces of advice are overridden, and 19 of these 31 overrides are right. Is this team safe?",
    {
        "One cannot tell yet": "The missing number: of the 55 WRONG pieces of advice, how many were followed? Here 65.5% (52.3% to 76.6%).",
        "Yes: they think for themselves, and well": "You have looked at the overrides only. What about those that should have come, and did not?",
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
assert ((log["probability"] >= 0.5) == (log["advice"] == 1)).all()
assert ((y_test == 0)[alert].sum(), alert.sum()) == (239, 260)
assert share(followed.sum(), len(followed)) == "65.5% (52.3% to 76.6%)"
assert (clinician_right[overridden].sum(), overridden.sum(), len(log), len(followed)) == (19, 31, 300, 55)

# %% [markdown]
# **About two of three wrong pieces of advice were followed. Is this automation bias? The log cannot say.** Automation
# bias is what the tool *adds*: alone, the same doctors would have judged some of these patients wrongly, too. One needs the same kind of
# patient *without* the output:
#
# - **with and without**: chance decides for which patients (or weeks) the output is shown; compare the errors,
# - **prepared cases with wrong advice**: each is read by some with the advice and by others without.
#
# Ask the ethics committee before either, and your colleagues for consent.
#
# The log shows *where* wrong advice was followed, if it holds the outcome of *all*, also of those in whom tool and doctor both saw nothing.

# %% [markdown]
# ## 8. Who should decide? The team, simulated (optional)
#
# An invented clinician works alone, **always follows** the model, or reads only the patients nearest to the line (**defer the uncertain**).

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

# %% claim=true
teams = [team_explorer.team(state)["cost_per_100"] for state in team_explorer.telling_states()]
assert len({costs.idxmin() for costs in teams}) > 1
assert np.isclose(teams[0]["always follow the model"] - teams[0]["model alone"], 20)

# %% [markdown]
# Keep only this: a doctor who always follows adds work and no safety. The rest is this clinician's, and chance.

# %% [markdown]
# ## Back to the case
#
# The HbA1c of all four was measured.

# %% fold=true
done = {
    "A": "act: a fasting morning, within two weeks",
    "B": "verify: one HbA1c",
    "C": "do not use: tested today on what was seen",
    "D": "do not use: outside the intended use",
}
pd.DataFrame(
    {
        f"person {letter}": {
            "what you did": done[letter],
            "HbA1c, percent": f"{person.hba1c:.1f}",
            "HbA1c 6.5% or more": "known before"
            if person.told
            else "yes"
            if person["has it"]
            else "no, but 5.7% or more"
            if person.hba1c >= 5.7
            else "no",
        }
        for letter, (_, person) in zip(chosen, four.iterrows(), strict=True)
    }
)

# %% [markdown] slide="key points | without: Compare a tool | Back to the case | Same risk, three decisions: A act, B verify, C and D do not use. HbA1c: A 6.6%, B 5.5%, C 6.2%; D knew. Of all 43 in A's row only 10 are ill (23%, 13% to 38%)." say=" || Same risk = {Back to the case}: same risk, three decisions. | Signals agree = {Back to the case}: in A's row alert, answer and refits agree; 10 of 43 are ill. | A human = {Who is helped}: beside a wrong AI clinicians were right less often, by 11.3 points. | The flag = {What the flag sees}: with every age set to 8 years 2.2% are flagged. | Few overrides = {Answer 3}: of the wrong advice 65.5% was followed."
# A good decision and a good outcome are not the same thing. A's HbA1c is raised. But of all 43 in the row *act* only 10
# are ill (23%, 13% to 38%): most such tests find no diabetes. (The rule was made on these data: count your own.)
#
# ## Two questions to take with you
#
# **1.** A vendor's lung tool is "for patients without known cancer". Its AUC of 0.94 comes from 2,000 patients of an oncology
# clinic. What do you ask, and what do you expect?
#
# <details><summary>Model answer</summary>
# How many had known cancer, and what are the numbers without them? I expect a lower AUC, risks that are too high, and a much lower PPV.
# </details>
#
# **2.** A tool for another disease gives 11%. All signals are as for person A, but the next step is a biopsy. What do you write into the notes?
#
# <details><summary>Model answer</summary>
# "Tool 11%, 84 of 100 refits, plausible, ordinary patient, the history fits. A biopsy can harm, so the row <em>act</em> does not fit: imaging within
# two weeks (verify). If it is normal, as the guideline for that disease says."
# </details>
#
# ## Key points
#
# - First: which people are the tool's numbers about? Is my patient inside the intended use?
# - Five signals: confidence, doubt, explanation, similarity, context. The last is not in the computer: ask everybody the same question.
# - The rule comes before the patient: act, verify or do not use, who, how soon. Write one line.
# - No group of readers was found safe from wrong advice. Note your own assessment first.
# - A similarity flag has blind spots. It does not replace an intended use.
# - Compare a tool with its simplest rival, and count with your own weight. Here, with 16, no use of the tool beside one question was shown to pay.
# - A log shows where wrong advice was followed (for a line near 50%). Automation bias needs the same kind of case without the output.
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

# %% [markdown]
# ## References
#
# - American Diabetes Association. Standards of Care in Diabetes: diagnosis and classification. Diabetes Care, a new edition each January.
# - Dratsch T. et al. Automation bias in mammography: the impact of artificial intelligence BI-RADS suggestions on reader performance. Radiology 2023;307(4):e222176. doi:10.1148/radiol.222176
# - Gaube S. et al. Do as AI say: susceptibility in deployment of clinical decision-aids. npj Digit Med 2021;4:31. doi:10.1038/s41746-021-00385-9
# - Jabbour S. et al. Measuring the impact of AI in the diagnosis of hospitalized patients. JAMA 2023;330(23):2275-2284. doi:10.1001/jama.2023.22295
# - Mahalanobis P. C. On the generalised distance in statistics. Proc Natl Inst Sci India 1936;2:49-55.
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Yu F. et al. Heterogeneity and predictors of the effects of AI assistance on radiologists. Nat Med 2024;30(3):837-849. doi:10.1038/s41591-024-02850-w
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
