"""AUC pooled and within each site, on films that the shortcut model has read: other films for each person."""

import numpy as np

from clinxai_teach.classroom.items import Item, numbers
from clinxai_teach.data import load_film_predictions

TITLE, POINTS, MINUTES = "Pooled and within each site", 3, 10


def variant(rng):
    films = load_film_predictions("low_dose", "portable", model="shortcut")
    site = films.metadata["site"].to_numpy()
    ill = films.labels == films.class_names.index("pneumonia")
    # Of each site and class a number of this person's own, so that every AUC exists and the mix differs.
    rows = np.sort(
        np.concatenate(
            [
                rng.choice(
                    where := np.flatnonzero((site == s) & (ill == i)),
                    min(len(where), int(rng.integers(8, 30))),
                    replace=False,
                )
                for s in ("A", "B")
                for i in (False, True)
            ]
        )
    )
    score = films.probabilities[rows, films.class_names.index("pneumonia")]

    def auc(keep):
        pairs = score[keep & ill[rows]][:, None] - score[keep & ~ill[rows]][None, :]
        return float(np.mean((pairs > 0) + 0.5 * (pairs == 0)))

    right = {"pooled": auc(site[rows] != ""), "A": auc(site[rows] == "A"), "B": auc(site[rows] == "B")}
    return Item(
        text=f"""
{len(rows)} synthetic films of low quality from two sites, and what the shortcut model says of them. `site_films` has a row per film: `site`, `ill` (1 with
pneumonia) and `score` (the model's probability of pneumonia).

Compute the AUC of `score` for `ill`: of all films (`pooled`), and of the films of each site alone (`A`, `B`), to three decimals.
""",
        given=f"""
from clinxai_teach.data import load_film_predictions

site_rows = {rows.tolist()}
poor_films = load_film_predictions("low_dose", "portable", model="shortcut")
site_films = pd.DataFrame({{
    "site": poor_films.metadata["site"].to_numpy()[site_rows],
    "ill": (poor_films.labels[site_rows] == poor_films.class_names.index("pneumonia")).astype(int),
    "score": poor_films.probabilities[site_rows, poor_films.class_names.index("pneumonia")],
}})
site_films.head()
""",
        answer="aucs",
        stub='aucs = {"pooled": ..., "A": ..., "B": ...}',
        judge=numbers(right, 0.001),
        why="Where site and illness go together, the pooled AUC can lie outside those of the sites.",
    )
