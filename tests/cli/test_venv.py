"""The virtual environment, made for real."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli import venv
from cli.errors import CommandError
from cli.layout import Layout
from cli.progress import Progress


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    return Layout(tmp_path, tmp_path / ".state")


def test_it_is_made_once_and_again_only_after_a_change_and_by_hashes_alone(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    venv.ensure(layout, Progress())
    stamp = layout.checkout / ".venv" / venv.STAMP
    assert "Virtual environment" in capsys.readouterr().out
    venv.ensure(layout, Progress())
    assert capsys.readouterr().out == ""

    (layout.checkout / "requirements.txt").write_text("# still nothing\n")
    venv.ensure(layout, Progress())
    printed = capsys.readouterr().out
    assert "Python packages" in printed
    assert "Virtual environment" not in printed

    layout.python.unlink()
    venv.ensure(layout, Progress())
    assert "Virtual environment" in capsys.readouterr().out
    assert layout.python.exists()

    known = json.loads(stamp.read_text())
    stamp.write_text(json.dumps({**known, "python": "3.0"}))
    venv.ensure(layout, Progress())
    assert "Python packages" in capsys.readouterr().out

    before = stamp.read_text()
    unhashed = layout.checkout / "unhashed"
    unhashed.mkdir()
    (unhashed / "pyproject.toml").write_text('[project]\nname = "unhashed"\nversion = "1"\n')
    (layout.checkout / "requirements.txt").write_text(f"{unhashed}\n")
    with pytest.raises(CommandError, match="verify hashes"):
        venv.ensure(layout, Progress())
    assert stamp.read_text() == before


def test_compiled_modules_are_kept_however_python_was_told(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    module = layout.checkout / "module.py"
    module.touch()

    venv.keep_bytecode(layout)
    subprocess.run([sys.executable, "-c", "import module"], cwd=layout.checkout, check=True)

    (kept,) = (layout.checkout / ".venv" / "pyc").rglob("module.*.pyc")
    assert kept.stat().st_size
    assert not (layout.checkout / "__pycache__").exists()
