"""What a learner fills in: a multiple-choice question and the checklist; and the face that explorers share with them.

Importing this loads no widgets.
"""

from clinxai_teach.forms.checklist_form import ChecklistForm
from clinxai_teach.forms.question import Question

__all__ = ["ChecklistForm", "Question"]
