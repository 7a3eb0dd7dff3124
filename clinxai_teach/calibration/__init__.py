"""Section 18.3: what a probability means, and how to repair it. numpy and scipy only."""

from clinxai_teach.calibration.scaling import TemperatureScaling

__all__ = ["TemperatureScaling"]
