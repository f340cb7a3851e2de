"""What is said of a site whose session carries nothing."""

from datetime import UTC, datetime

import pytest

from networking.backends.base import Session
from networking.engine.verdicts import SiteSighting, site_verdict
from networking.intent import Site
from networking.models import Change
from portal.lib.ids import uuid7

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
HAMBURG = Site(
    id=str(uuid7()),
    name="Hamburg",
    asn=65301,
    neighbours=("172.31.3.2",),
    accepted=("10.210.1.0/24",),
    advertised=("10.1.5.0/24",),
    max_prefixes=50,
)


@pytest.mark.parametrize(
    ("since", "says"),
    [
        (None, "Hamburg's BGP session is not up yet; it learns when it is"),
        (NOW, "Hamburg's BGP session is down (Idle: no route); it learns when it returns"),
    ],
)
def test_a_session_that_never_was_up_is_not_called_down(since: datetime | None, says: str) -> None:
    session = Session("172.31.3.2", "Idle", since, (), (), reason="no route")
    change = Change(
        tenant_id=uuid7(),
        subject_type="site",
        subject_id=HAMBURG.id,
        verb=Change.Verb.CREATE,
        created_at=NOW,
    )

    verdict = site_verdict(change, SiteSighting(HAMBURG, NOW, frozenset(), session))

    assert verdict is not None
    assert verdict.text == says
