"""A function: integrated gradients of this person's own model, by the midpoint rule."""

import numpy as np

from clinxai_teach.checks.reading import Case, array
from clinxai_teach.classroom.items import Item, function

TITLE, POINTS, MINUTES = "Integrated gradients of a small model", 4, 15


def variant(rng):
    a, b, c = (int(rng.integers(2, 30)) for _ in range(3))

    def right(x, baseline, n_steps):
        t = (np.arange(n_steps) + 0.5) / n_steps
        points = baseline + t[:, None] * (x - baseline)
        gradients = np.stack(
            [2 * a * points[:, 0] * points[:, 1], a * points[:, 0] ** 2 + 3 * b * points[:, 1] ** 2 + c], 1
        )
        return (x - baseline) * gradients.mean(0)

    cases = [
        Case(
            f"case {number}",
            {"x": rng.uniform(-2, 3, 2).round(2), "baseline": rng.uniform(-1, 1, 2).round(2), "n_steps": steps},
        )
        for number, steps in enumerate((2, 5, 50, 1), 1)
    ]
    return Item(
        text=f"""
A model of two inputs: $F(u, v) = {a}\\,u^2 v + {b}\\,v^3 + {c}\\,v$.

Write `integrated(x, baseline, n_steps)`. `x` and `baseline` are numpy arrays of length 2. Return the integrated gradients of both inputs, an
array of length 2: (x - baseline) times the mean gradient at the **midpoints** of `n_steps` equal pieces of the straight line from `baseline` to `x`.
""",
        answer="integrated",
        stub="def integrated(x, baseline, n_steps):\n    ...",
        judge=function(right, cases, 1e-6, read=array),
        why="The gradient is taken at the middle of each piece; with many pieces the two values add up to F(x) - F(baseline).",
    )
