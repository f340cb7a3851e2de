"""Meters: what is counted, in which integer unit, and the unit of its price."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

SECONDS_PER_HOUR = 3600
BYTES_PER_GIGABYTE = 10**9


class Meter(StrEnum):
    """What usage is of. The names stand in plans, statements and exports."""

    SUBSCRIPTION_MONTHS = "subscription.months"
    NETWORK_HOURS = "network.hours"
    PORT_HOURS = "port.hours"
    VIP_HOURS = "vip.hours"
    SITE_HOURS = "site.hours"
    GATEWAY_HOURS = "gateway.hours"
    TRAFFIC_IN = "traffic.in"
    TRAFFIC_OUT = "traffic.out"


@dataclass(frozen=True, slots=True)
class MeterKind:
    """How a meter counts: integer `units` ("second", "byte"), of which `per` are one `unit`
    ("hour", "GB"). A subscription's month has as many seconds as it has, so its `per` is 0.

    `attributes` are what a price of the meter may depend on.
    """

    noun: str
    title: str
    units: str
    unit: str
    per: int
    attributes: frozenset[str]


def _hours(noun: str, title: str, *attributes: str) -> MeterKind:
    known = frozenset({"region", *attributes})
    return MeterKind(noun, title, "second", "hour", SECONDS_PER_HOUR, known)


def _bytes(title: str) -> MeterKind:
    return MeterKind("port", title, "byte", "GB", BYTES_PER_GIGABYTE, frozenset({"region"}))


METERS: Mapping[Meter, MeterKind] = {
    Meter.SUBSCRIPTION_MONTHS: MeterKind(
        "subscription", "Subscription", "second", "month", 0, frozenset()
    ),
    Meter.NETWORK_HOURS: _hours("network", "Networks", "family"),
    Meter.PORT_HOURS: _hours("port", "Machines"),
    Meter.VIP_HOURS: _hours("vip", "VIPs", "health_check"),
    Meter.SITE_HOURS: _hours("site", "Sites"),
    Meter.GATEWAY_HOURS: _hours("gateway", "Gateways"),
    Meter.TRAFFIC_IN: _bytes("Traffic to machines"),
    Meter.TRAFFIC_OUT: _bytes("Traffic from machines"),
}

HOURS_OF: Mapping[str, Meter] = {
    kind.noun: meter for meter, kind in METERS.items() if kind.unit == "hour"
}
"""The meter of a noun's lifetime."""
TRAFFIC = (Meter.TRAFFIC_IN, Meter.TRAFFIC_OUT)
