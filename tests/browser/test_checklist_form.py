"""The checklist's form in JupyterLab, filled with the keyboard alone."""

import shutil

import pytest

from clinxai_teach.checklist import GROUPS, QUESTIONS

pytestmark = pytest.mark.browser

NOTEBOOK = "18_6_clinicians_checklist.ipynb"
VISIBLE = 600  # pixels in height that JupyterLab leaves for a notebook at 1280 x 720
FOCUS = """() => {
    const e = document.activeElement;
    return [e.type ?? e.tagName.toLowerCase(), (e.labels?.[0] ?? e).textContent.trim()];
}"""


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open(NOTEBOOK)
    notebook.run_what_is_touched()
    yield notebook
    notebook.close()


def tab_to(page, kind, label):
    """Press Tab until a control of this kind and label has the focus."""
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUS))
        if seen[-1] == [kind, label]:
            return
    raise AssertionError(f"Tab did not reach {kind} {label!r}, but {seen}")


def test_all_questions_are_answered_with_tab_space_and_letters_alone(notebook, screenshots):
    from playwright.sync_api import expect

    page = notebook.page
    box = page.locator(".clinxai-checklist").last  # ChestGuard's
    box.scroll_into_view_if_needed()
    for group in GROUPS:
        box.locator("input").first.focus()
        for question in (question for question in QUESTIONS if question.group == group):
            tab_to(page, "radio", "yes" if question.number != 11 else "I don't know")
            page.keyboard.press("Space")
            tab_to(page, "text", f"Evidence for {question.number}:")
            page.keyboard.type("dd")  # this deletes a cell where Lab hears it
            page.keyboard.insert_text(f", page {question.number}")  # at once: each key is a message to the kernel
        page.wait_for_timeout(500)
        box.screenshot(path=screenshots / f"checklist_form_{group}.png")
        assert box.bounding_box()["height"] <= VISIBLE
        for label in box.locator("label, .widget-label").all():
            assert label.evaluate("e => e.scrollWidth <= e.clientWidth + 1"), f"cut off: {label.inner_text()}"
        places = [label.bounding_box()["y"] for label in box.locator("label:has(input)").all()[:6]]
        assert max(places) - min(places) < 2, "the groups are not in one line"
        box.locator("input").first.focus()
        if group != "F":
            tab_to(page, "submit", "Next group")
            page.keyboard.press("Enter")
            box.get_by_label(f"Evidence for {question.number + 1}:").wait_for()
    answers = notebook.value("form.checklist.answers")
    assert answers == {
        str(question.number): ["unknown" if question.number == 11 else "yes", f"dd, page {question.number}"]
        for question in QUESTIONS
    }
    verdict = f"Verdict so far: {notebook.value('str(form.checklist.verdict())')}"
    expect(box.locator("[role=status]")).to_have_text(verdict)
    assert verdict.startswith(
        "Verdict so far: Do not act on the output alone (no weight yet): unknown in A to D, or at 15 or 16, "
        "question(s) 11."
    )


def test_a_radio_button_keeps_the_arrows_and_letters_that_jupyterlab_takes_for_commands(notebook):
    from playwright.sync_api import expect

    page, cells = notebook.page, len(notebook.cells())
    options = page.locator(".clinxai-question").first.locator("input")
    last = options.count() - 1
    options.first.press("Space")
    expect(options.first).to_be_checked()
    for key, place in (("ArrowDown", 1), ("ArrowRight", 2), ("ArrowUp", 1), ("ArrowLeft", 0), ("ArrowLeft", last)):
        page.keyboard.press(key)
        expect(options.nth(place)).to_be_focused()
        expect(options.nth(place)).to_be_checked()
        expect(page.locator(".clinxai-question").first.locator("input:checked")).to_have_count(1)
    page.keyboard.type("dd")  # this deletes a cell where Lab hears it
    page.keyboard.press("ArrowRight")  # the key after it has arrived, so they have
    expect(options.first).to_be_focused()
    assert len(notebook.cells()) == cells
    page.keyboard.press("Shift+Enter")  # a command with more than a letter is still JupyterLab's
    expect(options.first).not_to_be_focused()


def test_the_red_flag_opens_by_keyboard(notebook):
    box = notebook.page.locator(".clinxai-checklist").first
    box.scroll_into_view_if_needed()
    flag = box.locator("details").first.get_by_text("Red flag:")
    assert not flag.is_visible()
    box.locator("summary").first.focus()
    notebook.page.keyboard.press("Enter")
    assert flag.is_visible()
    assert notebook.console == []


def test_answers_are_there_again_after_a_reload_and_a_restart_of_the_kernel(browser, folder, tmp_path):
    from playwright.sync_api import expect

    shutil.copy(folder / NOTEBOOK, folder / "kept.ipynb")  # a notebook of this name has a kernel of its own
    notebook = browser.open("kept.ipynb")
    box = notebook.page.locator(".clinxai-checklist").last

    def run():
        notebook.run(f"import os; os.environ['CLINXAI_PROGRESS'] = {str(tmp_path / 'progress.jsonl')!r}")
        notebook.run_what_is_touched()
        box.scroll_into_view_if_needed()

    try:
        run()
        expect(box.get_by_text("Each answer that counts is kept")).to_be_visible()
        no = box.locator(".widget-radio", has_text="Answer to 1:").get_by_label("no", exact=True)
        no.press("Space")
        expect(box.locator("[role=status]")).not_to_contain_text("question(s) 1,")  # the kernel has heard of it
        notebook.js("await kernel.restart()")
        notebook.page.reload()
        notebook.wait_for("kernelIdle() && context.isReady")
        run()
        expect(box.get_by_text("Your answers from before are here again (1 of 16)")).to_be_visible()
        expect(no).to_be_checked()
        for _ in GROUPS:
            assert box.bounding_box()["height"] <= VISIBLE
            title = box.locator("b").first.inner_text()
            box.get_by_role("button", name="Next group").press("Enter")
            expect(box.locator("b").first).not_to_have_text(title)
        box.get_by_role("button", name="Begin anew").press("Enter")
        box.get_by_role("button", name="Press again to delete all answers").press("Enter")
        expect(box.get_by_text("Each answer that counts is kept")).to_be_visible()
        expect(box.locator("[role=status]")).to_contain_text("question(s) 1,")
        assert list(tmp_path.iterdir()) == []
    finally:
        notebook.close()
