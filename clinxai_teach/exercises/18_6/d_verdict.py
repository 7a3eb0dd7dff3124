# %% judge
from clinxai_teach.checklist import Checklist
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, WrongKind, came

# %% [markdown]
# ## The verdict as a rule
#
# Write `verdict(answers)`. `answers` is a dict from the number of a question (1 to 16) to `"yes"`, `"no"`, `"unknown"` or
# (at 11 to 13) `"not applicable"`. A question that nobody has answered is **not in the dict**. Groups A to D are the
# questions 1 to 11, E and F are 12 to 16. Return the text of the first rule that fits:
#
# 1. a no in A to D, or at 15 or 16: `"do not use"`
# 2. an unknown in A to D, or at 15 or 16: `"do not act on the output alone"` (it has no weight yet)
# 3. a question (1 to 16) without an answer: `"not finished"` (here each yes has its evidence)
# 4. any other no or unknown (at 12, 13 or 14): `"use with care"`
# 5. otherwise: `"ready to use"`


# %% answer points=3 minutes=12 difficulty="medium"
def verdict(answers):
    ### BEGIN SOLUTION
    core = [answers.get(number) for number in (*range(1, 12), 15, 16)]  # groups A to D, and 15 and 16
    rest = [answers.get(number) for number in (12, 13, 14)]
    if "no" in core:
        return "do not use"
    if "unknown" in core:
        return "do not act on the output alone"
    if None in core + rest:
        return "not finished"
    if "no" in rest or "unknown" in rest:
        return "use with care"
    return "ready to use"
    ### END SOLUTION


# %% [markdown]
# Now try your rule on your own answers to 18.6-a:

# %%
if ... in sheet.values() or verdict({}) is None:
    print("18.6-a or 18.6-d is still open.")
else:
    print("HeartPencil:", verdict(sheet))

# %% judge
NUMBERS = range(1, 17)
DECISIONS = ("do not use", "do not act on the output alone", "not finished", "use with care", "ready to use")


def _verdict_of_the_class(answers):
    checklist = Checklist()
    for number, answer in answers.items():
        checklist.answer(number, answer, "in the report")
    return checklist.verdict()


def _verdict_with(*, order="nuaoy", core=11, also=(15, 16), wait=(15, 16), unanswered=None, not_applicable="yes"):
    """Return a variant: another order or core, other questions that stop, other readings of what is no yes or no."""

    def variant(answers):
        filled = {number: answers.get(number, unanswered) for number in NUMBERS}
        filled = {number: not_applicable if word == "not applicable" else word for number, word in filled.items()}
        in_core = [filled[number] for number in NUMBERS if number <= core]
        rest = [filled[number] for number in NUMBERS if number > core]
        happens = {
            "n": "no" in in_core or any(filled[number] == "no" for number in also),
            "u": "unknown" in in_core or any(filled[number] == "unknown" for number in wait),
            "a": None in filled.values(),
            "o": "no" in rest or "unknown" in rest,
            "y": True,
        }
        return dict(zip("nuaoy", DECISIONS, strict=True))[next(letter for letter in order if happens[letter])]

    return variant


def _by_majority(answers):
    return "ready to use" if sum(value == "yes" for value in answers.values()) > 8 else "do not use"


def _verdict_cases():
    yes = dict.fromkeys(NUMBERS, "yes")

    def case(label, changes):
        answers = {**yes, **changes}
        return Case(label, {"answers": {number: value for number, value in answers.items() if value is not None}})

    return (
        case("all sixteen yes", {}),
        case("only question 11 unknown", {11: "unknown"}),
        case("only question 12 unknown", {12: "unknown"}),
        case("only question 8 no", {8: "no"}),
        case("question 4 unknown and question 7 no", {4: "unknown", 7: "no"}),
        case("question 16 not answered, all others yes", {16: None}),
        case("question 2 unknown, questions 12 to 16 not answered", {2: "unknown", **dict.fromkeys(range(12, 17))}),
        case("question 15 no, question 3 not answered", {15: "no", 3: None}),
        case("question 5 no, all after it not answered", {5: "no", **dict.fromkeys(range(6, 17))}),
        case("question 15 no", {15: "no"}),
        case("question 16 no", {16: "no"}),
        case("question 14 no", {14: "no"}),
        case("question 16 unknown", {16: "unknown"}),
        case("questions 11 to 13 not applicable", dict.fromkeys((11, 12, 13), "not applicable")),
        case("question 11 not applicable, question 12 no", {11: "not applicable", 12: "no"}),
        case("question 13 no, question 14 not answered", {13: "no", 14: None}),
        case("question 12 unknown, question 6 not answered", {12: "unknown", 6: None}),
        case("nothing answered", dict.fromkeys(NUMBERS)),
    )


def _decision(output):
    output = getattr(output, "decision", output)
    word = " ".join(str(output).lower().split()).rstrip(".")
    if not isinstance(output, str) or word not in DECISIONS:
        raise WrongKind(f"{came(output)} came. Return one of the five texts, copied exactly.")
    return word


EXERCISE = function_on_cases(
    verdict,
    _verdict_cases(),
    read=_decision,
    expects="a function verdict(answers) that returns one of the five texts",
    also_right=(_verdict_of_the_class, _verdict_with()),
    mistakes=(
        Mistake(
            "the majority decides",
            _by_majority,
            "You counted the yes. Fifteen yes do not pay for one unknown in A to D: it may be the one that matters for "
            "your patient.",
        ),
        Mistake(
            "unknown stops in every group",
            _verdict_with(core=16),
            "An unknown at 12, 13 or 14 stops here too. An unknown stops in A to D, questions 1 to 11, and at 15 and 16; "
            "at the others the rule says: use with care.",
        ),
        Mistake(
            "an unknown at 15 or 16 does not stop",
            _verdict_with(wait=()),
            "An unknown at 15 or 16 asks only for care here. Who does not know which version runs does not know whether it "
            "is the tested one: rule 2.",
        ),
        Mistake(
            "15 and 16 do not stop",
            _verdict_with(also=(), wait=()),
            "A no at 15 or 16 asks only for care here. A tool that nobody can stop, or that is no longer the tested one, "
            "makes all other answers void.",
        ),
        Mistake(
            "every no stops",
            _verdict_with(also=range(1, 17)),
            "Every no stops here, also in E and F. There only a no at 15 or 16 stops; at the others the rule says: use with care.",
        ),
        Mistake(
            "all of F stops",
            _verdict_with(also=(14, 15, 16)),
            "A no at 14 stops here. That is about your own way of working, which you can change today: use with care.",
        ),
        Mistake(
            "not applicable taken for unknown",
            _verdict_with(not_applicable="unknown"),
            "Not applicable counts as unknown here. A tool that promises no coverage owes no answer on it: it stops "
            "nothing.",
        ),
        Mistake(
            "question 11 left out of D",
            _verdict_with(core=10),
            "Question 11 is treated as if it were in group E. Groups A to D are the questions 1 to 11, and range(1, "
            "11) ends at 10.",
        ),
        Mistake(
            "not answered taken for yes",
            _verdict_with(unanswered="yes"),
            "A question that was never asked counts as yes here. answers.get(number) gives None for it: not finished.",
        ),
        Mistake(
            "not answered taken for unknown",
            _verdict_with(unanswered="unknown"),
            "A question that was not answered counts as unknown here. Unknown means: I looked and do not know. Keep "
            "the two apart.",
        ),
        Mistake(
            "unknown before no",
            _verdict_with(order="unaoy"),
            "Where a no and an unknown meet in A to D, you report the unknown. A fault that is known weighs more: test "
            "for it first.",
        ),
        Mistake(
            "care before unfinished",
            _verdict_with(order="nuoay"),
            "A no or an unknown in E or F is reported before the list is finished. Rule 3 comes first: an answer that is missing may still stop all.",
        ),
        Mistake(
            "unfinished before all else",
            _verdict_with(order="anuoy"),
            "You wait until all is answered. One no or unknown in A to D is already enough: nobody has to finish the "
            "list to stop.",
        ),
        Mistake(
            "no and unknown are the same",
            lambda answers: {"do not use": "do not act on the output alone"}.get(verdict(answers), verdict(answers)),
            "A no in A to D gives the milder text here. Unknown asks for a document; no says that the document shows a "
            "fault.",
        ),
        Mistake(
            "E and F do not count",
            lambda answers: {"use with care": "ready to use"}.get(verdict(answers), verdict(answers)),
            "What is open in E and F is forgotten. It does not stop, but the verdict is then: use with care.",
        ),
    ),
    hints=(
        "Make two lists: the answers that can stop (1 to 11, 15, 16) and the others (12 to 14). answers.get(number) gives "
        "None if there is none.",
        "Test the five rules in their order with if, and return at the first that fits.",
        'Begin with: if "no" in core: return "do not use". Then test core for "unknown", and so on.',
    ),
    why="A chain is as strong as its weakest link. One unknown in A to D, or at 15 or 16, stops, and a known fault stops harder.",
)
