"""Section 18.4's exercises: their numbers are the helpers', and their words are true."""

import math

import numpy as np
import pytest
from exercise_names import names_of
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

from clinxai_teach.checks import CheckFailed, NotAttempted, check
from clinxai_teach.conformal import SplitConformalClassifier, conformal_quantile, coverage_law
from clinxai_teach.data import load_nhanes_diabetes
from clinxai_teach.uncertainty import deferral_curve, entropy_decomposition

s = names_of("18.4")


def message(exercise_id, answer):
    with pytest.raises(CheckFailed) as caught:
        check(exercise_id, answer)
    return str(caught.value)


def test_the_worked_answers_equal_the_helpers():
    for case in s._sample_cases():
        samples = case.arguments["samples"]
        assert s.entropy_split(samples) == pytest.approx(
            [float(part[0]) for part in entropy_decomposition(samples[:, None, :])], abs=1e-12
        )
    for case in s._score_cases():
        assert s.conformal_threshold(**case.arguments) == conformal_quantile(**case.arguments)
    assert any(math.isinf(s.conformal_threshold(**case.arguments)) for case in s._score_cases())
    for case in s._deferral_cases():
        y, p, u, fraction = case.arguments.values()
        curve = deferral_curve(y, p, u, fractions=[fraction])
        mine = s.after_deferral(y, p, u, fraction)
        assert [mine["accuracy"], mine["sensitivity"]] == pytest.approx([curve.accuracy[0], curve.sensitivity[0]])


def test_class_thresholds_give_the_helpers_sets():
    for case in s._class_cases():
        y, p, alpha = case.arguments.values()
        thresholds = s.class_thresholds(y, p, alpha)
        sets = SplitConformalClassifier(alpha).calibrate(y, p, groups="class").predict_set(p, groups="class")
        np.testing.assert_array_equal(sets, 1 - p <= np.array([thresholds[k] for k in range(p.shape[1])]))


def test_the_four_numbers_are_those_of_the_law():
    numbers = s.coverage_numbers
    law = coverage_law(100, 0.1)
    assert numbers["mean coverage"] == pytest.approx(law.mean())
    assert numbers["k"] == pytest.approx(101 * law.mean())
    assert numbers["5 in 100 sets below"] == pytest.approx(law.ppf(0.05))
    assert numbers["5 in 100 sets below"] == pytest.approx(0.848, abs=5e-4)
    chance = numbers["chance below 0.85 with n = 50"]
    assert chance == pytest.approx(coverage_law(50, 0.1).cdf(0.85))
    assert 1 / chance == pytest.approx(9, abs=0.1)  # "one hospital in nine"


@pytest.mark.parametrize("key", s.coverage_numbers)
def test_a_wrong_number_of_the_law_is_named(key):
    right = s.coverage_numbers
    assert f"not right yet: {key}." in message("18.4-d", {**right, key: right[key] + 0.02})
    assert f"These names have no number yet: {key}." in message("18.4-d", {k: v for k, v in right.items() if k != key})


def test_unfilled_forms_are_not_attempted():
    for exercise_id, keys in (("18.4-d", s.coverage_numbers), ("18.4-g", s.STATEMENTS)):
        with pytest.raises(NotAttempted):
            check(exercise_id, dict.fromkeys(keys, ...))


def test_a_wrong_mode_names_the_layer_and_its_effect():
    def batch_norm_on(model):
        model = s.dropout_on(model)
        for module in model.modules():
            if type(module).__name__ == "BatchNorm2d":
                module.train()
        return model

    said = message("18.4-b", batch_norm_on)
    assert "BatchNorm2d is in training mode" in said
    assert "other patients in the batch" in said
    assert "Return the model itself" in message("18.4-b", lambda model: [1])


def test_the_shares_named_in_statement_9_are_those_of_nhanes():
    """Sick covered in 55%, healthy in 98%: the mean of four splits."""
    data = load_nhanes_diabetes()
    y, rates = data.y.to_numpy(), []
    for seed in range(4):
        rest, test = train_test_split(np.arange(len(y)), test_size=0.3, stratify=y, random_state=seed)
        train, calibrate = train_test_split(rest, test_size=0.3, stratify=y[rest], random_state=seed)
        model = HistGradientBoostingClassifier(random_state=0).fit(data.X.iloc[train], y[train])
        p = model.predict_proba(data.X)
        conformal = SplitConformalClassifier(0.1).calibrate(y[calibrate], p[calibrate])
        hit = conformal.predict_set(p[test])[np.arange(len(test)), y[test]]
        rates.append([hit[y[test] == 1].mean(), hit[y[test] == 0].mean()])
    assert np.mean(rates, axis=0) == pytest.approx([0.55, 0.98], abs=0.03)
    assert "55%" in s.STATEMENTS[9][1]
    assert "98%" in s.STATEMENTS[9][1]


def test_a_wrong_statement_is_named_with_its_reason():
    assert "Statement 4 is true" in message("18.4-g", s.true_statements - {4})
    assert "Statement 3 is not true" in message("18.4-g", {*s.true_statements, 3})
    assert list(s.STATEMENTS) == list(range(1, 13))
