"""What a threshold means at work: alerts, false alarms and missed cases per 100 patients."""

from __future__ import annotations

from typing import NamedTuple

from numpy.typing import ArrayLike

from clinxai_teach._validate import binary_outcome, open_fraction


class AlertBurden(NamedTuple):
    """Per 100 patients: `alerts`, of which `true_alerts` and `false_alerts`; and `missed` cases without an alert.

    `ppv` is the share of the alerts that are true; NaN without alerts.
    """

    alerts: float
    true_alerts: float
    false_alerts: float
    missed: float
    ppv: float


def alert_burden(y_true: ArrayLike, y_prob: ArrayLike, *, threshold: float = 0.5) -> AlertBurden:
    """Return what happens per 100 patients when everyone with p >= threshold raises an alert.

    `y_true` holds labels 0 and 1, `y_prob` probabilities, `(n,)` each; `threshold` lies between 0 and 1. The numbers
    hold for this prevalence: in another hospital the same sensitivity and specificity give other alerts.

    Raises TypeError or ValueError for bad arguments.

    Examples
    --------
    Of ten patients two are ill. Three raise an alert at 0.5, one of them rightly; one case is missed.

    >>> burden = alert_burden([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0.9, 0.2, 0.8, 0.7] + [0.1] * 6)
    >>> burden.alerts, burden.true_alerts, burden.false_alerts, burden.missed, round(burden.ppv, 3)
    (30.0, 10.0, 20.0, 10.0, 0.333)
    """
    y, p = binary_outcome(y_true, y_prob)
    alert = p >= open_fraction("threshold", threshold)
    per_100 = 100 / len(y)
    true_alerts, alerts = y[alert].sum(), alert.sum()
    return AlertBurden(
        alerts=float(alerts * per_100),
        true_alerts=float(true_alerts * per_100),
        false_alerts=float((alerts - true_alerts) * per_100),
        missed=float((y.sum() - true_alerts) * per_100),
        ppv=float(true_alerts / alerts) if alerts else float("nan"),
    )
