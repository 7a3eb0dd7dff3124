"""What the explorers of films share: which films they show, and the two models that read them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from clinxai_teach._types import IntArray
from clinxai_teach.data import CLASS_NAMES, Radiographs, make_radiographs

if TYPE_CHECKING:
    from clinxai_teach.models import ChestNet

MODELS = ("clean", "shortcut")
N_CANDIDATES = 200


def course_models() -> "dict[str, ChestNet]":
    """Return the course's two networks by their names."""
    from clinxai_teach.models import load_cxr_model

    return {name: load_cxr_model(name) for name in MODELS}


def pick_films(films: Radiographs, wanted: Iterable[tuple[str, tuple[float, float]]]) -> IntArray:
    """Return the number of the first film for each wanted class and range of severity; none is taken twice.

    A normal film has no severity, so there the range is not looked at. Raises ValueError where the films are too few.
    """
    severity, taken = films.metadata["severity"].to_numpy(), np.zeros(len(films.labels), dtype=bool)
    picked = []
    for name, (low, high) in wanted:
        fits = ~taken & (films.labels == CLASS_NAMES.index(name))
        if name != "normal":
            fits &= (low <= severity) & (severity <= high)
        if not fits.any():
            raise ValueError(f"too few films of {name} of severity {low} to {high}. Take another seed, or more films.")
        picked.append(int(np.argmax(fits)))
        taken[picked[-1]] = True
    return np.array(picked)


def pick_of_seed(seed: int, wanted: Iterable[tuple[str, tuple[float, float]]]) -> IntArray:
    """Return `pick_films` of the films that `make_radiographs` gives for a seed, in any size."""
    return pick_films(make_radiographs(N_CANDIDATES, size=32, seed=seed), wanted)  # small and quick: no pixel is read
