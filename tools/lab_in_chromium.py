"""A notebook in JupyterLab in Chromium, driven from Python: for the browser tests and the latency benchmark.

    with lab(folder) as browser:
        notebook = browser.open("00_start_here.ipynb")
        notebook.run_all()
        notebook.value("explorer.state")

Settings, kernels' files and workspaces lie in a temporary folder. Nothing of the user's own Jupyter is read or changed.
"""

import ast
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil

TOUCHED = ("clinxai_teach.checks", "clinxai_teach.explorers", "clinxai_teach.forms")  # rooms of things to touch
FOLDERS = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
PROMPT = "--ServerApp.kernel_websocket_connection_class=clinxai_teach.lab.PromptConnection"  # as in `make lab`
START_S = 60  # seconds a server may take to start
RUN_S = 300  # seconds a notebook may take to run
WAIT_S = 60  # seconds anything else may take
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
USUAL = (  # where macOS and Windows have them
    *(f"/Applications/{name}.app/Contents/MacOS/{name}" for name in ("Chromium", "Google Chrome", "Microsoft Edge")),
    *(
        f"{os.environ[folder]}/{name}"
        for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        if folder in os.environ
        for name in ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
    ),
)
CHROMIUM = next(filter(None, map(shutil.which, (*NAMES, *USUAL))), None)


def what_is_missing():
    """Return what keeps this computer from running a browser, in words, or None."""
    try:
        import playwright.sync_api  # noqa: F401
    except ModuleNotFoundError:
        return "playwright is not installed (pip install playwright)"
    return None if CHROMIUM else "there is no Chromium, Chrome or Edge (on Debian or Ubuntu: apt install chromium)"


@contextmanager
def lab(folder):
    """Start JupyterLab on a folder and Chromium beside it; yield a `Browser`; end both."""
    from playwright.sync_api import sync_playwright

    with server(folder) as (address, token), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        try:
            # 1280 x 720 is a common projector.
            yield Browser(chromium.new_context(viewport={"width": 1280, "height": 720}), address, token)
        finally:
            chromium.close()


@contextmanager
def server(folder):
    """Start JupyterLab on a folder; yield its address and token; end it with all its kernels."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory() as own:
        places = {f"JUPYTER_{name}": f"{own}/{name}" for name in FOLDERS}
        places |= {"IPYTHONDIR": f"{own}/ipython", "JUPYTERLAB_WORKSPACES_DIR": f"{own}/workspaces"}
        places |= {"JUPYTERLAB_SETTINGS_DIR": f"{own}/settings", "MPLBACKEND": ""}
        options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0", "--allow-root"]
        options += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}", "--expose-app-in-browser"]
        options.append(PROMPT)
        with Path(own, "log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *options],
                env=os.environ | places,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for_server(process, f"{address}/api/status?token={token}", Path(own, "log"))
            yield address, token
        finally:
            end(process)


def wait_for_server(process, url, log):
    """Return when the server answers."""
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start. It wrote:\n{log.read_text()[-2000:]}")


def end(process):
    """End a server: first as it wants, so that it ends its kernels, then by force."""
    started = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for each in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()


class Browser:
    """Chromium with one tab on a JupyterLab. It shows one notebook at a time."""

    def __init__(self, context, address, token):
        self.context, self.address, self.token = context, address, token

    def open(self, path):
        """Open a notebook, its path relative to the server's folder, in a new tab; return it, a `Notebook`."""
        workspace = secrets.token_hex(4)  # else a second tab would be sent on to one, in the middle of its start
        url = f"{self.address}/lab/workspaces/{workspace}/tree/{path}?token={self.token}"
        return Notebook(self.context.new_page(), url)

    def turn(self, notebook, path):
        """Open a notebook in the tab of one that is done with, whose kernel ends; return it, a `Notebook`.

        JupyterLab itself is not loaded again: that takes longer than all else.
        """
        notebook.js("await context.sessionContext.shutdown(); app.shell.currentWidget.dispose()")
        notebook.js("await app.commands.execute('docmanager:open', {path: argument, factory: 'Notebook'})", path)
        return Notebook(notebook.page)


class Notebook:
    """A notebook that is open in a browser tab.

    `page` is Playwright's; `console` collects the errors that the browser's console shows.
    """

    def __init__(self, page, url=None):
        self.page, self.console = page, []
        page.on("console", lambda message: message.type == "error" and self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.set_default_timeout(WAIT_S * 1000)
        if url:
            page.goto(url)
        self.wait_for("kernelIdle() && context.isReady")

    def js(self, body, argument=None):
        """Run JavaScript in the page and return its result. `context` is the notebook's, `kernel` its kernel."""
        return self.page.evaluate(
            """async argument => {
                const app = window.jupyterapp, context = app.shell.currentWidget?.context;
                const kernel = context?.sessionContext?.session?.kernel;
                const kernelIdle = () => kernel?.status === 'idle';
                """
            + body
            + "}",
            argument,
        )

    def wait_for(self, condition, timeout=START_S):
        """Return when a JavaScript condition, see `js`, holds."""
        give_up = time.monotonic() + timeout
        while time.monotonic() < give_up:
            if self.page.evaluate("() => !!window.jupyterapp?.shell?.currentWidget") and self.js(f"return {condition}"):
                return
            self.page.wait_for_timeout(50)
        raise TimeoutError(f"after {timeout} s this does not hold in the notebook: {condition}")

    def run_all(self):
        """Run all cells, as its menu does. A cell that fails ends it."""
        self.page.set_default_timeout(RUN_S * 1000)
        self.js("await app.commands.execute('notebook:run-all-cells')")
        self.page.set_default_timeout(WAIT_S * 1000)

    def run_what_is_touched(self):
        """Run the cells that hold explorers, forms and questions, and those that they need; return them as they are.

        The other cells keep the outputs that the notebook was saved with.
        """
        numbers = what_is_touched(self.cells())
        self.page.set_default_timeout(RUN_S * 1000)
        self.js(
            """const content = app.shell.currentWidget.content;
            content.activeCellIndex = argument[0];
            content.deselectAll();
            argument.forEach(number => content.select(content.widgets[number]));
            await app.commands.execute('notebook:run-cell');""",
            numbers,
        )
        self.page.set_default_timeout(WAIT_S * 1000)
        cells = self.cells()
        return [cells[number] for number in numbers]

    def cells(self):
        """Return the cells as they are now, with their outputs."""
        return self.js("return context.model.toJSON().cells")

    def run(self, code):
        """Run code in the kernel, outside of the cells. Raises RuntimeError with what it raised."""
        return self.value("None", code)

    def value(self, expression, code=""):
        """Return the value of a Python expression in the kernel, through JSON."""
        reply = self.js(
            """const future = kernel.requestExecute({
                code: argument.code, store_history: false, stop_on_error: false,
                user_expressions: {value: `__import__('json').dumps(${argument.expression})`},
            });
            return (await future.done).content;""",
            {"expression": expression, "code": code},
        )
        answer = reply if reply["status"] != "ok" else reply["user_expressions"]["value"]
        if answer["status"] != "ok":
            raise RuntimeError("\n".join([f"{answer['ename']}: {answer['evalue']}", *answer["traceback"]]))
        return json.loads(ast.literal_eval(answer["data"]["text/plain"]))

    def close(self):
        """End the kernel and close the tab."""
        self.js("await context.sessionContext.shutdown()")
        self.page.close()


def what_is_touched(cells):
    """Return the numbers of the cells that use what a reader touches, and of those that give them the names they need.

    A cell gives a name where it imports, defines or assigns it. Local names count too: some cells more, none missing.
    """
    code = {number: "".join(cell["source"]) for number, cell in enumerate(cells) if cell["cell_type"] == "code"}
    trees = {number: list(ast.walk(ast.parse(source))) for number, source in code.items()}
    imports = [node for nodes in trees.values() for node in nodes if isinstance(node, ast.ImportFrom)]
    touched = {name for node in imports if node.module in TOUCHED for name in names_given(node)}
    wanted, found = set(), []
    for number, nodes in reversed(trees.items()):
        used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        if used & touched or wanted & set().union(*map(names_given, nodes)):
            wanted |= used
            found.append(number)
    return found[::-1]


def names_given(node):
    """Return the names that a piece of code gives to what it imports, defines or assigns."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(each.asname or each.name).split(".")[0] for each in node.names}
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    return {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()


# ---- explorers in an open notebook ---------------------------------------------------------------

IN_KERNEL = """
def _find_explorers():
    import gc
    from clinxai_teach.explorers import Explorer
    found = [thing for thing in gc.get_objects() if isinstance(thing, Explorer) and thing._face]
    found = {explorer.face.box.model_id: explorer for explorer in found}  # Python lists them in any order
    for model, explorer in found.items():
        explorer.face.box.add_class(f"explorer-{model}")
    return found

def _seen(explorer):
    import hashlib
    state, picture = explorer.state, explorer.face.picture.value
    return {"state": state, "words": explorer.describe(state), "picture": hashlib.sha256(picture).hexdigest()}, picture

def _shown(explorer):
    return _seen(explorer)[0]

def _truth(explorer):
    import io
    import numpy, PIL.Image
    from clinxai_teach.plots.showing import FigureCanvasAgg, rgb_picture
    # Read once: JupyterLab's moves arrive in another thread of the kernel, also while this one draws.
    shown, picture = _seen(explorer)
    new = FigureCanvasAgg(explorer.render(shown["state"]))
    new.draw()
    was, now = PIL.Image.open(io.BytesIO(picture)), rgb_picture(new.get_renderer())
    return {**shown, "right": numpy.array_equal(numpy.array(was), numpy.array(now))}

_explorers = _find_explorers()
"""


def explorers_on(notebook):
    """Return the explorers that a notebook displays, each a `LiveExplorer`, from top to bottom."""
    notebook.run(IN_KERNEL)
    names = notebook.value("{model: type(explorer).__name__ for model, explorer in _explorers.items()}")
    found = [LiveExplorer(notebook, model, name) for model, name in names.items()]
    place = "box => [...document.querySelectorAll('.clinxai-explorer')].indexOf(box)"
    return sorted(found, key=lambda explorer: explorer.box.evaluate(place))


class LiveExplorer:
    """An explorer on the page: what the browser shows of it, and what the kernel says that it should show.

    `name` is its class, `box` the element that holds it, `controls` a list of dicts with each control's class, name,
    label and stops.
    """

    def __init__(self, notebook, model, name):
        self.notebook, self.name, self.kernel_name = notebook, name, f"_explorers[{model!r}]"
        self.box = notebook.page.locator(f".explorer-{model}").first
        self.box.scroll_into_view_if_needed()
        self.picture, self.line = self.box.locator("img"), self.box.locator("[role=status]")
        self.controls = notebook.value(
            "[{'kind': type(c).__name__, 'name': c.name, 'label': c.label, 'stops': c.stops()} "
            f"for c in {self.kernel_name}.controls]"
        )

    def drag(self, slider, pixels):
        """Take a slider by its handle, move it to the right, slowly, and let go."""
        slider.scroll_into_view_if_needed()
        handle, mouse = slider.bounding_box(), self.notebook.page.mouse
        x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + pixels, y, steps=60)
        mouse.up()

    def seen(self):
        """Return the text line and the picture's SHA-256, as they are in the browser now."""
        return self.box.evaluate(
            """async box => {
                const picture = await (await fetch(box.querySelector('img').src)).arrayBuffer();
                const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', picture));
                const hex = [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('');
                return [box.querySelector('[role=status]').textContent.trim(), hex];
            }"""
        )

    def truth(self):
        """Return what the kernel says: `state`, `words`, `picture` (SHA-256), `right` (as a new drawing shows it)."""
        return self.notebook.value(f"_truth({self.kernel_name})")

    def settled(self, until=lambda state: True, **wanted):
        """Wait until the state is as wanted, `until(state)` is true and the browser shows it; return the `truth`."""
        give_up = time.monotonic() + WAIT_S
        while time.monotonic() < give_up:
            says = self.notebook.value(f"_shown({self.kernel_name})")  # draws nothing, so it can be asked often
            arrived = wanted.items() <= says["state"].items() and until(says["state"])
            if arrived and self.seen() == [says["words"], says["picture"]]:
                truth = self.truth()
                if truth.items() >= says.items():
                    return truth
            self.notebook.page.wait_for_timeout(30)
        raise TimeoutError(f"{self.name} does not show {wanted}. The kernel says {says}, the browser {self.seen()}")
