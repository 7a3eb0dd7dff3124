"""Build the notebooks from the lessons, and check that the built files are what the lessons say.

A lesson is a jupytext py:percent file in lessons/:

    lessons/18_1_x.py            ->  notebooks/18_1_x.ipynb   executed
    lessons/18_1_x_exercises.py  ->  solutions/18_1_x.ipynb   solved, executed, with the solution markers
                                     exercises/18_1_x.ipynb   answers replaced by stubs, no outputs

Options a cell may carry after its `# %%`:

    fold=true                                      plumbing: the code is hidden, its output is shown
    tags=["raises-exception"]                      ordinary cell tags
    tags=["output-not-saved"]                      its output is about this computer: run, but not saved
    exercise="18.1-a" part="answer"                the learner's cell; what is between the lines
                                                   ### BEGIN SOLUTION and ### END SOLUTION becomes a stub
    exercise="18.1-a" part="check" points=2        its test; ### BEGIN HIDDEN TESTS ... ### END HIDDEN TESTS
                                                   goes only into solutions/

The exercise options become nbgrader's cell metadata (schema 3), so nbgrader takes solutions/ as its source.
"""

import copy
import hashlib
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import jupytext
import nbformat
import typer
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from nbformat.validator import iter_validate

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("notebooks", "solutions", "exercises")
REBUILD = "run: python tools/build.py build"

# An untouched function returns None and its cell raises nothing, so the check can say "not attempted".
# exercises/nbgrader_config.py gives nbgrader the same stub.
CODE_STUB = "# YOUR CODE HERE\npass"

PARTS = {
    "answer": {"grade": False, "solution": True, "locked": False, "task": False},
    "check": {"grade": True, "solution": False, "locked": True, "task": False},
}
REGIONS = {"answer": "SOLUTION", "check": "HIDDEN TESTS"}
OPTIONS = {"exercise", "part", "points", "fold", "tags"}

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
VOLATILE_TEXT = re.compile(r"0x[0-9a-f]{8,}|ipykernel_\d+")
CELL_TIMEOUT_S = 120
MAX_BYTES = 2_000_000


class BuildError(Exception):
    """What is wrong in a lesson or a notebook, where, and what to do about it."""


# ---- a lesson's cells ----------------------------------------------------------------------------


def read_lesson(lesson: Path) -> NotebookNode:
    """The lesson as a notebook that has not run yet, with its cells' ids and metadata expanded."""
    prefix = re.match(r"\d+(_\d+)?|", lesson.stem).group() or "lesson"
    for_exercises = lesson.stem.endswith("_exercises")
    try:
        source_cells = jupytext.read(lesson, fmt="py:percent").cells
    except (ValueError, nbformat.ValidationError) as error:
        raise BuildError(f"{lesson.name}: jupytext cannot read it: {str(error).splitlines()[0]}") from error
    cells, problems, seen = [], [], Counter()
    for number, source_cell in enumerate(source_cells, 1):
        try:
            cell = build_cell(source_cell, for_exercises)
            cells.append(with_id(cell, prefix, seen))
        except BuildError as error:
            problems.append(f"{lesson.name}, cell {number} ({first_line(source_cell)[:50]!r}): {error}")
    if problems:
        raise BuildError("\n".join(problems))
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=copy.deepcopy(NOTEBOOK_METADATA), cells=cells)


def build_cell(source_cell: NotebookNode, for_exercises: bool) -> NotebookNode:
    """One cell with its short options expanded to the metadata that Jupyter and nbgrader read."""
    options, source = dict(source_cell.metadata), source_cell.source
    options.pop("lines_to_next_cell", None)  # jupytext's own note on blank lines
    if unknown := sorted(set(options) - OPTIONS):
        raise BuildError(f"unknown option {', '.join(unknown)}; a cell may have {', '.join(sorted(OPTIONS))}")
    if source_cell.cell_type not in ("code", "markdown") or not source.strip():
        raise BuildError("the cell is raw or empty; write code or markdown in it, or delete it")

    metadata, tags = {}, list(options.get("tags", []))
    if options.get("fold"):
        metadata["jupyter"] = {"source_hidden": True}
        tags.append("hide-input")
    if tags:
        metadata["tags"] = tags
    if set(options) & {"exercise", "part", "points"}:
        if not for_exercises:
            raise BuildError("exercise cells belong in the lesson whose name ends in _exercises")
        metadata["nbgrader"] = grading_metadata(source_cell.cell_type, options)
    check_source(source_cell, options.get("part"))

    if source_cell.cell_type == "markdown":
        return nbformat.v4.new_markdown_cell(source, metadata=metadata)
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def grading_metadata(cell_type: str, options: dict) -> dict:
    """nbgrader's cell metadata, schema 3, from exercise=, part= and points=."""
    exercise, part, points = (options.get(name) for name in ("exercise", "part", "points"))
    if not (isinstance(exercise, str) and re.fullmatch(r"[A-Za-z0-9._-]{1,40}", exercise)):
        raise BuildError(f'exercise= must be an id such as "18.1-a", found {exercise!r}')
    if part not in PARTS:
        raise BuildError(f'part= must be "answer" or "check", found {part!r}')
    if cell_type != "code":
        raise BuildError(f"an exercise's {part} must be a code cell, found {cell_type}")
    if part == "check" and (type(points) not in (int, float) or points <= 0):
        raise BuildError(f"a check needs points= and a number above 0, found {points!r}")
    if part == "answer" and points is not None:
        raise BuildError("points= belongs on the check cell; remove it from the answer")
    grade_id = f"{exercise.replace('.', '_')}-{part}"
    scored = {"points": points} if part == "check" else {}
    return {"schema_version": 3, "grade_id": grade_id, **PARTS[part], **scored}


def check_source(cell: NotebookNode, part: str | None) -> None:
    """Raise for a marker that nbgrader would trip over, and for a trailing semicolon."""
    for owner, region in REGIONS.items():
        if part != owner and re.search(f"(BEGIN|END) {region}", cell.source):
            raise BuildError(f'"{region}" markers, also in prose, belong only in a cell with part="{owner}"')
    if part == "answer" and "BEGIN SOLUTION" not in cell.source:
        raise BuildError("an answer needs ### BEGIN SOLUTION and ### END SOLUTION around its solution")
    released_source(cell.source, part)  # raises for a region that does not close
    if cell.cell_type == "code" and cell.source.rstrip().endswith(";"):
        raise BuildError("the cell ends in ';', which nbval does not honour; end it with plt.show()")


def with_id(cell: NotebookNode, prefix: str, seen: Counter) -> NotebookNode:
    """Give the cell an id made from its own text alone: adding or removing another cell cannot change it.

    An exercise cell has its grade id. Any other has its first words, and a hash that tells apart cells
    that begin alike; only cells with the same text throughout are numbered.
    """
    if "nbgrader" in cell.metadata:
        cell.id = cell.metadata["nbgrader"]["grade_id"]
        if seen[cell.id]:
            raise BuildError(f"grade id {cell.id} is used twice; give each exercise an id of its own")
    else:
        words = "-".join(re.findall(r"[a-z0-9]+", first_line(cell).lower()))[:40].strip("-")
        digest = hashlib.sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:6]
        cell.id = "-".join(filter(None, [prefix, words, digest]))
    seen[cell.id] += 1
    if seen[cell.id] > 1:
        cell.id = f"{cell.id}-{seen[cell.id]}"
    return cell


def first_line(cell: NotebookNode) -> str:
    """The first line that says something: a heading, a sentence, a line of code before a comment."""
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    if cell.cell_type == "code":
        lines = [line for line in lines if not line.startswith("#")] or lines
    return lines[0] if lines else ""


# ---- from solved to exercise ---------------------------------------------------------------------


def released_source(source: str, part: str | None) -> str:
    """A cell's text as the learner gets it: a stub for the solution, no hidden tests."""
    if part is None:
        return source
    begin, end = f"BEGIN {REGIONS[part]}", f"END {REGIONS[part]}"
    kept, inside = [], False
    for line in source.split("\n"):
        if begin in line:
            if inside:
                raise BuildError(f"a second {begin} comes before {end}; close the first one")
            inside = True
            indent = re.match(r"\s*", line).group()
            kept += [indent + stub_line for stub_line in CODE_STUB.split("\n")] if part == "answer" else []
        elif end in line:
            if not inside:
                raise BuildError(f"{end} has no {begin} before it; add one")
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise BuildError(f"{begin} has no {end} after it; add one")
    return "\n".join(kept)


def strip_answers(solved: NotebookNode) -> NotebookNode:
    """The notebook without answers, hidden tests and outputs, as nbgrader's preprocessors make it."""
    stripped = copy.deepcopy(solved)
    for cell in stripped.cells:
        grading = cell.metadata.get("nbgrader", {})
        part = "answer" if grading.get("solution") else "check" if grading.get("grade") else None
        cell.source = released_source(cell.source, part)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return stripped


def let_run_all_go_on(exercises: NotebookNode) -> NotebookNode:
    """Tag the checks, so that Run All passes the exercises that are not answered yet."""
    for cell in exercises.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]
    return exercises


def targets(lesson: Path) -> list[str]:
    """The files that a lesson builds, relative to the root."""
    if lesson.stem.endswith("_exercises"):
        name = lesson.stem.removesuffix("_exercises")
        return [f"solutions/{name}.ipynb", f"exercises/{name}.ipynb"]
    return [f"notebooks/{lesson.stem}.ipynb"]


def unexecuted(lesson: Path) -> dict[str, NotebookNode]:
    """The notebooks that a lesson builds, by target, before any cell has run."""
    notebooks = [read_lesson(lesson)]
    if lesson.stem.endswith("_exercises"):
        notebooks.append(let_run_all_go_on(strip_answers(notebooks[0])))
    return dict(zip(targets(lesson), notebooks, strict=True))


# ---- executing -----------------------------------------------------------------------------------


class ThisPython(KernelSpecManager):
    """Makes the kernel the Python that runs the builder, whatever kernels the machine has registered."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run the notebook's code cells in `folder` and keep their outputs."""
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_spec_manager=ThisPython()),
        timeout=CELL_TIMEOUT_S,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # else each kernel warns that it talks over TCP
    )
    # Another backend or hash seed in the caller's shell must not change the outputs.
    env = os.environ | {"PYTHONHASHSEED": "0", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    code_cells = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    with client.setup_kernel(env=env, cleanup_kc=True):
        for count, (index, cell) in enumerate(code_cells, 1):
            try:
                client.execute_cell(cell, index, execution_count=count)
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
    for lesson in select_lessons(root, names):
        for target, notebook in unexecuted(lesson).items():
            path = root / target
            path.parent.mkdir(exist_ok=True)
            started = time.perf_counter()
            if path.parent.name != "exercises":
                try:
                    execute(notebook, path.parent)
                except BuildError as error:
                    raise BuildError(f"{target}, {error}") from error
            nbformat.validate(notebook)
            path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
            report(f"{target:60} {time.perf_counter() - started:6.1f} s")


def check(root: Path) -> list[str]:
    """What is wrong with the built files below `root`, a line for each problem. Executes nothing."""
    problems, expected_targets = [], set()
    for lesson in select_lessons(root):
        expected_targets.update(targets(lesson))
        try:
            for target, expected in unexecuted(lesson).items():
                problems += [f"{target}: {problem}" for problem in file_problems(root / target, expected)]
        except BuildError as error:
            problems += str(error).splitlines()
    for path in sorted(path for folder in FOLDERS for path in (root / folder).glob("*.ipynb")):
        if (target := path.relative_to(root).as_posix()) not in expected_targets:
            problems.append(f"{target}: no lesson builds it; delete it")
    return problems


def file_problems(path: Path, expected: NotebookNode) -> Iterator[str]:
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
    yield from differences(built, expected)
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
    """Compare the built files with the lessons; executes nothing."""
    problems = check(ROOT)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{len(select_lessons(ROOT))} lessons: the built files are what they say.")


if __name__ == "__main__":
    app()
