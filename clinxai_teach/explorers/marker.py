"""A marker on one film: what it does to a model's answer, and what the heatmap shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from clinxai_teach._lazy import need_torch
from clinxai_teach._types import BoolArray, FloatArray
from clinxai_teach.data import CLASS_NAMES, make_radiographs
from clinxai_teach.data.radiographs import SHORTCUT_CLASS, SITES
from clinxai_teach.explorers.arguments import checked_models
from clinxai_teach.explorers.base import Choice, Explorer, Slider, State, Toggle
from clinxai_teach.explorers.films import MODELS, course_models, pick_of_seed
from clinxai_teach.plots import Film, Heatmap, Probabilities

if TYPE_CHECKING:
    from clinxai_teach.models import ChestNet

# The class of each film, in the slider's order. Of one seed, films are picked by class and severity alone: a finding
# that can be seen, but is not plain. Only the seed below was chosen after a look at a model's answer.
FILMS = ("normal", "pneumonia", "effusion", "normal", "nodule", "pneumonia", "cardiomegaly", "pneumonia")
SEVERITY = (0.35, 0.7)
WANTED = tuple((name, SEVERITY) for name in FILMS)
# One whose first film is called pneumonia by the shortcut model when marked, as 19 in 20 normal films are, and leaves
# the clean model quiet: the start page asks if the bars move. Section 18.1 counts both on many films.
SEED = 6
SHORTCUT = CLASS_NAMES.index(SHORTCUT_CLASS)
RADIUS = 8  # pixels around the marker that count as its surroundings: one cell of the heatmap
FAINT = 0.2  # a heatmap below a fifth of its film's brightest is called almost empty: its shares mislead


# ---- computed ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What one model says of one film, with the marker or without.

    `image (H, W)`; `probabilities (5,)`; `heatmap (H, W)`, Grad-CAM for pneumonia in logits; `share`, how much of
    the heatmap lies in the marker's surroundings, from 0 to 1, whether the marker is there or not.
    """

    image: FloatArray
    probabilities: FloatArray
    heatmap: FloatArray
    share: float


@dataclass(frozen=True)
class MarkerAnswers:
    """All that the explorer shows.

    `answers` is a dict from (film, marker, site, model) to `Answer`; film runs from 1 to 8, marker is True or
    False. For each film, `surroundings (8, H, W)` is the marker grown by 8 pixels, bool; `chance (8,)` the share of
    the picture that it covers; `scale (8,)` the highest point of all the film's heatmaps, in logits.
    """

    answers: dict[tuple[int, bool, str, str], Answer]
    surroundings: BoolArray
    chance: FloatArray
    scale: FloatArray


def marker_answers(models: "Mapping[str, ChestNet]", seed: int) -> MarkerAnswers:
    """Compute all that the explorer shows, a `MarkerAnswers`, for a dict from names to networks."""
    import torch

    from clinxai_teach.attribution import grad_cam, mass_in_mask, neighbourhood, upsample
    from clinxai_teach.models import predict_proba

    picked = pick_of_seed(seed, WANTED)
    settings = [(marker, site) for marker in (True, False) for site in SITES]
    sets = [make_radiographs(picked.max() + 1, seed=seed, marker=float(m), site=s) for m, s in settings]
    images = torch.from_numpy(np.concatenate([films.images[picked] for films in sets]))
    surroundings = np.asarray(neighbourhood(sets[0].marker_masks[picked], RADIUS))
    rows = [(film, marker, site) for marker, site in settings for film in range(1, len(FILMS) + 1)]

    answers = {}
    highest = np.zeros(len(rows))
    for name, model in models.items():
        probabilities = predict_proba(model, images)
        maps = upsample(grad_cam(model, images, SHORTCUT, layer=model.features[-1]), images.shape[-2:])
        shares = mass_in_mask(maps, np.tile(surroundings, (len(settings), 1, 1)))
        heatmaps = maps[:, 0].numpy()
        for k, row in enumerate(rows):
            answers[*row, name] = Answer(images[k, 0].numpy(), probabilities[k], heatmaps[k], float(shares[k]))
        highest = np.maximum(highest, heatmaps.max((1, 2)))
    scale = highest.reshape(len(settings), len(FILMS)).max(axis=0)
    return MarkerAnswers(answers, surroundings, surroundings.mean((1, 2)), scale)


# ---- drawn and touched ---------------------------------------------------------------------------


class Pictures(NamedTuple):
    """What the explorer shows."""

    film: Film
    heatmap: Heatmap
    says: Probabilities


class MarkerExplorer(Explorer):
    """Put a marker on a film: what does the model say then, and where does its heatmap for pneumonia point?

    The heatmap is that for pneumonia whatever the model predicts: pneumonia is the class whose training films
    carried the marker. Its colours keep one scale per film. So a change of the marker or the model shows whether
    the evidence is strong or faint, not only where it lies.

    `seed` chooses the eight films. `models` is a dict with a network for "clean" and one for "shortcut"; None
    takes the course's own. Needs torch.
    """

    title = "Marker explorer"
    size = (8.48, 3.65)
    controls = (
        Slider("film", "Film (number)", 1, len(FILMS), 1, start=1),
        Toggle("marker", "Marker on the film", start=False),
        Choice("site", "Site", SITES, start="A"),
        Choice("model", "Model", MODELS, start="shortcut"),
    )

    def __init__(self, seed: int = SEED, *, models: "Mapping[str, ChestNet] | None" = None) -> None:
        need_torch("The marker explorer")
        networks = checked_models(course_models() if models is None else models, MODELS, layers=(0,))
        self.results = marker_answers(networks, seed)

    def build(self, figure: FigureBase) -> Pictures:
        nothing = np.zeros_like(self.results.answers[1, True, "A", "clean"].image)
        bars = np.zeros(len(CLASS_NAMES))
        return Pictures(
            film=Film(self.axes(figure, 0, 0.75, 2.56, 2.56), nothing),
            heatmap=Heatmap(self.axes(figure, 2.62, 0.75, 2.56, 2.56), nothing, nothing),
            says=Probabilities(self.axes(figure, 6.5, 0.85, 0.95, 2.46), bars, CLASS_NAMES, SHORTCUT),
        )

    def update(self, pictures: Pictures, state: State) -> None:
        index, answer = state["film"] - 1, self.answer(state)
        pictures.film.move(answer.image, f"Film {state['film']}: {FILMS[index]}, site {state['site']}")
        pictures.heatmap.move(
            answer.image,
            answer.heatmap,
            f"Grad-CAM for {SHORTCUT_CLASS}",
            scale=self.results.scale[index],
            marker=self.results.surroundings[index],
            notice="",  # the film beside it says that it is synthetic
        )
        true_class = CLASS_NAMES.index(FILMS[index])
        pictures.says.move(answer.probabilities, true_class, f"The {state['model']} model says")

    def words(self, state: State) -> str:
        index, answer = state["film"] - 1, self.answer(state)
        top = int(answer.probabilities.argmax())
        says = f"{CLASS_NAMES[top]} {answer.probabilities[top]:.2f}"
        if top != SHORTCUT:
            says += f", {SHORTCUT_CLASS} {answer.probabilities[SHORTCUT]:.2f}"
        marker = "with the marker" if state["marker"] else "without a marker"
        film = f"Film {state['film']} (synthetic, true class: {FILMS[index]}), site {state['site']}, {marker}"
        place = "The marker's surroundings hold" if state["marker"] else "The marker's empty place holds"
        chance = self.results.chance[index]
        heat = f"{place} {answer.share:.0%} of the heatmap for {SHORTCUT_CLASS}; chance is {chance:.0%}."
        if answer.heatmap.max() < FAINT * self.results.scale[index]:
            heat = f"The heatmap for {SHORTCUT_CLASS} is almost empty."
        return f"{film}, {state['model']} model: {says}. {heat}"

    def telling_states(self) -> list[State]:
        """Return a healthy chest with the marker under both models; then a pneumonia that the shortcut model misses.

        It is the pneumonia film with the lowest probability without the marker, shown without it and with it.
        """
        healthy = {**self.start_state(), "marker": True}
        ill = {**healthy, "model": "shortcut"}
        ill["film"] = min(
            (number for number, name in enumerate(FILMS, 1) if name == SHORTCUT_CLASS),
            key=lambda number: self.answer({**ill, "film": number, "marker": False}).probabilities[SHORTCUT],
        )
        return [*({**healthy, "model": model} for model in MODELS), {**ill, "marker": False}, ill]

    def answer(self, state: State) -> Answer:
        """Return the computed answer that belongs to a state."""
        return self.results.answers[state["film"], state["marker"], state["site"], state["model"]]
