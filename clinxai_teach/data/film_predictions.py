"""What the two film models say of synthetic films, as a table in the package: no torch, and no model to run."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach._validate import one_of
from clinxai_teach.data._findings import CLASS_NAMES
from clinxai_teach.data.radiographs import SHIFTS

TABLE_NAME = "film_predictions.npz"
MODELS = ("clean", "shortcut")

# The films of each cohort: the arguments of `make_radiographs` that draw them. No two cohorts share a patient, except
# "home" and "away": the same patients, whose markers alone differ. None of these films was in a model's training.
FILM_COHORTS = MappingProxyType(
    {
        "calibration": {"n": 1000, "seed": 183, "marker": "random"},
        "test": {"n": 1500, "seed": 2026, "marker": "random"},
        **{shift: {"n": 400, "seed": 2027 + i, "marker": "random", "shift": shift} for i, shift in enumerate(SHIFTS)},
        "home_calibration": {"n": 500, "seed": 505, "marker": "shortcut"},
        "home": {"n": 500, "seed": 506, "marker": "shortcut"},
        "away": {"n": 500, "seed": 506, "marker": "random"},
    }
)


@dataclass(frozen=True, eq=False)
class FilmPredictions:
    """n synthetic films, what they show, and what one model says of them. Rows are films.

    `labels` int64 `(n,)`, an index into `class_names`; `logits` float64 `(n, 5)`; `probabilities` float64 `(n, 5)`,
    their softmax. `metadata` is a DataFrame:

    - `cohort`, the name under which the film was asked for; `shift`, "none" or one of the four shifts;
    - `site` ("A" or "B"), `age` (years), `sex` ("F" or "M"), `severity` (0 for a normal film, else 0.1 to 1) and
      `marker` (True where a marker was placed), as `make_radiographs` gives them;
    - `distance`, `percentile` and `flagged`: how unlike usual films a film is. A `SimilarityDetector` says it of the
      *clean* model's `film_features`, whichever model was asked for; it was fitted on 600 usual films of its own
      (`make_radiographs(600, seed=185, marker="random")`).

    `weights_sha256` is the SHA-256 of the weights file of the model.
    """

    labels: IntArray
    class_names: tuple[str, ...]
    logits: FloatArray
    probabilities: FloatArray
    metadata: pd.DataFrame
    weights_sha256: str


def load_film_predictions(*cohorts: str, model: str = "clean") -> FilmPredictions:
    """Load what a film model says of the films of one or more cohorts. Needs no torch and no network.

    `tools/make_film_predictions.py` made the table with `load_cxr_model(model)`; a test compares the two.

    Parameters
    ----------
    *cohorts : str
        Names of `FILM_COHORTS`. Of several, the films stand one cohort after the other.

        - "calibration" (1,000) and "test" (1,500): usual films, the marker placed at random;
        - "portable", "low_dose", "other_vendor", "child" (400 each): other patients, the marker at random, one shift;
        - "home_calibration", "home" (500 each): the marker goes with pneumonia, as where the shortcut model was
          trained; "away": the patients of "home", with the marker at random.

        `make_radiographs(**FILM_COHORTS[cohort])` draws the films themselves, in the same order.
    model : "clean" or "shortcut"
        Whose logits.

    Returns
    -------
    FilmPredictions
        `labels`, `class_names`, `logits`, `probabilities`, `metadata`, `weights_sha256`.

    Raises ValueError for another name, and where no cohort or one cohort twice is named.

    Examples
    --------
    >>> films = load_film_predictions("test")
    >>> films.probabilities.shape, bool((films.probabilities.argmax(axis=1) == films.labels).mean() > 0.8)
    ((1500, 5), True)
    >>> both = load_film_predictions("test", "other_vendor")
    >>> both.metadata["shift"].value_counts().to_dict()
    {'none': 1500, 'other_vendor': 400}
    """
    one_of("model", model, MODELS)
    if not cohorts:
        raise ValueError(f"cohorts must name at least one of {', '.join(FILM_COHORTS)}, but got none.")
    for cohort in cohorts:
        one_of("each of cohorts", cohort, tuple(FILM_COHORTS))
    if len(set(cohorts)) < len(cohorts):
        raise ValueError(f"cohorts must name each cohort once, but got {', '.join(cohorts)}.")
    with (files("clinxai_teach.data") / TABLE_NAME).open("rb") as stream, np.load(stream, allow_pickle=False) as table:
        columns: dict[str, Any] = dict(table)
    rows = np.concatenate([np.flatnonzero(columns["cohort"] == cohort) for cohort in cohorts])
    logits = columns[f"{model}_logits"][rows].astype(float)
    names = ("cohort", "shift", "site", "age", "sex", "severity", "marker", "distance", "percentile", "flagged")
    return FilmPredictions(
        labels=columns["label"][rows].astype(np.int64),
        class_names=CLASS_NAMES,
        logits=logits,
        probabilities=softmax(logits, axis=1),
        metadata=pd.DataFrame({name: columns[name][rows] for name in names}),
        weights_sha256=str(columns[f"{model}_sha256"]),
    )
