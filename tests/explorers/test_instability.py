"""The instability explorer: refits of one kind on other people, and what picture and words say of them."""

import re

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from clinxai_teach.data import diabetes_split
from clinxai_teach.explorers import InstabilityExplorer
from clinxai_teach.explorers.instability import N_REFITS, WOMAN, flips_of
from clinxai_teach.uncertainty import prediction_instability


@pytest.fixture(scope="module")
def explorer():
    return InstabilityExplorer()


def states():
    return [{"people": people, "threshold": t} for people in (250, 1150, 2950) for t in ("3%", "5%", "10%")]


def test_the_people_are_those_not_told_and_the_woman_is_the_case(explorer):
    people, refitter = diabetes_split(people="not told"), explorer.refitter
    assert (len(refitter.y), refitter.y.sum()) == (2949, 133)
    assert (len(refitter.y_new), refitter.y_new.sum()) == (1265, 57)
    assert people.X_test.index[refitter.woman] == WOMAN
    assert people.X_test["age_years"].iloc[refitter.woman] == 46


def test_each_refit_is_another_model_and_the_auc_is_theirs(explorer):
    refits = explorer.refitter.refits(550)
    assert refits.risks.shape == (N_REFITS, 1265)
    assert len(np.unique(refits.risks[:, 0])) == N_REFITS
    assert refits.auc[7] == pytest.approx(roc_auc_score(explorer.refitter.y_new, refits.risks[7]))


def test_flips_are_counted_by_person():
    p = np.full((60, 4), 0.9)
    p[:6, 1], p[:7, 2], p[:30, 3] = 0.1, 0.1, 0.1
    assert flips_of(prediction_instability(p, threshold=0.5)) == (0.25, 0.25, 0.5)


def test_picture_and_words_say_the_same_numbers(explorer):
    for state in states():
        result, words = explorer.result(state), explorer.describe(state)
        people, flips = explorer.render(state).axes
        black = people.collections[1].get_segments()[0]
        woman = explorer.refitter.woman
        assert black[:, 1].tolist() == pytest.approx([result.low[woman], result.high[woman]])
        assert len(people.collections[0].get_segments()) == len(explorer.shown)
        assert f"the woman {result.low[woman]:.1%} to {result.high[woman]:.1%}." in words
        shares = [bar.get_width() for bar in flips.patches if bar.get_visible()]
        assert sum(shares) == pytest.approx(1)
        said = re.search(r"agree about (\d+)% .* differ about (\d+)%, 7 or more about (\d+)%", words)
        assert [int(share) / 100 for share in said.groups()] == pytest.approx(shares, abs=0.006)
        assert f"{result.flip_share.mean():.1%} of all decisions flip" in words


def test_the_auc_hardly_moves_and_the_risk_does(explorer, texts_fit, captions_fit):
    """The lesson: with more people the decisions settle, and with all of them one in three is still not settled."""
    few, all_of_them = ({"people": people, "threshold": "5%"} for people in (250, 2950))
    auc = explorer.refitter.refits(2950).auc
    assert np.ptp(np.quantile(auc, [0.025, 0.975])) < 0.04
    assert flips_of(explorer.result(all_of_them)).none < 0.7
    assert flips_of(explorer.result(few)).many > 2 * flips_of(explorer.result(all_of_them)).many
    for state in states():
        texts_fit(explorer.render(state))
    captions_fit(explorer)
