"""The machinery of `mc_dropout_samples`: what computes once, where random numbers come from, what to refuse."""

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode


class TrunkOnce:
    """Inside this context, the modules that finish before the first dropout compute once.

    The first pass records what each of them returns. In a replay they hand that back, in the same order, without
    computing; all other code of the network runs as usual, so skip connections need no special care. A trunk module is
    the largest possible: it holds no dropout itself, but its parent does.
    """

    def __init__(self, model: nn.Module, dropouts: Sequence[nn.Module], random: "OwnRandomState") -> None:
        self.dropouts, self.random = dropouts, random
        self.recording = True
        self.kept: list[tuple[nn.Module, Any]] = []  # (module, output), in the order of the calls
        self.position = 0
        parents = [module for module in model.modules() if not set(dropouts).isdisjoint(module.modules())]
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


class RefuseFunctionalDropout(TorchFunctionMode):
    """Inside this context, a call of F.dropout or its kin that does nothing, because `training` is False, is an error.

    All dropout modules are on, so the network made this call itself.
    """

    FUNCTIONS = (F.dropout, F.dropout1d, F.dropout2d, F.dropout3d, F.alpha_dropout, F.feature_alpha_dropout)

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if function in self.FUNCTIONS:
            call = inspect.signature(function).bind(*args, **kwargs)
            call.apply_defaults()
            p = call.arguments["p"]
            if p > 0 and not call.arguments["training"]:
                raise ValueError(
                    f"model calls F.{function.__name__}(p={p:g}) itself, which cannot be switched on alone. "
                    "Make it a module: self.drop = nn.Dropout(p) in __init__, self.drop(x) in forward."
                )
        return function(*args, **kwargs)


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
