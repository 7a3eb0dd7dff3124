# %% [markdown]
# # Exercises 18.4 Uncertainty
#
# **Time:** about 70 minutes. Seven exercises. 18.4-g needs no code; 18.4-d needs a calculator or one line of scipy.
#
# Each exercise has a cell for your answer and a cell that checks it. The check says *why* an answer is wrong. Two more
# calls help you:
#
# - `hint("18.4-a")` gives the next of three hints,
# - `solution("18.4-a")` shows the worked answer and the reason.
#
# Nothing is sent anywhere. Read [the section](../notebooks/18_4_uncertainty.ipynb) first. Run the next cell before you
# start.

# %%
import math

import numpy as np
import pandas as pd
import torch
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_predict, train_test_split

from clinxai_teach.checks import check, hint, solution
from clinxai_teach.checks.section_18_4 import STATEMENTS
from clinxai_teach.conformal import conformal_quantile
from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.models import load_cxr_model
from clinxai_teach.uncertainty import mc_dropout_samples

data = load_nhanes_diabetes()
booster = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
y = data.y.to_numpy()
y_prob = cross_val_predict(booster, data.X, y, cv=5, method="predict_proba")

# %% [markdown]
# ## 18.4-a Two kinds of doubt
#
# `samples` is a numpy array `(T, K)`: T dropout passes for one patient, K class probabilities in each. Write
# `entropy_split(samples)` that returns three numbers, in nats and in this order:
#
# 1. the **total** entropy: of the mean of the passes,
# 2. the **expected** entropy: the mean of the passes' own entropies (the aleatoric part),
# 3. the **mutual information**: the first minus the second (the epistemic part).
#
# The entropy of probabilities $p$ is $-\sum_k p_k \log p_k$, where a probability of 0 counts as 0.


# %% exercise="18.4-a" part="answer"
def entropy_split(samples):
    ### BEGIN SOLUTION
    def entropy(p):
        p = p[p > 0]
        return -(p * np.log(p)).sum()

    total = entropy(samples.mean(axis=0))
    expected = np.mean([entropy(p) for p in samples])
    return total, expected, total - expected
    ### END SOLUTION


# %% exercise="18.4-a" part="check" points=3
check("18.4-a", entropy_split)

# %% [markdown]
# Two of 300 synthetic films: the one with the least and the one with the most total doubt. Which part makes the difference?

# %%
films = make_radiographs(300, seed=184)
passes = mc_dropout_samples(load_cxr_model("clean"), torch.from_numpy(films.images), n_samples=100, seed=0)
passes = passes.double().numpy()  # 100 passes, 300 films, 5 classes
splits = [entropy_split(passes[:, film]) for film in range(300)]
if splits[0] is None:
    print("18.4-a is still open.")
else:
    totals = [split[0] for split in splits]
    for name, film in {"least doubt": int(np.argmin(totals)), "most doubt": int(np.argmax(totals))}.items():
        total, expected, information = splits[film]
        print(
            f"{name:11} (film {film}, {films.class_names[films.labels[film]]}): total {total:.2f}, "
            f"expected {expected:.2f}, mutual information {information:.2f} nats"
        )

# %% [markdown]
# Nearly all of the doubt is *expected* entropy: the passes agree that the film is ambiguous. More training films would not help
# with this one; another projection might.

# %% [markdown]
# ## 18.4-b Dropout on, everything else off
#
# Monte Carlo dropout needs dropout switched on while the rest of the network works as for a patient. Write
# `dropout_on(model)`: put the model in evaluation mode, put its layers of the kinds `torch.nn.Dropout` and
# `torch.nn.Dropout2d` in training mode, and **return the model**.


# %% exercise="18.4-b" part="answer"
def dropout_on(model):
    ### BEGIN SOLUTION
    model.eval()
    for module in model.modules():
        if isinstance(module, (torch.nn.Dropout, torch.nn.Dropout2d)):
            module.train()
    return model
    ### END SOLUTION


# %% exercise="18.4-b" part="check" points=2
check("18.4-b", dropout_on)

# %% [markdown]
# ## 18.4-c The conformal threshold
#
# You have the scores of n calibration patients: for each, 1 minus the probability of the true class. Write
# `conformal_threshold(scores, alpha)`:
#
# - $k = \lceil (n + 1)(1 - \alpha) \rceil$,
# - return the k-th smallest score,
# - return `math.inf` if k is larger than n: too few patients for this alpha.
#
# Careful: for the computer $(9 + 1)(1 - 0.1)$ may be a little more than 9. Use `round(..., 9)` before you round up.


# %% exercise="18.4-c" part="answer"
def conformal_threshold(scores, alpha):
    ### BEGIN SOLUTION
    n = len(scores)
    k = math.ceil(round((n + 1) * (1 - alpha), 9))
    if k > n:
        return math.inf
    return np.sort(scores)[k - 1]
    ### END SOLUTION


# %% exercise="18.4-c" part="check" points=3
check("18.4-c", conformal_threshold)

# %% [markdown]
# Is the promise kept? 2,000 times: draw 50 new calibration patients and 500 test patients of NHANES, and count. The mean
# coverage should be close to $k/(n+1) = 46/51$.

# %%
scores = 1 - y_prob[np.arange(len(y)), y]
rng = np.random.default_rng(184)
covered = []
for _ in range(2000):
    drawn = rng.permutation(len(y))[:550]
    threshold = conformal_threshold(scores[drawn[:50]], 0.1)
    if threshold is None:
        print("18.4-c is still open.")
        break
    covered.append((scores[drawn[50:]] <= threshold).mean())
else:
    print(f"mean coverage {np.mean(covered):.3f}, promised {46 / 51:.3f}")
    print(f"calibration sets with less than 0.85: {np.mean(np.array(covered) < 0.85):.0%}")

# %% [markdown]
# ## 18.4-d What one calibration set can promise
#
# Alpha is 0.1. Over all calibration sets the mean coverage is k/(n + 1). But your hospital has *one* calibration set, and its
# coverage is random: it follows the law Beta(k, n + 1 - k), which is `stats.beta(k, n + 1 - k)`.
#
# For **n = 100**: what is `k`? What is the mean coverage? Which coverage do only 5 in 100 calibration sets stay below? And for
# **n = 50**: what is the chance of a calibration set with a coverage below 0.85? Give at least three decimals.

# %% exercise="18.4-d" part="answer"
coverage_numbers = {
    "k": ...,
    "mean coverage": ...,
    "5 in 100 sets below": ...,
    "chance below 0.85 with n = 50": ...,
}
### BEGIN SOLUTION
coverage_numbers = {
    "k": 91,
    "mean coverage": 91 / 101,
    "5 in 100 sets below": stats.beta(91, 10).ppf(0.05),
    "chance below 0.85 with n = 50": stats.beta(46, 5).cdf(0.85),
}
### END SOLUTION

# %% exercise="18.4-d" part="check" points=2
check("18.4-d", coverage_numbers)

# %% [markdown]
# ## 18.4-e A threshold for each class
#
# With one threshold for all, the sick can be covered far less often than promised. The repair: calibrate **each class on its
# own patients**. Write `class_thresholds(y_true, y_prob, alpha)`: `y_true` holds class numbers `(n,)` and `y_prob` is
# `(n, K)`. Return a dict from each class to its threshold. `conformal_quantile(scores, alpha)` is imported: it is your
# 18.4-c.


# %% exercise="18.4-e" part="answer"
def class_thresholds(y_true, y_prob, alpha):
    ### BEGIN SOLUTION
    thresholds = {}
    for label in np.unique(y_true):
        scores = 1 - y_prob[y_true == label, label]
        thresholds[int(label)] = conformal_quantile(scores, alpha)
    return thresholds
    ### END SOLUTION


# %% exercise="18.4-e" part="check" points=3
check("18.4-e", class_thresholds)

# %% [markdown]
# On NHANES: half of the people calibrate, the other half are tested. What does the repair do, and what does it cost?

# %%
calibrate, test = train_test_split(np.arange(len(y)), stratify=y, random_state=0)
one_for_all = conformal_quantile(scores[calibrate], 0.1)
per_class = class_thresholds(y[calibrate], y_prob[calibrate], 0.1)
if per_class is None:
    print("18.4-e is still open.")
else:
    columns = {"one threshold": np.full(2, one_for_all), "one for each class": np.array([per_class[0], per_class[1]])}
    for name, thresholds in columns.items():
        sets = 1 - y_prob[test] <= thresholds
        hit = sets[np.arange(len(test)), y[test]]
        print(
            f"{name}: covered overall {hit.mean():.2f}, with diabetes {hit[y[test] == 1].mean():.2f}, "
            f"without {hit[y[test] == 0].mean():.2f}; sets with both labels {(sets.sum(axis=1) == 2).mean():.0%}"
        )

# %% [markdown]
# ## 18.4-f What deferral does to the sick
#
# A tool decides with the threshold 0.5 and sends the most uncertain patients to a doctor. Write
# `after_deferral(y_true, y_prob, uncertainty, fraction)`. The first three are arrays `(n,)`: label, probability of disease,
# uncertainty. Defer the `round(fraction * n)` patients with the highest uncertainty. Return a dict:
#
# - `"accuracy"` of the patients that are kept,
# - `"sensitivity"` among the sick that are kept,
# - `"sick deferred"`: which share of *all sick* is deferred.


# %% exercise="18.4-f" part="answer"
def after_deferral(y_true, y_prob, uncertainty, fraction):
    ### BEGIN SOLUTION
    n_deferred = round(fraction * len(y_true))
    kept = np.argsort(uncertainty, kind="stable")[: len(y_true) - n_deferred]
    called = y_prob[kept] >= 0.5
    sick = y_true[kept] == 1
    return {
        "accuracy": (called == sick).mean(),
        "sensitivity": called[sick].mean(),
        "sick deferred": 1 - sick.sum() / y_true.sum(),
    }
    ### END SOLUTION


# %% exercise="18.4-f" part="check" points=3
check("18.4-f", after_deferral)

# %% [markdown]
# On NHANES, with closeness to 0.5 as the uncertainty. Predict first: which way will accuracy and sensitivity go?

# %%
rows = {f"{f:.0%}": after_deferral(y, y_prob[:, 1], -np.abs(y_prob[:, 1] - 0.5), f) for f in (0, 0.1, 0.2, 0.3)}
if None in rows.values():
    print("18.4-f is still open.")
else:
    print(pd.DataFrame(rows).T.rename_axis("deferred").round(2).to_string())

# %% [markdown]
# The accuracy rises. Would you call the tool safer? Who sees the deferred patients, and how fast?

# %% [markdown]
# ## 18.4-g What may be said about a 90% set
#
# Twelve sentences from talks and reports. Write the set of the numbers of those that are **true**.

# %%
for number, statement in STATEMENTS.items():
    print(f"{number:2}. {statement}")

# %% exercise="18.4-g" part="answer"
true_statements = ...
### BEGIN SOLUTION
true_statements = {2, 4, 6, 8, 10, 11}
### END SOLUTION

# %% exercise="18.4-g" part="check" points=3
check("18.4-g", true_statements)

# %% [markdown]
# ## To discuss, without a check
#
# - Which alpha would you choose for a test that must rule a disease out, and which for one that must confirm it?
# - What should the display show when the set is empty?
# - Class-conditional sets hold two labels more often. Who does the extra work, and is it worth it?
