"""The verdict on tools of this person's own, from their answers to the sixteen questions."""

from clinxai_teach.checklist import RULES, Checklist
from clinxai_teach.classroom.items import Item, codes, match

TITLE, POINTS, MINUTES = "What the answers amount to", 3, 8
LABELS = {letter: rule.decision for letter, rule in zip("ABCDE", RULES, strict=True)}


def variant(rng):
    right, lines = {}, []
    # Each line of the rule once or twice: constant answers are worth the same to all, and nobody is spared a trap.
    kinds = rng.permutation([*"ABCDE", *rng.choice(list("ABCD"), 2, replace=False)])
    for name, kind in zip(codes(rng, 7), kinds, strict=True):
        answers = dict.fromkeys(range(1, 17), "yes")
        early, late = [int(n) for n in rng.choice(range(1, 12), 3, replace=False)], int(rng.choice([12, 13, 14]))
        if kind == "A":
            answers[early[0] if rng.random() < 0.6 else int(rng.choice([15, 16]))] = "no"
        if (kind in "AB" and rng.random() < 0.8) or kind == "B":
            answers[early[1]] = answers[early[1]] if answers[early[1]] == "no" else "unknown"
        if kind != "E" and (kind == "D" or rng.random() < 0.4):
            answers[late] = str(rng.choice(["no", "unknown"]))
        if kind == "C" or (kind in "AB" and rng.random() < 0.3):
            answers.pop(
                early[2] if answers.get(early[2]) == "yes" else next(n for n in range(1, 12) if answers[n] == "yes")
            )
        checklist = Checklist()
        for number, answer in answers.items():
            checklist.answer(number, answer, evidence="report, page 7" if answer == "yes" else "")
        decision = checklist.verdict().decision
        right[name] = next(letter for letter, label in LABELS.items() if label == decision)
        said = {word: [str(n) for n, answer in answers.items() if answer == word] for word in ("no", "unknown")}
        open_ = [str(n) for n in range(1, 17) if n not in answers]
        lines.append(
            f"| {name} | {', '.join(said['no']) or 'none'} | {', '.join(said['unknown']) or 'none'} | {', '.join(open_) or 'none'} |"
        )
    return Item(
        text=f"""
Seven tools were judged with the sixteen questions of 18.6, each on the ward, for one patient: **all sixteen questions count**, not only
those with a star, which a committee answers. Every question that is not named was answered with yes, and with evidence. (Groups A to D are the
questions 1 to 11.)

| tool | no | unknown | not answered |
|---|---|---|---|
{chr(10).join(lines)}

Give the verdict on each: {"; ".join(f'"{letter}" {rule.title}' for letter, rule in zip(LABELS, RULES, strict=True))}.
""",
        answer="verdicts",
        stub=f"verdicts = {{{', '.join(f'{name!r}: ...' for name in right)}}}",
        judge=match(right, LABELS),
        why="Each was judged for one patient, so all sixteen questions count. The first rule that fits: "
        + "; ".join(f"{rule.title}: {rule.when}" for rule in RULES)
        + ".",
    )
