"""`python -m bench`: prepare the database that the environment names, run rows, say the ratios."""

import argparse
import json
import logging
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection  # noqa: E402 - needs the settings

from bench import (  # noqa: E402, F401 - they register their rows
    enforced,
    fabric,
    pages,
    policy,
    rating,
    site,
    start,
    streams,
)
from bench.rows import ROWS, SIZES, Measured  # noqa: E402

USAGE_ROWS = 10_080_000
TENANTS = 1_000
RULES = 1_000
STREAMS = 200
ROUNDS = 5


def main(arguments: Sequence[str]) -> int:
    """Run rows; exit status 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="demarc bench", description=__doc__, allow_abbrev=False)
    parser.add_argument("row", nargs="*", metavar="ROW", help=f"default: {', '.join(ROWS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    parser.add_argument(
        "--usage-rows", type=int, default=USAGE_ROWS, metavar="N", help=f"default: {USAGE_ROWS:,}"
    )
    parser.add_argument(
        "--tenants", type=int, default=TENANTS, metavar="N", help=f"default: {TENANTS:,}"
    )
    parser.add_argument(
        "--rules", type=int, default=RULES, metavar="N", help=f"of one list; default: {RULES:,}"
    )
    parser.add_argument(
        "--streams", type=int, default=STREAMS, metavar="N", help=f"of events; default: {STREAMS}"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=ROUNDS,
        metavar="N",
        help=f"of what starts the whole product; default: {ROUNDS}",
    )
    args = parser.parse_args(arguments)
    if unknown := [name for name in args.row if name not in ROWS]:
        parser.error(f"no such row: {', '.join(unknown)}")
    logging.disable(logging.INFO)
    _prepare()
    print(f"\non {_machine()}")
    results: dict[str, list[Measured]] = {name: [] for name in args.row or ROWS}
    for name, found in results.items():
        for one in ROWS[name](getattr(args, SIZES[name])):
            found.append(one)
            print(f"{name}: {_told(one)}", flush=True)
    if args.json:
        args.json.write_text(json.dumps(_written(results), indent=1) + "\n")
    return 0 if all(one.met for measured in results.values() for one in measured) else 1


def _prepare() -> None:
    """Roles and schema, by the administrator, who is nobody in this process."""
    env = {**os.environ, "DEMARC_DATABASE_ADMIN": "1"}
    manage = Path(__file__).resolve().parent.parent / "manage.py"
    subprocess.run([sys.executable, manage, "prepare_database", "-v", "0"], env=env, check=True)


def _told(one: Measured) -> str:
    verdict = "met" if one.met else "MISSED"
    memory = "" if one.memory is None else f", {one.memory / 10**6:.1f} MB"
    return (
        f"{one.name}: {one.ratio:.2f} times the floor ({one.floor_is}); "
        f"{one.seconds * 1000:,.1f} ms against {one.floor * 1000:,.1f} ms{memory}. "
        f"Goal {verdict}: {one.goal}."
    )


def _written(results: dict[str, list[Measured]]) -> object:
    rows = {
        name: [asdict(one) | {"ratio": one.ratio, "met": one.met} for one in measured]
        for name, measured in results.items()
    }
    return {"machine": _machine(), "rows": rows}


def _machine() -> str:
    """Processors, system and database: what the absolute times depend on."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0].split()[0]
    return f"{os.cpu_count()} processors, {platform.system()}, PostgreSQL {postgres}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
