"""Build the course as a website that needs nothing: no kernel, no server, no network. Result: site/.

The text and the pictures are those of the built notebooks. Their sliders, questions and the checklist come alive by a
small script: each lesson is run once more, and what has controls is drawn in all its states (`hooks`, `bake`). Sphinx
with the theme Furo makes the pages: both work without a network, and Furo is small, accessible and prints well.
"""

import ast
import hashlib
import json
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import nbformat
import typer
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from build import ThisPython, names_made
from clinxai_teach.checklist import GROUPS, MAY_NOT_APPLY, NOTICE, QUESTIONS, STOPPING, STOPPING_NO
from clinxai_teach.checklist.record import FORMAT
from clinxai_teach.checklist.verdict import BEYOND, FEWEST_SIGNS, STAYS
from clinxai_teach.checks import bank
from clinxai_teach.lms.items import Item, collect
from website import MOST_STATES
from website.pages import REPORT, RUN_AGAIN, Page, exercise_data, text_data
from website.terms import terms_in, with_anchors, with_terms

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LIVE = re.compile(r'<div class="live".*?</div>', re.DOTALL)
HAS_CONTROLS = ("Explorer(", "PredictFirst(", "Question(", "ChecklistForm(")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
SELF = "'self'"
# What a page may load: only its own files. Tables and the theme carry styles of their own, hence 'unsafe-inline'.
POLICY = (
    f"default-src 'none'; script-src {SELF}; style-src {SELF} 'unsafe-inline'; img-src {SELF} data:; font-src {SELF}; "
    f"connect-src {SELF}; base-uri 'none'; form-action {SELF}"
)


def build(site: Path = ROOT / "site", most: int = MOST_STATES) -> Path:
    """Build the website, each explorer with at most so many states, and return its folder."""
    from sphinx.cmd.build import build_main

    root, work = ROOT, ROOT / "build" / ("site" if most == MOST_STATES else f"site-{most}")
    source, extra = work / "source", work / "extra"
    for folder in (source, extra / "pictures"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    lessons = {path: nbformat.read(path, as_version=4) for path in sorted((root / "notebooks").glob("*.ipynb"))}
    with ThreadPoolExecutor(2) as pool:  # each lesson has a kernel of its own
        live = pool.map(lambda lesson: live_cells(lesson[1], lesson[0], extra / "live", most), lessons.items())
    for (path, notebook), marks in zip(lessons.items(), live, strict=True):
        page = Page(notebook, path.stem, extra / "pictures", marks)
        write(source / "notebooks" / f"{path.stem}.md", page.markdown())
        if text := report_in(notebook):
            write(source / "report.md", text)
    for path in sorted((root / "exercises").glob("*.ipynb")):
        solved = nbformat.read(root / "solutions" / path.name, as_version=4)
        page = Page(nbformat.read(path, as_version=4), path.stem, extra / "pictures", items=forms(root), solved=solved)
        write(source / "exercises" / f"{path.stem}.md", page.markdown())
    shutil.copytree(root / "docs", source / "docs", ignore=shutil.ignore_patterns("*.md"))
    for name in ("accessibility", "glossary", "symbols"):
        shutil.copy(root / "docs" / f"{name}.md", source / "docs")
    shutil.copytree(HERE / "pages", source, dirs_exist_ok=True)
    write(extra / "checklist.json.js", f"clinxai.checklist({json.dumps(checklist_texts(), ensure_ascii=False)});\n")
    shutil.rmtree(site, ignore_errors=True)
    os.environ |= {
        "CLINXAI_SITE_STATIC": str(HERE / "static"),
        "CLINXAI_SITE_TEMPLATES": str(HERE / "templates"),
        "CLINXAI_SITE_EXTRA": str(extra),
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "0"),
    }
    failed = build_main(
        ["-q", "-W", "--keep-going", "-j", "2", "-c", str(HERE), "-d", str(work / "doctrees"), str(source), str(site)]
    )
    if failed:
        raise typer.Exit(failed)
    terms = terms_in((root / "docs" / "glossary.md").read_text(encoding="utf-8"))
    for path in site.rglob("*.html"):
        page = guarded(path.read_text(encoding="utf-8"), site, path)
        explained = with_anchors(page, terms) if path.stem == "glossary" else with_terms(page, path.stem, terms)
        write(path, explained)
    shutil.rmtree(site / "_sources", ignore_errors=True)
    for name in (".buildinfo", "objects.inv"):  # for Sphinx only
        (site / name).unlink(missing_ok=True)
    return site


def report_in(notebook: NotebookNode) -> str:
    """Return the first trust report that a notebook shows, as a page of its own; "" where it shows none."""
    shown = (
        output.get("data", {}).get("text/markdown", "") for cell in notebook.cells for output in cell.get("outputs", [])
    )
    text = next((text for text in shown if REPORT.match(text)), "")
    if not text:
        return ""
    head, _, rest = re.sub(r"^##(?=#)", "", text, flags=re.MULTILINE).partition("\n")
    source = "[Section 18.5](notebooks/18_5_2_from_numbers_to_a_report.md) computes and reads this report"
    return f"{head.replace('# ', '# Example: ', 1)}\n\n{source}; each figure is given in words.\n{rest}\n"


@cache
def forms(root: Path) -> dict[str, dict[str, Any]]:
    """Return the form of each exercise without code, by name: the page judges it, or has a model answer for a text."""
    closed: dict[str, list[Item]] = {}
    for item in collect(root):
        if name := re.match(r"18\.\d-[a-z](?=-\d+$|$)", item.id):
            closed.setdefault(name[0], []).append(item)
    found = {name: exercise_data(items, bank.find(name).hints) for name, items in closed.items()}
    for section in bank.section_numbers():
        for name, path in bank.files(section).items():
            answer = next(cell.header for cell in bank.cells(path) if cell.title == "answer")
            if name not in closed and 'coding="none"' in answer:
                exercise = bank.find(name)
                found[name] = text_data(name, words_of(exercise.worked), exercise.hints, exercise.why)
    return found


def words_of(worked: str) -> str:
    """Return a worked answer as a text, with a line for each step; of `name = ["one", "two"]`, for each."""
    _, is_list, listed = worked.partition(" = [")
    if is_list:
        return "\n".join(ast.literal_eval(f"[{listed}"))
    return re.sub(r"(?<!\n)\n\s*(?!\n|\d+\. |[A-Z]: |- )", " ", worked)


# ---- what has controls ---------------------------------------------------------------------------


def live_cells(notebook: NotebookNode, path: Path, folder: Path, most: int) -> dict[str, list[str]]:
    """Return the marks of a notebook's cells, by cell id: from an earlier build, if nothing has changed since."""
    kept = folder / f"{path.stem}.json"
    if (marks := marks_in(kept, notebook)) is not None:
        return marks
    for old in folder.glob(f"{path.stem}-*"):
        shutil.rmtree(old)
    marks, modules = run(notebook, path.parent, folder / path.stem, most)
    write(kept, json.dumps({"key": state_of(notebook, modules), "modules": modules, "marks": marks}))
    return marks


def marks_in(kept: Path, notebook: NotebookNode) -> dict[str, list[str]] | None:
    """Return the marks of an earlier build; None where there is none, or where what it came from has changed."""
    if not kept.exists():
        return None
    found = json.loads(kept.read_text(encoding="utf-8"))
    return dict(found["marks"]) if found["key"] == state_of(notebook, found["modules"]) else None


def state_of(notebook: NotebookNode, modules: list[str]) -> str:
    """Return a hash of the code that runs for a page, of the modules that it imported, and of the package's data."""
    found = hashlib.sha256("\n".join(cell.source for cell in needed(notebook)).encode())
    data = [path for path in (ROOT / "clinxai_teach").rglob("*") if path.suffix in (".npz", ".csv", ".safetensors")]
    for path in [HERE / "bake.py", HERE / "hooks.py", *sorted(data), *(ROOT / module for module in modules)]:
        found.update(path.read_bytes() if path.exists() else b"gone")
    return found.hexdigest()


def needed(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells that have controls and, of the others, the lines that these need: only they run again.

    A statement is needed if it makes a name that is read later, or changes what such a name stands for: by `x.a = 1`,
    `x[0] = 1`, or a call on a line of its own, `x.sort()` or `fill(x)`. The cells have the ids of the notebook's own.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    inside: set[str] = set()  # names that functions read when they are called, wherever they are made
    while True:
        sources, wanted, before = [], set(inside), set(inside)
        for cell in reversed(cells):
            if has_controls(cell):
                sources.insert(0, cell.source)
                wanted |= names_in(parsed(cell.source))
                continue
            kept: list[str] = []
            for statement in reversed(parsed(cell.source).body):
                made = names_made(ast.Module([statement], []))
                if "*" in made or (made | names_changed(statement)) & wanted:
                    kept.insert(0, ast.unparse(statement))
                    wanted |= names_in(statement)
                    inside |= set().union(
                        *(names_in(part) for part in ast.walk(statement) if isinstance(part, FUNCTIONS))
                    )
            sources.insert(0, "\n".join(kept))
        if inside == before:
            break
    found = []
    for cell, source in zip(cells, sources, strict=True):
        if source:
            found.append(nbformat.v4.new_code_cell(source, id=cell.id))
            found[-1].metadata.tags = cell.metadata.get("tags", [])
    return found if any(map(has_controls, cells)) else []


def has_controls(cell: NotebookNode) -> bool:
    """Tell whether a cell makes or shows something with controls. The twin of what it shows carries a mark."""
    shown = (output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))
    return any(word in cell.source for word in HAS_CONTROLS) or any(RUN_AGAIN in html for html in shown)


def parsed(source: str) -> ast.Module:
    """Return a cell's code; no code where Python cannot read it: then it makes nothing that a later cell reads."""
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return ast.Module([], [])


def names_changed(statement: ast.AST) -> set[str]:
    """Return the names whose object a statement may change. `HTML(x)`, which only shows it, changes none."""
    changed: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            changed |= names_in(node.value)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = ast.unparse(node.value.func).rpartition(".")[2]
            if name not in ("print", "display") and not name[:1].isupper():
                changed |= names_in(node.value)
    for loop in ast.walk(statement):
        if isinstance(loop, ast.For) and changed & {
            part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)
        }:
            changed |= names_in(loop.iter)
    return changed


def names_in(node: ast.AST) -> set[str]:
    """Return the names that a piece of code reads from outside: none that a function or a comprehension in it makes."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    found = set().union(*map(names_in, ast.iter_child_nodes(node)))
    if isinstance(node, (*FUNCTIONS, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)):
        found -= {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
        found -= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        if not isinstance(node, FUNCTIONS):
            found |= names_in(node.generators[0].iter)
    return found


def run(notebook: NotebookNode, folder: Path, live: Path, most: int) -> tuple[dict[str, list[str]], list[str]]:
    """Run what `needed` says with the hooks in the notebook's kernel. Return the marks that its cells display, and the
    package's modules that it imported.
    """
    code = needed(notebook)
    if not code:
        return {}, []
    hook = nbformat.v4.new_code_cell(
        f"import sys; sys.path.insert(0, {str(HERE.parent)!r})\n"
        f"from website import hooks; hooks.into({str(live)!r}, {most})"
    )
    last = nbformat.v4.new_code_cell(f"hooks.imported({str(ROOT)!r})")
    copy = nbformat.v4.new_notebook(cells=[hook, *code, last])
    client = NotebookClient(
        copy,
        km=AsyncKernelManager(kernel_spec_manager=ThisPython()),
        timeout=None,  # the states of one explorer may take minutes
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
    )
    env = os.environ | {"CLINXAI_PROGRESS": "off", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    with client.setup_kernel(env=env, cleanup_kc=True):
        for index, cell in enumerate(copy.cells):
            client.execute_cell(cell, index)
    marks = {}
    for cell in code:
        found = [mark for output in cell.outputs for mark in LIVE.findall(output.get("data", {}).get("text/html", ""))]
        if found:
            marks[cell.id] = found
    return marks, json.loads(ast.literal_eval(copy.cells[-1].outputs[0].data["text/plain"]))


def checklist_texts() -> dict[str, object]:
    """Return what the checklist's page needs: the questions, and the rules of the verdict."""
    return {
        "questions": [question._asdict() for question in QUESTIONS],
        "groups": dict(GROUPS),
        "stopping": STOPPING,
        "stoppingNo": STOPPING_NO,
        "mayNotApply": MAY_NOT_APPLY,
        "fewestSigns": FEWEST_SIGNS,
        "notice": NOTICE,
        "format": FORMAT,
        "stays": STAYS,
        "beyond": BEYOND,
    }


# ---- after Sphinx --------------------------------------------------------------------------------


def guarded(page: str, site: Path, path: Path) -> str:
    """Return a page with its policy at its top, and with each inline script in a file, which the policy asks for."""

    def in_file(found: re.Match[str]) -> str:
        name = f"inline-{hashlib.sha256(found[1].encode()).hexdigest()[:8]}.js"
        write(site / "_static" / name, found[1])
        up = "../" * (len(path.relative_to(site).parts) - 1)
        return f'<script src="{up}_static/{name}"></script>'

    page = INLINE_SCRIPT.sub(in_file, page)
    return accessible(page).replace(
        "<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">', 1
    )


# What axe finds in the theme's pages and in tables of pandas, and what mends it: a pattern and its replacement.
MENDS = (
    (r'role="heading"', r'role="heading" aria-level="2"'),
    (r"<pre><span>", r'<pre tabindex="0"><span>'),  # what scrolls can be reached by a key
    (r'(<div class="(?:table-wrapper|math-wrapper)[^"]*")', r'\1 tabindex="0"'),
    (r'<aside class="sidebar-drawer"', r'<aside class="sidebar-drawer" aria-label="Pages"'),
    (r'<aside class="toc-drawer', r'<aside aria-label="On this page" class="toc-drawer'),
    (r"<th(?: [^>]*)?>(?:<p></p>)?</th>", r"<td></td>"),
    (r"(<article[^>]*>)(?=\s*<noscript>)", r"\1<h1>Search</h1>"),  # the page of the search has no heading
)


def accessible(page: str) -> str:
    """Return a page without the faults that the theme has for screen readers and the keyboard."""
    for pattern, mended in MENDS:
        page = re.sub(pattern, mended, page)
    return page


def write(path: Path, text: str) -> None:
    """Write a text file with the same bytes on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def main(
    out: Annotated[Path, typer.Option(help="Where it shall lie.")] = ROOT / "site",
    most: Annotated[
        int, typer.Option(help="The states of an explorer, at most; fewer make a test of it quick.")
    ] = MOST_STATES,
) -> None:
    """Build the website."""
    site = build(out.resolve(), most)
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    typer.echo(f"{site}: {len(list(site.rglob('*.html')))} pages, {size / 1e6:.0f} MB. Built on {date.today()}.")


if __name__ == "__main__":
    app()
