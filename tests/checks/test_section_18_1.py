"""The numbers and the words of section 18.1's exercises are true."""

import numpy as np
import pandas as pd
import pytest
from exercise_names import names_of
from sklearn.metrics import roc_auc_score

from clinxai_teach.checks import CheckFailed, NotAttempted, bank, check
from clinxai_teach.data.nhanes import load_nhanes_diabetes
from clinxai_teach.intervals import difference_interval, wilson_interval

s = names_of("18.1")


def test_the_site_auc_is_the_one_of_the_brief():
    assert s.site_auc == pytest.approx(0.857, abs=5e-4)
    for near in (0.8551, 0.8588):
        check("18.1-a", near)
    for far in (0.8545, 0.8595):
        with pytest.raises(CheckFailed):
            check("18.1-a", far)


def test_the_named_numbers_of_the_site_rule_are_true():
    msh, nih = 42_396, 112_120
    sick = np.repeat([1, 0, 1, 0], np.round([msh * 0.342, msh * 0.658, nih * 0.012, nih * 0.988]).astype(int))
    at_msh = np.repeat([1, 1, 0, 0], np.round([msh * 0.342, msh * 0.658, nih * 0.012, nih * 0.988]).astype(int))
    answers = {mistake.name: mistake.answer for mistake in bank.find("18.1-a").mistakes}
    assert at_msh[sick == 1].mean() == pytest.approx(answers["sensitivity alone"], abs=5e-4)
    assert (at_msh == sick).mean() == pytest.approx(answers["accuracy of the rule"], abs=5e-4)
    assert at_msh[sick == 0].mean() == pytest.approx(0.201, abs=5e-4)
    assert roc_auc_score(sick, at_msh) == pytest.approx(s.site_auc, abs=1e-4)


def test_the_overall_auc_is_above_every_stratum_in_the_patients_of_18_1_b():
    patients = s._auc_cases()[-1].arguments
    overall = roc_auc_score(patients["y_true"], patients["y_prob"])
    assert all(value < overall for value in s.stratified_auc(**patients).values())


def test_the_columns_of_the_leakage_hunt_are_in_the_table():
    data = load_nhanes_diabetes()
    features = {name for name in s.LEAKAGE_COLUMNS if name in data.X}
    audit = {name for name in s.LEAKAGE_COLUMNS if name in data.audit}
    assert features | audit == set(s.LEAKAGE_COLUMNS) == set(s.LEAKS) | set(s.HONEST)
    assert audit <= set(data.audit.columns)
    assert s.leaking == set(s.LEAKS) <= audit
    assert len(s.LEAKAGE_COLUMNS) == len(s.LEAKS) + len(s.HONEST)


def test_the_shares_in_the_leakage_texts_are_true():
    data = load_nhanes_diabetes()
    table = pd.concat([data.X, data.audit], axis=1)

    def shares(name):
        missing = table[name].isna()
        return round(data.y[missing].mean(), 2), round(data.y[~missing].mean(), 2)

    assert shares("told_prediabetes") == (0.87, 0.04)
    assert "87% have diabetes; elsewhere 4%" in s.LEAKS["told_prediabetes"][1]
    assert shares("income_ratio") == (0.20, 0.20)


@pytest.mark.parametrize("name", s.HONEST)
def test_an_accused_honest_column_is_cleared_with_its_reason(name):
    with pytest.raises(CheckFailed) as caught:
        check("18.1-c", {name, "told_diabetes"})
    assert f"{name} does not belong there. {s.HONEST[name]}" in str(caught.value)


@pytest.mark.parametrize("name", s.LEAKS)
def test_a_missed_column_gets_a_clue_that_does_not_name_it(name):
    with pytest.raises(CheckFailed) as caught:
        check("18.1-c", set(s.LEAKS) - {name})
    assert f"1 of 4 are not in your answer. A clue to one: {s.LEAKS[name][0]}" in str(caught.value)
    assert name not in str(caught.value)


def test_the_cases_cover_all_purposes():
    assert list(s.CASES) == list(range(1, 9)) == list(s.purposes) == list(s.PURPOSE_REASONS)
    assert set(s.purposes.values()) == set(s.PURPOSES)
    assert not any(s.purposes[case] in tempting for case, tempting in s.CONFUSIONS.items())


@pytest.mark.parametrize("case", s.CASES)
@pytest.mark.parametrize("letter", s.PURPOSES)
def test_a_wrong_purpose_names_the_case_and_gives_its_reason(case, letter):
    answer = {**s.purposes, case: letter}
    if letter == s.purposes[case]:
        check("18.1-e", answer)
        return
    with pytest.raises(CheckFailed) as caught:
        check("18.1-e", answer)
    reason = s.CONFUSIONS[case].get(letter, s.PURPOSE_REASONS[case])
    assert f"not right yet: case {case}. About case {case}: {reason}" in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({**s.purposes, 2: "A", 6: "A"}, "cases 2, 6. About case 2: "),
        ({case: letter for case, letter in s.purposes.items() if case < 7}, "no purpose yet: 7, 8"),
        ({**s.purposes, 9: "A"}, "There is no 9 among the cases. The keys are the numbers 1 to 8."),
        ({**s.purposes, 3: "Regulation compliance"}, "Do you mean 'Regulatory compliance'?"),
        ({**s.purposes, 3: "F"}, "'F' is no purpose. Use one of: A, B, C, D, E."),
        ({**s.purposes, 3: None}, "These cases have no purpose yet: 3."),
        (list("ABCDEBA"), "A list of length 7 came, where a dict is needed."),
    ],
)
def test_an_incomplete_or_misspelt_match_is_told_where(answer, words):
    with pytest.raises(CheckFailed) as caught:
        check("18.1-e", answer)
    assert words in str(caught.value)


def test_an_unfilled_match_is_not_attempted():
    with pytest.raises(NotAttempted):
        check("18.1-e", dict.fromkeys(s.CASES, ...))


@pytest.mark.parametrize("hospital", s.COUNTS)
def test_each_verdict_follows_from_its_counts(hospital):
    """By the rule of the hints: a comparison group, then the interval against 0 and against the limit."""
    people, letter, plain = s.COUNTS[hospital]
    if plain is None:
        assert s.verdicts[hospital] == "D"
        return
    low, high = difference_interval(*letter, *plain)
    often_wrong = people == "without pneumonia" and plain[0] / plain[1] > 0.3
    if low > s.LIMIT:
        assert s.verdicts[hospital] == ("A" if hospital in s.TRUE_SWAPS else "E")  # only a true swap is proof
    elif -s.LIMIT < low < 0 < high < s.LIMIT:
        assert s.verdicts[hospital] == ("C" if often_wrong else "B")
    else:
        assert low < 0 < s.LIMIT < high
        assert s.verdicts[hospital] == "D"


def test_the_numbers_in_the_reasons_of_18_1_f_are_true():
    assert f"{wilson_interval(0, 25)[1]:.0%}" == "13%"
    assert "compatible with 13%" in bank.find("18.1-f").worked
    assert (6 / 30, round(2 / 30, 2)) == (0.2, 0.07)
    letter, plain = s.COUNTS[3][1:]
    assert min(letter[0] / letter[1], plain[0] / plain[1]) > 1 / 3
    assert sorted(s.verdicts.values()) == list("ABCDDE")
    low, high = wilson_interval(18 - 4, 40)
    assert f"35% of 40, 95% interval {low:.0%} to {high:.0%}" in s.TRUE_SWAPS[1]


def test_each_remedy_is_used_once():
    assert sorted(s.remedies.values()) == sorted(s.REMEDIES)
    assert list(s.WORRIES) == list(s.remedies)
