"""Section 18.4.3: prediction sets and intervals with a guarantee. numpy, scipy and pandas only.

The guarantee in one sentence: over repeated draws of calibration and test patients from the same exchangeable
population, the set contains the true label at least 1 - alpha of the time. On its own it says nothing about this
patient, this subgroup or another hospital.
"""

from clinxai_teach.conformal.classifier import SplitConformalClassifier, conformal_calibrate, conformal_predict
from clinxai_teach.conformal.evaluation import SetSummary, average_set_size, coverage, coverage_by_group, set_summary
from clinxai_teach.conformal.quantile import conformal_quantile, coverage_law
from clinxai_teach.conformal.regression import Intervals, quantile_intervals, residual_intervals
from clinxai_teach.conformal.risk import conformal_risk_threshold
from clinxai_teach.conformal.shift import label_shift_weights

__all__ = [
    "Intervals",
    "SetSummary",
    "SplitConformalClassifier",
    "average_set_size",
    "conformal_calibrate",
    "conformal_predict",
    "conformal_quantile",
    "conformal_risk_threshold",
    "coverage",
    "coverage_by_group",
    "coverage_law",
    "label_shift_weights",
    "quantile_intervals",
    "residual_intervals",
    "set_summary",
]
