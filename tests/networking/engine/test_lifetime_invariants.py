"""Whatever people do and whatever breaks: nothing deleted keeps counting, and nothing live that
was verified goes uncounted. Each seed is one story, the same each time."""

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.faults import Faults
from networking.engine import lifetimes, pending, reconcile, record, settle, sweep
from networking.models import Attachment, Change, Lifetime, Network, Port, Scope, Site, Vip
from networking.models.base import NounRow
from networking.selectors import usage
from networking.services import networks, onboarding, ports, sites, vips
from networking.services.changes import preview, revert
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.errors import Refusal
from tenants import access
from tenants.access import SYSTEM
from tests.factories import acts as make
from tests.factories.acts import Frankfurt
from tests.networking.engine.deliver import deliver
from tests.networking.engine.recorder import LONG_AGO
from tests.networking.engine.replay import Told, replay
from tests.networking.engine.test_killed import Killed, Trap
from tests.world import World

ACTS = 30  # of a story, after its beginning
KILLED = [
    (reconcile, "bring"),
    (record, "handed_over"),
    (record, "applied"),
    (record, "verified"),
    (pending, "mark_verified"),
    (settle, "retire"),
    (lifetimes, "settled"),
]
"""Where a worker or a verifier is killed, before or after the call."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_lifetimes_say_what_happened(
    fra: Frankfurt, world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    story = Story(fra, world, monkeypatch, Random(seed))
    story.begin()
    for _ in range(ACTS):
        story.go_on()
        story.check()
    story.heal()
    story.carry()
    story.check()
    story.check_names()
    before = story.told()
    lifetimes.sweep()
    assert story.told() == before, "there is nothing for the sweep to put right"
    story.delete_everything()
    still = {row.noun for row in story.lifetimes() if row.during.upper is None}
    assert still <= {Lifetime.Noun.GATEWAY}
    assert story.happened == {"create", "update", "delete", "revert", "preview", "killed"}


class Story:
    """Acme's people, the provider, and what befalls devices and workers."""

    def __init__(
        self, fra: Frankfurt, world: World, monkeypatch: pytest.MonkeyPatch, random: Random
    ) -> None:
        self.fra, self.tenant, self.random, self.patch = fra, world.acme, random, monkeypatch
        self.actor = make.system_for(world.acme)
        self.made = 0
        self.happened: set[str] = set()
        make.allow_vips(world.acme)

    def begin(self) -> None:
        """Some of everything that costs money comes, changes and goes."""
        for deed in (
            *(self.add_network, self.add_network, self.carry),
            *(self.add_port, self.add_vip, self.add_site, self.carry_one, self.carry),
            *(self.edit_vip, self.edit_network, self.edit_port, self.carry_until_killed_settling),
            *(self.preview_delete, self.delete_vip, self.revert),
        ):
            deed()
            self.check()

    def go_on(self) -> None:
        """Something happens; what is refused does not."""
        deeds: list[tuple[int, Callable[[], Any]]] = [
            (4, self.add_network),
            (5, self.add_port),
            (3, self.add_vip),
            (2, self.add_site),
            (4, self.edit_network),
            (2, self.edit_port),
            (3, self.edit_vip),
            (4, self.delete_one),
            (2, self.preview_delete),
            (3, self.revert),
            (1, self.change_way_out),
            (2, self.break_something),
            (1, self.heal),
            (8, self.carry),
            (3, self.carry_one),
            (3, self.carry_until_killed),
            (1, lifetimes.sweep),
        ]
        weights = [weight for weight, _ in deeds]
        ((_, deed),) = self.random.choices(deeds, weights)
        with suppress(Refusal):
            deed()

    def add_network(self) -> None:
        number = self.number()
        self.act(
            networks.create,
            networks.NetworkInput(
                name=f"net-{number}",
                region="fra",
                ipv4_prefix=f"10.1.{number}.0/24",
                ipv6_prefix=self.random.choice(["", f"fd10:1:0:{number}::/64"]),
            ),
        )

    def add_port(self) -> None:
        if network := self.one(Network):
            wanted = ports.PortInput(network.pk, f"port-{self.number()}", labels={"app": "web"})
            self.act(ports.create, wanted)

    def add_vip(self) -> None:
        if port := self.one(Port):
            served = (vips.VipPortInput("tcp", 443),)
            name = f"vip-{self.number()}"
            self.act(vips.create, vips.VipInput(name, "fra", served, members=(port.pk,)))

    def add_site(self) -> None:
        with acting_as(DatabaseRole.WORKER):
            gateway = Attachment.objects.filter(tenant=self.tenant).first()
            line = Site.objects.count()
        if gateway and line < 2:
            make.add_site(self.tenant, gateway, f"Site {self.number()}", line=line)

    def edit_network(self) -> None:
        if network := self.one(Network):
            number = str(network.ipv4_prefix).split(".")[2]
            prefix = "" if network.ipv6_prefix else f"fd10:1:0:{number}::/64"
            fields = [{"ipv6_prefix": prefix}, {"name": f"net-{self.number()}"}]
            self.act(networks.update, network.pk, self.random.choice(fields))

    def edit_port(self) -> None:
        if port := self.one(Port):
            fields = [{"name": f"port-{self.number()}"}, {"labels": {"app": f"a{self.number()}"}}]
            self.act(ports.update, port.pk, self.random.choice(fields))

    def edit_vip(self) -> None:
        if vip := self.one(Vip):
            fields = [{"health_check": not vip.health_check}, {"name": f"vip-{self.number()}"}]
            self.act(vips.update, vip.pk, self.random.choice(fields))

    def delete_one(self) -> None:
        what = self.random.choice([Network, Port, Vip, Site])
        if row := self.one(what):
            self.delete(row)

    def delete_vip(self) -> None:
        self.delete(self.one(Vip))

    def delete(self, row: NounRow) -> None:
        if isinstance(row, Site):
            with acting_as(DatabaseRole.STAFF):
                self.note(sites.delete(SYSTEM, row.pk))
            return
        services = {Network: networks.delete, Port: ports.delete, Vip: vips.delete}
        self.act(services[type(row)], row.pk)

    def preview_delete(self) -> None:
        if port := self.one(Port):
            with access.acting_as(self.actor):
                preview(lambda: ports.delete(self.actor, port.pk))
            self.happened.add("preview")

    def revert(self) -> None:
        """The newest change that can be taken back."""
        for change in reversed(self.log()[-6:]):
            with suppress(Refusal):
                self.act(revert, change.pk)
                self.happened.add("revert")
                return

    def change_way_out(self) -> None:
        """It goes, or the first spare one comes."""
        with acting_as(DatabaseRole.STAFF):
            mine = Attachment.objects.filter(tenant=self.tenant).first()
            if mine:
                self.note(onboarding.release_attachment(SYSTEM, self.tenant.id, mine.id))
            else:
                spare = Attachment.objects.filter(tenant=None).earliest("name")
                self.note(onboarding.claim_attachment(SYSTEM, self.tenant.id, spare.id))

    def break_something(self) -> None:
        self.faults(self.random.choice(["fabric", "router"])).unreachable()

    def heal(self) -> None:
        for device in ("fabric", "router"):
            self.faults(device).heal()
        with acting_as(DatabaseRole.WORKER):
            Scope.objects.update(retry_at=None)

    def carry(self) -> None:
        """Everything to all devices that answer."""
        deliver()

    def carry_one(self) -> None:
        """To one device, which is not yet asked whether it is in force."""
        if waiting := sorted(sweep.abandoned()):
            reconcile.reconcile(self.random.choice(waiting))

    def carry_until_killed(self) -> None:
        self.kill_at(*self.random.choice(KILLED))

    def carry_until_killed_settling(self) -> None:
        self.kill_at(lifetimes, "settled")

    def kill_at(self, module: Any, name: str) -> None:
        with self.patch.context() as patch:
            patch.setattr(
                module, name, Trap(getattr(module, name), after=self.random.random() < 0.5)
            )
            try:
                deliver()
            except Killed:
                self.happened.add("killed")
        with acting_as(DatabaseRole.WORKER):
            Scope.objects.filter(leased_until__isnull=False).update(leased_until=LONG_AGO)

    def delete_everything(self) -> None:
        for what in (Vip, Port, Network, Site):
            while row := self.one(what):
                self.delete(row)
        self.check()
        deliver()
        self.check()

    def check(self) -> None:
        """What lifetimes say is what the changes tell, and lives exactly as long as the noun."""
        told = [
            (tenant, noun, without_region(attributes), start, end)
            for tenant, noun, attributes, start, end in self.told()
        ]
        assert told == replay(self.log(everyone=True))
        with acting_as(DatabaseRole.STAFF):
            assert usage.unmetered(timezone.now()) == []

    def check_names(self) -> None:
        """Of what is in force everywhere, names and labels are the noun's."""
        open_rows = [row for row in self.lifetimes() if row.during.upper is None]
        said = {row.noun_id: (row.name, row.labels, row.network_name) for row in open_rows}
        with acting_as(DatabaseRole.WORKER):
            for port in Port.objects.filter(retiring_at=None).select_related("network"):
                assert said[port.pk] == (port.name, port.labels, port.network.name)
            for what in (Network, Vip, Site):
                for row in what.objects.filter(retiring_at=None):
                    assert said[row.pk] == (row.name, {}, "")

    def told(self) -> list[Told]:
        """What all lifetimes say but for names, by noun and time."""
        rows = sorted(self.lifetimes(), key=lambda row: (row.noun_id, row.during.lower))
        return [
            (row.tenant_id, row.noun_id, row.attributes, row.during.lower, row.during.upper)
            for row in rows
        ]

    def lifetimes(self) -> list[Lifetime]:
        """All there are, everybody's."""
        with acting_as(DatabaseRole.WORKER):
            return list(Lifetime.objects.all())

    def log(self, *, everyone: bool = False) -> list[Change]:
        """The tenant's changes, the newest last."""
        with acting_as(DatabaseRole.WORKER):
            rows = Change.objects.all() if everyone else Change.objects.filter(tenant=self.tenant)
            return list(rows.order_by("generation"))

    def one(self, what: type[Any]) -> Any:
        """One of the tenant's that lives, if there is one."""
        with acting_as(DatabaseRole.WORKER):
            rows = list(what.objects.filter(tenant=self.tenant, retiring_at=None).order_by("pk"))
        return self.random.choice(rows) if rows else None

    def act(self, do: Callable[..., Change], *args: Any) -> None:
        """As a request does it."""
        with access.acting_as(self.actor):
            self.note(do(self.actor, *args))

    def note(self, change: Change) -> None:
        self.happened.add(str(change.verb))

    def number(self) -> int:
        self.made += 1
        return self.made

    def faults(self, device: str) -> Faults:
        return Faults(SimulatorConfig(self.fra.config["path"]), device)


def without_region(attributes: dict[str, str]) -> dict[str, str]:
    """The other attributes; the region is the same for all."""
    assert attributes["region"] == "fra"
    return {name: text for name, text in attributes.items() if name != "region"}
