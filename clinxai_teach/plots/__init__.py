"""The course's pictures. What draws here never computes.

Every figure reads in grey print (lines differ by their style, classes by their text) and on a projector (no text
below 12 points). Nothing here changes matplotlib's settings.
"""

from clinxai_teach.plots.attribution import (
    draw_completeness,
    draw_gains,
    draw_gap_curve,
    draw_joining,
    draw_shares,
    draw_signed_map,
    move_completeness,
    move_gains,
    move_gap_curve,
    move_joining,
    move_shares,
    move_signed_map,
)
from clinxai_teach.plots.calibration import (
    ECE,
    NLL,
    BrierParts,
    Counts,
    Reliability,
    draw_net_benefit,
    draw_ratios,
)
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
from clinxai_teach.plots.moving import MovingPicture
from clinxai_teach.plots.picture import Picture, artists_in
from clinxai_teach.plots.showing import in_notebook, picture_bundle, png_bytes, show
from clinxai_teach.plots.style import DARK, DPI, FONT_SIZE, GREY, LIGHT, bare
from clinxai_teach.plots.trust import Costs, draw_changes, draw_reasons, draw_refits
from clinxai_teach.plots.uncertainty import (
    Coverage,
    Deferral,
    Doubt,
    IllParts,
    RunningMean,
    Scores,
    ShareRows,
)

__all__ = [
    "DARK",
    "DPI",
    "ECE",
    "FONT_SIZE",
    "GREY",
    "LIGHT",
    "NLL",
    "BrierParts",
    "Costs",
    "Counts",
    "Coverage",
    "Deferral",
    "Doubt",
    "IllParts",
    "MovingPicture",
    "Picture",
    "Reliability",
    "RunningMean",
    "Scores",
    "ShareRows",
    "artists_in",
    "bare",
    "contact_sheet",
    "draw_changes",
    "draw_completeness",
    "draw_film",
    "draw_gains",
    "draw_gap_curve",
    "draw_heatmap",
    "draw_joining",
    "draw_net_benefit",
    "draw_outline",
    "draw_probabilities",
    "draw_ratios",
    "draw_reasons",
    "draw_refits",
    "draw_shares",
    "draw_signed_map",
    "in_notebook",
    "move_completeness",
    "move_film",
    "move_gains",
    "move_gap_curve",
    "move_heatmap",
    "move_joining",
    "move_probabilities",
    "move_shares",
    "move_signed_map",
    "outline",
    "picture_bundle",
    "png_bytes",
    "show",
]
