"""Vanilla gradients: closed forms, signs, targets, and agreement with Captum."""

import pytest
import torch
import torchvision
from captum.attr import Saliency
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import Function, starts_in_place, two_layers
from torch import nn

from clinxai_teach.attribution import saliency

WEIGHTS = torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])


def linear():
    layer = nn.Linear(3, 2)
    with torch.no_grad():
        layer.weight.copy_(WEIGHTS)
    return layer


def test_a_linear_model_gives_its_weights():
    x = torch.rand(4, 3)
    torch.testing.assert_close(saliency(linear(), x, 0, absolute=False), WEIGHTS[0].expand(4, 3))
    torch.testing.assert_close(saliency(linear(), x, 0), WEIGHTS[0].abs().expand(4, 3))


def test_each_row_has_its_own_target():
    target = torch.tensor([0, 1, 1, 0])
    torch.testing.assert_close(saliency(linear(), torch.rand(4, 3), target, absolute=False), WEIGHTS[target])


def test_one_logit_stands_for_both_classes():
    x = torch.rand(2, 3)
    for model in (nn.Linear(3, 1), nn.Sequential(nn.Linear(3, 1), nn.Flatten(0))):
        up, down = saliency(model, x, 1, absolute=False), saliency(model, x, 0, absolute=False)
        torch.testing.assert_close(up, -down)
        torch.testing.assert_close(up, model.get_parameter(next(iter(dict(model.named_parameters())))).expand(2, 3))


def test_a_saturated_unit_has_no_gradient_although_it_matters():
    model = Function(lambda x: x[:, 0].clamp(max=1))
    assert saliency(model, torch.tensor([[2.0]]), 1) == 0
    assert model(torch.tensor([[2.0]])) - model(torch.tensor([[0.0]])) == 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), rows=st.integers(1, 4), factor=st.floats(0.1, 10))
def test_rows_are_independent_and_the_gradient_grows_with_the_logit(seed, rows, factor):
    model = two_layers(seed)
    x = torch.randn(rows, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    values = saliency(model, x, 1, absolute=False)
    assert values.dtype == torch.float64
    torch.testing.assert_close(values, torch.cat([saliency(model, row[None], 1, absolute=False) for row in x]))
    with torch.no_grad():
        model[2].weight.mul_(factor)
    torch.testing.assert_close(saliency(model, x, 1, absolute=False), values * factor)


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
def test_an_in_place_first_layer_and_any_context(context):
    model, x = starts_in_place(), torch.tensor([[1.0, -1.0, 2.0, -2.0]])
    expected = model[1].weight[1] * torch.tensor([1.0, 0.0, 1.0, 0.0])
    kept = x.clone()
    with context():
        values = saliency(model, x.clone(), 1, absolute=False)
    torch.testing.assert_close(values[0], expected.detach())
    assert torch.equal(x, kept)
    assert not values.requires_grad


FAMILIES = [
    "resnet18", "vgg11", "densenet121", "mobilenet_v3_small", "squeezenet1_1", "shufflenet_v2_x0_5", "efficientnet_b0",
    "mnasnet0_5",
]  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_equals_captum_on_torchvision_networks(family):
    torch.manual_seed(0)
    model = torchvision.models.get_model(family, weights=None, num_classes=4).eval()
    x, target = torch.rand(2, 3, 48, 48), torch.tensor([1, 3])
    for absolute in (True, False):
        theirs = Saliency(model).attribute(x.clone(), target=target, abs=absolute)
        ours = saliency(model, x, target, absolute=absolute)
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5 * float(theirs.abs().max()))


@pytest.mark.parametrize(
    ("inputs", "target", "error", "message"),
    [
        (torch.zeros(2, 3, dtype=torch.int64), 0, TypeError, "floating-point"),
        (torch.zeros(0, 3), 0, ValueError, "at least one example"),
        (torch.zeros(3), 0, ValueError, "at least one example"),
        (torch.zeros(2, 3), 2, ValueError, "between 0 and 1"),
        (torch.zeros(2, 3), torch.tensor([0, 1, 0]), ValueError, "one per row"),
        (torch.zeros(2, 3), "pneumonia", TypeError, "target"),
    ],
)
def test_bad_arguments_are_named(inputs, target, error, message):
    with pytest.raises(error, match=message):
        saliency(linear(), inputs, target)


def test_a_model_that_mixes_its_rows_is_refused():
    with pytest.raises(ValueError, match="one row of logits per input, but returned 1 for 2"):
        saliency(Function(lambda x: x.sum(0, keepdim=True)), torch.rand(2, 3), 1)


def test_a_score_without_a_gradient_is_refused():
    with pytest.raises(ValueError, match="does not depend on inputs"):
        saliency(Function(lambda x: x.detach().sum(1)), torch.rand(2, 3), 1)
