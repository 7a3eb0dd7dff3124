"""Trust: one patient as several refits see them, what a team costs, and what advice does to people.

A class is a picture that moves; a `draw_...` function draws one that stays.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from clinxai_teach._types import FloatArray
from clinxai_teach.plots.picture import Picture
from clinxai_teach.plots.style import DARK, FONT_SIZE, GREY, LIGHT, tidy

# Parts of the cost, from the left: name, face, edge, hatch. They differ in grey print too.
COST_PARTS = (
    ("missed cases", DARK, "black", None),
    ("false alarms", LIGHT, "black", "///"),
    ("reading", "white", "black", "..."),
)


def draw_refits(
    ax: Axes, names: Sequence[str], risks: Sequence[Sequence[float]], said: float, rule: float
) -> list[Line2D]:
    """Draw what the refits of a model say of each patient: a row per name, a dot per refit.

    `risks` has one list of risks per name. A dashed line stands at `said`, the risk that the tool showed, and a dotted
    one at `rule`, the risk from which one acts. Returns the dots' lines.
    """
    rows = np.arange(len(names))
    tidy(ax, xlabel="risk, as 20 refits of the same model say it")
    ax.axvline(said, color=GREY, linestyle="dashed", linewidth=2)
    ax.axvline(rule, color="black", linestyle="dotted", linewidth=2)
    drawn = []
    for row, values in zip(rows, risks, strict=True):
        ax.plot([min(values), max(values)], [row, row], color="black", linewidth=1)
        drawn += ax.plot(values, np.full(len(values), row), "o", color=DARK, markerfacecolor="white", markersize=8)
    ax.set(xlim=(0, 1), ylim=(len(names) - 0.5, -0.5), yticks=rows, yticklabels=names)
    return drawn


def draw_reasons(
    ax: Axes, names: Sequence[str], values: Sequence[float], title: str, *, most: float
) -> list[Rectangle]:
    """Draw the largest contributions to one output, largest on top; `most` is the end of the axis on both sides.

    Returns the bars. A contribution that lowers the output is hatched.
    """
    tidy(ax, xlabel="log-odds")
    bars = ax.barh(np.arange(len(names)), values, height=0.55, edgecolor="black").patches
    for bar, value in zip(bars, values, strict=True):
        bar.set(facecolor=DARK if value > 0 else "white", hatch=None if value > 0 else "///")
    ax.axvline(0, color="black", linewidth=1)
    for row, name in enumerate(names):
        ax.text(-most, row - 0.33, name, fontsize=FONT_SIZE, va="bottom")
    ax.set(xlim=(-most, most), ylim=(len(names) - 0.5, -0.85), yticks=())
    ax.spines["left"].set_visible(False)
    ax.set_title(title, fontsize=FONT_SIZE, loc="left")
    return bars


class Costs(Picture):
    """Stacked bars of the cost of each way of working, a row per name, with columns of numbers: empty until it moves.

    `columns` names the numbers on the right.
    """

    def __init__(self, ax: Axes, names: Sequence[str], columns: Sequence[str]) -> None:
        rows = range(len(names))
        tidy(ax, xlabel="cost per 100 patients (one false alarm = 1)")
        ax.set(ylim=(len(names) - 0.5, -0.5), yticks=rows, yticklabels=names)
        ax.tick_params(left=False)
        ax.spines["left"].set_visible(False)
        beside = ax.get_yaxis_transform()
        places = 1.1 + 0.22 * np.arange(len(columns))
        ax.text(0, -0.62, "All numbers per 100 patients", va="bottom", fontsize=FONT_SIZE, transform=beside)
        for place, column in zip(places, columns, strict=True):
            ax.text(place, -0.62, column, ha="center", va="bottom", fontsize=FONT_SIZE, transform=beside)
        self.parts = [
            ax.barh(rows, 0, height=0.6, color=face, edgecolor=edge, hatch=hatch, label=name).patches
            for name, face, edge, hatch in COST_PARTS
        ]
        self.totals = [ax.text(0, row, "", va="center", fontsize=FONT_SIZE) for row in rows]
        self.numbers = [
            [
                ax.text(place, row, "", ha="center", va="center", transform=beside, fontsize=FONT_SIZE)
                for place in places
            ]
            for row in rows
        ]
        self.axis, self._ax = ax.xaxis, ax
        ax.legend(
            loc="upper left",
            bbox_to_anchor=(-0.62, -0.27),
            ncols=3,
            fontsize=FONT_SIZE,
            frameon=False,
            columnspacing=1.5,
        )

    def move(self, parts: FloatArray, numbers: FloatArray) -> None:
        """Show other costs `parts (n_names, 3)`, in the order of `COST_PARTS`, and `numbers (n_names, n_columns)`."""
        ends = np.cumsum(parts, axis=1)
        totals = ends[:, -1]
        lowest = np.isclose(totals, totals.min())
        self._ax.set_xlim(0, 1.5 * max(totals.max(), 1))
        for k, bars in enumerate(self.parts):
            for row, bar in enumerate(bars):
                bar.set(x=ends[row, k] - parts[row, k], width=parts[row, k])
        for row, total in enumerate(self.totals):
            words = f" {totals[row]:.1f}" + (" lowest" if lowest[row] else "")
            total.set(x=totals[row], text=words, weight="bold" if lowest[row] else "normal")
            for text, number in zip(self.numbers[row], numbers[row], strict=True):
                text.set_text(f"{number:.1f}")


def draw_changes(ax: Axes, names: Sequence[str], changes: Sequence[float], *, xlabel: str) -> list[Rectangle]:
    """Draw changes from a baseline, a row per name: harm to the left, hatched, benefit to the right.

    Returns the bars.
    """
    tidy(ax, xlabel=xlabel)
    bars = ax.barh(np.arange(len(names)), changes, height=0.55, edgecolor="black").patches
    for row, (bar, change) in enumerate(zip(bars, changes, strict=True)):
        bar.set(facecolor=DARK if change > 0 else LIGHT, hatch=None if change > 0 else "///")
        side, end = ("left", change + 0.3) if change > 0 else ("right", change - 0.3)
        ax.text(end, row, f"{change:+.1f}", ha=side, va="center", fontsize=FONT_SIZE)
    ax.axvline(0, color="black", linewidth=1)
    ax.set_yticks(np.arange(len(names)), names)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    return bars
