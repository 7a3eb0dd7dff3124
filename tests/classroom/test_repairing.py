"""A notebook that came is read with caution: what cannot be marked is refused with a reason."""

import json

import pytest

from clinxai_teach.classroom.repairing import LARGEST_CELL, Refused, read_notebook


def book(*cells, **more):
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, **more}).encode()


CODE = {"cell_type": "code", "source": "x = 1"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b" \n", "empty"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"PK\x03\x04", "not a notebook"),
        (b"[" * 100_000, "not a notebook"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not a notebook"),
        (b"[1]", "no notebook"),
        (b'{"cells": {}}', "no notebook"),
        (b'{"worksheets": []}', "format of 2014"),
        ("ä".encode("latin-1"), "not UTF-8"),
        (b"\xff\xfex", "not UTF-8"),
        (book(*[CODE] * 501), "more than 500 cells"),
    ],
    ids=lambda part: str(part)[:20],
)
def test_what_cannot_be_read_is_refused(content, says):
    with pytest.raises(Refused, match=says):
        read_notebook(content)


@pytest.mark.parametrize(
    "damaged",
    [None, 3, {}, {"cell_type": "heading"}, {**CODE, "source": 3}, {**CODE, "source": "x" * (LARGEST_CELL + 1)}],
    ids=lambda part: str(part)[:20],
)
def test_a_damaged_cell_is_left_out_and_the_others_count(damaged):
    cells, _, notes = read_notebook(book(damaged, CODE))
    assert [cell["source"] for cell in cells] == ["x = 1"]
    assert len(notes) == 1


def test_the_forms_of_other_programs_are_read():
    lines = {"cell_type": "code", "source": ["a = 1\r\n", "b = 2", 7], "metadata": None}
    cells, metadata, notes = read_notebook(book(lines, {**CODE, "cell_type": "raw"}, metadata=[]))
    assert [(cell["cell_type"], cell["source"]) for cell in cells] == [("code", "a = 1\nb = 2"), ("markdown", "x = 1")]
    assert (metadata, notes) == ({}, [])
    assert read_notebook("\ufeff".encode() + book(CODE))[2] == []
    assert read_notebook(book(CODE).decode().encode("utf-16"))[2] == ["saved as UTF-16; read as such"]
