"""The minutes that a notebook states are those of the course's rule."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import build as builder
import reading_time
from cells import BuildError

minutes = reading_time.reading_minutes
WORDS = "word " * 130
TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"
TWO_TABLES = new_output("display_data", data={"text/html": "<table></table><table></table>"})
PICTURE = new_output("display_data", data={"image/png": "iVBORw0KGgo="})


def notebook(*cells):
    return new_notebook(cells=list(cells))


def write_lesson(root, stem, source):
    (root / "lessons").mkdir(exist_ok=True)
    (root / "lessons" / f"{stem}.py").write_text(source, encoding="utf-8")


def build_silently(root):
    builder.build(root, report=lambda line: None)


def text(source):
    return new_markdown_cell(source)


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        (text(WORDS * 3), 3),
        (text(f"# {WORDS}"), 1),  # a heading is read, too
        (text(f"{TABLE}\n\n{TABLE}"), 2),
        (text("![a picture of many, many words that nobody reads](x.png)"), 1),
        (text(f"{WORDS}\n\n## For coders: how\n\n{WORDS * 9}"), 1),
        (text(f"## For coders\n{WORDS * 9}\n### Deeper\n{WORDS * 9}\n## Next\n{WORDS * 2}"), 2),
        (text(f"### Your own image (optional)\n{WORDS * 9}\n### Next\n{WORDS}"), 1),
        (text(f"## References\n{WORDS * 9}"), 0),
        (new_code_cell("\n".join(["x = 1", "", "# why"] * 24)), 2),  # 24 lines of code at 5 s
        (new_code_cell("x = 1\n" * 240, metadata={"jupyter": {"source_hidden": True}}), 0),
        (new_code_cell("", outputs=[PICTURE, PICTURE]), 2),
        (
            new_code_cell("", outputs=[TWO_TABLES]),
            2,
        ),
        (new_code_cell("Question(1)\nQuestion(2)", metadata={"jupyter": {"source_hidden": True}}), 2),
        (new_code_cell("AlphaExplorer().show()", metadata={"jupyter": {"source_hidden": True}}, outputs=[PICTURE]), 2),
        (new_code_cell("explorer.filmstrip()", metadata={"jupyter": {"source_hidden": True}}, outputs=[PICTURE]), 0),
    ],
)
def test_each_part_counts_as_the_rule_says(cell, right):
    assert minutes(notebook(cell)) == right


def test_code_under_a_heading_for_coders_does_not_count():
    assert minutes(notebook(text("## For coders"), new_code_cell("x = 1\n" * 240), text("## Next"))) == 0


def test_a_notebook_states_its_own_minutes_and_those_of_another(tmp_path):
    write_lesson(tmp_path, "00_start", "# %% [markdown]\n# first {{reading 18_1_x}}, all {{reading all}}")
    write_lesson(tmp_path, "18_1_x", f"# %% [markdown]\n# It takes {{{{reading}}}}. {WORDS * 4}\n\n# %%\n1 + 1\n")
    (tmp_path / "README.md").write_text("x <!--reading 18_1_x--><!--/--> (18_1_x.ipynb) (notebooks/00_start.ipynb)")
    build_silently(tmp_path)
    stated, start = [
        nbformat.read(tmp_path / "notebooks" / f"{name}.ipynb", 4).cells[0].source for name in ("18_1_x", "00_start")
    ]
    assert stated.startswith("It takes 4.")
    assert start.startswith("first 4, all 4")
    assert "<!--reading 18_1_x-->4<!--/-->" in (tmp_path / "README.md").read_text()


def test_check_finds_minutes_that_are_no_longer_true(tmp_path):
    write_lesson(tmp_path, "18_1_x", f"# %% [markdown]\n# It takes {{{{reading}}}}. {WORDS * 4}\n\n# %%\n1 + 1\n")
    build_silently(tmp_path)
    assert builder.check(tmp_path) == []
    path = tmp_path / "notebooks" / "18_1_x.ipynb"
    path.write_text(path.read_text().replace("It takes 4.", "It takes 5."))
    assert any("its source is not the lesson's" in problem for problem in builder.check(tmp_path))


@pytest.mark.parametrize("wrong", ["{{reading 18 1}}", "{{reading 18_9_none}}"])
def test_a_placeholder_that_stands_for_nothing_is_refused(tmp_path, wrong):
    write_lesson(tmp_path, "18_1_x", f"# %% [markdown]\n# It takes {wrong}.")
    with pytest.raises(BuildError, match=r"reading|not built"):
        build_silently(tmp_path)


def test_a_damaged_mark_in_the_readme_is_told():
    with pytest.raises(BuildError, match="needs <!--/--> behind it"):
        reading_time.fill_in_readme_minutes("about <!--reading all-->5 minutes", None)


def test_the_checklist_takes_in_both_tables_what_its_lesson_states():
    """The rule counts words; the 25 minutes of filling in the form, and the discussion of a sheet, it cannot count."""
    lesson = (builder.ROOT / "lessons/18_6_clinicians_checklist.py").read_text(encoding="utf-8")
    stated = re.search(r"parts 1 to 3, about (\d+) minutes; parts 4 to 9, about (\d+)\.", lesson)
    for page in ("README.md", "lessons/00_start_here.py"):
        text = (builder.ROOT / page).read_text(encoding="utf-8")
        (row,) = (line for line in text.split("\n") if "| judge a tool in 16 questions |" in line)
        assert row.split("|")[3].strip() == str(int(stated[1]) + int(stated[2]))
