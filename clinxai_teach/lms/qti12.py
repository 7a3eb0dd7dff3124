"""QTI 1.2 as Canvas imports it: one quiz for each section, in one package with the pictures.

Canvas keeps the kind of question in the item's metadata (`question_type`), and a picture's place behind the word
$IMS-CC-FILEBASE$.
"""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from clinxai_teach.lms import package
from clinxai_teach.lms.items import Choices, Item, Number, Pairs
from clinxai_teach.lms.text import explained, plain, share, with_sources

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"


def write(items: Iterable[Item]) -> bytes:
    """Return the package, a zip."""
    sections: dict[str, list[Item]] = {}
    for item in items:
        sections.setdefault(item.section, []).append(item)
    resources = [
        package.Resource(
            ident := f"section_{_word(section)}",
            "imsqti_xmlv1p2",
            f"{ident}/{ident}.xml",
            _quiz(section, members),
            tuple(f"images/{picture.name}" for item in members for picture in item.pictures),
        )
        for section, members in sections.items()
    ]
    pictures = [picture for members in sections.values() for item in members for picture in item.pictures]
    return package.write(resources, pictures, "images", ("IMS Content", "1.1.3"))


def _quiz(section: str, items: list[Item]) -> bytes:
    root = Element("questestinterop", xmlns=NAMESPACE)
    title = f"ClinXAI Teach {section}"
    assessment = SubElement(root, "assessment", ident=f"quiz_{_word(section)}", title=title)
    part = SubElement(assessment, "section", ident="root_section")
    for item in items:
        part.append(_item(item))
    return package.serialised(root)


def _item(item: Item) -> Element:
    form = item.form
    kind = {Pairs: "matching_question", Number: "numerical_question"}.get(type(form), "multiple_answers_question")
    if isinstance(form, Choices) and form.single:
        kind = "multiple_choice_question"
    element = Element("item", ident=_word(item.id), title=item.title)
    metadata = SubElement(SubElement(element, "itemmetadata"), "qtimetadata")
    for label, entry in (("question_type", kind), ("points_possible", share(item.points))):
        field = SubElement(metadata, "qtimetadatafield")
        SubElement(field, "fieldlabel").text, SubElement(field, "fieldentry").text = label, entry
    presentation = SubElement(element, "presentation")
    sources = {picture.name: f"$IMS-CC-FILEBASE$/images/{picture.name}" for picture in item.pictures}
    _material(presentation, with_sources(item.body, sources))
    processing = Element("resprocessing")
    outcomes = SubElement(processing, "outcomes")
    SubElement(outcomes, "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    feedback: dict[str, str] = {"general_fb": explained(item.why, _reasons(item))}
    if feedback["general_fb"]:
        SubElement(_condition(processing, "general_fb"), "other")
    if isinstance(form, Choices):
        _choices(form, presentation, processing, feedback)
    elif isinstance(form, Pairs):
        _pairs(form, presentation, processing)
    else:
        _number(form, presentation, processing, feedback)
    element.append(processing)
    for ident, text in feedback.items():
        if text:
            _material(SubElement(SubElement(element, "itemfeedback", ident=ident), "flow_mat"), text)
    return element


def _choices(form: Choices, presentation: Element, processing: Element, feedback: dict[str, str]) -> None:
    asked = SubElement(
        presentation, "response_lid", ident="response1", rcardinality="Single" if form.single else "Multiple"
    )
    render = SubElement(asked, "render_choice")
    for n, option in enumerate(form.options, 1):
        _material(SubElement(render, "response_label", ident=f"a{n}"), f"<p>{plain(option.text)}</p>")
        feedback[f"a{n}_fb"] = f"<p>{plain(option.reason)}</p>"
        _chosen(_condition(processing, f"a{n}_fb"), f"a{n}")
    right = _condition(processing, score=100)
    if not form.single:
        right = SubElement(right, "and")
    for n, option in enumerate(form.options, 1):
        if option.right:
            _chosen(right, f"a{n}")
        elif not form.single:
            _chosen(SubElement(right, "not"), f"a{n}")


def _pairs(form: Pairs, presentation: Element, processing: Element) -> None:
    for n, (case, labels, _) in enumerate(form.cases, 1):
        asked = SubElement(presentation, "response_lid", ident=f"response_{n}")
        _material(asked, plain(case), "text/plain")
        render = SubElement(asked, "render_choice")
        for m, label in enumerate(form.labels, 1):
            _material(SubElement(render, "response_label", ident=f"l{m}"), label, "text/plain")
        where = _condition(processing, score=100 / len(form.cases), action="Add")
        for label in labels[:1]:  # Canvas reads one only
            _chosen(where, f"l{form.labels.index(label) + 1}", f"response_{n}")


def _number(form: Number, presentation: Element, processing: Element, feedback: dict[str, str]) -> None:
    asked = SubElement(presentation, "response_str", ident="response1", rcardinality="Single")
    SubElement(SubElement(asked, "render_fib", fibtype="Decimal"), "response_label", ident="answer1")
    known = (("right", form.value, "", 100.0), *((f"wrong{n}", *wrong, 0.0) for n, wrong in enumerate(form.wrong, 1)))
    for ident, value, reason, score in known:
        if reason:
            feedback[f"{ident}_fb"] = f"<p>{plain(reason)}</p>"
        either = SubElement(_condition(processing, f"{ident}_fb" if reason else "", score=score or None), "or")
        _chosen(either, f"{value:.10g}")
        between = SubElement(either, "and")
        SubElement(between, "vargte", respident="response1").text = f"{value - form.tolerance:.10g}"
        SubElement(between, "varlte", respident="response1").text = f"{value + form.tolerance:.10g}"


def _condition(processing: Element, feedback: str = "", score: float | None = None, action: str = "Set") -> Element:
    """Add a rule and return the place of its condition. One with a score is the last that counts."""
    last = score is not None and action == "Set"
    rule = SubElement(processing, "respcondition", {"continue": "No" if last else "Yes"})
    condition = SubElement(rule, "conditionvar")
    if score is not None:
        SubElement(rule, "setvar", action=action, varname="SCORE").text = f"{score:.2f}".rstrip("0").rstrip(".")
    if feedback:
        SubElement(rule, "displayfeedback", feedbacktype="Response", linkrefid=feedback)
    return condition


def _chosen(parent: Element, value: str, respident: str = "response1") -> None:
    SubElement(parent, "varequal", respident=respident).text = value


def _material(parent: Element, text: str, kind: str = "text/html") -> None:
    SubElement(SubElement(parent, "material"), "mattext", texttype=kind).text = text


def _reasons(item: Item) -> list[tuple[str, str]] | None:
    return [(case, why) for case, _, why in item.form.cases] if isinstance(item.form, Pairs) else None


def _word(text: str) -> str:
    """Return an identifier: letters, digits and lines only, a letter first."""
    return "i_" + re.sub(r"\W", "_", text)
