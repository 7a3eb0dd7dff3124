# %% judge
import numpy as np

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, array

# %% [markdown]
# ## Grad-CAM from maps and gradients
#
# A layer has K maps. You have them, and the gradient of the class's logit with respect to every cell of them: two numpy
# arrays `maps` and `gradients` of shape `(K, h, w)`. Write `grad_cam_map(maps, gradients)` and return the raw map `(h, w)`:
#
# $$w_k^c = \frac{1}{Z} \sum_i \sum_j \frac{\partial y^c}{\partial A_{ij}^k} \qquad
# L^c = \text{ReLU}\Big( \sum_k w_k^c A^k \Big)$$


# %% answer points=3 minutes=10 difficulty="medium"
def grad_cam_map(maps, gradients):
    ### BEGIN SOLUTION
    weights = gradients.mean(axis=(1, 2))  # w_k: one number per map
    cam = np.zeros(maps.shape[1:])
    for weight, one_map in zip(weights, maps, strict=True):
        cam = cam + weight * one_map
    return np.maximum(cam, 0)
    ### END SOLUTION


# %% [markdown]
# The same on a real network: maps and gradients of the clean model's last layer, for one synthetic film with pneumonia.

# %%
film = int(np.flatnonzero((films.labels == 1) & (films.metadata["severity"] > 0.6))[0])
one = images[film : film + 1]
maps = model.features(one).detach().requires_grad_()  # the 144 maps of the last layer
(gradients,) = torch.autograd.grad(model.classifier(maps)[0, 1], maps)
by_helper = attribution.grad_cam(model, one, 1, layer=model.features[-1])[0, 0].numpy()
by_hand = grad_cam_map(maps[0].detach().numpy(), gradients[0].numpy())
if by_hand is None:
    print("18.2-c is still open.")
else:
    print("your map equals the helper's:", bool(np.allclose(by_hand, by_helper, atol=1e-5)))


# %% judge
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


EXERCISE = function_on_cases(
    grad_cam_map,
    _cam_cases(),
    read=lambda output: array(output, ndim=2),
    expects="a function grad_cam_map(maps, gradients) that returns one map: rows and columns of numbers",
    also_right=(_cam_by_einsum, _cam(), lambda *given: grad_cam_map(*given).round(4).tolist()),
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
            "The ReLU came too early, on each map or on its weight. Add the weighted maps first: a map that counts against the class must be "
            "able to cancel another one.",
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
            "absolute weights",
            _cam(weight=lambda g: np.abs(g.mean(axis=(1, 2), keepdims=True))),
            "The weights lost their signs. A map with a negative weight speaks against the class.",
        ),
        Mistake(
            "mean over the maps",
            lambda maps, gradients: grad_cam_map(maps, gradients) / len(maps),
            "You averaged over the maps. The formula adds the weighted maps up.",
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
    why="One weight per map, the sum, then ReLU. The raw map keeps its strength; a map without evidence for the class "
    "is all zeros, and stays so.",
    tolerance=6e-5,
)
