"""What passes between cage and judge: plain values whole, everything else as a sentence, and nothing that can act."""

import json
import math
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from clinxai_teach.classroom.values import MOST_ENTRIES, Unreadable, line, pack, unpack


def passed(value):
    return unpack(json.loads(line(pack(value))))


class Hostile(dict):
    def items(self):
        raise SystemExit


@pytest.mark.parametrize(
    "value",
    [1, -2.5, True, None, "text", ..., [1, [2]], (1, "a"), {1, 2}, {"a": {2: [3]}, (1, 2): None}, [], {}, "ä€"],
    ids=repr,
)
def test_plain_values_pass_as_they_are(value):
    assert passed(value) == value
    assert type(passed(value)) is type(value)


@pytest.mark.parametrize(
    ("value", "comes"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array(4), 4),
        (Fraction(1, 2), 0.5),
        (Decimal("0.25"), 0.25),
        (range(3), [0, 1, 2]),
        ({"a": 1}.keys(), {"a"}),
        ({"a": 1}.values(), [1]),
        (OrderedDict(a=1), {"a": 1}),
        (frozenset({1}), {1}),
    ],
    ids=repr,
)
def test_other_forms_come_as_plain_ones(value, comes):
    assert passed(value) == comes


def test_arrays_tables_and_series_pass():
    array = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(passed(array), array)
    np.testing.assert_array_equal(passed(pd.DataFrame(array)), array)
    pd.testing.assert_series_equal(passed(pd.Series({"a": 1.5})), pd.Series({"a": 1.5}))
    assert math.isnan(passed(float("nan")))
    assert passed(-np.inf) == -math.inf


@pytest.mark.parametrize(
    "value",
    [
        object(),
        len,
        1j,
        b"x",
        10**30,
        "x" * (MOST_ENTRIES + 1),
        np.zeros(MOST_ENTRIES + 1),
        Hostile(a=1),
        (i for i in "a"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_everything_else_is_a_sentence(value):
    assert isinstance(passed(value), Unreadable)


def test_an_object_is_told_in_words_within_an_answer_too():
    assert str({"Y98": passed(object())}) == "{'Y98': a object}"


def test_too_many_and_too_deep_are_cut():
    deep = []
    deep.append(deep)
    assert "too deep" in str(passed(deep))
    assert "too large" in str(passed([[0] * 100] * 1000))


@pytest.mark.parametrize(
    "forged",
    [
        [1],
        {},
        {"list": 1},
        {"dict": [1]},
        {"dict": [[{"list": []}, 1]]},
        {"array": [1, 2], "shape": [3]},
        {"array": [1, 2], "shape": "x"},
        {"array": [{"list": []}], "shape": [1]},
        {"array": [], "shape": [-1, 10**12]},
        {"array": []},
        {"pickle": "gASV"},
        {"list": [0] * (MOST_ENTRIES * 2)},
        {"set": [{"list": []}]},
    ],
    ids=lambda forged: str(forged)[:30],
)
def test_what_is_forged_is_unreadable_and_never_an_error(forged):
    assert isinstance(unpack(forged), Unreadable)


def test_half_a_character_does_not_stop_the_judge():
    assert passed("\ud800").encode("utf-8")
