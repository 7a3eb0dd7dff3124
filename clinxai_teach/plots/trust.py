"""Trust: one patient as several refits see them, what a team costs, and what advice does to people.

A class is a picture that moves; a `draw_...` function draws one that stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

from clinxai_teach._types import FloatArray
from clinxai_teach.plots.picture import Picture
from clinxai_teach.plots.style import DARK, FONT_SIZE, LIGHT, tidy

if TYPE_CHECKING:
    import pandas as pd

# Parts of the cost, from the left: name, face, edge, hatch. They differ in grey print too.
COST_PARTS = (
    ("missed cases", DARK, "black", None),
    ("false alarms", LIGHT, "black", "///"),
    ("reading", "white", "black", "..."),
)


def draw_refits(
    ax: Axes,
    names: Sequence[str],
    risks: Sequence[Sequence[float]],
    said: Sequence[float],
    rule: float,
    *,
    most: float = 1.0,
) -> list[Line2D]:
    """Draw what the refits of a model say of each patient: a row per name, a circle per refit.

    `risks` has one list of risks per name, `said` the risk that the tool showed to each (a filled diamond). A dotted
    line stands at `rule`, the risk from which one acts; the axis ends at `most`. Returns the circles' lines.
    """
    rows = np.arange(len(names))
    tidy(ax, xlabel=f"risk: circles, {len(risks[0])} refits of the same model; diamond, what the tool says")
    ax.axvline(rule, color="black", linestyle="dotted", linewidth=2)
    drawn = []
    for row, values, own in zip(rows, risks, said, strict=True):
        ax.plot([min(values), max(values)], [row, row], color="black", linewidth=1)
        drawn += ax.plot(values, np.full(len(values), row), "o", color=DARK, markerfacecolor="white", markersize=8)
        ax.plot(own, row, "D", color="black", markersize=9)
    ax.set(xlim=(0, most), ylim=(len(names) - 0.5, -0.5), yticks=rows, yticklabels=names)
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))  # whole percents
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
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

    `columns` names the numbers on the right. Above all stands what is assumed.
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
        self.assumed = ax.text(-0.61, -1.5, "", va="bottom", fontsize=FONT_SIZE, transform=beside)
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

    def move(self, parts: FloatArray, numbers: FloatArray, assumed: str) -> None:
        """Show other costs `parts (n_names, 3)`, in the order of `COST_PARTS`, and `numbers (n_names, n_columns)`.

        `assumed` says in one or two lines with what they were computed.
        """
        self.assumed.set_text(assumed)
        ends = np.cumsum(parts, axis=1)
        totals = ends[:, -1]
        lowest = np.isclose(totals, totals.min())
        self._ax.set_xlim(0, 1.5 * max(totals.max(), 1))
        for k, bars in enumerate(self.parts):
            for row, bar in enumerate(bars):
                bar.set(x=ends[row, k] - parts[row, k], width=parts[row, k])
        for row, total in enumerate(self.totals):
            words = f" {totals[row]:.1f}" + (" lowest here" if lowest[row] else "")
            total.set(x=totals[row], text=words, weight="bold" if lowest[row] else "normal")
            for text, number in zip(self.numbers[row], numbers[row], strict=True):
                text.set_text(f"{number:.1f}")


def draw_changes(
    ax: Axes,
    names: Sequence[str],
    changes: Sequence[float],
    *,
    xlabel: str,
    intervals: Sequence[tuple[float, float] | None] | None = None,
) -> list[Rectangle]:
    """Draw changes from a baseline, a row per name: harm to the left, hatched, benefit to the right.

    `intervals` are the ends of each change's interval, None where none is known. Returns the bars.
    """
    tidy(ax, xlabel=xlabel)
    bars = ax.barh(np.arange(len(names)), changes, height=0.55, edgecolor="black").patches
    for row, (bar, change) in enumerate(zip(bars, changes, strict=True)):
        ends = None if intervals is None else intervals[row]
        if ends is not None:
            ax.plot(ends, [row, row], color="black", linewidth=2, marker="|", markersize=12)
        low, high = ends or (change, change)
        bar.set(facecolor=LIGHT, hatch=None if change > 0 else "///")
        side, end = ("left", high + 0.3) if change > 0 else ("right", low - 0.3)
        ax.text(end, row, f"{change:+.1f}", ha=side, va="center", fontsize=FONT_SIZE)
    ax.axvline(0, color="black", linewidth=1)
    ax.set_yticks(np.arange(len(names)), names)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    return bars


def draw_share_bars(
    ax: Axes,
    names: Sequence[str],
    shares: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    xlabel: str,
) -> list[Rectangle]:
    """Draw shares from 0 to 1 with their intervals, a row per name. Returns the bars."""
    tidy(ax, xlabel=xlabel)
    rows = np.arange(len(names))
    bars = ax.barh(rows, shares, height=0.55, color=LIGHT, edgecolor="black").patches
    for row, share, bottom, top in zip(rows, shares, low, high, strict=True):
        ax.plot([bottom, top], [row, row], color="black", linewidth=2, marker="|", markersize=12)
        ax.text(top + 0.02, float(row), f"{share:.0%}", va="center", fontsize=FONT_SIZE)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    ax.set(xlim=(0, 1.15), yticks=rows, yticklabels=names, ylim=(len(names) - 0.5, -0.5))
    return bars


def draw_monitor(
    above: Axes,
    below: Axes,
    history: pd.DataFrame,
    *,
    promised: float,
    limit: float,
    changed_after: int | None = None,
    ylabel: str,
) -> list[Line2D]:
    """Draw the `history` of a monitor: above the rolling measure with its interval, below the evidence.

    A dashed line stands at what was `promised`, and at the `limit` of the evidence; a dotted one after the patient
    `changed_after`, where one knows. The evidence is drawn up to a million, and the picture says so where it is more.
    Returns the two curves.
    """
    patient = history.index.to_numpy()
    tidy(above, ylabel=ylabel)
    tidy(below, xlabel="films read, in order", ylabel="evidence: the money\n(log scale)")
    band = above.fill_between(patient, history["low"], history["high"], color=LIGHT, linewidth=0)
    band.set_label("its 95% interval, that of one look (for the eye)")
    lines = above.plot(patient, history["rolling"], color="black", linewidth=2, label="measured")
    promise = above.axhline(promised, color=DARK, linestyle="dashed", label=f"promised: {promised:g}")
    above.legend(handles=[*lines, band, promise], loc="lower left", fontsize=FONT_SIZE, frameon=False)
    evidence = np.clip(history["evidence"].to_numpy(), 1e-2, 1e6)
    lines += below.semilogy(patient, evidence, color="black", linewidth=2)
    below.axhline(limit, color=DARK, linestyle="dashed")
    below.text(patient[0], 1.3 * limit, f" alarm at {limit:g}", fontsize=FONT_SIZE, va="bottom")
    if history["evidence"].max() > 1e6:
        below.text(patient[0], 0.7e6, " more than a million is drawn as a million", fontsize=FONT_SIZE, va="top")
    for ax in (above, below):
        ax.set_xlim(patient[0], patient[-1])
        if changed_after is not None:
            ax.axvline(changed_after + 0.5, color="black", linestyle="dotted", linewidth=2)
    return lines
