"""The checklist's form: driven without a browser, it always shows and edits one Checklist; and its static twin."""

import html
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

from clinxai_teach import progress
from clinxai_teach.checklist import GROUPS, MAY_NOT_APPLY, QUESTIONS, Answer, Checklist
from clinxai_teach.forms import ChecklistForm
from clinxai_teach.forms.checklist_form import CHOICES
from clinxai_teach.vendor_sheets import CHESTGUARD

VIEW = "application/vnd.jupyter.widget-view+json"
HOSTILE = '<script>alert("x")</script> | & </td>'


def words(face):
    """Return what the status line says."""
    assert face.line.value.startswith('<div role="status">')
    return html.unescape(re.sub(r"<[^>]+>", "", face.line.value))


def test_it_loads_the_widgets_only_when_shown():
    code = (
        "import sys\nfrom clinxai_teach.explorers import ChecklistForm\n"
        "form = ChecklistForm()\nassert 'ipywidgets' not in sys.modules\n"
        "form._repr_mimebundle_()\nassert 'ipywidgets' in sys.modules\nassert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_edits_the_checklist_that_it_was_given():
    checklist = Checklist("A tool").answer(3, "no", "a proxy")
    form = ChecklistForm(checklist)
    assert form.checklist is checklist
    face = form.face
    assert (face.answers[3].value, face.evidence[3].value) == ("no", "a proxy")
    face.answers[4].value = "unknown"
    face.evidence[3].value = "costs"
    assert checklist.answers == {3: ("no", "costs"), 4: ("unknown", "")}


def test_without_a_checklist_it_starts_an_empty_one():
    form = ChecklistForm()
    assert form.checklist == Checklist()
    assert "no answer yet to question(s) 1, 2" in words(form.face)


@pytest.mark.parametrize("wrong", ["ChestGuard", {}, Checklist])
def test_anything_else_than_a_checklist_is_named(wrong):
    with pytest.raises(TypeError, match="checklist must be a Checklist, but got"):
        ChecklistForm(wrong)


def test_a_yes_counts_only_with_evidence_and_the_form_says_so():
    form = ChecklistForm(Checklist().answer(1, "unknown"))
    face = form.face
    face.answers[1].value = "yes"
    assert 1 not in form.checklist.answers
    told = '"Yes" to question 1 counts when its evidence names something: at least 4 letters or digits.'
    assert told in words(face)
    for too_short in ("  ", "x", "p. 7"):
        face.evidence[1].value = too_short
        assert 1 not in form.checklist.answers
        assert told in words(face)
    face.evidence[1].value = "model card, page 2"
    assert form.checklist.answers[1] == ("yes", "model card, page 2")
    assert "counts when" not in words(face)
    face.evidence[1].value = ""
    assert 1 not in form.checklist.answers


def test_not_applicable_is_offered_where_it_can_be_and_needs_its_reason():
    form = ChecklistForm()
    face = form.face
    offered = {number for number, box in face.answers.items() if "not applicable" in dict(box.options)}
    assert offered == set(MAY_NOT_APPLY)
    face.answers[11].value = "not applicable"
    assert 11 not in form.checklist.answers
    assert '"Not applicable" to question 11 counts when' in words(face)
    face.evidence[11].value = "It promises no coverage."
    assert form.checklist.answers[11] == ("not applicable", "It promises no coverage.")


def test_the_last_page_is_signed_and_the_twin_shows_it():
    form = ChecklistForm(Checklist("A tool", version="2.0"))
    face = form.face
    assert face.about["version"].value == "2.0"
    face.group.value = "Sign"
    assert list(face.page.children) == list(face.about.values())
    face.about["version"].value = "2.1"
    face.about["name"].value = "A. Doctor"
    face.about["date"].value = "3 May 2026"
    assert (form.checklist.version, form.checklist.name, form.checklist.date) == ("2.1", "A. Doctor", "3 May 2026")
    assert "Version of the tool: 2.1. Your name: A. Doctor. Date: 3 May 2026." in form._static_html()
    assert "Date: not stated." in ChecklistForm()._static_html()


def test_a_yes_that_the_first_edition_saved_with_one_letter_waits():
    saved = '{"format": "clinxai-teach checklist 1", "tool": "", "answers": {"1": {"answer": "yes", "evidence": "x"}}}'
    form = ChecklistForm(Checklist.from_json(saved))
    assert form.face.answers[1].value == "yes"
    assert '"Yes" to question 1 counts when' in words(form.face)
    assert form.checklist.verdict().unanswered[0] == 1


def test_an_answer_can_be_taken_back():
    form = ChecklistForm()
    form.face.answers[2].value = "no"
    form.face.answers[2].value = ""
    assert form.checklist.answers == {}


def test_the_verdict_runs_along():
    form = ChecklistForm()
    face = form.face
    for question in QUESTIONS:
        face.evidence[question.number].value = "report"
        face.answers[question.number].value = "yes"
    assert words(face) == f"Verdict so far: {form.checklist.verdict()}"
    assert form.checklist.verdict().decision == "ready to use"
    face.answers[11].value = "unknown"
    assert words(face).startswith("Verdict so far: Do not act on the output alone")
    assert words(face) == f"Verdict so far: {form.checklist.verdict()}"


def test_answers_given_in_code_show_when_the_form_is_shown_again():
    form = ChecklistForm()
    face = form.face
    face.answers[7].value = "yes"  # waits for its evidence
    form.checklist.answer(5, "unknown", "no table")
    assert form.face is face
    assert (face.answers[5].value, face.evidence[5].value) == ("unknown", "no table")
    assert face.answers[7].value == "yes"
    form.checklist.withdraw(5)
    assert (form.face.answers[5].value, face.evidence[5].value) == ("", "")
    assert form.checklist.answers == {}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 16),
            st.sampled_from(["answer", "evidence"]),
            st.sampled_from([*CHOICES.values(), "x", "  ", "page 7"]),
        ),
        max_size=25,
    )
)
def test_after_any_moves_the_checklist_holds_what_the_form_shows(moves):
    form = ChecklistForm()
    face = form.face
    for number, what, value in moves:
        if what == "evidence":
            face.evidence[number].value = value
        elif value in dict(face.answers[number].options).values():
            face.answers[number].value = value
    expected = {
        number: (box.value, face.evidence[number].value)
        for number, box in face.answers.items()
        if box.value and not Answer(box.value, face.evidence[number].value).waits
    }
    assert form.checklist.answers == expected


def test_one_group_is_on_display_and_every_question_has_its_page():
    face = ChecklistForm().face
    assert list(face.group.options) == [*GROUPS, "Sign"]
    for group in GROUPS:
        assert face.group.value == group
        assert f"<b>{group} {GROUPS[group]}</b>" in face.title.value
        numbers = [question.number for question in QUESTIONS if question.group == group]
        texts = " ".join(widget.value for widget in face.page.children if hasattr(widget, "value"))
        for number in numbers:
            question = QUESTIONS[number - 1]
            for part in (question.question, question.evidence, question.red_flag):
                assert html.escape(part) in texts
            rows = [row for row in face.page.children if face.answers[number] in getattr(row, "children", ())]
            assert len(rows) == 1
            assert face.evidence[number] in rows[0].children
        assert len(face.page.children) == 2 * len(numbers)
        face.next.click()
    assert face.group.value == "Sign"
    face.next.click()
    assert face.group.value == "A"
    face.group.value = "E"
    assert face.answers[13] in face.page.children[-1].children


def test_every_control_has_a_label_of_its_own():
    face = ChecklistForm().face
    controls = [face.group, *face.answers.values(), *face.evidence.values(), *face.about.values()]
    assert len({control.description for control in controls}) == 36
    assert all(control.description for control in (*controls, face.next))


def test_the_red_flag_waits_in_an_element_that_the_keyboard_opens():
    page = ChecklistForm().face.page.children[0].value
    before, folded = page.split("<details><summary>")
    assert html.escape(QUESTIONS[0].red_flag) not in before
    assert html.escape(QUESTIONS[0].red_flag) in folded


def test_the_twin_is_the_table_and_the_words():
    form = ChecklistForm(CHESTGUARD.checklist())
    data, _ = DisplayFormatter().format(form)
    assert data[VIEW]["model_id"]
    assert data["text/plain"] == form.checklist.to_markdown()
    twin = data["text/html"].replace(' style="text-align:left"', "")
    rows = re.findall(
        r'<tr><th scope="row">(\d+\*?)</th><td>(.*?)<details>.*?</td><td>(.*?)</td><td>(.*?)</td></tr>', twin
    )
    assert [row[0] for row in rows] == [f"{q.number}{'*' * (q.per == 'tool')}" for q in QUESTIONS]
    assert "(* once per tool)" in twin
    for number, (_, question, answer, evidence) in enumerate(rows, 1):
        given = form.checklist.answers[number]
        assert html.unescape(question) == QUESTIONS[number - 1].question
        assert CHOICES[html.unescape(answer)] == given.answer
        assert html.unescape(evidence) == given.evidence
    assert html.escape(str(form.checklist.verdict())) in twin
    assert sorted(re.findall(r"<(\w+)", twin)) == sorted(re.findall(r"</(\w+)", twin))


def test_hostile_text_is_shown_as_text():
    form = ChecklistForm(Checklist(HOSTILE).answer(1, "no", HOSTILE))
    twin = form._repr_mimebundle_()["text/html"]
    assert "<script" not in twin
    assert twin.count(html.escape(HOSTILE)) == 2
    assert all("<script" not in getattr(widget, "value", "") for widget in form.face.box.children)


# ---- answers that are kept -----------------------------------------------------------------------


@pytest.fixture
def record(tmp_path, monkeypatch):
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path / "here" / "progress.jsonl"))
    return tmp_path / "here" / "progress.jsonl"


def kept(form):
    return html.unescape(re.sub(r"<[^>]+>", "", form.face.kept.value))


def test_answers_are_kept_as_they_are_given_and_found_again(record):
    first = ChecklistForm(Checklist("ChestGuard"), keep=True)
    assert kept(first).startswith("Each answer that counts is kept, on this computer only.")
    assert first.face.anew.layout.display == "none"
    assert not record.parent.exists()  # nothing was answered
    first.face.answers[2].value = "no"
    first.face.answers[1].value = "yes"  # waits for its evidence
    first.face.about["name"].value = "A. Doctor"
    again = ChecklistForm(Checklist("ChestGuard"), keep=True)
    assert again.checklist.answers == {2: ("no", "")}
    assert kept(again).startswith("Your answers from before are here again (1 of 16).")
    assert again.face.anew.layout.display is None
    assert again.face.answers[2].value == "no"
    assert again.face.about["name"].value == "A. Doctor"
    first.face.evidence[1].value = "model card, page 2"
    assert ChecklistForm(Checklist("ChestGuard"), keep=True).checklist == first.checklist
    first.face.answers[2].value = ""
    assert ChecklistForm(Checklist("ChestGuard"), keep=True).checklist.answers == {1: ("yes", "model card, page 2")}


def test_to_begin_anew_takes_two_presses(record):
    ChecklistForm(Checklist("ChestGuard"), keep=True).face.answers[2].value = "no"
    form = ChecklistForm(Checklist("ChestGuard", version="3"), keep=True)
    face = form.face
    face.answers[1].value = "yes"  # waits
    face.about["name"].value = "A. Doctor"
    face.anew.click()
    assert face.anew.description == "Press again to delete all answers"
    assert form.checklist.answers == {2: ("no", "")}
    face.answers[3].value = "no"  # no second press
    assert face.anew.description == "Begin anew"
    face.anew.click()
    face.anew.click()
    assert form.checklist == Checklist("ChestGuard", version="3")
    assert {box.value for box in [*face.answers.values(), *face.evidence.values()]} == {""}
    assert face.about["name"].value == ""
    assert face.anew.layout.display == "none"
    assert list(record.parent.iterdir()) == []
    assert ChecklistForm(Checklist("ChestGuard"), keep=True).checklist == Checklist("ChestGuard")


def test_where_nothing_can_be_kept_the_form_works_and_says_so(tmp_path, monkeypatch):
    form = ChecklistForm(Checklist("ChestGuard"), keep=True)  # the record of tests is off
    assert kept(form) == "Your answers are not kept: a reload of the page loses them. CLINXAI_PROGRESS is off."
    monkeypatch.setenv(progress.VARIABLE, "/dev/null/progress.jsonl")
    form = ChecklistForm(Checklist("ChestGuard"), keep=True)
    form.face.answers[2].value = "no"
    assert form.checklist.answers == {2: ("no", "")}
    assert kept(form).startswith("Your answers are not kept: a reload of the page loses them. /dev/null/")


def test_a_form_that_keeps_nothing_says_nothing_of_it():
    face = ChecklistForm().face
    assert face.kept not in [part for row in face.box.children for part in getattr(row, "children", ())]
