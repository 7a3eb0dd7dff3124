"""How long the films, the models and the table take."""

from benches.timing import seconds
from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.models import load_cxr_model


def bench_films():
    """1,000 films, one core (numpy and scipy use one here)."""
    course, large = seconds(lambda: make_radiographs(1000), lambda: make_radiographs(100, size=256), runs=3)
    yield "1,000 synthetic films, 128 x 128", f"{course:.2f} s", "goal: at most 4 s"
    yield "1,000 synthetic films, 256 x 256 (from 100)", f"{large * 10:.2f} s", ""


def bench_loading():
    """Models and table from the package."""
    clean, table = seconds(lambda: load_cxr_model("clean"), load_nhanes_diabetes)
    yield "load one model, SHA-256 checked", f"{clean * 1000:.0f} ms", "goal: below 200 ms"
    yield "load the NHANES table", f"{table * 1000:.0f} ms", ""


BENCHES = (bench_films, bench_loading)
