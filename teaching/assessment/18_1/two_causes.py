"""Choose what can explain a fall after deployment, from statements with codes of this person's own."""

from clinxai_teach.classroom.items import Item, choice, codes

TITLE, POINTS, MINUTES = "What can explain the fall", 3, 6
CAN = (
    "The test films came from the same scanners as the training films; yours come from others.",
    "In the test set, films of the ill carried the marker of a portable device. Yours do not.",
    "Several films of one patient lay in both training and test set.",
    "In the test set, the ill came from one hospital and the healthy from another.",
    "The test set held clearly ill and clearly healthy patients only. Yours are mixed.",
    "In the test set, nearly all with a collapsed lung already had a chest drain. Yours do not yet.",
)
CANNOT = (
    "Your screens show films with less contrast; the tool reads the files.",
    "Your heatmaps are drawn in other colours.",
    "Your tool runs on a faster computer.",
    "Your radiologists were told the AUC of the test set before they began.",
    "Your films have other file names, which the tool does not read.",
    "Your reports are printed in another language.",
)


def variant(rng):
    n = 3  # for everybody: a slip costs all the same, and all seven codes earn nothing
    true = rng.choice(len(CAN), n, replace=False)
    false = rng.choice(len(CANNOT), 7 - n, replace=False)
    texts = [CAN[i] for i in true] + [CANNOT[i] for i in false]
    names = codes(rng, 7)
    right = set(names[:n])
    lines = sorted(f"- **{name}** {text}" for name, text in zip(names, texts, strict=True))
    return Item(
        text=f"""
A film reader had an AUC of 0.{rng.integers(91, 98)} in its test set and 0.{rng.integers(60, 78)} in your hospital, with the true diagnoses as labels in
both. Which of these can be a reason? Give the set of their codes.

{chr(10).join(lines)}
""",
        answer="reasons",
        stub="reasons = {...}",
        judge=choice(right, sorted(names)),
        why="A reason must change the films, the labels or the patients from which the number is computed.",
    )
