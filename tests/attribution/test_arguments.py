"""What people bring to the torch helpers: the right answer where it is legitimate, a sentence where it is not."""

import concurrent.futures
import re
import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision
from networks import Function, two_layers
from torch import nn

from clinxai_teach.attribution import (
    deletion_curve,
    grad_cam,
    integrated_gradients,
    randomization_test,
    saliency,
)
from clinxai_teach.data import make_radiographs
from clinxai_teach.models import ChestNet, film_features, load_cxr_model, predict_proba

HELPERS = {
    "saliency": lambda m, x: saliency(m, x, 1),
    "integrated_gradients": lambda m, x: integrated_gradients(m, x, 1, n_steps=4).values,
    "grad_cam": lambda m, x: grad_cam(m, x, 1, layer=m.features[-1]),
    "deletion_curve": lambda m, x: deletion_curve(m, x, 1, torch.zeros(getattr(x, "shape", 1)), n_steps=2).score,
    "randomization_test": lambda m, x: randomization_test(m, saliency, x, 1),
    "predict_proba": predict_proba,
    "film_features": film_features,
}
GRADIENTS = [name for name in HELPERS if name in ("saliency", "integrated_gradients", "grad_cam")]


def films(n=2, size=64):
    return torch.rand(n, 1, size, size, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return ChestNet().eval()


def small(*layers, channels=1):
    """Return a convolutional network with `features`, whose last layers are `layers`."""
    torch.manual_seed(0)
    network = nn.Sequential()
    network.features = nn.Sequential(nn.Conv2d(channels, 4, 3), *layers, nn.ReLU())
    network.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    return network.eval()


# ---- inputs that do not fit ----------------------------------------------------------------------


@pytest.mark.parametrize("helper", HELPERS)
@pytest.mark.parametrize(
    ("inputs", "error", "words"),
    [
        (films()[0], ValueError, r"needs a batch axis: pass \w+\[None\]"),
        (films()[:, 0], ValueError, r"needs a channel axis: pass \w+\[:, None\]"),
        (films().double(), ValueError, r"is float64, the model float32. Pass \w+\.float\(\)"),
        (films().half(), ValueError, r"is float16, the model float32"),
        (films().mul(255).byte(), TypeError, r"torch.uint8. Pass \w+\.float\(\) / 255"),
        (films().long(), TypeError, r"torch.int64. Pass \w+\.float\(\)\."),
        (films().repeat(1, 3, 1, 1), ValueError, r"has 3 channel.*takes 1.*mean\(1"),
        (films().movedim(1, -1), ValueError, r"Its channels are last: pass \w+\.movedim\(-1, 1\)"),
        (films() * float("nan"), ValueError, "holds NaN or infinite"),
        (torch.zeros(0, 1, 64, 64), ValueError, "at least one example"),
        (torch.zeros(64), ValueError, r"at least one example.*\[None\]"),
    ],
    ids=["one film", "no channel", "float64", "half", "uint8", "int", "rgb", "channels last", "nan", "none", "1-D"],
)
def test_inputs_that_do_not_fit_are_named_with_the_cure(helper, inputs, error, words, model, unchanged):
    with unchanged(model), pytest.raises(error, match=words):
        HELPERS[helper](model, inputs)


@pytest.mark.parametrize("helper", HELPERS)
def test_things_that_are_no_model_or_no_tensor(helper, model):
    if helper != "grad_cam":  # a function has no layers to choose from
        with pytest.raises(TypeError, match=r"model must be a torch.nn.Module, but got function"):
            HELPERS[helper](lambda x: x, films())
    with pytest.raises(TypeError, match="got DataLoader"):
        HELPERS[helper](model, torch.utils.data.DataLoader([1]))


def test_a_grey_film_for_a_colour_network_and_a_table_with_too_few_columns():
    with pytest.raises(ValueError, match=r"has 1 channel.*takes 3.*repeat_interleave\(3, 1\)"):
        saliency(torchvision.models.resnet18(), films(), 1)
    with pytest.raises(ValueError, match=r"has 3 feature.*layer '0' \(Linear\) takes 4"):
        saliency(two_layers(), torch.rand(2, 3, dtype=torch.float64), 1)


def test_a_network_that_fails_for_its_own_reason_says_so():
    def broken(x):
        raise RuntimeError("out of films")

    with pytest.raises(RuntimeError, match="out of films"):
        saliency(Function(broken), torch.rand(2, 3), 1)


def test_a_model_that_converts_its_inputs_itself_may():
    linear = nn.Linear(3, 2)
    values = saliency(Function(lambda x: linear(x.float())), torch.rand(2, 3, dtype=torch.float64), 1, absolute=False)
    torch.testing.assert_close(values, linear.weight[1].detach().double().expand(2, 3))


# ---- outputs that are not logits -----------------------------------------------------------------


@pytest.mark.parametrize("helper", ["saliency", "integrated_gradients", "deletion_curve", "predict_proba"])
@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: {"logits": x}, r"returned dict. Wrap the model"),
        (lambda x: (x, x), r"returned tuple. Wrap the model"),
        (lambda x: x[:, :, None, None].expand(-1, -1, 2, 2), r"returned \(2, 3, 2, 2\)"),
        (lambda x: x.argmax(1), "returned a tensor of torch.int64"),
        (lambda x: x * float("nan"), "returned NaN for 2 of 2 rows"),
        (lambda x: x.sum(0, keepdim=True), "one row of logits per input, but returned 1 for 2"),
    ],
    ids=["dict", "tuple", "maps", "labels", "NaN", "one row"],
)
def test_outputs_that_are_no_logits_are_named(helper, function, words):
    with pytest.raises(ValueError, match=words):
        HELPERS[helper](Function(function), torch.rand(2, 3) + 1)


SQUASHED = {
    "softmax": lambda z: z.softmax(1),
    "softmax in one row": lambda z: z.softmax(1),
    "two columns of a sigmoid": lambda z: torch.stack([1 - z[:, 0].sigmoid(), z[:, 0].sigmoid()], 1),
    "sigmoids": lambda z: z.sigmoid(),
    "rescaled sigmoids": lambda z: z.sigmoid() / 2 + 0.25,
    "one sigmoid": lambda z: z[:, :1].sigmoid(),
    "one sigmoid, flat": lambda z: z[:, 0].sigmoid(),
    "mean of two softmaxes": lambda z: (z.softmax(1) + (2 * z).softmax(1)) / 2,
}


@pytest.mark.parametrize("name", SQUASHED)
def test_probabilities_are_not_squashed_once_more(name):
    body = two_layers(seed=3, classes=4)
    x = torch.rand(1 if "one row" in name else 5, 4, dtype=torch.float64)
    network = Function(lambda x: SQUASHED[name](body(x)))
    for helper in ("predict_proba", "deletion_curve"):
        with pytest.raises(ValueError, match=r"returns probabilities, but logits are needed.*softmax or sigmoid"):
            HELPERS[helper](network, x)
    for helper in ("saliency", "integrated_gradients"):
        with pytest.warns(UserWarning, match="probability is explained and not the logit") as caught:
            HELPERS[helper](network, x)
        assert caught[0].filename == __file__  # it points at the caller's line


@pytest.mark.parametrize(
    "logits",
    [
        lambda z: z.log_softmax(1),  # log p are logits
        lambda z: z.sigmoid() @ torch.full((4, 3), 0.1, dtype=z.dtype),  # a hidden layer of sigmoids
        lambda z: (z - z.amin(1, keepdim=True)) / 100,  # small logits that lie in [0, 1]
        lambda z: z[:, 0] * 0.001 + 0.5,  # one small logit
    ],
)
def test_logits_that_look_a_little_like_probabilities_are_taken(logits):
    body = two_layers(classes=4)
    network, x = Function(lambda x: logits(body(x))), torch.rand(3, 4, dtype=torch.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        saliency(network, x, 1)
        predict_proba(network, x)


# ---- rows that influence each other --------------------------------------------------------------


class Recurrent(nn.Module):
    """A recurrent layer that takes the batch for the sequence: batch_first was forgotten."""

    def __init__(self):
        super().__init__()
        self.recurrent, self.head = nn.LSTM(3, 4), nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.recurrent(x)[0][:, -1])


def mixing():
    body, head, conv = nn.Linear(3, 4), nn.Linear(4, 2), nn.Conv1d(1, 4, 2)
    norm, end = nn.BatchNorm1d(4, track_running_stats=False), nn.Sequential(nn.Flatten(), nn.Linear(8, 2))
    signal = torch.rand(5, 1, 3)
    yield "BatchNorm", nn.Sequential(conv, norm, end), signal
    yield "functional", Function(lambda x: end(F.batch_norm(conv(x), None, None, training=True))), signal
    yield "minus the mean", Function(lambda x: head(body(x) - body(x).mean(0))), torch.rand(5, 3)
    yield "softmax over rows", Function(lambda x: head(body(x).softmax(0))), torch.rand(5, 3)
    yield "recurrent", Recurrent(), torch.rand(5, 7, 3)


@pytest.mark.parametrize("helper", ["saliency", "integrated_gradients", "predict_proba"])
@pytest.mark.parametrize(
    ("name", "network", "x"), list(mixing()), ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_model_that_mixes_its_rows_is_refused_but_one_row_is_taken(helper, name, network, x):
    with pytest.raises(ValueError, match=r"mixes the rows of a batch.*\[:1\]"):
        HELPERS[helper](network, x)
    HELPERS[helper](network, x[:1])


def test_one_row_of_such_a_model_is_explained_as_it_is_alone():
    network = nn.Sequential(
        nn.Conv1d(1, 4, 3), nn.BatchNorm1d(4, track_running_stats=False), nn.Flatten(), nn.Linear(24, 2)
    )
    x = torch.rand(1, 1, 8)
    leaf = x.clone().requires_grad_()
    (expected,) = torch.autograd.grad(network.eval()(leaf)[0, 1], leaf)
    torch.testing.assert_close(saliency(network, x, 1, absolute=False), expected)
    result = integrated_gradients(network, x, 1, n_steps=300, baseline=0.5, batch_size=7)
    with torch.no_grad():
        difference = network(x)[0, 1] - network(torch.full_like(x, 0.5))[0, 1]
    torch.testing.assert_close(result.values.sum(), difference, rtol=0.02, atol=1e-3)


@pytest.mark.parametrize("helper", ["grad_cam", "deletion_curve"])
def test_batch_statistics_are_seen_in_a_convolutional_network(helper):
    network = small(nn.BatchNorm2d(4, track_running_stats=False))
    with pytest.raises(ValueError, match="no running statistics"):
        HELPERS[helper](network, films())
    HELPERS[helper](network, films(1))


def test_grad_cam_sees_rows_that_are_mixed_in_the_forward():
    network = small()
    network.forward = lambda x: network.head(network.features(x) - network.features(x).mean(0))
    with pytest.raises(ValueError, match="mixes the rows"):
        HELPERS["grad_cam"](network, films(3))


def test_random_numbers_in_evaluation_mode_are_no_mixing():
    linear = nn.Linear(3, 2)
    saliency(Function(lambda x: linear(F.dropout(x, 0.5))), torch.rand(8, 3), 1)


# ---- half precision ------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("helper", HELPERS)
def test_half_precision_is_close_to_single(helper, dtype):
    made = make_radiographs(20, seed=1, size=64)
    network, x = load_cxr_model("clean"), torch.from_numpy(made.images[made.labels == 1])
    expected = HELPERS[helper](network, x)
    found = HELPERS[helper](network.to(dtype), x.to(dtype))
    if isinstance(found, torch.Tensor):
        assert found.dtype == dtype
        assert found.isfinite().all()
        error = (found.float() - expected).norm() / expected.norm()
    else:
        error = np.linalg.norm(np.asarray(found) - expected) / np.linalg.norm(expected)
    assert error < (0.6 if dtype == torch.bfloat16 else 0.15)


# ---- scripted, compiled, without a graph ---------------------------------------------------------


def scripted(network):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls TorchScript deprecated
        return torch.jit.script(network)


@pytest.mark.parametrize("helper", [name for name in HELPERS if name not in ("grad_cam", "randomization_test")])
def test_a_scripted_model_gives_the_same(helper, model, monkeypatch):
    torch.manual_seed(0)
    expected = HELPERS[helper](model, films())
    torch.manual_seed(0)
    np.testing.assert_allclose(HELPERS[helper](scripted(model), films()), expected, atol=1e-5)


def test_where_layers_must_be_watched_a_scripted_model_is_shown_the_way(model):
    whole, part = scripted(model), nn.Sequential(scripted(model.features), model.classifier)
    for network, layer in ((whole, whole.features[-1]), (whole, model.features[-1]), (part, part[0])):
        with pytest.raises(TypeError, match=r"TorchScript module.*Pass the nn.Module"):
            grad_cam(network, films(), 1, layer=layer)
        with pytest.raises(TypeError, match=r"TorchScript module.*Pass the nn.Module"):
            randomization_test(network, saliency, films(), 1)


def in_place(network):
    network = load_cxr_model("clean")
    network.compile()
    return network


COMPILED = {
    "whole": lambda network: torch.compile(network),
    "in place": in_place,
    "a part": lambda network: nn.ModuleDict({"features": network.features}),
}


@pytest.mark.parametrize("helper", HELPERS)
@pytest.mark.parametrize("kind", ["whole", "in place"])
def test_a_compiled_model_gives_the_same(helper, kind):
    """Nothing is compiled here: the helpers run what was written, which hooks and gradients need."""
    network, x = load_cxr_model("clean"), films()
    torch.manual_seed(0)
    expected = HELPERS[helper](network, x)
    torch.manual_seed(0)
    np.testing.assert_allclose(HELPERS[helper](COMPILED[kind](network), x), expected, atol=1e-5)


def test_a_network_with_a_compiled_part_gives_the_same(model):
    class Wrapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.features, self.classifier = torch.compile(model.features), model.classifier

        def forward(self, x):
            return self.classifier(self.features(x))

    expected = grad_cam(model, films(), 1, layer=model.features[-1])
    torch.testing.assert_close(grad_cam(Wrapped(), films(), 1, layer=model.features[-1]), expected)


@pytest.mark.parametrize(
    ("helper", "context"),
    [*((name, torch.inference_mode) for name in GRADIENTS), ("saliency", torch.no_grad)],
)
def test_a_forward_without_a_graph_says_that_it_has_no_gradient(helper, context):
    class Sealed(ChestNet):
        @context()
        def forward(self, images):
            return super().forward(images)

    with pytest.raises(ValueError, match=r"gradient.*inference_mode"):
        HELPERS[helper](Sealed(), films())


# ---- several threads -----------------------------------------------------------------------------


def test_threads_that_share_a_model_get_their_own_answers(model, unchanged):
    network = load_cxr_model("clean").train()
    network.features[1].eval()
    inputs = [films()[:, :, :, :48] + 0.1 * i for i in range(6)]
    jobs = [(name, x) for x in inputs for name in (*GRADIENTS, "predict_proba")]
    expected = [HELPERS[name](network, x) for name, x in jobs]
    with unchanged(network), concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda job: HELPERS[job[0]](network, job[1]), jobs))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_thread_that_uses_the_model_itself_is_left_alone():
    """While one thread runs Grad-CAM, another calls the model: it gets plain logits without a graph."""
    network = load_cxr_model("clean")
    stop, seen = [], []

    def serve():
        with torch.no_grad():
            while not stop:
                seen.append(network(films(1)).requires_grad)

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        serving = pool.submit(serve)
        for _ in range(5):
            HELPERS["grad_cam"](network, films())
        stop.append(True)
        serving.result()
    assert seen
    assert not any(seen)


def test_the_words_are_one_line_each(model):
    with pytest.raises(ValueError, match="batch axis") as caught:
        saliency(model, films()[0], 1)
    assert "\n" not in str(caught.value)
    assert re.search(r"\(1, 64, 64\)", str(caught.value))
