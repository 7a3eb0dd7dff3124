"""What stops a release, on a small repository of its own."""

import subprocess

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
