"""The verdict on tools of this person's own, from their answers to the sixteen questions."""

from clinxai_teach.checklist import RULES, Checklist
from clinxai_teach.classroom.items import Item, codes, match

TITLE, POINTS, MINUTES = "What the answers amount to", 3, 8
TOOLS = {
    "do not use": (("no", "N"), ("unknown", "N"), ("", "N")),
    "do not use: 15 or 16": (("no", "Z"), ("unknown", "N")),
    "alone": (("unknown", "N"), ("", "N"), ("no", "L")),
    "alone: no star": (("unknown", "P"),),
    "not finished": (("", "N"), ("unknown", "L")),
    "with care": (("no", "L"),),
    "ready": (),
}  # "" is not answered
LABELS = {letter: rule.decision for letter, rule in zip("ABCDE", RULES, strict=True)}


def variant(rng):
    right, lines = {}, []
    # The same tools for everybody, with other numbers: nobody is spared a trap. N is a question of A to D with a
    # star, P one without (of a patient), L one of 12 to 14, Z 15 or 16.
    places = {"N": [1, 3, 4, 5, 6, 7, 8, 11], "P": [2, 9, 10], "L": [12, 13, 14], "Z": [15, 16]}
    for name, tool in zip(codes(rng, 7), rng.permutation(list(TOOLS)), strict=True):
        answers = dict.fromkeys(range(1, 17), "yes")
        for said, where in TOOLS[tool]:
            answers[int(rng.choice([n for n in places[where] if answers[n] == "yes"]))] = said
        answers = {number: answer for number, answer in answers.items() if answer}
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
