"""Handing the most doubtful patients to a doctor: what remains of accuracy and sensitivity, and who is handed over."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from clinxai_teach._lazy import need_torch
from clinxai_teach._types import FloatArray, IntArray, LabelArray
from clinxai_teach._validate import finite_array, group_labels, probabilities
from clinxai_teach.data import AGE_GROUPS, CLASS_NAMES, age_group, diabetes_split, make_radiographs
from clinxai_teach.data.radiographs import SHORTCUT_CLASS
from clinxai_teach.explorers.arguments import checked_cohorts, labels_beside
from clinxai_teach.explorers.base import Choice, Explorer, Slider, State
from clinxai_teach.plots import Deferral, IllParts, ShareRows
from clinxai_teach.uncertainty import (
    deferral_curve,
    ensemble_samples,
    entropy_decomposition,
    fit_ensemble,
)

NEAR, DISAGREE, CHANCE = "near the threshold", "disagreement", "by chance"
DIABETES_HALF, DIABETES_FIFTH, FILMS = (
    "diabetes, threshold 0.5",
    "diabetes, threshold 0.2",
    "pneumonia films, threshold 0.5",
)
THRESHOLDS = {DIABETES_HALF: 0.5, DIABETES_FIFTH: 0.2, FILMS: 0.5}
FRACTIONS = np.arange(51) / 100
N_FILMS, N_PASSES = 500, 50
SEVERITY_GROUPS = {"faint": (0, 0.3), "middle": (0.3, 0.6), "plain": (0.6, 1.01)}  # severities


# ---- computed ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeferralCohort:
    """Test patients of a binary model.

    `y_true (n,)`; `samples (T, n)`, the probability of disease from each pass or each model of an ensemble; `groups
    (n,)` and their names in the order of display. `unit` names the patients, `ill` those with the disease.
    """

    unit: str
    ill: str
    y_true: IntArray
    samples: FloatArray
    groups: LabelArray
    group_names: tuple[str, ...]


@dataclass(frozen=True)
class Deferred:
    """What one measure of doubt does to one cohort at every fraction of `FRACTIONS`.

    `curves` are accuracy, sensitivity and specificity of those kept. Per fraction, `parts (51, 3)` counts the ill who
    are found, missed and handed over, and `shares (51, n_groups)` is the share of each group that is handed over.
    """

    curves: dict[str, FloatArray]
    parts: IntArray
    shares: FloatArray


def checked(cohort: DeferralCohort) -> DeferralCohort:
    """Return the cohort with arrays in place of what carried them; TypeError or ValueError where they do not fit."""
    samples = finite_array("samples", cohort.samples, ndim=2)
    samples = probabilities("samples", samples.ravel(), ndim=1).reshape(samples.shape)
    y = labels_beside("y_true", cohort.y_true, samples[0]).astype(int)
    groups, names = group_labels("groups", cohort.groups, len(y)), tuple(cohort.group_names)
    if set(groups) != set(names):
        raise ValueError(
            f"group_names must name the groups that have patients, {sorted(map(str, set(groups)))}, but is {names}."
        )
    return replace(cohort, y_true=y, samples=samples, groups=groups, group_names=names)


def doubt(cohort: DeferralCohort, measure: str, threshold: float) -> FloatArray:
    """Return a number per patient, higher for more doubt: what the three values of that control mean."""
    if measure == CHANCE:
        return np.random.default_rng(0).random(len(cohort.y_true))
    if measure == NEAR:
        return np.asarray(-np.abs(cohort.samples.mean(axis=0) - threshold))
    return np.asarray(entropy_decomposition(np.stack([1 - cohort.samples, cohort.samples], axis=-1)).epistemic)


def deferred(cohort: DeferralCohort, measure: str, threshold: float) -> Deferred:
    """Return `Deferred` for a cohort."""
    y, p, u = cohort.y_true, cohort.samples.mean(axis=0), doubt(cohort, measure, threshold)
    curve = deferral_curve(y, p, u, fractions=FRACTIONS, threshold=threshold)
    order = np.argsort(u, kind="stable")
    place = np.empty(len(u), dtype=int)
    place[order] = np.arange(len(u))
    kept = place < len(u) - np.round(FRACTIONS * len(u)).astype(int)[:, None]  # (51, n)
    ill, called = y == 1, p >= threshold
    parts = [(kept & ill & called).sum(axis=1), (kept & ill & ~called).sum(axis=1), (~kept & ill).sum(axis=1)]
    shares = [(~kept[:, cohort.groups == name]).mean(axis=1) for name in cohort.group_names]
    curves = {"accuracy": curve.accuracy, "sensitivity": curve.sensitivity, "specificity": curve.specificity}
    return Deferred(curves, np.stack(parts, axis=1), np.stack(shares, axis=1))


def diabetes_cohort() -> DeferralCohort:
    """Return an ensemble of five small networks (NHANES) on the test patients of section 18.3's split."""
    people = diabetes_split()
    samples = ensemble_samples(fit_ensemble(people.X_rest, people.y_rest), people.X_test)[..., 1]
    groups = age_group(people.X_test["age_years"])
    return DeferralCohort("adults", "with diabetes", people.y_test.to_numpy(), samples, groups, tuple(AGE_GROUPS))


def film_cohort() -> DeferralCohort:
    """Return the course's clean model under dropout, pneumonia against all else, on films that it has not seen."""
    need_torch("The deferral explorer")
    import torch

    from clinxai_teach.models import load_cxr_model
    from clinxai_teach.uncertainty import mc_dropout_samples

    films = make_radiographs(N_FILMS, seed=2026, marker="random")
    pneumonia = CLASS_NAMES.index(SHORTCUT_CLASS)
    images = torch.from_numpy(films.images)
    samples = mc_dropout_samples(load_cxr_model("clean"), images, n_samples=N_PASSES, seed=0).double().numpy()
    severity = films.metadata["severity"].to_numpy()
    ill = films.labels == pneumonia
    groups = np.select(
        [ill & (low <= severity) & (severity < high) for low, high in SEVERITY_GROUPS.values()],
        list(SEVERITY_GROUPS),
        "no pneumonia",
    )
    names = ("no pneumonia", *SEVERITY_GROUPS)
    return DeferralCohort("synthetic films", "with pneumonia", ill.astype(int), samples[..., pneumonia], groups, names)


# ---- drawn and touched ---------------------------------------------------------------------------


class Pictures(NamedTuple):
    """What the explorer shows."""

    curves: Deferral
    parts: IllParts
    groups: ShareRows


class DeferralExplorer(Explorer):
    """Hand over the most doubtful patients: how good is the model on those it keeps, and who is handed over?

    "disagreement" is the mutual information, between the models of an ensemble (diabetes) or the passes of dropout
    (films). "by chance" is what any measure of doubt must beat.

    `cohorts` is a dict with a `DeferralCohort` for each value of the control "data"; None takes the lesson's own. That
    needs torch, and about three seconds.
    """

    title = "Deferral explorer"
    size = (8.48, 4.2)
    controls = (
        Slider("deferred", "Deferred (% of patients)", 0, 50, 1, start=20),
        Choice("measure", "Measure of doubt", (NEAR, DISAGREE, CHANCE), start=NEAR),
        Choice("data", "Data", tuple(THRESHOLDS), start=DIABETES_HALF),
    )

    def __init__(self, cohorts: Mapping[str, DeferralCohort] | None = None) -> None:
        if cohorts is None:
            diabetes = diabetes_cohort()
            cohorts = {DIABETES_HALF: diabetes, DIABETES_FIFTH: diabetes, FILMS: film_cohort()}
        self.cohorts = checked_cohorts(cohorts, THRESHOLDS, DeferralCohort, checked)
        self.results = {
            (name, measure): deferred(cohort, measure, THRESHOLDS[name])
            for name, cohort in self.cohorts.items()
            for measure in (NEAR, DISAGREE, CHANCE)
        }

    def build(self, figure: FigureBase) -> Pictures:
        rows = max(len(cohort.group_names) for cohort in self.cohorts.values())
        return Pictures(
            curves=Deferral(self.axes(figure, 0.8, 0.6, 2.5, 3.1)),
            parts=IllParts(self.axes(figure, 5.3, 2.3, 3.0, 1.4)),
            groups=ShareRows(self.axes(figure, 6.3, 0.6, 1.55, 1.1), rows, xlabel="share handed over"),
        )

    def update(self, pictures: Pictures, state: State) -> None:
        cohort, result, place = self.cohorts[state["data"]], self.result(state), state["deferred"]
        title = f"{place}% deferred, {state['measure']}"
        pictures.curves.move(FRACTIONS, result.curves, float(FRACTIONS[place]), title)
        found, missed, over = result.parts[place]
        pictures.parts.move(found, missed, over, f"{int(cohort.y_true.sum())} {cohort.unit} {cohort.ill}")
        pictures.groups.move(cohort.group_names, result.shares[place], "Who is handed over?")

    def words(self, state: State) -> str:
        cohort, result, place = self.cohorts[state["data"]], self.result(state), state["deferred"]
        accuracy, sensitivity, specificity = (
            f"{curve[0]:.2f} → {curve[place]:.2f}" if place else f"{curve[0]:.2f}" for curve in result.curves.values()
        )
        found, missed, over = result.parts[place]
        shares = ", ".join(
            f"{name} {share:.0%}" for name, share in zip(cohort.group_names, result.shares[place], strict=True)
        )
        return (
            f"{state['data']}, {place}% deferred ({state['measure']}): accuracy {accuracy}, sensitivity {sensitivity}, "
            f"specificity {specificity}. Of {int(cohort.y_true.sum())} ill, {found} found, {missed} missed, {over} "
            f"handed over. Handed over: {shares}."
        )

    def result(self, state: State) -> Deferred:
        """Return the `Deferred` of a state."""
        return self.results[state["data"], state["measure"]]

    def telling_states(self) -> list[State]:
        """Return diabetes without deferral and with 20%, then the pneumonia films with 20%."""
        start = self.start_state()
        return [{**start, "deferred": 0}, start, {**start, "data": FILMS}]
