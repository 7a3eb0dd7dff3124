"""The four findings of the synthetic films, each with its true outline.

Every finding fades with its severity, from 1 (plain) down to 0.1 (often like a normal film).
"""

import numpy as np

from clinxai_teach._types import BoolArray, IntArray
from clinxai_teach.data._anatomy import Drawing, Stack, ellipsoid, step

CLASS_NAMES = ("normal", "pneumonia", "effusion", "nodule", "cardiomegaly")


def sample_findings(rng: np.random.Generator, n: int) -> tuple[IntArray, Drawing, Drawing]:
    """Draw labels `(n,)`, severities `(n,)` (0 for a normal film, else 0.1 to 1) and six numbers for the place."""
    draws = rng.random((n, 8), dtype=np.float32)
    labels = (draws[:, 0] * len(CLASS_NAMES)).astype(np.int64)
    severity = np.where(labels == 0, 0, 1 - 0.9 * draws[:, 1]).astype(np.float32)
    return labels, severity, draws[:, 2:]


def heart_scale(labels: IntArray, severity: Drawing) -> Drawing:
    """Return how many times larger than normal each heart is `(n,)`: up to 1.5 in cardiomegaly."""
    return np.where(labels == CLASS_NAMES.index("cardiomegaly"), 1 + 0.5 * severity, 1).astype(np.float32)


def add_findings(
    chest: Stack, x: Drawing, y: Drawing, labels: IntArray, severity: Drawing, place: Drawing, cloud: Drawing
) -> BoolArray:
    """Draw each film's finding into `chest` (its `air` and `tissue` change). Returns the true masks, bool.

    `place` holds six uniform numbers per film, `cloud` a smooth random pattern for the patchy consolidation.
    """
    severity = severity[:, None, None]
    place = place.T[:, :, None, None]
    side = np.where(place[0] < 0.5, -1, 1).astype(np.float32)
    outline = np.zeros(chest.lung.shape, dtype=bool)
    for index, draw in enumerate((None, pneumonia, effusion, nodule, cardiomegaly)):
        rows = labels == index
        if draw is not None and rows.any():
            part = chest.take(rows)
            outline[rows] = draw(part, x, y, side[rows], severity[rows], place[:, rows], cloud[rows])
            chest.air[rows], chest.tissue[rows] = part.air, part.tissue
    return outline


def pneumonia(
    chest: Stack, x: Drawing, y: Drawing, side: Drawing, severity: Drawing, place: Drawing, cloud: Drawing
) -> BoolArray:
    """Fill the air spaces of one region of a lung with a patchy cloud. Returns the outline of the region."""
    radius = 0.17 + 0.12 * place[3]
    ball = ellipsoid(
        x,
        y,
        side * (0.34 + 0.18 * place[1]),
        -0.15 + 0.45 * place[2],
        radius,
        radius * (0.8 + 0.4 * place[4]),
    )
    filled = ball * np.clip(0.9 + 0.4 * cloud, 0.2, 1.4) * chest.lung
    chest.air = chest.air * (1 - np.minimum(0.95, 0.5 * severity * filled))
    region: BoolArray = (ball > 0.25) & (chest.lung > 0.5)
    return region


def effusion(
    chest: Stack, x: Drawing, y: Drawing, side: Drawing, severity: Drawing, place: Drawing, cloud: Drawing
) -> BoolArray:
    """Let fluid gather above the diaphragm; its surface climbs at the chest wall. Returns the fluid's outline."""
    depth = (0.15 + 0.20 * place[1]) * severity
    climb = 0.30 * severity * np.clip((chest.side - 0.2) / 0.5, 0, 1) ** 2
    surface = chest.dome_y + 0.10 - depth - climb
    fluid = step(y - surface, 0.03) * step(side * chest.u, 0.02) * chest.lung
    chest.air = chest.air * (1 - 0.9 * fluid)
    region: BoolArray = fluid > 0.4
    return region


def nodule(
    chest: Stack, x: Drawing, y: Drawing, side: Drawing, severity: Drawing, place: Drawing, cloud: Drawing
) -> BoolArray:
    """Put one round nodule into a lung. Returns its outline."""
    radius = 0.065 + 0.045 * place[3]
    ball = ellipsoid(x, y, side * (0.28 + 0.28 * place[1]), -0.42 + 0.60 * place[2], radius, radius)
    chest.tissue = chest.tissue + 0.90 * severity * ball
    region: BoolArray = ball > 0
    return region


def cardiomegaly(
    chest: Stack, x: Drawing, y: Drawing, side: Drawing, severity: Drawing, place: Drawing, cloud: Drawing
) -> BoolArray:
    """The heart was drawn enlarged already. Returns its outline."""
    region: BoolArray = chest.heart > 0.5
    return region
