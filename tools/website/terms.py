"""The glossary in the text: the first use of a term on a page is a link to its entry, with its sentence as a tooltip.

The tooltip opens on hover and on the keyboard's focus, a screen reader hears it as the link's description, and Escape
closes it. Without a script, the link leads to the glossary all the same.
"""

import html
import re
from typing import NamedTuple

from bs4 import BeautifulSoup, NavigableString
from bs4.formatter import HTMLFormatter

ROW = re.compile(r"^\| (?!Term |---)(.+?) \| (.+?) \| (18\.\S+) \|$", re.MULTILINE)
NOT_IN = ("a", "code", "pre", "math", "script", "style", "summary", "h1", "h2", "h3", "h4", "table")
# Attributes stay in double quotes, as Sphinx writes them.
AS_IT_WAS = HTMLFormatter(entity_substitution=lambda text: html.escape(text, quote=False).replace('"', "&quot;"))
PLACES = "article p, article li"


class Term(NamedTuple):
    """A row of the glossary; `taught` is the part, such as "18.3.1"."""

    name: str
    sentence: str
    taught: str

    @property
    def anchor(self) -> str:
        return "term-" + re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def plain(self) -> bool:
        """Whether it is one common word, such as "background", that may be meant plainly elsewhere."""
        return self.name.islower() and " " not in self.name and "-" not in self.name


def terms_in(glossary: str) -> list[Term]:
    """Return the terms of the glossary's table, longer names first."""
    return sorted((Term(*row) for row in ROW.findall(glossary)), key=lambda term: -len(term.name))


def part_of(page: str) -> tuple[int, ...]:
    """Return the part of the course that a page's name gives: (18, 3, 1); () for a page outside of them."""
    return (
        tuple(int(number) for number in re.findall(r"\d+", found[0])) if (found := re.match(r"18(_\d)+", page)) else ()
    )


def applies(term: Term, part: tuple[int, ...]) -> bool:
    """Whether a page may explain a term: a name from its section on, a common word in its own section only."""
    section = tuple(int(number) for number in term.taught.split("."))[:2]
    return part[:2] == section if term.plain else part[:2] >= section


def with_terms(page: str, name: str, terms: list[Term]) -> str:
    """Return a page's HTML in which the first use of each term explains itself. `name` is the page's, "18_3_1_..."."""
    part = part_of(name)
    wanted = [term for term in terms if applies(term, part)]
    if not part or not wanted:
        return page
    soup = BeautifulSoup(page, "html.parser")
    places = soup.select(PLACES)
    for term in wanted:
        word = re.compile(rf"(?<![\w-]){re.escape(term.name)}(?![\w-])", 0 if term.name.isupper() else re.IGNORECASE)
        found = next(
            (
                (text, hit)
                for place in places
                for text in place.find_all(string=word)
                if not text.find_parent(NOT_IN) and not text.find_parent(class_=("live-cell", "output", "tip"))
                if (hit := word.search(text))
            ),
            None,
        )
        if found:
            explain(soup, *found, term)
    return soup.decode(formatter=AS_IT_WAS)


def explain(soup: BeautifulSoup, text: NavigableString, hit: re.Match[str], term: Term) -> None:
    """Put the link and its tooltip in the place of a term in a text."""
    tip = f"{term.anchor}-tip"
    link = soup.new_tag(
        "a", href=f"../docs/glossary.html#{term.anchor}", attrs={"class": "term", "aria-describedby": tip}
    )
    link.string = hit[0]
    words = soup.new_tag("span", role="tooltip", id=tip, attrs={"class": "tip"})
    words.string = term.sentence
    before, after = text[: hit.start()], text[hit.end() :]
    text.replace_with(NavigableString(before), link, words, NavigableString(after))


def with_anchors(page: str, terms: list[Term]) -> str:
    """Return the glossary's own page, each row with the anchor to which the links lead."""
    soup, anchors = BeautifulSoup(page, "html.parser"), {term.name: term.anchor for term in terms}
    for row in soup.select("article tr"):
        cell = row.find("td")
        if cell and (anchor := anchors.get(cell.get_text(strip=True))):
            row["id"] = anchor
    return soup.decode(formatter=AS_IT_WAS)
