"""How fast calibration is measured and repaired."""

import subprocess
import sys
import tracemalloc

import numpy as np
from netcal.metrics import ECE
from sklearn.calibration import _SigmoidCalibration, _TemperatureScaling, calibration_curve
from sklearn.linear_model import LogisticRegression
from statsmodels.nonparametric.smoothers_lowess import lowess

from benches.timing import growth, seconds
from clinxai_teach.calibration import (
    InterceptRecalibration,
    PlattScaling,
    TemperatureScaling,
    calibration_null_band,
    calibration_slope_intercept,
    corp_decomposition,
    expected_calibration_error,
    net_benefit,
    reliability_curve,
    smooth_calibration_curve,
)
from clinxai_teach.uncertainty import risk_coverage_curve


def outcomes(n):
    """Draw outcomes and probabilities of a calibrated model."""
    rng = np.random.default_rng(0)
    p = rng.random(n) ** 2
    return (rng.random(n) < p).astype(int), p


def bench_curve():
    """ECE and curve of 1,000,000 patients: ours, netcal, scikit-learn."""
    y, p = outcomes(1_000_000)
    ours, curve, netcal, sklearn = seconds(
        lambda: expected_calibration_error(y, p),
        lambda: reliability_curve(y, p),
        lambda: ECE(10).measure(p, y),
        lambda: calibration_curve(y, p, n_bins=10),
        runs=5,
    )
    yield "ECE, 1,000,000 patients / netcal", f"{ours / netcal:.2f}", f"{ours * 1000:.0f} ms; goal: at most 0.1"
    yield (
        "reliability curve with intervals, 1,000,000 / netcal's ECE",
        f"{curve / netcal:.2f}",
        f"{curve * 1000:.0f} ms; goal: at most 0.5",
    )
    yield "the same / scikit-learn's calibration_curve", f"{curve / sklearn:.2f}", "which gives no counts, no intervals"
    by_mass, netcal = seconds(
        lambda: expected_calibration_error(y, p, strategy="quantile"),
        lambda: ECE(10, equal_intervals=False).measure(p, y),
        runs=5,
    )
    yield "ECE, equal-mass bins, 1,000,000 / netcal", f"{by_mass / netcal:.2f}", f"{by_mass * 1000:.0f} ms"


def bench_null_band():
    """1,000 simulated outcomes of 5,000 patients."""
    _, p = outcomes(5000)
    (band,) = seconds(lambda: calibration_null_band(p))
    yield "null band, 5,000 patients x 1,000 simulations", f"{band * 1000:.0f} ms", "no peer has one"


def bench_temperature():
    """Temperature of 100,000 x 10 logits: ours and scikit-learn."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(100_000, 10)) * 3
    y = (logits / 2 + rng.gumbel(size=logits.shape)).argmax(1)
    ours, theirs = seconds(
        lambda: TemperatureScaling().fit(logits, y), lambda: _TemperatureScaling().fit(logits, y), runs=5
    )
    yield "temperature, 100,000 x 10 / scikit-learn", f"{ours / theirs:.2f}", f"{ours * 1000:.0f} ms; goal: at most 1"


def bench_platt():
    """Platt scaling of 100,000 logits: ours and scikit-learn."""
    y, p = outcomes(100_000)
    z = np.log(p + 1e-9) - np.log(1 - p)
    ours, theirs = seconds(lambda: PlattScaling().fit(z, y), lambda: _SigmoidCalibration().fit(z, y), runs=5)
    yield "Platt scaling, 100,000 / scikit-learn", f"{ours / theirs:.2f}", f"{ours * 1000:.0f} ms"


def bench_fits():
    """Slope with intercept, Platt and the shift alone: ours to full precision, scikit-learn's logistic regression."""
    y, p = outcomes(1_000_000)
    p = np.clip(p, 1e-6, 1 - 1e-6)
    z = np.log(p / (1 - p))
    slope, platt, shift, theirs = seconds(
        lambda: calibration_slope_intercept(y, p),
        lambda: PlattScaling().fit(z, y),
        lambda: InterceptRecalibration().fit(z, y),
        lambda: LogisticRegression(C=np.inf).fit(z[:, None], y),
        runs=5,
    )
    peer = "scikit-learn's LogisticRegression without penalty"
    for name, ours in (("slope and intercept", slope), ("Platt scaling", platt), ("intercept alone", shift)):
        yield f"{name}, 1,000,000 / {peer}", f"{ours / theirs:.2f}", f"{ours * 1000:.0f} ms; goal: at most 0.5"


def bench_smooth():
    """The smooth curve of 5,000 patients without its band beside statsmodels; with it; and of a million."""
    y, p = outcomes(5000)
    alone, theirs, band = seconds(
        lambda: smooth_calibration_curve(y, p, n_bootstrap=1),
        lambda: lowess(y, p, frac=0.75, it=0),
        lambda: smooth_calibration_curve(y, p),
        runs=3,
    )
    what = "smooth calibration curve, 5,000 patients / statsmodels' lowess"
    yield what, f"{alone / theirs:.2f}", f"{alone * 1000:.0f} ms; equal to 3e-4"
    yield "the same with a band of 200 resamples", f"{band * 1000:.0f} ms", ""
    y, p = outcomes(1_000_000)
    (many,) = seconds(lambda: smooth_calibration_curve(y, p), runs=1)
    yield "the same of 1,000,000 patients", f"{many:.1f} s", ""


def bench_growth():
    """From 1,000,000 to 10,000,000 patients: how the time grows, and the memory on top of the patients' own."""
    functions = {
        "ECE": expected_calibration_error,
        "null band": lambda y, p: calibration_null_band(p),
        "slope and intercept": calibration_slope_intercept,
        "Platt scaling": lambda y, p: PlattScaling().fit(np.log(p / (1 - p)), y),
        "temperature": lambda y, p: TemperatureScaling().fit(np.log(p / (1 - p)), y),
        "CORP": corp_decomposition,
        "net benefit": lambda y, p: net_benefit(y, p, [0.1, 0.2]),
        "risk-coverage curve": risk_coverage_curve,
    }
    few, many = 1_000_000, 10_000_000
    drawn = {n: (y, np.clip(p, 1e-6, 1 - 1e-6)) for n in (few, many) for y, p in [outcomes(n)]}
    for name, function in functions.items():
        slope, (_, taken) = growth(lambda n, function=function: lambda: function(*drawn[n]), few, many, runs=2)
        tracemalloc.start()
        function(*drawn[many])
        memory = tracemalloc.get_traced_memory()[1] / many
        tracemalloc.stop()
        note = f"{taken:.2f} s for 10,000,000; {memory:.0f} bytes for each"
        yield f"{name}: exponent of n in its time", f"{slope:.2f}", note


def bench_import():
    """A new Python that imports the package, minus one that imports nothing."""

    def run(code):
        subprocess.run([sys.executable, "-c", code], check=True)

    ours, nothing = seconds(lambda: run("import clinxai_teach.calibration"), lambda: run("pass"))
    yield "import clinxai_teach.calibration", f"{(ours - nothing) * 1000:.0f} ms", "goal: below 300 ms"


BENCHES = (
    *(bench_curve, bench_null_band, bench_temperature, bench_platt, bench_fits, bench_smooth, bench_growth),
    bench_import,
)
