"""What a learner reads after `?`: the names of types as they are written, not what numpy makes of them."""

import inspect
from importlib import import_module

import pytest

ROOMS = ("attribution", "calibration", "conformal", "data", "intervals", "models", "plots", "trust", "uncertainty")


def shown(thing):
    """Return a signature as `?` shows it; "" where there is none."""
    try:
        return str(inspect.signature(thing))
    except (TypeError, ValueError):
        return ""


@pytest.mark.parametrize("room", ROOMS)
def test_a_signature_names_its_types_shortly(room):
    module = import_module(f"clinxai_teach.{room}")
    public = [getattr(module, name) for name in getattr(module, "__all__", vars(module)) if name[0] != "_"]
    ours = [thing for thing in public if getattr(thing, "__module__", "").startswith("clinxai_teach.")]
    methods = [method for thing in ours if inspect.isclass(thing) for method in vars(thing).values()]
    for thing in (*ours, *filter(inspect.isfunction, methods)):
        if thing.__module__ == "clinxai_teach._validate":
            continue  # not for learners
        cure = f"write `from __future__ import annotations` at the top of {thing.__module__}"
        assert "numpy." not in shown(thing).replace("np.", ""), f"{thing.__qualname__}: {cure}"


def test_an_array_is_array_like():
    from clinxai_teach.calibration import brier_score

    assert shown(brier_score) == "(y_true: 'ArrayLike', y_prob: 'ArrayLike') -> 'float'"
