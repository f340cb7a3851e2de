"""What the provider runs: regions, fabrics, hosts, routers, attachments.

Registering something again under its name brings the row up to date, so that an inventory may be
read any number of times. No tenant's intent changes by it: what a device is to hold now that its
gateways, say, are others is carried by the sweep.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models, transaction

from networking.models import (
    Attachment,
    Fabric,
    FabricAccess,
    Host,
    Region,
    Router,
    RouterAccess,
    Scope,
)
from networking.models.fabric import GENEVE_OVERHEAD, UNDERLAY_MTU
from networking.planning import Json
from networking.services.attachment_fields import AttachmentInput, LinkInput, checked
from networking.services.guards import require
from portal.lib.errors import Refusal
from tenants import audit
from tenants.access import Actor, Capability

__all__ = [
    "AttachmentInput",
    "FabricInput",
    "LinkInput",
    "RouterInput",
    "register_attachment",
    "register_fabric",
    "register_host",
    "register_region",
    "register_router",
]

RowT = TypeVar("RowT", bound=models.Model)

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class FabricInput:
    """`config` is what the backend's configuration class reads; `mtu` is the largest IP packet in
    bytes that machines may send each other."""

    name: str
    backend: str
    config: Mapping[str, Json]
    mtu: int = UNDERLAY_MTU - GENEVE_OVERHEAD


@dataclass(frozen=True, slots=True)
class RouterInput:
    """`config` is what the backend's configuration class reads."""

    name: str
    backend: str
    asn: int
    config: Mapping[str, Json]


def register_region(actor: Actor, code: str, name: str) -> Region:
    """A place where networks can be. Raises Refusal."""
    _check_name(code, "region", "code")
    return _register(actor, "region", Region, {"code": code}, {"name": name})


def register_fabric(actor: Actor, region: Region, wanted: FabricInput) -> Fabric:
    """A fabric and how to reach it. Raises Refusal."""
    _check_name(wanted.name, "fabric")
    _check_backend(wanted.backend, Fabric.Backend)
    fields = {"region": region, "backend": wanted.backend, "mtu": wanted.mtu}
    with transaction.atomic():
        fabric = _register(actor, "fabric", Fabric, {"name": wanted.name}, fields)
        if _reached_anew(FabricAccess.objects.filter(fabric=fabric), wanted.config):
            FabricAccess.objects.update_or_create(
                fabric=fabric, defaults={"config": dict(wanted.config)}
            )
            _start_over(Scope.objects.filter(fabric=fabric))
    return fabric


def register_host(actor: Actor, fabric: Fabric, name: str, gateway_priority: int = 0) -> Host:
    """A host of a fabric; one with a priority above 0 may carry gateways. Raises Refusal."""
    _check_name(name, "host")
    key = {"fabric": fabric, "name": name}
    return _register(actor, "host", Host, key, {"gateway_priority": gateway_priority})


def register_router(actor: Actor, region: Region, wanted: RouterInput) -> Router:
    """A provider edge router and how to reach it. Raises Refusal."""
    _check_name(wanted.name, "router")
    _check_backend(wanted.backend, Router.Backend)
    fields = {"region": region, "backend": wanted.backend, "asn": wanted.asn}
    with transaction.atomic():
        router = _register(actor, "router", Router, {"name": wanted.name}, fields)
        if _reached_anew(RouterAccess.objects.filter(router=router), wanted.config):
            RouterAccess.objects.update_or_create(
                router=router, defaults={"config": dict(wanted.config)}
            )
            _start_over(Scope.objects.filter(router=router))
    return router


def register_attachment(
    actor: Actor, router: Router, fabric: Fabric, wanted: AttachmentInput
) -> Attachment:
    """A hand-off that was provisioned on the router, for a customer to claim. Raises Refusal.

    One that a customer has stays in its VRF and on its fabric: there its scopes look.
    """
    _check_name(wanted.name, "attachment")
    fields = {"fabric": fabric, **checked(wanted)}
    key = {"router": router, "name": wanted.name}
    claimed = Attachment.objects.filter(**key, tenant__isnull=False)
    if claimed.exclude(fabric=fabric, vrf=wanted.vrf).exists():
        raise Refusal(
            "attachment-claimed",
            f"A customer has {wanted.name}, in another VRF or on another fabric. Release it there, "
            "or register this as another attachment.",
            field="vrf",
            status=409,
        )
    return _register(actor, "attachment", Attachment, key, fields)


def _reached_anew(access: models.QuerySet[Any], config: Mapping[str, Json]) -> bool:
    return not access.filter(config=dict(config)).exists()


def _start_over(scopes: models.QuerySet[Scope]) -> None:
    """What is reached in another way may be another device, and hold nothing: sweeps take the
    scopes up again, as they do any that is not verified."""
    scopes.update(applied=0, verified=0, target=0, target_generation=0, blocked=False)


def _register(
    actor: Actor, noun: str, model: type[RowT], key: dict[str, Any], fields: dict[str, Any]
) -> RowT:
    """Make the row or bring it up to date; the audit trail tells what was new."""
    require(actor, Capability.INFRA_WRITE)
    with transaction.atomic():
        row = model._default_manager.filter(**key).first()
        if row is None:
            row, verb = model(**key, **fields), "create"
        elif moved := [name for name, value in fields.items() if getattr(row, name) != value]:
            for name in moved:
                setattr(row, name, fields[name])
            verb = "update"
        else:
            return row
        row.save()
        audit.record(
            actor,
            f"{noun}.{verb}",
            subject_type=noun,
            subject_id=row.pk,
            subject_name=str(row),
        )
        return row


def _check_name(name: str, noun: str, field: str = "name") -> None:
    if not NAME.fullmatch(name):
        raise Refusal(
            "name-invalid",
            f"{name!r} cannot be the {field} of a {noun}: use lower-case letters, digits and "
            "hyphens, with a letter or digit at both ends.",
            field=field,
        )


def _check_backend(backend: str, known: type[models.TextChoices]) -> None:
    if backend not in known.values:
        raise Refusal(
            "backend-unknown",
            f"There is no backend {backend!r}. Use one of: {', '.join(known.values)}.",
            field="backend",
        )
