"""The house stands as CONTRIBUTING draws it: each room has a place, nothing imports upwards, nothing goes round.

The order of the rooms is read from the table in CONTRIBUTING.md, so text and test cannot drift apart.
"""

import ast
import graphlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "clinxai_teach"
HEAVY = ("torch", "shap", "pandas", "sklearn", "ipywidgets", "matplotlib")
# What importing a room may load of these. What it does not need at once, it imports within a function.
MAY_LOAD = {
    "clinxai_teach": set(),
    "clinxai_teach.checklist": set(),
    "clinxai_teach.vendor_sheets": set(),
    "clinxai_teach.intervals": set(),
    "clinxai_teach.calibration": set(),
    "clinxai_teach.checks": set(),
    "clinxai_teach.doctor": set(),
    "clinxai_teach.cli": set(),
    "clinxai_teach.data": {"pandas"},
    "clinxai_teach.conformal": {"pandas"},
    "clinxai_teach.trust": {"pandas", "sklearn"},
    "clinxai_teach.uncertainty": {"pandas", "sklearn"},
    "clinxai_teach.models": set(),
    "clinxai_teach.attribution": set(),
    "clinxai_teach.plots": {"matplotlib"},
    "clinxai_teach.explorers": {"pandas", "sklearn", "matplotlib"},
}


def rooms_in_order():
    """Return the names in the table of CONTRIBUTING.md, from the ground to the top."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = re.search(r"^\| Floor \| Rooms \|.*?\n\n", text, re.MULTILINE | re.DOTALL).group()
    return [name for line in table.strip().splitlines() for name in re.findall(r"`(\w+)`", line.split("|")[2])]


def module_files():
    """Return the file of each module by its dotted name; a folder's own name is that of its __init__.py."""
    files = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


FILES = module_files()


def imports(source, modules, *, for_types=True):
    """Return the modules of this package that a source imports, also within its functions.

    Without `for_types`, only what it really loads: what stands under `if TYPE_CHECKING:` is for the type checker.
    """
    found, tree = set(), ast.parse(source)
    if not for_types:
        for block in ast.walk(tree):
            if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING":
                block.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"write {ast.unparse(node)!r} with its full name, so that its room is seen"
            # `from room import part`: the part if it is a module, else the room that holds it.
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in modules else node.module for name in names}
    return found & set(modules)


SOURCES = {module: path.read_text(encoding="utf-8") for module, path in FILES.items()}


def room(module):
    """Return the room of a module: clinxai_teach.plots.style lies in plots. "" is the package itself."""
    return module.partition(".")[2].partition(".")[0]


@pytest.mark.parametrize("name", sorted({room(module) for module in FILES} - {""}))
def test_each_room_has_its_place_in_the_table(name):
    assert rooms_in_order().count(name) == 1, (
        f"clinxai_teach/{name} needs one place in the table under 'Where things are' in CONTRIBUTING.md: "
        "behind all rooms that it imports, and before all that import it."
    )


def test_the_table_names_no_room_that_is_gone():
    gone = set(rooms_in_order()) - {room(module) for module in FILES}
    assert not gone, f"take {gone} out of the table in CONTRIBUTING.md"


@pytest.mark.parametrize("module", sorted(set(FILES) - {"clinxai_teach"}))
def test_a_module_imports_only_from_rooms_before_its_own(module):
    place = {name: number for number, name in enumerate(rooms_in_order())}
    own = place.get(room(module), 0)  # a room without a place is the matter of another test
    upwards = sorted(other for other in imports(SOURCES[module], FILES) if place.get(room(other), 0) > own)
    assert not upwards, (
        f"{module} imports {', '.join(upwards)}, which stands behind it in CONTRIBUTING's table. Move what both need "
        "into a room before both."
    )


def test_no_import_goes_round_in_a_circle():
    loaded = {module: imports(source, FILES, for_types=False) - {module} for module, source in SOURCES.items()}
    try:
        graphlib.TopologicalSorter(loaded).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"{' imports '.join(reversed(error.args[1]))}. Move what they share into a module of its own.")


def test_the_reader_of_imports_sees_them_all():
    source = (
        "import numpy, package.room\n"
        "from package.room import part, function\n"
        "def f():\n    from package import other\n    import package.room.deep as d\n"
        "if TYPE_CHECKING:\n    from package.room.types import Name\n"
    )
    modules = {"package", "package.room", "package.room.part", "package.room.deep", "package.other", "package.unused"}
    modules.add("package.room.types")
    assert imports(source, modules) == modules - {"package", "package.unused"}
    assert imports(source, modules, for_types=False) == modules - {"package", "package.unused", "package.room.types"}
    with pytest.raises(AssertionError, match="full name"):
        imports("from . import other", modules)


@pytest.mark.parametrize("module", MAY_LOAD)
def test_importing_a_room_loads_no_heavy_library_that_it_does_not_need(module):
    code = f"import sys, {module}; print(*(name for name in {HEAVY} if name in sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert set(result.stdout.split()) <= MAY_LOAD[module]
