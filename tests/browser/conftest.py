"""JupyterLab in Chromium for the browser tests: one server and one browser for each file.

The notebooks are copied, so that nothing in the repository changes. A screenshot of each explorer is kept in the
folder that the environment variable CLINXAI_SCREENSHOTS names, else in pytest's temporary folder; the last lines of the
run say where. Without Chromium or playwright the tests are skipped with the reason, but where CI is set they fail.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from lab_in_chromium import lab, what_is_missing  # noqa: E402

kept = pytest.StashKey[Path]()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return the folder that JupyterLab shows, with a copy of each notebook of the course."""
    folder = tmp_path_factory.mktemp("lab")
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, folder)
    return folder


@pytest.fixture(scope="module")
def browser(folder):
    """Return the browser, or skip: in CI, fail.

    It closes with its file, since beside an open one no other test of this process can start one.
    """
    if missing := what_is_missing():
        if os.environ.get("CI"):
            pytest.fail(f"CI must run the browser tests, but {missing}")
        pytest.skip(missing)
    with lab(folder) as browser:
        yield browser


@pytest.fixture(scope="session")
def screenshots(request, tmp_path_factory):
    """Return the folder in which the screenshots are kept."""
    named = os.environ.get("CLINXAI_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    request.config.stash[kept] = folder
    return folder


def pytest_terminal_summary(terminalreporter, config):
    if kept in config.stash:
        terminalreporter.write_line(f"Screenshots of the explorers are in {config.stash[kept]}")
