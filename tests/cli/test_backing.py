"""What processes of the portal are told."""

from pathlib import Path

import pytest

from cli.backing import Backing, portal_env
from cli.layout import Layout


def told(tmp_path: Path, *, admin: bool = False) -> dict[str, str]:
    backing = Backing("postgres://portal", "postgres://admin", "redis://", "secret", None, ())
    return portal_env(
        Layout(tmp_path, tmp_path), backing, fabric="none", url="http://here", admin=admin
    )


def test_months_are_counted_alike_by_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert "DEMARC_BILLING_TIME_ZONE" not in told(tmp_path)
    monkeypatch.setenv("DEMARC_BILLING_TIME_ZONE", "Europe/Berlin")
    assert told(tmp_path)["DEMARC_BILLING_TIME_ZONE"] == "Europe/Berlin"


def test_the_owners_role_is_for_administrative_commands(tmp_path: Path):
    assert "DATABASE_ADMIN_URL" not in told(tmp_path)
    assert told(tmp_path, admin=True)["DATABASE_ADMIN_URL"] == "postgres://admin"
