# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, number

# %% [markdown]
# ## Swap the marker, count the flips
#
# *For coders. Without code, 18.1-f has such counts.*
#
# Write `flip_rate(before, after)`. Both inputs are numpy arrays with one row per film and one column per class, filled with
# probabilities. Return the share of films (0 to 1) whose **predicted class**, the one with the highest probability, changes.


# %% answer points=2 minutes=8 difficulty="easy"
def flip_rate(before, after):
    ### BEGIN SOLUTION
    # one row per film, one column per class: argmax(axis=1) is the class of each film
    return (before.argmax(axis=1) != after.argmax(axis=1)).mean()
    ### END SOLUTION


# %% [markdown]
# Now the real experiment, on 200 synthetic films. In the second set each film has a marker exactly where the first had
# none. Patients and noise are the same.

# %%
films = make_radiographs(200, seed=99, marker="shortcut")
swapped = make_radiographs(200, seed=99, marker=~films.metadata["marker"].to_numpy())
for name in ("clean", "shortcut"):
    model = load_cxr_model(name)
    rate = flip_rate(predict_proba(model, films.images), predict_proba(model, swapped.images))
    print("18.1-d is still open." if rate is None else f"{name:8} model: {rate:.0%} of the films change their class")

# %% [markdown]
# A marker is not disease. What would you ask for in the report of a tool before you use it: its accuracy, or this number?


# %% judge
def _flips_counted_one_by_one(before, after):
    flips = 0
    for row_before, row_after in zip(before.tolist(), after.tolist(), strict=True):
        flips += row_before.index(max(row_before)) != row_after.index(max(row_after))
    return flips / len(before)


def _flip_cases():
    """Three small awkward cases, then 200 films with five classes."""
    rng = np.random.default_rng(184)
    logits = rng.normal(0, 1.5, size=(200, 5))
    moved = logits + rng.normal(0, 0.8, size=(200, 5))
    before, after = (np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) for z in (logits, moved))
    return (
        Case(
            "probabilities move, no class changes",
            {
                "before": np.array([[0.4, 0.35, 0.25], [0.1, 0.3, 0.6], [0.2, 0.7, 0.1]]),
                "after": np.array([[0.8, 0.1, 0.1], [0.3, 0.3, 0.4], [0.4, 0.5, 0.1]]),
            },
        ),
        Case(
            "every class changes",
            {
                "before": np.array([[0.5, 0.3, 0.2], [0.1, 0.5, 0.4]]),
                "after": np.array([[0.3, 0.5, 0.2], [0.1, 0.4, 0.5]]),
            },
        ),
        Case(
            "two classes",
            {
                "before": np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]]),
                "after": np.array([[0.7, 0.3], [0.6, 0.4], [0.55, 0.45], [0.1, 0.9]]),
            },
        ),
        Case("200 films, five classes", {"before": before, "after": after}),
    )


EXERCISE = function_on_cases(
    flip_rate,
    _flip_cases(),
    read=lambda output: number(output, low=0, high=1),
    expects="a function flip_rate(before, after) that returns one number, the share of films whose predicted class "
    "changes",
    also_right=(
        _flips_counted_one_by_one,
        lambda before, after: np.mean(np.argmax(before, axis=-1) != np.argmax(after, axis=-1)),
        lambda before, after: round(float(flip_rate(before, after)), 3),
        lambda before, after: 1 - (pd.DataFrame(before).idxmax(axis=1) == pd.DataFrame(after).idxmax(axis=1)).mean(),
    ),
    mistakes=(
        Mistake(
            "any change of the top probability",
            lambda before, after: (before.max(axis=1) != after.max(axis=1)).mean(),
            "This counts every film whose highest probability moves, even a little. Count a film only when the class "
            "with the highest probability changes: use argmax, not max.",
        ),
        Mistake(
            "mean change of the probabilities",
            lambda before, after: np.abs(before - after).mean(),
            "This is how far the probabilities move on average. The flip rate counts films: how many get another "
            "class?",
        ),
        Mistake(
            "any change at all",
            lambda before, after: (before != after).any(axis=1).mean(),
            "This counts every film on which any probability moves. Count a film only when its highest probability belongs to another class.",
        ),
        Mistake(
            "agreement rate",
            lambda before, after: (before.argmax(axis=1) == after.argmax(axis=1)).mean(),
            "This is the share of films that keep their class. The flip rate is the rest: use != instead of ==.",
        ),
        Mistake(
            "class 0 cut at 0.5",
            lambda before, after: ((before[:, 0] >= 0.5) != (after[:, 0] >= 0.5)).mean(),
            "This cuts one class at 0.5. With five classes the highest probability may lie below 0.5, and it may "
            "belong to any class. Compare the argmax of each row.",
        ),
        Mistake(
            "divided by all numbers",
            lambda before, after: (before.argmax(axis=1) != after.argmax(axis=1)).sum() / before.size,
            "You divided by rows times classes. One row is one film: divide by the number of rows, len(before).",
        ),
        Mistake(
            "argmax down the columns",
            lambda before, after: (before.argmax(axis=0) != after.argmax(axis=0)).mean(),
            "argmax goes down the columns here: it finds a film for each class. Use axis=1, which finds a class for "
            "each film.",
        ),
        Mistake(
            "a count, not a share",
            lambda before, after: (before.argmax(axis=1) != after.argmax(axis=1)).sum(),
            "This is the number of films that flip. Divide by the number of films, len(before), to get the share.",
        ),
    ),
    hints=(
        "The predicted class of a film is the column with the highest probability in its row.",
        "before.argmax(axis=1) gives one class per film. Do the same with after, and compare the two.",
        "The comparison != gives True or False per film. The mean of these is the share of True.",
    ),
    why="Only the marker was swapped, and a marker is not disease. Each film that changes its class shows that the "
    "model uses the marker.",
    tolerance=6e-4,
)
