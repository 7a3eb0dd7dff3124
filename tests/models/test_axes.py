"""A film without its axes is told which ones the network takes, in the course's words and not in torch's."""

import pytest
import torch
from torch import nn

from clinxai_teach.models import predict_proba


@pytest.mark.parametrize("size", [3, 16])
def test_a_film_without_batch_and_channel_is_told_the_shape(size):
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.raises(ValueError, match=r"must have the shape \(n, 1, H, W\).* single one: images\[None, None\]"):
        predict_proba(model, torch.zeros(size, size))
    with pytest.raises(ValueError, match=r"images must have the shape \(n, 1, H, W\), but it is \(2, 1, 1, 9, 9\)\.$"):
        predict_proba(model, torch.zeros(2, 1, 1, 9, 9))
