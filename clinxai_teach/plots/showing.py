"""From a matplotlib figure to what a notebook shows and saves: a picture, and the same in words."""

import base64
import html
import io

from IPython import get_ipython
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image


def png_bytes(figure, *, compress_level=9):
    """Return the figure as a PNG. The same figure gives the same bytes: no date and no version is written."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return encode(canvas, compress_level)


def encode(canvas, compress_level):
    """Return what a canvas holds as a PNG, without the transparency that a white picture does not need."""
    drawn = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    picture = io.BytesIO()
    drawn.convert("RGB").save(picture, "PNG", compress_level=compress_level)
    return picture.getvalue()


class MovingPicture:
    """A figure in which only some artists change. All others are drawn once, as the background.

    `png()` puts the background back and draws only the moving artists on it, in matplotlib's own order. This costs
    half of a whole drawing. It gives the same pixels if the moving artists lie above the others (a higher zorder),
    do not reach into another axes, and nothing else changes: no axis limit, no artist that is not in `moving`.
    """

    def __init__(self, figure, moving):
        if any(artist.get_figure() is None for artist in moving):
            raise ValueError("moving holds an artist that is in no figure. Give only artists that are drawn.")
        self.canvas = FigureCanvasAgg(figure)
        self.moving = in_drawing_order(figure, set(moving))
        shown = [artist.get_visible() for artist in self.moving]
        for artist in self.moving:
            artist.set_visible(False)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(figure.bbox)
        for artist, visible in zip(self.moving, shown, strict=True):
            artist.set_visible(visible)
        self.canvas.draw()  # once with all of them: now matplotlib places the titles

    def png(self):
        """Return the picture as a PNG: large but quick, as it is shown and not kept."""
        self.canvas.restore_region(self.background)
        renderer = self.canvas.get_renderer()
        for artist in self.moving:
            artist.draw(renderer)
        return encode(self.canvas, compress_level=1)


def in_drawing_order(parent, wanted):
    """Return the wanted artists inside a figure or an artist in the order in which matplotlib draws them."""
    found = []
    for child in sorted(parent.get_children(), key=lambda child: child.get_zorder()):
        found += [child] if child in wanted else in_drawing_order(child, wanted)
    return found


def picture_bundle(figure, alt):
    """Return what a notebook saves for a figure: data and metadata, both by mime type.

    nbconvert, and sites that use it, write metadata's `alt` into the picture's alt text. JupyterLab 4.6 ignores
    it (tried in a browser), so `show` also puts the words below the picture. An HTML `<img alt=...>` would do in
    JupyterLab, but it was not tried whether GitHub keeps such a picture, and it would double the notebook's size.
    """
    picture = base64.b64encode(png_bytes(figure)).decode()
    return {"image/png": picture, "text/plain": alt}, {"image/png": {"alt": alt}}


def show(figure, alt):
    """Show a figure in a notebook, with `alt`, the same in words, folded below it; then close the figure.

    Outside a notebook the words are printed, and `plt.show()` opens the windows of pyplot's figures.
    """
    import matplotlib.pyplot as plt

    if not in_notebook():
        print(alt)
        plt.show()
        return
    data, metadata = picture_bundle(figure, alt)
    display(data, metadata=metadata, raw=True)
    words = f"<details><summary>This picture in words</summary>{html.escape(alt)}</details>"
    display({"text/html": words, "text/plain": alt}, raw=True)
    plt.close(figure)


def in_notebook():
    """Return True inside a Jupyter kernel."""
    return getattr(get_ipython(), "kernel", None) is not None
