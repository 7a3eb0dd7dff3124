"""Synthetic films: what the docstring promises, checked on the pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import center_of_mass

from clinxai_teach.data import make_radiographs, radiographs
from clinxai_teach.data._anatomy import sample_patients
from clinxai_teach.data.radiographs import CLASS_NAMES, MARKER_HABITS, SHIFTS

N = 300


@pytest.fixture(scope="module")
def films():
    return make_radiographs(N, seed=11, marker="random")


def test_shapes_types_and_ranges(films):
    assert films.images.shape == (N, 1, 128, 128)
    assert films.images.dtype == np.float32
    assert films.images.min() >= 0
    assert films.images.max() <= 1
    assert films.labels.shape == (N,)
    assert films.class_names == CLASS_NAMES == ("normal", "pneumonia", "effusion", "nodule", "cardiomegaly")
    assert films.lesion_masks.shape == films.marker_masks.shape == (N, 128, 128)
    assert films.lesion_masks.dtype == films.marker_masks.dtype == bool
    assert list(films.metadata.columns) == ["site", "age", "sex", "severity", "marker"]
    assert set(films.metadata["site"]) == {"A", "B"}
    assert set(films.metadata["sex"]) == {"F", "M"}
    assert films.metadata["age"].between(18, 90).all()


@pytest.mark.parametrize("size", [32, 64, 256])
def test_other_sizes_show_the_same_patients(films, size):
    other = make_radiographs(20, size=size, seed=11, marker="random")
    assert other.images.shape == (20, 1, size, size)
    assert (other.labels == films.labels[:20]).all()
    assert other.metadata.equals(films.metadata[:20])

    def coarse(pictures):
        k = pictures.shape[-1] // 32
        return pictures.reshape(20, 32, k, 32, k).mean((2, 4))

    difference = np.abs(coarse(other.images[:, 0]) - coarse(films.images[:20, 0]))
    assert difference.mean() < 0.03  # mostly grain
    masks = np.abs(coarse(other.lesion_masks) - coarse(films.lesion_masks[:20]))
    assert masks.mean() < 0.01


def test_between_two_patients_the_films_differ_more(films):
    assert np.abs(np.diff(films.images[:20, 0], axis=0)).mean() > 0.06


def test_same_seed_same_bits_other_seed_other_films(films):
    assert np.array_equal(make_radiographs(N, seed=11, marker="random").images, films.images)
    assert not np.array_equal(make_radiographs(N, seed=12, marker="random").images, films.images)


@settings(max_examples=10, deadline=None)
@given(k=st.integers(1, 150), seed=st.integers(0, 2**32), shift=st.sampled_from((None, *SHIFTS)))
def test_the_first_k_films_do_not_depend_on_n(k, seed, shift):
    few, many = (make_radiographs(n, size=32, seed=seed, marker=0.4, shift=shift) for n in (k, 150))
    assert np.array_equal(few.images, many.images[:k])
    assert np.array_equal(few.lesion_masks, many.lesion_masks[:k])
    assert few.metadata.equals(many.metadata[:k])


def test_the_global_random_state_is_left_alone():
    np.random.seed(1)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    make_radiographs(3)
    assert np.random.random() == expected  # noqa: NPY002


def test_swapping_the_marker_changes_the_marker_and_nothing_else(films):
    present = films.metadata["marker"].to_numpy()
    swapped = make_radiographs(N, seed=11, marker=~present)
    assert (swapped.metadata["marker"] == ~present).all()
    changed = films.images[:, 0] != swapped.images[:, 0]
    marker = films.marker_masks | swapped.marker_masks
    edge = np.abs(films.images[:, 0] - swapped.images[:, 0]) * ~marker  # half-covered pixels beside the letter
    assert (changed & marker).any((1, 2)).all()
    assert (changed.sum((1, 2)) < 330).all()
    assert edge.max() < 0.6
    assert np.array_equal(films.lesion_masks, swapped.lesion_masks)


def test_marker_masks_cover_the_letter_and_only_marked_films_have_one(films):
    present = films.metadata["marker"].to_numpy()
    assert (films.marker_masks.any((1, 2)) == present).all()
    assert films.images[:, 0][films.marker_masks].min() > 0.35  # lead is bright, also where it covers half a pixel
    assert films.images[:, 0][films.marker_masks].mean() > 0.7
    rows, columns = np.nonzero(films.marker_masks.any(0))
    assert rows.max() < 64  # in the upper corner
    assert columns.min() > 64  # on the viewer's right


@pytest.mark.parametrize("habit", ["shortcut", "swapped", "random"])
def test_named_habits_hold_their_chances(habit, monkeypatch):
    """Which films carry a marker is drawn before the films, so these stay black here: 3,000 take seconds to draw."""
    black = np.zeros((3000, 32, 32), dtype=np.float32)
    monkeypatch.setattr(radiographs, "draw_films", lambda patients, labels, *rest: 2 * (black[: len(labels)],))
    monkeypatch.setattr(radiographs, "expose", lambda chest, *rest: chest)
    many = make_radiographs(3000, size=32, seed=5, marker=habit)
    wanted = MARKER_HABITS[habit]
    for index, name in enumerate(CLASS_NAMES):
        chance = wanted[name] if isinstance(wanted, dict) else wanted
        here = many.metadata["marker"][many.labels == index]
        assert abs(here.mean() - chance) < 4 * np.sqrt(max(chance * (1 - chance), 0.01) / len(here))


def test_habits_per_site_and_per_class():
    films = make_radiographs(400, size=32, seed=2, marker={"A": {"nodule": 1.0}, "B": 1.0})
    nodule = films.labels == CLASS_NAMES.index("nodule")
    at_a = (films.metadata["site"] == "A").to_numpy()
    assert (films.metadata["marker"].to_numpy() == (~at_a | nodule)).all()


def test_no_marker_by_default():
    films = make_radiographs(50, size=32)
    assert not films.metadata["marker"].any()
    assert not films.marker_masks.any()


def test_one_site_keeps_the_patients(films):
    at_b = make_radiographs(N, seed=11, marker="random", site="B")
    assert set(at_b.metadata["site"]) == {"B"}
    same = (films.metadata["site"] == "B").to_numpy()
    assert np.array_equal(at_b.images[same], films.images[same])
    assert not np.array_equal(at_b.images[~same], films.images[~same])
    assert np.array_equal(at_b.lesion_masks, films.lesion_masks)


def test_lesions_belong_to_their_class(films):
    normal = films.labels == 0
    severity = films.metadata["severity"].to_numpy()
    assert (severity[normal] == 0).all()
    assert (severity[~normal] > 0).all()
    assert (severity <= 1).all()
    assert not films.lesion_masks[normal].any()
    plain = severity > 0.3
    assert films.lesion_masks[plain].any((1, 2)).all()
    area = films.lesion_masks.mean((1, 2))
    nodule, heart = (films.labels == CLASS_NAMES.index(name) for name in ("nodule", "cardiomegaly"))
    assert area[nodule].max() < 0.02 < area[heart].min()


def test_a_large_heart_is_one_that_is_wider_than_half_the_chest(films):
    """The mask's width by the inner width of the chest: more of it, the more severe; below one half without it."""
    large = films.labels == CLASS_NAMES.index("cardiomegaly")
    patients = sample_patients(np.random.default_rng(np.random.SeedSequence(11).spawn(1)[0]), N)
    chest = 2 * patients.chest_width.ravel()
    assert patients.heart_ratio.max() < 0.5
    ratio = (films.lesion_masks.any(1).sum(1) * 2 / 128 / chest)[large]
    severity = films.metadata["severity"].to_numpy()[large]
    assert ratio.min() > 0.45
    assert (ratio[severity > 0.3] > 0.5).all()
    assert ratio.max() < 0.72
    assert np.corrcoef(ratio, severity)[0, 1] > 0.9


def test_fluid_stands_in_the_angle_and_climbs_at_the_wall(films):
    rows = np.flatnonzero((films.labels == CLASS_NAMES.index("effusion")) & (films.metadata["severity"] > 0.4))
    climbs = []
    for mask in films.lesion_masks[rows]:
        columns = np.flatnonzero(mask.any(0))
        top = mask.argmax(0)[columns]
        outermost = columns[np.argsort(np.abs(columns - 63.5))]
        third = len(columns) // 3
        climbs.append(np.median(top[np.isin(columns, outermost[:third])]) - np.min(top))
    assert len(climbs) > 10
    assert np.mean(climbs) > 4  # rows of 128


def test_a_plain_lesion_is_brighter_than_the_same_place_on_the_other_side(films):
    severe = films.metadata["severity"].to_numpy() > 0.6
    for name in ("pneumonia", "effusion", "nodule"):
        rows = np.flatnonzero(severe & (films.labels == CLASS_NAMES.index(name)))
        difference = [
            films.images[i, 0][films.lesion_masks[i]].mean() - films.images[i, 0][films.lesion_masks[i][:, ::-1]].mean()
            for i in rows
            if not (films.lesion_masks[i] & films.lesion_masks[i][:, ::-1]).any()
        ]
        assert len(difference) > 5
        assert np.median(difference) > 0.05, name


def test_the_film_reads_as_a_chest(films):
    film = films.images[films.labels == 0, 0].mean(0)  # the average normal film
    air_outside, lung, spine, belly = film[4:12, 4:12], film[52:68, 32:44], film[40:100, 62:66], film[116:, 48:80]
    assert air_outside.mean() < 0.05 < lung.mean() < belly.mean()
    assert lung.mean() < spine.mean() - 0.2  # bone and mediastinum are bright
    heart_zone = film[68:92]
    left, right = heart_zone[:, 28:60].mean(), heart_zone[:, 68:100].mean()
    assert right > left + 0.05  # the heart lies on the viewer's right
    hearts = films.lesion_masks[films.labels == CLASS_NAMES.index("cardiomegaly")]
    assert np.mean([center_of_mass(mask)[1] for mask in hearts]) > 64


@pytest.mark.parametrize("shift", SHIFTS)
def test_each_shift_changes_the_films_but_not_the_diagnoses(films, shift):
    shifted = make_radiographs(N, seed=11, marker="random", shift=shift)
    assert (shifted.labels == films.labels).all()
    assert np.abs(shifted.images - films.images).mean() > 0.01


def test_low_dose_is_noisier_and_children_are_young():
    def roughness(films):
        return np.abs(np.diff(films.images[:, 0, 112:, 48:80], axis=-1)).mean()

    assert roughness(make_radiographs(50, shift="low_dose")) > 2 * roughness(make_radiographs(50))
    assert make_radiographs(50, shift="child").metadata["age"].between(1, 10).all()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n": 0}, ValueError, "n must be at least 1"),
        ({"n": 2.5}, TypeError, "n must be a whole number"),
        ({"n": 3, "size": 16}, ValueError, "size must be at least 32"),
        ({"n": 3, "seed": -1}, ValueError, "seed must be at least 0"),
        ({"n": 3, "shift": "fog"}, ValueError, "shift must be one of 'portable'"),
        ({"n": 3, "site": "C"}, ValueError, "site must be one of 'A', 'B'"),
        ({"n": 3, "marker": "always"}, ValueError, "marker must be one of 'random'"),
        ({"n": 3, "marker": 1.5}, ValueError, "between 0 and 1"),
        ({"n": 3, "marker": [True, False]}, ValueError, r"one value per film \(3\)"),
        ({"n": 3, "marker": {"nodule": 2}}, ValueError, r"marker\['nodule'\] must be a number from 0 to 1, but got 2"),
        ({"n": 3, "marker": {"nodule": "always"}}, TypeError, r"marker\['nodule'\] must be a number"),
        ({"n": 3, "marker": np.ma.masked_array([1, 0, 1], mask=[0, 1, 0])}, ValueError, "marker has 1 masked value"),
        ({"n": 3, "marker": [0.5, None, 0.5]}, ValueError, "between 0 and 1"),
        ({"n": 3, "marker": ["a", "b", "c"]}, TypeError, "marker must hold numbers only"),
        ({"n": 3, "marker": {"flu": 1.0}}, ValueError, "each key of marker must be one of"),
        ({"n": 3, "marker": {"A": {"flu": 1.0}}}, ValueError, "each key of marker must be one of"),
        ({"n": 3, "marker": {"A": 1.0, "nodule": 1.0}}, ValueError, "not both"),
    ],
)
def test_bad_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        make_radiographs(**arguments)
