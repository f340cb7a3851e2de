"""``manage.py remove_orphans DEVICE``: what a device holds for customers whom nobody knows here."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from networking.backends.base import BackendError
from networking.engine import orphans
from portal.lib.db import DatabaseRole, acting_as
from tenants import audit
from tenants.access import SYSTEM


class Command(BaseCommand):
    """Show what a fabric or router holds for unknown customers (docs/deploy.md); remove it with
    --yes."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Where, and whether to do it."""
        parser.add_argument("device", help="the name of a fabric or router, as Regions shows it")
        parser.add_argument("--yes", action="store_true", help="remove it")

    def handle(self, *args: Any, **options: Any) -> None:
        """All devices of the name; they are few."""
        devices = orphans.devices_named(options["device"])
        if not devices:
            raise CommandError(f"There is no fabric and no router {options['device']}.")
        for device in devices:
            try:
                found = orphans.clear(device, remove=options["yes"])
            except BackendError as error:
                raise CommandError(f"{device.name}: {error}") from error
            self._tell(found, removed=options["yes"])

    def _tell(self, found: orphans.Orphans, *, removed: bool) -> None:
        if not found.tenants:
            self.stdout.write(f"{found.device.name} holds nothing for unknown customers.")
            return
        if removed:
            _record(found)
        done = "Removed from" if removed else "Held by"
        self.stdout.write(f"{done} {found.device.name} for {', '.join(found.tenants)}:")
        for thing in found.things:
            self.stdout.write(f"  {thing}")
        if not removed:
            self.stdout.write("Nothing was removed. To remove it, add --yes.")


def _record(found: orphans.Orphans) -> None:
    with acting_as(DatabaseRole.WORKER):
        audit.record(
            SYSTEM,
            "device.orphans",
            subject_type=found.device.kind,
            subject_id=found.device.id,
            subject_name=found.device.name,
            detail={"tenants": list(found.tenants), "removed": len(found.things)},
        )
