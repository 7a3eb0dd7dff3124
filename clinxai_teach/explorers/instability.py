"""Sixty models of the same kind, each fitted to other people: how far apart are the risks that they give one person?"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from clinxai_teach._types import FloatArray
from clinxai_teach.data import diabetes_split
from clinxai_teach.explorers.base import Choice, Explorer, Slider, State
from clinxai_teach.plots import Instability, ShareRows
from clinxai_teach.uncertainty import PredictionInstability, prediction_instability

N_REFITS = 60
SHOWN = np.linspace(0, 0.2, 60)  # mean risks near which one person's interval is drawn: all would be a dark cloud
WOMAN = 586  # the row of the case of sections 18.3 and 18.4
THRESHOLDS = {"3%": 0.03, "5%": 0.05, "10%": 0.10}
FEW = 0.1  # of the refits


# ---- computed ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refits:
    """`risks (60, n)` that each refit gives each test person, and the `auc (60,)` of each refit."""

    risks: FloatArray
    auc: FloatArray


class Refitter:
    """Fits logistic regression to people drawn with replacement from the adults not told, and asks it about others.

    From 70% of the 4,214 the training people are drawn (2,949; 133 with diabetes); the other 1,265 (57) are judged.
    `woman` is the place of the case among these.
    """

    def __init__(self) -> None:
        from sklearn.impute import SimpleImputer
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        people = diabetes_split(people="not told")
        prepare = make_pipeline(SimpleImputer(), StandardScaler()).fit(people.X_rest)
        self.X, self.y = prepare.transform(people.X_rest), people.y_rest.to_numpy()
        self.X_new, self.y_new = prepare.transform(people.X_test), people.y_test.to_numpy()
        self.woman = int(np.flatnonzero(people.X_test.index == WOMAN)[0])
        self.refits = lru_cache(maxsize=20)(self._refits)

    def _refits(self, n: int) -> Refits:
        """Return `Refits` of models that each learned from n people."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score

        rng, risks = np.random.default_rng(0), []
        for _ in range(N_REFITS):
            drawn = rng.integers(0, len(self.y), n)
            model = LogisticRegression().fit(self.X[drawn], self.y[drawn])
            risks.append(model.predict_proba(self.X_new)[:, 1])
        auc = np.array([roc_auc_score(self.y_new, p) for p in risks])
        return Refits(np.array(risks), auc)


class Flips(NamedTuple):
    """The shares of people about whom all refits decide alike, up to a tenth decides otherwise, and more do so."""

    none: float
    few: float
    many: float


def flips_of(result: PredictionInstability) -> Flips:
    """Return `Flips` of a result that has a threshold."""
    share = np.asarray(result.flip_share)
    return Flips((share == 0).mean(), ((share > 0) & (share <= FEW)).mean(), (share > FEW).mean())


# ---- drawn and touched ---------------------------------------------------------------------------


class Pictures(NamedTuple):
    """What the explorer shows."""

    people: Instability
    flips: ShareRows


class InstabilityExplorer(Explorer):
    """Fit the same kind of model 60 times, each time to other people: the AUC hardly moves, a person's risk does."""

    title = "Instability explorer"
    size = (8.48, 4.0)
    controls = (
        Slider("people", "People to learn from", 250, 2950, 300, start=2950),
        Choice("threshold", "Test from a risk of", tuple(THRESHOLDS), start="5%"),
    )

    def __init__(self) -> None:
        self.refitter = Refitter()
        mean = self.refitter.refits(2950).risks.mean(axis=0)
        self.shown = np.unique(np.abs(mean[:, None] - SHOWN).argmin(axis=0))

    def result(self, state: State) -> PredictionInstability:
        """Return the `PredictionInstability` of a state."""
        risks = self.refitter.refits(state["people"]).risks
        return prediction_instability(risks, threshold=THRESHOLDS[state["threshold"]])

    def build(self, figure: FigureBase) -> Pictures:
        return Pictures(
            people=Instability(self.axes(figure, 0.85, 0.65, 3.6, 2.9)),
            flips=ShareRows(self.axes(figure, 6.4, 0.95, 1.4, 1.6), 3, xlabel="share of 1,265 people\n(rounded)"),
        )

    def update(self, pictures: Pictures, state: State) -> None:
        result, auc = self.result(state), self.refitter.refits(state["people"]).auc
        low, high = np.quantile(auc, [0.025, 0.975])
        mean, lowest, highest = (part[self.shown] for part in (result.mean, result.low, result.high))
        her = [part[self.refitter.woman] for part in (result.mean, result.low, result.high)]
        title = f"{state['people']:,} people, AUC {np.mean(auc):.2f} ({low:.2f} to {high:.2f})"
        pictures.people.move(mean, lowest, highest, her, THRESHOLDS[state["threshold"]], title)
        names = ["all 60 agree", "1 to 6 differ", "7 or more"]
        pictures.flips.move(names, flips_of(result), "Test or not?")

    def words(self, state: State) -> str:
        result, auc = self.result(state), self.refitter.refits(state["people"]).auc
        low, high = np.quantile(auc, [0.025, 0.975])
        woman, flips = self.refitter.woman, flips_of(result)
        return (
            f"60 refits, each from {state['people']:,} adults not told: AUC {np.mean(auc):.2f} ({low:.2f} to "
            f"{high:.2f}); the woman {result.low[woman]:.1%} to {result.high[woman]:.1%}. Test from "
            f"{state['threshold']}: all agree about {flips.none:.0%} of 1,265 people, 1 to 6 differ about "
            f"{flips.few:.0%}, 7 or more about {flips.many:.0%} (rounded); "
            f"{np.mean(np.asarray(result.flip_share)):.1%} of all decisions flip."
        )

    def telling_states(self) -> list[State]:
        """Return few, some and all people to learn from."""
        start = self.start_state()
        return [{**start, "people": people} for people in (250, 1150, 2950)]
