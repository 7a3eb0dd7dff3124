"""Sheets to judge with the checklist: two made of published facts, five invented, with their keys.

The answers are our reading of what is quoted, and of nothing else: a "yes" may be waiting in a document that is not.
That is the point of the exercise. `PRACTICE` are never used in the text of a lesson: they are for exercises and exams.
"""

from clinxai_teach.vendor_sheets.chestguard import CHESTGUARD
from clinxai_teach.vendor_sheets.fever_lantern import FEVER_LANTERN
from clinxai_teach.vendor_sheets.heart_pencil import HEART_PENCIL
from clinxai_teach.vendor_sheets.kidney_bell import KIDNEY_BELL
from clinxai_teach.vendor_sheets.letter_lark import LETTER_LARK
from clinxai_teach.vendor_sheets.published import EPIC_2021, EPIC_2026
from clinxai_teach.vendor_sheets.sheet import VendorSheet

PRACTICE = (KIDNEY_BELL, FEVER_LANTERN, HEART_PENCIL, LETTER_LARK)
SHEETS = (EPIC_2021, EPIC_2026, CHESTGUARD, *PRACTICE)

__all__ = [
    "CHESTGUARD",
    "EPIC_2021",
    "EPIC_2026",
    "FEVER_LANTERN",
    "HEART_PENCIL",
    "KIDNEY_BELL",
    "LETTER_LARK",
    "PRACTICE",
    "SHEETS",
    "VendorSheet",
]
