# %% judge
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, roc_auc_score

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, mapping, number

# %% [markdown]
# ## An AUC in each stratum
#
# *For coders. Without code, 18.1-g asks which question strata answer.*
#
# Write `stratified_auc(y_true, y_prob, stratum)`. The three inputs are numpy arrays of the same length: the label (0 or 1),
# the predicted probability, and the stratum of each patient (numbers or texts, in any order).
#
# Return a dict from each stratum to its AUC. A stratum in which all patients have the same label has no AUC: keep it in
# the dict, with the value `np.nan`. The function `roc_auc_score(y_true, y_prob)` is imported above.


# %% answer points=3 minutes=12 difficulty="medium"
def stratified_auc(y_true, y_prob, stratum):
    ### BEGIN SOLUTION
    result = {}
    for value in np.unique(stratum):
        rows = stratum == value
        one_class = len(np.unique(y_true[rows])) < 2  # then there is no pair of patients to compare
        result[value] = np.nan if one_class else roc_auc_score(y_true[rows], y_prob[rows])
    return result
    ### END SOLUTION


# %% [markdown]
# Now use it on the real patients of NHANES. Predict first: will the AUC *within* the age groups be higher or lower than
# the overall one? (If the exercise is still open, this cell says so.)

# %%
booster = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
y_prob = cross_val_predict(booster, data.X, data.y, cv=5, method="predict_proba")[:, 1]

by_age = stratified_auc(data.y.to_numpy(), y_prob, age_group(data.X["age_years"]))
if by_age is None:
    print("18.1-b is still open.")
else:
    print(f"overall {roc_auc_score(data.y, y_prob):.2f}")
    print("within ", {str(group): round(float(auc), 2) for group, auc in by_age.items()})

# %% [markdown]
# The overall AUC is higher than that of the two older groups, because it also counts pairs of a young healthy and an old
# sick patient, and age alone gets these right. A doctor who compares patients of one age needs the AUC within the group.


# %% judge
def _by_groupby(y_true, y_prob, stratum):
    """The same with pandas; scikit-learn gives nan (and warns) where there is one class only."""
    table = pd.DataFrame({"y": y_true, "p": y_prob, "stratum": stratum})
    return table.groupby("stratum")[["y", "p"]].apply(lambda rows: roc_auc_score(rows.y, rows.p))


def _by_pairs(y_true, y_prob, stratum):
    """The same from the meaning of the AUC: the share of pairs in the right order, a tie counting half."""
    result = {}
    for value in set(stratum.tolist()):
        patients = [(y, p) for y, p, s in zip(y_true, y_prob, stratum, strict=True) if s == value]
        wins = [(a > b) + 0.5 * (a == b) for y, a in patients if y == 1 for z, b in patients if z == 0]
        result[value] = sum(wins) / len(wins) if wins else float("nan")
    return result


def _in_each_stratum(score):
    """Return a function like `stratified_auc` that uses another score(y_true, y_prob)."""

    def stratified(y_true, y_prob, stratum):
        return {value: score(y_true[stratum == value], y_prob[stratum == value]) for value in np.unique(stratum)}

    return stratified


def _rounded_auc(y_true, y_prob):
    return round(float(roc_auc_score(y_true, y_prob)), 3)


def _overall_repeated(y_true, y_prob, stratum):
    return {value: roc_auc_score(y_true, y_prob) for value in np.unique(stratum)}


def _one_class_left_out(y_true, y_prob, stratum):
    return {key: value for key, value in stratified_auc(y_true, y_prob, stratum).items() if not np.isnan(value)}


def _strict_wins(y_true, y_prob):
    return (y_prob[y_true == 1][:, None] > y_prob[y_true == 0]).mean()


def _auc_cases():
    """Three small awkward cases, then patients as in NHANES: age drives both risk and prediction."""
    rng = np.random.default_rng(181)
    age = rng.integers(20, 81, size=300)
    logit = -4.5 + 0.055 * age + rng.normal(0, 1, size=300)
    y_true = rng.binomial(1, 1 / (1 + np.exp(-logit)))
    y_prob = 1 / (1 + np.exp(-(logit + rng.normal(0, 0.7, size=300))))
    bands = np.array(["under 40", "40-59", "60 and over"])[np.digitize(age, [40, 60])]
    return (
        Case(
            "strata are numbers, not in order",
            {
                "y_true": np.array([0, 1, 1, 0, 1, 0, 0, 1]),
                "y_prob": np.array([0.7, 0.9, 0.6, 0.8, 0.78, 0.65, 0.75, 0.95]),
                "stratum": np.array([3, 1, 3, 1, 1, 3, 1, 3]),
            },
        ),
        Case(
            "equal predictions",
            {
                "y_true": np.array([1, 0, 1, 0, 1, 1, 0, 0, 1, 0]),
                "y_prob": np.array([0.6, 0.6, 0.2, 0.2, 0.6, 0.4, 0.4, 0.2, 0.4, 0.6]),
                "stratum": np.array(["F", "F", "F", "F", "M", "M", "M", "M", "M", "F"]),
            },
        ),
        Case(
            "one class only in a stratum",
            {
                "y_true": np.array([0, 1, 0, 1, 0, 0]),
                "y_prob": np.array([0.3, 0.8, 0.4, 0.35, 0.2, 0.6]),
                "stratum": np.array(["A", "A", "A", "A", "B", "B"]),
            },
        ),
        Case("three age bands", {"y_true": y_true, "y_prob": y_prob, "stratum": bands}),
    )


EXERCISE = function_on_cases(
    stratified_auc,
    _auc_cases(),
    read=lambda output: mapping(output, lambda value: number(value, allow_nan=True)),
    expects="a function stratified_auc(y_true, y_prob, stratum) that returns a dict {stratum: AUC}, with nan for a "
    "stratum that has one class only",
    also_right=(_by_groupby, _by_pairs, _in_each_stratum(roc_auc_score), _in_each_stratum(_rounded_auc)),
    mistakes=(
        Mistake(
            "overall AUC repeated",
            _overall_repeated,
            "Every stratum gets the overall AUC. Inside the loop, keep only the rows of this stratum.",
        ),
        Mistake(
            "thresholded predictions",
            _in_each_stratum(lambda y, p: roc_auc_score(y, p >= 0.5)),
            "The probabilities were cut at 0.5 first. Then most of the ranking is lost. Give the AUC the "
            "probabilities.",
        ),
        Mistake(
            "y and p exchanged",
            _in_each_stratum(lambda y, p: roc_auc_score(p, y)),
            "Labels and probabilities are exchanged. In scikit-learn the label comes first: "
            "roc_auc_score(y_true, y_prob).",
        ),
        Mistake(
            "direction reversed",
            _in_each_stratum(lambda y, p: roc_auc_score(y, 1 - p)),
            "Every AUC is 1 minus the right one. A higher y_prob must mean more disease: rank by y_prob, "
            "not 1 - y_prob.",
        ),
        Mistake(
            "accuracy instead of AUC",
            _in_each_stratum(lambda y, p: accuracy_score(y, p >= 0.5)),
            "This is the accuracy at 0.5. The AUC needs no threshold: it is the share of pairs (sick, healthy) in "
            "which the sick patient has the higher probability.",
        ),
        Mistake(
            "0 where there is one class",
            lambda *given: {key: 0.0 if np.isnan(value) else value for key, value in stratified_auc(*given).items()},
            "A stratum with one class only got 0. That would be the worst AUC of all. There is none: np.nan.",
        ),
        Mistake(
            "Gini coefficient",
            lambda *given: {key: 2 * value - 1 for key, value in stratified_auc(*given).items()},
            "This is 2 AUC - 1, the Gini coefficient. Return the AUC itself: 0.5 where the model is of no use.",
        ),
        Mistake(
            "ties ignored",
            _in_each_stratum(_strict_wins),
            "Equal probabilities are not counted. A pair (sick, healthy) with equal probabilities counts one half.",
        ),
        Mistake(
            "one-class stratum left out",
            _one_class_left_out,
            "A stratum with one class only is left out. Keep it, with the value nan: the reader must see that there is "
            "no answer.",
        ),
    ),
    hints=(
        "Loop over np.unique(stratum). In each turn, rows = stratum == value marks the patients of this stratum.",
        "roc_auc_score(y_true[rows], y_prob[rows]) is the AUC of one stratum. Store it in a dict under the stratum.",
        "Where y_true[rows] holds one class only there is no pair to compare. Store np.nan there.",
    ),
    why="The overall AUC also compares a young healthy patient with an old sick one. With age as the stratum you see "
    "how much of it is only age.",
    tolerance=6e-4,
)
