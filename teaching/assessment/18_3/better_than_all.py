"""A function: net benefit beyond treating all, at this person's own threshold."""

import numpy as np

from clinxai_teach.checks.reading import Case
from clinxai_teach.classroom.items import Item, function

TITLE, POINTS, MINUTES = "Better than treating all?", 4, 12


def variant(rng):
    threshold = int(rng.integers(40, 450)) / 1000
    per = int(rng.choice([50, 100, 200, 500, 1000]))

    def right(y_true, y_prob):
        n = len(y_true)
        odds = threshold / (1 - threshold)
        treated = y_prob >= threshold
        model = (treated & (y_true == 1)).sum() / n - odds * (treated & (y_true == 0)).sum() / n
        everybody = y_true.mean() - odds * (1 - y_true.mean())
        return float(per * (model - everybody))

    cases = []
    for number, (n, rate) in enumerate(((10, 0.4), (80, 0.15), (300, 0.3), (40, 0.6)), 1):
        y_true = (rng.random(n) < rate).astype(int)
        y_true[:2] = 1, 0
        y_prob = np.clip(rng.uniform(0, 2 * threshold, n) + 0.15 * y_true, 0, 1).round(3)
        y_prob[2] = threshold
        cases.append(Case(f"case {number}", {"y_true": y_true, "y_prob": y_prob}))
    return Item(
        text=f"""
Your clinic treats from a risk of **{threshold:g}** on ("at least {threshold:g}").

Write `beyond_all(y_true, y_prob)`: the net benefit of treating by the model less the net benefit of treating everybody, at this threshold, **per
{per} patients**. Both inputs are numpy arrays of the same length; `y_true` holds 0 and 1.
""",
        answer="beyond_all",
        stub="def beyond_all(y_true, y_prob):\n    ...",
        judge=function(right, cases, 1e-6),
        why="A false alarm is weighed by the odds of the threshold; treating all has its own net benefit.",
    )
