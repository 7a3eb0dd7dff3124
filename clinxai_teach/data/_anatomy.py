"""A normal chest, drawn from simple shapes: how much tissue, air and bone an X-ray meets on its way to each pixel."""

import numpy as np

from clinxai_teach.data._bones import draw_bones
from clinxai_teach.data._drawing import Drawing, Stack, band, bump, ellipsoid, step, wave

WAVE = 9  # numbers from which a smooth line is drawn


def sample_patients(rng: np.random.Generator, n: int, shift: str | None = None) -> Stack:
    """Draw n patients: a Stack of float32 arrays `(n, 1, 1)`, one per bodily feature.

    All numbers come from one table of uniform draws, a row per patient. So the first k patients are the same
    whatever n is, and a shift changes how patients are imaged, not who they are.
    """
    columns = iter(rng.random((n, 36 + 6 * WAVE), dtype=np.float32).T)

    def between(low: float, high: float) -> Drawing:
        return (low + (high - low) * next(columns))[:, None, None]

    patient = Stack(
        age=between(18, 90),
        male=between(0, 1) < 0.5,
        habitus=between(-1, 1),  # from thin to large
        inspiration=between(-1, 1),  # from a shallow to a deep breath
        rotation=between(-0.055, 0.055),  # a turned patient: the midline structures move sideways
        tilt=between(-0.05, 0.05),
        chest_width=between(0.70, 0.87),
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
        heart_height=between(0.02, 0.10),  # of its widest place above the diaphragm
        scoliosis=between(-0.022, 0.022),
        lopsided=between(-0.05, 0.05),  # one half of the chest is wider than the other
        bowel=between(0, 1),  # gas in the colon
        round_right=between(0.2, 1.3),  # from flat domes to round ones
        round_left=between(0.2, 1.3),
        fat=between(0.03, 0.10),  # below the skin
        bubble_x=between(0.24, 0.42),
        bubble_size=between(0.6, 1.25),
        thymus=np.zeros((n, 1, 1), dtype=np.float32),
        scatter=np.zeros((n, 1, 1), dtype=np.float32),
        magnified=np.ones((n, 1, 1), dtype=np.float32),
    )
    numbers = np.stack([next(columns) for _ in range(6 * WAVE)], axis=1).reshape(n, 6, WAVE)
    patient.waves = (numbers - 0.5) * np.float32(np.sqrt(12))  # no line of a body is straight
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
    `wall` the same of the ribs on that side.
    """
    waves = wave(p.waves, y.shape[1])
    u = x - (p.rotation + p.tilt * y + 0.010 * waves[0])
    side = np.abs(u)
    level = 0.49 + 0.075 * p.inspiration + p.diaphragm
    fall = np.where(y < 0.25, np.abs(y - 0.25) / (1.06 - p.apex), 0.55 * np.abs(y - 0.25))
    wall = np.sqrt(np.maximum(0, 1 - fall**p.barrel))
    walls = wall * (1 + p.lopsided + 0.022 * waves[1]), wall * (1 - p.lopsided + 0.022 * waves[2])
    inner = (walls[0] + walls[1]).max(1, keepdims=True)
    wall = 2 * p.chest_width / inner * np.where(u > 0, *walls)  # whatever its lines, the chest has its width
    dome = draw_dome(p, u, side, level)
    left, right, height = borders(p, y, level, ratio, waves)
    across = (left - u) * (u + right)
    half = 0.5 * (left + right)
    soft = np.sqrt(np.minimum(1, np.maximum(0, across / (half * half)) * 1.25))  # thickness of mediastinum and heart
    soft *= 0.55 + 0.45 * step(y + 0.40, 0.40)  # above the arch of the aorta only thin vessels are left
    space, air = draw_lungs(p, y, np.maximum(0, wall - side), dome)
    air *= 1 - 0.90 * soft
    air *= 1 - 0.45 * draw_hila(p, y, u, side)
    draw_airways(x, y, u, soft, air)
    tissue, outer = draw_body(p, y, side, dome)
    outer += draw_aorta(p, y, u)
    outer += draw_muscles(y, side, wall)
    return Stack(
        tissue=tissue,
        outer=outer,
        air=air,
        gas=draw_gas(p, x, y, u, level),
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
    steep = p.round_right + (p.round_left - p.round_right) * step(u, 0.30)
    dome: Drawing = far * np.where(out > 0, 0.25 + 0.6 * steep + 4.2 * far, 0.7 * steep)
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


def borders(p: Stack, y: Drawing, level: Drawing, ratio: Drawing, waves: Drawing) -> tuple[Drawing, Drawing, Drawing]:
    """Return how far the mediastinum reaches to both sides, and the height within the heart; each `(n, size, 1)`.

    Going down on the left: great vessels, the arch of the aorta, the pulmonary trunk, the left ventricle. On the
    right: the great vein, the right atrium. The height is -1 at the heart's upper end and 1 at its lower end.
    """
    middle = level - p.heart_height  # where the heart is widest
    t = np.where(y < middle, (y - middle) / (0.60 - 0.5 * p.heart_height), (y - middle) / 0.34)
    belly = np.maximum(0, 1 - t * t)
    atrium = y - middle + 0.10
    atrium = np.maximum(0, 1 - np.square(np.where(atrium < 0, atrium / 0.42, atrium / 0.50)))
    knob = (0.036 + 0.0008 * p.age) * bump((y + 0.38) / 0.17)  # the arch of the aorta grows with age
    trunk = (0.035 + 0.025 * p.trunk) * bump((y + 0.15) / 0.20)
    thymus = 0.10 * p.thymus * step(-0.10 - y, 0.10) * step(y + 0.65, 0.10)
    top = 0.03 * bump((y + 1.0) / 0.45)
    # A heart that grows does so mostly to the left.
    share = np.minimum(0.78, p.heart_share + 0.5 * np.maximum(0, ratio - 0.47))
    bulge = np.maximum(0.5, p.left_border - 3.3 * np.maximum(0, ratio - 0.47))  # a large heart is round
    left = 0.128 + top + knob + trunk + thymus + 0.012 * waves[3]
    vein = 0.035 * bump((y + 0.30) / 0.38)
    right = 0.118 + top + vein + 0.8 * thymus + 0.010 * waves[4]
    belly, atrium = share * belly**bulge, (1 - share) * atrium**p.right_border
    for _ in range(3):  # widen it until its two farthest points are as far apart as the ratio says
        width = 2 * p.chest_width * ratio * p.magnified - left.max(1, keepdims=True) - right.max(1, keepdims=True)
        left, right = left + width * belly, right + width * atrium
    return left, right, t


def draw_body(p: Stack, y: Drawing, side: Drawing, dome: Drawing) -> tuple[Drawing, Drawing]:
    """Return the thickness of the trunk (neck, shoulders, chest, the belly below the dome), and of the breasts."""
    half = p.chest_width + 0.19 + 0.10 * p.habitus
    half = half + 0.34 * step(p.shoulder - 0.22 - y, 0.26)  # shoulders and upper arms reach beyond the film
    rows = band(y, -1, -0.45)
    t = side / half
    shoulder = step(y[:, rows] + 0.80 - p.shoulder - 0.25 * (side[:, rows] - 0.3), 0.10)
    t[:, rows] = side[:, rows] / (0.25 + (half[:, rows] - 0.25) * shoulder)
    t = np.minimum(1, t)
    t *= t
    trunk = (0.94 + 0.13 * p.habitus) * (1 - t) ** 0.62
    trunk *= 0.90 + 0.10 * step(1 - p.fat - np.sqrt(t), 0.02)  # fat below the skin stops fewer rays than muscle

    rows = band(y, -0.35, 0.85)
    size = np.where(p.male, 0.30, 0.65 + 0.35 * p.breast + 0.12 * p.habitus)
    dx, dy = (side[:, rows] - 0.47) / (0.31 * size + 0.06), (y[:, rows] - 0.20 - p.apron) / (0.22 * size + 0.05)
    dy = np.where(dy < 0, 0.5 * dy, dy)  # a breast fades above and ends sharply below
    breast = np.maximum(0, 1 - dx * dx - dy * dy)
    outer = np.zeros_like(trunk)
    breast = breast**0.75 * step(side[:, rows] - 0.30, 0.20)
    outer[:, rows] = np.where(p.male, 0.02, 0.075 + 0.10 * p.breast) * breast
    rows = band(y, 0.2, 1)
    trunk[:, rows] *= 1 + 0.10 * step(y[:, rows] - dome[:, rows] - 0.08, 0.22)  # no edge below the heart
    return trunk, outer


def draw_muscles(y: Drawing, side: Drawing, wall: Drawing) -> Drawing:
    """Return the thickness of the breast muscles, whose lower edge runs to the armpit, and of those of the back."""
    muscles = 0.05 * bump(side / 0.34) * step(y + 0.9, 0.4)
    rows = band(y, -0.75, 0.3)
    part = y[:, rows]
    inside = side[:, rows] - wall[:, rows] + 0.08 + 0.55 * np.maximum(0, 0.10 - part)
    muscles[:, rows] += 0.05 * step(part + 0.52, 0.2) * step(0.05 - part, 0.22) * step(inside, 0.12)
    return muscles


def draw_hila(p: Stack, y: Drawing, u: Drawing, side: Drawing) -> Drawing:
    """Return where the great vessels leave for the lungs, 1 in the middle of a hilum. The left one stands higher."""
    height = y - 0.02 * p.inspiration + np.where(u > 0, np.float32(0.13), np.float32(0.08))
    dx, dy = (side - 0.165) / 0.085, height / np.where(height > 0, np.float32(0.20), np.float32(0.12))
    return bump(np.sqrt(dx * dx + dy * dy))


def draw_aorta(p: Stack, y: Drawing, u: Drawing) -> Drawing:
    """Return the thickness of the descending aorta: its left edge is seen beside the spine, also behind the heart."""
    edge = 0.115 + 0.0009 * p.age - 0.07 * (y + 0.35)  # it winds with age
    return 0.020 * step(edge - u, 0.035) * step(u + 0.02, 0.08) * step(y + 0.40, 0.06) * step(0.75 - y, 0.30)


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
    air[:, rows, columns] += 0.17 * np.maximum(pipe, 0.5 * fork) * soft[:, rows, columns]


def draw_gas(p: Stack, x: Drawing, y: Drawing, u: Drawing, level: Drawing) -> Drawing:
    """Return the gas below the domes: the stomach's bubble on the left, and what stands in the colon."""
    gas = np.zeros((len(u), y.shape[1], x.shape[2]), dtype=np.float32)
    rows, columns = band(y, 0.4, 1), band(x, -0.2, 1)
    part, across = y[:, rows], u[:, rows, columns]
    wide, high = 0.15 * p.bubble_size, (0.05 + 0.06 * p.round_left) * p.bubble_size
    bubble = ellipsoid(across, part + 0.25 * (across - p.bubble_x), p.bubble_x, level + 0.11 + high, wide, high)
    flat = step(level + 0.12 + high - part, 0.012)  # where fluid stands, in some
    bubble *= np.where(p.fat < 0.06, flat, 1) * step(p.bubble - 0.25)
    gas[:, rows, columns] = 0.34 * bubble**1.5
    for k, shown in enumerate((0.35, 0.5, 0.65, 0.8)):  # pouches of the colon
        place = p.waves[:, 5, 2 * k : 2 * k + 2, None, None]
        at_x = 0.66 * p.chest_width + 0.05 * place[:, 0] - 0.10 * k
        at_y = level + 0.22 + 0.05 * place[:, 1] + 0.07 * k
        dx, dy = (across - at_x) / (0.11 + 0.02 * place[:, 1]), (part - at_y) / (0.09 + 0.02 * place[:, 0])
        gas[:, rows, columns] += 0.22 * bump(np.sqrt(dx * dx + dy * dy)) * step(p.bowel - np.float32(shown))
    return np.minimum(0.40, gas)
