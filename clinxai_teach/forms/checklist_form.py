"""The checklist as a form: the face of `clinxai_teach.checklist.Checklist`."""

import re
from typing import Any

from clinxai_teach.checklist import GROUPS, MAY_NOT_APPLY, QUESTIONS, Answer, Checklist, ChecklistQuestion
from clinxai_teach.checklist.kept import Keeper
from clinxai_teach.checklist.verdict import FEWEST_SIGNS
from clinxai_teach.forms.face import boxed, folded, named, status, with_twin
from clinxai_teach.markup import html_text

# The words of the form for the answers of a Checklist; the empty one withdraws an answer.
CHOICES = {
    "yes": "yes",
    "no": "no",
    "I don't know": "unknown",
    "not applicable": "not applicable",
    "not answered": "",
}
ABOUT = {"version": "Version of the tool:", "name": "Your name:", "date": "Date:"}
SIGN = "Sign"  # the last page, behind the groups
ANEW, SURE = "Begin anew", "Press again to delete all answers"  # the two faces of one button
PER = {"tool": "once per tool", "patient": "for each patient"}


class ChecklistForm:
    """The 16 questions as a form that is filled with the mouse or with the keyboard alone.

        form = ChecklistForm(Checklist("ChestGuard"), keep=True)
        form

    Parameters
    ----------
    checklist : Checklist, optional
        The checklist to edit, answers included; a new one without it.
    keep : bool
        Keep each answer as it is given, in a file beside the record of the exercises, and find it there again by the
        tool's name: where `checklist` has no answers, it gets those. Nothing is sent. `clinxai progress delete` and
        the form's button *Begin anew* delete the file.

    `checklist` is that checklist: it always holds what the form shows. A "yes", or a "not applicable" (only where it
    can be), counts once its evidence names something. One group is on display at a time, last the page to sign; the
    verdict stays below, and a screen reader speaks each change. A saved notebook, which has no kernel, shows a table.

    Raises TypeError for anything that is not a Checklist.
    """

    def __init__(self, checklist: Checklist | None = None, *, keep: bool = False) -> None:
        checklist = Checklist() if checklist is None else checklist
        if not isinstance(checklist, Checklist):
            raise TypeError(
                f'checklist must be a Checklist, but got {checklist!r}. Pass Checklist("name of the tool"), or nothing.'
            )
        self.checklist = checklist
        self._keeper = Keeper(checklist) if keep else None
        self._face: Face | None = None

    @property
    def face(self) -> "Face":
        """The form's widgets. They are made when first asked for, and show what the checklist holds now."""
        if self._face is None:
            self._face = Face(self.checklist, self._keeper)
        self._face.load()
        return self._face

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return with_twin(self.face.box, {"text/html": self._static_html(), "text/plain": self.checklist.to_markdown()})

    def _static_html(self) -> str:
        """Return the twin for GitHub, print and screen readers: the table, with the red flags folded."""
        words = {answer: word for word, answer in CHOICES.items()}
        rows = ""
        for group, title in GROUPS.items():
            rows += f'<tr><th colspan="4" scope="colgroup">{html_text(f"{group} {title}")}</th></tr>'
            for question in (question for question in QUESTIONS if question.group == group):
                answer, evidence = self.checklist.answers.get(question.number, ("", ""))
                star = "*" * (question.per == "tool")
                rows += (
                    f'<tr><th scope="row">{question.number}{star}</th><td>{html_text(question.question)}'
                    f"{folded('Red flag', html_text(question.red_flag))}</td>"
                    f"<td>{html_text(words[answer])}</td><td>{html_text(evidence)}</td></tr>"
                )
        columns = ("No. (* once per tool)", "Question", "Answer", "Evidence")
        head = "".join(f'<th scope="col">{name}</th>' for name in columns)
        verdict = html_text(str(self.checklist.verdict()))
        signed = " ".join(
            f"{label} {getattr(self.checklist, field) or 'not stated'}." for field, label in ABOUT.items()
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        table = re.sub(r"<(t[hd])\b", r'<\1 style="text-align:left"', table)  # JupyterLab puts cells to the right
        return f"<p><b>{heading(self.checklist)}.</b> {html_text(signed)} Verdict: {verdict}</p>{table}"


class Face:
    """The widgets of one form: `group` chooses what `page` shows; `answers` and `evidence` by number; `about` by name;
    the `line`; where the answers are kept, `kept` says so, and the button `anew` deletes them.
    """

    def __init__(self, checklist: Checklist, keeper: Keeper | None = None) -> None:
        import ipywidgets as widgets  # here, so that a checklist never loads the widgets

        self.checklist, self.keeper, self.loading = checklist, keeper, False
        # No drop-down list: JupyterLab takes its arrow keys and letters for commands. A radio button obeys Space.
        wide: dict[str, Any] = {"layout": {"width": "auto"}}
        aligned: dict[str, Any] = {**wide, "style": {"description_width": "130px"}}
        self.group = widgets.RadioButtons(options=[*GROUPS, SIGN], orientation="horizontal", **named("Group:"), **wide)
        self.next = widgets.Button(**named("Next group"), layout={"width": "auto", "margin": "2px 2px 2px 16px"})
        self.answers: dict[int, Any] = {}
        self.evidence: dict[int, Any] = {}
        self.about = {field: widgets.Text(**named(label), **aligned) for field, label in ABOUT.items()}
        self.pages: dict[str, list[Any]] = {**{group: [] for group in GROUPS}, SIGN: list(self.about.values())}
        for field, text in self.about.items():
            text.observe(lambda change, field=field: self.on_sign(field), names="value")
        for question in QUESTIONS:
            number = question.number
            choices = {w: a for w, a in CHOICES.items() if a != "not applicable" or number in MAY_NOT_APPLY}
            self.answers[number] = widgets.RadioButtons(
                options=choices, value="", orientation="horizontal", **named(f"Answer to {number}:"), **aligned
            )
            self.evidence[number] = widgets.Text(**named(f"Evidence for {number}:"), **aligned)
            row = widgets.VBox([self.answers[number], self.evidence[number]])
            self.pages[question.group] += [widgets.HTML(question_html(question)), row]
            for control in (self.answers[number], self.evidence[number]):
                control.observe(lambda change, number=number: self.on_answer(number), names="value")
        self.page, self.line = widgets.VBox(), widgets.HTML()
        self.title = widgets.HTML()
        top = widgets.HBox([self.group, self.next])
        self.kept, self.anew = widgets.HTML(), widgets.Button(**named(ANEW), layout={"width": "auto"})
        below = [widgets.HBox([self.kept, self.anew])] if keeper else []
        self.box = boxed("checklist", [self.title, top, self.page, self.line, *below])
        self.anew.on_click(lambda button: self.begin_anew())
        self.tell()
        self.group.observe(lambda change: self.turn(), names="value")
        self.next.on_click(lambda button: self.step())
        self.turn()

    def load(self, *, also_waiting: bool = False) -> None:
        """Show what the checklist holds now: it may have been answered in code. An answer that waits stays."""
        self.loading, waiting = True, [] if also_waiting else self.waiting()
        for field, text in self.about.items():
            text.value = getattr(self.checklist, field)
        for number in self.answers:
            if number in self.checklist.answers:
                self.answers[number].value, self.evidence[number].value = self.checklist.answers[number]
            elif number not in waiting:
                self.answers[number].value = self.evidence[number].value = ""
        self.loading = False
        self.say()

    def turn(self) -> None:
        """Show the page of the chosen group."""
        group = self.group.value
        title = f"{group} {GROUPS[group]}" if group in GROUPS else "Which version, who answered, and when"
        self.title.value = f"<p>{heading(self.checklist)}. <b>{html_text(title)}</b></p>"
        self.page.children = self.pages[group]

    def step(self) -> None:
        """Go to the next group; after the last one, to the first."""
        self.group.index = (self.group.index + 1) % len(self.pages)

    def on_answer(self, number: int) -> None:
        """Write one answer into the checklist; one that waits for its evidence is none yet."""
        if self.loading:
            return
        answer = self.answers[number].value
        if not answer or number in self.waiting():
            self.checklist.withdraw(number)
        else:
            self.checklist.answer(number, answer, self.evidence[number].value)
        self.keep()
        self.say()

    def on_sign(self, field: str) -> None:
        """Write the version, the name or the date into the checklist."""
        if not self.loading:
            setattr(self.checklist, field, self.about[field].value)
            self.keep()

    def keep(self) -> None:
        """Write the checklist into its file, where it has one."""
        if self.keeper:
            self.keeper.write()
            self.tell()

    def tell(self) -> None:
        """Say whether the answers are kept, and whether some were found again."""
        if self.keeper:
            self.kept.value = f"<p>{html_text(kept_words(self.keeper))}</p>"
            self.anew.description = self.anew.tooltip = ANEW
            self.anew.layout.display = None if self.keeper.found else "none"

    def begin_anew(self) -> None:
        """Delete all answers, when the button is pressed for the second time."""
        if self.anew.description == ANEW:
            self.anew.description = self.anew.tooltip = SURE
        elif self.keeper:
            self.keeper.begin_anew()
            self.tell()
            self.load(also_waiting=True)

    def waiting(self) -> list[int]:
        """Return the numbers of the questions whose answer waits for evidence that names something."""
        return [n for n, box in self.answers.items() if Answer(box.value, self.evidence[n].value).waits]

    def say(self) -> None:
        """Write the verdict, and which answer does not count yet."""
        needed = f"counts when its evidence names something: at least {FEWEST_SIGNS} letters or digits."
        notes = [f'"{self.answers[n].label.capitalize()}" to question {n} {needed}' for n in self.waiting()]
        self.line.value = status(" ".join([*notes, f"Verdict so far: {self.checklist.verdict()}"]))


def kept_words(keeper: Keeper) -> str:
    """Return in words whether the answers are kept, and whether some were found again."""
    if keeper.trouble:
        return f"Your answers are not kept: a reload of the page loses them. {keeper.trouble}"
    if keeper.found:
        return f"Your answers from before are here again ({keeper.found} of {len(QUESTIONS)}). To delete them all:"
    return "Each answer that counts is kept, on this computer only. After a reload, run this cell again."


def heading(checklist: Checklist) -> str:
    """Return what the checklist is for, as HTML."""
    return f"Checklist for {html_text(checklist.tool or 'a tool without a name')}"


def question_html(question: ChecklistQuestion) -> str:
    """Return one question with its evidence and its red flag folded."""
    more = f"{html_text(question.evidence)} <b>Red flag:</b> {html_text(question.red_flag)}"
    return (
        f"<p><b>{question.number}.</b> {html_text(question.question)} <i>({PER[question.per]})</i></p>"
        f"{folded('What to look for, and the red flag', more)}"
    )
