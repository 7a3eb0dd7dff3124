"""Section 18.6: sixteen questions to ask before acting on a tool's output, and a record of the answers.

The questions are rebuilt: written for this course after the factors and documents that section 18.5 names, and not a
copy of any published checklist.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from clinxai_teach._validate import one_of, positive_int
from clinxai_teach.markup import Block, Bullets, Heading, Paragraph, Table, as_html, as_markdown

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
STOPPING = ("A", "B", "C", "D")  # groups in which one unknown is enough to stop
ANSWERS = ("yes", "no", "unknown")
FORMAT = "clinxai-teach checklist 1"
NOTICE = "Rebuilt for this course; not a published checklist, not medical advice."


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
        "A statement of the intended use, with inputs and time horizon; a model card or facts label.",
        'Used for triage although it was tested for another decision. "It is only a risk score."',
        ("18.5",),
        "tool",
    ),
    ChecklistQuestion(
        2,
        "A",
        "Were patients like mine (age, sex, ancestry, other illness, device, site) among those it was built and tested "
        "on?",
        "A table of the patients; a distance to the training patients; the number of patients in this subgroup.",
        'The subgroup is absent, or has fewer than 100 events. "Representative" without a table.',
        ("18.5", "18.4"),
        "patient",
    ),
    ChecklistQuestion(
        3,
        "A",
        "What was the label, and is it what I care about?",
        "The definition of the outcome, who labelled, and any stand-in named as such.",
        "Costs or billing codes stand in for illness. Labels come from reports that the model later helps to write.",
        ("18.1",),
        "tool",
    ),
    ChecklistQuestion(
        4,
        "B",
        "Has it been tested outside the place and period in which it was built, best of all here?",
        "An external and a local test with dates, numbers of patients and intervals.",
        "Only a split of the developer's own data. Only the vendor's figures.",
        ("18.1", "18.5"),
        "tool",
    ),
    ChecklistQuestion(
        5,
        "B",
        "How does it do in each subgroup that matters to my practice?",
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
        "Heatmaps on markers, borders or text. The performance falls when the sites are balanced.",
        ("18.1", "18.2"),
        "tool",
    ),
    ChecklistQuestion(
        7,
        "C",
        "When it says 20%, does it happen in about 20 of 100 such patients, here and in my patient's group?",
        "A calibration curve; intercept, slope and observed / expected with intervals; the date of recalibration.",
        'A "score from 0 to 100" without a meaning. An AUC as proof of calibration.',
        ("18.3",),
        "tool",
    ),
    ChecklistQuestion(
        8,
        "C",
        "At the threshold in use: how many alerts, missed cases and false alarms per 100 patients, and is acting on it "
        "better than treating all or none?",
        "A table of outcomes per 100 or 1,000 patients; the PPV at the local prevalence; a decision curve.",
        "Sensitivity without PPV. A threshold copied from another hospital.",
        ("18.3",),
        "tool",
    ),
    ChecklistQuestion(
        9,
        "D",
        "How sure is it about this patient, and what kind of doubt is it?",
        "An interval or a prediction set with its alpha; the spread of an ensemble or of dropout.",
        'A bare softmax value called "confidence". "95%" without saying of what.',
        ("18.4",),
        "patient",
    ),
    ChecklistQuestion(
        10,
        "D",
        "Is this input like those it knows, of good quality, and not largely filled in?",
        "A flag for unlike patients, a check of image quality, the number of missing inputs.",
        "A result for the wrong view, a child, an unknown device, or with half of the inputs missing.",
        ("18.4", "18.5"),
        "patient",
    ),
    ChecklistQuestion(
        11,
        "D",
        "If coverage is promised: over whom, calibrated on whom, and does it hold for the sick and for my subgroup?",
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
        "A heatmap that looks the same for any model. A plausible map on a wrong prediction.",
        ("18.2",),
        "patient",
    ),
    ChecklistQuestion(
        13,
        "E",
        "Do I read the explanation as why the model said so, and not as what causes or would change the outcome?",
        "The wording of the display; a list of inputs that go together, and of inputs that treatment changes.",
        '"Lower this feature to lower the risk." A protective weight on a risk factor that was treated.',
        ("18.2",),
        "patient",
    ),
    ChecklistQuestion(
        14,
        "F",
        "What would I decide without it, and what do I know that it does not?",
        "My own assessment, noted before I see the output; a list of what the model is not told.",
        "A correct plan changed without a new fact.",
        ("18.5",),
        "patient",
    ),
    ChecklistQuestion(
        15,
        "F",
        "When and how do I override, defer or stop, and who is told?",
        "An override procedure, what works when the tool is down, a way to report incidents, a named owner.",
        'No way to override. Overrides that nobody logs. "The AI decided."',
        ("18.5",),
        "tool",
    ),
    ChecklistQuestion(
        16,
        "F",
        "Is it still the same model in the same world: version, last update, watch for drift?",
        "The version, a monitoring page, the last recalibration, a log of changes.",
        "A silent update. No monitoring since it went live. Other patients than before.",
        ("18.5", "18.3"),
        "tool",
    ),
)


class Answer(NamedTuple):
    """One answer: `answer` is "yes", "no" or "unknown"; `evidence` what it rests on (needed for "yes")."""

    answer: str
    evidence: str


class Verdict(NamedTuple):
    """What the answers amount to: a `decision`, what to do in words (`text`), and the numbers of the questions that
    are `unknown`, answered `no`, or not answered at all (`unanswered`). `str(verdict)` is the text.

    Decisions, from the strongest: "do not use", "do not act on the output alone", "not finished", "use with care",
    "ready to use".
    """

    decision: str
    text: str
    unknown: tuple[int, ...]
    no: tuple[int, ...]
    unanswered: tuple[int, ...]

    def __str__(self) -> str:
        return self.text


class Checklist:
    """The answers to `QUESTIONS` about one tool, and where it matters one patient.

    "yes" needs evidence, a text: a document, a number, a page. "unknown" means "I do not know" and is an answer; a
    question that was never answered is something else, and is listed apart. Answering again replaces the answer.

    Examples
    --------
    >>> checklist = Checklist("Sepsis alert").answer(1, "yes", "Model card, section 2").answer(15, "unknown")
    >>> print(checklist.verdict().decision)
    not finished
    >>> print(checklist.answer(4, "unknown").verdict().decision)  # one unknown in A to D is enough
    do not act on the output alone
    >>> checklist.answers[1].evidence
    'Model card, section 2'
    """

    def __init__(self, tool: str = "") -> None:
        if not isinstance(tool, str):
            raise TypeError(f"tool must be the name of the tool, a text, but is {type(tool).__name__}.")
        self.tool = tool
        self._answers: dict[int, Answer] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Checklist) and (self.tool, self.answers) == (other.tool, other.answers)

    __hash__ = None  # type: ignore[assignment]  # answers change; Python itself says "unhashable" like this

    @property
    def answers(self) -> dict[int, Answer]:
        """The answers so far, by question number, in the order of the questions: a copy."""
        return dict(sorted(self._answers.items()))

    def answer(self, number: int, answer: str, evidence: str = "") -> Self:
        """Answer question `number` with "yes", "no" or "unknown", and return the checklist.

        Raises TypeError or ValueError for a number outside 1 to 16, another answer, or a "yes" without evidence.
        """
        number = question_number(number)
        one_of("answer", answer, ANSWERS)
        if not isinstance(evidence, str):
            raise TypeError(f"evidence must be a text, but is {type(evidence).__name__}.")
        if answer == "yes" and not evidence.strip():
            needed = QUESTIONS[number - 1].evidence
            raise ValueError(f'evidence is missing: "yes" to question {number} needs it. Look for: {needed}')
        self._answers[number] = Answer(answer, evidence)
        return self

    def withdraw(self, number: int) -> Self:
        """Take the answer to question `number` back, if there is one, and return the checklist."""
        self._answers.pop(question_number(number), None)
        return self

    def verdict(self) -> Verdict:
        """Return the `Verdict` of the answers so far. The rules, the first that applies:

        1. A "no" in A to D: do not use the output for this decision. A known fault is worse than an open question.
        2. An "unknown" in A to D: do not act on the output alone. Get the model card or the validation report, or ask
           the team responsible for AI. One is enough, however many questions were answered "yes".
        3. A question without an answer: not finished.
        4. A "no" or "unknown" in E or F: use with care, beside your own assessment, and settle what is open.
        5. All "yes": ready to use, as one piece of evidence. The decision stays with the clinician.
        """
        by_answer = {name: tuple(n for n, given in self.answers.items() if given.answer == name) for name in ANSWERS}
        unknown, no = by_answer["unknown"], by_answer["no"]
        unanswered = tuple(question.number for question in QUESTIONS if question.number not in self._answers)
        stop_no, stop_unknown = (tuple(n for n in numbers if _group(n) in STOPPING) for numbers in (no, unknown))
        alone = (
            f"Do not act on the output alone: unknown in A to D, question(s) {_listed(stop_unknown)}. Get the model "
            "card or the validation report, or ask the team responsible for AI."
        )
        if stop_no:
            text = f'Do not use the output for this decision: "no" in A to D, question(s) {_listed(stop_no)}.'
            decision, text = "do not use", f"{text} {alone}" if stop_unknown else text
        elif stop_unknown:
            decision, text = "do not act on the output alone", alone
        elif unanswered:
            decision, text = "not finished", f"Not finished: no answer yet to question(s) {_listed(unanswered)}."
        elif no or unknown:
            open_questions = _listed(sorted(no + unknown))
            decision, text = "use with care", f"Use with care, beside your own assessment. Settle: {open_questions}."
        else:
            decision = "ready to use"
            text = "Ready to use, as one piece of evidence. The decision stays with the clinician."
        return Verdict(decision, text, unknown, no, unanswered)

    def to_markdown(self) -> str:
        """Return questions, answers and verdict as Markdown."""
        return as_markdown(self._blocks())

    def to_html(self) -> str:
        """Return the same as one HTML page, to print or to file."""
        return as_html(self._title(), self._blocks())

    def to_json(self) -> str:
        """Return tool and answers as JSON."""
        answers = {str(number): given._asdict() for number, given in self.answers.items()}
        return json.dumps({"format": FORMAT, "tool": self.tool, "answers": answers}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the checklist that `to_json` wrote. Raises ValueError for anything else, and names what is wrong."""
        try:
            content = json.loads(text)
            if content["format"] != FORMAT or set(content) != {"format", "tool", "answers"}:
                raise ValueError(f"expected the fields format ({FORMAT!r}), tool and answers")
            checklist = cls(content["tool"])
            for number, given in content["answers"].items():
                checklist.answer(int(number), **given)
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

    def _title(self) -> str:
        return f"Checklist: {self.tool}" if self.tool.strip() else "Checklist"

    def _blocks(self) -> list[Block]:
        verdict = self.verdict()
        blocks: list[Block] = [
            Heading(1, self._title()),
            Paragraph(NOTICE),
            Paragraph(f"Verdict: {verdict}"),
            Bullets(
                [
                    f"Unknown: {_listed(verdict.unknown)}",
                    f'Answered "no": {_listed(verdict.no)}',
                    f"Not answered: {_listed(verdict.unanswered)}",
                ]
            ),
        ]
        for group, title in GROUPS.items():
            rows = [
                [
                    str(question.number),
                    question.question,
                    *self._answers.get(question.number, Answer("not answered", "")),
                ]
                for question in QUESTIONS
                if question.group == group
            ]
            blocks += [
                Heading(2, f"{group} {title}"),
                Table(f"Questions {rows[0][0]} to {rows[-1][0]}", ["Number", "Question", "Answer", "Evidence"], rows),
            ]
        return blocks


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


def _group(number: int) -> str:
    return QUESTIONS[number - 1].group


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"
