"""What the portal says of VIP members, while their machines stop and start answering."""

from collections.abc import Iterator
from typing import Any

import pytest

from lab import Lab
from networking.models import AllowedPrefix, MemberState, Vip
from networking.services import onboarding, vips
from networking.services.vips import VipInput, VipPortInput
from portal.lib.db import DatabaseRole, acting_as
from tenants.access import acting_as as acting_as_actor
from tests.lab.byhand import eventually
from tests.wire.portal import settle
from tests.wire.story import Story, ids, told
from tests.wire.traffic import serving

pytestmark = pytest.mark.wire

VIPS = "172.30.99.0/24"
SERVED = 8080


@pytest.fixture(scope="module")
def story(lab: Lab, django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """Acme's VIP over two machines, checked every second."""
    with told(lab, django_db_blocker) as running:
        acme = running.acme
        staff = running.provider.world.staff_actor("operator")
        with acting_as_actor(staff):
            onboarding.allow_prefix(staff, acme.actor.tenant.id, VIPS, AllowedPrefix.Purpose.VIPS)
        web = acme.add_network("web", "10.1.0.0/24").subject_id
        members = [acme.add_port(web, name).subject_id for name in ("web-1", "web-2")]
        settle()
        wanted = VipInput(
            "shop",
            running.provider.region,
            (VipPortInput("tcp", 80, SERVED),),
            members=tuple(members),
            check_interval=1,
        )
        acme.act(vips.create, wanted)
        settle()
        eventually(lambda: len(lab.machines()) == 2)
        yield running
        for vip in ids(acme, Vip):
            acme.act(vips.delete, vip)
        settle()


def said(story: Story) -> dict[str, tuple[str, str]]:
    """Health and reason of each member, as just collected."""
    story.provider.collect()
    with acting_as(DatabaseRole.WORKER):
        rows = MemberState.objects.select_related("port")
        return {row.port.name: (row.health, row.reason) for row in rows}


def test_a_member_that_stops_answering_and_comes_back(story: Story) -> None:
    well = ("online", f"It answers on TCP {SERVED}.")
    dead = ("offline", f"It does not answer on TCP {SERVED}.")
    with serving(story.lab, "acme/web-2", "tcp", SERVED):
        with serving(story.lab, "acme/web-1", "tcp", SERVED):
            eventually(lambda: said(story) == {"web-1": well, "web-2": well}, within=30)
        eventually(lambda: said(story) == {"web-1": dead, "web-2": well}, within=15)
        with serving(story.lab, "acme/web-1", "tcp", SERVED):
            eventually(lambda: said(story) == {"web-1": well, "web-2": well}, within=15)
