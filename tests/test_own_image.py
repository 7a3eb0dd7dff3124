"""The cell of section 18.2 that explains the reader's own image: it says in one sentence what is missing, or draws."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

from clinxai_teach import plots

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "18_2_feature_attribution.ipynb"
PREAMBLE = """
from pathlib import Path
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
from torchvision.models import ResNet18_Weights, resnet18
from clinxai_teach import plots
from clinxai_teach.attribution import grad_cam, upsample
from clinxai_teach.models import predict_proba
weights = ResNet18_Weights.IMAGENET1K_V1
names = weights.meta["categories"]
"""


def cell():
    """Return the source of the notebook's cell that defines the function."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    (source,) = [cell.source for cell in cells if "def explain_my_image" in cell.source]
    return source


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "mine.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)).save(path)
    return path


def run(path, folder):
    """Run the cell on a path in a process without a network and without stored weights."""
    code = f"{PREAMBLE}\n{cell()}\nexplain_my_image({path!r})"
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "TORCH_HOME": str(folder)},
    )


def test_without_a_network_it_says_so_in_one_sentence(image, tmp_path):
    done = run(str(image), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stdout.splitlines()[-1]  # torch itself says before what it tries to download
    assert last.startswith("The weights of ResNet-18 could not be downloaded: there seems to be no internet")


def test_without_an_image_it_is_skipped_and_a_bad_file_is_named(tmp_path, image, capsys):
    space = {}
    exec(PREAMBLE + cell(), space)
    explain = space["explain_my_image"]
    explain(None)
    assert capsys.readouterr().out == "No image was named, so this part is skipped.\n"
    explain(str(tmp_path / "nowhere.png"))
    assert "There is no file" in capsys.readouterr().out
    text = tmp_path / "notes.png"
    text.write_text("not an image")
    explain(str(text))
    assert "could not be read as an image" in capsys.readouterr().out


def test_with_weights_it_draws_the_top_class(image, monkeypatch):
    """Random weights stand in for the downloaded ones; what comes after the download is the same."""
    import torch
    from torchvision.models import resnet18

    shown = []
    monkeypatch.setattr(plots, "show", lambda figure, alt: shown.append((figure, alt)))
    space = {}
    exec(PREAMBLE + cell(), space)
    torch.manual_seed(0)
    space["resnet18"] = lambda weights, progress: resnet18()
    space["explain_my_image"](str(image))
    ((figure, alt),) = shown
    assert "Your image with Grad-CAM for" in alt
    assert "your image" in figure.axes[0].get_xlabel()
    assert "synthetic" not in figure.axes[0].get_xlabel()
    assert figure.axes[0].images[0].get_array().shape == (224, 224)
    import matplotlib.pyplot as plt

    plt.close(figure)
