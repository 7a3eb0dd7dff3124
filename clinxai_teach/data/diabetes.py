"""The NHANES people as sections 18.3 to 18.5 use them: one split in three parts, and three age groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clinxai_teach._types import LabelArray
from clinxai_teach._validate import numbers_or_nan, positive_int
from clinxai_teach.data.nhanes import load_nhanes_diabetes

AGE_GROUPS = {"20-39 years": (20, 40), "40-59 years": (40, 60), "60 and over": (60, 200)}


@dataclass(frozen=True, eq=False)
class DiabetesSplit:
    """The NHANES people in three parts, each a DataFrame of features `X_...` and a Series of labels `y_...`.

    `train` (49%): the model learns from them; `calib` (21%): repairs and thresholds are learned from them; `test`
    (30%): everything is judged on them, nothing is learned from them. `rest` is training and calibration part together,
    for a model that needs no repair. `audit` holds the audit columns of the test people, in the same order.
    """

    X_rest: pd.DataFrame
    y_rest: pd.Series
    X_train: pd.DataFrame
    y_train: pd.Series
    X_calib: pd.DataFrame
    y_calib: pd.Series
    X_test: pd.DataFrame
    y_test: pd.Series
    audit: pd.DataFrame


def diabetes_split(*, people: str = "all", random_state: int = 14) -> DiabetesSplit:
    """Return the people of `load_nhanes_diabetes` in a training, a calibration and a test part: a `DiabetesSplit`.

    Each part has the same share of people with diabetes. 14 is the split of the whole course: of 30 that were tried,
    the one whose numbers lie nearest the average of all. Another `random_state` deals the same people anew.

    `people` are those of `load_nhanes_diabetes`: "all", "not told" or "untreated".

    Raises TypeError or ValueError unless `random_state` is a whole number of at least 0, and for other `people`.

    Examples
    --------
    >>> people = diabetes_split()
    >>> len(people.y_train), len(people.y_calib), len(people.y_test)
    (2458, 1054, 1506)
    >>> round(float(people.y_calib.mean()), 3), round(float(people.y_test.mean()), 3)
    (0.198, 0.198)
    >>> unknown = diabetes_split(people="not told")
    >>> len(unknown.y_test), int(unknown.y_test.sum())
    (1265, 57)
    """
    from sklearn.model_selection import train_test_split  # here, because whoever draws films needs no scikit-learn

    seed = positive_int("random_state", random_state, minimum=0)
    data = load_nhanes_diabetes(people=people)
    X_rest, X_test, y_rest, y_test = train_test_split(data.X, data.y, test_size=0.3, stratify=data.y, random_state=seed)
    X_train, X_calib, y_train, y_calib = train_test_split(
        X_rest, y_rest, test_size=0.3, stratify=y_rest, random_state=seed
    )
    return DiabetesSplit(
        X_rest, y_rest, X_train, y_train, X_calib, y_calib, X_test, y_test, data.audit.loc[X_test.index]
    )


def age_group(age_years: ArrayLike) -> LabelArray:
    """Return the name of each person's age group, one of `AGE_GROUPS`; "unknown" below 20 and for a missing age.

    Raises TypeError where `age_years` holds no numbers, ValueError for masked values.

    Examples
    --------
    >>> age_group([20, 39, 40, 80]).tolist()
    ['20-39 years', '20-39 years', '40-59 years', '60 and over']
    """
    age = numbers_or_nan("age_years", age_years)
    return np.select([(low <= age) & (age < high) for low, high in AGE_GROUPS.values()], list(AGE_GROUPS), "unknown")
