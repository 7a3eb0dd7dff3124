"""The checklist as a card for the pocket: one A4 page, drawn from the questions."""

import os
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextToPath

from clinxai_teach.checklist import GROUPS, NOTICE, QUESTIONS, STOPPING, ChecklistQuestion

# All lengths are in points, 72 to the inch, from the top left corner of an A4 page.
WIDTH, HEIGHT = 595.28, 841.89
MARGIN, INDENT, BOXES = 30, 24, 78  # INDENT: room for the number; BOXES: room for the three boxes to tick
LARGE, MEDIUM, SMALL = 14, 8.5, 8  # sizes of text; 8 points is the least that prints well
LINE = 1.22  # height of a line, in sizes of its text
PNG_DPI = 150
FILL_IN = (
    "Tool: __________________________  Version: _____________  Decision: ____________________  Date: _____________"
)
RULE = (
    'Tick yes (you can name the evidence, and it satisfies you), no (you looked, and it does not), or "?" (I don\'t '
    'know). One "?" in A to D: do not act on the output alone. Get the model card or the validation report, or ask '
    'the team responsible for AI. A "no" in A to D: do not use the output for this decision.'
)


def draw_card() -> Figure:
    """Return the card as a figure in A4: 16 questions, each with its evidence, its red flag and three boxes.

    It is black on white with one light grey, so that any printer will do. No text is smaller than 8 points.
    Raises ValueError if the questions no longer fit on one page.
    """
    figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=PNG_DPI, facecolor="white")
    page = Page(figure)
    page.write("Before you act on an AI tool's output: 16 questions", MARGIN, LARGE, weight="bold")
    page.down(LARGE * LINE + 2)
    page.paragraph(RULE, MARGIN, WIDTH - 2 * MARGIN, SMALL)
    page.down(3)
    page.paragraph(FILL_IN, MARGIN, WIDTH - 2 * MARGIN, SMALL)
    page.down(3)
    for group, title in GROUPS.items():
        page.band(f"{group}  {title}", "one ? stops" if group in STOPPING else "settle what is open")
        for question in (question for question in QUESTIONS if question.group == group):
            page.question(question)
    page.down(2)
    page.paragraph(
        "* once per tool; the others for each patient. In brackets: the section of ClinXAI Teach that teaches it. "
        f"{NOTICE}",
        MARGIN,
        WIDTH - 2 * MARGIN,
        SMALL,
    )
    if page.top > HEIGHT - MARGIN / 2:
        raise ValueError(
            f"the card needs {page.top:.0f} points of height, but A4 has {HEIGHT:.0f}. Shorten a question."
        )
    return figure


def save_card_pdf(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write the card as a PDF. The same figure gives the same bytes: no date and no version is written.

    It is not compressed, because compressed bytes differ between versions of zlib.
    """
    nothing = {"Creator": None, "Producer": None, "CreationDate": None}
    with rc_context({"pdf.compression": 0}), PdfPages(path, metadata=nothing) as pdf:
        pdf.savefig(figure)


class Page:
    """A figure that is written from top to bottom; `top` is where the next line begins."""

    def __init__(self, figure: Figure) -> None:
        self.figure, self.top = figure, 24.0

    def down(self, points: float) -> None:
        """Leave a space."""
        self.top += points

    def write(self, words: str, left: float, size: float, *, weight: str = "normal", align: str = "left") -> None:
        """Write one line at the present height."""
        baseline = 1 - (self.top + 0.95 * size) / HEIGHT
        self.figure.text(left / WIDTH, baseline, words, size=size, weight=weight, ha=align, parse_math=False)

    def box(self, left: float, top: float, width: float, height: float, **style: Any) -> None:
        """Draw a rectangle."""
        corner = (left / WIDTH, 1 - (top + height) / HEIGHT)
        figure = self.figure
        shape = Rectangle(corner, width / WIDTH, height / HEIGHT, transform=figure.transFigure, **style)
        figure.add_artist(shape)

    def paragraph(self, words: str, left: float, width: float, size: float, *, weight: str = "normal") -> None:
        """Write words in lines that are at most `width` wide, and go down."""
        for line in lines_of(words, width, size, weight):
            self.write(line, left, size, weight=weight)
            self.down(size * LINE)

    def band(self, title: str, note: str) -> None:
        """Draw the grey band that begins a group."""
        self.box(MARGIN, self.top, WIDTH - 2 * MARGIN, 12, facecolor="0.88", edgecolor="none")
        self.down(1)
        self.write(f"{title}  ({note})", MARGIN + 3, MEDIUM, weight="bold")
        for place, word in enumerate(("yes", "no", "?")):
            self.write(word, WIDTH - MARGIN - BOXES + 26 * (place + 0.5), SMALL, weight="bold", align="center")
        self.down(12.5)

    def question(self, question: ChecklistQuestion) -> None:
        """Write one question with its boxes; below it evidence and red flag, side by side."""
        left, width = MARGIN + INDENT, WIDTH - 2 * MARGIN - INDENT
        for place in range(3):
            box_left = WIDTH - MARGIN - BOXES + 26 * (place + 0.5) - 4.5
            self.box(box_left, self.top + 0.5, 8.5, 8.5, facecolor="none", edgecolor="black", linewidth=0.8)
        star = "*" if question.per == "tool" else ""
        self.write(f"{question.number}{star}", MARGIN, MEDIUM, weight="bold")
        self.paragraph(question.question, left, width - BOXES - 4, MEDIUM, weight="bold")
        self.down(1)
        sections = ",\N{NO-BREAK SPACE}".join(question.sections)
        start, ends = self.top, []
        half = (width - 10) / 2
        for words, column in (
            (f"Ask for: {question.evidence} [{sections}]", left),
            (f"Red flag: {question.red_flag}", left + half + 10),
        ):
            self.top = start
            self.paragraph(words, column, half, SMALL)
            ends.append(self.top)
        self.top = max(ends) + 3


def lines_of(words: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Return words as lines of text that are at most `width` points wide."""
    font, measure = FontProperties(size=size, weight=weight), TextToPath().get_text_width_height_descent
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and measure(longer, font, ismath=False)[0] > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
