"""Benchmarks: how fast the helpers are, and how they compare with peers measured in the same run.

    python tools/bench.py

prints a table and writes it to docs/benchmarks.md. Times depend on the machine, so the ratios are what counts; no
test asserts a time. Needs the `test` extra (Captum) for the comparison.
"""

import os
import platform
import statistics
import time
from pathlib import Path

import numpy as np
import torch
import torchvision
import typer
from captum.attr import LayerGradCam
from sklearn.calibration import _TemperatureScaling

from clinxai_teach.attribution import grad_cam
from clinxai_teach.calibration import TemperatureScaling
from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.models import load_cxr_model

REPORT = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def seconds(*functions, runs=7):
    """Return the median seconds of each function. They take turns, so that a slow moment hits all of them."""
    for function in functions:
        function()  # warm up
    times = [[] for _ in functions]
    for _ in range(runs):
        for function, taken in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def bench_films():
    """1,000 films of 64 x 64, one core (numpy and scipy use one here)."""
    small, large = seconds(lambda: make_radiographs(1000), lambda: make_radiographs(200, size=128), runs=3)
    yield "1,000 synthetic films, 64 x 64", f"{small:.2f} s", "goal: at most 2.5 s"
    yield "1,000 synthetic films, 128 x 128 (from 200)", f"{large * 5:.2f} s", ""


def bench_loading():
    """Models and table from the package."""
    clean, table = seconds(lambda: load_cxr_model("clean"), load_nhanes_diabetes)
    yield "load one model, SHA-256 checked", f"{clean * 1000:.0f} ms", "goal: below 200 ms"
    yield "load the NHANES table", f"{table * 1000:.0f} ms", ""


def bench_grad_cam():
    """ResNet-18, batch 8, 224 px: ours, a plain forward pass, and Captum."""
    model = torchvision.models.resnet18(weights=None).eval()
    inputs = torch.rand(8, 3, 224, 224)
    peer = LayerGradCam(model, model.layer4)

    def forward():
        with torch.no_grad():
            model(inputs)

    ours, plain, captum = seconds(
        lambda: grad_cam(model, inputs, 1, layer=model.layer4), forward, lambda: peer.attribute(inputs, target=1)
    )
    yield "Grad-CAM / forward pass (ResNet-18, batch 8, 224 px)", f"{ours / plain:.2f}", f"{ours * 1000:.0f} ms"
    yield "Grad-CAM / Captum's LayerGradCam, same call", f"{ours / captum:.2f}", f"Captum {captum * 1000:.0f} ms"


def bench_temperature():
    """Temperature of 100,000 x 10 logits: ours and scikit-learn."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(100_000, 10)) * 3
    y = (logits / 2 + rng.gumbel(size=logits.shape)).argmax(1)
    ours, theirs = seconds(
        lambda: TemperatureScaling().fit(logits, y), lambda: _TemperatureScaling().fit(logits, y), runs=3
    )
    yield "temperature, 100,000 x 10 / scikit-learn", f"{ours / theirs:.2f}", f"{ours:.2f} s"


def main():
    """Run all benchmarks, print them, and write docs/benchmarks.md."""
    lines = [
        "# Benchmarks",
        "",
        "Medians of one run of `make bench`; a name with a slash is a ratio of two medians measured in turns.",
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, torch "
        f"{torch.__version__.split('+')[0]}. The times hold for this machine only.",
        "",
        "| What | Result | Note |",
        "|---|---|---|",
    ]
    for bench in (bench_films, bench_loading, bench_grad_cam, bench_temperature):
        lines += [f"| {what} | {result} | {note} |" for what, result, note in bench()]
    text = "\n".join(lines) + "\n"
    print(text)
    REPORT.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    typer.run(main)
