"""Run every code cell of lessons or of solved exercises, claims and checks included, in this process.

    python tests/without_torch/run_lesson.py lessons/18_3_1_reading_probabilities.py

prints as one line of JSON, for each lesson, how many cells ran and how many exercises were found right, or what failed.
With tests/without_torch on PYTHONPATH, torch is not there to be imported.
"""

import contextlib
import io
import json
import re
import sys
import time
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

import build


def main(lesson, shell):
    """Run the cells one after the other; the first that fails ends it. Returns what is to be said of the lesson."""
    start, cells = time.perf_counter(), [c for c in build.read_lesson(lesson).cells if c.cell_type == "code"]
    right = 0
    for number, cell in enumerate(cells, 1):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            result = shell.run_cell(cell.source)
        if not result.success and "raises-exception" not in cell.metadata.get("tags", []):
            error = result.error_before_exec or result.error_in_exec
            return {"failed": f"code cell {number}:\n{cell.source}\n\n{type(error).__name__}: {error}"}
        right += len(re.findall(r"^18\.\d-\w: (?:right|written)", printed.getvalue(), re.MULTILINE))
    loaded = sorted({"torch", "torchvision", "safetensors"} & set(sys.modules))
    seconds = round(time.perf_counter() - start, 1)
    return {"cells": len(cells), "right": right, "loaded": loaded, "seconds": seconds}


if __name__ == "__main__":
    import matplotlib
    import matplotlib.pyplot as plt

    matplotlib.use("agg")
    shell, settings = InteractiveShell.instance(), dict(matplotlib.rcParams)
    said = {}
    for path in map(Path, sys.argv[1:]):
        said[path.stem] = main(path.resolve(), shell)
        shell.reset(new_session=True)  # the next lesson finds no names, figures and settings of this one
        plt.close("all")
        matplotlib.rcParams.update(settings)
    print(json.dumps(said))
