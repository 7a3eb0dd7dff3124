"""How long the subgroup table, the similarity detector and a whole trust report take. The table uses one core."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from benches.timing import seconds
from clinxai_teach.calibration import calibration_slope_intercept
from clinxai_teach.data import load_nhanes_diabetes
from clinxai_teach.trust import SimilarityDetector, fingerprint, subgroup_report, trust_report
from clinxai_teach.trust.bootstrap import resample_counts, resampled_auc, resampled_slope

TEXT = "Benchmark."


def cohort(n=5000, n_groups=6):
    """Draw outcomes and probabilities of a calibrated model, and groups."""
    rng = np.random.default_rng(0)
    z = rng.normal(-1.5, 1.2, n)
    p = 1 / (1 + np.exp(-z))
    return (rng.random(n) < p).astype(int), p, rng.integers(0, n_groups, n)


def bench_table():
    """The whole table; and its two slowest measures against a loop over resamples."""
    y, p, groups = cohort()
    (table,) = seconds(lambda: subgroup_report(y, p, groups), runs=5)
    yield "subgroup table, 5,000 patients x 6 groups x 1,000 resamples", f"{table:.2f} s", "goal: at most 3 s, one core"
    y, p = y[:800].astype(float), p[:800]
    counts = resample_counts(len(y), 200, np.random.default_rng(0))
    drawn = [np.repeat(np.arange(len(y)), row.astype(int)) for row in counts]
    auc, auc_loop, slope, slope_loop = seconds(
        lambda: resampled_auc(y, p, counts),
        lambda: [roc_auc_score(y[rows], p[rows]) for rows in drawn],
        lambda: resampled_slope(y, p, counts),
        lambda: [calibration_slope_intercept(y[rows], p[rows]) for rows in drawn],
        runs=5,
    )
    yield "AUC of 200 resamples of 800 / scikit-learn in a loop", f"{auc / auc_loop:.3f}", f"{auc * 1000:.1f} ms"
    yield "slope of 200 resamples of 800 / our helper in a loop", f"{slope / slope_loop:.3f}", f"{slope * 1000:.1f} ms"


def bench_similarity():
    """2,500 NHANES patients to learn from, 2,500 to judge."""
    table = load_nhanes_diabetes().X
    detector = SimilarityDetector().fit(table.iloc[:2500])
    fit, score = seconds(lambda: SimilarityDetector().fit(table.iloc[:2500]), lambda: detector.score(table.iloc[2500:]))
    yield "similarity, 2,500 x 13: fit", f"{fit * 1000:.0f} ms", f"2,518 patients scored in {score * 1000:.1f} ms"


def bench_report():
    """From the table to the finished page: model, detector, report, HTML, Markdown, JSON."""

    def build():
        nhanes = load_nhanes_diabetes()
        train, rest = train_test_split(np.arange(len(nhanes.y)), test_size=0.5, stratify=nhanes.y, random_state=0)
        model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
        model.fit(nhanes.X.iloc[train], nhanes.y.iloc[train])
        report = trust_report(
            "NHANES diabetes",
            nhanes.y.iloc[rest],
            model.predict_proba(nhanes.X.iloc[rest])[:, 1],
            groups=nhanes.audit.race_ethnicity.iloc[rest],
            similarity=SimilarityDetector().fit(nhanes.X.iloc[train]).check(nhanes.X.iloc[rest]),
            model_hash=fingerprint(model),
            **dict.fromkeys(
                ("intended_use", "failure_modes", "override", "use_conditions", "data", "dates", "version"), TEXT
            ),
        )
        return report.to_html(), report.to_markdown(), report.to_json()

    (whole,) = seconds(build, runs=5)
    yield "NHANES trust report, model fit included", f"{whole:.1f} s", "goal: below 10 s"


BENCHES = (bench_table, bench_similarity, bench_report)
