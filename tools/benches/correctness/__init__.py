"""The correctness table: each capability on one fixture whose right value is known, ours and each peer beside it."""

from benches.correctness.attribution import CASES as ATTRIBUTION
from benches.correctness.calibration import CASES as CALIBRATION
from benches.correctness.uncertainty import CASES as UNCERTAINTY

HEAD = ("What", "Fixture, and how the right value is known", "Error of ours", "Errors of peers", "Test")
CASES = (*ATTRIBUTION, *CALIBRATION, *UNCERTAINTY)


def bench_correctness():
    """Measure every case now."""
    for case in CASES:
        path, _, name = case.test.partition("::")
        link = f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})"
        peers = "; ".join(f"{peer}: {error}" for peer, error in case.peer_errors().items())
        yield case.what, case.fixture, case.error(), peers or "none compared", link


BENCHES = (bench_correctness,)
