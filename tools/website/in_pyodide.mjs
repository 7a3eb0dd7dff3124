// Runs the cells of one notebook in Pyodide under Node: node in_pyodide.mjs FOLDER_OF_PYODIDE < cells.json
import fs from "node:fs";
import { pathToFileURL } from "node:url";
const folder = process.argv[2];
const { loadPyodide } = await import(pathToFileURL(folder + "/pyodide.mjs"));
const env = { HOME: "/home/pyodide", CLINXAI_PROGRESS: "off", MPLBACKEND: "agg" };
const pyodide = await loadPyodide({ indexURL: folder, packages: ["clinxai-teach"], env, stdout: () => {}, stderr: () => {} });
pyodide.FS.writeFile("count_cells.py", fs.readFileSync(new URL("count_cells.py", import.meta.url)));
pyodide.globals.set("cells", fs.readFileSync(0, "utf8"));
console.log(await pyodide.runPythonAsync("import sys; sys.path.insert(0, '.'); import count_cells; count_cells.count(cells)"));
process.exit(0);
