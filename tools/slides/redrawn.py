"""Figures of a lesson whose letters would be too small on a slide, drawn once more by the lesson's own code.

The lesson is run as the handouts run it (`handouts.hooks`), and its outputs are kept with theirs in build/teaching/run.
"""

import base64
import io
from pathlib import Path

from PIL import Image

from slides.deck import marked
from slides.model import Cell
from slides.room import DPI, drawn_anew


def redrawn(root: Path, lesson: Path) -> dict[str, str]:
    """Return pictures for slides as base64, by the id of their cell; a lesson that needs none is not run."""
    small = {cell.cell.id for cell in marked(lesson) if cell.mark and too_small(cell)}
    if not small:
        return {}
    from handouts.build import executed

    there = executed(root / "notebooks" / f"{lesson.stem}.ipynb").cells
    drawn = {cell.id: [each for each in map(slide_of, cell.get("outputs", [])) if each] for cell in there}
    return {name: drawn[name][0] for name in small if drawn[name]}


def slide_of(output) -> str:
    """Return the picture for a slide that an output holds beside its own."""
    return str(output.get("metadata", {}).get("slide", ""))


def too_small(cell: Cell) -> bool:
    """Whether the letters of the first picture of a cell are too small on a slide."""
    pictures = [each.data["image/png"] for each in cell.cell.get("outputs", []) if "image/png" in each.get("data", {})]
    if not pictures:
        return False
    width, height = Image.open(io.BytesIO(base64.b64decode(pictures[0]))).size
    return drawn_anew(width / DPI, height / DPI) is not None
