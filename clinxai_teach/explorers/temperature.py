"""One temperature for all logits: what it does to the reliability diagram, and to the numbers that judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import FigureBase
from matplotlib.text import Text

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach._validate import finite_array
from clinxai_teach.calibration import (
    TemperatureScaling,
    brier_decomposition,
    calibration_null_band,
    expected_calibration_error,
    reliability_curve,
)
from clinxai_teach.calibration.curves import ReliabilityCurve
from clinxai_teach.calibration.scores import BrierDecomposition
from clinxai_teach.data import diabetes_tool, load_film_predictions
from clinxai_teach.explorers.arguments import about, checked_cohorts, labels_beside
from clinxai_teach.explorers.base import Button, Choice, Explorer, LogSlider, State
from clinxai_teach.plots import ECE, NLL, BrierParts, Counts, Reliability
from clinxai_teach.plots.calibration import signed

BINARY, MULTICLASS = "diabetes (2 classes)", "films (5 classes)"
LOWEST, HIGHEST, STEPS = 0.25, 4, 80


# ---- computed ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TemperatureCohort:
    """A model's logits with the true labels, on patients who choose T (calibration) and on others who judge it (test).

    Logits are `(n,)`, one for class 1, or `(n, K)`; labels `(n,)`. `unit` names the patients in the picture. `event`
    is what the reliability diagram counts: the disease for `(n,)`, "the top class is right" for `(n, K)`.
    """

    unit: str
    event: str
    calibration_logits: FloatArray
    calibration_labels: IntArray
    test_logits: FloatArray
    test_labels: IntArray


@dataclass(frozen=True)
class AtTemperature:
    """What the test patients say at one T: the diagram, the ECE and its null band, the parts of the Brier score.

    `nll` and `nll_calibration` are the mean negative log-likelihood, in nats, of test and calibration patients.
    """

    curve: ReliabilityCurve
    ece: float
    band: tuple[float, float]
    parts: BrierDecomposition
    nll: float
    nll_calibration: float


def checked(cohort: TemperatureCohort) -> TemperatureCohort:
    """Return the cohort with arrays in place of what carried them; TypeError or ValueError where they do not fit."""
    parts: dict[str, Any] = {}
    for part in ("calibration", "test"):
        logits = finite_array(f"{part}_logits", getattr(cohort, f"{part}_logits"), ndim=(1, 2))
        labels = labels_beside(f"{part}_labels", getattr(cohort, f"{part}_labels"), logits)
        parts |= {f"{part}_logits": logits, f"{part}_labels": labels}
    shapes = [parts[f"{part}_logits"].shape[1:] for part in ("calibration", "test")]
    if shapes[0] != shapes[1]:
        raise ValueError(
            f"test_logits must have the columns of calibration_logits, but the shapes are "
            f"{parts['test_logits'].shape} and {parts['calibration_logits'].shape}."
        )
    return replace(cohort, **parts)


def at_temperature(cohort: TemperatureCohort, temperature: float) -> AtTemperature:
    """Return `AtTemperature` for a cohort whose logits are divided by `temperature`."""
    scaling = TemperatureScaling()
    scaling.temperature_ = temperature
    p, event = scaling.predict_proba(cohort.test_logits), np.asarray(cohort.test_labels)
    if np.ndim(cohort.test_logits) == 1:
        p = p[:, 1]
    else:
        event, p = (p.argmax(axis=1) == event).astype(float), p.max(axis=1)
    return AtTemperature(
        curve=reliability_curve(event, p),
        ece=expected_calibration_error(event, p),
        band=calibration_null_band(p),
        parts=brier_decomposition(event, p),
        nll=negative_log_likelihood(cohort.test_logits, cohort.test_labels, temperature),
        nll_calibration=negative_log_likelihood(cohort.calibration_logits, cohort.calibration_labels, temperature),
    )


def negative_log_likelihood(logits: FloatArray, labels: IntArray, temperature: float) -> float:
    """Return the mean of -log p(true class) at a temperature, in nats: 0 is perfect, ln 2 = 0.69 a coin's guess."""
    z = np.asarray(logits, dtype=float) / temperature
    if z.ndim == 1:
        return float(np.logaddexp(0, np.where(labels, -z, z)).mean())
    return float((np.logaddexp.reduce(z, axis=1) - z[np.arange(len(z)), labels]).mean())


def diabetes_cohort() -> TemperatureCohort:
    """Return the lesson's diabetes tool among the adults whom it is for, those not told: the same people in both parts.

    Each is scored by two sisters of the tool that have not seen them, one for each part.
    """
    tool = diabetes_tool()
    rows = ~tool.told
    return TemperatureCohort("adults", "diabetes", tool.z_calib[rows], tool.y[rows], tool.z[rows], tool.y[rows])


def film_cohort() -> TemperatureCohort:
    """Return the course's clean model on synthetic films that it has not seen."""
    calibration, test = load_film_predictions("calibration"), load_film_predictions("test")
    return TemperatureCohort(
        "synthetic films", "top class is right", calibration.logits, calibration.labels, test.logits, test.labels
    )


# ---- drawn and touched ---------------------------------------------------------------------------

TEMPERATURE = LogSlider("temperature", "Temperature T", LOWEST, HIGHEST, STEPS, start=1.0)


class Pictures(NamedTuple):
    """What the explorer shows; `share` and `unit` are the labels of two vertical axes."""

    reliability: Reliability
    share: Text
    counts: Counts
    unit: Text
    nll: NLL
    ece: ECE
    brier: BrierParts


class TemperatureExplorer(Explorer):
    """Divide a model's logits by T: which T repairs its probabilities?

    T is chosen on the calibration patients, where the NLL is lowest (button "Fit T"). Everything else in the picture
    is measured on the test patients. Five classes are judged by their most probable class ("top label").

    `cohorts` is a dict with a `TemperatureCohort` for "diabetes (2 classes)" and one for "films (5 classes)"; None
    takes the lesson's own.
    """

    title = "Temperature explorer"
    size = (8.48, 5.2)
    controls = (
        TEMPERATURE,
        Choice("model", "Model", (BINARY, MULTICLASS), start=BINARY),
    )
    buttons = (Button("fit", "Fit T"),)

    def __init__(self, cohorts: Mapping[str, TemperatureCohort] | None = None) -> None:
        own = {BINARY: diabetes_cohort(), MULTICLASS: film_cohort()} if cohorts is None else cohorts
        self.cohorts = checked_cohorts(own, (BINARY, MULTICLASS), TemperatureCohort, checked)
        self.fitted = {}
        for name, cohort in self.cohorts.items():
            with about(f"cohorts[{name!r}], calibration part"):
                fitted = TemperatureScaling().fit(cohort.calibration_logits, cohort.calibration_labels)
            self.fitted[name] = fitted.temperature_
        self.grid = np.array(TEMPERATURE.values)
        self.nll_curves = {
            name: [
                np.array([negative_log_likelihood(logits, labels, t) for t in self.grid])
                for logits, labels in (
                    (cohort.calibration_logits, cohort.calibration_labels),
                    (cohort.test_logits, cohort.test_labels),
                )
            ]
            for name, cohort in self.cohorts.items()
        }
        # All steps are computed now, so that a move only draws.
        self.result = lru_cache(maxsize=200)(lambda model, t: at_temperature(self.cohorts[model], t))
        for model in self.cohorts:
            for t in TEMPERATURE.values:
                self.result(model, t)

    def press(self, button: str, state: State) -> State:
        return {"temperature": TEMPERATURE.nearest(self.fitted[state["model"]])}

    def build(self, figure: FigureBase) -> Pictures:
        start = self.result(BINARY, 1.0)
        nll = np.ravel(list(self.nll_curves.values()))
        above, below = self.axes(figure, 0.8, 1.8, 2.9, 3.05), self.axes(figure, 0.8, 0.6, 2.9, 1.1)
        reliability = Reliability(above, start.curve)
        above.set(xlabel="", xticklabels=())
        return Pictures(
            reliability=reliability,
            share=above.yaxis.label,
            counts=Counts(below, start.curve, unit=""),
            unit=below.yaxis.label,
            nll=NLL(self.axes(figure, 4.45, 3.75, 3.75, 1.1), self.grid, (min(nll), max(nll))),
            ece=ECE(self.axes(figure, 4.45, 2.72, 3.75, 0.22), start.ece, start.band),
            brier=BrierParts(self.axes(figure, 4.45, 0.6, 3.75, 1.7), start.parts),
        )

    def update(self, pictures: Pictures, state: State) -> None:
        model, t = state["model"], state["temperature"]
        cohort, result = self.cohorts[model], self.result(model, t)
        low, high = result.band
        pictures.reliability.move(result.curve, f"{len(cohort.test_labels):,} {cohort.unit} (test), T = {t:.2f}")
        pictures.share.set_text(f"observed share: {cohort.event}")
        pictures.counts.move(result.curve)
        pictures.unit.set_text(cohort.unit.removeprefix("synthetic "))
        calibration, test = self.nll_curves[model]
        pictures.nll.move(calibration, test, self.fitted[model], t, result.nll_calibration)
        title = f"ECE {result.ece:.3f} (grey: by chance {low:.3f} to {high:.3f})"
        pictures.ece.move(result.ece, result.band, title)
        pictures.brier.move(result.parts)

    def words(self, state: State) -> str:
        model, t = state["model"], state["temperature"]
        cohort, result, best = self.cohorts[model], self.result(model, t), self.fitted[model]
        low, high = result.band
        side = "within" if low <= result.ece <= high else "above" if result.ece > high else "below"
        parts = result.parts
        within = signed(parts.within_bin_variance - parts.within_bin_covariance)
        return (
            f"{model}, T = {t:.2f}. Calibration part: NLL {result.nll_calibration:.3f}, lowest at T = {best:.2f}. "
            f"Test part ({len(cohort.test_labels):,} {cohort.unit}): NLL {result.nll:.3f}; ECE {result.ece:.3f}, "
            f"{side} what chance gives a perfect model ({low:.3f} to {high:.3f}); Brier score {parts.score:.4f} = "
            f"refinement {parts.refinement:.4f} + reliability {parts.reliability:.4f} {within} within bins."
        )

    def telling_states(self) -> list[State]:
        """Return the diabetes model as it is and with the fitted T; then the films, with a T too high, too."""
        fitted = {model: self.press("fit", {"model": model})["temperature"] for model in self.cohorts}
        return [
            {"temperature": t, "model": model}
            for model, t in (
                (BINARY, 1.0),
                (BINARY, fitted[BINARY]),
                (MULTICLASS, 1.0),
                (MULTICLASS, fitted[MULTICLASS]),
                (MULTICLASS, 4.0),
            )
        ]
