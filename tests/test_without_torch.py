"""The sections that teach no torch run where torch is not installed; whatever needs it says so in one sentence."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HIDING = ROOT / "tests" / "without_torch"
LESSONS = [path.stem for path in sorted((ROOT / "lessons").glob("18_*.py")) if re.match("18_(3|4_3|5|6)", path.stem)]
CHECK = re.compile(r'^check\("', re.MULTILINE)
SENTENCE = re.compile(
    r"(?P<who>.+) needs torch, which this installation does not have\. "
    r"To install the whole course, run in its folder: \S+ -m pip install -c constraints\.txt -e \.  "
    r"Then restart the kernel\. \(The start page says which sections run without\.\)"
)


def run(*arguments):
    """Run this Python without torch, and return what it printed last as JSON."""
    paths = os.pathsep.join(map(str, (HIDING, ROOT, ROOT / "tools")))
    result = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths}, timeout=300,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return json.loads(result.stdout.splitlines()[-1])


def test_the_libraries_are_hidden_and_no_others():
    names = ["torch", "torchvision", "safetensors", "shap", "numpy"]
    code = f"import importlib.util as u, json; print(json.dumps([n for n in {names} if u.find_spec(n)]))"
    assert run("-c", code) == ["shap", "numpy"]


# All exercises and the shortest lesson run in `make test`. There nbval runs the others with torch; here, `make proofs`.
QUICK = re.compile("18_6|.*_exercises")


def run_lessons(*stems):
    """Run lessons one after the other in one process, and return what each says."""
    return run(str(HIDING / "run_lesson.py"), *(str(ROOT / "lessons" / f"{stem}.py") for stem in stems))


@pytest.fixture(scope="module")
def quick():
    """Run the quick ones together: they import for longer than they compute."""
    return run_lessons(*filter(QUICK.match, LESSONS))


@pytest.mark.parametrize(
    "stem", [pytest.param(stem, marks=() if QUICK.match(stem) else pytest.mark.slow) for stem in LESSONS]
)
def test_each_cell_runs_and_each_solved_exercise_is_right(stem, request):
    import build

    cells = [cell for cell in build.read_lesson(ROOT / "lessons" / f"{stem}.py").cells if cell.cell_type == "code"]
    said = (request.getfixturevalue("quick") if QUICK.match(stem) else run_lessons(stem))[stem]
    assert "failed" not in said, said["failed"]
    assert said["loaded"] == []
    assert said["cells"] == len(cells)
    if stem.endswith("_exercises"):
        assert said["right"] == sum(bool(CHECK.search(cell.source)) for cell in cells) > 0


SAID = """
import json
said = {}
for line in %r:
    try:
        exec(line, {})
        said[line] = "ran"
    except Exception as error:
        said[line] = f"{type(error).__name__}: {error}"
print(json.dumps(said))
"""
NEED_TORCH = {
    "from clinxai_teach.attribution import grad_cam": "grad_cam",
    "from clinxai_teach.attribution import integrated_gradients": "integrated_gradients",
    "import clinxai_teach.attribution as a; a.occlusion": "occlusion",
    "from clinxai_teach.models import load_cxr_model": "load_cxr_model",
    "from clinxai_teach.models import MODEL_NAMES": "MODEL_NAMES",
    "from clinxai_teach.uncertainty import mc_dropout_samples": "mc_dropout_samples",
    "from clinxai_teach.explorers import MarkerExplorer as E; E()": "The marker explorer",
    "from clinxai_teach.explorers import GradCAMExplorer as E; E()": "neighbourhood",
    "from clinxai_teach.explorers import IntegratedGradientsExplorer as E; E()": "load_cxr_model",
    "from clinxai_teach.explorers import DropoutExplorer as E; E()": "The dropout explorer",
    "from clinxai_teach.own_image import explain_my_image": "grad_cam",
    "from clinxai_teach.checks import check; check('18.2-f', print)": "Exercise 18.2-f",
    "from clinxai_teach.checks import hint; hint('18.4-b')": "Exercise 18.4-b",
}
NEED_NONE = [
    "import clinxai_teach.attribution, clinxai_teach.models, clinxai_teach.uncertainty, clinxai_teach.explorers",
    "from clinxai_teach.attribution import exact_shapley, shap_explanation",
    "from clinxai_teach.explorers import TemperatureExplorer as E; E()",
    "from clinxai_teach.explorers import AlphaExplorer as E; E()",
    "from clinxai_teach.explorers import DeferralExplorer as E; E()",
    "from clinxai_teach.explorers import InstabilityExplorer as E; E()",
    "from clinxai_teach.explorers import ShapleyExplorer as E; E()",
    "from clinxai_teach.data import make_radiographs, load_film_predictions; load_film_predictions('test')",
]


@pytest.fixture(scope="module")
def said():
    return run("-c", SAID % [*NEED_TORCH, *NEED_NONE])


@pytest.mark.parametrize("line", NEED_TORCH)
def test_what_needs_torch_says_what_to_install(line, said):
    kind, _, text = said[line].partition(": ")
    assert kind == "NotInstalled"
    assert (found := SENTENCE.fullmatch(text)), text
    assert found["who"] == NEED_TORCH[line]


@pytest.mark.parametrize("line", NEED_NONE)
def test_what_needs_no_torch_runs(line, said):
    assert said[line] == "ran"


START_PAGE = """
import json, contextlib, io, nbformat
from IPython.core.interactiveshell import InteractiveShell
shell, said = InteractiveShell.instance(), {}
for cell in nbformat.read("notebooks/00_start_here.ipynb", 4).cells:
    if cell.cell_type == "code":
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            ran = shell.run_cell(cell.source).success
        if not ran or "explorer" in cell.source:
            said[cell.source] = [ran, printed.getvalue()]
print(json.dumps(said))
"""


def test_the_start_page_runs_to_its_end_and_says_why_its_slider_does_not_move():
    slider, strip, wrong = run("-c", START_PAGE).items()
    assert slider[1][0]
    assert SENTENCE.match(slider[1][1].removeprefix("Out[0]: ").splitlines()[0])["who"] == "The marker explorer"
    assert "The rest of this page runs." in slider[1][1]
    assert strip == ("explorer.filmstrip()", [True, "The strip of pictures needs torch, too.\n"])
    assert "18.1-a" in wrong[0]  # it is wrong on purpose
    assert not wrong[1][0]


@pytest.mark.parametrize(
    ("lesson", "who"),
    [
        ("18_1_why_interpretability_matters", "grad_cam"),
        ("18_2_1_gradients_and_grad_cam", "grad_cam"),
        ("18_4_1_doubt_and_deferral", "load_cxr_model"),
    ],
)
def test_a_lesson_that_needs_torch_says_it_at_its_first_cell(lesson, who):
    code = f"""
import json, nbformat
cells = nbformat.read("notebooks/{lesson}.ipynb", 4).cells
try:
    exec(next(cell.source for cell in cells if cell.cell_type == "code"), {{}})
except ModuleNotFoundError as error:
    print(json.dumps(str(error)))
"""
    assert SENTENCE.fullmatch(run("-c", code))["who"] == who


def test_a_notebook_shows_the_sentence_without_a_traceback():
    from clinxai_teach._lazy import NotInstalled, explained

    with pytest.raises(NotInstalled) as caught, explained("A test"):
        raise ModuleNotFoundError("No module named 'torch.none'", name="torch.none")
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_every_exercise_is_there_or_says_that_it_needs_torch():
    code = """
import contextlib, io, json
from clinxai_teach.checks import bank, solution
said = {}
for section in bank.section_numbers():
    for name in bank.files(section):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                solution(name)
            said[name] = "ran"
        except ModuleNotFoundError as error:
            said[name] = str(error)
print(json.dumps(said))
"""
    needing = {name: text for name, text in run("-c", code).items() if text != "ran"}
    assert all(SENTENCE.fullmatch(text)["who"] == f"Exercise {name}" for name, text in needing.items())
    assert {name[:4] for name in needing} == {"18.2", "18.4"}


def test_another_missing_library_keeps_pythons_own_words():
    from clinxai_teach._lazy import explained

    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'nowhere'$"), explained("A test"):
        import nowhere  # noqa: F401


def test_shap_values_of_trees_load_no_torch_where_it_is_installed():
    code = """
import json, sys
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from clinxai_teach.attribution import shap_explanation
X = np.random.default_rng(0).random((200, 3))
model = HistGradientBoostingClassifier(max_iter=5).fit(X, X[:, 0] > 0.5)
for background in (None, X[:50]):
    shap_explanation(model, X[:5], background=background)
print(json.dumps("torch" in sys.modules))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(result.stdout) is False


@pytest.mark.parametrize("room", ["attribution", "models", "uncertainty"])
def test_a_lazy_package_shows_all_its_names(room):
    from importlib import import_module

    package = import_module(f"clinxai_teach.{room}")
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        package.nothing  # noqa: B018
