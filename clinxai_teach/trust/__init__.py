"""Section 18.5: from numbers to a written decision. numpy, scipy, scikit-learn and pandas only."""

from clinxai_teach.trust.alerts import AlertBurden, alert_burden
from clinxai_teach.trust.fingerprints import fingerprint
from clinxai_teach.trust.monitor import CalibrationMonitor, CoverageMonitor
from clinxai_teach.trust.override_log import OverrideAudit, audit_override_log, make_override_log
from clinxai_teach.trust.report import TrustReport, trust_report
from clinxai_teach.trust.similarity import Similarity, SimilarityCheck, SimilarityDetector
from clinxai_teach.trust.subgroups import miscalibrated_groups, subgroup_report, subgroup_text
from clinxai_teach.trust.team import simulate_team

__all__ = [
    "AlertBurden",
    "CalibrationMonitor",
    "CoverageMonitor",
    "OverrideAudit",
    "Similarity",
    "SimilarityCheck",
    "SimilarityDetector",
    "TrustReport",
    "alert_burden",
    "audit_override_log",
    "fingerprint",
    "make_override_log",
    "miscalibrated_groups",
    "simulate_team",
    "subgroup_report",
    "subgroup_text",
    "trust_report",
]
