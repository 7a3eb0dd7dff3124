"""Helpers of the ClinXAI Teach course: interpretability and uncertainty for clinical AI.

The modules follow the sections of the course. Import the one you need, for example
`from clinxai_teach.calibration import TemperatureScaling`. Importing the package alone loads neither torch nor shap.
Nothing here is medical advice, and no model here may be used on a patient.
"""

__version__ = "0.1.0"
