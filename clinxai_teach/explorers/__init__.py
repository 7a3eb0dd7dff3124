"""Sliders that move one picture: each explorer draws what the helpers compute, and says it in words.

Put an explorer on the last line of a cell, or call its `.show()`. Importing this loads neither torch nor ipywidgets.
"""

from clinxai_teach.explorers.base import Choice, Explorer, Slider, Toggle
from clinxai_teach.explorers.marker import MarkerExplorer

__all__ = ["Choice", "Explorer", "MarkerExplorer", "Slider", "Toggle"]
