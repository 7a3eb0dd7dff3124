"""A learner's record: what goes in, what is shown, and that nothing breaks a check or overwrites a file."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clinxai_teach import cli, progress, resume
from clinxai_teach._lazy import this_command
from clinxai_teach.checks import CheckFailed, bank, check, engine, hint, solution
from clinxai_teach.resume import Stand, where_to_resume

RIGHT = {name: bank.find(name).right for name in ("18.1-a", "18.1-c", "18.3-c")}
ENTRY = {"clinxai_progress": 1, "exercise": "18.1-a", "what": "right", "when": "2026-11-26T16:00:00+00:00"}


def line(**changed):
    return json.dumps(ENTRY | changed).encode() + b"\n"


FOREIGN = {
    "not text": b"\x00\xff\xfe binary",
    "another program's lines": b'{"event": "right"}\n',
    "a torn line": line() + line()[:50],
    "a later format": line(clinxai_progress=2),
    "an unknown entry": line(what="won"),
    "an id that is a path": line(exercise="../x"),
    "a time that is none": line(when="today"),
    "brackets without end": b"[" * 100_000,
    "a list": b"[1, 2]\n",
    "too large": b" " * (progress.MOST_BYTES + 1),
}
FOREIGNERS = {"not text", "another program's lines", "brackets without end", "a list", "too large"}  # no line is ours


@pytest.fixture
def record(tmp_path, monkeypatch):
    """Return the file of a record that does not exist yet, in a folder with foreign letters."""
    file = tmp_path / "Größe 学" / "progress.jsonl"
    monkeypatch.setenv(progress.VARIABLE, str(file))
    monkeypatch.setattr(progress, "_said", set())
    monkeypatch.setattr(engine, "_hints_given", {})
    return file


def command(*words, **options):
    return CliRunner().invoke(cli.app, ["progress", *words], **options)


# --- what goes in -----------------------------------------------------------------------------------------


def test_what_is_right_is_noted_once_and_told_at_the_first_time(record, capsys):
    check("18.1-a", RIGHT["18.1-a"])
    said = capsys.readouterr().out
    assert f"kept only on this computer, in {record}" in said
    assert said.endswith(f"{this_command()} progress --help\n")
    check("18.1-a", RIGHT["18.1-a"])
    check("18.1-c", RIGHT["18.1-c"])
    assert "only on this computer" not in capsys.readouterr().out
    assert [entry[:2] for entry in progress.read(record)] == [("18.1-a", "right"), ("18.1-c", "right")]


def test_a_wrong_answer_and_the_stub_are_not_noted(record):
    for answer in (0.931, ...):
        with pytest.raises(CheckFailed):
            check("18.1-a", answer)
    assert not record.exists()


def test_hints_and_solutions_are_noted(record):
    hint("18.1-a")
    hint("18.1-a")
    solution("18.3-c")
    assert [entry[:2] for entry in progress.read(record)] == [
        ("18.1-a", "hint 1"),
        ("18.1-a", "hint 2"),
        ("18.3-c", "solution"),
    ]


def test_every_hint_of_the_bank_has_its_kind():
    most = max(len(bank.load(path).hints) for s in bank.section_numbers() for path in bank.files(s).values())
    assert f"hint {most}" in progress.KINDS


def test_the_record_of_tests_and_builds_is_off():
    assert progress.place() is None
    assert progress.note("18.1-a", "right") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="the home folder has another name there")
def test_without_the_variable_it_lies_where_a_program_keeps_its_data(monkeypatch, tmp_path):
    monkeypatch.delenv(progress.VARIABLE)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    places = {}
    for system in ("linux", "darwin", "win32"):
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.delenv("LOCALAPPDATA", raising=False)
        places[system] = progress.place().relative_to(tmp_path).as_posix()
    assert places == {
        "linux": ".local/share/clinxai-teach/progress.jsonl",
        "darwin": "Library/Application Support/clinxai-teach/progress.jsonl",
        "win32": "AppData/Local/clinxai-teach/progress.jsonl",
    }


def test_many_processes_write_at_once_and_no_entry_is_lost(record):
    code = "from clinxai_teach import progress\nfor n in range(26): progress.note(f'18.{N}-{chr(97 + n)}', 'right')"
    running = [subprocess.Popen([sys.executable, "-c", code.replace("{N}", str(n))]) for n in range(1, 5)]
    assert [process.wait(60) for process in running] == [0] * 4
    assert len(progress.read(record)) == 4 * 26
    assert len(record.read_bytes().splitlines()) == 4 * 26


def test_a_file_that_an_editor_saved_is_still_read_and_added_to(record):
    check("18.1-a", RIGHT["18.1-a"])
    record.write_bytes(b"\xef\xbb\xbf" + record.read_bytes().replace(b"\n", b"\r\n").rstrip())
    check("18.1-c", RIGHT["18.1-c"])
    assert [entry.exercise for entry in progress.read(record)] == ["18.1-a", "18.1-c"]


# --- what cannot be written or read -----------------------------------------------------------------------


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_damaged_or_foreign_file_is_reported_once_and_never_touched(record, capsys, content):
    record.parent.mkdir()
    record.write_bytes(content)
    check("18.1-a", RIGHT["18.1-a"])
    check("18.1-c", RIGHT["18.1-c"])
    out = capsys.readouterr().out
    assert out.count("Your progress is not kept.") == 1
    assert "It was left as it is" in out
    assert where_to_resume() is None
    for result in (command("show"), command("export", str(record.parent / "new.csv"))):
        assert result.exit_code == 1
        assert "cannot be read" in result.output
        assert "Traceback" not in result.output
    assert record.read_bytes() == content
    assert [path.name for path in record.parent.iterdir()] == [record.name]


@pytest.mark.parametrize("name", FOREIGN)
def test_a_damaged_record_of_this_course_is_deleted_and_a_foreign_file_is_left(record, name):
    record.parent.mkdir()
    record.write_bytes(FOREIGN[name])
    result = command("delete", "--yes")
    foreign = name in FOREIGNERS
    assert result.exit_code == foreign
    assert record.exists() == foreign
    assert "cannot be read" in result.output
    assert "Traceback" not in result.output


@pytest.mark.skipif(sys.platform == "win32", reason="there is no mkfifo")
def test_a_pipe_or_a_folder_is_not_opened(record, capsys):
    record.parent.mkdir()
    os.mkfifo(record)
    check("18.1-a", RIGHT["18.1-a"])
    record.unlink()
    record.mkdir()
    check("18.1-c", RIGHT["18.1-c"])
    assert capsys.readouterr().out.count("is not a record of this course") == 1
    assert where_to_resume() is None


NO_PLACE = {
    "no right to write": OSError(13, "Permission denied"),
    "a file system that only reads": OSError(30, "Read-only file system"),
    "a full disk": OSError(28, "No space left on device"),
}


@pytest.mark.parametrize("error", NO_PLACE.values(), ids=NO_PLACE.keys())
def test_where_nothing_can_be_written_the_check_still_works_and_says_so_in_one_line(record, monkeypatch, capsys, error):
    def stop(*args):
        raise error

    monkeypatch.setattr(os, "open", stop)
    check("18.1-a", RIGHT["18.1-a"])
    check("18.1-c", RIGHT["18.1-c"])
    captured = capsys.readouterr()
    assert captured.out.count("18.1-") == 2
    assert [line for line in captured.out.splitlines() if "not kept" in line] == [
        f"Your progress is not kept. {record}: {error.strerror}."
    ]
    assert captured.err == ""


@pytest.mark.parametrize(
    "value", ["/proc/none/here/p.jsonl", "/dev/null/p.jsonl", "a\0b", "~nobody-of-this-name/p.jsonl"]
)
def test_a_place_that_cannot_be_never_breaks_a_check(monkeypatch, capsys, value):
    if "\0" in value:  # no system lets it into its environment
        monkeypatch.setattr(os.environ, "get", lambda name, default=None: value)
    else:
        monkeypatch.setenv(progress.VARIABLE, value)
    monkeypatch.setattr(progress, "_said", set())
    assert progress.note("18.1-a", "right").startswith("Your progress is not kept.")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_only_reads(record, capsys):
    record.parent.mkdir()
    record.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    check("18.1-a", RIGHT["18.1-a"])
    assert "Permission denied" in capsys.readouterr().out


def test_a_terminal_with_few_letters_can_print_the_path(record):
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    code = "from clinxai_teach.checks import hint; hint('18.1-b')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=env)
    assert done.returncode == 0, done.stderr
    assert b"only on this computer" in done.stdout  # and the letters as their numbers


# --- what is shown ----------------------------------------------------------------------------------------


def test_without_a_record_the_start_page_shows_nothing(record):
    stand = where_to_resume()
    assert (repr(stand), stand._repr_html_()) == ("", "")
    assert "no record yet" in command("show").output
    assert "no record to delete" in command("delete").output


def test_the_stand_names_the_exercise_to_go_on_with_and_its_notebook(record, monkeypatch):
    monkeypatch.chdir(Path(resume.__file__).parents[1] / "notebooks")
    check("18.1-a", RIGHT["18.1-a"])
    hint("18.3-c")
    stand = where_to_resume()
    assert stand.next.exercise == "18.3-c"  # touched last, and open
    assert "../exercises/18_3_3_repairing_probabilities.ipynb" in stand._repr_html_()
    check("18.3-c", RIGHT["18.3-c"])
    following = where_to_resume().next
    assert following.exercise != "18.3-c"
    assert following.notebook.name.startswith("18_3_3")
    assert "18.1  1 of" in stand.to_text()
    assert "18.3  0 of 14 right; hints read: c" in stand.to_text()


def test_without_torch_to_go_on_leaves_out_the_sections_that_need_it(record, monkeypatch):
    monkeypatch.setattr(resume, "find_spec", lambda name: None)
    check("18.1-a", RIGHT["18.1-a"])  # on the start page, which the light way opens
    assert where_to_resume().next.notebook.name.startswith("18_3_1")
    hint("18.1-c")
    assert where_to_resume().next.exercise == "18.1-c"  # touched last, and open: whoever began it can go on
    every = [row.exercise for row in Stand([]).rows if row.notebook.name.startswith(resume.WITHOUT_TORCH)]
    light = Stand([progress.Entry(name, "right", "2026-11-26T16:00:00+00:00") for name in every])
    assert light.next is None
    assert "All exercises that run without torch are right." in light.to_text()


def test_exercises_without_code_come_before_those_for_coders(record):
    check("18.3-k", bank.find("18.3-k").right)
    stand = where_to_resume()
    assert stand.next.exercise in {"18.3-h", "18.3-i", "18.3-j"}
    done = [progress.Entry(f"18.3-{letter}", "right", "2026-11-26T16:00:00+00:00") for letter in "hijk"]
    assert Stand(done).next.exercise == "18.3-b"  # nothing else is open on this page


def test_rows_are_the_exercises_that_check_can_judge_each_once(record):
    rows = where_to_resume().rows
    wanted = {
        name
        for section in bank.section_numbers()
        for name, exercise in bank.load_section(section).items()
        if not exercise.marked_by_teacher
    }
    assert sorted(row.exercise for row in rows) == sorted(wanted)
    assert all(row.notebook for row in rows)


def test_all_right(record):
    entries = [progress.Entry(row.exercise, "right", "2026-11-26T16:00:00+00:00") for row in Stand([]).rows]
    stand = Stand(entries)
    assert stand.next is None
    assert "All exercises are right." in stand.to_text()
    assert "All exercises are right." in stand._repr_html_()


def test_without_the_course_folder_the_order_is_that_of_the_letters(record, monkeypatch, tmp_path):
    monkeypatch.setattr(resume, "_folder", lambda: tmp_path)
    rows = Stand([]).rows
    assert [row.exercise for row in rows] == sorted(row.exercise for row in rows)
    assert not any(row.notebook for row in rows)


def test_to_show_loads_no_exercise(record):
    check("18.1-a", RIGHT["18.1-a"])
    code = (
        "import sys; from clinxai_teach.resume import where_to_resume; where_to_resume().to_text();"
        "print(*(name for name in ('torch', 'pandas', 'sklearn') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# --- the commands -----------------------------------------------------------------------------------------


def test_show_export_and_delete(record, tmp_path):
    check("18.1-a", RIGHT["18.1-a"])
    hint("18.1-c")
    shown = command("show")
    assert shown.exit_code == 0
    assert shown.output.isascii()
    assert "Go on with 18.1-c" in shown.output
    for name in ("mine.csv", "mine.json"):
        assert command("export", str(tmp_path / name)).exit_code == 0
    lines = (tmp_path / "mine.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "exercise,title,right,hints,solution"
    table = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    assert len(table) == len(lines) - 1
    assert [row["hints"] for row in table if row["exercise"] == "18.1-c"] == [1]
    again = command("export", str(tmp_path / "mine.csv"))
    assert again.exit_code == 1
    assert "exists already" in again.output
    assert command("delete", input="n\n").exit_code == 1
    assert record.exists()
    assert command("delete", input="y\n").exit_code == 0
    assert not record.exists()


@pytest.mark.parametrize(("file", "words"), [("x.txt", "must end in"), ("none/x.csv", "cannot be written")])
def test_export_says_what_is_wrong(record, tmp_path, file, words):
    result = command("export", str(tmp_path / file))
    assert result.exit_code == 1
    assert words in result.output
