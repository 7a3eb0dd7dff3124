"""Doubt: the mean of many passes, the entropy split, prediction sets and whom they cover, and what deferral does.

Each class is a picture that moves; most are empty until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.text import Text
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach.plots.picture import Picture
from clinxai_teach.plots.style import DARK, FONT_SIZE, GREY, LIGHT, QUARTER_LABELS, QUARTERS, tidy

# One look per line, so that each is known in grey print too: colour, dashes, marker, and the same sign for texts.
LOOKS = (
    (DARK, "solid", "o", "●"),
    (LIGHT, "dashed", "s", "■"),
    ("0.35", "dotted", "^", "▲"),
    ("black", "dashdot", "D", "◆"),
    (GREY, (0, (6, 2, 1, 2, 1, 2)), "v", "▼"),
)


# ---- many passes, one film -----------------------------------------------------------------------


class RunningMean(Picture):
    """The mean probability of each class over the passes so far, with a band around it: empty until it moves.

    `highest` is the number of passes at the right end of the logarithmic axis.
    """

    def __init__(self, ax: Axes, n_classes: int, *, highest: int = 200) -> None:
        tidy(ax, xlabel="passes so far", ylabel="mean probability")
        ax.set_xscale("log")
        ax.set(xlim=(1, highest), ylim=(-0.03, 1.03), yticks=(0, 0.5, 1), yticklabels=("0", "0.5", "1"))
        ticks = [tick for tick in (1, 5, 20, 50) if tick < highest / 2] + [highest]
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.minorticks_off()
        self.title = ax.set_title("", fontsize=FONT_SIZE, loc="left")
        self.bands, self.lines = [], []
        for colour, dashes, marker, _ in LOOKS[:n_classes]:
            self.bands.append(ax.fill_between([1, 2], 0, 0, color=colour, alpha=0.25, linewidth=0))
            self.lines += ax.plot(
                [],
                [],
                marker,
                color=colour,
                linestyle=dashes,
                linewidth=2.2,
                markersize=7,
                markevery=[-1],
                clip_on=False,
            )
        self.names = names_beside(ax, 1.04, n_classes)

    def move(self, mean: FloatArray, low: FloatArray, high: FloatArray, names: Sequence[str], title: str) -> None:
        """Show the means `(n, K)` after 1, 2, ... n passes, their bands, and a text for each class at the right end."""
        passes = np.arange(1, len(mean) + 1)
        heights = spread(mean[-1], 0.082)
        for k, (_, _, _, sign) in enumerate(LOOKS[: mean.shape[1]]):
            self.lines[k].set_data(passes, mean[:, k])
            corners = np.column_stack([np.r_[passes, passes[::-1]], np.r_[low[:, k], high[::-1, k]]])
            self.bands[k].set_verts([corners])
            self.names[k].set(y=heights[k], text=f"{sign} {names[k]}")
        self.title.set_text(title)


def names_beside(ax: Axes, left: float, n: int) -> list[Text]:
    """Return n empty texts beside an axes, from `left` on: 1 is its right edge. Their heights are data."""
    return [ax.text(left, 0, "", va="center", transform=ax.get_yaxis_transform(), fontsize=FONT_SIZE) for _ in range(n)]


def spread(values: ArrayLike, gap: float) -> FloatArray:
    """Return heights for texts beside `values`: in the same order, at least `gap` apart, between 0 and 1."""
    order = np.argsort(values, kind="stable")
    heights = np.asarray(values, dtype=float)[order]
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + gap)
    highest = 1.0
    for k in reversed(range(len(heights))):
        heights[k] = min(heights[k], highest)
        highest = heights[k] - gap
    placed = np.empty_like(heights)
    placed[order] = heights
    return placed


# ---- two kinds of doubt --------------------------------------------------------------------------


class Doubt(Picture):
    """An `EntropyDecomposition` of one number each as a stacked bar, a row per name from above.

    `splits` lists them in the order of `names`; `most` is the largest possible total, the end of the axis.
    """

    def __init__(
        self,
        ax: Axes,
        names: Sequence[str],
        splits: Iterable[tuple[float, float, float]],
        *,
        most: float,
        unit: str = "nats",
    ) -> None:
        rows = np.arange(len(names))
        tidy(ax, xlabel=f"doubt ({unit})")
        ax.set(xlim=(0, most), ylim=(len(names) - 0.4, -0.75))
        ax.set_yticks(rows, names)
        ax.tick_params(left=False)
        ax.spines["left"].set_visible(False)
        self.aleatoric = ax.barh(rows, 0, height=0.5, color="0.72", edgecolor="black").patches
        self.epistemic = ax.barh(rows, 0, height=0.5, color=LIGHT, hatch="////", edgecolor="black").patches
        self.numbers = [ax.text(0, row - 0.3, "", va="bottom", fontsize=FONT_SIZE) for row in rows]
        self.move(splits)

    def move(self, splits: Iterable[tuple[float, float, float]]) -> None:
        """Show other numbers."""
        for k, (total, aleatoric, epistemic) in enumerate(splits):
            self.aleatoric[k].set_width(aleatoric)
            self.epistemic[k].set(x=aleatoric, width=epistemic)
            self.numbers[k].set_text(
                f"total {total:.3f} = aleatoric {aleatoric:.3f} + epistemic {epistemic:.3f} (striped)"
            )


# ---- one person, many refits ---------------------------------------------------------------------


class Instability(Picture):
    """The risks that many refits give each person, as upright lines over their mean: empty until it moves.

    Where all refits agreed, each line would be a point on the diagonal. One person stands out in black.
    """

    def __init__(self, ax: Axes, *, highest: float = 0.2) -> None:
        tidy(ax, xlabel="mean risk of the 60 refits", ylabel="95% of the refits say")
        ticks = np.linspace(0, highest, 5)
        ax.set(xlim=(0, highest), ylim=(0, highest), xticks=ticks, yticks=ticks)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_ticklabels([f"{tick:.0%}" for tick in ticks])
        ax.plot([0, highest], [0, highest], color=GREY, linestyle="dashed")
        self.intervals = LineCollection([], colors="0.6", linewidths=1.4)
        self.one = LineCollection([], colors="black", linewidths=5)
        ax.add_collection(self.intervals, autolim=False)
        ax.add_collection(self.one, autolim=False)
        self.threshold = ax.axhline(0, color=LIGHT, linewidth=2, linestyle=(0, (1, 1)))
        self.title = ax.set_title("", fontsize=FONT_SIZE, loc="left")

    def move(
        self,
        mean: FloatArray,
        low: FloatArray,
        high: FloatArray,
        one: Sequence[float],
        threshold: float,
        title: str,
    ) -> None:
        """Show other people `(n,)`; `one` is the mean, low and high of the one who stands out."""
        self.intervals.set_segments([[(x, a), (x, b)] for x, a, b in zip(mean, low, high, strict=True)])
        self.one.set_segments([[(one[0], one[1]), (one[0], one[2])]])
        self.threshold.set_ydata([threshold, threshold])
        self.title.set_text(title)


# ---- prediction sets -----------------------------------------------------------------------------


class Scores(Picture):
    """A histogram of calibration scores, its height on a logarithmic axis, with thresholds: empty until it moves."""

    def __init__(self, ax: Axes, edges: FloatArray, *, unit: str = "patients", n_thresholds: int = 5) -> None:
        tidy(ax, xlabel="score of the true class: higher = fits worse", ylabel=unit)
        ax.set_yscale("log")
        ax.set(xlim=(edges[0], edges[-1]), ylim=(0.7, 2000), yticks=(1, 10, 100, 1000))
        ax.set_yticklabels(("1", "10", "100", "1000"))
        ax.minorticks_off()
        widths = np.diff(edges)
        self.bars = ax.bar(edges[:-1] + widths / 2, 0, width=0.92 * widths, bottom=0.7, color="0.6").patches
        self.thresholds = [
            ax.plot([], [], color="black", linewidth=2.2, linestyle="dashed")[0] for _ in range(n_thresholds)
        ]
        self.unit = ax.yaxis.label
        self.title = ax.set_title("", fontsize=FONT_SIZE, loc="left")

    def move(self, counts: ArrayLike, thresholds: Iterable[float], title: str, *, unit: str = "patients") -> None:
        """Show other counts per bin, and a dashed line at each finite threshold."""
        for bar, count in zip(self.bars, np.asarray(counts), strict=True):
            bar.set_height(max(count - 0.7, 0))
        finite = [threshold for threshold in thresholds if np.isfinite(threshold)]
        for k, line in enumerate(self.thresholds):
            line.set_data(*(([finite[k]] * 2, [0.7, 2000]) if k < len(finite) else ([], [])))
        self.unit.set_text(unit)
        self.title.set_text(title)


class ShareRows(Picture):
    """Bars for shares, each with its name on the left and its number at the end: empty until it moves.

    `empty_first` hatches the first row: an empty set is no answer and must look like none of the others.
    """

    def __init__(self, ax: Axes, n_rows: int, *, xlabel: str, empty_first: bool = False) -> None:
        rows = range(n_rows)
        tidy(ax, xlabel=xlabel)
        ax.set(xlim=(0, 1), ylim=(n_rows - 0.5, -0.5), xticks=(0, 0.5, 1), xticklabels=("0", "50%", "100%"), yticks=())
        ax.spines["left"].set_visible(False)
        self.bars = ax.barh(rows, 0, height=0.66, color="0.6", edgecolor="black").patches
        if empty_first:
            self.bars[0].set(facecolor="white", hatch="xxx")
        beside = ax.get_yaxis_transform()
        self.names = [
            ax.text(-0.02, row, "", ha="right", va="center", transform=beside, fontsize=FONT_SIZE) for row in rows
        ]
        self.numbers = [ax.text(0, row, "", va="center", fontsize=FONT_SIZE) for row in rows]
        self.title = ax.set_title("", fontsize=FONT_SIZE, loc="left")

    def move(self, names: Sequence[str], shares: Sequence[float] | FloatArray, title: str) -> None:
        """Show other shares. Rows beyond `names` stay blank."""
        for row, (bar, name, number) in enumerate(zip(self.bars, self.names, self.numbers, strict=True)):
            used = row < len(names)
            bar.set(width=shares[row] if used else 0, visible=used)
            name.set_text(names[row] if used else "")
            number.set(x=shares[row] + 0.02 if used else 0, text=percent(shares[row]) if used else "")
        self.title.set_text(title)


def percent(share: float) -> str:
    """Return a share as a text in whole percents, or "<1%", so that a few are not none."""
    return "<1%" if 0 < share < 0.005 else ">99%" if 0.995 < share < 1 else f"{share:.0%}"


class Coverage(Picture):
    """Coverages with their intervals, one row below the other, and a line at the promise: empty until it moves.

    `lowest` is the left end of the axis.
    """

    def __init__(self, ax: Axes, n_rows: int, *, lowest: float = 0.0) -> None:
        tidy(ax, xlabel="coverage (exact 95% interval)")
        ax.set(xlim=(lowest, 1.005), ylim=(n_rows - 0.5, -0.5), yticks=())
        ax.spines["left"].set_visible(False)
        self.promise = ax.axvline(1, color=GREY, linestyle="dashed", linewidth=2)
        self.intervals = LineCollection([], colors=DARK, linewidths=2)
        ax.add_collection(self.intervals, autolim=False)
        self.kept, self.broken = (
            ax.plot([], [], marker, color=DARK, markersize=9, linestyle="none", clip_on=False)[0] for marker in "os"
        )
        self.kept.set(markerfacecolor="white", markeredgewidth=2)
        self.names, self.numbers = (
            [
                ax.text(left, row, "", ha=side, va="center", transform=ax.get_yaxis_transform(), fontsize=FONT_SIZE)
                for row in range(n_rows)
            ]
            for left, side in ((-0.05, "right"), (1.05, "left"))
        )
        self.title = ax.set_title("", fontsize=FONT_SIZE, loc="left")

    def move(
        self,
        names: Sequence[str],
        coverage: FloatArray,
        low: FloatArray,
        high: FloatArray,
        promise: float,
        title: str,
    ) -> None:
        """Show other coverages. A filled square lies below the promise with its whole interval; all others are circles.

        Rows beyond `names` stay blank.
        """
        rows = range(len(names))
        broken = [row for row in rows if high[row] < promise]
        kept = [row for row in rows if row not in broken]
        self.promise.set_xdata([promise, promise])
        self.intervals.set_segments([[(low[row], row), (high[row], row)] for row in rows])
        self.kept.set_data([coverage[row] for row in kept], kept)
        self.broken.set_data([coverage[row] for row in broken], broken)
        for row, (name, number) in enumerate(zip(self.names, self.numbers, strict=True)):
            name.set_text(names[row] if row in rows else "")
            number.set_text(f"{coverage[row]:.2f}" if row in rows else "")
        self.title.set_text(title)


# ---- deferral ------------------------------------------------------------------------------------


class Deferral(Picture):
    """Curves against the fraction deferred, from none to half, with a mark where the slider stands: empty at first."""

    def __init__(self, ax: Axes, n_curves: int = 3) -> None:
        tidy(ax, xlabel="handed over: share of all", ylabel="share")
        ax.set(xlim=(0, 0.5), ylim=(-0.03, 1.03))
        ax.set_xticks((0, 0.1, 0.2, 0.3, 0.4, 0.5), ("0", "10%", "20%", "30%", "40%", "50%"))
        ax.set_yticks(QUARTERS, QUARTER_LABELS)
        self.here = ax.axvline(0, color=GREY, linestyle=(0, (1, 2)), linewidth=2)
        self.lines, self.dots = [], []
        for colour, dashes, marker, _ in LOOKS[:n_curves]:
            self.lines += ax.plot([], [], color=colour, linestyle=dashes, linewidth=2.2)
            self.dots += ax.plot([], [], color=colour, marker=marker, markersize=9, clip_on=False)
        self.names = names_beside(ax, 1.03, n_curves)
        self.title = ax.set_title("", fontsize=FONT_SIZE, loc="left")

    def move(self, fractions: ArrayLike, curves: Mapping[str, FloatArray], here: float, title: str) -> None:
        """Show other curves: a dict from name to values at `fractions`. `here` is the slider's place."""
        place = int(np.argmin(np.abs(np.asarray(fractions) - here)))
        ends = [np.asarray(values)[np.isfinite(values)] for values in curves.values()]
        heights = spread([end[-1] if len(end) else 0 for end in ends], 0.082)
        self.here.set_xdata([here, here])
        for k, (name, values) in enumerate(curves.items()):
            self.lines[k].set_data(fractions, values)
            self.dots[k].set_data([here], [values[place]])
            here_it_is = f"{LOOKS[k][3]} {values[place]:.2f}" if np.isfinite(values[place]) else "none"
            self.names[k].set(y=heights[k], text=f"{name}: {here_it_is}")
        self.title.set_text(title)


class IllParts(Picture):
    """One bar of three parts, with a text for each below: the ill found, missed and handed over. Empty at first."""

    def __init__(self, ax: Axes) -> None:
        tidy(ax)
        ax.set(xlim=(0, 1), ylim=(-1.9, 0.5), xticks=(), yticks=())
        ax.spines[:].set_visible(False)
        self.title = ax.set_title("", fontsize=FONT_SIZE, loc="left")
        self.bars, self.texts = [], []
        for k, (colour, hatch) in enumerate(((DARK, ""), ("white", "xxx"), ("0.75", ""))):
            height = -0.75 - 0.45 * k
            self.bars += ax.barh(
                [0], [0], height=0.7, color=colour, hatch=hatch, edgecolor="black", clip_on=False
            ).patches
            ax.barh([height], [0.05], height=0.3, color=colour, hatch=hatch, edgecolor="black", clip_on=False)
            self.texts.append(ax.text(0.08, height, "", va="center", fontsize=FONT_SIZE))

    def move(self, found: float, missed: float, handed_over: float, title: str) -> None:
        """Show other counts."""
        start, whole = 0.0, found + missed + handed_over
        counts = (("found", found), ("missed", missed), ("handed over", handed_over))
        for bar, text, (name, count) in zip(self.bars, self.texts, counts, strict=True):
            bar.set(x=start, width=count / whole)
            start += count / whole
            text.set_text(f"{name}: {count:.0f} ({percent(count / whole)})")
        self.title.set_text(title)
