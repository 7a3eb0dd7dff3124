"""Run every code cell of a lesson or of solved exercises, claims and checks included, in this process.

    python tests/without_torch/run_lesson.py lessons/18_3_1_reading_probabilities.py

prints as one line of JSON how many cells ran and how many exercises were found right. With tests/without_torch on
PYTHONPATH, torch is not there to be imported.
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


def main(lesson):
    """Run the cells one after the other; the first that fails ends it, and says where."""
    import matplotlib

    matplotlib.use("agg")
    start, cells = time.perf_counter(), [c for c in build.read_lesson(lesson).cells if c.cell_type == "code"]
    shell, right = InteractiveShell.instance(), 0
    for number, cell in enumerate(cells, 1):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            result = shell.run_cell(cell.source)
        if not result.success and "raises-exception" not in cell.metadata.get("tags", []):
            error = result.error_before_exec or result.error_in_exec
            sys.exit(f"{lesson.name}, code cell {number}:\n{cell.source}\n\n{type(error).__name__}: {error}")
        right += len(re.findall(r"^18\.\d-\w: (?:right|written)", printed.getvalue(), re.MULTILINE))
    loaded = sorted({"torch", "torchvision", "safetensors"} & set(sys.modules))
    print(json.dumps({"cells": len(cells), "right": right, "loaded": loaded,
                      "seconds": round(time.perf_counter() - start, 1)}))  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
