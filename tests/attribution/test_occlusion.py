"""Occlusion: closed forms, any number of axes, and agreement with Captum."""

import pytest
import torch
from captum.attr import Occlusion
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from clinxai_teach.attribution import occlusion


def linear(*shape, outputs=3, seed=0):
    """A network that adds up its inputs with known weights."""
    torch.manual_seed(seed)
    size = int(torch.tensor(shape).prod())
    return nn.Sequential(nn.Flatten(), nn.Linear(size, outputs)).double()


@pytest.mark.parametrize("shape", [(2, 6), (2, 4, 6), (1, 2, 4, 2)], ids=["signal", "film", "volume"])
def test_a_linear_model_loses_the_sum_that_the_window_covers(shape):
    model = linear(*shape)
    x = torch.randn(3, *shape, dtype=torch.float64)
    weights = model[1].weight[1].detach().reshape(1, *shape)
    part = (weights * x).sum(dim=1, keepdim=True)
    for axis in range(2, part.ndim):  # sums of neighbours, two along each axis
        part = part.unflatten(axis, (-1, 2)).sum(dim=axis + 1).repeat_interleave(2, dim=axis)
    values = occlusion(model, x, 1, window=2)
    assert values.shape == (3, 1, *shape[1:])
    torch.testing.assert_close(values, part)


def test_with_windows_of_one_value_the_falls_add_up_to_the_score():
    model = linear(1, 5)
    x = torch.randn(2, 1, 5, dtype=torch.float64)
    with torch.no_grad():
        change = (model(x) - model(torch.zeros_like(x)))[:, 2]
    torch.testing.assert_close(occlusion(model, x, 2, window=1).sum(dim=(1, 2)), change)


def test_the_last_window_ends_at_the_edge():
    model = linear(1, 5, outputs=1)
    model[1].weight.data = torch.tensor([[1.0, 2.0, 4.0, 8.0, 16.0]], dtype=torch.float64)
    values = occlusion(model, torch.ones(1, 1, 5, dtype=torch.float64), 1, window=2)
    # the windows begin at 0, 2 and 3; the fourth value is covered twice: (12 + 24) / 2
    assert values.flatten().tolist() == pytest.approx([3, 3, 12, 18, 24])


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(3 * 64, 4)
    ).double()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 500), window=st.sampled_from([2, 4]), step=st.sampled_from([1, 2]))
def test_captum_agrees(seed, window, step):
    model = network(seed).eval()
    x = torch.randn(2, 2, 8, 8, dtype=torch.float64)
    theirs = Occlusion(model).attribute(
        x, target=3, sliding_window_shapes=(2, window, window), strides=(2, step, step), baselines=0.5
    )
    ours = occlusion(model, x, 3, window=window, stride=step, baseline=0.5)
    torch.testing.assert_close(ours.expand_as(theirs).float(), theirs)  # Captum answers in single precision


def test_nothing_is_changed(unchanged):
    model, x = network().train(), torch.rand(2, 2, 8, 8, dtype=torch.float64, requires_grad=True)
    with unchanged(model, x):
        values = occlusion(model, x, torch.tensor([0, 1]), window=(2, 4))
    assert not values.requires_grad
    torch.testing.assert_close(values[1:], occlusion(model, x[1:], 1, window=(2, 4)))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"window": 9}, ValueError, "along axis 2 the size is 8, window 9 and stride 9"),
        ({"window": (2, 3), "stride": (2, 4)}, ValueError, "along axis 3 the size is 8, window 3 and stride 4"),
        ({"window": (2, 2, 2)}, ValueError, "window needs a number, or one for each of the 2 axes"),
        ({"window": 0}, ValueError, "window must be at least 1"),
        ({"window": 2.0}, TypeError, "window must be a whole number"),
        ({"window": 2, "baseline": "black"}, TypeError, "baseline must be"),
    ],
)
def test_bad_arguments_are_named(arguments, error, words):
    with pytest.raises(error, match=words):
        occlusion(network(), torch.rand(1, 2, 8, 8, dtype=torch.float64), 0, **arguments)


def test_a_table_has_no_windows():
    with pytest.raises(ValueError, match=r"inputs needs axes behind the channels"):
        occlusion(nn.Linear(3, 2), torch.rand(2, 3), 0, window=1)
