"""A held-out trial: what learners may hand over, beside the mistakes that the exercises name.

Each row is a wrong answer and words of the reason that fits it, or "" where only a general reply can be given. None of
them may pass, and four of five must get their own reason. Then right answers in forms that no exercise names.
"""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from clinxai_teach.checks import CheckFailed, NotAttempted, check
from clinxai_teach.checks.bank import load_section, section_numbers

EXERCISES = {key: exercise for number in section_numbers() for key, exercise in load_section(number).items()}
RIGHT = {key: exercise.right for key, exercise in EXERCISES.items()}


def reply(exercise_id, answer):
    """Return the failure of an answer, or None where it is right."""
    try:
        check(exercise_id, answer)
    except CheckFailed as failure:
        return failure
    return None


def but(exercise_id, **changes):
    """Return the right dict with other values; `_3` stands for the key 3."""
    named = {int(key[1:]) if key[1:].isdigit() else key.replace("_", " "): value for key, value in changes.items()}
    assert named.keys() <= RIGHT[exercise_id].keys()
    return {**RIGHT[exercise_id], **named}


def printed(function):
    """Return a function that prints its result, as many beginners do."""

    def prints(*given):
        print(function(*given))

    return prints


def no_return(*given):
    result = len(given)  # noqa: F841  a learner who forgets the return


def after(exercise_id, change):
    """Return the right function with something done to its result."""
    return lambda *given: change(RIGHT[exercise_id](*given))


def of_values(exercise_id, change):
    """Return the right function with something done to each number of the dict that it returns."""
    return after(
        exercise_id,
        lambda result: {key: value if isinstance(value, str) else change(value) for key, value in result.items()},
    )


def in_strata(score):
    def stratified(y, p, stratum):
        return {
            value: score(y[stratum == value], p[stratum == value]) if len(set(y[stratum == value])) > 1 else np.nan
            for value in np.unique(stratum)
        }

    return stratified


def along_path(alphas, rule=np.mean):
    def variant(gradient, x, baseline, n_steps):
        points = [gradient(baseline + alpha * (x - baseline)) for alpha in alphas(n_steps)]
        return (x - baseline) * rule(points, axis=0)

    return variant


def orders_only(value, n):
    """Two orders in place of all: forwards and backwards."""
    gains = np.zeros(n)
    for order in (range(n), range(n)[::-1]):
        for place, player in enumerate(order):
            gains[player] += (value({*order[: place + 1]}) - value({*order[:place]})) / 2
    return gains


def summed_orders(value, n):
    gains = np.zeros(n)
    for order in permutations(range(n)):
        for place, player in enumerate(order):
            gains[player] += value({*order[: place + 1]}) - value({*order[:place]})
    return gains


def cam(weights=lambda g: g.mean((1, 2)), end=lambda c: np.maximum(c, 0)):
    return lambda maps, gradients: end(np.tensordot(weights(gradients), maps, 1))


def deletion(start=lambda x, b: x, stop=None, order=lambda a: np.argsort(-a)):
    def variant(predict, x, attribution, baseline):
        now, goal = start(x, baseline).copy(), x if start(x, baseline) is baseline else baseline
        scores = [predict(now)]
        for feature in order(attribution):
            now[feature] = goal[feature]
            scores.append(predict(now))
        return scores[:stop]

    return variant


def with_layer(pick, **options):
    def variant(model, images, target):
        import torch

        from clinxai_teach import attribution

        layers = [module for module in model.modules() if isinstance(module, torch.nn.Conv2d)]
        return attribution.grad_cam(model, images, layer=pick(model, layers), **{"target": target, **options})

    return variant


def distances(center, spread, size=lambda z: np.sqrt((z**2).sum(1)), level=0.99, flag=np.greater):
    def variant(train, new):
        near, far = (size((rows - center(train)) / spread(train)) for rows in (train, new))
        return flag(far, np.quantile(near, level))

    return variant


def mean(table):
    return table.mean(0)


def std(table):
    return table.std(0)


def audited(name, share):
    """Return the audit of a log with one share computed in another way."""
    return lambda log: {**RIGHT["18.5-e"](log), name: share(log.advice, log.decision, log.outcome)}


def ruled(*rules, stop=range(1, 12)):
    """Return a verdict by other rules, each a word to look for, where, and the text."""

    def variant(answers):
        for word, where, text in rules:
            if word in [answers.get(number) for number in where]:
                return text
        return "ready to use"

    return variant


CORE, REST, ALL = range(1, 12), range(12, 17), range(1, 17)
STOP, WAIT, OPEN, CARE, READY = (
    "do not use", "do not act on the output alone", "not finished", "use with care", "ready to use"
)  # fmt: skip
NO, UNKNOWN = ("no", CORE, STOP), ("unknown", (*CORE, 15, 16), WAIT)
LATE, MISSING = [("no", (15, 16), STOP)], (None, ALL, OPEN)
LATER = [("no", REST, CARE), ("unknown", REST, CARE)]

WRONG = {
    "18.1-a": [
        (85.7, "percentage"), (0.5, "too low"), (0.714, "Youden"), (1.714, "not between 0 and 1"),
        (-0.857, "wrong sign"),
        ((0, 857), "0.857"), ("0.857", "quotation marks"), (0.342, "too low"), (1 - 0.857, "reversed"),
    ],
    "18.1-b": [
        (in_strata(average_precision_score), ""), (in_strata(brier_score_loss), ""),
        (of_values("18.1-b", lambda a: 2 * a - 1), "Gini"), (of_values("18.1-b", lambda a: 100 * a), "percentage"),
        (of_values("18.1-b", lambda a: 0.0 if np.isnan(a) else a), "got 0"),
        (after("18.1-b", lambda r: list(r.values())), "dict"),
        (of_values("18.1-b", lambda a: round(a, 2)), "rounded"), (printed(RIGHT["18.1-b"]), "return in place of print"),
        (no_return, "End it with return"), (RIGHT["18.1-b"](np.r_[0, 1], np.r_[0.1, 0.2], np.r_[1, 1]),
         "without brackets"),
        (of_values("18.1-b", lambda a: "no AUC" if np.isnan(a) else a), "'no AUC' came"),
        (in_strata(lambda y, p: roc_auc_score(y, p.round())), "cut at 0.5"),
    ],
    "18.1-c": [
        ({"told_diabetes"}, "label is made"), (RIGHT["18.1-c"] - {"told_prediabetes"}, "who was asked"),
        (RIGHT["18.1-c"] - {"takes_insulin"}, "after the diagnosis"), (RIGHT["18.1-c"] | {"education"}, "fairness"),
        (set(), "not in your answer"), ({"hba1c"}, "Do you mean 'hba1c_percent'"),
        ({"hba1c_percent", ...}, "empty place"),
        ("told_diabetes, waist_cm", "tape"), (RIGHT["18.1-c"] | {"income_ratio"}, "missing values"),
    ],
    "18.1-d": [
        (after("18.1-d", lambda r: 100 * r), "percentage"), (after("18.1-d", lambda r: r / 2), ""),
        (lambda b, a: (b != a).any(axis=1).mean(), "any probability moves"),
        (lambda b, a: (b.argmin(1) != a.argmin(1)).mean(), ""),
        (lambda b, a: b.argmax(1) != a.argmax(1), "one number"), (printed(RIGHT["18.1-d"]), "return in place of print"),
        (lambda b, a: np.abs(b - a).max(1).mean(), ""), (lambda b, a: ((b > 0.5) != (a > 0.5)).any(1).mean(), ""),
        (lambda b, a: (b.argmax(1) != a.argmax(1)).mean() * 1.2, "not between"), (lambda b, a: 0.25, "every case"),
        (lambda b, a: -RIGHT["18.1-d"](b, a), "wrong sign"), (lambda b: 0, "wrong number of arguments"),
    ],
    "18.1-e": [
        (but("18.1-e", _1="E"), "not in use yet"), (but("18.1-e", _4="A"), "residents"),
        (but("18.1-e", _7="C"), "authority"),
        (but("18.1-e", _5="B"), "repairs nothing"), (dict.fromkeys(range(1, 9), "E"), "cases 1"),
        ({1: "A"}, "no purpose yet: 2"), (but("18.1-e", _1="Z"), "Use one of"), (list("ABCDEBA"), "length 7"),
    ],
    "18.1-f": [
        (but("18.1-f", _4="D"), "whole interval"), (but("18.1-f", _4="A"), "whole interval"),
        (but("18.1-f", _5="C"), "misses many more"), (but("18.1-f", _1="D"), "letter is the cause"),
        (but("18.1-f", _2="A"), "compare"),
        (dict.fromkeys(range(1, 7), "D"), "hospitals 1"), (but("18.1-f", _3=...), "no verdict yet: 3"),
    ],
    "18.1-g": [
        (but("18.1-g", _1="G"), "calibration"), (but("18.1-g", _6="A"), "tendency"),
        (but("18.1-g", _2="C"), "such a bone"),
        (but("18.1-g", _5="E"), "leakage"), (but("18.1-g", _4="G"), "cast"),
        ({**RIGHT["18.1-g"], 8: "A"}, "no 8 among"),
        (but("18.1-g", _3="swap"), "is no remedy"),
    ],
    "18.2-a": [
        (along_path(lambda n: np.linspace(0, 1, n)), "both ends"),
        (along_path(lambda n: np.linspace(0, 1, n + 1)), "n_steps + 1 points"),
        (along_path(lambda n: (np.arange(n) + 0.5) / n, np.sum), "not averaged"),
        (lambda g, x, b, n: (b - x) * RIGHT["18.2-a"](g, x, b, n) / (x - b), "wrong sign"),
        (lambda g, x, b, n: RIGHT["18.2-a"](g, x, b, n).sum(), "1 number, and"),
        (lambda g, x, b, n: RIGHT["18.2-a"](g, x, 0 * b, n), "taken as zero"),
        (after("18.2-a", lambda r: r / r.sum()), ""), (printed(RIGHT["18.2-a"]), "return in place of print"),
        (lambda g, x, b, n: x * g(x), "gradient times x"), (after("18.2-a", lambda r: r[::-1]), "another order"),
        (lambda g, x, b, n: g((x + b) / 2) * (x - b), ""),
    ],
    "18.2-b": [
        (orders_only, ""), (summed_orders, "not averaged"), (after("18.2-b", lambda r: [-v for v in r]), "wrong sign"),
        (after("18.2-b", lambda r: [max(v, 0) for v in r]), ""), (after("18.2-b", lambda r: r[::-1]), "another order"),
        (after("18.2-b", sum), "1 number, and"), (after("18.2-b", lambda r: [abs(v) for v in r]), "absolute"),
        (after("18.2-b", lambda r: [v / sum(r) for v in r]), "by the sum"),
        (lambda v, n: [v({k}) for k in range(n)], ""),
        (lambda v, n: v[0], "TypeError"), (no_return, "End it with return"),
    ],
    "18.2-c": [
        (cam(weights=lambda g: g.max((1, 2))), ""), (cam(weights=lambda g: np.abs(g.mean((1, 2)))), "lost their signs"),
        (cam(weights=lambda g: np.maximum(g.mean((1, 2)), 0)), "too early"), (cam(end=lambda c: -np.minimum(c, 0)), ""),
        (lambda maps, gradients: RIGHT["18.2-c"](maps, gradients) / len(maps), "averaged over the maps"),
        (after("18.2-c", np.transpose), "other rows and columns"),
        (after("18.2-c", lambda c: (c - c.min()) / (c.max() - c.min())), "division by zero"),
        (after("18.2-c", lambda c: c.mean()), "1 number, and"), (printed(RIGHT["18.2-c"]), "return in place of print"),
        (after("18.2-c", lambda c: -c), "wrong sign"), (lambda maps, gradients: maps.mean((1, 2)) @ gradients[:, 0],
         "table"),
        (lambda maps, gradients: np.maximum((gradients * maps.mean((1, 2), keepdims=True)).sum(0), 0), ""),
    ],
    "18.2-d": [
        ({"A", "B", "C", "E"}, "near the end"), ({"B", "C", "E", "I"}, "ten such objects"), ({"A", "E", "I"}, "clue"),
        (RIGHT["18.2-d"] | {"F"}, "one gradient only"), (RIGHT["18.2-d"] | {"H"}, "weighted sum"),
        ("AEIG", "mean over"),
        ({"J"}, "Use names from"), (set(), "5 of 5"), (["A", ...], "empty place"),
    ],
    "18.2-e": [
        (but("18.2-e", **{"gain_A_cough": 0.667}), "100 times too small"), (but("18.2-e", gain_B_cough=56.1), "lowers"),
        (but("18.2-e", gain_A_cough=33.3, gain_B_cough=56.1, SHAP_A_fever=99), "those of fever"),
        (but("18.2-e", SHAP_B_cough=25), "add up"), (but("18.2-e", SHAP_B_fever=35, SHAP_B_cough=30), "add up"),
        ({key: -value for key, value in RIGHT["18.2-e"].items()}, "wrong sign"),
        (but("18.2-e", gain_A_cough=50), "lowers"),
        (but("18.2-e", SHAP_A_fever="30"), "quotation marks"), (but("18.2-e", SHAP_A_fever=...), "no number yet"),
    ],
    "18.2-f": [
        (with_layer(lambda model, layers: layers[-2]), ""), (with_layer(lambda model, layers: model.features[-1]),
         "attribute"),
        (with_layer(lambda model, layers: [m for m in model.children() if m in layers][-1]), "top level"),
        (with_layer(lambda model, layers: layers[0]), "first convolution"),
        (with_layer(lambda model, layers: layers[-1], target=0), "class 0"),
        (printed(RIGHT["18.2-f"]), "return in place of print"),
        (lambda model, images, target: RIGHT["18.2-f"](model, images[:1], target), "3 axes"),
        (lambda model, images, target: model(images), "3 axes"), (after("18.2-f", lambda m: m.mean(0)), "numbers, and"),
        (after("18.2-f", lambda m: m * 100), "100 times too large"), (after("18.2-f", lambda m: -m), "wrong sign"),
    ],
    "18.2-g": [
        (deletion(start=lambda x, b: b), "put features in"), (deletion(stop=-1), "numbers, and"),
        (printed(RIGHT["18.2-g"]), "in place of print"),
        (after("18.2-g", lambda s: s[::-1]), "another order"), (after("18.2-g", lambda s: [s[0] - v for v in s]), ""),
        (after("18.2-g", lambda s: sum(s) / len(s)), "1 number, and"),
        (deletion(order=lambda a: np.argsort(a)[::1]), "least important"),
        (deletion(order=lambda a: np.argsort(-np.abs(a))), "without sign"),
        (deletion(order=lambda a: np.argsort(-a)[:2]), "numbers, and"),
        (lambda p, x, a, b: [p(x)] * (len(x) + 1), ""), (lambda p, x, a, b: [p(b)], "1 number, and"),
    ],
    "18.2-h": [
        ({1, 4, 6, 8}, "background is the question"), ({1, 4, 6, 8, 10, 3}, "add up for every output"),
        ({1}, "Statement 4"),
        (set(), "5 of 10"), ({2, 3, 5, 7, 9}, "Asked are the true ones"), ({11}, "not one of the names"),
        ({n: n != 4 for n in range(1, 11)}, "right yet"), ([True] * 10, "Five of them"), ({1: True}, "yet: 2"),
    ],
    "18.5-a": [
        (of_values("18.5-a", lambda v: 100 * v), "100 times too large"),
        (of_values("18.5-a", lambda v: round(v, 1)), "rounded"),
        (of_values("18.5-a", lambda v: round(v, 2)), "rounded"), (of_values("18.5-a", lambda v: v - 1), "took 1 away"),
        (after("18.5-a", lambda r: {k: np.nan if v == "insufficient data" else v for k, v in r.items()}), "nan came"),
        (after("18.5-a", lambda r: {k: "too few" if isinstance(v, str) else v for k, v in r.items()}),
         "'too few' came"),
        (lambda y, p, g: {k: y[g == k].sum() / p[g == k].sum() if p[g == k].sum() >= 100 else "insufficient data"
                          for k in set(g)}, "expected"),
        (lambda y, p, g: {k: y[g == k].mean() if y[g == k].sum() >= 100 else "insufficient data" for k in set(g)},
         "share of patients"),
        (after("18.5-a", lambda r: list(r.values())), "dict"), (printed(RIGHT["18.5-a"]), "return in place of print"),
        (lambda y, p,
         g: {k: y[g == k].sum() / p.sum() if y[g == k].sum() >= 100 else "insufficient data" for k in set(g)}, ""),
    ],
    "18.5-b": [
        (distances(mean, std, level=0.999), "too few"), (distances(mean, std, level=0.9), "too many"),
        (distances(mean, std, lambda z: np.abs(z).sum(1)), "without squares"),
        (distances(mean, np.ptp), "different units"),
        (distances(np.median, std), "too"), (distances(mean, lambda t: t.var(0)), "variance"),
        (distances(mean, std, flag=np.less_equal), "far away"), (after("18.5-b", np.where), "True or False"),
        (lambda t, n: n[RIGHT["18.5-b"](t, n)], "True or False"), (lambda t, n: RIGHT["18.5-b"](t, t), "answers for"),
        (distances(lambda t: 0, std), "too few"), (printed(RIGHT["18.5-b"]), "return in place of print"),
    ],
    "18.5-c": [
        (but("18.5-c", _3="A"), "9-year-old|Outside the intended use"),
        (but("18.5-c", _2="N", _4="N", _7="N"), "undone"),
        (dict.fromkeys(range(1, 13), "N"), "no tool helps"), (but("18.5-c", _1="V", _8="V", _2="N"), "routine"),
        (but("18.5-c", _9="A"), "invented"), (but("18.5-c", _1="yes"), "is no decision"),
        (but("18.5-c", _12=...), "yet: 12"),
    ],
    "18.5-d": [
        ({key: value / 100 for key, value in RIGHT["18.5-d"].items()}, "100 times too small"),
        ({key: value * 10 for key, value in RIGHT["18.5-d"].items()}, "10 times too large"),
        (but("18.5-d", **{"alerts per 100": 3.2}), "too low"), (dict.fromkeys(RIGHT["18.5-d"], 0), "too low"),
        ({**RIGHT["18.5-d"], "missed per 100": 8.0}, "missed per 100: 8 is 10 times too large"),
        ({**RIGHT["18.5-d"], "missed per 100": 3.2}, "too high"), ([12.8, 9.6, 0.8, 4], "dict"),
        ({**RIGHT["18.5-d"], "alerts per 100": ...}, "no number yet: alerts per 100"),
    ],
    "18.5-e": [
        (of_values("18.5-e", lambda v: 100 * v), "percentage"),
        (of_values("18.5-e", lambda v: 1 - v), "share of the others|other share"),
        (audited("override rate", lambda a, d, o: (a == d).mean()), "share of the others"),
        (audited("override rate", lambda a, d, o: (a != d).sum()), "number of overrides"),
        (audited("override PPV", lambda a, d, o: (d == o).mean()), "any decision"),
        (audited("override PPV", lambda a, d, o: (d == 1)[a != d].mean()), ""),
        (audited("agreement when wrong", lambda a, d, o: (a == d)[a == 1].mean()), ""),
        (after("18.5-e", lambda r: list(r.values())), "dict"),
        (after("18.5-e", lambda r: {"rate": 1}), "no rate among"),
        (printed(RIGHT["18.5-e"]), "return in place of print"),
        (lambda log: {**audited("override rate", lambda a, d, o: (a != o).mean())(log), "override PPV": 0.2},
         "An override is"),
    ],
    "18.5-f": [
        ({**RIGHT["18.5-f"], "men": "H"}, "men"), ({**RIGHT["18.5-f"], "women": "U"}, "women"),
        ({**RIGHT["18.5-f"], "under 40": "L"}, "31 events"), ({**RIGHT["18.5-f"], "site North": "S"}, "below 1"),
        (dict.fromkeys(RIGHT["18.5-f"], "S"), "not right yet"), ({**RIGHT["18.5-f"], "site West": "S"}, "no site West"),
        ({**RIGHT["18.5-f"], "men": "unsafe"}, "is no finding"),
    ],
    "18.5-g": [
        (but("18.5-g", _1="Y"), "healthy volunteers"), (but("18.5-g", _5="U"), "Consecutive"),
        (but("18.5-g", _6="Y"), "trauma"),
        (but("18.5-g", _3="N"), "Ask"), (but("18.5-g", _5="N"), "nobody left out"),
        (dict.fromkeys(range(1, 7), "N"), "2, 3, 5"),
        (but("18.5-g", _1="maybe"), "is no answer"),
    ],
    "18.5-h": [
        (but("18.5-h", _1="H"), "Article 13"), (but("18.5-h", _2="P"), "Article 26"),
        (but("18.5-h", _6="P"), "suspends"),
        (but("18.5-h", _8="P"), "Nothing in these"), (but("18.5-h", _7="N"), "13"),
        (dict.fromkeys(range(1, 9), "H"), "1, 4, 5"),
        (but("18.5-h", _5="H"), "no heatmap"),
    ],
    "18.5-l": [
        (but("18.5-l", wrong_advice_followed=100 * 28 / 180), "FOLLOWED"),
        (but("18.5-l", wrong_advice_followed=30), "other share"), (but("18.5-l", overrides_right=6), "the overrides"),
        (but("18.5-l", a_year_later=10), "how many were not"), (but("18.5-l", overridden=0.1), "100 times too small"),
        ({key: value / 100 for key, value in RIGHT["18.5-l"].items()}, "100 times too small"),
        (but("18.5-l", overridden="ten"), "one number"), (but("18.5-l", a_year_later=22.5), ""),
    ],
    "18.5-m": [
        (dict.fromkeys(range(1, 7), "F"), "odd in its inputs"), (but("18.5-m", _2="F"), "set to 8"),
        (but("18.5-m", _4="F"), "99th percentile"), (but("18.5-m", _3="R"), "13 inputs"),
        (but("18.5-m", _5="R"), "do not fit together"), (but("18.5-m", _6="F"), "hardly unusual"),
        (but("18.5-m", _1="S"), "odd combination"),
    ],
    "18.5-i": [
        (but("18.5-i", after_five=0.0), "too low"), (but("18.5-i", misses_in_a_row=5), "97.7"),
        (but("18.5-i", chance_at_most=1), "ordinary interval"), (but("18.5-i", on_average=2.0), "too high"),
        (but("18.5-i", chance_at_most=0.05, misses_in_a_row=4), "alarm at 20"),
        (but("18.5-i", after_five=108.5), "10 times"),
        (but("18.5-i", after_five="ten"), "one number"), (but("18.5-i", first_step=2), "cause"),
        (but("18.5-i", second_step=4), "moved"), (but("18.5-i", first_step=9), "too high"),
    ],
    "18.6-a": [
        (but("18.6-a", _4="no"), "called them no"), (but("18.6-a", _5="no"), "called them no"),
        (but("18.6-a", _1="no"), "15 of 16 fit. You see a fault"),
        (but("18.6-a", _11="unknown"), "promise"), (but("18.6-a", _6="unknown"), "nothing"),
        (but("18.6-a", _7="yes", _1="no"), "gaps"),
        ({n: "no" if word == "yes" else word for n, word in RIGHT["18.6-a"].items()}, "fault"),
        (but("18.6-a", _2="maybe"), "no answer"),
        (but("18.6-a", _16=...), "yet: 16"),
    ],
    "18.6-b": [
        (list("CEADA"), "once"), (set("CEADB"), "list of letters"), (["C", "E", ..., "D", "B"], "empty place"),
        (list("CAEDB"), "wrote down"), (list("ECADB"), "first comes the patient"), (list("CEABD"), "new evidence"),
        (list("BDAEC"), "new evidence"), ("CEAD", "once"),
    ],
    "18.6-c": [
        (["calibration"] * 6, "1 of 6"), (["cats", "dogs", "birds", "fish", "cows", "ants"], "0 of 6"),
        (["the right tool tested number doubt heatmap act"] * 6, "0 of 6"), (["intended use", "validation"], "2 of 6"),
        (["a"] * 7, "7 lines came"), (["intended use", "", "", "", "", ""], "still empty: 2"), (6, "list of six"),
        ("the tool is good", "1 of 6|0 of 6"),
    ],
    "18.6-d": [
        (ruled(NO, *LATE, UNKNOWN, *LATER), "never asked"), (ruled(UNKNOWN, NO, *LATE, MISSING, *LATER),
         "A fault that is known"),
        (ruled(("no", ALL, STOP), UNKNOWN, MISSING, *LATER), "Every no stops"),
        (ruled(NO, ("unknown", CORE, WAIT), MISSING, *LATER), "15 or 16"),
        (ruled(NO, *LATE, ("unknown", CORE, WAIT), MISSING, *LATER), "which version runs"),
        (after("18.6-d", lambda text: text != READY), "five texts"),
        (lambda answers: READY, "every case"), (printed(RIGHT["18.6-d"]), "return in place of print"),
        (lambda answers: RIGHT["18.6-d"]({n: answers[n] for n in ALL}), "a key that does not exist"),
        (ruled(NO, *LATE, UNKNOWN, MISSING), "E and F is forgotten"),
        (ruled(NO, *LATE, UNKNOWN, *LATER, MISSING), "before the list is finished"),
        (after("18.6-d", lambda text: text.replace("use with care", "use it with care")), "five texts"),
    ],
    "18.6-e": [
        (but("18.6-e", _7="18.4"), "This answers it"), (but("18.6-e", _12="18.1"), "This answers it"),
        (but("18.6-e", _1="18.2"), "This answers it"), (but("18.6-e", _10="18.3"), "This answers it"),
        (dict.fromkeys(range(1, 17), "18.3"), "About 1"), (but("18.6-e", _3="18.7"), "is no section"),
        ({1: "18.5"}, "yet: 2"),
    ],
    "18.6-f": [
        (but("18.6-f", _1="V"), "model card"), (but("18.6-f", _3="V"), "your patients"),
        (but("18.6-f", _5="L"), "named owner"),
        (but("18.6-f", _6="O"), "before you see"), (but("18.6-f", _8="V"), "installed"),
        (but("18.6-f", _2="L"), "validation report"),
        (dict.fromkeys(range(1, 9), "V"), "1, 3, 4"),
    ],
    "18.6-g": [
        (but("18.6-g", _1="use with care"), "good tool exists"), (but("18.6-g", _2="11"), "promise"),
        (but("18.6-g", _4="5"), "each table"),
        (but("18.6-g", _3="ready to use"), "a fault that is known"), (but("18.6-g", _4="10"), "last row"),
        (dict.fromkeys(range(1, 5), "none"), "not right yet"), (but("18.6-g", _4="17"), "is no answer"),
    ],
}  # fmt: skip


def auc_by_ranks(y, p):
    ranks = pd.Series(p).rank().to_numpy()
    sick = y.sum()
    return (ranks[y == 1].sum() - sick * (sick + 1) / 2) / (sick * (len(y) - sick))


def by_recursion(value, n):
    """Shapley values from the recursion over coalitions, as a dict by feature."""
    orders = list(permutations(range(n)))
    return {
        k: sum(value({*o[: o.index(k) + 1]}) - value({*o[: o.index(k)]}) for o in orders) / len(orders)
        for k in range(n)
    }


def last_by_walk(model, images, target):
    """Walk through the children by hand, as deep as they go."""
    import torch

    from clinxai_teach import attribution

    def walk(part):
        return [part] if isinstance(part, torch.nn.Conv2d) else [c for child in part.children() for c in walk(child)]

    return attribution.grad_cam(model, images, target, layer=walk(model)[-1]).squeeze(1).tolist()


def as_list(exercise_id):
    return list(RIGHT[exercise_id].values())


def with_names(exercise_id, join="{}: {}"):
    """Write each label as the letter with its name, as it stands in the task."""
    lines = EXERCISES[exercise_id].material.split("\n")
    names = {line[4:].split("** ")[0]: line.split("** ")[1] for line in lines if line.startswith("- **")}
    return {case: join.format(letter, names[letter]) for case, letter in RIGHT[exercise_id].items()}


OTHER_FORMS = {
    "18.1-a": [np.round(RIGHT["18.1-a"], 3), np.longdouble("0.8570"), np.float16(0.857)],
    "18.1-b": [in_strata(auc_by_ranks), of_values("18.1-b", lambda a: round(a, 4)), after("18.1-b", pd.Series)],
    "18.1-c": [", ".join(RIGHT["18.1-c"]), [n.upper() + " " for n in RIGHT["18.1-c"]],
     dict.fromkeys(RIGHT["18.1-c"], True)],
    "18.1-d": [after("18.1-d", lambda r: round(r, 4)), after("18.1-d", np.float32), after("18.1-d", np.array)],
    "18.1-e": [as_list("18.1-e"), with_names("18.1-e"), with_names("18.1-e", "{}) {}"), "".join(as_list("18.1-e"))],
    "18.1-f": [as_list("18.1-f"), with_names("18.1-f"), {float(k): v + "." for k, v in RIGHT["18.1-f"].items()}],
    "18.1-g": [tuple(as_list("18.1-g")), with_names("18.1-g", "{} - {}"), np.array(as_list("18.1-g"))],
    "18.2-a": [after("18.2-a", lambda r: r.round(4)), after("18.2-a", tuple), after("18.2-a", lambda r: r[None])],
    "18.2-b": [by_recursion, after("18.2-b", tuple), after("18.2-b", pd.Series)],
    "18.2-c": [after("18.2-c", pd.DataFrame), after("18.2-c", lambda c: c[None]),
     after("18.2-c", lambda c: c.astype(np.float32))],
    "18.2-d": ["abcei", "A; B; C; E; I", {x: x in "ABCEI" for x in "ABCDEFGHI"}, pd.Series(list("ABCEI"))],
    "18.2-e": [pd.Series(RIGHT["18.2-e"]).round(1), {k: np.float32(v) for k, v in RIGHT["18.2-e"].items()}],
    "18.2-f": [last_by_walk, after("18.2-f", lambda m: m.numpy())],
    "18.2-g": [after("18.2-g", lambda s: [round(v, 4) for v in s]), after("18.2-g", tuple)],
    "18.2-h": ["1, 4, 6, 8, 10", [1.0, 4.0, 6.0, 8.0, 10.0], "{1, 4, 6, 8, 10}",
     [n in RIGHT["18.2-h"] for n in range(1, 11)]],
    "18.5-a": [of_values("18.5-a", lambda v: round(v, 4)), after("18.5-a", pd.Series),
               after("18.5-a", lambda r: {k: v.title() if isinstance(v, str) else v for k, v in r.items()})],
    "18.5-b": [distances(mean, lambda t: t.std(0, ddof=1)), after("18.5-b", lambda f: f.astype(float)),
     after("18.5-b", pd.Series),
               distances(mean, std, lambda z: (z**2).sum(1), flag=lambda far, limit: far > limit)],
    "18.5-c": [as_list("18.5-c"), with_names("18.5-c"), but("18.5-c", _1="V", _8="V")],
    "18.5-d": [{k: round(v) + 0.04 if round(v) == v else v for k, v in RIGHT["18.5-d"].items()},
               {k: np.float32(v) for k, v in RIGHT["18.5-d"].items()}],
    "18.5-e": [of_values("18.5-e", lambda v: round(v, 4)), after("18.5-e", pd.Series)],
    "18.5-f": [with_names("18.5-f"), {k.upper(): v for k, v in RIGHT["18.5-f"].items()}, with_names("18.5-f", "{1}")],
    "18.5-g": [as_list("18.5-g"), with_names("18.5-g"), but("18.5-g", _1="no", _2="yes")],
    "18.5-h": [as_list("18.5-h"), with_names("18.5-h"), but("18.5-h", _1="the provider.", _2="the hospital")],
    "18.5-l": [{key: round(value) for key, value in RIGHT["18.5-l"].items()}, pd.Series(RIGHT["18.5-l"])],
    "18.5-m": [as_list("18.5-m"), with_names("18.5-m")],
    "18.5-i": [{"after five": 10.85, "on average": 1.33, "misses in a row": 6.0, "chance at most": 0.01,
                "first step": 3, "second step": 6.0},
               {"after five": 10.84, "on average": 4 / 3, "misses in a row": np.int64(6), "chance at most": 1 / 100,
                "first step": np.int64(3), "second step": np.float64(6)}],
    "18.6-a": [as_list("18.6-a"), {str(k): v.title() for k, v in RIGHT["18.6-a"].items()},
     but("18.6-a", _4="?", _11="N/A")],
    "18.6-b": ["C E A D B", "C > E > A > D > B", pd.Series(list("CEADB")), "c-e-a-d-b"],
    "18.6-c": [
        ["Is it meant for my patient?", "Was it tested?", "What does 20% mean?", "How sure is it?",
         "Can I trust the map?",
         "What do I do, and who is responsible?"],
        ["purpose", "validation", "calibration", "uncertainty", "explanation", "accountability"],
        ["who is it for", "does it work", "threshold and alerts", "when it does not know", "heatmaps", "I decide"],
        ["right patient", "proof", "what the risk means", "does it say when unsure", "why did it say that",
         "who stops it"],
        ["Population", "Performance", "Probabilities", "Confidence in this case", "Saliency", "Governance"],
        ["is this the right tool for this case", "has anybody shown that it works", "how to read the risk",
         "does the tool know when it is out of its depth", "what the picture shows",
         "what I do next and who answers for it"],
        ["indication", "evidence", "meaning of the number", "doubt", "picture", "my decision"],
        ["scope", "validity", "scores", "unknown", "colours", "acting"],
        ["fits my patient", "tested elsewhere", "risk is real", "uncertain cases flagged", "reasons shown",
         "override and log"],
    ],
    "18.6-d": [after("18.6-d", str.upper), after("18.6-d", lambda text: f" {text}. "),
               ruled(NO, *LATE, UNKNOWN, MISSING, *LATER)],
    "18.6-e": [as_list("18.6-e"), {k: float(v) for k, v in RIGHT["18.6-e"].items()},
     {k: f"section {v}" for k, v in RIGHT["18.6-e"].items()}],
    "18.6-f": [as_list("18.6-f"), with_names("18.6-f"), "".join(as_list("18.6-f"))],
    "18.6-g": [as_list("18.6-g"), but("18.6-g", _4=11.0, _1="Ready to use."),
     but("18.6-g", _4="question 11", _2="no question")],
}  # fmt: skip


def rows(table):
    return [pytest.param(key, entry, id=f"{key}-{n}") for key in table for n, entry in enumerate(table[key])]


@pytest.mark.parametrize(("exercise_id", "row"), rows(WRONG))
def test_a_wrong_answer_is_caught_with_the_reason_that_fits(exercise_id, row):
    answer, words = row
    failure = reply(exercise_id, answer)
    assert failure is not None
    assert not isinstance(failure, NotAttempted)
    assert 0 <= failure.share < 1
    assert any(word.lower() in str(failure).lower() for word in words.split("|"))


@pytest.mark.parametrize(("exercise_id", "answer"), rows(OTHER_FORMS))
def test_a_right_answer_in_another_form_is_accepted(exercise_id, answer):
    assert reply(exercise_id, answer) is None


def test_the_trial_has_enough_of_each():
    for section in ("18.1", "18.2", "18.5", "18.6"):
        for key, exercise in EXERCISES.items():
            later = "18.2-i" <= key < "18.3"  # with tests of their own
            if key.startswith(section) and not exercise.marked_by_teacher and not later:
                assert len(WRONG[key]) >= 6, key
                assert len(OTHER_FORMS[key]) >= 2, key
    with_reason = [bool(words) for table in WRONG.values() for _, words in table]
    assert np.mean(with_reason) >= 0.8


# --- what a message gives away ----------------------------------------------------------------------------

FUNCTIONS = [key for key, exercise in EXERCISES.items() if callable(exercise.right)]


@pytest.mark.parametrize("exercise_id", FUNCTIONS)
def test_only_the_first_case_shows_its_right_value_and_only_if_it_is_small(exercise_id):
    """A function that is right on the first cases and slightly wrong from then on never reads the right value."""
    right = RIGHT[exercise_id]
    for first_wrong in range(1, 4):
        calls = []

        def fails_late(*given, calls=calls, first_wrong=first_wrong):
            calls.append(given)
            return right(*given) if len(calls) <= first_wrong else other(right(*given))

        assert "but the right value is" not in str(reply(exercise_id, fails_late))


def other(result):
    """Return a result of the same form that is nearly the same, and wrong."""
    if isinstance(result, dict):
        return {key: other(value) for key, value in result.items()}
    if isinstance(result, str):
        return {"insufficient data": 1.0, "do not use": "use with care"}.get(result, "do not use")
    if isinstance(result, (list, tuple)):
        return [other(value) for value in result]
    if hasattr(result, "modules"):  # a model
        return result
    return ~result if np.asarray(result).dtype.kind == "b" else result * 1.37 + 0.001


@pytest.mark.parametrize(("exercise_id", "words"), [("18.1-d", "small"), ("18.2-b", "small"), ("18.5-a", "large")])
def test_a_script_that_copies_values_out_of_messages_gets_no_further_than_the_small_case(exercise_id, words):
    known = {}

    def copies(*given):
        return known.get(len(seen), 0.123) if not seen.append(given) else None

    for _ in range(20):
        seen = []
        message = str(reply(exercise_id, copies))
        if "but the right value is" not in message:
            break
        known[1] = float(message.split("but the right value is ")[1].split()[0].rstrip("."))
    assert len(known) <= 1
    assert reply(exercise_id, copies) is not None
