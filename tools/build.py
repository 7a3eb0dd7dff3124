"""Build the notebooks from the lessons, and check that the built files are what the lessons say.

A lesson is a jupytext py:percent file in lessons/:

    lessons/18_1_x.py            ->  notebooks/18_1_x.ipynb   executed, without its claims
    lessons/18_1_x_exercises.py  ->  solutions/18_1_x.ipynb   with the files of clinxai_teach/exercises/18_1: solved,
                                                              executed, with the solution markers
                                     exercises/18_1_x.ipynb   answers replaced by stubs, no outputs

`cells` lists the options of a lesson's cells, `exercise_cells` those of an exercise file. The answers carry nbgrader's
cell metadata (schema 3), so nbgrader takes solutions/ as its source. The counts in README.md are filled in, too.
"""

import ast
import copy
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import nbformat
import typer
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from nbformat.validator import iter_validate

from cells import BuildError, first_line, let_run_all_go_on, notebook_cell, notebook_of, source_cells, strip_answers
from clinxai_teach.trust.rules import overdue
from exercise_cells import exercise_cells, expand, fill_in, fill_in_readme
from reading_time import asks_for_others, fill_in_minutes, fill_in_readme_minutes

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("notebooks", "solutions", "exercises")
REBUILD = "run: python tools/build.py build"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
VOLATILE_TEXT = re.compile(r"0x[0-9a-f]{8,}|ipykernel_\d+")
CELL_TIMEOUT_S = 120
MAX_BYTES = 2_000_000


# ---- from a lesson to its notebooks --------------------------------------------------------------


def read_lesson(lesson: Path) -> NotebookNode:
    """The lesson as a notebook that has not run yet: exercises in their places, claims included."""
    prefix = section_of(lesson) or "lesson"
    root = lesson.parents[1]
    frame = source_cells(lesson)
    cells, problems = [], []
    try:
        parts = list(expand(frame, root, prefix, other_frames(lesson))) if is_frame(lesson) else frame
    except BuildError as error:
        raise BuildError(f"{lesson.name}: {error}") from error
    for number, part in enumerate(parts, 1):
        try:
            cells += exercise_cells(part) if isinstance(part, Path) else [notebook_cell(part)]
        except BuildError as error:
            where = "" if isinstance(part, Path) else f"{lesson.name}, cell {number} ({first_line(part)[:50]!r}): "
            problems.append(f"{where}{error}")
    if problems:
        raise BuildError("\n".join(problems))
    try:
        for cell in cells:
            if cell.cell_type == "markdown":
                cell.source = fill_in(cell.source, root)
        if is_frame(lesson) and any(map(is_claim, cells)):
            raise BuildError("a claim stands in a lesson, where pytest runs it; here it needs a test in tests/checks")
        keep_claims_apart(cells)
        return notebook_of(cells, prefix)
    except BuildError as error:
        raise BuildError(f"{lesson.name}: {error}") from error


def is_frame(lesson: Path) -> bool:
    """Whether the file holds a section's exercises, or some of them."""
    return lesson.stem.endswith("_exercises")


def section_of(lesson: Path) -> str:
    """The section of a lesson, "18_4" of 18_4_3_prediction_sets; "" where it has none."""
    found = re.match(r"\d+(_\d+)?|", lesson.stem)
    return found[0] if found else ""


def other_frames(lesson: Path) -> list[list[NotebookNode]]:
    """The cells of the section's other frames: a section may have two notebooks, each with its exercises."""
    frames = (path for path in lesson.parent.glob("*_exercises.py") if section_of(path) == section_of(lesson))
    return [source_cells(path) for path in sorted(frames) if path != lesson]


def is_claim(cell: NotebookNode) -> bool:
    """Whether the cell asserts what the text says, and is not shipped."""
    return "claim" in cell.metadata.get("tags", [])


def keep_claims_apart(cells: list[NotebookNode]) -> None:
    """Raise where a claim assigns a name that a shipped cell reads: the learner's notebook runs without the claim."""
    read = set().union(*(names_read(cell.source) for cell in cells if cell.cell_type == "code" and not is_claim(cell)))
    if is_claim(next((cell for cell in cells if cell.cell_type == "code"), NotebookNode(metadata={}))):
        raise BuildError("a claim stands before all other code; put it behind the cell of which it speaks")
    for cell in filter(is_claim, cells):
        where = f"the claim {first_line(cell)[:50]!r}"
        if cell.cell_type != "code":
            raise BuildError(f"{where} is text; a claim is code that asserts something")
        try:
            made = names_made(ast.parse(cell.source))
        except SyntaxError as error:
            raise BuildError(f"{where} is not Python: {error.msg}") from error
        if shared := made & read:
            raise BuildError(f"{where} makes {min(shared)}, which another cell reads; rename it")
        if "import *" in cell.source:
            raise BuildError(f"{where} imports everything; name what it needs")


def names_made(code: ast.AST) -> set[str]:
    """The names that code gives to its notebook; those inside its functions and comprehensions stay in there.

    The module symtable would say the same, but not since Python 3.12, where it counts a comprehension's names as made.
    """
    made = set()
    for node in ast.iter_child_nodes(code):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
        elif isinstance(node, ast.alias):
            made.add(node.asname or node.name.split(".")[0])
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            made |= names_made(node)
    return made


def names_read(source: str) -> set[str]:
    """The names that a cell's code reads."""
    code = TransformerManager().transform_cell(source)  # a cell may hold `helper??` or `%time`
    try:
        nodes = ast.walk(ast.parse(code))
    except SyntaxError:
        return set()  # executing the cell will say so
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def without_claims(notebook: NotebookNode) -> NotebookNode:
    """The notebook as it is shipped."""
    shipped = copy.copy(notebook)
    shipped.cells = [cell for cell in notebook.cells if not is_claim(cell)]
    return shipped


def claims(lesson: Path) -> dict[str, list[NotebookNode]]:
    """The claims of a lesson, by the id of the shipped cell after which they hold. pytest runs them there."""
    found: dict[str, list[NotebookNode]] = {}
    last = ""
    for cell in read_lesson(lesson).cells:
        if is_claim(cell):
            found.setdefault(last, []).append(cell)
        elif cell.cell_type == "code":
            last = cell.id
    return found


def targets(lesson: Path) -> list[str]:
    """The files that a lesson builds, relative to the root."""
    if is_frame(lesson):
        name = lesson.stem.removesuffix("_exercises")
        return [f"solutions/{name}.ipynb", f"exercises/{name}.ipynb"]
    return [f"notebooks/{lesson.stem}.ipynb"]


def unexecuted(lesson: Path) -> dict[str, NotebookNode]:
    """The notebooks that a lesson builds, by target, before any cell has run."""
    notebooks = [read_lesson(lesson)]
    if is_frame(lesson):
        notebooks.append(let_run_all_go_on(strip_answers(notebooks[0])))
    return dict(zip(targets(lesson), notebooks, strict=True))


# ---- executing -----------------------------------------------------------------------------------


class ThisPython(KernelSpecManager):
    """Makes the kernel the Python that runs the builder, whatever kernels the machine has registered."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


def execute(notebook: NotebookNode, folder: Path, timeout: float | None = None) -> None:
    """Run the notebook's code cells in `folder`, each at most `timeout` seconds, and keep their outputs."""
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_spec_manager=ThisPython()),
        timeout=timeout or CELL_TIMEOUT_S,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # else each kernel warns that it talks over TCP
    )
    # Another backend or hash seed in the caller's shell must not change the outputs; no learner's record is touched.
    env = os.environ | {
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "CLINXAI_PROGRESS": "off",
    }
    count = 0
    with client.setup_kernel(env=env, cleanup_kc=True):
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            count += not is_claim(cell)  # a claim is not shipped, so it must not be counted
            try:
                client.execute_cell(cell, index, execution_count=count, store_history=not is_claim(cell))
            except (CellControlSignal, DeadKernelError) as error:
                raise BuildError(f"cell {cell.id} failed: {error}") from error
            saved = "output-not-saved" not in cell.metadata.get("tags", [])
            cell.outputs = stable_outputs(cell.outputs) if saved else []


def stable_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs that are the same on every build.

    A widget's model id is random, and a reader without a kernel sees nothing of it: only the picture and
    the text beside it stay. Text that the kernel sent in several pieces becomes one.
    """
    kept = []
    for output in outputs:
        data = output.get("data", {})
        if data.pop(WIDGET_VIEW, None) is not None and set(data) <= {"text/plain"}:
            continue
        last = kept[-1] if kept else NotebookNode()
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            kept.append(output)
    return kept


# ---- build and check -----------------------------------------------------------------------------


def select_lessons(root: Path, names: Sequence[str] = ()) -> list[Path]:
    """The lessons whose file name begins with one of `names`; all of them without names."""
    lessons = sorted((root / "lessons").glob("*.py"))
    for name in names:
        if not any(lesson.stem.startswith(name) for lesson in lessons):
            known = ", ".join(lesson.stem for lesson in lessons) or "none"
            raise BuildError(f"no lesson's name begins with {name!r}; the lessons are: {known}")
    return [lesson for lesson in lessons if not names or lesson.stem.startswith(tuple(names))]


def build(root: Path, names: Sequence[str] = (), *, report: Callable[[str], None] = print) -> None:
    """Build the lessons below `root`, and report a line for each notebook with the seconds it ran."""
    lessons = select_lessons(root, names)
    lessons.sort(key=lambda lesson: asks_for_others(lesson.read_text(encoding="utf-8")))  # those come last
    for lesson in lessons:
        for target, notebook in unexecuted(lesson).items():
            path = root / target
            path.parent.mkdir(exist_ok=True)
            started = time.perf_counter()
            if path.parent.name != "exercises":
                try:
                    execute(notebook, path.parent)
                except BuildError as error:
                    raise BuildError(f"{target}, {error}") from error
            shipped = without_claims(notebook)
            fill_in_minutes(shipped, shipped, root)
            nbformat.validate(shipped)
            write(path, nbformat.writes(shipped) + "\n")
            report(f"{target:60} {time.perf_counter() - started:6.1f} s")
    if (readme := root / "README.md").exists():
        write(readme, fill_in_readme_minutes(fill_in_readme(readme.read_text(encoding="utf-8"), root), root))


def write(path: Path, text: str) -> None:
    """Write a text file with the same bytes on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


def check(root: Path) -> list[str]:
    """What is wrong with the built files below `root`, a line for each problem. Executes nothing."""
    problems, expected_targets = [], set()
    for lesson in select_lessons(root):
        expected_targets.update(targets(lesson))
        try:
            for target, expected in unexecuted(lesson).items():
                found = file_problems(root / target, without_claims(expected), root)
                problems += [f"{target}: {problem}" for problem in found]
        except BuildError as error:
            problems += str(error).splitlines()
    for page in filter(Path.exists, (root / "README.md", *root.glob("lessons/00_*.py"))):
        try:
            problems += [f"{page.name}: {problem}" for problem in page_problems(page, root)]
        except BuildError as error:
            problems.append(f"{page.name}: {error}")
    for path in sorted(path for folder in FOLDERS for path in (root / folder).glob("*.ipynb")):
        if (target := path.relative_to(root).as_posix()) not in expected_targets:
            problems.append(f"{target}: no lesson builds it; delete it")
    return problems


def page_problems(page: Path, root: Path) -> Iterator[str]:
    """What is wrong with a page that lists the sections: a wrong number, or a section without its row."""
    text = page.read_text(encoding="utf-8")
    if text != fill_in_readme_minutes(fill_in_readme(text, root), root):
        yield f"a number is not that of the exercise files or the notebooks; {REBUILD}"
    for lesson in select_lessons(root):
        target = targets(lesson)[-1]
        if page.parent.name == "lessons":  # its notebook stands beside the others
            target = target.removeprefix("notebooks/").replace("exercises/", "../exercises/")
        if lesson != page and f"({target})" not in text:
            yield f"it has no link to {target}; add the section's row"


def file_problems(path: Path, expected: NotebookNode, root: Path) -> Iterator[str]:
    """What is wrong with one built file."""
    if not path.exists():
        yield f"it is not built; {REBUILD}"
        return
    if path.stat().st_size > MAX_BYTES:
        yield f"it has {path.stat().st_size:,} bytes, more than {MAX_BYTES:,}; make its pictures smaller"
    try:
        # nbformat.read would repair a doubled cell id; here it has to show.
        built = nbformat.v4.reads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        yield f"it is not a notebook ({error}); {REBUILD}"
        return
    if invalid := [error.message for error in iter_validate(built)]:
        yield f"it is not a valid notebook ({invalid[0]}); {REBUILD}"
        return
    try:
        yield from differences(built, fill_in_minutes(expected, built, root))
    except BuildError as error:
        yield str(error)
    yield from exercise_problems(built) if path.parent.name == "exercises" else output_problems(built)


def differences(built: NotebookNode, expected: NotebookNode) -> Iterator[str]:
    """Where a built notebook is not what its lesson says, outputs aside."""
    if (built.nbformat, built.nbformat_minor, built.metadata) != (4, 5, expected.metadata):
        yield f"the notebook's metadata or format is not the builder's; {REBUILD}"
    built_cells = {cell.get("id"): cell for cell in built.cells}
    expected_cells = {cell.id: cell for cell in expected.cells}
    for cell_id in built_cells:
        if cell_id not in expected_cells:
            yield f"cell {cell_id}: it is not in the lesson; write it there, not here"
    for cell_id, cell in expected_cells.items():
        if cell_id not in built_cells:
            yield f"cell {cell_id}: the lesson has it, this file has not; {REBUILD}"
            continue
        for field in ("cell_type", "metadata", "source"):
            if built_cells[cell_id][field] != cell[field]:
                yield f"cell {cell_id}: its {field} is not the lesson's; {REBUILD}"
    built_ids = [cell.get("id") for cell in built.cells]
    if set(built_ids) == set(expected_cells) and built_ids != list(expected_cells):
        yield f"its cells are repeated or in another order than in the lesson; {REBUILD}"


def output_problems(notebook: NotebookNode) -> Iterator[str]:
    """What is wrong with the outputs of a notebook that is committed executed."""
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code_cells, 1):
        where, may_raise = f"cell {cell.get('id')}", "raises-exception" in cell.metadata.get("tags", [])
        if cell.execution_count != count:
            yield f"{where}: its execution count is {cell.execution_count}, expected {count}; {REBUILD}"
        for output in cell.outputs:
            data = output.get("data", {})
            if output.output_type == "error" and not may_raise:
                yield f"{where}: it raised {output.ename}: {output.evalue}; repair the lesson"
            if WIDGET_VIEW in data:
                yield f"{where}: a live widget is saved in its output; {REBUILD}"
            if found := VOLATILE_TEXT.search(output.get("text", "") + data.get("text/plain", "")):
                yield f"{where}: its output holds {found[0]!r}, which changes on every build; do not show it"


def exercise_problems(notebook: NotebookNode) -> Iterator[str]:
    """The cells of a learner's notebook that hold outputs."""
    for cell in notebook.cells:
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield f"cell {cell.get('id')}: it holds an output or an execution count; {REBUILD}"


# ---- command line --------------------------------------------------------------------------------

app = typer.Typer(add_completion=False, help="Build the course's notebooks from lessons/, or check them.")


@app.command("build")
def build_command(
    names: Annotated[list[str] | None, typer.Argument(help="Beginnings of lessons' names.")] = None,
) -> None:
    """Execute the lessons and write notebooks/, solutions/ and exercises/."""
    try:
        build(ROOT, names or ())
    except BuildError as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None


@app.command("check")
def check_command() -> None:
    """Compare the built files with the lessons, and name the rules that nobody has looked up; executes nothing."""
    problems = check(ROOT) + [f"clinxai_teach/trust/rules.py: {problem}" for problem in overdue(date.today())]
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{len(select_lessons(ROOT))} lessons: the built files are what they say.")


if __name__ == "__main__":
    app()
