"""The machinery of `mc_dropout_samples`: what computes once, where random numbers come from, what to refuse."""

import copy
import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode

from clinxai_teach._torch import run


class TrunkOnce:
    """Inside this context, the modules that finish before the first dropout compute once.

    The first pass records what each of them returns. In a replay they hand that back, in the same order, without
    computing; all other code of the network runs as usual, so skip connections need no special care. A trunk module is
    the largest possible: it holds no dropout itself, but its parent does.
    """

    def __init__(self, model: nn.Module, dropouts: Iterable[nn.Module], random: "OwnRandomState") -> None:
        self.dropouts, self.random = list(dropouts), random
        self.recording = True
        self.started: set[nn.Module] = set()  # the dropout layers that have run
        self.kept: list[tuple[nn.Module, Any]] = []  # (module, output), in the order of the calls
        self.position = 0
        parents = [module for module in model.modules() if not set(self.dropouts).isdisjoint(module.modules())]
        self.trunk = {child for parent in parents for child in parent.children()}.difference(parents)

    def __enter__(self) -> Self:
        for module in self.trunk:
            # nn.Module.__call__ looks this method up; replacing it also keeps hooks from running again.
            module._call_impl = partial(self._call, module, module._call_impl)  # type: ignore[method-assign]  # on purpose
        self.hooks = [module.register_forward_pre_hook(self._dropout_starts) for module in self.dropouts]
        return self

    def __exit__(self, *error: object) -> None:
        for module in self.trunk:
            del module._call_impl
        for hook in self.hooks:
            hook.remove()

    def replay(self, one_pass: Callable[[], torch.Tensor]) -> torch.Tensor:
        """Run one more pass, in which the trunk modules hand back what they kept."""
        self.position = 0
        return one_pass()

    def forget(self) -> None:
        """Keep nothing, so that every replay is a full pass."""
        self.kept.clear()

    def _call(self, module: nn.Module, compute: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        if self.recording:
            output = compute(*arguments, **options)
            self.kept.append((module, output))
            return output
        if self.position < len(self.kept) and self.kept[self.position][0] is module:
            output = self.kept[self.position][1]
            self.position += 1
            # The last one feeds the dropout, which may work in place: hand out a copy.
            return copy.deepcopy(output) if self.position == len(self.kept) else output
        return compute(*arguments, **options)

    def _dropout_starts(self, dropout: nn.Module, arguments: Any) -> None:
        self.started.add(dropout)
        if self.recording and not self.random.is_fresh():
            self.forget()  # the trunk drew random numbers itself, so it differs from pass to pass
        if self.recording and self.kept:
            module, output = self.kept[-1]
            self.kept[-1] = module, copy.deepcopy(output)
        self.recording = False


class OwnRandomState:
    """Inside this context torch's random numbers can be restarted from a seed; their state comes back at the end.

    Dropout can draw from torch's global generators only, one for each device.
    """

    def __init__(self, model: nn.Module, inputs: torch.Tensor) -> None:
        self.generators = [torch.default_generator]
        for device in {tensor.device for tensor in (inputs, *model.parameters())} - {torch.device("cpu")}:
            if device.type == "mps":
                self.generators.append(torch.mps._get_default_mps_generator())
            else:
                self.generators.append(torch.get_device_module(device).default_generators[device.index])

    def __enter__(self) -> Self:
        self.before = self._states()
        return self

    def __exit__(self, *error: object) -> None:
        for generator, state in zip(self.generators, self.before, strict=True):
            generator.set_state(state)

    def restart(self, seed: int) -> None:
        """Start the random numbers from this seed, as torch.manual_seed does."""
        for generator in self.generators:
            generator.manual_seed(seed)
        self.start = self._states()

    def is_fresh(self) -> bool:
        """Say whether no random number was drawn since the last restart."""
        return all(map(torch.equal, self.start, self._states()))

    def _states(self) -> list[torch.Tensor]:
        return [generator.get_state() for generator in self.generators]


DROPOUT = (
    *(F.dropout, F.dropout1d, F.dropout2d, F.dropout3d, F.alpha_dropout, F.feature_alpha_dropout),
    *(torch.dropout, torch.dropout_, torch.feature_dropout, torch.feature_dropout_, torch.native_dropout),
    *(torch.alpha_dropout, torch.alpha_dropout_, torch.feature_alpha_dropout, torch.feature_alpha_dropout_),
    F.multi_head_attention_forward,
)


class WatchDropout(TorchFunctionMode):
    """Inside this context all calls that may drop out are noted: `on` and `off` hold their names and p."""

    def __init__(self) -> None:
        super().__init__()
        self.on: Counter[tuple[str, float]] = Counter()
        self.off: Counter[tuple[str, float]] = Counter()

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        p, on = self._read(function, args, kwargs or {})
        if p > 0:
            home = "F" if getattr(function, "__module__", None) == F.__name__ else "torch"
            (self.on if on else self.off)[f"{home}.{function.__name__}", p] += 1
        return function(*args, **(kwargs or {}))

    def _read(self, function: Any, args: Any, kwargs: Any) -> tuple[float, bool]:
        """Return the p of a call, and whether it drops out; p = 0 for any other function."""
        if function is F.scaled_dot_product_attention:
            p = kwargs.get("dropout_p", args[4] if len(args) > 4 else 0.0)
            return p, p > 0
        if function not in DROPOUT:
            return 0.0, False
        try:
            call = inspect.signature(function).bind(*args, **kwargs)
        except ValueError:  # torch's own, written in C++: (input, p, train)
            given = dict(zip(("input", "p", "train"), args, strict=False)) | kwargs
            return given["p"], bool(given["train"])
        call.apply_defaults()
        given = call.arguments
        return given["p"] if "p" in given else given["dropout_p"], bool(given["training"])


def refuse_other_dropout(model: nn.Module, inputs: torch.Tensor) -> None:
    """Raise a ValueError where the network drops out by itself in training mode, not by its dropout layers.

    `model` must be in evaluation mode with its dropout layers on. A call of F.dropout that then is off was made by the
    network. Others leave no trace in evaluation mode: `dropout_p=0.5 if self.training else 0` of an attention, or `if
    self.training: x = F.dropout(x)`. So one row runs once more with the network's own modules, not torch's layers, in
    training mode. Its buffers are put back.
    """
    with WatchDropout() as evaluating:
        run(model, inputs)
    calls = evaluating.off
    own = [module for module in model.modules() if _asks_for_training(type(module))]  # type: ignore[arg-type]  # a class
    if own and not calls:
        buffers = [(buffer, buffer.clone()) for buffer in model.buffers()]
        with WatchDropout() as training, switched_on(own), suppress(Exception):  # it may want other inputs in training
            model(inputs.clone())
        for buffer, before in buffers:
            buffer.copy_(before)
        calls = training.on - evaluating.on
    for name, p in calls:
        raise ValueError(
            f"model calls {name}(p={p:g}) itself, which cannot be switched on alone. If it may stay off, set p to 0; "
            "else make it a module: self.drop = nn.Dropout(p) in __init__, self.drop(x) in forward."
        )


@contextmanager
def switched_on(modules: Iterable[nn.Module]) -> Iterator[None]:
    """Inside this context these modules alone are in training mode, without what they hold."""
    before = [(module, module.training) for module in modules]
    for module, _ in before:
        module.training = True
    try:
        yield
    finally:
        for module, training in before:
            module.training = training


@cache
def _asks_for_training(kind: type) -> bool:
    """Say whether a module's own code, not torch's, mentions its training mode; True where it cannot be read."""
    if issubclass(kind, nn.modules.batchnorm._NormBase):
        return False
    own = [part for part in kind.__mro__ if not part.__module__.startswith(("torch.nn.", "builtins"))]
    try:
        return any("training" in inspect.getsource(part) for part in own)
    except (OSError, TypeError):
        return True


def refuse_idle_dropout(dropouts: dict[str, nn.Module], started: set[nn.Module]) -> None:
    """Raise a ValueError where no dropout layer has run, or one of them has not."""
    idle = [name for name, module in dropouts.items() if module not in started]
    if len(idle) == len(dropouts):
        raise ValueError(
            "model runs no dropout with p > 0, so all passes would agree and a spread of 0 would mean nothing. "
            "Train it with nn.Dropout(p) before its last layer, or use an ensemble."
        )
    if idle:
        raise ValueError(
            f"model's dropout layer {idle[0]!r} never runs, so its dropout would stay off silently. If its part of the "
            "network is not for prediction, or it may stay off, set its p to 0. If it belongs to an attention layer, "
            "make that layer use it (fused_attn = False in timm)."
        )


def refuse_hidden_dropout(model: nn.Module) -> None:
    """Raise a ValueError where a built-in layer with dropout inside would stay switched off."""
    for name, module in model.named_modules():
        inside = isinstance(module, nn.MultiheadAttention) or (isinstance(module, nn.RNNBase) and module.num_layers > 1)
        if inside and module.dropout > 0:
            raise ValueError(
                f"model's layer {name!r} ({type(module).__name__}) has dropout={module.dropout:g} inside, which cannot "
                "be switched on alone. Set its dropout to 0 if it may stay off, and put nn.Dropout modules around it."
            )


@contextmanager
def no_fast_path() -> Iterator[None]:
    """Inside this context torch's fused transformer layers are off: in evaluation mode they leave dropout out."""
    enabled = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(enabled)
