"""Integrated gradients on one film: what the baseline and the number of steps do to the map and to its sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.figure import FigureBase
from scipy.ndimage import gaussian_filter

from clinxai_teach._types import FloatArray
from clinxai_teach.data import CLASS_NAMES, make_radiographs
from clinxai_teach.explorers.arguments import checked_models
from clinxai_teach.explorers.base import Choice, Explorer, LogSlider, State
from clinxai_teach.explorers.films import MODELS, course_models, pick_films
from clinxai_teach.plots import Completeness, Film, GapCurve, Places, SignedMap
from clinxai_teach.plots.films import LEGEND, SYNTHETIC

if TYPE_CHECKING:
    from torch import nn

FILMS = ("pneumonia", "nodule", "effusion", "normal")
SEVERITY = (0.5, 0.85)  # findings that can be seen
SEED = 5
N_FILMS = 60  # of which some are shown
STEPS = (1, 2, 4, 8, 16, 32, 64, 128)
BLUR = 6  # pixels: ribs and marker vanish, the lungs stay
MARGIN = 3  # pixels around the marker in which its outline runs
BASELINES = ("black", "grey", "blurred", "white")


# ---- computed ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Walk:
    """Integrated gradients of one film for one class and baseline, at every number of steps.

    `maps` is a dict from the number of steps to a map `(H, W)` in logits per pixel; `score` and `baseline_score` are
    the logits F(x) and F(x'), `needed` their difference. `totals` and `gaps` hold the sum of each map, and this sum
    minus `needed`: the completeness error.
    """

    maps: dict[int, FloatArray]
    score: float
    baseline_score: float

    @property
    def needed(self) -> float:
        return self.score - self.baseline_score

    @property
    def totals(self) -> dict[int, float]:
        return {steps: float(values.sum()) for steps, values in self.maps.items()}

    @property
    def gaps(self) -> dict[int, float]:
        return {steps: total - self.needed for steps, total in self.totals.items()}


def baseline_images(image: FloatArray) -> dict[str, FloatArray]:
    """Return the baselines of one film `(H, W)`: a dict from name to an image of the same shape."""
    return {
        "black": np.zeros_like(image),
        "grey": np.full_like(image, image.mean()),
        "blurred": gaussian_filter(image, BLUR),
        "white": np.ones_like(image),
    }


def walk(model: "nn.Module", image: FloatArray, baseline: FloatArray, target: int) -> Walk:
    """Return the `Walk` from `baseline` to `image`, both `(H, W)`, for class `target`.

    The gradient is taken at the end of each step, as in the paper. The ends of 1, 2, 4, ... steps are all among those
    of 128, so one pass serves them all.
    """
    import torch

    from clinxai_teach._torch import eval_mode
    from clinxai_teach.attribution import saliency

    start, end = (torch.from_numpy(picture)[None, None] for picture in (baseline, image))
    alphas = torch.arange(1, STEPS[-1] + 1)[:, None, None, None] / STEPS[-1]
    path = start + alphas * (end - start)
    # A few at a time stay in the processor's cache: half of the time that all at once take.
    gradients = torch.cat([saliency(model, part, target, absolute=False) for part in path.split(32)])
    maps = {}
    for steps in STEPS:
        every = STEPS[-1] // steps
        mean = gradients[every - 1 :: every].mean(dim=0)
        maps[steps] = ((end[0] - start[0]) * mean)[0].numpy()
    with torch.no_grad(), eval_mode(model):
        first, last = model(torch.cat([start, end]))[:, target].tolist()
    return Walk(maps, last, first)


# ---- drawn and touched ---------------------------------------------------------------------------


class Pictures(NamedTuple):
    """What the explorer shows."""

    film: Film
    places: Places
    map: SignedMap
    sums: Completeness
    gaps: GapCurve


class IntegratedGradientsExplorer(Explorer):
    """Walk from a baseline to a film: how does the map depend on the baseline, and when does its sum come out right?

    Every film carries the marker. A film, class and baseline that are new cost 128 gradients, about 0.2 s on one
    core; then every number of steps is at once there.

    `seed` chooses the films. `models` is a dict with a network for "clean" and one for "shortcut"; None takes the
    course's own. Needs torch.
    """

    title = "Integrated gradients explorer"
    size = (8.4, 3.65)
    controls = (
        Choice("film", "Film", FILMS, start="pneumonia"),
        Choice("model", "Model", MODELS, start="clean"),
        Choice("target", "Evidence for", CLASS_NAMES, start="pneumonia"),
        Choice("baseline", "Baseline", BASELINES, start="black"),
        LogSlider("steps", "Steps", 1, STEPS[-1], len(STEPS) - 1, start=1),
    )

    def __init__(self, seed: int = SEED, *, models: "Mapping[str, nn.Module] | None" = None) -> None:
        self.models = checked_models(course_models() if models is None else models, MODELS)
        from clinxai_teach.attribution import neighbourhood  # here, so that the models are the first to ask for torch

        self.films = make_radiographs(N_FILMS, seed=seed, marker=1.0)
        picked = pick_films(self.films, [(name, SEVERITY) for name in FILMS])
        self.rows = dict(zip(FILMS, picked.tolist(), strict=True))
        # An outline of each stroke of the marker could not be read: one around them.
        self.surroundings = np.asarray(neighbourhood(self.films.marker_masks, MARGIN))
        self.walks: dict[tuple[str, ...], Walk] = {}

    def build(self, figure: FigureBase) -> Pictures:
        nothing = np.zeros_like(self.films.images[0, 0])
        ax = self.axes(figure, 0, 0.85, 2.4, 2.4)
        notice = f"{SYNTHETIC}\n{LEGEND['marker']}\n{LEGEND['lesion']}"
        return Pictures(
            film=Film(ax, nothing, notice=notice),
            places=Places(ax),
            map=SignedMap(self.axes(figure, 2.55, 0.85, 2.4, 2.4), nothing),
            sums=Completeness(self.axes(figure, 5.3, 2.3, 2.95, 1.25), 0, 0, (0, 1)),
            gaps=GapCurve(self.axes(figure, 5.95, 0.6, 2.3, 1.0), STEPS, [1] * len(STEPS), 1),
        )

    def update(self, pictures: Pictures, state: State) -> None:
        row, walked, steps = self.rows[state["film"]], self.walk(state), self.steps(state)
        pictures.film.move(self.films.images[row, 0], f"Film: {state['film']}")
        pictures.places.move(marker=self.surroundings[row], lesion=self.films.lesion_masks[row])
        values = walked.maps[steps]
        # The few largest pixels would leave all others grey.
        scale = float(np.quantile(np.abs(values), 0.995))
        pictures.map.move(values, f"Evidence for {state['target']}", scale=scale)
        needed, totals = walked.needed, walked.totals
        # One axis for all numbers of steps, so that the bar is seen to close.
        ends = [0, needed, *totals.values()]
        room = 0.04 * (max(ends) - min(ends))
        pictures.sums.move(needed, totals[steps], (min(ends) - room, max(ends) + room))
        pictures.gaps.move(STEPS, list(walked.gaps.values()), steps)

    def words(self, state: State) -> str:
        walked, steps = self.walk(state), self.steps(state)
        return (
            f"{state['film'].capitalize()} film (synthetic), {state['model']} model, evidence for {state['target']}, "
            f"{state['baseline']} baseline, {steps} step{'s' if steps > 1 else ''}. The logit is "
            f"{walked.baseline_score:.2f} for the baseline and {walked.score:.2f} for the film, so the map must add up "
            f"to {walked.needed:+.2f}. It adds up to {walked.totals[steps]:+.2f}: a gap of {walked.gaps[steps]:+.2f}."
        )

    def telling_states(self) -> list[State]:
        """Return the start at 1 and 128 steps, with a white baseline, and the shortcut model with a blurred one."""
        start = self.start_state()
        end = {**start, "steps": STEPS[-1]}
        return [start, end, {**end, "baseline": "white"}, {**end, "model": "shortcut", "baseline": "blurred"}]

    def steps(self, state: State) -> int:
        """Return the number of steps of a state: 1, 2, 4, ... 128."""
        return int(self.controls[-1].nearest(state["steps"]))

    def walk(self, state: State) -> Walk:
        """Return the `Walk` of a state, computed when first asked for."""
        key = tuple(state[name] for name in ("film", "model", "target", "baseline"))
        if key not in self.walks:
            image = self.films.images[self.rows[state["film"]], 0]
            baseline = baseline_images(image)[state["baseline"]]
            self.walks[key] = walk(self.models[state["model"]], image, baseline, CLASS_NAMES.index(state["target"]))
        return self.walks[key]
