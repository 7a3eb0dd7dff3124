"""The lead letter on a film, that says which side is the patient's left, with its owner's two initials."""

import numpy as np

from clinxai_teach.data._drawing import Drawing, band, grid

# Strokes from (x, y) to (x, y) in a box from (0, 0), top left, to (1, 1).
LETTERS = {
    "L": ((0, 0, 0, 1), (0, 1, 1, 1)),
    "A": ((0, 1, 0.5, 0), (0.5, 0, 1, 1), (0.2, 0.65, 0.8, 0.65)),
    "K": ((0, 0, 0, 1), (1, 0, 0, 0.6), (0.3, 0.45, 1, 1)),
    "M": ((0, 1, 0, 0), (0, 0, 0.5, 0.7), (0.5, 0.7, 1, 0), (1, 0, 1, 1)),
    "T": ((0, 0, 1, 0), (0.5, 0, 0.5, 1)),
    "V": ((0, 0, 0.5, 1), (0.5, 1, 1, 0)),
    "N": ((0, 1, 0, 0), (0, 0, 1, 1), (1, 1, 1, 0)),
    "E": ((0, 0, 0, 1), (0, 0, 1, 0), (0, 0.5, 0.8, 0.5), (0, 1, 1, 1)),
    "H": ((0, 0, 0, 1), (1, 0, 1, 1), (0, 0.5, 1, 0.5)),
}
INITIALS = ("AK", "MT", "EH", "NV")  # of the radiographers
LEFT, TOP, MOVES = 0.61, -0.92, 0.12  # where the letter stands, and how far it moves
HEIGHT, WIDTH, STROKE = 0.17, 0.115, 0.036


def draw_marker(place: Drawing, size: int) -> Drawing:
    """Return the letter "L" with initials below it `(n, size, size)`: 1 on lead, 0 elsewhere.

    `place` `(n, 2)` holds two uniform numbers per film: they say where the letter stands, how it is turned and whose
    initials it bears.
    """
    x, y = grid(size)
    rows, columns = band(y, TOP - 0.04, TOP + MOVES + 0.32), band(x, LEFT - 0.08, LEFT + MOVES + 0.22)
    drawn = np.zeros((len(place), size, size), dtype=np.float32)
    across, down = place[:, 0, None, None], place[:, 1, None, None]
    turn = 0.24 * ((across * 7.0) % 1 - 0.5)  # radians
    dx, dy = x[..., columns] - LEFT - MOVES * across, y[:, rows] - TOP - MOVES * down
    dx, dy = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    letter = write("L", dx, dy, WIDTH, HEIGHT, STROKE, size)
    whose = ((down * 7.0) % 1 * len(INITIALS)).astype(int)[:, 0, 0]
    for index, pair in enumerate(INITIALS):
        owned = whose == index
        for at, initial in enumerate(pair):
            small = write(initial, dx[owned] - 0.11 * at, dy[owned] - HEIGHT - 0.055, 0.075, 0.10, 0.024, size)
            letter[owned] = np.maximum(letter[owned], small)
    drawn[:, rows, columns] = letter
    return drawn


def write(letter: str, x: Drawing, y: Drawing, width: float, height: float, stroke: float, size: int) -> Drawing:
    """Return how much of each pixel a letter covers, from 0 to 1, with its box's upper left corner at (0, 0)."""
    nearest = np.full(np.broadcast_shapes(x.shape, y.shape), np.inf, dtype=np.float32)
    for x0, y0, x1, y1 in LETTERS[letter]:
        start_x, start_y, run_x, run_y = x0 * width, y0 * height, (x1 - x0) * width, (y1 - y0) * height
        t = np.clip(((x - start_x) * run_x + (y - start_y) * run_y) / (run_x**2 + run_y**2), 0, 1)
        nearest = np.minimum(nearest, (x - start_x - t * run_x) ** 2 + (y - start_y - t * run_y) ** 2)
    covered: Drawing = np.clip((stroke / 2 - np.sqrt(nearest)) * size / 2 + 0.5, 0, 1)
    return covered
