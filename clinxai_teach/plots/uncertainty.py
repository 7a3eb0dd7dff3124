"""Doubt: the mean of many passes, the entropy split, prediction sets and whom they cover, and what deferral does.

As in `plots.films`, a `draw_...` function returns its artists and the `move_...` function of the same name, where there
is one, gives them other content.
"""

import numpy as np
from matplotlib.collections import LineCollection

from clinxai_teach.plots.style import DARK, FONT_SIZE, GREY, LIGHT, tidy

# One look per line, so that each is known in grey print too: colour, dashes, marker, and the same sign for texts.
LOOKS = (
    (DARK, "solid", "o", "●"),
    (LIGHT, "dashed", "s", "■"),
    ("0.35", "dotted", "^", "▲"),
    ("black", "dashdot", "D", "◆"),
    (GREY, (0, (6, 2, 1, 2, 1, 2)), "v", "▼"),
)


# ---- many passes, one film -----------------------------------------------------------------------


def draw_running_mean(ax, n_classes, *, highest=200):
    """Prepare axes for the mean probability of each class over the passes so far, with a band around it.

    `highest` is the number of passes at the right end of the logarithmic axis. Returns a dict of artists, for
    `move_running_mean`.
    """
    tidy(ax, xlabel="passes so far", ylabel="mean probability")
    ax.set_xscale("log")
    ax.set(xlim=(1, highest), ylim=(-0.03, 1.03), yticks=(0, 0.5, 1), yticklabels=("0", "0.5", "1"))
    ticks = [tick for tick in (1, 5, 20, 50) if tick < highest / 2] + [highest]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.minorticks_off()
    artists = {"bands": [], "lines": [], "names": [], "title": ax.set_title("", fontsize=FONT_SIZE, loc="left")}
    for colour, dashes, marker, _ in LOOKS[:n_classes]:
        artists["bands"].append(ax.fill_between([1, 2], 0, 0, color=colour, alpha=0.25, linewidth=0))
        line = {"color": colour, "linestyle": dashes, "linewidth": 2.2, "marker": marker, "markersize": 7}
        artists["lines"].append(ax.plot([], [], markevery=[-1], clip_on=False, **line)[0])
        artists["names"].append(
            ax.text(1.04, 0, "", va="center", transform=ax.get_yaxis_transform(), fontsize=FONT_SIZE)
        )
    return artists


def move_running_mean(artists, mean, low, high, names, title):
    """Show the means `(n, K)` after 1, 2, ... n passes, their bands, and a text for each class at the right end."""
    passes = np.arange(1, len(mean) + 1)
    heights = spread(mean[-1], 0.082)
    for k, (_, _, _, sign) in enumerate(LOOKS[: mean.shape[1]]):
        artists["lines"][k].set_data(passes, mean[:, k])
        corners = np.column_stack([np.r_[passes, passes[::-1]], np.r_[low[:, k], high[::-1, k]]])
        artists["bands"][k].set_verts([corners])
        artists["names"][k].set(y=heights[k], text=f"{sign} {names[k]}")
    artists["title"].set_text(title)


def spread(values, gap):
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


def draw_doubt(ax, names, splits, *, most, unit="nats"):
    """Draw an `EntropyDecomposition` of one number each as a stacked bar, a row per name from above.

    `splits` lists them in the order of `names`; `most` is the largest possible total, the end of the axis. Returns a
    dict of artists, for `move_doubt`.
    """
    rows = np.arange(len(names))
    tidy(ax, xlabel=f"doubt ({unit})")
    ax.set(xlim=(0, most), ylim=(len(names) - 0.4, -0.75))
    ax.set_yticks(rows, names)
    ax.tick_params(left=False)
    ax.spines["left"].set_visible(False)
    artists = {
        "aleatoric": ax.barh(rows, 0, height=0.5, color="0.72", edgecolor="black").patches,
        "epistemic": ax.barh(rows, 0, height=0.5, color=LIGHT, hatch="////", edgecolor="black").patches,
        "numbers": [ax.text(0, row - 0.3, "", va="bottom", fontsize=FONT_SIZE) for row in rows],
    }
    move_doubt(artists, splits)
    return artists


def move_doubt(artists, splits):
    """Show other numbers with the artists of `draw_doubt`."""
    for k, (total, aleatoric, epistemic) in enumerate(splits):
        artists["aleatoric"][k].set_width(aleatoric)
        artists["epistemic"][k].set(x=aleatoric, width=epistemic)
        artists["numbers"][k].set_text(
            f"total {total:.3f} = expected {aleatoric:.3f} + mutual information {epistemic:.3f} (striped)"
        )


# ---- prediction sets -----------------------------------------------------------------------------


def draw_scores(ax, edges, *, unit="patients", n_thresholds=5):
    """Prepare a histogram of calibration scores with room for thresholds. Its height has a logarithmic axis.

    Returns a dict of artists, for `move_scores`.
    """
    tidy(ax, xlabel="score of the true class: higher = fits worse", ylabel=unit)
    ax.set_yscale("log")
    ax.set(xlim=(edges[0], edges[-1]), ylim=(0.7, 2000), yticks=(1, 10, 100, 1000))
    ax.set_yticklabels(("1", "10", "100", "1000"))
    ax.minorticks_off()
    widths = np.diff(edges)
    return {
        "bars": ax.bar(edges[:-1] + widths / 2, 0, width=0.92 * widths, bottom=0.7, color="0.6").patches,
        "thresholds": [
            ax.plot([], [], color="black", linewidth=2.2, linestyle="dashed")[0] for _ in range(n_thresholds)
        ],
        "unit": ax.yaxis.label,
        "title": ax.set_title("", fontsize=FONT_SIZE, loc="left"),
    }


def move_scores(artists, counts, thresholds, title, *, unit="patients"):
    """Show other counts per bin, and a dashed line at each finite threshold."""
    for bar, count in zip(artists["bars"], counts, strict=True):
        bar.set_height(max(count - 0.7, 0))
    finite = [threshold for threshold in thresholds if np.isfinite(threshold)]
    for k, line in enumerate(artists["thresholds"]):
        line.set_data(*(([finite[k]] * 2, [0.7, 2000]) if k < len(finite) else ([], [])))
    artists["unit"].set_text(unit)
    artists["title"].set_text(title)


def draw_share_rows(ax, n_rows, *, xlabel, empty_first=False):
    """Prepare bars for shares, one row below the other, each with its name on the left and its number at the end.

    `empty_first` hatches the first row: an empty set is no answer and must look like none of the others. Returns a
    dict of artists, for `move_share_rows`.
    """
    rows = np.arange(n_rows)
    tidy(ax, xlabel=xlabel)
    ax.set(xlim=(0, 1), ylim=(n_rows - 0.5, -0.5), xticks=(0, 0.5, 1), xticklabels=("0", "50%", "100%"), yticks=())
    ax.spines["left"].set_visible(False)
    bars = ax.barh(rows, 0, height=0.66, color="0.6", edgecolor="black").patches
    if empty_first:
        bars[0].set(facecolor="white", hatch="xxx")
    text = {"va": "center", "fontsize": FONT_SIZE}
    beside = {"ha": "right", "transform": ax.get_yaxis_transform()}
    return {
        "bars": bars,
        "names": [ax.text(-0.02, row, "", **beside, **text) for row in rows],
        "numbers": [ax.text(0, row, "", **text) for row in rows],
        "title": ax.set_title("", fontsize=FONT_SIZE, loc="left"),
    }


def move_share_rows(artists, names, shares, title):
    """Show other shares. Rows beyond `names` stay blank."""
    for row, (bar, name, number) in enumerate(zip(artists["bars"], artists["names"], artists["numbers"], strict=True)):
        used = row < len(names)
        bar.set(width=shares[row] if used else 0, visible=used)
        name.set_text(names[row] if used else "")
        number.set(x=shares[row] + 0.02 if used else 0, text=percent(shares[row]) if used else "")
    artists["title"].set_text(title)


def percent(share):
    """Return a share as a text in whole percents, or "<1%", so that a few are not none."""
    return "<1%" if 0 < share < 0.005 else ">99%" if 0.995 < share < 1 else f"{share:.0%}"


def draw_coverage(ax, n_rows, *, lowest=0.0):
    """Prepare coverages with their intervals, one row below the other, and a line at the promise.

    `lowest` is the left end of the axis. Returns a dict of artists, for `move_coverage`.
    """
    tidy(ax, xlabel="coverage (exact 95% interval)")
    ax.set(xlim=(lowest, 1.005), ylim=(n_rows - 0.5, -0.5), yticks=())
    ax.spines["left"].set_visible(False)
    beside, rows = ax.get_yaxis_transform(), range(n_rows)
    text = {"va": "center", "transform": beside, "fontsize": FONT_SIZE}
    dot = {"color": DARK, "markersize": 9, "linestyle": "none", "clip_on": False}
    return {
        "promise": ax.axvline(1, color=GREY, linestyle="dashed", linewidth=2),
        "intervals": ax.add_collection(LineCollection([], colors=DARK, linewidths=2), autolim=False),
        "kept": ax.plot([], [], marker="o", markerfacecolor="white", markeredgewidth=2, **dot)[0],
        "broken": ax.plot([], [], marker="s", **dot)[0],
        "names": [ax.text(-0.05, row, "", ha="right", **text) for row in rows],
        "numbers": [ax.text(1.05, row, "", **text) for row in rows],
        "title": ax.set_title("", fontsize=FONT_SIZE, loc="left"),
    }


def move_coverage(artists, names, coverage, low, high, promise, title):
    """Show other coverages. A filled square lies below the promise with its whole interval; all others are circles.

    `names` has a text per row; None leaves the row, and its numbers, blank.
    """
    rows = [row for row, name in enumerate(names) if name is not None]
    broken = [row for row in rows if high[row] < promise]
    kept = [row for row in rows if row not in broken]
    artists["promise"].set_xdata([promise, promise])
    artists["intervals"].set_segments([[(low[row], row), (high[row], row)] for row in rows])
    artists["kept"].set_data([coverage[row] for row in kept], kept)
    artists["broken"].set_data([coverage[row] for row in broken], broken)
    for row, (name, number) in enumerate(zip(artists["names"], artists["numbers"], strict=True)):
        name.set_text(names[row] if row in rows else "")
        number.set_text(f"{coverage[row]:.2f}" if row in rows else "")
    artists["title"].set_text(title)


# ---- deferral ------------------------------------------------------------------------------------

PARTS = {"found": (DARK, ""), "missed": ("white", "xxx"), "handed over": ("0.75", "")}


def draw_deferral(ax, names=("accuracy", "sensitivity", "specificity")):
    """Prepare curves against the fraction deferred, from none to half, with a dot where the slider stands.

    Returns a dict of artists, for `move_deferral`.
    """
    tidy(ax, xlabel="deferred: share of all patients", ylabel="among those kept")
    ax.set(xlim=(0, 0.5), ylim=(-0.03, 1.03), yticks=(0, 0.25, 0.5, 0.75, 1))
    ax.set_yticklabels(("0", "0.25", "0.5", "0.75", "1"))
    ax.set_xticks((0, 0.1, 0.2, 0.3, 0.4, 0.5), ("0", "10%", "20%", "30%", "40%", "50%"))
    artists = {
        "here": ax.axvline(0, color=GREY, linestyle=(0, (1, 2)), linewidth=2),
        "lines": [],
        "dots": [],
        "names": [],
        "title": ax.set_title("", fontsize=FONT_SIZE, loc="left"),
    }
    for _, (colour, dashes, _, _) in zip(names, LOOKS, strict=False):
        artists["lines"].append(ax.plot([], [], color=colour, linestyle=dashes, linewidth=2.2)[0])
        artists["dots"].append(ax.plot([], [], color=colour, marker="o", markersize=9, clip_on=False)[0])
        artists["names"].append(
            ax.text(1.03, 0, "", va="center", transform=ax.get_yaxis_transform(), fontsize=FONT_SIZE)
        )
    return artists


def move_deferral(artists, fractions, curves, here, title):
    """Show other curves: a dict from name to values at `fractions`. `here` is the slider's place."""
    place = int(np.argmin(np.abs(np.asarray(fractions) - here)))
    heights = spread([np.nan_to_num(values[-1]) for values in curves.values()], 0.082)
    artists["here"].set_xdata([here, here])
    for k, (name, values) in enumerate(curves.items()):
        artists["lines"][k].set_data(fractions, values)
        artists["dots"][k].set_data([here], [values[place]])
        artists["names"][k].set(y=heights[k], text=f"{name} {values[place]:.2f}")
    artists["title"].set_text(title)


def draw_parts(ax, names=tuple(PARTS)):
    """Prepare one bar of three parts, with a text for each below: the ill found, missed and handed over.

    Returns a dict of artists, for `move_parts`.
    """
    tidy(ax)
    ax.set(xlim=(0, 1), ylim=(-1.9, 0.5), xticks=(), yticks=())
    ax.spines[:].set_visible(False)
    artists = {"bars": [], "texts": [], "title": ax.set_title("", fontsize=FONT_SIZE, loc="left")}
    for k, name in enumerate(names):
        colour, hatch = PARTS[name]
        artists["bars"] += ax.barh([0], [0], height=0.7, color=colour, hatch=hatch, edgecolor="black").patches
        ax.barh([-0.75 - 0.45 * k], [0.05], height=0.3, color=colour, hatch=hatch, edgecolor="black")
        artists["texts"].append(ax.text(0.08, -0.75 - 0.45 * k, "", va="center", fontsize=FONT_SIZE))
    return artists


def move_parts(artists, counts, title):
    """Show other counts: a dict from part to number."""
    start, whole = 0.0, sum(counts.values())
    for bar, text, (name, count) in zip(artists["bars"], artists["texts"], counts.items(), strict=True):
        bar.set(x=start, width=count / whole)
        start += count / whole
        text.set_text(f"{name}: {count:.0f} ({percent(count / whole)})")
    artists["title"].set_text(title)
