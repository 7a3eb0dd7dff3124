"""The first minute: JupyterLab opens the start page on a computer that has never run it, and nothing pops up."""

import pytest

pytestmark = pytest.mark.browser
POP_UPS = ".Toastify__toast, .jp-Dialog"
SETTING = "@jupyterlab/apputils-extension:notification"
ASK = """
await app.serviceManager.settings.save(argument, '{"fetchNews": "none"}');
"""


@pytest.fixture
def start_page(browser):
    """Open the start page with the settings that the course brings; the tests' server has no others."""
    notebook = browser.open("00_start_here.ipynb")
    yield notebook
    notebook.js("await app.serviceManager.settings.save(argument, '{}')", SETTING)
    notebook.close()


def pop_ups(notebook):
    """Return the texts of what lies over the page, some time after all is there."""
    notebook.js("await app.restored")
    notebook.page.wait_for_timeout(2000)  # what should not come cannot be waited for
    return notebook.page.locator(POP_UPS).all_inner_texts()


def test_nothing_pops_up_over_the_start_page(start_page):
    assert pop_ups(start_page) == [], "is the course installed anew since pyproject.toml changed?"


def test_jupyterlabs_question_about_its_news_would_be_seen(start_page):
    start_page.js(ASK, SETTING)
    start_page.page.reload()
    start_page.wait_for("kernelIdle() && context.isReady")
    start_page.page.locator(POP_UPS).first.wait_for()
    (question,) = pop_ups(start_page)
    assert "official Jupyter news" in question
