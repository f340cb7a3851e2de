"""Asks devices how they are and writes down what changed: hosts, ports, BGP sessions,
VIP members, hits of rules."""

from networking.collector.fabrics import collect_fabric
from networking.collector.hits import count_hits
from networking.collector.orphans import find_fabric_orphans, find_router_orphans
from networking.collector.routers import collect_router

__all__ = [
    "collect_fabric",
    "collect_router",
    "count_hits",
    "find_fabric_orphans",
    "find_router_orphans",
]
