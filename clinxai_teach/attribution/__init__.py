"""Section 18.2: which parts of the input raised a model's score. Needs torch."""

from clinxai_teach.attribution.gradcam import GradCAM, grad_cam, scale_for_display, upsample
from clinxai_teach.attribution.localisation import mass_in_mask, neighbourhood, pointing_game

__all__ = [
    "GradCAM",
    "grad_cam",
    "mass_in_mask",
    "neighbourhood",
    "pointing_game",
    "scale_for_display",
    "upsample",
]
