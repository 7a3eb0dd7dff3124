"""What an answer is, and what the answers amount to."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from clinxai_teach.checklist.questions import QUESTIONS, STOPPING, STOPPING_NO

ANSWERS = ("yes", "no", "unknown", "not applicable")
FEWEST_SIGNS = 4
NO_PERMISSION = (
    "The verdict is no permission. Not asked here: approval as a medical device, data protection, contract, "
    "liability, equal treatment, what patients are told"
)
BEYOND = f"{NO_PERMISSION}, and whether patients fare better."
STAYS = "The decision stays with the clinician."
CARE = "Usual care goes on: look at the patient, and decide on what you find."
GATE = (
    'Did the committee say "ready to use", and is it permitted in writing, for the version on your screen, this '
    "decision and this kind of patient? If any is a no, or you do not know, decide as if you had not seen the output."
)
NOT_SEEN = (
    "As if not seen: do your own observations, call by your usual criteria, and do not quote the score as "
    "the reason. If a protocol binds you to act on this alarm, tell the doctor in charge that the output has no "
    "weight, and act unless the doctor says no. Write both down."
)
HEAT = (
    "if not cleared (6): strong heat (the map's hottest colour, on a film with an alert) on a marker, the film's edge, "
    "a text, or a device that the tool does not look for (a drain in clear lung, for pneumonia); or a first reason "
    "that is not about the patient (a ward, an hour)"
)


class Answer(NamedTuple):
    """One answer: `answer` is one of `ANSWERS`; `evidence` what it rests on (for "not applicable": the reason)."""

    answer: str
    evidence: str

    @property
    def waits(self) -> bool:
        """True while it needs evidence and has none that names something: then it counts as not answered."""
        return needs_evidence(self.answer) and not names_something(self.evidence)


class Rule(NamedTuple):
    """One line of the rule: the `decision`, the answers that lead to it (`when`), and what to do (`means`)."""

    decision: str
    when: str
    means: str

    @property
    def title(self) -> str:
        """The decision as a page prints it: "not alone" could be read as "together with something else"."""
        return "no weight yet" if self.decision.endswith(" alone") else self.decision


# The first that fits. The card, the lesson and the teaching pages print these words.
RULES = (
    Rule(
        "do not use",
        "a no in A to D, or at 15 or 16",
        "A fault is known. The output counts for nothing, and usual care goes on.",
    ),
    Rule(
        "do not act on the output alone",
        "an unknown in A to D, or at 15 or 16: one is enough",
        "Not even beside other findings: decide as if you had not seen the output, until a document, the tool's "
        "owner or the team responsible for AI has answered.",
    ),
    Rule(
        "not finished",
        "a question without an answer, or a yes without evidence",
        "No verdict yet. Until then decide as if you had not seen the output.",
    ),
    Rule(
        "use with care",
        "any other no or unknown (at 12, 13 or 14)",
        "Note your own assessment first; the output is one piece of information beside it. Settle what is open.",
    ),
    Rule(
        "ready to use",
        "all yes, or not applicable with its reason",
        "The output is one piece of evidence. Not yet a permission: the hospital's offices give that, in writing. "
        f"{STAYS}",
    ),
)
DECISIONS = tuple(rule.decision for rule in RULES)
# With each patient, once all of `GATE` is a yes. The first that fits.
PATIENT_RULES = (
    Rule(
        "decide as if you had not seen the output, for every patient",
        HEAT,
        "Tell every shift. Telephone now whoever may switch the tool off: nobody uses the tool until the owner has "
        "cleared this kind of mark or reason (6 is unknown again). Other heat there, or cleared: note it, tell the "
        "owner by day.",
    ),
    Rule(
        "decide as if you had not seen the output, for this patient",
        "a no or an unknown at 2, 9 or 10; at 9 a large doubt (a set with both answers, a range across the threshold, "
        "an open case)",
        "Decide now; leave the owner a message. The tool stays in use for others.",
    ),
    Rule(
        "use with care",
        "a no or an unknown at 12, 13 or 14",
        "One piece of information beside your own assessment; after a failed test (12) the number only. If you read "
        "the output first (14): write so, and change your plan only for a finding that you can name without the tool.",
    ),
    Rule("one piece of evidence", "all yes, or at 12 and 13 not applicable with its reason", STAYS),
)


class Verdict(NamedTuple):
    """What the answers amount to: a `decision`, what to do in words (`text`), and the numbers of the questions that
    are `unknown`, answered `no`, or not answered at all (`unanswered`). `str(verdict)` is the text.

    Decisions, from the strongest: "do not use", "do not act on the output alone", "not finished", "use with care",
    "ready to use". `RULES` says what each asks of you. Each is about the tool, and never a reason not to look at the
    patient.
    """

    decision: str
    text: str
    unknown: tuple[int, ...]
    no: tuple[int, ...]
    unanswered: tuple[int, ...]

    def __str__(self) -> str:
        return self.text


def needs_evidence(answer: str) -> bool:
    """Say whether an answer counts only with evidence: a "yes", and the reason of a "not applicable".

    Examples
    --------
    >>> needs_evidence("yes"), needs_evidence("unknown")
    (True, False)
    """
    return answer in ("yes", "not applicable")


def names_something(evidence: str) -> bool:
    """Say whether evidence is long enough to name a document, a page or a number: four letters or digits.

    That is all a computer can see. Whether it *is* evidence, a reader must judge.

    Examples
    --------
    >>> names_something("page 7"), names_something("ok"), names_something("...... x")
    (True, False, False)
    """
    return sum(sign.isalnum() for sign in evidence) >= FEWEST_SIGNS


def verdict_of(answers: Mapping[int, Answer], per: str | None = None) -> Verdict:
    """Return the `Verdict` of answers by question number. The rules, the first that applies:

    1. A "no" in A to D, or at 15 or 16: do not use the output for this decision. A known fault is worse than an open
       question; a tool that nobody can stop, or that is no longer the tested one, makes the other answers void.
    2. An "unknown" in A to D, or at 15 or 16: do not act on the output alone. Decide as if you had not seen it, until
       the model card, the validation report, the tool's owner or the team responsible for AI has answered. One is
       enough, whatever else is "yes": who does not know which version runs does not know which tool was tested.
    3. A question without an answer, or a "yes" without evidence: not finished.
    4. A "no" or "unknown" at 12, 13 or 14: use with care, as one piece of information beside your own assessment.
    5. All "yes", or "not applicable" with its reason: ready to use, as one piece of evidence. The clinician decides.

    With `per` "tool" or "patient" the same rules judge those questions only. A committee has no patient: with "tool" a
    "no" at 2, 9 or 10 is about the whole tool, and counts; other answers there do not.
    """
    asked = [question.number for question in QUESTIONS if per in (None, question.per)]
    known = [number for number in answers if per == "tool" and answers[number].answer == "no" and _stops(number)]
    judged = sorted({*asked, *known})
    counted = {number: answers[number] for number in judged if number in answers and not answers[number].waits}
    no, unknown = (tuple(sorted(n for n in counted if counted[n].answer == name)) for name in ("no", "unknown"))
    unanswered = tuple(number for number in asked if number not in counted)
    stop_no, stop_unknown = ([n for n in numbers if _stops(n)] for numbers in (no, unknown))
    alone = (
        f"Do not act on the output alone (no weight yet): unknown in A to D, or at 15 or 16, question(s) "
        f"{listed(stop_unknown)}. Until this is answered, decide as if you had not seen the output. Get the model card "
        "or the validation report, or ask the tool's owner or the team responsible for AI."
    )
    if stop_no:
        decision, text = (
            "do not use",
            f'Do not use the output for this decision: "no" to question(s) {listed(stop_no)}.',
        )
        text = f"{text} Also open (unknown): question(s) {listed(stop_unknown)}." if stop_unknown else text
        text = f"{text} {CARE}"
    elif stop_unknown:
        decision, text = "do not act on the output alone", f"{alone} {CARE}"
    elif unanswered:
        decision, text = "not finished", f"Not finished: no answer yet to question(s) {listed(unanswered)}."
        if all(QUESTIONS[number - 1].per == "patient" for number in unanswered) and per is None:
            tool = verdict_of(answers, "tool")
            text = (
                f"For the tool: {tool} For a patient, not finished: no answer yet to question(s) {listed(unanswered)}."
            )
    elif no or unknown:
        decision = "use with care"
        text = (
            "Use with care: one piece of information beside your own assessment, which you note first. "
            f"Settle: {listed(sorted(no + unknown))}."
        )
    elif per == "tool":
        decision, text = (
            "ready to use",
            f"Ready to use, if 2, 9 and 10 have their papers and no known no; six questions are asked per patient. "
            f"{STAYS} {BEYOND}",
        )
    else:
        decision, text = "ready to use", f"Ready to use, as one piece of evidence. {STAYS} {BEYOND}"
    return Verdict(decision, text, unknown, no, unanswered)


def listed(numbers: Iterable[int]) -> str:
    """Return numbers as words in a row.

    Examples
    --------
    >>> listed([2, 5]), listed([])
    ('2, 5', 'none')
    """
    return ", ".join(map(str, numbers)) or "none"


def _stops(number: int) -> bool:
    """Say whether a no or an unknown to this question stops."""
    return QUESTIONS[number - 1].group in STOPPING or number in STOPPING_NO
