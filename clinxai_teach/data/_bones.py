"""The bones of a chest film: ribs, collar bones, shoulder blades, upper arms and the spine.

A bone is a shell: its edges are brighter than its middle.
"""

import numpy as np

from clinxai_teach.data._drawing import Drawing, Stack, band, bump, ellipsoid, step

STEPS = 512  # of the tables of a rib's profile


def profile(width: float, edge: float) -> Drawing:
    """Return the thickness of a rib over one period of the rib cage, as a table: a band with brighter edges."""
    place = np.abs((np.arange(STEPS) + 0.5) / STEPS - 0.5)
    inside = step(width / 2 - place, 0.05)
    shell = np.exp(-(((place - width / 2 + 0.05) / 0.045) ** 2))
    return (inside * (0.72 + edge * shell)).astype(np.float32)


BACK, FRONT = profile(0.40, 0.5), profile(0.46, 0.15)


def draw_bones(p: Stack, x: Drawing, y: Drawing, u: Drawing, side: Drawing, wall: Drawing, soft: Drawing) -> Drawing:
    """Return the thickness of bone `(n, size, size)`. `wall` is the distance of the ribs on that side.

    Before the heart and the great vessels (`soft`), scatter hides most of a rib.
    """
    bone = draw_ribs(p, y, side, wall)
    bone *= 1 - 0.75 * soft
    rows = band(y, -0.85, -0.35)
    bone[:, rows] += 0.24 * draw_collar_bones(p, u[:, rows], side[:, rows], y[:, rows])
    rows = band(y, -0.80, 0.20)
    for columns in (band(x, -1, -0.44), band(x, 0.44, 1)):
        bone[:, rows, columns] += draw_shoulder(p, side[:, rows, columns], y[:, rows])
    columns = band(x, -0.36, 0.36)
    bent = np.abs(u[:, :, columns] - p.scoliosis * np.sin(2.6 * y + 40 * p.scoliosis))
    bone[:, :, columns] += draw_spine(p, y, bent) * (1 - 0.60 * soft[:, :, columns])
    bone *= 1.12 - 0.0035 * p.age  # bone thins with age
    return bone


def draw_ribs(p: Stack, y: Drawing, side: Drawing, wall: Drawing) -> Drawing:
    """Return the ribs. Each is a tilted ring: it leaves the spine, falls to the side, turns and falls to the front."""
    s = side / (wall * 1.03 + 0.012)
    depth = np.sqrt(np.maximum(0, 1 - s * s))
    edge_on = np.minimum(1.25, 1 / (depth + 0.40))  # at the side the beam runs along the bone
    level = (y + 0.06 * y * y) / p.rib_spacing + p.rib_phase  # the lower ribs lie further apart
    back = lookup(BACK, level + (p.rib_slope / p.rib_spacing) * (0.45 * depth - 0.15 * s))
    front = lookup(FRONT, level - (p.rib_slope / p.rib_spacing) * (1.0 * depth + 0.6 * (1 - s)))
    cage = step(1 - s, 0.03) * (step(y + 0.84, 0.05) * (0.35 + 0.65 * step(0.35 - y, 0.35)) * step(0.80 - y, 0.20))
    back *= 0.82 + 0.30 * np.sin(1.9 * level + 9 * p.clavicle / 0.035)  # no two ribs are equally dense
    back *= step(side - 0.07, 0.02)
    front *= 0.60 * step(s - 0.40, 0.20)  # in front, cartilage takes over
    return 0.105 * cage * edge_on * (back + front)


def lookup(table: Drawing, phase: Drawing) -> Drawing:
    """Return a periodic table's values at a phase."""
    index: Drawing = ((phase - np.floor(phase)) * STEPS).astype(np.intp)
    return np.take(table, index, mode="clip")


def draw_collar_bones(p: Stack, u: Drawing, side: Drawing, y: Drawing) -> Drawing:
    """Return the collar bones: slightly bent tubes, thicker where they meet the breast bone."""
    along = side - 0.075
    middle = -0.535 - (0.26 - 1.3 * p.shoulder) * along + 0.05 * np.sin(7.5 * along) + p.clavicle * np.sign(u)
    across = np.abs(y - middle) / (0.036 + 0.024 * bump(along / 0.14))
    tube = step(1 - across, 0.25) * (0.55 + 0.45 * across * across)
    return tube * step(along, 0.012) * step(0.76 - side, 0.03)


def draw_shoulder(p: Stack, side: Drawing, y: Drawing) -> Drawing:
    """Return a shoulder blade and the head of the upper arm."""
    # The blade: a triangle with a thick outer edge; arms turned forward move it out of the lungs.
    inner = side - p.scapula - 0.10 * (y + 0.6)
    outer = 0.235 - 0.42 * np.maximum(y + 0.5, 0) - inner
    top = y + 0.70 + 0.25 * (side - p.scapula)
    plate = np.minimum(np.minimum(inner, outer), top)
    blade = step(plate, 0.012) * (0.35 + 0.9 * bump(np.maximum(plate, 0) / 0.035))
    ridge = bump((y + 0.50 + 0.42 * (side - p.scapula)) / 0.028) * (step(inner) * step(1.02 - side, 0.05))
    head = ellipsoid(side, y, p.scapula + 0.37, -0.63, 0.135, 0.130)
    return 0.055 * blade + 0.10 * ridge + 0.18 * np.minimum(1, 1.3 * head)


def draw_spine(p: Stack, y: Drawing, side: Drawing) -> Drawing:
    """Return the spine: bodies and discs, the pedicles on both sides, and the spinous processes in the midline."""
    phase = (y + 0.10 * y * y) / 0.118 + p.rib_phase
    t = phase - np.floor(phase) - 0.5  # 0 in the middle of a vertebral body, 0.5 in a disc
    body = step(0.38 - np.abs(t), 0.07)
    half = 0.076 + 0.010 * np.abs(2 * t) + 0.012 * (y + 1)
    column = step(half - side, 0.045) * (0.85 + 0.20 * bump((half - side) / 0.03))
    pedicle = bump(np.sqrt(((side - 0.052) / 0.020) ** 2 + ((t + 0.15) / 0.22) ** 2))
    spinous = bump(np.sqrt((side / 0.016) ** 2 + ((t - 0.2) / 0.28) ** 2))
    return column * (0.05 + 0.055 * body) + 0.06 * pedicle + 0.05 * spinous
