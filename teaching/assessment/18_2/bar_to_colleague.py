"""Free text: a bar of a SHAP display explained to a colleague who would treat it."""

from clinxai_teach.classroom.items import FreeText, Sample

TITLE, POINTS, MINUTES = "A bar is no advice", 4, 10
BARS = (  # with the sign that the reason explains
    ("uric acid", "readmission", "the kidney's function goes with it", 1),
    ("asthma", "death from pneumonia", "patients with asthma were treated early", -1),
    ("low cholesterol", "death within a year", "severe illness lowers it", 1),
    ("many laboratory tests", "sepsis", "doctors order tests because they worry", 1),
    ("a heart drug", "a fall", "the heart disease behind it goes with it", 1),
)


def variant(rng):
    name, outcome, reason, sign = BARS[int(rng.integers(len(BARS)))]
    size, risk = round(sign * rng.uniform(0.3, 1.4), 2), rng.integers(8, 45)
    return FreeText(
        text=f"""
A display says of your patient: risk of {outcome} {risk}%. Its bar for *{name}* is {size:+.2f} log-odds. A colleague says: "Then we change
{name}, and the risk follows."

Answer in at most 100 words: what the bar says, why the colleague's plan does not follow, and what one would have to know.
""",
        criteria={
            f"says that the bar is about the model's output for this patient: what {name} added to the score against a baseline": 1,
            f"says that it is no cause and no effect of treatment, with a reason from the ward (for example: {reason})": 2,
            "says what is needed: a trial, or a causal analysis, of changing it; or that the decision rests on other evidence": 1,
        },
        model_answer=f"""
The bar tells how much {name} moved this model's log-odds for this patient, against the patients of the baseline: {size:+.2f}. It describes the model. It does
not say that {name} causes {outcome}, nor what happens if we change it: here {reason}, and the model learned that they go together. If we change the
value, the number on the display changes; the patient's risk need not. We would need a trial of the treatment in such patients.
""",
        samples=(
            Sample(
                (1, 1, 0),
                f"The bar of {size:+.2f} says how much {name} moved the score of this patient, against the baseline. It is no cause, so to change "
                f"{name} need not change the risk of {outcome}.",
                "What the bar says is right. That it is no cause is said without a reason from the ward: one of two. Nothing on what one would have to know.",
            ),
            Sample(
                (0, 1, 0),
                f"A correlation is no cause. The model is a black box, and {size:+.2f} is no reason to treat.",
                "No cause, without a reason from the ward: one of two. What the bar does say, and what would be needed, is missing.",
            ),
        ),
    )
