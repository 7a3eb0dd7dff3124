"""What a mutation run found untested: parts of a summary, shapes that nobody refused, cures that nobody read."""

import numpy as np
import pytest

from clinxai_teach.conformal import (
    conformal_quantile,
    conformal_risk_threshold,
    coverage,
    coverage_by_group,
    label_shift_weights,
    set_summary,
)

SETS = np.array([[False, False], [True, False], [True, True], [True, True]])


def test_a_summary_counts_empty_single_and_larger_sets_apart():
    assert tuple(set_summary(SETS)) == (0.25, 0.25, 0.5, 1.25)


def test_objects_that_are_all_booleans_are_a_table_and_others_are_not():
    assert coverage([0, 0, 1, 1], SETS.astype(object)) == coverage([0, 0, 1, 1], SETS) == 0.75
    with pytest.raises(TypeError, match="sets must be"):
        coverage([0, 0, 1, 1], np.where(SETS, "yes", "no").astype(object))


@pytest.mark.parametrize(
    ("sets", "cure"),
    [
        (SETS.astype(int), r"Pass sets\.astype\(bool\)\."),
        (SETS[:, :, None], r"pass sets\[:, :, 0\]\."),
        ([[True], [True, False]], "different lengths. Take it from predict_set or conformal_predict"),
        (SETS.astype(int) * 2, "Take it from predict_set or conformal_predict"),
    ],
)
def test_a_table_of_another_kind_is_told_its_own_cure(sets, cure):
    with pytest.raises((TypeError, ValueError), match=cure):
        coverage([0] * len(sets), sets)


def test_a_table_by_group_counts_in_whole_numbers_and_names_its_arguments():
    assert coverage_by_group([0, 0, 1, 1], SETS, list("aabb"))["n"].dtype.kind == "i"
    with pytest.raises(ValueError, match=r"^groups "):
        coverage_by_group([0, 0, 1, 1], SETS, ["a"])
    with pytest.raises(ValueError, match=r"^y_true "):
        coverage_by_group([0, 0, 1, 2], SETS, list("aabb"))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: label_shift_weights([[0, 1]], 0.5), "y_true"),
        (lambda: label_shift_weights([0, 1], [[0.5, 0.5]]), "new_prevalence"),
        (lambda: conformal_quantile([1.0, 2.0], 0.4, weights=[[1.0, 1.0]], new_weight=1.0), "weights"),
        (lambda: conformal_risk_threshold([[1.0, 0.0]], [[0.1, 0.2]], 0.5), "thresholds"),
    ],
)
def test_an_array_with_another_number_of_axes_is_refused_by_its_name(call, name):
    with pytest.raises(ValueError, match=f"^{name} .*dimension"):
        call()
