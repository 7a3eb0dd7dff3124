"""Models of several steps: what comes before the last step, and which of its columns come from which of the table's."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clinxai_teach._types import FloatArray, IntArray
from clinxai_teach._validate import feature_table
from clinxai_teach.attribution.tables import column_names, mixed


class Steps(NamedTuple):
    """The last step of a model, and `encode`, a function from the patients' table to the numbers that it gets.

    `encode` is None where there is nothing before the last step.
    """

    encode: Callable[[Any], FloatArray] | None
    last: Any


def take_apart(model: Any) -> Steps:
    """Return the Steps of a scikit-learn pipeline, or of any other model, which is its own last step."""
    before = []
    while hasattr(model, "steps") and hasattr(model, "named_steps"):
        if len(model.steps) > 1:
            before.append(model[:-1])
        model = model.steps[-1][1]

    def encode(table: Any) -> FloatArray:
        for steps in before:
            table = steps.transform(table)
        return np.asarray(table.toarray() if hasattr(table, "toarray") else table, dtype=np.float64)

    return Steps(encode if before else None, model)


def origins(encode: Callable[[Any], FloatArray], table: Any) -> IntArray:
    """Return, for each encoded column, the column of the table that it comes from; -1 if it never changes.

    It is tried out: each column of the table in turn is taken from the next patient. What changes must then be that
    patient's, and come from no other column. Raises a TypeError where a step mixes columns, as PCA does.
    """
    n, d = len(table), table.shape[1]
    own, following = np.arange(n), np.roll(np.arange(n), -1)
    before = encode(table)
    origin = np.full(before.shape[1], -1)
    for j in range(d):
        rows = np.tile(own[:, None], d)
        rows[:, j] = following
        after = encode(mixed(table, rows))
        changed = ~_equal(after, before).all(axis=0)
        if (changed & (origin >= 0)).any() or not _equal(after, before[following])[:, changed].all():
            raise TypeError(
                "model has a step that makes one column of several (as PCA or interactions do), so the trees' values "
                "cannot be given back to the columns. Use exact_shapley (up to 12 features)."
            )
        origin[changed] = j
    return origin


def with_another(table: Any) -> Any:
    """Return a table of numbers with one more patient, who differs from the first in every column.

    So `origins` sees every column change also where there is no background. Raises a ValueError for texts.
    """
    try:
        numbers = feature_table("X", table)
    except TypeError:
        raise ValueError(
            "background is missing: the model takes columns that are no numbers, which have no values without patients "
            "to compare with. Pass the training patients, or some."
        ) from None
    other = np.where(np.isnan(numbers[:1]), 0.0, numbers[:1] + 1)
    names = column_names(table)
    both = np.concatenate([numbers, other])
    return both if names is None else pd.DataFrame(both, columns=names)


def _equal(one: FloatArray, other: FloatArray) -> Any:
    return (one == other) | (np.isnan(one) & np.isnan(other))
