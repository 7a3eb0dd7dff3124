"""Calibration: the reliability diagram, the parts of the Brier score, an ECE beside chance, and what a model is worth.

A class is a picture that moves; a `draw_...` function draws one that stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.container import ErrorbarContainer
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach.plots.picture import Picture
from clinxai_teach.plots.style import DARK, FONT_SIZE, GREY, LIGHT, QUARTER_LABELS, QUARTERS, tidy

if TYPE_CHECKING:
    from clinxai_teach.calibration.curves import ReliabilityCurve
    from clinxai_teach.calibration.scores import BrierDecomposition
    from clinxai_teach.calibration.smooth import SmoothCalibrationCurve

LINE_STYLES = ("solid", "dashed", "dotted", "dashdot")
COLOURS = (DARK, LIGHT, "0.35", "black")


# ---- the reliability diagram ---------------------------------------------------------------------


class Reliability(Picture):
    """A `ReliabilityCurve`: a dot per bin with its interval, beside the diagonal of perfect calibration.

    `event` says whose share is on the vertical axis, `highest` where both axes end.
    """

    def __init__(
        self,
        ax: Axes,
        curve: ReliabilityCurve,
        title: str = "",
        *,
        event: str = "diabetes",
        highest: float = 1.0,
    ) -> None:
        draw_perfect(ax, highest)
        tidy(ax, xlabel="predicted probability (mean of the bin)", ylabel=f"observed share: {event}")
        self.intervals = LineCollection([], colors=DARK, linewidths=2)
        ax.add_collection(self.intervals, autolim=False)
        self.dots = ax.plot([], [], color=DARK, marker="o", markersize=7, linewidth=1)[0]
        self.title = ax.set_title("", fontsize=FONT_SIZE)
        self.move(curve, title)

    def move(self, curve: ReliabilityCurve, title: str) -> None:
        """Show another curve."""
        self.dots.set_data(curve.prob_pred, curve.prob_true)
        ends = zip(curve.prob_pred, curve.ci_low, curve.ci_high, strict=True)
        self.intervals.set_segments([[(x, low), (x, high)] for x, low, high in ends])
        self.title.set_text(title)


class Counts(Picture):
    """How many patients each bin of a `ReliabilityCurve` holds, with the number above each bar.

    Empty bins say 0. Meant to lie below the reliability diagram, with the same horizontal axis.
    """

    def __init__(self, ax: Axes, curve: ReliabilityCurve, *, unit: str = "patients") -> None:
        widths = np.diff(curve.edges)
        centres = curve.edges[:-1] + widths / 2
        self.bars = ax.bar(centres, 0, width=0.9 * widths, color="0.6").patches
        self.numbers = [ax.text(x, 0, "", ha="center", va="bottom", rotation=90, fontsize=FONT_SIZE) for x in centres]
        tidy(ax, xlabel="predicted probability", ylabel=unit)
        ax.set(xlim=(-0.02, 1.02), ylim=(0, 1), yticks=())
        ax.set_xticks(QUARTERS, QUARTER_LABELS)
        ax.spines["left"].set_visible(False)
        self.move(curve)

    def move(self, curve: ReliabilityCurve) -> None:
        """Show the counts of another curve that has the same edges. The tallest bar fills half of the height."""
        counts = counts_of_all_bins(curve)
        for bar, number, count in zip(self.bars, self.numbers, counts, strict=True):
            height = 0.5 * count / counts.max()
            bar.set_height(height)
            number.set(y=height + 0.04, text=f"{count:,}")


def counts_of_all_bins(curve: ReliabilityCurve) -> IntArray:
    """Return the number of patients in every bin, empty ones too, in the order of the edges."""
    counts = np.zeros(len(curve.edges) - 1, dtype=int)
    # A mean that lies on an edge belongs to the bin on its left. Rounding may have lifted it a little.
    counts[np.searchsorted(curve.edges[1:-1], curve.prob_pred - 1e-9)] = curve.count
    return counts


def draw_perfect(ax: Axes, highest: float = 1.0) -> None:
    """Draw the diagonal of perfect calibration on axes that end at `highest`."""
    ax.plot([0, highest], [0, highest], color=GREY, linestyle="dashed", linewidth=1.5)
    ax.text(0, highest, "dashed: perfect", color="0.35", va="top", fontsize=FONT_SIZE)
    ax.set(xlim=(-0.02 * highest, 1.02 * highest), ylim=(-0.02 * highest, 1.02 * highest))
    ticks = [highest * quarter for quarter in QUARTERS]
    labels = [f"{tick:.3g}" for tick in ticks]
    ax.set_xticks(ticks, labels)
    ax.set_yticks(ticks, labels)


def draw_smooth(ax: Axes, curve: SmoothCalibrationCurve, *, name: str = "", look: int = 0) -> Line2D:
    """Draw a smooth calibration curve with its band on axes that have a diagonal. Returns the line.

    `look` 0 to 3 is the line's style and colour, for several curves; `name` is written in a legend.
    """
    colour = COLOURS[look]
    ax.fill_between(curve.prob_pred, curve.ci_low, curve.ci_high, color=colour, alpha=0.2, linewidth=0)
    (line,) = ax.plot(curve.prob_pred, curve.prob_true, color=colour, linestyle=LINE_STYLES[look], linewidth=2.2)
    if name:
        line.set_label(name)
        ax.legend(fontsize=FONT_SIZE, frameon=False, loc="lower right")
    return line


# ---- an ECE beside chance ------------------------------------------------------------------------


class ECE(Picture):
    """An ECE (dot) beside its null band (grey): where the ECE of a perfectly calibrated model would lie.

    `band` is the `low, high` of `calibration_null_band`; `highest` the end of the axis.
    """

    def __init__(
        self, ax: Axes, ece: float, band: tuple[float, float], title: str = "", *, highest: float = 0.25
    ) -> None:
        tidy(ax)
        ax.set(xlim=(0, highest), ylim=(-1, 1), yticks=())
        ax.spines["left"].set_visible(False)
        self.band = ax.barh([0], [0], height=1.2, color="0.75", edgecolor="0.35").patches[0]
        self.dot = ax.plot([0], [0], color=DARK, marker="D", markersize=9, clip_on=False)[0]
        self.title = ax.set_title("", fontsize=FONT_SIZE, loc="left")
        self._highest = highest
        self.move(ece, band, title)

    def move(self, ece: float, band: tuple[float, float], title: str) -> None:
        """Show another ECE and band. A dot beyond the axis stays at its end."""
        low, high = band
        self.band.set(x=low, width=high - low)
        self.dot.set_data([min(ece, self._highest)], [0])
        self.title.set_text(title)


# ---- the temperature ------------------------------------------------------------------------------


class NLL(Picture):
    """The negative log-likelihood against the temperature: empty until it moves.

    `limits` are the least and the largest NLL of all the curves that will be shown, so that the axis can stay.
    """

    def __init__(self, ax: Axes, temperatures: FloatArray, limits: tuple[float, float]) -> None:
        tidy(ax, xlabel="temperature T", ylabel="NLL (nats)")
        ticks = (0.25, 0.5, 1, 2, 4)
        ax.set_xscale("log")
        low, high = limits
        room = 0.12 * (high - low)
        ax.set(
            xlim=(temperatures[0], temperatures[-1]),
            ylim=(low - room, high + room),
            xticks=ticks,
            xticklabels=[f"{tick:g}" for tick in ticks],
        )
        ax.minorticks_off()
        nothing = np.full(len(temperatures), np.nan)
        ax.set_title("solid: calibration, dashed: test; ▼ lowest", fontsize=FONT_SIZE, loc="left")
        self.now = ax.axvline(1, color=GREY, linestyle=(0, (1, 2)), linewidth=2)
        self.best = ax.plot([], [], marker="v", markersize=11, color=LIGHT, markeredgecolor="black", linestyle="none")[
            0
        ]
        self.calibration = ax.plot(temperatures, nothing, color=DARK, linewidth=2)[0]
        self.test = ax.plot(temperatures, nothing, color="black", linestyle="dashed", linewidth=2)[0]
        self.dot = ax.plot([], [], color=DARK, marker="o", markersize=8, clip_on=False)[0]
        self._above = 0.07 * (high - low + 2 * room)

    def move(self, calibration: FloatArray, test: FloatArray, best: float, temperature: float, nll: float) -> None:
        """Show other curves `(m,)`, the T with the lowest NLL of the calibration patients, and a dot where T is now."""
        self.calibration.set_ydata(calibration)
        self.test.set_ydata(test)
        self.best.set_data([best], [calibration.min() + self._above])
        self.now.set_xdata([temperature, temperature])
        self.dot.set_data([temperature], [nll])


# ---- the Brier score -----------------------------------------------------------------------------


class BrierParts(Picture):
    """A `BrierDecomposition` as two stacked bars that share the piece "refinement".

    Above, uncertainty = refinement + resolution: what a model is given, and how much of it its sorting takes away.
    Below, Brier score = refinement + reliability + the two within-bin terms (black; white and dotted where they take
    away, so the filled bar ends at the score). `highest` is the end of the axis.
    """

    def __init__(self, ax: Axes, parts: BrierDecomposition, title: str = "", *, highest: float = 0.25) -> None:
        def bar(row: int, colour: str, hatch: str) -> Rectangle:
            return ax.barh([row], [0], height=0.34, color=colour, hatch=hatch, edgecolor="black").patches[0]

        self.title = ax.set_title("", fontsize=FONT_SIZE, loc="left")
        self.resolution = bar(1, "white", "///")
        self.refinement_above = bar(1, "0.72", "")
        self.refinement = bar(0, "0.72", "")
        self.reliability = bar(0, LIGHT, "xx")
        self.within_bins = bar(0, "black", "")
        self.text_below = ax.text(0, 0.25, "", fontsize=FONT_SIZE, va="bottom")
        self.text_above = ax.text(0, 1.25, "", fontsize=FONT_SIZE, va="bottom")
        tidy(ax, xlabel="mean squared error")
        ax.set(xlim=(0, highest), ylim=(-0.3, 2), yticks=())
        ax.spines["left"].set_visible(False)
        self.move(parts, title)

    def move(self, parts: BrierDecomposition, title: str = "") -> None:
        """Show another decomposition."""
        within = parts.within_bin_variance - parts.within_bin_covariance
        self.title.set_text(title)
        self.refinement_above.set_width(parts.refinement)
        self.resolution.set(x=parts.refinement, width=parts.resolution)
        self.refinement.set_width(parts.refinement)
        self.reliability.set(x=parts.refinement, width=parts.reliability)
        self.within_bins.set(x=parts.refinement + parts.reliability, width=within)
        self.within_bins.set(facecolor="black" if within > 0 else "white", hatch="" if within > 0 else "..")
        self.text_above.set_text(
            f"uncertainty {parts.uncertainty:.4f} = refinement {parts.refinement:.4f}\n"
            f"+ resolution {parts.resolution:.4f} (striped)"
        )
        self.text_below.set_text(
            f"Brier {parts.score:.4f} = refinement {parts.refinement:.4f}\n"
            f"+ reliability {parts.reliability:.4f} (crossed) {signed(within)} within"
        )


def signed(number: float) -> str:
    """Return a small number as text with its sign apart, for a sum: "+ 0.0012" or "− 0.0012"."""
    return f"{'−' if number <= -0.00005 else '+'} {abs(number):.4f}"


def draw_lines(
    ax: Axes, x: Sequence[float], lines: Mapping[str, ArrayLike], *, xlabel: str = "", ylabel: str = ""
) -> dict[str, Line2D]:
    """Draw named lines with a mark at each x `(m,)`, one style each, and their legend. x is spaced as ratios are.

    `lines` maps a name to its values `(m,)`; the columns of a DataFrame will do. Returns the lines by name.
    """
    tidy(ax, xlabel=xlabel, ylabel=ylabel)
    drawn = {}
    for k, name in enumerate(lines):
        look, colour, mark = LINE_STYLES[k % 4], COLOURS[k % 4], "osD^"[k % 4]
        (drawn[name],) = ax.plot(
            x, np.asarray(lines[name]), label=name, linestyle=look, color=colour, marker=mark, linewidth=2.2
        )
    ax.set_xscale("log")
    ax.set_xticks(x, [f"{value:g}" for value in x])
    ax.minorticks_off()
    ax.legend(fontsize=FONT_SIZE, frameon=False)
    return drawn


# ---- groups and decisions ------------------------------------------------------------------------

RATIOS = (0.05, 0.1, 0.2, 0.33, 0.5, 1, 2, 3, 5, 10, 20)  # the marked ones: each with its reverse


def draw_ratios(
    ax: Axes,
    names: Sequence[str],
    ratio: Iterable[float],
    low: Iterable[float],
    high: Iterable[float],
    *,
    xlabel: str = "observed / expected (95% interval)",
) -> list[ErrorbarContainer]:
    """Draw ratios with their intervals, one row per name from above; the line at 1 means right on average.

    The axis is logarithmic: half and twice as many lie as far from 1. A row whose interval leaves out 1 has a filled
    mark. Returns the error bars' containers.
    """
    low, high = list(low), list(high)
    rows = np.arange(len(names))
    tidy(ax, xlabel=xlabel)
    ax.set_xscale("log")
    ax.axvline(1, color=GREY, linestyle="dashed")
    drawn = []
    for row, value, least, most in zip(rows, ratio, low, high, strict=True):
        excluded = least > 1 or most < 1
        bars = ax.errorbar([value], [row], xerr=[[value - least], [most - value]], capsize=5, markersize=9, color=DARK)
        bars.lines[0].set(marker="s" if excluded else "o", markerfacecolor=DARK if excluded else "white")
        drawn.append(bars)
    ends = [end for end in (*low, *high) if 0 < end < np.inf]
    ax.set_xlim(min([0.45, *(0.93 * end for end in ends)]), max([2.2, *(1.07 * end for end in ends)]))
    ax.xaxis.set_major_locator(FixedLocator(RATIOS))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.minorticks_off()
    ax.set_yticks(rows, names)
    ax.invert_yaxis()
    return drawn


def draw_net_benefit(
    ax: Axes, thresholds: ArrayLike, curves: Mapping[str, ArrayLike], *, mark: float | None = None
) -> dict[str, Line2D]:
    """Draw net benefit against the threshold, in true positives per 1,000 patients; `curves` maps a name to its values.

    `mark` is a threshold to point out with a vertical line. Returns the lines by name.
    """
    tidy(ax, xlabel="threshold: the risk at which the clinic acts", ylabel="net benefit\n(true positives per 1,000)")
    ax.axhline(0, color="black", linewidth=1)
    lines = {}
    for k, (name, values) in enumerate(curves.items()):
        look, colour = LINE_STYLES[k % len(LINE_STYLES)], COLOURS[k % len(COLOURS)]
        (lines[name],) = ax.plot(
            thresholds, 1000 * np.asarray(values), linewidth=2.2, label=name, linestyle=look, color=colour
        )
    if mark is not None:
        ax.axvline(mark, color=GREY, linestyle=(0, (1, 2)))
    ax.legend(fontsize=FONT_SIZE, frameon=False)
    return lines
