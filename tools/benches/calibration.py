"""How fast calibration is measured and repaired."""

import subprocess
import sys

import numpy as np
from netcal.metrics import ECE
from sklearn.calibration import _SigmoidCalibration, _TemperatureScaling, calibration_curve

from benches.timing import seconds
from clinxai_teach.calibration import (
    PlattScaling,
    TemperatureScaling,
    calibration_null_band,
    expected_calibration_error,
    reliability_curve,
)


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
    yield "ECE, 1,000,000 patients / netcal", f"{ours / netcal:.2f}", f"{ours * 1000:.0f} ms; goal: at most 0.5"
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


def bench_import():
    """A new Python that imports the package, minus one that imports nothing."""

    def run(code):
        subprocess.run([sys.executable, "-c", code], check=True)

    ours, nothing = seconds(lambda: run("import clinxai_teach.calibration"), lambda: run("pass"))
    yield "import clinxai_teach.calibration", f"{(ours - nothing) * 1000:.0f} ms", "goal: below 300 ms"


BENCHES = (bench_curve, bench_null_band, bench_temperature, bench_platt, bench_import)
