"""What a trust report must say, and which reporting standard each part serves.

The items are those of the published lists; which of our parts serves which item is our reading, not a legal opinion.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from clinxai_teach.trust.rules import AMENDED, MOVED


class Part(NamedTuple):
    """One part of the report: its `title`, and the items it serves in each standard.

    `fields` are the arguments of `trust_report` that an author writes, with what to write there; a part without any is
    computed. "none" where a standard has no such item.
    """

    title: str
    tripod: str
    chai: str
    ai_act: str
    fields: dict[str, str]


PARTS = {
    "intended_use": Part(
        "Intended use",
        "3b",
        "Uses and Directions: intended use and workflow, primary intended users, targeted patient population",
        "13(3)(b)(i)",
        {"intended_use": "which decision, for which patients, in which setting, by whom, and what it is not for"},
    ),
    "data": Part(
        "Data and dates",
        "5a, 5b, 6b, 8a, 11, 20a, 20b",
        "Trust Ingredients: development data characterization, outcomes and outputs",
        "13(3)(b)(vi)",
        {
            "data": "where the patients come from, how they were chosen, what the label is, and what was kept apart "
            "for this report",
            "dates": "when the patients were seen, when the model was trained, when this report was made",
            "excluded": 'who was left out of these patients and how many, such as {"known diabetes": 804}; {} if '
            "nobody was",
        },
    ),
    "subgroups": Part(
        "Performance on subpopulations",
        "3c, 14, 23a, 23b, 25",
        "Key Metrics: usefulness, usability, efficacy; fairness and equity",
        "13(3)(b)(ii), 13(3)(b)(v)",
        {"groups": "one label per patient, for the groups that matter to the practice, such as ancestry, sex or age"},
    ),
    "calibration": Part("Calibration", "12e, 23a", "Key Metrics: safety and reliability", "13(3)(b)(ii)", {}),
    "coverage": Part(
        "Conformal coverage by class and group", "12e, 23a", "Key Metrics: safety and reliability", "13(3)(b)(vii)", {}
    ),
    "explanation": Part(
        "Explanations",
        "none",
        "Trust Ingredients: transparency",
        "13(3)(b)(iv)",
        {
            "explanation": "what is shown as the reason for an output, by which method, how it was tested, and what it "
            "does not say; or that none is shown"
        },
    ),
    "failure_modes": Part(
        "Known failure modes",
        "26",
        "Warnings: known risks and limitations, known biases or ethical considerations",
        "13(3)(b)(iii)",
        {"failure_modes": "a list: when the model is known or expected to be wrong, and how that was found out"},
    ),
    "similarity": Part(
        "Out-of-distribution indicators",
        "27a",
        "Uses and Directions: cautioned out-of-scope settings",
        "13(3)(b)(ii)",
        {
            "similarity": "SimilarityDetector().fit(X_train).check(X), with the inputs X of these patients; or a text "
            "that says how unlike patients are recognised, or that nothing recognises them"
        },
    ),
    "use_conditions": Part(
        "Use conditions",
        "27b",
        "Uses and Directions: how to use",
        "13(3)(b)(vii), 26(1), 26(4)",
        {"use_conditions": "who may use it and with which training, which inputs must be present, when not to use it"},
    ),
    "override": Part(
        "Override procedure",
        "none",
        "Uses and Directions: how to use",
        "13(3)(d), 14(4)(d), 14(4)(e), 26(2)",
        {"override": "when and how a clinician overrides, defers or stops; who is told; what works when it is down"},
    ),
    "monitoring": Part(
        "Log and monitoring",
        "none",
        "Trust Ingredients: ongoing maintenance",
        "13(3)(f), 26(5), 26(6)",
        {
            "monitoring": "what is logged and for how long, who looks at it and how often, which alarm with which "
            "rate of "
            "false alarms, and what happens after one"
        },
    ),
    "version": Part(
        "Version and fingerprint",
        "12f, 12g, 22, 24",
        "Release Info: release version, release date",
        "13(3)(c), 13(3)(e)",
        {
            "version": "the version of the model and of what it runs on, and the date of its last change",
            "model_hash": "the SHA-256 of what gives the numbers: fingerprint((model, recalibration)); or a dict of "
            "what "
            'it is and its SHA-256, such as {"sister 1 of 5": ...}, where several models made this report',
        },
    ),
}

WRITTEN = {"model_name": "the name under which the model is known"} | {
    field: write for part in PARTS.values() for field, write in part.fields.items()
}
WORDS = {"excluded": "who was left out", "model_hash": "fingerprint", "similarity": "signs of unlike patients"}
WORDS = {field: WORDS.get(field, field.replace("_", " ")) for field in WRITTEN}  # what a reader sees
# Without these there is no report. The others may be left out; the report then says that they are not stated.
REQUIRED = ("model_name", "groups", "intended_use", "failure_modes", "override")

STANDARDS = (
    "TRIPOD+AI: Collins G. S. et al., BMJ 2024;385:e078378, doi:10.1136/bmj-2023-078378. Numbers of its 27 items.",
    "CHAI Applied Model Card: Coalition for Health AI, sections of schema version 0.2.",
    "EU AI Act: Regulation (EU) 2024/1689. Articles 13 and 14 bind the provider of a high-risk system, Article 26 the "
    "hospital that uses it (the deployer); for another tool the column shows only what they would ask. "
    f"{MOVED}. Last checked on {AMENDED:%d %B %Y}.",
    "Which part serves which item is the reading of the authors of this course. A report that fills all parts is not "
    "thereby compliant with any of the three.",
)


def missing_parts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is missing in `values`, a dict of the required fields: field and what to write there.

    A text of spaces only is missing, and so is an empty list or a list with an empty text.
    """
    return {field: WRITTEN[field] for field in REQUIRED if _is_missing(values.get(field))}


def not_stated(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what an author left out of the parts that may be left out: field and what to write there."""
    return {
        field: write for field, write in WRITTEN.items() if field not in REQUIRED and _is_missing(values.get(field))
    }


def refuse_if_incomplete(values: Mapping[str, Any]) -> None:
    """Raise a ValueError that names every missing part and says what to write."""
    missing = missing_parts(values)
    if missing:
        lines = "\n".join(f"- {field}: {write}" for field, write in missing.items())
        raise ValueError(
            f"The trust report cannot be written: {len(missing)} required part(s) are missing. Nothing is filled in "
            f"for you. Write:\n{lines}"
        )


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, (list, tuple)):
        return len(value) == 0 or any(_is_missing(item) for item in value)
    return False
