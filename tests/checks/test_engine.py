"""The engine: what a learner sees, and that nothing a learner hands over can break it."""

import decimal
import fractions
import inspect
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from exercise_names import names_of
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from clinxai_teach.checks import CheckFailed, NotAttempted, check, engine, hint, solution
from clinxai_teach.checks.bank import load_section
from clinxai_teach.checks.reading import Case, WrongKind, number, outputs

EXERCISES = load_section("18.1")
flip_rate, stratified_auc = names_of("18.1").flip_rate, names_of("18.1").stratified_auc
ONE_OF_EACH_KIND = [
    *(name for name, exercise in EXERCISES.items() if not exercise.marked_by_teacher),  # that takes any text
    "18.2-d",
    "18.3-a",
    "18.3-f",
    "18.3-g",
    "18.6-b",
    "18.6-c",
]


def message(exercise_id, answer, kind=CheckFailed):
    """Return the two lines that a learner reads."""
    with pytest.raises(kind) as caught:
        check(exercise_id, answer)
    lines = str(caught.value).split("\n")
    assert len(lines) == 2
    return lines


@pytest.mark.parametrize(
    ("answers", "cure"),
    [
        ((0, 803), "but 2 came: 0, 803. If this is one number, write a decimal point and no comma: 0.803."),
        ((1, 234.5), "but 2 came: 1, 234.5. If this is one number, write no comma: a point before the decimals"),
        ((1, 2, 3), "but 3 came: 1, 2, 3. If this is one number, write no comma"),
        (("left", "right"), "but 2 came: 'left', 'right'. Put several values into one pair of brackets"),
    ],
)
def test_a_decimal_comma_makes_two_answers_and_is_named(answers, cure):
    with pytest.raises(CheckFailed) as caught:
        check("18.1-a", *answers)
    what, next_step = str(caught.value).split("\n")
    assert what.startswith("18.1-a: a check takes one answer, ")
    assert cure in what
    assert 'hint("18.1-a")' in next_step


# --- the two lines ----------------------------------------------------------------------------------------


@pytest.fixture
def shell(tmp_path):
    config = Config()
    config.HistoryManager.enabled = False
    return InteractiveShell(config=config, ipython_dir=str(tmp_path))


def shown(shell, code):
    """Return what a cell prints in IPython, on stdout and on stderr."""
    with capture_output() as captured:
        result = shell.run_cell("from clinxai_teach.checks import check, hint, solution\n" + code)
    return result, captured.stdout, captured.stderr


def test_ipython_shows_exactly_two_lines_and_no_traceback(shell):
    result, stdout, stderr = shown(shell, 'check("18.1-a", 0.143)')
    assert isinstance(result.error_in_exec, CheckFailed)
    lines = (stdout + stderr).rstrip("\n").split("\n")
    assert len(lines) == 2
    assert lines[0].startswith("18.1-a: An AUC this far below 0.5")
    assert 'hint("18.1-a")' in lines[1]


@pytest.mark.parametrize(
    "body", ["return 1 / 0", "raise ExceptionGroup('several', [ValueError('one')])", "raise SystemExit(1)"]
)
def test_ipython_shows_two_lines_when_the_learners_function_raises(shell, body):
    code = f'def flip(before, after):\n    {body}\ncheck("18.1-d", flip)'
    result, stdout, stderr = shown(shell, code)
    assert isinstance(result.error_in_exec, CheckFailed)
    assert len((stdout + stderr).rstrip("\n").split("\n")) == 2
    assert "Traceback" not in stdout + stderr


def test_a_right_answer_in_ipython_prints_one_line(shell):
    result, stdout, stderr = shown(shell, 'check("18.1-a", 0.857)')
    assert result.success
    assert result.result is None
    assert stderr == ""
    assert stdout.startswith("18.1-a: right. ")
    assert stdout.count("\n") == 1


def test_the_failure_is_an_assertion_error_with_both_lines_as_its_text():
    with pytest.raises(AssertionError, match=r"(?s)^18\.1-a: .*\n.*hint\(") as caught:
        check("18.1-a", 0.6)
    assert caught.value._render_traceback_() == str(caught.value).split("\n")
    assert caught.value.__context__ is None


# --- the untouched stub -----------------------------------------------------------------------------------


def raises_not_implemented(*args):
    raise NotImplementedError()


@pytest.mark.parametrize("stub", [None, ..., lambda *args: None, lambda *args: ..., raises_not_implemented])
def test_the_stub_of_a_function_is_not_attempted(stub):
    assert message("18.1-b", stub, NotAttempted)[0].startswith("18.1-b: not attempted")


def test_a_function_that_forgets_a_later_case_was_attempted():
    def forgets(before, after):
        return flip_rate(before, after) if len(before) == 3 else None

    first, _ = message("18.1-d", forgets)
    assert "not attempted" not in first
    assert "Nothing (None) came" in first


# --- kinds of answer --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        0.857,
        np.float32(0.857),
        np.array(0.857),
        pd.Series([0.857]).iloc[0],
        pd.Series([0.857]).mean(),
        fractions.Fraction(857, 1000),
        decimal.Decimal("0.857"),
    ],
)
def test_every_kind_of_number_is_a_number(answer):
    assert check("18.1-a", answer) is None


def test_a_torch_scalar_is_a_number():
    torch = pytest.importorskip("torch")
    assert check("18.1-a", torch.tensor(0.857, requires_grad=True)) is None
    assert "shape (1,)" in message("18.1-a", torch.tensor([0.857]))[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("0.857", "The text '0.857' came, where one number is needed."),
        ([0.857], "A list of length 1 came"),
        (np.array([0.857, 0.1]), "An array of shape (2,) came"),
        (True, "The value True came"),
        (1j, "The value 1j came"),
        (pd.NA, "A NAType came"),
        (float("nan"), "nan came. Look for a division by zero"),
        (float("inf"), "inf came."),
        (10**400, "came"),
        (flip_rate, "A function or class came"),
        ({"auc": 0.857}, "A dict of length 1 came"),
    ],
)
def test_a_wrong_kind_of_number_is_named(answer, words):
    first, _ = message("18.1-a", answer)
    assert words in first
    assert first.endswith("This exercise asks for one number between 0 and 1, the AUC.")


def test_a_number_off_target_is_called_low_or_high_without_the_answer():
    assert message("18.1-a", 0.62)[0] == "18.1-a: 0.62 is too low."
    assert message("18.1-a", 0.99)[0] == "18.1-a: 0.99 is too high."
    assert message("18.1-a", 85.7)[0] == "18.1-a: 85.7 is a percentage. Give a share, not a percentage."
    assert message("18.1-a", 1.7)[0] == "18.1-a: 1.7 is not between 0 and 1."


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (stratified_auc(np.array([0, 1]), np.array([0.1, 0.2]), np.array(["a", "a"])), "without brackets"),
        (lambda *args: 0.8, "The value 0.8 came, where a dict is needed."),
        (lambda *args: {}, "your answer has no entry 1, 3."),
        (lambda *args: {1: 0.5, 3: 0.5, 4: 0.5}, "an entry that does not belong there: 4."),
        (lambda *args: {1: "high", 3: 0.5}, "At the key 1: The text 'high' came"),
        (
            lambda *args: {1: 0.75, 3: 0.6},
            "at the key 3, your function gives 0.6, but the right value is 0.5.",
        ),
        (lambda y_true, y_prob: {}, "TypeError, a wrong kind of value or a wrong number of arguments"),
    ],
)
def test_a_wrong_function_is_told_on_which_case_and_key(answer, words):
    assert words in message("18.1-b", answer)[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("told_diabetes", "3 of 4 are not in your answer."),
        (7, "The value 7 came"),
        (iter(["told_diabetes"]), "A list_iterator came"),
        ({"told_diabetis"}, "Do you mean 'told_diabetes'?"),
        ({"xyz"}, "Use names from these: age_years"),
        ([["told_diabetes"]], "is not one of the names offered"),
    ],
)
def test_a_wrong_set_of_names_is_told_what_to_write(answer, words):
    assert words in message("18.1-c", answer)[0]


# --- the learner's own code -------------------------------------------------------------------------------


def test_an_exception_is_named_in_plain_words_with_the_input():
    def divides(before, after):
        return 1 / 0

    first, _ = message("18.1-d", divides)
    assert "Your function stopped with ZeroDivisionError, a division by zero" in first
    assert "That was on the case 'probabilities move, no class changes' (before = [[0.4, 0.35, 0.25]" in first


def test_a_long_error_text_stays_on_one_line():
    def fails(before, after):
        raise ValueError("line one\nline two " + "x" * 1000)

    first, _ = message("18.1-d", fails)
    assert "line one line two" in first
    assert len(first) < 800


def test_warnings_and_stderr_of_the_learner_are_silenced(capsys):
    def noisy(before, after):
        warnings.warn("take care", stacklevel=2)
        np.array([1.0]) / np.array([0.0])
        print("to stderr", file=sys.stderr)
        return flip_rate(before, after)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check("18.1-d", noisy)
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith("18.1-d: right. ")


def test_a_function_that_changes_its_inputs_gets_copies():
    def destroys(before, after):
        result = flip_rate(before, after)
        before[:] = after[:] = 0
        return result

    check("18.1-d", destroys)
    check("18.1-d", flip_rate)

    shared = np.array([3.0, 4.0])
    cases = (Case("one", {"x": shared}), Case("two", {"x": shared}))
    seen = outputs(lambda x: [x[0], x.fill(0)][0], cases, number)
    assert list(seen.values()) == [3.0, 3.0]
    assert shared.tolist() == [3.0, 4.0]


def test_check_leaves_the_global_random_state_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002  the legacy state is what a learner would share
    check("18.1-b", stratified_auc)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


# --- anything at all --------------------------------------------------------------------------------------


class Hostile:
    """Every way to look at it raises."""

    def _fail(self, *args):
        raise RuntimeError("no")

    __repr__ = __str__ = __eq__ = __hash__ = __float__ = __len__ = __iter__ = __bool__ = __array__ = _fail


def endless():
    while True:
        yield "told_diabetes"


loop = []
loop.append(loop)
ODD = [
    Hostile(),
    Hostile,
    [Hostile()],
    {1: Hostile()},
    endless(),
    loop,
    object(),
    int,
    print,
    len,
    pd.DataFrame({"a": [1, 2]}),
    pd.Series({1: "A", 2: None}),
    pd.NaT,
    np.array([1, "a", None], dtype=object),
    np.array("2020-01-01", dtype="datetime64[D]"),
    np.datetime64("NaT"),
    np.zeros((0, 3)),
    {i: i for i in range(1, 9)},
    {str(i): "Z" for i in range(1, 9)},
    dict.fromkeys(range(1, 9)),
    {"A": 1},
    "A" * 100_000,
    range(10**9),
]
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5)
junk = st.one_of(
    scalars,
    st.complex_numbers(),
    st.lists(scalars, max_size=8),
    st.sets(st.integers() | st.text(max_size=5), max_size=5),
    st.dictionaries(st.integers(0, 9) | st.text(max_size=3), scalars, max_size=9),
    st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=6),
)


def survives(exercise_id, answer):
    """Check an answer that is surely wrong: CheckFailed on two lines, and no other exception."""
    with pytest.raises(CheckFailed) as caught:
        check(exercise_id, answer)
    assert len(str(caught.value).split("\n")) == 2


@pytest.mark.parametrize("exercise_id", ONE_OF_EACH_KIND)
@pytest.mark.parametrize("answer", ODD, ids=range(len(ODD)))
def test_odd_objects_never_crash_the_check(exercise_id, answer):
    survives(exercise_id, answer)
    survives(exercise_id, lambda *args: answer)


@pytest.mark.parametrize("exercise_id", ONE_OF_EACH_KIND)
@settings(max_examples=40, deadline=None)
@given(answer=junk)
def test_random_junk_never_crashes_the_check(exercise_id, answer):
    if exercise_id == "18.1-a" and isinstance(answer, float) and abs(answer - 0.857) < 0.003:
        return
    survives(exercise_id, answer)
    survives(exercise_id, lambda *args: answer)


# --- hints, solutions, ids --------------------------------------------------------------------------------


def test_hints_climb_and_the_last_one_points_to_the_solution(capsys, monkeypatch):
    monkeypatch.setattr(engine, "_hints_given", {})
    texts = EXERCISES["18.1-a"].hints
    printed = []
    for _ in range(len(texts) + 1):
        hint("18.1-a")
        printed.append(capsys.readouterr().out)
    assert printed[0] == f"18.1-a, hint 1 of 3: {texts[0]}\n"
    assert "hint 2 of 3" in printed[1]
    assert 'solution("18.1-a")' in printed[2]
    assert printed[3] == printed[2]
    hint("18.1-b")
    assert "hint 1 of" in capsys.readouterr().out


def test_solution_shows_the_source_and_the_reason(capsys):
    solution("18.1-b")
    text = capsys.readouterr().out
    lines = inspect.getsource(stratified_auc).strip().split("\n")
    assert "\n".join(line for line in lines if "SOLUTION" not in line) in text
    assert "SOLUTION" not in text
    assert "Why: " + EXERCISES["18.1-b"].why in text


@pytest.mark.parametrize("call", [lambda i: check(i, 1), hint, solution])
@pytest.mark.parametrize("exercise_id", ["18.1-z", "18.1", "18.1a", "", "zebra", "18.99-a"])
def test_an_unknown_id_lists_near_ids(call, exercise_id):
    with pytest.raises(ValueError, match=r"does not exist\. Use one of: 18\.\d-a") as caught:
        call(exercise_id)
    assert caught.value._render_traceback_() == [str(caught.value)]  # a notebook shows this line alone


@pytest.mark.parametrize("exercise_id", ["18-1-a", "18_1-a", "18.1a"])
def test_an_id_with_other_signs_finds_the_section_that_was_meant(exercise_id):
    with pytest.raises(ValueError, match=r"Use one of: 18\.1-a.*\. Do you mean 18\.1-a\?$"):
        hint(exercise_id)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("0,955", "a point: 0.955."),
        ("about 0.9", "a point: 0.9."),
        ("95%", "95% is 0.95."),
        ("106 %", "106% is 1.06."),
        ("95,5%", "95.5% is 0.955."),
        ("0.955", "Write it without quotation marks."),
        ("0.9 to 0.95", "Write one number, without quotation marks."),
    ],
)
def test_a_number_as_a_text_is_answered_with_how_to_write_it(typed, written):
    with pytest.raises(CheckFailed) as caught:
        check("18.1-a", typed)
    assert written in str(caught.value)


def test_an_id_of_a_wrong_kind_says_that_the_id_comes_first():
    with pytest.raises(ValueError, match="The id comes first"):
        check(0.857, "18.1-a")


def test_an_id_may_be_written_with_a_capital_letter():
    check(" 18.1-A ", 0.857)


def test_importing_the_checks_loads_no_heavy_library():
    code = (
        "import sys, clinxai_teach.checks\n"
        "assert not {'torch', 'shap', 'sklearn', 'ipywidgets', 'IPython'} & set(sys.modules)\n"
        "clinxai_teach.checks.check('18.1-a', 0.857)\n"
        "assert not {'torch', 'shap', 'ipywidgets'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_number_reads_bounds_and_nan():
    assert np.isnan(number(np.nan, allow_nan=True))
    with pytest.raises(WrongKind):
        number(np.nan)
    assert number(1.01, low=0, high=1).limits == "between 0 and 1"
    assert number(-1, low=0).limits == "at least 0"
