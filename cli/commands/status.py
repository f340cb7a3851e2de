"""`demarc status`: what runs, where, on which fabric, and who may sign in."""

import json
from argparse import Namespace
from typing import Any

from cli import records
from cli.commands.up import sign_in_lines, sign_ins
from cli.layout import Layout, default_layout
from cli.stack import answers_ok


def status(args: Namespace) -> int:
    """Print the state; exit status 0 when the portal serves, 3 when it does not."""
    layout = default_layout()
    facts = gather(layout)
    if args.json:
        print(json.dumps(facts, indent=2))
    else:
        _print(layout, facts)
    return 0 if facts["ready"] else 3


def gather(layout: Layout) -> dict[str, Any]:
    """What `--json` prints."""
    run = records.read_run(layout.state)
    running = records.supervisor(layout.state) is not None
    processes = [
        {
            "name": record.name,
            "pid": record.identity.pid,
            "state": record.state if record.identity.alive() else "ended",
            "restarts": record.restarts,
            "log": str(layout.logs / f"{record.name}.log"),
        }
        for record in records.read_processes(layout.state)
    ]
    return {
        "running": running,
        "ready": running and "url" in run and answers_ok(f"{run['url']}/health/ready"),
        "url": run.get("url") if running else None,
        "fabric": run.get("fabric") if running else None,
        "sign_ins": sign_ins(layout.demo),
        "processes": processes,
        "state": str(layout.state),
    }


def _print(layout: Layout, facts: dict[str, Any]) -> None:
    if not facts["running"]:
        print("Demarc is not running. Start it with ./demarc up")
        return
    if facts["url"] is None:
        print("Demarc is starting.")
        return
    print(f"{facts['url']}  {'ready' if facts['ready'] else 'not ready'}")
    print(f"Fabric: {facts['fabric']['kind']} ({facts['fabric']['reason']})")
    for process in facts["processes"]:
        again = f", started again {process['restarts']} times" if process["restarts"] else ""
        print(f"  {process['name']:<10} {process['state']} (pid {process['pid']}){again}")
    for line in sign_in_lines(layout.demo):
        print(line)
