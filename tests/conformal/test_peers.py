"""Peers: where MAPIE, crepes and TorchCP agree with us, and where they do not, which is right and why."""

from functools import partial

import numpy as np
import pytest
from scipy.special import softmax

from benches import drawn
from benches.peers import crepes_sets, mapie_sets
from clinxai_teach.conformal import SplitConformalClassifier, average_set_size, coverage
from clinxai_teach.conformal.classifier import K_REG, LAMBDA

patients = partial(drawn.patients, n_classes=5)


# ---- MAPIE ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [10, 19, 20, 99, 100, 357])
def test_lac_equals_mapie(n):
    (y, p), (_, new) = patients(n, n), patients(500, 1)
    np.testing.assert_array_equal(SplitConformalClassifier().calibrate(y, p).predict_set(new), mapie_sets(y, p, new))


# ---- crepes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_class", [False, True])
def test_lac_equals_crepes(by_class):
    """n + 1 is no multiple of 10, overall and in each class, so that no p-value is exactly alpha."""
    y, p = np.repeat([0, 1], [87, 106]), patients(193, 5, n_classes=2)[1]
    new = patients(100, 6, n_classes=2)[1]
    groups = "class" if by_class else None
    ours = SplitConformalClassifier().calibrate(y, p, groups).predict_set(new, groups)
    np.testing.assert_array_equal(ours, crepes_sets(y, p, new, by_class=by_class))


# ---- TorchCP, whose rule is written out ----------------------------------------------------------


def torchcp_sets(y, p, new, *, score, u, penalty=LAMBDA, kreg=K_REG):
    """TorchCP's rule: thr or cumulative sum - u p (+ penalty), kthvalue of rank ceil((n + 1)(1 - alpha)), s <= q.

    Its `randomized=False` is u = 0.
    """
    import torch

    def scores(table):
        table = torch.tensor(table, dtype=torch.float64)
        if score == "lac":
            return 1 - table
        ordered, indices = table.sort(dim=-1, descending=True)
        total = ordered.cumsum(dim=-1) - u * ordered
        if score == "raps":
            total = total + torch.clamp(penalty * (torch.arange(1, table.shape[1] + 1) - kreg), min=0)
        return total.gather(-1, indices.argsort(dim=-1))

    rank = int(np.ceil((len(y) + 1) * 0.9))
    q = scores(p)[torch.arange(len(y)), torch.tensor(y)].kthvalue(rank).values
    return (scores(new) <= q + 1e-12).numpy()  # cumsum - p rounds; our sums stop before p


@pytest.mark.parametrize("score", ["lac", "aps", "raps"])
@pytest.mark.parametrize("n", [20, 137])
def test_equals_torchcp_with_u_equal_to_one(score, n):
    (y, p), (_, new) = patients(n, n), patients(500, 1)
    ours = SplitConformalClassifier(score=score).calibrate(y, p).predict_set(new)
    np.testing.assert_array_equal(ours, torchcp_sets(y, p, new, score=score, u=1))


def test_why_the_deterministic_aps_does_not_count_the_class_itself():
    """TorchCP's deterministic APS (u = 0) counts it, which is valid, but upside down for a confident model.

    A class is then left out because it is too likely: the empty sets are the patients who are clearest, and the others
    get nearly all classes. Without it (u = 1) the set is the smallest whose probability exceeds q_hat.
    """
    rng = np.random.default_rng(0)
    y = rng.integers(0, 5, 4000)
    logits = 6 * rng.random((4000, 1)) ** 2 * np.eye(5)[y] + rng.normal(size=(4000, 5))
    p = softmax(4 * logits, axis=1)
    y, p, z, new = y[:1000], p[:1000], y[1000:], p[1000:]
    ours = SplitConformalClassifier(score="aps").calibrate(y, p).predict_set(new)
    theirs = torchcp_sets(y, p, new, score="aps", u=0)
    for sets in (ours, theirs):
        assert coverage(z, sets) == pytest.approx(0.9, abs=0.03)
    empty = theirs.sum(axis=1) == 0
    assert empty.mean() > 0.02
    assert new[empty].max(axis=1).min() > np.median(new.max(axis=1))
    assert not (ours.sum(axis=1) == 0).any()
    assert average_set_size(ours) < average_set_size(theirs)


# ---- the quantile without the "+ 1", as in torch-uncertainty ------------------------------------


@pytest.mark.parametrize(("n", "mean"), [(20, 0.862), (50, 0.884), (100, 0.892)])
def test_without_the_correction_the_promise_is_broken(n, mean):
    """The plain 90% quantile sits at place 0.9 (n - 1) + 1, so it covers that place / (n + 1) < 0.9 on average."""
    place = 0.9 * (n - 1) + 1
    assert place / (n + 1) == pytest.approx(mean, abs=5e-4)
    scores = np.random.default_rng(n).random((4000, n))
    plain = np.quantile(scores, 0.9, axis=1)  # for uniform scores the threshold is the coverage
    assert abs(plain.mean() - place / (n + 1)) < 3 * plain.std() / np.sqrt(4000)
    assert plain.mean() < 0.9
