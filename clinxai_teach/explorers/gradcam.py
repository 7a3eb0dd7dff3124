"""Grad-CAM on one film: what the layer, the class and the model do to the map, and how it scores against the truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from clinxai_teach._types import FloatArray
from clinxai_teach.data import CLASS_NAMES, Radiographs, make_radiographs
from clinxai_teach.explorers.arguments import checked_models
from clinxai_teach.explorers.base import Choice, Explorer, Slider, State, Toggle
from clinxai_teach.explorers.films import MODELS, course_models, pick_films
from clinxai_teach.explorers.integrated_gradients import N_FILMS, SEED, SEVERITY
from clinxai_teach.plots import Heatmap, Probabilities, Shares

if TYPE_CHECKING:
    from clinxai_teach.models import ChestNet

LAYERS = (2, 5, 9, 13, 16)  # the places of ChestNet's five ReLU layers in `features`
RADIUS = 8  # pixels around the marker that count as near: one cell of the last layer
PLACES = ("lesion", "near marker")
WARMEST = ("near the lesion", "near the marker")  # one ruler for both: within RADIUS pixels


# ---- computed ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heat:
    """One Grad-CAM map and its score.

    `heatmap (H, W)` in logits, enlarged; `cells` the height of the raw map; `shares` of the heatmap on the lesion
    and near the marker, 0 to 1; `hits`, whether its warmest point lies near each of them. NaN: the film has no lesion.
    """

    heatmap: FloatArray
    cells: int
    shares: tuple[float, ...]
    hits: tuple[float, ...]


def all_heat(
    models: "Mapping[str, ChestNet]", films: Radiographs, rows: dict[str, int]
) -> tuple[dict[tuple[str, str, int, str], Heat], dict[tuple[str, str], FloatArray]]:
    """Return a dict from (film, model, layer, class) to `Heat`, and one from (film, model) to probabilities `(5,)`.

    `rows` is a dict from a film's name to its number in `films`; layers count from 1.
    """
    import torch

    from clinxai_teach.attribution import grad_cam, mass_in_mask, neighbourhood, pointing_game, upsample
    from clinxai_teach.models import predict_proba

    numbers = list(rows.values())
    images = torch.from_numpy(films.images[numbers])
    near_marker = neighbourhood(films.marker_masks[numbers], RADIUS)
    places = films.lesion_masks[numbers], near_marker
    near = neighbourhood(films.lesion_masks[numbers], RADIUS), near_marker
    heat: dict[tuple[str, str, int, str], Heat] = {}
    says: dict[tuple[str, str], FloatArray] = {}
    for name, model in models.items():
        says |= {(film, name): values for film, values in zip(rows, predict_proba(model, images), strict=True)}
        for layer, place in enumerate(LAYERS, 1):
            for target, class_name in enumerate(CLASS_NAMES):
                raw = grad_cam(model, images, target, layer=model.features[place])
                maps = upsample(raw, images.shape[-2:])[:, 0].numpy()
                shares = [mass_in_mask(maps, masks) for masks in places]
                hits = [pointing_game(maps, masks) for masks in near]
                for k, film in enumerate(rows):
                    heat[film, name, layer, class_name] = Heat(
                        maps[k], raw.shape[-2], tuple(float(s[k]) for s in shares), tuple(float(h[k]) for h in hits)
                    )
    return heat, says


# ---- drawn and touched ---------------------------------------------------------------------------


class Pictures(NamedTuple):
    """What the explorer shows."""

    heatmap: Heatmap
    shares: Shares
    says: Probabilities


class GradCAMExplorer(Explorer):
    """Grad-CAM on a film with a marker: which layer, for which class, of which model?

    The brightest colour is the strongest value of all classes and both models at this film and layer, in logits. So
    a change of the class or the model shows whether the evidence is strong or faint. Colours stretched to the map's
    own maximum, as most software draws them, show only where it lies.

    `seed` chooses the films. `models` is a dict with a network for "clean" and one for "shortcut"; None takes the
    course's own. Needs torch.
    """

    title = "Grad-CAM explorer"
    size = (8.4, 4.0)
    controls = (
        Choice("film", "Film", CLASS_NAMES, start="pneumonia"),
        Choice("model", "Model", MODELS, start="clean"),
        Choice("target", "Evidence for", CLASS_NAMES, start="pneumonia"),
        Slider("layer", "Layer (1 first, 5 last)", 1, len(LAYERS), 1, start=len(LAYERS)),
        Toggle("stretched", "Stretch the colours to this map's own maximum", start=False),
    )

    def __init__(self, seed: int = SEED, *, models: "Mapping[str, ChestNet] | None" = None) -> None:
        from clinxai_teach.attribution import neighbourhood

        networks = checked_models(course_models() if models is None else models, MODELS, layers=LAYERS)
        films = make_radiographs(N_FILMS, seed=seed, marker=1.0)
        picked = pick_films(films, [(name, SEVERITY) for name in CLASS_NAMES])
        rows = dict(zip(CLASS_NAMES, picked.tolist(), strict=True))
        self.heat, self.says = all_heat(networks, films, rows)
        self.images = {name: films.images[row, 0] for name, row in rows.items()}
        self.lesions = {name: films.lesion_masks[row] for name, row in rows.items()}
        self.near = {name: neighbourhood(films.marker_masks[row : row + 1], RADIUS)[0] for name, row in rows.items()}
        self.scales = {
            (film, layer): max(
                self.heat[film, model, layer, target].heatmap.max() for model in MODELS for target in CLASS_NAMES
            )
            for film in CLASS_NAMES
            for layer in range(1, len(LAYERS) + 1)
        }

    def build(self, figure: FigureBase) -> Pictures:
        nothing, bars = np.zeros_like(self.images["normal"]), np.zeros(len(CLASS_NAMES))
        return Pictures(
            heatmap=Heatmap(self.axes(figure, 0.1, 1.25, 2.45, 2.45), nothing, nothing),
            shares=Shares(self.axes(figure, 2.8, 1.25, 2.5, 2.2), PLACES, (0, 0), (0, 0)),
            says=Probabilities(self.axes(figure, 6.5, 1.25, 0.85, 2.2), bars, CLASS_NAMES, 0),
        )

    def update(self, pictures: Pictures, state: State) -> None:
        film, heat = state["film"], self.of(state)
        pictures.heatmap.move(
            self.images[film],
            heat.heatmap,
            f"For {state['target']}{', stretched' if state['stretched'] else ''}",
            scale=None if state["stretched"] else self.scales[film, state["layer"]],
            marker=self.near[film],
            lesion=self.lesions[film] if self.lesions[film].any() else None,
        )
        cells = f"Layer {state['layer']}: {heat.cells} x {heat.cells} cells"
        pictures.shares.move(PLACES, self.shares(state), self.chances(film), cells)
        says, truth = self.says[film, state["model"]], CLASS_NAMES.index(film)
        pictures.says.move(says, truth, f"The {state['model']} model says")

    def words(self, state: State) -> str:
        film, target, heat = state["film"], state["target"], self.of(state)
        probability = self.says[film, state["model"]][CLASS_NAMES.index(target)]
        text = (
            f"{film.capitalize()} film (synthetic, with marker), {state['model']} model: {target} {probability:.2f}. "
            f"Grad-CAM for {target}, layer {state['layer']} ({heat.cells} x {heat.cells} cells)"
        )
        if heat.heatmap.max() <= 0:
            return f"{text}, is empty: no evidence for it."
        lesion, near = self.shares(state)
        chance_lesion, chance_near = self.chances(film)
        on_lesion = "" if lesion is None else f"{lesion:.0%} on the lesion (chance {chance_lesion:.0%}), "
        where = " and ".join(place for place, hit in zip(WARMEST, heat.hits, strict=True) if hit == 1) or "elsewhere"
        colours = "stretched colours" if state["stretched"] else "one scale"
        return (
            f"{text}, peak {heat.heatmap.max():.2g} logits ({colours}): {on_lesion}{near:.0%} near the marker "
            f"(chance {chance_near:.0%}); warmest point: {where}."
        )

    def telling_states(self) -> list[State]:
        """Return the pneumonia film as it starts; faint evidence, stretched; the shortcut model, stretched as well."""
        start = self.start_state()
        stretched = {**start, "stretched": True}  # on one scale the shortcut model's map is too faint for print
        return [start, {**stretched, "target": "nodule"}, {**stretched, "model": "shortcut"}]

    def of(self, state: State) -> Heat:
        """Return the `Heat` of a state."""
        return self.heat[state["film"], state["model"], state["layer"], state["target"]]

    def shares(self, state: State) -> tuple[float | None, float]:
        """Return the shares on the lesion and near the marker; None where the film has no lesion."""
        lesion, near = self.of(state).shares
        return (lesion if self.lesions[state["film"]].any() else None), near

    def chances(self, film: str) -> tuple[float, float]:
        """Return the share of the picture that the lesion and the marker's surroundings cover."""
        return float(self.lesions[film].mean()), float(self.near[film].mean())
