"""Moodle XML: one file, the pictures in it. Moodle's own list of share is used (100, 50, 33.33333, ...)."""

import base64
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from clinxai_teach.lms.items import Choices, Item, Pairs
from clinxai_teach.lms.text import explained, plain, share, with_sources


def write(items: Iterable[Item]) -> bytes:
    """Return the items as a Moodle XML file, a category of the question bank for each section."""
    quiz, section = Element("quiz"), ""
    for item in items:
        if item.section != section:
            section = item.section
            category = SubElement(SubElement(quiz, "question", type="category"), "category")
            SubElement(category, "text").text = f"$course$/top/ClinXAI Teach/{section}"
        quiz.append(_question(item))
    ElementTree.indent(quiz)
    return bytes(ElementTree.tostring(quiz, "utf-8", xml_declaration=True))


def _question(item: Item) -> Element:
    form = item.form
    kind = "multichoice" if isinstance(form, Choices) else "matching" if isinstance(form, Pairs) else "numerical"
    question = Element("question", type=kind)
    _text(question, "name", item.title, "")
    sources = {picture.name: f"@@PLUGINFILE@@/{picture.name}" for picture in item.pictures}
    body = _text(question, "questiontext", with_sources(item.body, sources))
    for picture in item.pictures:
        file = SubElement(body, "file", name=picture.name, path="/", encoding="base64")
        file.text = base64.b64encode(picture.png).decode()
    reasons = [(case, why) for case, _, why in form.cases] if isinstance(form, Pairs) else None
    _text(question, "generalfeedback", explained(item.why, reasons))
    for name, value in (("defaultgrade", share(item.points)), ("penalty", "0.3333333"), ("hidden", "0")):
        SubElement(question, name).text = value
    SubElement(question, "idnumber").text = item.id
    if isinstance(form, Choices):
        SubElement(question, "single").text = "true" if form.single else "false"
        SubElement(question, "shuffleanswers").text = "true" if form.single else "false"
        SubElement(question, "answernumbering").text = "ABCD" if form.single else "none"
        part = 100 / sum(option.right for option in form.options)
        for option in form.options:
            wrong = "0" if form.single else share(-part)
            answer = _answer(question, share(part) if option.right else wrong, f"<p>{plain(option.text)}</p>", "html")
            _text(answer, "feedback", f"<p>{plain(option.reason)}</p>")
    elif isinstance(form, Pairs):
        SubElement(question, "shuffleanswers").text = "true"
        for case, labels, _ in form.cases:
            _pair(question, f"<p>{plain(case)}</p>", labels[0])
        for label in form.labels:
            if label not in {labels[0] for _, labels, _ in form.cases}:
                _pair(question, "", label)  # without a case it is only there to choose
    else:
        for fraction, number, reason in (("100", form.value, ""), *(("0", *wrong) for wrong in form.wrong)):
            answer = _answer(question, fraction, f"{number:.10g}", "moodle_auto_format")
            _text(answer, "feedback", f"<p>{plain(reason)}</p>" if reason else "")
            SubElement(answer, "tolerance").text = f"{form.tolerance:.10g}"
        SubElement(question, "unitgradingtype").text = "0"
        SubElement(question, "showunits").text = "3"
    return question


def _text(parent: Element, name: str, text: str, form: str = "html") -> Element:
    element = SubElement(parent, name, {"format": form} if form else {})
    SubElement(element, "text").text = text
    return element


def _answer(question: Element, fraction: str, text: str, form: str) -> Element:
    answer = SubElement(question, "answer", fraction=fraction, format=form)
    SubElement(answer, "text").text = text
    return answer


def _pair(question: Element, case: str, label: str) -> None:
    pair = _text(question, "subquestion", case)
    SubElement(SubElement(pair, "answer"), "text").text = label
