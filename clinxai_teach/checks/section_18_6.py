"""The exercises of section 18.6. Their notebook imports ACTIONS."""

import itertools
import re

import numpy as np
import pandas as pd

from clinxai_teach.checklist import ANSWERS, GROUPS, QUESTIONS
from clinxai_teach.checks.engine import (
    Case,
    Exercise,
    Mistake,
    NotAnswered,
    WrongKind,
    came,
    is_stub,
    mapping,
    outputs,
    short,
)
from clinxai_teach.vendor_sheets import CHESTGUARD

NUMBERS = tuple(question.number for question in QUESTIONS)
GROUP = {question.number: question.group for question in QUESTIONS}


def _sixteen(answer, read, what):
    """Return a dict with an entry for each of the 16 numbers, each passed through `read`."""
    if isinstance(answer, dict) and answer and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    given = {str(key): value for key, value in mapping(answer, read).items()}
    extra = [key for key in given if key not in map(str, NUMBERS)]
    if extra:
        raise WrongKind(f"There is no question {', '.join(extra)}. The keys are the numbers 1 to 16.")
    missing = [str(number) for number in NUMBERS if str(number) not in given]
    if missing:
        raise WrongKind(f"These questions have no {what} yet: {', '.join(missing)}.")
    return {number: given[str(number)] for number in NUMBERS}


# --- 18.6-a: what the sheet leaves out --------------------------------------------------------------------

PLANTED = CHESTGUARD.unknown
RIGHT_SHEET = {number: "unknown" if number in PLANTED else "yes" for number in NUMBERS}


def _answer(value):
    word = str(value).strip().lower().replace("i don't know", "unknown").replace("?", "unknown")
    if is_stub(value) or not isinstance(value, str) or word not in ANSWERS:
        raise WrongKind(f'{came(value)} came. Write "yes", "no" or "unknown".')
    return word


def _judged(answer):
    """Return what counts: the unknown set. Where the sheet answers, "yes" and "no" are the same."""
    given = _sixteen(answer, _answer, "answer")
    return {number: "yes" if word == "no" and number not in PLANTED else word for number, word in given.items()}


def _explain_sheet(got, right):
    """Say how many omissions were found; then quote one sentence of the sheet. No number is named."""
    missed = [number for number in PLANTED if got[number] != "unknown"]
    too_many = [number for number in NUMBERS if number not in PLANTED and got[number] == "unknown"]
    found = f"you found {len(PLANTED) - len(missed)} of {len(PLANTED)} planted omissions"
    if missed:
        quoted = CHESTGUARD.decoys[min(missed)].split(",")[0].split(":")[0].strip('"')
        return f'{found}. One more hides behind the words "{quoted}". Which question do they seem to answer?'
    evidence = CHESTGUARD.answered[too_many[0]][1]
    return f"{found}, but you marked {len(too_many)} unknown that the sheet answers. Look again at: {evidence}"


A = Exercise(
    id="18.6-a",
    title="What the sheet leaves out",
    expects='a dict with "yes", "no" or "unknown" for each question, such as {1: "yes", 2: "yes", ...}',
    evaluate=_judged,
    right=RIGHT_SHEET,
    also_right=(
        {str(number): word.upper() for number, word in RIGHT_SHEET.items()},
        {number: "I don't know" if word == "unknown" else word for number, word in RIGHT_SHEET.items()},
        {**RIGHT_SHEET, 8: "no"},
        pd.Series(RIGHT_SHEET),
    ),
    mistakes=(
        Mistake(
            "everything yes",
            dict.fromkeys(NUMBERS, "yes"),
            "You believed the whole sheet. For each yes, underline the sentence with a number, a date, a name or a "
            "procedure. Some sentences have none.",
        ),
        Mistake(
            "everything unknown",
            dict.fromkeys(NUMBERS, "unknown"),
            "The sheet does answer most of the questions. Somebody who doubts everything finds the gaps no better "
            "than somebody who believes everything.",
        ),
        Mistake(
            "silence taken for no",
            {number: "no" if number in PLANTED else "yes" for number in NUMBERS},
            "You found the right places. But a sheet that is silent is no evidence of a fault: the answer is unknown "
            "until somebody shows you the document.",
        ),
        Mistake(
            "adjectives taken for evidence",
            {**RIGHT_SHEET, **dict.fromkeys((2, 5), "yes")},
            "Words such as representative, diverse or every patient are adjectives. Where is the table with the "
            "groups, their sizes and their events?",
        ),
        Mistake(
            "discrimination taken for calibration",
            {**RIGHT_SHEET, 7: "yes"},
            "An AUC says who is ranked above whom. It does not say whether 20% happens in 20 of 100.",
        ),
        Mistake(
            "95% confidence accepted",
            {**RIGHT_SHEET, 11: "yes"},
            'You accepted "95% confidence". Of what, over which patients, and measured on whom? Without that it is a '
            "word.",
        ),
        Mistake(
            "learning taken for monitoring",
            {**RIGHT_SHEET, 16: "yes"},
            "A tool that learns every day is another tool every day. Which version was tested, and who watches it?",
        ),
        Mistake(
            "own homework taken for the sheet's gap",
            {**RIGHT_SHEET, 13: "unknown", 14: "unknown"},
            "You found every omission and marked two too many: the sheet says how its display is worded, and what the"
            " doctor does before the score.",
        ),
    ),
    hints=(
        "Take one question at a time. Write yes only if you can put your finger on a number, a date, a name or a "
        "procedure in the sheet.",
        "Search for adjectives: they stand where evidence should be. Search also for a percentage without a noun.",
        "Five questions have no answer in the sheet, and each has a sentence that sounds like one. Four of the five "
        "are in groups A to D.",
    ),
    worked="\n".join(
        f"{number}: unknown. {CHESTGUARD.decoys[number]}"
        if number in PLANTED
        else f"{number}: yes. {CHESTGUARD.answered[number][1]}"
        for number in NUMBERS
    ),
    why="Each omission stands behind a sentence that sounds like an answer. The checklist finds it, because it asks "
    "for the evidence and not for the claim.",
    explain=_explain_sheet,
)

# --- 18.6-b: after "not ready" ----------------------------------------------------------------------------

ACTIONS = {
    "A": "With this list, ask the tool's owner and the vendor for the model card and the validation report.",
    "B": "Fill in the checklist again with the new evidence. Record the decision, its owner and the date of review.",
    "C": "Take the next decision about today's patient by your usual way, without the output.",
    "D": "Take to the team responsible for AI what no document answered, so that they test it on local patients.",
    "E": "Write down which questions are open, for which version of the tool and for which decision.",
}
RIGHT_ORDER = tuple("CEADB")


def _order(answer):
    """Return the letters by their place; a list, a tuple or a text of letters."""
    if isinstance(answer, str):
        answer = re.findall(r"[A-Za-z]", answer)
    if isinstance(answer, dict) or not hasattr(answer, "__len__"):
        raise WrongKind(f'{came(answer)} came, where a list of letters is needed, such as ["A", "B", ...].')
    letters = list(answer)
    if letters and all(is_stub(letter) for letter in letters):
        raise NotAnswered
    letters = [str(letter).strip().upper() for letter in letters]
    if sorted(letters) != sorted(ACTIONS):
        raise WrongKind(f"{short(letters)} came. Use each of the letters A to E once.")
    return {place: letter for place, letter in enumerate(letters, 1)}


def _explain_order(got, right):
    """Name the first place that is wrong, and what that action needs before it."""
    needs = {
        "A": "To ask for documents you need to know what is open.",
        "B": "To decide again you need new evidence.",
        "C": "The patient of today does not wait for a document.",
        "D": "A local test is work for weeks. First see what the documents answer.",
        "E": "The list is what you take to others, but first comes the patient.",
    }
    place = next(place for place in right if got[place] != right[place])
    return f"not right yet at place {place}: action {got[place]} comes too early. {needs[got[place]]}"


B = Exercise(
    id="18.6-b",
    title='Five actions after "not ready"',
    expects='a list with the letters A to E in the order of the actions, such as ["A", "B", "C", "D", "E"]',
    evaluate=_order,
    right=list(RIGHT_ORDER),
    also_right=(RIGHT_ORDER, "".join(RIGHT_ORDER), "c, e, a, d, b", np.array(RIGHT_ORDER)),
    mistakes=(
        Mistake(
            "documents before the patient",
            list("EADBC"),
            "The order of the paperwork is right, but the patient comes last. Today's decision cannot wait for a "
            "document.",
        ),
        Mistake(
            "asked without a list",
            list("CAEDB"),
            "You asked for documents before you wrote down what is open. A question in general gets an answer in "
            "general.",
        ),
        Mistake(
            "local test before the documents",
            list("CEDAB"),
            "A local test costs weeks of work. The document may already answer the question: ask for it first.",
        ),
        Mistake(
            "decided before the evidence",
            list("CEBAD"),
            "Nothing new is known yet, so the second checklist would be the first one again. Collect the evidence "
            "first.",
        ),
        Mistake(
            "as printed",
            list("ABCDE"),
            "This is the order in which they are printed. Ask of each action: what must be there before I can do it?",
        ),
    ),
    hints=(
        "Which action protects somebody today? It comes first.",
        "Which action can only be done when all others are done? It comes last.",
        "Of the three in the middle: one makes a list, one sends it, and one deals with what did not come back.",
    ),
    worked="\n".join(f"{place}. {letter}: {ACTIONS[letter]}" for place, letter in enumerate(RIGHT_ORDER, 1)),
    why="First the patient, then the list, then the documents that exist, then the test that does not exist yet, then"
    " a decision with a name and a date.",
    explain=_explain_order,
)

# --- 18.6-c: the six groups from memory -------------------------------------------------------------------

# What a line may hold to count for a group; the beginning of a word is enough.
KEYWORDS = {
    "A": "right tool|right patient|intended|purpose|built for|population|patients like|similar|label|suitable|fit for",
    "B": "shown|valid|tested|proof|proven|proved|works?\\b|working|performance|subgroup|external|shortcut",
    "C": "number|calibrat|percent|probabilit|threshold|alert|false alarm|read\\b|reading",
    "D": "know|doubt|uncertain|unsure|confiden|conformal|coverage|out of distribution|ood|limits",
    "E": "expla|heat ?map|attribution|saliency|shap\\b|grad-?cam|interpretab|reason|why",
    "F": "act\\b|acting|action|overrid|account|responsib|monitor|drift|stop|who is told|defer|owner",
}
CLUES = {
    "A": "Before any number: was it made for this case?",
    "B": "A promise is not enough. What has been done with it?",
    "C": "A figure is on the screen. What does it stand for?",
    "D": "Even a good tool meets a patient it cannot judge. Does it say so?",
    "E": "The display shows colours or bars as well. May they be believed?",
    "F": "The tool has spoken. Now it is your turn, and somebody must answer for it.",
}


def _groups_of(line):
    """Return the groups that a line of free text may stand for."""
    if is_stub(line) or not isinstance(line, str) or not line.strip():
        raise WrongKind(f"{came(line)} came, where a few words for each group are needed.")
    text = re.sub(r"^\s*[A-F1-6][.:)]?\s+", "", line).lower().replace("-", " ").replace("grad cam", "grad-cam")
    return frozenset(group for group, words in KEYWORDS.items() if re.search(rf"\b(?:{words})", text))


def _recalled(answer):
    """Return which groups the lines name; each line stands for one group, the one that helps most."""
    if isinstance(answer, str):
        answer = [line for line in re.split(r"[\n;]", answer) if line.strip()]
    elif isinstance(answer, dict):
        answer = list(answer.values())
    if not hasattr(answer, "__len__"):
        raise WrongKind(f"{came(answer)} came, where a list of six texts is needed.")
    lines = list(answer)
    if lines and all(is_stub(line) or line == "" for line in lines):
        raise NotAnswered
    if not 1 <= len(lines) <= len(GROUPS):
        raise WrongKind(f"{len(lines)} lines came. There are six groups: write one line for each.")
    possible = [_groups_of(line) for line in lines]
    best = ()
    for order in itertools.permutations(GROUPS, len(lines)):
        found = tuple(group for group, groups in zip(order, possible, strict=True) if group in groups)
        best = max(best, found, key=len)
    return {group: group in best for group in GROUPS}


def _explain_groups(got, right):
    missing = [group for group in GROUPS if not got[group]]
    return f"{6 - len(missing)} of 6 groups are named. A clue to one that is missing: {CLUES[missing[0]]}"


C = Exercise(
    id="18.6-c",
    title="The six groups, with the book closed",
    expects="a list of six short texts, one for each group of questions, in your own words",
    evaluate=_recalled,
    right=list(GROUPS.values()),
    also_right=(
        ["intended use", "validation", "calibration", "uncertainty", "explanation", "override"],
        [
            "F: who is responsible",
            "E: why did it say so",
            "D: does it doubt",
            "C: the number",
            "B: tested",
            "A: right patient",
        ],
        "Right tool\nShown to work\nRead the number\nKnows its limits\nHeatmap\nAct and account",
        dict(GROUPS),
    ),
    mistakes=(
        Mistake(
            "the five signals of 18.5",
            ["confidence", "uncertainty", "explanation quality", "patient similarity", "clinical context"],
            "These are the five signals about one patient (18.5). They cover three of the groups. What must be known "
            "about the tool before, and what happens after?",
        ),
        Mistake(
            "the sections of the chapter",
            ["interpretability", "feature attribution", "calibration", "uncertainty", "trust", "checklist"],
            "These are the sections of the chapter. The groups follow a decision: from whether this is the right tool"
            " to who answers for what was done.",
        ),
        Mistake(
            "only the numbers",
            ["AUC", "calibration", "uncertainty", "external validation"],
            "You named the parts with numbers. Three groups have hardly any: the purpose, the explanation, and what "
            "you do.",
        ),
        Mistake(
            "the four parts of a report",
            ["subgroup performance", "calibration with intervals", "known failures", "override procedure"],
            "These are parts of the report of 18.5: they serve three groups. The checklist also asks what the tool "
            "was made for, how sure it is, and what it shows.",
        ),
    ),
    hints=(
        "Go through a decision from the start: the tool is offered to you. What do you ask first, and what last?",
        "Two groups about the tool, two about its number, one about its picture, one about you.",
        "Single words are enough. Their first letters, in one possible wording: P, V, C, U, E, O.",
    ),
    worked="\n".join(f"{group}: {title}" for group, title in GROUPS.items()),
    why="Who knows the six groups can rebuild most of the questions without the card.",
    explain=_explain_groups,
)

# --- 18.6-d: the verdict ----------------------------------------------------------------------------------

DECISIONS = ("do not use", "do not act on the output alone", "not finished", "use with care", "ready to use")


def verdict(answers):
    core = [answers.get(number) for number in range(1, 12)]  # groups A to D
    rest = [answers.get(number) for number in range(12, 17)]  # groups E and F
    if "no" in core:
        return "do not use"
    if "unknown" in core:
        return "do not act on the output alone"
    if None in core + rest:
        return "not finished"
    if "no" in rest or "unknown" in rest:
        return "use with care"
    return "ready to use"


def _verdict_of_the_class(answers):
    from clinxai_teach.checklist import Checklist

    checklist = Checklist()
    for number, answer in answers.items():
        checklist.answer(number, answer, "seen")
    return checklist.verdict()


def _verdict_with(*, order="nuaoy", core=11, unanswered=None):
    """Return a variant that checks in another order, has another core, or reads unanswered questions otherwise."""

    def variant(answers):
        filled = {number: answers.get(number, unanswered) for number in NUMBERS}
        in_core = [filled[number] for number in NUMBERS if number <= core]
        rest = [filled[number] for number in NUMBERS if number > core]
        happens = {
            "n": "no" in in_core,
            "u": "unknown" in in_core,
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

    def case(label, **changes):
        changed = {**yes, **{int(key[1:]): value for key, value in changes.items()}}
        return Case(label, {"answers": {number: value for number, value in changed.items() if value is not None}})

    return (
        case("all sixteen yes"),
        case("only question 11 unknown", q11="unknown"),
        case("only question 12 unknown", q12="unknown"),
        case("only question 8 no", q8="no"),
        case("question 4 unknown and question 7 no", q4="unknown", q7="no"),
        case("question 16 not answered, all others yes", q16=None),
        case(
            "question 2 unknown, questions 12 to 16 not answered",
            q2="unknown",
            q12=None,
            q13=None,
            q14=None,
            q15=None,
            q16=None,
        ),
        case("question 15 no, question 3 not answered", q15="no", q3=None),
        case("question 5 no, all after it not answered", q5="no", **{f"q{number}": None for number in range(6, 17)}),
        case("question 16 no", q16="no"),
        Case("nothing answered", {"answers": {}}),
    )


def _decision(output):
    output = getattr(output, "decision", output)
    word = " ".join(str(output).lower().split()).rstrip(".")
    if not isinstance(output, str) or word not in DECISIONS:
        raise WrongKind(f"{came(output)} came. Return one of the five texts, copied exactly.")
    return word


D = Exercise(
    id="18.6-d",
    title="The verdict as a rule",
    expects="a function verdict(answers) that returns one of the five texts",
    evaluate=lambda answer: outputs(answer, _verdict_cases(), _decision),
    right=verdict,
    also_right=(_verdict_of_the_class, _verdict_with()),
    mistakes=(
        Mistake(
            "the majority decides",
            _by_majority,
            "You counted the yes. Fifteen yes do not pay for one unknown in A to D: it may be the one that matters "
            "for your patient.",
        ),
        Mistake(
            "unknown stops in every group",
            _verdict_with(core=16),
            "An unknown or a no in E or F stops here too. The rule stops in A to D only, questions 1 to 11; in E and "
            "F it says: use with care.",
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
            "Where a no and an unknown meet in A to D, you report the unknown. A fault that is known weighs more: "
            "test for it first.",
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
            "A no in A to D gives the milder text here. Unknown asks for a document; no says that the document shows "
            "a fault.",
        ),
        Mistake(
            "E and F do not count",
            lambda answers: {"use with care": "ready to use"}.get(verdict(answers), verdict(answers)),
            "What is open in E and F is forgotten. It does not stop, but the verdict is then: use with care.",
        ),
    ),
    hints=(
        "Make two lists: the answers to 1 to 11 (A to D) and those to 12 to 16 (E and F). answers.get(number) gives "
        "None if there is none.",
        "Test the five rules in their order with if, and return at the first that fits.",
        'Begin with: if "no" in core: return "do not use". Then test core for "unknown", and so on.',
    ),
    worked=verdict,
    why="A chain is as strong as its weakest link. One unknown in A to D stops, and a known fault stops harder.",
)

# --- 18.6-e: where is it taught? --------------------------------------------------------------------------

SECTIONS = ("18.1", "18.2", "18.3", "18.4", "18.5")
RIGHT_SECTIONS = {question.number: question.sections[0] for question in QUESTIONS}


def _section(value):
    match = re.fullmatch(r"\s*(?:section\s*)?(18\.[1-5])\s*", str(value).lower())
    if is_stub(value) or not match:
        raise WrongKind(f'{came(value)} came. Write one of the texts "18.1" to "18.5".')
    return match[1]


def _taught(answer):
    """Return the sections; where two teach a question, either counts as the first."""
    given = _sixteen(answer, _section, "section")
    return {
        question.number: question.sections[0] if given[question.number] in question.sections else given[question.number]
        for question in QUESTIONS
    }


def _explain_sections(got, right):
    """Name the questions that are wrong and the evidence that the first asks for."""
    wrong = [number for number in NUMBERS if got[number] != right[number]]
    evidence = QUESTIONS[wrong[0] - 1].evidence
    return f"not right yet: {', '.join(map(str, wrong))}. Question {wrong[0]} is answered by this: {evidence}"


E = Exercise(
    id="18.6-e",
    title="Which section answers it?",
    expects='a dict with a section for each question, such as {1: "18.1", 2: "18.1", ...}',
    evaluate=_taught,
    right=RIGHT_SECTIONS,
    also_right=(
        {question.number: question.sections[-1] for question in QUESTIONS},
        {str(number): f"section {section}" for number, section in RIGHT_SECTIONS.items()},
        {number: float(section) for number, section in RIGHT_SECTIONS.items()},
        pd.Series(RIGHT_SECTIONS),
    ),
    mistakes=(
        Mistake(
            "all in 18.5",
            dict.fromkeys(NUMBERS, "18.5"),
            "18.5 binds the answers together, but it does not make them. Who measures what 20% means, or finds a "
            "shortcut?",
        ),
        Mistake(
            "one section for each group, in order",
            {number: dict(zip("ABCDEF", (*SECTIONS, "18.5"), strict=True))[GROUP[number]] for number in NUMBERS},
            "You gave the groups the sections in their order. The groups follow a decision, the sections follow the "
            "methods. Read the evidence of each question.",
        ),
        Mistake(
            "calibration and uncertainty exchanged",
            {
                n: {"18.3": "18.4", "18.4": "18.3"}.get(section, section) if n in (7, 8, 9, 10, 11) else section
                for n, section in RIGHT_SECTIONS.items()
            },
            "Calibration and uncertainty are exchanged. 18.3: does 20% happen in 20 of 100? 18.4: how sure is it "
            "about this one patient?",
        ),
        Mistake(
            "coverage taken for calibration",
            {**RIGHT_SECTIONS, 11: "18.3"},
            "Question 11 speaks of coverage and of a calibration set, and that is the language of conformal "
            "prediction, not of the calibration curve.",
        ),
    ),
    hints=(
        "Read the evidence that answers the question, not the question: print(QUESTIONS[6].evidence) shows that of 7.",
        "18.1 labels and shortcuts, 18.2 heatmaps and attributions, 18.3 what the number means, 18.4 doubt and sets, "
        "18.5 the report and the team.",
        "Some questions are answered in two sections. Either counts.",
    ),
    worked="\n".join(f"{question.number}: {' or '.join(question.sections)}" for question in QUESTIONS),
    why="A checklist that you cannot trace to a method is a ritual. Each question has a measurement behind it, and "
    "you have made it.",
    explain=_explain_sections,
)

EXERCISES = {exercise.id: exercise for exercise in (A, B, C, D, E)}
