"""The course's pictures. What draws here never computes.

Every figure reads in grey print (lines differ by their style, classes by their text) and on a projector (no text
below 12 points). Nothing here changes matplotlib's settings.
"""

from clinxai_teach.plots.attribution import (
    Completeness,
    Gains,
    GapCurve,
    Joining,
    LogOddsStep,
    Shares,
    SignedMap,
)
from clinxai_teach.plots.calibration import (
    ECE,
    NLL,
    BrierParts,
    Counts,
    Reliability,
    draw_lines,
    draw_net_benefit,
    draw_perfect,
    draw_ratios,
    draw_smooth,
)
from clinxai_teach.plots.films import (
    Film,
    Heatmap,
    Places,
    Probabilities,
    contact_sheet,
    draw_outline,
    outline,
)
from clinxai_teach.plots.moving import MovingPicture
from clinxai_teach.plots.picture import Picture
from clinxai_teach.plots.shares import draw_shares
from clinxai_teach.plots.showing import in_notebook, picture_bundle, png_bytes, show
from clinxai_teach.plots.style import DARK, DPI, FONT_SIZE, GREY, LIGHT, bare
from clinxai_teach.plots.trust import Costs, draw_changes, draw_monitor, draw_reasons, draw_refits, draw_share_bars
from clinxai_teach.plots.uncertainty import (
    Coverage,
    Deferral,
    Doubt,
    IllParts,
    Instability,
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
    "Completeness",
    "Costs",
    "Counts",
    "Coverage",
    "Deferral",
    "Doubt",
    "Film",
    "Gains",
    "GapCurve",
    "Heatmap",
    "IllParts",
    "Instability",
    "Joining",
    "LogOddsStep",
    "MovingPicture",
    "Picture",
    "Places",
    "Probabilities",
    "Reliability",
    "RunningMean",
    "Scores",
    "ShareRows",
    "Shares",
    "SignedMap",
    "bare",
    "contact_sheet",
    "draw_changes",
    "draw_lines",
    "draw_monitor",
    "draw_net_benefit",
    "draw_outline",
    "draw_perfect",
    "draw_ratios",
    "draw_reasons",
    "draw_refits",
    "draw_share_bars",
    "draw_shares",
    "draw_smooth",
    "in_notebook",
    "outline",
    "picture_bundle",
    "png_bytes",
    "show",
]
