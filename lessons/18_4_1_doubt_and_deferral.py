# %% [markdown] slide="Doubt and deferral | A tool can be in doubt about the patient, or know too little. | How would you tell one from the other?"
# # 18.4.1-2 Doubt and deferral
#
# **For** doctors in training and their teachers. You need no code: run each cell, answer the questions, move the sliders.
# What a cell shows is explained in the text around it; the code itself may be passed over.
#
# **Time:** about {{reading}} minutes, and {{minutes 18.4-abfhij}} for the exercises. Read
# [18.3](18_3_1_reading_probabilities.ipynb) first. The second part is [18.4.3 Prediction sets](18_4_3_prediction_sets.ipynb).
#
# **Questions this section answers**
#
# - A model is in doubt. Is it the patient who is unclear, or does the model know too little?
# - The AUC is stable. Is the number that my patient was told stable, too?
# - Is a path safer when the tool hands its doubtful patients to a doctor?
#
# **After it you can**
#
# 1. *distinguish* aleatoric from epistemic doubt with the "more data" test, and *say* what helps against each,
# 2. *explain* what Monte Carlo dropout measures, and when its zero means nothing,
# 3. *judge* an alarm for foreign inputs by its PPV, not by its AUC,
# 4. *read* from refits how far one patient's risk depends on who was in the training data, and *count* the decisions that flip,
# 5. *judge* deferral by the ill missed in the whole path, and *compute* how good the doctor must be, for the ill and for the healthy.
#
# > The people of the table are real (NHANES 2017-2018). The practice, its tool and the vendor are invented. The chest films are **synthetic**: drawn by a program, so that the
# > truth about each one is known. Nothing here is medical advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from clinxai_teach import plots
from clinxai_teach.checks import Question
from clinxai_teach.data import diabetes_split, diabetes_tool, make_radiographs
from clinxai_teach.explorers import DeferralExplorer, DropoutExplorer, InstabilityExplorer, PredictFirst
from clinxai_teach.intervals import wilson_interval
from clinxai_teach.models import load_cxr_model
from clinxai_teach.uncertainty import ensemble_samples, entropy_decomposition, fit_ensemble, mc_dropout_samples

# isort: split
import torch  # last: where it is missing, the imports above say in words what to do

plt.rcParams["font.size"] = 12

# %% [markdown]
# ## Warm-up: two questions on section 18.3

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
    "A model is perfectly calibrated. What does 0.50 mean for one patient?",
    {
        "The model knows nothing about this patient": "It may have learned everything that can be learned about such patients.",
        "Of many patients with this output, half have the disease": "Whether more could be known about them is another question: that of this section.",
        "The model has never seen such a patient": "Perhaps, perhaps not. The number alone cannot tell.",
    },
    right="Of many patients with this output, half have the disease",
)

# %% [markdown] slide="The case goes on | The tool is for adults whom no doctor has told of diabetes (not told): 190 of 4,214 have it. Repaired, it tells a woman of 46, Asian American: 3%; before 14%. How sure is that? | What could 'how sure' mean?"
# ## The case goes on
#
# > The practice's diabetes tool has been repaired (18.3.3). It is used among adults **not told that they have diabetes**: 190 of 4,214 have it. The woman of 46 is now
# > told **3%** instead of 14%. "And how sure is this 3%?" she asks. "It was 14% last month." The practice has an idea: where the tool is
# > in doubt, a doctor shall look.
#
# What could "how sure" mean? Decide for yourself before you read on.
#
# ## 1. Two kinds of doubt, and a test that tells them apart
#
# | one name each | where it is | the number in this course | what helps |
# |---|---|---|---|
# | **aleatoric** doubt (Latin *alea*, the dice) | in the patient: faint findings; two people with the same measurements, one ill | expected entropy | another kind of test |
# | **epistemic** doubt (Greek *episteme*, knowledge) | in the model: too few patients seen, or none like this one | mutual information | patients like this one; else a doctor |
#
# (The names of the numbers are explained in part 2. Kendall and Gal 2017.)
#
# The test: **imagine ten times as many training patients *like this one*. Does the doubt shrink?** Epistemic doubt does. Aleatoric doubt does not. (More of the
# same records is another thing: where nobody in them is like her, they help nothing, and the doubt is epistemic all the same.)
#
# How can a program see the difference? Ask several models for a second opinion. We train five small neural networks on adults not told: 13
# measurements (age, waist, blood pressure and so on; no glucose), and the question *diabetes or not?* They differ by chance only: each starts from
# other random numbers and sees its own random draw of the people. Such a group is an **ensemble** (Lakshminarayanan 2017).
#
# - If each of the five says "50:50", they agree that the patient is unclear: aleatoric.
# - If one says 5% and another 95%, each is sure and they contradict each other: epistemic.

# %% fold=true slide="vote" say="Aleatoric doubt is in the patient: faint findings. Epistemic doubt is in the model: too few patients seen. Five small networks give their opinions. {{They differ by chance only ... draw of the people}}. All say 50:50: aleatoric. One says 5%, another 95%: epistemic."
Question(
    "The five networks learn from 295 adults not told of diabetes, then from 2,949. What happens to the two kinds of doubt, on average over 1,265 new people?",
    {
        "The epistemic shrinks, the aleatoric does not": "More data removes ignorance, not the overlap of ill and healthy.",
        "Both shrink": "Epistemic doubt does. Why would a person with unclear measurements become clear?",
        "The aleatoric shrinks, the epistemic does not": "It is the other way round.",
    },
    right="The epistemic shrinks, the aleatoric does not",
    why="Three draws of the people: the epistemic falls to less than a third, on average. The aleatoric is 0.12 to 0.20 nats, then 0.16 to 0.17.",
)

# %% fold=true
people = diabetes_split(people="not told")  # 2,949 to learn from (133 ill), 1,265 new ones (57 ill)

rows = []
for wrong_labels in (0.0, 0.1):
    for n in (295, 2949):
        for draw in range(3):  # to see how much depends on chance
            chance = np.random.default_rng(draw)
            drawn = chance.permutation(len(people.y_rest))[:n]
            X, y = people.X_rest.iloc[drawn], people.y_rest.to_numpy()[drawn]
            y = np.where(chance.random(n) < wrong_labels, 1 - y, y)  # these labels are turned over
            opinions = ensemble_samples(fit_ensemble(X, y, n_models=5, seed=draw), people.X_test)  # (5, 1265, 2)
            doubt = entropy_decomposition(opinions)
            rows.append([f"{wrong_labels:.0%}", n, doubt.aleatoric.mean(), doubt.epistemic.mean()])
more_data = pd.DataFrame(rows, columns=["wrong labels", "people", "aleatoric", "epistemic"])

# %% fold=true
three = more_data.groupby(["wrong labels", "people"])
(
    three.mean().round(3).astype(str)
    + " ("
    + three.min().round(3).astype(str)
    + " to "
    + three.max().round(3).astype(str)
    + ")"
)

# %% claim=true
means = three.mean()
assert means.loc[("0%", 2949), "epistemic"] < means.loc[("0%", 295), "epistemic"] / 3
assert (means.loc["10%", "aleatoric"] > 2 * means.loc["0%", "aleatoric"]).all()
ends_of = {
    n: more_data[more_data["wrong labels"].eq("0%") & more_data["people"].eq(n)]["aleatoric"] for n in (295, 2949)
}
assert [(round(draws.min(), 2), round(draws.max(), 2)) for draws in ends_of.values()] == [(0.12, 0.20), (0.16, 0.17)]

# %% [markdown]
# (Mean, and the lowest and highest of three draws. The unit comes in part 2.)
#
# - **Epistemic** doubt shrinks with ten times the people. It is not gone: few nats can still be a risk anywhere from 2.5% to 8% (part 5).
# - **Aleatoric** doubt stays. Most of the doubt about diabetes from a tape measure and a blood pressure cuff is of this kind. A glucose would reduce it; more people with
#   the same measurements do not.
# - **Wrong labels** (lower rows: each turned over with a chance of one in ten) more than double what the model shows as aleatoric, and more data of the same quality does not
#   help. Most of it is a wrong average: where 4.5% are ill, 13.6% are now *called* ill (0.9 x 4.5% + 0.1 x 95.5%). So the patients are no less clear than before, and are told, on average, **three times
#   their risk**. The model cannot know that. Correct the labels.
#
# **A caveat.** From 295 people the aleatoric number is anything from 0.12 to 0.20, from 2,949 it is 0.16 to 0.17. The 1,265 judged are the same each time: what moves is the **estimate**, and with few
# people it is a poor one. Whether the two numbers split doubt in the right way at all is disputed (Wimmer 2023). Use them to ask which kind
# is the larger one, not to the third digit.
#
# ## 2. A number for each
#
# The **entropy** of probabilities $p_c$, one for each class $c$, measures how undecided they are:
#
# $$H(p) = -\sum_c p_c \log p_c$$
#
# It is 0 when one class has probability 1, and largest when all classes are equally likely. Its unit is the **nat**: a fair coin has $\log 2 = 0.69$ nats, five equal classes
# have $\log 5 = 1.61$. Let $p_t$ be opinion number $t$ of $T$. Then
#
# $$\underbrace{H\Big(\tfrac1T \sum_t p_t\Big)}_{\text{total: of the mean opinion}} \;=\; \underbrace{\tfrac1T \sum_t H(p_t)}_{\text{expected entropy: aleatoric}} \;+\; \underbrace{I}_{\text{mutual information: epistemic}}$$
#
# (The usual abbreviation of mutual information is MI. We do not use it: for a doctor, MI is something else.) Four made-up patients, each judged by four opinions, show what the
# parts mean. `std` is the standard deviation of the four probabilities, which the textbook chapter takes as the measure of doubt.

# %% fold=true
made_up = {
    "all sure of the disease": [1.0, 1.0, 1.0, 1.0],
    "all say 50:50": [0.5, 0.5, 0.5, 0.5],
    "half sure of it, half sure of the opposite": [1.0, 1.0, 0.0, 0.0],
    "between 0.3 and 0.7": [0.3, 0.4, 0.6, 0.7],
}
p = np.array(list(made_up.values())).T  # (4 opinions, 4 patients)
doubt = entropy_decomposition(np.stack([1 - p, p], axis=-1))

# %% fold=true tags=["nbval-check-output"]
columns = {"std": p.std(axis=0), "total": doubt.total, "aleatoric": doubt.aleatoric, "epistemic": doubt.epistemic}
opinions = pd.Series([" ".join(map(str, four)) for four in made_up.values()], list(made_up), name="opinions")
print(pd.DataFrame(columns, index=list(made_up)).abs().round(2).assign(opinions=opinions).to_string())

# %% [markdown]
# Look at the second row: **the std is 0 and the doubt is as large as it can be.** All opinions agree, and what they agree on is that nobody knows. A display that shows the
# std alone would call this patient certain. **Ask for both parts.**
#
# ## 3. Many opinions of one network: Monte Carlo dropout
#
# To train five networks costs five times as much. Gal and Ghahramani (2016) found a way to get many opinions out of one. *Dropout* is a habit of training: in each step a random
# part of the network's units is switched off, so that it does not lean on a few of them. After training, dropout is off. **Monte Carlo dropout leaves it on**: each pass of a film
# through the network is then a slightly different network, with its own opinion.

# %% fold=true
model = load_cxr_model("clean")
film = make_radiographs(1, seed=2026, marker="random").images
passes = mc_dropout_samples(model, torch.from_numpy(film), n_samples=30, seed=0)  # (30 passes, 1 film, 5 findings)
mean, std = passes.mean(dim=0), passes.std(dim=0, correction=0)

# %% fold=true slide="vote | Many opinions of one network | A faint synthetic pneumonia, 30 passes: mean for pneumonia 0.75, std 0.16. The shaded band shows how well the mean is known (two standard errors). | What shrinks with more passes: the std or the band? | Passes" say="Monte Carlo dropout: {{each pass of a film ... own opinion}}. Std: how far the passes lie apart. || The band. The std settles at a value."
question = Question(
    "You raise the number of passes from 5 to 200. What happens to the std of the passes?",
    {
        "It shrinks towards 0: more samples, less uncertainty": "That is the standard error of the mean. The spread of the passes is a property of the network and the film.",
        "It settles at a value": "The mean becomes exact, the spread stays: it is what you wanted to measure.",
        "It grows": "It jumps about with few passes, then settles.",
    },
    right="It settles at a value",
)
dropout_explorer = DropoutExplorer()
PredictFirst(question, dropout_explorer)

# %% [markdown]
# The film is synthetic. **Right, above:** the mean of the passes so far for each finding; the shaded bands (two standard errors to each side) show how well the *mean* is known, and close as $1/\sqrt{n}$. The std behind
# each name settles. **Below:** the doubt in its two parts. Try the faint films, then a plain film under each shift: does the doubt grow where the answer becomes wrong?
# (Thirty passes, the chapter's choice, know the mean to about a fifth of the std.)
#
# If the sliders do not move, choose *Run > Run All Cells*. The same without sliders:

# %% fold=true slide="after 2 | After 200 passes | The same film, 200 passes: std 0.15, before 0.16. The band is narrow: only the mean is known better. || after 3 | Sure, and wrong | A plain synthetic pneumonia, filmed on another vendor's machine, 200 passes. The network says nodule: mean 1.00, std 0.00. | What would a display of doubt tell you?" say=" || Nothing: it shows no doubt, and the network is wrong."
dropout_explorer.filmstrip()

# %% [markdown]
# **Three questions before you believe such a number.** (Each is shown by running it in the [appendix for coders](appendix_listings.ipynb).)
#
# | ask | because |
# |---|---|
# | Was *only* dropout switched on? | The chapter's line `model.train()` also switches other layers. Then a patient's result depends on **who else is in the computer** at this moment, and the model is damaged by each look. |
# | Does the network have dropout at all? | Many have none. Then all passes are the same pass, and the spread is exactly 0, to the last digit, for *every* film. **Then doubt was not measured.** |
# | Both parts of the doubt, or the std alone? | Part 2: a std of 0 can be full doubt. |
#
# **So a display that shows "0.000" has three possible causes:** dropout was off; the std hides a 50:50; or all passes are sure, and the doubt is a small number, rounded. The third is
# measured, and it is no proof either: all passes can be sure of the same wrong finding. In picture 3 the other vendor's film of a plain pneumonia is called a nodule, with hardly any doubt. Part 4 counts how often.
#
# ## 4. Does the doubt notice what is foreign?
#
# Epistemic doubt should flag inputs unlike the training data. Does it? The same 300 synthetic patients are filmed as in training and in four ways that the model has never seen: lying in bed
# (*portable*), with an eighth of the dose (*low dose*), on a machine of another vendor (*other vendor*), and as a *child*. The alarm rings where the epistemic doubt is above that of 95% of usual films.

# %% fold=true slide="One patient, five ways to film | The same synthetic patient, filmed as in training and in four ways that the model has never seen. | Which one would you want an alarm for?" say=" | The other vendor: of 300 such films the network reads 22% rightly (95% 17 to 27), and is 94% sure on average. The alarm notices these least."
NAMES = {
    "none": "as in training",
    "portable": "portable",
    "low_dose": "low dose",
    "other_vendor": "other vendor",
    "child": "child",
}
SHIFTS = tuple(NAMES)
shifted = {
    shift: make_radiographs(300, seed=2026, marker="random", shift=None if shift == "none" else shift)
    for shift in SHIFTS
}
shown = int(np.flatnonzero((shifted["none"].labels == 2) & (shifted["none"].metadata["severity"] > 0.6))[0])
figure, axes = plt.subplots(1, 5, figsize=(9.6, 2.6), layout="constrained")
for ax, (shift, films) in zip(axes, shifted.items(), strict=True):
    plots.Film(ax, films.images[shown, 0], NAMES[shift], notice="synthetic film")
plots.show(
    figure,
    "One synthetic patient with an effusion, filmed in five ways: as in training, portable (grey haze, heart a "
    "little wider), low dose (grainy), another vendor (dark lungs, bright sharp edges), and as a child (narrow chest, flat "
    "ribs, wide shadow above the heart).",
)

# %% fold=true slide="vote" say="Foreign: a film of a kind that the model never saw. The alarm rings when doubt is high. AUC: of pairs of one foreign and one usual film, the share with more doubt in the foreign."
Question(
    "An alarm has an AUC of about 0.75 and rings for 5% of the usual films. One film in 100 is foreign. Of 100 alarms, how many are right?",
    {
        "About 75": "The AUC compares one foreign film with one usual film. Here there are 99 usual ones for each foreign one.",
        "About 50": "Count: of 10,000 films 100 are foreign and 9,900 usual, of which 495 ring: false alarms.",
        "Fewer than 15": "Even if half of the 100 foreign films ring, that is 50 right alarms and 495 false ones.",
    },
    right="Fewer than 15",
)


# %% fold=true
def alarm(usual, odd):
    """Return how well doubt above that of 95% of the usual inputs finds the odd ones, and its PPV where 1% are odd."""
    chance = np.random.default_rng(0)

    def auc(a, b):
        return roc_auc_score(np.r_[np.zeros(len(a)), np.ones(len(b))], np.r_[a, b])

    draws = [auc(chance.choice(usual, len(usual)), chance.choice(odd, len(odd))) for _ in range(200)]
    rings = odd > np.quantile(usual, 0.95)
    found = [rings.mean(), *wilson_interval(int(rings.sum()), len(rings))]
    # The 5% are learned from these usual inputs only; on others the rate follows this law (Vovk; see 18.4.3).
    false_alarms = chance.beta(0.05 * len(usual), 0.95 * len(usual) + 1, 4000)
    finds = chance.beta(rings.sum() + 0.5, len(rings) - rings.sum() + 0.5, 4000)
    ends = np.quantile(0.01 * finds / (0.01 * finds + 0.99 * false_alarms), [0.025, 0.975])
    ppv = [0.01 * found[0] / (0.01 * found[0] + 0.99 * 0.05), *ends]
    low, high = np.quantile(draws, [0.025, 0.975])
    return {
        "AUC (95%)": f"{auc(usual, odd):.2f} ({low:.2f} to {high:.2f})",
        "foreign ones found (95%)": "{:.0%} ({:.0%} to {:.0%})".format(*found),
        "PPV if 1% are foreign": "{:.0%} ({:.0%} to {:.0%})".format(*ppv),
    }


said, rows = {}, {}
for shift, films in shifted.items():
    samples = mc_dropout_samples(model, torch.from_numpy(films.images), n_samples=50, seed=0).double().numpy()
    said[shift] = samples.mean(axis=0), entropy_decomposition(samples).epistemic
    p = said[shift][0]
    rows[shift] = {
        "right (95%)": "{:.0%} ({:.0%} to {:.0%})".format(
            (hit := p.argmax(axis=1) == films.labels).mean(), *wilson_interval(int(hit.sum()), len(hit))
        ),
        "how sure (mean of the top class)": f"{p.max(axis=1).mean():.0%}",
        "doubt shown as 0.000 (of these misread)": f"{(no_doubt := said[shift][1] < 0.0005).sum()} "
        f"({(no_doubt & ~hit).sum()})",
        **(alarm(said["none"][1], said[shift][1]) if shift != "none" else dict.fromkeys(alarm(p[:, 0], p[:, 0]), "")),
    }
noticed = pd.DataFrame(rows).T.rename(NAMES)
noticed

# %% claim=true
at_vendor = said["other_vendor"][0]
assert (at_vendor.argmax(axis=1) == shifted["other_vendor"].labels).mean() < at_vendor.max(axis=1).mean() - 0.15
rang = {name: (said[name][1] > np.quantile(said["none"][1], 0.95)).mean() for name in SHIFTS[1:]}
assert 0.15 < min(rang.values()) < max(rang.values()) < 0.5
assert 0.01 * max(rang.values()) / (0.01 * max(rang.values()) + 0.99 * 0.05) < 0.10
hit_at_vendor = at_vendor.argmax(axis=1) == shifted["other_vendor"].labels
assert abs(hit_at_vendor.mean() - 0.22) < 0.01
assert abs(at_vendor.max(axis=1).mean() - 0.94) < 0.01
assert 0.62 < (~hit_at_vendor)[said["other_vendor"][1] < 0.0005].mean() < 0.72
both = np.r_[said["none"][1], said["other_vendor"][1]]
assert 0.4 < roc_auc_score(np.repeat([0, 1], 300), both) < 0.5
wrong_and_sure = dropout_explorer.result(dropout_explorer.telling_states()[2])
assert films.class_names[wrong_and_sure.mean[-1].argmax()] == "nodule"
assert wrong_and_sure.doubt.total < 0.02
assert min(rang, key=rang.get) == "other_vendor"
assert (at_vendor.argmax(axis=1) == shifted["other_vendor"].labels).mean() < 0.25
assert round(100 * 0.99 * 0.05 / (0.01 + 0.99 * 0.05)) == 83
from scipy.stats import beta as law_of_shares

assert [round(100 * float(end)) for end in law_of_shares(15, 286).ppf([0.025, 0.975])] == [3, 8]

# %% [markdown]
# - On the other vendor's films the model is right in 22% and, on average, 94% sure. Of those whose doubt is shown as 0.000, two in three are misread: **sure, agreed and wrong**.
# - The alarm notices some foreign films of each kind, and misses more than half. It notices the other vendor's least, and these are misread most. Their AUC is below 0.5, and still 19% ring, four times the usual 5%: the doubt is lower in many of these films and higher in some. The AUC alone hides both.
# - **At these rates, more than 90 of a hundred alarms are false** (by the intervals, at least about 85), because foreign films are rare. Even if *every* foreign film rang, 83 would be.
# - The intervals of the PPV are wide also because the alarm was set on 300 usual films, of which 15 ring: on others its "5%" may be 3% or 8%.
#
# Why does it miss so much? In this network dropout sits before the last layer only. It cannot show what the layers below never saw. And "none of these" is not among the
# five answers. Leibig and colleagues (2017) found for photographs of the retina: whether dropout's doubt noticed unfamiliar images depended on the task. Averages over several
# models often do better (Ovadia 2019).
#
# **An ensemble, and a wrong unit.** Back to the table, and to an everyday mistake: a laboratory reports cholesterol in mmol/L where the model expects mg/dL, or someone types a height or a waist
# in inches. Does the epistemic doubt of five networks, trained on the 2,949 people, notice?

# %% fold=true
ensemble = fit_ensemble(people.X_rest, people.y_rest, n_models=5, seed=0)
mistakes = {
    "cholesterol in mmol/L": {"hdl_mg_dl": 1 / 38.67, "total_cholesterol_mg_dl": 1 / 38.67},
    "height in inches": {"height_cm": 1 / 2.54},
    "waist in inches": {"waist_cm": 1 / 2.54},
}
usual = ensemble_samples(ensemble, people.X_test)
rows = {}
for mistake, factors in mistakes.items():
    X_wrong = people.X_test.assign(**{column: people.X_test[column] * factor for column, factor in factors.items()})
    odd = ensemble_samples(ensemble, X_wrong)
    inside = X_wrong[list(factors)].ge(people.X_rest[list(factors)].min()) & X_wrong[list(factors)].le(
        people.X_rest[list(factors)].max()
    )
    measured = X_wrong[list(factors)].notna().any(axis=1)
    rows[mistake] = {
        **alarm(entropy_decomposition(usual).epistemic, entropy_decomposition(odd).epistemic),
        "tested at 5%, before": f"{(usual.mean(axis=0)[:, 1] >= 0.05).mean():.0%}",
        "and with the mistake": f"{(odd.mean(axis=0)[:, 1] >= 0.05).mean():.0%}",
        "still within the usual range": f"{inside.all(axis=1).sum()} of {measured.sum():,}",
    }
units = pd.DataFrame(rows).T
units

# %% [markdown]
# **The waist is not noticed**, and it is the dangerous one: a very small waist looks very healthy, all networks agree on that, and hardly anybody is tested any more. One line would have caught nearly all (last column): *is each value in the range of the training people?* Not those who matter most, the
# heaviest: their waist of about 147 cm and more becomes 58 "cm", which is in range. For them one must look at the combination of values (18.5).
#
# > *"It knows when it does not know."* Ask: tested with which foreign inputs, how many found, how many false alarms for each right one?

# %% claim=true
doubts = {
    m: entropy_decomposition(
        ensemble_samples(ensemble, people.X_test.assign(**{c: people.X_test[c] * f for c, f in mistakes[m].items()}))
    ).epistemic
    for m in mistakes
}
home = entropy_decomposition(usual).epistemic
aucs = {m: roc_auc_score(np.r_[np.zeros(len(home)), np.ones(len(d))], np.r_[home, d]) for m, d in doubts.items()}
assert aucs["waist in inches"] < 0.6 < 0.75 < min(aucs["cholesterol in mmol/L"], aucs["height in inches"])
assert int(units.loc["waist in inches", "and with the mistake"][:-1]) < 10

# %% [markdown]
# ## 5. A stable AUC, and one patient's risk
#
# Now the woman's question: how sure is *her* number? A model is one draw of many. Fit the same kind of model again to other people from the same population, and she gets another number.
# (Riley and Collins 2023 ask that every report of a risk model shows this.) We fit a logistic regression **60 times**, each time to as many people drawn from the 2,949 *with replacement* (some come
# twice, some not at all; the slider rounds to 2,950), and ask all 60 about the 1,265 new people. She is one of them.

# %% fold=true slide="One AUC, many risks | 60 refits, each from 2,950 adults not told. 95% of them: AUC 0.73 to 0.76; the woman (black) 1.2% to 3.5%. At 5%, 6.5% of all decisions flip. | Which of these is on the leaflet? | People to learn from" say="A refit: the same recipe, other people of the same kind to learn from. A decision flips when a refit crosses the threshold. | The AUC alone."
PredictFirst(
    Question(
        "95% of the 60 refits have an AUC between 0.73 and 0.76. A test is done from 5% on. In how many of all decisions does a refit decide against the majority of the refits?",
        {
            "Fewer than 1 in 100: the AUC is stable": "The AUC is about all pairs of people. It hardly moves when single risks move.",
            "About 6 in 100": "For these it was chance which model is in use. They are not spread evenly: most lie near the threshold.",
            "About 25 in 100": "It is not that bad, with 2,949 people. Try 250.",
        },
        right="About 6 in 100",
    ),
    instability_explorer := InstabilityExplorer(),
)

# %% [markdown]
# **Left:** each upright line is one person: between which risks 95% of the refits lie. Where all refits agreed, each line would be a point on the diagonal. Black: the woman. Dotted: the threshold. (Some sixty people are
# drawn; lines are cut at 20%.) **Right:** for how many people the decision depends on which refit is in use. Try:
#
# 1. fewer people to learn from: what happens to the AUC, and what to the lines?
# 2. the threshold of 10%: why do more refits agree? (How many people have a risk near 10%?)
#
# If the sliders do not move, choose *Run > Run All Cells*. The same without sliders:

# %% fold=true slide="after 1 | Fewer people to learn from | 60 refits, each from 250 adults not told. 95% of them: AUC 0.60 to 0.75, mean 0.70; the woman 0.1% to 6.5%. At 5%, 15.9% of all decisions flip. | Which number moved most?" say="Her risk: 0.1% to 6.5%, before 1.2% to 3.5%. The mean AUC fell by little."
instability_explorer.filmstrip()

# %% fold=true
rows = {}
for n in (250, 1150, 2950):
    refits = instability_explorer.refitter.refits(n)
    result = instability_explorer.result({"people": n, "threshold": "5%"})
    near = (result.mean > 0.04) & (result.mean < 0.06)
    low, high = np.quantile(refits.auc, [0.025, 0.975])
    rows[f"{n:,} (about {round(0.045 * n)} ill)"] = {
        "AUC of the 60": f"{refits.auc.mean():.2f} ({low:.2f} to {high:.2f})",
        "a typical person with a mean near 5%": f"{np.median(result.low[near]):.1%} to {np.median(result.high[near]):.1%}",
        "decisions that flip (test at 5%)": f"{result.flip_share.mean():.1%}",
        "all of 12, 20, 60 refits agree": ", ".join(
            f"{np.isin((refits.risks[:k] >= 0.05).mean(axis=0), (0, 1)).mean():.0%}" for k in (12, 20, 60)
        ),
    }
pd.DataFrame(rows).T.rename_axis("people to learn from")

# %% claim=true
full = instability_explorer.result({"people": 2950, "threshold": "5%"})
assert (round((full.flip_share == 0).mean(), 2), round(full.flip_share.mean(), 3)) == (0.62, 0.065)
assert 0.06 < full.flip_share.mean() < 0.07
at_five = (full.mean > 0.04) & (full.mean < 0.06)
assert [round(100 * np.median(part[at_five]), 1) for part in (full.low, full.high)] == [2.5, 8.2]
assert (instability_explorer.refitter.refits(2950).risks[:, instability_explorer.refitter.woman] >= 0.05).sum() <= 2
woman = instability_explorer.refitter.woman
assert [round(100 * part[woman], 1) for part in (full.low, full.high)] == [1.2, 3.5]

# %% [markdown]
# With as many as 2,949 people (133 ill), 95% of the refits have an AUC between 0.73 and 0.76, and 95% of them tell a typical person whose mean is about 5% anything **from 2.5% to 8%**. In 6.5% of all decisions a refit decides against the
# majority. With 250 people (about 11 ill) the mean AUC is still 0.70, and such a person is told 0.3% to 17.5%.
#
# - **"All refits agree" is no measure**: it falls with the number of refits (last column), as somebody always differs in the end. The share of decisions that flip hardly does. Ask for that.
# - This is **epistemic** doubt, in the unit that a patient understands. It shrinks with more people (and most of all with more *ill* people).
# - It is not the chance of being ill, and says nothing on whether the risks are *right*: all 60 could be too high together (18.3).
# - A risk of "4.8%" claims a digit that nobody knows. *Between 2 and 8 in 100* is honest.
#
# ## 6. "It hands over the doubtful ones, so it is safer"
#
# The practice lets the tool decide where it is sure, and **defers** the rest: a doctor decides on the test. Kompa and colleagues (2021) ask that medical models be able to say "I don't know". What does
# it do to the ill? We take the repaired tool of 18.3.3, among all 4,214 adults not told. Handed over are the 20% (843 people) whose risk is **nearest to the threshold**.

# %% fold=true slide="vote | Count the whole path | Test from 5%, 4,214 adults not told, 190 ill. Alone the tool finds 129. With 20% handed over: 104 found, 39 missed, 47 handed over. | How many of the 47 must the doctor find, so that the path finds 129? | Handed over (% of people); The tool tests from" say="The tool decides where it is sure, a doctor decides on the rest. {{Handed over are the 20% ... to the threshold}}. Sensitivity among those kept: of their ill, the share that the tool finds. The whole path: tool and doctor. || 25 of 47, that is 53% (95% 40% to 68%), and she may test at most 348 of the 796 healthy handed over."
PredictFirst(
    Question(
        "Of 4,214 adults not told, the 20% nearest to the threshold are handed over to a doctor. Which of these numbers can never rise by that?",
        {
            "The ill whom the tool misses among those it keeps": "Those kept are a part of all. So the missed among them are at most as many as before.",
            "The sensitivity among those kept": "It can rise or fall. It leaves out the ill who were handed over.",
            "The ill missed in the whole path": "The doctor may miss ill people whom the tool would have found.",
        },
        right="The ill whom the tool misses among those it keeps",
    ),
    deferral_explorer := DeferralExplorer(),
)

# %% [markdown]
# **Left:** for each share handed over: of all ill, the share that the tool misses; the share of the handed-over ill that the doctor must find, so that *as many are found as by the tool alone* (the **break-even for the ill**); and the
# sensitivity among those kept. The marks show where the slider stands, and so do the numbers behind the names. **Right:** what becomes of the 190 ill, and who is handed over. Try:
#
# 1. the thresholds of 3%, 5% and 10%: does the sensitivity among those kept rise or fall?
# 2. *by chance*: what must the doctor find then? Compare with the tool's sensitivity without deferral.
# 3. *two tools disagree* (two sister tools, each trained on other people): which age is handed over now?
#
# If the sliders do not move, choose *Run > Run All Cells*. The same without sliders:

# %% fold=true slide="after 3 | The control: by chance | The same 20%, drawn by chance: of 190 ill 103 found, 49 missed, 38 handed over. The doctor must find 68% of them; near the threshold 53% (95% 40 to 68). | What is gained by doubt?" say="Perhaps little: the interval of the 53% reaches the 68%. And they are other people: whether they are harder for the doctor, no number of the tool says."
deferral_explorer.filmstrip()

# %% fold=true
cohort = deferral_explorer.cohorts["5%"]
y, p = cohort.y_true, cohort.y_prob  # the repaired tool, among the 4,214 adults not told

rows = {}
for t in (0.03, 0.05, 0.10):
    over = np.argsort(np.abs(p - t), kind="stable")[:843]  # the 20% nearest to the threshold
    kept = np.delete(np.arange(len(y)), over)
    found, missed = y[kept][p[kept] >= t].sum(), y[kept][p[kept] < t].sum()
    alone = y[p >= t].sum()
    rows[f"{t:.0%}"] = {
        "alone: found, missed": f"{alone}, {y.sum() - alone}",
        "deferral: found, missed, handed over": f"{found}, {missed}, {y[over].sum()}",
        "break-even": (alone - found) / y[over].sum(),
        "with at most so many healthy tested": f"{(spared := (p[over] >= t)[y[over] == 0].sum())} of "
        f"{(y[over] == 0).sum()} ({spared / (y[over] == 0).sum():.0%})",
        "by chance (= the tool's sensitivity)": alone / y.sum(),
        "trap: sensitivity of the kept": found / (found + missed),
    }
path = pd.DataFrame(rows).T


# %% fold=true
def break_even_interval(t, n_resamples=1000):
    """Return the 95% bootstrap interval of the break-even: the same people, drawn again with replacement."""
    chance, over = np.random.default_rng(0), np.zeros(len(y), dtype=bool)
    over[np.argsort(np.abs(p - t), kind="stable")[:843]] = True
    ill = np.flatnonzero(over & (y == 1))
    drawn = chance.choice(ill, (n_resamples, len(ill)))
    return np.quantile((p[drawn] >= t).mean(axis=1), [0.025, 0.975])


shown = path.copy()
for t in (0.03, 0.05, 0.10):
    low, high = break_even_interval(t)
    shown.loc[f"{t:.0%}", "break-even"] = f"{path.loc[f'{t:.0%}', 'break-even']:.0%} ({low:.0%} to {high:.0%})"
shown = shown.rename(columns={"break-even": "break-even: the doctor must find (95%)"})
for column in path.columns[-2:]:
    shown[column] = path[column].map("{:.0%}".format)
shown.rename_axis("test from")

# %% claim=true
apart = np.argsort(-cohort.disagreement, kind="stable")[:843]
assert round(100 * (p[apart] < 0.03).mean()) == 85
assert path["deferral: found, missed, handed over"].tolist() == ["150, 13, 27", "104, 39, 47", "17, 90, 83"]
assert [round(100 * float(end)) for end in wilson_interval(26, 38)] == [53, 81]
assert shown.loc["5%"].iloc[2] == "53% (40% to 68%)"
assert path["alone: found, missed"].tolist() == ["166, 24", "129, 61", "48, 142"]
assert [round(value, 2) for value in path["break-even"]] == [0.59, 0.53, 0.37]
assert [round(value, 2) for value in path.iloc[:, -2]] == [0.87, 0.68, 0.25]
assert [round(value, 2) for value in path.iloc[:, -1]] == [0.92, 0.73, 0.16]
assert path["with at most so many healthy tested"].tolist() == [
    "366 of 816 (45%)",
    "348 of 796 (44%)",
    "216 of 760 (28%)",
]
repaired = deferral_explorer.results["5%", "near the threshold"]
assert (int(repaired.false_alarms[0]), int(repaired.false_alarms[20])) == (1324, 976)
assert (1324 - 976, 4024 - 976 - 796, round(0.53 * 796), 48 + 357) == (348, 2252, 422, 405)
from clinxai_teach.calibration import PlattScaling

anew = {acts_at: [] for acts_at in (0.03, 0.05, 0.10)}
for dealing in range(5):
    divided = diabetes_tool(equal_parts=False, random_state=dealing)
    p_anew = np.empty(len(divided.y))
    for place in range(5):
        kept_back, judges = ~divided.told & (divided.part == (place + 1) % 5), divided.part == place
        p_anew[judges] = (
            PlattScaling().fit(divided.z_calib[kept_back], divided.y[kept_back]).predict_proba(divided.z[judges])[:, 1]
        )
    p_anew = p_anew[~divided.told]
    for acts_at, regained in anew.items():
        given = np.argsort(np.abs(p_anew - acts_at), kind="stable")[:843]
        regained.append(round(100 * float((p_anew[given] >= acts_at)[y[given] == 1].mean())))
assert [(min(regained), max(regained)) for regained in anew.values()] == [(54, 69), (35, 55), (30, 44)]
assert [round(100 * share) for share in deferral_explorer.results["10%", "near the threshold"].shares[20]] == [
    1,
    17,
    43,
]

# %% [markdown]
# The row 5% by hand: alone the tool finds 129 ill and misses 61. With deferral it finds 104, misses 39, and hands 47 over. It has given up 129 - 104 = 25 whom it used to find. And it has given up
# its false alarms among the healthy handed over, 348 of 796. So the break-even is a **pair**: the doctor must recognise **25 of the 47 ill (53%), and test at most 348 of the 796 healthy (44%)**. Then the path
# is as good as the tool alone.
#
# - **Why a pair?** A coin that tests 53% of all 843 also finds 25 of the 47, on average, and tests 422 healthy. A doctor who tests everybody finds all 47: without any skill. That is no deferral, but a lower threshold. So near its threshold
#   the tool itself is hardly better than a coin: it calls 53% of these ill and 44% of these healthy. A doctor with some skill can beat it.
# - **The trap.** Among those kept the sensitivity rises at 3% and 5% and *falls* at 10%, while the missed fall at all three. It leaves out the ill handed over, so it can look good or bad for no
#   reason. The same holds for the accuracy. **Count the ill: found, missed, handed over; then what the doctor does.**
# - **The control.** Hand over by chance, and the doctor must find the same share of the ill as the tool: 87%, 68%, 25%. At 3% and 5% handing over the doubtful asks a lower share of her, at 10% a *higher* one. At 5% the intervals overlap: 26 of 38 (95% 53 to 81%) and 25 of 47 (40 to 68%). And they are other people:
#   whether they are harder for *her*, no number of the tool says.
# - **Who is handed over?** At 10%, 43% of those of 60 and over and 1% of those under 40. Where two tools disagree (choose it above) it is 8% and 40%, and 85% of those handed over have a risk below 3%: 0.5% against 1% counts about as
#   much there as 10% against 20%. Another number for doubt, other people.
# - **The price.** 843 people are looked at by a doctor. The healthy, too, come in three parts (at 5%): 976 tested by the tool, 796 handed over, 2,252 left alone; before, 1,324 were tested. Whether fewer are tested in the end
#   depends on the doctor. And nobody looks at the kept again: the 39 are missed.
# - The break-evens rest on 27, 47 and 83 ill people: look at the intervals. They hold the repair and the people handed over fixed. With five other divisions of the people for the repair (run apart) they were 54 to 69%, 35 to 55% and 30 to 44%.
#
# In print, too, ask of whom the number is. In Leibig's study (2017) of diabetic retinopathy a network passed the British NHS's goals of 85% sensitivity and 80% specificity when the most doubtful, up to 20%, were referred: counted
# **among those kept**. CoDoC (Dvijotham 2023) *learns* from past cases where the model and where the doctor is better, and counts the whole path: in a retrospective study of breast screening, 25% fewer false positives than two readers, at the
# same rate of missed cancers. How well the doctors read was in its data.
#
# ## Back to the case
#
# How sure is her 3%? And was she handed over?

# %% fold=true tags=["nbval-check-output"]
tool = diabetes_tool()
her = np.flatnonzero(tool.X.index[~tool.told] == 586)[0]
print(f"The repaired tool says {p[her]:.1%}.")
refit_risks = instability_explorer.refitter.refits(2950).risks[:, instability_explorer.refitter.woman]
low, high = np.quantile(refit_risks, [0.025, 0.975])
print(
    f"60 refits of a logistic regression: mean {refit_risks.mean():.1%}, 95% of them {low:.1%} to {high:.1%}; "
    f"{(refit_risks >= 0.05).sum()} of 60 say 5% or more."
)
for t in (0.03, 0.05, 0.10):
    nearer = (np.abs(p - t) < abs(p[her] - t)).sum()
    print(
        f"test from {t:.0%}: {'handed over' if nearer < 843 else 'not handed over'} ({nearer:,} people are nearer to the threshold)"
    )
print(f"Her HbA1c is {tool.audit['hba1c_percent'][~tool.told].iloc[her]}%. (Diabetes: 6.5% or more.)")

# %% [markdown] slide="Back to the case | How sure is her 3%? 95% of 60 refits of another kind of model say 1.2% to 3.5%. Where tests start at 5% she is not handed over. She was tested: no diabetes. | What would you tell her?" say=" | 'A few in 100': refits of one kind of model say 1 to 4, and the 3 of the tool lies within. The tool itself was not refitted."
# The interval is not that of the tool. The refits are of *another kind of model*, and their mean is lower than what the repaired tool says, which lies near the upper end. Which kind of model
# one takes is a choice, too, and moves her number by about half of the interval's width; no interval of one kind holds that. "A few in 100: refits of one kind of model say 1 to 4, and the tool's 3 lies within; the tool itself was not refitted" is an honest answer. Nearly all refits place
# her below 5%, so for a practice that tests from 5% on her decision hardly depends on who was drawn, and she is not handed over. For one that
# tests from 3% on she is among the most doubtful people. Doubt is not a property of the patient alone: it depends on where one acts. She was tested, as everybody in the survey, and **does not have diabetes**.

# %% [markdown] slide="key points | without: Wrong labels; A doubt shown" say=" || More data = {Answer 1}: the epistemic doubt shrinks, the aleatoric does not. | The tool knows = {Sure, and wrong}: std 0.00, and the network is wrong. | An alarm with = {Answer 3}: fewer than 15 of 100 alarms are right. | A stable AUC = {One AUC}: AUC 0.73 to 0.76, the woman 1.2% to 3.5%. | Sensitivity among = {Count the whole path}: it rose from 68% to 73%, and the tool finds 104 of 190, before 129."
# | Question to the maker of a tool | What you hope to hear |
# |---|---|
# | What kind of doubt does the display show? | both parts, and how they were computed |
# | Which foreign inputs was it tested with? | a list: how many found, how many false alarms for each right one |
# | How far do refits disagree about one patient? | a picture as in part 5, and the share of decisions that flip |
# | When cases are deferred: what happens to the ill, and to the healthy? | found, missed, handed over, by group; the break-even for both; who reads them, and how fast |
#
# What does *not* carry over: our numbers. We did not use the survey's weights, and 190 ill people are few.
#
# ## Three questions to take away
#
# Answer first, then open.
#
# **1.** A vendor: "The labels of our training data are wrong in one of twelve cases, but we have a million of them. So the doubt averages out." Does it?
#
# <details><summary>A model answer</summary>
# No. A million such cases teach the model, very exactly, that its answers are wrong in one of twelve. Epistemic doubt is gone; what looks like aleatoric doubt stays, and no patient is the reason. If the errors
# are not random (all in one group, or at one site) it is worse: then the model learns them as truth. Correct a sample of the labels and see.
# </details>
#
# **2.** A girl of 7 has fallen on her hand. A fracture tool for adults says "no fracture, 0.96", with a green tick: "low uncertainty". Would ten times as many adults help? What should the display say?
#
# <details><summary>A model answer</summary>
# Her doubt is epistemic, and of a kind that only children's films reduce: "more data" means more data like this patient. That the opinions agree says nothing, since all have seen adults only (part 4). The best alarm is no
# statistics at all but the date of birth: "tested in patients of 18 and over; this patient is 7: no answer". Read the film as if there were no tool.
# </details>
#
# **3.** With deferral the accuracy of what a tool keeps rises from 0.81 to 0.90. It used to find 70 of 100 ill; of the kept it finds 40 and misses 12; 48 are handed over. How good must the doctor be? "She will test them all, so it is safe", says the vendor.
#
# <details><summary>A model answer</summary>
# The tool gave up 70 - 40 = 30. The doctor must recognise 30 of the 48, that is 63%, for as many to be found as before, <em>and</em> test no more of the healthy handed over than the tool did: a number that is missing here. Who tests all finds all 48,
# and needs no tool for it: the price is every healthy person handed over. The 0.90 tells nothing of this. And ask who looks at the 12.
# </details>
#
# ## Discuss
#
# 1. Would you tell a patient "3%", "1 to 4%" or "low"? What would she do differently?
# 2. The doctor knows that the tool was in doubt. Does that change how she looks? In which direction?
# 3. A vendor writes: "Our model is Bayesian and knows when it does not know." Which three tests of this section do you ask for?
#
# ## Key points
#
# - Aleatoric doubt is in the patient and stays with more data. Epistemic doubt is in the model and shrinks. The split is an estimate.
# - Wrong labels look aleatoric, and more of them do not help.
# - A doubt shown as 0 can be full doubt, no measurement at all, or a sure error.
# - An alarm for foreign inputs: count the false alarms for each right one. A rule on ranges, age and machine comes first.
# - Under a stable AUC, refits can tell a person with a mean risk of 5% anything from 2.5% to 8%.
# - Deferral: count the ill found, missed, handed over. The break-even is a pair: the ill whom the tool gives up must be found again, with no more healthy tested than it tested.
#
# ## Exercises
#
# {{Count 18.4-abfhij}} exercises, with hints and solutions:
# [exercises/18_4_1_doubt_and_deferral.ipynb](../exercises/18_4_1_doubt_and_deferral.ipynb). {{coding 18.4-abfhij}}
#
# ## References
#
# - Dvijotham K. et al. Enhancing the reliability and accuracy of AI-enabled diagnosis via complementarity-driven deferral to clinicians. Nat Med 2023;29:1814-1820. doi:10.1038/s41591-023-02437-x
# - Gal Y., Ghahramani Z. Dropout as a Bayesian approximation. ICML 2016. arXiv:1506.02142
# - Kendall A., Gal Y. What uncertainties do we need in Bayesian deep learning for computer vision? NeurIPS 2017. arXiv:1703.04977
# - Kompa B. et al. Second opinion needed: communicating uncertainty in medical machine learning. npj Digit Med 2021;4:4. doi:10.1038/s41746-020-00367-3
# - Lakshminarayanan B. et al. Simple and scalable predictive uncertainty estimation using deep ensembles. NeurIPS 2017. arXiv:1612.01474
# - Leibig C. et al. Leveraging uncertainty information from deep neural networks for disease detection. Sci Rep 2017;7:17816. doi:10.1038/s41598-017-17876-z
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (This course follows it.)
# - Ovadia Y. et al. Can you trust your model's uncertainty? Evaluating predictive uncertainty under dataset shift. NeurIPS 2019. arXiv:1906.02530
# - Riley R. D., Collins G. S. Stability of clinical prediction models developed using statistical or machine learning methods. Biom J 2023;65:2200302. doi:10.1002/bimj.202200302
# - Wimmer L. et al. Quantifying aleatoric and epistemic uncertainty in machine learning: are conditional entropy and mutual information appropriate measures? UAI 2023. arXiv:2209.03302
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
