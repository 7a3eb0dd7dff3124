"""Films, heatmaps over them, and a model's probabilities.

A class is a picture that moves; a function draws one that stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from contourpy import contour_generator
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach.plots.picture import Picture
from clinxai_teach.plots.style import DPI, FONT_SIZE, bare, tidy

if TYPE_CHECKING:
    from clinxai_teach.data import Radiographs

SYNTHETIC = "synthetic film"
HEAT_COLOURS = "inferno"  # perceptually uniform: brighter means stronger, in grey print too
LineStyle: TypeAlias = str | tuple[float, Sequence[float]]  # a name, or (offset, (on, off, ...)) in line widths
LINE_STYLES: dict[str, LineStyle] = {"half": "solid", "marker": (0, (4, 1.5)), "lesion": (0, (1, 1))}
LEGEND = {"marker": "dashed: the marker's place", "lesion": "dotted: the true lesion"}


# ---- films ---------------------------------------------------------------------------------------


class Film(Picture):
    """One film `(H, W)`, 0 black and 1 white. `notice` says below it what kind of film it is.

    It is drawn smooth, as the screen of a reading room draws it; the model reads the pixels.
    """

    def __init__(self, ax: Axes, image: ArrayLike, title: str = "", *, notice: str = SYNTHETIC) -> None:
        bare(ax)
        ax.set_xlabel(notice, fontsize=FONT_SIZE)
        self.film = ax.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="bicubic")
        self.title = ax.set_title(title, fontsize=FONT_SIZE)

    def move(self, image: ArrayLike, title: str) -> None:
        """Show another film."""
        self.film.set_data(image)
        self.title.set_text(title)


def contact_sheet(
    films: Radiographs, rows: Sequence[str] | None = None, *, columns: int = 5, outlines: bool = False
) -> Figure:
    """Return a figure of films, one row per class, from the mildest on the left to the most severe.

    `films` comes from `make_radiographs`. `rows` names the classes to show (None: all), `columns` is the number of
    films in a row, and `outlines=True` adds the true outline of each lesion, dotted.
    """
    rows = films.class_names if rows is None else rows
    figure = Figure(figsize=(1.75 * columns + 0.4, 2.1 * len(rows) + 0.6), dpi=DPI, facecolor="white")
    grid = figure.subplots(len(rows), columns, squeeze=False)
    severity = films.metadata["severity"].to_numpy()
    for name, axes in zip(rows, grid, strict=True):
        shown = np.flatnonzero(films.labels == films.class_names.index(name))[:columns]
        shown = shown[np.argsort(severity[shown])]
        for ax in axes:
            bare(ax)
        for ax, index in zip(axes, shown, strict=False):  # a class with too few films leaves empty places
            Film(ax, films.images[index, 0], f"severity {severity[index]:.2f}", notice="")
            if outlines:
                draw_outline(ax, films.lesion_masks[index], LINE_STYLES["lesion"])
        axes[0].set_ylabel(name, fontsize=FONT_SIZE)
    legend = f", {LEGEND['lesion']}" if outlines else ""
    figure.suptitle(f"Synthetic films (no real patients){legend}", fontsize=FONT_SIZE)
    figure.subplots_adjust(0.04, 0.01, 0.99, 1 - 0.65 / figure.get_figheight(), wspace=0.06)
    return figure


# ---- heatmaps ------------------------------------------------------------------------------------


class Heatmap(Picture):
    """A film with a heatmap over it: the stronger the evidence, the brighter and the less transparent.

    Parameters
    ----------
    ax : matplotlib Axes
    image, heatmap : arrays `(H, W)` of the same size
        Only the heatmap's positive values are shown. A solid line runs at half of the scale, if the map reaches it.
    title : str
    scale : float or None
        The value that gets the brightest colour, written below, with this map's own maximum where that is lower.
        None: the heatmap's own maximum.
    unit : str
        What the heatmap is measured in.
    marker, lesion : None or bool array `(H, W)`
        Regions to outline, dashed and dotted. What each line means is written below.
    notice : str
        What kind of film it is, written below.
    """

    def __init__(
        self,
        ax: Axes,
        image: ArrayLike,
        heatmap: ArrayLike,
        title: str = "",
        *,
        scale: float | None = None,
        unit: str = "logits",
        marker: ArrayLike | None = None,
        lesion: ArrayLike | None = None,
        notice: str = SYNTHETIC,
    ) -> None:
        self.film = Film(ax, image)
        self.heat = ax.imshow(heatmap, cmap=HEAT_COLOURS, interpolation="nearest")
        self.half = draw_outline(ax, None, LINE_STYLES["half"])
        self.places = Places(ax)
        self.legend = ax.xaxis.label
        self.move(image, heatmap, title, scale=scale, unit=unit, marker=marker, lesion=lesion, notice=notice)

    def move(
        self,
        image: ArrayLike,
        heatmap: ArrayLike,
        title: str,
        *,
        scale: float | None = None,
        unit: str = "logits",
        marker: ArrayLike | None = None,
        lesion: ArrayLike | None = None,
        notice: str = SYNTHETIC,
    ) -> None:
        """Show another film and heatmap. The arguments are those of the class."""
        self.film.move(image, title)
        values = np.asarray(heatmap)
        scale = float(values.max()) if scale is None else scale
        legend = ["no positive evidence"]
        strength = np.zeros_like(values)
        if scale > 0:
            strength = np.clip(values / scale, 0, 1)
            here = [f"here {max(values.max(), 0):.2g}"] if strength.max() < 0.995 else []  # the scale may be shared
            solid = [f"solid: {scale / 2:.2g}" if here else "solid: half of that"] if strength.max() > 0.5 else []
            legend = [f"brightest: {scale:.2g} {unit}", ", ".join(here + solid)]
        self.heat.set(data=strength, clim=(0, 1), alpha=0.75 * strength)
        self.half.set_segments(outline(strength))
        legend += self.places.move(marker=marker, lesion=lesion)
        self.legend.set_text("\n".join([*legend, notice]).strip())


class Places(Picture):
    """The outlines of two places on a film: the marker's, dashed, and the true lesion, dotted. Empty at first."""

    def __init__(self, ax: Axes) -> None:
        self.marker = draw_outline(ax, None, LINE_STYLES["marker"])
        self.lesion = draw_outline(ax, None, LINE_STYLES["lesion"])

    def move(self, *, marker: ArrayLike | None, lesion: ArrayLike | None) -> list[str]:
        """Outline other places, masks `(H, W)` or None. Returns a line of the legend for each that is there."""
        self.marker.set_segments(outline(marker))
        self.lesion.set_segments(outline(lesion))
        return [LEGEND[name] for name, mask in (("marker", marker), ("lesion", lesion)) if mask is not None]


def draw_outline(ax: Axes, mask: ArrayLike | None, style: LineStyle) -> LineCollection:
    """Draw the outline of a mask `(H, W)`; None draws nothing yet. Returns the artist."""
    line = LineCollection(outline(mask), colors="white", linewidths=1.8, linestyles=[style])
    # A black edge below the white line keeps it visible on bone as well as on air.
    line.set_path_effects([Stroke(linewidth=3.6, foreground="black"), Normal()])
    ax.add_collection(line, autolim=False)
    return line


def outline(mask: ArrayLike | None) -> list[FloatArray]:
    """Return the lines around the part of a picture `(H, W)` that is above one half, as arrays of x and y."""
    if mask is None:
        return []
    framed = np.pad(np.asarray(mask, dtype=float), 1)  # a region at the edge of the picture closes there
    return [np.asarray(line) - 1 for line in contour_generator(z=framed).lines(0.5)]


# ---- probabilities -------------------------------------------------------------------------------


class Probabilities(Picture):
    """A model's probabilities `(K,)` as horizontal bars with their numbers; the true class says so in words.

    `true_class` is the index of the true class.
    """

    def __init__(
        self, ax: Axes, probabilities: ArrayLike, class_names: Sequence[str], true_class: int, title: str = ""
    ) -> None:
        rows = range(len(class_names))
        self.bars = ax.barh(rows, probabilities, height=0.62, color="0.35").patches
        self.numbers = [ax.text(1.03, row, "", va="center", fontsize=FONT_SIZE) for row in rows]
        self.title = ax.set_title("", fontsize=FONT_SIZE)
        tidy(ax, xlabel="probability")
        ax.set(xlim=(0, 1), ylim=(len(class_names) - 0.5, -0.5), xticks=(0, 0.5, 1), xticklabels=("0", "0.5", "1"))
        ax.set_yticks(rows, class_names)
        ax.tick_params(left=False)
        self.move(probabilities, true_class, title)

    def move(self, probabilities: ArrayLike, true_class: int, title: str) -> None:
        """Show other probabilities of the same classes."""
        self.title.set_text(title)
        for row, (bar, number, probability) in enumerate(
            zip(self.bars, self.numbers, np.asarray(probabilities), strict=True)
        ):
            bar.set_width(probability)
            number.set_text(f"{probability:.2f}" + (" ◂ truth" if row == true_class else ""))
