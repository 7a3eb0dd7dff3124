"""The four findings of the synthetic films, each with its true outline.

Every finding fades with its severity, from 1 (plain) down to 0.1 (often like a normal film).
"""

import numpy as np

from clinxai_teach._types import BoolArray, IntArray
from clinxai_teach.data._drawing import Drawing, Stack, bump, cloud, step
from clinxai_teach.data._vessels import draw_tubes

CLASS_NAMES = ("normal", "pneumonia", "effusion", "nodule", "cardiomegaly")
CLOUD = 18  # numbers a side from which the pattern of a consolidation is drawn
N_PLACE = 6
FISSURE = -0.02  # height of the horizontal fissure of the right lung


def sample_findings(rng: np.random.Generator, n: int) -> tuple[IntArray, Drawing, Drawing]:
    """Draw labels `(n,)`, severities `(n,)` (0 for a normal film, else 0.1 to 1) and six numbers for the place."""
    draws = rng.random((n, 2 + N_PLACE), dtype=np.float32)
    labels = (draws[:, 0] * len(CLASS_NAMES)).astype(np.int64)
    severity = np.where(labels == 0, 0, 1 - 0.9 * draws[:, 1]).astype(np.float32)
    return labels, severity, draws[:, 2:]


def sample_clouds(rng: np.random.Generator, n: int) -> Drawing:
    """Draw the numbers `(n, CLOUD, CLOUD)` of unit variance from which `cloud` draws a pattern for each film."""
    return (rng.random((n, CLOUD, CLOUD), dtype=np.float32) - 0.5) * np.float32(np.sqrt(12))


def heart_ratio(ratio: Drawing, labels: IntArray, severity: Drawing) -> Drawing:
    """Return the cardiothoracic ratios `(n, 1, 1)`: below one half, but above it in cardiomegaly, up to 0.70."""
    large = 0.482 + 0.4 * (ratio - 0.40) + 0.18 * severity[:, None, None]
    return np.where((labels == CLASS_NAMES.index("cardiomegaly"))[:, None, None], large, ratio).astype(np.float32)


def add_findings(
    chest: Stack, x: Drawing, y: Drawing, labels: IntArray, severity: Drawing, place: Drawing, clouds: Drawing
) -> BoolArray:
    """Draw each film's finding into `chest` (`air`, `gas`, `outer`, `bone` change). Returns the true masks, bool.

    `place` holds six uniform numbers per film, `clouds` the numbers of a smooth random pattern.
    """
    severity = severity[:, None, None]
    place = place.T[:, :, None, None]
    side = np.where(place[0] < 0.5, -1, 1).astype(np.float32)
    outline = np.zeros(chest.lung.shape, dtype=bool)
    for index, draw in enumerate((None, pneumonia, effusion, nodule, cardiomegaly)):
        rows = labels == index
        if draw is not None and rows.any():
            part = chest[rows]
            outline[rows] = draw(part, x, y, side[rows], severity[rows], place[:, rows], clouds[rows])
            for name in ("air", "gas", "outer", "bone"):
                getattr(chest, name)[rows] = getattr(part, name)
    return outline


def pneumonia(
    chest: Stack, x: Drawing, y: Drawing, side: Drawing, severity: Drawing, place: Drawing, clouds: Drawing
) -> BoolArray:
    """Fill the air spaces of one region of a lung; its bronchi stay open. Returns the outline of the region.

    Where the region touches the heart or the diaphragm, their edge is lost: there is no air beside it any more. In
    the right lung it often ends in a straight edge at the fissure, which parts the upper from the middle lobe.
    """
    pattern = cloud(clouds, y.shape[1])
    wide, high = 0.20 + 0.13 * place[3], 0.18 + 0.12 * place[4]
    dx = (side * chest.u - 0.30 - 0.20 * place[1]) / wide
    dy = (y + 0.18 - 0.50 * place[2]) / high
    reach = 1 - np.sqrt(dx * dx + dy * dy) + 0.24 * pattern  # above 0 inside a ball with a ragged edge
    filled = step(reach - 0.10, 0.42) * chest.space
    fissure = FISSURE + 0.12 * (chest.side - 0.4)
    lobe = step((y - fissure) * np.where(0.50 * place[2] - 0.18 > FISSURE, 1, -1).astype(np.float32), 0.02)
    filled *= np.where((side < 0) & (place[5] < 0.6), lobe, 1)
    dense = filled * np.clip(0.86 + 0.12 * pattern, 0.45, 1)
    tree = [chest.bronchi.main, chest.bronchi.small]
    bronchi = np.minimum(1, 34 * draw_tubes(tree, y.shape[1], narrow=0.72, aside=0.016))
    open_air = 0.45 * bronchi * np.minimum(1, 1.6 * severity)
    chest.air = chest.air * (1 - np.minimum(0.97, (0.05 + 0.79 * severity) * dense) * (1 - open_air))
    region: BoolArray = (filled > 0.35) & (chest.lung > 0.5)
    return region


def effusion(
    chest: Stack, x: Drawing, y: Drawing, side: Drawing, severity: Drawing, place: Drawing, clouds: Drawing
) -> BoolArray:
    """Let fluid gather above the diaphragm; its surface climbs at the chest wall. Returns the fluid's outline."""
    s = np.clip(chest.side / (chest.wall + 0.02), 0, 1)
    angle = chest.level + 0.27  # where the lung ends at the ribs
    depth = (0.16 + (0.40 + 0.25 * place[1]) * severity) * np.sqrt(np.minimum(1, 2.5 * severity))
    climb = s * s
    climb = (0.12 + 0.30 * severity) * climb * climb + 0.04 * bump(s / 0.35) * severity
    surface = angle - depth - climb
    # The layer is thin at its upper edge: so the edge is soft.
    fluid = step(y - surface - 0.03, 0.10) * step(side * chest.u - 0.09, 0.09)  # the spine hides where it ends
    chest.air = chest.air * (1 - 0.95 * fluid)
    chest.outer = chest.outer + 0.02 * fluid * chest.space  # as dense as what lies below the dome: no edge is left
    chest.gas = chest.gas * (1 - 0.7 * severity * (side > 0))  # pressed away below a left effusion
    chest.bone = chest.bone * (1 - 0.6 * fluid)  # scatter from the fluid veils the ribs
    region: BoolArray = (fluid > 0.5) & (chest.lung > 0.5)
    return region


def nodule(
    chest: Stack, x: Drawing, y: Drawing, side: Drawing, severity: Drawing, place: Drawing, clouds: Drawing
) -> BoolArray:
    """Put one nodule with a soft, uneven edge into a lung. Returns its outline."""
    radius = 0.055 + 0.045 * place[3]
    low = np.minimum(chest.level - 0.12, 0.38)
    dx = chest.u - side * (0.30 + 0.24 * place[1])
    dy = y + 0.46 - (low + 0.46) * place[2]
    r = np.sqrt(dx * dx + dy * dy) / radius * (1 + 0.13 * cloud(clouds, y.shape[1]))
    seen = 0.25 + chest.air  # little of it shows where the heart lies in front
    chest.outer = chest.outer + (0.045 + 0.36 * severity) * seen * np.clip(1.15 - r * r, 0, 1)
    region: BoolArray = r < 1
    return region


def cardiomegaly(
    chest: Stack, x: Drawing, y: Drawing, side: Drawing, severity: Drawing, place: Drawing, clouds: Drawing
) -> BoolArray:
    """The heart was drawn enlarged already. Returns its outline."""
    region: BoolArray = chest.heart
    return region
