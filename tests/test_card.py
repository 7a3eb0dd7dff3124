"""The printable card: it holds every question, fits on A4, and the committed files are what the code draws."""

import importlib.metadata
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.font_manager import FontProperties
from PIL import Image

from clinxai_teach import plots
from clinxai_teach.checklist import GROUPS, QUESTIONS
from clinxai_teach.plots import card
from make_card import PDF, PNG, make_card

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def figure():
    figure = card.draw_card()
    plots.png_bytes(figure)  # now every text knows its place
    return figure


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Return a folder with the card, drawn now."""
    folder = tmp_path_factory.mktemp("card")
    make_card(folder / "card.pdf", folder / "card.png")
    return folder


@pytest.fixture
def same_matplotlib():
    """Skip where another matplotlib than the pinned one is installed: it may place a letter elsewhere."""
    pinned = re.search(r"^matplotlib==(.+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)[1]
    if importlib.metadata.version("matplotlib") != pinned:
        pytest.skip(f"the committed card was drawn with matplotlib {pinned}")


def test_the_card_holds_every_question_its_evidence_and_its_red_flag_in_order(figure):
    words = " ".join(text.get_text() for text in figure.texts)
    words = words.replace("\N{NO-BREAK SPACE}", " ")
    place = 0
    for question in QUESTIONS:
        star = "*" if question.per == "tool" else ""
        place = words.index(f"{question.number}{star} {question.question}", place)
        assert f"Ask for: {question.evidence} [{', '.join(question.sections)}]" in words
        assert f"Red flag: {question.red_flag}" in words
    for group, title in GROUPS.items():
        assert f"{group}  {title}" in words
    assert words.count("one ? stops") == 4


def test_the_page_is_a4_and_no_text_is_below_8_points(figure):
    assert figure.get_size_inches() == pytest.approx([210 / 25.4, 297 / 25.4], abs=0.01)
    assert min(text.get_fontsize() for text in figure.texts) >= 8


def test_every_text_lies_on_the_page_and_none_touches_another(figure):
    boxes = [text.get_window_extent() for text in figure.texts]
    inside = figure.bbox.padded(-10 * figure.dpi / 72)  # 3.5 mm: no printer prints to the edge
    for text, box in zip(figure.texts, boxes, strict=True):
        assert inside.contains(box.x0, box.y0), text.get_text()
        assert inside.contains(box.x1, box.y1), text.get_text()
    for number, box in enumerate(boxes):
        for other in range(number):
            width = min(box.x1, boxes[other].x1) - max(box.x0, boxes[other].x0)
            height = min(box.y1, boxes[other].y1) - max(box.y0, boxes[other].y0)
            # Letters that hang below a line may come near the next one; half a letter may not.
            overlap = width > 0 and height > 4 * figure.dpi / 72
            assert not overlap, (figure.texts[number].get_text(), figure.texts[other].get_text())


def test_each_question_has_three_boxes_that_no_text_covers(figure):
    boxes = [shape for shape in figure.artists if shape.get_linewidth() == 0.8]
    assert len(boxes) == 3 * len(QUESTIONS)
    for box in boxes:
        place = box.get_window_extent()
        for text in figure.texts:
            words = text.get_window_extent()
            # The line below reaches up to the box with the room above its letters only.
            overlap = min(place.y1, words.y1) - max(place.y0, words.y0)
            beside = min(place.x1, words.x1) - max(place.x0, words.x0)
            assert beside <= 0 or overlap <= 1 * figure.dpi / 72, text.get_text()


def test_lines_are_no_wider_than_asked_and_lose_no_word():
    words = QUESTIONS[7].question
    for width in (60, 150, 400):
        lines = card.lines_of(words, width, 8)
        assert " ".join(lines) == words
        for line in lines:
            measured = card.TextToPath().get_text_width_height_descent(line, FontProperties(size=8), ismath=False)[0]
            assert measured <= width or " " not in line


def test_a_question_too_many_is_an_error_and_not_cut_off(monkeypatch):
    monkeypatch.setattr(card, "QUESTIONS", QUESTIONS + QUESTIONS[:3])
    with pytest.raises(ValueError, match="Shorten a question"):
        card.draw_card()


def test_the_committed_files_are_what_the_code_draws(fresh, same_matplotlib):
    drawn, committed = (np.asarray(Image.open(path)) for path in (fresh / "card.png", PNG))
    rebuild = "run: python tools/make_card.py"
    assert drawn.shape == committed.shape, rebuild
    assert (drawn == committed).all(), rebuild
    assert (fresh / "card.pdf").read_bytes() == PDF.read_bytes(), rebuild


def test_drawing_again_gives_the_same_bytes_without_a_date(fresh, tmp_path):
    make_card(tmp_path / "card.pdf", tmp_path / "card.png")
    for name in ("card.pdf", "card.png"):
        assert (tmp_path / name).read_bytes() == (fresh / name).read_bytes()
    pdf = (fresh / "card.pdf").read_bytes()
    assert not re.search(rb"/CreationDate|/ModDate|/Producer|/Creator|matplotlib", pdf)
    assert pdf.count(b"/Type /Page ") == 1


def test_the_card_needs_no_colour(fresh):
    picture = np.asarray(Image.open(fresh / "card.png"))
    assert (picture == picture[..., :1]).all()
    assert picture.min() == 0
    assert picture.max() == 255
