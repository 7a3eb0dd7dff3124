"""Features of one patient join a prediction one by one: what each adds depends on the order; Shapley averages it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from clinxai_teach._types import FloatArray
from clinxai_teach.explorers.base import Button, Choice, Explorer, Slider, State
from clinxai_teach.plots import Gains, Joining

FEATURES = {  # in the table: in the picture, with its unit
    "age_years": ("age", "years"),
    "waist_cm": ("waist", "cm"),
    "bmi_kg_m2": ("BMI", "kg/m2"),
    "hdl_mg_dl": ("HDL", "mg/dL"),
    "total_cholesterol_mg_dl": ("cholesterol", "mg/dL"),
    "systolic_bp_mmhg": ("systolic BP", "mmHg"),
}
NAMES = tuple(name for name, _ in FEATURES.values())
ORDERS = tuple(permutations(range(len(FEATURES))))  # 720
JUMP = 373  # from one order to the next pressed; with 720 it has no common factor, so all orders come up
N_BACKGROUND = 100
PEOPLE = {"man of 70": 1799, "man of 71": 4232, "woman of 80": 4658}  # their rows in the NHANES table


# ---- computed ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Game:
    """The prediction of one patient for every set of known features, all in percent.

    `value` is a dict from a frozenset of features' numbers to the mean prediction when these are known and the
    others are taken from the background; `shapley (6,)` and `base` come from `exact_shapley`.
    """

    patient: FloatArray
    value: dict[frozenset[int], float]
    shapley: FloatArray
    base: float

    def path(self, order: Sequence[int]) -> list[float]:
        """Return the prediction `(7,)` before and after each feature of an order joins."""
        return [self.value[frozenset(order[:joined])] for joined in range(len(order) + 1)]

    def gains(self, feature: int) -> FloatArray:
        """Return what a feature adds to each set of the others, `(32,)`."""
        return np.array([self.value[s | {feature}] - v for s, v in self.value.items() if feature not in s])


def play(predict: Callable[[FloatArray], FloatArray], patient: FloatArray, background: FloatArray) -> Game:
    """Return the `Game` of a patient `(d,)` and a background `(n, d)`; `predict` returns percent."""
    from clinxai_teach.attribution import exact_shapley

    players = range(len(patient))
    sets = [frozenset(s) for size in range(len(patient) + 1) for s in combinations(players, size)]
    rows = np.repeat(background[None], len(sets), axis=0)
    for known, block in zip(sets, rows, strict=True):
        block[:, list(known)] = patient[list(known)]
    means = predict(rows.reshape(-1, len(patient))).reshape(len(sets), -1).mean(axis=1)
    exact = exact_shapley(predict, patient, background)
    value = dict(zip(sets, means.tolist(), strict=True))
    return Game(patient, value, np.asarray(exact.values), float(exact.base_value))


def games() -> dict[str, Game]:
    """Train a small model on the NHANES table and return the games of three people whom it has not seen."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    from clinxai_teach.data import load_nhanes_diabetes

    data = load_nhanes_diabetes()
    complete = data.X[list(FEATURES)].dropna()
    others = complete.drop(index=list(PEOPLE.values()))
    model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
    model.fit(others.to_numpy(), data.y[others.index])

    def predict(rows: FloatArray) -> FloatArray:
        return np.asarray(100 * model.predict_proba(rows)[:, 1])

    background = others.to_numpy()[:N_BACKGROUND]
    return {name: play(predict, complete.loc[row].to_numpy(), background) for name, row in PEOPLE.items()}


# ---- drawn and touched ---------------------------------------------------------------------------


class Pictures(NamedTuple):
    """What the explorer shows."""

    joining: Joining
    gains: Gains


class ShapleyExplorer(Explorer):
    """Let six features of one real person join the prediction in any order, and compare with their mean: Shapley.

    A feature that has not joined is unknown: the prediction is then the mean over 100 people, who lend theirs.
    """

    title = "Shapley explorer"
    size = (8.4, 4.0)
    controls = (
        Choice("patient", "Person", tuple(PEOPLE), start="man of 70"),
        Slider("order", "Order (number)", 1, len(ORDERS), 1, start=1),
        Slider("joined", "Features that have joined", 0, len(FEATURES), 1, start=0),
    )
    buttons = (Button("next", "Next feature joins"), Button("other", "Another order"))

    def __init__(self) -> None:
        self.games = games()
        values = [value for game in self.games.values() for value in game.value.values()]
        gains = [game.gains(k) for game in self.games.values() for k in range(len(FEATURES))]
        self.limits = (0, 1.18 * max(values))
        self.limit = 1.05 * float(np.abs(gains).max())

    def press(self, button: str, state: State) -> State:
        if button == "next":
            return {"joined": (state["joined"] + 1) % (len(FEATURES) + 1)}
        return {"order": (state["order"] - 1 + JUMP) % len(ORDERS) + 1}

    def build(self, figure: FigureBase) -> Pictures:
        left, right = self.axes(figure, 2.2, 0.65, 3.35, 2.85), self.axes(figure, 5.75, 0.65, 2.5, 2.85)
        n, nothing = len(FEATURES), [0.0] * len(FEATURES)
        return Pictures(
            joining=Joining(left, [""] * n, [0.0, *nothing], 0, self.limits),
            gains=Gains(right, nothing, nothing, nothing, nothing, 0, self.limit),
        )

    def update(self, pictures: Pictures, state: State) -> None:
        game, order = self.games[state["patient"]], ORDERS[state["order"] - 1]
        values = game.path(order)
        units = list(FEATURES.values())
        labels = [f"{units[k][0]} {game.patient[k]:.0f} {units[k][1]}" for k in order]
        pictures.joining.move(labels, values, state["joined"])
        gains = [game.gains(k) for k in order]
        pictures.gains.move(
            np.diff(values).tolist(),
            [g.min() for g in gains],
            [g.max() for g in gains],
            game.shapley[list(order)],
            state["joined"],
        )

    def words(self, state: State) -> str:
        game, order, joined = self.games[state["patient"]], ORDERS[state["order"] - 1], state["joined"]
        values = game.path(order)
        names = ", ".join(NAMES[k] for k in order)
        who = f"{state['patient'].capitalize()}, order {state['order']} ({names})"
        text = f"{who}, {joined} joined: {values[joined]:.1f}%."
        if joined == 0:
            shares = ", ".join(f"{NAMES[k]} {game.shapley[k]:+.1f}" for k in order)
            return (
                f"{text} Nothing is known yet: this is the model's mean prediction. The diamonds, in points: {shares}."
            )
        last = order[joined - 1]
        gains = game.gains(last)
        return (
            f"{text} The last, {NAMES[last]}, added {values[joined] - values[joined - 1]:+.1f} points; over all "
            f"{len(ORDERS)} orders it adds {gains.min():+.1f} to {gains.max():+.1f}, on average "
            f"{game.shapley[last]:+.1f}: its Shapley value."
        )

    def telling_states(self) -> list[State]:
        """Return the woman with waist before BMI and with BMI before waist, and the man with all features."""
        start, age, waist, bmi = self.start_state(), 0, 1, 2
        orders = [
            next(number for number, order in enumerate(ORDERS, 1) if order[:3] == first)
            for first in ((age, waist, bmi), (age, bmi, waist))
        ]
        woman = {**start, "patient": "woman of 80", "joined": 3}
        return [*({**woman, "order": order} for order in orders), {**start, "joined": len(FEATURES)}]
