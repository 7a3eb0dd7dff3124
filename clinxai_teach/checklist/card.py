"""The checklist as a card to print, as one HTML page: the whole card for a committee, six questions for the ward.

HTML, because a browser prints it as a tagged PDF: a screen reader finds its headings, its tables and its order.
"""

from collections.abc import Mapping
from types import MappingProxyType

from clinxai_teach.checklist.questions import (
    GROUPS,
    MAY_NOT_APPLY,
    NOTICE,
    QUESTIONS,
    STOPPING,
    STOPPING_NO,
    ChecklistQuestion,
)
from clinxai_teach.checklist.verdict import CARE, GATE, NO_PERMISSION, NOT_SEEN, PATIENT_RULES, RULES, listed
from clinxai_teach.markup import html_text

BOX = "\N{BALLOT BOX}"
NO_ALARM = "No alarm: still look."
SILENT_TRIAL = "A silent trial uses patients too: ask the ethics committee and data protection first."
WARD_LINES = (
    *("Tool, version", "Verdict; permitted on", "Patient", "Name"),
    *("Date, times before and after", "Papers (2, 9, 10, 12); cleared (6)"),
    *("Approved for (decision, patients)", "Not for", "Owner, phone", "May switch it off, phone"),
)
# What a nurse or doctor can look at beside the bed, where a committee asks for documents.
BEDSIDE = MappingProxyType(
    {
        14: "An alarm comes unasked. Go to the patient; before you read score or reason, note what you find and would "
        "do. If you read first, 14 is a no: see below.",
        2: "In 'Not for': no. Look up the committee's characteristics, and any that makes you doubt. Not in its table, "
        "or fewer than 100 events: ? Only the flag (10) sees the combination; it may miss.",
        9: "A yes means that the doubt is shown, not that it is small. 'Few such patients': 10 is a no. A large doubt: "
        "the tool has not decided, see below.",
        10: "Values right, and of now? A film: right patient, view, quality? How many inputs missing? Wrong, or more "
        "than the committee's limit: no. No limit filed, and some missing: ?",
        12: "Does the heat lie on something that can be ill, or do the reasons fit what you find? Has the committee "
        "filed the test that they follow the evidence? Not filed: ? Failed: no.",
        13: "Why the score is high, not what to treat.",
    }
)
STYLE = """
@page { size: A4; margin: 9mm 13mm; }
body { color: #000; background: #fff; font: 9pt/1.22 Arial, "Liberation Sans", sans-serif; margin: 0; }
h1 { font-size: 14pt; margin: 0 0 2pt; }
p { margin: 2pt 0; }
table { border-collapse: collapse; width: 100%; margin: 0 0 4pt; }
caption { background: #e4e4e4; font-size: 10pt; font-weight: bold; padding: 1pt 3pt; text-align: left; }
th, td { text-align: left; vertical-align: top; padding: 1pt 3pt; font-weight: normal; }
tbody tr { border-bottom: 0.5pt solid #767676; break-inside: avoid; }
.question { font-weight: bold; }
.tick { text-align: center; white-space: nowrap; width: 16pt; }
tbody .tick { font: 12pt/1 "DejaVu Sans", "Segoe UI Symbol", sans-serif; }
.evidence { border-bottom: 0.5pt solid #000; height: 11pt; }
.fill td, .fill th { border-bottom: 0.5pt solid #000; height: 15pt; vertical-align: bottom; width: 34%; }
.fill th { border: 0; width: 1%; white-space: nowrap; }
.page { break-before: page; }
.ward { font-size: 9pt; line-height: 1.2; }
.ward h1 { font-size: 15pt; margin: 0; }
.ward .question { font-size: 10pt; }
.ward .evidence { height: 13pt; }
.ward .fill td { height: 14pt; }
"""


def card_html(*, ward: bool = False) -> str:
    """Return the card as one HTML page, which prints on A4: two pages, or with `ward` one.

    The whole card holds the 16 questions, each with its evidence, its red flag, boxes to tick and a line for the
    evidence found; at its top lines for tool and version, and a committee's four verdicts, those of
    `Checklist.verdict(per="tool")`. The ward's holds the six questions that come back with each patient, in words for
    the bedside, and lines for what was done. It is black on white, and no text is smaller than 9 points.
    """
    title = "Before you act on an AI tool's output: " + ("six questions per patient" if ward else "16 questions")
    beyond = "" if ward else f"{NO_PERMISSION}. {SILENT_TRIAL} In square brackets: sections of ClinXAI Teach."
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{html_text(title)}</title><style>{STYLE}</style></head>
<body{' class="ward"' if ward else ""}>
<h1>{html_text(title)}</h1>
{_ward() if ward else _committee()}
<p>{html_text(f"{beyond} {NOTICE}".strip())}</p>
</body>
</html>
"""


def _committee() -> str:
    """Return the inside of the whole card."""
    starred = [question.number for question in QUESTIONS if question.per == "tool"]
    verdicts = "".join(
        f'<tr><td class="tick">{BOX}</td><th scope="row"><b>{html_text(rule.title.capitalize())}</b>'
        f"</th><td>{html_text(rule.when)}. <b>Then:</b> {html_text(rule.means)}</td></tr>"
        for rule in RULES
        if rule.decision != "use with care"  # it comes from the patient's questions only
    ).replace("<td>all yes,", f"<td>all {len(starred)} yes,")
    # Without the paper for 2, 9 or 10 it is not finished: the unknowns that stop a committee are those with a star.
    verdicts = verdicts.replace("an unknown in A to D, or at 15 or 16", "an unknown at a star")
    first, second = ("".join(_table(group) for group in groups) for groups in ("AB", "CDEF"))
    applies = listed(MAY_NOT_APPLY)
    return f"""{_lines(("Tool", "Version", "Decision", "Patients"))}
<p><b>yes</b>: I can name the evidence, and it satisfies me. <b>no</b>: evidence speaks against the tool.
<b>?</b> (unknown): no evidence, or it proves nothing. <b>n/a</b>, at {applies} only: the screen promises or shows
nothing. Write down why. {CARE} {NO_ALARM}</p>
<p><b>A committee has no patient.</b> Its verdict comes from the {len(starred)} questions with a star
({listed(starred)}). "Not finished": one of these has no answer, or the paper for 2, 9 or 10 is missing. A known
no at 2, 9 or 10 for the whole tool: do not use. Before "ready to use" it files, for the ward:
{BOX}&nbsp;approved for, not for {BOX}&nbsp;who was tested, by the characteristics that matter (2)
{BOX}&nbsp;which doubt is shown (9) {BOX}&nbsp;what is refused; the limit of missing inputs (10)
{BOX}&nbsp;the test of the explanation (12; failed: off the screens)
{BOX}&nbsp;the marks and reasons cleared by the search for shortcuts (6).
For itself: {BOX}&nbsp;how it will measure whether patients fare better than today: outcome, date, who.
Before the first patient:
{BOX}&nbsp;who said yes in writing, when, to each permission on page 2.</p>
<table><caption>Verdict on the tool: the first line that fits</caption>
<tbody>{verdicts}</tbody></table>
{_lines(("Name", "Approved by", "Date", "Next review"))}
{first}<div class="page">{second}</div>"""


def _ward() -> str:
    """Return the inside of the card for the ward."""
    asked = [question for question in QUESTIONS if question.per == "patient"]
    asked.insert(0, asked.pop())  # 14 is answered before the others, so it stands before them
    rules = "".join(
        f"<p><b>{html_text(rule.when[0].upper() + rule.when[1:]).replace('an unknown', 'a ?')}:</b> "
        f"{html_text(rule.decision)}. {html_text(rule.means)}</p>"
        for rule in PATIENT_RULES[:3]
    )
    seen, then = NOT_SEEN.split(":", 1)
    return f"""{_lines(WARD_LINES)}
<p>Read this once by day. <b>yes</b>: I can name it. <b>no</b>: it speaks against the tool. <b>?</b>: I found nothing.
<b>n/a</b>: no explanation is shown. {CARE} {NO_ALARM}</p>
<p><b>{html_text(GATE)}</b></p>
{_with_head("Answer 14 before you read the output", asked, BEDSIDE)}
{rules}
<p><b>{html_text(seen)}:</b>{html_text(then)}</p>
<p>{BOX} used as one piece of evidence {BOX} used with care {BOX} decided as if not seen. What was done,
and why:</p><div class="evidence"></div>
<p>Harm or near harm: tell patient safety the same day. Your hospital's rules say whether this sheet is kept with the
record.</p>"""


def _lines(names: tuple[str, ...]) -> str:
    """Return lines to fill in, two in a row."""
    cells = [f'<th scope="row">{html_text(name)}:</th><td></td>' for name in names]
    rows = "".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
    return f'<table class="fill"><tbody>{rows}</tbody></table>'


def _table(group: str) -> str:
    """Return the questions of a group."""
    rule = "one no or ? stops" if group in STOPPING else "settle what is open"
    if stops := [q.number for q in QUESTIONS if q.group == group and q.number in STOPPING_NO]:
        rule += f"; a no or ? at {listed(stops).replace(', ', ' or ')} stops"
    questions = [question for question in QUESTIONS if question.group == group]
    return _with_head(f"{group}  {GROUPS[group]} ({rule})", questions)


def _with_head(
    caption: str, questions: list[ChecklistQuestion], bedside: Mapping[int, str] = MappingProxyType({})
) -> str:
    """Return a table of questions, with what to look at; the column n/a is there where it is a choice."""
    answers = ["yes", "no", "?"] + ["n/a"] * any(question.number in MAY_NOT_APPLY for question in questions)
    heads = "".join(f'<th scope="col" class="tick">{answer}</th>' for answer in answers)
    rows = "".join(_row(question, len(answers), bedside.get(question.number)) for question in questions)
    return (
        f'<table><caption>{html_text(caption)}</caption><thead><tr><th scope="col">No.</th>'
        f'<th scope="col">Question, and evidence found</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(question: ChecklistQuestion, columns: int, bedside: str | None) -> str:
    """Return one question with its boxes; below it what to ask for or look at, the red flag, and a line to write on."""
    star = "*" if question.per == "tool" else ""
    boxes = [BOX] * 3 + [BOX if question.number in MAY_NOT_APPLY else ""] * (columns - 3)
    label, wanted = ("On the ward", bedside) if bedside else ("Ask for", question.evidence)
    taught = "" if bedside else f" [{', '.join(question.sections)}]"
    ticks = "".join(f'<td class="tick">{box}</td>' for box in boxes)
    rule = " See below." if bedside and question.number == 12 else ""  # the ward's rule for strong heat
    lines = '<div class="evidence"></div>' * (2 if bedside and question.number == 14 else 1)  # 14: a plan is longer
    return (
        f'<tr><th scope="row">{question.number}{star}</th>'
        f'<td><div class="question">{html_text(question.question)}</div>'
        f"<div><b>{label}:</b> {html_text(wanted)}{taught}</div>"
        f"<div><b>Red flag:</b> {html_text(question.red_flag)}{rule}</div>{lines}</td>{ticks}</tr>"
    )
