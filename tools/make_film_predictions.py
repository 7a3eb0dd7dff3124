"""Write the table of what the two film models say: `clinxai_teach/data/film_predictions.npz`.

    python tools/make_film_predictions.py

takes a minute or two, and needs torch. Run it again whenever the films or the weights have changed;
`tests/data/test_film_predictions.py` finds out. On one machine the same films and weights give the same bytes.
"""

import argparse
import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch

from clinxai_teach.data import FILM_COHORTS, film_predictions, make_radiographs
from clinxai_teach.models import film_features, load_cxr_model
from clinxai_teach.trust import SimilarityDetector

TABLE = Path(__file__).parents[1] / "clinxai_teach" / "data" / film_predictions.TABLE_NAME
USUAL = {"n": 600, "seed": 185, "marker": "random"}  # the films that the detector takes for usual


def weights_sha256(model):
    """Return the SHA-256 of a model's weights file."""
    return hashlib.sha256((files("clinxai_teach.models") / "weights" / f"{model}.safetensors").read_bytes()).hexdigest()


def logits_of(network, images):
    """Return the logits `(n, 5)` of films."""
    with torch.no_grad():
        return torch.cat([network(batch) for batch in torch.from_numpy(images).split(50)]).numpy()


def columns_of(cohort, networks, detector, n=None):
    """Return the table's columns for the first n films of a cohort (None: all) as a dict of arrays."""
    recipe = FILM_COHORTS[cohort]
    films = make_radiographs(**recipe | {"n": n or recipe["n"]})
    features = film_features(networks["clean"], films.images, batch_size=50)
    similarity = detector.score(features)
    return {
        "cohort": np.full(len(films.labels), cohort),
        "shift": np.full(len(films.labels), recipe.get("shift", "none")),
        "label": films.labels.astype(np.uint8),
        "site": films.metadata["site"].to_numpy(str),
        "age": films.metadata["age"].to_numpy(np.int64),
        "sex": films.metadata["sex"].to_numpy(str),
        "severity": films.metadata["severity"].to_numpy(float),
        "marker": films.metadata["marker"].to_numpy(bool),
        "distance": similarity.distance.astype(np.float32),
        "percentile": similarity.percentile,
        "flagged": detector.flag(features),
        **{f"{name}_logits": logits_of(network, films.images) for name, network in networks.items()},
    }


def networks_and_detector():
    """Return the two networks by name, and the detector that has seen the usual films."""
    networks = {name: load_cxr_model(name) for name in film_predictions.MODELS}
    usual = film_features(networks["clean"], make_radiographs(**USUAL).images, batch_size=50)
    return networks, SimilarityDetector().fit(usual)


def main():
    """Make the table and say how large it is."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    networks, detector = networks_and_detector()
    parts = [columns_of(cohort, networks, detector) for cohort in FILM_COHORTS]
    table = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    table |= {f"{name}_sha256": np.array(weights_sha256(name)) for name in networks}
    np.savez_compressed(TABLE, **table)
    print(f"{TABLE.name}: {len(table['label']):,} films, {TABLE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
