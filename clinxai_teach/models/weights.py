"""Loading the two trained models from weights in the package: no network, no pickle, checked by SHA-256."""

import hashlib
from importlib.resources import files

from safetensors.torch import load

from clinxai_teach._validate import one_of
from clinxai_teach.models.network import ChestNet

MODEL_NAMES = ("clean", "shortcut")


def load_cxr_model(name: str) -> ChestNet:
    """Return one of the course's two chest-film models, a `ChestNet` in evaluation mode.

    "clean" was trained on films whose marker was placed at random, "shortcut" on films whose marker went with
    pneumonia (98% against 2%). Both know five classes, in the order of `make_radiographs(...).class_names`, and were
    trained on films of 128 x 128 pixels by `tools/train_models.py`. They are teaching material: they know synthetic
    films only and say nothing about a real patient.

    Raises ValueError for another name, RuntimeError where the file differs from the one that was shipped.

    Examples
    --------
    >>> from clinxai_teach.data import make_radiographs
    >>> from clinxai_teach.models import predict_proba
    >>> films = make_radiographs(20, seed=1, marker="random")
    >>> right = predict_proba(load_cxr_model("clean"), films.images).argmax(axis=1) == films.labels
    >>> int(right.sum())  # of 20
    17
    """
    one_of("name", name, MODEL_NAMES)
    folder = files("clinxai_teach.models") / "weights"
    content = (folder / f"{name}.safetensors").read_bytes()
    shipped = dict(line.split()[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    found = hashlib.sha256(content).hexdigest()
    if found != shipped[f"{name}.safetensors"]:
        raise RuntimeError(
            f"The weights of the {name!r} model are not the ones that were shipped (SHA-256 {found[:12]}...). "
            "Install the package again."
        )
    model = ChestNet()
    model.load_state_dict(load(content))
    return model.eval()
