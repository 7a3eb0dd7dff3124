"""Brier score and its three terms, of a table of groups of this person's own."""

import numpy as np

from clinxai_teach.classroom.items import Item, numbers

TITLE, POINTS, MINUTES = "The Brier score in three terms", 3, 10


def variant(rng):
    n = rng.integers(20, 120, 4)
    said = np.sort(rng.choice(np.arange(1, 19), 4, replace=False)) / 20
    events = np.clip(np.round(n * np.clip(said + rng.normal(0, 0.12, 4), 0.02, 0.97)), 1, n - 1)
    rate, overall, weight = events / n, events.sum() / n.sum(), n / n.sum()
    right = {
        "reliability": float((weight * (said - rate) ** 2).sum()),
        "resolution": float((weight * (rate - overall) ** 2).sum()),
        "brier": float((events * (1 - said) ** 2 + (n - events) * said**2).sum() / n.sum()),
    }
    lines = "\n".join(f"| {p:.2f} | {size} | {int(ill)} |" for p, size, ill in zip(said, n, events, strict=True))
    return Item(
        text=f"""
A tool said four different risks to {n.sum()} patients:

| it said | patients | of them ill |
|---|---|---|
{lines}

Give `reliability`, `resolution` and the Brier score (`brier`) itself, to four decimals.
""",
        answer="brier_terms",
        stub='brier_terms = {"reliability": ..., "resolution": ..., "brier": ...}',
        judge=numbers(right, 0.0002),
        why="Reliability compares each risk with its own group's rate, resolution each rate with the overall one; reliability - resolution + uncertainty is the Brier score.",
    )
