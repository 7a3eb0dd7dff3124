"""JupyterLite on the website: its lock file, its files, and what runs in Pyodide itself."""

import json
import os
import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from website import in_pyodide, lite

ROOT = Path(__file__).parents[2]
LITE = ROOT / os.environ.get("CLINXAI_SITE", "site") / "lite"
missing = pytest.mark.skipif(not LITE.exists(), reason="there is no JupyterLite: run `make site` and `make lite` first")
LOCK = json.loads(lite.LOCK.read_text(encoding="utf-8"))


# ---- what is written down ------------------------------------------------------------------------


def test_the_lock_file_holds_what_is_needed_and_nothing_else():
    assert sorted(LOCK["packages"]) == lite.needed(LOCK)
    assert f"pyemscripten_{LOCK['info']['abi_version']}_wasm32" == lite.PLATFORM
    for entry in LOCK["packages"].values():
        assert re.fullmatch(r"[0-9a-f]{64}", entry["sha256"])


def test_each_library_of_the_light_way_is_there_or_of_no_use_in_a_browser():
    lines = (ROOT / "requirements-light.txt").read_text(encoding="utf-8").splitlines()
    light = {canonicalize_name(Requirement(line).name) for line in lines if line and line[0] not in "#-"}
    assert light - set(lite.NEEDS["clinxai-teach"].split()) == {"jupyterlab", "nbval", "typer"}


def test_what_the_site_brings_has_a_checksum_and_is_needed():
    lines = [line for line in lite.WHEELS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert {line.partition("==")[0] for line in lines} == set(lite.NEEDS) - {"clinxai-teach"}
    assert all(re.search(r" --hash=sha256:[0-9a-f]{64}$", line) for line in lines)


def test_jupyterlite_is_pinned_and_is_no_part_of_the_course_s_own_environment():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    for line in extras["lite"]:
        assert re.search(rf"^{re.escape(Requirement(line).name)}==", pins, re.MULTILINE), line
    assert not any("lite" in line for line in extras["test"])


def test_a_wheel_lies_beside_the_lock_file_and_pyodides_own_files_where_they_are(tmp_path):
    wheel = tmp_path / "clinxai_teach-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    packages = lite.with_wheels(LOCK, [wheel], "there/")["packages"]
    assert packages["numpy"]["file_name"] == f"there/{LOCK['packages']['numpy']['file_name']}"
    ours = packages["clinxai-teach"]
    assert (ours["file_name"], ours["imports"]) == (wheel.name, ["clinxai_teach"])
    assert ours["sha256"] == sha256(b"a wheel").hexdigest()


def test_a_page_is_linked_once():
    page = lite.linked("<h1>A</h1><p>B</p>", "notebooks", "18_6")
    assert 'href="../lite/notebooks/index.html?path=notebooks/18_6.ipynb"' in page
    assert lite.linked(page, "notebooks", "18_6") == page


def test_a_notebook_knows_its_kernel_and_links_to_no_notebook_that_is_not_there(tmp_path):
    names = lite.notebooks(tmp_path)
    assert len(names) == 2 * 6
    for folder, name in names:
        path = tmp_path / folder / f"{name}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        assert notebook["metadata"]["kernelspec"]["name"] == "python"
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                for link in re.findall(r"\]\(([^)#:\s]+\.ipynb)", "".join(cell["source"])):
                    assert (path.parent / link).resolve().exists(), link


# ---- what is built -------------------------------------------------------------------------------


@pytest.mark.slow
@missing
def test_the_built_files_are_those_of_the_lock_file_and_the_settings_name_it():
    settings = json.loads((LITE / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    kernel = settings["litePluginSettings"][lite.PLUGIN]
    assert kernel["disablePyPIFallback"] is True
    lock = LITE / kernel["loadPyodideOptions"]["lockFileURL"]
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    for name, entry in packages.items():
        assert set(map(canonicalize_name, entry["depends"])) <= set(packages), name
        if "/" not in entry["file_name"]:
            assert sha256((lock.parent / entry["file_name"]).read_bytes()).hexdigest() == entry["sha256"], name
    assert "/" not in packages["clinxai-teach"]["file_name"]
    assert (LITE / kernel["pyodideUrl"]).exists() or kernel["pyodideUrl"].endswith(f"v{lite.VERSION}/full/pyodide.mjs")
    for url in kernel["pipliteUrls"]:
        assert (LITE / url.partition("?")[0]).exists()


@pytest.mark.slow
@missing
def test_the_built_notebooks_are_listed_and_each_page_leads_to_its_own():
    for folder in ("notebooks", "exercises"):
        listed = json.loads((LITE / "api" / "contents" / folder / "all.json").read_text(encoding="utf-8"))["content"]
        names = {entry["name"] for entry in listed}
        assert names == {path.name for path in (ROOT / folder).glob("*.ipynb") if lite.SECTIONS.match(path.name)}
        for name in names:
            assert (LITE / "files" / folder / name).exists()
            page = LITE.parent / folder / name.replace(".ipynb", ".html")
            assert f"../lite/notebooks/index.html?path={folder}/{name}" in page.read_text(encoding="utf-8")


@pytest.mark.slow
@missing
def test_without_pyodide_it_is_small_and_has_no_source_maps():
    own = [path for path in LITE.rglob("*") if path.is_file() and path.parent.name != "pyodide"]
    assert sum(path.stat().st_size for path in own) < 25e6
    assert not [path for path in own if path.suffix == ".map"]


# ---- in Pyodide itself ---------------------------------------------------------------------------


# All take ten minutes of a processor. Beside a small site (make site-proofs) those of 18.6 run; in_pyodide.py runs all.
SMALL = os.environ.get("CLINXAI_SITE", "site") != "site"
LESSONS = [path for path in in_pyodide.lessons() if not SMALL or path.stem.startswith("18_6_")]


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_cell_runs_in_pyodide_and_every_solved_exercise_is_right(lesson):
    try:
        copy = in_pyodide.prepared()
    except (FileNotFoundError, typer.BadParameter) as error:
        pytest.skip(str(error))
    found = in_pyodide.run(lesson, in_pyodide.in_node(copy))
    assert found["failed"] == []
    assert found["ran"] == found["cells"]
    if lesson.stem.endswith("_exercises"):
        assert found["right"] == found["exercises"] > 0
