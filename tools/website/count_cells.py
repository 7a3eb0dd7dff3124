"""Runs the cells of one notebook and counts which ran: in Pyodide (in_pyodide.mjs), or in a Python of this computer.

It imports nothing of the course, so that any Python with the libraries can run it: PYTHON count_cells.py < cells.json
"""

import contextlib
import io
import json
import re
import sys


def count(cells):
    """Return as JSON, for a list of cells as JSON: which ran, how many exercises were found right, and what failed."""
    from IPython.core.interactiveshell import InteractiveShell

    shell, ran, right, failed = InteractiveShell.instance(), [], 0, []
    for number, cell in enumerate(json.loads(cells), 1):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            result = shell.run_cell(cell["source"])
        right += len(re.findall(r"^18\.\d-\w: (?:right|written)", printed.getvalue(), re.MULTILINE))
        good = result.success or cell["may_fail"]
        ran.append(good)
        if not good:
            failed.append([number, cell["source"], repr(result.error_before_exec or result.error_in_exec)])
    return json.dumps({"ran": ran, "right": right, "failed": failed})


if __name__ == "__main__":
    print(count(sys.stdin.read()))
