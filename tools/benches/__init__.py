"""The benchmarks of `tools/bench.py`: one file for each part of the package."""
