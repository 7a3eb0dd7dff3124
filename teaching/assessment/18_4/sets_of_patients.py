"""How many diagnoses a set holds, for patients and a threshold of this person's own."""

import numpy as np

from clinxai_teach.classroom.items import Item, codes, match

TITLE, POINTS, MINUTES = "What the set of each patient holds", 3, 8
DIAGNOSES = ("normal", "pneumonia", "effusion", "nodule")
LABELS = {"A": "no diagnosis", "B": "one diagnosis", "C": "two diagnoses", "D": "three or four diagnoses"}


def variant(rng):
    threshold = int(rng.integers(690, 729)) / 1000  # where a set can be empty, and can hold three
    names, least = codes(rng, 7), 1 - threshold
    # The same letters, and no probability above the threshold: no wrong belief (0.7 or more is in the set) is worth more to one than to another.
    letters = rng.permutation([*"AABBCCD"])
    right, lines = {}, []
    for name, letter in zip(names, letters, strict=True):
        right[name] = str(letter)
        while True:
            said = hundredths(rng, "ABCD".index(letter), least)
            in_set = 1 - said / 100 <= threshold
            if (
                in_set.sum() == "ABCD".index(letter)
                and np.abs(said / 100 - least).min() > 0.0015
                and said.max() / 100 < threshold
            ):
                break
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
        why=f"A diagnosis is in the set from a probability of {least:.3f} on.",
    )


def hundredths(rng, size, least):
    """Return four probabilities in hundredths, that add up to 100; about `size` of them are at least `least`."""
    rest = rng.dirichlet(np.ones(4))
    share = least * (np.arange(4) < size) + (1 - size * least) * rest if size else least - (4 * least - 1) * rest
    said = np.floor(rng.permutation(share) * 100)
    said[np.argmax(said)] += 100 - said.sum()
    return said
