"""A function: of whom does the decision change when the marker is removed, above this person's own threshold."""

import numpy as np

from clinxai_teach.checks.reading import Case
from clinxai_teach.classroom.items import Item, function

TITLE, POINTS, MINUTES = "Decisions that the marker makes", 4, 10


def variant(rng):
    threshold = int(rng.integers(120, 880)) / 1000
    at_most = int(rng.integers(20, 90)) / 100

    def right(with_marker, without_marker, severity):
        mild = severity <= at_most
        flips = (with_marker >= threshold) != (without_marker >= threshold)
        return float(flips[mild].mean())

    cases = []
    for number, n in enumerate((12, 60, 200, 35), 1):
        without = rng.uniform(0, 1, n)
        with_marker = np.clip(without + rng.normal(0.1, 0.2, n), 0, 1)
        with_marker[:2], without[:2] = (threshold, 1), (threshold / 2, threshold)  # edges: one flips, one does not
        severity = rng.integers(0, 101, n) / 100
        severity[:3] = at_most, at_most, 0.1
        cases.append(
            Case(f"case {number}", {"with_marker": with_marker, "without_marker": without, "severity": severity})
        )
    return Item(
        text=f"""
A film reader says "pneumonia" from a probability of **{threshold:g}** on ("at least {threshold:g}"). For each film you have the probability with the
marker in it (`with_marker`), the one after the marker was painted over (`without_marker`), and how severe the finding is
(`severity`, 0 to 1). All three are numpy arrays of the same length.

Write `flipped(with_marker, without_marker, severity)`: among the films with a severity of **at most {at_most:g}**, the share whose decision
changes, in either direction.
""",
        answer="flipped",
        stub="def flipped(with_marker, without_marker, severity):\n    ...",
        judge=function(right, cases, 1e-6),
        why="A changed probability matters where it crosses the threshold; both directions count.",
    )
