"""The pencil of the synthetic films: soft edges, ellipsoids, tubes, blurs and clouds, for n films at once.

Coordinates: x runs from -1 (viewer's left, the patient's right) to 1, and y from -1 (top) to 1 (bottom). Lengths are
in these units, never in pixels, so that every size draws the same patient. A number per film has the shape
(n, 1, 1), a number per film and row (n, size, 1).
"""

from functools import cache
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

# A float32 array of films, or what numpy stretches to one. numpy's own types cannot follow such arithmetic.
Drawing: TypeAlias = Any


class Stack(SimpleNamespace):
    """Named arrays, or stacks, with one row per film. An index picks from each of them."""

    def __getitem__(self, where: Any) -> "Stack":
        """Return what the arrays hold there."""
        return Stack(**{name: values[where] for name, values in vars(self).items()})


def grid(size: int) -> tuple[Drawing, Drawing]:
    """Return the coordinates of the pixels' centres: x `(1, 1, size)` and y `(1, size, 1)`."""
    middle = (np.arange(size, dtype=np.float32) + 0.5) * np.float32(2 / size) - 1
    return middle[None, None, :], middle[None, :, None]


def band(middle: Drawing, low: float, high: float) -> slice:
    """Return the slice of the pixels between two coordinates: what lies elsewhere need not be drawn."""
    first, last = np.searchsorted(middle.ravel(), (low, high))
    return slice(int(first), int(last))


def step(distance: Drawing, softness: float = 0.015) -> Drawing:
    """Return 1 inside a shape (distance > 0), 0 outside, with a soft edge that is 2 * softness wide."""
    t = np.asarray(distance * np.float32(0.5 / softness))
    t += np.float32(0.5)
    np.clip(t, 0, 1, out=t)
    curve: Drawing = t * np.float32(-2)
    curve += np.float32(3)
    curve *= t
    curve *= t
    return curve


def bump(distance: Drawing) -> Drawing:
    """Return a smooth hill: 1 where the distance is 0, and 0 from a distance of 1 on."""
    t = np.clip(1 - distance * distance, 0, 1)
    return t * t


def ellipsoid(x: Drawing, y: Drawing, centre_x: Any, centre_y: Any, half_width: Any, half_height: Any) -> Drawing:
    """Return the thickness of an ellipsoid seen from the front, 1 at its centre and 0 outside."""
    dx, dy = (x - centre_x) / half_width, (y - centre_y) / half_height
    return np.sqrt(np.maximum(0, 1 - dx * dx - dy * dy))


# ---- tubes: dots along a line, blurred to the tube's width -------------------------------------------


def dots(x: Drawing, y: Drawing, mass: Drawing, size: int) -> Drawing:
    """Return `(n, size, size)` with dots of some mass at x, y, each `(n, k)`, shared out among the nearest pixels."""
    n, width = len(x), size + 2  # one pixel of margin takes what falls outside
    column, row = ((np.clip(c, -1.01, 1.01) + 1) * (size / 2) + 0.5 for c in (x, y))
    column, row = np.clip(column, 0, size), np.clip(row, 0, size)
    left, top = column.astype(np.int32), row.astype(np.int32)
    fx, fy = column - left, row - top
    place = (np.arange(n, dtype=np.int32)[:, None] * width + top) * width + left
    per_area = mass * np.float32(size * size / 4)
    right, below = per_area * fx, fy
    corners = [(per_area - right) * (1 - below), right * (1 - below), (per_area - right) * below, right * below]
    canvas = np.zeros(n * width * width)
    for offset, weight in zip((0, 1, width, width + 1), corners, strict=True):
        canvas += np.bincount((place + offset).ravel(), weight.ravel(), minlength=len(canvas))
    return canvas.astype(np.float32).reshape(n, width, width)[:, 1:-1, 1:-1]


def blur(canvas: Drawing, sigma: float) -> Drawing:
    """Return films `(n, size, size)` blurred by a Gaussian of this width. A product of matrices is the fastest way."""
    size = canvas.shape[-1]
    if sigma * size < 0.8:  # less than 0.4 pixels
        return canvas
    matrix = blurring(size, sigma)
    return matrix @ canvas @ matrix.T


@cache
def blurring(size: int, sigma: float) -> Drawing:
    """Return the matrix `(size, size)` that blurs a column of pixels."""
    place = np.arange(size) * 2 / size
    matrix = np.exp(-0.5 * ((place[:, None] - place) / sigma) ** 2)
    matrix[matrix < 1e-5] = 0  # numbers near float32's smallest would make the product ten times slower
    return (matrix / matrix.sum(axis=1).max()).astype(np.float32)


# ---- clouds ----------------------------------------------------------------------------------------


def cloud(numbers: Drawing, size: int) -> Drawing:
    """Return random numbers `(n, k, k)` of variance 1 as a smooth pattern `(n, size, size)`, of variance 1 too."""
    matrix = stretching(numbers.shape[-1], size)
    return matrix @ numbers @ matrix.T


def wave(numbers: Drawing, size: int) -> Drawing:
    """Return random numbers `(n, lines, k)` of variance 1 as smooth lines, each `(n, size, 1)`."""
    lines = numbers @ stretching(numbers.shape[-1], size).T
    return np.moveaxis(lines, 1, 0)[..., None]


@cache
def stretching(k: int, size: int) -> Drawing:
    """Return the matrix `(size, k)` that draws a smooth curve (cubic B-spline) near k numbers."""
    place = (np.arange(size) + 0.5) / size * (k - 3) + 1
    t = np.abs(place[:, None] - np.arange(k))
    spline = np.where(t < 1, 2 / 3 - t**2 + t**3 / 2, np.where(t < 2, (2 - t) ** 3 / 6, 0))
    return (spline / np.sqrt((spline**2).sum(axis=1, keepdims=True))).astype(np.float32)
