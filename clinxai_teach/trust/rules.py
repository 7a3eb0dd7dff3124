"""Rules and reporting standards that a trust report touches, each with the day on which it was last looked up.

Rules change. Each row says what was found that day and where; `overdue` names the rows that nobody has looked up for a
year. It is our short reading, not a legal opinion.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

LOOKED_UP = date(2026, 11, 25)  # of the rows that give no day of their own


class Rule(NamedTuple):
    """A rule or standard: its `name`, whom it `binds`, what it `asks`, from when, where it stands, and `checked`."""

    name: str
    binds: str
    asks: str
    since: str
    source: str
    checked: date = LOOKED_UP


AMENDED = date(2026, 11, 27)  # when the amendment of the AI Act was looked up
MOVED = (
    "Regulation (EU) 2026/1744 (Digital Omnibus on AI; OJ L, 2026/1744, 24 July 2026; in force 27 July 2026) moves the "
    "duties for high-risk systems from 2 August 2026 to 2 December 2027 (uses listed in Annex III) and from 2 August "
    "2027 to 2 August 2028 (within products such as medical devices). Number and dates as several sources cite them; "
    "the Journal's own page was not seen"
)
HIGH_RISK = (
    "within products such as medical devices 2 August 2028 (before the amendment: 2 August 2027); uses listed in Annex "
    "III 2 December 2027 (before: 2 August 2026)"
)
AI_ACT = "Regulation (EU) 2024/1689, as amended by 2026/1744"
RULES = (
    Rule(
        "EU AI Act, Article 4",
        "provider and hospital",
        "measures so that people who work with AI know enough about it",
        "2 February 2025. Since 27 July 2026: measures are owed, but no fixed level of knowledge",
        AI_ACT,
        AMENDED,
    ),
    Rule(
        "EU AI Act, Articles 3 and 6(1)",
        "everybody who makes or uses AI",
        "provider: makes it or has it made, and puts it into service under its own name. Deployer: uses it. High-risk, "
        "among others: a medical device that a notified body must assess; so not an in-house device",
        HIGH_RISK,
        f"{AI_ACT}; MDCG 2025-6",
        AMENDED,
    ),
    Rule(
        "EU AI Act, Article 13",
        "provider of a high-risk system",
        "instructions for use: who the provider is, purpose, accuracy, performance in groups, what can explain an "
        "output, oversight, logs",
        HIGH_RISK,
        AI_ACT,
        AMENDED,
    ),
    Rule(
        "EU AI Act, Article 14",
        "provider of a high-risk system",
        "a person can understand its limits, stay aware of automation bias, disregard or reverse an output, and stop "
        "it",
        HIGH_RISK,
        AI_ACT,
        AMENDED,
    ),
    Rule(
        "EU AI Act, Article 19",
        "provider of a high-risk system",
        "keep the logs that are under the provider's control at least six months",
        HIGH_RISK,
        AI_ACT,
        AMENDED,
    ),
    Rule(
        "EU AI Act, Article 26",
        "the hospital (deployer) of a high-risk system",
        "use it as instructed, with fitting input data and oversight by people with competence, training and "
        "authority; monitor it; where there is a risk suspend it, and tell the provider and the authority; tell them "
        "of a serious incident; keep the logs under its control at least six months; inform staff",
        HIGH_RISK,
        AI_ACT,
        AMENDED,
    ),
    Rule(
        "EU AI Act, Articles 26(11), 27 and 86",
        "the hospital (deployer), for a high-risk use listed in Annex III, such as the triage of emergency patients",
        "tell the patient that the system is used; on request explain its part in a decision that significantly "
        "affects the patient; and, if the hospital is a public body or provides a public service, assess the impact on "
        "fundamental rights before the first use",
        "as we read it, with its Annex: 2 December 2027 (before the amendment: 2 August 2026)",
        AI_ACT,
        AMENDED,
    ),
    Rule(
        "EU AI Act, Article 111(2)",
        "provider and hospital, for a high-risk system that is there before its date",
        "such a system is bound only once its design changes significantly after the date; one intended for use by "
        "public authorities in any case by 2 August 2030. What counts is the first unit of a type and model (recital "
        "39 of the amendment, as cited)",
        "the date, as sources cite the amendment: 2 August 2028 within medical devices, 2 December 2027 for uses "
        "listed in Annex III; in the original text, which was read, 2 August 2026",
        AI_ACT,
        AMENDED,
    ),
    Rule(
        "EU Medical Device Regulation",
        "manufacturer",
        "software with a medical purpose is a device. If a notified body must assess it (most of class IIa and above), "
        "its AI is also high-risk under the AI Act",
        "26 May 2021",
        "Regulation (EU) 2017/745; how it fits with the AI Act: MDCG 2025-6, June 2025",
    ),
    Rule(
        "EU Medical Device Regulation, Article 5(5)",
        "a hospital that makes a device and uses it itself (in-house device)",
        "most of the regulation does not apply, but the general safety and performance requirements do; the device is "
        "not passed to another legal entity, not made on an industrial scale, made and used under a quality management "
        "system, with documents of its design and performance, the reason why no equivalent device on the market meets "
        "the need, a public declaration, and a review of the experience in use with corrections",
        "26 May 2021",
        "Regulation (EU) 2017/745; guidance MDCG 2023-1",
        date(2026, 11, 26),
    ),
    Rule(
        "General Data Protection Regulation (GDPR)",
        "the hospital, as controller of its patients' data",
        "As we read it, Article 9: health data only on a ground that the law names. "
        "Article 35: an assessment of the impact before a processing that is likely a high risk, such as that of "
        "health data on a large scale, with the advice of the data protection officer. Article 22: no decision with "
        "legal or similarly significant effect by a machine alone, with exceptions",
        "25 May 2018",
        "Regulation (EU) 2016/679",
        date(2026, 11, 26),
    ),
    Rule(
        "EU Product Liability Directive",
        "manufacturer; as we read it, also who makes software for own use",
        "pays for harm by a defective product, without fault; software is a product",
        "products put on the market or into service after 9 December 2026, as national law says",
        "Directive (EU) 2024/2853",
        date(2026, 11, 27),
    ),
    Rule(
        "Good machine learning practice",
        "manufacturer, as advice",
        "ten principles, among them: intended use, representative data, separate test data, tests of the human-AI "
        "team, clear information, monitoring in use",
        "IMDRF N88, January 2025; before it FDA, Health Canada and MHRA, 27 October 2021",
        "IMDRF/AIML WG/N88 FINAL:2025",
    ),
    Rule(
        "TRIPOD+AI",
        "authors of a study",
        "27 items for studies that develop or evaluate a prediction model",
        "2024, in place of TRIPOD 2015",
        "doi:10.1136/bmj-2023-078378",
    ),
    Rule(
        "PROBAST+AI",
        "readers of a study",
        "judges quality, risk of bias and applicability of such studies",
        "2025",
        "doi:10.1136/bmj-2024-082505",
    ),
    Rule(
        "DECIDE-AI",
        "authors of a study",
        "report the first, small use with real clinicians: 17 AI items and 10 generic ones",
        "2022",
        "doi:10.1136/bmj-2022-070904",
    ),
    Rule(
        "FUTURE-AI",
        "everybody, as advice",
        "six principles (fairness, universality, traceability, usability, robustness, explainability), 30 practices",
        "5 February 2025",
        "doi:10.1136/bmj-2024-081554",
    ),
)


def overdue(today: date, rules: Sequence[Rule] = RULES) -> list[str]:
    """Return a sentence for each rule that was last looked up more than a year before `today`.

    Examples
    --------
    >>> overdue(date(2027, 11, 25))
    []
    >>> len(overdue(date(2027, 11, 28))) == len(RULES)
    True
    """
    return [
        f"{rule.name}: last checked on {rule.checked:%d %B %Y}, more than a year ago. Look it up, and date the row "
        f"anew."
        for rule in rules
        if today - rule.checked > timedelta(days=365)
    ]
