"""The table of rules: complete, dated, and looked up within the last year."""

from datetime import date, timedelta

import pytest

from clinxai_teach.trust.parts import STANDARDS
from clinxai_teach.trust.rules import LOOKED_UP, RULES, overdue


def test_each_row_says_whom_it_binds_since_when_where_it_stands_and_when_it_was_checked():
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert all(text.strip() and "|" not in text for text in rule[:-1])
        assert LOOKED_UP - timedelta(days=365) < rule.checked <= date.today()


def test_a_row_that_nobody_has_looked_up_for_a_year_is_named():
    old = RULES[0]._replace(name="An old rule", checked=date(2025, 1, 1))
    assert overdue(date(2026, 1, 1), [old]) == []
    (sentence,) = overdue(date(2026, 1, 2), [old, RULES[1]._replace(checked=date(2025, 6, 1))])
    assert sentence.startswith("An old rule: last checked on 01 January 2025, more than a year ago.")


@pytest.mark.parametrize("article", ["4", "13", "14", "19", "26", "111(2)"])
def test_the_articles_that_a_hospital_meets_are_there(article):
    assert any(rule.name == f"EU AI Act, Article {article}" for rule in RULES)


def test_a_hospital_is_told_what_a_use_of_annex_iii_adds_and_who_pays_for_a_defective_product():
    rows = {rule.name: rule for rule in RULES}
    listed = rows["EU AI Act, Articles 26(11), 27 and 86"]
    assert "listed in Annex III" in listed.binds
    assert "2 December 2027" in listed.since
    assert all(words in listed.asks for words in ("tell the patient", "explain", "fundamental rights"))
    product = rows["EU Product Liability Directive"]
    assert "9 December 2026" in product.since
    assert product.source == "Directive (EU) 2024/2853"


def test_the_good_practice_that_regulators_and_researchers_agreed_on_is_there_with_its_source():
    rows = {rule.name: rule for rule in RULES}
    practice, future = rows["Good machine learning practice"], rows["FUTURE-AI"]
    assert "ten principles" in practice.asks
    assert practice.source == "IMDRF/AIML WG/N88 FINAL:2025"
    assert "six principles" in future.asks
    assert future.source == "doi:10.1136/bmj-2024-081554"


def test_old_dates_stand_beside_the_new_ones_also_in_the_report():
    for article in ("Articles 3 and 6(1)", "Article 13", "Article 14", "Article 26"):  # each row for itself
        (since,) = (rule.since for rule in RULES if rule.name == f"EU AI Act, {article}")
        assert "2 August 2028 (before the amendment: 2 August 2027)" in since
        assert "2 December 2027 (before: 2 August 2026)" in since
    for moved in ("from 2 August 2026 to 2 December 2027", "from 2 August 2027 to 2 August 2028"):
        assert any(moved in line for line in STANDARDS)


def test_a_tool_that_is_there_before_the_date_is_not_said_to_be_bound_from_it():
    (legacy,) = (rule for rule in RULES if rule.name == "EU AI Act, Article 111(2)")
    assert "only once its design changes significantly after the date" in legacy.asks
    assert "public authorities in any case by 2 August 2030" in legacy.asks
    assert "2 August 2028 within medical devices" in legacy.since
    assert "in the original text, which was read, 2 August 2026" in legacy.since
