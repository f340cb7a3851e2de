"""The command line of the lab: ``python -m lab serve|status|exec|fail|heal|clean``."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab import control, inside, install
from lab.errors import LabError
from lab.place import RUNTIME_ROOT, Place
from lab.provider import FAULTS, Lab
from lab.topology import DEMO

_NO_STATE = Path("/nonexistent")  # the state folder is the server's business alone


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options) or 0)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description=__doc__)
    parser.add_argument("--name", default="demo", help="which lab (default: demo)")
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument("--name", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", parents=[named], help="run a lab until Ctrl-C")
    serve.add_argument("--state", type=Path, required=True, help="folder for keys, data, logs")
    serve.set_defaults(run=_serve)

    status = commands.add_parser("status", parents=[named], help="what runs, which machines")
    status.add_argument("--json", action="store_true")
    status.set_defaults(run=_status)

    execute = commands.add_parser(
        "exec", parents=[named], help="run a command on a machine, site, host or router"
    )
    execute.add_argument("where", help="web-1, acme/web-1, acme-berlin, pe1, h1, c01, central")
    execute.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    execute.set_defaults(run=_exec)

    fail = commands.add_parser("fail", parents=[named], help="break a part")
    fail.add_argument("kind", choices=FAULTS)
    fail.add_argument("part", nargs="?", default="", help="h2, pe1, acme-berlin")
    fail.set_defaults(run=_change("fail"))

    heal = commands.add_parser("heal", parents=[named], help="bring a part, or all, back")
    heal.add_argument("kind", nargs="?", default="all", choices=("all", *FAULTS))
    heal.add_argument("part", nargs="?", default="")
    heal.set_defaults(run=_change("heal"))

    clean = commands.add_parser("clean", help="remove what killed labs, of any name, left behind")
    clean.set_defaults(run=_clean)
    return parser


def _serve(options: argparse.Namespace) -> int:
    able, reason = install.can_run()
    if not able:
        raise LabError(reason)
    lab = Lab(options.name, options.state, say=lambda line: print(f"lab: {line}", flush=True))
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: asked.set())
    lab.start()
    door = control.Control(lab.place.control, lambda request: obey(lab, request))
    print("lab: ready", flush=True)
    asked.wait()
    door.close()
    lab.stop()
    print("lab: stopped", flush=True)
    return 0


def obey(lab: Lab, request: dict[str, Any]) -> Any:
    """Do what a request over the control socket asks of the running lab."""
    act = request["act"]
    if act == "status":
        return lab.status()
    if act in ("fail", "heal"):
        return getattr(lab, act)(request["kind"], request["part"])
    raise LabError(f"the lab knows no act {act!r}.")


def _status(options: argparse.Namespace) -> None:
    status = control.ask(_place(options).control, {"act": "status"})
    if options.json:
        print(json.dumps(status, indent=1))
        return
    mark = {True: "up", False: "DOWN"}
    print(f"lab {status['name']}   inventory {status['inventory']}")
    for part, alive in status["central"].items():
        print(f"  {part:<16}{mark[alive]}")
    print(f"  {'wan':<16}{mark[status['wan']]}")
    for host in status["hosts"]:
        parts = f"switch {mark[host['switch']]}, controller {mark[host['controller']]}"
        print(f"  {host['name']:<16}{parts}")
    router = status["router"]
    ssh = f"ssh {mark[router['ssh']]} on port {router['ssh_port']}"
    print(f"  {router['name']:<16}frr {mark[router['frr']]}, {ssh}")
    for site in status["sites"]:
        print(f"  {site['name']:<16}{mark[site['alive']]} on {site['attachment']}")
    for machine in status["machines"]:
        name = f"{machine['tenant']}/{machine['name']}"
        where = ", ".join(machine["addresses"]) or "no address yet"
        print(f"  {name:<16} on {machine['host']}: {where}")


def _exec(options: argparse.Namespace) -> None:
    place = _place(options)
    if not place.runtime.exists():
        raise LabError(f"no lab named {place.name} runs here.")
    argv = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    words = inside.command(place, DEMO, options.where, argv or ["sh"])
    os.execvp(words[0], words)  # noqa: S606 - the words are the whole point


def _change(act: str) -> Any:
    def run(options: argparse.Namespace) -> None:
        request = {"act": act, "kind": options.kind, "part": options.part}
        control.ask(_place(options).control, request)
        print(f"lab: {act} {options.kind} {options.part}".rstrip())

    return run


def _clean(_: argparse.Namespace) -> None:
    if os.geteuid() != 0:
        raise LabError("cleaning needs root: it removes network namespaces.")
    for folder in sorted(RUNTIME_ROOT.glob("*/")):
        try:
            Lab(folder.name, _NO_STATE).clean()
        except LabError as error:
            print(f"lab: left alone: {error}")
        else:
            print(f"lab: removed what was left of {folder.name}")


def _place(options: argparse.Namespace) -> Place:
    return Place(options.name, _NO_STATE)


if __name__ == "__main__":
    sys.exit(main())
