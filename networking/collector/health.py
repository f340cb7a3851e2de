"""Whether a device answers."""

import logging

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from networking.backends.base import BackendError
from networking.engine.announce import announce
from networking.engine.device import Device
from networking.models import Fabric, Router, Scope
from portal.lib.db import DatabaseRole, acting_as

log = logging.getLogger(__name__)


def answered(device: Device) -> None:
    """The device is well. When it is so again, what waited for it is tried at once, and so is what
    it had refused: another machine may have stood in its place, or a key was wrong. What is at rest
    is compared with it soon: a device that was started anew may have forgotten everything."""
    with acting_as(DatabaseRole.WORKER):
        rows = _rows(device)
        if rows.filter(error="").update(seen_at=timezone.now()):
            return
        rows.update(error="", seen_at=timezone.now())
        scopes = Scope.objects.filter(**{device.kind: device.id})
        scopes.filter(Q(blocked=True) | Q(retry_at__gt=Now())).update(blocked=False, retry_at=Now())
        scopes.update(swept_at=None)
        announce(device.kind, device.id)


def failed(device: Device, error: BackendError) -> None:
    """The device did not answer, and why."""
    reason = str(error)
    said = {"device": device.name, "reason": reason, "detail": error.detail}
    log.warning("no answer", extra=said)
    with acting_as(DatabaseRole.WORKER):
        if _rows(device).exclude(error=reason).update(error=reason):
            announce(device.kind, device.id)


def _rows(device: Device) -> QuerySet[Fabric] | QuerySet[Router]:
    if device.is_router:
        return Router.objects.filter(pk=device.id)
    return Fabric.objects.filter(pk=device.id)
