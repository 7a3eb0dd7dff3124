"""The sixteen questions of section 18.6: what to ask before acting on a tool's output.

They are rebuilt: written for this course after the factors and documents that section 18.5 names, and not a copy of any
published checklist.
"""

from types import MappingProxyType
from typing import NamedTuple

from clinxai_teach._validate import positive_int

GROUPS = MappingProxyType(
    {
        "A": "Right tool, right patient",
        "B": "Shown to work",
        "C": "Can I read the number?",
        "D": "Does it know when it does not know?",
        "E": "Does the explanation hold?",
        "F": "Act, override, account",
    }
)
STOPPING = ("A", "B", "C", "D")  # groups in which one no or unknown is enough to stop
# Outside them a no or an unknown at these stops too: nobody can stop the tool, or it is no longer the tested one.
STOPPING_NO = (15, 16)
MAY_NOT_APPLY = (11, 12, 13)  # of a tool that promises no coverage (11) or shows no explanation (12, 13)
NOTICE = "Rebuilt for this course, strict by choice, never tested in a trial; not medical advice."


class ChecklistQuestion(NamedTuple):
    """One question: its `number` (1 to 16), `group` (A to F), the `question`, the `evidence` that answers it, a
    `red_flag`, the `sections` that teach it, and `per` what it is answered: "tool" (once) or "patient" (each time).
    """

    number: int
    group: str
    question: str
    evidence: str
    red_flag: str
    sections: tuple[str, ...]
    per: str


QUESTIONS = (
    ChecklistQuestion(
        1,
        "A",
        "Is this exactly what the tool was built for: this condition, setting, moment and user?",
        "The intended use in writing, with inputs and how far ahead it looks; a model card.",
        'Used for triage although it was tested for another decision. "It is only a risk score."',
        ("18.5",),
        "tool",
    ),
    ChecklistQuestion(
        2,
        "A",
        "Were patients like mine (age, sex, ancestry, other illness, device, site) among those on whom it was tested?",
        "For the tool: a table of who was tested, with events by subgroup. For the patient: each characteristic in "
        "it; a flag if they are unlike.",
        'The subgroup is absent, or has fewer than 100 events. "Representative" without a table.',
        ("18.5", "18.4"),
        "patient",
    ),
    ChecklistQuestion(
        3,
        "A",
        "Is its label, the outcome that it learned to predict, the one that I care about?",
        "The definition of the outcome, who labelled, and any stand-in named as such.",
        "Costs or billing codes stand in for illness. Labels come from reports that the model later helps to write.",
        ("18.1",),
        "tool",
    ),
    ChecklistQuestion(
        4,
        "B",
        "Has it been tested outside the place and period in which it was built, best of all here, and did it hold?",
        "An external and a local test of the people it is meant for: dates, patients, the whole interval on the good "
        "side of a limit written before.",
        "Only a split of the developer's own data, or the vendor's figures. Tested on people whom it is not meant "
        "for, or the truth looked for only after an alert.",
        ("18.1", "18.5"),
        "tool",
    ),
    ChecklistQuestion(
        5,
        "B",
        "At the threshold in use, does it do well in each subgroup that matters to my practice?",
        "A table by subgroup: n, events, AUC, sensitivity at the threshold, observed / expected, all with intervals.",
        "One overall number. Subgroups without intervals. A good AUC that hides a group that is missed.",
        ("18.5",),
        "tool",
    ),
    ChecklistQuestion(
        6,
        "B",
        "Has it been ruled out that it reads a shortcut instead of the disease?",
        "A search for shortcuts: site or device alone as predictor, masked or changed inputs, tests within strata.",
        "Heat on a marker, film edge, text or a device not its target, and no search for it. "
        "Performance falls when sites are balanced.",
        ("18.1", "18.2"),
        "tool",
    ),
    ChecklistQuestion(
        7,
        "C",
        "When it says 20%, does it happen in about 20 of 100 such patients, here and in each group that matters?",
        "A calibration curve; intercept, slope and observed / expected with intervals; the date of recalibration.",
        'A "score from 0 to 100" without a meaning. An AUC as proof of calibration.',
        ("18.3",),
        "tool",
    ),
    ChecklistQuestion(
        8,
        "C",
        "At the threshold in use: are alerts, missed cases and false alarms per 100 patients known, and is acting on "
        "them better than treating all or none?",
        "A table of outcomes per 100 or 1,000 patients; the PPV at the local prevalence; a decision curve.",
        "Sensitivity without PPV. A threshold copied from another hospital.",
        ("18.3",),
        "tool",
    ),
    ChecklistQuestion(
        9,
        "D",
        "Does it say how sure it is about my patient, and what kind of doubt it has?",
        "An interval, a prediction set with its alpha, or the spread of an ensemble or of dropout; and words on the "
        "screen that say which doubt: few such patients, or an open case.",
        'A bare softmax value called "confidence". A range, or "95%", without saying of what.',
        ("18.4",),
        "patient",
    ),
    ChecklistQuestion(
        10,
        "D",
        "Is this input like those it knows, of good quality, and not largely filled in?",
        "A flag for unlike patients, a check of image quality, the number of missing inputs.",
        "A result for the wrong view, a child, an unknown device, or with half the inputs missing.",
        ("18.4", "18.5"),
        "patient",
    ),
    ChecklistQuestion(
        11,
        "D",
        "If coverage is promised: is it said over whom and calibrated on whom, and does it hold for the sick and "
        "each group that matters?",
        "Coverage overall, by class and by group; date and size of the calibration set.",
        '"90% guaranteed" read as 90% for this patient. A calibration set from another site or year.',
        ("18.4",),
        "tool",
    ),
    ChecklistQuestion(
        12,
        "E",
        "Does the explanation point at medically plausible evidence, and does it change when the evidence changes?",
        "Method and baseline named; a sanity check with random weights; a deletion test; stability when refitted.",
        "The same heatmap for any model. Strong heat on a marker, film edge, text or a device not its target, or a "
        "ward as first reason, not cleared (6).",
        ("18.2",),
        "patient",
    ),
    ChecklistQuestion(
        13,
        "E",
        "Do I read the explanation as why the model said so, and not as what causes or would change the outcome?",
        "The wording of the display; a list of inputs that go together, and of inputs that treatment changes.",
        '"Lower this feature to lower the risk." A protective weight on a treated risk factor.',
        ("18.2",),
        "patient",
    ),
    ChecklistQuestion(
        14,
        "F",
        "Have I noted what I would decide without it, and what I know that it does not?",
        "My own assessment, noted before I see the output; a list of what the model is not told.",
        "A correct plan changed without a new fact.",
        ("18.5",),
        "patient",
    ),
    ChecklistQuestion(
        15,
        "F",
        "Is it settled when and how I override, defer or stop, and who is told?",
        "An override procedure, what works when the tool is down, a way to report incidents, a named owner.",
        'No way to override. Overrides that nobody logs. "The AI decided."',
        ("18.5",),
        "tool",
    ),
    ChecklistQuestion(
        16,
        "F",
        "Is it still the same model in the same world: version, last update, watch for drift?",
        "The version tested and the version in use, a monitoring page, the last recalibration, a log of changes.",
        "A silent update. No monitoring since it went live. Other patients than before.",
        ("18.5", "18.3"),
        "tool",
    ),
)


def question_number(number: int) -> int:
    """Return `number` as the number of a question; TypeError or ValueError for anything but 1 to 16.

    Examples
    --------
    >>> question_number(17)
    Traceback (most recent call last):
        ...
    ValueError: number must be from 1 to 16, but got 17.
    """
    number = positive_int("number", number)
    if number > len(QUESTIONS):
        raise ValueError(f"number must be from 1 to {len(QUESTIONS)}, but got {number}.")
    return number
