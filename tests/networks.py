"""Small networks with known answers, shared by the attribution tests."""

import copy

import torch
from torch import nn

from benches.drawn import Function

__all__ = ["Function", "grad_cam_oracle", "starts_in_place", "two_layers"]


def two_layers(seed=0, features=4, classes=3, dtype=torch.float64):
    """Return a smooth network (tanh) with fixed random weights."""
    generator = torch.Generator().manual_seed(seed)
    network = nn.Sequential(nn.Linear(features, 6), nn.Tanh(), nn.Linear(6, classes)).to(dtype)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=dtype))
    return network


def starts_in_place():
    """Return a network whose first layer works in place on its input."""
    torch.manual_seed(3)
    return nn.Sequential(nn.ReLU(inplace=True), nn.Linear(4, 2))


def grad_cam_oracle(model, inputs, target, layer):
    """Grad-CAM before its ReLU, with a full graph, on a copy in which no layer works in place."""
    model = copy.deepcopy(model).eval()
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    caught = []
    target_layer = dict(model.named_modules())[layer]
    target_layer.register_forward_hook(lambda module, given, output: caught.append(output) or output.clone())
    score = model(inputs)[:, target].sum()
    (gradient,) = torch.autograd.grad(score, caught[-1])
    return (gradient.mean((2, 3), keepdim=True) * caught[-1]).sum(1, keepdim=True).detach()
