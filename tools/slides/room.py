"""How much room a slide has for a figure, and in which size a figure is drawn so that its letters can be read there."""

WIDE = 1.9  # a figure wider than this stands above its sentence, another one beside it
ABOVE, BESIDE = (1176, 468), (900, 590)  # pixels that a slide of 1280 x 720 has for a figure
POINTS, DPI = 12, 100  # the smallest letters of a figure, and the pixels of its inch in the notebook
SHARP = 2  # times as many pixels as that, for a slide on a large screen
LEAST = 18  # pixels of the smallest letters on a slide
SPARE = 0.005  # a figure is drawn so much smaller than would just do


def drawn_anew(width: float, height: float) -> tuple[float, float] | None:
    """Return the size in inches in which to draw a figure for a slide; None where its letters are large enough."""
    inch = LEAST * 72 / POINTS  # pixels that an inch must have on the slide
    sizes = []
    for (wide, high), above in ((ABOVE, True), (BESIDE, False)):
        size = (min(width, wide / inch * (1 - SPARE)), min(height, high / inch * (1 - SPARE)))
        if (size[0] / size[1] > WIDE * (1 + SPARE)) == above:
            sizes.append(size)
    best = max(sizes, key=lambda size: size[0] ** 2 * size[1], default=(width, height))  # words lie in the width
    return None if best == (width, height) else best
