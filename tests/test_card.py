"""The printed cards: they hold every question, can be read and heard, and were printed from what the code writes."""

import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest

from clinxai_teach.checklist import GROUPS, MAY_NOT_APPLY, PATIENT_RULES, QUESTIONS, RULES, Checklist, card_html
from clinxai_teach.checklist.card import BEDSIDE, BOX, STYLE, WARD_LINES
from clinxai_teach.checklist.verdict import GATE, HEAT, NOT_SEEN
from clinxai_teach.markup import html_text
from lab_in_chromium import CHROMIUM, what_is_missing
from make_card import CARDS, is_current, print_pdf, signature

PER_PATIENT = sorted((q for q in QUESTIONS if q.per == "patient"), key=lambda q: (q.number != 14, q.number))  # 14 first
needs_chromium = pytest.mark.skipif(what_is_missing() is not None, reason="no Chromium")


class Words(HTMLParser):
    """The text of a page outside its style, and the names of its tags."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags, self.inside = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.inside.append(tag)

    def handle_endtag(self, tag):
        while self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self.inside:
            self.words.append(data)


def words(page):
    return " ".join("".join(Words(page).words).split())


@pytest.mark.parametrize(("ward", "asked"), [(False, list(QUESTIONS)), (True, PER_PATIENT)])
def test_a_card_holds_its_questions_with_evidence_red_flag_and_boxes_in_order(ward, asked):
    page = card_html(ward=ward)
    rows = re.findall(r'<tr><th scope="row">(\d+)\*?</th>(.*?)</tr>', page, re.DOTALL)
    assert [int(number) for number, _ in rows] == [question.number for question in asked]
    for question, (_, row) in zip(asked, rows, strict=True):
        text = words(row)
        wanted = f"On the ward: {BEDSIDE[question.number]}" if ward else f"Ask for: {question.evidence}"
        for part in (question.question, wanted, question.red_flag):
            assert part in text
        assert (f"[{', '.join(question.sections)}]" in text) is not ward  # nobody looks up a section beside the bed
        assert row.count(BOX) == 3 + (question.number in MAY_NOT_APPLY)
        assert row.count('class="evidence"') == 1 + (ward and question.number == 14)


def test_the_whole_card_has_lines_for_who_and_what_and_the_four_verdicts_of_a_committee():
    page = card_html()
    for line in ("Tool:", "Version:", "Decision:", "Patients:", "Name:", "Approved by:", "Date:", "Next review:"):
        assert f'<th scope="row">{line}</th><td></td>' in page
    text = words(page)
    assert len(RULES) == 5
    for rule in RULES:
        when = rule.when.replace("all yes", "all 10 yes")  # elsewhere the five verdicts are of 16 questions
        when = when.replace("an unknown in A to D, or at 15 or 16", "an unknown at a star")
        row = f"{BOX}{rule.title.capitalize()}{when}. Then: {rule.means}"
        assert (row in text) is (rule.decision != "use with care")  # only answers per patient lead there
    assert text.lower().count("use with care") == 0
    for group, title in GROUPS.items():
        assert f"{group} {title}" in text
    assert text.count("at 15 or 16") == 2  # a no, and the head of F
    assert "11, 12, 13 only" in text


def test_a_committee_is_told_what_the_checklist_gives_for_the_questions_with_a_star():
    text = words(card_html())
    starred = [question.number for question in QUESTIONS if question.per == "tool"]
    assert f"the 10 questions with a star ({', '.join(map(str, starred))}). " in text
    committee = Checklist("Tool")
    for number in starred:
        committee.answer(number, "yes", "validation report")
    assert committee.verdict(per="tool").decision == "ready to use"  # the other six open
    every = committee.answer(12, "no")  # what a committee knows of the explanation is for the ward
    assert every.verdict(per="tool").decision == "ready to use"
    for number, answer in itertools.product(starred, ("no", "unknown", None)):
        one = Checklist.from_json(committee.to_json()).withdraw(number)
        if answer is not None:
            one.answer(number, answer)
        assert one.verdict(per="tool").decision not in ("use with care", "ready to use")
    for number in (2, 9, 10):  # a paper that is late is not finished; a fault that is known is a fault
        one = Checklist.from_json(committee.to_json()).answer(number, "no")
        assert (one.verdict(per="tool").decision, one.verdict(per="tool").no) == ("do not use", (number,))
        assert one.answer(number, "unknown").verdict(per="tool") == committee.verdict(per="tool")
    assert text.count("one of these has no answer") == 1
    assert "one of these is open" not in text  # elsewhere an open question is an unknown
    assert "or the paper for 2, 9 or 10 is missing. A known no at 2, 9 or 10 for the whole tool: do not use." in text
    assert "how it will measure whether patients fare better than today: outcome, date, who" in text
    assert f"{BOX} approved for, not for" in text
    assert f"{BOX} who said yes in writing, when, to each permission on page 2" in text
    for number in (2, 6, 9, 10, 12):  # each paper that the ward will need
        assert re.search(rf"{BOX} [a-z,; ]+ \({number}[;)]", text)
    assert "the test of the explanation (12; failed: off the screens)" in text


def test_the_ward_asks_for_version_decision_and_patients_in_the_words_of_the_lesson():
    text = words(card_html(ward=True))
    assert GATE in text
    for part in (
        *("permitted in writing", "the version on your screen", "this decision", "this kind of patient"),
        "or you do not know",
    ):
        assert part in GATE
    lines = {
        "Verdict; permitted on",
        "Approved for (decision, patients)",
        "Not for",
        "Papers (2, 9, 10, 12); cleared (6)",
    }
    assert lines <= set(WARD_LINES)
    assert NOT_SEEN in text
    assert "If a protocol binds you" in NOT_SEEN
    path = Path(__file__).parents[1] / "lessons" / "18_6_clinicians_checklist.py"
    lesson = path.read_text(encoding="utf-8")
    third, eighth = lesson.index("## 3. The verdict"), lesson.index("## 8. The card")
    assert third < lesson.index("{GATE}") < eighth
    assert third < lesson.index("NOT_SEEN.split") < eighth


def test_heat_stops_the_tool_for_every_patient_and_a_doubt_for_one():
    heat, doubt = PATIENT_RULES[:2]
    assert heat.when == HEAT
    assert heat.decision == "decide as if you had not seen the output, for every patient"
    assert "Telephone now whoever may switch the tool off" in heat.means
    assert doubt.decision == "decide as if you had not seen the output, for this patient"
    assert "The tool stays in use for others." in doubt.means
    assert "heat" not in doubt.when
    flag = QUESTIONS[11].red_flag  # a mark or reason cleared needs a note by day only
    assert flag.endswith("text or a device not its target, or a ward as first reason, not cleared (6).")
    assert "stop" not in flag
    assert f"{flag} See below." in words(card_html(ward=True))
    assert "See below" not in words(card_html())


def test_the_ward_has_six_questions_and_says_which_stop():
    assert [question.number for question in PER_PATIENT] == [14, 2, 9, 10, 12, 13]
    text = words(card_html(ward=True))
    assert set(BEDSIDE) == {question.number for question in PER_PATIENT}
    for line in WARD_LINES:
        assert f'<th scope="row">{html_text(line)}:</th><td></td>' in card_html(ward=True)
    for key in ("yes: I can name it", "no: it speaks", "?: I found nothing", "n/a: no explanation is shown"):
        assert key in text
    assert text.count(BOX) == 6 * 3 + 2 + 3  # and what was done
    assert "before you read score or reason" in text
    assert "nobody uses the tool until the owner has cleared" in text
    stopping = [question.number for question in PER_PATIENT if question.group in "ABCD"]
    assert stopping == [2, 9, 10]
    assert "or a first reason that is not about the patient (a ward, an hour): decide as if you had not seen" in text
    assert "If not cleared (6): strong heat (the map's hottest colour, on a film with an alert) on a marker" in text
    assert "A no or a ? at 2, 9 or 10; at 9 a large doubt (a set with both answers" in text
    assert "A large doubt: the tool has not decided, see below" in text
    for rule in PATIENT_RULES[:3]:  # the lesson prints the same
        assert rule.means in text
    careful = [question.number for question in PER_PATIENT if question.group not in "ABCD"]
    assert sorted(careful) == [12, 13, 14]
    assert "A no or a ? at 12, 13 or 14: use with care" in text
    assert "change your plan only for a finding that you can name without the tool" in text


@pytest.mark.parametrize("ward", [False, True])
def test_a_screen_reader_finds_a_title_a_heading_and_tables_that_name_rows_and_columns(ward):
    page = card_html(ward=ward)
    tags = Words(page).tags
    assert (tags.count("title"), tags.count("h1"), tags.count("img")) == (1, 1, 0)
    assert '<html lang="en">' in page
    for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL):
        assert ' scope="' in row
    assert tags.count("caption") == tags.count("table") - page.count(
        '<table class="fill">'
    )  # lines to fill in need none


def test_no_size_is_below_9_points_and_no_colour_is_needed():
    sizes = [float(size) for size in re.findall(r"(?:font-size: |font: )([\d.]+)pt", STYLE)]
    assert len(sizes) >= 6
    assert min(sizes) >= 9
    for colour in re.findall(r"#([0-9a-f]+)", STYLE):
        assert len({colour[i : i + len(colour) // 3] for i in range(0, len(colour), len(colour) // 3)}) == 1


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.name)
def test_the_committed_card_was_printed_from_this_page_and_is_tagged(path):
    assert is_current(path, CARDS[path]), "run: python tools/make_card.py"
    pdf = path.read_bytes()
    assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) == (1 if "ward" in path.name else 2)
    for part in (b"/StructTreeRoot", b"/MarkInfo", b"/Lang (en)", b"/Title (Before you act", b"/S /Table", b"/S /H1"):
        assert part in pdf, part
    assert b"/Outlines" in pdf
    assert set(re.findall(rb"D:(\d+)", pdf)) == {b"20260101000000"}


def sizes_and_prints(page):
    """Return the font sizes that Chromium shows, and what two prints give."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        tab = chromium.new_page()
        tab.set_content(page)
        sizes = tab.evaluate("[...document.body.querySelectorAll('*')].map(e => getComputedStyle(e).fontSize)")
        chromium.close()
    return sizes, print_pdf(page), print_pdf(page)


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("ward", [False, True])
def test_chromium_shows_no_small_word_and_prints_the_same_bytes_again(ward):
    page = card_html(ward=ward)
    with ThreadPoolExecutor(1) as thread:  # Playwright takes one browser per thread: the browser tests' may be open
        sizes, pdf, again = thread.submit(sizes_and_prints, page).result()
    assert min(float(size.removesuffix("px")) for size in sizes) >= 12 - 1e-6  # 9 points
    assert pdf == again
    assert pdf.endswith(signature(page))
