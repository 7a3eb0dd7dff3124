"""A normal chest, drawn from simple shapes: how much tissue, air and bone an X-ray meets on its way to each pixel."""

import numpy as np

from clinxai_teach.data._bones import draw_bones
from clinxai_teach.data._drawing import Drawing, Stack, band, bump, ellipsoid, step


def sample_patients(rng: np.random.Generator, n: int, shift: str | None = None) -> Stack:
    """Draw n patients: a Stack of float32 arrays `(n, 1, 1)`, one per bodily feature.

    All numbers come from one table of uniform draws, a row per patient. So the first k patients are the same
    whatever n is, and a shift changes how patients are imaged, not who they are.
    """
    columns = iter(rng.random((n, 44), dtype=np.float32).T)

    def between(low: float, high: float) -> Drawing:
        return (low + (high - low) * next(columns))[:, None, None]

    patient = Stack(
        age=between(18, 90),
        male=between(0, 1) < 0.5,
        habitus=between(-1, 1),  # from thin to large
        inspiration=between(-1, 1),  # from a shallow to a deep breath
        rotation=between(-0.055, 0.055),  # a turned patient: the midline structures move sideways
        tilt=between(-0.05, 0.05),
        chest_width=between(0.63, 0.84),
        heart_ratio=between(0.40, 0.495),  # width of the heart by the inner width of the chest
        heart_share=between(0.58, 0.72),  # how much of it lies on the left
        diaphragm=between(-0.06, 0.06),
        rib_phase=between(0, 1),
        rib_spacing=between(0.150, 0.172),
        rib_slope=between(0.24, 0.36),
        clavicle=between(-0.035, 0.035),
        bubble=between(0, 1),  # the gas bubble of the stomach
        texture=between(0.75, 1.25),  # strength of the vessels
        exposure=between(0.94, 1.06),
        dome_gap=between(0.0, 0.11),  # the right dome stands higher, above the liver
        scapula=between(0.58, 0.72),  # where the shoulder blade's inner edge lies
        breast=between(0.5, 1.3),
        apron=between(-0.05, 0.05),  # where breasts end
        trunk=between(0.5, 1.2),  # how far the pulmonary trunk bulges
        apex=between(-0.03, 0.06),  # how high the lungs reach
        barrel=between(2.4, 3.8),  # from a chest that narrows early to one that is wide up to its top
        shoulder=between(-0.10, 0.08),  # from high to hanging shoulders
        left_border=between(0.75, 1.45),  # from a full left ventricle to a slender one
        right_border=between(0.7, 1.3),
        heart_height=between(0.08, 0.16),  # of its widest place above the diaphragm
        scoliosis=between(-0.022, 0.022),
        bubble_x=between(0.24, 0.42),
        bubble_size=between(0.6, 1.25),
        thymus=np.zeros((n, 1, 1), dtype=np.float32),
        scatter=np.zeros((n, 1, 1), dtype=np.float32),
        magnified=np.ones((n, 1, 1), dtype=np.float32),
    )
    if shift == "portable":  # taken lying in bed: heart enlarged by the short distance, shallow breath, more scatter
        patient.magnified = patient.magnified * 1.13
        patient.inspiration = patient.inspiration * 0.5 - 1.2
        patient.rotation = patient.rotation * 2.5
        patient.scapula = patient.scapula - 0.10
        patient.scatter = patient.scatter + 0.35
    elif shift == "child":  # a round chest, a relatively large heart, a thymus, ribs that lie flat
        patient.age = 1 + (patient.age - 18) / 8
        patient.habitus = patient.habitus * 0.4 - 1.2
        patient.chest_width = patient.chest_width * 0.84
        patient.magnified = patient.magnified * 1.08
        patient.rib_slope = patient.rib_slope * 0.55
        patient.rib_spacing = patient.rib_spacing * 0.85
        patient.scapula = patient.scapula - 0.06
        patient.thymus = patient.thymus + 1
    return patient


def draw_chest(p: Stack, x: Drawing, y: Drawing, ratio: Drawing) -> Stack:
    """Draw n chests whose hearts have these cardiothoracic ratios `(n, 1, 1)`.

    Returns a Stack. Thicknesses (1 = a full chest): `tissue`, `bone`, and `outer`, of what lies in front of the chest.
    `air` is the share of the chest's depth that is filled with air, `gas` the same below the diaphragm. Outlines:
    `space` of the lungs with what lies behind the heart, `lung` of what is seen beside it, `heart`. All are
    `(n, size, size)`. `u` is the distance from the midline, `side` its size, `level` the height of the diaphragm,
    `wall` `(n, size, 1)` half of the chest's inner width.
    """
    u = x - (p.rotation + p.tilt * y)
    side = np.abs(u)
    level = 0.49 + 0.075 * p.inspiration + p.diaphragm
    fall = np.where(y < 0.25, np.abs(y - 0.25) / (1.06 - p.apex), 0.55 * np.abs(y - 0.25))
    wall = p.chest_width * np.sqrt(np.maximum(0, 1 - fall**p.barrel))
    dome = draw_dome(p, u, side, level)
    left, right, height = borders(p, y, level, ratio)
    across = (left - u) * (u + right)
    soft = np.sqrt(np.maximum(0, across))  # thickness of mediastinum and heart
    soft = np.minimum(1, soft * (2.8 / (left + right)))
    soft *= 0.60 + 0.40 * step(y + 0.46, 0.34)  # above the arch of the aorta only thin vessels are left
    space, air = draw_lungs(p, y, np.maximum(0, wall - side), dome)
    air *= 1 - 0.90 * soft
    air *= 1 - 0.45 * draw_hila(p, y, u, side)
    draw_airways(x, y, u, soft, air)
    tissue, outer = draw_body(p, y, side, dome)
    outer += draw_aorta(p, y, u)
    return Stack(
        tissue=tissue,
        outer=outer,
        air=air,
        gas=draw_stomach(p, x, y, u, level),
        bone=draw_bones(p, x, y, u, side, wall, soft) * np.minimum(1, 6 * tissue),
        space=space,
        lung=space * step(side - np.where(u > 0, left, right), 0.01),
        heart=(across > 0) & (np.abs(height) < 1),
        u=u,
        side=side,
        wall=wall,
        level=level,
    )


def draw_dome(p: Stack, u: Drawing, side: Drawing, level: Drawing) -> Drawing:
    """Return the height of the diaphragm: each dome falls gently to the middle, steeply to the ribs."""
    out = side - 0.38
    far = out * out
    dome: Drawing = far * np.where(out > 0, 0.85 + 7 * far, 0.45)
    dome += level + p.dome_gap * (step(u, 0.30) - np.float32(0.5))
    return dome


def draw_lungs(p: Stack, y: Drawing, inside: Drawing, dome: Drawing) -> tuple[Drawing, Drawing]:
    """Return the lungs' outline and the share of air. `inside` is the distance from the ribs."""
    space = step(inside - 0.004, 0.012) * step(dome - y, 0.014)
    space *= step(y + 0.80 - p.apex, 0.03)
    depth = np.sqrt(np.minimum(1, inside * 4.5))  # the lung is thin at the ribs
    air = space * (0.41 + 0.33 * depth)
    low = band(y, 0.2, 1)
    below = step(dome[:, low] + 0.10 - y[:, low], 0.06) * step(inside[:, low] - 0.03, 0.03)
    air[:, low] += 0.13 * (1 - space[:, low]) * below  # the lung behind the dome
    return space, air


def borders(p: Stack, y: Drawing, level: Drawing, ratio: Drawing) -> tuple[Drawing, Drawing, Drawing]:
    """Return how far the mediastinum reaches to both sides, and the height within the heart; each `(n, size, 1)`.

    Going down on the left: great vessels, the arch of the aorta, the pulmonary trunk, the left ventricle. On the
    right: the great vein, the right atrium. The height is -1 at the heart's upper end and 1 at its lower end.
    """
    middle = level - p.heart_height  # where the heart is widest
    t = np.where(y < middle, (y - middle) / (0.62 - p.heart_height), (y - middle) / 0.28)
    belly = np.maximum(0, 1 - t * t)
    width = 2 * p.chest_width * ratio * p.magnified - 0.24
    knob = (0.036 + 0.0008 * p.age) * bump((y + 0.38) / 0.17)  # the arch of the aorta grows with age
    trunk = (0.035 + 0.025 * p.trunk) * bump((y + 0.15) / 0.20)
    thymus = 0.10 * p.thymus * step(-0.10 - y, 0.10) * step(y + 0.65, 0.10)
    top = 0.03 * bump((y + 1.0) / 0.45)
    # A heart that grows does so mostly to the left.
    share = np.minimum(0.78, p.heart_share + 0.5 * np.maximum(0, ratio - 0.47))
    bulge = np.maximum(0.5, p.left_border - 3.3 * np.maximum(0, ratio - 0.47))  # a large heart is round
    left = 0.128 + top + knob + trunk + thymus + share * width * belly**bulge
    vein = 0.035 * bump((y + 0.30) / 0.38)
    right = 0.118 + top + vein + 0.8 * thymus + (1 - share) * width * belly**p.right_border
    return left, right, t


def draw_body(p: Stack, y: Drawing, side: Drawing, dome: Drawing) -> tuple[Drawing, Drawing]:
    """Return the thickness of the trunk (neck, shoulders, chest, the belly below the dome), and of the breasts."""
    half = p.chest_width + 0.15 + 0.09 * p.habitus
    half = half + 0.34 * step(p.shoulder - 0.22 - y, 0.26)  # shoulders and upper arms reach beyond the film
    rows = band(y, -1, -0.45)
    t = side / half
    shoulder = step(y[:, rows] + 0.80 - p.shoulder - 0.25 * (side[:, rows] - 0.3), 0.10)
    t[:, rows] = side[:, rows] / (0.25 + (half[:, rows] - 0.25) * shoulder)
    t = np.minimum(1, t)
    t *= t
    trunk = (0.94 + 0.13 * p.habitus) * np.sqrt(1 - t * t)
    trunk += (0.04 + 0.02 * p.habitus) * step(0.93 - t, 0.06)

    rows = band(y, -0.35, 0.85)
    size = np.where(p.male, 0.30, 0.65 + 0.35 * p.breast + 0.12 * p.habitus)
    dx, dy = (side[:, rows] - 0.47) / (0.31 * size + 0.06), (y[:, rows] - 0.20 - p.apron) / (0.22 * size + 0.05)
    dy = np.where(dy < 0, 0.55 * dy, dy)  # a breast fades above and ends sharply below
    breast = np.maximum(0, 1 - dx * dx - dy * dy)
    outer = np.zeros_like(trunk)
    breast = np.sqrt(breast) * step(side[:, rows] - 0.30, 0.20)
    outer[:, rows] = np.where(p.male, 0.02, 0.075 + 0.10 * p.breast) * breast
    rows = band(y, 0.2, 1)
    trunk[:, rows] *= 1 + 0.10 * step(y[:, rows] - dome[:, rows], 0.02)
    return trunk, outer


def draw_hila(p: Stack, y: Drawing, u: Drawing, side: Drawing) -> Drawing:
    """Return where the great vessels leave for the lungs, 1 in the middle of a hilum. The left one stands higher."""
    height = y - 0.02 * p.inspiration + np.where(u > 0, np.float32(0.13), np.float32(0.08))
    dx, dy = (side - 0.165) / 0.085, height / np.where(height > 0, np.float32(0.20), np.float32(0.12))
    return bump(np.sqrt(dx * dx + dy * dy))


def draw_aorta(p: Stack, y: Drawing, u: Drawing) -> Drawing:
    """Return the thickness of the descending aorta: its left edge is seen beside the spine, also behind the heart."""
    edge = 0.115 + 0.0009 * p.age - 0.07 * (y + 0.35)  # it winds with age
    return 0.026 * step(edge - u, 0.02) * step(u + 0.02, 0.08) * step(y + 0.40, 0.06) * step(0.75 - y, 0.30)


def draw_airways(x: Drawing, y: Drawing, u: Drawing, soft: Drawing, air: Drawing) -> None:
    """Add the windpipe and its two branches to `air`. The arch of the aorta pushes it to the patient's right."""
    rows, columns = band(y, -1, 0.05), band(x, -0.36, 0.36)
    part = y[:, rows]
    v = u[:, rows, columns] + 0.008 + 0.022 * bump((part + 0.38) / 0.22)
    narrow = 0.046 - 0.010 * step(-0.55 - part, 0.2)
    pipe = np.sqrt(np.maximum(0, 1 - (v / narrow) ** 2)) * step(-0.25 - part, 0.03)
    slope = np.where(v < 0, np.float32(0.85), np.float32(0.60))  # the left main bronchus lies flatter
    fall = part + 0.275 - np.abs(v) * slope
    fork = np.sqrt(np.maximum(0, 1 - (fall / 0.036) ** 2)) * step(0.19 - np.abs(v), 0.05)
    air[:, rows, columns] += 0.17 * np.maximum(pipe, 0.7 * fork) * soft[:, rows, columns]


def draw_stomach(p: Stack, x: Drawing, y: Drawing, u: Drawing, level: Drawing) -> Drawing:
    """Return the gas bubble of the stomach, below the left dome, whatever lies above it."""
    gas = np.zeros((len(u), y.shape[1], x.shape[2]), dtype=np.float32)
    rows, columns = band(y, 0.4, 1), band(x, 0, 0.75)
    part = y[:, rows]
    bubble = ellipsoid(u[:, rows, columns], part, p.bubble_x, level + 0.17, 0.17 * p.bubble_size, 0.105 * p.bubble_size)
    bubble *= step(level + 0.20 - part, 0.008) * step(p.bubble - 0.25)  # flat where fluid stands
    gas[:, rows, columns] = 0.36 * bubble
    return gas
