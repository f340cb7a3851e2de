"""The file, its manifest, and the command that writes both."""

import csv
import json
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from billing.exports.usage_csv import COLUMNS
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import Tenant
from tests.factories.usage import counted, lived
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def used(world: World) -> World:
    """Two customers with a month behind them; one has the name of a formula."""
    with acting_as(DatabaseRole.STAFF):
        Tenant.objects.filter(id=world.acme.id).update(name="=HYPERLINK(1)")
    port = lived(world.acme, "port", "web-1", "2026-03-30", labels={"app": "+shop"})
    lived(world.globex, "site", "Oslo", "2026-03-31T12:00", generated=True)
    counted(world.acme, port, "2026-03-30T05:00", 1_500_000_000, 7)
    return world


def export(folder: Path, period: str = "2026-03") -> str:
    out = StringIO()
    call_command(
        *("billing", "export", "--format", "usage-csv", "--period", period, "--out", str(folder)),
        stdout=out,
    )
    return out.getvalue()


def test_the_file_holds_what_was_used(used: World, tmp_path: Path) -> None:
    said = export(tmp_path)

    with (tmp_path / "usage-2026-03.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    traffic = next(row for row in rows if row["meter"] == "traffic.in")
    assert traffic["customer"] == "acme"
    assert traffic["customer_name"] == "'=HYPERLINK(1)"
    assert traffic["labels"] == "app=+shop"
    assert (traffic["units"], traffic["unit"]) == ("1500000000", "byte")
    assert (traffic["quantity"], traffic["quantity_unit"]) == ("1.500000", "GB")
    assert (traffic["covered_seconds"], traffic["generated"]) == ("3600", "no")
    site = next(row for row in rows if row["meter"] == "site.hours")
    assert (site["units"], site["quantity"], site["generated"]) == ("43200", "12.000000", "yes")
    assert site["covered_seconds"] == ""
    assert "5 rows of 2 customers" in said
    assert "generated history" in said


def test_the_manifest_accounts_for_it(used: World, tmp_path: Path) -> None:
    export(tmp_path)

    data = (tmp_path / "usage-2026-03.csv").read_bytes()
    told = json.loads((tmp_path / "usage-2026-03.csv.manifest.json").read_text())
    assert told["sha256"] == sha256(data).hexdigest()
    assert told["bytes"] == len(data)
    assert told["rows"] == data.count(b"\r\n") - 1 == 5
    assert told["customers"] == 2
    assert told["generated_rows"] == 1
    assert told["complete"] is True
    assert told["units"] == {
        "port.hours": 2 * 86400,
        "site.hours": 43200,
        "traffic.in": 1_500_000_000,
        "traffic.out": 7,
    }
    assert (told["start"], told["end"]) == ("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")


def test_the_bytes_are_the_same_each_time(used: World, tmp_path: Path) -> None:
    export(tmp_path / "one")
    export(tmp_path / "two")

    for name in ("usage-2026-03.csv", "usage-2026-03.csv.manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert len(list((tmp_path / "one").iterdir())) == 2


@pytest.mark.parametrize("period", ["2026-13", "march", "2026-3", "2199-01", ""])
def test_a_bad_month_is_refused_and_nothing_written(
    used: World, tmp_path: Path, period: str
) -> None:
    with pytest.raises(CommandError, match="period"):
        export(tmp_path / "out", period)

    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_is_said(used: World, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(CommandError, match="file"):
        export(tmp_path / "file")
