"""The deletion curve: by hand, its order, its ends, its area, and bad arguments."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import Function, two_layers
from torch import nn

from clinxai_teach.attribution import deletion_curve


def summing(*weights):
    """Return a network with one logit: the weighted sum of its inputs."""
    return Function(lambda x: x.flatten(1) @ torch.tensor(weights, dtype=x.dtype))


def test_by_hand():
    x = torch.tensor([[1.0, 1.0, 1.0]])
    curve = deletion_curve(summing(1, 2, 4), x, 1, torch.tensor([[1.0, 2.0, 4.0]]), n_steps=3)
    torch.testing.assert_close(curve.score[0], torch.tensor([7.0, 3.0, 1.0, 0.0]).sigmoid())
    torch.testing.assert_close(curve.fraction_removed, torch.tensor([0, 1 / 3, 2 / 3, 1]))
    y = curve.score[0]
    torch.testing.assert_close(curve.auc[0], (y[0] / 2 + y[1] + y[2] + y[3] / 2) / 3)


def test_the_highest_attribution_goes_first_and_negative_ones_last():
    x = torch.tensor([[1.0, 1.0, 1.0]])
    curve = deletion_curve(summing(1, 2, 4), x, 1, torch.tensor([[-9.0, 0.0, 1.0]]), n_steps=3, baseline=0.5)
    torch.testing.assert_close(curve.score[0], torch.tensor([7.0, 5.0, 4.0, 3.5]).sigmoid())


def test_target_zero_of_one_logit_is_the_other_probability():
    x, a = torch.rand(2, 3), torch.rand(2, 3)
    up, down = (deletion_curve(summing(1, 2, 4), x, target, a).score for target in (1, 0))
    torch.testing.assert_close(up + down, torch.ones_like(up))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 3), n_steps=st.integers(1, 9))
def test_its_ends_its_range_and_its_invariances(seed, rows, n_steps):
    model, generator = two_layers(seed), torch.Generator().manual_seed(seed)
    x, a = (torch.randn(rows, 4, dtype=torch.float64, generator=generator) for _ in range(2))
    baseline = torch.randn(1, 4, dtype=torch.float64, generator=generator)
    target = torch.randint(0, 3, (rows,), generator=generator)
    curve = deletion_curve(model, x, target, a, n_steps=n_steps, baseline=baseline)
    assert curve.score.shape == (rows, n_steps + 1)
    assert curve.auc.shape == (rows,)
    assert ((curve.score >= 0) & (curve.score <= 1)).all()
    with torch.no_grad():
        whole, nothing = (model(v).softmax(1).gather(1, target[:, None])[:, 0] for v in (x, baseline.expand(rows, 4)))
    torch.testing.assert_close(curve.score[:, 0], whole)
    torch.testing.assert_close(curve.score[:, -1], nothing)
    stretched = deletion_curve(model, x, target, 3 * a + 1, n_steps=n_steps, baseline=baseline)
    torch.testing.assert_close(stretched.score, curve.score)  # only the order counts
    for i in range(rows):
        alone = deletion_curve(model, x[i : i + 1], target[i], a[i : i + 1], n_steps=n_steps, baseline=baseline)
        torch.testing.assert_close(alone.score[0], curve.score[i])


def test_one_map_for_all_channels_removes_whole_pixels():
    x = torch.rand(2, 3, 4, 4)
    kept = []
    model = Function(lambda x: kept.append(x.clone()) or x.sum((1, 2, 3)))
    deletion_curve(model, x, 1, torch.rand(2, 1, 4, 4), n_steps=4, baseline=-1.0)
    for step, changed in enumerate(kept):
        gone = changed == -1
        assert (gone.all(1) == gone.any(1)).all()
        assert (gone[:, 0].flatten(1).sum(1) == 4 * step).all()


def test_equal_attributions_are_removed_in_the_order_of_the_input():
    curve = deletion_curve(summing(1, 2, 4), torch.ones(1, 3), 1, torch.zeros(1, 3), n_steps=3)
    torch.testing.assert_close(curve.score[0], torch.tensor([7.0, 6.0, 4.0, 0.0]).sigmoid())


def test_the_fraction_is_what_was_removed_when_the_steps_do_not_divide_the_values():
    """Two steps on three values: 0, 2 (of 1.5, rounded to even) and 3 are removed. The area uses those places."""
    curve = deletion_curve(summing(1, 2, 4), torch.ones(1, 3), 1, torch.tensor([[1.0, 2.0, 4.0]]), n_steps=2)
    torch.testing.assert_close(curve.fraction_removed, torch.tensor([0, 2 / 3, 1]))
    y = torch.tensor([7.0, 1.0, 0.0]).sigmoid()
    torch.testing.assert_close(curve.score[0], y)
    torch.testing.assert_close(curve.auc[0], (y[0] + y[1]) / 2 * 2 / 3 + (y[1] + y[2]) / 2 / 3)


def test_a_good_order_beats_a_bad_one():
    x, w = torch.ones(1, 6), (3.0, -1.0, 2.0, 0.5, -2.0, 1.0)
    good = deletion_curve(summing(*w), x, 1, torch.tensor([w]), n_steps=6).auc
    bad = deletion_curve(summing(*w), x, 1, -torch.tensor([w]), n_steps=6).auc
    assert good < bad


@pytest.mark.parametrize(
    ("attributions", "options", "error", "message"),
    [
        (torch.rand(2, 1, 2, 2), {}, ValueError, "upsample"),
        (torch.rand(1, 3, 4, 4), {}, ValueError, "shape of inputs"),
        (torch.full((2, 3, 4, 4), float("nan")), {}, ValueError, "NaN"),
        (torch.rand(2, 3, 4, 4), {"n_steps": 0}, ValueError, "n_steps"),
        (torch.rand(2, 3, 4, 4), {"baseline": torch.rand(5)}, ValueError, "baseline"),
    ],
)
def test_bad_arguments_are_named(attributions, options, error, message):
    with pytest.raises(error, match=message):
        deletion_curve(nn.Flatten(), torch.rand(2, 3, 4, 4), 0, attributions, **options)
