"""The log-odds explorer's picture and words are those of the logistic function."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from clinxai_teach.explorers import LogOddsExplorer
from clinxai_teach.explorers.log_odds import stepped

explorer = LogOddsExplorer()


@given(st.floats(0.001, 0.999), st.floats(-3, 3))
def test_a_step_is_that_of_the_logistic_function(probability, step):
    assert stepped(probability, step) == pytest.approx(expit(logit(probability) + step))


@pytest.mark.parametrize(("risk", "step"), list(product((1, 5, 50, 99), (-2.0, -0.3, 0.0, 0.3, 2.0))))
def test_picture_and_words_show_the_step(risk, step):
    state = {"risk": risk, "step": step}
    after = 100 * expit(logit(risk / 100) + step)
    (ax,) = explorer.render(state).axes
    _, path, before, diamond = ax.lines
    assert [before.get_ydata()[0], diamond.get_ydata()[0]] == pytest.approx([risk, after])
    assert path.get_xdata()[-1] - path.get_xdata()[0] == pytest.approx(step)
    said = [float(number) for number in re.findall(r"[-+]?\d+\.?\d*", explorer.describe(state))]
    assert said[-3:] == pytest.approx([risk, after, after - risk], abs=0.051)


def test_the_same_bar_is_most_points_in_the_middle():
    moved = [stepped(state["risk"] / 100, state["step"]) - state["risk"] / 100 for state in explorer.telling_states()]
    assert [round(100 * points, 1) for points in moved] == [1.6, 7.4, 1.2]
