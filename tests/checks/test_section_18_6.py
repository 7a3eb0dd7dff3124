"""The exercises of section 18.6: what they say is true of the checklist and of the sheets."""

import itertools
import re
from pathlib import Path

import pytest
from exercise_names import names_of

from clinxai_teach.checklist import DECISIONS, GROUPS, QUESTIONS, STOPPING, STOPPING_NO, Checklist
from clinxai_teach.checks import CheckFailed, NotAttempted, bank, check
from clinxai_teach.vendor_sheets import FEVER_LANTERN, HEART_PENCIL, KIDNEY_BELL, LETTER_LARK

s = names_of("18.6")


def refused(exercise_id, answer):
    """Return the first line of what a wrong answer is told."""
    with pytest.raises(CheckFailed) as caught:
        check(exercise_id, answer)
    return caught.value._render_traceback_()[0]


# --- 18.6-a ---------------------------------------------------------------------------------------

PLANTED = (4, 5, 7, 12)


def test_the_key_is_that_of_the_sheet():
    assert set(PLANTED) == s.PLANTED == HEART_PENCIL.unknown
    key = {number: given.answer for number, given in HEART_PENCIL.checklist().answers.items()}
    assert s.sheet == key
    check("18.6-a", key)


@pytest.mark.parametrize("number", s.NUMBERS)
@pytest.mark.parametrize("word", ["yes", "no", "unknown", "not applicable"])
def test_every_one_of_the_16_answers_is_judged(number, word):
    answer = {**s.sheet, number: word}
    if word == s.sheet[number]:
        check("18.6-a", answer)
    else:
        refused("18.6-a", answer)


@pytest.mark.parametrize("changed", [(1,), (1, 2), (1, 4, 16), tuple(range(1, 17))])
def test_partial_credit_counts_the_answers_that_fit_and_the_message_says_how_many(changed):
    swap = {"yes": "unknown", "unknown": "yes", "no": "yes", "not applicable": "unknown"}
    with pytest.raises(CheckFailed) as caught:
        check("18.6-a", {number: swap[word] if number in changed else word for number, word in s.sheet.items()})
    right = 16 - len(changed)
    assert caught.value.share == pytest.approx(right / 16)
    first, second = caught.value._render_traceback_()
    assert f"Right so far: {right} of 16." in second
    assert f"{right} of 16 fit" in first


@pytest.mark.parametrize("missed", [c for n in (1, 2, 3, 4) for c in itertools.combinations(PLANTED, n)])
def test_a_missed_gap_is_counted_and_quoted_but_its_number_is_not_named(missed):
    told = refused("18.6-a", {**s.sheet, **dict.fromkeys(missed, "yes"), 1: "unknown"})
    assert f"{len(missed)} of 4 gaps are not found yet" in told
    quoted = re.search(r'One hides behind "(.+?)"', told)[1]
    assert quoted.lower() in HEART_PENCIL.to_markdown().lower()
    assert not re.search(r"\b(question|number) \d", told)


@pytest.mark.parametrize("found", [c for n in (1, 2, 3) for c in itertools.combinations(PLANTED, n)])
def test_a_gap_called_no_is_found_but_not_a_fault(found):
    told = refused("18.6-a", {**s.sheet, **dict.fromkeys(found, "no")})
    assert f"{len(found)} of the gaps you found, but you called them no" in told


@pytest.mark.parametrize("number", [n for n, (answer, _) in HEART_PENCIL.answered.items() if answer == "yes"])
@pytest.mark.parametrize(("word", "told"), [("unknown", "nothing"), ("no", "a fault")])
def test_a_doubt_where_the_sheet_answers_is_led_back_to_it(number, word, told):
    message = refused("18.6-a", {**s.sheet, number: word})
    assert f"15 of 16 fit. You see {told} where the sheet answers. Look again at: " in message
    assert HEART_PENCIL.answered[number][1] in message


def test_neither_hints_nor_the_hints_of_mistakes_name_a_number():
    exercise = bank.find("18.6-a")
    texts = [*exercise.hints, *(mistake.hint for mistake in exercise.mistakes)]
    for text in texts:
        assert not re.search(r"\b(4|5|7|12|16)\b(?!%)", text), text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({1: "yes", 2: "no"}, "no answer yet: 3, 4"),
        ({**s.sheet, 17: "yes"}, "There is no 17 among the questions. The keys are the numbers 1 to 16."),
        ({**s.sheet, 3: "maybe"}, "At the key 3: 'maybe' is no answer. Use one of: yes, no, unknown, not"),
        ({**s.sheet, 3: ...}, "These questions have no answer yet: 3."),
        (["yes"] * 15, "A list of length 15 came, where a dict is needed."),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_why(answer, words):
    assert words in refused("18.6-a", answer)


@pytest.mark.parametrize(("exercise_id", "keys"), [("18.6-a", 16), ("18.6-e", 16), ("18.6-f", 8), ("18.6-g", 4)])
def test_an_unfilled_form_is_not_attempted(exercise_id, keys):
    with pytest.raises(NotAttempted):
        check(exercise_id, dict.fromkeys(range(1, keys + 1), ...))


# --- 18.6-b ---------------------------------------------------------------------------------------

RIGHT_ORDER = tuple(s.order)


@pytest.mark.parametrize("order", [order for order in itertools.permutations("ABCDE") if order != RIGHT_ORDER])
def test_every_other_order_is_refused_with_a_reason(order):
    told = refused("18.6-b", list(order))
    assert len(told) < 250
    if "place" in told and "comes too early" in told:
        place = int(re.search(r"place (\d)", told)[1])
        assert order[: place - 1] == RIGHT_ORDER[: place - 1]
        assert order[place - 1] != RIGHT_ORDER[place - 1]


@pytest.mark.parametrize(
    ("answer", "words"),
    [(["A", "B"], "each of the letters A to E once"), (list("AABCD"), "once"), (5, "a list of letters is needed")],
)
def test_an_order_with_other_letters_is_told_so(answer, words):
    assert words in refused("18.6-b", answer)


# --- 18.6-c ---------------------------------------------------------------------------------------


def test_the_names_of_the_groups_count_in_any_order():
    for order in itertools.permutations(GROUPS.values()):
        check("18.6-c", list(order))


@pytest.mark.parametrize("missing", GROUPS)
def test_a_missing_group_gets_its_clue_and_is_not_named(missing):
    told = refused("18.6-c", [title for group, title in GROUPS.items() if group != missing])
    shown = ", ".join(
        f"line {place}: {group}" for place, group in enumerate((group for group in GROUPS if group != missing), 1)
    )
    assert f"5 of 6 groups are named ({shown};" in told
    assert told.endswith(f"A clue to one that is missing: {s.CLUES[missing]}")
    assert GROUPS[missing] not in told
    assert len(told) < 320


def test_one_line_stands_for_one_group_only_and_one_with_all_words_for_none():
    everything = "purpose validation calibration uncertainty explanation override"
    assert "0 of 6 groups are named (line 1: ?;" in refused("18.6-c", [everything])
    assert "0 of 6" in refused("18.6-c", [everything] * 6)
    assert "1 of 6 groups are named (line 1: F, line 2: ?," in refused("18.6-c", ["override"] * 6)
    assert "0 of 6" in refused("18.6-c", ["lorem", "ipsum"])
    assert "7 lines came" in refused("18.6-c", ["override"] * 7)
    assert "a few words" in refused("18.6-c", ["override", 3])
    assert "These lines are still empty: 2, 3." in refused("18.6-c", ["override", ..., ""])


def test_the_groups_that_were_understood_are_shown_and_share_the_credit():
    with pytest.raises(CheckFailed) as caught:
        check("18.6-c", ["indication", "lorem", "calibration"])
    assert "2 of 6 groups are named (line 1: A, line 2: ?, line 3: C;" in str(caught.value)
    assert caught.value.share == pytest.approx(2 / 6)


# --- 18.6-d ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", s._verdict_cases(), ids=lambda case: case.label)
def test_the_rule_of_the_exercise_is_the_rule_of_the_checklist(case):
    answers = case.arguments["answers"]
    checklist = Checklist()
    for number, word in answers.items():
        checklist.answer(number, word, "in the report")
    assert s.verdict(answers) == checklist.verdict().decision


def test_the_cases_reach_every_decision_and_the_named_ones_are_there():
    labels = {case.label: s.verdict(case.arguments["answers"]) for case in s._verdict_cases()}
    assert set(labels.values()) == set(s.DECISIONS) == set(DECISIONS)
    assert labels["question 16 no"] == labels["question 15 no"] == "do not use"
    assert labels["questions 11 to 13 not applicable"] == "ready to use"
    assert labels["question 16 unknown"] == labels["only question 11 unknown"] == "do not act on the output alone"
    assert labels["all sixteen yes"] == "ready to use"
    assert labels["nothing answered"] == "not finished"


def test_the_groups_in_the_exercise_are_the_questions_of_the_checklist():
    assert [question.number for question in QUESTIONS if question.group in STOPPING] == list(range(1, 12))
    assert STOPPING_NO == (15, 16)


def test_another_text_lists_what_is_asked_for():
    told = refused("18.6-d", lambda answers: "stop")
    assert "Return one of the five texts" in told


# --- 18.6-e ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.number)
@pytest.mark.parametrize("section", s.SECTIONS)
def test_every_section_that_teaches_a_question_counts_and_no_other(question, section):
    answer = {**s.taught, question.number: section}
    if section in question.sections:
        check("18.6-e", answer)
    else:
        told = refused("18.6-e", answer)
        if "not right yet" in told:
            assert f"not right yet: {question.number}. " in told
            assert question.evidence in told


def test_a_section_that_does_not_exist_is_told_so():
    assert "'18.9' is no section. Use one of: 18.1, 18.2, 18.3, 18.4, 18.5." in refused(
        "18.6-e", {**s.taught, 4: "18.9"}
    )


# --- 18.6-f, g, h, i ------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(1, 9))
@pytest.mark.parametrize("letter", "CVDLOY")
def test_each_open_question_has_one_first_address(number, letter):
    answer = {**s.address, number: letter}
    if letter == s.address[number]:
        check("18.6-f", answer)
    else:
        refused("18.6-f", answer)


def test_the_two_verdicts_are_those_of_the_rule():
    kidney, fever = (sheet.checklist().verdict() for sheet in (KIDNEY_BELL, FEVER_LANTERN))
    assert (s.verdicts[1], s.verdicts[3]) == (kidney.decision, fever.decision)
    assert (kidney.no, kidney.unknown, kidney.unanswered) == ((), (), ())
    assert (int(s.verdicts[4]),) == fever.no
    assert s.verdicts[2] == "none"


@pytest.mark.parametrize("number", range(1, 5))
@pytest.mark.parametrize("word", [*DECISIONS, "none", *map(str, range(1, 17))])
def test_only_the_right_verdict_and_the_right_question_count(number, word):
    answer = {**s.verdicts, number: word}
    if word == s.verdicts[number]:
        check("18.6-g", answer)
    else:
        refused("18.6-g", answer)


def test_the_model_answer_of_the_justification_obeys_its_own_marks():
    text = bank.find("18.6-h").worked
    verdict = LETTER_LARK.checklist().verdict()
    assert verdict.decision.capitalize() in text
    named = {int(number) for number in re.findall(r"\b(\d+)\)", text)}
    assert {*verdict.no, *verdict.unknown} <= named
    assert len(text.split()) <= 150
    for quoted in re.findall(r'"(.+?)"', text):
        assert " ".join(quoted.split()).lower() in LETTER_LARK.to_markdown().lower()
    for number in ("5.0%", "9.0%", "2.0 to 6.0"):
        assert number in text
        assert number in LETTER_LARK.to_markdown()


def test_the_model_procedure_has_six_steps_and_the_marks_are_shown():
    exercise = bank.find("18.6-i")
    assert re.findall(r"^(\d)\. ", exercise.worked, re.MULTILINE) == list("123456")
    assert exercise.marked_by_teacher
    assert exercise.material.count("(1)") == 5
    assert bank.find("18.6-h").material.startswith("---\n\n**LetterLark")
    assert bank.find("18.6-h").material.count("(1)") == 5


def test_only_one_exercise_needs_code_as_the_section_says():
    root = Path(__file__).parents[2]
    paths = sorted((root / "clinxai_teach" / "exercises" / "18_6").glob("[a-z]_*.py"))
    assert len(paths) == 9
    assert [path.name[0] for path in paths if 'coding="' not in path.read_text(encoding="utf-8")] == ["d"]
    lesson = (root / "lessons" / "18_6_clinicians_checklist.py").read_text(encoding="utf-8")
    assert "(only 18.6-d needs code)" in lesson
