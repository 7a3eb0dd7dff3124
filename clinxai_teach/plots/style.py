"""What all pictures share: their resolution, their text size, and colours that differ in grey print too."""

from matplotlib.axes import Axes

DPI = 100  # pixels per inch: 12 points are then 17 pixels, readable from the back of a room
FONT_SIZE = 12
DARK, LIGHT, GREY = "#1b4f72", "#e67e22", "0.55"  # dark blue, orange, grey: apart in colour and in grey print
QUARTERS, QUARTER_LABELS = (0, 0.25, 0.5, 0.75, 1), ("0", "0.25", "0.5", "0.75", "1")  # ticks of a share


def bare(ax: Axes) -> None:
    """Take ticks and frame away from an axes that holds a picture; its labels stay."""
    ax.set(xticks=(), yticks=())
    ax.spines[:].set_visible(False)


def tidy(ax: Axes, *, xlabel: str = "", ylabel: str = "") -> None:
    """Give an axes its labels at the course's text size, and take the upper and right frame away."""
    ax.set_xlabel(xlabel, fontsize=FONT_SIZE)
    ax.set_ylabel(ylabel, fontsize=FONT_SIZE)
    ax.tick_params(labelsize=FONT_SIZE)
    ax.spines[["top", "right"]].set_visible(False)
