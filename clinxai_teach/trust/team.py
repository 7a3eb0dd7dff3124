"""Who should decide: the clinician, the model, or both? Expected results of four ways to work together."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clinxai_teach._types import BoolArray, FloatArray
from clinxai_teach._validate import binary_outcome, number_between, open_fraction

STRATEGIES = ("clinician alone", "model alone", "always follow the model", "defer the uncertain")


def simulate_team(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    *,
    threshold: float = 0.5,
    clinician_sensitivity: float = 0.80,
    clinician_specificity: float = 0.85,
    defer: float = 0.20,
    cost_missed: float = 20.0,
    cost_false_alarm: float = 1.0,
    cost_reading: float = 0.2,
) -> pd.DataFrame:
    """Return what four ways of working would give on these patients, without any random draw.

    - "clinician alone": a clinician reads every patient.
    - "model alone": p >= threshold decides; nobody reads.
    - "always follow the model": a clinician reads every patient and then does what the model says. The decisions are
      those of the model alone; only the cost of reading is added. This is the limit of automation bias.
    - "defer the uncertain": the share `defer` of the patients whose p is nearest to the threshold goes to the
      clinician, who decides without the model. The model decides the others.

    Assumptions, each of which a real team may break: the clinician is equally good on every patient, also on those the
    model finds hard; errs independently of the model; and is neither helped nor misled by seeing its output.

    Parameters
    ----------
    y_true, y_prob : labels 0 and 1, probabilities of class 1, `(n,)` each
    threshold : float
    clinician_sensitivity, clinician_specificity : float
        Between 0 and 1. Invented, not measured: put in those of your own clinic.
    defer : float
        From 0 to 1; patients with equal distance to the threshold keep their order.
    cost_missed, cost_false_alarm, cost_reading : float
        Of one missed case, one false alarm, one patient read; 0 or more, in any one unit.

    Returns
    -------
    DataFrame
        The index is the strategy; `accuracy`, `sensitivity`, `specificity`; per 100 patients: `read_per_100`,
        `missed_per_100`, `false_alarms_per_100`, `cost_per_100`. Sensitivity is NaN without cases, specificity without
        patients free of the disease.

    Raises TypeError or ValueError for bad arguments.

    Examples
    --------
    One of two patients is ill. The clinician finds 8 of 10; the model is right on both, unless it defers the ill one.

    >>> team = simulate_team([1, 0], [0.6, 0.1], defer=0.5, clinician_sensitivity=0.8)
    >>> team.loc[["clinician alone", "model alone", "defer the uncertain"], "sensitivity"].tolist()
    [0.8, 1.0, 0.8]
    >>> team["read_per_100"].tolist()
    [100.0, 0.0, 100.0, 50.0]
    """
    y, p = binary_outcome(y_true, y_prob)
    threshold = open_fraction("threshold", threshold)
    rates = (
        number_between("clinician_sensitivity", clinician_sensitivity, 0, 1),
        number_between("clinician_specificity", clinician_specificity, 0, 1),
    )
    n_deferred = round(number_between("defer", defer, 0, 1) * len(y))
    costs = [
        number_between(name, value, 0)
        for name, value in (
            ("cost_missed", cost_missed),
            ("cost_false_alarm", cost_false_alarm),
            ("cost_reading", cost_reading),
        )
    ]
    clinician = np.where(y == 1, rates[0], 1 - rates[1])  # the chance that the clinician calls this patient positive
    model = (p >= threshold).astype(float)
    deferred = np.zeros(len(y), dtype=bool)
    deferred[np.argsort(np.abs(p - threshold), kind="stable")[:n_deferred]] = True
    everyone, nobody = np.ones(len(y), dtype=bool), np.zeros(len(y), dtype=bool)
    ways = ((clinician, everyone), (model, nobody), (model, everyone), (np.where(deferred, clinician, model), deferred))
    return pd.DataFrame(
        [results(y, called, read, *costs) for called, read in ways], index=pd.Index(STRATEGIES, name="strategy")
    )


def results(
    y: FloatArray, called: FloatArray, read: BoolArray, cost_missed: float, cost_false_alarm: float, cost_reading: float
) -> dict[str, float]:
    """Return one row: `called (n,)` is each patient's chance of being called positive, `read (n,)` who is read."""
    missed, false_alarms = (y * (1 - called)).sum(), ((1 - y) * called).sum()
    cases, others = y.sum(), (1 - y).sum()
    per_100 = 100 / len(y)
    cost = cost_missed * missed + cost_false_alarm * false_alarms + cost_reading * read.sum()
    return {
        "accuracy": 1 - (missed + false_alarms) / len(y),
        "sensitivity": 1 - missed / cases if cases else np.nan,
        "specificity": 1 - false_alarms / others if others else np.nan,
        "read_per_100": read.sum() * per_100,
        "missed_per_100": missed * per_100,
        "false_alarms_per_100": false_alarms * per_100,
        "cost_per_100": cost * per_100,
    }
