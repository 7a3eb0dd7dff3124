"""A case of the correctness table: what is computed, the right value, and by how much each library misses it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """One row. `right`, `ours` and `peers` are functions without arguments that return numbers of one shape."""

    what: str
    fixture: str
    right: Callable[[], Any]
    ours: Callable[[], Any]
    test: str  # "tests/....py::test_...": where more than this one fixture is proved
    peers: dict[str, Callable[[], Any]] = field(default_factory=dict)
    allowed: float = 1e-12  # error of ours that rounding explains, or sampling where the fixture says so

    def error(self) -> str:
        """Return the largest error of ours."""
        return shown(distance(self.ours(), self.right()))

    def peer_errors(self) -> dict[str, str]:
        """Return the largest error of each peer; a sentence where it gives no number."""
        return {name: self._of_peer(peer) for name, peer in self.peers.items()}

    def _of_peer(self, peer: Callable[[], Any]) -> str:
        try:
            return shown(distance(peer(), self.right()))
        except ImportError:
            return "not installed"
        except Exception as error:
            return f"raises {type(error).__name__}"


def distance(values: Any, right: Any) -> float:
    """Return the largest |value - right|; for prediction sets, which are booleans, the share of wrong entries.

    Infinity beside infinity is right, and NaN is infinitely far.
    """
    values, right = np.asarray(values), np.asarray(right)
    if right.dtype == bool:
        return float(np.mean(values != right))
    values, right = np.broadcast_arrays(values.astype(float), right.astype(float))
    with np.errstate(invalid="ignore"):
        errors = np.where(values == right, 0, np.abs(values - right))
    return float(np.where(np.isnan(errors), np.inf, errors).max())


def shown(error: float) -> str:
    """Return an error with one or two digits."""
    if error == 0 or not np.isfinite(error):
        return "0" if error == 0 else "infinite"
    return f"{error:.0e}" if error < 1e-3 else f"{error:.2g}"
