"""The exercises of section 18.4. Their notebook imports COVERAGE_KEYS and STATEMENTS."""

import math

import numpy as np
import pandas as pd
from scipy.stats import beta, binom

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
    same,
)

# --- 18.4-a: two kinds of doubt ---------------------------------------------------------------------------


def entropy_split(samples):
    def entropy(p):
        p = p[p > 0]  # p log p is 0 at p = 0, but the computer says nan
        return -(p * np.log(p)).sum()

    total = entropy(samples.mean(axis=0))  # of the mean opinion
    expected = np.mean([entropy(p) for p in samples])  # the mean of each opinion's own
    return total, expected, total - expected


def _split_with_scipy(samples):
    from scipy.special import entr

    total, expected = entr(samples.mean(axis=0)).sum(), entr(samples).sum(axis=1).mean()
    return {"total": total, "expected": expected, "mutual information": total - expected}


def _split(change):
    """Return a variant that changes the three numbers."""
    return lambda samples: change(*entropy_split(samples))


def _split_with_nan(samples):
    total = -(samples.mean(axis=0) * np.log(samples.mean(axis=0))).sum()
    expected = -(samples * np.log(samples)).sum(axis=1).mean()
    return total, expected, total - expected


def _sample_cases():
    rng = np.random.default_rng(184)
    three = rng.dirichlet([1.0, 2.0, 0.5], size=30).round(3)
    three[:, 2] = 1 - three[:, 0] - three[:, 1]
    cases = {
        "all passes say 50:50": [[0.5, 0.5]] * 4,
        "the passes are certain and disagree": [[1, 0], [0, 1], [1, 0], [0, 1]],
        "two passes, three classes": [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]],
        "30 passes, three classes": np.clip(three, 0, 1),
    }
    return tuple(Case(label, {"samples": np.array(samples, dtype=float)}) for label, samples in cases.items())


def _three_numbers(output):
    """Return the three numbers by their name; a tuple in this order, an array, or a dict."""
    if isinstance(output, dict):
        output = list(output.values())
    values = array(output)
    if len(values) != 3:
        raise WrongKind(f"{len(values)} numbers came, where three are needed: total, expected, mutual information.")
    return dict(zip(("total entropy", "expected entropy", "mutual information"), values.values(), strict=True))


A = Exercise(
    id="18.4-a",
    title="Two kinds of doubt",
    expects="a function entropy_split(samples) that returns three numbers: total entropy, expected entropy, mutual "
    "information",
    evaluate=lambda answer: outputs(answer, _sample_cases(), _three_numbers),
    right=entropy_split,
    also_right=(_split_with_scipy, lambda samples: np.array(entropy_split(samples))),
    mistakes=(
        Mistake(
            "nan where a probability is 0",
            _split_with_nan,
            "nan came: 0 * log(0) is nan for the computer, but it must count as 0. Leave out the probabilities that "
            "are 0.",
        ),
        Mistake(
            "bits instead of nats",
            _split(lambda t, e, m: (t / np.log(2), e / np.log(2), m / np.log(2))),
            "These are bits (log2). This course uses nats: np.log.",
        ),
        Mistake(
            "total and expected exchanged",
            _split(lambda t, e, m: (e, t, e - t)),
            "Total and expected are exchanged. Total: average the passes first, then take the entropy.",
        ),
        Mistake(
            "aleatoric and epistemic exchanged",
            _split(lambda t, e, m: (t, m, e)),
            "The last two are exchanged. The mean of the passes' own entropies is the expected (aleatoric) part.",
        ),
        Mistake(
            "standard deviation as doubt",
            lambda samples: (*entropy_split(samples)[:2], samples.std(axis=0).mean()),
            "The third is a standard deviation. Asked is the mutual information: total minus expected entropy.",
        ),
        Mistake(
            "minus sign forgotten",
            _split(lambda t, e, m: (-t, -e, -m)),
            "The entropies are negative. There is a minus sign in front of the sum of p log p.",
        ),
    ),
    hints=(
        "Entropy of probabilities p: minus the sum of p log p, with 0 log 0 = 0.",
        "Total: the entropy of samples.mean(axis=0). Expected: the mean of the entropies of the single rows.",
        "Mutual information = total - expected.",
    ),
    worked=entropy_split,
    why="Passes that all say 50:50 do not disagree: all doubt is aleatoric, and the standard deviation is 0. Passes "
    "that are "
    "certain but disagree: all doubt is epistemic.",
    tolerance=1e-6,
)

# --- 18.4-b: dropout on, everything else off --------------------------------------------------------------


def dropout_on(model):
    from torch import nn

    model.eval()
    for module in model.modules():
        if isinstance(module, (nn.Dropout, nn.Dropout2d)):
            module.train()
    return model


def _dropout_by_name(model):
    model.train(False)
    for module in model.modules():
        module.training = "Dropout" in type(module).__name__
    return model


def _train_everything(model):
    return model.train()


def _only_plain_dropout(model):
    from torch import nn

    model.eval()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.train()
    return model


def _all_but_batchnorm(model):
    from torch import nn

    model.train()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    return model


def _without_eval(model):
    for module in model.modules():
        if "Dropout" in type(module).__name__:
            module.train()
    return model


def _network_cases():
    from torch import nn

    class Network(nn.Sequential):
        def __init__(self, name, *layers):
            super().__init__(*layers)
            self.name = name

        def __repr__(self):
            return self.name

    def head():
        return nn.Flatten(), nn.Dropout(0.3), nn.Linear(4, 2)

    plain = Network("a network in evaluation mode", nn.Conv2d(1, 4, 3), nn.ReLU(), *head()).eval()
    normed = Network("a network with batch normalisation", nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), *head()).train()
    maps = Network("a network with Dropout2d", nn.Conv2d(1, 4, 3), nn.Dropout2d(0.2), nn.BatchNorm2d(4), *head()).eval()
    return tuple(Case(str(network).removeprefix("a "), {"model": network}) for network in (plain, normed, maps))


def _modes(output):
    """Return which kind of layer is in training mode."""
    if not hasattr(output, "named_modules"):
        raise WrongKind(f"A {type(output).__name__} came. Return the model itself.")
    return {
        f"{type(module).__name__} {name}": "training" if module.training else "evaluation"
        for name, module in output.named_modules()
        if name and not any(module.children())
    }


def _explain_modes(got, right):
    """Name the first layer in the wrong mode, and what it would do."""
    if isinstance(got, dict):
        for case in right:
            wrong = [layer for layer in right[case] if got[case].get(layer) != right[case][layer]]
            if wrong:
                kind = wrong[0].split()[0]
                effect = (
                    "Its answer would then depend on the other patients in the batch, and the model would change."
                    if "BatchNorm" in kind
                    else "Switch on every kind of dropout, and nothing else."
                )
                return f"on {case.split(' (')[0]} the layer {kind} is in {got[case].get(wrong[0])} mode. {effect}"
    return "not right yet: look at the mode of each layer."


B = Exercise(
    id="18.4-b",
    title="Dropout on, everything else off",
    expects="a function dropout_on(model) that returns the model with its dropout layers (Dropout, Dropout2d) in "
    "training mode",
    evaluate=lambda answer: outputs(answer, _network_cases(), _modes),
    right=dropout_on,
    also_right=(_dropout_by_name,),
    mistakes=(
        Mistake(
            "model.train(), as in the chapter",
            _train_everything,
            "model.train() also switches batch normalisation: a patient's result then depends on the others in the "
            "batch, and "
            "each pass changes the model.",
        ),
        Mistake(
            "only nn.Dropout",
            _only_plain_dropout,
            "nn.Dropout2d is a kind of its own, not a kind of nn.Dropout. It stays off here. Name both kinds.",
        ),
        Mistake(
            "all but batch normalisation",
            _all_but_batchnorm,
            "This switches everything but BatchNorm2d. It works here by luck: other layers have a training mode too. "
            "Start "
            "from model.eval(), then switch on dropout.",
        ),
        Mistake(
            "eval forgotten",
            _without_eval,
            "A model that comes in training mode stays in it. Begin with model.eval().",
        ),
        Mistake(
            "nothing switched on",
            lambda model: model.eval(),
            "Now dropout is off, too: every pass gives the same answer, and the spread is 0. Switch the dropout "
            "layers on.",
        ),
    ),
    hints=(
        "First put the whole model in evaluation mode: model.eval().",
        "Go through model.modules(). Call .train() on those that are dropout layers.",
        "isinstance(module, (torch.nn.Dropout, torch.nn.Dropout2d)) finds them. Return the model.",
    ),
    worked=dropout_on,
    why="Only dropout may be random. Batch normalisation must keep the averages of the training data, or one "
    "patient's answer "
    "depends on who else is in the batch.",
    explain=_explain_modes,
)

# --- 18.4-c: the conformal threshold ----------------------------------------------------------------------


def conformal_threshold(scores, alpha):
    n = len(scores)
    k = math.ceil((n + 1) * (1 - alpha) - 1e-9)  # the small number undoes rounding: 10 * 0.9 must count as 9
    if k > n:
        return math.inf  # too few patients: every label stays in the set
    return np.sort(scores)[k - 1]


def _by_partition(scores, alpha):
    n = len(scores)
    k = int(np.ceil(np.round((n + 1) * (1 - alpha), 9)))
    return np.inf if k > n else np.partition(scores, k - 1)[k - 1]


def _by_inverted_cdf(scores, alpha):
    level = math.ceil(round((len(scores) + 1) * (1 - alpha), 9)) / len(scores)
    return np.inf if level > 1 else np.quantile(scores, level, method="inverted_cdf")


def _threshold_with(level=lambda n, a: math.ceil(round((n + 1) * (1 - a), 9)) / n, method="inverted_cdf"):
    """Return a variant with another level or another kind of quantile, and inf above level 1."""

    def variant(scores, alpha):
        q = level(len(scores), alpha)
        return np.inf if q > 1 else np.quantile(scores, q, method=method)

    return variant


def _largest_if_too_few(scores, alpha):
    threshold = conformal_threshold(scores, alpha)
    return max(scores) if math.isinf(threshold) else threshold


def _score_cases():
    rng = np.random.default_rng(1843)
    many = 1 - rng.beta(4, 1.5, size=57).round(3)

    def case(label, scores, alpha):
        return Case(label, {"scores": np.array(scores, dtype=float), "alpha": alpha})

    return (
        case("19 patients", rng.permutation(np.arange(1, 20)) / 20, 0.1),
        case("9 patients", [0.2, 0.9, 0.1, 0.4, 0.35, 0.8, 0.05, 0.6, 0.7], 0.1),
        case("8 patients are too few for alpha 0.1", [0.2, 0.9, 0.1, 0.4, 0.35, 0.8, 0.05, 0.6], 0.1),
        case("57 patients, alpha 0.25", many, 0.25),
        case("equal scores", [0.3, 0.3, 0.3, 0.7, 0.7, 0.1, 0.1, 0.9, 0.5, 0.5, 0.5, 0.2], 0.2),
    )


def _threshold(value):
    """Return a threshold as a number, infinity as a word."""
    try:
        if not isinstance(value, bool) and math.isinf(value) and value > 0:
            return "infinity"
    except TypeError:
        pass
    return number(value)


def _explain_threshold(got, right):
    """Name the first case that differs."""
    if isinstance(got, dict):
        for case in right:
            if not same(got.get(case), right[case], 1e-9):
                where = case.split(" (")[0]
                return f"on {where} your function gives {got.get(case)}, but the right value is {right[case]}."
    return "not right yet."


C = Exercise(
    id="18.4-c",
    title="The conformal threshold",
    expects="a function conformal_threshold(scores, alpha) that returns the k-th smallest score, or infinity",
    evaluate=lambda answer: outputs(answer, _score_cases(), _threshold),
    right=conformal_threshold,
    also_right=(_by_partition, _by_inverted_cdf, lambda s, a: np.float64(conformal_threshold(s, a))),
    mistakes=(
        Mistake(
            "no correction for the new patient",
            lambda s, a: np.quantile(s, 1 - a),
            "This is the plain quantile of the n scores. The new patient counts too: k = ceil((n + 1)(1 - alpha)).",
        ),
        Mistake(
            "linear interpolation",
            _threshold_with(method="linear"),
            "np.quantile interpolates between two scores. The proof needs a score itself: the k-th smallest.",
        ),
        Mistake(
            "the listing, without a guard",
            lambda s, a: np.quantile(s, np.ceil((len(s) + 1) * (1 - a)) / len(s)),
            "This is the chapter's call. It interpolates, and it stops with an error when there are too few "
            "patients. Take the "
            "k-th smallest score; infinity if k > n.",
        ),
        Mistake(
            "one too many",
            _threshold_with(method="higher"),
            'This is the (k + 1)-th smallest score. np.quantile with method="higher" gives it, and so does '
            "np.sort(scores)[k], because Python counts from 0. Take [k - 1].",
        ),
        Mistake(
            "rounded down",
            _threshold_with(level=lambda n, a: max(math.floor(round((n + 1) * (1 - a), 9)), 1) / n),
            "k was rounded down. Rounded down, the coverage can be too low: use ceil.",
        ),
        Mistake(
            "the largest score when k > n",
            _largest_if_too_few,
            "With too few patients no score is large enough. Return infinity (math.inf): then every label stays in "
            "the set.",
        ),
        Mistake(
            "alpha instead of 1 - alpha",
            lambda s, a: conformal_threshold(s, 1 - a),
            "You took the lower end. The threshold must be above about 1 - alpha of the scores.",
        ),
        Mistake(
            "rounding trap",
            lambda s, a: (
                np.sort(s)[math.ceil((len(s) + 1) * (1 - a) + 1e-9) - 1]
                if math.ceil((len(s) + 1) * (1 - a) + 1e-9) <= len(s)
                else math.inf
            ),
            "When (n + 1)(1 - alpha) is a whole number, k is this number. Yours is one more: a rounding error before "
            "ceil.",
        ),
    ),
    hints=(
        "k = math.ceil((n + 1) * (1 - alpha)), where n is the number of scores.",
        "The k-th smallest score is np.sort(scores)[k - 1].",
        "If k is larger than n, return math.inf. Round (n + 1) * (1 - alpha) to 9 digits before ceil.",
    ),
    worked=conformal_threshold,
    why="The new patient is equally likely to take each of the n + 1 ranks among the scores. So at least k / (n + 1) "
    "of new "
    "patients have a score up to the k-th smallest.",
    tolerance=1e-9,
    explain=_explain_threshold,
)

# --- 18.4-d: how much can one calibration set promise -----------------------------------------------------

COVERAGE_KEYS = ("k", "mean coverage", "5 in 100 sets below", "chance below 0.85 with n = 50")


def coverage_numbers():
    n = 100
    k = 91  # ceil(101 * 0.9)
    law = beta(k, n + 1 - k)  # the coverage of one calibration set, before you know which one you have
    n_small, k_small = 50, 46  # ceil(51 * 0.9)
    return {
        "k": k,
        "mean coverage": k / (n + 1),
        "5 in 100 sets below": law.ppf(0.05),
        "chance below 0.85 with n = 50": beta(k_small, n_small + 1 - k_small).cdf(0.85),
    }


def _coverage_answer(answer):
    if isinstance(answer, dict) and answer and all(is_stub(value) for value in answer.values()):
        raise NotAnswered
    given = mapping(answer, number)
    missing = [key for key in COVERAGE_KEYS if key not in given]
    extra = [str(key) for key in given if key not in COVERAGE_KEYS]
    if missing:
        raise WrongKind(f"There is no number yet for: {', '.join(missing)}.")
    if extra:
        raise WrongKind(f"These names do not belong there: {', '.join(extra)}.")
    # k is exact, and 0.901 must differ from 0.900: these two are stretched, so that one tolerance serves all four.
    return {key: given[key] * {"k": 10, "mean coverage": 4}.get(key, 1) for key in COVERAGE_KEYS}


def _explain_coverage(got, right):
    first = next(key for key in right if abs(got[key] - right[key]) > 0.002)
    advice = {
        "k": "k = ceil((n + 1)(1 - alpha)) with n = 100.",
        "mean coverage": "The mean over calibration sets is k / (n + 1).",
        "5 in 100 sets below": "It is the 5% point of Beta(k, n + 1 - k): scipy.stats.beta(k, n + 1 - k).ppf(0.05).",
        "chance below 0.85 with n = 50": "Take k for n = 50, then scipy.stats.beta(k, n + 1 - k).cdf(0.85).",
    }[first]
    return f"not right yet: {first}. {advice}"


def _coverage_with(**changes):
    names = {"mean": COVERAGE_KEYS[1], "low": COVERAGE_KEYS[2], "chance": COVERAGE_KEYS[3], "k": "k"}
    return {**coverage_numbers(), **{names[key]: value for key, value in changes.items()}}


D = Exercise(
    id="18.4-d",
    title="What one calibration set can promise",
    expects="a dict with four numbers: k, the mean coverage, a 5% point, and a chance",
    evaluate=_coverage_answer,
    right=coverage_numbers(),
    also_right=({key: round(value, 3) for key, value in coverage_numbers().items()}, pd.Series(coverage_numbers())),
    mistakes=(
        Mistake(
            "k without the new patient",
            _coverage_with(k=90),
            "k = 90 counts the calibration patients only. The new patient makes it ceil(101 * 0.9).",
        ),
        Mistake(
            "mean coverage exactly 0.90",
            _coverage_with(mean=0.9),
            "The mean coverage is a little more than 0.90, because k is rounded up: k / (n + 1).",
        ),
        Mistake(
            "90% taken as a promise for each set",
            _coverage_with(low=0.9),
            "0.90 holds on average over calibration sets. A single set can lie lower: its coverage follows Beta(k, n "
            "+ 1 - k).",
        ),
        Mistake(
            "binomial with fixed coverage",
            _coverage_with(chance=float(binom(50, 0.9).cdf(42))),
            "This is the chance to count few hits in 50 patients. Asked is the chance that the calibration set "
            "itself gives a "
            "coverage below 0.85: the Beta law.",
        ),
        Mistake(
            "the Beta law of n = 100",
            _coverage_with(chance=float(beta(91, 10).cdf(0.85))),
            "The last number is for n = 50. You used n = 100. With fewer patients the chance is larger.",
        ),
    ),
    hints=(
        "k = ceil((n + 1)(1 - alpha)). On average the coverage is k / (n + 1).",
        "The coverage of one calibration set is random: scipy.stats.beta(k, n + 1 - k).",
        "Its .ppf(0.05) is the value that 5 in 100 sets stay below. Its .cdf(0.85) is the chance of less than 0.85.",
    ),
    worked=coverage_numbers,
    why="The guarantee is an average over calibration sets. With 50 patients, one hospital in nine gets a set with "
    "less than "
    "85% coverage. More patients make it narrower.",
    tolerance=0.002,
    explain=_explain_coverage,
)

# --- 18.4-e: a threshold for each class -------------------------------------------------------------------


def class_thresholds(y_true, y_prob, alpha):
    from clinxai_teach.conformal import conformal_quantile

    thresholds = {}
    for label in np.unique(y_true):
        scores = 1 - y_prob[y_true == label, label]  # patients of this class, their own class's score
        thresholds[int(label)] = conformal_quantile(scores, alpha)
    return thresholds


def _class_thresholds_as_array(y_true, y_prob, alpha):
    from clinxai_teach.conformal import conformal_quantile

    scores = 1 - y_prob[np.arange(len(y_true)), y_true]
    return np.array([conformal_quantile(scores[y_true == k], alpha) for k in range(y_prob.shape[1])])


def _thresholds_with(rows=lambda y, p, k: y == k, column=lambda p, y, k: 1 - p[:, k], alpha=lambda a, n: a):
    """Return a variant that differs in one thing."""

    def variant(y_true, y_prob, level):
        from clinxai_teach.conformal import conformal_quantile

        labels = range(y_prob.shape[1])
        return {
            k: conformal_quantile(column(y_prob, y_true, k)[rows(y_true, y_prob, k)], alpha(level, len(labels)))
            for k in labels
        }

    return variant


def _true_class_score(y_prob, y_true, k):
    return 1 - y_prob[np.arange(len(y_true)), y_true]


def _class_cases():
    rng = np.random.default_rng(1845)

    def patients(n, shares, sharpness):
        y = rng.choice(len(shares), size=n, p=shares)
        logits = rng.normal(size=(n, len(shares))) + sharpness * np.eye(len(shares))[y] + np.log(shares)
        p = np.exp(logits)
        return y, p / p.sum(axis=1, keepdims=True)

    few_y = np.array([0, 1, 0, 1, 0, 0, 1, 0, 1, 0])
    few_sick = np.array([0.1, 0.4, 0.2, 0.7, 0.3, 0.05, 0.45, 0.6, 0.8, 0.15])
    few_p = np.column_stack([1 - few_sick, few_sick])
    two_y, two_p = patients(120, [0.8, 0.2], 1.5)
    three_y, three_p = patients(90, [0.5, 0.3, 0.2], 2.0)

    def case(label, y, p, alpha):
        return Case(label, {"y_true": y, "y_prob": p, "alpha": alpha})

    return (
        case("ten patients", few_y, few_p, 0.4),
        case("120 patients, 1 in 5 is sick", two_y, two_p, 0.1),
        case("three classes", three_y, three_p, 0.2),
    )


def _threshold_per_class(output):
    """Return `{class: threshold}` from a dict, Series, list or array."""
    if isinstance(output, dict) or type(output).__name__ == "Series":
        return {str(int(key)) if isinstance(key, int | float | np.number) else str(key): value
                for key, value in mapping(output, _threshold).items()}  # fmt: skip
    return {str(int(place) - 1): value for place, value in array(output).items()}


E = Exercise(
    id="18.4-e",
    title="A threshold for each class",
    expects="a function class_thresholds(y_true, y_prob, alpha) that returns a dict {class: threshold}",
    evaluate=lambda answer: outputs(answer, _class_cases(), _threshold_per_class),
    right=class_thresholds,
    also_right=(_class_thresholds_as_array, lambda *given: pd.Series(class_thresholds(*given))),
    mistakes=(
        Mistake(
            "one threshold for all",
            _thresholds_with(rows=lambda y, p, k: np.ones(len(y), dtype=bool), column=_true_class_score),
            "Every class gets the same threshold. Keep only the patients whose TRUE class it is: y_true == label.",
        ),
        Mistake(
            "grouped by the predicted class",
            _thresholds_with(rows=lambda y, p, k: p.argmax(axis=1) == k, column=_true_class_score),
            "You grouped the patients by the predicted class. The promise is for the sick, not for those called "
            "sick: group by "
            "y_true.",
        ),
        Mistake(
            "the class's score of all patients",
            _thresholds_with(rows=lambda y, p, k: np.ones(len(y), dtype=bool)),
            "You used the class's score of all patients, also of those who do not have it. Keep the rows with y_true "
            "== label.",
        ),
        Mistake(
            "probability instead of score",
            _thresholds_with(column=lambda p, y, k: p[:, k]),
            "You took the quantile of the probability. The score is 1 minus the probability: large when the model "
            "was surprised.",
        ),
        Mistake(
            "alpha shared out",
            _thresholds_with(alpha=lambda a, n: a / n),
            "alpha was divided by the number of classes. Each patient has one true class, so each class keeps the "
            "whole alpha.",
        ),
    ),
    hints=(
        "Do for each class what split conformal prediction does for all, with the patients of this class only.",
        "scores = 1 - y_prob[y_true == label, label]",
        "conformal_quantile(scores, alpha) is the threshold. Store it in a dict under the label.",
    ),
    worked=class_thresholds,
    why="Each class now has its own promise. The price: the sick are few and harder, so their threshold is higher, "
    "and more "
    "sets hold two labels.",
    tolerance=1e-9,
)

# --- 18.4-f: what deferral does to the sick ---------------------------------------------------------------


def after_deferral(y_true, y_prob, uncertainty, fraction):
    n_deferred = round(fraction * len(y_true))
    kept = np.argsort(uncertainty, kind="stable")[: len(y_true) - n_deferred]  # the least uncertain stay
    called = y_prob[kept] >= 0.5
    sick = y_true[kept] == 1
    return {
        "accuracy": (called == sick).mean(),
        "sensitivity": called[sick].mean(),
        "sick deferred": 1 - sick.sum() / y_true.sum(),
    }


def _deferral_with_pandas(y_true, y_prob, uncertainty, fraction):
    table = pd.DataFrame({"y": y_true, "p": y_prob, "u": uncertainty}).sort_values("u", kind="stable")
    kept = table.iloc[: len(table) - round(fraction * len(table))]
    found = (kept.p >= 0.5) & (kept.y == 1)
    return pd.Series(
        {
            "accuracy": ((kept.p >= 0.5) == (kept.y == 1)).mean(),
            "sensitivity": found.sum() / (kept.y == 1).sum(),
            "sick deferred": 1 - kept.y.sum() / table.y.sum(),
        }
    )


def _deferral(change):
    """Return a variant that changes the three numbers, given also the inputs."""

    def variant(y_true, y_prob, uncertainty, fraction):
        return change(after_deferral(y_true, y_prob, uncertainty, fraction), y_true, y_prob, uncertainty, fraction)

    return variant


def _sensitivity_of_all(result, y_true, y_prob, uncertainty, fraction):
    kept_sick = (1 - result["sick deferred"]) * y_true.sum()
    return {**result, "sensitivity": result["sensitivity"] * kept_sick / y_true.sum()}


def _precision(result, y_true, y_prob, uncertainty, fraction):
    kept = np.argsort(uncertainty, kind="stable")[: len(y_true) - round(fraction * len(y_true))]
    return {**result, "sensitivity": (y_true[kept][y_prob[kept] >= 0.5] == 1).mean()}


def _share_of_deferred(result, y_true, y_prob, uncertainty, fraction):
    deferred = np.argsort(uncertainty, kind="stable")[len(y_true) - round(fraction * len(y_true)) :]
    return {**result, "sick deferred": y_true[deferred].mean()}


def _deferral_cases():
    rng = np.random.default_rng(1846)
    y = rng.binomial(1, 0.25, size=200)
    p = (1 / (1 + np.exp(-(1.6 * y - 1.6 + rng.normal(0, 1.1, size=200))))).round(3)
    u = (-np.abs(p - 0.5)).round(3) + np.arange(200) * 1e-6  # no two are equal

    def case(label, y_true, y_prob, uncertainty, fraction):
        given = {"y_true": y_true, "y_prob": y_prob, "uncertainty": uncertainty, "fraction": fraction}
        return Case(label, {k: np.array(v) if isinstance(v, list) else v for k, v in given.items()})

    return (
        case(
            "ten patients, two deferred",
            [1, 0, 1, 0, 0, 1, 0, 0, 1, 0],
            [0.9, 0.1, 0.45, 0.55, 0.2, 0.6, 0.3, 0.05, 0.2, 0.7],
            [0.1, 0.1001, 0.9, 0.8, 0.3, 0.5, 0.35, 0.05, 0.31, 0.6],
            0.2,
        ),
        case(
            "nobody deferred",
            [1, 0, 1, 0, 1],
            [0.9, 0.1, 0.4, 0.6, 0.5],
            [0.1, 0.2, 0.3, 0.4, 0.5],
            0.0,
        ),
        case("200 patients, 30% deferred", y, p, u, 0.3),
    )


def _deferral_numbers(output):
    values = mapping(output, number)
    names = ("accuracy", "sensitivity", "sick deferred")
    missing = [name for name in names if name not in values]
    if missing:
        raise WrongKind(f"The result has no {', '.join(missing)}. Its keys are: {', '.join(names)}.")
    return {name: values[name] for name in names}


F = Exercise(
    id="18.4-f",
    title="What deferral does to the sick",
    expects='a function after_deferral(y_true, y_prob, uncertainty, fraction) that returns a dict with "accuracy", '
    '"sensitivity" and "sick deferred"',
    evaluate=lambda answer: outputs(answer, _deferral_cases(), _deferral_numbers),
    right=after_deferral,
    also_right=(_deferral_with_pandas,),
    mistakes=(
        Mistake(
            "the certain deferred",
            lambda y, p, u, f: after_deferral(y, p, -u, f),
            "You deferred the patients with the LEAST uncertainty. Keep these, and send the uncertain ones to a "
            "doctor.",
        ),
        Mistake(
            "sensitivity against all sick",
            _deferral(_sensitivity_of_all),
            "Your sensitivity counts deferred sick patients as missed. Asked is the sensitivity among those the tool "
            "still decides.",
        ),
        Mistake(
            "precision instead of sensitivity",
            _deferral(_precision),
            "This is the share of sick among those called sick (PPV). Sensitivity: the share called sick among the "
            "sick.",
        ),
        Mistake(
            "share of the deferred who are sick",
            _deferral(_share_of_deferred),
            '"sick deferred" is the share of ALL SICK who are deferred, not the share of the deferred who are sick.',
        ),
        Mistake(
            "fraction kept instead of deferred",
            lambda y, p, u, f: after_deferral(y, p, u, 1 - f) if f > 0 else after_deferral(y, p, u, f),
            "You kept the fraction that should be deferred. Keep 1 - fraction.",
        ),
        Mistake(
            "no deferral at all",
            lambda y, p, u, f: after_deferral(y, p, u, 0.0),
            "Nobody is deferred here: fraction is not used. Leave out the most uncertain patients first.",
        ),
    ),
    hints=(
        "np.argsort(uncertainty) gives the patients, the most certain first. Keep the first n - round(fraction * n).",
        "Among the kept: called = y_prob >= 0.5. Sensitivity = called[sick].mean().",
        "sick deferred = 1 - (sick among the kept) / (all sick).",
    ),
    worked=after_deferral,
    why="Those near the threshold are often the sick. Deferring them makes the rest look better (accuracy), while "
    "the tool "
    "alone finds fewer of the sick it keeps.",
    tolerance=1e-9,
)

# --- 18.4-g: what may be said -----------------------------------------------------------------------------

STATEMENTS = {
    1: "A 90% prediction set contains this patient's true label with a probability of 90%.",
    2: "A smaller alpha gives larger sets, or sets of the same size.",
    3: "An empty set means that the patient is healthy.",
    4: "The guarantee holds on average over calibration sets and patients from the same population.",
    5: "Coverage was 90% last year, so it is 90% now.",
    6: "Class-conditional calibration needs enough patients in each class.",
    7: "Aleatoric doubt falls when the model is trained on more patients.",
    8: "A standard deviation of 0 over dropout passes can go with total doubt.",
    9: "If the coverage is 90% overall, it is 90% among patients with diabetes.",
    10: "A set with two labels can be a useful answer: it says what is not excluded.",
    11: "With a bad model the sets still keep their coverage, but they tend to be larger.",
    12: "A film from an unknown scanner always raises the mutual information of dropout passes.",
}
_TRUE = (2, 4, 6, 8, 10, 11)
STATEMENT_REASONS = {
    1: "The 90% belong to the method, over many patients and calibration sets. For one patient nothing follows alone.",
    2: "A smaller alpha raises the threshold, so no label leaves the set.",
    3: "It means that no label fits: the film is unlike those of each class. Look at it.",
    4: "This is the marginal guarantee. It needs exchangeability: the new patients come from where the calibration "
    "came from.",
    5: "Patients, machines and treatment change. Then the patients are no longer exchangeable, and the promise is off.",
    6: "With n patients in a class and alpha 0.1, fewer than 9 give an infinite threshold: all labels, always.",
    7: "That is epistemic doubt. Aleatoric doubt lies in the data: an ambiguous film stays ambiguous.",
    8: "All passes can say 50:50. They agree, and the doubt is total.",
    9: "The sick are few. They can be covered in 55% while the healthy make up for it with 98%.",
    10: "{benign, cancer} tells the pathologist to look again. One label would have hidden the doubt.",
    11: "The proof does not use the model. A bad model pays with size, not with coverage.",
    12: "Some shifts raise it, some do not. Dropout is one view of the model's doubt, no detector of the unknown.",
}


def _statement_choice(answer):
    if isinstance(answer, dict):
        if answer and all(is_stub(value) for value in answer.values()):
            raise NotAnswered
        answer = [key for key, true in answer.items() if true is True or true is np.True_]
    return choice_of(answer, tuple(map(str, STATEMENTS)))


def _explain_statements(got, right):
    wrong = [int(key) for key in right if got[key] != right[key]]
    verdict = "is true" if wrong[0] in _TRUE else "is not true"
    reason = STATEMENT_REASONS[wrong[0]]
    return f"{len(wrong)} of {len(STATEMENTS)} are not right yet. Statement {wrong[0]} {verdict}: {reason}"


G = Exercise(
    id="18.4-g",
    title="What may be said about a 90% set",
    expects="the set of the numbers of all true statements, such as {1, 2}",
    evaluate=_statement_choice,
    right=set(_TRUE),
    also_right=(list(_TRUE), {str(k) for k in _TRUE}, {k: k in _TRUE for k in STATEMENTS}, np.array(_TRUE)),
    mistakes=(
        Mistake(
            "everything sounds right",
            set(STATEMENTS),
            "Six of them are not true. Ask of each: for whom does it hold, and when?",
        ),
        Mistake(
            "read as a promise for one patient and each group",
            {*_TRUE, 1, 9},
            "1 and 9 turn an average over many patients into a promise for one patient or one group. It is not.",
        ),
        Mistake(
            "the guarantee travels",
            {*_TRUE, 5},
            "5 forgets exchangeability: the promise is for patients like those of the calibration set.",
        ),
        Mistake(
            "dropout finds everything unknown",
            {*_TRUE, 12},
            "12 expects too much of dropout: some shifts raise the mutual information, some do not.",
        ),
        Mistake(
            "the false ones chosen",
            set(STATEMENTS) - set(_TRUE),
            "These are the statements that are not true. Asked are the true ones.",
        ),
    ),
    hints=(
        "Six are true.",
        "The promise is an average: over patients, and over calibration sets, from the same population.",
        "Think of an ambiguous film, a new scanner, a rare disease, and a class with eight patients.",
    ),
    worked="\n".join(f"{k}: {'true' if k in _TRUE else 'not true'}. {STATEMENT_REASONS[k]}" for k in STATEMENTS),
    why="The sentence to remember: over repeated draws of calibration and test patients from the same population, "
    "the set "
    "holds the true label at least 90% of the time.",
    explain=_explain_statements,
)

EXERCISES = {exercise.id: exercise for exercise in (A, B, C, D, E, F, G)}
