"""An explorer for a page without Python: every state of its controls as a picture and its words, written to files.

A page can move its controls only to states that were drawn before. Where an explorer has more than `MOST_STATES`, its
longest sliders keep fewer steps, and the page says so.
"""

import hashlib
import io
import itertools
import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from clinxai_teach import plots
from clinxai_teach.explorers.base import Choice, Control, Explorer, LogSlider, Slider, Toggle, blank_figure
from clinxai_teach.plots.picture import artists_in
from website import MOST_STATES

FEWEST_STEPS = 3  # both ends and one between
NEAR = 4  # pixels around a change that count as the same place: the letters of a line belong together

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def bake(explorer: Explorer, folder: Path, most: int = MOST_STATES) -> dict[str, Any]:
    """Write the explorer's pictures into a folder, and return what the page's script needs to know.

    `base.webp` is the picture of the start. Over it lie layers: the places that depend on the same controls. Layer 1 in
    its third form is `1-3.webp`, cut to the layer's box, with only what differs from the base; a form that several
    states share is stored once. "corners" says where the box of each layer begins, and "layers" which form of each a
    state shows. States count as numbers do: the last control moves fastest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    values = grid(explorer, most)
    names = [control.name for control in explorer.controls]
    states = [dict(zip(names, state, strict=True)) for state in itertools.product(*values)]
    first, *pictures = drawn(explorer, [explorer.start_state(), *states])
    base = pixels_of(first)
    save(Image.fromarray(base), folder / "base.webp")
    masks = layers_of(base, pictures, tuple(len(on) for on in values))
    boxes = [ndimage.find_objects(mask.astype(int))[0] for mask in masks]
    forms: list[dict[bytes, int]] = [{} for _ in masks]
    shown: list[list[int]] = [[] for _ in masks]
    with ThreadPoolExecutor(2) as pool:  # the encoder leaves Python's lock to the rest
        jobs = []
        for pixels in map(pixels_of, pictures):
            for layer, (mask, box) in enumerate(zip(masks, boxes, strict=True)):
                content = hashlib.sha256(pixels[box][mask[box]].tobytes()).digest()
                if content not in forms[layer]:
                    path = folder / f"{layer}-{len(forms[layer])}.webp"
                    jobs.append(pool.submit(save_difference, base[box], pixels[box], mask[box], path))
                    forms[layer][content] = len(forms[layer])
                shown[layer].append(forms[layer][content])
            while len(jobs) > 64:  # not all pictures unpacked at a time
                jobs.pop(0).result()
        for job in jobs:
            job.result()
    width, height = (round(inches * plots.DPI) for inches in explorer.size)
    data = {
        "title": explorer.title,
        "width": width,
        "height": height,
        "controls": [control_data(control, on) for control, on in zip(explorer.controls, values, strict=True)],
        "buttons": [
            {"label": button.label, "to": leads_to(explorer, button.name, states, values)}
            for button in explorer.buttons
        ],
        "words": [explorer.words(state) for state in states],
        "corners": [(across.start, down.start) for down, across in boxes],
        "layers": shown,
    }
    script = (
        f"clinxai.baked({json.dumps(folder.name)}, {json.dumps(data, ensure_ascii=False, separators=(',', ':'))});\n"
    )
    (folder / "states.js").write_text(script, encoding="utf-8", newline="\n")
    return data


def grid(explorer: Explorer, most: int) -> list[list[Any]]:
    """Return for each control the values that the page offers: all of them, or fewer for the longest sliders.

    A page for a test, with fewer than `MOST_STATES`, also leaves out choices, down to two.
    """
    test = most < MOST_STATES
    fewest = 2 if test else FEWEST_STEPS
    every = [all_values(control) for control in explorer.controls]
    kept = [len(values) for values in every]
    thin = [test or isinstance(control, (Slider, LogSlider)) for control in explorer.controls]
    while math.prod(kept) > most:
        can = [n for n, may in enumerate(thin) if may and kept[n] > fewest]
        if not can:
            break
        kept[max(can, key=kept.__getitem__)] -= 1
    if math.prod(kept) > 3 * max(most, MOST_STATES):
        raise ValueError(
            f"{type(explorer).__name__} has {math.prod(kept):,} states with its shortest sliders, more than "
            f"{3 * max(most, MOST_STATES):,}. Give it fewer controls."
        )
    return [spread(values, n, control.start) for values, n, control in zip(every, kept, explorer.controls, strict=True)]


def all_values(control: Control) -> list[Any]:
    """Return all that a control's widget can show."""
    if isinstance(control, Slider):
        return [
            control.nearest(control.low + step * control.step)
            for step in range(round((control.high - control.low) / control.step) + 1)
        ]
    if isinstance(control, LogSlider):
        return control.values
    return control.stops()


def spread(values: list[Any], n: int, start: Any) -> list[Any]:
    """Return n of the values, evenly spread, with both ends; the one nearest to the start gives way to the start."""
    if n == len(values):
        return values
    kept = sorted({round(place) for place in np.linspace(0, len(values) - 1, n)})
    at = values.index(start) if start in values else None
    if at is not None and at not in kept:
        inner = kept[1:-1] or kept
        kept[kept.index(min(inner, key=lambda place: abs(place - at)))] = at
    return [values[place] for place in sorted(kept)]


def drawn(explorer: Explorer, states: list[dict[str, Any]]) -> Iterator[bytes]:
    """Yield the picture of each state as a PNG, as the explorer's face in a notebook draws it."""
    figure = blank_figure(*explorer.size)
    pictures = explorer.drawn_on(figure)
    moving = plots.MovingPicture(figure, artists_in(pictures))
    for state in states:
        explorer.update(pictures, state)
        yield moving.png()


def pixels_of(png: bytes) -> Pixels:
    """Return a picture's colours `(H, W, 3)`."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def layers_of(base: Pixels, pictures: list[bytes], shape: tuple[int, ...]) -> list[Mask]:
    """Return where the layers lie, each as a mask `(H, W)`; `shape` has the number of values of each control.

    A place is a patch of pixels that change, with what is near. Places that depend on the same controls are one layer.
    So a film that only one control changes is not stored again for each value of the others.
    """
    changes = np.zeros(base.shape[:2], bool)
    for pixels in map(pixels_of, pictures):
        changes |= (pixels != base).any(axis=2)
    labels, count = ndimage.label(ndimage.binary_dilation(changes, np.ones((3, 3)), iterations=NEAR))
    boxes = ndimage.find_objects(labels)
    seen = np.empty((len(pictures), count), dtype=object)
    for number, pixels in enumerate(map(pixels_of, pictures)):
        for place, box in enumerate(boxes):
            seen[number, place] = hash(pixels[box][labels[box] == place + 1].tobytes())
    layers: dict[tuple[int, ...], Mask] = {}
    for place in range(count):
        values = seen[:, place].reshape(shape)
        controls = tuple(axis for axis in range(len(shape)) if (values != values.take([0], axis=axis)).any())
        layers[controls] = layers.get(controls, np.zeros_like(changes)) | (labels == place + 1)
    return list(layers.values())


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture without loss."""
    picture.save(path, "WEBP", lossless=True, quality=60, method=4)


def save_difference(base: Pixels, pixels: Pixels, mask: Mask, path: Path) -> None:
    """Write a picture that shows, inside the mask, where it differs from the base, and is transparent elsewhere."""
    shown = (pixels != base).any(axis=2) & mask
    rgba = np.zeros((*shown.shape, 4), np.uint8)
    rgba[shown, :3], rgba[shown, 3] = pixels[shown], 255
    save(Image.fromarray(rgba), path)


def control_data(control: Control, values: list[Any]) -> dict[str, Any]:
    """Return a control for the page: how it looks, its label, the text of each value, and where it starts."""
    kinds = {Slider: "range", LogSlider: "range", Choice: "choice", Toggle: "toggle"}
    # `spread` keeps the start of a slider that can stand there.
    start = values.index(control.start) if control.start in values else nearest(values, control.start)
    return {
        "name": control.name,
        "label": control.label,
        "kind": kinds[type(control)],
        "texts": [value_text(value) for value in values],
        "start": start,
        "thinned": len(values) < len(all_values(control)),
    }


def value_text(value: Any) -> str:
    """Return a value as a learner reads it."""
    return f"{value:g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def leads_to(explorer: Explorer, button: str, states: list[dict[str, Any]], values: list[list[Any]]) -> list[int]:
    """Return for each state the number of the state to which the button leads, on this page's steps."""
    numbers = []
    for state in states:
        new = {**state, **explorer.press(button, state)}
        places = [
            on.index(new[control.name]) if new[control.name] in on else nearest(on, new[control.name])
            for control, on in zip(explorer.controls, values, strict=True)
        ]
        numbers.append(int(np.ravel_multi_index(places, [len(on) for on in values])))
    return numbers


def nearest(values: list[Any], value: float) -> int:
    """Return the place of the value that is nearest."""
    return min(range(len(values)), key=lambda place: abs(values[place] - value))
