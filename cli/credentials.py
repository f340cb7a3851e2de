"""Passwords and keys of one state folder, made once and readable by its owner alone."""

import json
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from cli.accounts import private_file


@dataclass(frozen=True)
class Credentials:
    """Each is a random text of letters and digits, safe in a URL and in SQL."""

    database_admin: str
    database_portal: str
    redis: str
    secret_key: str


def load(state: Path) -> Credentials:
    """The credentials of `state`; what is missing is made."""
    path = state / "credentials.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    wanted = [entry.name for entry in fields(Credentials)]
    credentials = Credentials(**{name: known.get(name) or secrets.token_hex(24) for name in wanted})
    if asdict(credentials) != known:
        private_file(path, json.dumps(asdict(credentials), indent=2) + "\n")
    return credentials
