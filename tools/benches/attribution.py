"""Attribution: Grad-CAM, integrated gradients and Shapley values beside their peers."""

import subprocess
import sys
import warnings

import numpy as np
import torch
import torchvision
from captum.attr import IntegratedGradients, LayerGradCam
from sklearn.ensemble import HistGradientBoostingClassifier

from benches.timing import seconds
from clinxai_teach.attribution import exact_shapley, grad_cam, integrated_gradients, shap_explanation
from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.models import load_cxr_model

CAPTUM_STEPS = 50  # its default


def resnet():
    torch.manual_seed(0)
    return torchvision.models.resnet18(weights=None).eval()


def bench_grad_cam():
    """ResNet-18, batch 8, 224 px: ours, a plain forward pass, Captum and pytorch-grad-cam."""
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    model, inputs = resnet(), torch.rand(8, 3, 224, 224)
    captum, peer = LayerGradCam(model, model.layer4), GradCAM(model=model, target_layers=[model.layer4])
    targets = [ClassifierOutputTarget(1)] * 8

    def forward():
        with torch.no_grad():
            model(inputs)

    ours, plain, first, second = seconds(
        lambda: grad_cam(model, inputs, 1, layer=model.layer4),
        forward,
        lambda: captum.attribute(inputs, target=1),
        lambda: peer(input_tensor=inputs, targets=targets),
    )
    yield "Grad-CAM / forward pass (ResNet-18, batch 8, 224 px)", f"{ours / plain:.2f}", "goal: at most 1.10"
    yield "Grad-CAM / pytorch-grad-cam, same call", f"{ours / second:.2f}", "goal: at most 0.45"
    yield "Grad-CAM / Captum's LayerGradCam, same call", f"{ours / first:.2f}", f"ours {ours * 1000:.0f} ms"


def evaluations(model, inputs, target, tolerance):
    """Return the gradient evaluations per image until every row is complete, all rounds of the search counted."""
    seen = []

    def count(module, given):
        if torch.is_grad_enabled():
            seen.append(len(given[0]))

    hook = model.register_forward_pre_hook(count)
    result = integrated_gradients(model, inputs, target, tolerance=tolerance)
    hook.remove()
    return sum(seen) / len(inputs), result


def bench_integrated_gradients_evaluations():
    """1% completeness: evaluations of ours, which stops when it is there, and of Captum's fixed 50 steps."""
    films = make_radiographs(40, seed=1)
    images, labels = torch.from_numpy(films.images), torch.from_numpy(films.labels)
    networks = {
        "the film model, 40 films one by one": (load_cxr_model("clean"), images, labels),
        "ResNet-18, 8 random images one by one": (resnet(), torch.rand(8, 3, 64, 64), torch.ones(8, dtype=int)),
    }
    for name, (model, inputs, target) in networks.items():
        used, reached, captum_reached = [], 0, 0
        for i in range(len(inputs)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                count, result = evaluations(model, inputs[i : i + 1], target[i : i + 1], 0.01)
            with torch.no_grad():
                zeros = torch.zeros_like(inputs[i : i + 1])
                size = (model(inputs[i : i + 1]) - model(zeros))[0, target[i]].abs()
            _, delta = IntegratedGradients(model).attribute(
                inputs[i : i + 1], target=int(target[i]), return_convergence_delta=True
            )
            used.append(count)
            reached += bool(result.convergence_delta.abs() <= 0.01 * size)
            captum_reached += bool(delta.abs() <= 0.01 * size)
        yield (
            f"IG to 1% completeness / Captum's {CAPTUM_STEPS} steps, evaluations ({name})",
            f"{np.mean(used) / CAPTUM_STEPS:.2f}",
            f"goal: at most 0.7; complete: ours {reached}, Captum {captum_reached} of {len(inputs)}",
        )


MEMORY = """
import resource, sys, torch, torchvision
torch.manual_seed(0)
model, inputs = torchvision.models.resnet18(weights=None).eval(), torch.rand(2, 3, 112, 112)
steps = int(sys.argv[2])
if sys.argv[1] == "ours":
    from clinxai_teach.attribution import integrated_gradients
    integrated_gradients(model, inputs, 1, n_steps=steps)
else:
    from captum.attr import IntegratedGradients
    IntegratedGradients(model).attribute(inputs, target=1, n_steps=steps)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def peak(who, steps):
    """Return the peak memory in MB of a process of its own."""
    command = [sys.executable, "-c", MEMORY, who, str(steps)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def bench_integrated_gradients_memory():
    """Peak memory of a whole process, ResNet-18, 2 images of 112 px."""
    few, many = peak("ours", 8), peak("ours", 128)
    yield "IG, peak memory, 128 steps / 8 steps", f"{many / few:.2f}", f"goal: flat; {few:.0f} and {many:.0f} MB"
    few, many = peak("captum", 8), peak("captum", 128)
    yield "Captum's IG, the same", f"{many / few:.2f}", f"{few:.0f} and {many:.0f} MB"


def bench_shapley():
    """Exact values of 12 features, and SHAP of the NHANES model."""
    rng = np.random.default_rng(0)
    background, weights = rng.normal(size=(100, 12)), rng.normal(size=12)
    data = load_nhanes_diabetes()
    model = HistGradientBoostingClassifier(max_depth=3, max_iter=150, learning_rate=0.05, random_state=0)
    model.fit(data.X, data.y)
    exact, trees = seconds(
        lambda: exact_shapley(lambda X: np.tanh(X @ weights), background[0], background),
        lambda: shap_explanation(model, data.X.iloc[:200], background=data.X.iloc[:200]),
        runs=3,
    )
    yield "exact Shapley values, 12 features, 100 background rows", f"{exact * 1000:.0f} ms", "4,096 sets"
    yield "SHAP of 200 people, 200 background rows, 150 trees", f"{trees * 1000:.0f} ms", "local accuracy checked"


BENCHES = (
    bench_grad_cam,
    bench_integrated_gradients_evaluations,
    bench_integrated_gradients_memory,
    bench_shapley,
)
