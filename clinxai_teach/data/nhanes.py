"""The NHANES 2017-2018 diabetes table: 5,018 adults, 13 features, and columns kept apart for audit."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import pandas as pd

from clinxai_teach._validate import one_of

TABLE_NAME = "nhanes_2017_2018.csv"
PROVENANCE_NAME = "nhanes_2017_2018_source.txt"
LABEL = "diabetes"

# Names end in the unit where there is one. What each column means is written here and nowhere else.
FEATURES = {
    "age_years": "age at screening, years; 80 stands for 80 and older",
    "male": "1 = male, 0 = female",
    "bmi_kg_m2": "body mass index, kg/m2",
    "waist_cm": "waist circumference, cm",
    "height_cm": "standing height, cm",
    "systolic_bp_mmhg": "systolic blood pressure, mmHg, mean of up to three readings",
    "pulse_per_min": "pulse, beats per minute",
    "hdl_mg_dl": "HDL cholesterol, mg/dL",
    "total_cholesterol_mg_dl": "total cholesterol, mg/dL",
    "income_ratio": "family income divided by the poverty line, no unit; 5 stands for 5 and more",
    "ever_smoker": "1 = smoked at least 100 cigarettes in life, 0 = did not",
    "vigorous_activity": "1 = vigorous sport or recreation in a typical week, 0 = none",
    "sleep_hours": "sleep on workdays, hours; 2 stands for less than 3, 14 for 14 and more",
}
AUDIT = {
    "race_ethnicity": "self-reported race and Hispanic origin, six groups: a social category, not biology",
    "education": "highest education, five levels",
    "hba1c_percent": "HbA1c, percent; part of the label's definition",
    "told_diabetes": 'ever told by a doctor: "yes", "no" or "borderline"; part of the label\'s definition',
    "takes_diabetes_pills": "1 = yes, 0 = no; treatment, so it follows the diagnosis. Asked only of people "
    "who take insulin or were told of diabetes, borderline or prediabetes. Missing mostly means not asked",
    "takes_insulin": "1 = yes, 0 = no; treatment, so it follows the diagnosis. Asked of everyone",
    "age_told_diabetes_years": "age when first told, years. Asked only of people told they have diabetes. "
    "Missing mostly means not asked",
    "told_prediabetes": "1 = yes, 0 = no. Not asked of people told of diabetes or borderline diabetes. "
    "Missing mostly means not asked",
}

TREATMENT = ["takes_diabetes_pills", "takes_insulin"]

# Whom the table can be asked for, and what that makes of the label.
PEOPLE = {
    "all": "It mixes people who know of their diabetes (told) with people who do not (190 of the 994).",
    "not told": "Here are only the 4,214 people whom no doctor told that they have diabetes (told: no, borderline, or "
    "not recorded). 190 of them have it by their HbA1c. The 804 who were told are left out.",
    "untreated": "Here are only the 4,142 people whom no doctor told that they have diabetes, and who take no tablets "
    "for it and no insulin. 157 of them have it by their HbA1c. Left out: the 804 who were told, and 72 who take such "
    "a drug.",
}

ABOUT = """\
NHANES 2017-2018: adults aged 20 or older with a measured HbA1c. One row per person; a missing value is NaN.

The label `diabetes` (y) is 1 where HbA1c is 6.5% or more, or a doctor told the person they have diabetes.
- It means "has diabetes on the day of the survey". It is not a future risk.
- {whom}
- Treatment changes the features: cholesterol, blood pressure, weight and habits are partly an effect of care.
- There are no survey weights here, so no number from this table describes the US population.

Features (X):
{features}

Audit columns: for checking a model, never for training one. The last six define the label or follow from it.
{audit}
"""


@dataclass(frozen=True, eq=False)
class NhanesDiabetes:
    """The NHANES table as a model needs it; the three tables share one index.

    `X` DataFrame, the 13 features in clinical units, float64, NaN where missing; `y` Series of 0 and 1 named
    "diabetes"; `audit` DataFrame, the columns kept out of the features; `description` what every column and
    the label mean; `source` where the data come from and the NCHS data use notice.
    """

    X: pd.DataFrame
    y: pd.Series
    audit: pd.DataFrame
    description: str
    source: str


def load_nhanes_diabetes(*, people: str = "all") -> NhanesDiabetes:
    """Load the NHANES diabetes table that comes with the package. No network is needed.

    Parameters
    ----------
    people : "all", "not told" or "untreated"
        "not told": only the 4,214 adults whom no doctor told that they have diabetes, 190 of whom have it. Whoever was
        told needs no test, so a tool that looks for unknown diabetes is judged among these. "untreated": of these, only
        the 4,142 who take no tablets for diabetes and no insulin, 157 of whom have it. Somebody treats the others
        already. Rows keep their numbers.

    Returns
    -------
    NhanesDiabetes
        `X` (n, 13) float64 and `y` (n,) int64, ready for scikit-learn; `audit` (n, 8); of "all" people n is 5,018,
        with 994 ones in y. `description` and `source` as text. Nothing is imputed. Each call reads the file again, so
        what you change in one result never shows in another. Print `description` before you model: it says what the
        label is not.

    Source: NHANES 2017-2018, National Center for Health Statistics; public domain. For statistical use only:
    do not try to identify anyone, and do not link the rows with other data about persons.

    Raises ValueError for other `people`.

    Examples
    --------
    >>> data = load_nhanes_diabetes()
    >>> data.X.shape, int(data.y.sum())
    ((5018, 13), 994)
    >>> told = data.audit["told_diabetes"] == "yes"
    >>> int((data.y[~told] == 1).sum())  # ill by their HbA1c, and no doctor has told them
    190
    >>> len(load_nhanes_diabetes(people="not told").y)
    4214
    >>> untreated = load_nhanes_diabetes(people="untreated")
    >>> len(untreated.y), int(untreated.y.sum())
    (4142, 157)
    """
    one_of("people", people, tuple(PEOPLE))
    folder = files("clinxai_teach.data")
    with (folder / TABLE_NAME).open("rb") as stream:
        table = pd.read_csv(stream)
    if people != "all":
        table = table[table["told_diabetes"] != "yes"]
    if people == "untreated":
        table = table[~table[TREATMENT].eq(1).any(axis="columns")]
    return NhanesDiabetes(
        X=table[list(FEATURES)].astype("float64"),
        y=table[LABEL].astype("int64"),
        audit=table[list(AUDIT)].copy(),
        description=ABOUT.format(whom=PEOPLE[people], features=_as_lines(FEATURES), audit=_as_lines(AUDIT)),
        source=(folder / PROVENANCE_NAME).read_text(encoding="utf-8"),
    )


def _as_lines(columns: Mapping[str, str]) -> str:
    """Return one line of text per column: its name and what it means."""
    return "\n".join(f"- {name}: {meaning}" for name, meaning in columns.items())
