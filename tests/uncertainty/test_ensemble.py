"""The small ensemble: shapes and seeds, and the test that tells the two kinds of doubt apart: more data."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from clinxai_teach.data import load_nhanes_diabetes
from clinxai_teach.uncertainty import ensemble_samples, entropy_decomposition, fit_ensemble


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
