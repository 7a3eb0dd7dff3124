"""Make a release: `python tools/release.py v0.1.0` writes dist/0.1.0 from that tag, or nothing.

The folder holds the wheel, the source, the website, the students' edition, what teachers print and show, keys
included (teaching-0.1.0.zip; this needs Chromium), the lists of packages for the kits, and SHA256SUMS. It works on a
fresh copy of the tag, installs the wheel in an empty environment and asks the doctor. An untidy tree, a tag that is not
checked out, and versions that disagree are refused.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

from kit import write_sums
from resolve import PYTHONS, ROOT, SYSTEMS, NotToBeHad, resolve


class Refused(Exception):
    """There is no release; the message says why and what to do."""


def output(*command: str | Path, where: Path = ROOT) -> str:
    """Run a program and return what it printed. Raises Refused with its last words where it fails."""
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip()[-1500:]
        raise Refused(f"This failed: {' '.join(map(str, command))}\n{words}")
    return done.stdout


def version_of(root: Path) -> str:
    """Return the version, which package and changelog must both name."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    top = re.search(r"^## (\S+)(.*)$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    if top is None or top[1] != project:
        raise Refused(
            f"The changelog's top section is {top and top[1]}, but pyproject.toml says {project}. Make them agree."
        )
    if "not yet released" in top[2]:
        raise Refused(f"The changelog calls {project} not yet released. Write the day in its place, commit, tag again.")
    return project


def check(tag: str, root: Path = ROOT) -> str:
    """Return the version of a tag that can be released. Raises Refused."""
    if output("git", "status", "--porcelain", where=root):
        raise Refused("The tree is not tidy: `git status` names files. Commit or remove them.")
    known = output("git", "tag", "--list", tag, where=root).split()
    if known != [tag]:
        raise Refused(f"There is no tag {tag}. Make it: git tag {tag}")
    if output("git", "rev-list", "-n", "1", tag, where=root) != output("git", "rev-parse", "HEAD", where=root):
        raise Refused(f"The tag {tag} is not what is checked out. First: git checkout {tag}")
    version = version_of(root)
    if tag != f"v{version}":
        raise Refused(f"The tag is {tag}, but the version is {version}. Its tag must be v{version}.")
    return version


def build(copy: Path, folder: Path) -> Path:
    """Build wheel and source from the copy; return the wheel."""
    output(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", folder, where=copy)
    (wheel,) = folder.glob("*.whl")
    return wheel


def try_wheel(wheel: Path, version: str, work: Path) -> None:
    """Install the wheel in an empty environment, the light way, and ask the doctor."""
    venv.create(work / "empty", with_pip=True)
    python = work / "empty" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    light = ROOT / "requirements-light.txt"
    output(python, "-m", "pip", "install", "--quiet", "-r", light)
    output(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel)
    said = output(python, "-m", "clinxai_teach", "doctor", where=work)
    if version not in said:
        raise Refused(f"The doctor of the installed wheel does not name {version}:\n{said}")


def lists(folder: Path) -> None:
    """Write which packages each system and Python installs."""
    folder.mkdir()
    for name, system in SYSTEMS.items():
        for python in PYTHONS:
            for way in ("light", "whole"):
                found = resolve(system, python, whole=way == "whole")
                (folder / f"{name}-{python}-{way}.txt").write_text("\n".join(found) + "\n", encoding="utf-8")


def extras(copy: Path, folder: Path) -> list[str]:
    """Add the website and the students' edition; return what was left out, in words."""
    left_out = []
    if (copy / "tools" / "website" / "build.py").exists():
        output(sys.executable, "tools/website/build.py", where=copy)
        shutil.make_archive(str(folder / "website"), "zip", copy / "site")
    else:
        left_out.append("the website (this tag has no tools/website)")
    output(sys.executable, "-m", "clinxai_teach", "class", "edition", folder / "students.zip", "--zip", where=copy)
    return left_out


def for_teachers(copy: Path, folder: Path, version: str) -> list[str]:
    """Add all prints, sets and decks, so that a teacher need not install; return what was left out, in words."""
    tools = [Path("tools", part, "build.py") for part in ("handouts", "slides")]
    if not all((copy / tool).exists() for tool in tools):
        return ["the prints and decks for teachers (this tag has no tools/handouts and tools/slides)"]
    for tool in tools:
        output(sys.executable, tool, where=copy)
    made, packed = copy / "build" / "teaching", copy / "build" / "packed"
    for part in ("handouts", "sets", "slides"):
        shutil.copytree(made / part, packed / part)
    shutil.make_archive(str(folder / f"teaching-{version}"), "zip", packed)
    return []


def release(tag: str, dist: Path = ROOT / "dist") -> tuple[Path, list[str]]:
    """Make the release in `dist`; return its folder and what was left out. Raises Refused, and leaves nothing then."""
    version = check(tag)
    final = dist / version
    if final.exists():
        raise Refused(f"{final} exists already. A release is made once; delete it to make it again.")
    with tempfile.TemporaryDirectory() as work:
        copy, made = Path(work, "copy"), Path(work, "made")
        output("git", "clone", "--quiet", "--branch", tag, ROOT, copy)
        made.mkdir()
        try_wheel(build(copy, made), version, Path(work))
        lists(made / "packages")
        left_out = extras(copy, made) + for_teachers(copy, made, version)
        write_sums(made)
        dist.mkdir(exist_ok=True)
        shutil.move(made, final)
    return final, left_out


def main() -> None:
    """Make the release that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tag", help="such as v0.1.0")
    try:
        folder, left_out = release(parser.parse_args().tag)
    except (Refused, NotToBeHad) as error:
        sys.exit(f"Nothing was released. {error}")
    except OSError as error:
        sys.exit(f"Nothing was released. {error.filename} not written: {error.strerror}. Make room, try again.")
    print(f"{folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    for each in left_out:
        print(f"Left out: {each}.")


if __name__ == "__main__":
    main()
