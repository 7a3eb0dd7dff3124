"""A function: observed / expected per group, or "too few" below this person's own limit of events."""

import numpy as np

from clinxai_teach.checks.reading import Case, WrongKind, came, mapping, number
from clinxai_teach.classroom.items import Item, codes, function

TITLE, POINTS, MINUTES = "A ratio for each group, or none", 4, 12
TOO_FEW = "too few"


def variant(rng):
    least = int(rng.integers(12, 60))
    factor = int(rng.integers(105, 300)) / 100  # the tool's probabilities are first divided by this

    def right(y_true, y_prob, group):
        result = {}
        for name in np.unique(group):
            rows = group == name
            events = y_true[rows].sum()
            result[str(name)] = events / (y_prob[rows].sum() / factor) if events >= least else TOO_FEW
        return result

    def case(number, events):
        names = codes(rng, len(events))
        group = np.repeat(names, [3 * n + 5 for n in events])
        y_true = np.concatenate([np.arange(3 * n + 5) < n for n in events]).astype(int)
        y_prob = rng.uniform(0.05, 0.9, len(group)).round(3)
        order = rng.permutation(len(group))
        arguments = {"y_true": y_true[order], "y_prob": y_prob[order], "group": group[order]}
        return Case(f"case {number}", arguments)

    def read(output):
        return mapping(output, lambda value: word(value) if isinstance(value, str) else number(value))

    def word(value):
        if value.strip().lower() != TOO_FEW:
            raise WrongKind(f'{came(value)} came, where a number or "{TOO_FEW}" is needed.')
        return TOO_FEW

    cases = [
        case(1, [least, least + 7]),
        case(2, [least - 1, least, 2 * least]),
        case(3, [3 * least, least // 2, least + 1, least - 2]),
        case(4, [least + 30]),
    ]
    return Item(
        text=f"""
A tool gives probabilities that are {factor:g} times too high: divide each by {factor:g} before you use it.

Write `group_ratio(y_true, y_prob, group)`. The three inputs are numpy arrays of the same length; `y_true` holds 0 and 1,
`group` texts. Return a dict with an entry for each group: its **observed / expected** number of events after the division, or
the text `"{TOO_FEW}"` where the group has **fewer than {least} events**.
""",
        answer="group_ratio",
        stub="def group_ratio(y_true, y_prob, group):\n    ...",
        judge=function(right, cases, 1e-3, read),
        why=f"Groups with {least} events or more get a number, the others a word.",
    )
