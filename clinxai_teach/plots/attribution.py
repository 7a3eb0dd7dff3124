"""Attribution maps with a sign, the sum they must have, shares of a heatmap, and features that join a prediction.

Each class is a picture that moves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import NullLocator
from numpy.typing import ArrayLike

from clinxai_teach.plots.films import Places
from clinxai_teach.plots.picture import Picture
from clinxai_teach.plots.style import DARK, FONT_SIZE, GREY, LIGHT, bare, tidy

# Two hues that meet in the middle grey of zero, and lightness that only rises: in grey print dark still means
# "against" and light "for".
PATCH = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}  # behind a number, to keep it clear of lines
SIGNED_COLOURS = LinearSegmentedColormap.from_list(
    "against_for", ["#0b1f4b", "#2b5c9e", "#8a8a8a", "#f2b33d", "#fff7d6"]
)


# ---- maps with a sign ----------------------------------------------------------------------------


class SignedMap(Picture):
    """Attributions with their sign `(H, W)`: light where they count for the class, dark where against.

    Zero is middle grey. `scale` is the size that gets the full colour, written below with its `unit`; None takes
    the largest size in the map. `marker` and `lesion` are regions to outline, as in `Heatmap`.
    """

    def __init__(
        self,
        ax: Axes,
        values: ArrayLike,
        title: str = "",
        *,
        scale: float | None = None,
        unit: str = "logits",
        marker: ArrayLike | None = None,
        lesion: ArrayLike | None = None,
    ) -> None:
        bare(ax)
        self.values = ax.imshow(values, cmap=SIGNED_COLOURS, vmin=-1, vmax=1, interpolation="nearest")
        self.places = Places(ax)
        self.legend = ax.xaxis.label
        self.legend.set_fontsize(FONT_SIZE)
        self.title = ax.set_title("", fontsize=FONT_SIZE)
        self.move(values, title, scale=scale, unit=unit, marker=marker, lesion=lesion)

    def move(
        self,
        values: ArrayLike,
        title: str,
        *,
        scale: float | None = None,
        unit: str = "logits",
        marker: ArrayLike | None = None,
        lesion: ArrayLike | None = None,
    ) -> None:
        """Show another map. The arguments are those of the class."""
        values = np.asarray(values)
        scale = float(abs(values).max()) if scale is None else scale
        self.values.set_data(values / scale if scale > 0 else 0 * values)
        self.title.set_text(title)
        legend = ["zero everywhere"]
        if scale > 0:
            legend = ["light: for, dark: against", f"full colour: {scale:.2g} {unit}"]
        legend += self.places.move(marker=marker, lesion=lesion)
        self.legend.set_text("\n".join(legend))


# ---- completeness --------------------------------------------------------------------------------


class Completeness(Picture):
    """Two bars that must be equal: the change of the score, and the sum of the attributions; hatched, their gap.

    `needed` and `total` are in logits; the axis runs over `limits`.
    """

    def __init__(self, ax: Axes, needed: float, total: float, limits: tuple[float, float]) -> None:
        self.needed = ax.barh(0, 0, height=0.5, color=DARK).patches[0]
        self.total = ax.barh(1, 0, height=0.5, color=LIGHT).patches[0]
        self.gap = ax.barh(1, 0, height=0.5, facecolor="none", edgecolor="black", hatch="////").patches[0]
        ends = [-0.25, 0.25, np.nan, 0.75, 1.25]  # moves too, so that it stays on top of the bars
        self.zero = ax.plot([0, 0, 0, 0, 0], ends, color="black", linewidth=1.5)[0]
        self.labels = [ax.text(0, row, "", va="bottom", fontsize=FONT_SIZE) for row in (-0.28, 0.72)]
        self.axis, self._ax = ax.xaxis, ax
        tidy(ax, xlabel="logits")
        ax.set(yticks=(), ylim=(1.45, -0.8))
        ax.spines["left"].set_visible(False)
        self.move(needed, total, limits)

    def move(self, needed: float, total: float, limits: tuple[float, float]) -> None:
        """Show other sums."""
        self._ax.set_xlim(limits)
        self.needed.set_width(needed)
        self.total.set_width(total)
        self.gap.set(x=total, width=needed - total)
        texts = (f"F(film) - F(baseline): {needed:+.2f}", f"sum of map: {total:+.2f}, gap {total - needed:+.2f}")
        for label, text in zip(self.labels, texts, strict=True):
            label.set(text=text, x=limits[0])


class GapCurve(Picture):
    """The size of the gap in logits against the number of steps, both on log scales; `now` is marked."""

    def __init__(self, ax: Axes, steps: Sequence[int], gaps: Sequence[float], now: int) -> None:
        self.curve = ax.plot([], [], "o-", color=GREY, markersize=4)[0]
        self.now = ax.plot([], [], "D", color="black", markersize=9)[0]
        tidy(ax, xlabel="steps", ylabel="gap (logits)")
        ax.set(xscale="log", yscale="log", xlim=(0.8, 1.25 * max(steps)), ylim=(0.01, 100))
        ax.set_xticks(steps, [f"{step}" if step in (1, 4, 16, 64) else "" for step in steps])
        ax.set_yticks([0.01, 1, 100], ["0.01", "1", "100"])
        ax.xaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_minor_locator(NullLocator())
        self.move(steps, gaps, now)

    def move(self, steps: Sequence[int], gaps: Sequence[float], now: int) -> None:
        """Show other gaps."""
        sizes = [min(max(abs(gap), 0.01), 100) for gap in gaps]  # what is smaller or larger lies at the edge
        self.curve.set_data(steps, sizes)
        self.now.set_data([now], [sizes[list(steps).index(now)]])


# ---- shares of a heatmap -------------------------------------------------------------------------


class Shares(Picture):
    """A heatmap's shares in percent as bars, one for each place in `names`, with a line at what chance gives.

    `shares` and `chances` lie between 0 and 1; None means that the film has no such place.
    """

    def __init__(
        self,
        ax: Axes,
        names: Sequence[str],
        shares: Sequence[float | None],
        chances: Sequence[float],
        title: str = "",
    ) -> None:
        rows = range(len(names))
        self.bars = ax.barh(rows, [0] * len(names), height=0.4, color="0.35").patches
        self.chances = [ax.plot([], [], color="black", linewidth=3, linestyle=(0, (1, 0.6)))[0] for _ in rows]
        self.numbers = [ax.text(0, row - 0.32, "", va="bottom", fontsize=FONT_SIZE) for row in rows]
        self.title = ax.set_title("", fontsize=FONT_SIZE, loc="left")
        tidy(ax, xlabel="share of the heatmap (%)\ndotted line: chance")
        ax.set(xlim=(0, 50), ylim=(len(names) - 0.55, -0.75), yticks=(), xticks=(0, 25, 50))
        self.move(names, shares, chances, title)

    def move(self, names: Sequence[str], shares: Sequence[float | None], chances: Sequence[float], title: str) -> None:
        """Show other shares. A bar beyond the axis is cut; its number is not."""
        self.title.set_text(title)
        for row, (name, share, chance) in enumerate(zip(names, shares, chances, strict=True)):
            if share is None:
                self.bars[row].set_width(0)
                self.chances[row].set_data([], [])
                self.numbers[row].set_text(f"{name} none")
            else:
                self.bars[row].set_width(min(100 * share, 50))
                self.chances[row].set_data(2 * [100 * chance], [row - 0.3, row + 0.3])
                self.numbers[row].set_text(f"{name} {share:.0%}, chance {chance:.0%}")


# ---- features that join --------------------------------------------------------------------------


class Joining(Picture):
    """How a prediction moves while features join one after the other, from the mean prediction on top.

    `labels` are the features in the order of joining, with their values; `values` `(n + 1,)` the prediction in
    percent before and after each of them, of which the first `n_joined` steps are shown. The axis runs over `limits`.
    """

    def __init__(
        self,
        ax: Axes,
        labels: Sequence[str],
        values: Sequence[float],
        n_joined: int,
        limits: tuple[float, float],
    ) -> None:
        rows = range(1, len(labels) + 1)
        self.bars = ax.barh(rows, [0] * len(labels), height=0.55, edgecolor="black").patches
        self.steps = [
            ax.annotate("", (0, row), (5, 0), textcoords="offset points", va="center", fontsize=FONT_SIZE, bbox=PATCH)
            for row in rows
        ]
        self.names = [
            ax.text(-0.02, row, "", ha="right", va="center", fontsize=FONT_SIZE, transform=ax.get_yaxis_transform())
            for row in rows
        ]
        self.start = ax.plot([], [], color="black", linestyle=":", linewidth=1.5)[0]
        self.now = ax.plot([], [], color="black", linewidth=2.5)[0]
        self.title = ax.set_title("", fontsize=FONT_SIZE)
        tidy(ax, xlabel="predicted probability (%)")
        ax.set(xlim=limits, ylim=(len(labels) + 0.6, 0.3), yticks=())
        ax.spines["left"].set_visible(False)
        self.move(labels, values, n_joined)

    def move(self, labels: Sequence[str], values: Sequence[float], n_joined: int) -> None:
        """Show other features, in another order, or more of them joined."""
        ends = [0.3, len(labels) + 0.6]
        self.start.set_data(2 * [values[0]], ends)
        self.now.set_data(2 * [values[n_joined]], ends)
        self.title.set_text(f"mean {values[0]:.1f}% (dotted), now {values[n_joined]:.1f}%")
        for row, name in enumerate(labels):
            before, after = values[row : row + 2]
            joined = row < n_joined
            up = after >= before
            self.names[row].set(text=name, color="black" if joined else "0.4")
            self.bars[row].set(
                x=before,
                width=after - before,
                facecolor=DARK if up else LIGHT,
                hatch="" if up else "///",
                visible=joined,
            )
            # To the right of the bar there is always room; to the left there may be the name.
            self.steps[row].xy = (max(before, after), row + 1)
            self.steps[row].set(text=f"{after - before:+.1f}", visible=joined)


class Gains(Picture):
    """What each feature adds now (dot), in any order (line), and on average over all orders (diamond).

    All are in percentage points and in the order of `Joining`, beside which it stands. The dot of a feature shows
    once it has joined. The axis runs from -`limit` to `limit`.
    """

    def __init__(
        self,
        ax: Axes,
        gains: Sequence[float],
        lowest: Sequence[float],
        highest: Sequence[float],
        mean: ArrayLike,
        n_joined: int,
        limit: float,
    ) -> None:
        n = len(gains)
        ax.axvline(0, color=GREY, linewidth=1)
        self.ranges = [ax.plot([], [], color=GREY, linewidth=5, solid_capstyle="butt")[0] for _ in range(n)]
        self.means = ax.plot([], [], "D", color="white", markeredgecolor="black", markersize=10, linestyle="none")[0]
        self.gains = ax.plot([], [], "o", color="black", markersize=6, linestyle="none")[0]
        tidy(ax, xlabel="it adds (percentage points)")
        ax.set(xlim=(-limit, limit), ylim=(n + 0.6, 0.3), yticks=())
        ax.set_title("dot: now, line: in any order,\ndiamond: mean of all orders", fontsize=FONT_SIZE)
        ax.spines["left"].set_visible(False)
        self.move(gains, lowest, highest, mean, n_joined)

    def move(
        self,
        gains: Sequence[float],
        lowest: Sequence[float],
        highest: Sequence[float],
        mean: ArrayLike,
        n_joined: int,
    ) -> None:
        """Show other features, in another order, or more of them joined."""
        rows = range(1, len(gains) + 1)
        for row, line, low, high in zip(rows, self.ranges, lowest, highest, strict=True):
            line.set_data([low, high], [row, row])
        self.means.set_data(mean, rows)
        self.gains.set_data(gains[:n_joined], rows[:n_joined])


class LogOddsStep(Picture):
    """A step in log-odds on the curve to probability: from `before` (circle) to `after` (diamond), in percent."""

    def __init__(self, ax: Axes, before: float, after: float) -> None:
        z = np.linspace(-7, 7, 200)
        ax.plot(z, 100 / (1 + np.exp(-z)), color=GREY, linewidth=2)
        self.path = ax.plot([], [], color=DARK, linewidth=3)[0]  # along, then up
        self.before = ax.plot([], [], "o", color="white", markeredgecolor="black", markersize=11)[0]
        self.after = ax.plot([], [], "D", color=LIGHT, markeredgecolor="black", markersize=11)[0]
        self.title = ax.set_title("", fontsize=FONT_SIZE)
        tidy(ax, xlabel="log-odds (circle: before, diamond: after)", ylabel="probability (%)")
        ax.set(xlim=(-7, 7), ylim=(0, 100))
        self.move(before, after)

    def move(self, before: float, after: float) -> None:
        """Show another step; both ends lie between 0 and 100, without these."""
        start, end = (float(np.log(p / (100 - p))) for p in (before, after))
        self.path.set_data([start, end, end], [before, before, after])
        self.before.set_data([start], [before])
        self.after.set_data([end], [after])
        self.title.set_text(f"{end - start:+.1f} log-odds: {before:.0f}% to {after:.1f}%, {after - before:+.1f} points")
