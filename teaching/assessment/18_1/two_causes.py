"""Choose what can explain a fall after deployment, from statements with codes of this person's own."""

from clinxai_teach.classroom.items import Item, choice, codes

TITLE, POINTS, MINUTES = "What can explain it", 3, 6
CAN = (
    "The test films came from the scanners that also gave the training films.",
    "A marker of the sick ward's portable device was in the training films.",
    "Several films of one patient lay in both training and test set.",
    "The positive films came from one hospital and the negative ones from another.",
    "The label was read from reports that the tool's team had seen before.",
    "Patients with a chest drain were all among the positives.",
)
CANNOT = (
    "The new hospital's screens show films with less contrast; the tool reads the files.",
    "The heatmaps are drawn in other colours than before.",
    "The tool runs on a faster computer now.",
    "The radiologists were told the tool's AUC.",
    "The films are stored under other file names, which the tool does not read.",
    "The tool's report is now printed in another language.",
)


def variant(rng):
    n = int(rng.integers(2, 5))
    true = rng.choice(len(CAN), n, replace=False)
    false = rng.choice(len(CANNOT), 7 - n, replace=False)
    texts = [CAN[i] for i in true] + [CANNOT[i] for i in false]
    names = codes(rng, 7)
    right = set(names[:n])
    lines = sorted(f"- **{name}** {text}" for name, text in zip(names, texts, strict=True))
    return Item(
        text=f"""
A film reader had an AUC of 0.{rng.integers(91, 98)} in its test set and 0.{rng.integers(60, 78)} in your hospital. Which of
these can be a reason? Give the set of their codes.

{chr(10).join(lines)}
""",
        answer="reasons",
        stub="reasons = {...}",
        judge=choice(right, sorted(names)),
        why="A reason must change the films, the labels or the patients that the number was computed from.",
    )
