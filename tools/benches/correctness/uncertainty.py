"""Uncertainty, prediction sets and intervals: enumerations and definitions written out."""

import math
from fractions import Fraction
from itertools import permutations, product

import numpy as np
import torch
from sklearn.base import BaseEstimator, RegressorMixin
from torch import nn

from benches.correctness.case import Case
from benches.drawn import patients
from benches.peers import crepes_sets, mapie_recall, mapie_sets
from clinxai_teach.conformal import (
    SplitConformalClassifier,
    conformal_quantile,
    conformal_risk_threshold,
    coverage,
    label_shift_weights,
    quantile_intervals,
    residual_intervals,
)
from clinxai_teach.conformal.classifier import K_REG, LAMBDA
from clinxai_teach.intervals import clopper_pearson, wilson_interval
from clinxai_teach.trust.bootstrap import resampled_auc
from clinxai_teach.uncertainty import (
    entropy_decomposition,
    mc_dropout_samples,
    prediction_instability,
    risk_coverage_curve,
)

# ---- doubt ---------------------------------------------------------------------------------------

HALVES = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])  # two samples that contradict each other
LOSS, DOUBT = np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.2, 0.2, 0.2, 0.9])
DROPOUT_WEIGHTS, DROPOUT_INPUT = torch.tensor([[0.0] * 4, [1.0, -2.0, 0.7, 3.0]]), torch.ones(1, 4)


def torch_uncertainty_information():
    from torch_uncertainty.metrics import MutualInformation

    metric = MutualInformation()
    metric.update(torch.tensor(HALVES.swapaxes(0, 1)))
    return float(metric.compute())


def dropout_network():
    model = nn.Sequential(nn.Dropout(0.5), nn.Linear(4, 2, bias=False)).eval()
    model[1].weight.data = DROPOUT_WEIGHTS
    return model


def over_all_masks():
    """Return the mean probability of class 1 over the 16 equally likely ways to drop four inputs."""
    logits = [float(DROPOUT_WEIGHTS[1] @ (2.0 * torch.tensor(kept))) for kept in product((0.0, 1.0), repeat=4)]
    return np.mean([1 / (1 + math.exp(-z)) for z in logits])


def over_all_orders():
    """Return the area under the risk-coverage curve, the mean over all orders that the ties leave open."""
    orders = [order for order in permutations(range(5)) if (np.diff(DOUBT[list(order)]) >= 0).all()]
    return np.mean([(np.cumsum(LOSS[list(order)]) / np.arange(1, 6)).mean() for order in orders])


DOUBTS = (
    Case(
        "Entropy in two parts",
        "two sure samples that contradict each other: log 2, of which 0 and log 2",
        lambda: [math.log(2), 0, math.log(2)],
        lambda: np.ravel(entropy_decomposition(HALVES)),
        "tests/uncertainty/test_entropy.py::test_fixtures",
        {"torch-uncertainty (epistemic part)": torch_uncertainty_information},
    ),
    Case(
        "Monte Carlo dropout, 20,000 samples",
        "four inputs: mean over the 16 ways to drop them; sampling error up to 0.01",
        over_all_masks,
        lambda: mc_dropout_samples(dropout_network(), DROPOUT_INPUT, n_samples=20_000, seed=0)[:, 0, 1].mean(),
        "tests/uncertainty/test_dropout.py::test_two_units_give_four_masks_with_their_exact_chances",
        allowed=0.01,
    ),
    Case(
        "Risk-coverage curve (AURC) with ties",
        "five patients, three with the same doubt: the mean over all orders",
        over_all_orders,
        lambda: risk_coverage_curve(LOSS, DOUBT).aurc,
        "tests/uncertainty/test_deferral.py::test_ties_give_the_mean_over_all_orders",
    ),
    Case(
        "Instability of refits",
        "ten refits, of whom three say 40% and seven 60%, threshold 50%: mean 0.54, three of ten disagree",
        lambda: [0.54, 0.3],
        lambda: [
            (found := prediction_instability(np.repeat([0.4, 0.6], [3, 7])[:, None], threshold=0.5)).mean[0],
            found.flip_share[0],
        ],
        "tests/uncertainty/test_instability.py::test_by_hand",
    ),
)


# ---- prediction sets -----------------------------------------------------------------------------


def by_p_values(y, p, new, groups=None):
    """Return the 90% sets from their definition: a class stays if its p-value among the scores is above 0.1.

    The p-value is the share of the n + 1 patients, the new one among them, whose score 1 - p is at least as large.
    """
    scores = 1 - p[np.arange(len(y)), y]
    sets = np.empty(new.shape, dtype=bool)
    for i, k in np.ndindex(*new.shape):
        peers = scores if groups is None else scores[groups == k]
        sets[i, k] = Fraction(1 + int((peers >= 1 - new[i, k]).sum()), len(peers) + 1) > Fraction(1, 10)
    return sets


def of_many_sizes(sets, sizes):
    """Return the sets of 100 new patients after calibration with each number of patients."""
    new = patients(100, 1, n_classes=5)[1]
    return np.concatenate([sets(*patients(n, n, n_classes=5), new) for n in sizes])


def ours(score="lac"):
    return lambda y, p, new: SplitConformalClassifier(score=score).calibrate(y, p).predict_set(new)


BY_CLASS = (np.repeat([0, 1], [87, 106]), patients(193, 5, n_classes=2)[1], patients(100, 6, n_classes=2)[1])
USUAL, TINY = (20, 137, 357), (8, 9)


def grouped(sets):
    """Return the sets of 100 new patients, the even ones by the first 60 of 150 patients, the odd ones by the rest."""
    (y, p), new = patients(150, 9, n_classes=5), patients(100, 1, n_classes=5)[1]
    result = np.empty(new.shape, dtype=bool)
    result[::2], result[1::2] = sets(y[:60], p[:60], new[::2]), sets(y[60:], p[60:], new[1::2])
    return result


def ours_grouped():
    y, p = patients(150, 9, n_classes=5)
    classifier = SplitConformalClassifier().calibrate(y, p, np.arange(150) >= 60)
    return classifier.predict_set(patients(100, 1, n_classes=5)[1], np.arange(100) % 2 == 1)


def cumulative(y, p, new, *, score):
    """Return the sets of aps and raps by their definition, loops over patients and classes."""

    def scores(row):
        order = np.argsort(-row, kind="stable")
        price = LAMBDA * np.maximum(0, np.arange(1, len(row) + 1) - K_REG) if score == "raps" else 0
        out = np.empty(len(row))
        out[order] = np.append(0, np.cumsum(row[order])[:-1]) + price
        return out

    known = sorted(scores(row)[k] for row, k in zip(p, y, strict=True))
    threshold = known[math.ceil(Fraction(9, 10) * (len(y) + 1)) - 1]
    return np.array([scores(row) for row in new]) <= threshold + 1e-12


def mean_coverage(sets):
    """Return the share of 2,000 new patients whose class is in the set, a mean over 25 calibrations with 400."""
    shares = []
    for trial in range(25):
        (y, p), (z, new) = patients(400, trial, n_classes=5), patients(2000, 1000 + trial, n_classes=5)
        shares.append(coverage(z, sets(y, p, new)))
    return np.mean(shares)


SETS = (
    Case(
        "Conformal sets (LAC)",
        "20, 137 and 357 patients, five classes: p-values counted",
        lambda: of_many_sizes(by_p_values, USUAL),
        lambda: of_many_sizes(ours(), USUAL),
        "tests/conformal/test_peers.py::test_lac_equals_mapie",
        {"MAPIE": lambda: of_many_sizes(mapie_sets, USUAL), "crepes": lambda: of_many_sizes(crepes_sets, USUAL)},
    ),
    Case(
        "Conformal sets of very few patients",
        "8 and 9 patients, of whom 9 suffice for 90%: p-values counted",
        lambda: of_many_sizes(by_p_values, TINY),
        lambda: of_many_sizes(ours(), TINY),
        "tests/conformal/test_quantile.py::test_scores_one_to_n",
        {"MAPIE": lambda: of_many_sizes(mapie_sets, TINY), "crepes": lambda: of_many_sizes(crepes_sets, TINY)},
    ),
    Case(
        "Class-conditional sets",
        "87 and 106 patients of two classes: p-values counted within each class",
        lambda: by_p_values(*BY_CLASS, groups=BY_CLASS[0]),
        lambda: SplitConformalClassifier().calibrate(*BY_CLASS[:2], "class").predict_set(BY_CLASS[2], "class"),
        "tests/conformal/test_peers.py::test_lac_equals_crepes",
        {"crepes": lambda: crepes_sets(*BY_CLASS, by_class=True)},
    ),
    Case(
        "Group-conditional sets",
        "two groups of 60 and 90: each calibrated by itself, p-values counted",
        lambda: grouped(by_p_values),
        ours_grouped,
        "tests/conformal/test_classifier.py::test_groups_are_separate_calibrations",
        {"crepes": lambda: grouped(crepes_sets)},
    ),
    *(
        Case(
            f"Conformal sets ({score.upper()})",
            "20, 137 and 357 patients, five classes: the score written out",
            lambda score=score: of_many_sizes(lambda *given: cumulative(*given, score=score), USUAL),
            lambda score=score: of_many_sizes(ours(score), USUAL),
            "tests/conformal/test_classifier.py::test_equals_plain_loops",
        )
        for score in ("aps", "raps")
    ),
    Case(
        "Mean coverage of APS at 90%",
        "400 calibration patients: 361 / 401 for every valid rule; simulated, error up to 0.012",
        lambda: 361 / 401,
        lambda: mean_coverage(ours("aps")),
        "tests/conformal/test_classifier.py::test_simulated_coverage_is_k_over_n_plus_one",
        {
            "MAPIE, with the last label": lambda: mean_coverage(lambda *given: mapie_sets(*given, score="aps")),
            "without it": lambda: mean_coverage(
                lambda *given: mapie_sets(*given, score="aps", include_last_label=False)
            ),
        },
        allowed=0.012,
    ),
)


# ---- thresholds and intervals --------------------------------------------------------------------

N_AND_QUANTILE = {8: math.inf, 9: 9, 19: 18, 20: 19, 99: 90, 500: 451}
WEIGHTED = ([0.2, 0.4, 0.6, 0.8], [1, 1, 2, 2], 1)


def numpy_quantile():
    """Return the quantile that torch-uncertainty and others take: without the + 1 for the new patient."""
    return [np.quantile(np.arange(1, n + 1), 0.9, method="inverted_cdf") for n in N_AND_QUANTILE]


def findings():
    """Return the probabilities of four findings of 150 patients, and which are there, at least one each."""
    rng = np.random.default_rng(0)
    y = rng.random((150, 4)) < 0.4
    y[y.sum(axis=1) == 0, 0] = True
    return np.clip(rng.beta(2, 2, y.shape) * 0.6 + y * 0.35, 0.001, 0.999), y, np.arange(0, 1, 0.01)


def missed(cut_off):
    """Return the share of each patient's findings that lie at or below the cut-off."""
    p, y, _ = findings()
    return 1 - ((p > cut_off) & y).sum(axis=1) / y.sum(axis=1)


def largest_safe_cut_off():
    return max(cut for cut in findings()[2] if (missed(cut).sum() + 1) / 151 <= 0.1)


def ours_cut_off():
    cuts = findings()[2][::-1]
    return 1 - conformal_risk_threshold(np.column_stack([missed(cut) for cut in cuts]), 1 - cuts, 0.1)


class Column(RegressorMixin, BaseEstimator):
    """A fitted regressor that predicts one of its features."""

    def __init__(self, column=0):
        self.column = column
        self.fitted_ = True

    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.asarray(X)[:, self.column]


def measured(n, seed):
    """Return what is measured, and the low, high and middle prediction."""
    rng = np.random.default_rng(seed)
    middle = rng.normal(size=n)
    return middle + rng.normal(size=n), np.column_stack([middle - 1, middle + 1.5, middle])


REGRESSION, NEW = measured(137, 0), measured(20, 1)[1]


def kth(values):
    """Return the ceil(0.9 (n + 1))-th smallest value."""
    return np.sort(values)[math.ceil(Fraction(9, 10) * (len(values) + 1)) - 1]


def mapie_residual():
    from mapie.regression import SplitConformalRegressor

    model = SplitConformalRegressor(Column(2), confidence_level=0.9, prefit=True)
    return model.conformalize(REGRESSION[1], REGRESSION[0]).predict_interval(NEW)[1][:, :, 0].T


def crepes_residual():
    from crepes import ConformalRegressor

    residuals = REGRESSION[0] - REGRESSION[1][:, 2]
    return ConformalRegressor().fit(residuals).predict_int(NEW[:, 2], confidence=0.9).T


def mapie_quantile():
    from mapie.regression import ConformalizedQuantileRegressor

    model = ConformalizedQuantileRegressor([Column(0), Column(1), Column(2)], confidence_level=0.9, prefit=True)
    model.conformalize(REGRESSION[1], REGRESSION[0])
    return model.predict_interval(NEW, symmetric_correction=True)[1][:, :, 0].T


def cqr_by_definition():
    y, p = REGRESSION
    moved = kth(np.maximum(p[:, 0] - y, y - p[:, 1]))
    return NEW[:, 0] - moved, NEW[:, 1] + moved


def residual_by_definition():
    width = kth(np.abs(REGRESSION[0] - REGRESSION[1][:, 2]))
    return NEW[:, 2] - width, NEW[:, 2] + width


def clopper_pearson_by_definition():
    """Return the shares for which 3 or more, and 3 or fewer, of 20 have a chance of 2.5%."""
    from scipy.optimize import brentq
    from scipy.stats import binom

    return [
        brentq(lambda share: binom.sf(2, 20, share) - 0.025, 1e-9, 0.5, xtol=1e-15),
        brentq(lambda share: binom.cdf(3, 20, share) - 0.025, 0.01, 0.9, xtol=1e-15),
    ]


def wilson_by_definition():
    """Return the shares s with |3 / 20 - s| = z sqrt(s (1 - s) / 20): the roots of a quadratic equation."""
    from scipy.stats import norm

    z = norm.ppf(0.975)
    return np.sort(np.roots([1 + z**2 / 20, -(2 * 3 / 20 + z**2 / 20), (3 / 20) ** 2]))


def statsmodels_interval(method):
    from statsmodels.stats.proportion import proportion_confint

    return proportion_confint(3, 20, method=method)


AUC_Y, AUC_P = np.array([0.0, 1, 0, 1]), np.array([0.2, 0.2, 0.5, 0.9])


def all_resamples():
    """Return how often each of four patients is drawn in all 256 resamples that hold both outcomes."""
    counts = np.array([np.bincount(drawn, minlength=4) for drawn in product(range(4), repeat=4)], dtype=float)
    return counts[(counts @ AUC_Y > 0) & (counts @ AUC_Y < 4)]


def auc_by_pairs(counts):
    """Return the share of pairs that are in the right order; a tie counts one half."""
    drawn = np.repeat(np.arange(4), counts.astype(int))
    pairs = [(AUC_P[i], AUC_P[j]) for i in drawn for j in drawn if AUC_Y[i] > AUC_Y[j]]
    return np.mean([(a > b) + (a == b) / 2 for a, b in pairs])


def sklearn_auc(counts):
    from sklearn.metrics import roc_auc_score

    return roc_auc_score(AUC_Y, AUC_P, sample_weight=counts)


THRESHOLDS = (
    Case(
        "Conformal quantile",
        "scores 1 to n for n = 8, 9, 19, 20, 99, 500: infinity, 9, 18, 19, 90, 451",
        lambda: list(N_AND_QUANTILE.values()),
        lambda: [conformal_quantile(np.arange(1, n + 1), 0.1) for n in N_AND_QUANTILE],
        "tests/conformal/test_quantile.py::test_scores_one_to_n",
        {"numpy's 90% quantile, without the + 1": numpy_quantile},
    ),
    Case(
        "Conformal quantile with weights",
        "2 of 7 parts above 0.6, 1 that of the new patient: 0.6 at alpha = 0.5",
        lambda: 0.6,
        lambda: conformal_quantile(WEIGHTED[0], 0.5, weights=WEIGHTED[1], new_weight=WEIGHTED[2]),
        "tests/conformal/test_shift.py::test_equals_numpy_with_the_new_patient_at_infinity",
    ),
    Case(
        "Weights for another prevalence",
        "1 of 4 ill, half expected: 2 for the ill, 2/3 for the others",
        lambda: [2 / 3, 2 / 3, 2 / 3, 2],
        lambda: label_shift_weights([0, 0, 0, 1], 0.5),
        "tests/conformal/test_shift.py::test_the_weights_are_the_ratio_of_the_shares",
    ),
    Case(
        "Conformal risk control",
        "150 patients, at most a tenth of the findings missed: the definition, cut-off by cut-off",
        largest_safe_cut_off,
        ours_cut_off,
        "tests/conformal/test_risk.py::test_equals_mapie_for_the_share_of_findings_missed",
        {"MAPIE": lambda: mapie_recall(*findings())},
    ),
    Case(
        "Intervals from residuals",
        "137 patients: the prediction and the 125th smallest error",
        residual_by_definition,
        lambda: residual_intervals(REGRESSION[0], REGRESSION[1][:, 2], NEW[:, 2]),
        "tests/conformal/test_regression.py::test_residuals_by_hand",
        {"MAPIE": mapie_residual, "crepes": crepes_residual},
    ),
    Case(
        "Intervals from quantiles (CQR)",
        "137 patients: both ends moved by the 125th smallest distance",
        cqr_by_definition,
        lambda: quantile_intervals(REGRESSION[0], *REGRESSION[1][:, :2].T, *NEW[:, :2].T),
        "tests/conformal/test_regression.py::test_quantiles_by_hand",
        {"MAPIE": mapie_quantile},
    ),
    Case(
        "Wilson's interval",
        "3 of 20: the roots of its equation",
        wilson_by_definition,
        lambda: np.ravel(wilson_interval(3, 20)),
        "tests/test_intervals.py::test_both_intervals_of_a_share_equal_scipys",
        {"statsmodels": lambda: statsmodels_interval("wilson")},
    ),
    Case(
        "Clopper and Pearson's interval",
        "3 of 20: the shares at which each tail has 2.5%",
        clopper_pearson_by_definition,
        lambda: clopper_pearson(3, 20),
        "tests/test_intervals.py::test_both_intervals_of_a_share_equal_scipys",
        {"statsmodels": lambda: statsmodels_interval("beta")},
    ),
    Case(
        "AUC of bootstrap resamples",
        "all resamples of four patients, two of them tied: pairs counted",
        lambda: [auc_by_pairs(counts) for counts in all_resamples()],
        lambda: resampled_auc(AUC_Y, AUC_P, all_resamples()),
        "tests/trust/test_subgroups.py::test_each_resample_is_measured_as_if_its_patients_were_copied",
        {"scikit-learn": lambda: [sklearn_auc(counts) for counts in all_resamples()]},
    ),
)

CASES = (*DOUBTS, *SETS, *THRESHOLDS)
