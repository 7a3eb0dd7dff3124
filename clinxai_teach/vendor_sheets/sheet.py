"""A sheet on one tool, with the key: what it answers, and what only sounds like an answer."""

import re
from dataclasses import dataclass, field

from clinxai_teach.checklist import QUESTIONS, Checklist
from clinxai_teach.checklist.verdict import listed
from clinxai_teach.markup import Block, Bullets, Heading, Paragraph, Table, as_markdown


@dataclass(frozen=True)
class VendorSheet:
    """What is known of one tool.

    `title`; `kind` "published" or "invented"; `text` pairs of heading and paragraph, or table; `answered` maps the
    numbers of questions to "yes", "no" or "not applicable" with the evidence; all others are unknown. `decoys` maps
    unknown questions to the sentence of the sheet that sounds like an answer and is none; `sources` if published.

    Examples
    --------
    >>> from clinxai_teach.vendor_sheets import EPIC_2021
    >>> EPIC_2021.answered[4][0], 5 in EPIC_2021.unknown, EPIC_2021.decoys[5]
    ('no', True, 'One overall AUC; no subgroup is quoted.')
    >>> print(EPIC_2021.checklist().verdict().decision)
    do not use
    """

    title: str
    kind: str
    text: tuple[tuple[str, str | Table], ...]
    answered: dict[int, tuple[str, str]]
    decoys: dict[int, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()

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

    def compare(self, checklist: Checklist) -> str:
        """Say where a reader's answers and ours differ, by number and with our reason, and the reader's verdict.

        A gap counts as seen if it is answered "unknown" or "no", a known fault if it is "no".
        """
        if missing := checklist.verdict().unanswered:
            left = f" (not yet: {listed(missing)})" if len(missing) < len(QUESTIONS) else ""
            done = f"{len(QUESTIONS) - len(missing)} of 16 questions answered{left}."
            return f"{done} Finish the form, then run this cell again."
        ours = self.checklist().answers
        given = {number: answer.answer for number, answer in checklist.answers.items()}
        gaps = [number for number in ours if ours[number].answer == "unknown"]
        seen = [number for number in gaps if given[number] in ("unknown", "no")]
        lines = [f"You saw {len(seen)} of {len(gaps)} gaps."]
        lines += [
            f"   {number}: you {given[number]}, we {answer}. {why}"
            for number, (answer, why) in ours.items()
            if given[number] != answer
        ]
        return "\n".join([*lines, f"Your verdict: {checklist.verdict()}", f"Ours: {self.checklist().verdict()}"])

    def to_markdown(self) -> str:
        """Return the sheet as a learner sees it: without the answers."""
        notice = {
            "invented": "INVENTED for this course: no such product, company or study exists.",
            "published": "Published facts, as quoted in the sources below; nothing is added.",
        }[self.kind]
        blocks: list[Block] = [Heading(2, self.title), Paragraph(notice)]
        for heading, content in self.text:
            blocks += [Heading(3, heading), Paragraph(content) if isinstance(content, str) else content]
        if self.sources:
            blocks += [Heading(3, "Sources"), Bullets(self.sources)]
        return as_markdown(blocks)

    def between_rules(self) -> str:
        """Return the sheet between two lines, without headings of its own: for the text of an exercise."""
        plain = re.sub(r"^#+ (.+)$", r"**\1**", self.to_markdown(), flags=re.MULTILINE)
        return f"---\n\n{plain}\n---"

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def __repr__(self) -> str:
        return self.to_markdown()  # the fields would give the answers away
