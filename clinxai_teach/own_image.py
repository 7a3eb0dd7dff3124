"""Grad-CAM on a reader's own photograph (18.2). Needs the weights of torchvision's ResNet-18, so once a network."""

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from clinxai_teach import plots
from clinxai_teach._lazy import explained
from clinxai_teach.attribution import grad_cam, upsample
from clinxai_teach.models import predict_proba

if TYPE_CHECKING:
    from PIL.Image import Image
    from torchvision.models import ResNet

PATIENCE = 10  # seconds to wait for the network: without one this must not hang


def explain_my_image(path: str | os.PathLike[str] | None) -> None:
    """Show Grad-CAM of the pretrained ResNet-18 on a JPEG or PNG file, for the class that it finds most probable.

    The network knows 1,000 everyday things, not diseases. The image stays on this computer; the weights (about 45 MB)
    are downloaded once. What is missing, if anything is, is said in one printed sentence: no path, no such file, a file
    that is not an image, no network.

    Examples
    --------
    >>> explain_my_image(None)
    No image was named, so this part is skipped.
    >>> explain_my_image("nowhere.jpg")
    There is no file nowhere.jpg. Check the path.
    """
    if path is None:
        print("No image was named, so this part is skipped.")
        return
    photograph = _photograph(Path(path))
    network = _network() if photograph is not None else None
    if photograph is not None and network is not None:
        _show_grad_cam(network, photograph)


def _photograph(path: Path) -> "Image | None":
    """Return the image in a file; print what is wrong and return None where there is none."""
    from PIL import Image, UnidentifiedImageError

    if not path.is_file():
        print(f"There is no file {path}. Check the path.")
        return None
    try:
        return Image.open(path).convert("RGB")
    except (UnidentifiedImageError, OSError):
        print(f"{path} could not be read as an image. Use a JPEG or PNG file.")
        return None


def _network() -> "ResNet | None":
    """Return the pretrained ResNet-18; print what is wrong and return None where its weights cannot be had."""
    with explained("explain_my_image"):
        from torchvision.models import ResNet18_Weights, resnet18

    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        return resnet18(weights=ResNet18_Weights.IMAGENET1K_V1, progress=False).eval()
    except (OSError, RuntimeError):
        print(
            "The weights of ResNet-18 could not be downloaded: there seems to be no internet connection. "
            "The rest of the section works without them."
        )
        return None
    finally:
        socket.setdefaulttimeout(patience)


def _show_grad_cam(network: "ResNet", photograph: "Image") -> None:
    """Show the photograph in grey with the Grad-CAM map of its most probable class over it."""
    import matplotlib.pyplot as plt
    from torchvision.models import ResNet18_Weights

    weights = ResNet18_Weights.IMAGENET1K_V1
    image = weights.transforms()(photograph)[None]
    probabilities = predict_proba(network, image)[0]
    top = int(probabilities.argmax())
    name = weights.meta["categories"][top]
    cam = grad_cam(network, image, top, layer=network.layer4[-1])
    heat = upsample(cam, tuple(image.shape[-2:]))[0, 0].numpy()
    grey = image[0].mean(dim=0)
    grey = (grey - grey.min()) / (grey.max() - grey.min())
    figure, axes = plt.subplots(figsize=(4.5, 5), layout="constrained")
    plots.Heatmap(axes, grey.numpy(), heat, f"Evidence for {name}", notice="your image")
    plots.show(figure, f"Your image with Grad-CAM for {name}, to which ResNet-18 gives {probabilities[top]:.2f}.")
