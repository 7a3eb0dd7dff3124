"""From a notebook's cells to the text of a page."""

import base64
import io
import json

import nbformat.v4 as nb
import pytest
from PIL import Image

from clinxai_teach.checks import Question
from clinxai_teach.lms.items import Item, Number
from website.build import INLINE_SCRIPT, guarded
from website.hooks import bundle, question_data
from website.pages import Page, exercise_data, fence


def page_of(tmp_path, *cells, marks=None):
    return Page(nb.new_notebook(cells=list(cells)), "one", tmp_path / "pictures", marks or {}).markdown()


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("[a](18_1_x.ipynb)", "[a](18_1_x.md)"),
        ("[a](../exercises/18_1_x.ipynb#The-Goldfish)", "[a](../exercises/18_1_x.md#the-goldfish)"),
        ("[a](#1.-First-without)", "[a](#1-first-without)"),
        ("[a](https://doi.org/10.1/X.Y)", "[a](https://doi.org/10.1/X.Y)"),
        ("[a](../docs/card.pdf)", "[a](../docs/card.pdf)"),
    ],
)
def test_links_lead_to_pages(tmp_path, written, wanted):
    assert page_of(tmp_path, nb.new_markdown_cell(written)) == wanted + "\n"


def test_a_picture_becomes_a_file_with_its_alt_text(tmp_path):
    png = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(png, "PNG")
    output = nb.new_output(
        "display_data",
        {"image/png": base64.b64encode(png.getvalue()).decode()},
        metadata={"image/png": {"alt": 'risk < 5% & "low"'}},
    )
    text = page_of(tmp_path, nb.new_code_cell("x", outputs=[output]))
    assert '<img src="../pictures/one-1.webp" width="30" height="20" loading="lazy"' in text
    assert 'alt="risk &lt; 5% &amp; &quot;low&quot;"' in text
    assert Image.open(tmp_path / "pictures" / "one-1.webp").convert("RGB").getpixel((3, 3)) == (255, 0, 0)


def test_outputs_are_escaped_and_folded_code_is_folded(tmp_path):
    cell = nb.new_code_cell("print(1)", outputs=[nb.new_output("stream", text="a < b\n")])
    assert '<pre tabindex="0">a &lt; b\n</pre>' in page_of(tmp_path, cell)
    assert "<details" not in page_of(tmp_path, cell)
    cell.metadata.tags = ["hide-input"]
    assert '<details class="code"><summary>Code</summary>\n\n```python\nprint(1)' in page_of(tmp_path, cell)


def test_a_live_cell_keeps_its_twin_for_readers_without_a_script(tmp_path):
    twin = nb.new_output("execute_result", {"text/html": "<p>the twin</p>"}, execution_count=1)
    cell = nb.new_code_cell("Question()", outputs=[twin])
    text = page_of(tmp_path, cell, marks={cell.id: ["<div class='live'></div>"]})
    assert '<div class="live-cell"><div class="static"><p>the twin</p></div><div class=\'live\'></div></div>' in text


def test_a_closed_exercise_becomes_a_form_and_its_check_goes(tmp_path):
    answer = nb.new_code_cell("x = ...", metadata={"nbgrader": {"grade_id": "18_3-h-answer", "grade": False}})
    check = nb.new_code_cell("check(x)", metadata={"nbgrader": {"grade_id": "18_3-h-check", "grade": True}})
    body = {"section": "18.3", "body": "", "pictures": (), "why": "So it is."}
    items = [
        Item(f"18.3-h-{n}", f"18.3-h Bins: {name}", form=Number(0.5, 0.01, ((0.2, "Other way round."),)), **body)
        for n, name in enumerate(("o_to_e", "ece"), 1)
    ]
    page = Page(nb.new_notebook(cells=[answer, check]), "one", tmp_path, items={"18.3-h": items}).markdown()
    assert "check(x)" not in page
    data = exercise_data(items)
    assert (data["name"], data["why"], [part["name"] for part in data["parts"]]) == (
        "18.3-h",
        "So it is.",
        ["o_to_e", "ece"],
    )
    assert data["parts"][0]["kind"] == "number"
    assert data["parts"][0]["wrong"] == ((0.2, "Other way round."),)


def test_an_exercise_with_code_says_where_it_is_done(tmp_path):
    answer = nb.new_code_cell("def f(): pass", metadata={"nbgrader": {"grade_id": "18_3-b-answer", "grade": False}})
    text = page_of(tmp_path, answer)
    assert "done in its notebook:* `exercises/one.ipynb`" in text
    assert "<details" in text


def test_a_fence_is_longer_than_what_it_holds():
    assert fence("````\nx", "text").startswith("`````text\n")


def test_a_question_keeps_its_reasons():
    question = Question("Is 2 < 3?", {"yes": "It is.", "no": "Count."}, "yes", why="So it is.")
    data = question_data(question)
    assert data["options"] == ["A. yes", "B. no"]
    assert data["feedback"] == ["Right. It is. So it is.", "Not quite. Count. The right answer is A. yes. So it is."]
    assert data["right"] == 0
    assert "&lt; 3?" in bundle("question", data)["text/html"]
    assert json.loads(json.dumps(data)) == data


def test_inline_scripts_go_to_files_and_the_policy_comes_first(tmp_path):
    path = tmp_path / "notebooks" / "one.html"
    page = guarded("<html><head><title>x</title></head><body><script>run()</script></body></html>", tmp_path, path)
    assert not INLINE_SCRIPT.search(page)
    assert page.index("Content-Security-Policy") < page.index("<title>")
    (script,) = (tmp_path / "_static").glob("inline-*.js")
    assert script.read_text(encoding="utf-8") == "run()"
    assert f'<script src="../_static/{script.name}"></script>' in page
