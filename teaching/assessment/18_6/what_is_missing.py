"""Which questions a sheet of this person's own leaves open."""

from clinxai_teach.checklist import QUESTIONS
from clinxai_teach.classroom.items import Item, choice

TITLE, POINTS, MINUTES = "What this sheet leaves open", 4, 10
ANSWERS = {
    1: "It warns of {outcome} within {hours} hours, for adults on general wards, and is read by nurses.",
    2: "A table shows the {n} test patients by age, sex, ancestry, other illnesses, device and site.",
    3: "{Outcome} was defined by two physicians who read the records without seeing the output.",
    4: "Another hospital tested it in the following year on {n} patients: AUC 0.8{digit} with its interval.",
    5: "AUC, sensitivity and observed / expected are given for each sex, age group and ancestry, with intervals.",
    6: "Site, device and bed type alone predict nothing (AUC 0.5{digit}); within strata the AUC stays.",
    7: "Calibration there, here and in each group of question 2: slope 0.9{digit}, observed / expected 1.0{digit}, with intervals.",
    8: "Per 1,000 patients at the threshold in use: {n} alerts, {digit} missed cases; the decision curve is in the annex.",
    11: "Its sets hold the truth in 90% of our patients, of the ill and of each group; calibrated on {n} patients in May.",
    15: "A procedure names who may override or stop it, how it is logged, and what is used when it is down.",
    16: "The version in use is the tested one; a page shows its drift by month, and each change is logged.",
}
OUTCOMES = ("A fall", "Sepsis", "A stroke", "Delirium", "Kidney failure")


def variant(rng):
    asked = list(ANSWERS)
    n = int(rng.integers(4, 7))
    while True:
        answered = sorted(int(number) for number in rng.choice(asked, len(asked) - n, replace=False))
        if 7 not in answered or 4 in answered:  # else 7 would say that another hospital tested it
            break
    name = str(rng.choice(OUTCOMES))
    facts = {"Outcome": name, "outcome": name[0].lower() + name[1:], "hours": rng.integers(4, 72)}
    sentences = ["It promises a coverage of 90%."] + [
        ANSWERS[number].format(**facts, n=int(rng.integers(20, 90)) * 10, digit=rng.integers(1, 9))
        for number in answered
    ]
    order = rng.permutation(len(sentences))
    missing = {str(number) for number in asked if number not in answered}
    listed = "\n".join(f"- **{q.number}** {q.question}" for q in QUESTIONS if q.number in asked)
    return Item(
        text=f"""
A sheet, complete:

> {" ".join(sentences[i] for i in order)}

Which of these questions about the tool does it leave **unanswered**? Give the set of their numbers.

{listed}
""",
        answer="left_open",
        stub="left_open = {...}",
        judge=choice(missing, [str(number) for number in asked]),
        why="What a sheet does not say is unknown, and never a yes.",
    )
