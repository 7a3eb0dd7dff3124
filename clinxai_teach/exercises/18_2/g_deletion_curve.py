# %% judge
import numpy as np

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, Named, array

# %% [markdown]
# ## A deletion curve
#
# Is an attribution any good? Remove what it calls most important, and watch the score fall. Write
# `deletion_scores(predict, x, attribution, baseline)`:
#
# - `predict` takes an array of feature values and returns one number,
# - `x`, `attribution` and `baseline` are arrays with one number per feature. "Removed" means: set to its baseline.
#
# Return the list of scores with 0, 1, 2, ... features removed, **the highest attribution first**. What is removed stays removed.


# %% answer points=3 minutes=9 difficulty="medium"
def deletion_scores(predict, x, attribution, baseline):
    ### BEGIN SOLUTION
    changed = x.copy()
    scores = [predict(changed)]
    for feature in np.argsort(-attribution):  # the most important first
        changed[feature] = baseline[feature]  # from here on it stays removed
        scores.append(predict(changed))
    return scores
    ### END SOLUTION


# %% [markdown]
# On films the helper `deletion_curve` does it pixel by pixel. Does the order of integrated gradients beat a random order on the
# clean model? A smaller area under the curve means that the score falls earlier. "Removed" can mean several things, so we
# try two: the pixel becomes black, or it takes the value of the average normal film.

# %%
sick = np.flatnonzero((films.labels != 0) & (films.metadata["severity"] > 0.5))[:6]
some, target = images[sick], torch.from_numpy(films.labels[sick])
random_order = torch.rand(some.shape, generator=torch.Generator().manual_seed(0))
removed_means = {"black": torch.tensor(0.0), "average normal film": images[films.labels == 0].mean(dim=0, keepdim=True)}
rows = {}
for name, baseline in removed_means.items():
    maps = attribution.integrated_gradients(model, some, target, baseline=baseline, n_steps=32).values
    for order_name, order in {"integrated gradients": maps, "random order": random_order}.items():
        curve = attribution.deletion_curve(model, some, target, order, baseline=baseline, n_steps=100)
        rows[name, order_name] = [*(float(curve.score.mean(0)[k]) for k in (0, 1, 5)), float(curve.auc.mean())]
pd.DataFrame(rows, index=["score, nothing removed", "1% removed", "5% removed", "area under the curve"]).T.round(3)

# %% [markdown]
# Look at the first percent. With black pixels even the random order has wrecked most films after 5%: they are unlike every film the
# model knows, and a curve with steps of 5% could hardly tell the orders apart. So a deletion test must say what "removed" means and
# how fine its steps are, and show a random order beside the map.


# %% judge
def _deletion_at_once(predict, x, attribution, baseline):
    rank = np.empty(len(x), dtype=int)
    rank[np.argsort(-attribution)] = np.arange(len(x))
    return [predict(np.where(rank < removed, baseline, x)) for removed in range(len(x) + 1)]


def _deletion(order=lambda a: np.argsort(-a), first=True, keep=True, value=None):
    """Return a variant of the curve that differs in one thing."""

    def variant(predict, x, attribution, baseline):
        changed, scores = x.copy(), [predict(x)] if first else []
        for feature in order(attribution):
            if not keep:
                changed = x.copy()
            changed[feature] = baseline[feature] if value is None else value
            scores.append(predict(changed))
        return scores

    return variant


def _deletion_cases():
    def case(label, predict, x, attribution, baseline):
        x, attribution, baseline = (np.array(v, dtype=float) for v in (x, attribution, baseline))
        return Case(label, {"predict": predict, "x": x, "attribution": attribution, "baseline": baseline})

    total = Named("the model x1 + 2 x2 + 4 x3", lambda x: float(x @ [1, 2, 4]))
    pair = Named("the model 10 x1 x2 + x3", lambda x: float(10 * x[0] * x[1] + x[2]))
    risk = Named("a risk model", lambda x: float(1 / (1 + np.exp(-(x @ [0.8, -0.5, 0.3, 1.1] - 0.4)))))
    return (
        case("a sum of three", total, [1, 1, 1], [1, 2, 4], [0, 0, 0]),
        case("a negative attribution and a mean as baseline", total, [1, -3, 2], [0.5, -5, 6], [0.5, -0.5, 0.5]),
        case("two features that need each other", pair, [1, 1, 2], [4, 5, 1], [0, 0.5, 1]),
        case("four features", risk, [1.5, 0.5, -1, 2], [1.0, -0.2, -0.4, 2.0], [0.2, 0.1, 0, 0.3]),
    )


EXERCISE = function_on_cases(
    deletion_scores,
    _deletion_cases(),
    read=array,
    expects="a function deletion_scores(predict, x, attribution, baseline) that returns a list: the score with 0, 1, "
    "2, ... features removed",
    also_right=(_deletion_at_once, lambda *given: np.array(deletion_scores(*given)).round(3)),
    mistakes=(
        Mistake(
            "least important first",
            _deletion(order=np.argsort),
            "You removed the least important feature first. Begin with the highest attribution.",
        ),
        Mistake(
            "order by size without sign",
            _deletion(order=lambda a: np.argsort(-np.abs(a))),
            "You ordered by size without sign. A strong negative attribution speaks against the class: it comes last.",
        ),
        Mistake(
            "start left out",
            _deletion(first=False),
            "The first score is missing: the one with nothing removed. With d features there are d + 1 scores.",
        ),
        Mistake(
            "features put in, not removed",
            lambda predict, x, attribution, baseline: deletion_scores(predict, baseline, attribution, x),
            "You began with the baseline and put features in. A deletion curve begins with x and takes them away.",
        ),
        Mistake(
            "one feature at a time",
            _deletion(keep=False),
            "You put each feature back before you remove the next. Removed features must stay removed.",
        ),
        Mistake(
            "zero instead of the baseline",
            _deletion(value=0.0),
            "Removed features were set to 0. Set them to their baseline: 0 can be a value that no patient has.",
        ),
        Mistake(
            "in the order of the table",
            _deletion(order=lambda a: np.arange(len(a))),
            "The features were removed in the order of the table. Sort them by the attribution.",
        ),
    ),
    hints=(
        "np.argsort(-attribution) gives the features, the most important first.",
        "Work on a copy of x. Start the list with predict(x).",
        "In each turn set one more feature to baseline[feature], and append predict of the changed copy.",
    ),
    why="If the attribution is good, the score falls early. Always compare with a random order: any removal lowers a "
    "score sooner or later.",
    tolerance=6e-4,
)
