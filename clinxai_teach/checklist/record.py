"""The record of one checklist: who answered what, about which version of a tool, and when."""

import json
import os
from pathlib import Path
from typing import Self

from clinxai_teach._validate import one_of
from clinxai_teach.checklist.questions import GROUPS, MAY_NOT_APPLY, NOTICE, QUESTIONS, question_number
from clinxai_teach.checklist.verdict import (
    ANSWERS,
    FEWEST_SIGNS,
    Answer,
    Verdict,
    listed,
    needs_evidence,
    verdict_of,
)
from clinxai_teach.markup import Block, Bullets, Heading, Paragraph, Table, as_html, as_markdown

ABOUT = ("tool", "version", "name", "date")
FORMAT = "clinxai-teach checklist 2"
FIELDS = {"clinxai-teach checklist 1": ("tool",), FORMAT: ABOUT}  # what each edition saved beside the answers


class Checklist:
    """The answers to `QUESTIONS` about one tool, and where it matters one patient.

    Parameters
    ----------
    tool, version : str
        What is judged: its name, and the version, for the answers about one version say nothing of the next.
    name, date : str
        Who answered, and when, as you write it.

    "yes" needs evidence that names something: a document, a number, a page. "unknown" means "I do not know" and is an
    answer; a question that was never answered is something else, and is listed apart. "not applicable" is for
    questions 11 to 13 only, with the reason. Answering again replaces the answer. The four texts are attributes.

    Examples
    --------
    >>> checklist = Checklist("Sepsis alert", version="2.1").answer(1, "yes", "Model card, section 2")
    >>> print(checklist.answer(14, "unknown").verdict().decision)
    not finished
    >>> print(checklist.answer(4, "unknown").verdict().decision)  # one in A to D, or at 15 or 16, is enough
    do not act on the output alone
    >>> print(checklist.answer(16, "no", "updated without notice in May").verdict().decision)
    do not use
    >>> checklist.answer(11, "not applicable", "It promises no coverage.").answers[11].evidence
    'It promises no coverage.'
    """

    def __init__(self, tool: str = "", *, version: str = "", name: str = "", date: str = "") -> None:
        for argument, text, what in zip(
            ABOUT,
            (tool, version, name, date),
            ("the name of the tool", "the tool's version", "the name of who answers", "a date as you write it"),
            strict=True,
        ):
            if not isinstance(text, str):
                raise TypeError(f"{argument} must be {what}, a text, but is {type(text).__name__}.")
        self.tool, self.version, self.name, self.date = tool, version, name, date
        self._answers: dict[int, Answer] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Checklist) and (self._about, self.answers) == (other._about, other.answers)

    __hash__ = None  # type: ignore[assignment]  # answers change; Python itself says "unhashable" like this

    @property
    def answers(self) -> dict[int, Answer]:
        """The answers so far, by question number, in the order of the questions: a copy."""
        return dict(sorted(self._answers.items()))

    def answer(self, number: int, answer: str, evidence: str = "") -> Self:
        """Answer question `number` with "yes", "no", "unknown" or "not applicable", and return the checklist.

        Raises TypeError or ValueError for a number outside 1 to 16, another answer, a "not applicable" outside 11 to
        13, and a "yes" or "not applicable" whose evidence has fewer than four letters or digits.
        """
        given = self._checked(number, answer, evidence)
        if given.waits:
            raise ValueError(
                f"evidence {evidence!r} is too short to name a document, a page or a number: it needs at least "
                f"{FEWEST_SIGNS} letters or digits. {_wanted(number, answer)}"
            )
        self._answers[number] = given
        return self

    def withdraw(self, number: int) -> Self:
        """Take the answer to question `number` back, if there is one, and return the checklist."""
        self._answers.pop(question_number(number), None)
        return self

    def verdict(self, *, per: str | None = None) -> Verdict:
        """Return the `Verdict` of the answers so far; `clinxai_teach.checklist.verdict.verdict_of` has the rules.

        With `per="tool"` it is a committee's: of the ten questions that are answered once per tool, and of a "no" at 2,
        9 or 10, for a committee has no patient: it enters one for the whole tool only. With `per="patient"` it is that
        of the other six. ValueError for anything else.

        Examples
        --------
        >>> checklist = Checklist("Sepsis alert")
        >>> for number in (1, 3, 4, 5, 6, 7, 8, 11, 15, 16):
        ...     checklist = checklist.answer(number, "yes", "validation report")
        >>> print(checklist.verdict().decision, "|", checklist.verdict(per="tool").decision)
        not finished | ready to use
        >>> print(checklist.answer(9, "no", "a bare number on the screen").verdict(per="tool").decision)
        do not use
        """
        if per is not None:
            one_of("per", per, ("tool", "patient"))
        return verdict_of(self._answers, per)

    def to_markdown(self) -> str:
        """Return questions, answers and verdict as Markdown."""
        return as_markdown(self._blocks())

    def to_html(self) -> str:
        """Return the same as one HTML page, to print or to file."""
        return as_html(self._title(), self._blocks())

    def to_json(self) -> str:
        """Return tool, version, name, date and answers as JSON."""
        answers = {str(number): given._asdict() for number, given in self.answers.items()}
        return json.dumps({"format": FORMAT, **self._about, "answers": answers}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the checklist that `to_json` wrote, in this edition or the first. ValueError for anything else.

        The first edition took any evidence. A "yes" whose evidence names nothing is kept as it was, but it waits: the
        verdict lists it as not answered.
        """
        try:
            content = json.loads(text)
            fields = FIELDS.get(content["format"], ())
            if set(content) != {"format", "answers", *fields} or not fields:
                raise ValueError(f"expected the fields format ({FORMAT!r}), {', '.join(ABOUT)} and answers")
            checklist = cls(**{field: content[field] for field in fields})
            for number, given in content["answers"].items():
                checklist._answers[int(number)] = cls._checked(int(number), **given)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise ValueError(f"text is no saved checklist: {error}. Pass what to_json() returned.") from error
        return checklist

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the JSON to a file."""
        Path(path).write_text(self.to_json(), encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Return the checklist in a file that `save` wrote."""
        return cls.from_json(Path(path).read_text(encoding="utf-8"))

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    @property
    def _about(self) -> dict[str, str]:
        return {field: getattr(self, field) for field in ABOUT}

    @staticmethod
    def _checked(number: int, answer: str, evidence: str = "") -> Answer:
        """Return the answer if it is one at all. How much evidence it needs is for `answer` to say."""
        number = question_number(number)
        one_of("answer", answer, ANSWERS)
        if not isinstance(evidence, str):
            raise TypeError(f"evidence must be a text, but is {type(evidence).__name__}.")
        if answer == "not applicable" and number not in MAY_NOT_APPLY:
            raise ValueError(
                f'answer must be yes, no or unknown to question {number}, but is "not applicable". That is for '
                f"{listed(MAY_NOT_APPLY)} only: nothing promised, nothing shown."
            )
        if needs_evidence(answer) and not evidence.strip():
            wanted = _wanted(number, answer)
            raise ValueError(f'evidence is missing: "{answer}" to question {number} needs it. {wanted}')
        return Answer(answer, evidence)

    def _title(self) -> str:
        return f"Checklist: {self.tool}" if self.tool.strip() else "Checklist"

    def _blocks(self) -> list[Block]:
        verdict = self.verdict()
        about = self._about
        blocks: list[Block] = [
            Heading(1, self._title()),
            Paragraph(NOTICE),
            Paragraph(f"Verdict: {verdict}"),
            Bullets(
                [
                    *(f"{field.capitalize()}: {about[field].strip() or 'not stated'}" for field in ABOUT[1:]),
                    f"Unknown: {listed(verdict.unknown)}",
                    f'Answered "no": {listed(verdict.no)}',
                    f"Not answered: {listed(verdict.unanswered)}",
                ]
            ),
        ]
        for group, title in GROUPS.items():
            rows = [self._row(question.number) for question in QUESTIONS if question.group == group]
            blocks += [
                Heading(2, f"{group} {title}"),
                Table(f"Questions {rows[0][0]} to {rows[-1][0]}", ["Number", "Question", "Answer", "Evidence"], rows),
            ]
        return blocks

    def _row(self, number: int) -> list[str]:
        given = self._answers.get(number, Answer("not answered", ""))
        answer = f"{given.answer}, waits for evidence" if given.waits else given.answer
        return [str(number), QUESTIONS[number - 1].question, answer, given.evidence]


def _wanted(number: int, answer: str) -> str:
    """Say what the evidence of an answer is."""
    return f"Look for: {QUESTIONS[number - 1].evidence}" if answer == "yes" else "Write the reason."
