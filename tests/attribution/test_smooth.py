"""SmoothGrad: closed forms, the noise's size, and agreement with Captum."""

import math

import pytest
import torch
from captum.attr import NoiseTunnel, Saliency
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import Function, two_layers
from torch import nn

from clinxai_teach.attribution import saliency, smooth_grad


def test_without_noise_it_is_the_saliency():
    model, x = two_layers(3), torch.randn(3, 4, dtype=torch.float64)
    for absolute in (True, False):
        smooth = smooth_grad(model, x, 1, n_samples=2, noise=0, absolute=absolute)
        torch.testing.assert_close(smooth, saliency(model, x, 1, absolute=absolute))


def test_a_linear_model_has_its_weights_whatever_the_noise():
    model = nn.Linear(3, 2)
    smooth = smooth_grad(model, torch.rand(2, 3), 1, n_samples=3, noise=2, absolute=False)
    torch.testing.assert_close(smooth, model.weight[1].detach().expand(2, 3))


@pytest.mark.parametrize("noise", [0.1, 0.5])
def test_the_noise_is_a_share_of_each_inputs_own_range(noise):
    """For y = x1^3 the mean gradient is 3 (x1^2 + variance of the noise)."""
    model = Function(lambda x: x[:, 0] ** 3)
    x = torch.tensor([[1.0, 0.0], [4.0, -6.0]], dtype=torch.float64)
    values = smooth_grad(model, x, 1, n_samples=4000, noise=noise)
    for row, value in zip(x, values, strict=True):
        sigma = noise * float(row.max() - row.min())
        error = 3 * math.sqrt((4 * row[0] ** 2 * sigma**2 + 2 * sigma**4) / 4000)
        assert float(value[0]) == pytest.approx(float(3 * (row[0] ** 2 + sigma**2)), abs=5 * error)
    assert (values[:, 1] == 0).all()


def test_captum_agrees_within_the_noise_of_both():
    model = two_layers(1)
    x = torch.randn(1, 4, dtype=torch.float64)
    sigma = 0.1 * float(x.max() - x.min())
    torch.manual_seed(0)
    theirs = NoiseTunnel(Saliency(model)).attribute(
        x, target=1, nt_type="smoothgrad", nt_samples=2000, stdevs=sigma, abs=True
    )
    torch.testing.assert_close(smooth_grad(model, x, 1, n_samples=2000), theirs, atol=0.03, rtol=0.05)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), n_samples=st.integers(1, 4))
def test_a_seed_gives_the_same_map_and_the_global_state_stays(seed, n_samples):
    model, x = two_layers(0), torch.randn(2, 4, dtype=torch.float64)
    before = torch.get_rng_state()
    one, two = (smooth_grad(model, x, 0, n_samples=n_samples, seed=seed) for _ in range(2))
    assert torch.equal(one, two)
    assert torch.equal(torch.get_rng_state(), before)
    assert (one >= 0).all()


def test_nothing_is_changed(unchanged):
    model, x = two_layers(0).train(), torch.rand(2, 4, dtype=torch.float64, requires_grad=True)
    with unchanged(model, x):
        values = smooth_grad(model, x, torch.tensor([0, 1]), n_samples=2)
    assert values.shape == x.shape
    assert not values.requires_grad


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"n_samples": 0}, ValueError, "n_samples must be at least 1"),
        ({"noise": -0.1}, ValueError, "noise must be"),
        ({"noise": "much"}, TypeError, "noise must be"),
        ({"seed": -1}, ValueError, "seed must be at least 0"),
    ],
)
def test_bad_arguments_are_named(arguments, error, words):
    with pytest.raises(error, match=words):
        smooth_grad(two_layers(0), torch.rand(2, 4, dtype=torch.float64), 0, **arguments)
