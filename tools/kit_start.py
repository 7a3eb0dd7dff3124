"""Install the course from this folder if it is not installed yet, then open it. Started by a double click.

Only the standard library: this runs before anything is installed. The environment and the learner's copy of the course
lie in `clinxai-teach` in the person's own folder (or where CLINXAI_HOME says), so the stick may be read-only. `--check`
installs and runs the doctor without opening anything.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

KIT = Path(__file__).resolve().parent
HOME = Path(os.environ.get("CLINXAI_HOME") or Path.home() / "clinxai-teach")
ENVIRONMENT = HOME / "environment"
DONE = ENVIRONMENT / "complete"  # holds the checksum of the list of checksums: another kit installs anew
START = "/lab/tree/notebooks/00_start_here.ipynb"


def stop(sentence):
    """End with a sentence for the learner."""
    sys.exit(f"\n{sentence}")


def check_python():
    """Stop where this Python is not the one that the packages are for."""
    tags = {path.name.split("-")[-3] for path in (KIT / "wheels").glob("numpy-*.whl")}
    own = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    if tags and own not in tags:
        wanted = f"{tags.pop()[2:]}".replace("3", "3.", 1)
        stop(
            f"This kit is for Python {wanted}, but this is {sys.version.split()[0]}. "
            f"Install Python {wanted}, then start again."
        )


def check_files():
    """Stop where a file is missing or not what it was."""
    bad = []
    for line in (KIT / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        wanted, name = line.split("  ", 1)
        path = KIT / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            bad.append(name)
    if bad:
        stop(
            f"{len(bad)} files are missing or damaged, the first is {bad[0]}. "
            "Copy the whole kit again, then start again."
        )


def install(mark):
    """Make the environment. Whatever goes wrong, nothing half-made is left."""
    packages = sorted((KIT / "wheels").glob("*.whl"))
    needed = 4 * sum(path.stat().st_size for path in packages) + 3e8
    try:
        HOME.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(HOME).free
    except OSError as error:
        stop(f"{HOME} cannot be made: {error.strerror}. Set CLINXAI_HOME to a folder of yours, then start again.")
    if free < needed:
        stop(
            f"The course needs {needed / 1e9:.1f} GB in {HOME}, but {free / 1e9:.1f} GB are free. "
            "Make room, then start again."
        )
    print(f"Installing the course in {HOME}. This takes some minutes.", flush=True)
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    try:
        venv.create(ENVIRONMENT, with_pip=True)
        command = [
            python(),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
            "--disable-pip-version-check",
        ]
        subprocess.run([*command, *map(str, packages)], check=True)
        DONE.write_text(mark, encoding="utf-8")
    except KeyboardInterrupt:
        stop("Stopped. Nothing was installed; start again when you like.")
    except (OSError, subprocess.CalledProcessError):
        stop("The installation did not work, and nothing of it was kept. See above for the reason, then start again.")
    finally:
        if not DONE.exists():
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)


def python():
    """Return the environment's Python."""
    return str(ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def copy_course():
    """Give the learner the course. A file that is there already is the learner's work, and is never written over."""
    for source in (KIT / "course").rglob("*"):
        target = HOME / "course" / source.relative_to(KIT / "course")
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def main():
    """Install if needed; then check, or open the course."""
    check_python()
    mark = hashlib.sha256((KIT / "SHA256SUMS").read_bytes()).hexdigest()
    if not DONE.is_file() or DONE.read_text(encoding="utf-8") != mark:
        check_files()
        install(mark)
    copy_course()
    if "--check" in sys.argv[1:]:
        sys.exit(subprocess.run([python(), "-m", "clinxai_teach", "doctor"], cwd=HOME / "course").returncode)
    command = [python(), "-m", "jupyterlab", f"--LabApp.default_url={START}", *sys.argv[1:]]
    try:
        sys.exit(subprocess.run(command, cwd=HOME / "course").returncode)
    except KeyboardInterrupt:
        print("The course is closed. Your work is saved.")


if __name__ == "__main__":
    main()
