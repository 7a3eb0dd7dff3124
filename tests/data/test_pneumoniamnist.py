"""The loader of real films, on a tiny file made here and on the class-balanced subset where it is at hand."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from clinxai_teach.data.pneumoniamnist import load_pneumoniamnist

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
COUNTS = {"train": 5, "val": 3, "test": 4}


def tiny_arrays():
    """Arrays with MedMNIST's keys, types and shapes, a few films per split."""
    rng = np.random.default_rng(0)
    arrays = {}
    for split, n in COUNTS.items():
        arrays[f"{split}_images"] = rng.integers(0, 256, size=(n, 28, 28), dtype=np.uint8)
        arrays[f"{split}_labels"] = (np.arange(n) % 2).astype(np.uint8)[:, np.newaxis]
    return arrays


def write(folder, arrays):
    """Write the arrays where the loader looks for them and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pneumoniamnist.npz"
    np.savez(path, **arrays)
    return path


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home folder, so that no test reads or writes the real one."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    return tmp_path / "home"


# Reading


def test_films_and_labels_come_back_as_the_contract_says(tmp_path):
    arrays = tiny_arrays()
    write(tmp_path, arrays)
    films = load_pneumoniamnist(tmp_path)
    for split, n in COUNTS.items():
        images, labels = getattr(films, f"{split}_images"), getattr(films, f"{split}_labels")
        assert images.shape == (n, 1, 28, 28)
        assert images.dtype == np.float32
        assert labels.dtype == np.int64
        np.testing.assert_allclose(images[:, 0], arrays[f"{split}_images"] / 255, atol=1e-7)
        np.testing.assert_array_equal(labels, np.arange(n) % 2)
    assert films.class_names == ("normal", "pneumonia")


def test_black_is_0_and_white_is_1(tmp_path):
    arrays = tiny_arrays()
    arrays["test_images"][0] = 0
    arrays["test_images"][1] = 255
    films = load_pneumoniamnist(write(tmp_path, arrays))
    assert films.test_images[0].max() == 0.0
    assert films.test_images[1].min() == 1.0


def test_root_may_be_the_folder_or_the_file_as_text_or_path(tmp_path):
    path = write(tmp_path, tiny_arrays())
    expected = load_pneumoniamnist(tmp_path).train_images
    for root in (str(tmp_path), path, str(path)):
        np.testing.assert_array_equal(load_pneumoniamnist(root).train_images, expected)


def test_flat_labels_are_read_too(tmp_path):
    arrays = tiny_arrays()
    for split in COUNTS:
        arrays[f"{split}_labels"] = arrays[f"{split}_labels"][:, 0]
    films = load_pneumoniamnist(write(tmp_path, arrays))
    np.testing.assert_array_equal(films.train_labels, [0, 1, 0, 1, 0])


def test_source_has_the_citation_and_the_licence(tmp_path):
    source = load_pneumoniamnist(write(tmp_path, tiny_arrays())).source
    for words in ("CC BY 4.0", "Scientific Data 10:41", "Cell 172:1122", "children"):
        assert words in source


@pytest.mark.skipif(not (SHARED / "pneumoniamnist.npz").is_file(), reason=f"no pneumoniamnist.npz in {SHARED}")
def test_real_films_of_the_subset():
    films = load_pneumoniamnist(SHARED)
    for split in COUNTS:
        images, labels = getattr(films, f"{split}_images"), getattr(films, f"{split}_labels")
        assert images.shape == (len(labels), 1, 28, 28)
        assert images.min() >= 0.0
        assert images.max() <= 1.0
        assert images.max() > 0.9
        assert set(labels) == {0, 1}
        # Bone and heart are bright, air is dark: the spine in the middle outshines the lung beside it.
        mean = images[labels == 0].mean(axis=(0, 1))
        assert mean[10:18, 12:16].mean() > mean[10:18, 6:9].mean()


# Without root: medmnist's folder, then its download


def test_default_is_the_folder_of_medmnist(home, monkeypatch):
    write(home / ".medmnist", tiny_arrays())
    monkeypatch.setitem(sys.modules, "medmnist", None)  # not needed when the file is there
    assert len(load_pneumoniamnist().train_labels) == COUNTS["train"]


def test_medmnist_downloads_what_is_missing(home, monkeypatch):
    calls = []

    def download(**options):
        calls.append(options)
        write(home / ".medmnist", tiny_arrays())

    monkeypatch.setitem(sys.modules, "medmnist", SimpleNamespace(PneumoniaMNIST=download))
    assert len(load_pneumoniamnist().test_labels) == COUNTS["test"]
    assert calls == [{"split": "train", "download": True}]


def test_without_medmnist_the_error_says_how_to_get_it(home, monkeypatch):
    monkeypatch.setitem(sys.modules, "medmnist", None)
    with pytest.raises(FileNotFoundError, match=r"not on this machine.*pip install medmnist.*root="):
        load_pneumoniamnist()


def test_without_network_the_error_says_how_to_get_it(home, monkeypatch):
    def download(**options):
        raise RuntimeError("Automatic download failed!")

    monkeypatch.setitem(sys.modules, "medmnist", SimpleNamespace(PneumoniaMNIST=download))
    with pytest.raises(FileNotFoundError, match=r"could not be downloaded.*with a network.*root="):
        load_pneumoniamnist()


# Bad input


def test_a_folder_without_the_file_is_not_downloaded_into(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "medmnist", None)
    with pytest.raises(FileNotFoundError, match=r"root must lead to pneumoniamnist\.npz.*pip install medmnist"):
        load_pneumoniamnist(tmp_path)


def test_root_must_be_a_path():
    with pytest.raises(TypeError, match="root must be a path or None, but got 5"):
        load_pneumoniamnist(5)


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>"])
def test_damaged_file(tmp_path, content):
    (tmp_path / "pneumoniamnist.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"damaged or not an \.npz file\. Delete it"):
        load_pneumoniamnist(tmp_path)


def test_half_a_download(tmp_path):
    path = write(tmp_path, tiny_arrays())
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match="damaged"):
        load_pneumoniamnist(tmp_path)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("place", [0.02, 0.3, 0.7])
def test_a_bit_that_fell_over(tmp_path, compressed, place):
    """Whatever is wrong inside, a checksum or the packing, the sentence is the same."""
    path = tmp_path / "pneumoniamnist.npz"
    (np.savez_compressed if compressed else np.savez)(path, **tiny_arrays())
    content = bytearray(path.read_bytes())
    for at in range(3):
        content[round(place * len(content)) + at] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"damaged or not an \.npz file\. Delete it and get it again\. .*medmnist"):
        load_pneumoniamnist(tmp_path)


def test_objects_in_the_file_are_not_read(tmp_path):
    with pytest.raises(ValueError, match="damaged or not"):
        load_pneumoniamnist(write(tmp_path, tiny_arrays() | {"train_labels": np.array([{}, 1], dtype=object)}))


@pytest.mark.parametrize("key", ["train_images", "val_labels", "test_images"])
def test_missing_array(tmp_path, key):
    arrays = tiny_arrays()
    del arrays[key]
    with pytest.raises(ValueError, match=f"no array '{key}'"):
        load_pneumoniamnist(write(tmp_path, arrays))


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((5, 64, 64), np.uint8),
        np.zeros((5, 28, 28, 3), np.uint8),
        np.zeros((5, 28, 28), np.float32),
        np.zeros((28, 28), np.uint8),
    ],
)
def test_images_of_another_size_or_type(tmp_path, images):
    with pytest.raises(ValueError, match=r"train_images must be uint8 of shape \(n, 28, 28\)"):
        load_pneumoniamnist(write(tmp_path, tiny_arrays() | {"train_images": images}))


@pytest.mark.parametrize(
    "labels",
    [
        np.zeros((4, 1), np.uint8),  # one film has no label
        np.zeros((5, 2), np.uint8),
        np.array([[0], [1], [2], [0], [1]], np.uint8),
        np.array([[0.0], [1.0], [np.nan], [0.0], [1.0]]),
    ],
)
def test_labels_of_another_number_or_value(tmp_path, labels):
    with pytest.raises(ValueError, match="train_labels must be 0 or 1, one for each of the 5 films"):
        load_pneumoniamnist(write(tmp_path, tiny_arrays() | {"train_labels": labels}))
