"""When a monitor of this person's own goes off."""

import math

from clinxai_teach.classroom.items import Item, numbers

TITLE, POINTS, MINUTES = "When the monitor goes off", 3, 10


def variant(rng):
    limit = int(rng.integers(16, 27)) / 10
    while True:
        expected = [round(rng.uniform(18, 60), 1) for _ in range(14)]
        begins = int(rng.integers(4, 10))
        observed = [int(rng.poisson(e * (1.0 if month < begins else 1.45))) for month, e in enumerate(expected)]
        z = [(o - e) / math.sqrt(e) for o, e in zip(observed, expected, strict=True)]
        hits = [m for m in range(1, 14) if z[m] > limit and z[m - 1] > limit]
        if hits and min(abs(abs(value) - limit) for value in z) > 0.02:
            break
    month = hits[0]
    ratio = sum(observed[: month + 1]) / sum(expected[: month + 1])
    lines = "\n".join(f"| {m} | {o} | {e} |" for m, (o, e) in enumerate(zip(observed, expected, strict=True), 1))
    return Item(
        text=f"""
Each month you count the events that a tool expected (the sum of its risks) and those that came:

| month | observed | expected |
|---|---|---|
{lines}

The alarm goes off in the first month in which (observed - expected) / sqrt(expected) is above {limit:g} **for the second month in a row**. Give:

- `month`: the month of the alarm,
- `z`: the value of this month, to two decimals,
- `ratio`: observed / expected of all months up to and with this one, to three decimals.
""",
        answer="monitor",
        stub='monitor = {"month": ..., "z": ..., "ratio": ...}',
        judge=numbers(
            {"month": float(month + 1), "z": z[month], "ratio": ratio}, {"month": 0.1, "z": 0.01, "ratio": 0.001}
        ),
        why="One month above the limit is chance too often; two in a row are asked.",
    )
