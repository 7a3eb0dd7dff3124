"""The course's data: NHANES patients, synthetic chest films, and a loader for real films."""

from clinxai_teach.data._findings import CLASS_NAMES
from clinxai_teach.data.diabetes import AGE_GROUPS, DiabetesSplit, age_group, diabetes_split
from clinxai_teach.data.nhanes import NhanesDiabetes, load_nhanes_diabetes
from clinxai_teach.data.pneumoniamnist import PneumoniaMNIST, load_pneumoniamnist
from clinxai_teach.data.radiographs import Radiographs, make_radiographs

__all__ = [
    "AGE_GROUPS",
    "CLASS_NAMES",
    "DiabetesSplit",
    "NhanesDiabetes",
    "PneumoniaMNIST",
    "Radiographs",
    "age_group",
    "diabetes_split",
    "load_nhanes_diabetes",
    "load_pneumoniamnist",
    "make_radiographs",
]
