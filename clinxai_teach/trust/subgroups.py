"""How a model does in each group of patients, with intervals that say how much of it may be chance."""

import numpy as np
import pandas as pd
from scipy.stats import chi2
from threadpoolctl import threadpool_limits

from clinxai_teach._validate import binary_outcome, group_labels, open_fraction, positive_int, random_generator
from clinxai_teach.calibration import (
    brier_score,
    calibration_slope_intercept,
    expected_calibration_error,
    observed_expected_ratio,
)
from clinxai_teach.calibration.bins import assign_bins
from clinxai_teach.intervals import (
    UNKNOWN,
    ece_interval,
    ratio_interval,
    share_interval,
    slope_interval,
    wilson_interval,
)
from clinxai_teach.trust.bootstrap import resampled_auc, resampled_measures

OVERALL = "overall"
INSUFFICIENT = "insufficient data"
FEW = 100  # events, or patients without the event, below which no estimate is shown
TITLES = {"auc": "AUC", "oe": "O/E", "ece": "ECE", "brier": "Brier"}
MEASURES = {"auc": 2, "sensitivity": 2, "oe": 2, "slope": 2, "ece": 3, "brier": 3}  # with their decimals in print


def subgroup_report(y_true, y_prob, groups, *, threshold=0.5, n_bootstrap=1000, seed=0):
    """Return how the model does overall and in each group, each measure with a 95% interval.

    Parameters
    ----------
    y_true : labels 0 and 1, `(n,)`
    y_prob : probabilities of class 1, `(n,)`
    groups : one label per patient, `(n,)`
    threshold : float
        A patient with p >= threshold is called positive; only the sensitivity depends on it.
    n_bootstrap : int
        Resamples, at least 10. Each group is resampled by itself, and all patients together for the overall row.
    seed : int, numpy generator or None

    Returns
    -------
    DataFrame
        The index is the group; the first row is "overall". Columns: `n`, `events`; then `auc`, `sensitivity`, `oe`
        (observed / expected events), `slope`, `ece` (plug-in, 10 bins of equal width) and `brier`, each followed by its
        `..._low` and `..._high`; and `insufficient`: fewer than 100 events, or fewer than 100 patients without. The
        numbers of such a row stay in the table, beside wide intervals; `subgroup_text` prints no estimate for it. NaN
        where a measure does not exist, such as an AUC without events, or a slope where p is exactly 0 or 1.

    Intervals: estimate ± 1.96 bootstrap standard errors for AUC, O/E, slope and Brier score, on a scale where the
    estimate is nearly normal (`normal_interval`); Wilson's for the sensitivity; for the ECE the true values for which
    an ECE like this one is no surprise (`ece_interval`). The ECE itself often lies near the upper end of its interval,
    because chance can only raise it. Each interval stands alone: of 20 groups that are all right, one will look wrong.
    `miscalibrated_groups` takes this into account.

    Raises TypeError or ValueError for bad arguments.

    Van Calster B. et al., Calibration: the Achilles heel of predictive analytics, BMC Medicine 2019;17:230,
    doi:10.1186/s12916-019-1466-7.
    """
    y, p = binary_outcome(y_true, y_prob)
    threshold = open_fraction("threshold", threshold)
    n_bootstrap = positive_int("n_bootstrap", n_bootstrap, minimum=10)
    members = members_by_group(groups, len(y))
    if OVERALL in members:
        raise ValueError(f'groups holds the label "{OVERALL}", which names the row of all patients. Rename that group.')
    members = {OVERALL: np.arange(len(y)), **members}
    generators = random_generator(seed).spawn(len(members))
    # Many small matrix products: several threads for each would wait for one another longer than they work.
    with threadpool_limits(limits=1, user_api="blas"):
        rows = [
            measure_group(y[rows], p[rows], threshold, n_bootstrap, generator)
            for rows, generator in zip(members.values(), generators, strict=True)
        ]
    return pd.DataFrame(rows, index=pd.Index(list(members), dtype=object, name="group"))


def members_by_group(groups, n_rows):
    """Return the row numbers of each group, in the sorted order of the labels; ValueError for a missing label."""
    by_group = pd.Series(range(n_rows)).groupby(group_labels("groups", groups, n_rows))
    return {label: rows.to_numpy() for label, rows in by_group}


def measure_group(y, p, threshold, n_bootstrap, generator):
    """Return one row of the table as a dict. The order of the patients does not matter."""
    order = np.lexsort((y, p))
    y, p = y[order], p[order]
    n, events, expected = len(y), int(y.sum()), p.sum()
    smaller = min(events, n - events)
    edges, bin_of = assign_bins(p, 10, "uniform")
    draws = resampled_measures(y, p, bin_of, len(edges) - 1, n_resamples=n_bootstrap, generator=generator)
    called = int(y[p >= threshold].sum())
    gaps = np.bincount(bin_of, weights=p - y, minlength=len(edges) - 1) / n
    auc, oe, slope, brier = auc_of(y, p), observed_expected(y, p), slope_of(y, p), brier_score(y, p)
    measured = {  # name: estimate and the two ends of its interval
        "auc": (auc, *share_interval(auc, draws["auc"], n=smaller, smallest=0.5 / max(events * (n - events), 1))),
        "sensitivity": (called / events, *wilson_interval(called, events)) if events else (np.nan, *UNKNOWN),
        "oe": (oe, *ratio_interval(oe, draws["oe"], expected=expected)),
        "slope": (slope, *slope_interval(slope, draws["slope"])),
        "ece": (expected_calibration_error(y, p), *ece_interval(gaps, draws["gaps"])),
        "brier": (brier, *share_interval(brier, draws["brier"], n=n, smallest=0.5 / n)),
    }
    row = {"n": n, "events": events}
    for name, (estimate, low, high) in measured.items():
        row |= {name: float(estimate), f"{name}_low": float(low), f"{name}_high": float(high)}
    return row | {"insufficient": smaller < FEW}


def auc_of(y, p):
    """Return the AUC, NaN where there is one outcome only."""
    return float(resampled_auc(y, p, np.ones((1, len(y))))[0])


def observed_expected(y, p):
    """Return observed / expected events, NaN where none is expected."""
    return observed_expected_ratio(y, p) if p.sum() > 0 else np.nan


def slope_of(y, p):
    """Return the calibration slope, NaN where it does not exist."""
    try:
        return calibration_slope_intercept(y, p).slope
    except ValueError:
        return np.nan


def subgroup_text(report):
    """Return the table of `subgroup_report` as it is shown to people: never an estimate without its interval.

    A DataFrame of texts, such as "0.78 (0.75 to 0.81)". Where `insufficient`, "insufficient data (0.60 to 0.90)": the
    range that the truth may lie in, but no estimate that somebody might quote. "not estimable" where nothing can be
    said.
    """
    text = report[["n", "events"]].map(lambda count: f"{count:,}")
    for name, decimals in MEASURES.items():
        text[name] = [
            cell(estimate, low, high, few, decimals)
            for estimate, low, high, few in zip(
                report[name], report[f"{name}_low"], report[f"{name}_high"], report["insufficient"], strict=True
            )
        ]
    return text.rename(columns=TITLES)


def cell(estimate, low, high, insufficient, decimals):
    """Return one cell of `subgroup_text`; None or NaN stand for a number that does not exist."""
    if pd.isna([estimate, low, high]).any():
        return INSUFFICIENT if insufficient else "not estimable"
    shown = INSUFFICIENT if insufficient else f"{estimate:.{decimals}f}"
    return f"{shown} ({low:.{decimals}f} to {high:.{decimals}f})"


def miscalibrated_groups(y_true, y_prob, groups, *, alpha=0.05):
    """Say in which groups the probabilities are wrong by more than chance explains.

    The null hypothesis of each group is that every outcome was drawn with exactly its probability. The test looks at
    the total (observed - expected events) and at the trend (whether the misses go with the predicted risk):

        U = [sum (y - p), sum z (y - p)],   z = logit(p)
        V = sum p (1 - p) [[1, z], [z, z^2]]
        U' V^-1 U  follows chi-squared with 2 degrees of freedom (1 where all p are equal)

    Several groups are several chances for a false alarm, so the p-values are adjusted (Holm): if all groups are
    calibrated, the chance that any of them is flagged is at most `alpha`, about.

    Parameters
    ----------
    y_true, y_prob, groups : as in `subgroup_report`
    alpha : float

    Returns
    -------
    DataFrame
        The index is the group; `n`, `events`, `expected`, `oe`, `p_value`, `p_adjusted`, `miscalibrated`. No overall
        row. A group that is not flagged is not shown to be right: it may be too small to tell.

    Cox D. R., Two further applications of a model for binary regression, Biometrika 1958;45:562-565,
    doi:10.1093/biomet/45.3-4.562 (the model; this is its score test). Holm S., A simple sequentially rejective multiple
    test procedure, Scandinavian Journal of Statistics 1979;6:65-70.
    """
    y, p = binary_outcome(y_true, y_prob)
    alpha = open_fraction("alpha", alpha)
    members = members_by_group(groups, len(y))
    rows = [
        (
            len(rows),
            int(y[rows].sum()),
            p[rows].sum(),
            observed_expected(y[rows], p[rows]),
            calibration_p(y[rows], p[rows]),
        )
        for rows in members.values()
    ]
    index = pd.Index(list(members), dtype=object, name="group")
    table = pd.DataFrame(rows, index=index, columns=["n", "events", "expected", "oe", "p_value"])
    table["p_adjusted"] = holm(table["p_value"].to_numpy())
    table["miscalibrated"] = table["p_adjusted"] <= alpha
    return table


def calibration_p(y, p):
    """Return the p-value of the test in `miscalibrated_groups` for one group."""
    variance = p * (1 - p)
    if variance.sum() < 1e-12:  # p is 0 or 1 for everyone: either all outcomes are as foretold, or p is wrong
        return float(np.allclose(y, p))
    z = np.log(np.clip(p, 1e-12, None)) - np.log(np.clip(1 - p, 1e-12, None))
    columns = np.stack([np.ones_like(z), z - variance @ z / variance.sum()])  # centred: V becomes diagonal
    total, trend = columns @ (y - p)
    spread = variance @ columns[1] ** 2
    statistic = total**2 / variance.sum()
    if spread < 1e-12 * variance.sum():
        return float(chi2.sf(statistic, 1))
    return float(chi2.sf(statistic + trend**2 / spread, 2))


def holm(p_values):
    """Return Holm's adjusted p-values: the k-th smallest of m times m - k + 1, never below the one before it."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    return np.minimum(adjusted, 1)
