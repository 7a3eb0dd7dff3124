"""What a deck is made of: slides, and the marked cells of a lesson."""

from dataclasses import dataclass, field

from nbformat import NotebookNode

MOST_WORDS = 40  # of a sentence with its question


@dataclass
class Slide:
    """One slide. `body` is HTML; `notes` are headings and paragraphs (HTML) for the presenter."""

    kind: str  # "after" is a figure that answers the one before it
    title: str
    body: str
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Cell:
    """A cell of the built notebook with its mark, the number of its part (from one `##` to the next), and `say`."""

    cell: NotebookNode
    mark: str
    part: int
    say: str = ""
