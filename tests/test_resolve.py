"""The lists of packages for other systems: how uv is asked, and what is said where a package cannot be had."""

import subprocess

import pytest

import resolve


def answer(monkeypatch, returncode, stdout="", stderr=""):
    asked = {}

    def run(command, **options):
        asked["command"], asked["env"] = list(map(str, command)), options["env"]
        return subprocess.CompletedProcess(command, returncode, stdout, stderr)

    monkeypatch.setattr(resolve.subprocess, "run", run)
    return asked


def test_a_mac_is_asked_for_with_its_oldest_system_and_only_wheels_count(monkeypatch):
    asked = answer(monkeypatch, 0, "numpy==2.4.6\n--find-links x\nscipy==1.17.1\n")
    assert resolve.resolve(resolve.SYSTEMS["macos"], "3.12", whole=False) == ["numpy==2.4.6", "scipy==1.17.1"]
    assert asked["env"]["MACOSX_DEPLOYMENT_TARGET"] == "14.0"
    command = " ".join(asked["command"])
    assert "--python-platform aarch64-apple-darwin --python-version 3.12" in command
    assert "--only-binary :all:" in command
    assert "requirements-light.txt" in command


def test_a_missing_wheel_and_a_missing_uv_are_said(monkeypatch):
    answer(monkeypatch, 1, stderr="error: torch has no\n wheels")
    with pytest.raises(resolve.NotToBeHad, match="torch has no wheels"):
        resolve.resolve(resolve.SYSTEMS["linux"], "3.11", whole=True)
    answer(monkeypatch, 1, stderr="python: No module named uv")
    with pytest.raises(resolve.NotToBeHad, match=r"uv is missing\. Run: "):
        resolve.resolve(resolve.SYSTEMS["linux"], "3.11", whole=True)
