"""The checklist as a form: the face of `clinxai_teach.checklist.Checklist`."""

from clinxai_teach.checklist import GROUPS, QUESTIONS, Checklist
from clinxai_teach.markup import html_text

# The words of the form for the answers of a Checklist; the empty one withdraws an answer.
CHOICES = {"yes": "yes", "no": "no", "I don't know": "unknown", "not answered": ""}
PER = {"tool": "once per tool", "patient": "for each patient"}

STYLE = """<style>
.clinxai-checklist {--jp-widgets-font-size: 15px; max-width: 900px}
.clinxai-checklist p, .clinxai-checklist details, .clinxai-checklist [role=status] {
  line-height: 1.4 !important; margin: 0; font-size: 15px;
}
.clinxai-checklist .widget-radio {
  display: flex !important; flex-direction: row !important; align-items: baseline; column-gap: 8px;
}
.clinxai-checklist .widget-radio-box {flex-wrap: nowrap; width: auto !important; column-gap: 12px}
.clinxai-checklist .widget-radio-box label {width: auto !important; margin: 0; white-space: nowrap}
.clinxai-checklist [role=status] {border-left: 4px solid #1b4f72; padding-left: 8px}
.clinxai-checklist.jupyter-widgets-disconnected {opacity: 0.4; pointer-events: none}
</style>"""


class ChecklistForm:
    """The 16 questions as a form that is filled with the mouse or with the keyboard alone.

        form = ChecklistForm(Checklist("ChestGuard"))
        form

    Parameters
    ----------
    checklist : Checklist, optional
        The checklist to edit, answers included; a new one without it.

    `checklist` is that checklist: it always holds what the form shows. A "yes" counts once it has evidence. One group
    is on display at a time; the verdict stays below it, and a screen reader speaks each change. A saved notebook, which
    has no kernel, shows the same as a table.

    Raises TypeError for anything that is not a Checklist.
    """

    def __init__(self, checklist=None):
        checklist = Checklist() if checklist is None else checklist
        if not isinstance(checklist, Checklist):
            raise TypeError(
                f'checklist must be a Checklist, but got {checklist!r}. Pass Checklist("name of the tool"), or nothing.'
            )
        self.checklist = checklist
        self._face = None

    @property
    def face(self):
        """The form's widgets. They are made when first asked for, and show what the checklist holds now."""
        if self._face is None:
            self._face = Face(self.checklist)
        self._face.load()
        return self._face

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = self.face.box._repr_mimebundle_()
        return {**bundle, "text/html": self._static_html(), "text/plain": self.checklist.to_markdown()}

    def _static_html(self):
        """Return the twin for GitHub, print and screen readers: the table, with the red flags folded."""
        words = {answer: word for word, answer in CHOICES.items()}
        rows = ""
        for group, title in GROUPS.items():
            rows += f'<tr><th colspan="4" scope="colgroup">{html_text(f"{group} {title}")}</th></tr>'
            for question in (question for question in QUESTIONS if question.group == group):
                answer, evidence = self.checklist.answers.get(question.number, ("", ""))
                rows += (
                    f'<tr><th scope="row">{question.number}</th><td>{html_text(question.question)}'
                    f"<details><summary>Red flag</summary>{html_text(question.red_flag)}</details></td>"
                    f"<td>{html_text(words[answer])}</td><td>{html_text(evidence)}</td></tr>"
                )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("No.", "Question", "Answer", "Evidence"))
        name = html_text(self.checklist.tool or "a tool without a name")
        verdict = html_text(str(self.checklist.verdict()))
        return (
            f"<p><b>Checklist for {name}.</b> Verdict: {verdict}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


class Face:
    """The widgets of one form: `group` chooses what `page` shows; `answers` and `evidence` by number; the `line`."""

    def __init__(self, checklist):
        import ipywidgets as widgets  # here, so that a checklist never loads the widgets

        self.checklist, self.loading = checklist, False
        # No drop-down list: JupyterLab takes its arrow keys and letters for commands. A radio button obeys Space.
        self.group = widgets.RadioButtons(
            description="Group:", options=list(GROUPS), orientation="horizontal", layout={"width": "auto"}
        )
        self.next = widgets.Button(description="Next group", layout={"width": "auto"})
        self.answers, self.evidence, self.pages = {}, {}, {group: [] for group in GROUPS}
        for question in QUESTIONS:
            number = question.number
            self.answers[number] = widgets.RadioButtons(
                description=f"Answer to {number}:",
                options=CHOICES,
                value="",
                orientation="horizontal",
                style={"description_width": "130px"},
                layout={"width": "auto"},
            )
            self.evidence[number] = widgets.Text(
                description=f"Evidence for {number}:",
                style={"description_width": "130px"},
                layout={"width": "auto"},
            )
            row = widgets.VBox([self.answers[number], self.evidence[number]])
            self.pages[question.group] += [widgets.HTML(question_html(question)), row]
            for control in (self.answers[number], self.evidence[number]):
                control.observe(lambda change, number=number: self.on_answer(number), names="value")
        self.page, self.line = widgets.VBox(), widgets.HTML()
        self.title = widgets.HTML()
        style = widgets.HTML(STYLE, layout={"display": "none"})
        top = widgets.HBox([self.group, self.next])
        self.box = widgets.VBox([style, self.title, top, self.page, self.line]).add_class("clinxai-checklist")
        self.group.observe(lambda change: self.turn(), names="value")
        self.next.on_click(lambda button: self.step())
        self.turn()

    def load(self):
        """Show what the checklist holds now: it may have been answered in code. A "yes" that waits stays."""
        self.loading, waiting = True, self.waiting()
        for number in self.answers:
            if number in self.checklist.answers:
                self.answers[number].value, self.evidence[number].value = self.checklist.answers[number]
            elif number not in waiting:
                self.answers[number].value = ""
        self.loading = False
        self.say()

    def turn(self):
        """Show the page of the chosen group."""
        group = self.group.value
        name = html_text(self.checklist.tool or "a tool without a name")
        self.title.value = f"<p>Checklist for {name}. <b>{group} {html_text(GROUPS[group])}</b></p>"
        self.page.children = self.pages[group]

    def step(self):
        """Go to the next group; after the last one, to the first."""
        self.group.index = (self.group.index + 1) % len(GROUPS)

    def on_answer(self, number):
        """Write one answer into the checklist; a "yes" without evidence is none yet."""
        if self.loading:
            return
        answer = self.answers[number].value
        if not answer or number in self.waiting():
            self.checklist.withdraw(number)
        else:
            self.checklist.answer(number, answer, self.evidence[number].value)
        self.say()

    def waiting(self):
        """Return the numbers of the questions whose "yes" has no evidence yet."""
        return [n for n, answer in self.answers.items() if answer.value == "yes" and not self.evidence[n].value.strip()]

    def say(self):
        """Write the verdict. `role="status"` lets a screen reader speak it without taking the focus away."""
        notes = [f'"Yes" to question {number} counts when its evidence is filled in.' for number in self.waiting()]
        words = " ".join([*notes, f"Verdict so far: {self.checklist.verdict()}"])
        self.line.value = f'<div role="status">{html_text(words)}</div>'


def question_html(question):
    """Return one question with its evidence and its red flag folded in an element that opens by keyboard too."""
    return (
        f"<p><b>{question.number}.</b> {html_text(question.question)} <i>({PER[question.per]})</i></p>"
        f"<details><summary>What to look for, and the red flag</summary>{html_text(question.evidence)} "
        f"<b>Red flag:</b> {html_text(question.red_flag)}</details>"
    )
