"""The numbers and the words of section 18.3's exercises are true."""

import math

import numpy as np
import pytest
from exercise_names import names_of
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score

from clinxai_teach.calibration import (
    InterceptRecalibration,
    PlattScaling,
    brier_decomposition,
    calibration_null_band,
    calibration_slope_intercept,
    expected_calibration_error,
    net_benefit,
    observed_expected_ratio,
    scaled_brier_score,
)
from clinxai_teach.checks import CheckFailed, NotAttempted, bank, check
from clinxai_teach.data import diabetes_split, diabetes_tool, load_nhanes_diabetes

s = names_of("18.3")


@pytest.fixture(scope="module")
def own():
    """The practice's own model: logits and labels of the three parts of the adults not told."""
    people = diabetes_split(people="not told")
    model = HistGradientBoostingClassifier(random_state=0).fit(people.X_train, people.y_train)
    return {
        name: (model.decision_function(getattr(people, f"X_{name}")), getattr(people, f"y_{name}").to_numpy())
        for name in ("train", "calib", "test")
    }


@pytest.fixture(scope="module")
def adults():
    """The tool among the adults not told: outcomes, as sold, after Platt, and who has ever smoked."""
    tool = diabetes_tool()
    for_whom, after = ~tool.told, np.empty(len(tool.y))
    for k in range(5):
        learn, judged = for_whom & (tool.part == (k + 1) % 5), tool.part == k
        after[judged] = PlattScaling().fit(tool.z_calib[learn], tool.y[learn]).predict_proba(tool.z[judged])[:, 1]
    smoked = (tool.X["ever_smoker"] == 1).to_numpy()
    return tool.y[for_whom], expit(tool.z[for_whom]), after[for_whom], smoked[for_whom]


def patients(*lines):
    """Return outcomes and probabilities of whole patients: (number, said, ill) for each line."""
    y = np.concatenate([np.arange(n) < ill for n, _, ill in lines]).astype(int)
    return y, np.concatenate([np.full(n, said) for n, said, _ in lines])


# --- 18.3-a -----------------------------------------------------------------------------------------------


def test_the_sepsis_numbers_are_those_of_the_counted_patients():
    true, false, silent = 300, 0.08 * 19_500, 0.92 * 19_500
    assert s.sepsis == pytest.approx(
        {"ppv": true / (true + false), "npv": silent / (silent + 200), "alert_rate": (true + false) / 20_000}
    )
    assert "84 of 100 alerts are false" in bank.find("18.3-a").why
    assert round(100 * (1 - s.sepsis["ppv"])) == 84
    named = {mistake.name: mistake.answer for mistake in bank.find("18.3-a").mistakes}
    report = named["the prevalence of another hospital"]
    rate = 2552 / 38455
    alerts = 0.6 * rate + 0.08 * (1 - rate)
    assert report["ppv"] == pytest.approx(0.6 * rate / alerts, abs=0.001)
    assert report["npv"] == pytest.approx(0.92 * (1 - rate) / (1 - alerts), abs=0.001)
    assert report["alert_rate"] == pytest.approx(alerts, abs=0.0015)


def test_a_percentage_is_told_to_be_a_share():
    with pytest.raises(CheckFailed, match=r"On ppv: 16.1 is a percentage. Give a share, not a percentage"):
        check("18.3-a", {"ppv": 16.1, "npv": 98.9, "alert_rate": 9.3})


@pytest.mark.parametrize(
    ("exercise", "answer", "named"),
    [
        ("18.3-h", {"o_to_e": 1.06, "ece": 4}, "On ece: 4"),
        ("18.3-i", {"reference": 3.84, "scaled_a": -30, "scaled_b": 6}, "On reference: 3.84"),
        ("18.3-i", {"reference": 0.0384, "scaled_a": -30, "scaled_b": 6}, "On scaled_a: -30"),
        ("18.3-i", {"reference": 3.84, "scaled_a": 0.9, "scaled_b": 0.99}, "reference: 3.84"),
    ],
)
def test_a_rounded_or_negative_percentage_is_one_too(exercise, answer, named):
    with pytest.raises(CheckFailed, match=f"{exercise}: {named} is a percentage. Give a share, not a percentage."):
        check(exercise, answer)


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


def test_the_repair_of_the_own_model_mends_what_the_text_says(own):
    (z_train, y_train), (z_calib, y_calib), (z_test, y_test) = (own[name] for name in ("train", "calib", "test"))
    after = s.recalibrate(z_train, y_train, z_calib, y_calib, z_test)
    assert roc_auc_score(y_test, after) == pytest.approx(roc_auc_score(y_test, z_test), abs=1e-9)
    assert observed_expected_ratio(y_test, after) == pytest.approx(1, abs=0.1)
    assert expected_calibration_error(y_test, after) < expected_calibration_error(y_test, expit(z_test)) / 2
    assert len(y_train) == 2064


def test_a_repair_learned_from_the_training_people_is_no_better_than_none(own):
    (z_train, y_train), (z_test, y_test) = own["train"], own["test"]
    wrong = PlattScaling().fit(z_train, y_train).predict_proba(z_test)[:, 1]
    assert roc_auc_score(y_train, z_train) > 0.999
    assert expected_calibration_error(y_test, wrong) > 0.95 * expected_calibration_error(y_test, expit(z_test))
    assert calibration_slope_intercept(y_test, wrong).slope < calibration_slope_intercept(y_test, expit(z_test)).slope


def test_two_columns_are_no_answer():
    with pytest.raises(CheckFailed, match="a list or array of numbers is needed"):
        check("18.3-c", lambda zt, yt, zc, yc, z: PlattScaling().fit(zc, yc).predict_proba(z))


# --- 18.3-d -----------------------------------------------------------------------------------------------


def test_every_line_is_either_wrong_or_cleared():
    assert set(s.WRONG) | set(s.FINE) == set(s.LISTING) == set(range(1, 11))
    assert not set(s.WRONG) & set(s.FINE)


def test_the_listing_runs_and_gives_no_error_message(capsys):
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


def test_two_tools_with_one_order_may_be_worth_less_than_nothing_or_more(adults):
    y, raw, after, _ = adults
    assert s.net_benefit_at(y, raw, 0.1) < 0 < s.net_benefit_at(y, after, 0.1)
    assert "worse than nothing" in s.STATEMENTS[10][1]


# --- 18.3-f -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def group(adults):
    y, raw, after, smoked = adults
    return y[smoked], after[smoked], raw[smoked]


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
    assert (y.sum(), round(p.sum())) == (59, 86)
    assert "59 people had diabetes where 86 were expected" in bank.find("18.3-f").why


def test_the_group_that_other_exercises_name_has_an_oe_of_1_8(adults):
    y, _, after, _ = adults
    asian = load_nhanes_diabetes(people="not told").audit["race_ethnicity"] == "Non-Hispanic Asian"
    assert observed_expected_ratio(y[asian], after[asian]) == pytest.approx(1.8, abs=0.05)
    assert "1.8" in s.WRONG[10][1]


def test_the_wrong_intervals_are_what_these_mistakes_give(adults, group):
    y, p, raw = group
    rng = np.random.default_rng(7)
    drawn = rng.integers(0, len(y), (5000, len(y)))
    y_all, _, p_all, _ = adults
    everybody = rng.integers(0, len(y_all), (5000, len(y_all)))
    observed, expected = y[drawn].sum(1), p[drawn].sum(1)
    measured = {
        "a 90% interval": quantiles(observed / expected, 0.9),
        "expected / observed": quantiles(expected / observed),
        "all people instead of the group": quantiles(y_all[everybody].sum(1) / p_all[everybody].sum(1)),
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
        ({"low": 0.87, "high": 0.52, "one_inside": False}, "low lies above high"),
        ({"low": 0.6, "high": 0.87, "one_inside": False}, "the end low = 0.6 is too high"),
        ({"low": 0.52, "high": 0.8, "one_inside": False}, "the end high = 0.8 is too low"),
        ({"low": 0.52, "high": 0.87}, "These names have no value yet: one_inside."),
        ({"low": 0.52, "high": 0.87, "one_inside": "no"}, "The text 'no' came, where True or False is needed."),
        ((0.52, 0.87), "A tuple of length 2 came, where a dict is needed."),
        ({"low": float("nan"), "high": 0.87, "one_inside": False}, "nan came"),
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


# --- 18.3-h to 18.3-n: vignettes without code ---------------------------------------------------------------


def test_the_delirium_tool_is_right_on_average_and_too_extreme():
    y, p = patients((400, 0.05, 32), (150, 0.20, 33), (50, 0.60, 20))
    assert s.delirium["o_to_e"] == pytest.approx(observed_expected_ratio(y, p))
    assert s.delirium["ece"] == pytest.approx(expected_calibration_error(y, p))
    assert calibration_slope_intercept(y, p).slope < 0.8
    low, high = calibration_null_band(p)
    assert f"({low:.3f} to {high:.3f})" in bank.find("18.3-h").why
    assert s.delirium["ece"] > high


def test_the_scaled_scores_are_those_of_the_helper():
    """A tool that says 4% to all scores the reference; a mixture with its opposite has any Brier score one likes."""
    y = (np.arange(1000) < 40).astype(int)
    assert brier_score_loss(y, np.full(1000, 0.04)) == pytest.approx(s.brier["reference"])
    assert scaled_brier_score(y, np.full(1000, 0.04)) == pytest.approx(0)
    said = np.where(y == 1, 0.04, 0.04 + np.sqrt((0.05 - 0.04 * 0.96**2) / 0.96) - 0.04)  # Brier 0.05
    assert brier_score_loss(y, said) == pytest.approx(0.05)
    assert scaled_brier_score(y, said) == pytest.approx(s.brier["scaled_a"])
    assert s.brier["scaled_b"] == pytest.approx(0.0625)


def test_the_known_cases_taken_out_one_by_one():
    known = np.repeat([True, False], [900, 9100])
    ill = np.repeat([True, True, False], [900, 300, 8800])
    flagged = np.repeat([True, False, True, False, True, False], [800, 100, 200, 100, 1000, 7800])
    assert (ill.sum(), flagged.sum(), (ill & flagged).sum()) == (1200, 2000, 1000)
    rest = ~known
    assert s.unknown["ppv"] == pytest.approx(ill[flagged & rest].mean())
    assert s.unknown["sensitivity"] == pytest.approx(flagged[ill & rest].mean())
    assert s.unknown["o_to_e"] == pytest.approx(ill[rest].sum() / (1200 - 540))
    why = bank.find("18.3-j").why
    assert "PPV of 50%, sensitivity of 83%" in why
    assert [f"{value:.0%}" for value in (s.unknown["ppv"], s.unknown["sensitivity"])] == ["17%", "67%"]


def test_the_shift_is_that_of_the_helper():
    repair = InterceptRecalibration()
    repair.intercept_, repair._n_columns = -0.4, 1
    said = repair.predict_proba([math.log(0.2 / 0.8), 0.0])[:, 1]
    assert [s.shifted["from_20"], s.shifted["from_50"]] == pytest.approx(said, abs=5e-5)


def test_the_three_ways_have_the_net_benefit_of_the_helper():
    for name, scans, found in (("all", 1000, 20), ("tool", 300, 18), ("repaired", 220, 17)):
        y = np.repeat([1, 1, 0, 0], [found, 20 - found, scans - found, 980 - scans + found])
        p = np.repeat([0.5, 0.01, 0.5, 0.01], [found, 20 - found, scans - found, 980 - scans + found])
        assert s.headache[name] == pytest.approx(1000 * net_benefit(y, p, 0.03)[0])
    assert s.headache["all"] < 0 < s.headache["tool"] < s.headache["repaired"]
    assert "saves 80 scans" in bank.find("18.3-n").why


@pytest.mark.parametrize(("exercise", "answer"), [("18.3-k", s.verdicts), ("18.3-l", s.repairs)])
def test_each_label_is_used_once_and_a_wrong_one_gets_its_reason(exercise, answer):
    assert sorted(answer.values()) == list("ABCDE")
    turned = dict(zip(answer, [*list(answer.values())[1:], answer[1]], strict=True))
    with pytest.raises(CheckFailed, match="About 1: "):
        check(exercise, turned)
