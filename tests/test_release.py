"""What stops a release, on a small repository of its own."""

import subprocess
import zipfile

import pytest

import release


@pytest.fixture
def tree(tmp_path):
    """A tidy repository with the tag v1.2.0."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.2.0"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 1.2.0 (1 December 2026)\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    git(tmp_path, "tag", "v1.2.0")
    return tmp_path


def git(folder, *arguments):
    who = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder):
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Change")


def test_a_tidy_tag_is_taken(tree):
    assert release.check("v1.2.0", tree) == "1.2.0"


def test_an_untidy_tree_is_refused(tree):
    (tree / "new").write_text("", encoding="utf-8")
    with pytest.raises(release.Refused, match="not tidy"):
        release.check("v1.2.0", tree)


def test_an_unknown_tag_one_elsewhere_and_one_of_another_version_are_refused(tree):
    with pytest.raises(release.Refused, match=r"no tag v9\.9\.9\. Make it"):
        release.check("v9.9.9", tree)
    git(tree, "tag", "v1.3.0")
    with pytest.raises(release.Refused, match=r"Its tag must be v1\.2\.0"):
        release.check("v1.3.0", tree)
    (tree / "new").write_text("", encoding="utf-8")
    commit(tree)
    with pytest.raises(release.Refused, match=r"git checkout v1\.2\.0"):
        release.check("v1.2.0", tree)


@pytest.mark.parametrize(
    ("heading", "why"), [("## 1.1.0 (1 May 2026)", "Make them agree"), ("## 1.2.0 (not yet released)", "Write the day")]
)
def test_the_changelog_decides(tree, heading, why):
    (tree / "CHANGELOG.md").write_text(f"{heading}\n", encoding="utf-8")
    with pytest.raises(release.Refused, match=why):
        release.version_of(tree)


def test_a_failing_program_is_named_with_its_last_words():
    with pytest.raises(release.Refused, match=r"This failed: git no-such-thing\n.*no-such-thing"):
        release.output("git", "no-such-thing")


def test_a_teacher_gets_prints_sets_and_decks_in_one_file(tmp_path, monkeypatch):
    ran = []

    def make(_, tool, *, where):
        ran.append(tool.as_posix())
        for name in {"handouts": ("handouts/a.pdf", "sets/b.pdf", "run/c.ipynb"), "slides": ("slides/d.html",)}[
            tool.parent.name
        ]:
            path = where / "build" / "teaching" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name, encoding="utf-8")

    monkeypatch.setattr(release, "output", make)
    assert release.for_teachers(tmp_path, tmp_path, "1.2.0") == [
        "the prints and decks for teachers (this tag has no tools/handouts and tools/slides)"
    ]
    for part in ("handouts", "slides"):
        (tmp_path / "tools" / part).mkdir(parents=True)
        (tmp_path / "tools" / part / "build.py").write_text("", encoding="utf-8")
    assert release.for_teachers(tmp_path, tmp_path, "1.2.0") == []
    assert ran == ["tools/handouts/build.py", "tools/slides/build.py"]
    with zipfile.ZipFile(tmp_path / "teaching-1.2.0.zip") as made:
        files = [name for name in made.namelist() if not name.endswith("/")]
    assert sorted(files) == ["handouts/a.pdf", "sets/b.pdf", "slides/d.html"]  # not the lessons that were run
