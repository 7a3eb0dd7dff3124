"""The kinds of exercise: what each reads, what it says of a half-filled or a wrong answer, and what it gives away."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinxai_teach.checks import NotAttempted, kinds
from clinxai_teach.checks.judging import Mistake, judge
from clinxai_teach.checks.reading import Case, Named, NotAnswered, WrongKind, entries, truth

TEXTS = {"expects": "an answer", "also_right": (), "mistakes": (), "hints": ("Think.",), "why": "So it is."}


def said(exercise, answer):
    """Return the first line that a learner reads, without the id; None where the answer is right."""
    failure = judge(replace(exercise, id="x"), answer)
    if failure is None:
        return None
    assert len(str(failure).split("\n")) == 2
    return "not attempted" if isinstance(failure, NotAttempted) else str(failure).split("\n")[0].removeprefix("x: ")


# --- numbers ----------------------------------------------------------------------------------------------


def test_one_number():
    exercise = kinds.one_number(0.5, low=0, high=1, tolerance=0.01, **TEXTS)
    assert said(exercise, np.float32(0.505)) is None
    assert said(exercise, 0.52) == "0.52 is too high."
    assert said(exercise, 50) == "50 is a percentage. Give a share, not a percentage."
    assert said(exercise, 7) == "7 is not between 0 and 1."
    assert said(exercise, -0.5) == "-0.5 has the wrong sign."
    assert said(exercise, (0, 5)).startswith("A tuple of length 2 came, where one number is needed. A decimal number")
    assert said(exercise, "0.5").startswith(
        "The text '0.5' came, where one number is needed. Write it without quotation"
    )


BURDEN = kinds.numbers({"alerts": 12.8, "missed": 8.0}, tolerance={"alerts": 0.05, "missed": 0.5}, **TEXTS)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"alerts": 12.83, "missed": 8.4}, None),
        (pd.Series({"missed": 8, "alerts": 12.8}), None),
        ({"alerts": 12.9, "missed": 8}, "alerts: 12.9 is too high."),
        ({"alerts": 12.8, "missed": 7.4}, "missed: 7.4 is too low."),
        ({"alerts": ..., "missed": ...}, "not attempted"),
        ({"alerts": 0, "missed": ...}, "These names have no number yet: missed. This exercise asks for an answer."),
        ({"alerts": 0}, "These names have no number yet: missed. This exercise asks for an answer."),
        ({"alerts": 12.8, "missed": 8, "found": 1}, "There is no found among the names. The keys are alerts, missed."),
        ([12.8, 8], "A list of length 2 came, where a dict is needed."),
        ({"alerts": "many", "missed": 8}, "At the key 'alerts': The text 'many' came, where one number is needed."),
    ],
)
def test_named_numbers_each_with_its_tolerance(answer, words):
    first = said(BURDEN, answer)
    assert first == words or first.startswith(words)


def test_advice_takes_the_place_of_too_low():
    exercise = kinds.numbers({"k": 91.0}, tolerance=0, advice={"k": "Round up."}, **TEXTS)
    assert said(exercise, {"k": 90}) == "not right yet: k. Round up."


# --- true or not ------------------------------------------------------------------------------------------

STATEMENTS = {1: ("One.", "As one is."), 2: ("Two.", "As two is not."), 3: ("Three.", "As three is.")}
TRUE = kinds.true_or_not({1, 3}, STATEMENTS, hints=("Think.",), why="So it is.")


@pytest.mark.parametrize(
    "answer",
    [
        {1, 3},
        [3, 1],
        {"1", "3"},
        np.array([1, 3]),
        {1: True, 2: False, 3: True},
        {1: 1, 2: 0, 3: 1},
        {1: np.True_, 2: np.int64(0), 3: 1.0},
        {"1": True, "2": False, "3": True},
        pd.Series({1: True, 2: False, 3: True}),
        pd.Series([1, 3]),
        pd.Series([True, False, True]),
        [1.0, 0.0, 1.0],
        [True, False, True],
        (1, 0, 1),
        np.array([True, False, True]),
    ],
)
def test_true_statements_in_every_form(answer):
    assert said(TRUE, answer) is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({1: ..., 2: ..., 3: ...}, "not attempted"),
        ([...], "not attempted"),
        ({1: True, 2: False, 3: ...}, "These statements have no True or False yet: 3. This exercise asks for"),
        ({1: True, 2: True, 3: None}, "These statements have no True or False yet: 3. This exercise asks for"),
        ({1: 1, 2: 1}, "These statements have no True or False yet: 3. This exercise asks for"),
        ([True, True, ...], "These statements have no True or False yet: 3. This exercise asks for"),
        ([True, True], "These statements have no True or False yet: 3. This exercise asks for"),
        ([1, ...], "There is still an empty place (...) in your answer."),
        ({2}, "These are the statements that are not true. Asked are the true ones."),
        ({1: True, 2: True, 3: True}, "1 of 3 are not right yet. Statement 2 is not true: As two is not."),
        ({1: 1, 2: 1, 3: 1}, "1 of 3 are not right yet. Statement 2 is not true: As two is not."),
        ({1}, "1 of 3 are not right yet. Statement 3 is true: As three is."),
        ({1: "yes", 2: False, 3: True}, "At the key '1': The text 'yes' came, where True or False is needed."),
        ({1: 2, 2: 0, 3: 1}, "At the key '1': The value 2 came, where True or False is needed."),
        ({4}, "4 is not one of the names offered."),
        ({1: True, 2: True, 3: True, 4: True}, "There is no 4 among the statements. The keys are the numbers 1 to 3."),
    ],
)
def test_a_half_filled_list_names_what_is_missing_and_gives_nothing_away(answer, words):
    first = said(TRUE, answer)
    assert first.startswith(words)
    if "yet:" in first:
        assert not any(reason in first for _, reason in STATEMENTS.values())


@given(st.dictionaries(st.sampled_from([1, 2, 3]), st.sampled_from([True, False, 1, 0, 1.0, 0.0]), min_size=3))
def test_one_and_zero_are_true_and_false(answer):
    assert said(TRUE, answer) == said(TRUE, {key: bool(value) for key, value in answer.items()})


def test_material_and_worked_answer_of_the_statements():
    assert TRUE.material == "1. One.\n2. Two.\n3. Three."
    assert TRUE.worked == "1: true. As one is.\n2: not true. As two is not.\n3: true. As three is."


# --- find the lines, choose, order ------------------------------------------------------------------------

LINES = {"A": "a = 1", "B": "b = 0", "C": "a / b"}
FIND = kinds.find_lines(
    {"B"}, LINES, wrong={"B": ("Look below the line.", "It is 0.")}, fine={"A": "Fine.", "C": "Only a victim."}, **TEXTS
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("B", None),
        ("only B", None),
        ("A, B and C", "line A is not wrong. Fine."),
        (frozenset("b"), None),
        (np.array(["b"]), None),
        (["b"], None),
        (("B",), None),
        ({"C"}, "line C is not wrong. Only a victim."),
        (set(), "1 of 1 wrong lines are still missing. A clue to one: Look below the line."),
        (["B", ...], "There is still an empty place (...) in your answer. This exercise asks for an answer."),
        ([...], "not attempted"),
        ({"D"}, "'D' is not one of the names offered. Use names from these: A, B, C. "),
    ],
)
def test_find_the_lines(answer, words):
    first = said(FIND, answer)
    assert first == words or first.startswith(words)


def test_numbers_of_lines_may_come_as_text():
    listing = {number: "pass" for number in range(1, 12)}
    fine = dict.fromkeys(range(1, 11), "Fine.")
    exercise = kinds.find_lines({11}, listing, wrong={11: ("Look.", "No.")}, fine=fine, **TEXTS)
    assert said(exercise, "11") is None
    assert said(exercise, "1, 11") == "line 1 is not wrong. Fine."
    assert exercise.material.split("\n")[1] == " 1  pass"


@pytest.mark.parametrize(("wrong", "fine"), [({"A": ("", "")}, {"B": "", "C": ""}), ({"B": ("", "")}, {"A": ""})])
def test_an_author_who_forgets_a_line_is_told(wrong, fine):
    with pytest.raises(ValueError, match="name each line once"):
        kinds.find_lines({"B"}, LINES, wrong=wrong, fine=fine, **TEXTS)


CHOOSE = kinds.choice(
    {"insulin"}, ("age", "insulin"), clues={"insulin": "What comes after?"}, fine={"age": "Known."}, **TEXTS
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (["insulin"], None),
        ({"age", "insulin"}, "age does not belong there. Known."),
        (set(), "1 of 1 are not in your answer. A clue to one: What comes after?"),
        ("Insulin", None),
        ("age, insulin", "age does not belong there. Known."),
        ({"age": False, "insulin": True}, None),
        (pd.Series({"age": True, "insulin": True}), "age does not belong there. Known."),
        ({"insulin": 2}, "At the key 'insulin': The value 2 came, where True or False is needed."),
        (7, "The value 7 came, where a set of names is needed"),
    ],
)
def test_choose_names(answer, words):
    first = said(CHOOSE, answer)
    assert first == words or first.startswith(words)


ORDER = kinds.order(
    ["B", "A", "C"],
    {"A": "Ask.", "B": "Begin.", "C": "Close."},
    needs={"A": "Begin first.", "B": "", "C": "Ask first."},
    **TEXTS,
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("BAC", None),
        ("b, a, c", None),
        (np.array(["B", "A", "C"]), None),
        (["C", "A", "B"], "not right yet at place 1: C comes too early. Ask first."),
        ({"A", "B", "C"}, "A set of length 3 came, where a list of letters is needed"),
        (["A", "B"], "['A', 'B'] came. Use each of the letters A to C once. This exercise asks for an answer."),
        (["B", ..., "C"], "There is still an empty place (...) in your answer."),
        ([..., ..., ...], "not attempted"),
        ({1: "B"}, "A dict of length 1 came, where a list of letters is needed"),
    ],
)
def test_order(answer, words):
    first = said(ORDER, answer)
    assert first == words or words in first


# --- match ------------------------------------------------------------------------------------------------

CASES = {1: "V", 2: "A", 3: "N"}
REASONS = {1: "Doubt.", 2: "No doubt.", 3: "Never."}
MATCH = kinds.match(
    CASES,
    {"A": "act on it", "V": "verify first", "N": "do not use it"},
    items="cases",
    what="decision",
    reasons=REASONS,
    **TEXTS,
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({1: "v", "2": " Act  on it ", 3: "N"}, None),
        (["V", "A", "N"], None),
        ({1.0: "V: verify first", 2: "act", 3: "N."}, None),
        (["V", "A"], "A list of length 2 came, where a dict is needed."),
        (pd.Series(CASES), None),
        ({1: ..., 2: ..., 3: ...}, "not attempted"),
        ({1: "", 2: "", 3: ""}, "not attempted"),
        ({1: "A", 2: "A", 3: ...}, "These cases have no decision yet: 3. This exercise asks for"),
        ({1: "A", 2: "A", 3: "A"}, "not right yet: 1, 3. About 1: Doubt."),
        ({**CASES, 4: "A"}, "There is no 4 among the cases. The keys are the numbers 1 to 3."),
        ({**CASES, 1: "verify furst"}, "At the key 1: 'verify furst' is no decision. Do you mean 'verify first'?"),
        ({**CASES, 1: "X"}, "At the key 1: 'X' is no decision. Use one of: A, V, N."),
    ],
)
def test_match(answer, words):
    first = said(MATCH, answer)
    assert first == words or first.startswith(words)


def test_what_is_accepted_counts_as_the_key():
    exercise = kinds.match(
        CASES,
        {"A": "act", "V": "verify", "N": "no"},
        items="cases",
        what="decision",
        reasons=REASONS,
        accept=lambda given: {**given, 2: "A"},
        **TEXTS,
    )
    assert said(exercise, {**CASES, 2: "V"}) is None
    assert said(exercise, {**CASES, 1: "A"}) == "not right yet: 1. About 1: Doubt."


def test_a_foreign_key_is_named_on_one_line_and_many_are_counted():
    assert said(MATCH, {"a\nb": "A"}).startswith("There is no a b among the cases.")
    assert said(MATCH, {**CASES, **{n: "A" for n in range(10, 20)}}).startswith(
        "There is no 10, 11, 12, 13, 14, 15 and 4 more among the cases."
    )


# --- functions and free text ------------------------------------------------------------------------------


def test_a_function_on_cases():
    cases = (Case("two", {"x": 2}), Case("minus one", {"x": -1}))
    doubled = Mistake("squared", lambda x: x**2, "You squared it.")
    exercise = kinds.function_on_cases(lambda x: 2 * x, cases, **{**TEXTS, "mistakes": (doubled,)})
    assert said(exercise, lambda x: x + x) is None
    assert said(exercise, lambda x: x * x) == "You squared it."
    assert said(exercise, lambda x: abs(2 * x)) == ("On the case 'minus one' (x = -1): 2 has the wrong sign.")
    assert said(exercise, lambda x: x + 1) == (
        "On the case 'two' (x = 2): your function gives 3, but the right value is 4."
    )
    assert said(exercise, lambda x: 4 if x > 0 else -1) == (
        "On the case 'minus one' (x = -1): your function gives -1, which is too high."
    )
    assert said(exercise, lambda x: 4) == "Your function gives 4 on every case, and the right values differ."
    assert said(exercise, lambda x: None) == "not attempted"


def test_a_function_among_the_inputs_is_shown_by_its_name():
    cases = (Case("the middle", {"model": Named("the model 2 x", lambda x: 2 * x), "x": 3}),)
    exercise = kinds.function_on_cases(lambda model, x: model(x), cases, **TEXTS)
    assert said(exercise, lambda model, x: model(x)) is None
    assert "(model = the model 2 x, x = 3): your function gives 7" in said(exercise, lambda model, x: model(x) + 1)


def test_a_free_text_is_never_marked_here_but_an_empty_one_is_not_attempted():
    exercise = kinds.free_text({"names who is told": 2, "names a limit": 1.5}, why="Compare.", hints=("Who?",))
    assert said(exercise, "We stop.") is None
    assert said(exercise, "  ") == "not attempted"
    assert "a text is needed" in said(exercise, 3)
    assert exercise.material == "- names who is told (2)\n- names a limit (1.5)"
    assert exercise.marked_by_teacher


# --- reading ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["True", 2, -1, None, ..., [True], np.array([1, 0]), float("nan"), 1j])
def test_other_things_are_no_truth(value):
    with pytest.raises(WrongKind, match="where True or False is needed"):
        truth(value)


@given(st.dictionaries(st.integers(0, 5), st.sampled_from([0.5, ..., None, ""])))
def test_open_entries_are_named_and_nothing_else(answer):
    """Whatever is filled in, the message holds the open keys only, in the order of the exercise."""
    still_open = [key for key in range(6) if answer.get(key, ...) != 0.5]
    if answer and not any(value == 0.5 for value in answer.values()):
        with pytest.raises(NotAnswered):
            entries(answer, range(6), float)
    elif still_open:
        with pytest.raises(WrongKind, match=f"^These names have no number yet: {', '.join(map(str, still_open))}.$"):
            entries(answer, range(6), float)
    else:
        assert entries(answer, range(6), float) == dict.fromkeys(range(6), 0.5)


@pytest.mark.parametrize(
    "make",
    [
        lambda: kinds.numbers({"a": 1.0, "b": 2.0}, tolerance={"a": 0}, **TEXTS),
        lambda: kinds.numbers({"a": 1.0, "b": 2.0}, tolerance=0, advice={"a": "Add."}, **TEXTS),
        lambda: kinds.choice({"a"}, ("a", "b"), clues={"a": "Look."}, fine={}, **TEXTS),
        lambda: kinds.order(["B", "A"], {"A": "", "B": ""}, needs={"A": ""}, **TEXTS),
        lambda: kinds.match({1: "A", 2: "A"}, {"A": "a"}, items="cases", what="label", reasons={1: ""}, **TEXTS),
    ],
)
def test_what_an_author_left_out_is_named(make):
    with pytest.raises(ValueError, match=r" has no entry for (b|B|2)\."):
        make()


def test_two_cases_with_one_text_are_refused():
    cases = [Case("many", {"x": np.zeros(50)}), Case("many", {"x": np.ones(50)})]
    with pytest.raises(ValueError, match="two cases have the same text"):
        kinds.function_on_cases(np.mean, cases, **TEXTS)


def test_only_an_untouched_stub_is_not_attempted():
    cases = [Case("one", {"x": 1}), Case("two", {"x": 2})]
    exercise = kinds.function_on_cases(
        lambda x: {"a": x}, cases, read=lambda output: entries(output, ["a"], float), **TEXTS
    )

    def fails(x):
        raise NotImplementedError('"log_softmax" not implemented for Long')

    assert "NotImplementedError" in said(exercise, fails)
    assert said(exercise, lambda x: {"a": None}) == "not attempted"
    assert "your function returns empty places" in said(exercise, lambda x: {"a": 1 if x == 1 else None})


# --- partial credit ---------------------------------------------------------------------------------------


def share(exercise, answer):
    return judge(replace(exercise, id="x"), answer).share


def test_every_answer_with_parts_gives_its_share():
    assert share(MATCH, {**CASES, 1: "A"}) == pytest.approx(2 / 3)
    assert share(MATCH, {1: "V", 2: "A", 3: ...}) == pytest.approx(2 / 3)  # what is open is not right
    assert share(MATCH, {1: "V", 2: "A", 3: "X"}) == pytest.approx(2 / 3)  # nor what cannot be read
    assert share(MATCH, {**CASES, 4: "A"}) == pytest.approx(2 / 3)  # never the whole, while something is wrong
    assert share(BURDEN, {"alerts": 12.8, "missed": 9}) == 0.5
    assert share(ORDER, "BCA") == pytest.approx(1 / 3)
    assert share(TRUE, {1}) == 0.5
    assert share(TRUE, {1, 2, 3}) == 0.5  # one that is not true takes one off, or all of them would earn half
    assert share(TRUE, set()) == 0
    cases = (Case("two", {"x": 2}), Case("minus one", {"x": -1}))
    doubled = kinds.function_on_cases(lambda x: 2 * x, cases, **TEXTS)
    assert share(doubled, lambda x: abs(2 * x)) == 0.5
    assert share(doubled, lambda x: 4 if x > 0 else 1 / 0) == 0.5
    both = kinds.function_on_cases(
        lambda x: {"a": x, "b": 2 * x}, cases, read=lambda output: entries(output, ["a", "b"], float), **TEXTS
    )
    assert share(both, lambda x: {"a": x, "b": 0}) == 0.5  # by the names that are right on all cases


def test_a_whole_mistake_is_named_beside_another_wrong_number():
    halved = Mistake("halved", {"alerts": 6.4, "missed": 8}, "You halved the alerts.")
    exercise = replace(BURDEN, mistakes=(halved,))
    assert said(exercise, {"alerts": 6.4, "missed": 1}) == "You halved the alerts."


def test_a_function_without_return_is_no_stub():
    cases = (Case("one", {"x": 1}), Case("two", {"x": 2}))
    exercise = kinds.function_on_cases(lambda x: x, cases, **TEXTS)

    def forgets(x):
        result = x  # noqa: F841

    assert "came from your function. End it with return" in said(exercise, forgets)
    assert "It prints its result: write return in place of print." in said(exercise, lambda x: print(x))
    assert said(exercise, lambda x: None) == "not attempted"
    assert "On the case 'two' (x = 2): An open place (...) came" in said(exercise, lambda x: x if x == 1 else ...)
