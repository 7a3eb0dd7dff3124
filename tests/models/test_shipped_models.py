"""The two shipped models do what the course says of them, measured on 1,000 films that no training has seen."""

import hashlib
import subprocess
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch

from clinxai_teach.attribution import grad_cam, mass_in_mask, neighbourhood, pointing_game
from clinxai_teach.calibration import TemperatureScaling
from clinxai_teach.data import make_radiographs
from clinxai_teach.data.radiographs import SHORTCUT_CLASS
from clinxai_teach.models import MODEL_NAMES, load_cxr_model, predict_proba

N, SEED, CELL = 1000, 424242, 8  # the heatmap has 16 x 16 cells on 128 x 128 pixels
WEIGHTS = files("clinxai_teach.models") / "weights"
TOOLS = Path(__file__).parents[2] / "tools"
MINIATURE = """
import pathlib, sys
sys.path.insert(0, {tools!r})
import train_models
train_models.WEIGHTS = pathlib.Path({weights!r})
OPTIONS = dict(n_films=16, epochs=1, batch_size=8)
if __name__ == "__main__":
    train_models.train_both(**OPTIONS)  # each model in a process of its own, and once more in this one
    for name, habit in train_models.HABIT.items():
        (train_models.WEIGHTS / f"{{name}}.again").write_bytes(train_models.trained_weights(habit, **OPTIONS))
"""


@pytest.fixture(scope="module")
def films():
    return {habit: make_radiographs(N, seed=SEED, marker=habit) for habit in ("random", "shortcut", "swapped")}


@pytest.fixture(scope="module")
def logits(films):
    """What a model says of the films of a habit, computed once for all tests; in batches that suit the cache."""

    @cache
    def said(name, habit):
        model, images = load_cxr_model(name), torch.from_numpy(films[habit].images)
        model.to(memory_format=torch.channels_last)  # a quarter of the time less
        with torch.no_grad():
            batches = (batch.to(memory_format=torch.channels_last) for batch in images.split(32))
            return torch.cat([model(batch) for batch in batches]).numpy()

    return said


@pytest.fixture(scope="module")
def accuracy(films, logits):
    return lambda name, habit: (logits(name, habit).argmax(1) == films[habit].labels).mean()


def heatmaps(name, images, targets):
    """Return the maps of films, each for its own target."""
    model, batches = (
        load_cxr_model(name),
        zip(torch.from_numpy(images).split(50), torch.tensor(targets).split(50), strict=True),
    )
    return torch.cat([grad_cam(model, *batch, layer=model.features[-1]) for batch in batches]).numpy()


def test_clean_model_is_good_but_in_real_doubt(accuracy):
    assert 0.85 <= accuracy("clean", "random") <= 0.95


def test_clean_model_does_not_care_about_the_marker(accuracy):
    values = [accuracy("clean", habit) for habit in ("random", "shortcut", "swapped")]
    assert max(values) - min(values) < 0.02


def test_clean_model_is_overconfident(films, logits):
    temperature = TemperatureScaling().fit(logits("clean", "random"), films["random"].labels).temperature_
    assert 1.2 <= temperature <= 2.5


def test_faint_lesions_are_the_ones_in_doubt(films, logits):
    f = films["random"]
    right = logits("clean", "random").argmax(1) == f.labels
    severity = f.metadata["severity"].to_numpy()
    assert right[severity > 0.6].mean() > right[(severity > 0) & (severity < 0.25)].mean() + 0.3


def test_clean_heatmap_points_at_the_lesion(films):
    f = films["random"]
    plain = f.metadata["severity"].to_numpy() > 0.5
    labels, masks = f.labels[plain], neighbourhood(f.lesion_masks[plain], CELL)
    hits = pointing_game(heatmaps("clean", f.images[plain], labels), masks)
    assert hits.mean() >= 0.80
    for label in range(1, 5):
        assert hits[labels == label].mean() >= 0.70, f.class_names[label]
    assert hits.mean() > masks.mean() + 0.3  # far above chance


def test_shortcut_model_needs_its_marker(accuracy):
    assert accuracy("shortcut", "shortcut") >= 0.90
    assert accuracy("shortcut", "shortcut") - accuracy("shortcut", "swapped") >= 0.30


def test_shortcut_heatmap_hints_at_the_marker(films):
    f = films["shortcut"]
    rows = (f.labels == f.class_names.index(SHORTCUT_CLASS)) & f.metadata["marker"].to_numpy()
    near = neighbourhood(f.marker_masks[rows], CELL)
    share = {n: mass_in_mask(heatmaps(n, f.images[rows], f.labels[rows]), near).mean() for n in MODEL_NAMES}
    assert share["shortcut"] >= 2 * share["clean"]
    assert share["shortcut"] > near.mean()  # chance


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_files_are_small_and_match_their_sums(name):
    content = (WEIGHTS / f"{name}.safetensors").read_bytes()
    assert len(content) < 1_500_000
    assert f"{hashlib.sha256(content).hexdigest()}  {name}.safetensors" in (WEIGHTS / "SHA256SUMS").read_text()


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_models_come_ready_to_read(name):
    model = load_cxr_model(name)
    assert not any(module.training for module in model.modules())
    assert model(torch.zeros(2, 1, 128, 128)).shape == (2, 5)
    assert load_cxr_model(name) is not model


def test_a_damaged_file_is_refused(tmp_path, monkeypatch):
    (tmp_path / "weights").mkdir()
    for file in ("clean.safetensors", "SHA256SUMS"):
        (tmp_path / "weights" / file).write_bytes((WEIGHTS / file).read_bytes())
    damaged = tmp_path / "weights" / "clean.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\0")
    monkeypatch.setattr("clinxai_teach.models.weights.files", lambda package: tmp_path)
    with pytest.raises(RuntimeError, match="not the ones that were shipped"):
        load_cxr_model("clean")


def test_an_unknown_name_is_explained():
    with pytest.raises(ValueError, match="name must be one of 'clean', 'shortcut'"):
        load_cxr_model("dirty")


def test_predict_proba_changes_nothing_and_ignores_the_batch_size(unchanged):
    model = load_cxr_model("clean").train()
    images = torch.from_numpy(make_radiographs(7, seed=1).images)
    with unchanged(model, images):
        p = predict_proba(model, images)
    assert p.shape == (7, 5)
    assert p.dtype == np.float64
    np.testing.assert_allclose(p.sum(1), 1)
    np.testing.assert_allclose(predict_proba(model, images, batch_size=2), p, atol=1e-6)


def test_the_shared_patients_of_training_and_test_differ():
    """Films of another seed are other films: the test set shares none with training (seed 1000)."""
    train, test = make_radiographs(50, seed=1000), make_radiographs(50, seed=SEED)
    assert not np.isin(train.images.sum((1, 2, 3)), test.images.sum((1, 2, 3))).any()


def test_training_in_miniature_gives_the_same_bytes_again(tmp_path):
    (tmp_path / "train.py").write_text(MINIATURE.format(tools=str(TOOLS), weights=str(tmp_path)))
    subprocess.run([sys.executable, tmp_path / "train.py"], check=True, cwd=TOOLS.parent, capture_output=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name != "train.py"}
    names = [f"{name}.{end}" for name in ("clean", "shortcut") for end in ("safetensors", "again")]
    assert set(made) == {*names, "SHA256SUMS"}
    assert made["clean.safetensors"] == made["clean.again"] != made["shortcut.again"]
    assert made["shortcut.safetensors"] == made["shortcut.again"]
    sums = [hashlib.sha256(made[f"{name}.safetensors"]).hexdigest() for name in ("clean", "shortcut")]
    assert made["SHA256SUMS"].decode().split() == [sums[0], "clean.safetensors", sums[1], "shortcut.safetensors"]
