"""The three explorers of section 18.2 show what the helpers compute, and with the course's own models they teach."""

import re
from itertools import permutations, product

import numpy as np
import pytest
import torch
from torch import nn

from clinxai_teach.attribution import (
    grad_cam,
    integrated_gradients,
    mass_in_mask,
    neighbourhood,
    pointing_game,
    upsample,
)
from clinxai_teach.data import load_nhanes_diabetes
from clinxai_teach.data.radiographs import CLASS_NAMES
from clinxai_teach.explorers import GradCAMExplorer, IntegratedGradientsExplorer, ShapleyExplorer
from clinxai_teach.explorers.gradcam import LAYERS
from clinxai_teach.explorers.integrated_gradients import (
    BASELINES,
    FILMS,
    SEVERITY,
    STEPS,
    baseline_images,
)
from clinxai_teach.explorers.shapley import FEATURES, NAMES, ORDERS, PEOPLE
from clinxai_teach.models import ChestNet, load_cxr_model, predict_proba

pytestmark = pytest.mark.usefixtures("matplotlib_left_alone")


def numbers(text):
    """Return all numbers in a text."""
    return [float(number) for number in re.findall(r"[-+]?\d+\.\d+|[-+]?\d+", text)]


# ---- integrated gradients ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def walks(models):
    """The explorer with networks that look at a film of a sixteenth of the pixels: many walks take little time."""
    small = {name: nn.Sequential(nn.AvgPool2d(4), model) for name, model in models.items()}
    return IntegratedGradientsExplorer(models=small)


def ig_state(explorer, **changes):
    return {**explorer.start_state(), **changes}


@pytest.mark.parametrize("film", FILMS[:2])
@pytest.mark.parametrize("model", ["clean", "shortcut"])
@pytest.mark.parametrize("baseline", BASELINES)
def test_every_number_of_steps_gives_the_map_of_the_helper(walks, film, model, baseline):
    state = ig_state(walks, film=film, model=model, target="effusion", baseline=baseline)
    image = walks.films.images[walks.rows[film]][None]
    start = torch.from_numpy(baseline_images(image[0, 0])[baseline])[None, None]
    for steps in (1, 4, 32):
        result = integrated_gradients(
            walks.models[model],
            torch.from_numpy(image),
            2,
            baseline=start,
            n_steps=steps,
            method="right",
            batch_size=32,
        )
        walked = walks.walk(state)
        scale = float(result.values.abs().max())
        np.testing.assert_allclose(walked.maps[steps], result.values[0, 0].numpy(), rtol=0, atol=1e-5 * scale)
        assert walked.gaps[steps] == pytest.approx(float(result.convergence_delta), abs=1e-4)
        assert walked.needed == pytest.approx(walked.totals[steps] - walked.gaps[steps])


def test_the_picture_and_the_words_say_the_walk(walks):
    for steps in (1, 16, 128):
        state = ig_state(walks, steps=steps, baseline="white", film="nodule", target="normal")
        walked = walks.walk(state)
        film, shown, bars, curve = walks.render(state).axes
        assert np.array_equal(film.images[0].get_array(), walks.films.images[walks.rows["nodule"], 0])
        scale = np.quantile(np.abs(walked.maps[steps]), 0.995)
        np.testing.assert_allclose(
            np.asarray(shown.images[0].get_array()), walked.maps[steps] / scale, rtol=1e-5, atol=1e-12
        )
        assert f"full colour: {scale:.2g} logits" in shown.get_xlabel()
        needed, total, gap = bars.patches
        assert needed.get_width() == pytest.approx(walked.needed)
        assert total.get_width() == pytest.approx(walked.totals[steps])
        assert gap.get_width() == pytest.approx(-walked.gaps[steps])
        low, high = bars.get_xlim()
        assert low <= min(0, walked.needed, *walked.totals.values())
        assert high >= max(0, walked.needed, *walked.totals.values())
        line, now = curve.lines
        assert list(line.get_xdata()) == list(STEPS)
        assert list(now.get_xdata()) == [steps]

        words = walks.describe(state)
        assert "Nodule film (synthetic)" in words
        assert "white baseline" in words
        *_, first, last, needed, total, gap = numbers(words)
        assert [first, last, needed, total] == pytest.approx(
            [walked.baseline_score, walked.score, walked.needed, walked.totals[steps]], abs=0.051
        )
        assert gap == pytest.approx(walked.gaps[steps], abs=0.0051)


def test_one_step_is_said_in_the_singular_and_values_between_the_steps_are_taken_to_the_nearest(walks):
    assert "1 step." in walks.describe(ig_state(walks, steps=1))
    assert walks.describe(ig_state(walks, steps=15.0)) == walks.describe(ig_state(walks, steps=16.0))


def test_a_walk_is_computed_once(walks):
    state = ig_state(walks, film="effusion")
    assert walks.walk(state) is walks.walk({**state, "steps": 64.0})


def test_a_pixel_that_is_equal_in_film_and_baseline_gets_exactly_zero(walks):
    image = walks.films.images[walks.rows["normal"], 0]
    values = walks.walk(ig_state(walks, film="normal", baseline="black")).maps[128]
    assert (image == 0).any()
    assert not values[image == 0].any()


def test_films_are_of_their_class_with_a_finding_that_can_be_seen_and_all_carry_the_marker(walks):
    for name, row in walks.rows.items():
        assert CLASS_NAMES[walks.films.labels[row]] == name
        severity = walks.films.metadata["severity"][row]
        assert severity == 0 if name == "normal" else SEVERITY[0] <= severity <= SEVERITY[1]
        assert walks.films.marker_masks[row].any()


@pytest.fixture(scope="module")
def own_walks():
    """The explorer with the course's own models."""
    return IntegratedGradientsExplorer()


def test_the_texts_of_the_walk_fit(own_walks, texts_fit):
    for baseline, film in product(BASELINES, FILMS[1:3]):
        texts_fit(own_walks.render(ig_state(own_walks, baseline=baseline, film=film)))


def test_with_the_courses_models_the_gap_closes_for_every_baseline_and_blurring_points_at_the_marker(own_walks):
    explorer = own_walks
    for baseline in BASELINES:
        walked = explorer.walk(ig_state(explorer, baseline=baseline))
        assert abs(walked.gaps[1]) > 3
        assert abs(walked.gaps[128]) < 0.02 * abs(walked.needed)
    near = neighbourhood(explorer.films.marker_masks[explorer.rows["pneumonia"]][None], 8)
    shares = {}
    for model in ("clean", "shortcut"):
        values = explorer.walk(ig_state(explorer, model=model, baseline="blurred")).maps[128]
        shares[model] = float(mass_in_mask(values[None], near)[0])
    assert shares["shortcut"] > 1.5 * shares["clean"]
    # The model calls a white image "effusion", so for a normal film the evidence for it adds up to less than nothing.
    assert predict_proba(explorer.models["clean"], torch.ones(1, 1, 128, 128))[0].argmax() == 2
    assert explorer.walk(ig_state(explorer, film="normal", target="effusion", baseline="white")).needed < -5


# ---- Grad-CAM ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def heat(models):
    return GradCAMExplorer(models=models)


@pytest.mark.parametrize("film", ["nodule", "normal"])
@pytest.mark.parametrize("model", ["clean", "shortcut"])
@pytest.mark.parametrize("layer", [1, 4, 5])
@pytest.mark.parametrize("stretched", [False, True])
def test_heatmap_shares_and_words_agree_with_the_helpers(heat, models, film, model, layer, stretched):
    state = {"film": film, "model": model, "target": "effusion", "layer": layer, "stretched": stretched}
    network = models[model]
    image = torch.from_numpy(heat.images[film])[None, None]
    raw = grad_cam(network, image, 2, layer=network.features[LAYERS[layer - 1]])
    large = upsample(raw, image.shape[-2:])[0].numpy()
    masks = [heat.lesions[film][None], heat.near[film][None]]
    shares = [float(mass_in_mask(large, mask)[0]) for mask in masks]
    near_both = [neighbourhood(heat.lesions[film][None], 8), masks[1]]
    hits = [float(pointing_game(large, mask)[0]) for mask in near_both]

    heat_axes, share_axes, bar_axes = heat.render(state).axes
    scale = large.max() if stretched else heat.scales[film, layer]
    stretch = np.clip(large[0] / scale, 0, 1)
    np.testing.assert_allclose(np.asarray(heat_axes.images[1].get_array()), stretch, rtol=0, atol=1e-4)
    assert f"brightest: {scale:.2g} logits" in heat_axes.get_xlabel()
    assert ("stretched" in heat_axes.get_title()) == stretched
    assert f"Layer {layer}: {raw.shape[-1]} x {raw.shape[-1]} cells" in share_axes.get_title(loc="left")
    probabilities = predict_proba(network, image)[0]
    assert [bar.get_width() for bar in bar_axes.patches] == pytest.approx(probabilities.tolist(), abs=1e-5)

    words = heat.describe(state)
    assert float(re.search(r"effusion (\d\.\d\d)", words)[1]) == pytest.approx(probabilities[2], abs=0.0051)
    near = re.search(r"(\d+)% near the marker \(chance (\d+)%\)", words)
    assert numbers(near[0]) == pytest.approx([100 * shares[1], 100 * masks[1].mean()], abs=0.51)
    if film == "normal":
        assert "lesion" not in words
        assert share_axes.texts[0].get_text() == "lesion none"
    else:
        on = re.search(r"(\d+)% on the lesion \(chance (\d+)%\)", words)
        assert numbers(on[0]) == pytest.approx([100 * shares[0], 100 * masks[0].mean()], abs=0.51)
        widths = [bar.get_width() for bar in share_axes.patches]
        assert widths == pytest.approx([min(100 * share, 50) for share in shares], abs=0.01)
    where = words.split("warmest point: ")[1]
    assert [place in where for place in ("near the lesion", "near the marker")] == [hit == 1 for hit in hits]
    assert ("elsewhere" in where) == (1 not in hits)


def test_the_colours_keep_one_scale_for_all_classes_and_both_models(heat):
    for film in CLASS_NAMES:
        for layer in range(1, 6):
            peaks = [
                heat.heat[film, model, layer, target].heatmap.max()
                for model in ("clean", "shortcut")
                for target in CLASS_NAMES
            ]
            assert heat.scales[film, layer] == max(peaks)


def test_a_map_without_evidence_is_called_empty(models):
    """A class whose weights are all negative gets no positive evidence from maps that are never negative."""
    torch.manual_seed(7)
    silent = ChestNet().eval()
    with torch.no_grad():
        silent.classifier[-1].weight[3] = -1
    explorer = GradCAMExplorer(models={"clean": silent, "shortcut": models["shortcut"]})
    state = {**explorer.start_state(), "target": "nodule"}
    assert "is empty: no evidence for it" in explorer.describe(state)
    for stretched in (False, True):
        figure = explorer.render({**state, "stretched": stretched})
        assert not figure.axes[0].images[1].get_array().any()


def test_the_texts_of_the_heatmaps_fit(heat, texts_fit):
    start = heat.start_state()
    states = [{**start, "film": film, "target": film, "stretched": True} for film in CLASS_NAMES]
    for state in [*states, *({**start, "layer": layer} for layer in (1, 3))]:
        texts_fit(heat.render(state))


def test_with_the_courses_models_the_heatmap_favours_the_lesion_and_the_shortcut_model_the_marker():
    explorer = GradCAMExplorer()
    start = explorer.start_state()
    clean, shortcut = (explorer.shares({**start, "model": model}) for model in ("clean", "shortcut"))
    chances = explorer.chances("pneumonia")
    assert clean[0] > 2 * chances[0]
    assert clean[1] < chances[1] < shortcut[1]
    nodule = explorer.of({**start, "target": "nodule"})
    assert nodule.heatmap.max() < 0.4 * explorer.of(start).heatmap.max()  # faint, until it is stretched


def test_the_layers_are_the_five_relu_layers_of_the_network():
    features = load_cxr_model("clean").features
    assert tuple(k for k, layer in enumerate(features) if isinstance(layer, torch.nn.ReLU)) == LAYERS


# ---- Shapley -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def joining():
    return ShapleyExplorer()


def test_the_people_are_the_ones_named_and_their_values_those_of_the_table(joining):
    X = load_nhanes_diabetes().X
    for name, row in PEOPLE.items():
        sex, age = ("man" if X["male"][row] else "woman"), X["age_years"][row]
        assert name == f"{sex} of {age:.0f}"
        assert joining.games[name].patient == pytest.approx(X.loc[row, list(FEATURES)].to_numpy())


def test_the_shapley_value_is_the_mean_gain_over_all_720_orders(joining):
    assert len(set(ORDERS)) == 720
    for game in joining.games.values():
        gains = np.zeros(6)
        for order in permutations(range(6)):
            gains[list(order)] += np.diff(game.path(order))
        assert gains / 720 == pytest.approx(game.shapley, abs=1e-9)
        everyone = game.value[frozenset(range(6))]
        assert game.base + game.shapley.sum() == pytest.approx(everyone, abs=1e-9)
        assert game.base == pytest.approx(game.value[frozenset()], abs=1e-9)


@pytest.mark.parametrize("patient", PEOPLE)
@pytest.mark.parametrize("order", [1, 300, 720])
@pytest.mark.parametrize("joined", [0, 1, 4, 6])
def test_picture_and_words_follow_the_order(joining, patient, order, joined):
    state = {"patient": patient, "order": order, "joined": joined}
    game, names = joining.games[patient], [NAMES[k] for k in ORDERS[order - 1]]
    path = game.path(ORDERS[order - 1])
    left, right = joining.render(state).axes

    bars = [bar for bar in left.patches if bar.get_visible()]
    assert [bar.get_x() for bar in bars] == pytest.approx(path[:joined])
    assert [bar.get_width() for bar in bars] == pytest.approx(np.diff(path)[:joined].tolist())
    shown = [text.get_text() for text in left.texts if text.get_visible()]
    assert all(any(text.startswith(name) for text in shown) for name in names)
    steps = [text for text in shown if re.fullmatch(r"[-+]\d+\.\d", text)]
    assert [float(step) for step in steps] == pytest.approx(np.diff(path)[:joined].tolist(), abs=0.051)
    assert f"now {path[joined]:.1f}%" in left.get_title()
    means, dots = (line for line in right.lines if line.get_linestyle() == "None")
    assert list(means.get_xdata()) == pytest.approx(game.shapley[list(ORDERS[order - 1])].tolist())
    assert list(dots.get_xdata()) == pytest.approx(np.diff(path)[:joined].tolist())

    words = joining.describe(state)
    assert ", ".join(names) in words
    assert f"{joined} joined: {path[joined]:.1f}%" in words
    if joined:
        last = ORDERS[order - 1][joined - 1]
        said = numbers(words.split("The last")[1].replace("720 orders", ""))
        gains = game.gains(last)
        now = path[joined] - path[joined - 1]
        assert said == pytest.approx([now, gains.min(), gains.max(), game.shapley[last]], abs=0.051)
        assert gains.min() - 1e-9 <= now <= gains.max() + 1e-9


def test_the_buttons_add_a_feature_and_go_through_all_orders(joining):
    state, seen = joining.start_state(), set()
    for joined in (1, 2, 3, 4, 5, 6, 0):
        state |= joining.press("next", state)
        assert state["joined"] == joined
    for _ in range(720):
        state |= joining.press("other", state)
        seen.add(joining.check_state(state)["order"])
    assert seen == set(range(1, 721))


def test_what_a_feature_adds_depends_on_the_order(joining):
    before, after, _ = joining.telling_states()
    game = joining.games["woman of 80"]
    orders = [ORDERS[state["order"] - 1] for state in (before, after)]
    assert [NAMES[k] for order in orders for k in order[:3]] == ["age", "waist", "BMI", "age", "BMI", "waist"]
    gains = [dict(zip(order, np.diff(game.path(order)), strict=True)) for order in orders]
    assert abs(gains[0][2] - gains[1][2]) > 1  # percentage points, for the same feature of the same person


def test_the_texts_of_the_joining_fit(joining, texts_fit):
    for person, (order, joined) in product(PEOPLE, ((1, 6), (404, 3), (720, 6))):
        texts_fit(joining.render({"patient": person, "order": order, "joined": joined}))
