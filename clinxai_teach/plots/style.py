"""What all pictures share: their resolution, their text size, and colours that differ in grey print too."""

DPI = 100  # pixels per inch: 12 points are then 17 pixels, readable from the back of a room
FONT_SIZE = 12
DARK, LIGHT, GREY = "#1b4f72", "#e67e22", "0.55"  # dark blue, orange, grey: apart in colour and in grey print


def bare(ax):
    """Take ticks and frame away from an axes that holds a picture; its labels stay."""
    ax.set(xticks=(), yticks=())
    ax.spines[:].set_visible(False)
