"""Free text: a reply to a vendor, about numbers of this person's own."""

from clinxai_teach.classroom.items import FreeText, Sample

TITLE, POINTS, MINUTES = "A reply to the vendor", 4, 12
TOOLS = ("a sepsis alarm", "a fall alarm", "a stroke triage tool", "a pneumonia reader")
PLACES = ("a heart centre", "a university hospital", "an intensive care unit", "a transplant centre")


def variant(rng):
    tool, place = rng.choice(TOOLS), rng.choice(PLACES)
    auc, n, events = rng.integers(86, 97), int(rng.integers(9, 40)) * 10, int(rng.integers(11, 40))
    return FreeText(
        text=f"""
A vendor offers {tool} for your general ward. The sheet says: "AUC 0.{auc} in {n} patients of {place}, {events} of them with
the event. 0.5 was the best threshold in these patients."

Write to the vendor in at most 120 words: what is missing before you can decide, and why it matters to your ward.
""",
        criteria={
            f"names that {place} has other patients than a general ward, and what that can change": 1,
            f"says that {events} events leave a wide interval, and asks for it": 1,
            "says that a threshold chosen in the same patients looks too good, and asks for others": 1,
            "asks for calibration, or for what an alarm means (PPV) at the ward's own rate of events": 1,
        },
        model_answer=f"""
Your {n} patients come from {place}; ours are less ill, so the AUC and above all the PPV can be lower here. With {events} events
the interval of the AUC is wide: please send it. You chose 0.5 in the same patients, which flatters it: what were sensitivity
and specificity in patients who had no part in the choice? Please also send a calibration curve, and the PPV at our own rate.
""",
        samples=(
            Sample(
                (1, 1, 0, 0),
                f"Your patients come from {place}; ours are less ill, so the AUC can be lower here. With {events} events the interval is wide: please send "
                f"it. Otherwise the results look excellent.",
                "Other patients with what that changes, and the interval. That the threshold was chosen in the same patients, and what an alarm means here, are overlooked.",
            ),
            Sample(
                (0, 0, 0, 1),
                f"An AUC of 0.{auc} is high. Please also tell us how many alarms will be right at our own rate of events. Is the tool approved?",
                "The PPV at the ward's rate is asked for. Approval is a good question, and not what is missing in these numbers.",
            ),
        ),
    )
