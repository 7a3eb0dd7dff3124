"""What a threshold means at work: alerts, false alarms and missed cases per 100 patients."""

from typing import NamedTuple

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


def alert_burden(y_true, y_prob, *, threshold=0.5):
    """Return what happens per 100 patients when everyone with p >= threshold raises an alert.

    `y_true` holds labels 0 and 1, `y_prob` probabilities, `(n,)` each; `threshold` lies between 0 and 1. The numbers
    hold for this prevalence: in another hospital the same sensitivity and specificity give other alerts.

    Raises TypeError or ValueError for bad arguments.
    """
    y, p = binary_outcome(y_true, y_prob)
    alert = p >= open_fraction("threshold", threshold)
    per_100 = 100 / len(y)
    true_alerts, alerts = y[alert].sum(), alert.sum()
    ppv = true_alerts / alerts if alerts else float("nan")
    parts = (alerts, true_alerts, alerts - true_alerts, y.sum() - true_alerts)
    return AlertBurden(*(float(part * per_100) for part in parts), float(ppv))
