"""The five exercises of section 18.1. Their notebook imports LEAKAGE_COLUMNS, CASES and PURPOSES."""

import difflib

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, roc_auc_score

from clinxai_teach.checks.engine import (
    Case,
    Exercise,
    Mistake,
    NotAnswered,
    WrongKind,
    choice_of,
    is_stub,
    mapping,
    number,
    outputs,
    short,
)

# --- 18.1-a: the hospital alone as a pneumonia test -------------------------------------------------------


def site_auc():
    msh, nih = 42_396, 112_120  # films
    msh_pneumonia, nih_pneumonia = msh * 0.342, nih * 0.012
    # The rule "site = MSH means pneumonia" is a test. Take its sensitivity and its false positive rate.
    sensitivity = msh_pneumonia / (msh_pneumonia + nih_pneumonia)
    msh_other, nih_other = msh - msh_pneumonia, nih - nih_pneumonia
    false_positive_rate = msh_other / (msh_other + nih_other)
    # A yes/no rule gives a ROC curve with one corner. The area under it is:
    return (1 + sensitivity - false_positive_rate) / 2


def _site_auc_from_counts():
    """The same area, from scikit-learn: four groups of films, weighted by their numbers."""
    pneumonia, is_msh = [1, 0, 1, 0], [1, 1, 0, 0]
    films = [42_396 * 0.342, 42_396 * 0.658, 112_120 * 0.012, 112_120 * 0.988]
    return roc_auc_score(pneumonia, is_msh, sample_weight=films)


A = Exercise(
    id="18.1-a",
    title="The hospital is a great pneumonia test",
    expects="one number between 0 and 1, the AUC",
    evaluate=lambda answer: number(answer, low=0, high=1),
    right=site_auc(),
    also_right=(0.857, np.float32(0.857), np.array(0.8569), _site_auc_from_counts()),
    mistakes=(
        Mistake(
            "direction reversed",
            1 - site_auc(),
            "An AUC this far below 0.5 means that the direction is reversed. The rule calls a film from MSH positive.",
        ),
        Mistake(
            "copied the AUC on the joint test set",
            0.861,
            "0.861 is the paper's AUC on its joint test set. From the totals given here you get a little less. "
            "If you rounded to 0.86: keep three decimals.",
        ),
        Mistake(
            "copied the internal AUC of the model",
            0.931,
            "0.931 is the model's AUC at its own hospitals. The question is about the site alone: no model, no film.",
        ),
        Mistake(
            "copied the external AUC of the model",
            0.815,
            "0.815 is the model's AUC at a third hospital. The question is about the site alone: no model, no film.",
        ),
        Mistake(
            "sensitivity alone",
            0.915,
            "This is the sensitivity of the rule alone. The AUC also needs the false positive rate: the "
            "share of films without pneumonia that come from MSH.",
        ),
        Mistake(
            "false positive rate alone",
            0.2012,
            "This is the false positive rate alone: the share of films without pneumonia that come from MSH. The AUC "
            "also needs the sensitivity.",
        ),
        Mistake(
            "accuracy of the rule",
            0.8108,
            "This is the accuracy of the rule: the share of films called correctly. The AUC weighs "
            "sensitivity and specificity equally, however rare the disease is.",
        ),
        Mistake(
            "Youden's index",
            2 * site_auc() - 1,
            "This is sensitivity minus false positive rate (Youden's index). The AUC of a rule without "
            "value is 0.5, not 0: rescale.",
        ),
        Mistake(
            "ratio of the two prevalences",
            0.342 / (0.342 + 0.012),
            "This uses the two percentages but not the numbers of films. First compute how many films with "
            "and without pneumonia each site has.",
        ),
    ),
    hints=(
        'Treat "the film comes from MSH" as a positive test. Make the 2 x 2 table: site against pneumonia.',
        "Sensitivity = pneumonia films at MSH / all pneumonia films. False positive rate = other films at "
        "MSH / all other films.",
        "A yes/no test has a ROC curve with one corner. The area under it is (1 + sensitivity - false "
        "positive rate) / 2.",
    ),
    worked=site_auc,
    why="91.5% of the films with pneumonia come from MSH, but only 20.1% of the others. To know the site is "
    "enough; nobody has to look at a film.",
    tolerance=0.002,
)

# --- 18.1-b: an AUC in each stratum -----------------------------------------------------------------------


def stratified_auc(y_true, y_prob, stratum):
    result = {}
    for value in np.unique(stratum):
        rows = stratum == value
        if len(np.unique(y_true[rows])) < 2:
            result[value] = np.nan  # without both classes there is no pair of patients to compare
        else:
            result[value] = roc_auc_score(y_true[rows], y_prob[rows])
    return result


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


B = Exercise(
    id="18.1-b",
    title="An AUC in each stratum",
    expects="a function stratified_auc(y_true, y_prob, stratum) that returns a dict {stratum: AUC}, "
    "with nan for a stratum that has one class only",
    evaluate=lambda answer: outputs(
        answer, _auc_cases(), lambda output: mapping(output, lambda value: number(value, allow_nan=True))
    ),
    right=stratified_auc,
    also_right=(_by_groupby, _by_pairs, _in_each_stratum(roc_auc_score)),
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
            "This is the accuracy at 0.5. The AUC needs no threshold: it is the share of pairs (sick, "
            "healthy) in which the sick patient has the higher probability.",
        ),
        Mistake(
            "ties ignored",
            _in_each_stratum(_strict_wins),
            "Equal probabilities are not counted. A pair (sick, healthy) with equal probabilities counts one half.",
        ),
        Mistake(
            "one-class stratum left out",
            _one_class_left_out,
            "A stratum with one class only is left out. Keep it, with the value nan: the reader must see "
            "that there is no answer.",
        ),
    ),
    hints=(
        "Loop over np.unique(stratum). In each turn, rows = stratum == value marks the patients of this stratum.",
        "roc_auc_score(y_true[rows], y_prob[rows]) is the AUC of one stratum. Store it in a dict under the stratum.",
        "Where y_true[rows] holds one class only there is no pair to compare. Store np.nan there.",
    ),
    worked=stratified_auc,
    why="The overall AUC also compares a young healthy patient with an old sick one. With age as the "
    "stratum you see how much of it is only age.",
    tolerance=1e-6,
)

# --- 18.1-c: which columns leak ---------------------------------------------------------------------------

# For each leaking column: a clue that does not name it, and the reason.
_LABEL = "The label is made from two facts. Search for both."
_TREATMENT = "What does a doctor start after the diagnosis?"
_ASKED = "Look at where values are missing: who was asked this question, and who was not?"
LEAKS = {
    "hba1c_percent": (_LABEL, "The label is made from it: 6.5% or more is diabetes."),
    "told_diabetes": (_LABEL, "The label is made from it: told by a doctor is diabetes."),
    "takes_diabetes_pills": (
        _TREATMENT,
        "Treatment follows the diagnosis. It was asked mainly of people told of diabetes or of a state close to it.",
    ),
    "takes_insulin": (_TREATMENT, "Treatment follows the diagnosis."),
    "age_told_diabetes_years": (
        _ASKED,
        "Only people who were told of diabetes were asked. Where it is filled in, all have diabetes.",
    ),
    "told_prediabetes": (
        _ASKED,
        "People who were told of diabetes were not asked. Where it is empty, 87% have diabetes; elsewhere 4%.",
    ),
}
HONEST = {
    "age_years": "A strong predictor can be honest: age needs no diagnosis and does not follow from it.",
    "waist_cm": "A strong predictor can be honest: a tape measures the waist, and nobody needs to know the "
    "diagnosis. Its gaps go a little with diabetes, but they do not follow from it.",
    "income_ratio": "It has missing values, but they do not follow the diagnosis: 20% have diabetes where "
    "it is missing, and 20% where it is not.",
    "race_ethnicity": "It does not follow from the diagnosis. To use it as a feature is a question of "
    "fairness, which is why it is an audit column. That is another question than leakage.",
    "education": "It does not follow from the diagnosis. To use it as a feature is a question of fairness, "
    "which is why it is an audit column. That is another question than leakage.",
}
LEAKAGE_COLUMNS = (  # mixed, so that the order tells nothing
    "age_years",
    "takes_insulin",
    "education",
    "told_prediabetes",
    "waist_cm",
    "hba1c_percent",
    "race_ethnicity",
    "age_told_diabetes_years",
    "income_ratio",
    "takes_diabetes_pills",
    "told_diabetes",
)
_SKIP_PATTERN = {"told_prediabetes", "age_told_diabetes_years"}


def _explain_columns(got, right):
    """First clear an honest column that was accused; then give a clue to one that was missed."""
    for name in LEAKAGE_COLUMNS:
        if got[name] and not right[name]:
            return f"{name} does not leak. {HONEST[name]}"
    missed = [name for name in LEAKS if not got[name]]
    clue = LEAKS[missed[0]][0]
    return f"{len(missed)} of {len(LEAKS)} leaking columns are not in your answer. A clue to one: {clue}"


C = Exercise(
    id="18.1-c",
    title="Leakage hunt",
    expects='the set of column names that leak the diagnosis, such as {"column_one", "column_two"}',
    evaluate=lambda answer: choice_of(answer, LEAKAGE_COLUMNS),
    right=set(LEAKS),
    also_right=(sorted(LEAKS), pd.Index(sorted(LEAKS)), np.array(list(LEAKS))),
    mistakes=(
        Mistake(
            "forgot the columns whose missing values leak",
            set(LEAKS) - _SKIP_PATTERN,
            "You found what leaks by its value. Two columns leak by where they are empty: the survey asked "
            "only some people. Compare the share with diabetes where a column is missing and where it is "
            "not.",
        ),
        Mistake(
            "named treatment only",
            {"takes_insulin", "takes_diabetes_pills"},
            "Treatment follows the diagnosis, right. But leakage is more than treatment. What is the label "
            "made from? Which questions were asked only because of the diagnosis?",
        ),
        Mistake(
            "named the label's own parts only",
            {"hba1c_percent", "told_diabetes"},
            "The label is made from these two, right. Now search for what happens after the diagnosis: "
            "treatment, and questions asked only because of it.",
        ),
        Mistake(
            "accused strong predictors",
            set(LEAKS) | {"age_years", "waist_cm"},
            "Age and waist predict well, but nobody needs the diagnosis to know them. A strong predictor is "
            "not a leak. Ask when and why a value was recorded.",
        ),
        Mistake(
            "accused race and ethnicity",
            set(LEAKS) | {"race_ethnicity"},
            "race_ethnicity does not follow from the diagnosis, so it does not leak. Whether a model may "
            "use it is a question of fairness, and for that it is kept as an audit column.",
        ),
    ),
    hints=(
        "For each column ask: was this value known before the diagnosis, or does it follow from it?",
        "Six columns leak. Two make the label, two are treatment, and two are questions asked only of some people.",
        'For the last two, compare y[column.isna()].mean() with y[column.notna()].mean(). "Missing" is '
        "information too.",
    ),
    worked="\n".join(f"{name}: {reason}" for name, (_, reason) in LEAKS.items())
    + "\n\nThese do not leak:\n"
    + "\n".join(f"{name}: {reason}" for name, reason in HONEST.items()),
    why="A column leaks when it is part of the label or follows from the diagnosis, by its value or by "
    "where it is missing. A new patient does not have it yet.",
    explain=_explain_columns,
)

# --- 18.1-d: how many predictions flip with the marker ----------------------------------------------------


def flip_rate(before, after):
    class_before = before.argmax(axis=1)  # one row per film, one column per class
    class_after = after.argmax(axis=1)
    return (class_before != class_after).mean()


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


D = Exercise(
    id="18.1-d",
    title="Swap the marker, count the flips",
    expects="a function flip_rate(before, after) that returns one number, the share of films whose "
    "predicted class changes",
    evaluate=lambda answer: outputs(answer, _flip_cases(), lambda output: number(output, low=0, high=1)),
    right=flip_rate,
    also_right=(
        _flips_counted_one_by_one,
        lambda before, after: np.mean(np.argmax(before, axis=-1) != np.argmax(after, axis=-1)),
        lambda before, after: 1 - (pd.DataFrame(before).idxmax(axis=1) == pd.DataFrame(after).idxmax(axis=1)).mean(),
    ),
    mistakes=(
        Mistake(
            "any change of the top probability",
            lambda before, after: (before.max(axis=1) != after.max(axis=1)).mean(),
            "This counts every film whose highest probability moves, even a little. Count a film only when "
            "the class with the highest probability changes: use argmax, not max.",
        ),
        Mistake(
            "mean change of the probabilities",
            lambda before, after: np.abs(before - after).mean(),
            "This is how far the probabilities move on average. The flip rate counts films: how many get "
            "another class?",
        ),
        Mistake(
            "agreement rate",
            lambda before, after: (before.argmax(axis=1) == after.argmax(axis=1)).mean(),
            "This is the share of films that keep their class. The flip rate is the rest: use != instead of ==.",
        ),
        Mistake(
            "class 0 cut at 0.5",
            lambda before, after: ((before[:, 0] >= 0.5) != (after[:, 0] >= 0.5)).mean(),
            "This cuts one class at 0.5. With five classes the highest probability may lie below 0.5, and "
            "it may belong to any class. Compare the argmax of each row.",
        ),
        Mistake(
            "divided by all numbers",
            lambda before, after: (before.argmax(axis=1) != after.argmax(axis=1)).sum() / before.size,
            "You divided by rows times classes. One row is one film: divide by the number of rows, len(before).",
        ),
        Mistake(
            "argmax down the columns",
            lambda before, after: (before.argmax(axis=0) != after.argmax(axis=0)).mean(),
            "argmax goes down the columns here: it finds a film for each class. Use axis=1, which finds a "
            "class for each film.",
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
    worked=flip_rate,
    why="Only the marker was swapped, and a marker is not disease. Each film that changes its class shows "
    "that the model uses the marker.",
    tolerance=1e-6,
)

# --- 18.1-e: what is the explanation for? -----------------------------------------------------------------

PURPOSES = {
    "A": "Clinical validation",
    "B": "Debugging",
    "C": "Regulatory compliance",
    "D": "Education",
    "E": "Trust calibration",
}
CASES = {
    1: "Before a fracture tool is used, three radiologists study the heatmaps of 100 correct results. They "
    "ask one question: does the tool look at the bone, as they would?",
    2: "A pneumonia tool does well at home and badly at a second hospital. The data team computes "
    "attributions to find the cause. The tool reads a marker at the film's edge, so they remove the marker "
    "and train again.",
    3: "A company files its sepsis score with the authority. For the file it writes which inputs the score "
    "uses, how they lead to the result, and where the limits are.",
    4: "A tool marks small bleedings on photographs of the retina. First-year residents first read the "
    "photographs alone, then study the marks to learn what early disease looks like.",
    5: "At 02:00 a physician sees an embolism score of 0.55 for her patient. The display adds that the "
    "score is very uncertain for patients like this one. She does not rely on it and orders the scan that "
    "she had planned.",
    6: "A skin tool gives false alarms on photographs with a ruler. The engineers search the training "
    "images and find the ruler beside most melanomas. They collect new images.",
    7: "A team of cardiologists reads the ten strongest features of a heart failure model. They confirm "
    "that each is a known sign of the disease. Only then may the pilot study begin.",
    8: "On the ward each risk is shown with its range. A narrow range may be used on the round. A wide "
    "range goes to a senior doctor, who decides without the tool.",
}
RIGHT_PURPOSES = {1: "A", 2: "B", 3: "C", 4: "D", 5: "E", 6: "B", 7: "A", 8: "E"}
REASONS = {
    1: "Experts ask whether the model uses the evidence that medicine uses.",
    2: "The model fails, and its makers search for the cause in order to repair it.",
    3: "The reader is an authority, and the product is a document.",
    4: "The people who gain are learners, and what they learn about is the disease.",
    5: "One doctor decides about one patient: rely on this output, or not?",
    6: "Something in the training data goes wrong, and its makers search for it in order to repair it.",
    7: "Experts ask whether the model uses the evidence that medicine uses.",
    8: "Doctors decide case by case when to use the output and when to question it.",
}
# A tempting wrong choice gets its own reason.
CONFUSIONS = {
    (
        1,
        "B",
    ): "Nothing has failed here, and nothing is repaired. Experts judge whether the evidence is medical.",
    (1, "E"): "No patient is waiting: the tool is not in use yet. They judge the model, not one output.",
    (
        2,
        "A",
    ): "Clinicians did not judge the evidence. The makers search for the cause of a failure and repair it.",
    (
        3,
        "A",
    ): "Nobody tests here whether the evidence is medical. The description is written for an authority.",
    (4, "A"): "Nobody judges the tool here. The residents learn about the disease.",
    (4, "E"): "Nobody decides here whether to rely on the tool. The residents learn about the disease.",
    (
        5,
        "A",
    ): "She does not judge the model as a whole. She decides whether to rely on it for this one patient.",
    (5, "B"): "She repairs nothing. She decides whether to rely on the output for this one patient.",
    (
        6,
        "A",
    ): "The work does not end with a judgement of the evidence. The makers find a fault in the data and repair it.",
    (7, "B"): "Nothing has failed here. Experts check that the model uses what medicine knows.",
    (7, "C"): "No authority is involved. Experts check that the model uses what medicine knows.",
    (7, "E"): "No single patient is decided on. Experts check the model as a whole, before its use.",
    (8, "A"): "The rule does not judge the model's evidence. It says, case by case, when to use the output.",
    (8, "C"): "No authority is involved. The rule says, case by case, when to use the output.",
}


def _purpose(value):
    """Return the letter of a purpose given by its name or its letter."""
    if is_stub(value) or value == "":
        raise WrongKind("There is no purpose yet.")
    for letter, name in PURPOSES.items():
        if isinstance(value, str) and value.strip().lower() in (letter.lower(), name.lower()):
            return letter
    near = difflib.get_close_matches(str(value).strip().capitalize(), PURPOSES.values(), n=1)
    advice = f"Do you mean {near[0]!r}?" if near else "Use one of the five names, or its letter A to E."
    raise WrongKind(f"{short(value)} is not one of the five purposes. {advice}")


def _purpose_letters(answer):
    """Return `{case: letter}` for all eight cases."""
    if isinstance(answer, dict) and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    given = {str(case): letter for case, letter in mapping(answer, _purpose).items()}
    unknown = [case for case in given if case not in map(str, CASES)]
    if unknown:
        raise WrongKind(f"There is no case {', '.join(unknown)}. The keys are the numbers 1 to 8.")
    missing = [str(case) for case in CASES if str(case) not in given]
    if missing:
        raise WrongKind(f"These cases have no purpose yet: {', '.join(missing)}.")
    return {case: given[str(case)] for case in CASES}


def _explain_purposes(got, right):
    """Name the wrong cases, and give the reason for the first."""
    wrong = [case for case in CASES if got[case] != right[case]]
    first = wrong[0]
    reason = CONFUSIONS.get((first, got[first]), REASONS[first])
    names = "cases" if len(wrong) > 1 else "case"
    return f"not right yet: {names} {', '.join(map(str, wrong))}. About case {first}: {reason}"


E = Exercise(
    id="18.1-e",
    title="Eight cases, five purposes",
    expects='a dict with a purpose for each case, such as {1: "Education", 2: "Education", ...}, or with '
    "the letters A to E",
    evaluate=_purpose_letters,
    right=RIGHT_PURPOSES,
    also_right=(
        {case: PURPOSES[letter] for case, letter in RIGHT_PURPOSES.items()},
        {case: f" {PURPOSES[letter].upper()} " for case, letter in RIGHT_PURPOSES.items()},
        {str(case): letter.lower() for case, letter in RIGHT_PURPOSES.items()},
        pd.Series(RIGHT_PURPOSES),
    ),
    mistakes=(
        Mistake(
            "clinical validation everywhere",
            dict.fromkeys(CASES, "A"),
            "Not every look at an explanation is clinical validation. Ask of each case: who asks, and what "
            "do they do with the answer?",
        ),
        Mistake(
            "validation and debugging exchanged",
            {case: {"A": "B", "B": "A"}.get(letter, letter) for case, letter in RIGHT_PURPOSES.items()},
            "Clinical validation and debugging are exchanged. Validation: experts ask if the evidence is "
            "medical. Debugging: makers search for the cause of a failure, to repair it.",
        ),
        Mistake(
            "validation and trust calibration exchanged",
            {case: {"A": "E", "E": "A"}.get(letter, letter) for case, letter in RIGHT_PURPOSES.items()},
            "Clinical validation and trust calibration are exchanged. Validation judges the model before "
            "its use. Trust calibration decides, patient by patient, when to rely on it.",
        ),
    ),
    hints=(
        "Ask of each case: who asks, the makers, the experts, an authority, a learner, or the doctor of one patient?",
        "Then ask what follows: an approval, a repair, a document, a lesson, or the choice to rely on one output?",
        "Two cases are clinical validation, two are debugging, two are trust calibration. The other two "
        "purposes have one case each.",
    ),
    worked="\n".join(f"{case}: {PURPOSES[RIGHT_PURPOSES[case]]}. {REASONS[case]}" for case in CASES),
    why="The purpose follows from who asks, and from what they do with the answer. (Only the purpose was asked. As a "
    "method, a look at correct results without a swap test is weak evidence.)",
    explain=_explain_purposes,
)

EXERCISES = {exercise.id: exercise for exercise in (A, B, C, D, E)}
