"""Where results go is meant from where the caller stands."""

from pathlib import Path

from cli.commands.forward import from_here


def test_a_file_is_found_from_where_one_is(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wanted = str(tmp_path / "out.json")
    assert from_here(["rating", "--json", "out.json"], "--json") == ["rating", "--json", wanted]
    assert from_here(["--json=out.json"], "--json") == [f"--json={wanted}"]
    assert from_here(["--json"], "--json") == ["--json"]
