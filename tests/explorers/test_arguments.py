"""What a teacher hands to an explorer, own patients or an own network, is checked, and an error names what is wrong."""

import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from clinxai_teach.checks import Question
from clinxai_teach.explorers import (
    AlphaCohort,
    AlphaExplorer,
    DeferralCohort,
    DeferralExplorer,
    DropoutExplorer,
    GradCAMExplorer,
    IntegratedGradientsExplorer,
    MarkerExplorer,
    PredictFirst,
    ShapleyExplorer,
    TeamExplorer,
    TemperatureCohort,
    TemperatureExplorer,
    alpha,
    deferral,
    temperature,
)
from clinxai_teach.explorers.arguments import checked_model, keyed
from clinxai_teach.explorers.integrated_gradients import walk
from clinxai_teach.models import ChestNet

RNG = np.random.default_rng(0)
N = 60
P = RNG.dirichlet(np.ones(3), N)
Y = RNG.integers(0, 3, N)
ILL = RNG.integers(0, 2, N)
SITES = np.array(["A", "B"] * (N // 2))
LOGITS = RNG.normal(size=(N, 3))
PART = alpha.Patients(Y, P, SITES)
COHORTS = {
    AlphaExplorer: AlphaCohort("people", ("a", "b", "c"), PART, PART),
    TemperatureExplorer: TemperatureCohort("people", "top class is right", LOGITS, Y, LOGITS, Y),
    DeferralExplorer: DeferralCohort("people", "ill", ILL, P[:, 0], P[:, 1], SITES, ("A", "B")),
}
KEYS = {
    AlphaExplorer: (alpha.FILMS, alpha.DIABETES),
    TemperatureExplorer: (temperature.BINARY, temperature.MULTICLASS),
    DeferralExplorer: tuple(deferral.THRESHOLDS),
}
of_cohorts = pytest.mark.parametrize("kind", COHORTS, ids=lambda kind: kind.__name__)
of_models = pytest.mark.parametrize("kind", [MarkerExplorer, GradCAMExplorer, IntegratedGradientsExplorer])


def made(kind, **changes):
    """Return an explorer in which one cohort was changed."""
    first, *others = KEYS[kind]
    cohort = COHORTS[kind]
    return kind({first: replace(cohort, **changes), **dict.fromkeys(others, cohort)})


# ---- cohorts -------------------------------------------------------------------------------------


@of_cohorts
def test_own_patients_are_shown_whatever_carries_them(kind):
    changes = {
        AlphaExplorer: {"test": (pd.Series(Y, dtype="Int64"), torch.tensor(P), pd.Series(SITES, dtype="category"))},
        TemperatureExplorer: {"test_logits": torch.tensor(LOGITS, requires_grad=True), "test_labels": Y.tolist()},
        DeferralExplorer: {"y_prob": P[:, 0].tolist(), "group_names": ["A", "B"]},
    }
    plain, own = made(kind), made(kind, **changes[kind])
    for state in plain.telling_states():
        assert own.describe(state) == plain.describe(state)


@of_cohorts
@pytest.mark.parametrize("cohorts", [[1, 2], "films", (Y, P), 5])
def test_cohorts_that_are_no_dict(kind, cohorts):
    with pytest.raises(TypeError, match=f"cohorts must be a dict with .*Cohort for each of {KEYS[kind][0][:5]!r}"[:-1]):
        kind(cohorts)


@of_cohorts
def test_cohorts_with_other_keys(kind):
    first, *others = KEYS[kind]
    cohort = COHORTS[kind]
    with pytest.raises(ValueError, match=r"cohorts must be a dict .*, but lacks .* and has the unknown key 'mine'"):
        kind({"mine": (Y, P)})
    with pytest.raises(ValueError, match=r"cohorts must be a dict .*, but lacks '[^']*'\.$"):
        kind(dict.fromkeys(others, cohort))
    with pytest.raises(ValueError, match=r"but has the unknown key 7\.$"):
        kind({first: cohort, **dict.fromkeys(others, cohort), 7: cohort})


@of_cohorts
@pytest.mark.parametrize("cohort", [(Y, P), None, P, {"y_true": Y}])
def test_a_cohort_of_another_kind_says_how_to_make_one(kind, cohort):
    with pytest.raises(TypeError, match=r"cohorts\['.*'\] must be a \w+Cohort, but got .* Make one: \w+Cohort\(unit, "):
        kind({**dict.fromkeys(KEYS[kind], COHORTS[kind]), KEYS[kind][0]: cohort})


OTHER = {
    "y_prob": PART._replace(y_prob=LOGITS),
    "columns": PART._replace(y_prob=P[:, :2] / P[:, :2].sum(1, keepdims=True)),
    "length": PART._replace(y_true=Y[1:]),
    "classes": PART._replace(y_true=Y + 1),
    "groups": PART._replace(groups=[None, *SITES[1:]]),
    "unseen": PART._replace(groups=["C", *SITES[1:]]),
}
WRONG = [
    (AlphaExplorer, {"test": OTHER["y_prob"]}, r"test\.y_prob must lie between 0 and 1"),
    (AlphaExplorer, {"calibration": OTHER["columns"]}, r"calibration\.y_prob must have a column for each of 3 class"),
    (AlphaExplorer, {"test": OTHER["length"]}, r"test\.y_true needs one label per row \(60\), but got 59"),
    (AlphaExplorer, {"test": OTHER["classes"]}, r"test\.y_true must hold whole numbers from 0 to 2"),
    (AlphaExplorer, {"test": OTHER["groups"]}, r"test\.groups has 1 missing label"),
    (AlphaExplorer, {"test": OTHER["unseen"]}, r"test\.groups holds 'C', which no calibration patient has"),
    (AlphaExplorer, {"test": (Y, P)}, r"test must be Patients\(y_true, y_prob, groups\), but got tuple"),
    (AlphaExplorer, {"class_names": ("a", "b")}, r"calibration\.y_prob must have a column for each of 2 class"),
    (TemperatureExplorer, {"test_logits": LOGITS[:, :2]}, "test_labels must hold whole numbers from 0 to 1"),
    (TemperatureExplorer, {"test_logits": LOGITS[0]}, r"test_labels"),
    (
        TemperatureExplorer,
        {"test_logits": LOGITS[:, 0], "test_labels": ILL},
        "must have the columns of",
    ),
    (TemperatureExplorer, {"test_labels": Y[:5]}, r"test_labels needs one label per row \(60\), but got 5"),
    (TemperatureExplorer, {"calibration_logits": P}, "logits"),
    (TemperatureExplorer, {"calibration_logits": LOGITS * np.nan}, "calibration_logits holds NaN"),
    (TemperatureExplorer, {"calibration_labels": ["a"] * N}, "calibration_labels must hold numbers only"),
    (DeferralExplorer, {"y_prob": np.ones(5) / 2}, r"y_true needs one label per patient \(5\), but got 60"),
    (DeferralExplorer, {"y_prob": LOGITS[:, 0]}, "y_prob must lie between 0 and 1.*not logits"),
    (DeferralExplorer, {"disagreement": P[:5, 0]}, r"disagreement needs one value per patient \(60\), but got 5"),
    (DeferralExplorer, {"y_true": Y}, "y_true must hold the labels 0 and 1 only"),
    (DeferralExplorer, {"groups": SITES[1:]}, r"groups needs one label per patient \(60\)"),
    (DeferralExplorer, {"group_names": ("A",)}, r"group_names must name the groups that have patients, \['A', 'B'\]"),
    (DeferralExplorer, {"group_names": ("A", "B", "C")}, "group_names must name the groups"),
]


@pytest.mark.parametrize(("kind", "changes", "message"), WRONG)
def test_patients_that_do_not_fit_are_named_with_their_cohort(kind, changes, message):
    with pytest.raises((TypeError, ValueError), match=r"cohorts\['.*'\](: |, calibration part: ).*" + message):
        made(kind, **changes)


# ---- networks ------------------------------------------------------------------------------------


def network(n_classes=5, channels=1):
    return nn.Sequential(
        nn.Conv2d(channels, 2, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, n_classes)
    )


def both(model):
    return {"clean": ChestNet(), "shortcut": model}


@of_models
@pytest.mark.parametrize("models", [[ChestNet()], ChestNet(), "clean"])
def test_models_that_are_no_dict(kind, models):
    with pytest.raises(TypeError, match="models must be a dict with a network for each of 'clean', 'shortcut', but"):
        kind(models=models)


@of_models
def test_models_with_other_keys(kind):
    with pytest.raises(ValueError, match=r"models must be a dict .* lacks 'shortcut' and has the unknown key 'mine'"):
        kind(models={"clean": ChestNet(), "mine": ChestNet()})


WRONG_MODELS = [
    (lambda films: films, TypeError, "must be a torch.nn.Module that reads films .*, but got function.*load_cxr_model"),
    ("clean", TypeError, "must be a torch.nn.Module .*, but got str"),
    (ChestNet().double(), ValueError, r"must have weights of torch.float32 .*float64 on cpu.*model\.float\(\)"),
    (ChestNet().bfloat16(), ValueError, "must have weights of torch.float32 .*bfloat16"),
    (ChestNet(3), ValueError, "must return one logit for each of normal, .*, but returned 3 for a film"),
    (ChestNet(1), ValueError, "must return one logit for each of normal, .*, but returned 2 for a film"),
]


@of_models
@pytest.mark.parametrize(("model", "error", "message"), WRONG_MODELS)
def test_a_network_that_does_not_fit_is_named(kind, model, error, message):
    with pytest.raises(error, match=r"models\['shortcut'\] " + message):
        kind(models=both(model))


def test_a_network_for_other_films_is_named():
    with pytest.raises(ValueError, match=r"models\['shortcut'\] cannot read .*\(1, 1, 128, 128\).* takes 3"):
        IntegratedGradientsExplorer(models=both(network(channels=3)))
    with pytest.raises(ValueError, match=r"model cannot read the explorer's films.*returns probabilities"):
        DropoutExplorer(model=nn.Sequential(ChestNet(), nn.Softmax(1)))
    with pytest.raises(ValueError, match="model must return one logit for each of normal"):
        DropoutExplorer(model=ChestNet(2))
    with pytest.raises(TypeError, match=r"model must be a torch\.nn.Module"):
        DropoutExplorer(model=5)


@pytest.mark.parametrize("kind", [MarkerExplorer, GradCAMExplorer])
def test_a_network_without_the_layers_that_are_shown_is_named(kind):
    with pytest.raises(TypeError, match=r"models\['shortcut'\] must have .* in model\.features, as a ChestNet"):
        kind(models=both(network()))


def test_a_network_in_training_mode_is_read_in_evaluation_mode():
    torch.manual_seed(0)
    model = ChestNet()
    before = copy.deepcopy(model.state_dict())
    checked_model("model", model)
    image, start = RNG.random((2, 64, 64), dtype=np.float32)
    found = walk(model, image, start, 1)
    assert model.training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert walk(model, image, start, 1).score == found.score == pytest.approx(walk(model.eval(), image, start, 1).score)


# ---- states and the rest -------------------------------------------------------------------------


@pytest.mark.parametrize("state", [None, ["alpha"], "alpha", 5, ("alpha", 0.1)])
def test_a_state_that_is_no_dict(state):
    explorer = made(AlphaExplorer)
    for call in (explorer.render, explorer.describe):
        with pytest.raises(TypeError, match="a state must be a dict with alpha, score, threshold_for, data, but got"):
            call(state)


@pytest.mark.parametrize(
    "value", [np.array(["lac", "aps"]), ["lac"], {"lac"}, pd.Series(["lac", "aps"]), None, 1, torch.ones(2)]
)
def test_a_choice_that_is_none_of_the_options(value):
    explorer = made(AlphaExplorer)
    with pytest.raises(ValueError, match="score must be one of 'lac', 'aps', 'raps', but got"):
        explorer.describe({**explorer.start_state(), "score": value})


@pytest.mark.parametrize("value", [np.array([0.1, 0.2]), "0.1", None, [0.1], 1 + 0j, torch.tensor([0.1, 0.2])])
def test_a_slider_is_moved_by_numbers_only(value):
    explorer = made(AlphaExplorer)
    with pytest.raises(TypeError, match=r"alpha must be a number from 0\.01 to 0\.5, but got"):
        explorer.describe({**explorer.start_state(), "alpha": value})


def test_a_filmstrip_takes_a_list_of_states():
    explorer = made(DeferralExplorer)
    with pytest.raises(TypeError, match=r"states must be a list of states, but got one state. Pass \[state\]"):
        explorer.filmstrip(explorer.start_state())
    with pytest.raises(ValueError, match="states is empty"):
        explorer.filmstrip([])
    with pytest.raises(TypeError, match="a state must be a dict"):
        explorer.filmstrip(["start"])


def test_team_and_predict_first_name_what_came():
    with pytest.raises(ValueError, match="y_prob must lie between 0 and 1"):
        TeamExplorer([0, 1], [0.2, 3])
    question = Question("Why?", {"a": "b", "c": "d"}, "a")
    for arguments in ((question, "explorer"), (question, ShapleyExplorer), (made(DeferralExplorer), question)):
        with pytest.raises(TypeError, match=r"(explorer|question) must be of the kind"):
            PredictFirst(*arguments)


@pytest.mark.parametrize("seed", ["5", 2.5, None, -1])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises((TypeError, ValueError), match="seed must be"):
        MarkerExplorer(seed, models=both(ChestNet()))


def test_a_mapping_of_any_kind_is_a_dict():
    from types import MappingProxyType

    assert keyed("models", MappingProxyType({"a": 1}), ("a",), "a number") == {"a": 1}
