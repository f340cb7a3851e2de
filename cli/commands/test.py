"""`demarc test`: everything that must pass, on servers that live as long as the tests."""

import os
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cli import backing, packages, venv
from cli.accounts import first_closed_folder, server_account
from cli.commands import lint
from cli.layout import Layout, default_layout
from cli.progress import Progress
from cli.runs import Run
from cli.stages import CHOSEN, STAGES, Outcome, Stage, why_not


def test(args: Namespace) -> int:
    """Lint, then the unit, wire and browser tests; exit status 0 when all of it passed.

    Whoever asks for some of the tests gets these, without lint.
    """
    began = time.monotonic()
    progress = Progress()
    layout = default_layout()
    venv.ensure(layout, progress, venv.RUN_AND_TEST)
    outcome = Outcome()
    stages = _stages(args, outcome)
    if any(stage.name in ("wire", "browser") for stage in stages):
        packages.ensure_for_tests(layout, progress)
    if args.postgres == "system":
        packages.ensure_postgres(layout, progress)
    everything = args.only is None and not args.arguments
    ok = lint.all_pass(layout, progress) if everything else True
    if stages:
        ok &= _run_all(layout, stages, args, outcome, progress)
    strict = args.strict or os.environ.get("CI") == "true"
    return _conclude(progress, outcome, ok=ok, strict=strict, seconds=time.monotonic() - began)


def _stages(args: Namespace, outcome: Outcome) -> list[Stage]:
    """The stages to run; those that cannot run here go to the list of what was left out."""
    if args.arguments and args.only is None:
        return [CHOSEN]
    wanted = [stage for stage in STAGES if args.only in (None, stage.name)]
    if args.postgres == "system":
        wanted = [stage for stage in wanted if stage.name == "unit"]
    runs = []
    for stage in wanted:
        if reason := why_not(stage):
            outcome.left_out.append(f"{stage.name} tests: {reason}")
        else:
            runs.append(stage)
    return runs


def _run_all(
    layout: Layout, stages: list[Stage], args: Namespace, outcome: Outcome, progress: Progress
) -> bool:
    """Run the stages on servers of their own; whether all passed. Each runs to its end, also when
    another one failed."""
    use_debian = args.postgres == "system"
    with (
        throw_away_state(layout) as own,
        backing.throw_away(own, progress, use_debian=use_debian) as servers,
    ):
        env = backing.portal_env(
            own, servers, fabric="simulator", url="http://127.0.0.1:8000", admin=True
        )
        # A portal that a test starts may stand beside the one of this checkout, lab included.
        env |= {"DEMARC_TEST_POSTGRES": args.postgres, "DEMARC_LAB": f"test-{os.getpid()}"}
        runs = [Run(own, stage, env, args.arguments) for stage in stages]
        beside = [run for run in runs if run.stage.beside and len(runs) > 1]
        with ExitStack() as started:
            for run in beside:
                started.enter_context(run.started(quietly=True))
            passed = [_passes(run, outcome) for run in runs if run not in beside]
            passed += [_has_passed(run, outcome) for run in beside]
    return all(passed)


def _passes(run: Run, outcome: Outcome) -> bool:
    """Run one stage to its end, before the eyes of whoever waits; whether it passed."""
    print(f"\n{run.stage.name} tests", flush=True)
    with run.started():
        return _counted(run, outcome)


def _has_passed(run: Run, outcome: Outcome) -> bool:
    """Wait for a stage that was started quietly, and print what it said; whether it passed."""
    passed = _counted(run, outcome)
    print(f"\n{run.stage.name} tests\n{run.said()}", flush=True)
    return passed


def _counted(run: Run, outcome: Outcome) -> bool:
    before = outcome.ran
    status = run.wait()
    if run.report.exists():
        outcome.add(run.report, run.stage.name)
    if outcome.ran == before:
        print(f"{run.stage.name} tests: no test ran.", flush=True)
    # Workers of pytest-xdist that cannot even begin make pytest end as if all were well.
    return status == 0 and outcome.ran > before


def _conclude(
    progress: Progress, outcome: Outcome, *, ok: bool, strict: bool, seconds: float
) -> int:
    if outcome.left_out:
        progress.say("\nLeft out:")
        for sentence in outcome.left_out:
            progress.say(f"  {sentence}")
        if strict:
            progress.say("With CI=true, or --strict, nothing may be left out.")
            ok = False
    progress.say(f"\n{'Everything passed' if ok else 'FAILED'} after {seconds:.0f} s")
    progress.say(outcome.line())
    return 0 if ok else 1


@contextmanager
def throw_away_state(layout: Layout) -> Iterator[Layout]:
    """A state folder that is gone after the block, where the servers' account can reach it."""
    account = server_account()
    parent = Path(tempfile.gettempdir())
    if account is not None and first_closed_folder(parent, account):
        parent = Path("/var/tmp")  # noqa: S108 - mkdtemp makes a folder of its own in it
    with tempfile.TemporaryDirectory(prefix="demarc-test-", dir=parent) as folder:
        yield Layout(layout.checkout, Path(folder))
