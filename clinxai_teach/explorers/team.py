"""A clinician, a model, or both: what four ways of working cost, and how the answer turns with the prices."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import FigureBase
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import binary_outcome
from clinxai_teach.calibration import PlattScaling
from clinxai_teach.data import diabetes_split
from clinxai_teach.explorers.base import Explorer, Slider, State
from clinxai_teach.plots import Costs
from clinxai_teach.trust import simulate_team
from clinxai_teach.trust.team import STRATEGIES

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {"missed": "missed_per_100", "false\nalarms": "false_alarms_per_100", "read": "read_per_100"}
SHORT = dict(zip(STRATEGIES, ("clinician", "model", "follow", "defer"), strict=True))  # for the words


@cache
def undiagnosed_patients() -> tuple[FloatArray, FloatArray]:
    """Return outcomes and repaired probabilities of test people, `(1243,)` each.

    No doctor told them of diabetes, and they take no drug for it. The model is that of section 18.5, learned and
    repaired among such people, too.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    people = diabetes_split(people="untreated")
    model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
    model.fit(people.X_train, people.y_train)
    platt = PlattScaling().fit(model.decision_function(people.X_calib), people.y_calib)
    return people.y_test.to_numpy(), platt.predict_proba(model.decision_function(people.X_test))[:, 1]


class TeamExplorer(Explorer):
    """Clinician alone, model alone, always follow the model, or defer the uncertain: which one costs least, and when?

    `y_true` and `y_prob` are outcomes and probabilities of test patients; None takes the diabetes model of section
    18.5 and people whom no doctor told of diabetes and who take no drug for it. All costs are counted in false
    alarms, so a false alarm costs 1. Each bar is what `simulate_team` returns.
    """

    title = "Team explorer"
    size = (8.48, 4.3)
    controls = (
        Slider("cost_missed", "Cost of a missed case (false alarms)", 1, 50, 1, start=16),
        Slider("cost_reading", "Cost of one reading (false alarms)", 0.0, 2.0, 0.1, start=0.2),
        Slider("sensitivity", "Clinician's sensitivity (%)", 50, 100, 5, start=80),
        Slider("specificity", "Clinician's specificity (%)", 50, 100, 5, start=85),
        Slider("threshold", "Model's threshold (%)", 1, 20, 1, start=6),
        Slider("deferred", "Deferred to the clinician (%)", 0, 100, 5, start=20),
    )

    def __init__(self, y_true: ArrayLike | None = None, y_prob: ArrayLike | None = None) -> None:
        if (y_true is None) != (y_prob is None):
            raise ValueError("y_true and y_prob belong together, but only one came. Give both, or none.")
        self.y_true, self.y_prob = undiagnosed_patients() if y_true is None else binary_outcome(y_true, y_prob)

    def team(self, state: State) -> pd.DataFrame:
        """Return the table of `simulate_team` for a state."""
        return simulate_team(
            self.y_true,
            self.y_prob,
            threshold=state["threshold"] / 100,
            clinician_sensitivity=state["sensitivity"] / 100,
            clinician_specificity=state["specificity"] / 100,
            defer=state["deferred"] / 100,
            cost_missed=state["cost_missed"],
            cost_reading=state["cost_reading"],
        )

    def build(self, figure: FigureBase) -> Costs:
        return Costs(self.axes(figure, 2.35, 1.1, 3.5, 2.1), STRATEGIES, tuple(COLUMNS))

    def update(self, costs: Costs, state: State) -> None:
        team = self.team(state)
        parts = np.column_stack(
            [
                state["cost_missed"] * team["missed_per_100"],
                team["false_alarms_per_100"],
                state["cost_reading"] * team["read_per_100"],
            ]
        )
        costs.move(parts, team[list(COLUMNS.values())].to_numpy(), "Assumed: " + "\n".join(self.assumed(state)))

    def assumed(self, state: State) -> tuple[str, str]:
        """Return what the costs rest on, for picture and words: the clinician and the prices; how the model is used."""
        return (
            f"clinician's sensitivity {state['sensitivity']}%, specificity {state['specificity']}%, "
            f"missed case {state['cost_missed']}, reading {state['cost_reading']:g},",
            f"threshold {state['threshold']}%, {state['deferred']}% deferred.",
        )

    def words(self, state: State) -> str:
        team = self.team(state)
        costs, missed, false_alarms = (
            ", ".join(f"{value:.1f}" for value in team[f"{name}_per_100"])
            for name in ("cost", "missed", "false_alarms")
        )
        cost = team["cost_per_100"]
        lowest = " = ".join(SHORT[name] for name in team.index[np.isclose(cost, cost.min())])
        return (
            f"{' '.join(self.assumed(state)).capitalize()} "
            f"Clinician, model, follow, defer: cost per 100 {costs}; missed {missed}; "
            f"false alarms {false_alarms}. "
            f"Lowest here: {lowest}."
        )

    def telling_states(self) -> list[State]:
        """Return the start; a clinician who finds nearly all; expensive reading; and a higher threshold."""
        start = self.start_state()
        return [start, {**start, "sensitivity": 95}, {**start, "cost_reading": 1.0}, {**start, "threshold": 10}]
