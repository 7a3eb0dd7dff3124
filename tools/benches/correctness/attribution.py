"""Attribution: closed forms, and Shapley values by enumeration."""

import math
from functools import cache
from itertools import combinations

import numpy as np
import torch
from torch import nn

from benches.correctness.case import Case
from benches.drawn import Function
from benches.peers import captum_ig, raw_grad_cam
from clinxai_teach.attribution import (
    exact_shapley,
    grad_cam,
    integrated_gradients,
    mass_in_mask,
    occlusion,
    pointing_game,
    saliency,
    shap_explanation,
    smooth_grad,
)

IG = "tests/attribution/test_integrated_gradients.py::test_"
CAM = "tests/attribution/test_gradcam.py::test_"


def row(*values):
    return torch.tensor([values], dtype=torch.float64)


# ---- gradients -----------------------------------------------------------------------------------


def weighted(weights=(1.0, 2.0, 3.0)):
    """Return a linear model; the weights are its gradient, and weights times input its integrated gradients."""
    return Function(lambda x: x @ row(*weights)[0])


def square():
    return Function(lambda x: (x**2).sum(1))


def kinks():
    """Return the two-unit network of Sundararajan et al.: at (3, 1) the first input gives 1.5, the second -0.5."""
    return Function(lambda x: ((x[:, 0].relu() - 1).relu() - x[:, 1].relu()).relu())


def direction():
    """Return a model that sees the direction only, as LayerNorm does: all change is next to the baseline."""
    return Function(lambda x: x[:, 0] / (x.square().sum(1) + 1e-12).sqrt())


def captum(name, model, x, **options):
    import captum.attr

    return getattr(captum.attr, name)(model).attribute(x, **options)


def captum_smooth_grad(model, x):
    from captum.attr import NoiseTunnel, Saliency

    torch.manual_seed(0)
    return NoiseTunnel(Saliency(model)).attribute(x, nt_samples=4000, stdevs=0.5 * float(x.max() - x.min()))


def cube():
    return Function(lambda x: x[:, 0] ** 3)


ONES = torch.ones(1, 1, 5, dtype=torch.float64)


def flat_linear():
    """Return a linear model of a signal (1, 5) with the weights 1, 2, 4, 8, 16."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(5, 1, bias=False)).double()
    model[1].weight.data = row(1, 2, 4, 8, 16)
    return model


GRADIENTS = (
    Case(
        "Saliency",
        "linear model: its weights",
        lambda: row(1, 2, 3),
        lambda: saliency(weighted(), row(0.3, 0.2, 0.1), 1),
        "tests/attribution/test_gradients.py::test_a_linear_model_gives_its_weights",
        {"Captum": lambda: captum("Saliency", weighted(), row(0.3, 0.2, 0.1))},
    ),
    Case(
        "Integrated gradients, 50 steps",
        "sum of squares in float64: x²",
        lambda: row(1, 4, 9),
        lambda: integrated_gradients(square(), row(1, 2, 3), 1, n_steps=50).values,
        IG + "a_quadratic_is_exact_where_the_rule_is_exact_for_lines",
        {"Captum": lambda: captum_ig(square(), row(1, 2, 3), n_steps=50)},
    ),
    Case(
        "Integrated gradients, trapezoid rule",
        "linear model: weight times input",
        lambda: row(1, 2, 3),
        lambda: integrated_gradients(weighted(), row(1, 1, 1), 1, n_steps=50, method="trapezoid").values,
        IG + "a_linear_model_is_exact_for_every_rule",
        {"Captum": lambda: captum_ig(weighted(), row(1, 1, 1), n_steps=50, method="riemann_trapezoid")},
    ),
    Case(
        "Integrated gradients to a tolerance",
        "two ReLUs, the paper's example: (1.5, -0.5); 1e-6 asked, Captum with 50 steps",
        lambda: row(1.5, -0.5),
        lambda: integrated_gradients(kinks(), row(3, 1), 1, tolerance=1e-6).values,
        IG + "two_networks_with_the_same_output_get_the_same_answer",
        {"Captum": lambda: captum_ig(kinks(), row(3, 1))},
        allowed=2e-6,
    ),
    Case(
        "Completeness of integrated gradients",
        "only the direction of (3, 4) counts: the sum is 0.6; 1% asked, Captum with 50 steps",
        lambda: 0.6,
        lambda: integrated_gradients(direction(), row(3, 4), 1, tolerance=0.01).values.sum(),
        IG + "a_change_in_a_millionth_of_the_way_from_black_is_found",
        {"Captum": lambda: captum_ig(direction(), row(3, 4)).sum()},
        allowed=0.006,
    ),
    Case(
        "SmoothGrad, 4,000 samples",
        "cube of 4, noise sd 5: 3 (4² + 5²); sampling error up to 10",
        lambda: 3 * (4**2 + 5**2),
        lambda: smooth_grad(cube(), row(4, -6), 1, n_samples=4000, noise=0.5)[0, 0],
        "tests/attribution/test_smooth.py::test_the_noise_is_a_share_of_each_inputs_own_range",
        {"Captum": lambda: captum_smooth_grad(cube(), row(4, -6))[0, 0]},
        allowed=10,
    ),
    Case(
        "Occlusion",
        "linear model, all windows of 2 in a signal of 5: means of the sums of two weights",
        lambda: [3, 4.5, 9, 18, 24],
        lambda: occlusion(flat_linear(), ONES, 1, window=2, stride=1).flatten(),
        "tests/attribution/test_occlusion.py::test_captum_agrees",
        {
            "Captum": lambda: captum(
                "Occlusion", flat_linear(), ONES, target=0, sliding_window_shapes=(1, 2), strides=(1, 1)
            ).flatten()
        },
    ),
)


# ---- maps ----------------------------------------------------------------------------------------


def captums_network(inplace=True):
    """Return the network of Captum's own tests, whose Grad-CAM maps can be computed by hand."""
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(inplace=inplace), nn.Flatten(), nn.Linear(8, 2, bias=False))
    with torch.no_grad():
        network[0].weight.fill_(1)
        network[0].bias.copy_(torch.tensor([-50.0, -75.0]))
        network[3].weight.copy_(torch.tensor([[1.0] * 5 + [-1.0] * 3, [-1.0] * 5 + [1.0] * 3]))
    return network


IMAGE = torch.arange(16.0).reshape(1, 1, 4, 4)
MAP = [[11.25, 13.5], [20.25, 22.5]]


def reuses_its_relu():
    """Return a network that calls one ReLU twice: the second map is twice the input, its gradient 1 / 16."""

    class Reuses(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.relu = nn.Conv2d(1, 1, 1, bias=False), nn.ReLU()
            self.first.weight.data.fill_(1)

        def forward(self, x):
            score = self.relu(2 * self.relu(self.first(x))).mean(dim=(1, 2, 3))
            return torch.stack([0 * score, score], dim=1)

    return Reuses().eval()


def captum_cam(model, x, layer, target):
    from captum.attr import LayerGradCam

    return LayerGradCam(model, layer).attribute(x, target=target).detach()


def on(model, layer, x, target):
    """Return the three ways to the raw map of a layer, each on a model of its own."""

    def ours():
        fresh = model()
        return grad_cam(fresh, x, target, layer=fresh.get_submodule(layer), relu=False)

    def captums():
        fresh = model()
        return captum_cam(fresh, x, fresh.get_submodule(layer), target)

    def theirs():
        fresh = model()
        return raw_grad_cam(fresh, x, target, fresh.get_submodule(layer))

    return ours, {"Captum": captums, "pytorch-grad-cam": theirs}


IN_PLACE, REUSED = on(captums_network, "0", IMAGE, 0), on(reuses_its_relu, "relu", IMAGE, 1)

MAPS = (
    Case(
        "Grad-CAM before an in-place ReLU",
        "two filters of ones on the numbers 0 to 15: computed by hand",
        lambda: MAP,
        IN_PLACE[0],
        CAM + "closed_form_with_and_without_in_place_relu",
        IN_PLACE[1],
    ),
    Case(
        "Grad-CAM of a layer that runs twice",
        "one ReLU called twice, the last call counts: twice the input / 16",
        lambda: IMAGE / 8,
        REUSED[0],
        CAM + "a_module_that_runs_twice_is_read_at_its_last_call",
        REUSED[1],
    ),
    Case(
        "Pointing game and mass in the mask",
        "four values, peak inside: a hit, and 3 of 4 parts",
        lambda: [1, 0.75],
        lambda: [float(score([[[1.0, 3.0]]], [[[0, 1]]])[0]) for score in (pointing_game, mass_in_mask)],
        "tests/attribution/test_localisation.py::test_by_hand",
    ),
)


# ---- Shapley values ------------------------------------------------------------------------------


def by_enumeration(predict, x, background):
    """Return Shapley values from their definition: the mean gain of each feature over all sets of the others."""
    d = len(x)

    @cache
    def value(chosen):
        mixed = background.copy()
        mixed[:, list(chosen)] = x[list(chosen)]
        return predict(mixed).mean()

    def gain(i):
        others = [j for j in range(d) if j != i]
        return sum(
            (value(tuple(sorted((*some, i)))) - value(some)) / math.comb(d - 1, size)
            for size in range(d)
            for some in combinations(others, size)
        )

    return np.array([gain(i) / d for i in range(d)])


def product(X):
    return np.asarray(X)[:, 0] * np.asarray(X)[:, 1]


def background_of(n):
    from shap.maskers import Independent

    return lambda rows: Independent(rows[:n], max_samples=n)


@cache
def tabular():
    """Return 2,000 patients with five features, and which of them are ill."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(2000, 5))
    return X, X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(size=2000) > 0


@cache
def fitted(name):
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    models = {
        "linear": LogisticRegression(),
        "forest": RandomForestClassifier(8, max_depth=4, random_state=0),
        "boosting": HistGradientBoostingClassifier(max_iter=60, random_state=0),
    }
    return models[name].fit(*tabular())


def beside_the_cuts():
    """Return eight patients whose first feature is a threshold of the boosted trees, as values of patients are."""
    trees = (row[0].nodes for row in fitted("boosting")._predictors)
    cuts = np.concatenate([tree["num_threshold"][tree["feature_idx"] == 0] for tree in trees])
    x = tabular()[0][:8].copy()
    x[:, 0] = cuts[cuts != 0][:8]
    return x


def shap_tree(name, x, n_background):
    import shap

    masker = background_of(n_background)(tabular()[0])
    explainer = shap.TreeExplainer(fitted(name), masker, feature_perturbation="interventional")
    values = explainer.shap_values(x, check_additivity=False)
    return values[..., 1] if values.ndim == 3 else values


def shap_base_of_many():
    import shap

    explainer = shap.TreeExplainer(fitted("forest"), tabular()[0][:400], feature_perturbation="interventional")
    return explainer.expected_value[1]


def shap_linear():
    import shap

    return shap.LinearExplainer(fitted("linear"), background_of(60)(tabular()[0])).shap_values(tabular()[0][:3])


def shap_exact():
    import shap

    background = np.array([[2.0, 5.0]])
    return shap.ExactExplainer(product, background_of(1)(background))(np.array([[3.0, 7.0]])).values


def probability_of_ill(X):
    return fitted("forest").predict_proba(X)[:, 1]


DEFECTS = "tests/peers/test_known_defects.py::test_"
SHAP = "tests/attribution/test_shap_values.py::test_"
SHAPLEY = (
    Case(
        "Shapley values by enumeration",
        "x1 x2 at (3, 7) against (2, 5): (x1 - b1)(x2 + b2) / 2 and its mirror",
        lambda: [6, 5],
        lambda: exact_shapley(product, [3.0, 7.0], [[2.0, 5.0]]).values,
        "tests/attribution/test_shapley.py::test_a_product_against_one_patient",
        {"shap": shap_exact},
    ),
    Case(
        "SHAP of a linear model",
        "logistic regression, 60 background rows: weight times distance from their mean",
        lambda: fitted("linear").coef_ * (tabular()[0][:3] - tabular()[0][:60].mean(axis=0)),
        lambda: shap_explanation(fitted("linear"), tabular()[0][:3], background=tabular()[0][:60]).values,
        "tests/attribution/test_shap_pipelines.py::test_equals_shaps_linear_explainer",
        {"shap": shap_linear},
    ),
    Case(
        "SHAP of a forest",
        "8 trees, 60 background rows: the definition, enumerated over all sets of features",
        lambda: [by_enumeration(probability_of_ill, x, tabular()[0][:60]) for x in tabular()[0][:3]],
        lambda: shap_explanation(fitted("forest"), tabular()[0][:3], background=tabular()[0][:60]).values,
        SHAP + "every_family_equals_brute_force_for_each_class",
        {"shap": lambda: shap_tree("forest", tabular()[0][:3], 60)},
        allowed=1e-6,
    ),
    Case(
        "SHAP of boosted trees at their thresholds",
        "HistGradientBoosting, float64: the definition, enumerated; in log-odds",
        lambda: [by_enumeration(fitted("boosting").decision_function, x, tabular()[0][:60]) for x in beside_the_cuts()],
        lambda: shap_explanation(fitted("boosting"), beside_the_cuts(), background=tabular()[0][:60]).values,
        DEFECTS + "shap_sends_patients_at_a_threshold_of_boosted_trees_to_the_wrong_side",
        {"shap": lambda: shap_tree("boosting", beside_the_cuts(), 60)},
        allowed=1e-6,
    ),
    Case(
        "Base value of SHAP, 400 background rows",
        "mean probability of all 400",
        lambda: probability_of_ill(tabular()[0][:400]).mean(),
        lambda: shap_explanation(fitted("forest"), tabular()[0][:1], background=tabular()[0][:400]).base_values,
        DEFECTS + "shap_takes_a_hundred_rows_of_a_larger_background",
        {"shap": shap_base_of_many},
        allowed=1e-9,
    ),
)

CASES = (*GRADIENTS, *MAPS, *SHAPLEY)
