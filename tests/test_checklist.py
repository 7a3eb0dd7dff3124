"""The checklist of 18.6, and the three sheets that are judged with it."""

import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from clinxai_teach.checklist import GROUPS, QUESTIONS, Checklist
from clinxai_teach.vendor_sheets import CHESTGUARD, EPIC_2021, EPIC_2026, SHEETS

A_TO_D = [question.number for question in QUESTIONS if question.group in "ABCD"]
E_AND_F = [question.number for question in QUESTIONS if question.group in "EF"]
FILLED = st.dictionaries(st.integers(1, 16), st.tuples(st.sampled_from(("yes", "no", "unknown")), st.text()))


def all_yes():
    checklist = Checklist("Tool")
    for number in range(1, 17):
        checklist.answer(number, "yes", f"document {number}")
    return checklist


# ---- the questions -------------------------------------------------------------------------------


def test_sixteen_questions_in_six_groups():
    assert [question.number for question in QUESTIONS] == list(range(1, 17))
    assert Counter(question.group for question in QUESTIONS) == {"A": 3, "B": 3, "C": 2, "D": 3, "E": 2, "F": 3}
    assert list(GROUPS) == list("ABCDEF")
    assert [question.group for question in QUESTIONS] == sorted(question.group for question in QUESTIONS)
    per_tool = {question.number for question in QUESTIONS if question.per == "tool"}
    assert per_tool == {1, 3, 4, 5, 6, 7, 8, 11, 15, 16}  # marked with a star in the brief
    assert {question.per for question in QUESTIONS} == {"tool", "patient"}
    for question in QUESTIONS:
        assert question.question.endswith("?")
        assert min(map(len, (question.evidence, question.red_flag))) > 20
        assert all(re.fullmatch(r"18\.[1-5]", section) for section in question.sections)


# ---- answers -------------------------------------------------------------------------------------


def test_answers_are_kept_replaced_and_chained():
    checklist = Checklist("Tool").answer(2, "yes", "table 1").answer(1, "unknown").answer(2, "no", "table 2")
    assert checklist.answers == {1: ("unknown", ""), 2: ("no", "table 2")}
    assert list(checklist.answers) == [1, 2]
    checklist.answers.clear()
    assert len(checklist.answers) == 2


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((1, "yes"), ValueError, "evidence is missing.*intended use"),
        ((1, "yes", " \n"), ValueError, "evidence is missing"),
        ((1, "yes", None), TypeError, "evidence must be a text"),
        ((1, "maybe"), ValueError, "answer must be one of 'yes', 'no', 'unknown'"),
        ((0, "no"), ValueError, "number must be at least 1"),
        ((17, "no"), ValueError, "number must be from 1 to 16"),
        (("1", "no"), TypeError, "number must be a whole number"),
        ((True, "no"), TypeError, "number must be a whole number"),
    ],
)
def test_answers_that_are_none(arguments, error, message):
    checklist = Checklist().answer(3, "no")
    with pytest.raises(error, match=message):
        checklist.answer(*arguments)
    assert checklist.answers == {3: ("no", "")}
    with pytest.raises(TypeError, match="name of the tool"):
        Checklist(7)


# ---- the verdict ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", A_TO_D)
def test_one_unknown_in_a_to_d_stops_however_many_are_yes(number):
    verdict = all_yes().answer(number, "unknown").verdict()
    assert verdict.decision == "do not act on the output alone"
    assert "Do not act on the output alone" in str(verdict)
    for source in ("model card", "validation report", "team responsible for AI"):
        assert source in verdict.text
    assert verdict.unknown == (number,)
    # It is already decisive while other questions are open.
    assert Checklist().answer(number, "unknown").verdict().decision == "do not act on the output alone"


@pytest.mark.parametrize("number", A_TO_D)
def test_a_no_in_a_to_d_is_stronger(number):
    other = A_TO_D[0] if number != A_TO_D[0] else A_TO_D[1]
    assert all_yes().answer(number, "no").verdict().decision == "do not use"
    both = all_yes().answer(number, "no").answer(other, "unknown").verdict()
    assert both.decision == "do not use"
    assert "Do not act on the output alone" in both.text
    assert (both.no, both.unknown) == ((number,), (other,))


@pytest.mark.parametrize("number", E_AND_F)
@pytest.mark.parametrize("answer", ["no", "unknown"])
def test_an_open_question_in_e_and_f_asks_for_care(number, answer):
    verdict = all_yes().answer(number, answer).verdict()
    assert verdict.decision == "use with care"
    assert str(number) in verdict.text


def test_not_answered_is_not_unknown():
    empty = Checklist().verdict()
    assert (empty.decision, empty.unknown, empty.unanswered) == ("not finished", (), tuple(range(1, 17)))
    partly = Checklist().answer(16, "unknown").verdict()
    assert (partly.decision, partly.unknown) == ("not finished", (16,))
    assert all_yes().verdict()[0] == "ready to use"
    assert "clinician" in str(all_yes().verdict())


@settings(max_examples=100, deadline=None)
@given(FILLED)
def test_the_rules_in_a_plain_loop(answers):
    checklist = Checklist()
    for number, (answer, evidence) in answers.items():
        checklist.answer(number, answer, evidence if evidence.strip() else "seen")
    given_answers = {number: answer for number, (answer, _) in answers.items()}
    stopping = [given_answers.get(number) for number in A_TO_D]
    others = [given_answers.get(number) for number in E_AND_F]
    if "no" in stopping:
        expected = "do not use"
    elif "unknown" in stopping:
        expected = "do not act on the output alone"
    elif None in stopping + others:
        expected = "not finished"
    elif set(others) != {"yes"}:
        expected = "use with care"
    else:
        expected = "ready to use"
    verdict = checklist.verdict()
    assert verdict.decision == expected
    assert sorted(verdict.unanswered) == [number for number in range(1, 17) if number not in answers]
    assert Checklist.from_json(checklist.to_json()) == checklist


# ---- save, load, print ---------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(tool=st.text(), evidence=st.text().filter(str.strip))
def test_round_trips_lose_nothing(tool, evidence):
    checklist = Checklist(tool).answer(1, "yes", evidence).answer(2, "no", evidence).answer(3, "unknown")
    again = Checklist.from_json(checklist.to_json())
    assert again == checklist
    assert again.verdict() == checklist.verdict()
    assert (again.tool, again.answers) == (tool, checklist.answers)
    checklist.to_html().encode("utf-8")
    checklist.to_markdown().encode("utf-8")


def test_save_and_load(tmp_path):
    checklist = all_yes().answer(4, "unknown", "nur intern geprüft")
    checklist.save(tmp_path / "checklist.json")
    assert Checklist.load(tmp_path / "checklist.json") == checklist
    assert checklist != all_yes()
    assert checklist != "something else"


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("tool"),
        lambda content: content.update(format="other"),
        lambda content: content.update(extra=1),
        lambda content: content["answers"].update({"17": {"answer": "no", "evidence": ""}}),
        lambda content: content["answers"].update({"one": {"answer": "no", "evidence": ""}}),
        lambda content: content["answers"].update({"1": {"answer": "yes", "evidence": ""}}),
        lambda content: content["answers"].update({"1": {"answer": "no", "surprise": ""}}),
        lambda content: content["answers"].update({"1": "no"}),
        lambda content: content.update(answers=[1]),
        lambda content: content.update(tool=None),
    ],
)
def test_a_damaged_file_is_refused(change):
    content = json.loads(all_yes().to_json())
    change(content)
    with pytest.raises(ValueError, match="no saved checklist"):
        Checklist.from_json(json.dumps(content))


@pytest.mark.parametrize("text", ["", "x", "[]", "3", "null"])
def test_no_checklist_at_all_is_refused(text):
    with pytest.raises(ValueError, match="no saved checklist"):
        Checklist.from_json(text)


def test_print_shows_question_answer_and_verdict_and_escapes_hostile_text():
    hostile = "<script>alert(1)</script> | x |\n# heading [a](javascript:b)"
    checklist = Checklist(hostile).answer(5, "yes", hostile).answer(9, "unknown")
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(checklist.to_markdown())
    kinds = Counter(token.type for token in tokens)
    assert (kinds["heading_open"], kinds["table_open"], kinds["html_block"]) == (7, 6, 0)
    assert kinds["tr_open"] == 6 + 16
    inline = {child.type for token in tokens if token.children for child in token.children}
    assert not {"html_inline", "link_open", "image"} & inline
    cells = [token.content for token in tokens if token.type == "inline"]
    for question in QUESTIONS:
        assert question.question.replace("*", "") in " ".join(cells)
    assert cells.count("not answered") == 14
    assert cells.count("unknown") == 1

    seen = []

    class Page(HTMLParser):
        def handle_starttag(self, tag, attrs):
            seen.append(tag)

    page = checklist.to_html()
    Page().feed(page)
    assert "script" not in seen
    assert "a" not in seen
    assert (seen.count("table"), seen.count("h1"), seen.count("h2")) == (6, 1, 6)
    assert "Do not act on the output alone" in page
    assert "not a published checklist" in page
    assert checklist._repr_markdown_() == checklist.to_markdown()
    assert Checklist().to_markdown().startswith("# Checklist\n")


# ---- the three sheets ----------------------------------------------------------------------------


def test_the_invented_sheet_leaves_out_what_was_planted():
    assert CHESTGUARD.unknown == {2, 5, 7, 11, 16}
    assert set(CHESTGUARD.decoys) == {2, 5, 7, 11, 16}
    assert {answer for answer, _ in CHESTGUARD.answered.values()} == {"yes"}
    assert CHESTGUARD.checklist().verdict().unknown == (2, 5, 7, 11, 16)
    assert CHESTGUARD.checklist().verdict().decision == "do not act on the output alone"
    assert CHESTGUARD.to_markdown().startswith("## ChestGuard, vendor sheet\n\nINVENTED")


def test_the_numbers_of_the_invented_sheet_agree_with_each_other():
    text = " ".join(paragraph for _, paragraph in CHESTGUARD.text)
    true, false, prevalence = 10.2, 8.8, 12
    assert 6120 * prevalence / 100 == pytest.approx(734, abs=1)
    assert f"{true} with pneumonia and {false} without" in " ".join(text.split())
    assert true + false == pytest.approx(19)
    assert prevalence - true == pytest.approx(1.8)
    weight = 0.1 / 0.9
    assert true - false * weight == pytest.approx(9.2, abs=0.05)
    assert prevalence - (100 - prevalence) * weight == pytest.approx(2.2, abs=0.05)


def test_the_published_sheets_hold_published_facts_only():
    """The numbers of Wong 2021 agree arithmetically; each sheet names its source."""
    text = EPIC_2021.to_markdown()
    for fact in (
        "27,697",
        "38,455",
        "2,552",
        "0.63",
        "0.62 to 0.64",
        "33%",
        "83%",
        "12%",
        "95%",
        "18%",
        "1,709",
        "67%",
    ):
        assert fact in text
    found = 2552 - 1709
    assert found / 2552 == pytest.approx(0.33, abs=0.005)
    alerts = found + (1 - 0.83) * (38455 - 2552)
    assert alerts / 38455 == pytest.approx(0.18, abs=0.005)
    assert found / alerts == pytest.approx(0.12, abs=0.005)
    for fact in ("227,091", "0.82 to 0.92", "0.13 to 0.26", "four health systems"):
        assert fact in EPIC_2026.to_markdown()
    for sheet in (EPIC_2021, EPIC_2026):
        assert sheet.kind == "published"
        assert all("doi:10." in source for source in sheet.sources)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.title)
def test_every_sheet_can_be_judged(sheet):
    assert sheet.unknown | set(sheet.answered) == set(range(1, 17))
    assert set(sheet.decoys) <= sheet.unknown
    checklist = sheet.checklist()
    assert set(checklist.verdict().unknown) == sheet.unknown
    assert checklist.verdict().unanswered == ()
    assert all(evidence not in sheet.to_markdown() for _, evidence in sheet.answered.values())  # answers are not shown
    assert sheet._repr_markdown_() == sheet.to_markdown()
