"""From a notebook's cells to the text of a page."""

import base64
import io
import json
import re
from pathlib import Path

import nbformat
import nbformat.v4 as nb
import pytest
from PIL import Image

from clinxai_teach.checks import Question, bank
from clinxai_teach.lms.items import Item, Number
from website.build import INLINE_SCRIPT, forms, guarded
from website.hooks import bundle, question_data
from website.pages import Page, exercise_data, exercise_of, fence, text_data
from website.wording import NOT_ON_A_PAGE, heading_of, left_over, on_a_page

ROOT = Path(__file__).parents[2]


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
    answer = nb.new_code_cell("x = ...", metadata={"nbgrader": {"grade_id": "18_3-h-answer", "locked": False}})
    check = nb.new_code_cell("check(x)", metadata={"nbgrader": {"grade_id": "18_3-h-check", "locked": True}})
    body = {"section": "18.3", "body": "", "pictures": (), "why": "So it is."}
    items = [
        Item(f"18.3-h-{n}", f"18.3-h Bins: {name}", form=Number(0.5, 0.01, ((0.2, "Other way round."),)), **body)
        for n, name in enumerate(("o_to_e", "ece"), 1)
    ]
    data = exercise_data(items)
    page = Page(nb.new_notebook(cells=[answer, check]), "one", tmp_path, items={"18.3-h": data}).markdown()
    assert "check(x)" not in page
    assert (data["name"], data["why"], [part["name"] for part in data["parts"]]) == (
        "18.3-h",
        "So it is.",
        ["o_to_e", "ece"],
    )
    assert data["parts"][0]["kind"] == "number"
    assert data["parts"][0]["wrong"] == ((0.2, "Other way round."),)


def test_an_exercise_with_code_says_where_it_is_done(tmp_path):
    answer = nb.new_code_cell("def f(): pass", metadata={"nbgrader": {"grade_id": "18_3-b-answer", "locked": False}})
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


def test_an_exercise_shows_the_table_that_it_is_about_and_not_what_an_answer_would_give(tmp_path):
    def notebook(kept):
        cells = [nb.new_markdown_cell("## 18.1-c Leaks"), nb.new_code_cell("table")]
        cells += [nb.new_markdown_cell("## 18.1-b Code"), nb.new_code_cell("answer()")]
        for cell, name in zip(cells, "abcd", strict=True):
            cell.id = name
            if cell.cell_type == "code" and kept:
                cell.outputs = [nb.new_output("stream", text=f"of {cell.source}")]
        return nb.new_notebook(cells=cells)

    items = {"18.1-c": text_data("18.1-c", "model", (), "")}
    text = Page(notebook(False), "one", tmp_path, items=items, solved=notebook(True)).markdown()
    assert "of table" in text
    assert "of answer" not in text


def test_a_text_in_own_words_has_a_form_with_its_model_answer(tmp_path):
    answer = nb.new_markdown_cell(
        "YOUR ANSWER HERE", metadata={"nbgrader": {"grade_id": "18_1-h-answer", "grade": True, "locked": False}}
    )
    items = {"18.1-h": text_data("18.1-h", "Thank you.", ("Look.",), "So it is.")}
    text = Page(nb.new_notebook(cells=[answer]), "one", tmp_path, items=items).markdown()
    assert "YOUR ANSWER HERE" not in text
    assert "Thank you." in text


def test_each_exercise_without_code_has_a_form():
    found = forms(ROOT)
    paths = {name: path for section in bank.section_numbers() for name, path in bank.files(section).items()}
    without_code = {name for name, path in paths.items() if 'coding="none"' in path.read_text(encoding="utf-8")}
    assert without_code <= set(found)
    assert all(len(form["hints"]) == 3 for form in found.values())
    assert found["18.6-c"]["parts"][0]["model"].count("\n") == 5


NOTEBOOKS = [path for folder in ("notebooks", "exercises") for path in sorted((ROOT / folder).glob("18*.ipynb"))]


@pytest.mark.parametrize("path", [ROOT / "notebooks/00_start_here.ipynb", *NOTEBOOKS], ids=lambda path: path.stem)
def test_no_page_speaks_of_cells_to_run(path, tmp_path):
    """Where it fails, a text has a new sentence for notebooks: tools/website/wording.py says it for a page."""
    solved = nbformat.read(ROOT / "solutions" / path.name, as_version=4) if path.parent.name == "exercises" else None
    items = forms(ROOT) if solved else {}
    page = Page(nbformat.read(path, as_version=4), path.stem, tmp_path, items=items, solved=solved)
    told, exercise = [], ""
    for cell in page.cells():
        found = re.match(r"## (18\.\d-[a-z]) ", cell.source)
        exercise = found[1] if found else exercise
        if cell.cell_type == "markdown" and (not exercise or exercise in page.items) and not exercise_of(cell):
            told += left_over(on_a_page(cell.source, path.stem, solved is not None))
    assert told == []


def test_sections_for_notebooks_only_are_left_out_and_exist(tmp_path):
    for name, headings in NOT_ON_A_PAGE.items():
        notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        assert set(headings) <= {heading_of(cell.source) for cell in notebook.cells if cell.cell_type == "markdown"}
        text = Page(notebook, name, tmp_path).markdown()
        assert not [heading for heading in headings if f"## {heading}" in text]


def test_the_first_report_has_a_link_to_its_page(tmp_path):
    def cell():
        return nb.new_code_cell(
            "x", outputs=[nb.new_output("display_data", {"text/markdown": "# Trust report\n\nText"})]
        )

    assert page_of(tmp_path, cell(), cell()).count('<a href="../report.html">') == 1


def test_each_table_scrolls_in_a_box_of_its_own(tmp_path):
    data = {"text/markdown": "Before.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nAfter."}
    frame = {"text/html": "<div><table><tr><td>1</td></tr></table></div>"}
    outputs = [nb.new_output("display_data", one) for one in (data, frame)]
    text = page_of(tmp_path, nb.new_code_cell("x", outputs=outputs))
    assert text.count('<div class="wide" tabindex="0"><table>') == text.count("</table></div>") == 2
    assert "<p>After.</p>" in text.split("</table></div>")[1]
