"""The exercises of section 18.2. Their notebook imports LISTING, STATEMENTS and TREES."""

from itertools import combinations, permutations
from math import factorial

import numpy as np
import pandas as pd

from clinxai_teach.checks.engine import (
    Case,
    Exercise,
    Mistake,
    NotAnswered,
    WrongKind,
    array,
    choice_of,
    is_stub,
    mapping,
    number,
    outputs,
)


class Named:
    """A function with a name that a learner can read in a message."""

    def __init__(self, name, function):
        self.name, self.function = name, function

    def __call__(self, x):
        return self.function(x)

    def __repr__(self):
        return self.name


# --- 18.2-a: integrated gradients by hand -----------------------------------------------------------------


def integrated_gradients(gradient, x, baseline, n_steps):
    total = np.zeros(len(x))
    for step in range(n_steps):
        alpha = (step + 0.5) / n_steps  # the middle of each step on the way from 0 to 1
        total = total + gradient(baseline + alpha * (x - baseline))
    return (x - baseline) * total / n_steps


def _integrated_at_once(gradient, x, baseline, n_steps):
    alphas = (np.arange(n_steps) + 0.5) / n_steps
    return (x - baseline) * np.mean([gradient(baseline + alpha * (x - baseline)) for alpha in alphas], axis=0)


def _integrated_by(path=lambda b, x, a: b + a * (x - b), nodes=0.5, scale=lambda x, b: x - b, mean=np.mean):
    """Return a variant of the method that differs in one thing."""

    def variant(gradient, x, baseline, n_steps):
        alphas = (np.arange(n_steps) + nodes) / n_steps
        return scale(x, baseline) * mean([gradient(path(baseline, x, alpha)) for alpha in alphas], axis=0)

    return variant


def _gradient_cases():
    saturated = Named("the gradient of min(x1, 1)", lambda x: np.array([1.0 if x[0] < 1 else 0.0]))
    product = Named("the gradient of x1 * x2", lambda x: np.array([x[1], x[0]]))
    cubic = Named("the gradient of x1^3 - 2 x2 + x3^2", lambda x: np.array([3 * x[0] ** 2, -2.0, 2 * x[2]]))

    def case(label, gradient, x, baseline, n_steps):
        x, baseline = np.array(x, dtype=float), np.array(baseline, dtype=float)
        return Case(label, {"gradient": gradient, "x": x, "baseline": baseline, "n_steps": n_steps})

    return (
        case("a saturated unit", saturated, [2.0], [0.0], 4),
        case("two features that multiply", product, [2.0, 3.0], [1.0, 1.0], 2),
        case("a negative feature and three steps", cubic, [-1.0, 0.5, 2.0], [0.5, 0.0, -1.0], 3),
    )


A = Exercise(
    id="18.2-a",
    title="Integrated gradients by hand",
    expects="a function integrated_gradients(gradient, x, baseline, n_steps) that returns one number per feature",
    evaluate=lambda answer: outputs(answer, _gradient_cases(), array),
    right=integrated_gradients,
    also_right=(
        _integrated_at_once,
        lambda *given: integrated_gradients(*given).tolist(),
        lambda *given: pd.Series(integrated_gradients(*given)),
    ),
    mistakes=(
        Mistake(
            "gradient times input, no path",
            lambda gradient, x, baseline, n_steps: (x - baseline) * gradient(x),
            "This uses the gradient at x only. A saturated unit has no gradient there. Average the gradient over the "
            "points between baseline and x.",
        ),
        Mistake(
            "plain gradient",
            lambda gradient, x, baseline, n_steps: gradient(x),
            "This is the plain gradient at x. Average it along the path, then multiply by (x - baseline).",
        ),
        Mistake(
            "no factor (x - baseline)",
            _integrated_by(scale=lambda x, b: 1),
            "The mean gradient is right. Now multiply it by (x - baseline), or it has the wrong unit and does not "
            "add up.",
        ),
        Mistake(
            "multiplied by x",
            _integrated_by(scale=lambda x, b: x),
            "You multiplied by x. It must be (x - baseline): the two differ where the baseline is not zero.",
        ),
        Mistake(
            "path from zero",
            _integrated_by(path=lambda b, x, a: a * x),
            "Your path starts at zero. It must start at the baseline: baseline + alpha * (x - baseline).",
        ),
        Mistake(
            "left ends of the steps",
            _integrated_by(nodes=0.0),
            "You took the left end of each step (alpha = 0, 1/n, ...). Take its middle: alpha = (step + 0.5) / "
            "n_steps.",
        ),
        Mistake(
            "right ends of the steps",
            _integrated_by(nodes=1.0),
            "You took the right end of each step (alpha = 1/n, ..., 1). Take its middle: alpha = (step + 0.5) / "
            "n_steps.",
        ),
        Mistake(
            "sum instead of mean",
            _integrated_by(mean=np.sum),
            "The gradients were added, not averaged. Divide by n_steps, or the result grows with the number of steps.",
        ),
        Mistake(
            "absolute values",
            lambda *given: np.abs(integrated_gradients(*given)),
            "Do not take absolute values. Without signs the attributions do not add up to F(x) - F(baseline).",
        ),
    ),
    hints=(
        "Walk from the baseline to x in n_steps steps. Ask for the gradient in the middle of each step.",
        "The middle of step number s (from 0) is baseline + alpha * (x - baseline), with alpha = (s + 0.5) / n_steps.",
        "Average these gradients, feature by feature. Then multiply the mean by (x - baseline).",
    ),
    worked=integrated_gradients,
    why="Where the unit is saturated the gradient at x is 0, yet x matters. On the way from the baseline the "
    "gradient is "
    "not 0, and the attributions add up to F(x) - F(baseline).",
    tolerance=1e-9,
)

# --- 18.2-b: Shapley values by brute force ----------------------------------------------------------------


def shapley_values(value, n_features):
    players = range(n_features)
    result = []
    for player in players:
        others = [other for other in players if other != player]
        phi = 0.0
        for size in range(n_features):
            # how many of all orders have exactly these features before the player
            weight = factorial(size) * factorial(n_features - size - 1) / factorial(n_features)
            for subset in combinations(others, size):
                phi += weight * (value({*subset, player}) - value(set(subset)))
        result.append(phi)
    return result


def _shapley_over_orders(value, n_features):
    """The same from its meaning: the mean gain of each player over all orders in which players can join."""
    gains = np.zeros(n_features)
    orders = list(permutations(range(n_features)))
    for order in orders:
        for place, player in enumerate(order):
            gains[player] += value(set(order[: place + 1])) - value(set(order[:place]))
    return gains / len(orders)


def _unweighted(value, n_features):
    result = []
    for player in range(n_features):
        others = [other for other in range(n_features) if other != player]
        subsets = [set(subset) for size in range(n_features) for subset in combinations(others, size)]
        result.append(np.mean([value(subset | {player}) - value(subset) for subset in subsets]))
    return result


def _one_order(value, n_features):
    return [value(set(range(k + 1))) - value(set(range(k))) for k in range(n_features)]


def _leave_one_out(value, n_features):
    everyone = set(range(n_features))
    return [value(everyone) - value(everyone - {player}) for player in range(n_features)]


def _alone(value, n_features):
    return [value({player}) - value(set()) for player in range(n_features)]


def _equal_shares(value, n_features):
    return [(value(set(range(n_features))) - value(set())) / n_features] * n_features


def _value_cases():
    risks = {  # a risk in percent, known for each set of three features: 0 = age, 1 = waist, 2 = HDL
        (): 20.0, (0,): 28.0, (1,): 30.0, (2,): 23.0, (0, 1): 34.0, (0, 2): 29.0, (1, 2): 36.0, (0, 1, 2): 41.0,
    }  # fmt: skip
    both = Named("the value is 10 if both are there, else 0", lambda s: 10.0 * ({0, 1} <= s))
    never = Named("the value is 7 if feature 0 is there; feature 1 changes nothing", lambda s: 7.0 * (0 in s))
    table = Named("the risk in percent for each set of age, waist, HDL", lambda s: risks[tuple(sorted(s))])
    trio = Named(
        "the value is 12 if feature 0 and at least one other are there", lambda s: 12.0 * (0 in s and len(s) > 1)
    )
    return (
        Case("two features that need each other", {"value": both, "n_features": 2}),
        Case("a feature that is never used", {"value": never, "n_features": 2}),
        Case("three features of one patient", {"value": table, "n_features": 3}),
        Case("four features", {"value": trio, "n_features": 4}),
    )


B = Exercise(
    id="18.2-b",
    title="Shapley values by brute force",
    expects="a function shapley_values(value, n_features) that returns a list with one number per feature",
    evaluate=lambda answer: outputs(answer, _value_cases(), array),
    right=shapley_values,
    also_right=(_shapley_over_orders, lambda *given: np.array(shapley_values(*given))),
    mistakes=(
        Mistake(
            "one order only",
            _one_order,
            "This adds the features in one order only: 0, 1, 2, ... Another order gives other numbers. Average over "
            "all "
            "orders.",
        ),
        Mistake(
            "leave one out",
            _leave_one_out,
            "This only takes each feature away from the full set. Two features that need each other are then counted "
            "twice. Use all subsets.",
        ),
        Mistake(
            "each feature alone",
            _alone,
            "This only adds each feature to the empty set. A feature that works together with another gets nothing. "
            "Use "
            "all subsets.",
        ),
        Mistake(
            "subsets not weighted",
            _unweighted,
            "Every subset counts the same here. The weight must be s! (n - s - 1)! / n!, where s is the subset's "
            "size: the "
            "share of the orders in which just these come before.",
        ),
        Mistake(
            "equal shares",
            _equal_shares,
            "Everybody gets the same. A feature that changes nothing must get 0.",
        ),
    ),
    hints=(
        "A feature's gain depends on who is there already: value(subset with it) - value(subset without it).",
        "Go through all subsets of the other features: itertools.combinations(others, size) for size 0 to n - 1.",
        "Weigh each gain with factorial(size) * factorial(n - size - 1) / factorial(n), and add.",
    ),
    worked=shapley_values,
    why="Each feature gets its mean gain over all orders of joining. So the values add up to f(x) minus the base "
    "value, "
    "and a feature that changes nothing gets 0.",
    tolerance=1e-9,
)

# --- 18.2-c: Grad-CAM from maps and gradients -------------------------------------------------------------


def grad_cam_map(maps, gradients):
    weights = gradients.mean(axis=(1, 2))  # alpha_k: one number per map
    cam = np.zeros(maps.shape[1:])
    for weight, one_map in zip(weights, maps, strict=True):
        cam = cam + weight * one_map
    return np.maximum(cam, 0)  # ReLU, on the sum


def _cam_by_einsum(maps, gradients):
    return np.clip(np.einsum("k,kij->ij", gradients.mean((1, 2)), maps), 0, None)


def _cam(weight=lambda g: g.mean(axis=(1, 2), keepdims=True), end=lambda c: np.maximum(c, 0), each=lambda m: m):
    """Return a variant of Grad-CAM that differs in one thing."""
    return lambda maps, gradients: end(each(weight(gradients) * maps).sum(axis=0))


def _scaled(cam):
    cam = np.maximum(cam, 0)
    return cam / cam.max() if cam.max() > 0 else cam


def _cam_cases():
    rng = np.random.default_rng(182)

    def case(label, maps, gradients):
        return Case(label, {"maps": np.array(maps, dtype=float), "gradients": np.array(gradients, dtype=float)})

    return (
        case(
            "two maps, one counts against the class",
            [[[4, 0], [0, 2]], [[1, 3], [0, 1]]],
            [[[1, 1], [1, 1]], [[-2, 0], [0, -2]]],
        ),
        case("no evidence for the class", [[[1, 2], [3, 4]]], [[[-1, -1], [-1, -1]]]),
        case("five maps of 3 x 4 cells", rng.gamma(1, 1, (5, 3, 4)).round(2), rng.normal(0, 0.1, (5, 3, 4)).round(3)),
    )


C = Exercise(
    id="18.2-c",
    title="Grad-CAM from maps and gradients",
    expects="a function grad_cam_map(maps, gradients) that returns one map: rows and columns of numbers",
    evaluate=lambda answer: outputs(answer, _cam_cases(), lambda output: array(output, ndim=2)),
    right=grad_cam_map,
    also_right=(_cam_by_einsum, _cam(), lambda *given: grad_cam_map(*given).tolist()),
    mistakes=(
        Mistake(
            "gradient times activation, cell by cell",
            _cam(weight=lambda g: g),
            "You multiplied cell by cell. Grad-CAM gives each map ONE weight: the mean of its gradients over all "
            "cells.",
        ),
        Mistake(
            "no ReLU",
            _cam(end=lambda c: c),
            "Negative cells are left in. Grad-CAM ends with a ReLU: evidence against the class becomes 0.",
        ),
        Mistake(
            "ReLU on each map",
            _cam(each=lambda m: np.maximum(m, 0)),
            "The ReLU came too early, on each map. Add the maps first: a map that counts against the class must be "
            "able "
            "to cancel another one.",
        ),
        Mistake(
            "absolute value instead of ReLU",
            _cam(end=np.abs),
            "The absolute value turns evidence against the class into evidence for it. Use ReLU: negative becomes 0.",
        ),
        Mistake(
            "sum of the gradients as weight",
            _cam(weight=lambda g: g.sum(axis=(1, 2), keepdims=True)),
            "The gradients were added up over the cells. The weight is their mean (the 1/Z in the formula).",
        ),
        Mistake(
            "maps not weighted",
            _cam(weight=lambda g: np.ones((len(g), 1, 1))),
            "The maps were added without weights. Then the map is the same for every class. Use the gradients.",
        ),
        Mistake(
            "scaled to 1",
            _cam(end=_scaled),
            "You divided by the maximum. That is for display only: then a weak map looks as strong as a strong one. "
            "Return the raw map.",
        ),
    ),
    hints=(
        "There are two steps: one weight for each map, then the weighted sum of the maps.",
        "The weight of map k is gradients[k].mean().",
        "Add weight * map over all maps. At the end, np.maximum(cam, 0).",
    ),
    worked=grad_cam_map,
    why="One weight per map, the sum, then ReLU. The raw map keeps its strength; a map without evidence for the "
    "class is "
    "all zeros, and stays so.",
    tolerance=1e-9,
)

# --- 18.2-d: find the bug ---------------------------------------------------------------------------------

# A heatmap class in the style of older tutorials. Each line has a letter; some are wrong.
LISTING = {
    "A": "self.handle = layer.register_forward_hook(self.keep)   # in __init__; never removed",
    "B": "self.maps = output                                     # in keep()",
    "C": "self.model.train()                                     # in heatmap(), before the forward pass",
    "D": "logits = self.model(image)",
    "E": "score = torch.softmax(logits, dim=1)[:, target].sum()",
    "F": "gradient, = torch.autograd.grad(score, self.maps)",
    "G": "weights = gradient.mean(dim=(2, 3), keepdim=True)",
    "H": "cam = (weights * self.maps).sum(dim=1, keepdim=True).relu()",
    "I": "return (cam - cam.min()) / (cam.max() - cam.min())",
}
# For each wrong line: a clue that does not name it, and the reason.
_AFTER = "What is still there after the call, and what happens when ten such objects are made?"
_STATE = "In which state does the network answer a patient, and in which one here?"
BUGS = {
    "A": (
        _AFTER,
        "The hook stays on the model. Each new object adds one, and keeps its maps in memory. Remove it after use.",
    ),
    "B": (
        "What does an in-place ReLU behind this layer do to a tensor that was only kept, not copied?",
        "This keeps the same memory. An in-place layer that comes next overwrites it. Keep output.clone().",
    ),
    "C": (
        _STATE,
        "In training mode dropout is random, and batch normalisation uses the batch and changes the model. Use eval "
        "mode.",
    ),
    "E": (
        "Which score belongs to one class alone?",
        "The softmax mixes in the other classes: the map also shows what lowers their scores. Take the logit of the "
        "class.",
    ),
    "I": (
        "What does the last step do to a film without any evidence?",
        "Without evidence this is 0 / 0: NaN. Otherwise every film gets a 1, so weak looks strong. Return the raw map.",
    ),
}
FINE = {
    "D": "One forward pass, as it should be.",
    "F": "This is right: it asks for one gradient only, and leaves .grad of the weights alone.",
    "G": "This is the alpha of the formula: the mean over the map's cells.",
    "H": "This is right: weighted sum first, then ReLU.",
}


def _lines(answer):
    if isinstance(answer, str):
        answer = [letter for letter in answer.upper() if letter.isalpha()]
    elif isinstance(answer, (list, tuple, set)):
        answer = [str(letter).strip().upper() for letter in answer]
    return choice_of(answer, tuple(LISTING))


def _explain_lines(got, right):
    """First defend a right line that was accused; then give a clue to one that was missed."""
    for letter in LISTING:
        if got[letter] and not right[letter]:
            return f"line {letter} is not a bug. {FINE[letter]}"
    missed = [letter for letter in BUGS if not got[letter]]
    return f"{len(missed)} of {len(BUGS)} bugs are not in your answer. A clue to one: {BUGS[missed[0]][0]}"


D = Exercise(
    id="18.2-d",
    title="Find the bugs",
    expects='the set of the letters of all wrong lines, such as {"A", "B"}',
    evaluate=_lines,
    right=set(BUGS),
    also_right=("".join(BUGS), [letter.lower() for letter in BUGS], tuple(BUGS), "A, B, C, E, I"),
    mistakes=(
        Mistake(
            "only what stops with an error",
            {"A"},
            "A bug is more than an error message. Most of these lines run, and give a wrong or a misleading map.",
        ),
        Mistake(
            "all lines",
            set(LISTING),
            "Some lines are right. For each letter ask: what would go wrong, for whom?",
        ),
        Mistake(
            "forgot the scaling",
            set(BUGS) - {"I"},
            "One is missing, near the end. Think of a film without any evidence for the class.",
        ),
        Mistake(
            "forgot the copy",
            set(BUGS) - {"B"},
            "One is missing. In many networks the next layer is nn.ReLU(inplace=True). What does it do to a kept "
            "tensor?",
        ),
        Mistake(
            "forgot the mode",
            set(BUGS) - {"C"},
            "One is missing. In which mode must a model be when it is used on a patient?",
        ),
        Mistake(
            "forgot the logit",
            set(BUGS) - {"E"},
            "One is missing. Which number should be explained: a probability that depends on all classes, or the "
            "score of one?",
        ),
    ),
    hints=(
        "Five of the nine lines are wrong. One of them leaves something behind.",
        "Look at: what is kept, the mode of the model, the score that is explained, and the last step.",
        "Wrong are the hook that stays, the tensor that is not copied, train(), the softmax, and the scaling.",
    ),
    worked="\n".join(f"{letter}: {reason}" for letter, (_, reason) in BUGS.items())
    + "\n\nThese lines are right:\n"
    + "\n".join(f"{letter}: {reason}" for letter, reason in FINE.items()),
    why="Each of these five appears in code that is in use. A map can look plausible with all of them, so test a "
    "method "
    "before you trust its pictures.",
    explain=_explain_lines,
)

# --- 18.2-e: two trees (consistency) ----------------------------------------------------------------------

# The two trees of Lundberg, Erion and Lee 2018 (arXiv:1802.03888): fever and cough, four patients, equally many.
TREES = {
    "A": {"no fever, no cough": 0, "no fever, cough": 0, "fever, no cough": 0, "fever, cough": 80},
    "B": {"no fever, no cough": 0, "no fever, cough": 10, "fever, no cough": 0, "fever, cough": 90},
}


def _spread(values):
    """Return the mean squared distance from the mean."""
    return float(np.var(values))


def two_trees():
    answer = {}
    for tree, first in (("A", "fever"), ("B", "cough")):  # the feature at the top of each tree
        nn, nc, fn, fc = TREES[tree].values()  # n: none, c: cough, f: fever
        all_four = [nn, nc, fn, fc]
        halves = ([nn, nc], [fn, fc]) if first == "fever" else ([nn, fn], [nc, fc])
        left_over = np.mean([_spread(half) for half in halves])
        gain = {first: _spread(all_four) - left_over}
        gain["cough" if first == "fever" else "fever"] = left_over  # the second split leaves no spread
        answer[f"gain {tree} cough"] = 100 * gain["cough"] / sum(gain.values())
        base, with_fever, with_cough = np.mean(all_four), np.mean([fn, fc]), np.mean([nc, fc])
        answer[f"SHAP {tree} fever"] = ((with_fever - base) + (fc - with_cough)) / 2
        answer[f"SHAP {tree} cough"] = ((with_cough - base) + (fc - with_fever)) / 2
    return answer


def _tree_numbers(answer):
    if isinstance(answer, dict) and answer and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    return mapping(answer, lambda value: number(value, low=-200, high=200))


def _changed(changes):
    """Return the right answers with some of them replaced."""
    return {**two_trees(), **changes}


def _explain_trees(got, right):
    """Name the first wrong number without giving it away."""
    missing = [key for key in right if key not in got]
    if missing:
        return f"there is no number yet for: {', '.join(missing)}."
    extra = [str(key) for key in got if key not in right]
    if extra:
        return f"these names do not belong there: {', '.join(extra)}. Use the six names of the stub."
    wrong = [key for key in right if abs(got[key] - right[key]) > 0.5]
    shapley = all(key.startswith("SHAP") for key in wrong)
    total = (
        "The SHAP values of a tree add up to its prediction for fever and cough, minus its mean over the four patients."
    )
    spread = (
        "A split's gain is by how much it lowers the mean squared distance from the mean. Both gains of a tree "
        "make 100%."
    )
    return f"not right yet: {', '.join(wrong)}. {total if shapley else spread}"


E = Exercise(
    id="18.2-e",
    title="Two trees: which importance can be trusted?",
    expects="a dict with six numbers: the gain shares of cough in percent, and four SHAP values",
    evaluate=_tree_numbers,
    right=two_trees(),
    also_right=(
        {key: round(value, 1) for key, value in two_trees().items()},
        {key: round(value) for key, value in two_trees().items()},
        pd.Series(two_trees()),
    ),
    mistakes=(
        Mistake(
            "gain shares of fever",
            _changed({key: 100 - two_trees()[key] for key in ("gain A cough", "gain B cough")}),
            "Your gain shares are those of fever. Asked is cough.",
        ),
        Mistake(
            "gain as a fraction",
            _changed({key: two_trees()[key] / 100 for key in ("gain A cough", "gain B cough")}),
            "Give the gain shares in percent: 50, not 0.5.",
        ),
        Mistake(
            "one order: fever first",
            _changed({"SHAP A fever": 20, "SHAP A cough": 40, "SHAP B fever": 20, "SHAP B cough": 45}),
            "This is one order only: fever joins first, then cough. The SHAP value is the mean over both orders.",
        ),
        Mistake(
            "one order: cough first",
            _changed({"SHAP A fever": 40, "SHAP A cough": 20, "SHAP B fever": 40, "SHAP B cough": 25}),
            "This is one order only: cough joins first, then fever. The SHAP value is the mean over both orders.",
        ),
        Mistake(
            "no base value",
            _changed({"SHAP A fever": 40, "SHAP A cough": 40, "SHAP B fever": 42.5, "SHAP B cough": 47.5}),
            "You shared out the whole prediction. SHAP shares out the prediction minus the mean prediction of all "
            "four patients.",
        ),
    ),
    hints=(
        "Tree A asks for fever first, tree B for cough. The first gain: mean squared distance before the split, "
        "minus the "
        "mean of the two halves after it.",
        "After the second split nothing is left, so the second gain is what the first one left over.",
        "SHAP of fever: half of (mean with fever - mean of all) plus half of (fever and cough - mean with cough).",
    ),
    worked=two_trees,
    why="Tree B relies more on cough than tree A, and its SHAP value rises from 30 to 35. The gain share falls from "
    "67% to "
    "44%. Gain is not consistent; SHAP is.",
    tolerance=0.5,
    explain=_explain_trees,
)

# --- 18.2-f: a network that the chapter did not use -------------------------------------------------------


def heatmap(model, images, target):
    from torch import nn

    from clinxai_teach.attribution import grad_cam

    convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    return grad_cam(model, images, target, layer=convolutions[-1])


def _heatmap_by_name(model, images, target):
    from torch.nn import Conv2d

    from clinxai_teach.attribution import grad_cam

    names = [name for name, module in model.named_modules() if type(module) is Conv2d]
    return grad_cam(model, images, target, layer=model.get_submodule(names[-1])).numpy()


def _heatmap_with(pick=lambda convolutions: convolutions[-1], **options):
    """Return a variant that picks another layer or calls Grad-CAM in another way."""

    def variant(model, images, target):
        from torch import nn

        from clinxai_teach.attribution import grad_cam

        layer = pick([module for module in model.modules() if isinstance(module, nn.Conv2d)])
        return grad_cam(model, images, options.get("target", target), layer=layer, relu=options.get("relu", True))

    return variant


def _display_map(model, images, target):
    from clinxai_teach.attribution import scale_for_display

    return scale_for_display(heatmap(model, images, target))


def _network_cases():
    """Three small networks of other families, with fixed weights; the third is built as a DenseNet is."""
    import torch
    from torch import nn

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.inner = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
            self.relu, self.head = nn.ReLU(inplace=True), nn.Linear(4, 3)

        def forward(self, x):
            x = self.relu(self.stem(x))
            return self.head(self.relu(x + self.inner(x)).mean((2, 3)))

        def __repr__(self):
            return "a residual network"

    class Mobile(nn.Sequential):
        def __repr__(self):
            return "a network with depthwise convolutions"

    class Dense(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Conv2d(1, 3, 3, stride=2), nn.Conv2d(3, 3, 3, padding=1)
            self.relu, self.head = nn.ReLU(inplace=True), nn.Linear(6, 2)

        def forward(self, x):
            x = self.first(x)
            x = torch.cat([x, self.second(self.relu(x))], dim=1)
            return self.head(self.relu(x).mean((2, 3)))

        def __repr__(self):
            return "a densely connected network"

    generator = torch.Generator().manual_seed(1826)
    networks = (
        Residual(),
        Mobile(
            nn.Conv2d(1, 6, 3, stride=2),
            nn.ReLU6(inplace=True),
            nn.Conv2d(6, 6, 3, groups=6),
            nn.Conv2d(6, 8, 1),
            nn.Hardswish(inplace=True),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(8, 3),
        ),
        Dense(),
    )
    cases = []
    for network, target in zip(networks, (2, 0, 1), strict=True):
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)
        images = torch.rand(2, 1, 9, 9, generator=generator)
        label = str(network).removeprefix("a ")
        cases.append(Case(label, {"model": network.eval(), "images": _Images(images), "target": target}))
    return tuple(cases)


class _Images:
    """A batch of images with a short name for messages; a learner's function gets the tensor."""

    def __init__(self, tensor):
        self.tensor = tensor

    def __repr__(self):
        return "2 images"

    def __deepcopy__(self, memo):
        return self.tensor.clone()


def _same_shape(output):
    """Return the maps `(N, h, w)`; a channel axis of length 1 may be there or not."""
    if hasattr(output, "detach"):
        output = output.detach().cpu().numpy()
    output = np.asarray(output) if hasattr(output, "__len__") else output
    if getattr(output, "ndim", 0) == 4 and output.shape[1] == 1:
        output = output[:, 0]
    return array(output, ndim=3)


F = Exercise(
    id="18.2-f",
    title="A heatmap for any network",
    expects="a function heatmap(model, images, target) that returns the raw Grad-CAM map of the last convolution for "
    "each image",
    evaluate=lambda answer: outputs(answer, _network_cases(), _same_shape),
    right=heatmap,
    also_right=(_heatmap_by_name, lambda *given: heatmap(*given)[:, 0]),
    mistakes=(
        Mistake(
            "first convolution",
            _heatmap_with(pick=lambda convolutions: convolutions[0]),
            "You took the first convolution. It sees edges only. Take the last one: [-1].",
        ),
        Mistake(
            "always class 1",
            _heatmap_with(target=1),
            "The map is always that of class 1. Pass on the target that the function gets.",
        ),
        Mistake(
            "evidence against the class left in",
            _heatmap_with(relu=False),
            "Negative values are left in. Leave out relu=False: Grad-CAM ends with a ReLU.",
        ),
        Mistake(
            "scaled for display",
            _display_map,
            "Each map was divided by its maximum. Return the raw map: its strength is part of the answer.",
        ),
    ),
    hints=(
        "grad_cam(model, images, target, layer=...) does the work. What you need is the layer.",
        "model.modules() gives every part of a network, in order. Keep those with isinstance(part, torch.nn.Conv2d).",
        "Take the last of them, and return grad_cam(model, images, target, layer=that_layer).",
    ),
    worked=heatmap,
    why="Grad-CAM works on any network with convolutions, also with in-place layers and dense connections. The last "
    "convolution is a usual choice, not the only right one: its map is coarse.",
    tolerance=1e-5,
)

# --- 18.2-g: a deletion curve -----------------------------------------------------------------------------


def deletion_scores(predict, x, attribution, baseline):
    order = np.argsort(-attribution)  # the most important first
    changed = x.copy()
    scores = [predict(changed)]
    for feature in order:
        changed[feature] = baseline[feature]  # from here on it stays removed
        scores.append(predict(changed))
    return scores


def _deletion_at_once(predict, x, attribution, baseline):
    rank = np.empty(len(x), dtype=int)
    rank[np.argsort(-attribution)] = np.arange(len(x))
    return [predict(np.where(rank < removed, baseline, x)) for removed in range(len(x) + 1)]


def _deletion(order=lambda a: np.argsort(-a), first=True, keep=True, value=None):
    """Return a variant of the curve that differs in one thing."""

    def variant(predict, x, attribution, baseline):
        changed, scores = x.copy(), [predict(x)] if first else []
        for feature in order(attribution):
            if not keep:
                changed = x.copy()
            changed[feature] = baseline[feature] if value is None else value
            scores.append(predict(changed))
        return scores

    return variant


def _deletion_cases():
    def case(label, predict, x, attribution, baseline):
        x, attribution, baseline = (np.array(v, dtype=float) for v in (x, attribution, baseline))
        return Case(label, {"predict": predict, "x": x, "attribution": attribution, "baseline": baseline})

    total = Named("the model x1 + 2 x2 + 4 x3", lambda x: float(x @ [1, 2, 4]))
    pair = Named("the model 10 x1 x2 + x3", lambda x: float(10 * x[0] * x[1] + x[2]))
    risk = Named("a risk model", lambda x: float(1 / (1 + np.exp(-(x @ [0.8, -0.5, 0.3, 1.1] - 0.4)))))
    return (
        case("a sum of three", total, [1, 1, 1], [1, 2, 4], [0, 0, 0]),
        case("a negative attribution and a mean as baseline", total, [1, -3, 2], [0.5, -5, 6], [0.5, -0.5, 0.5]),
        case("two features that need each other", pair, [1, 1, 2], [4, 5, 1], [0, 0.5, 1]),
        case("four features", risk, [1.5, 0.5, -1, 2], [1.0, -0.2, -0.4, 2.0], [0.2, 0.1, 0, 0.3]),
    )


G = Exercise(
    id="18.2-g",
    title="A deletion curve",
    expects="a function deletion_scores(predict, x, attribution, baseline) that returns a list: the score with 0, 1, "
    "2, ... "
    "features removed",
    evaluate=lambda answer: outputs(answer, _deletion_cases(), array),
    right=deletion_scores,
    also_right=(_deletion_at_once, lambda *given: np.array(deletion_scores(*given))),
    mistakes=(
        Mistake(
            "least important first",
            _deletion(order=np.argsort),
            "You removed the least important feature first. Begin with the highest attribution.",
        ),
        Mistake(
            "order by size without sign",
            _deletion(order=lambda a: np.argsort(-np.abs(a))),
            "You ordered by size without sign. A strong negative attribution speaks against the class: it comes last.",
        ),
        Mistake(
            "start left out",
            _deletion(first=False),
            "The first score is missing: the one with nothing removed. With d features there are d + 1 scores.",
        ),
        Mistake(
            "one feature at a time",
            _deletion(keep=False),
            "You put each feature back before you remove the next. Removed features must stay removed.",
        ),
        Mistake(
            "zero instead of the baseline",
            _deletion(value=0.0),
            "Removed features were set to 0. Set them to their baseline: 0 can be a value that no patient has.",
        ),
        Mistake(
            "in the order of the table",
            _deletion(order=lambda a: np.arange(len(a))),
            "The features were removed in the order of the table. Sort them by the attribution.",
        ),
    ),
    hints=(
        "np.argsort(-attribution) gives the features, the most important first.",
        "Work on a copy of x. Start the list with predict(x).",
        "In each turn set one more feature to baseline[feature], and append predict of the changed copy.",
    ),
    worked=deletion_scores,
    why="If the attribution is good, the score falls early. Always compare with a random order: any removal lowers a "
    "score "
    "sooner or later.",
    tolerance=1e-9,
)

# --- 18.2-h: what may be said -----------------------------------------------------------------------------

STATEMENTS = {
    1: "The SHAP values of a patient add up to the model's output minus the base value.",
    2: "A SHAP value near 0 means that the model does not need this feature.",
    3: "A warm heatmap on the lesion proves that the model reasons as a radiologist does.",
    4: "A Grad-CAM map cannot be finer than the maps of the layer it is made from.",
    5: "Total cholesterol has a protective SHAP value, so higher cholesterol protects from diabetes.",
    6: "If a map hardly changes when the model's weights are made random, it does not explain the model.",
    7: "A gradient of zero at the patient's values means that the feature does not matter.",
    8: "SHAP values in log-odds must not be read as changes of the probability.",
    9: "The patient should raise HDL, because low HDL has a high SHAP value in the risk model.",
    10: "Another baseline gives other integrated gradients, so a report must name the baseline.",
}
_TRUE = (1, 4, 6, 8, 10)
STATEMENT_REASONS = {
    1: "This is local accuracy. It is bookkeeping: true of every model, also of a wrong one.",
    2: "Two features that carry the same information share their credit. Waist takes nearly all of BMI's.",
    3: "It shows where the evidence lies, not how it is used. A shortcut model can have a map on the lesion, too.",
    4: "The layer's maps of 8 x 8 cells are only made larger for display.",
    5: "SHAP shows what the model uses, not what causes disease. Treated people have lower cholesterol: that is one "
    "possible reason.",
    6: "This is the sanity check: what does not depend on the weights cannot be about them.",
    7: "A saturated unit has gradient 0, and yet its value matters. That is why integrated gradients exist.",
    8: "0.7 log-odds can be 17 points of probability or almost none. It depends on where the patient stands.",
    9: "A model of who has diabetes is no model of what happens when HDL is changed.",
    10: "The baseline is the question: compared with what?",
}


def _statement_choice(answer):
    if isinstance(answer, dict):
        if answer and all(is_stub(value) for value in answer.values()):
            raise NotAnswered
        not_bool = [key for key, value in answer.items() if not isinstance(value, bool | np.bool_)]
        if not_bool:
            raise WrongKind(f"Statement {not_bool[0]} has no True or False yet.")
        answer = [key for key, true in answer.items() if true]
    return choice_of(answer, tuple(map(str, STATEMENTS)))


def _explain_statements(got, right):
    """Say which statement to think about again, with a reason that does not need the others."""
    wrong = [int(key) for key in right if got[key] != right[key]]
    first = wrong[0]
    verdict = "is true" if first in _TRUE else "is not true"
    return (
        f"{len(wrong)} of {len(STATEMENTS)} are not right yet. Statement {first} {verdict}: {STATEMENT_REASONS[first]}"
    )


H = Exercise(
    id="18.2-h",
    title="What may be said",
    expects="the set of the numbers of all true statements, such as {1, 2}",
    evaluate=_statement_choice,
    right=set(_TRUE),
    also_right=(list(_TRUE), {str(k) for k in _TRUE}, {k: k in _TRUE for k in STATEMENTS}, np.array(_TRUE)),
    mistakes=(
        Mistake(
            "everything sounds right",
            set(STATEMENTS),
            "Five of them are not true. Look for the words proves, protects, should, does not matter.",
        ),
        Mistake(
            "causal readings accepted",
            {*_TRUE, 5, 9},
            "5 and 9 read an explanation as a cause. The model says who has diabetes, not what happens if a value is "
            "changed.",
        ),
        Mistake(
            "zero means unused",
            {*_TRUE, 2, 7},
            "2 and 7 read zero as unused. A saturated unit has gradient 0; two like features share their credit.",
        ),
        Mistake(
            "the false ones chosen",
            set(STATEMENTS) - set(_TRUE),
            "These are the statements that are not true. Asked are the true ones.",
        ),
    ),
    hints=(
        "Five are true.",
        "A sentence that says cause, proof or advice goes further than an attribution can.",
        "Local accuracy, the layer's resolution, the sanity check, units and baseline are matters of the method "
        "itself.",
    ),
    worked="\n".join(f"{k}: {'true' if k in _TRUE else 'not true'}. {STATEMENT_REASONS[k]}" for k in STATEMENTS),
    why="An attribution says what a model's output rests on, against a baseline. It is no proof, no cause and no "
    "advice.",
    explain=_explain_statements,
)

EXERCISES = {exercise.id: exercise for exercise in (A, B, C, D, E, F, G, H)}
