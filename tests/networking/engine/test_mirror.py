"""Customers and networks appear in NetBox, and go from it, by the task that runs each minute."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from networking.engine.mirror import mirror
from networking.mirroring import mirror_to_netbox
from tests.networking.backends.netbox.stand_in import PREFIXES, TENANTS, TOKEN, StandIn, serving
from tests.networking.engine.acts import Acts
from tests.networking.engine.deliver import deliver


@pytest.fixture
def there(settings: LazySettings) -> Iterator[StandIn]:
    with serving() as stand_in:
        settings.NETBOX_URL, settings.NETBOX_TOKEN = stand_in.url, TOKEN
        yield stand_in


def test_what_customers_have_is_mirrored(acts: Acts, there: StandIn) -> None:
    made = acts.add_network("web", "10.1.5.0/24")
    mirror_to_netbox()
    assert {row["slug"] for row in there.rows[TENANTS].values()} == {"acme", "globex"}
    (row,) = there.rows[PREFIXES].values()
    assert (row["prefix"], row["description"]) == ("10.1.5.0/24", "Network web in north")
    assert mirror() == 0

    acts.delete_network(made.subject_id)
    deliver()
    assert mirror() == 1
    assert there.rows[PREFIXES] == {}


def test_a_netbox_that_refuses_is_tried_again_later(
    acts: Acts, there: StandIn, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.NETBOX_TOKEN = "expired"
    assert mirror() == 0
    assert "mirror failed" in caplog.text
    settings.NETBOX_TOKEN = TOKEN
    assert mirror() == 4


def test_without_a_netbox_nothing_happens(settings: LazySettings) -> None:
    settings.NETBOX_URL = ""
    assert mirror() == 0
