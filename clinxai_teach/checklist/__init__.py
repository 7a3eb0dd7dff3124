"""Section 18.6: sixteen questions to ask before acting on a tool's output, a record of the answers, and the card."""

from clinxai_teach.checklist.card import card_html
from clinxai_teach.checklist.questions import (
    GROUPS,
    MAY_NOT_APPLY,
    NOTICE,
    QUESTIONS,
    STOPPING,
    STOPPING_NO,
    ChecklistQuestion,
    question_number,
)
from clinxai_teach.checklist.record import Checklist
from clinxai_teach.checklist.verdict import (
    ANSWERS,
    DECISIONS,
    PATIENT_RULES,
    RULES,
    Answer,
    Rule,
    Verdict,
    names_something,
    needs_evidence,
)

__all__ = [
    "ANSWERS",
    "DECISIONS",
    "GROUPS",
    "MAY_NOT_APPLY",
    "NOTICE",
    "PATIENT_RULES",
    "QUESTIONS",
    "RULES",
    "STOPPING",
    "STOPPING_NO",
    "Answer",
    "Checklist",
    "ChecklistQuestion",
    "Rule",
    "Verdict",
    "card_html",
    "names_something",
    "needs_evidence",
    "question_number",
]
