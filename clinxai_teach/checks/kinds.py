"""The kinds of exercise: one constructor each, for an author.

They take `right`, usually a name that the exercise's own answer cell defines, and as keywords `hints`, `why`,
`mistakes` and `also_right` (see `Exercise`). What an author leaves out is a ValueError that names it.

    function_on_cases  a function, called on cases          order        letters in their order
    one_number         one number                           match        a label for each case
    numbers            a dict of named numbers              find_lines   the wrong lines of a listing
    choice             a set of names                       true_or_not  the true statements of a list
    free_text          a text that a teacher marks
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from clinxai_teach.checks.closed import Choose, Match, Numbers, Option
from clinxai_teach.checks.judging import NOT_HERE, PERCENTAGE, Exercise, Mistake, at, is_percentage, same
from clinxai_teach.checks.reading import (
    Case,
    NotAnswered,
    OutOfRange,
    WrongKind,
    a_few,
    came,
    chosen,
    entries,
    is_stub,
    is_stub_function,
    number,
    outputs,
    plain_name,
    short,
    truth,
)


def function_on_cases(
    right: Callable[..., Any], cases: Iterable[Case], *, read: Callable[[Any], Any] = number, **texts: Any
) -> Exercise:
    """A function, called on cases whose results are read by `read` and compared with those of `right`.

    A message shows the right value of the first case only, if it is small enough to be done by hand.
    """
    cases = tuple(cases)
    if len({str(case) for case in cases}) < len(cases):
        raise ValueError("two cases have the same text; give each a label of its own.")

    def first_wrong(got: dict[str, Any], right: dict[str, Any]) -> str:
        """Name the first case that differs. The right value is shown for the first case only, if it is small."""
        tolerance = texts.get("tolerance", 0.0)
        one = next(iter(got.values()))
        if len(got) > 1 and all(same(other, one, 0.0) for other in got.values()) and not isinstance(one, dict):
            return f"Your function gives {short(one)} on every case, and the right values differ."
        case = next(case for case in cases if not same(got[str(case)], right[str(case)], tolerance))
        words = _difference(
            got[str(case)], right[str(case)], tolerance, case.small, shown=case.small and case is cases[0]
        )
        return f"On {case}: {words}"

    given = {"explain": first_wrong, **texts}
    return Exercise(right=right, evaluate=lambda answer: outputs(answer, cases, read), **given)


def _difference(got: Any, right: Any, tolerance: float, small: bool, *, shown: bool) -> str:
    """Say how one output differs: its size, its order, or its first wrong value, with the right one if `shown`."""
    place = ""
    if isinstance(right, dict):
        missing, extra = [key for key in right if key not in got], [key for key in got if key not in right]
        if (missing or extra) and all(isinstance(key, str) and key[:1].isdigit() for key in (*right, *got)):
            if len(got) == len(right):
                return "your function gives a table with other rows and columns than are needed."
            return f"your function gives {len(got)} number{'s'[: len(got) != 1]}, and {len(right)} are needed."
        if missing:
            return f"your answer has no entry {a_few([short(key) for key in missing])}."
        if extra:
            return f"your answer has an entry that does not belong there: {a_few([short(key) for key in extra])}."
        if len(right) > 1 and sorted(map(short, got.values())) == sorted(map(short, right.values())):
            return "your function gives the right numbers, but in another order."
        key = next(key for key in right if not same(got[key], right[key], tolerance))
        place, got, right = f"at the key {short(key)}, ", got[key], right[key]
    if shown:
        return f"{place}your function gives {short(got)}, but the right value is {short(right)}."
    if isinstance(got, float) and isinstance(right, float) and (small or isinstance(got, OutOfRange)):
        return f"{place}your function gives {_off(got, right, ', which')}"
    return f"{place}your function gives {short(got)}, and that is not right."


def _off(got: float, right: float, link: str = "") -> str:
    """Say in which direction a number is off, without the right one: the message would be the answer."""
    how = f"not {got.limits}" if isinstance(got, OutOfRange) else f"too {'low' if got < right else 'high'}"
    return f"{short(got)}{link} is {how}."


def _covered(what: str, given: Iterable[Any], wanted: Iterable[Any]) -> None:
    """Raise a ValueError that names the entries which an author has left out."""
    if missing := sorted(set(map(str, wanted)) - set(map(str, given))):
        raise ValueError(f"{what} has no entry for {', '.join(missing)}.")


def one_number(right: float, *, low: float = -np.inf, high: float = np.inf, **texts: Any) -> Exercise:
    """One number, from `low` to `high`."""
    closed = Numbers({"": (right, texts.get("tolerance", 0.0), "")})
    given = {"explain": _off, "closed": closed, **texts}
    return Exercise(right=right, evaluate=lambda answer: number(answer, low=low, high=high), **given)


def numbers(
    right: Mapping[str, float],
    *,
    tolerance: float | Mapping[str, float],
    low: float = -np.inf,
    high: float = np.inf,
    advice: Mapping[str, str] | None = None,
    explain: Callable[[Any, Any], str] | None = None,
    **texts: Any,
) -> Exercise:
    """Several named numbers. `tolerance` may differ by name; `advice` says, by name, how a number is found."""
    _covered("advice", advice or right, right)
    _covered("tolerance", tolerance if isinstance(tolerance, Mapping) else right, right)

    def too_low_or_high(got: dict[str, float], right: dict[str, float]) -> str:
        """Name the wrong numbers, and say of the first what is wrong with it."""
        wrong = [key for key in right if not abs(got[key] - right[key]) <= at(tolerance, key)]
        first = got[wrong[0]]
        also = f" Also not right: {', '.join(wrong[1:])}." if wrong[1:] else ""
        if is_percentage(first, right[wrong[0]], at(tolerance, wrong[0])):
            return f"{wrong[0]}: {short(first)} {PERCENTAGE}{also}"
        if advice and not isinstance(first, OutOfRange):
            about = f" About {wrong[0]}:" if len(wrong) > 1 else ""
            return f"not right yet: {', '.join(wrong)}.{about} {advice[wrong[0]]}"
        return f"{wrong[0]}: {_off(first, right[wrong[0]])}{also}"

    return Exercise(
        right=right,
        evaluate=lambda answer: entries(answer, right, lambda value: number(value, low=low, high=high)),
        tolerance=tolerance,
        explain=explain or too_low_or_high,
        closed=Numbers({name: (right[name], at(tolerance, name), (advice or {}).get(name, "")) for name in right}),
        **texts,
    )


def choice(
    right: Iterable[str],
    offered: Sequence[str],
    *,
    clues: Mapping[str, str],
    fine: Mapping[str, str],
    read: Callable[[Any], Any] = lambda answer: answer,
    accused: str = "{} does not belong there.",
    missing: str = "are not in your answer",
    **texts: Any,
) -> Exercise:
    """A set of names out of those `offered`. `clues` lead to one that was missed, `fine` defends one wrongly chosen."""
    right = set(right)
    _covered("clues", clues, right)
    _covered("fine", fine, set(offered) - right)

    def first_wrong(got: dict[str, bool], right: dict[str, bool]) -> str:
        """First defend a name that was accused; then give a clue to one that was missed, without its name."""
        for name in offered:
            if got[name] and not right[name]:
                return f"{accused.format(name)} {fine[name]}"
        missed = [name for name in offered if right[name] and not got[name]]
        clue = next(clue for name, clue in clues.items() if name in missed)
        return f"{len(missed)} of {sum(right.values())} {missing}. A clue to one: {clue}"

    closed = Choose({name: Option(name, name in right, clues.get(name, "") or fine.get(name, "")) for name in offered})
    texts = {"explain": first_wrong, "closed": closed, **texts}
    return Exercise(right=right, evaluate=lambda answer: chosen(read(answer), tuple(offered)), **texts)


def find_lines(
    right: Iterable[Any],
    lines: Mapping[Any, str],
    *,
    wrong: Mapping[Any, tuple[str, str]],
    fine: Mapping[Any, str],
    **texts: Any,
) -> Exercise:
    """The wrong lines of a listing. `wrong`: line to its clue and its reason; `fine`: why another line is right."""
    if set(right) != set(wrong) or set(lines) != {*wrong, *fine}:
        raise ValueError("wrong and fine must together name each line once, and wrong those of the answer.")

    def read(answer: Any) -> Any:
        if isinstance(answer, str):
            return re.findall(r"\b[A-Za-z]\b|\d+", answer) or list(answer)  # "A, B and C" as well as "ABC"
        return answer

    width = max(len(str(line)) for line in lines)
    return choice(
        {str(line) for line in right},
        [str(line) for line in lines],
        clues={str(line): clue for line, (clue, _) in wrong.items()},
        fine={str(line): reason for line, reason in fine.items()},
        read=read,
        accused="line {} is not wrong.",
        missing="wrong lines are still missing",
        closed=Choose(
            {
                str(line): Option(f"line {line}", line in wrong, wrong[line][1] if line in wrong else fine[line])
                for line in lines
            }
        ),
        material="\n".join(["```python", *(f"{line!s:>{width}}  {text}" for line, text in lines.items()), "```"]),
        worked="\n".join(f"{line}: {reason}" for line, (_, reason) in wrong.items())
        + "\n\nThese lines are right:\n"
        + "\n".join(f"{line}: {reason}" for line, reason in fine.items()),
        **texts,
    )


def true_or_not(
    right: Iterable[int],
    statements: Mapping[int, tuple[str, str]],
    *,
    mistakes: tuple[Mistake, ...] = (),
    also_right: tuple[Any, ...] = (),
    **texts: Any,
) -> Exercise:
    """The numbers of the true statements, or True and False for each. `statements`: number to its text and reason.

    The other forms of the right answer, and the mistake of choosing the false ones, need not be given.
    """
    true = set(right)

    def read(answer: Any) -> dict[str, bool]:
        if type(answer).__name__ == "Series":
            by_number = set(map(str, answer.index)) == set(map(str, statements))
            answer = answer.to_dict() if by_number else list(answer)
        if isinstance(answer, list | tuple | np.ndarray) and _holds_truths(answer, len(statements)):
            answer = {number: value for number, value in zip(statements, answer, strict=False)}
        if isinstance(answer, dict):
            return entries(answer, list(map(str, statements)), truth, items="statements", what="True or False")
        if isinstance(answer, str):
            answer = re.findall(r"\w+", answer)
        return chosen(answer, [str(number) for number in statements])

    def first_wrong(got: dict[str, bool], right: dict[str, bool]) -> str:
        """Count the wrong ones, and give the reason for the first."""
        wrong = [int(key) for key in right if got[key] != right[key]]
        verdict = "is true" if wrong[0] in true else "is not true"
        reason = statements[wrong[0]][1]
        return f"{len(wrong)} of {len(statements)} are not right yet. Statement {wrong[0]} {verdict}: {reason}"

    asked = "These are the statements that are not true. Asked are the true ones."
    return Exercise(
        expects="the set of the numbers of all true statements, such as {1, 2}",
        right=right,
        also_right=(sorted(true), {str(k) for k in true}, {k: k in true for k in statements}, *also_right),
        mistakes=(*mistakes, Mistake("the false ones chosen", set(statements) - true, asked)),
        evaluate=read,
        explain=first_wrong,
        closed=Choose(
            {str(k): Option(f"{k}. {text}", k in true, reason) for k, (text, reason) in statements.items()},
            complete=True,
        ),
        material="\n".join(f"{number}. {text}" for number, (text, _) in statements.items()),
        worked="\n".join(
            f"{number}: {'true' if number in true else 'not true'}. {reason}"
            for number, (_, reason) in statements.items()
        ),
        **texts,
    )


def _holds_truths(answer: Any, n: int) -> bool:
    """Say whether a list answers statement by statement, not by the numbers of the true ones.

    So it does with a bool in it, or as a full list of ones and zeros.
    """
    said = [value for value in answer if not is_stub(value)]
    if any(isinstance(value, bool | np.bool_) for value in said):
        return True
    return len(answer) == n > 2 and bool(said) and all(str(value) in ("0", "1", "0.0", "1.0") for value in said)


def order(right: Sequence[str], items: Mapping[str, str], *, needs: Mapping[str, str], **texts: Any) -> Exercise:
    """Letters in their order. `needs` says of each what must come before it."""
    _covered("items", items, right)
    _covered("needs", needs, items)

    def read(answer: Any) -> dict[int, str]:
        if isinstance(answer, str):
            answer = re.findall(r"[A-Za-z]", answer)
        if isinstance(answer, dict | set | frozenset) or not hasattr(answer, "__len__") or len(answer) > 1000:
            raise WrongKind(f'{came(answer)} came, where a list of letters is needed, such as ["A", "B", ...].')
        if len(answer) and all(is_stub(letter) for letter in answer):
            raise NotAnswered
        if any(is_stub(letter) for letter in answer):
            raise WrongKind("There is still an empty place (...) in your answer.")
        letters = [str(letter).strip().upper() for letter in answer] if len(answer) == len(items) else []
        if sorted(letters) != sorted(items):
            raise WrongKind(f"{short(answer)} came. Use each of the letters {min(items)} to {max(items)} once.")
        return dict(enumerate(letters, 1))

    def first_wrong(got: dict[int, str], right: dict[int, str]) -> str:
        place = next(place for place in right if got[place] != right[place])
        return f"not right yet at place {place}: {got[place]} comes too early. {needs[got[place]]}"

    return Exercise(
        right=right,
        evaluate=read,
        explain=first_wrong,
        closed=Match(
            {letter: f"{letter} {text}" for letter, text in items.items()},
            {f"Place {place}": ((letter,), needs[letter]) for place, letter in enumerate(right, 1)},
        ),
        material="\n".join(f"- **{letter}** {text}" for letter, text in items.items()),
        worked="\n".join(f"{place}. {letter}: {items[letter]}" for place, letter in enumerate(right, 1)),
        **texts,
    )


def match(
    right: Mapping[Any, str],
    labels: Mapping[str, str],
    *,
    items: str,
    what: str,
    reasons: Mapping[Any, str],
    accept: Callable[[dict[Any, str]], dict[Any, str]] = lambda given: given,
    **texts: Any,
) -> Exercise:
    """A label for each case. A label counts by its letter or its name: `labels` is letter to name.

    `items` and `what` name cases and labels in messages ("cases", "decision"); `reasons` says why, by case;
    `accept(given)` may replace what counts as right, too, by the key.
    """

    def label(value: Any) -> str:
        """Read a letter, a name, both ("A: act on it"), or the beginning of one name only."""
        text = " ".join(plain_name(value).strip(" .").lower().split())
        known = [(letter, letter.lower(), name.lower()) for letter, name in labels.items()]
        for letter, key, name in known:
            if text in (key, name) or re.fullmatch(rf"{re.escape(key)}\W+{re.escape(name)}", text):
                return letter
        begun = [letter for letter, _, name in known if len(text) > 1 and name.startswith(text)]
        if len(begun) == 1:
            return begun[0]
        near = difflib.get_close_matches(text[:200], [name.lower() for name in labels.values()], n=1)
        names = [name for name in labels.values() if near and name.lower() == near[0]]
        advice = f"Do you mean {names[0]!r}?" if names else f"Use one of: {', '.join(labels)}."
        raise WrongKind(f"{short(value)} is no {what}. {advice}")

    def one_by_one(answer: Any) -> Any:
        """Return the letters of a text, such as "ABCA" or "A, B, C, A"."""
        letters = re.findall(r"\w", answer) if isinstance(answer, str) else []
        return letters if letters and len(letters) == len(right) else answer

    def first_wrong(got: dict[Any, str], right: dict[Any, str]) -> str:
        """Name the wrong cases, and give the reason for the first."""
        wrong = [case for case in right if got[case] != right[case]]
        return f"not right yet: {', '.join(map(str, wrong))}. About {wrong[0]}: {reasons[wrong[0]]}"

    if "explain" not in texts:
        _covered("reasons", reasons, right)
    # What counts as what, where every case gets the same letter; "unknown" and "I don't know" may count alike.
    read_as = {letter: accept(dict.fromkeys(right, letter)) for letter in labels}
    alike = {tuple(by_case.values()): letter for letter, by_case in reversed(read_as.items())}
    wanted = accept(dict(right))
    given = {
        "closed": Match(
            {letter: labels[letter] for letter in labels if letter in alike.values()},
            {
                str(case): (
                    tuple(
                        sorted(
                            (letter for letter in alike.values() if read_as[letter][case] == wanted[case]),
                            key=lambda letter: letter != right[case],
                        )
                    ),
                    reasons.get(case, ""),
                )
                for case in right
            },
        ),
        "explain": first_wrong,
        "worked": "\n".join(f"{case}: {labels[right[case]]}. {reasons[case]}" for case in right),
    }
    return Exercise(
        right=right,
        evaluate=lambda answer: accept(entries(one_by_one(answer), right, label, items=items, what=what)),
        **{**given, **texts},
    )


def free_text(criteria: Mapping[str, float], *, why: str, hints: tuple[str, ...], about: str = "") -> Exercise:
    """A text that a teacher marks by `criteria`, each with its points. The answer cell holds the model answer.

    `check` cannot mark it: it only says whether there is a text at all. `{{material}}` shows what the text is `about`
    (Markdown), and the criteria.
    """

    def read(answer: Any) -> str:
        if not isinstance(answer, str):
            raise WrongKind(f"{came(answer)} came, where a text is needed.")
        if not answer.strip():
            raise NotAnswered
        return "written"

    return Exercise(
        expects="a text in your own words",
        evaluate=read,
        right="any text",
        also_right=("another text",),
        mistakes=(),
        explain=lambda got, right: "a text is needed.",
        hints=hints,
        why=why,
        material="\n".join(
            [
                *([about, "", "The marks:", ""] if about else []),
                *(f"- {text} ({points:g})" for text, points in criteria.items()),
            ]
        ),
        marked_by_teacher=True,
    )


def handed_in() -> Exercise:
    """An exercise without its judge: an answer can be written, and a teacher marks it elsewhere.

    `clinxai class edition` puts it in the place of an exercise that a class discusses or hands in.
    """

    def read(answer: Any) -> str:
        inner = answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list | set) else [answer]
        untouched = all(is_stub(value) or (isinstance(value, str) and not value.strip()) for value in inner)
        if untouched or is_stub_function(answer):
            raise NotAnswered
        return "written"

    return Exercise(
        expects="your own answer",
        evaluate=read,
        right="any answer",
        also_right=(),
        mistakes=(),
        explain=lambda got, right: "an answer is needed.",
        hints=(NOT_HERE,),
        why=NOT_HERE,
        worked=NOT_HERE,
        marked_by_teacher=True,
    )
