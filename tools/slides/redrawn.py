"""Figures of a lesson, drawn once more by its own code: sharp, and with letters that can be read in the last row.

The lesson is run as the handouts run it (`handouts.hooks`), and its outputs are kept with theirs in build/teaching/run.
"""

from pathlib import Path


def redrawn(root: Path, lesson: Path) -> dict[str, list[str]]:
    """Return the pictures for slides as base64, by the id of their cell: of an explorer without sliders, each state."""
    from handouts.build import executed

    there = executed(root / "notebooks" / f"{lesson.stem}.ipynb").cells
    return {cell.id: [each for each in map(slide_of, cell.get("outputs", [])) if each] for cell in there}


def slide_of(output) -> str:
    """Return the picture for a slide that an output holds beside its own."""
    return str(output.get("metadata", {}).get("slide", ""))
