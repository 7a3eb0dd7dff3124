"""What a learner installs: a lonely doctor, a complete wheel, pinned versions, and nothing that names a registry."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Registries' hosts in two halves, so that this file does not name them either.
HOSTS = [
    ("pypi", "org"),
    ("python" + "hosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("anaconda", "org"),
    ("download.py" + "torch", "org"),
    ("debian", "org"),
    ("crates", "io"),
]


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, **options)


def test_doctor_loads_only_the_standard_library():
    code = "import sys, clinxai_teach.doctor; print(sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = set(re.findall(r"'(\w+)'", run([sys.executable, "-S", "-c", code]).stdout))
    assert "clinxai_teach" in loaded
    assert loaded - set(sys.stdlib_module_names) - {"__main__"} == {"clinxai_teach"}


def build_wheel(folder):
    """Build the wheel as an installation does. Where hatchling is not installed, pip needs a network to fetch it."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--quiet",
        "--retries",
        "1",
        "--wheel-dir",
        folder,
        ".",
    ]
    try:
        import hatchling  # noqa: F401
    except ModuleNotFoundError:
        result = run(command)
    else:
        result = run([*command, "--no-build-isolation"])
    if result.returncode != 0 and "hatchling" in result.stderr and not os.environ.get("CI"):
        pytest.skip("the wheel needs hatchling, which is not installed and could not be fetched")
    assert result.returncode == 0, result.stderr
    (wheel,) = Path(folder).glob("*.whl")
    return wheel


def test_wheel_holds_the_data_and_the_weights(tmp_path):
    with zipfile.ZipFile(build_wheel(tmp_path)) as wheel:
        names = set(wheel.namelist())
        metadata = next(wheel.read(name).decode() for name in names if name.endswith("dist-info/METADATA"))
        commands = next(wheel.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    package = ROOT / "clinxai_teach"
    resources = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and not path.name.startswith(".")
    }
    assert {
        "clinxai_teach/data/film_predictions.npz",
        "clinxai_teach/data/nhanes_2017_2018.csv",
        "clinxai_teach/data/nhanes_2017_2018_source.txt",
        "clinxai_teach/models/weights/SHA256SUMS",
        "clinxai_teach/models/weights/clean.safetensors",
        "clinxai_teach/models/weights/shortcut.safetensors",
    } <= resources
    assert resources <= names
    assert {path.relative_to(ROOT).as_posix() for path in package.rglob("*.py")} <= names
    assert not any(name.startswith(("tests/", "tools/", "notebooks/")) for name in names)
    assert "clinxai = clinxai_teach.cli:app" in commands
    assert f"Version: {PROJECT['version']}" in metadata


def test_versions_agree():
    from clinxai_teach import __version__

    assert __version__ == PROJECT["version"]


# ---- the pinned versions -------------------------------------------------------------------------


def pins():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_constraints_are_plain_pins_without_gpu_packages():
    for line in pins():
        assert re.fullmatch(r"[\w.-]+==\d[\w.]*", line), line  # no URL, no +cpu
        assert not re.match(r"nvidia|cuda|triton|clinxai", line, re.IGNORECASE), line


def test_every_direct_dependency_is_pinned_to_a_version_that_pyproject_allows():
    pinned = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in pins())}
    lines = [*PROJECT["dependencies"], *chain.from_iterable(PROJECT["optional-dependencies"].values())]
    for requirement in map(Requirement, lines):
        name = canonicalize_name(requirement.name)
        if name == PROJECT["name"]:
            continue
        assert name in pinned, f"{name} is not in constraints.txt"
        assert requirement.specifier.contains(pinned[name]), f"{requirement} against {pinned[name]}"


def test_the_light_way_has_all_but_torch():
    lines = (ROOT / "requirements-light.txt").read_text(encoding="utf-8").splitlines()
    assert "-c constraints.txt" in lines
    light = [line for line in lines if line and not line.startswith(("#", "-c"))]
    names = {"torch", "torchvision", "safetensors"}
    assert light == [line for line in PROJECT["dependencies"] if Requirement(line).name not in names]


# ---- the files in the repository -----------------------------------------------------------------


def repository_files():
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_package_registry():
    hosts = [".".join(host).encode() for host in HOSTS]
    named = [
        f"{path.relative_to(ROOT)}: {host.decode()}"
        for path in repository_files()
        for host in hosts
        if host in path.read_bytes()
    ]
    assert named == []


def test_readme_and_licences_exist():
    for name in ("README.md", PROJECT["readme"], *PROJECT["license-files"]):
        assert (ROOT / name).read_text(encoding="utf-8").strip(), name
