"""The glossary in the text of the website's pages."""

from pathlib import Path

from bs4 import BeautifulSoup

from website.terms import Term, applies, part_of, terms_in, with_anchors, with_terms

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
TERMS = terms_in(GLOSSARY)
PAGE = """<article><h2>Net benefit</h2><p>Look at <code>net benefit</code>, the <b>Net benefit</b>, net benefit again.
The background.</p><div class="live-cell"><p>Platt scaling</p></div></article>"""


def test_every_row_is_read_and_has_an_anchor_of_its_own():
    assert len(TERMS) == sum(line.startswith("| ") for line in GLOSSARY.splitlines()) - 1
    assert len({term.anchor for term in TERMS}) == len(TERMS)


def test_the_first_use_in_the_text_is_a_link_with_a_description():
    soup = BeautifulSoup(with_terms(PAGE, "18_3_3_repairing_probabilities", TERMS), "html.parser")
    (link,) = soup.select("a.term")
    assert link.parent.name == "b"
    assert link.string == "Net benefit"
    assert link["href"] == "../docs/glossary.html#term-net-benefit"
    tip = soup.find(id=link["aria-describedby"])
    assert tip["role"] == "tooltip"
    assert tip.string == next(term.sentence for term in TERMS if term.name == "net benefit")
    for one in soup.select(".tip"):
        one.decompose()
    assert soup.get_text() == BeautifulSoup(PAGE, "html.parser").get_text()


def test_a_common_word_is_explained_in_its_own_section_only():
    name, word = Term("net benefit", "", "18.3.3"), Term("background", "", "18.2.3")
    assert [applies(name, part) for part in ((18, 2, 1), (18, 3, 1), (18, 6))] == [False, True, True]
    assert [applies(word, part) for part in ((18, 1), (18, 2, 1), (18, 3, 1))] == [False, True, False]
    assert part_of("18_2_1_gradients_and_grad_cam") == (18, 2, 1)
    assert part_of("00_start_here") == ()


def test_what_is_live_on_a_page_stays_as_it_was():
    mark = '<div class="live" data-kind="question" data-live="{&quot;a&quot;: &quot;1 &lt; 2 &amp; 3&quot;}"></div>'
    found = with_terms(PAGE + mark, "18_3_3_repairing_probabilities", TERMS)
    assert "{&quot;a&quot;: &quot;1 &lt; 2 &amp; 3&quot;}" in found
    assert BeautifulSoup(found, "html.parser").find(class_="live")["data-live"] == '{"a": "1 < 2 & 3"}'


def test_pages_outside_the_sections_stay_as_they_are():
    assert with_terms(PAGE, "00_start_here", TERMS) == PAGE


def test_the_glossary_has_the_anchors():
    page = "<article><table><tr><td>net benefit</td><td>x</td></tr></table></article>"
    assert 'id="term-net-benefit"' in with_anchors(page, TERMS)
