"""What one person's answers are worth. It runs outside the cage, as one process with one budget for one person.

`python -m clinxai_teach.classroom.judge COURSE ASSIGNMENT STUDENT` reads the repaired notebook, lets its cells run in
the cage, takes plain values out and compares them here with the right ones. These never enter the cage.
"""

import json
import re
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clinxai_teach.checks import judging
from clinxai_teach.checks.closed import Choose, Match, Numbers
from clinxai_teach.checks.reading import NotAnswered, WrongKind, is_stub, plain_name
from clinxai_teach.classroom import cage as cages
from clinxai_teach.classroom import items
from clinxai_teach.classroom.cage import Cage, Died
from clinxai_teach.classroom.course import Course, open_course, write
from clinxai_teach.classroom.handout import TEXT_STUB, Cell, name_of, notebook
from clinxai_teach.classroom.items import FreeText, Item
from clinxai_teach.classroom.roster import plain
from clinxai_teach.classroom.values import Unreadable

MOST_DEATHS = 4
AS_TYPED = "Where only the typing is at fault (quotation marks, a comma, %), a teacher gives the points of paper."


@dataclass
class Verdict:
    """What is said of one answer. `share` is None where no mark can be given: `state` and `words` say why."""

    state: str  # marked, not attempted, unreadable, stopped, missing, by hand
    share: float | None
    words: str
    open: bool = False  # a part of the answer was left empty or out


class Remote:
    """A learner's function: calling it sends plain inputs into the cage, and brings plain values out."""

    def __init__(self, cage: Cage, name: str) -> None:
        self._cage, self._name = cage, name

    def __call__(self, *arguments: Any) -> Any:
        return self._cage.call(self._name, list(arguments))


def verdict(item: Item, cage: Cage, error: str | None, source: str) -> Verdict:
    """Return what the answer is worth that stands in the cage now. `source` is its cell, `error` what it ended with.

    A typed answer of which a part cannot be read is not marked in part: it waits for a teacher.
    """
    answer = cage.value(item.answer)
    ended = f" Its cell ended with {error}." if error else ""
    if str(error).startswith("SyntaxError") and re.search(r"\d,\d", source):
        ended += " Perhaps a decimal comma."
    if item.calls and isinstance(answer, Unreadable):
        answer = Remote(cage, item.answer)
    if isinstance(answer, Unreadable):
        return Verdict("unreadable", None, f"The answer is {answer}, which cannot be read.{ended} {AS_TYPED}")
    try:
        answer = _as_offered(item, answer)
        got = judging.evaluate(item.judge, answer)
    except NotAnswered:
        typed = _typed(source)
        if not item.calls and re.fullmatch(rf"{item.answer}\s*=", typed):
            return Verdict("not attempted", 0.0, "Not answered.")
        if others := _other_names(item, typed):
            named = f"Nothing has the name {item.answer}; the cell has {', '.join(others)}."
            return Verdict("unreadable", None, f"{named}{ended} A teacher reads it.")
        if error:
            return Verdict("unreadable", None, f"Could not be {'run' if item.calls else 'read'}.{ended} {AS_TYPED}")
        return Verdict("not attempted", 0.0, "Not answered.")
    except WrongKind as twice:
        got = twice
    right = item.judge.evaluate(item.judge.right)
    if judging.same(got, right, item.judge.tolerance):
        return Verdict("marked", 1.0, "Right.")
    readable = got.readable if isinstance(got, WrongKind) else got
    done, extra, of = judging.parts_right(readable, right, item.judge.tolerance)
    if isinstance(got, WrongKind) and item.judge.closed:
        chosen = isinstance(item.judge.closed, Choose)
        if done == of and not chosen:
            return Verdict("marked", 1.0, f"Right. {_why(got)}")  # all that was asked, and an entry more
        if not _only_open(answer, got):
            rest = f" Of the codes that are offered: {done} right, {extra} wrong." if chosen and done + extra else ""
            return Verdict("unreadable", None, f"{_why(got)}{rest} {AS_TYPED}")
    share = min(max(done - extra, 0), of - 1) / of
    count = f"{done} of {of} parts are right{f', {extra} too many' if extra else ''}." if of > 1 else "Not right."
    if isinstance(got, WrongKind):
        count = f"{_why(got)} {count if share else ''}".strip()
    state = "unreadable" if isinstance(got, WrongKind) and not share else "marked"
    return Verdict(state, share, f"{count}{ended}", isinstance(got, WrongKind) and not item.calls)


def _why(wrong: WrongKind) -> str:
    """Return what is wrong with an answer that cannot be read."""
    return str(wrong).removesuffix("This exercise asks for .").strip()


def _typed(source: str) -> str:
    """Return what stands in an answer's cell, without comments."""
    return re.sub(r"(?m)^\s*#.*$", "", source).strip()


def _as_offered(item: Item, answer: Any) -> Any:
    """Return a typed answer with its codes and keys as they were offered: as a teacher reads them on paper.

    Blanks, signs, quotation marks and the size of letters may differ: "B71, C76.", "alert rate". What is still not
    offered stays as it came. Raises WrongKind for a key that is there twice.
    """
    closed, asked = item.judge.closed, item.judge.right
    chosen = isinstance(closed, Choose)
    if closed is None or not (chosen or isinstance(asked, dict)):
        return answer
    if type(answer).__name__ == "Series":
        answer = answer.tolist() if chosen and answer.dtype != bool else answer.to_dict()
    if isinstance(answer, dict) and answer:
        known = {plain(name): name for name in (closed.options if isinstance(closed, Choose) else map(str, asked))}
        keys = [_name(plain_name(key), known) or key for key in answer]
        if len(set(keys)) < len(keys):
            raise WrongKind("A key is there twice.")
        return dict(zip(keys, answer.values(), strict=True))
    if isinstance(closed, Choose) and isinstance(answer, str | list | tuple | set | dict | np.ndarray):
        known = {plain(name): name for name in closed.options}
        parts = [answer] if isinstance(answer, str) else list(answer)
        said = [part for part in parts if not is_stub(part)] or parts
        return [code for part in said for code in (_codes(part, known) if isinstance(part, str) else [part])]
    return answer


def _name(text: str, known: dict[str, str]) -> str | None:
    """Return which of the names a text is, without blanks and signs: "B 71" is B71; but "1.2" is not 12."""
    bare = re.sub(r"^[\W_]+|[\W_]+$", "", text)
    return known.get(bare.casefold() if plain(bare).isdigit() else plain(bare))


def _codes(text: str, known: dict[str, str]) -> list[str]:
    """Return the codes in a text; of a part that holds anything else, the part as it came."""
    found: list[str] = []
    for part in re.split(r"[,;/\n]|\band\b|\bund\b", text):
        words = [word for word in part.split() if plain(word)]
        names = [_name(word, known) for word in words]
        whole = _name(part, known)
        found += [whole] if whole else [name or part.strip() for name in names] if None not in names else [part.strip()]
    return found


def _only_open(answer: Any, got: WrongKind) -> bool:
    """Say whether all that was typed could be read, and the rest was left empty."""
    if not isinstance(answer, dict) or got.readable is None:
        return False
    read = set(map(str, got.readable))
    return all(
        is_stub(value) or (isinstance(value, str) and not value) or str(key) in read for key, value in answer.items()
    )


def _other_names(item: Item, typed: str) -> list[str]:
    """Return the names that a cell gives to something, where it gives the name that is asked for to nothing."""
    own = r"^def (\w+)" if item.calls else r"^(\w+)\s*=(?!=)"
    names = re.findall(own, typed, re.MULTILINE)
    return [] if item.answer in names else names[:3]


def judge_cells(
    cells: list[Cell], variants: dict[str, Item | FreeText], deadline: float
) -> tuple[dict[str, Verdict], list[str]]:
    """Run the code cells in order in the cage, and judge each answer as soon as its cell has run.

    Where the cage dies, a new one runs the same cells without the one that killed it; answers judged before stay.
    """
    found: dict[str, Verdict] = {}
    killers: dict[int, str] = {}
    notes: list[str] = []
    asked = {name: item for name, item in variants.items() if isinstance(item, Item)}
    code = [(place, cell) for place, cell in enumerate(cells) if cell["cell_type"] == "code"]
    while len(killers) < MOST_DEATHS and time.monotonic() < deadline:
        at = -1
        try:
            with cages.caged(deadline) as cage:
                errors: dict[str, str | None] = {}
                for at, cell in code:
                    if at in killers:
                        continue
                    name = name_of(cell)
                    errors[name] = error = cage.run(cell["source"])
                    if name in asked and name not in found:
                        found[name] = verdict(asked[name], cage, error, cell["source"])
                    elif not name and error and error.startswith("it took longer"):
                        notes.append(f"a cell that was added: {error}")
                # An answer that needed a cell further down is run once more.
                for at, cell in code:
                    name = name_of(cell)
                    if name not in asked or at in killers or found[name].share == 1:
                        continue
                    if errors.get(name) or "NameError" in found[name].words:
                        again = verdict(asked[name], cage, cage.run(cell["source"]), cell["source"])
                        if (again.share or 0) > (found[name].share or 0):
                            found[name] = again
                            notes.append(f"{name}: its cell needed one further down; it was run again")
            break
        except Died as death:
            killers[at] = str(death)
            name = name_of(cells[at]) if at >= 0 else ""
            if name in asked and name not in found:
                found[name] = Verdict("stopped", 0.0, f"Stopped: {death}.")
            notes.append(f"{name if name in asked else 'a cell that was added'}: {death}")
    left = "the time for this notebook was used up" if time.monotonic() >= deadline else "its cells stopped too often"
    for name in asked:
        if name not in found:
            found[name] = Verdict("stopped", None, f"Could not be run: {left}.")
    return found, notes


def mark_person(course: Course, assignment: str, student: str) -> dict[str, Any]:
    """Return the result of one person: a verdict for each task, notes, and the time it took."""
    began = time.monotonic()
    path = course.root / "submitted" / student / assignment / f"{assignment}.ipynb"
    cells: list[Cell] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    templates = items.templates_of(course, assignment)
    variants = {template.id: template.for_person(course, assignment, student) for template in templates}
    found, notes = judge_cells(cells, variants, began + cages.BUDGET)
    stubs = {name_of(cell): cell["source"] for cell in cells}
    handed_out = notebook(course, assignment, course.person(student), templates)["cells"]
    given = given_lines(handed_out)
    result = {}
    for template in templates:
        variant = variants[template.id]
        if isinstance(variant, FreeText):
            text = written(stubs.get(template.id, ""))
            one = Verdict("by hand", None, "") if text else Verdict("not attempted", 0.0, "Nothing was written.")
        else:
            one = found[template.id]
        if said := elsewhere(template.id, variants, one, cells, given):
            words = f"{one.words} But {said}. A teacher reads it."
            one = Verdict("unreadable", None, words)
        if one.state == "marked" and isinstance(variant, Item):
            one.words = f"{one.words} {variant.why}".strip()
        points = None if one.share is None else round(one.share * template.points, 2)
        result[template.id] = {**asdict(one), "elsewhere": said, "points": points, "of": template.points}
    return {"items": result, "notes": notes, "seconds": round(time.monotonic() - began, 1)}


def given_lines(cells: list[Cell]) -> dict[str, set[str]]:
    """Return the lines that were handed out, by the name of their cell ("" for those without one)."""
    given: dict[str, set[str]] = {}
    for cell in cells:
        given.setdefault(name_of(cell), set()).update(map(str.strip, cell["source"].splitlines()))
    return given


def not_given(source: str, given: set[str]) -> list[str]:
    """Return the lines of a learner's own that can hold an answer: no import, no name without a value."""
    lines = map(str.strip, source.splitlines())
    nothing = (
        r"import [\w.]+( as \w+)?|from [\w.]+ import [\w., ()*]+|[%!](pip|matplotlib)\b.*|(\w+ *=)?[\W_]*(None|pass)?"
    )
    return [line for line in lines if line not in given and not re.fullmatch(nothing, line)]


def elsewhere(
    item_id: str, variants: dict[str, Item | FreeText], one: Verdict, cells: list[Cell], given: dict[str, set[str]]
) -> str:
    """Return where something stands that may be an answer, and its beginning, where its own place does not give all.

    For an empty answer, or one with open places, this is whatever a learner wrote in a cell of their own, or beside the
    answer in its cell; and what speaks of this task in the cell of another, beside that one's answer. For a wrong one,
    it is what gives its name something, in any other cell. `given` is what was handed out, see `given_lines`.
    """
    if one.share is None or one.share == 1:
        return ""
    variant = variants[item_id]
    is_open = r"\.\.\.|=\s*(\{\s*\}|\[\s*\]|set\(\)|''|\"\")\s*$"
    source = "\n".join(cell["source"] for cell in cells if name_of(cell) == item_id)
    empty = one.state == "not attempted" or one.open or bool(re.search(is_open, _typed(source), re.MULTILINE))
    # A line of this task's own cell that stands in another one was written there: a function's `def`, for example.
    not_ours = set().union(*(lines for name, lines in given.items() if name != item_id))
    for cell in sorted(cells, key=lambda cell: (name_of(cell) != item_id, bool(name_of(cell)))):
        name, text = name_of(cell), cell["cell_type"] != "code"
        asked = variants.get(name)
        whole = name == item_id and (one.state == "not attempted" or text)
        source = _beside(cell["source"], asked) if isinstance(asked, Item) and not whole else cell["source"]
        said = not_given(source, not_ours | given.get(item_id, set()) if name == item_id else not_ours)
        about = [line for line in said if speaks(variant, line, text)]
        if name == item_id:
            found = said if empty else []
        elif not empty:
            found = [line for line in said if isinstance(variant, Item) and re.search(_gives(variant), line)]
        else:
            found = about if name else said
        if found:
            where = "a cell that was added or changed" if not name else f"the cell of {name}"
            where = "its own cell also" if name == item_id else where
            first = sorted(found, key=lambda line: line not in about)
            return f"{where} holds: '{' '.join(' '.join(first).split())[:160]}'"
    return ""


def _gives(item: Item) -> str:
    """Return the pattern of what gives the name of an answer something."""
    name = rf"\b{re.escape(item.answer)}\b"
    return rf"{name}\s*(\[[^\]]{{0,99}}\]\s*)?[-+*/|&]?=(?!=)|{name}\.\w+\(|\bdef\s+{name}"


def _beside(source: str, item: Item) -> str:
    """Return what stands in a cell beside the code that gives its answer; comments on that code stay."""
    lines, inside = [], False
    for line in source.splitlines():
        inside = bool(re.match(_gives(item), line) or (inside and re.match(r"\s|$|[)\]}]", line)))
        lines.append("".join(line.partition("#")[1:]) if inside else line)
    return "\n".join(lines)


def speaks(variant: Item | FreeText, line: str, text: bool) -> bool:
    """Say whether a line in the cell of another task may answer this one. `text`: that cell asks for a text.

    A text: five words in a row (numbers aside), or a line in the cell of a text. Else: it gives the answer's name
    something, has two of the codes or keys that are asked, or is a comment or text with two numbers where numbers are.
    """
    if isinstance(variant, FreeText):
        words = [word.strip("'\"") for word in line.split()]
        kinds = [
            "w" if re.fullmatch(r"[^\W\d_][\w.:,;!?%'’-]*", one) else " " for one in words if not one[:1].isdigit()
        ]
        return text or "wwwww" in "".join(kinds)
    closed = variant.judge.closed
    names: set[str] = set()
    if isinstance(closed, Choose):
        names = set(closed.options)
    elif isinstance(closed, Match):
        names = {*closed.cases, *closed.labels}
    elif isinstance(closed, Numbers):
        names = set(closed.values) - {""}
    patterns = [rf"\b{re.escape(name).replace('_', '[ _]')}\b" for name in names]
    there = [one for one in patterns if re.search(one, line, re.IGNORECASE if len(one) > 5 else 0)]
    numbers = re.findall(r"\d[.,]\d", line if text else line.partition("#")[2]) if isinstance(closed, Numbers) else []
    return bool(re.search(_gives(variant), line)) or len(there) > 1 or len(numbers) > 1


def written(source: str) -> str:
    """Return what a learner wrote in a text cell, without the comment that names it and without the stub."""
    return re.sub(r"<!-- answer \w+( -->)?", "", source).replace(TEXT_STUB, "").strip()


def main() -> None:
    """Mark one person and write the result beside those of the others."""
    root, assignment, student = sys.argv[1:]
    course = open_course(Path(root))
    result = mark_person(course, assignment, student)
    write(course.folder("results", assignment) / f"{student}.json", json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
