// Runs the cells of one notebook in Pyodide under Node: node in_pyodide.mjs FOLDER_OF_PYODIDE < cells.json
import fs from "node:fs";
import { pathToFileURL } from "node:url";
const folder = process.argv[2];
const { loadPyodide } = await import(pathToFileURL(folder + "/pyodide.mjs"));
const env = { HOME: "/home/pyodide", CLINXAI_PROGRESS: "off", MPLBACKEND: "agg" };
const pyodide = await loadPyodide({ indexURL: folder, packages: ["clinxai-teach"], env, stdout: () => {}, stderr: () => {} });
pyodide.globals.set("cells", fs.readFileSync(0, "utf8"));
const found = await pyodide.runPythonAsync(`
import contextlib, io, json, re
from IPython.core.interactiveshell import InteractiveShell
shell, ran, right, failed = InteractiveShell.instance(), [], 0, []
for number, cell in enumerate(json.loads(cells), 1):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        result = shell.run_cell(cell["source"])
    right += len(re.findall(r"^18\\.\\d-\\w: (?:right|written)", printed.getvalue(), re.MULTILINE))
    good = result.success or cell["may_fail"]
    ran.append(good)
    if not good:
        failed.append([number, cell["source"], repr(result.error_before_exec or result.error_in_exec)])
json.dumps({"ran": ran, "right": right, "failed": failed})
`);
console.log(found);
process.exit(0);
