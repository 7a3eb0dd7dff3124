"""What the exercise files of a section define, for tests that look inside."""

from types import SimpleNamespace

from clinxai_teach.checks import bank


def names_of(section):
    """Return all names of a section's exercise files, for example `names_of("18.3").murphy`; of two, the later one."""
    merged = {}
    for path in bank.files(section).values():
        merged |= vars(bank.module(path))
    return SimpleNamespace(**merged)
