"""A checklist in its file: what goes in comes out, foreign files are left alone, the command shows and deletes it."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clinxai_teach import cli, progress
from clinxai_teach.checklist import Checklist
from clinxai_teach.checklist.kept import Keeper, file_for, kept_checklists
from clinxai_teach.vendor_sheets import CHESTGUARD

FOREIGN = {
    "not text": b"\x00\xff binary",
    "a torn file": Checklist("ChestGuard").to_json().encode()[:40],
    "another program's": b'{"answers": {}}',
    "a list": b"[1, 2]",
    "brackets without end": b"[" * 100_000,
    "too large": b" " * (progress.MOST_BYTES + 1),
    "another tool's": Checklist("chestguard!").to_json().encode(),
}


@pytest.fixture
def record(tmp_path, monkeypatch):
    """Return the file of a record that does not exist yet, in a folder with foreign letters."""
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path / "Größe 学" / "progress.jsonl"))
    return tmp_path / "Größe 学" / "progress.jsonl"


def command(*words, **options):
    return CliRunner().invoke(cli.app, ["progress", *words], **options)


def test_it_lies_beside_the_record_under_a_name_that_every_system_takes(record):
    names = {tool: file_for(tool).name for tool in ("ChestGuard", "../../Ärzte: 2.0?", "x" * 999)}
    assert set(map(file_for, names)) == {record.parent / name for name in names.values()}
    assert names["ChestGuard"] == "progress-checklist-chestguard.json"
    assert names["../../Ärzte: 2.0?"] == "progress-checklist-ärzte-2-0.json"
    assert len(names["x" * 999]) < 100


def test_what_is_written_is_found_again_and_is_its_owners_only(record):
    checklist = CHESTGUARD.checklist()
    Keeper(checklist).write()
    new = Checklist(checklist.tool)
    keeper = Keeper(new)
    assert (new, keeper.found, keeper.trouble) == (checklist, 16, "")
    assert [file.name for file in record.parent.iterdir()] == [keeper.file.name]
    if sys.platform != "win32":
        assert stat.S_IMODE(keeper.file.stat().st_mode) == 0o600


def test_a_checklist_with_answers_is_not_replaced(record):
    Keeper(CHESTGUARD.checklist()).write()
    own = Checklist("ChestGuard").answer(4, "no")
    assert Keeper(own).found == 0
    assert own.answers == {4: ("no", "")}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_damaged_or_foreign_file_is_reported_and_never_touched(record, content):
    record.parent.mkdir()
    file = file_for("ChestGuard")
    file.write_bytes(content)
    keeper = Keeper(Checklist("ChestGuard"))
    assert "It was left as it is" in keeper.trouble
    keeper.checklist.answer(4, "no")
    keeper.write()
    keeper.begin_anew()
    assert file.read_bytes() == content
    assert list(record.parent.iterdir()) == [file]


def test_a_tool_without_a_name_has_no_file(record):
    assert "The tool has no name" in Keeper(Checklist()).trouble


def test_a_full_disk_is_told_and_the_old_answers_stay(record, monkeypatch):
    keeper = Keeper(Checklist("ChestGuard").answer(4, "no"))
    keeper.write()

    def stop(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", stop)
    keeper.checklist.answer(5, "no")
    keeper.write()
    assert keeper.trouble == f"{keeper.file}: No space left on device."
    assert Keeper(Checklist("ChestGuard")).checklist.answers == {4: ("no", "")}


def test_in_a_browser_it_is_kept_only_where_the_notebooks_are(record, monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert Keeper(Checklist("ChestGuard")).trouble == "This browser gives the page no place to write."
    (record.parent / "notebooks").mkdir(parents=True)
    monkeypatch.chdir(record.parent / "notebooks")
    assert Keeper(Checklist("ChestGuard")).trouble == ""


def test_the_command_shows_and_deletes_them(record):
    Keeper(Checklist("ChestGuard").answer(4, "no")).write()
    foreign = record.parent / "progress-checklist-other.json"
    foreign.write_text(json.dumps({"answers": {}}), encoding="utf-8")
    (file,) = kept_checklists()
    assert "Checklist ChestGuard: 1 of 16 answers, in " in command("show").output
    assert command("delete", input="n\n").exit_code == 1
    assert file.exists()
    deleted = command("delete", input="y\n")
    assert deleted.exit_code == 1
    assert f"Left: {progress.shown(foreign)} cannot be read" in deleted.output
    assert list(record.parent.iterdir()) == [foreign]
    assert "no record to delete" in command("delete").output


def test_the_command_deletes_the_record_too(record):
    progress.note("18.1-a", "right")
    Keeper(Checklist("ChestGuard").answer(4, "no")).write()
    assert command("delete", "--yes").output.count("Deleted: ") == 2
    assert list(record.parent.iterdir()) == []


def test_a_damaged_record_is_told_and_deleted_with_the_checklists(record):
    progress.note("18.1-a", "right")
    with record.open("ab") as file:
        file.write(b'{"clinxai_progress": 1, "exer')
    Keeper(Checklist("ChestGuard").answer(4, "no")).write()
    deleted = command("delete", "--yes")
    assert deleted.exit_code == 0
    assert f"A part of {progress.shown(record)} is damaged" in deleted.output
    assert deleted.output.count("Deleted: ") == 2
    assert list(record.parent.iterdir()) == []


def test_checklists_go_where_the_file_of_the_record_is_another_programs(record):
    Keeper(Checklist("ChestGuard").answer(4, "no")).write()
    record.write_bytes(b"another program's")
    deleted = command("delete", "--yes")
    assert deleted.exit_code == 1
    assert f"Left: {progress.shown(record)} cannot be read" in deleted.output
    assert list(record.parent.iterdir()) == [record]


def test_a_file_that_cannot_be_deleted_keeps_no_other(record, monkeypatch):
    progress.note("18.1-a", "right")
    Keeper(Checklist("ChestGuard").answer(4, "no")).write()
    unlink = Path.unlink

    def locked(file, *args, **kwargs):
        if file == record:
            raise PermissionError(13, "Permission denied")
        unlink(file, *args, **kwargs)

    monkeypatch.setattr(Path, "unlink", locked)
    deleted = command("delete", "--yes")
    assert deleted.exit_code == 1
    assert "cannot be deleted: Permission denied." in deleted.output
    assert list(record.parent.iterdir()) == [record]
