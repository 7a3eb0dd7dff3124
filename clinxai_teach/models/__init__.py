"""The course's network and its two trained versions. Each name loads when it is first asked for, and needs torch."""

from typing import TYPE_CHECKING

from clinxai_teach._lazy import lazily

if TYPE_CHECKING:
    from clinxai_teach.models.network import ChestNet
    from clinxai_teach.models.prediction import film_features, predict_proba
    from clinxai_teach.models.weights import MODEL_NAMES, load_cxr_model

__getattr__, __dir__ = lazily(
    __name__,
    {"network": "ChestNet", "prediction": "film_features predict_proba", "weights": "MODEL_NAMES load_cxr_model"},
)

__all__ = ["MODEL_NAMES", "ChestNet", "film_features", "load_cxr_model", "predict_proba"]
