# %% judge
import torch
from torch import nn

from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, WrongKind

# %% [markdown]
# ## Dropout on, everything else off
#
# Monte Carlo dropout needs dropout switched on while the rest of the network works as for a patient. Write
# `dropout_on(model)`: put the model in evaluation mode, put its layers of the kinds `torch.nn.Dropout` and
# `torch.nn.Dropout2d` in training mode, and **return the model**.


# %% answer points=2 minutes=10 difficulty="medium"
def dropout_on(model):
    ### BEGIN SOLUTION
    model.eval()
    for module in model.modules():
        if isinstance(module, (torch.nn.Dropout, torch.nn.Dropout2d)):
            module.train()
    return model
    ### END SOLUTION


# %% judge
class _Network(nn.Sequential):
    """A small network with a name for the messages."""

    def __init__(self, name, *layers):
        super().__init__(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(4, 2))
        self.name = name

    def __repr__(self):
        return self.name


def _network_cases():
    plain = _Network("a network in evaluation mode", nn.Conv2d(1, 4, 3), nn.ReLU()).eval()
    normed = _Network("a network with batch normalisation", nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4)).train()
    maps = _Network("a network with Dropout2d", nn.Conv2d(1, 4, 3), nn.Dropout2d(0.2), nn.BatchNorm2d(4)).eval()
    return tuple(Case(network.name.removeprefix("a "), {"model": network}) for network in (plain, normed, maps))


def _dropout_by_name(model):
    model.train(False)
    for module in model.modules():
        module.training = "Dropout" in type(module).__name__
    return model


def _switched(model, kinds, on=True):
    """Put the layers of these kinds in training mode, or in evaluation mode."""
    for module in model.modules():
        if isinstance(module, kinds):
            module.train(on)
    return model


def _modes(output):
    """Read the mode of each layer, as `{kind and name: mode}`."""
    if not hasattr(output, "named_modules"):
        raise WrongKind(f"A {type(output).__name__} came. Return the model itself.")
    return {
        f"{type(module).__name__} {name}": "training" if module.training else "evaluation"
        for name, module in output.named_modules()
        if name and not any(module.children())
    }


def _explain_modes(got, right):
    """Name the first layer in the wrong mode, and what it would do."""
    case = next(case for case in right if got[case] != right[case])
    where = case.split(" (")[0]
    if got[case].keys() != right[case].keys():
        return f"on {where} other layers came back. Return the model that came in."
    layer = next(layer for layer in right[case] if got[case][layer] != right[case][layer])
    effect = "Switch on every kind of dropout, and nothing else."
    if "BatchNorm" in layer:
        effect = "Its answer would then depend on the other patients in the batch, and the model would change."
    return f"on {where} the layer {layer.split()[0]} is in {got[case][layer]} mode. {effect}"


EXERCISE = function_on_cases(
    dropout_on,
    _network_cases(),
    read=_modes,
    expects="a function dropout_on(model) that returns the model with its dropout layers (Dropout, Dropout2d) in "
    "training mode",
    also_right=(_dropout_by_name,),
    mistakes=(
        Mistake(
            "model.train(), as in the chapter",
            lambda model: model.train(),
            "model.train() also switches batch normalisation: a patient's result then depends on the others in the "
            "batch, and each pass changes the model.",
        ),
        Mistake(
            "only nn.Dropout",
            lambda model: _switched(model.eval(), nn.Dropout),
            "nn.Dropout2d is a kind of its own, not a kind of nn.Dropout. It stays off here. Name both kinds.",
        ),
        Mistake(
            "all but batch normalisation",
            lambda model: _switched(model.train(), nn.BatchNorm2d, on=False),
            "This switches everything but BatchNorm2d. It works here by luck: other layers have a training mode too. "
            "Start from model.eval(), then switch on dropout.",
        ),
        Mistake(
            "eval forgotten",
            lambda model: _switched(model, (nn.Dropout, nn.Dropout2d)),
            "A model that comes in training mode stays in it. Begin with model.eval().",
        ),
        Mistake(
            "nothing switched on",
            lambda model: model.eval(),
            "Now dropout is off, too: every pass gives the same answer, and the spread is 0. Switch the dropout layers "
            "on.",
        ),
    ),
    hints=(
        "First put the whole model in evaluation mode: model.eval().",
        "Go through model.modules(). Call .train() on those that are dropout layers.",
        "isinstance(module, (torch.nn.Dropout, torch.nn.Dropout2d)) finds them. Return the model.",
    ),
    why="Only dropout may be random. Batch normalisation must keep the averages of the training data, or one patient's "
    "answer depends on who else is in the batch.",
    explain=_explain_modes,
)
