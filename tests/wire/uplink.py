"""The lab's router under the FRR backend, without a portal: what a customer's sites learn."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from uuid import uuid4

from lab import Lab
from lab.topology import Attachment
from lab.topology import Site as SitePlan
from networking.backends.frr.backend import FrrBackend
from networking.backends.frr.config import FrrConfig
from networking.intent import FabricIntent, Route, RouterIntent, ScopeRef, Site, SitePrefixes
from networking.planning import diff
from tests.lab.byhand import eventually
from tests.wire.looks import routes

TOKENS = count(1)


def site_prefixes(lab: Lab, name: str) -> SitePrefixes:
    """What rules call a site of the lab."""
    plan = _site(lab, name)
    return SitePrefixes(str(uuid4()), name, (str(plan.lan_v4), str(plan.lan_v6)))


@contextmanager
def learned(lab: Lab, intent: FabricIntent, attachment: Attachment, name: str) -> Iterator[None]:
    """The site learns the intent's networks and VIPs, by way of the gateway, for the block."""
    told = json.loads(lab.place.inventory.read_text())["router"]
    config = FrrConfig(
        host=told["ssh_host"],
        port=told["ssh_port"],
        username=told["ssh_user"],
        private_key_file=told["private_key_file"],
        host_key=told["host_key"],
    )
    scope = ScopeRef(str(uuid4()), intent.tenant, attachment.vrf)
    wanted = router_intent(lab, intent, attachment, name)
    with FrrBackend(config) as backend:
        _carry(backend, scope, wanted)
        expected = set(wanted.sites[0].advertised)
        eventually(lambda: expected <= routes(lab, name), within=30)
        try:
            yield
        finally:
            _carry(backend, scope, RouterIntent(intent.tenant, 2, wanted.vrf, wanted.asn))


def _carry(backend: FrrBackend, scope: ScopeRef, wanted: RouterIntent) -> None:
    token = next(TOKENS)
    backend.claim(scope, token)
    plan = diff(backend.render(wanted), backend.observe(scope), order=backend.order)
    backend.apply(scope, plan, token)


def router_intent(
    lab: Lab, intent: FabricIntent, attachment: Attachment, name: str
) -> RouterIntent:
    """What the router is told: everything of the intent is routed, and the site learns it."""
    plan = _site(lab, name)
    line = lab.plan.circuit(plan)
    networks = [p for n in intent.networks for p in (n.ipv4_prefix, n.ipv6_prefix) if p]
    prefixes = (*networks, *intent.vip_prefixes)
    hops = {4: str(attachment.gateway_v4.ip), 6: str(attachment.gateway_v6.ip)}
    site = Site(
        id=str(uuid4()),
        name=name,
        asn=plan.asn,
        neighbours=(str(line.site_v4.ip), str(line.site_v6.ip)),
        accepted=(str(plan.lan_v4), str(plan.lan_v6)),
        advertised=tuple(prefixes),
        max_prefixes=20,
    )
    routed = tuple(Route(p, hops[6 if ":" in p else 4], str(uuid4()), "network") for p in prefixes)
    return RouterIntent(intent.tenant, 1, attachment.vrf, lab.plan.router.asn, routed, (site,))


def _site(lab: Lab, name: str) -> SitePlan:
    return next(site for site in lab.plan.sites if site.name == name)
