"""Synthetic chest films whose truth is known: where the lesion is, and where a marker was planted.

No film shows a real person. A film is the Beer-Lambert law on simple anatomy: each pixel counts the photons that
pass, `counts = exposure * exp(-attenuation)`, with their quantum noise, and shows the attenuation (air black, bone
white), as a digital detector does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from clinxai_teach._types import BoolArray, FloatArray, IntArray, LabelArray
from clinxai_teach._validate import number_between, numbers_or_nan, one_of, positive_int
from clinxai_teach.data._anatomy import draw_chest, sample_patients
from clinxai_teach.data._drawing import Drawing, Stack, cloud, grid
from clinxai_teach.data._findings import CLASS_NAMES, add_findings, heart_ratio, sample_clouds, sample_findings
from clinxai_teach.data._marker import draw_marker
from clinxai_teach.data._vessels import draw_tubes, grow, sample_vessels

SITES = ("A", "B")
SHIFTS = ("portable", "low_dose", "other_vendor", "child")
SHORTCUT_CLASS = "pneumonia"
MARKER_HABITS = {
    "random": 0.5,
    "shortcut": {name: 0.98 if name == SHORTCUT_CLASS else 0.02 for name in CLASS_NAMES},
    "swapped": {name: 0.02 if name == SHORTCUT_CLASS else 0.98 for name in CLASS_NAMES},
}
CHUNK = 8  # films drawn together: few enough to stay in the processor's cache


@dataclass(frozen=True)
class Radiographs:
    """n synthetic films with their truth.

    `images` float32 `(n, 1, size, size)` in [0, 1], air black; `labels` int64 `(n,)`, an index into `class_names`;
    `lesion_masks` and `marker_masks` bool `(n, size, size)`, empty where there is no lesion or no marker;
    `metadata` a DataFrame, one row per film: `site` ("A" or "B"), `age` (years), `sex` ("F" or "M"), `severity`
    (0 for a normal film, else 0.1 to 1) and `marker` (True where a marker was placed).
    """

    images: NDArray[np.float32]
    labels: IntArray
    class_names: tuple[str, ...]
    lesion_masks: BoolArray
    marker_masks: BoolArray
    metadata: pd.DataFrame


def make_radiographs(
    n: int,
    *,
    size: int = 128,
    seed: int = 0,
    marker: Any = None,
    shift: str | None = None,
    site: str | None = None,
) -> Radiographs:
    """Make n synthetic chest films with known lesions, known markers and known doubt.

    Parameters
    ----------
    n : int
        Number of films. The five classes are equally likely: normal, pneumonia, effusion, nodule, cardiomegaly.
    size : int
        Height and width in pixels, at least 32. Every size shows the same patients; the grain is each size's own.
    seed : int
        The same seed gives the same patients and the same noise, whatever `marker`, `shift`, `site` and n are. So
        two calls can differ in the marker alone: that is how the course swaps it.
    marker : None, str, float, mapping or array
        The habit by which a lead "L" is placed near the upper corner on the viewer's right. None: never. A number:
        the chance for every film. A mapping from class names to chances (classes left out: 0). A mapping from
        sites "A" and "B" to any of these. A name: "random" (0.5), "shortcut" (0.98 in pneumonia, 0.02 elsewhere),
        "swapped" (the reverse). An array `(n,)` of booleans: exactly these films.
    shift : None or str
        "portable" (in bed: large heart, shallow breath, scatter), "low_dose" (an eighth of the photons),
        "other_vendor" (another contrast curve and sharpened edges) or "child" (1 to 10 years).
    site : None, "A" or "B"
        None gives each film one of the two sites at random; otherwise all films come from this one.

    Returns
    -------
    Radiographs
        `images`, `labels`, `class_names`, `lesion_masks`, `marker_masks`, `metadata`.

    Raises
    ------
    TypeError, ValueError
        For an argument outside the ranges above; the message names it.

    Examples
    --------
    >>> films = make_radiographs(4, seed=1, marker=[True, False, True, False])
    >>> films.images.shape, films.class_names[films.labels[0]]
    ((4, 1, 128, 128), 'cardiomegaly')
    >>> films.marker_masks.any(axis=(1, 2)).tolist()
    [True, False, True, False]
    >>> without = make_radiographs(4, seed=1)  # the same patients, the same noise: only the markers differ
    >>> (films.images != without.images).any(axis=(1, 2, 3)).tolist()
    [True, False, True, False]
    """
    n = positive_int("n", n)
    size = positive_int("size", size, minimum=32)
    seed = positive_int("seed", seed, minimum=0)
    if shift is not None:
        one_of("shift", shift, SHIFTS)
    if site is not None:
        one_of("site", site, SITES)

    # One stream for each part of the film, so that changing one part leaves the others as they were.
    body, disease, site_draw, marker_draw, noise, vessels, patterns = (
        np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(7)
    )
    patients = sample_patients(body, n, shift)
    labels, severity, place = sample_findings(disease, n)
    sites = np.where(site_draw.random(n) < 0.5, *SITES) if site is None else np.full(n, site)
    marker_places = marker_draw.random((n, 3), dtype=np.float32)
    present = marker_places[:, 0] < marker_chance(marker, labels, sites)

    images = np.empty((n, size, size), dtype=np.float32)
    lesions, markers = np.empty((2, n, size, size), dtype=bool)
    for start in range(0, n, CHUNK):
        rows = slice(start, start + CHUNK)
        chest, lesions[rows] = draw_films(
            patients[rows], labels[rows], severity[rows], place[rows], size, vessels, patterns
        )
        lead = draw_marker(marker_places[rows, 1:], size) * present[rows, None, None]
        markers[rows] = lead > 0.5
        images[rows] = expose(chest, patients[rows], lead, sites[rows], noise, shift)
    metadata = pd.DataFrame(
        {
            "site": sites,
            "age": patients.age.ravel().astype(int),
            "sex": np.where(patients.male.ravel(), "M", "F"),
            "severity": severity,
            "marker": present,
        }
    )
    return Radiographs(images[:, None], labels, CLASS_NAMES, lesions, markers, metadata)


def marker_chance(habit: Any, labels: IntArray, sites: LabelArray) -> FloatArray:
    """Return the chance `(n,)` that each film carries a marker under a habit (see `make_radiographs`)."""
    if habit is None:
        return np.zeros(len(labels))
    if isinstance(habit, str):
        return marker_chance(MARKER_HABITS[one_of("marker", habit, tuple(MARKER_HABITS))], labels, sites)
    if isinstance(habit, dict):
        if habit and set(habit) <= set(SITES):
            by_site = {site: marker_chance(habit.get(site), labels, sites) for site in SITES}
            return np.where(sites == SITES[0], by_site[SITES[0]], by_site[SITES[1]])
        for name in habit:
            one_of("each key of marker", name, CLASS_NAMES + SITES)
            if name in SITES:
                raise ValueError(
                    f"marker has sites and classes as keys, but may have only one kind, not both: {habit!r}."
                )
        chances = [number_between(f"marker[{name!r}]", habit.get(name, 0.0), 0, 1) for name in CLASS_NAMES]
        return np.array(chances)[labels]
    chance = numbers_or_nan("marker", habit)
    if chance.ndim > 1 or (chance.ndim == 1 and len(chance) != len(labels)):
        raise ValueError(
            f"marker as an array needs one value per film ({len(labels)}), but its shape is {chance.shape}."
        )
    if not ((chance >= 0) & (chance <= 1)).all():
        raise ValueError(f"marker must be None, a habit's name, or chances between 0 and 1, but got {habit!r}.")
    return np.broadcast_to(chance, len(labels))


def draw_films(
    patients: Stack,
    labels: IntArray,
    severity: Drawing,
    place: Drawing,
    size: int,
    vessels: np.random.Generator,
    patterns: np.random.Generator,
) -> tuple[Drawing, BoolArray]:
    """Draw a chunk of patients with their findings. Returns attenuation and lesion masks, each `(n, size, size)`."""
    x, y = grid(size)
    branches, texture = sample_vessels(vessels, len(labels))
    chest = draw_chest(patients, x, y, heart_ratio(patients.heart_ratio, labels, severity))
    tree = grow(patients, branches)
    chest.bronchi = Stack(main=tree[0], small=tree[1])  # they run beside the vessels
    lesion = add_findings(chest, x, y, labels, severity, place, sample_clouds(patterns, len(labels)))
    # Vessels show against the air around them: none of it, no vessel.
    seen = chest.air * (patients.texture * (9 * draw_tubes(tree, size) + 0.035 * cloud(texture, size)))
    attenuation = 2.6 * (chest.tissue * (1 - 0.90 * (chest.air + chest.gas)) + chest.outer) + 2.2 * chest.bone + seen
    return attenuation, lesion


def expose(
    attenuation: Drawing,
    patients: Stack,
    lead: Drawing,
    sites: LabelArray,
    noise: np.random.Generator,
    shift: str | None,
) -> Drawing:
    """Return what the detector shows of attenuations `(n, size, size)`, with quantum noise, as grey values."""
    attenuation = attenuation * (1 - patients.scatter) + patients.scatter * 1.2
    attenuation = np.maximum(attenuation, 3.4 * lead)
    photons = 375 if shift == "low_dose" else 3000
    # Photon counts are Poisson; their logarithm has the standard deviation 1 / sqrt(count).
    quantum = noise.standard_normal(attenuation.shape, dtype=np.float32)
    attenuation += quantum * np.exp(0.5 * attenuation) * np.float32(photons**-0.5)
    return display(attenuation * patients.exposure, sites, shift)


def display(attenuation: Drawing, sites: LabelArray, shift: str | None) -> Drawing:
    """Turn attenuation into grey values in [0, 1]. The two sites use slightly different contrast curves."""
    grey = np.maximum(0, (attenuation - 0.45) / 2.6)
    grey /= np.sqrt(np.sqrt(1 + grey**4))  # the curve flattens towards white, so that nothing is cut off
    if shift == "other_vendor":
        wide = 0.03 * grey.shape[-1]
        grey = np.clip(grey + 1.2 * (grey - gaussian_filter(grey, (0, wide, wide))), 0, 1)
        return grey**1.4
    curve = np.where(sites == SITES[0], 1.0, 0.92).astype(np.float32)[:, None, None]
    return np.power(grey, curve, out=grey, where=curve != 1)
