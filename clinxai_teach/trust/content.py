"""What a trust report holds: written by its author, or computed. `report` makes and saves it, `document` tells it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class ReportContent:
    """The fields of a `TrustReport`; its docstring says what each of them is."""

    model_name: str
    intended_use: str
    data: str | None
    dates: str | None
    excluded: dict[str, int] | None
    explanation: str | None
    failure_modes: list[str]
    similarity: dict[str, Any] | None
    use_conditions: str | None
    override: str
    monitoring: str | None
    version: str | None
    model_hash: str | dict[str, str] | None
    data_hash: str
    settings: dict[str, Any]
    subgroups: list[dict[str, Any]]
    miscalibrated: list[dict[str, Any]]
    alerts: dict[str, Any]
    reliability: dict[str, Any]
    coverage: list[dict[str, Any]]

    def subgroup_table(self) -> pd.DataFrame:
        """Return the table of `subgroup_report` that the report holds, with the group's names as texts."""
        table = pd.DataFrame(self.subgroups).set_index("group")
        measures = [name for name in table if name not in ("n", "events", "insufficient")]
        return table.astype(dict.fromkeys(measures, "float64"))
