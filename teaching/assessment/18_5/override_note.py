"""Free text: the note for a decision against a tool."""

from clinxai_teach.classroom.items import FreeText, Sample

TITLE, POINTS, MINUTES = "The note of an override", 4, 10
FACTS = (
    ("a lactate that fell from 4.1 to 1.6 within four hours", "only repeat the lactate", "sepsis"),
    (
        "a hip operation two days ago, which the tool is not told",
        "look for an embolism in spite of the low risk",
        "embolism",
    ),
    ("a pacemaker whose shadow lies on the place of the heat", "ask for a second film", "pneumonia"),
    ("a wish of the patient, in writing, against intensive care", "only ask the patient about it again", "death"),
    ("a blood sample from the wrong patient, found by the laboratory", "repeat the sample", "kidney failure"),
)


def variant(rng):
    fact, plan, outcome = FACTS[int(rng.integers(len(FACTS)))]
    low, high = (3, 12) if outcome == "embolism" else (40, 92)  # so that the decision is against what the tool says
    risk, clock = int(rng.integers(low, high)), f"{rng.integers(7, 22)}:{rng.integers(10, 59)}"
    version = f"{rng.integers(1, 5)}.{rng.integers(0, 9)}"
    return FreeText(
        text=f"""
At {clock} a tool (version {version}) says: risk of {outcome} {risk}%. You know of {fact}, and decide to {plan}.

Write the note for the record, in about 80 words, so that an audit can use it in a year.
""",
        criteria={
            f"states what the tool said: {risk}%, its version and the time at which it spoke (another time: no point)": 1,
            f"names the fact that the tool does not know, in any words (who found it is no part): {fact}": 1,
            "states an own assessment ('does not fit' or 'changes nothing' is enough; the fact alone is none), the decision, and who decided ('I' is enough) or was told": 1,
            "says when patient or values are looked at again (the decision is such a look): a time or event ('16:00', 'at the evening round'; 'now', 'soon' and 'if worse' are none)": 1,
        },
        model_answer=f"""
{clock}, tool version {version}: risk of {outcome} {risk}%. Overridden. The tool does not know of {fact}. My assessment without it: the number does not fit this patient. Decision: {plan}; decided by me,
told to the senior physician and the nurse in charge. Patient and new values checked in four hours; if worse, the plan is changed. Entered in the override log.
""",
        samples=(
            Sample(
                (0, 1, 1, 0),
                f"The risk of {outcome} does not fit. The tool does not know of {fact}. My assessment: it is too uncertain here. I decided to {plan}, and told "
                f"the senior physician.",
                "Fact and decision, with who was told. Not what the tool said, in which version and when; the look has no time.",
            ),
            Sample(
                (0, 1, 0, 0),
                f"Alert overridden because of {fact}.",
                "The fact alone. In a year nobody can see what was shown, who decided, or whether it was right.",
            ),
        ),
    )
