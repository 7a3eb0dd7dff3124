"""The key of the exercises on paper, from the exercises themselves: what is right, why others are wrong, the points."""

import ast
import io
import json
import re
import tokenize
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import exercise_cells
import teaching_texts
from cells import BuildError, source_cells
from clinxai_teach.checks import bank
from clinxai_teach.checks.closed import Choose, Match, Numbers
from clinxai_teach.checks.judging import Exercise, at, evaluate, judge, leaves, parts_right, same
from clinxai_teach.checks.reading import WrongKind, short

HOW = (
    "These points are for feedback and enter no mark; the test has a rule of its own (teaching/assessment.md). "
    "Each part of an exercise counts alike, or it says which count; the line *Points* says what so many right parts "
    "are worth, rounded down to halves. Where true statements are ticked, a wrong tick takes a right one away. A "
    "number counts within the range that is given. Minutes are those that the exercise states for a learner."
)
RARE = "Only {} count, where the usual answer is not right: {}. A wrong answer at another takes a right one away. "
# How many pages each print has, and where its parts begin; tools/handouts/build.py writes it.
PAGES = Path(__file__).resolve().parent / "pages.json"
# Parts of a lesson that a meeting asks about, by the beginnings of their headings: its print in before/ goes without.
KEPT_BACK = {"18_6_clinicians_checklist": ("First without", "Third tool")}
# What a message to a learner begins with: which exercise, how many are right.
COUNTS = re.compile(
    r"^[^:]+: (?:not right yet: .*?\. About .*?: )?(?:\d+ of \d+ fit\. )?"
    r"(?:\d+ of \d+ gaps are not found yet\. |\d+ of the gaps you found, but you called them no\. )?"
)


def on_paper(root: Path) -> Iterator[Path]:
    """Yield the files of the exercises without code that stand in one text, in the order of the course."""
    for section in bank.section_numbers(root / "clinxai_teach" / "exercises"):
        for path in exercise_cells.exercise_files(root, section.replace(".", "_")):
            _, second, *_ = exercise_cells.exercise_cells(path)
            if exercise_cells.checked_options(answer_cell(path))["coding"] != "code" and "nbgrader" in second.metadata:
                yield path


def pages() -> dict[str, dict[str, int]]:
    """Return of each print its number of pages ("pages") and the page of each part, as it was printed last."""
    return dict(json.loads(PAGES.read_text(encoding="utf-8"))) if PAGES.exists() else {}


def page_of(name: str) -> int | str:
    """Return the page of an exercise in exercises_on_paper; nothing where it is not on paper."""
    return pages().get("exercises_on_paper", {}).get(name, "")


def between(paper: str, first: str, last: str) -> tuple[int, int]:
    """Return the first and the last page of a print from one part to another; the beginnings of their names."""
    there = pages()[paper]
    parts = [part for part in there if part != "pages"]
    at = [next((k for k, part in enumerate(parts) if part.startswith(start)), -1) for start in (first, last)]
    if min(at) < 0:
        raise BuildError(f"{paper} has the parts {', '.join(parts)}; asked for were {first} to {last}")
    after = there[parts[at[1] + 1]] if at[1] + 1 < len(parts) else there["pages"] + 1
    return there[parts[at[0]]], max(after - 1, there[parts[at[1]]])


def kept_back(lesson: str) -> list[tuple[int, int]]:
    """Return the first and last pages of the parts of a lesson's print that are kept back, and of its answers."""
    there = [(part, page) for part, page in pages()[lesson].items() if part != "pages"]
    ends = [*(page for _, page in there[1:]), pages()[lesson]["pages"]]  # the next part may begin on the same page
    wanted = (*KEPT_BACK[lesson], "Answers")
    found = [
        (first, last)
        for (part, first), last in zip(there, ends, strict=True)
        if re.sub(r"^\d+\. ", "", part).startswith(wanted)
    ]
    if len(found) != len(wanted):
        raise BuildError(f"{lesson} has the parts {', '.join(part for part, _ in there)}; asked for were {wanted}")
    return found


def span_of(name: str, paper: str = "exercises_on_paper") -> str:
    """Return the page of an exercise in a print, or its first and last; nothing where it is not there."""
    if name not in pages().get(paper, {}):
        return ""
    first, last = between(paper, name, name)
    return f"{first} to {last}" if last > first else str(first)


# What a number is called on paper where its name in code, without low lines, says too little.
NAMED = {
    "o_to_e": "O/E",
    "ppv": "PPV",
    "npv": "NPV",
    "ece": "ECE",
    "ppv_best": "PPV, better alarm",
    "auc_change": "change of the AUC",
    "auc_range": "range of the AUCs",
    "points_at_10": "points at 10%",
    "points_at_60": "points at 60%",
    "scaled_a": "scaled A",
    "scaled_b": "scaled B",
    "flip_at_10": "flip at 10%",
    "from_20": "from 20%",
    "from_50": "from 50%",
    "break_even": "break-even",
    "smallest_n": "smallest number",
}


def paper_name(name: str) -> str:
    """Return the name of a number as one writes it by hand."""
    return NAMED.get(name, name.replace("_", " "))


def by_hand(text: str) -> str:
    """Return a text in which each name with low lines is one that a hand writes."""
    return re.sub(r"\b[a-z]+_[a-z0-9_]+\b", lambda name: paper_name(name[0]), text)


def answer_cell(path: Path) -> Any:
    """Return the cell that holds an exercise's answer."""
    return next(cell for cell in source_cells(path) if cell.metadata.get("title") == "answer")


def key(root: Path) -> str:
    """Return the key of all exercises on paper as Markdown."""
    texts = teaching_texts.samples(root)
    return "\n\n".join(["# Exercises on paper: key", HOW, *(key_of(path, texts) for path in on_paper(root))])


def key_of(path: Path, texts: dict[str, str]) -> str:
    """Return the key of one exercise."""
    exercise, options = bank.load(path), exercise_cells.checked_options(answer_cell(path))
    points, minutes = options["points"], options["minutes"]
    span = span_of(exercise.id)
    head = f"## {exercise.id} {exercise.title}\n\nPage{'s' * (' ' in span)} {span} of `exercises_on_paper`."
    if exercise.marked_by_teacher:
        if exercise.id not in texts:
            raise BuildError(f"{exercise.id} has no answers with few points; write them into {teaching_texts.SOURCE}")
        return f"{head}\n\n**{points:g} points, {minutes} minutes**, a text.\n\n{texts[exercise.id]}"
    parts, rare = parts_of(exercise), rare_parts(exercise)
    lines = [
        f"**{points:g} points, {minutes} minutes**, {parts} part{'s' * (parts > 1)}. "
        f"{RARE.format(len(rare), ', '.join(rare)) * bool(rare)}{scale_text(points, len(rare) or parts)}"
    ]
    right = list(right_answers(exercise, path))
    lines += [*right, f"*In short.* {exercise.why}", *wrong_answers(exercise, told=" ".join(right))]
    return "\n\n".join([head, *lines])


# ---- points --------------------------------------------------------------------------------------


def parts_of(exercise: Exercise) -> int:
    """Return into how many parts an answer falls."""
    right = evaluate(exercise, exercise.right)
    return parts_right(right, right, exercise.tolerance)[2]


def rare_parts(exercise: Exercise) -> list[str]:
    """Return the parts that count where one answer is right in more than half: all others; else none.

    Whoever writes this answer everywhere has found nothing.
    """
    if not isinstance(exercise.closed, Match):
        return []
    right = evaluate(exercise, exercise.right)
    ((usual, often),) = Counter(right.values()).most_common(1)
    return [str(part) for part, answer in right.items() if answer != usual] if 2 * often > len(right) else []


def scale(points: float, parts: int) -> dict[int, float]:
    """Return the points for each number of right parts, rounded down to halves."""
    return {right: int(2 * points * right / parts + 1e-9) / 2 for right in range(parts + 1)}


def scale_text(points: float, parts: int) -> str:
    """Return the scale in words: the highest number first."""
    by_points: dict[float, list[int]] = {}
    for right, given in scale(points, parts).items():
        by_points.setdefault(given, []).append(right)
    said = [
        f"{rights[0]}{f' to {rights[-1]}' * (len(rights) > 1)} right: {given:g}"
        for given, rights in sorted(by_points.items(), reverse=True)
    ]
    return "Points: " + "; ".join(said) + "."


# ---- what is right -------------------------------------------------------------------------------


def right_answers(exercise: Exercise, path: Path) -> Iterator[str]:
    """Yield what is right and why, and how it is found."""
    closed = exercise.closed
    if isinstance(closed, Choose):
        rows = [
            f"| {option.text} | {'yes' if option.right else 'no'} | {option.reason} |"
            for option in closed.options.values()
        ]
        yield table("To tick", "Right?", "Why", rows=rows)
    elif isinstance(closed, Match):
        labels = [label_text(*label) for label in closed.labels.items() if label[1] != f"question {label[0]}"]
        yield "Letters: " + "; ".join(labels)
        rows = []
        for case, (letters, reason) in closed.cases.items():
            others = "".join(f" **{letter}**: {said}" for letter, said in choices(exercise, case, reason))
            rows.append(f"| {case} | **{' or '.join(letters)}** | {reason}{others} |")
        yield table("Part", "Right", "Why it, and what to say to another", rows=rows)
    elif isinstance(closed, Numbers):
        rows = [
            f"| {paper_name(name) or 'the number'} | {near(value)} | "
            f"{near(value - within)} to {near(value + within)} | {advice} |"
            for name, (value, within, advice) in closed.values.items()
        ]
        yield table("Asked", "Right", "Right within", "How it is found", rows=rows)
        yield f"*How.*\n\n{steps(bank.without_markers(answer_cell(path).source), closed.values)}"
    else:
        yield re.sub(r"^(\w+): ", r"- **\1** ", exercise.worked, flags=re.MULTILINE)


def steps(source: str, asked: Collection[str]) -> str:
    """Return the lines of a solution as a list without Python: each number with its name, and what a comment says."""
    lines: dict[int, str] = {}
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Assign):
            raise BuildError(f"the key can show lines such as `a = 1 / 2` only; found {ast.unparse(statement)!r}")
        target, value = statement.targets[0], statement.value
        if isinstance(value, ast.Dict):
            named = [
                (str(ast.literal_eval(key)), each) for key, each in zip(value.keys, value.values, strict=True) if key
            ]
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            named = [(ast.unparse(name), each) for name, each in zip(target.elts, value.elts, strict=True)]
        else:
            named = [(ast.unparse(target), value)]
        for name, each in named:
            counted = f"{name} = {ast.get_source_segment(source, each)}"
            if ast.unparse(each) != name:  # it has a line already
                lines[each.lineno] = f"{lines[each.lineno]}; {counted}" if each.lineno in lines else counted
    shown = {number: on_paper_line(line, asked) for number, line in lines.items()}
    before = -1  # the line of the comment before, if it has one to itself
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            number, said = token.start[0], token.string.removeprefix("# ")
            if number in shown:
                shown[number] += f". *{said}*"
            elif before == number - 1:
                shown[number] = f"{shown.pop(before)} {said}"
                before = number
            else:
                shown[number], before = said, number
    return "\n".join(f"- {shown[number]}" for number in sorted(shown))


def on_paper_line(line: str, asked: Collection[str]) -> str:
    """Return a line of arithmetic as one writes it by hand; what is asked for has the name that it has on paper."""
    line = re.sub(r"(?<=\d)_(?=\d{3})", ",", line).replace(" * ", " x ")
    return re.sub(
        r"[A-Za-z]\w*", lambda name: paper_name(name[0]) if name[0] in asked or "_" in name[0] else name[0], line
    )


def label_text(letter: str, text: str) -> str:
    """Return a label with its letter, once."""
    return letter if text == letter else f"**{letter}** {text.removeprefix(f'{letter} ').rstrip('.')}"


def near(value: float) -> str:
    """Return a number with four digits, without zeros behind."""
    return f"{float(f'{value:.4g}'):g}"


def choices(exercise: Exercise, case: str, reason: str) -> Iterator[tuple[str, str]]:
    """Yield each wrong label of a case that has a reason of its own, with what the program says to it."""
    keys = {str(key): key for key in exercise.right} if isinstance(exercise.right, dict) else {}
    if case not in keys or not isinstance(exercise.closed, Match):
        return  # letters in their order: a place alone cannot be wrong
    for letter in exercise.closed.labels:
        said = judge(exercise, {**exercise.right, keys[case]: letter})
        words = COUNTS.sub("", said.args[0]) if said else ""
        if words and reason.rstrip(".") not in words:
            yield letter, words


def wrong_answers(exercise: Exercise, told: str) -> Iterator[str]:
    """Yield the mistakes that an exercise knows, unless they are told already: what was written, and what to say."""
    right = evaluate(exercise, exercise.right)
    rows = [
        f"| {mistake.name} | {differs(exercise, mistake.answer, right)} | {by_hand(mistake.hint)} |"
        for mistake in exercise.mistakes
        if mistake.hint not in told
    ]
    if rows:
        yield table("Mistake", "They wrote", "Say", rows=rows)


def differs(exercise: Exercise, answer: Any, right: Any) -> str:
    """Return the parts of a wrong answer that differ from the right one."""
    got = evaluate(exercise, answer)
    if isinstance(got, WrongKind):
        return short(answer)
    if not isinstance(right, dict):
        return near(got) if isinstance(got, float) else short(answer)
    if all(isinstance(value, bool) for value in right.values()):
        too_many = [key for key in right if got.get(key) and not right[key]]
        missed = [key for key in right if right[key] and not got.get(key)]
        said = [f"{word} {', '.join(found)}" for word, found in (("ticked", too_many), ("not ticked", missed)) if found]
        return "; ".join(said)
    wrong = {
        path: value
        for path, value in leaves(got)
        if not same(value, dict(leaves(right)).get(path), at(exercise.tolerance, path[0]))
    }
    return ", ".join(
        f"{' '.join(paper_name(str(part)) for part in path)}: {near(value) if isinstance(value, float) else value}"
        for path, value in wrong.items()
    )


def table(*heads: str, rows: list[str]) -> str:
    """Return a table; a column without any words is left out."""
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in (r.replace("\n", " ") for r in rows)]
    kept = [number for number in range(len(heads)) if any(row[number] for row in cells)]
    lines = [
        [heads[number] for number in kept],
        ["---"] * len(kept),
        *([row[number] for number in kept] for row in cells),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
