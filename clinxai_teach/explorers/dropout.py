"""Monte Carlo dropout on one film: how many passes, what they agree on, and which kind of doubt they show."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from clinxai_teach._lazy import need_torch
from clinxai_teach._types import FloatArray
from clinxai_teach.data import CLASS_NAMES, make_radiographs
from clinxai_teach.explorers.arguments import checked_model
from clinxai_teach.explorers.base import Choice, Explorer, Slider, State
from clinxai_teach.explorers.films import pick_of_seed
from clinxai_teach.plots import Doubt, Film, RunningMean
from clinxai_teach.uncertainty import EntropyDecomposition, entropy_decomposition

if TYPE_CHECKING:
    from torch import nn

NO_SHIFT = "as in training"
SHIFTS = {"portable": "portable", "low dose": "low_dose", "other vendor": "other_vendor", "child": "child"}
MAX_SAMPLES = 200
# The films in the slider's order: chosen by class and severity alone, without a look at a model's answer.
SEVERITIES = {"healthy": (0, 0), "plain": (0.7, 1), "middle": (0.4, 0.6), "faint": (0.1, 0.25)}
FILMS = (
    ("effusion", "plain"),
    ("pneumonia", "plain"),
    ("pneumonia", "faint"),
    ("normal", "healthy"),
    ("nodule", "middle"),
    ("nodule", "faint"),
    ("cardiomegaly", "middle"),
    ("cardiomegaly", "faint"),
)
WANTED = tuple((name, SEVERITIES[how_plain]) for name, how_plain in FILMS)
SEED = 60  # one whose first faint film leaves the model in doubt, as faint films often do


# ---- computed ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AfterPasses:
    """What the first n dropout passes say of one film.

    `mean`, `low` and `high` are `(n, K)`: the mean of the passes 1 to i, and about a 95% interval for where it settles,
    mean ± 1.96 standard errors. `std (K,)` is the spread of the n passes, `error (K,)` the standard error of their
    mean, std / sqrt(n). `doubt` is their `EntropyDecomposition`, one number each, in nats.
    """

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    std: FloatArray
    error: FloatArray
    doubt: EntropyDecomposition


def after_passes(samples: FloatArray) -> AfterPasses:
    """Return `AfterPasses` for the samples `(n, K)` of one film."""
    n = np.arange(1, len(samples) + 1)[:, None]
    mean = np.cumsum(samples, axis=0) / n
    variance = np.maximum(np.cumsum(samples**2, axis=0) / n - mean**2, 0)
    error = np.sqrt(variance / n)
    doubt = entropy_decomposition(samples[:, None])
    return AfterPasses(
        mean=mean,
        low=np.clip(mean - 1.96 * error, 0, 1),
        high=np.clip(mean + 1.96 * error, 0, 1),
        std=np.sqrt(variance[-1]),
        error=error[-1],
        doubt=EntropyDecomposition(*(float(part[0]) for part in doubt)),
    )


# ---- drawn and touched ---------------------------------------------------------------------------


class Pictures(NamedTuple):
    """What the explorer shows."""

    film: Film
    mean: RunningMean
    doubt: Doubt


class DropoutExplorer(Explorer):
    """Let the same film pass the network many times with dropout on: the mean settles, the spread stays.

    Each film exists five times: as it is, and under each of four shifts. Patient, finding and noise stay the same.

    `seed` chooses the films and the passes. `model` is a network with dropout; None takes the course's clean one.
    Needs torch, and about two seconds for all passes.
    """

    title = "Dropout explorer"
    size = (8.48, 4.3)
    controls = (
        Slider("samples", "Passes", 1, MAX_SAMPLES, 1, start=30),
        Slider("film", "Film (number)", 1, len(FILMS), 1, start=3),
        Choice("shift", "Shift", (NO_SHIFT, *SHIFTS), start=NO_SHIFT),
    )

    def __init__(self, seed: int = SEED, *, model: "nn.Module | None" = None) -> None:
        need_torch("The dropout explorer")
        import torch

        from clinxai_teach.models import load_cxr_model
        from clinxai_teach.uncertainty import mc_dropout_samples

        model = checked_model("model", load_cxr_model("clean") if model is None else model)
        picked = pick_of_seed(seed, WANTED)
        self.images, self.samples = {}, {}
        for shift in (NO_SHIFT, *SHIFTS):
            images = make_radiographs(picked.max() + 1, seed=seed, shift=SHIFTS.get(shift)).images
            images = images[picked]
            samples = mc_dropout_samples(model, torch.from_numpy(images), n_samples=MAX_SAMPLES, seed=seed)
            self.images[shift], self.samples[shift] = images[:, 0], samples.double().numpy()

    def result(self, state: State) -> AfterPasses:
        """Return `AfterPasses` of a state."""
        return after_passes(self.samples[state["shift"]][: state["samples"], state["film"] - 1])

    def build(self, figure: FigureBase) -> Pictures:
        most = float(np.log(len(CLASS_NAMES)))
        return Pictures(
            film=Film(self.axes(figure, 0.05, 1.35, 2.4, 2.4), self.images[NO_SHIFT][0]),
            mean=RunningMean(self.axes(figure, 3.1, 1.75, 2.6, 2.15), len(CLASS_NAMES), highest=MAX_SAMPLES),
            doubt=Doubt(self.axes(figure, 2.65, 0.6, 5.5, 0.5), [""], [(0, 0, 0)], most=most),
        )

    def update(self, pictures: Pictures, state: State) -> None:
        result, n = self.result(state), state["samples"]
        name, how_plain = FILMS[state["film"] - 1]
        image = self.images[state["shift"]][state["film"] - 1]
        pictures.film.move(image, f"Film {state['film']}: {name}, {how_plain}")
        names = [
            f"{label} {mean:.2f}, std {std:.2f}"
            for label, mean, std in zip(CLASS_NAMES, result.mean[-1], result.std, strict=True)
        ]
        title = f"{n} {'pass' if n == 1 else 'passes'}, film: {state['shift']}"
        pictures.mean.move(result.mean, result.low, result.high, names, title)
        pictures.doubt.move([result.doubt])

    def words(self, state: State) -> str:
        result, n = self.result(state), state["samples"]
        name, how_plain = FILMS[state["film"] - 1]
        last = result.mean[-1]
        top, second = (int(k) for k in last.argsort()[::-1][:2])
        total, aleatoric, epistemic = result.doubt
        passes = "1 pass" if n == 1 else f"{n} passes"
        error = "one pass has no spread" if n == 1 else f"standard error {result.error[top]:.3f}"
        return (
            f"Film {state['film']} (synthetic; truth: {name}, {how_plain}), {state['shift']}, {passes}: mean "
            f"{CLASS_NAMES[top]} {last[top]:.2f} (std {result.std[top]:.2f}, {error}), next {CLASS_NAMES[second]} "
            f"{last[second]:.2f}. Doubt {total:.3f} of "
            f"at most {np.log(len(CLASS_NAMES)):.2f} nats = aleatoric {aleatoric:.3f} + epistemic "
            f"{epistemic:.3f}."
        )

    def telling_states(self) -> list[State]:
        """Return a faint pneumonia after few and after many passes, then a plain one from another vendor."""
        start = self.start_state()
        return [
            {**start, "samples": 5},
            {**start, "samples": 200},
            {**start, "samples": 200, "film": 2, "shift": "other vendor"},
        ]
