"""What people really bring: any carrier of the same numbers gives the same answer; what is wrong is named."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.special import expit

from clinxai_teach import _validate
from clinxai_teach.calibration import (
    PlattScaling,
    TemperatureScaling,
    brier_score,
    calibration_null_band,
    calibration_slope_intercept,
    corp_decomposition,
    expected_calibration_error,
    net_benefit,
    observed_expected_ratio,
    reliability_curve,
)
from clinxai_teach.conformal import (
    SplitConformalClassifier,
    average_set_size,
    conformal_calibrate,
    conformal_predict,
    coverage,
    coverage_by_group,
    residual_intervals,
)
from clinxai_teach.trust import CoverageMonitor, miscalibrated_groups
from clinxai_teach.uncertainty import deferral_curve, entropy_decomposition, fit_ensemble, risk_coverage_curve

N = 120
RNG = np.random.default_rng(0)
Z = RNG.normal(0, 2, N)
P = expit(Z)
Y = (RNG.random(N) < expit(Z / 2)).astype(int)
TABLE = RNG.dirichlet(np.ones(3), N)
CLASS = np.arange(N) % 3
GROUPS = np.where(np.arange(N) % 2, "women", "men")

# Each takes labels and probabilities, and gives numbers that can be compared.
OF_ONE_COLUMN = {
    "brier": brier_score,
    "ece": expected_calibration_error,
    "curve": lambda y, p: reliability_curve(y, p).prob_true,
    "band": lambda y, p: calibration_null_band(p, n_simulations=20),
    "slope": calibration_slope_intercept,
    "corp": corp_decomposition,
    "ratio": observed_expected_ratio,
    "benefit": lambda y, p: net_benefit(y, p, [0.2]),
    "risk": lambda y, p: risk_coverage_curve(y, p).risk,
    "deferral": lambda y, p: deferral_curve(y, p, p, fractions=[0.2]).accuracy,
    "intervals": lambda y, p: residual_intervals(y, p, p).low,
    "temperature": lambda y, z: TemperatureScaling().fit(_log_odds(z), y).temperature_,
    "platt": lambda y, z: PlattScaling().fit(_log_odds(z), y).a_,
}
OF_A_TABLE = {
    "brier": brier_score,
    "ece": expected_calibration_error,
    "threshold": conformal_calibrate,
    "sets": lambda y, p: coverage(y, conformal_predict(p, 0.7)),
    "aps": lambda y, p: SplitConformalClassifier(score="aps").calibrate(y, p).q_hat_,
    "entropy": lambda y, p: np.mean([float(doubt) for doubt in entropy_decomposition(_stacked(p)).total]),
}


def _log_odds(p):
    """Turn probabilities into logits without leaving their carrier."""
    if isinstance(p, list):
        return [np.log(x) - np.log1p(-x) for x in p]
    if isinstance(p, torch.Tensor):
        return torch.logit(p)
    return np.log(p) - np.log1p(-p)


def _stacked(p):
    """Make one sample of a table: `(1, N, K)` in its own carrier."""
    return p[None] if isinstance(p, (np.ndarray, torch.Tensor)) else [p]


CARRIERS = {
    "list": lambda x: x.tolist(),
    "tensor with gradient": lambda x: torch.tensor(x, requires_grad=x.dtype == float),
    "pandas": lambda x: pd.Series(x) if x.ndim == 1 else pd.DataFrame(x),
    "nullable pandas": lambda x: (pd.Series(x) if x.ndim == 1 else pd.DataFrame(x)).convert_dtypes(),
    "object": lambda x: x.astype(object),
    "mask without masked values": np.ma.array,
    "texts of numbers": lambda x: x.astype(str),
    "read-only, backwards": lambda x: _frozen(x[::-1].copy()[::-1]),
}


def _frozen(x):
    x.flags.writeable = False
    return x


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("name", [name for name in OF_ONE_COLUMN if name not in ("temperature", "platt")])
def test_one_column_in_any_carrier_gives_the_same(name, carrier):
    call, wrap = OF_ONE_COLUMN[name], CARRIERS[carrier]
    np.testing.assert_allclose(call(wrap(Y), wrap(P)), call(Y, P), rtol=1e-12)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("name", OF_A_TABLE)
def test_a_table_in_any_carrier_gives_the_same(name, carrier):
    call, wrap = OF_A_TABLE[name], CARRIERS[carrier]
    np.testing.assert_allclose(call(wrap(CLASS), wrap(TABLE)), call(CLASS, TABLE), rtol=1e-12)


@pytest.mark.parametrize("kind", ["list", "tensor with gradient", "pandas", "nullable pandas", "object"])
def test_logits_in_any_carrier_give_the_same(kind):
    wrap = CARRIERS[kind]
    for Method, attribute in ((TemperatureScaling, "temperature_"), (PlattScaling, "a_")):
        assert getattr(Method().fit(wrap(Z), wrap(Y)), attribute) == getattr(Method().fit(Z, Y), attribute)


def test_polars_and_categories():
    pl = pytest.importorskip("polars")
    for y, p in ((pl.Series(Y), pl.Series(P)), (pd.Series(Y).astype("category"), pd.Series(P).astype("category"))):
        assert brier_score(y, p) == brier_score(Y, P)
    assert brier_score(pl.Series(CLASS), pl.DataFrame(TABLE)) == pytest.approx(brier_score(CLASS, TABLE))
    sets = TABLE > 0.2
    by = coverage_by_group(pl.Series(CLASS), pl.DataFrame(sets), pl.Series(GROUPS))
    for groups in (pd.Series(GROUPS, dtype="category"), pd.Series(GROUPS, dtype="string"), GROUPS.tolist()):
        pd.testing.assert_frame_equal(coverage_by_group(CLASS, sets, groups), by)


# ---- numbers of 16 bits ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "half",
    [
        lambda x: x.astype(np.float16),
        lambda x: torch.tensor(x).half(),
        lambda x: torch.tensor(x).bfloat16(),
        lambda x: torch.tensor(x, requires_grad=True).bfloat16(),
        lambda x: list(torch.tensor(x).bfloat16()),
        lambda x: list(x.astype(np.float16)),
        lambda x: pd.DataFrame(x.astype(np.float16)),
    ],
)
@pytest.mark.parametrize("name", OF_A_TABLE)
def test_a_table_of_16_bits_counts_up_to_its_rounding(name, half):
    """A softmax in bfloat16 sums to 1.002: 8 bits for each number. The answer moves by no more than that."""
    call = OF_A_TABLE[name]
    np.testing.assert_allclose(call(CLASS, half(TABLE)), call(CLASS, TABLE), rtol=0.02, atol=0.01)


def test_a_row_of_16_bits_that_is_no_distribution_is_still_refused():
    with pytest.raises(ValueError, match=r"sums to 1\.09"):
        brier_score([0], np.array([[0.55, 0.55]], dtype=np.float16))
    with pytest.raises(ValueError, match=r"between 0 and 1, but holds 1\.5"):
        brier_score([0], torch.tensor([1.5]).bfloat16())


def test_a_probability_just_above_1_by_rounding_counts_as_1():
    assert brier_score([1], np.array([1 + 2**-10], dtype=np.float16)) == 0
    assert brier_score([1], np.array([1 + 2**-23], dtype=np.float32)) == 0
    with pytest.raises(ValueError, match="holds 1"):
        brier_score([1], [1 + 2**-10])


# ---- what is missing ------------------------------------------------------------------------------


def masked(x):
    return np.ma.masked_array(x, mask=np.arange(len(x)) == 1)


@pytest.mark.parametrize("name", OF_ONE_COLUMN)
def test_masked_values_are_refused_everywhere(name):
    """Numpy would use the value under the mask, and nobody would see it."""
    with pytest.raises(ValueError, match=r"has 1 masked value\(s\)"):
        OF_ONE_COLUMN[name](Y, masked(P))
    if name not in ("band",):
        with pytest.raises(ValueError, match=r"y_true|errors"):
            OF_ONE_COLUMN[name](masked(Y), P)


def test_a_masked_row_of_a_list_a_masked_table_and_masked_groups_are_refused_too():
    rows = np.ma.masked_array(TABLE, mask=TABLE > 0.9)
    assert rows.mask.any()
    for table in (rows, list(rows)):
        with pytest.raises(ValueError, match=r"y_prob has .* masked"):
            brier_score(CLASS, table)
    with pytest.raises(ValueError, match="groups has 1 masked"):
        coverage_by_group(CLASS, TABLE > 0.1, masked(GROUPS))
    with pytest.raises(ValueError, match=r"sets has .* masked"):
        average_set_size(np.ma.masked_array(TABLE > 0.1, mask=TABLE > 0.9))


@pytest.mark.parametrize(
    "missing", [None, np.nan, pd.NA, pd.NaT, np.float32("nan")], ids=["None", "nan", "NA", "NaT", "float32"]
)
def test_a_missing_value_is_counted_whatever_stands_for_it(missing):
    p = P.astype(object)
    p[:2] = missing
    with pytest.raises(ValueError, match=r"y_prob holds NaN or infinite values \(2 of 120"):
        brier_score(Y, p)
    groups = GROUPS.astype(object)
    groups[:3] = missing
    for call in (
        lambda: coverage_by_group(CLASS, TABLE > 0.1, groups),
        lambda: SplitConformalClassifier().calibrate(CLASS, TABLE, groups),
        lambda: miscalibrated_groups(Y, P, groups),
        lambda: miscalibrated_groups(Y, P, pd.Series(groups).convert_dtypes()),
    ):
        with pytest.raises(ValueError, match=r"groups has 3 missing label\(s\)"):
            call()


def test_nullable_pandas_with_a_missing_value():
    for dtype, values in (("Int64", [0, 1, None]), ("boolean", [True, False, None]), ("Float64", [0.5, 0.5, None])):
        with pytest.raises(ValueError, match="NaN"):
            brier_score(pd.Series(values, dtype=dtype), [0.1, 0.2, 0.3])


# ---- what has another shape or kind -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: brier_score(Y, P[:, None]), ValueError, r"y_prob must have one column per class.*y_prob\.ravel\(\)"),
        (lambda: calibration_null_band(P[:, None]), ValueError, r"y_prob\.ravel\(\)"),
        (lambda: calibration_slope_intercept(Y, P[:, None]), ValueError, r"y_prob\.ravel\(\)"),
        (lambda: brier_score(Y[:, None], P), ValueError, r"y_true must have 1 .* y_true\.ravel\(\)"),
        (lambda: brier_score(Y[None], P[None]), ValueError, r"ravel\(\)|one label per row"),
        (lambda: calibration_slope_intercept(Y, np.column_stack([1 - P, P])), ValueError, r"y_prob\[:, 1\]"),
        (lambda: brier_score(np.eye(3)[CLASS], TABLE), ValueError, r"y_true\.argmax\(axis=1\)"),
        (lambda: brier_score(Y, 0.5), ValueError, "Pass a list or an array"),
        (lambda: conformal_calibrate(Y, P), ValueError, r"np\.column_stack\(\[1 - p, p\]\)"),
        (lambda: brier_score(CLASS + 1, TABLE), ValueError, "count from 1, pass y_true - 1"),
        (lambda: brier_score(Y + 1, P), ValueError, r"\(y_true == 2\)\.astype\(int\)"),
        (lambda: brier_score(np.where(Y, "ill", "well"), P), TypeError, r"text such as '(ill|well)'.*astype\(int\)"),
        (lambda: brier_score(pd.Series(np.where(Y, "ill", "well"), dtype="category"), P), TypeError, "text such as"),
        (lambda: brier_score(Y, ["12%"] * N), TypeError, "text such as '12%'"),
        (lambda: brier_score(Y, P + 0j), TypeError, "complex128"),
        (lambda: brier_score(Y, np.full(N, "2020-01-01", "M8[D]")), TypeError, "datetime64"),
        (lambda: brier_score([0, 1], [[0.5, 0.5], [1.0]]), TypeError, "y_prob must be one array.*different lengths"),
        (lambda: brier_score(Y, {"p": P}), TypeError, "but got dict"),
        (lambda: brier_score(Y, (x for x in P)), TypeError, "but got generator"),
        (lambda: brier_score(CLASS, np.round(TABLE, 2) * 0.999), ValueError, "divide each row by its sum"),
        (lambda: brier_score(CLASS, TABLE * 3), ValueError, "between 0 and 1|multi-label"),
        (lambda: brier_score(CLASS, np.full((N, 18), 0.64)), ValueError, r"sums to 11\.52.*multi-label.*one column"),
        (lambda: coverage([0, 1], [{0}, {0, 1}]), TypeError, "sets must be a boolean table"),
        (lambda: coverage([0, 1], [[0], [0, 1]]), TypeError, "sets must be a boolean table.*different lengths"),
        (lambda: coverage(CLASS, TABLE), TypeError, "sets must be a boolean table.*float64"),
        (lambda: coverage(CLASS, (TABLE > 0.1).astype(int)), TypeError, r"sets\.astype\(bool\)"),
        (lambda: coverage(CLASS, (TABLE > 0.1)[:, :, None]), TypeError, r"sets\[:, :, 0\]"),
        (lambda: coverage_by_group(CLASS, TABLE > 0.1, GROUPS[:, None]), ValueError, r"groups\.ravel\(\)"),
        (lambda: entropy_decomposition(P[None]), ValueError, r"np\.stack\(\[1 - p, p\], axis=-1\)"),
        (lambda: fit_ensemble(Z, Y), ValueError, "A single patient is a table with one row"),
    ],
)
def test_each_message_names_the_argument_and_the_cure(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_nullable_booleans_are_sets():
    table = pd.DataFrame(TABLE > 0.2).convert_dtypes()
    assert coverage(CLASS, table) == coverage(CLASS, TABLE > 0.2)


def test_a_single_patient_is_one_row():
    """One row in, one row out, and the same numbers as in a batch."""
    scaler, sets = TemperatureScaling().fit(np.log(TABLE), CLASS), SplitConformalClassifier().calibrate(CLASS, TABLE)
    np.testing.assert_allclose(scaler.predict_proba(np.log(TABLE[:1])), scaler.predict_proba(np.log(TABLE))[:1])
    np.testing.assert_array_equal(sets.predict_set(TABLE[:1]), sets.predict_set(TABLE)[:1])
    np.testing.assert_array_equal(sets.predict_set(pd.DataFrame(TABLE).iloc[[0]]), sets.predict_set(TABLE)[:1])
    assert brier_score([1], [0.5]) == 0.25
    assert entropy_decomposition(TABLE[None, :1]).total.shape == (1,)


def test_a_missing_value_has_many_faces():
    assert all(map(_validate.is_missing, (None, np.nan, pd.NA, pd.NaT, np.ma.masked)))
    assert not any(map(_validate.is_missing, (0, "", False, "nan", np.array([1, np.nan]), [np.nan])))


def test_checking_arguments_loads_neither_pandas_nor_torch():
    import subprocess
    import sys

    code = "import sys, clinxai_teach._validate; print(sorted({'pandas', 'torch', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("risks", "message"),
    [
        ([99.721, 5], r"holds 99\.721\. Pass probabilities, not logits \(percent: divide by 100\)\.$"),
        ([0.5, 140], r"holds 140\. Pass probabilities, not logits\.$"),
        ([-3.0, 5], r"holds -3\. Pass probabilities, not logits\.$"),
    ],
)
def test_a_percentage_is_called_one_and_logits_are_not(risks, message):
    with pytest.raises(ValueError, match=message):
        brier_score([1, 0], risks)


@pytest.mark.parametrize(("given", "cure"), [(10, r"10\. For 10% pass 0\.1\.$"), (1, r"1\.$"), (250, r"250\.$")])
def test_an_alpha_in_percent_is_told_as_a_share(given, cure):
    with pytest.raises(ValueError, match=r"alpha must be a number strictly between 0 and 1, but got " + cure):
        SplitConformalClassifier(given)


@pytest.mark.parametrize(
    "call",
    [
        lambda: SplitConformalClassifier(90),
        lambda: conformal_calibrate([0, 1], [[0.5, 0.5]] * 2, 90),
        lambda: CoverageMonitor(alpha=90),
    ],
)
def test_a_coverage_in_percent_is_not_taken_for_alpha(call):
    """90% is the coverage that is wanted; obeying "for 90% pass 0.9" would promise 10%."""
    with pytest.raises(ValueError, match=r"got 90\. alpha is the share .* missed: for 90% coverage pass 0\.1\."):
        call()
    assert SplitConformalClassifier(0.9).alpha == 0.9  # unusual, but legal


@pytest.mark.parametrize(
    ("call", "cure"),
    [
        (
            lambda: brier_score([0, 1], ["0,01", "0,9"]),
            r"'0,01'\. Write decimals with a point, as in 0\.01; from",
        ),
        (lambda: brier_score([0, 1], ["5%", "90%"]), r"'5%'\. Write a percentage as a share, without %: 5% is 0\.05\."),
        (lambda: brier_score([0, 1], ["low", "high"]), r"'low'\. Replace each text by a number, or leave it out\.$"),
        (lambda: brier_score(["ill", "well"], [0.1, 0.9]), r"Turn labels .* \(y_true == 'ill'\)\.astype\(int\)\.$"),
    ],
)
def test_only_labels_get_the_advice_for_labels(call, cure):
    with pytest.raises(TypeError, match=cure):
        call()


@pytest.mark.parametrize("helper", [brier_score, reliability_curve, observed_expected_ratio])
def test_labels_and_probabilities_that_are_swapped_are_told_so(helper):
    with pytest.raises(ValueError, match=r"y_true must hold the labels 0 and 1 only.*Did you swap the two\?"):
        helper(P, Y)
    with pytest.raises(ValueError, match="Say which label is the event"):  # these are labels, of another kind
        helper(np.where(Y == 1, 2, 1), Y)
