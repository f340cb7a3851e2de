"""``manage.py register FILE``: the regions, fabrics, hosts, routers and attachments of a file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.lib.errors import Refusal
from portal.services import provider


class Command(BaseCommand):
    """Register what the provider runs (docs/deploy.md). May be run again at any time."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path, help="JSON, as deploy/provider.example.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """All of it or nothing."""
        try:
            said = provider.register(json.loads(options["file"].read_text()))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        for line in said:
            self.stdout.write(line)
