"""Write one folder that brings the course to a computer without a network: `python tools/kit.py windows`.

The folder holds the packages for that system (resolved for it, not for this computer), the notebooks, the website where
`make site` made one, a start script for a double click, instructions on one page and a list of checksums. The kit is
for one version of Python, which must be on the learner's computer. The light kit is the default; `--whole` adds torch.
It is written beside its final name first, so that a folder with that name is complete.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from resolve import PYTHONS, ROOT, SYSTEMS, NotToBeHad, System, resolve

# On Linux the usual torch brings 4 GB for graphics cards. This one has none; torchvision needs the usual one.
CPU_TORCH = "2.13.0+cpu"
FOR_GRAPHICS_CARDS = ("nvidia-", "cuda-", "triton==", "torchvision==")
LEAST_FREE = {False: 1.0e9, True: 1.5e9}  # bytes, light and whole: the packages, and room to build
SCRIPTS = {"linux": "start.sh", "windows": "start.bat", "macos": "start.command"}
PICTURE = "docs/images/marker_explorer.png"
SHELL = """#!/bin/sh
cd "$(dirname "$0")" || exit 1
for python in python{python} python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info[:2] != ({tuple}))' 2>/dev/null; then
        "$python" start.py "$@"; code=$?
        [ $code = 0 ] || {{ [ ! -t 0 ] || {{ printf 'Press Enter to close. '; read -r _; }}; }}
        exit $code
    fi
done
echo "The course needs Python {python}, and found none. Install Python {python}, then start again."
[ ! -t 0 ] || {{ printf 'Press Enter to close. '; read -r _; }}
exit 1
"""
BATCH = """@echo off
cd /d "%~dp0"
py -{python} -c "" 2>nul || (
    echo The course needs Python {python}, and found none. Install Python {python}, then start again.
    pause
    exit /b 1
)
py -{python} start.py %* || pause
"""
HOW = {
    "linux": "In a terminal in this folder, type <code>sh start.sh</code>. Many file managers also offer <em>Run</em> "
    "after a double click on <code>start.sh</code>.",
    "windows": "Double-click <code>start.bat</code>. If Windows asks whether you trust it, choose <em>More info</em>, "
    "then <em>Run anyway</em>.",
    "macos": "Double-click <code>start.command</code>. If macOS refuses, click it with the right button and choose "
    "<em>Open</em>.",
}
TRIED = {
    "linux": "A test installed this kit on Linux without a network.",
    "windows": "Nobody has clicked this kit yet: the list of packages is complete, but it was not started on Windows.",
    "macos": "Nobody has clicked this kit yet: the list of packages is complete, but it was not started on macOS.",
}
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>ClinXAI Teach without a network: read me first</title>
<style>body {{ max-width: 40em; margin: 2em auto; padding: 0 1em; font: 1.1em/1.5 sans-serif }}
img {{ width: 100% }}</style>
</head><body>
<h1>ClinXAI Teach, without a network</h1>
<p>This folder is for: {words}.</p>
<ol>
<li>You need Python {python}. It is not in this folder. To see whether you have it, go on: the next step tells you.</li>
<li>{how}</li>
<li>The first time takes some minutes. It checks every file, then installs the course in the folder
<code>clinxai-teach</code> in your own folder. It needs about {disk} GB there. Nothing else is changed.</li>
<li>Your browser opens the start page. The picture shows a page of the course. Your answers are
saved on this computer only.</li>
</ol>
<p><img src="picture.png" alt="A notebook of the course: a synthetic chest film, a heatmap, five probabilities, and
controls beside them"></p>
<p>The next time, start it in the same way. It opens in seconds, and your work is as you left it. To remove everything,
delete the folder
<code>clinxai-teach</code>.</p>
<p>{contents}</p>
<p>{tried}</p>
</body></html>
"""
LIGHT = "This is the light kit, without torch: sections 18.3, 18.4.3, 18.5 and 18.6 run. The others can be read."
WHOLE = "This kit has the whole course. On Linux, your own photograph in 18.2 does not work: torchvision is left out."


class Refused(Exception):
    """The kit cannot be made; the message says why and what to do."""


def packages(name: str, python: str, *, whole: bool) -> list[str]:
    """Return what the kit installs, `name==version`, the course itself not counted."""
    found = resolve(SYSTEMS[name], python, whole=whole)
    if whole and name == "linux":
        found = [line for line in found if not line.startswith(FOR_GRAPHICS_CARDS)]
        found = [f"torch=={CPU_TORCH}" if line.startswith("torch==") else line for line in found]
    return found


def download(system: System, python: str, wanted: list[str], folder: Path) -> None:
    """Fetch the wheels for another computer than this one."""
    lists = folder / "packages.txt"
    lists.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--python-version", python, "--implementation", "cp", "--dest", folder, "--requirement", lists]
    for tag in (*system.tags, "any"):
        command += ["--platform", tag]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        cure = " The registry has no small torch for Linux: leave --whole out." if CPU_TORCH in done.stderr else ""
        raise Refused(f"A package could not be fetched: {done.stderr.strip().splitlines()[-1]}{cure} Try again.")
    missing = len(wanted) - len(list(folder.glob("*.whl")))
    if missing:
        raise Refused(f"{missing} of {len(wanted)} packages did not arrive. Try again.")


def write_scripts(name: str, python: str, *, whole: bool, folder: Path) -> None:
    """Write the start script and the page of instructions."""
    shutil.copy(ROOT / "tools" / "kit_start.py", folder / "start.py")
    shutil.copy(ROOT / PICTURE, folder / "picture.png")
    text = (BATCH if name == "windows" else SHELL).format(python=python, tuple=python.replace(".", ", "))
    script = folder / SCRIPTS[name]
    script.write_text(text, encoding="utf-8", newline="\r\n" if name == "windows" else "\n")
    script.chmod(0o755)
    page = PAGE.format(
        words=SYSTEMS[name].words, python=python, how=HOW[name], tried=TRIED[name],
        disk=2.5 if whole else 1.2, contents=WHOLE if whole else LIGHT,
    )  # fmt: skip
    (folder / "READ_ME_FIRST.html").write_text(page, encoding="utf-8")


def write_sums(folder: Path) -> None:
    """Write SHA256SUMS: a line for each file of the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}" for path in files
    ]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")


def make(name: str, python: str, *, whole: bool, target: Path) -> float:
    """Make the kit in `target` and return its size in megabytes. Raises Refused, and then leaves nothing behind."""
    if target.exists():
        raise Refused(f"{target} exists already. Delete it, or name another folder with --to.")
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(target.parent).free < LEAST_FREE[whole]:
            raise Refused(
                f"{target.parent} has less than {LEAST_FREE[whole] / 1e9:g} GB free. Make room, then try again."
            )
        shutil.rmtree(part, ignore_errors=True)
        (part / "wheels").mkdir(parents=True)
        download(SYSTEMS[name], python, packages(name, python, whole=whole), part / "wheels")
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
        subprocess.run([*build, "--wheel-dir", part / "wheels", ROOT], check=True)
        unwanted = shutil.ignore_patterns(".*", "__pycache__", "nbgrader_config.py")
        for each in ("notebooks", "exercises"):  # `solution` shows each answer
            shutil.copytree(ROOT / each, part / "course" / each, ignore=unwanted)
        if (ROOT / "site").is_dir():
            shutil.copytree(ROOT / "site", part / "website")
        write_scripts(name, python, whole=whole, folder=part)
        write_sums(part)
        part.rename(target)
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}. Choose another folder with --to.") from None
    except NotToBeHad as error:
        raise Refused(str(error)) from None
    except subprocess.CalledProcessError:
        raise Refused("The course's own package could not be built: see above.") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    """Make the kit that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("system", choices=SYSTEMS)
    parser.add_argument("--python", choices=PYTHONS, default="3.11", help="of the learners' computers")
    parser.add_argument("--whole", action="store_true", help="with torch")
    parser.add_argument("--to", type=Path, help="the folder to make")
    asked = parser.parse_args()
    target = asked.to or ROOT / "build" / f"kit-{asked.system}"
    try:
        size = make(asked.system, asked.python, whole=asked.whole, target=target)
    except Refused as error:
        sys.exit(f"No kit was made. {error}")
    print(f"{target}: {size:.0f} MB, {len(list((target / 'wheels').glob('*.whl')))} packages")


if __name__ == "__main__":
    main()
