"""The course's pictures. What draws here never computes.

Every figure reads in grey print (lines differ by their style, classes by their text) and on a projector (no text
below 12 points). Nothing here changes matplotlib's settings.
"""

from clinxai_teach.plots.films import (
    contact_sheet,
    draw_film,
    draw_heatmap,
    draw_outline,
    draw_probabilities,
    move_film,
    move_heatmap,
    move_probabilities,
    outline,
)
from clinxai_teach.plots.showing import in_notebook, picture_bundle, png_bytes, show
from clinxai_teach.plots.style import DARK, DPI, FONT_SIZE, GREY, LIGHT, bare

__all__ = [
    "DARK",
    "DPI",
    "FONT_SIZE",
    "GREY",
    "LIGHT",
    "bare",
    "contact_sheet",
    "draw_film",
    "draw_heatmap",
    "draw_outline",
    "draw_probabilities",
    "in_notebook",
    "move_film",
    "move_heatmap",
    "move_probabilities",
    "outline",
    "picture_bundle",
    "png_bytes",
    "show",
]
