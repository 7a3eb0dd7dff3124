"""Python reads this file at its start when its folder is on PYTHONPATH: from then on torch is as if not installed."""

from importlib.machinery import PathFinder

HIDDEN = {"torch", "torchvision", "safetensors"}
_find = PathFinder.find_spec


def find_spec(name, path=None, target=None):
    """Find every module but those of the hidden libraries."""
    return None if name.partition(".")[0] in HIDDEN else _find(name, path, target)


PathFinder.find_spec = find_spec
