"""The smooth calibration curve: closed forms, statsmodels' lowess, Austin and Steyerberg's numbers, an honest band."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from statsmodels.nonparametric.smoothers_lowess import lowess

from clinxai_teach.calibration import smooth_calibration_curve
from clinxai_teach.calibration.smooth import CELLS, POINTS

HALF = {"n_bootstrap": 20}


def patients(n, seed=0, power=1.3, digits=None):
    """Draw risks, and outcomes that follow risk ** power: the curve should be the power."""
    rng = np.random.default_rng(seed)
    p = rng.random(n) ** 2
    y = (rng.random(n) < p**power).astype(int)
    return y, p if digits is None else np.round(p, digits)


def test_events_on_a_line_give_that_line():
    """Whatever the weights, a straight line through shares that lie on one is that line."""
    p = np.repeat([0.1, 0.3, 0.5, 0.9], 100)
    y = np.concatenate([np.arange(100) < 100 * (0.25 + risk / 2) for risk in (0.1, 0.3, 0.5, 0.9)])
    for span in (0.75, 1):
        curve = smooth_calibration_curve(y, p, span=span, **HALF)
        np.testing.assert_allclose(curve.prob_true, 0.25 + curve.prob_pred / 2, atol=1e-12)
        distance = np.abs(0.25 - p / 2)
        np.testing.assert_allclose([curve.ici, curve.emax], [distance.mean(), distance.max()], atol=1e-12)
        np.testing.assert_allclose([curve.e50, curve.e90], np.quantile(distance, [0.5, 0.9]), atol=1e-12)


def test_a_hand_computed_point():
    """Four patients at 0, 1, 2, 4 (/ 10), span 0.75. At 0 the nearest three reach 0.2, so 0.2 and 0.4 weigh nothing.

    What is left are two points, 0 and 0.1, and the line runs through both: at 0 it is the first outcome.
    """
    curve = smooth_calibration_curve([1, 0, 1, 0], [0.0, 0.1, 0.2, 0.4], **HALF)
    assert curve.prob_true[0] == pytest.approx(1, abs=1e-12)
    # At 0.4 the nearest three reach 0.3 back to 0.1: weights (1 - (2/3)^3)^3 at 0.2 and 1 at 0.4: a line through both.
    assert curve.prob_true[-1] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("n", [30, 200, CELLS])
@pytest.mark.parametrize("span", [0.3, 0.75, 1])
def test_equals_statsmodels_lowess_without_robust_weights(n, span):
    y, p = patients(n, seed=n)
    curve = smooth_calibration_curve(y, p, span=span, **HALF)
    theirs = lowess(y, p, frac=span, it=0, xvals=curve.prob_pred)
    np.testing.assert_allclose(curve.prob_true, theirs, atol=1e-9)
    distance = np.abs(lowess(y, p, frac=span, it=0, return_sorted=False) - p)
    assert curve.ici == pytest.approx(distance.mean(), abs=1e-12)
    assert curve.emax == pytest.approx(distance.max(), abs=1e-12)
    np.testing.assert_allclose([curve.e50, curve.e90], np.quantile(distance, [0.5, 0.9]), atol=1e-12)


def test_equals_lowess_where_patients_share_a_probability():
    y, p = patients(400, digits=2)
    curve = smooth_calibration_curve(y, p, **HALF)
    np.testing.assert_allclose(curve.prob_true, lowess(y, p, frac=0.75, it=0, xvals=curve.prob_pred), atol=1e-9)


@pytest.mark.parametrize("span", [0.3, 0.75])
def test_gathering_many_patients_in_cells_hardly_moves_the_curve(span):
    y, p = patients(6000)
    curve = smooth_calibration_curve(y, p, span=span, **HALF)
    np.testing.assert_allclose(curve.prob_true, lowess(y, p, frac=span, it=0, xvals=curve.prob_pred), atol=3e-4)
    distance = np.abs(lowess(y, p, frac=span, it=0, return_sorted=False) - p)
    np.testing.assert_allclose(
        [curve.ici, curve.e50, curve.e90, curve.emax],
        [distance.mean(), *np.quantile(distance, [0.5, 0.9]), distance.max()],
        atol=3e-4,
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(5, 300), span=st.floats(0.2, 1), digits=st.sampled_from([2, 8]))
@example(seed=1, n=5, span=0.5, digits=2)
def test_order_mirror_and_the_order_of_the_distances(seed, n, span, digits):
    y, p = patients(n, seed, digits=digits)
    if len(np.unique(p)) == 1:
        return
    curve = smooth_calibration_curve(y, p, span=span, **HALF)
    assert (curve.prob_pred[0], curve.prob_pred[-1]) == (p.min(), p.max())
    assert all(len(part) == POINTS for part in curve[:4])
    assert curve.e50 <= curve.e90 <= curve.emax
    assert curve.ici <= curve.emax
    order = np.random.default_rng(seed).permutation(n)
    shuffled = smooth_calibration_curve(y[order], p[order], span=span, **HALF)
    np.testing.assert_allclose(shuffled.prob_true, curve.prob_true, atol=1e-9)
    np.testing.assert_allclose(shuffled.ci_high, curve.ci_high, atol=1e-9)
    other = smooth_calibration_curve(1 - y, 1 - p, span=span, **HALF)  # the risk of staying well
    away = np.sort(np.abs(p - curve.prob_pred[:, None]))[:, : max(2, int(span * n + 1e-9))]
    clear = (away[:, 0] < 0.999 * away[:, -1]) | (away[:, -1] == 0)  # where all nearest are equally far, chance decides
    np.testing.assert_allclose(other.prob_true[::-1][clear], 1 - curve.prob_true[clear], atol=1e-6)
    assert other.ici == pytest.approx(curve.ici, abs=1e-6)


def test_the_band_holds_the_truth_about_as_often_as_it_says():
    """Point by point, over 80 draws of 200 calibrated patients; the middle of the grid, where patients are."""
    inside = []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        p = rng.random(200)
        curve = smooth_calibration_curve(rng.random(200) < p, p, n_bootstrap=60)
        inside.append((curve.ci_low <= curve.prob_pred) & (curve.prob_pred <= curve.ci_high))
    assert 0.88 < np.mean(inside) < 0.98  # 0.936 over 400 draws of 1,000 patients


def test_the_band_is_that_of_the_plain_bootstrap():
    """Resampling counts is resampling patients: drawn by hand, with the same weights, the spread is the same."""
    y, p = patients(300)
    curve = smooth_calibration_curve(y, p, n_bootstrap=2000, span=1)
    rng = np.random.default_rng(1)
    drawn = [lowess(y[i], p[i], frac=1, it=0, xvals=curve.prob_pred) for i in rng.integers(0, 300, (400, 300))]
    width = np.subtract(*np.quantile(drawn, [0.975, 0.025], axis=0))
    np.testing.assert_allclose((curve.ci_high - curve.ci_low)[5:-5], width[5:-5], rtol=0.2)


def test_the_same_seed_gives_the_same_band_and_the_global_state_stays():
    y, p = patients(100)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, two, other = (smooth_calibration_curve(y, p, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.ci_low, two.ci_low)
    assert (one.ci_low != other.ci_low).any()
    np.testing.assert_array_equal(one.prob_true, other.prob_true)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_confidence_of_one_half_gives_a_narrower_band():
    y, p = patients(200)
    wide, narrow = (smooth_calibration_curve(y, p, confidence=level) for level in (0.95, 0.5))
    assert ((narrow.ci_high - narrow.ci_low) < (wide.ci_high - wide.ci_low)).all()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"span": 0}, ValueError, "span must be above 0"),
        ({"span": 1.5}, ValueError, "span must be a number from 0 to 1"),
        ({"span": "0.75"}, TypeError, "span must be a number"),
        ({"confidence": 1}, ValueError, "confidence"),
        ({"n_bootstrap": 0}, ValueError, "n_bootstrap must be at least 1"),
        ({"seed": -1}, ValueError, "seed"),
        ({"y_prob": [0.3, 0.3, 0.3]}, ValueError, "the same for every patient"),
        ({"y_prob": [0.1, 0.2]}, ValueError, "one value per patient"),
        ({"y_true": [0, 1, 2]}, ValueError, "labels 0 and 1"),
    ],
)
def test_bad_arguments_are_named(change, error, message):
    arguments = {"y_true": [0, 1, 0], "y_prob": [0.1, 0.5, 0.8]} | change
    with pytest.raises(error, match=message):
        smooth_calibration_curve(arguments.pop("y_true"), arguments.pop("y_prob"), **arguments)
