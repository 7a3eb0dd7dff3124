"""Integrated gradients: closed forms for every rule, the axioms, the stop rule, memory, and where Captum differs."""

import warnings

import captum.attr
import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import Function, starts_in_place, two_layers

from clinxai_teach.attribution import integrated_gradients, path
from clinxai_teach.attribution.adaptive import cuts, open_weights, piece_errors, trapezoid_weights
from clinxai_teach.attribution.integration import METHODS, nodes_and_weights
from clinxai_teach.data import make_radiographs
from clinxai_teach.models import load_cxr_model


def row(*values):
    return torch.tensor([values], dtype=torch.float64)


# ---- closed forms --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n_steps", [2, 3, 50])
def test_a_linear_model_is_exact_for_every_rule(method, n_steps):
    model = Function(lambda x: x @ row(1, 2, 3)[0])
    result = integrated_gradients(model, row(1, 1, 1), 1, baseline=row(0, 0.5, 0), n_steps=n_steps, method=method)
    torch.testing.assert_close(result.values, row(1, 1, 3), rtol=0, atol=1e-14)
    assert result.convergence_delta.abs().max() < 1e-14
    assert result.n_steps == n_steps


@pytest.mark.parametrize("method", ["gausslegendre", "midpoint", "trapezoid"])
def test_a_quadratic_is_exact_where_the_rule_is_exact_for_lines(method):
    A = torch.tensor([[2.0, 0.5], [0.5, -1.0]], dtype=torch.float64)
    x = row(1.5, -2)
    result = integrated_gradients(Function(lambda x: ((x @ A) * x).sum(1)), x, 1, n_steps=4, method=method)
    torch.testing.assert_close(result.values, x * (x @ A), rtol=0, atol=1e-14)


def test_the_baseline_is_part_of_the_question():
    product = Function(lambda x: x[:, 0] * x[:, 1])
    torch.testing.assert_close(integrated_gradients(product, row(2, 3), 1).values, row(3, 3))
    torch.testing.assert_close(integrated_gradients(product, row(2, 3), 1, baseline=1.0).values, row(2, 3))


def test_a_cubic_by_gauss_with_two_steps_and_by_midpoint_with_its_known_error():
    cubic = Function(lambda x: x[:, 0] ** 3)
    assert float(integrated_gradients(cubic, row(2), 1, n_steps=2).values) == pytest.approx(8, abs=1e-14)
    for n in (1, 4, 10):
        midpoint = integrated_gradients(cubic, row(2), 1, n_steps=n, method="midpoint")
        assert float(midpoint.values) == pytest.approx(8 * (1 - 1 / (4 * n**2)), abs=1e-13)


@pytest.mark.parametrize("n_steps", [2, 6, 64])
@pytest.mark.parametrize("method", ["gausslegendre", "midpoint"])
def test_two_networks_with_the_same_output_get_the_same_answer(n_steps, method):
    """Implementation invariance, with the example of the paper: (1.5, -0.5) for both."""
    f = Function(lambda x: (x[:, 0].relu() - 1 - x[:, 1].relu()).relu())
    g = Function(lambda x: ((x[:, 0] - 1).relu() - x[:, 1].relu()).relu())
    for network in (f, g):
        values = integrated_gradients(network, row(3, 1), 1, n_steps=n_steps, method=method).values
        torch.testing.assert_close(values, row(1.5, -0.5), rtol=0, atol=0.05 if network is g else 1e-12)
    if method == "midpoint" and n_steps == 6:  # the kinks of both lie between two steps
        torch.testing.assert_close(values, row(1.5, -0.5), rtol=0, atol=1e-12)


def test_the_errors_of_the_rules_on_a_steep_sigmoid():
    model = Function(lambda x: (12 * (x.sum(1) - 0.5)).sigmoid())
    x = row(1 / 3, 1 / 3, 1 / 3)

    def error(method, n):
        return float(integrated_gradients(model, x, 1, n_steps=n, method=method).convergence_delta.abs())

    assert error("gausslegendre", 16) == pytest.approx(3.9e-6, rel=0.05)
    assert error("gausslegendre", 50) <= 1e-12
    assert error("midpoint", 50) == pytest.approx(1.2e-5, rel=0.05)
    assert error("left", 50) == pytest.approx(2.4e-5, rel=0.05)
    assert error("right", 50) == pytest.approx(2.4e-5, rel=0.05)


def test_a_saturated_unit_gets_its_share():
    model = Function(lambda x: x[:, 0].clamp(max=1))
    assert float(integrated_gradients(model, row(2), 1, n_steps=4, method="midpoint").values) == pytest.approx(1)


@pytest.mark.parametrize("method", METHODS)
def test_the_weights_of_every_rule_add_up_to_one(method):
    for n in (2, 3, 17, 200):
        places, weights = nodes_and_weights(n, method)
        assert len(places) == len(weights) == n
        assert float(weights.sum()) == pytest.approx(1, abs=1e-14)
        assert 0 <= float(places.min()) <= float(places.max()) <= 1
        assert (np.diff(places) > 0).all()


# ---- properties ----------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 4), batch=st.one_of(st.none(), st.integers(1, 9)))
def test_completeness_linearity_and_rows_that_do_not_influence_each_other(seed, rows, batch):
    f, g = two_layers(seed), two_layers(seed + 1)
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, 4, dtype=torch.float64, generator=generator)
    baseline = torch.randn(1, 4, dtype=torch.float64, generator=generator)
    target = torch.randint(0, 3, (rows,), generator=generator)

    def attribute(model, x, target):
        return integrated_gradients(model, x, target, baseline=baseline, n_steps=128, batch_size=batch)

    result = attribute(f, x, target)
    with torch.no_grad():
        difference = (f(x) - f(baseline)).gather(1, target[:, None])[:, 0]
    torch.testing.assert_close(result.values.sum(1) - difference, result.convergence_delta, rtol=0, atol=1e-12)
    assert result.convergence_delta.abs().max() < 1e-6
    torch.testing.assert_close(
        result.values, torch.cat([attribute(f, x[i : i + 1], target[i]).values for i in range(rows)])
    )
    mixed = Function(lambda x: 2 * f(x) - 3 * g(x))
    both = 2 * result.values - 3 * attribute(g, x, target).values
    torch.testing.assert_close(attribute(mixed, x, target).values, both, rtol=1e-9, atol=1e-9)


def test_a_feature_that_is_not_used_or_equals_the_baseline_gets_nothing():
    model = Function(lambda x: x[:, 0] * x[:, 1])
    values = integrated_gradients(model, row(2, 3, 5), 1, baseline=row(0, 3, 1)).values
    torch.testing.assert_close(values, row(6, 0, 0))


def test_the_dtype_and_device_of_the_input_are_kept():
    for dtype in (torch.float32, torch.float64):
        result = integrated_gradients(two_layers(dtype=dtype), torch.rand(2, 4, dtype=dtype), 0)
        assert result.values.dtype == result.convergence_delta.dtype == dtype
        assert not result.values.requires_grad


# ---- the stop rule -------------------------------------------------------------------------------


def counted(model):
    """Return the network with a counter of the rows it was asked for with gradients on."""
    seen = []
    model.register_forward_pre_hook(
        lambda module, given: seen.append(len(given[0])) if torch.is_grad_enabled() else None
    )
    return model, seen


def test_tolerance_adds_steps_until_the_worst_row_is_complete():
    model, seen = counted(Function(lambda x: (12 * (x.sum(1) - 0.5)).sigmoid()))
    x = torch.tensor([[1 / 3] * 3, [0.1, 0.0, 0.0], [1.0, 1.0, 1.0]], dtype=torch.float64)
    for tolerance in (0.1, 0.01, 1e-6):
        seen.clear()
        result = integrated_gradients(model, x, 1, tolerance=tolerance, n_steps=1)
        with torch.no_grad():
            size = (model(x) - model(torch.zeros(1, 3, dtype=torch.float64))).abs()
        assert (result.convergence_delta.abs() <= tolerance * size).all()
        assert sum(seen) <= 3 * result.n_steps + 1  # each place once at most, and one to see what the model returns


def test_a_looser_tolerance_needs_no_more_steps():
    model = load_cxr_model("clean")
    x = torch.from_numpy(make_radiographs(4, seed=1).images)
    steps = [integrated_gradients(model, x, 1, tolerance=t).n_steps for t in (0.2, 0.05, 0.01)]
    assert steps == sorted(steps)


def test_the_places_gather_where_the_gradient_jumps():
    """One kink at alpha = 0.3: equal steps need hundreds, halving the bad piece needs a few."""
    model, seen = counted(Function(lambda x: (x[:, 0] - 0.3).relu()))
    result = integrated_gradients(model, row(1.0), 1, tolerance=1e-3)
    assert abs(float(result.values) - 0.7) <= 0.7e-3
    assert result.n_steps <= 20
    assert sum(seen) <= result.n_steps + 1  # each place once; one more to see what the model returns
    equal = [integrated_gradients(model, row(1.0), 1, n_steps=n, method="trapezoid") for n in (21, 41)]
    assert min(float(one.convergence_delta.abs()) for one in equal) > float(result.convergence_delta.abs())


def test_the_adaptive_sum_is_the_trapezoid_rule_on_its_places():
    places = np.array([0, 0.25, 0.5, 0.625, 1])
    y = np.array([1.0, 3.0, -2.0, 5.0, 4.0])
    assert (trapezoid_weights(places) * y).sum() == pytest.approx(np.trapezoid(y, places))
    assert trapezoid_weights(places).sum() == pytest.approx(1)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=9, unique=True), st.integers(0, 1000))
def test_pieces_know_their_errors_and_the_weights_make_the_same_sum(places, seed):
    places, rng = np.sort(places), np.random.default_rng(seed)
    slopes, scores, ends = rng.normal(size=len(places)), rng.normal(size=len(places)), rng.normal(size=2)
    weights = open_weights(places)
    assert weights.sum() == pytest.approx(1)
    errors = piece_errors(places, slopes, scores, ends)
    assert len(errors) == len(places) + 1
    assert errors.sum() == pytest.approx((weights * slopes).sum() - (ends[1] - ends[0]), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    errors=st.lists(st.floats(-1, 1), min_size=2, max_size=12),
    tolerance=st.floats(1e-6, 2),
    most=st.integers(1, 20),
)
def test_new_places_lie_inside_the_worst_pieces_and_are_no_more_than_allowed(errors, tolerance, most):
    places = (np.arange(len(errors) - 1) + 0.5) / (len(errors) - 1)
    new = cuts(places, np.array(errors), tolerance, most)
    if not any(errors):
        return
    assert 1 <= len(new) <= most
    assert len(np.unique(np.append(places, new))) == len(places) + len(new)
    worst = int(np.abs(errors).argmax())
    edges = np.concatenate([[0], places, [1]])
    assert ((new > edges[worst]) & (new < edges[worst + 1])).any()


def test_at_a_black_baseline_all_units_stand_on_their_kink_and_that_does_not_matter():
    """Without biases the slope is the same all along the way, except at black itself. Five places are enough."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(6, 8, bias=False), torch.nn.ReLU(), torch.nn.Linear(8, 2, bias=False))
    x = torch.randn(3, 6)
    result = integrated_gradients(model, x, 1, tolerance=1e-3)
    assert result.n_steps == 5
    torch.testing.assert_close(result.values.sum(1), model(x)[:, 1].detach())


def test_a_change_in_a_millionth_of_the_way_from_black_is_found():
    """LayerNorm does not see the brightness: the score jumps just behind black and is flat after."""
    model = Function(lambda x: x[:, 0] / (x.square().sum(1) + 1e-12).sqrt())
    x = torch.tensor([[3.0, 4.0]], dtype=torch.float64)
    result = integrated_gradients(model, x, 1, tolerance=0.01)
    assert abs(float(result.convergence_delta)) <= 0.01 * 0.6
    assert result.n_steps <= 80


@pytest.mark.parametrize("options", [{"tolerance": 0.01}, {"map_tolerance": 0.05}])
def test_what_is_kept_of_the_gradients_is_bounded_and_changes_nothing(options, monkeypatch):
    x = torch.from_numpy(make_radiographs(2, seed=1).images)
    expected = integrated_gradients(load_cxr_model("clean"), x, 1, **options)
    monkeypatch.setattr(path, "KEEP_BYTES", 3 * x[0].numel() * 4)
    model, seen = counted(load_cxr_model("clean"))
    result = integrated_gradients(model, x, 1, **options)
    torch.testing.assert_close(result.values, expected.values, rtol=1e-4, atol=1e-5)
    assert sum(seen) <= 2 * 2 * result.n_steps


def test_a_search_computes_eight_at_once_or_as_many_as_there_are_examples():
    for rows, most in ((1, 8), (3, 8), (20, 20)):
        model, seen = counted(Function(lambda x: (12 * (x.sum(1) - 0.5)).sigmoid()))
        x = torch.linspace(0.1, 1, 3 * rows, dtype=torch.float64).reshape(rows, 3)
        integrated_gradients(model, x, 1, tolerance=1e-6)
        assert max(seen) == most
        seen.clear()
        integrated_gradients(model, x, 1, tolerance=1e-6, batch_size=4)
        assert max(seen) == 4


# ---- a tolerance for the map ---------------------------------------------------------------------


def share_of_error(values, truth):
    return float((values - truth).abs().sum() / truth.abs().sum())


@pytest.fixture(scope="module")
def fine():
    """Return the model, three small films, their labels, and maps of so many steps that they count as the truth.

    Twice as many steps change these maps by 0.0014 of themselves.
    """
    films = make_radiographs(3, seed=4, size=64)
    model, x, target = load_cxr_model("clean"), torch.from_numpy(films.images), torch.from_numpy(films.labels)
    truth = integrated_gradients(model, x, target, n_steps=1000, method="midpoint", batch_size=50).values
    return model, x, target, truth


@pytest.mark.parametrize("map_tolerance", [0.2, 0.05, 0.01])
def test_the_map_is_as_exact_as_it_says(map_tolerance, fine):
    model, x, target, truth = fine
    result = integrated_gradients(model, x, target, map_tolerance=map_tolerance)
    for one, other in zip(result.values, truth, strict=True):
        assert share_of_error(one, other) <= map_tolerance


def error_on_kinks(seed, map_tolerance):
    """The larger share of error of two maps, as a multiple of the tolerance, on a random network of 12 kinks."""
    generator = torch.Generator().manual_seed(seed)
    w, v = (torch.randn(shape, dtype=torch.float64, generator=generator) for shape in ((12, 4), (12,)))
    model = Function(lambda x: (x @ w.T + v).relu() @ v)
    x = torch.randn(2, 4, dtype=torch.float64, generator=generator)
    truth = integrated_gradients(model, x, 1, n_steps=4000, method="midpoint", batch_size=1000).values
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where two thousand steps are not enough
        result = integrated_gradients(model, x, 1, map_tolerance=map_tolerance, max_steps=2047, batch_size=500)
    return max(map(share_of_error, result.values, truth)) / map_tolerance


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), map_tolerance=st.sampled_from([0.1, 0.03]))
def test_random_networks_of_kinks(seed, map_tolerance):
    # Two rules agree by chance now and then: of all 2,002 draws 31 are above the tolerance, the worst 2.96 times.
    assert error_on_kinks(seed, map_tolerance) <= 3.5


@pytest.mark.parametrize("map_tolerance", [0.1, 0.03])
def test_maps_of_kinks_keep_their_tolerance_but_for_a_chance(map_tolerance):
    assert np.mean([error_on_kinks(seed, map_tolerance) <= 1 for seed in range(40)]) >= 0.95


def test_the_sum_of_two_rules_that_miss_the_same_jump_shows_it():
    """All changes lie in a thousandth of the way: three and seven places see nothing and agree. The sum does not."""
    model = Function(lambda x: ((x.sum(1) - 0.6117) * 1000).clamp(0, 1) + 0.001 * x[:, 0])
    x = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    result = integrated_gradients(model, x, 1, map_tolerance=0.1, max_steps=4095)
    assert abs(float(result.convergence_delta)) <= 0.1 * 1.001
    assert result.n_steps > 100


def test_both_tolerances_hold_and_a_row_does_not_wait_for_its_companions():
    model = load_cxr_model("clean")
    x = torch.from_numpy(make_radiographs(3, seed=4, size=64).images)
    both = integrated_gradients(model, x, 1, tolerance=5e-3, map_tolerance=0.1)
    with torch.no_grad():
        size = (model(x) - model(torch.zeros_like(x)))[:, 1].abs()
    assert (both.convergence_delta.abs() <= 5e-3 * size + 1e-4).all()
    for i in range(3):
        alone = integrated_gradients(model, x[i : i + 1], 1, tolerance=5e-3, map_tolerance=0.1)
        torch.testing.assert_close(alone.values[0], both.values[i], rtol=1e-3, atol=1e-5)


def test_a_linear_model_settles_at_once_and_max_steps_warns():
    model, x = Function(lambda x: x @ row(1, 2, 3)[0]), row(1, 1, 1)
    result = integrated_gradients(model, x, 1, map_tolerance=1e-6)
    assert result.n_steps == 7
    torch.testing.assert_close(result.values, row(1, 2, 3))
    nothing = integrated_gradients(model, row(0, 0, 0), 1, map_tolerance=0.01)
    assert (nothing.values == 0).all()
    step = Function(lambda x: (500 * (x.sum(1) - 0.777)).sigmoid())
    with pytest.warns(UserWarning, match=r"did not reach map_tolerance=0.01 within max_steps=20.*Raise max_steps"):
        result = integrated_gradients(step, row(1.0), 1, map_tolerance=0.01, max_steps=20)
    assert result.n_steps <= 20


def test_at_max_steps_it_warns_and_returns_what_it_has():
    model = Function(lambda x: (500 * (x.sum(1) - 0.777)).sigmoid())
    with pytest.warns(UserWarning, match="max_steps=8"):
        result = integrated_gradients(model, row(1.0), 1, tolerance=1e-6, max_steps=8)
    assert 5 <= result.n_steps <= 8
    assert result.convergence_delta.abs() > 1e-6


@pytest.mark.parametrize("max_steps", [2, 3, 5, 9])
@pytest.mark.parametrize("tolerance", [0.01, 1e-9])
def test_no_more_than_max_steps_are_used_however_few(tolerance, max_steps):
    model = Function(lambda x: (50 * (x.sum(1) - 0.777)).sigmoid())
    with pytest.warns(UserWarning, match="did not reach tolerance"):
        result = integrated_gradients(model, row(1.0), 1, tolerance=tolerance, max_steps=max_steps)
    assert result.n_steps <= max_steps


def test_each_row_is_held_to_its_own_difference_whatever_its_companions():
    """The second row changes the score by a thousandth of the first: 1% of that is what it may miss."""
    model = Function(lambda x: 1000 * x[:, 0] + (x[:, 1] - 0.3).relu())
    x = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    result = integrated_gradients(model, x, 1, tolerance=0.01)
    assert result.convergence_delta[1].abs() <= 0.01 * 0.7
    torch.testing.assert_close(result.values[1:], integrated_gradients(model, x[1:], 1, tolerance=0.01).values)


def test_a_row_that_equals_the_baseline_does_not_keep_the_search_going():
    x = torch.tensor([[0.0, 0.0], [1.0, 2.0]], dtype=torch.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = integrated_gradients(Function(lambda x: (x**2).sum(1)), x, 1, tolerance=0.01)
        nothing = integrated_gradients(Function(lambda x: (x**2).sum(1)), x[:1], 1, tolerance=0.01)
    assert result.n_steps == nothing.n_steps == 5
    assert (nothing.values == 0).all()


# ---- memory and awkward networks -----------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 3, 7, 1000])
def test_the_chunks_change_the_memory_not_the_result(batch_size):
    model, seen = counted(two_layers())
    x = torch.rand(5, 4, dtype=torch.float64)
    expected = integrated_gradients(two_layers(), x, 2, n_steps=10)
    result = integrated_gradients(model, x, 2, n_steps=10, batch_size=batch_size)
    torch.testing.assert_close(result.values, expected.values)
    assert max(seen) <= batch_size
    assert sum(seen) == 50


def test_by_default_no_more_rows_than_examples_are_computed_at_once():
    model, seen = counted(two_layers())
    integrated_gradients(model, torch.rand(5, 4, dtype=torch.float64), 2, n_steps=100)
    assert max(seen) == 5


@pytest.mark.parametrize("context", [torch.enable_grad, torch.no_grad, torch.inference_mode])
def test_frozen_and_in_place_networks_in_any_context(context):
    model = starts_in_place().requires_grad_(False)
    with context():
        x = torch.tensor([[1.0, -1.0, 2.0, -2.0]])
        result = integrated_gradients(model, x, 1, n_steps=8)
        tolerant = integrated_gradients(model, x, 1, tolerance=0.01)
    expected = model[1].weight[1] * torch.tensor([1.0, 0.0, 2.0, 0.0])
    torch.testing.assert_close(result.values[0], expected)
    torch.testing.assert_close(tolerant.values[0], expected, rtol=0.011, atol=0)
    assert x.tolist() == [[1, -1, 2, -2]]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"method": "simpson"}, ValueError, "method must be one of"),
        ({"n_steps": 0}, ValueError, "n_steps must be at least 1"),
        ({"n_steps": 1, "method": "trapezoid"}, ValueError, "n_steps must be at least 2"),
        ({"n_steps": 2.0}, TypeError, "n_steps must be a whole number"),
        ({"batch_size": 0}, ValueError, "batch_size"),
        ({"tolerance": 0}, ValueError, "tolerance must be a number above 0"),
        ({"tolerance": "1%"}, TypeError, "tolerance"),
        ({"map_tolerance": -1}, ValueError, "map_tolerance must be a number above 0"),
        ({"max_steps": 1}, ValueError, "max_steps"),
        ({"baseline": torch.zeros(3, 4)}, ValueError, "baseline"),
        ({"baseline": torch.zeros(5)}, ValueError, "baseline"),
        ({"baseline": float("nan")}, ValueError, "baseline holds NaN"),
        ({"baseline": "black"}, TypeError, "baseline must be None, a number or a tensor"),
    ],
)
def test_bad_options_are_named(options, error, message):
    with pytest.raises(error, match=message):
        integrated_gradients(two_layers(), torch.rand(2, 4, dtype=torch.float64), 0, **options)


def test_a_tolerance_may_be_numpys_number():
    x = torch.rand(2, 4, dtype=torch.float64)
    ours, same = (integrated_gradients(two_layers(), x, 0, tolerance=t) for t in (0.5, np.float32(0.5)))
    torch.testing.assert_close(ours.values, same.values)


def test_a_baseline_at_which_the_model_is_infinite_is_refused():
    with pytest.raises(ValueError, match="Choose another baseline"):
        integrated_gradients(Function(lambda x: x.log().sum(1)), torch.rand(2, 3) + 1, 1)


# ---- Captum --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "family", ["resnet18", "vgg11", "densenet121", "mobilenet_v3_small", "squeezenet1_1", "efficientnet_b0"]
)
def test_equals_captum_on_torchvision_networks(family):
    torch.manual_seed(0)
    model = torchvision.models.get_model(family, weights=None, num_classes=4).eval()
    x, target = torch.rand(2, 3, 40, 40), torch.tensor([1, 3])
    theirs, delta = captum.attr.IntegratedGradients(model).attribute(
        x, baselines=0.25, target=target, n_steps=12, return_convergence_delta=True
    )
    ours = integrated_gradients(model, x, target, baseline=0.25, n_steps=12)
    torch.testing.assert_close(ours.values, theirs, rtol=0, atol=1e-5 * float(theirs.abs().max()))
    torch.testing.assert_close(ours.convergence_delta, delta.float(), rtol=1e-2, atol=1e-4)


def test_on_a_real_film_the_attributions_add_up():
    model = load_cxr_model("clean")
    films = make_radiographs(3, seed=7)
    result = integrated_gradients(model, torch.from_numpy(films.images), torch.from_numpy(films.labels), tolerance=0.01)
    with torch.no_grad():
        scores = model(torch.from_numpy(films.images)) - model(torch.zeros(1, 1, 128, 128))
    difference = scores[np.arange(3), films.labels]
    torch.testing.assert_close(result.values.sum((1, 2, 3)), difference, rtol=0.011, atol=1e-3)
