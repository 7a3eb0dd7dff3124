"""What a tool advised, what clinicians did, and the audit of both. The log is synthetic: no patient, no clinician."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clinxai_teach._types import BoolArray, FloatArray
from clinxai_teach._validate import finite_array, positive_int, random_generator

REASONS = ("known to the clinic", "explained by treatment", "poor input", "second test disagreed", "too ill to wait")
COLUMNS = ("advice", "decision", "outcome")


def make_override_log(n: int = 300, *, seed: int | np.random.Generator | None = 0) -> pd.DataFrame:
    """Return a synthetic log of `n` patients for which a tool gave advice and a clinician decided.

    Returns a DataFrame, a row per patient: `hour` of day (0 to 23), `probability` that the tool showed, `advice` (1:
    act, where it is at least 0.5), `decision` of the clinician (1: acted), `outcome` (1: had the disease, known later)
    and `reason`, written for most overrides by day, for few by night; None elsewhere.

    Planted, and found again by `audit_override_log` in a long log: clinicians override about 1 in 3 wrong pieces of
    advice, and about 1 in 20 right ones. So most wrong advice is followed. About 3 in 10 patients have the disease.

    Examples
    --------
    >>> log = make_override_log(1000)
    >>> len(log), round(float(log["outcome"].mean()), 1)
    (1000, 0.3)
    """
    n, rng = positive_int("n", n), random_generator(seed)
    outcome = (rng.random(n) < 0.3).astype(int)
    logit = rng.normal(np.where(outcome == 1, 0.7, -1.3), 1.2)
    probability = (1 / (1 + np.exp(-logit))).round(2)
    advice = (probability >= 0.5).astype(int)
    overridden = rng.random(n) < np.where(advice == outcome, 0.05, 0.34)
    hour = rng.integers(0, 24, n)
    written = overridden & (rng.random(n) < np.where((hour >= 7) & (hour < 21), 0.9, 0.3))
    reason = rng.choice(REASONS, n).astype(object)
    reason[~written] = None
    return pd.DataFrame(
        {
            "hour": hour,
            "probability": probability,
            "advice": advice,
            "decision": np.where(overridden, 1 - advice, advice),
            "outcome": outcome,
            "reason": pd.Series(reason, dtype=object),
        }
    )


class OverrideAudit(NamedTuple):
    """What a log says about the team; a share is NaN where it has no patients to be a share of.

    `n` patients, `overrides` and `wrong_advice` among them;
    `override_rate` share of all patients in which the decision differs from the advice;
    `override_ppv` share of the overrides in which the clinician was right;
    `agreement_when_wrong` share of the wrong advice that was followed. It is not automation bias itself: some of the
    same clinicians would have erred alone, too. That needs a comparison with cases read without the advice.
    """

    n: int
    overrides: int
    wrong_advice: int
    override_rate: float
    override_ppv: float
    agreement_when_wrong: float


def audit_override_log(log: pd.DataFrame) -> OverrideAudit:
    """Return the `OverrideAudit` of a log, a DataFrame with the columns `advice`, `decision` and `outcome` of 0 and 1.

    With two options, whoever overrides wrong advice is right and whoever overrides right advice is wrong. So a low
    override rate may mean good advice, or clinicians who no longer look: `agreement_when_wrong` shows where to ask.

    Advice is wrong here if the outcome is another one. This fits a tool that advises from a risk near 50%. With a
    threshold of 6%, most alerts that are right to follow would count as wrong.

    `log` may also be a polars table, or a dict of columns. Raises ValueError for a missing column, an empty log, or
    other values than 0 and 1; TypeError for what is no table of numbers.

    Examples
    --------
    Four patients; twice the advice was wrong. One of the two was overridden.

    >>> log = pd.DataFrame({"advice": [1, 1, 0, 0], "decision": [1, 0, 0, 0], "outcome": [1, 0, 0, 1]})
    >>> audit = audit_override_log(log)
    >>> audit.override_rate, audit.override_ppv, audit.agreement_when_wrong
    (0.25, 1.0, 0.5)
    """
    advice, decision, outcome = columns_of(log)
    overridden, wrong, right_after_all = decision != advice, advice != outcome, decision == outcome
    return OverrideAudit(
        n=len(advice),
        overrides=int(overridden.sum()),
        wrong_advice=int(wrong.sum()),
        override_rate=share(overridden),
        override_ppv=share(right_after_all[overridden]),
        agreement_when_wrong=share(~overridden[wrong]),
    )


def columns_of(log: Any) -> list[FloatArray]:
    """Return the three columns of a log as arrays of 0.0 and 1.0, `(n,)` each."""
    if not hasattr(log, "columns") and not isinstance(log, Mapping):
        cure = "pd.read_csv(...)" if isinstance(log, (str, Path)) else "a DataFrame"
        raise TypeError(
            f"log must be a table with the columns {', '.join(COLUMNS)}, but is {type(log).__name__}. Pass {cure}."
        )
    missing = [name for name in COLUMNS if name not in getattr(log, "columns", log)]
    if missing:
        raise ValueError(f"log must have the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}.")
    if len(log[COLUMNS[0]]) == 0:
        raise ValueError(f"log must hold at least one row with 0 or 1 in {', '.join(COLUMNS)}, but is empty.")
    columns = [finite_array(f'log["{name}"]', log[name], ndim=1) for name in COLUMNS]
    for name, values in zip(COLUMNS, columns, strict=True):
        wrong = values[(values != 0) & (values != 1)]
        if len(wrong) > 0:
            raise ValueError(
                f'log["{name}"] must hold only 0 and 1, but holds {wrong[0]:g}. Say what counts as 1, for example '
                f'(log["{name}"] == {wrong[0]:g}).astype(int).'
            )
    if len({len(values) for values in columns}) > 1:
        raise ValueError(
            f"log must have columns of one length, but they have {', '.join(str(len(c)) for c in columns)}."
        )
    return columns


def share(found: BoolArray) -> float:
    """Return the share of True; NaN where there is nobody to be a share of."""
    return float(found.mean()) if len(found) > 0 else float("nan")
