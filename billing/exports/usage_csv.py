"""`usage-csv`: a month of all customers as one CSV file, and a manifest that accounts for it.

Of a month that is over the bytes are the same each time.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from billing.exports.sheet import lines
from billing.exports.usage import Reading, UsageRow, pages
from billing.rating.meters import METERS
from billing.rating.period import moment
from tenants.access import TenantRef

FORMAT = "usage-csv"
VERSION = 1
"""Of the columns; another one has other bytes."""

COLUMNS = (
    "customer",
    "customer_name",
    "resource_id",
    "resource_type",
    "resource_name",
    "meter",
    "day",
    "units",
    "unit",
    "quantity",
    "quantity_unit",
    "covered_seconds",
    "network_id",
    "network_name",
    "attributes",
    "labels",
    "generated",
)


@dataclass(slots=True)
class Totals:
    """What a file adds up to: rows, customers, and units by meter. `generated_rows` are those of
    history that was made up for a demonstration."""

    rows: int = 0
    generated_rows: int = 0
    customers: set[UUID] = field(default_factory=set)
    units: dict[str, int] = field(default_factory=dict)

    def add(self, row: UsageRow) -> None:
        """Count one row."""
        self.rows += 1
        self.generated_rows += row.place.generated
        self.customers.add(row.place.tenant_id)
        meter = row.place.meter.value
        self.units[meter] = self.units.get(meter, 0) + row.units


@dataclass(frozen=True, slots=True)
class Written:
    """The two files, and the manifest's content."""

    file: Path
    manifest: Path
    content: Mapping[str, Any]


def values(row: UsageRow, tenant: TenantRef) -> tuple[Any, ...]:
    """A row in the order of `COLUMNS`."""
    place = row.place
    kind = METERS[place.meter]
    return (
        tenant.slug,
        tenant.name,
        place.resource_id,
        row.noun,
        row.name,
        place.meter.value,
        place.day.isoformat(),
        row.units,
        kind.units,
        format(row.quantity, "f"),
        kind.unit,
        row.covered_seconds,
        row.network_id,
        row.network,
        dict(place.attributes),
        dict(row.labels),
        place.generated,
    )


def usage_lines(what: Reading, tenants: Mapping[UUID, TenantRef], totals: Totals) -> Iterator[str]:
    """The file line by line, its heads first; `totals` fill on the way."""
    yield from lines([COLUMNS])
    for page in pages(what):
        for row in page:
            totals.add(row)
        yield from lines(values(row, tenants[row.place.tenant_id]) for row in page)


def write(what: Reading, tenants: Mapping[UUID, TenantRef], folder: Path) -> Written:
    """Write `usage-YYYY-MM.csv` and its manifest into a folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"usage-{what.period}.csv"
    fresh = file.with_suffix(".csv.new")
    totals, digest, size = Totals(), sha256(), 0
    with fresh.open("wb") as out:
        for line in usage_lines(what, tenants, totals):
            data = line.encode()
            digest.update(data)
            size += out.write(data)
    content = manifest(what, totals, file.name, digest.hexdigest(), size)
    beside = file.with_suffix(".csv.manifest.json")
    fresh_beside = beside.with_suffix(".json.new")
    fresh_beside.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
    fresh.replace(file)
    fresh_beside.replace(beside)
    return Written(file, beside, content)


def manifest(what: Reading, totals: Totals, name: str, digest: str, size: int) -> dict[str, Any]:
    """What the file is and adds up to. It says nothing of when it was written, so that it is the
    same each time, too."""
    period = what.period
    return {
        "format": FORMAT,
        "version": VERSION,
        "file": name,
        "sha256": digest,
        "bytes": size,
        "period": str(period),
        "time_zone": period.zone,
        "start": _z(period.start),
        "end": _z(period.end),
        "as_of": _z(what.until),
        "complete": what.complete,
        "rows": totals.rows,
        "generated_rows": totals.generated_rows,
        "customers": len(totals.customers),
        "units": dict(sorted(totals.units.items())),
    }


def _z(at: int) -> str:
    return moment(at).isoformat().replace("+00:00", "Z")
