"""Finds what somebody altered on a device, shows it, and puts it right."""

import logging
from typing import Any
from uuid import UUID

from django.utils import timezone

from networking.backends.base import BackendError
from networking.engine.announce import announce
from networking.engine.claim import Claim, claim, device_of, load, reference
from networking.engine.compare import differences, plan_for
from networking.engine.device import Device, open_fabric, open_router
from networking.engine.reconcile import work
from networking.engine.snapshot import Snapshot, snapshot
from networking.intent import ScopeRef
from networking.models import Scope
from networking.planning import Plan
from portal.lib.db import DatabaseRole, acting_as

log = logging.getLogger(__name__)

STEPS_KEPT = 50  # of a drift, for the page; its summary counts them all


def check(scope_id: UUID) -> None:
    """Compare the scope's device with the intent; note a deviation and repair it.

    A scope that is being worked on differs for good reason and is left alone: the claim for the
    repair only succeeds if nobody had the scope since before the device was read.
    """
    with acting_as(DatabaseRole.WORKER):
        scope = load(scope_id)
    at_rest = scope.leased_until is None and scope.applied == scope.wanted
    if not at_rest or (scope.router_id and not scope.vrf):
        return
    wanted = snapshot(scope_id)
    if wanted.generation != scope.applied:
        return
    try:
        plan = _observe(device_of(scope), reference(scope), wanted)
    except BackendError as error:
        # The collector tells people of a device that does not answer.
        log.info("drift not checked", extra={"scope": str(scope_id), "reason": str(error)})
        return
    if plan and (held := claim(scope_id, repair=scope.token)):
        _repair(held, plan)


def _observe(device: Device, ref: ScopeRef, wanted: Snapshot) -> Plan:
    opened = open_router(device) if device.is_router else open_fabric(device)
    with opened as backend:
        return plan_for(backend, ref, wanted)


def _repair(held: Claim, plan: Plan) -> None:
    drift = {
        "at": timezone.now().isoformat(),
        "summary": differences(plan),
        "steps": plan.to_json()["steps"][:STEPS_KEPT],
        "count": len(plan.steps),
        "repaired_at": None,
    }
    log.warning("drift", extra={"scope": str(held.scope_id), "summary": drift["summary"]})
    _show(held, drift)
    if work(held):
        _show(held, drift | {"repaired_at": timezone.now().isoformat()})


def _show(held: Claim, drift: dict[str, Any]) -> None:
    with acting_as(DatabaseRole.WORKER):
        Scope.objects.filter(pk=held.scope_id).update(drift=drift)
        announce("scope", held.scope_id, held.tenant_id)
