"""The helper of section 18.2 for the reader's own image: it says in one sentence what is missing, or draws."""

import os
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

from clinxai_teach import plots
from clinxai_teach.own_image import explain_my_image


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "mine.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)).save(path)
    return path


def run(path, folder):
    """Call it in a process without a network and without stored weights."""
    code = f"from clinxai_teach.own_image import explain_my_image\nexplain_my_image({path!r})"
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "TORCH_HOME": str(folder), "MPLBACKEND": "agg"},
    )


def test_without_a_network_it_says_so_in_one_sentence(image, tmp_path):
    done = run(str(image), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stdout.splitlines()[-1]  # torch itself says before what it tries to download
    assert last.startswith("The weights of ResNet-18 could not be downloaded: there seems to be no internet")


def test_without_an_image_it_is_skipped_and_a_bad_file_is_named(tmp_path, capsys):
    explain_my_image(None)
    assert capsys.readouterr().out == "No image was named, so this part is skipped.\n"
    explain_my_image(str(tmp_path / "nowhere.png"))
    assert "There is no file" in capsys.readouterr().out
    text = tmp_path / "notes.png"
    text.write_text("not an image")
    explain_my_image(text)
    assert "could not be read as an image" in capsys.readouterr().out


def test_with_weights_it_draws_the_top_class(image, monkeypatch):
    """Random weights stand in for the downloaded ones; what comes after the download is the same."""
    torch.manual_seed(0)
    network, shown = torchvision.models.resnet18(), []
    monkeypatch.setattr(torchvision.models, "resnet18", lambda weights, progress: network)
    monkeypatch.setattr(plots, "show", lambda figure, alt: shown.append((figure, alt)))
    explain_my_image(str(image))
    ((figure, alt),) = shown
    assert "Your image with Grad-CAM for" in alt
    assert "your image" in figure.axes[0].get_xlabel()
    assert "synthetic" not in figure.axes[0].get_xlabel()
    assert figure.axes[0].images[0].get_array().shape == (224, 224)
    plt.close(figure)
