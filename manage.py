#!/usr/bin/env python
"""Django's command line, in the database role that the command needs."""

import os
import sys

# These change the schema or read every table, which the login role may not.
ADMINISTRATIVE = {
    "prepare_database",
    "migrate",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "dbshell",
    "dumpdata",
}


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if ADMINISTRATIVE.intersection(sys.argv[1:2]):
        os.environ["DEMARC_DATABASE_ADMIN"] = "1"
    # Settings are read at the import, so the choice above must come first.
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
