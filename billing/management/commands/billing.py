"""``manage.py billing export``: a month's usage as files."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from billing.exports import usage_csv
from billing.exports.usage import reading
from billing.exports.usage_csv import FORMAT, Written
from billing.rating.period import Period, moment
from billing.statements.periods import period_of, this_period
from portal.lib.errors import Refusal
from tenants.access import SYSTEM, acting_as
from tenants.selectors import customer_row, customers


def month(text: str) -> Period:
    """A month that has begun. Raises ArgumentTypeError with a sentence for anything else."""
    try:
        period = period_of(text)
    except Refusal as refusal:
        raise ArgumentTypeError(refusal.message) from refusal
    if period > this_period():
        raise ArgumentTypeError(f"{period} is still to come; there is nothing to export.")
    return period


class Command(BaseCommand):
    """Export what was used. Of a month that is over the bytes are the same each time."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """One act so far."""
        acts = parser.add_subparsers(required=True, metavar="ACT")
        export = acts.add_parser("export", help="write a month's usage of all customers")
        export.add_argument("--format", choices=(FORMAT,), required=True)
        export.add_argument("--period", type=month, required=True, metavar="YYYY-MM")
        export.add_argument(
            "--out", type=Path, required=True, metavar="DIR", help="made if need be"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files and say what they add up to."""
        try:
            written = self._write(options["period"], options["out"])
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        told = written.content
        self.stdout.write(f"{written.file}: {told['rows']} rows of {told['customers']} customers")
        self.stdout.write(f"sha256 {told['sha256']}, {told['bytes']} bytes")
        for meter, units in told["units"].items():
            self.stdout.write(f"{meter}: {units}")
        if not told["complete"]:
            closes = f"{moment(options['period'].closes):%Y-%m-%d %H:%M} UTC"
            self.stdout.write(f"Counted until {told['as_of']}: the month closes at {closes}.")
        if told["generated_rows"]:
            self.stdout.write(f"{told['generated_rows']} rows are generated history of a demo.")

    def _write(self, period: Period, folder: Path) -> Written:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # Pieces are read one after the other; what is written between them must not show.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with acting_as(SYSTEM):
                rows = map(customer_row, customers(SYSTEM))
                tenants = {row.ref.id: row.ref for row in rows}
                return usage_csv.write(reading(period, timezone.now()), tenants, folder)
