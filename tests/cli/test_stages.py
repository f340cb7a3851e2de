"""What `demarc test` counts, and when it fails."""

import os
import signal
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from cli.commands import test as command
from cli.layout import CHECKOUT, Layout
from cli.progress import Progress
from cli.runs import Run
from cli.stages import CHOSEN, STAGES, Outcome, argv
from tests.polling import eventually

SUITE = """
import pytest
def test_passes(): pass
def test_fails(): assert 1 == 2
@pytest.fixture
def broken(): raise RuntimeError
def test_errs(broken): pass
def test_skips(): pytest.skip("no lab here")
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """pytest's own report of one passed, one failed, one broken and one skipped test."""
    suite = tmp_path / "test_suite.py"
    suite.write_text(SUITE)
    path = tmp_path / "report.xml"
    words = argv(Path(sys.executable), CHOSEN, path, [str(suite), "-p", "no:django"])
    # Apart from this project's settings.
    words += ["-c", str(tmp_path / "pytest.ini"), f"--rootdir={tmp_path}"]
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    subprocess.run(words, capture_output=True, check=False, cwd=tmp_path)
    return path


def test_the_counts_are_those_of_the_report(report: Path) -> None:
    outcome = Outcome()
    outcome.add(report, "unit")
    outcome.add(report, "unit")
    assert outcome.line() == "2 passed, 4 failed, 2 skipped"
    assert outcome.left_out[0] == "unit: test_suite.test_skips: no lab here"


@pytest.mark.parametrize(("strict", "status"), [(False, 0), (True, 1)])
def test_what_is_left_out_fails_only_where_nothing_may_be(
    strict: bool, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = Outcome(passed=3, left_out=["wire tests: need root"])
    assert command._conclude(Progress(), outcome, ok=True, strict=strict, seconds=1) == status
    printed = capsys.readouterr().out.splitlines()
    assert "  wire tests: need root" in printed
    assert printed[-1] == "3 passed, 0 failed, 0 skipped"


def test_a_failure_stays_a_failure() -> None:
    assert command._conclude(Progress(), Outcome(), ok=False, strict=False, seconds=1) == 1


@pytest.mark.parametrize("status", [0, 5])
def test_a_stage_without_a_test_fails(
    status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(Layout(CHECKOUT, tmp_path), CHOSEN, {}, ["tests/gone"])
    monkeypatch.setattr(run, "wait", lambda: status)
    assert not command._counted(run, Outcome())


def test_what_runs_beside_others_is_told_at_its_end(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    suite = tmp_path / "test_suite.py"
    suite.write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    own = ["-p", "no:django", "-c", str(tmp_path / "pytest.ini"), f"--rootdir={tmp_path}"]
    run = Run(Layout(CHECKOUT, tmp_path), CHOSEN, {}, [str(suite), *own])
    outcome = Outcome()
    with run.started(quietly=True):
        assert not command._has_passed(run, outcome)
    assert outcome.line() == "1 passed, 2 failed, 1 skipped"
    assert "assert 1 == 2" in capfd.readouterr().out


def test_each_test_belongs_to_exactly_one_stage() -> None:
    for wire in (False, True):
        for browser in (False, True):
            marks = {"wire": wire, "browser": browser}
            chosen = [s.name for s in STAGES if eval(s.select, {}, marks)]
            assert len(chosen) == 1


@pytest.mark.parametrize(
    ("only", "arguments", "postgres", "names"),
    [
        (None, [], "embedded", ["unit", "wire", "browser"]),
        ("unit", [], "embedded", ["unit"]),
        (None, ["tests/cli"], "embedded", ["chosen"]),
        (None, [], "system", ["unit"]),
    ],
)
def test_which_stages_run(
    only: str | None,
    arguments: list[str],
    postgres: str,
    names: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "why_not", lambda stage: None)
    args = Namespace(only=only, arguments=arguments, postgres=postgres)
    assert [stage.name for stage in command._stages(args, Outcome())] == names


def test_a_stage_that_cannot_run_here_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        command, "why_not", lambda stage: "needs root" if stage.name == "wire" else None
    )
    outcome = Outcome()
    args = Namespace(only=None, arguments=[], postgres="embedded")
    assert [stage.name for stage in command._stages(args, outcome)] == ["unit", "browser"]
    assert outcome.left_out == ["wire tests: needs root"]


SLOW_SUITE = """
import time
from pathlib import Path
import pytest
@pytest.fixture
def lab():
    Path({began!r}).touch()
    yield
    Path({torn!r}).touch()
def test_slow(lab): time.sleep(60)
"""


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "by a worker"])
def test_an_ended_run_takes_down_what_its_tests_set_up(
    workers: tuple[str, ...], tmp_path: Path
) -> None:
    began, torn = tmp_path / "began", tmp_path / "torn"
    suite = tmp_path / "test_slow.py"
    suite.write_text(SLOW_SUITE.format(began=str(began), torn=str(torn)))
    process = subprocess.Popen(
        [sys.executable, CHECKOUT / "demarc", "test", str(suite), *workers],
        env={**os.environ, "TMPDIR": "/var/tmp"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    eventually(began.exists, within=60)
    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=60)
    assert torn.exists(), printed
    assert process.returncode == 130
