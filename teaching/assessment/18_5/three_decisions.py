"""Act, verify or do not use: by rules and for patients of this person's own."""

from clinxai_teach.classroom.items import Item, codes, match

TITLE, POINTS, MINUTES = "Act, verify, or do not use", 3, 8
LABELS = {"A": "act", "V": "verify first", "N": "do not use"}


def variant(rng):
    act, spread, unlike, events = (
        int(rng.integers(12, 40)) / 100,
        int(rng.integers(6, 20)) / 100,
        int(rng.integers(93, 99)),
        int(rng.integers(5, 13)) * 10,
    )
    right, lines = {}, []
    # The same traps for everybody: two "do not use" with a wide interval, one by percentile and one by events.
    for name, kind in zip(codes(rng, 7), rng.permutation([*"AAVVV", "N percentile", "N events"]), strict=True):
        risk = act + rng.uniform(0.03, 0.4)
        width = rng.uniform(0.01, spread - 0.01) if kind == "A" else spread + rng.uniform(0.01, 0.2)
        percentile, group = int(rng.integers(5, unlike - 1)), int(rng.integers(events + 1, 400))
        if kind == "N percentile":
            percentile = int(rng.integers(unlike + 1, 101))
        if kind == "N events":
            group = int(rng.integers(3, events))
        right[name] = str(kind[0])
        lines.append(f"| {name} | {risk:.2f} | {width:.2f} | {percentile} | {group} |")
    return Item(
        text=f"""
Your hospital has agreed on rules for a tool; the first that fits counts:

1. **do not use** (`"N"`): the patient is less usual than {unlike}% of the training patients (percentile above {unlike}), or the patient's group had fewer than {events}
   events in the local test,
2. **verify first** (`"V"`): the interval of the risk is wider than {spread:.2f},
3. **act** (`"A"`): the risk is above {act:.2f}. At or below it: usual care; that is none of these patients.

| patient | risk | width of the interval | percentile | events in the group |
|---|---|---|---|---|
{chr(10).join(lines)}

Give the decision for each patient.
""",
        answer="decisions",
        stub=f"decisions = {{{', '.join(f'{name!r}: ...' for name in right)}}}",
        judge=match(right, LABELS),
        why="The rules stand in this order: a number for a patient unlike all others is not read at all.",
    )
