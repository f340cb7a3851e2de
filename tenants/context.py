"""What every template knows of the visitor."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tenants.access import Actor, Capability
from tenants.gate import Visitor


class Abilities:
    """``{% if can.network_write %}`` in a template: the actor's capabilities by lower-case name."""

    def __init__(self, actor: Actor | None) -> None:
        self.actor = actor

    def __getitem__(self, name: str) -> bool:
        capability = Capability[name.upper()]
        return self.actor is not None and self.actor.can(capability)


def actor(request: HttpRequest) -> dict[str, Any]:
    """``actor``, ``tenant`` (of this page), ``memberships``, ``acting``, ``can``, ``fabric``."""
    visitor: Visitor = getattr(request, "visitor", Visitor())
    who: Actor | None = getattr(request, "actor", None)
    return {
        "actor": who,
        "tenant": who.tenant if who else None,
        "memberships": visitor.memberships,
        "acting": visitor.acting,
        "can": Abilities(who),
        "fabric": settings.FABRIC,
    }
