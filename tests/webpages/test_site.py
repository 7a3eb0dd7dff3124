"""The built website in a browser, as a reader opens it from a USB stick. `make site` builds it.

`make site-proofs` builds a smaller one, with fewer steps of its sliders, and names it in CLINXAI_SITE.
"""

import io
import json
import os
import random
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

import numpy as np
import pytest
from baked import shown
from PIL import Image

from clinxai_teach.checklist import MAY_NOT_APPLY, Checklist

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SITE = ROOT / os.environ.get("CLINXAI_SITE", "site")
# JupyterLite's own pages (lite/) have tests of their own.
PAGES = [path for path in sorted(SITE.rglob("*.html")) if path.relative_to(SITE).parts[0] != "lite"]
CHROMIUM = "/usr/bin/chromium"
if not PAGES:
    pytest.skip("there is no website: run `make site` first", allow_module_level=True)


def name_of(path):
    return path.relative_to(SITE).as_posix()


def file_of(address):
    """The file behind an address, which may carry the theme's version."""
    return Path(unquote(address.removeprefix("file://").partition("?")[0]))


@pytest.fixture(scope="module")
def browser():
    sync = pytest.importorskip("playwright.sync_api")
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is missing")
    with sync.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.foreign, page.trouble = [], []
    page.on("request", lambda request: page.foreign.append(request.url) if re.match("https?:", request.url) else None)
    page.on("console", lambda message: page.trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.trouble.append(str(error)))
    yield page
    context.close()


def opened(page, path):
    page.goto(path.as_uri())
    page.wait_for_function("window.clinxai !== undefined")
    return page


# ---- what is in the files ------------------------------------------------------------------------


def test_the_whole_is_small_enough_for_a_stick():
    assert sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file()) < 60e6


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_pictures_and_the_line_below(path):
    text = path.read_text(encoding="utf-8")
    assert "Content-Security-Policy" in text
    assert not re.search(r"<script>|<[^<>]*\son\w+=", text)
    assert "Nothing here is medical advice" in text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!doi\.org|[\w.]+/)[^"]*"', text)
    for picture in re.findall(r"<img [^>]*>", text):
        alt = re.search(r'alt="([^"]*)"', picture)
        assert alt, picture
        assert not re.search(r"\.(png|webp)$", alt[1]), picture
        assert len(alt[1]) > 10, picture
    for link in re.findall(r'(?:href|src)="([^"#]+[^"]*)"', text):
        if not re.match(r"(https?|mailto|data):", link):
            place, heading = urldefrag(link.partition("?")[0] if "?" in link else link)
            target = (path.parent / unquote(place)).resolve()
            assert target.exists(), link
            if heading and target.suffix == ".html":
                assert f'id="{heading}"' in target.read_text(encoding="utf-8"), link


# ---- in the browser ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_loads_nothing_from_elsewhere_and_at_most_2_mb(page, path):
    sizes = []
    page.on("response", lambda response: sizes.append(file_of(response.url).stat().st_size))
    opened(page, path)
    page.wait_for_timeout(300)
    assert page.foreign == []
    assert page.trouble == []
    assert sum(sizes) <= 2e6


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_axe_finds_no_fault(browser, path, theme):
    axe = Path(pytest.importorskip("axe_playwright_python").__file__).parent / "axe.min.js"
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=theme, bypass_csp=True)
    try:
        page = opened(context.new_page(), path)
        page.wait_for_timeout(300)
        page.add_script_tag(path=axe)
        found = page.evaluate("axe.run(document).then(found => found.violations)")
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    finally:
        context.close()


@pytest.mark.parametrize("path", [path for path in PAGES if path.parent.name == "notebooks"], ids=name_of)
def test_a_phone_scrolls_in_one_direction(browser, path):
    context = browser.new_context(viewport={"width": 320, "height": 640})
    try:
        page = opened(context.new_page(), path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    finally:
        context.close()


WITH_EXPLORER = [path for path in PAGES if 'data-kind="explorer"' in path.read_text(encoding="utf-8")]


def test_explorers_are_there():
    assert len(WITH_EXPLORER) >= 8


@pytest.mark.parametrize("path", WITH_EXPLORER, ids=name_of)
def test_each_explorer_follows_the_keyboard(page, path):
    opened(page, path)
    for question in page.query_selector_all(".live-question"):
        question.query_selector("input").check()
        question.query_selector("button:not([hidden])").click()
    explorers = page.query_selector_all(".live-explorer")
    assert explorers
    for explorer in explorers:
        explorer.scroll_into_view_if_needed()
        page.wait_for_function("e => e.dataset.state", arg=explorer)
        before = (explorer.get_attribute("data-state"), explorer.query_selector(".words").inner_text())
        control = explorer.query_selector("input[type=range]") or explorer.query_selector("input[type=radio]:checked")
        control.focus()
        page.keyboard.press("ArrowRight")
        if explorer.get_attribute("data-state") == before[0]:  # it stood at its end
            page.keyboard.press("ArrowLeft")
        page.wait_for_function("([e, old]) => e.dataset.state !== old", arg=[explorer, before[0]])
        folder = SITE / "live" / json.loads(explorer.get_attribute("data-live"))["key"]
        script = (folder / "states.js").read_text(encoding="utf-8")
        data, number = json.loads(script[script.index("{") : -3]), int(explorer.get_attribute("data-state"))
        assert explorer.query_selector(".words").text_content() == data["words"][number]
        whole = shown(folder, data, number)
        canvas = explorer.query_selector("canvas")
        height, width, _ = whole.shape
        place = f"position: fixed; inset: 0 auto auto 0; z-index: 9999; min-width: 0; width: {width}px"
        canvas.evaluate("(e, place) => e.setAttribute('style', place)", place)
        seen = Image.open(io.BytesIO(page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height})))
        canvas.evaluate("e => e.removeAttribute('style')")
        assert np.array_equal(np.asarray(seen.convert("RGB")), whole)
    assert page.trouble == []


def test_a_question_says_why_and_is_kept_and_can_be_asked_again(page):
    path = next(path for path in PAGES if 'data-kind="question"' in path.read_text(encoding="utf-8"))
    opened(page, path)
    data = json.loads(page.eval_on_selector(".live-question", "e => e.dataset.live"))
    question = page.query_selector(".live-question")
    wrong = (data["right"] + 1) % len(data["options"])
    lock = question.query_selector("button")
    assert lock.is_disabled()
    question.query_selector_all("input")[wrong].check()
    lock.click()
    assert question.query_selector("[role=status]").inner_text() == data["feedback"][wrong]
    opened(page, path)
    question = page.query_selector(".live-question")
    assert question.query_selector("[role=status]").inner_text() == data["feedback"][wrong]
    question.query_selector("button:not([hidden])").click()
    assert question.query_selector("[role=status]").inner_text() == ""


def test_an_explorer_waits_for_the_answer(page):
    path = next(path for path in WITH_EXPLORER if "&quot;wait&quot;: true" in path.read_text(encoding="utf-8"))
    opened(page, path)
    cell = page.query_selector(".live-cell:has(.live-question):has(.live-explorer)")
    explorer = cell.query_selector(".live-explorer")
    assert not explorer.is_visible()
    cell.query_selector("input").check()
    cell.query_selector("button:not([hidden])").click()
    assert explorer.is_visible()
    page.wait_for_function("e => e.dataset.state", arg=explorer)


def test_the_checklist_judges_as_the_package_does(page):
    opened(page, SITE / "checklist.html")
    page.wait_for_selector(".checklist-page [role=status]")
    dice = random.Random(18)
    texts = page.evaluate("() => { window.texts = null; const old = clinxai.checklist; return old !== undefined; }")
    assert texts
    forms = []
    for _ in range(400):
        checklist = Checklist("x")
        for number in range(1, 17):
            answers = ["yes", "yes", "yes", "no", "unknown", ""] + ["not applicable"] * (number in MAY_NOT_APPLY)
            if dice.random() < 0.7:
                answers = ["yes"]
            answer = dice.choice(answers)
            if answer:
                checklist.answer(number, answer, "page 12")
        forms.append(checklist)
    source = (SITE / "checklist.json.js").read_text(encoding="utf-8")
    rules = json.loads(source.removeprefix("clinxai.checklist(").removesuffix(");\n"))
    given = [{n: list(answer) for n, answer in form.answers.items()} for form in forms]
    found = page.evaluate("([rules, all]) => all.map(answers => clinxai.verdict(rules, answers))", [rules, given])
    assert found == [str(form.verdict()) for form in forms]
    assert len({form.verdict().decision for form in forms}) == 5


def test_the_checklist_is_saved_as_the_package_reads_it(page, tmp_path):
    opened(page, SITE / "checklist.html")
    page.wait_for_selector(".checklist-page fieldset")
    page.get_by_label("Tool:", exact=True).fill("ChestGuard é")
    box = page.query_selector(".checklist-page fieldset")
    box.query_selector("input[value=yes]").check()
    box.query_selector("input[type=text]").fill("model card, page 2")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save to a file").click()
    download.value.save_as(tmp_path / "saved.json")
    checklist = Checklist.load(tmp_path / "saved.json")
    assert checklist.tool == "ChestGuard é"
    assert checklist.answers[1] == ("yes", "model card, page 2")


def test_the_search_finds_without_a_network(page):
    page.goto((SITE / "search.html").as_uri() + "?q=calibration")
    page.wait_for_selector("#search-results li", timeout=20_000)
    assert page.foreign == []
