"""The command line: which commands there are and what they take."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence

from cli import venv
from cli.commands.backup import backup, restore
from cli.commands.bench import bench
from cli.commands.down import down
from cli.commands.forward import billing, lab, manage
from cli.commands.lint import lint
from cli.commands.logs import logs
from cli.commands.status import status
from cli.commands.test import test
from cli.commands.up import up
from cli.errors import CommandError
from cli.layout import default_layout

# What these take belongs to the program that they forward to, options and all.
FORWARDED: dict[str, Callable[[argparse.Namespace], int]] = {
    "manage": manage,
    "billing": billing,
    "lab": lab,
    "bench": bench,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; return its exit status. SIGTERM ends it as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A shell's background job ignores SIGINT, and so would all that is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        venv.keep_bytecode(default_layout())
        if arguments and arguments[0] in FORWARDED:
            rest = argparse.Namespace(arguments=list(arguments[1:]))
            return FORWARDED[arguments[0]](rest)
        args, unknown = _parser().parse_known_args(arguments)
        if unknown and args.run is not test:
            _parser().error(f"unknown arguments: {' '.join(unknown)}")
        args.arguments = [part for part in unknown if part != "--"]
        status_code: int = args.run(args)
        sys.stdout.flush()
    except CommandError as error:
        print(f"demarc: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read what was printed has enough; closing must not try to print the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return status_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="demarc",
        description="Demarc on this machine: start it, stop it, look at it, test it.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_up(commands)
    commands.add_parser("down", help="stop what runs").set_defaults(run=down)
    _add_status(commands)
    _add_logs(commands)
    _add_backup(commands)
    _add_test(commands)
    commands.add_parser("lint", help="style, types, imports, templates, file sizes").set_defaults(
        run=lint
    )
    commands.add_parser("manage", help="Django's manage.py against the running database")
    commands.add_parser("billing", help="export what was used: usage-csv")
    commands.add_parser("lab", help="the lab network: status, exec, fail, heal")
    commands.add_parser("bench", help="how long things take, against a floor of the same run")
    return parser


def _add_up(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("up", help="start everything; Ctrl-C stops it", allow_abbrev=False)
    parser.add_argument("--detach", action="store_true", help="leave it running; see `down`")
    parser.add_argument("--fabric", choices=("lab", "simulator", "none"))
    parser.add_argument("--no-install", action="store_true", help="install no package")
    parser.add_argument("--port", type=int, metavar="N", help="default: 8000, or a free one")
    parser.set_defaults(run=up)


def _add_status(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("status", help="what runs, where, and who may sign in")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=status)


def _add_logs(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("logs", help="what the processes wrote")
    parser.add_argument("name", nargs="?", metavar="NAME", help="one process")
    parser.add_argument("-f", "--follow", action="store_true")
    parser.add_argument("--request", metavar="ID", help="all that was logged for one request")
    parser.set_defaults(run=logs)


def _add_backup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("backup", help="write the database to a file")
    parser.add_argument("file", nargs="?", metavar="FILE", help="default: one in the state folder")
    parser.set_defaults(run=backup)
    parser = commands.add_parser("restore", help="bring a backup in", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--force", action="store_true", help="remove what is in the database")
    parser.set_defaults(run=restore)


def _add_test(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "test",
        help="everything that must pass; or, with arguments for pytest, what these choose",
        allow_abbrev=False,
    )
    parser.add_argument("--only", choices=("unit", "wire", "browser"))
    parser.add_argument("--strict", action="store_true", help="leaving anything out is a failure")
    parser.add_argument(
        "--postgres",
        choices=("embedded", "system"),
        default="embedded",
        help="system: unit tests on Debian's PostgreSQL 15",
    )
    parser.set_defaults(run=test)
