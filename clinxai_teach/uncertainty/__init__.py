"""Sections 18.4.1 and 18.4.2: two kinds of doubt, and what to do with the uncertain.

Only Monte Carlo dropout needs torch; it is loaded when `mc_dropout_predict` or `mc_dropout_samples` is asked for.
"""

from typing import TYPE_CHECKING

from clinxai_teach._lazy import lazily
from clinxai_teach.uncertainty.deferral import DeferralCurve, RiskCoverageCurve, deferral_curve, risk_coverage_curve
from clinxai_teach.uncertainty.ensemble import ensemble_samples, fit_ensemble
from clinxai_teach.uncertainty.entropy import EntropyDecomposition, entropy_decomposition
from clinxai_teach.uncertainty.instability import PredictionInstability, prediction_instability

if TYPE_CHECKING:
    from clinxai_teach.uncertainty.dropout import DropoutPrediction, mc_dropout_predict, mc_dropout_samples

__getattr__, __dir__ = lazily(__name__, {"dropout": "DropoutPrediction mc_dropout_predict mc_dropout_samples"})

__all__ = [
    "DeferralCurve",
    "DropoutPrediction",
    "EntropyDecomposition",
    "PredictionInstability",
    "RiskCoverageCurve",
    "deferral_curve",
    "ensemble_samples",
    "entropy_decomposition",
    "fit_ensemble",
    "mc_dropout_predict",
    "mc_dropout_samples",
    "prediction_instability",
    "risk_coverage_curve",
]
