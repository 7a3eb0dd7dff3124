"""No slide says a number that its lesson does not hold."""

import re

from nbformat import NotebookNode

from cells import BuildError
from slides.model import Cell

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def check_numbers(text: str, cell: Cell | None, cells: list[Cell]) -> None:
    """Raise for a number that the lesson does not hold: in the cell's part (without a cell: in any), or a long one
    anywhere.
    """
    here = {n for other in cells if not cell or other.part == cell.part for n in numbers(everything(other.cell))}
    anywhere = {n for other in cells for n in numbers(everything(other.cell)) if len(n) > 2}
    if strange := [n for n in numbers(text) if n not in here | anywhere]:
        raise BuildError(f"{', '.join(strange)} stands nowhere in this part of the lesson; has a number changed?")


def numbers(text: str) -> list[str]:
    """The numbers of a text, without the commas of thousands."""
    return [number.replace(",", "") for number in NUMBER.findall(text)]


def everything(cell: NotebookNode) -> str:
    """All that a reader of the notebook sees of a cell."""
    text = [cell.source]
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        text += [output.get("text", ""), re.sub(r"<[^>]+>", " ", data.get("text/html", "")), data.get("text/plain", "")]
        text += [output.get("metadata", {}).get("image/png", {}).get("alt", "")]
    return " ".join(text)
