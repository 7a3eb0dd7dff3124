"""What a learner calls: check an answer, climb a ladder of hints, read a worked solution.

What became right and which help was used goes into the learner's own record (see `clinxai_teach.progress`).
"""

import contextlib
import io
import warnings

from clinxai_teach import progress
from clinxai_teach.checks.bank import find
from clinxai_teach.checks.judging import NOT_HERE, CheckFailed, judge
from clinxai_teach.checks.reading import short


def check(exercise_id: str, answer: object, *more: object) -> None:
    """Check an answer, for example `check("18.1-a", 0.5)`; a right one prints one line and returns None.

    Raises CheckFailed with the hint for this mistake when the answer is wrong, NotAttempted for the untouched
    stub, and ValueError for an unknown id. A function gets copies of the inputs; its warnings are silenced.
    `more` takes nothing: it is what a decimal comma, as in 0,803, leaves over, and the message says so.
    """
    exercise = find(exercise_id)
    if more:
        raise _several_answers(exercise.id, answer, *more)
    # nbgrader gives no marks to a cell that writes to stderr, so a mere warning must not get there.
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        failure = judge(exercise, answer)
    if failure is not None:
        raise failure
    verdict = "written; a teacher marks it." if exercise.marked_by_teacher else "right."
    if exercise.worked == NOT_HERE:
        verdict = "written."
    print(f"{exercise.id}: {verdict} {exercise.why}")
    if not exercise.marked_by_teacher:
        _record(exercise.id, "right")


def _several_answers(exercise_id: str, *answers: object) -> CheckFailed:
    """Say what to do where a comma made several answers of one."""
    if len(answers) == 2 and all(type(answer) is int for answer in answers):
        cure = f"If this is one number, write a decimal point and no comma: {answers[0]}.{answers[1]}."
    elif all(type(answer) in {int, float} for answer in answers):
        cure = "If this is one number, write no comma: a point before the decimals, nothing between thousands."
    else:
        cure = "Put several values into one pair of brackets, or give the name of your answer alone."
    came = ", ".join(map(short, answers))
    what = f"{exercise_id}: a check takes one answer, but {len(answers)} came: {came}. {cure}"
    return CheckFailed(what, f'Change your answer and check again. For help: hint("{exercise_id}")')


_hints_given: dict[str, int] = {}  # exercise id -> number of hints printed; forgotten when the kernel stops


def hint(exercise_id: str) -> None:
    """Print the next hint of an exercise. The last one says how to see the solution."""
    exercise = find(exercise_id)
    total = len(exercise.hints)
    step = min(_hints_given.get(exercise.id, 0) + 1, total)
    _hints_given[exercise.id] = step
    print(f"{exercise.id}, hint {step} of {total}: {exercise.hints[step - 1]}")
    if step == total and exercise.worked != NOT_HERE:
        print(f'This was the last hint. To read a worked answer: solution("{exercise.id}")')
    _record(exercise.id, f"hint {step}")


def solution(exercise_id: str) -> None:
    """Print the worked solution of an exercise, with its reason."""
    exercise = find(exercise_id)
    print(f"{exercise.id}: {exercise.title}\n\n{exercise.worked}\n\nWhy: {exercise.why}")
    _record(exercise.id, "solution")


def _record(exercise_id: str, what: str) -> None:
    """Write down what happened; a learner is told where, or why not, in one line."""
    if sentence := progress.note(exercise_id, what):
        print(sentence)
