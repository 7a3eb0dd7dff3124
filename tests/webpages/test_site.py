"""The built website in a browser, as a reader opens it from a USB stick. `make site` builds it.

`make site-proofs` builds a smaller one, with fewer steps of its sliders, and names it in CLINXAI_SITE.
"""

import io
import json
import os
import random
import re
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag

import numpy as np
import pytest
from baked import shown
from bs4 import BeautifulSoup
from PIL import Image
from pypdf import PdfReader

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


@contextmanager
def new_page(browser, **options):
    """A page that notes its requests to elsewhere, what its console says, and the sizes of the files that it loads."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", **options)
    try:
        page = context.new_page()
        page.foreign, page.trouble, page.sizes = [], [], []
        page.on(
            "request", lambda request: page.foreign.append(request.url) if re.match("https?:", request.url) else None
        )
        page.on("console", lambda message: page.trouble.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.trouble.append(str(error)))
        page.on("response", lambda response: page.sizes.append(file_of(response.url).stat().st_size))
        yield page
    finally:
        context.close()


@pytest.fixture
def page(browser):
    with new_page(browser) as page:
        yield page


def opened(page, path):
    page.goto(path.as_uri())
    page.wait_for_function("window.clinxai !== undefined")
    return page


AXE = """axe.run(document, {resultTypes: ["violations"], preload: false}).then(found => found.violations.map(
    one => [one.id, one.nodes[0].html.slice(0, 200)]))"""


@pytest.fixture(scope="module")
def visited(browser):
    """What one visit to a page finds: it is loaded once, for several tests."""
    axe = Path(pytest.importorskip("axe_playwright_python").__file__).parent / "axe.min.js"

    @cache
    def visit(path):
        with new_page(browser, color_scheme="light") as page:
            opened(page, path)
            page.wait_for_timeout(300)
            found = {"foreign": list(page.foreign), "trouble": list(page.trouble), "bytes": sum(page.sizes)}
            page.evaluate(f"() => {{{axe.read_text(encoding='utf-8')}}}")
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                found[theme] = page.evaluate(AXE)
                found[f"{theme} text"] = page.evaluate("getComputedStyle(document.body).color")
            page.set_viewport_size({"width": 320, "height": 640})
            found["width"] = page.evaluate("document.documentElement.scrollWidth")
        return found

    return visit


# ---- what is in the files ------------------------------------------------------------------------


def test_the_whole_is_small_enough_for_a_stick():
    assert sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file()) < 60e6


@cache
def ids_in(path):
    return set(re.findall(r'\bid="([^"]*)"', path.read_text(encoding="utf-8")))


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
                assert heading in ids_in(target), link


# ---- in the browser ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_loads_nothing_from_elsewhere_and_at_most_2_mb(visited, path):
    found = visited(path)
    assert found["foreign"] == []
    assert found["trouble"] == []
    assert found["bytes"] <= 2e6


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_axe_finds_no_fault(visited, path, theme):
    found = visited(path)
    assert found["light text"] != found["dark text"]
    assert found[theme] == []


@pytest.mark.parametrize("path", [path for path in PAGES if path.parent.name == "notebooks"], ids=name_of)
def test_a_phone_scrolls_in_one_direction(visited, path):
    assert visited(path)["width"] <= 320


WITH_EXPLORER = [path for path in PAGES if 'data-kind="explorer"' in path.read_text(encoding="utf-8")]


PRINTED = [*WITH_EXPLORER, SITE / "report.html", SITE / "checklist.html"]


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
        before = explorer.get_attribute("data-state")
        control = explorer.query_selector("input[type=range]") or explorer.query_selector("input[type=radio]:checked")
        control.focus()
        at_its_end = control.evaluate("e => e.type === 'range' && e.value === e.max")
        page.keyboard.press("ArrowLeft" if at_its_end else "ArrowRight")
        page.wait_for_function("([e, old]) => e.dataset.state !== old", arg=[explorer, before])
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


@pytest.mark.parametrize("path", WITH_EXPLORER, ids=name_of)
def test_an_explorer_starts_with_the_words_of_the_notebook(path):
    """The page's explorers come from those cells alone that they need. So what they say at the start is compared."""
    said = 0
    for cell in BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select(".live-cell"):
        words = [picture["alt"] for picture in cell.select(".static img")]
        for mark in cell.select('[data-kind="explorer"]'):
            script = (SITE / "live" / json.loads(mark["data-live"])["key"] / "states.js").read_text(encoding="utf-8")
            data = json.loads(script[script.index("{") : -3])
            number = 0
            for control in data["controls"]:
                number = number * len(control["texts"]) + control["start"]
            assert data["words"][number] in words
            said += 1
    assert said


def test_the_frame_of_a_key_waits_for_no_other_picture(page):
    """Between a key and its frame at most the pictures of the new state are unpacked, not those of the next moves."""
    path = next(path for path in WITH_EXPLORER if path.stem.startswith("18_1_"))
    page.add_init_script("""window.unpacked = 0;
        const old = window.createImageBitmap;
        window.createImageBitmap = (...all) => { window.unpacked++; return old(...all); };""")
    opened(page, path)
    for question in page.query_selector_all(".live-question"):
        question.query_selector("input").check()
        question.query_selector("button:not([hidden])").click()
    explorer = page.query_selector(".live-explorer")
    explorer.scroll_into_view_if_needed()
    page.wait_for_function("e => e.dataset.state", arg=explorer)
    page.wait_for_timeout(1000)
    script = (SITE / "live" / json.loads(explorer.get_attribute("data-live"))["key"] / "states.js").read_text("utf-8")
    layers = len(json.loads(script[script.index("{") : -3])["layers"])
    counts = page.evaluate(
        """async (slider) => {
            const found = [];
            for (let move = 0; move < 6; move++) {
                slider.value = Number(slider.value) + (slider.value === slider.max ? -1 : 1);
                const before = window.unpacked;
                slider.dispatchEvent(new Event("input"));
                await new Promise(requestAnimationFrame);
                found.push(window.unpacked - before);
            }
            return found;
        }""",
        explorer.query_selector("input[type=range]"),
    )
    assert max(counts) <= layers


# ---- on paper ------------------------------------------------------------------------------------

PAPER = {"format": "A4", "margin": {side: "15mm" for side in ("top", "right", "bottom", "left")}}
WIDTH = round((210 - 2 * 15) / 25.4 * 96)  # of the text, in pixels
CUT = """() => [...document.querySelectorAll('article :is(table, pre, img, canvas, math, p)')].filter(one => {
    const place = one.getBoundingClientRect();
    return one.checkVisibility() && place.width && (place.right > innerWidth + 1 || place.left < -1);
}).map(one => one.outerHTML.slice(0, 200))"""
EMPTY = """() => [...document.querySelectorAll('article img')].filter(one => one.checkVisibility() && !one.naturalWidth)
    .map(one => one.alt)"""

WORDS = """() => [...document.querySelectorAll('article :is(h1, h2, h3, p, li, td, th, legend)')]
    .filter(one => one.checkVisibility()).map(one => one.innerText)"""


def letters(text):
    """A text without what a line of print may add or lose between its letters."""
    return re.sub(r"[\W_]+", "", text)


@pytest.mark.parametrize("path", PRINTED, ids=name_of)
def test_a_page_prints_all_of_its_text_and_pictures_and_no_navigation(page, path, tmp_path):
    opened(page, path)
    page.pdf(path=tmp_path / "page.pdf", **PAPER)
    printed = PdfReader(tmp_path / "page.pdf")
    text = letters("".join(one.extract_text() for one in printed.pages))
    page.set_viewport_size({"width": WIDTH, "height": 1000})
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    assert page.evaluate(EMPTY) == []
    missing = [words for words in page.evaluate(WORDS) if letters(words)[:40] not in text]
    assert missing == []
    for word in ("Skip to content", "Toggle Light", "Back to top", "Lock in my answer", "Check my answer", "Contents"):
        assert letters(word) not in text
    shown = page.locator("article :is(img, canvas):visible").count()
    assert sum(len(one.images) for one in printed.pages) >= shown
    explorers = page.locator(".live-explorer").count()
    assert page.locator(".live-explorer canvas:visible, .on-paper img:visible").count() == explorers


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
