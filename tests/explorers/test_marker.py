"""The marker explorer shows what the helpers compute, with any models, and with the course's own it teaches."""

import re
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg

from clinxai_teach import plots
from clinxai_teach.attribution import grad_cam, mass_in_mask, neighbourhood, upsample
from clinxai_teach.data import make_radiographs
from clinxai_teach.data.radiographs import CLASS_NAMES, SHORTCUT_CLASS
from clinxai_teach.explorers import MarkerExplorer
from clinxai_teach.explorers.films import pick_of_seed
from clinxai_teach.explorers.marker import FILMS, WANTED

SEED = 5
PNEUMONIA = CLASS_NAMES.index(SHORTCUT_CLASS)


@pytest.fixture(scope="module")
def explorer(models):
    return MarkerExplorer(SEED, models=models)


def states(explorer):
    """Return all 64 states."""
    state = [{}]
    for control in explorer.controls:
        values = range(control.low, control.high + 1) if control.name == "film" else control.stops()
        state = [{**start, control.name: value} for start in state for value in values]
    return state


@cache
def films(marker, site):
    """Return the film numbers and all films of one setting, made once for all tests."""
    picked = pick_of_seed(SEED, WANTED)
    return picked, make_radiographs(max(picked) + 1, seed=SEED, marker=float(marker), site=site)


def recomputed(models, state):
    """Return image, probabilities, heatmap, share and chance of one state, from the helpers alone."""
    picked, made = films(state["marker"], state["site"])
    row = picked[state["film"] - 1]
    image, model = torch.from_numpy(made.images[row : row + 1]), models[state["model"]]
    around = neighbourhood(films(True, "A")[1].marker_masks[row : row + 1], 8)
    with torch.no_grad():
        probabilities = model(image).softmax(dim=1)[0].numpy()
    heatmap = upsample(grad_cam(model, image, PNEUMONIA, layer=model.features[-1]), image.shape[-1])
    return (
        image[0, 0].numpy(),
        probabilities,
        heatmap[0, 0].numpy(),
        float(mass_in_mask(heatmap, around)),
        around.mean(),
    )


def test_every_state_is_computed_and_there_are_64(explorer):
    assert len(states(explorer)) == len(explorer.results.answers) == 64
    for state in states(explorer):
        assert state["site"] in explorer.describe(state)


@pytest.mark.parametrize("film", [1, 2, 7])
@pytest.mark.parametrize("marker", [False, True])
@pytest.mark.parametrize("site", ["A", "B"])
@pytest.mark.parametrize("model", ["clean", "shortcut"])
def test_picture_and_words_agree_with_the_helpers(explorer, models, film, marker, site, model):
    state = {"film": film, "marker": marker, "site": site, "model": model}
    image, probabilities, heatmap, share, chance = recomputed(models, state)
    film_axes, heat_axes, bar_axes = explorer.render(state).axes

    assert np.array_equal(film_axes.images[0].get_array(), image)
    strength = heat_axes.images[1].get_array()
    scale = explorer.results.scale[film - 1]
    assert np.asarray(strength) == pytest.approx(np.clip(heatmap / scale, 0, 1), abs=1e-4)
    assert f"brightest: {scale:.2g} logits" in heat_axes.get_xlabel()
    assert [bar.get_width() for bar in bar_axes.patches] == pytest.approx(probabilities.tolist(), abs=1e-5)
    shown = [text.get_text() for text in bar_axes.texts]
    assert [float(text[:4]) for text in shown] == pytest.approx(probabilities.tolist(), abs=0.006)
    assert [name for name, text in zip(CLASS_NAMES, shown, strict=True) if "truth" in text] == [FILMS[film - 1]]

    words = explorer.describe(state)
    top = int(probabilities.argmax())
    assert float(re.search(rf"model: {CLASS_NAMES[top]} (\d\.\d\d)", words)[1]) == pytest.approx(
        probabilities[top], abs=0.006
    )
    assert float(re.search(r"pneumonia (\d\.\d\d)", words)[1]) == pytest.approx(probabilities[PNEUMONIA], abs=0.006)
    said = re.search(r"(\d+)% of the heatmap for pneumonia; chance is (\d+)%", words)
    if heatmap.max() < 0.2 * scale:  # a fifth of the brightest, as the explorer says
        assert said is None
        assert "almost empty" in words
    else:
        assert [int(number) for number in said.groups()] == pytest.approx([100 * share, 100 * chance], abs=0.51)
    for part in (f"Film {film}", FILMS[film - 1], f"site {site}", f"{model} model", "synthetic"):
        assert part in words
    assert ("with the marker" in words) == marker


def test_the_colour_scale_is_the_same_for_all_settings_of_a_film(explorer):
    for film in range(1, 9):
        mine = [explorer.results.answers[key] for key in explorer.results.answers if key[0] == film]
        assert max(answer.heatmap.max() for answer in mine) == pytest.approx(explorer.results.scale[film - 1])


def test_the_figure_says_synthetic_in_all_states_and_every_text_fits_into_it(explorer):
    for state in states(explorer)[::7]:
        figure = explorer.render(state)
        FigureCanvasAgg(figure).draw()
        said = [text for ax in figure.axes for text in (ax.title, ax.xaxis.label, *ax.texts, *ax.get_yticklabels())]
        assert any("synthetic" in text.get_text() for text in said)
        for text in said:
            box = text.get_window_extent()
            assert figure.bbox.padded(1).contains(box.x0, box.y0), text.get_text()
            assert figure.bbox.padded(1).contains(box.x1, box.y1), text.get_text()


def test_another_seed_shows_other_patients(models, explorer):
    other = MarkerExplorer(SEED + 1, models=models)
    state = explorer.start_state()
    assert plots.png_bytes(other.render(state)) != plots.png_bytes(explorer.render(state))


def test_the_filmstrip_shows_a_false_alarm_and_a_miss(explorer):
    told = explorer.telling_states()
    assert [(state["model"], state["marker"]) for state in told] == [
        ("clean", True), ("shortcut", True), ("shortcut", False), ("shortcut", True),
    ]  # fmt: skip
    assert [FILMS[state["film"] - 1] for state in told] == ["normal", "normal", "pneumonia", "pneumonia"]
    says = [explorer.answer({**told[2], "film": film}).probabilities[PNEUMONIA] for film in (2, 6, 8)]
    assert explorer.answer(told[2]).probabilities[PNEUMONIA] == min(says)


def test_the_courses_own_models_show_the_lesson():
    """The marker moves the shortcut model towards pneumonia on every film, and hardly moves the clean one."""
    answers = MarkerExplorer().results.answers
    move = {
        name: np.array(
            [
                answers[film, True, "A", name].probabilities[PNEUMONIA]
                - answers[film, False, "A", name].probabilities[PNEUMONIA]
                for film in range(1, 9)
            ]
        )
        for name in ("clean", "shortcut")
    }
    assert (move["shortcut"] >= 0).all()
    assert move["shortcut"].max() > 0.2
    assert np.abs(move["clean"]).max() < 0.1
    first = {(mark, name): answers[1, mark, "A", name].probabilities for mark in (True, False) for name in move}
    assert np.abs(first[True, "clean"] - first[False, "clean"]).max() < 0.03  # the start page: no bar moves
    assert first[True, "shortcut"].argmax() == PNEUMONIA != first[False, "shortcut"].argmax()


def test_importing_the_explorers_loads_neither_torch_nor_ipywidgets():
    code = (
        "import sys, clinxai_teach.explorers; print([m for m in ('torch', 'shap', 'ipywidgets') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
