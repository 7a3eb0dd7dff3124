"""The checklist of 18.6: questions, answers, verdict, and what is saved and printed."""

import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from clinxai_teach.checklist import (
    ANSWERS,
    DECISIONS,
    GROUPS,
    MAY_NOT_APPLY,
    NOTICE,
    QUESTIONS,
    RULES,
    Checklist,
    names_something,
)
from clinxai_teach.checklist.verdict import CARE

A_TO_D = [question.number for question in QUESTIONS if question.group in "ABCD"]
CAREFUL = [12, 13, 14]  # outside A to D, where a no does not stop either
STOPS = [*A_TO_D, 15, 16]
FILLED = st.dictionaries(st.integers(1, 16), st.tuples(st.sampled_from(ANSWERS), st.text()))


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
        # Yes and no must answer it: a question with what or how cannot be answered so.
        assert re.search(r"(^|[,:] )(is|are|were|has|have|does|do) ", question.question, re.IGNORECASE)
        assert not re.match(r"What|How|Which|Who", question.question)
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
        ((1, "yes", "x"), ValueError, "evidence 'x' is too short to name.*at least 4 letters or digits.*intended use"),
        ((1, "yes", "... ok!"), ValueError, "too short"),
        ((11, "not applicable"), ValueError, 'evidence is missing: "not applicable" to question 11.*Write the reason'),
        ((12, "not applicable", "n/a"), ValueError, "too short.*Write the reason"),
        ((1, "maybe"), ValueError, "answer must be one of 'yes', 'no', 'unknown', 'not applicable'"),
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
    for argument in ("tool", "version", "name", "date"):
        with pytest.raises(TypeError, match=f"{argument} must be .* but is int"):
            Checklist(**{argument: 7})


# ---- the verdict ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", STOPS)
def test_one_unknown_in_a_to_d_or_at_15_or_16_stops_however_many_are_yes(number):
    verdict = all_yes().answer(number, "unknown").verdict()
    assert verdict.decision == "do not act on the output alone"
    assert "Do not act on the output alone" in str(verdict)
    for source in ("model card", "validation report", "team responsible for AI"):
        assert source in verdict.text
    assert verdict.unknown == (number,)
    # It is already decisive while other questions are open.
    assert Checklist().answer(number, "unknown").verdict().decision == "do not act on the output alone"


@pytest.mark.parametrize("number", STOPS)
def test_a_no_in_a_to_d_or_at_15_or_16_is_stronger(number):
    other = A_TO_D[0] if number != A_TO_D[0] else A_TO_D[1]
    verdict = all_yes().answer(number, "no").verdict()
    assert verdict.decision == "do not use"
    assert str(verdict) == f'Do not use the output for this decision: "no" to question(s) {number}. {CARE}'
    both = all_yes().answer(number, "no").answer(other, "unknown").verdict()
    assert both.decision == "do not use"
    assert f"Also open (unknown): question(s) {other}." in both.text
    assert "Do not act on" not in both.text  # one verdict: the first line that fits
    assert (both.no, both.unknown) == ((number,), (other,))
    assert Checklist().answer(number, "no").verdict().decision == "do not use"  # whatever else is open


@pytest.mark.parametrize(("number", "answer"), [(n, answer) for n in CAREFUL for answer in ("no", "unknown")])
def test_an_open_question_at_12_13_or_14_asks_for_care(number, answer):
    verdict = all_yes().answer(number, answer).verdict()
    assert verdict.decision == "use with care"
    assert str(number) in verdict.text


def test_a_committee_which_has_no_patient_can_finish():
    committee = Checklist("Tool")
    for question in QUESTIONS:
        if question.per == "tool":
            committee.answer(question.number, "yes", "validation report")
    assert committee.verdict().unanswered == (2, 9, 10, 12, 13, 14)
    ready = "Ready to use, if 2, 9 and 10 have their papers and no known no; six questions are asked per patient. "
    assert str(committee.verdict()).startswith(f"For the tool: {ready}")
    assert str(committee.verdict()).endswith("not finished: no answer yet to question(s) 2, 9, 10, 12, 13, 14.")
    verdict = committee.verdict(per="tool")
    assert (verdict.decision, verdict.unanswered) == ("ready to use", ())
    assert str(verdict) in str(committee.verdict())
    assert (
        "Not asked here: approval as a medical device, data protection, contract, liability, equal treatment, "
        in str(verdict)
    )
    assert committee.verdict(per="patient").decision == "not finished"
    assert (
        committee.answer(2, "unknown").verdict(per="tool") == verdict
    )  # a patient's answer is none of the committee's
    assert committee.answer(15, "unknown").verdict(per="tool").decision == "do not act on the output alone"
    assert committee.answer(16, "no").verdict(per="tool").decision == "do not use"
    assert "asked per patient" not in str(Checklist().answer(1, "yes", "model card").verdict())
    with pytest.raises(ValueError, match="per must be one of 'tool', 'patient'"):
        committee.verdict(per="committee")


def test_each_verdict_says_what_to_do_in_words_of_its_own():
    assert DECISIONS == (
        "do not use",
        "do not act on the output alone",
        "not finished",
        "use with care",
        "ready to use",
    )
    for verdict, rule in zip(
        (all_yes().answer(1, "no").verdict(), all_yes().verdict()), (RULES[0], RULES[-1]), strict=True
    ):
        assert verdict.text.lower().startswith(rule.decision)
    unknown, care, ready = (
        str(checklist.verdict())
        for checklist in (all_yes().answer(11, "unknown"), all_yes().answer(14, "no"), all_yes())
    )
    assert "decide as if you had not seen the output" in unknown
    assert unknown.endswith(CARE)  # a verdict is never a reason not to look at the patient
    assert "one piece of information beside your own assessment" in care
    assert "as one piece of evidence" in ready
    for text, others in ((unknown, care + ready), ("beside your own assessment", unknown + ready)):
        assert text not in others


def test_not_applicable_is_for_what_is_not_promised_or_not_shown_and_stops_nothing():
    assert MAY_NOT_APPLY == (11, 12, 13)
    checklist = all_yes()
    for number in MAY_NOT_APPLY:
        assert checklist.answer(number, "not applicable", "It shows none.").verdict().decision == "ready to use"
    verdict = checklist.verdict()
    assert (verdict.unknown, verdict.no, verdict.unanswered) == ((), (), ())
    assert checklist.answers[11] == ("not applicable", "It shows none.")
    for number in set(range(1, 17)) - set(MAY_NOT_APPLY):
        with pytest.raises(ValueError, match=f'to question {number}, but is "not applicable".*11, 12, 13 only'):
            Checklist().answer(number, "not applicable", "It shows none.")


@pytest.mark.parametrize("text", ["", " ", "x", "ok", "...", "p. 7", "a-b-c", "\n\t.\u00a0"])
def test_evidence_that_is_too_short_names_nothing(text):
    assert not names_something(text)
    assert names_something(f"{text} page 7")


def test_not_answered_is_not_unknown():
    empty = Checklist().verdict()
    assert (empty.decision, empty.unknown, empty.unanswered) == ("not finished", (), tuple(range(1, 17)))
    partly = Checklist().answer(14, "unknown").verdict()
    assert (partly.decision, partly.unknown) == ("not finished", (14,))
    assert all_yes().verdict()[0] == "ready to use"
    assert "clinician" in str(all_yes().verdict())


@settings(max_examples=100, deadline=None)
@given(FILLED)
def test_the_rules_in_a_plain_loop(answers):
    kept = {n: pair for n, pair in answers.items() if pair[0] != "not applicable" or n in MAY_NOT_APPLY}
    checklist = Checklist()
    for number, (answer, evidence) in kept.items():
        checklist.answer(number, answer, evidence if names_something(evidence) else "seen")
    words = [kept.get(number, ("",))[0] for number in range(1, 17)]
    if any(words[number - 1] == "no" for number in STOPS):
        expected = "do not use"
    elif any(words[number - 1] == "unknown" for number in STOPS):
        expected = "do not act on the output alone"
    elif "" in words:
        expected = "not finished"
    elif "no" in words or "unknown" in words:
        expected = "use with care"
    else:
        expected = "ready to use"
    verdict = checklist.verdict()
    assert verdict.decision == expected
    assert sorted(verdict.unanswered) == [number for number in range(1, 17) if number not in kept]
    assert Checklist.from_json(checklist.to_json()) == checklist


# ---- save, load, print ---------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(tool=st.text(), evidence=st.text().filter(names_something))
def test_round_trips_lose_nothing(tool, evidence):
    about = {"version": f"v {tool}", "name": evidence, "date": tool}
    checklist = Checklist(tool, **about).answer(1, "yes", evidence).answer(2, "no", evidence).answer(3, "unknown")
    again = Checklist.from_json(checklist.to_json())
    assert again == checklist
    assert again.verdict() == checklist.verdict()
    assert (again.tool, again.answers) == (tool, checklist.answers)
    assert {field: getattr(again, field) for field in about} == about
    checklist.to_html().encode("utf-8")
    checklist.to_markdown().encode("utf-8")


def test_save_and_load(tmp_path):
    checklist = all_yes().answer(4, "unknown", "nur intern geprüft")
    checklist.save(tmp_path / "checklist.json")
    assert Checklist.load(tmp_path / "checklist.json") == checklist
    assert checklist != all_yes()
    assert checklist != "something else"


def first_edition(**answers):
    return json.dumps({"format": "clinxai-teach checklist 1", "tool": "Tool", "answers": answers})


def test_a_checklist_saved_by_the_first_edition_still_reads():
    saved = first_edition(
        **{"1": {"answer": "yes", "evidence": "Model card"}, "16": {"answer": "no", "evidence": ""}},
        **{str(n): {"answer": "unknown", "evidence": ""} for n in range(2, 16)},
    )
    again = Checklist.from_json(saved)
    assert (again.tool, again.version, again.name, again.date) == ("Tool", "", "", "")
    assert again.answers[1] == ("yes", "Model card")
    assert again.verdict().decision == "do not use"  # the rule of today
    assert Checklist.from_json(again.to_json()) == again


def test_a_yes_of_the_first_edition_that_rests_on_one_letter_waits_for_evidence():
    again = Checklist.from_json(first_edition(**{str(n): {"answer": "yes", "evidence": "x"} for n in range(1, 17)}))
    assert again.answers[3] == ("yes", "x")
    assert (again.verdict().decision, again.verdict().unanswered) == ("not finished", tuple(range(1, 17)))
    assert again.to_markdown().count("yes, waits for evidence") == 16
    assert Checklist.from_json(again.to_json()) == again
    again.answer(3, "yes", "Model card, page 2")
    assert 3 not in again.verdict().unanswered


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("tool"),
        lambda content: content.pop("version"),
        lambda content: content.update(format="other"),
        lambda content: content.update(format="clinxai-teach checklist 1"),
        lambda content: content.update(format=[]),
        lambda content: content["answers"].update({"1": {"answer": "not applicable", "evidence": "It shows none."}}),
        lambda content: content["answers"].update({"11": {"answer": "not applicable", "evidence": " "}}),
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
    assert NOTICE in page
    assert checklist._repr_markdown_() == checklist.to_markdown()
    assert checklist.to_markdown().count("not stated") == 3
    signed = Checklist("T", version="2.1", name="A. Doctor", date="3 May 2026").to_markdown()
    assert "- Version: 2.1\n- Name: A. Doctor\n- Date: 3 May 2026\n" in signed
    assert Checklist().to_markdown().startswith("# Checklist\n")
