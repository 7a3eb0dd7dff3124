# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, mapping, number

# %% [markdown]
# ## Murphy's three terms (for coders)
#
# From the optional part of the lesson. Write `murphy(y_true, y_prob)`. Both inputs are numpy arrays of the same length. Here
# all people with the *same probability* form a group (so no bins are needed). Return a dict with three numbers:
#
# - `"reliability"`: the squared distance between each group's probability and its observed rate, weighted by the group's
#   share of the people,
# - `"resolution"`: the squared distance between each group's observed rate and the overall rate, weighted in the same way,
# - `"uncertainty"`: overall rate x (1 - overall rate).


# %% answer points=3 minutes=12 difficulty="hard"
def murphy(y_true, y_prob):
    ### BEGIN SOLUTION
    overall = y_true.mean()
    reliability = resolution = 0.0
    for p in np.unique(y_prob):
        group = y_prob == p
        weight, rate = group.mean(), y_true[group].mean()
        reliability += weight * (p - rate) ** 2
        resolution += weight * (rate - overall) ** 2
    return {"reliability": reliability, "resolution": resolution, "uncertainty": overall * (1 - overall)}
    ### END SOLUTION


# %% [markdown]
# Now use it on twelve patients and two models, A and B. Which one has the lower (better) Brier score? Which one is
# better calibrated? Predict, then run.

# %% shared
# Twelve patients of scikit-learn's issue 10883: two models, one outcome. Model B has the lower Brier score.
TWELVE = {
    "outcome": np.array([0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1]),
    "A": np.array([0.0, 0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 0.75, 0.75, 1.0]),
    "B": np.array([0.0, 0.25, 0.25, 0.25, 0.75, 0.5, 0.5, 0.25, 0.75, 0.75, 0.75, 1.0]),
}

# %%
if murphy(TWELVE["outcome"], TWELVE["A"]) is None:
    print("18.3-b is still open.")
else:
    rows = {}
    for name in ("A", "B"):
        outcome, said = TWELVE["outcome"], TWELVE[name]
        parts = murphy(outcome, said)
        rows[f"model {name}"] = {
            "Brier score": brier_score(outcome, said),
            **parts,
            "refinement": parts["uncertainty"] - parts["resolution"],
            "rel. - res. + unc.": parts["reliability"] - parts["resolution"] + parts["uncertainty"],
            "reliability + refinement": parts["reliability"] + parts["uncertainty"] - parts["resolution"],
        }
    print(pd.DataFrame(rows).round(4).to_string())

# %% [markdown]
# Model B has the lower Brier score and the worse calibration: it sorts so much better that this outweighs it. Both sums,
# with three terms and with two, give the Brier score exactly, because each group has one probability. If not, the terms
# within the bins are missing:

# %%
parts = brier_decomposition(y, p, n_bins=10)
print(f"the tool, 10 bins: three terms {parts.reliability - parts.resolution + parts.uncertainty:.4f}")
print(f"Brier score:                   {brier_score(y, p):.4f}")
print(f"the difference, within bins:  {parts.within_bin_variance - parts.within_bin_covariance:+.4f}")


# %% judge
def _murphy_with_pandas(y_true, y_prob):
    groups = pd.DataFrame({"y": y_true, "p": y_prob}).groupby("p")["y"].agg(["size", "mean"])
    share = groups["size"] / len(y_true)
    return pd.Series(
        {
            "uncertainty": np.var(y_true),
            "resolution": (share * (groups["mean"] - np.mean(y_true)) ** 2).sum(),
            "reliability": (share * (groups["mean"] - groups.index) ** 2).sum(),
        }
    )


def _murphy_per_patient(y_true, y_prob):
    rate = np.array([y_true[y_prob == p].mean() for p in y_prob])
    return {
        "reliability": np.mean((y_prob - rate) ** 2),
        "resolution": np.mean((rate - y_true.mean()) ** 2),
        "uncertainty": np.mean((y_true - y_true.mean()) ** 2),
    }


def _murphy(change):
    """Return a function like `murphy` whose result is changed by `change(parts, y_true, y_prob)`."""
    return lambda y, p: {**murphy(y, p), **change(murphy(y, p), y, p)}


def _groups(y, p):
    """Return probability, observed rate and share of patients of each group."""
    values = np.unique(p)
    rate = np.array([y[p == value].mean() for value in values])
    share = np.array([(p == value).mean() for value in values])
    return values, rate, share


def _unweighted(parts, y, p):
    values, rate, _ = _groups(y, p)
    return {"reliability": np.mean((values - rate) ** 2), "resolution": np.mean((rate - y.mean()) ** 2)}


def _not_squared(parts, y, p):
    values, rate, share = _groups(y, p)
    return {"reliability": share @ np.abs(values - rate)}


def _murphy_cases():
    """Two small ones, one of them awkward, then 400 patients with probabilities in steps of 0.05."""
    rng = np.random.default_rng(183)
    steps = rng.integers(1, 20, size=400) / 20
    return (
        Case(
            "eight patients, two probabilities",
            {"y_true": np.array([0, 0, 0, 1, 1, 1, 1, 0]), "y_prob": np.array([0.1] * 4 + [0.8] * 4)},
        ),
        Case(
            "groups of different size, not in order",
            {"y_true": np.array([1, 0, 1, 1, 0, 0]), "y_prob": np.array([0.7, 0.2, 0.7, 0.9, 0.2, 0.7])},
        ),
        Case(
            "everybody gets the same probability",
            {"y_true": np.array([1, 0, 0, 0]), "y_prob": np.array([0.4, 0.4, 0.4, 0.4])},
        ),
        Case("400 patients", {"y_true": rng.binomial(1, steps**1.3), "y_prob": steps}),
    )


EXERCISE = function_on_cases(
    murphy,
    _murphy_cases(),
    read=lambda output: mapping(output, number),
    expects='a function murphy(y_true, y_prob) that returns a dict with "reliability", "resolution" and "uncertainty"',
    also_right=(_murphy_with_pandas, _murphy_per_patient),
    mistakes=(
        Mistake(
            "groups not weighted",
            _murphy(_unweighted),
            "Every group counts the same here. Weigh each group by its share of the patients: group.mean().",
        ),
        Mistake(
            "distance not squared",
            _murphy(_not_squared),
            "Your reliability is the mean absolute distance: that is the ECE. Square the distance.",
        ),
        Mistake(
            "reliability and resolution exchanged",
            _murphy(lambda parts, y, p: {"reliability": parts["resolution"], "resolution": parts["reliability"]}),
            "Reliability and resolution are exchanged. Reliability: probability against observed rate. Resolution: "
            "observed rate against overall rate.",
        ),
        Mistake(
            "refinement instead of resolution",
            _murphy(lambda parts, y, p: {"resolution": parts["uncertainty"] - parts["resolution"]}),
            "Your resolution is the refinement, uncertainty - resolution. Asked is the resolution itself: how far the "
            "groups' rates lie from the overall rate.",
        ),
        Mistake(
            "resolution with its sign",
            _murphy(lambda parts, y, p: {"resolution": -parts["resolution"]}),
            "Your resolution is negative. The minus sign stands in the sum, reliability - resolution + uncertainty, "
            "not in the term.",
        ),
        Mistake(
            "standard deviation instead of variance",
            _murphy(lambda parts, y, p: {"uncertainty": np.std(y)}),
            "Your uncertainty is a standard deviation. It is a variance: rate x (1 - rate).",
        ),
        Mistake(
            "resolution around one half",
            _murphy(lambda parts, y, p: {"resolution": _groups(y, p)[2] @ (_groups(y, p)[1] - 0.5) ** 2}),
            "Your resolution measures the distance from one half. It is the distance from the overall rate, "
            "y_true.mean().",
        ),
    ),
    hints=(
        "np.unique(y_prob) gives the groups. Inside the loop, group = y_prob == p marks its patients.",
        "The group's share of the patients is group.mean(); its observed rate is y_true[group].mean().",
        "Add weight x (p - rate)^2 to reliability and weight x (rate - overall)^2 to resolution.",
    ),
    why="With one probability per group, reliability - resolution + uncertainty is the Brier score exactly. "
    "Refinement is uncertainty - resolution.",
    tolerance=1e-9,
)
