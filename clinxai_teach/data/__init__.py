"""The course's data: NHANES patients, synthetic chest films, and a loader for real films."""

from clinxai_teach.data.nhanes import NhanesDiabetes, load_nhanes_diabetes
from clinxai_teach.data.pneumoniamnist import PneumoniaMNIST, load_pneumoniamnist
from clinxai_teach.data.radiographs import Radiographs, make_radiographs

__all__ = [
    "NhanesDiabetes",
    "PneumoniaMNIST",
    "Radiographs",
    "load_nhanes_diabetes",
    "load_pneumoniamnist",
    "make_radiographs",
]
