"""Handing the most doubtful patients to a doctor: what becomes of the ill in the whole path, and who is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from clinxai_teach._types import FloatArray, IntArray, LabelArray
from clinxai_teach._validate import finite_array, group_labels, probabilities
from clinxai_teach.calibration import PlattScaling
from clinxai_teach.data import AGE_GROUPS, age_group, diabetes_tool
from clinxai_teach.explorers.arguments import checked_cohorts, labels_beside
from clinxai_teach.explorers.base import Choice, Explorer, Slider, State
from clinxai_teach.plots import Deferral, IllParts, ShareRows

NEAR, DISAGREE, CHANCE = "near the threshold", "two tools disagree", "by chance"
THRESHOLDS = {"3%": 0.03, "5%": 0.05, "10%": 0.10}
FRACTIONS = np.arange(51) / 100
MISSED, NEEDED, TRAP = "missed, of all ill", "doctor must find", "sensitivity, kept"


# ---- computed ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeferralCohort:
    """Test patients of a binary model.

    `y_true`, `y_prob` and `disagreement`, `(n,)`: who is ill, the probability of it, and any number that is higher
    where two opinions lie further apart. `groups (n,)` and their names in the order of display. `unit` names the
    patients, `ill` those with the disease.
    """

    unit: str
    ill: str
    y_true: IntArray
    y_prob: FloatArray
    disagreement: FloatArray
    groups: LabelArray
    group_names: tuple[str, ...]


@dataclass(frozen=True)
class Deferred:
    """What one measure of doubt does to one cohort at every fraction of `FRACTIONS`.

    `parts (51, 3)` counts the ill whom the tool finds, whom it misses, and who are handed over. `false_alarms (51,)`
    are the tool's own. `curves`, each `(51,)`: the share of all ill who are missed; the share of the ill handed over
    whom the doctor must find, so that as many are found as by the tool alone (NaN where none is handed over); and the
    sensitivity among those kept. `shares (51, n_groups)` is the share of each group that is handed over.
    """

    parts: IntArray
    false_alarms: IntArray
    curves: dict[str, FloatArray]
    shares: FloatArray


def checked(cohort: DeferralCohort) -> DeferralCohort:
    """Return the cohort with arrays in place of what carried them; TypeError or ValueError where they do not fit."""
    p = probabilities("y_prob", cohort.y_prob, ndim=1)
    y = labels_beside("y_true", cohort.y_true, p).astype(int)
    disagreement = finite_array("disagreement", cohort.disagreement, ndim=1)
    if len(disagreement) != len(p):
        raise ValueError(f"disagreement needs one value per patient ({len(p)}), but got {len(disagreement)}.")
    groups, names = group_labels("groups", cohort.groups, len(y)), tuple(cohort.group_names)
    if set(groups) != set(names):
        raise ValueError(
            f"group_names must name the groups that have patients, {sorted(map(str, set(groups)))}, but is {names}."
        )
    return replace(cohort, y_true=y, y_prob=p, disagreement=disagreement, groups=groups, group_names=names)


def doubt(cohort: DeferralCohort, measure: str, threshold: float) -> FloatArray:
    """Return a number per patient, higher for more doubt: what the three values of that control mean."""
    if measure == CHANCE:
        called = (cohort.y_prob >= threshold).astype(int)
        return _evenly(cohort.y_true, called, np.unique(cohort.groups, return_inverse=True)[1])
    return np.asarray(-np.abs(cohort.y_prob - threshold)) if measure == NEAR else cohort.disagreement


def _evenly(*kinds: IntArray) -> FloatArray:
    """Return a random order that takes the same share of each kind of people: the mean of many draws, not one."""
    rng, kind = np.random.default_rng(0), np.unique(np.column_stack(kinds), axis=0, return_inverse=True)[1].ravel()
    order = np.empty(len(kind))
    for one in range(kind.max() + 1):
        members = np.flatnonzero(kind == one)
        order[members] = (rng.permutation(len(members)) + 0.5) / len(members)
    return order


def deferred(cohort: DeferralCohort, measure: str, threshold: float) -> Deferred:
    """Return `Deferred` for a cohort."""
    y, u = cohort.y_true, doubt(cohort, measure, threshold)
    place = np.empty(len(u), dtype=int)
    place[np.argsort(u, kind="stable")] = np.arange(len(u))
    kept = place < len(u) - np.round(FRACTIONS * len(u)).astype(int)[:, None]  # (51, n)
    ill, called = y == 1, cohort.y_prob >= threshold
    found, missed = (kept & ill & called).sum(axis=1), (kept & ill & ~called).sum(axis=1)
    over = (~kept & ill).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        needed = np.where(over > 0, (found[0] - found) / over, np.nan)
        curves = {MISSED: missed / ill.sum(), NEEDED: needed, TRAP: found / (found + missed)}
    shares = [(~kept[:, cohort.groups == name]).mean(axis=1) for name in cohort.group_names]
    parts = np.stack([found, missed, over], axis=1)
    return Deferred(parts, (kept & ~ill & called).sum(axis=1), curves, np.stack(shares, axis=1))


def diabetes_cohort() -> DeferralCohort:
    """Return the repaired tool of section 18.3 among the 4,214 adults not told (NHANES), each judged unseen.

    Two sister tools have not seen a person: the one that judges her, repaired by Platt on another part of the people,
    and the one that keeps her for repairs, repaired on a third part. Their disagreement is the distance of the logits.
    """
    tool = diabetes_tool()
    logits = np.empty((2, len(tool.y)))
    for k in range(5):
        judged, kept = tool.part == k, tool.part == (k + 1) % 5
        for row, (learn, use) in enumerate(((kept, judged), (judged, kept))):
            z = (tool.z, tool.z_calib) if row else (tool.z_calib, tool.z)
            platt = PlattScaling().fit(z[0][learn & ~tool.told], tool.y[learn & ~tool.told])
            logits[row, use] = platt.a_ * z[1][use] + platt.b_
    logits = logits[:, ~tool.told]
    groups = age_group(tool.X["age_years"])[~tool.told]
    p, y = 1 / (1 + np.exp(-logits[0])), tool.y[~tool.told]
    return DeferralCohort(
        "adults not told", "with diabetes", y, p, np.abs(logits[0] - logits[1]), groups, tuple(AGE_GROUPS)
    )


# ---- drawn and touched ---------------------------------------------------------------------------


class Pictures(NamedTuple):
    """What the explorer shows."""

    curves: Deferral
    parts: IllParts
    groups: ShareRows


class DeferralExplorer(Explorer):
    """Hand over the most doubtful patients: who of the ill is found, missed or handed over, and how good must the
    doctor be?

    "by chance" is what any measure of doubt must beat. `cohorts` is a dict with a `DeferralCohort` for each value of
    the control "threshold"; None takes the lesson's own, the same people for each.
    """

    title = "Deferral explorer"
    size = (8.48, 4.2)
    controls = (
        Slider("deferred", "Handed over (% of people)", 0, 50, 1, start=20),
        Choice("measure", "Who", (NEAR, DISAGREE, CHANCE), start=NEAR),
        Choice("threshold", "The tool tests from", tuple(THRESHOLDS), start="5%"),
    )

    def __init__(self, cohorts: Mapping[str, DeferralCohort] | None = None) -> None:
        if cohorts is None:
            cohorts = dict.fromkeys(THRESHOLDS, diabetes_cohort())
        self.cohorts = checked_cohorts(cohorts, THRESHOLDS, DeferralCohort, checked)
        self.results = {
            (name, measure): deferred(cohort, measure, THRESHOLDS[name])
            for name, cohort in self.cohorts.items()
            for measure in (NEAR, DISAGREE, CHANCE)
        }

    def build(self, figure: FigureBase) -> Pictures:
        rows = max(len(cohort.group_names) for cohort in self.cohorts.values())
        return Pictures(
            curves=Deferral(self.axes(figure, 0.8, 0.6, 2.3, 3.1)),
            parts=IllParts(self.axes(figure, 5.5, 2.3, 2.8, 1.4)),
            groups=ShareRows(self.axes(figure, 6.4, 0.6, 1.45, 1.1), rows, xlabel="share handed over"),
        )

    def update(self, pictures: Pictures, state: State) -> None:
        cohort, result, place = self.cohorts[state["threshold"]], self.result(state), state["deferred"]
        title = f"{place}% handed over, {state['measure']}"
        pictures.curves.move(FRACTIONS, result.curves, float(FRACTIONS[place]), title)
        found, missed, over = result.parts[place]
        pictures.parts.move(found, missed, over, f"{int(cohort.y_true.sum())} {cohort.ill}")
        pictures.groups.move(cohort.group_names, result.shares[place], "Who is handed over?")

    def words(self, state: State) -> str:
        cohort, result, place = self.cohorts[state["threshold"]], self.result(state), state["deferred"]
        found, missed, over = result.parts[place]
        needed, trap = result.curves[NEEDED][place], result.curves[TRAP]
        shares = ", ".join(
            f"{name} {share:.0%}" for name, share in zip(cohort.group_names, result.shares[place], strict=True)
        )
        must = "" if np.isnan(needed) else f" (doctor must find {needed:.0%})"
        return (
            f"From {state['threshold']}; {place}% of {len(cohort.y_true):,} {cohort.unit} handed over, "
            f"{state['measure']}. Of {int(cohort.y_true.sum())} ill {found} found, {missed} missed (before "
            f"{result.parts[0, 1]}), {over} handed over{must}. False alarms {result.false_alarms[place]:,}. "
            f"Kept: sensitivity {trap[0]:.2f} → {trap[place]:.2f}. {shares}."
        )

    def result(self, state: State) -> Deferred:
        """Return the `Deferred` of a state."""
        return self.results[state["threshold"], state["measure"]]

    def telling_states(self) -> list[State]:
        """Return nobody handed over, then 20% near the threshold of 5%, by chance, and near 10%."""
        start = self.start_state()
        return [{**start, "deferred": 0}, start, {**start, "measure": CHANCE}, {**start, "threshold": "10%"}]
