"""A step in log-odds, in points of probability: how much it is depends on where the patient stands."""

import math

from matplotlib.figure import FigureBase

from clinxai_teach.explorers.base import Explorer, Slider, State
from clinxai_teach.plots import LogOddsStep


def stepped(probability: float, step: float) -> float:
    """Return the probability after a step in log-odds.

    The odds p / (1 - p) are multiplied by e^step.

    >>> round(stepped(0.5, 0.3), 3), round(stepped(0.05, 0.3), 3)
    (0.574, 0.066)
    """
    odds = probability / (1 - probability) * math.exp(step)
    return odds / (1 + odds)


class LogOddsExplorer(Explorer):
    """One bar of a display, such as "waist +0.3 log-odds": how many points is that for a patient at 5%, and at 50%?"""

    title = "Log-odds explorer"
    size = (7.4, 4.2)
    controls = (
        Slider("risk", "Risk without the bar (%)", 1, 99, 1, start=5),
        Slider("step", "The bar (log-odds)", -2.0, 2.0, 0.1, start=0.3),
    )

    def build(self, figure: FigureBase) -> LogOddsStep:
        return LogOddsStep(self.axes(figure, 0.9, 0.75, 6.2, 2.95), 50, 50)

    def update(self, picture: LogOddsStep, state: State) -> None:
        picture.move(state["risk"], 100 * stepped(state["risk"] / 100, state["step"]))

    def words(self, state: State) -> str:
        after = 100 * stepped(state["risk"] / 100, state["step"])
        return (
            f"A bar of {state['step']:+.1f} log-odds multiplies the odds by {math.exp(state['step']):.2f}. It moves a "
            f"patient from {state['risk']}% to {after:.1f}%: {after - state['risk']:+.1f} points."
        )

    def telling_states(self) -> list[State]:
        """Return the same bar for a patient at 5%, at 50% and at 95%."""
        return [{**self.start_state(), "risk": risk} for risk in (5, 50, 95)]
