"""Every exercise, four ways: right, untouched, each named mistake, right but written differently."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from clinxai_teach.checks import CheckFailed, NotAttempted, check, hint, solution
from clinxai_teach.checks import section_18_1 as s18_1
from clinxai_teach.checks.engine import load_section, section_numbers
from clinxai_teach.data.nhanes import load_nhanes_diabetes

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
    assert captured.out == f"{exercise.id}: right. {exercise.why}\n"


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
    assert len(exercise.mistakes) >= 3
    assert len({mistake.hint for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert len({mistake.name for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert exercise.also_right
    assert 2 <= len(exercise.hints) <= 3
    one_line = [exercise.title, exercise.expects, exercise.why, *exercise.hints]
    for text in one_line + [mistake.hint for mistake in exercise.mistakes]:
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


def test_ids_belong_to_their_section_and_are_unique():
    for number in section_numbers():
        assert [exercise_id.partition("-")[0] for exercise_id in load_section(number)] == [number] * len(
            load_section(number)
        )
    assert len({exercise.id for exercise in EXERCISES}) == len(EXERCISES)


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


# --- 18.1: the numbers and the words are true -------------------------------------------------------------


def test_the_site_auc_is_the_one_of_the_brief():
    assert s18_1.site_auc() == pytest.approx(0.857, abs=5e-4)
    for near in (0.8551, 0.8588):
        check("18.1-a", near)
    for far in (0.8545, 0.8595):
        with pytest.raises(CheckFailed):
            check("18.1-a", far)


def test_the_named_numbers_of_the_site_rule_are_true():
    msh, nih = 42_396, 112_120
    sick = np.repeat([1, 0, 1, 0], np.round([msh * 0.342, msh * 0.658, nih * 0.012, nih * 0.988]).astype(int))
    at_msh = np.repeat([1, 1, 0, 0], np.round([msh * 0.342, msh * 0.658, nih * 0.012, nih * 0.988]).astype(int))
    answers = {mistake.name: mistake.answer for mistake in s18_1.A.mistakes}
    assert at_msh[sick == 1].mean() == pytest.approx(answers["sensitivity alone"], abs=5e-4)
    assert (at_msh == sick).mean() == pytest.approx(answers["accuracy of the rule"], abs=5e-4)
    assert at_msh[sick == 0].mean() == pytest.approx(0.201, abs=5e-4)
    assert roc_auc_score(sick, at_msh) == pytest.approx(s18_1.site_auc(), abs=1e-4)


def test_the_overall_auc_is_above_every_stratum_in_the_patients_of_18_1_b():
    patients = s18_1._auc_cases()[-1].arguments
    overall = roc_auc_score(patients["y_true"], patients["y_prob"])
    assert all(value < overall for value in s18_1.stratified_auc(**patients).values())


def test_the_columns_of_the_leakage_hunt_are_in_the_table():
    data = load_nhanes_diabetes()
    features = {name for name in s18_1.LEAKAGE_COLUMNS if name in data.X}
    audit = {name for name in s18_1.LEAKAGE_COLUMNS if name in data.audit}
    assert features | audit == set(s18_1.LEAKAGE_COLUMNS) == set(s18_1.LEAKS) | set(s18_1.HONEST)
    assert audit == set(data.audit.columns)
    assert set(s18_1.LEAKS) <= audit
    assert len(s18_1.LEAKAGE_COLUMNS) == len(s18_1.LEAKS) + len(s18_1.HONEST)


def test_the_shares_in_the_leakage_texts_are_true():
    data = load_nhanes_diabetes()
    table = pd.concat([data.X, data.audit], axis=1)

    def shares(name):
        missing = table[name].isna()
        return round(data.y[missing].mean(), 2), round(data.y[~missing].mean(), 2)

    assert shares("told_prediabetes") == (0.87, 0.04)
    assert "87% have diabetes; elsewhere 4%" in s18_1.LEAKS["told_prediabetes"][1]
    assert shares("income_ratio") == (0.20, 0.20)
    assert shares("age_told_diabetes_years")[1] == 1.0
    assert shares("takes_diabetes_pills")[0] < 0.05


@pytest.mark.parametrize("name", s18_1.HONEST)
def test_an_accused_honest_column_is_cleared_with_its_reason(name):
    with pytest.raises(CheckFailed) as caught:
        check("18.1-c", {name, "told_diabetes"})
    assert f"{name} does not leak. {s18_1.HONEST[name]}" in str(caught.value)


@pytest.mark.parametrize("name", s18_1.LEAKS)
def test_a_missed_column_gets_a_clue_that_does_not_name_it(name):
    with pytest.raises(CheckFailed) as caught:
        check("18.1-c", set(s18_1.LEAKS) - {name})
    assert f"1 of 6 leaking columns are not in your answer. A clue to one: {s18_1.LEAKS[name][0]}" in str(caught.value)
    assert name not in str(caught.value)


def test_the_cases_cover_all_purposes():
    assert list(s18_1.CASES) == list(range(1, 9)) == list(s18_1.RIGHT_PURPOSES) == list(s18_1.REASONS)
    assert set(s18_1.RIGHT_PURPOSES.values()) == set(s18_1.PURPOSES)
    assert all(s18_1.RIGHT_PURPOSES[case] != letter for case, letter in s18_1.CONFUSIONS)


@pytest.mark.parametrize("case", s18_1.CASES)
@pytest.mark.parametrize("letter", s18_1.PURPOSES)
def test_a_wrong_purpose_names_the_case_and_gives_its_reason(case, letter):
    answer = {**s18_1.RIGHT_PURPOSES, case: letter}
    if letter == s18_1.RIGHT_PURPOSES[case]:
        check("18.1-e", answer)
        return
    with pytest.raises(CheckFailed) as caught:
        check("18.1-e", answer)
    reason = s18_1.CONFUSIONS.get((case, letter), s18_1.REASONS[case])
    assert f"not right yet: case {case}. About case {case}: {reason}" in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({**s18_1.RIGHT_PURPOSES, 2: "A", 6: "A"}, "cases 2, 6. About case 2: "),
        ({case: letter for case, letter in s18_1.RIGHT_PURPOSES.items() if case < 7}, "no purpose yet: 7, 8"),
        ({**s18_1.RIGHT_PURPOSES, 9: "A"}, "There is no case 9."),
        ({**s18_1.RIGHT_PURPOSES, 3: "Regulation compliance"}, "Do you mean 'Regulatory compliance'?"),
        ({**s18_1.RIGHT_PURPOSES, 3: "F"}, "or its letter A to E"),
        ({**s18_1.RIGHT_PURPOSES, 3: None}, "At the key 3: There is no purpose yet."),
        (list("ABCDEBAE"), "A list of length 8 came, where a dict is needed."),
    ],
)
def test_an_incomplete_or_misspelt_match_is_told_where(answer, words):
    with pytest.raises(CheckFailed) as caught:
        check("18.1-e", answer)
    assert words in str(caught.value)


def test_an_unfilled_match_is_not_attempted():
    with pytest.raises(NotAttempted):
        check("18.1-e", dict.fromkeys(s18_1.CASES, ...))
