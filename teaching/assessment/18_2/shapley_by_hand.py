"""Shapley values of three features of this person's own, from the model's output for each subset."""

from itertools import permutations

from clinxai_teach.classroom.items import Item, numbers

TITLE, POINTS, MINUTES = "Three features share a prediction", 3, 10
FEATURES = ("age", "BMI", "HbA1c", "blood pressure", "pulse", "waist", "lactate", "creatinine", "sodium", "cholesterol")


def variant(rng):
    names = [str(name) for name in rng.choice(FEATURES, 3, replace=False)]
    value = {frozenset(): round(rng.uniform(0.05, 0.3), 2)}
    for mask in range(1, 8):
        members = frozenset(name for i, name in enumerate(names) if mask >> i & 1)
        value[members] = round(rng.uniform(0.1, 0.9), 2)
    right = dict.fromkeys(names, 0.0)
    for order in permutations(names):
        for place, name in enumerate(order):
            right[name] += (value[frozenset(order[: place + 1])] - value[frozenset(order[:place])]) / 6
    lines = [f"| {', '.join(sorted(members)) or 'none'} | {number:.2f} |" for members, number in value.items()]
    return Item(
        text=f"""
What a model says of one patient when only these features are known:

| known | output |
|---|---|
{chr(10).join(lines)}

Compute the Shapley value of each of the three features, to three decimals.
""",
        answer="shapley",
        stub=f"shapley = {{{', '.join(f'{name!r}: ...' for name in names)}}}",
        judge=numbers(right, 0.001),
        why="The three values add up to the output with all features less the output with none.",
    )
