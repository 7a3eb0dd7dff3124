"""docs/accessibility.md names tests that exist; and what it says of pictures, colours and motion."""

import re
from pathlib import Path

import nbformat
import pytest
from matplotlib.colors import to_rgb

from clinxai_teach.plots.style import DARK, LIGHT

ROOT = Path(__file__).parents[2]
STATEMENT = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", STATEMENT)


def test_every_row_of_the_statement_names_a_test():
    rows = [line for line in STATEMENT.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 15
    assert all("`tests/" in row for row in rows)


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_named_test_exists(file, name):
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_picture_has_words(path):
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                assert len(output.metadata["image/png"]["alt"]) > 20, cell.id


def test_the_two_colours_differ_in_grey():
    dark, light = (
        sum(part * w for part, w in zip(to_rgb(c), (0.299, 0.587, 0.114), strict=True)) for c in (DARK, LIGHT)
    )
    assert light - dark > 0.3


def test_no_motion_is_left_where_the_system_asks_for_none():
    style = (ROOT / "tools/website/static/live.css").read_text(encoding="utf-8")
    (rule,) = re.findall(r"@media \(prefers-reduced-motion: reduce\) \{\* \{(.*?)\}\}", style)
    assert "transition: none !important" in rule
    assert "animation: none !important" in rule
