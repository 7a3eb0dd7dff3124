"""The picture that a page of the website shows, put together from its files."""

import numpy as np
from PIL import Image


def shown(folder, data, number):
    """The base with the state's form of each layer over it, as pixels."""
    picture = Image.open(folder / "base.webp").convert("RGBA")
    for layer, (forms, corner) in enumerate(zip(data["layers"], data["corners"], strict=True)):
        picture.alpha_composite(Image.open(folder / f"{layer}-{forms[number]}.webp").convert("RGBA"), tuple(corner))
    return np.asarray(picture.convert("RGB"))
