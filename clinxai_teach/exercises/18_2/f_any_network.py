# %% judge
import torch
from torch import nn

from clinxai_teach import attribution
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, array

# %% [markdown]
# ## A heatmap for any network
#
# The chapter uses one network. Yours must work on others: write `heatmap(model, images, target)` that finds the **last
# convolution** (`torch.nn.Conv2d`) of any network and returns the raw Grad-CAM map of each image there. `attribution.grad_cam` does
# the work. The check runs it on four networks that this course does not use elsewhere.


# %% answer points=2 minutes=7 difficulty="easy"
def heatmap(model, images, target):
    ### BEGIN SOLUTION
    convolutions = [module for module in model.modules() if isinstance(module, torch.nn.Conv2d)]
    return attribution.grad_cam(model, images, target, layer=convolutions[-1])
    ### END SOLUTION


# %% judge
def _heatmap_by_name(model, images, target):
    names = [name for name, module in model.named_modules() if type(module) is nn.Conv2d]
    return attribution.grad_cam(model, images, target, layer=model.get_submodule(names[-1])).numpy()


def _heatmap_with(pick=lambda convolutions: convolutions[-1], among=lambda model: model.modules(), **options):
    """Return a variant that picks another layer or calls Grad-CAM in another way."""

    def variant(model, images, target):
        layer = pick([module for module in among(model) if isinstance(module, nn.Conv2d)])
        return attribution.grad_cam(model, images, layer=layer, **{"target": target, **options})

    return variant


def _network_cases():
    """Four small networks of other families, with fixed weights; the third is built as a DenseNet is.

    The fourth keeps its last convolution inside a block: who looks at the top level only finds the first one.
    """

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

    class Nested(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(1, 4, 3)
            block = nn.Sequential(nn.ReLU(), nn.Sequential(nn.Conv2d(4, 5, 3), nn.ReLU(inplace=True)))
            self.blocks, self.head = nn.ModuleList([block]), nn.Linear(5, 3)

        def forward(self, x):
            return self.head(self.blocks[0](self.stem(x)).mean((2, 3)))

        def __repr__(self):
            return "a network with convolutions inside blocks"

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
        Nested(),
    )
    cases = []
    for network, target in zip(networks, (2, 0, 1, 1), strict=True):
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


EXERCISE = function_on_cases(
    heatmap,
    _network_cases(),
    read=lambda output: array(output, ndim=3),
    expects="a function heatmap(model, images, target) that returns the raw Grad-CAM map of the last convolution for "
    "each image",
    also_right=(_heatmap_by_name, lambda *given: heatmap(*given)[:, 0]),
    mistakes=(
        Mistake(
            "first convolution",
            _heatmap_with(pick=lambda convolutions: convolutions[0]),
            "You took the first convolution. It sees edges only. Take the last one: [-1].",
        ),
        Mistake(
            "last convolution of the top level",
            _heatmap_with(among=lambda model: model.children()),
            "You looked at the top level of the network only. Many networks keep their convolutions inside blocks: "
            "model.modules() goes through all of them.",
        ),
        Mistake(
            "always class 1",
            _heatmap_with(target=1),
            "The map is always that of class 1. Pass on the target that the function gets.",
        ),
        Mistake(
            "always class 0",
            _heatmap_with(target=0),
            "The map is always that of class 0. Pass on the target that the function gets.",
        ),
        Mistake(
            "evidence against the class left in",
            _heatmap_with(relu=False),
            "Negative values are left in. Leave out relu=False: Grad-CAM ends with a ReLU.",
        ),
        Mistake(
            "scaled for display",
            lambda *given: attribution.scale_for_display(heatmap(*given)),
            "Each map was divided by its maximum. Return the raw map: its strength is part of the answer.",
        ),
    ),
    hints=(
        "grad_cam(model, images, target, layer=...) does the work. What you need is the layer.",
        "model.modules() gives every part of a network, in order. Keep those with isinstance(part, torch.nn.Conv2d).",
        "Take the last of them, and return grad_cam(model, images, target, layer=that_layer).",
    ),
    why="Grad-CAM works on any network with convolutions, also with in-place layers and dense connections. The last "
    "convolution is a usual choice, not the only right one: its map is coarse.",
    tolerance=1e-5,
)
