"""What several test files share."""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:  # beside other tests: torch and numpy take one thread in place of all
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

os.environ["CLINXAI_PROGRESS"] = "off"  # no test adds to the record of the person who runs it

# Every process that the tests start runs without a network, the notebooks' kernels included.
OFFLINE = str(Path(__file__).parent / "offline")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [OFFLINE, os.environ.get("PYTHONPATH")]))


MOST_EXAMPLES = int(os.environ.get("CLINXAI_MOST_EXAMPLES", "0"))


def pytest_collection_modifyitems(items):
    """Where CLINXAI_MOST_EXAMPLES is set, a property is tried on no more examples. `make lowest` sets it."""
    from hypothesis import is_hypothesis_test, settings

    for test in {item.obj for item in items if MOST_EXAMPLES and is_hypothesis_test(getattr(item, "obj", None))}:
        own = test._hypothesis_internal_use_settings  # there is no public way
        test._hypothesis_internal_use_settings = settings(own, max_examples=min(own.max_examples, MOST_EXAMPLES))


def snapshot(model, *tensors):
    """Return everything a helper must leave as it was: modes, gradients, flags, buffers, hooks, the random state."""
    return {
        "modes": [module.training for module in model.modules()],
        "grads": [None if p.grad is None else p.grad.clone() for p in model.parameters()],
        "flags": [p.requires_grad for p in model.parameters()] + [t.requires_grad for t in tensors],
        "values": [value.clone() for value in model.state_dict().values()] + [t.detach().clone() for t in tensors],
        "input_grads": [t.grad for t in tensors],
        "hooks": [
            len(module._forward_hooks) + len(module._forward_pre_hooks) + len(module._backward_hooks)
            for module in model.modules()
        ],
        "random": torch.get_rng_state(),
        "grad_mode": torch.is_grad_enabled(),
    }


def same(before, after):
    """Say whether two snapshots are equal, tensors bit for bit."""
    if isinstance(before, torch.Tensor):
        return isinstance(after, torch.Tensor) and torch.equal(before, after)
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(same(before[key], after[key]) for key in before)
    if isinstance(before, list):
        return len(before) == len(after) and all(map(same, before, after))
    return before == after


@pytest.fixture
def unchanged():
    """Return a context manager that fails when the model or a tensor is changed inside it."""

    @contextmanager
    def guard(model, *tensors):
        before = snapshot(model, *tensors)
        try:
            yield
        finally:
            after = snapshot(model, *tensors)
            changed = [name for name in before if not same(before[name], after[name])]
            assert not changed, f"changed by the call: {changed}"

    return guard


@pytest.fixture
def matplotlib_left_alone():
    """Fail a test that changes matplotlib's settings or leaves a figure open in pyplot."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    settings = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == []
