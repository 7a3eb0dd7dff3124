# %% [markdown] slide="SHAP: sharing out one patient's risk | A bar tells how much one feature moved one output. | Compared with whom?"
# # 18.2.3 SHAP: sharing out one patient's risk
#
# **For** doctors in training and their teachers. You need no code: run each cell, answer the questions, move the sliders.
# What stands under a heading "For coders" may be skipped.
#
# **Time:** about {{reading}} minutes, and {{minutes 18.2-hklmeb}} for the exercises.
# [18.2.1-2](18_2_1_gradients_and_grad_cam.ipynb), on films, comes before it; you can follow this one alone.
#
# **Questions this section answers**
#
# - How is one patient's risk shared out among age, waist and HDL? Is the sharing unique?
# - A bar says +0.3. How many points of risk is that?
# - Compared with whom? And what may a doctor say on the strength of such a bar?
# - Do you need SHAP at all?
#
# **After it you can**
#
# 1. *compute* Shapley values for two or three features, and *check* that they add up,
# 2. *translate* a bar in log-odds into points of risk for one patient,
# 3. *explain* what the background and correlated features do to a bar,
# 4. *choose* between a readable model and an explained one,
# 5. *refuse* a causal reading.
#
# > The people of the table are real (NHANES 2017-2018). Nothing here is medical advice.

# %% fold=true
import os
from itertools import combinations

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shap
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

from clinxai_teach import plots
from clinxai_teach.attribution import exact_shapley, shap_explanation
from clinxai_teach.checks import Question
from clinxai_teach.data import age_group, load_nhanes_diabetes
from clinxai_teach.explorers import LogOddsExplorer, PredictFirst, ShapleyExplorer
from clinxai_teach.intervals import wilson_interval

plt.rcParams["font.size"] = 12

# %% [markdown]
# ## Warm-up: three questions on what came before

# %% fold=true
Question(
    "A score gives a point for each mmol/L of lactate, up to 4 points. A patient has 8 mmol/L. The gradient there is 0. Does lactate matter to his score?",
    {
        "No: the gradient is 0": "At 8 a small change does nothing. But all 4 points come from lactate.",
        "Yes: all 4 points come from it": "A gradient speaks of small changes only. Compared with a lactate of 0, it made 4 points.",
    },
    right="Yes: all 4 points come from it",
)

# %% fold=true
Question(
    "Integrated gradients add up to F(film) - F(baseline). What does this check prove?",
    {
        "That the right baseline was chosen": "It holds for every baseline.",
        "That the sum was computed finely enough": "It is bookkeeping. It says nothing about the disease.",
        "That the model reasons as a doctor does": "It holds for the worst of models, too.",
    },
    right="That the sum was computed finely enough",
)

# %% fold=true
Question(
    "804 of the 994 people with diabetes in our table had been told so by a doctor. An AUC of all of them is ...",
    {
        "the AUC for finding unknown diabetes": "For that, compute it among those who were not told.",
        "the AUC of another task": "It mixes people whose diabetes is known, and often treated, with those it could help.",
    },
    right="the AUC of another task",
)

# %% [markdown] slide="A case | A man of 70 is told: diabetes 31%. Bars that pushed it up: age, a low HDL, a large waist. The trainee: we raise his HDL, and his risk goes down. | What would you answer?"
# ## A case
#
# > A risk tool shows a man of 70: *probability of diabetes 31%*, and three bars that pushed it up: his age, a low HDL
# > cholesterol, a large waist. "It is simple," says the trainee, "we raise his HDL, and his risk goes down."
#
# What would you answer? Decide before you read on. He is in the survey; no doctor has ever told him that he has diabetes. At the end
# you learn what his blood test showed.
#
# ## 1. The model, and of whom it speaks
#
# The table holds 5,018 adults, 13 features and no glucose. The label, *has diabetes*: told so by a doctor, **or** an HbA1c of 6.5% or more
# today. 994 have it. The model, *gradient boosting*, adds up many small decision trees. Its raw output is in **log-odds**: 0 means
# 50%, and each +1 multiplies the odds by 2.7.

# %% fold=true
data = load_nhanes_diabetes()
NICE = {
    "age_years": "age", "male": "male", "bmi_kg_m2": "BMI", "waist_cm": "waist", "height_cm": "height",
    "systolic_bp_mmhg": "systolic BP", "pulse_per_min": "pulse", "hdl_mg_dl": "HDL",
    "total_cholesterol_mg_dl": "cholesterol", "income_ratio": "income", "ever_smoker": "ever smoker",
    "vigorous_activity": "vigorous activity", "sleep_hours": "sleep",
}  # fmt: skip
X_train, X_test, y_train, y_test = train_test_split(
    data.X.rename(columns=NICE), data.y, test_size=0.3, random_state=0, stratify=data.y
)
drawn_again = np.random.default_rng(0).integers(0, len(y_test), (300, len(y_test)))  # the test people, with replacement


def boosting(X, y=y_train, **options):
    """Return a small gradient boosting model, trained on these columns."""
    options = {"max_depth": 3, "learning_rate": 0.05, "max_iter": 150, **options}
    return HistGradientBoostingClassifier(random_state=0, **options).fit(X, y)


def auc_with_interval(y, p):
    """Return the AUC with its 95% bootstrap interval, as text."""
    y, p = np.asarray(y), np.asarray(p)
    drawn = np.random.default_rng(0).integers(0, len(y), (300, len(y)))
    low, high = np.quantile([roc_auc_score(y[i], p[i]) for i in drawn], [0.025, 0.975])
    return f"{roc_auc_score(y, p):.2f} ({low:.2f} to {high:.2f})"


booster = boosting(X_train)
risk = booster.predict_proba(X_test)[:, 1]
y = y_test.to_numpy()
not_told = (data.audit["told_diabetes"] != "yes").loc[X_test.index].to_numpy()
WHO = {"all": np.full(len(y), True), "not told": not_told}


def auc_draws(p, who):
    """Return the AUC of p among these test people, in each bootstrap draw."""
    return np.array([roc_auc_score(y[i], p[i]) for i in (draw[WHO[who][draw]] for draw in drawn_again)])


booster_draws = {who: auc_draws(risk, who) for who in WHO}


def auc_change(p, who="all"):
    """Return the 95% bootstrap interval of the AUC of p minus the booster's, among the same test people."""
    return np.quantile(auc_draws(p, who) - booster_draws[who], [0.025, 0.975])


def auc_of_not_told(p):
    """Return the AUC among those not told, and the interval of its difference to the booster's, as two texts."""
    low, high = auc_change(p, "not told")
    return f"{roc_auc_score(y[not_told], p[not_told]):.3f}", f"{low:+.3f} to {high:+.3f}"


man = X_test.index.get_loc(1799)  # the man of the case, in the test set

# %% fold=true tags=["nbval-check-output"]
print(
    f"{len(X_test)} people whom the model has not seen, {y_test.sum()} with diabetes: AUC {auc_with_interval(y_test, risk)}"
)
print(
    f"Those not told, {not_told.sum()} people, {y_test[not_told].sum()} with diabetes: "
    f"AUC {auc_with_interval(y_test[not_told], risk[not_told])}"
)
print(
    f"The man of {X_test['age'].iloc[man]:.0f}: predicted probability {risk[man]:.0%}. Near him, 25% to 37% predicted, had diabetes:"
)
near_him = (risk > 0.25) & (risk < 0.37)
for name, people in {"of all": near_him, "of those not told": near_him & not_told}.items():
    low, high = wilson_interval(y[people].sum(), people.sum())
    print(f"  {name}: {y[people].sum()} of {people.sum()}, {y[people].mean():.0%} ({low:.0%} to {high:.0%})")
print(f"All who were not told: predicted {risk[not_told].mean():.0%}, observed {y[not_told].mean():.0%}")

# %% claim=true
assert (y[near_him & not_told].sum(), (near_him & not_told).sum()) == (7, 150)
assert y_test[~not_told.astype(bool)].all()
assert risk[man] / wilson_interval(7, 150)[1] > 3
assert (round(100 * risk[not_told].mean()), round(100 * y[not_told].mean())) == (16, 5)

# %% [markdown]
# The model says who *has* diabetes, known or not. **For this man, who was not told, the 31% is far too high:** of the people not told to
# whom the model gives about as much, 7 of 150 had it (5%, 2% to 9%), so it is three times too high at least. Those who were told count as ill without exception, and they lift the share among all. [Section 18.3](18_3_1_reading_probabilities.ipynb)
# (*Calibrated for whom?*) takes this reversal apart and repairs it. No bar will show it. Here we ask only: *how did this model come to its 31%?*
#
# ## 2. Who gets the credit? Features that join one by one
#
# Let the features *join* one after the other. As long as none is known, the best prediction is the mean. Then his age becomes known,
# and the prediction moves. Then his waist, and so on. The move at each step is the credit of that feature.

# %% fold=true slide="vote | Features join one by one | The man of 70, smaller model. Nothing is known yet: the prediction is the mean for 100 other people, 21.5%. When all six are known, it is 46%. | Whose part depends most on the order in which they join?" say="{{Let the features join ... credit of that feature}}. BMI: body mass index."
shapley_explorer = ShapleyExplorer()
PredictFirst(
    Question(
        "Waist joins before BMI, or BMI before waist: does each of them get the same credit in both orders?",
        {
            "Yes: the model is the same": "The model is. But what a feature adds depends on what is known already.",
            "No: the later one finds part of its work done": "They say much the same about a person. Who comes first takes more.",
        },
        right="No: the later one finds part of its work done",
        why="The Shapley value settles it: the mean over all orders.",
    ),
    shapley_explorer,
)

# %% [markdown]
# Here plays another, smaller model: it knows six features and gives this man 46%. (One table, one man, 31% and 46%: neither display would tell
# you.) A feature that is not known yet takes the values of 100 other people, and the prediction is averaged.
#
# 1. Press **Next feature joins** six times. Watch the prediction move from the mean to his.
# 2. Press **Another order** and look at the same feature again. The black dot moves; the diamond stays.
# 3. Choose the **woman of 80**, let all features join, and compare order 1 (waist before BMI) with order 25 (BMI before waist).
#
# If the sliders do not move, choose *Run > Run All Cells*. The same story without sliders:

# %% fold=true slide="after 1 | Waist joins before BMI | Another person, a woman of 80. After her age, waist moves the prediction by -12.1 points, then BMI by -16.0. | And if BMI joins before waist? || after 2 | BMI joins before waist | The same woman, the same 2.8%. Now waist comes later and moves it by -4.1 points only. The diamonds, the means of all orders, stay."
shapley_explorer.filmstrip()

# %% claim=true
assert round(shapley_explorer.games["man of 70"].value[frozenset(range(6))]) == 46

# %% [markdown]
# The diamond is the **Shapley value**, from game theory (Shapley 1953): a feature's mean gain over *all* orders in which features can
# join. With $v(S)$ for the prediction when the set $S$ is known, and $d$ features,
#
# $$\phi_i = \sum_{S \text{ without } i} \frac{|S|!\,(d-|S|-1)!}{d!}\,\bigl(v(S \cup \{i\}) - v(S)\bigr)$$
#
# The fraction is the share of the orders in which exactly $S$ comes before $i$.
#
# **Once by hand.** A rule gives 60 points to a patient who has fever *and* cough, else 0. The background: the four kinds of patient,
# equally many. Nothing known: the mean is 15. Fever known: half of such patients have a cough, so 30; cough known: 30, too. Both: 60.
#
# - fever first: fever adds 30 - 15 = 15, then cough adds 60 - 30 = 30;
# - cough first: cough adds 15, then fever adds 30.
#
# The means over both orders are the Shapley values: fever **22.5**, cough **22.5**. And 15 + 22.5 + 22.5 = 60.
#
# Trying all sets takes long: 13 features have 8,192. **SHAP** (Lundberg and Lee 2017) is a family of faster ways. For trees there is one
# that needs no guessing (Lundberg 2020). Does it give the same? The tool's own 31%: its model never uses sex, so 12 features are left.

# %%
twelve = X_train.drop(columns="male")
small_group = twelve.dropna().sample(20, random_state=0)
same_model, his_row = boosting(twelve), X_test.drop(columns="male").iloc[[man]]

by_enumeration = exact_shapley(same_model.decision_function, his_row, small_group)
by_shap = shap_explanation(same_model, his_row, background=small_group)

# %% fold=true tags=["nbval-check-output"]
shown = [list(twelve).index(name) for name in ("age", "HDL", "waist", "cholesterol")]
print("feature:                    ", *(list(twelve)[k] for k in shown))
print("all 4,096 sets, one by one: ", *(f"{by_enumeration.values[k]:.2f}" for k in shown))
print("shap:                       ", *(f"{by_shap.values[0, k]:.2f}" for k in shown))
total = by_enumeration.base_value + by_enumeration.values.sum()
print(f"mean of the group + all twelve = {total:.2f}; the model says {same_model.decision_function(his_row)[0]:.2f}")

# %% claim=true
assert np.allclose(by_enumeration.values, by_shap.values[0], atol=1e-6)
assert np.allclose(same_model.predict_proba(his_row)[0, 1], risk[man])
assert abs(total - same_model.decision_function(his_row)[0]) < 1e-9

# %% [markdown]
# The last line is **local accuracy**: the values add up to the output minus the mean output. Nothing was lost in the sharing. That does not
# say that the model is right.
#
# ## 3. One patient, and the unit of a bar

# %%
explanation = shap_explanation(booster, X_test)  # for one class, in a named unit, checked to add up

# %% fold=true slide="The eight largest bars of one man | The man of the case, told 31%. Log-odds: age +1.11, HDL +0.61 and waist +0.32 raise his output; his cholesterol, -0.27, lowers it. | Which bar looks strange?" say="Log-odds: another scale of risk. Output: what the model says, here in log-odds. -0.80 is 31%; -2.02, the mean of the training people, is 12%. | Cholesterol: 206 mg/dL seems to protect him. More on this comes later."
values = pd.Series(explanation.values[man], X_test.columns)
values = values[values.abs().sort_values(ascending=False).index]
largest = values[:8]
unit = {"HDL": " mg/dL", "waist": " cm", "cholesterol": " mg/dL", "pulse": "/min", "height": " cm"}
said_of = {name: f"{name} {X_test[name].iloc[man]:.0f}{unit.get(name, '')}" for name in largest.index} | {
    "vigorous activity": "vigorous activity: yes",
    "ever smoker": "ever smoker: yes",
}
largest["the other five together"] = values[8:].sum()
said_of["the other five together"] = "the other five together"
figure, axes = plt.subplots(figsize=(8.4, 5.2), layout="constrained")
plots.draw_reasons(
    axes,
    [f"{said_of[name]}: {value:+.2f}" for name, value in largest.items()],
    list(largest),
    f"From the mean, {explanation.base_values[man]:.2f}, to his output, {booster.decision_function(X_test)[man]:.2f}",
    most=1.6,
)
for row, name in enumerate(axes.texts):
    name.set(y=row, va="center")  # beside its bar: no bar reaches so far to the left
plots.show(
    figure,
    "The man's SHAP values in log-odds, the eight largest and the sum of the other five, as bars; solid bars to the right raise his output, hatched bars to the "
    "left lower it: " + ", ".join(f"{name} {value:+.2f}" for name, value in largest.items()) + ".",
)

# %% claim=true
assert list(values.index[:3]) == ["age", "HDL", "waist"]
assert (values[:3] > 0).all()
assert values["cholesterol"] < -0.2
assert X_test[["vigorous activity", "ever smoker"]].iloc[man].eq(1).all()
assert (values[8:].abs() < values.abs().iloc[7]).all()
assert len(values[8:]) == 5
assert [
    round(100 * float(expit(z))) for z in (booster.decision_function(X_test)[man], explanation.base_values[man])
] == [31, 12]
assert round(100 * booster.predict_proba(X_train)[:, 1].mean()) == 20
assert np.abs(explanation.values.sum(axis=1) + explanation.base_values - booster.decision_function(X_test)).max() < 1e-6

# %% [markdown]
# Solid bars raised his output, hatched bars lowered it. Below the tool's three stands something strange: a total **cholesterol of 206 lowers
# his predicted risk**. Section 7 comes to that.
#
# All numbers are log-odds. In percent: his output, -0.80, is his **31%**. The mean of the training set, -2.02, is **12%**. But the mean predicted *risk* of the same people is
# 20%. That is no error: a mean of log-odds is not the log-odds of a mean.
#
# And a bar? It cannot be turned into percent without knowing where the patient stands:

# %% fold=true slide="vote | The same bar, other points | A bar of +0.3 log-odds moves a patient from 5% to 6.6%: +1.6 points. | At which risk is it worth most?" say="Odds: ill for each not ill; 50% is 1 to 1. A bar in log-odds multiplies the odds, +0.3 by 1.35. A point: one percent of risk."
log_odds = LogOddsExplorer()
PredictFirst(
    Question(
        "A display gives two patients the bar 'waist +0.3 log-odds'. Without it one stands at 5%, the other at 50%. How many points of risk is the bar?",
        {
            "30 points for both": "0.3 is not 30%. It is a step of the log-odds.",
            "7 points for both": "For the one at 50% it is. At 5% it is much less.",
            "Less than 2 points at 5%, and about 7 at 50%": "The odds rise by the same factor, 1.35. The points differ.",
        },
        right="Less than 2 points at 5%, and about 7 at 50%",
    ),
    log_odds,
)

# %% [markdown]
# Keep the bar at +0.3 and move the risk from 1 to 99. Where is the bar most, in points? What would the bar of his waist, +0.3, be worth if he
# stood at 25% without it?
#
# <details><summary>The answers</summary>
# Around 50%: 7 points. From 25% to 31%: 6 points. About his case: without it he stands at 24%.
# </details>
#
# Without sliders:

# %% fold=true slide="after 2 | At 50% the same bar is worth more | From 50% to 57.4%: +7.4 points. At 5% it was +1.6. Towards 95% it is worth little again: 95% to 96.2%."
log_odds.filmstrip()

# %% claim=true
assert round(100 * expit(booster.decision_function(X_test)[man] - values["waist"])) == 24
assert [round(100 * expit(start + 0.3)) for start in (0, np.log(1 / 3))] == [57, 31]

# %% [markdown]
# ## 4. Everyone, and another kind of importance
#
# In the *beeswarm* each dot is a person. To the right: this feature raised this person's log-odds. Dark dots: a low value of the feature;
# light dots: a high one.


# %% fold=true
plt.figure()
np.random.seed(0)  # shap spreads the dots at random: the same picture each time
shap.plots.beeswarm(
    explanation, max_display=9, show=False, plot_size=None, color=plt.get_cmap("viridis"), color_bar_label="value"
)
figure = plt.gcf()
figure.set_size_inches(8.4, 4.8)
for text in figure.findobj(plt.Text):
    text.set_fontsize(max(12, text.get_fontsize()))
figure.axes[0].set_xlabel("SHAP value (log-odds)")
figure.subplots_adjust(left=0.3, right=0.89, bottom=0.14, top=0.95)
importance = pd.Series(np.abs(explanation.values).mean(axis=0), X_test.columns).sort_values(ascending=False)
plots.show(
    figure,
    "Beeswarm of the SHAP values of all people in the test set. High age and a large waist lie to the right, high HDL to the left. For "
    "cholesterol, low values lie to the right, middle and high ones to the left or near 0.",
)

# %% [markdown]
# The mean size of the bars, mean |SHAP|, is one kind of importance. An older one needs no SHAP: **permutation importance**
# (Breiman 2001). Shuffle one column among the people, and see by how much the AUC falls.

# %% fold=true
shuffled = permutation_importance(booster, X_test, y_test, scoring="roc_auc", n_repeats=20, random_state=0)
fall = pd.Series(shuffled.importances_mean, X_test.columns)
kinds = pd.DataFrame(
    {
        "mean |SHAP| (log-odds)": importance.round(2),
        "AUC lost (mean of 20 shuffles)": fall.round(3),
        "lowest to highest": [
            f"{shuffled.importances[X_test.columns.get_loc(k)].min():.3f} to {shuffled.importances[X_test.columns.get_loc(k)].max():.3f}"
            for k in importance.index
        ],
    },
    index=importance.index,
)
kinds.head(8)

# %% claim=true
assert importance.idxmax() == fall.idxmax() == "age"
assert importance["height"] > importance["BMI"] > 0.05
assert abs(fall["height"]) < 0.005
assert abs(fall["BMI"]) < 0.005
assert importance["male"] == 0 == fall["male"]

# %% [markdown]
# (Of all people in the test set.) The two answer different questions: *how far does this feature move the outputs?* and *how much does this model's ranking lose when the
# column is wrong?* Height and BMI move outputs, and are hardly missed. Sex has exactly 0 in both: no tree asks for it. **Shuffling is not leaving
# out:** the model stays as it was, and gets rows that nobody has, such as a large waist with a BMI of 19.
#
# ## 5. A small SHAP value
#
# > **Misconception 1.** "BMI has a small SHAP value, so body size hardly matters to the model."

# %% fold=true
Question(
    "We train the model again, without the waist. What happens to the mean |SHAP| of BMI?",
    {
        "It stays small": "BMI takes over the work.",
        "It becomes much larger": "The two measure nearly the same thing. Either will do.",
    },
    right="It becomes much larger",
)

# %% fold=true
rows = {}
for left_out in ((), ("waist",), ("BMI",), ("waist", "BMI")):
    columns = [name for name in X_train if name not in left_out]
    model = boosting(X_train[columns])
    p = model.predict_proba(X_test[columns])[:, 1]
    size = pd.Series(np.abs(shap_explanation(model, X_test[columns]).values).mean(axis=0), columns)
    low, high = auc_change(p)
    rows[f"without {' and '.join(left_out)}" if left_out else "all 13 features"] = {
        "mean |SHAP| of waist": f"{size['waist']:.2f}" if "waist" in size else "",
        "of BMI": f"{size['BMI']:.2f}" if "BMI" in size else "",
        "AUC": f"{roc_auc_score(y, p):.3f}",
        "change (95% interval)": f"{roc_auc_score(y, p) - roc_auc_score(y, risk):+.3f} ({low:+.3f} to {high:+.3f})"
        if left_out
        else "",
        "AUC, not told": auc_of_not_told(p)[0],
        "its change": auc_of_not_told(p)[1] if left_out else "",
    }
control = pd.DataFrame(rows).T
lost, after = [], []
for seed in range(20):
    mixed, order = X_test.copy(), np.random.default_rng(seed).permutation(len(X_test))
    mixed[["waist", "BMI"]] = X_test[["waist", "BMI"]].to_numpy()[order]
    after.append(booster.predict_proba(mixed)[:, 1])
    lost.append(roc_auc_score(y, risk) - roc_auc_score(y, after[-1]))
middle = int(np.argsort(lost)[10])
of_people = -auc_change(after[middle])[::-1]
print("The first model, waist and BMI shuffled together: AUC lost")
print(f"  20 shuffles: mean {np.mean(lost):.3f}, range over shuffles {min(lost):.3f} to {max(lost):.3f}")
print(f"  the middle one: {lost[middle]:.3f}, 95% interval over people {of_people[0]:.3f} to {of_people[1]:.3f}")
print("Trained again:")
control

# %% claim=true
assert control.loc["without waist", "of BMI"] == "0.31"
assert control.loc["all 13 features", "of BMI"] == "0.09"
assert control["AUC"].tolist() == ["0.793", "0.794", "0.794", "0.786"]
assert min(lost) > 0.01
assert round(np.mean(lost), 2) == 0.04
assert [round(value, 2) for value in of_people] == [0.02, 0.06]
assert control["AUC, not told"].tolist() == ["0.736", "0.745", "0.740", "0.723"]
assert control.loc["without waist and BMI", "its change"] == "-0.033 to +0.009"

# %% [markdown]
# Without the waist, BMI more than triples: the two are so alike that either will do. So does body size matter? There are two answers.
#
# - **To this model, yes.** Shuffle both together, and it loses about 0.04 of AUC (0.02 to 0.06 over people). Its small BMI bar misleads: the waist carries the work.
# - **To the task, a loss is not shown.** A model trained without **both** (last line) has 0.786 instead of 0.793; the interval holds 0, and a loss of 0.02. Of those
#   *not told*, 63 of them ill, 0.723 instead of 0.736: not shown either, and a loss of 0.03 would fit. So "the AUC stays without the waist" alone proves nothing: BMI may have stepped in. Only this control can tell, and here it cannot: no loss and a loss of 0.02 both fit.
#
# Two yardsticks stand here. The *range over shuffles* says how much luck is in the shuffling, the *interval over people* how sure it is for other people. To compare two losses, take the interval of their *difference*, over the same people.
#
# How waist and BMI share is partly chance. Five models, each trained on another random draw of the same people:

# %% fold=true tags=["nbval-check-output"]
parts = []
for seed in range(5):
    draw = np.random.default_rng(seed).integers(0, len(X_train), len(X_train))
    other = boosting(X_train.iloc[draw], y_train.iloc[draw])
    parts.append(np.abs(shap_explanation(other, X_test).values).mean(axis=0))
parts = pd.DataFrame(parts, columns=list(X_test))
for name in ("waist", "BMI"):
    print(f"mean |SHAP| of {name:5} in five models: {parts[name].min():.2f} to {parts[name].max():.2f}")

# %% [markdown]
# So look at groups of features, such as "body size", and at several models.
#
# ## 6. Compared with whom? 100 people are too few
#
# "The feature is not known": what is put in its place? Two usual answers:
#
# - **Interventional:** the values of a *background*, real people whom you choose. It also tries combinations that nobody has.
# - **Path-dependent:** where a tree asks for the unknown feature, both its branches are taken, weighted by the numbers of training people that
#   went each way. You choose nobody, but there *is* a comparison: the training people.
#
# In shap the choice is silent: with a background the first, without one the second. And of a background it keeps **100 rows** unless told
# otherwise (`max_samples`): who hands over 1,000 people compares with 100. The course's helper keeps all. A background is often 100 people, drawn at random. We explain 300
# people in each way, and with **other people drawn in the same way**. How many of the 300 get other reasons?

# %% fold=true slide="100 people are too few | 300 people explained twice. Another draw of 100 to compare with: 26% get other top three features, on average. With 1,000: 9%. | What was changed between the two? | comparisons; other three top features: mean (lowest to highest); 100 people and 100 others; 1,000 people and 1,000 others" say=" | Only the draw of the people to compare with. The range is over draws, and with 1,000 there are only 3 comparisons."
some = X_test[:300]


def reasons(background=None):
    """Return the features of 300 people from the largest bar to the smallest, `(300, 13)`."""
    if background is None:
        return np.argsort(-np.abs(explanation.values[:300]), axis=1)
    parts_of_them = [shap_explanation(booster, some[k : k + 50], background=background) for k in range(0, 300, 50)]
    return np.argsort(-np.abs(np.concatenate([part.values for part in parts_of_them])), axis=1)


def others(one, two):
    """Return in what share of the people the top feature differs, and the set of the three top features."""
    three = [set(k) != set(m) for k, m in zip(one[:, :3], two[:, :3], strict=True)]
    return (one[:, 0] != two[:, 0]).mean(), np.mean(three)


def three_thousands(seed):
    """Return the reasons beside three times 1,000 training people; nobody is in two of them."""
    dealt = X_train.sample(3000, random_state=seed)
    return [reasons(dealt[k : k + 1000]) for k in (0, 1000, 2000)]


drawn = {100: [[reasons(X_train.sample(100, random_state=seed)) for seed in range(20)]]}
drawn[1000] = [three_thousands(0)]
found = {}
for n, deals in drawn.items():
    found[f"{n:,} people and {n:,} others"] = [others(*pair) for deal in deals for pair in combinations(deal, 2)]
    found[f"{n:,} people and path-dependent"] = [others(one, reasons()) for deal in deals for one in deal]
rows = {}
for name, pairs in found.items():
    top, three = np.transpose(pairs)
    rows[name] = {
        "comparisons": len(pairs),
        "another top feature: mean (lowest to highest)": f"{top.mean():.0%} ({top.min():.0%} to {top.max():.0%})",
        "other three top features: mean (lowest to highest)": f"{three.mean():.0%} ({three.min():.0%} to {three.max():.0%})",
    }
first_pair = found["100 people and 100 others"][0][1]
low, high = wilson_interval(first_pair * len(some), len(some))
print(
    f"Other three top features, the first two draws of 100: {first_pair:.0%} ({low:.0%} to {high:.0%}, 95%, over patients)"
)
print("All draws, share of the 300 people: mean (lowest to highest, over draws)")
pd.DataFrame(rows).T

# %% claim=true
spread = {name: np.array(pairs)[:, 1] for name, pairs in found.items()}
assert spread["100 people and 100 others"].mean() > spread["100 people and path-dependent"].mean()
assert spread["100 people and 100 others"].min() < 0.15 < 0.38 < spread["100 people and 100 others"].max()
assert spread["1,000 people and 1,000 others"].mean() < 0.4 * spread["100 people and 100 others"].mean()
of_thousands = spread["1,000 people and 1,000 others"]
assert round(100 * of_thousands.mean()) == 9
assert len(shap.maskers.Independent(np.zeros((1000, 2))).data) == 100
assert 0.05 < np.array(found["100 people and 100 others"])[:, 0].mean() < 0.11

# %% claim=true
of_others = [others(*pair)[1] for pair in combinations(three_thousands(1), 2)]
assert [round(100 * share) for share in (min(of_others), max(of_others))] == [5, 13]

# %% [markdown]
# First line: **nothing was changed but the draw of 100 people**, and a quarter of the patients got another set of three reasons. So 100 people are too few *to rank three reasons*. The *top* reason changed in about one of twelve. With 1,000 (nobody in both draws) it is less, 9% for three reasons
# (three other draws: 5% to 13%), but not 0: third and fourth bars are often nearly equal, and a rank hides that.
#
# The interval of the first pair is over *patients* and takes the two draws as given; the range over *draws* is wider. Ask of each interval: what varied?
#
# A background is also a *choice*. The man beside three groups:

# %% fold=true slide="The man beside three groups | Same man, same model, same risk; bars in log-odds. | Beside whom is his age the main reason?" say=" | Beside people under 40. Among people of his own age it is hardly a reason."
groups = {
    "1,000 of the training set": X_train.sample(1000, random_state=0),
    "people of 65 and over": X_train[X_train["age"] >= 65],
    "people under 40": X_train[X_train["age"] < 40],
}
compared = {name: shap_explanation(booster, X_test.iloc[[man]], background=rows) for name, rows in groups.items()}
beside = pd.DataFrame(
    {
        name: {"mean of the group": e.base_values[0], **dict(zip(X_test.columns, e.values[0], strict=True))}
        for name, e in compared.items()
    }
).loc[["mean of the group", "age", "HDL", "waist", "cholesterol"]]
beside.rename_axis("log-odds").round(2)

# %% claim=true
assert beside.loc["age", "people under 40"] > 1.5 > 0.4 > abs(beside.loc["age", "people of 65 and over"])

# %% [markdown]
# Among people of his own age his age is hardly a reason; beside the young it is the main one. Same man, same model, same 31%. "His age raised the
# risk" is an incomplete sentence: *compared with whom?* It is also why his age had three bars: +0.92 beside 20 people (section 2), +1.06 beside 1,000 (here), both interventional; and +1.11 path-dependent, with
# all training people as the comparison (section 3). None is the right one.
#
# ## 7. Cholesterol that protects?

# %% fold=true slide="Cholesterol that protects? | 1,484 people of the test. Below 150 mg/dL cholesterol raises the output (mean +0.41); from 200 to 250 it lowers it (-0.25). | Why might that be?"
cholesterol = X_test["cholesterol"]
part = explanation.values[:, X_test.columns.get_loc("cholesterol")]
known = cholesterol.notna().to_numpy()
figure, axes = plt.subplots(figsize=(8.4, 3.6), layout="constrained")
axes.scatter(cholesterol[known], part[known], s=14, color=plots.DARK, alpha=0.5)
axes.plot(cholesterol.iloc[man], part[man], "D", color="white", markeredgecolor="black", markersize=11)
axes.annotate("the man of 70", (cholesterol.iloc[man], part[man]), (255, 0.45), arrowprops={"arrowstyle": "->"})
axes.axhline(0, color="black", linewidth=1)
axes.set(
    xlabel="total cholesterol (mg/dL)", ylabel="SHAP value (log-odds)", title="Each dot is a person of the test set"
)
bands = (
    pd.Series(part[known])
    .groupby(pd.cut(cholesterol[known].to_numpy(), [0, 150, 200, 250, 300, 500]))
    .agg(["mean", "count"])
)
plots.show(
    figure,
    f"SHAP value of cholesterol against cholesterol for {known.sum()} people: high at low values, lowest between 200 and 250, then "
    "rising to about 0. Means: "
    + "; ".join(
        f"{band.left} to {band.right} mg/dL {row['mean']:+.2f} ({row['count']:.0f} people)"
        for band, row in bands.iterrows()
    )
    + f". The man of 70 has {cholesterol.iloc[man]:.0f} mg/dL and {part[man]:+.2f}.",
)

# %% claim=true
means = bands["mean"].to_numpy()
assert means[0] > 0.3
assert means.argmin() == 2
assert means[2] < -0.2
assert abs(means[4]) < 0.1

# %% fold=true slide="vote"
Question(
    "Why does the model count a cholesterol below 150 as a sign for diabetes, and one of 200 to 250 as a sign against it?",
    {
        "People who know that they have diabetes are often treated, and treatment lowers cholesterol": "It fits: over all ages the mean is 175 mg/dL in those told of their diabetes, 190 in those without it, 200 in those not told.",
        "Cholesterol protects against diabetes": "Nothing in a table of one day could show that.",
        "The model is wrong": "It describes its data well. The data hold the treatment.",
    },
    right="People who know that they have diabetes are often treated, and treatment lowers cholesterol",
)

# %% fold=true
told = data.audit["told_diabetes"] == "yes"
group = np.select([data.y == 0, told], ["no diabetes", "diabetes, told"], "diabetes, not told")
level = data.X["total_cholesterol_mg_dl"]


def mean_with_interval(values):
    """Return a mean with its 95% interval and the number of people, as text."""
    half = 1.96 * values.sem()
    return f"{values.mean():.0f} ({values.mean() - half:.0f} to {values.mean() + half:.0f}), n = {values.count()}"


ages = pd.Series(age_group(data.X["age_years"]), level.index)
table = {
    name: level[group == name].groupby(ages[group == name]).apply(mean_with_interval)
    for name in ("no diabetes", "diabetes, told", "diabetes, not told")
}
everyone = {
    name: mean_with_interval(level[group == name]) for name in ("no diabetes", "diabetes, told", "diabetes, not told")
}
pd.concat([pd.DataFrame(everyone, index=["all ages"]), pd.DataFrame(table)]).fillna("").rename_axis(
    "total cholesterol, mg/dL"
)

# %% claim=true
in_all = {name: level[group == name].mean() for name in everyone}
assert [round(in_all[name]) for name in ("diabetes, told", "no diabetes", "diabetes, not told")] == [175, 190, 200]
old = {name: table[name]["60 and over"].split()[0] for name in table}
assert abs(int(old["diabetes, not told"]) - int(old["no diabetes"])) <= 2
older = ages[group == "diabetes, told"] != "20-39 years"
young = level[group == "diabetes, told"][~older]
assert young.mean() - 1.96 * young.sem() < level[(group == "no diabetes") & (ages == "20-39 years")].mean()

# %% [markdown]
# People who *know* of their diabetes have the lowest cholesterol; those who have it and were *not told*, the highest (from 60 on, the same
# as those without diabetes). In the two older age groups the told
# lie below the others; below 40 these 34 people cannot tell (the intervals overlap). That fits **treatment**: drugs that lower cholesterol are usual care in diabetes, mostly from
# middle age on. It does not prove it: the groups differ in other ways, and the table holds no statins. But it shows how a protective sign can come from care.
#
# The classic case: a model for the risk of dying from pneumonia learned that **asthma protects** (Caruana 2015). Patients with asthma had gone
# straight to intensive care, and did well. Used for deciding who may go home, the model could have sent them home. They noticed because the model was
# *readable* (section 9).
#
# ## 8. Properties, and why none of them is about causes
#
# | Property | In words | Seen here |
# |---|---|---|
# | **Local accuracy** | the values add up to the output minus the mean output | section 2 |
# | **Dummy** | a feature that the model ignores gets 0 | sex |
# | **Missingness** | what is not in the row at all gets 0 (absent, not useless) | a rule for bookkeeping: nothing to see |
# | **Symmetry** | features that do the same get the same | fever and cough, section 2 |
# | **Consistency** | if a model is changed to rely more on a feature, its value does not fall | the next cell, and exercise 18.2-e |
#
# The chapter names local accuracy, missingness and consistency; Lundberg and Lee (2017) show that, in their setting, only Shapley values have these three.
#
# The rule of section 2, and the same plus 10 points for a cough:

# %% fold=true tags=["nbval-check-output"]
all_kinds = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])  # fever, cough: four kinds of patient
rules = {
    "60 points if fever and cough": lambda p: 60.0 * p[:, 0] * p[:, 1],
    "the same, plus 10 for cough": lambda p: 60.0 * p[:, 0] * p[:, 1] + 10.0 * p[:, 1],
}
for name, rule in rules.items():
    fever, cough = exact_shapley(rule, [1, 1], all_kinds).values
    print(f"{name:29} fever {fever:.1f}, cough {cough:.1f}")

# %% [markdown]
# **All of these speak of the model**, none of the patient's body. To see the difference, we simulate patients whose truth we know, as in Caruana's case. Asthma
# *raises* the risk of death. Intensive care lowers it, and most patients with asthma get it. The model sees age and asthma, not the care.

# %% fold=true tags=["nbval-check-output"]
chance_of = np.random.default_rng(0)
n = 20_000
age, asthma = chance_of.uniform(20, 90, n), chance_of.random(n) < 0.12
intensive_care = chance_of.random(n) < np.where(asthma, 0.85, 0.10)


def risk_of_death(care):
    return expit(-6 + 0.06 * age + 0.6 * asthma - 2.0 * care)  # the truth: asthma adds, care subtracts


died = chance_of.random(n) < risk_of_death(intensive_care)
seen = pd.DataFrame({"age": age, "asthma": asthma.astype(float)})
of_asthma = shap_explanation(boosting(seen, died), seen[:2000]).values[:, 1]
sent_home = risk_of_death(np.zeros(n))
print(f"as they are treated:    with asthma {died[asthma].mean():.0%} die, without {died[~asthma].mean():.0%}")
print(f"mean SHAP value of asthma in those who have it: {of_asthma[asthma[:2000]].mean():+.1f} log-odds: it 'protects'")
print(
    f"without intensive care: with asthma {sent_home[asthma].mean():.0%} die, without {sent_home[~asthma].mean():.0%}"
)

# %% [markdown]
# The SHAP value is *right about the model*, and the model about the data: as they are treated, patients with asthma die less often. Send
# them home, and the sign turns. Neither more data nor another attribution method would help. What is missing is the care.
#
# > **Misconception 2.** "SHAP tells me what to change in the patient."
#
# It tells what the model would answer for another *row of the table*. Whether a patient's outcome changes when you change him needs a trial, or a causal
# design with its assumptions written down. People do misread it: in a study of SHAP displays *and* of the curves of a readable model (section 9), with 11
# interviews and a survey of 197, data scientists over-trusted both kinds, and few could say correctly what they show (Kaur 2020).
#
# ## 9. Do you need SHAP at all?
#
# Rudin (2019) asks: why explain a model that nobody can read, and not take one that can be read? Two such models, on the same people:
#
# - **logistic regression**: one number for each feature. The log-odds are a straight line in each.
# - **an additive model**: one *curve* for each feature; the curves add up. No feature changes another one's curve.

# %% fold=true
Question(
    "Booster, additive model, logistic regression: which one ranks people best in the test set?",
    {
        "The booster, clearly": "This is what most expect. Look at the interval of the difference.",
        "Logistic regression, clearly": "A straight line is too simple for some features.",
        "The booster and the additive model are about equal": "On tables such as this one that happens often. It must be measured each time.",
    },
    right="The booster and the additive model are about equal",
)

# %% fold=true
readable = {
    "logistic regression": make_pipeline(
        SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=2000)
    ),
    "additive model": make_pipeline(
        SimpleImputer(strategy="median"),
        SplineTransformer(n_knots=5, knots="quantile"),
        LogisticRegression(max_iter=2000),
    ),
}

# %% fold=true
said = {"booster": risk} | {
    name: model.fit(X_train, y_train).predict_proba(X_test)[:, 1] for name, model in readable.items()
}
rows, gaps = {}, {}
for name, p in said.items():
    gaps[name] = low, high = auc_change(p)
    rows[name] = {
        "AUC": f"{roc_auc_score(y, p):.3f}",
        "minus the booster's (95% interval)": f"{low:+.3f} to {high:+.3f}" if name != "booster" else "",
        "AUC, not told": auc_of_not_told(p)[0],
        "minus the booster's": auc_of_not_told(p)[1] if name != "booster" else "",
        "the man": f"{p[man]:.0%}",
    }
glass = pd.DataFrame(rows).T
glass

# %% claim=true
assert abs(roc_auc_score(y, said["additive model"]) - 0.795) < 0.004
assert abs(roc_auc_score(y, said["logistic regression"]) - 0.779) < 0.003
assert gaps["additive model"][0] < 0 < gaps["additive model"][1]
assert gaps["logistic regression"][1] < 0
assert glass["AUC, not told"].tolist() == ["0.736", "0.729", "0.735"]
assert all(auc_change(p, "not told")[0] < 0 < auc_change(p, "not told")[1] for p in list(said.values())[1:])

# %% fold=true
impute, spline, last = (step for _, step in readable["additive model"].steps)
filled = pd.DataFrame(impute.transform(X_train), columns=list(X_train))
weights = last.coef_[0].reshape(len(filled.columns), -1)
figure, panels = plt.subplots(1, 4, figsize=(10, 3.2), layout="constrained", sharey=True)
for ax, (name, unit) in zip(
    panels, {"age": "years", "HDL": "mg/dL", "waist": "cm", "cholesterol": "mg/dL"}.items(), strict=True
):
    k = list(filled).index(name)
    grid = filled.median().to_frame().T.loc[[0] * 80].reset_index(drop=True)
    grid[name] = np.linspace(*filled[name].quantile([0.01, 0.99]), 80)
    basis = spline.transform(grid.to_numpy()).reshape(80, len(weights), -1)
    mean = (spline.transform(filled.to_numpy()).reshape(len(filled), len(weights), -1)[:, k] @ weights[k]).mean()
    curve = basis[:, k] @ weights[k] - mean
    his = X_test[name].iloc[man]
    ax.plot(grid[name], curve, color=plots.DARK, linewidth=2.5)
    ax.plot(his, np.interp(his, grid[name], curve), "D", color="white", markeredgecolor="black", markersize=10)
    ax.axhline(0, color="black", linewidth=1)
    ax.set(xlabel=f"{name} ({unit})")
panels[0].set_ylabel("log-odds (0 = mean)")
plots.show(
    figure,
    "Four of the additive model's 13 curves, log-odds against the feature: age rises until about 70 and then falls a little, waist rises, HDL falls, cholesterol falls until about 240 and then rises a little. "
    "A diamond on each marks the man of 70.",
)

# %% [markdown]
# The additive model is not shown to be worse than the booster; the straight lines of the logistic regression lose a little, of all (of those not told, 63 of them ill, no loss is shown). And
# these curves **are** the model: what you read is what is computed, for every patient. The *shape* of a curve needs no background. Its zero does: "above 0" means
# above the mean of the training people. The man gets 27% to 31% from the three: a readable model learns from the same label, so it is far too high for him, too.
#
# Nor is it causal: its cholesterol curve has the same false comfort. But there it *can be seen* before a patient is told a number, by somebody who knows how to read it.
# On films a readable model is harder to get; [18.2.1-2](18_2_1_gradients_and_grad_cam.ipynb) tries one.
#
# ## 10. "What would have to be different?"
#
# A **counterfactual** answers with another row of the table (Wachter 2017): the smallest change that takes the output below a line, say 20%. We change one
# value of the man at a time:

# %% fold=true
start = X_test.iloc[man]
rows = {}
for name, unit in {
    "age": "years",
    "HDL": "mg/dL",
    "waist": "cm",
    "cholesterol": "mg/dL",
    "pulse": "per minute",
}.items():
    tries = np.arange(np.floor(X_train[name].min()), np.ceil(X_train[name].max()) + 1)
    changed = pd.DataFrame([start] * len(tries)).assign(**{name: tries})
    enough = tries[booster.predict_proba(changed)[:, 1] < 0.20]
    nearest = enough[np.abs(enough - start[name]).argmin()] if len(enough) else None
    rows[name] = {
        "his": f"{start[name]:.0f} {unit}",
        "below 20% with": "no value does it" if nearest is None else f"{nearest:.0f} {unit}",
    }
changes = pd.DataFrame(rows).T
changes

# %% [markdown]
# The list is true: of the *model*. As advice it would be absurd. He cannot become younger. An HDL of 45 is the trainee's wish again: it says what the model would say of
# *another* man. To be advice, a counterfactual needs what the sign of a bar needs: a causal reason.
#
# ## Back to the case
#
# "We raise his HDL, and his risk goes down." Three answers, in the order of a ward round:
#
# 1. *The bar is about the model.* Among the people of this table a low HDL goes with diabetes. What raising it does, only a trial can tell. One drug raised HDL by about
#    a third (15,871 patients after a coronary event): heart events, hazard ratio 1.04 (0.93 to 1.16), no gain; and fewer of those without diabetes came to have it, 0.77 (0.68
#    to 0.88). Was it the HDL, or something else that the drug does? No bar foretold either.
# 2. *The label is "has diabetes today, known or not".* Nothing he does tomorrow can change that. It is no risk of the future, and for a man not told it is too high.
# 3. *The same display says that his cholesterol of 206 protects him.* Nobody would raise it. If one bar is no advice, the other is none.
#
# What the display is good for: it tells you *which of his values the number rests on*, so that you can check them. Was the waist measured? And the next
# step needs no attribution: measure his HbA1c. It was measured, as everybody's in the survey:

# %% fold=true tags=["nbval-check-output"]
his = data.audit.loc[1799]
print(
    f"HbA1c {his['hba1c_percent']}% (diabetes: 6.5% or more). Told by a doctor that he has diabetes: {his['told_diabetes']}."
)
print(f"His label in the table: {'diabetes' if data.y[1799] else 'no diabetes'}.")

# %% claim=true
assert (his["hba1c_percent"], his["told_diabetes"], data.y[1799]) == (5.4, "no", 0)

# %% [markdown] slide="key points | without: Try a readable | Back to the case | His HbA1c is 5.4% (diabetes: 6.5% or more): no diabetes. The bars added up to the 31%. Of 150 not told with about this risk, 7 had diabetes (5%; 95% interval 2% to 9%). | What do you tell the trainee?" say=" | {{The bar is about the model ... only a trial can tell}}. || A large bar = {The man beside}: the same man, and age is a large bar or a small one. A cause does not change with the comparison. | A bar of 0 = {Features join}: the mean over all orders of BMI is +0.1, but BMI moved the prediction of the woman of 80 by -16.0 points ({Waist joins}). | The bars add up = {Back to the case}: they add up to 31%, and 7 of 150 such people were ill. | +0.6 = {The same bar}: a bar has no fixed size in points. | The model knows = {Vote 3}: treatment, which lowers cholesterol, fits as well."
# **He does not have diabetes.** (He is not the picture of health: his BMI is 32.) One man proves nothing about a model. Section 1 does: of 150 people not told to whom the model gives about as much, 7 had
# diabetes (5%, 2% to 9%). The bars added up to the 31% exactly, and none of them could say that it is far too high for people like him.
#
# ## Three questions to take away
#
# Answer first, then open.
#
# **1.** A display for kidney injury shows "creatinine +0.5 log-odds" for a patient at 3% without it and for one at 60% without it. How many points is each? To
# whom would you mention the bar?
#
# <details><summary>A model answer</summary>
# The odds are multiplied by 1.65. 3% becomes 4.9%: about 2 points. 60% becomes 71%: about 11 points. Whether to mention it depends on the threshold: a bar that
# does not move the patient across the line where you act changes nothing you do.
# </details>
#
# **2.** Two hospitals use the same sepsis model. For the same patient one display names lactate as the main reason, the other the heart rate. Nobody changed the model. What
# do you ask?
#
# <details><summary>A model answer</summary>
# Which background, how many people, drawn how? Path-dependent or interventional? Then: how far apart are the two bars? With 100 people as the background, another
# draw alone can exchange two reasons that are close. Ask for the same with 1,000 people, or for both bars with their range over draws.
# </details>
#
# **3.** A vendor offers a boosted model with SHAP bars, AUC 0.81, and an additive model, AUC 0.80; 95% interval of the difference -0.01 to +0.03. Which one, and what else do you
# want to see?
#
# <details><summary>A model answer</summary>
# A difference is not shown, and if there is one it is small. The additive model can be read in full, so that a false comfort such as asthma's can be found before use. Want to see, of both: the
# people whom the tool is for, calibration, net benefit where you act. An AUC alone decides nothing.
# </details>
#
# ## Discuss
#
# 1. Local accuracy always holds. Why is that no evidence that the explanation is true?
# 2. Should a display show the bar of a feature that nobody can change, such as age?
# 3. Your hospital can have a readable model that is slightly worse. What would "slightly" have to be?
#
# ## Key points
#
# - A Shapley value is the mean gain over all orders. It adds up: that is bookkeeping.
# - A bar in log-odds has no fixed size in points. Ask where the patient stands.
# - It depends on the comparison group, and 100 people are too few for a rank: draw twice. Compared with whom?
# - Features that say the same share their credit. Shuffle them together to ask about the model; train without all of them to ask about the task.
# - Bars add up to the number, also to one that is wrong for this patient. Ask first: calibrated for whom?
# - None of this is causal. That holds for bars and for counterfactuals.
# - Try a readable model first. If it is as good, there is nothing left to explain.
#
# ## Exercises
#
# {{Count 18.2-hklmeb}} exercises, with hints and solutions:
# [exercises/18_2_3_shap.ipynb](../exercises/18_2_3_shap.ipynb). {{coding 18.2-hklmeb}}
#
# For coders: the chapter's SHAP listings and what became of them are in [the appendix](appendix_listings.ipynb).
#
# ## References
#
# - Breiman L. Random forests. Mach Learn 2001;45:5-32. doi:10.1023/A:1010933404324
# - Caruana R. et al. Intelligible models for healthcare: predicting pneumonia risk and hospital 30-day readmission. KDD 2015. doi:10.1145/2783258.2788613
# - Kaur H. et al. Interpreting interpretability: understanding data scientists' use of interpretability tools for machine learning. CHI 2020. doi:10.1145/3313831.3376219
# - Lundberg S. M., Lee S.-I. A unified approach to interpreting model predictions. NeurIPS 2017. arXiv:1705.07874
# - Lundberg S. M. et al. From local explanations to global understanding with explainable AI for trees. Nat Mach Intell 2020;2:56-67. doi:10.1038/s42256-019-0138-9
# - Lundberg S. M., Erion G. G., Lee S.-I. Consistent individualized feature attribution for tree ensembles. 2018. arXiv:1802.03888 (exercise 18.2-e)
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (This course follows it.)
# - Rudin C. Stop explaining black box machine learning models for high stakes decisions and use interpretable models instead. Nat Mach Intell 2019;1:206-215. doi:10.1038/s42256-019-0048-x
# - Schwartz G. G. et al. Effects of dalcetrapib in patients with a recent acute coronary syndrome. N Engl J Med 2012;367:2089-2099. doi:10.1056/NEJMoa1206797; on new diabetes: Diabetes Care 2020;43:1077-1084.
# - Shapley L. S. A value for n-person games. In: Contributions to the Theory of Games II, 1953.
# - Wachter S., Mittelstadt B., Russell C. Counterfactual explanations without opening the black box: automated decisions and the GDPR. Harv J Law Technol 2018;31:841. arXiv:1711.00399
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
