# %% judge
from clinxai_teach.checks.judging import Mistake
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case, WrongKind

# %% [markdown]
# ## Dropout on, everything else off
#
# Monte Carlo dropout needs dropout switched on while the rest of the network works as for a patient. Write
# `dropout_on(model)`: put the model in evaluation mode, put its layers of the kinds `torch.nn.Dropout` and
# `torch.nn.Dropout2d` in training mode, and **return the model**.


# %% answer points=2 minutes=8
def dropout_on(model):
    ### BEGIN SOLUTION
    model.eval()
    for module in model.modules():
        if isinstance(module, (torch.nn.Dropout, torch.nn.Dropout2d)):
            module.train()
    return model
    ### END SOLUTION


# %% judge
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
    why="Only dropout may be random. Batch normalisation must keep the averages of the training data, or one "
    "patient's answer "
    "depends on who else is in the batch.",
    explain=_explain_modes,
)
