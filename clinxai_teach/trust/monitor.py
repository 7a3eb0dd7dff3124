"""After go-live: does what was promised still hold? An alarm that may be looked at after every patient.

Who looks at an ordinary 95% interval again and again will see it exclude the truth some day. So the alarm is a bet. One
unit of money is given out in equal stakes, one with each of the first `horizon` patients, and every stake is played on
from then on: it grows where an outcome comes that the promise thought unlikely, and shrinks where not. While the
promise holds no strategy wins on average, and the chance that the money EVER reaches 1 / false_alarm is at most
false_alarm, however often one looks (Ville 1939).

A stake that bets on odds `r` times those of the promised chance p is multiplied, per patient, by

    r / (1 - p + r p)  if the event came,     1 / (1 - p + r p)  if not;

the mean of the two, with the chances p and 1 - p, is 1. Stakes given out late are fresh when a change comes late: this
is the Shiryaev-Roberts statistic, with a weight for each start so that Ville's inequality applies.

Ville J., Étude critique de la notion de collectif, Gauthier-Villars 1939. Ramdas A. et al., Game-theoretic statistics
and safe anytime-valid inference, Statistical Science 2023;38:576-601, doi:10.1214/23-STS894. Shin J. et al.,
E-detectors: a nonparametric framework for sequential change detection, New England Journal of Statistics in Data
Science 2023, doi:10.51387/23-NEJSDS51 (there the mean time to a false alarm is bounded, here its chance).
"""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import (
    binary_labels,
    binary_outcome,
    missed_share,
    open_fraction,
    plain_array,
    positive_int,
)
from clinxai_teach.intervals import poisson_interval, wilson_interval

RATIOS = (1.5, 3.0, 6.0, 12.0)  # odds that are bet on, times the promised: from a small change to a large one


def money(events: FloatArray, chances: FloatArray, ratios: FloatArray, horizon: int) -> FloatArray:
    """Return the money after each patient, `(n,)`, at the start 1; `events` 0 and 1 `(n,)`, promised `chances` `(n,)`.

    Each stake is divided evenly over the bets `ratios (k,)`.

    Examples
    --------
    One patient, all the money on three times the odds of 1 in 10: 3 / (0.9 + 0.3) if the event comes, 1 / 1.2 if not.

    >>> [round(float(money(np.array([y]), np.array([0.1]), np.array([3.0]), 1)[0]), 3) for y in (1.0, 0.0)]
    [2.5, 0.833]
    """
    patient = np.arange(1, len(events) + 1)
    gains = events * np.log(ratios)[:, None] - np.log1p(chances * (ratios[:, None] - 1))  # (k, n), logarithms
    total = np.cumsum(gains, axis=1)
    stake = np.where(patient <= horizon, -np.log(horizon), -np.inf)
    played = total + np.logaddexp.accumulate(stake - (total - gains), axis=1)
    left = np.maximum(horizon - patient, 0) / horizon  # not yet given out
    with np.errstate(over="ignore"):  # infinite evidence is evidence
        worth: FloatArray = left + np.exp(played).mean(axis=0)
    return worth


class Monitor:
    """What both monitors share: the stream so far, and the alarm. Use `CoverageMonitor` or `CalibrationMonitor`."""

    ratios = np.array(RATIOS)

    def __init__(self, false_alarm: float, horizon: int, window: int) -> None:
        self.false_alarm = open_fraction("false_alarm", false_alarm)
        self.horizon, self.window = positive_int("horizon", horizon), positive_int("window", window)
        self._events, self._chances = np.empty(0), np.empty(0)

    def _append(self, events: FloatArray, chances: FloatArray) -> None:
        self._events = np.concatenate([self._events, events])
        self._chances = np.concatenate([self._chances, chances])

    @property
    def n(self) -> int:
        """How many patients were seen."""
        return len(self._events)

    @property
    def evidence(self) -> float:
        """The money after the last patient: 1 at the start, an alarm at 1 / false_alarm."""
        return float(self._evidence()[-1]) if self.n > 0 else 1.0

    @property
    def alarm_at(self) -> int | None:
        """The number of the patient at whom the alarm went off, counted from 1; None where it did not."""
        reached = self._evidence() >= 1 / self.false_alarm
        return int(reached.argmax()) + 1 if reached.any() else None

    def history(self) -> pd.DataFrame:
        """Return a row for each patient: the last `window` patients (NaN before there are as many), and the evidence.

        The index is the patient's number. Columns: `rolling`, with its 95% interval `low` and `high` (that of one look:
        it is for the eye, and no alarm); `evidence`; `alarm`, True from the patient on at whom the evidence reached
        1 / false_alarm.
        """
        before, within = np.zeros(min(self.window - 1, self.n)), max(self.n - self.window + 1, 0)
        observed, expected = (
            np.convolve(values, np.ones(self.window), "valid") if within else np.empty(0)
            for values in (self._events, self._chances)
        )
        rolling = [np.concatenate([before * np.nan, values]) for values in self._rolling(observed, expected)]
        evidence = self._evidence()
        return pd.DataFrame(
            {
                **dict(zip(("rolling", "low", "high"), rolling, strict=True)),
                "evidence": evidence,
                "alarm": np.logical_or.accumulate(evidence >= 1 / self.false_alarm),
            },
            index=pd.RangeIndex(1, self.n + 1, name="patient"),
        )

    def _evidence(self) -> FloatArray:
        return money(self._events, self._chances, self.ratios, self.horizon)

    def _rolling(self, observed: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        raise NotImplementedError


class CoverageMonitor(Monitor):
    """Watch whether prediction sets still hold the truth as often as promised: in at least 1 - `alpha` of the patients.

    Set `horizon` to as many patients as it shall watch: past them it grows slow, and finds the same change much later.

    Parameters
    ----------
    alpha : float
        The share of misses that is accepted. Sets calibrated on n patients have a coverage of their own, a little above
        or below 1 - alpha (`conformal.coverage_law`): with a small n, accept a little more here than there.
    false_alarm : float
        The chance that the alarm EVER goes off while each patient's set misses with a chance of at most `alpha`,
        whatever came before. It holds for ever and for any number of looks, and not only on average.
    horizon : int
        Over how many patients the stakes are spread: about as many as come until you start a new monitor. A change
        after them is found much later; the chance of a false alarm stays.
    window : int
        Patients in the rolling coverage of `history`, which is for the eye.

    `update` may be called with one patient or with many, in the order in which their truth became known. It forgives
    nothing: after an alarm find the cause, mend it, and start a new monitor. To watch the sick alone, pass only them.

    Raises TypeError or ValueError for bad arguments.

    References: see the top of `clinxai_teach.trust.monitor`.

    Examples
    --------
    Promised are 90%. Forty patients as promised, then a new scanner: half of the sets miss.

    >>> monitor = CoverageMonitor(alpha=0.1).update(([True] * 9 + [False]) * 4)
    >>> monitor.alarm_at, round(monitor.evidence, 2)
    (None, 0.98)
    >>> monitor.update([True, False] * 20).alarm_at
    56
    >>> sets, y = np.array([[True, False], [True, True]]), np.array([1, 0])
    >>> monitor = CoverageMonitor(alpha=0.1).update(sets[np.arange(len(y)), y])  # from sets and outcomes
    >>> monitor.n
    2
    """

    def __init__(
        self, alpha: float = 0.1, *, false_alarm: float = 0.05, horizon: int = 1000, window: int = 100
    ) -> None:
        super().__init__(false_alarm, horizon, window)
        self.alpha = missed_share("alpha", alpha)

    def update(self, covered: ArrayLike) -> Self:
        """Add patients: `covered` says for each whether the set held the truth, True or False, one or `(n,)`."""
        hits = binary_labels("covered", np.atleast_1d(plain_array("covered", covered)))
        self._append(1 - hits, np.full(len(hits), self.alpha))
        return self

    def _rolling(self, observed: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        hits = self.window - observed
        return hits / self.window, *wilson_interval(hits, self.window)


class CalibrationMonitor(Monitor):
    """Watch whether events still come as often as predicted: each with exactly its probability, given what came before.

    `false_alarm`, `horizon` and `window` are those of `CoverageMonitor`; the bets are on risks too low and on risks too
    high. `rolling` in `history` is observed / expected events of the last `window` patients, with the exact Poisson
    interval of the events, a little too wide.

    Raises TypeError or ValueError for bad arguments.

    References: see the top of `clinxai_teach.trust.monitor`.

    Examples
    --------
    All are told 20%. It happens to 1 in 5, then to 3 in 5.

    >>> monitor = CalibrationMonitor(window=50).update([1, 0, 0, 0, 0] * 20, [0.2] * 100)
    >>> monitor.alarm_at
    >>> monitor.update([1, 0, 1, 0, 1] * 10, [0.2] * 50).alarm_at
    126
    >>> round(float(monitor.history()["rolling"].iloc[-1]), 2)  # 30 events of 10 expected
    3.0
    """

    ratios = np.array([1 / ratio for ratio in RATIOS] + list(RATIOS))

    def __init__(self, *, false_alarm: float = 0.05, horizon: int = 1000, window: int = 100) -> None:
        super().__init__(false_alarm, horizon, window)

    def update(self, y_true: ArrayLike, y_prob: ArrayLike) -> Self:
        """Add patients: outcomes 0 and 1 and the probabilities that were shown, one or `(n,)` each."""
        y, p = (np.atleast_1d(plain_array(name, values)) for name, values in (("y_true", y_true), ("y_prob", y_prob)))
        self._append(*binary_outcome(y, p))
        return self

    def _rolling(self, observed: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        low, high = poisson_interval(observed)
        with np.errstate(divide="ignore", invalid="ignore"):  # none expected: no ratio
            return observed / expected, low / expected, high / expected
