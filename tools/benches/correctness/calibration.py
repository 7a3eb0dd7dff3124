"""Calibration: cases computed by hand, closed forms of two groups, and definitions written out."""

from fractions import Fraction

import numpy as np
from scipy.special import expit

from benches.correctness.case import Case
from clinxai_teach.calibration import (
    InterceptRecalibration,
    PlattScaling,
    TemperatureScaling,
    brier_decomposition,
    brier_score,
    calibration_null_band,
    calibration_slope_intercept,
    corp_decomposition,
    expected_calibration_error,
    net_benefit,
    reliability_curve,
    scaled_brier_score,
    smooth_calibration_curve,
)

SCORES = "tests/calibration/test_scores.py::test_"

# Two groups of four, told 20% and 80%, of whom 1 and 3 have the event.
# Their log-odds are -log 4 and log 4; those of what happened are -log 3 and log 3.
Y, P = np.array([0, 0, 0, 1, 0, 1, 1, 1]), np.repeat([0.2, 0.8], 4)
Z = np.log(P / (1 - P))


# ---- curve and scores ----------------------------------------------------------------------------


def sklearn_curve():
    from sklearn.calibration import calibration_curve

    return calibration_curve(*EDGES, n_bins=10)


def netcal_ece(y, p, **options):
    from netcal.metrics import ECE

    return ECE(10, **options).measure(p, y)


def mapie_ece(y, p, **options):
    from mapie.metrics.calibration import expected_calibration_error

    return expected_calibration_error(y, p, num_bins=10, **options)


def sklearn_scaled():
    from sklearn.metrics import d2_brier_score

    return d2_brier_score(Y, P)


def sklearn_brier(y, p, **options):
    from sklearn.metrics import brier_score_loss

    return brier_score_loss(y, p, **options)


def sklearn_corp():
    from sklearn.isotonic import IsotonicRegression

    best = IsotonicRegression().fit(ISOTONIC[1], ISOTONIC[0]).predict(ISOTONIC[1])
    return parts_of(best)


def parts_of(best):
    """Return miscalibration, discrimination and uncertainty, given the best probabilities that keep the order."""
    y, p = ISOTONIC
    score, least, constant = (np.mean((q - y) ** 2) for q in (p, best, np.mean(y)))
    return score - least, constant - least, constant


def isotonic_by_definition():
    """Return the largest, over starts up to i, of the smallest, over ends from i, mean outcome: the min-max formula."""
    y = ISOTONIC[0]
    n = range(len(y))
    return [max(min(y[a:b].mean() for b in range(i + 1, len(y) + 1)) for a in range(i + 1)) for i in n]


EDGES = ([0, 1, 0, 1, 1, 0], [0, 0.1, 0.2, 0.3, 0.5, 1])
NARROW = (np.array([0, 0, 0, 1, 0, 0, 0, 0]), np.repeat([0.12, 0.215], 4))
TIED = (np.repeat([0, 1], [80, 20]), np.concatenate([np.zeros(80), np.linspace(0.1, 0.9, 20)]))
THREE = ([0, 1, 2], [[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.1, 0.3, 0.6]])
ISOTONIC = (np.array([0, 1, 0, 0, 1, 1, 0, 1]), np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9]))


def tied_by_hand():
    """Return the ECE of 80 zeros without an event, and of 20 others in two bins of ten that all have it."""
    others = TIED[1][80:]
    return (abs(1 - others[:10].mean()) * 10 + abs(1 - others[10:].mean()) * 10) / 100


CURVES = (
    Case(
        "Reliability curve",
        "probabilities on the edges of ten bins, closed on the right: by hand",
        lambda: ([0.5, 0, 1, 1, 0], [0.05, 0.2, 0.3, 0.5, 1]),
        lambda: (reliability_curve(*EDGES).prob_true, reliability_curve(*EDGES).prob_pred),
        "tests/calibration/test_curves.py::test_values_on_the_edges_belong_to_the_bin_on_their_left_and_zero_to_the_first",
        {"scikit-learn": sklearn_curve},
    ),
    Case(
        "ECE, ten bins",
        "four told 12% and four told 21.5%, of whom 1 and 0 have the event: by hand",
        lambda: (0.25 - 0.12) / 2 + 0.215 / 2,
        lambda: expected_calibration_error(*NARROW),
        SCORES + "netcal_agrees_except_on_the_edges_of_its_left_closed_bins",
        {"netcal": lambda: netcal_ece(*NARROW), "MAPIE": lambda: mapie_ece(*NARROW, split_strategy="uniform")},
    ),
    Case(
        "ECE, equal-mass bins with ties",
        "80 of 100 told 0%: by hand",
        tied_by_hand,
        lambda: expected_calibration_error(*TIED, strategy="quantile"),
        "tests/calibration/test_curves.py::test_equal_mass_bins_with_eighty_percent_zeros_and_with_one_value_only",
        {"netcal": lambda: netcal_ece(*TIED, equal_intervals=False)},
    ),
    Case(
        "Brier score, two and three classes",
        "four and three patients: by hand",
        lambda: [0.0375, (0.26 + 0.14 + 0.26) / 3],
        lambda: [brier_score([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]), brier_score(*THREE)],
        SCORES + "brier_equals_scikit_learn_and_two_columns_count_twice",
        {
            "scikit-learn": lambda: [
                sklearn_brier([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]),
                sklearn_brier(*THREE, scale_by_half=False),
            ]
        },
    ),
    Case(
        "Scaled Brier score",
        "two groups of four: 1 - 0.19 / 0.25",
        lambda: 1 - 0.19 / 0.25,
        lambda: scaled_brier_score(Y, P),
        SCORES + "the_scaled_score_equals_scikit_learn_and_two_columns_equal_one",
        {"scikit-learn": sklearn_scaled},
    ),
    Case(
        "Brier score in five parts",
        "two groups of four: 0.0025, 0.0625, 0.25, and 0 within bins",
        lambda: [0.0025, 0.0625, 0.25, 0, 0],
        lambda: brier_decomposition(Y, P),
        SCORES + "the_five_parts_add_up_exactly",
    ),
    Case(
        "CORP, the Brier score without bins",
        "isotonic regression of eight patients by the min-max formula",
        lambda: parts_of(np.array(isotonic_by_definition())),
        lambda: corp_decomposition(*ISOTONIC),
        SCORES + "corp_adds_up_and_equals_isotonic_regression_of_scikit_learn",
        {"scikit-learn's isotonic fit": sklearn_corp},
    ),
    Case(
        "Null band of the ECE",
        "100 patients told 50%: 90% of the time 40 to 60 have the event, an ECE of 0 to 0.10; simulated",
        lambda: [0, 0.1],
        lambda: calibration_null_band(np.full(100, 0.5), confidence=0.9, n_simulations=4000),
        "tests/calibration/test_curves.py::test_the_null_band_of_certain_predictions_is_zero_and_of_coins_is_known",
    ),
    Case(
        "Net benefit",
        "two groups of four at a threshold of 50%: 3 / 8 - 1 / 8",
        lambda: 0.25,
        lambda: net_benefit(Y, P, [0.5]),
        "tests/calibration/test_utility.py::test_by_hand_with_a_patient_exactly_on_the_threshold",
    ),
)


# ---- slope and repairs ---------------------------------------------------------------------------


def sklearn_slope():
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=np.inf, tol=1e-10).fit(Z[:, None], Y).coef_[0, 0]


def statsmodels_slope():
    import statsmodels.api as sm

    return sm.Logit(Y, sm.add_constant(Z)).fit(disp=0).params[1]


def statsmodels_shift():
    import statsmodels.api as sm

    y, z = SHIFTED
    return sm.GLM(y, np.ones((len(y), 1)), family=sm.families.Binomial(), offset=z).fit().params[0]


def sklearn_platt():
    from sklearn.calibration import _SigmoidCalibration

    fit = _SigmoidCalibration().fit(Z, Y)
    return -fit.a_, -fit.b_


def sklearn_temperature():
    from sklearn.calibration import _TemperatureScaling

    return 1 / (2 * _TemperatureScaling().fit(Z, Y).beta_)


def netcal_temperature():
    from netcal.scaling import TemperatureScaling as Netcal

    scaler = Netcal()
    scaler.fit(expit(Z), Y)
    return 1 / float(scaler.temperature[0])


SHIFTED = (np.array([0, 0, 0, 1]), np.zeros(4))

REPAIRS = (
    Case(
        "Calibration slope",
        "two groups of four: log 3 / log 4",
        lambda: np.log(3) / np.log(4),
        lambda: calibration_slope_intercept(Y, P).slope,
        "tests/calibration/test_slope.py::test_closed_form_of_two_groups",
        {"scikit-learn": sklearn_slope, "statsmodels": statsmodels_slope},
    ),
    Case(
        "Recalibration in the large",
        "all told 50%, one of four has the event: -log 3",
        lambda: -np.log(3),
        lambda: InterceptRecalibration().fit(SHIFTED[1], SHIFTED[0]).intercept_,
        "tests/calibration/test_intercept.py::test_equals_a_logistic_regression_with_an_offset",
        {"statsmodels": statsmodels_shift},
    ),
    Case(
        "Platt scaling",
        "two groups of four, targets 1/6 and 5/6: curve through 1/3 and 2/3, slope log 2 / log 4, intercept 0",
        lambda: [0.5, 0],
        lambda: [(fit := PlattScaling().fit(Z, Y)).a_, fit.b_],
        "tests/calibration/test_platt.py::test_two_values_in_closed_form",
        {"scikit-learn": sklearn_platt},
    ),
    Case(
        "Temperature, as a divisor",
        "two groups of four: log 4 / log 3",
        lambda: np.log(4) / np.log(3),
        lambda: TemperatureScaling().fit(Z, Y).temperature_,
        "tests/calibration/test_temperature.py::test_three_numbers_called_temperature",
        {"scikit-learn's 1 / 2 beta": sklearn_temperature, "netcal's 1 / temperature": netcal_temperature},
    ),
)


# ---- the smooth curve ----------------------------------------------------------------------------


def drawn():
    rng = np.random.default_rng(3)
    p = rng.random(60) ** 2
    return (rng.random(60) < p**1.3).astype(int), p


def ours_smooth():
    return smooth_calibration_curve(*drawn(), n_bootstrap=1)


def local_lines():
    """Return, at each place of the grid, the value of a line through the nearest 75% with tricube weights."""
    y, p = drawn()
    values = []
    for place in ours_smooth().prob_pred:
        distance = np.abs(p - place)
        reach = np.sort(distance)[int(Fraction(3, 4) * len(p)) - 1]
        weight = np.clip(1 - (distance / reach) ** 3, 0, None) ** 3
        centre = np.average(p, weights=weight)
        slope = np.average((p - centre) * y, weights=weight) / np.average((p - centre) ** 2, weights=weight)
        values.append(np.average(y, weights=weight) + slope * (place - centre))
    return values


def statsmodels_lowess():
    from statsmodels.nonparametric.smoothers_lowess import lowess

    return lowess(*drawn(), frac=0.75, it=0, xvals=ours_smooth().prob_pred)


SMOOTH = (
    Case(
        "Smooth calibration curve",
        "60 patients: the weighted lines, one after the other",
        local_lines,
        lambda: ours_smooth().prob_true,
        "tests/calibration/test_smooth.py::test_equals_statsmodels_lowess_without_robust_weights",
        {"statsmodels' lowess": statsmodels_lowess},
        allowed=1e-9,
    ),
)

CASES = (*CURVES, *REPAIRS, *SMOOTH)
