"""The numbers and the words of section 18.5's exercises are true, and agree with the package's own helpers."""

import ast
import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from exercise_names import names_of
from scipy.stats import binom
from sklearn.ensemble import HistGradientBoostingClassifier

from clinxai_teach.calibration import PlattScaling
from clinxai_teach.checks import CheckFailed, bank, check
from clinxai_teach.checks.judging import same
from clinxai_teach.data import diabetes_split
from clinxai_teach.intervals import wilson_interval
from clinxai_teach.trust import (
    SimilarityDetector,
    alert_burden,
    audit_override_log,
    make_override_log,
    subgroup_report,
)
from clinxai_teach.trust.monitor import money
from clinxai_teach.trust.rules import RULES

s = names_of("18.5")

# --- 18.5-a -----------------------------------------------------------------------------------------------


def test_the_ratio_of_each_group_is_that_of_the_report():
    rng = np.random.default_rng(1)
    group = rng.choice(["A", "B", "C"], 2000, p=[0.6, 0.35, 0.05])
    p = rng.beta(2, 5, 2000)
    y = (rng.random(2000) < p).astype(int)
    report = subgroup_report(y, p, group, n_bootstrap=10)
    mine = s.oe_by_group(y, p, group)
    for name in "ABC":
        if report.loc[name, "events"] < 100:
            assert mine[name] == s.INSUFFICIENT
            assert report.loc[name, "insufficient"]
        else:
            assert mine[name] == pytest.approx(report.loc[name, "oe"])
    assert mine["C"] == s.INSUFFICIENT


# --- 18.5-b -----------------------------------------------------------------------------------------------


def test_planted_strangers_are_flagged_and_few_others():
    """As in the brief: at most 2% false flags, and all planted ones. The package's detector finds them too."""
    rng = np.random.default_rng(2)
    train, usual = rng.normal([60, 130], [10, 15], (4000, 2)), rng.normal([60, 130], [10, 15], (4000, 2))
    strange = rng.normal([8, 95], [2, 8], (200, 2))
    for flags in (lambda new: s.flag_unusual(train, new), SimilarityDetector().fit(train).flag):
        assert flags(strange).all()
        assert flags(usual).mean() < 0.02


# --- 18.5-c -----------------------------------------------------------------------------------------------


def test_every_case_has_a_decision_and_a_reason_and_the_mix_is_what_the_hint_says():
    assert s.CASES.keys() == s.decisions.keys() == s.CASE_REASONS.keys()
    letters = list(s.decisions.values())
    assert [letters.count(letter) for letter in "ANV"] == [2, 5, 5]
    assert s.decisions[6] == "N"  # heat on a marker: the same answer in the lesson, here and in 18.6


@pytest.mark.parametrize("case", [number for number, letter in s.decisions.items() if letter == "N"])
def test_one_dangerous_decision_fails_alone(case):
    with pytest.raises(CheckFailed, match=f"case {case}"):
        check("18.5-c", {**s.decisions, case: "A"})


def test_two_safe_differences_pass_and_three_do_not():
    safe = [case for case, letter in s.decisions.items() if letter != "N"]
    other = {"A": "V", "V": "N"}
    for cases in itertools.combinations(safe[:4], 2):
        check("18.5-c", {**s.decisions, **{case: other[s.decisions[case]] for case in cases}})
    with pytest.raises(CheckFailed, match="fewer than 10 of 12"):
        check("18.5-c", {**s.decisions, **{case: other[s.decisions[case]] for case in safe[:3]}})


# --- 18.5-d -----------------------------------------------------------------------------------------------


def test_the_burden_is_that_of_a_ward_counted_patient_by_patient():
    """1,000 patients, 40 of them ill: 32 found, 96 false alarms."""
    y = np.r_[np.ones(40), np.zeros(960)].astype(int)
    p = np.r_[np.full(32, 0.9), np.full(8, 0.1), np.full(96, 0.9), np.full(864, 0.1)]
    counted = alert_burden(y, p)
    answer = s.burden
    assert answer["alerts per 100"] == pytest.approx(counted.alerts) == pytest.approx(12.8)
    assert answer["false alarms per 100"] == pytest.approx(counted.false_alerts) == pytest.approx(9.6)
    assert answer["missed per 100"] == pytest.approx(counted.missed) == pytest.approx(0.8)
    assert answer["alerts per sick patient found"] == pytest.approx(1 / counted.ppv) == pytest.approx(4)


# --- 18.5-e -----------------------------------------------------------------------------------------------


def test_the_audit_is_that_of_the_helper_and_of_a_count():
    log = make_override_log(500, seed=3)
    helper, mine = audit_override_log(log), s.audit_log(log)
    assert list(mine.values()) == pytest.approx(list(helper[3:]))
    rows = list(log[["advice", "decision", "outcome"]].itertuples(index=False))
    wrong = [row for row in rows if row.advice != row.outcome]
    assert mine["agreement when wrong"] == sum(row.decision == row.advice for row in wrong) / len(wrong)


def test_every_case_tells_all_mistakes_apart_from_the_answer():
    """A log in which a mistake gives the right number would let it pass."""
    exercise = bank.find("18.5-e")
    right = exercise.evaluate(exercise.right)
    for mistake in exercise.mistakes:
        got = exercise.evaluate(mistake.answer)
        assert all(not same(got[case], right[case], 1e-6) for case in right), mistake.name


# --- 18.5-f -----------------------------------------------------------------------------------------------


def test_the_findings_follow_from_the_printed_intervals():
    for group, row in s.GROUPS.items():
        low, high = (float(end) for end in row["O/E"].split("(")[1].strip(")").split(" to "))
        finding = (
            "L" if low > 1 else "H" if high < 1 else "U" if row["events"] < 100 else "S"
        )  # an interval can convict
        assert s.findings[group] == finding
        assert (row["enough data?"] == "insufficient data") == (row["events"] < 100)
        assert row["O/E"].startswith("(") == (row["events"] < 100)  # no estimate where the data are insufficient
    assert s.GROUPS.keys() == s.findings.keys() == s.FINDING_REASONS.keys()


@pytest.mark.parametrize("group", list(s.GROUPS))
def test_a_wrong_finding_gets_the_reason_of_its_group(group):
    wrong = next(letter for letter in "HLUS" if letter != s.findings[group])
    with pytest.raises(CheckFailed, match=f"(?i){group}"):
        check("18.5-f", {**s.findings, group: wrong})


# --- 18.5-g, 18.5-h ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exercise", "key", "cases", "reasons", "mix"),
    [
        ("18.5-g", s.about, s.SHEETS, s.SHEET_REASONS, {"Y": 2, "N": 3, "U": 1}),
        ("18.5-h", s.duty, s.DUTIES, s.DUTY_REASONS, {"P": 3, "H": 3, "N": 2}),
    ],
)
def test_every_case_has_its_answer_and_its_reason_and_a_wrong_one_gets_it(exercise, key, cases, reasons, mix):
    assert key.keys() == cases.keys() == reasons.keys()
    assert {letter: list(key.values()).count(letter) for letter in mix} == mix
    for case in cases:
        wrong = next(letter for letter in mix if letter != key[case])
        with pytest.raises(CheckFailed) as caught:
            check(exercise, {**key, case: wrong})
        assert caught.value.share == pytest.approx(1 - 1 / len(cases))  # what is right counts


def test_the_duties_are_those_of_the_table_of_rules():
    asks = {rule.name: rule.asks for rule in RULES}
    for words, article in (
        ("instructions for use", 13),
        ("who the provider is", 13),
        ("stop it", 14),
        ("authority", 26),
    ):
        assert words in asks[f"EU AI Act, Article {article}"]
    assert all(
        words in asks["EU AI Act, Article 26"]
        for words in ("oversight", "serious incident", "logs under its control at least six months", "suspend")
    )


# --- 18.5-i -----------------------------------------------------------------------------------------------


def test_the_alarm_by_hand_is_the_money_of_the_monitor():
    """One stake, one bet: the same numbers from the module behind `CoverageMonitor`."""

    def after(*misses):
        return money(np.array(misses, dtype=float), np.full(len(misses), 0.1), np.array([3.0]), 1)

    assert s.alarm["after five"] == pytest.approx(after(0, 1, 0, 1, 1)[-1])
    assert s.alarm["on average"] == pytest.approx(0.3 * after(1)[0] + 0.7 * after(0)[0]) == pytest.approx(4 / 3)
    assert int((after(1, 1, 1, 1, 1, 1, 1) >= 100).argmax()) + 1 == s.alarm["misses in a row"]
    assert s.alarm["chance at most"] == 0.01


@pytest.mark.parametrize("step", list(s.STEPS))
@pytest.mark.parametrize("place", ["first step", "second step"])
def test_every_wrong_step_after_the_alarm_gets_its_reason(place, step):
    assert {s.alarm["first step"], s.alarm["second step"]} | s.NOT_NOW.keys() == s.STEPS.keys()
    if s.alarm[place] != step and step in s.NOT_NOW:
        with pytest.raises(CheckFailed, match=f"Step {step}"):
            check("18.5-i", {**s.alarm, place: step})


# --- 18.5-j, 18.5-k ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("exercise", "points"), [("18.5-j", 6), ("18.5-k", 4)])
def test_a_text_is_marked_by_a_teacher_with_as_many_points_as_its_cell_gives(exercise, points):
    found = bank.find(exercise)
    assert found.marked_by_teacher
    assert (
        sum(float(line.rsplit("(", 1)[1].rstrip(")")) for line in found.material.splitlines() if line.endswith("(1)"))
        == points
    )


def test_the_plan_of_the_model_answer_asks_for_as_many_as_pass():
    answer = bank.files("18.5")["18.5-j"].read_text(encoding="utf-8")
    assert "150 pneumonias of each scanner: at least 130 must be found" in answer
    assert "a sensitivity above 80%" in answer
    assert wilson_interval(129, 150)[0] < 0.80 < wilson_interval(130, 150)[0]
    assert "90% passes this on both scanners in 86 of 100 trials" in answer
    assert round(100 * binom.sf(129, 150, 0.90) ** 2) == 86


# --- 18.5-m -----------------------------------------------------------------------------------------------


def test_the_shares_of_the_reasons_are_those_of_the_sections_flag():
    people = diabetes_split(people="untreated")
    detector, X = SimilarityDetector().fit(people.X_train), people.X_test
    exchanged = X.assign(bmi_kg_m2=X["waist_cm"], waist_cm=X["bmi_kg_m2"])
    in_metres, aged_12 = X.assign(height_cm=X["height_cm"] / 100), X.assign(age_years=12.0)
    assert all("99%" in s.FLAG_REASONS[case] for case in (1, 5))
    assert [round(100 * detector.flag(changed).mean()) for changed in (exchanged, in_metres)] == [99, 99]
    assert "1 in 65" in s.FLAG_REASONS[2]
    assert round(1 / detector.flag(aged_12).mean()) == 65


# --- what the lesson of part 1 stores ---------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("place", range(0, 40, 5))
def test_the_stored_counts_of_doubt_are_those_of_the_lessons_tool(place):
    """Every fifth of the 40 other splits, with a hundred refits each."""
    (lesson,) = (Path(__file__).parents[2] / "lessons").glob("18_5_1_*decision.py")
    text = lesson.read_text(encoding="utf-8")
    names = {"np": np, "HistGradientBoostingClassifier": HistGradientBoostingClassifier, "PlattScaling": PlattScaling}
    for function in ("fit_tool", "had_hint"):
        exec(re.search(rf"^def {function}\(.*?(?=^\S)", text, re.MULTILINE | re.DOTALL)[0], names)
    stored = ast.literal_eval(re.search(r"^doubt_elsewhere = (\[.*?^\])", text, re.MULTILINE | re.DOTALL)[1])
    people = diabetes_split(people="untreated", random_state=[*range(14), *range(15, 41)][place])
    X, y, X_calib, y_calib = people.X_train, people.y_train, people.X_calib, people.y_calib
    warned = names["fit_tool"](X, y, X_calib, y_calib)[1](people.X_test) >= 0.06
    asked = warned & names["had_hint"](people.audit)
    rng, firm = np.random.default_rng(0), 0
    for _ in range(100):  # as in the lesson
        drawn, again = rng.integers(0, len(X), len(X)), rng.integers(0, len(X_calib), len(X_calib))
        refit = names["fit_tool"](X.iloc[drawn], y.iloc[drawn], X_calib.iloc[again], y_calib.iloc[again])[1]
        firm = firm + (refit(people.X_test[asked]) >= 0.06)
    ill = people.y_test.to_numpy()[asked] == 1
    assert stored[place] == (ill[firm > 50].sum(), (firm > 50).sum(), ill[firm <= 50].sum(), (firm <= 50).sum())


# --- what the lesson of part 2 stores ---------------------------------------------------------------------


@pytest.mark.slow
def test_the_stored_shuffles_are_those_of_the_lesson():
    (lesson,) = (Path(__file__).parents[2] / "lessons").glob("18_5_2_*report.py")
    cells = re.split(r"^# %%", lesson.read_text(encoding="utf-8"), flags=re.MULTILINE)
    code = [cell.partition("\n") for cell in cells[1:] if not cell.startswith(" [markdown]")]
    names = {}
    for header, _, source in code:
        if "claim=true" not in header and "Question(\n" not in source and "in_fifths" not in names:
            exec(source, names)
    stored = list(zip(names["model_misses"], names["rule_misses"], strict=True))
    assert len(stored) == 24
    ill, race, fail = names["sick"], names["data"].audit["race_ethnicity"].to_numpy(dtype=str), []
    ages, enough = names["ages"].astype(str), []
    old, young = {"40-59 years", "60 and over"}, "20-39 years"
    for shuffle, missed in enumerate(stored):
        p, by_rule, *_ = names["in_fifths"](shuffle)
        assert ((ill & (p < 0.06)).sum(), (ill & ~by_rule).sum()) == missed
        assert by_rule.mean() < (p >= 0.06).mean()
        one_finds = [(ill & (p >= 0.06) & ~by_rule).sum(), (ill & (p < 0.06) & by_rule).sum()]
        more = one_finds[1] - one_finds[0]
        assert abs(more) < 1.96 * np.sqrt(sum(one_finds) - more**2 / ill.sum())  # "no difference" would fit
        silent = {group: (of == group) & (p < 0.06) for of in (race, ages) for group in set(of)}
        ends = {group: wilson_interval((ill & those).sum(), those.sum()) for group, those in silent.items()}
        assert min(high for _, high in ends.values()) > 0.01  # no group is shown to keep the limit
        fail.append({group for group, (low, _) in ends.items() if low > 0.01})
        for share in range(20, 100):  # the fewest alerts with which the whole interval lies below the limit
            quiet = p < np.sort(p)[::-1][round(share / 100 * len(p)) - 1]
            if wilson_interval((ill & quiet).sum(), quiet.sum())[1] < 0.01:
                enough.append(share)
                break
    assert set.intersection(*fail) == {"Mexican American", "Non-Hispanic Asian", "Non-Hispanic Black"} | old
    assert sum("Other Hispanic" in groups for groups in fail) == 21
    assert not any(young in groups for groups in fail)
    assert (len(enough), min(enough)) == (22, 60)  # in two shuffles never; in steps of 1 in 100
    assert max(enough) < 90  # six to nine of ten people
