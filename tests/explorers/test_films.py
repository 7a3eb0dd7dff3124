"""Which films the explorers show: of the planned classes and severities for any seed, and none twice."""

import numpy as np
import pytest

from clinxai_teach.data import CLASS_NAMES, make_radiographs
from clinxai_teach.explorers import dropout, gradcam, marker
from clinxai_teach.explorers.films import pick_films, pick_of_seed

PLANS = {
    "dropout": dropout.WANTED,
    "marker": marker.WANTED,
    "Grad-CAM": [(name, gradcam.SEVERITY) for name in CLASS_NAMES],
}


@pytest.mark.parametrize("wanted", PLANS.values(), ids=PLANS)
def test_the_films_are_of_the_planned_classes_and_severities_for_any_seed(wanted):
    for seed in (0, 1, 2, 3, 4, 31):
        films = make_radiographs(200, size=32, seed=seed)
        picked = pick_of_seed(seed, wanted)
        assert [CLASS_NAMES[label] for label in films.labels[picked]] == [name for name, _ in wanted]
        assert len(set(picked)) == len(wanted)
        for (name, (low, high)), severity in zip(wanted, films.metadata["severity"][picked], strict=True):
            assert severity == 0 if name == "normal" else low <= severity <= high


def test_the_first_film_that_fits_is_taken_and_none_twice():
    films = make_radiographs(200, size=32, seed=0)
    effusions = np.flatnonzero(films.labels == CLASS_NAMES.index("effusion"))
    assert pick_films(films, [("effusion", (0, 1))] * 3).tolist() == effusions[:3].tolist()


def test_too_few_films_are_refused():
    films = make_radiographs(3, size=32, seed=0)
    with pytest.raises(ValueError, match=r"too few films of nodule of severity 0.4 to 0.6. Take another seed"):
        pick_films(films, [("nodule", (0.4, 0.6))])
