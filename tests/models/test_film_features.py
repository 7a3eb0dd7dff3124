"""What the network sees in films, as numbers."""

import numpy as np
import pytest
import torch

from clinxai_teach.data import make_radiographs
from clinxai_teach.models import film_features, load_cxr_model


@pytest.fixture(scope="module")
def films():
    return make_radiographs(6, seed=100, marker="random").images


def test_film_features_are_what_the_last_layer_sees(films, unchanged):
    model = load_cxr_model("clean")
    images = torch.as_tensor(films)
    with unchanged(model, images):
        features = film_features(model, images, batch_size=4)
    assert (features.shape, features.dtype) == ((6, 144), np.float64)
    with torch.no_grad():
        last = model.classifier[-1]
        logits = torch.as_tensor(features).float() @ last.weight.T + last.bias
        torch.testing.assert_close(logits, model(images), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(film_features(model, films), features, rtol=1e-5, atol=1e-6)


def test_film_features_refuses_what_it_cannot_read(films):
    with pytest.raises(TypeError, match=r"model\.features"):
        film_features(torch.nn.Linear(2, 2), torch.ones(3, 2))
    with pytest.raises(TypeError, match="floating-point"):
        film_features(load_cxr_model("clean"), np.ones((2, 1, 128, 128), dtype=int))
    with pytest.warns(UserWarning, match="numbers up to .*, but the course's films lie between 0 and 1"):
        film_features(load_cxr_model("clean"), films[:2] * 255)
    with pytest.raises(ValueError, match="at least 1"):
        film_features(load_cxr_model("clean"), films[:2], batch_size=0)
