"""Real chest films of children: a loader for PneumoniaMNIST, which is not part of this package."""

from __future__ import annotations

import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinxai_teach._types import IntArray

FILE_NAME = "pneumoniamnist.npz"
CLASS_NAMES = ("normal", "pneumonia")
SPLITS = ("train", "val", "test")
SIDE = 28  # pixels

HOW_TO_GET_IT = (
    f"To get the films, run `python -m pip install medmnist` and call load_pneumoniamnist() with a network; "
    f"or pass root=, the folder that holds a copy of {FILE_NAME}."
)
SOURCE = """\
PneumoniaMNIST, part of MedMNIST v2. Licence CC BY 4.0. Not for diagnosis.
Cite: Yang et al. 2023, MedMNIST v2, Scientific Data 10:41, https://doi.org/10.1038/s41597-022-01721-8
Films: Kermany et al. 2018, Cell 172:1122, children aged 1 to 5 years at one hospital. MedMNIST cut them
square and reduced them to 28 by 28 pixels.
"""


@dataclass(frozen=True, eq=False)
class PneumoniaMNIST:
    """Chest films of children in three splits.

    Each `..._images` is float32 `(n, 1, 28, 28)` in [0, 1], air black; each `..._labels` is int64 `(n,)`, an
    index into `class_names`; `source` is the citation and the licence.
    """

    train_images: NDArray[np.float32]
    train_labels: IntArray
    val_images: NDArray[np.float32]
    val_labels: IntArray
    test_images: NDArray[np.float32]
    test_labels: IntArray
    class_names: tuple[str, ...]
    source: str


def load_pneumoniamnist(root: str | os.PathLike[str] | None = None) -> PneumoniaMNIST:
    """Load PneumoniaMNIST, real chest films of children with and without pneumonia.

    Parameters
    ----------
    root : None, str or path
        The file, or the folder that holds `pneumoniamnist.npz`. None: the folder of the `medmnist` package,
        `.medmnist` in your home folder; where the file is not there, `medmnist` downloads it (4 MB).

    Returns
    -------
    PneumoniaMNIST
        Train, validation and test films and labels as the file splits them. A file with only some of the
        films works too: no number of films is assumed.

    Raises
    ------
    FileNotFoundError
        The file is not there, and could not be downloaded. The message says how to get it.
    ValueError
        The file is damaged, or is not PneumoniaMNIST with 28 by 28 pixels.
    TypeError
        `root` is not a path.

    Source: Yang et al. 2023, Scientific Data 10:41; films of Kermany et al. 2018, Cell 172:1122. CC BY 4.0.

    Examples
    --------
    >>> load_pneumoniamnist("no/such/folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    FileNotFoundError: root must lead to pneumoniamnist.npz, but no... does not exist. To get the films, run ...
    """
    path = _find_file(root)
    stored = _read_file(path)
    arrays: dict[str, Any] = {}
    for split in SPLITS:
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = _read_split(stored, split, path)
    return PneumoniaMNIST(**arrays, class_names=CLASS_NAMES, source=SOURCE)


def _read_file(path: Path) -> dict[str, NDArray[Any]]:
    """Return all arrays of the file; ValueError where a part of it cannot be read or fails its checksum."""
    try:
        if zipfile.is_zipfile(path):
            with np.load(path) as stored:
                return dict(stored)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        pass
    raise ValueError(f"{path} is damaged or not an .npz file. Delete it and get it again. {HOW_TO_GET_IT}")


def _find_file(root: str | os.PathLike[str] | None) -> Path:
    """Return the path of the file; with `root` None, download it where it is missing."""
    if root is None:
        path = Path.home() / ".medmnist" / FILE_NAME  # where medmnist itself keeps it
        if not path.is_file():
            _download()
        return path
    if not isinstance(root, str | os.PathLike):
        raise TypeError(f"root must be a path or None, but got {root!r}. Pass the folder that holds {FILE_NAME}.")
    path = Path(root).expanduser()
    if path.is_dir():
        path = path / FILE_NAME
    if not path.is_file():
        raise FileNotFoundError(f"root must lead to {FILE_NAME}, but {path} does not exist. {HOW_TO_GET_IT}")
    return path


def _download() -> None:
    """Let medmnist put the file into its own folder."""
    try:
        # Imported only here: medmnist is an extra, and it loads torch.
        import medmnist
    except ImportError as error:
        raise FileNotFoundError(f"PneumoniaMNIST is not on this machine. {HOW_TO_GET_IT}") from error
    try:
        medmnist.PneumoniaMNIST(split="train", download=True)
    except RuntimeError as error:  # medmnist's answer to every failed download
        raise FileNotFoundError(f"PneumoniaMNIST could not be downloaded. {HOW_TO_GET_IT}") from error


def _read_split(stored: dict[str, NDArray[Any]], split: str, path: Path) -> tuple[NDArray[np.float32], IntArray]:
    """Return images float32 `(n, 1, 28, 28)` in [0, 1] and labels int64 `(n,)` of one split, checked."""
    keys = f"{split}_images", f"{split}_labels"
    for key in keys:
        if key not in stored:
            raise ValueError(
                f"{path} has no array {key!r}, but only {sorted(stored)}. Pass MedMNIST's own {FILE_NAME}."
            )
    images, labels = stored[keys[0]], stored[keys[1]]
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise ValueError(
            f"{keys[0]} must be uint8 of shape (n, {SIDE}, {SIDE}), but {path} holds {images.dtype} of shape "
            f"{images.shape}. Pass {FILE_NAME}, not one of the larger sizes."
        )
    # MedMNIST stores the labels as a column.
    if labels.shape not in ((len(images), 1), (len(images),)) or not np.isin(labels, (0, 1)).all():
        raise ValueError(
            f"{keys[1]} must be 0 or 1, one for each of the {len(images)} films, but {path} holds shape "
            f"{labels.shape} and the values {np.unique(labels)[:4].tolist()}. Use MedMNIST's own {FILE_NAME}."
        )
    return images[:, np.newaxis].astype(np.float32) / np.float32(255), labels.reshape(-1).astype(np.int64)
