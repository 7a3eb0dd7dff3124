"""Attribution maps with a sign, the sum they must have, shares of a heatmap, and features that join a prediction.

As in `films`, `draw_...` puts a picture on an axes and returns its artists, `move_...` gives them other content.
"""

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import NullLocator

from clinxai_teach.plots.films import LEGEND, LINE_STYLES, draw_outline, outline
from clinxai_teach.plots.style import DARK, FONT_SIZE, GREY, LIGHT, bare

# Two hues that meet in the middle grey of zero, and lightness that only rises: in grey print dark still means
# "against" and light "for".
PATCH = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}  # behind a number, to keep it clear of lines
SIGNED_COLOURS = LinearSegmentedColormap.from_list(
    "against_for", ["#0b1f4b", "#2b5c9e", "#8a8a8a", "#f2b33d", "#fff7d6"]
)


# ---- maps with a sign ----------------------------------------------------------------------------


def draw_signed_map(ax, values, title="", *, scale=None, unit="logits", marker=None, lesion=None):
    """Draw attributions with their sign `(H, W)`: light where they count for the class, dark where against.

    Zero is middle grey. `scale` is the size that gets the full colour, written below with its `unit`; None takes
    the largest size in the map. `marker` and `lesion` are regions to outline, as in `draw_heatmap`. Returns a dict
    of artists, for `move_signed_map`.
    """
    bare(ax)
    artists = {
        "values": ax.imshow(values, cmap=SIGNED_COLOURS, vmin=-1, vmax=1, interpolation="nearest"),
        "marker": draw_outline(ax, None, LINE_STYLES["marker"]),
        "lesion": draw_outline(ax, None, LINE_STYLES["lesion"]),
        "legend": ax.xaxis.label,
        "title": ax.set_title("", fontsize=FONT_SIZE),
    }
    artists["legend"].set_fontsize(FONT_SIZE)
    move_signed_map(artists, values, title, scale=scale, unit=unit, marker=marker, lesion=lesion)
    return artists


def move_signed_map(artists, values, title, *, scale=None, unit="logits", marker=None, lesion=None):
    """Show another map with the artists of `draw_signed_map`. The arguments are the same."""
    scale = float(abs(values).max()) if scale is None else scale
    artists["values"].set_data(values / scale if scale > 0 else 0 * values)
    artists["title"].set_text(title)
    legend = ["zero everywhere"]
    if scale > 0:
        legend = ["light: for, dark: against", f"full colour: {scale:.2g} {unit}"]
    for name, mask in (("marker", marker), ("lesion", lesion)):
        artists[name].set_segments(outline(mask))
        if mask is not None:
            legend.append(LEGEND[name])
    artists["legend"].set_text("\n".join(legend))


# ---- completeness --------------------------------------------------------------------------------


def draw_completeness(ax, needed, total, limits):
    """Draw two bars that must be equal: the change of the score, and the sum of the attributions; hatched, their gap.

    `needed` and `total` are in logits; the axis runs over `limits`. Returns a dict of artists, for
    `move_completeness`.
    """
    artists = {
        "needed": ax.barh(0, 0, height=0.5, color=DARK).patches[0],
        "total": ax.barh(1, 0, height=0.5, color=LIGHT).patches[0],
        "gap": ax.barh(1, 0, height=0.5, facecolor="none", edgecolor="black", hatch="////").patches[0],
        "zero": ax.plot([0, 0, 0, 0, 0], [-0.25, 0.25, float("nan"), 0.75, 1.25], color="black", linewidth=1.5)[0],
        "labels": [ax.text(0, row, "", va="bottom", fontsize=FONT_SIZE) for row in (-0.28, 0.72)],
        "xaxis": ax.xaxis,
    }
    ax.set(yticks=(), ylim=(1.45, -0.8))
    ax.set_xlabel("logits", fontsize=FONT_SIZE)
    ax.tick_params(labelsize=FONT_SIZE)
    ax.spines[["top", "left", "right"]].set_visible(False)
    move_completeness(artists, needed, total, limits)
    return artists


def move_completeness(artists, needed, total, limits):
    """Show other sums with the artists of `draw_completeness`. The arguments are the same."""
    artists["xaxis"].axes.set_xlim(limits)
    artists["needed"].set_width(needed)
    artists["total"].set_width(total)
    artists["gap"].set(x=total, width=needed - total)
    texts = (f"F(film) - F(baseline): {needed:+.1f}", f"sum of the map: {total:+.1f}, gap {total - needed:+.2f}")
    for label, text in zip(artists["labels"], texts, strict=True):
        label.set(text=text, x=limits[0])


def draw_gap_curve(ax, steps, gaps, now):
    """Draw the size of the gap in logits against the number of steps, both on log scales; `now` is marked.

    Returns a dict of artists, for `move_gap_curve`.
    """
    artists = {
        "curve": ax.plot([], [], "o-", color=GREY, markersize=4)[0],
        "now": ax.plot([], [], "D", color="black", markersize=9)[0],
    }
    ax.set(xscale="log", yscale="log", xlim=(0.8, 1.25 * max(steps)), ylim=(0.01, 100))
    ax.set_xticks(steps, [f"{step}" if step in (1, 4, 16, 64) else "" for step in steps])
    ax.set_yticks([0.01, 1, 100], ["0.01", "1", "100"])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_xlabel("steps", fontsize=FONT_SIZE)
    ax.set_ylabel("gap (logits)", fontsize=FONT_SIZE)
    ax.tick_params(labelsize=FONT_SIZE)
    ax.spines[["top", "right"]].set_visible(False)
    move_gap_curve(artists, steps, gaps, now)
    return artists


def move_gap_curve(artists, steps, gaps, now):
    """Show other gaps with the artists of `draw_gap_curve`. The arguments are the same."""
    sizes = [min(max(abs(gap), 0.01), 100) for gap in gaps]  # what is smaller or larger lies at the edge
    artists["curve"].set_data(steps, sizes)
    artists["now"].set_data([now], [sizes[list(steps).index(now)]])


# ---- shares of a heatmap -------------------------------------------------------------------------


def draw_shares(ax, names, shares, chances, title=""):
    """Draw a heatmap's shares in percent as bars, one for each place in `names`, with a line at what chance gives.

    `shares` and `chances` lie between 0 and 1; None means that the film has no such place. Returns a dict of
    artists, for `move_shares`.
    """
    rows = range(len(names))
    artists = {
        "bars": ax.barh(rows, [0] * len(names), height=0.4, color="0.35").patches,
        "chances": [ax.plot([], [], color="black", linewidth=3, linestyle=(0, (1, 0.6)))[0] for _ in rows],
        "numbers": [ax.text(0, row - 0.32, "", va="bottom", fontsize=FONT_SIZE) for row in rows],
        "title": ax.set_title("", fontsize=FONT_SIZE, loc="left"),
    }
    ax.set(xlim=(0, 50), ylim=(len(names) - 0.55, -0.75), yticks=(), xticks=(0, 25, 50))
    ax.set_xlabel("share of the heatmap (%)\ndotted line: chance", fontsize=FONT_SIZE)
    ax.tick_params(labelsize=FONT_SIZE)
    ax.spines[["top", "right"]].set_visible(False)
    move_shares(artists, names, shares, chances, title)
    return artists


def move_shares(artists, names, shares, chances, title):
    """Show other shares with the artists of `draw_shares`. A bar beyond the axis is cut; its number is not."""
    artists["title"].set_text(title)
    for row, (name, share, chance) in enumerate(zip(names, shares, chances, strict=True)):
        absent = share is None
        artists["bars"][row].set_width(0 if absent else min(100 * share, 50))
        artists["chances"][row].set_data([] if absent else 2 * [100 * chance], [] if absent else [row - 0.3, row + 0.3])
        said = "none" if absent else f"{share:.0%}, chance {chance:.0%}"
        artists["numbers"][row].set_text(f"{name} {said}")


# ---- features that join --------------------------------------------------------------------------


def draw_joining(ax, labels, values, n_joined, limits):
    """Draw how a prediction moves while features join one after the other, from the mean prediction on top.

    `labels` are the features in the order of joining, with their values; `values` `(n + 1,)` the prediction in
    percent before and after each of them, of which the first `n_joined` steps are shown. The axis runs over
    `limits`. Returns a dict of artists, for `move_joining`.
    """
    rows = range(1, len(labels) + 1)
    artists = {
        "bars": ax.barh(rows, [0] * len(labels), height=0.55, edgecolor="black").patches,
        "steps": [
            ax.annotate("", (0, row), (5, 0), textcoords="offset points", va="center", fontsize=FONT_SIZE, bbox=PATCH)
            for row in rows
        ],
        "names": [
            ax.text(-0.02, row, "", ha="right", va="center", fontsize=FONT_SIZE, transform=ax.get_yaxis_transform())
            for row in rows
        ],
        "start": ax.plot([], [], color="black", linestyle=":", linewidth=1.5)[0],
        "now": ax.plot([], [], color="black", linewidth=2.5)[0],
        "title": ax.set_title("", fontsize=FONT_SIZE),
    }
    ax.set(xlim=limits, ylim=(len(labels) + 0.6, 0.3), yticks=())
    ax.set_xlabel("predicted probability (%)", fontsize=FONT_SIZE)
    ax.tick_params(labelsize=FONT_SIZE)
    ax.spines[["top", "right", "left"]].set_visible(False)
    move_joining(artists, labels, values, n_joined)
    return artists


def move_joining(artists, labels, values, n_joined):
    """Show other features with the artists of `draw_joining`. The arguments are the same."""
    ends = [0.3, len(labels) + 0.6]
    artists["start"].set_data(2 * [values[0]], ends)
    artists["now"].set_data(2 * [values[n_joined]], ends)
    artists["title"].set_text(f"mean {values[0]:.1f}% (dotted), now {values[n_joined]:.1f}%")
    for row, name in enumerate(labels):
        before, after = values[row : row + 2]
        joined = row < n_joined
        up = after >= before
        artists["names"][row].set(text=name, color="black" if joined else GREY)
        artists["bars"][row].set(
            x=before, width=after - before, facecolor=DARK if up else LIGHT, hatch="" if up else "///", visible=joined
        )
        # To the right of the bar there is always room; to the left there may be the name.
        artists["steps"][row].xy = (max(before, after), row + 1)
        artists["steps"][row].set(text=f"{after - before:+.1f}", visible=joined)


def draw_gains(ax, gains, lowest, highest, mean, n_joined, limit):
    """Draw for each feature what it adds now (dot), in any order (line), and on average over all orders (diamond).

    All are in percentage points and in the order of `draw_joining`, beside which it stands. The dot of a feature
    shows once it has joined. The axis runs from -`limit` to `limit`. Returns a dict of artists, for `move_gains`.
    """
    n = len(gains)
    ax.axvline(0, color=GREY, linewidth=1)
    artists = {
        "ranges": [ax.plot([], [], color=GREY, linewidth=5, solid_capstyle="butt")[0] for _ in range(n)],
        "means": ax.plot([], [], "D", color="white", markeredgecolor="black", markersize=10, linestyle="none")[0],
        "gains": ax.plot([], [], "o", color="black", markersize=6, linestyle="none")[0],
    }
    ax.set(xlim=(-limit, limit), ylim=(n + 0.6, 0.3), yticks=())
    ax.set_xlabel("it adds (percentage points)", fontsize=FONT_SIZE)
    ax.set_title("dot: now, line: in any order,\ndiamond: mean of all orders", fontsize=FONT_SIZE)
    ax.tick_params(labelsize=FONT_SIZE)
    ax.spines[["top", "right", "left"]].set_visible(False)
    move_gains(artists, gains, lowest, highest, mean, n_joined)
    return artists


def move_gains(artists, gains, lowest, highest, mean, n_joined):
    """Show other features with the artists of `draw_gains`. The arguments are the same."""
    rows = range(1, len(gains) + 1)
    for row, line, low, high in zip(rows, artists["ranges"], lowest, highest, strict=True):
        line.set_data([low, high], [row, row])
    artists["means"].set_data(mean, rows)
    artists["gains"].set_data(gains[:n_joined], rows[:n_joined])
