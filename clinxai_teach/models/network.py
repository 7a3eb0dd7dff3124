"""The one small network of the course: five convolutions, dropout before the last layer, five classes."""

from torch import nn


class ChestNet(nn.Module):
    """A convolutional network for films of one channel.

    `features` turns a film `(N, 1, H, W)` into 144 maps of `(H / 8, W / 8)`; `classifier` averages each map and
    weighs the averages. `forward` returns logits `(N, n_classes)`: no softmax. `features[-1]` is the layer to hand
    to Grad-CAM. About 330,000 weights.
    """

    def __init__(self, n_classes=5, dropout=0.3):
        super().__init__()
        self.features = nn.Sequential(
            *block(1, 16), nn.MaxPool2d(2),
            *block(16, 48), nn.MaxPool2d(2),
            *block(48, 96), nn.MaxPool2d(2),
            *block(96, 128),
            *block(128, 144),
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(144, n_classes)
        )

    def forward(self, images):
        return self.classifier(self.features(images))


def block(channels_in, channels_out):
    """Return one convolution with batch normalisation and an in-place ReLU, as a list of layers."""
    return [
        nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    ]
