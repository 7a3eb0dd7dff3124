"""The dropout explorer shows the passes that the helper makes, with any network; with the course's own it teaches."""

import re

import numpy as np
import pytest
import torch

from clinxai_teach.data import make_radiographs
from clinxai_teach.data.radiographs import CLASS_NAMES
from clinxai_teach.explorers import DropoutExplorer
from clinxai_teach.explorers.dropout import FILMS, MAX_SAMPLES, NO_SHIFT, SHIFTS, WANTED, after_passes
from clinxai_teach.explorers.films import pick_of_seed
from clinxai_teach.models import ChestNet
from clinxai_teach.uncertainty import entropy_decomposition, mc_dropout_predict, mc_dropout_samples

SEED = 31


@pytest.fixture(scope="module")
def network():
    """A network with random weights, made louder so that dropout moves its answers."""
    torch.manual_seed(0)
    network = ChestNet(dropout=0.5).eval()
    with torch.no_grad():
        network.classifier[-1].weight.mul_(40)
    return network


@pytest.fixture(scope="module")
def explorer(network):
    return DropoutExplorer(SEED, model=network)


def every_state(explorer, samples=(1, 2, 30, MAX_SAMPLES)):
    for n in samples:
        for film in range(1, len(FILMS) + 1):
            for shift in (NO_SHIFT, *SHIFTS):
                yield {"samples": n, "film": film, "shift": shift}


def images_of(shift):
    """Return the explorer's films under a shift, made as a reader would make them."""
    picked = pick_of_seed(SEED, WANTED)
    films = make_radiographs(max(picked) + 1, seed=SEED, shift=SHIFTS.get(shift))
    return torch.from_numpy(films.images[picked])


@pytest.mark.parametrize("shift", [NO_SHIFT, "portable", "child"])
@pytest.mark.parametrize("n", [1, 7, 200])
def test_mean_and_std_are_those_of_the_helper(explorer, network, shift, n):
    mean, std = mc_dropout_predict(network, images_of(shift), n, seed=SEED)
    for film in (1, 4, 8):
        result = explorer.result({"samples": n, "film": film, "shift": shift})
        assert result.mean[-1] == pytest.approx(mean[film - 1].double().numpy(), abs=1e-6)
        assert result.std == pytest.approx(std[film - 1].double().numpy(), abs=1e-5)
        assert result.error == pytest.approx(result.std / np.sqrt(n), abs=1e-9)


def test_more_passes_keep_the_earlier_ones(explorer, network):
    samples = mc_dropout_samples(network, images_of("child"), n_samples=MAX_SAMPLES, seed=SEED).double().numpy()
    for n in (1, 3, 50):
        result = explorer.result({"samples": n, "film": 2, "shift": "child"})
        assert result.mean == pytest.approx(np.array([samples[: i + 1, 1].mean(axis=0) for i in range(n)]))
        assert result.doubt == pytest.approx([part[1] for part in entropy_decomposition(samples[:n])])


def test_the_band_holds_where_the_mean_settles_about_95_times_in_100():
    rng, hits = np.random.default_rng(0), []
    for _ in range(400):
        result = after_passes(rng.dirichlet([2.0, 1.0, 1.0], size=60))
        hits.append((result.low[-1] <= [0.5, 0.25, 0.25]) & (result.high[-1] >= [0.5, 0.25, 0.25]))
    assert 0.92 < np.mean(hits) < 0.97


def test_passes_that_agree_on_50_50_have_no_spread_and_full_doubt():
    result = after_passes(np.full((20, 2), 0.5))
    assert result.std == pytest.approx([0, 0])
    assert result.doubt == pytest.approx([np.log(2), np.log(2), 0])


def test_picture_and_words_say_the_same_numbers(explorer):
    for state in list(every_state(explorer))[::9]:
        result, words = explorer.result(state), explorer.describe(state)
        film_axes, mean_axes, doubt_axes = explorer.render(state).axes
        assert np.array_equal(film_axes.images[0].get_array(), images_of(state["shift"])[state["film"] - 1, 0].numpy())
        assert film_axes.get_xlabel() == "synthetic film"
        for k, line in enumerate(mean_axes.lines):
            assert line.get_ydata() == pytest.approx(result.mean[:, k])
        shown = {text.get_text() for text in mean_axes.texts}
        for k, name in enumerate(CLASS_NAMES):
            assert any(f"{name} {result.mean[-1][k]:.2f}, std {result.std[k]:.2f}" in text for text in shown)
        grey, striped = doubt_axes.patches
        assert [grey.get_width(), striped.get_width()] == pytest.approx(result.doubt[1:], abs=1e-12)
        assert striped.get_x() == pytest.approx(result.doubt.aleatoric)

        top = result.mean[-1].argmax()
        assert f"mean {CLASS_NAMES[top]} {result.mean[-1][top]:.2f} (std {result.std[top]:.2f}" in words
        second = result.mean[-1].argsort()[-2]
        assert f", next {CLASS_NAMES[second]} {result.mean[-1][second]:.2f}. Doubt" in words
        total, expected, mutual = map(float, re.search(
            r"Doubt (\S+) of at most 1.61 nats = aleatoric (\S+) \+ epistemic (\S+)\.$", words
        ).groups())  # fmt: skip
        assert [total, expected, mutual] == pytest.approx(result.doubt, abs=6e-4)
        for part in (f"Film {state['film']}", FILMS[state["film"] - 1][0], f"{state['shift']}, ", "synthetic"):
            assert part in words
        assert ("1 pass:" in words) == (state["samples"] == 1)


def test_a_shift_keeps_the_patient_and_changes_the_film(explorer):
    for shift in SHIFTS:
        assert not np.array_equal(explorer.images[shift], explorer.images[NO_SHIFT])
        assert not np.array_equal(explorer.samples[shift], explorer.samples[NO_SHIFT])


def test_every_text_fits_into_the_picture_and_the_strip(explorer, texts_fit, captions_fit):
    for state in list(every_state(explorer, samples=(1, 200)))[::5]:
        texts_fit(explorer.render(state))
    captions_fit(explorer)


def test_the_courses_own_model_shows_the_lesson():
    """A faint film: doubt that does not go away with passes. Another vendor: a plain finding, wrong and sure."""
    explorer = DropoutExplorer()
    few, many, abroad = (explorer.result(state) for state in explorer.telling_states())
    assert many.doubt.total > 0.5
    assert many.error.max() < few.error.max() / 3
    assert many.std.max() > 0.05
    assert CLASS_NAMES[abroad.mean[-1].argmax()] != "pneumonia"
    assert abroad.mean[-1].max() > 0.9
    assert abroad.doubt.total < 0.05
