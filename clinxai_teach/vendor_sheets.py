"""Three sheets to judge with the checklist: two made of published facts, one invented with planted omissions.

The answers are our reading of what is quoted here, and of nothing else: a "yes" may be waiting in a document that is
not. That is the point of the exercise.
"""

from dataclasses import dataclass

from clinxai_teach.checklist import QUESTIONS, Checklist
from clinxai_teach.markup import Block, Bullets, Heading, Paragraph, as_markdown


@dataclass(frozen=True)
class VendorSheet:
    """What is known of one tool.

    `title`; `kind` "published" or "invented"; `text` pairs of heading and paragraph; `sources`; `answered` maps the
    numbers of questions to "yes" or "no" with the evidence; all others are unknown. `decoys` maps unknown questions to
    the sentence of the sheet that sounds like an answer and is none.

    Examples
    --------
    >>> sorted(CHESTGUARD.unknown)  # what its sheet leaves out, although it sounds complete
    [2, 5, 7, 11, 16]
    >>> print(EPIC_2026.checklist().verdict().decision)
    do not act on the output alone
    """

    title: str
    kind: str
    text: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    answered: dict[int, tuple[str, str]]
    decoys: dict[int, str]

    @property
    def unknown(self) -> frozenset[int]:
        """The numbers of the questions that the sheet does not answer; in the invented one, they were left out."""
        return frozenset(question.number for question in QUESTIONS) - frozenset(self.answered)

    def checklist(self) -> Checklist:
        """Return a `Checklist` filled as we read the sheet."""
        filled = Checklist(self.title)
        for question in QUESTIONS:
            answer, evidence = self.answered.get(question.number, ("unknown", self.decoys.get(question.number, "")))
            filled.answer(question.number, answer, evidence)
        return filled

    def to_markdown(self) -> str:
        """Return the sheet as a learner sees it: without the answers."""
        notice = {
            "invented": "INVENTED for this course: no such product, company or study exists.",
            "published": "Published facts, as quoted in the sources below; nothing is added.",
        }[self.kind]
        blocks: list[Block] = [Heading(2, self.title), Paragraph(notice)]
        for heading, paragraph in self.text:
            blocks += [Heading(3, heading), Paragraph(paragraph)]
        if self.sources:
            blocks += [Heading(3, "Sources"), Bullets(self.sources)]
        return as_markdown(blocks)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def __repr__(self) -> str:
        return self.to_markdown()  # the fields would give the answers away


EPIC_2021 = VendorSheet(
    title="Epic Sepsis Model, external evaluation of 2021",
    kind="published",
    text=(
        ("Who was studied", "27,697 patients with 38,455 hospital stays; sepsis in 2,552 stays (7%)."),
        (
            "Discrimination",
            "AUC 0.63 (95% interval 0.62 to 0.64). The vendor had reported 0.76 to 0.83.",
        ),
        (
            "At the threshold in use",
            "Sensitivity 33%, specificity 83%, PPV 12%, NPV 95%. Alerts on 18% of the stays. 1,709 stays with sepsis "
            "(67%) had no alert.",
        ),
        (
            "Later",
            "In April 2020 Michigan switched its sepsis alert off, as COVID-19 had changed who came to hospital.",
        ),
    ),
    sources=(
        "Wong A. et al., JAMA Intern Med 2021;181(8):1065-1070, doi:10.1001/jamainternmed.2021.2626",
        "Finlayson S. G. et al., N Engl J Med 2021, letter, doi:10.1056/NEJMc2104626 (the alert that was switched off)",
    ),
    answered={
        4: ("yes", "Tested outside the vendor's data: AUC 0.63, where the vendor reported 0.76 to 0.83."),
        8: ("no", "Known, and poor: 33% sensitivity, 67% missed, alerts on 18% of stays, PPV 12%."),
        16: ("no", "The patients changed, and the alert was switched off (April 2020, Michigan)."),
    },
    decoys={
        5: "One overall AUC; no subgroup is quoted.",
        7: "An AUC says nothing about calibration.",
    },
)

EPIC_2026 = VendorSheet(
    title="Epic Sepsis Model version 2, evaluation of 2026",
    kind="published",
    text=(
        ("Who was studied", "227,091 encounters in four health systems."),
        ("Discrimination", "AUROC 0.82 to 0.92, depending on the system."),
        ("Alerts", "PPV 0.13 to 0.26. Large variation between the sites."),
    ),
    sources=("Wong A. et al., JAMA Netw Open 2026, doi:10.1001/jamanetworkopen.2026.0181",),
    answered={4: ("yes", "Tested in four health systems, 227,091 encounters: AUROC 0.82 to 0.92.")},
    decoys={
        5: "Variation between sites is quoted, between groups of patients it is not.",
        7: "An AUROC says nothing about calibration.",
        8: "PPV is quoted; missed cases and the comparison with treating all or none are not.",
        16: "The version is named; how drift is watched is not.",
    },
)

CHESTGUARD = VendorSheet(
    title="ChestGuard, vendor sheet",
    kind="invented",
    text=(
        (
            "What it does",
            "ChestGuard reads frontal chest films of adults in emergency departments and wards. It moves films with "
            "suspected pneumonia up the radiologist's worklist, within a minute of the exposure. It is for "
            "radiologists. It is not for children, not for lateral films, and not for ruling pneumonia out.",
        ),
        (
            "How it was built",
            "Trained on 410,000 films from a diverse and representative population. Pneumonia means that two "
            "radiologists, who had not seen the report, agreed; in 400 films their label was checked against CT. "
            "ChestGuard learns continuously and gets better every day.",
        ),
        (
            "How good it is",
            "AUC 0.94 on our own test films. Tested from January to June 2024 in two hospitals that had no part in "
            "building it: 6,120 patients, 734 with pneumonia, AUC 0.91 (95% interval 0.90 to 0.92). It works for every "
            "patient. The score from 0 to 100 is highly reliable, as the AUC of 0.94 shows.",
        ),
        (
            "What it means at work",
            "In these hospitals (prevalence 12%), at the threshold we install, of 100 patients 19 raise an alert: 10.2 "
            "with pneumonia and 8.8 without. 1.8 with pneumonia are missed. For a clinic that acts at a risk of 10%, "
            "net benefit is 9.2 per 100, against 2.2 when all films are read first.",
        ),
        (
            "No shortcuts",
            "With side markers, text and borders masked, the AUC changes by less than 0.01. The type of the machine "
            "alone predicts pneumonia with AUC 0.53.",
        ),
        (
            "It knows its limits",
            "Five networks read each film; where they disagree, the display says so and that more training films of "
            "this kind could help. Lateral films, children and badly exposed films are refused, and films unlike the "
            "training films are flagged. Every result comes with 95% confidence.",
        ),
        (
            "It explains itself",
            "A Grad-CAM map of the last convolution is shown. It vanishes when the weights are replaced by random "
            "ones, and hiding the marked area lowers the score. The display says: "
            '"Areas that raised the score. Not a finding, not a cause."',
        ),
        (
            "Your doctors stay in charge",
            "The radiologist enters a first impression before the score is shown. ChestGuard sees the film only: no "
            "fever, no blood values, no earlier film. One key overrides it; the reason is logged and sent to the "
            "imaging lead of your hospital, whom the contract names. When it is down, the order is that of "
            "arrival.",
        ),
    ),
    sources=(),
    answered={
        1: ("yes", "What it does: adults, frontal films, pneumonia, order of the worklist, radiologists."),
        3: ("yes", "Two radiologists who had not seen the report; 400 films checked against CT."),
        4: ("yes", "Two outside hospitals, January to June 2024, 6,120 patients: AUC 0.91 (0.90 to 0.92)."),
        6: ("yes", "AUC changes by less than 0.01 when markers are masked; machine alone: AUC 0.53."),
        8: ("yes", "Of 100: 19 alerts, 8.8 of them false, 1.8 missed; net benefit 9.2 against 2.2 for all."),
        9: ("yes", "Five networks; the display says where they disagree, and that more films could help."),
        10: ("yes", "Lateral films, children and bad exposures are refused; unlike films are flagged."),
        12: ("yes", "Grad-CAM, last convolution; vanishes with random weights; hiding the area lowers the score."),
        13: ("yes", 'The display: "Areas that raised the score. Not a finding, not a cause."'),
        14: ("yes", "First impression before the score; the sheet lists what the tool is not told."),
        15: ("yes", "Override key, log, named imaging lead, order of arrival when it is down."),
    },
    decoys={
        2: '"A diverse and representative population", without a table.',
        5: '"It works for every patient": one overall number, no subgroup.',
        7: '"Highly reliable, as the AUC shows": an AUC says nothing about calibration.',
        11: '"95% confidence": of what, over whom, calibrated on whom?',
        16: '"Learns continuously": then which version was tested, and who watches it?',
    },
)

SHEETS = (EPIC_2021, EPIC_2026, CHESTGUARD)
