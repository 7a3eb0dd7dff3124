"""nbgrader's form grader as a teacher opens it: from the menu, by clicks alone, to a text and to an unread answer."""

import json
import re

import pytest
from handing_in import NUMBERS, TEXT, answer, hand_in, handed_out, make_class, run

from clinxai_teach.classroom import book, cage
from lab_in_chromium import lab, what_is_missing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(what_is_missing() is not None, reason=str(what_is_missing())),
    pytest.mark.skipif(cage.why_not() is not None, reason=str(cage.why_not())),
]


def test_a_teacher_clicks_from_the_menu_to_a_text_and_marks_it(tmp_path, monkeypatch, screenshots):
    course = make_class(tmp_path, {"anna": "Anna Müller"}, (NUMBERS, TEXT))
    made = handed_out(course, "anna")
    answer(made, NUMBERS, 'alarm = "0,5"')
    answer(made, TEXT, "Your patients are not ours. " + "They are older, and they come later. " * 12 + "Look again.")
    hand_in(tmp_path / "came", "anna/exam.ipynb", made)
    run(course.root, "collect", "exam", tmp_path / "came")
    run(course.root, "grade", "exam")
    monkeypatch.chdir(course.root)  # nbgrader reads its settings from where Jupyter was started
    with lab(course.root) as browser:
        page = browser.context.new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{browser.address}/lab?token={browser.token}")
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Formgrader").click()
        grader = page.frame_locator("iframe[src*=formgrader]")
        grader.get_by_role("link", name="Manual Grading").click()
        exam = grader.get_by_role("link", name="exam", exact=True).first
        exam.wait_for()
        page.screenshot(path=screenshots / "form_grader_list.png")
        exam.click()
        grader.get_by_role("link", name="exam", exact=True).last.click()
        grader.get_by_role("link", name=re.compile(r"Submission #1")).click()
        text = grader.get_by_text("Your patients are not ours.")
        text.wait_for()
        width, shown = text.evaluate("text => [text.scrollWidth, text.clientWidth]")
        assert width <= shown, "all of a long line can be read"
        key = grader.locator("table:has(th:text('Right within')) td").first
        assert key.evaluate("cell => getComputedStyle(cell).borderTopWidth") == "1px"
        assert float(key.evaluate("cell => getComputedStyle(cell).paddingLeft").removesuffix("px")) > 5
        key.scroll_into_view_if_needed()
        page.screenshot(path=screenshots / "form_grader_text.png")
        score = grader.locator("input.score").last
        score.fill("3")
        with page.expect_response(lambda response: response.request.method == "PUT" and response.ok):
            score.press("Tab")
    with book.gradebook(course) as opened:
        marks = [grade.manual_score for grade in opened.find_submission("exam", "anna").notebooks[0].grades]
    assert 3 in marks, json.dumps(marks)
