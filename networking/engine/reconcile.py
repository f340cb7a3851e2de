"""One scope, from whatever its device holds to what its tenant wants."""

import logging
import time
from typing import Any
from uuid import UUID

from networking.backends.base import Backend, BackendError, RouterBackend, StaleTokenError
from networking.engine import record, sessions, wake
from networking.engine.claim import Claim, claim, kept
from networking.engine.compare import LostError, differences, left_of, plan_for
from networking.engine.device import open_fabric, open_router
from networking.engine.quiet import in_force
from networking.engine.sites import watch
from networking.engine.snapshot import Snapshot, snapshot
from networking.engine.verdicts import router_verdict, site_verdict
from networking.intent import RouterIntent
from networking.models import Change, Verdict
from networking.planning import Plan
from portal.lib.logs import carrying

log = logging.getLogger(__name__)


def reconcile(scope_id: UUID) -> None:
    """Work on the scope until it wants nothing more, somebody else has it, or it has to wait.

    What was accepted while a pass was under way is taken up by the next one.
    """
    while (held := claim(scope_id)) is not None:
        if not work(held):
            return


def work(held: Claim) -> bool:
    """One pass over a claimed scope; says whether it succeeded. An error is written down, so that
    the sweep comes back to it, and never raised. What is logged meanwhile names the requests that
    it is done for."""
    with carrying(held.requests):
        return _tried(held)


def _tried(held: Claim) -> bool:
    try:
        with kept(held):
            _pass(held)
    except BackendError as error:
        _give_up(held, error)
        return False
    except Exception as error:
        log.exception("pass failed", extra={"scope": str(held.scope_id)})
        reason = f"The work stopped with an unexpected error ({type(error).__name__})."
        _give_up(held, BackendError(reason, retry=True))
        return False
    return True


def _pass(held: Claim) -> None:
    wanted = snapshot(held.scope_id)
    if isinstance(wanted.intent, RouterIntent):
        with open_router(held.device) as router:
            _route(router, held, wanted, wanted.intent)
        return
    with open_fabric(held.device) as fabric:
        try:
            plan = bring(fabric, held, wanted)
        except LostError:
            wanted = snapshot(held.scope_id, whole=True)
            plan = bring(fabric, held, wanted)
        quiet = in_force(fabric, held, plan)
    if quiet is not None:
        record.in_force(held, wanted.generation, quiet)
        return
    record.handed_over(held, wanted.generation)
    wake.send(held.device.id)


def _route(router: RouterBackend, held: Claim, wanted: Snapshot, intent: RouterIntent) -> None:
    """A router answers for its sites at once, so the pass verifies, too."""
    before = sessions.sent_before(held.device.id, intent.vrf)
    bring(router, held, wanted)
    record.applied(held, wanted.generation)
    seen = watch(router, intent, before)
    verdicts: list[Verdict] = []
    changes: list[Change] = []
    for waiting in record.awaiting([held.scope_id]):
        change, since = waiting.change, waiting.applied_at
        assert since is not None, "a scope carries what it has applied"
        verdicts.append(router_verdict(change, held.device.name, since))
        verdicts += filter(None, (site_verdict(change, sighting) for sighting in seen.sites))
        changes.append(change)
    record.verified(held, wanted.generation, verdicts, seen.sessions)
    record.log_verified(held.device.name, changes)


def bring(backend: Backend[Any], held: Claim, wanted: Snapshot) -> Plan:
    """Make the device hold what is wanted, and read it back; what was done. Raises BackendError,
    and LostError before anything is sent.

    The token goes first: from then on the device refuses whoever had the scope before.
    """
    backend.claim(held.ref, held.token)
    plan = plan_for(backend, held.ref, wanted)
    if not plan:
        return plan
    record.sending(held, wanted.generation)
    began = time.monotonic()
    backend.apply(held.ref, plan, held.token)
    said = {"device": held.device.name, "scope": str(held.scope_id), "token": held.token}
    said |= {"generation": wanted.generation, "steps": len(plan.steps)}
    log.info("applied", extra=said | {"ms": round((time.monotonic() - began) * 1000, 1)})
    if rest := left_of(backend, held.ref, plan):
        raise BackendError(
            f"What was sent was read back otherwise: {differences(rest)}.", retry=True
        )
    return plan


def _give_up(held: Claim, error: BackendError) -> None:
    """A worker that was overtaken keeps quiet: the scope is in another's hands."""
    reason = {"reason": str(error), "detail": error.detail}
    log.warning("pass ended", extra={"scope": str(held.scope_id), **reason})
    stale = isinstance(error, StaleTokenError)
    if stale and not record.still_owned(held):
        log.info("overtaken", extra={"scope": str(held.scope_id)})
        return
    try:
        record.failed(held, str(error), retry=error.retry or stale)
    except StaleTokenError:
        log.info("overtaken", extra={"scope": str(held.scope_id)})
