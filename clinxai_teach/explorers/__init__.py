"""Sliders that move one picture: each explorer draws what the helpers compute, and says it in words.

Put an explorer on the last line of a cell, or call its `.show()`. Importing this loads neither torch nor ipywidgets.

An explorer's file has two parts. What is computed prepares the helpers' results for this one picture and draws nothing;
a test holds it to that. What is drawn and touched only calls it.
"""

from clinxai_teach.explorers.alpha import AlphaCohort, AlphaExplorer
from clinxai_teach.explorers.base import Button, Choice, Explorer, LogSlider, Slider, Toggle
from clinxai_teach.explorers.deferral import DeferralCohort, DeferralExplorer
from clinxai_teach.explorers.dropout import DropoutExplorer
from clinxai_teach.explorers.gradcam import GradCAMExplorer
from clinxai_teach.explorers.instability import InstabilityExplorer
from clinxai_teach.explorers.integrated_gradients import IntegratedGradientsExplorer
from clinxai_teach.explorers.log_odds import LogOddsExplorer
from clinxai_teach.explorers.marker import MarkerExplorer
from clinxai_teach.explorers.predict import PredictFirst
from clinxai_teach.explorers.shapley import ShapleyExplorer
from clinxai_teach.explorers.still import StillPicture
from clinxai_teach.explorers.team import TeamExplorer
from clinxai_teach.explorers.temperature import TemperatureCohort, TemperatureExplorer
from clinxai_teach.forms import ChecklistForm

__all__ = [
    "AlphaCohort",
    "AlphaExplorer",
    "Button",
    "ChecklistForm",
    "Choice",
    "DeferralCohort",
    "DeferralExplorer",
    "DropoutExplorer",
    "Explorer",
    "GradCAMExplorer",
    "InstabilityExplorer",
    "IntegratedGradientsExplorer",
    "LogOddsExplorer",
    "LogSlider",
    "MarkerExplorer",
    "PredictFirst",
    "ShapleyExplorer",
    "Slider",
    "StillPicture",
    "TeamExplorer",
    "TemperatureCohort",
    "TemperatureExplorer",
    "Toggle",
]
