"""Slides: what a deck holds (fast), and how it looks and prints in Chromium (slow)."""

import base64
import html
import io
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from nbformat import NotebookNode
from PIL import Image, ImageChops
from pypdf import PdfReader

import teaching_pages
from cells import BuildError
from clinxai_teach import explorers
from clinxai_teach.checklist import RULES
from clinxai_teach.explorers.base import Explorer, Slider
from lab_in_chromium import CHROMIUM, what_is_missing
from slides import build, live, notes, room, votes
from slides.build import ROOT
from slides.deck import closing, left_out, lessons, marked, with_slide_numbers
from slides.deck import deck as deck_of
from slides.figures import after, frame_of, made, table_html, with_controls
from slides.frames import heard_slide, point_slides
from slides.model import Cell, Slide
from slides.page import notes_page, page
from slides.text import notes_html, text_html
from slides.true_numbers import check_numbers

LESSONS = lessons(ROOT)
SMALLEST_PX = 24
MOST_WORDS = 75


@pytest.fixture(scope="module")
def decks():
    return {lesson.stem: deck_of(lesson) for lesson in LESSONS}


MATH = re.compile(r"\$[^$<]+\$|\\[a-z]+")  # of LaTeX


def text_of(body):
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_every_section_has_a_deck():
    sections = {path.stem for path in (ROOT / "notebooks").glob("18_*.ipynb")}
    assert {lesson.stem for lesson in LESSONS} == sections


@pytest.mark.parametrize("name", [lesson.stem for lesson in LESSONS])
def test_a_deck_is_complete(decks, name):
    deck = decks[name]
    kinds = [slide.kind for slide in deck]
    assert 14 <= len(deck) <= 22
    assert kinds[0] == "opening"
    assert kinds[-1] == "sources"
    for kind, least in {"text": 1, "figure": 1, "vote": 2, "heard": 1, "points": 1}.items():
        assert kinds.count(kind) >= least, kind
    for number, slide in enumerate(deck):
        assert slide.title
        assert len(slide.notes) >= 2, slide.title
        assert slide.notes[0][0] == "Time"
        assert all(words.strip() for _, words in slide.notes), slide.title
        assert len(text_of(re.sub(r"<table.*?</table>", "", slide.body)).split()) <= MOST_WORDS, slide.title
        if slide.kind == "vote":
            assert kinds[number + 1] == "answer"
            assert slide.body.count("<li>") == deck[number + 1].body.count("<li")
        assert not any(MATH.search(text) for text in (slide.body, *dict(slide.notes).values())), slide.title
        if slide.kind in ("text", "figure", "after"):
            assert re.search(r"<p>[^<]+[.?!]</p>", slide.body), slide.title
        if slide.kind in ("figure", "after"):
            assert re.search(r'<img [^>]*alt="[^"]{20,}"|<th scope="row">', slide.body), slide.title
    last = text_of(deck[-1].body)
    assert "CC BY 4.0" in last
    assert "Nothing here is medical" in last


def test_an_answer_prints_each_option_in_its_words(decks):
    for name, deck in decks.items():
        for vote, answer in pairwise(deck):
            for option in re.findall(r"</b><div>(.*?)</div>", vote.body) if vote.kind == "vote" else []:
                assert text_of(option).rstrip(".") in text_of(answer.body), (name, answer.title)


def test_what_the_room_must_hear_before_a_vote_stands_on_it(decks):
    asked = {
        "prompt": "Which?",
        "options": {"this": "No.", "that": "Yes."},
        "right": "that",
        "defensible": "",
        "why": "",
    }
    shown = [votes.vote_slides(asked, 1, first)[0].body for first in ("A set: a list. " + "More. " * 70, "One. | Two.")]
    assert '<p class="first">A set: a list. More.' in shown[0]
    assert len(text_of(shown[0]).split()) == MOST_WORDS
    assert '<p class="first">One.</p>' in shown[1]
    assert 'class="first"' not in votes.vote_slides(asked, 1, " | Only said.")[0].body
    with pytest.raises(BuildError, match="say at most 70 words"):
        votes.vote_slides(asked, 1, "word " * 80 + " | Only said.")


def test_formulas_are_plain_letters():
    assert text_html(r"so $\alpha$ and $1/\sqrt{n}$") == "so α and 1/√n"
    assert notes_html(r"then $e^{-1.64} = 0.19$").strip() == "<p>then e<sup>-1.64</sup> = 0.19</p>"


def test_minutes_leave_room_for_questions(decks):
    for deck in decks.values():
        assert 25 <= sum(notes.MINUTES[slide.kind] for slide in deck) <= notes.LECTURE


def test_a_page_needs_nothing_else(decks):
    lesson = LESSONS[-1]
    made_page = page(lesson, decks[lesson.stem])
    bare = re.sub(r"<(script|style)>.*?</\1>", "", made_page, flags=re.DOTALL)
    assert made_page.count("<section ") == len(decks[lesson.stem])
    assert made_page.count('<aside class="notes">') == len(decks[lesson.stem])
    assert not re.search(r'(src|href)="(?!data:)', bare)
    assert "Reveal.initialize" in made_page


def test_notes_name_the_parts_of_the_lesson_by_number(decks):
    for lesson in LESSONS:
        paper = notes_page(lesson, decks[lesson.stem])
        assert paper.count("<section>") == len(decks[lesson.stem])
        assert "{{" not in paper, lesson.stem
        guide = notes.guide_of(lesson)
        assert set(guide) == {"Goes wrong in the room", "Time", "Skip", "Bridges", "Board"}, lesson.stem
        if lesson.stem.startswith("18_6"):
            assert all(f"{rule.when}: {rule.title}" in guide["Board"] for rule in RULES)
        assert "**" not in "".join(text for _, text in decks[lesson.stem][0].notes), lesson.stem
        assert all(slide.notes[-1][1] in paper for slide in decks[lesson.stem])


def test_notes_name_the_slide_that_speaks_against_a_thing_often_heard():
    slides = [Slide("figure", "Three numbers without bins", ""), Slide("text", "Back", "")]
    spoken = with_slide_numbers("High AUC = {Back}: O/E 0.28.", slides)
    assert spoken == "High AUC = slide 2: O/E 0.28."
    told = dict(heard_slide(["High AUC, so right."], [], [spoken]).notes)["The answer"]
    assert told == "<p>“High AUC, so right.” slide 2: O/E 0.28.</p>"
    with pytest.raises(BuildError, match="no slide's title begins with 'Four'"):
        with_slide_numbers("{Four}", slides)
    with pytest.raises(BuildError, match="nothing often heard begins with 'Low'"):
        heard_slide(["High AUC, so right."], [], ["Low = x"])
    with pytest.raises(BuildError, match="nothing is said against"):
        heard_slide(["High AUC, so right.", "Other"], [], [spoken])


def test_what_to_skip_names_only_parts_with_slides():
    assert notes.slides_only("4 (no slide), 3 (slides 6 to 7) and 8 (slide 13).") == (
        "Slides 6 to 7 (part 3); then slide 13 (part 8)."
    )
    assert "No slide" in notes.slides_only("4 (no slide).")


def test_a_long_answer_is_shortened_and_stays_whole_in_the_notes():
    reason = "The first sentence has seven words only. " + "And so it goes on. " * 10
    asked = {"prompt": "Which?", "options": {"this": reason, "that": reason}, "right": "that", "defensible": ""}
    answer = votes.vote_slides({**asked, "why": "Because it is so."}, 1)[1]
    assert "goes on" not in answer.body
    assert answer.body.count("The first sentence has seven words only.") == 2
    assert "Because it is so." in dict(answer.notes)["In full"]
    assert "goes on" in dict(answer.notes)["In full"]
    assert "goes on" in dict(answer.notes)["The usual wrong beliefs"]


# ---- the marks -----------------------------------------------------------------------------------

ONE_PIXEL = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
).decode()


def code(source, **data):
    output = NotebookNode(output_type="display_data", data=data, metadata={"image/png": {"alt": "Seven dots."}})
    cell = NotebookNode(cell_type="code", source=source, outputs=[output] if data else [], id="x", metadata={})
    return Cell(cell, "", 1)


def test_numbers_of_a_sentence_stand_in_its_part():
    near = Cell(NotebookNode(cell_type="markdown", source="Of 4,214 adults 9% are ill."), "", 1)
    far = Cell(NotebookNode(cell_type="markdown", source="Then 7% of 5,018."), "", 2)
    check_numbers("9% of 4214, and 5,018", near, [near, far])
    with pytest.raises(BuildError, match=r"^7 stands nowhere"):
        check_numbers("7%", near, [near, far])


def test_a_mark_says_what_is_wrong():
    cell = code("1", **{"image/png": ONE_PIXEL})
    with pytest.raises(BuildError, match=r"Title \| One sentence"):
        made("figure", ["A title"], cell, "")
    with pytest.raises(BuildError, match="50 words"):
        made("figure", ["A title", "word " * 50], cell, "")
    with pytest.raises(BuildError, match="neither a picture nor a table"):
        made("figure", ["A title", "A sentence."], code("1"), "")
    with pytest.raises(BuildError, match="no Question"):
        votes.question_of("print(1)")
    with pytest.raises(BuildError, match="not written out"):
        votes.question_of("Question(text, {})")
    with pytest.raises(BuildError, match='no heading "Key points"'):
        point_slides("## Discuss\n\n- a")


def test_a_vote_hides_its_answer():
    asked = votes.question_of('Question("How many?", {"1": "Too few.", "2": "Yes."}, right="2", why="Count.")')
    vote, answer = votes.vote_slides(asked, 3)
    assert "Too few" not in vote.body
    assert "✓" not in vote.body
    assert answer.title == "Answer 3: B"
    assert "✓ 2" in answer.body
    assert "Yes. Count." in answer.body
    assert "1.</strong> Too few." in answer.body


TABLE = """<table border="1"><thead><tr><th></th><th>AUC</th><th>n</th></tr>
<tr><th>group</th><th></th><th></th></tr></thead>
<tbody><tr><th>all</th><td>0.8</td><td>10</td></tr></tbody></table>"""


def test_a_table_keeps_the_columns_that_the_mark_names():
    table = table_html(TABLE, ["AUC"])
    assert text_of(table) == "group AUC all 0.8"
    assert '<th scope="col">AUC</th>' in table
    old = "<tr><th>old</th><td>0.7</td><td>1500</td></tr></tbody>"
    assert text_of(table_html(TABLE.replace("</tbody>", old), ["old", "n"])) == "group n old 1,500"
    assert text_of(table_html(TABLE.replace("</tbody>", old), ["old"])) == "group AUC n old 0.7 1,500"
    with pytest.raises(BuildError, match="no column 'PPV'"):
        table_html(TABLE, ["PPV"])
    with pytest.raises(BuildError, match="span others"):
        table_html(TABLE.replace("<td>10</td>", ""), [])


def test_a_text_can_show_columns_of_its_table():
    text = "## 3. A rule\n\nText.\n\n| what | decision | who |\n|---|---|---|\n| an *alert* | **verify** | you |\n"
    cell = Cell(NotebookNode(cell_type="markdown", source=text, id="x", metadata={}), "", 1)
    slide = made("text", ["The rule", "Which row fits?", "", "what; decision"], cell, "")
    assert slide.kind == "figure"
    assert text_of(slide.body) == "what decision an alert verify Which row fits?"
    assert made("text", ["The rule", "Which row fits?"], cell, "").kind == "text"


def test_no_vote_asks_for_what_no_slide_before_it_shows(decks):
    for name, deck in decks.items():
        for number, slide in enumerate(deck):
            if slide.kind in ("vote", "answer"):
                assert not re.search(r"\b(table|film|figure|[Cc]ount|[Ss]ee) (above|below)\b", text_of(slide.body)), (
                    name
                )
            if slide.kind == "vote" and "the rule" in text_of(slide.body):
                assert any("rule" in before.title for before in deck[:number]), name


# A word of a vote, and what the room must have heard of it: on a slide before, in its notes, or in what to say first.
TERMS = {
    r"\bAUC\b": r"of pairs of one|how well ill and healthy",
    r"\bECE\b": "expected calibration error: the mean distance",
    "perfect tool": "draw a new outcome",
    "Platt": "new logit =",
    r"\bT\b": "divides the logit",
    "net benefit": "people found, minus",
    "pistemic": "Epistemic doubt is in the model",
    "five networks": "Five small networks",
    "passes": "each pass of a film",
    "handed over": "a doctor decides on the rest",
    "alarm has an AUC": "The alarm rings when",
    r"\bsets?\b|coverage|covered": "covers a patient if the truth is in it",
    "one threshold": "One threshold for all",
    "threshold per class": "one is learned from the ill",
    "ntegrated gradients": "walk in a straight line",
    "gradient": "what a small change",
    "Grad-CAM": "Grad-CAM: the heatmap",
    "Person B": "B: told nothing",
    "overrid": "decides against the advice",
    "bserved / expected|O/E": "divided by the sum",
    "insufficient data": "prints no estimate",
    "sensitivity": "with an alert|the share found|the tool finds",
    "verdict": "the first line that fits",
    "the promise": "The promise:|promise 90%",
    "log-odds": "multiplies the odds",
    "marker": "Marker: the letter",
    "the tool gives": "The leaflet counted",
    "alarm has gone off": "Reaching 20 is the alarm",
}


def plans():
    """The slides of each schedule with a deck, and of each whole deck: its name, then lesson and numbers in order."""
    text = (ROOT / "teaching/sources/schedules.md").read_text(encoding="utf-8")
    for number, found in enumerate(teaching_pages.SCHEDULE.finditer(text), 1):
        steps = [line.split("|")[0].split(maxsplit=2) for line in found[3].splitlines()]
        plan = []
        for _, short, wanted in (step for step in steps if step[0] == "parts"):
            there = teaching_pages.slides_of(ROOT, short)
            names = [
                teaching_pages.heading(ROOT, short, start.strip())
                for start in wanted.split(";")
                if wanted.strip() != "all"
            ]
            plan.append((short, names, sorted(n for name in names or there for n in there.get(name, []))))
        yield f"schedule {number}", plan
    for lesson in LESSONS:
        short = re.match(r"18(?:_\d(?![a-z]))+", lesson.stem)[0]
        there = teaching_pages.slides_of(ROOT, short)
        yield lesson.stem, [(short, [], sorted(n for numbers in there.values() for n in numbers))]


def heard(slide):
    told = [text for what, text in slide.notes if what in ("Say first", "What the lesson says")]
    return text_of(" ".join([slide.title, slide.body, *told]))


def test_a_vote_asks_in_words_that_the_room_has_heard(decks):
    missing, used = set(), set()
    for plan, steps in plans():
        before = ""
        for short, _, numbers in steps:
            deck = next(deck for name, deck in decks.items() if name.startswith(f"{short}_"))
            for number in numbers:
                slide = deck[number - 1]
                if slide.kind == "vote":
                    asked = text_of(re.sub(r'<p class="first">.*?</p>', "", slide.body))
                    known = before + heard(slide)
                    assert not re.search(r"\b[Tt]h(is|ese|ose) (people|patients|films)\b", asked), (plan, short, number)
                    terms = {term for term in TERMS if re.search(term, asked)}
                    missing |= {(plan, short, number, term) for term in terms if not re.search(TERMS[term], known)}
                    used |= terms
                before += heard(slide) + " "
    assert missing == set()
    assert used == set(TERMS)


def test_what_to_say_first_is_short_and_where_it_quotes_the_lesson_says_it(decks):
    for name, deck in decks.items():
        for slide in deck:
            assert len(text_of(dict(slide.notes).get("Say first", "")).split()) <= 100, (name, slide.title)
    text = NotebookNode(cell_type="markdown", source="> A **set** is a list.\nOf what is left.", id="x", metadata={})
    asked = Cell(code("1").cell, "vote", 1, "It {{is a list ... left}}.")
    assert notes.say_first([Cell(text, "", 1), asked], 1) == "It is a list. Of what is left."
    asked.say = "It {{was a list ... left}}."
    with pytest.raises(BuildError, match="does not say"):
        notes.say_first([Cell(text, "", 1), asked], 1)
    asked.say = "Of 4,214 adults."
    with pytest.raises(BuildError, match="4214 stands nowhere"):
        notes.say_first([Cell(text, "", 1), asked], 1)


def test_a_part_that_a_plan_leaves_out_has_a_bridge(decks):
    for plan, steps in plans():
        for short, names, _ in steps:
            if names and short != "18_6":  # its other parts are work at home
                deck = next(deck for name, deck in decks.items() if name.startswith(f"{short}_"))
                left = [part for part in teaching_pages.parts(ROOT, short) if part not in names]
                for number in re.findall(r"^(\d+)\. ", "\n".join(left), re.MULTILINE):
                    assert f"Without {number} (" in dict(deck[0].notes)["Bridges"], (plan, short, number)


def test_notes_say_in_words_what_sliders_would_show(decks):
    told = [dict(slide.notes).get("Without sliders, say", "") for deck in decks.values() for slide in deck]
    assert sum(map(bool, told)) >= 9
    assert all("Run All" not in text for deck in decks.values() for slide in deck for _, text in slide.notes)
    marker = next(slide for slide in decks["18_1_why_interpretability_matters"] if slide.title == "Try one film")
    assert dict(marker.notes)["Without sliders, say"].count("<p>") == 4


def test_the_notes_of_a_figure_hold_what_the_lesson_says_of_it(decks):
    def text(source, part):
        return Cell(NotebookNode(cell_type="markdown", source=source, metadata={}), "", part)

    picture, check, asked = code("1"), code("assert 1"), code("Question()")
    asked.mark = "vote"
    (_, told), *rest = notes.said([picture, check, asked, text("It says so.\n\n## 2. Next\n\nNot this.", 2)], 0)
    assert "It says so." in told
    assert "Not this" not in told
    assert not rest
    closing_text = text("She is well.", 1)
    closing_text.mark = "Back to the case | She is well."
    assert "well" not in notes.said([picture, text("It says so.", 1), closing_text], 0)[0][1]
    other = code("2")
    other.mark = "Another picture | Its sentence."
    assert notes.said([picture, other, text("Of the other.", 1)], 0) == []
    without = [
        (name, slide.title)
        for name, deck in decks.items()
        for slide in deck
        if slide.kind == "figure" and "What the lesson says" not in dict(slide.notes)
    ]
    assert without == []


def test_points_lie_evenly_on_their_slides():
    points = "".join(f"- Point {n} has nine words in its first sentence. And more.\n" for n in range(8))
    made = point_slides(f"## Key points\n\n{points}\n## Exercises\n\n- no")
    assert [slide.body.count("<li>") for slide in made] == [4, 4]
    assert "And more" not in made[0].body
    assert "And more" in made[0].notes[0][1]
    fewer = point_slides(f"## Key points\n\n{points}", ["Point 0", "Point 7"])
    assert [slide.body.count("<li>") for slide in fewer] == [6]
    assert dict(fewer[-1].notes)["Only in the lesson"].count("<p>") == 2


class Bars(Explorer):
    """A bar as high as its slider says."""

    title = "Bars"
    size = (8.0, 3.0)
    controls = (Slider("height", "Height", 0, 4, 1, 2),)

    def build(self, figure):
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set_ylim(-5, 5)
        return ax.axhline(0, linewidth=5)

    def update(self, line, state):
        line.set_ydata([state["height"]] * 2)

    def words(self, state):
        return " ".join([f"The bar is {state['height']} high."] * (9 if state["height"] == 4 else 1))


def test_the_mark_of_the_points_can_leave_some_out_and_close_the_case():
    for mark, unshown, case in (
        ("key points", [], []),
        ("key points | without: A set; Small", ["A set", "Small"], []),
        ("key points | Back | A sentence.", [], ["Back", "A sentence."]),
        ("key points | without: A set | Back | A sentence.", ["A set"], ["Back", "A sentence."]),
    ):
        assert (left_out(mark.split(" | ")), closing(mark.split(" | "))) == (unshown, case)


def test_a_slide_after_the_sliders_shows_one_picture_of_the_lesson_without_them():
    bars = Bars()
    states = [{**bars.start_state(), "height": height} for height in (1, 4)]
    words = [f"{n}. {bars.describe(state)}" for n, state in enumerate(states, 1)]
    strip = io.BytesIO()
    bars.filmstrip_figure(states, words).savefig(strip, format="png", dpi=100)
    cell = code("bars.filmstrip()", **{"image/png": base64.b64encode(strip.getvalue()).decode()})
    cell.cell.outputs[0].metadata["image/png"]["alt"] = f"Bars: 2 pictures. {' '.join(words)}"
    for number, state in enumerate(states, 1):
        alone = io.BytesIO()
        bars.render(state).savefig(alone, format="png", dpi=100)
        found = frame_of(cell.cell.outputs[0].data["image/png"], number, [bars.describe(state) for state in states])
        assert ImageChops.difference(found, Image.open(alone).convert("RGB")).getbbox() is None
        slide = after([f"after {number}", "It moved", "A sentence."], cell)
        assert slide.kind == "after"
        assert f'alt="{html.escape(bars.describe(state))}"' in slide.body
    with pytest.raises(BuildError, match="has 2 pictures"):
        after(["after 3", "It moved", "A sentence."], cell)


def test_a_slide_names_controls_that_its_explorer_has():
    for lesson in LESSONS:
        for cell in marked(lesson):
            names = cell.mark.removeprefix("vote | ").split(" | ")[3:]
            kind = re.search(r"\w+Explorer(?=\()", cell.cell.source)
            if names and kind:
                explorer = getattr(explorers, kind[0])
                labels = {control.label for control in (*explorer.controls, *explorer.buttons)}
                assert set(names[0].split("; ")) <= labels, (lesson.stem, names)


def test_a_figure_has_its_answer_in_the_notes_where_the_lesson_writes_one(decks):
    swap = next(slide for slide in decks[LESSONS[0].stem] if slide.title == "A true swap shows the cause")
    assert "its own control" in dict(swap.notes)["The answer"]
    assert "Say first" not in dict(swap.notes)


def test_a_deck_keeps_of_the_sliders_those_that_its_slide_names():
    mark = '<div class="live" data-live="{&quot;key&quot;: &quot;a-1&quot;}"></div>'
    assert with_controls(mark, []) == mark
    assert json.loads(html.unescape(re.search('data-live="(.*?)"', with_controls(mark, ["T"]))[1])) == {
        "key": "a-1",
        "only": ["T"],
    }


def test_the_website_s_sliders_take_the_picture_s_place():
    mark = '<div class="live" data-kind="explorer" data-live="{&quot;key&quot;: &quot;a-1&quot;}"></div>'
    slide = made("figure", ["T", "A sentence."], code("1", **{"image/png": ONE_PIXEL}), mark)
    assert mark in slide.body
    assert 'class="static"><img' in slide.body
    assert live.key_of(mark) == "a-1"


# ---- figures drawn anew --------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(9, 5), (8.3, 6.8), (6, 7), (10, 4.5), (9.2, 3.6), (12, 4), (5, 5), (3, 12)])
def test_a_figure_drawn_anew_has_letters_of_18_pixels_and_is_no_larger(size):
    wanted = room.drawn_anew(*size) or size
    assert wanted[0] <= size[0]
    assert wanted[1] <= size[1]
    width, height = room.ABOVE if wanted[0] / wanted[1] > room.WIDE else room.BESIDE
    inch = min(width / wanted[0], height / wanted[1])
    assert room.POINTS / 72 * inch >= room.LEAST
    assert room.drawn_anew(*wanted) is None


def test_a_slide_shows_the_picture_that_was_drawn_for_it():
    cell = code("1", **{"image/png": ONE_PIXEL})
    wide = io.BytesIO()
    Image.new("RGB", (60, 20), "black").save(wide, "PNG")
    cell.cell.metadata["slide"] = [base64.b64encode(wide.getvalue()).decode()]  # sharp: twice the pixels
    assert 'width="30" height="10" alt="Seven dots."' in made("figure", ["T", "A sentence."], cell, "").body


# ---- in Chromium ---------------------------------------------------------------------------------

# What is wrong with the slide that is shown: too large, over its footer, over its neighbour, or too small to read.
LOOK = """() => {
  const slide = Reveal.getCurrentSlide(), found = [], seen = (e) => e.getBoundingClientRect();
  if (slide.scrollWidth > 1280 || slide.scrollHeight > 720) found.push(`${slide.scrollWidth} x ${slide.scrollHeight}`);
  const foot = seen(slide.querySelector('footer')), all = [...slide.querySelectorAll(':scope > :not(.notes), .body *')];
  for (const e of all) {
    const box = seen(e);
    if (!box.width || e.closest('.live .words')) continue;
    if (box.left < -1 || box.right > 1281 || box.top < -1 || box.bottom > 721) found.push(`outside: ${e.tagName}`);
    if (e.closest('.body') && box.bottom > foot.top + 1) found.push(`over the footer: ${e.tagName}`);
    const says = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (says && parseFloat(getComputedStyle(e).fontSize) < SMALLEST) found.push(`small: ${e.textContent.slice(0, 30)}`);
  }
  const parts = [...slide.querySelector('.body').children].map(seen);
  parts.forEach((a, n) => parts.slice(n + 1).forEach((b) => {
    const over = (low, high) => Math.min(a[high], b[high]) - Math.max(a[low], b[low]) > 1;
    if (over('left', 'right') && over('top', 'bottom')) found.push('parts lie over each other');
  }));
  const picture = slide.querySelector('figure img');
  if (picture && (!picture.naturalWidth || seen(picture).height < 200)) found.push('the picture is missing or small');
  if (picture) {  // its smallest letters have 12 points, which are 16.7 of its own pixels
    const shown = Math.min(...['width', 'height'].map((side) => seen(picture)[side] / picture.getAttribute(side)));
    if (shown * 12 * 100 / 72 < 18) found.push(`letters of ${shown * 12 * 100 / 72} px in the picture`);
  }
  return found;
}""".replace("SMALLEST", str(SMALLEST_PX))


@pytest.mark.slow
@pytest.mark.skipif(bool(what_is_missing()), reason=str(what_is_missing()))
def test_decks_in_chromium(tmp_path):
    from playwright.sync_api import sync_playwright

    made = dict(build.build(out=tmp_path))
    axe = Path(pytest.importorskip("axe_playwright_python").__file__).parent / "axe.min.js"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        for path, count in made.items():
            tab = chromium.new_page(viewport={"width": 1280, "height": 720})
            tab.set_default_timeout(300_000)
            asked, errors = [], []
            tab.on("request", lambda request, asked=asked: asked.append(request.url))
            tab.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
            tab.goto(path.as_uri())
            tab.wait_for_function("window.Reveal && Reveal.isReady()")
            assert tab.evaluate("Reveal.getTotalSlides()") == count
            for number in range(count):
                tab.evaluate(f"Reveal.slide({number})")
                assert tab.evaluate(LOOK) == [], f"{path.stem}, slide {number + 1}"
            tab.add_script_tag(path=axe)
            for number in (0, 1, count - 3, count - 1):
                tab.evaluate(f"Reveal.slide({number})")
                found = tab.evaluate("axe.run('.slides section.present').then((all) => all.violations)")
                assert [fault["id"] for fault in found] == [], f"{path.stem}, slide {number + 1}"
            tab.keyboard.press("ArrowLeft")
            assert tab.evaluate("Reveal.getIndices().h") == count - 2
            assert all(url.startswith(("file:", "data:", "blob:", "about:")) for url in asked), path.stem
            assert errors == []
            tab.close()
        chromium.close()
    for pdf in build.print_pdf(list(made)):
        reader = PdfReader(pdf)
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        if pdf.stem.endswith("_notes"):
            assert "What to do" in "".join(page.extract_text() for page in reader.pages)
            continue
        assert len(reader.pages) == made[pdf.with_suffix(".html")]
        width, height = reader.pages[0].mediabox[2:]
        assert abs(width / height - 16 / 9) < 0.01
        assert all("ClinXAI Teach" in page.extract_text() for page in reader.pages), pdf.stem
