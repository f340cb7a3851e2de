"""The command line and what it prints without starting anything."""

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from cli import main as command_line
from cli.commands.up import sign_in_lines
from cli.layout import CHECKOUT, Layout
from cli.records import ProcessRecord, identify, write_processes


def demarc(layout: Layout, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, CHECKOUT / "demarc", *arguments],
        env={"PATH": "/usr/bin:/bin", "DEMARC_STATE": str(layout.state)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_unknown_option_is_refused_where_nothing_takes_it(layout: Layout) -> None:
    answer = demarc(layout, "up", "--fabrik", "lab")
    assert answer.returncode == 2
    assert "--fabrik" in answer.stderr


def test_test_hands_what_it_does_not_know_to_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Namespace] = []
    monkeypatch.setattr(command_line, "test", lambda args: seen.append(args) or 0)
    assert command_line.main(["test", "--only", "unit", "-k", "vip", "tests/cli", "--lf"]) == 0
    assert seen[0].only == "unit"
    assert seen[0].arguments == ["-k", "vip", "tests/cli", "--lf"]


def test_nothing_runs_and_status_says_so(layout: Layout) -> None:
    assert "is not running" in demarc(layout, "status").stdout
    answer = demarc(layout, "status", "--json")
    assert answer.returncode == 3
    facts = json.loads(answer.stdout)
    assert facts["running"] is False
    assert facts["url"] is None
    assert demarc(layout, "down").stdout == "Demarc is not running.\n"


def test_down_ends_what_a_killed_supervisor_left(layout: Layout) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as left:
        identity = identify(left.pid)
        assert identity is not None
        write_processes(layout.state, [ProcessRecord("web", identity, "running", 0, 15)])
        assert "web" in demarc(layout, "down").stdout
        assert left.wait(timeout=5) == -15


def test_logs_tell_their_process_and_an_unknown_one_names_the_known(layout: Layout) -> None:
    (layout.logs / "web.log").write_text("".join(f"line {n}\n" for n in range(100)))
    (layout.logs / "worker.log").write_text("took a task\n")
    lines = demarc(layout, "logs").stdout.splitlines()
    assert "worker: took a task" in lines
    assert lines[0] == "web: line 60"
    assert demarc(layout, "logs", "worker").stdout == "took a task\n"
    answer = demarc(layout, "logs", "wbe")
    assert answer.returncode == 1
    assert "There are: web, worker." in answer.stderr


def test_sign_ins_are_shown_in_columns(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    assert sign_in_lines(path) == []
    rows = [
        {"who": "Operator", "email": "o@msp.example", "password": "one"},
        {"who": "Acme, admin", "email": "ada@acme.example", "password": "two"},
    ]
    path.write_text(json.dumps({"sign_ins": rows}))
    assert sign_in_lines(path) == [
        "Sign-ins:",
        "  Operator     o@msp.example     one",
        "  Acme, admin  ada@acme.example  two",
    ]


def test_the_standard_library_is_enough() -> None:
    # -S: without any site-packages.
    code = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); import cli.main"
    subprocess.run([sys.executable, "-S", "-c", code], check=True)
