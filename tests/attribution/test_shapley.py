"""Exact Shapley values: the classic games, the axioms, and bad arguments."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, LogisticRegression

from clinxai_teach.attribution import exact_shapley, shapley


def both_zero(d):
    return np.zeros((1, d))


@pytest.mark.parametrize(
    ("predict", "x", "expected"),
    [
        (lambda X: X[:, 0] * X[:, 1], [1, 1], [0.5, 0.5]),  # AND
        (lambda X: np.maximum(X[:, 0], X[:, 1]), [1, 1], [0.5, 0.5]),  # OR
        (lambda X: (X[:, 0] != X[:, 1]).astype(float), [1, 0], [1, 0]),  # XOR
    ],
    ids=["and", "or", "xor"],
)
def test_the_classic_games(predict, x, expected):
    result = exact_shapley(predict, x, both_zero(2))
    assert result.values == pytest.approx(expected, abs=1e-15)
    assert result.base_value == 0


def test_a_linear_model_gives_each_weight_times_the_distance_from_the_mean():
    rng = np.random.default_rng(0)
    background, x, w = rng.normal(size=(50, 6)), rng.normal(size=6), rng.normal(size=6)
    result = exact_shapley(lambda X: X @ w + 3, x, background)
    assert result.values == pytest.approx(w * (x - background.mean(0)), abs=1e-12)
    assert result.base_value == pytest.approx((background @ w + 3).mean(), abs=1e-12)


def test_a_product_against_one_patient():
    """phi_1 = (x1 - b1)(x2 + b2) / 2."""
    x, b = np.array([2.0, 5.0]), np.array([0.5, 3.0])
    values = exact_shapley(lambda X: X[:, 0] * X[:, 1], x, b[None]).values
    assert values == pytest.approx([(x[0] - b[0]) * (x[1] + b[1]) / 2, (x[1] - b[1]) * (x[0] + b[0]) / 2])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), d=st.integers(3, 5))
def test_the_axioms(seed, d):
    """Efficiency, symmetry, dummy and linearity, for a function with interactions of every order."""
    rng = np.random.default_rng(seed)
    background, x = rng.normal(size=(7, d)), rng.normal(size=d)
    background[:, 1], x[1] = background[:, 0], x[0]  # features 0 and 1 are twins

    def f(X):
        return np.sin(X[:, :-1].sum(1)) + X[:, :-1].prod(1)  # symmetric in all features; the last one is not used

    def g(X):
        return np.cos(X[:, 0]) * X[:, -1]

    result = exact_shapley(f, x, background)
    assert result.values.sum() + result.base_value == pytest.approx(f(x[None])[0], abs=1e-10)
    assert result.values[0] == pytest.approx(result.values[1], abs=1e-10)
    assert result.values[-1] == pytest.approx(0, abs=1e-12)
    mixed = exact_shapley(lambda X: 2 * f(X) - g(X), x, background).values
    assert mixed == pytest.approx(2 * result.values - exact_shapley(g, x, background).values, abs=1e-10)
    order = rng.permutation(d)
    moved = exact_shapley(lambda X: f(X[:, np.argsort(order)]), x[order], background[:, order])
    assert moved.values == pytest.approx(result.values[order], abs=1e-10)


def test_the_memory_is_bounded_and_twelve_features_are_possible(monkeypatch):
    sizes = []

    def predict(X):
        sizes.append(len(X))
        return X.sum(1)

    monkeypatch.setattr(shapley, "ROWS_AT_ONCE", 5000)
    x, background = np.arange(12.0), np.zeros((30, 12))
    assert exact_shapley(predict, x, background).values == pytest.approx(x)
    assert sum(sizes) == 2**12 * 30
    assert max(sizes) <= 2 * 5000


def test_a_data_frame_stays_one_for_the_model():
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(60, 3)), columns=["age", "bmi", "hdl"])
    model = LogisticRegression().fit(X, X["age"] + rng.normal(size=60) > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # scikit-learn warns where the names are lost
        named = exact_shapley(lambda rows: model.decision_function(rows), X.iloc[0], X)
    assert named.values == pytest.approx(model.coef_[0] * (X.iloc[0] - X.mean()), abs=1e-10)


def test_a_missing_value_goes_to_the_model_as_it_is():
    result = exact_shapley(lambda X: np.isnan(X[:, 0]).astype(float), [np.nan, 1.0], [[0.0, 0.0]])
    assert result.values == pytest.approx([1, 0])


@pytest.mark.parametrize(
    ("predict", "x", "background", "error", "message"),
    [
        (lambda X: X.sum(1), np.zeros(13), np.zeros((2, 13)), ValueError, "at most 12"),
        (lambda X: X.sum(1), np.zeros(2), np.zeros((2, 3)), ValueError, "shapes are"),
        (lambda X: X.sum(1), np.zeros((1, 2)), np.zeros((2, 2)), ValueError, "shapes are"),
        (lambda X: X.sum(1), np.zeros(2), np.zeros((0, 2)), ValueError, "shapes are"),
        (lambda X: X, np.zeros(2), np.zeros((2, 2)), ValueError, "one number per row"),
        (lambda X: X.sum(1), ["a", "b"], np.zeros((2, 2)), TypeError, "numbers only"),
        ("model", np.zeros(2), np.zeros((2, 2)), TypeError, "predict must be a function"),
        (
            LogisticRegression(),
            [0],
            [[0]],
            TypeError,
            r"but got Logistic.* Try lambda X: model.predict_proba\(X\)\[:, 1\]",
        ),
        (LinearRegression(), [0], [[0]], TypeError, r"but got LinearRegression\. Try model.predict\."),
    ],
)
def test_bad_arguments_are_named(predict, x, background, error, message):
    with pytest.raises(error, match=message):
        exact_shapley(predict, x, background)


def test_a_row_of_a_table_is_read_by_name():
    """The same patient with the columns in another order is the same patient."""
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 3)), columns=["age", "bmi", "hdl"])

    def predict(X):
        return X["age"] * X["bmi"] + X["hdl"]

    expected = exact_shapley(predict, table.iloc[0], table)
    turned = exact_shapley(predict, table.iloc[0][["hdl", "age", "bmi"]], table)
    np.testing.assert_array_equal(turned.values, expected.values)
    with pytest.raises(ValueError, match="their names differ"):
        exact_shapley(predict, table.iloc[0].rename({"hdl": "ldl"}), table)


def test_a_background_larger_than_one_call_is_never_split_into_empty_tables():
    background = np.tile([[0.0], [2.0]], (60_000, 1))
    sizes = []
    result = exact_shapley(lambda X: sizes.append(len(X)) or X[:, 0], [5.0], background)
    assert sizes == [120_000, 120_000]
    assert result == (pytest.approx(4.0), pytest.approx(1.0))


def test_a_prediction_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="predict returned NaN"):
        exact_shapley(lambda X: X[:, 0] * np.nan, [1.0, 2.0], np.ones((3, 2)))
