"""What a tenant wants of its devices, ready to be asked who reaches whom. Reads rows alone."""

from networking import selectors
from networking.compiler import attachments_of, compile_scopes
from networking.intent import FabricIntent, RouterIntent
from networking.reach import View
from tenants.access import Actor


def views(actor: Actor) -> list[View]:
    """Each of the actor's fabrics with the router that leads out of it; none without a tenant."""
    if actor.tenant is None:
        return []
    scopes = list(selectors.scopes(actor))
    intents = compile_scopes(scopes)
    routers = {
        (scope.router_id, scope.vrf): intent
        for scope, intent in zip(scopes, intents, strict=True)
        if isinstance(intent, RouterIntent)
    }
    ways_out: dict[object, RouterIntent | None] = {}
    for attachment in attachments_of(actor.tenant.id):
        router = routers.get((attachment.router_id, attachment.vrf))
        ways_out.setdefault(attachment.fabric_id, router)
    return [
        View(intent, ways_out.get(scope.fabric_id))
        for scope, intent in zip(scopes, intents, strict=True)
        if isinstance(intent, FabricIntent)
    ]
