"""Attribution: Grad-CAM, integrated gradients, occlusion, SmoothGrad and Shapley values beside their peers."""

import subprocess
import sys

import numpy as np
import torch
import torchvision
from captum.attr import IntegratedGradients, LayerGradCam, NoiseTunnel, Occlusion, Saliency
from sklearn.ensemble import HistGradientBoostingClassifier

from benches.timing import growth, seconds
from clinxai_teach.attribution import (
    exact_shapley,
    grad_cam,
    integrated_gradients,
    occlusion,
    shap_explanation,
    smooth_grad,
)
from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.models import load_cxr_model

CAPTUM_STEPS = 50  # its default
NETWORKS = (
    *("alexnet", "vgg11_bn", "resnet18", "resnet34", "resnet50", "resnext50_32x4d", "densenet121", "googlenet"),
    *("squeezenet1_0", "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "mnasnet0_5"),
    *("shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "efficientnet_b0", "regnet_x_400mf", "regnet_y_400mf"),
    *("convnext_tiny", "swin_t"),
)


def network(name):
    """Return a torchvision network as it is initialised, with the same random weights in each run."""
    torch.manual_seed(0)
    options = {"init_weights": True, "aux_logits": False} if name == "googlenet" else {}
    return torchvision.models.get_model(name, weights=None, **options).eval()


def resnet():
    return network("resnet18")


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
        runs=9,
    )
    yield "Grad-CAM / forward pass (ResNet-18, batch 8, 224 px)", f"{ours / plain:.2f}", "goal: at most 1.05"
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


def completed(model, inputs, target, delta):
    """Say whether the sum is right to 1% of the difference of the two scores, or to rounding."""
    with torch.no_grad():
        ends = torch.stack([model(inputs)[0, target], model(torch.zeros_like(inputs))[0, target]])
    rounding = 8 * torch.finfo(ends.dtype).eps * ends.abs().sum()
    return bool(delta.abs() <= 0.01 * (ends[0] - ends[1]).abs() + rounding)


def captum_delta(model, inputs, target):
    return IntegratedGradients(model).attribute(inputs, target=target, return_convergence_delta=True)[1]


def bench_integrated_gradients_evaluations():
    """1% completeness: evaluations of ours, which stops when it is there, and of Captum's fixed 50 steps."""
    films = make_radiographs(20, seed=1)
    model, used, reached, captum_reached = load_cxr_model("clean"), [], 0, 0
    for image, label in zip(torch.from_numpy(films.images), films.labels.tolist(), strict=True):
        count, result = evaluations(model, image[None], label, 0.01)
        used.append(count)
        reached += completed(model, image[None], label, result.convergence_delta)
        captum_reached += completed(model, image[None], label, captum_delta(model, image[None], label))
    yield (
        f"IG to 1% completeness / Captum's {CAPTUM_STEPS} steps, evaluations (the film model, 20 films one by one)",
        f"{np.mean(used) / CAPTUM_STEPS:.2f}",
        f"goal: at most 0.7; complete: ours {reached}, Captum {captum_reached} of 20",
    )


def bench_integrated_gradients_seconds():
    """1% completeness in seconds, one image of 64 px, with torchvision's networks and random weights."""
    ratios, reached, captum_reached = {}, 0, 0
    inputs = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    for name in NETWORKS:
        model = network(name)
        captum = IntegratedGradients(model)

        def ours(model=model):
            return integrated_gradients(model, inputs, 1, tolerance=0.01)

        fast, fixed = seconds(ours, lambda captum=captum: captum.attribute(inputs, target=1), runs=3)
        ratios[name] = fast / fixed
        reached += completed(model, inputs, 1, ours().convergence_delta)
        captum_reached += completed(model, inputs, 1, captum_delta(model, inputs, 1))
    worst = sorted(ratios, key=ratios.get)[-3:][::-1]
    many = f"{len(NETWORKS)} untrained networks, one row each"
    yield (
        f"IG to 1% completeness / Captum's {CAPTUM_STEPS} steps, seconds ({many})",
        f"{np.mean(list(ratios.values())):.2f}",
        f"goal: at most 0.7; median {np.median(list(ratios.values())):.2f}, most "
        + ", ".join(f"{name} {ratios[name]:.2f}" for name in worst)
        + f"; complete: ours {reached}, Captum {captum_reached}",
    )


def bench_perturbations():
    """Occlusion and SmoothGrad of two images of 64 px beside Captum's."""
    model, inputs = resnet(), torch.rand(2, 3, 64, 64)
    windows, tunnel = Occlusion(model), NoiseTunnel(Saliency(model))
    ours, theirs = seconds(
        lambda: occlusion(model, inputs, 1, window=16, stride=8),
        lambda: windows.attribute(inputs, target=1, sliding_window_shapes=(3, 16, 16), strides=(3, 8, 8)),
        runs=3,
    )
    yield "occlusion, 49 windows, ResNet-18 / Captum", f"{ours / theirs:.2f}", f"{ours * 1000:.0f} ms"
    ours, theirs = seconds(
        lambda: smooth_grad(model, inputs, 1),
        lambda: tunnel.attribute(inputs, target=1, nt_samples=50, nt_samples_batch_size=1, stdevs=0.1),
        runs=3,
    )
    yield "SmoothGrad, 50 samples, ResNet-18 / Captum, one at a time", f"{ours / theirs:.2f}", f"{ours * 1000:.0f} ms"


def bench_growth():
    """How the time grows: Grad-CAM with images and pixels, integrated gradients with steps."""
    model = resnet()

    def cam(n, size):
        inputs = torch.rand(n, 3, size, size)
        return lambda: grad_cam(model, inputs, 1, layer=model.layer4)

    image = torch.rand(1, 3, 64, 64)
    measured = {
        "Grad-CAM: exponent of the number of images, 4 to 64": growth(lambda n: cam(n, 64), 4, 64),
        "Grad-CAM: exponent of the number of pixels, 112² to 448²": growth(
            lambda n: cam(1, int(n**0.5)), 112**2, 448**2
        ),
        "IG: exponent of the number of steps, 8 to 64": growth(
            lambda n: lambda: integrated_gradients(model, image, 1, n_steps=n), 8, 64, runs=3
        ),
    }
    for what, (slope, (_, large)) in measured.items():
        yield f"{what} (ResNet-18)", f"{slope:.2f}", f"1 is linear; the largest: {large * 1000:.0f} ms"


# VmHWM, of Linux: ru_maxrss would start from what the parent holds.
MEMORY = """
import re, torch, torchvision
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
torch.manual_seed(0)
model = torchvision.models.resnet18(weights=None).eval()
"""
IG_MEMORY = {
    "ours": "from clinxai_teach.attribution import integrated_gradients\n"
    "integrated_gradients(model, torch.rand(2, 3, 112, 112), 1, n_steps={steps})",
    "captum": "from captum.attr import IntegratedGradients\n"
    "IntegratedGradients(model).attribute(torch.rand(2, 3, 112, 112), target=1, n_steps={steps})",
}
CAM_MEMORY = {
    "forward": "with torch.no_grad():\n    model(inputs)",
    "ours": "grad_cam(model, inputs, 1, layer=model.layer4)",
    "captum": "LayerGradCam(model, model.layer4).attribute(inputs, target=1)",
}


def in_a_child(code):
    """Return the number that a process of its own prints last, in MB."""
    command = [sys.executable, "-c", MEMORY + code]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def bench_integrated_gradients_memory():
    """Peak memory of a whole process, ResNet-18, 2 images of 112 px."""
    for who, title in (("ours", "IG, peak memory, 128 steps / 8 steps"), ("captum", "Captum's IG, the same")):
        few, many = (in_a_child(IG_MEMORY[who].format(steps=steps) + "\nprint(peak())") for steps in (8, 128))
        goal = "goal: flat; " if who == "ours" else ""
        yield title, f"{many / few:.2f}", f"{goal}{few:.0f} and {many:.0f} MB"


def bench_grad_cam_memory():
    """What a call adds to the peak memory of its process, ResNet-18, 16 images of 224 px."""
    before = (
        "from captum.attr import LayerGradCam\nfrom clinxai_teach.attribution import grad_cam\n"
        "inputs = torch.rand(16, 3, 224, 224)\nbefore = peak()\n"
    )
    forward, ours, captum = (
        in_a_child(before + CAM_MEMORY[who] + "\nprint(peak() - before)") for who in ("forward", "ours", "captum")
    )
    what = "Grad-CAM, memory of the call / forward pass (ResNet-18, batch 16, 224 px)"
    yield what, f"{ours / forward:.2f}", f"{ours:.0f} MB; Captum's LayerGradCam {captum:.0f} MB"


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
    bench_grad_cam_memory,
    bench_integrated_gradients_evaluations,
    bench_integrated_gradients_seconds,
    bench_integrated_gradients_memory,
    bench_perturbations,
    bench_growth,
    bench_shapley,
)
