"""The tasks for marks: enough of them, right keys, and no answer that fits somebody else."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from handing_in import FOLDER, hand_in, make_class, plain, run, solved

from clinxai_teach.calibration import brier_decomposition, brier_score, net_benefit
from clinxai_teach.checklist import RULES, Checklist
from clinxai_teach.checks import judging
from clinxai_teach.checks.closed import Match, Numbers
from clinxai_teach.classroom import cage, items, marks
from clinxai_teach.classroom.course import Course
from clinxai_teach.classroom.handout import answer_text, first_line, item_cells
from clinxai_teach.classroom.items import FreeText
from clinxai_teach.conformal import conformal_quantile

ROOT = Path(__file__).resolve().parents[2]
IDS = items.template_ids(FOLDER)
TEMPLATES = {name: items.load(FOLDER, name) for name in IDS}
PEOPLE = range(12)
VARIANTS = {
    name: [template.variant(np.random.default_rng([18, person])) for person in PEOPLE]
    for name, template in TEMPLATES.items()
}
CLOSED = [name for name in IDS if not isinstance(VARIANTS[name][0], FreeText)]
TEXTS = [name for name in IDS if name not in CLOSED]


def judged(item, answer):
    """Return whether an answer is right, and how many of its parts."""
    try:
        got = judging.evaluate(item.judge, answer)
    except judging.NotAnswered:
        return False, 0
    right = item.judge.evaluate(item.judge.right)
    done, extra, of = judging.parts_right(getattr(got, "readable", got), right, item.judge.tolerance)
    return judging.same(got, right, item.judge.tolerance), (done - extra) / of


def test_there_are_enough_tasks_in_every_section():
    sections = [name[:4] for name in IDS]
    assert {section: sections.count(section) for section in sections} == {f"18_{n}": 4 for n in range(1, 7)}
    assert {name[:4] for name in TEXTS} == set(sections)


def test_the_wheel_has_no_task():
    """hatch packs one folder, and the tasks lie outside it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["clinxai_teach"]
    assert not list((ROOT / "clinxai_teach").rglob("*assessment*"))


@pytest.mark.parametrize("name", IDS)
def test_a_task_is_complete(name):
    template = TEMPLATES[name]
    assert template.points in (3, 4)
    assert 5 <= template.minutes <= 15
    for variant in VARIANTS[name]:
        assert "{" not in re.sub(r"\$.*?\$|`.*?`", "", variant.text), "a field was not filled in"
        if isinstance(variant, FreeText):
            assert sum(variant.criteria.values()) == template.points
            assert 30 <= len(variant.model_answer.split()) <= 130
            assert not any(criterion in variant.model_answer for criterion in variant.criteria)
        else:
            assert variant.why
            assert variant.answer in variant.stub


@pytest.mark.parametrize("name", CLOSED)
def test_the_right_answer_is_right_and_the_stub_is_not_attempted(name):
    for item in VARIANTS[name]:
        assert judged(item, item.judge.right)[0]
        space = {"np": np}
        exec(item.stub, space)
        assert judged(item, space[item.answer]) == (False, 0)


@pytest.mark.parametrize("name", CLOSED)
def test_the_right_answer_of_one_is_wrong_for_everybody_else(name):
    for one in PEOPLE:
        for other in PEOPLE:
            if one != other:
                assert not judged(VARIANTS[name][other], VARIANTS[name][one].judge.right)[0], (one, other)


@pytest.mark.parametrize("name", IDS)
def test_two_people_never_read_the_same_task(name):
    texts = {(variant.text, getattr(variant, "given", "")) for variant in VARIANTS[name]}
    assert len(texts) == len(PEOPLE)


def test_data_of_one_task_never_overwrites_that_of_another():
    given = {}
    for name in CLOSED:
        source = VARIANTS[name][0].given + "\n" + VARIANTS[name][0].stub
        for variable in set(re.findall(r"^(\w+) = ", source, re.MULTILINE)) | set(
            re.findall(r"^def (\w+)", source, re.M)
        ):
            assert variable not in given, f"{name} and {given.get(variable)} both use {variable}"
            given[variable] = name


@pytest.mark.parametrize("name", CLOSED)
def test_nothing_right_stands_in_the_notebook(name):
    template, item = TEMPLATES[name], VARIANTS[name][0]
    text = "\n".join(cell["source"] for cell in item_cells(template, item))
    assert item.why not in text
    if isinstance(item.judge.right, dict) and all(isinstance(value, float) for value in item.judge.right.values()):
        long = [f"{value:.4f}".rstrip("0") for value in plain(item.judge.right).values()]
        assert not [value for value in long if len(value) > 5 and value in text]


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_of_the_mark_scheme_stands_in_the_notebook(name):
    for variant in VARIANTS[name]:
        text = " ".join("\n".join(cell["source"] for cell in item_cells(TEMPLATES[name], variant)).split())
        sentences = re.split(r"(?<=[.?])\s", " ".join(variant.model_answer.split()))
        less = [words for sample in variant.samples for words in (sample.text, sample.why)]
        assert not [words for words in (*variant.criteria, *sentences, *less) if len(words) > 25 and words in text]


@pytest.mark.parametrize("name", CLOSED)
def test_the_key_of_a_number_says_what_the_judge_takes(name, tmp_path):
    """So a test on paper is marked as on a laptop, and nobody rounds by hand."""
    (tmp_path / "secret").write_text("18" * 32)
    course = Course(tmp_path)
    item = TEMPLATES[name].for_person(course, "exam", "p01")
    told = answer_text(TEMPLATES[name], course, "exam", "p01")
    assert "np." not in told
    rows = re.findall(r"^\| (\w[\w ]*) \| (-?[\d.]+) \| (-?[\d.]+) to (-?[\d.]+) \|$", told, re.MULTILINE)
    assert [row[0] for row in rows] == (list(item.judge.right) if isinstance(item.judge.closed, Numbers) else [])
    for asked, right, low, high in rows:
        assert asked not in ("k", "month") or right.isdigit(), "a count has no decimals"
        step = 10.0 ** -len(low.partition(".")[2])
        for number, counts in (
            (float(right), True),
            (float(low), True),
            (float(high), True),
            (round(float(low) - step, 6), False),
            (round(float(high) + step, 6), False),
        ):
            assert judged(item, item.judge.right | {asked: number})[0] is counts, (asked, number)


@pytest.mark.parametrize("name", CLOSED)
def test_an_answer_cell_shows_how_its_answer_is_typed_and_nothing_of_the_key(name):
    """A learner who never typed code loses no point for quotation marks that paper does not ask for."""
    for item in VARIANTS[name]:
        lines = item_cells(TEMPLATES[name], item)[-1]["source"].splitlines()
        assert lines[0] == first_line(name, item)
        shown = [line for line in lines[1:] if line.startswith("# ")]
        assert len(shown) == (not item.calls)
        if isinstance(item.judge.right, set):
            assert not judged(item, set(re.findall(r'"(\w+)"', shown[0])))[1]
        elif shown:
            assert "in place of each ..." in shown[0]
            assert "..." in lines[2]


def over_many_people(name):
    """Return a task in the variants of 400 people."""
    return [TEMPLATES[name].variant(np.random.default_rng([5, person])) for person in range(400)]


def test_no_note_is_asked_on_an_override_that_overrides_nothing():
    """Only the embolism is looked for in spite of a low risk; all others decide against a high one."""
    seen = set()
    for text in over_many_people("18_5_override_note"):
        outcome, risk = re.search(r"risk of ([\w ]+) (\d+)%", text.text).groups()
        seen.add(outcome)
        low = "in spite of the low risk" in text.text
        assert low == (outcome == "embolism")
        assert (3 <= int(risk) < 12) if low else (40 <= int(risk) < 92), text.text
    assert len(seen) == 5


@pytest.mark.parametrize("name", [name for name in CLOSED if isinstance(VARIANTS[name][0].judge.closed, Match)])
def test_the_same_letter_for_all_is_worth_as_much_to_each_person_and_no_letter_is_missing(name):
    """So no wrong belief (a set is the likeliest diagnosis) costs one person all points and another none."""
    papers = over_many_people(name)
    (letters,) = {"".join(sorted(item.judge.right.values())) for item in papers}
    counts = [letters.count(letter) for letter in papers[0].judge.closed.labels]
    assert min(counts) >= 1, counts
    assert max(counts) - min(counts) <= 1, counts
    assert max(counts) <= 3 / 7 * len(letters), counts


def test_three_of_seven_statements_are_right_for_everybody():
    """So a slip costs all the same, and whoever ticks everything gets nothing."""
    for item in over_many_people("18_1_two_causes"):
        assert len(item.judge.right) == 3
        assert judged(item, {*item.judge.closed.options})[1] <= 0


def test_the_bar_that_is_asked_for_lowers_the_risk_of_everybody():
    """So whoever forgets the sign loses a part, whoever it is."""
    for item in over_many_people("18_2_bars_to_risk"):
        assert item.judge.right["points"] < 0
        assert len(item.judge.right) == 3


def lost(letters, right):
    """Return how many answers a wrong belief gets wrong."""
    assert letters.keys() == right.keys()
    return sum(letters[name] != right[name] for name in right)


def test_each_wrong_belief_about_the_three_rules_costs_everybody_the_same():
    rows = re.compile(r"^\| ([A-Z]\d\d) \| [\d.]+ \| ([\d.]+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
    for item in over_many_people("18_5_three_decisions"):
        spread, unlike, events = (
            float(re.search(words + r" ([\d.]*\d)", item.text)[1])
            for words in ("is wider than", "percentile above", "fewer than")
        )
        beliefs = {"interval first": {}, "no percentile": {}, "no events": {}, "no interval": {}}
        for name, *cells in rows.findall(item.text):
            width, percentile, group = map(float, cells)
            strange, few, wide = percentile > unlike, group < events, width > spread
            beliefs["interval first"][name] = "V" if wide else "N" if strange or few else "A"
            beliefs["no percentile"][name] = "N" if few else "V" if wide else "A"
            beliefs["no events"][name] = "N" if strange else "V" if wide else "A"
            beliefs["no interval"][name] = "N" if strange or few else "A"
        assert [lost(letters, item.judge.right) for letters in beliefs.values()] == [2, 1, 1, 3], item.text


def test_who_compares_probabilities_with_the_threshold_loses_the_same_whoever_it_is():
    for item in over_many_people("18_4_sets_of_patients"):
        threshold = float(re.search(r"threshold \*\*([\d.]+)\*\*", item.text)[1])
        rows = re.findall(r"^\| ([A-Z]\d\d) \| ([\d. |]+) \|$", item.text, re.MULTILINE)
        said = {name: np.array(cells.split(" | "), float) for name, cells in rows}
        for above, cost in ((True, 5), (False, 6)):
            letters = {name: "ABCDD"[((p >= threshold) == above).sum()] for name, p in said.items()}
            assert lost(letters, item.judge.right) == cost


def test_each_wrong_belief_about_the_verdict_costs_everybody_the_same():
    for item in over_many_people("18_6_tool_verdicts"):
        right, costs = item.judge.right, dict.fromkeys(("unknown", "open", "any no", "late", "not 15, 16"), 0)
        for name, *cells in re.findall(r"^\| ([A-Z]\d\d) \|([^|]+)\|([^|]+)\|([^|]+)\|$", item.text, re.MULTILINE):
            no, unknown, open_ = (set(map(int, re.findall(r"\d+", cell))) for cell in cells)
            late = {12, 13, 14}
            costs["unknown"] += right[name] == "A" and bool(unknown - late)  # unknown is read before no
            costs["open"] += right[name] != "C" and bool(open_)  # what is open is read first
            costs["any no"] += right[name] != "A" and bool(no)
            costs["late"] += right[name] > "B" and bool(unknown & late)  # an unknown is an unknown
            costs["not 15, 16"] += right[name] == "A" and not no - {15, 16}
        assert [*costs.values()] == [2, 2, 2, 1, 1], item.text


def test_a_set_holds_what_its_letter_says_and_no_probability_lies_on_the_limit():
    """From the printed table alone."""
    for item in over_many_people("18_4_sets_of_patients"):
        threshold = float(re.search(r"threshold \*\*([\d.]+)\*\*", item.text)[1])
        rows = re.findall(r"^\| ([A-Z]\d\d) \| ([\d. |]+) \|$", item.text, re.MULTILINE)
        assert {name for name, _ in rows} == set(item.judge.right)
        for name, cells in rows:
            said = np.array(cells.split(" | "), float)
            assert said.sum() == pytest.approx(1)
            assert said.min() >= 0
            assert np.abs(1 - said - threshold).min() > 0.001
            assert item.judge.right[name] == "ABCDD"[(1 - said <= threshold).sum()]


def test_a_constant_function_fits_no_case_of_the_flips():
    for item in over_many_people("18_1_flipped")[:100]:
        assert [judged(item, lambda *_, value=value: value)[1] for value in (0.0, 1.0)] == [0, 0]


def test_the_bar_of_a_colleague_has_the_sign_that_its_reason_explains():
    seen = set()
    for text in over_many_people("18_2_bar_to_colleague"):
        name, sign = re.search(r"bar for \*(.+?)\* is ([+-])", text.text).groups()
        seen.add(name)
        assert sign == ("-" if name == "asthma" else "+"), text.text
    assert len(seen) == 5


def test_a_sheet_says_what_its_key_says():
    """A coverage is promised on every sheet; a test elsewhere is named only where question 4 counts as answered."""
    for item in over_many_people("18_6_what_is_missing"):
        (sheet,) = re.findall(r"^> (.+)$", item.text, re.MULTILINE)
        assert "It promises a coverage of 90%." in sheet
        assert ("hospital" in sheet) == ("4" not in item.judge.right)
        assert ("Calibration there, here and in each group" in sheet) == ("7" not in item.judge.right)
        assert not re.search(r"warns of [A-Z]", sheet)


# ---- the keys, by other means ----------------------------------------------------------------------


def table(text):
    """Return the numbers of the Markdown table in a task, by row."""
    rows = [re.findall(r"-?\d+\.?\d*", line) for line in text.splitlines() if line.startswith("| ")]
    return np.array([[float(cell) for cell in row] for row in rows if row])


@pytest.mark.parametrize("person", PEOPLE)
def test_the_key_of_the_brier_terms(person):
    item = VARIANTS["18_3_brier_parts"][person]
    rows = table(item.text)
    y_prob = np.repeat(rows[:, 0], rows[:, 1].astype(int))
    y_true = np.concatenate([np.arange(n) < ill for _, n, ill in rows]).astype(int)
    parts = brier_decomposition(y_true, y_prob, n_bins=20)
    assert item.judge.right == pytest.approx(
        {"reliability": parts.reliability, "resolution": parts.resolution, "brier": brier_score(y_true, y_prob)}
    )


@pytest.mark.parametrize("person", PEOPLE)
def test_the_key_of_the_net_benefit(person):
    item = VARIANTS["18_3_better_than_all"][person]
    threshold, per = (
        float(re.search(r"risk of \*\*([\d.]+)", item.text)[1]),
        int(re.search(r"per\s+(\d+) pat", item.text)[1]),
    )
    rng = np.random.default_rng(person)
    y_true, y_prob = rng.integers(0, 2, 200), rng.random(200)
    model, everybody = (net_benefit(y_true, p, [threshold])[0] for p in (y_prob, np.ones(200)))
    assert item.judge.right(y_true, y_prob) == pytest.approx(per * (model - everybody))


@pytest.mark.parametrize("person", PEOPLE)
def test_the_key_of_the_conformal_threshold(person):
    item = VARIANTS["18_4_threshold_of_scores"][person]
    space = {}
    exec(item.given, space)
    alpha = float(re.search(r"alpha = (0\.\d+)", item.text)[1])
    assert item.judge.right["threshold"] == pytest.approx(conformal_quantile(space["film_scores"], alpha))


@pytest.mark.parametrize("person", PEOPLE)
def test_the_key_of_the_three_features(person):
    """Together the values give all less none; a feature's value is the mean of its four kinds of gain, weighed."""
    item = VARIANTS["18_2_shapley_by_hand"][person]
    rows = {
        frozenset(known.split(", ")) - {"none"}: float(value)
        for known, value in re.findall(r"^\| ([\w, ]+) \| (0\.\d\d) \|", item.text, re.MULTILINE)
    }
    names = max(rows, key=len)
    for name in names:
        gains = {others: rows[others | {name}] - rows[others] for others in rows if name not in others}
        by_size = [np.mean([gain for others, gain in gains.items() if len(others) == size]) for size in range(3)]
        assert item.judge.right[name] == pytest.approx(np.mean(by_size))


@pytest.mark.parametrize("person", PEOPLE)
def test_the_key_of_the_integrated_gradients_is_complete(person):
    item = VARIANTS["18_2_path_integral"][person]
    a, b, c = map(int, re.search(r"= (\d+)\\,u\^2 v \+ (\d+)\\,v\^3 \+ (\d+)\\,v", item.text).groups())

    def F(z):
        return a * z[0] ** 2 * z[1] + b * z[1] ** 3 + c * z[1]

    x, baseline = np.array([1.5, -0.7]), np.array([0.2, 0.4])
    assert item.judge.right(x, baseline, 2000).sum() == pytest.approx(F(x) - F(baseline), rel=1e-5)


def test_the_key_of_the_verdicts_is_that_for_a_patient_and_the_task_says_so():
    """From the printed table alone, over many people; a committee's verdicts would differ, so the task says whose."""
    task = TEMPLATES["18_6_tool_verdicts"]
    letters = dict(zip((rule.decision for rule in RULES), "ABCDE", strict=True))
    other = 0
    for person in range(300):
        item = task.variant(np.random.default_rng([6, person]))
        assert "for one patient: **all sixteen questions count**" in " ".join(item.text.split())
        rows = re.findall(r"^\| (\w+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", item.text, re.MULTILINE)
        rows = [row for row in rows if row[0] != "tool"]
        assert {row[0] for row in rows} == set(item.judge.right)
        for name, *cells in rows:
            no, unknown, open_ = (set(map(int, re.findall(r"\d+", cell))) for cell in cells)
            checklist = Checklist()
            for number in sorted(set(range(1, 17)) - open_):
                answer = "no" if number in no else "unknown" if number in unknown else "yes"
                checklist.answer(number, answer, evidence="report, page 7" if answer == "yes" else "")
            assert item.judge.right[name] == letters[checklist.verdict().decision], (person, name)
            other += item.judge.right[name] != letters[checklist.verdict(per="tool").decision]
    assert other > 300


@pytest.mark.parametrize("person", PEOPLE)
def test_the_key_of_the_aucs(person):
    from sklearn.metrics import roc_auc_score

    item = VARIANTS["18_1_auc_by_site"][person]
    space = {}
    exec("import pandas as pd\n" + item.given, space)
    films = space["site_films"]
    sites = {"pooled": films, **{site: films[films["site"] == site] for site in "AB"}}
    assert item.judge.right == pytest.approx(
        {name: roc_auc_score(one["ill"], one["score"]) for name, one in sites.items()}
    )


@pytest.mark.parametrize("person", PEOPLE)
def test_the_key_of_bars(person):
    item = VARIANTS["18_2_bars_to_risk"][person]
    base = float(re.search(r"base value is ([+-]\d\.\d+)", item.text)[1])
    bars = {name: float(bar) for name, bar in re.findall(r"^\| (.+?) \| ([+-]\d\.\d\d) \|", item.text, re.MULTILINE)}
    asked = bars[re.search(r"bar of \*(.+?)\*", item.text)[1]]
    odds = np.exp(base) * np.prod(np.exp(list(bars.values())))
    before = odds / np.exp(asked)
    assert item.judge.right == pytest.approx(
        {
            "risk": odds / (1 + odds),
            "odds_factor": np.exp(asked),
            "points": 100 * (odds / (1 + odds) - before / (1 + before)),
        }
    )


@pytest.mark.parametrize("person", PEOPLE)
def test_the_key_of_three_decisions(person):
    item = VARIANTS["18_5_three_decisions"][person]
    unlike, events = (
        int(re.search(r"percentile above (\d+)", item.text)[1]),
        int(re.search(r"fewer than (\d+)", item.text)[1]),
    )
    spread, act = (
        float(re.search(r"wider than ([\d.]+\d)", item.text)[1]),
        float(re.search(r"risk is above ([\d.]+\d)", item.text)[1]),
    )
    for line in item.text.splitlines():
        if found := re.match(r"\| ([A-Z]\d\d) \| ([\d.]+) \| ([\d.]+) \| (\d+) \| (\d+) \|", line):
            risk, width, percentile, n = map(float, found.groups()[1:])
            decision = (
                "N" if percentile > unlike or n < events else "V" if width > spread else "A" if risk > act else "none"
            )
            assert item.judge.right[found[1]] == decision, line


@pytest.mark.slow
@pytest.mark.skipif(cage.why_not() is not None, reason=str(cage.why_not()))
def test_all_tasks_can_be_solved_in_the_notebook_and_get_all_points(tmp_path):
    """By two people with other numbers; their functions are written anew from the text of the task."""
    course = make_class(tmp_path, {"anna": "Anna", "ben": "Ben"}, IDS)
    for student in ("anna", "ben"):
        hand_in(tmp_path / "came", f"{student}/exam.ipynb", solved(course, student, IDS))
    run(course.root, "collect", "exam", tmp_path / "came")
    run(course.root, "grade", "exam")
    for student in ("anna", "ben"):
        result = marks.result_of(course, "exam", student)
        assert result["notes"] == []
        for name in CLOSED:
            assert result["items"][name]["share"] == 1, (name, result["items"][name])
        assert {result["items"][name]["state"] for name in TEXTS} == {"by hand"}
