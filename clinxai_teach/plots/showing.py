"""From a matplotlib figure to what a notebook shows and saves: a picture, and the same in words."""

import base64
import html
import io
from typing import Any

from IPython import get_ipython
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from PIL import Image


def png_bytes(figure: Figure) -> bytes:
    """Return the figure as a small PNG. The same figure gives the same bytes: no date and no version is written."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = io.BytesIO()
    rgb_picture(canvas.get_renderer()).save(picture, "PNG", compress_level=9)
    return picture.getvalue()


def rgb_picture(renderer: RendererAgg) -> Image.Image:
    """Return what an Agg renderer holds, without the transparency that a white picture does not need."""
    size = int(renderer.width), int(renderer.height)
    return Image.frombuffer("RGBA", size, renderer.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB")


def picture_bundle(figure: Figure, alt: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Return what a notebook saves for a figure: data and metadata, both by mime type.

    nbconvert, and sites that use it, write metadata's `alt` into the picture's alt text. JupyterLab 4.6 ignores
    it (tried in a browser), so `show` also puts the words below the picture. An HTML `<img alt=...>` would do in
    JupyterLab, but it was not tried whether GitHub keeps such a picture, and it would double the notebook's size.
    """
    picture = base64.b64encode(png_bytes(figure)).decode()
    return {"image/png": picture, "text/plain": alt}, {"image/png": {"alt": alt}}


def show(figure: Figure, alt: str) -> None:
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


def in_notebook() -> bool:
    """Return True inside a Jupyter kernel."""
    return getattr(get_ipython(), "kernel", None) is not None
