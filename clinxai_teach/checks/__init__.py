"""Exercises that check themselves: `check` an answer, ask for a `hint`, read the `solution`; and `Question`.

The answers live in one file per section, loaded only when an exercise of that section is used.
"""

from clinxai_teach.checks.engine import CheckFailed, NotAttempted, check, hint, solution
from clinxai_teach.forms import Question

__all__ = ["CheckFailed", "NotAttempted", "Question", "check", "hint", "solution"]
