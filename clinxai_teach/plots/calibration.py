"""Calibration: the reliability diagram, the parts of the Brier score, an ECE beside chance, and what a model is worth.

As in `plots.films`, a `draw_...` function returns its artists and the `move_...` function of the same name, where there
is one, gives them other content.
"""

import numpy as np
from matplotlib.collections import LineCollection

from clinxai_teach.plots.style import DARK, FONT_SIZE, GREY, LIGHT

LINE_STYLES = ("solid", "dashed", "dotted", "dashdot")


# ---- the reliability diagram ---------------------------------------------------------------------


def draw_reliability(ax, curve, title="", *, event="diabetes"):
    """Draw a `ReliabilityCurve`: a dot per bin with its interval, beside the diagonal of perfect calibration.

    `event` says whose share is on the vertical axis. Returns a dict of artists, for `move_reliability`.
    """
    ax.plot([0, 1], [0, 1], color=GREY, linestyle="dashed", linewidth=1.5)
    ax.text(0, 1, "dashed: perfect", color="0.35", va="top", fontsize=FONT_SIZE)
    tidy(ax, xlabel="predicted probability (mean of the bin)", ylabel=f"observed share: {event}")
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xticks=(0, 0.25, 0.5, 0.75, 1), yticks=(0, 0.25, 0.5, 0.75, 1))
    ax.set_xticklabels(("0", "0.25", "0.5", "0.75", "1"))
    ax.set_yticklabels(("0", "0.25", "0.5", "0.75", "1"))
    artists = {
        "intervals": ax.add_collection(LineCollection([], colors=DARK, linewidths=2), autolim=False),
        "dots": ax.plot([], [], color=DARK, marker="o", markersize=7, linewidth=1)[0],
        "title": ax.set_title("", fontsize=FONT_SIZE),
    }
    move_reliability(artists, curve, title)
    return artists


def move_reliability(artists, curve, title):
    """Show another curve with the artists of `draw_reliability`."""
    artists["dots"].set_data(curve.prob_pred, curve.prob_true)
    ends = zip(curve.prob_pred, curve.ci_low, curve.ci_high, strict=True)
    artists["intervals"].set_segments([[(x, low), (x, high)] for x, low, high in ends])
    artists["title"].set_text(title)


def draw_counts(ax, curve, *, unit="patients"):
    """Draw how many patients each bin of a `ReliabilityCurve` holds, with the number above each bar.

    Empty bins say 0. Meant to lie below the reliability diagram, with the same horizontal axis. Returns a dict of
    artists, for `move_counts`.
    """
    widths = np.diff(curve.edges)
    centres = curve.edges[:-1] + widths / 2
    artists = {
        "bars": ax.bar(centres, 0, width=0.9 * widths, color="0.6").patches,
        "numbers": [ax.text(x, 0, "", ha="center", va="bottom", rotation=90, fontsize=FONT_SIZE) for x in centres],
    }
    tidy(ax, xlabel="predicted probability", ylabel=unit)
    ax.set(xlim=(-0.02, 1.02), ylim=(0, 1), xticks=(0, 0.25, 0.5, 0.75, 1), yticks=())
    ax.set_xticklabels(("0", "0.25", "0.5", "0.75", "1"))
    ax.spines["left"].set_visible(False)
    move_counts(artists, curve)
    return artists


def move_counts(artists, curve):
    """Show the counts of another curve that has the same edges. The tallest bar fills half of the height."""
    counts = counts_of_all_bins(curve)
    for bar, number, count in zip(artists["bars"], artists["numbers"], counts, strict=True):
        height = 0.5 * count / counts.max()
        bar.set_height(height)
        number.set(y=height + 0.04, text=f"{count}")


def counts_of_all_bins(curve):
    """Return the number of patients in every bin, empty ones too, in the order of the edges."""
    counts = np.zeros(len(curve.edges) - 1, dtype=int)
    # A mean that lies on an edge belongs to the bin on its left. Rounding may have lifted it a little.
    counts[np.searchsorted(curve.edges[1:-1], curve.prob_pred - 1e-9)] = curve.count
    return counts


# ---- an ECE beside chance ------------------------------------------------------------------------


def draw_ece(ax, ece, band, title="", *, highest=0.25):
    """Draw an ECE (dot) beside its null band (grey): where the ECE of a perfectly calibrated model would lie.

    `band` is the `low, high` of `calibration_null_band`; `highest` the end of the axis. Returns a dict of artists, for
    `move_ece`.
    """
    tidy(ax)
    ax.set(xlim=(0, highest), ylim=(-1, 1), yticks=())
    ax.spines["left"].set_visible(False)
    artists = {
        "band": ax.barh([0], [0], height=1.2, color="0.75", edgecolor="0.35").patches[0],
        "dot": ax.plot([0], [0], color=DARK, marker="D", markersize=9, clip_on=False)[0],
        "title": ax.set_title("", fontsize=FONT_SIZE, loc="left"),
    }
    move_ece(artists, ece, band, title)
    return artists


def move_ece(artists, ece, band, title):
    """Show another ECE and band with the artists of `draw_ece`. A dot beyond the axis stays at its end."""
    low, high = band
    artists["band"].set(x=low, width=high - low)
    artists["dot"].set_data([min(ece, artists["dot"].axes.get_xlim()[1])], [0])
    artists["title"].set_text(title)


# ---- the temperature ------------------------------------------------------------------------------


def draw_nll(ax, temperatures, limits):
    """Draw the negative log-likelihood against the temperature: still empty, for `move_nll`. Returns its artists.

    `limits` are the least and the largest NLL of all the curves that will be shown, so that the axis can stay.
    """
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
    mark = {"marker": "v", "markersize": 11, "color": LIGHT, "markeredgecolor": "black", "linestyle": "none"}
    return {
        "now": ax.axvline(1, color=GREY, linestyle=(0, (1, 2)), linewidth=2),
        "best": ax.plot([], [], **mark)[0],
        "calibration": ax.plot(temperatures, nothing, color=DARK, linewidth=2)[0],
        "test": ax.plot(temperatures, nothing, color="black", linestyle="dashed", linewidth=2)[0],
        "dot": ax.plot([], [], color=DARK, marker="o", markersize=8, clip_on=False)[0],
    }


def move_nll(artists, calibration, test, best, temperature, nll):
    """Show other curves `(m,)`, the T with the lowest NLL of the calibration patients, and a dot where T is now."""
    low, high = artists["best"].axes.get_ylim()
    artists["calibration"].set_ydata(calibration)
    artists["test"].set_ydata(test)
    artists["best"].set_data([best], [calibration.min() + 0.07 * (high - low)])
    artists["now"].set_xdata([temperature, temperature])
    artists["dot"].set_data([temperature], [nll])


# ---- the Brier score -----------------------------------------------------------------------------

PARTS = {  # name: colour, hatch
    "refinement": ("0.72", ""),
    "resolution": ("white", "///"),
    "reliability": (LIGHT, "xx"),
    "within bins": ("black", ""),
}


def draw_brier_parts(ax, parts, title="", *, highest=0.25):
    """Draw a `BrierDecomposition` as two stacked bars that share the piece "refinement".

    Above, uncertainty = refinement + resolution: what a model is given, and how much of it its sorting takes away.
    Below, Brier score = refinement + reliability + the two within-bin terms. `highest` is the end of the axis. Returns
    a dict of artists, for `move_brier_parts`.
    """
    rows = {"resolution": 1, "refinement above": 1, "refinement": 0, "reliability": 0, "within bins": 0}
    artists = {"title": ax.set_title("", fontsize=FONT_SIZE, loc="left")}
    for name, row in rows.items():
        colour, hatch = PARTS[name.removesuffix(" above")]
        (artists[name],) = ax.barh([row], [0], height=0.34, color=colour, hatch=hatch, edgecolor="black").patches
    for row, name in enumerate(("text below", "text above")):
        artists[name] = ax.text(0, row + 0.25, "", fontsize=FONT_SIZE, va="bottom")
    tidy(ax, xlabel="mean squared error")
    ax.set(xlim=(0, highest), ylim=(-0.3, 2), yticks=())
    ax.spines["left"].set_visible(False)
    move_brier_parts(artists, parts, title)
    return artists


def move_brier_parts(artists, parts, title=""):
    """Show another decomposition with the artists of `draw_brier_parts`."""
    within = parts.within_bin_variance - parts.within_bin_covariance
    artists["title"].set_text(title)
    artists["refinement above"].set_width(parts.refinement)
    artists["resolution"].set(x=parts.refinement, width=parts.resolution)
    artists["refinement"].set_width(parts.refinement)
    artists["reliability"].set(x=parts.refinement, width=parts.reliability)
    artists["within bins"].set(x=parts.refinement + parts.reliability, width=within)
    artists["text above"].set_text(
        f"uncertainty {parts.uncertainty:.4f} = refinement {parts.refinement:.4f}\n"
        f"+ resolution {parts.resolution:.4f} (striped)"
    )
    artists["text below"].set_text(
        f"Brier {parts.score:.4f} = refinement {parts.refinement:.4f}\n"
        f"+ reliability {parts.reliability:.4f} (crossed) {signed(within)} within"
    )


def signed(number):
    """Return a small number as text with its sign apart, for a sum: "+ 0.0012" or "− 0.0012"."""
    return f"{'−' if number <= -0.00005 else '+'} {abs(number):.4f}"


# ---- groups and decisions ------------------------------------------------------------------------


def draw_ratios(ax, names, ratio, low, high, *, xlabel="observed / expected (95% interval)"):
    """Draw ratios with their intervals, one row per name from above; the line at 1 means right on average.

    A row whose interval leaves out 1 has a filled mark. Returns the error bars' containers.
    """
    rows = np.arange(len(names))
    tidy(ax, xlabel=xlabel)
    ax.axvline(1, color=GREY, linestyle="dashed")
    drawn = []
    for row, value, least, most in zip(rows, ratio, low, high, strict=True):
        excluded = least > 1 or most < 1
        style = {"marker": "s" if excluded else "o", "markerfacecolor": DARK if excluded else "white"}
        bars = ax.errorbar([value], [row], xerr=[[value - least], [most - value]], capsize=5, markersize=9, color=DARK)
        bars.lines[0].set(**style)
        drawn.append(bars)
    ax.set_yticks(rows, names)
    ax.invert_yaxis()
    return drawn


def draw_net_benefit(ax, thresholds, curves, *, mark=None):
    """Draw net benefit against the threshold, in true positives per 1,000 patients; `curves` maps a name to its values.

    `mark` is a threshold to point out with a vertical line. Returns the lines by name.
    """
    tidy(ax, xlabel="threshold: the risk at which the clinic acts", ylabel="net benefit\n(true positives per 1,000)")
    ax.axhline(0, color="black", linewidth=1)
    lines = {}
    for k, (name, values) in enumerate(curves.items()):
        style = {"linestyle": LINE_STYLES[k % len(LINE_STYLES)], "color": (DARK, LIGHT, "0.35", "black")[k % 4]}
        (lines[name],) = ax.plot(thresholds, 1000 * np.asarray(values), linewidth=2.2, label=name, **style)
    if mark is not None:
        ax.axvline(mark, color=GREY, linestyle=(0, (1, 2)))
    ax.legend(fontsize=FONT_SIZE, frameon=False)
    return lines


def tidy(ax, *, xlabel="", ylabel=""):
    """Give an axes its labels at the course's text size, and take the upper and right frame away."""
    ax.set_xlabel(xlabel, fontsize=FONT_SIZE)
    ax.set_ylabel(ylabel, fontsize=FONT_SIZE)
    ax.tick_params(labelsize=FONT_SIZE)
    ax.spines[["top", "right"]].set_visible(False)
