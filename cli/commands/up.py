"""`demarc up`: everything that the portal needs, in one go."""

import json
import os
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cli import backing, packages, records, venv
from cli.errors import CommandError
from cli.fabric import Fabric, choose
from cli.layout import Layout, default_layout
from cli.ports import free_port, is_free
from cli.progress import Progress
from cli.stack import Stack
from cli.supervisor import Interrupted, Supervisor

DEFAULT_PORT = 8000
# As a shell tells of a command that Ctrl-C has ended.
INTERRUPTED = 128 + signal.SIGINT


def up(args: Namespace) -> int:
    """Start everything; stay until Ctrl-C, or with --detach leave it running."""
    layout = default_layout().make()
    lock = records.Lock(layout.state)
    if not lock.take():
        facts = records.read_run(layout.state)
        print(f"Demarc is already running at {facts.get('url', '(still starting)')}")
        return 0
    try:
        if args.detach:
            return _detached(layout, args)
        return _supervise(layout, args, ready=lambda: None)
    finally:
        lock.release()


def _supervise(layout: Layout, args: Namespace, ready: Callable[[], None]) -> int:
    """Start the stack, call `ready` once it serves, keep it until someone wishes the end."""
    began = time.monotonic()
    progress = Progress()
    records.write_run(layout.state)
    if left := records.end_leftovers(layout.state):
        progress.say(f"Ended what an earlier run had left: {', '.join(left)}")
    stack = _prepare(layout, args, progress)
    supervisor = Supervisor(layout.state, layout.checkout, progress)
    with supervisor.signals():
        records.write_run(layout.state, **_facts(stack))
        try:
            supervisor.start(stack.programs())
            _say_ready(stack, progress, time.monotonic() - began, detached=args.detach)
            ready()
            supervisor.watch()
        except Interrupted:
            return INTERRUPTED
        finally:
            progress.say("Stopping ...")
            supervisor.stop()
    progress.say("Stopped.")
    return 0


def _prepare(layout: Layout, args: Namespace, progress: Progress) -> Stack:
    port = _port(args.port, progress)
    if not args.no_install:
        venv.ensure(layout, progress)
    elif not layout.python.exists():
        raise CommandError("There is no virtual environment yet, and --no-install forbids it.")
    fabric = _fabric(layout, args, progress)
    if fabric.kind != "lab":
        progress.say(f"  Fabric: {fabric.kind} ({fabric.reason})")
    return Stack(layout, backing.named_or_embedded(layout, progress), fabric, port)


def _fabric(layout: Layout, args: Namespace, progress: Progress) -> Fabric:
    if args.fabric in ("simulator", "none"):
        return choose(args.fabric, None)
    refusal = packages.why_no_lab(layout, progress, may_install=not args.no_install)
    return choose(args.fabric, refusal)


def _port(wanted: int | None, progress: Progress) -> int:
    if wanted is not None:
        if not is_free(wanted):
            raise CommandError(f"Port {wanted} is taken. Name another with --port.")
        return wanted
    port = free_port(DEFAULT_PORT)
    if port != DEFAULT_PORT:
        progress.say(f"  Port {DEFAULT_PORT} is taken by another program; using {port}.")
    return port


def _facts(stack: Stack) -> dict[str, Any]:
    return {
        "url": stack.url,
        "fabric": {"kind": stack.fabric.kind, "reason": stack.fabric.reason},
        "environment": backing.portal_env(
            stack.layout, stack.backing, fabric=stack.fabric.kind, url=stack.url, admin=True
        ),
    }


def _say_ready(stack: Stack, progress: Progress, seconds: float, *, detached: bool) -> None:
    progress.say(f"\nDemarc is ready after {seconds:.1f} s: {stack.url}")
    progress.say(f"Fabric: {stack.fabric.kind} ({stack.fabric.reason})")
    for line in sign_in_lines(stack.layout.demo):
        progress.say(line)
    progress.say("\nStop it with ./demarc down." if detached else "\nCtrl-C stops everything.")


def sign_ins(path: Path) -> list[dict[str, str]]:
    """The demo customers' sign-ins, as `manage.py demo` wrote them."""
    try:
        listed: list[dict[str, str]] = json.loads(path.read_text())["sign_ins"]
    except FileNotFoundError:
        return []
    return listed


def sign_in_lines(path: Path) -> list[str]:
    """The sign-ins as a small table."""
    rows = [(entry.get("who", ""), entry["email"], entry["password"]) for entry in sign_ins(path)]
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows]
    return ["Sign-ins:", *(f"  {line.rstrip()}" for line in lines)]


def _detached(layout: Layout, args: Namespace) -> int:
    """Run the supervisor in a process of its own; return once everything serves."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        os._exit(_in_background(layout, args, writes))
    os.close(writes)
    # Until it is ready, Ctrl-C means the child, which ends what it has started.
    signal.signal(signal.SIGINT, lambda *_: os.kill(child, signal.SIGINT))
    with open(reads, "rb") as pipe:
        is_ready = pipe.read() == b"ready"
    if is_ready:
        return 0
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or 1


def _in_background(layout: Layout, args: Namespace, writes: int) -> int:
    os.setsid()

    def ready() -> None:
        sys.stdout.flush()
        log = os.open(layout.logs / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.write(writes, b"ready")
        os.close(writes)

    try:
        return _supervise(layout, args, ready)
    except CommandError as error:
        print(f"demarc: {error}", file=sys.stderr, flush=True)
        return error.status
    except KeyboardInterrupt:
        return INTERRUPTED
