"""``manage.py restored``: what the engine has to forget once a backup was brought in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from networking.engine import restored
from portal.lib.db import DatabaseRole, acting_as
from tenants import audit
from tenants.access import SYSTEM


class Command(BaseCommand):
    """Have every scope looked at anew, and write in the audit trail why."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """What was restored."""
        parser.add_argument("--from", dest="name", required=True, help="the backup's name")

    def handle(self, *args: Any, **options: Any) -> None:
        """One transaction."""
        with acting_as(DatabaseRole.WORKER):
            scopes = restored.forget()
            audit.record(
                SYSTEM,
                "database.restore",
                subject_type="database",
                subject_id=None,
                subject_name=options["name"][:300],
                detail={"scopes": scopes},
            )
        self.stdout.write(f"{scopes} scopes will be compared with their devices.")
