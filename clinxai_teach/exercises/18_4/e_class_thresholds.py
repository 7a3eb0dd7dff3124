# %% judge
import numpy as np
import pandas as pd

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, array, mapping, number
from clinxai_teach.conformal import conformal_quantile

# %% [markdown]
# ## A threshold for each class
#
# With one threshold for all, the sick can be covered far less often than promised. The repair: calibrate **each class on its
# own patients**. Write `class_thresholds(y_true, y_prob, alpha)`: `y_true` holds class numbers `(n,)` and `y_prob` is
# `(n, K)`. Return a dict from each class to its threshold. `conformal_quantile(scores, alpha)` is imported: the k-th smallest
# score of part 1.


# %% answer points=3 minutes=12 difficulty="hard"
def class_thresholds(y_true, y_prob, alpha):
    ### BEGIN SOLUTION
    thresholds = {}
    for label in np.unique(y_true):
        scores = 1 - y_prob[y_true == label, label]  # patients of this class, their own class's score
        thresholds[int(label)] = conformal_quantile(scores, alpha)
    return thresholds
    ### END SOLUTION


# %% [markdown]
# Among the adults not told, at **alpha 0.2**: half of them calibrate, the other half are tested. What does the repair do, and what does
# it cost?

# %%
calibrate, test = train_test_split(np.arange(len(y)), stratify=y, random_state=0)
one_for_all = conformal_quantile(1 - y_prob[calibrate, y[calibrate]], 0.2)
per_class = class_thresholds(y[calibrate], y_prob[calibrate], 0.2)
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


# %% judge
def _class_thresholds_as_array(y_true, y_prob, alpha):
    scores = 1 - y_prob[np.arange(len(y_true)), y_true]
    return np.array([conformal_quantile(scores[y_true == k], alpha) for k in range(y_prob.shape[1])])


def _thresholds_with(rows=lambda y, p, k: y == k, column=lambda p, y, k: 1 - p[:, k], alpha=lambda a, n: a):
    """Return a variant that differs in one thing."""

    def variant(y_true, y_prob, level):
        n = y_prob.shape[1]
        scores = {k: column(y_prob, y_true, k)[rows(y_true, y_prob, k)] for k in range(n)}
        return {k: conformal_quantile(scores[k], alpha(level, n)) for k in scores}

    return variant


def _true_class_score(y_prob, y_true, k):
    return 1 - y_prob[np.arange(len(y_true)), y_true]


def _class_cases():
    rng = np.random.default_rng(1845)

    def patients(n, shares, sharpness):
        y = rng.choice(len(shares), size=n, p=shares)
        logits = rng.normal(size=(n, len(shares))) + sharpness * np.eye(len(shares))[y] + np.log(shares)
        p = np.exp(logits)
        return y, p / p.sum(axis=1, keepdims=True)

    few_y = np.array([0, 1, 0, 1, 0, 0, 1, 0, 1, 0])
    few_sick = np.array([0.1, 0.4, 0.2, 0.7, 0.3, 0.05, 0.45, 0.6, 0.8, 0.15])
    few_p = np.column_stack([1 - few_sick, few_sick])
    two_y, two_p = patients(120, [0.8, 0.2], 1.5)
    three_y, three_p = patients(90, [0.5, 0.3, 0.2], 2.0)

    def case(label, y, p, alpha):
        return Case(label, {"y_true": y, "y_prob": p, "alpha": alpha})

    return (
        case("ten patients", few_y, few_p, 0.4),
        case("120 patients, 1 in 5 is sick", two_y, two_p, 0.1),
        case("three classes", three_y, three_p, 0.2),
    )


def _threshold(value):
    """Read a threshold: a number, or infinity as a word."""
    return "infinity" if np.ndim(value) == 0 and value == np.inf else number(value)


def _threshold_per_class(output):
    """Read a threshold for each class: a dict or Series by its keys, a list or array by the places."""
    if isinstance(output, dict) or type(output).__name__ == "Series":
        given = mapping(output, _threshold)
        return {str(int(key) if isinstance(key, float) else key): value for key, value in given.items()}
    return {str(int(place) - 1): value for place, value in array(output).items()}


EXERCISE = function_on_cases(
    class_thresholds,
    _class_cases(),
    read=_threshold_per_class,
    expects="a function class_thresholds(y_true, y_prob, alpha) that returns a dict {class: threshold}",
    also_right=(_class_thresholds_as_array, lambda *given: pd.Series(class_thresholds(*given))),
    mistakes=(
        Mistake(
            "one threshold for all",
            _thresholds_with(rows=lambda y, p, k: np.ones(len(y), dtype=bool), column=_true_class_score),
            "Every class gets the same threshold. Keep only the patients whose TRUE class it is: y_true == label.",
        ),
        Mistake(
            "grouped by the predicted class",
            _thresholds_with(rows=lambda y, p, k: p.argmax(axis=1) == k, column=_true_class_score),
            "You grouped the patients by the predicted class. The promise is for the sick, not for those called sick: "
            "group by y_true.",
        ),
        Mistake(
            "the class's score of all patients",
            _thresholds_with(rows=lambda y, p, k: np.ones(len(y), dtype=bool)),
            "You used the class's score of all patients, also of those who do not have it. Keep the rows with y_true "
            "== label.",
        ),
        Mistake(
            "probability instead of score",
            _thresholds_with(column=lambda p, y, k: p[:, k]),
            "You took the quantile of the probability. The score is 1 minus the probability: large when the model was "
            "surprised.",
        ),
        Mistake(
            "alpha shared out",
            _thresholds_with(alpha=lambda a, n: a / n),
            "alpha was divided by the number of classes. Each patient has one true class, so each class keeps the "
            "whole alpha.",
        ),
    ),
    hints=(
        "Do for each class what split conformal prediction does for all, with the patients of this class only.",
        "scores = 1 - y_prob[y_true == label, label]",
        "conformal_quantile(scores, alpha) is the threshold. Store it in a dict under the label.",
    ),
    why="Each class now has its own promise. The price: the sick are few and harder, so their threshold is higher, and "
    "more sets hold two labels.",
    tolerance=1e-9,
)
