"""Every torch helper leaves the model, the inputs and all random states as they were, also when it raises."""

import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from clinxai_teach.attribution import (
    GradCAM,
    deletion_curve,
    grad_cam,
    integrated_gradients,
    randomization_test,
    saliency,
)
from clinxai_teach.models import ChestNet, predict_proba
from clinxai_teach.uncertainty import mc_dropout_predict, mc_dropout_samples


def whole_maps(model, inputs, target):
    return grad_cam(model, inputs, target, layer=model.features[-1], relu=False)


HELPERS = {
    "saliency": lambda m, x, t: saliency(m, x, t),
    "integrated_gradients": lambda m, x, t: integrated_gradients(m, x, t, n_steps=3, batch_size=3),
    "integrated_gradients, tolerance": lambda m, x, t: integrated_gradients(m, x, t, tolerance=0.5),
    "grad_cam": lambda m, x, t: grad_cam(m, x, t, layer=m.features[-1]),
    "GradCAM.generate": lambda m, x, t: GradCAM(m, m.features[-1]).generate(x, t),
    "randomization_test": lambda m, x, t: randomization_test(m, whole_maps, x, t),
    "deletion_curve": lambda m, x, t: deletion_curve(m, x, t, torch.arange(8192.0).reshape(2, 1, 64, 64), n_steps=2),
    "mc_dropout_samples": lambda m, x, t: mc_dropout_samples(m, x, n_samples=2),
    "mc_dropout_predict": lambda m, x, t: mc_dropout_predict(m, x, 2, seed=1),
    "predict_proba": lambda m, x, t: predict_proba(m, x),
}
TAKES_TARGET = [name for name in HELPERS if name not in ("mc_dropout_samples", "mc_dropout_predict", "predict_proba")]


class Broken(nn.Module):
    """Runs its layers, draws a random number, then fails."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    @property
    def features(self):
        return self.network.features

    def forward(self, x):
        self.network(x)
        raise RuntimeError("broken on purpose")


def used(network):
    """Return the network in a state that a helper could disturb: mixed modes, gradients, frozen weights, a hook."""
    network.train()
    network.features[1].eval()
    network.classifier.requires_grad_(False)
    for parameter in network.features.parameters():
        parameter.grad = torch.full_like(parameter, 0.5)
    network.features[0].register_forward_hook(lambda module, given, output: None)
    network.classifier[-1].register_full_backward_hook(lambda module, given, output: None)
    return network


@pytest.fixture
def network():
    torch.manual_seed(0)
    return ChestNet()


@pytest.fixture
def all_random_states():
    """Fail a test that moves the random state of numpy or of Python."""
    before, ours = np.random.get_state(), random.getstate()  # noqa: NPY002
    yield
    assert all(np.array_equal(a, b) for a, b in zip(before, np.random.get_state(), strict=True))  # noqa: NPY002
    assert random.getstate() == ours


pytestmark = pytest.mark.usefixtures("all_random_states")


def films(**options):
    return torch.rand(2, 1, 64, 64, generator=torch.Generator().manual_seed(1)).requires_grad_(**options)


@pytest.mark.parametrize("context", [torch.enable_grad, torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("name", HELPERS)
def test_a_helper_leaves_everything_as_it_was(name, context, network, unchanged):
    model = used(network)
    inputs, target = films(requires_grad=True), torch.tensor([1, 4])
    with unchanged(model, inputs), context():
        HELPERS[name](model, inputs, target)


@pytest.mark.parametrize("name", HELPERS)
def test_a_model_that_fails_is_left_as_it_was(name, network, unchanged):
    model, inputs = Broken(used(network)), films(requires_grad=True)
    with unchanged(model, inputs), pytest.raises(RuntimeError, match="on purpose"):
        HELPERS[name](model, inputs, 1)


@pytest.mark.parametrize("name", TAKES_TARGET)
def test_a_bad_target_leaves_everything_as_it_was(name, network, unchanged):
    model, inputs = used(network), films(requires_grad=True)
    with unchanged(model, inputs), pytest.raises(ValueError, match="target"):
        HELPERS[name](model, inputs, 5)


@pytest.mark.parametrize("name", HELPERS)
def test_inputs_made_in_inference_mode_are_taken(name, network):
    with torch.inference_mode():
        inputs = torch.rand(2, 1, 64, 64)
    HELPERS[name](network, inputs, 1)


class WorksInPlace(nn.Module):
    """Changes the images it is given: its first layer works in place."""

    def __init__(self):
        super().__init__()
        self.features, self.head = nn.Sequential(nn.ReLU(inplace=True), nn.Conv2d(1, 3, 3)), nn.Linear(3, 5)

    def forward(self, x):
        return self.head(self.features(x).mean((2, 3)))


class AlwaysDrops(ChestNet):
    """Draws random numbers in evaluation mode too."""

    def forward(self, images):
        return super().forward(F.dropout(images, 0.5))


WITHOUT_DROPOUT = [name for name in HELPERS if not name.startswith("mc_dropout")]


@pytest.mark.parametrize("network", [WorksInPlace, AlwaysDrops])
@pytest.mark.parametrize("name", WITHOUT_DROPOUT)
def test_awkward_networks_leave_the_inputs_and_the_random_state(name, network, unchanged):
    model, inputs = network(), films().detach() - 0.5
    with unchanged(model, inputs):
        HELPERS[name](model, inputs, 1)
    with torch.inference_mode():
        inputs = films() - 0.5
    HELPERS[name](model, inputs, 1)
