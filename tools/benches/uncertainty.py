"""Monte Carlo dropout beside the plain loop, conformal sets beside MAPIE, and how long a slider move takes."""

import tracemalloc

import numpy as np
import torch
import torchvision
from mapie.classification import SplitConformalClassifier as Mapie
from sklearn.ensemble import HistGradientBoostingClassifier
from torch import nn

from benches.drawn import Given, patients
from benches.timing import growth, seconds
from clinxai_teach.conformal import (
    SplitConformalClassifier,
    conformal_quantile,
    conformal_risk_threshold,
    coverage,
    set_summary,
)
from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.models import load_cxr_model, predict_proba
from clinxai_teach.uncertainty import (
    ensemble_samples,
    entropy_decomposition,
    fit_ensemble,
    mc_dropout_samples,
    prediction_instability,
    risk_coverage_curve,
)

N_SAMPLES = 30


def plain_loop(model, inputs, n_samples, seed):
    """Run the whole network n_samples times with its dropout layers on."""
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.train()
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(seed)
        samples = torch.stack([model(inputs).softmax(dim=1) for _ in range(n_samples)])
    model.eval()
    return samples


def bench_dropout():
    """ResNet-18 with a dropout head, four films of 112 x 112."""
    torch.manual_seed(0)
    model = torchvision.models.resnet18(weights=None)
    model.fc = nn.Sequential(nn.Dropout(0.5), nn.Linear(512, 5))
    inputs = torch.rand(4, 3, 112, 112)

    def ours():
        return mc_dropout_samples(model, inputs, n_samples=N_SAMPLES, seed=1)

    def loop():
        return plain_loop(model, inputs, N_SAMPLES, seed=1)

    fast, slow = seconds(ours, loop, runs=5)
    equal = "equal bit for bit" if torch.equal(ours(), loop()) else "NOT EQUAL"
    what = f"MC dropout, {N_SAMPLES} samples / the plain loop (ResNet-18, 4 x 112 px)"
    yield what, f"1 / {slow / fast:.0f}", f"{fast * 1000:.0f} ms, {equal}; goal: at most 1 / 15"
    clean, film = load_cxr_model("clean"), torch.from_numpy(make_radiographs(1).images)
    (move,) = seconds(lambda: entropy_decomposition(mc_dropout_samples(clean, film, n_samples=200, seed=1)))
    yield "MC dropout, 200 samples of one film, with the entropies", f"{move * 1000:.0f} ms", "goal: below 30 ms"


def bench_dropout_growth():
    """From 30 to 3,000 samples, where dropout stands in the head and where it stands in front."""
    torch.manual_seed(0)
    inputs = torch.rand(4, 1, 32, 32)
    layers = [nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(7200, 5)]
    for where, place in (("in the head", 3), ("in front", 0)):
        model = nn.Sequential(*layers[:place], nn.Dropout(0.5), *layers[place:]).eval()
        slope, (_, taken) = growth(
            lambda n, model=model: lambda: mc_dropout_samples(model, inputs, n_samples=n, seed=1), 30, 3000, runs=3
        )
        what = f"MC dropout {where}: exponent of the number of samples, 30 to 3,000"
        yield what, f"{slope:.2f}", f"1 is linear; 3,000 samples of 4 images: {taken:.2f} s"


def bench_conformal_growth():
    """From 1,000,000 to 10,000,000 patients: how the time grows, and the memory on top of the patients' own."""
    rng = np.random.default_rng(0)
    few, many = 1_000_000, 10_000_000
    p = rng.random(many)
    y, table = (rng.random(many) < p).astype(int), np.column_stack([1 - p, p])
    functions = {
        "conformal quantile": lambda n: conformal_quantile(p[:n], 0.1),
        "the same with weights": lambda n: conformal_quantile(p[:n], 0.1, weights=table[:n, 0], new_weight=1.0),
        "conformal sets (lac), two classes": lambda n: (
            SplitConformalClassifier().calibrate(y[:n], table[:n]).predict_set(table[:n])
        ),
        "conformal sets (aps), two classes": lambda n: (
            SplitConformalClassifier(score="aps").calibrate(y[:n], table[:n]).predict_set(table[:n])
        ),
    }
    for name, function in functions.items():
        slope, (_, taken) = growth(lambda n, function=function: lambda: function(n), few, many, runs=2)
        tracemalloc.start()
        function(many)
        memory = tracemalloc.get_traced_memory()[1] / many
        tracemalloc.stop()
        note = f"{taken:.2f} s for 10,000,000; {memory:.0f} bytes for each"
        yield f"{name}: exponent of n in its time", f"{slope:.2f}", note


def bench_conformal():
    """10,000 calibration patients, 100,000 new ones, 10 classes."""
    (y, p), (_, new) = patients(10_000, 0, n_classes=10), patients(100_000, 1, n_classes=10)
    for score in ("lac", "aps"):

        def ours(score=score):
            return SplitConformalClassifier(score=score).calibrate(y, p).predict_set(new)

        def mapie(score=score):
            return Mapie(Given(10), confidence_level=0.9, conformity_score=score).conformalize(p, y).predict_set(new)

        fast, slow = seconds(ours, mapie, runs=5)
        what = f"conformal sets ({score}), 10,000 + 100,000 x 10 / MAPIE"
        yield what, f"{fast / slow:.2f}", f"{fast * 1000:.0f} ms; goal: at most 0.3"


def bench_deferral():
    """The risk-coverage curve of 10,000,000 patients beside one plain sort of their doubt."""
    rng = np.random.default_rng(0)
    doubt = rng.random(10_000_000)
    wrong = (rng.random(len(doubt)) < doubt / 2).astype(int)
    curve, tied, sort = seconds(
        lambda: risk_coverage_curve(wrong, doubt),
        lambda: risk_coverage_curve(wrong, doubt.round(3)),
        lambda: np.sort(doubt),
        runs=3,
    )
    for name, taken in (("all different", curve), ("1,000 different, with the rounding", tied)):
        what = f"risk-coverage curve, 10,000,000 doubts, {name} / one np.sort"
        yield what, f"{taken / sort:.1f}", f"{taken:.2f} s; goal: at most 3"


def bench_conformal_helpers():
    """Risk control over 1,000 thresholds, a weighted quantile, and the instability of 200 refits."""
    rng = np.random.default_rng(0)
    losses = np.sort(rng.random((10_000, 1000)) < 0.2, axis=1)[:, ::-1]
    (risk,) = seconds(lambda: conformal_risk_threshold(losses, np.arange(1000), 0.1), runs=3)
    yield "risk control, 10,000 patients x 1,000 thresholds", f"{risk * 1000:.0f} ms", ""
    scores, weights = rng.random(1_000_000), rng.random(1_000_000)
    weighted, plain = seconds(
        lambda: conformal_quantile(scores, 0.1, weights=weights, new_weight=1.0),
        lambda: conformal_quantile(scores, 0.1),
        runs=5,
    )
    yield "conformal quantile of 1,000,000 with weights", f"{weighted * 1000:.0f} ms", f"without: {plain * 1000:.0f} ms"
    risks = rng.random((200, 10_000))
    (refits,) = seconds(lambda: prediction_instability(risks, threshold=0.5), runs=3)
    yield "instability, 200 refits x 10,000 patients", f"{refits * 1000:.0f} ms", ""


def bench_slider():
    """One move of alpha: calibrate, predict, count."""
    films = make_radiographs(2000, seed=7)
    tables = {"films, 5 classes, 1,000 + 1,000": (films.labels, predict_proba(load_cxr_model("clean"), films.images))}
    data = load_nhanes_diabetes()
    model = HistGradientBoostingClassifier(random_state=0).fit(data.X[:2000], data.y[:2000])
    tables["NHANES, 2 classes, 1,509 + 1,509"] = (data.y[2000:].to_numpy(), model.predict_proba(data.X[2000:]))
    for name, (y, p) in tables.items():
        half = len(y) // 2

        def move(score, groups, y=y, p=p, half=half):
            classifier = SplitConformalClassifier(0.07, score=score).calibrate(y[:half], p[:half], groups)
            sets = classifier.predict_set(p[half:], groups)
            return coverage(y[half:], sets), set_summary(sets)

        for score, groups in (("lac", None), ("raps", "class")):
            (taken,) = seconds(lambda move=move, score=score, groups=groups: move(score, groups))
            kind = "for each class" if groups else "one threshold"
            yield f"a move of alpha ({name}; {score}, {kind})", f"{taken * 1000:.1f} ms", "goal: below 30 ms"


def bench_ensemble():
    """Five small networks on 3,300 patients, and their probabilities for 1,500."""
    data = load_nhanes_diabetes()
    (taken,) = seconds(lambda: ensemble_samples(fit_ensemble(data.X[:3300], data.y[:3300]), data.X[3300:]), runs=3)
    yield "ensemble of 5 networks, 3,300 patients", f"{taken:.1f} s", ""


BENCHES = (
    *(bench_dropout, bench_dropout_growth, bench_conformal, bench_conformal_growth, bench_deferral),
    *(bench_conformal_helpers, bench_slider, bench_ensemble),
)
