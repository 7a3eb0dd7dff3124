"""What a teacher hands to an explorer: checked before anything is computed, in words that name the argument."""

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach._validate import binary_labels, class_labels
from clinxai_teach.data import CLASS_NAMES

if TYPE_CHECKING:
    from torch import nn

FILM = (1, 1, 128, 128)  # one of the films that the explorers show


@contextmanager
def about(where: str) -> Iterator[None]:
    """Inside this context, an error's sentence begins with the part of the argument that it is about."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise type(error)(f"{where}: {error}") from None


def keyed(name: str, values: Any, keys: Collection[str], holds: str) -> dict[str, Any]:
    """Return a dict with exactly these keys; TypeError for no dict, ValueError for a missing or unknown key."""
    wanted = f"a dict with {holds} for each of {', '.join(map(repr, keys))}"
    if not isinstance(values, Mapping):
        raise TypeError(f"{name} must be {wanted}, but got {type(values).__name__}.")
    wrong = [f"lacks {key!r}" for key in keys if key not in values]
    wrong += [f"has the unknown key {key!r}" for key in values if key not in keys]
    if wrong:
        raise ValueError(f"{name} must be {wanted}, but {' and '.join(wrong)}.")
    return dict(values)


def checked_cohorts(cohorts: Any, keys: Collection[str], kind: type, check: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the cohorts as `check` returns them, each of the dataclass `kind`. An error names the cohort."""
    checked = {}
    for key, cohort in keyed("cohorts", cohorts, keys, f"a {kind.__name__}").items():
        if not isinstance(cohort, kind):
            fields = ", ".join(field.name for field in dataclasses.fields(kind))
            raise TypeError(
                f"cohorts[{key!r}] must be a {kind.__name__}, but got {type(cohort).__name__}. Make one: "
                f"{kind.__name__}({fields})."
            )
        with about(f"cohorts[{key!r}]"):
            checked[key] = check(cohort)
    return checked


def labels_beside(name: str, labels: Any, beside: FloatArray) -> FloatArray | IntArray:
    """Return labels 0 and 1 for numbers `(n,)`, or class numbers for a table `(n, K)`, one per row of `beside`."""
    if beside.ndim == 2:
        return class_labels(name, labels, *beside.shape)
    y = binary_labels(name, labels)
    if len(y) != len(beside):
        raise ValueError(f"{name} needs one label per patient ({len(beside)}), but got {len(y)}.")
    return y


def checked_models(models: Any, keys: Collection[str], *, layers: Sequence[int] = ()) -> dict[str, Any]:
    """Return the networks of an explorer by name, each as `checked_model` demands."""
    named = keyed("models", models, keys, "a network")
    return {key: checked_model(f"models[{key!r}]", model, layers=layers) for key, model in named.items()}


def checked_model(name: str, model: Any, *, layers: Sequence[int] = ()) -> "nn.Module":
    """Return a network that reads the explorer's films and answers with five logits.

    `layers` are the places in `model.features` that the explorer looks into. Raises TypeError or ValueError otherwise.
    """
    import torch

    from clinxai_teach.models import predict_proba

    if not isinstance(model, torch.nn.Module):
        raise TypeError(
            f"{name} must be a torch.nn.Module that reads films (N, 1, 128, 128), but got {type(model).__name__}. "
            'load_cxr_model("clean") is one.'
        )
    for weight in model.parameters():
        if weight.dtype != torch.float32 or weight.device.type != "cpu":
            raise ValueError(
                f"{name} must have weights of torch.float32 on the CPU, but has {weight.dtype} on {weight.device}. "
                "Pass model.float().cpu()."
            )
    features = getattr(model, "features", None)
    if layers and not (isinstance(features, torch.nn.Sequential) and len(features) > max(layers)):
        raise TypeError(
            f"{name} must have {max(layers) + 1} layers or more in model.features, as a ChestNet has, but "
            f"{type(model).__name__} has not."
        )
    with about(f"{name} cannot read the explorer's films, {FILM} each"):
        found = predict_proba(model, torch.zeros(FILM)).shape[1]
    if found != len(CLASS_NAMES):
        raise ValueError(
            f"{name} must return one logit for each of {', '.join(CLASS_NAMES)}, but returned {found} for a film."
        )
    return model
