"""The split of sections 18.3 to 18.5 and the age groups."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.model_selection import train_test_split

from clinxai_teach.data import age_group, diabetes_split, load_nhanes_diabetes


def test_everyone_is_in_one_part_and_each_part_has_the_same_share_of_cases():
    people, data = diabetes_split(), load_nhanes_diabetes()
    parts = [(people.X_train, people.y_train), (people.X_calib, people.y_calib), (people.X_test, people.y_test)]
    assert [len(y) for _, y in parts] == [2458, 1054, 1506]
    assert sorted(row for X, _ in parts for row in X.index) == list(data.X.index)
    for X, y in [*parts, (people.X_rest, people.y_rest)]:
        assert X.equals(data.X.loc[X.index])
        assert y.equals(data.y.loc[X.index])
        assert y.mean() == pytest.approx(data.y.mean(), abs=0.001)
    assert set(people.X_rest.index) == set(people.X_train.index) | set(people.X_calib.index)
    assert people.audit.equals(data.audit.loc[people.X_test.index])


def test_the_split_is_scikit_learns_with_the_state_14():
    data, people = load_nhanes_diabetes(), diabetes_split()
    rest, test = train_test_split(data.X, test_size=0.3, stratify=data.y, random_state=14)
    assert people.X_test.equals(test)
    assert people.X_rest.equals(rest)
    assert not diabetes_split(random_state=15).X_test.equals(test)


@pytest.mark.parametrize(("who", "n", "ill"), [("not told", 4214, 190), ("untreated", 4142, 157)])
def test_the_split_of_people_with_unknown_diabetes(who, n, ill):
    data, people = load_nhanes_diabetes(people=who), diabetes_split(people=who)
    rest, test = train_test_split(data.X, test_size=0.3, stratify=data.y, random_state=14)
    assert people.X_test.equals(test)
    assert people.X_rest.equals(rest)
    assert len(people.y_train) + len(people.y_calib) + len(people.y_test) == n
    assert people.y_train.sum() + people.y_calib.sum() + people.y_test.sum() == ill
    assert people.y_test.mean() == pytest.approx(ill / n, abs=0.001)
    assert people.audit.equals(data.audit.loc[test.index])


def test_other_people_are_refused():
    with pytest.raises(ValueError, match="people must be one of"):
        diabetes_split(people="told")


@pytest.mark.parametrize(("wrong", "error"), [(-1, ValueError), (1.5, TypeError), ("14", TypeError)])
def test_another_random_state_is_named(wrong, error):
    with pytest.raises(error, match="random_state must be"):
        diabetes_split(random_state=wrong)


def test_age_groups_have_the_edges_of_section_18_1():
    assert age_group([20, 39, 40, 59, 60, 80]).tolist() == [
        "20-39 years", "20-39 years", "40-59 years", "40-59 years", "60 and over", "60 and over"
    ]  # fmt: skip
    assert age_group([19, np.nan]).tolist() == ["unknown", "unknown"]


def test_ages_in_any_carrier():
    young, nobody, old = "20-39 years", "unknown", "60 and over"
    ages = [20, np.nan, 70]
    carriers = [ages, [20, None, 70], pd.Series(ages), pd.Series([20, None, 70], dtype="Int64"), torch.tensor(ages)]
    carriers += [torch.tensor(ages, requires_grad=True), np.array(ages, dtype="float16"), ["20", None, "70"]]
    for carrier in carriers:
        assert age_group(carrier).tolist() == [young, nobody, old]
    assert age_group(pd.Series([20, 70], dtype="category")).tolist() == [young, old]
    assert age_group(45).item() == "40-59 years"
    with pytest.raises(ValueError, match=r"age_years has 1 masked value.*\.filled"):
        age_group(np.ma.masked_array([20, 30], mask=[0, 1]))
    with pytest.raises(TypeError, match="age_years must hold numbers only, but holds text such as 'old'"):
        age_group(["old", "20"])
