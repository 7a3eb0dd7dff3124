"""The course's data: NHANES patients, synthetic films and what the models say of them, a loader for real films."""

from clinxai_teach.data._findings import CLASS_NAMES
from clinxai_teach.data.diabetes import AGE_GROUPS, DiabetesSplit, age_group, diabetes_split
from clinxai_teach.data.film_predictions import FILM_COHORTS, FilmPredictions, load_film_predictions
from clinxai_teach.data.nhanes import NhanesDiabetes, load_nhanes_diabetes
from clinxai_teach.data.pneumoniamnist import PneumoniaMNIST, load_pneumoniamnist
from clinxai_teach.data.radiographs import Radiographs, make_radiographs
from clinxai_teach.data.tool import DiabetesTool, diabetes_tool

__all__ = [
    "AGE_GROUPS",
    "CLASS_NAMES",
    "FILM_COHORTS",
    "DiabetesSplit",
    "DiabetesTool",
    "FilmPredictions",
    "NhanesDiabetes",
    "PneumoniaMNIST",
    "Radiographs",
    "age_group",
    "diabetes_split",
    "diabetes_tool",
    "load_film_predictions",
    "load_nhanes_diabetes",
    "load_pneumoniamnist",
    "make_radiographs",
]
