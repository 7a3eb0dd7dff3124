"""The list of people, as universities and LMS write it; what is refused names the line."""

import pytest

from clinxai_teach.classroom.roster import Person, forms, plain, read_roster


def roster(tmp_path, content):
    path = tmp_path / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "people"),
    [
        ("id,name\na.b,Anna Bär\n", [Person("a.b", "Anna Bär")]),
        ("\ufeffid;name;email\na.b;Anna Bär;a@x.org\n", [Person("a.b", "Anna Bär", "a@x.org")]),
        ("ID\tFirst name\tLast name\n007\tAnna\tBär\n", [Person("007", "Anna Bär")]),
        ("First name,Last name,ID number,Email address\nAnna,Bär,12,a@x\n", [Person("12", "Anna Bär", "a@x")]),
        (
            'Student,ID,SIS User ID,SIS Login ID,Section\n"    Points Possible",,,,\n"Bär, Anna",991,77,abaer,S\n'
            '"Student, Test",992,,x1,S\n',
            [Person("abaer", "Bär, Anna", "", "991", "77")],
        ),
        ("id,name\r\n\r\na1,A\r\n,\r\nb2,B\r\n", [Person("a1", "A"), Person("b2", "B")]),
        ("Vorname,Nachname,ID-Nummer,E-Mail-Adresse\nAnna,Bär,12,a@x\n", [Person("12", "Anna Bär", "a@x")]),
        ("Vollständiger Name;Anmeldename\nAnna Bär;ab1\n", [Person("ab1", "Anna Bär")]),
        (
            "Studierende,ID,SIS-Benutzer-ID,SIS-Anmelde-ID,Abschnitt\nAnna Bär,991,77,abaer,S\n",
            [Person("abaer", "Anna Bär", "", "991", "77")],
        ),
        ("id,name\nu\u0308ber,U\u0308ber\n", [Person("über", "Über")]),
    ],
)
def test_a_list_is_read(tmp_path, content, people):
    assert read_roster(roster(tmp_path, content)) == people


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,name\na,A\nb,B\nA,C\n", r"line 4: the id 'A' is there already, in line 2"),
        ("name,mail\nA,x\n", "line 1: no column 'id' among name, mail"),
        ("id,name\na,A\n,B\n", "line 3: B has no id"),
        ("id\nx1\n", "line 1: no column with names among id"),
        ("Prénom,id\nAnna,x1\n", "line 1: no column with names among prénom, id"),
        ("id,name\n../b,B\n", "line 2: the id '../b' cannot name a folder"),
        ("id,name\n.hidden,B\n", "line 2"),
        ("id,name\na b,B\n", "line 2"),
        ("id,name\n", "nobody"),
        ('id,name\na,A\nb,"Open\nc,C\n', r"line 3: a quotation mark \(\"\) is opened there and not closed"),
        ("Vorname;Nachname;E-Mail-Adresse;Gruppen\nA;B;a@x;\n", "Bewertungen > Export"),
        ("ID;Vollständiger Name\nTeilnehmer/in884401;A\n", "Bewertungen > Export"),
        ("", "line 1"),
        ("id,name\na,A\nb,Bär\n".encode("latin-1"), "line 3: this is not UTF-8"),
    ],
)
def test_a_wrong_list_is_refused_with_its_line(tmp_path, content, says):
    with pytest.raises(ValueError, match=says):
        read_roster(roster(tmp_path, content))


def test_a_list_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"there is no list of people .*none\.csv"):
        read_roster(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "written",
    ["Anna Maria Müller", "müllerannamaria", "MULLERANNAMARIA", "Mueller, Anna Maria", "a.mueller", "am@x.org", "am"],
)
def test_a_person_is_known_as_an_lms_writes_her(written):
    assert plain(written) in forms(Person("a.mueller", "Anna Maria Müller", "am@x.org"))


def test_another_person_is_not():
    assert plain("Anna Muller-Lee") not in forms(Person("a.mueller", "Anna Müller"))
