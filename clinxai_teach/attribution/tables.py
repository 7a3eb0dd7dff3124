"""Tables of patients whose columns keep their kinds: an integer code stays one, a category a category, text stays text.

A model may treat an integer, a truth value or a category in another way than the same number as a float. So a table
that is put together from several patients takes each value from its own column, in numpy, pandas or polars.
"""

import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clinxai_teach._types import IntArray
from clinxai_teach._validate import is_missing, plain_array, refuse_masked


def readable(name: str, table: Any) -> Any:
    """Return a pandas or polars table as it is, anything else as a numpy array; TypeError for other tables."""
    if isinstance(table, pd.DataFrame) or _is_polars(table):
        return table
    if any(hasattr(table, sign) for sign in ("collect", "toarray", "column_names", "columns")):
        raise TypeError(
            f"{name} must be an array, a pandas or a polars table, but got {type(table).__name__}. Most have a way to "
            "one: .to_pandas(), .collect() or .toarray()."
        )
    array = plain_array(name, table)
    if array.ndim == 0 and array.dtype == object:
        raise TypeError(
            f"{name} must be a table with one row per patient, but got {type(table).__name__}. Of shap.kmeans or a "
            "masker pass .data."
        )
    return array


def column_names(table: Any) -> list[Any] | None:
    """Return the names of a table's columns, or None for an array."""
    return None if isinstance(table, np.ndarray) else list(table.columns)


def with_patient(background: Any, x: Any) -> Any:
    """Return the table `background (m, d)` with the patient `x (d,)` as one more row, in columns of the same kinds.

    `x` is an array, a list, a row of a table (pandas Series, dict) or a table of one row. Raises ValueError where it is
    not one patient, TypeError where a value does not fit its column.

    Examples
    --------
    >>> with_patient(pd.DataFrame({"age": [60, 70], "male": [True, False]}), [50.0, 1.0]).values.tolist()
    [[60, True], [70, False], [50, True]]
    """
    refuse_masked("x", x)
    background = readable("background", background)
    values = _one_patient(x, column_names(background))
    if values is None or np.ndim(background) != 2 or len(background) == 0 or background.shape[1] != len(values):
        cure = " The patient of a table with one row is x[0]." if np.ndim(x) == 2 and len(x) == 1 else ""
        raise ValueError(
            f"x must be one patient (d,) and background (m, d), but the shapes are {np.shape(x)} and "
            f"{np.shape(background)}.{cure}"
        )
    if isinstance(background, np.ndarray):
        return _array_with(background, np.asarray(values))
    add = _pandas_column if isinstance(background, pd.DataFrame) else _polars_column
    return _like(background, [add(column, value) for column, value in zip(_columns(background), values, strict=True)])


def stacked(one: Any, other: Any) -> Any:
    """Return the rows of two tables of the same columns as one table."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.concatenate([np.asarray(one), np.asarray(other)])
    if isinstance(one, pd.DataFrame):
        return pd.concat([one, other], ignore_index=True)
    return one.vstack(other)


def mixed(table: Any, rows: IntArray) -> Any:
    """Return a table whose row i has in column j the value of row `rows[i, j]` of `table`.

    Examples
    --------
    >>> mixed(np.array([[1, 2], [3, 4]]), np.array([[0, 1], [1, 0]])).tolist()
    [[1, 4], [3, 2]]
    """
    if isinstance(table, np.ndarray):
        return table[rows, np.arange(table.shape[1])]
    if isinstance(table, pd.DataFrame):
        columns = [column.take(rows[:, j]).reset_index(drop=True) for j, column in enumerate(_columns(table))]
    else:
        columns = [column.gather(rows[:, j]) for j, column in enumerate(_columns(table))]
    return _like(table, columns)


def _is_polars(table: Any) -> bool:
    return type(table).__module__.partition(".")[0] == "polars" and type(table).__name__ == "DataFrame"


def _columns(table: Any) -> list[Any]:
    """Return the columns of a pandas or polars table, by position: names may stand twice."""
    return [table.iloc[:, j] if isinstance(table, pd.DataFrame) else table.to_series(j) for j in range(table.shape[1])]


def _like(table: Any, columns: list[Any]) -> Any:
    """Return a table of the same carrier and the same names, made of these columns."""
    if isinstance(table, pd.DataFrame):
        return pd.concat(columns, axis=1).set_axis(table.columns, axis=1)
    return type(table)(columns)


def _one_patient(x: Any, names: list[Any] | None) -> list[Any] | None:
    """Return the values of a patient in the order of `names`, or None if `x` is not one patient."""
    if isinstance(x, pd.DataFrame) or _is_polars(x):
        if len(x) != 1:
            return None
        x = {name: column.to_list()[0] for name, column in zip(x.columns, _columns(x), strict=True)}
    if isinstance(x, pd.Series | Mapping):
        if names is None:
            return list(x.values()) if isinstance(x, Mapping) else list(x)
        found = list(x.keys())
        if set(found) != set(names) or len(found) != len(names):
            raise ValueError("x and background must have the same columns, but their names differ.")
        return [x[name] for name in names]
    array = plain_array("x", x)
    if array.ndim != 1 or len(array) == 0:
        return None
    return list(array) if array.dtype.kind in "mM" else list(array.tolist())


def _array_with(background: Any, patient: Any) -> Any:
    """Return an array with one more row: in its own kind if that can hold the patient, else in one that holds both."""
    kinds = {array.dtype.kind for array in (background, patient)}
    if "c" in kinds or (kinds & set("USM") and len(kinds - set("US")) > 0 and "O" not in kinds):
        raise TypeError("x and background must hold numbers only, or both text. Encode texts as the model needs them.")
    with np.errstate(invalid="ignore"):  # a missing value has no whole number
        cast = patient.astype(background.dtype) if "O" not in kinds else patient
    same = cast == patient if kinds & set("USMO") else (cast == patient) | ((cast != cast) & (patient != patient))
    return np.concatenate([background, (cast if same.all() else patient)[None]])


def _pandas_column(column: Any, value: Any) -> Any:
    """Return a column with one more value, in its own kind."""
    known = not isinstance(column.dtype, pd.CategoricalDtype) or is_missing(value) or value in column.dtype.categories
    try:
        one = pd.Series([value], dtype=column.dtype) if known else None
    except (TypeError, ValueError):
        one = None
    if one is not None and _equal(one.iloc[0], value):
        return pd.concat([column, one], ignore_index=True)
    if not _widens(value) or column.dtype.kind not in "iuf":
        raise _misfit(column, value)
    wide = np.append(column.to_numpy(dtype=float, na_value=np.nan), np.nan if is_missing(value) else float(value))
    return pd.Series(wide, name=column.name)


def _polars_column(column: Any, value: Any) -> Any:
    """Return a column with one more value, in its own kind."""
    value = None if is_missing(value) and not isinstance(value, float) else value
    try:
        one = type(column)(column.name, [value], dtype=column.dtype, strict=False)
    except (TypeError, ValueError, OverflowError):
        one = None
    if one is not None and _equal(one[0], value):
        return column.clone().append(one)
    if not _widens(value) or not column.dtype.is_numeric():
        raise _misfit(column, value)
    return column.cast(float).append(type(column)(column.name, [value], dtype=float, strict=False))


def _widens(value: Any) -> bool:
    """Say whether a value can join numbers when these become floats: 1.5 or a missing value among whole numbers."""
    return is_missing(value) or isinstance(value, numbers.Real)


def _equal(stored: Any, value: Any) -> bool:
    return bool(is_missing(value)) if is_missing(stored) else bool(not is_missing(value) and stored == value)


def _misfit(column: Any, value: Any) -> TypeError:
    return TypeError(
        f"x has {value!r} in column {column.name!r}, which does not fit the kind {column.dtype} that the column has in "
        "background. Encode both alike."
    )
