"""Find out which packages each system and each Python would install, from any computer.

`python tools/resolve.py` prints one line for each system, Python and way (light or whole): how many packages, or what
is missing. `python tools/resolve.py --lists FOLDER` also writes the lists, `name==version` on each line and no address.
uv resolves, because it answers for another system; plain pip evaluates the conditions of the computer it runs on.
Only wheels count: a learner's computer has no compiler. Nothing is installed.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
OF_TORCH = ("torch", "torchvision", "safetensors")


@dataclass(frozen=True)
class System:
    """A kind of computer: its name for uv, the tags of its wheels for pip, and the oldest macOS where it is one."""

    uv: str
    tags: tuple[str, ...]
    words: str
    macos: str = ""


LINUX_TAGS = tuple(f"manylinux_2_{n}_x86_64" for n in (28, 27, 26, 24, 17, 12, 5))
OLD_LINUX_TAGS = ("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64")
SYSTEMS = {
    "linux": System("x86_64-manylinux_2_28", LINUX_TAGS + OLD_LINUX_TAGS, "Linux, Intel or AMD, glibc 2.28 or later"),
    "windows": System("x86_64-pc-windows-msvc", ("win_amd64",), "Windows, Intel or AMD"),
    "macos": System(
        "aarch64-apple-darwin",
        tuple(f"macosx_{n}_0_{kind}" for n in range(14, 10, -1) for kind in ("arm64", "universal2"))
        + tuple(f"macosx_10_{n}_universal2" for n in range(16, 8, -1)),
        "macOS 14 or later, Apple processor",
        "14.0",
    ),
}
OTHERS = {
    "macos-13": System("aarch64-apple-darwin", (), "macOS 13, Apple processor", "13.0"),
    "macos-intel": System("x86_64-apple-darwin", (), "macOS 14, Intel processor", "14.0"),
    "windows-arm": System("aarch64-pc-windows-msvc", (), "Windows, Arm processor"),
}


class NotToBeHad(Exception):
    """A package has no wheel for this system and Python, or uv is missing; the message says which."""


def resolve(system: System, python: str, *, whole: bool, pins: Path = ROOT / "constraints.txt") -> list[str]:
    """Return `name==version` of all that `system` installs with `python`, at the tested versions.

    Raises NotToBeHad where a wheel is missing.
    """
    source = ROOT / ("pyproject.toml" if whole else "requirements-light.txt")
    command = [sys.executable, "-m", "uv", "pip", "compile", source, "--constraint", pins, "--quiet", "--no-header"]
    command += ["--no-annotate", "--only-binary", ":all:", "--python-platform", system.uv, "--python-version", python]
    settings = os.environ | ({"MACOSX_DEPLOYMENT_TARGET": system.macos} if system.macos else {})
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=settings)
    if "No module named uv" in done.stderr:
        raise NotToBeHad("uv is missing. Run: .venv/bin/python -m pip install -c constraints.txt -e '.[deploy]'")
    if done.returncode != 0:
        raise NotToBeHad(" ".join(done.stderr.split()))
    return [line for line in done.stdout.splitlines() if "==" in line]


def rows() -> Iterator[tuple[str, str, str, list[str] | NotToBeHad]]:
    """Yield system, Python, way, and the list or why there is none."""
    for name, system in (SYSTEMS | OTHERS).items():
        for python in PYTHONS if name in SYSTEMS else PYTHONS[:1]:
            for way in ("light", "whole"):
                try:
                    found: list[str] | NotToBeHad = resolve(system, python, whole=way == "whole")
                except NotToBeHad as error:
                    found = error
                yield name, python, way, found


def main() -> None:
    """Print the table, and write the lists where a folder is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lists", type=Path, metavar="FOLDER", help="also write the lists into this folder")
    folder = parser.parse_args().lists
    missing = False
    print("| system | Python | way | packages |\n|---|---|---|---|")
    for name, python, way, found in rows():
        said = f"no: {found}" if isinstance(found, NotToBeHad) else str(len(found))
        print(f"| {(SYSTEMS | OTHERS)[name].words} | {python} | {way} | {said} |", flush=True)
        missing |= isinstance(found, NotToBeHad) and name in SYSTEMS
        if folder and not isinstance(found, NotToBeHad):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}-{python}-{way}.txt").write_text("\n".join(found) + "\n", encoding="utf-8")
    sys.exit(missing)


if __name__ == "__main__":
    main()
