"""The small installation: what it asks pip for, and when it stops. docs/offline.md holds its size, measured by hand."""

import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

import small

ROOT = Path(__file__).resolve().parents[1]
Package = namedtuple("Package", "metadata")


@pytest.fixture
def asked(monkeypatch):
    """Return the commands that pip would be given, each with the constraints that it could read."""
    commands = []

    def run(command):
        pinned = (
            Path(command[command.index("--constraint") + 1]).read_text("utf-8") if "--constraint" in command else ""
        )
        commands.append((command, pinned))
        return subprocess.CompletedProcess(command, codes.pop())

    codes = [0, 0]
    monkeypatch.setattr(small.subprocess, "run", run)
    monkeypatch.setattr(small.metadata, "distributions", lambda: [Package({"Name": "pip"})])
    return commands, codes


def test_it_asks_for_the_small_torch_at_tested_versions_and_then_for_the_course(asked):
    commands, _ = asked
    assert small.main(["--extra-index-url", "ADDRESS"]) == 0
    (packages, pinned), (course, _) = commands
    assert f"torch=={small.CPU_TORCH}" in packages
    assert {"shap>=0.50", "safetensors>=0.4"} <= set(packages)
    assert not any(line.startswith("torchvision") for line in packages)
    assert packages[packages.index("--extra-index-url") + 1] == "ADDRESS"
    assert "shap==" in pinned
    assert not any(line.startswith(("torch==", "torchvision==")) for line in pinned.splitlines())
    assert course[-3:] == ["--no-deps", "--editable", str(ROOT)]


def test_it_says_what_to_do_where_the_small_torch_is_not_found(asked, capsys):
    commands, codes = asked
    codes[:] = [1]
    assert small.main([]) == 1
    assert len(commands) == 1
    assert 'make small ARGS="--extra-index-url ADDRESS"' in capsys.readouterr().out


def test_an_environment_with_the_parts_for_graphics_cards_is_left_alone(asked, monkeypatch, capsys):
    monkeypatch.setattr(small.metadata, "distributions", lambda: [Package({"Name": "nvidia-nccl-cu13"})])
    assert small.main([]) == 1
    assert not asked[0]
    assert "nvidia-nccl-cu13" in capsys.readouterr().out
