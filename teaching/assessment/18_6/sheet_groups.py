"""Which group of questions a sentence of a vendor's sheet speaks to, for a sheet of this person's own."""

from clinxai_teach.checklist import GROUPS
from clinxai_teach.classroom.items import Item, codes, match

TITLE, POINTS, MINUTES = "Where each sentence belongs", 3, 8
SENTENCES = {
    "A": (
        "For adults of 18 years or more on general wards; not for intensive care.",
        "The label was the discharge diagnosis, coded by the billing office.",
        "{share}% of the patients on whom it was tested were older than 80.",
        "Built to plan beds for the next day, not to choose a treatment.",
    ),
    "B": (
        "Tested at {n} other hospitals in the following year: AUC 0.8{digit}, with intervals.",
        "Sensitivity among women 0.7{digit}, among men 0.8{digit}, each with its interval.",
        "Within each site, the AUC fell by 0.0{digit}; the site alone predicts the label.",
        "With the text in the corner covered, {n} of 500 decisions changed.",
    ),
    "C": (
        "Where it says 20%, the event came in {share} of 100 patients.",
        "At the threshold in use: {n} alerts and {digit} missed cases per 100 patients.",
        "After one recalibration, the slope is 0.9{digit}.",
        "At the local rate of events, {digit} of 10 alerts are false.",
    ),
    "D": (
        "Films from an unknown device are returned with the word 'unlike'.",
        "Each result comes with a set that misses at most {digit}%, calibrated on {n} patients.",
        "With more than {digit} laboratory values missing there is no result.",
        "The range of {n} refitted models is shown beside each number.",
    ),
    "E": (
        "Heatmaps: Grad-CAM, last layer; with random weights they change (rank correlation 0.0{digit}).",
        "The display says: 'why the model said so, not what causes the illness'.",
        "Removing the {share}% of pixels with most heat lowers the score more than random ones do.",
    ),
    "F": (
        "An override needs one click and a reason; {n} were logged last month.",
        "Version {digit}.2 since May; the tests above are of version {digit}.1.",
        "When it is down, the ward uses the paper score; call extension {share}{digit}.",
        "Incidents go to the medical director, who may switch it off.",
    ),
}


def variant(rng):
    letters = "AABBCDEF"
    used, right, lines = set(), {}, []
    for name, letter in zip(codes(rng, 8), letters, strict=True):
        sentence = str(rng.choice([text for text in SENTENCES[letter] if text not in used]))
        used.add(sentence)
        right[name] = str(letter)
        filled = sentence.format(n=rng.integers(6, 60), digit=rng.integers(2, 9), share=rng.integers(11, 48))
        lines.append(f"- **{name}** {filled}")
    order = rng.permutation(len(lines))
    return Item(
        text=f"""
Eight sentences of a vendor's sheet:

{chr(10).join(lines[i] for i in order)}

Which group of the checklist does each speak to? {"; ".join(f'"{letter}" {label}' for letter, label in GROUPS.items())}.
""",
        answer="groups_of",
        stub=f"groups_of = {{{', '.join(f'{name!r}: ...' for name in right)}}}",
        judge=match(right, dict(GROUPS)),
        why="A sentence speaks to the question that it helps to answer, also where its answer is bad.",
    )
