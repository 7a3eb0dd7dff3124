"""How many diagnoses a set holds, for patients and a threshold of this person's own."""

import numpy as np

from clinxai_teach.classroom.items import Item, codes, match

TITLE, POINTS, MINUTES = "What the set of each patient holds", 3, 8
DIAGNOSES = ("normal", "pneumonia", "effusion", "nodule")
LABELS = {"A": "no diagnosis", "B": "one diagnosis", "C": "two diagnoses", "D": "three or four diagnoses"}


def variant(rng):
    threshold = int(rng.integers(58, 88)) / 100
    names = codes(rng, 7)
    right, lines = {}, []
    for name in names:
        while True:
            share = rng.dirichlet(np.full(4, rng.uniform(0.3, 3)))
            said = np.floor(share * 100)
            said[np.argmax(said)] += 100 - said.sum()
            if np.abs(said / 100 - (1 - threshold)).min() > 0.005:
                break
        size = int((1 - said / 100 <= threshold).sum())
        right[name] = "ABCDD"[size]
        lines.append(f"| {name} | {' | '.join(f'{value / 100:.2f}' for value in said)} |")
    return Item(
        text=f"""
Calibration gave the threshold **{threshold:g}** for the score 1 - probability. A diagnosis belongs to a patient's set if its score is at most the threshold.

| patient | {" | ".join(DIAGNOSES)} |
|---|---|---|---|---|
{chr(10).join(lines)}

Say for each patient what the set holds: {"; ".join(f'"{letter}" {label}' for letter, label in LABELS.items())}.
""",
        answer="set_sizes",
        stub=f"set_sizes = {{{', '.join(f'{name!r}: ...' for name in names)}}}",
        judge=match(right, LABELS),
        why=f"A diagnosis is in the set from a probability of {1 - threshold:.2f} on.",
    )
