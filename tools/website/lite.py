"""Live code without an installation: the sections that need no torch, in JupyterLite. Result: site/lite/.

Python itself runs in the reader's browser, as Pyodide. `lite_lock.json` is the part of the lock file of Pyodide's npm
package that the course needs; the browser takes Pyodide's files from its public address, or from a copy named here, and
refuses a file with another checksum. The course's own wheel and `lite_wheels.txt` are on the website. They are added to
the lock file, so `import clinxai_teach` in a notebook loads all that it needs, and no cell has to install anything.
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import nbformat
import typer
from packaging.utils import canonicalize_name, parse_wheel_filename

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "lite"
LOCK = HERE / "lite_lock.json"
WHEELS = HERE / "lite_wheels.txt"
SECTIONS = re.compile(r"18_(3|4_3|5|6)_")  # no torch in them
VERSION = "314.0.3"  # of Pyodide: the one of which tests have a whole copy (pyodide_copy.py)
PLATFORM = "pyemscripten_2026_0_wasm32"  # the lock file's abi_version
# What is loaded with each wheel: the course's light list, less what a browser has no use for.
NEEDS = {
    "clinxai-teach": "numpy scipy scikit-learn pandas matplotlib jsonschema shap ipywidgets ipython",
    "shap": "numpy scipy scikit-learn pandas tqdm packaging slicer cloudpickle",
    "ipywidgets": "comm ipython traitlets",
    "comm": "traitlets",
    "slicer": "",
}
KERNEL = "jedi micropip packaging"  # what the kernel loads besides
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
FETCHED_MB = 54  # the size of the copy that pyodide_copy.py makes
# Icons for browsers of before 2016; newer ones take the format woff2.
OLD_FONTS = ("*.eot", "fa-*.svg", "fa-*.ttf", "fa-*.woff")


def add(site: Path, pyodide: Path | None = None) -> Path:
    """Build lite/ in a website, link its pages to it, and return it. `pyodide` is a copy of Pyodide to ship with it."""
    site = site.resolve()  # JupyterLite would look for another path from its own folder
    lite, source = site / "lite", WORK / "source"
    shutil.rmtree(lite, ignore_errors=True)
    shutil.rmtree(source, ignore_errors=True)
    names = notebooks(source / "contents")
    wheels = fetched_wheels()
    write_json(source / "jupyter-lite.json", {"jupyter-lite-schema-version": 0, "jupyter-config-data": config(pyodide)})
    subprocess.run(
        [
            *(environment(), "-m", "jupyterlite_core", "build", "--no-sourcemaps", "--no-unused-shared-packages"),
            *("--apps", "notebooks", "--apps", "tree", "--lite-dir", source, "--contents", source / "contents"),
            *("--output-dir", lite),
        ],
        check=True,
        cwd=source,
        stdout=subprocess.DEVNULL,
    )
    for pattern in OLD_FONTS:
        for path in lite.rglob(pattern):
            path.unlink()
    for path in wheels:
        shutil.copy(path, made(lite / "pyodide") / path.name)
    base = address() if pyodide is None else ""
    lock = json.loads((LOCK if pyodide is None else pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    if pyodide is not None:
        for name in (*CORE, *(lock["packages"][name]["file_name"] for name in needed(lock))):
            shutil.copy(pyodide / name, lite / "pyodide" / name)
    write_json(lite / "pyodide" / "pyodide-lock.json", with_wheels(lock, wheels, base))
    for folder, name in names:
        page = site / folder / f"{name}.html"
        if page.exists():
            page.write_text(linked(page.read_text(encoding="utf-8"), folder, name), encoding="utf-8", newline="\n")
    return lite


def notebooks(folder: Path) -> list[tuple[str, str]]:
    """Copy the notebooks that run in the browser, for its kernel, and return the folder and the name of each."""
    paths = [path for kind in ("notebooks", "exercises") for path in sorted((ROOT / kind).glob("*.ipynb"))]
    paths = [path for path in paths if SECTIONS.match(path.name)]
    there = {path.name for path in paths}
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata.kernelspec = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
        for cell in notebook.cells:
            if cell.cell_type == "markdown":  # a notebook that is not there stays a word
                cell.source = re.sub(
                    r"\[([^\]]*)\]\((?:[^()\s]*/)?([^()/\s]+\.ipynb)[^()\s]*\)",
                    lambda found: found[0] if found[2] in there else found[1],
                    cell.source,
                )
        # JupyterLab's server joins a cell's lines; here none does, so each cell is written as one text.
        write_json(folder / path.parent.name / path.name, notebook)
    for path in (ROOT / "docs").glob("checklist*.pdf"):
        shutil.copy(path, made(folder / "docs") / path.name)
    return [(path.parent.name, path.stem) for path in paths]


def config(pyodide: Path | None) -> dict[str, Any]:
    """Return the settings of the site: where its Python comes from, and where a learner's record is kept."""
    return {
        "appName": "ClinXAI Teach",
        "litePluginSettings": {
            PLUGIN: {
                "pyodideUrl": f"{address()}pyodide.mjs" if pyodide is None else "./pyodide/pyodide.mjs",
                "disablePyPIFallback": True,
                "loadPyodideOptions": {
                    "lockFileURL": "./pyodide/pyodide-lock.json",
                    "env": {"CLINXAI_PROGRESS": "/drive/progress.jsonl"},
                },
            }
        },
    }


def address() -> str:
    """Return where Pyodide's makers publish its files: the kernel's own address, with our version."""
    code = "from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL as u, PYODIDE_VERSION as v; print(u, v)"
    url, theirs = subprocess.run([environment(), "-c", code], check=True, capture_output=True, text=True).stdout.split()
    return url.replace(theirs, VERSION) + "/"


# ---- the lock file -------------------------------------------------------------------------------


def needed(lock: dict[str, Any]) -> list[str]:
    """Return the names of Pyodide's packages that the course and the kernel load, with all that these need."""
    found, waiting = set(), [*" ".join(NEEDS.values()).split(), *KERNEL.split()]
    while waiting:
        name = waiting.pop()
        if name not in found and name not in NEEDS:
            found.add(name)
            waiting += map(canonicalize_name, lock["packages"][name]["depends"])
    return sorted(found)


def with_wheels(lock: dict[str, Any], wheels: list[Path], base: str) -> dict[str, Any]:
    """Return the lock file with the course's wheels, which lie beside it; Pyodide's own lie below `base`."""
    packages = {name: lock["packages"][name] for name in needed(lock)}
    packages = {name: entry | {"file_name": base + entry["file_name"]} for name, entry in packages.items()}
    for path in wheels:
        name, version, *_ = parse_wheel_filename(path.name)
        packages[name] = {
            "name": name,
            "version": str(version),
            "file_name": path.name,
            "sha256": sha256(path.read_bytes()).hexdigest(),
            "depends": NEEDS[name].split(),
            "imports": [name.replace("-", "_")],
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }
    return {"info": lock["info"], "packages": packages}


# ---- what is fetched -----------------------------------------------------------------------------


def fetched_wheels() -> list[Path]:
    """Return the course's wheel, built from this tree, and the others, with the checksums that were written down."""
    folder = WORK / "wheels"
    if not kept(folder, WHEELS.read_text(encoding="utf-8")):
        target = ["--platform", PLATFORM, "--platform", "any", "--python-version", "3.14", "--implementation", "cp"]
        target += ["--abi", "cp314", "--abi", "none", "--only-binary", ":all:", "--no-deps", "--require-hashes"]
        pip(sys.executable, "download", *target, "--dest", folder, "--requirement", WHEELS)
        write_key(folder, WHEELS.read_text(encoding="utf-8"))
    own = WORK / "own"
    shutil.rmtree(own, ignore_errors=True)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", own]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return sorted([*own.glob("*.whl"), *folder.glob("*.whl")])


def environment() -> Path:
    """Return a Python with JupyterLite, made once. In the course's own, JupyterLab would load its parts."""
    folder = WORK / "env"
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = project["optional-dependencies"]["lite"]
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    if not kept(folder, "\n".join([*packages, pins])):
        venv.create(folder, clear=True, with_pip=True)
        pip(python, "install", "--constraint", ROOT / "constraints.txt", *packages)
        write_key(folder, "\n".join([*packages, pins]))
    return python


def pip(python: str | Path, *arguments: object) -> None:
    """Run pip, and say what is missing where it cannot fetch."""
    done = subprocess.run([python, "-m", "pip", *map(str, arguments), "--quiet"], capture_output=True, text=True)
    if done.returncode:
        raise typer.BadParameter(f"JupyterLite's packages could not be fetched: {done.stderr.strip()[-500:]}")


# ---- files ---------------------------------------------------------------------------------------


def kept(folder: Path, key: str) -> bool:
    """Tell whether a folder is from an earlier run with the same key. If not, it is emptied."""
    note = folder.with_suffix(".key")
    if note.exists() and note.read_text(encoding="utf-8") == sha256(key.encode()).hexdigest():
        return True
    shutil.rmtree(folder, ignore_errors=True)
    note.unlink(missing_ok=True)
    return False


def write_key(folder: Path, key: str) -> None:
    """Note that a folder is complete."""
    folder.with_suffix(".key").write_text(sha256(key.encode()).hexdigest(), encoding="utf-8")


def made(folder: Path) -> Path:
    """Return a folder that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_json(path: Path, content: object) -> None:
    """Write a JSON file with the same bytes on every system."""
    made(path.parent)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="\n")


def linked(page: str, folder: str, name: str) -> str:
    """Return a page of the website with a link below its title to the same notebook, live."""
    if 'class="live-code"' in page:
        return page
    link = f"../lite/notebooks/index.html?path={folder}/{name}.ipynb"
    return page.replace(
        "</h1>",
        f'</h1>\n<p class="live-code"><a href="{link}">Run this page in the browser</a>, without an installation. '
        f"The first start fetches about {FETCHED_MB} MB from the network, which can take minutes. "
        "Some numbers differ a little from the text: the browser has an older scikit-learn. What you write stays in "
        "this browser; download the notebook to keep it. From a USB stick it does not start: type "
        "<code>clinxai site</code> there.</p>",
        1,
    )


app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def build(
    pyodide: Annotated[
        Path | None, typer.Option(help="A folder with a copy of Pyodide, to ship with the site.")
    ] = None,
    site: Annotated[Path, typer.Option(help="The built website.")] = ROOT / "site",
) -> None:
    """Add lite/ to a built website."""
    lite = add(site, pyodide)
    typer.echo(f"{lite}: {sum(path.stat().st_size for path in lite.rglob('*') if path.is_file()) / 1e6:.0f} MB.")


@app.command()
def lock(file: Path) -> None:
    """Take the part of a lock file of Pyodide's npm package that the course needs."""
    whole = json.loads(file.read_text(encoding="utf-8"))
    write_json(LOCK, {"info": whole["info"], "packages": {name: whole["packages"][name] for name in needed(whole)}})


if __name__ == "__main__":
    app()
