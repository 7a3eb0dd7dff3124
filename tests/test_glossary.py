"""The glossary and the table of symbols say where a term or symbol is taught: there it must be found."""

import re
from functools import cache
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).parents[1]


def table(name: str) -> list[list[str]]:
    """Return the rows of the one table of a file in docs/, without its head."""
    lines = [line for line in (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@cache
def lesson(section: str) -> list[str]:
    """Return the cells of the lesson that a section such as 18.2.3 names."""
    (path,) = (
        path
        for path in (ROOT / "lessons").glob(f"{section.replace('.', '_')}_*.py")
        if not path.stem.endswith("_exercises")
    )
    return [cell.source for cell in jupytext.read(path).cells]


TERMS, SYMBOLS = table("glossary.md"), table("symbols.md")
SECTIONS = sorted({section for _, section, _ in SYMBOLS})


@pytest.mark.parametrize(("term", "sentence", "section"), TERMS, ids=[row[0] for row in TERMS])
def test_a_term_is_found_where_it_is_taught(term: str, sentence: str, section: str) -> None:
    text = " ".join(" ".join(lesson(section)).replace("*", "").split()).lower()
    assert term.lower() in text
    assert sentence.endswith((".", '"'))


def test_no_term_stands_twice_and_they_are_in_order() -> None:
    names = [term.lower() for term, _, _ in TERMS]
    assert len(set(names)) == len(names)
    assert names == sorted(names)


def test_a_symbol_has_one_sense_in_a_section() -> None:
    pairs = [(symbol, section) for symbol, section, _ in SYMBOLS]
    assert len(set(pairs)) == len(pairs)


def symbols_of(section: str) -> set[str]:
    """Return the letters of a lesson's formulas: Greek ones by name, without words and names of functions."""
    formulas = re.findall(r"\$\$?([^$]+)\$\$?", "\n".join(lesson(section)))
    plain = re.sub(r"\\(text|operatorname)\{[^}]*\}|\\(begin|end)\{[^}]*\}", " ", " ".join(formulas))
    greek = set(re.findall(r"\\(alpha|beta|gamma|lambda|mu|phi|sigma|tau|theta)(?![a-zA-Z])", plain))
    return greek | set(re.findall(r"(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z])", re.sub(r"\\[a-zA-Z]+", " ", plain)))


@pytest.mark.parametrize("section", SECTIONS)
def test_the_symbols_of_a_section_are_those_of_its_formulas(section: str) -> None:
    listed = {symbol.strip("`") for symbol, where, _ in SYMBOLS if where == section}
    assert listed == symbols_of(section)
