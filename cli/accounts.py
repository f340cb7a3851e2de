"""Whose account the embedded servers run under, and what that account can reach."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from cli.errors import CommandError

# PostgreSQL refuses to run as root. `postgres` is the account Debian's packages make for it;
# `daemon` exists on every Debian and may own files, which `nobody` by Debian's policy may not.
PREFERRED = ("postgres", "daemon", "nobody")


@dataclass(frozen=True)
class Account:
    """A system account that is not root."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """The account for the embedded servers; None means the one that runs the command."""
    if os.geteuid() != 0:
        return None
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise CommandError(f"None of the accounts {', '.join(PREFERRED)} exists on this system.")


def first_closed_folder(path: Path, account: Account) -> Path | None:
    """The outermost existing folder on the way to `path` that `account` may not pass, or None."""
    for folder in [*reversed(path.absolute().parents), path.absolute()]:
        try:
            status = folder.stat()
        except FileNotFoundError:
            return None
        if status.st_uid == account.uid:
            passes = status.st_mode & stat.S_IXUSR
        elif status.st_gid == account.gid:
            passes = status.st_mode & stat.S_IXGRP
        else:
            passes = status.st_mode & stat.S_IXOTH
        if not passes:
            return folder
    return None


def private_folder(path: Path, account: Account | None) -> Path:
    """Make `path` a folder that only `account` (or the caller) can open."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    return path


def private_file(path: Path, text: str, account: Account | None = None) -> Path:
    """Write `text` to `path` so that only `account` (or the caller) can ever read it."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    if account is not None:
        os.chown(fresh, account.uid, account.gid)
    fresh.replace(path)
    return path
