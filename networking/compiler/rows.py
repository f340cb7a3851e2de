"""What a tenant's intent is compiled from: its rows, as far as a plan is about them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

from networking import intent
from networking.compiler import balancing, policy
from networking.compiler.focus import NONE, Focus
from networking.models import AllowedPrefix, Attachment, Fabric, Group, Network, Port
from networking.models.members import Membership, host, memberships


class Ways:
    """A tenant's ways out: its attachments, read once."""

    def __init__(self, tenant_id: UUID) -> None:
        self.tenant_id = tenant_id

    @cached_property
    def attachments(self) -> list[Attachment]:
        """By name, with fabric and router."""
        rows = Attachment.objects.filter(tenant_id=self.tenant_id)
        return list(rows.select_related("fabric", "router").order_by("name"))

    def fabric_of(self, region_id: UUID) -> Fabric | None:
        """The fabric that carries the tenant's networks in a region; none when the region has none.

        It is the one that the tenant's attachment there leads to. Without an attachment it is the
        region's first by name, so that networks can be made before their way out.
        """
        for attachment in self.attachments:
            if attachment.fabric.region_id == region_id:
                return attachment.fabric
        return Fabric.objects.filter(region_id=region_id).order_by("name").first()


class Rows:
    """A tenant's rows, each table read once for all its scopes."""

    def __init__(self, ways: Ways, focus: Focus, generation: int) -> None:
        self.tenant_id = ways.tenant_id
        self.ways = ways
        self.focus = focus
        self.generation = generation
        self._vips: dict[UUID, tuple[intent.Vip, ...]] = {}
        self._vip_prefixes: dict[UUID, list[AllowedPrefix]] = {}

    def later(self, generation: int) -> "Rows":
        """The same after something was written; what that cannot have changed is not read anew."""
        ways = Ways(self.tenant_id) if self.focus.way_out else self.ways
        rows = Rows(ways, self.focus, generation)
        if self.focus.machines_alone:
            rows._networks = self._networks
            rows.memberships = self.memberships
        return rows

    @cached_property
    def memberships(self) -> list[Membership]:
        """What the groups are made of, by name."""
        if self.focus.groups == NONE:
            return []
        rows = Group.objects.filter(tenant_id=self.tenant_id, retiring_at=None)
        if self.focus.groups is not None:
            rows = rows.filter(id__in=self.focus.groups)
        return memberships(rows)

    @property
    def all_groups(self) -> list[Membership] | None:
        """What all groups of the tenant are made of; None where only some were looked at."""
        return self.memberships if self.focus.groups is None else None

    @cached_property
    def groups(self) -> tuple[intent.Group, ...]:
        """The same on each fabric."""
        chosen = policy.candidates(self.tenant_id, self.memberships, self.focus)
        return policy.groups(self.memberships, chosen)

    @cached_property
    def rules(self) -> tuple[intent.Rule, ...]:
        """The same on each fabric."""
        return policy.rules(self.tenant_id, self.focus)

    @cached_property
    def sites(self) -> tuple[intent.SitePrefixes, ...]:
        """The same on each fabric."""
        return policy.sites(self.tenant_id) if self.focus.sites else ()

    def networks(self, fabric: Fabric) -> list[Network]:
        """Those on this fabric by name, none when another fabric carries the region's."""
        wanted = self.focus.networks
        if wanted == NONE or self.ways.fabric_of(fabric.region_id) != fabric:
            return []
        here = (one for one in self._networks if one.region_id == fabric.region_id)
        return [one for one in here if wanted is None or one.id in wanted]

    def elsewhere(self, fabric: Fabric) -> tuple[str, ...]:
        """The prefixes of the tenant's networks in other regions."""
        if not self.focus.way_out:
            return ()
        others = (one for one in self._networks if one.region_id != fabric.region_id)
        return tuple(sorted(str(prefix) for network in others for prefix in network.prefixes))

    @cached_property
    def _networks(self) -> list[Network]:
        """Whatever is asked for of them, of all regions."""
        rows = Network.objects.filter(tenant_id=self.tenant_id, retiring_at=None)
        if self.focus.networks is not None and not self.focus.way_out:
            rows = rows.filter(id__in=self.focus.networks)
        return list(rows.order_by("name"))

    def vips(self, fabric: Fabric) -> tuple[intent.Vip, ...]:
        """Those of the fabric's region, none when another fabric carries it."""
        if self.focus.vips == NONE or self.ways.fabric_of(fabric.region_id) != fabric:
            return ()
        if fabric.region_id not in self._vips:
            found = balancing.vips(self.tenant_id, fabric.region_id, self.focus)
            self._vips[fabric.region_id] = found
        return self._vips[fabric.region_id]

    def vip_prefixes(self, fabric: Fabric) -> list[AllowedPrefix]:
        """The prefixes whose addresses are VIPs in the fabric's region."""
        if not self.focus.way_out:
            return []
        if self.focus.vips is None and self._vips.get(fabric.region_id) == ():
            return []
        if self.ways.fabric_of(fabric.region_id) != fabric:
            return []
        if fabric.region_id not in self._vip_prefixes:
            found = balancing.vip_prefixes(self.tenant_id, fabric.region_id)
            self._vip_prefixes[fabric.region_id] = found
        return self._vip_prefixes[fabric.region_id]

    def ports(self, networks: Sequence[Network]) -> Mapping[UUID, list[intent.Port]]:
        """The ports of these networks, by network. A tenant may have very many: the database
        writes their addresses as text, so that they are not parsed only to be printed."""
        found: dict[UUID, list[intent.Port]] = defaultdict(list)
        if self.focus.ports == NONE or not networks:
            return found
        rows = Port.objects.filter(network__in=networks, retiring_at=None)
        if self.focus.ports is not None:
            rows = rows.filter(id__in=self.focus.ports)
        texts = rows.order_by("name").values_list(
            "network_id", "id", "name", Cast("mac", TextField()), host("ipv4"), host("ipv6")
        )
        for network_id, port_id, name, mac, ipv4, ipv6 in texts:
            found[network_id].append(intent.Port(str(port_id), name, mac, ipv4, ipv6 or ""))
        return found
