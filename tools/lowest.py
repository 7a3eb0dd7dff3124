"""Make .venv-lowest: an environment with the lowest version of each library that pyproject.toml allows.

`make lowest` runs the tests in it, which proves the bounds in pyproject.toml. Two things have the tested versions: the
tools that run the tests, and torch with what it needs of NVIDIA. That is 5 GB, so it is linked from .venv.
"""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOWEST = ROOT / ".venv-lowest"
SHARED = re.compile("torch|torchvision|triton|(nvidia|cuda)-.+")  # by links
EXTRAS = ("class", "peers", "real-data")  # their versions are the lowest too; those of the tools are the tested ones


def lowest_versions(project: dict) -> Iterator[str]:
    """Yield `name==version`, the version as the lower bound in pyproject.toml has it."""
    extras = project["optional-dependencies"]
    lines = project["dependencies"] + [line for name in EXTRAS for line in extras[name]]
    for requirement in map(Requirement, lines):
        if SHARED.fullmatch(canonicalize_name(requirement.name)):
            continue
        (bound,) = [each.version for each in requirement.specifier if each.operator in (">=", "==")]
        yield f"{requirement.name}=={bound}"


def tested_versions(project: dict) -> Iterator[str]:
    """Yield the pins of the tools that run the tests, and of torch."""
    extras = project["optional-dependencies"]
    tools = {
        canonicalize_name(Requirement(line).name)
        for name in ("build", "test", "hub", "deploy")
        for line in extras[name]
    }
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        name = canonicalize_name(line.partition("==")[0])
        if name in tools or SHARED.fullmatch(name):
            yield line


def link_what_is_shared(site_packages: Path) -> None:
    """Let the new environment find the shared libraries of the one that runs this file."""
    shared = LOWEST / "shared"
    shared.mkdir()
    for installed in importlib.metadata.distributions():
        if SHARED.fullmatch(canonicalize_name(installed.name)):
            for name in {path.parts[0] for path in installed.files} - {"..", "__pycache__"}:
                if not (link := shared / name).exists():
                    link.symlink_to(installed.locate_file(name))
    (site_packages / "shared.pth").write_text(f"{shared}\n", encoding="utf-8")


def main() -> None:
    """Make the environment anew."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    venv.create(LOWEST, clear=True, with_pip=True)
    (site_packages,) = LOWEST.glob("lib/python*/site-packages")
    link_what_is_shared(site_packages)
    constraints = LOWEST / "constraints.txt"
    constraints.write_text("\n".join([*lowest_versions(project), *tested_versions(project)]) + "\n", encoding="utf-8")
    install = [LOWEST / "bin" / "python", "-m", "pip", "install", "--constraint", constraints]
    sys.exit(subprocess.run([*install, "--editable", f"{ROOT}[test,real-data]"]).returncode)


if __name__ == "__main__":
    main()
