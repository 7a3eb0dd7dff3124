"""What stands in for an explorer where a library that it needs is missing."""

from pathlib import Path

from IPython.display import Image, display

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "marker_explorer.png"  # only the course folder has it


class StillPicture:
    """In place of the marker explorer: the sentence that says what is `missing`, and a picture that does not move.

    Examples
    --------
    >>> StillPicture(ModuleNotFoundError("The marker explorer needs torch."))
    The marker explorer needs torch.
    """

    def __init__(self, missing: ModuleNotFoundError) -> None:
        self.missing = missing

    def __repr__(self) -> str:
        return str(self.missing)

    def _ipython_display_(self) -> None:
        print(f"{self.missing}\nThe rest of this page runs.")
        if PICTURE.exists():
            print("With torch, these controls move (synthetic film):")
            display(Image(PICTURE.read_bytes(), alt="The marker explorer: a synthetic film, a heatmap, five bars"))

    def filmstrip(self) -> None:
        """Say that there is none."""
        print("The strip of pictures needs torch, too.")
