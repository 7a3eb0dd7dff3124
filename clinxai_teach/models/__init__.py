"""The course's network and its two trained versions. Needs torch."""

from clinxai_teach.models.network import ChestNet
from clinxai_teach.models.prediction import film_features, predict_proba
from clinxai_teach.models.weights import MODEL_NAMES, load_cxr_model

__all__ = ["MODEL_NAMES", "ChestNet", "film_features", "load_cxr_model", "predict_proba"]
