"""QTI 2.1: a file for each item, a test with a part for each section, and a package with the pictures."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from clinxai_teach.lms import package
from clinxai_teach.lms.items import Choices, Item, Number, Pairs
from clinxai_teach.lms.text import explained, plain, with_sources

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"


def write(items: Iterable[Item]) -> bytes:
    """Return the package, a zip."""
    items = list(items)
    resources = [
        package.Resource(
            _word(item.id),
            "imsqti_item_xmlv2p1",
            f"items/{_word(item.id)}.xml",
            package.serialised(_item(item)),
            tuple(f"images/{picture.name}" for picture in item.pictures),
        )
        for item in items
    ]
    test = package.Resource(
        "test", "imsqti_test_xmlv2p1", "test.xml", _test(items), tuple(_word(item.id) for item in items)
    )
    pictures = [picture for item in items for picture in item.pictures]
    return package.write([test, *resources], pictures, "images", ("QTIv2.1 Package", "1.0.0"))


def _test(items: list[Item]) -> bytes:
    test = Element("assessmentTest", xmlns=NAMESPACE, identifier="clinxai_teach", title="ClinXAI Teach")
    part = SubElement(test, "testPart", identifier="part", navigationMode="nonlinear", submissionMode="individual")
    sections: dict[str, Element] = {}
    for item in items:
        if item.section not in sections:
            sections[item.section] = SubElement(
                part, "assessmentSection", identifier=_word(item.section), title=item.section, visible="true"
            )
        SubElement(
            sections[item.section], "assessmentItemRef", identifier=_word(item.id), href=f"items/{_word(item.id)}.xml"
        )
    return package.serialised(test)


def _item(item: Item) -> Element:
    form = item.form
    root = Element(
        "assessmentItem",
        xmlns=NAMESPACE,
        identifier=_word(item.id),
        title=item.title,
        adaptive="false",
        timeDependent="false",
    )
    if isinstance(form, Choices):
        processing, feedback = _declare_choices(root, form)
    elif isinstance(form, Pairs):
        processing, feedback = _declare_pairs(root, form)
    else:
        processing, feedback = _declare_number(root, form)
    several = isinstance(form, Choices) and not form.single
    for name, kind, cardinality, default in (
        ("SCORE", "float", "single", "0"),
        ("FEEDBACK", "identifier", "multiple" if several else "single", ""),
        ("GENERAL", "identifier", "single", "why"),
    ):
        outcome = SubElement(root, "outcomeDeclaration", identifier=name, cardinality=cardinality, baseType=kind)
        if default:
            SubElement(SubElement(outcome, "defaultValue"), "value").text = default
    body = SubElement(root, "itemBody")
    sources = {picture.name: f"../images/{picture.name}" for picture in item.pictures}
    for element in _elements(with_sources(item.body, sources)):
        body.append(element)
    _ask(body, form)
    root.append(processing)
    reasons = [(case, why) for case, _, why in form.cases] if isinstance(form, Pairs) else None
    for names, ident, text in (
        *(("FEEDBACK", ident, f"<p>{plain(reason)}</p>") for ident, reason in feedback.items()),
        ("GENERAL", "why", explained(item.why, reasons)),
    ):
        if text:
            shown = SubElement(root, "modalFeedback", outcomeIdentifier=names, identifier=ident, showHide="show")
            shown.extend(_elements(text))
    return root


def _declare(root: Element, kind: str, cardinality: str, right: Iterable[str]) -> Element:
    response = SubElement(root, "responseDeclaration", identifier="RESPONSE", cardinality=cardinality, baseType=kind)
    correct = SubElement(response, "correctResponse")
    for value in right:
        SubElement(correct, "value").text = value
    return response


def _declare_choices(root: Element, form: Choices) -> tuple[Element, dict[str, str]]:
    names = [f"a{n}" for n in range(1, len(form.options) + 1)]
    right = [name for name, option in zip(names, form.options, strict=True) if option.right]
    _declare(root, "identifier", "single" if form.single else "multiple", right)
    processing = _right_or_not()
    outcome = SubElement(processing, "setOutcomeValue", identifier="FEEDBACK")
    SubElement(outcome, "variable", identifier="RESPONSE")
    return processing, {name: option.reason for name, option in zip(names, form.options, strict=True)}


def _declare_pairs(root: Element, form: Pairs) -> tuple[Element, dict[str, str]]:
    def pair(n: int, label: str) -> str:
        return f"c{n} l{form.labels.index(label) + 1}"

    cases = list(enumerate(form.cases, 1))
    response = _declare(root, "directedPair", "multiple", [pair(n, labels[0]) for n, (_, labels, _) in cases])
    mapping = SubElement(response, "mapping", lowerBound="0", upperBound="1", defaultValue="0")
    for n, (_, labels, _) in cases:
        for label in labels:
            SubElement(mapping, "mapEntry", mapKey=pair(n, label), mappedValue=f"{1 / len(cases):.6f}")
    processing = Element("responseProcessing")
    outcome = SubElement(processing, "setOutcomeValue", identifier="SCORE")
    SubElement(outcome, "mapResponse", identifier="RESPONSE")
    return processing, {}


def _declare_number(root: Element, form: Number) -> tuple[Element, dict[str, str]]:
    _declare(root, "float", "single", [f"{form.value:.10g}"])
    processing = Element("responseProcessing")
    rule = SubElement(processing, "responseCondition")
    first = SubElement(rule, "responseIf")
    _equal(first, form.tolerance)
    _set(first, "SCORE", "float", "1")
    for n, (value, _) in enumerate(form.wrong, 1):
        other = SubElement(rule, "responseElseIf")
        _equal(other, form.tolerance, value)
        _set(other, "FEEDBACK", "identifier", f"w{n}")
    return processing, {f"w{n}": reason for n, (_, reason) in enumerate(form.wrong, 1)}


def _right_or_not() -> Element:
    processing = Element("responseProcessing")
    first = SubElement(SubElement(processing, "responseCondition"), "responseIf")
    match = SubElement(first, "match")
    SubElement(match, "variable", identifier="RESPONSE")
    SubElement(match, "correct", identifier="RESPONSE")
    _set(first, "SCORE", "float", "1")
    return processing


def _equal(parent: Element, tolerance: float, value: float | None = None) -> None:
    """Compare the response with the right number, or with `value`, within the tolerance."""
    exact = {"toleranceMode": "exact"}
    within = {"toleranceMode": "absolute", "tolerance": f"{tolerance:.10g} {tolerance:.10g}"}
    equal = SubElement(parent, "equal", within if tolerance else exact)
    SubElement(equal, "variable", identifier="RESPONSE")
    if value is None:
        SubElement(equal, "correct", identifier="RESPONSE")
    else:
        SubElement(equal, "baseValue", baseType="float").text = f"{value:.10g}"


def _set(parent: Element, name: str, kind: str, value: str) -> None:
    outcome = SubElement(parent, "setOutcomeValue", identifier=name)
    SubElement(outcome, "baseValue", baseType=kind).text = value


def _ask(body: Element, form: Choices | Pairs | Number) -> None:
    if isinstance(form, Choices):
        most = "1" if form.single else "0"
        asked = SubElement(body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="false", maxChoices=most)
        for n, option in enumerate(form.options, 1):
            SubElement(asked, "simpleChoice", identifier=f"a{n}").text = option.text
    elif isinstance(form, Pairs):
        asked = SubElement(
            body,
            "matchInteraction",
            responseIdentifier="RESPONSE",
            shuffle="false",
            maxAssociations=f"{len(form.cases)}",
        )
        sides = [("c", "1", [case for case, _, _ in form.cases]), ("l", "0", list(form.labels))]
        for letter, most, texts in sides:
            side = SubElement(asked, "simpleMatchSet")
            for n, text in enumerate(texts, 1):
                SubElement(side, "simpleAssociableChoice", identifier=f"{letter}{n}", matchMax=most).text = text
    else:
        line = SubElement(body, "p")
        SubElement(line, "textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="10")


def _elements(xhtml: str) -> list[Element]:
    """Return XHTML as elements; text outside of a paragraph gets one."""
    tree = ElementTree.fromstring(f"<div>{xhtml}</div>")
    found = []
    if tree.text and tree.text.strip():
        paragraph = Element("p")
        paragraph.text = tree.text
        found.append(paragraph)
    for child in tree:
        child.tail = None
        found.append(child)
    return found


def _word(text: str) -> str:
    """Return an identifier: letters, digits and lines only, a letter first."""
    return "i_" + re.sub(r"\W", "_", text)
