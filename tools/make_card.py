"""Draw the printable card of the checklist: docs/checklist_card.pdf and docs/images/checklist_card.png.

Run it after a change of the questions; `make build` does. A test compares the files with what the code draws.
"""

from pathlib import Path

from clinxai_teach import plots
from clinxai_teach.plots.card import draw_card, save_card_pdf

DOCS = Path(__file__).resolve().parents[1] / "docs"
PDF, PNG = DOCS / "checklist_card.pdf", DOCS / "images" / "checklist_card.png"


def make_card(pdf=PDF, png=PNG):
    """Write the card as a PDF and as a PNG."""
    figure = draw_card()
    save_card_pdf(figure, pdf)
    png.write_bytes(plots.png_bytes(figure))


if __name__ == "__main__":
    make_card()
    print(f"{PDF.name} and {PNG.name} written")
