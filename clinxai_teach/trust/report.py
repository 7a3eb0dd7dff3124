"""The trust report: what a committee must know before a model may advise on patients, on one page."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NoReturn, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clinxai_teach._types import BoolArray, FloatArray, LabelArray
from clinxai_teach._validate import binary_outcome, group_labels, open_fraction, positive_int, random_generator
from clinxai_teach.calibration import calibration_null_band, reliability_curve
from clinxai_teach.conformal import SplitConformalClassifier, coverage_by_group
from clinxai_teach.conformal.evaluation import boolean_sets
from clinxai_teach.markup import as_html, as_markdown
from clinxai_teach.trust.alerts import alert_burden
from clinxai_teach.trust.content import ReportContent
from clinxai_teach.trust.document import figures, sections
from clinxai_teach.trust.parts import not_stated, refuse_if_incomplete
from clinxai_teach.trust.similarity import SimilarityCheck
from clinxai_teach.trust.subgroups import calibration_tests, members_by_group, ordered_labels, subgroup_table

FORMAT = "clinxai-teach trust report 3"
# What earlier formats did not hold, and what it was.
UNSTATED = {"explanation": None, "monitoring": None}
EARLIER: dict[str, dict[str, Any]] = {
    "clinxai-teach trust report 1": {"excluded": None, **UNSTATED},
    "clinxai-teach trust report 2": UNSTATED,
}


@dataclass(frozen=True)
class TrustReport(ReportContent):
    """A finished report. `trust_report` makes one; `TrustReport.from_json` reads one back, with nothing lost.

    Written by the author: `model_name, intended_use, failure_modes` (a list), `override`; and, None where left out,
    `data, dates, excluded` (a dict), `explanation, use_conditions, monitoring, version, model_hash` (a text, or a dict
    of what it is and its SHA-256). Computed, as plain lists and dicts (None where a number does not exist): `subgroups`
    (rows of `subgroup_report`), `miscalibrated` (rows of `miscalibrated_groups`), `alerts` (`alert_burden`),
    `reliability` (the curve, the null band of the ECE, how many probabilities are `certain`: exactly 0 or 1, and how
    many were `clipped` for the slope), `coverage` (rows by all, class and group), `similarity` (a text, a
    `SimilarityCheck`, or None), `data_hash` (SHA-256 of outcomes, probabilities and groups) and `settings`.

    `to_markdown()`, `to_html()` and `to_json()` return texts; `figures()` the drawings as SVG, by name;
    `subgroup_table()` the rows as a DataFrame. In a notebook it shows itself.

    No object of this class lacks a required part: making one without raises a ValueError that names the part. What
    may be left out and was, the report calls "Not stated".
    """

    def __post_init__(self) -> None:
        refuse_if_incomplete({**vars(self), "groups": self.subgroups})

    def to_markdown(self) -> str:
        """Return the report as Markdown; each figure in words."""
        return as_markdown(sections(self))

    def to_html(self) -> str:
        """Return the report as one HTML page with its figures. It needs no other file and no network."""
        return as_html(f"Trust report: {self.model_name}", sections(self))

    def to_json(self) -> str:
        """Return the report as JSON that keeps to `report_schema.json`; ValueError if it would not."""
        content = {"format": FORMAT, **dataclasses.asdict(self)}
        validate(content)
        return json.dumps(content, indent=2, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the report that `to_json` wrote. ValueError for anything else, with the place that is wrong.

        Reports of the formats 1 and 2 are read too; what they did not hold is not stated.
        """
        try:
            content = json.loads(text, parse_constant=_refuse)
        except ValueError as error:
            raise ValueError(f"text is no JSON: {error}. Pass what to_json() returned.") from None
        content = _brought_up_to_date(content)
        validate(content)
        return cls(**{name: value for name, value in content.items() if name != "format"})

    def figures(self) -> dict[str, str]:
        """Return the drawings as SVG texts: "ratios" (O/E by group) and "reliability"."""
        return {name: figure.svg for name, figure in figures(self).items()}

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def trust_report(
    model_name: str,
    y_true: ArrayLike,
    y_prob: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    intended_use: str | None = None,
    failure_modes: str | Sequence[str] | None = None,
    override: str | None = None,
    use_conditions: str | None = None,
    data: str | None = None,
    dates: str | None = None,
    excluded: Mapping[str, int] | None = None,
    explanation: str | None = None,
    monitoring: str | None = None,
    similarity: str | SimilarityCheck | None = None,
    version: str | None = None,
    model_hash: str | Mapping[str, str] | None = None,
    threshold: float = 0.5,
    clip: float | None = None,
    sets: ArrayLike | None = None,
    alpha: float = 0.1,
    n_bootstrap: int = 1000,
    seed: int | np.random.Generator | None = 0,
) -> TrustReport:
    """Compute everything a trust report says about a model, and bind it to what its author must say.

    `y_true` and `y_prob`, labels 0 and 1 and probabilities `(n,)`, come from patients who took no part in training.

    Required: `groups` (one label per patient; the name of a Series is used, and the order of an ordered Categorical)
    and the texts `intended_use`, `failure_modes` (one or a list) and `override`. Leave one out, or empty, and the error
    says what to write there.

    A complete report also has the texts `use_conditions`, `data`, `dates`, `explanation`, `monitoring` and `version`;
    `excluded`, who was left out of this table and how many, as a dict such as `{"known diabetes": 804}`; `model_hash`,
    the print of what gives the numbers, `fingerprint((model, recalibration))`, or a dict that names several, such as
    sister models that each judged a part; and `similarity`: a text, or better
    `SimilarityDetector().fit(X_train).check(X)`. Nothing is filled in for you: what you leave out, the report lists at
    its top as not stated.

    Parameters
    ----------
    threshold : float
        p >= threshold is an alert.
    clip : as in `subgroup_report`; the report says so
    sets : boolean `(n, 2)`, optional
        Prediction sets of these patients, calibrated on others. Without them, the patients are split at random into
        halves, and each half gets its sets (LAC) from the other.
    alpha : float
        The share of misses that the sets accept.
    n_bootstrap, seed : as in `subgroup_report`

    Returns
    -------
    TrustReport

    Raises
    ------
    TypeError, ValueError
        For bad arguments; a ValueError that lists all required parts that are missing.

    Examples
    --------
    >>> words = {"intended_use": "Teaching.", "failure_modes": "Few patients.", "override": "Always possible."}
    >>> y, p = [0, 0, 1, 1] * 100, [0.1, 0.3, 0.2, 0.8] * 100
    >>> report = trust_report("Example", y, p, groups=["A", "B"] * 200, n_bootstrap=50, **words)
    >>> report.alerts["alerts"], report.alerts["missed"]  # per 100 patients
    (25.0, 25.0)
    >>> trust_report("Example", y, p, groups=["A", "B"] * 200, intended_use="Teaching.", failure_modes="Few patients.")
    Traceback (most recent call last):
        ...
    ValueError: The trust report cannot be written: 1 required part(s) are missing. Nothing is filled in for you. Write:
    - override: when and how a clinician overrides, defers or stops; who is told; what works when it is down
    """
    written: dict[str, Any] = {
        "model_name": model_name,
        "intended_use": intended_use,
        "data": data,
        "dates": dates,
        "excluded": excluded,
        "explanation": explanation,
        "failure_modes": [failure_modes] if isinstance(failure_modes, str) else failure_modes,
        "use_conditions": use_conditions,
        "override": override,
        "monitoring": monitoring,
        "version": version,
        "model_hash": (dict(model_hash) or None) if isinstance(model_hash, Mapping) else model_hash,
    }
    some_groups = groups if groups is None or isinstance(groups, str) else "given"  # their labels are checked below
    refuse_if_incomplete({**written, "groups": some_groups})
    written |= dict.fromkeys(not_stated(written).keys() - {"similarity"})  # a text of spaces only is none
    written["excluded"] = _counts(written["excluded"])
    for name in written.keys() - {"excluded"}:
        _check_text(name, written[name])
    y, p = binary_outcome(y_true, y_prob)
    alpha = open_fraction("alpha", alpha)
    by = str(getattr(groups, "name", None) or "group")
    names, order = _as_texts(group_labels("groups", groups, len(y))), ordered_labels(groups)
    generator = random_generator(seed)
    members = members_by_group(names, None if order is None else [str(label) for label in order])
    table = subgroup_table(y, p, members, threshold=threshold, clip=clip, n_bootstrap=n_bootstrap, generator=generator)
    crossed = cross_fitted_sets(y, p, alpha, generator) if sets is None else _given_sets(sets, len(y))
    curve = reliability_curve(y, p)
    band = calibration_null_band(p, n_simulations=n_bootstrap, seed=generator)
    return TrustReport(
        **(written | {"failure_modes": list(written["failure_modes"])}),
        similarity=_similarity(similarity),
        data_hash=_data_hash(y, p, names),
        settings={
            "threshold": float(threshold),
            "clip": None if clip is None else float(clip),
            "alpha": alpha,
            "n_bootstrap": int(n_bootstrap),
            "seed": None if seed is None or isinstance(seed, np.random.Generator) else int(seed),
            "sets": "each half calibrated on the other" if sets is None else "given",
            "group_name": by,
        },
        subgroups=_rows(table),
        miscalibrated=_rows(calibration_tests(y, p, members)),
        alerts={name: _plain(value) for name, value in alert_burden(y, p, threshold=threshold)._asdict().items()},
        reliability={
            **{name: [_plain(value) for value in values] for name, values in dataclasses.asdict(curve).items()},
            "certain": int(np.count_nonzero((p == 0) | (p == 1))),
            "clipped": 0 if clip is None else int(np.count_nonzero((p < clip) | (p > 1 - clip))),
            "null_low": band.low,
            "null_high": band.high,
        },
        coverage=[
            {"by": kind, **row}
            for kind, labels, rows in (
                ("all", np.full(len(y), "all patients"), slice(None)),
                ("class", np.where(y == 1, "with the event", "without the event"), slice(None)),
                ("group", names, list(members)),
            )
            for row in _rows(coverage_by_group(y, crossed, labels).loc[rows])
        ],
    )


def cross_fitted_sets(y: FloatArray, p: FloatArray, alpha: float, generator: np.random.Generator) -> BoolArray:
    """Return prediction sets `(n, 2)`: half of the patients get theirs from a threshold of the other half."""
    if len(y) < 2:
        raise ValueError(
            "y_true needs at least 2 patients, but holds 1: each half gets its sets from the other. Pass more "
            "patients, or sets= that were calibrated on others."
        )
    table, half = np.column_stack([1 - p, p]), generator.permutation(len(y)) % 2
    sets = np.empty(table.shape, dtype=bool)
    for mine in (half == 0, half == 1):
        sets[mine] = SplitConformalClassifier(alpha).calibrate(y[~mine], table[~mine]).predict_set(table[mine])
    return sets


def _given_sets(sets: ArrayLike, n: int) -> BoolArray:
    table = boolean_sets(sets)
    if table.shape != (n, 2):
        raise ValueError(
            f"sets must have the shape ({n}, 2), a row per patient and a column each for no event and event, but has "
            f"{table.shape}. Take it from predict_set or conformal_predict for these patients."
        )
    return table


def validate(content: Any) -> None:
    """Raise a ValueError where a report, as JSON reads it, breaks `report_schema.json`: the place and the rule."""
    import jsonschema  # here, because importing it takes most of a second

    schema = json.loads((files("clinxai_teach.trust") / "report_schema.json").read_text(encoding="utf-8"))
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(content))
    if error is not None:
        place = "/".join(map(str, error.absolute_path)) or "the top"
        raise ValueError(f"The report breaks its schema at {place}: {error.message[:300]}")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number that JSON knows")


def _brought_up_to_date(content: Any) -> Any:
    """Return what an earlier format held as the present one holds it; anything else as it is."""
    if not isinstance(content, dict) or content.get("format") not in EARLIER:
        return content
    content = {**EARLIER[content["format"]], **content, "format": FORMAT}
    for part, added in (("settings", {"clip": None}), ("reliability", {"clipped": 0})):
        if isinstance(content.get(part), dict):
            content[part] = {**added, **content[part]}
    return content


def _check_text(name: str, value: Any) -> None:
    if name == "failure_modes":
        items = value
    else:
        items = [*value, *value.values()] if name == "model_hash" and isinstance(value, dict) else [value]
    for item in items:
        if item is not None and not isinstance(item, str):
            cure = "Pass fingerprint((model, recalibration))." if name == "model_hash" else "Write it in words."
            raise TypeError(f"{name} must be text, but is {type(item).__name__}. {cure}")


def _counts(excluded: Any) -> dict[str, int] | None:
    """Return who was left out and how many as a plain dict, also from a Series of counts."""
    if excluded is None:
        return None
    if not isinstance(excluded, (Mapping, pd.Series)):
        raise TypeError(
            'excluded must be a dict of who was left out and how many, such as {"known diabetes": 804}, but is '
            f"{type(excluded).__name__}."
        )
    counts = {}
    for who, n in excluded.items():
        if not isinstance(who, str) or not who.strip():
            raise TypeError(f"excluded must say in words who was left out, but holds the key {who!r}.")
        counts[who] = positive_int(f"excluded[{who!r}]", n, minimum=0)
    return counts


def _similarity(value: Any) -> dict[str, Any] | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        return {"text": value}
    if not isinstance(value, SimilarityCheck):
        raise TypeError(
            f"similarity must be a text or the result of SimilarityDetector.check, but is {type(value).__name__}."
        )
    return {name: _plain(number) for name, number in value._asdict().items()}


def _as_texts(labels: LabelArray) -> LabelArray:
    """Return the labels as texts; ValueError where two different labels look the same in print."""
    texts = {label: str(label) for label in labels}
    if len(set(texts.values())) < len(texts):
        raise ValueError("groups holds labels that look the same in print, such as 1 and '1'. Rename them.")
    return np.array([texts[label] for label in labels], dtype=object)


def _data_hash(y: FloatArray, p: FloatArray, names: LabelArray) -> str:
    content = json.dumps([y.astype(int).tolist(), p.tolist(), list(names)])
    return hashlib.sha256(content.encode()).hexdigest()


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dicts of plain values, its index as "group"."""
    records = table.rename_axis("group").reset_index().to_dict("records")
    return [{str(name): _plain(value) for name, value in record.items()} for record in records]


def _plain(value: Any) -> Any:
    """Return a number as JSON knows it: no numpy types, and None for NaN."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not np.isfinite(value) else value
