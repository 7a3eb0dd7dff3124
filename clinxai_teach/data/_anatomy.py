"""A normal chest, drawn from simple shapes: how much tissue, air and bone an X-ray meets on its way to each pixel.

Coordinates: x runs from -1 (viewer's left, the patient's right) to 1, and y from -1 (top) to 1 (bottom). Each
per-patient number has shape (n, 1, 1), so that every line below draws n chests at once.
"""

from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

# A float32 array of films, or what numpy stretches to one. numpy's own types cannot follow such arithmetic.
Drawing: TypeAlias = Any


class Stack(SimpleNamespace):
    """Named arrays with one row per film."""

    def take(self, rows: Any) -> "Stack":
        """Return the films in `rows` (a slice or a mask)."""
        return Stack(**{name: values[rows] for name, values in vars(self).items()})


def sample_patients(rng: np.random.Generator, n: int, shift: str | None = None) -> Stack:
    """Draw n patients: a Stack of float32 arrays `(n, 1, 1)`, one per bodily feature.

    All numbers come from one table of uniform draws, a row per patient. So the first k patients are the same
    whatever n is, and a shift changes how patients are imaged, not who they are.
    """
    columns = iter(rng.random((n, 32), dtype=np.float32).T)

    def between(low: float, high: float) -> Drawing:
        return (low + (high - low) * next(columns))[:, None, None]

    patient = Stack(
        age=between(18, 90),
        male=between(0, 1) < 0.5,
        habitus=between(-1, 1),  # from thin to large
        inspiration=between(-1, 1),  # from a shallow to a deep breath
        rotation=between(-0.05, 0.05),  # a turned patient: the midline structures move sideways
        tilt=between(-0.04, 0.04),
        chest_width=between(0.70, 0.80),
        heart_size=between(0.90, 1.10),
        heart_tilt=between(0.45, 0.75),  # radians
        diaphragm=between(-0.04, 0.04),
        rib_phase=between(0, 1),
        rib_spacing=between(0.148, 0.172),
        rib_slope=between(0.26, 0.40),
        clavicle=between(-0.05, 0.05),
        bubble=between(0, 1),  # the gas bubble of the stomach
        texture=between(0.6, 1.4),  # strength of the vessel pattern
        exposure=between(0.92, 1.08),
        thymus=np.zeros((n, 1, 1), dtype=np.float32),
        scatter=np.zeros((n, 1, 1), dtype=np.float32),
    )
    if shift == "portable":  # taken lying in bed: heart enlarged by the short distance, shallow breath, more scatter
        patient.heart_size = patient.heart_size * 1.15
        patient.inspiration = patient.inspiration * 0.5 - 1.2
        patient.rotation = patient.rotation * 2.5
        patient.scatter = patient.scatter + 0.35
    elif shift == "child":  # a round chest, a relatively large heart, a thymus, ribs that lie flat
        patient.age = 1 + (patient.age - 18) / 8
        patient.habitus = patient.habitus * 0.4 - 1.2
        patient.chest_width = patient.chest_width * 0.84
        patient.heart_size = patient.heart_size * 1.08
        patient.rib_slope = patient.rib_slope * 0.45
        patient.rib_spacing = patient.rib_spacing * 0.85
        patient.thymus = patient.thymus + 1
    return patient


def step(distance: Drawing, softness: float = 0.012) -> Drawing:
    """Return 1 inside a shape (distance > 0), 0 outside, with a soft edge: a logistic curve."""
    return 1 / (1 + np.exp(-np.clip(distance / softness, -30, 30)))


def ellipsoid(
    x: Drawing, y: Drawing, centre_x: Any, centre_y: Any, half_width: Any, half_height: Any, angle: Any = 0.0
) -> Drawing:
    """Return the thickness of an ellipsoid seen from the front, 1 at its centre and 0 outside."""
    dx, dy = x - centre_x, y - centre_y
    along = dx * np.cos(angle) + dy * np.sin(angle)
    across = dy * np.cos(angle) - dx * np.sin(angle)
    return np.sqrt(np.maximum(0, 1 - (along / half_width) ** 2 - (across / half_height) ** 2))


def draw_chest(p: Stack, x: Drawing, y: Drawing, heart_scale: Drawing) -> Stack:
    """Draw n chests.

    Returns a Stack of arrays `(n, size, size)`: `tissue` and `bone` are thicknesses (1 = a full chest), `air` is the
    share of the chest's depth that is filled with air, `lung` and `heart` are outlines. `u` is the distance from
    the midline, `side` its size, and `dome_y` the height of the diaphragm. `heart_scale` is 1 for a normal heart.
    """
    mid = p.rotation + p.tilt * y  # the midline of the patient on the film
    u = x - mid
    side = np.abs(u)

    # The trunk: a neck that widens into the shoulders, thicker in a larger patient.
    half_width = p.chest_width + 0.16 + 0.05 * p.habitus
    shoulder = step(y + 0.80 - 0.25 * (side - 0.3), 0.045)
    width = 0.22 + (half_width - 0.22) * shoulder
    tissue = (0.92 + 0.14 * p.habitus) * np.sqrt(np.maximum(0, 1 - np.minimum(1, side / width) ** 4))
    breasts = ellipsoid(side, y, 0.44, 0.34, 0.30, 0.24) * np.where(p.male, 0.03, 0.12)

    # The lungs: inside the rib cage, beside the mediastinum, above the domes of the diaphragm.
    level = 0.50 + 0.09 * p.inspiration + p.diaphragm
    dome_y = level + 0.03 * np.tanh(u / 0.05)  # the right dome stands higher, above the liver
    dome = dome_y + 1.3 * np.maximum(0, side - 0.34) ** 2 + 0.20 * np.maximum(0, 0.34 - side)
    reach = np.sqrt(np.maximum(0, 1 - ((y - 0.22) / 1.04) ** 2))  # the cage narrows towards the apex
    medial = 0.115 + 0.05 * p.thymus * step(-0.05 - y, 0.05) + 0.03 * step(y - 0.1, 0.1)
    lung = step(p.chest_width * reach - side) * step(side - medial, 0.02) * step(dome - y)
    trachea = step(0.042 - side, 0.012) * step(-0.22 - y, 0.05)

    # The heart lies to the viewer's right of the midline, its tip pointing down and outwards.
    centre_x = mid + 0.13 + 0.06 * (heart_scale - 1)
    centre_y = level - 0.19

    size = 0.315 * p.heart_size * heart_scale
    heart = ellipsoid(x, y, centre_x, centre_y, size * 1.12, size * 0.92, p.heart_tilt)
    knob = ellipsoid(u, y, 0.105, -0.22, 0.080 + 0.0006 * p.age, 0.12)  # the arch of the aorta grows with age
    hila = np.exp(-(((side - 0.17) / 0.09) ** 2) - ((y - 0.02) / 0.16) ** 2)  # where the vessels enter

    def outline(thickness: Drawing) -> Drawing:
        return np.minimum(1, 2.2 * thickness)

    air = lung * (1 - 0.92 * outline(heart)) * (1 - 0.75 * np.minimum(1, 1.3 * knob)) * (1 - 0.35 * hila)
    bubble = ellipsoid(u, y, 0.34, level + 0.20, 0.15, 0.07) * step(p.bubble - 0.3, 0.05)
    return Stack(
        tissue=tissue + breasts + 0.10 * step(y - dome) * tissue,
        air=0.74 * air + 0.22 * trachea + 0.30 * bubble,
        bone=draw_bones(p, u, y, side, lung),
        lung=lung,
        heart=outline(heart),
        hila=hila,
        side=side,
        u=u,
        dome_y=dome_y,
    )


def draw_bones(p: Stack, u: Drawing, y: Drawing, side: Drawing, lung: Drawing) -> Drawing:
    """Return the thickness of bone `(n, size, size)`: spine, ribs front and back, collar bones, shoulder blades."""
    vertebra = 0.80 + 0.20 * np.cos(2 * np.pi * (y / 0.14))
    spine = 0.20 * step(0.075 - side, 0.02) * vertebra

    def ribs(height: Drawing, sharpness: int) -> Drawing:
        phase = height / p.rib_spacing + p.rib_phase
        return np.maximum(0, np.cos(2 * np.pi * phase)) ** sharpness

    cage = step(p.chest_width * 1.05 * np.sqrt(np.maximum(0, 1 - ((y - 0.2) / 1.1) ** 2)) - side, 0.02)
    cage = cage * step(side - 0.09, 0.02) * step(0.72 - y, 0.08)
    back = ribs(y - p.rib_slope * side**2 - 0.06 * side, 2)
    front = ribs(y + 1.1 * p.rib_slope * (0.75 - side) * -1 - 0.05, 4) * step(side - 0.30, 0.06)
    collar_y = -0.60 - 0.20 * (side - 0.1) + p.clavicle * np.sign(u) + 0.10 * side**2
    collar = np.exp(-(((y - collar_y) / 0.035) ** 2)) * step(side - 0.07) * step(0.78 - side, 0.03)
    blade = ellipsoid(side, y, p.chest_width + 0.06, -0.34, 0.10, 0.34, 0.15)
    strength = 1.08 - 0.003 * p.age  # bone thins with age
    return strength * (spine + cage * (0.13 * back + 0.06 * front) + 0.20 * collar + 0.10 * blade)
