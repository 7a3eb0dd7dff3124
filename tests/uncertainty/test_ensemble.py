"""The small ensemble: shapes and seeds, and the test that tells the two kinds of doubt apart: more data."""

import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.utils import resample

from clinxai_teach.data import load_nhanes_diabetes
from clinxai_teach.uncertainty import ensemble, ensemble_samples, entropy_decomposition, fit_ensemble


@pytest.fixture(scope="module")
def nhanes():
    data = load_nhanes_diabetes()
    return train_test_split(data.X, data.y, test_size=1500, stratify=data.y, random_state=0)


def test_more_data_shrinks_the_epistemic_part_only(nhanes):
    X_train, X_test, y_train, y_test = nhanes
    parts, auc = [], []
    for n in (330, 3300):
        samples = ensemble_samples(fit_ensemble(X_train[:n], y_train[:n], n_models=8), X_test)
        parts.append([part.mean() for part in entropy_decomposition(samples)])
        auc.append(roc_auc_score(y_test, samples.mean(axis=0)[:, 1]))
    few, many = parts
    assert many[2] < 0.5 * few[2]
    assert many[1] > 0.9 * few[1]
    assert auc[1] > max(0.77, auc[0])


def test_disagreement_is_of_the_size_of_that_between_separate_studies(nhanes):
    """Ten networks trained on ten separate groups of 330 patients are the truth that the ensemble stands for."""
    X_train, X_test, y_train, _ = nhanes
    separate = [fit_ensemble(X_train[i : i + 330], y_train[i : i + 330], n_models=1)[0] for i in range(0, 3300, 330)]
    truth = entropy_decomposition(ensemble_samples(separate, X_test)).epistemic.mean()
    ours = entropy_decomposition(ensemble_samples(fit_ensemble(X_train[:330], y_train[:330], n_models=10), X_test))
    assert 0.5 < ours.epistemic.mean() / truth < 2


def test_shapes_seeds_and_missing_values(nhanes):
    X, _, y, _ = nhanes
    X, y = X[:120].copy(), y[:120]
    X.iloc[:, 3] = np.nan  # a column that was never recorded
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    first, same, other = (ensemble_samples(fit_ensemble(X, y, n_models=3, seed=seed), X[:7]) for seed in (1, 1, 2))
    assert np.array_equal(state, np.random.get_state()[1])  # noqa: NPY002
    assert first.shape == (3, 7, 2)
    assert first.dtype == np.float64
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)
    assert (first.std(axis=0) > 0).all()
    np.testing.assert_allclose(first.sum(axis=2), 1)


def test_any_fitted_classifiers_will_do():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 2)), np.repeat(["a", "b", "c"], 30)
    models = [LogisticRegression(C=C).fit(X, y) for C in (0.1, 1)]
    samples = ensemble_samples(models, X)
    assert samples.shape == (2, 90, 3)
    np.testing.assert_array_equal(samples[1], models[1].predict_proba(X))
    assert ensemble_samples(fit_ensemble(X, y, n_models=2), X[:5]).shape == (2, 5, 3)


def test_bad_arguments_are_named():
    X, y = np.arange(12.0).reshape(6, 2), [0, 1, 0, 1, 0, 2]
    with pytest.raises(ValueError, match="models is empty"):
        ensemble_samples([], X)
    models = [LogisticRegression().fit(X[:5], y[:5]), LogisticRegression().fit(X, y)]
    with pytest.raises(ValueError, match="same classes"):
        ensemble_samples(models, X)
    with pytest.raises(ValueError, match="n_models must be at least 1"):
        fit_ensemble(X, y, n_models=0)
    with pytest.raises(TypeError, match="seed"):
        fit_ensemble(X, y, seed=0.5)


HASTY = {"max_iter": 2}


@pytest.mark.parametrize("seed", range(20))
def test_a_rare_class_is_in_every_model(seed, monkeypatch):
    """3 cases in 300: one plain bootstrap sample in 20 has none of them. The networks hardly learn: that takes long."""
    monkeypatch.setattr(ensemble, "MLPClassifier", lambda *sizes, **options: MLPClassifier(*sizes, **options | HASTY))
    X, y = np.random.default_rng(0).normal(size=(300, 2)), np.arange(300) < 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the networks need not settle
        models = fit_ensemble(X, y, n_models=3, seed=seed)
    assert ensemble_samples(models, X[:2]).shape == (3, 2, 2)


def test_where_each_class_is_drawn_the_plain_bootstrap_stays():
    X, y = np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 2
    (chance,) = np.random.SeedSequence(0).generate_state(1)
    by_hand = fit_ensemble(X, y, n_models=1)[0].steps[-1][1]
    again = MLPClassifier((32,), alpha=3.0, learning_rate_init=0.005, max_iter=1000, random_state=chance)
    drawn, labels = resample(X, y, random_state=chance)
    again.fit((drawn - drawn.mean(axis=0)) / drawn.std(axis=0), labels)
    np.testing.assert_allclose(by_hand.coefs_[0], again.coefs_[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (np.ones((4, 1)), [0, 0, 0, 0], ValueError, "only the label 0.*at least two classes"),
        (np.ones((4, 1)), [0, 1], ValueError, r"y needs one label per patient \(4\)"),
        (np.ones((2, 1)), [0, None], ValueError, "y has 1 missing label"),
        (np.ones(4), [0, 1, 0, 1], ValueError, "X must be a table"),
        ([["a"], ["b"]], [0, 1], TypeError, "X must hold numbers only.*text such as 'a'"),
        ([[np.inf], [0]], [0, 1], ValueError, "X holds 1 infinite"),
        (np.ma.masked_array([[1], [0]], mask=[[1], [0]]), [0, 1], ValueError, "X has 1 masked"),
    ],
)
def test_bad_patients_are_named(X, y, error, message):
    with pytest.raises(error, match=message):
        fit_ensemble(X, y)


def test_missing_values_of_any_kind_are_imputed_alike():
    rng = np.random.default_rng(1)
    X = rng.integers(0, 9, (60, 2)).astype(float)
    y = (X[:, 0] > 4).astype(int)
    X[3, 1] = np.nan
    table = pd.DataFrame(X, columns=["a", "b"])
    plain = ensemble_samples(fit_ensemble(X, y, n_models=1), X)
    for same in (table, table.convert_dtypes(), table.astype(object).where(table.notna(), pd.NA), torch.tensor(X)):
        models = fit_ensemble(same, y, n_models=1)
        np.testing.assert_allclose(ensemble_samples(models, same), plain, atol=1e-9)
    np.testing.assert_allclose(ensemble_samples(models, X[5:6])[0], plain[0, 5:6], atol=1e-9)
    assert fit_ensemble(table, y, n_models=1)[0].feature_names_in_.tolist() == ["a", "b"]


def test_models_without_probabilities_are_named():
    with pytest.raises(TypeError, match="models must be fitted classifiers with predict_proba, but one is LinearSVC"):
        ensemble_samples([LinearSVC().fit([[0], [1]], [0, 1])], [[0]])


@pytest.mark.parametrize("scaled", [True, False])
def test_one_model_instead_of_a_list_is_named(scaled):
    model = make_pipeline(StandardScaler(), LogisticRegression()) if scaled else LogisticRegression()
    with pytest.raises(
        TypeError, match=f"a list of fitted classifiers, but got one {type(model).__name__}.*fit_ensemble"
    ):
        ensemble_samples(model.fit([[0], [1]], [0, 1]), [[0]])
