"""`clinxai doctor`: is this computer ready for the course, and if not, what to do?

Each check is one small function that returns a `Check`. No check changes anything, needs a network, or ends in a
traceback. This file imports the standard library only, and what does so too, because it must answer above all where a
package is missing.
"""

import functools
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TypeAlias

from clinxai_teach import __version__
from clinxai_teach._lazy import this_python

WORDS = {"ok": "ok", "warn": "look", "fail": "FIX"}  # words, not colours: they survive print, e-mail and any eye
OLDEST_PYTHON = (3, 11)
GIGABYTE = 1e9
LEAST_DISK_GB = 1
LEAST_MEMORY_GB = 1  # one open notebook with torch and shap loaded takes about 0.9 GB
SLOW_GRAD_CAM_S = 2  # a slider that waits longer than this no longer feels like one
# The libraries that only networks need, and what runs without them.
OF_TORCH = {"torch", "torchvision", "safetensors"}
# What only a torch for graphics cards brings with it.
FOR_GRAPHICS_CARDS = ("nvidia-", "cuda-", "triton")
LIGHT = (
    "the light installation, without torch: 18.3, 18.4.3, 18.5 and 18.6 run. The start page's slider, 18.1, 18.2 and "
    "18.4.1-2 need torch"
)
Answer: TypeAlias = tuple[str, str] | tuple[str, str, str]  # the state, what was found, and the advice if there is one


IN_COURSE_FOLDER = "Open a terminal in the course folder and run:\n" + this_python()
INSTALL_AGAIN = f"Install the course again. {IN_COURSE_FOLDER} -m pip install -c constraints.txt -e ."
RESTART = "Then close JupyterLab and start it again."


@dataclass(frozen=True)
class Check:
    """One answer: the check's `name`, its `state` ("ok", "warn" or "fail"), what was `found`, and what to do.

    `advice` is empty when nothing needs to be done. A command to type has a line of its own.
    """

    name: str
    state: str
    found: str
    advice: str = ""


def named(name: str, if_it_stops: str = INSTALL_AGAIN) -> Callable[[Callable[[], Answer]], Callable[[], Check]]:
    """Give a check its name. If it raises, the answer is a failed Check in one line, with this advice."""

    def decorate(function: Callable[[], Answer]) -> Callable[[], Check]:
        @functools.wraps(function)
        def guarded() -> Check:
            try:
                return Check(name, *function())
            except Exception as error:
                lines = str(error).strip().splitlines() or ["no further message"]
                return Check(name, "fail", f"This check stopped: {lines[0]} ({type(error).__name__})", if_it_stops)

        return guarded

    return decorate


@named("Python")
def check_python() -> Answer:
    """Python is new enough."""
    found = f"{platform.python_version()} on {platform.system()}"
    if sys.version_info < OLDEST_PYTHON:
        return "fail", found, "Install Python 3.11 or later, then install the course with it, as the README says."
    return "ok", found


@named("Packages")
def check_packages() -> Answer:
    """Every package that the course requires is here, and not older than it requires."""
    from packaging.requirements import Requirement

    try:
        requirements = [Requirement(line) for line in metadata.requires("clinxai-teach") or []]
    except metadata.PackageNotFoundError:
        return "fail", "The course itself (clinxai-teach) is not installed in this Python", INSTALL_AGAIN
    needed = [each for each in requirements if each.marker is None or each.marker.evaluate({"extra": ""})]
    problems, missing = [], set()
    for requirement in needed:
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            problems.append(f"{requirement.name} is missing")
            missing.add(requirement.name)
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            problems.append(f"{requirement.name} is {version}, but the course needs {requirement.specifier}")
    if problems and len(problems) == len(missing & OF_TORCH):
        if "torch" in missing:
            return "warn", LIGHT, f"Nothing, if you chose it. For the whole course: {INSTALL_AGAIN}"
        if missing == {"torchvision"}:
            found = "torchvision is missing; only the photograph of your own in 18.2 needs it"
            return "warn", found, f"Nothing, if you chose the small way. If not: {INSTALL_AGAIN}"
    if problems:
        return "fail", "; ".join(problems), INSTALL_AGAIN
    return "ok", f"the whole course: all {len(needed)} are here, with torch {metadata.version('torch')}"


def _light() -> bool:
    """Say whether torch is not installed at all. Where it is, but does not load, the checks that need it say why."""
    try:
        metadata.version("torch")
    except metadata.PackageNotFoundError:
        return True
    return False


@named("Torch")
def check_torch() -> Answer:
    """Torch loads; which of its builds it is, and what it takes on the disk with the packages that only it needs."""
    if _light():
        return "ok", "not installed, the light way"
    import torch

    names = {name for each in metadata.distributions() if (name := each.metadata["Name"])}
    others = [name for name in names if name.startswith(FOR_GRAPHICS_CARDS)]
    size = f"{_size_on_disk(['torch', *others]) / GIGABYTE:.1f} GB on the disk"
    if torch.version.cuda is None:
        return "ok", f"{torch.__version__}, for the processor alone (the CPU build), {size}"
    return "ok", f"{torch.__version__}, with parts for graphics cards (the CUDA build), {size}; the course uses none"


def _size_on_disk(names: Sequence[str]) -> int:
    """Return the bytes of all files of these packages, as their installer listed them."""
    return sum(file.size or 0 for name in names for file in metadata.files(name) or [])


@named("Kernel")
def check_kernel() -> Answer:
    """A notebook's kernel ("Python 3") is this same Python, so that it finds the course."""
    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().get_kernel_spec("python3")
    command = spec.argv[0]
    # Jupyter itself reads a bare "python" as the Python it runs in, whatever the PATH says.
    bare_names = ("python", "python3", f"python3.{sys.version_info.minor}")
    if command in bare_names or _same_path(command, sys.executable):
        return "ok", "notebooks run in this Python"
    advice = (
        f"Make this Python the notebooks' kernel. {IN_COURSE_FOLDER} -m ipykernel install --sys-prefix\n"
        f"{RESTART} If this message comes back, delete the folder {spec.resource_dir}"
    )
    try:
        # In another folder, because python -c would also find the course in the current one.
        other = subprocess.run(
            [command, "-c", "import sys, clinxai_teach; print(sys.prefix)"],
            capture_output=True, text=True, timeout=30, cwd=Path(sys.executable).parent,
        )  # fmt: skip
    except OSError:
        return "fail", f"notebooks would start {command}, and that file does not run", advice
    if other.returncode != 0:
        return "fail", f"notebooks would start another Python, {command}, which does not have the course", advice
    if not _same_path(other.stdout.strip(), sys.prefix):
        return "warn", f"notebooks would start another Python, {command}, which has the course too", advice
    return "ok", "notebooks run in this Python"


def _same_path(one: str, other: str) -> bool:
    """Say whether two paths are the same text for this system.

    Links are not followed: two environments often link to one and the same python.
    """
    return os.path.normcase(os.path.abspath(one)) == os.path.normcase(os.path.abspath(other))


@named("Sliders")
def check_widgets() -> Answer:
    """JupyterLab has the extension that shows sliders, and ipywidgets is version 8."""
    from jupyter_core.paths import jupyter_path

    version = metadata.version("ipywidgets")
    if version.split(".")[0] != "8":
        return "fail", f"ipywidgets is {version}, but the course needs version 8", INSTALL_AGAIN
    extension = Path("@jupyter-widgets") / "jupyterlab-manager" / "package.json"
    if not any((Path(folder) / extension).is_file() for folder in jupyter_path("labextensions")):
        command = "-m pip install --force-reinstall --no-deps jupyterlab_widgets"
        advice = f"Install it again. {IN_COURSE_FOLDER} {command}\n{RESTART}"
        return "fail", "JupyterLab's extension for sliders (jupyterlab_widgets) is missing", advice
    return "ok", f"ipywidgets {version} and its JupyterLab extension are here"


@named("Saving work")
def check_writing() -> Answer:
    """A file can be written in the current folder, so that a learner's answers can be saved."""
    try:
        with tempfile.TemporaryFile(dir=Path.cwd()) as file:
            file.write(b"clinxai doctor")
    except OSError as error:
        advice = "Copy the course to a folder of your own, for example in Documents, and open it there."
        return "fail", f"no file can be written in this folder ({error.strerror})", advice
    return "ok", "this folder can be written to"


@named("Free disk", "Ask whoever looks after this computer how much disk space is free.")
def check_disk() -> Answer:
    """There is room to save work."""
    free = shutil.disk_usage(Path.cwd()).free / GIGABYTE
    if free < LEAST_DISK_GB:
        return "warn", f"{free:.1f} GB are free, less than {LEAST_DISK_GB} GB", "Delete files that you no longer need."
    return "ok", f"{free:.1f} GB are free"


@named("Free memory")
def check_memory() -> Answer:
    """There is memory for one notebook."""
    import psutil  # comes with ipykernel

    free = psutil.virtual_memory().available / GIGABYTE
    if free < LEAST_MEMORY_GB:
        advice = "Close other programs and notebooks that you do not use."
        return "warn", f"{free:.1f} GB are free; an open notebook can take {LEAST_MEMORY_GB} GB", advice
    return "ok", f"{free:.1f} GB are free"


@named("Model weights")
def check_weights() -> Answer:
    """Both trained models load, and their files are the ones that were shipped (SHA-256)."""
    if _light():
        return "ok", "not needed without torch"
    from clinxai_teach.models import MODEL_NAMES, load_cxr_model

    advice = "Download the course folder again and use the new one."
    start = time.perf_counter()
    for name in MODEL_NAMES:
        try:
            load_cxr_model(name)
        except FileNotFoundError as error:
            return "fail", f"the file {Path(error.filename).name} is missing", advice
        except RuntimeError as error:
            return "fail", str(error), advice
    seconds = time.perf_counter() - start
    return "ok", f"{' and '.join(MODEL_NAMES)} are as shipped and load in {seconds:.2f} s"


@named("Grad-CAM", f"If another line says FIX, start there. If not: {INSTALL_AGAIN}")
def check_grad_cam() -> Answer:
    """A heatmap of one film is drawn fast enough for a slider."""
    if _light():
        return "ok", "not needed without torch"
    import torch

    from clinxai_teach.attribution import grad_cam
    from clinxai_teach.data import make_radiographs
    from clinxai_teach.models import load_cxr_model

    model = load_cxr_model("clean")
    film = make_radiographs(1)
    image, target = torch.from_numpy(film.images), int(film.labels[0])
    start = time.perf_counter()
    grad_cam(model, image, target, layer=model.features[-1])
    seconds = time.perf_counter() - start
    found = f"one heatmap in {seconds:.2f} s"
    if seconds > SLOW_GRAD_CAM_S:
        advice = (
            "The course works, but its sliders will be slow. Close other programs, connect the charger, and try again."
        )
        return "warn", f"{found}, more than {SLOW_GRAD_CAM_S} s", advice
    return "ok", found


CHECKS = (
    check_python,
    check_packages,
    check_torch,
    check_kernel,
    check_widgets,
    check_writing,
    check_disk,
    check_memory,
    check_weights,
    check_grad_cam,
)


def diagnose() -> list[Check]:
    """Run every check and return the list of `Check`. A few seconds; the first time on a computer up to a minute."""
    return [check() for check in CHECKS]


def report(checks: Sequence[Check]) -> str:
    """Return the checks as text: one line each, in plain ASCII, with what to do below a check that is not fine.

    Examples
    --------
    >>> print(report([Check("Free disk", "warn", "0.5 GB are free", "Delete files.")]).split("\\n", 2)[2])
    look  Free disk  0.5 GB are free
                     What to do: Delete files.
    <BLANKLINE>
    Ready. To look at when you have time: 1.
    """
    width = max((len(check.name) for check in checks), default=0)
    indent = " " * (width + 8)
    lines = [f"ClinXAI Teach {__version__}: is this computer ready?", ""]
    for check in checks:
        start = f"{WORDS[check.state]:<6}{check.name:<{width}}  "
        lines += _wrapped(check.found, start, indent)
        if check.advice:
            for line in f"What to do: {check.advice}".splitlines():
                lines += _wrapped(line, indent, indent)
    lines += ["", _verdict(checks)]
    return "\n".join(lines)


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    # A user's name in a path may have letters that an old Windows terminal cannot print.
    text = text.encode("ascii", "backslashreplace").decode("ascii")
    return textwrap.wrap(
        text, 100, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _verdict(checks: Sequence[Check]) -> str:
    states = [check.state for check in checks]
    if "fail" in states:
        return f"Not ready yet. To fix: {states.count('fail')}. The lines marked FIX say what to do."
    if "warn" in states:
        return f"Ready. To look at when you have time: {states.count('warn')}."
    return "Ready. You can start."


def exit_code(checks: Sequence[Check]) -> int:
    """Return 1 if a check failed, otherwise 0. A check that only asks for a look does not count.

    Examples
    --------
    >>> exit_code([Check("Free disk", "warn", "0.5 GB are free")]), exit_code([Check("Python", "fail", "3.9")])
    (0, 1)
    """
    return int(any(check.state == "fail" for check in checks))


def show_report() -> None:
    """Run every check and print the report. For a notebook: `from clinxai_teach.doctor import show_report`."""
    print(report(diagnose()))
