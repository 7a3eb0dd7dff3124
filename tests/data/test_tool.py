"""The tool of 18.3: nobody is judged by a sister that has seen her, and the reversal that the section teaches."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from clinxai_teach.calibration import calibration_slope_intercept, observed_expected_ratio
from clinxai_teach.data import diabetes_tool, load_nhanes_diabetes


@pytest.fixture(scope="module")
def tool():
    return diabetes_tool()


def test_the_rows_are_those_of_the_table(tool):
    data = load_nhanes_diabetes()
    assert tool.X.equals(data.X)
    assert tool.audit.equals(data.audit)
    assert np.array_equal(tool.y, data.y)
    assert np.array_equal(tool.told, data.audit["told_diabetes"] == "yes")


def test_the_five_parts_have_the_same_mixture(tool):
    for kind in (tool.told, ~tool.told & (tool.y == 1), tool.y == 0):
        counts = np.bincount(tool.part[kind], minlength=5)
        assert counts.max() - counts.min() <= 1


def test_chance_deals_other_shares_of_ill_people(tool):
    """Near 38 in each part, as a practice of 843 has them: a hypergeometric spread of about 5.4."""
    dealt = diabetes_tool(equal_parts=False)
    ill = np.bincount(dealt.part[~dealt.told & (dealt.y == 1)], minlength=5)
    assert ill.sum() == 190
    assert 4 < ill.max() - ill.min() < 27
    assert np.array_equal(np.sort(np.bincount(dealt.part)), np.sort(np.bincount(tool.part)))


@pytest.mark.parametrize("k", range(5))
def test_a_sister_learns_from_three_parts_and_scores_the_two_others(tool, k):
    learned = ~np.isin(tool.part, [k, (k + 1) % 5])
    model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
    model.fit(tool.X[learned], tool.y[learned])
    judged, kept = tool.part == k, tool.part == (k + 1) % 5
    assert np.allclose(tool.z[judged], model.decision_function(tool.X[judged]))
    assert np.allclose(tool.z_calib[kept], model.decision_function(tool.X[kept]))


@pytest.mark.parametrize("random_state", [0, 14])
def test_it_is_right_for_all_and_far_too_high_for_those_it_is_meant_for(random_state):
    tool = diabetes_tool(random_state=random_state)
    p, for_whom = expit(tool.z), ~tool.told
    assert observed_expected_ratio(tool.y, p) == pytest.approx(1, abs=0.03)
    assert calibration_slope_intercept(tool.y, p).slope == pytest.approx(0.95, abs=0.06)
    assert observed_expected_ratio(tool.y[for_whom], p[for_whom]) == pytest.approx(0.274, abs=0.006)
    assert roc_auc_score(tool.y[for_whom], p[for_whom]) < roc_auc_score(tool.y, p) - 0.03


def test_another_state_deals_other_parts(tool):
    other = diabetes_tool(random_state=15)
    assert not np.array_equal(other.part, tool.part)
    assert np.array_equal(other.y, tool.y)


@pytest.mark.parametrize("state", [-1, 1.5, "a"])
def test_a_bad_state_is_named(state):
    with pytest.raises((TypeError, ValueError), match="random_state"):
        diabetes_tool(random_state=state)
