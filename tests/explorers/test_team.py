"""The team explorer shows what `simulate_team` computes, in picture and words, and its story is true of its data."""

import re

import numpy as np
import pytest

from clinxai_teach.explorers import TeamExplorer
from clinxai_teach.trust import simulate_team


@pytest.fixture(scope="module")
def explorer():
    rng = np.random.default_rng(0)
    p = rng.beta(1, 3, 500)
    return TeamExplorer((rng.random(500) < p).astype(int), p)


def states(explorer):
    start = explorer.start_state()
    return [start] + [{**start, control.name: stop} for control in explorer.controls for stop in control.stops()]


def recount(explorer, state):
    """Return cost, missed, false alarms and read per 100 of the four ways, by counting patients one by one."""
    rows = []
    threshold = state["threshold"] / 100
    n = len(explorer.y_true)
    order = np.argsort(np.abs(explorer.y_prob - threshold), kind="stable")
    doubtful = set(order[: round(state["deferred"] / 100 * n)].tolist())
    for who in ("clinician", "model", "follow", "defer"):
        missed = false = read = 0.0
        for i, (y, p) in enumerate(zip(explorer.y_true, explorer.y_prob, strict=True)):
            asked = who == "clinician" or (who == "defer" and i in doubtful)
            read += asked or who == "follow"
            if asked:
                missed += y * (1 - state["sensitivity"] / 100)
                false += (1 - y) * (1 - state["specificity"] / 100)
            else:
                missed += y * (p < threshold)
                false += (1 - y) * (p >= threshold)
        cost = state["cost_missed"] * missed + false + state["cost_reading"] * read
        rows.append(100 / n * np.array([cost, missed, false, read]))
    return np.array(rows)


def test_picture_and_words_show_the_numbers_of_a_recount(explorer):
    for state in (
        explorer.start_state(),
        {**explorer.start_state(), "deferred": 45, "threshold": 17, "cost_missed": 3},
    ):
        expected = recount(explorer, state)
        (ax,) = explorer.render(state).axes
        widths = np.array([bar.get_width() for bar in ax.patches]).reshape(3, 4)
        assert widths.sum(axis=0) == pytest.approx(expected[:, 0])
        assert widths[0] == pytest.approx(state["cost_missed"] * expected[:, 1])
        assert widths[1] == pytest.approx(expected[:, 2])
        assert widths[2] == pytest.approx(state["cost_reading"] * expected[:, 3])
        shown = [text.get_text() for text in ax.texts]
        for value in expected[:, 1:].ravel():
            assert any(f"{value + tiny:.1f}" in shown for tiny in (-1e-9, 1e-9))
        words = explorer.describe(state)
        costs = re.search(r"cost per 100 ([\d., ]+);", words)[1].split(", ")
        assert [float(value) for value in costs] == pytest.approx(expected[:, 0], abs=0.051)
        for column, name in enumerate(("missed", "false alarms"), 1):
            said = re.search(rf"{name} ([\d., ]+?)[;.] ", words[words.index("cost per 100") :])[1].split(", ")
            assert [float(value) for value in said] == pytest.approx(expected[:, column], abs=0.051)


def test_the_lowest_bar_and_no_other_is_marked(explorer):
    for state in states(explorer):
        costs = explorer.team(state)["cost_per_100"].to_numpy()
        (ax,) = explorer.render(state).axes
        marked = [text.get_text().endswith("lowest here") for text in ax.texts if re.match(r" \d", text.get_text())]
        assert marked == np.isclose(costs, costs.min()).tolist()


def test_picture_and_words_say_what_is_assumed(explorer):
    for state in states(explorer):
        (ax,) = explorer.render(state).axes
        (said,) = [text.get_text() for text in ax.texts if text.get_text().startswith("Assumed: ")]
        said = said.removeprefix("Assumed: ").replace("\n", " ")
        assert explorer.describe(state).lower().startswith(said)
        prices = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", said)]
        asked = ("sensitivity", "specificity", "cost_missed", "cost_reading", "threshold", "deferred")
        assert prices == [state[name] for name in asked]


def test_without_a_price_for_reading_always_follow_is_the_model_alone(explorer):
    state = {**explorer.start_state(), "cost_reading": 0.0}
    team = explorer.team(state)
    assert team["cost_per_100"]["always follow the model"] == team["cost_per_100"]["model alone"]


def test_every_bar_and_text_fits(explorer, texts_fit, captions_fit):
    for state in states(explorer):
        figure = explorer.render(state)
        texts_fit(figure)
        (ax,) = figure.axes
        for text in ax.texts:
            if re.match(r" \d", text.get_text()):  # the totals stay left of the columns of numbers
                assert text.get_window_extent().x1 < ax.bbox.x1 + 5, (state, text.get_text())
    captions_fit(explorer)


def test_one_of_two_arguments_is_refused():
    with pytest.raises(ValueError, match="belong together"):
        TeamExplorer(y_true=[0, 1])


def test_the_courses_own_patients_tell_the_story(captions_fit, texts_fit):
    """At the start deferring costs least; a better clinician beats all; dear reading favours the model."""
    explorer = TeamExplorer()
    start = explorer.start_state()
    cheapest = [explorer.team(state)["cost_per_100"].idxmin() for state in explorer.telling_states()]
    assert cheapest == ["defer the uncertain", "clinician alone", "model alone", "defer the uncertain"]
    by_hand = simulate_team(explorer.y_true, explorer.y_prob, threshold=0.06, cost_missed=16)
    assert explorer.team(start).equals(by_hand)
    assert (len(explorer.y_true), explorer.y_true.sum()) == (1243, 47)
    captions_fit(explorer)
    for state in explorer.telling_states():
        texts_fit(explorer.render(state))
