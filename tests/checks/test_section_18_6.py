"""The exercises of section 18.6: what they say is true of the checklist and of the sheets."""

import itertools
import re

import pytest
from exercise_names import names_of

from clinxai_teach.checklist import GROUPS, QUESTIONS, STOPPING, Checklist
from clinxai_teach.checks import CheckFailed, NotAttempted, bank, check
from clinxai_teach.vendor_sheets import CHESTGUARD

s = names_of("18.6")


def refused(exercise_id, answer):
    """Return the first line of what a wrong answer is told."""
    with pytest.raises(CheckFailed) as caught:
        check(exercise_id, answer)
    return caught.value._render_traceback_()[0]


# --- 18.6-a ---------------------------------------------------------------------------------------


def test_the_planted_omissions_are_those_of_the_sheet():
    assert {2, 5, 7, 11, 16} == s.PLANTED == CHESTGUARD.unknown
    assert {number for number, word in s.sheet.items() if word == "unknown"} == s.PLANTED
    check("18.6-a", {number: given.answer for number, given in CHESTGUARD.checklist().answers.items()})


@pytest.mark.parametrize("number", s.NUMBERS)
@pytest.mark.parametrize("word", ["yes", "no", "unknown"])
def test_only_the_unknown_set_is_judged(number, word):
    answer = {**s.sheet, number: word}
    if (word == "unknown") == (number in s.PLANTED):
        check("18.6-a", answer)
    else:
        refused("18.6-a", answer)


@pytest.mark.parametrize("missed", [c for n in (1, 2, 3, 4) for c in itertools.combinations((2, 5, 7, 11, 16), n)])
def test_a_missed_omission_is_counted_but_its_number_is_not_named(missed):
    told = refused("18.6-a", {**s.sheet, **dict.fromkeys(missed, "no")})
    assert f"you found {5 - len(missed)} of 5 planted omissions" in told
    quoted = re.search(r'behind the words "(.+?)"', told)[1]
    assert quoted.lower() in CHESTGUARD.to_markdown().lower()
    assert not re.search(r"\b(question|number) \d", told)


@pytest.mark.parametrize("number", sorted(CHESTGUARD.answered))
def test_one_unknown_too_many_is_led_back_to_the_sheet(number):
    told = refused("18.6-a", {**s.sheet, number: "unknown"})
    assert "you found 5 of 5 planted omissions, but you marked 1 unknown that the sheet answers" in told
    assert CHESTGUARD.answered[number][1] in told


def test_neither_hints_nor_the_hints_of_mistakes_name_a_number():
    exercise = bank.find("18.6-a")
    texts = [*exercise.hints, *(mistake.hint for mistake in exercise.mistakes)]
    for text in texts:
        assert not re.search(r"\b(2|5|7|11|16)\b(?!%)", text), text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({1: "yes", 2: "no"}, "no answer yet: 3, 4"),
        ({**s.sheet, 17: "yes"}, "There is no 17 among the questions. The keys are the numbers 1 to 16."),
        ({**s.sheet, 3: "maybe"}, "At the key 3: 'maybe' is no answer. Use one of: yes, no, unknown, ?."),
        ({**s.sheet, 3: ...}, "These questions have no answer yet: 3."),
        (["yes"] * 16, "A list of length 16 came, where a dict is needed."),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_why(answer, words):
    assert words in refused("18.6-a", answer)


@pytest.mark.parametrize("exercise_id", ["18.6-a", "18.6-e"])
def test_an_unfilled_form_is_not_attempted(exercise_id):
    with pytest.raises(NotAttempted):
        check(exercise_id, dict.fromkeys(s.NUMBERS, ...))


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
    assert f"5 of 6 groups are named. A clue to one that is missing: {s.CLUES[missing]}" in told
    assert GROUPS[missing] not in told


def test_one_line_stands_for_one_group_only():
    told = refused("18.6-c", ["purpose validation calibration uncertainty explanation override"])
    assert "1 of 6 groups" in told
    assert "0 of 6" in refused("18.6-c", ["lorem", "ipsum"])
    assert "7 lines came" in refused("18.6-c", ["override"] * 7)
    assert "a few words" in refused("18.6-c", ["override", 3])
    assert "These lines are still empty: 2, 3." in refused("18.6-c", ["override", ..., ""])


# --- 18.6-d ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", s._verdict_cases(), ids=lambda case: case.label)
def test_the_rule_of_the_exercise_is_the_rule_of_the_checklist(case):
    answers = case.arguments["answers"]
    checklist = Checklist()
    for number, word in answers.items():
        checklist.answer(number, word, "seen")
    assert s.verdict(answers) == checklist.verdict().decision


def test_the_cases_reach_every_decision_and_the_named_ones_are_there():
    labels = {case.label: s.verdict(case.arguments["answers"]) for case in s._verdict_cases()}
    assert set(labels.values()) == set(s.DECISIONS)
    assert labels["only question 11 unknown"] == "do not act on the output alone"
    assert labels["all sixteen yes"] == "ready to use"
    assert labels["nothing answered"] == "not finished"


def test_the_groups_in_the_exercise_are_the_questions_of_the_checklist():
    assert [question.number for question in QUESTIONS if question.group in STOPPING] == list(range(1, 12))


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
