"""``manage.py staff``: the provider's own people."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.lib.errors import Refusal
from tenants.models import StaffRole
from tenants.services.people import admit_staff


class Command(BaseCommand):
    """Make someone an operator or finance, and print the link that sets the password."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and as what."""
        roles = [role for role in StaffRole.values if role]
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--role", choices=[*roles, "none"], default=StaffRole.OPERATOR.value)

    def handle(self, *args: Any, **options: Any) -> None:
        """An unknown person is made; a known one keeps name and password."""
        role = "" if options["role"] == "none" else options["role"]
        try:
            _, link = admit_staff(options["email"], name=options["name"], role=role)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{options['email']}: {role or 'no longer staff'}")
        if link:
            self.stdout.write(f"To set the password, open within three days: {link}")
