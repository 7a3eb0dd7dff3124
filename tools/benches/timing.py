"""Timing that holds on a noisy machine: the functions take turns, and the median counts."""

import math
import statistics
import time


def seconds(*functions, runs=7):
    """Return the median seconds of each function. They take turns, so that a slow moment hits all of them."""
    for function in functions:
        function()  # warm up
    times = [[] for _ in functions]
    for _ in range(runs):
        for function, taken in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def growth(make, *sizes, runs=5):
    """Return the exponent of n in the time of `make(n)()` between two sizes, 1 where it is linear, and both times."""
    small, large = sizes
    first, second = seconds(make(small), make(large), runs=runs)
    return math.log(second / first) / math.log(large / small), (first, second)
