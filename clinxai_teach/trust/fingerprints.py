"""Which model is this? The SHA-256 of what was learned: the same in every process, and after saving and reading.

A thing is taken apart until only plain values remain. Each part is hashed with its kind, and what holds parts is hashed
with their hashes (a Merkle tree). A pickle would not do: it also holds the bytes between two numbers, which of two
equal texts is the same object, and the name of the file in which a class was written.
"""

import copyreg
import hashlib
import json
import random
import sys
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

# What says how, where and how fast a model of a table was fitted, not what it learned.
RUN = {"n_jobs", "n_threads", "verbose", "memory", "cv_results_", "refit_time_", "_sklearn_version", "_stop_words_id"}
GENERATORS = (random.Random, np.random.RandomState, np.random.Generator, np.random.BitGenerator)
CONSTANTS = (bool, int, float, str, bytes, tuple, np.ndarray)


class Parts(NamedTuple):
    """A thing taken apart: its `kind`, its own `content`, and the parts that it `holds`, `ordered` or not."""

    kind: str
    content: bytes = b""
    holds: Sequence[Any] = ()
    ordered: bool = True


def fingerprint(thing: Any) -> str:
    """Return the SHA-256 of a model or of data, 64 characters: two things with the same one are the same.

    `thing` is a fitted model or preprocessing of scikit-learn (LightGBM, XGBoost, CatBoost), a torch module, a state
    dict, a tensor, an array, a DataFrame, a repair or a detector of this course, or a tuple, list or dict of these and
    of numbers and texts: `(model, recalibration, threshold)` is what a clinic really uses. A path, as a text or a Path,
    gives the SHA-256 of the file's bytes.

    It is that of the type, the parameters and what was learned, in a fixed order. It is equal in every process, and
    after saving and reading with the same version of the library. It does not matter where a class was written, on how
    many threads or on which device a model runs, whether it is in training mode, or which random numbers come next. Of
    a class it sees only the name, not the code of its methods: state the version of the code beside it.

    Raises TypeError for what cannot be taken apart, such as a TorchScript module, and says the way out;
    FileNotFoundError for a path without a file.

    Examples
    --------
    >>> model, repaired = {"weights": np.array([1.0, 2.0])}, {"weights": np.array([1.0, 2.0]), "temperature": 1.5}
    >>> fingerprint(model) == fingerprint({"weights": np.array([1.0, 2.0])})
    True
    >>> fingerprint(model) == fingerprint(repaired), len(fingerprint(model))
    (False, 64)
    """
    if isinstance(thing, (str, Path)):
        return hashlib.sha256(_file(Path(thing))).hexdigest()
    try:
        return _digest(thing, ()).hex()
    except RecursionError:
        _refuse(thing, "is nested too deeply")


def _digest(thing: Any, above: tuple[int, ...]) -> bytes:
    """Return the SHA-256 of one part; `above` names the parts that hold it, so that a circle ends."""
    if id(thing) in above:
        return _hash(b"circle", str(above[::-1].index(id(thing))).encode())
    parts = take_apart(thing)
    below = (*above, id(thing))
    held = [_digest(part, below) for part in parts.holds]
    return _hash(parts.kind.encode(), parts.content, *(held if parts.ordered else sorted(held)))


def _hash(*pieces: bytes) -> bytes:
    """Return the SHA-256 of some pieces; where one ends and the next begins counts too."""
    return hashlib.sha256(b"".join(len(piece).to_bytes(8, "big") + piece for piece in pieces)).digest()


def take_apart(thing: Any) -> Parts:
    """Return the `Parts` of one thing; TypeError for what has none."""
    if thing is None or isinstance(thing, (bool, int, float, complex, str, bytes, bytearray)):
        return _plain_value(thing)
    if isinstance(thing, np.generic) and thing.dtype.kind in "biuf" and thing.dtype.itemsize <= 8:
        return take_apart(thing.item())
    if isinstance(thing, dict):
        return Parts("dict", holds=list(thing.items()), ordered=False)
    if type(thing) in (list, tuple):
        return Parts("sequence", holds=thing)
    if isinstance(thing, (set, frozenset)):
        return Parts("set", holds=list(thing), ordered=False)
    if isinstance(thing, Path):
        return Parts("file", _file(thing))
    if isinstance(thing, (np.ndarray, np.generic)):
        return _array(np.asanyarray(thing))
    if isinstance(thing, type):
        return Parts("type", thing.__name__.encode())
    if isinstance(thing, FunctionType):
        return _function(thing)
    if isinstance(thing, CodeType):
        return Parts("code", thing.co_code, [thing.co_consts, thing.co_names, thing.co_varnames, thing.co_argcount])
    if isinstance(thing, (*GENERATORS, weakref.ref)):  # what comes next, or where something lies: nothing learned
        return Parts(type(thing).__name__)
    return _table(thing) or _of_torch(thing) or _model_of_trees(thing) or _object(thing)


def _plain_value(value: Any) -> Parts:
    """Return a number, text or None with its kind: 1, 1.0, True and "1" differ."""
    for kind in (str, bytes, bytearray, bool, int, float, complex):
        if isinstance(value, kind):
            break
    if isinstance(value, (bytes, bytearray)):
        return Parts("bytes", bytes(value))
    if isinstance(value, str):
        return Parts("text", str.encode(value, "utf-8", "surrogatepass"))
    return Parts("none") if value is None else Parts(kind.__name__, repr(kind(value)).encode())


def _file(path: Path) -> bytes:
    if path.is_dir():
        raise TypeError(f"{path} is a folder and has no fingerprint. Pass a list of its files, each as a Path.")
    return path.read_bytes()


# ---- arrays and tables ---------------------------------------------------------------------------------


def _array(array: NDArray[Any]) -> Parts:
    """Return the type, shape and values of an array, whatever lies between or under them in memory."""
    if isinstance(array, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(array)
        return Parts("masked array", holds=[mask, np.where(mask, np.zeros_like(array.data), array.data)])
    array, shape = np.asarray(array), str(array.shape).encode()
    if array.dtype.names is not None:  # field by field: between them may lie bytes that mean nothing
        return Parts("records", shape, [(name, array[name]) for name in array.dtype.names])
    if array.dtype.kind in "OUST":
        values = array.ravel().tolist()
        if all(type(value) is str for value in values):
            return Parts("texts", shape + json.dumps(values).encode())
        return Parts("values", shape, values)
    if array.dtype.kind in "fc" and np.finfo(array.dtype).bits > 64:
        _refuse(array, f"holds numbers of the kind {array.dtype}, which other machines do not know")
    if array.dtype.kind == "f":  # NaN has several patterns of bits
        array = np.where(np.isnan(array), array.dtype.type(np.nan), array)
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return Parts("array", f"{array.dtype.str} {array.shape} ".encode() + array.tobytes())


def _table(thing: Any) -> Parts | None:
    """Return a table or a column of pandas or polars, or a sparse matrix; None for anything else."""
    if isinstance(thing, pd.DataFrame):
        columns = [_column(thing.iloc[:, place]) for place in range(thing.shape[1])]
        return Parts("DataFrame", holds=[thing.columns, thing.index, columns])
    if isinstance(thing, pd.Series):
        return Parts("Series", holds=[thing.name, thing.index, _column(thing)])
    if isinstance(thing, pd.Index):
        return Parts("Index", holds=[list(thing.names), _column(thing)])
    if polars := sys.modules.get("polars"):
        if isinstance(thing, polars.DataFrame):
            return Parts("polars DataFrame", holds=thing.get_columns())
        if isinstance(thing, polars.Series):
            return Parts("polars Series", holds=[thing.name, str(thing.dtype), thing.to_list()])
    return _sparse(thing) if issparse(thing) else None


def _sparse(matrix: Any) -> Parts:
    rows = csr_array(matrix, copy=True)
    rows.sum_duplicates()
    places = rows.indices.astype(np.int64), rows.indptr.astype(np.int64)
    return Parts("sparse", holds=[matrix.format, matrix.shape, rows.data, *places])


def _column(column: "pd.Series | pd.Index") -> list[Any]:
    """Return the kind of a column and its values: a whole number, a truth value, a text and a category differ."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        category = pd.Categorical(column)
        return ["category", category.ordered, category.categories, category.codes]
    plain = isinstance(column.dtype, np.dtype)
    return [str(column.dtype), column.to_numpy() if plain else column.to_numpy(dtype=object)]


# ---- what other libraries learn ------------------------------------------------------------------------


def _of_torch(thing: Any) -> Parts | None:
    """Return a tensor or a module of torch; None for anything else. Without torch there is none."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    if isinstance(thing, torch.Tensor):
        if thing.layout != torch.strided or thing.is_quantized or thing.is_meta:
            _refuse(thing, f"is of a kind whose values do not lie in rows ({thing.layout}, {thing.dtype})")
        values = thing.detach().resolve_conj().resolve_neg().cpu().contiguous()
        return Parts(f"{thing.dtype} {tuple(thing.shape)}", values.reshape(-1).view(torch.uint8).numpy().tobytes())
    if isinstance(thing, torch.jit.ScriptModule):
        raise TypeError(
            "A TorchScript module has no fingerprint: its code cannot be read. Pass the nn.Module that it was made "
            "from, or the path of the saved file."
        )
    if isinstance(thing, torch.nn.Module):
        if "_orig_mod" in thing._modules:  # torch.compile's wrapper around a module
            return take_apart(thing._orig_mod)
        of_torch = {*vars(torch.nn.Module()), "_compiled_call_impl", "_is_torch_compile"}
        own = {name: value for name, value in vars(thing).items() if name not in of_torch}
        learned = [thing._parameters, thing._buffers, thing._modules]
        return Parts("module", holds=[type(thing).__name__, own, *map(dict, learned)])
    if isinstance(thing, (torch.device, torch.Generator)):
        return Parts(type(thing).__name__)
    return None


def _model_of_trees(thing: Any) -> Parts | None:
    """Return the trees that some libraries save with a date or a count beside them; None for anything else."""
    if hasattr(thing, "model_to_string"):
        trees, _, _ = thing.model_to_string().partition("\nparameters:")
        return Parts("LightGBM", trees.encode())
    if hasattr(thing, "save_raw"):
        return Parts("XGBoost", bytes(thing.save_raw(raw_format="ubj")))
    if hasattr(thing, "get_tree_stats"):  # scikit-learn's tree of neighbours; it counts how often it was asked
        return Parts(type(thing).__name__, holds=[np.asarray(array) for array in thing.get_arrays()])
    if hasattr(thing, "save_model") and hasattr(thing, "get_leaf_values") and thing.is_fitted():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.json"
            thing.save_model(str(path), format="json")
            model = json.loads(path.read_text(encoding="utf-8"))
        classes = model.pop("model_info").get("class_params")
        return Parts("CatBoost", holds=[type(thing).__name__, classes, model])
    return None


def _function(function: FunctionType) -> Parts:
    """Return a function's code, with the numbers and texts that it takes from outside."""
    around = function.__globals__
    used = {name: around[name] for name in function.__code__.co_names if isinstance(around.get(name), CONSTANTS)}
    enclosed = [cell.cell_contents for cell in function.__closure__ or ()]
    defaults = [function.__defaults__, function.__kwdefaults__]
    return Parts("function", holds=[function.__code__, *defaults, enclosed, used])


def _object(thing: Any) -> Parts:
    """Return the type of any other object and what it would save of itself."""
    try:
        own_way = copyreg.dispatch_table.get(type(thing))
        saved = own_way(thing) if own_way else thing.__reduce_ex__(4)
    except Exception:  # each library has its own
        _refuse(thing, "cannot be saved and read again")
    if isinstance(saved, str):
        return Parts("name", saved.encode())
    _, arguments, state, items, pairs = (*saved, None, None, None)[:5]
    if hasattr(thing, "get_params") and isinstance(state, dict):
        state = {name: value for name, value in state.items() if name not in RUN}
    return Parts("object", holds=[type(thing).__name__, arguments, state, list(items or ()), list(pairs or ())])


def _refuse(thing: Any, why: str) -> NoReturn:
    raise TypeError(
        f"{type(thing).__name__} has no fingerprint: it {why}. Save the model to a file and pass its path, or pass "
        "what it learned: a dict or a list of arrays, numbers and texts."
    )
