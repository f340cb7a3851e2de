"""What is handed on to programs of the checkout: where files go is meant from where one stands."""

from argparse import Namespace
from pathlib import Path

import pytest

from cli.commands import forward


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_path_is_meant_from_where_the_caller_stands(here: Path):
    wanted = str(here / "out.json")
    assert forward.from_here(["rating", "--json", "out.json"], "--json") == [
        "rating",
        "--json",
        wanted,
    ]
    assert forward.from_here(["--json=out.json"], "--json") == [f"--json={wanted}"]
    assert forward.from_here(["--json"], "--json") == ["--json"]
    assert forward.from_here(["--jsons", "x"], "--json") == ["--jsons", "x"]


@pytest.mark.parametrize("given", [["--out", "usage"], ["--out=usage"]])
def test_an_export_goes_where_the_caller_stands(
    here: Path, given: list[str], monkeypatch: pytest.MonkeyPatch
):
    seen: list[list[str]] = []
    monkeypatch.setattr(forward, "manage", lambda args: seen.append(args.arguments) or 0)
    wanted = str(here / "usage")
    arguments = ["export", "--format", "usage-csv", "--period", "2026-03", *given]
    assert forward.billing(Namespace(arguments=arguments)) == 0
    out = ["--out", wanted] if len(given) == 2 else [f"--out={wanted}"]
    assert seen == [["billing", "export", "--format", "usage-csv", "--period", "2026-03", *out]]
