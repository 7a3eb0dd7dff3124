"""The built website: what it weighs, and how soon a picture follows a key, beside JupyterLab in the same run."""

import math
from contextlib import contextmanager
from pathlib import Path

from benches.explorers import MOVES, all_in_lab, key_times, kinds, spread
from clinxai_teach import explorers
from lab_in_chromium import CHROMIUM, explorers_on, what_is_missing

SITE = Path(__file__).parents[2] / "site"
LITE = SITE / "lite"


def megabytes(paths):
    """Return the size of some files as text."""
    return f"{sum(path.stat().st_size for path in paths if path.is_file()) / 1e6:.1f} MB"


def bench_weights():
    """The whole, JupyterLite's folder, and each explorer. Goal: the whole at most 60 MB."""
    if not SITE.exists():
        yield "weight of the website", "not measured", "there is none: run `make site`"
        return
    files = [path for path in SITE.rglob("*") if LITE not in path.parents]
    yield "the whole website", megabytes(files), f"{len(list(SITE.rglob('*.html')))} pages; goal: at most 60 MB"
    lite = "with Pyodide" if (LITE / "pyodide" / "pyodide.mjs").exists() else "without Pyodide's own files"
    yield "JupyterLite, beside it", megabytes(LITE.rglob("*")) if LITE.exists() else "not built", lite
    for folder in sorted(path for path in (SITE / "live").iterdir() if path.is_dir()):
        yield f"explorer {folder.name}", megabytes(folder.iterdir()), f"{len(list(folder.glob('*.webp')))} pictures"


def bench_first_loads():
    """What a page fetches before a reader scrolls, from a file. Goal: at most 2 MB."""
    if not SITE.exists() or what_is_missing():
        return
    sizes = {}
    with chromium() as browser:
        for path in sorted(SITE.rglob("*.html")):
            if LITE not in path.parents:
                page, found = browser.new_page(), []
                page.on("response", lambda response, found=found: found.append(response.url))
                page.goto(path.as_uri())
                page.wait_for_timeout(400)
                sizes[path] = sum(Path(url.removeprefix("file://").partition("?")[0]).stat().st_size for url in found)
                page.close()
    for path, size in sorted(sizes.items(), key=lambda found: -found[1])[:5]:
        yield (
            f"first load of {path.relative_to(SITE)}",
            f"{size / 1e6:.2f} MB",
            "one of the five heaviest; goal: at most 2 MB",
        )


def bench_keys():
    """Each explorer by its keys, on its page and in JupyterLab. Goal on the page: p95 at most 50 ms."""
    if not SITE.exists() or what_is_missing():
        return
    in_lab = dict(lab_times())
    names = {getattr(explorers, name).title: name for name in kinds()}
    with chromium() as browser:
        for path in sorted((SITE / "notebooks").glob("*.html")):
            if 'data-kind="explorer"' not in path.read_text(encoding="utf-8"):
                continue
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(path.as_uri())
            answer_all(page)
            for box in page.locator(".live-explorer").all():
                box.scroll_into_view_if_needed()
                page.wait_for_function("box => box.dataset.state", arg=box.element_handle())
                page.wait_for_timeout(1000)
                name = names[box.locator(".frame").get_attribute("aria-label")]
                times = slider_times(page, box, box.locator("input[type=range]").all())
                yield (
                    f"{name}, {path.stem}: key press to painted picture, p50 / p95",
                    f"{spread(times)} ms",
                    f"JupyterLab: {spread(in_lab[name])} ms; {len(times)} and {len(in_lab[name])} moves",
                )
            page.close()


def lab_times():
    """Yield each explorer's name and its times in JupyterLab."""
    with all_in_lab() as notebook:
        for explorer in explorers_on(notebook):
            yield (
                explorer.name,
                slider_times(notebook.page, explorer.box, explorer.box.locator("[role=slider]").all()),
            )


def slider_times(page, box, sliders):
    """Return the times of all sliders of an explorer, which share its moves."""
    return [time for slider in sliders for time in key_times(page, box, slider, math.ceil(MOVES / len(sliders)))]


def answer_all(page):
    """Answer each question of a page, so that what waits for an answer appears."""
    for question in page.locator(".live-question").all():
        question.locator("input").first.check()
        question.locator("button:not([hidden])").first.click()


@contextmanager
def chromium():
    """Yield a browser, and close it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        try:
            yield browser
        finally:
            browser.close()


BENCHES = (bench_weights, bench_first_loads, bench_keys)
