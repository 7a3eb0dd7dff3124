"""Every number of a trust report once more, with the tools of others and with formulas written out here.

Nothing of the package computes here: it only makes the report.
"""

import hashlib
import json
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import binomtest, chi2
from sklearn.calibration import calibration_curve
from sklearn.covariance import LedoitWolf
from sklearn.metrics import brier_score_loss, recall_score, roc_auc_score
from sklearn.model_selection import KFold
from statsmodels.stats.multitest import multipletests

from clinxai_teach.trust import SimilarityDetector, trust_report

T, CLIP, ALPHA = 0.3, 0.02, 0.1


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(11)
    n = 2400
    z = rng.normal(-1.1, 1.3, n)
    group = pd.Categorical(
        rng.choice(["north", "west", "south"], n, p=[0.5, 0.1, 0.4]), ["west", "north", "south"], ordered=True
    )
    y = (rng.random(n) < expit(0.8 * z + 0.5 * (group == "south"))).astype(int)
    p = expit(z)
    p[:3] = [0.0, 1.0, 1.0]
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    X.iloc[:7, 0] = np.nan
    return y, p, pd.Series(group, name="region"), X, rng.normal(size=(500, 3))


@pytest.fixture(scope="module")
def sets(cohort):
    p = cohort[1]
    return np.column_stack([p < 0.45, p > 0.15])


@pytest.fixture(scope="module")
def report(cohort, sets):
    y, p, group, X, training = cohort
    detector = SimilarityDetector().fit(training)
    return trust_report(
        "Risk model",
        y,
        p,
        groups=group,
        threshold=T,
        clip=CLIP,
        sets=sets,
        alpha=ALPHA,
        n_bootstrap=600,
        intended_use="Teaching.",
        failure_modes="Unknown.",
        override="Always.",
        similarity=detector.check(X.to_numpy()),
    )


def members(cohort):
    y, _, group, _, _ = cohort
    return {"overall": np.ones(len(y), bool)} | {g: (group == g).to_numpy() for g in ("west", "north", "south")}


def ece(y, p):
    edges = np.linspace(0, 1, 11)
    total = 0.0
    for low, high in pairwise(edges):
        inside = (p > low) & (p <= high) if low > 0 else p <= high
        total += abs((y[inside] - p[inside]).sum())
    return total / len(y)


def slope(y, p):
    z = logit(np.clip(p, CLIP, 1 - CLIP))
    loss = lambda w: np.logaddexp(0, np.where(y == 1, -1, 1) * (w[0] + w[1] * z)).sum()  # noqa: E731
    return minimize(loss, [0, 1], method="BFGS", options={"gtol": 1e-8}).x[1]


def bootstrap(measure, y, p, to_scale, from_scale, draws=600):
    rng = np.random.default_rng(0)
    values = []
    for _ in range(draws):
        rows = rng.integers(0, len(y), len(y))
        values.append(to_scale(measure(y[rows], p[rows])))
    centre, half = to_scale(measure(y, p)), 1.96 * np.std(values)
    return from_scale(centre - half), from_scale(centre + half)


def test_the_order_and_the_counts(report, cohort):
    y, _, group, _, _ = cohort
    assert [row["group"] for row in report.subgroups] == ["overall", "west", "north", "south"]
    for row in report.subgroups:
        inside = members(cohort)[row["group"]]
        assert (row["n"], row["events"]) == (inside.sum(), y[inside].sum())
        assert row["insufficient"] == (min(y[inside].sum(), (1 - y[inside]).sum()) < 100)
    assert [row["insufficient"] for row in report.subgroups] == [False, True, False, False]
    assert report.settings["group_name"] == group.name


def test_the_estimates_of_each_group(report, cohort):
    y, p, *_ = cohort
    for row in report.subgroups:
        inside = members(cohort)[row["group"]]
        yg, pg = y[inside], p[inside]
        assert row["auc"] == pytest.approx(roc_auc_score(yg, pg))
        assert row["sensitivity"] == pytest.approx(recall_score(yg, pg >= T))
        assert row["oe"] == pytest.approx(yg.sum() / pg.sum())
        assert row["slope"] == pytest.approx(slope(yg, pg), abs=1e-4)
        assert row["brier"] == pytest.approx(brier_score_loss(yg, pg))
        assert row["ece"] == pytest.approx(ece(yg, pg))


def test_the_intervals_of_each_group(report, cohort):
    """Wilson's exactly; those of the bootstrap against plain loops, which differ by their draws only."""
    y, p, *_ = cohort
    same = lambda value: value  # noqa: E731
    kinds = {
        "auc": (roc_auc_score, logit, expit),
        "oe": (lambda a, b: a.sum() / b.sum(), np.log, np.exp),
        "brier": (lambda a, b: np.mean((a - b) ** 2), logit, expit),
        "slope": (slope, same, same),
    }
    for row in report.subgroups:
        inside = members(cohort)[row["group"]]
        yg, pg = y[inside], p[inside]
        wilson = binomtest(int((yg * (pg >= T)).sum()), int(yg.sum())).proportion_ci(method="wilson")
        assert (row["sensitivity_low"], row["sensitivity_high"]) == pytest.approx((wilson.low, wilson.high))
        for name, (measure, to_scale, from_scale) in kinds.items():
            draws = 150 if name == "slope" else 600
            low, high = bootstrap(measure, yg, pg, to_scale, from_scale, draws)
            width = high - low
            assert row[f"{name}_low"] == pytest.approx(low, abs=(0.2 if name == "slope" else 0.1) * width)
            assert row[f"{name}_high"] == pytest.approx(high, abs=(0.2 if name == "slope" else 0.1) * width)
        assert row["ece_low"] <= row["ece"] <= row["ece_high"] + 1e-12


def test_the_tests_of_each_group(report, cohort):
    """U' V^-1 U with the matrix written out, and Holm's adjustment of statsmodels."""
    y, p, *_ = cohort
    p_values = []
    for row in report.miscalibrated:
        inside = members(cohort)[row["group"]]
        yg, pg = y[inside], p[inside]
        certain = (pg == 0) | (pg == 1)
        z = np.where(certain, 0, logit(np.clip(pg, 1e-12, 1 - 1e-12)))
        U = np.array([(yg - pg).sum(), (np.where(certain, np.sign(pg - 0.5) * np.log(1e12), z) * (yg - pg)).sum()])
        v = pg * (1 - pg)
        V = np.array([[v.sum(), (v * z).sum()], [(v * z).sum(), (v * z * z).sum()]])
        assert row["p_value"] == pytest.approx(chi2.sf(U @ np.linalg.solve(V, U), 2), rel=1e-6, abs=1e-12)
        assert row["expected"] == pytest.approx(pg.sum())
        assert row["events"] == yg.sum()
        p_values.append(row["p_value"])
    rejected, adjusted, *_ = multipletests(p_values, method="holm")
    assert [row["p_adjusted"] for row in report.miscalibrated] == pytest.approx(list(adjusted))
    assert [row["miscalibrated"] for row in report.miscalibrated] == rejected.tolist()


def test_alerts_reliability_coverage_similarity_and_identity(report, cohort, sets):
    y, p, group, X, training = cohort
    alert = p >= T
    per_100 = 100 / len(y)
    assert report.alerts == pytest.approx(
        {
            "alerts": alert.sum() * per_100,
            "true_alerts": (alert & (y == 1)).sum() * per_100,
            "false_alerts": (alert & (y == 0)).sum() * per_100,
            "missed": (~alert & (y == 1)).sum() * per_100,
            "ppv": y[alert].mean(),
        }
    )
    observed, predicted = calibration_curve(y, p, n_bins=10)
    curve = report.reliability
    np.testing.assert_allclose(curve["prob_true"], observed)
    np.testing.assert_allclose(curve["prob_pred"], predicted)
    for share, n, low, high in zip(curve["prob_true"], curve["count"], curve["ci_low"], curve["ci_high"], strict=True):
        wilson = binomtest(round(share * n), n).proportion_ci(method="wilson")
        assert (low, high) == pytest.approx((wilson.low, wilson.high))
    assert sum(curve["count"]) == len(y)
    assert curve["certain"] == 3
    assert curve["clipped"] == ((p < CLIP) | (p > 1 - CLIP)).sum()
    rng = np.random.default_rng(1)
    null = [ece((rng.random(len(p)) < p).astype(int), p) for _ in range(600)]
    assert (curve["null_low"], curve["null_high"]) == pytest.approx(np.quantile(null, [0.025, 0.975]), abs=0.004)
    hit = sets[np.arange(len(y)), y]
    masks = {"all patients": y >= 0, "with the event": y == 1, "without the event": y == 0, **members(cohort)}
    assert [row["group"] for row in report.coverage if row["by"] == "group"] == ["west", "north", "south"]
    for row in report.coverage:
        inside = masks[row["group"]]
        exact = binomtest(int(hit[inside].sum()), int(inside.sum())).proportion_ci(method="exact")
        assert (row["coverage"], row["ci_low"], row["ci_high"]) == pytest.approx(
            (hit[inside].mean(), exact.low, exact.high)
        )
        assert (row["n"], row["average_size"]) == pytest.approx((inside.sum(), sets[inside].sum(1).mean()))
    filled, scale = X.fillna(dict(zip(X, np.median(training, axis=0), strict=True))).to_numpy(), training.std(axis=0)
    usual = []  # of the training patients, each judged by the others
    for others, tenth in KFold(10, shuffle=True, random_state=0).split(training):
        usual += LedoitWolf().fit(training[others] / scale).mahalanobis(training[tenth] / scale).tolist()
    squared = LedoitWolf().fit(training / scale).mahalanobis(filled / scale)
    flagged = sum((np.array(usual) <= one).mean() > 0.99 for one in squared)
    wilson = binomtest(int(flagged), len(X)).proportion_ci(method="wilson")
    found = report.similarity
    assert (found["flagged"], found["rate"]) == (flagged, flagged / len(X))
    assert (found["low"], found["high"]) == pytest.approx((wilson.low, wilson.high))
    assert (found["n"], found["n_training"], found["n_features"], found["with_missing"]) == (len(X), 500, 3, 7)
    content = json.dumps([y.tolist(), p.tolist(), group.astype(str).tolist()])
    assert report.data_hash == hashlib.sha256(content.encode()).hexdigest()


def test_no_other_number_stands_in_the_print(report):
    """Each decimal number of the page is one of those recomputed above (or of the schema's version, or a DOI)."""
    known = {json.dumps(value) for value in walk(json.loads(report.to_json()))}
    numbers = [float(value) for value in known if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", value)]
    body = report.to_markdown().replace("\\", "").split("What each part serves")[0]
    overall = report.subgroups[0]
    numbers += [overall["events"] / overall["n"] * 100, 100 * (1 - ALPHA), 1 - CLIP, 0.001]
    numbers += [100 * report.similarity[name] for name in ("rate", "low", "high")]
    for text in re.findall(r"(?<![\w.])\d+\.\d+(?![\w])", body):
        decimals = len(text.split(".")[1])
        assert any(f"{number:.{decimals}f}" == text for number in numbers), text


def walk(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from walk(item)
    else:
        yield value
