"""The one small network of the course: five convolutions, dropout before the last layer, five classes."""

import torch
from torch import nn

from clinxai_teach._validate import positive_int


class ChestNet(nn.Module):
    """A convolutional network for films of one channel.

    `features` turns a film `(N, 1, H, W)` into 144 maps of `(H / 8, W / 8)`, so 16 x 16 for the course's films of
    128 x 128 pixels; `classifier` averages each map and weighs the averages. `forward` returns logits
    `(N, n_classes)`: no softmax. `features[-1]` is the layer to hand to Grad-CAM. About 260,000 weights.

    Examples
    --------
    >>> model = ChestNet()
    >>> tuple(model.features(torch.zeros(1, 1, 128, 128)).shape), tuple(model(torch.zeros(1, 1, 128, 128)).shape)
    ((1, 144, 16, 16), (1, 5))
    >>> sum(weights.numel() for weights in model.parameters())
    264293
    """

    def __init__(self, n_classes: int = 5, dropout: float = 0.3) -> None:
        super().__init__()
        positive_int("n_classes", n_classes)
        self.features = nn.Sequential(
            *block(1, 16, stride=2),
            *block(16, 32), nn.MaxPool2d(2),
            *block(32, 64), nn.MaxPool2d(2),
            *block(64, 128),
            *block(128, 144),
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(144, n_classes)
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits `(N, n_classes)` of films `(N, 1, H, W)`."""
        logits: torch.Tensor = self.classifier(self.features(images))
        return logits


def block(channels_in: int, channels_out: int, stride: int = 1) -> list[nn.Module]:
    """Return one convolution with batch normalisation and an in-place ReLU, as a list of layers."""
    return [
        nn.Conv2d(channels_in, channels_out, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    ]
