"""What every torch helper does with a model: check what came, read the model without changing it, pick the score."""

import contextlib
import sys
import threading
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import torch
from torch import nn

# A model's mode and torch's random state belong to all threads, so the helpers take turns.
one_at_a_time = threading.RLock()
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_CASTS = {
    torch.float32: ".float()",
    torch.float64: ".double()",
    torch.float16: ".half()",
    torch.bfloat16: ".bfloat16()",
}


@contextmanager
def eval_mode(model: nn.Module) -> Iterator[nn.Module]:
    """Put the model in evaluation mode; at the end give every module its own mode back, also after an error.

    The random state comes back too: some models draw random numbers even in evaluation mode. Other threads that ask a
    helper wait until this one has left. What was compiled runs as it was written, because hooks need that.

    Examples
    --------
    >>> model = nn.Sequential(nn.Dropout(), nn.Dropout().eval())
    >>> with eval_mode(model):
    ...     during = [part.training for part in model]
    >>> during, [part.training for part in model]
    ([False, False], [True, False])
    """
    with one_at_a_time, as_written(model), torch.random.fork_rng(devices=cuda_devices(model)):
        modes = [(module, module.training) for module in model.modules()]
        try:
            if any(training for _, training in modes):
                model.eval()
            yield model
        finally:
            for module, training in modes:
                if module.training is not training:  # to set it takes torch a microsecond each
                    module.training = training


def as_written(model: nn.Module) -> contextlib.AbstractContextManager[Any]:
    """Return a context in which the parts of a model that torch.compile changed run as they were written."""
    if any("_orig_mod" in module._modules or module._compiled_call_impl is not None for module in model.modules()):
        eagerly: contextlib.AbstractContextManager[Any] = torch.compiler.set_stance("force_eager")
        return eagerly
    return contextlib.nullcontext()


def cuda_devices(model: nn.Module) -> list[torch.device]:
    """Return the CUDA devices on which the model has weights, as a list without repeats."""
    if not torch.cuda.is_initialized():
        return []
    return list({parameter.device for parameter in model.parameters() if parameter.is_cuda})


# ---- what came ---------------------------------------------------------------------------------------


def check_inputs(model: nn.Module, inputs: torch.Tensor, *, name: str = "inputs") -> None:
    """Raise unless `model` is a torch module and `inputs` a batch of finite floating-point numbers."""
    if not isinstance(model, nn.Module):
        raise TypeError(
            f"model must be a torch.nn.Module, but got {type(model).__name__}. For a model of a table use "
            "shap_explanation or exact_shapley."
        )
    if not isinstance(inputs, torch.Tensor):
        raise TypeError(
            f"{name} must be a floating-point tensor with one row per example, but got {type(inputs).__name__}. "
            "Pass one batch, such as torch.as_tensor(array, dtype=torch.float32)."
        )
    if not inputs.is_floating_point():
        cure = f"{name}.float() / 255, if the model was trained on 0 to 1" if not inputs.dtype.is_signed else ""
        raise TypeError(
            f"{name} must be a floating-point tensor with one row per example, but got a tensor of {inputs.dtype}. "
            f"Pass {cure or f'{name}.float()'}."
        )
    if inputs.ndim < 2 or inputs.numel() == 0:
        raise ValueError(
            f"{name} needs at least one example along its first axis, but its shape is {tuple(inputs.shape)}. "
            f"A single example gets a batch axis by {name}[None]."
        )
    # The sum is quicker to look at, and finite only where all values are.
    if not inputs.detach().sum().isfinite() and not inputs.isfinite().all():
        raise ValueError(f"{name} holds NaN or infinite values. Remove or impute them first.")


def refuse_scripted(model: nn.Module, why: str) -> None:
    """Raise a TypeError for a TorchScript model, or one with such a part: its layers cannot be watched."""
    for part, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            where = f"model's part {part!r}" if part else "model"
            raise TypeError(f"{where} is a TorchScript module, {why}. Pass the nn.Module that it was made from.")


def baseline_like(baseline: float | torch.Tensor | None, inputs: torch.Tensor) -> torch.Tensor:
    """Return the baseline as a tensor of the shape of `inputs`: None means zeros, a number fills it.

    A tensor may have one row for all, or one per example. Raises TypeError where it does not hold numbers, ValueError
    for NaN, infinity or a shape that does not fit.

    Examples
    --------
    >>> baseline_like(0.5, torch.zeros(2, 3)).tolist()
    [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]
    """
    try:
        start = torch.as_tensor(0.0 if baseline is None else baseline, dtype=inputs.dtype, device=inputs.device)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"baseline must be None, a number or a tensor, but got {type(baseline).__name__}.") from None
    if not start.isfinite().all():
        raise ValueError("baseline holds NaN or infinite values.")
    try:
        return start.detach().expand(inputs.shape).clone()
    except RuntimeError:
        raise ValueError(
            "baseline must be a number, or a tensor with one row or one per example, but its shape is "
            f"{tuple(start.shape)} and that of inputs is {tuple(inputs.shape)}."
        ) from None


# ---- one forward pass --------------------------------------------------------------------------------


def run(model: nn.Module, inputs: torch.Tensor, *, name: str = "inputs") -> torch.Tensor:
    """Return the model's logits, `(N, K)` or `(N,)`, checked. Where torch refuses the inputs, say why.

    `model` must be in evaluation mode. It gets a copy, because its first layer may work in place.
    """
    with errors_explained(model, inputs, name):
        logits = model(inputs.clone())
    _check_logits(logits, model, inputs, name)
    return logits  # type: ignore[no-any-return]  # a module may return anything; this one was checked


@contextmanager
def errors_explained(model: nn.Module, inputs: torch.Tensor, name: str = "inputs") -> Iterator[None]:
    """Inside this context, torch's error about inputs that do not fit the model becomes a sentence with the cure."""
    try:
        yield
    except (RuntimeError, ValueError, IndexError) as error:
        why = _why_refused(model, inputs, str(error), name)
        if why is None:
            raise
        raise ValueError(why) from error


def _check_logits(logits: Any, model: nn.Module, inputs: torch.Tensor, name: str) -> None:
    """Raise a ValueError unless the model returned one row of numbers per input."""
    if not isinstance(logits, torch.Tensor) or logits.ndim not in (1, 2) or 0 in logits.shape:
        tensor = isinstance(logits, torch.Tensor)
        cure = "Reduce it to one row per input" if tensor else "Wrap the model in a module that returns its logits only"
        _refuse_logits("logits of shape (N, K) or (N,)", tuple(logits.shape) if tensor else type(logits).__name__, cure)
    if not logits.is_floating_point():
        _refuse_logits("logits", f"a tensor of {logits.dtype}", "Leave out what turns them into labels")
    if len(logits) != len(inputs):
        why = _without_batch_axis(model, inputs, name)
        if why is not None:
            raise ValueError(why)
        raise ValueError(
            f"model must return one row of logits per input, but returned {len(logits)} for {len(inputs)}."
        )
    if logits.isnan().any():
        raise ValueError(
            f"model returned NaN for {int(logits.reshape(len(logits), -1).isnan().any(dim=1).sum())} of {len(logits)} "
            f"rows, although {name} holds none. Are the model's weights finite, and is {logits.dtype} wide enough?"
        )


def _refuse_logits(wanted: str, came: object, cure: str) -> NoReturn:
    raise ValueError(f"model must return {wanted}, but returned {came}. {cure}.")


def _why_refused(model: nn.Module, inputs: torch.Tensor, said: str, name: str) -> str | None:
    """Return what is wrong with the inputs of a model that has just failed, or None if they look right."""
    weights = [parameter for parameter in model.parameters() if parameter.is_floating_point()]
    kinds = {weight.dtype for weight in weights}
    if kinds and inputs.dtype not in kinds:
        kind = weights[0].dtype
        cast = _CASTS.get(kind, f".to({kind})")
        return f"{name} is {_short(inputs.dtype)}, the model {_short(kind)}. Pass {name}{cast}."
    devices = {weight.device for weight in weights}
    if devices and inputs.device not in devices:
        device = weights[0].device
        return f"{name} is on {inputs.device}, the model on {device}. Pass {name}.to({str(device)!r})."
    why = _without_batch_axis(model, inputs, name)
    if why is None and "input to conv" in said:
        why = _wrong_number_of_axes(model, inputs, name)
    if why is None and ("channels" in said or "cannot be multiplied" in said):
        why = _wrong_size(model, inputs, name)
    return why


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _without_batch_axis(model: nn.Module, inputs: torch.Tensor, name: str) -> str | None:
    """Return how to give the inputs a batch axis, if the model takes them with one."""
    for cure, batch in ((f"{name}[None]", inputs[None]), (f"{name}[:, None]", inputs[:, None])):
        with torch.no_grad(), contextlib.suppress(Exception):  # whatever it raises, the answer is no
            logits = model(batch.detach().clone())
            if logits.ndim in (1, 2) and len(logits) == len(batch):
                what = "a batch axis" if len(batch) == 1 else "a channel axis"
                return f"{name} needs {what}: pass {cure}. Its shape is {tuple(inputs.shape)}."
    return None


def _wrong_number_of_axes(model: nn.Module, inputs: torch.Tensor, name: str) -> str | None:
    """Return which axes the model's first convolution takes, where the inputs have another number of them."""
    first = next((layer for layer in model.modules() if isinstance(layer, _CONVOLUTIONS)), None)
    if first is None or inputs.ndim == len(first.kernel_size) + 2:
        return None
    axes = ", ".join(["n", str(first.in_channels), *("length",) * (len(first.kernel_size) == 1)])
    axes += {2: ", H, W", 3: ", D, H, W"}.get(len(first.kernel_size), "")
    single = first.in_channels == 1 and inputs.ndim == len(first.kernel_size)
    cure = f" A single one: {name}[None, None]." if single else ""
    return f"{name} must have the shape ({axes}), but it is {tuple(inputs.shape)}.{cure}"


def _wrong_size(model: nn.Module, inputs: torch.Tensor, name: str) -> str | None:
    """Return in words that the inputs do not fit the model's first layer, if they do not."""
    for part, layer in model.named_modules():
        if isinstance(layer, _CONVOLUTIONS):
            wanted, unit, axis = layer.in_channels, "channel(s)", 1
        elif isinstance(layer, nn.Linear):
            wanted, unit, axis = layer.in_features, "feature(s)", -1
        else:
            continue
        found = inputs.shape[axis]
        if found == wanted:
            return None
        cure = ""
        if axis == 1 and inputs.shape[-1] == wanted:
            cure = f" Its channels are last: pass {name}.movedim(-1, 1)."
        elif axis == 1 and found == 1:
            cure = f" A grey image as {wanted} channels: {name}.repeat_interleave({wanted}, 1)."
        elif axis == 1 and wanted == 1:
            cure = f" A colour image as one channel: {name}.mean(1, keepdim=True)."
        return (
            f"{name} has {found} {unit}, shape {tuple(inputs.shape)}, but the model's layer {part!r} "
            f"({type(layer).__name__}) takes {wanted}.{cure}"
        )
    return None


# ---- which score -------------------------------------------------------------------------------------


def check_answer(
    model: nn.Module, inputs: torch.Tensor, logits: torch.Tensor, target: int | torch.Tensor
) -> torch.Tensor:
    """Check what the model's answer to the inputs shows, and return the target as one class per row `(N,)`.

    Raises for a target that the model does not have, and for rows that influence each other. Warns where the model
    returns probabilities: their gradient is another one.
    """
    classes = target_classes(logits, target)
    refuse_mixed_rows(model, inputs, logits)
    if gives_probabilities(model, inputs, logits):
        warnings.warn(
            "model returns probabilities, so the probability is explained and not the logit. Where the model is sure, "
            "its gradient vanishes. Remove the model's last softmax or sigmoid to explain the logit.",
            stacklevel=users_level(),
        )
    return classes


def target_classes(logits: torch.Tensor, target: int | torch.Tensor) -> torch.Tensor:
    """Return the target as a tensor `(N,)` with one class per row of `logits`.

    `target` is an int, or an integer tensor `(N,)` with one class per row. Raises TypeError for other kinds and
    ValueError for a class that the network does not have.
    """
    n_rows, n_classes = len(logits), max(2, logits[0].numel())
    try:
        classes = torch.as_tensor(target, device=logits.device)
    except (TypeError, ValueError, RuntimeError):
        classes = None
    if classes is None or classes.is_floating_point() or classes.is_complex() or classes.dtype == torch.bool:
        raise TypeError(f"target must be an int or a tensor of ints, but got {target!r}.")
    if classes.ndim > 1 or (classes.ndim == 1 and len(classes) != n_rows):
        raise ValueError(f"target needs one class, or one per row ({n_rows}), but its shape is {tuple(classes.shape)}.")
    if ((classes < 0) | (classes >= n_classes)).any():
        raise ValueError(f"target must lie between 0 and {n_classes - 1} for this network, but got {target!r}.")
    return classes.long().expand(n_rows)


def pick(logits: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Return the logit of each row's class `(N,)`; both were checked.

    `logits` is `(N, K)`, or `(N,)` or `(N, 1)` for a network with one logit: then class 1 is the logit and class 0 its
    negative.

    Examples
    --------
    >>> logits = torch.tensor([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    >>> pick(logits, torch.tensor([2, 0])).tolist()
    [2.0, 3.0]
    >>> pick(logits[:, 1], torch.tensor([0, 0])).tolist()  # one logit: class 0 has its negative
    [-1.0, -4.0]
    """
    if logits.ndim == 1 or logits.shape[1] == 1:
        logits = torch.stack([-logits.reshape(-1), logits.reshape(-1)], dim=1)
    chosen: torch.Tensor = logits.gather(1, classes[:, None])[:, 0]
    return chosen


def class_probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Return the probabilities `(N, K)` of checked logits: softmax, or `[1 - p, p]` with the sigmoid p of one logit."""
    if logits.ndim == 1 or logits.shape[1] == 1:
        logits = torch.stack([torch.zeros_like(logits.reshape(-1)), logits.reshape(-1)], dim=1)
    return logits.softmax(dim=1)


def users_level() -> int:
    """Return the `stacklevel` at which a warning points to the line outside this package that asked for it."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("clinxai_teach."):
        frame, level = frame.f_back, level + 1
    return level


# ---- a model that is not what it seems ---------------------------------------------------------------


def gives_probabilities(model: nn.Module, inputs: torch.Tensor, logits: torch.Tensor) -> bool:
    """Say whether what should be logits are probabilities: the network ends in a softmax or a sigmoid.

    Rows of two and more that lie in [0, 1] and sum to 1 are. Other values in [0, 1] may be logits; then the operations
    that made them decide.
    """
    values = logits.detach().double()
    if values.min() < 0 or values.max() > 1:
        return False
    if logits.ndim == 2 and logits.shape[1] > 1:
        rounding = 1e-2 if torch.finfo(logits.dtype).bits == 16 else 1e-4
        if ((values.sum(dim=1) - 1).abs() <= rounding).all():
            return True
    if logits.grad_fn is None:
        with torch.inference_mode(False), torch.enable_grad():
            logits = model(inputs[:1].detach().clone().requires_grad_())
    return _was_squashed(logits.grad_fn)


def _was_squashed(step: Any) -> bool:
    """Say whether a softmax or a sigmoid came after the last layer with weights. `step` ends an autograd graph."""
    todo, seen = [step], set()
    while todo:
        step = todo.pop()
        if step is None or step in seen:
            continue
        seen.add(step)
        name = step.name()
        if name.startswith(("SigmoidBackward", "SoftmaxBackward")):
            return True
        if not any(layer in name for layer in ("Addmm", "MmBackward", "Convolution", "Linear", "BatchNorm")):
            todo += [before for before, _ in step.next_functions]
    return False


def refuse_probabilities(model: nn.Module, inputs: torch.Tensor, logits: torch.Tensor) -> None:
    """Raise a ValueError where the model returns probabilities but the helper is about to make them itself."""
    if gives_probabilities(model, inputs, logits):
        raise ValueError(
            "model returns probabilities, but logits are needed, because the softmax is taken here. Remove its last "
            "softmax or sigmoid, or wrap it in a module that returns p.log() (torch.logit(p) for one probability). "
            "Findings that do not exclude each other, each with a sigmoid: pass one column at a time."
        )


_ROWS_APART: weakref.WeakKeyDictionary[nn.Module, set[torch.Size]] = weakref.WeakKeyDictionary()


def refuse_mixed_rows(
    model: nn.Module, inputs: torch.Tensor, logits: torch.Tensor | None = None, *, name: str = "inputs"
) -> None:
    """Raise a ValueError where the logits of a row depend on the other rows of the batch."""
    refuse_mixing(mixes_rows(model, inputs, logits), name)


def refuse_mixing(why: str | None, name: str = "inputs") -> None:
    """Raise a ValueError that says how the rows of a batch are mixed, if they are."""
    if why is not None:
        raise ValueError(
            f"model mixes the rows of a batch: {why}. Each row would be explained with the others in it. Pass one row "
            f"at a time, such as {name}[:1], or mend the model (BatchNorm: track_running_stats=True; recurrent and "
            "attention layers: batch_first=True)."
        )


def mixes_rows(model: nn.Module, inputs: torch.Tensor, logits: torch.Tensor | None = None) -> str | None:
    """Return how the logits of a row depend on the other rows, or None where they do not.

    The last row is run alone and must give the same. That is done once for a model and a shape of input. `logits` are
    those of all rows, where they are known already.
    """
    if len(inputs) == 1:
        return None
    why = uses_batch_statistics(model)
    known = _ROWS_APART.setdefault(model, set())
    if why is not None or inputs.shape[1:] in known:
        return why
    with torch.no_grad():
        try:
            logits = model(inputs.clone()) if logits is None else logits
            alone = model(inputs[-1:].clone())
        except RuntimeError:
            return None  # it takes batches of one size only
        if _differ(alone, logits[-1:]) and not _differ(model(inputs.clone()), model(inputs.clone())):  # not by chance
            return "the logits of the last row change when it comes alone"
    known.add(inputs.shape[1:])
    return None


def uses_batch_statistics(model: nn.Module) -> str | None:
    """Return which BatchNorm takes its statistics from the batch, also in evaluation mode, or None."""
    for part, module in model.named_modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.running_mean is None:
            return f"layer {part!r} ({type(module).__name__}) has no running statistics"
    return None


def _differ(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Say whether logits differ by more than rounding, which depends on the size of the batch too."""
    share = 0.05 if torch.finfo(other.dtype).bits == 16 else 1e-4 if other.device.type == "cpu" else 1e-2
    return one.shape != other.shape or bool((one - other).abs().max() > share * other.abs().max())
