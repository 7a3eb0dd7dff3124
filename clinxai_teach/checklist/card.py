"""The checklist as a card to print, as one HTML page: the whole card for a committee, six questions for the ward.

HTML, because a browser prints it as a tagged PDF: a screen reader finds its headings, its tables and its order.
"""

from clinxai_teach.checklist.questions import (
    GROUPS,
    MAY_NOT_APPLY,
    NOTICE,
    QUESTIONS,
    STOPPING,
    STOPPING_NO,
    ChecklistQuestion,
)
from clinxai_teach.checklist.verdict import BEYOND, CARE, RULES, listed
from clinxai_teach.markup import html_text

BOX = "\N{BALLOT BOX}"
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
.ward { font-size: 10pt; line-height: 1.3; }
.ward h1 { font-size: 16pt; margin-bottom: 4pt; }
.ward .question, .ward .stop { font-size: 11pt; }
.ward th, .ward td { padding: 2pt 3pt; }
.ward .evidence, .ward .fill td { height: 15pt; }
"""


def card_html(*, ward: bool = False) -> str:
    """Return the card as one HTML page, which prints on A4: two pages, or with `ward` one.

    The whole card holds the 16 questions, each with its evidence, its red flag, boxes to tick and a line for the
    evidence found; at its top lines for tool, version, name and date, and the five verdicts. The ward's holds the six
    questions that come back with each patient. It is black on white, and no text is smaller than 9 points.
    """
    title = "Before you act on an AI tool's output: " + ("six questions per patient" if ward else "16 questions")
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{html_text(title)}</title><style>{STYLE}</style></head>
<body{' class="ward"' if ward else ""}>
<h1>{html_text(title)}</h1>
{_ward() if ward else _committee()}
<p>{html_text(BEYOND)} {html_text(NOTICE)} In square brackets: the section of ClinXAI Teach that teaches it.</p>
</body>
</html>
"""


def _committee() -> str:
    """Return the inside of the whole card."""
    verdicts = "".join(
        f'<tr><td class="tick">{BOX}</td><th scope="row"><b>{html_text(rule.decision.capitalize())}</b></th>'
        f"<td>{html_text(rule.when)}. <b>Then:</b> {html_text(rule.means)}</td></tr>"
        for rule in RULES
    )
    first, second = ("".join(_table(group) for group in groups) for groups in ("AB", "CDEF"))
    applies = listed(MAY_NOT_APPLY)
    return f"""{_lines(("Tool", "Version", "Decision", "Patients"))}
<p><b>yes</b>: I can name the evidence, and it satisfies me. <b>no</b>: evidence speaks against the tool.
<b>?</b> (unknown): no evidence, or it proves nothing. <b>n/a</b>, at {applies} only: the screen promises or shows
nothing. Write down why. A star: once per tool. The others for each patient; a committee may leave them open: the ten
decide. The verdict is about the tool. {CARE}</p>
<table><caption>Verdict on the tool: the first line that fits</caption><tbody>{verdicts}</tbody></table>
{first}<div class="page">{second}{_lines(("Name", "Approved by", "Date", "Next review"))}</div>"""


def _ward() -> str:
    """Return the inside of the card for the ward."""
    asked = [question for question in QUESTIONS if question.per == "patient"]
    asked.insert(0, asked.pop())  # 14 is answered before the others, so it stands before them
    return f"""{_lines(("Tool", "Version", "Patient", "Date", "Name", "Committee's verdict"))}
<p>The other ten questions are answered once per tool, by a committee; documents are on its page. Unless its verdict
on the version on your screen is "ready to use", stop here: decide as if you had not seen the output. {CARE}</p>
{_with_head("Answer 14 before you look at the output", asked)}
<p class="stop"><b>A no or a ? at 2, 9 or 10, or heat on a marker, a border or text:</b> decide as if you had not
seen the output, and tell the tool's owner. (After heat on a marker question 6 is open again.)
<b>A no or a ? at 12, 13 or 14:</b> use it with care: one piece of information beside your own assessment.</p>
<p>Whether this sheet is kept with the patient's record, your hospital's rules say.</p>"""


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


def _with_head(caption: str, questions: list[ChecklistQuestion]) -> str:
    """Return a table of questions; the column n/a is there where it is a choice."""
    answers = ["yes", "no", "?"] + ["n/a"] * any(question.number in MAY_NOT_APPLY for question in questions)
    heads = "".join(f'<th scope="col" class="tick">{answer}</th>' for answer in answers)
    rows = "".join(_row(question, len(answers)) for question in questions)
    return (
        f'<table><caption>{html_text(caption)}</caption><thead><tr><th scope="col">No.</th>'
        f'<th scope="col">Question, and evidence found</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(question: ChecklistQuestion, columns: int) -> str:
    """Return one question with its boxes; below it what to ask for, the red flag, and a line to write on."""
    star = "*" if question.per == "tool" else ""
    boxes = [BOX] * 3 + [BOX if question.number in MAY_NOT_APPLY else ""] * (columns - 3)
    ticks = "".join(f'<td class="tick">{box}</td>' for box in boxes)
    return (
        f'<tr><th scope="row">{question.number}{star}</th>'
        f'<td><div class="question">{html_text(question.question)}</div>'
        f"<div><b>Ask for:</b> {html_text(question.evidence)} [{', '.join(question.sections)}]</div>"
        f'<div><b>Red flag:</b> {html_text(question.red_flag)}</div><div class="evidence"></div></td>{ticks}</tr>'
    )
