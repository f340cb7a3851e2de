"""The file-size check."""

import subprocess
from pathlib import Path

import pytest

from cli import sizes


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("made/\n")
    return tmp_path


def write(checkout: Path, name: str, lines: int) -> None:
    path = checkout / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x = 1\n" * lines)


def found(checkout: Path) -> list[str]:
    return sizes.too_long(checkout, sizes.python_files(checkout))


def test_a_file_over_the_limit_is_named_with_its_size(checkout: Path) -> None:
    write(checkout, "app/long.py", sizes.MOST_LINES + 1)
    write(checkout, "app/fits.py", sizes.MOST_LINES)
    assert found(checkout) == ["app/long.py: 401 lines, 400 at most; split it by noun or step"]


def test_what_is_generated_or_ignored_does_not_count(checkout: Path) -> None:
    write(checkout, "app/migrations/0001_initial.py", 1000)
    write(checkout, "made/long.py", 1000)
    assert found(checkout) == []


def test_a_tracked_file_that_was_deleted_is_no_matter(checkout: Path) -> None:
    write(checkout, "gone.py", 1000)
    subprocess.run(["git", "-C", checkout, "add", "gone.py"], check=True)
    (checkout / "gone.py").unlink()
    assert found(checkout) == []
