"""Section 18.2: which parts of the input raised a model's score.

Each name loads when it is first asked for: what explains a network needs torch, `shap_explanation` needs shap, and
`exact_shapley` neither.
"""

from typing import TYPE_CHECKING

from clinxai_teach._lazy import lazily

if TYPE_CHECKING:
    from clinxai_teach.attribution.covering import occlusion
    from clinxai_teach.attribution.deletion import DeletionCurve, deletion_curve
    from clinxai_teach.attribution.gradcam import GradCAM, grad_cam, scale_for_display, upsample
    from clinxai_teach.attribution.gradients import saliency
    from clinxai_teach.attribution.integration import integrated_gradients
    from clinxai_teach.attribution.localisation import mass_in_mask, neighbourhood, pointing_game
    from clinxai_teach.attribution.path import IntegratedGradients
    from clinxai_teach.attribution.sanity import randomization_test
    from clinxai_teach.attribution.shap_values import shap_explanation
    from clinxai_teach.attribution.shapley import ShapleyValues, exact_shapley
    from clinxai_teach.attribution.smooth import smooth_grad

__getattr__, __dir__ = lazily(
    __name__,
    {
        "covering": "occlusion",
        "deletion": "DeletionCurve deletion_curve",
        "gradcam": "GradCAM grad_cam scale_for_display upsample",
        "gradients": "saliency",
        "integration": "integrated_gradients",
        "localisation": "mass_in_mask neighbourhood pointing_game",
        "path": "IntegratedGradients",
        "sanity": "randomization_test",
        "shap_values": "shap_explanation",
        "shapley": "ShapleyValues exact_shapley",
        "smooth": "smooth_grad",
    },
)

__all__ = [
    "DeletionCurve",
    "GradCAM",
    "IntegratedGradients",
    "ShapleyValues",
    "deletion_curve",
    "exact_shapley",
    "grad_cam",
    "integrated_gradients",
    "mass_in_mask",
    "neighbourhood",
    "occlusion",
    "pointing_game",
    "randomization_test",
    "saliency",
    "scale_for_display",
    "shap_explanation",
    "smooth_grad",
    "upsample",
]
