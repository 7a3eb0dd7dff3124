"""Section 18.2's exercises: their numbers are the literature's and the helpers', and their words are true."""

import numpy as np
import pytest
import torch
from exercise_names import names_of

from clinxai_teach.attribution import exact_shapley, grad_cam
from clinxai_teach.checks import CheckFailed, NotAttempted, bank, check
from clinxai_teach.intervals import difference_interval, wilson_interval

s = names_of("18.2")


def message(exercise_id, answer):
    with pytest.raises(CheckFailed) as caught:
        check(exercise_id, answer)
    return str(caught.value)


def test_integrated_gradients_add_up_where_the_path_is_not_straight():
    """The midpoint rule is exact for a gradient that is linear along the path."""
    _, product, _ = s._gradient_cases()
    values = s.integrated_gradients(**product.arguments)
    assert values == pytest.approx([2, 3])
    assert values.sum() == pytest.approx(2 * 3 - 1 * 1)


def test_brute_force_equals_the_helper():
    rng = np.random.default_rng(0)
    background, x = rng.normal(size=(30, 4)), rng.normal(size=4)

    def predict(rows):
        return rows[:, 0] * rows[:, 1] + np.sin(rows[:, 2])

    def value(features):
        rows = background.copy()
        rows[:, sorted(features)] = x[sorted(features)]
        return predict(rows).mean()

    assert s.shapley_values(value, 4) == pytest.approx(exact_shapley(predict, x, background).values, abs=1e-12)


def trees():
    """Return each tree's outputs for no fever and no cough, cough alone, fever alone, both."""
    return dict(zip("AB", zip(*s.TREES.values(), strict=True), strict=True))


def two_trees():
    """Return the six numbers from the trees: gain from the splits, SHAP from its meaning."""
    answer = {}
    for (tree, outputs), first in zip(trees().items(), ("fever", "cough"), strict=True):  # what the tree asks first
        none, cough, fever, both = outputs
        halves = ([none, cough], [fever, both]) if first == "fever" else ([none, fever], [cough, both])
        left_over = np.mean([np.var(half) for half in halves])  # the second split leaves no spread
        gain_of_cough = left_over if first == "fever" else np.var(outputs) - left_over
        answer[f"gain {tree} cough"] = 100 * gain_of_cough / np.var(outputs)
        base, with_fever, with_cough = np.mean(outputs), np.mean([fever, both]), np.mean([cough, both])
        answer[f"SHAP {tree} fever"] = ((with_fever - base) + (both - with_cough)) / 2
        answer[f"SHAP {tree} cough"] = ((with_cough - base) + (both - with_fever)) / 2
    return answer


def test_the_two_trees_have_the_published_numbers():
    """Lundberg, Erion and Lee 2018: SHAP 30 and 30 in tree A, 30 and 35 in tree B; the gain of cough falls."""
    numbers = two_trees()
    assert s.tree_answers == pytest.approx(numbers)
    assert [numbers[f"SHAP {k}"] for k in ("A fever", "A cough", "B fever", "B cough")] == [30, 30, 30, 35]
    assert numbers["gain A cough"] == pytest.approx(100 * 2 / 3)
    assert numbers["gain B cough"] == pytest.approx(43.86, abs=0.01)
    assert f"falls from {numbers['gain A cough']:.0f}% to {numbers['gain B cough']:.0f}%" in bank.find("18.2-e").why
    for tree, outputs in trees().items():
        shared = outputs[-1] - np.mean(outputs)
        assert numbers[f"SHAP {tree} fever"] + numbers[f"SHAP {tree} cough"] == pytest.approx(shared)


def test_a_wrong_tree_number_is_named_and_an_unfilled_form_is_not_attempted():
    right = s.tree_answers
    assert "not right yet: gain B cough. A split's gain" in message("18.2-e", {**right, "gain B cough": 60})
    assert "not right yet: SHAP B cough. The SHAP values" in message("18.2-e", {**right, "SHAP B cough": 31})
    assert "These names have no number yet: SHAP B cough." in message(
        "18.2-e", {k: v for k, v in right.items() if "SHAP B c" not in k}
    )
    assert "These names have no number yet: SHAP B cough." in message("18.2-e", {**right, "SHAP B cough": ...})
    with pytest.raises(NotAttempted):
        check("18.2-e", dict.fromkeys(right, ...))


@pytest.mark.parametrize("letter", s.FINE)
def test_a_right_line_that_is_accused_is_defended(letter):
    assert f"line {letter} is not wrong. {s.FINE[letter]}" in message("18.2-d", {"A", letter})


@pytest.mark.parametrize("letter", s.WRONG)
def test_a_missed_bug_gets_a_hint_that_does_not_name_its_letter(letter):
    said = message("18.2-d", set(s.WRONG) - {letter})
    assert f"line {letter} " not in said
    assert "missing" in said


def test_every_line_of_the_listing_is_judged():
    assert set(s.WRONG) | set(s.FINE) == set(s.LISTING) == set("ABCDEFGHI")
    assert not set(s.WRONG) & set(s.FINE)


def test_the_kept_tensor_is_overwritten_in_the_densely_connected_network():
    """What line B does: with an in-place ReLU behind the layer, kept maps change, and the map is another one."""
    model, images, target = s._network_cases()[2].arguments.values()
    kept = []
    handle = model.first.register_forward_hook(lambda module, given, output: kept.extend([output, output.clone()]))
    with torch.no_grad():
        model(images.tensor)
    handle.remove()
    assert not torch.equal(*kept)
    assert grad_cam(model, images.tensor, target, layer=model.first).isfinite().all()


def test_every_network_of_18_2_f_has_evidence_and_a_different_first_and_last_layer():
    for case in s._network_cases():
        model, images, target = case.arguments.values()
        assert s.heatmap(model, images.tensor, target).amax((1, 2, 3)).min() > 0
        convolutions = [module for module in model.modules() if isinstance(module, torch.nn.Conv2d)]
        assert convolutions[0] is not convolutions[-1]


def test_a_wrong_statement_is_named_with_its_reason():
    assert "Statement 4 is true" in message("18.2-h", {1, 6, 8, 10})
    assert "Statement 2 is not true" in message("18.2-h", {1, 2, 4, 6, 8, 10})
    half = {**dict.fromkeys(s.STATEMENTS, True), 3: None}
    assert "These statements have no True or False yet: 3." in message("18.2-h", half)
    assert set(s.STATEMENTS) == set(range(1, 11))


def test_the_log_odds_example_of_statement_8_is_true():
    """From a risk of 50%, 0.7 log-odds are 17 points; from 1% they are one point."""
    for start, points in ((0.5, 17), (0.01, 1)):
        logit = np.log(start / (1 - start)) + 0.7
        assert round(100 * (1 / (1 + np.exp(-logit)) - start)) == points


# ---- exercises without code ------------------------------------------------------------------------


def moved(percent, step):
    """Return the probability in percent after a step in log-odds."""
    odds = percent / (100 - percent) * np.exp(step)
    return 100 * odds / (1 + odds)


def test_the_bar_in_points_is_that_of_the_logistic_function():
    right = {"factor": np.exp(0.7), "points_at_10": moved(10, 0.7) - 10, "points_at_60": moved(60, 0.7) - 60}
    assert s.bar_in_points == pytest.approx(right, abs=0.006)
    assert "not 70 points" in message("18.2-l", {**right, "points_at_10": 70, "points_at_60": 70})


def test_the_same_bar_moves_the_two_patients_of_k_as_its_text_says():
    assert "from 2% to 3.6%, the other from 45% to 60%" in s.BARS[2]
    assert [moved(2, 0.6), moved(45, 0.6)] == pytest.approx([3.6, 60], abs=0.2)
    assert f"multiplied by {np.exp(0.6):.2f}" in s.BARS_REASONS[2]


def test_the_reports_of_i_show_what_their_verdicts_say():
    assert difference_interval(31, 80, 13, 80)[0] > 0.05  # the ruler against the card: report 4
    low, high = difference_interval(40, 60, 41, 60)  # the clot against the brightest voxel: report 5
    assert low < 0 < high
    assert wilson_interval(46, 100)[0] > 0.2  # report 1, beside 9% and 11%
