"""Column kinds on the way to a model: what exact_shapley hands to `predict` is what the user's table holds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from clinxai_teach.attribution import exact_shapley

RNG = np.random.default_rng(0)
N = 40
KINDS = {
    "float": RNG.normal(60, 9, N),
    "float32": RNG.normal(60, 9, N).astype(np.float32),
    "int": RNG.integers(1, 4, N),
    "small int": RNG.integers(1, 4, N).astype(np.int8),
    "bool": RNG.integers(0, 2, N).astype(bool),
    "text": RNG.choice(["a", "b", "c"], N),
    "digits": RNG.choice(["1", "2", "3"], N),
    "category": pd.Categorical(RNG.choice(["low", "high"], N), categories=["low", "middle", "high"], ordered=True),
    "codes": pd.Categorical(RNG.integers(1, 4, N)),
    "Int64": pd.array(RNG.integers(0, 5, N), dtype="Int64"),
    "Float64": pd.array(RNG.normal(size=N), dtype="Float64"),
    "boolean": pd.array(RNG.integers(0, 2, N).astype(bool), dtype="boolean"),
    "string": pd.array(RNG.choice(["x", "y"], N), dtype="string"),
    "object": np.array([1, "one"], dtype=object)[RNG.integers(0, 2, N)],
    "date": pd.date_range("2020-01-01", periods=N),
}


def number(column):
    """Return a number for each value of a column, whatever its kind."""
    return pd.Series(pd.factorize(np.asarray(column, dtype=object).astype(str), sort=True)[0] + 1.0).to_numpy()


def table_of(*names):
    return pd.DataFrame({name: KINDS[name] for name in names})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("patient", ["row", "table of one row", "array", "dict"])
def test_every_kind_of_column_reaches_predict_as_it_is(kind, patient):
    """With two columns whose numbers add up, each gets its own number minus the mean number."""
    table, seen = table_of("float", kind) if kind != "float" else table_of("float", "int"), []
    codes = {j: dict(zip(table.iloc[:, j].astype(str), number(table.iloc[:, j]), strict=True)) for j in range(2)}

    def predict(T):
        seen.append(T)
        return sum(T.iloc[:, j].astype(str).map(codes[j]).to_numpy(dtype=float) for j in range(2))

    x = {
        "row": table.iloc[3],
        "table of one row": table.iloc[[3]],
        "array": table.iloc[3].to_numpy(),
        "dict": table.iloc[3].to_dict(),
    }[patient]
    result = exact_shapley(predict, x, table)
    for T in seen:
        assert list(T.dtypes) == list(table.dtypes)
        assert list(T.columns) == list(table.columns)
    scores = np.array([table.iloc[:, j].astype(str).map(codes[j]).to_numpy(dtype=float) for j in range(2)])
    np.testing.assert_allclose(result.values, scores[:, 3] - scores.mean(1), atol=1e-9)


def test_the_reviews_case_integer_codes_for_get_dummies():
    X = pd.DataFrame({"age": RNG.normal(60, 9, 90), "race": RNG.integers(1, 4, 90)})
    columns = ["age", "race_1", "race_2", "race_3"]

    def predict(T):
        dummies = pd.get_dummies(T, columns=["race"]).reindex(columns=columns, fill_value=0)
        return 0.1 + 0.5 * dummies["race_3"].to_numpy(float)

    result = exact_shapley(predict, X[X.race == 3].iloc[0], X)
    base = predict(X).mean()
    np.testing.assert_allclose(result.values, [0, 0.6 - base])
    assert result.base_value == pytest.approx(base)


def test_a_one_hot_pipeline_on_text_and_a_truth_value_that_is_negated():
    X = table_of("float", "text", "bool")
    y = (X["text"] == "a") | X["bool"]
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["text"]), remainder="passthrough"), LogisticRegression()
    )
    model.fit(X, y)
    result = exact_shapley(lambda T: model.decision_function(T) + ~T["bool"], X.iloc[0], X)
    total = model.decision_function(X) + ~X["bool"]
    assert result.base_value == pytest.approx(total.mean())
    assert result.values.sum() + result.base_value == pytest.approx(total[0])


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_boosting_with_categories_gets_them_as_categories(library):
    boosting = pytest.importorskip(library)
    X = table_of("float", "category", "codes")
    y = (X["category"] == "high") ^ (X["float"] > 60)
    if library == "lightgbm":
        model = boosting.LGBMClassifier(n_estimators=5, min_child_samples=2, min_data_per_group=1, verbose=-1)
    else:
        model = boosting.XGBClassifier(n_estimators=5, max_depth=3, enable_categorical=True)
    model.fit(X, y)
    result = exact_shapley(lambda T: model.predict_proba(T)[:, 1], X.iloc[0], X)
    p = model.predict_proba(X)[:, 1]
    assert result.base_value == pytest.approx(p.mean())
    assert result.values.sum() == pytest.approx(p[0] - p.mean(), abs=1e-6)


def test_polars_tables_stay_polars():
    pl = pytest.importorskip("polars")
    table = pl.DataFrame({
        "age": KINDS["float"], "n": KINDS["int"], "sex": KINDS["text"], "ill": KINDS["bool"],
        "ward": pl.Series(KINDS["text"].tolist(), dtype=pl.Categorical), "lab": [None, *KINDS["float"][1:]],
    })  # fmt: skip

    def predict(T):
        assert T.schema == table.schema
        return (T["age"] * (T["sex"] == "a") + T["n"] * ~T["ill"] + T["lab"].is_null()).to_numpy()

    expected = predict(table)
    for x in (table[0], table.row(0), table.row(0, named=True)):
        result = exact_shapley(predict, x, table)
        assert result.base_value == pytest.approx(expected.mean())
        assert result.values.sum() == pytest.approx(expected[0] - expected.mean())
    turned = exact_shapley(predict, table[0].select(reversed(table.columns)), table)
    np.testing.assert_array_equal(turned.values, result.values)
    with pytest.raises(TypeError, match=r"LazyFrame.*\.collect\(\)"):
        exact_shapley(predict, table[0], table.lazy())


@pytest.mark.parametrize("kind", [int, bool, float, np.float32, object, str])
def test_an_array_keeps_its_kind(kind):
    background, seen = np.array([[0, 1], [1, 0], [1, 1]]).astype(kind), []

    def predict(T):
        seen.append(T.dtype)
        return T.astype(object).astype(str).astype(object).sum(1).astype("U").astype(object) == "never"

    exact_shapley(predict, background[0], background)
    assert set(seen) == {background.dtype}


def test_missing_values_in_every_carrier():
    table = pd.DataFrame({"a": pd.array([1, 2, 3], dtype="Int64"), "b": [True, False, True], "n": [1, 2, 3]})
    x = {"a": pd.NA, "b": True, "n": np.nan}  # whole numbers get room for a missing value

    def predict(T):
        assert T["a"].dtype == "Int64"
        return T["a"].isna().to_numpy(float) + 2 * T["n"].isna().to_numpy(float)

    np.testing.assert_allclose(exact_shapley(predict, x, table).values, [1, 0, 2])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), d=st.integers(1, 4))
def test_a_table_and_its_array_get_the_same_values(seed, d):
    rng = np.random.default_rng(seed)
    background, x = rng.normal(size=(6, d)), rng.normal(size=d)
    table = pd.DataFrame(background, columns=[f"f{j}" for j in range(d)])

    def predict(T):
        return np.sin(np.asarray(T).sum(1))

    one = exact_shapley(predict, x, background)
    other = exact_shapley(predict, pd.Series(x, index=table.columns)[::-1], table)
    np.testing.assert_allclose(one.values, other.values, atol=1e-12)


@pytest.mark.parametrize(
    ("x", "background", "error", "message"),
    [
        (np.zeros((1, 2)), np.zeros((2, 2)), ValueError, r"x must be one patient \(d,\).*x\[0\]"),
        (pd.DataFrame(np.zeros((2, 2))), pd.DataFrame(np.zeros((2, 2))), ValueError, "x must be one patient"),
        (["young", 1.0], pd.DataFrame({"age": [1.0], "n": [2]}), TypeError, "'young' in column 'age'.*float64"),
        ([1.0, 0.5], pd.DataFrame({"age": [1.0], "b": [True]}), TypeError, "0.5 in column 'b'.*bool"),
        (["z"], pd.DataFrame({"c": pd.Categorical(["x", "y"])}), TypeError, "'z' in column 'c'"),
        (["a"], np.zeros((2, 1)), TypeError, "numbers only"),
        ([1j], np.zeros((2, 1)), TypeError, "numbers only"),
        (np.ma.masked_array([1.0, 2.0], mask=[0, 1]), np.zeros((2, 2)), ValueError, "x has 1 masked"),
        ([1.0, 2.0], np.ma.masked_array(np.ones((3, 2)), mask=True), ValueError, "background has 6 masked"),
        ({"a": 1.0}, pd.DataFrame({"b": [1.0]}), ValueError, "names differ"),
    ],
)
def test_patients_that_do_not_fit_are_named(x, background, error, message):
    with pytest.raises(error, match=message):
        exact_shapley(lambda T: np.zeros(len(T)), x, background)
