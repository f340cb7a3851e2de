"""The BGP sessions of VRFs, from FRR's JSON (docs.frrouting.org, "BGP", show commands)."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from networking.backends.base import BackendError, Session
from networking.backends.frr.words import Family, family_of, parse_description
from networking.planning import Json

Show = Callable[[Sequence[str]], list[str]]


def sessions(show: Show, vrfs: Sequence[str], now: datetime) -> dict[str, tuple[Session, ...]]:
    """The sessions of these VRFs that are ours; a VRF without BGP has none.

    Asks twice: for the sessions and the routes of all VRFs, then for what each established
    session was sent. `now` is the time of asking.
    """
    asked = list(_per_vrf(vrfs))
    answers = {key: _parsed(text) for key, text in zip(asked, show(asked), strict=True)}
    peers = {vrf: _ours(answers[_neighbours(vrf)]) for vrf in vrfs}
    sent_by = [
        (vrf, address)
        for vrf in vrfs
        for address, peer in peers[vrf].items()
        if peer["bgpState"] == "Established"
    ]
    answered = show([_sent(vrf, address) for vrf, address in sent_by])
    sent = {
        key: _prefixes(_parsed(text).get("advertisedRoutes", {}))
        for key, text in zip(sent_by, answered, strict=True)
    }
    return {
        vrf: tuple(
            _session(
                address,
                peer,
                _received(answers[_routes(vrf, family_of(address))], address),
                sent.get((vrf, address), ()),
                now,
            )
            for address, peer in peers[vrf].items()
        )
        for vrf in vrfs
    }


def _per_vrf(vrfs: Sequence[str]) -> Iterator[str]:
    for vrf in vrfs:
        yield _neighbours(vrf)
        yield _routes(vrf, "ipv4")
        yield _routes(vrf, "ipv6")


def _neighbours(vrf: str) -> str:
    return f"show bgp vrf {vrf} neighbors json"


def _routes(vrf: str, family: Family) -> str:
    return f"show bgp vrf {vrf} {family} unicast json"


def _sent(vrf: str, address: str) -> str:
    family = family_of(address)
    return f"show bgp vrf {vrf} {family} unicast neighbors {address} advertised-routes json"


def _parsed(text: str) -> dict[str, Json]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise BackendError(f"FRR answered with no JSON: {text[:200]}", retry=True) from error
    # An unknown VRF is answered with a warning.
    return {} if "warning" in data else data


def _ours(peers: Mapping[str, Json]) -> dict[str, Json]:
    return {
        address: peer
        for address, peer in peers.items()
        if parse_description(peer.get("nbrDesc", "")) is not None
    }


def _received(table: Mapping[str, Json], address: str) -> tuple[str, ...]:
    routes = table.get("routes", {})
    return _prefixes(
        prefix for prefix, paths in routes.items() if any(p["peerId"] == address for p in paths)
    )


def _prefixes(prefixes: Iterator[str] | Mapping[str, Json]) -> tuple[str, ...]:
    return tuple(sorted((str(ip_network(prefix)) for prefix in prefixes), key=_by_address))


def _by_address(prefix: str) -> tuple[int, bytes, int]:
    network = ip_network(prefix)
    return (network.version, network.network_address.packed, network.prefixlen)


def _session(
    address: str,
    peer: Mapping[str, Json],
    received: tuple[str, ...],
    sent: tuple[str, ...],
    now: datetime,
) -> Session:
    established = peer["bgpState"] == "Established"
    return Session(
        neighbour=address,
        state=peer["bgpState"],
        since=_since(peer, now, established=established),
        received=received,
        sent=sent,
        reason="" if established else _reason(peer),
    )


def _since(peer: Mapping[str, Json], now: datetime, *, established: bool) -> datetime | None:
    if established:
        return datetime.fromtimestamp(peer["bgpTimerUpEstablishedEpoch"], UTC)
    ago = peer.get("lastResetTimerMsecs")
    if ago is None or not peer.get("connectionsDropped"):
        return None
    return (now - timedelta(milliseconds=ago)).replace(microsecond=0)


def _reason(peer: Mapping[str, Json]) -> str:
    """Why the session is down: the notification (RFC 4271 section 4.5) where there was one."""
    return str(peer.get("lastNotificationReason") or peer.get("lastResetDueTo") or "")
