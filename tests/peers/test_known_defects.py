"""Where a peer is wrong today, in one place. Each test first proves ours; it skips when the peer has mended its fault.

When a test skips, take its row out of the texts that mention the fault, and then the test.
"""

import numpy as np
import pytest
import shap
import torch
import torchvision
from networks import Function, grad_cam_oracle
from torch import nn

from benches.correctness.attribution import (
    beside_the_cuts,
    by_enumeration,
    fitted,
    reuses_its_relu,
    shap_tree,
    tabular,
)
from benches.correctness.calibration import NARROW
from benches.drawn import patients
from benches.peers import captum_ig, crepes_sets, mapie_sets, raw_grad_cam
from clinxai_teach.attribution import grad_cam, integrated_gradients, shap_explanation
from clinxai_teach.calibration import expected_calibration_error
from clinxai_teach.conformal import SplitConformalClassifier, average_set_size, conformal_calibrate, coverage
from clinxai_teach.models.network import ChestNet


def skip_if_mended(wrong, peer):
    """Skip the test where the peer no longer shows the fault."""
    if not wrong:
        pytest.skip(f"{peer} has mended this")


def row(*values):
    return torch.tensor([values], dtype=torch.float64)


def far(one, other):
    """Return the largest difference, as a share of the largest value."""
    return float((one - other).abs().max() / other.abs().max())


# ---- Captum 0.9 ----------------------------------------------------------------------------------


def test_captums_trapezoid_gives_too_little():
    """A linear model has a known answer, w x. Captum weighs its trapezoid so that it sums to (n - 1) / n."""
    model, truth = Function(lambda x: x @ row(1, 2, 3)[0]), row(1, 2, 3)
    for n in (5, 50):
        ours = integrated_gradients(model, row(1, 1, 1), 1, n_steps=n, method="trapezoid").values
        torch.testing.assert_close(ours, truth, rtol=0, atol=1e-14)
        theirs = captum_ig(model, row(1, 1, 1), n_steps=n, method="riemann_trapezoid")
        skip_if_mended(far(theirs, truth) > 1e-6, "Captum")
        torch.testing.assert_close(theirs, truth * (n - 1) / n, rtol=1e-6, atol=0)


def test_captum_takes_its_steps_in_float32_whatever_the_input():
    """On a quadratic Gauss-Legendre is exact, so what remains is rounding: 1e-9 against 1e-15."""
    model, x = Function(lambda x: (x**2).sum(1)), row(1, 2, 3)
    assert (integrated_gradients(model, x, 1, n_steps=50).values - x**2).abs().max() < 1e-14
    skip_if_mended((captum_ig(model, x, n_steps=50) - x**2).abs().max() > 1e-11, "Captum")


def test_in_training_mode_captum_changes_the_statistics_of_a_batchnorm():
    model = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 2)).train()
    before = model[0].running_mean.clone()
    integrated_gradients(model, torch.rand(6, 4), 1)
    assert torch.equal(model[0].running_mean, before)
    assert model.training
    captum_ig(model, torch.rand(6, 4), target=1)
    skip_if_mended(not torch.equal(model[0].running_mean, before), "Captum")


def test_captum_misses_a_change_next_to_the_baseline_and_gives_no_warning():
    """Only the direction of the input counts, as behind a LayerNorm: all of the change lies next to black."""
    model, x = Function(lambda x: x[:, 0] / (x.square().sum(1) + 1e-12).sqrt()), row(3, 4)
    assert abs(float(integrated_gradients(model, x, 1, tolerance=0.01).convergence_delta)) <= 0.01 * 0.6
    skip_if_mended(abs(float(captum_ig(model, x, n_steps=50).sum()) - 0.6) > 0.5, "Captum")


# ---- pytorch-grad-cam 1.5.7 ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "layer"), [("densenet121", "features"), ("resnet18", "layer3.0.bn2"), ("vgg11", "features.18")]
)
def test_pytorch_grad_cam_keeps_a_map_that_the_next_layer_overwrites(family, layer):
    """On a CPU it keeps the activation itself, not a copy, and the in-place layer behind it changes it."""
    torch.manual_seed(1)
    model = torchvision.models.get_model(family, weights=None, num_classes=5).eval()
    inputs = torch.rand(2, 3, 64, 64)
    truth = grad_cam_oracle(model, inputs, 3, layer)
    assert far(grad_cam(model, inputs, 3, layer=model.get_submodule(layer), relu=False), truth) < 1e-4
    skip_if_mended(far(raw_grad_cam(model, inputs, 3, model.get_submodule(layer)), truth) > 0.01, "pytorch-grad-cam")


def test_pytorch_grad_cam_reads_the_first_call_of_a_layer_that_runs_twice():
    model, inputs = reuses_its_relu(), torch.arange(16.0).reshape(1, 1, 4, 4)
    truth = grad_cam_oracle(model, inputs, 1, "relu")
    torch.testing.assert_close(grad_cam(model, inputs, 1, layer=model.relu), truth)
    theirs = raw_grad_cam(model, inputs, 1, model.relu)
    skip_if_mended(far(theirs, truth) > 1e-6, "pytorch-grad-cam")


def test_pytorch_grad_cam_changes_the_model(unchanged):
    torch.manual_seed(1)
    model, inputs = ChestNet().train(), torch.rand(2, 1, 64, 64)
    with unchanged(model, inputs):
        grad_cam(model, inputs, 1, layer=model.features[-1])
    raw_grad_cam(model, inputs, 1, model.features[-1])
    skip_if_mended(not model.training, "pytorch-grad-cam")
    assert any(parameter.grad is not None for parameter in model.parameters())


# ---- shap 0.51 -----------------------------------------------------------------------------------


def test_shap_sends_patients_at_a_threshold_of_boosted_trees_to_the_wrong_side():
    """Thresholds lie on the patients' own values, in float64. shap compares in float32."""
    model, background, x = fitted("boosting"), tabular()[0][:60], beside_the_cuts()
    exact = [by_enumeration(model.decision_function, patient, background) for patient in x]
    np.testing.assert_allclose(shap_explanation(model, x, background=background).values, exact, atol=1e-6)
    skip_if_mended(np.abs(shap_tree("boosting", x, 60) - exact).max() > 0.01, "shap")


def test_shap_takes_a_hundred_rows_of_a_larger_background():
    """Then the base value is not the mean of the rows that were handed over."""
    X, y = tabular()
    background = np.concatenate([X[~y][:110], X[y][:110]])
    model = fitted("forest")
    mean = model.predict_proba(background)[:, 1].mean()
    ours = shap_explanation(model, X[:2], background=background)
    np.testing.assert_allclose(ours.base_values, mean, atol=1e-9)
    theirs = shap.TreeExplainer(model, data=background, feature_perturbation="interventional").expected_value[1]
    skip_if_mended(abs(theirs - mean) > 1e-3, "shap")


# ---- netcal 1.4 ----------------------------------------------------------------------------------


def test_netcal_crashes_where_equal_mass_bins_have_ties():
    """Its histogram needs edges that all differ; quantiles of tied data do not."""
    from netcal.metrics import ECE

    p = np.concatenate([np.zeros(80), np.linspace(0.1, 0.9, 20)])
    y = (p > 0.5).astype(int)
    assert expected_calibration_error(y, p, strategy="quantile") > 0
    try:
        ECE(10, equal_intervals=False).measure(p, y)
    except ValueError:
        return
    skip_if_mended(False, "netcal")


# ---- MAPIE 1.6 -----------------------------------------------------------------------------------


def test_mapie_uses_one_bin_fewer_than_it_is_asked_for():
    """It takes `num_bins` as the number of edges, so 11 there are 10 bins here."""
    from mapie.metrics.calibration import expected_calibration_error as mapie_ece

    y, p = NARROW
    ours = expected_calibration_error(y, p, n_bins=10)
    assert ours == pytest.approx((0.25 - 0.12) / 2 + 0.215 / 2)
    skip_if_mended(abs(mapie_ece(y, p, num_bins=10, split_strategy="uniform") - ours) > 1e-6, "MAPIE")
    assert mapie_ece(y, p, num_bins=11, split_strategy="uniform") == pytest.approx(ours, abs=1e-12)


def test_mapie_refuses_nine_patients_although_they_are_enough():
    """With n = 9 and alpha = 0.1 the 9th of 9 scores keeps the promise exactly (9 / 10)."""
    y, p = np.r_[np.arange(5), 0, 1, 2, 3], patients(9, 3, n_classes=5)[1]
    assert conformal_calibrate(y, p) == (1 - p[np.arange(9), y]).max()
    try:
        mapie_sets(y, p, p)
    except ValueError:
        return
    skip_if_mended(False, "MAPIE")


def test_mapie_calibrates_aps_by_another_rule_than_it_predicts_by():
    """It calibrates the randomized score, whatever `include_last_label` says.

    Its deterministic sets therefore miss the goal: too large with the last label (the default), too small without.
    Its randomized sets use one rule throughout and cover as ours do.
    """
    covered, size = {}, {}
    for trial in range(25):
        (y, p), (z, new) = patients(400, trial, n_classes=5), patients(2000, 1000 + trial, n_classes=5)
        sets = {f"mapie {last}": mapie_sets(y, p, new, score="aps", include_last_label=last) for last in (True, False)}
        sets["mapie randomized"] = mapie_sets(y, p, new, score="aps", seed=trial, include_last_label="randomized")
        sets["ours"] = SplitConformalClassifier(score="aps").calibrate(y, p).predict_set(new)
        randomized = SplitConformalClassifier(score="aps", randomized=True, seed=trial)
        sets["ours randomized"] = randomized.calibrate(y, p).predict_set(new)
        for name, table in sets.items():
            covered.setdefault(name, []).append(coverage(z, table))
            size.setdefault(name, []).append(average_set_size(table))
    covered = {name: np.mean(values) for name, values in covered.items()}
    size = {name: np.mean(values) for name, values in size.items()}
    for name in ("ours", "ours randomized", "mapie randomized"):
        assert covered[name] == pytest.approx(361 / 401, abs=0.012)
    skip_if_mended(covered["mapie True"] > 0.93 and covered["mapie False"] < 0.85, "MAPIE")
    assert size["ours"] < size["mapie True"]


# ---- crepes 0.9 ----------------------------------------------------------------------------------


def test_crepes_takes_one_more_score_where_a_p_value_can_be_alpha():
    """It keeps labels with p-value >= alpha; the definition asks for > alpha, which already promises 1 - alpha.

    With n = 99 our threshold is the 90th score and covers 90 / 100 exactly. Theirs is the 91st: valid, but larger.
    """
    y, p = patients(99, 7, n_classes=5)
    scores = np.sort(1 - p[np.arange(99), y])
    ours, theirs = scores[89], scores[90]
    assert conformal_calibrate(y, p) == ours
    middle = 1 - (ours + theirs) / 2
    new = np.array([[middle, 1 - middle, 0, 0, 0]])
    assert not SplitConformalClassifier().calibrate(y, p).predict_set(new)[0, 0]
    skip_if_mended(crepes_sets(y, p, new)[0, 0], "crepes")
