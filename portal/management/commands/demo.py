"""``manage.py demo``: demo customers on the lab, or on the simulator."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.services.demo import customers, history, inventory, people, plans, provider


class Command(BaseCommand):
    """Seed the demo through the real services. May be run again at any time."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the lab says what it has."""
        parser.add_argument("--inventory", type=Path, help="the lab's inventory, in JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """The provider, its customers, their people."""
        # Nobody reads the mail that says they were added.
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        found = self._inventory(options["inventory"])
        if found is not None:
            provider.register(found)
        tenants = customers.onboard_all(found)
        plans.agree(tenants.values())
        history.remember(tenants.values())
        for entry in people.welcome(tenants, settings.STATE_DIR / "demo.json"):
            self.stdout.write(f"{entry['who']:<20} {entry['email']:<24} {entry['password']}")

    def _inventory(self, path: Path | None) -> inventory.Inventory | None:
        if path is not None:
            return inventory.read(path)
        if settings.FABRIC == "none":
            return None
        return inventory.simulated(settings.STATE_DIR)
