"""The two scores of a heatmap against a known mask."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clinxai_teach.attribution import mass_in_mask, neighbourhood, pointing_game


def masks_with(*pixels, size=8):
    masks = np.zeros((len(pixels), size, size), dtype=bool)
    for mask, pixel in zip(masks, pixels, strict=True):
        if pixel is not None:
            mask[pixel] = True
    return masks


def test_by_hand():
    maps = np.zeros((3, 8, 8))
    maps[0, 2, 3], maps[0, 5, 5] = 3, 1  # the peak is in the mask, with three quarters of the mass
    maps[1, 0, 0], maps[1, 2, 3] = 3, 1  # the peak is outside
    maps[2] = -1  # no positive evidence at all
    masks = masks_with((2, 3), (2, 3), (2, 3))
    assert pointing_game(maps, masks).tolist() == [1, 0, 0]
    assert mass_in_mask(maps, masks).tolist() == [0.75, 0.25, 0]


def test_negative_evidence_counts_as_none():
    maps = np.zeros((1, 8, 8))
    maps[0, 2, 3], maps[0, 4, 4] = 1, -5
    assert mass_in_mask(maps, masks_with((2, 3))) == [1]


def test_an_empty_mask_cannot_be_hit():
    maps = np.ones((1, 8, 8))
    assert np.isnan(pointing_game(maps, masks_with(None))).all()
    assert mass_in_mask(maps, masks_with(None)) == [0]


def test_a_coarse_map_is_resized_and_its_peak_stays_in_its_cell():
    maps = torch.zeros(1, 1, 8, 8)
    maps[0, 0, 2, 5] = 1
    mask = np.zeros((1, 64, 64), dtype=bool)
    mask[0, 16:24, 40:48] = True
    assert pointing_game(maps, mask).tolist() == [1]
    assert pointing_game(maps, np.roll(mask, 8, axis=2)).tolist() == [0]
    assert pointing_game(maps, neighbourhood(np.roll(mask, 8, axis=2), 8)).tolist() == [1]


def test_a_flat_map_scores_chance():
    rng = np.random.default_rng(0)
    masks = rng.random((20, 64, 64)) < 0.3
    np.testing.assert_allclose(mass_in_mask(np.ones((20, 1, 8, 8)), masks), masks.mean((1, 2)))


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(1e-3, 1e3))
def test_scores_ignore_scale_and_split_the_mass(seed, factor):
    rng = np.random.default_rng(seed)
    maps, masks = rng.normal(size=(4, 8, 8)), rng.random((4, 8, 8)) < 0.4
    np.testing.assert_allclose(mass_in_mask(maps * factor, masks), mass_in_mask(maps, masks))
    np.testing.assert_allclose(mass_in_mask(maps, masks) + mass_in_mask(maps, ~masks), 1)
    np.testing.assert_array_equal(pointing_game(maps * factor, masks), pointing_game(maps, masks))


def test_neighbourhood_grows_by_a_square():
    grown = neighbourhood(masks_with((3, 3)), 2)
    assert grown.dtype == bool
    assert np.argwhere(grown[0]).min(0).tolist() == [1, 1]
    assert np.argwhere(grown[0]).max(0).tolist() == [5, 5]
    assert grown.sum() == 25
    assert torch.equal(neighbourhood(torch.tensor(grown), 0), torch.tensor(grown))


def test_tensors_stay_tensors_with_their_dtype():
    maps, masks = torch.rand(2, 1, 8, 8, dtype=torch.float64), torch.ones(2, 8, 8)
    assert mass_in_mask(maps, masks).dtype == torch.float64
    assert isinstance(pointing_game(maps.float().numpy(), masks.numpy()), np.ndarray)


def test_a_mask_may_be_written_with_any_one_number():
    maps, masks = np.arange(8.0).reshape(2, 2, 2), np.array([[[0, 1], [0, 1]], [[0, 0], [0, 0]]])
    for dtype, one in ((bool, 1), (int, 1), (np.uint8, 255), (float, 255)):
        share = mass_in_mask(maps, (masks * one).astype(dtype))
        np.testing.assert_array_equal(share, [4 / 6, 0])


@pytest.mark.parametrize(
    ("maps", "masks", "message"),
    [
        (np.ones((2, 8, 8)), np.ones((3, 8, 8)), "there are 2 and 3"),
        (np.ones((8, 8)), np.ones((1, 8, 8)), r"maps must have the shape"),
        (np.ones((1, 3, 8, 8)), np.ones((1, 8, 8)), r"maps must have the shape"),
        (np.ones((1, 8, 8)), np.ones((8, 8)), r"masks must have the shape"),
        (np.ones((1, 5, 5)), np.ones((1, 4, 4)), r"maps are larger than their masks: \(5, 5\) and \(4, 4\)\. Pass the"),
        (np.full((1, 8, 8), np.nan), np.ones((1, 8, 8)), "NaN"),
        (np.ones((1, 2, 2)), [[[0, 0.2], [0.5, 0]]], "such as 0.5 and 0.2, but a mask says .* Did you swap the two?"),
    ],
)
def test_bad_arguments_are_named(maps, masks, message):
    with pytest.raises(ValueError, match=message):
        mass_in_mask(maps, masks)
