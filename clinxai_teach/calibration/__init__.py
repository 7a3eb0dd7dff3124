"""Section 18.3: what a probability means, and how to repair it. numpy and scipy only."""

from clinxai_teach.calibration.curves import calibration_null_band, reliability_curve
from clinxai_teach.calibration.scaling import InterceptRecalibration, PlattScaling, TemperatureScaling
from clinxai_teach.calibration.scores import (
    brier_decomposition,
    brier_score,
    corp_decomposition,
    expected_calibration_error,
    scaled_brier_score,
)
from clinxai_teach.calibration.slope import calibration_slope_intercept, observed_expected_ratio
from clinxai_teach.calibration.smooth import smooth_calibration_curve
from clinxai_teach.calibration.utility import net_benefit

__all__ = [
    "InterceptRecalibration",
    "PlattScaling",
    "TemperatureScaling",
    "brier_decomposition",
    "brier_score",
    "calibration_null_band",
    "calibration_slope_intercept",
    "corp_decomposition",
    "expected_calibration_error",
    "net_benefit",
    "observed_expected_ratio",
    "reliability_curve",
    "scaled_brier_score",
    "smooth_calibration_curve",
]
