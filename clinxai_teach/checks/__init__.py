"""Exercises that check themselves: `check` an answer, ask for a `hint`, read the `solution`; and `Question`.

The exercises are files in `clinxai_teach/exercises`, one each, read only when they are used.
"""

from clinxai_teach.checks.engine import check, hint, solution
from clinxai_teach.checks.judging import CheckFailed, NotAttempted
from clinxai_teach.forms import Question

__all__ = ["CheckFailed", "NotAttempted", "Question", "check", "hint", "solution"]
