"""Free text: what a coverage of this person's own promises to a patient."""

from clinxai_teach.classroom.items import FreeText, Sample

TITLE, POINTS, MINUTES = "What is promised, and to whom", 4, 10
GROUPS = ("patients over 80", "children", "women", "patients on dialysis", "patients from the second site")


def variant(rng):
    alpha, n = int(rng.integers(4, 16)), int(rng.integers(15, 80)) * 10
    group = GROUPS[int(rng.integers(len(GROUPS)))]
    seen, size = 100 - alpha - int(rng.integers(8, 20)), int(rng.integers(60, 200))
    return FreeText(
        text=f"""
A tool shows sets of diagnoses "with {100 - alpha}% guaranteed coverage", calibrated on {n} patients of another hospital, two years ago. In your hospital, of {size} {group},
the set held the true diagnosis in {seen}%. A patient from this group asks: "Is it {100 - alpha}% certain that my diagnosis is in the set?"

Answer in at most 120 words, so that a colleague could sign it: what the promise is about, why it is not about this patient, what the {seen}% mean,
and what should be done.
""",
        criteria={
            "says that the promise is an average over patients (and calibrations) like those of the calibration set": 1,
            "says that it is not a probability for this patient, or for a group": 1,
            "says that the promise needs exchangeable patients, and names hospital or years as a reason to doubt it": 1,
            f"reads the {seen}% as a warning, with its size ({size}), and proposes calibration on own patients or by group": 1,
        },
        model_answer=f"""
No. The promise is an average: of many patients who come like those of the calibration set, at least {100 - alpha}% have their diagnosis in the set. It says nothing about one
patient, and nothing about one group. It also needs our patients to be like those {n} of another hospital two years ago. Of our {size} {group} it held in {seen}%: even with
the interval that belongs to {size} patients this is a warning. We should calibrate with our own recent patients, separately for this group, and say until then that the set is too small for them.
""",
        samples=(
            Sample(
                (1, 1, 0, 0),
                f"No. {100 - alpha}% is an average over many patients like those of the calibration. It is no probability for you or for one group. "
                f"In your group it was {seen}% here, a little less.",
                "Average, and not for this patient. Other hospital and old years are not named, and the gap is called little, without its number of patients and without a proposal.",
            ),
            Sample(
                (0, 0, 0, 1),
                f"For {group} the set was right in only {seen}% of {size}, which is a warning. So it is {seen}% certain for you. We should calibrate it "
                f"with our own patients.",
                "The warning with its size, and a proposal. But one probability for the patient is put in place of another.",
            ),
        ),
    )
