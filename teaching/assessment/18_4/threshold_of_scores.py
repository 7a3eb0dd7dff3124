"""The conformal threshold of films of this person's own, and what it promises."""

import math

import numpy as np

from clinxai_teach.classroom.items import Item, numbers
from clinxai_teach.data import load_film_predictions

TITLE, POINTS, MINUTES = "The threshold for your sets", 3, 10


def variant(rng):
    films = load_film_predictions("calibration")
    n = int(rng.integers(45, 190))
    rows = np.sort(rng.choice(len(films.labels), n, replace=False))
    alpha = int(rng.integers(5, 25)) / 100
    scores = np.sort(1 - films.probabilities[rows, films.labels[rows]])
    k = math.ceil(round((n + 1) * (1 - alpha), 9))
    right = {
        "k": float(k),
        "threshold": float(scores[k - 1]),
        "at_least": 1 - alpha,
        "at_most": 1 - alpha + 1 / (n + 1),
    }
    return Item(
        text=f"""
{n} synthetic films are your calibration set: `film_scores` holds 1 - probability of the true class of each. You want sets that miss at most
{alpha:.0%}: alpha = {alpha:g}. Give four numbers:

- `k`: which of the sorted scores, counted from 1, is the threshold,
- `threshold`: this score, to four decimals,
- `at_least`, `at_most`: the two limits that the theorem promises for the coverage, on average over calibration sets (no two scores are equal), to four decimals.
""",
        given=f"""
from clinxai_teach.data import load_film_predictions

score_rows = {rows.tolist()}
score_films = load_film_predictions("calibration")
film_scores = 1 - score_films.probabilities[score_rows, score_films.labels[score_rows]]
len(film_scores)
""",
        answer="conformal",
        stub='conformal = {"k": ..., "threshold": ..., "at_least": ..., "at_most": ...}',
        judge=numbers(right, {"k": 0.01, "threshold": 2e-4, "at_least": 2e-4, "at_most": 2e-4}),
        why="k = ceil((n + 1)(1 - alpha)). The coverage is at least 1 - alpha, and at most 1 / (n + 1) more.",
    )
