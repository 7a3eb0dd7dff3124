"""Patients drawn from known probabilities, the same as MAPIE wants them, and a network that is a formula.

For benchmarks and tests.
"""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from torch import nn


def patients(n, seed, n_classes, concentration=0.5):
    """Return labels and the probabilities that they follow. A small concentration makes the model sure."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(n_classes, concentration), size=n)
    y = (p.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1).clip(max=n_classes - 1)
    return y, p


class Given(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose features already are the probabilities, so that MAPIE does the conformal part only."""

    def __init__(self, n_classes):
        self.n_classes = n_classes
        self.classes_, self.n_features_in_ = np.arange(n_classes), n_classes

    def fit(self, X, y):
        """Do nothing; MAPIE asks for the method."""
        return self

    def predict(self, X):
        """Return the most likely class."""
        return np.asarray(X).argmax(axis=1)

    def predict_proba(self, X):
        """Return the features."""
        return np.asarray(X)


class Function(nn.Module):
    """A network that returns `function(x)` as one logit `(N,)`."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)
