"""Shares with their intervals: how often, in several groups, and how sure that is."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer

from clinxai_teach.plots.style import DARK, FONT_SIZE, GREY, LIGHT, tidy

STYLES = ((DARK, "o"), (LIGHT, "s"), (GREY, "^"))  # told apart by their shape, too


def draw_shares(
    ax: Axes,
    places: Sequence[str],
    series: Mapping[str, Sequence[tuple[float, float, float]]],
    *,
    chance: float,
    xlabel: str,
    ylabel: str,
) -> list[ErrorbarContainer]:
    """Draw up to three series of shares, each with its interval and its number, and a dotted line at `chance`.

    `series` has, for each name, one (share, low, high) per place. The legend stands above. Returns what was drawn.
    """
    tidy(ax, xlabel=xlabel, ylabel=ylabel)
    ax.axhline(chance, color="black", linestyle="dotted", linewidth=1.5, label="chance")
    gap = 0.3 / max(len(series) - 1, 1)
    drawn = []
    for k, ((name, rows), (colour, shape)) in enumerate(zip(series.items(), STYLES, strict=False)):
        x = np.arange(len(places)) + gap * k - 0.15 * (len(series) > 1)
        share, low, high = np.array(rows, dtype=float).T
        error = np.array([share - low, high - share])
        drawn.append(ax.errorbar(x, share, error, fmt=shape, color=colour, capsize=5, markersize=9, label=name))
        for left, value in zip(x, share, strict=True):
            ax.annotate(f"{value:.2f}", (left, value), (9, 0), textcoords="offset points", va="center", size=FONT_SIZE)
    ax.set(ylim=(0, 1), xlim=(-0.5, len(places) - 0.2))
    ax.set_xticks(np.arange(len(places)), places)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(series) + 1, fontsize=FONT_SIZE, frameon=False)
    return drawn
