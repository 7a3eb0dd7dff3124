"""Every exercise, four ways: right, untouched, each named mistake, right but written differently."""

import re
from collections import Counter

import pytest

import exercise_cells
from clinxai_teach.checks import CheckFailed, NotAttempted, bank, check, hint, solution
from clinxai_teach.checks.bank import load_section, section_numbers

EXERCISES = [exercise for number in section_numbers() for exercise in load_section(number).values()]
every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)


def raises_not_implemented(*args):
    raise NotImplementedError()


def pairs(field):
    """Return one test parameter for each exercise and each entry of one of its fields."""
    return [
        pytest.param(exercise, entry, id=f"{exercise.id}-{getattr(entry, 'name', number)}")
        for exercise in EXERCISES
        for number, entry in enumerate(getattr(exercise, field))
    ]


# --- the four ways ----------------------------------------------------------------------------------------


@every_exercise
def test_the_right_answer_passes_in_one_line_and_silent_on_stderr(exercise, capsys):
    assert check(exercise.id, exercise.right) is None
    captured = capsys.readouterr()
    assert captured.err == ""
    verdict = "written; a teacher marks it." if exercise.marked_by_teacher else "right."
    assert captured.out == f"{exercise.id}: {verdict} {exercise.why}\n"


@every_exercise
def test_the_stub_is_not_attempted_and_raises(exercise):
    stubs = [None, ...]
    if callable(exercise.right):
        stubs += [lambda *args: None, lambda *args: ..., raises_not_implemented]
    for stub in stubs:
        with pytest.raises(NotAttempted, match=rf"^{re.escape(exercise.id)}: not attempted"):
            check(exercise.id, stub)


@pytest.mark.parametrize(("exercise", "mistake"), pairs("mistakes"))
def test_each_mistake_gets_its_own_hint_and_no_other(exercise, mistake, capsys):
    with pytest.raises(CheckFailed) as caught:
        check(exercise.id, mistake.answer)
    assert not isinstance(caught.value, NotAttempted)
    first, second = caught.value._render_traceback_()
    assert first == f"{exercise.id}: {mistake.hint}"
    assert f'hint("{exercise.id}")' in second
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("exercise", "answer"), pairs("also_right"))
def test_a_right_answer_written_differently_passes(exercise, answer, capsys):
    assert check(exercise.id, answer) is None
    assert capsys.readouterr().err == ""


# --- what every exercise must have ------------------------------------------------------------------------


@every_exercise
def test_an_exercise_is_complete(exercise):
    assert len(exercise.mistakes) >= 3 or exercise.marked_by_teacher, "name three wrong answers that learners give"
    assert len({mistake.hint for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert len({mistake.name for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert exercise.also_right
    assert 2 <= len(exercise.hints) <= 3
    one_line = [exercise.title, exercise.expects, exercise.why, *exercise.hints]
    for text in one_line + [mistake.hint for mistake in exercise.mistakes]:
        assert text.strip()
        assert "\n" not in text
        assert len(text) < 250


@every_exercise
def test_hints_and_the_solution_can_be_read(exercise, capsys):
    for _ in exercise.hints:
        hint(exercise.id)
    assert f'solution("{exercise.id}")' in capsys.readouterr().out
    solution(exercise.id)
    text = capsys.readouterr().out
    assert exercise.title in text
    assert text.endswith(f"Why: {exercise.why}\n")


@pytest.mark.parametrize("section", section_numbers())
def test_no_two_exercises_of_a_section_use_the_same_name_for_the_answer(section):
    names = Counter(
        exercise_cells.answer_name(cell.source)
        for path in bank.files(section).values()
        for cell in bank.cells(path)
        if cell.title == "answer" and "[markdown]" not in cell.header
    )
    assert max(names.values()) == 1, f"in one notebook a name holds one answer: {names.most_common(1)}"


def test_the_letters_of_a_section_follow_each_other():
    for number in section_numbers():
        letters = "".join(exercise_id[-1] for exercise_id in load_section(number))
        assert "abcdefghijklmnopqrstuvwxyz".startswith(letters), f"section {number} has the letters {letters}"


@pytest.mark.parametrize(
    "exercise", [exercise for exercise in EXERCISES if callable(exercise.right)], ids=lambda e: e.id
)
def test_no_constant_passes_for_a_function(exercise):
    given = []

    def recorded(*args):
        given.append(exercise.right(*args))
        return given[-1]

    check(exercise.id, recorded)
    assert len(given) >= 3
    for constant in given:
        with pytest.raises(CheckFailed):
            check(exercise.id, lambda *args, constant=constant: constant)


def test_each_exercise_says_how_hard_it_is_and_one_in_three_needs_no_code():
    said = [exercise_cells.effort(path) for section in bank.section_numbers() for path in bank.files(section).values()]
    assert all(re.search(r"(Easy|Medium|Hard)\. About \d+ minutes\. \w+", line) for line in said)
    assert len(said) >= 60
    assert 3 * sum("No code." in line for line in said) >= len(said)
