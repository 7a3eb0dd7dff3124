"""What a lesson says to a screen, in the words of paper: there no slider moves, no cell runs, and nothing is folded."""

import re

CHOOSE = r"<em>Run &gt; Run All Cells</em>\."
# In HTML; a space stands for any white space.
SCREEN = tuple(
    (re.compile(said.replace(" ", r"\s+")), written)
    for said, written in (
        (rf"(?: |(?<=>))If the (?:sliders|form) do(?:es)? not (?:move|react)[^.]*?{CHOOSE}", ""),
        (r"<p><strong>Do not lose your answers\.</strong>(?s:.*?)</p>", ""),
        (r"run each cell, ", "read, "),
        (r"move the sliders", "look at the pictures"),
        (r"(Answer first|Answer in your own words), then open(?: the answer| ours)?\.", r"\1."),
        (r" Then open the answer\.", ""),
        (r"Do not scroll up\.", "Do not look back."),
        (r"(?:The same (?:story )?|Some of these pictures )?[Ww]ithout sliders:", "In these pictures:"),
        (r"\bTry(?: this)?:(</p> <ol>)", r"On a screen one can try this; the pictures below show some of it:\1"),
        (r"(<ol> <li>(?:Move|Press) )", r"<p>On a screen one can try this; the pictures below show some of it:</p>\1"),
        (r"Move it yourself,", "Look at it,"),
        (
            r"Keep the bar at (\S+) and move the risk from 1 to 99\.",
            r"The bar stays at \1; think of any risk from 1 to 99%.",
        ),
        (r"where the slider stands,", "the value that stands above the picture,"),
        (r"\(folded: ", "("),
        (
            r'(<a href="\.\./exercises/18[^"]*">exercises/[^<]*</a>)',
            r"\1 (on paper: <code>exercises_on_paper</code>; its first page says where)",
        ),
        (r"\(folded table ", "(table "),
        (
            r"put your counts behind <code>yours</code> in the cell under <em>[^<]*</em>, and run it\.",
            "ask somebody who can compute it.",
        ),
    )
)
# The form of the checklist that a screen shows, until what a screen says of answers that are not there.
FORM = re.compile(r'<pre class="code">form = ChecklistForm.*?Finish the form[^<]*</pre>', re.DOTALL)
# What would be left of a screen; a test looks for it in every lesson but the start page, which is about the screen.
LEFT = re.compile(
    r"Run All Cells|[Ff]olded|then open|scroll|run (?:each|this|it|the next)\b|not answered|do not move,|and move the"
)


def on_paper(body: str, form: str = "") -> str:
    """Return a lesson's HTML in the words of paper; `form` is what is filled in instead of the form on the screen."""
    for said, written in SCREEN:
        body = said.sub(written, body)
    return FORM.sub(lambda _: f'<div class="form"><p>On paper, fill in this form.</p>{form}</div>', body)
