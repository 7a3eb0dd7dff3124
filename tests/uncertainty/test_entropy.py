"""The split of doubt in two: fixtures with known answers, exact edges, and the identity."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy

from clinxai_teach.uncertainty import entropy_decomposition

LOG2 = np.log(2)


@pytest.mark.parametrize(
    ("passes", "expected"),
    [
        ([[0.5, 0.5]] * 4, (LOG2, LOG2, 0)),  # a coin flip: doubt without disagreement
        ([[1, 0], [1, 0], [0, 1], [0, 1]], (LOG2, 0, LOG2)),  # nothing but disagreement
        ([[1, 0]] * 3, (0, 0, 0)),
        ([[1 / 3] * 3], (np.log(3), np.log(3), 0)),
        ([[0.9, 0.1], [0.1, 0.9]], (LOG2, entropy([0.9, 0.1]), LOG2 - entropy([0.9, 0.1]))),
    ],
)
def test_fixtures(passes, expected):
    split = entropy_decomposition(np.array(passes)[:, None, :])
    np.testing.assert_allclose(np.ravel(split), expected, rtol=0, atol=1e-15)
    assert not np.signbit(split.epistemic).any()


def random_samples(seed, n_samples, n_classes, concentration):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.full(n_classes, concentration), size=(n_samples, 4))


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), t=st.integers(1, 40), k=st.integers(2, 6), c=st.sampled_from([1e-3, 0.1, 1, 100]))
def test_identity_bounds_and_order(seed, t, k, c):
    samples = random_samples(seed, t, k, c)
    total, aleatoric, epistemic = entropy_decomposition(samples)
    np.testing.assert_allclose(total, aleatoric + epistemic, atol=1e-12)
    np.testing.assert_allclose(aleatoric, entropy(samples, axis=2).mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(total, entropy(samples.mean(axis=0), axis=1), atol=1e-12)
    for part in (total, aleatoric, epistemic):
        assert part.shape == (4,)
        assert (part >= 0).all()
        assert (part <= np.log(k) + 1e-12).all()
    shuffled = entropy_decomposition(np.random.default_rng(seed).permutation(samples)[:, :, ::-1])
    np.testing.assert_allclose(shuffled, (total, aleatoric, epistemic), atol=1e-12)
    if t == 1:
        np.testing.assert_array_equal(epistemic, 0)


def test_equal_passes_leave_nothing_to_disagree_about():
    """The mean of 30 equal numbers can differ from them in the last digit; the epistemic part must not go below 0."""
    p = np.random.default_rng(0).dirichlet(np.ones(5), size=(1, 1000))
    epistemic = entropy_decomposition(np.repeat(p, 30, axis=0)).epistemic
    assert epistemic.min() >= 0
    assert epistemic.max() < 1e-14


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_tensors_give_tensors_of_their_dtype(dtype):
    samples = torch.tensor(random_samples(1, 20, 3, 0.5), dtype=dtype, requires_grad=True)
    split = entropy_decomposition(samples)
    expected = entropy_decomposition(samples.detach().double().numpy())
    for tensor, array in zip(split, expected, strict=True):
        assert tensor.dtype == dtype
        assert not tensor.requires_grad
        np.testing.assert_allclose(tensor.numpy(), array, rtol=1e-6 if dtype == torch.float32 else 1e-14)
    assert all(array.dtype == np.float64 for array in expected)
    assert entropy_decomposition(samples.detach().float().numpy()).total.dtype == np.float64


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.full((2, 3), 0.5), "3 dimension"),
        (np.full(3, 0.5), "They are passes, patients and classes"),
        (np.full((2, 3, 2), 0.4), "sum to 1"),
        (np.full((2, 3, 2), np.nan), "NaN"),
        ([[[1.5, -0.5]]], "between 0 and 1"),
        (np.empty((0, 3, 2)), "empty"),
    ],
)
def test_bad_samples_are_named(samples, message):
    with pytest.raises(ValueError, match=f"samples.*{message}"):
        entropy_decomposition(samples)


def test_only_the_dropout_functions_load_torch():
    code = (
        "import sys; import clinxai_teach.uncertainty as u, clinxai_teach.conformal;"
        "u.entropy_decomposition([[[0.5, 0.5]]]); u.risk_coverage_curve([0, 1], [1, 2]);"
        "from clinxai_teach.uncertainty import deferral_curve, fit_ensemble;"
        "assert not {'torch', 'shap', 'matplotlib'} & set(sys.modules);"
        "assert not hasattr(u, 'nonsense'); u.mc_dropout_predict; assert 'torch' in sys.modules;"
        "assert all(hasattr(u, name) for name in u.__all__)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
