"""The randomisation test: what it returns, what passes and fails it, and that it touches nothing."""

import numpy as np
import pytest
import torch
from networks import two_layers
from scipy.stats import spearmanr
from torch import nn

from clinxai_teach.attribution import grad_cam, randomization_test, saliency
from clinxai_teach.data import make_radiographs
from clinxai_teach.models import load_cxr_model


def signed(model, inputs, target):
    return saliency(model, inputs, target, absolute=False)


def edges(model, inputs, target):
    """A map that looks plausible and never asks the model."""
    return (inputs[..., 1:] - inputs[..., :-1]).abs()


@pytest.fixture(scope="module")
def films():
    made = make_radiographs(4, seed=11)
    return torch.from_numpy(made.images), torch.from_numpy(made.labels)


def test_one_value_per_layer_the_top_layer_first():
    result = randomization_test(two_layers(), signed, torch.rand(3, 4, dtype=torch.float64), 1)
    assert list(result.index) == ["2", "0"]
    assert result.name == "spearman"
    assert ((result >= -1) & (result <= 1)).all()


def test_the_values_are_spearmans_averaged_over_the_images():
    model, x = (
        two_layers(features=7),
        torch.randn(5, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(0)),
    )
    seen = []

    def kept(model, inputs, target):
        seen.append(signed(model, inputs, target).numpy())
        return seen[-1]

    result = randomization_test(model, kept, x, 1, seed=5)
    intact, *randomised = seen
    np.testing.assert_allclose(intact, signed(model, x, 1).numpy())
    by_hand = [np.mean([spearmanr(a, b).statistic for a, b in zip(intact, maps, strict=True)]) for maps in randomised]
    np.testing.assert_allclose(result.to_numpy(), by_hand, atol=1e-12)


def test_it_cascades():
    """After the last step nothing learned is left: the map is that of a network made random throughout."""
    model, x, weights = two_layers(), torch.rand(2, 4, dtype=torch.float64), []
    randomization_test(
        model, lambda m, x, t: weights.append([p.clone() for p in m.parameters()]) or signed(m, x, t), x, 0
    )
    changed = [[not torch.equal(a, b) for a, b in zip(weights[0], now, strict=True)] for now in weights]
    assert changed == [[False] * 4, [False, False, True, True], [True] * 4]


def test_what_depends_on_the_weights_passes_and_an_edge_map_fails(films):
    model = load_cxr_model("clean")
    images, labels = films
    for attribute in (signed, lambda m, x, t: grad_cam(m, x, t, layer=m.features[-1], relu=False)):
        assert randomization_test(model, attribute, images, labels).iloc[-1] < 0.5
    np.testing.assert_allclose(randomization_test(model, edges, images, labels), 1)


def test_the_seed_decides(films):
    model = load_cxr_model("clean")
    one, same, other = (randomization_test(model, signed, *films, seed=seed) for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)


def test_random_numbers_inside_the_attribution_do_not_change_the_weights_drawn():
    model, x = two_layers(), torch.rand(2, 4, dtype=torch.float64)

    def drawing(model, inputs, target):
        torch.rand(17)
        return signed(model, inputs, target)

    assert randomization_test(model, drawing, x, 1).equals(randomization_test(model, signed, x, 1))


def test_a_constant_map_is_left_out():
    model, x = two_layers(), torch.rand(2, 4, dtype=torch.float64)
    first_flat = randomization_test(model, lambda m, x, t: signed(m, x, t) * torch.tensor([[0.0], [1.0]]), x, 1)
    second_only = randomization_test(model, signed, x[1:], 1)
    np.testing.assert_allclose(first_flat, second_only, atol=1e-12)
    assert randomization_test(model, lambda m, x, t: torch.ones(2, 4), x, 1).isna().all()


@pytest.mark.parametrize(
    ("model", "attribute", "message"),
    [
        (nn.Sequential(nn.Flatten(), nn.ReLU()), signed, "no layers"),
        (two_layers(), lambda m, x, t: x[:1], "one map per input"),
        (two_layers(), lambda m, x, t: x * float("nan"), "NaN"),
    ],
)
def test_bad_calls_are_explained(model, attribute, message, unchanged):
    x = torch.rand(2, 4, dtype=torch.float64)
    with unchanged(model, x), pytest.raises(ValueError, match=message):
        randomization_test(model, attribute, x, 1)


def test_an_attribute_that_is_no_function_or_returns_a_tuple_is_explained():
    x = torch.rand(2, 4, dtype=torch.float64)
    with pytest.raises(TypeError, match="attribute must be a function"):
        randomization_test(two_layers(), "saliency", x, 1)
    with pytest.raises(TypeError, match=r"returned a tuple. Take its part: .values"):
        randomization_test(two_layers(), lambda m, x, t: (x, x), x, 1)


# ---- which layers, and in which order ------------------------------------------------------------


class HeadFirst(nn.Module):
    """Writes its head before its body, and has a head that only training uses."""

    def __init__(self):
        super().__init__()
        self.head, self.body, self.training_head = nn.Linear(5, 2), nn.Linear(4, 5), nn.Linear(5, 2)

    def forward(self, x):
        return self.head(torch.tanh(self.body(x)))


def test_the_order_is_that_of_the_run_and_what_does_not_run_is_left_out():
    torch.manual_seed(0)
    assert list(randomization_test(HeadFirst(), signed, torch.rand(2, 4), 1).index) == ["head", "body"]


class Attends(nn.Module):
    """Has weights of its own (a token) and attention, whose output layer is never called as a module."""

    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.ones(1, 1, 4) / 3)
        self.attention, self.head = nn.MultiheadAttention(4, 2, batch_first=True), nn.Linear(4, 2)

    def forward(self, x):
        x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1)
        return self.head(self.attention(x, x, x)[0][:, 0])


def test_all_weights_are_made_random_also_those_without_a_rule_or_without_a_call():
    torch.manual_seed(1)
    model, x, weights = Attends(), torch.rand(2, 3, 4), []
    for parameter in model.attention.parameters():
        nn.init.normal_(parameter)  # as if trained, the biases too

    def kept(m, x, t):
        weights.append({name: value.clone() for name, value in m.named_parameters()})
        return signed(m, x, t)

    result = randomization_test(model, kept, x, 1)
    assert list(result.index) == ["head", "attention", "(the model itself)"]
    same = [name for name, value in weights[0].items() if torch.equal(value, weights[-1][name])]
    assert same == []
