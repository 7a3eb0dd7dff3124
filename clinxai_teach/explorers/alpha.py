"""Alpha, the share of misses that is accepted: what it does to prediction sets, and for whom the promise is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from clinxai_teach._types import FloatArray, IntArray, LabelArray
from clinxai_teach._validate import class_labels, group_labels, probabilities
from clinxai_teach.conformal import SplitConformalClassifier, coverage_by_group
from clinxai_teach.data import age_group, diabetes_tool, load_film_predictions
from clinxai_teach.explorers.arguments import checked_cohorts
from clinxai_teach.explorers.base import Choice, Explorer, Slider, State
from clinxai_teach.plots import Coverage, Scores, ShareRows

if TYPE_CHECKING:
    import pandas as pd

FILMS, DIABETES = "films (5 classes)", "diabetes (2 classes)"
ALL, CLASS, GROUP = "all patients", "each class", "each group"
SCORE_EDGES = np.linspace(0, 1.05, 22)  # raps can exceed 1 by its price for four classes
N_CALIBRATION_FILMS, N_TEST_FILMS = 500, 1000


# ---- computed ------------------------------------------------------------------------------------


class Patients(NamedTuple):
    """Class numbers `(n,)`, probabilities `(n, K)` and a group label for each `(n,)`."""

    y_true: IntArray
    y_prob: FloatArray
    groups: LabelArray


@dataclass(frozen=True)
class AlphaCohort:
    """A model's answers for patients who set the threshold (calibration) and for others who judge the sets (test)."""

    unit: str
    class_names: tuple[str, ...]
    calibration: Patients
    test: Patients


@dataclass(frozen=True)
class AtAlpha:
    """What the test patients say of one way to make sets.

    `counts` of the calibration scores between `SCORE_EDGES`; `thresholds`, a dict from "all", a class or a group to
    its threshold; `coverage`, a DataFrame with a row for all, for each true class and for each group; `sizes`, the
    share of the sets that hold 0, 1, ... K classes.
    """

    counts: IntArray
    thresholds: dict[str, float]
    coverage: "pd.DataFrame"
    sizes: FloatArray


def checked(cohort: AlphaCohort) -> AlphaCohort:
    """Return the cohort with arrays in place of what carried them; TypeError or ValueError where they do not fit."""
    names = tuple(cohort.class_names)
    parts = [_patients(part, getattr(cohort, part), len(names)) for part in ("calibration", "test")]
    unseen = sorted(set(map(str, parts[1].groups)) - set(map(str, parts[0].groups)))
    if unseen:
        raise ValueError(
            f"test.groups holds {unseen[0]!r}, which no calibration patient has. Leave these patients out, or "
            "calibrate on some of them."
        )
    return AlphaCohort(cohort.unit, names, *parts)


def _patients(part: str, patients: Any, n_classes: int) -> Patients:
    if not isinstance(patients, tuple) or len(patients) != 3:
        raise TypeError(f"{part} must be Patients(y_true, y_prob, groups), but got {type(patients).__name__}.")
    p = probabilities(f"{part}.y_prob", patients[1], ndim=2)
    if p.shape[1] != n_classes:
        raise ValueError(f"{part}.y_prob must have a column for each of {n_classes} class names, but has {p.shape[1]}.")
    y = class_labels(f"{part}.y_true", patients[0], *p.shape)
    return Patients(y, p, group_labels(f"{part}.groups", patients[2], len(p)))


def at_alpha(cohort: AlphaCohort, alpha: float, score: str, threshold_for: str) -> AtAlpha:
    """Return `AtAlpha` for a cohort; `threshold_for` is one of the three values of that control."""
    import pandas as pd

    calibration, test, names = cohort.calibration, cohort.test, np.array(cohort.class_names)
    groups: dict[str, tuple[Any, Any]] = {
        ALL: (None, None),
        CLASS: ("class", "class"),
        GROUP: (calibration.groups, test.groups),
    }
    classifier = SplitConformalClassifier(alpha, score=score)
    classifier.calibrate(calibration.y_true, calibration.y_prob, groups[threshold_for][0])
    sets = classifier.predict_set(test.y_prob, groups[threshold_for][1])

    thresholds = classifier.q_hat_ if isinstance(classifier.q_hat_, dict) else {"all": classifier.q_hat_}
    if threshold_for == CLASS:
        thresholds = {names[k]: threshold for k, threshold in thresholds.items()}
    everyone = np.full(len(sets), "all")
    tables = [coverage_by_group(test.y_true, sets, by) for by in (everyone, test.y_true, test.groups)]
    tables[1].index = names[tables[1].index]
    sizes = np.bincount(sets.sum(axis=1), minlength=len(names) + 1) / len(sets)
    counts = np.histogram(classifier.scores_, SCORE_EDGES)[0]
    return AtAlpha(counts, thresholds, pd.concat(tables), sizes)


def diabetes_cohort() -> AlphaCohort:
    """Return the tool of section 18.3, as sold, among the 4,214 adults not told: half of them, then the others."""
    from sklearn.model_selection import train_test_split

    tool = diabetes_tool()
    p = 1 / (1 + np.exp(-tool.z))
    everyone = Patients(tool.y, np.column_stack([1 - p, p]), age_group(tool.X["age_years"]))
    rows = np.flatnonzero(~tool.told)
    halves = train_test_split(rows, test_size=0.5, stratify=tool.y[rows], random_state=0)
    parts = [Patients(*(column[half] for column in everyone)) for half in halves]
    return AlphaCohort("adults not told", ("no diabetes", "with diabetes"), *parts)


def film_cohort() -> AlphaCohort:
    """Return the course's clean model on synthetic films that it has not seen. The groups are the two sites."""
    parts = []
    for cohort, n in (("calibration", N_CALIBRATION_FILMS), ("test", N_TEST_FILMS)):
        films = load_film_predictions(cohort)
        sites = ("site " + films.metadata["site"]).to_numpy()
        parts.append(Patients(films.labels[:n], films.probabilities[:n], sites[:n]))
    return AlphaCohort("synthetic films", films.class_names, *parts)


# ---- drawn and touched ---------------------------------------------------------------------------


class Pictures(NamedTuple):
    """What the explorer shows."""

    scores: Scores
    sizes: ShareRows
    coverage: Coverage


class AlphaExplorer(Explorer):
    """Choose alpha, the score, and who gets a threshold of their own: how large are the sets, and who is covered?

    Thresholds come from the calibration patients; coverage and sizes are measured on the test patients.

    `cohorts` is a dict with an `AlphaCohort` for "films (5 classes)" and one for "diabetes (2 classes)"; None takes the
    lesson's own.
    """

    title = "Alpha explorer"
    size = (8.48, 4.8)
    controls = (
        Slider("alpha", "Alpha (misses accepted)", 0.01, 0.5, 0.01, start=0.1),
        Choice("score", "Score", ("lac", "aps", "raps"), start="lac"),
        Choice("threshold_for", "A threshold for", (ALL, CLASS, GROUP), start=ALL),
        Choice("data", "Data", (FILMS, DIABETES), start=DIABETES),
    )

    def __init__(self, cohorts: Mapping[str, AlphaCohort] | None = None) -> None:
        own = {FILMS: film_cohort(), DIABETES: diabetes_cohort()} if cohorts is None else cohorts
        self.cohorts = checked_cohorts(own, (FILMS, DIABETES), AlphaCohort, checked)
        # The picture and the words ask for the same state, and a reader moves to and fro.
        self.result = lru_cache(maxsize=400)(
            lambda data, alpha, score, threshold_for: at_alpha(self.cohorts[data], alpha, score, threshold_for)
        )

    def build(self, figure: FigureBase) -> Pictures:
        most = max(len(cohort.class_names) for cohort in self.cohorts.values())
        n_rows = max(1 + len(c.class_names) + len(set(c.test.groups)) for c in self.cohorts.values())
        share = "share of the sets"
        return Pictures(
            scores=Scores(self.axes(figure, 0.85, 3.1, 2.9, 1.35), SCORE_EDGES, n_thresholds=most),
            sizes=ShareRows(self.axes(figure, 1.15, 0.6, 2.2, 1.65), most + 1, xlabel=share, empty_first=True),
            coverage=Coverage(self.axes(figure, 5.95, 0.6, 1.9, 3.65), n_rows),
        )

    def update(self, pictures: Pictures, state: State) -> None:
        cohort, result = self.cohorts[state["data"]], self.result(**state)
        n_calib, n_test = len(cohort.calibration.y_true), len(cohort.test.y_true)
        thresholds = list(result.thresholds.values())
        pictures.scores.move(
            result.counts,
            thresholds,
            f"{n_calib:,} {cohort.unit}: {said(thresholds)}",
            unit=cohort.unit.removeprefix("synthetic "),
        )
        names = ["empty", "1 class", *(f"{size} classes" for size in range(2, len(result.sizes)))]
        pictures.sizes.move(names, result.sizes, f"{n_test:,} test sets")
        rows, promise = result.coverage, 1 - state["alpha"]
        covered, low, high = (rows[column].to_numpy() for column in ("coverage", "ci_low", "ci_high"))
        pictures.coverage.move(
            [f"{name} ({n:,})" for name, n in rows["n"].items()],
            covered,
            low,
            high,
            promise,
            f"Promised {promise:.2f}\n■: whole interval below",
        )

    def words(self, state: State) -> str:
        cohort, result = self.cohorts[state["data"]], self.result(**state)
        thresholds, promise = list(result.thresholds.values()), 1 - state["alpha"]
        everyone, parts = result.coverage.loc["all"], result.coverage.drop("all")
        worst = parts.iloc[parts["coverage"].argmin()]
        infinite = [name for name, threshold in result.thresholds.items() if threshold == np.inf]
        note = f" Infinite (too few patients): {', '.join(infinite)}." if infinite else ""
        return (
            f"{state['data']}, alpha {state['alpha']:.2f}, {state['score']}, {said(thresholds)} for "
            f"{state['threshold_for']}: {everyone['coverage']:.3f} of {len(cohort.test.y_true):,} {cohort.unit} "
            f"covered (promised {promise:.2f}); lowest {worst.name} {worst['coverage']:.2f} "
            f"({worst['ci_low']:.2f} to {worst['ci_high']:.2f}). Sets: {result.sizes[0]:.1%} empty, "
            f"{result.sizes[1]:.1%} with one class, {result.sizes[2:].sum():.1%} with more.{note}"
        )

    def telling_states(self) -> list[State]:
        """Return diabetes with one threshold for all and one for each class, then films at a large alpha."""
        start = self.start_state()
        return [start, {**start, "threshold_for": CLASS}, {**start, "data": FILMS, "alpha": 0.3}]


def said(thresholds: Sequence[float]) -> str:
    """Return the threshold or thresholds as a text."""
    if len(thresholds) == 1:
        return f"threshold {number(thresholds[0])}"
    return f"{len(thresholds)} thresholds, {number(min(thresholds))} to {number(max(thresholds))}"


def number(threshold: float) -> str:
    """Return a threshold with three decimals; one just below 1 does not become 1."""
    if threshold == np.inf:
        return "infinite"
    return ">0.999" if 0.9995 <= threshold < 1 else f"{threshold:.3f}"
