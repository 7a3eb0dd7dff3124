"""Grad-CAM: closed forms, any layer, no side effects, and agreement with Captum."""

import pytest
import torch
import torchvision
from captum.attr import LayerGradCam
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import grad_cam_oracle
from torch import nn

from benches.correctness.attribution import captums_network
from benches.peers import raw_grad_cam
from clinxai_teach.attribution import GradCAM, grad_cam, scale_for_display, upsample
from clinxai_teach.models import ChestNet

CONV_MAP = torch.tensor([[11.25, 13.5], [20.25, 22.5]])
RELU_MAP = torch.tensor([[0.0, 4.0], [28.0, 32.5]])


IMAGE = torch.arange(16.0).reshape(1, 1, 4, 4)


@pytest.mark.parametrize("inplace", [False, True])
@pytest.mark.parametrize(("layer", "expected"), [(0, CONV_MAP), (1, RELU_MAP)])
def test_closed_form_with_and_without_in_place_relu(inplace, layer, expected):
    network = captums_network(inplace)
    torch.testing.assert_close(grad_cam(network, IMAGE, 0, layer=network[layer])[0, 0], expected)


def test_equals_class_activation_mapping_for_a_network_that_ends_in_averaging():
    """With average pooling and one linear layer, Grad-CAM is CAM divided by the number of cells (Selvaraju 2017)."""
    torch.manual_seed(0)
    model = ChestNet().eval()
    films = torch.rand(3, 1, 64, 64)
    with torch.no_grad():
        maps = model.features(films)
        weights = model.classifier[-1].weight[2]
        expected = (weights[None, :, None, None] * maps).sum(1, keepdim=True) / 64
    torch.testing.assert_close(grad_cam(model, films, 2, layer=model.features[-1], relu=False), expected)


FAMILIES = [
    ("resnet18", "layer4"),
    ("resnet18", "layer3.0.bn2"),
    ("vgg11", "features.18"),
    ("mobilenet_v3_small", "features.12"),
    ("squeezenet1_1", "features.12"),
    ("shufflenet_v2_x0_5", "conv5"),
    ("efficientnet_b0", "features.8"),
    ("mnasnet0_5", "layers.14"),
    ("densenet121", "features.denseblock4"),
    ("densenet121", "features.norm5"),  # an in-place ReLU follows
    ("googlenet", "inception5b"),
    ("convnext_tiny", "features.7"),
    ("regnet_y_400mf", "trunk_output"),
]


@pytest.mark.parametrize(("family", "layer"), FAMILIES)
def test_any_torchvision_family_matches_the_oracle_and_captum(family, layer, unchanged):
    torch.manual_seed(1)
    model = torchvision.models.get_model(family, weights=None, num_classes=5).eval()
    inputs = torch.rand(2, 3, 64, 64)
    with unchanged(model, inputs):
        cam = grad_cam(model, inputs, 3, layer=model.get_submodule(layer), relu=False)
    expected = grad_cam_oracle(model, inputs, 3, layer)
    size = float(expected.abs().max())
    assert size > 0
    torch.testing.assert_close(cam, expected, rtol=0, atol=size * 1e-5)
    captum = LayerGradCam(model, model.get_submodule(layer)).attribute(inputs, target=3)
    torch.testing.assert_close(cam, captum.detach(), rtol=0, atol=size * 1e-5)
    torch.testing.assert_close(grad_cam(model, inputs, 3, layer=model.get_submodule(layer)), cam.relu())


class Reused(nn.Module):
    """One ReLU module that runs twice."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.relu = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 4, 3), nn.ReLU(inplace=True)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        x = self.relu(self.first(x))
        return self.head(self.relu(self.second(x)).mean((2, 3)))


def test_a_module_that_runs_twice_is_read_at_its_last_call():
    torch.manual_seed(2)
    model = Reused()
    inputs = torch.rand(2, 1, 12, 12)
    cam = grad_cam(model, inputs, 1, layer=model.relu, relu=False)
    assert cam.shape == (2, 1, 8, 8)
    torch.testing.assert_close(cam, grad_cam_oracle(model, inputs, 1, "relu"))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 5), factor=st.floats(0.1, 50))
def test_properties_of_the_raw_map(seed, rows, factor):
    """Rows do not influence each other, and the map grows with the logit."""
    generator = torch.Generator().manual_seed(seed)
    model = captums_network(inplace=True).double()
    inputs = torch.rand(rows, 1, 4, 4, generator=generator, dtype=torch.float64) * 20
    target = torch.randint(0, 2, (rows,), generator=generator)
    cam = grad_cam(model, inputs, target, layer=model[1])
    assert cam.dtype == torch.float64
    assert (cam >= 0).all()
    singles = [grad_cam(model, inputs[i : i + 1], int(target[i]), layer=model[1]) for i in range(rows)]
    torch.testing.assert_close(cam, torch.cat(singles))
    with torch.no_grad():
        model[3].weight.mul_(factor)
    torch.testing.assert_close(grad_cam(model, inputs, target, layer=model[1]), cam * factor)


def one_logit():
    network = captums_network(inplace=True)
    head = nn.Linear(8, 1, bias=False)
    with torch.no_grad():
        head.weight.copy_(network[3].weight[:1])
    return nn.Sequential(network[0], network[1], network[2], head)


def test_one_logit_networks():
    network = one_logit()
    torch.testing.assert_close(grad_cam(network, IMAGE, 1, layer=network[1])[0, 0], RELU_MAP)
    raw = grad_cam(network, IMAGE, 1, layer=network[1], relu=False)
    torch.testing.assert_close(grad_cam(network, IMAGE, 0, layer=network[1], relu=False), -raw)
    flat = nn.Sequential(network, nn.Flatten(0))  # logits of shape (N,)
    torch.testing.assert_close(grad_cam(flat, IMAGE, 1, layer=network[1])[0, 0], RELU_MAP)


def test_evidence_against_the_class_gives_zeros_never_nan():
    network = captums_network(inplace=True)
    with torch.no_grad():
        network[3].weight[1] = -1
    cam = GradCAM(network, network[1]).generate(IMAGE, 1)
    assert torch.equal(cam, torch.zeros(1, 1, 2, 2))
    assert grad_cam(network, IMAGE, 1, layer=network[1], relu=False).max() <= 0


def test_display_map_is_divided_by_its_own_maximum():
    network = captums_network(inplace=True)
    cam = GradCAM(network, network[1]).generate(torch.cat([IMAGE, IMAGE * 2]), 0)
    raw = grad_cam(network, torch.cat([IMAGE, IMAGE * 2]), 0, layer=network[1])
    torch.testing.assert_close(cam, raw / raw.amax((1, 2, 3), keepdim=True))
    assert torch.equal(cam.amax((1, 2, 3)), torch.ones(2))


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_frozen_and_training_models_in_any_context_are_left_as_they_were(context, unchanged):
    torch.manual_seed(3)
    model = ChestNet().train()
    model.features[1].eval()  # a mixed state must come back as it was
    model.features.requires_grad_(False)
    films = torch.rand(2, 1, 64, 64)
    expected = grad_cam(model, films, 1, layer=model.features[-1])
    with unchanged(model, films), context():
        cam = grad_cam(model, films, 1, layer=model.features[-1])
    assert not cam.requires_grad
    torch.testing.assert_close(cam, expected)


def test_inputs_that_record_gradients_are_left_alone(unchanged):
    model, films = ChestNet(), torch.rand(1, 1, 64, 64, requires_grad=True)
    with unchanged(model, films):
        cam = grad_cam(model, films, 1, layer=model.features[-1])
    assert not cam.requires_grad


class Broken(nn.Module):
    """Runs its convolution, then fails."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)

    def forward(self, x):
        self.conv(x)
        raise RuntimeError("broken on purpose")


def test_a_call_that_raises_leaves_nothing_behind(unchanged):
    model, films = Broken().train(), torch.rand(1, 1, 8, 8)
    with unchanged(model, films), pytest.raises(RuntimeError, match="on purpose"):
        grad_cam(model, films, 0, layer=model.conv)


class TwoPaths(nn.Module):
    """A layer whose output is not used, one that never runs, and one that is no stack of maps."""

    def __init__(self):
        super().__init__()
        self.used, self.unused, self.idle = nn.Conv2d(1, 2, 3), nn.Conv2d(1, 2, 3), nn.Conv2d(1, 2, 3)
        self.head = nn.Linear(2, 2)

    def forward(self, x):
        self.unused(x)
        return self.head(self.used(x).mean((2, 3)))


@pytest.mark.parametrize(
    ("layer", "target", "error", "message"),
    [
        ("idle", 0, ValueError, "did not run"),
        ("head", 0, ValueError, "transformer block"),
        ("used", 2, ValueError, "between 0 and 1"),
        ("used", -1, ValueError, "between 0 and 1"),
        ("used", 0.5, TypeError, "target must be an int"),
        ("used", torch.tensor([0, 1]), ValueError, "one per row"),
    ],
)
def test_bad_calls_are_explained_and_change_nothing(layer, target, error, message, unchanged):
    model, inputs = TwoPaths(), torch.rand(1, 1, 8, 8)
    with unchanged(model, inputs), pytest.raises(error, match=message):
        grad_cam(model, inputs, target, layer=model.get_submodule(layer))


def test_a_layer_that_the_score_does_not_need():
    class SideBranch(TwoPaths):
        def forward(self, x):
            y = self.used(x)
            self.unused(x)
            return self.head(y.mean((2, 3)))

    model = SideBranch()
    with pytest.raises(ValueError, match="does not depend on layer"):
        grad_cam(model, torch.rand(1, 1, 8, 8), 0, layer=model.unused)


def test_other_bad_arguments():
    model = TwoPaths()
    with pytest.raises(ValueError, match="one of the model's own modules"):
        grad_cam(model, torch.rand(1, 1, 8, 8), 0, layer=nn.Conv2d(1, 2, 3))
    with pytest.raises(TypeError, match="floating-point"):
        grad_cam(model, torch.zeros(1, 1, 8, 8, dtype=torch.int64), 0, layer=model.used)
    with pytest.raises(TypeError, match=r"torch\.nn\.Module"):
        grad_cam("resnet", torch.rand(1, 1, 8, 8), 0, layer=model.used)


@pytest.mark.parametrize("maps", [torch.zeros(2, 8, 8), [[1.0]]])
def test_upsample_names_maps_of_another_shape(maps):
    with pytest.raises(ValueError, match="maps must be a tensor"):
        upsample(maps, 16)


def test_upsample_keeps_a_constant_and_the_mean_and_the_order_of_cells():
    maps = torch.tensor([[[[0.0, 1.0], [2.0, 3.0]]]])
    large = upsample(maps, (8, 6))
    assert large.shape == (1, 1, 8, 6)
    assert large[0, 0, 0, 0] == 0
    assert large[0, 0, -1, -1] == 3
    torch.testing.assert_close(large.mean(), maps.mean())
    torch.testing.assert_close(upsample(torch.full((1, 1, 2, 2), 0.7), 16), torch.full((1, 1, 16, 16), 0.7))


@pytest.mark.parametrize(
    ("family", "layer", "message"),
    [
        ("vit_b_16", "encoder.layers.encoder_layer_11", "transformer block"),
        ("swin_t", "features.7", "channels last"),
        ("swin_t", "features.1", "channels last"),
    ],
)
def test_transformers_are_refused_in_words(family, layer, message):
    model = torchvision.models.get_model(family, weights=None, num_classes=3).eval()
    with pytest.raises(ValueError, match=message):
        grad_cam(model, torch.rand(1, 3, 224, 224), 1, layer=model.get_submodule(layer))


def test_a_swin_transformer_works_behind_its_permute():
    torch.manual_seed(0)
    model = torchvision.models.swin_t(weights=None, num_classes=3).eval()
    inputs = torch.rand(2, 3, 64, 64)
    cam = grad_cam(model, inputs, 1, layer=model.permute, relu=False)
    assert cam.shape == (2, 1, 2, 2)
    assert cam.abs().max() > 0


def test_a_layer_that_returns_a_tuple_is_refused():
    class Pair(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.head = TupleLayer(), nn.Linear(2, 2)

        def forward(self, x):
            return self.head(self.inner(x)[0].mean((2, 3)))

    class TupleLayer(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3)

        def forward(self, x):
            return self.conv(x), None

    model = Pair()
    with pytest.raises(ValueError, match="returned tuple"):
        grad_cam(model, torch.rand(1, 1, 8, 8), 1, layer=model.inner)


def test_channels_last_memory_gives_the_same_map():
    torch.manual_seed(1)
    model = torchvision.models.resnet18(weights=None, num_classes=3).eval()
    inputs = torch.rand(2, 3, 64, 64)
    plain = grad_cam(model, inputs, 1, layer=model.layer4)
    other = grad_cam(model, inputs.to(memory_format=torch.channels_last), 1, layer=model.layer4)
    torch.testing.assert_close(other, plain, rtol=1e-4, atol=1e-6)


def test_batches_of_any_size_and_none_empty():
    model = ChestNet().eval()
    films = torch.rand(5, 1, 64, 64)
    whole = grad_cam(model, films, 1, layer=model.features[-1])
    singles = [grad_cam(model, film[None], 1, layer=model.features[-1]) for film in films]
    torch.testing.assert_close(whole, torch.cat(singles), rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match="at least one example"):
        grad_cam(model, films[:0], 1, layer=model.features[-1])


# ---- pytorch-grad-cam: where it agrees, and where the oracle says that it does not ----------------


@pytest.mark.parametrize(("family", "layer"), [("resnet18", "layer4"), ("mobilenet_v3_small", "features.12")])
def test_equals_pytorch_grad_cam_where_nothing_works_in_place_behind_the_layer(family, layer):
    torch.manual_seed(1)
    model = torchvision.models.get_model(family, weights=None, num_classes=5).eval()
    inputs = torch.rand(2, 3, 64, 64)
    ours = grad_cam(model, inputs, 3, layer=model.get_submodule(layer), relu=False)
    theirs = raw_grad_cam(model, inputs, 3, model.get_submodule(layer))
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5 * float(ours.abs().max()))


def test_the_textbooks_listing_leaves_its_hooks_behind_and_ours_does_not():
    model, inputs = ChestNet().eval(), torch.rand(1, 1, 64, 64)
    layer = model.features[-1]

    class Listing:
        """As in the chapter: hooks registered once, in the constructor."""

        def __init__(self, layer):
            layer.register_forward_hook(self.keep)

        def keep(self, module, given, output):
            self.maps = output

    for _ in range(3):
        Listing(layer)
        GradCAM(model, layer).generate(inputs, 1)
    assert len(layer._forward_hooks) == 3
    assert len(layer._backward_hooks) == 0


# ---- awkward networks ----------------------------------------------------------------------------


class FrozenInside(nn.Module):
    """Runs its body under a no_grad of its own, as frozen backbones often do."""

    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU()), nn.Linear(3, 2)

    def forward(self, x):
        with torch.no_grad():
            maps = self.body(x)
        return self.head(maps.mean((2, 3)))


@pytest.mark.parametrize("context", [torch.enable_grad, torch.no_grad, torch.inference_mode])
def test_a_body_that_the_model_runs_without_gradients(context, unchanged):
    """Global averaging and one linear layer: the map is the class activation map, divided by the number of cells."""
    torch.manual_seed(0)
    model, inputs = FrozenInside().eval(), torch.rand(2, 1, 8, 8)
    with unchanged(model, inputs), context():
        cam = grad_cam(model, inputs, 1, layer=model.body, relu=False)
    with torch.no_grad():
        expected = torch.einsum("k,nkhw->nhw", model.head.weight[1], model.body(inputs))[:, None] / 36
    torch.testing.assert_close(cam, expected)


@pytest.mark.parametrize("layer", ["features.7", "features.2", "norm", "features.1.0.attn"])
def test_channels_last_is_seen_on_images_of_any_shape(layer):
    model = torchvision.models.swin_t(weights=None, num_classes=3).eval()
    with pytest.raises(ValueError, match="channels last"):
        grad_cam(model, torch.rand(1, 3, 64, 96), 1, layer=model.get_submodule(layer))


def test_a_convolution_with_as_many_channels_as_rows_is_not_taken_for_channels_last():
    model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1, stride=(8, 1)), nn.ReLU(), nn.Flatten(), nn.Linear(4096, 2))
    cam = grad_cam(model, torch.rand(1, 1, 64, 64), 1, layer=model[0])
    assert cam.shape == (1, 1, 8, 64)


@pytest.mark.parametrize(
    ("family", "layer", "size"), [("googlenet", "inception5b", 64), ("inception_v3", "Mixed_7c", 96)]
)
def test_networks_that_return_more_in_training_mode(family, layer, size):
    torch.manual_seed(0)
    model = torchvision.models.get_model(family, weights=None, init_weights=False, num_classes=3).train()
    inputs = torch.rand(2, 3, size, size)
    cam = grad_cam(model, inputs, 1, layer=model.get_submodule(layer), relu=False)
    assert model.training
    torch.testing.assert_close(cam, grad_cam(model.eval(), inputs, 1, layer=model.get_submodule(layer), relu=False))
    with pytest.raises(ValueError, match="did not run"):
        grad_cam(model, inputs, 1, layer=next(m for name, m in model.named_modules() if name.lower().startswith("aux")))


def test_a_map_that_is_not_a_number_is_not_shown_as_no_evidence():
    assert scale_for_display(torch.tensor([[[[1.0, float("nan")]]]])).isnan().any()


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_inputs_that_are_not_numbers_are_named(bad):
    model = TwoPaths()
    with pytest.raises(ValueError, match="inputs holds NaN or infinite"):
        grad_cam(model, torch.full((1, 1, 8, 8), bad), 0, layer=model.used)
