"""The numbers and the words of section 18.3's exercises are true."""

import numpy as np
import pytest
from exercise_names import names_of
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score

from clinxai_teach.calibration import (
    PlattScaling,
    brier_decomposition,
    calibration_slope_intercept,
    expected_calibration_error,
    net_benefit,
    observed_expected_ratio,
)
from clinxai_teach.checks import CheckFailed, NotAttempted, bank, check
from clinxai_teach.data import diabetes_split, load_nhanes_diabetes

s = names_of("18.3")


@pytest.fixture(scope="module")
def nhanes():
    """The section's model and split: logits and labels of the three parts, and the test people's group."""
    people = diabetes_split()
    model = HistGradientBoostingClassifier(random_state=0).fit(people.X_train, people.y_train)
    parts = {
        name: (model.decision_function(getattr(people, f"X_{name}")), getattr(people, f"y_{name}").to_numpy())
        for name in ("train", "calib", "test")
    }
    group = (people.audit["race_ethnicity"] == "Non-Hispanic Asian").to_numpy()
    return parts, group


@pytest.fixture(scope="module")
def repaired(nhanes):
    (z_train, y_train), (z_calib, y_calib), (z_test, _) = (nhanes[0][name] for name in ("train", "calib", "test"))
    return s.recalibrate(z_train, y_train, z_calib, y_calib, z_test)


# --- 18.3-a -----------------------------------------------------------------------------------------------


def test_the_sepsis_numbers_are_those_of_the_counted_patients():
    """From whole patients: 842 of 2,552 with an alert, 6,104 false alerts (the paper: 1,709 missed, alerts on 18%)."""
    true, false = 0.33 * 2552, 0.17 * (38455 - 2552)
    answer = s.sepsis
    assert answer["ppv"] == pytest.approx(true / (true + false))
    assert answer["npv"] == pytest.approx(0.83 * (38455 - 2552) / (0.83 * (38455 - 2552) + 0.67 * 2552))
    assert answer["alert_rate"] == pytest.approx((true + false) / 38455)
    assert {name: round(value, 3) for name, value in answer.items()} == {
        "ppv": 0.121,
        "npv": 0.946,
        "alert_rate": 0.181,
    }
    missed = 0.67 * 2552
    assert missed == pytest.approx(1709, abs=1)


def test_a_percentage_is_told_to_be_a_share():
    with pytest.raises(CheckFailed, match=r"At the key 'ppv': 12.1 came.*Give a share, not a percentage"):
        check("18.3-a", {"ppv": 12.1, "npv": 94.6, "alert_rate": 18.1})


@pytest.mark.parametrize(
    ("exercise", "stub"),
    [
        ("18.3-a", {"ppv": ..., "npv": ..., "alert_rate": ...}),
        ("18.3-f", {"low": ..., "high": ..., "one_inside": ...}),
        ("18.3-g", dict.fromkeys(s.STATEMENTS, ...)),
    ],
)
def test_an_unfilled_dict_is_not_attempted(exercise, stub):
    with pytest.raises(NotAttempted):
        check(exercise, stub)


# --- 18.3-b -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", s._murphy_cases(), ids=lambda case: case.label)
def test_both_identities_hold_on_grouped_forecasts(case):
    y, p = case.arguments["y_true"], case.arguments["y_prob"]
    parts = s.murphy(y, p)
    three = parts["reliability"] - parts["resolution"] + parts["uncertainty"]
    refinement = parts["uncertainty"] - parts["resolution"]
    assert three == pytest.approx(brier_score_loss(y, p), abs=1e-12)
    assert parts["reliability"] + refinement == pytest.approx(brier_score_loss(y, p), abs=1e-12)


def test_the_eight_patients_have_the_parts_of_the_text_book_case():
    parts = s.murphy(**s._murphy_cases()[0].arguments)
    assert parts == pytest.approx({"reliability": 0.0125, "resolution": 0.0625, "uncertainty": 0.25}, abs=1e-15)


def test_model_b_of_the_twelve_has_the_lower_score_and_the_worse_calibration():
    y, a, b = s.TWELVE["outcome"], s.TWELVE["A"], s.TWELVE["B"]
    assert (brier_score_loss(y, a), brier_score_loss(y, b)) == pytest.approx((1 / 6, 1 / 12))
    assert s.murphy(y, a)["reliability"] == pytest.approx(0)
    assert s.murphy(y, b)["reliability"] == pytest.approx(1 / 24)
    assert s.murphy(y, b)["resolution"] > s.murphy(y, a)["resolution"]


def test_the_helper_agrees_where_bins_hold_one_probability_each():
    case = s._murphy_cases()[-1].arguments
    helper = brier_decomposition(**case, n_bins=20)  # steps of 0.05: one probability in each bin
    assert s.murphy(**case)["reliability"] == pytest.approx(helper.reliability, abs=1e-12)
    assert s.murphy(**case)["resolution"] == pytest.approx(helper.resolution, abs=1e-12)


# --- 18.3-c -----------------------------------------------------------------------------------------------


def test_the_repair_of_the_diabetes_model_is_within_the_limits_of_the_brief(nhanes, repaired):
    z_test, y_test = nhanes[0]["test"]
    assert roc_auc_score(y_test, repaired) == pytest.approx(roc_auc_score(y_test, z_test), abs=1e-9)
    assert 0.75 < calibration_slope_intercept(y_test, repaired).slope < 1.4
    assert expected_calibration_error(y_test, repaired) < 0.04


def test_a_repair_learned_from_the_training_people_is_worse_than_none(nhanes):
    (z_train, y_train), (z_test, y_test) = nhanes[0]["train"], nhanes[0]["test"]
    wrong = PlattScaling().fit(z_train, y_train).predict_proba(z_test)[:, 1]
    raw = 1 / (1 + np.exp(-z_test))
    assert roc_auc_score(y_train, z_train) > 0.999
    assert expected_calibration_error(y_test, wrong) > 2 * expected_calibration_error(y_test, raw)
    assert calibration_slope_intercept(y_test, wrong).slope < 0.2


def test_two_columns_are_no_answer():
    with pytest.raises(CheckFailed, match="a list or array of numbers is needed"):
        check("18.3-c", lambda zt, yt, zc, yc, z: PlattScaling().fit(zc, yc).predict_proba(z))


# --- 18.3-d -----------------------------------------------------------------------------------------------


def test_every_line_is_either_wrong_or_cleared():
    assert set(s.WRONG) | set(s.FINE) == set(s.LISTING) == set(range(1, 11))
    assert not set(s.WRONG) & set(s.FINE)


def test_the_listing_runs_and_gives_no_error_message(nhanes, capsys):
    data = load_nhanes_diabetes()
    names = {"X": data.X, "y": data.y}
    exec(
        "from sklearn.model_selection import train_test_split\n"
        "from sklearn.ensemble import HistGradientBoostingClassifier\n"
        "from clinxai_teach.calibration import *\n" + "\n".join(s.LISTING.values()),
        names,
    )
    assert "ECE, 10 bins: " in capsys.readouterr().out
    assert names["p_test"].min() >= 0
    assert names["z_calib"].max() <= 1  # line 4: probabilities
    assert names["z_test"].max() > 1  # line 6: logits


@pytest.mark.parametrize("line", s.FINE)
def test_a_line_that_is_fine_is_cleared_with_its_reason(line):
    with pytest.raises(CheckFailed) as caught:
        check("18.3-d", {3, line})
    assert f"line {line} is not wrong. {s.FINE[line]}" in str(caught.value)


@pytest.mark.parametrize("line", s.WRONG)
def test_a_missed_line_gets_a_clue_that_does_not_name_it(line):
    answer = {other for other in s.WRONG if other != line} - ({10} if line == 3 else {3})
    with pytest.raises(CheckFailed) as caught:
        check("18.3-d", answer)
    assert "2 of 3 wrong lines are still missing. A clue to one: " in str(caught.value)
    clue = s.WRONG[min(set(s.WRONG) - answer)][0]
    assert clue in str(caught.value)
    assert not any(str(number) in clue for number in s.LISTING)


# --- 18.3-e -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", s._net_benefit_cases(), ids=lambda case: case.label)
def test_net_benefit_is_that_of_the_helper(case):
    values = case.arguments
    helper = net_benefit(values["y_true"], values["y_prob"], values["threshold"])
    assert s.net_benefit_at(**values) == pytest.approx(helper[0], abs=1e-12)


def test_the_net_benefit_that_the_texts_name_is_true(nhanes, repaired):
    z_test, y_test = nhanes[0]["test"]
    raw = 1 / (1 + np.exp(-z_test))
    lost = 1000 * (s.net_benefit_at(y_test, repaired, 0.1) - s.net_benefit_at(y_test, raw, 0.1))
    assert lost == pytest.approx(14, abs=0.5)
    assert "cost 14 in 1,000" in s.STATEMENTS[10][1]
    everybody = np.ones(len(y_test))
    gain = [s.net_benefit_at(y_test, repaired, t) - s.net_benefit_at(y_test, everybody, t) for t in (0.1, 0.2)]
    assert gain == pytest.approx([0.0249, 0.0876], abs=0.002)


# --- 18.3-f -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def group(nhanes, repaired):
    parts, rows = nhanes
    z_test, y_test = parts["test"]
    return y_test[rows], repaired[rows], 1 / (1 + np.exp(-z_test[rows]))


def quantiles(ratios, level=0.95):
    return np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])


def oe_interval(y, p, seed):
    """Return the interval that the exercise asks for, written once more."""
    ratios = [y[rows].sum() / p[rows].sum() for rows in np.random.default_rng(seed).integers(0, len(y), (5000, len(y)))]
    low, high = quantiles(ratios)
    return {"low": low, "high": high, "one_inside": bool(low <= 1 <= high)}


def test_the_interval_is_that_of_many_seeds_and_the_tolerance_holds_for_each(group):
    y, p, _ = group
    found = [oe_interval(y, p, seed) for seed in range(20)]
    for end in ("low", "high"):
        values = np.array([answer[end] for answer in found])
        assert values.mean() == pytest.approx(s.OE_INTERVAL[end], abs=0.004)
        assert np.abs(values - s.OE_INTERVAL[end]).max() < s.TOLERANCE
    for answer in found:
        check("18.3-f", answer)
    assert (y.sum(), round(p.sum())) == (49, 36)
    assert "49 people had diabetes where 36 were expected" in bank.find("18.3-f").why
    assert observed_expected_ratio(y, p) == pytest.approx(1.35, abs=0.005)
    assert "1.35" in s.STATEMENTS[6][1]
    assert "1.35" in s.WRONG[10][1]


def test_the_wrong_intervals_are_what_these_mistakes_give(nhanes, repaired, group):
    y, p, raw = group
    rng = np.random.default_rng(7)
    drawn, other = rng.integers(0, len(y), (2, 5000, len(y)))
    y_test = nhanes[0]["test"][1]
    everybody = rng.integers(0, len(y_test), (5000, len(y_test)))
    observed, expected = y[drawn].sum(1), p[drawn].sum(1)
    measured = {
        "a 90% interval": quantiles(observed / expected, 0.9),
        "outcomes and predictions drawn apart": quantiles(observed / p[other].sum(1)),
        "expected number kept fixed": quantiles(observed / p.sum()),
        "expected / observed": quantiles(expected / observed),
        "all people instead of the group": quantiles(y_test[everybody].sum(1) / repaired[everybody].sum(1)),
        "probabilities before the repair": quantiles(observed / raw[drawn].sum(1)),
        "interval of the observed rate": quantiles(y[drawn].mean(1)),
    }
    named = {mistake.name: mistake.answer for mistake in bank.find("18.3-f").mistakes}
    assert set(measured) < set(named)
    for name, (low, high) in measured.items():
        assert [named[name]["low"], named[name]["high"]] == pytest.approx([low, high], abs=0.03), name
        with pytest.raises(CheckFailed):
            check("18.3-f", {"low": low, "high": high, "one_inside": bool(low <= 1 <= high)})


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"low": 0.9, "high": 1.5, "one_inside": False}, "do not agree"),
        ({"low": 1.65, "high": 1.05, "one_inside": False}, "low lies above high"),
        ({"low": 1.2, "high": 1.65, "one_inside": False}, "the end low = 1.2 is too high"),
        ({"low": 1.05, "high": 1.5, "one_inside": False}, "the end high = 1.5 is too low"),
        ({"low": 1.05, "high": 1.65}, "These names have no value yet: one_inside."),
        ({"low": 1.05, "high": 1.65, "one_inside": "no"}, "The text 'no' came, where True or False is needed."),
        ((1.05, 1.65), "A tuple of length 2 came, where a dict is needed."),
        ({"low": float("nan"), "high": 1.65, "one_inside": False}, "nan came"),
    ],
)
def test_an_interval_that_is_off_is_told_where(answer, words):
    with pytest.raises(CheckFailed) as caught:
        check("18.3-f", answer)
    assert words in str(caught.value)


# --- 18.3-g -----------------------------------------------------------------------------------------------


def test_the_statements_are_half_true_half_not():
    assert list(s.STATEMENTS) == list(range(1, 13))
    assert len(s.true_statements) == 6


@pytest.mark.parametrize("number", s.STATEMENTS)
def test_a_wrong_statement_gets_its_reason(number):
    named = [mistake.answer for mistake in bank.find("18.3-g").mistakes]
    answer = set(s.true_statements) ^ {number}
    with pytest.raises(CheckFailed) as caught:
        check("18.3-g", answer)
    if answer not in named:
        verdict = "is true" if number in s.true_statements else "is not true"
        assert f"1 of 12 are not right yet. Statement {number} {verdict}: {s.STATEMENTS[number][1]}" in str(
            caught.value
        )
