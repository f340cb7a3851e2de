"""Asks devices how they are and writes down what changed: hosts, ports, BGP sessions,
VIP members, what hosts counted."""

from networking.collector.fabrics import collect_fabric
from networking.collector.keep import keep_counters
from networking.collector.measure import measure_fabric
from networking.collector.orphans import find_fabric_orphans, find_router_orphans
from networking.collector.routers import collect_router

__all__ = [
    "collect_fabric",
    "collect_router",
    "find_fabric_orphans",
    "find_router_orphans",
    "keep_counters",
    "measure_fabric",
]
