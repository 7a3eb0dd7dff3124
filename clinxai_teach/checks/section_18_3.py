"""The seven exercises of section 18.3. Their notebook imports LISTING and STATEMENTS."""

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from clinxai_teach.calibration import PlattScaling, TemperatureScaling
from clinxai_teach.checks.engine import (
    Case,
    Exercise,
    Mistake,
    NotAnswered,
    WrongKind,
    array,
    choice_of,
    is_stub,
    mapping,
    number,
    outputs,
    short,
)


def _only_stubs(answer):
    """Say whether a dict holds nothing but untouched stubs."""
    return isinstance(answer, dict) and bool(answer) and all(is_stub(value) for value in answer.values())


# --- 18.3-a: the sepsis alert -----------------------------------------------------------------------------


def sepsis_alert():
    sensitivity, specificity, prevalence = 0.33, 0.83, 2552 / 38455
    true_alerts = sensitivity * prevalence  # as shares of all stays
    false_alerts = (1 - specificity) * (1 - prevalence)
    missed = (1 - sensitivity) * prevalence
    rightly_silent = specificity * (1 - prevalence)
    return {
        "ppv": true_alerts / (true_alerts + false_alerts),
        "npv": rightly_silent / (rightly_silent + missed),
        "alert_rate": true_alerts + false_alerts,
    }


def _with(**changes):
    return {**sepsis_alert(), **changes}


def _three_shares(answer):
    if _only_stubs(answer):
        raise NotAnswered
    return mapping(answer, lambda value: number(value, low=0, high=1))


A = Exercise(
    id="18.3-a",
    title="The sepsis alert, from four published numbers",
    expects='a dict with three shares between 0 and 1, such as {"ppv": 0.5, "npv": 0.5, "alert_rate": 0.5}',
    evaluate=_three_shares,
    right=sepsis_alert(),
    also_right=(
        {"ppv": 0.121, "npv": 0.946, "alert_rate": 0.181},
        {"npv": np.float64(0.9457), "alert_rate": np.float32(0.1806), "ppv": 0.1212},
        pd.Series(sepsis_alert()),
        {"ppv": 842.16 / 6945.67, "npv": 29799.49 / 31509.33, "alert_rate": 6945.67 / 38455},
    ),
    mistakes=(
        Mistake(
            "PPV taken for the sensitivity",
            _with(ppv=0.33),
            "0.33 is the sensitivity: of the patients with sepsis, the share with an alert. The PPV looks from the "
            "other side: of the alerts, the share with sepsis.",
        ),
        Mistake(
            "prevalence ignored",
            _with(ppv=0.33 / (0.33 + 0.17)),
            "This PPV holds where every second patient has sepsis. Here only 2,552 of 38,455 stays have it: weigh the "
            "true alerts by the prevalence, the false ones by 1 minus it.",
        ),
        Mistake(
            "sensitivity and specificity exchanged",
            _with(ppv=0.0811),
            "This PPV comes out when sensitivity and specificity are exchanged. Sensitivity (33%) goes with the sick, "
            "specificity (83%) with the others.",
        ),
        Mistake(
            "share of false alerts",
            _with(ppv=1 - sepsis_alert()["ppv"]),
            "This is the share of alerts without sepsis, 1 - PPV. The PPV is the share of alerts that are right.",
        ),
        Mistake(
            "true alerts only",
            _with(alert_rate=0.33 * 2552 / 38455),
            "Your alert rate counts the alerts on patients with sepsis only. The alarm also rings for patients "
            "without it.",
        ),
        Mistake(
            "NPV taken for the specificity",
            _with(npv=0.83),
            "0.83 is the specificity. The NPV looks from the other side: of the stays without an alert, the share "
            "without sepsis.",
        ),
        Mistake(
            "rounded as in the paper",
            {"ppv": 0.12, "npv": 0.95, "alert_rate": 0.18},
            "These are the paper's rounded numbers. Compute them from the four inputs, and keep three decimals.",
        ),
    ),
    hints=(
        "Think of 1,000 stays. About 66 have sepsis and 934 do not. How many of each get an alert?",
        "Alerts with sepsis: 0.33 x 66. Alerts without: (1 - 0.83) x 934. The PPV is the first divided by both "
        "together.",
        "Stays without an alert: 0.83 x 934 without sepsis and 0.67 x 66 with sepsis. The NPV is the first divided "
        "by both.",
    ),
    worked=sepsis_alert,
    why="88 of 100 alerts are false, as sepsis is rare. This does not make a probability wrong: 12% can be true. "
    "The worse news is in the sensitivity: two of three patients with sepsis get no alert.",
    tolerance=0.002,
)

# --- 18.3-b: Murphy's three terms -------------------------------------------------------------------------


def murphy(y_true, y_prob):
    overall = y_true.mean()
    reliability = resolution = 0.0
    for p in np.unique(y_prob):
        group = y_prob == p
        weight, rate = group.mean(), y_true[group].mean()
        reliability += weight * (p - rate) ** 2
        resolution += weight * (rate - overall) ** 2
    return {"reliability": reliability, "resolution": resolution, "uncertainty": overall * (1 - overall)}


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


# Twelve patients of scikit-learn's issue 10883: two models, one outcome. Model B has the lower Brier score.
TWELVE = {
    "outcome": np.array([0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1]),
    "A": np.array([0.0, 0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 0.75, 0.75, 1.0]),
    "B": np.array([0.0, 0.25, 0.25, 0.25, 0.75, 0.5, 0.5, 0.25, 0.75, 0.75, 0.75, 1.0]),
}


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


B = Exercise(
    id="18.3-b",
    title="Murphy's three terms",
    expects='a function murphy(y_true, y_prob) that returns a dict with "reliability", "resolution" and "uncertainty"',
    evaluate=lambda answer: outputs(answer, _murphy_cases(), lambda output: mapping(output, number)),
    right=murphy,
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
    worked=murphy,
    why="With one probability per group, reliability - resolution + uncertainty is the Brier score exactly. "
    "Refinement is uncertainty - resolution.",
    tolerance=1e-9,
)

# --- 18.3-c: repair on the right patients -----------------------------------------------------------------


def recalibrate(z_train, y_train, z_calib, y_calib, z_test):
    # The model has seen the training patients, and the test patients judge. So the calibration patients remain.
    platt = PlattScaling().fit(z_calib, y_calib)
    return platt.predict_proba(z_test)[:, 1]


def _recalibrate_by_formula(z_train, y_train, z_calib, y_calib, z_test):
    platt = PlattScaling().fit(z_calib, y_calib)
    return [1 / (1 + np.exp(-(platt.a_ * z + platt.b_))) for z in z_test]


def _recalibrate_from_two_columns(z_train, y_train, z_calib, y_calib, z_test):
    calib, test = (np.column_stack([np.zeros(len(z)), z]) for z in (z_calib, z_test))
    return 1 - PlattScaling().fit(calib, y_calib).predict_proba(test)[:, 0]


def _plain_logistic(z_train, y_train, z_calib, y_calib, z_test):
    model = LogisticRegression(C=np.inf).fit(z_calib[:, None], y_calib)
    return model.predict_proba(z_test[:, None])[:, 1]


def _recalibrate_cases():
    """A model that is too sure, most of all on its training patients: rare disease, few patients, one test patient."""
    rng = np.random.default_rng(1833)

    def patients(n, rate, sureness):
        y = rng.permutation(np.arange(n) < round(rate * n)).astype(int)
        z = sureness * (rng.normal(1.4 * y, 1, n) - 0.7 + np.log(rate / (1 - rate)))
        return z.round(2), y

    cases = []
    for label, n, rate, n_test in (
        ("60 people, half of them sick", 60, 0.5, 4),
        ("a rare disease", 200, 0.1, 5),
        ("one test person", 80, 0.3, 1),
    ):
        z_train, y_train = patients(n, rate, 6)
        z_calib, y_calib = patients(n, rate, 2)
        z_test, _ = patients(20, rate, 2)
        inputs = (z_train, y_train, z_calib, y_calib, z_test[:n_test])
        cases.append(
            Case(label, dict(zip(("z_train", "y_train", "z_calib", "y_calib", "z_test"), inputs, strict=True)))
        )
    return tuple(cases)


C = Exercise(
    id="18.3-c",
    title="Repair on the right patients",
    expects="a function recalibrate(z_train, y_train, z_calib, y_calib, z_test) that returns one probability per test "
    "person",
    evaluate=lambda answer: outputs(answer, _recalibrate_cases(), array),
    right=recalibrate,
    also_right=(_recalibrate_by_formula, _recalibrate_from_two_columns),
    mistakes=(
        Mistake(
            "fitted on the training people",
            lambda zt, yt, zc, yc, z: PlattScaling().fit(zt, yt).predict_proba(z)[:, 1],
            "This repair was learned from the training people. The model knows them by heart and looks right there, "
            "so the repair makes new people's probabilities worse.",
        ),
        Mistake(
            "fitted on both parts together",
            lambda zt, yt, zc, yc, z: PlattScaling().fit(np.append(zt, zc), np.append(yt, yc)).predict_proba(z)[:, 1],
            "Training and calibration people were put together. More people are not better here: the model has seen "
            "the training people. Use the calibration people alone.",
        ),
        Mistake(
            "no repair",
            lambda zt, yt, zc, yc, z: expit(z),
            "These are the probabilities before the repair, sigma(z). Fit PlattScaling first, then call its "
            "predict_proba.",
        ),
        Mistake(
            "temperature instead of Platt",
            lambda zt, yt, zc, yc, z: TemperatureScaling().fit(zc, yc).predict_proba(z)[:, 1],
            "This is temperature scaling: it has no intercept. Asked is Platt scaling.",
        ),
        Mistake(
            "probability of being healthy",
            lambda zt, yt, zc, yc, z: PlattScaling().fit(zc, yc).predict_proba(z)[:, 0],
            "These are the probabilities of class 0. predict_proba has two columns; take column 1: [:, 1].",
        ),
        Mistake(
            "probabilities instead of logits",
            lambda zt, yt, zc, yc, z: PlattScaling().fit(expit(zc), yc).predict_proba(expit(z))[:, 1],
            "The logits were turned into probabilities before the fit. Platt's formula takes the logits z themselves.",
        ),
        Mistake(
            "logistic regression without Platt's targets",
            _plain_logistic,
            "Very near: a plain logistic regression. Platt scaling uses smoothed targets, not exactly 0 and 1, so "
            "that few patients do not make it too sure. Use PlattScaling.",
        ),
    ),
    hints=(
        "Who has not been used yet? Not for training, and not for the final test.",
        "PlattScaling().fit(logits, labels) learns a and b. Which logits and labels?",
        "The fitted object's predict_proba(z_test) has two columns: class 0 and class 1.",
    ),
    worked=recalibrate,
    why="On its training patients the model looks nearly perfect, so nothing can be learned there. Patients used "
    "for the repair must not judge it either.",
    tolerance=1e-6,
)

# --- 18.3-d: find the errors in a listing -----------------------------------------------------------------

LISTING = {
    1: "X_dev, X_test, y_dev, y_test = train_test_split(X, y, test_size=0.3, stratify=y)",
    2: "X_train, X_calib, y_train, y_calib = train_test_split(X_dev, y_dev, test_size=0.3, stratify=y_dev)",
    3: "model = HistGradientBoostingClassifier(random_state=0).fit(X_dev, y_dev)",
    4: "z_calib = model.predict_proba(X_calib)[:, 1]",
    5: "platt = PlattScaling().fit(z_calib, y_calib)",
    6: "z_test = model.decision_function(X_test)",
    7: "p_test = platt.predict_proba(z_test)[:, 1]",
    8: 'print("ECE, 10 bins:", expected_calibration_error(y_test, p_test, n_bins=10))',
    9: 'print("chance up to:", calibration_null_band(p_test, n_bins=10).high)',
    10: 'print("The groups need no check, because O/E is", observed_expected_ratio(y_test, p_test))',
}
LISTING_ERRORS = {  # line: a clue that does not name it, and the reason
    3: (
        "Follow the calibration people. Is there a line in which somebody meets them too early?",
        "X_dev holds the calibration people. The model must be trained on X_train, or it has seen them.",
    ),
    4: (
        "Compare how the scores of two groups of people are made. Are both on the same scale?",
        "These are probabilities, but line 6 gives logits. Platt scaling needs logits in both places.",
    ),
    10: (
        "Read what is concluded, not only what is computed.",
        "O/E = 1 overall says nothing about the groups. Section 9 shows one with 1.35.",
    ),
}
LISTING_FINE = {
    1: "The test people are set aside first, with the same share of disease. That is right.",
    2: "The rest is split into training and calibration people. That is right.",
    5: "A repair fitted on the calibration people: this line is right. What goes into it is another question.",
    6: "decision_function gives the logits of this model. That is right.",
    7: "Column 1 of predict_proba is the probability of the disease. That is right.",
    8: "The labels come first, and the number of bins is named. That is right.",
    9: "An ECE beside what chance gives: well done. This line is right.",
}


def _explain_lines(got, right):
    """First clear a line that was accused wrongly; then give a clue to one that was missed."""
    for line, reason in LISTING_FINE.items():
        if got[str(line)]:
            return f"line {line} is fine. {reason}"
    missed = [line for line in LISTING_ERRORS if not got[str(line)]]
    return (
        f"{len(missed)} of {len(LISTING_ERRORS)} wrong lines are still missing. A clue: {LISTING_ERRORS[missed[0]][0]}"
    )


D = Exercise(
    id="18.3-d",
    title="Three wrong lines",
    expects="the set of the numbers of the wrong lines, such as {1, 2}",
    evaluate=lambda answer: choice_of(answer, tuple(map(str, LISTING))),
    right=set(LISTING_ERRORS),
    also_right=([10, 3, 4], {"3", "4", "10"}, np.array([3, 4, 10]), (4, 3, 10)),
    mistakes=(
        Mistake(
            "the conclusion not read",
            {3, 4},
            "Lines 3 and 4 are wrong, right. One more: a number can be computed correctly and used for a wrong "
            "conclusion.",
        ),
        Mistake(
            "the training not looked at",
            {4, 10},
            "Lines 4 and 10 are wrong, right. One more: on whom is the model trained, and who learns the repair?",
        ),
        Mistake(
            "where it shows instead of where it happens",
            {3, 6, 10},
            "Lines 4 and 6 do not fit together: probabilities and logits. Line 6 is what Platt scaling wants. So "
            "which of the two is wrong?",
        ),
        Mistake(
            "column 1 suspected",
            {3, 4, 7, 10},
            "Line 7 is fine: column 1 of predict_proba is the probability of the disease. The other three are right.",
        ),
        Mistake(
            "every line",
            set(LISTING),
            "Not every line is wrong. Three are. Follow the calibration people, then the scale of z, then the "
            "conclusion.",
        ),
    ),
    hints=(
        "Three lines are wrong. Write down who is used for what: training, calibration, test.",
        "z should be a logit wherever it stands. Which line gives something between 0 and 1?",
        "Is each sentence that is printed supported by the number in it?",
    ),
    worked="\n".join(
        f"line {line}: wrong. {LISTING_ERRORS[line][1]}"
        if line in LISTING_ERRORS
        else f"line {line}: {LISTING_FINE[line]}"
        for line in LISTING
    ),
    why="None of the three stops with an error message. Leaks, mixed scales and wrong conclusions all run silently.",
    explain=_explain_lines,
)

# --- 18.3-e: net benefit ----------------------------------------------------------------------------------


def net_benefit_at(y_true, y_prob, threshold):
    treated = y_prob >= threshold
    true_positives = np.sum(treated & (y_true == 1))
    false_positives = np.sum(treated & (y_true == 0))
    return (true_positives - false_positives * threshold / (1 - threshold)) / len(y_true)


def _net_benefit_from_shares(y_true, y_prob, threshold):
    treated = np.asarray(y_prob) >= threshold
    found = np.mean(treated * y_true)  # a share of all patients
    return found - (np.mean(treated) - found) * threshold / (1 - threshold)


def _net_benefit_in_a_loop(y_true, y_prob, threshold):
    total = 0.0
    for y, p in zip(y_true, y_prob, strict=True):
        if p >= threshold:
            total += 1 if y else -threshold / (1 - threshold)
    return total / len(y_true)


def _net_benefit(treats=np.greater_equal, weight=lambda t: t / (1 - t), divide=lambda y, treated: len(y)):
    """Return a function like `net_benefit_at` with one step changed."""

    def changed(y_true, y_prob, threshold):
        treated = treats(y_prob, threshold)
        true, false = np.sum(treated & (y_true == 1)), np.sum(treated & (y_true == 0))
        return (true - false * weight(threshold)) / max(1, divide(y_true, treated))

    return changed


def _net_benefit_cases():
    """Three small awkward cases, then 300 patients."""
    rng = np.random.default_rng(1835)
    p = rng.beta(1, 4, size=300).round(2)
    return (
        Case(
            "one of them exactly at the threshold",
            {"y_true": np.array([1, 0, 1, 0, 0]), "y_prob": np.array([0.2, 0.2, 0.7, 0.1, 0.4]), "threshold": 0.2},
        ),
        Case(
            "nobody reaches the threshold",
            {"y_true": np.array([0, 1, 0]), "y_prob": np.array([0.1, 0.3, 0.2]), "threshold": 0.5},
        ),
        Case(
            "more harm than benefit",
            {"y_true": np.array([0, 0, 1, 0]), "y_prob": np.array([0.9, 0.8, 0.3, 0.85]), "threshold": 0.6},
        ),
        Case("300 patients", {"y_true": rng.binomial(1, p), "y_prob": p, "threshold": 0.1}),
    )


E = Exercise(
    id="18.3-e",
    title="Net benefit at one threshold",
    expects="a function net_benefit_at(y_true, y_prob, threshold) that returns one number",
    evaluate=lambda answer: outputs(answer, _net_benefit_cases(), number),
    right=net_benefit_at,
    also_right=(_net_benefit_from_shares, _net_benefit_in_a_loop),
    mistakes=(
        Mistake(
            "threshold not included",
            _net_benefit(treats=np.greater),
            "Patients exactly at the threshold are left out. The clinic acts at the threshold or above: use >=.",
        ),
        Mistake(
            "weight t instead of t / (1 - t)",
            _net_benefit(weight=lambda t: t),
            "You weigh a false positive with t. The weight is the odds, t / (1 - t): at 10%, nine false ones for "
            "one true.",
        ),
        Mistake(
            "weight turned over",
            _net_benefit(weight=lambda t: (1 - t) / t),
            "The weight is turned over. At a low threshold a false positive is cheap: t / (1 - t) is 1/9 at 10%, "
            "not 9.",
        ),
        Mistake(
            "false positives free",
            _net_benefit(weight=lambda t: 0),
            "False positives cost nothing here, so treating everybody would always be best. Subtract them, weighted.",
        ),
        Mistake(
            "divided by the treated",
            _net_benefit(divide=lambda y, treated: treated.sum()),
            "You divided by the number of treated patients. Net benefit is per patient of the whole clinic: "
            "len(y_true).",
        ),
        Mistake(
            "not divided",
            _net_benefit(divide=lambda y, treated: 1),
            "This is a count. Divide by the number of patients, len(y_true).",
        ),
        Mistake(
            "divided by the sick",
            _net_benefit(divide=lambda y, treated: y.sum()),
            "You divided by the number of sick patients. Net benefit is per patient of the whole clinic: len(y_true).",
        ),
    ),
    hints=(
        "treated = y_prob >= threshold. True positives: treated and sick. False positives: treated and not sick.",
        "A false positive weighs threshold / (1 - threshold) of a true positive.",
        "(true positives - weight x false positives) / number of all patients. It may be below 0.",
    ),
    worked=net_benefit_at,
    why="The threshold says what a false positive costs: at 10%, nine of them as much as one found is worth. So "
    "calibration decides whom a threshold catches.",
    tolerance=1e-9,
)

# --- 18.3-f: an interval for one group --------------------------------------------------------------------


def oe_interval(y_true, y_prob, n_resamples=5000, seed=0):
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(y_true), (n_resamples, len(y_true)))  # each row: as many people, with replacement
    ratios = y_true[drawn].sum(axis=1) / y_prob[drawn].sum(axis=1)  # a person brings outcome and prediction along
    low, high = np.quantile(ratios, [0.025, 0.975])
    return {"low": low, "high": high, "one_inside": bool(low <= 1 <= high)}


# What `oe_interval` gives for the group, mean of 60 seeds. tests/checks/test_section_18_3.py computes it again.
OE_INTERVAL = {"low": 1.056, "high": 1.645, "one_inside": False}


def _interval(answer):
    if _only_stubs(answer):
        raise NotAnswered
    if type(answer).__name__ == "Series":
        answer = answer.to_dict()
    if not isinstance(answer, dict) or set(map(str, answer)) != {"low", "high", "one_inside"}:
        raise WrongKind("An answer came without exactly these three entries: low, high, one_inside.")
    inside = answer["one_inside"]
    if not isinstance(inside, bool | np.bool_):
        raise WrongKind(f"{short(inside)} came for one_inside, which must be True or False.")
    ends = {end: number(answer[end], low=0) for end in ("low", "high")}
    return {**ends, "one_inside": bool(inside)}


def _explain_interval(got, right):
    if got["one_inside"] != (got["low"] <= 1 <= got["high"]):
        return "your interval and your statement do not agree: 1 is inside if low <= 1 <= high."
    if got["low"] > got["high"]:
        return "low lies above high. Take the quantiles 0.025 and 0.975 in this order."
    end = "low" if abs(got["low"] - right["low"]) > F.tolerance else "high"
    side = "low" if got[end] < right[end] else "high"
    return f"the end {end} = {short(got[end])} is too {side}. With 5,000 resamples chance moves it by about 0.01 only."


F = Exercise(
    id="18.3-f",
    title="O/E of one group, with its interval",
    expects='a dict such as {"low": 0.9, "high": 1.2, "one_inside": True}',
    evaluate=_interval,
    right=OE_INTERVAL,
    also_right=(
        {"low": 1.06, "high": 1.64, "one_inside": False},
        {"one_inside": np.False_, "high": np.float64(1.65), "low": np.float32(1.05)},
        pd.Series({"low": 1.056, "high": 1.645, "one_inside": False}),
    ),
    mistakes=(
        Mistake(
            "right interval, wrong statement",
            {**OE_INTERVAL, "one_inside": True},
            "The interval is right, the statement is not: both ends lie above 1, so 1 is not inside.",
        ),
        Mistake(
            "a 90% interval",
            {"low": 1.102, "high": 1.595, "one_inside": False},
            "This is a 90% interval. For 95%, cut 2.5% at each end: the quantiles 0.025 and 0.975.",
        ),
        Mistake(
            "outcomes and predictions drawn apart",
            {"low": 1.004, "high": 1.729, "one_inside": False},
            "Outcomes and predictions were drawn apart. Draw people: the same rows for y_group and p_group.",
        ),
        Mistake(
            "expected number kept fixed",
            {"low": 1.017, "high": 1.677, "one_inside": False},
            "The expected number stayed the same in every resample. When people are drawn, both the observed and the "
            "expected number change.",
        ),
        Mistake(
            "expected / observed",
            {"low": 0.608, "high": 0.949, "one_inside": False},
            "This is E/O, expected divided by observed. O/E has the observed number on top.",
        ),
        Mistake(
            "all people instead of the group",
            {"low": 0.918, "high": 1.108, "one_inside": True},
            "This is the interval of all test people. Asked is the group: y_group and p_group.",
        ),
        Mistake(
            "probabilities before the repair",
            {"low": 1.380, "high": 2.270, "one_inside": False},
            "This is the interval before Platt scaling. Use p_group, the repaired probabilities.",
        ),
        Mistake(
            "interval of the observed rate",
            {"low": 0.169, "high": 0.279, "one_inside": False},
            "This is the interval of the observed rate. Divide, in each resample, by the sum of the predictions.",
        ),
    ),
    hints=(
        "rows = rng.integers(0, n, n) draws n people with replacement. Compute y_group[rows].sum() / "
        "p_group[rows].sum().",
        "Do this 5,000 times and collect the ratios. np.quantile(ratios, [0.025, 0.975]) gives the two ends.",
        "1 is inside if low <= 1 <= high. Write what you find, also if you expected something else.",
    ),
    worked=oe_interval,
    why="49 people had diabetes where 36 were expected. The interval leaves out 1, but only just, and it was one of "
    "six groups: check it in other patients, before a rule is made of it.",
    tolerance=0.02,
    explain=_explain_interval,
)

# --- 18.3-g: true or not ----------------------------------------------------------------------------------

STATEMENTS = {
    1: "Platt scaling with a > 0 leaves the AUC exactly as it was.",
    2: "A model with an AUC of 0.95 gives probabilities that can be taken as they are.",
    3: "If the overall O/E is 1, the risk is right at every level of risk.",
    4: "A perfectly calibrated model that is tested on 300 patients has an ECE above 0.",
    5: "Temperature scaling has a number of its own for the average risk.",
    6: "If the overall O/E is 1, it is near 1 in each ethnic group.",
    7: "An alert with a PPV of 12% can come from a well calibrated model.",
    8: "From a calibrated model, 20% means: of 100 patients who get this number, about 20 have the disease.",
    9: "Of two models, the one with the lower Brier score is the better calibrated one.",
    10: "Two models with the same AUC have the same net benefit at a threshold of 10%.",
    11: "Refinement is uncertainty minus resolution.",
    12: "A repair that was learned in one hospital must be checked again in another.",
}
TRUE_STATEMENTS = (1, 4, 7, 8, 11, 12)
STATEMENT_REASONS = {
    1: "a z + b with a > 0 keeps the order of all patients, and the AUC sees the order only.",
    2: "The AUC sees the order only. All probabilities could be halved, with the same AUC.",
    3: "Too low for low risks and too high for high risks can cancel out. Look at the slope and the curve.",
    4: "Chance moves every dot off the diagonal, and a distance is never negative. Compare with the null band.",
    5: "It has T alone. Platt's b is what shifts the average.",
    6: "A group above 1 and one below 1 can hide in an average of 1. In section 9 one group had 1.35.",
    7: "For a rare disease 12% can be the true risk. Whether it is worth an alert depends on the threshold.",
    8: "This is the meaning of calibration: a statement about all who get this number.",
    9: "It may only sort better. In 18.3-b model B has the lower score and the worse reliability.",
    10: "The threshold cuts at another place when the probabilities differ. In section 10 that cost 14 in 1,000.",
    11: "It is what is left of the Brier score when calibration is perfect.",
    12: "Calibration belongs to a model and a population. In section 7 a temperature did not travel.",
}


def _statement_choice(answer):
    if _only_stubs(answer):
        raise NotAnswered
    if isinstance(answer, dict):
        answer = [key for key, true in answer.items() if true is True or true is np.True_]
    return choice_of(answer, tuple(map(str, STATEMENTS)))


def _explain_statements(got, right):
    """Count the wrong ones, and give the reason for the first."""
    wrong = [int(key) for key in right if got[key] != right[key]]
    verdict = "is true" if wrong[0] in TRUE_STATEMENTS else "is not true"
    return f"{len(wrong)} of {len(STATEMENTS)} are not right yet. {wrong[0]} {verdict}: {STATEMENT_REASONS[wrong[0]]}"


G = Exercise(
    id="18.3-g",
    title="True or not",
    expects="the set of the numbers of all true statements, such as {1, 2}",
    evaluate=_statement_choice,
    right=set(TRUE_STATEMENTS),
    also_right=(
        list(TRUE_STATEMENTS),
        {str(k) for k in TRUE_STATEMENTS},
        {k: k in TRUE_STATEMENTS for k in STATEMENTS},
        np.array(TRUE_STATEMENTS),
    ),
    mistakes=(
        Mistake(
            "everything sounds right",
            set(STATEMENTS),
            "Half of them are not true. Ask of each: is it about the order, about the average, or about every level "
            "of risk?",
        ),
        Mistake(
            "the AUC is trusted too much",
            {*TRUE_STATEMENTS, 2, 10},
            "2 and 10 expect too much of the AUC. It sees the order only; probabilities and thresholds are another "
            "matter.",
        ),
        Mistake(
            "the average is trusted too much",
            {*TRUE_STATEMENTS, 3, 6},
            "3 and 6 expect too much of an average. O/E = 1 can hide errors that cancel out, over risks or over "
            "groups.",
        ),
        Mistake(
            "a low PPV taken for wrong probabilities",
            set(TRUE_STATEMENTS) - {7},
            "One true statement is missing: a low PPV is no proof of wrong probabilities. For a rare disease 12% "
            "can be true.",
        ),
        Mistake(
            "an ECE of 0 expected",
            set(TRUE_STATEMENTS) - {4},
            "One true statement is missing: chance moves the dots of a perfect model, too. Its ECE is above 0.",
        ),
        Mistake(
            "the false ones chosen",
            set(STATEMENTS) - set(TRUE_STATEMENTS),
            "These are the statements that are not true. Asked are the true ones.",
        ),
    ),
    hints=(
        "Six are true.",
        "The AUC sees the order only. O/E sees the average only. The ECE sees distances and chance.",
        "Think of rare diseases, of groups that cancel out, of another hospital.",
    ),
    worked="\n".join(
        f"{k}: {'true' if k in TRUE_STATEMENTS else 'not true'}. {STATEMENT_REASONS[k]}" for k in STATEMENTS
    ),
    why="Order, average, every level of risk, each group, the threshold: five questions, and an answer to one is no "
    "answer to the next.",
    explain=_explain_statements,
)

EXERCISES = {exercise.id: exercise for exercise in (A, B, C, D, E, F, G)}
