"""The kit for computers without a network: what is written, what stops it, and (slow) that it installs and opens."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kit
import kit_start

ROOT = Path(__file__).resolve().parents[1]
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
CAGE = "ip link set lo up && exec "  # in an empty name space of the network, only this computer answers itself


@pytest.fixture
def no_downloads(monkeypatch):
    """Make kits of one small file instead of packages."""
    monkeypatch.setattr(kit, "packages", lambda name, python, whole: ["numpy==2.4.6"])

    def download(system, python, wanted, folder):
        (folder / "numpy-2.4.6-cp311-cp311-any.whl").write_bytes(b"a wheel")

    monkeypatch.setattr(kit, "download", download)
    run = subprocess.run
    monkeypatch.setattr(kit.subprocess, "run", lambda command, **o: None if "wheel" in command else run(command, **o))


@pytest.mark.parametrize("name", kit.SYSTEMS)
def test_a_kit_holds_course_script_page_and_sums(no_downloads, tmp_path, name):
    target = tmp_path / "kit"
    assert kit.make(name, "3.11", whole=False, target=target) > 1
    assert not list(tmp_path.glob("*.part"))
    listed = dict(reversed(line.split("  ", 1)) for line in (target / "SHA256SUMS").read_text("utf-8").splitlines())
    files = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert set(listed) == files
    assert all(hashlib.sha256((target / each).read_bytes()).hexdigest() == listed[each] for each in files)
    assert {kit.SCRIPTS[name], "start.py", "READ_ME_FIRST.html", "course/notebooks/00_start_here.ipynb"} <= files
    assert {each.split("/")[1] for each in files if each.startswith("course/")} == {"notebooks", "exercises"}
    page = (target / "READ_ME_FIRST.html").read_text(encoding="utf-8")
    assert kit.TRIED[name] in page
    assert re.search("<img [^>]*alt=..", page)
    script = (target / kit.SCRIPTS[name]).read_bytes()
    assert b"3.11" in script
    assert (b"\r\n" in script) == (name == "windows")


def test_a_kit_is_never_written_over_and_nothing_half_made_is_left(no_downloads, tmp_path, monkeypatch):
    target = tmp_path / "kit"
    target.mkdir()
    with pytest.raises(kit.Refused, match="exists already"):
        kit.make("linux", "3.11", whole=False, target=target)
    monkeypatch.setattr(kit, "write_sums", lambda folder: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(kit.Refused, match="cannot be written: No space left on device"):
        kit.make("linux", "3.11", whole=False, target=tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir()] == ["kit"]


def test_too_little_room_is_said_before_anything_is_fetched(no_downloads, tmp_path, monkeypatch):
    monkeypatch.setattr(kit.shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(kit.Refused, match="less than 1 GB free"):
        kit.make("linux", "3.11", whole=False, target=tmp_path / "kit")


def test_a_broken_download_is_said(tmp_path, monkeypatch):
    failed = subprocess.CompletedProcess(
        [], 1, "", "WARNING: x\nERROR: No matching distribution found for torch==2.13.0+cpu"
    )
    monkeypatch.setattr(kit.subprocess, "run", lambda *arguments, **options: failed)
    with pytest.raises(kit.Refused, match="has no small torch for Linux: leave --whole out"):
        kit.download(kit.SYSTEMS["linux"], "3.11", ["torch==2.13.0+cpu"], tmp_path)
    failed.returncode = 0
    with pytest.raises(kit.Refused, match="1 of 1 packages did not arrive"):
        kit.download(kit.SYSTEMS["linux"], "3.11", ["numpy==2.4.6"], tmp_path)


def test_the_whole_linux_kit_has_nothing_for_graphics_cards(monkeypatch):
    found = ["numpy==2.4.6", "nvidia-nccl-cu13==2", "cuda-toolkit==13", "torch==2.14.1", "torchvision==1", "triton==3"]
    monkeypatch.setattr(kit, "resolve", lambda system, python, whole: found)
    assert kit.packages("linux", "3.11", whole=True) == ["numpy==2.4.6", f"torch=={kit.CPU_TORCH}"]
    assert kit.packages("windows", "3.11", whole=True) == found


# ---- the start script -------------------------------------------


@pytest.fixture
def start(no_downloads, tmp_path, monkeypatch):
    """The start script of a kit, and a home of its own."""
    kit.make("linux", "3.11", whole=False, target=tmp_path / "kit")
    monkeypatch.setattr(kit_start, "KIT", tmp_path / "kit")
    home = tmp_path / "home"
    for name, value in {
        "HOME": home,
        "ENVIRONMENT": home / "environment",
        "DONE": home / "environment/complete",
    }.items():
        monkeypatch.setattr(kit_start, name, value)
    return kit_start


def test_a_damaged_kit_is_refused(start):
    start.check_files()
    (start.KIT / "course/notebooks/00_start_here.ipynb").write_text("broken", encoding="utf-8")
    with pytest.raises(SystemExit, match="1 files are missing or damaged, the first is course/notebooks/00_start_here"):
        start.check_files()


def test_a_wrong_python_is_refused(start, monkeypatch):
    monkeypatch.setattr(start.sys, "version_info", (3, 14, 0))
    with pytest.raises(SystemExit, match=r"This kit is for Python 3\.11, but this is .*Install Python 3\.11"):
        start.check_python()


def test_a_failed_installation_leaves_nothing(start, monkeypatch):
    (start.KIT / "wheels").joinpath("broken-1-py3-none-any.whl").write_bytes(b"not a wheel")
    with pytest.raises(SystemExit, match="nothing of it was kept"):
        start.install("mark")
    assert not start.ENVIRONMENT.exists()
    monkeypatch.setattr(start.shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(SystemExit, match=r"needs 0\.3 GB .* Make room"):
        start.install("mark")


def test_a_second_start_keeps_the_learners_work(start):
    start.copy_course()
    mine = start.HOME / "course/notebooks/00_start_here.ipynb"
    mine.write_text("my work", encoding="utf-8")
    start.copy_course()
    assert mine.read_text(encoding="utf-8") == "my work"


def test_a_home_that_cannot_be_made_is_said(start, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr(start, "HOME", tmp_path / "file" / "home")
    with pytest.raises(SystemExit, match="Set CLINXAI_HOME to a folder of yours"):
        start.install("mark")


# ---- the proof --------------------------------------------------


@pytest.mark.slow
def test_the_light_kit_installs_and_opens_without_a_network(tmp_path, capsys):
    pytest.importorskip("uv", reason="needs the extra `deploy`")
    empty = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c"]
    if sys.platform != "linux" or subprocess.run([*empty, f"{CAGE} true"], capture_output=True).returncode != 0:
        pytest.skip("needs Linux with `unshare` and `ip`, and the right to make a name space")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # without the guard
    environment["CLINXAI_HOME"] = str(tmp_path / "home")
    made = [sys.executable, ROOT / "tools" / "kit.py", "linux", "--python", VERSION, "--to", tmp_path / "kit"]
    result = subprocess.run(made, env=environment, capture_output=True, text=True)
    if "could not be fetched" in result.stderr and not os.environ.get("CI"):
        pytest.skip("no registry of packages answers")
    assert result.returncode == 0, result.stderr
    size = sum(path.stat().st_size for path in (tmp_path / "kit").rglob("*") if path.is_file()) / 1e6
    assert size < 450

    def inside(command):
        return subprocess.run([*empty, CAGE + command], env=environment, capture_output=True, text=True, timeout=400)

    doctor = inside(f"sh {tmp_path}/kit/start.sh --check")
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert "the light installation" in doctor.stdout
    python = tmp_path / "home/environment/bin/python"
    lesson = next((tmp_path / "home/course/notebooks").glob("18_6_*.ipynb"))
    ran = inside(f"{python} -m nbconvert --to notebook --execute --output ran {lesson}")
    assert ran.returncode == 0, ran.stderr[-3000:]
    code = "import jupyterlab.labapp as a, sys; sys.argv[1:] = ['--version']; a.main()"
    assert inside(f'{python} -c "{code}"').returncode == 0
    with capsys.disabled():
        print(f"\nlight kit: {size:.0f} MB; installed, checked by the doctor and 18.6 run without a network")
