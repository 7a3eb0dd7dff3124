"""What loads only when it is asked for, and the one sentence that is said where a library for it is missing."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

LIBRARIES = ("torch", "torchvision", "safetensors", "shap")  # what a light installation may lack


class SaidPlainly:
    """An error whose words are all that a learner needs: a notebook shows them alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).split("\n")  # IPython calls this, where it exists


class NotInstalled(SaidPlainly, ModuleNotFoundError):
    """A library is missing."""


def this_python() -> str:
    """Return what to type for this Python in the course folder: .venv/bin/python if the README was followed."""
    return _typed(Path(sys.executable))


def this_command() -> str:
    """Return what to type there for the command `clinxai`, which lies beside this Python."""
    return _typed(Path(sys.executable or "python").with_name("clinxai"))


def _typed(program: Path) -> str:
    course = Path(__file__).parents[1]
    text = str(program.relative_to(course) if program.is_relative_to(course) else program)
    return f'"{text}"' if " " in text else text


@contextmanager
def explained(who: str) -> Iterator[None]:
    """Inside this context, Python's "No module named 'torch'" becomes a sentence that says what to install.

    `who` needs the library: a function, an explorer, an exercise.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in LIBRARIES:
            raise
        needed = library if find_spec("torch") else "torch"  # without it, what comes with it is missing too
        raise NotInstalled(
            f"{who} needs {needed}, which this installation does not have. To install the whole course, run in its "
            f"folder: {this_python()} -m pip install -c constraints.txt -e .  Then restart the kernel. (The start page "
            "says which sections run without.)",
            name=library,
        ) from None


def need_torch(who: str) -> None:
    """Raise the sentence of `explained` where torch is missing."""
    with explained(who):
        import torch  # noqa: F401


def lazily(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the `__getattr__` and `__dir__` of a package whose names load when they are first asked for (PEP 562).

    `homes` is a dict from a module of the package to the names that it holds, separated by spaces. No module may have
    the name of something in the package: importing it would put the module in that place.

    Examples
    --------
    >>> get, names = lazily("email", {"charset": "Charset add_charset", "header": "Header"})
    >>> get("Header").__module__
    'email.header'
    """
    home_of = {name: home for home, names in homes.items() for name in names.split()}

    def get(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        with explained(name):
            found = getattr(import_module(f"{package}.{home_of[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return get, lambda: sorted({*vars(sys.modules[package]), *home_of})
