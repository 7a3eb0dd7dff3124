"""What a learning platform gets: every question and closed exercise, the key, the reasons, the pictures; read back."""

import io
import re
import zipfile
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from clinxai_teach import cli
from clinxai_teach.checks import bank
from clinxai_teach.checks.closed import Choose, Match, Numbers
from clinxai_teach.lms import gift, moodle, qti12, qti21
from clinxai_teach.lms.items import Choice, Choices, Item, Number, Pairs, collect
from clinxai_teach.lms.text import ATTRIBUTES, ELEMENTS, Picture, cleaned, text_of

ROOT = Path(__file__).resolve().parents[1]
# The shares that Moodle's import knows, from its list of grades.
MOODLE_SHARES = {
    *(100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20),
    *(16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0),
}
ODD = 'Größe ≥ 5 {a} = ~b~ #1: <b>&"quoted"</b> \\(x\\) 学\nline 2 -> end'
PNG = b"\x89PNG\r\n\x1a\n odd"


def odd_items():
    """One item of each form, with every sign that could break a format."""
    picture = Picture("odd-1.png", 'a "curve" < 1', PNG)
    body = cleaned(f'<p>{"a &lt; b {{x}} ~ = # :"}</p><p><img src="odd-1.png" alt="a &quot;curve&quot; &lt; 1"></p>')
    choices = (Choice(ODD, True, ODD), Choice("b", False, "no: 5% = x"), Choice("c", True, "yes"))
    forms = (
        Choices((choices[0], choices[1]), single=True),
        Choices(choices, single=False),
        Pairs(
            (("1: {a}", ("L = 1",), ODD), ("2", ("M ~ 2", "L = 1"), "r"), ("3", ("L = 1",), "r")),
            ("L = 1", "M ~ 2", "never"),
        ),
        Number(0.25, 0.01, ((25.0, ODD), (-0.25, "sign"))),
    )
    return [
        Item(f"18.9-{n}", ODD.replace("\n", " "), "18.9", body, (picture,), form, ODD, 2)
        for n, form in enumerate(forms)
    ]


@cache
def course():
    return collect(ROOT)


def test_no_question_says_how_an_answer_is_typed_in_python():
    """Here a number is typed and a list is clicked."""
    for item in course():
        said = text_of(item.body)
        assert not re.search(r"in quotation marks|so that the line looks|[Ww]rite the set|Replace (each|the) ", said), (
            said
        )
        assert not re.search(r"(, such as|in this form|:) *[.}]?$|: *(A verdict may|A gap of)", said), said


@pytest.fixture(scope="module", params=["the course", "odd signs"])
def items(request):
    return course() if request.param == "the course" else odd_items()


def files(package):
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def said(text):
    """Return a text of the file as a reader sees it, to compare."""
    return text_of(text or "")


def seen(text):
    return " ".join(text.split())


# --- what is collected ------------------------------------------------------------------------------------


def test_every_question_of_the_lessons_is_there():
    calls = [
        len(re.findall(r"\bQuestion\(", path.read_text(encoding="utf-8")))
        for path in (ROOT / "notebooks").glob("*.ipynb")
    ]
    assert sum("question" in item.title and "-q" in item.id for item in course()) == sum(calls) > 70


def test_every_closed_exercise_is_there():
    wanted = set()
    for section in bank.section_numbers():
        for name, path in bank.files(section).items():
            closed = bank.load(path).closed
            coded = not any("coding=" in cell.header for cell in bank.cells(path) if cell.title == "answer")
            if closed is not None and not (isinstance(closed, Numbers) and coded):
                wanted.add(name)
    assert {re.match(r"18\.\d-[a-z]", item.id)[0] for item in course() if "-q" not in item.id} - {None} == wanted
    assert len(wanted) >= 40


def test_ids_are_single_and_each_item_has_a_key_a_reason_and_a_task():
    ids = [item.id for item in course()]
    assert len(set(ids)) == len(ids)
    for item in course():
        assert len(text_of(item.body)) > 10, item.id
        assert all(picture.alt for picture in item.pictures), item.id
        if isinstance(item.form, Choices):
            assert any(option.right for option in item.form.options), item.id
            assert all(option.reason for option in item.form.options), item.id
        elif isinstance(item.form, Pairs):
            assert all(labels and reason for _, labels, reason in item.form.cases), item.id
        else:
            assert item.why, item.id


def test_the_key_is_that_of_check():
    by_id = {item.id: item for item in course()}
    for section in bank.section_numbers():
        for name, exercise in bank.load_section(section).items():
            if isinstance(exercise.closed, Choose):
                assert exercise.evaluate(exercise.right) == {
                    key: option.right for key, option in exercise.closed.options.items()
                }
            if isinstance(exercise.closed, Match) and name in by_id and name != "18.6-b":  # that one is an order
                key = {case: labels[0] for case, labels, _ in by_id[name].form.cases}
                read = exercise.evaluate({case: _letter(exercise, label) for case, label in key.items()})
                assert read == exercise.evaluate(exercise.right), name


def _letter(exercise, label):
    return next(letter for letter, text in exercise.closed.labels.items() if text == label)


def test_a_picture_that_a_question_is_about_comes_with_it():
    with_pictures = [item for item in course() if item.pictures]
    assert with_pictures
    for item in with_pictures:
        for picture in item.pictures:
            assert picture.png.startswith(b"\x89PNG")
            assert f'src="{picture.name}"' in item.body


def test_bodies_are_well_formed_and_use_few_elements(items):
    for item in items:
        for element in ElementTree.fromstring(f"<div>{item.body}</div>").iter():
            assert element.tag in ELEMENTS | {"div"}, item.id
            assert set(element.attrib) <= set(ATTRIBUTES.get(element.tag, ())), item.id
        assert "$" not in re.sub(r"\$ ?\d", "", text_of(item.body)), item.id  # no formula that a platform cannot show
        assert "{{" not in item.body or item.section == "18.9", item.id


@pytest.mark.parametrize("wrong", ["18.7", "3", ""])
def test_a_section_that_does_not_exist_is_named(wrong):
    with pytest.raises(ValueError, match="section must be one of"):
        collect(ROOT, wrong)


def test_a_folder_that_is_no_course_is_named(tmp_path):
    with pytest.raises(ValueError, match="no notebooks"):
        collect(tmp_path)


# --- Moodle XML -------------------------------------------------------------------------------------------


def test_moodle_read_back(items):
    questions = [q for q in ElementTree.fromstring(moodle.write(items)) if q.get("type") != "category"]
    assert len(questions) == len(items)
    for question, item in zip(questions, items, strict=True):
        assert question.findtext("name/text") == item.title
        body = question.findtext("questiontext/text")
        assert said(body) == said(item.body)
        assert {f.get("name") for f in question.findall("questiontext/file")} == {p.name for p in item.pictures}
        assert body.count("@@PLUGINFILE@@/") == len(item.pictures)
        assert seen(item.why) in said(question.findtext("generalfeedback/text"))
        if isinstance(item.form, Choices):
            answers = question.findall("answer")
            assert [said(a.findtext("text")) for a in answers] == [seen(o.text) for o in item.form.options]
            assert [float(a.get("fraction")) > 0 for a in answers] == [o.right for o in item.form.options]
            assert [said(a.findtext("feedback/text")) for a in answers] == [seen(o.reason) for o in item.form.options]
            assert {abs(float(a.get("fraction"))) for a in answers} <= MOODLE_SHARES
            assert 99.9 < sum(float(a.get("fraction")) for a in answers if float(a.get("fraction")) > 0) < 100.1
        elif isinstance(item.form, Pairs):
            pairs = [(said(s.findtext("text")), s.findtext("answer/text")) for s in question.findall("subquestion")]
            assert pairs[: len(item.form.cases)] == [(case, labels[0]) for case, labels, _ in item.form.cases]
            assert {label for _, label in pairs} == set(item.form.labels)
            assert all(seen(why) in said(question.findtext("generalfeedback/text")) for _, _, why in item.form.cases)
        else:
            right, *wrong = question.findall("answer")
            assert float(right.findtext("text")) == pytest.approx(item.form.value, rel=1e-9)
            assert float(right.findtext("tolerance")) == pytest.approx(item.form.tolerance, rel=1e-9)
            assert [said(a.findtext("feedback/text")) for a in wrong] == [seen(reason) for _, reason in item.form.wrong]
            assert {a.get("fraction") for a in wrong} <= {"0"}


# --- GIFT, by a reader of its own -------------------------------------------------------------------------


def unescaped(text):
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def split(text, pattern):
    """Split where a sign stands without a backslash before it."""
    return re.split(rf"(?<!\\)(?:\\\\)*{pattern}", text)


def read_gift(source):
    """Yield the title, the text, the lines within the brackets and the general feedback of each question."""
    for block in source.decode().strip().split("\n\n"):
        if block.startswith("$CATEGORY"):
            continue
        _, title, rest = split(block, "::")
        head, inner = rest.split("{", 1) if "\\{" not in rest else re.split(r"(?<!\\)\{", rest, maxsplit=1)
        lines = inner.removesuffix("}").strip("#\n").split("\n") if not inner.startswith("#") else inner[1:].split("\n")
        lines = [line for line in lines if line not in ("", "}")]
        general = [line for line in re.split(r"\n", inner) if line.startswith("####")]
        yield unescaped(title), unescaped(head.removeprefix("[html]")), [x for x in lines if x not in general], general


def test_gift_read_back(items):
    questions = list(read_gift(gift.write(items)))
    assert len(questions) == len(items)
    for (title, body, lines, general), item in zip(questions, items, strict=True):
        assert title == item.title
        assert said(body) == said(item.body)
        assert body.count("data:image/png;base64,") == len(item.pictures)
        assert not item.why or seen(item.why) in said(unescaped(general[0]))
        if isinstance(item.form, Choices):
            parts = [split(line, "#")[:2] for line in lines]
            assert len(parts) == len(item.form.options)
            for (answer, feedback), option in zip(parts, item.form.options, strict=True):
                assert said(unescaped(answer.split("[html]")[1])) == seen(option.text)
                assert said(unescaped(feedback.removeprefix("[html]"))) == seen(option.reason)
                assert answer.startswith("=") or re.match(r"~(%-?[\d.]+%)?\[", answer)
                assert (answer.startswith("=") or (answer.startswith("~%") and "%-" not in answer)) == option.right
        elif isinstance(item.form, Pairs):
            pairs = [line.removeprefix("=").removeprefix("[html]").split(" -> ") for line in lines]
            assert [unescaped(label) for _, label in pairs][: len(item.form.cases)] == [
                c[1][0] for c in item.form.cases
            ]
            assert {unescaped(label) for _, label in pairs} == set(item.form.labels)
            assert all(seen(why) in said(unescaped(general[0])) for _, _, why in item.form.cases)
        else:
            value, tolerance = lines[0].lstrip("=").rstrip("#").split(":")
            assert float(value) == pytest.approx(item.form.value)
            assert float(tolerance) == pytest.approx(item.form.tolerance)
            assert len(lines) == 1 + len(item.form.wrong)


def test_gift_has_one_line_for_each_answer_and_no_bare_sign_in_a_text():
    for sign in "~=#{}:":
        assert gift.escaped(f"a{sign}b") == f"a\\{sign}b"
    assert gift.escaped("a\\b\nc") == "a\\\\b\\nc"


# --- QTI 1.2 for Canvas -----------------------------------------------------------------------------------

Q12 = {"q": qti12.NAMESPACE}
CP = {"m": "http://www.imsglobal.org/xsd/imscp_v1p1"}


def manifest_holds_all(package):
    """Every file of the package is named in its manifest, and every name is a file."""
    found = files(package)
    manifest = ElementTree.fromstring(found["imsmanifest.xml"])
    named = {f.get("href") for f in manifest.iterfind(".//m:file", CP)}
    assert named == set(found) - {"imsmanifest.xml"}
    ids = [r.get("identifier") for r in manifest.iterfind(".//m:resource", CP)]
    assert len(set(ids)) == len(ids)
    assert {d.get("identifierref") for d in manifest.iterfind(".//m:dependency", CP)} <= set(ids)
    return found


def test_qti12_read_back(items):
    found = manifest_holds_all(qti12.write(items))
    quizzes = [ElementTree.fromstring(text) for name, text in found.items() if name.startswith("section_")]
    read = {e.get("ident"): e for quiz in quizzes for e in quiz.iterfind(".//q:item", Q12)}
    assert len(read) == len(items)
    for item in items:
        element = read[qti12._word(item.id)]
        assert element.get("title") == item.title
        body = element.findtext("q:presentation/q:material/q:mattext", namespaces=Q12)
        assert said(body) == said(item.body)
        for picture in item.pictures:
            assert f"$IMS-CC-FILEBASE$/images/{picture.name}" in body
            assert found[f"images/{picture.name}"] == picture.png
        feedback = {
            f.get("ident"): said(f.findtext(".//q:mattext", namespaces=Q12))
            for f in element.findall("q:itemfeedback", Q12)
        }
        linked = {link.get("linkrefid") for link in element.iterfind(".//q:displayfeedback", Q12)}
        assert linked == set(feedback)
        if item.why:
            assert seen(item.why) in feedback["general_fb"]
        scored = [r for r in element.iterfind(".//q:respcondition", Q12) if r.find("q:setvar", Q12) is not None]
        if isinstance(item.form, Choices):
            chosen = [v.text for v in scored[0].iterfind("q:conditionvar/q:varequal", Q12)]
            chosen += [v.text for v in scored[0].iterfind("q:conditionvar/q:and/q:varequal", Q12)]
            assert chosen == [f"a{n}" for n, o in enumerate(item.form.options, 1) if o.right]
            assert [feedback[f"a{n}_fb"] for n, _ in enumerate(item.form.options, 1)] == [
                seen(o.reason) for o in item.form.options
            ]
        elif isinstance(item.form, Pairs):
            labels = dict(enumerate(item.form.labels, 1))
            keys = [labels[int(r.findtext(".//q:varequal", namespaces=Q12)[1:])] for r in scored]
            assert keys == [labels[0] for _, labels, _ in item.form.cases]
            assert sum(float(r.findtext("q:setvar", namespaces=Q12)) for r in scored) == pytest.approx(100, abs=0.1)
        else:
            low, high = (float(scored[0].findtext(f".//q:{name}", namespaces=Q12)) for name in ("vargte", "varlte"))
            assert low <= item.form.value <= high
            assert len(scored) == 1


# --- QTI 2.1 ----------------------------------------------------------------------------------------------

Q21 = {"q": qti21.NAMESPACE}
ORDER = ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback"]


def test_qti21_read_back(items):
    found = manifest_holds_all(qti21.write(items))
    test = ElementTree.fromstring(found["test.xml"])
    assert [ref.get("href") for ref in test.iterfind(".//q:assessmentItemRef", Q21)] == [
        f"items/{qti21._word(item.id)}.xml" for item in items
    ]
    for item in items:
        root = ElementTree.fromstring(found[f"items/{qti21._word(item.id)}.xml"])
        tags = [child.tag.split("}")[1] for child in root]
        assert tags == sorted(tags, key=ORDER.index)  # the schema wants this order
        assert all(element.tag.startswith(f"{{{qti21.NAMESPACE}}}") for element in root.iter())
        declared = {d.get("identifier") for d in root if d.tag.endswith("Declaration")}
        used = {e.get("identifier") for name in ("variable", "setOutcomeValue", "correct", "mapResponse")
                for e in root.iterfind(f".//q:{name}", Q21)}  # fmt: skip
        assert used <= declared
        assert {f.get("outcomeIdentifier") for f in root.findall("q:modalFeedback", Q21)} <= declared
        key = [v.text for v in root.findall("q:responseDeclaration/q:correctResponse/q:value", Q21)]
        feedback = {f.get("identifier"): seen("".join(f.itertext())) for f in root.findall("q:modalFeedback", Q21)}
        if item.why:
            assert seen(item.why) in feedback["why"]
        images = [image.get("src") for image in root.iterfind(".//q:img", Q21)]
        assert images == [f"../images/{picture.name}" for picture in item.pictures]
        if isinstance(item.form, Choices):
            choices = {c.get("identifier"): seen(c.text) for c in root.iterfind(".//q:simpleChoice", Q21)}
            assert list(choices.values()) == [seen(o.text) for o in item.form.options]
            assert [choices[name] for name in key] == [seen(o.text) for o in item.form.options if o.right]
            assert [feedback[name] for name in choices] == [seen(o.reason) for o in item.form.options]
        elif isinstance(item.form, Pairs):
            texts = {c.get("identifier"): c.text for c in root.iterfind(".//q:simpleAssociableChoice", Q21)}
            pairs = [tuple(texts[name] for name in pair.split()) for pair in key]
            assert pairs == [(case, labels[0]) for case, labels, _ in item.form.cases]
        else:
            assert float(key[0]) == pytest.approx(item.form.value)
            assert [feedback[f"w{n}"] for n, _ in enumerate(item.form.wrong, 1)] == [
                seen(r) for _, r in item.form.wrong
            ]


# --- the command ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["moodle", "gift", "qti12", "qti21"])
def test_the_command_writes_a_new_file_the_same_each_time(to, tmp_path):
    output = tmp_path / "Fragen 学"
    words = ["questions", "export", "--to", to, "--course", str(ROOT), "--section", "18.3"]
    result = CliRunner().invoke(cli.app, [*words, "--output", str(output)])
    assert result.exit_code == 0, result.output
    assert "questions to" in result.output
    again = CliRunner().invoke(cli.app, [*words, "--output", str(output)])
    assert again.exit_code == 1
    assert "exists already" in again.output
    other = tmp_path / ("x.xml" if "moodle" not in words else "x.zip")
    wrong = CliRunner().invoke(cli.app, [*words, "--output", str(other)])
    assert wrong.exit_code == 1
    assert "let its name end so" in wrong.output
    assert not other.exists()
    CliRunner().invoke(cli.app, [*words, "--output", str(tmp_path / "second")])
    assert output.read_bytes() == (tmp_path / "second").read_bytes()


def test_the_command_says_what_is_wrong(tmp_path):
    for more, words in (
        (["--section", "18.9"], "section must be one of"),
        (["--course", str(tmp_path)], "no notebooks"),
    ):
        output = str(tmp_path / "x.xml")
        options = ["--to", "moodle", "--course", str(ROOT), "--output", output, *more]
        result = CliRunner().invoke(cli.app, ["questions", "export", *options])
        assert result.exit_code == 1
        assert words in result.output
        assert not Path(output).exists()
