"""Small networks with known answers, shared by the attribution tests."""

import torch
from torch import nn


class Function(nn.Module):
    """A network that returns `function(x)` as one logit `(N,)`."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


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
