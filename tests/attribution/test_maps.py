"""Signals, films and volumes: Grad-CAM and the scores of a heatmap for any number of axes; where the channels are."""

from functools import cache

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision
from captum.attr import LayerGradCam
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from clinxai_teach.attribution import (
    GradCAM,
    deletion_curve,
    grad_cam,
    mass_in_mask,
    neighbourhood,
    pointing_game,
    scale_for_display,
    upsample,
)

CONV = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
POOL = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}
NORM = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
SIZES = {1: (50,), 2: (12, 17), 3: (7, 9, 8)}


def network(axes, channels=2, maps=4):
    """Return a small network for inputs with this many axes beside the channels."""
    torch.manual_seed(0)
    body = nn.Sequential(CONV[axes](channels, maps, 3), NORM[axes](maps), nn.ReLU(inplace=True))
    return body.extend([POOL[axes](1), nn.Flatten(), nn.Linear(maps, 3)]).eval()


# ---- Grad-CAM ------------------------------------------------------------------------------------


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_the_formula_with_the_mean_over_all_axes_after_the_second(axes, layer, unchanged):
    model, inputs = network(axes), torch.rand(3, 2, *SIZES[axes])
    model[2].inplace = False
    maps = model[: layer + 1](inputs).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(model[layer + 1 :](maps)[:, 1].sum(), maps)
    weights = gradient.mean(dim=tuple(range(2, axes + 2)), keepdim=True)
    expected = (weights * maps.detach()).sum(1, keepdim=True)
    model[2].inplace = True
    with unchanged(model, inputs):
        cam = grad_cam(model, inputs, 1, layer=model[layer], relu=False)
    assert cam.shape == (3, 1, *(size - 2 for size in SIZES[axes]))
    torch.testing.assert_close(cam, expected)
    torch.testing.assert_close(grad_cam(model, inputs, 1, layer=model[layer]), expected.relu())
    captum = LayerGradCam(model, model[layer]).attribute(inputs, target=1)
    torch.testing.assert_close(cam, captum.detach(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_the_display_map_of_each_example_has_its_own_maximum(axes):
    model, inputs = network(axes), torch.rand(4, 2, *SIZES[axes])
    shown = GradCAM(model, model[2]).generate(inputs, torch.tensor([0, 1, 2, 0]))
    raw = grad_cam(model, inputs, torch.tensor([0, 1, 2, 0]), layer=model[2])
    assert ((shown >= 0) & (shown <= 1)).all()
    for one, other in zip(shown, raw, strict=True):
        torch.testing.assert_close(one * other.max(), other)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_volume_of_one_slice_is_a_film_and_a_film_of_one_row_a_signal(data):
    rows, width = data.draw(st.integers(1, 3)), data.draw(st.integers(5, 12))
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 1000)))
    signal, x = network(1), torch.rand(rows, 2, width, generator=generator)
    film = nn.Sequential(nn.Conv2d(2, 4, (1, 3)), nn.ReLU(), POOL[2](1), nn.Flatten(), signal[5])
    film[0].load_state_dict({"weight": signal[0].weight[:, :, None], "bias": signal[0].bias})
    flat = nn.Sequential(signal[0], nn.ReLU(), *signal[3:])
    one = grad_cam(flat, x, 2, layer=flat[1], relu=False)
    torch.testing.assert_close(grad_cam(film, x[:, :, None], 2, layer=film[1], relu=False)[:, :, 0], one)
    torch.testing.assert_close(upsample(one, 20), upsample(one[:, :, None], (1, 20))[:, :, 0])


def test_a_model_may_add_the_channel_axis_itself():
    class Ecg(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = network(1, channels=1)

        def forward(self, x):
            return self.net(x[:, None])

    model, x = Ecg(), torch.rand(2, 50)
    expected = grad_cam(model.net, x[:, None], 1, layer=model.net[2])
    torch.testing.assert_close(grad_cam(model, x, 1, layer=model.net[2]), expected)


def test_a_layer_that_sees_slices_as_rows_is_refused():
    class Slices(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = network(2, channels=1)

        def forward(self, x):
            return self.net(x.flatten(0, 1)[:, None]).reshape(len(x), -1, 3).mean(1)

    model = Slices()
    with pytest.raises(ValueError, match="returned 10 rows for 2 inputs"):
        grad_cam(model, torch.rand(2, 5, 12, 12), 1, layer=model.net[2])


# ---- channels last -------------------------------------------------------------------------------


class Last(nn.Module):
    """Convolves, then works with the channels last, as transformers do, and brings them back."""

    def __init__(self, axes, maps):
        super().__init__()
        self.stem = CONV[axes](1, maps, 4, stride=4)
        self.block = nn.Sequential(nn.LayerNorm(maps), nn.Linear(maps, maps), nn.GELU())
        self.drop, self.back = nn.Dropout(), nn.Identity()
        self.head = nn.Linear(maps, 2)

    def forward(self, x):
        x = self.drop(self.block(self.stem(x).movedim(1, -1)))
        return self.head(self.back(x.movedim(-1, 1)).flatten(2).mean(2))


FILMS = {1: [(64,), (36,)], 2: [(32, 32), (32, 48), (48, 32), (20, 64), (4, 64)], 3: [(16, 16, 16), (8, 16, 24)]}
SHAPES = [(axes, size, maps) for axes, sizes in FILMS.items() for size in sizes for maps in (3, 5, 6, 16, 24)]


@pytest.mark.parametrize(("axes", "size", "maps"), SHAPES)
def test_channels_last_is_seen_for_every_shape(axes, size, maps):
    model, x = Last(axes, maps), torch.rand(2, 1, *size)
    for layer in (model.block, model.block[0], model.block[1], model.block[2]):
        with pytest.raises(ValueError, match="channels last"):
            grad_cam(model, x, 1, layer=layer)
    cam = grad_cam(model, x, 1, layer=model.stem, relu=False)
    assert cam.shape == (2, 1, *(length // 4 for length in size))
    assert grad_cam(model, x, 1, layer=model.back).shape == cam.shape


@cache
def untrained(family):
    """Return a network of torchvision with random weights: drawing them takes longer than what is tried with it."""
    return torchvision.models.get_model(family, weights=None, num_classes=2).eval()


@pytest.mark.parametrize("size", [(96, 160), (160, 96), (96, 96), (64, 200)])
@pytest.mark.parametrize("part", ["features.5.1.stochastic_depth", "features.3.1.mlp", "features.0.2", "features.7.0"])
def test_every_part_of_a_swin_transformer_says_that_its_channels_are_last(size, part):
    model = untrained("swin_t")
    with pytest.raises(ValueError, match="channels last"):
        grad_cam(model, torch.rand(1, 3, *size), 1, layer=model.get_submodule(part))


def test_as_many_channels_as_columns():
    """The shape alone cannot tell. LayerNorm can: it works on the last axis."""
    model = untrained("swin_t")  # 96 maps after steps of 4 pixels
    with pytest.raises(ValueError, match="channels last"):
        grad_cam(model, torch.rand(1, 3, 384, 384), 1, layer=model.features[1][0])
    model = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(16 * 16 * 16, 2))
    assert grad_cam(model, torch.rand(1, 1, 16, 16), 1, layer=model[1]).shape == (1, 1, 16, 16)


class Attention(nn.Module):
    """Weighs the channels (squeeze and excitation): linear layers, but the channels stay second."""

    def __init__(self, maps):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(maps, maps // 4), nn.ReLU(), nn.Linear(maps // 4, maps), nn.Sigmoid())

    def forward(self, x):
        return x * self.net(x.mean((2, 3)))[:, :, None, None]


@pytest.mark.parametrize("size", [(16, 16), (8, 32), (4, 16), (16, 4)])
def test_linear_layers_that_weigh_channels_are_not_taken_for_channels_last(size):
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), Attention(16), nn.ReLU(), POOL[2](1), nn.Flatten(), nn.Linear(16, 2)
    )
    for layer in model[:3]:
        assert grad_cam(model, torch.rand(1, 1, *size), 1, layer=layer).shape == (1, 1, *size)


@pytest.mark.parametrize("size", [(64, 64), (64, 128), (96, 32)])
@pytest.mark.parametrize(
    ("family", "layers"),
    [
        ("resnet18", ("layer1.0.relu", "maxpool", "layer4", "relu")),
        ("convnext_tiny", ("features.1.0", "features.3.1", "features.2", "features.7.2.stochastic_depth")),
        ("efficientnet_b0", ("features.2.0.block.1", "features.8.2", "features.4.1.stochastic_depth")),
        ("densenet121", ("features.pool0", "features.relu0", "features.transition1.pool")),
        ("mobilenet_v3_small", ("features.1.block.1", "features.12.2")),
    ],
)
def test_convolutional_networks_are_read_at_every_layer(family, layers, size):
    model = untrained(family)
    for layer in layers:
        cam = grad_cam(model, torch.rand(1, 3, *size), 1, layer=model.get_submodule(layer))
        assert cam.shape[:2] == (1, 1)
        assert abs(np.log2(cam.shape[2] / cam.shape[3]) - np.log2(size[0] / size[1])) < 0.1


def test_tokens_of_a_signal_say_that_their_channels_are_last():
    class Tokens(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.head = nn.Conv1d(2, 8, 5, stride=5), nn.Linear(8, 2)
            self.encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

        def forward(self, x):
            return self.head(self.encoder(self.stem(x).transpose(1, 2)).mean(1))

    model = Tokens().eval()
    with pytest.raises(ValueError, match="channels last"):
        grad_cam(model, torch.rand(2, 2, 50), 1, layer=model.encoder)
    assert grad_cam(model, torch.rand(2, 2, 50), 1, layer=model.stem).shape == (2, 1, 10)


# ---- resizing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("axes", "mode"), [(1, "linear"), (2, "bilinear"), (3, "trilinear")])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_upsample_is_linear_along_every_axis(axes, mode, dtype):
    maps, size = torch.rand(2, 1, *[3] * axes).to(dtype), (6, 9, 4)[:axes]
    large = upsample(maps, size)
    assert large.shape == (2, 1, *size)
    assert large.dtype == dtype
    torch.testing.assert_close(large, F.interpolate(maps, size=size, mode=mode))
    torch.testing.assert_close(upsample(maps, 5), upsample(maps, (5,) * axes))


@pytest.mark.parametrize("size", [(4,), (4, 4, 4), 0, (4, 0), ()])
def test_a_size_that_does_not_fit_is_named(size):
    with pytest.raises(ValueError, match="size must be a number, or one for each of the 2 axes"):
        upsample(torch.rand(1, 1, 2, 2), size)


@pytest.mark.parametrize("function", [scale_for_display, lambda maps: upsample(maps, 8)])
@pytest.mark.parametrize("maps", [np.zeros((1, 1, 2, 2)), torch.zeros(2, 2), torch.zeros(3, 4, 4), [[0.0]]])
def test_maps_of_another_kind_are_named(function, maps):
    with pytest.raises(ValueError, match=r"maps must be a tensor \(N, 1, h, w\).*torch.as_tensor"):
        function(maps)


# ---- scores of a heatmap -------------------------------------------------------------------------


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("channel", [False, True])
def test_scores_by_hand(axes, channel):
    """The peak (3 of 4 units) lies in the mask of the first map and not in that of the second."""
    size = (5, 6, 4)[:axes]
    maps, masks = torch.zeros(2, 1, *size), torch.zeros(2, *size)
    peak, other = (2,) * axes, (0,) * axes
    maps[0, 0][peak], maps[0, 0][other], maps[1, 0][other], maps[1, 0][peak] = 3, 1, 3, 1
    maps[:, 0][:, *(1,) * axes] = -5
    masks[0][peak], masks[1][peak] = 1, 1
    masks = masks[:, None] if channel else masks
    assert pointing_game(maps, masks).tolist() == [1, 0]
    assert mass_in_mask(maps, masks).tolist() == [0.75, 0.25]
    if axes > 1:  # the channel axis may be left out
        assert mass_in_mask(maps[:, 0].numpy(), masks.numpy()).tolist() == [0.75, 0.25]


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_a_smaller_map_is_resized_to_the_mask(axes):
    generator = torch.Generator().manual_seed(axes)
    maps = torch.rand(3, 1, *[4] * axes, generator=generator)
    masks = torch.rand(3, *[8] * axes, generator=generator) < 0.3
    large = upsample(maps, 8)
    torch.testing.assert_close(
        mass_in_mask(maps, masks), (large[:, 0] * masks).flatten(1).sum(1) / large.flatten(1).sum(1)
    )
    inside = masks.flatten(1).gather(1, large.flatten(1).argmax(1, keepdim=True))[:, 0]
    expected = torch.where(masks.flatten(1).any(1), inside.float(), torch.nan)
    torch.testing.assert_close(pointing_game(maps, masks), expected, equal_nan=True)


@settings(max_examples=30, deadline=None)
@given(axes=st.integers(1, 3), seed=st.integers(0, 1000), factor=st.floats(1e-3, 1e3))
def test_scores_ignore_scale_and_split_the_mass_for_any_number_of_axes(axes, seed, factor):
    generator = torch.Generator().manual_seed(seed)
    maps = torch.randn(2, 1, *[4] * axes, dtype=torch.float64, generator=generator)
    maps.flatten(1)[:, 0] = 1  # some positive evidence
    masks = torch.rand(2, *[4] * axes, generator=generator) < 0.5
    torch.testing.assert_close(mass_in_mask(maps * factor, masks), mass_in_mask(maps, masks))
    torch.testing.assert_close(
        mass_in_mask(maps, masks) + mass_in_mask(maps, ~masks), torch.ones(2, dtype=torch.float64)
    )
    moved = mass_in_mask(maps.flip(-1), masks.flip(-1))
    torch.testing.assert_close(moved, mass_in_mask(maps, masks))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_sums_in_single(dtype):
    """100,000 ones and a mask of half of them: in float16 the sum would be infinite."""
    maps, masks = torch.ones(1, 1, 200, 500).to(dtype), torch.zeros(1, 200, 500)
    masks[:, :100] = 1
    share = mass_in_mask(maps, masks)
    assert share.dtype == dtype
    assert share.tolist() == [0.5]
    assert pointing_game(maps, masks).tolist() == [1]


@pytest.mark.parametrize(
    ("maps", "masks", "error", "message"),
    [
        (np.ones((8, 8)), np.ones((8, 8)), ValueError, "maps must have the shape"),  # one film without its axis
        (np.ones((2, 1, 8, 8)), np.ones((2, 8)), ValueError, "masks must have the shape"),
        (np.ones((1, 8, 8)), np.full((1, 8, 8), np.nan), ValueError, "masks holds NaN"),
        (np.ma.masked_array(np.ones((1, 8, 8)), mask=True), np.ones((1, 8, 8)), ValueError, "maps has 64 masked"),
        ([[["a"]]], np.ones((1, 1, 1)), TypeError, "maps must hold numbers"),
    ],
)
def test_maps_and_masks_that_do_not_fit_are_named(maps, masks, error, message):
    for score in (mass_in_mask, pointing_game):
        with pytest.raises(error, match=message):
            score(maps, masks)


def test_neighbourhood_grows_along_every_axis():
    for axes in (1, 2, 3):
        masks = torch.zeros(1, *([1] if axes == 1 else []), *[9] * axes)
        masks[(..., *[4] * axes)] = 1
        grown = neighbourhood(masks, 2)
        assert grown.sum() == 5**axes
        assert grown.flatten(1).sum() == grown[(..., *[slice(2, 7)] * axes)].sum()
    with pytest.raises(ValueError, match="masks must have the shape"):
        neighbourhood(np.zeros((9, 9)), 1)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_the_deletion_curve_takes_one_map_for_all_channels(axes):
    model, inputs = network(axes, channels=3), torch.rand(2, 3, *[6] * axes)
    one_map = torch.rand(2, 1, *[6] * axes)
    score = deletion_curve(model, inputs, 1, one_map, n_steps=2, baseline=0.25).score
    middle = one_map.flatten(1).median(dim=1).values.reshape(2, *[1] * (axes + 1))  # the lower one: half lie above
    expected = model(torch.where(one_map > middle, 0.25, inputs)).softmax(1)[:, 1]
    torch.testing.assert_close(score[:, 1], expected.detach())
