"""Section 18.4's exercises: their numbers are the helpers', and their words are true."""

import math

import numpy as np
import pytest
from exercise_names import names_of
from scipy.stats import binom

from clinxai_teach.checks import CheckFailed, NotAttempted, check
from clinxai_teach.conformal import SplitConformalClassifier, conformal_quantile, conformal_risk_threshold, coverage_law
from clinxai_teach.conformal.quantile import conformal_rank
from clinxai_teach.intervals import clopper_pearson
from clinxai_teach.uncertainty import entropy_decomposition, prediction_instability

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


def test_the_cut_off_is_that_of_conformal_risk_control():
    for case in s._ill_cases():
        scores = 1 - case.arguments["p_ill"]
        cut_offs = np.sort(scores)
        expected = conformal_risk_threshold(scores[:, None] > cut_offs, cut_offs, case.arguments["alpha"])
        mine = s.cut_off(**case.arguments)
        assert mine == 0 if math.isinf(expected) else mine == pytest.approx(1 - expected)
    assert any(s.cut_off(**case.arguments) == 0 for case in s._ill_cases())


def test_class_thresholds_give_the_helpers_sets():
    for case in s._class_cases():
        y, p, alpha = case.arguments.values()
        thresholds = s.class_thresholds(y, p, alpha)
        sets = SplitConformalClassifier(alpha).calibrate(y, p, groups="class").predict_set(p, groups="class")
        np.testing.assert_array_equal(sets, 1 - p <= np.array([thresholds[k] for k in range(p.shape[1])]))


def test_the_four_numbers_are_those_of_the_law():
    numbers = s.coverage_numbers
    law = coverage_law(60, 0.05)
    assert numbers["mean coverage"] == pytest.approx(law.mean())
    assert numbers["k"] == pytest.approx(61 * law.mean())
    assert numbers["5 in 100 sets below"] == pytest.approx(law.ppf(0.05))
    assert law.cdf(0.9) == pytest.approx(1 / 20, abs=0.004)  # "one hospital in 20 gets less than 90%"
    assert numbers["chance below 0.93 with n = 200"] == pytest.approx(coverage_law(200, 0.05).cdf(0.93))


def sees_a_fall(n, true, promise=0.95):
    """In how many of 100 tests of n films the exact interval lies below the promise."""
    broken = [hits for hits in range(n + 1) if clopper_pearson(hits, n)[1] < promise]
    return round(100 * binom(n, true).pmf(broken).sum())


def test_what_the_vignettes_state():
    """The set by hand, the smallest n, the ill who may be missed, the power; films; the alarm; the refits."""
    m = s.how_many
    assert conformal_rank(m["smallest_n"], 0.04) == m["smallest_n"]
    assert conformal_rank(m["smallest_n"] - 1, 0.04) > m["smallest_n"] - 1
    scores = [0.05, 0.08, 0.11, 0.15, 0.22, 0.30, 0.41, 0.58, 0.74]
    assert conformal_quantile(scores, 0.2) == m["threshold"]
    assert sum(1 - p <= m["threshold"] for p in (0.47, 0.44, 0.09)) == m["labels"]
    power = {n: [sees_a_fall(n, true) for true in (0.80, 0.85, 0.90)] for n in (50, 100, 200, 400)}
    assert power == {50: [90, 64, 23], 100: [99, 90, 42], 200: [100, 100, 79], 400: [100, 100, 96]}
    assert min(n for n, row in power.items() if row[2] >= 90) == m["films"]
    assert (m["may_miss"] + 1) / 80 <= 0.05 < (m["may_miss"] + 2) / 80
    assert [round(100 * float(end)) for end in clopper_pearson(0, 20)] == [0, 17]
    assert [round(100 * float(end)) for end in clopper_pearson(34, 40)] == [70, 94]
    assert [round(100 * (1 - s.alarm[key])) for key in ("ppv", "ppv_best")] == [93, 89]
    refits = np.array([2, 3, 3, 4, 4, 5, 6, 6, 7, 8, 9, 12]) / 100
    for threshold, key in ((0.05, "flip"), (0.10, "flip_at_10")):
        result = prediction_instability(refits[:, None], threshold=threshold)
        assert result.flip_share[0] == pytest.approx(s.twelve[key])
    assert s.twelve["offered"] == (refits >= 0.05).sum()
    assert s.path["missed"] == 20  # alone: 16
    assert s.path["break_even"] > 20 / 34
    assert s.path["may_cut"] - 60 == 60  # "60 harmless moles fewer"


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


def test_the_numbers_of_the_statements():
    """6: 19 of each of four groups; 8: 15 are too few; 9: what is left for the ill."""
    fewest = next(n for n in range(1, 100) if conformal_rank(n, 0.05) <= n)
    assert f"at least {4 * fewest} " in s.STATEMENTS[6][0]
    assert conformal_rank(15, 0.05) == 16
    assert math.isinf(conformal_quantile(np.arange(15.0), 0.05))
    all_covered, healthy_covered = round(0.96 * 1000), round(0.98 * 900)
    assert f"That leaves {all_covered - healthy_covered} of the 100 ill" in s.STATEMENTS[9][1]
    assert {6, 8, 9} & s.true_statements == {6}


def test_a_wrong_statement_is_named_with_its_reason():
    assert "Statement 4 is true" in message("18.4-g", s.true_statements - {4})
    assert "Statement 3 is not true" in message("18.4-g", {*s.true_statements, 3})
    assert list(s.STATEMENTS) == list(range(1, 13))
