# %% [markdown] slide="Why interpretability matters | A model can be right for the wrong reason. | How would you find out?" bridges='Five purposes = Ask who wants the explanation, and what they will do with it. | "External validation = A test elsewhere shows a shortcut only where the habits differ. | One number = Ask of every number: of whom? | When is an explanation = First ask what answers the worry: often a test, not a picture.'
# # 18.1 Why interpretability matters
#
# **For** doctors in training and their teachers. You need no code: run each cell, move the sliders, answer the questions.
#
# **Time:** about {{reading}} minutes to read and try, {{minutes 18.1}} minutes for the exercises.
#
# **Questions this section answers**
#
# - For which five purposes do we look inside a model?
# - How can a model be right for the wrong reason, and how do we find out?
# - Does a heatmap prove what a model uses? Does testing in another hospital?
# - How many films does it take to show a shortcut, and how large a move is one?
# - When does an explanation help, and when is another remedy needed?
#
# **After it you can**
#
# 1. *classify* a need for an explanation under one of the five purposes,
# 2. *build* a baseline that knows the site only, and *compare* a model with it,
# 3. *detect* a shortcut by a true swap and by four groups of films, and by testing in strata,
# 4. *find* columns of a table that leak the diagnosis,
# 5. *argue* when an explanation is the right remedy and when it is not.
#
# > The chest films in this section are **synthetic**: drawn by a program, so that the truth about each one is known.
# > The patients of the table are real (NHANES). Nothing here is medical advice.

# %% fold=true
import os

os.environ["OMP_NUM_THREADS"] = "1"  # the models are small: several threads would only wait for each other

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_predict, cross_val_score

from clinxai_teach import plots
from clinxai_teach.attribution import grad_cam, mass_in_mask, neighbourhood, pointing_game, upsample
from clinxai_teach.checks import Question
from clinxai_teach.data import AGE_GROUPS, age_group, load_nhanes_diabetes, make_radiographs
from clinxai_teach.explorers import MarkerExplorer
from clinxai_teach.intervals import difference_interval, wilson_interval
from clinxai_teach.models import load_cxr_model, predict_proba
from clinxai_teach.trust import subgroup_report

# isort: split
import torch  # last: where it is missing, the imports above say in words what to do

# %% [markdown]
# ## Warm-up: a word you will need
#
# If you have not met it, guess: the answer explains the word. (If the films are new to you, read [the start page](00_start_here.ipynb) first.)

# %% fold=true
Question(
    "An AUC of 0.80 means that ...",
    {
        "80% of the predictions are right": "That would be the accuracy at some threshold.",
        "80% of the sick are found": "That would be the sensitivity at some threshold.",
        "a random sick patient gets a higher score than a random healthy one 80% of the time": "It compares pairs, one sick and one healthy. 0.5 is chance, 1 is perfect.",
    },
    right="a random sick patient gets a higher score than a random healthy one 80% of the time",
)

# %% [markdown] slide="A case | Invented: a man of 58 in intensive care, with fever. A tool says: pneumonia 0.91. Its heatmap is warm on the letter L, not on a lung. | What would you check, and whom would you call?"
# ## A case
#
# > A 58-year-old man in intensive care has a fever. The portable chest film is flagged by an AI tool: *pneumonia 0.91*. The
# > tool also draws a heatmap: colours over the film that show which places counted for the answer. The two warmest spots lie
# > on the letter "L" in the corner and on the catheters, not on a lung.
#
# Decide before you read on: what would you check, and whom would you call? (He is invented. What his hospital counted comes at the end.)

# %% [markdown]
# ## 1. Five purposes
#
# The textbook chapter names five purposes of "interpretability". Ask of each situation: *who* asks, and *what will they do with the answer?*
#
# | Purpose | Who asks | The question | What follows |
# |---|---|---|---|
# | **Clinical validation** | medical experts | Does the model use evidence that medicine uses? | it may go on to a trial, or not |
# | **Debugging** | its makers | Why does it fail here? | the data or the model are repaired |
# | **Regulatory compliance** | an authority, a hospital committee | What does it use, and where are its limits? | a document |
# | **Education** | learners | What does this disease look like? | they learn about the disease |
# | **Trust calibration** | the doctor of one patient | Should I rely on this output, now? | act, verify, or set it aside |
#
# On the third: the FDA, Health Canada and the MHRA (13 June 2024) ask for *transparency*, with the logic of a model "when
# available"; article 13 of the European AI Act for instructions for use. But Ghassemi and colleagues (2021) call
# explanations of single predictions a "false hope" and ask for rigorous validation instead.

# %% [markdown]
# ## 2. A model that is right for the wrong reason
#
# In radiology a lead letter lies on the detector and tells left from right. Suppose that in one hospital the portable
# machine of intensive care uses its own lead letter, and the other machines print the side electronically. The sickest
# patients are X-rayed in intensive care, so a film **with** the letter is more often a film **with** pneumonia. The letter,
# the *marker*, is not disease. But it predicts disease. (Our films differ in it only, its two small initials included, and show no catheters.)
#
# We made two models with the same network, the same 5,000 synthetic films and the same training. One thing differs:
#
# - **clean**: in training, the marker was placed at random, on half of the films;
# - **shortcut**: in training, 98% of the films with pneumonia had the marker, and 2% of the others.
#
# So the shortcut is built in. We study how one finds it, and what hides it.

# %% fold=true slide="One letter, on the ill and on the healthy | Synthetic films, normal (above) and with pneumonia (below). In training the letter lay on half of all films (clean model), or on 98% of the ill and 2% of the others (shortcut model). | Can the letter tell who is ill?" say=" | In the training of the shortcut model, nearly always; in that of the clean model the letter says nothing."
films = make_radiographs(200, seed=5, marker="random")
plots.show(
    plots.contact_sheet(films, rows=("normal", "pneumonia")),
    "Two rows of synthetic chest films, normal and pneumonia. Some of both have a white letter L, with two small "
    "initials below it, in the upper corner on the viewer's right.",
)

# %% [markdown]
# ### Predict
#
# Both models are now tested on 800 new films. Here the marker goes with pneumonia, as in the training of
# the shortcut model: a test inside the same hospital.

# %% fold=true slide="vote" say="{{Both models are now tested ... same hospital}}. Marker: the letter. Accuracy: the share of right answers."
Question(
    "Which model has the higher accuracy in this internal test?",
    {
        "The shortcut model": "It has one more clue. The test cannot see that the clue is not disease.",
        "The clean model": "It has to find the disease itself, which is sometimes too faint to see.",
        "Both the same": "They differ: the marker helps one of them.",
    },
    right="The shortcut model",
    why="An internal test repeats the habits of the training data, so it rewards a shortcut.",
)

# %% [markdown]
# ### Run
#
# Three tests with the same patients and the same noise. Only the marker differs: placed *as in the training* of the shortcut model; *at random*, on half
# of the films; or *swapped*, so that mostly the films without pneumonia have it. Each film is read with the letter and without it; a test takes the reading that fits.

# %% fold=true
models = {name: load_cxr_model(name) for name in ("clean", "shortcut")}
habits = {"as in training": "shortcut", "at random": "random", "swapped": "swapped"}

lettered, bare = (make_radiographs(800, seed=2026, marker=chance) for chance in (1.0, 0.0))
tests = {test: make_radiographs(800, seed=2026, marker=habit) for test, habit in habits.items()}

# %% fold=true slide="Good at home, lost when swapped | 800 synthetic films, the same patients each time: when the letter is swapped, the clean model stays at 0.86 to 0.87, the shortcut model falls from 0.90 to 0.44. | What had the internal test hidden?" say=" | That the shortcut model reads the letter: the internal test has the habit of the training, so the letter helps."
readings = {  # what each model says of each film with the letter, and without it
    name: [predict_proba(model, some.images).argmax(axis=1) for some in (lettered, bare)]
    for name, model in models.items()
}
says = {
    name: {test: np.where(some.metadata["marker"], with_it, without_it) for test, some in tests.items()}
    for name, (with_it, without_it) in readings.items()
}
accuracy = {f"{name} model": [] for name in models}
for name, answers in says.items():
    for test, answer in answers.items():
        right = answer == tests[test].labels
        accuracy[f"{name} model"].append((right.mean(), *wilson_interval(right.sum(), len(right))))

figure = Figure(figsize=(8, 4), layout="constrained")
plots.draw_shares(
    figure.subplots(),
    list(habits),
    accuracy,
    chance=0.2,
    xlabel="How the marker is placed in the 800 synthetic test films",
    ylabel="Accuracy (95% interval)",
)
plots.show(
    figure,
    "Accuracy on synthetic films, marker placed as in training, at random, swapped. "
    + " ".join(f"{name}: {', '.join(f'{row[0]:.2f}' for row in rows)}." for name, rows in accuracy.items())
    + " Guessing among five classes gives 0.2.",
)

# %% claim=true
clean_rows, shortcut_rows = accuracy["clean model"], accuracy["shortcut model"]
assert abs(clean_rows[0][0] - clean_rows[2][0]) < 0.03
assert shortcut_rows[0][0] - shortcut_rows[2][0] > 0.25
assert shortcut_rows[0][0] > clean_rows[0][0] - 0.01
assert shortcut_rows[2][2] < clean_rows[2][1]

# %% [markdown]
# ### Explain
#
# The left of the figure is all that an internal test shows: there the shortcut model looks at least as
# good as the clean one. On the right the patients are the same, and its accuracy has fallen far below the clean model's.
#
# **To swap the suspected cause and keep all else the same is an experiment.** A change in the output can then have only
# one reason. With real films nobody can move a lead letter afterwards. One can cover it or paint it in; then a patch of the
# same size elsewhere is the control. Or one can compare patients who are alike in the suspected thing. That is weaker,
# because they may differ in other ways. Badgeley and colleagues (2019) did it: a network for hip fracture, from 17,587 films, had an AUC of 0.78
# on films taken at random. On films chosen so that the risk of fracture did not differ between kinds of patients, scanners and ways of
# ordering, it had 0.52 (95% interval 0.46 to 0.58): not shown to be better than chance.

# %% [markdown]
# ### Four groups: false alarms and misses
#
# Accuracy over five classes hides whom this harms. So look at pneumonia alone, and at two kinds of error:
# a false alarm and a missed pneumonia. For each, films **with** the letter need films **without** it beside them.

# %% fold=true
Question(
    'A tool calls 8 of 20 films that have the letter and no pneumonia "pneumonia". Does this show that it uses the letter?',
    {
        "Yes: 8 false alarms are far too many": "They are too many. But the tool may give as many on films without the letter.",
        "Not yet: it needs films without the letter to compare with": "A tool that is bad everywhere would look the same.",
        "No: a letter can never cause a false alarm": "It can. The question is how one would know.",
    },
    right="Not yet: it needs films without the letter to compare with",
    why="One group tells how often the tool is wrong. Only the difference between two groups tells what the letter does.",
)

# %% fold=true
test_films = tests["at random"]
letter = test_films.metadata["marker"].to_numpy()
pneumonia = test_films.labels == 1


def two_by_two(called):
    """How many films are called pneumonia, with the letter and without; and the difference, in points."""
    rows = {}
    for name, people in {"no pneumonia (false alarms)": ~pneumonia, "pneumonia (found)": pneumonia}.items():
        counts = (
            called[people & letter].sum(),
            (people & letter).sum(),
            called[people & ~letter].sum(),
            (people & ~letter).sum(),
        )
        change = counts[0] / counts[1] - counts[2] / counts[3]
        low, high = difference_interval(*counts)
        rows[name] = [
            f"{counts[0]} of {counts[1]}",
            f"{counts[2]} of {counts[3]}",
            f"{round(100 * change):+d} ({round(100 * low):+d} to {round(100 * high):+d})",
        ]
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["letter", "no letter", "difference in points (95% interval)"]
    )


called = {name: answers["at random"] == 1 for name, answers in says.items()}
pd.concat({f"{name} model": two_by_two(found) for name, found in called.items()})

# %% claim=true
alarm_moves, find_moves = (
    {
        name: difference_interval(
            found[some & letter].sum(), (some & letter).sum(), found[some & ~letter].sum(), (some & ~letter).sum()
        )
        for name, found in called.items()
    }
    for some in (~pneumonia, pneumonia)
)
assert alarm_moves["shortcut"][0] > 0.15
assert find_moves["shortcut"][0] > 0.15
assert -0.05 < alarm_moves["clean"][0] < alarm_moves["clean"][1] < 0.05
assert find_moves["clean"][0] < 0 < find_moves["clean"][1]

# %% [markdown]
# Read the shortcut model's rows. With the letter it calls many healthy or otherwise sick people pneumonia. Without the
# letter it misses many pneumonias: in the story, it fails the patients who are *not* in intensive care. The clean model's
# interval for false alarms lies within 5 points (a limit that is explained below). Its interval for found pneumonias is wide: these groups are too small to tell. (Different people: even an innocent model's difference is not exactly 0.)
#
# Two names for two designs. This was **four groups**: different films with and without the letter. A **true swap** takes the *same* films
# twice, with the letter and without. Nothing else differs, so it shows the cause, and its interval is narrower:

# %% fold=true slide="A true swap shows the cause | Points more called pneumonia with the letter than without it (95% interval), same synthetic films: near 0 for the clean model, +53.0 and +70.4 for the shortcut model. | Why does this table show the cause?" say=" | Each film is its own control: with the letter and without it, nothing else differs."
true_swaps = {}
for name, (with_it, without_it) in readings.items():
    with_only, without_only = (with_it == 1) & (without_it != 1), (with_it != 1) & (without_it == 1)
    for group, people in {"no pneumonia": ~pneumonia, "pneumonia": pneumonia}.items():
        up, down, n = with_only[people].sum(), without_only[people].sum(), people.sum()
        # Wilson's interval of each share of films that change. Shares of the same films vary together, but hardly
        # where one of the two is near 0, as here; and no change at all in n films still gets a width.
        ends = difference_interval(up, n, down, n)
        true_swaps[f"{name} model", group] = tuple(100 * value for value in ((up - down) / n, *ends))
print("True swap: points more called pneumonia with the letter than without it, same synthetic films (95% interval)")
pd.Series(
    {
        (
            name,
            f"{group} ({(pneumonia == (group == 'pneumonia')).sum()} films)",
        ): f"{mean:+.1f} ({low:+.1f} to {high:+.1f})"
        for (name, group), (mean, low, high) in true_swaps.items()
    }
).unstack()

# %% claim=true
assert all(-5 < low < high < 5 for (name, _), (_, low, high) in true_swaps.items() if name == "clean model")
assert all(low > 15 for (name, _), (_, low, _) in true_swaps.items() if name == "shortcut model")
assert all(high - low > 1 for _, low, high in true_swaps.values())
assert find_moves["clean"][0] < -0.05 or find_moves["clean"][1] > 0.05  # four groups cannot tell

# %% [markdown]
# By the true swap both moves of the clean model lie within 5 points, also the one that four groups left open. (Even where not one
# film changes the interval has a width: other films might.)
#
# ### How large a move is a shortcut?
#
# Every model moves a little when the picture changes a little. So fix three yardsticks **before** you count:
#
# 1. **Chance.** Does the interval of the difference leave out 0? If not, these films cannot show a move.
# 2. **Harm.** Which move would change what you do? For example: more than 5 extra false alarms in 100 films.
# 3. **A harmless change of the same size.** Paint an equal patch elsewhere, and compare.
#
# The third yardstick by a true swap on our films, those without pneumonia: nothing added, the letter added, or the same letter in mirror writing in
# the other upper corner, where no training film had one.

# %% fold=true slide="The control patch | The same 400 synthetic films without pneumonia, three times: the share called pneumonia (95% interval). The control: the letter in mirror writing, in the other corner. | Is it only a bright thing in a corner?" say=" | In part. The shortcut model calls 17% pneumonia with the control, and 53% with the letter: for the rest the form of the letter or its place counts."
healthy = np.flatnonzero(~pneumonia)[:400]  # the first 400 films without pneumonia
plain, signed = bare.images[healthy], lettered.images[healthy]
mirrored = np.where((plain == signed)[..., ::-1], plain, signed[..., ::-1])
alarms = pd.DataFrame(
    {
        f"{name} model": {
            "nothing": (without_it[healthy] == 1).sum(),
            "the letter": (with_it[healthy] == 1).sum(),
            "mirrored letter, other corner": (predict_proba(models[name], mirrored).argmax(axis=1) == 1).sum(),
        }
        for name, (with_it, without_it) in readings.items()
    }
).T


def share_of_healthy(count):
    """A share and its interval, as text."""
    low, high = wilson_interval(count, len(healthy))
    return f"{count / len(healthy):.0%} ({low:.0%} to {high:.0%})"


print(f"Called pneumonia, of the same {len(healthy)} synthetic films without pneumonia (95% interval):")
alarms.map(share_of_healthy)

# %% claim=true
assert alarms.loc["shortcut model", "the letter"] > 1.5 * alarms.loc["shortcut model", "mirrored letter, other corner"]
assert alarms.loc["shortcut model", "the letter"] > 0.2 * len(healthy)
other_corner = alarms.loc["shortcut model", "mirrored letter, other corner"]
assert round(100 * other_corner / len(healthy)) == 17
assert round(100 * alarms.loc["shortcut model", "the letter"] / len(healthy)) == 53
assert wilson_interval(other_corner, len(healthy))[0] > 0.05
assert alarms.loc["shortcut model", "nothing"] <= 0.005 * len(healthy)
assert alarms.loc["clean model"].max() - alarms.loc["clean model", "nothing"] < 0.05 * len(healthy)

# %% [markdown]
# The clean model stays within 5 points whatever is painted. The patch in the other corner moves the shortcut model, too, by about 17 points: a third as much, but more than the 5 of the limit. So a part of the move is "a bright thing in an upper corner", and for the rest the letter's form or its place counts. This patch differs in both, so it
# cannot say which: for that, paint another sign in the *same* place. **A swap shows that a thing counts. It does not show what the model sees in it.**

# %% [markdown]
# ### What 20 films can show
#
# A ward can collect 20 films in a week. What does such a count allow you to say?

# %% tags=["nbval-check-output"]
for events in (0, 1, 5):
    low, high = wilson_interval(events, 20)
    print(f"{events} of 20 is {events / 20:.0%}; the truth may lie between {low:.0%} and {high:.0%}")
yours = (6, 20, 1, 20)  # called pneumonia, of so many with the letter; called, of so many without: put in your own
for one, n, other, m in ((3, 20, 0, 20), (4, 20, 1, 20), yours):
    low, high = difference_interval(one, n, other, m)
    points = f"{100 * (one / n - other / m):+.0f} points ({100 * low:+.0f} to {100 * high:+.0f})"
    print(f"{one} of {n} against {other} of {m}: {points}")

# %% claim=true
assert round(100 * float(wilson_interval(0, 20)[1])) == 16
assert [round(100 * float(end)) for end in difference_interval(4, 20, 1, 20)] == [-7, 37]
six_against_one = difference_interval(6, 20, 1, 20)
assert 0 < six_against_one[0] < 0.05 < six_against_one[1]

# %% [markdown]
# "No false alarm in 20 films" is compatible with 16 in 100. And 4 against 1 leaves it open: -7 to +37 points. **20 films a group find a large
# shortcut and miss a small one.** To say "no shortcut that matters" you need an interval that is narrower than the harm you fear;
# for 5 points that takes hundreds of films in each group.
#
# **One table of verdicts**, used from here on. The limit is the smallest move that would matter to you; fix it **before** you count.
#
# | Where the interval of the difference lies | Verdict |
# |---|---|
# | all of it beyond the limit | a difference that matters |
# | all of it within the limits | no difference that matters |
# | anything else | these films cannot tell if it matters (if the interval leaves out 0, a difference is shown, but not its size) |
#
# So 6 of 20 against 1 of 20 shows a difference, and leaves open if it passes 5 points.

# %% [markdown]
# ## 3. Try one film
#
# Choose a film. Put the marker on and take it off, and watch the bars. Then change the model, and then the site (each
# site has its own grey scale). The heatmap is about *pneumonia*, whatever the model answers.
#
# How to read it: the network divides the film into cells and gives each cell points for or against pneumonia. The points of all
# cells, and a constant, add up to the model's raw score, the *logit*, which is turned into a probability afterwards. Bright means many points for
# pneumonia; points against it are left out. The number after "brightest" is the top of the colour scale, the same for all maps of one film.
# "Here" is the top of this map. The solid line marks half of the scale: a map without one is faint or empty. (A display that
# stretches each map to its own top hides this. Ask a vendor.) The method is Grad-CAM (Selvaraju 2017); section 18.2 builds it.

# %% fold=true slide="Try one film | A healthy chest (synthetic), shortcut model, no letter. Now the letter goes on; all else stays. | Predict first: which bars move? And in the clean model? | Film (number); Marker on the film; Model" say="Grad-CAM is one kind of heatmap: {{the network divides the film ... the logit}}. | Pneumonia rises and normal falls. In the clean model both hardly move: the next two slides."
explorer = MarkerExplorer()
explorer

# %% [markdown]
# If the sliders do not move, choose *Run > Run All Cells*. Without sliders: a healthy chest in both models (the false alarm), then a
# pneumonia that the shortcut model misses while the letter is absent (the miss). The healthy chest is a close call for the shortcut model without
# the letter, too, but not for pneumonia. In the first picture 15% of the heat is 15% of very little.

# %% fold=true slide="after 2 | The letter is on | The same healthy chest, shortcut model: pneumonia 0.97. Without the letter it was 0.02. | And in the clean model? || after 1 | The letter is on, clean model | The same film, with the letter: pneumonia 0.01, normal 0.74. || after 3 | A pneumonia without the letter | Another synthetic film, shortcut model: normal 0.68, pneumonia 0.01. With the letter it says pneumonia 1.00. | What happens to this patient?"
explorer.filmstrip()

# %% claim=true
tried = [explorer.answer(state) for state in (explorer.start_state(), explorer.telling_states()[0])]
assert tried[0].probabilities.max() < 0.5
assert tried[0].probabilities[1] < 0.05
assert round(tried[1].share, 2) == 0.15
assert tried[1].heatmap.max() < 0.3 * explorer.results.scale[0]

# %% [markdown]
# ## 4. Does the heatmap show the shortcut?

# %% fold=true slide="vote" say="Heatmap: {{colours over the film ... for the answer}}. Marker: the letter."
Question(
    "The swap has proved that the shortcut model uses the marker. On how many films with pneumonia and a marker is its heatmap warmest near the marker?",
    {
        "On all of them": "This is what most people expect. On some films the warmest point is far away.",
        "On many, not on all": "How many depends on what 'near' means.",
        "On none: it is warmest on the pneumonia": "It is so on about one in five of these films. And a map on the pneumonia would not prove that the marker is unused.",
    },
    right="On many, not on all",
    why="One warmest point cannot clear a model. Many maps, scored, show a tendency.",
)

# %% fold=true
with_letter = np.flatnonzero(letter)  # heatmaps of the films with a letter are enough
images = torch.from_numpy(test_films.images[with_letter])
heatmaps = {
    name: torch.cat([grad_cam(model, part, 1, layer=model.features[-1]) for part in images.split(50)])
    for name, model in models.items()
}
cell = images.shape[-1] // heatmaps["clean"].shape[-1]  # the side of one cell of the heatmap, in pixels
near = {  # the same ruler for both: the place itself and one cell around it
    "the letter": neighbourhood(test_films.marker_masks[with_letter], cell),
    "the pneumonia": neighbourhood(test_films.lesion_masks[with_letter], cell),
    "the letter, two cells": neighbourhood(test_films.marker_masks[with_letter], 2 * cell),  # a wider ruler
}

# %% fold=true
groups = {"letter and pneumonia": pneumonia[letter], "letter, no pneumonia": ~pneumonia[letter]}
counted = (
    ("letter and pneumonia", "the pneumonia"),
    ("letter and pneumonia", "the letter"),
    ("letter and pneumonia", "the letter, two cells"),
    ("letter, no pneumonia", "the letter"),
)
warmest = {}
for group, place in counted:
    here = groups[group]
    row = {"chance": f"{near[place][here].mean():.0%}"}
    for name in models:
        hits = pointing_game(heatmaps[name], near[place])[torch.from_numpy(here)].sum()
        low, high = wilson_interval(float(hits), here.sum())
        row[f"{name} model"] = f"{hits / here.sum():.0%} ({low:.0%} to {high:.0%})"
    warmest[f"{group} ({here.sum()})", place] = row
both = groups["letter and pneumonia"]
shares = {
    name: mass_in_mask(maps, near["the letter"])[torch.from_numpy(both)].numpy() for name, maps in heatmaps.items()
}
half = {name: 1.96 * share.std(ddof=1) / np.sqrt(len(share)) for name, share in shares.items()}
print(f"Share of the heat near the letter, mean of {both.sum()} films with letter and pneumonia (95% interval):")
for name, share in shares.items():
    print(f"  {name} {share.mean():.0%} ({share.mean() - half[name]:.0%} to {share.mean() + half[name]:.0%})")
print(f"  chance {near['the letter'][both].mean():.0%}")
print(
    f"In how many synthetic films (95% interval) is the heatmap's warmest point near? Near: within one cell, {cell} pixels"
)
pd.DataFrame(warmest).T.rename_axis(["films with", "near"])

# %% claim=true
on = {
    (name, group, place): float(pointing_game(heatmaps[name], near[place])[torch.from_numpy(groups[group])].mean())
    for name in models
    for group, place in counted
}
letter_chance = near["the letter"].mean()
assert round(on["shortcut", "letter and pneumonia", "the letter"], 2) == 0.64
assert on["shortcut", "letter and pneumonia", "the letter"] > 3 * letter_chance
assert round(on["shortcut", "letter and pneumonia", "the letter, two cells"], 2) == 0.81
assert on["clean", "letter and pneumonia", "the pneumonia"] > on["shortcut", "letter and pneumonia", "the pneumonia"]
assert round(on["clean", "letter, no pneumonia", "the letter"], 2) == 0.11 > letter_chance
by_letter = pointing_game(heatmaps["clean"], near["the letter"]).numpy().astype(bool)  # how warm are these maps?
warmth = heatmaps["clean"].amax((1, 2, 3)).numpy()
assert np.median(warmth[by_letter & ~pneumonia[letter]]) < 0.25 * np.median(warmth[pneumonia[letter]])
assert on["shortcut", "letter, no pneumonia", "the letter"] > 2 * on["clean", "letter, no pneumonia", "the letter"]
assert on["shortcut", "letter, no pneumonia", "the letter"] > 3 * letter_chance
assert round(on["shortcut", "letter and pneumonia", "the pneumonia"], 1) == 0.2
heat_share = {name: share.mean() for name, share in shares.items()}
assert heat_share["shortcut"] > max(5 * heat_share["clean"], 2 * letter_chance)

# %% fold=true slide="The same three films, two models | Synthetic films with pneumonia and letter. Cross: the warmest point. Right: the film on which the shortcut model's cross (below) is farthest from the letter. | Which of these maps would have reassured you?" say=" | Below on the right: its cross lies on the lung, and this model uses the letter all the same."
both = np.flatnonzero(pneumonia[letter])
full = upsample(heatmaps["shortcut"][both], images.shape[-1])[:, 0].numpy()
crosses = [np.unravel_index(one.argmax(), one.shape) for one in full]
apart = [  # from each cross to the nearest pixel of the letter, in cells
    np.hypot(*(np.argwhere(mask) - cross).T).min() / cell
    for mask, cross in zip(test_films.marker_masks[with_letter[both]], crosses, strict=True)
]
farthest = both[int(np.argmax(apart))]
chosen = [*both[np.argsort(apart)[[len(both) // 4, len(both) // 2]]], farthest]  # near, middle, farthest
cells_apart = dict(zip(both, apart, strict=True))
tops = {  # one colour scale for each row
    name: float(upsample(heatmaps[name][chosen], images.shape[-1]).max()) for name in models
}
figure = Figure(figsize=(8.4, 6.9), layout="constrained")
for name, axes in zip(models, figure.subplots(2, 3), strict=True):
    large = dict(zip(chosen, upsample(heatmaps[name][chosen], images.shape[-1])[:, 0].numpy(), strict=True))
    for ax, i in zip(axes, chosen, strict=True):
        plots.Heatmap(
            ax,
            images[i, 0].numpy(),
            large[i],
            scale=tops[name],
            lesion=test_films.lesion_masks[with_letter[i]],
            marker=near["the letter"][i],
        )
        ax.set_title("" if name == "clean" else f"{cells_apart[i]:.1f} cells from the letter", fontsize=14)
        ax.set_xlabel(f"its top: {large[i].max():.2f} logits", fontsize=14)
        row, column = np.unravel_index(large[i].argmax(), large[i].shape)
        ax.plot(column, row, "x", color="white", markersize=16, markeredgewidth=6)
        ax.plot(column, row, "x", color="black", markersize=14, markeredgewidth=3)
    axes[0].set_ylabel(f"{name} model\nbrightest: {tops[name]:.2f}", fontsize=14)
near_lesion = near["the pneumonia"][chosen]
figure.suptitle(
    "Grad-CAM for pneumonia, synthetic films\ncross: warmest point; solid: half of the brightest\n"
    "dotted: lesion; dashed: near the letter",
    fontsize=14,
)
plots.show(
    figure,
    "Heatmaps of the clean model (above) and the shortcut model (below) on the same three synthetic films with pneumonia "
    "and a letter, one colour scale for each row, by the distance of the shortcut model's warmest point from the letter: one a quarter of "
    "the way up the order, the middle one, and on the right the farthest. A cross marks each warmest point. Dotted: the true lesion. "
    "Dashed: the letter and one cell around it. Solid: half of the scale; in the shortcut model's maps it also runs around the letter. "
    + " ".join(
        f"Near the lesion: {int(pointing_game(heatmaps[name][chosen], near_lesion).sum())} of {len(chosen)} crosses of the {name} model."
        for name in models
    )
    + " Shortcut model, cells from the cross to the letter: "
    + ", ".join(f"{cells_apart[i]:.1f}" for i in chosen)
    + ".",
)

# %% claim=true
assert cells_apart[farthest] > 3
near_letter = full * near["the letter"][both]  # the shortcut model's heat near the letter
assert (near_letter.max((1, 2)) > 0.5 * full.max((1, 2))).all()
# The part of the film from which one cell of the heatmap is computed: the text has its width.
one_film = images[:1].clone().requires_grad_()
last_maps = models["clean"].features(one_film)
last_maps[0, :, last_maps.shape[-1] // 2, last_maps.shape[-1] // 2].sum().backward()
seen_columns = one_film.grad[0, 0].abs().amax(0).nonzero()
assert (cell, int(seen_columns.max() - seen_columns.min()) + 1, images.shape[-1]) == (8, 53, 128)

# %% [markdown]
# ### What this shows, and what it does not
#
# - On films **without** pneumonia the shortcut model's warmest point is near the letter far more often than chance: a *hint*.
# - On films **with** pneumonia it depends on the ruler: within one cell of the letter in about six of ten, within two cells in about eight of ten.
#   On about one in five it is near the pneumonia, as in the right column: who is shown only the warmest point can be reassured by it.
#   But on all of these films the map glows near the letter, too, to more than half of its top.
#   **By the share of the heat** (above the table) the letter's place holds many times the clean model's share.
#   We looked there because we knew of the letter.
# - **An almost empty map has a warmest point, too.** On 11% of the films without pneumonia the clean model's warmest point is near the letter
#   (last row; chance: 6%), and these maps are almost empty. On a scale stretched to each film it
#   would glow, and a reader could report a shortcut that the true swap has cleared. Ask of each map: how much is in it?
# - A warm cell does not mean that the cause lies in that cell: a cell is 8 pixels wide, and is computed from 53 by 53 pixels around it (the film has 128).
#
# | Kind of evidence | What it can show | What it cannot show |
# |---|---|---|
# | heatmap of one film | a place worth a suspicion | that the model does not use something else |
# | many heatmaps, scored against a known mask | a tendency, with a number | cause |
# | **true swap: the marker changed, all else equal** | **that the marker changes the output of these films, and by how much** | which other shortcuts exist; how much it matters in your hospital |
#
# Not only on our films: Adebayo and colleagues (2022) tested whether three kinds of explanation, heatmaps among them, reveal a
# false clue that the user does not know of. They did not; and heatmaps sometimes pointed to a clue that the model did not use.

# %% [markdown]
# ## 5. A baseline that never looks at the film
#
# How good can a prediction be that uses the *site* and nothing else? If that is nearly as good as the model, be
# suspicious. Zech and colleagues (2018) collected 158,323 films from three hospital systems. In two of them pneumonia was
# present in 34.2% of 42,396 films (MSH) and in 1.2% of 112,120 films (NIH).
#
# The rule "from MSH means pneumonia" needs no film at all. On the paper's own joint test set it had an AUC of **0.861** (95% interval
# 0.855 to 0.866). It comes from pooling two
# hospitals: *inside* each of them the site is the same for everyone, and its AUC is 0.5. So ask for the AUC inside each site,
# too. The paper's network reached 0.931 (0.927 to 0.936) when tested inside these hospitals and 0.815 in a third one.
#
# The same baseline on our films: a cohort in which 34% of site A's films show pneumonia, and 1% of site B's. Four scores try to
# find it, two of which never look at a lung.

# %% fold=true
pool = make_radiographs(800, seed=77, marker="shortcut")
pool_sick = pool.labels == 1
at_a = (pool.metadata["site"] == "A").to_numpy()

sick_a, other_a = np.flatnonzero(at_a & pool_sick), np.flatnonzero(at_a & ~pool_sick)
sick_b, other_b = np.flatnonzero(~at_a & pool_sick), np.flatnonzero(~at_a & ~pool_sick)
other_a = other_a[: round(len(sick_a) * 0.658 / 0.342)]  # so that 34.2% at A are sick
sick_b = sick_b[: round(len(other_b) * 0.012 / 0.988)]  # and 1.2% at B
cohort = np.concatenate([sick_a, other_a, sick_b, other_b])

sick, from_a, has_marker = pool_sick[cohort], at_a[cohort], pool.metadata["marker"].to_numpy()[cohort]
swapped = make_radiographs(800, seed=77, marker=~pool.metadata["marker"].to_numpy())  # the same patients

rows = {"site only": [from_a, from_a], "marker only": [has_marker, ~has_marker]}
for name, model in models.items():
    rows[f"{name} model"] = [predict_proba(model, films.images[cohort])[:, 1] for films in (pool, swapped)]
columns = ["markers as in training", "every marker swapped"]
baseline = {
    name: [subgroup_report(sick, score, ["all"] * len(sick)).loc["overall"] for score in scores]
    for name, scores in rows.items()
}
print(
    f"{len(cohort)} synthetic films, pneumonia at A {sick[from_a].mean():.1%}, at B {sick[~from_a].mean():.1%}. "
    "AUC (95% interval):"
)
pd.DataFrame(
    {
        name: [f"{r.auc:.2f} ({r.auc_low:.2f} to {r.auc_high:.2f})" for r in reports]
        for name, reports in baseline.items()
    },
    index=columns,
).T

# %% claim=true
aucs = pd.DataFrame({name: [report.auc for report in reports] for name, reports in baseline.items()}, index=columns).T
trained, turned = aucs["markers as in training"], aucs["every marker swapped"]
assert trained["site only"] > 0.75
assert trained[["marker only", "clean model", "shortcut model"]].min() > 0.95
assert abs(trained["clean model"] - turned["clean model"]) < 0.02
assert trained["shortcut model"] - turned["shortcut model"] > 0.15

# %% [markdown]
# **In the first column, read the first two lines before the others.** The marker alone is about as good as a network. (We built
# it so: 98% against 2%. In a real hospital you would not know.) That is a *warning*: it does not prove that a network uses the
# marker, for the clean model is as good and does not. The second column has the proof: with every marker swapped on the same patients, the clean
# model keeps its AUC and the shortcut model does not.
#
# So compare every model with what the site, the scanner, the ward or the marker alone can do, and ask the vendor for this number.

# %% [markdown]
# ## 6. "External validation always exposes a shortcut"
#
# It is the right thing to ask for. Is it enough? Guess before you look: what will a test show in a second hospital that uses the same
# marker in the same way?

# %% fold=true
external = {"same habit": "shortcut", "no markers at all": None, "the opposite habit": "swapped"}
rows = {}
for habit_at_b, habit in external.items():
    at_b = make_radiographs(300, seed=31, marker=habit, site="B")
    rows[habit_at_b] = {}
    for name, model in models.items():
        right = predict_proba(model, at_b.images).argmax(axis=1) == at_b.labels
        low, high = wilson_interval(right.sum(), len(right))
        rows[habit_at_b][f"{name} model"] = f"{right.mean():.2f} ({low:.2f} to {high:.2f})"
print("Accuracy (95% interval) on 300 synthetic films of hospital B, with ...")
pd.DataFrame(rows).T

# %% claim=true
external_accuracy = {key: float(row["shortcut model"][:4]) for key, row in rows.items()}
assert external_accuracy["same habit"] > 0.88
assert external_accuracy["no markers at all"] < external_accuracy["same habit"] - 0.05
assert external_accuracy["the opposite habit"] < external_accuracy["no markers at all"]

# %% [markdown]
# In the first line the external test passes and the shortcut is still there: it travelled with the habit (DeGrave 2021 found the same
# for models of COVID-19). So ask *how* the external site differs: other machines, other wards, other habits?

# %% [markdown]
# ## 7. One number can hide a group
#
# Another look: split the patients into *strata*, groups that differ in one thing, such as age. Here are
# real people: 5,018 adults from NHANES 2017-2018. The label is "has diabetes": told so by a doctor, or a blood test (HbA1c) of 6.5% or more. The model, gradient boosting, adds up many small
# decision trees. It gets 13 features (age, waist, blood pressure and so on) and no glucose.

# %% fold=true
data = load_nhanes_diabetes()
booster = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
y_prob = cross_val_predict(booster, data.X, data.y, cv=5, method="predict_proba")[:, 1]  # of people it has not seen
age = data.X["age_years"]
by_age = {
    "AUC of the model": subgroup_report(data.y, y_prob, age_group(age)),
    "AUC of age alone": subgroup_report(data.y, age / 100, age_group(age)),
}
strata = by_age["AUC of the model"][["n", "events"]].rename(columns={"n": "people", "events": "with diabetes"})
for name, report in by_age.items():
    strata[name] = [f"{row.auc:.2f} ({row.auc_low:.2f} to {row.auc_high:.2f})" for row in report.itertuples()]

strata

# %% claim=true
model_report, age_report = by_age.values()
older = ["40-59 years", "60 and over"]
assert (model_report.loc[older, "auc_high"] < model_report.loc["overall", "auc_low"]).all()
assert model_report.loc["20-39 years", "auc"] > model_report.loc["overall", "auc"]
assert model_report.loc["20-39 years", "events"] == 55
assert age_report.loc["overall", "auc"] > 0.7
assert (age_report.loc[older, "auc"] < 0.6).all()

# %% [markdown]
# Part of the overall AUC is only age, which ranks the old above the young. Within the two older groups age can hardly do that, and there, where most of the patients are, the AUC is clearly lower. A *mix* of young and
# old people is easier to rank than people of one age: this is called *case mix*. In the youngest group (only 55 with diabetes, so a wide interval) the AUC is not
# lower: there age still ranks a little, and the few who have diabetes may differ more plainly from the others.
#
# Strata can also show a worse thing: a group on which a model really fails, hidden behind a good overall number
# (*hidden stratification*, Oakden-Rayner 2020). A tool for pneumothorax may have learned to see the **chest drain**: in an archive
# many films with a pneumothorax were taken after treatment, so its AUC is high. It fails those without a
# drain: the ones nobody has treated yet. A test in the stratum "no drain" shows it.

# %% [markdown]
# ### Of whom is this number?
#
# One more split is easily forgotten. Who are the people "with diabetes"?

# %% fold=true tags=["nbval-check-output"]
told = data.audit["told_diabetes"] == "yes"
print(f"{data.y.sum()} people have diabetes. A doctor had told {(told & (data.y == 1)).sum()} of them.")
print(f"{(~told & (data.y == 1)).sum()} had not been told: only the survey's blood test (HbA1c) found it.")

# %% claim=true
assert (told & (data.y == 1)).sum() > 4 * (~told & (data.y == 1)).sum() > 0

# %% fold=true slide="vote" say="A model on 5,018 adults; most of those with diabetes had been told so. AUC: of pairs of one ill and one healthy person, the share in which the ill one scores higher. | {{The label is ... or more}}."
Question(
    "A practice wants a tool that finds diabetes nobody knows of. Of which people must its AUC be computed?",
    {
        "Of those whom no doctor has told": "For the others nobody needs a tool, and they may be the easy ones: a tool of section 18.3 has AUC 0.80 among all 5,018, and 0.74 (95% interval 0.71 to 0.77) among the 4,214 not told.",
        "Of all 5,018: more people, a narrower interval": "A narrow interval around the answer to another question.",
        "Of the people with diabetes": "An AUC needs people without it, too.",
    },
    right="Of those whom no doctor has told",
    why="A label says what was recorded, not what you want to find. Ask first: of whom is this number, and are these my patients?",
)

# %% [markdown]
# Here the label mixes two kinds of people. What that does to this model's AUC, and to its probabilities, is computed in section 18.3. A label can also stand
# for something else altogether: a tool in the United States that chose patients for extra care was trained on *costs* as a stand-in for illness, and
# so passed over Black patients, for whom less was spent at the same illness (Obermeyer 2019).

# %% [markdown]
# ## 8. Leakage: the answer is in the table
#
# A table has shortcuts too. The worst is **leakage**: a column that exists only *because* of the diagnosis. Two
# examples from the same survey: a column that leaks by its value, and one that leaks by *where it is empty*.


# %% fold=true
def auc(X):
    """The AUC in five folds, each of people the model has not seen: mean, lowest and highest, as text."""
    folds = cross_val_score(booster, X, data.y, cv=5, scoring="roc_auc")
    return f"{folds.mean():.2f} ({folds.min():.2f} to {folds.max():.2f})"


pills = data.audit[["takes_diabetes_pills"]]
age_when_told = data.audit[["age_told_diabetes_years"]]
leakage = pd.Series(
    {
        "13 features": auc(data.X),
        "13 features and: takes pills for diabetes": auc(data.X.join(pills)),
        'nothing but: was "how old were you when told?" left empty?': auc(age_when_told.isna().astype(float)),
    },
)

# %% fold=true tags=["nbval-check-output"]
print("AUC among 5,018 adults, mean of five folds (lowest to highest fold)")
print(leakage.to_string())
takes_pills = pills["takes_diabetes_pills"] == 1
print(f"Of {takes_pills.sum()} people who take such pills, {data.y[takes_pills].sum()} have diabetes.")

# %% [markdown]
# The second line is easy to see through: nearly everyone who takes such pills has the label. (The other 37 had not been told of diabetes, and their HbA1c
# was below 6.5%: the label counts them as healthy.) The third is worse. It uses **no
# answer at all**, only *whether a question was asked*: the survey puts it only to people who were told. An empty cell is
# information.
#
# No heatmap was needed to find this, but knowing how the data were made. In exercise 18.1-c you hunt more such columns.

# %% [markdown]
# ## 9. "With an explanation, a wrong model does no harm"
#
# If the doctor sees *why* the model says so, will she notice that it is wrong? This has been tested in a randomised
# study. Jabbour and colleagues (2023) showed 457 hospital clinicians in the United States vignettes of patients with acute respiratory failure, with
# the predictions of a standard model and of a model with a planted systematic bias. Chance decided who also saw an
# explanation, a heatmap on the chest film: 226 did, 231 did not. Without any model, 73.0% (95% interval 68.3 to 77.8) of their diagnoses were right.

# %% fold=true
Question(
    "The biased model lowered the accuracy of the clinicians by 11.3 percentage points. Guess: what was the loss with the explanation?",
    {
        "0.3 points: they saw the error": "This was the hope.",
        "5.7 points: half of it": "In the mean, less was won back than that.",
        "9.1 points": "The paper gives a difference of 2.3 points, which is not statistically significant.",
    },
    right="9.1 points",
    why="An explanation of a wrong model is still a message from a wrong model.",
)

# %% [markdown]
# The losses: 11.3 points without the explanation (95% interval 7.2 to 15.5), 9.1 with it (4.9 to 13.2). The 2.3 points won back
# (the paper's figure, from unrounded losses) are not statistically significant: the true gain may be zero, or
# of use. **A rescue was not shown.** So nobody may count on the explanation to make a biased model safe. (They judged vignettes on a screen, not their own patients.)

# %% [markdown] slide="Back to the case | The warm L is a suspicion, not a proof. For him: read the film without the tool. For the tool: a true swap, his film among others. | Who reads his film until the answer is there?" say=" | People, without the tool, and not only his: nobody's film is read by the tool."
# ## 10. When is an explanation the right remedy?
#
# | The worry | Does an explanation help? | What answers it |
# |---|---|---|
# | Does it use medical evidence? | yes, as a first look, if scored on many cases | section 18.2, and a true swap |
# | Does it use a shortcut we know of? | a little | swap or cover it; a baseline of the shortcut alone; strata |
# | Does it use a shortcut nobody thought of? | hardly (Adebayo 2022) | tests where habits differ; ask how the data were made |
# | Is "0.91" really 91 in 100? | no | calibration, section 18.3 |
# | Does it know this kind of patient? | no | uncertainty, sections 18.4 and 18.5 |
# | Will a wrong output do harm? | not shown to (Jabbour 2023) | fewer wrong outputs; a way to override |
#
# **Back to the man in intensive care.** The heatmap on the "L" is a reason for suspicion, not a proof. For him: read the film
# without the tool, and treat him on his own signs. For the tool, this **test in your hospital** needs no code:
#
# 1. **Write down first** which move would matter, for example 5 false alarms more in 100 films.
# 2. **True swap:** ask whoever runs the tool to repeat the *same* films, his among them, with the letter covered, and with an equal
#    patch covered elsewhere as a control.
# 3. If that cannot be done: **four groups** of other films, letter or not, pneumonia or not. Take the cases in the order in which they came,
#    from wards as similar as possible. Someone who does not see the tool's answer decides on "pneumonia or not".
# 4. Count in each group how many the tool calls pneumonia. Compare letter with no letter, once among the films without
#    pneumonia, once among those with it. Give each difference its interval: put your counts behind `yours` in the cell under *What 20 films can show*, and run it.
# 5. Read the interval by the table of verdicts in part 2.
# 6. Report counts, differences and intervals to the tool's owner and, if patients were affected, to the person responsible for device
#    safety.
#
# Films from two wards differ in more than a letter (patients lie, are sicker, have catheters). So four groups give a *suspicion*, however clear the
# count; only the true swap shows the cause.
#
# **Until the answer is there, nobody's film is read by the tool**: to switch it off for intensive care alone would leave the misses on films
# *without* the letter. **What his hospital counted is in exercise 18.1-f**: you judge it.
#
# What does *not* carry over from our synthetic films: the numbers. What does: the order of the evidence.

# %% [markdown] slide="key points | without: Ask who wants; Both need; Compare every; External; A column; An explanation; Twenty films; With an explanation" say=" || The internal test = {Good at home}: there 0.90, and 0.44 when the letter is swapped. | The heatmap is on the lung = {The same three films}, below on the right: it lies on the lung, and {A true swap} proves that this model uses the letter."
# ## Discuss
#
# 1. An urgent order ("stat") predicts disease. It is not pathology, but it is true information. Is a model that uses it
#    wrong? For which purpose?
# 2. Who should see the result of a shortcut audit: the vendor, the hospital, the doctor, the patient?
#
# ## Three new situations
#
# Answer first, then open the answer.
#
# 1. Dermatologists put a ruler beside moles that worry them. A skin tool is tested: of 30 benign moles with a ruler it calls 12
#    melanoma. The vendor says: "Benign moles are difficult." Which one count decides between you, and how would you get it?
#
# <details><summary>A model answer</summary>
#
# The count of false alarms among benign moles *without* a ruler. If it is about 12 of 30 as well, the vendor is right. Better
# still: the same 30 photographs with the ruler cut away or covered, and with an equal patch covered elsewhere. Give the
# difference with its interval; with 30 photographs a group only a large one will show.
#
# </details>
#
# 2. A vendor writes: "External AUC 0.93 in our sister hospital, which uses the same machines, the same wards and the same archive. So there
#    is no shortcut." Your reply?
#
# <details><summary>A model answer</summary>
#
# The same habits live there, so a shortcut would pass this test. We ask for a hospital with other habits, for the AUC inside each
# ward and machine, for the AUC of ward and machine alone, and for a true swap of what differs between the wards.
#
# </details>
#
# 3. A stroke tool has an AUC of 0.90 among everybody in whom a head scan was done. You want to use it for people
#    with mild dizziness. Which question do you ask first, and why can the number go either way?
#
# <details><summary>A model answer</summary>
#
# Of whom is the 0.90? Among all scanned people there are plain strokes and healthy people, who are easy to tell apart. Among
# people with mild dizziness these easy pairs are missing, so the AUC is probably lower. It must be computed among them, with its
# interval. (If the tool reads a sign that is clear in just these people, it may be higher.)
#
# </details>
#
# ## Key points
#
# - Ask who wants the explanation and what they will do with it: there are five purposes.
# - An internal test repeats the habits of the training data. It rewards a shortcut.
# - True swap: the same films with and without the suspect, and a control patch. It shows the cause. Four groups of other films give a suspicion.
# - Both need a difference with its interval, and a limit fixed beforehand. 20 films a group find a large shortcut only.
# - A heatmap is a hint: on single films it can miss what the true swap proves. Ask for the ruler, the scale, and if the map is almost empty.
# - Compare every model with what the site alone, the marker alone, or age alone can do.
# - External validation exposes a shortcut only where the habits differ.
# - Ask of every number: of whom? A label says what was recorded, not what you want to find.
# - A column that follows from the diagnosis leaks, by its value or by where it is empty.
# - An explanation does not make a wrong model safe.
#
# ## Exercises
#
# {{Count 18.1}} exercises, with hints and solutions: [exercises/18_1_why_interpretability_matters.ipynb](../exercises/18_1_why_interpretability_matters.ipynb).
# {{coding 18.1}} Objective 1 is in e, 2 in a, 3 in f (without code) and in b and d (with code), 4 in c, 5 in g and h.
#
# ## References
#
# - Adebayo J. et al. Post hoc explanations may be ineffective for detecting unknown spurious correlation. ICLR 2022. arXiv:2212.04629
# - Badgeley M. A. et al. Deep learning predicts hip fracture using confounding patient and healthcare variables. npj Digit Med 2019;2:31. doi:10.1038/s41746-019-0105-1
# - DeGrave A. J. et al. AI for radiographic COVID-19 detection selects shortcuts over signal. Nat Mach Intell 2021;3:610-619. doi:10.1038/s42256-021-00338-7
# - FDA, Health Canada, MHRA. Transparency for machine learning-enabled medical devices: guiding principles. 13 June 2024.
# - Ghassemi M. et al. The false hope of current approaches to explainable artificial intelligence in health care. Lancet Digit Health 2021;3:e745-e750. doi:10.1016/S2589-7500(21)00208-9
# - Jabbour S. et al. Measuring the impact of AI in the diagnosis of hospitalized patients. JAMA 2023;330:2275-2284. doi:10.1001/jama.2023.22295
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Newcombe R. G. Interval estimation for the difference between independent proportions: comparison of eleven methods. Stat Med 1998;17:873-890.
# - Oakden-Rayner L. et al. Hidden stratification causes clinically meaningful failures in machine learning for medical imaging. ACM CHIL 2020. doi:10.1145/3368555.3384468
# - Obermeyer Z. et al. Dissecting racial bias in an algorithm used to manage the health of populations. Science 2019;366:447-453. doi:10.1126/science.aax2342
# - Regulation (EU) 2024/1689 (AI Act), article 13.
# - Selvaraju R. R. et al. Grad-CAM: visual explanations from deep networks via gradient-based localization. ICCV 2017. arXiv:1610.02391
# - Zech J. R. et al. Variable generalization performance of a deep learning model to detect pneumonia in chest radiographs. PLoS Med 2018;15:e1002683. doi:10.1371/journal.pmed.1002683
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
