"""Monte Carlo dropout: the plain loop bit for bit, exact laws, no side effects, and networks that must be refused."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import chisquare
from torch import nn
from torch.nn.modules.dropout import _DropoutNd

from clinxai_teach.models import ChestNet
from clinxai_teach.uncertainty import entropy_decomposition, mc_dropout_predict, mc_dropout_samples


def plain_loop(model, inputs, n_samples, seed):
    """The definition: dropout layers on, everything else in evaluation mode, n passes after one manual_seed."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    for module in model.modules():
        module.training = isinstance(module, _DropoutNd)
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        samples = torch.stack([model(inputs).softmax(dim=1) for _ in range(n_samples)])
    for module, training in modes:
        module.training = training
    return samples


def rows_of_calls(module):
    """Return a list to which each call of the module adds the number of its rows."""
    rows = []
    module.register_forward_hook(lambda _, arguments, output: rows.append(len(arguments[0])))
    return rows


def resnet18_with_head():
    model = torchvision.models.resnet18(weights=None)
    model.fc = nn.Sequential(nn.Dropout(0.5), nn.Linear(512, 5))
    return model


# ---- equal to the plain loop ---------------------------------------------------------------------

FAMILIES = {
    "chest": (ChestNet, "features"),
    "resnet18 with a head": (resnet18_with_head, "layer4"),
    "alexnet": (lambda: torchvision.models.alexnet(weights=None, num_classes=5), "features"),
    "mobilenet_v3_small": (lambda: torchvision.models.mobilenet_v3_small(weights=None, num_classes=5), "features"),
    "squeezenet1_1": (lambda: torchvision.models.squeezenet1_1(weights=None, num_classes=5), "features"),
    "efficientnet_b0": (lambda: torchvision.models.efficientnet_b0(weights=None, num_classes=5), "features"),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_equals_the_plain_loop_bit_for_bit_and_runs_the_trunk_once(family, unchanged):
    """Among these are dropout in place (MobileNet, EfficientNet), two dropouts (AlexNet), one before a convolution."""
    build, trunk = FAMILIES[family]
    torch.manual_seed(0)
    model = build().train()
    inputs = torch.rand(3, 1 if family == "chest" else 3, 64, 64)
    expected = plain_loop(model, inputs, 4, seed=3)
    rows = rows_of_calls(model.get_submodule(trunk))
    with unchanged(model, inputs):
        samples = mc_dropout_samples(model, inputs, n_samples=4, seed=3)
    assert torch.equal(samples, expected)
    assert rows.count(3) == 1  # besides one or two rows for the checks


KINDS = {
    "Dropout": (nn.Dropout, (2, 6)),
    "Dropout1d": (nn.Dropout1d, (2, 6, 5)),
    "Dropout2d": (nn.Dropout2d, (2, 6, 5, 5)),
    "Dropout3d": (nn.Dropout3d, (2, 6, 3, 3, 3)),
    "AlphaDropout": (nn.AlphaDropout, (2, 6)),
    "FeatureAlphaDropout": (nn.FeatureAlphaDropout, (2, 6, 5)),
}


@pytest.mark.parametrize("inplace", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_dropout_is_found(kind, inplace, unchanged):
    layer, shape = KINDS[kind]
    torch.manual_seed(1)
    first, second = layer(0.4, inplace=inplace), nn.Dropout(0.2)
    model = nn.Sequential(nn.Identity(), first, nn.Flatten(), second, nn.Linear(int(np.prod(shape[1:])), 3))
    inputs = torch.rand(shape)
    with unchanged(model, inputs):  # a first layer that works in place must not reach the caller's inputs
        samples = mc_dropout_samples(model, inputs, n_samples=5, seed=2)
    assert samples.std(dim=0).max() > 0
    first.inplace = False
    assert torch.equal(samples, plain_loop(model, inputs, 5, seed=2))


def test_each_pass_starts_from_the_inputs_as_they_were_given(unchanged):
    """A dropout in place at the very start would otherwise drop out of what the last pass left."""
    torch.manual_seed(2)
    model, inputs = nn.Sequential(nn.Dropout(0.5, inplace=True), nn.Linear(6, 3)), torch.rand(2, 6)
    with unchanged(model, inputs):
        samples = mc_dropout_samples(model, inputs, n_samples=5, seed=2)
    model[0].inplace = False
    assert torch.equal(samples, plain_loop(model, inputs, 5, seed=2))


class Odd(nn.Module):
    """A small network whose forward is given by name: each one has something that passes by its dropout."""

    def __init__(self, way):
        super().__init__()
        self.way = way
        self.stem, self.norm, self.relu = nn.Linear(4, 4), nn.BatchNorm1d(4), nn.ReLU(inplace=True)
        self.middle, self.drop = nn.Linear(4, 4), nn.Dropout(0.5)
        self.late = nn.Dropout(0.3 if way == "dropout_first" else 0.0)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        return self.head(getattr(self, self.way)(x))

    def skip(self, x):
        h = self.relu(self.stem(x))
        return self.drop(h) + h

    def second_input(self, x):
        return self.drop(self.stem(x)) * self.middle(x) + x

    def in_place_residual(self, x):
        h = self.stem(x)
        y = self.drop(h)
        h += y
        return h

    def trunk_changed_in_place(self, x):
        h = self.stem(x)
        h.mul_(2)
        return self.drop(self.middle(h))

    def pre_activation(self, x):
        """The in-place ReLU also changes h, which is used again: the usual slip in pre-activation blocks."""
        h = self.stem(x)
        return self.drop(self.middle(self.relu(h))) + h

    def read_before_the_relu(self, x):
        h = self.norm(self.stem(x))
        level = h.mean(dim=1, keepdim=True)
        return self.drop(self.middle(self.relu(h))) + level

    def noise_in_the_trunk(self, x):
        return self.drop(self.stem(x + torch.randn_like(x)))

    def always_on_functional_dropout(self, x):
        return self.drop(self.stem(F.dropout(x, 0.5, training=True)))

    def shared_layer(self, x):
        return self.relu(self.drop(self.relu(self.stem(self.relu(self.stem(x))))))

    def dropout_first(self, x):
        return self.late(self.stem(self.drop(x)))

    def dropout_twice(self, x):
        return self.drop(self.middle(self.drop(self.stem(x))))


WAYS = [name for name in vars(Odd) if not name.startswith("_") and name != "forward"]


@pytest.mark.parametrize("way", WAYS)
def test_whatever_passes_by_the_dropout_the_result_is_the_plain_loop(way, unchanged):
    torch.manual_seed(4)
    model, inputs = Odd(way), torch.randn(3, 4)
    expected = plain_loop(model, inputs, 6, seed=5)
    with unchanged(model, inputs):
        assert torch.equal(mc_dropout_samples(model, inputs, n_samples=6, seed=5), expected)
    assert expected.std(dim=0).max() > 0


class WithMemory(nn.Module):
    """A trunk whose modules return tuples, as recurrent layers do."""

    def __init__(self):
        super().__init__()
        self.gru, self.drop, self.head = nn.GRU(4, 8, batch_first=True), nn.Dropout(0.5), nn.Linear(8, 3)

    def forward(self, x):
        steps, last = self.gru(x)
        return self.head(self.drop(steps[:, -1] + last[0]))


def test_a_recurrent_trunk_runs_once():
    torch.manual_seed(5)
    model, inputs = WithMemory(), torch.randn(3, 7, 4)
    rows = rows_of_calls(model.gru)
    samples = mc_dropout_samples(model, inputs, n_samples=6, seed=1)
    assert rows.count(3) == 1
    assert torch.equal(samples, plain_loop(model, inputs, 6, seed=1))


def test_a_transformer_does_not_take_the_fast_path_around_its_dropout(unchanged):
    """In evaluation mode torch replaces the whole layer by one fused function, in which no dropout module runs."""
    torch.manual_seed(6)
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.3, batch_first=True)
    layer.self_attn.dropout = 0.0
    encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    model, inputs = nn.Sequential(nn.Linear(4, 8), encoder, nn.Flatten(), nn.Linear(24, 3)), torch.randn(2, 3, 4)
    with unchanged(model, inputs):
        samples = mc_dropout_samples(model, inputs, n_samples=8, seed=0)
    assert torch.backends.mha.get_fastpath_enabled()
    assert samples.std(dim=0).min() > 0
    assert plain_loop(model, inputs, 8, seed=0).std(dim=0).max() == 0  # the trap
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        assert torch.equal(samples, plain_loop(model, inputs, 8, seed=0))
    finally:
        torch.backends.mha.set_fastpath_enabled(True)


# ---- exact laws ----------------------------------------------------------------------------------


def linear_head(p, weights):
    """One logit: the sum of w_j times the j-th input, with dropout before it."""
    model = nn.Sequential(nn.Dropout(p), nn.Linear(len(weights), 1, bias=False)).double()
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([weights]))
    return model


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_mean_and_variance_of_the_logit_behind_a_linear_head(p):
    """Var[logit] = p / (1 - p) * sum of (w_j h_j)^2, and the mean is the logit without dropout."""
    weights, h = [0.3, -0.2, 0.5, 0.1, -0.4], torch.tensor([[1.0, 0.5, -0.7, 2.0, 0.3]], dtype=torch.float64)
    samples = mc_dropout_samples(linear_head(p, weights), h, n_samples=8000, seed=0)
    z = logit(samples[:, 0, 1].numpy())
    parts = np.array(weights) * h[0].numpy()
    variance = p / (1 - p) * (parts**2).sum()
    # The 4th central moment of the sum gives the standard error of the sample variance.
    kurtosis = np.mean((z - z.mean()) ** 4)
    assert abs(z.mean() - parts.sum()) < 4 * np.sqrt(variance / len(z))
    assert abs(z.var() - variance) < 4 * np.sqrt((kurtosis - variance**2) / len(z))


def test_two_units_give_four_masks_with_their_exact_chances():
    samples = mc_dropout_samples(
        linear_head(0.3, [1.0, 2.0]), torch.ones(1, 2, dtype=torch.float64), n_samples=4000, seed=1
    )
    z = np.round(logit(samples[:, 0, 1].numpy()) * 0.7).astype(int)  # 0, 1, 2 or 3: which units were kept
    assert chisquare(np.bincount(z, minlength=4), 4000 * np.array([0.09, 0.21, 0.21, 0.49])).pvalue > 0.001


def test_dropping_everything_leaves_the_bias():
    model = nn.Sequential(nn.Dropout(1.0), nn.Linear(3, 2))
    mean, std = mc_dropout_predict(model, torch.rand(4, 3), 5, seed=0)
    torch.testing.assert_close(mean, model[1].bias.detach().softmax(0).expand(4, 2))
    assert std.max() == 0


def test_a_coin_flip_has_no_spread():
    """Every pass says 50:50, so std is 0 although the doubt is total."""
    model = nn.Sequential(nn.Dropout(0.5), nn.Linear(3, 2, bias=False))
    nn.init.ones_(model[1].weight)
    mean, std = mc_dropout_predict(model, torch.rand(4, 3), seed=0)
    assert torch.equal(mean, torch.full((4, 2), 0.5))
    assert torch.equal(std, torch.zeros(4, 2))


# ---- shapes, and what the numbers depend on ------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**63 - 1), n=st.integers(1, 6), more=st.integers(0, 6), classes=st.integers(2, 4))
def test_properties_of_the_samples(seed, n, more, classes):
    """Rows are probabilities; more samples only add to the first ones; mean and std are numpy's."""
    model = nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5), nn.Linear(8, classes)).double()
    inputs = torch.linspace(-2, 2, 6, dtype=torch.float64).reshape(2, 3)
    samples = mc_dropout_samples(model, inputs, n_samples=n + more, seed=seed)
    assert samples.shape == (n + more, 2, classes)
    assert samples.dtype == torch.float64
    torch.testing.assert_close(samples.sum(dim=2), torch.ones(n + more, 2, dtype=torch.float64))
    assert torch.equal(samples[:n], mc_dropout_samples(model, inputs, n_samples=n, seed=seed))
    mean, std = mc_dropout_predict(model, inputs, n + more, seed=seed)
    np.testing.assert_allclose(mean, samples.numpy().mean(0))
    np.testing.assert_allclose(std, samples.numpy().std(0), atol=1e-15)


def test_one_sample_has_no_spread_and_the_default_is_thirty():
    model, inputs = ChestNet(), torch.rand(2, 1, 32, 32)
    prediction = mc_dropout_predict(model, inputs, 1, seed=0)
    assert torch.equal(prediction.std, torch.zeros(2, 5))
    assert mc_dropout_samples(model, inputs, seed=0).shape == (30, 2, 5)
    assert torch.equal(
        mc_dropout_predict(model, inputs, seed=0).mean, mc_dropout_samples(model, inputs, seed=0).mean(0)
    )


@pytest.mark.parametrize("shape", ["(N, 1)", "(N,)"])
def test_one_logit_gives_two_classes(shape):
    torch.manual_seed(7)
    model = nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5), nn.Linear(8, 1))
    inputs = torch.randn(4, 3)
    if shape == "(N,)":
        model.append(nn.Flatten(0))
    samples = mc_dropout_samples(model, inputs, n_samples=3, seed=0)
    assert samples.shape == (3, 4, 2)
    two = nn.Sequential(*model[:2], nn.Linear(8, 2))
    with torch.no_grad():
        two[2].weight.copy_(torch.cat([torch.zeros(1, 8), model[2].weight]))
        two[2].bias.copy_(torch.cat([torch.zeros(1), model[2].bias]))
    torch.testing.assert_close(samples, mc_dropout_samples(two, inputs, n_samples=3, seed=0))


def test_seeds():
    torch.manual_seed(8)
    model, inputs = ChestNet(), torch.rand(2, 1, 32, 32)
    one, same, other = (mc_dropout_samples(model, inputs, n_samples=3, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    fresh, again = (mc_dropout_samples(model, inputs, n_samples=3) for _ in range(2))
    assert not torch.equal(fresh, again)
    assert torch.equal(state, torch.get_rng_state())
    assert np.array_equal(numpy_state, np.random.get_state()[1])  # noqa: NPY002


def test_a_patient_does_not_depend_on_the_others_in_the_batch():
    """With BatchNorm in evaluation mode companions do not matter. With model.train(), as in the chapter, they do."""
    torch.manual_seed(9)
    model, patient = ChestNet(), torch.rand(1, 1, 32, 32)
    batches = [torch.cat([patient, torch.rand(3, 1, 32, 32) * factor]) for factor in (0.1, 1)]
    first, second = (mc_dropout_samples(model, batch, n_samples=5, seed=3)[:, 0] for batch in batches)
    assert torch.equal(first, second)
    model.train()
    with torch.no_grad(), torch.random.fork_rng():
        listing = []
        for batch in batches:
            torch.manual_seed(3)
            listing.append(model(batch).softmax(dim=1)[0])
    assert (listing[0] - listing[1]).abs().max() > 0.001


def test_a_patient_alone_has_the_same_law_as_in_a_batch():
    """The masks differ, because dropout draws for the whole batch; what they say of the patient does not."""
    model, inputs = linear_head(0.5, [1.0, -2.0, 0.5]), torch.ones(5, 3, dtype=torch.float64)
    alone = mc_dropout_predict(model, inputs[:1], 4000, seed=0)
    batch = mc_dropout_predict(model, inputs, 4000, seed=1)
    standard_error = batch.std[0, 1] / np.sqrt(4000)
    assert abs(alone.mean[0, 1] - batch.mean[0, 1]) < 4 * np.sqrt(2) * standard_error


# ---- no side effects -----------------------------------------------------------------------------


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_any_state_of_the_model_comes_back(context, unchanged):
    torch.manual_seed(10)
    model = ChestNet().train()
    model.features[1].eval()
    model.features.requires_grad_(False)
    inputs = torch.rand(2, 1, 32, 32, requires_grad=True)
    expected = mc_dropout_samples(model, inputs, n_samples=3, seed=0)
    with unchanged(model, inputs), context():
        samples = mc_dropout_samples(model, inputs, n_samples=3, seed=0)
    assert not samples.requires_grad
    assert torch.equal(samples, expected)
    assert not any("_call_impl" in vars(module) for module in model.modules())


class Breaks(nn.Module):
    """Fails in the first pass, before or after its dropout, or in a later pass."""

    def __init__(self, after):
        super().__init__()
        self.stem, self.norm, self.drop, self.head = (
            nn.Linear(4, 4),
            nn.BatchNorm1d(4),
            nn.Dropout(0.5),
            nn.Linear(4, 2),
        )
        self.after, self.steps = after, 0

    def step(self):
        self.steps += 1
        if self.steps > self.after:
            raise RuntimeError("broken on purpose")

    def forward(self, x):
        h = self.norm(self.stem(x))
        self.step()
        h = self.drop(h)
        self.step()
        return self.head(h)


@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_call_that_raises_leaves_nothing_behind(after, unchanged):
    model, inputs = Breaks(after).train(), torch.rand(3, 4)
    with unchanged(model, inputs), pytest.raises(RuntimeError, match="on purpose"):
        mc_dropout_samples(model, inputs, n_samples=10)
    assert not any("_call_impl" in vars(module) for module in model.modules())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_the_same_holds(unchanged):
    model, inputs = ChestNet().cuda(), torch.rand(4, 1, 64, 64).cuda()
    state = torch.cuda.get_rng_state()
    expected = plain_loop(model, inputs, 5, seed=1)
    with unchanged(model, inputs):
        samples = mc_dropout_samples(model, inputs, n_samples=5, seed=1)
    assert torch.equal(torch.cuda.get_rng_state(), state)
    assert samples.is_cuda
    torch.testing.assert_close(samples, expected)


# ---- refused -------------------------------------------------------------------------------------


class Functional(nn.Module):
    """Calls F.dropout in forward, as torchvision's DenseNet does; with or without a dropout module besides."""

    def __init__(self, function, module):
        super().__init__()
        self.function, self.drop, self.head = function, nn.Dropout(0.5 if module else 0.0), nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.drop(self.function(x[:, :, None], p=0.25, training=self.training)[:, :, 0]))


FUNCTIONS = [F.dropout, F.dropout1d, F.alpha_dropout, F.feature_alpha_dropout]


@pytest.mark.parametrize("module", [False, True])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_functional_dropout_is_refused(function, module, unchanged):
    model, inputs = Functional(function, module).train(), torch.rand(3, 4)
    message = rf"F\.{function.__name__}\(p=0\.25\) itself.*nn\.Dropout"
    with unchanged(model, inputs), pytest.raises(ValueError, match=message):
        mc_dropout_samples(model, inputs)


def test_densenet(unchanged):
    """Without drop_rate it has no dropout at all; with it, functional dropout."""
    inputs = torch.rand(1, 3, 32, 32)
    for rate, message in ((0, "runs no dropout"), (0.2, r"F\.dropout\(p=0\.2\)")):
        model = torchvision.models.DenseNet(8, (1, 1), 16, num_classes=2, drop_rate=rate)
        with unchanged(model, inputs), pytest.raises(ValueError, match=message):
            mc_dropout_samples(model, inputs)


HIDDEN = {
    "MultiheadAttention": lambda p: nn.TransformerEncoderLayer(4, 2, 8, dropout=p, batch_first=True),
    "LSTM": lambda p: nn.LSTM(4, 4, num_layers=2, dropout=p),
    "GRU": lambda p: nn.GRU(4, 4, num_layers=2, dropout=p),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_dropout_hidden_in_a_built_in_layer_is_refused(kind, unchanged):
    model = nn.Sequential(HIDDEN[kind](0.1), nn.Dropout(0.5))
    inputs = torch.rand(2, 3, 4)
    with unchanged(model, inputs), pytest.raises(ValueError, match=rf"\({kind}\) has dropout=0.1 inside"):
        mc_dropout_samples(model, inputs)


class InTraining(nn.Module):
    """Drops out by itself in training mode, in a way given by name; its dropout layer runs besides."""

    def __init__(self, way):
        super().__init__()
        self.way, self.drop, self.head = way, nn.Dropout(0.01), nn.Linear(4, 2)
        self.norm, self.calls = nn.BatchNorm1d(4), nn.Buffer(torch.zeros(1))

    def forward(self, x):
        if self.training:
            self.calls += 1
        return self.head(self.drop(self.norm(getattr(self, self.way)(x))))

    def attention(self, x):
        x = x[:, None]
        p = 0.5 if self.training else 0.0
        return F.scaled_dot_product_attention(x, x, x, dropout_p=p)[:, 0]

    def attention_by_position(self, x):
        x = x[:, None]
        return F.scaled_dot_product_attention(x, x, x, None, 0.5 if self.training else 0.0)[:, 0]

    def guarded(self, x):
        return F.dropout(x, 0.5) if self.training else x

    def torchs_own(self, x):
        return torch.dropout(x, 0.5, self.training)

    def torchs_own_by_name(self, x):
        return torch.dropout(x, p=0.5, train=self.training)

    def torchs_own_in_place(self, x):
        return torch.dropout_(x.clone(), 0.5, self.training)

    def torchs_alpha(self, x):
        return torch.alpha_dropout(x, 0.5, self.training)

    def torchs_native(self, x):
        return torch.native_dropout(x, 0.5, self.training)[0]


@pytest.mark.parametrize("way", [name for name in vars(InTraining) if name[0] != "_" and name != "forward"])
def test_dropout_that_the_network_switches_itself_is_refused(way, unchanged):
    """It would stay off, and the spread would come from the other layer alone: ten times too small."""
    model, inputs = InTraining(way).train(), torch.randn(3, 4)
    with unchanged(model, inputs), pytest.raises(ValueError, match=r"model calls .*\(p=0\.5\) itself.*nn\.Dropout"):
        mc_dropout_samples(model, inputs)


@pytest.mark.parametrize("p", [0.0, 0.5])
def test_attention_that_drops_out_in_every_mode_counts(p):
    class Always(InTraining):
        def always(self, x):
            x = x[:, None]
            return F.scaled_dot_product_attention(x, x, x, dropout_p=p)[:, 0]

    torch.manual_seed(0)
    model, inputs = Always("always"), torch.randn(3, 4)
    samples = mc_dropout_samples(model, inputs, n_samples=4, seed=0)
    assert torch.equal(samples, plain_loop(model, inputs, 4, seed=0))


def test_a_network_that_wants_something_else_in_training_mode_is_left_alone(unchanged):
    """As detectors do, which want targets; and as GoogLeNet, which returns more."""

    class Wants(nn.Module):
        def __init__(self):
            super().__init__()
            self.drop, self.head = nn.Dropout(0.5), nn.Linear(4, 2)

        def forward(self, x):
            if self.training:
                raise AssertionError("targets are needed")
            return self.head(self.drop(x))

    torch.manual_seed(0)
    model, inputs = Wants(), torch.randn(3, 4)
    with unchanged(model, inputs):
        assert torch.equal(mc_dropout_samples(model, inputs, n_samples=3, seed=1), plain_loop(model, inputs, 3, seed=1))


class FusedAttention(nn.Module):
    """As in timm: attn_drop is there, but the fused path leaves it out."""

    def __init__(self):
        super().__init__()
        self.attn_drop, self.drop, self.head = nn.Dropout(0.5), nn.Dropout(0.01), nn.Linear(4, 2)

    def forward(self, x):
        x = x[:, None]
        return self.head(self.drop(F.scaled_dot_product_attention(x, x, x)[:, 0]))


def test_a_dropout_layer_that_never_runs_is_named(unchanged):
    model, inputs = nn.Sequential(FusedAttention()), torch.randn(3, 4)
    with unchanged(model, inputs), pytest.raises(ValueError, match=r"dropout layer '0\.attn_drop' never runs.*p to 0"):
        mc_dropout_samples(model, inputs)
    model[0].attn_drop.p = 0.0
    assert mc_dropout_samples(model, inputs, n_samples=20, seed=0).std(dim=0).max() > 0


# ---- a network that is not what it seems -----------------------------------------------------------


def ends_in(*last, outputs=3):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, outputs), *last)


@pytest.mark.parametrize(
    "model",
    [
        ends_in(nn.Softmax(1)),
        ends_in(nn.Sigmoid(), outputs=18),
        ends_in(nn.Sigmoid(), outputs=1),
        ends_in(nn.Sigmoid(), nn.Flatten(0), outputs=1),
        ends_in(nn.Softmax(1)).bfloat16(),
    ],
    ids=["softmax", "18 sigmoids", "sigmoid", "sigmoid (N,)", "bfloat16"],
)
def test_a_network_that_returns_probabilities_is_refused(model, unchanged):
    inputs = torch.randn(2, 4, dtype=next(model.parameters()).dtype)
    with (
        unchanged(model, inputs),
        pytest.raises(ValueError, match="model returns probabilities, but logits"),
    ):
        mc_dropout_samples(model, inputs)


def test_log_probabilities_are_logits(unchanged):
    inputs = torch.randn(5, 4)
    torch.testing.assert_close(
        mc_dropout_samples(ends_in(nn.LogSoftmax(1)), inputs, n_samples=5, seed=1),
        mc_dropout_samples(ends_in(), inputs, n_samples=5, seed=1),
    )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_half_and_double_precision(dtype):
    inputs = torch.randn(5, 4)
    single = mc_dropout_samples(ends_in(), inputs, n_samples=5, seed=1)
    samples = mc_dropout_samples(ends_in().to(dtype), inputs.to(dtype), n_samples=5, seed=1)
    assert samples.dtype == dtype
    if dtype is not torch.float64:  # which draws other random numbers
        torch.testing.assert_close(samples.float(), single, atol=0.02, rtol=0.05)
    doubt = entropy_decomposition(samples)
    assert doubt.total.dtype == dtype
    assert (doubt.epistemic >= 0).all()


def test_rows_that_influence_each_other_are_refused(unchanged):
    class Mixes(InTraining):
        def by_the_batch(self, x):
            return x - x.mean(dim=0)

    torch.manual_seed(0)
    inputs = torch.randn(3, 4)
    for model in (
        nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(4, track_running_stats=False), nn.Linear(4, 2)),
        Mixes("by_the_batch"),
    ):
        with unchanged(model, inputs), pytest.raises(ValueError, match="model mixes the rows of a batch"):
            mc_dropout_samples(model, inputs)
    assert mc_dropout_samples(Mixes("by_the_batch"), inputs[:1], n_samples=2).shape == (2, 1, 2)


@pytest.mark.parametrize(
    ("model", "inputs", "message"),
    [
        (ChestNet(), torch.rand(1, 64, 64), r"inputs needs a batch axis|channel axis"),
        (ChestNet(), torch.rand(2, 1, 64, 64).double(), r"inputs is float64, the model float32"),
        (ends_in(), torch.randn(2, 5), "feature"),
        (ends_in(), torch.full((2, 4), torch.nan), "NaN"),
    ],
)
def test_inputs_that_do_not_fit_are_named_with_the_cure(model, inputs, message):
    with pytest.raises(ValueError, match=message):
        mc_dropout_samples(model, inputs)


def test_a_scripted_network_is_named():
    with pytest.warns(FutureWarning, match="script"):
        scripted = torch.jit.script(ends_in())
    with pytest.raises(TypeError, match="TorchScript"):
        mc_dropout_samples(scripted, torch.randn(2, 4))


NO_DROPOUT = {
    "none": lambda: nn.Linear(4, 2),
    "p = 0": lambda: nn.Sequential(nn.Dropout(0.0), nn.Linear(4, 2)),
    "a network that ignores it": lambda: IgnoresItsDropout(),
    "resnet18": lambda: nn.Sequential(nn.Unflatten(1, (1, 2, 2)), nn.Conv2d(1, 3, 1), torchvision.models.resnet18()),
}


class IgnoresItsDropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop, self.head = nn.Dropout(0.5), nn.Linear(4, 2)

    def forward(self, x):
        return self.head(x)


@pytest.mark.parametrize("kind", NO_DROPOUT)
def test_a_model_in_which_no_dropout_runs_is_refused(kind, unchanged):
    model, inputs = NO_DROPOUT[kind](), torch.rand(3, 4)
    with unchanged(model, inputs), pytest.raises(ValueError, match=r"no dropout with p > 0.*nn\.Dropout\(p\)"):
        mc_dropout_predict(model, inputs)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"n_samples": 0}, ValueError, "n_samples must be at least 1"),
        ({"n_samples": 2.5}, TypeError, "n_samples must be a whole number"),
        ({"seed": -1}, ValueError, "seed must be at least 0"),
        ({"seed": "a"}, TypeError, "seed must be a whole number"),
        ({"inputs": torch.zeros(3, 4, dtype=torch.int64)}, TypeError, "floating-point"),
        ({"inputs": np.zeros((3, 4))}, TypeError, "floating-point"),
        ({"inputs": torch.zeros(0, 4)}, ValueError, "at least one example"),
        ({"model": "resnet"}, TypeError, r"torch\.nn\.Module"),
        ({"model": nn.Sequential(nn.Dropout(0.5), nn.Unflatten(1, (2, 2)))}, ValueError, r"logits of shape \(N, K\)"),
        ({"model": nn.Sequential(nn.Dropout(0.5), nn.Flatten(0))}, ValueError, "returned 4 for 1"),
        ({"model": nn.Sequential(nn.Dropout(0.5), nn.RNN(4, 2))}, ValueError, "returned tuple"),
    ],
)
def test_bad_arguments_are_named(change, error, message):
    arguments = {"model": nn.Sequential(nn.Dropout(0.5), nn.Linear(4, 2)), "inputs": torch.rand(3, 4)} | change
    model, inputs = arguments.pop("model"), arguments.pop("inputs")
    with pytest.raises(error, match=message):
        mc_dropout_samples(model, inputs, **arguments)
