"""A bought diabetes tool, and what it says to every person of the NHANES table: the tool of section 18.3."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clinxai_teach._types import BoolArray, FloatArray, IntArray
from clinxai_teach._validate import positive_int
from clinxai_teach.data.nhanes import load_nhanes_diabetes

N_PARTS = 5


@dataclass(frozen=True, eq=False)
class DiabetesTool:
    """What the tool says to each of the 5,018 people, in the order of `load_nhanes_diabetes()`.

    `z` (n,) is the tool's logit for a person whom it has never seen, so `sigmoid(z)` is what she is told. `y` (n,) is 1
    where she has diabetes, `told` (n,) True where a doctor told her so long ago: the tool is not meant for these.

    `part` (n,) is 0 to 4. The five sister tools each learned from three parts; the one for part k keeps part k + 1 (4:
    part 0) for repairs and has the scores `z` in part k. `z_calib` (n,) are a person's logits by the sister for which
    she is in the part kept for repairs. So a repair for part k is learned from `z_calib` where `part == (k + 1) % 5`.

    `X` and `audit` are the tables of `load_nhanes_diabetes()`.
    """

    z: FloatArray
    y: IntArray
    told: BoolArray
    part: IntArray
    z_calib: FloatArray
    X: pd.DataFrame
    audit: pd.DataFrame


def diabetes_tool(*, equal_parts: bool = True, random_state: int = 14) -> DiabetesTool:
    """Return the scores of a tool that learned from all adults, whether or not they were told that they have diabetes.

    The tool is gradient boosting of shallow trees. Each person is judged by a sister tool that has not seen her (five
    parts), so all can be counted together.

    Returns a `DiabetesTool`. With `equal_parts` each part has the same share of people told, and not told, with
    diabetes; a repair learned in one part is then nearly right on average in the next by this alone. Without it chance
    deals the parts, as it deals patients to practices. `random_state` deals them; TypeError or ValueError unless it is
    a whole number of at least 0.

    Examples
    --------
    >>> tool = diabetes_tool()
    >>> for_whom = ~tool.told
    >>> len(tool.y), int(tool.y.sum()), int(for_whom.sum()), int(tool.y[for_whom].sum())
    (5018, 994, 4214, 190)
    """
    from sklearn.ensemble import HistGradientBoostingClassifier  # here, because whoever draws films needs none
    from sklearn.model_selection import KFold, StratifiedKFold

    seed = positive_int("random_state", random_state, minimum=0)
    data = load_nhanes_diabetes()
    y, told = data.y.to_numpy(), (data.audit["told_diabetes"] == "yes").to_numpy()
    part = np.zeros(len(y), dtype=np.int64)
    dealer = (StratifiedKFold if equal_parts else KFold)(N_PARTS, shuffle=True, random_state=seed)
    for k, (_, rows) in enumerate(dealer.split(data.X, 2 * y + told)):
        part[rows] = k
    z, z_calib = np.zeros(len(y)), np.zeros(len(y))
    for k in range(N_PARTS):
        judged, kept = part == k, part == (k + 1) % N_PARTS
        learned = ~(judged | kept)
        model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
        model.fit(data.X[learned], y[learned])
        z[judged], z_calib[kept] = (model.decision_function(data.X[rows]) for rows in (judged, kept))
    return DiabetesTool(z, y, told, part, z_calib, data.X, data.audit)
