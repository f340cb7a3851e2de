"""The supervisor with real processes: order, crashes, the end, and what a kill leaves."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from cli import records
from cli.errors import CommandError
from cli.identity import identify
from cli.layout import CHECKOUT, Layout
from cli.programs import Program, base_env
from cli.progress import Progress
from cli.supervisor import Supervisor
from tests.polling import eventually

FOREVER = "import time\nwhile True: time.sleep(60)"


def program(name: str, code: str = FOREVER, **more: object) -> Program:
    """A Python process that runs `code`."""
    argv = (sys.executable, "-c", code)
    return Program(name=name, label=name, argv=argv, env=base_env(), **more)  # type: ignore[arg-type]


def a_supervisor(layout: Layout) -> Supervisor:
    return Supervisor(layout.state, layout.state, Progress())


def pids(layout: Layout) -> dict[str, int]:
    return {record.name: record.identity.pid for record in records.read_processes(layout.state)}


def test_a_program_starts_after_the_step_and_the_server_it_waits_for(layout: Layout) -> None:
    trace = layout.state / "trace"

    def write(word: str) -> str:
        return f"open({str(trace)!r}, 'a').write({word!r})"

    flag = layout.state / "flag"
    serves = program(
        "server",
        f"import time; time.sleep(0.3); {write('server ')}; open({str(flag)!r}, 'w'); "
        "time.sleep(60)",
        ready=flag.exists,
    )
    step = program("step", write("step "), after=("server",), step=True)
    last = program("last", f"{write('last ')}; import time; time.sleep(60)", after=("step",))
    supervisor = a_supervisor(layout)
    try:
        supervisor.start([last, step, serves])
        eventually(lambda: trace.read_text() == "server step last ")
        assert set(pids(layout)) == {"server", "last"}
    finally:
        supervisor.stop()


def test_a_failed_step_names_itself_and_shows_its_log(layout: Layout) -> None:
    supervisor = a_supervisor(layout)
    step = program("migrate", "raise SystemExit('no such column')", step=True)
    after = program("web", after=("migrate",))
    with pytest.raises(CommandError, match=r"migrate failed \(exit 1\):\s+no such column"):
        supervisor.start([step, after])
    supervisor.stop()
    assert pids(layout) == {}


def test_a_step_that_may_be_skipped_lets_the_next_start(layout: Layout) -> None:
    supervisor = a_supervisor(layout)
    step = program("step", "raise SystemExit(1)", step=True, skip=lambda: True)
    supervisor.start([step, program("web", after=("step",))])
    assert set(pids(layout)) == {"web"}
    supervisor.stop()


def test_what_is_not_ready_in_time_is_a_failure(layout: Layout) -> None:
    supervisor = a_supervisor(layout)
    never = program("web", ready=lambda: False, ready_within=0.3)
    with pytest.raises(CommandError, match="web was not ready after"):
        supervisor.start([never])
    supervisor.stop()


def test_a_crashed_program_is_started_again(layout: Layout) -> None:
    supervisor = a_supervisor(layout)
    seen: list[int] = []

    def crash_then_stop() -> None:
        first = pids(layout)["web"]
        os.kill(first, signal.SIGKILL)
        eventually(lambda: pids(layout).get("web", first) != first)
        seen.extend([first, pids(layout)["web"]])
        os.kill(os.getpid(), signal.SIGTERM)

    with supervisor.signals():
        supervisor.start([program("web"), program("worker")])
        worker = pids(layout)["worker"]
        threading.Thread(target=crash_then_stop).start()
        supervisor.watch()
        (restarted,) = [r for r in records.read_processes(layout.state) if r.name == "web"]
        supervisor.stop()
    assert restarted.restarts == 1
    assert len(set(seen)) == 2
    assert not any(identify(pid) for pid in (*seen, worker))


def test_a_log_that_grew_is_put_aside_and_goes_on(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.supervisor.LOG_KEPT_BYTES", 1000)
    go_on = layout.state / "go-on"
    code = f"""
import os, time
print("x" * 2000, flush=True)
while not os.path.exists({str(go_on)!r}): time.sleep(0.01)
print("after", flush=True)
time.sleep(60)
"""
    supervisor = a_supervisor(layout)
    supervisor.start([program("web", code)])
    log = supervisor.log("web")
    eventually(lambda: log.stat().st_size > 2000)
    supervisor._keep_logs_short()
    go_on.touch()
    eventually(lambda: log.read_text() == "after\n")
    assert log.with_suffix(".log.1").read_text() == "x" * 2000 + "\n"
    supervisor.stop()


def test_the_end_comes_in_reverse_and_takes_grandchildren(layout: Layout) -> None:
    trace = layout.state / "trace"
    pid_file = layout.state / "grandchild"

    def ending(name: str, more: str = "") -> str:
        return textwrap.dedent(f"""
            import signal, subprocess, sys, time
            def end(*_):
                open({str(trace)!r}, "a").write("{name} ")
                sys.exit(0)
            signal.signal(signal.SIGTERM, end)
            {more}
            open({str(layout.state / name)!r}, "w")
            while True: time.sleep(60)
        """)

    spawn = f"p = subprocess.Popen(['sleep', '60']); open({str(pid_file)!r}, 'w').write(str(p.pid))"
    supervisor = a_supervisor(layout)
    database = program("database", ending("database"), ready=(layout.state / "database").exists)
    web = program(
        "web", ending("web", spawn), after=("database",), ready=(layout.state / "web").exists
    )
    supervisor.start([database, web])
    grandchild = identify(int(pid_file.read_text()))
    assert grandchild is not None
    supervisor.stop()
    assert trace.read_text() == "web database "
    eventually(lambda: not grandchild.alive())


def test_what_ignores_the_signal_is_killed(layout: Layout) -> None:
    ready = layout.state / "ready"
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"open({str(ready)!r}, 'w'); time.sleep(60)"
    )
    supervisor = a_supervisor(layout)
    supervisor.start([program("deaf", deaf, ready=ready.exists, stop_within=0.3)])
    (pid,) = pids(layout).values()
    supervisor.stop()
    assert identify(pid) is None


SUPERVISE = """
import sys, signal
from pathlib import Path
sys.path.insert(0, {checkout!r})
from cli.supervisor import Supervisor
from cli.programs import Program, base_env
from cli.progress import Progress
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
polite = "import time; time.sleep(60)"
state = Path({state!r})
supervisor = Supervisor(state, state, Progress())
with supervisor.signals():
    supervisor.start([
        Program("deaf", (sys.executable, "-c", deaf), base_env(), "deaf"),
        Program("polite", (sys.executable, "-c", polite), base_env(), "polite"),
    ])
    print("started", flush=True)
    supervisor.watch()
"""


def test_a_killed_supervisor_leaves_nothing_that_the_next_run_does_not_end(
    layout: Layout,
) -> None:
    code = SUPERVISE.format(checkout=str(CHECKOUT), state=str(layout.state))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    eventually(lambda: process.stdout.readline() == "started\n")
    left = {record.name: record.identity for record in records.read_processes(layout.state)}
    deaf_pid = left["deaf"].pid
    # Until the signal is ignored for sure, the kernel's own one would end it.
    eventually(lambda: _ignores_term(deaf_pid))
    process.kill()
    process.wait()
    eventually(lambda: not left["polite"].alive())
    assert left["deaf"].alive()
    os.kill(deaf_pid, signal.SIGCONT)
    assert records.end_leftovers(layout.state, within=0.3) == ["deaf"]
    assert not left["deaf"].alive()
    assert records.end_leftovers(layout.state) == []


def _ignores_term(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    (ignored,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigIgn")]
    return bool(int(ignored, 16) >> (signal.SIGTERM - 1) & 1)


def test_a_recorded_pid_of_another_process_is_left_alone(layout: Layout) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        mine = identify(other.pid)
        assert mine is not None
        earlier = records.Identity(mine.pid, mine.started - 1, mine.boot)
        record = records.ProcessRecord("web", earlier, "running", 0, signal.SIGTERM)
        records.write_processes(layout.state, [record])
        assert records.end_leftovers(layout.state) == []
        assert other.poll() is None
        other.kill()


def test_only_one_supervisor_has_the_lock(layout: Layout) -> None:
    first, second = records.Lock(layout.state), records.Lock(layout.state)
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()
