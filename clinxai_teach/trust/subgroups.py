"""How a model does in each group of patients, with intervals that say how much of it may be chance."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2
from threadpoolctl import threadpool_limits

from clinxai_teach._types import FloatArray, IntArray, LabelArray
from clinxai_teach._validate import (
    binary_outcome,
    group_labels,
    number_between,
    open_fraction,
    positive_int,
    random_generator,
)
from clinxai_teach.calibration import calibration_null_band
from clinxai_teach.calibration.bins import assign_bins
from clinxai_teach.calibration.slope import slope_intercept_of_checked
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
INSUFFICIENT = "insufficient data"  # a value; its rule: no estimate, but read the interval
NO_ESTIMATE = "no estimate"
FEW = 100  # events, or patients without the event, below which no estimate is shown
TITLES = {"auc": "AUC", "oe": "O/E", "ece": "ECE", "brier": "Brier"}
MEASURES = {"auc": 2, "sensitivity": 2, "oe": 2, "slope": 2, "ece": 3, "brier": 3}  # with their decimals in print


Members: TypeAlias = dict[Any, IntArray]  # the row numbers of the patients of each group


def subgroup_report(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    groups: ArrayLike,
    *,
    threshold: float = 0.5,
    clip: float | None = None,
    n_bootstrap: int = 1000,
    seed: int | np.random.Generator | None = 0,
) -> pd.DataFrame:
    """Return how the model does overall and in each group, each measure with a 95% interval.

    Parameters
    ----------
    y_true : labels 0 and 1, `(n,)`
    y_prob : probabilities of class 1, `(n,)`
    groups : one label per patient, `(n,)`
        The groups come in the sorted order of their labels; those of an ordered pandas Categorical in its order.
    threshold : float
        A patient with p >= threshold is called positive; only the sensitivity depends on it.
    clip : float, optional
        For the slope alone, probabilities below `clip` or above 1 - `clip` are moved there. Where one is exactly 0 or
        1, there is no slope without it. A choice: another clip gives another slope, so state it.
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
    estimate is nearly normal (`normal_interval`); Wilson's for the sensitivity; for the ECE a cautious one, whose lower
    end is 0 where the ECE is no more than chance gives (`ece_interval`). Each interval stands alone: of 20 groups that
    are all right, one will look wrong. `miscalibrated_groups` takes this into account.

    Raises TypeError or ValueError for bad arguments.

    Van Calster B. et al., Calibration: the Achilles heel of predictive analytics, BMC Medicine 2019;17:230,
    doi:10.1186/s12916-019-1466-7.

    Examples
    --------
    >>> y, p = [0, 0, 1, 1] * 2, [0.1, 0.3, 0.2, 0.8] * 2
    >>> table = subgroup_report(y, p, ["women"] * 4 + ["men"] * 4, n_bootstrap=50)
    >>> auc, sensitivity = table.loc["women", ["auc", "sensitivity"]]
    >>> float(auc), float(sensitivity)  # 3 of 4 pairs in order, 1 of 2 ill found at 0.5
    (0.75, 0.5)
    >>> table.index.tolist(), table["insufficient"].all().item()
    (['overall', 'men', 'women'], True)
    """
    y, p = binary_outcome(y_true, y_prob)
    members = members_by_group(group_labels("groups", groups, len(y)), ordered_labels(groups))
    return subgroup_table(
        y, p, members, threshold=threshold, clip=clip, n_bootstrap=n_bootstrap, generator=random_generator(seed)
    )


def subgroup_table(
    y: FloatArray,
    p: FloatArray,
    members: Members,
    *,
    threshold: float,
    clip: float | None,
    n_bootstrap: int,
    generator: np.random.Generator,
) -> pd.DataFrame:
    """Return the table of `subgroup_report` for outcomes and probabilities that are checked already."""
    threshold = open_fraction("threshold", threshold)
    n_bootstrap = positive_int("n_bootstrap", n_bootstrap, minimum=10)
    clip = 0.0 if clip is None else number_between("clip", clip, 0, 0.5, strictly=True)
    if OVERALL in members:
        raise ValueError(f'groups holds the label "{OVERALL}", which names the row of all patients. Rename that group.')
    members = {OVERALL: np.arange(len(y)), **members}
    generators = generator.spawn(len(members))
    # Many small matrix products: several threads for each would wait for one another longer than they work.
    with threadpool_limits(limits=1, user_api="blas"):
        rows = [
            measure_group(y[rows], p[rows], threshold, clip, n_bootstrap, own)
            for rows, own in zip(members.values(), generators, strict=True)
        ]
    return pd.DataFrame(rows, index=pd.Index(list(members), dtype=object, name="group"))


def ordered_labels(groups: Any) -> list[Any] | None:
    """Return the labels of an ordered pandas Categorical, or of a column of that kind, in their order; else None."""
    kind = getattr(groups, "dtype", None)
    return list(kind.categories) if isinstance(kind, pd.CategoricalDtype) and kind.ordered else None


def members_by_group(labels: LabelArray, order: list[Any] | None = None) -> Members:
    """Return the row numbers of each group, in the sorted order of the labels or in `order`."""
    grouped = pd.Series(range(len(labels))).groupby(labels)
    members = {label: np.asarray(rows, dtype=np.int64) for label, rows in grouped}
    return members if order is None else {label: members[label] for label in order if label in members}


def measure_group(
    y: FloatArray, p: FloatArray, threshold: float, clip: float, n_bootstrap: int, generator: np.random.Generator
) -> dict[str, Any]:
    """Return one row of the table as a dict. The order of the patients does not matter."""
    order = np.lexsort((y, p))
    y, p = y[order], p[order]
    n, events, expected = len(y), int(y.sum()), p.sum()
    smaller = min(events, n - events)
    edges, bin_of = assign_bins(p, 10, "uniform")
    clipped = np.clip(p, clip, 1 - clip)  # for the slope alone
    draws = resampled_measures(y, p, clipped, bin_of, len(edges) - 1, n_resamples=n_bootstrap, generator=generator)
    called = int(y[p >= threshold].sum())
    gaps = np.bincount(bin_of, weights=p - y, minlength=len(edges) - 1) / n
    auc, oe, slope, brier = auc_of(y, p), observed_expected(y, p), slope_of(y, clipped), float(np.mean((p - y) ** 2))
    chance = calibration_null_band(p, n_simulations=n_bootstrap, seed=generator).high
    measured = {  # name: estimate and the two ends of its interval
        "auc": (auc, *share_interval(auc, draws["auc"], n=smaller, smallest=0.5 / max(events * (n - events), 1))),
        "sensitivity": (called / events, *wilson_interval(called, events)) if events else (np.nan, *UNKNOWN),
        "oe": (oe, *ratio_interval(oe, draws["oe"], expected=expected)),
        "slope": (slope, *slope_interval(slope, draws["slope"])),
        "ece": (np.abs(gaps).sum(), *ece_interval(gaps, draws["gaps"], brier=brier, n=n, null_high=chance)),
        "brier": (brier, *share_interval(brier, draws["brier"], n=n, smallest=0.5 / n)),
    }
    row: dict[str, Any] = {"n": n, "events": events}
    for name, (estimate, low, high) in measured.items():
        row |= {name: float(estimate), f"{name}_low": float(low), f"{name}_high": float(high)}
    return row | {"insufficient": smaller < FEW}


def auc_of(y: FloatArray, p: FloatArray) -> float:
    """Return the AUC, NaN where there is one outcome only."""
    return float(resampled_auc(y, p, np.ones((1, len(y))))[0])


def observed_expected(y: FloatArray, p: FloatArray) -> float:
    """Return observed / expected events, NaN where none is expected."""
    return float(y.sum() / p.sum()) if p.sum() > 0 else np.nan


def slope_of(y: FloatArray, p: FloatArray) -> float:
    """Return the calibration slope, NaN where it does not exist."""
    try:
        return slope_intercept_of_checked(y, p).slope
    except ValueError:
        return np.nan


def subgroup_text(report: pd.DataFrame) -> pd.DataFrame:
    """Return the table of `subgroup_report` as it is shown to people: never an estimate without its interval.

    A DataFrame of texts, such as "0.78 (0.75 to 0.81)". Where the column `enough data?` says "insufficient data", the
    cells hold "(0.60 to 0.90)": the range that the truth may lie in, but no estimate that somebody might quote. "not
    estimable" where nothing can be said.

    Examples
    --------
    >>> y, p = [0, 0, 1, 1] * 100, [0.2, 0.4, 0.3, 0.8] * 100
    >>> text = subgroup_text(subgroup_report(y, p, ["all"] * 200 + ["few"] * 200, n_bootstrap=50))
    >>> text["sensitivity"].tolist()  # Wilson's intervals of 100 of 200 and 50 of 100
    ['0.50 (0.43 to 0.57)', '0.50 (0.40 to 0.60)', '0.50 (0.40 to 0.60)']
    >>> few = subgroup_text(subgroup_report(y[:40], p[:40], ["few"] * 40, n_bootstrap=50))
    >>> few.loc["few", ["enough data?", "sensitivity"]].tolist()
    ['insufficient data', '(0.30 to 0.70)']
    """
    text = report[["n", "events"]].map(lambda count: f"{count:,}")
    text["enough data?"] = np.where(report["insufficient"], INSUFFICIENT, "yes")
    for name, decimals in MEASURES.items():
        text[name] = [
            cell(estimate, low, high, few, decimals, in_table=True)
            for estimate, low, high, few in zip(
                report[name], report[f"{name}_low"], report[f"{name}_high"], report["insufficient"], strict=True
            )
        ]
    return text.rename(columns=TITLES)


def cell(
    estimate: float | None,
    low: float | None,
    high: float | None,
    insufficient: bool,
    decimals: int,
    *,
    in_table: bool = False,
) -> str:
    """Return a measure with its interval; where `insufficient`, the interval alone, in a sentence with "no estimate".

    None or NaN stand for a number that does not exist.

    Examples
    --------
    >>> cell(1.6, 1.17, 2.23, True, 2), cell(1.6, 1.17, 2.23, True, 2, in_table=True), cell(1.0, 0.9, 1.1, False, 2)
    ('between 1.17 and 2.23 (no estimate)', '(1.17 to 2.23)', '1.00 (0.90 to 1.10)')
    """
    if estimate is None or low is None or high is None or np.isnan([estimate, low, high]).any():
        return "not estimable"
    if insufficient and not in_table:
        return f"between {low:.{decimals}f} and {high:.{decimals}f} ({NO_ESTIMATE})"
    interval = f"({low:.{decimals}f} to {high:.{decimals}f})"
    return interval if insufficient else f"{estimate:.{decimals}f} {interval}"


def miscalibrated_groups(
    y_true: ArrayLike, y_prob: ArrayLike, groups: ArrayLike, *, alpha: float = 0.05
) -> pd.DataFrame:
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

    Examples
    --------
    Both groups are told 20%. It happens to 10 of 50 and to 20 of 50: twice as many as expected.

    >>> y = [1] * 10 + [0] * 40 + [1] * 20 + [0] * 30
    >>> table = miscalibrated_groups(y, [0.2] * 100, ["A"] * 50 + ["B"] * 50)
    >>> table["oe"].round(2).tolist(), table["miscalibrated"].tolist()
    ([1.0, 2.0], [False, True])
    """
    y, p = binary_outcome(y_true, y_prob)
    members = members_by_group(group_labels("groups", groups, len(y)), ordered_labels(groups))
    return calibration_tests(y, p, members, alpha=alpha)


def calibration_tests(y: FloatArray, p: FloatArray, members: Members, *, alpha: float = 0.05) -> pd.DataFrame:
    """Return the table of `miscalibrated_groups` for outcomes and probabilities that are checked already."""
    alpha = open_fraction("alpha", alpha)
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


def calibration_p(y: FloatArray, p: FloatArray) -> float:
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


def holm(p_values: FloatArray) -> FloatArray:
    """Return Holm's adjusted p-values: the k-th smallest of m times m - k + 1, never below the one before it."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    return np.minimum(adjusted, 1)
