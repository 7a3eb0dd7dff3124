"""Films, heatmaps over them, and a model's probabilities.

A `draw_...` function puts a picture on an axes and returns its artists, a dict from name to artist. The `move_...`
function of the same name gives these artists other content. An explorer draws once and then only moves.
"""

import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke

from clinxai_teach.plots.style import DPI, FONT_SIZE, bare

SYNTHETIC = "synthetic film"
HEAT_COLOURS = "inferno"  # perceptually uniform: brighter means stronger, in grey print too
LINE_STYLES = {"half": "solid", "marker": (0, (4, 1.5)), "lesion": (0, (1, 1))}
LEGEND = {"marker": "dashed: the marker's place", "lesion": "dotted: the true lesion"}


# ---- films ---------------------------------------------------------------------------------------


def draw_film(ax, image, title="", *, notice=SYNTHETIC):
    """Draw one film `(H, W)`, 0 black and 1 white. `notice` says below it what kind of film it is.

    Pixels are not smoothed: this is what the model sees, and the saved picture is half as large.
    """
    bare(ax)
    ax.set_xlabel(notice, fontsize=FONT_SIZE)
    film = ax.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    return {"film": film, "title": ax.set_title(title, fontsize=FONT_SIZE)}


def move_film(artists, image, title):
    """Show another film with the artists of `draw_film`."""
    artists["film"].set_data(image)
    artists["title"].set_text(title)


def contact_sheet(films, rows=None, *, columns=5, outlines=False):
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
            draw_film(ax, films.images[index, 0], f"severity {severity[index]:.2f}", notice="")
            if outlines:
                draw_outline(ax, films.lesion_masks[index], LINE_STYLES["lesion"])
        axes[0].set_ylabel(name, fontsize=FONT_SIZE)
    legend = f", {LEGEND['lesion']}" if outlines else ""
    figure.suptitle(f"Synthetic films (no real patients){legend}", fontsize=FONT_SIZE)
    figure.subplots_adjust(0.04, 0.01, 0.99, 1 - 0.65 / figure.get_figheight(), wspace=0.06)
    return figure


# ---- heatmaps ------------------------------------------------------------------------------------


def draw_heatmap(
    ax, image, heatmap, title="", *, scale=None, unit="logits", marker=None, lesion=None, notice=SYNTHETIC
):
    """Draw a film with a heatmap over it: the stronger the evidence, the brighter and the less transparent.

    Parameters
    ----------
    ax : matplotlib Axes
    image, heatmap : arrays `(H, W)` of the same size
        Only the heatmap's positive values are shown. A solid line runs at half of the scale.
    title : str
    scale : float or None
        The value that gets the brightest colour, written below. None: the heatmap's own maximum.
    unit : str
        What the heatmap is measured in.
    marker, lesion : None or bool array `(H, W)`
        Regions to outline, dashed and dotted. What each line means is written below.
    notice : str
        What kind of film it is, written below.

    Returns
    -------
    dict of artists, for `move_heatmap`.
    """
    artists = draw_film(ax, image, notice=notice)
    artists["heat"] = ax.imshow(heatmap, cmap=HEAT_COLOURS, interpolation="nearest")
    artists["half"] = draw_outline(ax, None, LINE_STYLES["half"])
    artists["marker"] = draw_outline(ax, marker, LINE_STYLES["marker"])
    artists["lesion"] = draw_outline(ax, lesion, LINE_STYLES["lesion"])
    artists["legend"] = ax.xaxis.label
    move_heatmap(artists, image, heatmap, title, scale=scale, unit=unit, marker=marker, lesion=lesion, notice=notice)
    return artists


def move_heatmap(
    artists, image, heatmap, title, *, scale=None, unit="logits", marker=None, lesion=None, notice=SYNTHETIC
):
    """Show another film and heatmap with the artists of `draw_heatmap`. The arguments are the same."""
    move_film(artists, image, title)
    scale = float(heatmap.max()) if scale is None else scale
    legend = ["no positive evidence"]
    strength = np.zeros_like(heatmap)
    if scale > 0:
        strength = np.clip(heatmap / scale, 0, 1)
        legend = [f"brightest: {scale:.2g} {unit}", "solid: half of that"]
    artists["heat"].set(data=strength, clim=(0, 1), alpha=0.75 * strength)
    artists["half"].set_segments(outline(strength))
    for name, mask in (("marker", marker), ("lesion", lesion)):
        artists[name].set_segments(outline(mask))
        if mask is not None:
            legend.append(LEGEND[name])
    artists["legend"].set_text("\n".join([*legend, notice]).strip())


def draw_outline(ax, mask, style):
    """Draw the outline of a mask `(H, W)`; None draws nothing yet. Returns the artist."""
    line = LineCollection(outline(mask), colors="white", linewidths=1.8, linestyles=[style])
    # A black edge below the white line keeps it visible on bone as well as on air.
    line.set_path_effects([Stroke(linewidth=3.6, foreground="black"), Normal()])
    return ax.add_collection(line, autolim=False)


def outline(mask):
    """Return the lines around the part of a picture `(H, W)` that is above one half, as arrays of x and y."""
    if mask is None:
        return []
    framed = np.pad(np.asarray(mask, dtype=float), 1)  # a region at the edge of the picture closes there
    return [line - 1 for line in contour_generator(z=framed).lines(0.5)]


# ---- probabilities -------------------------------------------------------------------------------


def draw_probabilities(ax, probabilities, class_names, true_class, title=""):
    """Draw a model's probabilities `(K,)` as horizontal bars with their numbers; the true class says so in words.

    `true_class` is the index of the true class. Returns a dict of artists, for `move_probabilities`.
    """
    rows = range(len(class_names))
    artists = {
        "bars": ax.barh(rows, probabilities, height=0.62, color="0.35").patches,
        "numbers": [ax.text(1.03, row, "", va="center", fontsize=FONT_SIZE) for row in rows],
        "title": ax.set_title("", fontsize=FONT_SIZE),
    }
    ax.set(xlim=(0, 1), ylim=(len(class_names) - 0.5, -0.5), xticks=(0, 0.5, 1), xticklabels=("0", "0.5", "1"))
    ax.set_xlabel("probability", fontsize=FONT_SIZE)
    ax.set_yticks(rows, class_names)
    ax.tick_params(labelsize=FONT_SIZE, left=False)
    ax.spines[["top", "right"]].set_visible(False)
    move_probabilities(artists, probabilities, true_class, title)
    return artists


def move_probabilities(artists, probabilities, true_class, title):
    """Show other probabilities with the artists of `draw_probabilities`. The arguments are the same."""
    artists["title"].set_text(title)
    for row, (bar, number, probability) in enumerate(
        zip(artists["bars"], artists["numbers"], probabilities, strict=True)
    ):
        bar.set_width(probability)
        number.set_text(f"{probability:.2f}" + (" ◂ truth" if row == true_class else ""))
