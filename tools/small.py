"""Install the whole course on Linux with a torch that has no parts for graphics cards: `make small`.

The usual torch for Linux brings several gigabytes that only a graphics card of NVIDIA uses, and does not load without
them. The course uses none. The small torch lies in a list of packages of torch's makers, not in every registry: give
pip that list, as in `make small ARGS="--extra-index-url ADDRESS"`. All that is not named here goes to pip.
"""

import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path

from kit import CPU_TORCH, FOR_GRAPHICS_CARDS
from resolve import ROOT

NOT_FOUND = (
    f"\nIf pip did not find torch {CPU_TORCH}: on the page of torch's makers that tells how to install it, a line for "
    "pip appears after the choices Linux, Pip and CPU.\nTake the address in it, and "
    'type: make small ARGS="--extra-index-url ADDRESS"\n'
    "`make lab` installs the usual torch instead."
)
NOT_EMPTY = "Parts for graphics cards are in this environment: {}.\nRemove .venv (make clean), then start again."


def wanted(project: str) -> list[str]:
    """Return what pyproject.toml asks for, with the small torch, and without torchvision, which needs the usual one."""
    found = tomllib.loads(project)["project"]["dependencies"]
    return [f"torch=={CPU_TORCH}", *(line for line in found if not line.startswith("torch"))]


def pins(constraints: str) -> str:
    """Return the tested versions of all but torch."""
    return "".join(
        line for line in constraints.splitlines(keepends=True) if not line.startswith(("torch==", "torchvision=="))
    )


def for_graphics_cards() -> list[str]:
    """Return the packages in this environment that the small torch does not use."""
    names = tuple(name.removesuffix("==") for name in FOR_GRAPHICS_CARDS)
    return sorted(name for each in metadata.distributions() if (name := each.metadata["Name"]).startswith(names))


def main(options: list[str]) -> int:
    """Install, and return pip's exit code."""
    if found := for_graphics_cards():
        print(NOT_EMPTY.format(", ".join(found)))
        return 1
    pip = [sys.executable, "-m", "pip", "install"]
    with tempfile.TemporaryDirectory() as folder:
        versions = Path(folder) / "constraints.txt"
        versions.write_text(pins((ROOT / "constraints.txt").read_text(encoding="utf-8")), encoding="utf-8")
        needed = wanted((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        code = subprocess.run([*pip, "--constraint", str(versions), *options, *needed]).returncode
    if code:
        print(NOT_FOUND)
        return code
    return subprocess.run([*pip, "--no-deps", "--editable", str(ROOT)]).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
